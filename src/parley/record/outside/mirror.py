"""A mirror: a party's own full copy of what the log commits to, checked entry by entry, and its monitor.

It holds every leaf, every signed envelope and the bodies of public statements, in a record of its own: it derives the
root again, checks each signature, that no sender's statement is missing, that each sender might say what it said, and
the centre's clock; and it compares the checkpoints that the log, witnesses, other parties and bundles show. What it
finds wrong stays an alarm until a person accepts it (`alarms`), and while one is open it cosigns nothing. Where two
histories contradict each other it writes a fork proof. Sampled proofs would not do: a changed entry is found only by
who looks at that entry.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from parley.record.errors import BadSignature, Damaged, Forked, NotCosigned, NotIncluded, RecordError, Stale
from parley.record.formats.canonical import encode_json
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.hashing import TILE_WIDTH, Frontier, leaf_hash, node_hash
from parley.record.formats.note import Note, VerifierKey, decode_note, decode_verifier_key, encode_note
from parley.record.formats.policy import Policy
from parley.record.formats.proofs import peaks, prove_consistency
from parley.record.formats.tile import Tile, decode_entries, encode_path
from parley.record.keys import DESK, FOUNDER, LOG, read_key, write_new
from parley.record.log import SIGNED
from parley.record.outside.alarms import Alarms
from parley.record.outside.fork import ForkProof, check_fork_proof
from parley.record.outside.witnessing import Send
from parley.record.rotation import FILE as HISTORY
from parley.record.rotation import KeyHistory, decode_history
from parley.record.statements.authority import Authority
from parley.record.statements.check import Checker, Place
from parley.record.statements.fields import commit
from parley.record.statements.following import body_of, follow, leaf_at
from parley.record.statements.kinds import PUBLIC
from parley.record.statements.sealed import seal
from parley.record.statements.statement import Leaf, decode_leaf, decode_received, digest, leaf_of
from parley.record.store import STATIC, Row, Store
from parley.record.tile_files import decode_public, statement_path
from parley.record.whole import write_whole

_BATCH = 64  # bundles of one transaction
AHEAD = timedelta(seconds=2)  # by how much the centre's clock may run before the witnesses'
BEHIND = timedelta(minutes=2)  # how long an entry may have been under way before others saw a head with it
OLDEST = timedelta(days=1)

Source = Callable[[str], bytes]
"""Gives the bytes at a path of the log (`checkpoint`, `tile/…`, `statement/…`, `keys/…`); raises FileNotFoundError
where there are none, another OSError where nobody answers."""


class ForkFound(Forked):
    """Raised when the log has signed two histories; *fork* proves it to anybody."""

    def __init__(self, text: str, fork: ForkProof) -> None:
        super().__init__(text)
        self.fork = fork


@dataclass(frozen=True, slots=True)
class Synced:
    """How far the mirror goes, and since when the log's head stands.

    Args:
        cosigned: when the policy's quorum had cosigned the head, by their clocks; None where it has not.
        lacking: what the head lacks now: cosignatures, or youth.
    """

    size: int
    root: bytes
    cosigned: datetime | None
    lacking: tuple[str, ...]


class Mirror:
    """An open mirror. Make one with `create` or `open`."""

    def __init__(self, folder: Path, store: Store) -> None:
        """For `create` and `open`."""
        self.folder = folder
        self.key = decode_verifier_key(read_key(folder / "keys" / f"{LOG}.vkey"))
        self.alarms = Alarms(folder)
        self._store = store
        self._authority: Authority | None = None

    @classmethod
    def create(cls, folder: Path, key: VerifierKey) -> Self:
        """Make an empty mirror of the log whose public key is *key*, known from elsewhere than the log itself."""
        (folder / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "keys" / f"{LOG}.vkey"
        if path.exists() and read_key(path) != str(key):  # as in a party's node, which has an outbox already
            raise RecordError(f"{folder} is for another log: {read_key(path)}")
        store = Store.create(folder)
        if not path.exists():
            write_new(path, str(key))
        return cls(folder, store)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the mirror in *folder*; raises RecordError where there is none, or a record of somebody's own."""
        if (folder / "keys" / f"{DESK}.vkey").exists():
            raise RecordError(f"{folder} holds a record of its own, not a mirror")
        return cls(folder, Store.open(folder))

    def close(self) -> None:
        """Close the files."""
        self.alarms.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def newest(self) -> bytes | None:
        """The newest checkpoint's note that the mirror holds everything of."""
        return self._store.checkpoint(SIGNED)

    def history(self) -> KeyHistory:
        """How the log's key was changed, as far as the mirror knows."""
        return decode_history(self._history_file())

    def _history_file(self) -> bytes:
        path = self.folder / "keys" / HISTORY
        return path.read_bytes() if path.exists() else b""

    def authority(self) -> Authority:
        """Who may say what in the log, as far as the mirror goes."""
        if self._authority is None:
            path = self.folder / "keys" / f"{FOUNDER}.vkey"
            founder = decode_verifier_key(read_key(path)) if path.exists() else None
            self._authority = Authority(self.history().first(self.key).digest.hex(), founder)
        return follow(self._authority, self._store, self._store.size())

    def public_bodies(self, kind: str) -> Iterator[Mapping[str, Any]]:
        """The bodies of the public statements of *kind* that the mirror holds, in order."""
        for row in self._store.rows(0, self._store.size(), [kind]):
            if (body := body_of(self._store, row)) is not None:
                yield body

    def digests(self, entry: int) -> tuple[str, str]:
        """(digest of the envelope, leaf hash) of an entry, in hex; raises NotIncluded beyond the end."""
        if not 0 <= entry < self._store.size():
            raise NotIncluded(f"the mirror has entries 0 to {self._store.size() - 1}")
        row = self._store.row(entry)
        return digest(row.envelope), row.leaf_hash.hex()

    def sync(
        self, source: Source, now: datetime | None = None, policy: Policy | None = None, oldest: timedelta = OLDEST
    ) -> Synced:
        """Fetch and check everything up to the log's newest checkpoint, and keep it, with the alarms that it raises.

        Args:
            now: the mirror's clock.
            policy: the witnesses and quorum as known from elsewhere; without it the record's own policy is asked.
            oldest: how long ago the quorum may have cosigned the head.

        Raises:
            ForkFound: when the log has signed a history that does not begin with the one held here.
            Stale: when the log shows fewer entries than it has signed before.
            Damaged: when what it serves is not what it signed; nothing of that is kept. Of these three an alarm stays.
            OSError: when it does not answer.
        """
        now = now or datetime.now(UTC)
        try:
            self._take_history(source)
            self._take_founder(source)
            note = source("checkpoint")
            shown = self._shown(note)
            known = self._known()
            if shown.size <= known.size:
                self.compare(note)
            if shown.size < known.size:
                raise Stale(f"the log shows {shown.size} entries; it signed {known.size} before")
            self._take_missing(source)
            self._take_entries(source, note, known, shown, now)
        except ForkFound:
            raise
        except (Forked, Stale, Damaged) as error:
            self.alarms.keep(None, type(error).__name__.lower(), str(error), now)
            raise
        asked = policy or self.authority().policy or Policy("none")
        if policy is not None and self.authority().policy not in (None, policy):
            self.alarms.note(
                [(shown.size - 1, "the record's policy is another one than the one given; yours was asked")]
            )
        cosigned = _time_of_quorum(asked, note)
        self._check_clock(asked, note, shown, now)
        self.alarms.note(self.authority().notes)
        self.alarms.looked(shown.size, now)
        return Synced(shown.size, shown.root, cosigned, tuple(_lacking(asked, note, cosigned, now, oldest)))

    def _take_entries(self, source: Source, note: bytes, known: Checkpoint, shown: Checkpoint, now: datetime) -> None:
        """Fetch, check and keep the entries between *known* and *shown*, and the alarms and notes about them."""
        frontier = Frontier(known.size, peaks(known.size, self._store.nodes(known.size)))
        fetched: dict[int, tuple[bytes, bytes]] = {}
        found: list[tuple[int, str, str]] = []
        notes: list[tuple[int, str]] = []
        authority, self._authority = self.authority(), None  # read again from what is kept in the end

        def public(row: Row) -> Mapping[str, Any] | None:
            body, why = self._public(source, row, fetched)
            if why:
                found.append((row.number, "public", why))
            return body

        batch: dict[int, Row] = {}

        def look(index: int) -> Leaf | None:
            try:
                return decode_leaf(batch[index].leaf) if index in batch else leaf_at(self._store, index)
            except Damaged:
                return None

        checker = Checker(authority, public, look)
        checker.frontier = frontier
        last = leaf_at(self._store, known.size - 1) if known.size else None
        checker.received = last.received if last else ""
        try:
            with self._store.writing():
                for rows in _batches(_entries(source, known.size, shown.size)):
                    hashes = []
                    batch.clear()
                    batch.update((row.number, row) for row in rows)
                    for row in rows:
                        if row.sender not in checker.places:
                            checker.places[row.sender] = self._place(row.sender)
                        found += [(row.number, part, text) for part, text in checker.check(row)]
                        hashes += frontier.append(row.leaf_hash)
                        notes += _refusal(authority, row)
                    self._store.add_entries(rows)
                    self._store.add_tile_hashes(hashes)
                if frontier.root() != shown.root:
                    raise Damaged(f"the {shown.size} entries that the log serves are not those that it signed")
                self._store.add_bodies((number, *sealed) for number, sealed in sorted(fetched.items()))
                self._store.set_checkpoint(SIGNED, note)
                for entry, part, text in found:  # before the entries are kept, which are not looked at again
                    self.alarms.keep(entry, part, text, now)
                self.alarms.note(notes)
        except Damaged:
            self._accuse(source, note, shown)
            raise

    def _take_missing(self, source: Source) -> None:
        """Fetch the bodies of public statements that the log did not serve when they came; their alarms stay."""
        missing = [row for row in self._store.rows(0, self._store.size(), PUBLIC) if body_of(self._store, row) is None]
        fetched: dict[int, tuple[bytes, bytes]] = {}
        for row in missing:
            self._public(source, row, fetched)
        if fetched:
            with self._store.writing():
                self._store.add_bodies((number, *sealed) for number, sealed in sorted(fetched.items()))
            self._authority = None
            authority = self.authority()
            self.alarms.forget_notes()  # what was said of what followed may not hold any more
            for row in self._store.rows(0, self._store.size()):
                self.alarms.note(_refusal(authority, row))

    def _public(
        self, source: Source, row: Row, fetched: dict[int, tuple[bytes, bytes]]
    ) -> tuple[Mapping[str, Any] | None, str]:
        """The body of a public statement, and why it cannot be had."""
        try:
            leaf = decode_leaf(row.leaf)
            if leaf.kind not in PUBLIC:
                return None, ""
            body, secret = decode_public(source(statement_path(leaf.envelope)))
            if commit(body, secret).hex() != leaf.body_root:
                return None, "the body that is served is not the one that the statement commits to"
        except FileNotFoundError:
            return None, "the log does not serve the body of this public statement"
        except (RecordError, ValueError) as error:
            return None, str(error)
        fetched[row.number] = seal(encode_json(body), secret), secret
        return body, ""

    def _check_clock(self, policy: Policy, note: bytes, shown: Checkpoint, now: datetime) -> None:
        """Hold the centre's clock to the witnesses', and to this mirror's own look of before."""
        newest = leaf_at(self._store, shown.size - 1) if shown.size else None
        earliest = policy.time_bound(decode_note(note), latest=False)
        if newest is not None and earliest is not None:
            ahead = decode_received(newest.received) - earliest
            if ahead > AHEAD + timedelta(seconds=1):  # cosignatures have whole seconds
                says = f"received {newest.received} by the centre's clock, {ahead} after witnesses cosigned it"
                self.alarms.keep(shown.size - 1, "clock", says, now)
        look = self.alarms.last_look()
        first = leaf_at(self._store, look[0]) if look and look[0] < shown.size else None
        if first is not None and look is not None and decode_received(first.received) < look[1] - BEHIND:
            says = f"received {first.received} by the centre's clock, but at {look[1]} the log did not have it yet"
            self.alarms.keep(look[0], "back-dated", says, now)

    def compare(self, note: bytes) -> bool:
        """Compare a checkpoint that somebody else has of this log; return whether it could be.

        It cannot where it is beyond what is held here, or signed by a key that is not known here yet.

        Raises:
            ForkFound: when it is of another history.
            BadSignature, Damaged: when the log has not signed it.
        """
        if self._is_by_an_unknown_key(decode_note(note)):
            return False
        other = self._opened(note)
        known = self._known()
        if other.size > known.size:
            return False
        root = self._root(other.size)
        if root != other.root:
            proof = prove_consistency(other.size, known.size, self._store.nodes(known.size))
            self._found(ForkProof(note, self.newest or b"", root, proof))
        return True

    def cosign(self, cosigner: Cosigner, time: int) -> bytes:
        """The newest checkpoint's note with this mirror's cosignature: "this is the one history that I hold".

        Raises:
            NotCosigned: while an alarm is open that nobody has accepted.
        """
        if standing := self.alarms.open():
            raise NotCosigned(f"nothing is cosigned while an alarm is open: {standing[0]}")
        note = decode_note(self.newest or b"")
        own = tuple(line for line in note.signatures if line.name == self.key.name)
        return encode_note(Note(note.text, (*own, cosigner.cosign(note.text, time))))

    def _shown(self, note: bytes) -> Checkpoint:
        """The checkpoint that the log shows; raises RecordError where it is that of another log."""
        origin = decode_checkpoint(decode_note(note).text).origin
        if origin != self.key.name:
            raise RecordError(f"this is the log {origin}; the mirror is of {self.key.name}")
        return self._opened(note)

    def _known(self) -> Checkpoint:
        note = self.newest
        if note is None:
            return Checkpoint(self.key.name, 0, Frontier().root())
        return self.history().open_checkpoint(note, self.key, stands=lambda _: True)  # as it was when it was taken

    def _opened(self, note: bytes) -> Checkpoint:
        """A checkpoint of the log; one that a lost key alone signed counts where it is of the history held here."""
        known = self._known()
        return self.history().open_checkpoint(
            note, self.key, stands=lambda one: one.size <= known.size and one.root == self._root(one.size)
        )

    def _is_by_an_unknown_key(self, note: Note) -> bool:
        known = {key.key_id for key in self.history().following(self.key)}
        own = {line.key_id for line in note.signatures if line.name == self.key.name}
        return bool(own) and not own & known

    def _root(self, size: int) -> bytes:
        return Frontier(size, peaks(size, self._store.nodes(size))).root()

    def _accuse(self, source: Source, note: bytes, shown: Checkpoint) -> None:
        """Find out whether what the log serves *is* what it signed, but of another history than ours: then prove it."""
        known = self._known()
        if not known.size:
            return
        try:
            leaves = [row.leaf_hash for row in _entries(source, 0, shown.size)]
        except (OSError, RecordError):
            return
        node = _nodes(leaves)
        if Frontier(shown.size, peaks(shown.size, node)).root() != shown.root:
            return
        root = Frontier(known.size, peaks(known.size, node)).root()
        self._found(ForkProof(self.newest or b"", note, root, prove_consistency(known.size, shown.size, node)))

    def _found(self, fork: ForkProof) -> None:
        fork = replace(fork, keys=self._history_file())
        smaller, larger = check_fork_proof(fork, self.key)
        says = (
            f"the log has signed two histories: one of {larger.size} entries does not begin with "
            f"the {smaller.size} that it signed too"
        )
        self.alarms.keep(None, "fork", says, datetime.now(UTC))
        raise ForkFound(says, fork)

    def _take_history(self, source: Source) -> None:
        """Take over changes of the log's key; what is known stays, so that a shorter history hides nothing."""
        known, path = self.history(), self.folder / "keys" / HISTORY
        try:
            data = source(f"keys/{HISTORY}")
        except OSError:
            return
        told = decode_history(data)
        if told.changes[: len(known.changes)] != known.changes or told.losses[: len(known.losses)] != known.losses:
            raise Damaged("the log shows another history of its keys than before")
        if told == known:
            return
        if self.newest is not None:
            try:
                told.open_checkpoint(self.newest, self.key, stands=lambda _: True)
            except BadSignature as error:
                raise Forked(f"the log now disowns a checkpoint that it signed: {error}") from error
        write_whole(path, data)

    def _take_founder(self, source: Source) -> None:
        path = self.folder / "keys" / f"{FOUNDER}.vkey"
        if not path.exists():
            try:
                founder = decode_verifier_key(source(f"keys/{FOUNDER}.vkey").decode().removesuffix("\n"))
            except (FileNotFoundError, UnicodeDecodeError, Damaged):
                return  # the charter may carry it
            write_new(path, str(founder))

    def _place(self, sender: str) -> Place:
        last = self._store.last_of(sender)
        if last is None:
            return Place()
        leaf = decode_leaf(self._store.row(last).leaf)
        return Place(leaf.sender_seq + 1, leaf.envelope)


