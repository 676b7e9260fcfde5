"""The pairs that gain in the live store, and which of them an assignment can use: `usable` kept up pair by pair."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.columns import Columns, Ints
from parley.incidents.linkage.usable import Sides, best_of_each, takes_many, ties, turns_of


class Partner(NamedTuple):
    """A report that another may be brought together with, and what the pair weighs."""

    entry: int
    weight: int


class KeptPairs:
    """The table of pairs; reports are named by their entries."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        self._read: dict[int, tuple[Partner, ...]] = {}

    def partners(self, entry: int) -> tuple[Partner, ...]:
        """Return what *entry* may be brought together with."""
        if entry not in self._read:
            found = self._base.execute("SELECT other, weight FROM pair WHERE entry = ? AND usable", (entry,))
            self._read[entry] = tuple(map(Partner._make, found))
        return self._read[entry]

    def forget(self) -> None:
        """Forget what was read: others may have written since, or nothing of it may have been kept."""
        self._read.clear()

    def fill(self, reports: Columns, pairs: Pairs, weight: Ints, best: Sequence[NDArray[np.bool_]]) -> None:
        """Take in all *pairs* that gain; *best* says of each whether it is among the best of its left and right row."""
        good = best[0] & best[1]
        for one, other, mine in ((pairs.left, pairs.right, best[0]), (pairs.right, pairs.left, best[1])):
            columns = (reports.entry[one], reports.entry[other], weight, mine, good)
            rows = zip(*(column.tolist() for column in columns), strict=True)
            self._base.executemany("INSERT INTO pair VALUES (?, ?, ?, ?, ?)", rows)

    def add(self, entry: int, gaining: Iterable[Partner]) -> set[int]:
        """Take in the pairs of a report that is here since now; return the reports whose use of each other changed."""
        partners = list(gaining)
        rows = [(entry, *one) for one in partners] + [(one.entry, entry, one.weight) for one in partners]
        self._base.executemany("INSERT INTO pair VALUES (?, ?, ?, 0, 0)", rows)
        return self._rank({entry} | {one.entry for one in partners} | self._around(self._count_off(entry)))

    def remove(self, entry: int) -> set[int]:
        """Take a report's pairs out, before it goes; return the reports whose use of each other has changed."""
        others = {other for (other,) in self._base.execute("SELECT other FROM pair WHERE entry = ?", (entry,))}
        used = {partner.entry for partner in self.partners(entry)}
        self.forget()
        self._base.executemany("DELETE FROM pair WHERE (entry, other) = (?, ?)", [(one, entry) for one in others])
        self._base.execute("DELETE FROM pair WHERE entry = ?", (entry,))
        moved = self._count_off(entry, gone=True)
        return used | self._rank(others | self._around(moved))

    def _count_off(self, entry: int, gone: bool = False) -> set[int]:
        """Count off again the reports that say the same as *entry*; return those others whose turn has changed."""
        rows = [row for row in self._base.execute(_SAME, (entry,)) if not gone or row[0] != entry]
        entries, source, in_list, turn, said = np.array(rows, dtype=np.int64).reshape(-1, 5).T
        new = turns_of(said, source, in_list, entries)
        changed = np.flatnonzero(new != turn)
        moved = list(zip(new[changed].tolist(), entries[changed].tolist(), strict=True))
        self._base.executemany("UPDATE report SET turn = ? WHERE entry = ?", moved)
        return {one for _, one in moved} - {entry}

    def _around(self, entries: Iterable[int]) -> set[int]:
        """Return *entries* and all that gain with one of them."""
        found = set(entries)
        with_them = "SELECT other FROM pair WHERE entry IN (SELECT value FROM json_each(?))"
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
        self._base.executemany("UPDATE pair SET best = ? WHERE (entry, other) = (?, ?)", marks)
        found: set[int] = set()
        for _, one, another in marks:
            two = [row for both in ((one, another), (another, one)) for row in self._base.execute(_MARKS, both)]
            good = all(mark for mark, _ in two)
            if any(bool(used) != good for _, used in two):
                found |= {one, another}
                self._base.executemany(_USE, [(good, one, another), (good, another, one)])
        for one in found:
            self._read.pop(one, None)
        return found


_SAME = """
SELECT entry, source, in_list, turn, said FROM report WHERE said = (SELECT said FROM report WHERE entry = ?)
"""
_SIDES = """
SELECT p.entry, p.other, o.source, p.weight, r.said, o.said, r.turn, o.turn, r.cardinality, o.cardinality, p.best
FROM json_each(?) JOIN pair AS p ON p.entry = value
JOIN report AS r ON r.entry = p.entry JOIN report AS o ON o.entry = p.other
"""
_MARKS = "SELECT best, usable FROM pair WHERE (entry, other) = (?, ?)"
_USE = "UPDATE pair SET usable = ? WHERE (entry, other) = (?, ?)"
