"""The findings of one day, from the views and from what follows near its reports: all that its daily report says."""

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from parley.centre.models import (
    CrowdView,
    IncidentView,
    InputView,
    MemberView,
    ReportView,
    SeriesView,
    TallyView,
    UnreadView,
)
from parley.centre.views import raw, table
from parley.derivation.kept import Kept
from parley.model import Crowd, Findings, InputCard, SeriesFinding, Tally, Unread
from parley.publish.local_days import (
    Dated,
    LocalDays,
    SomeDays,
    by_incident,
    judged_of,
    latest,
    occasion,
    once,
    touched,
)

_DAY = timedelta(days=1)


def findings_of(kept: Kept, day: date, timezone: ZoneInfo, size: int) -> SomeDays:
    """Return what concerns *day*, and the incidents of the day before; equal to what all findings say of it."""
    when = day.isoformat()
    known = list(latest((entry, date.fromisoformat(first)) for entry, first in _all(_DATED)))
    local = LocalDays((), (), (), (), (), (), (), {}, {}, {}, tuple(known))
    undated = [entry for (entry,) in _all(_UNDATED)]
    listed = [entry for entry in undated if local.listed_on(entry, day) == day]
    entries = {entry for (entry,) in _all(_OF_DAY, when, when)} | set(listed)
    entries |= {entry for (entry,) in _all(_OF_INCIDENTS, when, when, (day - _DAY).isoformat())}
    found = kept.near(entries, size)
    dated = [(one, days) for one in found.reports if (days := occasion(one.report, timezone)) is not None]
    digests = {one.report.origin.digest for one in found.reports}
    inputs = [(InputCard.model_validate_json(card), first, last) for card, first, last in _all(_HOMES, _json(digests))]
    homeless = [InputCard.model_validate_json(card) for (card,) in _all(_HOMELESS)]
    here = [card for card in homeless if local.listed_on(card.entry, day) == day]
    more = len(undated) - len(listed) + sum(1 for card in homeless if card.problems and card not in here)
    local = replace(
        local,
        incidents=tuple(Dated(one, *touched(one.time, timezone)) for one in found.incidents),
        reports=tuple(Dated(one, *days) for one, days in dated),
        undated=tuple(one for one in found.reports if one.entry in listed),
        inputs=tuple(Dated(card, date.fromisoformat(first), date.fromisoformat(last)) for card, first, last in inputs),
        homeless=tuple(here),
        sources=once(source for (source,) in _all(_SOURCES)),
        by_entry={one.entry: one for one in found.reports},
        assessments=by_incident(found.assessments),
        judged=judged_of(found),
        more_undated=more,
    )
    return _with(
        found,
        local,
        inputs=tuple(sorted((*(card for card, _, _ in inputs), *here), key=lambda card: card.entry)),
        tallies=tuple(Tally.model_validate_json(one) for (one,) in _all(_TALLIES, when, when)),
        series=tuple(SeriesFinding.model_validate_json(one) for (one,) in _all(_SERIES, _json(local.by_entry))),
        crowds=tuple(Crowd.model_validate_json(one) for (one,) in _all(_CROWDS)),
        unread=tuple(Unread.model_validate_json(one) for (one,) in _all(_UNREAD)),
    )


def _with(found: Findings, local: LocalDays, **more: Any) -> SomeDays:
    return SomeDays(**{one.name: getattr(found, one.name) for one in fields(found)} | more, local=local)


def _all(asked: str, *given: str) -> list[tuple[Any, ...]]:
    return raw().execute(asked, given).fetchall()


def _json(values: Iterable[Any]) -> str:
    return json.dumps(sorted(values))


# ruff: noqa: S608 - only the names of our own tables are put in
_REPORTS, _INPUTS = table(ReportView), table(InputView)
_DATED = f'SELECT entry, +"first" FROM {_REPORTS} WHERE "first" IS NOT NULL'
_UNDATED = f'SELECT entry FROM {_REPORTS} WHERE "first" IS NULL ORDER BY entry'
_OF_DAY = f'SELECT entry FROM {_REPORTS} WHERE "first" <= ? AND "last" >= ?'
_OF_INCIDENTS = f"""
SELECT member.entry FROM {table(IncidentView)} AS one JOIN {table(MemberView)} AS member ON member.incident = one.id
WHERE one."first" <= ? AND one."last" >= ? OR one."first" = ?
"""
_HOMES = f"""
SELECT card, home.first, home.last FROM {_INPUTS} AS input JOIN (
  SELECT digest, min("first") AS first, max("last") AS last FROM json_each(?) JOIN {_REPORTS} AS one ON digest = value
  WHERE one."first" IS NOT NULL GROUP BY digest
) AS home ON home.digest = input.digest ORDER BY input.entry
"""
_HOMELESS = f"""
SELECT card FROM {_INPUTS} AS input WHERE NOT EXISTS (
  SELECT 1 FROM {_REPORTS} AS one WHERE one.digest = input.digest AND one."first" IS NOT NULL
) ORDER BY entry
"""
_SOURCES = f"SELECT source FROM {_REPORTS} GROUP BY source ORDER BY min(entry)"
_TALLIES = f"SELECT tally FROM {table(TallyView)} WHERE first_day <= ? AND day >= ? ORDER BY left_entry, right_entry"
_SERIES = f"""
SELECT series FROM {table(SeriesView)} JOIN json_each(?) ON later_entry = value ORDER BY later_entry, place
"""
_CROWDS = f"SELECT crowd FROM {table(CrowdView)} ORDER BY entry"
_UNREAD = f"SELECT unread FROM {table(UnreadView)} ORDER BY entry"
