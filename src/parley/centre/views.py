"""Writing the views: all of them at once, or those of what changed, from findings, within one transaction."""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models
from pydantic import TypeAdapter

from parley.centre import database  # noqa: F401 - makes Django ready, which the models need
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
    PastView,
    ProposalView,
    PublicationView,
    ReportView,
    SeriesView,
    TallyView,
    UnreadView,
)
from parley.model import (
    CENTRE,
    Article,
    Assessment,
    ClauseAssessment,
    Count,
    Disc,
    EventReport,
    Findings,
    Incident,
    OneOf,
    Publication,
    SeriesFinding,
    Tally,
    evidence_words,
    fold,
    in_words,
)
from parley.model.past import Past
from parley.publish.local_days import occasion, touched

View = type[models.Model]
_UTC = ZoneInfo("UTC")
Row = Mapping[str, Any]

INCIDENT, PAST = TypeAdapter(Incident), TypeAdapter(Past)

KEPT_BESIDE = ("found_", "link_")
"""What the names of the tables begin with that are kept beside the views; see `parley.derivation.kept`."""
AT_MOST = "link_state"
"""A table that holds a bound, which what was made at once has closer."""

DERIVATION = "2"
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


def write_within(shown: Shown, entries: int, reader: str = CENTRE) -> None:
    """Replace every view that is open by what *shown* says, within a transaction of the caller's.

    Args:
        entries: the size of the record that the views then show.
        reader: whose views they are.
    """
    for view in VIEWS:
        _execute(f"DELETE FROM {table(view)}")  # noqa: S608
    for view, rows in rows_of(shown):
        put(view, rows)
    say_as_of(entries, shown.findings.size, reader)


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
    yield TallyView, tally_rows(findings.tallies)
    yield SeriesView, series_rows(findings.series)
    yield UnreadView, _unread(findings)
    yield PastView, past_rows(findings.past)
    yield ProposalView, _proposals(findings)
    yield PublicationView, _publications(shown)


def put(view: View, rows: Iterable[Row]) -> None:
    """Put *rows* into *view*, each in place of one with the same key."""
    names = [str(field.column) for field in view._meta.concrete_fields]
    places, columns = ", ".join("?" * len(names)), ", ".join(f'"{name}"' for name in names)
    statement = f"INSERT OR REPLACE INTO {table(view)} ({columns}) VALUES ({places})"  # noqa: S608
    raw().executemany(statement, _written(view, rows))


def exchange(view: View, column: str, keys: Collection[Any], rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Let *rows* stand in *view* for all that have one of *keys* in *column*.

    Return those that are gone or changed as they were, and those that are changed or new as they are, as the database
    has them.
    """
    (key,) = (str(field.column) for field in view._meta.concrete_fields if field.primary_key)
    names = [str(field.column) for field in view._meta.concrete_fields]
    before = {row[key]: row for row in rows_at(view, column, keys)}
    rows = list(rows)
    now = {row[key]: dict(zip(names, said, strict=True)) for row, said in zip(rows, _written(view, rows), strict=True)}
    drop(view, key, before.keys() - now.keys())
    put(view, [row for row in rows if before.get(row[key]) != now[row[key]]])
    was = [row for one, row in before.items() if now.get(one) != row]
    return was, [row for one, row in now.items() if before.get(one) != row]


def rows_at(view: View, column: str, keys: Iterable[Any]) -> list[Row]:
    """Return the rows of *view* that have one of *keys* in *column*, as the database has them."""
    names = [str(field.column) for field in view._meta.concrete_fields]
    columns = ", ".join(f'+"{name}"' for name in names)  # else Django reads moments and days
    asked = f'SELECT {columns} FROM {table(view)} WHERE "{column}" IN (SELECT value FROM json_each(?))'  # noqa: S608
    return [dict(zip(names, row, strict=True)) for row in raw().execute(asked, (json.dumps(list(keys)),))]


def _written(view: View, rows: Iterable[Row]) -> Iterator[list[Any]]:
    fields = [(str(one.column), _WRITTEN.get(type(one), _as_it_is)) for one in view._meta.concrete_fields]
    return ([write(row[name]) for name, write in fields] for row in rows)


def drop(view: View, column: str, keys: Collection[Any]) -> None:
    """Drop the rows of *view* that have one of *keys* in *column*."""
    _execute(f'DELETE FROM {table(view)} WHERE "{column}" IN (SELECT value FROM json_each(?))', json.dumps(list(keys)))  # noqa: S608


def say_as_of(entries: int, size: int, reader: str = CENTRE) -> None:
    """Let the views of *reader* say that they go up to so many *entries*, their findings to so many as *size*."""
    _execute(f"DELETE FROM {table(AsOf)}")  # noqa: S608
    put(AsOf, [{"entries": entries, "size": size, "reader": reader, "derivation": DERIVATION}])


def raw() -> sqlite3.Connection:
    """Return the connection to the views, as SQLite has it."""
    connection.ensure_connection()
    found: sqlite3.Connection = connection.connection
    return found


def table(view: View) -> str:
    """Return the name of a view's table."""
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
    models.BooleanField: int,
    models.DateField: lambda value: None if value is None else value.isoformat(),
}


