"""Reports as columns of integers: what matching reads of them, and nothing else.

Integers, so that numpy, DuckDB and Spark give the same answers to the last bit: minutes for times, millionths of a
degree for places, hashes for names and addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SILENT = -1
"""A number that the report does not give."""
OPEN = 2**31
"""The upper bound of "at least"."""
NOWHERE = 2**40
"""The latitude and longitude of a report that gives no point."""

UDEG_PER_M = 1_000_000 / 111_195
"""Millionths of a degree of arc in a metre (a mean degree of the meridian; IUGG mean radius 6,371,009 m)."""

MINUTES_OF_DAY = 1440

WORD_COLUMNS, WORD_BITS = 8, 60
"""Columns of bits for the words of a text, and bits of each that are used: every engine's numbers are signed."""
SCRIPTS = 0b1111
"""The bits of all scripts: Latin, Cyrillic, Hebrew, Arabic."""

# How many happenings of others one report may speak of, as declared for its source.
INCIDENTS, POSTS, AGGREGATE, VAGUE = range(4)
CARDINALITIES = ("incidents", "posts", "aggregate", "vague")


FURTHER = ("ranges", "terms", "texts")
"""The fields of `Columns` that hold further columns by name."""


@dataclass(frozen=True)
class Range:
    """A number of each report, somewhere in `low` … `high`; `SILENT` where it is not given, `OPEN` for no bound."""

    low: Ints
    high: Ints


@dataclass(frozen=True)
class Columns:
    """One row a report; arrays of equal length.

    Args:
        entry: what the report is called by: its entry in the record, or its row.
        source: who speaks, as a number; only equality counts.
        in_list: where the report stands in its list; of those that say the same the least is first.
        words: all that it says, in whatever way linkage reads that, as a number; only equality counts.
        cardinality: `INCIDENTS` (a list that never holds a happening twice), `POSTS` (several may be about one),
            `AGGREGATE` (one may lump several happenings), `VAGUE` (too vague to say which).
        start, end: minutes since 1970 UTC, the end excluded.
        lat, lon: millionths of a degree, or `NOWHERE`.
        width: the cosine of the latitude in millionths.
        radius: how far off the point may be, in millionths of a degree of arc.
        names: `name_keys` of the place, 0 where there are fewer; shape (n, MOST_WORDS).
        area: a key of the administrative area's name, 0 for none.
        link: a hash of the address that it cites, 0 for none.
        origin: reports of equal origin above 0 are copies of one telling.
        ranges, terms: further fields by name; a term is a number, `SILENT` where it is not given.
        texts: what is told in words, by name, as `telling.telling_bits` has it; shape (n, 1 + WORD_COLUMNS).
    """

    entry: Ints
    source: Ints
    in_list: Ints
    words: Ints
    cardinality: Ints
    start: Ints
    end: Ints
    lat: Ints
    lon: Ints
    width: Ints
    radius: Ints
    names: Ints
    area: Ints
    link: Ints
    origin: Ints
    ranges: Mapping[str, Range]
    terms: Mapping[str, Ints]
    texts: Mapping[str, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entry)

    def take(self, rows: Ints) -> Self:
        """Return *rows* alone, in that order."""
        plain = {one.name: getattr(self, one.name)[rows] for one in fields(self) if one.name not in FURTHER}
        return replace(
            self,
            **plain,
            ranges={name: Range(one.low[rows], one.high[rows]) for name, one in self.ranges.items()},
            terms={name: one[rows] for name, one in self.terms.items()},
            texts={name: one[rows] for name, one in self.texts.items()},
        )

    @property
    def placed(self) -> NDArray[np.bool_]:
        there: NDArray[np.bool_] = self.lat != NOWHERE
        return there


def as_table(reports: Columns) -> Ints:
    """Return all columns beside each other, in the order of the fields; shape (n, fields)."""
    columns = [getattr(reports, one.name) for one in fields(reports) if one.name not in FURTHER]
    columns += [bound for number in reports.ranges.values() for bound in (number.low, number.high)]
    return np.column_stack([*columns, *reports.terms.values(), *reports.texts.values()])


def from_table(table: Ints, like: Columns) -> Columns:
    """Return the reports in *table*, with the fields of *like*; the inverse of `as_table`."""
    columns = iter(table.T)
    plain: dict[str, Ints] = {}
    for one in fields(like):
        if one.name == "names":
            plain["names"] = np.stack([next(columns) for _ in range(like.names.shape[1])], axis=1)
        elif one.name not in FURTHER:
            plain[one.name] = next(columns)
    ranges = {name: Range(next(columns), next(columns)) for name in like.ranges}
    terms = {name: next(columns) for name in like.terms}
    texts = {name: np.stack([next(columns) for _ in range(1 + WORD_COLUMNS)], axis=1) for name in like.texts}
    return Columns(**plain, ranges=ranges, terms=terms, texts=texts)


def joined(parts: Sequence[Columns]) -> Columns:
    """Return the rows of all *parts*, which have the same fields, one after the other."""
    first = parts[0]
    plain = {
        one.name: np.concatenate([getattr(part, one.name) for part in parts])
        for one in fields(first)
        if one.name not in FURTHER
    }
    return Columns(
        **plain,
        ranges={
            name: Range(
                np.concatenate([part.ranges[name].low for part in parts]),
                np.concatenate([part.ranges[name].high for part in parts]),
            )
            for name in first.ranges
        },
        terms={name: np.concatenate([part.terms[name] for part in parts]) for name in first.terms},
        texts={name: np.concatenate([part.texts[name] for part in parts]) for name in first.texts},
    )


def place_columns(lat: NDArray[np.float64], lon: NDArray[np.float64], radius_m: NDArray[np.float64]) -> dict[str, Ints]:
    """Return the columns of points in degrees (NaN: none) with radii in metres."""
    known = np.isfinite(lat) & np.isfinite(lon)
    return {
        "lat": np.where(known, np.rint(np.where(known, lat, 0) * 1e6), NOWHERE).astype(np.int64),
        "lon": np.where(known, np.rint(np.where(known, lon, 0) * 1e6), NOWHERE).astype(np.int64),
        "width": np.rint(np.cos(np.radians(np.where(known, lat, 0))) * 1e6).astype(np.int64),
        "radius": np.rint(np.where(np.isfinite(radius_m), radius_m, 0) * UDEG_PER_M).astype(np.int64),
    }


SAID = 2**31 - 1
"""A prime: two numbers below it, multiplied, are one below it again that tells little of either."""


def said_of(reports: Columns) -> Ints:
    """Return a number from 1 up for what each report says, whoever says it: 1 … `SAID` - 1."""
    said = (reports.start, reports.end, reports.lat, reports.lon, reports.radius, reports.cardinality)
    bounds = [bound for number in reports.ranges.values() for bound in (number.low, number.high)]
    mixed = np.zeros(len(reports), dtype=np.uint64)
    texts = [column for text in reports.texts.values() for column in text.T]
    for column in (*said, *reports.names.T, reports.area, reports.link, *bounds, *reports.terms.values(), *texts):
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)  # of 64 bits, the rest falls off
        mixed ^= mixed >> np.uint64(29)
    return (mixed % np.uint64(SAID - 1)).astype(np.int64) + 1
