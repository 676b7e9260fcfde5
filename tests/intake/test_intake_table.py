"""Any table with a mapping: silent, unknown and said are three things."""

import pytest
from intake_samples import MAPPING, TABLE_HEADER, TABLE_ROW, claim, mapping, of_part, read_as, row, table, value

from parley.intake import load_mapping
from parley.model import (
    UNREADABLE,
    Cause,
    Citation,
    Count,
    Disc,
    Input,
    InputError,
    OneOf,
    Unknown,
    Words,
    one,
)


def test_a_row_makes_the_claims_that_the_mapping_says() -> None:
    reading = table(TABLE_ROW)
    assert reading.reports[0].source == "North Office"
    assert value(reading, "act") == one("shelling")
    assert value(reading, "actor") == one("South")
    assert value(reading, "deaths") == Count(low=3, best=3, high=3)
    said = claim(reading, "act")
    assert said is not None and (said.said, said.column) == ("shelling", "act")


def test_an_empty_cell_is_silence_and_the_cell_unknown_is_an_answer() -> None:
    assert value(table(row(actor="")), "actor") is None
    assert value(table(row(deaths="")), "deaths") is None
    for attribute, cells in [
        ("actor", {"actor": "unknown"}),
        ("actor", {"actor": "Unknown"}),
        ("deaths", {"deaths": "unknown"}),
        ("time", {"from": "unknown"}),
        ("place", {"lat": "unknown", "lon": "unknown"}),
        ("act", {"act": "unknown"}),
        ("account", {"account": "unknown"}),
    ]:
        reading = table(row(**cells))
        assert isinstance(value(reading, attribute), Unknown), attribute
        assert reading.problems == ()


def test_several_names_are_one_of_them_and_denied_names_none_of_them() -> None:
    assert value(table(row(actor="South| East|South")), "actor") == OneOf(any_of=("South", "East"))
    assert value(table(row(actor="", denied="North")), "actor") == OneOf(none_of=("North",))
    assert value(table(row(actor="unknown", denied="North")), "actor") == OneOf(none_of=("North",))


def test_a_name_both_claimed_and_denied_is_a_problem_of_that_cell() -> None:
    reading = table(row(denied="South"))
    assert isinstance(value(reading, "actor"), Unknown)
    assert reading.problems[0].field == "actor"


def test_cells_are_turned_into_terms_by_the_mapping() -> None:
    assert value(table(row(act="mortar fire|gunfire")), "act") == OneOf(any_of=("shelling", "gunfire"))


def test_a_word_outside_the_vocabulary_costs_its_claim_alone_and_is_named() -> None:
    reading = table(row(act="mischief"))
    found = value(reading, "act")
    assert isinstance(found, Unknown) and found.why == Cause(code=UNREADABLE, params={"found": "mischief"})
    assert value(reading, "actor") == one("South")
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.field) == (2, TABLE_ROW.index("shelling") + 1, "act")
    assert of_part(problem) == "row 1: Recorded without this field."


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"from": "2031-02-30"}, "from"),
        ({"from": "", "to": "2031-05-02"}, "from"),
        ({"to": "2031-05-01"}, "to"),
        ({"lat": "north"}, "lat"),
        ({"lon": "181"}, "lon"),
        ({"lon": ""}, "lon"),
        ({"deaths": "-1"}, "deaths"),
        ({"deaths": "many"}, "deaths"),
        ({"deaths": "none"}, "deaths"),
        ({"lat": "0", "lon": "0"}, "lat"),
    ],
)
def test_a_cell_that_cannot_be_read_costs_its_claim_alone_and_is_named(cells: dict[str, str], field: str) -> None:
    reading = table(row(**cells), row(id="C-2"))
    assert [one.reference for one in reading.reports] == ["C-1", "C-2"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.field) == (2, field)
    assert problem.column is not None
    assert of_part(problem) == "row 1: Recorded without this field."
    attribute = {"from": "time", "to": "time", "lat": "place", "lon": "place", "deaths": "deaths"}[field]
    assert isinstance(value(reading, attribute), Unknown)
    assert value(reading, "account") == Words(text="They shelled us.")


def test_a_row_that_nobody_says_is_lost() -> None:
    (problem,) = table(row(holder=""), row(id="C-2")).problems
    assert (problem.line, problem.field, of_part(problem)) == (2, "holder", "row 1: This row was not recorded.")


def test_a_row_that_says_nothing_of_a_happening_is_lost() -> None:
    silent = dict.fromkeys(("from", "place", "lat", "lon", "act", "actor", "deaths", "account"), "")
    reading = table(row(**silent), row(id="C-2"))
    assert [one.reference for one in reading.reports] == ["C-2"]  # type: ignore[union-attr]
    assert [of_part(problem) for problem in reading.problems] == ["row 1: This row was not recorded."]


def test_a_day_of_publication_that_cannot_be_read_spares_publisher_and_address() -> None:
    cited = "citation: {publisher: {is: Herald}, published: {column: denied}, address: {is: 'https://h.example/1'}}"
    reading = read_as("table", f"{TABLE_HEADER}\n{row(denied='Friday')}\n", mapping=mapping(f"{MAPPING}{cited}\n"))
    (report,) = reading.reports
    assert report.citation == Citation(publisher="Herald", address="https://h.example/1")
    assert [problem.field for problem in reading.problems] == ["denied"]


