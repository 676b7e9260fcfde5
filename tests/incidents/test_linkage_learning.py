"""Weights from data: what is seen by chance comes from decoys, and where links begin from how decoys score."""

from dataclasses import replace

import numpy as np
import pytest
from linkage_samples import sample
from valley_reports import MILL, beside, day, told

from parley.incidents import learned_weights, match, weights_of
from parley.incidents.linkage.columns import AGGREGATE, INCIDENTS, Columns, Range, joined
from parley.incidents.linkage.comparison import ALIKE, levels_of, scales
from parley.incidents.linkage.learning import _mixed, compare, decoys, learn, start_of
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.placed import placed_reports
from parley.incidents.reading import columns_of
from parley.model import Judgement, JudgementError, RecordedJudgement, RecordedReport, Weighing

DAYS = 200


def two_lists(seed: int, shared: int, alone: int) -> tuple[list[RecordedReport], set[tuple[int, int]]]:
    """Return reports of two sources, *shared* happenings told by both and *alone* by each alone, and the true pairs."""
    dice = np.random.default_rng(seed)
    reports, pairs = [], set()

    def report(entry: int, source: str, spot: int, when: int, dead: int) -> RecordedReport:
        place = beside(MILL, 6_000 * spot + float(dice.uniform(0, 900)), bearing=0, radius_m=1_000)
        named = replace(place, name=f"Farm {chr(65 + spot % 20)}")
        date = f"2031-{1 + when // 28:02d}-{1 + when % 28:02d}"
        return told(entry, day(date), named, source=source, file=source, row=entry, also={"deaths": dead})

    for number in range(shared + 2 * alone):
        spot, when, dead = int(dice.integers(0, 20)), int(dice.integers(0, DAYS)), int(dice.integers(0, 9))
        sources = "AB" if number < shared else "A" if number < shared + alone else "B"
        entries = []
        for source in sources:
            entries.append(len(reports))
            reports.append(report(len(reports), source, spot, when, dead))
        if len(entries) == 2:
            pairs.add((entries[0], entries[1]))
    return reports, pairs


def test_weights_learned_without_labels_find_the_pairs() -> None:
    reports, pairs = two_lists(1, shared=150, alone=150)
    weights, confirmed = learned_weights(reports)
    found = {one.entries for one in match(reports, weights=weights) if len(one.entries) == 2}
    right = len(found & pairs)
    assert confirmed == 0
    assert right / len(pairs) > 0.9
    assert right / len(found) > 0.85
    assert weights.fields["place"][1] > weights.fields["place"][-1]
    assert weights.fields["name"][4] > 1000 > weights.fields["name"][1]


def test_where_nothing_is_shared_not_a_tenth_is_linked() -> None:
    reports, _ = two_lists(2, shared=0, alone=300)
    weights, _ = learned_weights(reports)
    assert sum(len(one.entries) > 1 for one in match(reports, weights=weights)) < 60


def test_confirmed_pairs_move_the_weights() -> None:
    reports, pairs = two_lists(3, shared=120, alone=150)
    judgements = [
        RecordedJudgement(
            entry=10_000 + number, judgement=Judgement(kind="same", groups=(pair,), by="A. Officer", reason="seen")
        )
        for number, pair in enumerate(sorted(pairs)[:60])
    ]
    before, _ = learned_weights(reports)
    after, confirmed = learned_weights(reports, judgements)
    assert confirmed == 60
    # All confirmed pairs tell the same number of dead, which is known beforehand of a quarter only.
    assert after.fields["deaths"][3] > before.fields["deaths"][3]


def test_too_few_reports_are_refused_with_a_sentence() -> None:
    with pytest.raises(JudgementError, match="weights are learned from 300 or more"):
        learned_weights([told(0), told(1)])
    with pytest.raises(JudgementError, match="no reports to learn from"):
        learned_weights([])


