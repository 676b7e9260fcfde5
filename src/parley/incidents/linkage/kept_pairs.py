"""The pairs that gain among kept reports, and which of them an assignment can use: `usable` kept up pair by pair."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.columns import Columns, Ints
from parley.incidents.linkage.usable import Sides, best_of_each, takes_many, ties, turns_of


class KeptPairs:
    """The table of pairs; reports are named by their entries."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base

    def among(self, entries: Collection[int]) -> list[tuple[int, int, int]]:
        """Return (report, another, weight) of the pairs of *entries* that an assignment can use, each once."""
        found = self._base.execute(_USABLE, (json.dumps(list(entries)),))
        return [row for row in found if row[1] in entries]

    def fill(self, reports: Columns, pairs: Pairs, weight: Ints, best: Sequence[NDArray[np.bool_]]) -> None:
        """Take in all *pairs* that gain; *best* says of each whether it is among the best of its left and right row."""
        left, right = reports.entry[pairs.left], reports.entry[pairs.right]
        one, other = np.append(left, right), np.append(right, left)
        order = np.lexsort([other, one])  # that of the table, which is written faster so
        columns = (one, other, np.tile(weight, 2), np.concatenate(best), np.tile(best[0] & best[1], 2))
        rows = zip(*(column[order].tolist() for column in columns), strict=True)
        self._base.executemany("INSERT INTO link_pair VALUES (?, ?, ?, ?, ?)", rows)

    def add(self, entry: int, gaining: Iterable[tuple[int, int]]) -> set[int]:
        """Take in the pairs of a report that is here since now, as (another, weight); return what `_rank` does."""
        partners = list(gaining)
        rows = [(entry, *one) for one in partners] + [(other, entry, weight) for other, weight in partners]
        self._base.executemany("INSERT INTO link_pair VALUES (?, ?, ?, 0, 0)", rows)
        return self._rank({entry} | {other for other, _ in partners} | self._around(self._count_off(entry)))

    def remove(self, entry: int) -> set[int]:
        """Take a report's pairs out, before it goes; return the reports whose use of each other has changed."""
        pairs = self._base.execute("SELECT other, usable FROM link_pair WHERE entry = ?", (entry,)).fetchall()
        others = {other for other, _ in pairs}
        self._base.executemany("DELETE FROM link_pair WHERE (entry, other) = (?, ?)", [(one, entry) for one in others])
        self._base.execute("DELETE FROM link_pair WHERE entry = ?", (entry,))
        moved = self._count_off(entry, gone=True)
        return {other for other, used in pairs if used} | self._rank(others | self._around(moved))

    def left_out(self) -> int:
        """Return how many pairs gain, and are not used since others fit better."""
        unused = self._base.execute("SELECT COUNT(*) FROM link_pair WHERE entry < other AND NOT usable")
        return int(next(unused)[0])

    def _count_off(self, entry: int, gone: bool = False) -> set[int]:
        """Count off again the reports that say the same as *entry*; return those others whose turn has changed."""
        rows = [row for row in self._base.execute(_SAME, (entry,)) if not gone or row[0] != entry]
        entries, source, in_list, turn, said = np.array(rows, dtype=np.int64).reshape(-1, 5).T
        new = turns_of(said, source, in_list, entries)
        changed = np.flatnonzero(new != turn)
        moved = list(zip(new[changed].tolist(), entries[changed].tolist(), strict=True))
        self._base.executemany("UPDATE link_report SET turn = ? WHERE entry = ?", moved)
        return {one for _, one in moved} - {entry}

    def _around(self, entries: Iterable[int]) -> set[int]:
        """Return *entries* and all that gain with one of them."""
        found = set(entries)
        with_them = "SELECT other FROM link_pair WHERE entry IN (SELECT value FROM json_each(?))"
        return found | {other for (other,) in self._base.execute(with_them, (json.dumps(sorted(found)),))}

    def _rank(self, entries: set[int]) -> set[int]:
        """Choose again the best pairs of *entries*; return the reports whose use of each other has changed."""
        rows = self._base.execute(_SIDES, (json.dumps(sorted(entries)),)).fetchall()
        if not rows:
            return set()
        entry, other, source, weight, *facts, was = np.array(rows, dtype=np.int64).T
        said, other_said, turn, other_turn, kind, other_kind = facts
        sides = Sides(entry, source, weight, ties(said, other_said), np.abs(turn - other_turn))
        best = best_of_each(sides) | takes_many(kind, other_kind)
        changed = np.flatnonzero(best != (was > 0))
        marks = list(zip(*(column[changed].tolist() for column in (best, entry, other)), strict=True))
        self._base.executemany("UPDATE link_pair SET best = ? WHERE (entry, other) = (?, ?)", marks)
        found: set[int] = set()
        for _, one, another in marks:
            two = [row for both in ((one, another), (another, one)) for row in self._base.execute(_MARKS, both)]
            good = all(mark for mark, _ in two)
            if any(bool(used) != good for _, used in two):
                found |= {one, another}
                self._base.executemany(_USE, [(good, one, another), (good, another, one)])
        return found


_USABLE = """
SELECT entry, other, weight FROM json_each(?) JOIN link_pair ON entry = value WHERE usable AND entry < other
"""
_SAME = """
SELECT entry, source, in_list, turn, said FROM link_report
WHERE said = (SELECT said FROM link_report WHERE entry = ?)
"""
_SIDES = """
SELECT p.entry, p.other, o.source, p.weight, r.said, o.said, r.turn, o.turn, r.cardinality, o.cardinality, p.best
FROM json_each(?) JOIN link_pair AS p ON p.entry = value
JOIN link_report AS r ON r.entry = p.entry JOIN link_report AS o ON o.entry = p.other
"""
_MARKS = "SELECT best, usable FROM link_pair WHERE (entry, other) = (?, ?)"
_USE = "UPDATE link_pair SET usable = ? WHERE (entry, other) = (?, ?)"
