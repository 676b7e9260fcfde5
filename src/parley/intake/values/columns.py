"""Columns of a table, read as wholes: words for nothing, 7.0 where 7 is meant, days that carry a midnight.

The rows of an input are gone through twice: first as far as what the columns show is still open, then to be read. So
memory stays small, and reading that goes on behind some row finds the same as reading at once. What a column as a whole
decides is told, once for the column: the rows of one table may come in several files.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, Protocol

from parley.intake.faults import Unreadable
from parley.intake.tables.rows import Cells, Lost, OfRow
from parley.intake.values.nothing import Nothings, Place, is_nothing, words
from parley.intake.values.numbers import StoredNumber, western, whole
from parley.model import Problem

Kind = Literal["words", "number", "time", "clock", "day", "id", "code"]
"""What a column holds.

`number`: counts and measures, where "none" may mean 0; `time`: days or moments; `clock`: times of day; `day`: days by
the codebook of its list, whatever clock stands behind; `code`: whole numbers by that codebook, or words; `id`: what its
source made up, which may well be 7.0; `words`: all else.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read: its kind, what parts several names in a cell, words that its mapping gives a meaning.

    Columns of one `group` (start and end) show a habit together, or not at all.
    """

    kind: Kind = "words"
    separator: str | None = None
    meant: frozenset[str] = frozenset()
    group: str = ""

    @property
    def nothing(self) -> frozenset[str]:
        """The words for nothing in this column."""
        return words(self.kind == "number") - self.meant


_OFFSET = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
_MIDNIGHT = re.compile(
    rf"(?:(?P<day>.*\d)(?:[T,]? +|T))?(?:0{{1,2}}:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM){_OFFSET}", re.IGNORECASE
)
_ANY_CLOCK = re.compile(r"\d ?[:h] ?\d\d|\d{6} ?[ZLJ] ?[A-Z]{3}", re.IGNORECASE)
_ANY_OF_DAY = re.compile(r"\d{4}|\d ?[:h.] ?\d\d", re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?\d{1,30}(?P<point>\.0+)?", re.ASCII)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-(\d{2})(?!\d)", re.ASCII)
_FIGURES = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)", re.ASCII)


class ByColumn(Cells, Protocol):
    """A row whose cells are read as their columns show."""

    def all_days(self, column: str) -> bool:
        """Say whether the midnights in *column* stand for whole days."""


@dataclass(frozen=True, slots=True)
class Read(OfRow):
    """A row as its columns read it: words for nothing are empty cells, ids and codes whole numbers."""

    row: Cells
    columns: "Columns"
    empty: frozenset[str]

    def __getitem__(self, column: str) -> str:
        text = self.row[column]  # asked for where it says nothing too, which the end of a word may say
        return "" if column in self.empty else self.columns.plain(column, text)

    def place(self, column: str) -> tuple[int, int | None]:
        return self.row.place(column)

    def all_days(self, column: str) -> bool:
        return column in self.columns.of_days


@dataclass
class _Sight:
    """What the cells of a column have shown: how many fit the habit, the first of these, whether one does not."""

    fitting: int = 0
    first: Place = (0, None)
    refuted: bool = False

    def take(self, row: Cells, column: str, fits: bool | None) -> None:
        """Take up a cell that shows the habit, that speaks against it (False), or neither (None)."""
        if fits is False:
            self.refuted = True
        elif fits:
            if not self.fitting:
                self.first = row.place(column)
            self.fitting += 1


@dataclass
class _Written:
    """How the days of one column are written: dates as ISO 8601 beside figures such as 13/05/2031."""

    dates: int = 0
    texts: int = 0
    example: str = ""
    first: Place = (0, None)
    refuted: bool = False

    def take(self, row: Cells, column: str, text: str) -> None:
        if date := _ISO_DAY.match(text):
            self.dates += 1
            self.refuted |= int(date[1]) > 12
            if self.dates == 1:
                self.first = row.place(column)
        elif figures := _FIGURES.match(text):
            self.texts += 1
            self.refuted |= max(int(figures[1]), int(figures[3])) <= 12
            self.example = self.example or text


@dataclass
class Columns:
    """The rows of one input, to be read once, by the columns that *known* names; others stay as they are.

    Args:
        look: gives the rows for the first time, to look at them; they are read no further than is needed.
        rows: gives them once more.
    """

    file: str
    known: Mapping[str, Column]
    look: Callable[[], Iterator[Cells | Lost]]
    rows: Callable[[], Iterator[Cells | Lost]]
    of_days: frozenset[str] = frozenset()
    _whole: frozenset[str] = frozenset()
    _sights: dict[str, _Sight] = field(default_factory=dict)
    _written: dict[str, _Written] = field(default_factory=dict)
    _nothings: Nothings = field(init=False)
    _empty: Mapping[str, tuple[frozenset[str], str | None]] = field(init=False)
    _plainer: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self._nothings = Nothings(self.file)
        self._plainer = {name for name, column in self.known.items() if column.kind in ("id", "code", "day")}
        self._empty = {name: (column.nothing, column.separator) for name, column in self.known.items()}

    def __iter__(self) -> Iterator[Read | Lost]:
        """Yield the rows; raise InputError as what gives them does."""
        self._look()
        self._written = {name: _Written() for name, column in self.known.items() if column.kind == "time"}
        for row in self.rows():
            yield row if isinstance(row, Lost) else self._read(row)

    def plain(self, column: str, text: str) -> str:
        """Return the cell *text* of *column* without a point or a clock that says nothing."""
        if column not in self._plainer:
            return text
        kind = self.known[column].kind
        if kind == "code" or column in self._whole or (kind == "id" and isinstance(text, StoredNumber)):
            return whole(text)
        if kind == "day" and (found := _MIDNIGHT.fullmatch(text)):
            return found["day"] or ""
        return text

    def said(self) -> Iterator[Problem]:
        """Yield what is told of columns as wholes; to be asked when the rows are through."""
        yield from self._nothings.problems()
        for name, sight in self._sights.items():
            if name in self.of_days:
                fault = Unreadable("midnights-are-days", field=name, cells=sight.fitting)
                yield _told(self.file, fault, sight.first, kept="whole-days")
            elif name in self._whole:
                fault = Unreadable("whole-with-point", field=name, cells=sight.fitting)
                yield _told(self.file, fault, sight.first, kept="whole-numbers")
        for name, one in self._written.items():
            if one.dates and one.texts and not one.refuted:
                counted = {"dates": one.dates, "texts": one.texts}
                fault = Unreadable("day-and-month-exchanged", field=name, example=one.example, **counted)
                yield _told(self.file, fault, one.first, kept="days-as-written")

    def _look(self) -> None:
        """Find which columns have whole numbers with a point throughout, and which midnights alone."""
        self._sights = {name: _Sight() for name, one in self.known.items() if one.kind in ("id", "time", "clock")}
        open_ = dict(self._sights)
        rows = self.look() if open_ else iter(())
        for row in rows:
            if isinstance(row, Lost):
                continue
            for name, sight in tuple(open_.items()):
                with suppress(Unreadable):
                    text = row[name]
                    if text and not is_nothing(text):
                        sight.take(row, name, _shows(self.known[name].kind, western(text)))
                if sight.refuted:
                    open_ = {other: one for other, one in open_.items() if not self._together(name, other)}
            if not open_:
                break
        shown = frozenset(name for name, sight in open_.items() if sight.fitting)
        self._whole = frozenset(name for name in shown if self.known[name].kind == "id")
        self.of_days = shown - self._whole

    def _together(self, name: str, other: str) -> bool:
        return name == other or self.known[name].group == self.known[other].group != ""

    def _read(self, row: Cells) -> Read:
        empty = []
        for name, (nothing, separator) in self._empty.items():
            try:
                text = row[name]
            except Unreadable:
                continue  # whoever reads the cell is told
            if text in nothing:
                self._nothings.count(name, text, partial(row.place, name))
                empty.append(name)
            elif separator is not None:
                for part in filter(nothing.__contains__, map(str.strip, text.split(separator))):
                    self._nothings.count(name, part, partial(row.place, name))
            elif name in self._written:
                self._written[name].take(row, name, western(text))
        return Read(row, self, frozenset(empty))


def _told(file: str, fault: Unreadable, place: Place, kept: str) -> Problem:
    line, at = place
    return Problem(
        file=file, line=line, column=at, field=fault.field, code=fault.code, params=fault.params, kept=kept
    )  # fmt: skip


def is_midnight(text: str) -> bool:
    """Say whether *text* is a day with a midnight behind it."""
    found = _MIDNIGHT.fullmatch(text)
    return found is not None and found["day"] is not None


def _shows(kind: Kind, text: str) -> bool | None:
    """Say whether the cell *text* shows the habit of its kind of column, speaks against it, or neither (None)."""
    if kind == "id":
        found = _WHOLE.fullmatch(text)
        return False if found is None else bool(found["point"]) or None
    found = _MIDNIGHT.fullmatch(text)
    if found is not None and (found["day"] is None) == (kind == "clock"):
        return True
    any_clock = _ANY_OF_DAY if kind == "clock" else _ANY_CLOCK
    return False if any_clock.search(text) else None
