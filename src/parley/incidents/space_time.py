"""The simple matcher: a report joins the nearest incident that was opened close by at the same time.

Reports are taken in order of the record and compared with the report that opened an incident, its anchor, never with
the others in it: so a chain of neighbours cannot draw far happenings into one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from parley.incidents.geodesy import Cell, cell_of, cells_within, distance_m
from parley.incidents.groups import Group
from parley.incidents.placed import place_of, time_of
from parley.model import Disc, EventReport, Link, RecordedReport

_DAY_S = 86_400


@dataclass(frozen=True)
class SpaceTimeRule:
    """How close is close.

    Args:
        least_m, most_m: two centres may lie as far apart as the sum of the radii, but no less and no more than these;
            the distance counts in whole metres, as a link shows it.
        slack: by how much two times may miss each other where at least one is finer than a day; two whole days must
            overlap.
        whole_day: a time at least so long is a whole day or more; a day has 23 hours where clocks go forward.
        vaguest_m, vaguest: a report that is vaguer about its place or time stays alone; a week has an hour more where
            clocks go back.
    """

    least_m: int = 1_000
    most_m: int = 15_000
    slack: timedelta = timedelta(hours=2)
    whole_day: timedelta = timedelta(hours=20)
    vaguest_m: int = 60_000
    vaguest: timedelta = timedelta(days=7, hours=1)

    def limit_m(self, first: Disc, second: Disc) -> int:
        """Return how far apart the centres of two discs may lie, in metres."""
        return min(max(first.radius_m + second.radius_m, self.least_m), self.most_m)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """What the matcher reads of a report; times in seconds since 1970 UTC, as local times do not subtract."""

    entry: int
    disc: Disc
    start: float
    end: float
    stated_in: tuple[str, str]  # source and input: one list
    row: tuple[str, int | None]  # which happening of that list

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.end - self.start)

    def gap_s(self, other: "_Sighting") -> float:
        """Return the seconds between the two times; 0 where they overlap or touch."""
        return max(0.0, max(self.start, other.start) - min(self.end, other.end))


@dataclass(slots=True)
class _Opened:
    """An incident as it grows."""

    anchor: _Sighting
    entries: list[int]
    links: list[Link] = field(default_factory=list)
    rows: dict[tuple[str, str], tuple[str, int | None]] = field(default_factory=dict)


class _Index:
    """The numbers of incidents by the days (UTC) and the cell of their anchor."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, Cell], list[int]] = {}

    def add(self, number: int, anchor: _Sighting) -> None:
        cell = cell_of(anchor.disc)
        for day in _days(anchor.start, anchor.end):
            self._numbers.setdefault((day, cell), []).append(number)

    def near(self, seen: _Sighting, reach_m: float, slack_s: float) -> set[int]:
        """Return the numbers of all incidents within reach, and of some that are not."""
        cells = list(cells_within(seen.disc, reach_m))
        days = _days(seen.start - slack_s, seen.end + slack_s)
        return {number for day in days for cell in cells for number in self._numbers.get((day, cell), ())}


def space_time(reports: Sequence[RecordedReport], rule: SpaceTimeRule = SpaceTimeRule()) -> tuple[Group, ...]:
    """Match *reports* by place and time alone; see the module for how and `SpaceTimeRule` for the figures.

    Of several incidents a report joins the nearest (in metres), then the one with the smaller gap in time, then the one
    opened first. Two rows of one source in one input never join: one list never holds a happening twice. What is
    claimed of the act and the actor is disputed and plays no part.
    """
    opened: list[_Opened] = []
    index = _Index()
    slack_s = rule.slack.total_seconds()
    for seen in _sightings(reports):
        alone = seen.disc.radius_m > rule.vaguest_m or seen.length > rule.vaguest
        candidates = set() if alone else index.near(seen, rule.most_m, slack_s)
        best: tuple[int, float, int] | None = None
        for number in candidates:
            anchor = opened[number].anchor
            if opened[number].rows.get(seen.stated_in, seen.row) != seen.row or not _same_time(seen, anchor, rule):
                continue
            distance = round(distance_m(seen.disc, anchor.disc))
            if distance <= rule.limit_m(seen.disc, anchor.disc):
                key = distance, seen.gap_s(anchor), number
                best = key if best is None else min(best, key)
        if best is None:
            opened.append(_Opened(seen, [seen.entry], rows={seen.stated_in: seen.row}))
            if not alone:
                index.add(len(opened) - 1, seen)
        else:
            distance, gap_s, number = best
            joined = opened[number]
            joined.entries.append(seen.entry)
            joined.links.append(Link(entry=seen.entry, distance_m=distance, gap_minutes=ceil(gap_s / 60)))
            joined.rows[seen.stated_in] = seen.row
    return tuple(Group(entries=tuple(one.entries), links=tuple(one.links)) for one in opened)


def _same_time(seen: _Sighting, anchor: _Sighting, rule: SpaceTimeRule) -> bool:
    if min(seen.length, anchor.length) < rule.whole_day:
        return seen.gap_s(anchor) <= rule.slack.total_seconds()
    return max(seen.start, anchor.start) < min(seen.end, anchor.end)


def _sightings(reports: Sequence[RecordedReport]) -> Iterator[_Sighting]:
    for recorded in reports:
        report = recorded.report
        assert isinstance(report, EventReport)
        when, where = time_of(report), place_of(report)
        assert when is not None
        assert where is not None
        yield _Sighting(
            recorded.entry,
            where,
            when.start.timestamp(),
            when.end.timestamp(),
            (report.source, report.origin.digest),
            (report.reference, None if report.reference else report.origin.record),
        )


def _days(start: float, end: float) -> range:
    return range(int(start // _DAY_S), int(end // _DAY_S) + 1)
