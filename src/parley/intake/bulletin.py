"""A party's bulletin as plain text (our own format): header lines, an empty line, then counts per area; one a file.

    Publisher: Valley Record Office
    Side: West Bank
    Day: 2031-05-03
    Counting: ceasefire violations
    Total: 4

    Upper Reach: 2 shelling by East Bank; 1 gunfire
    Lower Reach (1)
    # a note

A line that cannot be read costs itself only; what is then missing from the sum is flagged.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

from parley.intake import counts
from parley.intake.dates import span, when, zone_named
from parley.intake.faults import Faults, Unreadable, unusable
from parley.intake.funnel import Line, lines, utf8
from parley.intake.sayings import term
from parley.model import Bulletin, Citation, CountItem, Flag, Input, InputError, Interval, Origin, Reading

CHANNEL = "bulletin"

T = TypeVar("T")

_NEEDED = ("publisher", "side", "counting")
_KEYS = (
    *("publisher", "side", "issued", "period", "day", "time zone", "counting", "respondents", "covers"),
    *("no observation", "address", "total"),
)
_EXPECTED = "a bulletin in UTF-8: header lines (Publisher, Side, Period or Day, Counting), an empty line, items"
_ITEM = "an item such as `Aleppo: 10 shelling by NAME; 2 gunfire` or `Latakia (6)`"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A header line: its value, its line, and the column of its value."""

    value: str
    line: int
    column: int


@dataclass
class _Draft:
    """What was read so far; `good` counts lines with something in them that could be used."""

    faults: Faults
    header: dict[str, _Entry] = field(default_factory=dict)
    items: list[CountItem] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    good: int = 0
    last: int = 1

    def value(self, key: str) -> str:
        return self.header[key].value if key in self.header else ""

    def names(self, key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, map(str.strip, self.value(key).split(";")))))

    def optional(self, key: str, read: Callable[[str], T]) -> T | None:
        """Return what *read* makes of a header line; where it cannot, note that and return None."""
        if not self.value(key):
            return None
        try:
            return read(self.value(key))
        except Unreadable as fault:
            entry = self.header[key]
            self.good -= 1
            self.faults.skipped(entry.line, _named(fault, key), entry.line, entry.column)
            return None


def read_bulletin(arrived: Input, source: str | None, timezone: ZoneInfo) -> Reading:
    """Return the bulletin in *arrived*, or the problems for which it cannot be used (a header line is missing).

    Args:
        source: who speaks, instead of the bulletin's publisher.
        timezone: where times are local, unless the bulletin names its own zone.
    """
    data = utf8(arrived, _EXPECTED)
    draft = _Draft(Faults(arrived.name, "line"))
    try:
        _read_lines(draft, list(lines(data)))
        bulletin = _bulletin(arrived, draft, source, timezone)
    except InputError as error:
        return Reading((), (*draft.faults.problems(0), error.problem))
    return Reading((bulletin,), draft.faults.problems(draft.good))


def _bulletin(arrived: Input, draft: _Draft, source: str | None, timezone: ZoneInfo) -> Bulletin:
    for key in _NEEDED:
        if not draft.value(key):
            line = draft.header[key].line if key in draft.header else 1
            raise unusable(arrived.name, f"the header line `{key.capitalize()}: …`", line=line)
    if not (draft.items or draft.lost or "total" in draft.header or "covers" in draft.header):
        raise unusable(arrived.name, f"{_ITEM}, or a Total", "a header alone", draft.last)
    zone = _zone(arrived, draft, timezone)
    total = draft.optional("total", counts.whole_number)
    issued = draft.optional("issued", lambda value: when(value, zone))
    published = issued.start.astimezone(zone).date() if issued else None
    digest = hashlib.sha256(arrived.data).hexdigest()
    return Bulletin(
        source=source or draft.value("publisher"),
        channel=CHANNEL,
        origin=Origin(digest=digest, name=arrived.name, first=1, last=draft.last),
        published=issued,
        citation=Citation(publisher=draft.value("publisher"), published=published, address=draft.value("address")),
        flags=tuple(_flags(draft, total)),
        side=draft.value("side"),
        period=_period(arrived, draft, zone),
        counting=draft.value("counting"),
        respondents=draft.names("respondents"),
        covers=draft.names("covers"),
        unobserved=draft.names("no observation"),
        stated_total=total,
        items=tuple(draft.items),
    )


def _zone(arrived: Input, draft: _Draft, timezone: ZoneInfo) -> ZoneInfo:
    if not draft.value("time zone"):
        return timezone
    try:
        return zone_named(draft.value("time zone"))
    except Unreadable as fault:
        raise _unusable(arrived, draft.header["time zone"], fault) from None


