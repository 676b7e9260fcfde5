"""GDELT 2: rows that a program made from articles; flagged, never an accusation, and never dropped in silence."""

from datetime import UTC, datetime, timedelta

import pytest
from intake_samples import claim, of_part, read_as, value

from parley.intake.channels.gdelt import _codebook
from parley.model import Disc, EventReport, Interval, Reading, Unknown, one

COLUMNS = _codebook().columns
ROW = dict.fromkeys(COLUMNS, "") | {
    "GLOBALEVENTID": "410412347", "SQLDATE": "20310502", "MonthYear": "203105", "Year": "2031", "Actor1Name": "NORTH",
    "Actor2Name": "SOUTH", "IsRootEvent": "1", "EventCode": "193", "EventBaseCode": "193", "EventRootCode": "19",
    "QuadClass": "4", "ActionGeo_Type": "4", "ActionGeo_FullName": "Milltown, Upper Reach, Northland",
    "ActionGeo_Lat": "12.5", "ActionGeo_Long": "40.25", "DATEADDED": "20310503101500",
    "SOURCEURL": "https://courier.example/2031/shots",
}  # fmt: skip


def line(**cells: str) -> str:
    return "\t".join((ROW | cells).values())


def gdelt(*lines: str) -> Reading:
    return read_as("gdelt", "\n".join(lines or (line(),)) + "\n")


def test_a_row_of_61_columns_is_a_machines_reading_of_an_article() -> None:
    assert len(COLUMNS) == 61
    reading = gdelt()
    assert reading.problems == ()
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    assert [flag.code for flag in report.flags] == ["machine-coded", "day-widened"]
    assert (report.reference, report.cardinality, report.origin.first) == ("410412347", "posts", 1)
    assert report.citation is not None
    assert (report.citation.publisher, report.citation.address) == ("courier.example", ROW["SOURCEURL"])
    assert report.published == Interval(
        start=datetime(2031, 5, 3, 10, 15, tzinfo=UTC), end=datetime(2031, 5, 3, 10, 15, tzinfo=UTC)
    )
    assert value(reading, "place") == Disc(name=ROW["ActionGeo_FullName"], lat=12.5, lon=40.25, radius_m=15000)
    assert (value(reading, "act"), value(reading, "means")) == (one("gunfire"), one("small-arms"))
    time = value(reading, "time")
    assert isinstance(time, Interval) and time.length == timedelta(days=3)


def test_whom_the_article_accuses_waits_for_a_person() -> None:
    for attribute, name in (("actor", "NORTH"), ("affected", "SOUTH")):
        found = claim(gdelt(), attribute)
        assert found is not None and isinstance(found.value, Unknown) and found.said == name


def test_whether_a_ceasefire_was_violated_is_not_for_a_program_to_say() -> None:
    found = claim(gdelt(line(EventCode="196", EventBaseCode="196")), "act")
    assert found is not None and isinstance(found.value, Unknown) and found.said == "CAMEO 196: violate ceasefire"


@pytest.mark.parametrize(
    ("code", "act"), [("195", "air-attack"), ("1952", "air-attack"), ("183", "explosion"), ("1839", "explosion")]
)
def test_codes_that_are_clear_have_a_term(code: str, act: str) -> None:
    assert value(gdelt(line(EventCode=code, EventBaseCode=code[:3], EventRootCode=code[:2])), "act") == one(act)


def test_rows_of_other_acts_are_counted_by_their_root() -> None:
    talk = {"EventCode": "040", "EventBaseCode": "040", "EventRootCode": "04"}
    reading = gdelt(line(**talk), line(), line(**talk), line(EventRootCode="17", GLOBALEVENTID="2"))
    assert (len(reading.reports), reading.passed) == (1, {"04 consult": 2, "17 coerce": 1})
    assert [one.origin.record for one in reading.reports] == [2]


