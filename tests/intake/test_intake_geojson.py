"""GeoJSON: features as reports, shapes as discs that cover them, and every way in which a file can be wrong."""

import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import mapping, of_part, read_as, value

from parley.intake.values.shapes import disc_around, positions
from parley.model import Count, Disc, EventReport, Reading, Unknown, Words, one

PROPERTIES: dict[str, Any] = {
    "event_id": "E-1", "date": "2031-05-02", "location": "Milltown", "type": "Shelling", "perpetrator": "South",
    "fatalities": 3, "notes": "Three rounds.",
}  # fmt: skip
POINT = {"type": "Point", "coordinates": [40.25, 12.5]}


def feature(geometry: Any = POINT, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": PROPERTIES | properties}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": list(features)})


def read(text: str, **options: Any) -> Reading:
    return read_as("geojson", text, **({"source": "The Desk"} | options))


def test_a_feature_is_a_report_its_properties_recognised_by_name() -> None:
    reading = read(collection(feature()))
    assert not reading.problems
    (report,) = reading.reports
    assert isinstance(report, EventReport) and (report.source, report.reference) == ("The Desk", "E-1")
    assert value(reading, "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=788)
    assert value(reading, "act") == one("shelling") and value(reading, "actor") == one("South")
    assert value(reading, "deaths") == Count(low=3, best=3, high=3)
    assert value(reading, "account") == Words(text="Three rounds.")


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(feature()),
        json.dumps([feature()]),
        json.dumps(feature()) + "\n" + json.dumps(feature(event_id="E-2")),
        "\x1e" + json.dumps(feature()) + "\n",
        json.dumps({"features": [feature()], "type": "FeatureCollection"}, indent=2),
    ],
)
def test_one_feature_a_list_lines_and_sequences_are_read_too(text: str) -> None:
    reading = read(text)
    assert reading.reports and not reading.problems


def test_a_mapping_says_what_properties_mean_and_the_shape_stays_the_place() -> None:
    text = "source: {column: who.name}\nclaims: {actor: {column: by, separator: '|'}, time: {start: {column: on}}}\n"
    given_ = feature(who={"name": "Post 7"}, by=["South", "East"], on="2031-05-02")
    reading = read(collection(given_), source=None, mapping=mapping(text))
    assert not reading.problems and reading.reports[0].source == "Post 7"
    assert value(reading, "actor").any_of == ("South", "East")  # type: ignore[union-attr]
    assert isinstance(value(reading, "place"), Disc)


def test_a_property_that_no_feature_has_is_said() -> None:
    text = "source: {is: x}\nclaims: {actor: {column: byy}}\n"
    assert [problem.field for problem in read(collection(feature()), mapping=mapping(text)).problems] == ["byy"]


def test_without_a_speaker_nothing_is_read() -> None:
    reading = read(collection(feature()), source=None)
    assert not reading.reports and "--from" in reading.problems[0].expected


