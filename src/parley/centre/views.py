"""Writing the views: all of them at once, or those of what changed, from findings, within one transaction."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

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
    MemberView,
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
from parley.publish.local_days import occasion, touched

View = type[models.Model]
_UTC = ZoneInfo("UTC")
Row = Mapping[str, Any]

DERIVATION = "1"
"""Counts what is derived otherwise than before: views of another derivation are made again."""


@dataclass(frozen=True)
class Shown:
    """What the views show: findings, published files by entry, the newest edition of each published day that they
    change, and when each late report was received, by its entry; days are those of *timezone*."""

    findings: Findings
    published: Mapping[int, Publication]
    stale: Mapping[date, int]
    late: Mapping[int, datetime]
    timezone: ZoneInfo = _UTC


def write_views(path: Path, shown: Shown, entries: int) -> None:
    """Replace every view in the database at *path* by what *shown* says.

    *entries* is the size of the record that the views then show.
    """
    open_views(path)
    with transaction.atomic():
        for view in VIEWS:
            _execute(f"DELETE FROM {_table(view)}")  # noqa: S608
        for view, rows in rows_of(shown):
            put(view, rows)
        say_as_of(entries)


def rows_of(shown: Shown) -> Iterator[tuple[View, Iterable[Row]]]:
    """Yield each view with the rows that *shown* gives."""
    findings = shown.findings
    yield InputView, _inputs(findings)
    yield ReportView, _reports(findings, shown.late, shown.timezone)
    yield IncidentView, _incidents(findings, shown.timezone)
    yield MemberView, _members(findings)
    yield DoublesView, _doubles(findings)
    yield DoubtView, _doubts(findings)
    yield CrowdView, _crowds(findings)
    yield AgreementView, _agreements(findings)
    yield AssessmentView, _assessments(findings)
    yield TallyView, _tallies(findings)
    yield ProposalView, _proposals(findings)
    yield PublicationView, _publications(shown)


def put(view: View, rows: Iterable[Row]) -> None:
    """Put *rows* into *view*, each in place of one with the same key."""
    fields = view._meta.concrete_fields
    names = [str(field.column) for field in fields]
    written = [_WRITTEN.get(type(field), _as_it_is) for field in fields]
    places = ", ".join("?" * len(names))
    said = ([write(row[name]) for name, write in zip(names, written, strict=True)] for row in rows)
    columns = ", ".join(f'"{name}"' for name in names)
    raw().executemany(f"INSERT OR REPLACE INTO {_table(view)} ({columns}) VALUES ({places})", said)  # noqa: S608


def drop(view: View, column: str, keys: Collection[Any]) -> None:
    """Drop the rows of *view* that have one of *keys* in *column*."""
    _execute(f'DELETE FROM {_table(view)} WHERE "{column}" IN (SELECT value FROM json_each(?))', json.dumps(list(keys)))  # noqa: S608


def say_as_of(entries: int) -> None:
    """Let the views say that they go up to so many *entries*."""
    _execute(f"DELETE FROM {_table(AsOf)}")  # noqa: S608
    put(AsOf, [{"entries": entries, "derivation": DERIVATION}])


def raw() -> sqlite3.Connection:
    """Return the connection to the views, as SQLite has it."""
    connection.ensure_connection()
    found: sqlite3.Connection = connection.connection
    return found


def _table(view: View) -> str:
    return view._meta.db_table


def _execute(statement: str, *given: Any) -> None:
    raw().execute(statement, given)


def _as_it_is(value: Any) -> Any:
    return value


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _moment(value: datetime) -> str:
    return str(value.astimezone(UTC).replace(tzinfo=None))  # as Django writes it in SQLite


_WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    models.JSONField: _json,
    models.DateTimeField: _moment,
    models.DateField: lambda value: None if value is None else value.isoformat(),
}


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


def _inputs(findings: Findings) -> Iterator[Row]:
    for card in findings.inputs:
        yield {
            "entry": card.entry,
            "name": card.name,
            "channel": card.channel,
            "digest": card.digest,
            "reports": card.reports,
            "problems": [in_words(problem) for problem in card.problems],
            "card": card.model_dump(mode="json"),
        }


def _reports(findings: Findings, late: Mapping[int, datetime], timezone: ZoneInfo) -> Iterator[Row]:
    for recorded in findings.reports:
        report, entry = recorded.report, recorded.entry
        waiting = findings.revisions.waiting.get(entry)
        first, last = occasion(report, timezone) or (None, None)
        yield {
            "entry": entry,
            "kind": report.kind,
            "source": report.source,
            "channel": report.channel,
            "reference": report.reference if isinstance(report, EventReport) else "",
            "digest": report.origin.digest,
            "line": report.origin.first,
            "flags": [in_words(flag) for flag in report.flags],
            "late": late[entry].astimezone(UTC).isoformat() if entry in late else "",
            "waits": in_words(waiting.why) if waiting else None,
            "waits_beside": waiting.of if waiting else None,
            "warnings": [in_words(one) for one in findings.warnings.get(entry, ())],
            "input": recorded.input,
            "first": first,
            "last": last,
            "holds": findings.revisions.holds(entry),
        }


def _incidents(findings: Findings, timezone: ZoneInfo) -> Iterator[Row]:
    for incident in findings.incidents:
        first, last = touched(incident.time, timezone)
        yield {
            "id": incident.id,
            "entry": incident.entries[0],
            "first": first,
            "last": last,
            "start": incident.time.start,
            "end": incident.time.end,
            "place": incident.place.name,
            "lat": incident.place.lat,
            "lon": incident.place.lon,
            "radius_m": incident.place.radius_m,
            "entries": incident.entries,
            "sources": [account.source for account in incident.accounts],
            "states": {difference.attribute: difference.state for difference in incident.differences},
            "claimed": claimed(incident),
        }


def _members(findings: Findings) -> Iterator[Row]:
    for incident in findings.incidents:
        own = set(incident.own)
        for entry in incident.entries:
            yield {
                "id": f"{entry}/{incident.id}",
                "entry": entry,
                "incident": incident.id,
                "wider": entry not in own,
            }


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


def _doubles(findings: Findings) -> Iterator[Row]:
    return ({"entry": one.entries[0], "doubles": one.model_dump(mode="json")} for one in findings.doubles)


def _doubts(findings: Findings) -> Iterator[Row]:
    for one in findings.doubts:
        yield {
            "entry": one.entry,
            "hanging": one.hanging,
            "incident_id": one.incident,
            "doubt": one.model_dump(mode="json"),
        }


def _crowds(findings: Findings) -> Iterator[Row]:
    return ({"entry": one.entry, "crowd": one.model_dump(mode="json")} for one in findings.crowds)


def _agreements(findings: Findings) -> Iterator[Row]:
    for place, card in enumerate(findings.agreements):
        yield {
            "agreement": card.id,
            "place": place,
            "title": card.title,
            "fault": card.fault,
            "parties": dict(card.parties),
            "versions": [one.model_dump(mode="json", exclude={"clauses", "parties"}) for one in card.versions],
        }


def _assessments(findings: Findings) -> Iterator[Row]:
    places = {card.id: place for place, card in enumerate(findings.agreements)}
    first = {incident.id: incident.entries[0] for incident in findings.incidents}
    for one in findings.assessments:
        yield {
            "id": f"{one.incident}/{one.agreement}",
            "incident_id": one.incident,
            "entry": first[one.incident],
            "place": places[one.agreement],
            "agreement": one.agreement,
            "clauses": brief(one),
        }


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


def _tallies(findings: Findings) -> Iterator[Row]:
    for tally in findings.tallies:
        yield {
            "id": f"{tally.left_entry}/{tally.right_entry}",
            "left_entry": tally.left_entry,
            "right_entry": tally.right_entry,
            "first_day": tally.first_day,
            "day": tally.day,
            "tally": tally.model_dump(mode="json"),
        }


def _proposals(findings: Findings) -> Iterator[Row]:
    articles = {one.entry: one.report for one in findings.reports if isinstance(one.report, Article)}
    for one in findings.reviews.proposals:
        yield {
            "id": f"{one.stands_at}:{one.number}",
            "article": one.article,
            "made_by": one.made_by,
            "state": one.state,
            "entry": one.stands_at,
            "number": one.number,
            "holder": one.proposal.holder,
            "act": one.proposal.act,
            "evidence": evidence_words(articles[one.article], one.proposal),
            "reviewers_needed": one.needed,
        }


def _publications(shown: Shown) -> Iterator[Row]:
    for entry, one in shown.published.items():
        yield {"entry": entry, **dict(one), "stale": shown.stale.get(one.day) == one.edition}
