"""A field report as JSON (our own format): one object, or a list of them; each one event report.

Any claim may be the string "unknown". A report with a fault is skipped and the others stay; a word that is not in the
vocabulary, a field that nobody knows and an attachment that cannot be kept cost only themselves.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from parley.intake import counts, places
from parley.intake.attachments import attachment
from parley.intake.dates import span, when
from parley.intake.faults import Faults, Unreadable, from_model, unusable
from parley.intake.funnel import LinesOf, utf8
from parley.intake.json_text import Found, fields, parts
from parley.intake.repeats import Repeats
from parley.intake.sayings import alternatives, is_unknown, not_understood
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
    Words,
)

CHANNEL = "field"
MOST_WORDS = 100_000
"""Characters in one text of a report."""

T = TypeVar("T")

_WHY = "no reason is given"
_NAMES: tuple[Attribute, ...] = ("area", "act", "means", "actor", "affected", "object", "site", "done", "exemption")
_COUNTS: tuple[Attribute, ...] = ("deaths", "injured")
_AMOUNTS: tuple[Attribute, ...] = ("calibre", "altitude", "quantity")
_OTHERS = (
    "id",
    "source",
    "observed",
    "submitted",
    "place",
    "first_hand",
    "not_actor",
    "facts",
    "account",
    "attachments",
)
_KNOWN = (*_OTHERS, "attachments", *_NAMES, *_COUNTS, *_AMOUNTS)


def read_field(arrived: Input, source: str | None, timezone: ZoneInfo) -> Reading:
    """Return one event report for each object. Raise InputError where the input holds no text or no object at all.

    Args:
        source: who speaks; where None, each report says so itself.
        timezone: where times without an offset are local.
    """
    data = utf8(arrived, "a field report as JSON in UTF-8: an object, or a list of objects")
    text = data.decode("utf-8", "surrogateescape")  # bytes that are not text cost only the report that they stand in
    digest = hashlib.sha256(arrived.data).hexdigest()
    lines, faults = LinesOf(text), Faults(arrived.name, "report")
    reports: list[EventReport] = []
    attachments: dict[str, bytes] = {}
    repeats = Repeats()
    number = 0
    for number, part in enumerate(parts(text), start=1):
        first, last = lines.of(part.start)[0], lines.of(max(part.start, part.end - 1))[0]
        origin = Origin(digest=digest, name=arrived.name, first=first, last=last, record=number)
        try:
            reader = _Reader(fields(text, part), source, timezone)
            report = reader.report(origin)
        except Unreadable as fault:
            faults.skipped(number, fault, *lines.of(part.start if fault.offset is None else fault.offset))
        except ValidationError as error:
            faults.skipped(number, from_model(error), *lines.of(part.start))
        else:
            reports.append(report)
            attachments |= reader.attachments
            for minor in (*reader.faults, *repeats.faults(report.reference)):
                faults.partly(number, minor, *lines.of(part.start if minor.offset is None else minor.offset))
    if not number:
        raise unusable(arrived.name, "at least one report", "an empty list", 1)
    return Reading(tuple(reports), faults.problems(len(reports)), attachments)


@dataclass
class _Reader:
    """Reads the fields of one object; gathers attachments, flags and the faults that the report goes without."""

    given: Mapping[str, Found]
    source: str | None
    zone: ZoneInfo
    faults: list[Unreadable] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)

    def report(self, origin: Origin) -> EventReport:
        for name in self.given:
            if name not in _KNOWN:
                self.faults.append(self._placed(name, Unreadable(f"one of the fields {', '.join(_KNOWN)}", name)))
        source = self.source or self._read("source", _text)
        if not source:
            raise self._placed("source", Unreadable("who reports"))
        claims = tuple(self._claims())
        digests = tuple(self._attach(raw) for raw in self._read("attachments", _list) or ())
        return EventReport(
            source=source,
            channel=CHANNEL,
            origin=origin,
            published=self._read("submitted", self._submitted),
            flags=tuple(self.flags),
            attachments=tuple(dict.fromkeys(digest for digest in digests if digest)),
            reference=self._read("id", _text) or "",
            first_hand=self._read("first_hand", _yes_or_no),
            claims=claims,
        )

    def _claims(self) -> Iterator[Claim]:
        yield from self._claim("time", "observed", self._time)
        yield from self._claim("place", "place", _place)
        for attribute in _NAMES:
            yield from self._named(attribute)
        for attribute in (*_COUNTS, *_AMOUNTS):
            yield from self._counted(attribute)
        for fact, answer in (self._read("facts", _facts) or {}).items():
            yield from self._fact(fact, answer)
        yield from self._claim("account", "account", lambda raw: Words(text=_text(raw)))

    def _claim(self, attribute: Attribute, name: str, read: Callable[[Any], Value | None]) -> Iterator[Claim]:
        value = self._read(name, lambda raw: Unknown(why=_WHY) if is_unknown(raw) else read(raw))
        if value is not None:
            yield Claim(attribute=attribute, value=value, said=_said(self.given[name].value), column=name)

    def _named(self, attribute: Attribute) -> Iterator[Claim]:
        said = self._read(attribute, _words) or ()
        denied = (self._read("not_actor", _words) or ()) if attribute == "actor" else ()
        column = attribute if said else "not_actor"
        try:
            value = alternatives(attribute, said, denied, _WHY)
        except Unreadable as fault:
            self.faults.append(self._placed(column, fault))
            yield not_understood(attribute, fault, column)
            return
        if value is not None:
            words = " | ".join((*said, *(f"not {name}" for name in denied)))
            yield Claim(attribute=attribute, value=value, said=words, column=column)

    def _counted(self, attribute: Attribute) -> Iterator[Claim]:
        bounds = self._read(attribute, _measures if attribute in _AMOUNTS else _bounds)
        if bounds is None:
            return
        column, said = attribute, _said(self.given[attribute].value)
        if bounds == (None, None, None):
            yield Claim(attribute=attribute, value=Unknown(why=_WHY), said=said, column=column)
            return
        try:
            yield Claim(attribute=attribute, value=_range(attribute, bounds), said=said, column=column)
        except Unreadable as fault:
            self.faults.append(self._placed(attribute, fault))
            yield not_understood(attribute, fault, column)

    def _fact(self, fact: str, answer: str) -> Iterator[Claim]:
        try:
            value = alternatives(FACT + fact, (answer,), (), _WHY)
            if value is not None:
                yield Claim(attribute=FACT + fact, value=value, said=answer, column="facts")
        except (Unreadable, ValidationError):
            expected = "the id of a fact, with yes, no or unknown"
            self.faults.append(self._placed("facts", Unreadable(expected, f"{fact}: {answer}")))

    def _time(self, raw: Any) -> Interval | Unknown | None:
        if not isinstance(raw, dict):
            return when(_text(raw), self.zone)
        start, end = (_text(part) for part in _parts(raw, "start", "end"))
        if is_unknown(start) or is_unknown(end):
            return Unknown(why=f"{_WHY} all of it: from {start} to {end}")
        if not start and not end:
            return None
        return span(start, end, self.zone)

    def _submitted(self, raw: Any) -> Interval | None:
        return None if is_unknown(raw) else when(_text(raw), self.zone)

    def _attach(self, raw: Any) -> str | None:
        """Keep an attachment and return its digest; where it cannot be kept, note why and return None."""
        try:
            kept = attachment(raw)
        except Unreadable as fault:
            self.faults.append(self._placed("attachments", fault))
            return None
        self.attachments[kept.digest] = kept.data
        if kept.flag:
            self.flags.append(kept.flag)
        return kept.digest

    def _read(self, name: str, read: Callable[[Any], T]) -> T | None:
        """Return what *read* makes of the field *name*; None where it is not there, or null."""
        if name not in self.given or self.given[name].value is None:
            return None
        try:
            return read(self.given[name].value)
        except Unreadable as fault:
            raise self._placed(name, fault) from None

    def _placed(self, name: str, fault: Unreadable) -> Unreadable:
        """Return *fault* with the place of the field *name*, as `place.lat` where the fault names a part of it."""
        found = self.given.get(name)
        inner = f"{name}.{fault.field}" if fault.field and fault.field != name else name
        return Unreadable(fault.expected, fault.found, field=inner, offset=found.offset if found else None)


def _text(raw: Any) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise Unreadable("text in double quotes", _said(raw))
    if len(raw) > MOST_WORDS:
        raise Unreadable(f"at most {MOST_WORDS:,} characters", f"{len(raw):,} characters")
    bad = next((character for character in raw if character == "\0" or "\ud800" <= character <= "\udfff"), None)
    if bad is not None:
        raise Unreadable("text without NUL and without half characters", bad)
    return raw.strip()


def _words(raw: Any) -> tuple[str, ...]:
    return tuple(_text(word) for word in raw) if isinstance(raw, list) else (_text(raw),)


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise Unreadable("a list", _said(raw))
    return raw


def _yes_or_no(raw: Any) -> bool | None:
    if is_unknown(raw):
        return None
    if not isinstance(raw, bool):
        raise Unreadable("true or false", _said(raw))
    return raw


def _number(raw: Any, name: str) -> str:
    """Return a JSON number as text for the readers of numbers; "" for null."""
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Unreadable("a number", _said(raw), field=name)
    return repr(raw)


def _place(raw: Any) -> Value | None:
    name, lat, lon, radius = _parts(raw, "name", "lat", "lon", "radius_m")
    radius_m = None if radius is None else places.radius(_number(radius, "radius_m"), 1, "radius_m")
    return places.place(_text(name), _number(lat, "lat"), _number(lon, "lon"), radius_m)


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


def _range(attribute: Attribute, bounds: tuple[float | None, ...]) -> Value:
    if attribute in _AMOUNTS:
        return counts.amount(*bounds)
    return counts.count(*(None if bound is None else int(bound) for bound in bounds))


def _facts(raw: Any) -> dict[str, str]:
    if not isinstance(raw, dict):
        raise Unreadable("an object of facts, each with yes, no or unknown", _said(raw))
    return {str(name): _text(answer) for name, answer in raw.items()}


def _bound(raw: Any, name: str) -> int | None:
    return None if raw is None or is_unknown(raw) else counts.whole_number(_number(raw, name), name)


def _parts(raw: Any, *names: str) -> list[Any]:
    if not isinstance(raw, dict) or not set(raw) <= set(names):
        raise Unreadable(f"an object of {', '.join(names)}", _said(raw))
    return [raw.get(name) for name in names]


def _said(raw: Any) -> str:
    """Return a field as it was said, in brief."""
    if isinstance(raw, str):
        return raw[:200]
    if isinstance(raw, dict):
        return ", ".join(f"{str(name)[:40]} {_said(value)}" for name, value in list(raw.items())[:8])[:200]
    return str(raw)[:200] if not isinstance(raw, list) else f"a list of {len(raw)}"
