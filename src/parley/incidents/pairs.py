"""Two lists → the pairs that are of one happening, with what each weighs and why; better with pairs known already."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.assignment import FLOOR
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.calibration import curve_of
from parley.incidents.linkage.clusters import Weighed, cluster
from parley.incidents.linkage.columns import AGGREGATE, POSTS, Columns, Ints
from parley.incidents.linkage.comparison import NO_WORD, PLACE_TIMES, words
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
from parley.incidents.linkage.usable import usable
from parley.incidents.linkage.weights import BIT, Weights
from parley.incidents.lists import Lists, Spec

LEAST_CHANCE = 0.5
"""A pair is a link from here on: rather one event than not."""
NEAR_RIVAL = 2 * BIT
"""What weighs less by no more than this fits about as well."""
LABEL_BLOCKS = 5
"""Confirmed pairs are held out by so many stretches of time, to see whether learning from the others helps."""
LEAST_LABELS = 20
SURE_GAIN, LEAST_GAIN = 4.0, 0.02
"""Learning from confirmed pairs helps where the mean gain of those held out is so many of its standard errors above so
many bits."""

Known = Collection[tuple[int, int]]
"""Pairs of rows that people confirmed."""


@dataclass(frozen=True)
class Scored:
    """All pairs of two lists that were compared.

    Args:
        choosing: the row of each pair that has one partner at most, for which its others are rivals; see `_choosing`.
        weight: thousandths of a bit; above 0 rather linked than not.
        associated: for each term that goes with others, the part of the weight that it gives.
        chance: how likely each pair is of one happening, as links of such lists turned out.
        least, most: the range of that, as it turned out in stretches of time that were held out.
        learned_from: how many confirmed pairs the weights were moved by; 0 where that did not help those held out.
    """

    compared: Compared
    weights: Weights
    choosing: Ints
    associated: Mapping[str, Ints]
    weight: Ints
    chance: Floats
    least: Floats
    most: Floats
    learned_from: int = 0

    @cached_property
    def by_choice(self) -> tuple[Ints, Ints]:
        """The numbers of all pairs in order of `choosing`, and that column in this order."""
        order = np.argsort(self.choosing, kind="stable")
        return order, self.choosing[order]


@dataclass(frozen=True)
class _Counted:
    """Pairs of the lists and of decoys, from which weights are learned; *choosing*: see `_choosing`."""

    reports: Columns
    true: Compared
    false: Sequence[Compared]
    choosing: Ints
    associated: tuple[str, ...]


def score(lists: Lists, spec: Spec, known: Known = ()) -> Scored:
    """Return what every pair weighs: learned from the lists alone, and from *known* pairs where that helps."""
    reports, window = lists.columns, spec.window
    true = _in_common(reports, compare(reports, window))
    false = [_in_common(reports, one) for one in decoys(reports, np.arange(len(reports)) < lists.left, window)]
    counted = _Counted(reports, true, false, _choosing(reports, true.pairs), spec.associated)
    confirmed = _confirmed(true, known, len(reports))
    weights, parts, weight = _weighed(counted)
    learned_from = 0
    if confirmed.sum() >= LEAST_LABELS and _helps(counted, confirmed, weight):
        weights, parts, weight = _weighed(counted, confirmed)
        learned_from = int(confirmed.sum())
    curve = curve_of(reports.cardinality)
    said = chances(counted.choosing, weight, 0)
    chance, least, most = (curve.moved(bits).of(said) for bits in (0, -curve.doubt, curve.doubt))
    return Scored(true, weights, counted.choosing, parts, weight, chance, least, most, learned_from)


def _weighed(counted: _Counted, confirmed: NDArray[np.bool_] | None = None) -> tuple[Weights, dict[str, Ints], Ints]:
    """Return the weights, the parts of associated terms, and what each pair weighs; better by *confirmed* pairs."""
    reports, true, false = counted.reports, counted.true, counted.false
    shown = None if confirmed is None else true.take(confirmed)
    weights = learn(reports, true, false, shown, counted.associated)
    weight, by_chance = weights.sum(true.levels), [weights.sum(one.levels) for one in false]
    parts: dict[str, Ints] = {}
    for term in counted.associated:
        codes = [_codes(reports.terms[term], one.pairs) for one in (true, *false)]
        start = _start(counted, weight, by_chance)
        table = associations(codes[0], chances(counted.choosing, weight, start))
        true_part, *false_parts = ([table.get(code, 0) for code in one.tolist()] for one in codes)
        parts[term] = np.array(true_part, dtype=np.int64)
        weight = weight + parts[term]
        by_chance = [one + np.array(part, dtype=np.int64) for one, part in zip(by_chance, false_parts, strict=True)]
    start = _start(counted, weight, by_chance)
    return Weights(weights.fields, start, weights.name), parts, weight + start


def _helps(counted: _Counted, confirmed: NDArray[np.bool_], plain: Ints) -> bool:
    """Say whether weights that are learned from confirmed pairs make those of other stretches of time likelier than
    *plain* ones do, surely. Few labels harm more often than they help."""
    rows = np.flatnonzero(confirmed)
    rows = rows[np.argsort(counted.reports.start[counted.true.pairs.left[rows]], kind="stable")]
    gained = []
    for held_out in np.array_split(rows, LABEL_BLOCKS):
        others = confirmed.copy()
        others[held_out] = False
        found = _weighed(counted, others)[2]
        better, before = (chances(counted.choosing, one, 0)[held_out] for one in (found, plain))
        gained.append(np.log2(better) - np.log2(before))
    gain = np.concatenate(gained)
    return bool(gain.mean() > LEAST_GAIN + SURE_GAIN * gain.std(ddof=1) / np.sqrt(len(gain)))


def link(lists: Lists, pairs: Pairs, weight: Ints) -> list[int]:
    """Return which of *pairs* are links, by their numbers: assigned exactly, as the lists' cardinalities allow."""
    kept = np.flatnonzero(weight > FLOOR)
    # Weights that are learned from lists span many bits, and what a row loses to a rival may be most of them.
    best = usable(lists.columns, pairs, weight, within=int(weight.max(initial=0)))
    found = cluster(lists.columns, Weighed(pairs.take(kept), weight[kept], best[kept]))
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
    """Part *links* in those that stand, rather one event than not, and those that are unclear, since rivals of theirs
    fit about as well. What is neither is no link."""
    stand: list[int] = []
    unclear: list[int] = []
    for number in links:
        if scored.chance[number] >= LEAST_CHANCE:
            stand.append(number)
        elif rivals(scored, number):
            unclear.append(number)
    return stand, unclear


