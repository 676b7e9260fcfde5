"""What both forms of a bulletin gather line by line, and the bulletin that is made of it at the end."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from zoneinfo import ZoneInfo

from parley.intake.bulletins.sums import Parts, checked
from parley.intake.faults import Faults, Unreadable, unusable, unusable_for
from parley.intake.values import counts
from parley.intake.values.columns import is_midnight
from parley.intake.values.dates import span, when, whole_day, zone_named
from parley.intake.values.nothing import Nothings, words
from parley.model import (
    Bulletin,
    Citation,
    CountItem,
    Flag,
    Input,
    InputError,
    Interval,
    Lumped,
    Origin,
    OutcomeCount,
    Previous,
    Reading,
    fold,
)

NEEDED = ("publisher", "side", "counting")
KEYS = (
    *("publisher", "side", "number", "issued", "period", "day", "time zone", "counting", "respondents", "covers"),
    *("no observation", "contains", "address", "total", "previous period", "previous total"),
)
BY_KIND = "by kind"
"""The area of counts that break the total down by kind and not by area."""

MOST_COUNTS = 2000
"""Counts in one bulletin; the largest that are known have some hundreds."""
MOST_NAMES = 2000
"""Names in one line of the header."""

T = TypeVar("T")
_NUMBERS = ("count", "previous", "total", "previous total")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})++")
_NUMBER = re.compile(r"\d{1,5}/\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A header line: its value, its line, and the column of its value."""

    value: str
    line: int
    column: int


@dataclass
class Draft:
    """What was read so far; `good` counts lines with something in them that could be used."""

    faults: Faults
    header: dict[str, Entry] = field(default_factory=dict)
    items: list[CountItem] = field(default_factory=list)
    kinds: list[CountItem] = field(default_factory=list)
    outcomes: list[OutcomeCount] = field(default_factory=list)
    parts: list[Parts] = field(default_factory=list)
    previous: list[CountItem] = field(default_factory=list)
    unobserved: dict[str, int] = field(default_factory=dict)
    unobserved_before: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    room: int = MOST_COUNTS
    good: int = 0
    last: int = 1
    nothings: Nothings = field(init=False)

    def __post_init__(self) -> None:
        self.nothings = Nothings(self.faults.file)

    def said(self, text: str, name: str, line: int, column: int) -> str:
        """Return *text*, what stands under the key or column *name*; "" where it is a word for nothing."""
        if text not in words(number=name in _NUMBERS):
            return text
        self.nothings.count(name, text, lambda: (line, column))
        return ""

    def set(self, key: str, value: str, line: int, column: int) -> None:
        """Take up a header line; raise Unreadable where its key stood before."""
        value = self.said(value, key, line, column)
        if key in self.header:
            raise Unreadable("key-twice", value, field=key, first=self.header[key].line)
        self.header[key] = Entry(value, line, column)

    def take_room(self) -> None:
        """Make room for one count more, or for an area that was not observed; raise Unreadable where there is none."""
        if not self.room:
            raise Unreadable("too-many-counts", most=MOST_COUNTS)
        self.room -= 1

    def count(self, item: CountItem) -> None:
        """Take up a count of an area, or of a kind where the area is `BY_KIND`."""
        (self.kinds if is_by_kind(item.area) else self.items).append(item)

    def lose(self, line: int, fault: Unreadable, column: int | None, *, item: bool = False) -> None:
        """Note that a line, or a count in it, is lost."""
        if item:
            self.lost.append(line)
        self.faults.skipped(line, fault, line, column)

    def value(self, key: str) -> str:
        return self.header[key].value if key in self.header else ""

    def names(self, key: str) -> tuple[str, ...]:
        return self.optional(key, _names) or ()

    def optional(self, key: str, read: Callable[[str], T]) -> T | None:
        """Return what *read* makes of a header line; where it cannot, note that and return None."""
        if not self.value(key):
            return None
        try:
            return read(self.value(key))
        except Unreadable as fault:
            entry = self.header[key]
            self.good -= 1
            self.faults.skipped(entry.line, fault.of(key), entry.line, entry.column)
            return None


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(";")))))
    if len(names) > MOST_NAMES:
        raise Unreadable("too-many-names", most=MOST_NAMES, names=len(names))
    return names


def is_by_kind(area: str) -> bool:
    return fold(area) == BY_KIND


def number(text: str) -> int:
    """Return the number of 0 or more in *text*, which may have commas between its thousands; raise Unreadable."""
    return counts.whole_number(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)


def not_observed(text: str) -> bool:
    """Say whether *text* stands where a count would and says that nobody could observe."""
    return fold(text) in ("not observed", "no observation", "not observable")


def settle(arrived: Input, draft: Draft, channel: str, items: str, source: str | None, timezone: ZoneInfo) -> Reading:
    """Return the bulletin that *draft* makes, or the problems for which it cannot be used.

    Args:
        items: what a bulletin of this form holds below its header, as `wordings.yaml` calls it.
    """
    try:
        bulletin = _bulletin(arrived, draft, channel, items, source, timezone)
    except InputError as error:
        return Reading((), (*draft.faults.problems(0), *draft.nothings.problems(), error.problem))
    return Reading((bulletin,), (*draft.faults.problems(draft.good), *draft.nothings.problems()))


