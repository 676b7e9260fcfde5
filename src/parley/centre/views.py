"""Writing the views: all of them at once, from the findings, in one transaction."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, models, transaction

from parley.centre.database import open_views
from parley.centre.models import (
    VIEWS,
    AgreementView,
    AsOf,
    AssessmentView,
    CrowdView,
    DoublesView,
    DoubtView,
    IncidentView,
    InputView,
    ProposalView,
    PublicationView,
    ReportView,
    TallyView,
)
from parley.centre.statements import Publication
from parley.model import (
    Article,
    Assessment,
    ClauseAssessment,
    Count,
    Disc,
    EventReport,
    Findings,
    Incident,
    OneOf,
    evidence_words,
    in_words,
)


@dataclass(frozen=True)
class Shown:
    """What the views show: findings, published files by entry, the newest edition of each published day that they
    change, and when each late report was received, by its entry."""

    findings: Findings
    published: Mapping[int, Publication]
    stale: Mapping[date, int]
    late: Mapping[int, datetime]


def write_views(path: Path, shown: Shown, entries: int) -> None:
    """Replace every view in the database at *path* by what *shown* says.

    *entries* is the size of the record that the views then show.
    """
    findings = shown.findings
    open_views(path)
    with transaction.atomic():
        for view in VIEWS:
            view._base_manager.all().delete()
        _fill(AsOf, [AsOf(entries=entries)])
        _fill(InputView, _inputs(findings))
        _fill(ReportView, _reports(findings, shown.late))
        _fill(IncidentView, _incidents(findings))
        _fill(DoublesView, _doubles(findings))
        _fill(DoubtView, _doubts(findings))
        _fill(CrowdView, _crowds(findings))
        _fill(AgreementView, _agreements(findings))
        _fill(AssessmentView, _assessments(findings))
        _fill(TallyView, _tallies(findings))
        _fill(ProposalView, _proposals(findings))
        _fill(PublicationView, _publications(shown))


def differing(path: Path, expected: Callable[[int], Shown]) -> str:
    """Return how the views in the database at *path* differ from what they should be, "" where they do not.

    Args:
        expected: gives what they should show as of so many entries of the record.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            found.execute("BEGIN")  # one moment of them, whoever writes meanwhile
            (entries,) = found.execute(f"SELECT entries FROM {AsOf._meta.db_table}").fetchone() or (None,)  # noqa: S608
            if entries is None:
                return "the views are cut short; `parley rebuild` makes them again"
            with TemporaryDirectory() as place:
                fresh = Path(place) / path.name
                write_views(fresh, expected(entries), entries)
                connection.close()
                with closing(sqlite3.connect(fresh)) as wanted:
                    return _difference(found, wanted)
    except sqlite3.Error as error:
        return f"the views cannot be read ({error}); `parley rebuild` makes them again"


def _difference(found: sqlite3.Connection, wanted: sqlite3.Connection) -> str:
    shape = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    if found.execute(shape).fetchall() != wanted.execute(shape).fetchall():
        return "the tables are not those of the views; `parley rebuild` makes them again"
    for view in VIEWS:
        rows = f"SELECT * FROM {view._meta.db_table} ORDER BY 1"  # noqa: S608 - a name of ours
        for is_, should_be in zip_longest(found.execute(rows), wanted.execute(rows)):
            if is_ != should_be:
                row = (should_be or is_)[0]
                return f"{view.__name__} {row} is not what follows from the record; `parley rebuild` makes it again"
    return ""


def _fill(view: type[models.Model], rows: Iterable[models.Model]) -> None:
    rest = iter(rows)
    while some := list(islice(rest, 500)):  # so that never all of them are there at once
        view._base_manager.bulk_create(some)


def _inputs(findings: Findings) -> Iterable[InputView]:
    for card in findings.inputs:
        yield InputView(
            entry=card.entry,
            name=card.name,
            channel=card.channel,
            digest=card.digest,
            reports=card.reports,
            problems=[in_words(problem) for problem in card.problems],
        )


def _reports(findings: Findings, late: Mapping[int, datetime]) -> Iterable[ReportView]:
    for recorded in findings.reports:
        report = recorded.report
        waiting = findings.revisions.waiting.get(recorded.entry)
        yield ReportView(
            entry=recorded.entry,
            kind=report.kind,
            source=report.source,
            channel=report.channel,
            reference=report.reference if isinstance(report, EventReport) else "",
            digest=report.origin.digest,
            line=report.origin.first,
            flags=[in_words(flag) for flag in report.flags],
            late=late[recorded.entry].astimezone(UTC).isoformat() if recorded.entry in late else "",
            waits=in_words(waiting.why) if waiting else None,
            waits_beside=waiting.of if waiting else None,
            warnings=[in_words(one) for one in findings.warnings.get(recorded.entry, ())],
        )


def _incidents(findings: Findings) -> Iterable[IncidentView]:
    for incident in findings.incidents:
        yield IncidentView(
            id=incident.id,
            start=incident.time.start,
            end=incident.time.end,
            place=incident.place.name,
            lat=incident.place.lat,
            lon=incident.place.lon,
            radius_m=incident.place.radius_m,
            entries=incident.entries,
            sources=[account.source for account in incident.accounts],
            states={difference.attribute: difference.state for difference in incident.differences},
            claimed=claimed(incident),
        )


