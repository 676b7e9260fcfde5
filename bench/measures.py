"""How good a set of pairs is, held against pairs that people linked by hand: what bench/matching.py prints."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.lists import Lists

Pair = tuple[int, int]


def rates(found: set[Pair], gold: set[Pair]) -> tuple[float, float, float]:
    lefts, rights = {pair[0] for pair in gold}, {pair[1] for pair in gold}
    touched = [pair for pair in found if pair[0] in lefts or pair[1] in rights]
    true = len(found & gold)
    precision, recall = true / max(1, len(touched)), true / max(1, len(gold))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def told(found: set[Pair], gold: set[Pair]) -> str:
    precision, recall, both = rates(found, gold)
    return f"P {precision:.3f} R {recall:.3f} F1 {both:.4f}"


def touching(pairs: Pairs, gold: set[Pair]) -> np.ndarray:
    return np.isin(pairs.left, [pair[0] for pair in gold]) | np.isin(pairs.right, [pair[1] for pair in gold])


def calibration(chance: np.ndarray, truth: np.ndarray, counted: np.ndarray) -> float:
    """Return the expected calibration error in ten bins, of pairs that touch a gold pair."""
    chance, truth = chance[counted], truth[counted]
    bins = np.minimum((chance * 10).astype(int), 9)
    return sum(
        abs(chance[bins == one].mean() - truth[bins == one].mean()) * (bins == one).mean() for one in set(bins.tolist())
    )


def pick(pairs: Pairs, which: Sequence[int]) -> set[Pair]:
    return set(zip(pairs.left[which].tolist(), pairs.right[which].tolist(), strict=True)) if len(which) else set()


def gold_pairs(lists: Lists, path: Path) -> tuple[set[Pair], int]:
    left = {name: row for row, name in enumerate(lists.ids[: lists.left])}
    right = {name: row + lists.left for row, name in enumerate(lists.ids[lists.left :])}
    rows = list(csv.DictReader(path.open(encoding="utf-8-sig")))
    known = {(left[row["a"]], right[row["b"]]) for row in rows if row["a"] in left and row["b"] in right}
    return known, len(rows) - len(known)


def stated(pairs: Pairs, links: Sequence[int], gold: set[Pair]) -> np.ndarray:
    """Return which pairs are stated links that touch a gold pair."""
    there = np.zeros(len(pairs), dtype=bool)
    there[list(links)] = True
    return there & touching(pairs, gold)
