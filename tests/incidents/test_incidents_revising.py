"""Corrections, withdrawals and people's acts: what holds after them, as laws over invented records."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from test_incidents_tally import bulletin
from valley_reports import MILL, NOON, at, beside, day, told, value_of

from parley.incidents import revise, undone
from parley.incidents.holding import elsewhere
from parley.model import (
    UNREADABLE,
    Act,
    Cause,
    Citation,
    Claim,
    Flag,
    Origin,
    RecordedAct,
    RecordedReport,
    RecordedWithdrawal,
    Revisions,
    Unknown,
    Withdrawal,
    in_short,
)

WHEN = datetime(2031, 5, 9, tzinfo=UTC)
LATER = at("2031-05-09T12:00")
FAR = beside(MILL, 60_000)

Statement = RecordedReport | RecordedWithdrawal | RecordedAct


def said(
    entry: int, id_: str = "", deaths: int = 0, *, input_: int | None = None, side: str = "independent", **more: object
) -> RecordedReport:
    """A report of Post 4 with a lasting id; by default each comes in an input of its own."""
    made = told(entry, source=more.pop("source", "Post 4"), reference=id_, also={"deaths": deaths}, **more)  # type: ignore[arg-type]
    report = made.report.model_copy(update={"reference_lasts": bool(id_), "channel": "field"})
    given = 1000 + entry if input_ is None else input_
    return made.model_copy(update={"report": report, "side": side, "input": given})


def act(entry: int, does: str, on: int, side: str = "centre", **more: object) -> RecordedAct:
    made = Act.model_validate({"does": does, "entry": on, "by": "A. Officer", "reason": "seen", **more})
    return RecordedAct(entry=entry, received_at=WHEN, side=side, act=made)


def deaths(count: int) -> tuple[Claim, ...]:
    return (Claim(attribute="deaths", value=value_of(count)),)


def withdrawal(entry: int, id_: str, source: str = "Post 4") -> RecordedWithdrawal:
    taken = Withdrawal(
        source=source, channel="field", reference=id_, origin=Origin(digest="d", name="w", first=1, last=1)
    )
    return RecordedWithdrawal(
        entry=entry, received_at=WHEN, side="independent", handle="h", input=entry, withdrawal=taken
    )


def holding(*stated: Statement) -> dict[int, int]:
    """What holds: entry → its deaths."""
    revisions, corrected = revise(stated)
    reports = [*(one for one in stated if isinstance(one, RecordedReport)), *corrected]
    return {one.entry: _deaths(one) for one in reports if revisions.holds(one.entry)}


def _deaths(one: RecordedReport) -> int:
    return next(claim.value.best for claim in one.report.claims if claim.attribute == "deaths")  # type: ignore[union-attr]


def revisions(*stated: Statement) -> Revisions:
    return revise(stated).revisions


def test_the_same_id_again_corrects_and_never_makes_a_second_report() -> None:
    assert holding(said(3, "R-7", 12), said(5, "R-7", 2)) == {5: 2}
    assert holding(said(3, "R-7", 12), said(5, "r\u200b-7 ", 2)) == {5: 2}, "however the id is spelled"
    assert holding(said(3, "R-7", 12), said(5, "R-7", 2, source="POST 4")) == {5: 2}
    assert holding(said(3, "R-7", 12), said(5, "R-7", 2, source="Post 5")) == {3: 12, 5: 2}
    assert holding(said(3, "R-7", 12), said(5, "R-7", 12)) == {3: 12}
    assert holding(said(3, "", 12), said(5, "", 2)) == {3: 12, 5: 2}, "who gives no id corrects nothing by it"


@pytest.mark.parametrize(
    "change",
    [
        {"attachments": ("00" * 32,)},
        {"flags": (Flag(code="not-covered", params={"area": "Hill"}),)},
        {"first_hand": True},
        {"cardinality": "posts"},
        {"citation": Citation(publisher="Post 4", address="https://exercise.invalid/4")},
    ],
)
def test_a_report_that_says_more_beside_its_claims_is_a_new_version(change: dict[str, object]) -> None:
    new = said(5, "R-7", 12)
    assert revisions(said(3, "R-7", 12), new).repeated == {5: 3}
    new = new.model_copy(update={"report": new.report.model_copy(update=change)})
    assert revisions(said(3, "R-7", 12), new).replaced == {3: 5}


def test_a_bulletin_is_another_version_under_its_number_and_counting_rule_alone() -> None:
    def items(count: int, **header: object) -> Revisions:
        new = bulletin(5, "West", ("Hill", count), **{"number": "7/2031", **header})  # type: ignore[arg-type]
        return revisions(bulletin(3, "West", ("Hill", 1), number="7/2031"), new)

    assert items(2).replaced == {3: 5}
    assert items(1, published=day("2031-05-04")).repeated == {5: 3}, "in whatever file, and whenever it was published"
    for other in ({"number": "8/2031"}, {"counting": "the dead"}):
        assert items(2, **other) == Revisions()


def test_a_report_may_name_the_report_that_it_corrects() -> None:
    new = said(5, "R-9", 2)
    new = new.model_copy(update={"report": new.report.model_copy(update={"corrects": "R-7"})})
    assert holding(said(3, "R-7", 12), new) == {5: 2}
    assert holding(said(3, "R-7", 12), new, said(7, "R-9", 4)) == {7: 4}, "from then on both ids are one report's"
    assert holding(said(3, "R-7", 12), new, said(7, "R-7", 4)) == {7: 4}
    assert holding(new) == {5: 2}
    own = said(3, "R-7", 12), said(4, "R-9", 1), new
    assert holding(*own) == {4: 1, 5: 2}
    assert holding(*own, said(7, "R-9", 8)) == {5: 2, 7: 8}, "an id that has a report of its own stays that one's"


@pytest.mark.parametrize(
    ("moved", "waits"),
    [
        ({"place": beside(MILL, 9_000)}, False),
        ({"place": beside(MILL, 10_390)}, False),  # 10 km beyond the 200 m of both
        ({"place": beside(MILL, 10_420)}, True),
        ({"place": FAR}, True),
        ({"time": at("2031-05-03T11:59")}, False),
        ({"time": at("2031-05-03T12:01")}, True),
        ({"time": at("2031-05-01T12:00")}, False),
        ({"time": at("2031-05-01T11:59")}, True),
        ({"time": LATER, "place": FAR}, True),
        ({"time": None, "place": None}, False),
    ],
)
def test_a_correction_that_moves_a_report_wholly_elsewhere_waits(moved: dict[str, object], waits: bool) -> None:
    first, second = said(3, "R-7", 12), said(5, "R-7", 2, **moved)
    assert elsewhere(first, second) == elsewhere(second, first) == waits
    assert holding(first, second) == ({3: 12} if waits else {5: 2})
    assert {entry: one.of for entry, one in revisions(first, second).waiting.items()} == ({5: 3} if waits else {})


def test_a_person_decides_on_a_correction_that_waits() -> None:
    stated = said(3, "R-7", 12), said(5, "R-7", 2, place=FAR)
    assert holding(*stated, act(8, "accept", 5)) == {5: 2}
    assert holding(*stated, act(8, "apart", 5)) == {3: 12, 5: 2}
    assert holding(*stated, act(8, "withdraw", 5)) == {3: 12}
    assert holding(*stated, act(8, "accept", 1005)) == {5: 2}, "the entry of its input decides on all of it"
    assert holding(*stated, said(7, "R-7", 2, place=FAR)) == {3: 12}, "said twice it waits once"
    assert revisions(*stated, act(8, "accept", 3)).idle_acts.keys() == {8}
    other = said(4, "R-8", 12), said(7, "R-8", 2, place=FAR)
    assert revisions(*stated, *other).waiting.keys() == {5, 7}, "each under its own id"
    accepted = *stated, act(8, "accept", 5), act(9, "withdraw", 8)
    assert holding(*accepted) == {3: 12} and revisions(*accepted).waiting.keys() == {5}


EXPORT = [("1", 1, MILL), ("2", 2, beside(MILL, 60_000)), ("3", 3, beside(MILL, 120_000))]


def export(input_: int, rows: Iterable[tuple[str, int, object]]) -> list[RecordedReport]:
    return [said(input_ + n, id_, count, input_=input_, place=place) for n, (id_, count, place) in enumerate(rows, 1)]


def test_another_spelling_and_a_double_under_another_id_are_no_shifted_ids() -> None:
    first = said(3, "1", 1)
    again = said(5, "1", 1, input_=20, place=replace(MILL, name=" MILL "))
    double = said(6, "2", 1, input_=20)
    assert revisions(first, again, double).waiting == {}
    assert holding(first, again, double) == {5: 1, 6: 1}
    twice = said(11, "1", 1, input_=10), said(12, "1", 2, input_=10)
    for count in (1, 2):
        assert revisions(*twice, said(21, "1", count, input_=20), said(22, "2", count, input_=20)).waiting == {}


def test_what_people_corrected_is_no_shifted_id_when_its_source_says_it_again() -> None:
    by_desk: list[Statement] = []
    for n, (_, _, place) in enumerate(EXPORT, 1):
        moved = Claim(attribute="place", value=beside(place, 50_000, 0))
        by_desk.append(act(14 + n, "correct", 10 + n, claims=(moved,)))
    again = export(20, [*EXPORT, ("4", 4, MILL)])
    assert holding(*export(10, EXPORT), *by_desk, *again) == {15: 1, 16: 2, 17: 3, 24: 4}


def test_who_decides_on_an_input_decides_on_what_waits_of_it() -> None:
    first = said(3, "1", 1), said(4, "2", 2)
    second = said(21, "1", 5, input_=20), said(22, "2", 9, input_=20, place=FAR)
    assert holding(*first, *second) == {4: 2, 21: 5}
    assert holding(*first, *second, act(30, "apart", 20)) == {4: 2, 21: 5, 22: 9}, "the correction stays one"


def test_an_export_whose_ids_have_shifted_waits_as_a_whole() -> None:
    first = export(10, EXPORT)
    shifted = export(20, [("1", 9, beside(MILL, 200_000)), *((str(n + 2), *row[1:]) for n, row in enumerate(EXPORT))])
    found = revisions(*first, *shifted)
    assert {one.code for one in found.waiting.values()} == {"ids-shifted"}
    assert sorted(found.waiting) == [one.entry for one in shifted], "new ids among them wait as well"
    assert holding(*first, *shifted) == {11: 1, 12: 2, 13: 3}
    assert len(holding(*first, *shifted, act(30, "accept", 20))) == 4
    assert len(holding(*first, *shifted, act(30, "apart", 20))) == 7
    assert holding(*first, *shifted, act(30, "withdraw", 20)) == {11: 1, 12: 2, 13: 3}
    assert revisions(*first, *shifted).repeated == {}


def test_one_old_row_under_another_id_is_enough_and_a_plain_correction_is_not() -> None:
    near = [(id_, count, MILL) for id_, count, _ in EXPORT]
    swapped = [("1", 2, MILL), ("2", 8, MILL), ("3", 3, MILL)]  # what 2 said stands under 1
    assert set(revisions(*export(10, near), *export(20, swapped)).waiting) == {21, 22}
    corrected = [("1", 1, MILL), ("2", 8, MILL), ("3", 9, MILL), ("4", 5, MILL)]
    assert holding(*export(10, near), *export(20, corrected)) == {11: 1, 22: 8, 23: 9, 24: 5}
    same = [("1", 1, MILL), ("2", 1, MILL)]  # two rows of a list that say the same
    assert holding(*export(10, same), *export(20, [("1", 7, MILL), ("2", 1, MILL)])) == {12: 1, 21: 7}


def test_most_rows_moved_at_once_wait_and_a_few_wait_by_themselves() -> None:
    many = [(str(n), n, beside(MILL, 20_000 * n)) for n in range(8)]
    moved = [(id_, count, beside(place, 50_000, 0)) for id_, count, place in many]
    assert {one.code for one in revisions(*export(10, many), *export(40, moved)).waiting.values()} == {"ids-shifted"}
    two = [*moved[:2], *((id_, count + 50, place) for id_, count, place in many[2:])]
    found = revisions(*export(10, many), *export(40, two))
    assert {entry: one.code for entry, one in found.waiting.items()} == {41: "moved", 42: "moved"}
    half = [*moved[:3], *((id_, count + 50, place) for id_, count, place in many[3:6])]
    assert {one.code for one in revisions(*export(10, many), *export(40, half)).waiting.values()} == {"moved"}
    few = [moved[0], moved[1]]  # all that this input corrects, and still no export whose ids have shifted
    assert {one.code for one in revisions(*export(10, many), *export(40, few)).waiting.values()} == {"moved"}


def test_who_corrects_one_of_several_reports_under_an_id_moves_nothing() -> None:
    twice = [(id_, count, beside(MILL, 60_000 * count)) for count in (0, 1) for id_ in "123"]
    corrected = [(id_, 9, MILL) for id_ in "123"]
    assert revisions(*export(10, twice), *export(20, corrected)).waiting == {}
    assert holding(*export(10, twice), *export(20, corrected)) == {14: 1, 15: 1, 16: 1, 21: 9, 22: 9, 23: 9}


def test_a_report_that_was_said_again_beside_a_correction_is_corrected_with_it_later() -> None:
    twice = said(11, "1", 1, input_=10), said(12, "1", 2, input_=10)
    again = said(21, "1", 1, input_=20), said(22, "1", 5, input_=20)
    assert holding(*twice, *again) == {11: 1, 22: 5}
    assert holding(*twice, *again, said(31, "1", 9)) == {31: 9}


def test_a_report_that_lost_what_it_is_about_waits_until_it_can_be_read() -> None:
    lost = Unknown(why=Cause(code=UNREADABLE))
    broken = said(3, "R-7", 12, time=lost)
    assert holding(broken) == {} and revisions(broken).waiting[3].code == "not-read"
    assert holding(said(3, "R-7", 12, time=Unknown(why=Cause(code="no-reason")))) == {3: 12}, (
        "who does not know has said so"
    )
    assert holding(broken, said(5, "R-7", 12)) == {5: 12}
    assert revisions(broken, said(5, "R-7", 12)).waiting == {}, "what can be read takes its place"
    assert holding(broken, act(5, "accept", 3)) == {3: 12}
    mended = act(5, "correct", 3, claims=(Claim(attribute="time", value=NOON),))
    assert holding(broken, mended) == {5: 12}
    assert holding(broken, mended, said(7, "R-7", 13)) == {7: 13}
    assert revisions(broken, said(5, "R-7", 12, time=lost)).repeated == {5: 3}


def test_an_act_corrects_and_what_its_source_repeats_does_not_undo_it() -> None:
    two = act(5, "correct", 3, claims=deaths(2))
    assert holding(said(3, "R-7", 12), two) == {5: 2}
    assert holding(said(3, "R-7", 12), two, said(7, "R-7", 12)) == {5: 2}
    assert holding(said(3, "R-7", 12), two, said(7, "R-7", 4)) == {7: 4}, "what it says anew holds"
    assert holding(said(3, "", 12), two) == {5: 2}, "whether its source gives ids or not"
    assert holding(said(3, "R-7", 12), two, act(8, "correct", 3, claims=deaths(1))) == {8: 1}
    gone = act(5, "correct", 3, without=("deaths",))
    ((corrected,),) = (revise((said(3, "R-7", 12), gone)).reports,)
    assert [claim.attribute for claim in corrected.report.claims] == ["time", "place"]  # type: ignore[union-attr]
    assert corrected.entry == 5 and corrected.input == 1003


def test_what_was_withdrawn_stays_withdrawn_until_its_source_says_something_else() -> None:
    gone = said(3, "R-7", 12), act(5, "withdraw", 3)
    assert holding(*gone) == {}
    assert holding(*gone, said(7, "R-7", 12)) == {}
    assert (
        holding(*gone, said(7, "R-7", 2)) == {} and revisions(*gone, said(7, "R-7", 2)).waiting[7].code == "withdrawn"
    )
    assert holding(*gone, said(7, "R-7", 2), act(8, "apart", 7)) == {7: 2}
    assert holding(*gone, act(8, "withdraw", 5)) == {3: 12}
    assert holding(*gone, act(8, "withdraw", 5), act(9, "withdraw", 8)) == {}
    assert holding(said(3, "R-7", 12), withdrawal(5, "R-7"), said(7, "R-7", 12)) == {7: 12}


def test_a_source_withdraws_however_it_spells_itself_and_its_id() -> None:
    assert holding(said(3, "R-7", 12), withdrawal(5, " r-7", "POST  4")) == {}
    assert revisions(said(3, "R-7", 12), withdrawal(5, "R-8")).idle == (5,)
    assert holding(said(3, "R-7", 12), said(4, "R-7", 3), withdrawal(5, "R-7")) == {}
    assert revisions(said(3, "R-7", 12), withdrawal(5, "R-7")).idle == ()


def test_an_input_is_withdrawn_whole_and_what_corrected_it_since_stays() -> None:
    rows = export(10, EXPORT)
    assert holding(*rows, act(20, "withdraw", 10)) == {}
    corrected = said(15, "2", 8, place=beside(MILL, 60_000))
    assert holding(*rows, corrected, act(20, "withdraw", 10)) == {15: 8}
    by_desk = act(15, "correct", 12, claims=deaths(8))
    assert holding(*rows, by_desk) == {11: 1, 13: 3, 15: 8} and holding(*rows, by_desk, act(20, "withdraw", 10)) == {}


def test_apart_takes_a_correction_or_a_repetition_back() -> None:
    corrected = said(3, "R-7", 12), said(5, "R-7", 2)
    assert holding(*corrected, act(7, "apart", 5)) == {3: 12, 5: 2}
    assert holding(said(3, "R-7", 2), said(5, "R-7", 2), act(7, "apart", 5)) == {3: 2, 5: 2}
    assert revisions(said(3, "R-7", 2), act(7, "apart", 3)).idle_acts.keys() == {7}
    both = said(3, "R-7", 1, input_=2), said(4, "R-7", 2, input_=2), said(5, "R-7", 9)
    assert holding(*both) == {5: 9} and holding(*both, act(8, "apart", 5)) == {3: 1, 4: 2, 5: 9}
    by_desk = said(3, "R-7", 12), act(5, "correct", 3, claims=deaths(2)), act(6, "apart", 5)
    assert holding(*by_desk) == {3: 12, 5: 2}
    assert holding(*by_desk, said(7, "R-7", 4), said(8, "R-7", 12)) == {8: 12}, "nobody holds it corrected any more"


def test_accept_names_any_other_report_as_what_is_corrected() -> None:
    stated = said(3, "R-7", 12), said(5, "R-8", 2)
    assert holding(*stated, act(7, "accept", 5, of=3)) == {5: 2}
    for wrong in (4, 99):
        assert holding(*stated, act(7, "accept", 5, of=wrong)) == {3: 12, 5: 2}
    assert holding(*stated, act(6, "withdraw", 3), act(7, "accept", 5, of=3)) == {5: 2}
    assert revisions(*stated, act(6, "withdraw", 3), act(7, "accept", 5, of=3)).idle_acts.keys() == {7}


@pytest.mark.parametrize("does", ["withdraw", "note", "apart", "accept", "correct"])
def test_a_party_acts_upon_its_own_reports_alone(does: str) -> None:
    more = {"claims": deaths(1)} if does == "correct" else {}
    stated = said(3, "R-7", 12, side="east"), said(5, "R-7", 2, side="east", place=FAR)
    theirs = act(8, does, 5 if does in ("accept", "apart") else 3, side="west", **more)
    own = theirs.model_copy(update={"side": "east"})
    assert holding(*stated, theirs) == holding(*stated) and revisions(*stated, theirs).idle_acts.keys() == {8}
    assert revisions(*stated, own).idle_acts == {}
    assert (holding(*stated, own) == holding(*stated)) == (does == "note")
    assert holding(*stated, own, act(9, "withdraw", 8, side="west")) == holding(*stated, own), (
        "nor upon acts of another"
    )
    by_desk = holding(*stated, own, act(9, "withdraw", 8))  # no party's act, but the report that it corrected
    assert by_desk == ({} if does == "correct" else holding(*stated, own))
    assert holding(*stated, own, act(9, "withdraw", 8, side="east")) == holding(*stated)


def test_a_note_moves_nothing_and_follows_the_report() -> None:
    stated = said(3, "R-7", 12), act(4, "note", 3), said(5, "R-7", 2), act(6, "note", 3)
    assert holding(*stated) == {5: 2}
    assert revisions(*stated).notes == {3: (4,), 5: (6,)}
    assert revisions(*stated, act(7, "note", 3)).notes == {3: (4,), 5: (6, 7)}


def test_a_party_does_nothing_to_an_input_in_which_another_side_speaks_too() -> None:
    both = said(3, "1", 1, input_=2, side="east"), said(4, "2", 2, input_=2)
    assert holding(*both, act(8, "withdraw", 2, side="east")) == {3: 1, 4: 2}
    assert holding(*both, act(8, "withdraw", 2)) == {}


def test_the_same_words_twice_in_others_words_are_two_tellings() -> None:
    def retold(entry: int, channel: str) -> RecordedReport:
        one = said(entry, "", 12)
        return one.model_copy(update={"report": one.report.model_copy(update={"channel": channel})})

    assert holding(retold(3, "field"), retold(5, "field")) == {3: 12}
    assert holding(retold(3, "review"), retold(5, "review")) == {3: 12, 5: 12}


def test_an_act_upon_nothing_is_listed_with_its_reason() -> None:
    for wrong in (act(5, "withdraw", 4), act(5, "note", 99), act(5, "correct", 4, claims=deaths(1))):
        assert revisions(said(3, "R-7"), wrong).idle_acts[5].code == "no-such-report"
    twice = said(3, "R-7"), act(5, "withdraw", 3), act(6, "withdraw", 3)
    assert revisions(*twice).idle_acts.keys() == {6}
    assert holding(act(2, "withdraw", 3), said(3, "R-7", 12)) == {3: 12}, "nor upon what comes after it"


def test_an_act_that_does_nothing_says_why() -> None:
    gone = said(3, "R-7"), act(5, "withdraw", 3)
    for stated, why in (
        ((*gone, act(8, "withdraw", 5)), {5: "it was withdrawn: entry 8"}),
        ((*gone, act(8, "withdraw", 3)), {8: "nothing of it held any more"}),
        ((*gone, act(8, "correct", 3, claims=deaths(1))), {8: "it did not hold any more, or makes no claims"}),
        ((*gone, act(8, "note", 99)), {8: "there is no such report before it"}),
        ((said(3), act(8, "accept", 3)), {8: "it does not wait, and is the correction of no report that holds"}),
        ((said(3), act(8, "apart", 3)), {8: "it neither waits nor corrects nor repeats another report"}),
        (
            (said(3, side="east"), act(8, "withdraw", 3, side="west")),
            {8: "it is about what another side said, and west acts upon its own reports"},
        ),
    ):
        assert {entry: cause.text for entry, cause in revisions(*stated).idle_acts.items()} == why


def test_a_report_that_does_not_hold_says_why() -> None:
    first, elsewhere_ = said(3, "R-7", 12), said(5, "R-7", 2, place=FAR)
    lost = Unknown(why=Cause(code=UNREADABLE))
    near, waits = [("1", 1, MILL), ("2", 2, MILL)], "it waits for a person; "
    for stated, why in (
        ((first, said(5, "R-7", 2)), {3: "it was corrected: entry 5"}),
        ((first, withdrawal(5, "R-7")), {3: "it was withdrawn: entry 5"}),
        ((first, said(5, "R-7", 12)), {5: "its source said the same before: entry 3"}),
        ((first, elsewhere_), {5: f"{waits}as a correction it would move the report wholly elsewhere"}),
        (
            (*export(10, near), *export(20, [("1", 2, MILL), ("2", 8, MILL)])),
            dict.fromkeys((21, 22), f"{waits}the ids of its file have shifted against those of an earlier file"),
        ),
        (
            (first, act(5, "withdraw", 3), said(7, "R-7", 2)),
            {3: "it was withdrawn: entry 5", 7: f"{waits}the report with this id was withdrawn"},
        ),
        (
            (said(3, time=lost, place=lost),),
            {3: f"{waits}what it says of its time and place could not be read"},
        ),
    ):
        assert {entry: in_short(causes) for entry, causes in revisions(*stated).why_not().items()} == why


def test_what_people_established_may_be_withdrawn_and_an_input_part_not() -> None:
    assert revise([act(9, "withdraw", 4)], of_desk=[4]).revisions.idle_acts == {}
    assert revise([act(9, "withdraw", 4)]).revisions.idle_acts.keys() == {9}


def _record(seed: int) -> list[Statement]:
    """A random record of reports with few ids, and acts upon them."""
    chance = random.Random(seed)
    stated: list[Statement] = []
    for entry in range(3, 3 + chance.randint(2, 14)):
        on = chance.randrange(3, entry) if entry > 3 else 3
        match chance.choice(("say", "say", "say", "withdraw", "correct", "accept", "apart", "note", "source")):
            case "say":
                place = chance.choice((MILL, MILL, FAR))
                id_ = chance.choice(("", "1", "2"))
                stated.append(said(entry, id_, chance.randint(0, 3), place=place, input_=1000 + entry // 2))
            case "source":
                stated.append(withdrawal(entry, chance.choice("12")))
            case "correct":
                stated.append(act(entry, "correct", on, claims=deaths(chance.randint(4, 6))))
            case does:
                stated.append(act(entry, does, on))
    return stated


@pytest.mark.parametrize("seed", range(300))
def test_laws_of_acts(seed: int) -> None:
    stated = _record(seed)
    before = holding(*stated)
    found, corrected = revise(stated)
    shuffled = random.Random(seed).sample(stated, len(stated))
    assert holding(*shuffled) == before, "the order of the record decides, no other"
    states = [set(rest) for rest in (found.withdrawn, found.replaced, found.repeated, found.waiting)]
    assert sum(map(len, states)) == len(set().union(*states)), "a report is in one state"
    reports = {one.entry for one in (*stated, *corrected) if isinstance(one, RecordedReport)}
    assert set().union(*states) <= reports
    for entry in reports:
        assert found.holding(entry) in reports
    last = max(one.entry for one in stated)
    for one in sorted(reports - {one.entry for one in corrected}):  # to withdraw a correction is to undo it
        extra = act(last + 1, "note", one)
        assert holding(*stated, extra) == before
        for does in ("withdraw", "accept", "apart"):
            done = act(last + 1, does, one)
            assert holding(*stated, done, act(last + 2, "withdraw", last + 1)) == before, "undone is never done"
        after = holding(*stated, act(last + 1, "withdraw", one))
        assert after == {entry: count for entry, count in before.items() if entry != found.holding(one)}
        if found.holds(found.holding(one)):
            told_again = holding(*stated, act(last + 1, "correct", one, claims=deaths(9)))
            assert told_again == {
                **{entry: count for entry, count in before.items() if entry != found.holding(one)},
                last + 1: 9,
            }


def test_what_the_desk_registers_and_establishes_no_party_undoes() -> None:
    west, desk = act(5, "withdraw", 3, side="west"), act(6, "withdraw", 3)
    assert undone([west], of_desk=[3]) == {} and undone([west, desk], of_desk=[3]) == {3: 6}
    assert list(revise([west], of_desk=[3]).revisions.idle_acts) == [5]
    assert revise([desk], of_desk=[3]).revisions.idle_acts == {}
