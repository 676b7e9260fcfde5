"""Which local days the findings speak of. A day runs from midnight to midnight in the centre's time zone.

Only what sources say decides, never when something was received: a second run must give the same reports. What says no
day stands on the latest day that was known when it came, so that later days do not move it from page to page.
"""

from bisect import bisect
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from parley.model import (
    Article,
    Assessment,
    Bulletin,
    EventReport,
    Findings,
    Incident,
    InputCard,
    Interval,
    RecordedReport,
    Report,
    fold,
)
from parley.publish.daily import Judged

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Dated(Generic[Thing]):
    """A thing with the first and the last local day that its time touches."""

    thing: Thing
    first: date
    last: date


@dataclass(frozen=True)
class LocalDays:
    """The findings by day, each tuple in the order of the record.

    `undated` reports and `homeless` inputs concern no day: `listed_on` says in which day's report they stand. An
    input's home is the first day that its reports concern. Of some days only, `more_undated` is how many reports and
    inputs with problems concern no day beside those that are here.
    `sources` are all that ever reported, in the order in which they first did. `by_entry` are all reports;
    `assessments` are those of each incident, by its id; `judged` are the judgements that hold, by the entry of each
    report that they name, or of the version of it that holds.
    """

    days: tuple[date, ...]
    incidents: tuple[Dated[Incident], ...]
    reports: tuple[Dated[RecordedReport], ...]
    undated: tuple[RecordedReport, ...]
    inputs: tuple[Dated[InputCard], ...]
    homeless: tuple[InputCard, ...]
    sources: tuple[str, ...]
    by_entry: dict[int, RecordedReport]
    assessments: dict[str, tuple[Assessment, ...]]
    judged: dict[int, tuple[Judged, ...]]
    latest: tuple[tuple[int, date], ...]
    more_undated: int = 0

    def listed_on(self, entry: int, otherwise: date) -> date:
        """Return the day in whose report the undated thing at *entry* stands; *otherwise* where no day is known."""
        place = bisect(self.latest, entry, key=lambda one: one[0])
        if not self.latest:
            return otherwise
        return self.latest[max(place - 1, 0)][1]


@dataclass(frozen=True)
class SomeDays(Findings):
    """What concerns some days alone, of the findings of a whole record, with all that its reports say of these."""

    local: LocalDays = field(kw_only=True)


_kept: OrderedDict[tuple[int, str], tuple[Findings, LocalDays]] = OrderedDict()
_MOST_KEPT = 2  # those of an edition, and of the one before


def local_days(findings: Findings, timezone: ZoneInfo) -> LocalDays:
    """Return *findings* by local day of *timezone*.

    The latest answers are kept: a centre composes hundreds of days from the same findings, one after the other.
    """
    if isinstance(findings, SomeDays):
        return findings.local
    key = id(findings), timezone.key
    if key not in _kept:
        while len(_kept) >= _MOST_KEPT:
            _kept.popitem(last=False)
        _kept[key] = findings, _local_days(findings, timezone)  # which keeps the findings, and so their id
    _kept.move_to_end(key)
    return _kept[key][1]


def period(day: date, timezone: ZoneInfo) -> Interval:
    """Return *day* as an interval: from its midnight to the next, 23 or 25 hours where the clocks change."""
    start, end = (datetime.combine(one, time(), timezone) for one in (day, day + timedelta(days=1)))
    # through UTC, so that a midnight that the clocks skip comes back as the first time that there was
    return Interval(
        start=start.astimezone(UTC).astimezone(timezone),
        end=end.astimezone(UTC).astimezone(timezone),
    )


def touched(when: Interval, timezone: ZoneInfo) -> tuple[date, date]:
    """Return the first and the last local day of *when*; the end of a span is excluded, an instant is not."""
    last = when.end if when.end == when.start else max(when.start, when.end.astimezone(UTC) - timedelta(microseconds=1))
    return when.start.astimezone(timezone).date(), last.astimezone(timezone).date()


def occasion(report: Report, timezone: ZoneInfo) -> tuple[date, date] | None:
    """Return the local days that *report* concerns, or None where it does not say.

    An event's own time, else the day it was published; a bulletin's period; the day an article was published.
    """
    if isinstance(report, Bulletin):
        return touched(report.period, timezone)
    if isinstance(report, Article):
        day = published_on(report, timezone)
        return (day, day) if day else None
    if (when := _time(report)) is not None:
        return touched(when, timezone)
    if report.published:
        day, _ = touched(report.published, timezone)
        return day, day
    return None