def _refusal(authority: Authority, row: Row) -> Iterator[tuple[int, str]]:
    """Say of an entry that moves nothing why, as far as its body need not be read."""
    try:
        leaf = decode_leaf(row.leaf)
    except Damaged:
        return
    why = authority.refusal(row.number, leaf, None)
    if why and leaf.log == authority.log:
        yield row.number, f"this {leaf.kind} moves nothing: {why}"


def _time_of_quorum(policy: Policy, note: bytes) -> datetime | None:
    """When the quorum had cosigned the head, None where it has not."""
    met = policy.quorum != "none" and policy.is_met(policy.witnessed(decode_note(note)))
    return policy.time_bound(decode_note(note), latest=True) if met else None


def _lacking(policy: Policy, note: bytes, cosigned: datetime | None, now: datetime, oldest: timedelta) -> Iterator[str]:
    """Say what a head lacks now: nothing of it lasts."""
    if policy.quorum == "none":
        return
    if cosigned is None:
        names = ", ".join(sorted(policy.witnessed(decode_note(note))))
        by = f"only {names} confirmed" if names else "no witness has confirmed"
        yield f"{by} the log's head; the policy asks for more ({policy.quorum})"
    elif now - cosigned > oldest:
        yield f"the log's head is old: witnesses cosigned it {now - cosigned} ago; newer heads may be hidden from you"


