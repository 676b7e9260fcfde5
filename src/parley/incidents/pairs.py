"""Two lists → the pairs that are of one happening, with what each weighs and why; better with pairs known already."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from parley.incidents.linkage.assignment import FLOOR
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import Weighed, cluster
from parley.incidents.linkage.columns import Ints
from parley.incidents.linkage.comparison import words
from parley.incidents.linkage.learning import (
    Compared,
    Floats,
    associations,
    chances,
    compare,
    decoys,
    learn,
    start_of,
)
from parley.incidents.linkage.weights import BIT, Weights
from parley.incidents.lists import Lists, Spec

LEAST_CHANCE = 1 / 3
"""A pair that is less likely than this, since others fit about as well, is no link: people tell."""

Known = Collection[tuple[int, int]]
"""Pairs of rows that people confirmed."""


@dataclass(frozen=True)
class Scored:
    """All pairs of two lists that were compared.

    Args:
        weight: thousandths of a bit; above 0 rather linked than not.
        associated: for each term that goes with others, the part of the weight that it gives.
        chance: how likely each pair is of one happening, where a left row has one partner at most.
    """

    compared: Compared
    weights: Weights
    associated: Mapping[str, Ints]
    weight: Ints
    chance: Floats


def score(lists: Lists, spec: Spec, known: Known = ()) -> Scored:
    """Return what every pair weighs: learned from the lists alone, and from *known* pairs where there are any."""
    reports, window = lists.columns, spec.window
    true = compare(reports, window)
    false = decoys(reports, np.arange(len(reports)) < lists.left, window)
    weights = learn(reports, true, false, _confirmed(true, known, len(reports)), spec.associated)
    weight, by_chance = weights.sum(true.levels), [weights.sum(one.levels) for one in false]
    parts: dict[str, Ints] = {}
    for term in spec.associated:
        codes = [_codes(reports.terms[term], one.pairs) for one in (true, *false)]
        start = _start(lists, true, weight, false, by_chance)
        table = associations(codes[0], chances(true.pairs.left, weight, start))
        true_part, *false_parts = ([table.get(code, 0) for code in one.tolist()] for one in codes)
        parts[term] = np.array(true_part, dtype=np.int64)
        weight = weight + parts[term]
        by_chance = [one + np.array(part, dtype=np.int64) for one, part in zip(by_chance, false_parts, strict=True)]
    start = _start(lists, true, weight, false, by_chance)
    weights = Weights(weights.fields, start, weights.name)
    return Scored(true, weights, parts, weight + start, chances(true.pairs.left, weight, start))


def link(lists: Lists, pairs: Pairs, weight: Ints) -> list[int]:
    """Return which of *pairs* are links, by their numbers: assigned exactly, as the lists' cardinalities allow."""
    kept = np.flatnonzero(weight > FLOOR)
    found = cluster(lists.columns, Weighed(pairs.take(kept), weight[kept]))
    linked = {
        (int(row), int(other))
        for rows in found.members
        for row in rows[rows < lists.left]
        for other in rows[rows >= lists.left]
    }
    members = found.members
    for whole, number in zip(*(side.tolist() for side in found.part), strict=True):
        linked |= {(min(row, whole), max(row, whole)) for row in members[number].tolist()}
    both = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return [number for number, one in enumerate(both) if one in linked]


def sure(scored: Scored, links: Iterable[int]) -> tuple[list[int], list[int]]:
    """Part *links* in those that stand and those that are unclear, since rivals of theirs fit about as well."""
    stand: list[int] = []
    unclear: list[int] = []
    for number in links:
        (stand if scored.chance[number] >= LEAST_CHANCE else unclear).append(number)
    return stand, unclear


def rivals(scored: Scored, number: int) -> list[int]:
    """Return the right rows that fit the left row of pair *number* about as well, the best first: all within two bits,
    and one at least, where there is another."""
    pairs, weight = scored.compared.pairs, scored.weight
    first, last = np.searchsorted(pairs.left, [pairs.left[number], pairs.left[number] + 1])  # pairs are in order
    others = np.delete(np.arange(first, last), number - first)
    others = others[np.argsort(-weight[others], kind="stable")]
    near = max(1, int((weight[others] > weight[number] - 2 * BIT).sum()))
    best: list[int] = pairs.right[others[:near]].tolist()
    return best


def explain(lists: Lists, scored: Scored, number: int) -> Iterator[tuple[str, str, int]]:
    """Yield (field, how alike, weight in thousandths of a bit) for one pair; together they are what it weighs."""
    yield "start", "what every pair of these lists begins with", scored.weights.start
    levels = {field: int(level[number]) for field, level in scored.compared.levels.items()}
    for field, level, weight in scored.weights.explain(levels):
        yield field, words(lists.columns, field, level), weight
    for term, part in scored.associated.items():
        yield term, "as these two go together elsewhere", int(part[number])


def _start(lists: Lists, true: Compared, weight: Ints, false: list[Compared], by_chance: list[Ints]) -> int:
    decoy = [_best(lists.left, one.pairs.left, one_weight) for one, one_weight in zip(false, by_chance, strict=True)]
    return start_of(_best(lists.left, true.pairs.left, weight), np.concatenate(decoy), len(decoy))


def _best(rows: int, left: Ints, weight: Ints) -> Ints:
    """Return the greatest weight of each left row that is in a pair."""
    nothing = np.iinfo(np.int64).min
    best = np.full(rows, nothing)
    np.maximum.at(best, left, weight)
    return best[best > nothing]


def _confirmed(compared: Compared, known: Known, count: int) -> Compared | None:
    if not known:
        return None
    keys = np.array(sorted(left * count + right for left, right in known), dtype=np.int64)
    pairs = compared.pairs
    which = np.isin(pairs.left * count + pairs.right, keys)
    return compared.take(which)


def _codes(term: Ints, pairs: Pairs) -> Ints:
    return (term[pairs.left] + 1) * (1 << 31) + term[pairs.right] + 1
