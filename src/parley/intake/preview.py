"""The first rows (or features) as the reports they would become, for a person who checks a mapping before saving it."""

import re
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from parley.intake.channels.geojson import looks_like_geojson, read_geojson
from parley.intake.channels.table import read_table
from parley.intake.mappings.mapping import TableMapping
from parley.intake.pieces import joined
from parley.intake.tables.records import looks_like_json
from parley.intake.text.archive import unpacked
from parley.intake.text.funnel import is_workbook, utf8
from parley.model import EventReport, Input, InputError, Problem

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINES_A_ROW = 4
"""How many lines a row may take on average before the preview shows fewer rows than it was asked for."""


@dataclass(frozen=True)
class Preview:
    """The first rows: their reports, and the problems of these rows and of the table as a whole.

    `whole` is False where only the top of a long file was looked at: what a column shows below it is not known.
    """

    reports: tuple[EventReport, ...]
    problems: tuple[Problem, ...]
    whole: bool = True


def previewed(arrived: Input, mapping: TableMapping, source: str | None, timezone: ZoneInfo, rows: int) -> Preview:
    """Return what the first *rows* rows of *arrived* become; problems instead of an error where nothing can be read."""
    whole = True
    try:
        arrived = unpacked(arrived)
        if looks_like_geojson(arrived.data):
            made = read_geojson(arrived, source, mapping, timezone)
        else:
            top = _top(arrived, rows)
            whole = top is arrived
            made = read_table(top, source, mapping, timezone)
        reading = joined(made(0))
    except InputError as error:
        return Preview((), (error.problem,), whole)
    reports = [report for report in reading.reports if isinstance(report, EventReport)]
    shown = [report for report in reports if (report.origin.record or 0) <= rows]
    end = min((report.origin.first - 1 for report in reports[len(shown) :]), default=None)
    if shown and shown[-1].origin.record == rows:
        end = shown[-1].origin.last  # rows lost below it are not shown either
    problems = (problem for problem in reading.problems if end is None or problem.line is None or problem.line <= end)
    return Preview(tuple(shown), tuple(problems), whole)


def _top(arrived: Input, rows: int) -> Input:
    """Return *arrived* up to some lines below its first *rows* rows; as it is where there is no more, or no text."""
    if is_workbook(arrived.ends) or looks_like_json(arrived):
        return arrived
    data = utf8(arrived, "table")
    ends = [found.end() for found in islice(_LINE_END.finditer(data), _LINES_A_ROW * (rows + 2))]
    cut = len(ends) == _LINES_A_ROW * (rows + 2) and ends[-1] < len(data)
    return Input(arrived.name, data[: ends[-1]]) if cut else arrived
