"""Any table (all that `tabular` opens) with a mapping of its columns: one row, one event report."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from parley.intake.mappings.mapped import report_of, withdrawal_of
from parley.intake.mappings.mapping import TableMapping
from parley.intake.pieces import Made, Pieces, Taken
from parley.intake.tables.rows import Cells
from parley.intake.tables.tabular import Table, in_pieces, open_table
from parley.intake.values.columns import ByColumn
from parley.model import Input, Origin

CHANNEL = "table"


def read_table(arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo) -> Pieces:
    """Return one event report a row. Raise InputError where there is no row.

    Args:
        source: who speaks, instead of what the mapping says.
        timezone: where times are local, unless the mapping names a zone.
    """
    table = open_by(arrived, mapping)
    read = taken_by(arrived, source, mapping, timezone)
    return in_pieces(arrived, table, mapping.kinds(), read, reference_by(mapping))


def open_by(arrived: Input, mapping: TableMapping) -> Table:
    """Return the table in *arrived* with the columns that *mapping* names; raise InputError as `open_table` does."""
    return open_table(arrived, mapping.columns(), separator=mapping.delimiter, sheet=mapping.sheet)


def reference_by(mapping: TableMapping) -> Callable[[Cells], str]:
    """Return what tells the source's id of a row."""
    column = mapping.reference.column if mapping.reference else None
    return lambda row: row[column] if column else ""


def taken_by(
    arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo, channel: str = CHANNEL
) -> Callable[[ByColumn], Taken]:
    """Return what reads a row of *arrived* by *mapping*: its report, or what it takes back."""
    zone = ZoneInfo(mapping.timezone) if mapping.timezone else timezone
    report = by_mapping(arrived, source, mapping, timezone, channel)

    def read(row: ByColumn) -> Taken:
        origin = _origin(arrived, row)
        return withdrawal_of(row, mapping, zone, channel=channel, origin=origin, source=source) or report(row)

    return read


def _origin(arrived: Input, row: ByColumn) -> Origin:
    return Origin(digest=arrived.digest, name=arrived.name, first=row.first, last=row.last, record=row.number)


def by_mapping(
    arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo, channel: str = CHANNEL
) -> Callable[[ByColumn], Made]:
    """Return what reads a row of *arrived* by *mapping*."""
    zone = ZoneInfo(mapping.timezone) if mapping.timezone else timezone

    def read(row: ByColumn) -> Made:
        return report_of(row, mapping, zone, channel=channel, origin=_origin(arrived, row), source=source)

    return read
