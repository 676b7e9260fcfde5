"""JSON → rows of a table: a list of objects, one object a line, lists of cells below a header, pages of an interface.

ACLED's interface answers `{"data": [{…}, …]}`, UCDP's `{"Result": [{…}, …]}`; HXL as JSON is a list of lists. A cell
has the place of its value. Numbers are taken as they are written: how many digits stand there says how exact they are.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from parley.intake.faults import Unreadable, unusable
from parley.intake.tables.header import each_once, header_names, twice_needed
from parley.intake.tables.rows import Lost
from parley.intake.text.funnel import UTF16_MARKS, LinesOf, utf8
from parley.intake.text.json_text import BEHIND, RECORD, Found, Part, fields, items, list_under, parts
from parley.intake.values.numbers import StoredNumber
from parley.model import Input, Problem, fold, listed

PAGES = ("data", "Result", "results", "records", "rows", "items", "values", "value")
"""Under which names interfaces hand out rows: ACLED, UCDP, HDX and CKAN, spreadsheets on the web, OData."""
MOST_ROWS_TO_HEADER = 25

_JSON = re.compile(r'[\s\x1e]*(?:\{\s*["}]|\[\s*[\[{\]"])')
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_MOST_NESTED = 4
_LOOKED_AT = 4096

Content = str | Unreadable


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its lines, its cells by column, and where in the text each stands."""

    number: int
    first: int
    last: int
    cells: Mapping[str, Content]
    offsets: Mapping[str, int]
    lines: LinesOf

    def __getitem__(self, column: str) -> str:
        content = self.cells.get(column, "")
        if isinstance(content, Unreadable):
            raise content
        return content

    def place(self, column: str) -> tuple[int, int | None]:
        return self.lines.of(self.offsets[column]) if column in self.offsets else (self.first, None)


