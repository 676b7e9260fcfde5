"""The XML of a workbook's sheet (SpreadsheetML, ECMA-376 part 1, 18.3.1) → its rows as stored, one after the other.

Only cells that are there are kept: a sheet that claims a million rows and holds three costs three.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from parley.intake.faults import Unreadable
from parley.intake.tables.workbook import MOST_IN_CELL, MOST_IN_SHEET, Handler, Sheet, Workbook, xml_events

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_LETTERS = re.compile(r"[A-Z]{1,3}", re.ASCII)
_YES = ("1", "true")
_MOST_MERGED = 100_000


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as stored: its type, style, value, and its formula where it has one."""

    kind: str
    style: int
    value: str
    formula: str | None


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as stored, its cells by column from 1."""

    number: int
    hidden: bool
    cells: Mapping[int, RawCell]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range: where it begins, and its last row."""

    name: str
    row: int
    column: int
    last_row: int


class Stored(Handler):
    """Gathers rows, and what stands before and after them."""

    def __init__(self) -> None:
        self.merged: list[Merged] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self._done: list[RawRow] = []
        self._row, self._hidden = 0, False
        self._cells: dict[int, RawCell] = {}
        self._column, self._kind, self._style = 0, "", 0
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._length = 0

    def take(self) -> list[RawRow]:
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or (name == "t" and self._kind == "inlineStr"):
            self._into = self._value
        elif name == "f":
            self._formula = self._into = []
        elif name == "rPh":
            self._kind = "inlineStr spoken"
        elif name == "row":
            self._row = _number(attributes.get("r", ""), self._row + 1, _LAST_ROW, "row")
            self._hidden, self._cells, self._column = attributes.get("hidden") in _YES, {}, 0
        elif name == "col" and attributes.get("hidden") in _YES:
            first = _number(attributes.get("min", ""), 1, _LAST_COLUMN, "column")
            self.hidden_columns.append((first, _number(attributes.get("max", ""), first, _LAST_COLUMN, "column")))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        where = attributes.get("r")
        self._column = _column(where) if where else self._column + 1
        if self._column > _LAST_COLUMN:
            raise Unreadable("not-a-cell-name", where or "")
        style = attributes.get("s", "0")
        self._kind, self._style = attributes.get("t", ""), int(style) if style.isdecimal() and len(style) < 9 else 0
        self._value, self._formula, self._length = [], None, 0

    def end(self, name: str) -> None:
        self._into = None
        if name == "c":
            formula = None if self._formula is None else "".join(self._formula)
            if self._value or formula is not None:
                self._cells[self._column] = RawCell(self._kind, self._style, "".join(self._value), formula)
        elif name == "rPh":
            self._kind = "inlineStr"
        elif name == "row":
            self._done.append(RawRow(self._row, self._hidden, self._cells))

    def text(self, data: str) -> None:
        if self._into is not None and self._length <= MOST_IN_CELL:
            self._into.append(data)
            self._length += len(data)

    def _merge(self, name: str) -> None:
        first, _, last = name.partition(":")
        corners = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
        if corners[0] and corners[1] and len(self.merged) < _MOST_MERGED:
            self.merged.append(Merged(name, int(corners[0][2]), _column(first), int(corners[1][2])))


def _number(text: str, otherwise: int, most: int, what: str) -> int:
    number = int(text) if text.isdecimal() and len(text) < 9 else otherwise
    if not 1 <= number <= most:
        raise Unreadable("outside-the-sheet", text or str(number), what=what, most=most)
    return number


def _column(where: str) -> int:
    """Return the column, from 1, of the cell named *where*."""
    letters = where.rstrip("0123456789")
    if letters == where:
        raise Unreadable("not-a-cell-name", where)
    return _letters(letters)


@lru_cache(maxsize=_LAST_COLUMN)
def _letters(letters: str) -> int:
    if not _LETTERS.fullmatch(letters):
        raise Unreadable("not-a-cell-name", letters)
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def raw_rows(workbook: Workbook, sheet: Sheet, parts: Stored | None = None) -> Iterator[RawRow]:
    """Yield the rows of *sheet* that are stored, whatever its size claims to be; raise Unreadable where it breaks."""
    parts = parts or Stored()
    try:
        for _ in xml_events(workbook.archive, sheet.part, MOST_IN_SHEET, parts):
            yield from parts.take()
    except Unreadable:
        yield from parts.take()  # the rows before the one that broke it
        raise
