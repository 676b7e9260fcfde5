"""Which reports may be of one incident, kept up as reports come and go: one more costs what is near it.

Pairs and their weights are those of `clusters.weigh`, so whatever came in, went or was judged in whatever order: over a
`component`, `clusters.cluster` gives what it gives over all. Nothing is assigned here, and nothing is held in memory:
what is kept lies in tables of an open database, whose transactions are its caller's.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from importlib import resources
from itertools import permutations

import numpy as np

from parley.incidents.linkage.assignment import NOTHING_JUDGED, Judged, pair
from parley.incidents.linkage.blocking import Pairs, joined, near_others
from parley.incidents.linkage.clusters import Weighed, limits_of, weighed_beside
from parley.incidents.linkage.columns import (
    AGGREGATE,
    FURTHER,
    WORD_COLUMNS,
    Columns,
    Ints,
    Range,
    as_table,
    from_table,
    said_of,
)
from parley.incidents.linkage.columns import joined as joined_columns
from parley.incidents.linkage.comparison import levels
from parley.incidents.linkage.crowds import MOST_NEAR
from parley.incidents.linkage.kept_keys import Keys
from parley.incidents.linkage.kept_pairs import KeptPairs
from parley.incidents.linkage.limits import cut_short
from parley.incidents.linkage.names import MOST_WORDS
from parley.incidents.linkage.tied import tied
from parley.incidents.linkage.usable import best_of_both, turns_of
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.linkage.window import WINDOW, Window, compared, days_of

_TOGETHER, _PART, _WHOLE, _APART = range(4)


class Crowded(Exception):  # noqa: N818 - what is the case, as with the errors of the record
    """Some reports are in a crowd, which is parted as a whole: nobody can say which components one more changes."""


@dataclass(frozen=True)
class Component:
    """Reports that are assigned together, by their entries.

    Args:
        members: all that are tied to each other over reports that are not wider.
        wider: the wider reports that may tell of their incidents among others.
    """

    members: set[int]
    wider: set[int]


class Links:
    """The links in the tables of *base*, made where they are not there; reports are named by their entries throughout.

    Args:
        weights: those by which all was weighed so far; by default those that come with Parley.
    """

    def __init__(self, base: sqlite3.Connection, weights: Weights | None = None, window: Window = WINDOW) -> None:
        self._base, self._weights, self._window = base, weights or shipped(), window
        self._keys = Keys(self._weights, window)
        self._pairs = KeptPairs(base)
        for statement in resources.files(__package__).joinpath("kept.sql").read_text("utf-8").split(";\n"):
            base.execute(statement)  # one by one: a script would commit

    def clear(self) -> None:
        """Drop all that is kept."""
        for table in ("report", "found", "pair", "judged", "state"):
            self._base.execute(f"DELETE FROM link_{table}")  # noqa: S608 - no text from outside

    def fill(self, reports: Columns, gaining: Pairs, weight: Ints, judged: Judged = NOTHING_JUDGED) -> None:
        """Keep *reports* alone, called by their entries, of which the *gaining* pairs weigh more than 0; see `gains`.

        Where some are in a crowd, nothing is kept but that it is so.
        """
        self.clear()
        near = self._most_near(reports)
        self._begin(reports, near)
        if near > MOST_NEAR:
            return
        said = said_of(reports)
        self._store(reports, said, turns_of(said, reports.source, reports.in_list, reports.entry))
        self._pairs.fill(reports, gaining, weight, best_of_both(reports, gaining, weight))
        self._base.executemany("INSERT INTO link_judged VALUES (?, ?, ?)", _rows_of(judged))

    def replace(self, here: Collection[int], reports: Columns, entries: Sequence[int]) -> tuple[set[int], set[int]]:
        """Put *reports*, called by *entries*, in the place of those at *here*; what is the same is left alone.

        Returns:
            The reports that are kept whose usable partners or kind have changed, the new ones among them; and those
            that are gone.

        Raises:
            Crowded: some are in a crowd now; what was begun is to be rolled back, or filled anew.
        """
        self._check()
        reports = replace(reports, entry=np.array(entries, dtype=np.int64))
        before = self._facts([*here, *entries])
        changed = [row for row, facts in enumerate(_packed(reports)) if before.get(entries[row]) != facts]
        gone = before.keys() - {*entries}
        touched: set[int] = set()
        for entry in gone | before.keys() & {entries[row] for row in changed}:
            touched |= self._remove(entry)
        for row in changed:
            touched |= self._add(reports.take(np.array([row])))
        return self.present(touched), gone

    def judge(self, here: Collection[int], judged: Judged) -> set[int]:
        """Obey *judged* instead of all that was judged of the reports at *here*; return those whose ties changed.

        It may name reports that are not kept: what it says of them holds once they are. What is apart ties nothing.
        """
        self._check()
        before = set(self._base.execute(_JUDGED, (json.dumps(list(here)),)))
        before |= {(other, one, _TURNED[kind]) for one, other, kind in before}
        after = _rows_of(judged)
        kinds = self._wider({entry for one, other, _ in before ^ after for entry in (one, other)})
        self._base.executemany("DELETE FROM link_judged WHERE (entry, other, kind) = (?, ?, ?)", before)
        self._base.executemany("INSERT OR REPLACE INTO link_judged VALUES (?, ?, ?)", after)
        return self.present({*kinds} | self._turned(kinds))

    def judged(self, entries: Sequence[int]) -> Judged:
        """Return what people judged of the reports *entries*, by their places among these."""
        row = {entry: number for number, entry in enumerate(entries)}
        said = self._base.execute(_JUDGED, (json.dumps(list(entries)),)).fetchall()
        ties = np.array(
            [(row[one], row[other]) for one, other, kind in said if kind == _TOGETHER and other in row], dtype=np.int64
        ).reshape(-1, 2)
        groups: dict[int, list[int]] = {}
        for number, group in enumerate(tied(len(entries), *ties.T).tolist()):
            groups.setdefault(group, []).append(number)
        return Judged(
            tuple(tuple(group) for group in groups.values() if len(group) > 1),
            frozenset(pair(row[one], row[other]) for one, other, kind in said if kind == _APART and other in row),
            frozenset((row[one], row[other]) for one, other, kind in said if kind == _PART and other in row),
            frozenset(row[one] for one, other, kind in said if kind == _WHOLE and (other not in row or other == one)),
        )

    def present(self, entries: Iterable[int]) -> set[int]:
        """Return which of *entries* are those of reports that are kept."""
        return {entry for (entry,) in self._base.execute(_PRESENT, (json.dumps(list(entries)),))}

    def reports(self, entries: Sequence[int]) -> Columns:
        """Return the kept reports among *entries*, in the order of the record."""
        facts = list(self._facts(entries).values())
        (further,) = next(self._base.execute("SELECT further FROM link_state"))
        like = _nothing(json.loads(further))
        table = np.frombuffer(b"".join(facts), dtype="<i8").reshape(len(facts), as_table(like).shape[1])
        return from_table(table.astype(np.int64), like)

    def component(self, entries: Iterable[int]) -> Component:
        """Return all that are assigned together with one of *entries*; with a wider one all of which it may tell.

        Raises:
            Crowded: some reports are in a crowd.
        """
        self._check()
        kinds = self._wider(entries)
        wider = {entry for entry, is_wider in kinds.items() if is_wider}
        found = self._wider(self._around(wider)) | kinds
        members = new = {entry for entry, is_wider in found.items() if not is_wider}
        while new:
            found = self._wider(self._around(new) - members - wider)
            wider |= {entry for entry, is_wider in found.items() if is_wider}
            new = {entry for entry, is_wider in found.items() if not is_wider}
            members = members | new
        return Component(members, wider)

    def weighed(self, reports: Columns, entries: Sequence[int]) -> Weighed:
        """Return what `weigh` gives for *reports*, called by *entries*, which are all of some components.

        It leaves out what two wider reports weigh, which nobody asks for, and does not count what is `left_out`.
        """
        row = {entry: number for number, entry in enumerate(entries)}
        pairs = sorted((*sorted((row[one], row[other])), value) for one, other, value in self._pairs.among(row.keys()))
        left, right, weight = np.array(pairs, dtype=np.int64).reshape(-1, 3).T
        best = Pairs(left, right)
        others, other_weight = weighed_beside(reports, self._weights, best)
        return Weighed(
            joined([best, others]),
            np.concatenate([weight, other_weight]),
            np.repeat([True, False], [len(best), len(others)]),
        )

    def left_out(self) -> int:
        """Return how many pairs gain, and are set aside since others fit better."""
        return self._pairs.left_out()

    @property
    def crowded(self) -> bool:
        """Whether some reports are in a crowd, so that nothing is kept."""
        return self._near() > MOST_NEAR

    def _check(self) -> None:
        if self.crowded:
            raise Crowded("some reports are near too many others to be compared with all of them")

    def _near(self) -> int:
        """Return how many others a report is near at most, or more."""
        row = next(self._base.execute("SELECT near FROM link_state"), None)
        return row[0] if row else 0

    def _begin(self, reports: Columns, near: int) -> None:
        further = json.dumps({name: list(getattr(reports, name)) for name in FURTHER})
        self._base.execute("INSERT INTO link_state VALUES (?, ?)", (further, near))

    def _add(self, report: Columns) -> set[int]:
        """Take in one report; return those whose usable partners or kind may have changed."""
        entry = int(report.entry[0])
        near, kinds = self._find(report), self._wider(self._judged_with(entry))
        first = bool(report.cardinality[0] == AGGREGATE) not in self._kinds()
        self._store(report, said_of(report), np.zeros(1, dtype=np.int64))
        self._make_room(report, first)
        both = joined_columns([report, near])
        right = np.arange(1, len(both), dtype=np.int64)
        right = right[compared(both, np.zeros_like(right), right, self._window)]
        weight = self._weights.sum(levels(both, Pairs(np.zeros_like(right), right)))
        right, weight = right[weight > 0], weight[weight > 0]
        gaining = zip(both.entry[right].tolist(), weight.tolist(), strict=True)
        return {entry} | self._pairs.add(entry, gaining) | self._turned(kinds)

    def _remove(self, entry: int) -> set[int]:
        """Take out one report; return those whose usable partners or kind may have changed."""
        kinds = self._wider(self._judged_with(entry))
        touched = {*kinds} | self._pairs.remove(entry)
        self._base.executemany(
            "DELETE FROM link_found WHERE (key, day, entry) = (?, ?, ?)", self._keys.of(self.reports([entry]))
        )
        self._base.execute("DELETE FROM link_report WHERE entry = ?", (entry,))
        return touched | self._turned(kinds)

    def _make_room(self, report: Columns, first: bool) -> None:
        """Count *report*, which is kept since now, among those that others are near.

        Others are near it at most as often as the days on which it is found. Only where that may be too many, or where
        it is the *first* of its kind, so that all look farther, all are counted.

        Raises:
            Crowded: some are near too many.
        """
        begin, end = (int(day[0]) for day in days_of(report, self._window))
        days = end - begin + 1 + max(self._window.slacks) * int(cut_short(report, self._window)[0])
        near = max(self._near(), self._hits(report)) + days
        if first or near > MOST_NEAR:
            near = self._most_near(self.reports(self._entries()))
        self._base.execute("UPDATE link_state SET near = ?", (near,))
        self._check()

    def _most_near(self, reports: Columns) -> int:
        return int(near_others(reports, self._window, limits_of(reports, self._weights, self._window)).max(initial=0))

    def _hits(self, report: Columns) -> int:
        """Return how many a report is near, or more: some twice."""
        kinds = self._kinds()
        keys = (key for wider in kinds for key in self._keys.asked(report, wider, crossing=len(kinds) == 2))
        asked = "SELECT COUNT(*) FROM link_found WHERE key = ? AND day BETWEEN ? AND ?"
        return sum(next(self._base.execute(asked, key))[0] for key in keys)

    def _kinds(self) -> list[bool]:
        """Return whether some reports are wider, by their sources: False where some are not, True where some are."""
        asked = ((False, _ANY_NARROW), (True, _ANY_WIDER))
        return [wider for wider, query in asked if next(self._base.execute(query, (AGGREGATE,)), None)]

    def _store(self, reports: Columns, said: Ints, turn: Ints) -> None:
        if next(self._base.execute("SELECT 1 FROM link_state"), None) is None:
            self._begin(reports, 0)
        columns = (reports.entry, reports.source, reports.in_list, reports.cardinality, said, turn)
        rows = zip(*(column.tolist() for column in columns), _packed(reports), strict=True)
        self._base.executemany("INSERT INTO link_report VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        self._base.executemany("INSERT OR IGNORE INTO link_found VALUES (?, ?, ?)", sorted(self._keys.of(reports)))

    def _around(self, entries: Iterable[int]) -> set[int]:
        """Return what may be brought together with one of *entries*, or was judged to belong with one, kept or not."""
        return {other for (other,) in self._base.execute(_AROUND, (json.dumps(list(entries)),))}

    def _judged_with(self, entry: int) -> set[int]:
        return {other for (other,) in self._base.execute("SELECT other FROM link_judged WHERE entry = ?", (entry,))}

    def _wider(self, entries: Iterable[int]) -> dict[int, bool]:
        """Say of those of *entries* that are kept whether they may speak of several incidents; see `wider_rows`."""
        found = self._base.execute(_WIDER, (_WHOLE, AGGREGATE, json.dumps(list(entries))))
        return {entry: bool(wider) for entry, wider in found}

    def _turned(self, before: dict[int, bool]) -> set[int]:
        """Return those that are of another kind than *before*, and what may be brought together with them."""
        turned = {entry for entry, wider in self._wider(before).items() if wider != before[entry]}
        return turned | self._around(turned)

    def _find(self, report: Columns) -> Columns:
        """Return the reports that are compared with *report* and may gain with it, and others."""
        asked = "SELECT entry FROM link_found WHERE key = ? AND day BETWEEN ? AND ?"
        parts = [report.take(np.zeros(0, dtype=np.int64))]
        for wider in self._kinds():
            crossing = bool(report.cardinality[0] == AGGREGATE) != wider
            keys = self._keys.asked(report, wider, crossing)
            found = {entry for key in keys for (entry,) in self._base.execute(asked, key)}
            both = joined_columns([report, self.reports(sorted(found))])
            others = np.arange(1, len(both), dtype=np.int64)
            may = self._keys.limits(both, crossing).may(np.zeros_like(others), others)
            parts.append(both.take(others[may]))
        return joined_columns(parts)

    def _entries(self) -> list[int]:
        return [entry for (entry,) in self._base.execute("SELECT entry FROM link_report")]

    def _facts(self, entries: Iterable[int]) -> dict[int, bytes]:
        return dict(self._base.execute(_FACTS, (json.dumps(list(entries)),)))


def _rows_of(judged: Judged) -> set[tuple[int, int, int]]:
    """Return what is *judged* of two reports each, both ways round: (entry, other, kind)."""
    rows = {(*two, _TOGETHER) for group in judged.together for two in permutations(group, 2)}
    rows |= {(one, one, _WHOLE) for one in judged.wholes}  # of something that is not there
    rows |= {row for one, other in judged.apart for row in ((one, other, _APART), (other, one, _APART))}
    return rows | {row for one, whole in judged.parts for row in ((one, whole, _PART), (whole, one, _WHOLE))}


def _packed(reports: Columns) -> list[bytes]:
    """Return all that is read of each report, its entry included, as `as_table` lays it out."""
    return [row.tobytes() for row in as_table(reports).astype("<i8")]


def _nothing(further: dict[str, list[str]]) -> Columns:
    """Return the columns of no reports, with these *further* fields."""
    none = np.zeros(0, dtype=np.int64)
    plain = {one.name: none for one in fields(Columns) if one.name not in FURTHER}
    names = none.reshape(0, MOST_WORDS)
    ranges = {name: Range(none, none) for name in further["ranges"]}
    terms = dict.fromkeys(further["terms"], none)
    texts = {name: none.reshape(0, 1 + WORD_COLUMNS) for name in further["texts"]}
    return Columns(**plain | {"names": names}, ranges=ranges, terms=terms, texts=texts)


_TURNED = {_TOGETHER: _TOGETHER, _PART: _WHOLE, _WHOLE: _PART, _APART: _APART}
_PRESENT = "SELECT entry FROM link_report WHERE entry IN (SELECT value FROM json_each(?))"
_FACTS = "SELECT entry, facts FROM link_report WHERE entry IN (SELECT value FROM json_each(?))"
_JUDGED = "SELECT entry, other, kind FROM link_judged WHERE entry IN (SELECT value FROM json_each(?))"
_ANY_WIDER = "SELECT 1 FROM link_report WHERE cardinality = ?"
_ANY_NARROW = "SELECT 1 FROM link_report WHERE cardinality <> ?"
_AROUND = """
WITH asked AS (SELECT value FROM json_each(?))
SELECT other FROM asked JOIN link_pair ON entry = value WHERE usable
UNION
SELECT other FROM asked JOIN link_judged ON entry = value WHERE kind <> 3
"""
_WIDER = """
SELECT r.entry, CASE WHEN MAX(j.kind = ?) THEN 1 WHEN COUNT(o.entry) THEN 0 ELSE r.cardinality = ? END
FROM json_each(?) JOIN link_report AS r ON r.entry = value
LEFT JOIN link_judged AS j ON j.entry = r.entry AND j.kind <> 3 LEFT JOIN link_report AS o ON o.entry = j.other
GROUP BY r.entry
"""
