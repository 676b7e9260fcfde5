"""Bytes → rows of a table, whatever holds them: text with separators, a workbook, JSON, or an archive around one.

Every channel of tables opens its input here, and so does `parley match`; a row is `Cells`, wherever it stood.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from typing import Protocol

from parley.intake.faults import Unreadable, unusable_for
from parley.intake.pieces import Pieces, Taken, pieces
from parley.intake.tables.records import Content, GridRow, RecordTable, grid_of_json, looks_like_json
from parley.intake.tables.rows import Cells, Lost, TextTable, text_top
from parley.intake.tables.sheet import SheetTable, needed_sheet, shown
from parley.intake.tables.sheet_xml import raw_rows
from parley.intake.tables.workbook import opened
from parley.intake.text.archive import unpacked
from parley.intake.text.funnel import is_workbook
from parley.intake.text.stream import lines_of
from parley.intake.values.columns import Column, Columns, Read
from parley.model import Input, Problem
from parley.model.wordings import Parameter

Top = list[tuple[int, list[str]]]
"""The first rows of a table as they stand: the line of each, and its cells."""


class Table(Protocol):
    """The rows of a table. `rows` may be called again, and begins with the first row each time."""

    def header(self) -> tuple[str, ...]:
        """Return the names of the columns; raise InputError as `rows` does."""

    def rows(self) -> Iterator[Cells | Lost]:
        """Yield the rows; raise InputError where there is no header with the columns that are needed."""

    def notices(self) -> Iterator[Problem]:
        """Yield what is to be said of the table as a whole; it is known when the rows are through."""


def open_table(
    arrived: Input,
    needed: Collection[str],
    names: Mapping[str, str] | None = None,
    *,
    separator: str | None = None,
    sheet: str | None = None,
    header_line: int = 1,
    layout: Sequence[str] = (),
    repeated: bool = False,
    quoted: bool = True,
) -> Table:
    """Return the table in *arrived*, which has the columns *needed*.

    Args:
        separator, header_line, quoted: of text, as `TextTable` has them.
        sheet: of a workbook; None: the first that is shown.
        names, layout, repeated: as `TextTable` has them.

    Raises:
        InputError: an archive, a workbook or JSON that cannot be opened.
    """
    arrived, names = unpacked(arrived), names or {}
    if is_workbook(arrived.ends):
        workbook = opened(arrived)
        chosen, said = needed_sheet(workbook, sheet)
        return SheetTable(workbook, chosen, needed, names, layout, repeated, said)
    if looks_like_json(arrived):
        return RecordTable(arrived, needed, names, layout, repeated)
    return TextTable(arrived, needed, names, separator, header_line, layout, quoted, repeated)


def in_pieces(
    arrived: Input,
    table: Table,
    kinds: Mapping[str, Column],
    read: Callable[[Read], Taken],
    reference: Callable[[Read], str],
) -> Pieces:
    """Return the rows of *table*, which came in *arrived*, read piece by piece; their cells as their columns show.

    Args:
        kinds: what the columns that are read hold.
        read, reference: as `pieces` has them.
    """
    columns = Columns(arrived.name, kinds, table.rows, table.rows)
    said = chain(table.notices(), columns.said())
    return partial(pieces, arrived.name, columns, read, reference, said=said)


def top_of(
    arrived: Input,
    wanted: str,
    most: int,
    *,
    separator: str | None = None,
    sheet: str | None = None,
    quoted: bool = True,
    **params: Parameter,
) -> Top:
    """Return the first *most* rows of *arrived* as they stand, as far as they can be told apart.

    Raises:
        InputError: as `open_table`; where what arrived is no text, *wanted* and *params* are as `lines_of` has them.
    """
    arrived = unpacked(arrived)
    if is_text(arrived):
        return text_top(lines_of(arrived, wanted, **params), most, separator, quoted)
    rows = (row for row in grid(arrived, sheet, most) if not isinstance(row, Lost))
    texts = ((line, [_plain(content) for content, _ in cells]) for line, cells in rows)
    return list(islice(((line, cells) for line, cells in texts if any(cells)), most))


def is_text(arrived: Input) -> bool:
    """Say whether an *arrived* input, once it is unpacked, is text with separators rather than a workbook or JSON."""
    return not is_workbook(arrived.ends) and not looks_like_json(arrived)


def grid(arrived: Input, sheet: str | None = None, most: int | None = None) -> Iterator[GridRow | Lost]:
    """Yield the rows of a workbook or of JSON as they stand, without names of columns; of JSON at most *most*.

    Raises:
        InputError: it cannot be opened, or holds nothing.
    """
    if not is_workbook(arrived.ends):
        yield from grid_of_json(arrived, most)
        return
    workbook = opened(arrived)
    last = 0
    try:
        for raw in raw_rows(workbook, needed_sheet(workbook, sheet)[0]):
            last = raw.number
            contents = {column: shown(cell, workbook) for column, cell in raw.cells.items()}
            if any(contents.values()):
                yield last, [(contents.get(column, ""), column) for column in range(1, max(contents) + 1)]
    except Unreadable as fault:
        if not last:
            raise unusable_for(arrived.name, fault.within("workbook")) from None
        yield Lost(last + 1, last + 1, None, fault.within("rest-of-sheet"))


def _plain(content: Content) -> str:
    """Return a cell on one line; "" where it holds no value."""
    return " ".join(content.split()) if isinstance(content, str) else ""
