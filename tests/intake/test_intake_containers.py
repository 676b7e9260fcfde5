"""The same rows mean the same, whatever they come in, through every channel of tables; what is wrong has its place."""

import csv
import gzip
import io
import json
import zipfile
from collections import deque
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from containers import WITH_HEADER, Grid, objects, text, workbook, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import (
    ACLED_HEADER,
    ACLED_ROW,
    BULLETIN_TABLE,
    DAMASCUS,
    GDELT,
    GED_GOOD,
    GED_HEADER,
    GED_ROW,
    MAPPING,
    TABLE_HEADER,
    TABLE_ROW,
    mapping,
    read_as,
    value,
)
from workbook_samples import book

from parley.intake import CHANNELS, reader
from parley.intake.channels.gdelt import _codebook
from parley.intake.faults import Unreadable
from parley.intake.kinds import kind_of
from parley.intake.mappings.proposal import propose
from parley.intake.preview import previewed
from parley.intake.tables.head import head_of
from parley.intake.tables.rows import Lost
from parley.intake.tables.tabular import open_table
from parley.intake.text.archive import unpacked
from parley.intake.values.counts import whole_number
from parley.intake.values.numbers import StoredNumber
from parley.model import Bulletin, EventReport, Input, Reading

ANY = MAPPING.replace('delimiter: ","\n', "")  # the file shows what parts its cells


def read_any(channel: str, data: str | bytes, text_: str = ANY) -> Reading:
    return read_as(channel, data, **({"mapping": mapping(text_)} if channel == "table" else {}))


def grid(*lines: str) -> Grid:
    return list(csv.reader(lines))


GDELT_ROW = GDELT.rstrip("\n").split("\t")
USHAHIDI = grid(
    "Post ID,Survey,Post Status,Created (UTC),Post Date (UTC),Source,Title,Description,Location.lat,Location.lon",
    '7,Truce,published,2031-05-02 15:30:00,2031-05-02 14:10:00,sms,Shots,"Shots, near the ford",-48.31,-123.4',
)
ARCHIVED = grid(
    "Link,Archive status,Archive location,Upload timestamp,Upload title,Text content,Hash",
    f"https://example.org/1,telethon: success,https://kept.example/1,2031-05-02T14:30:00+00:00,Shots,Ford,{'ab' * 32}",
)
HXL = grid(
    "Id,Day,Village,Lat,Lon,Kind,Dead,Reported by",
    "#event+id,#date+occurred,#loc+name,#geo+lat,#geo+lon,#event+type,#affected+killed,#org+reporting",
    "H-1,2031-05-02,Ford,-48.31,-123.4,Shelling,2,Relief Circle",
)
TABLES: Mapping[str, Grid] = {
    "table": grid(
        TABLE_HEADER, TABLE_ROW, TABLE_ROW.replace("C-1", "C-2").replace("Milltown", '"Mill, by ""the"" ford"')
    ),
    "acled": grid(ACLED_HEADER, ACLED_ROW),
    "acled-deleted": grid("event_id_cnty,deleted_timestamp", "NOR7,1935957600"),
    "ucdp-ged": grid(GED_HEADER, GED_ROW),
    "gdelt": [list(_codebook().columns), GDELT_ROW],
    "ushahidi": USHAHIDI,
    "auto-archiver": ARCHIVED,
    "hxl": HXL,
}
"""A table for each channel of tables, with a header."""
NO_OBJECTS = ("hxl",)  # its tags are a second heading: objects have one name a column
KINDS = (WITH_HEADER["commas"], workbook, WITH_HEADER["lists of cells"])
every_channel = pytest.mark.parametrize("channel", TABLES)
every_container = pytest.mark.parametrize("container", WITH_HEADER)


def told(reading: Reading) -> list[Any]:
    """Return all that *reading* says, but for where it stood."""
    return [one.model_dump(exclude={"origin"}) for one in (*reading.reports, *reading.withdrawals)]


