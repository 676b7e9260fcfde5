"""Moving the views on: the rows of what a change touches take the place of those that stood there, and no others.

What comes out as it was is left alone, and touches nothing further.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from parley import incidents
from parley.centre.models import (
    AssessmentView,
    DoublesView,
    DoubtView,
    IncidentView,
    InputView,
    MemberView,
    PastView,
    ProposalView,
    ReportView,
    SeriesView,
    TallyView,
    UnreadView,
)
from parley.centre.views import (
    INCIDENT,
    PAST,
    Row,
    Shown,
    View,
    exchange,
    put,
    raw,
    rows_at,
    rows_of,
    series_rows,
    table,
    tally_rows,
)
from parley.derivation.kept import Change, Kept
from parley.model import Findings, Incident, fold
from parley.model.past import Past
from parley.publish.local_days import MOST_DAYS
from parley.terms.later import Standing

_OF_INCIDENTS: Mapping[View, str] = {
    IncidentView: "id",
    MemberView: "incident",
    AssessmentView: "incident_id",
    DoubtView: "incident_id",
    PastView: "incident",
}
"""The views that hold what belongs to an incident, with the column that names it."""

_DAY = timedelta(days=1)
_ASIDE = timedelta(days=2)
"""Bulletins that are paired with each other miss each other by less."""

_LISTED = f"""
SELECT coalesce(
  (SELECT max("first") FROM {table(ReportView)} WHERE entry <= value),
  (SELECT "first" FROM {table(ReportView)} WHERE "first" IS NOT NULL ORDER BY entry LIMIT 1)
) FROM json_each(?)
"""  # noqa: S608
"""In which day's report stands what concerns no day, by entries; see `LocalDays.listed_on`."""
_OF_FILES = f"""
SELECT DISTINCT +"first", +"last" FROM json_each(?) JOIN {table(ReportView)} ON digest = value
"""  # noqa: S608
"""The days of the reports of inputs, given the digests of these."""

Span = tuple[date, date]
"""The first and the last day of something."""


class Stood:
    """Where reports stand, as the views say; see `parley.derivation.kept.Stood`."""

    def past(self, without: Collection[int]) -> Sequence[Past]:
        """Return what those incidents leave to later ones that none of the reports *without* is of."""
        gone = set(incidents_of(without, wider=False))
        every = raw().execute(f"SELECT incident, past FROM {table(PastView)}")  # noqa: S608
        return [PAST.validate_json(past) for incident, past in every if incident not in gone]

    def telling(self, wider: Collection[int], without: Collection[int]) -> Collection[int]:
        """Return which of *wider* reports tell of incidents that none of the reports *without* is of."""
        gone = set(incidents_of(without, wider=False))
        told = rows_at(MemberView, "entry", wider)
        return {row["entry"] for row in told if row["wider"] and row["incident"] not in gone}

    def drawn(self, reports: Collection[int]) -> incidents.Drawn:
        """Return the incidents that any of *reports* is of, without reports that are not among these."""
        own: dict[str, set[int]] = {one: set() for one in incidents_of(reports, wider=False)}
        wider: dict[str, set[int]] = {one: set() for one in own}
        for row in rows_at(MemberView, "incident", own):
            (wider if row["wider"] else own)[row["incident"]].add(row["entry"])
        doubts = (json.loads(row["doubt"]) for row in rows_at(DoubtView, "entry", reports))
        return incidents.Drawn(
            {frozenset(group.intersection(reports)): frozenset(wider[id_]) for id_, group in own.items()},
            {one["entry"]: frozenset(one["fits"]) for one in doubts},
        )


