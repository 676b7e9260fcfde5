"""The record of one centre: append statements, read them, prove them."""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from parley.record.canonical import encode_json, encoder_for
from parley.record.check import Place
from parley.record.errors import Damaged, NotIncluded, RecordError, Unfit
from parley.record.fields import SECRET_SIZE, Disclosed, commit, disclose
from parley.record.hashing import leaf_hash
from parley.record.keys import DESK, add_sender, load_senders, load_signer
from parley.record.log import COSIGNED, Log, Pending, Tail
from parley.record.note import Signer, VerifierKey
from parley.record.proofs import check_inclusion
from parley.record.receipt import Appended, Receipt
from parley.record.sealed import seal, unseal
from parley.record.statement import (
    Leaf,
    Statement,
    check_envelope,
    decode_envelope,
    decode_leaf,
    decode_statement,
    digest,
    encode_leaf,
    encode_statement,
    leaf_of,
    sign,
)
from parley.record.store import Row
from parley.record.tlog_proof import TlogProof

SHRED_NOTICE = "shred-notice"
KEY_EVENT = "key-event"
_BATCH = 512


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement in the record: its number, what it says, and the key ID of its sender in hex.

    The body is None where it was shredded: that something was said, when and by whom still stands.
    """

    index: int
    kind: str
    at: datetime
    body: dict[str, Any] | None
    sender: str


class Record:
    """An open record; use it as a context manager, in one thread. Several processes may hold one record open."""

    def __init__(self, log: Log) -> None:
        """For `create` and `open`."""
        self.log = log

    @classmethod
    def create(cls, folder: Path, origin: str) -> Self:
        """Make an empty record with new keys in *folder*, which must exist.

        Args:
            origin: the log's own name for all time, best a URL without its scheme, like `example.org/centre`.

        Raises:
            RecordError: when a record or its keys stand there already, or *origin* has spaces or plus signs.
        """
        return cls(Log.create(folder, origin))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the record in *folder*; raises as `Log.open` does."""
        return cls(Log.open(folder))

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
        made: list[Pending] = []

        def make(tail: Tail) -> Iterator[Pending]:
            place = self.log.place(tail, signer.verifier.digest.hex())
            saw = self._seen()
            for kind, body in statements:
                one = pending(kind, body, at, place, saw, signer)
                place = tail.places[one.sender] = Place(place.seq + 1, digest(one.envelope))
                made.append(one)
                yield one

        numbers = self.log.append(make)
        return [_appended(number, one) for number, one in zip(numbers, made, strict=True)]

    def submit(self, envelope: bytes, body: Mapping[str, Any], secret: bytes) -> Appended:
        """Record a statement that a registered sender has signed; the same one again gives the same entry.

        Raises:
            Damaged: when the envelope is none.
            BadSignature: when its sender is not known here, or has not signed it.
            Unfit: when the body is not the one that it commits to, or it does not follow the sender's last one.
        """
        opened, leaf = decode_envelope(envelope), leaf_of(envelope)
        sender = next((key for key in load_senders(self.log.folder) if key.digest.hex() == opened.sender), None)
        if sender is None:
            raise Unfit(f"the sender {opened.sender[:8]}… is not known here; nothing was recorded")
        check_envelope(opened, sender)
        if len(secret) != SECRET_SIZE or commit(dict(body), secret).hex() != leaf.body_root:
            raise Unfit("the body is not the one that the statement commits to; nothing was recorded")
        sealed = seal(encode_json(dict(body)), secret)
        one = Pending(leaf.kind, leaf.sender, leaf.sender_seq, encode_leaf(leaf), envelope, sealed, secret)
        known: list[int] = []

        def make(tail: Tail) -> Iterator[Pending]:
            number = self.log.store.of_sender(leaf.sender, leaf.sender_seq)
            if number is not None and self.log.store.row(number).envelope == envelope:
                known.append(number)
                return
            place = self.log.place(tail, leaf.sender)
            if (leaf.sender_seq, leaf.prev) != place:
                raise Unfit(
                    f"expected the sender's statement {place.seq} after {place.prev or '(none)'}, "
                    f"found {leaf.sender_seq} after {leaf.prev or '(none)'}; nothing was recorded"
                )
            if leaf.saw and self.log.store.seen(bytes.fromhex(leaf.saw)) is None:
                raise Unfit("the checkpoint that the statement saw is not known here; nothing was recorded")
            tail.places[leaf.sender] = Place(leaf.sender_seq + 1, leaf.envelope)
            yield one

        (number,) = self.log.append(make) or known
        return _appended(number, one)

    def register(self, key: VerifierKey, at: datetime, role: str = "sender") -> None:
        """Take statements of *key* from now on; a key-event says so in the record.

        Args:
            role: "party" for the desk of a party, whose receipts make an entry *agreed*; "sender" for all others.
        """
        known = key in load_senders(self.log.folder)
        add_sender(self.log.folder, key)
        if not known:
            self.append([(KEY_EVENT, {"event": "register", "role": role, "vkey": str(key)})], at)

    def shred(
        self, numbers: Sequence[int], reason: str, at: datetime, also: Mapping[str, Any] | None = None
    ) -> Appended:
        """Destroy the bodies, secrets and salts of entries, and record a notice that says which and why.

        Leaves, envelopes and proofs stay as they are. The notice is recorded first, so that nothing is ever missing
        without one. *also* is said in the notice beside.

        Raises:
            NotIncluded: when there is no such entry.
            RecordError: when another program reads the record, so that its files still hold the old pages.
        """
        for number in numbers:
            if self.log.row(number).kind in (SHRED_NOTICE, KEY_EVENT):
                raise Unfit(f"entry {number} is a {self.log.row(number).kind}; such stay")
        (notice,) = self.append([(SHRED_NOTICE, {"entries": sorted(numbers), "reason": reason, **(also or {})})], at)
        self.destroy(numbers)
        return notice

    def destroy(self, numbers: Sequence[int]) -> None:
        """Destroy bodies and secrets that a shred-notice names: also to finish what a crash cut short."""
        with self.log.store.writing():
            self.log.store.shred(numbers)
        self.log.store.purge()

    def shredded(self) -> dict[int, int]:
        """The entries that shred-notices name, each with the entry of the first notice that does."""
        named: dict[int, int] = {}
        for entry in self.entries(kinds=[SHRED_NOTICE]):
            for number in (entry.body or {}).get("entries", ()):
                named.setdefault(number, entry.index)
        return named

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

    def entries(self, start: int = 0, kinds: Iterable[str] | None = None) -> Iterator[Entry]:
        """The statements from entry *start* on, in order, of all kinds or those of *kinds*; read as they are taken.

        Raises:
            Damaged: at an entry whose bytes do not have the stored digests (signatures are checked by `verify`).
        """
        batch: list[Row] = []
        for row in self.log.rows(start, kinds):
            batch.append(row)
            if len(batch) == _BATCH:
                yield from self._opened(batch)
                batch = []
        yield from self._opened(batch)

    def entry(self, index: int) -> Entry:
        """Statement *index*; raises NotIncluded beyond the end, Damaged as `entries`."""
        return next(self._opened([self.log.row(index)]))

    def _opened(self, rows: Sequence[Row]) -> Iterator[Entry]:
        if not rows:
            return
        bodies = self.log.store.bodies(rows[0].number, rows[-1].number)
        for row in rows:
            sealed, secret = bodies.get(row.number, (None, None))
            yield open_row(row, sealed, secret)

    def envelope(self, index: int) -> bytes:
        """The signed DSSE envelope of statement *index*."""
        return self.log.row(index).envelope

    def secret(self, index: int) -> tuple[dict[str, Any], bytes]:
        """The body of statement *index* and its secret, which opens it; raises NotIncluded where it was shredded."""
        row = self.log.row(index)
        found = self.log.store.bodies(index, index).get(index)
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


