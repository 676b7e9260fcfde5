"""One connected component of reports → incidents, by exact assignment under what each source may hold.

A report is scored against whole incidents, never through a chain of neighbours: the mean of its weights against the
tellings that are in it, where copies of one telling count once, and a pair that was never compared counts `FLOOR`. A
post is scored against the rows of lists in it alone, where there are any, as far as it was compared with them: posts
of one incident say nothing for each other, and two lists that are matched compare no two rows of one list.

1. What people judged to be the same stands first.
2. Lists of incidents, the longest first: each list's reports are assigned to the incidents found so far all at once, at
   the greatest total weight (Kuhn 1955, by scipy); an incident takes one of a list.
3. Posts, the earliest first: each joins the incident that it scores best against.

Whatever scores nothing above 0 opens an incident. Order comes from what the reports say, never from who says it, so the
same reports give the same incidents in whatever order they arrived.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from parley.incidents.linkage.columns import INCIDENTS, POSTS

FLOOR = -10_000
"""Thousandths of a bit: no pair weighs less, and one that was never compared weighs this."""

SMALL = 2_000
"""An assignment of no more rows times incidents is made from a table of all, which is faster; else from the pairs."""

Pair = tuple[int, int]


def pair(first: int, second: int) -> Pair:
    return (first, second) if first < second else (second, first)


@dataclass(frozen=True, slots=True)
class Member:
    """A report of a component, as assignment sees it.

    Args:
        row: its number, in which pairs name it.
        source, cardinality, origin: as in `Columns`.
        order: its rank by what it says.
        said: a number for what it says, the same for those that say the same.
    """

    row: int
    source: int
    cardinality: int
    origin: int
    order: int
    said: int


@dataclass(frozen=True)
class Judged:
    """What people decided of rows, in a form that assignment obeys.

    Args:
        together: groups of rows that are one incident; no row is in two groups.
        apart: pairs that are never in one incident.
        parts: (row, wider row): the wider report speaks of the row's incident among others.
        wholes: further wider rows: what they speak of is not among the rows.
    """

    together: tuple[tuple[int, ...], ...] = ()
    apart: frozenset[Pair] = frozenset()
    parts: frozenset[Pair] = frozenset()
    wholes: frozenset[int] = frozenset()


NOTHING_JUDGED = Judged()


@dataclass(slots=True)
class _Incident:
    members: list[Member] = field(default_factory=list)
    lists: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Found:
    """The incidents so far, and by its row in which of them each report is."""

    incidents: list[_Incident] = field(default_factory=list)
    at: dict[int, int] = field(default_factory=dict)

    def open(self, members: Iterable[Member]) -> None:
        self.incidents.append(_Incident())
        for member in members:
            self.take(member, len(self.incidents) - 1)

    def take(self, member: Member, number: int) -> None:
        incident = self.incidents[number]
        incident.members.append(member)
        if member.cardinality == INCIDENTS:
            incident.lists.add(member.source)
        self.at[member.row] = number

    def likely(self, member: Member, weigh: "Weigh") -> list[int]:
        """Return the numbers of the incidents with a report of which *member* may be brought together."""
        return sorted({self.at[row] for row in weigh.likely(member.row) if row in self.at})


class Weigh:
    """Two rows → the weight of their pair in thousandths of a bit; `FLOOR` where it was never compared.

    Args:
        pairs: (row, row, weight, whether the pair may bring the two together).
    """

    def __init__(self, pairs: Iterable[tuple[int, int, int, bool]]) -> None:
        self._of: dict[int, dict[int, int]] = {}
        self._likely: dict[int, list[int]] = {}
        for first, second, weight, usable in pairs:
            self._of.setdefault(first, {})[second] = weight
            self._of.setdefault(second, {})[first] = weight
            if usable:
                self._likely.setdefault(first, []).append(second)
                self._likely.setdefault(second, []).append(first)

    def __call__(self, first: int, second: int) -> int:
        beside = self._of.get(first)
        return FLOOR if beside is None else beside.get(second, FLOOR)

    def likely(self, row: int) -> Sequence[int]:
        """Return the rows that *row* may be brought together with."""
        return self._likely.get(row, ())


def weigher(weights: Mapping[Pair, int]) -> Weigh:
    """Return the lookup of the weights of pairs, of which all above 0 may bring reports together."""
    return Weigh((first, second, weight, weight > 0) for (first, second), weight in weights.items())


def assign(members: Sequence[Member], weigh: Weigh, judged: Judged = NOTHING_JUDGED) -> list[list[int]]:
    """Return the incidents of one component, each as its rows, in order of what they say.

    What *judged* says of rows that are not among *members* is left alone.
    """
    by_row = {member.row: member for member in members}
    groups = ([by_row[row] for row in group if row in by_row] for group in judged.together)
    found = _Found()
    for group in groups:
        if len(group) > 1:
            found.open(group)
    free = sorted((member for member in members if member.row not in found.at), key=lambda member: member.order)
    for rows in _lists(free):
        _assign_list(rows, found, weigh, judged.apart)
    for member in free:
        if member.cardinality != INCIDENTS:
            _join_best(member, found, weigh, judged.apart)
    ordered = [sorted(incident.members, key=lambda member: member.order) for incident in found.incidents]
    ordered.sort(key=lambda told: told[0].order)
    return [[member.row for member in told] for told in ordered]


def against(member: Member, told: Sequence[Member], weigh: Weigh) -> int:
    """Return what *member* weighs against the reports *told* of an incident, in thousandths of a bit, rounded down."""
    if member.cardinality == POSTS and (listed := [other for other in told if other.cardinality != POSTS]):
        told = [other for other in listed if weigh(member.row, other.row) > FLOOR] or listed
    if len(told) == 1:
        return weigh(member.row, told[0].row)
    tellings: dict[tuple[int, int], int] = {}
    for other in told:
        key = (1, other.origin) if other.origin else (0, other.row)
        weight = weigh(member.row, other.row)
        tellings[key] = max(weight, tellings.get(key, weight))
    return sum(tellings.values()) // len(tellings)


def tells_of(
    told: Sequence[Member], wider: Iterable[Member], weigh: Weigh, judged: Judged = NOTHING_JUDGED
) -> list[int]:
    """Return which of the *wider* reports tell of the incident of *told* among others, by their rows.

    Of each source at most one: the one that weighs most against the incident, above 0; of equal ones the first by what
    it says. Who was judged to tell of it does, and then nobody else of that source by its weight alone. Two that were
    judged apart never tell of one incident.
    """
    sure = [one for one in wider if any((other.row, one.row) in judged.parts for other in told)]
    weighed = sorted((-against(one, told, weigh), one.order, one) for one in wider if one not in sure)
    chosen = list(sure)
    for weight, _, one in weighed:
        if weight >= 0:
            break
        if any(other.source == one.source for other in chosen):
            continue
        if not (judged.apart and any(pair(one.row, other.row) in judged.apart for other in (*told, *chosen))):
            chosen.append(one)
    return sorted(one.row for one in chosen)


def _lists(free: Sequence[Member]) -> list[list[Member]]:
    """Return the reports of each list, the longest list first; of equally long ones the one that says the first first.

    What stands where in its list decides only of lists that say the same in all of *free*.
    """
    first: dict[int, int] = {}
    lists: dict[int, list[Member]] = {}
    for member in free:
        first.setdefault(member.said, member.order)
        if member.cardinality == INCIDENTS:
            lists.setdefault(member.source, []).append(member)
    return sorted(lists.values(), key=lambda rows: (-len(rows), [first[row.said] for row in rows], rows[0].order))


def _apart(member: Member, incident: _Incident, apart: frozenset[Pair]) -> bool:
    return bool(apart) and any(pair(member.row, other.row) in apart for other in incident.members)


def _assign_list(rows: Sequence[Member], found: _Found, weigh: Weigh, apart: frozenset[Pair]) -> None:
    gains: list[tuple[int, int, int]] = []
    for number, member in enumerate(rows):
        for column in found.likely(member, weigh):
            incident = found.incidents[column]
            if member.source not in incident.lists and not _apart(member, incident, apart):
                gain = against(member, incident.members, weigh)
                if gain > 0:
                    gains.append((number, column, gain))
    chosen = _greatest(gains, len(rows), len(found.incidents))
    for number, member in enumerate(rows):
        if number in chosen:
            found.take(member, chosen[number])
        else:
            found.open([member])


def _greatest(gains: Sequence[tuple[int, int, int]], rows: int, columns: int) -> dict[int, int]:
    """Return the column of each row that gains by it, at the greatest total of *gains*: (row, column, above 0)."""
    if len({row for row, _, _ in gains}) == len({column for _, column, _ in gains}) == len(gains):
        return {row: column for row, column, _ in gains}  # nobody is in another's way
    row, column, gain = np.array(gains, dtype=np.int64).T
    if rows * columns <= SMALL:
        table = np.zeros((rows, columns), dtype=np.int64)
        table[row, column] = gain
        from scipy.optimize import linear_sum_assignment  # takes long to import, and is seldom asked

        return {a: b for a, b in zip(*linear_sum_assignment(table, maximize=True), strict=True) if table[a, b] > 0}
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    # Each row may also take a column of its own, which gains nothing.
    alone = np.arange(rows)
    most = int(gain.max()) + 1
    cost = np.append(most - gain, np.full(rows, most)).astype(np.float64)
    where = np.append(row, alone), np.append(column, columns + alone)
    graph = coo_array((cost, where), shape=(rows, columns + rows)).tocsr()
    return {a: b for a, b in zip(*min_weight_full_bipartite_matching(graph), strict=True) if b < columns}


def _join_best(member: Member, found: _Found, weigh: Weigh, apart: frozenset[Pair]) -> None:
    best, most = -1, 0
    for number in found.likely(member, weigh):
        incident = found.incidents[number]
        if not _apart(member, incident, apart) and (weight := against(member, incident.members, weigh)) > most:
            best, most = number, weight
    if best < 0:
        found.open([member])
    else:
        found.take(member, best)
