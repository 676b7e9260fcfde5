"""What Bellingcat's auto-archiver kept of posts (https://github.com/bellingcat/auto-archiver): one post, one report.

A post is a link to what somebody published, with the hashes of the files that were archived. When it was published is
not when something happened, so no time is claimed, and a place only where the row says one: such a report makes no
incident by itself and is kept aside with its citation. The forms stand in `auto_archiver.yaml`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from parley.intake.faults import Unreadable, unusable
from parley.intake.mappings.patterns import in_pattern
from parley.intake.pieces import Made, Pieces, pieces
from parley.intake.tables.head import head_of
from parley.intake.tables.records import looks_like_json
from parley.intake.tables.rows import Cells, Lost
from parley.intake.tables.tabular import Table, open_table
from parley.intake.text.funnel import LinesOf, utf8
from parley.intake.text.json_text import fields, numbered, parts
from parley.intake.text.python_text import python_value
from parley.intake.values import places
from parley.intake.values.columns import Column, Columns, Read
from parley.intake.values.sayings import not_understood
from parley.model import Citation, Claim, EventReport, Flag, Input, Interval, Origin, Words, fold, listed
from parley.packaged import packaged

CHANNEL = "auto-archiver"
MOST_MEDIA = 50
"""Archived files of one post that are named one by one."""
MOST_WORDS = 100_000

_METADATA = re.compile(r'"(?:metadata|result)"\s*:')  # of a post as its database and its interface have it
_UTC = ZoneInfo("UTC")
_DATABASE = ("status", "metadata", "media")
_HASH = re.compile(r"(?:(SHA-?256|SHA3-512):)?([0-9a-f]{64}|[0-9a-f]{128})", re.IGNORECASE)
_KINDS: Mapping[str, Column] = {
    **dict.fromkeys(("url", "status", "archived", "title", "text", "author", "place", "lat", "lon"), Column()),
    "posted": Column("time"),
}
_CONTROL = re.compile(r"[\x00\ud800-\udfff]")


_Media = dict[str, str | int | float]
"""An archived file: its `digest`, its `media_type`, `where` it lies, as far as they are said."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A post as a row: what it says under the names of `auto_archiver.yaml`, and its archived files."""

    number: int
    first: int
    last: int
    said: Mapping[str, str]
    media: tuple[_Media, ...]
    row: Cells | None = None  # of a table

    def __getitem__(self, column: str) -> str:
        return self.said.get(column, "")

    def place(self, column: str) -> tuple[int, int | None]:
        return self.first, None