def holds_objects(container: str) -> bool:
    return any(word in container for word in ("object", "page", "JSON"))


def contained(container: str, table: Grid, channel: str) -> bytes:
    tagged_twice = channel in NO_OBJECTS and holds_objects(container)
    return WITH_HEADER[container](table[1:] if tagged_twice else table)


@every_channel
@every_container
def test_the_same_rows_in_every_container_give_the_same_reports(channel: str, container: str) -> None:
    plain = read_any(channel, text(TABLES[channel]))
    reading = read_any(channel, contained(container, TABLES[channel], channel))
    assert plain.problems == reading.problems == ()
    assert told(reading) == told(plain) != []


@every_container
def test_a_bulletin_as_a_table_is_the_same_in_every_container_that_keeps_its_lines(container: str) -> None:
    rows = list(csv.reader(BULLETIN_TABLE.splitlines()))
    if holds_objects(container):
        pytest.skip("a bulletin's header lines are no objects")
    (plain,), (made,) = (
        read_any("bulletin-table", BULLETIN_TABLE).reports,
        read_any("bulletin-table", WITH_HEADER[container](rows)).reports,
    )
    assert isinstance(plain, Bulletin) and isinstance(made, Bulletin)
    assert made.model_dump(exclude={"origin", "items"}) == plain.model_dump(exclude={"origin", "items"})
    assert [item.model_copy(update={"line": 0}) for item in made.items] == [
        item.model_copy(update={"line": 0}) for item in plain.items
    ]


SPOILT = {
    "table": ("lat", "north"),
    "acled": ("fatalities", "several"),
    "acled-deleted": ("deleted_timestamp", "yesterday"),
    "ucdp-ged": ("deaths_civilians", "several"),
    "gdelt": ("DATEADDED", "yesterday"),
    "ushahidi": ("Location.lat", "north"),
    "hxl": ("#geo+lat", "north"),
}
"""For each channel a column and what nobody can read there."""


@pytest.mark.parametrize("channel", SPOILT)
@every_container
def test_what_cannot_be_read_has_its_line_and_column_in_every_container(channel: str, container: str) -> None:
    column, wrong = SPOILT[channel]
    table = [list(row) for row in TABLES[channel]]
    at = next(row.index(column) for row in table if column in row)
    table[-1][at] = wrong
    reading = read_any(channel, contained(container, table, channel))
    (problem,) = reading.problems
    assert problem.field == column and wrong in problem.found
    assert problem.line is not None and problem.column is not None
    assert len(told(reading)) == len(table) - 1 - (channel == "hxl")


@every_channel
@every_container
def test_after_any_row_reading_goes_on_with_the_next_in_every_container(channel: str, container: str) -> None:
    table = TABLES[channel]
    several = [*table[:-1], *(rows_with_ids(table, 5))]
    data = Input("file", contained(container, several, channel))
    read = reader(channel, mapping=mapping(ANY) if channel == "table" else None, timezone=DAMASCUS)
    whole = [one for reading in read(data, 0) for one in told(reading)]
    count = len(several) - 1 - (channel == "hxl")
    assert len(whole) == count
    for after in range(count):
        assert [one for reading in read(data, after) for one in told(reading)] == whole[after:]


def rows_with_ids(table: Grid, count: int) -> Grid:
    """Return *count* rows like the last of *table*, each with an id of its own."""
    return [[f"{cell}{number}" if at == 0 else cell for at, cell in enumerate(table[-1])] for number in range(count)]


