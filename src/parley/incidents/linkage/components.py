"""One component at a time, as rows from a query's result: the assignment that every engine runs as it is here.

Rows are (group, part, a, b, c, d, e, f): all of one group together, in order of their parts. A report is (id, source,
cardinality, origin, rank by what it says, `said`), a pair (id, id, weight, 1 if it is usable, 0). Groups share nothing,
so each may be done on another machine.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from parley.incidents.linkage.assignment import Judged, Member, Weigh, assign, tells_of

Row = Sequence[int]


def assigned(rows: Iterable[Row], judged: Judged) -> Iterator[tuple[int, int]]:
    """Yield (report, the least report of its incident) from components: part 0 reports, part 1 pairs."""
    for parts in _groups(rows, 2):
        members = [Member(*row[2:]) for row in parts[0]]
        for incident in assign(members, _weigh(parts[1]), judged):
            head = min(incident)
            yield from ((report, head) for report in incident)


def told(rows: Iterable[Row], judged: Judged) -> Iterator[tuple[int, int]]:
    """Yield (wider report, incident that it tells of) from incidents: part 0 wider reports, 1 own reports, 2 pairs."""
    for parts in _groups(rows, 3):
        wider, own = ([Member(*row[2:]) for row in part] for part in parts[:2])
        for found in tells_of(own, wider, _weigh(parts[2]), judged):
            yield found, parts[0][0][0]


def _groups(rows: Iterable[Row], parts: int) -> Iterator[list[list[Row]]]:
    for _, group in groupby(rows, key=itemgetter(0)):
        split: list[list[Row]] = [[] for _ in range(parts)]
        for row in group:
            split[row[1]].append(row)
        yield split


def _weigh(rows: Iterable[Row]) -> Weigh:
    return Weigh((row[2], row[3], row[4], bool(row[5])) for row in rows)
