"""What docs/intake.md says of all channels holds for each: every rule of cells is tried on every channel."""

import random

import pytest
from every_channel import EVERY, ROLES, WITHOUT_CELLS, Channel, content, told, values

from parley.intake import CHANNELS
from parley.intake.values.nothing import words
from parley.model import Bulletin, Count, Disc, Interval, Unknown

BY_NAME = [pytest.param(one, id=f"{one.name}-{number}") for number, one in enumerate(EVERY)]


def cells(*roles: str) -> list[object]:
    """Return each channel with each of *roles* that has a cell in it."""
    return [
        pytest.param(one, role, id=f"{one.name}-{number}-{role}")
        for number, one in enumerate(EVERY)
        for role in roles or ROLES
        if role in one.columns
    ]


def having(*roles: str) -> list[object]:
    """Return the channels in which all *roles* have a cell."""
    chosen = [(number, one) for number, one in enumerate(EVERY) if set(roles) <= one.columns.keys()]
    return [pytest.param(one, id=f"{one.name}-{number}") for number, one in chosen]


def test_every_channel_stands_in_the_table_with_all_that_a_cell_may_be() -> None:
    assert {one.name for one in EVERY} | WITHOUT_CELLS.keys() == CHANNELS.keys()
    for one in EVERY:
        assert one.columns.keys() | one.without.keys() == ROLES.keys()
        assert not one.columns.keys() & one.without.keys()


@pytest.mark.parametrize("channel", BY_NAME)
def test_a_good_input_is_read_whole_and_nothing_is_told(channel: Channel) -> None:
    reading = channel.read({"id": "A-1"} if channel.name not in ("ucdp-ged", "gdelt") else {"id": "1"})
    assert len(content(reading)) == 1 and reading.problems == ()


# Words for nothing


@pytest.mark.parametrize(("channel", "role"), cells())
def test_a_word_for_nothing_is_an_empty_cell_and_told_once_for_its_column(channel: Channel, role: str) -> None:
    chance = random.Random(f"{channel.name} {role}")
    if (channel.name, role) == ("bulletin", "count"):
        return  # digits in a sentence: no cell
    rest = {"lat": "", "lon": ""} if role == "at" else {}
    for word in chance.sample(sorted(words(number=role == "count")), 6):
        once = channel.name == "bulletin" or (channel.name, role) == ("bulletin-table", "source")
        rows = [{role: word, **rest}] * (1 if once else 2)
        reading = channel.read(*rows)
        (problem,) = told(reading, "word-for-nothing")
        assert problem.field == channel.fields.get(role, channel.columns[role])
        assert (problem.params["words"], problem.params["cells"]) == (word, len(rows)) and problem.line
        empty = channel.read(*({role: "", **rest} for _ in rows))
        if channel.name != "bulletin":  # whose `by` is no cell: without a name it is a fault of the line
            assert content(reading) == content(empty)
        assert word not in {one.source for one in reading.reports}
        assert word not in {
            one.reference for one in (*reading.reports, *reading.withdrawals) if hasattr(one, "reference")
        }


@pytest.mark.parametrize("channel", BY_NAME)
def test_unknown_is_an_answer_and_no_word_for_nothing(channel: Channel) -> None:
    for role in channel.columns:
        reading = channel.read({role: "unknown"})
        assert not told(reading, "word-for-nothing")


@pytest.mark.parametrize("channel", having("count"))
def test_none_where_a_count_is_wanted_is_neither_zero_nor_nothing(channel: Channel) -> None:
    for word in ("none", "nil"):
        reading = channel.read({"count": word})
        assert not told(reading, "word-for-nothing") and reading.problems
        assert not any(isinstance(value, Count) for value in values(reading, "deaths"))


# Whole numbers that are written with a point


@pytest.mark.parametrize(("channel", "role"), cells("id", "code"))
def test_7_0_is_7_where_whole_numbers_are_meant(channel: Channel, role: str) -> None:
    whole, pointed = (channel.read({role: f"1{end}"}, {"id": "2"}) for end in ("", ".0"))
    assert [{**one, "claims": None, "flags": None} for one in content(pointed)] == [
        {**one, "claims": None, "flags": None} for one in content(whole)
    ]
    assert [values(pointed, name) for name in ("time", "place")] == [values(whole, name) for name in ("time", "place")]


@pytest.mark.parametrize("channel", having("id", "source"))
def test_an_id_keeps_its_point_where_the_column_shows_other_ids(channel: Channel) -> None:
    if channel.name == "field":
        return  # its ids are texts as they stand, or numbers
    reading = channel.read({"id": "7.0"}, {"id": "A-1"})
    assert [one.reference for one in reading.reports if not isinstance(one, Bulletin)] == ["7.0", "A-1"]
    reading = channel.read({"id": "7.0"}, {"id": "7"})
    assert {one.reference for one in reading.reports if not isinstance(one, Bulletin)} == {"7"}
    assert told(reading, "whole-with-point") and told(reading, "id-twice")


# Numbers that can be read in two ways


@pytest.mark.parametrize("channel", having("count"))
def test_1_000_is_not_read_and_1_0_is_1(channel: Channel) -> None:
    twofold = channel.read({"count": "1.000"})  # in JSON of a field report as a text: the number 1.000 is 1
    assert twofold.problems and counted(twofold) in ([], [None])
    assert counted(channel.read({"count": "1.0"})) == [1]


