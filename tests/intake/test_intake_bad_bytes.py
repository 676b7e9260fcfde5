"""Input that is not what it should be: named with its place, and never the end of the good parts beside it."""

import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from intake_samples import BULLETIN, CHANNELS, FIELD, SAMPLES, TABLE_HEADER, TABLE_ROW, of_part, read_as, row, table

from parley.intake import read
from parley.intake.text.funnel import kind_of_binary
from parley.model import Input, InputError

IN_PIECES = ("ucdp-ged", "table", "acled", "gdelt")
"""Channels that read line by line, so that one line costs no other."""

every_channel = pytest.mark.parametrize("channel", CHANNELS)


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 100)
    return buffer.getvalue()


def database(folder: Path) -> bytes:
    connection = sqlite3.connect(folder / "some.db")
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    return (folder / "some.db").read_bytes()


@every_channel
def test_the_sample_is_read_without_a_problem(channel: str) -> None:
    reading = read_as(channel, SAMPLES[channel])
    assert len(reading.reports) == 1
    assert reading.problems == ()


@every_channel
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b" \n\t\r\n ", "white space only"),
        (b"\xef\xbb\xbf", "byte order mark"),
        (b"\xef\xbb\xbf \n", "byte order mark"),
        (b"\xff\xfe", "byte order mark"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (zipped("a.txt", "b.txt"), "2 files: a.txt, b.txt"),
        (zipped("xl/workbook.xml"), "XLSX workbook"),
        (zipped("word/document.xml"), "DOCX"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (bytes(range(32)) * 20, "binary data"),
        ("text".encode("utf-16-le") * 20, "UTF-16 without a byte order mark"),
        ("text".encode("utf-32"), "UTF-32"),
    ],
)
def test_what_is_no_text_is_one_problem_that_says_what_it_looks_like(channel: str, data: bytes, found: str) -> None:
    reading = read_as(channel, data)
    assert reading.reports == ()
    (problem,) = reading.problems
    assert found in problem.found
    assert problem.expected
    assert problem.kept_text.startswith("Nothing was recorded")


def test_a_database_is_called_one(tmp_path: Path) -> None:
    assert kind_of_binary(database(tmp_path)) == "sqlite"


@every_channel
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.rstrip("\n").encode(),
    ],
    ids=["utf-8 with mark", "utf-16", "utf-16 big-endian", "cr lf", "cr", "no last line end"],
)
def test_marks_encodings_and_line_ends_change_nothing(channel: str, encode: Callable[[str], bytes]) -> None:
    plain = read_as(channel, SAMPLES[channel]).reports[0]
    reading = read_as(channel, encode(SAMPLES[channel]))
    assert reading.problems == ()
    (report,) = reading.reports
    known = [flag for flag in getattr(report, "flags", ()) if flag.code != "may-be-cut-off"]
    assert known == list(getattr(plain, "flags", ()))
    assert report.model_dump(exclude={"origin", "flags"}) == plain.model_dump(exclude={"origin", "flags"})
    assert (report.origin.first, report.origin.last) == (plain.origin.first, plain.origin.last)


@pytest.mark.parametrize("channel", [channel for channel in CHANNELS if channel not in IN_PIECES])
def test_cut_utf_16_names_line_and_column(channel: str) -> None:
    (problem,) = read_as(channel, ("one\nthree" + "\ud800").encode("utf-16", "surrogatepass")).problems
    assert (problem.line, problem.column) == (2, 6)


@pytest.mark.parametrize("cut", ["C-2,N\ud800", "C-2,N\ud800,x"])
def test_cut_utf_16_costs_only_its_row_of_a_table(cut: str) -> None:
    text = f"{TABLE_HEADER}\n{TABLE_ROW}\n{cut}\n{row(id='C-3')}"
    reading = read_as("table", text.encode("utf-16", "surrogatepass"))
    assert [report.reference for report in reading.reports] == ["C-1", "C-3"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.expected) == (3, 6, "text in UTF-16-LE")


def test_a_table_in_utf_16_that_ends_inside_a_character_keeps_all_rows_before() -> None:
    data = f"{TABLE_HEADER}\n{TABLE_ROW}\nC-2".encode("utf-16")[:-1]
    reading = read_as("table", data)
    assert [report.reference for report in reading.reports] == ["C-1"]  # type: ignore[union-attr]
    assert [(problem.line, problem.column) for problem in reading.problems] == [(3, 3)]


