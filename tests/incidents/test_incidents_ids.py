"""Ids of incidents: made of the smallest entry of their reports, and of nothing that people said or saw before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from valley_reports import at, told

from parley.incidents import entry_of, id_of, match
from parley.model import Judgement, RecordedJudgement


def judged(entry: int, kind: str, *groups: tuple[int, ...], supersedes: tuple[int, ...] = ()) -> RecordedJudgement:
    said = Judgement(kind=kind, groups=groups, supersedes=supersedes, by="A. Officer", reason="seen")  # type: ignore[arg-type]
    return RecordedJudgement(entry=entry, judgement=said)


def found(*judgements: RecordedJudgement) -> list[tuple[str, tuple[int, ...], tuple[int, ...], tuple[str, ...]]]:
    """Return the incidents of reports 4, 7, 9 and 12, of which 4, 7 and 9 are alike and 12 is of another day."""
    reports = [told(4), told(7), told(9), told(12, at("2031-05-09T12:00"))]
    return [(one.id, one.entries, one.merged, one.split_from) for one in match(reports, judgements)]


def test_a_merged_incident_has_the_id_of_its_first_report_and_names_the_reports() -> None:
    assert found(judged(20, "merge", (4, 7, 9, 12))) == [("I-00004", (4, 7, 9, 12), (4, 7, 9, 12), ())]


def test_each_part_of_a_split_has_the_id_of_its_first_report_however_large_it_is() -> None:
    assert found(judged(20, "split", (4,), (7, 9))) == [
        ("I-00004", (4,), (), ("I-00007",)),
        ("I-00007", (7, 9), (), ("I-00004",)),
        ("I-00012", (12,), (), ()),
    ]


def test_what_was_merged_and_split_is_told_of_what_holds_and_by_the_present_ids() -> None:
    split = judged(20, "split", (4,), (7, 9))
    assert found(split, judged(21, "merge", (9, 12)))[1] == ("I-00007", (7, 9, 12), (9, 12), ("I-00004",))
    assert [one[2:] for one in found(split, judged(21, "withdraw", supersedes=(20,)))] == [((), ()), ((), ())]
    three = found(judged(20, "split", (9,), (4,), (7,)))
    assert [one[3] for one in three] == [("I-00007", "I-00009"), ("I-00004", "I-00009"), ("I-00004", "I-00007"), ()]


@given(st.integers(0, 10**9))
def test_an_id_is_read_as_it_was_made(entry: int) -> None:
    assert entry_of(id_of(entry)) == entry


@pytest.mark.parametrize("id_", ["I-4", "i-4", "I-000004", " I-00004\n"])
def test_people_leave_out_zeros_and_capitals(id_: str) -> None:
    assert entry_of(id_) == 4


@pytest.mark.parametrize("id_", ["", "I-", "I--0004", "00004", "I-0000٤", "I-4.0", "I-4 5", "I-" + "9" * 5000])
def test_what_is_no_id_is_read_as_none(id_: str) -> None:
    assert entry_of(id_) is None
