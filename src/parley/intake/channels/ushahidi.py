"""CSV exports of Ushahidi (https://github.com/ushahidi/platform), v3 and later: one post, one event report.

A post says what one person sent, so several may tell of one happening. When it was sent is not when something happened:
a time is claimed only where a survey asks for it, or where somebody set the post's date apart from its creation. Who
sent it (Contact) stays in the file and is shown nowhere. Columns stand in `ushahidi.yaml`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from parley.intake.channels.table import by_mapping
from parley.intake.faults import Unreadable, unusable
from parley.intake.mappings.mapping import TableMapping
from parley.intake.mappings.proposal import plain, propose
from parley.intake.pieces import Made, Pieces, pieces
from parley.intake.tables.head import head_of
from parley.intake.tables.rows import Cells, Lost, OfRow
from parley.intake.tables.tabular import open_table
from parley.intake.values.clocks import OFFSET
from parley.intake.values.columns import ByColumn, Column, Columns
from parley.model import Flag, Input, fold, listed
from parley.packaged import packaged

CHANNEL = "ushahidi"
SOURCE = "Ushahidi"

_WITH_OFFSET = re.compile(rf"\d ?(?:{OFFSET})$", re.ASCII | re.IGNORECASE)
_PLACE = ("place.name", "place.lat", "place.lon")
_TIME, _CREATED = "time.posted", "time.created"


@dataclass(frozen=True, slots=True)
class _Post(OfRow):
    """A row with the place and the time that were chosen for it."""

    row: ByColumn
    more: Mapping[str, tuple[str, str]]  # the text, and the column that it stands in

    def __getitem__(self, column: str) -> str:
        return self.more[column][0] if column in self.more else self.row[column]

    def place(self, column: str) -> tuple[int, int | None]:
        return self.row.place(self.column(column))

    def all_days(self, column: str) -> bool:
        return self.row.all_days(self.column(column))

    def column(self, name: str) -> str:
        """Return what the export calls the column *name*."""
        return self.more[name][1] if name in self.more else name

    def named(self, fault: Unreadable) -> Unreadable:
        """Return *fault* with the name that the export has for its column."""
        if fault.field is not None:
            fault.field = self.column(fault.field)
        return fault


def read_ushahidi(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report a post; raise InputError where the input is no such export."""
    head = head_of(arrived)
    names = {plain(column): column for column in head.columns}
    native = {
        part: names[plain(listed)]
        for part, aliases in _book()["native"].items()
        for listed in aliases
        if plain(listed) in names
    }
    if missing := [_book()["native"][part][0] for part in _book()["needed"] if part not in native]:
        raise unusable(arrived.name, "no-ushahidi-export", listed(head.columns), 1, columns=listed(missing))
    survey = [column for column in head.columns if column not in native.values()]
    places = [column.removesuffix(".lat") for column in survey if column.endswith(".lat")]
    mapping = _mapping(arrived, native, [column for column in survey if not column.endswith((".lat", ".lon"))])
    read = by_mapping(arrived, source or SOURCE, mapping, timezone, CHANNEL)
    needed = native["id"], native["status"], native["created"]

    def read_post(row: ByColumn) -> Made:
        place, minor = _place(row, places)
        post = _Post(row, place | _times(row, native))
        try:
            report, faults = read(post)
        except Unreadable as fault:
            raise post.named(fault) from None
        claims = tuple(replace(claim, column=post.column(claim.column)) for claim in report.claims)
        flags = (*report.flags, *_flags(row, native))
        return report.model_copy(update={"claims": claims, "flags": flags}), (*map(post.named, faults), *minor)

    table = open_table(arrived, needed, separator=mapping.delimiter)

    def rows() -> Iterator[Cells | Lost]:
        return _posts(table.rows(), head.columns)

    columns = Columns(arrived.name, _kinds(mapping, native, places), rows, rows)
    said = chain(table.notices(), columns.said())
    return partial(pieces, arrived.name, columns, read_post, itemgetter(native["id"]), said=said)