@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=12),
            st.sampled_from(["12.5", "-48.310", "", "unknown", "1e1"]),
            st.sampled_from(["3", "0", "", "unknown", "07"]),
        ),
        min_size=1,
        max_size=4,
    ),
    container=st.sampled_from(sorted(WITH_HEADER)),
)
@settings(max_examples=150, deadline=None)
def test_any_cells_mean_the_same_in_every_container(rows: list[tuple[str, str, str]], container: str) -> None:
    names = TABLE_HEADER.split(",")
    first = dict(zip(names, TABLE_ROW.split(","), strict=True))
    # A cell that begins with white space or a quote is another one as text.
    table = [names, *([*(first | {"id": f"C-{number}", "place": place.strip().strip('"'), "lat": lat, "lon": lat,
                                  "deaths": dead}).values()]
                      for number, (place, lat, dead) in enumerate(rows))]  # fmt: skip
    plain, made = read_any("table", text(table)), read_any("table", WITH_HEADER[container](table))
    assert told(made) == told(plain)
    assert [(one.code, one.field) for one in made.problems] == [(one.code, one.field) for one in plain.problems]


def test_numbers_of_json_are_as_exact_as_they_are_written() -> None:
    row = objects(TABLES["table"][:2])[0]
    written = json.dumps([row | {"lat": 0, "lon": 0, "deaths": 3, "denied": None}])
    written = written.replace('"lat": 0', '"lat": 12.50').replace('"lon": 0', '"lon": 40.250')
    plain = read_any("table", text([TABLES["table"][0], [*(row | {"lat": "12.50", "lon": "40.250"}).values()]]))
    assert told(read_any("table", written)) == told(plain)


def test_a_number_of_json_has_a_point_whatever_mark_the_texts_have() -> None:
    row = objects(TABLES["table"][:2])[0]
    with_comma = ANY + 'decimal: ","\n'
    made = read_any("table", json.dumps([row | {"lat": 12.5, "lon": "40,25"}]), with_comma)
    assert value(made, "place") == value(read_any("table", json.dumps([row])), "place")


def test_nested_objects_are_columns_of_their_own() -> None:
    row = objects(TABLES["table"][:2])[0]
    nested = {key: value for key, value in row.items() if key != "place"}
    nested |= {"at": {"place": row["place"]}, "sources": [{"path": "https://a.example"}, {"path": "https://b.example"}]}
    head = head_of(Input("list", json.dumps([nested]).encode()))
    assert "at.place" in head.columns and head.rows[0]["sources.path"] == "https://a.example|https://b.example"
    made = read_any("table", json.dumps([nested]), ANY.replace("{column: place}", "{column: at.place}"))
    assert told(made) == told(read_any("table", json.dumps([row])))


def test_a_column_may_be_in_some_objects_only_and_one_that_is_in_none_is_missed() -> None:
    one, two = objects(TABLES["table"])
    sparse = [{key: value for key, value in one.items() if key not in ("denied", "account")}, two]
    assert len(read_any("table", json.dumps(sparse)).reports) == 2
    (problem,) = read_any("table", json.dumps(sparse[:1])).problems
    assert (problem.code, problem.params["missing"]) == ("columns-missing-in-records", "denied, account")


def test_a_list_of_cells_may_end_early_and_never_late() -> None:
    table = [list(row) for row in TABLES["table"]]
    table[1], table[2] = table[1][:-1], [*table[2], "more"]
    reading = read_any("table", json.dumps(table))
    (report,), (problem,) = reading.reports, reading.problems
    assert isinstance(report, EventReport) and "account" not in [claim.attribute for claim in report.claims]
    assert (problem.code, problem.params["cells"], problem.kept) == (
        "cells-unlike-header",
        len(table[0]) + 1,
        "skipped",
    )


@pytest.mark.parametrize("size", [0, 1, 131_071, 131_072, 131_073, 1_048_576, 1_300_000])
def test_the_ends_of_what_is_unpacked_are_those_of_the_file(size: int) -> None:
    data = Random(size).randbytes(size)
    plain, inside = Input("file", data), unpacked(Input("file", zipped(data)))
    assert (inside.ends, inside.size, inside.data) == (plain.ends, size, data)
    assert b"".join(inside.chunks(3)) == data[3:]


