"""A row of cells and a mapping → one event report: the same for CSV, workbooks, GeoJSON, Ushahidi and HXL.

An empty cell means that the source is silent, the cell "unknown" that it does not know. A cell that cannot be read
costs only its claim, which says so. A row is lost where nobody says it, or where it says nothing at all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from parley.intake.faults import Unreadable
from parley.intake.mappings.mapping import Cell, HowMany, Moment, Names, TableMapping, When, Where
from parley.intake.mappings.patterns import in_pattern
from parley.intake.values import counts, places
from parley.intake.values.columns import ByColumn
from parley.intake.values.dates import at_clock, joined_span
from parley.intake.values.numbers import number
from parley.intake.values.sayings import NO_REASON, UNKNOWN, alternatives, is_unknown, not_understood, partly_unknown
from parley.model import (
    FACT,
    Attribute,
    Cause,
    Citation,
    Claim,
    EventReport,
    Flag,
    Interval,
    Origin,
    Unknown,
    Value,
    Withdrawal,
    Words,
    fold,
)

T = TypeVar("T")

_NAMES: tuple[Attribute, ...] = ("area", "act", "means", "actor", "affected", "object", "site", "done", "exemption")
_COUNTS: tuple[Attribute, ...] = ("deaths", "deaths-civilian", "injured")
_AMOUNTS: tuple[Attribute, ...] = ("calibre", "altitude", "quantity")
_YES_OR_NO = {"true": "yes", "false": "no"}


def report_of(
    row: ByColumn,
    mapping: TableMapping,
    zone: ZoneInfo,
    *,
    channel: str,
    origin: Origin,
    source: str | None,
    flags: Sequence[Flag] = (),
) -> tuple[EventReport, list[Unreadable]]:
    """Return the report that *row* becomes, and the faults of single cells that it goes without.

    Args:
        source: who speaks, instead of what the mapping says.
        zone: where times are local.

    Raises:
        Unreadable: the row is lost; the column is named.
    """
    reader = _Reader(row, mapping, zone)
    said = source or reader.text(mapping.source)
    if not said:
        raise Unreadable("nobody-says-it", field=mapping.source.column if mapping.source else None)
    claims = tuple(reader.claims())
    if not claims and not reader.faults:
        raise Unreadable("nothing-in-columns")
    report = EventReport(
        source=said,
        channel=channel,
        origin=origin,
        published=reader.spared(lambda: reader.time_in(mapping.published)),
        citation=reader.citation(said),
        reference=reader.spared(lambda: reader.text(mapping.reference)) or "",
        reference_lasts=mapping.reference_lasts,
        corrects=reader.spared(lambda: reader.text(mapping.corrects)) or "",
        keeps_ids=mapping.keeps_ids,
        language=mapping.language,
        cardinality=mapping.cardinality,
        flags=tuple(flags),
        claims=claims,
    )
    return report, reader.faults


def withdrawal_of(
    row: ByColumn, mapping: TableMapping, zone: ZoneInfo, *, channel: str, origin: Origin, source: str | None
) -> tuple[Withdrawal, list[Unreadable]] | None:
    """Return what *row* takes back, None where it is a report; arguments and errors as of `report_of`."""
    reader, cells = _Reader(row, mapping, zone), mapping.withdrawn
    if cells is None or not cells.says(reader.text(cells)):
        return None
    said = source or reader.text(mapping.source)
    if not said:
        raise Unreadable("nobody-says-it", field=mapping.source.column if mapping.source else None)
    reference = reader.text(mapping.reference)
    if not reference:
        raise Unreadable("withdraws-nothing", field=mapping.reference.column if mapping.reference else None)
    at = reader.spared(lambda: reader.time_in(mapping.published))
    withdrawal = Withdrawal(
        source=said,
        channel=channel,
        reference=reference,
        at=at.start if at else None,
        why=reader.spared(lambda: reader.text(cells.reason)) or "",
        origin=origin,
    )
    return withdrawal, reader.faults


Bounds = tuple[int, int | None]
"""The least and the most that a number may be; None where it may be any number from the least on."""


def bounds_of(row: ByColumn, mapping: TableMapping, cells: HowMany) -> Bounds | None:
    """Return the bounds of the whole number in *cells*, None where the row is silent; raise Unreadable."""
    reader = _Reader(row, mapping, ZoneInfo("UTC"))
    low, best, high = (reader.whole(cell) for cell in (cells.low, cells.best, cells.high))
    if low is best is high is None:
        return None
    found = counts.count(low, best, high)
    return found.low, found.high


@dataclass
class _Reader:
    """Reads one row; gathers the faults that its report goes without."""

    row: ByColumn
    mapping: TableMapping
    zone: ZoneInfo
    faults: list[Unreadable] = field(default_factory=list)

    def text(self, cell: Cell | None) -> str:
        """Return what *cell* holds; "" where there is none, `UNKNOWN` however it is spelled."""
        if cell is None:
            return ""
        text = self.cell(cell.column) if cell.column is not None else cell.is_ or ""
        return UNKNOWN if is_unknown(text) else text

    def cell(self, column: str) -> str:
        try:
            return self.row[column]
        except Unreadable as fault:
            raise fault.of(fault.field or column) from None

    def number(self, cell: Cell | None) -> str:
        """Return the text of a number with a decimal point, however the mapping says that the table writes it."""
        text = self.text(cell)
        if text in ("", UNKNOWN):
            return text
        try:
            return number(text, self.mapping.marks)
        except Unreadable as fault:
            raise _in(cell, fault) from None

    def spared(self, read: Callable[[], T]) -> T | None:
        """Return what *read* gives; None, with the fault noted, where its cell cannot be read."""
        try:
            return read()
        except Unreadable as fault:
            self.faults.append(fault)
            return None

    def citation(self, source: str) -> Citation | None:
        cells = self.mapping.citation
        if cells is None:
            return None
        published = self.spared(lambda: self.time_in(cells.published))
        return Citation(
            publisher=self.spared(lambda: self.text(cells.publisher)) or source,
            published=published.start.date() if published else None,
            address=self.spared(lambda: self.text(cells.address)) or "",
        )

    def claims(self) -> Iterator[Claim]:
        cells = self.mapping.claims
        if cells.time:
            yield from self._sparing("time", self._time, cells.time)
        if cells.place:
            yield from self._sparing("place", self._place, cells.place)
        for attribute in _NAMES:
            yield from self._sparing(attribute, self._named, attribute, getattr(cells, attribute))
        for attribute in _COUNTS:
            yield from self._sparing(attribute, self._counted, attribute, getattr(cells, attribute.replace("-", "_")))
        for attribute in _AMOUNTS:
            yield from self._sparing(attribute, self._counted, attribute, getattr(cells, attribute))
        for fact, names in cells.facts.items():
            yield from self._sparing(FACT + fact, self._named, FACT + fact, names)
        yield from self._sparing("account", self._account, cells.account)

    def _sparing(self, attribute: Attribute, claims: Callable[..., Iterator[Claim]], *given: Any) -> Iterator[Claim]:
        """Yield what *claims* makes of *given*; where a cell cannot be read, the claim that says so."""
        try:
            yield from claims(*given)
        except Unreadable as fault:
            self.faults.append(fault)
            yield not_understood(attribute, fault, fault.field or "")

    def _account(self, cell: Cell | None) -> Iterator[Claim]:
        if words := self.text(cell):
            value = NO_REASON if words == UNKNOWN else Words(text=words)
            yield Claim(attribute="account", value=value, column=_column(cell))

    def _time(self, cells: When) -> Iterator[Claim]:
        start, end = self.text(cells.start), self.text(cells.end)
        if not start and not end:
            return
        value: Value
        if UNKNOWN in (start, end):
            value = NO_REASON if start == end or not end else partly_unknown(start, end)
        else:
            first = self.moment_in(cells.start)
            last = self.moment_in(cells.end)
            try:
                value = joined_span(first, last, start, end)
            except Unreadable as fault:
                raise _in(cells.start if first is None else cells.end, fault) from None
        said = _said(*filter(None, (self.with_clock(start, cells.start), self.with_clock(end, cells.end))))
        yield Claim(attribute="time", value=value, said=said, column=_column(cells.start))

    def with_clock(self, text: str, cell: Moment | None) -> str:
        """Return the words of a day with those of the clock in a cell of its own."""
        return " ".join(filter(None, (text, self.text(cell.time if cell else None)))) if text else ""

    def moment_in(self, cell: Moment | None) -> Interval | None:
        """Return the time in *cell*, at the time of day in the cell beside it; where that cannot be read, the day."""
        read = self.time_in(cell)
        if read is None or cell is None or cell.time is None:
            return read
        said = self.text(cell.time)
        column = cell.time.column
        if said in ("", UNKNOWN) or (column is not None and self.row.all_days(column)):
            return read
        try:
            return at_clock(read, said, self.zone)
        except Unreadable as fault:
            self.faults.append(_in(cell.time, fault))
            return read

    def time_in(self, cell: Cell | None) -> Interval | None:
        """Return the time in *cell*; None where it is empty or the source does not know."""
        text = self.text(cell)
        if cell is None or text in ("", UNKNOWN):
            return None
        all_days = cell.column is not None and self.row.all_days(cell.column)
        try:
            return in_pattern(text, self.mapping.dates, self.zone, all_days=all_days)
        except Unreadable as fault:
            raise _in(cell, fault) from None

    def _place(self, cells: Where) -> Iterator[Claim]:
        name, lat, lon, at = (self.text(cell) for cell in (cells.name, cells.lat, cells.lon, cells.at))
        value: Value | None
        if UNKNOWN in (lat, lon, at):
            named = name not in ("", UNKNOWN)
            value = Unknown(why=Cause(code="coordinates-unknown", params={"name": name})) if named else NO_REASON
        else:
            radius_m = self._radius(cells)
            try:
                value = places.place(name, lat, lon, radius_m, at=at, decimal=self.mapping.decimal)
            except Unreadable as fault:
                raise _in({"lat": cells.lat, "lon": cells.lon, "at": cells.at}.get(fault.field or ""), fault) from None
        if value is not None:
            column = _column(cells.lat if cells.at is None or lat or lon else cells.at)
            said = _said(name, lat, lon, "" if lat or lon else at)
            yield Claim(attribute="place", value=value, said=said, column=column)

    def _radius(self, cells: Where) -> int | None:
        cell, metres = (cells.radius_km, 1000) if cells.radius_km else (cells.radius_m, 1)
        if cell is None:
            return None
        if (said := cell.meant(self.text(cell))) is not None:
            return places.radius(f"{said:f}", metres)
        otherwise = None if cell.otherwise is None else places.radius(f"{cell.otherwise:f}", metres)
        try:
            text = self.text(cell)
            if text in ("", UNKNOWN):
                return otherwise
            return places.radius(number(text, self.mapping.marks, fine=True), metres)
        except Unreadable as fault:
            if otherwise is not None:
                return otherwise
            raise fault.of(cell.column) from None

    def _named(self, attribute: Attribute, cells: Names | None) -> Iterator[Claim]:
        if cells is None:
            return
        said = self.cell(cells.column) if cells.column is not None else cells.is_ or ""
        denied = self.text(cells.none_of)
        column = cells.column if said or cells.none_of is None else cells.none_of.column
        try:
            any_of, none_of = _parts(said, cells, attribute), _parts(denied, cells, attribute)
            value = alternatives(attribute, any_of, none_of)
        except Unreadable as fault:
            self.faults.append(fault.of(column))
            yield not_understood(attribute, fault, column or "")
            return
        if value is not None:
            words = _said(said, f"≠ {denied}" if denied else "")
            yield Claim(attribute=attribute, value=value, said=words, column=column or "")

    def _counted(self, attribute: Attribute, cells: HowMany | None) -> Iterator[Claim]:
        if cells is None:
            return
        each = (cells.low, cells.best, cells.high)
        texts = [self.text(cell) for cell in each]  # as they stand: what was said
        if not any(texts):
            return
        column = next((cell.column for cell, text in zip(each, texts, strict=True) if cell and text), None) or ""
        said = _said(*texts)
        bounds = [self._bound(cell, attribute) for cell in each]
        if all(bound is None for bound in bounds):
            yield Claim(attribute=attribute, value=NO_REASON, said=said, column=column)
            return
        try:
            yield Claim(attribute=attribute, value=_range(attribute, bounds), said=said, column=column)
        except Unreadable as fault:
            self.faults.append(fault.of(column or None))
            yield not_understood(attribute, fault, column)

    def whole(self, cell: Cell | None) -> int | None:
        """Return the whole number in *cell*; None where it is empty or the source does not know."""
        found = self._bound(cell, "deaths")
        return None if found is None else int(found)

    def _bound(self, cell: Cell | None, attribute: Attribute) -> float | None:
        text = self.number(cell)
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


def _parts(said: str, cells: Names, attribute: Attribute) -> list[str]:
    """Return the names in a cell, each as `values` says it; a workbook's TRUE and FALSE answer a fact."""
    parts = [part.strip() for part in (said.split(cells.separator) if cells.separator else [said])]
    parts = [part for part in parts if part not in cells.nothing]
    named = [cells.meant(part) for part in parts]
    return [_YES_OR_NO.get(fold(part), part) for part in named] if attribute.startswith(FACT) else named


def _in(cell: Cell | None, fault: Unreadable) -> Unreadable:
    """Return *fault* as one of the column that *cell* names."""
    return fault.of(cell.column if cell else None)


def _column(cell: Cell | None) -> str:
    return (cell.column if cell else None) or ""


def _said(*texts: str) -> str:
    return " | ".join(text for text in texts if text)
