"""Where the statements stand that decide together: kept beside the views, so that nobody has to read all of them."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib import resources

from parley.derivation.touched import Key, ids_of, input_of, is_known_everywhere, keys_of, named_by
from parley.incidents.warnings import FEW, Box, Positions, box_of
from parley.model import (
    Disc,
    RecordedReport,
    RecordedWithdrawal,
    Stated,
)

TABLES = ("found_key", "found_input", "found_everywhere", "found_again", "found_article", "found_lying", "found_box")


class Index:
    """The tables of an open database; its caller begins and commits."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base = base
        for statement in resources.files(__package__).joinpath("index.sql").read_text("utf-8").split(";\n"):
            base.execute(statement)

    def clear(self) -> None:
        """Forget everything."""
        for table in TABLES:
            self._base.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours

    def note(self, stated: Iterable[Stated]) -> Iterator[Stated]:
        """Take statements in, and yield them on."""
        for one in stated:
            if (input_ := input_of(one)) is not None:
                brought = isinstance(one.says, RecordedReport | RecordedWithdrawal)
                self._base.execute("INSERT OR IGNORE INTO found_input VALUES (?, ?, ?)", (input_, one.entry, brought))
            if is_known_everywhere(one):
                self.keep_everywhere((one.entry,))
            self.add(one.entry, keys_of(one))
            if isinstance(one.says, RecordedReport) and self._says_again(one.says):
                self._base.execute("INSERT OR IGNORE INTO found_again VALUES (?, 0)", (one.says.input,))
            yield one

    def add(self, entry: int, keys: Iterable[Key]) -> None:
        """Let the statement at *entry* be found under *keys* as well."""
        self._base.executemany("INSERT OR IGNORE INTO found_key VALUES (?, ?)", [(key, entry) for key in keys])

    def put(self, entry: int, keys: Iterable[Key]) -> None:
        """Let the statement at *entry* be found under *keys* alone."""
        self._base.execute("DELETE FROM found_key WHERE entry = ?", (entry,))
        self.add(entry, keys)

    def keep_everywhere(self, entries: Iterable[int]) -> None:
        """Let every derivation be told of the statements at *entries*."""
        self._base.executemany("INSERT OR IGNORE INTO found_everywhere VALUES (?)", [(one,) for one in entries])

    def closure(self, entries: Iterable[int], whole: Collection[int] = ()) -> set[int]:
        """Return the statements that decide together with those at *entries*, themselves included.

        Args:
            whole: inputs of which all that they brought decides together.
        """
        found: set[int] = set()
        new = set(entries)
        while new:
            found |= new
            here = json.dumps(sorted(new))
            new = {entry for (entry,) in self._base.execute(_BESIDE, (here,))}
            for input_, named in self._base.execute(_INPUTS, (here,)).fetchall():
                if named or input_ in whole:
                    new |= self.brought(input_) | {
                        entry for (entry,) in self._base.execute(_NAMED, (named_by(input_),))
                    }
            for (input_,) in self._base.execute(_NAMING, (here, here)).fetchall():
                new |= self.brought(input_)
            new -= found
        return found

    def brought(self, input_: int) -> set[int]:
        """Return the reports and withdrawals that an input brought."""
        return {entry for (entry,) in self._base.execute(_BROUGHT, (input_,))}

    def with_inputs(self, entries: Iterable[int]) -> set[int]:
        """Return *entries* with what is known everywhere, and with what says of their inputs how far they were read."""
        found = set(entries)
        asked = json.dumps(sorted(found))
        found |= {entry for (entry,) in self._base.execute(_OF_INPUTS, (asked,))}
        return found | {entry for (entry,) in self._base.execute("SELECT entry FROM found_everywhere")}

    def again(self, inputs: Iterable[int]) -> dict[int, bool]:
        """Return of *inputs* that say again what others said under the same ids whether their ids have shifted."""
        asked = json.dumps(sorted(set(inputs)))
        return {input_: bool(shifted) for input_, shifted in self._base.execute(_AGAIN, (asked,))}

    def keep_shifted(self, shifted: Mapping[int, bool]) -> None:
        """Keep whether the ids of inputs have shifted, of those that say something again."""
        self._base.executemany(
            "UPDATE found_again SET shifted = ? WHERE input = ?", [(value, input_) for input_, value in shifted.items()]
        )

    def inputs_of(self, entries: Iterable[int]) -> set[int]:
        """Return the inputs that brought the statements at *entries*."""
        return {input_ for input_, _ in self._base.execute(_INPUTS, (json.dumps(sorted(entries)),))}

    def keep_articles(self, holding: Collection[int], among: Iterable[int] = ()) -> bool:
        """Keep which articles hold, of the statements *among*; return whether that is otherwise than before."""
        asked = json.dumps(sorted(among))
        before = {entry for (entry,) in self._base.execute(_ARTICLES_AMONG, (asked,))}
        self._base.executemany("DELETE FROM found_article WHERE entry = ?", [(one,) for one in before - set(holding)])
        new = [(one,) for one in sorted(set(holding) - before)]
        self._base.executemany("INSERT INTO found_article VALUES (?, NULL)", new)
        return before != set(holding)

    def articles(self) -> set[int]:
        """Return the articles that hold."""
        return {entry for (entry,) in self._base.execute("SELECT entry FROM found_article")}

    def keep_copies(self, first: Mapping[int, int]) -> set[int]:
        """Keep the *first* of the copies of each article that has some; return those that have others than before."""
        before = dict(self._base.execute("SELECT entry, first FROM found_article"))
        moved = {entry for entry, was in before.items() if first.get(entry) != was}
        self._base.executemany(
            "UPDATE found_article SET first = ? WHERE entry = ?", [(first.get(entry), entry) for entry in moved]
        )
        groups = {one for entry in moved for one in (before[entry], first.get(entry)) if one is not None}
        return moved | {entry for entry in before if groups.intersection((before[entry], first.get(entry)))}

    def copies(self, articles: Iterable[int]) -> dict[int, int]:
        """Return those of *articles* that have copies, and these, each with the first of them."""
        asked = json.dumps(sorted(articles))
        return dict(self._base.execute(_COPIES, (asked,)))

    def keep_lying(self, among: Iterable[int], lying: Mapping[int, Disc]) -> bool:
        """Keep where reports lie, of the statements *among*; return whether the box of all is what it was."""
        gone = json.dumps(sorted(among))
        self._base.execute("DELETE FROM found_lying WHERE entry IN (SELECT value FROM json_each(?))", (gone,))
        rows = [(entry, float(one.lat), float(one.lon), one.radius_m) for entry, one in lying.items()]
        self._base.executemany("INSERT INTO found_lying VALUES (?, ?, ?, ?)", rows)
        before, now = self._box(), self._measured()
        self._base.execute("DELETE FROM found_box")
        if now is not None:
            self._base.execute("INSERT INTO found_box VALUES (?, ?, ?, ?)", now)
        return now is not None and now == before

    def positions(self) -> Positions:
        """Return where all reports lie."""
        box = self._box()
        few = () if box else self._base.execute("SELECT lat, lon, radius_m FROM found_lying")
        return Positions(box, [Disc(lat=lat, lon=lon, radius_m=radius) for lat, lon, radius in few])

    def _box(self) -> Box | None:
        return next(self._base.execute("SELECT south, north, west, east FROM found_box"), None)

    def _measured(self) -> Box | None:
        (count,) = self._base.execute("SELECT count(*) FROM found_lying").fetchone()
        if count < FEW:
            return None

        def at(column: str, place: int) -> float:
            asked = f"SELECT {column} FROM found_lying ORDER BY {column} LIMIT 1 OFFSET ?"  # noqa: S608
            return float(self._base.execute(asked, (place,)).fetchone()[0])

        fifth, last = count // 5, count - 1 - count // 5
        lat, lon = ((at(column, fifth), at(column, last)) for column in ("lat", "lon"))
        return box_of(lat, lon, at("radius_m", count // 2))

    def _says_again(self, one: RecordedReport) -> bool:
        """Whether a report has an id under which another input said something."""
        keys = json.dumps(list(ids_of(one)))
        return one.input is not None and next(self._base.execute(_OTHERS, (keys, one.input)), None) is not None


_BESIDE = """
SELECT DISTINCT other.entry FROM json_each(?) JOIN found_key AS one ON one.entry = value
JOIN found_key AS other ON other.key = one.key
"""
_INPUTS = """
SELECT DISTINCT found_input.input, EXISTS (SELECT 1 FROM found_key WHERE key = 2 * found_input.input)
FROM json_each(?) JOIN found_input ON found_input.entry = value WHERE found_input.brought
"""
_NAMED = "SELECT entry FROM found_key WHERE key = ?"
_NAMING = """
SELECT DISTINCT found_input.input FROM json_each(?) JOIN found_key ON found_key.entry = value
JOIN found_input ON found_input.input = found_key.key / 2
WHERE found_key.key % 2 = 0 AND found_input.brought
UNION SELECT DISTINCT input FROM json_each(?) JOIN found_input ON input = value WHERE brought
"""
_BROUGHT = "SELECT entry FROM found_input WHERE input = ? AND brought"
_OF_INPUTS = """
SELECT DISTINCT other.entry FROM json_each(?) JOIN found_input AS one ON one.entry = value
JOIN found_input AS other ON other.input = one.input WHERE NOT other.brought
"""
_AGAIN = "SELECT input, shifted FROM json_each(?) JOIN found_again ON input = value"
_OTHERS = """
SELECT 1 FROM json_each(?) AS asked JOIN found_key ON found_key.key = asked.value
JOIN found_input USING (entry) WHERE input <> ?
"""
_ARTICLES_AMONG = "SELECT entry FROM json_each(?) JOIN found_article ON entry = value"
_COPIES = """
SELECT entry, first FROM found_article WHERE first IN (
  SELECT first FROM json_each(?) JOIN found_article ON entry = value WHERE first IS NOT NULL
) ORDER BY entry
"""
