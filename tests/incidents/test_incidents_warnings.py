"""Warnings: what is perhaps a slip in a report, in whatever order reports come; a pure function."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from parley.incidents import Known, warnings
from parley.model import (
    Claim,
    Disc,
    EventReport,
    Interval,
    OneOf,
    Origin,
    RecordedReport,
    fold,
    in_words,
    one,
)

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)
MILL = Disc(name="Mill bridge", lat=42.01, lon=44.21, radius_m=300)
KNOWN = Known(
    places={fold("Mill bridge"): [MILL]},
    names=("Eastbank", "Lakeside", "Army of the East"),
    since=date(2031, 4, 28),
)


def report(
    entry: int = 1,
    at: datetime | None = AT - timedelta(days=1),
    place: Disc | None = MILL,
    **names: OneOf,
) -> RecordedReport:
    claims = [Claim(attribute=attribute, value=value) for attribute, value in names.items()]
    if at is not None:
        claims.append(Claim(attribute="time", value=Interval(start=at, end=at)))
    if place is not None:
        claims.append(Claim(attribute="place", value=place))
    said = EventReport(
        source="Post", channel="field", origin=Origin(digest="0" * 64, name="a", first=1, last=1), claims=tuple(claims)
    )
    return RecordedReport(entry=entry, received_at=AT, side="independent", handle="0" * 16, report=said)


def codes(*reports: RecordedReport, known: Known = KNOWN) -> dict[int, list[str]]:
    return {entry: [one.code for one in warned] for entry, warned in warnings(reports, known).items()}


def test_an_ordinary_report_has_no_warning() -> None:
    assert codes(report(actor=one("Eastbank"), affected=one("Somebody else"))) == {}
    assert codes(report(at=None, place=None)) == {}


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (AT + timedelta(minutes=1), "in-the-future"),
        (datetime(2106, 9, 17, tzinfo=UTC), "in-the-future"),
        (datetime(2031, 3, 27, tzinfo=UTC), "long-ago"),
        (datetime(1801, 9, 17, tzinfo=UTC), "long-ago"),
    ],
)
def test_a_time_after_the_receipt_or_long_before_the_agreement(at: datetime, code: str) -> None:
    assert codes(report(at=at)) == {1: [code]}


@pytest.mark.parametrize("at", [AT, datetime(2031, 3, 30, tzinfo=UTC), datetime(2031, 5, 1, tzinfo=UTC)])
def test_a_time_up_to_the_receipt_and_soon_before_the_agreement_is_no_slip(at: datetime) -> None:
    assert codes(report(at=at)) == {}


def test_a_day_that_has_begun_is_not_in_the_future() -> None:
    said = report()
    day = Interval(start=AT.replace(hour=0), end=AT.replace(hour=0) + timedelta(days=1))
    claims = (Claim(attribute="time", value=day),)
    assert codes(said.model_copy(update={"report": said.report.model_copy(update={"claims": claims})})) == {}


def moved(north_m: float, radius_m: int = 300) -> Disc:
    return Disc(name="MILL  bridge", lat=MILL.lat + north_m / 111_070, lon=MILL.lon, radius_m=radius_m)


def test_far_from_the_named_place_is_farther_than_25_km_beyond_both_radii() -> None:
    assert codes(report(place=moved(25_500))) == {}
    assert codes(report(place=moved(25_700))) == {1: ["far-from-place"]}
    assert codes(report(place=moved(30_000, radius_m=5_000))) == {}
    (warned,) = warnings([report(place=moved(60_000))], KNOWN)[1]
    assert warned.params["km"] == 59 and "MILL  bridge" in warned.text and in_words(warned)["text"] == warned.text


def test_of_a_name_for_several_places_the_nearest_counts() -> None:
    other = Disc(name="Mill bridge", lat=43.0, lon=44.21, radius_m=300)
    both = Known(places={fold("Mill bridge"): [MILL, other]})
    assert codes(report(place=moved(110_000)), known=both) == {}
    assert codes(report(place=moved(55_000)), known=both) == {1: ["far-from-place"]}


def test_without_a_known_place_there_is_no_warning_of_distance() -> None:
    far = Disc(name="Nowhere", lat=-33.0, lon=151.0, radius_m=100)
    assert codes(report(place=far)) == {}
    assert codes(report(place=moved(2_000_000)), known=Known()) == {}


def test_the_area_that_a_report_names_is_a_named_place_too() -> None:
    reach = Known(places={fold("Upper Reach"): [MILL]})
    far = Disc(name="", lat=45.0, lon=44.21, radius_m=100)
    assert codes(report(place=far, area=one("upper reach")), known=reach) == {1: ["far-from-place"]}
    assert codes(report(place=far, area=OneOf(any_of=("Upper Reach", "Hills"))), known=reach) == {}


TURNED = Disc(name="Mill bridge", lat=MILL.lon, lon=MILL.lat, radius_m=300)


def test_latitude_and_longitude_exchanged_of_a_named_place() -> None:
    assert codes(report(place=TURNED)) == {1: ["exchanged"]}
    (warned,) = warnings([report(place=TURNED)], KNOWN)[1]
    assert "near Mill bridge" in warned.text
    beyond = Disc(name="Mill bridge", lat=42.01, lon=144.21, radius_m=300)  # turned it would lie nowhere
    assert codes(report(place=beyond)) == {1: ["far-from-place"]}


@pytest.mark.parametrize("number", [3, 9, 10, 60])
def test_latitude_and_longitude_exchanged_in_one_row_beside_all_others(number: int) -> None:
    draw = random.Random(number)
    rows = [
        report(entry, place=Disc(lat=42 + draw.random(), lon=44.2 + draw.random(), radius_m=100))
        for entry in range(number)
    ]
    bad = report(number, place=Disc(lat=44.7, lon=42.4, radius_m=100))
    for _ in range(3):
        draw.shuffle(rows)
        assert codes(*rows, bad, known=Known()) == {number: ["exchanged"]}
    assert codes(*rows, known=Known()) == {}


def test_lists_of_the_whole_world_have_no_exchanged_rows() -> None:
    draw = random.Random(1)
    rows = [
        report(entry, place=Disc(lat=draw.uniform(-60, 70), lon=draw.uniform(-170, 170), radius_m=100))
        for entry in range(300)
    ]
    assert codes(*rows, known=Known()) == {}


@pytest.mark.parametrize("name", ["East bank", "\u0415astbank", "Lakside", "Eastbnak", "Army of teh East"])
@pytest.mark.parametrize("attribute", ["actor", "affected"])
def test_a_name_that_looks_like_a_known_one_is_named_with_it(name: str, attribute: str) -> None:
    (warned,) = warnings([report(**{attribute: one(name)})], KNOWN)[1]  # type: ignore[arg-type]
    assert warned.code == "name-like" and warned.params["known"] in KNOWN.names and warned.params["name"] == name
    (denied,) = warnings([report(**{attribute: OneOf(none_of=(name,))})], KNOWN)[1]  # type: ignore[arg-type]
    assert denied == warned


@pytest.mark.parametrize("name", ["EASTBANK", " army of the  east", "Highland", "East\u200bbank"])
def test_a_known_name_and_quite_another_have_no_warning(name: str) -> None:
    assert codes(report(actor=one(name))) == {}


def test_the_order_of_reports_does_not_matter() -> None:
    draw = random.Random(7)
    rows = [report(1, place=TURNED), report(2, at=AT + timedelta(days=3)), report(3, actor=one("East bank"))]
    rows += [report(entry, place=moved(draw.uniform(0, 90_000))) for entry in range(4, 30)]
    told = warnings(rows, KNOWN)
    for _ in range(5):
        draw.shuffle(rows)
        assert warnings(rows, KNOWN) == told


def test_of_two_reports_that_are_each_others_turned_the_one_near_what_is_known_is_right() -> None:
    right, wrong = (Disc(lat=one.lat, lon=one.lon, radius_m=300) for one in (MILL, TURNED))
    assert codes(report(1, place=right), report(2, place=wrong)) == {2: ["exchanged"]}