def test_bytes_that_are_not_utf_8_cost_only_their_row_and_are_placed() -> None:
    good = TABLE_ROW.encode()
    data = b"\n".join([TABLE_HEADER.encode(), good, b"C-2,N\xc3\xa9\xff,x", good.replace(b"C-1", b"C-3")])
    reading = read_as("table", data)
    assert [report.reference for report in reading.reports] == ["C-1", "C-3"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.column, problem.found) == (3, 7, "byte 0xff")
    assert of_part(problem) == "row 2: This row was not recorded."


def test_bytes_that_are_not_utf_8_cost_only_their_item_of_a_bulletin() -> None:
    reading = read_as("bulletin", BULLETIN.encode().replace(b"Lower Reach (1)", b"L\xffwer Reach (1)"))
    (bulletin,) = reading.reports
    assert [item.count for item in bulletin.items] == [3, 2]  # type: ignore[union-attr]
    assert [flag.code for flag in bulletin.flags] == ["items-unreadable", "sum-differs"]
    assert (reading.problems[0].line, reading.problems[0].column) == (8, 2)


def test_bytes_that_are_not_utf_8_cost_only_their_member_of_a_list() -> None:
    text = json.dumps([FIELD, FIELD | {"id": "F-2", "account": "@"}, FIELD | {"id": "F-3"}], indent=1)
    reading = read_as("field", text.encode().replace(b"@", b"\xfe"))
    assert [report.reference for report in reading.reports] == ["F-1", "F-3"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    line = text.splitlines()[problem.line - 1]  # type: ignore[operator]
    assert line.index("@") + 1 == problem.column
    assert problem.found == "byte 0xfe"
    assert of_part(problem) == "report 2: This report was not recorded."


@pytest.mark.parametrize("channel", ["ucdp-ged", "table"])
def test_a_nul_costs_only_its_row(channel: str) -> None:
    header, good = SAMPLES[channel].splitlines()
    reading = read_as(channel, f"{header}\n{good}\nab\0c\n")
    assert len(reading.reports) == 1
    assert (reading.problems[0].line, reading.problems[0].column) == (3, 3)
    assert "NUL" in reading.problems[0].found


def test_a_line_of_50_mb_is_named_and_the_rows_after_it_are_kept() -> None:
    data = b"\n".join([TABLE_HEADER.encode(), TABLE_ROW.encode(), b"C-2," + b"x" * 50_000_000, row(id="C-3").encode()])
    reading = read_as("table", data)
    assert [report.reference for report in reading.reports] == ["C-1", "C-3"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.found) == (3, "50,000,004 bytes")
    assert len(str(problem)) < 500


def test_a_line_of_50_mb_costs_only_its_line_of_a_bulletin() -> None:
    reading = read_as("bulletin", BULLETIN + "x" * 50_000_000 + "\nFar Reach (0)\n")
    assert [item.count for item in reading.reports[0].items] == [3, 2, 1, 0]  # type: ignore[union-attr]
    assert [problem.line for problem in reading.problems] == [9]


def test_an_account_of_50_mb_costs_only_itself() -> None:
    members = [
        json.dumps(one) for one in (FIELD, FIELD | {"id": "F-2", "account": "x" * 50_000_000}, FIELD | {"id": "F-3"})
    ]
    reading = read_as("field", "[" + ",\n".join(members) + "]")
    assert [report.reference for report in reading.reports] == ["F-1", "F-2", "F-3"]  # type: ignore[union-attr]
    (problem,) = reading.problems
    assert (problem.line, problem.field, problem.found) == (2, "account", "50,000,000 characters")


def test_a_wrong_call_raises() -> None:
    with pytest.raises(InputError, match="channel"):
        read_as("telepathy", "x")
    with pytest.raises(InputError, match="mapping"):
        read_as("table", "x", mapping=None)


def test_a_problem_names_the_file_as_it_was_given() -> None:
    from intake_samples import DAMASCUS

    reading = read(Input("list of May.csv", b""), "ucdp-ged", timezone=DAMASCUS)
    assert str(reading.problems[0]).startswith("list of May.csv: Found ")


def test_a_cell_that_looks_like_a_formula_stays_text() -> None:
    (report,) = table(row(account="=1+1")).reports
    assert report.claims[-1].value.text == "=1+1"  # type: ignore[union-attr]
