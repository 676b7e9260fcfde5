"""A field report as JSON (our own format): one object, or a list of them; each one event report.

Any claim may be the string "unknown". The same id again is a correction, and so is `corrects` with the id of another
report; `{"id": …, "withdrawn": true, "reason": …}` takes a report back. A field that cannot be read, or that nobody
knows, and an attachment that cannot be kept cost only themselves. A report is lost where it is no object, where nobody
says it, or where it says nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from parley.intake.attachments import MOST_FILES, attachment
from parley.intake.faults import Unreadable
from parley.intake.mappings.patterns import in_pattern
from parley.intake.pieces import Pieces, Taken, joined, pieces
from parley.intake.tables.rows import Lost
from parley.intake.text.funnel import LinesOf, utf8
from parley.intake.text.json_text import Found, fields, numbered, parts
from parley.intake.values import counts, places
from parley.intake.values.dates import at_clock, joined_span
from parley.intake.values.nothing import Nothings
from parley.intake.values.sayings import NO_REASON, alternatives, is_unknown, not_understood, partly_unknown
from parley.model import (
    FACT,
    Attribute,
    Claim,
    EventReport,
    Flag,
    Input,
    Interval,
    Origin,
    Reading,
    Unknown,
    Value,
    Withdrawal,
    Words,
    listed,
)

CHANNEL = "field"
MOST_WORDS = 100_000
"""Characters in one text of a report."""

MOST_FACTS = 100

T = TypeVar("T")

_NAMES: tuple[Attribute, ...] = ("area", "act", "means", "actor", "affected", "object", "site", "done", "exemption")
_COUNTS: tuple[Attribute, ...] = ("deaths", "injured")
_AMOUNTS: tuple[Attribute, ...] = ("calibre", "altitude", "quantity")
_NUMBERS = (*_COUNTS, *_AMOUNTS)
_OTHERS = (
    "id",
    "corrects",
    "withdrawn",
    "reason",
    "source",
    "observed",
    "submitted",
    "place",
    "first_hand",
    "not_actor",
    "facts",
    "account",
)
KNOWN = (*_OTHERS, "attachments", *_NAMES, *_NUMBERS)
_OF_WITHDRAWAL = ("id", "source", "withdrawn", "reason", "submitted", "account")
CHANNEL_FIELDS: tuple[str, ...] = ("observed", "place", "not_actor", "account", *_NAMES, *_NUMBERS)
"""The fields of which a report makes claims."""


def read_field(arrived: Input, source: str | None, timezone: ZoneInfo) -> Reading:
    """Return all that `field_pieces` gives, at once."""
    return joined(field_pieces(arrived, source, timezone)(0))


def field_pieces(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report, or a withdrawal, for each object.

    Raise InputError where the input holds no text or no object at all.

    Args:
        source: who speaks; where None, each report says so itself.
        timezone: where times without an offset are local.
    """
    data = utf8(arrived, "field-report")
    text = data.decode("utf-8", "surrogateescape")  # bytes that are not text cost only the report that they stand in
    return partial(_in_pieces, arrived, text, source, timezone)


def _in_pieces(arrived: Input, text: str, source: str | None, timezone: ZoneInfo, after: int = 0) -> Iterator[Reading]:
    attachments: dict[str, bytes] = {}

    def read(told: _Told) -> Taken:
        reader = _Reader(told.given, source, timezone)
        origin = Origin(digest=arrived.digest, name=arrived.name, first=told.first, last=told.last, record=told.number)
        made = reader.made(origin)
        attachments.update(reader.attachments)
        return made, reader.faults

    nothings = Nothings(arrived.name)
    rows = _told(text, nothings)
    for reading in pieces(arrived.name, rows, read, itemgetter("id"), after, nothings.problems(), part="report"):
        yield replace(reading, attachments=dict(attachments))
        attachments.clear()


