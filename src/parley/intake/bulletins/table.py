"""A bulletin as a table: lines `key,value`, then a heading with `area` and `count`, then one row an item.

    Publisher,Valley Record Office
    Side,West Bank
    Day,2031-05-03
    Counting,ceasefire violations
    Covers,Upper Reach,Lower Reach
    Total,"8,918"

    area,kind,by,count,previous
    Upper Reach,shelling,East Bank,"7,948",12
    Lower Reach,,,0,
    Far Reach,,,not observed,
    Upper Reach,total,,"7,948",

Keys are those of the text form (`bulletin`); they may be columns too, then they hold the same on every row. An empty
count is silence. The kind `total` gives an area's printed count; the area `total` the bulletin's. Cells are separated
by commas, semicolons, bars or tabs, whichever stands behind the first key; a cell does not run over several lines. A
workbook and lists of cells in JSON hold the same rows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from parley.intake.bulletins.draft import KEYS, Draft, not_observed, number, settle
from parley.intake.bulletins.outcomes import is_by_outcome, is_outcome
from parley.intake.bulletins.sums import Parts
from parley.intake.bulletins.text import kind_of
from parley.intake.faults import Faults, Unreadable, unusable
from parley.intake.tables.rows import Lost, is_hint
from parley.intake.tables.tabular import grid, is_text
from parley.intake.text.funnel import lines, utf8
from parley.model import ALL_AREAS, CountItem, Flag, Input, InputError, OutcomeCount, Reading, fold, listed
from parley.packaged import packaged

CHANNEL = "bulletin-table"

_ENDS = (b"\n", b"\r", b"\n\0", b"\0\n", b'"', b'"\\0')  # of a line in UTF-8 and UTF-16, or of a cell in quotes
_NEEDED = ("area", "count")
_SEVERAL = {"respondents": "; ", "covers": "; ", "no observation": "; ", "contains": "; "}


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    column: int


_Row = Mapping[str, _Cell]


def read_bulletin_table(arrived: Input, source: str | None, timezone: ZoneInfo) -> Reading:
    """Return the bulletin in *arrived*, or the problems for which it cannot be used; see `read_bulletin`."""
    draft = Draft(Faults(arrived.name, "line"))
    rows = _Rows(draft)
    try:
        for line, cells in _cells(draft, arrived) if is_text(arrived) else _grid(draft, arrived):
            rows.read(line, cells)
        if not rows.heading:
            raise unusable(arrived.name, "no-heading", line=draft.last, columns=listed(_NEEDED))
    except InputError as error:
        return Reading((), (*draft.faults.problems(0), error.problem))
    rows.close(ended=not is_text(arrived) or arrived.ends.endswith(_ENDS))
    return settle(arrived, draft, CHANNEL, "bulletin-rows", source, timezone)


@cache
def _names() -> Mapping[str, str]:
    """Return other spellings of columns, in lower case, to ours."""
    raw = packaged("parley.intake.bulletins", "table.yaml")
    return {other: name for name, others in raw["columns"].items() for other in (name, *others)}


class _Rows:
    """Reads row after row: header lines until the heading, then items."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.heading: list[str] = []
        self.totals: dict[str, tuple[CountItem, int]] = {}
        self.last: tuple[_Cell, str] | None = None

    def read(self, line: int, cells: list[_Cell]) -> None:
        """Take up one line; what cannot be read of it is noted."""
        if self.heading:
            self._item(line, cells)
            return
        named = [_names().get(fold(cell.text), fold(cell.text)) for cell in cells]
        if named[0] == "area" or set(_NEEDED) <= set(named):
            self._take_heading(line, cells, named)
        else:
            self._header_line(line, cells)

    def close(self, *, ended: bool) -> None:
        """Hold the areas' printed counts against their items, and count what no item breaks down.

        Where the last line has not *ended*, although others have, what its last cell holds may be the rest of more.
        """
        if not ended and self.last is not None:
            cell, name = self.last
            params = {"column": name, "cell": cell.text}
            self.draft.flags.append(
                Flag(code="may-be-cut-off", params=params, line=self.draft.last, column=cell.column)
            )
        for area, (whole, column) in self.totals.items():
            parts = tuple(one for one in self.draft.items if fold(one.area) == area)
            self.draft.parts.append(Parts(whole, parts, bool(parts), column))
            if not parts:
                self.draft.count(whole)

    def _header_line(self, line: int, cells: list[_Cell]) -> None:
        key = fold(cells[0].text)
        values = [cell for cell in cells[1:] if cell.text]
        if key not in KEYS:
            fault = Unreadable("not-a-key", cells[0].text, keys=listed(KEYS), columns=listed(_NEEDED))
            self.draft.lose(line, fault, cells[0].column)
        elif len(values) > 1 and key not in _SEVERAL:
            self.draft.lose(line, Unreadable("several-values", values[1].text, field=key), values[1].column)
        elif values:
            self._set(key, _SEVERAL.get(key, "").join(cell.text for cell in values), line, values[0].column)

    def _set(self, key: str, value: str, line: int, column: int) -> None:
        try:
            self.draft.set(key, value, line, column)
            self.draft.good += 1
        except Unreadable as fault:
            self.draft.lose(line, fault, column)

    def _take_heading(self, line: int, cells: list[_Cell], named: list[str]) -> None:
        for name in _NEEDED:
            if named.count(name) != 1:
                file, found = self.draft.faults.file, listed(cell.text for cell in cells)
                raise unusable(file, "heading-column-not-once", found, line, 1, name=name)
        known = (*_names().values(), *KEYS)
        for index, (name, cell) in enumerate(zip(named, cells, strict=True)):
            if name and (name not in known or name in named[:index]):
                fault = Unreadable("column-not-read", cell.text, columns=listed(dict.fromkeys(known)))
                self.draft.faults.partly(line, fault, line, cell.column)
                named[index] = ""
        self.draft.good += 1
        self.heading = named

    def _item(self, line: int, cells: list[_Cell]) -> None:
        if len([cell for cell in cells if cell.text]) and len(cells) > len(self.heading):
            more = [cell for cell in cells[len(self.heading) :] if cell.text]
            if more:
                fault = Unreadable("cells-beyond-heading", columns=len(self.heading), cells=len(cells))
                self.draft.lose(line, fault, more[0].column, item=True)
                return
        row = {name: self._said(line, name, cell) for name, cell in zip(self.heading, cells, strict=False) if name}
        at = len(cells) - 1
        self.last = (cells[at], self.heading[at]) if at < len(self.heading) and self.heading[at] else None
        if not self._same_bulletin(line, row):
            return
        try:
            self._counts(line, row)
            self.draft.good += 1
        except _Misread as misread:
            self.draft.lose(line, misread.fault, misread.column, item=True)

    def _said(self, line: int, name: str, cell: _Cell) -> _Cell:
        return _Cell(self.draft.said(cell.text, name, line, cell.column), cell.column)

    def _same_bulletin(self, line: int, row: _Row) -> bool:
        """Take up header values that stand in columns; a row of another bulletin is lost."""
        for key in KEYS:
            cell = row.get(key)
            if cell is None or not cell.text:
                continue
            if key not in self.draft.header:
                self.draft.set(key, cell.text, line, cell.column)
            elif self.draft.value(key) != cell.text:
                held, first = self.draft.value(key), self.draft.header[key].line
                fault = Unreadable("another-bulletin", cell.text, field=key, key=key, held=held, first=first)
                self.draft.lose(line, fault, cell.column, item=True)
                return False
        return True

    def _counts(self, line: int, row: _Row) -> None:
        area, said = (row.get(name, _Cell("", 1)) for name in ("area", "count"))  # a row may be short
        kind = row.get("kind", _Cell("", 1))
        whole = fold(kind.text) in ("total", "subtotal", "all kinds")
        if not area.text:
            raise _Misread(Unreadable("no-area", field="area"), area.column)
        try:
            self.draft.take_room()
        except Unreadable as fault:
            raise _Misread(fault, area.column) from None
        before = row.get("previous", _Cell("", 1))
        if is_by_outcome(area.text) or is_outcome(kind.text):
            self._outcome(line, row, whole=whole)
            return
        if fold(area.text) in ("total", "grand total"):
            for key, cell in (("total", said), ("previous total", before)):
                if cell.text:
                    self._set(key, cell.text, line, cell.column)
            return
        if before.text and not_observed(before.text):
            self.draft.unobserved_before.append(area.text)
        elif before.text:
            self.draft.previous.append(self._read(line, row, before, "previous", whole=whole))
        if not_observed(said.text):
            self.draft.unobserved.setdefault(area.text, line)
        elif said.text:
            item = self._read(line, row, said, "count", whole=whole)
            if not whole:
                self.draft.count(item)
            elif fold(area.text) in self.totals:
                raise _Misread(Unreadable("second-total", said.text), said.column)
            else:
                self.totals[fold(area.text)] = item, said.column
        elif not before.text:
            self.draft.flags.append(Flag(code="no-count", params={"area": area.text}, line=line, column=said.column))

    def _outcome(self, line: int, row: _Row, *, whole: bool) -> None:
        """Take up a count of what came of cases, which is no item; in a row `by outcome`, in whatever words."""
        area, said, before = row["area"], row.get("count", _Cell("", 1)), row.get("previous", _Cell("", 1))
        if before.text:
            self.draft.faults.partly(line, Unreadable("no-previous-outcome", before.text), line, before.column)
        try:
            count = number(said.text)
        except Unreadable as fault:
            raise _Misread(fault.of("count").within("cell-count"), said.column) from None
        outcome = "" if whole or "kind" not in row else row["kind"].text
        named = ALL_AREAS if is_by_outcome(area.text) else area.text
        self.draft.outcomes.append(OutcomeCount(area=named, outcome=outcome, count=count, line=line))

    def _read(self, line: int, row: _Row, said: _Cell, field: str, *, whole: bool) -> CountItem:
        try:
            count = number(said.text)
        except Unreadable as fault:
            raise _Misread(fault.of(field, said.text).within("cell-count"), said.column) from None
        act = means = None
        try:
            act, means = (None, None) if whole or "kind" not in row else kind_of(row["kind"].text)
        except Unreadable as fault:
            self.draft.faults.partly(line, fault.of("kind"), line, row["kind"].column)
        by = row["by"].text if "by" in row else ""
        return CountItem(area=row["area"].text, count=count, act=act, means=means, respondent=by or None, line=line)


