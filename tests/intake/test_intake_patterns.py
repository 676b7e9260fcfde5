"""Days and numbers as a mapping says that they are written; nothing is guessed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import DAMASCUS, MAPPING, TABLE_HEADER, mapping, read_as, row, value

from parley.intake.faults import Unreadable
from parley.intake.mappings.patterns import in_pattern, is_pattern
from parley.intake.values.numbers import with_point
from parley.model import InputError, Interval


@pytest.mark.parametrize(
    ("text", "pattern", "start"),
    [
        ("16/05/2031", "DD/MM/YYYY", "2031-05-16T00:00"),
        ("05/16/2031", "MM/DD/YYYY", "2031-05-16T00:00"),
        ("6.5.2031 07:08", "D.M.YYYY HH:mm", "2031-05-06T07:08"),
        ("16 May 2031", "D MMM YYYY", "2031-05-16T00:00"),
        ("16 мая 2031", "D MMM YYYY", "2031-05-16T00:00"),
        ("16 août 2031", "D MMM YYYY", "2031-08-16T00:00"),
        ("16 Agustus 2031", "D MMM YYYY", "2031-08-16T00:00"),
        ("١٦ أيار ٢٠٣١", "D MMM YYYY", "2031-05-16T00:00"),
        ("١٦ كانون الثاني ٢٠٣١", "D MMM YYYY", "2031-01-16T00:00"),
        ("20310516", "YYYYMMDD", "2031-05-16T00:00"),
        ("05/2031", "MM/YYYY", "2031-05-01T00:00"),
        ("2031", "YYYY", "2031-01-01T00:00"),
        ("2031-05-16", "DD/MM/YYYY", "2031-05-16T00:00"),  # ISO 8601 can always be read
        ("٢٠٣١-٠٥-١٦", "DD/MM/YYYY", "2031-05-16T00:00"),
    ],
)
def test_a_time_is_read_in_the_pattern_of_the_mapping(text: str, pattern: str, start: str) -> None:
    assert in_pattern(text, (pattern,), DAMASCUS).start.isoformat().startswith(start)


def test_a_month_and_a_year_are_whole_intervals() -> None:
    assert in_pattern("02/2032", ("MM/YYYY",), DAMASCUS).length.days == 29
    assert in_pattern("2031", ("YYYY",), DAMASCUS).length.days == 365


@pytest.mark.parametrize(
    "text", ["31/02/2031", "16/13/2031", "1/5/2031", "16-05-2031", "16/05/31", "0/0/0", "x" * 1000, "", "16/05/2031 "]
)
def test_what_is_written_otherwise_or_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        in_pattern(text, ("DD/MM/YYYY", "MM/YYYY"), DAMASCUS)


@pytest.mark.parametrize(
    "pattern", ["DD/MM", "YYYY YYYY", "DD YYYY", "MMM MM YYYY", "YYYY HH", "DD/MM/YYYY HH", "DD/MM/YYYY mm:ss", "", "("]
)
def test_a_pattern_that_leaves_a_day_open_is_refused_with_the_mapping(pattern: str) -> None:
    assert not is_pattern(pattern)
    with pytest.raises(InputError):
        mapping(MAPPING + f"dates: ['{pattern}']\n")


def test_a_decimal_comma_is_a_comma_and_a_point_beside_it_is_refused() -> None:
    assert with_point("12,5", ",") == "12.5"
    assert with_point("−٣٣٫٥", ".") == "-33.5"
    with pytest.raises(Unreadable):
        with_point("1.234", ",")


def test_a_table_with_decimal_commas_and_days_first() -> None:
    text = MAPPING.replace('delimiter: ","', 'delimiter: ";"\ndecimal: ","\ndates: [DD/MM/YYYY]')
    cells = row(**{"from": "02/05/2031", "lat": "12_5", "lon": "40_25"})
    data = f"{TABLE_HEADER}\n{cells}\n".replace(",", ";").replace("_", ",")
    reading = read_as("table", data, mapping=mapping(text))
    assert not reading.problems
    place, time = value(reading, "place"), value(reading, "time")
    assert (place.lat, place.lon) == (12.5, 40.25)  # type: ignore[union-attr]
    assert isinstance(time, Interval) and time.start.isoformat() == "2031-05-02T00:00:00+03:00"


def test_a_decimal_comma_between_commas_is_read_in_quotes_and_costs_its_row_without_them() -> None:
    text = MAPPING + 'decimal: ","\n'
    cells = row(lat='"12,5"', lon='"40,25"')
    reading = read_as("table", f"{TABLE_HEADER}\n{cells}\n{row(lat='12,5')}\n", mapping=mapping(text))
    place = value(reading, "place")
    assert (place.lat, place.lon) == (12.5, 40.25)  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.code) == (3, "cells-unlike-header")


@given(st.text(max_size=30), st.text(max_size=20))
def test_any_text_and_pattern_is_read_or_refused(text: str, pattern: str) -> None:
    if is_pattern(pattern):
        with contextlib.suppress(Unreadable):
            in_pattern(text, (pattern,), DAMASCUS)