def test_who_follows_the_reading_of_an_archive_is_told_of_its_own_bytes() -> None:
    data, read = zipped(Random(1).randbytes(3_000_000)), list[int]()
    for _ in unpacked(Input("file", data, read.append)).chunks():
        pass
    assert read == sorted(read) and len(read) == 3 and read[-1] == len(data)


def test_one_page_of_several_is_told() -> None:
    page = {"TotalPages": 3, "NextPageUrl": "https://example.org/2", "Result": objects(TABLES["ucdp-ged"])}
    (problem,) = read_any("ucdp-ged", json.dumps(page)).problems
    assert (problem.code, problem.params["pages"]) == ("more-pages", "3")


def test_a_broken_object_among_good_ones_costs_itself_alone() -> None:
    one, two = json.dumps(objects(TABLES["table"]))[1:-1].split("}, {")
    reading = read_any("table", "[" + one + '}, {"id": "C-9", lost}, {' + two + "]")
    assert [report.reference for report in reading.reports if isinstance(report, EventReport)] == ["C-1", "C-2"]
    (problem,) = reading.problems
    assert (problem.line, problem.params["number"]) == (1, 2)


@pytest.mark.parametrize(
    "make", [workbook, lambda table: text(table).encode(), lambda table: json.dumps(table).encode()]
)
def test_columns_are_known_by_their_names_however_a_program_wrote_them(make: Any) -> None:
    table = [["ID", "Holder ", "from", "to", "PLACE", "lat\u00a0", "Ｌon", *TABLES["table"][0][7:]], TABLES["table"][1]]
    assert told(read_any("table", make(table))) == told(read_any("table", text(TABLES["table"][:2])))


@pytest.mark.parametrize(
    "make", [workbook, lambda table: text(table).encode(), lambda table: json.dumps(table).encode()]
)
def test_a_column_that_is_there_exactly_goes_before_one_that_is_called_alike(make: Any) -> None:
    table = [[*TABLES["table"][0], "LAT"], [*TABLES["table"][1], "north"]]
    assert told(read_any("table", make(table))) == told(read_any("table", text(TABLES["table"][:2])))
    twice = [[*TABLES["table"][0], "lat"], [*TABLES["table"][1], "1"]]
    (problem,) = read_any("table", make(twice)).problems
    assert (problem.code, problem.params["name"]) == ("column-twice", "lat")


@pytest.mark.parametrize(
    "make", [workbook, lambda table: text(table).encode(), lambda table: json.dumps(table).encode()]
)
def test_a_header_that_stands_there_again_is_no_row(make: Any) -> None:
    header, first, second = TABLES["table"]
    reading = read_any("table", make([header, first, header, second]))
    assert len(reading.reports) == 2
    assert [problem.code for problem in reading.problems] == ["header-again"]


