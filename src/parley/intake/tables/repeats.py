"""Ids that stand in one input twice, found in bounded memory however many there are."""

import sqlite3
from collections.abc import Iterator

from parley.intake.faults import Unreadable
from parley.model import fold


class Repeats:
    """The ids of one input so far: kept by SQLite, in memory while they are few and in a temporary file beyond."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        self._seen.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192; "
            "CREATE TABLE seen (id TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN"
        )

    def again(self, reference: str) -> bool:
        """Remember *reference*; return whether it stood there before, however it was spelled. "" is no id."""
        return (
            bool(id_ := fold(reference))
            and not self._seen.execute("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING", (id_,)).rowcount
        )

    def faults(self, reference: str) -> Iterator[Unreadable]:
        """Yield a fault where *reference* stood in the input before; remember it."""
        if self.again(reference):
            yield Unreadable("id-twice", reference)

    def close(self) -> None:
        """Forget all."""
        self._seen.close()