@dataclass
class RecordTable:
    """The rows of JSON; each `rows` begins with the first row.

    Args:
        needed, names, layout, repeated: as `TextTable` has them.
    """

    arrived: Input
    needed: Collection[str]
    names: Mapping[str, str] = field(default_factory=dict)
    layout: Sequence[str] = ()
    repeated: bool = False
    _called: dict[str, str] = field(default_factory=dict)

    def header(self) -> tuple[str, ...]:
        """Return the names of the columns, as the first row has them; raise InputError as `rows` does."""
        first = next((row for row in self.rows() if isinstance(row, Record)), None)
        return tuple(first.cells) if first else ()

    def rows(self) -> Iterator[Record | Lost]:
        """Yield the rows.

        Raises:
            InputError: no row, or a needed column that no row has.
        """
        members = self._page.members
        if not members:
            raise unusable(self.arrived.name, "no-row-of-json", self._page.text[:60], 1)
        if self._page.text.startswith("[", members[0].start):
            return self._from_lists(members)
        return self._from_objects(members)

    def notices(self) -> Iterator[Problem]:
        """Yield what a reader of the whole should know: that this is one page of several."""
        if self._page.pages is not None:
            params = {"pages": self._page.pages}
            yield Problem(file=self.arrived.name, line=1, code="more-pages", params=params, kept="page")

    @cached_property
    def _page(self) -> "_Page":
        return page_of(self.arrived)

    def _from_objects(self, members: Sequence[Part]) -> Iterator[Record | Lost]:
        text, lines = self._page.text, self._page.lines
        self._check_columns(members)
        number = 0
        for part in members:
            try:
                cells, offsets = self.cells(fields(text, part))
            except Unreadable as fault:
                number += part.members
                yield Lost(number, *lines.of(part.start if fault.offset is None else fault.offset), fault)
                continue
            if any(cells.values()):
                number += 1
                yield Record(number, *_span(lines, part), cells, offsets, lines)

    def _check_columns(self, members: Sequence[Part]) -> None:
        """Refuse rows among which some needed column is nowhere; most often the first row has all of them."""
        missing, found = list(self.needed), ""
        for part in members:
            if not missing:
                return
            try:
                given = fields(self._page.text, part)
            except Unreadable:
                continue
            cells, _ = self.cells(given)
            found = found or listed(given)
            missing = [name for name in missing if name not in cells]
        if missing:
            raise unusable(self.arrived.name, "columns-missing-in-records", found, 1, columns=listed(self.needed),
                           missing=listed(missing))  # fmt: skip

    def cells(self, given: Mapping[str, Found]) -> tuple[dict[str, Content], dict[str, int]]:
        """Return the cells of one object, and where in the text each stands."""
        cells: dict[str, Content] = {}
        offsets: dict[str, int] = {}
        for key, found in given.items():
            for name, content in self._flat(key, found):
                column = self._column(name, given)
                if column not in cells:
                    cells[column], offsets[column] = content, found.offset
        return cells, offsets

    def _flat(self, key: str, found: Found) -> Iterator[tuple[str, Content]]:
        if isinstance(found.value, dict | list):
            return flat_cells({key: found.value})
        return iter(((key, self.content(found)),))

    def content(self, found: Found) -> Content:
        """Return a value as the text of a cell, a number as it is written."""
        if isinstance(found.value, int | float) and not isinstance(found.value, bool):
            written = _NUMBER.match(self._page.text, found.offset)
            if written is not None:
                return StoredNumber(written[0])
        return cell_of(found.value)

    def _column(self, name: str, given: Mapping[str, Found]) -> str:
        if name not in self._called:
            [called] = header_names([name], self.needed, self.names)
            self._called[name] = called
        called = self._called[name]
        return name if called != name and called in given else called

    def _from_lists(self, members: Sequence[Part]) -> Iterator[Record | Lost]:
        lines = self._page.lines
        header: list[str] = list(self.layout)
        heading: list[Content] = []
        above: list[tuple[int, list[Content]]] = []
        number = 0
        for part in members:
            try:
                given = self._items(part)
                contents = [self.content(found) for found in given]
                if not any(contents):
                    continue
                if not header:
                    above.append((lines.of(part.start)[0], contents))
                    header, heading = self._header_in(above), contents
                    continue
                if contents == heading:
                    raise Unreadable("header-again", listed(map(str, contents)), offset=part.start)
                if len(contents) > len(header):  # fewer: spreadsheets on the web leave empty ones out at the end
                    raise Unreadable("cells-unlike-header", offset=part.start, columns=len(header), cells=len(contents))
            except Unreadable as fault:
                number += part.members
                yield Lost(number, *lines.of(part.start if fault.offset is None else fault.offset), fault)
                continue
            number += 1
            offsets = {name: found.offset for name, found in zip(header, given, strict=False)}
            yield Record(number, *_span(lines, part), dict(zip(header, contents, strict=False)), offsets, lines)
        if not header:
            raise self._no_header(above)

    def _items(self, part: Part) -> list[Found]:
        text = self._page.text
        if part.members > 1 or (not part.fault and not text.startswith("[", part.start)):
            found = text[part.start : part.end][:60]
            raise Unreadable("not-a-row-of-json", found, offset=part.start, times=part.members)
        return items(text, part)

    def _header_in(self, above: list[tuple[int, list[Content]]]) -> list[str]:
        """Return the columns if the last row *above* has all needed ones; [] where it is no header."""
        line, contents = above[-1]
        heading = [" ".join(cell.split()) if isinstance(cell, str) else "" for cell in contents]
        named = header_names(heading, self.needed, self.names)
        if all(name in named for name in self.needed):
            if not self.repeated and (at := twice_needed(named, self.needed)) is not None:
                raise unusable(self.arrived.name, "column-twice", heading[at], line, name=named[at])
            return each_once(named)
        if len(above) == MOST_ROWS_TO_HEADER:
            raise self._no_header(above)
        return []

    def _no_header(self, above: list[tuple[int, list[Content]]]) -> Exception:
        line, contents = above[0] if above else (1, [])
        found = listed(cell for cell in contents if isinstance(cell, str))
        return unusable(self.arrived.name, "columns-missing", found, line, columns=listed(self.needed),
                        missing=listed(self.needed), separator=",", other="")  # fmt: skip


@dataclass(frozen=True)
class _Page:
    """A text, the parts of it that should hold a row each, and of how many pages it is one: None where it is all."""

    text: str
    members: tuple[Part, ...]
    pages: str | None
    lines: LinesOf


def looks_like_json(arrived: Input) -> bool:
    """Say whether *arrived* begins as lists and objects of JSON do; a header such as `[id],[day]` begins otherwise."""
    top = arrived.ends[:_LOOKED_AT]
    encoding = UTF16_MARKS.get(top[:2])
    text = top.decode(encoding or "utf-8", "replace").removeprefix("\ufeff")
    return _JSON.match(text) is not None


