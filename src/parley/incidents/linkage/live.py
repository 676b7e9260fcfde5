"""The same incidents, kept up as reports come and go: only the components that a change touches are assigned again.

Pairs, components and assignment are those of `clusters`, so in whatever order reports came in, were withdrawn or
judged, what stands here is what `cluster` makes of those that are left. Kept in SQLite; each call is one durable
transaction.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from parley.incidents.linkage.assignment import NOTHING_JUDGED, Judged, Member, Pair, Weigh, assign, pair, tells_of
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import cluster, gains, members_of, order_of, weigh, weighed_beside
from parley.incidents.linkage.columns import AGGREGATE, Columns, Ints, as_table, from_table, joined, said_of
from parley.incidents.linkage.comparison import levels
from parley.incidents.linkage.live_keys import Keys
from parley.incidents.linkage.live_pairs import KeptPairs, Partner
from parley.incidents.linkage.usable import best_of_both, turns_of
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import WINDOW, Window, compared

_ANY_WIDER = "SELECT 1 FROM report WHERE cardinality = ?"
_ANY_NARROW = "SELECT 1 FROM report WHERE cardinality <> ?"


@dataclass(frozen=True)
class Kept:
    """What is kept: the incident of each report, called by its lowest entry, and (wider report, incident) of parts."""

    incident: dict[int, int]
    parts: frozenset[Pair]


class Live:
    """An open store of matched reports; reports are named by their entries throughout, in judgements too.

    Args:
        path: the SQLite file, made where it is not there; ":memory:" keeps nothing.
        like: columns whose fields (not rows) are those of every report to come.
    """

    def __init__(self, path: Path | str, weights: Weights, like: Columns, window: Window = WINDOW) -> None:
        self._weights, self._window, self._like = weights, window, like
        self._width = as_table(like).shape[1]
        self._keys = Keys(weights, window)
        self._given = self._judged = (
            NOTHING_JUDGED  # all that was judged, and what of it is about reports that are here
        )
        self._wholes: set[int] = set()
        self._narrow: set[int] = set()
        self._judged_with: dict[int, set[int]] = {}
        self._named: set[int] = set()
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._pairs = KeptPairs(self._base)
        self._base.executescript(resources.files(__package__).joinpath("live.sql").read_text("utf-8"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def add(self, reports: Columns) -> None:
        """Take in *reports*; one whose entry is here already changes nothing."""
        with self._change():
            for row in range(len(reports)):
                self._add(reports.take(np.array([row])))

    def fill(self, reports: Columns) -> None:
        """Take *reports* into an empty store all at once, as `cluster` assigns them.

        Raises:
            ValueError: something is here already, or was judged.
        """
        if next(self._base.execute("SELECT 1 FROM report"), None) or self._named:
            raise ValueError("a store is filled while it is empty and nothing was judged")
        gaining, weight, _ = gains(reports, self._weights, self._window)
        found = cluster(reports, weigh(reports, self._weights, self._window))
        entry = reports.entry.tolist()
        first = [int(reports.entry[rows].min()) for rows in found.members]
        said = said_of(reports)
        with self._change():
            self._store(reports, said, turns_of(said, reports.source, reports.in_list, reports.entry))
            self._pairs.fill(reports, gaining, weight, best_of_both(reports, gaining, weight))
            own = ((one, first[at]) for one, at in zip(entry, found.incident.tolist(), strict=True) if at >= 0)
            self._base.executemany("INSERT INTO member VALUES (?, ?)", own)
            parts = zip(*(side.tolist() for side in found.part), strict=True)
            self._base.executemany("INSERT INTO part VALUES (?, ?)", ((first[at], entry[row]) for row, at in parts))

    def withdraw(self, entries: Iterable[int]) -> None:
        """Take reports out again; what only they held together falls apart."""
        with self._change():
            for entry in entries:
                self._remove(entry)

    def judge(self, judged: Judged) -> None:
        """Obey *judged* from now on, instead of what was judged before."""
        with self._change():
            self._given = judged
            self._named = {entry for group in (*judged.together, *judged.apart, *judged.parts) for entry in group}
            self._settle(self._obey())

    def _obey(self) -> set[int]:
        """Read again what was judged of the reports that are here; return the reports that it touches."""
        given = self._given
        here = {entry for entry in self._named if self._is_here(entry)}
        together = (tuple(entry for entry in group if entry in here) for group in given.together)
        before, self._judged = (
            self._judged,
            Judged(
                tuple(group for group in together if len(group) > 1),
                frozenset(pair for pair in given.apart if here.issuperset(pair)),
                frozenset(pair for pair in given.parts if here.issuperset(pair)),
            ),
        )
        self._wholes = {whole for _, whole in self._judged.parts}
        self._narrow = {one for group in self._judged.together for one in group} | {
            one for one, _ in self._judged.parts
        }
        self._judged_with = {}
        for group in (*self._judged.together, *self._judged.parts):
            for entry in group:
                self._judged_with.setdefault(entry, set()).update({*group} - {entry})
        changed = {*before.together} ^ {*self._judged.together}
        changed |= (before.apart ^ self._judged.apart) | (before.parts ^ self._judged.parts)
        named = {entry for group in changed for entry in group if self._is_here(entry)}
        # Who was together before the change, and whoever may be now.
        touched = named | {other for entry in named for other in self._likely(entry)}
        incidents = {incident for entry in touched for incident in self._incidents_of(entry)}
        return touched | {entry for incident in incidents for entry in self._members_of(incident)}

    def kept(self) -> Kept:
        """Return what stands here."""
        return Kept(
            dict(self._base.execute("SELECT entry, incident FROM member")),
            frozenset(self._base.execute("SELECT wider, incident FROM part")),
        )

    @contextmanager
    def _change(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        self._pairs.forget()
        try:
            yield
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    def _add(self, report: Columns) -> None:
        entry = int(report.entry[0])
        if self._is_here(entry):
            return
        both = joined([report, self._near(report)])
        self._store(report, said_of(report), np.zeros(1, dtype=np.int64))
        right = np.arange(1, len(both), dtype=np.int64)
        right = right[compared(both, np.zeros_like(right), right, self._window)]
        weight = self._weights.sum(levels(both, Pairs(np.zeros_like(right), right)))
        right, weight = right[weight > 0], weight[weight > 0]
        gaining = map(Partner, both.entry[right].tolist(), weight.tolist())
        changed = self._pairs.add(entry, gaining)
        self._settle({entry} | changed | (self._obey() if entry in self._named else set()))

    def _store(self, reports: Columns, said: Ints, turn: Ints) -> None:
        columns = (reports.entry, reports.source, reports.in_list, reports.cardinality, said, turn)
        facts = (row.tobytes() for row in as_table(reports).astype("<i8"))
        rows = zip(*(column.tolist() for column in columns), facts, strict=True)
        self._base.executemany("INSERT INTO report VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._base.executemany("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", self._keys.of(reports))

    def _remove(self, entry: int) -> None:
        gone = self._reports([entry])
        if not len(gone):
            return
        touched = self._component(entry) | self._likely(entry)
        touched |= {other for incident in self._incidents_of(entry) for other in self._members_of(incident)}
        self._base.executemany("DELETE FROM found WHERE (key, day, entry) = (?, ?, ?)", self._keys.of(gone))
        touched |= self._pairs.remove(entry)
        for statement in (
            "DELETE FROM part WHERE wider = ?",
            "DELETE FROM part WHERE incident = ?",
            "DELETE FROM member WHERE entry = ?",
            "DELETE FROM report WHERE entry = ?",
        ):
            self._base.execute(statement, (entry,))
        touched |= self._obey() if entry in self._named else set()
        self._settle(touched - {entry})

    def _settle(self, touched: set[int]) -> None:
        """Assign again every component that may have changed, where one report of each is among *touched*."""
        wider = {entry for entry in touched if self._is_wider(entry)}
        left = (touched - wider).union(
            *({other for other in self._likely(entry) if not self._is_wider(other)} for entry in wider)
        )
        components = []
        while left:
            components.append(self._component(left.pop()))
            left -= components[-1]
        # All are forgotten before any is assigned: they may have been one incident; who is wider now may have had one.
        for component in (*components, set(wider)):
            wider |= self._forget(component)
        for component in components:
            wider |= self._assign(sorted(component))
        for entry in wider:
            if next(self._base.execute("SELECT 1 FROM part WHERE wider = ?", (entry,)), None):
                self._base.execute("DELETE FROM member WHERE entry = ?", (entry,))
            else:
                self._base.execute("INSERT OR REPLACE INTO member VALUES (?1, ?1)", (entry,))

    def _forget(self, component: set[int]) -> set[int]:
        """Forget the incidents of *component*; return the wider reports that told of them among others."""
        told: set[int] = set()
        for entry in component:
            for incident in self._incidents_of(entry):
                found = self._base.execute("SELECT wider FROM part WHERE incident = ?", (incident,))
                told |= {one for (one,) in found}
                self._base.execute("DELETE FROM part WHERE incident = ?", (incident,))
            self._base.execute("DELETE FROM part WHERE wider = ?", (entry,))  # it may have been wider before
        return told

    def _assign(self, entries: Sequence[int]) -> set[int]:
        """Assign one component; return the wider reports that may tell of its incidents among others."""
        around = sorted({other for entry in entries for other in self._likely(entry) if self._is_wider(other)})
        if len(entries) == 1 and not around:
            self._base.execute("INSERT OR REPLACE INTO member VALUES (?1, ?1)", (entries[0],))
            return set()
        members, weigh = self._told([*entries, *around])
        for rows in assign([members[entry] for entry in entries], weigh, self._judged):
            first = min(rows)
            self._base.executemany("INSERT OR REPLACE INTO member VALUES (?, ?)", [(entry, first) for entry in rows])
            near = {other for entry in rows for other in self._likely(entry)}.intersection(around)
            told = [members[entry] for entry in rows]
            telling = tells_of(told, [members[entry] for entry in sorted(near)], weigh, self._judged)
            self._base.executemany("INSERT INTO part VALUES (?, ?)", [(first, one) for one in telling])
        return set(around)

    def _told(self, inside: Sequence[int]) -> tuple[dict[int, Member], Weigh]:
        """Return the reports *inside* as assignment sees them, and what is weighed between them."""
        usable = {
            pair(one, other.entry): other.weight for one in inside for other in self._pairs.partners(one)
        }  # also of others, through which those inside may be tied
        every = sorted({*inside, *(entry for both in usable for entry in both)})
        reports = self._reports(every)
        row = {entry: number for number, entry in enumerate(every)}
        best = np.array([(row[one], row[other]) for one, other in sorted(usable)], dtype=np.int64).reshape(-1, 2)
        others, weight = weighed_beside(reports, self._weights, Pairs(*best.T))
        beside = zip(others.left.tolist(), others.right.tolist(), weight.tolist(), strict=True)
        members = members_of(reports, np.arange(len(reports)), order_of(reports))
        return {every[member.row]: replace(member, row=every[member.row]) for member in members}, Weigh(
            [
                *((one, other, value, True) for (one, other), value in usable.items()),
                *((every[one], every[other], value, False) for one, other, value in beside),
            ]
        )

    def _component(self, entry: int) -> set[int]:
        """Return all that are tied to *entry* by usable pairs or by judgement, over reports that are not wider."""
        found, waiting = {entry}, [entry]
        if self._is_wider(entry):
            return found
        while waiting:
            one = waiting.pop()
            for other in self._likely(one) - found:
                if not self._is_wider(other):
                    found.add(other)
                    waiting.append(other)
        return found

    def _likely(self, entry: int) -> set[int]:
        """Return what *entry* may be brought together with, and what was judged to belong with it."""
        return {other.entry for other in self._pairs.partners(entry)} | self._judged_with.get(entry, set())

    def _is_here(self, entry: int) -> bool:
        return next(self._base.execute("SELECT 1 FROM report WHERE entry = ?", (entry,)), None) is not None

    def _is_wider(self, entry: int) -> bool:
        if entry in self._wholes or entry in self._narrow:
            return entry in self._wholes
        row = next(self._base.execute("SELECT cardinality FROM report WHERE entry = ?", (entry,)), None)
        return row is not None and row[0] == AGGREGATE

    def _incidents_of(self, entry: int) -> list[int]:
        row = next(self._base.execute("SELECT incident FROM member WHERE entry = ?", (entry,)), None)
        return ([row[0]] if row else []) + [
            incident for (incident,) in self._base.execute("SELECT incident FROM part WHERE wider = ?", (entry,))
        ]

    def _members_of(self, incident: int) -> list[int]:
        return [entry for (entry,) in self._base.execute("SELECT entry FROM member WHERE incident = ?", (incident,))]

    def _near(self, report: Columns) -> Columns:
        """Return the reports that are compared with *report* and may gain with it, and others."""
        asked = "SELECT entry FROM found WHERE key = ? AND day BETWEEN ? AND ?"
        parts = []
        for wider in (False, True):
            if next(self._base.execute(_ANY_WIDER if wider else _ANY_NARROW, (AGGREGATE,)), None):
                keys = self._keys.asked(report, wider)
                found = {entry for key in keys for (entry,) in self._base.execute(asked, key)}
                both = joined([report, self._reports(sorted(found))])
                others = np.arange(1, len(both), dtype=np.int64)
                crossing = bool(report.cardinality[0] == AGGREGATE) != wider
                may = self._keys.limits(both, crossing).may(np.zeros_like(others), others)
                parts.append(both.take(others[may]))
        return joined(parts) if parts else report.take(np.zeros(0, dtype=np.int64))

    def _reports(self, entries: Sequence[int]) -> Columns:
        asked = "SELECT facts FROM json_each(?) JOIN report ON report.entry = value"
        rows = [row for (row,) in self._base.execute(asked, (json.dumps(entries),))]
        table = np.frombuffer(b"".join(rows), dtype="<i8").reshape(len(rows), self._width)
        return from_table(table.astype(np.int64), self._like)
