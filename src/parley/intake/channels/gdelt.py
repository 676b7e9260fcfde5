"""GDELT 2's event files: 61 columns, no header (its codebook is named in `gdelt.yaml`).

A program made every row from an article, and nobody has read it. So a row says that something may have happened at a
day and place; whom the article accuses waits for a person, and each row is flagged. Several rows may tell of one
happening. Rows of other acts than violence (CAMEO 18, 19, 20) are counted and passed over.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from parley.intake.faults import PassedOver, Unreadable, unusable
from parley.intake.pieces import Pieces, Taken
from parley.intake.tables.tabular import in_pieces, open_table, top_of
from parley.intake.values import places
from parley.intake.values.columns import Column, Read
from parley.intake.values.dates import day, whole_days
from parley.intake.values.sayings import name
from parley.model import (
    Attribute,
    Cause,
    Citation,
    Claim,
    EventReport,
    Flag,
    Input,
    InputError,
    Interval,
    Origin,
    Unknown,
    Value,
    fold,
    listed,
)
from parley.packaged import packaged

CHANNEL = "gdelt"
SOURCE = "GDELT"
_ROWS_LOOKED_AT = 20

_FLAG = Flag(code="machine-coded")
_UNREAD = Unknown(why=Cause(code="nobody-read-it"))
_CODES = (
    "GLOBALEVENTID", "SQLDATE", "EventCode", "EventBaseCode", "EventRootCode", "ActionGeo_Type", "DATEADDED",
)  # fmt: skip
_READ = ("Actor1Name", "Actor2Name", "ActionGeo_FullName", "ActionGeo_Lat", "ActionGeo_Long", "SOURCEURL")
_DIGITS = re.compile(r"\d{8}", re.ASCII)
_MOMENT = re.compile(r"\d{14}", re.ASCII)


@dataclass(frozen=True)
class _Codebook:
    columns: tuple[str, ...]
    radius_m: Mapping[str, int]
    days_around: int
    roots: Mapping[str, str]
    acts: Mapping[str, Mapping[str, str]]
    others: Mapping[str, str]


def read_gdelt(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report a row of violence; days are local days of *timezone*.

    Raises:
        InputError: the first line has not the 61 cells of GDELT 2.
    """
    book = _codebook()
    looked_at = top_of(arrived, "gdelt-file", _ROWS_LOOKED_AT, separator="\t", quoted=False, columns=len(book.columns))
    top = [cells for _, cells in looked_at]
    headed = bool(top) and _is_header(top[0], book)
    if not headed and not any(len(cells) == len(book.columns) for cells in top):
        raise _no_gdelt(arrived, len(book.columns), len(top[0]) if top else 0)

    def read(row: Read) -> Taken:
        faults: list[Unreadable] = []
        return _report(row, book, arrived, source or SOURCE, timezone, faults), faults

    layout = () if headed else book.columns
    as_published = not headed or len(top[0]) > 1
    separator = "\t" if as_published else None
    table = open_table(arrived, book.columns, separator=separator, layout=layout, quoted=not as_published)
    kinds = dict.fromkeys(_READ, Column()) | dict.fromkeys(_CODES, Column("code"))
    return in_pieces(arrived, table, kinds, read, itemgetter("GLOBALEVENTID"))


def _is_header(cells: Sequence[str], book: _Codebook) -> bool:
    """Say whether *cells*, which tabs part, are names of columns, whatever parts them in the file."""
    first = re.split(r"[,;|]", cells[0])[0].strip(' "') if cells else ""
    return fold(first) == fold(book.columns[0])


def _no_gdelt(arrived: Input, columns: int, cells: int) -> InputError:
    if not cells:
        return unusable(arrived.name, "no-line-of-text", line=1, within="gdelt-file", columns=columns)
    like = "gdelt-1" if cells in (57, 58) else "gdelt-mentions" if cells == 16 else ""
    return unusable(arrived.name, "other-cells", line=1, within="gdelt-file", columns=columns, cells=cells, like=like)


def _report(
    row: Read, book: _Codebook, arrived: Input, source: str, zone: ZoneInfo, faults: list[Unreadable]
) -> EventReport:
    root = _root(row)
    if root not in book.roots:
        if root not in book.others:
            raise Unreadable("not-a-root-code", root, field="EventRootCode")
        raise PassedOver(f"{root} {book.others[root]}")
    if not row["GLOBALEVENTID"]:
        raise Unreadable("no-event-id", field="GLOBALEVENTID")
    return EventReport(
        source=source,
        channel=CHANNEL,
        origin=Origin(digest=arrived.digest, name=arrived.name, first=row.first, last=row.last, record=row.number),
        published=_added(row, faults),
        citation=_citation(row, source),
        flags=(_FLAG, Flag(code="day-widened", params={"days": book.days_around})),
        reference=row["GLOBALEVENTID"],
        reference_lasts=True,
        keeps_ids=True,
        cardinality="posts",
        claims=tuple(_claims(row, book, zone)),
    )


