"""Streaming equals batch: in whatever order reports come, go or are judged, the incidents are those of all at once."""

from collections.abc import Sequence
from itertools import combinations
from random import Random

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents import standing
from parley.incidents.linkage.assignment import Judged, pair
from parley.incidents.linkage.clusters import cluster, weigh
from parley.incidents.linkage.columns import Columns
from parley.incidents.linkage.live import Kept, Live
from parley.incidents.linkage.weights import shipped
from parley.model import Judgement, RecordedJudgement


def at_once(reports: Columns, judged: Judged | None = None) -> Kept:
    """Return what `cluster` makes of *reports*, with everything named by entries; *judged* is given so too."""
    row = {entry: number for number, entry in enumerate(reports.entry.tolist())}
    by_row = Judged()
    if judged:
        together = (tuple(sorted(row[one] for one in group if one in row)) for group in judged.together)
        by_row = Judged(
            tuple(group for group in together if len(group) > 1),
            frozenset(pair(row[a], row[b]) for a, b in judged.apart if a in row and b in row),
            frozenset((row[a], row[b]) for a, b in judged.parts if a in row and b in row),
        )
    found = cluster(reports, weigh(reports, shipped()), by_row)
    first = [int(reports.entry[rows].min()) for rows in found.members]
    return Kept(
        {int(reports.entry[one]): first[k] for one, k in enumerate(found.incident.tolist()) if k >= 0},
        frozenset(
            (int(reports.entry[one]), first[k]) for one, k in zip(*map(np.ndarray.tolist, found.part), strict=True)
        ),
    )


def in_some_order(seed: int) -> int:
    """Prove one seeded order of arrivals, repetitions, withdrawals and returns; return how many joined others."""
    dice = Random(seed)
    reports = sample(dice.choice([20, 40, 60]), seed)
    rows = list(range(len(reports)))
    dice.shuffle(rows)
    gone = dice.sample(rows, len(rows) // 5)
    back = gone[:4]
    with Live(":memory:", shipped(), reports) as live:
        for row in rows:
            live.add(reports.take(np.array([row])))
            if row in gone and dice.random() < 0.5:
                live.withdraw([int(reports.entry[row])])
        live.add(reports.take(np.array(dice.sample([row for row in rows if row not in gone], 5))))
        live.withdraw(int(reports.entry[row]) for row in gone)
        live.add(reports.take(np.array(back)))
        left = np.array(sorted(set(rows) - set(gone[4:])))
        kept = live.kept()
    assert kept == at_once(reports.take(left)), f"seed {seed}"
    return len(left) - len(set(kept.incident.values()))


def test_a_store_that_was_filled_at_once_goes_on_as_any_other() -> None:
    for seed in range(10):
        reports = sample(60, seed)
        with Live(":memory:", shipped(), reports) as live:
            live.fill(reports.take(np.arange(40)))
            assert live.kept() == at_once(reports.take(np.arange(40)))
            live.add(reports.take(np.arange(40, 60)))
            live.withdraw([int(reports.entry[3])])
            assert live.kept() == at_once(reports.take(np.array([row for row in range(60) if row != 3])))
            with pytest.raises(ValueError, match="while it is empty"):
                live.fill(reports)


def test_streaming_equals_batch_in_40_orders() -> None:
    assert sum(map(in_some_order, range(40))) > 100


@pytest.mark.slow
def test_streaming_equals_batch_in_1000_orders() -> None:
    joins = sum(map(in_some_order, range(1000)))
    print(f"1,000 orders, {joins:,} reports joined to others: the same incidents as at once in all")


def judgements(reports: Columns, dice: Random, count: int) -> list[RecordedJudgement]:
    """Return random judgements on *reports*, many of which contradict each other."""
    entries = reports.entry.tolist()
    found = []
    for number in range(count):
        kind = dice.choice(["same", "different", "split", "part-of", "withdraw"])
        picked = dice.sample(entries, dice.choice([2, 2, 3, 4]))
        cut = dice.randint(1, len(picked) - 1)
        groups = {
            "same": (tuple(picked),),
            "different": (tuple(picked[:cut]), tuple(picked[cut:])),
            "split": (tuple(picked[:cut]), tuple(picked[cut:])),
            "part-of": (tuple(picked[:-1]),),
            "withdraw": (),
        }[kind]
        if kind == "withdraw" and not number:
            continue
        found.append(
            RecordedJudgement(
                entry=10_000 + number,
                judgement=Judgement(
                    kind=kind,  # type: ignore[arg-type]
                    groups=groups,
                    whole=picked[-1] if kind == "part-of" else None,
                    supersedes=(10_000 + dice.randrange(number),) if kind == "withdraw" else (),
                    by="A. Officer",
                    reason="the photographs",
                ),
            )
        )
    return found


def by_entries(given: Sequence[RecordedJudgement], reports: Columns) -> Judged:
    return standing(given).judged({entry: entry for entry in reports.entry.tolist()})


def told_in(entry: int, kept: Kept) -> set[int]:
    """Return the incidents of which a report tells."""
    return {kept.incident[entry]} if entry in kept.incident else {of for wider, of in kept.parts if wider == entry}


def replay(seed: int) -> int:
    """Prove that one random history of judgements is obeyed; return how many of them hold."""
    dice = Random(seed)
    reports = sample(12, seed)
    given = judgements(reports, dice, dice.randint(1, 6))
    dice.shuffle(given)
    holding = standing(given).holding
    kept = at_once(reports, by_entries(given, reports))
    for one in holding:
        said = one.judgement
        where = [[told_in(entry, kept) for entry in group] for group in said.groups]
        assert all(len(group) == 1 or len(set.intersection(*group)) == 1 for group in where), f"seed {seed}: {said}"
        assert not any(a & b for one, other in combinations(where, 2) for a in one for b in other), (
            f"seed {seed}: {said}"
        )
        if said.whole is not None:
            assert {(said.whole, incident) for incident in where[0][0]} <= kept.parts, f"seed {seed}: {said}"
    assert {one.entry for one in given} <= {one.entry for one in holding} | set(standing(given).superseded)
    return len(holding)


def test_no_judgement_is_violated_in_1500_replays() -> None:
    assert sum(map(replay, range(1500))) > 2000


@pytest.mark.slow
def test_no_judgement_is_violated_in_100000_replays() -> None:
    held = sum(map(replay, range(100_000)))
    print(f"100,000 replays, {held:,} judgements that hold: 0 violated")


@pytest.mark.parametrize("seed", range(25))
def test_judgements_come_and_go_between_reports(seed: int) -> None:
    dice = Random(seed)
    reports = sample(40, seed)
    rows = list(range(len(reports)))
    dice.shuffle(rows)
    given = judgements(reports, dice, 8)
    with Live(":memory:", shipped(), reports) as live:
        for number, row in enumerate(rows):
            live.add(reports.take(np.array([row])))
            if number % 5 == 4:
                live.judge(by_entries(given[: number // 5 + 1], reports))
        live.withdraw(int(reports.entry[row]) for row in rows[:6])
        left = reports.take(np.array(sorted(rows[6:])))
        assert live.kept() == at_once(left, by_entries(given[: len(rows) // 5], reports))
