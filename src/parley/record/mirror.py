"""A mirror: a party's own full copy of what the log commits to, checked entry by entry, and its monitor.

It holds every leaf and every signed envelope, in a record of its own without bodies: it derives the root again, checks
each signature and that no sender's statement is missing, and compares the checkpoints that the log, witnesses, other
parties and bundles show. Where two contradict each other it writes a fork proof. Sampled proofs would not do: a changed
entry is found only by who looks at that entry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from parley.record.check import Checker, Place
from parley.record.checkpoint import Checkpoint
from parley.record.cosignature import Cosigner
from parley.record.errors import BadSignature, Damaged, Forked, RecordError, Stale
from parley.record.fork import ForkProof, check_fork_proof
from parley.record.hashing import TILE_WIDTH, Frontier, leaf_hash, node_hash
from parley.record.keys import DESK, LOG, add_sender, load_senders, read_key, write_new
from parley.record.log import SIGNED
from parley.record.note import Note, VerifierKey, decode_note, decode_verifier_key, encode_note
from parley.record.proofs import peaks, prove_consistency
from parley.record.rotation import FILE as HISTORY
from parley.record.rotation import KeyHistory, decode_history
from parley.record.statement import leaf_of
from parley.record.store import STATIC, Row, Store
from parley.record.tile import Tile, decode_entries, encode_path

_BATCH = 64  # bundles of one transaction

Source = Callable[[str], bytes]
"""Gives the bytes at a path of the log (`checkpoint`, `tile/…`, `keys/…`); raises OSError where there are none."""


class ForkFound(Forked):
    """Raised when the log has signed two histories; *fork* proves it to anybody."""

    def __init__(self, text: str, fork: ForkProof) -> None:
        super().__init__(text)
        self.fork = fork


@dataclass(frozen=True, slots=True)
class Synced:
    """How far the mirror goes, what it found wrong on the way (entry, part, text), and senders that are new to it."""

    size: int
    root: bytes
    faults: tuple[tuple[int, str, str], ...]
    new_senders: tuple[VerifierKey, ...]


class Mirror:
    """An open mirror. Make one with `create` or `open`."""

    def __init__(self, folder: Path, store: Store) -> None:
        """For `create` and `open`."""
        self.folder = folder
        self.key = decode_verifier_key(read_key(folder / "keys" / f"{LOG}.vkey"))
        self._store = store

    @classmethod
    def create(cls, folder: Path, key: VerifierKey) -> Self:
        """Make an empty mirror of the log whose public key is *key*, known from elsewhere than the log itself."""
        (folder / "keys" / "senders").mkdir(parents=True, exist_ok=True)
        store = Store.create(folder)
        write_new(folder / "keys" / f"{LOG}.vkey", str(key))
        return cls(folder, store)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the mirror in *folder*; raises RecordError where there is none, or a record of somebody's own."""
        if (folder / "keys" / f"{DESK}.vkey").exists():
            raise RecordError(f"{folder} holds a record of its own, not a mirror")
        return cls(folder, Store.open(folder))

    def close(self) -> None:
        """Close the files."""
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
        try:
            return decode_history((self.folder / "keys" / HISTORY).read_bytes())
        except FileNotFoundError:
            return KeyHistory()

    def sync(self, source: Source) -> Synced:
        """Fetch and check everything up to the log's newest checkpoint, and keep it.

        Raises:
            ForkFound: when the log has signed a history that does not begin with the one held here.
            Stale: when the log shows fewer entries than it has signed before.
            Damaged: when what it serves is not what it signed; nothing of that is kept.
            OSError: when it does not answer.
        """
        self._take_history(source)
        note = source("checkpoint")
        shown = self._opened(note)
        known = self._known()
        if shown.size <= known.size:
            self.compare(note)
        if shown.size < known.size:
            raise Stale(f"the log shows {shown.size} entries; it signed {known.size} before")
        new_senders = self._take_senders(source)
        frontier = Frontier(known.size, peaks(known.size, self._store.nodes(known.size)))
        checker = Checker(self._senders())
        checker.frontier = frontier
        faults: list[tuple[int, str, str]] = []
        try:
            with self._store.writing():
                for rows in _batches(_entries(source, known.size, shown.size)):
                    hashes = []
                    for row in rows:
                        if row.sender not in checker.places:
                            checker.places[row.sender] = self._place(row.sender)
                        faults += [(row.number, part, text) for part, text in checker.check(row)]
                        hashes += frontier.append(row.leaf_hash)
                    self._store.add_entries(rows)
                    self._store.add_tile_hashes(hashes)
                if frontier.root() != shown.root:
                    raise Damaged(f"the {shown.size} entries that the log serves are not those that it signed")
                self._store.set_checkpoint(SIGNED, note)
        except Damaged:
            self._accuse(source, note, shown)
            raise
        return Synced(shown.size, shown.root, tuple(faults), new_senders)

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
        """The newest checkpoint's note with this mirror's cosignature: "this is the one history that I hold"."""
        note = decode_note(self.newest or b"")
        own = tuple(line for line in note.signatures if line.name == self.key.name)
        return encode_note(Note(note.text, (*own, cosigner.cosign(note.text, time))))

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
        smaller, larger = check_fork_proof(fork, self.key, self.history())
        raise ForkFound(
            f"the log has signed two histories: one of {larger.size} entries does not begin with "
            f"the {smaller.size} that it signed too",
            fork,
        )

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
        path.write_bytes(data)

    def _take_senders(self, source: Source) -> tuple[VerifierKey, ...]:
        known = set(self._senders())
        told = [decode_verifier_key(line) for line in source("keys/senders").decode().split("\n") if line]
        new = tuple(key for key in told if key not in known)
        for key in new:
            add_sender(self.folder, key)
        return new

    def _senders(self) -> tuple[VerifierKey, ...]:
        paths = sorted((self.folder / "keys" / "senders").glob("*.vkey"))
        return tuple(decode_verifier_key(read_key(path)) for path in paths)

    def _place(self, sender: str) -> Place:
        last = self._store.last_of(sender)
        if last is None:
            return Place()
        leaf = leaf_of(self._store.row(last).envelope)
        return Place(leaf.sender_seq + 1, leaf.envelope)


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
                said = leaf_of(envelope)
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
        if path == "keys/senders":
            return "".join(f"{key}\n" for key in load_senders(folder)).encode()
        return (folder / path if path.startswith("keys/") else folder / STATIC / path).read_bytes()

    return source


def url_source(url: str, ask: Callable[[str, bytes | None], tuple[int, bytes, str]]) -> Source:
    """A log served over HTTP at *url*, as a source; *ask* sends the requests."""

    def source(path: str) -> bytes:
        status, body, _ = ask(f"{url.rstrip('/')}/{path}", None)
        if status == 200:
            return body
        raise OSError(
            f"{url.rstrip('/')}/{path}: status {status}: {body[:200].decode(errors='replace').partition(chr(10))[0]}"
        )

    return source
