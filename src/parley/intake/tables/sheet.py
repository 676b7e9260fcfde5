"""A sheet of a workbook → rows of a table. Cells come as text: as they are shown where that is exact, else as stored.

A day that is shown without a clock is a day (`values.columns` knows columns of midnights); TRUE and FALSE, numbers
with at most 15 digits, as spreadsheets keep them. A cell with an error, or with a formula that was never calculated,
holds no value and says so when it is read.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.tables.header import header_names
from parley.intake.tables.rows import Lost
from parley.intake.tables.sheet_xml import RawCell, Stored, raw_rows
from parley.intake.tables.workbook import MOST_IN_CELL, Sheet, Workbook, unescaped
from parley.intake.values.nothing import is_nothing
from parley.intake.values.numbers import StoredNumber
from parley.model import Problem, listed

MOST_ROWS_TO_HEADER = 25
"""Rows with cells among which the header is looked for."""
MOST_SAID = 20
"""How many merged ranges are named one by one."""

_WHOLE = re.compile(r"-?\d{1,30}", re.ASCII)

Content = str | Unreadable


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row below the header: its lines are its number in the sheet, a cell's column that of the sheet, from 1."""

    number: int
    first: int
    cells: Mapping[str, Content]
    columns: Mapping[str, int]

    @property
    def last(self) -> int:
        return self.first

    def __getitem__(self, column: str) -> str:
        content = self.cells.get(column, "")
        if isinstance(content, Unreadable):
            raise content
        return content

    def place(self, column: str) -> tuple[int, int | None]:
        return self.first, self.columns.get(column)


@dataclass
class SheetTable:
    """The rows of one sheet; what is to be said of the sheet as a whole is known when they are through.

    Args:
        said: what is to be said of the workbook; *needed*, *names*, *layout* and *repeated* are as in `TextTable`.
    """

    workbook: Workbook
    sheet: Sheet
    needed: Collection[str]
    names: Mapping[str, str] = field(default_factory=dict)
    layout: Sequence[str] = ()
    repeated: bool = False
    said: Sequence[Problem] = ()
    columns: dict[str, int] = field(default_factory=dict)
    _header: int = 0
    _heading: dict[int, Content] = field(default_factory=dict)
    _stored: Stored = field(default_factory=Stored)
    _hidden: list[int] = field(default_factory=list)

    def header(self) -> tuple[str, ...]:
        """Return the names of the columns; raise InputError as `rows` does."""
        next(self.rows(), None)
        return tuple(self.columns)

    def rows(self) -> Iterator[SheetRow | Lost]:
        """Yield the rows below the header, which is the first row that has all needed columns, from the first one on.

        Raises:
            InputError: there is no such row near the top.
        """
        number, last = 0, 0
        above: list[tuple[int, dict[int, Content]]] = []
        self.columns = {name: column for column, name in enumerate(self.layout, start=1)}
        self._stored, self._hidden = Stored(), []
        try:
            for raw in raw_rows(self.workbook, self.sheet, self._stored):
                last = raw.number
                cells = {column: self._shown(cell) for column, cell in raw.cells.items()}
                if not any(cells.values()):
                    continue
                if not self.columns:
                    above.append((raw.number, cells))
                    self._take_header(above)
                    continue
                number += 1
                if cells == self._heading:
                    fault = Unreadable("header-again", listed(self.columns))
                    yield Lost(number, raw.number, None, fault)
                    continue
                if raw.hidden:
                    self._hidden.append(raw.number)
                named = {name: cells.get(column, "") for name, column in self.columns.items()}
                yield SheetRow(number, raw.number, named, self.columns)
        except Unreadable as fault:
            if not self.columns:
                raise unusable_for(self.workbook.file, fault.within("workbook")) from None
            yield Lost(number + 1, last + 1, None, fault.within("rest-of-sheet"))
        if not self.columns:
            raise self._no_header(above)

    def _shown(self, cell: RawCell) -> Content:
        content = shown(cell, self.workbook)
        return content if isinstance(content, Unreadable | StoredNumber) else content.strip()

    def _take_header(self, above: list[tuple[int, dict[int, Content]]]) -> None:
        line, cells = above[-1]
        heading = {column: " ".join(cell.split()) for column, cell in cells.items() if isinstance(cell, str)}
        names = dict(zip(heading, header_names([*heading.values()], self.needed, self.names), strict=True))
        if all(name in names.values() for name in self.needed):
            self._header, self._heading = line, cells
            self.columns = self._named(names, line)
        elif len(above) == MOST_ROWS_TO_HEADER:
            raise self._no_header(above)

    def _named(self, names: Mapping[int, str], line: int) -> dict[str, int]:
        columns: dict[str, int] = {}
        for column, name in names.items():
            if name in columns and name in self.needed and not self.repeated:
                raise unusable(self.workbook.file, "column-twice", str(self._heading[column]), line, column, name=name)
            if name:
                columns[f"{name} ({column})" if name in columns else name] = column
        return columns

    def _no_header(self, above: list[tuple[int, dict[int, Content]]]) -> Exception:
        file, columns, sheet = self.workbook.file, listed(self.needed), self.sheet.name
        if not above:
            return unusable(file, "empty-sheet", columns=columns, sheet=sheet)
        named = [(line, self._names_in(cells)) for line, cells in above]
        line, names = max(named, key=lambda row: sum(name in self.needed for name in row[1]))
        missing = listed(name for name in self.needed if name not in names)
        found = listed(names)
        sheets = listed(repr(one.name) for one in self.workbook.sheets if one is not self.sheet)
        return unusable(file, "columns-missing-on-sheet", found, line,
                        columns=columns, sheet=sheet, missing=missing, sheets=sheets)  # fmt: skip

    def _names_in(self, cells: Mapping[int, Content]) -> list[str]:
        texts = [" ".join(cell.split()) for cell in cells.values() if isinstance(cell, str)]
        return header_names(texts, self.needed, self.names)

    def notices(self) -> Iterator[Problem]:
        """Yield what a reader of the whole sheet should know: merged cells, and rows and columns that are not shown."""
        yield from self.said
        file, name = self.workbook.file, self.sheet.name
        merged = [area for area in self._stored.merged if area.last_row > self._header]
        for area in merged[:MOST_SAID]:
            more = len(merged) - MOST_SAID if area is merged[:MOST_SAID][-1] else 0
            yield Problem(
                file=file,
                line=area.row,
                column=area.column,
                code="merged-cells",
                params={"range": area.name, "row": area.row} | ({"more": more} if more > 0 else {}),
                kept="merged-value",
            )
        if self._hidden:
            shown_ = listed(map(str, self._hidden))
            yield Problem(
                file=file,
                line=self._hidden[0],
                code="hidden-rows",
                params={"hidden": len(self._hidden), "rows": shown_},
                kept="hidden-rows",
            )
        for column_name in self.needed:
            column = self.columns.get(column_name, 0)
            if any(first <= column <= last for first, last in self._stored.hidden_columns):
                yield Problem(
                    file=file,
                    line=self._header,
                    column=column,
                    field=column_name,
                    code="hidden-column",
                    params={"letter": get_column_letter(column), "sheet": name},
                    kept="hidden-column",
                )


