"""Any table with separators (CSV, TSV …) and a mapping of its columns: one row, one event report.

An empty cell means that the source is silent, the cell "unknown" that it does not know. A row with a time, place or
number that cannot be read is skipped; a word that is not in the vocabulary costs only its claim.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from parley.intake import counts, places
from parley.intake.dates import span, when
from parley.intake.faults import Unreadable
from parley.intake.mapping import Cell, HowMany, Names, TableMapping, When, Where
from parley.intake.rows import Row, read_rows
from parley.intake.sayings import UNKNOWN, alternatives, is_unknown, not_understood
from parley.model import (
    FACT,
    Attribute,
    Citation,
    Claim,
    EventReport,
    Input,
    Interval,
    Origin,
    Reading,
    Unknown,
    Value,
    Words,
)

CHANNEL = "table"

_WHY = "no reason is given"
_NAMES: tuple[Attribute, ...] = ("area", "act", "means", "actor", "affected", "object", "site", "done", "exemption")
_COUNTS: tuple[Attribute, ...] = ("deaths", "deaths-civilian", "injured")
_AMOUNTS: tuple[Attribute, ...] = ("calibre", "altitude", "quantity")


def read_table(arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo) -> Reading:
    """Return one event report a row. Raise InputError where no row can be read.

    Args:
        source: who speaks, instead of what the mapping says.
        timezone: where times are local, unless the mapping names a zone.
    """
    zone = ZoneInfo(mapping.timezone) if mapping.timezone else timezone
    digest = hashlib.sha256(arrived.data).hexdigest()

    def read(row: Row) -> tuple[EventReport, list[Unreadable]]:
        reader = _Reader(row, mapping, zone)
        said = source or reader.text(mapping.source)
        if not said:
            raise Unreadable("who says it", field=mapping.source.column if mapping.source else None)
        report = EventReport(
            source=said,
            channel=CHANNEL,
            origin=Origin(digest=digest, name=arrived.name, first=row.first, last=row.last, record=row.number),
            published=reader.published(),
            citation=reader.citation(said),
            reference=reader.text(mapping.reference),
            claims=tuple(reader.claims()),
        )
        return report, reader.faults

    return read_rows(arrived, mapping.delimiter, mapping.columns(), read)


@dataclass
class _Reader:
    """Reads one row; gathers the faults that its report goes without."""

    row: Row
    mapping: TableMapping
    zone: ZoneInfo
    faults: list[Unreadable] = field(default_factory=list)

    def text(self, cell: Cell | None) -> str:
        """Return what *cell* holds; "" where there is none, `UNKNOWN` however it is spelled."""
        if cell is None:
            return ""
        text = self.row[cell.column] if cell.column is not None else cell.is_ or ""
        return UNKNOWN if is_unknown(text) else text

    def published(self) -> Interval | None:
        return self._time_in(self.mapping.published)

    def citation(self, source: str) -> Citation | None:
        cells = self.mapping.citation
        if cells is None:
            return None
        published = self._time_in(cells.published)
        return Citation(
            publisher=self.text(cells.publisher) or source,
            published=published.start.date() if published else None,
            address=self.text(cells.address),
        )

    def claims(self) -> Iterator[Claim]:
        cells = self.mapping.claims
        if cells.time:
            yield from self._time(cells.time)
        if cells.place:
            yield from self._place(cells.place)
        for attribute in _NAMES:
            yield from self._named(attribute, getattr(cells, attribute))
        for attribute in _COUNTS:
            yield from self._counted(attribute, getattr(cells, attribute.replace("-", "_")))
        for attribute in _AMOUNTS:
            yield from self._counted(attribute, getattr(cells, attribute))
        for fact, names in cells.facts.items():
            yield from self._named(FACT + fact, names)
        if words := self.text(cells.account):
            value = Unknown(why=_WHY) if words == UNKNOWN else Words(text=words)
            yield Claim(attribute="account", value=value, column=_column(cells.account))

    def _time(self, cells: When) -> Iterator[Claim]:
        start, end = self.text(cells.start), self.text(cells.end)
        if not start and not end:
            return
        value: Value
        if UNKNOWN in (start, end):
            value = Unknown(why=_WHY if start == end or not end else f"{_WHY} all of it: from {start} to {end}")
        else:
            first = self._time_in(cells.start)
            if first is None:
                raise Unreadable("a start, since there is an end", field=cells.start.column)
            try:
                value = span(start, end, self.zone)
            except Unreadable as fault:
                raise _in(cells.end, fault) from None
        yield Claim(attribute="time", value=value, said=_said(start, end), column=_column(cells.start))

    def _time_in(self, cell: Cell | None) -> Interval | None:
        """Return the time in *cell*; None where it is empty or the source does not know."""
        text = self.text(cell)
        if text in ("", UNKNOWN):
            return None
        try:
            return when(text, self.zone)
        except Unreadable as fault:
            raise _in(cell, fault) from None

    def _place(self, cells: Where) -> Iterator[Claim]:
        name, lat, lon = (self.text(cell) for cell in (cells.name, cells.lat, cells.lon))
        value: Value | None
        if UNKNOWN in (lat, lon) or (name == UNKNOWN and not lat and not lon):
            value = Unknown(why=_WHY if name in ("", UNKNOWN) else f"{_WHY} the coordinates of {name}")
        else:
            radius_m = self._radius(cells)
            try:
                value = places.place(name, lat, lon, radius_m)
            except Unreadable as fault:
                raise _in({"lat": cells.lat, "lon": cells.lon}.get(fault.field or ""), fault) from None
        if value is not None:
            yield Claim(attribute="place", value=value, said=_said(name, lat, lon), column=_column(cells.lat))

    def _radius(self, cells: Where) -> int | None:
        cell, metres = (cells.radius_km, 1000) if cells.radius_km else (cells.radius_m, 1)
        text = self.text(cell)
        if text in ("", UNKNOWN):
            return None
        try:
            return places.radius(text, metres)
        except Unreadable as fault:
            raise _in(cell, fault) from None

    def _named(self, attribute: Attribute, cells: Names | None) -> Iterator[Claim]:
        if cells is None:
            return
        said = self.row[cells.column] if cells.column is not None else cells.is_ or ""
        denied = self.text(cells.none_of)
        column = cells.column if said or cells.none_of is None else cells.none_of.column
        try:
            value = alternatives(attribute, _parts(said, cells), _parts(denied, cells), _WHY)
        except Unreadable as fault:
            self.faults.append(Unreadable(fault.expected, fault.found, field=column))
            yield not_understood(attribute, fault, column or "")
            return
        if value is not None:
            words = _said(said, f"not {denied}" if denied else "")
            yield Claim(attribute=attribute, value=value, said=words, column=column or "")

    def _counted(self, attribute: Attribute, cells: HowMany | None) -> Iterator[Claim]:
        if cells is None:
            return
        each = (cells.low, cells.best, cells.high)
        texts = [self.text(cell) for cell in each]
        if not any(texts):
            return
        column = next((cell.column for cell, text in zip(each, texts, strict=True) if cell and text), None) or ""
        said = _said(*texts)
        bounds = [self._bound(cell, attribute) for cell in each]
        if all(bound is None for bound in bounds):
            yield Claim(attribute=attribute, value=Unknown(why=_WHY), said=said, column=column)
            return
        try:
            yield Claim(attribute=attribute, value=_range(attribute, bounds), said=said, column=column)
        except Unreadable as fault:
            self.faults.append(Unreadable(fault.expected, fault.found, field=column or None))
            yield not_understood(attribute, fault, column)

    def _bound(self, cell: Cell | None, attribute: Attribute) -> float | None:
        text = self.text(cell)
        if text in ("", UNKNOWN):
            return None
        try:
            return counts.measure(text) if attribute in _AMOUNTS else counts.whole_number(text)
        except Unreadable as fault:
            raise _in(cell, fault) from None


def _range(attribute: Attribute, bounds: list[float | None]) -> Value:
    if attribute in _AMOUNTS:
        return counts.amount(*bounds)
    return counts.count(*(None if bound is None else int(bound) for bound in bounds))


def _parts(said: str, cells: Names) -> list[str]:
    """Return the names in a cell, each as `values` says it."""
    parts = [part.strip() for part in (said.split(cells.separator) if cells.separator else [said])]
    return [cells.values.get(part, part) for part in parts]


def _in(cell: Cell | None, fault: Unreadable) -> Unreadable:
    """Return *fault* as one of the column that *cell* names."""
    return Unreadable(fault.expected, fault.found, field=cell.column if cell else None)


def _column(cell: Cell | None) -> str:
    return (cell.column if cell else None) or ""


def _said(*texts: str) -> str:
    return " | ".join(text for text in texts if text)
