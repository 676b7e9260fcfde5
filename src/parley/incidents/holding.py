"""What holds so far: reports under their lasting ids, what replaced, repeats or withdrew them, and what waits.

Sources' statements (`revising`) and people's acts (`acts`) move it, in the order of the record.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from parley.incidents.compare import meaning
from parley.incidents.geodesy import distance_m
from parley.incidents.placed import place_of, time_of
from parley.model import Bulletin, Disc, EventReport, Interval, RecordedReport, Revisions, Waiting, fold

FAR_M = 10_000
FAR_TIME = timedelta(hours=24)
"""A correction by more than this, beyond what both versions say of their own precision, is wholly elsewhere."""

Key = tuple[str, ...]
"""A lasting id: whose, and which."""


@dataclass(slots=True)
class Held:
    """What holds of one id: reports, or a withdrawal.

    Args:
        input: the input that said them; `again` a later one that says some of them again, `confirmed` which.
        said: when their source said them, where it says so.
        before: reports that people corrected or withdrew: their source may say them again and says nothing new.
    """

    reports: dict[int, RecordedReport] = field(default_factory=dict)
    input: int | None = None
    said: datetime | None = None
    withdrawal: int | None = None
    again: int | None = None
    confirmed: dict[int, RecordedReport] = field(default_factory=dict)
    before: dict[int, RecordedReport] = field(default_factory=dict)

    def outdates(self, said: datetime | None) -> bool:
        """Whether what was said at *said* is older than this, although it came later."""
        return self.said is not None and said is not None and said < self.said

    def means(self, one: RecordedReport) -> bool:
        """Whether *one* says what some report of this id said, in whatever spelling."""
        said = _meaning(one)
        return any(_meaning(other) == said for other in (self.reports | self.before).values())

    def same(self, one: RecordedReport) -> int | None:
        """Return the entry of the report that *one* only repeats, None where it says something else."""
        said = says(one)
        return next((entry for entry, other in (self.reports | self.before).items() if says(other) == said), None)


def says(one: RecordedReport) -> Any:
    """Return what a report says, whenever and however it came; equal for reports that say the same."""
    report = one.report
    if isinstance(report, EventReport):
        return report.claims, report.citation, report.flags, report.cardinality, report.first_hand, report.attachments
    return report.model_copy(update={"origin": None, "published": None})


def _meaning(one: RecordedReport) -> Any:
    return meaning(one.report) if isinstance(one.report, EventReport) else says(one)


def elsewhere(one: RecordedReport, other: RecordedReport) -> bool:
    """Whether two versions of one report cannot be of one happening: far apart in place, or in time."""
    (when, where), (then, there) = _when_and_where(one), _when_and_where(other)
    if when and then and max(when.start, then.start) - min(when.end, then.end) > FAR_TIME:
        return True
    return bool(where and there and distance_m(where, there) - where.radius_m - there.radius_m > FAR_M)


def _when_and_where(one: RecordedReport) -> tuple[Interval | None, Disc | None]:
    report = one.report
    if isinstance(report, EventReport):
        return time_of(report), place_of(report)
    return (report.period, None) if isinstance(report, Bulletin) else (None, None)


class Holding:
    """What holds, by the ids of reports and by their entries; the maps by entry are those of its `revisions`."""

    def __init__(self) -> None:
        self.reports: dict[int, RecordedReport] = {}  # every report so far, by its entry
        self.by_id: dict[Key, Held] = {}
        self.withdrawn: dict[int, int] = {}
        self.replaced: dict[int, int] = {}
        self.repeated: dict[int, int] = {}
        self.waiting: dict[int, Waiting] = {}
        self.revisions = Revisions(self.withdrawn, self.replaced, self.repeated, self.waiting)  # they grow with it
        self._corrects: dict[Key, Key] = {}  # an id → that of the report which it corrects
        self._unread: dict[Key, list[int]] = {}  # what waits since it could not be read, by its id
        self._waiting_says: dict[Any, int] = {}  # under which id it says what → its entry

    def take(self, one: RecordedReport) -> None:
        """Know *one* from now on, and its own id, where it corrects another, as one of that."""
        self.reports[one.entry] = one
        report, key = one.report, self.key(one)
        if isinstance(report, EventReport) and report.corrects and report.reference and key:
            own = fold(report.source), fold(report.reference)
            if own != key and own not in self.by_id:
                self._corrects[own] = key

    def key(self, one: RecordedReport) -> Key | None:
        """Return the id under which a report is held, None where it has none that lasts.

        It is its source's own id for it, that of the report which it says it corrects, or the number of a side's
        bulletin.
        """
        report = one.report
        if isinstance(report, Bulletin) and report.number:
            return fold(report.source), fold(report.side), fold(report.counting), report.number
        if not isinstance(report, EventReport) or not (report.corrects or report.reference_lasts):
            return None
        key: Key = fold(report.source), fold(report.corrects or report.reference)
        while key in self._corrects:
            key = self._corrects[key]
        return key if key[1] else None

    def held(self, one: RecordedReport) -> Held | None:
        """Return what is held under the id of *one*, None where nothing is, or where it has no lasting id."""
        key = self.key(one)
        return self.by_id.get(key) if key else None

    def wait(self, one: RecordedReport, waiting: Waiting) -> None:
        """Let *one* wait for a person, unless it says again what waits already."""
        key = self.key(one)
        before = self._waiting_says.setdefault((key or fold(one.report.source), says(one)), one.entry)
        if before in self.waiting:
            self.repeated[one.entry] = before
            return
        self.waiting[one.entry] = waiting
        if waiting.code == "not-read" and key:
            self._unread.setdefault(key, []).append(one.entry)

    def said_readably(self, key: Key, one: RecordedReport) -> None:
        """Let *one*, which can be read, take the place of what its source said under this id and nobody could read."""
        for entry in self._unread.pop(key, ()):
            if self.waiting.pop(entry, None):
                self.replaced[entry] = one.entry

    def withdraw(self, one: RecordedReport, by: int) -> None:
        """Let *one* hold no more, whatever its source says again of it, since the statement at *by*."""
        self.waiting.pop(one.entry, None)
        self.withdrawn[one.entry] = by
        if held := self.held(one):
            held.reports.pop(one.entry, None)
            held.before[one.entry] = one

    def replace(self, old: RecordedReport, new: RecordedReport) -> None:
        """Let *new* hold in place of *old*, under its id; that its source says *old* again says nothing from now on."""
        self.waiting.pop(old.entry, None)
        self.replaced[old.entry] = new.entry
        if key := self.key(old):
            held = self.by_id.setdefault(key, Held())
            held.reports.pop(old.entry, None)
            held.reports[new.entry] = new
            held.before[old.entry] = old

    def stand(self, one: RecordedReport) -> None:
        """Let *one* hold beside whatever holds under its id."""
        self.waiting.pop(one.entry, None)
        if key := self.key(one):
            held = self.by_id.setdefault(key, Held())
            held.reports[one.entry] = one
            held.before.pop(one.entry, None)