def claimed(incident: Incident) -> dict[str, list[Any]]:
    """Return what accounts of *incident* claim that it can be looked for by, each name once, in the order of accounts.

    `act` and `actor` have the terms and names of which one may be it, `place` and `area` names; `deaths` the fewest and
    the most that any account leaves possible (None: no most), and nothing where none counts them.
    """
    found: dict[str, dict[str, None]] = {name: {} for name in ("act", "actor", "place", "area")}
    dead: list[Count] = []
    for account in incident.accounts:
        for attribute, values in account.possible().items():
            for value in values:
                if isinstance(value, OneOf) and attribute in found:
                    found[attribute].update(dict.fromkeys(value.any_of))
                elif isinstance(value, Disc) and value.name:
                    found["place"][value.name] = None
                elif isinstance(value, Count) and attribute == "deaths":
                    dead.append(value)
    most = [one.high for one in dead if one.high is not None]
    deaths = [min(one.low for one in dead), max(most) if len(most) == len(dead) else None] if dead else []
    return {**{name: list(said) for name, said in found.items()}, "deaths": deaths}


def _doubles(findings: Findings) -> Iterable[DoublesView]:
    for number, one in enumerate(findings.doubles, start=1):
        yield DoublesView(id=number, doubles=one.model_dump(mode="json"))


def _doubts(findings: Findings) -> Iterable[DoubtView]:
    for number, one in enumerate(findings.doubts, start=1):
        yield DoubtView(id=number, incident_id=one.incident, doubt=one.model_dump(mode="json"))


def _crowds(findings: Findings) -> Iterable[CrowdView]:
    for number, one in enumerate(findings.crowds, start=1):
        yield CrowdView(id=number, crowd=one.model_dump(mode="json"))


def _agreements(findings: Findings) -> Iterable[AgreementView]:
    for number, card in enumerate(findings.agreements, start=1):
        versions = [one.model_dump(mode="json", exclude={"clauses", "parties"}) for one in card.versions]
        yield AgreementView(
            id=number,
            agreement=card.id,
            title=card.title,
            fault=card.fault,
            parties=dict(card.parties),
            versions=versions,
        )


def _assessments(findings: Findings) -> Iterable[AssessmentView]:
    for number, assessment in enumerate(findings.assessments, start=1):
        yield AssessmentView(
            id=number,
            incident_id=assessment.incident,
            agreement=assessment.agreement,
            clauses=brief(assessment),
        )


def brief(assessment: Assessment) -> list[dict[str, Any]]:
    """Return an assessment without its reasons, which are derived again when somebody asks for them.

    What decides an answer (`cruxes` by attribute, `asks` in words, `silent`) is kept where the accounts leave it open,
    or where the time decides which text of an amended agreement applies.
    """
    return [_brief(clause) for clause in assessment.clauses]


def _brief(clause: ClauseAssessment) -> dict[str, Any]:
    unsettled = clause.comparison in ("equal", "differ")
    straddles = any(len(one) > 1 for one in clause.versions) and clause.agreed.answer == "unknown"
    cruxes = clause.cruxes if unsettled or straddles else ()
    return {
        "clause": clause.clause,
        "accounts": [one.answer for one in clause.accounts],
        "by": [list(one.by) for one in clause.accounts],
        "codes": [one.code for one in clause.accounts],
        "states": [one.state for one in clause.accounts],
        "shown": [one.shown for one in clause.accounts],
        "agreed": clause.agreed.answer,
        "agreed_shown": clause.agreed.shown,
        "agreed_by": list(clause.agreed.by),
        "comparison": clause.comparison,
        "support": clause.support,
        "raised": clause.raised,
        "cruxes": [list(crux.attributes) for crux in cruxes],
        "asks": [list(crux.asks) for crux in cruxes],
        "silent": list(clause.silent) if unsettled else [],
        "versions": [list(one) for one in clause.versions],
    }


def _tallies(findings: Findings) -> Iterable[TallyView]:
    for number, tally in enumerate(findings.tallies, start=1):
        yield TallyView(
            id=number,
            left_entry=tally.left_entry,
            right_entry=tally.right_entry,
            first_day=tally.first_day,
            day=tally.day,
            tally=tally.model_dump(mode="json"),
        )


def _proposals(findings: Findings) -> Iterable[ProposalView]:
    articles = {one.entry: one.report for one in findings.reports if isinstance(one.report, Article)}
    for row, one in enumerate(findings.reviews.proposals, start=1):
        yield ProposalView(
            id=row,
            article=one.article,
            made_by=one.made_by,
            state=one.state,
            entry=one.stands_at,
            number=one.number,
            holder=one.proposal.holder,
            act=one.proposal.act,
            evidence=evidence_words(articles[one.article], one.proposal),
            reviewers_needed=one.needed,
        )


def _publications(shown: Shown) -> Iterable[PublicationView]:
    for entry, one in shown.published.items():
        yield PublicationView(entry=entry, **one.model_dump(), stale=shown.stale.get(one.day) == one.edition)
