"""Doubles: what one source says twice under two ids counts once until people say otherwise."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from valley_reports import MILL, NOON, at, told

from parley.incidents import Repeated, match, repeated, standing
from parley.model import (
    Cause,
    Citation,
    Claim,
    Doubles,
    Incident,
    Interval,
    Judgement,
    RecordedJudgement,
    RecordedReport,
    Unknown,
    Words,
)


def said(entry: int, id_: str = "", *, of: str = "Post 4", file: str = "", **changes: Any) -> RecordedReport:
    """Return what *of* said at noon at the mill, in a file of its own by default."""
    one = told(entry, source=of, file=file or f"{entry}", reference=id_, also={"actor": "Northland", "deaths": 2})
    return with_(one, **changes)


def with_(one: RecordedReport, **changes: Any) -> RecordedReport:
    if row := changes.pop("row", None):
        changes["origin"] = replace(one.report.origin, record=row)
    return one.model_copy(update={"report": one.report.model_copy(update=changes)})


def judged(kind: str, *groups: tuple[int, ...], whole: int | None = None) -> RecordedJudgement:
    judgement = Judgement(kind=kind, groups=groups, whole=whole, by="A. Officer", reason="seen")  # type: ignore[arg-type]
    return RecordedJudgement(entry=90, judgement=judgement)


def incidents(reports: list[RecordedReport], *judgements: RecordedJudgement) -> tuple[Incident, ...]:
    """Return the incidents of *reports* as the job makes them."""
    found = repeated(sorted(reports, key=lambda one: one.entry), standing(judgements).holding)
    holding = [one for one in reports if one.entry not in found.again]
    return match(holding, judgements, doubles=found.doubles)


def entries(reports: list[RecordedReport], *judgements: RecordedJudgement) -> list[tuple[int, ...]]:
    return [one.entries for one in incidents(reports, *judgements)]


def test_what_is_equal_but_for_its_id_counts_once_and_waits_for_people() -> None:
    found = repeated([said(7, "a"), said(8, "b", row=2)])
    assert found.doubles == {8: 7} and found.again == {}
    assert found.waiting == (Doubles(source="Post 4", entries=(7, 8), counted="once", differ=("id", "file")),)
    (one,) = incidents([said(7, "a"), said(8, "b")])
    (account,) = one.accounts
    assert (one.id, account.entries) == ("I-00007", (7, 8))
    assert [(link.entry, link.other, link.how) for link in one.links] == [(8, 7, "matched")]
    assert account.possible()["deaths"] == (account.says("deaths"),)


def test_spelling_zone_and_what_is_about_the_form_make_no_difference() -> None:
    other = told(8, at("2031-05-02T12:00"), source=" post  4", reference="b", also={"actor": "NORTHLAND", "deaths": 2})
    sent = with_(other, published=NOON, language="en", attachments=("00" * 32,), channel="field", first_hand=True)
    (waiting,) = repeated([said(7, "a"), sent]).waiting
    assert waiting.entries == (7, 8)
    assert waiting.differ == (
        "id", "sent", "file", "channel", "spelling", "language", "first-hand", "attachments"
    )  # fmt: skip


@pytest.mark.parametrize(
    "also",
    [
        {"actor": "Northland", "deaths": 3},
        {"actor": "Southland", "deaths": 2},
        {"actor": "Northland"},
        {"actor": "Northland", "injured": 2},
        {"actor": "Northland", "deaths": 2, "injured": 0},
        {"actor": "Northland", "deaths": 2, "account": Words(text="It burned.")},
    ],
)
def test_a_difference_in_any_claim_is_no_double(also: dict[str, Any]) -> None:
    assert repeated([said(7, "a"), told(8, source="Post 4", reference="b", also=also)]) == Repeated()


def test_a_second_or_a_metre_is_a_difference() -> None:
    later = Interval(start=NOON.start.replace(second=1), end=NOON.end.replace(second=1))
    also = {"actor": "Northland", "deaths": 2}
    for when, where in ((later, MILL), (NOON, replace(MILL, radius_m=MILL.radius_m + 1))):
        assert repeated([said(7, "a"), told(8, when, where, source="Post 4", reference="b", also=also)]) == Repeated()


def test_another_source_another_kind_of_list_and_others_words_repeat_nothing() -> None:
    assert repeated([said(7, "a"), said(8, "b", of="Post 5")]) == Repeated()
    assert repeated([said(7, "a"), said(8, "b", cardinality="posts")]) == Repeated()
    assert repeated([said(7, "a", keeps_ids=True), said(8, "b")]) == Repeated()
    assert repeated([said(7, "a", channel="review"), said(8, "b", channel="review")]) == Repeated()


def test_where_it_was_published_tells_reports_apart_and_by_whom_and_when_does_not() -> None:
    def cited(entry: int, publisher: str, page: str) -> RecordedReport:
        return said(
            entry, f"{entry}", citation=Citation(publisher=publisher, address=f"https://exercise.invalid/{page}")
        )

    assert repeated([cited(7, "A desk", "1"), cited(8, "Another desk", "1")]).doubles == {8: 7}
    assert repeated([cited(7, "A desk", "1"), cited(8, "A desk", "2")]) == Repeated()


def test_the_same_id_is_the_same_report_again_in_one_file_as_in_two() -> None:
    for file in ("one", ""):
        found = repeated([said(7, "a", file=file, row=1), said(8, " A", file=file, row=2)])
        assert (found.again, found.doubles, found.waiting) == ({8: 7}, {}, ())


def test_what_comes_a_third_time_is_the_first_again() -> None:
    assert repeated([said(7, "a"), said(8, "a"), said(9, "a")]).again == {8: 7, 9: 7}


def test_rows_without_an_id_are_doubles_in_one_file_and_a_sheet_again_in_two() -> None:
    first = [said(1, file="one", row=1), said(2, file="one", row=5)]
    again = [said(3, file="two", row=3), said(4, file="two", row=9), said(5, file="two", row=11)]
    found = repeated([*first, *again])
    assert found.again == {3: 1, 4: 2}
    assert found.doubles == {2: 1, 5: 1}
    assert [one.entries for one in found.waiting] == [(1, 2, 5)]
    messages = repeated([said(1), said(2)])
    assert (messages.doubles, [one.entries for one in messages.waiting]) == ({2: 1}, [(1, 2)])


def test_in_a_list_whose_ids_a_publisher_keeps_equal_rows_stay_apart_and_are_told() -> None:
    rows = [said(7, "a", keeps_ids=True), said(8, "b", keeps_ids=True)]
    (waiting,) = repeated(rows).waiting
    assert (waiting.entries, waiting.counted) == ((7, 8), "each")
    assert entries(rows) == [(7,), (8,)], "though they came in two files"
    assert entries(rows, judged("same", (7, 8))) == [(7, 8)]
    assert repeated(rows, [judged("same", (7, 8))]).waiting == ()
    assert repeated(rows, [judged("different", (7,), (8,))]).waiting == ()


def test_which_of_a_publishers_equal_rows_is_matched_follows_its_ids_and_not_when_they_came() -> None:
    one, other = (said(0, id_, keeps_ids=True) for id_ in "ab")
    south = told(5, source="Southland", reference="s", also={"deaths": 2})
    for order in permutations((3, 5, 7)):
        world = [known.model_copy(update={"entry": n}) for known, n in zip((one, other, south), order, strict=True)]
        together = {frozenset(order.index(entry) for entry in each) for each in entries(world)}
        assert together == {frozenset({0, 2}), frozenset({1})}


def test_people_tell_doubles_apart_and_it_holds() -> None:
    three = [said(n, f"id {n}") for n in (7, 8, 9)]
    assert entries(three) == [(7, 8, 9)]
    assert entries(three, judged("different", (7,), (8,))) == [(7, 9), (8,)]
    apart = judged("different", (7,), (8,), (9,))
    assert entries(three, apart) == [(7,), (8,), (9,)]
    assert repeated(three, [apart]).waiting == ()
    (left,) = repeated(three, [judged("different", (7,), (8,))]).waiting
    assert left.entries == (7, 9)


def test_people_say_that_doubles_are_one_and_then_none_waits() -> None:
    three = [said(n, f"id {n}") for n in (7, 8, 9)]
    assert repeated(three, [judged("same", (7, 8, 9))]).waiting == ()
    assert entries(three, judged("same", (7, 8, 9))) == [(7, 8, 9)]
    (left,) = repeated(three, [judged("same", (7, 8))]).waiting
    assert left.entries == (7, 8, 9)


def test_what_people_said_of_one_report_holds_of_what_says_it_again_under_its_id() -> None:
    again = [said(7, "a"), said(8, " A"), said(9, "b")]
    assert [one.entries for one in repeated(again).waiting] == [(7, 9)]
    assert repeated(again, [judged("same", (7, 9))]).waiting == ()


def test_what_people_said_of_others_parts_doubles_that_cannot_be_one_beside_it() -> None:
    two, strangers = [said(7, "a"), said(8, "b")], [said(20, of="Post 5"), said(21, of="Post 6")]
    ties = judged("same", (7, 20)), judged("same", (8, 21)).model_copy(update={"entry": 91})
    apart = judged("different", (20,), (21,)).model_copy(update={"entry": 92})
    assert entries([*two, *strangers], *ties, apart) == [(7, 20), (8, 21)]
    assert repeated(two, [judged("part-of", (7,), whole=8)]).doubles == {}


def test_people_may_tell_apart_rows_without_ids_whichever_files_they_came_in() -> None:
    for file in ("one", ""):
        rows = [said(7, file=file, row=1), said(8, file=file, row=2)]
        assert len(entries(rows)) == 1
        assert entries(rows, judged("different", (7,), (8,))) == [(7,), (8,)]


def test_reports_without_a_place_are_doubles_too() -> None:
    nowhere = [told(n, place=Unknown(why=Cause(code="no-reason")), source="Post 4", reference=f"{n}") for n in (7, 8)]
    assert repeated(nowhere).doubles == {8: 7}
    silent = [told(n, None, None, source="Post 4", reference=f"{n}", also={"deaths": n}) for n in (7, 8)]
    assert repeated(silent) == Repeated()


def test_thousands_that_say_the_same_are_one_group_found_in_one_pass() -> None:
    many = [said(n, f"id {n}") for n in range(3000)]
    found = repeated(many)
    assert set(found.doubles.values()) == {0} and len(found.doubles) == 2999
    assert [len(one.entries) for one in found.waiting] == [3000]
    (one,) = match(many, doubles=found.doubles)
    assert len(one.entries) == 3000 and len(one.accounts[0].possible()["time"]) == 1


def test_the_words_as_they_came_are_no_claim() -> None:
    one = said(7, "a")
    spelled = tuple(replace(claim, said="another cell", column="other") for claim in one.report.claims)  # type: ignore[union-attr]
    assert all(isinstance(claim, Claim) for claim in spelled)
    assert repeated([one, said(8, "b", claims=spelled)]).doubles == {8: 7}