@pytest.mark.parametrize(
    ("kind", "radius_m"), [("1", 300000), ("2", 100000), ("3", 15000), ("4", 15000), ("5", 100000)]
)
def test_the_type_of_place_is_a_radius(kind: str, radius_m: int) -> None:
    assert value(gdelt(line(ActionGeo_Type=kind)), "place").radius_m == radius_m  # type: ignore[union-attr]


def test_a_row_without_a_place_says_nothing_of_one() -> None:
    nowhere = {"ActionGeo_Type": "0", "ActionGeo_FullName": "", "ActionGeo_Lat": "", "ActionGeo_Long": ""}
    reading = gdelt(line(**nowhere))
    assert (value(reading, "place"), reading.problems) == (None, ())


def test_a_source_that_is_no_address_is_named_as_it_stands() -> None:
    for source in ("BBC Monitoring", "https://[broken", "javascript:alert(1)"):
        citation = gdelt(line(SOURCEURL=source)).reports[0].citation
        assert citation is not None and (citation.publisher, citation.address) == (source, "")


def test_a_quote_is_a_sign_like_others() -> None:
    reading = gdelt(line(ActionGeo_FullName='"Milltown'), line(GLOBALEVENTID="2", Actor1Name='5" GUN'))
    assert (len(reading.reports), reading.problems) == (2, ())
    (problem,) = gdelt(line(Actor1Name='"NORTH', ActionGeo_Lat="95"), line()).problems
    assert problem.column == line(Actor1Name='"NORTH').index("12.5") + 1


def test_a_file_with_its_header_is_read_too() -> None:
    reading = gdelt("\t".join(COLUMNS), line())
    assert (len(reading.reports), reading.reports[0].origin.first) == (1, 2)


@pytest.mark.parametrize(("cells", "said"), [(58, "as in GDELT 1"), (16, "mentions"), (3, "3 cells")])
def test_other_files_of_gdelt_are_called_what_they_are(cells: int, said: str) -> None:
    (problem,) = gdelt("\t".join(["1"] * cells)).problems
    assert said in problem.found and "61 cells" in problem.expected


def test_a_first_line_that_is_broken_costs_only_itself() -> None:
    for bad in ("cut\toff", "\0"):
        reading = gdelt(bad, line())
        assert (len(reading.reports), len(reading.problems), reading.problems[0].line) == (1, 1, 1)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("SQLDATE", "2031-05-02"),
        ("SQLDATE", "20310230"),
        ("EventRootCode", "21"),
        ("EventRootCode", ""),
        ("ActionGeo_Type", "9"),
        ("ActionGeo_Lat", "95"),
        ("ActionGeo_Long", "east"),
        ("GLOBALEVENTID", ""),
    ],
)
def test_a_bad_cell_costs_its_row_and_is_placed(field: str, bad: str) -> None:
    reading = gdelt(line(**{field: bad}), line(GLOBALEVENTID="2"))
    assert [report.reference for report in reading.reports] == ["2"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.field, problem.found) == (1, field, bad)


def test_a_moment_of_adding_that_cannot_be_read_costs_itself_alone() -> None:
    reading = gdelt(line(DATEADDED="20311341000000"))
    assert reading.reports[0].published is None
    assert [(one.field, of_part(one)) for one in reading.problems] == [
        ("DATEADDED", "row 1: Recorded without this field.")
    ]


def test_an_empty_file_is_a_problem() -> None:
    assert gdelt("").problems[0].found == "white space only"


def test_codes_that_a_program_took_for_numbers_are_the_same_codes() -> None:
    pointed = gdelt(line(EventRootCode="19.0", EventCode="193.0", EventBaseCode="193.0", ActionGeo_Type="4.0"))
    assert pointed.reports[0].claims == gdelt().reports[0].claims  # type: ignore[union-attr]
    assert gdelt(line(), line(EventRootCode="4.0")).passed == {"04 consult": 1}