def test_a_claim_of_names_without_end_costs_itself_alone() -> None:
    reading = table(row(actor="|".join(f"n{number}" for number in range(70_000))))
    assert isinstance(value(reading, "actor"), Unknown)
    assert "at most 1,000 names" in reading.problems[0].expected


@pytest.mark.parametrize(
    ("lat", "lon", "radius_m"), [("12.5", "40.2", 7872), ("12.5000", "40.2", 8), ("12", "40", 78716)]
)
def test_a_place_without_a_radius_is_as_exact_as_its_digits(lat: str, lon: str, radius_m: int) -> None:
    assert value(table(row(lat=lat, lon=lon)), "place").radius_m == radius_m  # type: ignore[union-attr]


def test_a_radius_in_kilometres_is_kept_in_metres_rounded_up() -> None:
    reading = read_as("table", f"{TABLE_HEADER},km\n{TABLE_ROW},0.1204\n", mapping=with_radius())
    assert value(reading, "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=121)
    for bad in ("-1", "nan", "30000"):
        reading = read_as("table", f"{TABLE_HEADER},km\n{TABLE_ROW},{bad}\n", mapping=with_radius())
        assert [problem.field for problem in reading.problems] == ["km"]


def test_a_radius_may_be_a_word_and_one_that_is_none_may_have_a_number() -> None:
    words = "{column: km, values: {village: 2.5}, otherwise: 15}"
    for said, radius_m in (("village", 2500), ("0.3", 300), ("town", 15_000), ("", 15_000), ("unknown", 15_000)):
        by_words = mapping(MAPPING.replace("lon: {column: lon}", f"lon: {{column: lon}}, radius_km: {words}"))
        reading = read_as("table", f"{TABLE_HEADER},km\n{TABLE_ROW},{said}\n", mapping=by_words)
        assert reading.problems == ()
        assert value(reading, "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=radius_m)


def with_radius() -> object:
    return mapping(MAPPING.replace("lon: {column: lon}", "lon: {column: lon}, radius_km: {column: km}"))


def test_a_place_with_a_name_alone_is_unknown_on_the_map_and_keeps_its_name() -> None:
    found = value(table(row(lat="", lon="")), "place")
    assert isinstance(found, Unknown) and found.why.params == {"name": "Milltown"}


def test_counts_out_of_order_cost_their_claim_alone() -> None:
    counts = mapping(
        MAPPING.replace("deaths: {best: {column: deaths}}", "deaths: {low: {is: 4}, best: {column: deaths}}")
    )
    reading = read_as("table", f"{TABLE_HEADER}\n{TABLE_ROW}\n", mapping=counts)
    assert isinstance(value(reading, "deaths"), Unknown)
    assert reading.problems[0].found == "4, 3"


def test_constants_a_tab_and_a_zone_come_from_the_mapping() -> None:
    text = MAPPING.replace('","', '"\\t"').replace("{column: holder}", "{is: The Desk}") + "timezone: Etc/GMT+8\n"
    reading = read_as("table", f"{TABLE_HEADER}\n{TABLE_ROW}\n".replace(",", "\t"), mapping=mapping(text))
    assert reading.reports[0].source == "The Desk"
    assert value(reading, "time").start.isoformat() == "2031-05-02T06:30:00-08:00"  # type: ignore[union-attr]


# The mapping itself


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("claims: {\n  time: [", 2, 10, "YAML"),
        ("claims: {}\nclaims: {}\n", 2, 1, "claims"),
        ("claims: {}\nsorce: {column: a}\n", 2, 1, "sorce"),
        ("delimiter: ';;'\nclaims: {}\n", 1, 1, "delimiter"),
        ("timezone: Mars/Olympus\nclaims: {}\n", 1, 1, "timezone"),
        ("source: {column: a}\n", 1, 1, "claims"),
        ("claims:\n  area: {}\n", 2, 3, "column"),
        ("claims:\n  place:\n    lat: {column: a}\n", 2, 3, "lon"),
        ("claims:\n  time:\n    start: {column: a, is: b}\n", 3, 5, "not both"),
        ("claims:\n  area: {column: a, is: b}\n", 2, 3, "not both"),
        ("claims:\n  act: {column: a, values: {x: mischief}}\n", 1, 1, "mischief"),
        ("just words", 1, 1, "mapping"),
        ("reference_lasts: true\nclaims: {}\n", 1, 1, "a reference where reference_lasts"),
        ("source: holder\nclaims: {}\n", 1, 1, '"holder" does not fit. Expected: in source: {column: …} or {is: …}'),
        ("claims:\n  time: {strt: {column: a}}\n", 2, 10, "in claims.time.strt: one of start, end"),
        (
            "claims:\n  place: {lat: {column: a}, lon: {column: b}, raduis_km: {column: c}}\n",
            2,
            47,
            "one of name, lat, lon, at, radius_km",
        ),
        ("claims: {}\n# a note with \x01\n", 2, 15, "YAML"),
    ],
)
def test_a_fault_of_the_mapping_is_placed(text: str, line: int | None, column: int | None, said: str) -> None:
    with pytest.raises(InputError) as raised:
        mapping(text)
    problem = raised.value.problem
    assert (problem.line, problem.column) == (line, column)
    assert said in str(problem)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"PK\x03\x04", b"a: \xff"])
def test_a_mapping_that_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        load_mapping(Input("mapping.yaml", data))


def test_the_columns_of_a_mapping_are_all_that_it_names() -> None:
    named = mapping().columns()
    assert sorted(named) == sorted(TABLE_HEADER.split(","))
