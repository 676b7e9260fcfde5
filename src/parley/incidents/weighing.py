"""Weights for one centre, learned from its own reports, and from what people judged to be the same."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from parley.incidents.judgements import standing
from parley.incidents.linkage.comparison import levels_of
from parley.incidents.linkage.learning import Compared, by_chance, compare, learn, start_of
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.placed import placed_reports
from parley.incidents.reading import RANGES, columns_of
from parley.model import JudgementError, RecordedJudgement, RecordedReport, Weighing

APART_DAYS = 9
"""By so many days one source is moved farther than the one before: beyond what is compared."""
LEAST_CHANCE_PAIRS = 300
"""Fewer pairs by chance tell too little of how alike strangers are."""


def learned_weights(
    reports: Sequence[RecordedReport],
    judgements: Iterable[RecordedJudgement] = (),
    origins: Mapping[int, int] | None = None,
) -> tuple[Weights, int]:
    """Return weights learned from *reports*, and from how many confirmed pairs.

    Raises:
        JudgementError: there are too few reports of different sources near each other to learn from.
    """
    placed = placed_reports(reports)
    if len(placed) < 2:
        raise JudgementError("there are no reports to learn from")
    columns = columns_of(placed, origins)
    true = compare(columns)
    # Each source is moved by days of its own, so that no pair of two sources is of one happening.
    _, first, source = np.unique(columns.source, return_index=True, return_inverse=True)
    source = np.argsort(np.argsort(first))[source]
    chance = by_chance(columns, [sign * source * APART_DAYS for sign in (1, -1)])
    count = sum(len(one.pairs) for one in chance)
    if count < LEAST_CHANCE_PAIRS:
        raise JudgementError(
            f"there are {count} pairs of reports that are near each other by chance; weights are learned from "
            f"{LEAST_CHANCE_PAIRS} or more. The packaged weights stay in use"
        )
    row = {one.entry: number for number, one in enumerate(placed)}
    confirmed = _confirmed(true, standing(judgements).judged(row).together)
    weights = learn(columns, true, chance, confirmed)
    best = _best(true, weights)
    start = start_of(best, np.concatenate([_best(one, weights) for one in chance]), len(chance))
    return Weights(weights.fields, start, "learned"), len(confirmed.pairs)


def weights_of(said: Weighing) -> Weights:
    """Return the table that a statement in the record takes up.

    Raises:
        JudgementError: it was made for other levels than those that this version compares by.
    """
    fields = _as_now(said.fields)
    if fields.keys() != shipped().fields.keys():
        raise JudgementError(
            f"the recorded weights are of another version of Parley: expected {', '.join(shipped().fields)}"
        )
    for field, table in fields.items():
        count = len(levels_of(field, field in RANGES))
        if len(table) != count:
            raise JudgementError(
                f"the recorded weights of {field!r} are of another version of Parley: {len(table)} of them, expected "
                f"{count}, one for each way in which two reports may agree"
            )
    return Weights(fields, said.start, "learned")


def _as_now(fields: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Return a recorded table with the levels of today that say the same: of old, words were not compared, and no
    address was a different one, and the same point was near."""
    now = dict(fields)
    if len(now.get("place", ())) == len(levels_of("place", False)) - 1:
        now["place"] = (*now["place"][:2], *now["place"][1:])
    if "words" not in now:
        now["words"] = (0,) * len(levels_of("words", False))
    if len(now.get("link", ())) == 2:
        now["link"] = (now["link"][0], *now["link"])
    return now


def _confirmed(true: Compared, together: Iterable[Sequence[int]]) -> Compared:
    keys = {(a, b) for group in together for a in group for b in group if a < b}
    pairs = zip(true.pairs.left.tolist(), true.pairs.right.tolist(), strict=True)
    which = np.array([pair in keys for pair in pairs], dtype=bool)
    return true.take(which)


def _best(compared: Compared, weights: Weights) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the greatest weight of each report that is in a pair."""
    weight = weights.sum(compared.levels)
    rows = np.concatenate([compared.pairs.left, compared.pairs.right])
    order = np.lexsort((-np.concatenate([weight, weight]), rows))
    first = np.ones(len(order), dtype=bool)
    first[1:] = rows[order][1:] != rows[order][:-1]
    return np.concatenate([weight, weight])[order[first]]