def several(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


BOMB = gzip.compress(b"a,b\n" + b"1,2\n" * 8_000_000, mtime=0)
DAMAGED = bytearray(zipped(text(TABLES["table"]).encode()))
DAMAGED[60] ^= 0xFF


@pytest.mark.parametrize("channel", sorted(set(CHANNELS) - {"article"}))
@pytest.mark.parametrize(
    ("data", "code", "found"),
    [
        (several("b.csv", "a.csv"), "several-files-inside", "2 files: b.csv, a.csv"),
        (several("folder/"), "no-file-inside", "none in it"),
        (zipped(zipped(b"a,b\n1,2\n")), "archive-inside", "another archive"),
        (gzip.compress(gzip.compress(b"a,b\n")), "archive-inside", "another archive"),
        (bytes(DAMAGED), "damaged-archive", "a ZIP archive that is damaged"),
        (gzip.compress(text(TABLES["table"]).encode())[:-9], "damaged-archive", "a gzip file that is damaged"),
        (BOMB, "unpacks-to-too-much", "more"),
    ],
    ids=["several files", "no file", "a ZIP in a ZIP", "gzip in gzip", "damaged", "cut off", "a bomb"],
)
def test_an_archive_that_is_not_around_one_whole_file_is_refused_by_name(
    channel: str, data: bytes, code: str, found: str
) -> None:
    (problem,) = read_any(channel, data).problems
    assert (problem.code, problem.kept) == (code, "nothing")
    assert found in problem.found


def test_reports_name_the_archive_that_arrived() -> None:
    data = zipped(text(TABLES["table"]).encode())
    (first, _) = read_any("table", data).reports
    assert first.origin.digest == Input("file", data).digest


CUT = [*TABLES["table"][:2], [*TABLES["table"][2][:-1], ""]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_last_line_without_an_end_flags_what_its_last_cell_may_have_lost(separator: str) -> None:
    table = [["holder", *TABLES["table"][0][2:], "id"], *(["North", *row[2:], row[0]] for row in TABLES["table"][1:])]
    reading = read_any("table", text(table, separator).removesuffix("2\n"))
    assert [[flag.code for flag in one.flags] for one in reading.reports if isinstance(one, EventReport)] == [
        [],
        ["may-be-cut-off"],
    ]
    report = reading.reports[-1]
    assert isinstance(report, EventReport)
    assert report.flags[0].params == {"column": "id", "cell": "C-"} and report.flags[0].line == 3
    assert report.flags[0].column is not None


@pytest.mark.parametrize(
    "data",
    [
        text(TABLES["table"]),  # it has its end
        text(TABLES["table"]).rstrip("\n") + "\r",
        text([[*row, "x"] for row in TABLES["table"]]).rstrip("\n"),  # nobody reads the last column
        text(TABLES["table"])[:-1] + '"end"',  # the last cell is closed
    ],
    ids=["ended", "by another sign", "not read", "in quotes"],
)
def test_a_last_line_whose_last_cell_is_whole_or_not_read_is_not_flagged(data: str) -> None:
    if data.endswith('"end"'):
        data = text([*TABLES["table"][:-1], TABLES["table"][-1][:-1]]).rstrip("\n") + ',"end"'
    reports = read_any("table", data).reports
    assert len(reports) == 2
    assert [one.flags for one in reports if isinstance(one, EventReport)] == [(), ()]


def test_a_last_cell_that_is_looked_at_with_its_column_and_not_used_is_not_flagged() -> None:
    def row(number: int, article: str, original: str) -> str:
        return GED_GOOD.replace("7,", f"{number},", 1).replace("South,,", f"South,{article},") + f",{original}"

    def flags(article: str, original: str) -> list[str]:
        text = "\n".join([f"{GED_HEADER},source_original", row(7, "", "The Herald"), row(8, article, original)])
        (_, last) = read_any("ucdp-ged", text).reports
        return [flag.code for flag in last.flags]

    assert flags("The Courier", "The Her") == [], "the first article is what is used"
    assert flags("", "The Her") == ["may-be-cut-off"]
    assert flags("", "NA") == ["may-be-cut-off"], "which may be the beginning of a word"


@pytest.mark.parametrize(
    ("last", "flagged"),
    [("Lower Reach,,,1\n", False), ("Lower Reach,,,1", True), ('Lower Reach,,,"1"', False), ("Lower Reach", True)],
)
def test_the_last_count_of_a_bulletin_is_flagged_like_any_other_cell(last: str, flagged: bool) -> None:
    (bulletin,) = read_any("bulletin-table", BULLETIN_TABLE.removesuffix("Lower Reach,,,1\n") + last).reports
    assert isinstance(bulletin, Bulletin)
    assert ("may-be-cut-off" in [flag.code for flag in bulletin.flags]) is flagged


def test_an_event_is_not_withdrawn_by_an_id_that_may_be_cut_off() -> None:
    reading = read_any("acled-deleted", "event_id_cnty\nNOR12\nNOR1")
    assert [one.reference for one in reading.withdrawals] == ["NOR12"]
    (problem,) = reading.problems
    assert (problem.code, problem.line, problem.kept) == ("no-end-of-line", 3, "skipped")


def test_a_deleted_list_of_events_is_refused_in_every_container() -> None:
    for container, make in WITH_HEADER.items():
        (problem,) = read_any("acled-deleted", make(TABLES["acled"])).problems
        assert problem.code == "events-not-ids", container


def test_a_tag_that_is_none_costs_its_own_column() -> None:
    for make in KINDS:
        odd = [[*HXL[0], "Cases"], [*HXL[1], "#affected+2013+ind"], [*HXL[2], "5"]]
        reading = read_any("hxl", make(odd))
        assert told(reading) == told(read_any("hxl", text(HXL)))
        (problem,) = reading.problems
        assert (problem.code, problem.field, problem.kept) == ("not-a-hashtag", "#affected+2013+ind", "other-columns")


@every_container
def test_a_mapping_is_proposed_and_previewed_for_every_container(container: str) -> None:
    data = Input("list", WITH_HEADER[container]([["id", "date", "lat", "lon"], ["1", "2031-05-02", "12.5", "40.25"]]))
    proposal = propose(head_of(data))
    assert proposal.raw["claims"]["place"]["lat"] == {"column": "lat"}
    preview = previewed(data, proposal.mapping, "A desk", DAMASCUS, 5)
    assert preview.problems == ()
    assert [claim.attribute for claim in preview.reports[0].claims] == ["time", "place"]


@every_channel
@every_container
def test_damaged_bytes_give_rows_or_problems_and_never_an_error(channel: str, container: str) -> None:
    dice = Random(f"{channel} {container}")
    whole = contained(container, TABLES[channel], channel)
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 4)):
            at = dice.randrange(len(data))
            match dice.randrange(3):
                case 0:
                    data[at] = dice.randrange(256)
                case 1:
                    del data[at : at + dice.randrange(1, 9)]
                case _:
                    data[at:at] = dice.choice([b"[", b"{", b'"', b"]", b"}", b",", b"[]", b"\n", b"null", b"\x00"])
            data = data or bytearray(b" ")
        reading = read_any(channel, bytes(data))
        assert reading.problems or told(reading) or reading.passed