class Moving:
    """Moves the views of one folder on, within the transaction of its caller.

    Args:
        show: gives what is shown of findings.
        size: how many entries the findings go up to.
    """

    def __init__(self, kept: Kept, show: Callable[[Findings], Shown], timezone: ZoneInfo, size: int) -> None:
        self._kept, self._show, self._timezone, self._size = kept, show, timezone, size
        self.days: set[date] = set()  # of which something may be otherwise than before
        self.before: frozenset[Stands] = frozenset()  # incidents that are otherwise now, as they were, and as they are
        self.after: frozenset[Stands] = frozenset()
        self._answers: tuple[dict[Answered, object], dict[Answered, object]] = {}, {}
        self._spans: list[Span] = []  # of incidents that changed
        self._left: dict[str, Past | None] = {}  # what those incidents left before that leave something else now

    def put(self, change: Change) -> None:
        """Put what *change* brought into the views."""
        rows = self._rows(change)
        statements = sorted(change.statements)
        changed = [*chain(*exchange(ReportView, "entry", statements, rows[ReportView]))]
        decided = rows_at(ReportView, "entry", change.decided)
        for row in (*changed, *decided):
            self._touch(row)
        self._touch_listed({row["entry"] for row in (*changed, *decided)})
        self._put_inputs(rows[InputView])
        put(UnreadView, rows[UnreadView])
        exchange(DoublesView, "entry", statements, rows[DoublesView])
        exchange(ProposalView, "article", statements, rows[ProposalView])
        self._put_incidents(change, rows)
        self._put_later()
        bulletins = [row for row in decided if row["kind"] == "bulletin"]
        if bulletins:
            self._put_series(bulletins)
        self._put_tallies([span for row in bulletins if (span := _span(row))], {row["entry"] for row in bulletins})

    def _rows(self, change: Change) -> dict[View, list[Row]]:
        return {view: list(found) for view, found in rows_of(self._show(change.findings))}

    def _touch(self, row: Row, more: timedelta = timedelta()) -> Span | None:
        """Take the days of a report or an incident for touched; return the first and the last."""
        span = _span(row)
        if span is not None:
            first, last = span
            # Of what lasts long only the ends have a report for its sake alone.
            length = (last - first).days
            every = range(length + 1) if length < MOST_DAYS else (0, length)
            self.days.update(first + timedelta(days=day) for day in every)
            self.days.add(last + more)
        return span

    def _touch_listed(self, entries: Iterable[int]) -> None:
        """Take for touched the days in whose reports stands what concerns none, if it is at *entries*."""
        listed = raw().execute(_LISTED, (json.dumps(sorted(entries)),))
        self.days.update(date.fromisoformat(day) for (day,) in listed if day is not None)

    def _put_inputs(self, rows: Sequence[Row]) -> None:
        """Put inputs; one that is otherwise now stands so beside each of its reports."""
        changed = [*chain(*exchange(InputView, "entry", [row["entry"] for row in rows], rows))]
        self._touch_listed({row["entry"] for row in changed})
        for first, last in raw().execute(_OF_FILES, (json.dumps(sorted({row["digest"] for row in changed})),)):
            self._touch({"first": first, "last": last})

    def _put_incidents(self, change: Change, rows: Mapping[View, list[Row]]) -> None:
        """Put the incidents of *change* in place of those in which their reports stood."""
        own = {*change.members, *change.gone, *change.decided, *change.wider}
        old = set(incidents_of(own, wider=False))
        for view, column in _OF_INCIDENTS.items():
            new = rows[view]
            was, is_ = exchange(view, column, old.union(row[column] for row in new), new)
            changed = [*was, *is_]
            if view is IncidentView:
                self.before, self.after = self.before | set(stands_of(was)), self.after | set(stands_of(is_))
            elif view is AssessmentView:
                self._answers = self._answers[0] | answers_of(was), self._answers[1] | answers_of(is_)
            if view is PastView:
                self._left.update(dict.fromkeys(row["id"] for row in is_))
                self._left.update({row["id"]: PAST.validate_json(row["past"]) for row in was})
            touched = changed if view is IncidentView else rows_at(IncidentView, "id", {row[column] for row in changed})
            spans = [span for row in touched if (span := self._touch(row, _DAY))]
            if view is IncidentView:
                self._spans += spans

    @property
    def answers(self) -> tuple[str, ...]:
        """The incidents of which an answer is otherwise now."""
        was, is_ = self._answers
        return tuple(sorted({one[0] for one, given in is_.items() if was.get(one) != given}))

    def _put_later(self) -> None:
        """Ask again those incidents to which others leave something else than before, until none leaves anything else.

        Nothing that is asked again decides on what came before it, so there is an end to it.
        """
        while self._left:
            left, self._left = self._left, {}
            ids = self._kept.later(_line(left))
            rows = rows_at(IncidentView, "id", ids)
            for row in rows:
                self._touch(row, _DAY)
            if rows:
                members = rows_at(MemberView, "incident", [row["id"] for row in rows])
                change = self._kept.again({row["entry"] for row in members if not row["wider"]}, self._size)
                self._put_incidents(change, self._rows(change))

    def _put_series(self, bulletins: Sequence[Row]) -> None:
        """Put what the publishers of *bulletins* show beside each other."""
        publishers = {fold(row["source"]) for row in bulletins}
        asked = f"SELECT entry, source FROM {table(ReportView)} WHERE kind = 'bulletin' AND holds"  # noqa: S608
        theirs = {entry for entry, source in raw().execute(asked) if fold(source) in publishers}
        entries = theirs.union(row["entry"] for row in bulletins)
        changed = exchange(SeriesView, "later_entry", entries, series_rows(incidents.series(self._kept.held(theirs))))
        for row in rows_at(ReportView, "entry", {one["later_entry"] for one in chain(*changed)}):
            self._touch(row)

    def _put_tallies(self, spans: Sequence[Span], touched: set[int]) -> None:
        """Put the tallies of the bulletins that are *touched*, and of those that count what changed; see `_spans`.

        Args:
            spans: the days of the touched ones.
        """
        here = self._bulletins([*spans, *self._spans])
        if not here and not touched:
            return
        beside = self._bulletins([(first - _ASIDE, last + _ASIDE) for first, last in here.values()])
        tallies = incidents.tally(self._kept.held(beside), self._timezone, self._incidents(beside.values()))
        asked = {*here, *touched}
        found = [one for one in tallies if not asked.isdisjoint((one.left_entry, one.right_entry))]
        keys = [f"{one.left_entry}/{one.right_entry}" for one in found]
        keys += [row["id"] for side in ("left_entry", "right_entry") for row in rows_at(TallyView, side, asked)]
        for row in chain(*exchange(TallyView, "id", keys, tally_rows(found))):
            self._touch({"first": row["first_day"], "last": row["day"]})

    def _bulletins(self, spans: Iterable[Span]) -> dict[int, Span]:
        """Return the bulletins that hold of any of the days of *spans*, with their days."""
        asked = (
            f'SELECT entry, +"first", +"last" FROM {table(ReportView)} '  # noqa: S608
            'WHERE kind = \'bulletin\' AND holds AND "first" <= ? AND "last" >= ?'
        )
        found: dict[int, Span] = {}
        for first, last in _joined(spans):
            for entry, begins, ends in raw().execute(asked, (last.isoformat(), first.isoformat())):
                found[entry] = date.fromisoformat(begins), date.fromisoformat(ends)
        return found

    def _incidents(self, spans: Iterable[Span]) -> list[Incident]:
        """Return the incidents of any of the days of *spans*, in the order of the record."""
        asked = f'SELECT entry, incident FROM {table(IncidentView)} WHERE "first" <= ? AND "last" >= ?'  # noqa: S608
        found: dict[int, str] = {}
        for first, last in _joined(spans):
            found.update(raw().execute(asked, (last.isoformat(), first.isoformat())).fetchall())
        return [INCIDENT.validate_json(found[entry]) for entry in sorted(found)]