def pending(kind: str, body: Mapping[str, Any], at: datetime, place: Place, saw: str, signer: Signer) -> Pending:
    """A new statement of *signer* as it goes into the log, sealed under a fresh secret.

    Raises:
        Unfit: when *kind* is not a plain word, *at* has no zone or *body* is not JSON.
    """
    secret = secrets.token_bytes(SECRET_SIZE)
    plain = dict(body)
    try:
        encode = encoder_for(plain)
        data = encode(plain)
        root = commit(plain, secret, encode).hex()
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unfit(f"a {kind} that cannot be recorded: {error}") from error
    envelope = sign(encode_statement(Statement(kind, at, root, place.seq, place.prev, saw)), signer)
    sender = signer.verifier.digest.hex()
    leaf = encode_leaf(Leaf(kind, sender, place.seq, place.prev, digest(envelope), root, saw))
    return Pending(kind, sender, place.seq, leaf, envelope, seal(data, secret), secret)


def _appended(number: int, one: Pending) -> Appended:
    return Appended(number, leaf_hash(one.leaf), digest(one.envelope))


def open_row(row: Row, sealed: bytes | None, secret: bytes | None) -> Entry:
    """What a row says; its body where it is there, held against the commitment. Raises Damaged."""
    try:
        leaf = decode_leaf(row.leaf)
        if leaf_hash(row.leaf) != row.leaf_hash or digest(row.envelope) != leaf.envelope or row.kind != leaf.kind:
            raise Damaged("the stored bytes do not have their stored digests")
        statement = decode_statement(decode_envelope(row.envelope).payload)
        body = None
        if sealed is not None and secret is not None:
            body = unseal(sealed, secret)
            if commit(body, secret).hex() != leaf.body_root:
                raise Damaged("the body is not the one that the statement commits to")
    except RecordError as error:
        raise Damaged(str(error), row.number) from error
    return Entry(row.number, statement.kind, statement.at, body, leaf.sender)
