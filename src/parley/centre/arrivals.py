"""Where the record tells of an input that comes again: found by its bytes and how they were read.

`arrivals.db` follows the record and may be dropped. It only says where to look: what stands there is read in the record
before it is believed.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from importlib import resources
from pathlib import Path

from parley.model import Arrived, ArrivedKey, InputPart, Stated
from parley.record import Record

FILE = "arrivals.db"
KINDS = ("input", "input-part")


class Arrivals:
    """The arrivals of one record; close it, which keeps what it has learned.

    Without *writing* the file is left alone. Where it cannot be used, all is learned again, in memory.
    """

    def __init__(self, folder: Path, record: Record, told: Callable[[int], Iterable[Stated]], writing: bool) -> None:
        """*told* gives what statements of `KINDS` say from an entry on."""
        self._path = folder / FILE
        self._record = record
        self._told = told
        self._writing = writing
        try:
            self._base = _made(self._path) if writing else _copied(self._path)
        except sqlite3.Error:
            self._base = self._without_file()

    def of(self, key: ArrivedKey) -> list[int]:
        """Return the entries that tell of inputs which arrived so, in order."""
        try:
            return self._of(key)
        except sqlite3.Error:
            self._base.close()
            self._base = self._without_file()
            return self._of(key)

    def close(self) -> None:
        """Keep what was learned, and close the file."""
        with suppress(sqlite3.Error), closing(self._base):
            self._base.commit()

    def _without_file(self) -> sqlite3.Connection:
        """A new database in memory; the file makes room for a whole one, which the next command makes."""
        if self._writing:
            with suppress(OSError):
                self._path.unlink()
        return _made(":memory:")

    def _of(self, key: ArrivedKey) -> list[int]:
        self._follow()
        rows = self._base.execute("SELECT entry FROM arrival WHERE same = ? ORDER BY entry", (same(key),))
        return [entry for (entry,) in rows]

    def _follow(self) -> None:
        """Take in what the record has and this has not; all of it where it is not the record that this followed."""
        head = self._record.log.signed()
        size, root = self._base.execute("SELECT size, root FROM as_of").fetchone() or (0, b"")
        if (size, root) == (head.size, head.root):
            return
        if size > head.size or self._record.root(size) != root:
            size = 0
        for one in self._told(size):
            if isinstance(one.says, Arrived):
                self._base.execute("REPLACE INTO arrival VALUES (?, ?)", (one.entry, same(one.says.key)))
            elif isinstance(one.says, InputPart):
                self._base.execute(
                    "REPLACE INTO arrival SELECT ?, same FROM arrival WHERE entry = ?", (one.entry, one.says.input)
                )
        self._base.execute("REPLACE INTO as_of VALUES (1, ?, ?)", (head.size, head.root))


def same(key: ArrivedKey) -> bytes:
    """Return what arrivals have in common that are the same."""
    return hashlib.sha256(json.dumps(key).encode()).digest()


def _made(path: Path | str) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=0)
    base.executescript(resources.files(__package__).joinpath("arrivals.sql").read_text("utf-8"))
    return base


def _copied(path: Path) -> sqlite3.Connection:
    """A copy in memory of the database at *path*."""
    copy = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as base:
        base.backup(copy)
    return copy
