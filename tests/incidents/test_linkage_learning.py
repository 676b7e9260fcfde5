"""Weights from data: what is seen by chance comes from decoys, and where links begin from how decoys score."""

from dataclasses import replace

import numpy as np
import pytest
from linkage_samples import sample
from valley_reports import MILL, beside, day, told

from parley.incidents import learned_weights, match
from parley.incidents.linkage.columns import INCIDENTS, Columns, joined
from parley.incidents.linkage.learning import compare, decoys, learn, start_of
from parley.model import Judgement, JudgementError, RecordedJudgement, RecordedReport

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

    reports = lists()
    weights = learn(reports, decoys(reports, np.arange(600) < 300))
    assert weights.fields["place"][0] == weights.fields["name"][0] == weights.fields["deaths"][0] == 0
    assert weights == learn(lists(), decoys(lists(), np.arange(600) < 300))
    assert len(compare(reports).pairs) > 0