def test_a_file_may_name_a_separator_of_its_own() -> None:
    assert told(read_any("table", "sep=^\n" + text(TABLES["table"], "^"))) == told(
        read_any("table", text(TABLES["table"]))
    )


@every_container
def test_a_table_may_be_read_more_than_once(container: str) -> None:
    table = open_table(Input("list", WITH_HEADER[container](TABLES["table"])), ("id", "lat"))
    both = [[row["id"] for row in table.rows() if not isinstance(row, Lost)] for _ in range(2)]
    assert both == [["C-1", "C-2"]] * 2 and table.header()[0] == "id"


def test_what_is_said_of_a_sheet_that_is_read_twice_is_said_once() -> None:
    data = book(TABLES["table"][0], *TABLES["table"][1:], change=lambda _, sheet: sheet.merge_cells("A2:A3"))
    table = open_table(Input("list", data), ("id",))
    for _ in range(2):
        deque(table.rows(), maxlen=0)
    assert [problem.code for problem in table.notices()] == ["merged-cells"]


def test_a_row_of_which_a_part_begins_like_tags_is_no_row_of_tags() -> None:
    (problem,) = read_any("hxl", text([["#date", "of the week", "in words"], ["1", "2", "3"]])).problems
    assert problem.code == "no-hashtags"


def test_an_archive_is_known_by_the_names_in_it_and_not_by_letters_of_its_rows() -> None:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("rows.csv", "id,who\n1,map.kml\n2,xl/\n")
    assert kind_of(Input("rows.zip", inside.getvalue())) == ""
    with zipfile.ZipFile(inside := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", "<kml/>")
    assert kind_of(Input("map.kmz", inside.getvalue())) == "kmz"


def test_a_stored_number_has_no_marks_of_thousands() -> None:
    assert whole_number(StoredNumber("3.000")) == 3
    with pytest.raises(Unreadable):
        whole_number("3.000")