@dataclass(frozen=True, slots=True)
class _Told:
    """An object: its number, its lines, its fields with their places."""

    number: int
    first: int
    last: int
    given: Mapping[str, Found]
    lines: LinesOf

    def __getitem__(self, name: str) -> str:
        return _id(self.given[name].value) if name in self.given else ""

    def place(self, name: str) -> tuple[int, int | None]:
        found = self.given.get(name) or self.given.get(name.partition(".")[0])
        return self.lines.of(found.offset) if found else (self.first, 1)


def _told(text: str, nothings: Nothings) -> Iterator[_Told | Lost]:
    lines = LinesOf(text)
    for number, part in numbered(parts(text)):
        try:
            given = _without_nothing(fields(text, part), nothings, lines)
        except Unreadable as fault:
            yield Lost(number, *lines.of(part.start if fault.offset is None else fault.offset), fault)
            continue
        first, last = lines.of(part.start)[0], lines.of(max(part.start, part.end - 1))[0]
        yield _Told(number, first, last, given, lines)


def _without_nothing(given: Mapping[str, Found], nothings: Nothings, lines: LinesOf) -> dict[str, Found]:
    """Return the fields of an object with null for each word for nothing."""
    return {
        name: found
        if name == "attachments"
        else replace(
            found, value=nothings.without(found.value, name, partial(lines.of, found.offset), number=name in _NUMBERS)
        )
        for name, found in given.items()
    }