def _period(arrived: Input, draft: _Draft, zone: ZoneInfo) -> Interval:
    key = "period" if draft.value("period") else "day"
    entry = draft.header.get(key)
    if entry is None or not entry.value:
        raise unusable(arrived.name, "the header line `Period: START to END` or `Day: 2016-09-13`", line=1)
    if key == "period" and draft.value("day"):
        other = draft.header["day"]
        fault = Unreadable("Period or Day, not both; Period holds", other.value, field="day")
        draft.good -= 1
        draft.faults.skipped(other.line, fault, other.line, other.column)
    try:
        period = _read_period(entry.value, zone) if key == "period" else when(entry.value, zone)
        if period.end <= period.start:
            raise Unreadable("a period with an end after its start", entry.value)
    except Unreadable as fault:
        raise _unusable(arrived, entry, fault) from None
    return period


def _read_period(text: str, zone: ZoneInfo) -> Interval:
    start, to, end = " ".join(text.split()).partition(" to ")
    if not to:
        raise Unreadable("a period such as 2016-09-13T00:00 to 2016-09-14T00:00", text)
    return span(start, end, zone)


def _unusable(arrived: Input, entry: _Entry, fault: Unreadable) -> InputError:
    return unusable(arrived.name, fault.expected, fault.found, entry.line, entry.column)


def _flags(draft: _Draft, total: int | None) -> Iterator[Flag]:
    if draft.lost:
        which = ", ".join(str(line) for line in dict.fromkeys(draft.lost))
        yield Flag(code="items-unreadable", text=f"items that could not be read stand in line {which}")
    summed = sum(item.count for item in draft.items)
    if total is not None and draft.items and summed != total:
        yield Flag(code="sum-differs", text=f"the items add up to {summed}; the stated total is {total}")


# Lines


def _read_lines(draft: _Draft, all_lines: list[Line]) -> None:
    in_header = True
    for line in all_lines:
        text = line.text.strip()
        if line.fault:
            column = None if line.fault.offset is None else line.fault.offset + 1
            _lose(draft, line, line.fault, column, item=not in_header)
        elif not text:
            in_header = in_header and not draft.header
        elif text.startswith("#"):
            draft.good += 1
        elif in_header or _key(line) == "total":
            _read_header_line(draft, line)
        elif _key(line) in _KEYS:
            expected = f"one bulletin a file; nothing from here to line {all_lines[-1].number} was read"
            draft.faults.skipped(line.number, Unreadable(expected, text), line.number, 1)
            return
        else:
            _read_item_line(draft, line)
        draft.last = line.number


def _key(line: Line) -> str:
    return line.text.partition(":")[0].strip().lower()


def _read_header_line(draft: _Draft, line: Line) -> None:
    before, colon, after = line.text.partition(":")
    key, value = before.strip().lower(), after.strip()
    column = len(before) + 2 + _indent(after)
    if not colon or key not in _KEYS:
        expected = f"a header line with one of the keys {', '.join(_KEYS)}; items stand below an empty line"
        _lose(draft, line, Unreadable(expected, line.text.strip()), 1)
    elif key in draft.header:
        expected = f"this key once: it stands in line {draft.header[key].line} already, which holds"
        _lose(draft, line, Unreadable(expected, value, field=key), column)
    else:
        draft.good += 1
        draft.header[key] = _Entry(value, line.number, column)


def _read_item_line(draft: _Draft, line: Line) -> None:
    area, mark, units = line.text.partition(":")
    if not mark and line.text.rstrip().endswith(")"):
        area, mark, units = line.text.rstrip()[:-1].rpartition("(")
    offset = len(area) + 1
    if not area.strip() or not units.replace(";", " ").strip():
        column = offset + 1 if mark and area.strip() else 1
        _lose(draft, line, Unreadable(_ITEM, line.text.strip()), column, item=True)
        return
    read = 0
    for unit in units.split(";"):
        column = offset + _indent(unit) + 1
        offset += len(unit) + 1
        if not unit.strip():
            continue
        try:
            draft.items.append(_item(draft, line.number, column, area.strip(), unit.strip()))
        except Unreadable as fault:
            draft.lost.append(line.number)
            draft.faults.skipped(line.number, fault, line.number, column)
        else:
            read += 1
    draft.good += bool(read)


def _item(draft: _Draft, line: int, column: int, area: str, text: str) -> CountItem:
    """Read `N [act] [by NAME]`."""
    number, *words = text.split()
    try:
        count = counts.whole_number(number)
    except Unreadable as fault:
        raise Unreadable(f"{fault.expected}, then an act, then `by NAME`", text) from None
    by = next((index for index, word in enumerate(words) if word.lower() == "by"), len(words))
    if by == len(words) - 1:
        raise Unreadable("a name behind `by`", text)
    act = None
    if said := " ".join(words[:by]):
        try:
            act = term("act", said)
        except Unreadable as fault:
            draft.faults.partly(line, fault, line, column + len(number) + _indent(text[len(number) :]))
    return CountItem(area=area, count=count, act=act, respondent=" ".join(words[by + 1 :]) or None, line=line)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _lose(draft: _Draft, line: Line, fault: Unreadable, column: int | None, *, item: bool = False) -> None:
    if item:
        draft.lost.append(line.number)
    draft.faults.skipped(line.number, fault, line.number, column)


def _named(fault: Unreadable, key: str) -> Unreadable:
    return Unreadable(fault.expected, fault.found, field=key)