class _Misread(Exception):  # noqa: N818  (it carries a fault to the row that it is in)
    def __init__(self, fault: Unreadable, column: int) -> None:
        super().__init__(fault.code)
        self.fault, self.column = fault, column


def _grid(draft: Draft, arrived: Input) -> Iterator[tuple[int, list[_Cell]]]:
    """Yield the rows of a workbook or of JSON that hold something; a cell that holds no value is noted."""
    for row in grid(arrived):
        if isinstance(row, Lost):
            draft.last = row.line
            draft.lose(row.line, row.fault, row.column, item=bool(draft.header))
            continue
        draft.last, contents = row
        cells = []
        for at, (content, column) in enumerate(contents, start=1):
            if isinstance(content, Unreadable):
                draft.lose(draft.last, content, column, item=bool(draft.header))
                break
            cells.append(_Cell(content.strip(), column or at))
        else:
            remark = bool(cells) and cells[0].text.startswith("#")
            draft.good += remark
            if not remark and any(cell.text for cell in cells):
                yield draft.last, cells


def _cells(draft: Draft, arrived: Input) -> Iterator[tuple[int, list[_Cell]]]:
    """Yield the lines that hold something, with their cells; one that cannot be told apart is noted."""
    separator = ""
    for line in lines(utf8(arrived, "bulletin-table")):
        draft.last = line.number
        if line.fault:
            draft.lose(line.number, line.fault, line.fault_column, item=bool(draft.header))
            continue
        if line.number == 1 and is_hint(line):
            continue
        text = line.text.strip()
        if text.startswith("#"):
            draft.good += 1
        if text.startswith("#") or not text.strip(",;|\t "):
            continue
        separator = separator or next((sign for sign in line.text if sign in ",;|\t"), "")
        try:
            yield line.number, list(_split(line.text, separator or ","))
        except Unreadable as fault:
            column = None if fault.offset is None else fault.offset + 1
            draft.lose(line.number, fault, column, item=bool(draft.header))


@cache
def _patterns(separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(r' *+"([^"]*+(?:""[^"]*+)*+)" *+'), re.compile(f"[^{re.escape(separator)}]*+")


def _split(text: str, separator: str) -> Iterator[_Cell]:
    """Yield the cells of *text* (https://www.rfc-editor.org/rfc/rfc4180); raise Unreadable at a stray quote."""
    quoted, plain = _patterns(separator)
    position = 0
    while True:
        if found := quoted.match(text, position):
            if found.end() < len(text) and text[found.end()] != separator:
                raise Unreadable("no-separator", text[found.end() :][:60], offset=found.end())
            content = found[1].replace('""', '"')
        else:
            found = plain.match(text, position)
            assert found is not None  # it also matches nothing
            content = found[0]
            if content.lstrip().startswith('"'):
                raise Unreadable("open-quote", content[:60], offset=position)
        yield _Cell(content.strip(), position + len(content) - len(content.lstrip()) + 1)
        position = found.end()
        if position == len(text):
            return
        position += 1
