"""The top of a table, for a person who is to say what its columns mean: names of columns, first rows, separator."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.funnel import lines, utf8
from parley.intake.rows import below_hint, column_name
from parley.intake.sheet import MOST_ROWS_TO_HEADER, needed_sheet, shown
from parley.intake.sheet_xml import raw_rows
from parley.intake.workbook import Sheet, Workbook, is_workbook, opened
from parley.model import Input

MOST_ROWS = 200
"""How many rows below the header are looked at."""
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Head:
    """Columns in the order of the table, the first rows by column, and for text the separator of its cells.

    `sheet` is the name of a workbook's sheet, None for text.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    separator: str = ","
    sheet: str | None = None


def head_of(arrived: Input, sheet: str | None = None) -> Head:
    """Return the top of the table in *arrived*: CSV with any of the common separators, or a workbook.

    Raises:
        InputError: it is neither, or holds no row.
    """
    if is_workbook(arrived.data):
        return _of_workbook(arrived, sheet)
    top = islice(below_hint(lines(utf8(arrived, "table"))), 4 * MOST_ROWS)
    filled = [line for line in top if line.fault or line.text.strip()]
    if filled and (fault := filled[0].fault):
        column = None if fault.offset is None else fault.offset + 1
        raise unusable_for(arrived.name, fault.within("header"), filled[0].number, column)
    return _of_text(arrived, [line.text for line in filled if not line.fault])


def _of_text(arrived: Input, filled: Sequence[str]) -> Head:
    if not filled:
        raise unusable(arrived.name, "no-line-of-text", within="table")
    separator = _separator(filled)
    rows = list(islice(cells_of(filled, separator), MOST_ROWS + 1))
    if not rows:
        raise unusable(arrived.name, "no-rows-apart", filled[0], 1, within="table")
    rows = [list(map(column_name, rows[0])), *([cell.strip() for cell in row] for row in rows[1:])]
    return Head(*_named(rows), separator=separator)


def cells_of(text: Iterable[str], separator: str) -> Iterator[list[str]]:
    """Yield the cells of each row up to one that cannot be told apart: enough to look at, not to read by."""
    with suppress(csv.Error):
        yield from csv.reader((f"{line}\n" for line in text), delimiter=separator)


def _separator(filled: Sequence[str]) -> str:
    """Return the sign that parts the header into most cells, and the first rows into as many."""
    first, *others = filled[:20]

    def fits(sign: str) -> tuple[int, int]:
        return sum(line.count(sign) == first.count(sign) for line in others) * bool(first.count(sign)), first.count(
            sign
        )

    return max(_SEPARATORS, key=fits)


def _of_workbook(arrived: Input, name: str | None) -> Head:
    workbook = opened(arrived)
    sheet, _ = needed_sheet(workbook, name)
    rows = [row for _, row in islice(text_rows(workbook, sheet), MOST_ROWS + MOST_ROWS_TO_HEADER)]
    if not rows:
        raise unusable(arrived.name, "sheet-without-cells", sheet=sheet.name)
    # A title above the table has fewer cells than its header, which is the first row as wide as most.
    widths = [sum(map(bool, row)) for row in rows[:MOST_ROWS_TO_HEADER]]
    top = next(index for index, width in enumerate(widths) if 2 * width > max(widths))
    return Head(*_named(rows[top:]), sheet=sheet.name)


def text_rows(workbook: Workbook, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Yield number and texts of each row of *sheet* that has any, up to where the sheet breaks.

    Raises:
        InputError: it breaks before any.
    """
    any_yet = False
    try:
        for raw in raw_rows(workbook, sheet):
            contents = {column: shown(cell, workbook) for column, cell in raw.cells.items()}
            texts = {column: " ".join(text.split()) for column, text in contents.items() if isinstance(text, str)}
            if any(texts.values()):
                any_yet = True
                yield raw.number, [texts.get(column, "") for column in range(1, max(texts) + 1)]
    except Unreadable as fault:
        if not any_yet:
            raise unusable_for(workbook.file, fault.within("workbook")) from None


def _named(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], tuple[Mapping[str, str], ...]]:
    """Return the columns of the first row, and the other rows by them."""
    columns = tuple(dict.fromkeys(name for name in rows[0] if name))
    return columns, tuple(dict(_pairs(rows[0], row)) for row in rows[1 : MOST_ROWS + 1])


def _pairs(header: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name, cell in zip(header, row, strict=False):
        if name and name not in seen:
            seen.add(name)
            yield name, cell
