"""Crowds as people are told of them: where and when, how many reports, and how many pairs were not compared."""

from collections import Counter
from collections.abc import Sequence
from statistics import median

from parley.incidents.linkage.crowds import Crowd as Rows
from parley.incidents.placed import PlacedReport
from parley.model import Crowd, Interval


def crowded(crowds: Sequence[Rows], compared: Sequence[PlacedReport]) -> tuple[Crowd, ...]:
    """Return *crowds*, whose rows are those of *compared*, in order of their earliest reports."""
    found = (_crowd(one, [compared[row] for row in one.rows.tolist()]) for one in crowds if one.left_out)
    return tuple(sorted(found, key=lambda one: one.entry))


def _crowd(rows: Rows, told: Sequence[PlacedReport]) -> Crowd:
    names = Counter(one.place.name for one in told)
    return Crowd(
        time=Interval(start=min(one.time.start for one in told), end=max(one.time.end for one in told)),
        place=min(names, key=lambda name: (-names[name], name)),
        lat=round(median(one.place.lat for one in told), 4),
        lon=round(median(one.place.lon for one in told), 4),
        entry=min(one.entry for one in told),
        reports=len(told),
        compared=rows.compared,
        left_out=rows.left_out,
    )
