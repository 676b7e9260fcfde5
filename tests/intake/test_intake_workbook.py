"""Workbooks as tables: every kind of cell, every way a sheet can mislead, every way a file can be hostile."""
# ruff: noqa: DTZ001  (a workbook's times have no zone)

import io
import random
import tracemalloc
import zipfile
from datetime import date, datetime
from datetime import time as clock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import MAPPING, claim, table, value
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from workbook_samples import HEADER, ROW, book, cells, read_book, rewritten, with_shared_texts

from hangs import no_hang
from parley.intake.tables.sheet import shown
from parley.intake.tables.sheet_xml import raw_rows
from parley.intake.tables.workbook import opened
from parley.model import Count, Disc, EventReport, Input, Interval, Reading, Unknown, one

SHEET = "xl/worksheets/sheet1.xml"


def sole(reading: Reading) -> EventReport:
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    return report


def test_a_workbook_gives_the_reports_that_the_same_table_gives_as_csv() -> None:
    ours, csv = sole(read_book(book(HEADER, ROW))), sole(table(",".join(ROW)))
    assert ours.claims == csv.claims
    assert (ours.source, ours.reference, ours.channel) == (csv.source, csv.reference, csv.channel)
    assert (ours.origin.first, ours.origin.last, ours.origin.record) == (2, 2, 1)


def test_days_times_numbers_and_booleans_are_read_as_they_are_shown() -> None:
    row = cells(**{"from": date(2031, 5, 2), "to": datetime(2031, 5, 3, 6, 30), "lat": 12.5, "lon": 40, "deaths": 3})
    reading = read_book(book(HEADER, row))
    assert not reading.problems
    time_ = value(reading, "time")
    assert isinstance(time_, Interval)
    assert (
        time_.start.isoformat() == "2031-05-02T00:00:00+03:00" and time_.end.isoformat() == "2031-05-03T06:30:00+03:00"
    )
    place = value(reading, "place")
    assert isinstance(place, Disc) and (place.lat, place.lon) == (12.5, 40)
    assert value(reading, "deaths") == Count(low=3, best=3, high=3)


def test_a_boolean_answers_a_fact() -> None:
    text = MAPPING + "  facts: {armed: {column: armed}}\n"
    reading = read_book(book([*HEADER, "armed"], [*ROW, True], [*cells(id="C-2"), False]), text)
    assert [value(reading, "fact:armed", index) for index in (0, 1)] == [one("yes"), one("no")]


def test_a_day_stored_with_midnight_is_the_whole_day() -> None:
    reading = read_book(book(HEADER, cells(**{"from": datetime(2031, 5, 2)})))
    time_ = value(reading, "time")
    assert isinstance(time_, Interval) and time_.length.days == 1


def test_days_that_count_from_1904_are_the_same_days() -> None:
    def since_1904(workbook: Workbook, sheet: Worksheet) -> None:
        workbook.epoch = datetime(1904, 1, 1)

    row = cells(**{"from": date(2031, 5, 2)})
    assert value(read_book(book(HEADER, row, change=since_1904)), "time") == value(read_book(book(HEADER, row)), "time")


@pytest.mark.parametrize("cell", [clock(6, 30), "=1/0"])
def test_a_cell_that_is_no_day_is_named(cell: object) -> None:
    reading = read_book(book(HEADER, cells(**{"from": cell}), cells(id="C-2")))
    assert "C-2" in [report.reference for report in reading.reports]  # type: ignore[union-attr]
    assert [(problem.line, problem.column, problem.field) for problem in reading.problems] == [(2, 3, "from")]


@pytest.mark.parametrize(
    ("column", "attribute"),
    [("actor", "actor"), ("act", "act"), ("deaths", "deaths"), ("lat", "place"), ("from", "time")],
)
def test_an_error_costs_its_claim_alone(column: str, attribute: str) -> None:
    def broken(workbook: Workbook, sheet: Worksheet) -> None:
        sheet.cell(2, HEADER.index(column) + 1).value = "#REF!"

    reading = read_book(book(HEADER, ROW, change=broken))
    found = value(reading, attribute)
    assert isinstance(found, Unknown) and "#REF!" in found.why.text
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.field) == (2, HEADER.index(column) + 1, column)
    assert problem.kept_text.startswith("Recorded without this field.")


