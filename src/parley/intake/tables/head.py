"""The top of a table, for a person who is to say what its columns mean: names of columns, first rows, separator."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from parley.intake.faults import unusable, unusable_for
from parley.intake.tables.header import column_name
from parley.intake.tables.rows import is_hint
from parley.intake.tables.sheet import MOST_ROWS_TO_HEADER, needed_sheet
from parley.intake.tables.tabular import is_text, top_of
from parley.intake.tables.workbook import opened
from parley.intake.text.archive import unpacked
from parley.intake.text.funnel import is_workbook, lines, utf8
from parley.model import Input

MOST_ROWS = 200
"""How many rows below the header are looked at."""
_SEPARATORS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Head:
    """Columns in the order of the table, the first rows by column, and for text the separator of its cells.

    `separator` is "" for what is no text; `sheet` is the name of a workbook's sheet, None for all others.
    """

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    separator: str = ","
    sheet: str | None = None


def head_of(arrived: Input, sheet: str | None = None) -> Head:
    """Return the top of the table in *arrived*: all that `open_table` opens, text with any of the common separators.

    Raises:
        InputError: it is none of these, or holds no row.
    """
    arrived = unpacked(arrived)
    if is_workbook(arrived.ends):
        return _of_workbook(arrived, sheet)
    if not is_text(arrived):
        rows = [cells for _, cells in top_of(arrived, "table", MOST_ROWS + 1)]
        if not rows:
            raise unusable(arrived.name, "no-rows-apart", within="table")
        return Head(*_named(rows), separator="")
    top = islice(lines(utf8(arrived, "table")), 4 * MOST_ROWS)
    filled = [line for line in top if line.fault or (line.text.strip() and not (line.number == 1 and is_hint(line)))]
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
    rows = [cells for _, cells in top_of(arrived, "table", MOST_ROWS + MOST_ROWS_TO_HEADER, sheet=sheet.name)]
    rows = [cells for cells in rows if any(cells)]
    if not rows:
        raise unusable(arrived.name, "sheet-without-cells", sheet=sheet.name)
    # A title above the table has fewer cells than its header, which is the first row as wide as most.
    widths = [sum(map(bool, row)) for row in rows[:MOST_ROWS_TO_HEADER]]
    top = next(index for index, width in enumerate(widths) if 2 * width > max(widths))
    return Head(*_named(rows[top:]), separator="", sheet=sheet.name)


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
