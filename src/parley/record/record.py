"""The record of one centre: append statements, read them, prove them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from itertools import groupby, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from parley.record.errors import Damaged, NotAllowed, NotIncluded, OutOfPlace, RecordError, Unfit
from parley.record.formats.canonical import decode_json
from parley.record.formats.hashing import leaf_hash
from parley.record.formats.note import VerifierKey
from parley.record.formats.proofs import check_inclusion
from parley.record.formats.tlog_proof import TlogProof
from parley.record.handed.receipt import Appended, Receipt
from parley.record.keys import DESK, load_signer
from parley.record.log import COSIGNED, Log, Pending, Tail
from parley.record.policy_file import write_policy_file
from parley.record.statements.author import Author, Said
from parley.record.statements.authority import Authority
from parley.record.statements.check import Place
from parley.record.statements.fields import SECRET_SIZE, Disclosed, commit, disclose
from parley.record.statements.kinds import (
    ENDORSEMENT,
    KEY_EVENT,
    PARTY,
    POLICY,
    PUBLIC,
    SHRED_NOTICE,
    check_form,
    has_form,
)
from parley.record.statements.sealed import seal, unseal
from parley.record.statements.statement import (
    Leaf,
    check_envelope,
    decode_envelope,
    decode_leaf,
    decode_received,
    decode_statement,
    digest,
    encode_leaf,
    kind_of,
    leaf_of,
)
from parley.record.store import Row

_BATCH = 512
_MOST_REMEMBERED = 100_000
"""Statements that were recorded here and whose bytes are known again, without another look at all of their fields."""

CheckBody = Callable[[str, Mapping[str, Any]], None]
"""Checks the body of a kind whose form the record does not know; raises ValueError with a sentence for the user."""


Own = Mapping[str, dict[str, Any]]
"""Bodies by the digests of the envelopes that commit to them."""


def any_body(kind: str, body: Mapping[str, Any]) -> None:
    """Take any body."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement in the record: its number, what it says, and the key ID of its sender in hex.

    Args:
        at: the sender's claim of when it made the statement.
        received: when the centre received it, by its clock.
        body: None where it was shredded: that something was said, when and by whom still stands.
        side: whom the sender's key speaks for.
        refused: why the statement moves nothing, "" where it counts.
    """

    index: int
    kind: str
    at: datetime
    received: datetime
    body: dict[str, Any] | None
    sender: str
    side: str = ""
    refused: str = ""


class Record:
    """An open record; use it as a context manager, in one thread. Several processes may hold one record open."""

    def __init__(self, log: Log, check_body: CheckBody = any_body, own: Own | None = None) -> None:
        """For `create` and `open`."""
        self.log = log
        self._check_body = check_body
        self._own = own or {}
        self._sealed: dict[bytes, bytes] = {}

    @classmethod
    def create(cls, folder: Path, origin: str, check_body: CheckBody = any_body) -> Self:
        """Make an empty record with new keys in *folder*, which must exist.

        Args:
            origin: the log's own name for all time, best a URL without its scheme, like `example.org/centre`.
            check_body: checks the bodies of kinds whose form is not known here (`kinds`) before they are recorded.

        Raises:
            RecordError: when a record or its keys stand there already, or *origin* has spaces or plus signs.
        """
        return cls(Log.create(folder, origin), check_body)

    @classmethod
    def open(
        cls, folder: Path, check_body: CheckBody = any_body, reading: bool = False, own: Own | None = None
    ) -> Self:
        """Open the record in *folder*; with *reading*, nothing is written or signed. Raises as `Log.open` does.

        Args:
            own: bodies that whoever reads holds elsewhere: read where the record has none.
        """
        return cls(Log.open(folder, reading), check_body, own)

    def close(self) -> None:
        """Close the files."""
        self.log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def append(self, statements: Iterable[tuple[str, Mapping[str, Any]]], at: datetime) -> list[Appended]:
        """Record (kind, body) statements of the desk in one durable group: all of them, or none when this raises.

        When this returns, they are on disk and under a signed checkpoint (cosigned only by `cosign`). A statement that
        was recorded before is recorded again, as a new entry.

        Raises:
            Unfit: when a statement is not JSON or *at* has no zone.
            Forked: when the rows do not extend the signed checkpoint.
            Stale: when an older checkpoint was put back while this record is open.
        """
        signer = load_signer(self.log.folder, DESK)
        sender = signer.verifier.digest.hex()
        made: list[Pending] = []

        def make(tail: Tail) -> Iterator[Pending]:
            first = tail.frontier.size
            authority = self.log.authority(first)
            author = Author(signer, self.log.id, self.log.place(tail, sender), self._seen())
            for kind, body in statements:
                said = author.say(kind, body, at)
                leaf = leaf_of(said.envelope, tail.receive(at))
                made.append(self._pending(first + len(made), said, leaf, body, authority, tail))
            yield from made

        return self._log(make, made)

    def submit(self, statements: Sequence[Said], at: datetime) -> list[Appended]:
        """Record statements that their senders have signed, in their order: all of them, or none when this raises.

        Those that are in the record already are not recorded again: the same gives the same entry.

        Args:
            at: when the centre received them, by its clock.

        Raises:
            Damaged: when an envelope is none.
            Unfit: when a sender is not known here or may not say this, a body is not the one that is committed to, or
                a statement does not follow its sender's last one (`OutOfPlace`).
            BadSignature: when the sender has not signed it.
        """
        (outcome,) = self.submit_each([statements], at)
        if isinstance(outcome, RecordError):
            raise outcome
        return outcome

    def submit_each(self, requests: Sequence[Sequence[Said]], at: datetime) -> list[list[Appended] | RecordError]:
        """Record many requests together, each all or not at all, as `submit` does; return what came of each.

        What makes one fail fails no other. Those with public statements, which change what others may say, are recorded
        by themselves.
        """
        outcomes: list[list[Appended] | RecordError] = []
        for public, group in groupby(requests, _has_public):
            if not public:
                outcomes += self._submit_group(list(group), at)
                continue
            for request in group:
                try:
                    outcomes += self._submit_group([request], at, alone=True)
                except RecordError as error:
                    outcomes.append(error)
        return outcomes

    def _submit_group(
        self, requests: Sequence[Sequence[Said]], at: datetime, alone: bool = False
    ) -> list[list[Appended] | RecordError]:
        """Record *requests* in one durable group; with *alone*, what is wrong is raised."""
        outcomes: list[list[int] | RecordError] = []
        made: list[Pending] = []
        taken: dict[int, Appended] = {}
        fresh: dict[bytes, int] = {}  # envelopes of this group -> their numbers

        def make(tail: Tail) -> Iterator[Pending]:
            first = tail.frontier.size
            authority = self.log.authority(first)
            for statements in requests:
                places, received, before = dict(tail.places), tail.received, len(made)
                numbers: list[int] = []
                try:
                    for said in statements:
                        leaf = leaf_of(said.envelope, "")
                        if said.envelope in fresh:
                            numbers.append(fresh[said.envelope])
                            continue
                        known = self._known(said, leaf)
                        if known is not None:
                            taken[known.index] = known
                            numbers.append(known.index)
                            continue
                        body = _opened_by(authority, said, leaf)
                        leaf = replace(leaf, received=tail.receive(at))
                        numbers.append(first + len(made))
                        made.append(self._pending(numbers[-1], said, leaf, body, authority, tail))
                        fresh[said.envelope] = numbers[-1]
                    outcomes.append(numbers)
                except RecordError as error:
                    if alone:
                        raise
                    for one in made[before:]:
                        del fresh[one.envelope]
                    del made[before:]
                    tail.places, tail.received = places, received
                    outcomes.append(error)
            yield from made

        taken |= {one.index: one for one in self._log(make, made)}
        return [one if isinstance(one, RecordError) else [taken[number] for number in one] for one in outcomes]

    def _known(self, said: Said, leaf: Leaf) -> Appended | None:
        """Where the same statement is in the record already."""
        number = self.log.store.of_sender(leaf.sender, leaf.sender_seq)
        row = None if number is None else self.log.store.row(number)
        if row is None or row.envelope != said.envelope:
            return None
        return Appended(row.number, row.leaf_hash, leaf.envelope)

    def _log(self, make: Callable[[Tail], Iterable[Pending]], made: Sequence[Pending]) -> list[Appended]:
        """Append what *make* gives, which it notes in *made*."""
        numbers = self.log.append(make)
        if any(one.kind in (POLICY, ENDORSEMENT) for one in made):
            write_policy_file(self.log.folder, self.log.authority().policy_text)
        return [
            Appended(number, leaf_hash(one.leaf), digest(one.envelope))
            for number, one in zip(numbers, made, strict=True)
        ]

    def _pending(
        self, index: int, said: Said, leaf: Leaf, body: Mapping[str, Any], authority: Authority, tail: Tail
    ) -> Pending:
        """Check that *said* may stand as entry *index*; return it as it goes into the log."""
        self._admit(index, leaf, body, authority, tail)
        sealed, encoded = seal(said.body, said.secret), encode_leaf(leaf)
        if len(self._sealed) >= _MOST_REMEMBERED:
            self._sealed.clear()
        self._sealed[leaf_hash(encoded)] = _digest(sealed, said.secret)
        return Pending(leaf.kind, leaf.sender, leaf.sender_seq, encoded, said.envelope, sealed, said.secret)

    def _admit(self, index: int, leaf: Leaf, body: Mapping[str, Any], authority: Authority, tail: Tail) -> None:
        """Check that a statement may stand as entry *index*, and follow what it changes."""
        check_form(leaf.kind, body)
        if leaf.kind in PUBLIC or index == 0:
            authority.take(index, leaf, body, self.log.leaf)
        if why := authority.refusal(index, leaf, body):
            raise NotAllowed(f"{why}; nothing was recorded")
        if not has_form(leaf.kind):
            try:
                self._check_body(leaf.kind, body)
            except ValueError as error:
                raise Unfit(f"not the body of a {leaf.kind}: {error}; nothing was recorded") from error
        place = self.log.place(tail, leaf.sender)
        if (leaf.sender_seq, leaf.prev) != place:
            raise OutOfPlace(place, (leaf.sender_seq, leaf.prev))
        if leaf.saw and self.log.store.seen(bytes.fromhex(leaf.saw)) is None:
            raise Unfit("the checkpoint that the statement saw is not known here; nothing was recorded")
        tail.places[leaf.sender] = Place(leaf.sender_seq + 1, leaf.envelope)

    def register(self, key: VerifierKey, at: datetime, side: str) -> Appended:
        """Take statements of *key* from now on as those of the party *side*; a key event says so in the record.

        A further key of a party that has one holds once the parties have endorsed it; raises as `append`.
        """
        event = {"event": "register", "role": PARTY, "side": side, "vkey": str(key)}
        return self.append([(KEY_EVENT, event)], at)[0]

    def shred(self, numbers: Sequence[int], reason: str, at: datetime, rule: str = "") -> Appended:
        """Record a notice that says which entries are shredded and why, and destroy what of them may be.

        Leaves, envelopes and proofs stay as they are. The notice, which is public, is recorded first, so that nothing
        is ever missing without one. A party's statements are destroyed once it has endorsed the notice (`destroy`), or
        at once where the charter's *rule* covers them.

        Raises:
            Unfit: when there is no such entry, or it is a public statement, which stay; nothing is destroyed then.
            RecordError: when another program reads the record, so that its files still hold the old pages.
        """
        body = {"entries": sorted(set(numbers)), "reason": reason} | ({"rule": rule} if rule else {})
        (notice,) = self.append([(SHRED_NOTICE, body)], at)
        self.destroy()
        return notice

    def destroy(self) -> None:
        """Destroy the bodies and secrets of all that notices which hold name: also to finish what was cut short."""
        with self.log.store.writing():
            self.log.store.shred(list(self.shredded()))
        self.log.store.purge()

    def shredded(self) -> dict[int, int]:
        """The entries that shred-notices name which hold, each with the entry of the first notice that does."""
        return dict(self.log.authority().shredded)

    def _seen(self) -> str:
        """The digest of the newest cosigned checkpoint, kept so that everybody can be shown what it was; or ""."""
        note = self.log.store.checkpoint(COSIGNED)
        if note is None:
            return ""
        seen = digest(note)
        self.log.store.add_seen(bytes.fromhex(seen), note)
        return seen

    # Reading

    @property
    def origin(self) -> str:
        """The log's own name."""
        return self.log.key.name

    @property
    def size(self) -> int:
        """The number of entries under the signed checkpoint."""
        return self.log.signed().size

    def root(self, size: int | None = None) -> bytes:
        """The root over the first *size* entries (default: all that are signed); raises NotIncluded beyond the end."""
        return self.log.root(size)

    def entries(self, start: int = 0, kinds: Iterable[str] | None = None, end: int | None = None) -> Iterator[Entry]:
        """The statements from entry *start* on, in order, of all kinds or those of *kinds*; read as they are taken.

        Args:
            end: stops before this entry.

        Raises:
            Damaged: at an entry whose bytes do not have the stored digests (signatures are checked by `verify`).
        """
        return self._opened(self.log.rows(start, kinds, end))

    def entries_at(self, numbers: Iterable[int]) -> Iterator[Entry]:
        """The statements at those of the entries *numbers* that there are, in order; raises as `entries`."""
        return self._opened(self.log.rows_at(numbers))

    def entry(self, index: int) -> Entry:
        """Statement *index*; raises NotIncluded beyond the end, Damaged as `entries`."""
        return next(self._opened([self.log.row(index)]))

    def _opened(self, rows: Iterable[Row]) -> Iterator[Entry]:
        ahead = iter(rows)
        while batch := list(islice(ahead, _BATCH)):
            bodies = self.log.store.bodies(row.number for row in batch)
            authority = self.log.authority()
            for row in batch:
                sealed, secret = bodies.get(row.number, (None, None))
                own = self._own.get(digest(row.envelope))
                yield open_row(row, sealed, secret, authority, own, self._sealed.get(row.leaf_hash))

    def envelope(self, index: int) -> bytes:
        """The signed DSSE envelope of statement *index*."""
        return self.log.row(index).envelope

    def secret(self, index: int) -> tuple[dict[str, Any], bytes]:
        """The body of statement *index* and its secret, which opens it; raises NotIncluded where it was shredded."""
        row = self.log.row(index)
        found = self.log.store.bodies([index]).get(index)
        if found is None:
            raise NotIncluded(f"the body of entry {index} was shredded")
        entry = open_row(row, *found)
        assert entry.body is not None
        return entry.body, found[1]

    def disclose(self, index: int, pointers: Iterable[str]) -> list[Disclosed]:
        """The fields of statement *index* that *pointers* name (all of it below them), each with its salt and proof."""
        body, secret = self.secret(index)
        return disclose(body, secret, pointers)

    # Proving

    def verifier_key(self) -> str:
        """The log's public key, `name+id+base64`: what others need to check receipts and the whole record."""
        return str(self.log.key)

    def checkpoint(self) -> bytes:
        """The newest signed checkpoint, a signed note, with the cosignatures that it has."""
        return self.log.newest_note()

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes from entry *index* to the root of the first *size* entries (default: all that are signed)."""
        return self.log.inclusion_proof(index, size)

    def consistency_proof(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The hashes that show that the first *new* entries (default: all signed ones) begin with the first *old*."""
        return self.log.consistency_proof(old, new)

    def tile(self, path: str) -> bytes:
        """The bytes at any path of tlog-tiles; raises as `Log.tile` does."""
        return self.log.tile(path)

    def receipt(self, index: int) -> Receipt:
        """The full receipt of entry *index* under the newest checkpoint, checked before it is handed out.

        Raises:
            NotIncluded: when there is no such entry.
            Damaged: when the stored hashes no longer lead to the signed root.
        """
        note = self.checkpoint()
        proof = self._proof(index, note)
        return Receipt(index, self.log.store.row(index).leaf, proof, note)

    def tlog_proof(self, index: int, note: bytes | None = None) -> TlogProof:
        """The proof of entry *index* under a checkpoint of this log (default: the newest), as one file's content."""
        note = self.checkpoint() if note is None else note
        return TlogProof(index, self._proof(index, note), note)

    def _proof(self, index: int, note: bytes) -> tuple[bytes, ...]:
        signed = self.log.open_note(note)
        proof = self.log.inclusion_proof(index, signed.size)
        try:
            check_inclusion(leaf_hash(self.log.row(index).leaf), index, signed.size, proof, signed.root)
        except NotIncluded as error:
            raise Damaged("the stored hashes do not lead to the signed root", index) from error
        return proof


