"""Tables with HXL hashtags: tags and attributes in any order mean the same; what they do not say is said."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import read_as, value
from workbook_samples import book

from parley.model import Count, Disc, EventReport, Interval, Reading, Words, one

HEADINGS = "Id,Day,Governorate,Village,Lat,Lon,Kind,Dead,Wounded,Link,Reported by,Text"
TAGS = (
    "#event+id,#date+occurred,#adm1+name,#loc+name,#geo+lat,#geo+lon,#event+type,#affected+killed,#affected+injured,"
    "#meta+url,#org+reporting,#description"
)
ROW = "E-1,2031-05-02,Upper Reach,Milltown,12.5,40.25,Shelling,3,1,https://example.org/1,Post 1,Three rounds"


def read(*lines: str, **options: object) -> Reading:
    return read_as("hxl", "\n".join(lines) + "\n", **options)


def test_a_tagged_row_is_a_report() -> None:
    reading = read(HEADINGS, TAGS, ROW)
    assert not reading.problems
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    assert (report.source, report.reference, report.channel) == ("Post 1", "E-1", "hxl")
    assert report.citation is not None and report.citation.address == "https://example.org/1"
    assert report.origin.first == 3
    assert value(reading, "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=788)
    assert value(reading, "area") == one("Upper Reach") and value(reading, "act") == one("shelling")
    assert value(reading, "deaths") == Count(low=3, best=3, high=3)
    assert value(reading, "injured") == Count(low=1, best=1, high=1)
    assert value(reading, "account") == Words(text="Three rounds")


@given(st.integers(0, 2**32))
def test_order_case_and_spaces_carry_no_meaning(seed: int) -> None:
    chance = random.Random(seed)
    pairs = list(zip(TAGS.split(","), ROW.split(","), strict=True))
    chance.shuffle(pairs)
    tags = []
    for tag, _ in pairs:
        name, *attributes = tag.split("+")
        attributes.append(chance.choice(["x_local", "i_en"]))
        chance.shuffle(attributes)
        spaced = chance.choice(["+", " +", " + "]).join([name, *attributes])
        tags.append(chance.choice([str.upper, str.title, str.lower])(spaced))
    reading = read(",".join(tags), ",".join(cell for _, cell in pairs))
    assert not reading.problems
    said = {claim.attribute: claim.value for claim in reading.reports[0].claims}  # type: ignore[union-attr]
    assert said == {claim.attribute: claim.value for claim in read(TAGS, ROW).reports[0].claims}  # type: ignore[union-attr]


def test_start_and_end_make_an_interval_and_a_month_is_a_month() -> None:
    tags, row = TAGS.replace("#date+occurred", "#date+start") + ",#date+end", ROW
    found = value(read(tags, f"{row},2031-05-04"), "time")
    assert isinstance(found, Interval) and found.length.days == 3
    found = value(read(TAGS, row.replace("2031-05-02", "2031-05")), "time")
    assert isinstance(found, Interval) and found.length.days == 31


def test_headings_above_and_untagged_columns_are_passed_over() -> None:
    above = [f"Heading {n},,," for n in range(20)]
    reading = read(*above, f"{TAGS},", f"{ROW},not tagged")
    assert len(reading.reports) == 1 and not reading.problems


def test_other_separators() -> None:
    reading = read(TAGS.replace(",", ";"), ROW.replace(",", ";"))
    assert len(reading.reports) == 1 and not reading.problems


def test_two_sides_without_a_word_on_who_acted_accuse_nobody_in_either_order() -> None:
    for first, second in (("North", "South"), ("South", "North")):
        reading = read(f"{TAGS},#group+name+first,#group+name+second", f"{ROW},{first},{second}")
        assert value(reading, "actor") is None and value(reading, "affected") is None
    assert value(read(f"{TAGS},#actor+perpetrator", f"{ROW},South"), "actor") == one("South")


def test_deaths_in_parts_are_not_added_up() -> None:
    tags = TAGS.replace("#affected+killed", "#affected+killed+f") + ",#affected+killed+m"
    reading = read(tags, f"{ROW},2")
    assert value(reading, "deaths") is None
    assert "not added up" in reading.problems[0].expected


def test_the_total_is_taken_where_parts_stand_beside_it() -> None:
    reading = read(f"#affected+killed+f,{TAGS}", f"1,{ROW}")
    assert value(reading, "deaths") == Count(low=3, best=3, high=3)


@pytest.mark.parametrize(("tag", "said"), [("#date+occurred", "#date"), ("#geo+lat", "#geo+lat and #geo+lon")])
def test_a_table_without_time_or_place_says_so_once(tag: str, said: str) -> None:
    reading = read(TAGS.replace(tag, "#x_other"), ROW, ROW.replace("E-1", "E-2"))
    assert len(reading.reports) == 2
    (problem,) = reading.problems
    assert said in problem.expected and "no incident" in problem.kept_text


def test_a_table_without_tags_or_speaker_is_refused() -> None:
    assert "a row of HXL hashtags" in read(HEADINGS, ROW).problems[0].expected
    tags = TAGS.replace("#org+reporting", "#x_other")
    assert "--from" in read(tags, ROW).problems[0].expected
    assert read(tags, ROW, source="The Desk").reports[0].source == "The Desk"


def test_a_bad_cell_costs_its_claim_and_is_placed() -> None:
    reading = read(HEADINGS, TAGS, ROW.replace("12.5", "99"), ROW.replace("E-1", "E-2"))
    assert len(reading.reports) == 2
    (problem,) = reading.problems
    assert (problem.line, problem.field) == (3, "#geo+lat")


def test_a_remark_that_looks_like_a_hashtag_is_no_row_of_hashtags() -> None:
    assert len(read("#comment", TAGS, ROW).reports) == 1


def test_the_same_tag_twice_reads_the_first() -> None:
    reading = read(f"{TAGS},#loc+name", f"{ROW},Elsewhere")
    assert value(reading, "place").name == "Milltown"  # type: ignore[union-attr]


@given(st.binary(max_size=150))
def test_any_bytes_are_answered(data: bytes) -> None:
    for whole in (data, TAGS.encode() + b"\n" + data, TAGS.encode() + b"\n" + ROW.encode() + b"\n" + data):
        reading = read_as("hxl", whole)
        assert reading.reports or reading.problems


@given(st.lists(st.from_regex(r"#[a-z]{2,8}( ?\+[a-z]{1,8}){0,3}", fullmatch=True), min_size=1, max_size=8))
def test_any_tags_are_answered_and_a_good_row_is_kept(tags: list[str]) -> None:
    reading = read(f"{TAGS},{','.join(tags)}", ROW + ",1" * len(tags), source="x")
    assert reading.reports or reading.problems


def test_a_row_of_enormous_cells_is_no_row_of_tags_and_spares_the_others() -> None:
    assert read("#a+" + "b+" * 100_000, ROW).problems
    reading = read(TAGS, ROW.replace("Three rounds", "x" * 200_000), ROW)
    assert len(reading.reports) == 2


def test_a_tagged_workbook_is_read_like_the_same_text() -> None:
    rows = [HEADINGS.split(","), TAGS.split(","), ROW.split(","), list(ROW.split(","))]
    rows[3][0], rows[3][4] = "E-2", 99
    reading = read_as("hxl", book(["A list of May"], *rows))
    assert reading.reports[0].claims == read(TAGS, ROW).reports[0].claims  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.field) == (5, 5, "#geo+lat")
    twice = book([*TAGS.split(","), "#loc+name"], [*ROW.split(","), "Elsewhere"])
    assert value(read_as("hxl", twice), "place").name == "Milltown"  # type: ignore[union-attr]
    assert "hashtags" in read_as("hxl", book(HEADINGS.split(","), ROW.split(","))).problems[0].expected
    assert read_as("hxl", book()).problems


def test_both_coordinates_may_stand_under_one_tag() -> None:
    tags = TAGS.replace("#geo+lat,#geo+lon", "#geo+coord")
    for coordinates in ('"12.5,40.25"', '"12.5, 40.25"', "12°30'N 40°15'E"):
        reading = read(tags, ROW.replace("12.5,40.25", coordinates))
        place = value(reading, "place")
        assert isinstance(place, Disc) and (place.lat, place.lon) == (12.5, 40.25) and not reading.problems
