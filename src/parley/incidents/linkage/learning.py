"""Weights from data: without labels, and better with pairs that people confirmed.

log2(m / u) for each level of each field. m, how often a level is seen among pairs of one happening, is known beforehand
(`seen.yaml`) and moves to what confirmed pairs show, by as many as there are (Dirichlet prior). u, how often among all
other pairs, is counted on decoys: the same reports moved by some days, so that no pair of them is of one happening.
Where a pair must begin to be linked is found on them too: below, decoys score as often as the reports themselves (Elias
and Gygi, "Target-decoy search strategy", Nature Methods 2007, does so with spectra).

Letting the data alone decide m (expectation maximisation) was tried and made every result worse: where happenings are
dense it takes neighbours for matches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.blocking import Pairs, candidates
from parley.incidents.linkage.columns import MINUTES_OF_DAY, Columns, Ints
from parley.incidents.linkage.comparison import Scale, levels, levels_of, scales
from parley.incidents.linkage.weights import BIT, Weights, shipped
from parley.incidents.linkage.window import WINDOW, Window
from parley.packaged import packaged

Floats = NDArray[np.float64]

PRIOR = 100.0
"""How many confirmed pairs what is known beforehand counts for."""
CHANCE_PRIOR = 20.0
"""How many decoys what the packaged weights say of chance counts for."""
FEW = np.float64(0.5)
"""So many decoys are counted on each level of which nothing is known beforehand."""
ASSOCIATION_CAP = 3 * BIT
"""Names of two vocabularies (who acted) may weigh no more: they are what is disputed."""
SHIFTS = (-12, 12, -9, 9, -16, 16)
"""Days by which decoys are moved: beyond the window, within the same phase of a conflict."""
DEVIATIONS = 4.0
"""True links are those found beyond what chance and so many of its standard deviations explain."""
CHANCE_SHARE = 0.2
"""Of pairs that tell what true ones are like, so many may be there by chance: it is taken off by what decoys show."""
MIXING_ROUNDS = 100
FLAT = 1.0
"""A start that costs so many true links counts e times less in the mean that is taken of all."""
NEAR_START = 2 * BIT
"""One that lies so much farther from 0, where the weights alone decide, counts half."""
STEP = 50
"""Thousandths of a bit: the start is one of so fine a scale."""
FARTHEST_START = 30 * BIT
ENOUGH_DECOYS = 20_000
"""Pairs; where the first two shifts give so many, the others are not made."""


@dataclass(frozen=True)
class Compared:
    """Pairs of two lists with their levels by field, and with the weights of the terms that go together."""

    pairs: Pairs
    levels: Mapping[str, Ints]

    def take(self, which: NDArray[np.bool_]) -> "Compared":
        return Compared(self.pairs.take(which), {field: level[which] for field, level in self.levels.items()})


def compare(reports: Columns, window: Window = WINDOW) -> Compared:
    """Return all pairs of different sources that are compared."""
    parts = [part.take(reports.source[part.left] != reports.source[part.right]) for part in candidates(reports, window)]
    none = np.zeros(0, dtype=np.int64)
    pairs = Pairs(
        np.concatenate([none, *(part.left for part in parts)]), np.concatenate([none, *(part.right for part in parts)])
    )
    return Compared(pairs, levels(reports, pairs))


def decoys(reports: Columns, moved: NDArray[np.bool_], window: Window = WINDOW) -> list[Compared]:
    """Return what is compared where the times of the rows *moved* are false by some days, once for each shift."""
    found: list[Compared] = []
    for days in SHIFTS:
        found += by_chance(reports, [np.where(moved, days, 0)], window)
        if len(found) > 1 and sum(len(one.pairs) for one in found) > ENOUGH_DECOYS:
            break
    return found


def by_chance(reports: Columns, moves: Sequence[Ints], window: Window = WINDOW) -> list[Compared]:
    """Return what is compared where the times are moved, once for each of *moves*, which are in days for each row."""
    return [
        compare(
            replace(reports, start=reports.start + days * MINUTES_OF_DAY, end=reports.end + days * MINUTES_OF_DAY),
            window,
        )
        for days in moves
    ]


def learn(
    reports: Columns,
    true: Compared,
    by_chance: Sequence[Compared],
    confirmed: Compared | None = None,
    but_for: Sequence[str] = (),
) -> Weights:
    """Return the weights of all fields but those named, from decoys and, where there are any, *confirmed* pairs."""
    ranges = reports.ranges.keys()
    known = {
        field: [_seen(scale) for scale in scales(field, field in ranges)]
        for field in true.levels
        if field not in but_for
    }

    def weights(field: str, shapes: Sequence[Floats]) -> tuple[int, ...]:
        return _weights(field, field in ranges, shapes, true, by_chance, confirmed)

    plain = {
        field: weights(field, [one for (one,) in shapes])
        for field, shapes in known.items()
        if all(len(one) == 1 for one in shapes)
    }
    fields = {}
    for field, shapes in known.items():
        if field not in plain:  # which shape holds is read off the pairs that all else speaks for
            beyond = _beyond_chance(field, field in ranges, Weights(plain, 0), true, by_chance)
            groups = (np.array(scale.groups) for scale in scales(field, field in ranges))
            mixed = [_mixed(one, beyond[group].sum(axis=0)) for one, group in zip(shapes, groups, strict=True)]
            fields[field] = weights(field, mixed)
        else:
            fields[field] = plain[field]
    return Weights(fields, 0, "learned")


def _weights(
    field: str,
    is_range: bool,
    known: Sequence[Floats],
    true: Compared,
    by_chance: Sequence[Compared],
    confirmed: Compared | None,
) -> tuple[int, ...]:
    """Return the weight of each level of *field* in thousandths of a bit.

    One in no scale weighs nothing. One that no pair of these reports stands on weighs what it does in the table that
    comes with Parley, or nothing: nothing tells how rare it is.
    """
    shown, there = (_counts(field, is_range, [one] if one else []) for one in (confirmed, true))
    decoys_there = _counts(field, is_range, by_chance)
    weight = np.zeros(len(there), dtype=int)
    packaged = np.array(shipped().fields.get(field, ()))
    is_packaged = len(packaged) == len(weight)
    for scale, beforehand in zip(scales(field, is_range), known, strict=True):
        groups = np.array(scale.groups)
        m = _shares(beforehand * PRIOR, shown[groups])
        u = _shares(_by_chance(beforehand, packaged[groups]) if is_packaged else FEW, decoys_there[groups])
        weight[groups] = np.rint(BIT * np.log2(m / u)).astype(int)
    unseen = there + decoys_there == 0
    weight[unseen] = packaged[unseen] if is_packaged else 0
    return tuple(weight.tolist())


def _by_chance(beforehand: Floats, packaged: Ints) -> Floats:
    """Return how often levels are seen by chance where the *packaged* weights hold, as a few pairs that are known
    before any decoy is counted; *packaged* has a row for each group."""
    share = (beforehand * np.exp2(-packaged / BIT)).mean(axis=0)
    found: Floats = CHANCE_PRIOR * share / share.sum()
    return found


def _counts(field: str, is_range: bool, among: Sequence[Compared]) -> Ints:
    """Return how many pairs stand on each level of *field*."""
    count = len(levels_of(field, is_range))
    return sum((np.bincount(one.levels[field], minlength=count) for one in among), np.zeros(count, dtype=np.int64))


def _shares(beforehand: Floats | np.float64, counts: Ints) -> Floats:
    """Return how often each level is seen in each group: as in all groups together, moved by its own counts."""
    overall = beforehand + counts.sum(axis=0)
    overall = overall / overall.sum()
    found: Floats = (overall * PRIOR + counts) / (PRIOR + counts.sum(axis=1, keepdims=True))
    return found


def _beyond_chance(
    field: str, is_range: bool, weights: Weights, true: Compared, by_chance: Sequence[Compared]
) -> Floats:
    """Return how many pairs stand on each level of *field* beyond what decoys explain, among those that *weights* speak
    for: so many that a fifth of them is there by chance."""
    sums, decoy = weights.sum(true.levels), [weights.sum(one.levels) for one in by_chance]
    bounds = np.unique(sums)
    found = len(sums) - np.searchsorted(np.sort(sums), bounds)
    pooled = np.sort(np.concatenate([sums[:0], *decoy]))
    chance = (len(pooled) - np.searchsorted(pooled, bounds)) / max(1, len(by_chance))
    clear = bounds[chance <= CHANCE_SHARE * found]
    least = clear[0] if len(clear) else np.iinfo(np.int64).max
    above = _counts(field, is_range, [true.take(sums >= least)])
    of_decoys = _counts(field, is_range, [one.take(sum_ >= least) for one, sum_ in zip(by_chance, decoy, strict=True)])
    beyond: Floats = np.maximum(0, above - of_decoys / max(1, len(by_chance)))
    return beyond


def _mixed(shapes: Sequence[Floats], counts: Floats) -> Floats:
    """Return the mixture of *shapes* that makes *counts* likeliest, with a pair of each beside them."""
    table = np.stack(shapes)
    parts = np.full(len(table), 1 / len(table))
    for _ in range(MIXING_ROUNDS if len(table) > 1 else 0):
        share = parts[:, None] * table
        parts = 1 + (share / share.sum(axis=0)) @ counts
        parts = parts / parts.sum()
    found: Floats = parts @ table
    return found


def _seen(scale: Scale) -> list[Floats]:
    """Return what is known beforehand of *scale*: how often each of its levels is seen among pairs of one happening."""
    return [np.array(shape) / sum(shape) for shape in _known()[scale.seen]]


@cache
def _known() -> Mapping[str, list[list[float]]]:
    found: Mapping[str, list[list[float]]] = packaged("parley.incidents.linkage", "seen.yaml")
    return found


def associations(codes: Ints, chance: Floats) -> dict[int, int]:
    """Return the weight of each pair of terms that go together, by its code, in thousandths of a bit.

    Args:
        codes: for each pair of reports the code of its two terms.
        chance: for each pair how likely it is of one happening, by all else.
    """
    values, code = np.unique(codes, return_inverse=True)
    u = np.bincount(code) / len(code)
    m = (np.bincount(code, weights=chance) + PRIOR * u) / (chance.sum() + PRIOR)
    weight = np.clip(np.rint(BIT * np.log2(m / u)), -ASSOCIATION_CAP, ASSOCIATION_CAP).astype(int)
    return dict(zip(values.tolist(), weight.tolist(), strict=True))


def chances(left: Ints, weight: Ints, start: int) -> Floats:
    """Return how likely each pair is of one happening, where each left report has one partner at most."""
    odds = np.exp2(np.clip((weight + start) / BIT, -40, 40))
    chance: Floats = odds / (1 + np.bincount(left, weights=odds))[left]
    return chance


def start_of(links: Ints, decoys: Ints, rounds: float) -> int:
    """Return what to add to every weight so that those above 0 are rather links than chance.

    It is where true links (those found less those that decoys lead to expect) are most. A weight counts as found by
    parts, by how far it lies above (the logistic function of bits), and of starts that do about as well the mean is
    taken: so one row more or less moves the start little.

    Args:
        links: the best weight of each report.
        decoys: the best weights of decoys, all rounds together.
        rounds: how many decoys stand for one report.
    """
    if not len(links):
        return 0
    starts = np.arange(-FARTHEST_START, FARTHEST_START + 1, STEP)
    found, chance = (_above(weights, starts) for weights in (links, decoys))
    chance = chance / rounds
    # Only a report without a partner is linked by chance: how many have none is read off a first round.
    alone = 1 - max(0.0, float((found - chance - _doubt(chance, rounds)).max())) / len(links)
    gain = found - alone * chance - _doubt(alone * chance, rounds)
    likely = np.exp((gain - gain.max()) / FLAT) * np.exp2(-np.abs(starts) / NEAR_START)
    return round(float(starts @ likely / likely.sum()))


def _above(weights: Ints, starts: Ints) -> Floats:
    """Return how many of *weights* are above 0 with each of *starts*, by parts; both in thousandths of a bit."""
    value, count = np.unique(np.rint(weights / STEP).astype(np.int64), return_counts=True)
    bits = np.clip((value[:, None] * STEP + starts) / BIT, -40, 40)
    above: Floats = count @ (1 / (1 + np.exp(-bits)))
    return above


def _doubt(chance: Floats, rounds: float) -> Floats:
    """Return by how much counts that chance explains may be larger: they scatter as rare events do."""
    found: Floats = DEVIATIONS * np.sqrt(chance + chance / rounds)
    return found
