"""What people do to reports, over the whole job: corrected, withdrawn, established; verified, rebuilt, from scratch."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parley.centre.folder import Centre
from parley.centre.statements import Delivery, state_act
from parley.decisions import acting
from parley.job import daily_report, derive, publish_days, rebuild, silent, take_in, verify
from parley.model import (
    Act,
    ActError,
    Charter,
    Findings,
    Input,
    InputCard,
    InputError,
    TermsVersion,
)
from parley.publish import as_html
from truce import TRUCE

AT = datetime(2031, 6, 1, tzinfo=UTC)
DAY = date(2031, 5, 2)
REPORT = {
    "id": "R-7", "source": "Post 4", "observed": "2031-05-02T04:10", "act": "shelling", "actor": "Eastland",
    "place": {"name": "Upper well", "lat": 42.03, "lon": 44.12, "radius_m": 200}, "deaths": 12,
}  # fmt: skip


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="Etc/UTC"), at=AT) as made:
        made.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        yield made


def add(centre: Centre, data: bytes, channel: str, source: str | None = None) -> InputCard:
    return take_in(centre, Delivery(Input("input", data), channel, source), AT)


def say(centre: Centre, **other: object) -> int:
    """Take a field report in and return its entry."""
    told = {name: value for name, value in (REPORT | other).items() if value is not None}
    return add(centre, json.dumps(told).encode(), "field").entry + 1


def found(centre: Centre) -> Findings:
    return derive(centre.stated(), centre.timezone)


def do(centre: Centre, does: str, entry: int, **more: object) -> acting.Done:
    said = Act.model_validate({"does": does, "entry": entry, "by": "A. Officer", "reason": "seen", **more})
    return acting.act(centre, acting.desk_of(centre), said, lambda: AT)


def told(findings: Findings) -> list[tuple[object, ...]]:
    """What is said of every incident and what the terms make of it, without entries."""
    return [
        (
            incident.time, incident.place, [(one.source, one.claims) for one in incident.accounts],
            [(clause.clause, clause.agreed.answer, clause.comparison) for clause in answers.clauses],
        )
        for incident, answers in zip(findings.incidents, findings.assessments, strict=True)
    ]  # fmt: skip


def correct(centre: Centre, entry: int, **changes: str) -> acting.Done:
    desk = acting.desk_of(centre)
    said = acting.correction(desk, entry, changes, "A. Officer", "telephone")
    return acting.act(centre, desk, said, lambda: AT)


def test_a_correction_by_the_desk_is_as_if_the_source_had_said_so(centre: Centre, tmp_path: Path) -> None:
    first = say(centre)
    correct(
        centre, first, deaths="2", time="2031-05-02T05:00", actor="", lon="44.2", place="Lower well", means="mortar"
    )
    (incident,) = found(centre).incidents
    assert incident.id == f"I-{first:05}", "the incident keeps its id"
    with Centre.create(tmp_path / "other", Charter(title="Exercise", timezone="Etc/UTC"), at=AT) as other:
        other.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        place = {"name": "Lower well", "lat": 42.03, "lon": 44.2, "radius_m": 200}
        say(other, deaths=2, observed="2031-05-02T05:00", actor=None, place=place, means="mortar")
        (scratch,) = found(other).incidents
    said = [{claim.attribute: claim.value for claim in one.accounts[0].claims} for one in (incident, scratch)]
    assert said[0] == said[1]


def test_what_is_withdrawn_moves_nothing_on_any_channel(centre: Centre) -> None:
    bulletin = b"Publisher: West\nSide: Westland\nDay: 2031-05-02\nCounting: violations\nTotal: 3\n\nMill: 3 shelling\n"
    say(centre)
    before = found(centre)
    article = b"Published: 3 May 2031\n\nWestland accused Eastland of shelling the mill on Friday.\n"
    for data, channel, source in ((bulletin, "bulletin", None), (article, "article", "A paper")):
        card = add(centre, data, channel, source)
        during = found(centre)
        assert len(during.reports) == 2
        do(centre, "withdraw", card.entry + 1)
        after = found(centre)
        assert (after.incidents, after.assessments, after.tallies, after.series, after.origins) == (
            before.incidents, before.assessments, before.tallies, before.series, before.origins,
        )  # fmt: skip
        assert after.reviews.proposals == before.reviews.proposals
        assert after.revisions.withdrawn.keys() == {card.entry + 1}
        centre.shred([card.entry], "tried", AT)


def test_a_withdrawn_report_rests_in_the_record_and_an_act_can_be_undone(centre: Centre) -> None:
    entry = say(centre)
    before = told(found(centre))
    done = do(centre, "withdraw", entry)
    assert done.after.incidents == () and [one.entry for one in done.after.reports] == [entry]
    assert told(do(centre, "withdraw", done.entry).after) == before
    with pytest.raises(ActError, match="did not hold any more"):
        do(centre, "withdraw", entry).after  # noqa: B018
        do(centre, "correct", entry, claims=(), without=("deaths",))


def test_nothing_is_recorded_of_an_act_that_would_do_nothing(centre: Centre) -> None:
    entry = say(centre)
    size = centre.record.size
    for does, on, says in (
        ("accept", entry, "does not wait"),
        ("apart", entry, "neither"),
        ("note", 99, "no such report"),
    ):
        with pytest.raises(ActError, match=says):
            do(centre, does, on)
    with pytest.raises(ActError, match="says so already"):
        correct(centre, entry, deaths="12", actor="Eastland")
    for changes in ({"deaths": "two"}, {"colour": "red"}, {"act": "shelled"}, {"lat": "north"}, {"time": "02:55"}):
        with pytest.raises(InputError):
            correct(centre, entry, **changes)
    with pytest.raises(ActError, match="is no report"):
        correct(centre, 0, deaths="1")
    assert centre.record.size == size


def test_everything_verifies_and_editions_rebuild_to_the_same_bytes(centre: Centre) -> None:
    entry = say(centre)
    publish_days(centre, found(centre), [DAY], AT, silent)
    correct(centre, entry, deaths="2")
    do(centre, "note", entry)
    publish_days(centre, found(centre), [DAY], AT, silent)
    do(centre, "withdraw", entry)
    publish_days(centre, found(centre), [DAY], AT, silent)
    assert rebuild(centre) == []
    assert not verify(centre.folder).faults
    assert not found(centre).unread


def test_what_somebody_means_by_a_word(centre: Centre) -> None:
    first, second = say(centre), say(centre, id="R-8", source="Post 5", observed="2031-05-05T04:10")
    other = say(centre, id="R-7", source="Post 6", observed="2031-05-09T04:10")
    desk = acting.desk_of(centre)

    def meant(what: str) -> int:
        return acting.meant(desk, what)

    assert meant(str(second)) == second and meant("last") == other
    assert meant("R-8") == meant(" r-8") == meant("post 5/R-8") == second
    assert meant(f"I-{first}") == meant(f"i-{first:05}") == first
    assert meant("Post 4/R-7") == first
    with pytest.raises(ActError, match=f"entry {first} of Post 4; entry {other} of Post 6"):
        meant("R-7")
    for wrong in ("R-99", "I-999", "", "9FJ3-K2ZQ-8"):
        with pytest.raises(ActError):
            meant(wrong)
    with pytest.raises(ActError, match=f"entries 0 to {centre.record.size - 1}"):
        meant("999")


def test_the_last_report_is_meant_by_its_first_version(centre: Centre) -> None:
    entry = say(centre)
    done = correct(centre, entry, deaths="2")
    desk = acting.desk_of(centre)
    assert acting.meant(desk, "last") == acting.meant(desk, "R-7") == entry
    gone = do(centre, "withdraw", entry)
    assert gone.after.incidents == () and gone.after.revisions.withdrawn.keys() == {done.entry}
    assert acting.meant(acting.desk_of(centre), "last") == entry


def test_what_is_established_is_heard_by_the_terms_and_follows_the_report(centre: Centre) -> None:
    entry = say(centre, actor="unknown")
    findings = found(centre)
    assert findings.assessments[0].clauses[0].agreed.answer == "unknown"

    def settle(subject: str, question: str, value: str, **more: object) -> acting.Done:
        given = {"agreement": None, "start": None, "receipts": False, "by": "A. Officer", "reason": "joint look"}
        desk = acting.desk_of(centre)
        said = acting.settled(centre, desk, subject, question, value, **{**given, **more})  # type: ignore[arg-type]
        return acting.establish(centre, desk, said, lambda: AT)

    done = settle(f"I-{entry}", "actor", "Eastland")
    assert done.after.assessments[0].clauses[0].agreed.answer == "breach"
    (held,) = done.after.established
    assert (held.subject, held.by, held.entry) == (f"I-{entry:05}", "the centre (A. Officer)", done.entry)
    correct(centre, entry, deaths="3")
    assert found(centre).assessments[0].clauses[0].agreed.answer == "breach", "it follows the report"
    assert do(centre, "withdraw", done.entry).after.assessments[0].clauses[0].agreed.answer == "unknown"
    assert settle("east", "bound", "no").after.established[-1].agreement == "truce"
    for subject, question, value in (
        (f"I-{entry}", "breach", "attack:yes"), ("north", "bound", "no"), ("east", "bound", "perhaps"),
        (f"I-{entry}", "colour", "red"), ("I-99", "actor", "Eastland"),
    ):  # fmt: skip
        with pytest.raises(ActError, match="nothing was recorded"):
            settle(subject, question, value)


def test_what_waits_for_receipts_holds_when_both_parties_have_given_theirs(centre: Centre) -> None:
    from parley.derivation.established import as_established
    from parley.model import Receipt, Settled

    entry = say(centre)
    findings = found(centre)
    said = Settled(
        report=entry, question="actor", value="Westland", receipts=True, by="A. Officer", reason="joint look"
    )
    parties = {"truce": frozenset({"west", "east"})}

    def held(*receipts: tuple[int, str]) -> list[str]:
        having = [Receipt(of=of, side=side) for of, side in receipts]
        return [one.by for one in as_established([(9, said)], having, parties, findings.incidents, findings.revisions)]

    assert held() == held((9, "west")) == held((9, "west"), (8, "east")) == held((9, "west"), (9, "north")) == []
    assert held((9, "west"), (9, "east")) == held((9, "east"), (9, "west"), (9, "west")) == ["east and west"]


def test_an_act_of_a_party_is_recorded_and_moves_its_own_reports_alone(centre: Centre) -> None:
    entry = say(centre)
    said = Act(does="withdraw", entry=entry, by="West", reason="no")
    centre.record.append([state_act(said, "west")], at=AT)
    findings = found(centre)
    assert len(findings.incidents) == 1
    assert [one.code for one in findings.revisions.idle_acts.values()] == ["another-side"]


@pytest.mark.parametrize("withdrawn", [True, False, None, "yes", 1, "unknown"])
def test_a_field_report_takes_back_by_its_id_and_by_nothing_else(centre: Centre, withdrawn: object) -> None:
    say(centre)
    card = add(centre, json.dumps({"id": "r-7", "source": "POST 4", "withdrawn": withdrawn}).encode(), "field")
    took_back = withdrawn is True
    assert (card.withdrawals, card.reports) == (int(took_back), 0)
    assert bool(card.problems) == (not took_back), "whatever was meant, it is no empty report"
    assert len(found(centre).incidents) == int(not took_back)


def test_zone_of_a_correction_is_the_centres(tmp_path: Path) -> None:
    with Centre.create(tmp_path / "c", Charter(title="Exercise", timezone="Asia/Tbilisi"), at=AT) as centre:
        entry = say(centre)
        correct(centre, entry, time="2031-05-02T05:00")
        (incident,) = found(centre).incidents
        assert incident.time.start == datetime(2031, 5, 2, 5, tzinfo=ZoneInfo("Asia/Tbilisi"))


def test_a_page_says_what_was_done_to_a_report_and_as_what_never_by_whom(centre: Centre) -> None:
    entry = say(centre)
    correct(centre, entry, deaths="2")
    do(centre, "note", entry, role="night desk", reason="heard again")
    findings = found(centre)
    report = daily_report(centre, findings, DAY)
    ((told_,),) = [one.told for one in report.incidents]
    assert [(one.does, one.side, one.role, one.reason, one.changes) for one in told_.acts] == [
        ("correct", "centre", "", "telephone", ("deaths",)),
        ("note", "centre", "night desk", "heard again", ()),
    ]
    (before,) = report.allegations
    assert before.taken_back == "replaced" and [one.does for one in before.told.acts] == ["correct", "note"]
    page = as_html(report).decode()
    assert "heard again" in page and "night desk" in page and "A. Officer" not in page
    gone = do(centre, "withdraw", findings.reports[0].input, reason="the wrong file").after  # type: ignore[arg-type]
    shown = [one for one in daily_report(centre, gone, DAY).allegations if one.taken_back == "withdrawn"]
    assert [[act.reason for act in one.told.acts][-1] for one in shown] == ["the wrong file"]