def _kinds(mapping: TableMapping, native: Mapping[str, str], places: Sequence[str]) -> Mapping[str, Column]:
    """Return what the columns of an export hold that are read."""
    kinds: dict[str, Column] = dict.fromkeys(
        (f"{label}.{part}" for label in places for part in ("lat", "lon")), Column()
    )
    kinds |= dict.fromkeys(native.values(), Column())
    kinds |= mapping.kinds()
    times = (native[part] for part in ("created", "posted") if part in native)
    return kinds | {native["id"]: Column("code")} | dict.fromkeys(times, Column("time"))


def _posts(rows: Iterator[Cells | Lost], columns: Sequence[str]) -> Iterator[Cells | Lost]:
    """Yield *rows* without the second heading, which is hashtags (or empty cells, which are no row)."""
    for row in rows:
        if isinstance(row, Lost) or row.number > 1 or not _is_of_tags(row, columns):
            yield row


def _is_of_tags(row: Cells, columns: Sequence[str]) -> bool:
    with suppress(Unreadable):
        return all(row[column].startswith("#") for column in columns if row[column])
    return False


def _mapping(arrived: Input, native: Mapping[str, str], survey: Sequence[str]) -> TableMapping:
    """Return the mapping: the native columns, and the survey's fields as far as their labels are known."""
    head = head_of(arrived)
    kept = tuple(dict(row) for row in head.rows if not row.get(native["id"], "").startswith("#"))
    raw: dict[str, Any] = propose(type(head)(tuple(survey), kept, head.separator)).raw
    claims = {name: cell for name, cell in raw["claims"].items() if name != "place"}
    if "time" not in claims:
        claims["time"] = {"start": {"column": _TIME}}
    claims["place"] = {part: {"column": column} for part, column in zip(("name", "lat", "lon"), _PLACE, strict=True)}
    if "account" not in claims:
        title = next((column for column in survey if plain(column) in map(plain, _book()["title"])), None)
        account = title or native.get("description")
        if account:
            claims["account"] = {"column": account}
    return TableMapping.model_validate(
        {
            "delimiter": head.separator or None,
            "dates": raw.get("dates", ()),
            "cardinality": "posts",
            "reference": {"column": native["id"]},
            "published": {"column": _CREATED},
            "claims": claims,
        }
    )


def _times(row: ByColumn, native: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return when the post was made, and its date where somebody set that apart from the moment it was made."""
    column = native.get("posted", native["created"])
    posted, created = row[column], row[native["created"]]
    return {
        _CREATED: (_utc(created), native["created"]),
        _TIME: ("" if posted == created else _utc(posted), column),
    }


def _utc(text: str) -> str:
    return f"{text}Z" if ":" in text and not _WITH_OFFSET.search(text) else text


def _place(row: Cells, places: Sequence[str]) -> tuple[dict[str, tuple[str, str]], list[Unreadable]]:
    """Return the first place that the post gives, and a fault where it gives several."""
    given = [label for label in places if row[f"{label}.lat"] or row[f"{label}.lon"]]
    label = given[0] if given else (places[0] if places else "")
    found = {
        name: (row[f"{label}.{part}"] if given else "", f"{label}.{part}")
        for name, part in zip(_PLACE[1:], ("lat", "lon"), strict=True)
    }
    found[_PLACE[0]] = ("", f"{label}.lat")
    if not given[1:]:
        return found, []
    return found, [Unreadable("several-places", listed(given), field=f"{given[1]}.lat")]


def _flags(row: Cells, native: Mapping[str, str]) -> Iterator[Flag]:
    status, channel = row[native["status"]], row[native["channel"]] if "channel" in native else ""
    created = row[native["created"]]
    survey = row[native["survey"]] if "survey" in native else ""
    yield Flag(code="post", params={"survey": survey, "channel": channel, "created": created})
    if status and fold(status) != "published":
        yield Flag(code="post-not-published", params={"status": status})


@cache
def _book() -> Mapping[str, Any]:
    read: Mapping[str, Any] = packaged("parley.intake.channels", "ushahidi.yaml")
    return read
