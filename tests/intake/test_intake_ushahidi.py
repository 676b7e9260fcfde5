"""Exports of Ushahidi: posts, not incidents; the moment of sending is not the time of a happening."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import claim, of_part, read_as, value

from parley.model import Disc, EventReport, Interval, Reading, Words, one

HEADER = (
    "Post ID,Survey,Post Status,Created (UTC),Updated (UTC),Post Date (UTC),Contact ID,Contact,Data Source ID,Source,"
    "Unstructured Description,Title,Description,Location.lat,Location.lon,Perpetrator"
)
ROW = (
    "7,Ceasefire reports,published,2031-05-02 06:30:00,2031-05-02 07:00:00,2031-05-02 06:30:00,12,+15550100,,sms,,"
    "Shots,Shots near the mill,12.5,40.25,South"
)


def read(*lines: str, **options: object) -> Reading:
    return read_as("ushahidi", "\n".join(lines) + "\n", **options)


def row(**cells: str) -> str:
    named = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | cells
    return ",".join(named.values())


def sole(reading: Reading) -> EventReport:
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    return report


def test_a_post_is_a_report_of_posts() -> None:
    reading = read(HEADER, ROW)
    assert not reading.problems
    report = sole(reading)
    assert (report.source, report.reference, report.cardinality) == ("Ushahidi", "7", "posts")
    assert value(reading, "place") == Disc(lat=12.5, lon=40.25, radius_m=788)
    assert value(reading, "account") == Words(text="Shots near the mill") and value(reading, "actor") == one("South")
    assert report.published is not None and report.published.start.isoformat() == "2031-05-02T06:30:00+00:00"


def test_the_moment_of_sending_is_no_time_of_a_happening_and_a_date_set_by_somebody_is() -> None:
    assert value(read(HEADER, ROW), "time") is None
    found = value(read(HEADER, row(**{"Post Date (UTC)": "2031-05-01 20:00:00"})), "time")
    assert isinstance(found, Interval) and found.start.isoformat() == "2031-05-01T20:00:00+00:00"
    asked = value(read(f"{HEADER},Date of incident", f"{ROW},2031-04-30"), "time")
    assert isinstance(asked, Interval) and asked.length.days == 1


def test_who_sent_it_is_shown_nowhere() -> None:
    assert "15550100" not in sole(read(HEADER, ROW)).model_dump_json()


def test_a_post_that_nobody_published_says_so() -> None:
    assert [flag.code for flag in sole(read(HEADER, row(**{"Post Status": "draft"}))).flags] == [
        "post",
        "post-not-published",
    ]
    assert [flag.code for flag in sole(read(HEADER, ROW)).flags] == ["post"]


def test_a_second_heading_of_hashtags_or_of_nothing_is_no_post() -> None:
    columns = HEADER.count(",")
    for second in ("," * columns, "#event +id" + "," * columns, ""):
        reading = read(HEADER, second, ROW)
        assert len(reading.reports) == 1 and not reading.problems


def test_exports_from_before_the_columns_survey_and_source() -> None:
    old = [name for name in HEADER.split(",") if name not in ("Survey", "Source", "Data Source ID")]
    cells = dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    reading = read(",".join(old), ",".join(cells[name] for name in old))
    assert sole(reading).reference == "7" and not reading.problems


def test_several_places_give_the_first_that_is_filled_and_say_so() -> None:
    header = f"{HEADER},Second place.lat,Second place.lon"
    reading = read(header, f"{ROW},13.0,41.0")
    assert value(reading, "place").lat == 12.5 and "one place" in reading.problems[0].expected  # type: ignore[union-attr]
    other = read(header, row(**{"Location.lat": "", "Location.lon": ""}) + ",13.0,41.0")
    assert value(other, "place").lat == 13.0 and not other.problems  # type: ignore[union-attr]


def test_a_post_without_a_place_is_kept_without_one() -> None:
    reading = read(HEADER, row(**{"Location.lat": "", "Location.lon": ""}))
    assert value(reading, "place") is None and not reading.problems


@pytest.mark.parametrize(
    ("column", "bad"), [("Location.lat", "9999"), ("Created (UTC)", "12/05/2031 10:00"), ("Post Date (UTC)", "soon")]
)
def test_a_cell_that_cannot_be_read_costs_itself_and_is_named_as_the_export_names_it(column: str, bad: str) -> None:
    text = row(**{column: bad})
    reading = read(HEADER, text, row(**{"Post ID": "8"}))
    assert len(reading.reports) == 2
    (problem,) = reading.problems
    assert (problem.line, problem.field, of_part(problem)) == (2, column, "row 1: Recorded without this field.")
    assert problem.column == text.index(bad) + 1


def test_a_claim_names_the_column_that_it_was_read_from() -> None:
    said = claim(read(HEADER, ROW), "place")
    assert said is not None and said.column == "Location.lat"


def test_a_post_without_an_id_is_no_second_heading() -> None:
    reading = read(HEADER, row(**{"Post ID": ""}))
    assert len(reading.reports) == 1


def test_a_row_of_empty_cells_is_no_post() -> None:
    reading = read(HEADER, ROW, "," * HEADER.count(","), row(**{"Post ID": "8"}))
    assert [one.origin.record for one in reading.reports] == [1, 2]
    assert reading.problems == ()


def test_what_is_no_export_is_refused_with_what_it_lacks() -> None:
    assert "Post ID, Post Status, Created (UTC)" in read("a,b", "1,2").problems[0].expected


def test_words_over_several_lines() -> None:
    reading = read(HEADER, row(Description='"one\ntwo, ""three"""'))
    assert value(reading, "account") == Words(text='one\ntwo, "three"')


@given(st.binary(max_size=150))
def test_any_bytes_are_answered(data: bytes) -> None:
    for whole in (data, HEADER.encode() + b"\n" + data):
        reading = read_as("ushahidi", whole)
        assert reading.reports or reading.problems
    good = read_as("ushahidi", f"{HEADER}\n{ROW}\n".encode() + data.replace(b"\0", b""))
    assert good.reports or good.problems


@given(st.integers(0, 2**32))
def test_any_damage_is_answered(seed: int) -> None:
    chance, text = random.Random(seed), f"{HEADER}\n{ROW}\n{row(**{'Post ID': '8'})}\n"
    place = chance.randrange(len(text))
    reading = read_as("ushahidi", text[:place] + chance.choice(['"', ",", "\n", ";", "#", "-", ""]) + text[place + 1 :])
    assert reading.reports or reading.problems


def test_a_native_time_that_names_its_offset_keeps_it() -> None:
    for at in ("2031-05-01 20:00:00+00", "2031-05-01T20:00:00Z", "2031-05-01 20:00:00 UTC"):
        found = value(read(HEADER, row(**{"Post Date (UTC)": at})), "time")
        assert isinstance(found, Interval) and found.start.isoformat() == "2031-05-01T20:00:00+00:00"