def test_links_begin_where_decoys_score_less_often() -> None:
    dice = np.random.default_rng(4)
    chance = dice.normal(0, 1000, 7500).astype(np.int64)
    true = dice.normal(6000, 1000, 500).astype(np.int64)
    start = start_of(np.concatenate([true, chance[:500]]), chance[500:], 7.0)  # 1,000 a round
    assert -4500 < start < -1500
    assert start_of(np.zeros(0, dtype=np.int64), chance, 8.0) == 0


def test_not_given_weighs_nothing_and_the_same_lists_give_the_same_weights() -> None:
    def lists() -> Columns:
        one, other = sample(300, 5, days=60), sample(300, 6, days=60)
        return joined(
            [
                Columns(
                    **{**vars(part), "source": part.source * 0 + number, "cardinality": part.source * 0 + INCIDENTS}
                )
                for number, part in enumerate((one, other))
            ]
        )

    def learned(reports: Columns) -> Weights:
        return learn(reports, compare(reports), decoys(reports, np.arange(600) < 300))

    reports = lists()
    weights = learned(reports)
    assert weights.fields["place"][0] == weights.fields["name"][0] == weights.fields["deaths"][0] == 0
    assert weights == learned(lists())
    assert len(compare(reports).pairs) > 0


def test_every_level_stands_in_one_group_of_one_scale_or_is_silence() -> None:
    for field, is_range in (
        ("place", False),
        ("time", False),
        ("name", False),
        ("link", False),
        ("words", False),
        ("n", True),
        ("t", False),
    ):
        grouped = [level for scale in scales(field, is_range) for group in scale.groups for level in group]
        silent = set(range(len(levels_of(field, is_range)))) - set(grouped)
        assert len(grouped) == len(set(grouped))
        assert silent == (set() if field == "time" else {0})


