"""Any table (CSV, TSV …, or a workbook) with a mapping of its columns: one row, one event report."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from parley.intake.mapped import report_of
from parley.intake.mapping import TableMapping
from parley.intake.pieces import Made, Pieces, pieces
from parley.intake.rows import Cells, Lost, table_rows
from parley.intake.sheet import SheetTable, needed_sheet
from parley.intake.values.columns import ByColumn, Columns
from parley.intake.workbook import is_workbook, opened
from parley.model import Input, Origin, Problem

CHANNEL = "table"


def read_table(arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo) -> Pieces:
    """Return one event report a row. Raise InputError where there is no row.

    Args:
        source: who speaks, instead of what the mapping says.
        timezone: where times are local, unless the mapping names a zone.
    """
    if is_workbook(arrived.ends):
        return _read_workbook(arrived, source, mapping, timezone)

    def rows() -> Iterator[Cells | Lost]:
        return table_rows(arrived, mapping.delimiter, mapping.columns())

    columns = Columns(arrived.name, mapping.kinds(), rows, rows)
    read = by_mapping(arrived, source, mapping, timezone)
    return partial(pieces, arrived.name, columns, read, reference_by(mapping), said=columns.said())


def reference_by(mapping: TableMapping) -> Callable[[Cells], str]:
    """Return what tells the source's id of a row."""
    column = mapping.reference.column if mapping.reference else None
    return lambda row: row[column] if column else ""


def by_mapping(
    arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo, channel: str = CHANNEL
) -> Callable[[ByColumn], Made]:
    """Return what reads a row of *arrived* by *mapping*."""
    zone = ZoneInfo(mapping.timezone) if mapping.timezone else timezone
    digest = arrived.digest

    def read(row: ByColumn) -> Made:
        origin = Origin(digest=digest, name=arrived.name, first=row.first, last=row.last, record=row.number)
        return report_of(row, mapping, zone, channel=channel, origin=origin, source=source)

    return read


def _read_workbook(arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo) -> Pieces:
    workbook = opened(arrived)
    sheet, said = needed_sheet(workbook, mapping.sheet)
    table = SheetTable(workbook, sheet, mapping.columns())
    columns = Columns(arrived.name, mapping.kinds(), SheetTable(workbook, sheet, mapping.columns()).rows, table.rows)
    read = by_mapping(arrived, source, mapping, timezone)
    of_whole = said_of(table, said, columns)
    return partial(pieces, arrived.name, columns, read, reference_by(mapping), said=of_whole)


def said_of(table: SheetTable, said: Sequence[Problem], columns: Columns) -> Iterator[Problem]:
    """Yield *said*, and what is known of the sheet and of its columns when its rows are through."""
    yield from said
    yield from table.notices()
    yield from columns.said()
