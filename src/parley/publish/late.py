"""Which reports came late: after the cut-off that follows what they tell of.

The cut-off is a fixed time of day of the centre's zone. It moves nothing from one day to another: days run from
midnight to midnight, and a report stands on the day of the act whenever it comes. What came after the first cut-off
behind the beginning of the act (of a bulletin: behind the end of its period) is marked, with when it came.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parley.model import Bulletin, Findings, RecordedReport
from parley.publish.local_days import beginning


def late_reports(findings: Findings, timezone: ZoneInfo, cutoff: str) -> Mapping[int, datetime]:
    """Return when each late report was received, by its entry; none where no *cutoff* ("" or HH:MM) is fixed."""
    if not cutoff:
        return {}
    return {one.entry: one.received_at for one in findings.reports if came_late(one, timezone, cutoff)}


def came_late(recorded: RecordedReport, timezone: ZoneInfo, cutoff: str) -> bool:
    """Say whether *recorded* was received after its cut-off (HH:MM); what says no day has none."""
    report = recorded.report
    told_of = report.period.end if isinstance(report, Bulletin) else beginning(report, timezone)
    if told_of is None:
        return False
    return recorded.received_at.astimezone(UTC) > cutoff_after(told_of, timezone, cutoff)


def cutoff_after(when: datetime, timezone: ZoneInfo, cutoff: str) -> datetime:
    """Return the first cut-off after *when*, in UTC: within one zone, times are compared as the clock shows them."""
    day, when = when.astimezone(timezone).date(), when.astimezone(UTC)
    ahead = (_cutoff_of(day + timedelta(days=number), timezone, cutoff) for number in (-1, 0, 1, 2))
    return next(one for one in ahead if one > when)


def _cutoff_of(day: date, timezone: ZoneInfo, cutoff: str) -> datetime:
    """Return when the clock shows *cutoff* on *day*: the first time of two, and as long after midnight as ever where
    clocks skip it."""
    return datetime.combine(day, time.fromisoformat(cutoff), timezone).astimezone(UTC)