def wider_lists(seed: int, told: float) -> tuple[Columns, list[tuple[int, int]]]:
    """Return a list of incidents and a wider one that counts as many in a share *told* of them, in the others more."""
    dice = np.random.default_rng(seed)
    one = sample(600, seed, days=200)
    none = np.zeros(600, dtype=np.int64)
    dead = dice.integers(0, 20, 600)
    base = {**vars(one), "origin": none, "link": none, "start": one.start // 1440 * 1440, "terms": {}}
    base["end"] = base["start"] + 1440
    whole = np.where(dice.random(600) < told, dead, dead + dice.integers(1, 30, 600))
    left = Columns(**{**base, "source": none, "cardinality": none + INCIDENTS, "ranges": {"dead": Range(dead, dead)}})
    right = Columns(
        **{**base, "source": none + 1, "cardinality": none + AGGREGATE, "ranges": {"dead": Range(whole, whole)}}
    )
    reports = joined([left, right])
    return Columns(**{**vars(reports), "entry": np.arange(1200)}), [(row, row + 600) for row in range(600)]


def test_a_part_that_counts_more_than_the_whole_speaks_against_it_and_one_that_counts_fewer_does_not() -> None:
    reports, _ = wider_lists(4, told=0.5)
    weights = learn(reports, compare(reports), decoys(reports, np.arange(1200) < 600))
    same, _, _, _, more, _, *fewer = weights.fields["dead"][ALIKE + 4 * 9 :]  # of five or more
    assert same > more > max(fewer)


def test_confirmed_pairs_move_what_a_part_weighs() -> None:
    reports, pairs = wider_lists(5, told=1)
    true, false = compare(reports), decoys(reports, np.arange(1200) < 600)
    keys = {left * 1200 + right for left, right in pairs}
    confirmed = true.take(np.isin(true.pairs.left * 1200 + true.pairs.right, sorted(keys)))
    before, after = learn(reports, true, false), learn(reports, true, false, confirmed)
    assert after.fields["dead"][ALIKE + 9] > before.fields["dead"][ALIKE + 9] > 0


def test_recorded_weights_of_other_levels_are_refused_with_a_sentence() -> None:
    fields = {**shipped().fields, "deaths": (0,) * 8}
    said = Weighing(fields=fields, start=0, reports=9, confirmed=0, by="A. Officer", reason="a test")
    with pytest.raises(JudgementError, match=r"'deaths' are of another version of Parley: 8 of them, expected 53"):
        weights_of(said)


def test_a_level_that_no_pair_stands_on_weighs_what_the_packaged_table_says() -> None:
    reports, _ = wider_lists(6, told=0.5)
    weights = learn(reports, compare(reports), decoys(reports, np.arange(1200) < 600))
    assert set(weights.fields["dead"][:ALIKE]) == {0}  # no two reports of a kind; the table has no "dead"
    assert weights.fields["link"][1] == shipped().fields["link"][1]
    assert weights.fields["time"][4] == shipped().fields["time"][4]  # within two hours


@pytest.mark.parametrize(("off_m", "nearest_says_more"), [(300, True), (3_000, False)])
def test_how_honest_the_radii_are_is_read_off_the_lists(off_m: float, nearest_says_more: bool) -> None:
    weights, _ = learned_weights(reports_off_by(off_m))
    near, far = weights.fields["place"][1], max(weights.fields["place"][2:5])
    assert (near > far) == nearest_says_more


def reports_off_by(metres: float) -> list[RecordedReport]:
    """Return 300 happenings told by two sources, the second of which is *metres* off with a radius of a kilometre."""
    dice = np.random.default_rng(8)
    reports = []
    for number in range(300):
        spot, when, dead = int(dice.integers(0, 20)), int(dice.integers(0, DAYS)), int(dice.integers(1, 40))
        date = f"2031-{1 + when // 28:02d}-{1 + when % 28:02d}"
        for source, off in (("A", 0.0), ("B", metres)):
            place = beside(MILL, 500 * spot + off, bearing=0, radius_m=1_000)
            named = replace(place, name=f"Farm {chr(65 + spot)}")
            entry = len(reports)
            reports.append(told(entry, day(date), named, source=source, file=source, row=number, also={"deaths": dead}))
    return reports


def test_weights_that_were_recorded_of_old_weigh_what_they_did() -> None:
    now = shipped().fields
    old = {name: table for name, table in now.items() if name != "words"}
    old |= {"link": (-100, 2000), "place": (0, 3000, 2200, 1400, 300, -900, -2000, -3500, -6000)}
    said = Weighing(fields=old, start=-3000, reports=9, confirmed=0, by="A. Officer", reason="a test")
    fields = weights_of(said).fields
    assert fields["link"] == (-100, -100, 2000)
    assert fields["place"] == (0, 3000, 3000, *old["place"][2:])
    assert set(fields["words"]) == {0} and fields["time"] == now["time"]
    assert {name: len(table) for name, table in fields.items()} == {name: len(table) for name, table in now.items()}


def test_the_start_moves_little_with_one_row_and_the_clear_gap_is_kept() -> None:
    dice = np.random.default_rng(5)
    chance = dice.normal(-4000, 1500, 4000).astype(np.int64)
    true = dice.normal(6000, 2500, 300).astype(np.int64)
    links = np.concatenate([true, chance[:200]])
    starts = [start_of(np.delete(links, row), chance, 4.0) for row in range(0, 500, 25)]
    assert max(starts) - min(starts) < 300
    clear = start_of(np.full(40, 26_000), np.full(10, -9_000), 2.0)
    assert abs(clear) < 500  # wherever it began the same would be linked


def test_a_shape_of_three_is_read_off_the_lists() -> None:
    shapes = [np.array(one) for one in ([0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8])]
    found = _mixed(shapes, np.array([0.0, 500.0, 0.0]))
    assert found[1] > 0.75 and found[0] == pytest.approx(found[2])
    assert _mixed(shapes, np.zeros(3)) == pytest.approx(np.full(3, 1 / 3))
    assert (_mixed(shapes[:1], np.array([0.0, 9.0, 0.0])) == shapes[0]).all()


def test_few_decoys_leave_what_the_packaged_weights_say_of_chance() -> None:
    reports, _ = two_lists(7, shared=4, alone=0)
    columns = columns_of(placed_reports(reports))
    weights = learn(columns, compare(columns), [])
    for level in range(1, 9):
        assert abs(weights.fields["place"][level] - weights.fields["place"][level + 1]) < 6000
    assert weights.fields["place"][2] > 500 > weights.fields["place"][8]