@dataclass
class _Reader:
    """Reads the fields of one object; gathers attachments, flags and the faults that the report goes without."""

    given: Mapping[str, Found]
    source: str | None
    zone: ZoneInfo
    faults: list[Unreadable] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)

    def made(self, origin: Origin) -> EventReport | Withdrawal:
        source = self.source or self._read("source", _text)
        if not source:
            raise Unreadable("nobody-reports", listed(self.given), field="source")
        if not self.given:
            raise Unreadable("nothing-said")
        withdrawn = self._raw("withdrawn")
        if withdrawn is not None and not isinstance(withdrawn, bool):  # whatever was meant, it is no report
            raise Unreadable("not-true-or-false", _said(withdrawn), field="withdrawn")
        return self._withdrawal(source, origin) if withdrawn else self._report(source, origin)

    def _withdrawal(self, source: str, origin: Origin) -> Withdrawal:
        reference = self._read("id", _id)
        if not reference:
            raise Unreadable("withdraws-nothing", listed(self.given), field="id")
        for name in self.given:
            if name not in _OF_WITHDRAWAL:
                self.faults.append(Unreadable("not-of-a-withdrawal", name, field=name))
        at = self._read("submitted", self._submitted)
        return Withdrawal(
            source=source,
            channel=CHANNEL,
            reference=reference,
            at=at.start if at else None,
            why=self._read("reason", _text) or self._read("account", _text) or "",
            origin=origin,
        )

    def _report(self, source: str, origin: Origin) -> EventReport:
        for name in self.given:
            if name not in KNOWN:
                self.faults.append(Unreadable("unknown-field", name, field=name))
        reference = self._read("id", _id) or ""
        claims = tuple(self._claims())
        digests = tuple(self._attach(raw) for raw in self._read("attachments", _files) or ())
        if not claims and not digests and not self.faults:
            raise Unreadable("nothing-said", listed(self.given))
        return EventReport(
            source=source,
            channel=CHANNEL,
            origin=origin,
            published=self._read("submitted", self._submitted),
            flags=tuple(self.flags),
            attachments=tuple(dict.fromkeys(digest for digest in digests if digest)),
            reference=reference,
            reference_lasts=bool(reference),
            corrects=self._read("corrects", _id) or "",
            first_hand=self._read("first_hand", _yes_or_no),
            claims=claims,
        )

    def _claims(self) -> Iterator[Claim]:
        yield from self._claim("time", "observed", self._time)
        yield from self._claim("place", "place", _place)
        for attribute in _NAMES:
            yield from self._named(attribute)
        for attribute in _NUMBERS:
            yield from self._claim(attribute, attribute, partial(_counted, attribute))
        for fact, answer in (self._read("facts", _facts) or {}).items():
            yield from self._fact(fact, answer)
        yield from self._claim("account", "account", lambda raw: Words(text=_text(raw)))

    def _claim(self, attribute: Attribute, name: str, read: Callable[[Any], Value | None]) -> Iterator[Claim]:
        """Yield the claim that *read* makes of the field *name*; where it cannot, the claim that says so."""
        raw = self._raw(name)
        if raw is None:
            return
        try:
            value = NO_REASON if is_unknown(raw) else read(raw)
        except Unreadable as fault:
            self.faults.append(_in(name, fault))
            yield not_understood(attribute, fault, name)
            return
        if value is not None:
            yield Claim(attribute=attribute, value=value, said=_said(raw), column=name)

    def _named(self, attribute: Attribute) -> Iterator[Claim]:
        column = attribute
        try:
            said = _words(self._raw(attribute))
            denied: tuple[str, ...] = ()
            if attribute == "actor":
                column = attribute if said else "not_actor"
                denied = _words(self._raw("not_actor"))
            value = alternatives(attribute, said, denied)
        except Unreadable as fault:
            self.faults.append(_in(column, fault))
            yield not_understood(attribute, fault, column)
            return
        if value is not None:
            words = " | ".join((*said, *(f"≠ {name}" for name in denied)))
            yield Claim(attribute=attribute, value=value, said=words, column=column)

    def _fact(self, fact: str, answer: str) -> Iterator[Claim]:
        try:
            value = alternatives(FACT + fact, (answer,), ())
            if value is not None:
                yield Claim(attribute=FACT + fact, value=value, said=answer, column="facts")
        except (Unreadable, ValidationError):
            self.faults.append(Unreadable("not-a-fact", f"{fact}: {answer}", field="facts"))

    def _time(self, raw: Any) -> Interval | Unknown | None:
        if not isinstance(raw, dict):
            return in_pattern(_text(raw), (), self.zone)
        day, start, end = (_text(part) for part in _parts(raw, "day", "start", "end"))
        if is_unknown(start) or is_unknown(end) or (is_unknown(day) and (start or end)):
            return partly_unknown(start, end)
        if is_unknown(day) or not (day or start or end):
            return NO_REASON if day else None
        return _observed(day, start, end, self.zone)

    def _submitted(self, raw: Any) -> Interval | None:
        return None if is_unknown(raw) else in_pattern(_text(raw), (), self.zone)

    def _attach(self, raw: Any) -> str | None:
        """Keep an attachment and return its digest; where it cannot be kept, note why and return None."""
        try:
            kept = attachment(raw)
        except Unreadable as fault:
            self.faults.append(_in("attachments", fault))
            return None
        self.attachments[kept.digest] = kept.data
        if kept.flag:
            self.flags.append(kept.flag)
        return kept.digest

    def _raw(self, name: str) -> Any:
        """Return what the field *name* holds; None where it is not there, or null."""
        return self.given[name].value if name in self.given else None

    def _read(self, name: str, read: Callable[[Any], T]) -> T | None:
        """Return what *read* makes of the field *name*; None, which is noted, where it cannot."""
        raw = self._raw(name)
        if raw is None:
            return None
        try:
            return read(raw)
        except Unreadable as fault:
            self.faults.append(_in(name, fault))
            return None


def _observed(day: str, start: str, end: str, zone: ZoneInfo) -> Interval:
    """Return the time from *start* to *end*, each "" where not said; *day* is that of times of day alone."""
    if not day:
        first = in_pattern(start, (), zone) if start else None
        last = in_pattern(end, (), zone) if end else None
        return joined_span(first, last, start, end)
    on = in_pattern(day, (), zone)
    if not start and not end:
        return on
    first, last = (at_clock(on, text, zone) if text else None for text in (start, end))
    return joined_span(first, last, start, end)


def _in(name: str, fault: Unreadable) -> Unreadable:
    """Return *fault* as one of the field *name*, or of a part of it (`place.lat`)."""
    inner = f"{name}.{fault.field}" if fault.field and fault.field != name else name
    return fault.of(inner)


