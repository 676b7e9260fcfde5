"""Which reports came late: after the cut-off that follows what they tell of.

The cut-off is a fixed time of day of the centre's zone. It moves nothing from one day to another: days run from
midnight to midnight, and a report stands on the day of the act whenever it comes. What came after the first cut-off
behind the beginning of the act (of a bulletin: behind the end of its period) is marked, with when it came.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from parley.model import Bulletin, Findings, RecordedReport
from parley.publish.local_days import beginning


def late_reports(findings: Findings, timezone: ZoneInfo, cutoff_of: Callable[[date], str]) -> Mapping[int, datetime]:
    """Return when each late report was received, by its entry.

    *cutoff_of* gives the cut-off of a day, the one of which the report tells: HH:MM, or "" where none is fixed.
    """
    known = cache(cutoff_of)
    found = {}
    for one in findings.reports:
        told_of = _told_of(one, timezone)
        if told_of is not None and came_late(one, timezone, known(told_of.astimezone(timezone).date())):
            found[one.entry] = one.received_at
    return found


def came_late(recorded: RecordedReport, timezone: ZoneInfo, cutoff: str) -> bool:
    """Say whether *recorded* was received after its *cutoff* (HH:MM, or "": none); what says no day has none."""
    told_of = _told_of(recorded, timezone)
    if told_of is None or not cutoff:
        return False
    return recorded.received_at.astimezone(UTC) > cutoff_after(told_of, timezone, cutoff)


def _told_of(recorded: RecordedReport, timezone: ZoneInfo) -> datetime | None:
    report = recorded.report
    return report.period.end if isinstance(report, Bulletin) else beginning(report, timezone)


def cutoff_after(when: datetime, timezone: ZoneInfo, cutoff: str) -> datetime:
    """Return the first cut-off after *when*, in UTC: within one zone, times are compared as the clock shows them."""
    day, when = when.astimezone(timezone).date(), when.astimezone(UTC)
    ahead = (_cutoff_of(day + timedelta(days=number), timezone, cutoff) for number in (-1, 0, 1, 2))
    return next(one for one in ahead if one > when)


def _cutoff_of(day: date, timezone: ZoneInfo, cutoff: str) -> datetime:
    """Return when the clock shows *cutoff* on *day*: the first time of two, and as long after midnight as ever where
    clocks skip it."""
    return datetime.combine(day, time.fromisoformat(cutoff), timezone).astimezone(UTC)
