"""Whether chances hold, and whether few labels harm, by stretches of time that are held out."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from measures import Pair, calibration, pick, rates, stated, told
from parley.incidents.lists import Lists, Spec
from parley.incidents.pairs import Scored, link, score, sure

BLOCKS, SLACK_DAYS = 4, 5
LABELS = (10, 30, 100, 300)


def _blocks(lists: Lists, gold: set[Pair]) -> list[tuple[int, int]]:
    """Return the first day and the day after the last of stretches of time with as many gold pairs each."""
    days = np.sort(lists.columns.start[[left for left, _ in gold]] // 1440)
    bounds = [int(days[len(days) * part // BLOCKS]) for part in range(BLOCKS)]
    return list(zip([-(10**6), *bounds[1:]], [*bounds[1:], 10**6], strict=True))


def _stretches(lists: Lists, gold: set[Pair]) -> Iterable[tuple[Lists, set[Pair]]]:
    """Yield each stretch of time as lists of its own, with its gold pairs."""
    days, left = lists.columns.start // 1440, np.arange(len(lists.ids)) < lists.left
    for first, end in _blocks(lists, gold):
        slack = np.where(left, 0, SLACK_DAYS)
        rows = np.flatnonzero((days >= first - slack) & (days < end + slack))
        row = {old: new for new, old in enumerate(rows.tolist())}
        columns = replace(lists.columns.take(rows), entry=np.arange(len(rows)))
        part = Lists(columns, tuple(lists.ids[old] for old in rows.tolist()), int(left[rows].sum()))
        yield part, {(row[a], row[b]) for a, b in gold if a in row and b in row}


def alone(lists: Lists, spec: Spec, gold: set[Pair]) -> None:
    """Print how well each stretch of time is matched by itself, and how far its stated chances are off."""
    for number, (part, known) in enumerate(_stretches(lists, gold), 1):
        scored = score(part, spec)
        pairs = scored.compared.pairs
        links, _ = sure(scored, link(part, pairs, scored.weight))
        truth = np.array([pair in known for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)])
        error = calibration(scored.chance, truth, stated(pairs, links, known))
        print(f"  stretch {number} alone: {told(pick(pairs, links), known)}, error of stated chances {error:.3f}")


def few_labels(lists: Lists, spec: Spec, scored: Scored, gold: set[Pair], draws: int = 3) -> None:
    """Print what few labels of other stretches change in the one that is held out: on the mean, and at worst."""
    dice = np.random.default_rng(15)
    days = lists.columns.start // 1440
    for count in LABELS:
        changes = []
        for first, end in _blocks(lists, gold):
            inside = {pair for pair in gold if first <= days[pair[0]] < end}
            others = sorted(gold - inside)
            for _ in range(draws if count < len(others) else 0):
                known = {others[number] for number in dice.choice(len(others), count, replace=False)}
                learned = score(lists, spec, known)
                before, after = (rates(_found(lists, one, (first, end)), inside)[2] for one in (scored, learned))
                changes.append(after - before)
        if changes:
            print(f"  {count} labels of other stretches: F1 {np.mean(changes):+.3f}, at worst {min(changes):+.3f}")


def _found(lists: Lists, scored: Scored, block: tuple[int, int]) -> set[Pair]:
    """Return the links of left rows within *block*."""
    days, pairs = lists.columns.start // 1440, scored.compared.pairs
    links, _ = sure(scored, link(lists, pairs, scored.weight))
    return {pair for pair in pick(pairs, links) if block[0] <= days[pair[0]] < block[1]}