def _id(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else _text(raw)


def _text(raw: Any) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Unreadable("not-a-text", _said(raw))
    if len(raw) > MOST_WORDS:
        raise Unreadable("text-too-long", most=MOST_WORDS, characters=len(raw))
    bad = next((character for character in raw if character == "\0" or "\ud800" <= character <= "\udfff"), None)
    if bad is not None:
        raise Unreadable("nul-or-half-character", bad)
    return raw.strip()


def _words(raw: Any) -> tuple[str, ...]:
    if raw is None:
        return ()
    return tuple(_text(word) for word in raw) if isinstance(raw, list) else (_text(raw),)


def _files(raw: Any) -> list[Any]:
    if not isinstance(raw, list) or len(raw) > MOST_FILES:
        raise Unreadable("not-a-list-of-files", _said(raw), most=MOST_FILES)
    return raw


def _yes_or_no(raw: Any) -> bool | None:
    if is_unknown(raw):
        return None
    if not isinstance(raw, bool):
        raise Unreadable("not-true-or-false", _said(raw))
    return raw


def _number(raw: Any, name: str) -> str:
    """Return a JSON number as text for the readers of numbers; "" for null."""
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Unreadable("not-a-number", _said(raw), field=name)
    return repr(raw)


def _place(raw: Any) -> Value | None:
    name, lat, lon, at, radius = _parts(raw, "name", "lat", "lon", "at", "radius_m")
    radius_m = None if radius is None else places.radius(_number(radius, "radius_m"), 1, "radius_m")
    return places.place(_text(name), _number(lat, "lat"), _number(lon, "lon"), radius_m, at=_text(at))


def _bounds(raw: Any) -> tuple[int | None, int | None, int | None]:
    if is_unknown(raw):
        return None, None, None
    low, best, high = _parts(raw, "low", "best", "high") if isinstance(raw, dict) else (None, raw, None)
    return _bound(low, "low"), _bound(best, "best"), _bound(high, "high")


def _measures(raw: Any) -> tuple[float | None, float | None, float | None]:
    if is_unknown(raw):
        return None, None, None
    low, best, high = _parts(raw, "low", "best", "high") if isinstance(raw, dict) else (None, raw, None)
    return _measure(low, "low"), _measure(best, "best"), _measure(high, "high")


def _measure(raw: Any, name: str) -> float | None:
    return None if raw is None or is_unknown(raw) else counts.measure(_number(raw, name), name)


def _counted(attribute: Attribute, raw: Any) -> Value:
    bounds = _measures(raw) if attribute in _AMOUNTS else _bounds(raw)
    if bounds == (None, None, None):
        return NO_REASON
    if attribute in _AMOUNTS:
        return counts.amount(*bounds)
    return counts.count(*(None if bound is None else int(bound) for bound in bounds))


def _facts(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict) or len(raw) > MOST_FACTS:
        raise Unreadable("not-facts", _said(raw), most=MOST_FACTS)
    return {str(name): _text(answer) for name, answer in raw.items()}


def _bound(raw: Any, name: str) -> int | None:
    return None if raw is None or is_unknown(raw) else counts.whole_number(_number(raw, name), name)


def _parts(raw: Any, *names: str) -> list[Any]:
    if not isinstance(raw, dict) or not set(raw) <= set(names):
        raise Unreadable("not-an-object-of", _said(raw), names=listed(names))
    return [raw.get(name) for name in names]


def _said(raw: Any) -> str:
    """Return a field as it was said, in brief."""
    if isinstance(raw, str):
        return raw[:200]
    if isinstance(raw, dict):
        return ", ".join(f"{str(name)[:40]} {_said(value)}" for name, value in _given(raw)[:8])[:200]
    if isinstance(raw, list):
        more = ", …" if len(raw) > 8 else ""
        return f"[{', '.join(map(_said, raw[:8]))}{more}]"[:200]
    return str(raw)[:200]


def _given(raw: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in raw.items() if value is not None]
