"""Verify a whole record, or a mirror of one: every signature, digest, place, body and hash, who said what, the static
files, and the database itself.

Nothing that is stored is trusted, nothing is written or signed, and nothing damaged raises. Whatever is wrong becomes a
`Fault`, with the number of the entry wherever one can be named. What a crash, a writer at work or a copy made beside
one leaves behind is no fault: it is `unfinished`. What is in the log and moves nothing is a note.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parley.record.errors import Damaged, RecordError
from parley.record.formats.checkpoint import Checkpoint
from parley.record.formats.hashing import HASH_SIZE, TILE_WIDTH, leaf_hash
from parley.record.formats.note import VerifierKey, decode_verifier_key
from parley.record.keys import DESK, LOG, check_no_others, load_founder, load_verifier
from parley.record.log import SIGNED
from parley.record.outside.alarms import FILE as ALARMS
from parley.record.outside.alarms import is_mirror
from parley.record.record import open_row
from parley.record.rotation import KeyHistory, load_history
from parley.record.statements.authority import Authority
from parley.record.statements.check import Checker
from parley.record.statements.following import body_of, leaf_at
from parley.record.statements.statement import Leaf, decode_leaf, digest
from parley.record.store import (
    FILE,
    SQLITE_ERRORS,
    STATIC,
    Row,
    Store,
    check_format,
    open_to_verify,
    schema,
    sql,
    to_row,
)
from parley.record.tile_files import faults as tile_faults

_LOST = bytes(HASH_SIZE)  # stands in the tree for an entry that is lost, so that the others keep their places
_BATCH = 512
_LEAST_ROW = 512  # bytes that an entry takes at least: bounds what a damaged file can claim to hold


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the number of the *entry* where one can be named, the *part* of the record, and a *text*."""

    entry: int | None
    part: str
    text: str

    def __str__(self) -> str:
        return f"{self.part}: {self.text}" if self.entry is None else f"entry {self.entry}, {self.part}: {self.text}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification found: how many entries there are, the root over them, and every fault.

    Args:
        unfinished: what a crash or a running writer left, and what completes it.
        notes: (entry, sentence): statements that move nothing, and changes of keys, policy and charter.
        torn: whether the write-ahead log is not that of record.db, which was checked without it.
    """

    size: int
    root: bytes
    faults: tuple[Fault, ...]
    unfinished: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()
    torn: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(folder: Path, verifier_key: str | None = None, checkpoint: bytes | None = None) -> Verification:
    """Verify the record or mirror in *folder* against the log's public key; never raises for anything wrong there.

    Args:
        verifier_key: the log's key as known from elsewhere. Without it the folder's own `log.vkey` is believed, and a
            record that was rewritten as a whole with new keys is not found out.
        checkpoint: the note of a checkpoint of this log as known from elsewhere, which the record must contain.

    Raises:
        Damaged: when *verifier_key* itself is not a key, or the record is of an older format.
    """
    pinned = None if verifier_key is None else decode_verifier_key(verifier_key)
    with suppress(*SQLITE_ERRORS, OSError), closing(open_to_verify(folder)) as connection:
        check_format(connection)
    found, signed = _verify(folder, pinned, checkpoint)
    if found.faults and (folder / f"{FILE}-wal").exists():
        alone, before = _verify(folder, pinned, checkpoint, alone=True)
        # no crash leaves the two so; whoever edits rows leaves the file sound and signs nothing
        if alone.ok and (before != signed or any(fault.part == FILE for fault in found.faults)):
            text = (
                f"{FILE}-wal is not the write-ahead log of {FILE}: the two were copied at different times beside a "
                f"writer; {FILE} alone is in order, and was checked; copy the folder again, or `parley backup` it"
            )
            return replace(alone, unfinished=(text, *alone.unfinished), torn=True)
    return found


def _verify(
    folder: Path, pinned: VerifierKey | None, checkpoint: bytes | None, alone: bool = False
) -> tuple[Verification, Checkpoint | None]:
    """Verify once; *alone*, without the write-ahead log. Return also the signed checkpoint."""
    verification = _Verification(folder)
    verification.load_keys(folder, pinned)
    verification.given = checkpoint
    try:
        with closing(open_to_verify(folder, alone)) as connection:
            verification.database(connection, folder)
    except (*SQLITE_ERRORS, OSError) as error:
        missing = not (folder / FILE).is_file()
        verification.fault(None, FILE, "the file is missing" if missing else f"cannot be read: {error}")
    return verification.result(), verification.signed


class _Verification:
    """The faults found so far, and the state of one walk over the entries."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.given: bytes | None = None
        self.signed: Checkpoint | None = None
        self._store: Store | None = None
        self._checker = self._new_checker("", None)
        self._log: VerifierKey | None = None
        self._unfinished: list[str] = []
        self._notes: list[tuple[int, str]] = []
        self._is_mirror = is_mirror(folder)
        self._history = KeyHistory()
        self._faults: list[Fault] = []
        self._tile_hashes: dict[tuple[int, int], bytes] = {}
        self._claims: dict[int, list[tuple[str, bytes]]] = {}  # size -> (what says so, root) of every checkpoint
        self._without_body: set[int] = set()
        self._seen: dict[str, int] = {}  # digest of a checkpoint that a statement saw -> that entry
        self._rows_read = 0
        self._run = (-1, -1, "")

    def fault(self, entry: int | None, part: str, text: str) -> None:
        self._faults.append(Fault(entry, part, text))

    def result(self) -> Verification:
        authority = self._checker.authority
        waiting = [(entry, str(one)) for entry, one in authority.waiting.items()]
        notes = sorted({*self._notes, *authority.notes, *waiting})
        root = self._checker.frontier.root()
        return Verification(self._rows_read, root, tuple(self._faults), tuple(self._unfinished), tuple(notes))

    def _new_checker(self, log: str, founder: VerifierKey | None) -> Checker:
        return Checker(Authority(log, founder), self._public_body, self._leaf)

    def _public_body(self, row: Row) -> dict[str, Any] | None:
        return None if self._store is None else body_of(self._store, row)

    def _leaf(self, index: int) -> Leaf | None:
        return None if self._store is None else leaf_at(self._store, index)

    def _check_what_it_is(self, folder: Path) -> None:
        """Hold what the folder has of keys to whether it is a record or a mirror, so that none passes for the other."""
        try:
            if not self._is_mirror:
                load_verifier(folder, DESK)
            elif (folder / "keys" / f"{LOG}.key").exists():
                raise RecordError(f"{ALARMS} is here, but a folder with the log's private key is no mirror")
        except RecordError as error:
            self.fault(None, "keys", str(error))

    def load_keys(self, folder: Path, pinned: VerifierKey | None) -> None:
        """Find out whom to believe: the folder's keys, or what followed the key *pinned*."""
        try:
            self._history = load_history(folder)
        except (RecordError, OSError) as error:
            self.fault(None, "keys/log.history", str(error))
        try:
            self._log = load_verifier(folder, LOG)
        except RecordError as error:
            self.fault(None, f"keys/{LOG}.vkey", str(error))
        if pinned is not None:
            if self._log is not None and self._log not in self._history.following(pinned):
                text = f"not the key {pinned.name}+{pinned.key_id.hex()} that was given, nor one that followed it"
                self.fault(None, f"keys/{LOG}.vkey", text)
            self._log = pinned
        self._check_what_it_is(folder)
        founder = None
        try:
            founder = load_founder(folder)
            check_no_others(folder)
        except RecordError as error:
            self.fault(None, "keys", str(error))
        first = "" if self._log is None else self._history.first(self._log).digest.hex()
        self._checker = self._new_checker(first, founder)

    def database(self, connection: sqlite3.Connection, folder: Path) -> None:
        # Text that is no UTF-8 is a difference like any other, not a reason to stop.
        connection.text_factory = lambda data: data.decode(errors="surrogateescape")
        connection.execute("BEGIN")  # one snapshot, whatever is appended meanwhile
        store = self._store = Store(connection, folder / STATIC)
        sound = self._check_file(connection)
        signed = self.signed = self._read_checkpoints(store)
        bound = max(_bound(connection, _stored_bytes(folder)), 0 if signed is None else signed.size)
        self._check_claims(0)
        batch: list[Row | None] = []
        for row in self._rows(connection, sound, bound):
            self._check_row(row)
            self._check_claims(self._checker.frontier.size)
            batch.append(row)
            if len(batch) == _BATCH:
                self._check_bodies(store, batch)
                batch = []
        self._check_bodies(store, batch)
        if not self._is_mirror:
            self._check_shredded()
        self._check_seen(store)
        self._check_tile_hashes(connection)
        self._check_end(signed)
        if signed is not None and not self._faults and not self._is_mirror:
            for part, text, gone in tile_faults(folder / STATIC, store, signed.size):
                if gone:
                    self._unfinished.append(f"{part}: {text}")
                else:
                    self.fault(None, part, text)

    def _check_file(self, connection: sqlite3.Connection) -> bool:
        """Whether SQLite finds its file sound and the schema is ours."""
        before = len(self._faults)
        try:
            for (text,) in connection.execute("PRAGMA integrity_check(20)"):
                if text != "ok":
                    self.fault(None, FILE, str(text).replace("\n", " "))
            with closing(sqlite3.connect(":memory:")) as fresh:
                fresh.executescript(schema())
                if connection.execute(sql("schema")).fetchall() != fresh.execute(sql("schema")).fetchall():
                    self.fault(None, FILE, "the tables are not those of a record")
        except SQLITE_ERRORS as error:
            self.fault(None, FILE, str(error))
        return len(self._faults) == before

    def _read_checkpoints(self, store: Store) -> Checkpoint | None:
        """The signed checkpoint; what it and all cosigned ones claim is noted, to be held against the tree."""
        signed = None
        try:
            notes = store.checkpoints()
            if SIGNED not in notes:
                raise Damaged("the signed checkpoint is missing")
            seen = store.all_seen()
        except (*SQLITE_ERRORS, RecordError) as error:
            self.fault(None, "checkpoint", str(error))
            return None
        for note in seen:
            self._claim(f"seen {digest(note)[:16]}…", note)
        for name, note in notes.items():
            checkpoint = self._claim(name, note)
            signed = checkpoint if name == SIGNED else signed
        if self.given is not None:
            self._claim("that was given", self.given)
        return signed

    def _claim(self, name: str, note: object) -> Checkpoint | None:
        if self._log is None:
            return None
        try:
            if not isinstance(note, bytes):
                raise Damaged("not a note")
            # older ones may bear a former key's signature alone; what they claim is held against the tree in any case
            key = self._log if name == SIGNED else self._history.first(self._log)
            checkpoint = self._history.open_checkpoint(note, key, stands=lambda _: True)
        except RecordError as error:
            self.fault(None, "checkpoint", f"{name}: {error}")
            return None
        self._claims.setdefault(checkpoint.size, []).append((name, checkpoint.root))
        return checkpoint

    def _check_claims(self, size: int) -> None:
        """Hold what checkpoints of *size* claim against the tree, which has just that size."""
        root = self._checker.frontier.root()
        for name, claimed in self._claims.pop(size, ()):
            if claimed != root:
                self.fault(None, "root", f"the root over the first {size} entries is not that of the checkpoint {name}")

    def _check_bodies(self, store: Store, rows: list[Row | None]) -> None:
        """Open every body of *rows* against its commitment; note those that are gone."""
        there = [row for row in rows if row is not None]
        if not there:
            return
        try:
            bodies = store.bodies(row.number for row in there)
        except (*SQLITE_ERRORS, RecordError) as error:
            self.fault(there[0].number, "body", f"the bodies from here on cannot be read: {error}")
            return
        for row in there:
            sealed, secret = bodies.get(row.number, (None, None))
            if sealed is None:
                self._without_body.add(row.number)
                self._note_refused(row, None)
                continue
            try:
                entry = open_row(row, sealed, secret)
            except Damaged as error:
                self.fault(row.number, "body", str(error).removeprefix(f"entry {row.number}: "))
                self._note_refused(row, None)
                continue
            self._note_refused(row, entry.body)

    def _note_refused(self, row: Row, body: Mapping[str, Any] | None) -> None:
        """Note a statement that moves nothing."""
        with suppress(Damaged):  # told by the checker
            leaf = decode_leaf(row.leaf)
            why = self._checker.authority.refusal(row.number, leaf, body)
            if why and leaf.log == self._checker.authority.log:
                self._notes.append((row.number, f"this {leaf.kind} moves nothing: {why}"))

    def _check_shredded(self) -> None:
        shredded = self._checker.authority.shredded
        for number in sorted(self._without_body - shredded.keys()):
            self.fault(number, "body", "the content is gone, and no valid notice of destruction says why")
        for number in sorted(shredded.keys() - self._without_body):
            self._unfinished.append(
                f"entry {number}: its body is still there, although entry {shredded[number]} says that it was "
                "shredded; `parley shred`, given again, destroys it"
            )

    def _check_seen(self, store: Store) -> None:
        for seen, number in self._seen.items():
            note = store.seen(bytes.fromhex(seen))
            if note is None or digest(note) != seen:
                self.fault(number, "seen", "the checkpoint that the statement saw is not kept")

    def _rows(self, connection: sqlite3.Connection, sound: bool, bound: int) -> Iterator[Row | None]:
        """Every entry from 0 on, None where it is lost; a damaged file is read row by row, for what is left of it."""
        expected = 0
        if sound:
            with suppress(*SQLITE_ERRORS, Damaged):  # what is left is read row by row
                for values in connection.execute(sql("all_entries")):
                    row = to_row(values)
                    if row.number >= bound:
                        self.fault(row.number, "entry", "numbered beyond what the record can hold")
                        continue
                    for index in range(expected, row.number):
                        self._lost(index, "the row is missing")
                        yield None
                    expected = row.number + 1
                    yield row
        for index in range(expected, bound):
            found = None
            try:
                values = connection.execute(sql("entries"), (index, index + 1, 1)).fetchone()
                found = None if values is None else to_row(values)
                if found is None or found.number != index:
                    self._lost(index, "the row is missing")
                    found = None
            except (*SQLITE_ERRORS, Damaged) as error:
                self._lost(index, f"the row cannot be read ({error})")
            yield found

    def _lost(self, index: int, text: str) -> None:
        """Note a lost entry; a run of them makes one fault."""
        first, last, before = self._run
        if (last, before) == (index - 1, text) and self._faults[-1].text.startswith(text):
            self._run = (first, index, text)
            self._faults[-1] = Fault(first, "entry", f"{text}, and so up to entry {index}")
        else:
            self._run = (index, index, text)
            self.fault(index, "entry", text)

    def _check_row(self, row: Row | None) -> None:
        if row is None:
            self._checker.skip()
            leaf = _LOST
        else:
            self._rows_read += 1
            leaf = leaf_hash(row.leaf)
            for part, text in self._checker.check(row):
                self.fault(row.number, part, text)
            with suppress(Damaged):  # told by the checker
                saw = decode_leaf(row.leaf).saw
                if saw:
                    self._seen.setdefault(saw, row.number)
        for level, index, top in self._checker.frontier.append(leaf):
            self._tile_hashes[level, index] = top

    def _check_tile_hashes(self, connection: sqlite3.Connection) -> None:
        expected = self._tile_hashes
        try:
            for level, index, stored in connection.execute(sql("all_tile_hashes")):
                if (level, index) not in expected:
                    self.fault(None, "tile_hash", f"a hash {index} of level {level} is that of no full tile")
                elif expected.pop((level, index)) != stored:
                    self._tile_fault(level, index, "is not that of the entries")
        except SQLITE_ERRORS as error:
            self.fault(None, "tile_hash", f"the hashes cannot be read: {error}")
        for level, index in expected:
            self._tile_fault(level, index, "is missing")

    def _tile_fault(self, level: int, index: int, text: str) -> None:
        span = TILE_WIDTH**level
        where = f"the hash {index} of level {level}, over entries {index * span} to {(index + 1) * span - 1},"
        self.fault(index * span, "tile_hash", f"{where} {text}")

    def _check_end(self, signed: Checkpoint | None) -> None:
        size = self._checker.frontier.size
        if signed is not None and size > signed.size:
            self._unfinished.append(
                f"entries {signed.size} to {size - 1} are not signed yet: a write is under way or was cut off. The "
                "next write completes it"
            )
        for claimed, notes in self._claims.items():
            for name, _ in notes:
                self.fault(None, "root", f"the checkpoint {name} is of {claimed} entries, {size} are here")


def _bound(connection: sqlite3.Connection, stored_bytes: int) -> int:
    """How many entries there can be at most, by their numbers and by the room that they take."""
    try:
        return min(int(connection.execute(sql("size")).fetchone()[0]), stored_bytes // _LEAST_ROW + 1)
    except (*SQLITE_ERRORS, TypeError, ValueError):
        return stored_bytes // _LEAST_ROW + 1


def _stored_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / FILE, folder / f"{FILE}-wal") if path.exists())