def rivals(scored: Scored, number: int) -> list[int]:
    """Return the rows that fit about as well as one of pair *number*, the best first: where the right one is a post,
    the left rows that it fits, else the right rows that the left one fits."""
    pairs, weight, chosen = scored.compared.pairs, scored.weight, scored.choosing[number]
    order, rows = scored.by_choice
    others = order[np.searchsorted(rows, chosen) : np.searchsorted(rows, chosen, "right")]
    others = others[(others != number) & (weight[others] > weight[number] - NEAR_RIVAL)]
    others = others[np.argsort(-weight[others], kind="stable")]
    best: list[int] = np.where(pairs.left[others] == chosen, pairs.right[others], pairs.left[others]).tolist()
    return best


def explain(lists: Lists, scored: Scored, number: int) -> Iterator[tuple[str, str, int]]:
    """Yield (field, how alike, weight in thousandths of a bit) for one pair; together they are what it weighs.

    A field that a row does not give is no reason, unless that weighs something.
    """
    yield "start", "what every pair of these lists begins with", scored.weights.start
    levels = {field: int(level[number]) for field, level in scored.compared.levels.items()}
    for field, level, weight in scored.weights.explain(levels):
        if level or weight:
            yield field, words(lists.columns, field, level), weight
    for term, part in scored.associated.items():
        yield term, "as these two go together elsewhere", int(part[number])


def _in_common(reports: Columns, found: Compared) -> Compared:
    """Return the pairs that have a place in common: one address alone is not enough to propose a pair."""
    place, name = found.levels["place"], found.levels["name"]
    left, right = (reports.area[side] for side in (found.pairs.left, found.pairs.right))
    near = (place > 0) & (place <= len(PLACE_TIMES))
    return found.take(near | (name > NO_WORD) | (left > 0) & (left == right))


def _choosing(reports: Columns, pairs: Pairs) -> Ints:
    """Return the row of each pair that has one partner at most, for which its others are rivals: a post, or what an
    aggregate may lump with others; else the left one."""
    left, right = reports.cardinality[pairs.left], reports.cardinality[pairs.right]
    by_right = (right == POSTS) & (left != POSTS) | (left == AGGREGATE) & (right != AGGREGATE)
    found: Ints = np.where(by_right, pairs.right, pairs.left)
    return found


def _start(counted: _Counted, weight: Ints, by_chance: list[Ints]) -> int:
    reports = counted.reports
    decoy = [_best(_choosing(reports, one.pairs), each) for one, each in zip(counted.false, by_chance, strict=True)]
    return start_of(_best(counted.choosing, weight), np.concatenate(decoy), len(decoy))


def _best(rows: Ints, weight: Ints) -> Ints:
    """Return the greatest weight of each of *rows*, which name a row more than once."""
    _, row = np.unique(rows, return_inverse=True)
    best = np.full(int(row.max(initial=-1)) + 1, np.iinfo(np.int64).min)
    np.maximum.at(best, row, weight)
    return best


def _confirmed(compared: Compared, known: Known, count: int) -> NDArray[np.bool_]:
    keys = np.array(sorted(left * count + right for left, right in known), dtype=np.int64)
    pairs = compared.pairs
    return np.isin(pairs.left * count + pairs.right, keys)


def _codes(term: Ints, pairs: Pairs) -> Ints:
    return (term[pairs.left] + 1) * (1 << 31) + term[pairs.right] + 1
