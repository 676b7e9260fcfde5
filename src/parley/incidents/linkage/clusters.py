"""Weighed pairs and people's judgements → incidents: a pure function of the reports, whatever order they arrived in."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.assignment import FLOOR, NOTHING_JUDGED, Judged, Member, Pair, Weigh, assign, tells_of
from parley.incidents.linkage.blocking import Pairs, candidates, crowds, joined
from parley.incidents.linkage.columns import AGGREGATE, Columns, Ints, said_of
from parley.incidents.linkage.comparison import levels
from parley.incidents.linkage.crowds import Crowd
from parley.incidents.linkage.gains import gaining_limits
from parley.incidents.linkage.limits import Limits
from parley.incidents.linkage.tied import tied
from parley.incidents.linkage.usable import beside, usable
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import WINDOW, Window


@dataclass(frozen=True)
class Weighed:
    """Pairs that assignment asks for.

    Args:
        weight: thousandths of a bit, more than `FLOOR`.
        usable: which of them may bring two reports together; the others are weighed beside them.
        left_out: how many more gain, and were cut since others fit better.
        crowds: reports of which not all pairs were weighed.
    """

    pairs: Pairs
    weight: Ints
    usable: NDArray[np.bool_]
    left_out: int = 0
    crowds: tuple[Crowd, ...] = ()

    def take(self, which: NDArray[np.bool_] | Ints | slice) -> "Weighed":
        return replace(self, pairs=self.pairs.take(which), weight=self.weight[which], usable=self.usable[which])


@dataclass(frozen=True)
class Clusters:
    """Which reports are of one incident.

    Args:
        incident: for each row the number of its incident, -1 for a wider report that speaks of parts.
        part: rows (a wider report, the number of an incident that it speaks of too).
    """

    incident: Ints
    part: tuple[Ints, Ints]

    @property
    def members(self) -> list[Ints]:
        """The rows of each incident, by its number; wider reports of which it is a part are not among them."""
        rows = np.flatnonzero(self.incident >= 0)
        order = rows[np.argsort(self.incident[rows], kind="stable")]
        return np.split(order, np.cumsum(np.bincount(self.incident[rows]))[:-1]) if len(rows) else []


def weigh(reports: Columns, weights: Weights, window: Window = WINDOW) -> Weighed:
    """Return the pairs of *reports* that an assignment can use, and those that it weighs beside them."""
    return weighed_of(reports, weights, *gains(reports, weights, window))


def weighed_of(
    reports: Columns, weights: Weights, gaining: Pairs, weight: Ints, parted: tuple[Crowd, ...] = ()
) -> Weighed:
    """Return what `weigh` does, given what `gains` found of *reports*."""
    good = usable(reports, gaining, weight)
    best = gaining.take(good)
    others, other_weight = weighed_beside(reports, weights, best)
    return Weighed(
        joined([best, others]),
        np.concatenate([weight[good], other_weight]),
        np.repeat([True, False], [len(best), len(others)]),
        int((~good).sum()),
        parted,
    )


def gains(reports: Columns, weights: Weights, window: Window = WINDOW) -> tuple[Pairs, Ints, tuple[Crowd, ...]]:
    """Return every pair of *reports* that weighs more than 0, its weight, and the crowds in which not all are asked."""
    none = np.zeros(0, dtype=np.int64)
    kept, weighed = [Pairs(none, none)], [none]
    limits = limits_of(reports, weights, window)
    parted = crowds(reports, window, limits)
    for pairs in candidates(reports, window, parted=parted, limits=limits):
        weight = weights.sum(levels(reports, pairs))
        kept.append(pairs.take(weight > 0))
        weighed.append(weight[weight > 0])
    return joined(kept), np.concatenate(weighed), parted.crowds


def weighed_beside(reports: Columns, weights: Weights, best: Pairs) -> tuple[Pairs, Ints]:
    """Return the pairs that are weighed beside the *best*, but for those at `FLOOR`, and their weights."""
    pairs = beside(reports, best)
    if not len(pairs):
        return pairs, pairs.left
    weight = weights.sum(levels(reports, pairs))
    return pairs.take(weight > FLOOR), weight[weight > FLOOR]


def limits_of(reports: Columns, weights: Weights, window: Window = WINDOW) -> Limits:
    """Return the limits within which a pair of *reports* may weigh more than 0."""
    wider = reports.cardinality == AGGREGATE
    return gaining_limits(reports, weights, window, crossing=bool(wider.any() and not wider.all()))


def order_of(reports: Columns) -> Ints:
    """Return the rank of each report by what it says: its time first, then all else but who says it; last its entry."""
    keys = [reports.start, reports.end, reports.lat, reports.lon, reports.radius, *reports.names.T, reports.area]
    keys += [bound for number in reports.ranges.values() for bound in (number.low, number.high)]
    rank = np.empty(len(reports), dtype=np.int64)
    rank[np.lexsort([reports.entry, *reversed(keys)])] = np.arange(len(reports))
    return rank


def cluster(reports: Columns, weighed: Weighed, judged: Judged = NOTHING_JUDGED) -> Clusters:
    """Return the incidents of *reports*; see `assignment` for how they are found.

    A wider report (an aggregate) is in no component: it is attached to the incidents that are parts of what it tells.
    One of which nothing is a part is an incident of its own, as is a vague report.
    """
    wider = wider_rows(reports, judged)
    order = order_of(reports)
    pairs = weighed.pairs
    core = ~wider[pairs.left] & ~wider[pairs.right]
    component = _components(reports, pairs.take(core & weighed.usable), judged)
    inside = core & (component[pairs.left] == component[pairs.right])
    first = np.arange(len(reports))  # the incident of each row, as one of its rows
    for incident in _assigned(reports, component, weighed.take(inside), order, judged):
        first[incident] = min(incident)
    return _with_parts(reports, weighed, first, wider, order, judged)


def alone(reports: Columns, weighed: Weighed, clusters: Clusters, rows: Collection[int], judged: Judged) -> Clusters:
    """Return *clusters* where each of *rows* is an incident of its own, and the others stay together as they are."""
    if not rows:
        return clusters
    of = clusters.incident.copy()
    of[list(rows)] = of.max() + 1 + np.arange(len(rows))
    first = np.arange(len(reports))
    own = np.flatnonzero(of >= 0)
    heads, number = np.unique(of[own], return_index=True)
    first[own] = own[number][np.searchsorted(heads, of[own])]
    return _with_parts(reports, weighed, first, wider_rows(reports, judged), order_of(reports), judged)


def _with_parts(
    reports: Columns, weighed: Weighed, first: Ints, wider: NDArray[np.bool_], order: Ints, judged: Judged
) -> Clusters:
    """Return the incidents, of each row given as the *first* of its rows, with the wider reports that tell of them."""
    crossing = wider[weighed.pairs.left] != wider[weighed.pairs.right]
    parts = sorted(_parts(reports, weighed.take(crossing), wider, first, order, judged))
    whole, part = np.array(parts, dtype=np.int64).reshape(-1, 2).T
    own = ~np.isin(np.arange(len(reports)), whole)
    heads, incident = np.unique(first[own], return_inverse=True)
    of_row = np.full(len(reports), -1, dtype=np.int64)
    of_row[own] = incident
    return Clusters(of_row, (whole, np.searchsorted(heads, part)))


def wider_rows(reports: Columns, judged: Judged) -> NDArray[np.bool_]:
    """Return which reports may speak of several incidents: aggregates, but for those that people judged otherwise."""
    wider: NDArray[np.bool_] = reports.cardinality == AGGREGATE
    for group in judged.together:
        wider[list(group)] = False
    wider[[part for part, _ in judged.parts]] = False
    wider[[*judged.wholes, *(row for _, row in judged.parts)]] = True  # also one that is itself a part of a wider one
    return wider


def _components(reports: Columns, ties: Pairs, judged: Judged) -> Ints:
    """Return the number of each row's component, tied by pairs above 0 and by what was judged to be the same."""
    heads = [ties.left, *(np.array(group[:-1]) for group in judged.together)]
    tails = [ties.right, *(np.array(group[1:]) for group in judged.together)]
    return tied(len(reports), np.concatenate(heads), np.concatenate(tails))