def counted(reading: object) -> list[int | None]:
    found: list[int | None] = []
    for report in reading.reports:  # type: ignore[attr-defined]
        if isinstance(report, Bulletin):
            found += [item.count for item in report.items]
        else:
            deaths = [claim.value for claim in report.claims if claim.attribute == "deaths"]
            found += [value.best if isinstance(value, Count) else None for value in deaths]
    return found


# Days


def times(channel: Channel, reading: object) -> list[Interval | None]:
    """Return the times that were claimed; of posts, when they were published."""
    if channel.name == "auto-archiver":
        return [report.published for report in reading.reports]  # type: ignore[attr-defined]
    return [value for value in values(reading, "time") if isinstance(value, Interval)]  # type: ignore[arg-type]


@pytest.mark.parametrize("channel", [one for one in having("time") if not one.values[0].days])  # type: ignore[attr-defined]
@pytest.mark.parametrize("midnight", ["2031-05-02 00:00:00", "2031-05-02T00:00", "2031-05-02T00:00:00.000Z"])
def test_a_column_of_midnights_is_a_column_of_days(channel: Channel, midnight: str) -> None:
    days = channel.read({"id": "a", "time": midnight}, {"id": "b", "time": midnight.replace("-02", "-04")})
    assert [one and one.length.total_seconds() for one in times(channel, days)] == [86400, 86400]
    (problem,) = told(days, "midnights-are-days")
    assert problem.params["cells"] == 2 and problem.line is not None
    mixed = channel.read({"id": "a", "time": midnight}, {"id": "b", "time": "2031-05-04 06:30:00"})
    assert [one and one.length.total_seconds() for one in times(channel, mixed)] == [0, 0]
    assert not told(mixed, "midnights-are-days")


@pytest.mark.parametrize("channel", having("time"))
def test_a_midnight_behind_a_day_of_a_codebook_is_no_time(channel: Channel) -> None:
    if channel.days == "days by its codebook":
        whole, clocked = (channel.read({"time": f"2031-05-02{end}"}) for end in ("", " 00:00:00"))
        assert values(whole, "time") == values(clocked, "time")


@pytest.mark.parametrize("channel", having("time"))
def test_offsets_are_read_however_they_are_written(channel: Channel) -> None:
    if channel.days == "days by its codebook":
        return
    for offset, hour in (("+03", 3), ("+0300", 3), ("+03:00", 3), (" UTC", 6), ("Z", 6), (" UTC+03:00", 3)):
        (at,) = times(channel, channel.read({"time": f"2031-05-02 06:05:00{offset}"}))
        assert at is not None and at.start.utctimetuple()[2:5] == (2, hour, 5)


@pytest.mark.parametrize("channel", having("time"))
def test_a_time_of_day_alone_is_no_time(channel: Channel) -> None:
    for clock in ("02:55", "0255", "02.55", "02h55", "2:55 am", "0255Z", "0255L"):
        reading = channel.read({"time": clock})
        assert reading.problems and not any(times(channel, reading))
        assert clock in reading.problems[0].found


@pytest.mark.parametrize("channel", having("time"))
def test_a_date_time_group_is_a_moment(channel: Channel) -> None:
    if channel.days == "days by its codebook":
        return
    for group, hour in (("020255ZMAY31", 2), ("020255Z May 2031", 2), ("02 0255L MAY 31", 23)):
        (at,) = times(channel, channel.read({"time": group}))
        local = channel.name != "auto-archiver"  # whose times are UTC
        assert at is not None and at.start.utctimetuple()[3:5] == (hour if local else 2, 55)


# Places


@pytest.mark.parametrize("channel", having("lat", "lon"))
def test_null_island_is_no_place_and_told(channel: Channel) -> None:
    for lat, lon in (("0", "0"), ("0.0000", "-0.0"), ("0", "0.0")):
        reading = channel.read({"lat": lat, "lon": lon})
        assert not any(isinstance(value, Disc) for value in values(reading, "place"))
        assert told(reading, "zero-zero")


@pytest.mark.parametrize("channel", having("at"))
def test_both_coordinates_in_one_cell_are_read_cell_by_cell(channel: Channel) -> None:
    for at in ("12.5, 40.25", "12°30'N 40°15'E", "37PFP3582782164", "POINT (40.25 12.5)", "12.5 40.25 610 4.5"):
        reading = channel.read({"lat": "", "lon": "", "at": at})
        (place,) = values(reading, "place")
        assert isinstance(place, Disc) and reading.problems == (), at
        assert abs(place.lat - 12.5) < 0.01 and abs(place.lon - 40.25) < 0.01
    for at in ("0, 0", "12.5", "40.25, 112.5, 1, 2, 3", "37PZZ12", "Ford"):
        reading = channel.read({"lat": "", "lon": "", "at": at})
        assert all(isinstance(value, Unknown) for value in values(reading, "place")) and reading.problems


# Reading that goes on


@pytest.mark.parametrize("channel", BY_NAME)
def test_reading_that_goes_on_behind_a_row_finds_what_reading_at_once_finds(channel: Channel) -> None:
    if channel.name in ("bulletin", "bulletin-table"):
        return  # read at once
    odd = {"id": "7.0", "time": "2031-05-02 00:00:00", "actor": "nan", "account": "-"}
    rows = [odd, {**odd, "id": "8.0"}, {**odd, "id": "9"}]
    whole, rest = channel.read(*rows), channel.read(*rows, after=1)
    assert content(rest) == content(whole)[1:]
    codes = ("word-for-nothing", "midnights-are-days", "whole-with-point")
    assert [told(rest, code) for code in codes] == [told(whole, code) for code in codes]
