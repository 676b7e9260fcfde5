"""FIELD=VALUE as somebody types it → what a report of an event says now: read as the fields of a field report are."""

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from parley.intake.channels.field import CHANNEL_FIELDS, read_field
from parley.intake.faults import Unreadable, unusable_for
from parley.model import Attribute, Claim, Disc, EventReport, Input, InputError, Interval, Value, listed

NAME = "what was typed"
"""What messages call the changes: they stand in no file."""

_TIMES = ("start", "end")
_PLACES = ("lat", "lon", "radius_m")
_ATTRIBUTES: Mapping[str, Attribute] = {
    "observed": "time",
    "start": "time",
    "end": "time",
    **dict.fromkeys(_PLACES, "place"),
}


def read_changes(
    changes: Mapping[str, str], report: EventReport, timezone: ZoneInfo
) -> tuple[tuple[Claim, ...], tuple[Attribute, ...]]:
    """Return what *report* says instead, and what it says no more (fields that are empty).

    Fields are those of a field report (`deaths=2`, `actor=A|B`, `place=Upper well`, `time=2026-11-26T04:10`), and
    `start`, `end`, `lat`, `lon` and `radius_m` for a part of its time and place; the rest of both stays.

    Raises:
        InputError: a field is not known, or its value cannot be read.
    """
    fields: dict[str, Any] = {}
    without: list[Attribute] = []
    for name, text in changes.items():
        name = "observed" if name == "time" else name
        if name not in CHANNEL_FIELDS and name not in (*_TIMES, *_PLACES):
            known = listed(("time", *sorted({*CHANNEL_FIELDS, *_TIMES, *_PLACES} - {"observed"})))
            raise unusable_for(NAME, Unreadable("no-such-change", name, fields=known))
        attribute = _ATTRIBUTES.get(name, name)
        if not text.strip():
            without.append(attribute)
        elif name in _TIMES:
            fields["observed"] = {**_time(report), **_object(fields.get("observed")), name: text.strip()}
        elif attribute == "place":
            fields["place"] = {**_place(report), **_object(fields.get("place")), **_of_place(name, text.strip())}
        else:
            fields[name] = _value(name, text.strip())
    given = json.dumps({"source": report.source, **fields}).encode()
    reading = read_field(Input(NAME, given), None, timezone)
    if reading.problems:
        raise InputError(reading.problems[0].model_copy(update={"file": NAME, "line": None, "column": None}))
    (read,) = reading.reports if fields else (report.model_copy(update={"claims": ()}),)
    assert isinstance(read, EventReport)
    return read.claims, tuple(sorted(set(without)))


def _object(given: Any) -> dict[str, Any]:
    return given if isinstance(given, dict) else {}


def _value(name: str, text: str) -> Any:
    """Return a value as JSON would have it: numbers and objects as they are, several names as a list."""
    if text[:1] in "{[" or name in ("deaths", "injured", "calibre", "altitude", "quantity"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text.split("|") if "|" in text and name not in ("observed", "account") else text


def _claimed(report: EventReport, attribute: Attribute) -> Value | None:
    return next((claim.value for claim in report.claims if claim.attribute == attribute), None)


def _time(report: EventReport) -> dict[str, Any]:
    when = _claimed(report, "time")
    return {"start": when.start.isoformat(), "end": when.end.isoformat()} if isinstance(when, Interval) else {}


def _place(report: EventReport) -> dict[str, Any]:
    where = _claimed(report, "place")
    if not isinstance(where, Disc):
        return {}
    return {"name": where.name, "lat": where.lat, "lon": where.lon, "radius_m": where.radius_m}


def _of_place(name: str, text: str) -> dict[str, Any]:
    """Return the parts of a place that a field gives: its name, or two numbers, or one of its numbers."""
    if name == "place":
        first, _, second = text.partition(",")
        try:
            return {"lat": float(first), "lon": float(second)}
        except ValueError:
            return {"name": text}
    try:
        return {name: float(text)}
    except ValueError:
        raise unusable_for(NAME, Unreadable("not-a-number", text, field=name)) from None
