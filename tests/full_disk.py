"""A disk that is full from the n-th write on, for what a test does below one folder."""

import builtins
import errno
import io
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WRITING = ("INSERT", "UPDATE", "DELETE", "COMMIT", "VACUUM", "CREATE", "ALTER")


class FullDisk:
    """Counts writes below *place*; from the one numbered `full_from` on, each is refused with *number* (an errno)."""

    def __init__(self, place: Path, number: int = errno.ENOSPC) -> None:
        self.place, self.number = str(place), number
        self.writes = 0
        self.full_from: int | None = None

    def refuses(self, path: object = None) -> bool:
        """Count a write to *path*; say whether it is refused."""
        if isinstance(path, str | os.PathLike) and not os.path.abspath(path).startswith(self.place):  # noqa: PTH100
            return False
        self.writes += 1
        return self.full_from is not None and self.writes >= self.full_from

    def error(self, path: object = None) -> OSError:
        return OSError(self.number, os.strerror(self.number), None if isinstance(path, int) else path)


@contextmanager
def on(disk: FullDisk) -> Iterator[FullDisk]:
    """Let *disk* stand below whatever is written while the block runs, by Python, by SQLite and by Django."""
    from django.db.backends.sqlite3.base import SQLiteCursorWrapper

    class Refusing(io.FileIO):
        def write(self, data: Any) -> int:
            if disk.refuses(self.name):
                super().write(bytes(data)[: len(data) // 2])  # a full disk takes a part
                raise disk.error(self.name)
            return super().write(data)

    opened = io.open

    def open_(file: Any, mode: str = "r", buffering: int = -1, encoding: Any = None, *more: Any, **named: Any) -> Any:
        below = isinstance(file, int) or os.path.abspath(os.fspath(file)).startswith(disk.place)  # noqa: PTH100
        if not below or not set(mode) & set("wax+") or "+" in mode:
            return opened(file, mode, buffering, encoding, *more, **named)
        if not isinstance(file, int) and disk.refuses(file):
            raise disk.error(file)
        raw = io.BufferedWriter(Refusing(file, mode.replace("b", "").replace("t", "")))
        return raw if "b" in mode else io.TextIOWrapper(raw, encoding, *more, **named)

    def guarded(call: Callable[..., Any], creates: Callable[..., bool] = lambda *of, **named: True) -> Any:
        def run(*of: Any, **named: Any) -> Any:
            if creates(*of, **named) and disk.refuses(of[0]):
                raise disk.error(of[0])
            return call(*of, **named)

        return run

    def full(query: str, path: object = None) -> None:
        if query.lstrip().upper().startswith(WRITING) and disk.refuses(path):
            raise sqlite3.OperationalError("database or disk is full")

    class Connection(sqlite3.Connection):
        def execute(self, query: str, *of: Any) -> Any:
            full(query)
            return super().execute(query, *of)

        def executemany(self, query: str, *of: Any) -> Any:
            full(query)
            return super().executemany(query, *of)

    connect, execute, executemany = sqlite3.connect, SQLiteCursorWrapper.execute, SQLiteCursorWrapper.executemany

    def connected(database: Any, *of: Any, **named: Any) -> Any:
        below = disk.place in str(database)
        return connect(database, *of, **({"factory": Connection} | named if below else named))

    def run(cursor: Any, query: str, params: Any = None) -> Any:
        full(query)
        return execute(cursor, query, params)

    def run_many(cursor: Any, query: str, params: Any) -> Any:
        full(query)
        return executemany(cursor, query, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "open", open_)
        patch.setattr(io, "open", open_)
        patch.setattr(shutil, "_USE_CP_SENDFILE", False)
        patch.setattr(os, "open", guarded(os.open, lambda path, flags, *_, **__: bool(flags & os.O_CREAT)))
        patch.setattr(os, "mkdir", guarded(os.mkdir))
        patch.setattr(os, "fsync", guarded(os.fsync))
        patch.setattr(os, "pwrite", guarded(os.pwrite))
        patch.setattr(sqlite3, "connect", connected)
        patch.setattr(sqlite3.dbapi2, "connect", connected)
        patch.setattr(SQLiteCursorWrapper, "execute", run)
        patch.setattr(SQLiteCursorWrapper, "executemany", run_many)
        yield disk