def shown(cell: RawCell, workbook: Workbook) -> Content:
    """Return the text of *cell*, or what is wrong with it."""
    if cell.formula is not None and not cell.value:
        return Unreadable("not-calculated", f"={cell.formula[:60]}")
    if len(cell.value) > MOST_IN_CELL:
        return Unreadable("cell-too-long", cell.value[:60], most=MOST_IN_CELL)
    if cell.kind == "s":
        index = int(cell.value) if cell.value.isdecimal() and len(cell.value) < 9 else -1
        if not 0 <= index < len(workbook.strings):
            return Unreadable("no-such-text", cell.value)
        return _text(workbook.strings[index])
    if cell.kind in ("inlineStr", "str"):
        return _text(unescaped(cell.value))
    if cell.kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(cell.value, cell.value)
    if cell.kind == "e" and not is_nothing(cell.value):
        return Unreadable("error-in-cell", cell.value)
    if cell.kind in ("d", "e"):
        return cell.value
    style = workbook.kinds[cell.style] if cell.style < len(workbook.kinds) else ""
    return _number_shown(cell.value, style, workbook.from_1904)


def _text(text: str) -> Content:
    if len(text) > MOST_IN_CELL:
        return Unreadable("cell-too-long", text[:60], most=MOST_IN_CELL)
    return Unreadable("nul-in-cell", text[:60]) if "\0" in text else text


def _number_shown(value: str, style: str, from_1904: bool) -> Content:
    if not style and _WHOLE.fullmatch(value):
        return StoredNumber(value)
    try:
        number = float(value)
    except ValueError:
        return Unreadable("not-a-number", value)
    if number - number != 0:  # infinite, or no number
        return Unreadable("not-finite", value)
    if not style:
        return StoredNumber(f"{number:.15g}")
    try:
        at = from_excel(number, CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return Unreadable("no-such-day", value)
    if isinstance(at, time):
        return at.isoformat("seconds") if style != "date" else Unreadable("time-of-day-alone", value)
    if not isinstance(at, datetime):
        return Unreadable("not-a-day-or-time", value)
    return at.date().isoformat() if style == "date" else at.isoformat(timespec="seconds")


def needed_sheet(workbook: Workbook, name: str | None) -> tuple[Sheet, list[Problem]]:
    """Return the sheet *name*, or the first that is shown, and what is to be said of the others.

    Raises:
        InputError: there is none of that name.
    """
    names = listed(f"{sheet.name!r}{'*' if sheet.hidden else ''}" for sheet in workbook.sheets)
    if name is not None:
        chosen = next((sheet for sheet in workbook.sheets if sheet.name == name), None)
        if chosen is None:
            raise unusable(workbook.file, "no-such-sheet", sheet=name, names=names)
    else:
        chosen = next((sheet for sheet in workbook.sheets if not sheet.hidden), workbook.sheets[0])
    others = [sheet for sheet in workbook.sheets if sheet is not chosen]
    if not (chosen.hidden or (others and (name is None or any(sheet.hidden for sheet in others)))):
        return chosen, []
    params = {"names": names, "sheet": chosen.name}
    if not others:
        return chosen, [Problem(file=workbook.file, code="sheet-not-shown", params=params, kept="sheet")]
    counted = {**params, "sheets": len(workbook.sheets)}
    return chosen, [Problem(file=workbook.file, code="several-sheets", params=counted, kept="sheet")]
