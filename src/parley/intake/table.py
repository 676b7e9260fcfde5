"""Any table (CSV, TSV …, or a workbook) with a mapping of its columns: one row, one event report."""

import hashlib
from collections.abc import Callable
from zoneinfo import ZoneInfo

from parley.intake.mapped import report_of
from parley.intake.mapping import TableMapping
from parley.intake.rows import Cells, Made, gather, read_rows
from parley.intake.sheet import SheetTable, needed_sheet
from parley.intake.workbook import is_workbook, opened
from parley.model import Input, Origin, Reading

CHANNEL = "table"


def read_table(arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo) -> Reading:
    """Return one event report a row. Raise InputError where no row can be read.

    Args:
        source: who speaks, instead of what the mapping says.
        timezone: where times are local, unless the mapping names a zone.
    """
    if is_workbook(arrived.data):
        return _read_workbook(arrived, source, mapping, timezone)
    return read_rows(arrived, mapping.delimiter, mapping.columns(), by_mapping(arrived, source, mapping, timezone))


def by_mapping(
    arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo, channel: str = CHANNEL
) -> Callable[[Cells], Made]:
    """Return what reads a row of *arrived* by *mapping*."""
    zone = ZoneInfo(mapping.timezone) if mapping.timezone else timezone
    digest = hashlib.sha256(arrived.data).hexdigest()

    def read(row: Cells) -> Made:
        origin = Origin(digest=digest, name=arrived.name, first=row.first, last=row.last, record=row.number)
        return report_of(row, mapping, zone, channel=channel, origin=origin, source=source)

    return read


def _read_workbook(arrived: Input, source: str | None, mapping: TableMapping, timezone: ZoneInfo) -> Reading:
    workbook = opened(arrived)
    sheet, said = needed_sheet(workbook, mapping.sheet)
    table = SheetTable(workbook, sheet, mapping.columns(), mapping.decimal)
    reading = gather(arrived.name, table.rows(), by_mapping(arrived, source, mapping, timezone))
    return Reading(reading.reports, (*reading.problems, *said, *table.notices()))
