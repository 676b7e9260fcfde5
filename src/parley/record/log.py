"""The log under a record: rows, the tree over them, the signed checkpoint, and who may say what in it.

Of what entries say it knows the public statements alone, which settle whose keys count (`authority`).

Appending is one durable transaction for the rows of a whole group, and only then a signature over them. The new
checkpoint is written at once, but made durable with the next group: after a loss of power the last rows stand there
unsigned, opening checks them and signs again, and the signature comes out the same, since Ed25519 has no randomness.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple, Self

from parley.record.errors import BadSignature, Damaged, Forked, NotIncluded, RecordError, Stale
from parley.record.formats.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from parley.record.formats.hashing import EMPTY_ROOT, TILE_HEIGHT, TILE_WIDTH, Frontier, leaf_hash
from parley.record.formats.note import Signer, VerifierKey, is_key_name
from parley.record.formats.proofs import peaks, prove_consistency, prove_inclusion
from parley.record.formats.tile import decode_path
from parley.record.keys import (
    LOG,
    check_no_others,
    create_keys,
    key_state,
    load_founder,
    load_signers,
    load_verifier,
)
from parley.record.outside import hold
from parley.record.outside.head import Head, check_head
from parley.record.publisher import SECONDS, Publisher
from parley.record.rotation import load_history
from parley.record.statements.authority import Authority
from parley.record.statements.check import Checker, Place
from parley.record.statements.following import body_of, follow, leaf_at
from parley.record.statements.kinds import PUBLIC
from parley.record.statements.statement import Leaf, decode_leaf, digest, encode_received
from parley.record.store import STATIC, Row, Store
from parley.record.tile_files import CHECKPOINT, TileFiles, content, public_statement

SIGNED = "signed"
COSIGNED = "cosigned"


class Pending(NamedTuple):
    """A new entry as it goes into the log, without its number."""

    kind: str
    sender: str
    seq: int
    leaf: bytes
    envelope: bytes
    sealed: bytes
    secret: bytes


@dataclass(slots=True)
class Tail:
    """The end of the rows: the tree over them, where senders stand, when the last was received, and the signed
    checkpoint that they extend."""

    frontier: Frontier
    signed: Checkpoint
    received: str = ""
    places: dict[str, Place] = field(default_factory=dict)

    def receive(self, at: datetime) -> str:
        """When an entry that comes at *at* is received, as leaves have it: never before the one before it."""
        self.received = max(self.received, encode_received(at))
        return self.received


class Log:
    """An open log, for one thread. Several processes may hold it open; each append sees what the others appended."""

    def __init__(self, folder: Path, store: Store, key: VerifierKey) -> None:
        """For `create` and `open`."""
        self.folder = folder
        self.store = store
        self.key = key
        self._authority: Authority | None = None
        self._tail: Tail | None = None
        self._opened: tuple[bytes, Checkpoint] | None = None
        self._keys: tuple[object, tuple[Signer, ...]] | None = None
        self._edge: tuple[int, dict[int, bytes]] | None = None  # the right edge of the tree that was proved from last
        self._head: Head | None = None
        self._files = TileFiles(folder / STATIC)
        self._publisher: Publisher | None = None
        self._published = 0.0
        self._behind = False  # whether anything was signed that the static files do not have

    @classmethod
    def create(cls, folder: Path, origin: str) -> Self:
        """Make an empty log with new keys in *folder*, which must exist.

        Raises:
            RecordError: when a log or its keys stand there already, or *origin* has spaces or plus signs.
        """
        if not is_key_name(origin) or not origin.isprintable():
            raise RecordError(f"the origin of a record is a name without spaces and plus signs, not {origin!r}")
        if not folder.is_dir():
            raise RecordError(f"{folder} is no folder")
        store = Store.create(folder)
        try:
            create_keys(folder, origin)
            note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), *load_signers(folder))
            with store.writing():
                store.set_checkpoint(SIGNED, note)
        except BaseException:
            store.close()
            raise
        log = cls(folder, store, load_verifier(folder, LOG))
        log._files.write_checkpoint(note)
        return log

    @classmethod
    def open(cls, folder: Path, reading: bool = False, any_thread: bool = False) -> Self:
        """Open the log in *folder*; check its end against the signed checkpoint; sign what a crash left unsigned.

        With *reading*, nothing is written or signed; private keys are needed only to sign. With *any_thread*, several
        threads may use it, one at a time.

        Raises:
            RecordError: when there is none, or a key is missing.
            BadSignature: when the checkpoint is not signed by the folder's `log.vkey`.
            Forked: when the rows do not extend the signed checkpoint (rows missing or changed).
            Damaged: when the bytes at the log's end are not well formed.
        """
        key = load_verifier(folder, LOG)
        log = cls(folder, Store.open(folder, any_thread, reading), key)
        try:
            if not reading:
                check_no_others(folder)
                with log.store.reading():
                    tail = log._load_tail()
                log._sign(tail)
        except BaseException:
            log.close()
            raise
        return log

    def close(self) -> None:
        """Bring the static files up to date, where anything was added, and close the database."""
        try:
            if self._behind:
                self.publish()
            self._close_publisher()
        finally:
            self.store.close()
            if self._head is not None:
                self._head.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def id(self) -> str:
        """What statements are bound to: the digest of the log's first key, in hex."""
        return load_history(self.folder).first(self.key).digest.hex()

    def authority(self, size: int | None = None) -> Authority:
        """Who may say what, by the first *size* entries or more (default: all that are signed)."""
        size = self.signed().size if size is None else size
        if self._authority is None:
            self._authority = Authority(self.id, load_founder(self.folder))
        return follow(self._authority, self.store, size)

    def leaf(self, index: int) -> Leaf | None:
        """The leaf of entry *index*, None where it cannot be read."""
        return leaf_at(self.store, index)

    # Writing

    def append(self, make: Callable[[Tail], Iterable[Pending]]) -> list[int]:
        """Add what *make* gives, in one durable group: all of it, or nothing when this raises. Return the numbers.

        *make* is called when nobody else can write; it finds where a sender stands with `place`.

        Raises:
            Forked: when the rows do not extend the signed checkpoint.
            Stale: when an older checkpoint was put back while this log is open, or a hold stands (`hold`).
        """
        hold.check(self.folder)
        tail, self._tail = self._tail, None  # kept only if all goes well
        try:
            with self.store.writing():
                signed = self.signed()
                if tail is not None and signed.size < tail.signed.size:
                    were = f"{tail.signed.size} were signed before"
                    raise Stale(f"the signed checkpoint is of {signed.size} entries, {were}")
                if tail is None or signed != tail.signed or self.store.size() != tail.frontier.size:
                    tail = self._load_tail()  # another process has appended
                first = tail.frontier.size
                self._add(make(tail), tail)
        except BaseException:
            self._authority = None  # it may have followed what was not recorded
            raise
        self._sign(tail)
        return list(range(first, tail.frontier.size))

    def _add(self, entries: Iterable[Pending], tail: Tail) -> None:
        given = list(entries)
        first = tail.frontier.size
        hashes = [leaf_hash(one.leaf) for one in given]
        self.store.add_entries(
            Row(number, one.kind, one.sender, one.seq, one.leaf, leaf, one.envelope)
            for number, (one, leaf) in enumerate(zip(given, hashes, strict=True), first)
        )
        self.store.add_bodies((number, one.sealed, one.secret) for number, one in enumerate(given, first))
        self.store.add_tile_hashes(tail.frontier.extend(hashes))

    def place(self, tail: Tail, sender: str) -> Place:
        """Where *sender* stands at the end of the rows; what the caller adds, it notes in `tail.places`."""
        place = tail.places.get(sender)
        if place is None:
            last = self.store.last_of(sender)
            if last is None:
                place = Place()
            else:
                leaf = decode_leaf(self.store.row(last).leaf)
                place = Place(leaf.sender_seq + 1, leaf.envelope)
            tail.places[sender] = place
        return place

    def _sign(self, tail: Tail) -> None:
        """Sign the rows of *tail*, which are durable, unless another process has signed them or more."""
        self._tail = tail
        if tail.signed.size == tail.frontier.size:
            return
        checkpoint = Checkpoint(self.key.name, tail.frontier.size, tail.frontier.root())
        signers = self._signers()
        with self.store.writing(durable=False):
            signed = self.signed()
            if signed.size < checkpoint.size:
                if signed != tail.signed and self._root(signed.size) != signed.root:  # else somebody signed our rows
                    raise Forked("the signed checkpoint was changed meanwhile; nothing more is signed")
                note = sign_checkpoint(checkpoint, *signers)
                self.store.set_checkpoint(SIGNED, note)
                self._opened = note, checkpoint
                signed = checkpoint
        tail.signed = signed
        self._kept_head().write(signed.size, signed.root)
        self._behind = True
        if self._publisher is not None:
            self._publisher.publish(signed.size, self.newest_note())
        elif time.monotonic() - self._published >= SECONDS:
            self.publish()

    def _signers(self) -> tuple[Signer, ...]:
        """The log's private keys, read again when their files have changed."""
        state = key_state(self.folder)
        if self._keys is None or self._keys[0] != state:
            self._keys = state, load_signers(self.folder)
        return self._keys[1]

    def publish_beside(self) -> None:
        """Write the static files in a thread from now on, so that nobody who appends waits for them."""
        if self._publisher is None:
            self._publisher = Publisher(self.folder)

    def publish(self) -> None:
        """Bring the static files up to the signed checkpoint, with the cosignatures that it has by now.

        It is done by itself every second, and on closing. The files follow from the rows: where the disk refuses them
        the log stands all the same, and the next time writes them.
        """
        self._close_publisher()
        self._published = time.monotonic()
        self._behind = False
        with suppress(OSError):
            self._files.advance(self.store, self.signed().size, self.newest_note())

    def rewrite_files(self) -> None:
        """Make all static files again."""
        self._close_publisher()
        self._files.drop()
        self._files.advance(self.store, self.signed().size, self.newest_note())

    def _close_publisher(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()
            self._files = TileFiles(self.folder / STATIC)

    def newest_note(self) -> bytes:
        """The newest checkpoint's note as others should have it: with the cosignatures that it has so far."""
        signed = self.signed_note()
        cosigned = self.store.checkpoint(COSIGNED)
        text = signed[: signed.rindex(b"\n\n") + 1]
        return cosigned if cosigned is not None and cosigned.startswith(text + b"\n") else signed

    def _load_tail(self) -> Tail:
        """The end of the rows as stored. What is signed must match; what is not yet signed is checked in full."""
        published, kept = self._published_size(), self._kept_head().read()  # before the rows: others may be writing
        signed = self.signed()
        rows = self.store.size()
        if rows < signed.size:
            raise Forked(f"{rows} entries stand in the record, {signed.size} were signed; nothing more is signed")
        frontier = Frontier(signed.size, peaks(signed.size, self.store.nodes(signed.size)))
        if frontier.root() != signed.root:
            raise Forked(f"the first {signed.size} entries are not those that were signed; nothing more is signed")
        if rows > signed.size:
            self._check_unsigned(frontier, rows)
        if published > rows:
            raise Stale(
                f"log/{CHECKPOINT} is of {published} signed entries, {rows} are here: an older record.db was put back; "
                "nothing is signed"
            )
        if kept is not None:
            check_head(kept, rows, self._root)
        return Tail(frontier, signed, self._last_received(rows))

    def _published_size(self) -> int:
        """How many entries the checkpoint among the static files is of; 0 where none can be read."""
        with suppress(OSError, Damaged, BadSignature):
            return self.open_note((self.folder / STATIC / CHECKPOINT).read_bytes()).size
        return 0

    def _kept_head(self) -> Head:
        if self._head is None:
            self._head = Head(self.id)
        return self._head

    def _last_received(self, size: int) -> str:
        last = self.leaf(size - 1) if size else None
        return last.received if last else ""

    def _check_unsigned(self, frontier: Frontier, rows: int) -> None:
        start = frontier.size
        self._authority = None  # one that has followed these rows already would refuse them
        checker = Checker(self.authority(start), partial(body_of, self.store), self.leaf)
        self._authority = None  # the checker goes on with it, beyond what is signed
        checker.frontier, checker.received = frontier, self._last_received(start)
        for row in self.store.rows(start, rows):
            if row.sender not in checker.places:
                checker.places[row.sender] = self._place_before(row)
            for _, text in checker.check(row):
                raise Damaged(f"{text}; it is not signed", row.number)
            why = checker.authority.refusal(row.number, decode_leaf(row.leaf), None)
            if why:
                raise Damaged(f"{why}; it is not signed", row.number)
            frontier.append(row.leaf_hash)
        if peaks(rows, self.store.nodes(rows)) != frontier.peaks():
            raise Damaged("the stored hashes of the entries that no checkpoint covers are not theirs")

    def _place_before(self, row: Row) -> Place:
        """Where the sender of *row* stood before it: the row of its previous statement tells."""
        if row.seq == 0:
            return Place()
        before = self.store.of_sender(row.sender, row.seq - 1)
        if before is None or before >= row.number:
            raise Damaged("its sender's previous statement is not in the record; it is not signed", row.number)
        return Place(row.seq, decode_leaf(self.store.row(before).leaf).envelope)

    # Reading and proving

    def signed(self) -> Checkpoint:
        """The newest signed checkpoint."""
        note = self.signed_note()
        if self._opened is None or self._opened[0] != note:
            self._opened = note, self.open_note(note)
        return self._opened[1]

    def open_note(self, note: bytes) -> Checkpoint:
        """A checkpoint of this log, signed by its present key or by one before it; raises as `open_checkpoint`."""
        try:
            return open_checkpoint(note, self.key)
        except BadSignature:
            history = load_history(self.folder)
            return history.open_checkpoint(
                note, history.first(self.key), stands=lambda _: True
            )  # it is held to the rows

    def signed_note(self) -> bytes:
        """The newest signed checkpoint's note, with the log's own signatures only."""
        note = self.store.checkpoint(SIGNED)
        if note is None:
            raise Damaged("the signed checkpoint is missing")
        return note

    def row(self, index: int) -> Row:
        """The row of entry *index*; raises NotIncluded beyond the end."""
        size = self.signed().size
        if not 0 <= index < size:
            raise NotIncluded.beyond(size)
        return self.store.row(index)

    def rows(self, start: int = 0, kinds: Iterable[str] | None = None, end: int | None = None) -> Iterator[Row]:
        """The signed rows from *start* on, those below *end* where there is one."""
        size = self.signed().size
        return self.store.rows(max(start, 0), size if end is None else min(end, size), kinds)

    def rows_at(self, numbers: Iterable[int]) -> Iterator[Row]:
        """The signed rows of those of the entries *numbers* that there are, in order."""
        size = self.signed().size
        return self.store.rows_at(number for number in numbers if number < size)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first *size* entries (default: all that are signed); raises NotIncluded beyond the end."""
        return self._root(self.within(size))

    def _root(self, size: int) -> bytes:
        return Frontier(size, peaks(size, self.store.nodes(size))).root()

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """The hashes from entry *index* to the root of the first *size* entries (default: all that are signed)."""
        size = self.within(size)
        if self._edge is None or self._edge[0] != size:
            self._edge = size, {}
        return prove_inclusion(index, size, self.store.nodes(size), self._edge[1])

    def consistency_proof(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """The hashes that show that the first *new* entries (default: all signed ones) begin with the first *old*."""
        new = self.within(new)
        return prove_consistency(old, new, self.store.nodes(new))

    def public_statement(self, envelope: str) -> bytes:
        """The file of the public statement whose envelope has this digest; raises NotIncluded where there is none."""
        for row in self.rows(kinds=PUBLIC):
            if digest(row.envelope) == envelope and (data := public_statement(self.store, row)) is not None:
                return data
        raise NotIncluded("no public statement has this digest")

    def tile(self, path: str) -> bytes:
        """The bytes at any path of tlog-tiles: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.

        Raises:
            NotIncluded: when the signed tree has no such tile.
            Damaged: when *path* is none of a tile.
        """
        if path == "checkpoint":
            return self.newest_note()
        tile = decode_path(path)
        if tile.index * TILE_WIDTH + tile.width > self.signed().size >> TILE_HEIGHT * (tile.level or 0):
            raise NotIncluded("the tile lies beyond the record's end")
        return content(self.store, tile)

    def within(self, size: int | None) -> int:
        """*size*, or that of the signed tree; raises NotIncluded beyond it."""
        signed = self.signed().size
        if size is not None and not 0 <= size <= signed:
            raise NotIncluded(f"the record has {signed} entries, not {size}")
        return signed if size is None else size
