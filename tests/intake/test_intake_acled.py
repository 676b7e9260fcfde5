"""ACLED: exports of 31 columns and older ones, what was said and no more; deleted events are withdrawn."""

from datetime import UTC, datetime

import pytest
from intake_samples import claim, of_part, read_as, value

from parley.model import Count, Disc, EventReport, Interval, OneOf, Reading, Unknown, one

HEADER = [
    "event_id_cnty",
    "event_date",
    "year",
    "time_precision",
    "disorder_type",
    "event_type",
    "sub_event_type",
    "actor1",
    "assoc_actor_1",
    "inter1",
    "actor2",
    "assoc_actor_2",
    "inter2",
    "interaction",
    "civilian_targeting",
    "iso",
    "region",
    "country",
    "admin1",
    "admin2",
    "admin3",
    "location",
    "latitude",
    "longitude",
    "geo_precision",
    "source",
    "source_scale",
    "notes",
    "fatalities",
    "tags",
    "timestamp",
]
ROW = dict.fromkeys(HEADER, "") | {
    "event_id_cnty": "NOR7", "event_date": "2031-05-02", "year": "2031", "time_precision": "1",
    "disorder_type": "Political violence", "event_type": "Explosions/Remote violence",
    "sub_event_type": "Shelling/artillery/missile attack", "actor1": "Military Forces of North",
    "inter1": "State forces",
    "actor2": "Army of South", "inter2": "Rebel group", "admin1": "Upper Reach", "location": "Milltown",
    "latitude": "12.5", "longitude": "40.25", "geo_precision": "1", "source": "The Courier; The Herald",
    "notes": "Three rounds fell.", "fatalities": "2", "timestamp": "1935743400",
}  # fmt: skip


def acled(*rows: dict[str, str], names: dict[str, str] | None = None, channel: str = "acled") -> Reading:
    """Read an export whose rows differ from `ROW` in some cells; *names* renames columns, to "" removes them."""
    renamed = {name: (names or {}).get(name, name) for name in HEADER}
    lines = [",".join(new for new in renamed.values() if new)]
    for cells in rows or ({},):
        whole = ROW | cells
        lines.append(",".join(f'"{whole[name]}"' for name, new in renamed.items() if new))
    return read_as(channel, "\n".join(lines))


def test_a_row_of_31_columns_says_what_acled_says() -> None:
    assert len(HEADER) == 31
    reading = acled()
    assert reading.problems == ()
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    assert (report.source, report.reference, report.reference_lasts, report.flags) == ("ACLED", "NOR7", True, ())
    moment = datetime.fromtimestamp(1935743400, UTC)
    assert report.published == Interval(start=moment, end=moment)
    assert value(reading, "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=5000)
    assert (value(reading, "act"), value(reading, "means")) == (one("shelling"), one("indirect-fire"))
    assert value(reading, "area") == one("Upper Reach")
    assert value(reading, "account").text == "Three rounds fell. (source: The Courier; The Herald)"  # type: ignore[union-attr]


def test_the_order_of_two_actors_says_nothing_of_who_attacked() -> None:
    both = {"Military Forces of North", "Army of South"}
    for attribute in ("actor", "affected"):
        found = value(acled(), attribute)
        assert isinstance(found, OneOf) and set(found.any_of) == both


@pytest.mark.parametrize("civilians", ["7", "Civilians"])
def test_civilians_are_the_affected_wherever_they_stand(civilians: str) -> None:
    attack = {"event_type": "Violence against civilians", "sub_event_type": "Attack"}
    second = acled(attack | {"actor2": "Civilians (South)", "inter2": civilians})
    first = acled(attack | {"actor1": "Civilians (South)", "inter1": civilians, "actor2": "Military Forces of North"})
    for reading in (first, second):
        assert value(reading, "actor") == one("Military Forces of North")
        assert value(reading, "affected") == one("Civilians (South)")
        assert (value(reading, "object"), value(reading, "act")) == (one("civilian"), one("abuse"))


@pytest.mark.parametrize(
    "said", ["2031-05-02", "02 May 2031", "2 May 2031", "02-May-2031", "02-May-31", "2031-05-02 00:00:00"]
)
def test_days_are_read_in_the_ways_acled_has_written_them(said: str) -> None:
    assert value(acled({"event_date": said}), "time") == value(acled(), "time")


def test_a_day_in_figures_alone_may_be_two_days_and_is_not_read() -> None:
    reading = acled({"event_date": "05/02/2031"}, {"event_id_cnty": "NOR8"})
    assert [report.reference for report in reading.reports] == ["NOR8"]  # type: ignore[union-attr]
    assert (reading.problems[0].field, reading.problems[0].found) == ("event_date", "05/02/2031")


@pytest.mark.parametrize(("precision", "days"), [("1", 1), ("2", 13), ("3", 33)])
def test_time_precision_widens_the_day(precision: str, days: int) -> None:
    found = value(acled({"time_precision": precision}), "time")
    assert isinstance(found, Interval) and found.length.days == days


@pytest.mark.parametrize(("precision", "radius_m"), [("1", 5000), ("2", 30000), ("3", 100000)])
def test_geo_precision_is_a_radius(precision: str, radius_m: int) -> None:
    found = value(acled({"geo_precision": precision}), "place")
    assert isinstance(found, Disc) and found.radius_m == radius_m


def test_the_one_figure_of_fatalities_is_the_lowest_that_was_reported() -> None:
    assert value(acled(), "deaths") == Count(low=2, best=2, high=None)
    assert value(acled({"fatalities": "0"}), "deaths") == Count(low=0, best=0, high=None)
    assert value(acled({"fatalities": ""}), "deaths") is None


@pytest.mark.parametrize("notes", ["Shells fell, fatalities unknown.", "An unknown number of fatalities."])
def test_a_zero_beside_unknown_fatalities_is_unknown_and_the_figure_stays_said(notes: str) -> None:
    reading = acled({"fatalities": "0", "notes": notes})
    assert isinstance(value(reading, "deaths"), Unknown)
    found = claim(reading, "deaths")
    assert found is not None and found.said.startswith("0; notes: ")
    assert value(acled({"fatalities": "10", "notes": notes}), "deaths") == Count(low=0, best=10, high=None)


def test_a_sub_event_without_a_clear_term_leaves_the_act_unknown() -> None:
    found = claim(acled({"sub_event_type": "Disrupted weapons use", "event_type": "Strategic developments"}), "act")
    assert found is not None and isinstance(found.value, Unknown)
    assert found.said == "Strategic developments: Disrupted weapons use"


def test_peaceful_protests_are_counted_and_passed_over() -> None:
    reading = acled({"sub_event_type": "Peaceful protest"}, {"sub_event_type": "Peaceful protest"}, {})
    assert (len(reading.reports), reading.problems, reading.passed) == (1, (), {"Peaceful protest": 2})


def test_older_exports_are_read_by_other_names_and_without_newer_columns() -> None:
    older = {"disorder_type": "", "civilian_targeting": "", "tags": "", "event_date": "EVENT_DATE", "actor1": "ACTOR1"}
    reading = acled(names=older)
    assert reading.problems == ()
    assert [one.claims for one in reading.reports] == [one.claims for one in acled().reports]  # type: ignore[union-attr]
    spaced = acled(names={"event_id_cnty": "Event ID Cnty", "sub_event_type": "Sub Event Type"})
    assert len(spaced.reports) == 1


def test_missing_columns_are_named() -> None:
    (problem,) = acled(names={"latitude": "", "event_id_cnty": ""}).problems
    assert "missing: event_id_cnty, latitude" in problem.expected


def test_a_row_that_does_not_say_how_exact_it_is_is_taken_as_vague_and_flagged() -> None:
    reading = acled({"geo_precision": "", "time_precision": ""})
    assert [flag.code for flag in reading.reports[0].flags] == ["precision-not-said"]
    assert value(reading, "place").radius_m == 100000  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("latitude", "912.5"),
        ("longitude", "east"),
        ("geo_precision", "4"),
        ("time_precision", "soon"),
        ("event_date", "2031-02-30"),
        ("event_id_cnty", ""),
    ],
)
def test_a_bad_cell_costs_its_row_and_is_placed(field: str, bad: str) -> None:
    reading = acled({field: bad}, {"event_id_cnty": "NOR8"})
    assert [report.reference for report in reading.reports] == ["NOR8"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.field, problem.found) == (2, field, bad)
    assert problem.column is not None


