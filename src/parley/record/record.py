"""The record of one centre: append statements, read them, prove them.

Appending is two durable transactions: first the rows, then the checkpoint over them, signed only once the rows are
safe. A crash between the two leaves rows without a signature; the next opening checks them and signs.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from parley.record.check import Checker, Place
from parley.record.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from parley.record.errors import Damaged, Forked, NotIncluded, RecordError, Stale
from parley.record.hashing import EMPTY_ROOT, TILE_HEIGHT, TILE_WIDTH, Frontier, leaf_hash
from parley.record.keys import DESK, LOG, create_keys, load_signer, load_verifier
from parley.record.note import VerifierKey, is_key_name
from parley.record.proofs import check_inclusion, peaks, prove_consistency, prove_inclusion
from parley.record.receipt import Appended, Receipt
from parley.record.statement import (
    Leaf,
    decode_envelope,
    decode_leaf,
    decode_statement,
    digest,
    encode_leaf,
    encode_statement,
    seal,
)
from parley.record.store import Row, Store
from parley.record.tile import decode_path, encode_entries, encode_hashes


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement in the record: its number, what it says, and the key ID of its sender in hex."""

    index: int
    kind: str
    at: datetime
    body: dict[str, Any]
    sender: str


@dataclass(slots=True)
class _Tail:
    """The end of the rows: the tree over them, the desk's place, and the signed checkpoint that they extend."""

    frontier: Frontier
    desk: Place
    signed: Checkpoint


