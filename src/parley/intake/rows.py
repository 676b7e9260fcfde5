"""Lines → rows of a table with commas or other separators (https://www.rfc-editor.org/rfc/rfc4180), strictly placed.

A cell in quotes may run over several lines. A quote that never closes costs its own line only: reading goes on with the
next one. Empty lines, and rows of empty cells, are no rows.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, dropwhile
from types import MappingProxyType
from typing import Protocol

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.funnel import MOST_IN_LINE, Line
from parley.intake.stream import lines_of
from parley.model import Input, fold, listed
from parley.model.wordings import Parameter

MOST_LINES_IN_ROW = 100
_SEPARATORS = (",", ";", "\t", "|")
_HINT = re.compile(r'"?sep=.?"?', re.IGNORECASE)
_OVER_LINES = re.compile(r"\s*\n\s*")


class Cells(Protocol):
    """One row of any kind of table: its number (from 1), its lines, and its cells by column."""

    @property
    def number(self) -> int: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...

    def __getitem__(self, column: str) -> str:
        """Return the cell of *column*, stripped; "" where there is none.

        Raises:
            Unreadable: the cell holds something, but no value (an error of a workbook).
        """

    def place(self, column: str) -> tuple[int, int | None]:
        """Return line and column where the cell of *column* stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number (from 1, without the header), its lines, and its cells by column, stripped."""

    number: int
    first: int
    last: int
    cells: Mapping[str, str]
    text: str
    separator: str
    quoted: bool = True

    def __getitem__(self, column: str) -> str:
        """Return the cell of *column*; "" where the table has no such column."""
        return self.cells.get(column, "")

    def place(self, column: str) -> tuple[int, int | None]:
        """Return line and column (in characters) where the cell of *column* begins."""
        scan = _scan if self.quoted else _scan_plain
        for name, (offset, _) in zip(self.cells, scan(self.text, self.separator), strict=False):
            if name == column:
                before = self.text[:offset]
                return self.first + before.count("\n"), offset - (before.rfind("\n") + 1) + 1
        return self.first, None


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that could not be told apart: its number, where, and why."""

    number: int
    line: int
    column: int | None
    fault: Unreadable


def table_rows(
    arrived: Input,
    separator: str,
    needed: Collection[str],
    names: Mapping[str, str] | None = None,
    header_line: int = 1,
    columns: Sequence[str] = (),
    quoted: bool = True,
) -> Iterator[Row | Lost]:
    """Yield the rows of *arrived*, a table of *needed* columns, in bounded memory.

    Args:
        names: other spellings of columns, in lower case, to the names used in *needed* and by who reads the rows.
        header_line: where the header stands at the earliest; lines above it are no rows.
        columns: of a table without a header, which begins with its first row.
        quoted: whether a cell may stand in quotes; where not, a quote is a sign like others.

    Raises:
        InputError: nothing can be used: no text, no header, a needed column is missing or there twice.
    """
    lines = lines_of(arrived, "table", columns=listed(needed))
    all_lines = dropwhile(lambda line: line.number < header_line, below_hint(lines))
    if columns:
        yield from _rows(all_lines, separator, columns, (), quoted)
    else:
        yield from _rows(all_lines, separator, *_header(arrived, all_lines, separator, needed, names or {}), quoted)


def below_hint(all_lines: Iterator[Line]) -> Iterator[Line]:
    """Return *all_lines* without a first line `sep=;`, by which spreadsheet programs tell each other the separator."""
    first = next(all_lines, None)
    if first is None or _HINT.fullmatch(first.text):
        return all_lines
    return chain((first,), all_lines)


def column_name(cell: str) -> str:
    """Return the name of a column as the cell of a header holds it: stripped, and on one line."""
    return _OVER_LINES.sub(" ", cell.strip())


