"""A second opinion on pairs, learned from what people confirmed: gradient-boosted trees, beside the additive weights.

Optional (`pip install parley-centre[learning]`): the weights stay the explanation of every link; trees see what sums
cannot, above all how a pair stands among its rivals.
"""

from collections.abc import Collection

import numpy as np

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.columns import NOWHERE, OPEN, SILENT, Columns, Ints
from parley.incidents.linkage.learning import Floats
from parley.incidents.linkage.window import gap_minutes, square_apart
from parley.incidents.lists import Lists
from parley.incidents.pairs import Known, Scored
from parley.model import InputError, Problem

ROUNDS = 250
BAGS = 5
"""Models learned from four fifths of the rows each; the mean of what they say is steadier than one."""
LEAST_ROWS = 50
"""Trees learned from fewer rows than these say little that weights do not."""


def features(lists: Lists, scored: Scored) -> Floats:
    """Return what the trees see of every pair; NaN where something is not given. Shape (pairs, features)."""
    reports, pairs = lists.columns, scored.compared.pairs
    left, right = pairs.left, pairs.right
    columns: list[Floats | Ints] = [*scored.compared.levels.values(), *scored.associated.values()]
    columns += [_apart(reports, pairs), reports.radius[left], reports.radius[right], gap_minutes(reports, left, right)]
    columns += [(reports.end - reports.start)[side] for side in (left, right)]
    for number in reports.ranges.values():
        bounds = [_given(bound[side]) for side in (left, right) for bound in (number.low, number.high)]
        columns += [*bounds, bounds[2] - bounds[0], bounds[3] - bounds[1], bounds[2] - bounds[1]]
    columns += [_frequent(term[side]) for term in reports.terms.values() for side in (left, right)]
    columns += [scored.weight, scored.chance]
    for rows in (left, right):
        columns += _among(rows, scored.weight)
    return np.column_stack(columns).astype(np.float64)


def second_opinion(lists: Lists, scored: Scored, known: Known, looked_at: Collection[int]) -> Floats:
    """Return how likely each pair is true, learned from the left rows that people *looked_at*, of all whose pairs those
    in *known* are true.

    Raises:
        InputError: fewer than `LEAST_ROWS` rows were looked at, or no pair of theirs is among those compared.
    """
    pairs = scored.compared.pairs
    train = np.flatnonzero(np.isin(pairs.left, sorted(looked_at)))
    both = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    true = [number for number, pair in enumerate(both) if pair in known]
    if len(looked_at) < LEAST_ROWS or not true or len(true) == len(train):
        raise InputError(
            Problem(
                file="labels",
                code="too-few-labels",
                params={"least": LEAST_ROWS, "looked_at": len(looked_at), "paired": len(true)},
                kept="nothing-at-all",
            )
        )
    return learn_order(features(lists, scored), pairs, true, train)


def learn_order(table: Floats, pairs: Pairs, true: Collection[int], train: Ints) -> Floats:
    """Return how likely each pair is true, learned from the pairs *train*, of which those in *true* are confirmed."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    label = np.zeros(len(table), dtype=bool)
    label[list(true)] = True
    rows = np.unique(pairs.left[train])
    chance = np.zeros(len(table))
    for bag in range(BAGS):
        left_out = np.random.default_rng(bag).choice(rows, len(rows) // 5, replace=False)
        inside = train[~np.isin(pairs.left[train], left_out)]
        model = HistGradientBoostingClassifier(
            max_iter=ROUNDS,
            learning_rate=0.05,
            max_leaf_nodes=15,
            min_samples_leaf=20,
            l2_regularization=1.0,
            max_features=0.5,
            random_state=bag,
        )
        model.fit(table[inside], label[inside])
        chance += model.predict_proba(table)[:, 1] / BAGS
    return chance


def _apart(reports: Columns, pairs: Pairs) -> Floats:
    given = (reports.lat[pairs.left] != NOWHERE) & (reports.lat[pairs.right] != NOWHERE)
    apart = np.full(len(pairs), np.nan)
    apart[given] = np.sqrt(square_apart(reports, pairs.left[given], pairs.right[given]))
    return apart


def _given(number: Ints) -> Floats:
    return np.where((number == SILENT) | (number == OPEN), np.nan, number)


def _frequent(term: Ints) -> Ints:
    """Return the rank of each term by how often it stands in a pair: trees part ranks, not names."""
    values, code, count = np.unique(term, return_inverse=True, return_counts=True)
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(-count, kind="stable")] = np.arange(len(values))
    return np.minimum(rank[code], 30)


def _among(rows: Ints, weight: Ints) -> list[Floats | Ints]:
    """Return how each pair stands among all pairs of its row: rank, distance to the best other, number of rivals."""
    order = np.lexsort((-weight, rows))
    begins = np.flatnonzero(np.r_[True, rows[order][1:] != rows[order][:-1]])
    length = np.diff(np.r_[begins, len(rows)])
    rank = np.empty(len(rows), dtype=np.int64)
    rank[order] = np.arange(len(rows)) - np.repeat(begins, length)
    best, second = (np.full(int(rows.max(initial=0)) + 1, weight.min(initial=0) - 1) for _ in range(2))
    np.maximum.at(best, rows, weight)
    np.maximum.at(second, rows[rank > 0], weight[rank > 0])
    margin = np.where(rank == 0, weight - second[rows], weight - best[rows])
    rivals = np.bincount(rows, weights=weight > best[rows] - 2000)[rows]
    odds = np.exp2(np.clip(weight / 1000, -40, 40))
    share = odds / (1 + np.bincount(rows, weights=odds))[rows]
    return [rank, margin, rivals, share]
