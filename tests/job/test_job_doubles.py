"""What comes twice: the same incidents and answers however it is spread over files, in any order, on all channels."""

import json
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.decisions.judging import judge
from parley.job import assess_files, daily_report, derive, rebuild, show, take_in
from parley.model import (
    Charter,
    Findings,
    Input,
    Judgement,
    JudgementError,
)
from parley.publish import as_html, as_json, summary, waiting
from parley.terms import load
from truce import TRUCE

LOADED = load(TRUCE, "truce.yaml")
AT = datetime(2031, 6, 1, tzinfo=UTC)


class Row(NamedTuple):
    """What is sent: a happening (far in time and place from every other), under an id, in one of two spellings."""

    happening: int
    id: str
    spelling: int = 0

    @property
    def actor(self) -> str:
        return ("Westland", "  WESTLAND")[self.spelling]

    @property
    def place(self) -> str:
        return ("The Ford", "THE  FORD")[self.spelling]

    @property
    def moment(self) -> str:
        day = 2 + 7 * self.happening
        return (f"2031-05-{day:02}T06:10:05+00:00", f"2031-05-{day:02}T04:10:05-02:00")[self.spelling]

    @property
    def lat(self) -> float:
        return 10.5 + 3 * self.happening


def field(rows: Sequence[Row]) -> str:
    return json.dumps(
        [
            {
                "id": row.id,
                "source": "Post 4",
                "observed": {"start": row.moment},
                "place": {"name": row.place, "lat": row.lat, "lon": 40.5, "radius_m": 200},
                "act": "shelling",
                "actor": row.actor,
                "deaths": row.happening,
                "account": "Two rounds fell.",
            }
            for row in rows
        ]
    )


TABLE = "key,sent,when,place,lat,lon,act,actor,killed,told\n"


def table(rows: Sequence[Row]) -> str:
    return TABLE + "".join(
        f"{row.id},2031-06-0{n % 9 + 1},{row.moment},{row.place},{row.lat},40.5,shelling,{row.actor},{row.happening},"
        "Two rounds fell.\n"
        for n, row in enumerate(rows)
    )


def geojson(rows: Sequence[Row]) -> str:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [40.5, row.lat]},
            "properties": {
                "event_id": row.id,
                "date": row.moment,
                "location": row.place,
                "type": "shelling",
                "perpetrator": row.actor,
                "fatalities": row.happening,
                "notes": "Two rounds fell.",
            },
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


USHAHIDI = (
    "Post ID,Survey,Post Status,Created (UTC),Updated (UTC),Post Date (UTC),Contact ID,Contact,Data Source ID,Source,"
    "Unstructured Description,Title,Description,Location.lat,Location.lon,Perpetrator,Date of incident,Act\n"
)


def ushahidi(rows: Sequence[Row]) -> str:
    return USHAHIDI + "".join(
        f"{row.id},S,published,2031-06-02 06:30:{n:02},,2031-06-02 06:30:{n:02},,,,sms,,Shots,Two rounds fell.,"
        f"{row.lat},40.5,{row.actor},{row.moment},shelling\n"
        for n, row in enumerate(rows)
    )


ACLED = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,location,latitude,longitude,"
    "geo_precision,notes,fatalities,timestamp\n"
)


def acled(rows: Sequence[Row]) -> str:
    return ACLED + "".join(
        f"{row.id},2031-05-{2 + 7 * row.happening:02},1,Battles,Armed clash,{row.actor},South,{row.place},{row.lat},"
        f"40.5,1,They fought.,{row.happening},\n"
        for row in rows
    )


COLUMNS = """
source: {is: Post 4}
reference: {column: key}
published: {column: sent}
claims:
  time: {start: {column: when}}
  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}}
  act: {column: act}
  actor: {column: actor}
  deaths: {best: {column: killed}}
  account: {column: told}
"""
LASTING = COLUMNS + "reference_lasts: true\n"
NAMELESS = COLUMNS.replace("reference: {column: key}\n", "")
PUBLISHED = LASTING + "cardinality: incidents\n"


class Channel(NamedTuple):
    name: str
    write: Callable[[Sequence[Row]], str]
    mapping: str = ""

    def delivery(self, rows: Sequence[Row], source: str | None = None) -> Delivery:
        mapping = Input("columns.yaml", self.mapping.encode()) if self.mapping else None
        source = "Post 4" if self.name == "geojson" else source
        return Delivery(Input("list", self.write(rows).encode()), self.name, source, mapping)


SENT = {
    "field": Channel("field", field),
    "a table of a desk": Channel("table", table, COLUMNS),
    "a table with lasting ids": Channel("table", table, LASTING),
    "geojson": Channel("geojson", geojson),
    "ushahidi": Channel("ushahidi", ushahidi),
}
KEPT = {"acled": Channel("acled", acled), "a table of a publisher": Channel("table", table, PUBLISHED)}


def said(findings: Findings) -> list[Hashable]:
    """Return when and where each incident was, who tells it, and every answer, whatever entries there are."""
    answers = {one.incident: [] for one in findings.assessments}  # type: dict[str, list[Hashable]]
    for one in findings.assessments:
        answers[one.incident] += [(each.answer, each.by) for clause in one.clauses for each in clause.accounts]
    return sorted(
        (one.time.start, one.place.lat, len(one.accounts), tuple(answers[one.id])) for one in findings.incidents
    )


def found(channel: Channel, *files: Sequence[Row]) -> Findings:
    findings = assess_files(LOADED, [channel.delivery(rows) for rows in files])
    assert {problem.code for card in findings.inputs for problem in card.problems} <= {"id-twice"}
    return findings


