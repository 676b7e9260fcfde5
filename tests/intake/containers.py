"""One table in every container that Parley opens: text with each separator, workbooks, JSON, archives around them."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Grid = Sequence[Sequence[str]]
"""Rows of cells; the first holds the names of the columns."""


def text(grid: Grid, separator: str = ",", quoted: bool = True, end: str = "\n") -> str:
    """Return *grid* as text; where *quoted*, a cell that needs it stands in quotes."""

    def cell(content: str) -> str:
        needs = quoted and any(sign in content for sign in (separator, '"', "\n"))
        return '"' + content.replace('"', '""') + '"' if needs else content

    return "".join(separator.join(map(cell, row)) + end for row in grid)


def workbook(grid: Grid) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for number, row in enumerate(grid, start=1):
        for column, content in enumerate(row, start=1):
            if content:
                sheet.cell(number, column).value = content
                sheet.cell(number, column).data_type = "s"  # "=1+1" is a text here
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def zipped(data: bytes, *others: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list", data)
        for name in others:
            archive.writestr(name, b"x")
    return written.getvalue()


def objects(grid: Grid) -> list[dict[str, str]]:
    return [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]


def _utf8(made: Callable[[Grid], str]) -> Callable[[Grid], bytes]:
    return lambda grid: made(grid).encode()


WITH_HEADER: Mapping[str, Callable[[Grid], bytes]] = {
    "commas": _utf8(text),
    "semicolons": _utf8(lambda grid: text(grid, ";")),
    "tabs": _utf8(lambda grid: text(grid, "\t")),
    "bars": _utf8(lambda grid: text(grid, "|")),
    "a line that names the separator": _utf8(lambda grid: "sep=;\r\n" + text(grid, ";", end="\r\n")),
    "utf-8 with a mark": lambda grid: text(grid).encode("utf-8-sig"),
    "utf-16": lambda grid: text(grid, "\t").encode("utf-16"),
    "a workbook": workbook,
    "a list of objects": _utf8(lambda grid: json.dumps(objects(grid), ensure_ascii=False, indent=1)),
    "an object a line": _utf8(lambda grid: "\n".join(map(json.dumps, objects(grid)))),
    "lists of cells": _utf8(json.dumps),
    "a page of ACLED": _utf8(lambda grid: json.dumps({"status": 200, "messages": [], "data": objects(grid)})),
    "a page of UCDP": _utf8(
        lambda grid: json.dumps({"TotalCount": 1, "TotalPages": 1, "NextPageUrl": "", "Result": objects(grid)})
    ),
    "text in a ZIP": lambda grid: zipped(text(grid).encode()),
    "text in a ZIP by a Mac": lambda grid: zipped(text(grid).encode(), "__MACOSX/._list", ".DS_Store"),
    "a workbook in a ZIP": lambda grid: zipped(workbook(grid)),
    "JSON in a gzip file": lambda grid: gzip.compress(json.dumps(objects(grid)).encode(), mtime=0),
    "text in a gzip file": lambda grid: gzip.compress(text(grid, "\t").encode("utf-16"), mtime=0),
}
"""How a table with a header may come."""
