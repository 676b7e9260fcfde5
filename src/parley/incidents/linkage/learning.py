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
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from parley.incidents.linkage.blocking import WINDOW, Pairs, Window, candidates
from parley.incidents.linkage.columns import MINUTES_OF_DAY, Columns, Ints
from parley.incidents.linkage.comparison import levels
from parley.incidents.linkage.weights import BIT, Weights

Floats = NDArray[np.float64]

PRIOR = 100.0
"""How many confirmed pairs what is known beforehand counts for."""
ASSOCIATION_CAP = 3 * BIT
"""Names of two vocabularies (who acted) may weigh no more: they are what is disputed."""
SHIFTS = (-12, 12, -9, 9, -16, 16)
"""Days by which decoys are moved: beyond the window, within the same phase of a conflict."""
DEVIATIONS = 2.0
"""True links are those found beyond what chance and so many of its standard deviations explain."""
ENOUGH_DECOYS = 20_000
"""Pairs; where the first two shifts give so many, the others are not made."""


@dataclass(frozen=True)
class Compared:
    """Pairs of two lists with their levels by field, and with the weights of the terms that go together."""

    pairs: Pairs
    levels: Mapping[str, Ints]


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
    reports: Columns, by_chance: Sequence[Compared], confirmed: Compared | None = None, but_for: Sequence[str] = ()
) -> Weights:
    """Return the weights of all fields but those named, from decoys and, where there are any, *confirmed* pairs."""
    fields = {}
    for field in compare(reports.take(np.zeros(0, dtype=np.int64))).levels:
        if field not in but_for:
            known = _known(reports, field)
            chance = np.concatenate([one.levels[field] for one in by_chance])
            fields[field] = _weights(known, chance, confirmed.levels[field] if confirmed else chance[:0])
    return Weights(fields, 0, "learned")


def _weights(known: Floats, chance: Ints, confirmed: Ints) -> tuple[int, ...]:
    """Return the weight of each level of one field in thousandths of a bit; where *known* is 0 it weighs nothing."""
    told = known > 0
    shown = np.where(told, np.bincount(confirmed, minlength=len(known)), 0)
    m = (known * PRIOR + shown) / (PRIOR + shown.sum())
    counts = np.where(told, np.bincount(chance, minlength=len(known)), 0)
    u = (counts + 0.5) / (counts.sum() + 0.5 * told.sum())
    weight = np.zeros(len(known), dtype=int)
    weight[told] = np.rint(BIT * np.log2(m[told] / u[told]))
    return tuple(weight.tolist())


def _known(reports: Columns, field: str) -> Floats:
    """Return how often each level of *field* is seen among pairs of one happening; 0 for "not given"."""
    kind = field if field in _seen() else "ranges" if field in reports.ranges else "terms"
    shares = np.array(_seen()[kind])
    shares = shares / shares.sum()
    return shares if kind in ("time", "link") else np.concatenate([[0.0], shares])


@cache
def _seen() -> Mapping[str, list[float]]:
    text = resources.files(__package__).joinpath("seen.yaml").read_text("utf-8")
    found: Mapping[str, list[float]] = YAML(typ="safe").load(text)
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

    Args:
        links: the best weight of each report.
        decoys: the best weights of decoys, all rounds together.
        rounds: how many decoys stand for one report.

    The threshold is where true links (those found less those that decoys lead to expect) are most.
    """
    bounds = np.unique(links)
    if not len(bounds):
        return 0
    found = len(links) - np.searchsorted(np.sort(links), bounds, "left")
    chance = (len(decoys) - np.searchsorted(np.sort(decoys), bounds, "left")) / rounds
    doubt = DEVIATIONS * np.sqrt(chance + chance / rounds)  # of counts that scatter as rare events do
    # Only a report without a partner is linked by chance: how many have none is read off a first round.
    alone = 1 - max(0.0, float((found - chance - doubt).max())) / len(links)
    return 1 - int(bounds[int(np.argmax(found - alone * chance - doubt))])