rows = st.builds(Row, st.integers(0, 2), st.sampled_from(["1", "2", "3", "4"]), st.integers(0, 1)).map(
    lambda row: row._replace(id=f"{row.happening}{row.id}")  # an id is of one happening
)


@pytest.mark.parametrize("channel", SENT.values(), ids=SENT)
@given(st.lists(rows, min_size=1, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_doubles_count_once_however_they_are_spread_over_files_ordered_and_repeated(
    channel: Channel, sent: list[Row], data: st.DataObject
) -> None:
    once = found(channel, list({row.happening: row for row in sent}.values()))
    order = data.draw(st.permutations(sent))
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(sent) - 1)), max_size=3)))
    files = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(sent)], strict=True) if order[a:b]]
    files += [files[n] for n in data.draw(st.lists(st.integers(0, len(files) - 1), max_size=2))]
    spread = found(channel, *files)
    assert said(spread) == said(once)
    several = {row.happening for row in sent if len({one.id for one in sent if one.happening == row.happening}) > 1}
    assert len(spread.doubles) == len(several), "each that came under two ids waits for people"
    assert all(one.counted == "once" for one in spread.doubles)


@pytest.mark.parametrize("channel", KEPT.values(), ids=KEPT)
@given(st.lists(rows.map(lambda row: row._replace(spelling=0)), min_size=1, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_in_a_publishers_list_each_id_counts_however_it_is_spread_over_files(
    channel: Channel, listed: list[Row], data: st.DataObject
) -> None:
    ids = {row.id: row for row in listed}
    order = data.draw(st.permutations(listed))
    cut = data.draw(st.integers(0, len(listed)))
    spread = found(channel, *[part for part in (order[:cut], order[cut:]) if part])
    assert len(spread.incidents) == len(ids)
    happenings = [row.happening for row in ids.values()]
    assert sorted(len(one.entries) for one in spread.doubles) == sorted(
        happenings.count(one) for one in set(happenings) if happenings.count(one) > 1
    )
    assert all(one.counted == "each" for one in spread.doubles)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=6), st.data())
@settings(max_examples=25, deadline=None)
def test_rows_without_ids_count_once_however_they_are_spread_over_files(
    happenings: list[int], data: st.DataObject
) -> None:
    channel = Channel("table", lambda rows: table([row._replace(id="") for row in rows]), NAMELESS)
    sent = [Row(one, "") for one in happenings]
    cut = data.draw(st.integers(0, len(sent)))
    files = [part for part in (sent[:cut], sent[cut:]) if part]
    assert said(found(channel, *files, files[0])) == said(found(channel, [Row(one, "") for one in {*happenings}]))


@pytest.mark.parametrize("channel", SENT.values(), ids=SENT)
def test_a_claim_that_differs_is_no_double(channel: Channel) -> None:
    assert found(channel, [Row(1, "a"), Row(2, "b")]).doubles == ()
    written = channel.write([Row(1, "a"), Row(1, "b")])
    cut = written.rindex("Two rounds fell.")
    other = channel._replace(write=lambda _: f"{written[:cut]}Three{written[cut + 3 :]}")
    assert found(other, [Row(1, "a")]).doubles == ()


def test_doubles_are_named_until_somebody_decides(tmp_path: Path) -> None:
    with Centre.create(tmp_path / "c", Charter(title="Exercise", timezone="UTC"), at=AT) as centre:
        for name in "ab":
            take_in(centre, SENT["field"].delivery([Row(0, name)]), AT)
        findings = derive(centre.stated(), centre.timezone)
        (one,) = findings.doubles
        first, second = one.entries
        sentence = waiting.doubles(one, one.source, "truce")
        assert sentence == (
            f"2 reports of Post 4 say the same (entries {first} and {second}) and differ only in their ids and their "
            f"files. They count once until somebody decides: parley judge truce different {first} {second}"
        )
        report = daily_report(centre, findings, datetime(2031, 5, 2, tzinfo=UTC).date())
        assert report.doubles == (one,) and "say the same" in as_html(report).decode()
        assert '"doubles":[{"source":"Post 4"' in as_json(report).decode()
        assert summary(findings).doubles == 2
        elsewhere = daily_report(centre, findings, datetime(2031, 5, 3, tzinfo=UTC).date())
        assert elsewhere.doubles == () and 'id="doubles"' not in as_html(elsewhere).decode()
        with pytest.raises(JudgementError, match="no report"):
            judge(centre, Judgement(kind="different", groups=((first,), (99,)), by="A", reason="seen"), lambda: AT)
        _, moved = judge(
            centre, Judgement(kind="different", groups=((first,), (second,)), by="A", reason="seen"), lambda: AT
        )
        after = moved.findings
        assert len(after.incidents) == 2 and after.doubles == ()
        show(centre, after)
        assert rebuild(centre) == []


def test_people_tell_apart_two_equal_rows_under_one_id_of_one_file(tmp_path: Path) -> None:
    with Centre.create(tmp_path / "c", Charter(title="Exercise", timezone="UTC"), at=AT) as centre:
        take_in(centre, SENT["a table of a desk"].delivery([Row(0, "a"), Row(0, "a"), Row(1, "b")]), AT)
        findings = derive(centre.stated(), centre.timezone)
        ((again, first),) = findings.again.items()
        assert len(findings.incidents) == 2 and findings.doubles == ()
        both = Judgement(kind="same", groups=((first, again),), by="A", reason="one row")
        with pytest.raises(JudgementError, match="versions of one report"):
            judge(centre, both, lambda: AT)
        apart = Judgement(kind="different", groups=((first,), (again,)), by="A", reason="two blasts")
        _, moved = judge(centre, apart, lambda: AT)
        after = moved.findings
        assert len(after.incidents) == 3 and after.again == {}
