"""Workbooks made here, by openpyxl and by hand."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from intake_samples import MAPPING, TABLE_HEADER, TABLE_ROW, mapping, read_as
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from parley.model import Reading

HEADER = TABLE_HEADER.split(",")
ROW = TABLE_ROW.split(",")


def book(*rows: Sequence[Any], change: Callable[[Workbook, Worksheet], None] | None = None) -> bytes:
    """Return a workbook of one sheet with *rows*, after *change*."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Events"
    for row in rows:
        sheet.append(list(row))
    if change:
        change(workbook, sheet)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def cells(**changed: Any) -> list[Any]:
    """Return the sample row of the table with some cells replaced."""
    return list((dict(zip(HEADER, ROW, strict=True)) | changed).values())


def read_book(data: bytes, text: str = MAPPING) -> Reading:
    return read_as("table", data, mapping=mapping(text))


def rewritten(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the workbook *data* with the bytes of one part changed."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if entry.filename == part else content)
    return written.getvalue()


def with_shared_texts(data: bytes) -> bytes:
    """Return the workbook *data* with its texts in the table of texts, as spreadsheet programs write them."""
    texts: list[bytes] = []

    def share(xml: bytes) -> bytes:
        def number(found: re.Match[bytes]) -> bytes:
            texts.append(found[1])
            return b't="s"><v>%d</v>' % (len(texts) - 1)

        return re.sub(rb't="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is>', number, xml)

    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    link = b'<Relationship Id="texts" Type="%s" Target="sharedStrings.xml"/></Relationships>' % kind
    shared = rewritten(data, "xl/worksheets/sheet1.xml", share)
    linked = rewritten(shared, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"</Relationships>", link))
    written = io.BytesIO(linked)
    with zipfile.ZipFile(written, "a") as archive:
        archive.writestr(
            "xl/sharedStrings.xml", b"<sst>" + b"".join(b"<si>%s</si>" % text for text in texts) + b"</sst>"
        )
    return written.getvalue()
