"""UCDP GED: each row becomes what UCDP says, no more exact than it says it."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from intake_samples import DAMASCUS, GED_HEADER, SAMPLES, ged, of_part, read_as, value

from parley.intake import read
from parley.model import Count, Disc, EventReport, Input, Interval, Unknown, one

SHARED = Path(os.environ.get("PARLEY_SHARED", Path(__file__).parents[3] / "shared"))
SYRIA_2016 = SHARED / "data" / "ucdp-ged-syria-2016.csv"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_row_is_what_ucdp_says_with_the_articles_that_it_read() -> None:
    (report,) = read_as("ucdp-ged", SAMPLES["ucdp-ged"]).reports
    assert isinstance(report, EventReport)
    assert (report.source, report.reference, report.channel) == ("UCDP GED", "7", "ucdp-ged")
    assert report.citation and report.citation.publisher == "UCDP GED"
    said = {one.attribute: one.value for one in report.claims}
    assert said["account"].text == "The Courier, 2031-05-03: Shots, again; The Herald, 2031-05-04: Two dead"  # type: ignore[union-attr]
    assert said["place"] == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=3000)
    assert said["area"] == one("Upper Reach")
    assert said["deaths"] == Count(low=2, best=2, high=2)


@pytest.mark.parametrize(
    ("cell", "account"),
    [
        ('"The Courier,2031-05-03,They say "no", twice"', 'The Courier, 2031-05-03: They say "no", twice'),
        ("The Courier,2031-05-03,One", "The Courier, 2031-05-03: One"),
        ("a mission's diary", "a mission's diary"),
    ],
)
def test_articles_are_named_however_the_list_writes_them(cell: str, account: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    assert value(ged(source_article=quoted), "account").text == f"{account}"  # type: ignore[union-attr]


def test_whole_numbers_with_a_point_are_the_same_ids_and_codes() -> None:
    plain = ged()
    floats = ged(id="7.0", where_prec="1.0", date_prec="1.0", type_of_violence="1.0", best="2.0", low="2.0", high="2.0")
    assert floats.problems == plain.problems == ()
    said = [
        [
            (claim.attribute, claim.value)
            for claim in reading.reports[0].claims
            if isinstance(reading.reports[0], EventReport)
        ]
        for reading in (plain, floats)
    ]
    assert said[0] == said[1]
    assert [reading.reports[0].reference for reading in (plain, floats)] == ["7", "7"]
    assert ged(where_prec="1.5").problems[0].field == "where_prec"


def test_a_day_is_the_local_day() -> None:
    assert value(ged(), "time") == Interval(start=utc(2031, 5, 1, 21), end=utc(2031, 5, 2, 21))


def test_a_range_of_days_includes_both() -> None:
    found = value(ged(date_end="2031-05-04", date_prec="2"), "time")
    assert found == Interval(start=utc(2031, 5, 1, 21), end=utc(2031, 5, 4, 21))


@pytest.mark.parametrize(("precision", "days"), [("1", 0), ("2", 5), ("3", 6), ("4", 30), ("5", 365)])
def test_a_single_day_that_is_not_exact_is_widened_and_says_so(precision: str, days: int) -> None:
    reading = ged(date_prec=precision)
    found, exact = value(reading, "time"), value(reading, "time", 1)
    assert isinstance(found, Interval) and isinstance(exact, Interval)
    assert found.start == exact.start - timedelta(days=days)
    assert found.end == exact.end + timedelta(days=days)
    told = [flag.params for flag in reading.reports[0].flags if flag.code == "day-widened"]
    assert told == ([{"days": days}] if days else [])


@pytest.mark.parametrize(
    ("precision", "radius_m"), [("1", 3000), ("2", 25000), ("3", 25000), ("4", 60000), ("5", 100000), ("6", 300000)]
)
def test_the_radius_follows_the_precision(precision: str, radius_m: int) -> None:
    assert value(ged(where_prec=precision), "place").radius_m == radius_m  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["1", "2"])
def test_in_fighting_between_two_sides_the_row_does_not_say_who_acted(kind: str) -> None:
    reading = ged(type_of_violence=kind)
    assert value(reading, "actor").any_of == ("North", "South")  # type: ignore[union-attr]
    assert value(reading, "affected").any_of == ("South", "North")  # type: ignore[union-attr]
    assert value(reading, "object") is None


def test_one_sided_violence_names_the_actor_and_civilians() -> None:
    reading = ged(type_of_violence="3", side_b="Civilians")
    assert value(reading, "actor") == one("North")
    assert value(reading, "affected") == one("civilians")
    assert value(reading, "object") == one("civilian")


def test_several_groups_on_one_side_stay_one_name_as_written() -> None:
    found = value(ged(side_a='"Red Hill, Blue Hill"'), "actor")
    assert found.any_of == ("Red Hill, Blue Hill", "South")  # type: ignore[union-attr]


def test_the_list_has_no_weapon_so_nothing_is_claimed_of_means() -> None:
    assert value(ged(), "act") == one("armed-force")
    assert value(ged(), "means") is None


def test_deaths_out_of_order_are_unknown_and_flagged_and_the_row_is_kept() -> None:
    reading = ged(low="5", best="2", high="9")
    assert isinstance(value(reading, "deaths"), Unknown)
    assert [flag.code for flag in reading.reports[0].flags] == ["counts-not-in-order"]
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"deaths_civilians": "2"}, Count(low=2, best=2, high=2)),
        ({"deaths_civilians": "1", "deaths_unknown": "1"}, Count(low=1, best=1, high=2)),
        ({"deaths_civilians": "1", "low": "1", "high": "5"}, Count(low=0, best=1, high=4)),
        ({"deaths_civilians": "1", "low": "5"}, Count(low=0, best=1)),
    ],
)
def test_civilian_deaths_are_no_surer_than_the_total(cells: dict[str, str], expected: Count) -> None:
    assert value(ged(**cells), "deaths-civilian") == expected


def test_a_summary_event_is_flagged() -> None:
    assert [flag.code for flag in ged(event_clarity="2").reports[0].flags] == ["summary-event"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("latitude", "north"),
        ("latitude", "inf"),
        ("latitude", "90.1"),
        ("latitude", "12,5".replace(",", "·")),
        ("latitude", ""),
        ("longitude", "-180.5"),
        ("longitude", "1_0"),
        ("date_start", "2031-02-30"),
        ("date_start", "2.5.2031"),
        ("date_start", "0001-01-01"),
        ("date_end", "2031-05-01"),
        ("date_end", "9999-12-31"),
        ("date_prec", "9"),
        ("where_prec", "0"),
        ("type_of_violence", "4"),
        ("side_a", ""),
    ],
)
def test_a_cell_that_cannot_be_costs_its_row_and_is_named_with_line_and_column(column: str, cell: str) -> None:
    reading = ged(**{column: cell})
    assert [report.reference for report in reading.reports] == ["8"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.field, problem.found) == (2, column, cell)
    assert problem.column is not None
    assert of_part(problem) == "row 1: This row was not recorded."


@pytest.mark.parametrize(
    ("column", "cell"), [("best", "-1"), ("best", "two"), ("high", "9" * 25), ("low", "none"), ("best", "")]
)
def test_a_figure_that_cannot_be_read_costs_its_claim_alone(column: str, cell: str) -> None:
    reading = ged(**{column: cell})
    (problem,) = reading.problems
    assert (problem.line, problem.field, problem.found, of_part(problem)) == (
        2,
        column,
        cell,
        "row 1: Recorded without this field.",
    )
    assert isinstance(value(reading, "deaths"), Unknown)


def test_a_part_of_the_deaths_that_cannot_be_read_spares_their_sum() -> None:
    reading = ged(deaths_civilians="1.5")
    assert [problem.field for problem in reading.problems] == ["deaths_civilians"]
    assert value(reading, "deaths") == Count(low=2, best=2, high=2)
    assert value(reading, "deaths-civilian") is None


def test_source_given_goes_before_the_name_of_the_list() -> None:
    (report,) = read_as("ucdp-ged", SAMPLES["ucdp-ged"], source="Exercise list").reports
    assert report.source == "Exercise list"
    assert report.citation and report.citation.publisher == "Exercise list"


OLD_IDS = "year,active_year,conflict_new_id,conflict_name,dyad_new_id,dyad_name,side_a_new_id,side_b_new_id,gwnob"
NEW_IDS = "relid,code_status,conflict_dset_id,conflict_new_id,dyad_dset_id,dyad_new_id,side_a_dset_id,side_b_dset_id"


@pytest.mark.parametrize("ids", [OLD_IDS, NEW_IDS])
def test_releases_with_other_ids_give_the_same_claims(ids: str) -> None:
    row = SAMPLES["ucdp-ged"].splitlines()[1]
    reading = read_as("ucdp-ged", f"{ids},{GED_HEADER}\n{',' * (ids.count(',') + 1)}{row}\n")
    plain = read_as("ucdp-ged", SAMPLES["ucdp-ged"])
    assert reading.reports[0].claims == plain.reports[0].claims  # type: ignore[union-attr]
    assert reading.problems == ()


def test_older_names_of_columns_are_known_and_case_does_not_matter() -> None:
    text = SAMPLES["ucdp-ged"].replace("low,best,high", "LOW_EST,Best_Est,high_est")
    assert len(read_as("ucdp-ged", text).reports) == 1


def test_dates_with_a_clock_at_midnight_are_days() -> None:
    assert value(ged(date_start="2031-05-02 00:00:00.000"), "time") == value(ged(), "time")


def test_columns_that_are_only_used_where_given_may_lack() -> None:
    names = [name for name in GED_HEADER.split(",") if name not in ("adm_1", "date_prec", "source_article")]
    cells = {"type_of_violence": "1", "where_prec": "1", "date_start": "2031-05-02", "date_end": "2031-05-02"}
    row = ",".join(cells.get(name, "1") for name in names)
    reading = read_as("ucdp-ged", f"{','.join(names)}\n{row}\n")
    assert (len(reading.reports), reading.problems) == (1, ())
    assert value(reading, "account") is None


@pytest.mark.skipif(not SYRIA_2016.exists(), reason="the shared list is not on this machine")
def test_every_row_of_the_list_of_syria_2016_becomes_a_report() -> None:
    reading = read(Input(SYRIA_2016.name, SYRIA_2016.read_bytes()), "ucdp-ged", timezone=DAMASCUS)
    assert len(reading.reports) == 6170
    assert reading.problems == ()
    assert sum(isinstance(value(reading, "deaths", index), Unknown) for index in range(6170)) == 15
    assert all(value(reading, "means", index) is None for index in range(6170))
    first = value(reading, "time")
    assert isinstance(first, Interval) and first.start.date() == date(2016, 1, 1)


LAYOUT = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,"
    "dyad_new_id,dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,"
    "source_article,source_office,source_date,source_headline,source_original,where_prec,where_coordinates,"
    "where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,"
    "date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob"
)
WIDE = dict.fromkeys(LAYOUT.split(","), "") | {
    "id": "7", "code_status": "Clear", "type_of_violence": "1", "side_a": "North", "side_b": "South", "where_prec": "1",
    "where_coordinates": "Milltown", "adm_1": "Upper Reach", "latitude": "12.5", "longitude": "40.25", "date_prec": "1",
    "event_clarity": "1", "date_start": "2031-05-02 00:00:00.000", "date_end": "2031-05-02 00:00:00.000",
    "deaths_a": "1", "deaths_b": "1", "deaths_civilians": "0", "deaths_unknown": "0", "best": "2", "high": "3",
    "low": "2",
}  # fmt: skip


def wide(separator: str = ",", header: str = LAYOUT, **cells: str) -> str:
    """Return a list in the layout of the releases since 21.1, with one row."""
    lines = [header.replace(",", separator)] if header else []
    return "\n".join([*lines, separator.join((WIDE | cells).values())]) + "\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_release_of_49_columns_is_read_whatever_parts_its_cells(separator: str) -> None:
    reading = read_as("ucdp-ged", wide(separator))
    assert reading.problems == ()
    assert value(reading, "deaths") == Count(low=2, best=2, high=3)
    assert reading.reports[0].flags == ()


def test_a_candidate_list_without_a_header_is_read_by_the_layout_of_its_release() -> None:
    bare, headed = read_as("ucdp-ged", wide(header="")), read_as("ucdp-ged", wide())
    assert bare.problems == ()
    assert [one.claims for one in bare.reports] == [one.claims for one in headed.reports]  # type: ignore[union-attr]
    assert (bare.reports[0].origin.first, bare.reports[0].origin.record) == (1, 1)


@pytest.mark.parametrize(
    "renamed",
    [
        {"best": "best_est", "high": "high_est", "low": "low_est"},
        {"type_of_violence": "type_of_vi", "where_coordinates": "where_coor", "deaths_civilians": "deaths_civ"},
        {"id": "ID", "side_a": "SIDE_A"},
    ],
    ids=["5.0 and 17.x", "names cut by a shape file", "capitals"],
)
def test_columns_are_known_by_the_names_of_other_releases(renamed: dict[str, str]) -> None:
    header = ",".join(renamed.get(name, name) for name in LAYOUT.split(","))
    renewed, plain = read_as("ucdp-ged", wide(header=header)), read_as("ucdp-ged", wide())
    assert renewed.problems == ()
    assert [one.claims for one in renewed.reports] == [one.claims for one in plain.reports]  # type: ignore[union-attr]


def test_an_event_that_ucdp_has_not_cleared_says_so() -> None:
    reading = read_as("ucdp-ged", wide(code_status="Check deaths"))
    assert [flag.code for flag in reading.reports[0].flags] == ["not-cleared"]


def test_parts_of_the_deaths_that_do_not_make_the_best_figure_are_said() -> None:
    reading = read_as("ucdp-ged", wide(deaths_a="9"))
    assert [flag.code for flag in reading.reports[0].flags] == ["deaths-differ"]