@pytest.mark.parametrize(("field", "bad"), [("fatalities", "two"), ("fatalities", "-1"), ("timestamp", "yesterday")])
def test_a_figure_or_a_stamp_that_cannot_be_read_costs_itself_alone(field: str, bad: str) -> None:
    reading = acled({field: bad})
    assert len(reading.reports) == 1
    (problem,) = reading.problems
    assert (problem.line, problem.field, problem.found, of_part(problem)) == (
        2,
        field,
        bad,
        "row 1: Recorded without this field.",
    )


def test_a_row_without_any_actor_is_lost() -> None:
    assert acled({"actor1": "", "actor2": ""}).problems[0].field == "actor1"


def test_an_id_twice_keeps_both_and_says_so() -> None:
    reading = acled({}, {"fatalities": "3"})
    assert (len(reading.reports), reading.problems[0].found) == (2, "NOR7")


def test_a_note_over_several_lines_is_one_row() -> None:
    reading = acled({"notes": "First,\n\nsecond."}, {"event_id_cnty": "NOR8"})
    assert [(one.origin.first, one.origin.last) for one in reading.reports] == [(2, 4), (5, 5)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_and_line_ends_change_nothing(encoding: str) -> None:
    text = f"{','.join(HEADER)}\r\n{','.join(ROW[name] for name in HEADER)}\r\n"
    assert value(read_as("acled", text.encode(encoding)), "deaths") == Count(low=2, best=2, high=None)


def test_exchanging_the_two_actors_exchanges_them_and_changes_nothing_else() -> None:
    other = acled({"actor1": ROW["actor2"], "inter1": ROW["inter2"], "actor2": ROW["actor1"], "inter2": ROW["inter1"]})
    for attribute in ("time", "place", "act", "means", "deaths", "account"):
        assert value(other, attribute) == value(acled(), attribute)
    assert value(other, "actor") == value(acled(), "affected")


def test_an_export_given_as_a_list_of_deleted_events_withdraws_nothing() -> None:
    reading = acled(channel="acled-deleted")
    assert reading.withdrawals == () and "is added as acled" in reading.problems[0].expected


def test_a_list_of_deleted_events_becomes_withdrawals() -> None:
    reading = read_as("acled-deleted", "event_id_cnty,deleted_timestamp\nNOR7,1935743400\nNOR8,\n,1\nNOR9,never\n")
    assert reading.reports == ()
    assert [(one.source, one.reference) for one in reading.withdrawals] == [
        ("ACLED", "NOR7"),
        ("ACLED", "NOR8"),
        ("ACLED", "NOR9"),
    ]
    assert reading.withdrawals[0].at == datetime.fromtimestamp(1935743400, UTC)
    assert reading.withdrawals[1].at is None and reading.withdrawals[2].at is None
    assert [(problem.line, problem.field) for problem in reading.problems] == [
        (4, "event_id_cnty"),
        (5, "deleted_timestamp"),
    ]
