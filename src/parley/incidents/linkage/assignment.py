"""One connected component of reports → incidents, by exact assignment under what each source may hold.

A report is scored against whole incidents, never through a chain of neighbours: the mean of its weights against the
tellings that are in it, where copies of one telling count once, and a pair that was never compared counts `FLOOR`.

1. What people judged to be the same stands first.
2. Lists of incidents, the longest first: each list's reports are assigned to the incidents found so far all at once, at
   the greatest total weight (Kuhn 1955, by scipy's `linear_sum_assignment`); an incident takes one of a list.
3. Posts, the earliest first: each joins the incident that it scores best against.

Whatever scores nothing above 0 opens an incident. Order comes from what the reports say, never from who says it, so the
same reports give the same incidents in whatever order they arrived.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linear_sum_assignment

from parley.incidents.linkage.columns import INCIDENTS

FLOOR = -10_000
"""Thousandths of a bit: no pair weighs less, and one that was never compared weighs this."""

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
    """

    row: int
    source: int
    cardinality: int
    origin: int
    order: int


@dataclass(frozen=True)
class Judged:
    """What people decided of rows, in a form that assignment obeys.

    Args:
        together: groups of rows that are one incident; no row is in two groups.
        apart: pairs that are never in one incident.
        parts: (row, wider row): the wider report speaks of the row's incident among others.
    """

    together: tuple[tuple[int, ...], ...] = ()
    apart: frozenset[Pair] = frozenset()
    parts: frozenset[Pair] = frozenset()


NOTHING_JUDGED = Judged()


@dataclass(slots=True)
class _Incident:
    members: list[Member]
    lists: set[int] = field(default_factory=set)

    def take(self, member: Member) -> None:
        self.members.append(member)
        if member.cardinality == INCIDENTS:
            self.lists.add(member.source)


Weigh = Callable[[int, int], int]
"""Two rows → the weight of their pair in thousandths of a bit."""


def weigher(weights: Mapping[Pair, int]) -> Weigh:
    """Return the lookup of a pair's weight; `FLOOR` where it was never compared."""

    def weigh(first: int, second: int) -> int:
        return weights.get((first, second) if first < second else (second, first), FLOOR)

    return weigh


def assign(members: Sequence[Member], weigh: Weigh, judged: Judged = NOTHING_JUDGED) -> list[list[int]]:
    """Return the incidents of one component, each as its rows, in order of what they say.

    What *judged* says of rows that are not among *members* is left alone.
    """
    by_row = {member.row: member for member in members}
    groups = ([by_row[row] for row in group if row in by_row] for group in judged.together)
    incidents = [_judged(group) for group in groups if len(group) > 1]
    taken = {member.row for incident in incidents for member in incident.members}
    free = sorted((member for member in members if member.row not in taken), key=lambda member: member.order)
    for rows in _lists(free):
        _assign_list(rows, incidents, weigh, judged.apart)
    for member in free:
        if member.cardinality != INCIDENTS:
            _join_best(member, incidents, weigh, judged.apart)
    ordered = [sorted(incident.members, key=lambda member: member.order) for incident in incidents]
    ordered.sort(key=lambda told: told[0].order)
    return [[member.row for member in told] for told in ordered]


def against(member: Member, told: Sequence[Member], weigh: Weigh) -> int:
    """Return what *member* weighs against the reports *told* of an incident, in thousandths of a bit, rounded down."""
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


def _judged(group: Iterable[Member]) -> _Incident:
    incident = _Incident([])
    for member in group:
        incident.take(member)
    return incident


def _lists(free: Sequence[Member]) -> list[list[Member]]:
    """Return the reports of each list, the longest list first; of equally long ones the one that begins first."""
    lists: dict[int, list[Member]] = {}
    for member in free:
        if member.cardinality == INCIDENTS:
            lists.setdefault(member.source, []).append(member)
    return sorted(lists.values(), key=lambda rows: (-len(rows), rows[0].order))


def _apart(member: Member, incident: _Incident, apart: frozenset[Pair]) -> bool:
    return bool(apart) and any(pair(member.row, other.row) in apart for other in incident.members)


def _assign_list(rows: Sequence[Member], incidents: list[_Incident], weigh: Weigh, apart: frozenset[Pair]) -> None:
    gain = np.zeros((len(rows), len(incidents)), dtype=np.int64)
    for number, member in enumerate(rows):
        for column, incident in enumerate(incidents):
            if member.source not in incident.lists and not _apart(member, incident, apart):
                gain[number, column] = max(0, against(member, incident.members, weigh))
    found = dict(zip(*linear_sum_assignment(gain, maximize=True), strict=True)) if gain.any() else {}
    for number, member in enumerate(rows):
        chosen = found.get(number)
        if chosen is not None and gain[number, chosen] > 0:
            incidents[chosen].take(member)
        else:
            incidents.append(_Incident([]))
            incidents[-1].take(member)


def _join_best(member: Member, incidents: list[_Incident], weigh: Weigh, apart: frozenset[Pair]) -> None:
    best: _Incident | None = None
    most = 0
    for incident in incidents:
        if not _apart(member, incident, apart) and (weight := against(member, incident.members, weigh)) > most:
            best, most = incident, weight
    if best is None:
        incidents.append(best := _Incident([]))
    best.take(member)
