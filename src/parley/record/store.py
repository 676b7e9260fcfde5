"""The rows of a record in SQLite: `record.db`, in WAL mode with synchronous=FULL, one writer at a time.

Nothing here knows what the rows mean; `record` writes and reads them, `verify` distrusts them.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from heapq import merge
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, Self

from parley.record.errors import Damaged, RecordError
from parley.record.formats.hashing import HASH_SIZE, TILE_HEIGHT, TILE_WIDTH, level_above
from parley.record.formats.proofs import Node
from parley.record.formats.tile import Tile, decode_hashes, encode_path

FILE = "record.db"
STATIC = "log"
# What the sqlite3 module raises on a damaged file: also where SQLite's own message quotes bytes that are no UTF-8, and
# where a damaged length asks for more memory than there is.
SQLITE_ERRORS = (sqlite3.Error, UnicodeDecodeError, MemoryError)
_VERSION = 3
_LAST_TO_READ = {2: "626f66d"}  # of an older format: the last commit that reads it
_BUSY_SECONDS = 30.0
_BATCH = 512
_AT_ONCE = 64  # rows of one insertion
_CACHED_TILES = 2048  # of 16 kB each: 32 MB at most


class Row(NamedTuple):
    """One stored entry; its number is the column `idx`."""

    number: int
    kind: str
    sender: str
    seq: int
    leaf: bytes
    leaf_hash: bytes
    envelope: bytes


def to_row(values: Sequence[Any]) -> Row:
    """The row of a query; Damaged when a column is not of its type, as in a file changed by hand."""
    row = Row(*values)
    if [type(value) for value in row] != [int, str, str, int, bytes, bytes, bytes]:
        raise Damaged("a column of the row is not of its type", row.number if type(row.number) is int else None)
    return row


def other_version(version: object) -> str:
    """What to say of a record.db of another *version*, and which program reads it."""
    last = _LAST_TO_READ.get(version) if isinstance(version, int) else None
    by = f"; the commit {last} of Parley is the last that reads it" if last else ""
    return f"{FILE} is of format {version}; this program reads format {_VERSION}{by}"


def check_format(connection: sqlite3.Connection) -> None:
    """Raise Damaged where a record.db is of an older format, which this program does not read: by its number, and by
    what its first entry says, so that a changed number alone hides nothing."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    first = connection.execute("SELECT leaf FROM entry WHERE idx = 0").fetchone()
    if version in _LAST_TO_READ and (first is None or bytes(first[0]).endswith(b'"v":%d}' % version)):
        raise Damaged(other_version(version))


@cache
def sql(name: str) -> str:
    """The query called *name* in queries.sql."""
    text = files(__package__).joinpath("queries.sql").read_text("utf-8")
    queries: dict[str, str] = dict(re.findall(r"-- name: (\w+)\n(.*?;)", text, re.DOTALL))
    return queries[name]


def schema() -> str:
    """The statements of schema.sql."""
    return files(__package__).joinpath("schema.sql").read_text("utf-8")