def _assigned(
    reports: Columns, component: Ints, edges: Weighed, order: Ints, judged: Judged
) -> Iterator[Ints | list[int]]:
    """Yield the incidents of two reports or more."""
    size = np.bincount(component)
    touched = {row for group in judged.together for row in group} | {row for one in judged.apart for row in one}
    simple = size == 2
    simple[component[list(touched)]] = False
    of_edge = component[edges.pairs.left]
    for left, right in zip(*(side[simple[of_edge]] for side in (edges.pairs.left, edges.pairs.right)), strict=True):
        yield [left, right]  # one usable pair, else they were not one component
    many = np.flatnonzero((size > 1) & ~simple)
    rows = _grouped(component, many)
    which = _grouped(of_edge, many)
    members = members_of(reports, rows[0], order)
    inside = edges.take(which[0])
    for begin, end, first, last in zip(*rows[1:], *which[1:], strict=True):
        yield from assign(members[begin:end], weigh_by(inside.take(slice(first, last))), judged)


def weigh_by(edges: Weighed) -> Weigh:
    """Return the lookup of what is weighed."""
    columns = (edges.pairs.left, edges.pairs.right, edges.weight, edges.usable)
    return Weigh(zip(*(column.tolist() for column in columns), strict=True))


def _grouped(of: Ints, numbers: Ints) -> tuple[Ints, list[int], list[int]]:
    """Return the positions whose value in *of* is among *numbers*, by number, and where each number begins and ends."""
    order = np.argsort(of, kind="stable")
    values = of[order]
    begin, end = np.searchsorted(values, numbers, "left"), np.searchsorted(values, numbers, "right")
    positions = np.concatenate([order[:0], *(order[one:other] for one, other in zip(begin, end, strict=True))])
    ends = np.cumsum(end - begin)
    return positions, (ends - (end - begin)).tolist(), ends.tolist()