Stands = tuple[str, tuple[int, ...]]
"""An incident and its reports."""
Answered = tuple[str, str]
"""An incident, and an agreement under which it is asked."""


def stands_of(rows: Iterable[Row]) -> Iterator[Stands]:
    """Yield the id of each incident of *rows* with its reports."""
    return ((row["id"], tuple(json.loads(row["entries"]))) for row in rows)


def answers_of(rows: Iterable[Row]) -> dict[Answered, object]:
    """Return what is answered in assessments, by incident and agreement."""
    return {
        (row["incident_id"], row["agreement"]): [(one["agreed"], one["accounts"]) for one in json.loads(row["clauses"])]
        for row in rows
    }


def _line(left: Mapping[str, Past | None]) -> dict[str, list[Standing]]:
    """Return all incidents by agreement, with what each leaves; of those that changed what they *left* before."""
    kept = raw().execute(f"SELECT id, past FROM {table(PastView)}")  # noqa: S608
    now = {key: PAST.validate_json(past) for key, past in kept}
    asked = f'SELECT id, entry, +"start", +"end" FROM {table(IncidentView)}'  # noqa: S608
    there = [(id_, entry, (_moment(start), _moment(end))) for id_, entry, start, end in raw().execute(asked)]
    found: dict[str, list[Standing]] = {}
    for agreement in {one.agreement for one in (*now.values(), *left.values()) if one is not None}:
        line = found.setdefault(agreement, [])
        for id_, entry, time in there:
            key = f"{id_}/{agreement}"
            is_ = now.get(key)
            was = left.get(key, is_)
            same = was is None or (was.entry, was.time) == (entry, time)
            line.append(Standing(id_, entry, time, was if same else None, is_))
        here = {id_: (entry, time) for id_, entry, time in there}
        gone = (one for one in left.values() if one is not None and one.agreement == agreement)
        line += [
            Standing(one.incident, one.entry, one.time, one, None)
            for one in gone
            if here.get(one.incident) != (one.entry, one.time)
        ]
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def incidents_of(entries: Iterable[int], wider: bool) -> list[str]:
    """Return the incidents of the reports at *entries*: of those that tell of others besides, or of their own."""
    return [row["incident"] for row in rows_at(MemberView, "entry", entries) if bool(row["wider"]) == wider]


def _span(row: Row) -> Span | None:
    """Return the days of a row, as the database has it; None where it has none."""
    if row["first"] is None:
        return None
    return date.fromisoformat(row["first"]), date.fromisoformat(row["last"])


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return *spans* with those that meet as one."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found
