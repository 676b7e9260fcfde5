"""UCDP's Georeferenced Event Dataset (https://ucdp.uu.se/downloads/), a CSV: one row, one event, as UCDP codes it.

The list counts deaths by organised violence. It names no weapon, and in fighting between two sides not who acted: both
stay open. Names of columns, radii and days come from `ucdp_ged.yaml`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from parley.intake.faults import Unreadable
from parley.intake.pieces import Made, Pieces
from parley.intake.tables.tabular import in_pieces, open_table, top_of
from parley.intake.values import counts, places
from parley.intake.values.columns import Column, Read
from parley.intake.values.dates import day, whole_days
from parley.intake.values.sayings import name, spared
from parley.model import (
    Attribute,
    Cause,
    Citation,
    Claim,
    Count,
    EventReport,
    Flag,
    Input,
    OneOf,
    Origin,
    Unknown,
    Value,
    Words,
    fold,
    listed,
)
from parley.packaged import packaged

CHANNEL = "ucdp-ged"
SOURCE = "UCDP GED"

_ARTICLE = re.compile(r"(.*?),(\d{4}-\d{2}-\d{2}),(.*)", re.DOTALL)
_CODES = ("id", "type_of_violence", "where_prec", "date_prec", "event_clarity")
_DAYS = ("date_start", "date_end")
_NUMBERS = ("low", "best", "high", "deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
_PARTS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
_KINDS = {"1": "state-based conflict", "2": "non-state conflict", "3": "one-sided violence"}


@dataclass(frozen=True)
class _Codebook:
    needed: tuple[str, ...]
    names: Mapping[str, str]  # a column's name in some release, lower case → the name used here
    radius_m: Mapping[str, int]
    days_around: Mapping[str, int]
    layout: tuple[str, ...]  # the columns of a list that is published without its header


def read_ged(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report a row; days are local days of *timezone*. Raise InputError where no row can be read."""
    book = _codebook()
    digest = arrived.digest
    citation = Citation(publisher=source or SOURCE)

    def read(row: Read) -> Made:
        faults: list[Unreadable] = []
        claims, flags = _claims(row, book, timezone, faults)
        report = EventReport(
            source=source or SOURCE,
            channel=CHANNEL,
            origin=Origin(digest=digest, name=arrived.name, first=row.first, last=row.last, record=row.number),
            citation=citation,
            language="en",
            flags=flags,
            reference=row["id"],
            reference_lasts=True,
            keeps_ids=True,
            claims=claims,
        )
        return report, faults

    top = top_of(arrived, "table", 1, columns=listed(book.needed))
    bare = bool(top) and len(top[0][1]) == len(book.layout) and top[0][1][0].isdecimal()
    table = open_table(arrived, book.needed, book.names, layout=book.layout if bare else ())
    kinds = dict.fromkeys(book.names.values(), Column()) | dict.fromkeys(_CODES, Column("code"))
    kinds |= dict.fromkeys(_DAYS, Column("day")) | dict.fromkeys(_NUMBERS, Column("number"))
    return in_pieces(arrived, table, kinds, read, itemgetter("id"))


def _claims(
    row: Read, book: _Codebook, zone: ZoneInfo, faults: list[Unreadable]
) -> tuple[tuple[Claim, ...], tuple[Flag, ...]]:
    """Return what the row claims; where what it counts cannot be read, that goes to *faults* and the event stays."""
    flags: list[Flag] = []
    kind = row["type_of_violence"]
    if kind not in _KINDS:
        raise Unreadable("not-a-kind-of-violence", kind, field="type_of_violence")
    claims = [_time(row, book, zone, flags), _place(row, book)]
    if row["adm_1"]:
        claims.append(_claim("area", name(row["adm_1"]), row["adm_1"], "adm_1"))
    claims.append(_claim("act", name("armed-force"), _KINDS[kind], "type_of_violence"))
    claims += _sides(row, kind)
    parts = _parts(row, faults)
    deaths = spared("deaths", lambda: _deaths(row, parts, flags), faults)
    claims.append(deaths)
    if "deaths_civilians" in parts:
        claims.append(_civilians(parts, deaths.value))
    if words := _articles(row["source_article"] or row["source_original"]):
        claims.append(_claim("account", Words(text=words), "", "source_article"))
    if row["event_clarity"] == "2":
        flags.append(Flag(code="summary-event"))
    if fold(row["code_status"]) not in ("", "clear"):
        flags.append(Flag(code="not-cleared", params={"status": row["code_status"]}))
    return tuple(claims), tuple(flags)


