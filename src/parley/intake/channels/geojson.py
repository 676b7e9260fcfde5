"""GeoJSON (https://www.rfc-editor.org/rfc/rfc7946): one feature, one event report; its properties by a mapping.

A FeatureCollection, a list of features, one feature, or features one after the other (JSON Lines, and RFC 8142's text
sequences). Without a mapping, properties are recognised by their names (`columns.yaml`). A mapping reaches the shape as
the columns `geometry.lat`, `geometry.lon` and `geometry.radius_m`, and uses them where it says nothing of the place.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from parley.intake.channels.table import reference_by, taken_by
from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.mappings.mapping import TableMapping
from parley.intake.mappings.proposal import propose
from parley.intake.pieces import Pieces, pieces
from parley.intake.tables.head import MOST_ROWS, Head
from parley.intake.tables.header import header_names
from parley.intake.tables.records import cell_of, flat_cells
from parley.intake.tables.rows import Lost
from parley.intake.text.funnel import LinesOf, utf8
from parley.intake.text.json_text import BEHIND, RECORD, Found, Part, fields, list_under, numbered, parts
from parley.intake.values.columns import Columns
from parley.intake.values.numbers import StoredNumber
from parley.intake.values.shapes import disc_around, positions
from parley.model import Input, Problem

CHANNEL = "geojson"
LAT, LON, RADIUS = "geometry.lat", "geometry.lon", "geometry.radius_m"

_WGS_84 = ("CRS84", "CRS:84", "EPSG::4326", "EPSG:4326", "EPSG::4979", "EPSG/0/4326", "CRS84H")
_MOST_NAMES = 500
_FEATURE = re.compile(rb'"type"\s*:\s*"(?:Feature|FeatureCollection)"')


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature as a row: its properties as cells (`a.b` where nested), and its shape in the columns named above."""

    number: int
    first: int
    last: int
    cells: Mapping[str, str | Unreadable]
    places: Mapping[str, tuple[int, int]]

    def __getitem__(self, column: str) -> str:
        content = self.cells.get(column, "")
        if isinstance(content, Unreadable):
            raise content
        return content

    def place(self, column: str) -> tuple[int, int | None]:
        return self.places.get("geometry" if column.startswith("geometry") else "properties", (self.first, None))


