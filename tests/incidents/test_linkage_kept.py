"""Kept equals whole: in whatever order reports come, go, change or are judged, the incidents are those of all at once.

What a change does not touch is not asked again: incidents are followed as a centre would, by the touched components.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents import standing
from parley.incidents.linkage import kept
from parley.incidents.linkage.assignment import NOTHING_JUDGED, Judged, pair
from parley.incidents.linkage.blocking import near_others
from parley.incidents.linkage.clusters import Clusters, Weighed, cluster, gains, limits_of, weigh, wider_rows
from parley.incidents.linkage.columns import AGGREGATE, Columns, joined
from parley.incidents.linkage.kept import Crowded, Links
from parley.incidents.linkage.weights import shipped
from parley.incidents.linkage.window import WINDOW
from parley.model import Judgement, RecordedJudgement

Incident = frozenset[int]
TABLES = ("link_report", "link_found", "link_pair", "link_judged")


@dataclass(frozen=True)
class Matched:
    """The incidents as the entries of their reports; (wider report, an incident of which it tells among others)."""

    incidents: frozenset[Incident]
    parts: frozenset[tuple[int, Incident]]


def opened() -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(":memory:", isolation_level=None))


def rows_of(reports: Columns, entries: Iterable[int]) -> np.ndarray:
    asked = set(entries)
    return np.array([row for row, entry in enumerate(reports.entry.tolist()) if entry in asked], dtype=np.int64)


def by_rows(judged: Judged, reports: Columns) -> Judged:
    """Return what is *judged* of the entries of *reports* as what is judged of their rows."""
    row = {entry: number for number, entry in enumerate(reports.entry.tolist())}
    together = (tuple(sorted(row[one] for one in group if one in row)) for group in judged.together)
    return Judged(
        tuple(group for group in together if len(group) > 1),
        frozenset(pair(row[a], row[b]) for a, b in judged.apart if a in row and b in row),
        frozenset((row[a], row[b]) for a, b in judged.parts if a in row and b in row),
        frozenset(row[b] for a, b in judged.parts if a not in row and b in row),
    )


def named(found: Clusters, reports: Columns) -> Matched:
    members = [frozenset(reports.entry[rows].tolist()) for rows in found.members]
    whole, part = (side.tolist() for side in found.part)
    return Matched(
        frozenset(members),
        frozenset((int(reports.entry[row]), members[at]) for row, at in zip(whole, part, strict=True)),
    )


def at_once(reports: Columns, judged: Judged = NOTHING_JUDGED) -> Matched:
    return named(cluster(reports, weigh(reports, shipped()), by_rows(judged, reports)), reports)


def weighs(weighed: Weighed, reports: Columns, wider: np.ndarray) -> set[tuple[int, int, int, bool]]:
    """Return (entry, entry, weight, usable) of the pairs that are weighed, but for those of two wider reports."""
    left, right = weighed.pairs.left, weighed.pairs.right
    one_narrow = ~(wider[left] & wider[right])
    columns = (reports.entry[left], reports.entry[right], weighed.weight, weighed.usable)
    return set(zip(*(column[one_narrow].tolist() for column in columns), strict=True))


class Centre:
    """Reports and judgements as they stand, their links, and the incidents as they follow from what is touched."""

    def __init__(self, base: sqlite3.Connection, reports: Columns) -> None:
        self.links = Links(base)
        self.reports = reports.take(np.zeros(0, dtype=np.int64))
        self.judged = NOTHING_JUDGED
        self.matched = Matched(frozenset(), frozenset())

    def take(self, here: Iterable[int], reports: Columns) -> set[int]:
        """Put *reports* in the place of those at *here*; return what was asked again."""
        entries = reports.entry.tolist()
        stay = rows_of(self.reports, {*self.reports.entry.tolist()} - {*here, *entries})
        self.reports = joined([self.reports.take(stay), reports])
        self.reports = self.reports.take(np.argsort(self.reports.entry))
        turned = replace(reports, entry=np.arange(len(reports)))  # they are called by their entries, not by the column
        return self._follow(*self.links.replace(set(here), turned, entries))

    def judge(self, judged: Judged) -> set[int]:
        """Obey *judged*; only those are given of whom it says something else than before."""
        before, self.judged = self.judged, judged
        changed = (
            {*before.together} ^ {*judged.together} | (before.parts ^ judged.parts) | (before.apart ^ judged.apart)
        )
        here = {entry for group in changed for entry in group}
        here |= {entry for group in (*before.together, *judged.together) if here & {*group} for entry in group}
        of_here = Judged(
            tuple(group for group in judged.together if here & {*group}),
            frozenset(both for both in judged.apart if here & {*both}),
            parts=frozenset(both for both in judged.parts if here & {*both}),
        )
        return self._follow(self.links.judge(here, of_here), set())

    def _follow(self, touched: set[int], gone: set[int]) -> set[int]:
        part = self.links.component(touched)
        again = part.members | gone
        incidents = {one for one in self.matched.incidents if not one & (again | part.wider)}
        parts = {(wider, one) for wider, one in self.matched.parts if not one & again and wider not in again}
        reports = self.reports.take(rows_of(self.reports, part.members | part.wider))
        judged = by_rows(self.judged, reports)
        found = named(cluster(reports, self.links.weighed(reports, reports.entry.tolist()), judged), reports)
        parts = {(wider, one) for wider, one in parts if not (len(one) == 1 and one <= part.wider)} | found.parts
        telling = {wider for wider, _ in parts}
        incidents |= {one for one in found.incidents if not (one <= part.wider and one <= telling)}
        self.matched = Matched(frozenset(incidents), frozenset(parts))
        return part.members | part.wider

    def prove(self, seed: object) -> None:
        """Prove that all stands as it does at once, component by component too."""
        assert self.matched == at_once(self.reports, self.judged), f"seed {seed}"
        weighed = weigh(self.reports, shipped())
        assert self.links.left_out() == weighed.left_out, f"seed {seed}"
        wider = wider_rows(self.reports, by_rows(self.judged, self.reports))
        left = {*self.reports.entry[~wider].tolist()}
        told: dict[int, set[int]] = {entry: set() for entry in self.reports.entry[wider].tolist()}
        while left:
            part = self.links.component({left.pop()})
            left -= part.members
            for one in part.wider:
                told[one] |= part.members
            rows = rows_of(self.reports, part.members | part.wider)
            here = self.reports.take(rows)
            found = weighs(self.links.weighed(here, here.entry.tolist()), here, wider[rows])
            inside = {*here.entry.tolist()}
            assert not wider[rows_of(self.reports, part.members)].any()
            assert wider[rows_of(self.reports, part.wider)].all()
            assert found == {row for row in weighs(weighed, self.reports, wider) if inside.issuperset(row[:2])}, (
                f"seed {seed}"
            )
        for one, members in told.items():
            assert self.links.component({one}).members == members, f"seed {seed}"


def moves(
    centre: Centre, reports: Columns, changed: Columns, given: Sequence[RecordedJudgement], dice: Random
) -> Iterator[None]:
    """Let some of *reports* come, change to what is *changed* or go, or some of *given* be judged; again and again."""
    count = len(reports)
    for _ in range(dice.randint(6, 16)):
        rows = np.array(dice.sample(range(count), dice.choice([1, 1, 2, 5, count // 3])))
        match dice.choice(["come", "come", "come", "change", "go", "judge"]):
            case "come":
                centre.take((), reports.take(rows))
            case "change":
                few, gone = rows[: len(rows) // 2 + 1], reports.entry[rows].tolist()
                centre.take(gone, changed.take(few))
            case "go":
                centre.take(reports.entry[rows].tolist(), reports.take(rows[:0]))
            case "judge":
                centre.judge(by_entries(dice.sample(given, dice.randint(0, len(given))), reports))
        yield


def in_some_order(seed: int) -> int:
    """Prove one seeded history of arrivals, changes, withdrawals and judgements; return how many joined others."""
    dice = Random(seed)
    count = dice.choice([20, 40, 60])
    reports, changed = sample(count, seed), sample(count, seed + 100_000)
    given = judgements(reports, dice, 8)
    with opened() as base:
        centre = Centre(base, reports)
        for _ in moves(centre, reports, changed, given, dice):
            centre.prove(seed)
        return len(centre.reports) - len(centre.matched.incidents)


def test_kept_equals_whole_in_40_histories() -> None:
    assert sum(map(in_some_order, range(40))) > 100


@pytest.mark.slow
def test_kept_equals_whole_in_1000_histories() -> None:
    joins = sum(map(in_some_order, range(1000)))
    print(f"1,000 histories, {joins:,} reports joined to others: after each step the same incidents as at once")


@pytest.mark.parametrize("seed", range(12))
def test_who_told_of_a_report_that_turns_wider_or_narrow_is_asked_again(seed: int) -> None:
    reports = sample(30, seed, days=2)
    with opened() as base:
        centre = Centre(base, reports)
        centre.take((), reports)
        *alone, other = sorted(min(one) for one in centre.matched.incidents if len(one) == 1)
        for one in alone:
            centre.judge(Judged(parts=frozenset({(other, one)})))
            centre.prove(seed)
            centre.judge(Judged(((one, other),)))
            centre.prove(seed)
            centre.take([other], reports.take(np.zeros(0, dtype=np.int64)))
            centre.prove(seed)
            centre.take((), reports.take(rows_of(reports, [other])))
            centre.prove(seed)
            centre.judge(NOTHING_JUDGED)


def dumped(base: sqlite3.Connection) -> list[list[tuple[object, ...]]]:
    return [sorted(base.execute(f"SELECT * FROM {table}").fetchall()) for table in TABLES]


@pytest.mark.parametrize("seed", range(10))
def test_what_is_filled_at_once_is_kept_as_if_it_had_come_one_by_one(seed: int) -> None:
    dice = Random(seed)
    reports = sample(60, seed)
    judged = by_entries(judgements(reports, dice, 8), reports)
    with opened() as base, opened() as other:
        filled, single = Links(base), Centre(other, reports)
        filled.fill(sample(9, seed + 1), *gains(sample(9, seed + 1), shipped())[:2])  # what was kept before is gone
        filled.fill(reports, *gains(reports, shipped())[:2], judged)
        single.judge(judged)
        for row in dice.sample(range(60), 60):
            single.take((), reports.take(np.array([row])))
        single.prove(seed)
        assert dumped(base) == dumped(other)


def test_what_is_the_same_touches_nothing() -> None:
    reports = sample(40, 3)
    with opened() as base:
        centre = Centre(base, reports)
        centre.take((), reports)
        centre.judge(by_entries(judgements(reports, Random(3), 8), reports))
        assert centre.links.replace({*reports.entry.tolist()}, reports, reports.entry.tolist()) == (set(), set())
        assert centre.links.judge({*reports.entry.tolist()}, centre.judged) == set()


def test_one_report_more_touches_what_is_near_it_alone() -> None:
    reports = sample(200, 4, days=200)
    with opened() as base:
        centre = Centre(base, reports)
        centre.take((), reports.take(np.arange(150)))
        asked = [len(centre.take((), reports.take(np.array([row])))) for row in range(150, 200)]
        centre.prove(4)
    assert sum(asked) / 50 < 10


def test_its_callers_transaction_holds_all() -> None:
    reports = sample(40, 5)
    with opened() as base:
        base.execute("BEGIN")
        Links(base).fill(reports, *gains(reports, shipped())[:2])
        base.execute("ROLLBACK")
        assert not base.execute("SELECT name FROM sqlite_master").fetchall()
        links = Links(base)
        links.fill(reports.take(np.arange(30)), *gains(reports.take(np.arange(30)), shipped())[:2])
        before, part = dumped(base), links.component(reports.entry[:9].tolist())
        base.execute("BEGIN")
        links.replace({*reports.entry[:9].tolist()}, reports.take(np.arange(9, 40)), reports.entry[9:].tolist())
        links.judge(set(), Judged(together=(tuple(reports.entry[12:14].tolist()),)))
        assert dumped(base) != before
        base.execute("ROLLBACK")
        assert dumped(base) == before
        assert links.component(reports.entry[:9].tolist()) == part


@pytest.mark.parametrize(("seed", "kinds"), [(seed, kinds) for seed in range(6) for kinds in (2, 5)])
def test_a_crowd_is_told_as_soon_as_the_whole_has_one(seed: int, kinds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = sample(120, seed)
    reports = reports.take(np.flatnonzero(reports.source < kinds))  # the fifth source is the wider one
    limits = [limits_of(reports.take(np.arange(n)), shipped()) for n in range(len(reports) + 1)]
    near = [int(near_others(reports.take(np.arange(n)), WINDOW, one).max(initial=0)) for n, one in enumerate(limits)]
    monkeypatch.setattr(kept, "MOST_NEAR", near[-1] * 2 // 3)
    with opened() as base:
        links = Links(base)
        for row in range(len(reports)):
            one = reports.take(np.array([row]))
            if near[row + 1] > kept.MOST_NEAR:
                with pytest.raises(Crowded):
                    links.replace(set(), one, one.entry.tolist())
                break
            links.replace(set(), one, one.entry.tolist())
        assert 20 < row < len(reports) - 1


@pytest.mark.parametrize("seed", range(8))
def test_one_report_that_is_near_many_or_makes_all_look_farther_is_told_too(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = sample(60, seed)
    if seed % 2:  # the wider ones first, or last
        reports = reports.take(np.argsort((reports.cardinality == AGGREGATE) * (seed % 4 - 2), kind="stable"))
    asked = 0
    for count in range(5, len(reports)):
        before, after = (reports.take(np.arange(n)) for n in (count, count + 1))
        near, more = (
            int(near_others(one, WINDOW, limits_of(one, shipped())).max(initial=0)) for one in (before, after)
        )
        if more > near:
            asked += 1
            with opened() as base, monkeypatch.context() as patched:
                patched.setattr(kept, "MOST_NEAR", more - 1)
                links = Links(base)
                links.fill(before, *gains(before, shipped())[:2])
                with pytest.raises(Crowded):
                    links.replace(set(), reports.take(np.array([count])), [int(reports.entry[count])])
    assert asked > 10


def test_where_the_whole_has_a_crowd_nothing_is_kept_until_all_is_filled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = sample(60, 1)
    entries = reports.entry.tolist()
    with opened() as base:
        links = Links(base)
        with monkeypatch.context() as patched:
            patched.setattr(kept, "MOST_NEAR", 10)
            links.fill(reports, *gains(reports, shipped())[:2])
            assert not links.present(entries)
            for asked in (
                lambda: links.replace(set(), reports.take(np.arange(1)), entries[:1]),
                lambda: links.judge(set(), NOTHING_JUDGED),
                lambda: links.component(entries[:1]),
            ):
                with pytest.raises(Crowded):
                    asked()
        links.fill(reports, *gains(reports, shipped())[:2])
        assert links.component(entries).members


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


def test_what_tells_of_several_does_so_where_none_of_them_is_among_the_rows() -> None:
    said = Judgement(kind="part-of", groups=((1, 2),), whole=3, by="A. Officer", reason="the photographs")
    judged = standing([RecordedJudgement(entry=9, judgement=said)]).judged({3: 0})
    assert judged == Judged(wholes=frozenset({0}))
    reports = sample(1, 0)
    assert not wider_rows(reports, NOTHING_JUDGED).any()
    assert wider_rows(reports, judged).all()


def by_entries(given: Sequence[RecordedJudgement], reports: Columns) -> Judged:
    return standing(given).judged({entry: entry for entry in reports.entry.tolist()})


def told_in(entry: int, matched: Matched) -> set[Incident]:
    """Return the incidents of which a report tells."""
    own = {one for one in matched.incidents if entry in one}
    return own or {one for wider, one in matched.parts if wider == entry}


def replay(seed: int) -> int:
    """Prove that one random history of judgements is obeyed; return how many of them hold."""
    dice = Random(seed)
    reports = sample(12, seed)
    given = judgements(reports, dice, dice.randint(1, 6))
    dice.shuffle(given)
    holding = standing(given).holding
    matched = at_once(reports, by_entries(given, reports))
    for one in holding:
        said = one.judgement
        where = [[told_in(entry, matched) for entry in group] for group in said.groups]
        assert all(len(group) == 1 or len(set.intersection(*group)) == 1 for group in where), f"seed {seed}: {said}"
        assert not any(a & b for one, other in combinations(where, 2) for a in one for b in other), (
            f"seed {seed}: {said}"
        )
        if said.whole is not None:
            assert {(said.whole, incident) for incident in where[0][0]} <= matched.parts, f"seed {seed}: {said}"
    assert {one.entry for one in given} <= {one.entry for one in holding} | set(standing(given).superseded)
    return len(holding)


def test_no_judgement_is_violated_in_1500_replays() -> None:
    assert sum(map(replay, range(1500))) > 2000


@pytest.mark.slow
def test_no_judgement_is_violated_in_100000_replays() -> None:
    held = sum(map(replay, range(100_000)))
    print(f"100,000 replays, {held:,} judgements that hold: 0 violated")
