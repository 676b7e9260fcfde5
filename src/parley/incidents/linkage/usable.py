"""Which pairs an assignment can use: of all that weigh more than 0 each report's best ones, as its partner sees it too.

Where events are dense, a report weighs more than 0 against many others, and through them all reports would be tied into
one component. What no assignment can use is cut: a pair stays where it is, for both of its reports, among the `OF_LIST`
best with the other's list (where there are so many, within `WITHIN` of the best), and among the `OF_ALL` best with all
lists together. For a wider report, which tells of many events, only the other side decides, and so for a row of a list
of incidents against a post, since an incident takes many posts.

Ties are cut by what is said, never by who says it: each pair has a number for it (`said_of`); reports that say the same
are counted off, so that the first of each list meets the first of another.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.blocking import Pairs, may_be_one
from parley.incidents.linkage.columns import AGGREGATE, INCIDENTS, POSTS, SAID, Columns, Ints, said_of
from parley.incidents.linkage.runs import changes, since
from parley.incidents.linkage.weights import BIT

OF_LIST = 4
OF_ALL = 16
WITHIN = 2 * BIT


@dataclass(frozen=True)
class Sides:
    """Pairs that gain, each twice, as one of its two reports sees it; arrays of equal length.

    Args:
        row: whose view it is.
        source: the list of the other.
        weight: of the pair.
        tie: a number for what both say.
        turns: by how many turns they differ among those that say the same; see `turns_of`.
    """

    row: Ints
    source: Ints
    weight: Ints
    tie: Ints
    turns: Ints


def usable(reports: Columns, pairs: Pairs, weight: Ints, within: int = WITHIN) -> NDArray[np.bool_]:
    """Say of *pairs* whether an assignment can use them; among them are all of these *reports* that gain."""
    gain = np.flatnonzero(weight > 0)
    found = np.zeros(len(pairs), dtype=bool)
    found[gain] = np.logical_and(*best_of_both(reports, pairs.take(gain), weight[gain], within))
    return found


def best_of_both(
    reports: Columns, gaining: Pairs, weight: Ints, within: int = WITHIN
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Say of all pairs of *reports* that gain whether they are among the best of the left report, and of the right."""
    one, other = np.append(gaining.left, gaining.right), np.append(gaining.right, gaining.left)
    said = said_of(reports)
    turn = turns_of(said, reports.source, reports.in_list, reports.entry)
    turns = np.abs(turn[one] - turn[other])
    sides = Sides(one, reports.source[other], np.tile(weight, 2), ties(said[one], said[other]), turns)
    kinds = reports.cardinality
    best = best_of_each(sides, within) | takes_many(kinds[one], kinds[other])
    return best[: len(weight)], best[len(weight) :]


def beside(reports: Columns, best: Pairs) -> Pairs:
    """Return the pairs that both are *best* with one report, but are not *best* themselves: rivals, or of one event.

    What an incident's reports weigh against another is asked of these too. That both are parts of what one wider report
    tells makes no such pair.
    """
    size = len(reports)
    one, other = np.append(best.left, best.right), np.append(best.right, best.left)
    narrow = reports.cardinality[one] != AGGREGATE
    order = np.lexsort([other[narrow], one[narrow]])
    one, other = one[narrow][order], other[narrow][order]
    new = changes(one)
    after = np.diff(np.append(np.flatnonzero(new), len(one)))[np.cumsum(new) - 1] - since(new) - 1
    first = np.repeat(np.arange(len(one)), after)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(after) - after, after)
    left, right = other[first], other[second]
    apart = may_be_one(reports, left, right)
    key = np.setdiff1d((left * size + right)[apart], best.left * size + best.right)
    return Pairs(key // size, key % size)


def ties(said: Ints, other: Ints) -> Ints:
    """Return the number of what both say, the same from either side; by it ties are cut."""
    return said * other % SAID


def takes_many(kind: Ints, other: Ints) -> NDArray[np.bool_]:
    """Say whether a report of this cardinality may belong with any number of the other."""
    found: NDArray[np.bool_] = (kind == AGGREGATE) & (other != AGGREGATE) | (kind == INCIDENTS) & (other == POSTS)
    return found


def turns_of(said: Ints, source: Ints, in_list: Ints, entry: Ints) -> Ints:
    """Return the place of each report among equal ones: the first of each list, then the second of each."""
    order = np.lexsort([entry, in_list, source, said])
    again = since(changes(said[order], source[order]))
    second = np.lexsort([entry[order], in_list[order], again, said[order]])
    turn = np.empty(len(said), dtype=np.int64)
    turn[order[second]] = since(changes(said[order][second]))
    return turn


def best_of_each(sides: Sides, within: int = WITHIN) -> NDArray[np.bool_]:
    """Say which of *sides*, which are all of their rows, are among the best of their row."""
    order = np.lexsort([sides.turns, sides.tie, -sides.weight, sides.source, sides.row])
    lists = changes(sides.row[order], sides.source[order])
    weight = sides.weight[order]
    most = weight[np.maximum.accumulate(np.where(lists, np.arange(len(order)), 0))]
    number = np.cumsum(lists) - 1
    few = np.bincount(number)[number] < OF_LIST
    good = (_better(sides, order, lists) < OF_LIST) & (few | (weight >= most - within))
    left = order[good]
    left = left[np.lexsort([sides.turns[left], sides.tie[left], -sides.weight[left], sides.row[left]])]
    found = np.zeros(len(order), dtype=bool)
    found[left[_better(sides, left, changes(sides.row[left])) < OF_ALL]] = True
    return found


def _better(sides: Sides, order: Ints, first: NDArray[np.bool_]) -> Ints:
    """Return for each of *sides* in this order how many of its group are better; *first* begins each group."""
    equal = ~changes(sides.weight[order], sides.tie[order], sides.turns[order]) & ~first
    at = since(first)
    return at - since(~equal) if len(at) else at