def _entries(source: Source, start: int, end: int) -> Iterator[Row]:
    """The entries from *start* below *end*, each with its leaf and envelope; raises Damaged where bytes are neither."""
    for index in range(start // TILE_WIDTH, -(-end // TILE_WIDTH)):
        width = min(TILE_WIDTH, end - index * TILE_WIDTH)
        leaves, envelopes = (_bundle(source, Tile(None, index, width, kind)) for kind in (False, True))
        if not len(leaves) == len(envelopes) == width:
            raise Damaged(f"a bundle of {len(leaves)} entries and {len(envelopes)} envelopes, {width} were asked for")
        for place, (leaf, envelope) in enumerate(zip(leaves, envelopes, strict=True)):
            number = index * TILE_WIDTH + place
            if number >= start:
                said = leaf_of(envelope, "")
                yield Row(number, said.kind, said.sender, said.sender_seq, leaf, leaf_hash(leaf), envelope)


def _bundle(source: Source, tile: Tile) -> tuple[bytes, ...]:
    """A bundle; where a partial one is gone, what the full one has of it."""
    try:
        return decode_entries(source(encode_path(tile)))
    except OSError:
        if tile.width == TILE_WIDTH:
            raise
        return decode_entries(source(encode_path(replace(tile, width=TILE_WIDTH))))[: tile.width]


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH * TILE_WIDTH:
            yield batch
            batch = []
    yield batch


def _nodes(leaves: list[bytes]) -> Callable[[int, int], bytes]:
    """The hashes of all complete subtrees over *leaves*."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return lambda height, index: levels[height][index]


def folder_source(folder: Path) -> Source:
    """A log's static files and public keys in a data folder, as a source."""

    def source(path: str) -> bytes:
        return (folder / path if path.startswith("keys/") else folder / STATIC / path).read_bytes()

    return source


def url_source(url: str, ask: Send) -> Source:
    """A log served over HTTP at *url*, as a source; *ask* sends the requests."""

    def source(path: str) -> bytes:
        answer = ask(f"{url.rstrip('/')}/{path}", None)
        if answer.status == 200:
            return answer.body
        says = answer.body[:200].decode(errors="replace").partition("\n")[0]
        kind = FileNotFoundError if answer.status == 404 else OSError
        raise kind(f"{url.rstrip('/')}/{path}: status {answer.status}: {says}")

    return source
