"""What a mirror found wrong, kept until a person accepts it: an alarm is never shown once and then forgotten."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from parley.record.errors import RecordError
from parley.record.outside.own_file import OwnFile

FILE = "mirror.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS alarm (
  number INTEGER PRIMARY KEY,
  entry INTEGER,               -- of the log, where one can be named
  part TEXT NOT NULL,
  says TEXT NOT NULL,
  found TEXT NOT NULL,         -- when, by the mirror's clock
  accepted TEXT,               -- when a person accepted it
  accepted_by TEXT,
  reason TEXT,
  UNIQUE (entry, part, says)
) STRICT;
CREATE TABLE IF NOT EXISTS note (entry INTEGER NOT NULL, says TEXT NOT NULL, PRIMARY KEY (entry, says)) STRICT;
CREATE TABLE IF NOT EXISTS look (
  one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, at TEXT NOT NULL
) STRICT;
"""


def is_mirror(folder: Path) -> bool:
    """Whether *folder* is a mirror, or a party's node that mirrors: it holds proofs, and contents only where public."""
    return (folder / FILE).exists()


class Alarm(NamedTuple):
    """One thing that a mirror found wrong, under a number of its own."""

    number: int
    entry: int | None
    part: str
    says: str
    found: str

    def __str__(self) -> str:
        where = "" if self.entry is None else f"entry {self.entry}: "
        return f"alarm {self.number}, found {self.found}: {where}{self.part}: {self.says}"


class Alarms(OwnFile):
    """The alarms of the mirror in a folder; each is on disk before it is returned."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE, _SCHEMA)

    def keep(self, entry: int | None, part: str, says: str, now: datetime) -> None:
        """Keep an alarm; one that is kept already, accepted or not, is kept once."""
        known = self._connection.execute(
            "SELECT 1 FROM alarm WHERE entry IS ? AND part = ? AND says = ?", (entry, part, says)
        ).fetchone()
        if known is None:
            values = entry, part, says, _time(now)
            self._connection.execute("INSERT INTO alarm (entry, part, says, found) VALUES (?, ?, ?, ?)", values)

    def open(self) -> list[Alarm]:
        """The alarms that nobody has accepted, in the order in which they were found."""
        rows = self._connection.execute(
            "SELECT number, entry, part, says, found FROM alarm WHERE accepted IS NULL ORDER BY number"
        )
        return [Alarm(*row) for row in rows]

    def accept(self, number: int, by: str, reason: str, now: datetime) -> Alarm:
        """Accept alarm *number*; raises RecordError where no such alarm is open, or nobody says who and why."""
        if not by.strip() or not reason.strip():
            raise RecordError("an alarm is accepted by a person who says why")
        found = next((one for one in self.open() if one.number == number), None)
        if found is None:
            raise RecordError(f"there is no open alarm {number}")
        self._connection.execute(
            "UPDATE alarm SET accepted = ?, accepted_by = ?, reason = ? WHERE number = ?",
            (_time(now), by, reason, number),
        )
        return found

    def note(self, notes: Iterable[tuple[int, str]]) -> None:
        """Keep what a reader should know and need not accept."""
        self._connection.executemany("INSERT INTO note VALUES (?, ?) ON CONFLICT DO NOTHING", notes)

    def forget_notes(self) -> None:
        """Forget all notes, to be made anew."""
        self._connection.execute("DELETE FROM note")

    def notes(self) -> list[tuple[int, str]]:
        """Every note, by entry."""
        return list(self._connection.execute("SELECT entry, says FROM note ORDER BY entry, says"))

    def looked(self, size: int, now: datetime) -> None:
        """Keep when the log was last looked at, and how many entries it had."""
        self._connection.execute(
            "INSERT INTO look VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET size = excluded.size, at = excluded.at",
            (size, _time(now)),
        )

    def last_look(self) -> tuple[int, datetime] | None:
        """How many entries the log had when it was last looked at, and when that was."""
        row = self._connection.execute("SELECT size, at FROM look").fetchone()
        return None if row is None else (row[0], datetime.fromisoformat(row[1]))


def open_alarms(folder: Path) -> list[Alarm]:
    """The open alarms of the mirror in *folder*; none where it is no mirror."""
    if not (folder / FILE).exists():
        return []
    with Alarms(folder) as alarms:
        return alarms.open()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
