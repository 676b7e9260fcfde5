"""A list of happenings that is to be matched with another → its rows as reports, and what else is compared of them.

A list is read as `--as table` reads it, by the same mapping and with the same words for what is wrong.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from parley.intake.channels.table import by_mapping, open_by, reference_by
from parley.intake.faults import Unreadable, unusable
from parley.intake.mappings.mapped import Bounds, bounds_of
from parley.intake.mappings.mapping import Cell, Radius, TableMapping
from parley.intake.pieces import Made, joined
from parley.intake.tables.rows import Cells
from parley.intake.tables.tabular import in_pieces
from parley.intake.values.columns import Read
from parley.intake.values.sayings import UNKNOWN, is_unknown
from parley.model import EventReport, Flag, Input, Interval, Problem

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row: its report, and its `ranges` and `terms` in the order of their names ("", None: the row is silent).

    `words` are what it tells beside its report.
    `place` is the name of the place, which a report without coordinates does not claim.
    """

    report: EventReport
    place: str
    ranges: tuple[Bounds | None, ...]
    terms: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ReadList:
    """The rows of a list that can be compared, and what was wrong with it."""

    rows: tuple[ListedRow, ...]
    problems: tuple[Problem, ...]


def read_list(arrived: Input, mapping: TableMapping, radius_km: float) -> ReadList:
    """Return the rows of *arrived*; local times stand in the zone of *mapping*, else in UTC.

    Args:
        radius_km: how far off a point may be where *mapping* names no radius.

    Raises:
        InputError: it cannot be opened, or no row of it can be compared.
    """
    mapping = _with_radius(mapping, radius_km)
    table = open_by(arrived, mapping)
    report_of_row = by_mapping(arrived, arrived.name, mapping, _UTC)
    ids: set[str] = set()
    beside: dict[int, tuple[str, tuple[Bounds | None, ...], tuple[str, ...], str]] = {}

    def read(row: Read) -> Made:
        report, faults = report_of_row(row)
        _check(report, faults, mapping, ids)
        ids.add(report.reference)
        more = list(faults)
        named = mapping.claims.place.name if mapping.claims.place else None
        ranges, terms = tuple(_ranges(row, mapping, more)), tuple(_terms(row, mapping, more))
        words = "\n".join(_word(row, cell, more) for cell in mapping.compare.words)
        beside[row.number] = _word(row, named, []), ranges, terms, words  # of the name the report has told already
        return report, more

    reading = joined(in_pieces(arrived, table, mapping.kinds(), read, reference_by(mapping))(0))
    reports = [one for one in reading.reports if isinstance(one, EventReport)]
    if not reports:
        raise unusable(arrived.name, "no-readable-rows", problems=len(reading.problems))
    rows = tuple(ListedRow(one, *beside[one.origin.record or 0]) for one in reports)
    cut_off = (_told(arrived, flag) for one in reports for flag in one.flags if flag.code == "may-be-cut-off")
    return ReadList(rows, (*reading.problems, *cut_off))


def _with_radius(mapping: TableMapping, radius_km: float) -> TableMapping:
    """Return *mapping* with a radius for its places, where it names none."""
    place = mapping.claims.place
    if place is None or place.radius_km or place.radius_m:
        return mapping
    placed = place.model_copy(update={"radius_m": Radius.model_validate({"is": "", "otherwise": 1000 * radius_km})})
    return mapping.model_copy(update={"claims": mapping.claims.model_copy(update={"place": placed})})


def _check(report: EventReport, faults: Sequence[Unreadable], mapping: TableMapping, ids: Collection[str]) -> None:
    """Raise Unreadable where *report* has no id of its own, or no time."""
    column = mapping.reference.column if mapping.reference else None
    if not report.reference or report.reference == UNKNOWN:
        raise Unreadable("no-id", field=column)
    if report.reference in ids:
        raise Unreadable("id-twice-in-list", report.reference, field=column)
    if not any(claim.attribute == "time" and isinstance(claim.value, Interval) for claim in report.claims):
        when = mapping.claims.time
        columns = [cell.column for cell in (when.start, when.end) if cell] if when else []
        raise next((one for one in faults if one.field in columns), Unreadable("no-time-to-compare", field=columns[0]))


def _ranges(row: Read, mapping: TableMapping, faults: list[Unreadable]) -> Iterator[Bounds | None]:
    """Yield the bounds of each further number, by name; one that cannot be read is noted and silent."""
    for name in sorted(mapping.compare.ranges):
        try:
            yield bounds_of(row, mapping, mapping.compare.ranges[name])
        except Unreadable as fault:
            faults.append(fault)
            yield None


def _terms(row: Cells, mapping: TableMapping, faults: list[Unreadable]) -> Iterator[str]:
    for name in sorted(mapping.compare.terms):
        yield _word(row, mapping.compare.terms[name], faults)


def _word(row: Cells, cell: Cell | None, faults: list[Unreadable]) -> str:
    """Return what *cell* holds; "" where there is none, the source does not know, or it cannot be read."""
    if cell is None:
        return ""
    try:
        text = row[cell.column] if cell.column is not None else cell.is_ or ""
    except Unreadable as fault:
        faults.append(fault.of(cell.column))
        return ""
    return "" if is_unknown(text) else text


def _told(arrived: Input, flag: Flag) -> Problem:
    """Return as a problem what a report would be flagged with: nobody sees the reports of a list that is matched."""
    field, found = str(flag.params["column"]), flag.params["cell"]
    return Problem(file=arrived.name, line=flag.line, column=flag.column, field=field, code="no-end-of-line",
                   params={"found": found}, kept="row-as-it-stands")  # fmt: skip