class Store:
    """One connection to a `record.db`; every error of SQLite comes out as RecordError or Damaged."""

    def __init__(self, connection: sqlite3.Connection, files: Path) -> None:
        """*files* is the folder of the static files, where there are any."""
        self._connection = connection
        self._files = files
        self._pyramids: dict[tuple[int, int, int], Sequence[bytes]] = {}

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make an empty store in *folder*; RecordError where one stands."""
        if (folder / FILE).exists():
            raise RecordError(f"a record stands in {folder} already")
        with _translated():
            connection = _connect(folder / FILE, "rwc")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN; {schema()} PRAGMA user_version = {_VERSION}; COMMIT;")
        return cls(connection, folder / STATIC)

    @classmethod
    def open(cls, folder: Path, any_thread: bool = False, reading: bool = False) -> Self:
        """Open the store in *folder* for reading and writing; RecordError where there is none.

        On a medium that cannot be written it can be read. With *reading*, nothing is written: what a crash left in the
        write-ahead log stays there.

        With *any_thread*, several threads may use it, one at a time.
        """
        try:
            stands = (folder / FILE).is_file()
        except OSError as error:
            raise RecordError(f"{FILE} cannot be read: {error.strerror}") from error
        if not stands:
            raise RecordError(f"no record stands in {folder}")
        with _translated():
            if reading:
                connection = _connect_to_read(folder, any_thread)
            else:
                connection = _connect_where_unwritable(folder, "rw", any_thread)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            connection.close()
            raise Damaged(other_version(version))
        return cls(connection, folder / STATIC)

    def close(self) -> None:
        """Close the connection; what was committed is durable already."""
        self._connection.close()

    def reading(self) -> AbstractContextManager[None]:
        """One transaction that sees the rows of one moment, whoever writes meanwhile."""
        return self._transaction("BEGIN")

    def writing(self, durable: bool = True) -> AbstractContextManager[None]:
        """One transaction, alone among all processes: all of it on leaving, nothing when an error leaves it.

        One that is not *durable* is on disk with the next that is: a loss of power may take it, no crash does.
        """
        with _translated():
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        return self._transaction("BEGIN IMMEDIATE")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with _translated():
            self._connection.execute(begin)
        try:
            yield
            with _translated():
                self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    def add_entries(self, rows: Iterable[Row]) -> None:
        """Insert entries, taken from *rows* one by one."""
        self._insert("add_entry", rows)

    def add_bodies(self, bodies: Iterable[tuple[int, bytes, bytes]]) -> None:
        """Insert (entry, sealed body, secret)."""
        self._insert("add_body", bodies)

    def add_tile_hashes(self, hashes: Iterable[tuple[int, int, bytes]]) -> None:
        """Insert (level, index, hash) of full tiles."""
        self._insert("add_tile_hash", hashes)

    def add_seen(self, digest: bytes, note: bytes) -> None:
        """Keep a checkpoint note that statements name as seen."""
        self._insert("add_seen", [(digest, note)])

    def seen(self, digest: bytes) -> bytes | None:
        """The checkpoint note with *digest* that a statement saw."""
        rows = self._fetch("seen", digest)
        return rows[0][0] if rows else None

    def all_seen(self) -> list[bytes]:
        """Every checkpoint note that a statement saw."""
        return [note for (note,) in self._fetch("all_seen")]

    def shred(self, numbers: Sequence[int]) -> None:
        """Destroy the bodies and secrets of entries; they are gone from the files after `purge`."""
        with _translated():
            self._connection.executemany(sql("shred"), [(number,) for number in numbers])

    def purge(self) -> None:
        """Fold the write-ahead log into the file and empty it, so that no page of before is left in either.

        Raises:
            RecordError: when another connection still reads, so that the log cannot be emptied.
        """
        with _translated():
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RecordError(f"{FILE}: another program reads the record, and what was shredded is still in its log")

    def copy(self, path: Path) -> None:
        """Write everything committed as one new file at *path*, with nothing of what was deleted."""
        with _translated():
            self._connection.execute("VACUUM INTO ?", (str(path),))

    def set_checkpoint(self, name: str, note: bytes) -> None:
        """Replace the newest checkpoint called *name*."""
        self._fetch("set_checkpoint", name, note)

    def checkpoint(self, name: str) -> bytes | None:
        """The newest checkpoint called *name*: its note, or None."""
        rows = self._fetch("checkpoint", name)
        if rows and type(rows[0][0]) is not bytes:
            raise Damaged(f"the checkpoint {name!r} is no note")
        return rows[0][0] if rows else None

    def checkpoints(self) -> dict[str, bytes]:
        """Every newest checkpoint by its name."""
        return dict(self._fetch("checkpoints"))

    def of_sender(self, sender: str, seq: int) -> int | None:
        """The entry that holds statement *seq* of *sender*, or None."""
        rows = self._fetch("of_sender", sender, seq)
        return rows[0][0] if rows else None

    def by_digest(self, start: str) -> list[int]:
        """The entries whose envelope's digest (hex) begins so. Looks through all leaves, where it has a fixed place."""
        return [number for (number,) in self._fetch("by_digest", len(start), start.encode())]

    def last_of(self, sender: str) -> int | None:
        """The last entry of *sender*, or None."""
        rows = self._fetch("last_of", sender)
        return rows[0][0] if rows else None

    def bodies(self, numbers: Iterable[int]) -> dict[int, tuple[bytes, bytes]]:
        """The sealed bodies and secrets of those of the entries *numbers* that have them."""
        rows = self._fetch("bodies", json.dumps(list(numbers)))
        return {number: (sealed, secret) for number, sealed, secret in rows}

    def size(self) -> int:
        """The number of rows, signed or not."""
        size: int = self._fetch("size")[0][0]
        return size

    def rows(self, start: int, end: int, kinds: Iterable[str] | None = None) -> Iterator[Row]:
        """The entries from *start* below *end*, a batch at a time, so that nothing stays locked or in memory."""
        if kinds is None:
            return self._batches("entries", (), start, end)
        return merge(*(self._batches("entries_of_kind", (kind,), start, end) for kind in set(kinds)))

    def _batches(self, query: str, of: tuple[str, ...], start: int, end: int) -> Iterator[Row]:
        while start < end:
            batch = self._fetch(query, *of, start, end, _BATCH)
            yield from map(to_row, batch)
            if len(batch) < _BATCH:
                return
            start = batch[-1][0] + 1

    def rows_at(self, numbers: Iterable[int]) -> Iterator[Row]:
        """Those of the entries *numbers* that there are, in order, a batch at a time."""
        ahead = iter(sorted(set(numbers)))
        while batch := list(islice(ahead, _BATCH)):
            yield from map(to_row, self._fetch("entries_at", json.dumps(batch)))

    def row(self, index: int) -> Row:
        """The entry *index*; Damaged where it is missing."""
        for row in self.rows(index, index + 1):
            return row
        raise Damaged("the row is missing", index)

    def leaves(self, start: int, end: int) -> list[bytes]:
        """The leaf entries from *start* below *end*."""
        return [leaf for (leaf,) in self._fetch("leaves", start, end)]

    def envelopes(self, start: int, end: int) -> list[bytes]:
        """The envelopes of the entries from *start* below *end*."""
        return [envelope for (envelope,) in self._fetch("envelopes", start, end)]

    def hashes(self, level: int, start: int, end: int) -> tuple[bytes, ...]:
        """The hashes of one level of tlog-tiles from *start* below *end*; Damaged where one is missing."""
        rows = self._fetch("leaf_hashes", start, end) if level == 0 else self._fetch("tile_hashes", level, start, end)
        hashes = tuple(value for (value,) in rows if type(value) is bytes and len(value) == HASH_SIZE)
        if len(hashes) != end - start:
            raise Damaged(
                f"{end - start - len(hashes)} of the hashes {start} to {end - 1} of level {level} are missing"
            )
        return hashes

    def nodes(self, size: int) -> Node:
        """The hashes of all complete subtrees within the first *size* entries, as `proofs` wants them."""
        pyramids = self._pyramids

        def node(height: int, index: int) -> bytes:
            level, inside = height // TILE_HEIGHT, height % TILE_HEIGHT
            place = index << inside
            tile = place // TILE_WIDTH
            rows = pyramids.get((level, tile, TILE_WIDTH))
            if rows is None:
                rows = self._pyramid(level, tile, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - tile * TILE_WIDTH))
            start = (place % TILE_WIDTH >> inside) * HASH_SIZE
            return rows[inside][start : start + HASH_SIZE]

        return node

    def _pyramid(self, level: int, tile: int, width: int) -> Sequence[bytes]:
        """The hashes of one tile, and above them those of the complete subtrees within it, row upon row.

        They never change and are kept; of many, the oldest are forgotten.
        """
        known = self._pyramids.get((level, tile, width))
        if known is not None:
            return known
        rows = self._from_file(level, tile) if width == TILE_WIDTH else None
        if rows is None:
            start = tile * TILE_WIDTH
            rows = _rows_over(self.hashes(level, start, start + width))
        if len(self._pyramids) >= _CACHED_TILES:
            del self._pyramids[next(iter(self._pyramids))]
        pyramid = self._pyramids[level, tile, width] = [b"".join(row) for row in rows]
        return pyramid

    def _from_file(self, level: int, tile: int) -> list[list[bytes]] | None:
        """The rows over a full tile from its static file, which is read ten times faster than its entries.

        The file is believed only where its root is the one that is stored.
        """
        try:
            hashes = decode_hashes((self._files / encode_path(Tile(level, tile))).read_bytes())
        except (OSError, Damaged):
            return None
        rows = _rows_over(hashes)
        return rows if rows[-1] == list(self.hashes(level + 1, tile, tile + 1)) else None

    def _insert(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Carry out *query* for each of *rows*: many at a time, since each call lets other threads in between."""
        with _translated():
            ahead = iter(rows)
            while chunk := list(islice(ahead, _AT_ONCE)):
                if len(chunk) == _AT_ONCE:
                    self._connection.execute(_for_many(query), list(chain.from_iterable(chunk)))
                else:
                    self._connection.executemany(sql(query), chunk)

    def _fetch(self, query: str, *values: object) -> list[Any]:
        with _translated():
            return self._connection.execute(sql(query), values).fetchall()


def open_to_verify(folder: Path, alone: bool = False) -> sqlite3.Connection:
    """A connection that writes nothing; raises SQLITE_ERRORS. *alone*: to the file without its write-ahead log.

    What a crash left in the write-ahead log is read but not folded into the file. Without such a log, the files beside
    record.db that reading needs are removed again on closing; on a medium that cannot be written none are made.
    """
    connection = _connect(folder / FILE, "ro&immutable=1") if alone else _connect_to_read(folder)
    try:
        connection.execute("PRAGMA query_only = ON")
    except SQLITE_ERRORS:
        connection.close()
        raise
    return connection


def _connect_to_read(folder: Path, any_thread: bool = False) -> sqlite3.Connection:
    """A connection that folds no write-ahead log into the file, whoever wrote that."""
    if (folder / f"{FILE}-wal").exists():
        try:
            return _connect(folder / FILE, "ro", any_thread)
        except sqlite3.OperationalError:
            if (folder / f"{FILE}-wal").exists():
                raise
            # its writer has ended meanwhile
    return _connect_where_unwritable(folder, "rw", any_thread)


def _connect_where_unwritable(folder: Path, mode: str, any_thread: bool = False) -> sqlite3.Connection:
    """A connection that has read; to a file that cannot change where neither it nor its folder can be written.

    SQLite reads a database with a write-ahead log only if it may make that log, unless told that nobody writes.
    """
    path = folder / FILE
    try:
        return _connect(path, mode, any_thread)
    except sqlite3.OperationalError as error:
        kind = error.sqlite_errorname.removeprefix("SQLITE_")
        if not kind.startswith(("READONLY", "CANTOPEN")) or path.with_name(f"{FILE}-wal").exists():
            raise
        return _connect(path, "ro&immutable=1", any_thread)


def _connect(path: Path, mode: str, any_thread: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=not any_thread,
    )
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten with zeros
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _rows_over(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """*hashes*, and the rows of complete subtrees over them."""
    rows = [list(hashes)]
    while len(rows[-1]) > 1:
        rows.append(level_above(rows[-1]))
    return rows


@cache
def _for_many(query: str) -> str:
    """The insertion *query* for `_AT_ONCE` rows."""
    head, values = sql(query).rstrip(";").split("VALUES ")
    row, bracket, conflict = values.partition(")")
    return f"{head}VALUES {', '.join([row + bracket] * _AT_ONCE)}{conflict}"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise RecordError(f"{FILE}: {error}") from error
    except SQLITE_ERRORS as error:
        raise Damaged(f"{FILE}: {error}") from error