@pytest.mark.parametrize("geometry", [None, {"type": "Point", "coordinates": []}])
def test_no_shape_is_no_place_and_an_empty_one_is_a_problem(geometry: Any) -> None:
    reading = read(collection(feature(geometry), feature()))
    assert len(reading.reports) == 2
    assert isinstance(value(reading, "place"), Unknown)
    assert len(reading.problems) >= (0 if geometry is None else 1)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ({"type": "Point", "coordinates": [12.5, 140.25]}, "latitude seems to stand first"),
        ({"type": "Point", "coordinates": [4480000, 1400000]}, "metres of a projection"),
        ({"type": "Point", "coordinates": [200, 12]}, "longitude from -180"),
        ({"type": "Point", "coordinates": ["40", "12"]}, "two numbers"),
        ({"type": "Point", "coordinates": [True, 12]}, "two numbers"),
        ({"type": "Point", "coordinates": [40]}, "two numbers"),
        ({"type": "Point"}, "list of coordinates"),
        ({"type": "Polygon", "coordinates": [40, 12]}, "list of coordinates"),
        ({"type": "Polygon", "coordinates": []}, "at least one position"),
        ({"type": "Circle", "coordinates": [40, 12]}, "a geometry"),
        ({"x": 1, "y": 2}, "a geometry"),
        ("POINT(1 2)", "a geometry"),
        ({"type": "Point", "coordinates": [40, 25, 12, 5]}, "at most a height"),
    ],
)
def test_a_bad_shape_costs_its_place_alone_and_says_why(geometry: Any, said: str) -> None:
    reading = read(collection(feature(geometry), feature(event_id="E-2")))
    assert [report.reference for report in reading.reports] == ["E-1", "E-2"]  # type: ignore[union-attr]
    assert isinstance(value(reading, "place"), Unknown) and value(reading, "deaths") == Count(low=3, best=3, high=3)
    (problem,) = reading.problems
    assert said in problem.expected and problem.field == "geometry" and problem.line == 1


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_not_finite(number: str) -> None:
    text = collection(feature(), feature(event_id="E-2"))
    assert isinstance(value(read(text.replace("40.25", number, 1)), "place"), Unknown)
    reading = read(text.replace('"fatalities": 3', f'"fatalities": {number}', 1))
    assert isinstance(value(reading, "deaths"), Unknown) and len(reading.reports) == 2


def test_members_twice_cost_their_feature_or_are_said() -> None:
    twice = collection(feature(), feature()).replace('"notes"', '"date"', 1)
    assert len(read(twice).reports) == 1
    reading = read(collection(feature())[:-1] + ', "features": []}')
    assert len(reading.reports) == 1 and reading.problems[0].field == "features"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_wgs_84_may_be_named(name: str) -> None:
    assert not read(collection(feature(), crs={"type": "name", "properties": {"name": name}})).problems


@pytest.mark.parametrize(
    "crs", [{"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}, {"type": "link"}, "EPSG:32637", 7]
)
def test_other_coordinates_are_refused_wherever_the_file_names_them(crs: Any) -> None:
    before = read(collection(feature(), crs=crs))
    after = read(collection(feature())[:-1] + f', "crs": {json.dumps(crs)}}}')
    for reading in (before, after):
        assert not reading.reports and "WGS 84" in reading.problems[0].expected
    within = read(collection(feature() | {"crs": crs}, feature()))
    assert len(within.reports) == 1 and within.problems[0].field == "crs"


def test_a_file_cut_off_keeps_its_whole_features() -> None:
    text = collection(feature(), feature(event_id="E-2"), feature(event_id="E-3"))
    reading = read(text[: text.index("E-3")])
    assert len(reading.reports) == 2 and any("cut off" in problem.expected for problem in reading.problems)


def test_a_feature_that_is_cut_off_in_a_sequence_costs_itself_alone() -> None:
    whole = json.dumps(feature(event_id="E-2"))
    for cut, between in ((-28, "\n"), (-28, "\n\x1e"), (-30, "\n\x1e"), (-10, "\x1e")):
        reading = read(f"\x1e{whole[:cut]}{between}{whole}\n")
        assert [report.reference for report in reading.reports] == ["E-2"]  # type: ignore[union-attr]
        assert [of_part(problem) for problem in reading.problems] == ["feature 1: This feature was not recorded."]


def test_a_collection_may_stand_in_a_sequence() -> None:
    assert read(f"\x1e{collection(feature(), feature(event_id='E-2'))}\n").problems == ()


@pytest.mark.parametrize("number", [1758432000000000123, 10**29 + 1])
def test_long_numbers_stay_themselves_as_ids(number: int) -> None:
    assert read(collection(feature(event_id=number))).reports[0].reference == str(number)  # type: ignore[union-attr]


def test_nesting_bombs_cost_themselves() -> None:
    bomb = "[" * 100_000 + "]" * 100_000
    text = collection(feature(), feature(event_id="E-2")).replace("[40.25, 12.5]", bomb, 1)
    assert [report.reference for report in read(text).reports] == ["E-2"]  # type: ignore[union-attr]
    assert read("[" * 200_000).problems
    assert read('{"features":' * 50_000).problems


def test_what_is_not_geojson_says_so() -> None:
    for text in ('{"type": "Topology", "objects": {}}', "[1, 2]", '"x"', json.dumps(POINT), collection(), "{}"):
        reading = read(text)
        assert not reading.reports and reading.problems


def test_a_shape_too_large_is_refused_in_bounded_time() -> None:
    zigzag = [[-180 if n % 2 else 180, 0] for n in range(10_000)]
    reading = read(collection(feature({"type": "LineString", "coordinates": zigzag}), feature()))
    assert isinstance(value(reading, "place"), Unknown) and "500,000 positions" in reading.problems[0].expected


# Discs


def metres(lat: float, lon: float, point: tuple[float, float]) -> float:
    x, y, u, v = map(math.radians, (lon, lat, *point))
    half = math.sin((v - y) / 2) ** 2 + math.cos(y) * math.cos(v) * math.sin((u - x) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(half)))


degrees = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(degrees, min_size=3, max_size=12))
@settings(deadline=None)
def test_the_disc_covers_every_corner_and_every_edge(corners: list[tuple[float, float]]) -> None:
    ring = [list(corner) for corner in [*corners, corners[0]]]
    lat, lon, radius_m = disc_around(positions({"type": "Polygon", "coordinates": [ring]}))
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        for step in range(11):
            between = (x0 + (x1 - x0) * step / 10, y0 + (y1 - y0) * step / 10)
            assert metres(lat, lon, between) <= radius_m + 100


