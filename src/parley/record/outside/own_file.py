"""A database file of a party's own, beside the record: every change is on disk before it is answered."""

import sqlite3
from pathlib import Path
from typing import Self


class OwnFile:
    """An open file; close it, or use it in a `with` statement."""

    def __init__(self, path: Path, schema: str) -> None:
        """Open the file at *path*, with the tables of *schema* where they are not there yet."""
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(schema)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
