"""Composing the daily report: which of the findings concern the day, and the counts over them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from parley.model import (
    AgreementCard,
    Article,
    Assessment,
    Bulletin,
    ClauseAssessment,
    EventReport,
    Findings,
    Incident,
    Interval,
    Link,
    OneOf,
    RecordedReport,
    ReportWarning,
    Revisions,
)
from parley.publish.acts import Acted, acts_by_report
from parley.publish.articles import article_of_day
from parley.publish.coverage import coverage
from parley.publish.daily import (
    Allegation,
    AreaCount,
    ArticleOfDay,
    BulletinOfDay,
    ClauseCount,
    Continuing,
    DailyReport,
    Elsewhere,
    HeldReport,
    IncidentOfDay,
    Judged,
    Masthead,
    Resting,
    TakenBack,
    Told,
)
from parley.publish.late import came_late
from parley.publish.local_days import Dated, LocalDays, local_days, period, touched
from parley.publish.open_questions import open_questions

MOST_DOUBLES = 100
"""Doubles of one day, of which a daily report lists so many."""
MOST_HELD = 100
"""Reports that wait for a person, of which a daily report names so many."""
MOST_QUESTIONS = 5
"""Open questions of a day, of which a daily report names so many."""
MOST_UNREAD = 100
"""Statements that cannot be read, of which a daily report names so many; the record holds all."""


def days(findings: Findings, timezone: ZoneInfo) -> tuple[date, ...]:
    """Return the local days on which there is something to report, earliest first."""
    return local_days(findings, timezone).days


def compose(findings: Findings, day: date, masthead: Masthead) -> DailyReport:
    """Return the report of *day*; a day of which nothing was reported gives a report that says so."""
    zone = ZoneInfo(masthead.timezone)
    local = local_days(findings, zone)
    begun = _begun(local, day)
    bulletins = _bulletins(local, day)
    today = [one.thing for one in local.incidents if one.first == day]
    beside = _Beside(zone, masthead.cutoff, findings.revisions, acts_by_report(findings), findings.warnings)
    incidents = _incidents(local, today, beside)
    questions = open_questions(one for entry in incidents for one in entry.assessments)
    here = {recorded.entry for recorded in begun}
    doubles = tuple(one for one in findings.doubles if one.entries[0] in here)
    held = [one for one in begun if one.entry in findings.revisions.waiting]
    behind = {one.thing.report.origin.digest for one in local.reports if one.first <= day <= one.last}
    behind |= {recorded.report.origin.digest for recorded in begun}
    standing = {one.entry for one in bulletins}
    behind |= {told.digest for one in incidents for told in one.told}
    return DailyReport(
        number=f"{day.timetuple().tm_yday}/{day.year}",
        day=day,
        period=period(day, zone),
        masthead=masthead,
        agreements=findings.agreements,
        coverage=coverage(local, day, findings.revisions),
        previous_day=day - timedelta(days=1),
        areas=_areas(local.incidents, day),
        clauses=_clauses(findings.agreements, [one for entry in incidents for one in entry.assessments]),
        resting=_resting(incidents),
        incidents=incidents,
        questions=questions[:MOST_QUESTIONS],
        more_questions=len(questions[MOST_QUESTIONS:]),
        continuing=tuple(
            Continuing(id=one.thing.id, place=one.thing.place.name, first_day=one.first, last_day=one.last)
            for one in local.incidents
            if one.first < day <= one.last
        ),
        doubles=doubles[:MOST_DOUBLES],
        more_doubles=len(doubles[MOST_DOUBLES:]),
        doubts=tuple(one for one in findings.doubts if one.entry in here),
        crowds=tuple(one for one in findings.crowds if _touches(one.time, day, zone)),
        allegations=tuple(
            Allegation(
                told=_told(recorded, beside),
                why=findings.unplaced[recorded.entry],
                taken_back=_taken_back(findings.revisions, recorded.entry),
                claims=recorded.report.claims,
            )
            for recorded in begun
            if isinstance(recorded.report, EventReport)
            and recorded.entry in findings.unplaced
            and recorded.entry not in findings.revisions.repeated
        ),
        tallies=tuple(tally for tally in findings.tallies if tally.first_day <= day <= tally.day),
        series=tuple(one for one in findings.series if one.later_entry in standing),
        bulletins=tuple(
            one.model_copy(
                update={
                    "late": beside.late(local.by_entry[one.entry]),
                    "taken_back": _taken_back(findings.revisions, one.entry),
                }
            )
            for one in bulletins
        ),
        articles=tuple(
            _article(findings, recorded.entry, recorded.report, zone).model_copy(update={"late": beside.late(recorded)})
            for recorded in begun
            if isinstance(recorded.report, Article)
        ),
        inputs=tuple(card for card in findings.inputs if card.digest in behind),
        problems=tuple(
            card
            for card in (
                *(one.thing for one in local.inputs if one.first == day),
                *(card for card in local.homeless if local.listed_on(card.entry, day) == day),
            )
            if card.problems or not card.whole
        ),
        problems_elsewhere=tuple(
            Elsewhere(entry=one.thing.entry, name=one.thing.name, problems=one.thing.problem_count, listed_on=one.first)
            for one in local.inputs
            if one.thing.problems and one.first != day and one.thing.digest in behind
        ),
        undated=len(local.undated) + sum(1 for card in local.homeless if card.problems) + local.more_undated,
        held=tuple(_held(one, findings.revisions) for one in held[:MOST_HELD]),
        more_held=len(held[MOST_HELD:]),
        unread=findings.unread[:MOST_UNREAD],
        more_unread=len(findings.unread[MOST_UNREAD:]),
    )


def _touches(when: Interval, day: date, zone: ZoneInfo) -> bool:
    first, last = touched(when, zone)
    return first <= day <= last


@dataclass(frozen=True)
class _Beside:
    """What stands beside a report: when it came, if after the cut-off, what people did to it, and warnings."""

    timezone: ZoneInfo
    cutoff: str
    revisions: Revisions
    acts: Mapping[int, tuple[Acted, ...]]
    warnings: Mapping[int, tuple[ReportWarning, ...]]

    def late(self, recorded: RecordedReport) -> datetime | None:
        late = self.cutoff and came_late(recorded, self.timezone, self.cutoff)
        return recorded.received_at if late else None

    def acts_on(self, recorded: RecordedReport) -> tuple[Acted, ...]:
        return self.acts.get(self.revisions.holding(recorded.entry), ())


def _begun(local: LocalDays, day: date) -> tuple[RecordedReport, ...]:
    """Return the reports that begin on *day*, then those without a day that stand in its report."""
    dated = (one.thing for one in local.reports if one.first == day)
    return (*dated, *(one for one in local.undated if local.listed_on(one.entry, day) == day))


def _bulletins(local: LocalDays, day: date) -> list[BulletinOfDay]:
    """Return the bulletins whose period touches *day*; one of several days stands in the report of each."""
    return [
        BulletinOfDay(entry=one.thing.entry, bulletin=one.thing.report, first_day=one.first, last_day=one.last)
        for one in local.reports
        if one.first <= day <= one.last and isinstance(one.thing.report, Bulletin)
    ]


def _article(findings: Findings, entry: int, article: Article, zone: ZoneInfo) -> ArticleOfDay:
    shown = article_of_day(entry, article, findings.origins, zone, findings.reviews.of(entry))
    taken_back = _taken_back(findings.revisions, entry)
    return shown.model_copy(update={"taken_back": taken_back, "statements": ()}) if taken_back else shown


def _taken_back(revisions: Revisions, entry: int) -> TakenBack:
    return "withdrawn" if entry in revisions.withdrawn else "replaced" if entry in revisions.replaced else ""


def _about(incident: Incident, local: LocalDays) -> tuple[Judged, ...]:
    """Return the judgements that name a report of *incident*, in the order of the record."""
    found = {one.entry: one for entry in incident.entries for one in local.judged.get(entry, ())}
    return tuple(found[entry] for entry in sorted(found))


def _incidents(local: LocalDays, incidents: Iterable[Incident], beside: _Beside) -> tuple[IncidentOfDay, ...]:
    """Return *incidents* with the reports, assessments and judgements that belong to them."""
    return tuple(
        IncidentOfDay(
            incident=incident,
            told=_told_of(incident, local, beside),
            assessments=local.assessments.get(incident.id, ()),
            judged=_about(incident, local),
        )
        for incident in incidents
    )


def _told_of(incident: Incident, local: LocalDays, beside: _Beside) -> tuple[Told, ...]:
    links = {link.entry: link for link in reversed(incident.links)}
    return tuple(_told(local.by_entry[entry], beside, links.get(entry)) for entry in incident.entries)


def _told(recorded: RecordedReport, beside: _Beside, link: Link | None = None) -> Told:
    report = recorded.report
    return Told(
        entry=recorded.entry,
        source=report.source,
        reference=report.reference if isinstance(report, EventReport) else "",
        first_hand=report.first_hand if isinstance(report, EventReport) else None,
        language=report.language,
        published=report.published,
        citation=report.citation,
        flags=report.flags,
        file=report.origin.name,
        digest=report.origin.digest,
        first_line=report.origin.first,
        last_line=report.origin.last,
        link=link,
        late=beside.late(recorded),
        acts=beside.acts_on(recorded),
        warnings=beside.warnings.get(recorded.entry, ()),
    )


def _held(recorded: RecordedReport, revisions: Revisions) -> HeldReport:
    report, waiting = recorded.report, revisions.waiting[recorded.entry]
    named = report.reference if isinstance(report, EventReport) else report.number if report.kind == "bulletin" else ""
    return HeldReport(entry=recorded.entry, source=report.source, reference=named, why=waiting.why, beside=waiting.of)


def _areas(incidents: Iterable[Dated[Incident]], day: date) -> tuple[AreaCount, ...]:
    """Count the incidents that began on *day* and on the day before by area, in the order of the record."""
    before = day - timedelta(days=1)
    counts: dict[tuple[str, ...], dict[date, int]] = {}
    for one in incidents:
        if one.first in (day, before):
            row = counts.setdefault(_named_areas(one.thing), {day: 0, before: 0})
            row[one.first] += 1
    return tuple(AreaCount(areas=areas, today=row[day], previous=row[before]) for areas, row in counts.items())


def _named_areas(incident: Incident) -> tuple[str, ...]:
    """Return every area that an account of *incident* names, in the order of the accounts."""
    said = (account.says("area") for account in incident.accounts)
    return tuple(dict.fromkeys(name for value in said if isinstance(value, OneOf) for name in value.any_of))


def _clauses(agreements: Iterable[AgreementCard], assessments: Sequence[Assessment]) -> tuple[ClauseCount, ...]:
    return tuple(
        _clause_count(
            agreement.id,
            clause.id,
            [
                one
                for assessment in assessments
                if assessment.agreement == agreement.id
                for one in assessment.clauses
                if one.clause == clause.id
            ],
        )
        for agreement in agreements
        if not agreement.fault
        for clause in agreement.clauses
    )


def _resting(incidents: Iterable[IncidentOfDay]) -> Resting:
    return Resting(**Counter(map(_rests_on, incidents)))


def _rests_on(entry: IncidentOfDay) -> str:
    clauses = [clause for one in entry.assessments for clause in one.clauses]
    broken = [clause.support for clause in clauses if any(one.answer == "breach" for one in clause.accounts)]
    if any(one.state == "disputed" for one in entry.incident.differences):
        return "rival"
    if broken and set(broken) == {"accuser alone"}:
        return "accuser_alone"
    return "one_account" if len(entry.incident.accounts) == 1 else "several"


def _clause_count(agreement: str, clause: str, across: Sequence[ClauseAssessment]) -> ClauseCount:
    raised = [one for one in across if one.raised]
    same = [one for one in raised if one.comparison in ("one account", "agreed")]
    answers = Counter(one.agreed.shown for one in same)
    support = Counter(one.support for one in same if one.agreed.answer == "breach")
    equal = [one.accounts[0].answer for one in raised if one.comparison == "equal"]
    return ClauseCount(
        agreement=agreement,
        clause=clause,
        all_breach=answers["breach"],
        breach_one_account=support["one account"],
        breach_accuser_alone=support["accuser alone"],
        all_no_breach=answers["no breach"],
        all_could_be=answers["could be a breach"],
        all_in_no_case=answers["in no case a breach"],
        all_not_covered=answers["not covered"],
        equal=len(equal),
        equal_breach=equal.count("breach"),
        differing=sum(one.comparison == "differ" for one in raised),
        not_raised=len(across) - len(raised),
    )