def spelled_as(
    heading: Sequence[str], needed: Collection[str], names: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """Return the columns of *heading*, each that is one of *needed* however it is spelled by that name.

    Args:
        names: folded names of columns → the name by which each is needed.
    """
    known = {fold(name): name for name in needed if name not in heading} | dict(names)
    return [cell if cell in needed else known.get(fold(cell), cell) for cell in heading]


def top_of(arrived: Input, wanted: str, **params: Parameter) -> tuple[str, list[str]]:
    """Return what parts the cells of *arrived*, and those of its first line that is text ([] where it has none).

    It is the commonest in that line of comma, semicolon, tab and bar. *wanted* and *params* as `lines_of` has them.

    Raises:
        InputError: as `table_rows`.
    """
    lines = below_hint(lines_of(arrived, wanted, **params))
    first = next((line.text for line in lines if not line.fault and line.text.strip(" ")), "")
    separator = max(_SEPARATORS, key=first.count)
    try:
        return separator, [cell.strip() for _, cell in _scan(first, separator)]
    except Unreadable:
        return separator, []


def _rows(
    all_lines: Iterator[Line], separator: str, header: Sequence[str], heading: Sequence[str], quoted: bool
) -> Iterator[Row | Lost]:
    """Yield the rows of *all_lines*; *heading* are the cells of the header as they stand, known again further down."""
    waiting: deque[Line] = deque()

    def following() -> Line | None:
        return waiting.popleft() if waiting else next(all_lines, None)

    number = 0
    while (line := following()) is not None:
        if line.fault is None and not line.text.strip(" "):
            continue
        if line.fault is not None:
            number += 1
            offset = line.fault.offset
            yield Lost(number, line.number, None if offset is None else offset + 1, line.fault)
            continue
        taken = [line]
        try:
            cells = _split(taken, separator, following) if quoted else line.text.split(separator)
            if not any(map(str.strip, cells)):
                continue
            if heading and cells[0].strip() == heading[0] and [*map(column_name, cells)] == heading:
                raise Unreadable("header-again", line.text)
            if len(cells) != len(header):
                raise Unreadable("cells-unlike-header", columns=len(header), cells=len(cells))
        except Unreadable as error:
            # What a quote ran over is given back: a row is never lost to the quote of another one.
            waiting.extendleft(reversed(taken[1:]))
            fault = error if len(taken) == 1 else _open_quote(line.text, separator)
            number += 1
            yield Lost(number, line.number, None if fault.offset is None else fault.offset + 1, fault)
            continue
        number += 1
        text = "\n".join(one.text for one in taken)
        named = dict(zip(header, map(str.strip, cells), strict=True))
        yield Row(number, line.number, taken[-1].number, named, text, separator, quoted)


def _split(taken: list[Line], separator: str, following: Callable[[], Line | None]) -> list[str]:
    """Return the cells of the row that begins with the one line in *taken*; lines that it goes on to are added."""
    text = taken[0].text
    if '"' not in text:
        return text.split(separator)
    while True:
        try:
            return _cells(text, separator)
        except _OpenQuote:
            while True:
                more = following() if len(taken) < MOST_LINES_IN_ROW else None
                if more is None:
                    raise
                taken.append(more)
                if more.fault or len(text) + len(more.text) > MOST_IN_LINE:
                    raise
                text += "\n" + more.text
                if '"' in more.text:
                    break


def _cells(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader((text,), delimiter=separator, strict=True))  # the rules of `_scan`, in C
    except csv.Error:
        return [cell for _, cell in _scan(text, separator)]


class _OpenQuote(Unreadable):
    """Raised where the text ends inside quotes."""


def _open_quote(text: str, separator: str) -> Unreadable:
    try:
        deque(_scan(text, separator), maxlen=0)
    except _OpenQuote as fault:
        return fault
    raise AssertionError("only a line with an open quote goes on to the next")


def _scan(text: str, separator: str) -> Iterator[tuple[int, str]]:
    """Yield offset and content of each cell; raise Unreadable at a quote that does not close before a separator."""
    quoted, plain = _cell_patterns(separator)
    position = 0
    while True:
        if text.startswith('"', position):
            found = quoted.match(text, position)
            if found is None or (found.end() < len(text) and text[found.end()] != separator):
                raise _misquoted(text, position, found)
            yield position, found[1].replace('""', '"')
        else:
            found = plain.match(text, position)
            assert found is not None  # it also matches nothing
            yield position, found[0]
        position = found.end()
        if position == len(text):
            return
        position += 1


def _scan_plain(text: str, separator: str) -> Iterator[tuple[int, str]]:
    """Yield offset and content of each cell of a table that knows no quotes."""
    offset = 0
    for cell in text.split(separator):
        yield offset, cell
        offset += len(cell) + len(separator)


def _misquoted(text: str, position: int, closed: re.Match[str] | None) -> Unreadable:
    if closed is None:
        return _OpenQuote("open-quote", text[position : position + 60], offset=position)
    return Unreadable("no-separator", text[closed.end() :][:60], offset=closed.end())


@cache
def _cell_patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(r'"([^"]*+(?:""[^"]*+)*+)"'), re.compile(f"[^{re.escape(separator)}]*+")


def _header(
    arrived: Input, all_lines: Iterator[Line], separator: str, needed: Collection[str], names: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return the names of the columns, and the cells of the header, which may run over several lines."""
    line = next((one for one in all_lines if one.fault or one.text.strip(" ")), None)
    if line is None:
        raise unusable(arrived.name, "no-header")
    columns = listed(needed)
    if line.fault:
        offset = line.fault.offset
        fault = line.fault.within("header", columns=columns)
        raise unusable_for(arrived.name, fault, line.number, None if offset is None else offset + 1)
    taken = [line]
    try:
        heading = [column_name(cell) for cell in _split(taken, separator, lambda: next(all_lines, None))]
    except Unreadable as fault:
        raise unusable_for(arrived.name, fault.within("header", columns=columns), line.number) from None
    header = spelled_as(heading, needed, names)
    if missing := [name for name in needed if name not in header]:
        other = _other_separator(line.text, separator)
        raise unusable(arrived.name, "columns-missing", line.text, line.number,
                       columns=columns, missing=listed(missing), separator=separator, other=other)  # fmt: skip
    before: set[str] = set()
    for index, name in enumerate(header):
        if name in before:
            if name in needed:
                text = "\n".join(one.text for one in taken)
                before_it = text[: [offset for offset, _ in _scan(text, separator)][index]]
                place = line.number + before_it.count("\n"), len(before_it) - before_it.rfind("\n")
                raise unusable(arrived.name, "column-twice", heading[index], *place, name=name)
            header[index] = f"{name} ({index + 1})"  # nobody reads it, but no cell may hide another
        before.add(name)
    return header, heading


def _other_separator(text: str, separator: str) -> str:
    """Return what seems to separate the cells of *text* rather than *separator*; "" where nothing does."""
    other = max(_SEPARATORS, key=text.count)
    return other if other != separator and text.count(other) > text.count(separator) else ""
