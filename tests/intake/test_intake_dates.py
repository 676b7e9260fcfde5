"""Times: aware, existing, and never more exact than they were said."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import DAMASCUS
from pydantic import TypeAdapter

from parley.intake.faults import Unreadable
from parley.intake.values.dates import span, when, whole_days
from parley.model import Interval

ZONES = ["Asia/Damascus", "Europe/Kyiv", "Asia/Tbilisi", "Etc/GMT+8", "America/Havana", "Australia/Lord_Howe"]

JSON = TypeAdapter(Interval)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2031-05-02T06:30:00+03:00", at(2031, 5, 2, 3, 30)),
        ("2031-05-02T06:30Z", at(2031, 5, 2, 6, 30)),
        ("2031-05-02 06:30", at(2031, 5, 2, 3, 30)),
        ("2031-05-02t06:30:15.5-0800", at(2031, 5, 2, 14, 30, 15, 500_000)),
    ],
)
def test_a_time_without_an_offset_is_local(text: str, moment: datetime) -> None:
    assert when(text, DAMASCUS) == Interval(start=moment, end=moment)


@pytest.mark.parametrize(
    "text",
    [
        "2031-02-30",
        "2031-05-02T25:00",
        "2031-5-2",
        "20310502",
        "2031-05-02T06",
        "yesterday",
        "",
        "2031-05-02T06:30+30:00",
    ],
)
def test_what_is_no_time_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        when(text, DAMASCUS)


def test_a_day_may_end_at_24_00() -> None:
    day = span("2031-05-02T00:00", "2031-05-02T24:00", DAMASCUS)
    assert day == when("2031-05-02", DAMASCUS)
    assert when("2031-12-31T24:00:00Z", DAMASCUS).end == datetime(2032, 1, 1, tzinfo=UTC)
    for wrong in ("2031-05-02T24:01", "2031-05-02T25:00", "2031-05-02T24:00:01"):
        with pytest.raises(Unreadable):
            when(wrong, DAMASCUS)


def test_the_midnight_at_which_clocks_are_set_on_ends_one_day_and_begins_the_next() -> None:
    day = when("2016-03-25", DAMASCUS)  # that night clocks went from 00:00 to 01:00
    assert span("2016-03-25T00:00", "2016-03-26T00:00", DAMASCUS) == day
    assert span("2016-03-24T00:00", "2016-03-25T00:00", DAMASCUS) == when("2016-03-24", DAMASCUS)
    assert span("2016-03-24T00:00", "2016-03-24T24:00", DAMASCUS) == when("2016-03-24", DAMASCUS)


def test_parts_of_a_second_beyond_a_millionth_are_cut() -> None:
    assert when("2031-05-02T06:10:00.1234567Z", DAMASCUS) == when("2031-05-02T06:10:00.123456Z", DAMASCUS)


def test_a_local_time_that_clocks_skipped_does_not_exist() -> None:
    with pytest.raises(Unreadable, match="skipped"):
        when("2016-03-27T03:30", ZoneInfo("Europe/Kyiv"))


def test_a_local_time_that_clocks_showed_twice_is_either_of_both() -> None:
    found = when("2016-10-30T03:30", ZoneInfo("Europe/Kyiv"))
    assert found == Interval(start=at(2016, 10, 30, 0, 30), end=at(2016, 10, 30, 1, 30))


def test_a_day_without_a_midnight_begins_with_its_first_moment() -> None:
    found = when("2016-03-25", DAMASCUS)  # clocks went from 24:00 to 01:00
    assert found == Interval(start=at(2016, 3, 24, 22), end=at(2016, 3, 25, 21))
    assert JSON.validate_json(JSON.dump_json(found)) == found


def test_an_end_before_its_start_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="end-before-start"):
        span("2031-05-02T06:30", "2031-05-02T06:29", DAMASCUS)


def test_a_start_and_an_end_of_whole_days_include_both() -> None:
    assert span("2031-05-02", "2031-05-03", DAMASCUS) == whole_days(date(2031, 5, 2), date(2031, 5, 3), DAMASCUS)


@given(st.dates(date(1995, 1, 1), date(2037, 12, 30)), st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap_and_come_back_from_json(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    one, two = (whole_days(on, on, zone) for on in (day, day + timedelta(days=1)))
    assert one.end == two.start
    assert one.start.astimezone(zone).date() == day
    assert JSON.validate_json(JSON.dump_json(one)) == one