def test_a_formula_that_nothing_calculated_says_so_and_a_calculated_one_is_its_value() -> None:
    data = book(HEADER, cells(deaths="=1+2"))
    reading = read_book(data)
    assert isinstance(value(reading, "deaths"), Unknown)
    assert "spreadsheet program" in reading.problems[0].expected and reading.problems[0].found == "=1+2"
    kept = rewritten(data, SHEET, lambda xml: xml.replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>"))
    assert value(read_book(kept), "deaths") == Count(low=3, best=3, high=3)


def test_an_error_where_the_source_stands_loses_the_row_and_where_the_id_stands_does_not() -> None:
    reading = read_book(book(HEADER, cells(holder="#REF!"), cells(id="#REF!")))
    assert [problem.field for problem in reading.problems] == ["holder", "id"]
    assert sole(reading).reference == ""


def test_the_first_shown_sheet_is_read_and_the_others_are_named() -> None:
    def more(workbook: Workbook, sheet: Worksheet) -> None:
        sheet.sheet_state = "hidden"
        other = workbook.create_sheet("Shown")
        other.append(HEADER)
        other.append(cells(id="C-9"))

    data = book(HEADER, ROW, change=more)
    reading = read_book(data)
    assert sole(reading).reference == "C-9"
    (problem,) = reading.problems
    assert (
        problem.found == "2 sheets: 'Events' (hidden), 'Shown'" and problem.kept_text == "The sheet 'Shown' was read."
    )
    named = read_book(data, MAPPING + "sheet: Events\n")
    assert sole(named).reference == "C-1" and "(hidden)" in named.problems[0].found


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are() -> None:
    reading = read_book(book(HEADER, ROW), MAPPING + "sheet: Evnts\n")
    assert not reading.reports and "'Events'" in reading.problems[0].found


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    def hide(workbook: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["I"].hidden = True

    reading = read_book(book(HEADER, ROW, cells(id="C-2"), change=hide))
    assert len(reading.reports) == 2
    assert [problem.found for problem in reading.problems] == ["1 hidden: 3", "the hidden column I of 'Events'"]


def test_merged_cells_are_said_and_hold_their_value_once() -> None:
    def merge(workbook: Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells("I2:I3")

    reading = read_book(book(HEADER, ROW, cells(id="C-2"), change=merge))
    assert value(reading, "actor", 0) == one("South") and value(reading, "actor", 1) is None
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.found) == (2, 9, "merged cells I2:I3")


def test_lines_of_title_above_the_header_and_empty_rows_are_passed_over() -> None:
    reading = read_book(book(["Events of May"], [], HEADER, [], ROW, ["", None, " "]))
    assert not reading.problems and sole(reading).origin.first == 5


def test_a_header_without_a_needed_column_names_it() -> None:
    reading = read_book(book([name for name in HEADER if name != "lat"], ROW))
    assert "missing: lat" in reading.problems[0].expected and reading.problems[0].line == 1


def test_a_needed_column_twice_is_refused() -> None:
    assert "the column lat once" in read_book(book([*HEADER, "lat"], ROW)).problems[0].expected


def test_a_header_alone_and_a_sheet_without_cells_say_so() -> None:
    assert read_book(book(HEADER)).problems[0].found == "a header alone"
    assert read_book(book()).problems[0].found == "a sheet without cells"


def test_a_sheet_that_claims_all_rows_and_columns_and_holds_one_is_read_as_one() -> None:
    def claim_all(xml: bytes) -> bytes:
        start = xml.index(b"<dimension ")
        end = xml.index(b">", start) + 1
        return xml[:start] + b'<dimension ref="A1:XFD1048576"/>' + xml[end:]

    with no_hang():
        assert len(read_book(rewritten(book(HEADER, ROW), SHEET, claim_all)).reports) == 1


def test_a_row_at_the_very_end_of_the_sheet_is_one_row() -> None:
    far = rewritten(book(HEADER, ROW), SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="1048576"'))
    assert sole(read_book(far)).origin.first == 1_048_576


def refused(data: bytes) -> str:
    reading = read_book(data)
    assert not reading.reports
    return str(reading.problems[0])


def test_old_encrypted_and_foreign_files_are_refused_with_what_to_do() -> None:
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "an old .xls file: save it as .xlsx" in refused(container)
    assert "without a password" in refused(container + "EncryptedPackage".encode("utf-16-le"))
    ods = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}
    foreign = [("xl/workbook.bin", ".xlsb", {}), ("content.xml", ".ods", ods), ("word/document.xml", "DOCX", {})]
    for name, said, more in foreign:
        assert said in refused(stored({name: b"x", "[Content_Types].xml": b"x"} | more))


def stored(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def test_a_part_twice_is_refused_since_programs_would_read_different_ones() -> None:
    written = io.BytesIO(book(HEADER, ROW))
    with zipfile.ZipFile(written, "a") as archive, pytest.warns(UserWarning):
        archive.writestr(SHEET, b"<worksheet/>")
    assert "two parts of one name" in refused(written.getvalue())


def test_a_part_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    data = rewritten(book(HEADER, ROW), "xl/styles.xml", lambda xml: xml + b" " * 130_000_000)
    tracemalloc.start()
    try:
        assert "unpacks to 130" in refused(data)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_refused(part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'

    def add(xml: bytes) -> bytes:
        at = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
        return xml[:at] + bomb + xml[at:]

    assert "document type" in refused(rewritten(book(HEADER, ROW), part, add))


def test_xml_nested_too_deep_is_refused() -> None:
    assert "nested too deep" in refused(rewritten(book(HEADER, ROW), SHEET, lambda _: b"<a>" * 100_000))


def test_a_sheet_that_breaks_off_keeps_the_rows_before() -> None:
    data = book(HEADER, ROW, cells(id="C-2"))
    cut = rewritten(data, SHEET, lambda xml: xml[: xml.index(b'<c r="E3"')])
    reading = read_book(cut)
    assert sole(reading).reference == "C-1"
    assert "the rest of the sheet" in reading.problems[0].expected and reading.problems[0].line == 3


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        (b'r="C2"', b'r="ZZZ2"', 0),
        (b'r="C2"', b'r="c 2"', 0),
        (b'<row r="2"', b'<row r="9999999"', 0),
        (b' r="2"', b' r="x"', 1),
    ],
)
def test_names_of_cells_and_texts_that_do_not_exist(old: bytes, new: bytes, kept: int) -> None:
    reading = read_book(rewritten(book(HEADER, ROW), SHEET, lambda xml: xml.replace(old, new)))
    assert len(reading.reports) == kept
    assert reading.problems or kept


def ending(cell: bytes) -> bytes:
    """Return the sample with *cell*, and what follows it in its row, as the last cell."""
    end = b"</row></sheetData>"
    return rewritten(book(HEADER, ROW[:-1]), SHEET, lambda xml: xml.replace(end, cell + b"</sheetData>"))


def test_shared_texts_are_read_and_one_that_is_not_there_costs_its_claim() -> None:
    data = with_shared_texts(book(HEADER, ROW))
    assert sole(read_book(data)).claims == sole(read_book(book(HEADER, ROW))).claims
    last = str(len(HEADER) + sum(cell != "" for cell in ROW) - 1).encode()
    reading = read_book(rewritten(data, SHEET, lambda xml: xml.replace(b"<v>" + last + b"</v>", b"<v>99999</v>")))
    assert isinstance(value(reading, "account"), Unknown) and reading.problems[0].found == "99999"


def test_a_long_cell_costs_its_claim() -> None:
    inline = b'<c r="L2" t="inlineStr"><is><t>' + b"x" * 5_000_000 + b"</t></is></c></row>"
    data = rewritten(
        book(HEADER, ROW[:-1]), SHEET, lambda xml: xml.replace(b"</row></sheetData>", inline + b"</sheetData>")
    )
    reading = read_book(data)
    assert isinstance(value(reading, "account"), Unknown) and reading.problems[0].field == "account"


def test_escaped_signs_rich_text_and_spoken_hints() -> None:
    inline = (
        b'<c r="L2" t="inlineStr"><is><r><t>They </t></r><r><t>shelled_x0041_</t></r>'
        b"<rPh><t>spoken</t></rPh></is></c></row>"
    )
    data = rewritten(
        book(HEADER, ROW[:-1]), SHEET, lambda xml: xml.replace(b"</row></sheetData>", inline + b"</sheetData>")
    )
    assert value(read_book(data), "account").text == "They shelledA"  # type: ignore[union-attr]


def test_numbers_lose_what_spreadsheets_add_and_keep_a_decimal_comma_of_texts() -> None:
    text = MAPPING.replace('delimiter: ","', 'delimiter: ";"\ndecimal: ","')
    reading = read_book(book(HEADER, cells(lat=0.1 + 0.2 + 12, lon="40,25")), text)
    found = claim(reading, "place")
    assert found is not None and found.value.lat == 12.3 and found.value.lon == 40.25  # type: ignore[union-attr]


def test_every_cell_is_read_as_openpyxl_reads_it() -> None:
    chance = random.Random(5)
    content = [
        [chance.choice(["a", "é", 1, -2.5, True, date(2031, 5, 2), 1e-7, None]) for _ in range(8)] for _ in range(50)
    ]
    data = book(*content)
    theirs = load_workbook(io.BytesIO(data), read_only=True, data_only=True)["Events"]
    workbook = opened(Input("book.xlsx", data))
    ours = {row.number: row for row in raw_rows(workbook, workbook.sheets[0])}
    for number, row in enumerate(theirs.iter_rows(values_only=True), start=1):
        for column, cell in enumerate(row, start=1):
            raw = ours[number].cells.get(column) if number in ours else None
            said = shown(raw, workbook) if raw else ""
            expected = {True: "TRUE", None: ""}.get(cell if isinstance(cell, bool | None) else 0, "")  # type: ignore[arg-type]
            if isinstance(cell, datetime):
                expected = cell.date().isoformat()
            elif isinstance(cell, int | float) and not isinstance(cell, bool):
                expected = f"{cell:g}"
            elif isinstance(cell, str):
                expected = cell
            assert said == expected


@given(
    seed=st.integers(0, 2**32),
    part=st.sampled_from([SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]),
)
@settings(max_examples=200, deadline=None)
def test_any_broken_part_is_answered(seed: int, part: str) -> None:
    chance = random.Random(seed)

    def damage(xml: bytes) -> bytes:
        for _ in range(chance.randint(1, 4)):
            place, cut = chance.randrange(len(xml) + 1), chance.choice([0, 1, 5, 40])
            put = chance.choice(
                [b"<", b">", b'"', b"&#0;", b"9", b"-", b"</c>", b"<c>", b"<row/>", b"nan", b"\xff", b""]
            )
            xml = xml[:place] + put + xml[place + cut :]
        return xml

    reading = read_book(rewritten(with_shared_texts(book(HEADER, ROW, cells(id="C-2", deaths=4))), part, damage))
    assert reading.reports or reading.problems


@given(seed=st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_any_broken_archive_is_answered(seed: int) -> None:
    chance, data = random.Random(seed), bytearray(book(HEADER, ROW))
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    reading = read_book(bytes(data[: chance.choice([len(data), chance.randrange(4, len(data))])]))
    assert reading.reports or reading.problems


def test_rows_before_the_one_that_breaks_the_sheet_are_kept() -> None:
    data = book(HEADER, ROW, cells(id="C-2"))
    for old, new in ((b'r="B3"', b'r="33"'), (b'r="3"', b'r="9999999"')):
        reading = read_book(rewritten(data, "xl/worksheets/sheet1.xml", lambda xml, a=old, b=new: xml.replace(a, b)))  # type: ignore[misc]
        assert [report.reference for report in reading.reports] == ["C-1"]  # type: ignore[union-attr]
        assert [problem.line for problem in reading.problems] == [3]


def test_the_header_once_more_is_no_row() -> None:
    reading = read_book(book(HEADER, ROW, HEADER, cells(id="C-2")))
    assert [report.reference for report in reading.reports] == ["C-1", "C-2"]  # type: ignore[union-attr]
    assert [(problem.line, problem.expected) for problem in reading.problems] == [
        (3, "a row: this is the header once more")
    ]


def test_where_the_first_sheet_is_a_cover_the_others_are_named() -> None:
    def cover(workbook: Workbook, sheet: Worksheet) -> None:
        workbook.create_sheet("Cover", 0).append(["Cover"])

    (problem,) = read_book(book(HEADER, ROW, change=cover)).problems
    assert "`sheet`: 'Events'" in problem.expected
