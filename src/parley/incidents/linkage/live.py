"""The same incidents, kept up as reports come and go: only the components that a change touches are assigned again.

Pairs, components and assignment are those of `clusters`, so in whatever order reports came in, were withdrawn or
judged, what stands here is what `cluster` makes of those that are left. Kept in SQLite; each call is one durable
transaction.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from parley.incidents.linkage.assignment import FLOOR, NOTHING_JUDGED, Judged, Member, Pair, assign, tells_of, weigher
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import cluster, order_of, weigh
from parley.incidents.linkage.columns import AGGREGATE, NOWHERE, VAGUE, Columns, as_table, from_table, joined
from parley.incidents.linkage.comparison import levels
from parley.incidents.linkage.grid import Grid
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import WINDOW, Window, compared, days_of

_FINE, _COARSE, _PLACED, _NAME, _ADDRESS, _AREA, _AREA_OF_LOST = range(7)


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
        self._keys = _Keys(window)
        self._given = self._judged = (
            NOTHING_JUDGED  # all that was judged, and what of it is about reports that are here
        )
        self._named: set[int] = set()
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
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
        weighed = weigh(reports, self._weights, self._window)
        found = cluster(reports, weighed)
        entry = reports.entry.tolist()
        first = [int(reports.entry[rows].min()) for rows in found.members]
        left, right = reports.entry[weighed.pairs.left].tolist(), reports.entry[weighed.pairs.right].tolist()
        weight = weighed.weight.tolist()
        with self._change():
            rows = zip(entry, (reports.cardinality == AGGREGATE).tolist(), as_table(reports).astype("<i8"), strict=True)
            self._base.executemany(
                "INSERT INTO report VALUES (?, ?, ?)", ((one, int(wide), facts.tobytes()) for one, wide, facts in rows)
            )
            for row in range(len(reports)):
                keys = self._keys.of(reports.take(np.array([row])))
                self._base.executemany("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", keys)
            for one, other in ((left, right), (right, left)):
                self._base.executemany("INSERT INTO pair VALUES (?, ?, ?)", zip(one, other, weight, strict=True))
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
        both = joined([report, self._reports(sorted(self._near(report)))])
        self._base.execute(
            "INSERT INTO report VALUES (?, ?, ?)",
            (entry, int(report.cardinality[0] == AGGREGATE), as_table(report).astype("<i8").tobytes()),
        )
        self._base.executemany("INSERT OR IGNORE INTO found VALUES (?, ?, ?)", self._keys.of(report))
        right = np.arange(1, len(both), dtype=np.int64)
        right = right[compared(both, np.zeros_like(right), right, self._window)]
        if len(right):
            weight = self._weights.sum(levels(both, Pairs(np.zeros_like(right), right)))
            for other, value in zip(both.entry[right].tolist(), weight.tolist(), strict=True):
                if value > FLOOR:
                    rows = ((entry, other, value), (other, entry, value))
                    self._base.executemany("INSERT INTO pair VALUES (?, ?, ?)", rows)
        self._settle({entry} | (self._obey() if entry in self._named else set()))

    def _remove(self, entry: int) -> None:
        gone = self._reports([entry])
        if not len(gone):
            return
        touched = self._component(entry) | self._likely(entry)
        touched |= {other for incident in self._incidents_of(entry) for other in self._members_of(incident)}
        self._base.executemany("DELETE FROM found WHERE (key, day, entry) = (?, ?, ?)", self._keys.of(gone))
        partners = [other for other, _ in self._base.execute(_PARTNERS, (entry,))]
        self._base.executemany("DELETE FROM pair WHERE (entry, other) = (?, ?)", [(one, entry) for one in partners])
        for statement in (
            "DELETE FROM pair WHERE entry = ?",
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
        members = {member.row: member for member in self._told([*entries, *around])}
        weights = {
            (entry, other) if entry < other else (other, entry): weight
            for entry in entries
            for other, weight in self._base.execute(_PARTNERS, (entry,))
        }
        weigh = weigher(weights)
        for rows in assign([members[entry] for entry in entries], weigh, self._judged):
            first = min(rows)
            self._base.executemany("INSERT OR REPLACE INTO member VALUES (?, ?)", [(entry, first) for entry in rows])
            near = {other for entry in rows for other in self._likely(entry)}.intersection(around)
            told = [members[entry] for entry in rows]
            telling = tells_of(told, [members[entry] for entry in sorted(near)], weigh, self._judged)
            self._base.executemany("INSERT INTO part VALUES (?, ?)", [(first, one) for one in telling])
        return set(around)

    def _component(self, entry: int) -> set[int]:
        """Return all that are tied to *entry* by pairs above 0 or by judgement, over reports that are not wider."""
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
        """Return the reports that weigh more than 0 against *entry*, and those that were judged to belong with it."""
        found = {other for other, weight in self._base.execute(_PARTNERS, (entry,)) if weight > 0}
        judged = {other for group in self._judged.together if entry in group for other in group}
        judged |= {other for pair in self._judged.parts if entry in pair for other in pair}
        return (found | judged) - {entry}

    def _is_here(self, entry: int) -> bool:
        return next(self._base.execute("SELECT 1 FROM report WHERE entry = ?", (entry,)), None) is not None

    def _is_wider(self, entry: int) -> bool:
        if any(entry == whole for _, whole in self._judged.parts):
            return True
        row = next(self._base.execute("SELECT aggregate FROM report WHERE entry = ?", (entry,)), None)
        judged = any(entry in group for group in self._judged.together)
        return row is not None and bool(row[0]) and not judged and all(entry != part for part, _ in self._judged.parts)

    def _incidents_of(self, entry: int) -> list[int]:
        row = next(self._base.execute("SELECT incident FROM member WHERE entry = ?", (entry,)), None)
        return ([row[0]] if row else []) + [
            incident for (incident,) in self._base.execute("SELECT incident FROM part WHERE wider = ?", (entry,))
        ]

    def _members_of(self, incident: int) -> list[int]:
        return [entry for (entry,) in self._base.execute("SELECT entry FROM member WHERE incident = ?", (incident,))]

    def _near(self, report: Columns) -> set[int]:
        asked = "SELECT entry FROM found WHERE key = ? AND day BETWEEN ? AND ?"
        return {entry for key in self._keys.asked(report) for (entry,) in self._base.execute(asked, key)}

    def _reports(self, entries: Sequence[int]) -> Columns:
        facts = "SELECT facts FROM report WHERE entry = ?"
        rows = [row for entry in entries for (row,) in self._base.execute(facts, (entry,))]
        table = np.frombuffer(b"".join(rows), dtype="<i8").reshape(len(rows), self._width)
        return from_table(table.astype(np.int64), self._like)

    def _told(self, entries: Sequence[int]) -> list[Member]:
        reports = self._reports(entries)
        columns = (reports.entry, reports.source, reports.cardinality, reports.origin, order_of(reports))
        return [Member(*facts) for facts in zip(*(one.tolist() for one in columns), strict=True)]


_PARTNERS = "SELECT other, weight FROM pair WHERE entry = ?"


class _Keys:
    """Under which keys a report is found, and under which it looks for others."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._fine, self._coarse = Grid(window.least), Grid(window.most)

    def of(self, report: Columns) -> list[tuple[int, int, int]]:
        """Return (key, day, entry) for every key and day of *report*."""
        if report.cardinality[0] == VAGUE:
            return []
        keys = [_key(_NAME, int(word)) for word in report.names[0] if word]
        keys += [_key(_ADDRESS, int(link)) for link in report.link if link]
        keys += [_key(_AREA, int(area)) for area in report.area if area]
        if report.lat[0] == NOWHERE:
            keys += [_key(_AREA_OF_LOST, int(area)) for area in report.area if area]
        else:
            coarse = int(self._coarse.cells(report.lat, report.lon)[0])
            fine = int(self._fine.cells(report.lat, report.lon)[0])
            keys.append(_key(_PLACED, coarse))
            keys.append(_key(_FINE, fine) if self._window.is_fine(report.radius)[0] else _key(_COARSE, coarse))
        first, last = (int(day[0]) for day in days_of(report, self._window))
        return [(key, day, int(report.entry[0])) for key in keys for day in range(first, last + 1)]

    def asked(self, report: Columns) -> Iterator[tuple[int, int, int]]:
        """Yield (key, first day, last day) under which all stand with which *report* is compared, and others."""
        if report.cardinality[0] == VAGUE:
            return
        window = self._window
        first, last = (int(day[0]) for day in days_of(report, window))
        for word in report.names[0].tolist():
            if word:
                yield _key(_NAME, word), first - window.named_days, last + window.named_days
        if link := int(report.link[0]):
            yield _key(_ADDRESS, link), first - window.cited_days, last + window.cited_days
        lost = report.lat[0] == NOWHERE
        if area := int(report.area[0]):
            kind = _AREA if lost or window.by_area else _AREA_OF_LOST
            yield _key(kind, area), first - window.area_days, last + window.area_days
        if not lost:
            fine = bool(window.is_fine(report.radius)[0])
            for kind, grid in ((_FINE, self._fine), (_COARSE, self._coarse)) if fine else ((_PLACED, self._coarse),):
                for _, cells in grid.around(report.lat, report.lon):
                    for cell in cells.tolist():
                        yield _key(kind, cell), first - window.days, last + window.days


def _key(kind: int, number: int) -> int:
    """Return one key for a number of a kind; numbers that fall together only make more candidates."""
    return kind << 58 | number % (1 << 58)