def read_archived(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one report a post; raise InputError where the input is none of the forms.

    Args:
        source: who speaks; where None, each post's author, or else the site that it stands on.
    """
    digest = arrived.digest
    text = utf8(arrived, "posts").decode("utf-8", "surrogateescape") if looks_like_json(arrived) else ""
    table, kept = (None, None) if _METADATA.search(text) else _from_table(arrived)

    def rows() -> Iterator[_Kept | Lost]:
        return _from_json(arrived, text) if table is None or kept is None else _each(table.rows(), kept)

    def read(row: Read) -> Made:
        assert isinstance(row.row, _Kept)  # as `rows` gives them
        origin = Origin(digest=digest, name=arrived.name, first=row.first, last=row.last, record=row.number)
        return _report(row, row.row.media, origin, source)

    columns = Columns(arrived.name, _KINDS, rows, rows)
    said = chain(table.notices() if table else (), columns.said())
    return partial(pieces, arrived.name, columns, read, itemgetter("url"), said=said)


def _each(rows: Iterator[Cells | Lost], kept: Callable[[Cells], _Kept]) -> Iterator[_Kept | Lost]:
    for row in rows:
        if isinstance(row, Lost):
            yield row
            continue
        try:
            yield kept(row)
        except Unreadable as fault:
            yield Lost(row.number, *row.place(fault.field or ""), fault)


def _report(row: Read, media: tuple[_Media, ...], origin: Origin, source: str | None) -> Made:
    url = row["url"]
    host = _host(url)
    faults: list[Unreadable] = []
    published = _moment(row, "posted", faults)
    claims: list[Claim] = []
    try:
        place = places.place(row["place"], row["lat"], row["lon"], None)
        if place is not None:
            claims.append(Claim(attribute="place", value=place, said=f"{row['lat']}, {row['lon']}", column="lat"))
    except Unreadable as fault:
        faults.append(fault)
        claims.append(not_understood("place", fault, fault.field or ""))
    if words := "\n".join(part for part in (row["title"], row["text"]) if part):
        claims.append(Claim(attribute="account", value=Words(text=words[:MOST_WORDS]), column="text"))
    if len(words) > MOST_WORDS:
        faults.append(Unreadable("text-too-long-cut", field="text", most=MOST_WORDS, characters=len(words)))
    report = EventReport(
        source=source or row["author"] or host,
        channel=CHANNEL,
        origin=origin,
        published=published,
        citation=Citation(publisher=host, published=published.start.date() if published else None, address=url),
        flags=tuple(_flags(row, media)),
        reference=url,
        cardinality="posts",
        claims=tuple(claims),
    )
    return report, faults


def _host(url: str) -> str:
    try:
        parts_ = urlsplit(url)
        host = parts_.hostname
    except ValueError:
        parts_, host = None, None
    if parts_ is None or parts_.scheme not in ("http", "https") or not host:
        raise Unreadable("not-an-address", url[:100], field="url")
    return host


def _moment(row: Read, field: str, faults: list[Unreadable]) -> Interval | None:
    """Return the moment in *field*, which is UTC where it names no zone; None, with a fault, where it is none."""
    if not row[field]:
        return None
    try:
        return in_pattern(row[field], (), _UTC, all_days=row.all_days(field))
    except Unreadable as fault:
        faults.append(fault.of(field))
        return None


def _flags(row: Read, media: tuple[_Media, ...]) -> Iterator[Flag]:
    status = row["status"]
    if "success" not in fold(status):
        yield Flag(code="not-archived", params={"status": status})
    for one in media[:MOST_MEDIA]:
        params = {"archived": row["archived"], **one}
        yield Flag(code="archived-media" if "digest" in one else "archived-copy", params=params)
    if len(media) > MOST_MEDIA:
        yield Flag(code="more-archived-media", params={"more": len(media) - MOST_MEDIA})


def _from_table(arrived: Input) -> tuple[Table, Callable[[Cells], _Kept]]:
    """Return the table in *arrived*, and what reads a row of it; raise InputError where it is no table of posts."""
    head = head_of(arrived)
    if set(_DATABASE) <= set(head.columns):
        return open_table(arrived, _DATABASE, separator=head.separator or None), _reading(_of_database)
    known = {
        part: next((column for column in head.columns if fold(column) in names), None)
        for part, names in _book()["sheet"].items()
    }
    if known["url"] is None or known["status"] is None:
        raise unusable(arrived.name, "no-archive-columns", listed(head.columns), 1)

    def of_sheet(row: Cells) -> tuple[dict[str, str], list[_Media]]:
        said = {part: row[column] for part, column in known.items() if column is not None}
        hashes = [_hash(one) for one in re.split(r"[\s,;]+", said.get("hash", "")) if one]
        kept = [said.get(part, "") for part in ("archive", "screenshot", "wacz")]
        copies = [" ".join(one.split()) for one in kept if one]
        return said, [*(_Media(digest=one) for one in hashes if one), *(_Media(where=one) for one in copies)]

    return open_table(arrived, (known["url"], known["status"]), separator=head.separator or None), _reading(of_sheet)


def _reading(read: Callable[[Cells], tuple[dict[str, str], list[_Media]]]) -> Callable[[Cells], _Kept]:
    def kept(row: Cells) -> _Kept:
        said, media = read(row)
        return _Kept(row.number, row.first, row.last, said, tuple(media), row)

    return kept


def _of_database(row: Cells) -> tuple[dict[str, str], list[_Media]]:
    read = {}
    for column in ("metadata", "media"):
        try:
            read[column] = python_value(row[column] or "None")
        except Unreadable as fault:
            raise fault.of(column) from None
    return _of_item(row["status"], read["metadata"], read["media"])


def _from_json(arrived: Input, text: str) -> Iterator[_Kept | Lost]:
    lines, number = LinesOf(text), 0
    for number, part in numbered(parts(text)):
        first, last = lines.of(part.start)[0], lines.of(max(part.start, part.end - 1))[0]
        try:
            given = {name: found.value for name, found in fields(text, part).items()}
            result = given.get("result")
            item = result if isinstance(result, dict) else given  # an answer of its API wraps the item
            said, media = _of_item(item.get("status", ""), item.get("metadata"), item.get("media"))
        except Unreadable as fault:
            yield Lost(number, *lines.of(part.start if fault.offset is None else fault.offset), fault)
        else:
            yield _Kept(number, first, last, said, tuple(media))
    if not number:
        raise unusable(arrived.name, "no-posts", line=1)


def _of_item(status: Any, metadata: Any, media: Any) -> tuple[dict[str, str], list[_Media]]:
    """Return what an archived item says, and its files; raise Unreadable where it is none."""
    if not isinstance(metadata, dict):
        raise Unreadable("no-metadata", _text(metadata)[:60], field="metadata")
    said = {"status": _text(status), "url": _text(metadata.get("url"))}
    said |= {"title": _text(metadata.get("title")), "text": _text(metadata.get("content"))}
    said |= {"posted": _time(metadata.get("timestamp")), "archived": _time(metadata.get("_processed_at"))}
    for part, keys in _book()["metadata"].items():
        said[part] = next((text for key in keys if (text := _text(metadata.get(key)))), "")
    return said, [_file(one) for one in media if isinstance(one, dict)] if isinstance(media, list) else []


def _file(raw: Mapping[str, Any]) -> _Media:
    """Return an archived file: its hash ("": none), its kind, where it lies."""
    properties = raw.get("properties")
    given = properties if isinstance(properties, dict) else {}
    urls = raw.get("urls")
    where = _text(urls[0]) if isinstance(urls, list) and urls else _text(raw.get("filename"))
    kind = _text(raw.get("_mimetype") or raw.get("mimetype"))
    return {"digest": _hash(_text(given.get("hash"))), "media_type": kind, "where": where}


def _hash(text: str) -> str:
    found = _HASH.fullmatch(text.strip())
    if not found:
        return ""
    return f"{(found[1] or ('SHA-256' if len(found[2]) == 64 else 'SHA3-512')).upper()} {found[2].lower()}"


def _time(raw: Any) -> str:
    """Return a moment as ISO 8601: seconds since 1970 are one, and a time without a zone is UTC."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        try:
            return datetime.fromtimestamp(raw, UTC).isoformat()
        except (ValueError, OverflowError, OSError):
            return str(raw)
    return _text(raw)


def _text(raw: Any) -> str:
    if raw is None or isinstance(raw, dict | list):
        return ""
    return _CONTROL.sub("\ufffd", str(raw)).strip()


@cache
def _book() -> Mapping[str, Any]:
    read: Mapping[str, Any] = packaged("parley.intake.channels", "auto_archiver.yaml")
    return read