def _time(row: Read, book: _Codebook, zone: ZoneInfo, flags: list[Flag]) -> Claim:
    first, last = _day(row, "date_start"), _day(row, "date_end")
    if last < first:
        raise Unreadable("end-before-date-start", row["date_end"], field="date_end", start=str(first))
    precision = row["date_prec"] or "1"
    around = book.days_around.get(precision)
    if around is None:
        raise Unreadable("not-one-of", precision, field="date_prec", choices=listed(book.days_around))
    said = f"{row['date_start']} / {row['date_end']}, date_prec {precision}"
    if first == last and around:
        flags.append(Flag(code="day-widened", params={"days": around}))
        first, last = first - timedelta(days=around), last + timedelta(days=around)
    return _claim("time", whole_days(first, last, zone), said, "date_start")


def _day(row: Read, column: str) -> date:
    try:
        return day(row[column])
    except Unreadable as fault:
        raise fault.of(column, row[column]) from None


def _place(row: Read, book: _Codebook) -> Claim:
    precision = row["where_prec"]
    radius_m = book.radius_m.get(precision)
    if radius_m is None:
        raise Unreadable("not-one-of", precision, field="where_prec", choices=listed(book.radius_m))
    name_ = row["where_coordinates"]
    place = places.coded(name_, row["latitude"], row["longitude"], radius_m, ("latitude", "longitude"))
    said = f"{row['latitude']}, {row['longitude']}, where_prec {precision}"
    return _claim("place", place, said, "latitude")


def _sides(row: Read, kind: str) -> list[Claim]:
    """Return actor and affected. In fighting between two sides each may have acted: the row does not say."""
    first, second = row["side_a"], row["side_b"]
    for column in ("side_a", "side_b"):
        if not row[column]:
            raise Unreadable("no-side", field=column)
    if kind == "3":
        return [
            _claim("actor", name(first), first, "side_a"),
            _claim("affected", name("civilians"), second, "side_b"),
            _claim("object", name("civilian"), _KINDS[kind], "type_of_violence"),
        ]
    said = f"{first} / {second}"
    return [
        _claim("actor", _either(first, second), said, "side_a"),
        _claim("affected", _either(second, first), said, "side_b"),
    ]


@lru_cache(maxsize=4096)
def _either(first: str, second: str) -> OneOf:
    return OneOf(any_of=tuple(dict.fromkeys((first, second))))


def _parts(row: Read, faults: list[Unreadable]) -> dict[str, int]:
    """Return the parts of the deaths that are given and can be read, by column."""
    parts = {}
    for column in filter(row.__getitem__, _PARTS):
        try:
            parts[column] = counts.whole_number(row[column], column)
        except Unreadable as fault:
            faults.append(fault)
    return parts


def _deaths(row: Read, parts: Mapping[str, int], flags: list[Flag]) -> Claim:
    low, best, high = (counts.whole_number(row[column], column) for column in ("low", "best", "high"))
    said = f"low {low}, best {best}, high {high}"
    value: Value
    try:
        value = counts.count(low, best, high)
    except Unreadable:
        figures = {"low": low, "best": best, "high": high}
        flags.append(Flag(code="counts-not-in-order", params=figures))
        value = Unknown(why=Cause(code="figures-contradict", params=figures))
    if len(parts) == len(_PARTS) and (summed := sum(parts.values())) != best:
        flags.append(Flag(code="deaths-differ", params={"summed": summed, "best": best}))
    return _claim("deaths", value, said, "best")


def _civilians(parts: Mapping[str, int], deaths: Value) -> Claim:
    """Return the civilian deaths: those coded as such; as many fewer or more as the total may be, and the unknown."""
    civilians, unknown = parts["deaths_civilians"], parts.get("deaths_unknown", 0)
    if not isinstance(deaths, Count) or deaths.best is None or deaths.high is None:
        value = counts.count(0, civilians, None)
    else:
        low = max(0, civilians - (deaths.best - deaths.low))
        value = counts.count(low, civilians, civilians + unknown + deaths.high - deaths.best)
    return _claim("deaths-civilian", value, str(civilians), "deaths_civilians")


def _articles(listed: str) -> str:
    """Return the articles that UCDP read: "SOHR, 2016-08-05: headline; …"; "" where it names none."""
    return "; ".join(_article(one) for one in listed.removeprefix('"').removesuffix('"').split('";"') if one)


def _article(listed: str) -> str:
    found = _ARTICLE.fullmatch(listed)
    return f"{found[1]}, {found[2]}: {found[3]}" if found else listed


def _claim(attribute: Attribute, value: Value, said: str, column: str) -> Claim:
    return Claim(attribute=attribute, value=value, said=said, column=column)


@cache
def _codebook() -> _Codebook:
    raw = packaged("parley.intake.channels", "ucdp_ged.yaml")
    columns = raw["columns"]["needed"] | raw["columns"]["used_where_given"]
    return _Codebook(
        needed=tuple(raw["columns"]["needed"]),
        names={name: column for column, names in columns.items() for name in names},
        layout=tuple(raw["layout"]),
        radius_m={str(precision): metres for precision, metres in raw["radius_m"].items()},
        days_around={str(precision): days for precision, days in raw["days_around"].items()},
    )