def _opened_by(authority: Authority, said: Said, leaf: Leaf) -> dict[str, Any]:
    """The body of what somebody else says; it must be what is committed to, and signed by a key that is known."""
    key = authority.key(leaf.sender)
    if key is None:
        raise NotAllowed(f"the sender {leaf.sender[:8]}… is not known here; nothing was recorded")
    check_envelope(decode_envelope(said.envelope), key)
    body = decode_json(said.body)
    if not isinstance(body, dict):
        raise Unfit("a body is a JSON object; nothing was recorded")
    if len(said.secret) != SECRET_SIZE or commit(body, said.secret).hex() != leaf.body_root:
        raise Unfit("the body is not the one that the statement commits to; nothing was recorded")
    return body


def _has_public(statements: Sequence[Said]) -> bool:
    """Whether a statement is of a public kind; what cannot be read is not, and is refused later."""
    with suppress(Damaged):
        return any(kind_of(one.envelope) in PUBLIC for one in statements)
    return False


def open_row(
    row: Row,
    sealed: bytes | None,
    secret: bytes | None,
    authority: Authority | None = None,
    own: dict[str, Any] | None = None,
    written: bytes | None = None,
) -> Entry:
    """What a row says; its body where it is there, held against the commitment; by *authority*, whether it counts.

    Where it is not there, its body is the reader's *own*, if there is one.

    Args:
        written: the digest of the sealed body and its secret as the reader itself recorded them under this leaf: where
            they are still the same, they are what the leaf commits to.

    Raises:
        Damaged: when the bytes do not have their digests.
    """
    try:
        leaf = decode_leaf(row.leaf)
        if leaf_hash(row.leaf) != row.leaf_hash or digest(row.envelope) != leaf.envelope or row.kind != leaf.kind:
            raise Damaged("the stored bytes do not have their stored digests")
        statement = decode_statement(decode_envelope(row.envelope).payload)
        body = own
        if sealed is not None and secret is not None:
            same = written is not None and written == _digest(sealed, secret)
            body = unseal(sealed, secret)
            if not same and commit(body, secret).hex() != leaf.body_root:
                raise Damaged("the body is not the one that the statement commits to")
    except RecordError as error:
        raise Damaged(str(error), row.number) from error
    received = decode_received(leaf.received)
    if authority is None:
        return Entry(row.number, statement.kind, statement.at, received, body, leaf.sender)
    side, refused = authority.side(leaf.sender), authority.refusal(row.number, leaf, body)
    return Entry(row.number, statement.kind, statement.at, received, body, leaf.sender, side, refused)


def _digest(sealed: bytes, secret: bytes) -> bytes:
    return sha256(secret + sealed).digest()