def beginning(report: Report, timezone: ZoneInfo) -> datetime | None:
    """Return when what *report* concerns may have begun, or None where it does not say: see `occasion`."""
    if isinstance(report, Bulletin):
        return report.period.start
    if isinstance(report, EventReport) and (when := _time(report)) is not None:
        return when.start
    if report.published:
        return report.published.start
    day = published_on(report, timezone) if isinstance(report, Article) else None
    return period(day, timezone).start if day else None


def _time(report: EventReport) -> Interval | None:
    when = next((claim.value for claim in report.claims if claim.attribute == "time"), None)
    return when if isinstance(when, Interval) else None


def published_on(article: Article, timezone: ZoneInfo) -> date | None:
    """Return the day on which *article* was published, as far as it says."""
    if article.published:
        return touched(article.published, timezone)[0]
    return next((mention.day for mention in article.dates if mention.role == "published"), None)


def _local_days(findings: Findings, timezone: ZoneInfo) -> LocalDays:
    incidents = tuple(Dated(one, *touched(one.time, timezone)) for one in findings.incidents)
    reports: list[Dated[RecordedReport]] = []
    undated: list[RecordedReport] = []
    homes: dict[str, tuple[date, date]] = {}
    for recorded in findings.reports:
        concerned = occasion(recorded.report, timezone)
        if concerned is None:
            undated.append(recorded)
            continue
        reports.append(Dated(recorded, *concerned))
        first, last = homes.get(recorded.report.origin.digest, concerned)
        homes[recorded.report.origin.digest] = min(first, concerned[0]), max(last, concerned[1])
    days = {one.first for one in incidents} | {one.first for one in reports} | {one.day for one in findings.tallies}
    days |= {day for one in reports if isinstance(one.thing.report, Bulletin) for day in _each(one)}
    return LocalDays(
        days=tuple(sorted(days)),
        incidents=incidents,
        reports=tuple(reports),
        undated=tuple(undated),
        inputs=tuple(Dated(card, *homes[card.digest]) for card in findings.inputs if card.digest in homes),
        homeless=tuple(card for card in findings.inputs if card.digest not in homes),
        sources=once(recorded.report.source for recorded in findings.reports),
        by_entry={recorded.entry: recorded for recorded in findings.reports},
        assessments=by_incident(findings.assessments),
        judged=judged_of(findings),
        latest=tuple(latest((one.thing.entry, one.first) for one in reports)),
    )


MOST_DAYS = 366
"""Days of one bulletin that have a report for its sake alone; of a longer one, only the first and the last."""


def _each(one: Dated[RecordedReport]) -> Iterator[date]:
    length = (one.last - one.first).days
    step = max(length, 1) if length >= MOST_DAYS else 1
    return (one.first + timedelta(days=number) for number in range(0, length + 1, step))


def latest(days: Iterable[tuple[int, date]]) -> Iterator[tuple[int, date]]:
    """Yield those of (entry, day) that are of a later day than all before them in the record."""
    found: date | None = None
    for entry, day in sorted(days):
        if found is None or day > found:
            found = day
            yield entry, day


def judged_of(findings: Findings) -> dict[int, tuple[Judged, ...]]:
    """Return the judgements that hold, by the reports that they name: see `LocalDays`."""
    holding = {entry: now for now, entries in findings.revisions.versions.items() for entry in entries}
    found: dict[int, list[Judged]] = {}
    for one in findings.judgements:
        if one.entry not in findings.superseded and one.judgement.groups:
            said = one.judgement.model_dump(include={"kind", "groups", "whole", "role", "reason"})
            named = [entry for group in one.judgement.groups for entry in group]
            for entry in {holding.get(entry, entry) for entry in (*named, one.judgement.whole) if entry is not None}:
                found.setdefault(entry, []).append(Judged(entry=one.entry, **said))
    return {entry: tuple(several) for entry, several in found.items()}


def by_incident(assessments: Iterable[Assessment]) -> dict[str, tuple[Assessment, ...]]:
    """Return *assessments* by the incidents that they are of."""
    found: dict[str, list[Assessment]] = {}
    for one in assessments:
        found.setdefault(one.incident, []).append(one)
    return {incident: tuple(several) for incident, several in found.items()}


def once(names: Iterable[str]) -> tuple[str, ...]:
    """Return *names* without those that are another spelling of one before them."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(fold(name), name)
    return tuple(spelled.values())