def _bulletin(
    arrived: Input, draft: Draft, channel: str, items: str, source: str | None, timezone: ZoneInfo
) -> Bulletin:
    for key in NEEDED:
        if not draft.value(key):
            line = draft.header[key].line if key in draft.header else 1
            raise unusable(arrived.name, "no-header-line", line=line, key=key.capitalize())
    said = (draft.items, draft.kinds, draft.outcomes, draft.parts, draft.lost, draft.unobserved)
    if not (any(said) or "total" in draft.header or "covers" in draft.header):
        raise unusable(arrived.name, "only-a-header", line=draft.last, within=items)
    zone = _zone(arrived, draft, timezone)
    issued = draft.optional("issued", lambda value: when(value, zone))
    published = issued.start.astimezone(zone).date() if issued else None
    bulletin = Bulletin(
        source=source or draft.value("publisher"),
        channel=channel,
        origin=Origin(digest=arrived.digest, name=arrived.name, first=1, last=draft.last),
        published=issued,
        citation=Citation(publisher=draft.value("publisher"), published=published, address=draft.value("address")),
        side=draft.value("side"),
        number=draft.optional("number", _own_number) or "",
        period=_period(arrived, draft, zone),
        counting=draft.value("counting"),
        respondents=draft.names("respondents"),
        covers=draft.names("covers"),
        unobserved=tuple(dict.fromkeys((*draft.names("no observation"), *draft.unobserved))),
        contains=draft.optional("contains", _contains) or (),
        stated_total=draft.optional("total", number),
        items=tuple(draft.items),
        subtotals=tuple(one.whole for one in draft.parts if not is_by_kind(one.whole.area)),
        kinds=tuple(draft.kinds),
        outcomes=tuple(draft.outcomes),
        previous=_previous(draft, zone),
    )
    where = {key: (entry.line, entry.column) for key, entry in draft.header.items()}
    flags = checked(
        bulletin, draft.parts, draft.lost, where | {f"not {a}": (n, 1) for a, n in draft.unobserved.items()}
    )
    return bulletin.model_copy(update={"flags": (*draft.flags, *flags)})


def _own_number(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        raise Unreadable("not-a-bulletin-number", text)
    return text


def _contains(text: str) -> tuple[Lumped, ...]:
    """Read `North = Hill + Mill; South = Ford + Bridge`."""
    lumped = []
    for one in filter(str.strip, text.split(";")):
        area, sign, rest = one.partition("=")
        parts = tuple(dict.fromkeys(filter(None, map(str.strip, rest.split("+")))))
        if not sign or not area.strip() or not parts:
            raise Unreadable("not-areas-and-parts", one.strip())
        lumped.append(Lumped(area=area.strip(), parts=parts))
    if (names := sum(1 + len(one.parts) for one in lumped)) > MOST_NAMES:
        raise Unreadable("too-many-names", most=MOST_NAMES, names=names)
    return tuple(lumped)


def _previous(draft: Draft, zone: ZoneInfo) -> Previous | None:
    period = draft.optional("previous period", lambda text: _read_period(text, zone))
    total = draft.optional("previous total", number)
    items, unobserved = tuple(draft.previous), tuple(dict.fromkeys(draft.unobserved_before))
    if total is None and not items and not unobserved:
        return None
    return Previous(period=period, total=total, items=items, unobserved=unobserved)


def _zone(arrived: Input, draft: Draft, timezone: ZoneInfo) -> ZoneInfo:
    if not draft.value("time zone"):
        return timezone
    try:
        return zone_named(draft.value("time zone"))
    except Unreadable as fault:
        raise _unusable(arrived, draft.header["time zone"], fault) from None


def _period(arrived: Input, draft: Draft, zone: ZoneInfo) -> Interval:
    key = "period" if draft.value("period") else "day"
    entry = draft.header.get(key)
    if entry is None or not entry.value:
        raise unusable(arrived.name, "no-period", line=1)
    if key == "period" and draft.value("day"):
        other = draft.header["day"]
        fault = Unreadable("day-beside-period", other.value, field="day")
        draft.good -= 1
        draft.faults.skipped(other.line, fault, other.line, other.column)
    try:
        return _read_period(entry.value, zone, both=key == "period")
    except Unreadable as fault:
        raise _unusable(arrived, entry, fault) from None


def _read_period(text: str, zone: ZoneInfo, *, both: bool | None = None) -> Interval:
    """Read `START to END`, a day, or either (*both* is None); raise Unreadable where nothing lies between."""
    start, to, end = " ".join(text.split()).partition(" to ")
    if both and not to:
        raise Unreadable("not-a-period", text)
    period = _day(text, zone) if both is False or not to else span(start, end, zone)
    if period.end <= period.start:
        raise Unreadable("period-ends-first", text)
    return period


def _day(text: str, zone: ZoneInfo) -> Interval:
    """Return the day in *text*; a midnight that programs write behind it is no time of day."""
    read = when(text, zone)
    return whole_day(read, zone) if is_midnight(text) else read


def _unusable(arrived: Input, entry: Entry, fault: Unreadable) -> InputError:
    return unusable_for(arrived.name, fault, entry.line, entry.column)