def _root(row: Read) -> str:
    """Return the root code in its two digits, which programs lose that take codes for numbers."""
    return row["EventRootCode"].zfill(2) if row["EventRootCode"] else ""


def _claims(row: Read, book: _Codebook, zone: ZoneInfo) -> Iterator[Claim]:
    yield _time(row, book, zone)
    yield from _place(row, book)
    code = row["EventCode"]
    base = row["EventBaseCode"]
    if code not in (*book.acts, *book.roots) and base not in book.acts:
        raise Unreadable("not-one-of", code, field="EventCode", choices=listed(book.acts))
    terms = book.acts.get(code) or book.acts.get(base, {})
    said = f"CAMEO {code}: {terms.get('says', book.roots[_root(row)])}"
    unknown = Unknown(why=Cause(code="no-act", params={"said": said}))
    yield _claim("act", name(terms["act"]) if "act" in terms else unknown, said, "EventCode")
    if "means" in terms:
        yield _claim("means", name(terms["means"]), said, "EventCode")
    for attribute, number in (("actor", "1"), ("affected", "2")):
        if named := row[f"Actor{number}Name"]:
            yield _claim(attribute, _UNREAD, named, f"Actor{number}Name")


def _time(row: Read, book: _Codebook, zone: ZoneInfo) -> Claim:
    on = _day(row["SQLDATE"], "SQLDATE")
    around = timedelta(days=book.days_around)
    return _claim("time", whole_days(on - around, on + around, zone), row["SQLDATE"], "SQLDATE")


def _day(text: str, column: str) -> date:
    if not _DIGITS.fullmatch(text):
        raise Unreadable("not-a-day-of-digits", text, field=column)
    try:
        return day(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except Unreadable as fault:
        raise fault.of(column, text) from None


def _added(row: Read, faults: list[Unreadable]) -> Interval | None:
    """Return when GDELT added the row; DATEADDED is in UTC. None, with a fault, where it cannot be read."""
    text = row["DATEADDED"]
    if not text:
        return None
    try:
        at = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC) if _MOMENT.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None:
        faults.append(Unreadable("not-a-moment-of-digits", text, field="DATEADDED"))
        return None
    return Interval(start=at, end=at)


def _place(row: Read, book: _Codebook) -> Iterator[Claim]:
    kind, lat, lon = (row[f"ActionGeo_{part}"] for part in ("Type", "Lat", "Long"))
    if kind in ("", "0"):  # the program found no place
        return
    radius_m = book.radius_m.get(kind)
    if radius_m is None:
        raise Unreadable("not-one-of", kind, field="ActionGeo_Type", choices=listed(["0", *book.radius_m]))
    said = f"{row['ActionGeo_FullName']} | {lat}, {lon}, ActionGeo_Type {kind}"
    if not lat and not lon:
        value: Value = Unknown(why=Cause(code="no-coordinates", params={"name": row["ActionGeo_FullName"]}))
    else:
        value = places.coded(row["ActionGeo_FullName"], lat, lon, radius_m, ("ActionGeo_Lat", "ActionGeo_Long"))
    yield _claim("place", value, said, "ActionGeo_Lat")


def _citation(row: Read, source: str) -> Citation:
    """Return the article; where its address is none (a broadcast), it is named as it stands."""
    address = row["SOURCEURL"]
    try:
        parts = urlsplit(address)
    except ValueError:
        return Citation(publisher=address[:200])
    if parts.scheme in ("http", "https") and parts.hostname:
        return Citation(publisher=parts.hostname, address=address)
    return Citation(publisher=address[:200] or source)


def _claim(attribute: Attribute, value: Value, said: str, column: str) -> Claim:
    return Claim(attribute=attribute, value=value, said=said, column=column)


@cache
def _codebook() -> _Codebook:
    raw: dict[str, Any] = packaged("parley.intake.channels", "gdelt.yaml")
    return _Codebook(
        columns=tuple(raw["columns"]),
        radius_m={str(kind): metres for kind, metres in raw["radius_m"].items()},
        days_around=raw["days_around"],
        roots=raw["roots"],
        acts=raw["acts"],
        others=raw["others"],
    )
