"""Verify a whole record: every signature, digest, place and hash, and the files themselves.

Nothing that is stored is trusted, and nothing damaged raises: whatever is wrong becomes a `Fault`, with the number of
the entry wherever one can be named.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from parley.record.check import Checker
from parley.record.checkpoint import Checkpoint, open_checkpoint
from parley.record.errors import Damaged, RecordError
from parley.record.hashing import EMPTY_ROOT, HASH_SIZE, TILE_WIDTH, leaf_hash
from parley.record.keys import DESK, LOG, load_verifier
from parley.record.note import VerifierKey, decode_verifier_key
from parley.record.store import FILE, SQLITE_ERRORS, Row, open_to_verify, schema, sql, to_row

_LOST = bytes(HASH_SIZE)  # stands in the tree for an entry that is lost, so that the others keep their places
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
    """What a verification found: how many entries stand there, the root over them, and every fault."""

    size: int
    root: bytes
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def verify(folder: Path, verifier_key: str | None = None) -> Verification:
    """Verify the record in *folder* against the log's public key; never raises for anything wrong in the folder.

    Args:
        verifier_key: the log's key as known from elsewhere. Without it the folder's own `log.vkey` is believed, and a
            record that was rewritten as a whole with new keys is not found out.

    Raises:
        Damaged: when *verifier_key* itself is not a key.
    """
    pinned = None if verifier_key is None else decode_verifier_key(verifier_key)
    verification = _Verification()
    log = verification.key(folder, LOG)
    if pinned is not None:
        if log is not None and log != pinned:
            verification.fault(None, "keys/log.vkey", f"not the key {pinned.name}+{pinned.key_id.hex()} that was given")
        log = pinned
    desk = verification.key(folder, DESK)
    verification.checker = Checker([] if desk is None else [desk])
    try:
        with closing(open_to_verify(folder)) as connection:
            verification.database(connection, log, _stored_bytes(folder))
    except (*SQLITE_ERRORS, OSError) as error:
        missing = not (folder / FILE).is_file()
        verification.fault(None, FILE, "the file is missing" if missing else f"cannot be read: {error}")
    return verification.result()


class _Verification:
    """The faults found so far, and the state of one walk over the entries."""

    def __init__(self) -> None:
        self.checker = Checker([])
        self._faults: list[Fault] = []
        self._unknown_senders: set[str] = set()
        self._tile_hashes: dict[tuple[int, int], bytes] = {}
        self._signed_root: bytes | None = None
        self._rows_read = 0
        self._run = (-1, -1, "")

    def fault(self, entry: int | None, part: str, text: str) -> None:
        self._faults.append(Fault(entry, part, text))

    def result(self) -> Verification:
        return Verification(self._rows_read, self.checker.frontier.root(), tuple(self._faults))

    def key(self, folder: Path, role: str) -> VerifierKey | None:
        try:
            return load_verifier(folder, role)
        except RecordError as error:
            self.fault(None, f"keys/{role}.vkey", str(error))
            return None

    def database(self, connection: sqlite3.Connection, log: VerifierKey | None, stored_bytes: int) -> None:
        # Text that is no UTF-8 is a difference like any other, not a reason to stop.
        connection.text_factory = lambda data: data.decode(errors="surrogateescape")
        connection.execute("BEGIN")  # one snapshot, whatever is appended meanwhile
        sound = self._check_file(connection)
        signed = self._read_checkpoint(connection, log)
        if signed is not None and signed.size == 0:
            self._signed_root = EMPTY_ROOT
        bound = max(_bound(connection, stored_bytes), 0 if signed is None else signed.size)
        for row in self._rows(connection, sound, bound):
            self._check_row(row)
            if signed is not None and self.checker.frontier.size == signed.size:
                self._signed_root = self.checker.frontier.root()
        self._check_tile_hashes(connection)
        if signed is not None:
            self._compare(signed)

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

    def _read_checkpoint(self, connection: sqlite3.Connection, log: VerifierKey | None) -> Checkpoint | None:
        try:
            rows = connection.execute(sql("checkpoint")).fetchall()
            if len(rows) != 1 or not isinstance(rows[0][0], bytes):
                raise Damaged("the signed checkpoint is missing")
            return None if log is None else open_checkpoint(rows[0][0], log)
        except (*SQLITE_ERRORS, RecordError) as error:
            self.fault(None, "checkpoint", str(error))
            return None

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
            self.checker.skip()
            leaf = _LOST
        else:
            self._rows_read += 1
            leaf = leaf_hash(row.leaf)
            for part, text in self.checker.check(row):
                # A missing key is one fault, not one for each of its sender's entries.
                if part != "sender" or text not in self._unknown_senders:
                    self._unknown_senders.add(text)
                    self.fault(row.number, part, text)
        for level, index, top in self.checker.frontier.append(leaf):
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

    def _compare(self, signed: Checkpoint) -> None:
        size = self.checker.frontier.size
        if size > signed.size:
            self.fault(signed.size, "checkpoint", f"entries {signed.size} to {size - 1} are under no signed checkpoint")
        if self._signed_root != signed.root:
            self.fault(None, "root", f"the root over the first {signed.size} entries is not the signed one")


def _bound(connection: sqlite3.Connection, stored_bytes: int) -> int:
    """How many entries there can be at most, by their numbers and by the room that they take."""
    try:
        return min(int(connection.execute(sql("size")).fetchone()[0]), stored_bytes // _LEAST_ROW + 1)
    except (*SQLITE_ERRORS, TypeError, ValueError):
        return stored_bytes // _LEAST_ROW + 1


def _stored_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / FILE, folder / f"{FILE}-wal") if path.exists())
