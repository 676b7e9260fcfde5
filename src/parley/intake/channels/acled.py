"""ACLED's exports (https://acleddata.com/methodology/acled-codebook), and its lists of events that it deleted.

One row, one event; columns, radii, days and terms come from `acled.yaml`. ACLED says of its two actors that their order
tells nothing of who attacked: of two named sides each may have acted. Its one figure of fatalities is the lowest of
its sources: the true number may be higher, and 0 means that nobody gave one.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from parley.intake.faults import PassedOver, Unreadable, unusable
from parley.intake.mappings.patterns import in_pattern
from parley.intake.pieces import Pieces, Taken
from parley.intake.tables.tabular import Table, in_pieces, open_table
from parley.intake.values import counts, places
from parley.intake.values.columns import Column, Read
from parley.intake.values.dates import whole_days
from parley.intake.values.sayings import name, not_understood, spared
from parley.model import (
    Attribute,
    Cause,
    Citation,
    Claim,
    Count,
    EventReport,
    Flag,
    Input,
    Interval,
    OneOf,
    Origin,
    Unknown,
    Value,
    Withdrawal,
    Words,
    fold,
    listed,
)
from parley.packaged import packaged

CHANNEL = "acled"
DELETED = "acled-deleted"
SOURCE = "ACLED"

_NOT_KNOWN = re.compile(
    r"(?:fatalit\w+|casualt\w+|deaths?|number of (?:dead|killed))[^.;]{0,30}"
    r"\b(?:unknown|unclear|not (?:known|reported))"
    r"|\b(?:unknown|unclear)\b[^.;]{0,30}(?:fatalit|casualt|death|dead)",
    re.IGNORECASE,
)
_CODES = ("event_id_cnty", "time_precision", "inter1", "inter2", "geo_precision", "timestamp", "deleted_timestamp")
_SECONDS = re.compile(r"\d{9,10}", re.ASCII)


@dataclass(frozen=True)
class _Codebook:
    needed: tuple[str, ...]
    names: Mapping[str, str]  # a column's name in some export, lower case → the name used here
    deleted_needed: tuple[str, ...]
    deleted_names: Mapping[str, str]
    dates: tuple[str, ...]
    radius_m: Mapping[str, int]
    days_around: Mapping[str, int]
    acts: Mapping[str, Mapping[str, str]]
    no_act: Collection[str]
    passed: Collection[str]
    civilians: Collection[str]


def read_acled(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report a row; days are local days of *timezone*. Raise InputError where no row can be read."""
    book = _codebook()
    speaker = source or SOURCE

    def read(row: Read) -> Taken:
        if fold(kind := row["sub_event_type"]) in book.passed:
            raise PassedOver(kind)
        if not row["event_id_cnty"]:
            raise Unreadable("no-event-id", field="event_id_cnty")
        flags: list[Flag] = []
        faults: list[Unreadable] = []
        report = EventReport(
            source=speaker,
            channel=CHANNEL,
            origin=_origin(arrived, row),
            published=_stamp(row, "timestamp", faults),
            citation=Citation(publisher=speaker),
            language="en",
            reference=row["event_id_cnty"],
            reference_lasts=True,
            keeps_ids=True,
            claims=tuple(_claims(row, book, timezone, flags, faults)),
            flags=tuple(flags),
        )
        return report, faults

    return _in_pieces(arrived, open_table(arrived, book.needed, book.names), book.names, read)


def read_deleted(arrived: Input, source: str | None) -> Pieces:
    """Return one withdrawal a row.

    Raises:
        InputError: no row can be read, or it is an export of events.
    """
    book = _codebook()
    table = open_table(arrived, book.deleted_needed, book.deleted_names)
    header = table.header()
    if "event_date" in {book.names.get(fold(column), column) for column in header}:
        raise unusable(arrived.name, "events-not-ids", listed(header), line=1)  # or a slip would withdraw all of them

    def read(row: Read) -> Taken:
        if not row["event_id_cnty"]:
            raise Unreadable("no-event-id", field="event_id_cnty")
        faults: list[Unreadable] = []
        at = _stamp(row, "deleted_timestamp", faults)
        withdrawal = Withdrawal(
            source=source or SOURCE,
            channel=DELETED,
            reference=row["event_id_cnty"],
            at=at.start if at else None,
            listed=Cause(code="listed-as-deleted"),
            origin=_origin(arrived, row),
        )
        return withdrawal, faults

    return _in_pieces(arrived, table, book.deleted_names, read)


def _in_pieces(arrived: Input, table: Table, names: Mapping[str, str], read: Callable[[Read], Taken]) -> Pieces:
    kinds = dict.fromkeys(names.values(), Column()) | dict.fromkeys(_CODES, Column("code"))
    kinds |= {"fatalities": Column("number")}
    return in_pieces(arrived, table, kinds, read, itemgetter("event_id_cnty"))


def _origin(arrived: Input, row: Read) -> Origin:
    return Origin(digest=arrived.digest, name=arrived.name, first=row.first, last=row.last, record=row.number)


def _stamp(row: Read, column: str, faults: list[Unreadable]) -> Interval | None:
    """Return the moment in *column*, in seconds since 1970; None where it is empty, or unreadable and so a fault."""
    text = row[column]
    if not text:
        return None
    if not _SECONDS.fullmatch(text):
        faults.append(Unreadable("not-seconds", text, field=column))
        return None
    at = datetime.fromtimestamp(int(text), UTC)
    return Interval(start=at, end=at)


