"""What changed from one edition of a day to the next: derived from the two reports alone.

Two reports have the same contents if and only if nothing changed. Their contents are all that a report says of its
day: not how far the record had grown, nor what concerns every day alike (who is silent, what cannot be read, how much
concerns no day), or every new report would make every page of a centre out of date.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.model import Assessment, ClauseAssessment, Incident, listed
from parley.publish.daily import AreaCount, ArticleOfDay, DailyReport, IncidentOfDay, TakenBack
from parley.publish.edition import Change, Edition, Replaced
from parley.publish.words import ANSWERS

MOST_CHANGES = 200
"""Changes that a page lists; it says how many more there are."""

_OF_EVERY_DAY: Mapping[str, Any] = {"edition": Edition(), "undated": 0, "unread": (), "more_unread": 0}
_OF_THE_RECORD: Mapping[str, Any] = {"origin": "", "size": 0, "root": "", "verifier_key": ""}


def contents(report: DailyReport) -> str:
    """Return the SHA-256 (hex) of what *report* says of its day."""
    return hashlib.sha256(_said(report).model_dump_json().encode()).hexdigest()


def _said(report: DailyReport) -> DailyReport:
    """Return *report* without what is no content of the day."""
    return report.model_copy(
        update={
            **_OF_EVERY_DAY,
            "masthead": report.masthead.model_copy(update=dict(_OF_THE_RECORD)),
            "coverage": report.coverage.model_copy(update={"silent": ()}),
        }
    )


def next_edition(replaces: Replaced, before: DailyReport | None, now: DailyReport) -> Edition:
    """Return the edition that *now* is after the one that it replaces, which said *before* (None: nobody knows)."""
    changes = tuple(what_changed(before, now)) if before is not None else ()
    return Edition(
        number=replaces.number + 1,
        replaces=replaces,
        changes=changes[:MOST_CHANGES],
        more_changes=len(changes[MOST_CHANGES:]),
    )


def what_changed(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    """Yield what *now* says otherwise than *before*; nothing if and only if their contents are the same."""
    then, today = (_said(one).model_dump(mode="json") for one in (before, now))
    differing = [name for name in today if json.dumps(then[name]) != json.dumps(today[name])]
    found = list(_late(before, now)) if differing else []
    for name in (name for name in differing if name not in _FOLLOWING):
        told = list(_TOLD[name](before, now)) if name in _TOLD else []
        found += told or [_of_section(name)]
    yield from found or map(_of_section, differing)


_FOLLOWING = ("clauses", "resting", "questions", "more_questions", "inputs")
"""Fields that follow from the others: that they changed is said where nothing else is."""


def _of_section(name: str) -> Change:
    return Change(code="section", params={"section": f"section-{name}"})


# What came late


def _late(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    known = {entry for entry, _, _ in _reports(before)}
    for entry, source, late in _reports(now):
        if late is not None and entry not in known:
            received = late.astimezone(ZoneInfo(now.masthead.timezone)).isoformat(" ", "seconds")
            params = {"entry": entry, "source": source, "received": received}
            yield Change(code="late-report", params=params)


def _reports(report: DailyReport) -> Iterator[tuple[int, str, datetime | None]]:
    """Yield (entry, source, when it came late) for every report that stands on the page, in the order of the record."""
    told = [one for entry in report.incidents for one in entry.told] + [one.told for one in report.allegations]
    found: dict[int, tuple[str, datetime | None]] = {one.entry: (one.source, one.late) for one in told}
    found |= {one.entry: (one.bulletin.source, one.late) for one in report.bulletins}
    found |= {one.entry: (one.source, one.late) for one in report.articles}
    return ((entry, *found[entry]) for entry in sorted(found))


# Incidents, and what the terms make of them


def _incidents(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then = {one.incident.id: one for one in before.incidents}
    today = {one.incident.id: one for one in now.incidents}
    for id_, one in today.items():
        if id_ not in then:
            yield Change(code="incident-added", params=_of_incident(one))
    for id_, one in then.items():
        if id_ not in today:
            yield Change(code="incident-removed", params=_of_incident(one))
        elif one != today[id_]:
            yield from list(_incident(one, today[id_])) or [
                Change(code="incident-changed", params=_of_incident(today[id_]))
            ]


def _of_incident(one: IncidentOfDay) -> dict[str, str | int]:
    return {"incident": one.incident.id, "place": one.incident.place.name, "reports": len(one.incident.entries)}


def _incident(before: IncidentOfDay, now: IncidentOfDay) -> Iterator[Change]:
    id_ = now.incident.id
    then, today = set(before.incident.entries), set(now.incident.entries)
    if then != today:
        params = {"incident": id_, "joined": _entries(today - then), "left": _entries(then - today)}
        yield Change(code="incident-reports", params=params)
    disputed = [listed(_disputed(one.incident)) for one in (before, now)]
    if disputed[0] != disputed[1]:
        params = {"incident": id_, "then": disputed[0] or "nothing", "now": disputed[1] or "nothing"}
        yield Change(code="incident-disputed", params=params)
    if [one.entry for one in before.judged] != [one.entry for one in now.judged]:
        yield Change(code="incident-judged", params={"incident": id_})
    answers = [_answers(one.assessments) for one in (before, now)]
    for agreement, clause in dict.fromkeys((*answers[1], *answers[0])):
        was, is_ = (each.get((agreement, clause), "not asked") for each in answers)
        if was != is_:
            params = {"incident": id_, "agreement": agreement, "clause": clause, "then": was, "now": is_}
            yield Change(code="answer", params=params)


def _entries(numbers: Iterable[int]) -> str:
    return listed(map(str, sorted(numbers)))


def _disputed(incident: Incident) -> list[str]:
    return [str(one.attribute) for one in incident.differences if one.state == "disputed"]


def _answers(assessments: Iterable[Assessment]) -> dict[tuple[str, str], str]:
    """Return by agreement and clause which answers the accounts give, and what follows from what none disputes."""
    return {(one.agreement, clause.clause): _answer(clause) for one in assessments for clause in one.clauses}


def _answer(clause: ClauseAssessment) -> str:
    given = {one.shown for one in clause.accounts}
    said = " / ".join(answer for answer in ANSWERS if answer in given)
    return said if given == {clause.agreed.shown} else f"{said} ({clause.agreed.shown} from undisputed facts)"


# What stands beside the incidents


def _allegations(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then, today = ({one.told.entry: one for one in report.allegations} for report in (before, now))
    for entry, one in today.items():
        was = then.get(entry)
        if one.taken_back and (was is None or not was.taken_back):
            yield _taken_back(entry, one.told.source, one.taken_back)
        elif was is None:
            yield Change(code="allegation-added", params={"entry": entry, "source": one.told.source})
        elif was != one:
            yield Change(code="allegation-changed", params={"entry": entry, "source": one.told.source})
    for entry, one in then.items():
        if entry not in today:
            yield Change(code="allegation-removed", params={"entry": entry, "source": one.told.source})


def _taken_back(entry: int, source: str, how: TakenBack) -> Change:
    params: dict[str, str | int] = {"entry": entry, "source": source}
    if how == "withdrawn":
        return Change(code="report-withdrawn", params=params)
    return Change(code="report-replaced", params=params)


def _bulletins(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then, today = ({one.entry: one for one in report.bulletins} for report in (before, now))
    for entry in sorted({*then, *today}):
        one = today.get(entry) or then[entry]
        params = {"entry": entry, "source": one.bulletin.source}
        if entry not in then:
            yield Change(code="bulletin-added", params=params)
        elif entry not in today:
            yield Change(code="bulletin-removed", params=params)
        elif one.taken_back and not then[entry].taken_back:
            yield _taken_back(entry, one.bulletin.source, one.taken_back)
        elif then[entry] != one:
            yield Change(code="bulletin-changed", params=params)


def _tallies(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then, today = ({(one.left_entry, one.right_entry): one for one in report.tallies} for report in (before, now))
    for key in dict.fromkeys((*then, *today)):
        one = today.get(key) or then[key]
        params: dict[str, str | int] = {"left": one.left, "right": one.right}
        if key not in then:
            yield Change(code="tally-added", params={**params, "now": one.headline})
        elif key not in today:
            yield Change(code="tally-removed", params={**params, "then": one.headline})
        elif then[key].headline != one.headline:
            yield Change(code="tally-counts", params={**params, "then": then[key].headline, "now": one.headline})
        elif then[key] != one:
            yield Change(code="tally-changed", params={**params, "now": one.headline})


def _articles(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then, today = ({one.entry: one for one in report.articles} for report in (before, now))
    for entry in sorted({*then, *today}):
        one = today.get(entry) or then[entry]
        params = {"entry": entry, "source": one.source}
        if entry not in then:
            yield Change(code="article-added", params=params)
        elif entry not in today:
            yield Change(code="article-removed", params=params)
        elif one.taken_back and not then[entry].taken_back:
            yield _taken_back(entry, one.source, one.taken_back)
        elif then[entry] != one:
            yield from list(_statements(then[entry], one)) or [Change(code="article-changed", params=params)]


def _statements(before: ArticleOfDay, now: ArticleOfDay) -> Iterator[Change]:
    then = {one.id: one for one in before.statements}
    for one in now.statements:
        if one.id not in then:
            yield Change(code="statement-added", params={"statement": one.id, "now": one.state})
        elif then[one.id] != one:
            params = {"statement": one.id, "then": then[one.id].state, "now": one.state}
            yield Change(code="statement-decided", params=params)


def _areas(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then, today = ({one.areas: one for one in report.areas} for report in (before, now))
    for areas in dict.fromkeys((*today, *then)):
        was, is_ = (each.get(areas, AreaCount(areas=areas, today=0, previous=0)) for each in (then, today))
        where = listed(areas, " / ") or "no area named"
        if was.today != is_.today:
            yield Change(code="area-count", params={"areas": where, "then": was.today, "now": is_.today})
        if was.previous != is_.previous:
            yield Change(code="area-count-before", params={"areas": where, "then": was.previous, "now": is_.previous})


def _coverage(before: DailyReport, now: DailyReport) -> Iterator[Change]:
    then, today = ({one.source: one for one in report.coverage.heard} for report in (before, now))
    for source in dict.fromkeys((*today, *then)):
        if source not in then:
            yield Change(code="source-heard", params={"source": source})
        elif source not in today:
            yield Change(code="source-gone", params={"source": source})


_TOLD: Mapping[str, Callable[[DailyReport, DailyReport], Iterator[Change]]] = {
    "coverage": _coverage,
    "areas": _areas,
    "incidents": _incidents,
    "allegations": _allegations,
    "bulletins": _bulletins,
    "tallies": _tallies,
    "articles": _articles,
}
"""What tells the changes of a field of the report; of the others only that they changed is said."""
