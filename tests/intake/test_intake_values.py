"""What one cell says: numbers, times of day, coordinates, references of MGRS; and what columns say as wholes."""

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import BULLETIN_TABLE, DAMASCUS, MAPPING, TABLE_HEADER, mapping, read_as, row, table, value
from workbook_samples import HEADER, book, cells, read_book

from parley.intake import read
from parley.intake.faults import Unreadable
from parley.intake.mappings.patterns import in_pattern, is_pattern
from parley.intake.values.clocks import Clock, clock, date_time_group
from parley.intake.values.columns import is_midnight
from parley.intake.values.coordinates import angle, is_position, position
from parley.intake.values.grid import square
from parley.intake.values.nothing import is_nothing, words
from parley.intake.values.numbers import Marks, StoredNumber, number, whole
from parley.model import Bulletin, Count, Disc, Input, InputError, Interval, OneOf, Problem, Reading, Unknown, one

# Nothing


def test_unknown_zero_and_names_are_no_words_for_nothing() -> None:
    for word in ("unknown", "Unknown", "0", "no", "Na", "Nan Province", "Nil River", "?", "nobody"):
        assert not is_nothing(word)
    assert {"nan", "NaN", "None", "NULL", "N/A", "#N/A", "n/a", "-", "–", "—"} <= words(number=True)


def test_a_word_that_the_mapping_gives_a_meaning_has_that_meaning() -> None:
    text = MAPPING.replace("actor: {column: actor,", "actor: {column: actor, values: {N/A: unknown, -: South},")
    reading = read_as(
        "table", "\n".join([TABLE_HEADER, row(actor="N/A"), row(id="b", actor="-")]), mapping=mapping(text)
    )
    assert isinstance(value(reading, "actor"), Unknown) and value(reading, "actor", 1) == one("South")
    assert not reading.problems


def test_a_word_for_nothing_among_several_names_is_none_of_them() -> None:
    reading = table(row(actor="South|nan|North", denied="-|East"))
    assert value(reading, "actor") == OneOf(any_of=("South", "North"), none_of=("East",))
    assert [(one.field, one.params["words"]) for one in reading.problems] == [("actor", "nan"), ("denied", "-")]


# Numbers


@pytest.mark.parametrize(
    ("text", "marks", "read_as_"),
    [
        ("1.0", Marks(), "1.0"),
        ("1.00", Marks(), "1.00"),
        ("1234.000", Marks(), "1234.000"),
        ("0.125", Marks(), "0.125"),
        ("1.2345", Marks(), "1.2345"),
        ("1,5", Marks(","), "1.5"),
        ("1.000", Marks(".", ","), "1"),
        ("1.250", Marks(".", ""), "1.250"),
        ("1,000", Marks(".", ","), "1000"),
        ("1,234,567.5", Marks(".", ","), "1234567.5"),
        ("1.000", Marks(",", "."), "1000"),
        ("1.000,5", Marks(",", "."), "1000.5"),
        ("1,000", Marks(",", "."), "1"),
        ("1 000", Marks(",", " "), "1000"),
        ("1\u202f000\u00a0000,5", Marks(",", " "), "1000000.5"),
        ("1'000", Marks(".", "'"), "1000"),
        ("٢", Marks(), "2"),
    ],
)
def test_a_number_is_read_by_the_marks_of_its_table(text: str, marks: Marks, read_as_: str) -> None:
    assert number(text, marks) == read_as_