def members_of(reports: Columns, rows: Ints, order: Ints) -> list[Member]:
    """Return *rows* as assignment sees them; *order* is what `order_of` gives."""
    told = reports.take(rows)
    columns = (rows, told.source, told.cardinality, told.origin, order[rows], said_of(told))
    return [Member(*facts) for facts in zip(*(one.tolist() for one in columns), strict=True)]


def _parts(
    reports: Columns, crossing: Weighed, wider: NDArray[np.bool_], first: Ints, order: Ints, judged: Judged
) -> Iterator[Pair]:
    """Yield (wider row, incident as its first row) for every incident that is a part of what a wider report tells."""
    left, right, usable = crossing.pairs.left, crossing.pairs.right, crossing.usable
    row, whole = np.where(wider[left], right, left), np.where(wider[left], left, right)
    lookup = weigh_by(crossing)
    forced = np.array(sorted(judged.parts), dtype=np.int64).reshape(-1, 2)
    row, whole = np.append(row[usable], forced[:, 0]), np.append(whole[usable], forced[:, 1])
    around = np.unique(np.stack([first[row], whole], axis=1), axis=0)
    wholes = members_of(reports, around[:, 1], order)
    rows, begin, end = _grouped(first, np.unique(around[:, 0]))
    members = members_of(reports, rows, order)
    _, begun, ended = _grouped(around[:, 0], np.unique(around[:, 0]))
    for told_from, told_to, from_, to in zip(begin, end, begun, ended, strict=True):
        told = members[told_from:told_to]
        for found in tells_of(told, wholes[from_:to], lookup, judged):
            yield found, int(first[told[0].row])