def page_of(arrived: Input) -> _Page:
    """Return the rows of *arrived*, unread; raise InputError where it is no text."""
    text = utf8(arrived, "table").decode("utf-8", "surrogateescape")
    if text.lstrip(" \t\r\n").startswith(RECORD):
        text = text.replace(RECORD, " ", 1)
    lines = LinesOf(text)
    for name in PAGES:
        if (start := list_under(text, name)) is not None:
            members = list(parts(text, start))
            tail = members.pop() if members and members[-1].fault == BEHIND else None
            return _Page(text, tuple(members), _pages(text, start, tail), lines)
    return _Page(text, tuple(parts(text)), None, lines)


GridRow = tuple[int, Sequence[tuple[Content, int | None]]]
"""A row as it stands, without names of columns: its line; its cells, each with its column in that line (or sheet)."""


def grid_of_json(arrived: Input, most: int | None = None) -> Iterator[GridRow | Lost]:
    """Yield the first *most* rows of JSON as they stand; of objects, first the names of their columns.

    Raises:
        InputError: no row.
    """
    page, lines = page_of(arrived), page_of(arrived).lines
    members = page.members[:most]
    if not members:
        raise unusable(arrived.name, "no-row-of-json", page.text[:60], 1)
    table = RecordTable(arrived, ())
    read: list[tuple[int, Mapping[str, Content], Mapping[str, int]]] = []
    for number, part in enumerate(members, start=1):
        try:
            if page.text.startswith("[", part.start):
                given = items(page.text, part)
                yield lines.of(part.start)[0], [(table.content(one), lines.of(one.offset)[1]) for one in given]
            else:
                read.append((lines.of(part.start)[0], *table.cells(fields(page.text, part))))
        except Unreadable as fault:
            yield Lost(number, *lines.of(part.start if fault.offset is None else fault.offset), fault)
    names = list(dict.fromkeys(name for _, cells, _ in read for name in cells))
    if read:
        yield read[0][0], [(name, None) for name in names]
    for line, of_row, offsets in read:
        yield line, [(of_row.get(name, ""), lines.of(offsets[name])[1] if name in offsets else None) for name in names]


def _pages(text: str, start: int, tail: Part | None) -> str | None:
    """Return of how many pages the one around the list at *start* says it is one ("": it does not say of how many).

    None where it says nothing of others.
    """
    around = f"{text[:start]}[]{text[tail.start : tail.end] if tail else '}'}"
    try:
        given = fields(around, Part(len(around) - len(around.lstrip()), len(around)))
    except Unreadable:
        return None
    values = {fold(name).replace("_", ""): found.value for name, found in given.items()}
    if values.get("nextpageurl") or values.get("previouspageurl"):
        return str(values.get("totalpages") or "")
    return None


def _span(lines: LinesOf, part: Part) -> tuple[int, int]:
    return lines.of(part.start)[0], lines.of(max(part.start, part.end - 1))[0]


def flat_cells(given: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, Content]]:
    """Yield the cells of an object, `a.b` where nested; of a list of objects, each member's `b` with "|" between."""
    for name, value in given.items():
        if isinstance(value, list) and any(isinstance(one, dict) for one in value):
            value = _gathered(value)
        if isinstance(value, dict) and depth < _MOST_NESTED:
            yield from flat_cells(value, f"{before}{name}.", depth + 1)
        else:
            yield f"{before}{name}", cell_of(value)


def _gathered(objects: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for one in objects:
        for name, value in one.items() if isinstance(one, dict) else ():
            found.setdefault(name, []).append(value)
    return found


def cell_of(value: Any) -> Content:
    """Return a value as the text of a cell; a list as its members with "|" between them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and not math.isfinite(value):
        return Unreadable("not-finite", str(value))
    if isinstance(value, list):
        texts = [cell_of(one) for one in value if not isinstance(one, dict | list)]
        return "|".join(text for text in texts if isinstance(text, str))
    if isinstance(value, int | float):
        return StoredNumber(value)
    text = str(value).strip()
    if any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text):
        return Unreadable("nul-or-half-character", text[:60])
    return text
