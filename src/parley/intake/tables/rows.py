"""Lines → rows of a table with commas or other separators (https://www.rfc-editor.org/rfc/rfc4180), strictly placed.

A cell in quotes may run over several lines. A quote that never closes costs its own line only: reading goes on with the
next one. Empty lines, and rows of empty cells, are no rows.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.tables.header import column_name, each_once, header_names, twice_needed
from parley.intake.text.funnel import MOST_IN_LINE, Line
from parley.intake.text.stream import lines_of
from parley.model import Input, InputError, Problem, listed

MOST_LINES_IN_ROW = 100
_SEPARATORS = (",", ";", "\t", "|")
_HINT = re.compile(r'"?sep=(.?)"?', re.IGNORECASE)


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


class OfRow:
    """A row that is read in another way than *row*, and stands where that stands."""

    __slots__ = ()
    row: Cells

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def first(self) -> int:
        return self.row.first

    @property
    def last(self) -> int:
        return self.row.last


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
class UnendedRow(Row):
    """The last row of a file whose last line has no end, although others have: its last cell may be cut off.

    Many programs write no end there, so this matters only where what the last cell holds is used: a longitude of -12
    may be the rest of -123.4.
    """

    asked: set[str] = field(default_factory=set, compare=False)

    def __getitem__(self, column: str) -> str:
        self.asked.add(column)
        return self.cells.get(column, "")

    @property
    def in_doubt(self) -> str | None:
        """The column of the cell that may be cut off, if somebody asked for it so far."""
        last = [*self.cells][-1]
        return last if last in self.asked else None


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that could not be told apart: its number, where, and why."""

    number: int
    line: int
    column: int | None
    fault: Unreadable


@dataclass(frozen=True)
class TextTable:
    """A table with a separator between its cells, read in bounded memory; each `rows` begins with the first row.

    Args:
        needed: the columns that must be there, by the names that whoever reads the rows has for them.
        names: other spellings of columns, as `fold` has them, to the names used in *needed* and by who reads the rows.
        separator: None where the file itself shows it: by a first line `sep=;`, or by its header.
        header_line: where the header stands at the earliest; lines above it are no rows.
        layout: the columns of a table that has no header and begins with its first row.
        quoted: whether a cell may stand in quotes; where not, a quote is a sign like others.
        repeated: whether a needed column may stand there twice; the second is called "NAME (NUMBER)".
    """

    arrived: Input
    needed: Collection[str]
    names: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = None
    header_line: int = 1
    layout: Sequence[str] = ()
    quoted: bool = True
    repeated: bool = False

    def header(self) -> tuple[str, ...]:
        """Return the names of the columns.

        Raises:
            InputError: nothing can be used: no text, no header, a needed column is missing or there twice.
        """
        return tuple(self.layout or self._top(self._lines())[1])

    def rows(self) -> Iterator[Row | Lost]:
        """Yield the rows; raise InputError as `header` does."""
        lines = self._lines()
        if self.layout:
            return _rows(lines, self.separator or _SEPARATORS[0], self.layout, (), self.quoted)
        separator, header, heading = self._top(lines)
        return _rows(lines, separator, header, heading, self.quoted)

    def notices(self) -> Iterator[Problem]:
        """Yield nothing: what is to be said of text is said of its rows."""
        return iter(())

    def _lines(self) -> "_Lines":
        return _Lines(lines_of(self.arrived, "table", columns=listed(self.needed)), self.header_line)

    def _top(self, lines: "_Lines") -> tuple[str, list[str], list[str]]:
        """Return what parts the cells, the names of the columns, and the cells of the header as they stand."""
        line = lines.next_filled()
        if line is None:
            raise unusable(self.arrived.name, "no-header")
        columns = listed(self.needed)
        if line.fault:
            fault = line.fault.within("header", columns=columns)
            raise unusable_for(self.arrived.name, fault, line.number, line.fault_column)
        first: tuple[str, list[Line], list[str]] | Unreadable | None = None
        for separator in (self.separator,) if self.separator else separators_of(line.text, lines.hint):
            taken = [line]
            try:
                heading = [column_name(cell) for cell in _split(taken, separator, lines.next)]
            except Unreadable as fault:
                first = first or fault
            else:
                if all(name in header_names(heading, self.needed, self.names) for name in self.needed):
                    return separator, self._named(heading, taken, separator), heading
                first = first or (separator, taken, heading)
            lines.give_back(taken[1:])
        if not isinstance(first, tuple):
            assert first is not None  # there is a separator, at least
            raise unusable_for(self.arrived.name, first.within("header", columns=columns), line.number)
        raise self._missing(line, first[0], first[2])

    def _missing(self, line: Line, separator: str, heading: Sequence[str]) -> InputError:
        found = header_names(heading, self.needed, self.names)
        missing = listed(name for name in self.needed if name not in found)
        other = _other_separator(line.text, separator) if self.separator else ""
        return unusable(self.arrived.name, "columns-missing", line.text, line.number, columns=listed(self.needed),
                        missing=missing, separator=separator, other=other)  # fmt: skip

    def _named(self, heading: Sequence[str], taken: Sequence[Line], separator: str) -> list[str]:
        """Return the names of the columns, each once; a needed one may not stand there twice."""
        header = header_names(heading, self.needed, self.names)
        if not self.repeated and (index := twice_needed(header, self.needed)) is not None:
            text = "\n".join(one.text for one in taken)
            before = text[: [offset for offset, _ in _scan(text, separator)][index]]
            place = taken[0].number + before.count("\n"), len(before) - before.rfind("\n")
            raise unusable(self.arrived.name, "column-twice", heading[index], *place, name=header[index])
        return each_once(header)