class Record:
    """An open record; use it as a context manager, in one thread. Several processes may hold one record open."""

    def __init__(self, folder: Path, store: Store, key: VerifierKey) -> None:
        """For `create` and `open`."""
        self._folder = folder
        self._store = store
        self._key = key
        self._tail: _Tail | None = None

    @classmethod
    def create(cls, folder: Path, origin: str) -> Self:
        """Make an empty record with new keys in *folder*, which must exist.

        Args:
            origin: the log's own name for all time, best a URL without its scheme, like `example.org/centre`.

        Raises:
            RecordError: when a record or its keys stand there already, or *origin* has spaces or plus signs.
        """
        if not is_key_name(origin) or not origin.isprintable():
            raise RecordError(f"the origin of a record is a name without spaces and plus signs, not {origin!r}")
        if not folder.is_dir():
            raise RecordError(f"{folder} is no folder")
        store = Store.create(folder)
        try:
            create_keys(folder, origin)
            note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), load_signer(folder, LOG))
            with store.writing():
                store.set_checkpoint(note)
        except BaseException:
            store.close()
            raise
        return cls(folder, store, load_verifier(folder, LOG))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the record in *folder*; check its end against the signed checkpoint; sign what a crash left unsigned.

        Private keys are needed only to sign: a copy without them can be opened and read.

        Raises:
            RecordError: when there is none, or a key is missing.
            BadSignature: when the checkpoint is not signed by the folder's `log.vkey`.
            Forked: when the rows do not extend the signed checkpoint (rows missing or changed).
            Damaged: when the bytes at the record's end are not well formed.
        """
        key = load_verifier(folder, LOG)
        record = cls(folder, Store.open(folder), key)
        try:
            with record._store.reading():
                tail = record._load_tail()
            record._sign(tail)
        except BaseException:
            record.close()
            raise
        return record

    def close(self) -> None:
        """Close the files."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def append(self, statements: Iterable[tuple[str, Mapping[str, Any]]], at: datetime) -> list[Appended]:
        """Record (kind, body) statements of the desk in one durable group: all of them, or none when this raises.

        When this returns, they are on disk and under a signed checkpoint. A statement that was recorded before is
        recorded again, as a new entry.

        Raises:
            Unfit: when a statement is not JSON or *at* has no zone.
            Forked: when the rows do not extend the signed checkpoint.
            Stale: when an older checkpoint was put back while this record is open.
        """
        appended: list[Appended] = []
        tail, self._tail = self._tail, None  # kept only if all goes well
        with self._store.writing():
            signed = self._signed()
            if tail is not None and signed.size < tail.signed.size:
                raise Stale(f"the signed checkpoint is of {signed.size} entries, {tail.signed.size} were signed before")
            if tail is None or signed != tail.signed or self._store.size() != tail.frontier.size:
                tail = self._load_tail()  # another process has appended
            tile_hashes: list[tuple[int, int, bytes]] = []
            self._store.add_entries(self._new_rows(statements, at, tail, appended, tile_hashes))
            self._store.add_tile_hashes(tile_hashes)
        self._sign(tail)
        return appended

    def _new_rows(
        self,
        statements: Iterable[tuple[str, Mapping[str, Any]]],
        at: datetime,
        tail: _Tail,
        appended: list[Appended],
        tile_hashes: list[tuple[int, int, bytes]],
    ) -> Iterator[Row]:
        signer = load_signer(self._folder, DESK)
        sender = signer.verifier.digest.hex()
        for kind, body in statements:
            seq, prev = tail.desk
            envelope = seal(encode_statement(kind, at, body, seq, prev), signer)
            tail.desk = Place(seq + 1, digest(envelope))
            leaf = encode_leaf(Leaf(kind, sender, seq, prev, tail.desk.prev))
            row = Row(tail.frontier.size, kind, leaf, leaf_hash(leaf), envelope)
            tile_hashes += tail.frontier.append(row.leaf_hash)
            appended.append(Appended(row.number, row.leaf_hash, tail.desk.prev))
            yield row

    def _sign(self, tail: _Tail) -> None:
        """Sign the rows of *tail*, which are durable, unless another process has signed them or more."""
        self._tail = tail
        if tail.signed.size == tail.frontier.size:
            return
        checkpoint = Checkpoint(self._key.name, tail.frontier.size, tail.frontier.root())
        signer = load_signer(self._folder, LOG)
        with self._store.writing():
            signed = self._signed()
            if signed.size < checkpoint.size:
                if signed != tail.signed:
                    raise Forked("the signed checkpoint was changed meanwhile; nothing more is signed")
                self._store.set_checkpoint(sign_checkpoint(checkpoint, signer))
                signed = checkpoint
        tail.signed = signed

    def _load_tail(self) -> _Tail:
        """The end of the rows as stored. What is signed must match; what is not yet signed is checked in full."""
        signed = self._signed()
        rows = self._store.size()
        if rows < signed.size:
            raise Forked(f"{rows} entries stand in the record, {signed.size} were signed; nothing more is signed")
        frontier = Frontier(signed.size, peaks(signed.size, self._store.nodes(signed.size)))
        if frontier.root() != signed.root:
            raise Forked(f"the first {signed.size} entries are not those that were signed; nothing more is signed")
        desk_key = load_verifier(self._folder, DESK)
        desk = desk_key.digest.hex()
        checker = Checker([desk_key])
        checker.frontier = frontier
        if signed.size:
            last = decode_leaf(self._store.row(signed.size - 1).leaf)
            if last.sender != desk:
                raise Damaged("signed with another key than keys/desk.vkey", signed.size - 1)
            checker.places[desk] = Place(last.sender_seq + 1, last.envelope)
        for row in self._store.rows(signed.size, rows):
            for _, text in checker.check(row):
                raise Damaged(f"{text}; it is not signed", row.number)
            frontier.append(row.leaf_hash)
        if rows > signed.size and peaks(rows, self._store.nodes(rows)) != frontier.peaks():
            raise Damaged(f"the stored hashes of the entries from {signed.size} on are not theirs")
        return _Tail(frontier, checker.places.get(desk) or Place(), signed)

    # Reading

    def _signed(self) -> Checkpoint:
        return open_checkpoint(self._store.checkpoint(), self._key)

    @property
    def origin(self) -> str:
        """The log's own name."""
        return self._key.name

    def root(self, size: int | None = None) -> bytes:
        """The root over the first *size* entries (default: all that are signed); raises NotIncluded beyond the end."""
        size = self._within(size)
        return Frontier(size, peaks(size, self._store.nodes(size))).root()

    @property
    def size(self) -> int:
        """The number of entries under the signed checkpoint."""
        return self._signed().size

    def entries(self, start: int = 0, kinds: Iterable[str] | None = None) -> Iterator[Entry]:
        """The statements from entry *start* on, in order, of all kinds or those of *kinds*; read as they are taken.

        Raises:
            Damaged: at an entry whose bytes do not have the stored digests (signatures are checked by `verify`).
        """
        yield from map(_entry, self._store.rows(max(start, 0), self.size, kinds))

    def entry(self, index: int) -> Entry:
        """Statement *index*; raises NotIncluded beyond the end, Damaged as `entries`."""
        return _entry(self._row(index))

    def envelope(self, index: int) -> bytes:
        """The signed DSSE envelope of statement *index*."""
        return self._row(index).envelope

    def _row(self, index: int) -> Row:
        if not 0 <= index < self.size:
            raise NotIncluded(f"there is no entry {index} in the record of {self.size}")
        return self._store.row(index)

    # Proving

    def verifier_key(self) -> str:
        """The log's public key, `name+id+base64`: what others need to check receipts and the whole record."""
        return str(self._key)

    def checkpoint(self) -> bytes:
        """The last signed checkpoint, a signed note."""
        return self._store.checkpoint()

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes from entry *index* to the root of the first *size* entries (default: all that are signed)."""
        size = self._within(size)
        return prove_inclusion(index, size, self._store.nodes(size))

    def consistency_proof(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The hashes that show that the first *new* entries (default: all signed ones) begin with the first *old*."""
        new = self._within(new)
        return prove_consistency(old, new, self._store.nodes(new))

    def receipt(self, index: int) -> Receipt:
        """The full receipt of entry *index* under the last checkpoint, checked before it is handed out.

        Raises:
            NotIncluded: when there is no such entry.
            Damaged: when the stored hashes no longer lead to the signed root.
        """
        note = self.checkpoint()
        signed = open_checkpoint(note, self._key)
        proof = prove_inclusion(index, signed.size, self._store.nodes(signed.size))
        receipt = Receipt(index, self._store.row(index).leaf, proof, note)
        try:
            check_inclusion(receipt.leaf_hash, index, signed.size, proof, signed.root)
        except NotIncluded as error:
            raise Damaged("the stored hashes do not lead to the signed root", index) from error
        return receipt

    def tile(self, path: str) -> bytes:
        """The bytes at any path of tlog-tiles: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.

        Raises:
            NotIncluded: when the signed tree has no such tile.
            Damaged: when *path* is none of a tile.
        """
        if path == "checkpoint":
            return self.checkpoint()
        tile = decode_path(path)
        level = tile.level or 0
        start = tile.index * TILE_WIDTH
        if start + tile.width > self.size >> TILE_HEIGHT * level:
            raise NotIncluded(f"{path} lies beyond the record's end")
        if tile.level is None:
            return encode_entries([row.leaf for row in self._store.rows(start, start + tile.width)])
        return encode_hashes(self._store.hashes(level, start, start + tile.width))

    def _within(self, size: int | None) -> int:
        signed = self.size
        if size is not None and not 0 <= size <= signed:
            raise NotIncluded(f"the record has {signed} entries, not {size}")
        return signed if size is None else size


def _entry(row: Row) -> Entry:
    try:
        leaf = decode_leaf(row.leaf)
        if leaf_hash(row.leaf) != row.leaf_hash or digest(row.envelope) != leaf.envelope or row.kind != leaf.kind:
            raise Damaged("the stored bytes do not have their stored digests")
        statement = decode_statement(decode_envelope(row.envelope).payload)
    except Damaged as error:
        raise Damaged(str(error), row.number) from error
    return Entry(row.number, statement.kind, statement.at, statement.body, leaf.sender)