def differing(path: Path, make: Callable[[Path, int], None]) -> str:
    """Return how the views in the database at *path* differ from what they should be, "" where they do not.

    Args:
        make: makes in a new database what should stand there as of so many entries of the record.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as found:
            found.execute("BEGIN")  # one moment of them, whoever writes meanwhile
            (entries,) = found.execute(f"SELECT entries FROM {AsOf._meta.db_table}").fetchone() or (None,)  # noqa: S608
            if entries is None:
                return "the views are cut short; `parley rebuild` makes them again"
            with TemporaryDirectory() as place:
                fresh = Path(place) / path.name
                make(fresh, entries)
                connection.close()
                with closing(sqlite3.connect(fresh)) as wanted:
                    return _difference(found, wanted)
    except sqlite3.Error as error:
        return f"the views cannot be read ({error}); `parley rebuild` makes them again"


def _difference(found: sqlite3.Connection, wanted: sqlite3.Connection) -> str:
    shape = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    there = found.execute(shape).fetchall()
    if there != wanted.execute(shape).fetchall():
        return "the tables are not those of the views; `parley rebuild` makes them again"
    called = {table(view): view.__name__ for view in VIEWS}
    beside = [name for kind, name, *_ in there if kind == "table" and name.startswith(KEPT_BESIDE) and name != AT_MOST]
    for name in [*called, *beside]:
        columns = [column for _, column, *_ in found.execute(f"PRAGMA table_info({name})")]
        order = ", ".join(f'"{column}"' for column in columns)
        rows = f"SELECT * FROM {name} ORDER BY {order}"  # noqa: S608 - a name of ours
        for is_, should_be in zip_longest(found.execute(rows), wanted.execute(rows)):
            if is_ != should_be:
                row = min(one[0] for one in (is_, should_be) if one)
                what = called.get(name, name)
                return f"{what} {row} is not what follows from the record; `parley rebuild` makes it again"
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
            "name": fold(getattr(report, "reference", "") or getattr(report, "number", "")),
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
            "incident": INCIDENT.dump_json(incident).decode(),
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


def tally_rows(tallies: Iterable[Tally]) -> Iterator[Row]:
    """Yield the rows of tallies."""
    for tally in tallies:
        yield {
            "id": f"{tally.left_entry}/{tally.right_entry}",
            "left_entry": tally.left_entry,
            "right_entry": tally.right_entry,
            "first_day": tally.first_day,
            "day": tally.day,
            "tally": tally.model_dump(mode="json"),
        }


def series_rows(found: Iterable[SeriesFinding]) -> Iterator[Row]:
    """Yield the rows of what bulletins show beside each other, given all of each later one."""
    places: Counter[int] = Counter()
    for one in found:
        place = places[one.later_entry]
        places[one.later_entry] += 1
        yield {
            "id": f"{one.later_entry}/{place}",
            "later_entry": one.later_entry,
            "place": place,
            "series": one.model_dump(mode="json"),
        }


def _unread(findings: Findings) -> Iterator[Row]:
    return ({"entry": one.entry, "unread": one.model_dump(mode="json")} for one in findings.unread)


def past_rows(past: Iterable[Past]) -> Iterator[Row]:
    """Yield the rows of what incidents leave to later ones."""
    for one in past:
        yield {
            "id": f"{one.incident}/{one.agreement}",
            "agreement": one.agreement,
            "incident": one.incident,
            "start": one.time[0],
            "past": PAST.dump_json(one).decode(),
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