def _claims(row: Read, book: _Codebook, zone: ZoneInfo, flags: list[Flag], faults: list[Unreadable]) -> Iterator[Claim]:
    kind = row["sub_event_type"]
    terms = book.acts.get(fold(kind), {})
    yield _time(row, book, zone, flags)
    yield _place(row, book)
    if row["admin1"]:
        yield _claim("area", name(row["admin1"]), row["admin1"], "admin1")
    said = ": ".join(filter(None, (row["event_type"], kind)))
    if not kind or terms or fold(kind) in book.no_act:
        unknown = Unknown(why=Cause(code="no-act", params={"said": said}))
        yield _claim("act", name(terms["act"]) if "act" in terms else unknown, said, "sub_event_type")
    else:
        faults.append(
            Unreadable("not-one-of", kind, field="sub_event_type", choices=listed((*book.acts, *book.no_act)))
        )
        yield not_understood("act", faults[-1], "sub_event_type")
    if "means" in terms:
        yield _claim("means", name(terms["means"]), kind, "sub_event_type")
    yield from _sides(row, book)
    if row["fatalities"]:
        yield spared("deaths", lambda: _deaths(row), faults)
    if row["notes"]:
        named = f" (source: {row['source']})" if row["source"] else ""
        yield _claim("account", Words(text=row["notes"] + named), "", "notes")
    if not row["geo_precision"] or not row["time_precision"]:
        flags.append(Flag(code="precision-not-said"))


def _time(row: Read, book: _Codebook, zone: ZoneInfo, flags: list[Flag]) -> Claim:
    text, precision = row["event_date"], row["time_precision"] or "1"
    around = book.days_around.get(precision)
    if around is None:
        raise Unreadable("not-one-of", precision, field="time_precision", choices=listed(book.days_around))
    if around:
        flags.append(Flag(code="day-widened", params={"days": around}))
    said = f"{text}, time_precision {row['time_precision'] or '–'}"
    return _claim("time", _days(text, book.dates, around, zone), said, "event_date")


@lru_cache(maxsize=4096)
def _days(text: str, dates: tuple[str, ...], around: int, zone: ZoneInfo) -> Interval:
    try:
        day = in_pattern(text, dates, zone)
    except Unreadable as fault:
        raise fault.of("event_date", text).within("acled-day") from None
    on = day.start.astimezone(zone).date()
    return whole_days(on - timedelta(days=around), on + timedelta(days=around), zone)


def _place(row: Read, book: _Codebook) -> Claim:
    precision = row["geo_precision"] or "3"  # not said: taken as the least exact
    radius_m = book.radius_m.get(precision)
    if radius_m is None:
        raise Unreadable("not-one-of", precision, field="geo_precision", choices=listed(book.radius_m))
    place = places.coded(row["location"], row["latitude"], row["longitude"], radius_m, ("latitude", "longitude"))
    said = f"{row['latitude']}, {row['longitude']}, geo_precision {row['geo_precision'] or '–'}"
    return _claim("place", place, said, "latitude")


def _sides(row: Read, book: _Codebook) -> Iterator[Claim]:
    """Yield actor and affected: each of two sides may have acted, but civilians are always the affected."""
    first, second = row["actor1"], row["actor2"]
    civil = [fold(row[column]) in book.civilians for column in ("inter1", "inter2")]
    if not first and not second:
        raise Unreadable("no-actor", field="actor1")
    said = " / ".join(filter(None, (_with(first, row["assoc_actor_1"]), _with(second, row["assoc_actor_2"]))))
    if civil == [True, False] and second:
        actor, affected = name(second), name(first)
    elif civil == [False, True] and first:
        actor, affected = name(first), name(second)
    elif first and second and first != second:
        actor, affected = _either(first, second), _either(second, first)
    else:
        actor, affected = name(first or second), None
    yield _claim("actor", actor, said, "actor1")
    if affected:
        yield _claim("affected", affected, said, "actor2")
    if any(civil) or row["civilian_targeting"]:
        yield _claim("object", name("civilian"), row["civilian_targeting"] or said, "civilian_targeting")


def _with(actor: str, others: str) -> str:
    return f"{actor} (with {others})" if actor and others else actor


@lru_cache(maxsize=4096)
def _either(first: str, second: str) -> OneOf:
    return OneOf(any_of=(first, second))


def _deaths(row: Read) -> Claim:
    """Return the one figure: the lowest that was reported, so that more are possible; 0 may mean that none is known."""
    number = counts.whole_number(row["fatalities"], "fatalities")
    found = _NOT_KNOWN.search(row["notes"])
    value: Value = Count(low=number, best=number, high=None)
    said = f"{number}"
    if found:
        said = f"{number}; notes: {found[0]}"
        value = Count(low=0, best=number, high=None) if number else Unknown(why=Cause(code="notes-say-not-known"))
    return _claim("deaths", value, said, "fatalities")


def _claim(attribute: Attribute, value: Value, said: str, column: str) -> Claim:
    return Claim(attribute=attribute, value=value, said=said, column=column)


@cache
def _codebook() -> _Codebook:
    raw = packaged("parley.intake.channels", "acled.yaml")

    def names(columns: Mapping[str, Mapping[str, list[str]]]) -> dict[str, str]:
        every = columns["needed"] | columns["used_where_given"]  # type: ignore[operator]
        return {alias: column for column, aliases in every.items() for alias in aliases}

    return _Codebook(
        needed=tuple(raw["columns"]["needed"]),
        names=names(raw["columns"]),
        deleted_needed=tuple(raw["deleted"]["needed"]),
        deleted_names=names(raw["deleted"]),
        dates=tuple(raw["dates"]),
        radius_m={str(precision): metres for precision, metres in raw["radius_m"].items()},
        days_around={str(precision): days for precision, days in raw["days_around"].items()},
        acts=raw["acts"],
        no_act=frozenset(raw["no_act"]),
        passed=frozenset(raw["passed"]),
        civilians=frozenset(raw["civilians"]),
    )
