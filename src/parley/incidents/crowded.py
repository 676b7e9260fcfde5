"""Crowds as people are told of them: where and when, how many reports, and how many pairs were not compared."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from parley.incidents.linkage.crowds import Crowd as Rows
from parley.incidents.placed import place_of, time_of
from parley.model import Crowd, EventReport, Interval, RecordedReport


def crowded(crowds: Sequence[Rows], compared: Sequence[RecordedReport]) -> tuple[Crowd, ...]:
    """Return *crowds*, whose rows are those of *compared*, in order of their earliest reports."""
    found = (_crowd(one, [compared[row] for row in one.rows.tolist()]) for one in crowds if one.left_out)
    return tuple(sorted(found, key=lambda one: one.entry))


def _crowd(rows: Rows, told: Sequence[RecordedReport]) -> Crowd:
    times = list(_times(told))
    places = [where for one in _events(told) if (where := place_of(one))]
    names = Counter(where.name for where in places)
    return Crowd(
        time=Interval(start=min(when.start for when in times), end=max(when.end for when in times)),
        place=min(names, key=lambda name: (-names[name], name)),
        lat=round(median(where.lat for where in places), 4),
        lon=round(median(where.lon for where in places), 4),
        entry=min(one.entry for one in told),
        reports=len(told),
        compared=rows.compared,
        left_out=rows.left_out,
    )


def _events(told: Sequence[RecordedReport]) -> Iterator[EventReport]:
    return (one.report for one in told if isinstance(one.report, EventReport))


def _times(told: Sequence[RecordedReport]) -> Iterator[Interval]:
    return (when for one in _events(told) if (when := time_of(one)))
