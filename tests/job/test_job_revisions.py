"""What a source takes back or says again: the newest holds, nothing is erased, no incident stands on the withdrawn."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.centre.verify import verify
from parley.decisions.judging import incident, judge
from parley.incidents import of_versions, standing
from parley.job import daily_report, derive, rebuild, show, take_in
from parley.model import (
    Charter,
    Findings,
    Input,
    InputCard,
    Judgement,
    JudgementError,
    RecordedJudgement,
    json_in_words,
)
from parley.publish import summary

AT = datetime(2031, 6, 1, tzinfo=UTC)
HEADER = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,location,latitude,longitude,"
    "geo_precision,notes,fatalities,timestamp"
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as made:
        yield made


def add(centre: Centre, text: str, channel: str, source: str | None = None) -> InputCard:
    return take_in(centre, Delivery(Input("list.csv", text.encode()), channel, source), AT)


def event(centre: Centre, deaths: int, stamp: str = "", *, source: str | None = None, id_: str = "NOR7") -> InputCard:
    row = f"{id_},2031-05-02,1,Battles,Armed clash,North,South,Milltown,12.5,40.25,1,They fought.,{deaths},{stamp}"
    return add(centre, f"{HEADER}\n{row}\n", "acled", source)


def deleted(centre: Centre, stamp: str = "", *, id_: str = "NOR7") -> InputCard:
    return add(centre, f"event_id_cnty,deleted_timestamp\n{id_},{stamp}\n", "acled-deleted")


def found(centre: Centre) -> Findings:
    return derive(centre.stated(), centre.timezone)


def deaths(centre: Centre) -> list[str]:
    """Return what each account of each incident says of deaths."""
    return [
        claim.said
        for incident in found(centre).incidents
        for account in incident.accounts
        for claim in account.claims
        if claim.attribute == "deaths"
    ]


def test_a_newer_row_with_the_same_id_takes_the_place_of_the_older_one(centre: Centre) -> None:
    old, new = event(centre, 2), event(centre, 3)
    assert deaths(centre) == ["3"]
    findings = found(centre)
    assert findings.revisions.replaced == {old.entry + 1: new.entry + 1}
    assert len(findings.reports) == 2, "the older one stays in the record"
    assert [one.code for one in findings.unplaced[old.entry + 1]] == ["corrected"]


def test_an_older_row_that_arrives_later_holds_only_where_nobody_dates_it(centre: Centre) -> None:
    event(centre, 3, "1935743400")
    event(centre, 2, "1935000000")
    assert deaths(centre) == ["3"]


def test_of_two_rows_with_equal_stamps_the_later_in_the_record_holds(centre: Centre) -> None:
    event(centre, 2, "1935743400")
    event(centre, 3, "1935743400")
    assert deaths(centre) == ["3"]
    deleted(centre, "1935743400")
    assert deaths(centre) == []
    event(centre, 4, "1935743400")
    assert deaths(centre) == ["4"]


def test_the_same_id_of_another_source_is_another_report(centre: Centre) -> None:
    event(centre, 2)
    event(centre, 3, source="Another list")
    assert found(centre).revisions.replaced == {}


def test_a_deleted_event_supports_no_incident_and_is_still_shown(centre: Centre) -> None:
    card, gone = event(centre, 2), deleted(centre)
    assert (gone.reports, gone.withdrawals, gone.problems) == (0, 1, ())
    findings = found(centre)
    assert findings.incidents == () and findings.revisions.withdrawn == {card.entry + 1: gone.entry + 1}
    report = daily_report(centre, findings, datetime(2031, 5, 2, tzinfo=UTC).date())
    assert "it was withdrawn" in json_in_words(report)
    assert findings.withdrawals[0].withdrawal.reason == "listed as deleted"
    assert (summary(findings).taken_back, summary(findings).unplaced) == (1, 0)
    show(centre, findings)
    assert rebuild(centre) == [] and verify(centre.folder).faults == ()


def test_an_event_that_appears_again_withdraws_the_withdrawal(centre: Centre) -> None:
    event(centre, 2)
    deleted(centre)
    event(centre, 4)
    assert deaths(centre) == ["4"]


def test_an_old_export_does_not_bring_back_what_was_deleted_after_it(centre: Centre) -> None:
    deleted(centre, "1935743400")
    event(centre, 2, "1935000000")
    assert deaths(centre) == []
    event(centre, 3, "1936000000")
    assert deaths(centre) == ["3"]
    deleted(centre)  # on no known day: after what it takes back
    event(centre, 4, "1935900000")
    assert deaths(centre) == []


def test_a_deletion_from_before_the_newest_row_takes_nothing_back(centre: Centre) -> None:
    event(centre, 2, "1935743400")
    gone = deleted(centre, "1935000000")
    assert deaths(centre) == ["2"]
    assert found(centre).revisions.idle == (gone.entry + 1,)


def test_a_deletion_of_what_never_came_is_kept_and_idle(centre: Centre) -> None:
    event(centre, 2)
    gone = deleted(centre, id_="NOR8")
    assert deaths(centre) == ["2"] and found(centre).revisions.idle == (gone.entry + 1,)


def test_rows_of_one_input_with_one_id_stand_side_by_side_and_are_replaced_together(centre: Centre) -> None:
    row = "NOR7,2031-05-02,1,Battles,Armed clash,North,South,Milltown,12.5,40.25,1,They fought.,{},"
    card = add(centre, f"{HEADER}\n{row.format(2)}\n{row.format(3)}\n", "acled")
    assert found(centre).revisions.replaced == {}
    new = event(centre, 4)
    assert found(centre).revisions.replaced == dict.fromkeys((card.entry + 1, card.entry + 2), new.entry + 1)


def test_shredding_a_deletion_brings_back_what_it_took(centre: Centre) -> None:
    event(centre, 2)
    gone = deleted(centre)
    centre.shred([gone.entry], "asked", AT)
    assert deaths(centre) == ["2"] and verify(centre.folder).faults == ()


def test_a_row_that_a_later_export_holds_unchanged_changes_nothing(centre: Centre) -> None:
    old = event(centre, 2, "1935000000")
    before = found(centre)
    new = event(centre, 2, "1935743400")
    after = found(centre)
    assert after.revisions.repeated == {new.entry + 1: old.entry + 1} and after.revisions.replaced == {}
    assert after.incidents == before.incidents
    assert (summary(after).taken_back, summary(after).repeated, summary(after).unplaced) == (0, 1, 0)
    report = daily_report(centre, after, datetime(2031, 5, 2, tzinfo=UTC).date())
    assert report.allegations == ()
    assert [(row.events, row.taken_back) for row in report.coverage.heard] == [(1, 0)]
    event(centre, 5, "1935500000")  # older than the row that was said again
    assert deaths(centre) == ["2"]


def test_a_deletion_takes_back_what_was_said_twice(centre: Centre) -> None:
    event(centre, 2)
    event(centre, 2)
    deleted(centre)
    assert deaths(centre) == []


def test_an_incident_keeps_its_id_through_corrections_of_its_reports(centre: Centre) -> None:
    event(centre, 2)
    (first,) = found(centre).incidents
    for count in (3, 3, 4):
        event(centre, count)
        (now,) = found(centre).incidents
        assert now.id == first.id
    assert deaths(centre) == ["4"]
    versions = max(found(centre).revisions.versions.values())
    assert versions[0] == first.entries[0]
    for entry in versions:
        assert incident(found(centre), f"I-{entry:05d}").id == first.id, "the id of every version leads there"
    with pytest.raises(JudgementError, match="there is no incident I-00099"):
        incident(found(centre), "I-00099")


def test_what_people_judged_of_a_report_holds_of_its_corrections(centre: Centre) -> None:
    one, other = event(centre, 2), event(centre, 2, source="Another list")
    (incident,) = found(centre).incidents
    entries = one.entry + 1, other.entry + 1
    assert incident.entries == entries
    said = Judgement(
        kind="different", groups=tuple((entry,) for entry in entries), by="A. Officer", reason="two blasts"
    )
    judge(centre, said, lambda: AT)
    assert len(found(centre).incidents) == 2
    new = event(centre, 3)
    findings = found(centre)
    assert sorted(one.entries for one in findings.incidents) == [(entries[1],), (new.entry + 1,)]
    assert findings.superseded == {}
    same = Judgement(kind="same", groups=((new.entry + 1, entries[1]),), by="A. Officer", reason="one blast")
    with pytest.raises(JudgementError, match="says otherwise"):
        judge(centre, same, lambda: AT)
    both = Judgement(kind="same", groups=((entries[0], new.entry + 1),), by="A. Officer", reason="one row")
    with pytest.raises(JudgementError, match="versions of one report"):
        judge(centre, both, lambda: AT)
    report = daily_report(centre, findings, datetime(2031, 5, 2, tzinfo=UTC).date())
    assert all([one.kind for one in incident.judged] == ["different"] for incident in report.incidents)


def test_an_id_used_twice_is_said_again_row_by_row(centre: Centre) -> None:
    row = "NOR7,2031-05-02,1,Battles,Armed clash,North,South,Milltown,12.5,40.25,1,They fought.,{},"

    def export(*counts: int) -> InputCard:
        return add(centre, "\n".join([HEADER, *(row.format(count) for count in counts)]) + "\n", "acled")

    first, again, third = export(2, 3), export(3, 2, 2), export(2, 5)
    revisions = found(centre).revisions
    two, three = first.entry + 1, first.entry + 2
    assert revisions.repeated == {
        again.entry + 1: three,
        again.entry + 2: two,
        again.entry + 3: two,
        third.entry + 1: two,
    }
    assert revisions.replaced == {three: third.entry + 2}
    assert sorted(deaths(centre)) == ["2", "5"]


def test_what_comes_to_name_one_report_alone_of_a_judgement_is_left_out_of_it() -> None:
    def said(kind: str, *groups: tuple[int, ...], whole: int | None = None) -> RecordedJudgement:
        judgement = Judgement(kind=kind, groups=groups, whole=whole, by="A. Officer", reason="seen")  # type: ignore[arg-type]
        return RecordedJudgement(entry=90, judgement=judgement)

    versions = {30: (10, 20, 30)}
    judgements = [
        said("same", (10, 20, 5)),
        said("different", (10,), (20,), (5,)),
        said("part-of", (10, 5), whole=20),
        said("part-of", (10,), whole=20),
    ]
    now = [one.judgement for one in of_versions(judgements, versions)]
    assert [(one.groups, one.whole) for one in now] == [
        (((5, 30),), None),
        (((5,), (30,)), None),
        (((5,),), 30),
        ((), None),
    ]
    assert standing(of_versions(judgements[3:], versions)).superseded == {}


def test_judgements_that_come_to_name_one_report_alone_say_nothing_and_break_nothing(centre: Centre) -> None:
    row = "NOR7,2031-05-02,1,Battles,Armed clash,North,South,Milltown,12.5,40.25,1,They fought.,{},"
    card = add(centre, f"{HEADER}\n{row.format(2)}\n{row.format(3)}\n", "acled")
    entries = card.entry + 1, card.entry + 2
    said = Judgement(
        kind="different", groups=tuple((entry,) for entry in entries), by="A. Officer", reason="two blasts"
    )
    judge(centre, said, lambda: AT)
    event(centre, 4)
    findings = found(centre)
    assert len(findings.incidents) == 1 and findings.superseded == {}


SHEET = "id,who,when,place,lat,lon,dead\n"
COLUMNS = """
source: {column: who}
reference: {column: id}
claims:
  time: {start: {column: when}}
  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}}
  deaths: {best: {column: dead}}