class _Lines:
    """Lines that can be given back, without a first line `sep=;`, by which spreadsheet programs tell the separator."""

    def __init__(self, arrived: Iterator[Line], first: int = 1) -> None:
        self._arrived = arrived
        self._waiting: deque[Line] = deque()
        self.hint = ""
        top = next(arrived, None)
        if top is not None and (hint := _HINT.fullmatch(top.text)):
            self.hint = hint[1]
        elif top is not None:
            self._waiting.append(top)
        while (line := self.next()) is not None:
            if line.number >= first:
                self.give_back([line])
                break

    def next(self) -> Line | None:
        return self._waiting.popleft() if self._waiting else next(self._arrived, None)

    def next_filled(self) -> Line | None:
        """Return the next line that holds something, or a fault."""
        while (line := self.next()) is not None and not line.fault and not line.text.strip(" "):
            pass
        return line

    def give_back(self, taken: Sequence[Line]) -> None:
        self._waiting.extendleft(reversed(taken))


def text_top(
    arrived: Iterator[Line], most: int, separator: str | None = None, quoted: bool = True
) -> list[tuple[int, list[str]]]:
    """Return number and cells of the first *most* lines that are text, as far as cells can be told apart."""
    lines = _Lines(arrived)
    found: list[tuple[int, list[str]]] = []
    for _ in range(most):
        line = lines.next_filled()
        if line is None:
            break
        if not line.fault:
            sign = separator or separators_of(line.text, lines.hint)[0]
            with suppress(Unreadable):
                cells = _split([line], sign, lambda: None) if quoted else line.text.split(sign)
                found.append((line.number, [cell.strip() for cell in cells]))
    return found


def is_hint(line: Line) -> bool:
    """Say whether *line* is `sep=;`, by which spreadsheet programs tell each other the separator."""
    return _HINT.fullmatch(line.text) is not None


def separators_of(text: str, hint: str = "") -> list[str]:
    """Return what may part the cells of *text*: what the file says itself, then the commonest of the known signs."""
    by_number = sorted(_SEPARATORS, key=text.count, reverse=True)
    return list(dict.fromkeys([*([hint] if hint else []), *by_number]))


def _rows(
    lines: _Lines, separator: str, header: Sequence[str], heading: Sequence[str], quoted: bool
) -> Iterator[Row | Lost]:
    """Yield the rows of *lines*; *heading* are the cells of the header as they stand, known again further down."""
    following = lines.next
    number = 0
    while (line := following()) is not None:
        if line.fault is None and not line.text.strip(" "):
            continue
        if line.fault is not None:
            number += 1
            yield Lost(number, line.number, line.fault_column, line.fault)
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
            lines.give_back(taken[1:])
            fault = error if len(taken) == 1 else _open_quote(line.text, separator)
            number += 1
            yield Lost(number, line.number, None if fault.offset is None else fault.offset + 1, fault)
            continue
        number += 1
        text = "\n".join(one.text for one in taken)
        named = dict(zip(header, map(str.strip, cells), strict=True))
        kind = Row if taken[-1].ended or line.number == 1 or (quoted and text.endswith('"')) else UnendedRow
        yield kind(number, line.number, taken[-1].number, named, text, separator, quoted)


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


def _other_separator(text: str, separator: str) -> str:
    """Return what seems to separate the cells of *text* rather than *separator*; "" where nothing does."""
    other = max(_SEPARATORS, key=text.count)
    return other if other != separator and text.count(other) > text.count(separator) else ""