@pytest.mark.parametrize(
    ("text", "marks", "code"),
    [
        ("1.000", Marks(), "thousands-or-decimals"),
        ("2.500", Marks(), "thousands-or-decimals"),
        ("999.000", Marks(), "thousands-or-decimals"),
        ("1,000", Marks(","), "thousands-or-decimals"),
        ("12.5", Marks(","), "decimal-point"),
        ("1.00", Marks(",", "."), "not-in-thousands"),
        ("1.0000", Marks(",", "."), "not-in-thousands"),
        ("1234.567", Marks(",", "."), "not-in-thousands"),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_not_read(text: str, marks: Marks, code: str) -> None:
    with pytest.raises(Unreadable) as raised:
        number(text, marks)
    assert raised.value.code == code


def test_a_number_that_a_program_holds_as_one_has_no_marks() -> None:
    assert number(StoredNumber("2.125"), Marks(",", ".")) == "2.125"
    text = MAPPING.replace('delimiter: ","', 'decimal: ","\nthousands: "."').replace("  deaths:", "  altitude:")
    reading = read_book(
        book(HEADER, cells(deaths=2.125, lat=12.5, lon="40,25"), cells(id="b", deaths="2.125", lat=12.5, lon=40.25)),
        text,
    )
    assert [value(reading, "altitude", index).low for index in (0, 1)] == [2.125, 2125]  # type: ignore[union-attr]
    assert isinstance(value(reading, "place"), Disc) and not reading.problems


def test_thousands_in_a_mapping_settle_what_is_dead() -> None:
    marks = {"thousands: ''": 1, "thousands: ','": 1, "{thousands: '.', decimal: ','}": 1000}
    for said, dead in marks.items():
        text = MAPPING + said.strip("{}").replace(", decimal", "\ndecimal") + "\n"
        rows = row(deaths="1.000", lat="", lon="")
        reading = read_as("table", f"{TABLE_HEADER}\n{rows}\n", mapping=mapping(text))
        assert value(reading, "deaths") == Count(low=dead, best=dead, high=dead)
    with pytest.raises(InputError, match="mark between thousands"):
        mapping(MAPPING + "thousands: '.'\n")


def test_a_radius_keeps_its_three_decimals_but_for_zeros() -> None:
    def radius(text: str) -> Reading:
        with_radius = mapping(MAPPING.replace("lon: {column: lon}", "lon: {column: lon}, radius_m: {column: denied}"))
        return read_as("table", f"{TABLE_HEADER}\n{row(denied=text)}\n", mapping=with_radius)

    assert value(radius("4.288"), "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=5)
    assert [problem.code for problem in radius("1.000").problems] == ["thousands-or-decimals"]


def test_ids_and_codes_lose_a_point_with_zeros_alone() -> None:
    assert [whole(text) for text in ("7.0", "7.000", "7", "7.5", "A-7.0", "07.0")] == [
        "7",
        "7",
        "7",
        "7.5",
        "A-7.0",
        "07",
    ]


# Times of day


@pytest.mark.parametrize(
    ("text", "read_as_"),
    [
        ("02:55", Clock("02:55", "")),
        ("2:55", Clock("02:55", "")),
        ("0255", Clock("02:55", "")),
        ("02.55", Clock("02:55", "")),
        ("02h55", Clock("02:55", "")),
        ("2 h 55", Clock("02:55", "")),
        ("2:55 am", Clock("02:55", "")),
        ("2:55 p.m.", Clock("14:55", "")),
        ("12:05 AM", Clock("00:05", "")),
        ("12:05 PM", Clock("12:05", "")),
        ("0255Z", Clock("02:55", "Z")),
        ("0255 UTC", Clock("02:55", "Z")),
        ("0255L", Clock("02:55", "")),
        ("0255 hrs", Clock("02:55", "")),
        ("06:10:00.000-08:00", Clock("06:10:00.000", "-08:00")),
        ("06:10:00+03", Clock("06:10:00", "+03:00")),
        ("٠٢:٥٥", Clock("02:55", "")),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(text: str, read_as_: Clock) -> None:
    assert clock(text) == read_as_


@pytest.mark.parametrize(
    "text", ["255", "2", "14:55 pm", "0:05 am", "02:5", "noon", "0255B", "02:55:61:00", "", "9" * 60]
)
def test_what_is_no_time_of_day_is_not_read(text: str) -> None:
    assert clock(text) is None


@pytest.mark.parametrize("text", ["280255ZNOV26", "280255z nov 26", "28 0255Z NOV 2026", "280255Z Nov 26"])
def test_a_date_time_group_is_a_day_and_a_time(text: str) -> None:
    assert date_time_group(text) == "2026-11-28T02:55Z"
    assert in_pattern(text, (), DAMASCUS).start.isoformat() == "2026-11-28T02:55:00+00:00"


def test_a_date_time_group_of_no_month_or_no_day_is_none() -> None:
    assert date_time_group("280255ZXXX26") is None and date_time_group("0255Z") is None
    with pytest.raises(Unreadable):
        in_pattern("310255ZNOV26", (), DAMASCUS)


# Patterns


@pytest.mark.parametrize(
    ("text", "pattern", "start"),
    [
        ("2-May-31", "D-MMM-YY", "2031-05-02T00:00"),
        ("2-May-97", "D-MMM-YY", "1997-05-02T00:00"),
        ("5/2/2031 6:05 PM", "M/D/YYYY h:mm A", "2031-05-02T18:05"),
        ("5/2/31 12:05 a.m.", "M/D/YY h:mm a", "2031-05-02T00:05"),
        ("02/05/2031 06h05", "DD/MM/YYYY HHhmm", "2031-05-02T06:05"),
        ("02/05/2031 06:05 +03", "DD/MM/YYYY HH:mm Z", "2031-05-02T06:05"),
        ("02/05/2031 03:05:00UTC", "DD/MM/YYYY HH:mm:ssZ", "2031-05-02T06:05"),
    ],
)
def test_patterns_have_short_years_halves_of_the_day_and_offsets(text: str, pattern: str, start: str) -> None:
    assert is_pattern(pattern)
    read_ = in_pattern(text, (pattern,), DAMASCUS).start.astimezone(DAMASCUS)
    assert read_.isoformat().startswith(start)


@pytest.mark.parametrize("pattern", ["D/M/YYYY h:mm", "D/M/YYYY Z", "D/M/YY YYYY", "h:mm A"])
def test_an_hour_of_12_without_its_half_and_an_offset_without_a_clock_are_no_patterns(pattern: str) -> None:
    assert not is_pattern(pattern)


# Day and time in two columns


def timed(day: str, at: str) -> Reading:
    text = MAPPING.replace("start: {column: from}, end: {column: to}", "start: {column: from, time: {column: to}}")
    return read_as("table", f"{TABLE_HEADER}\n{row(**{'from': day, 'to': at})}\n", mapping=mapping(text))


@pytest.mark.parametrize("at", ["06:10", "0610", "06h10", "6:10 am", "06:10:00.000+03:00", "0310Z"])
@pytest.mark.parametrize("day", ["2031-05-02", "2031-05-02 00:00:00"])
def test_a_time_of_day_in_its_own_column_is_that_of_the_day_beside_it(day: str, at: str) -> None:
    reading = timed(day, at)
    found = value(reading, "time")
    assert isinstance(found, Interval) and found.length.total_seconds() == 0
    assert found.start.astimezone(DAMASCUS).isoformat() == "2031-05-02T06:10:00+03:00"


@pytest.mark.parametrize(("day", "at", "code"), [
    ("2031-05-02", "morning", "not-a-time-of-day"),
    ("2031-05-02", "25:10", "no-such-time-of-day"),
    ("2031-05-02T05:00", "06:10", "not-of-one-day"),
])  # fmt: skip
def test_a_time_of_day_that_cannot_be_read_leaves_its_day(day: str, at: str, code: str) -> None:
    reading = timed(day, at)
    assert isinstance(value(reading, "time"), Interval)
    assert [(one.code, one.field) for one in reading.problems] == [(code, "to")]


def test_a_day_whose_time_column_is_empty_unknown_or_always_midnight_is_a_day() -> None:
    for at in ("", "unknown", "00:00"):
        found = value(timed("2031-05-02", at), "time")
        assert isinstance(found, Interval) and found.length.days == 1
    assert [one.code for one in timed("2031-05-02", "00:00").problems] == ["midnights-are-days"]


def observed(said: object) -> Reading:
    data = json.dumps({"source": "Post 1", "observed": said, "act": "shelling"}).encode()
    return read(Input("file", data), "field", timezone=DAMASCUS)


def test_a_field_report_may_say_the_day_of_its_times_of_day() -> None:
    found = value(observed({"day": "2031-05-02", "start": "0255", "end": "03.10"}), "time")
    assert isinstance(found, Interval)
    assert [at.isoformat()[:16] for at in (found.start, found.end)] == ["2031-05-02T02:55", "2031-05-02T03:10"]
    assert value(observed({"day": "2031-05-02"}), "time").length.days == 1  # type: ignore[union-attr]
    for said in ({"day": "2031-05-02", "end": "03:10"}, {"start": "02:55"}, "02:55", {"day": "02:55"}):
        reading = observed(said)
        assert isinstance(value(reading, "time"), Unknown) and len(reading.problems) == 1


# Coordinates


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("-48.31", -48.31),
        ("48.31 S", -48.31),
        ("S48.31", -48.31),
        ("48°18'36\"S", -48.31),
        ("48º 18’ 36” S", -48.31),
        ("48 18 36 S", -48.31),
        ("48:18:36 S", -48.31),
        ("48°18.6'S", -48.31),
        ("-48°18'36\"", -48.31),
        ("٤٨٫٣١", 48.31),
    ],
)
def test_one_coordinate_in_the_forms_that_people_write(text: str, degrees: float) -> None:
    assert angle(text, "lat").degrees == degrees


@pytest.mark.parametrize(
    "text",
    ["", "91", "48°60'S", "48.5°18'S", "-48.31S", "N48.31S", "48.31 E", "48 18 36", "48,31", "nan", "1e999", "°"],
)
def test_what_is_no_latitude_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        angle(text, "lat")


def test_a_coordinate_is_as_exact_as_its_last_digit() -> None:
    found = [value(table(row(lat=lat, lon=lon)), "place").radius_m for lat, lon in (  # type: ignore[union-attr]
        ("12.5", "40.25"), ("12°30'N", "40°15'E"), ("12°30'00\"N", "40°15'00\"E"), ("12°30'00.0\"N", "40°15'00.0\"E"),
    )]  # fmt: skip
    assert found == [788, 1312, 22, 3]


@pytest.mark.parametrize(
    "text",
    ["12.5, 40.25", "12.5,40.25", "12.5; 40.25", "(12.5, 40.25)", "12.5 40.25", "12°30'N 40°15'E", "40°15'E, 12°30'N",
     "12 30 00 N 40 15 00 E", "N12.5 E40.25", "POINT (40.25 12.5)", "SRID=4326;POINT(40.25 12.5 610)",
     "12.5 40.25 610 4.5", "37PFP3582782164", "37P FP 35827 82164", "37pfp 35827 82164"],
)  # fmt: skip
def test_both_coordinates_in_one_cell(text: str) -> None:
    found = position(text)
    assert found.lat == pytest.approx(12.5, abs=1e-5) and found.lon == pytest.approx(40.25, abs=1e-5)


def test_a_decimal_comma_in_a_cell_of_both() -> None:
    for text in ("12,5; 40,25", "12,5 40,25", "12,5, 40,25"):
        assert (position(text, ",").lat, position(text, ",").lon) == (12.5, 40.25)


@pytest.mark.parametrize(
    "text",
    ["", "12.5", "12,5", "48,31", "1, 2, 3", "112.5, 40.25", "12.5 N 40.25 N", "Ford", "12 30 40 15", "1 2 3 4 5"],
)
def test_what_is_no_place_in_one_cell_is_refused(text: str) -> None:
    assert not is_position(text)


@given(st.text("0123456789.,;/°'\" NSEW+-()POINT", max_size=120))
@settings(deadline=None)
def test_any_text_is_a_place_on_the_globe_or_refused(text: str) -> None:
    if is_position(text):
        found = position(text)
        assert abs(found.lat) <= 90 and abs(found.lon) <= 180 and found.radius_m >= 0


@pytest.mark.parametrize(
    ("reference", "lat", "lon"),
    [  # as NGA's GEOTRANS has them
        ("4QFJ1841756542", 21.3069, -157.8583),
        ("10FDM7034149166", -48.31, -123.4),
        ("32VJN98101972", 60.5, 3.5),  # in the wide zone of Norway
        ("33XWG142833", 78.2232, 15.6267),  # Svalbard
        ("37SCA3226907977", 36.2021, 37.1343),
        ("31NAA6713501106", 0.01, 0.01),
        ("30MZE3286498893", -0.01, -0.01),
        ("56HLH34905228", -33.8568, 151.2153),
    ],
)
def test_a_reference_of_mgrs_is_the_square_that_holds_its_point(reference: str, lat: float, lon: float) -> None:
    north, east, radius_m = square(reference)
    size = 10 ** (5 - (len(reference.lstrip("0123456789")) - 3) // 2)
    assert radius_m == -(-size * 1000 // 1414) or radius_m - 1 <= size / 1.414 <= radius_m
    assert abs(north - lat) * 111_320 <= size and abs(east - lon) * 111_320 <= size * 6


@pytest.mark.parametrize("reference", ["61SCA1234", "37SZZ1234", "37SCA123", "37ICA1234", "37SCW1234", "32XNG1234", ""])
def test_a_reference_whose_letters_do_not_go_together_is_refused(reference: str) -> None:
    with pytest.raises(Unreadable):
        square(reference)


# Columns as wholes


def midnight() -> datetime:
    return datetime.fromisoformat("2031-05-02T00:00")  # as workbooks hold it, without a zone


def wholes(reading: Reading) -> list[Problem]:
    return [
        problem for problem in reading.problems if problem.kept in ("days-as-written", "whole-days", "whole-numbers")
    ]


def dated(*days: str, dates: str = "[DD/MM/YYYY, MM/DD/YYYY]") -> Reading:
    rows = (row(id=f"r{number}", **{"from": day}) for number, day in enumerate(days))
    return read_as("table", "\n".join([TABLE_HEADER, *rows]), mapping=mapping(f"dates: {dates}\n{MAPPING}"))


def test_dates_up_to_12_beside_texts_above_12_are_told() -> None:
    (problem,) = wholes(dated("2031-05-02", "13/05/2031", "2031-12-06 06:10", "25/05/2031"))
    assert (problem.code, problem.line, problem.field) == ("day-and-month-exchanged", 2, "from")
    assert problem.params["dates"] == problem.params["texts"] == 2 and problem.params["example"] == "13/05/2031"
    assert wholes(dated("2031-05-02", "05/13/2031"))
    assert not wholes(dated("2031-05-13", "14/05/2031"))
    assert not wholes(dated("2031-05-02", "02/05/2031"))
    assert not wholes(dated("2031-05-02", "2031-05-03"))


def test_dates_of_a_workbook_are_the_dates_beside_its_texts() -> None:
    rows = [cells(id="a", **{"from": midnight()}), cells(id="b", **{"from": "13/05/2031"})]
    reading = read_book(book(HEADER, *rows), f"dates: [DD/MM/YYYY]\n{MAPPING}")
    assert "day-and-month-exchanged" in [problem.code for problem in wholes(reading)]


def test_a_midnight_among_times_is_a_moment_in_csv_and_workbook_alike() -> None:
    rows = [cells(id=id_, **{"from": midnight().replace(hour=hour)}) for id_, hour in (("a", 0), ("b", 6))]
    lengths = [value(read_book(book(HEADER, *rows)), "time", index).length for index in (0, 1)]  # type: ignore[union-attr]
    assert [one.total_seconds() for one in lengths] == [0, 0]
    assert value(dated("2031-05-02 00:00", "2031-05-02 06:00"), "time").length.total_seconds() == 0  # type: ignore[union-attr]
    assert value(dated("2031-05-02 00:00", "2031-05-02"), "time").length.days == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text", ["2031-05-02 00:00:00", "2031-05-02T00:00:00.000+03:00", "5/2/2031 0:00", "5/2/2031 12:00 AM"]
)
def test_midnights_however_they_are_written(text: str) -> None:
    assert is_midnight(text)
    assert not is_midnight(text.replace("00:00", "06:00").replace(" 0:00", " 10:00").replace("12:00 AM", "12:00 PM"))


def test_an_end_at_midnight_beside_starts_with_a_clock_is_that_moment() -> None:
    reading = table(row(**{"from": "2031-05-02T09:00", "to": "2031-05-03T00:00"}))
    found = value(reading, "time")
    assert isinstance(found, Interval) and found.length.total_seconds() == 15 * 3600 and not reading.problems
    days = table(row(**{"from": "2031-05-02T00:00", "to": "2031-05-03T00:00"}))
    assert value(days, "time").length.days == 2 and len(wholes(days)) == 2  # type: ignore[union-attr]


def test_a_bulletin_of_a_day_with_a_midnight_behind_it_is_of_that_day() -> None:
    plain, clocked = (
        read_as("bulletin-table", BULLETIN_TABLE.replace("Day,2031-05-02", f"Day,2031-05-02{end}")).reports[0]
        for end in ("", " 00:00:00")
    )
    assert isinstance(plain, Bulletin) and isinstance(clocked, Bulletin) and plain.period == clocked.period


@pytest.mark.parametrize("text", ["37PFP3582782164", "12.5, 40.25", "12°30'N 40°15'E"])
def test_both_coordinates_in_the_column_of_the_latitude_alone_are_a_place(text: str) -> None:
    quoted = f'"{text}"'
    place = value(table(row(lat=quoted, lon="")), "place")
    assert isinstance(place, Disc) and place.lat == pytest.approx(12.5) and place.lon == pytest.approx(40.25)
    assert isinstance(value(table(row(lat=quoted, lon="40.25")), "place"), Unknown)


def test_an_id_that_json_holds_as_a_number_is_whole_whatever_stands_beside_it() -> None:
    def feature(id_: str) -> str:
        return (
            f'{{"type": "Feature", "geometry": null, "properties": {{"event_id": {id_}, "notes": "x", "source": "W"}}}}'
        )

    reading = read_as("geojson", f"[{feature('7.0')}, {feature('7.5')}, {feature(json.dumps('7.0'))}]")
    assert [one.reference for one in reading.reports] == ["7", "7.5", "7.0"]  # type: ignore[union-attr]


def test_a_midnight_of_another_offset_begins_the_day_of_that_offset() -> None:
    found = value(dated("2031-05-02T00:00:00Z"), "time")
    assert isinstance(found, Interval) and found.length.days == 1
    assert found.start.isoformat() == "2031-05-02T00:00:00+00:00"


def test_a_coarse_reference_lies_in_the_middle_of_its_square() -> None:
    (coarse, _, radius_m), (fine, _, _) = square("37PFP38"), square("37PFP3585")  # whose corner that middle is
    assert abs(coarse - fine) * 111_320 < 1000 and radius_m == 7072