"""


def sheet(centre: Centre, *rows: str, columns: str = COLUMNS) -> InputCard:
    text = SHEET + "".join(f"{row}\n" for row in rows)
    mapping = Input("columns.yaml", columns.encode())
    return take_in(centre, Delivery(Input("sheet.csv", text.encode()), "table", mapping=mapping), AT)


ONE, TWO = "1,Post 3,2031-05-02,Ford,12.5,40.25,2", "2,Post 3,2031-05-07,Mill,12.9,40.75,0"


def test_a_sheet_that_grows_and_is_sent_again_adds_what_is_new(centre: Centre) -> None:
    first = sheet(centre, ONE)
    ids = [one.id for one in found(centre).incidents]
    again = sheet(centre, ONE, TWO)
    findings = found(centre)
    assert [one.entries for one in findings.incidents] == [(first.entry + 1,), (again.entry + 2,)]
    assert [one.id for one in findings.incidents][:1] == ids
    assert findings.revisions.repeated == {again.entry + 1: first.entry + 1}


@pytest.mark.parametrize(("lasts", "deaths_then"), [(False, ["2", "5"]), (True, ["5"])])
def test_a_changed_row_takes_the_place_of_the_older_one_where_the_mapping_says_that_ids_last(
    centre: Centre, lasts: bool, deaths_then: list[str]
) -> None:
    columns = COLUMNS + ("reference_lasts: true\n" if lasts else "")
    sheet(centre, ONE, TWO, columns=columns)
    sheet(centre, ONE.removesuffix("2") + "5", TWO, columns=columns)
    assert sorted(one for one in deaths(centre) if one != "0") == deaths_then


def test_equal_rows_of_two_sources_are_not_the_same_words_again(centre: Centre) -> None:
    sheet(centre, ONE)
    sheet(centre, ONE.replace("Post 3", "Post 4"))
    assert found(centre).revisions.repeated == {}


TAKES_BACK = COLUMNS + "withdrawn: {column: status, words: [deleted], reason: {column: why}}\ncorrects: {column: of}\n"
WITH_STATUS = "id,who,when,place,lat,lon,dead,status,why,of\n"


def with_status(centre: Centre, *rows: str) -> InputCard:
    text = WITH_STATUS + "".join(f"{row}\n" for row in rows)
    mapping = Input("columns.yaml", f"{TAKES_BACK}reference_lasts: true\n".encode())
    return take_in(centre, Delivery(Input("sheet.csv", text.encode()), "table", mapping=mapping), AT)


def test_a_row_of_a_table_takes_a_report_back_or_corrects_another_where_its_mapping_says_so(centre: Centre) -> None:
    first = with_status(centre, f"{ONE},,,", f"{TWO},no,,")
    assert len(found(centre).incidents) == 2
    gone = with_status(centre, "1,post 3,,,,,,DELETED,typed twice,")
    assert (gone.reports, gone.withdrawals, gone.problems) == (0, 1, ())
    findings = found(centre)
    assert findings.revisions.withdrawn == {first.entry + 1: gone.entry + 1}
    assert findings.withdrawals[0].withdrawal.why == "typed twice"
    wrong = with_status(centre, "2,Post 3,,,,,,perhaps,,")
    assert (wrong.reports, wrong.withdrawals, len(wrong.problems)) == (0, 0, 1), "whatever was meant, it is no report"
    new = with_status(centre, f"9{TWO[1:-1]}7,,,2")
    assert found(centre).revisions.replaced == {first.entry + 2: new.entry + 1} and deaths(centre) == ["7"]