def read_geojson(arrived: Input, source: str | None, mapping: TableMapping | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report a feature.

    Raises:
        InputError: no feature can be read, other coordinates than WGS 84, or nobody says who speaks.
    """
    text = _text_of(arrived)
    lines = LinesOf(text)
    start = list_under(text, "features")
    members = list(parts(text, start or 0))
    tail = members.pop() if start is not None and members and members[-1].fault == BEHIND else None
    said = [] if start is None else list(_envelope(arrived, text, start, tail, lines))
    if not members:
        raise unusable(arrived.name, "no-features", line=1)
    chosen = _with_shape(mapping or propose(_head(_features(text, members, lines))).mapping)
    if source is None and chosen.source is None:
        raise unusable(arrived.name, "nobody-speaks")
    if mapping is not None:
        said += _not_there(arrived, mapping, text, members, lines)
    read = taken_by(arrived, source, chosen, timezone, CHANNEL)

    def features() -> Iterator[Feature | Lost]:
        return _features(text, members, lines, chosen.columns())

    columns = Columns(arrived.name, chosen.kinds(), features, features)
    of_whole = chain(said, columns.said())
    return partial(pieces, arrived.name, columns, read, reference_by(chosen), said=of_whole, part="feature")


def _text_of(arrived: Input) -> str:
    """Return the text of *arrived*, without the sign before its first value where it is a sequence."""
    text = utf8(arrived, "geojson").decode("utf-8", "surrogateescape")
    return text.replace(RECORD, " ", 1) if text.lstrip(" \t\r\n").startswith(RECORD) else text


def _features(
    text: str, members: Sequence[Part], lines: LinesOf, needed: Collection[str] = ()
) -> Iterator[Feature | Lost]:
    """Yield the features; a property that is one of *needed*, however it is spelled, has that name."""
    for number, part in numbered(members):
        first, last = lines.of(part.start)[0], lines.of(max(part.start, part.end - 1))[0]
        try:
            given = fields(text, part)
            cells = _cells(given)
            cells = _by_needed(cells, needed) if needed else cells
        except Unreadable as fault:
            yield Lost(number, *lines.of(part.start if fault.offset is None else fault.offset), fault)
            continue
        places = {name: lines.of(found.offset) for name, found in given.items()}
        yield Feature(number, first, last, cells, places)


def _cells(given: Mapping[str, Found]) -> dict[str, str | Unreadable]:
    kind = given["type"].value if "type" in given else None
    if kind != "Feature":
        offset = given["type"].offset if "type" in given else None
        raise Unreadable("not-a-feature", str(kind)[:60], offset=offset)
    _check_crs(given.get("crs"))
    properties = given["properties"].value if "properties" in given else None
    if not isinstance(properties, dict | None):
        raise Unreadable("not-properties", str(properties)[:60], offset=given["properties"].offset)
    cells = dict(islice(_properties(properties or {}), _MOST_NAMES))
    if "id" in given and not isinstance(given["id"].value, dict | list | bool | None):
        cells.setdefault("id", cell_of(given["id"].value))
    geometry = given.get("geometry")
    if geometry is not None and geometry.value is not None:
        try:
            cells |= _shape(geometry.value)
        except Unreadable as fault:
            unread = fault.of("geometry")
            cells |= {LAT: unread, LON: unread}
    return cells


def _by_needed(cells: dict[str, str | Unreadable], needed: Collection[str]) -> dict[str, str | Unreadable]:
    """Return *cells* by the names of *needed*; of two spellings of one name the first has it."""
    found: dict[str, str | Unreadable] = {}
    for name, spelled in zip(cells, header_names(list(cells), needed, {}), strict=True):
        found[name if spelled in found else spelled] = cells[name]
    return found


def _properties(given: Mapping[str, Any]) -> Iterator[tuple[str, str | Unreadable]]:
    """Yield the cells of a feature's properties; the names of its shape are never theirs."""
    return ((name, cell) for name, cell in flat_cells(given) if name not in (LAT, LON, RADIUS))


def _shape(geometry: Any) -> dict[str, str]:
    """Return the cells of the place: a point as exact as its digits, any other shape as the disc around it."""
    lat, lon, radius_m = disc_around(positions(geometry))
    if geometry.get("type") == "Point":
        east, north = geometry["coordinates"][:2]
        return {LAT: StoredNumber(repr(north)), LON: StoredNumber(repr(east))}
    return {LAT: StoredNumber(f"{lat:.7f}"), LON: StoredNumber(f"{lon:.7f}"), RADIUS: StoredNumber(radius_m)}


def _envelope(arrived: Input, text: str, start: int, tail: Part | None, lines: LinesOf) -> Iterator[Problem]:
    """Check the object around the list of features, which is left out; yield what is wrong with it."""
    behind = text[tail.start : tail.end] if tail else "}"
    envelope = f"{text[:start]}[]{behind}"
    try:
        given = fields(envelope, Part(_first(envelope), len(envelope)))
    except Unreadable as fault:
        offset = fault.offset if fault.offset is not None else 0
        if tail and offset >= start + 2:
            offset += tail.start - start - 2
        line, column = lines.of(min(offset, len(text)))
        of_geojson = fault.within("feature-collection")
        yield Problem(
            file=arrived.name, line=line, column=column, field=fault.field, code=of_geojson.code,
            params=of_geojson.params, kept="first-features",
        )  # fmt: skip
        return
    try:
        _check_crs(given.get("crs"))
    except Unreadable as fault:
        raise unusable_for(arrived.name, fault) from None
    kind = given["type"].value if "type" in given else None
    if kind != "FeatureCollection":
        params = {"found": str(kind)[:60]}
        yield Problem(file=arrived.name, line=1, field="type", code="not-a-collection", params=params, kept="features")


def _first(text: str) -> int:
    return len(text) - len(text.lstrip(" \t\r\n"))


def _check_crs(found: Found | None) -> None:
    """Refuse coordinates of another reference system; GeoJSON of 2008 could name one, RFC 7946 (section 4) has one."""
    if found is None or found.value is None:
        return
    raw = found.value
    properties = raw.get("properties") if isinstance(raw, dict) else raw
    name = properties.get("name", properties) if isinstance(properties, dict) else properties
    if not str(name).upper().endswith(_WGS_84):
        raise Unreadable("other-coordinates", field="crs", offset=found.offset, crs=str(name)[:100])


def looks_like_geojson(data: bytes) -> bool:
    """Say whether *data* begins like JSON and holds a feature, and so is no table."""
    begins = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")[:1] in (b"{", b"[")
    return begins and _FEATURE.search(data) is not None


def head_of_features(arrived: Input) -> Head:
    """Return the names of the first features' properties, and these features; raise InputError where there are none."""
    text = _text_of(arrived)
    head = _head(_features(text, list(parts(text, list_under(text, "features") or 0)), LinesOf(text)))
    if not head.rows:
        raise unusable(arrived.name, "no-readable-features", line=1)
    return head


def _head(features: Iterator[Feature | Lost]) -> Head:
    rows = tuple(
        {name: cell if isinstance(cell, str) else "" for name, cell in one.cells.items()}
        for one in islice(features, MOST_ROWS)
        if isinstance(one, Feature)
    )
    names = dict.fromkeys(name for row in rows for name in row if name not in (LAT, LON, RADIUS))
    return Head((*names, LAT, LON, RADIUS), rows)


def _with_shape(mapping: TableMapping) -> TableMapping:
    """Return *mapping* with the feature's shape as the place, under the name that it has; another place stays."""
    place = mapping.claims.place
    raw = mapping.model_dump(by_alias=True, exclude_none=True)
    shape = {part: {"column": column} for part, column in (("lat", LAT), ("lon", LON), ("radius_m", RADIUS))}
    if place is None or (
        place.lat is not None and place.lat.column == LAT and place.radius_km is None and place.radius_m is None
    ):
        raw["claims"]["place"] = {**raw["claims"].get("place", {}), **shape}
    return TableMapping.model_validate(raw)


def _not_there(
    arrived: Input, mapping: TableMapping, text: str, members: Sequence[Part], lines: LinesOf
) -> Iterator[Problem]:
    """Yield a problem for each column of *mapping* that no feature has."""
    missing = dict.fromkeys(name for name in mapping.columns() if name not in (LAT, LON, RADIUS))
    for feature in _features(text, members, lines, mapping.columns()):
        if isinstance(feature, Feature):
            missing = {name: None for name in missing if name not in feature.cells}
        if not missing:
            return
    for name in missing:
        params = {"name": name}
        yield Problem(file=arrived.name, field=name, code="no-such-property", params=params, kept="other-properties")