def test_a_small_square_has_half_its_diagonal_as_radius() -> None:
    ring = [[40, 12], [40.1, 12], [40.1, 12.1], [40, 12.1], [40, 12]]
    lat, lon, radius_m = disc_around(positions({"type": "Polygon", "coordinates": [ring]}))
    assert (round(lat, 2), round(lon, 2)) == (12.05, 40.05) and 7_700 < radius_m < 8_000


def test_a_shape_cut_at_the_antimeridian_has_a_small_disc() -> None:
    parts = [[[[179, 0], [180, 0], [180, 1], [179, 0]]], [[[-180, 0], [-179, 0], [-180, 1], [-180, 0]]]]
    _lat, lon, radius_m = disc_around(positions({"type": "MultiPolygon", "coordinates": parts}))
    assert abs(lon) > 179.9 and radius_m < 130_000


def test_a_collection_of_shapes_is_covered_as_one() -> None:
    both = {"type": "GeometryCollection", "geometries": [POINT, {"type": "MultiPoint", "coordinates": [[41, 12.5]]}]}
    found = value(read(collection(feature(both))), "place")
    assert isinstance(found, Disc) and 40.6 < found.lon < 40.65 and found.radius_m > 40_000


# Fuzz

members = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["Point", "Feature"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "geometry", "properties", "coordinates", "crs", "date"]), inner)
    ),
    max_leaves=10,
)


@given(members)
def test_any_json_is_answered_and_good_features_are_kept(wild: Any) -> None:
    for text in (json.dumps(wild), collection(wild), collection(feature(), feature(wild))):
        reading = read(text)
        assert reading.reports or reading.problems
    assert len(read(collection(wild, feature())).reports) >= 1


@given(st.integers(0, 2**32), st.sampled_from(['"', ",", "{", "}", "[", "]", "\\", ":", "\n", "1e999", "null"]))
def test_any_damage_is_answered(seed: int, mark: str) -> None:
    text = collection(feature(), feature(event_id="E-2"), name="x")
    place = seed % len(text)
    for damaged in (text[:place] + mark + text[place:], text[:place] + text[place + 3 :], text[:place]):
        reading = read(damaged)
        assert reading.reports or reading.problems
