"""Linkage as queries for engines that hold more than one machine's memory; the same answers, to the last bit.

The text stands in `candidates.sql`, `weights.sql`, `usable.sql` and `clusters.sql`; what depends on the window, the
weights and the fields of the reports is filled in here, from the very constants that `blocking`, `comparison` and
`usable` use. All is 64-bit integers.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Template

import numpy as np

from parley.incidents.linkage import comparison
from parley.incidents.linkage.assignment import FLOOR
from parley.incidents.linkage.columns import (
    AGGREGATE,
    INCIDENTS,
    NOWHERE,
    POSTS,
    SAID,
    VAGUE,
    WORD_COLUMNS,
    Columns,
    Ints,
    said_of,
)
from parley.incidents.linkage.grid import FULL_CIRCLE, Grid
from parley.incidents.linkage.names import MOST_WORDS
from parley.incidents.linkage.usable import OF_ALL, OF_LIST, WITHIN
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import SPARE, Window

_AGE_DAYS = 1_000_000_000
"""Added to days since 1970, so that whole division never sees a number below 0, which engines round differently."""
_FIXED = (
    "id",
    "entry",
    "source",
    "in_list",
    "cardinality",
    "begins",
    "ends",
    "lat",
    "lon",
    "width",
    "radius",
    "area",
    "link",
    "origin",
    "said",
)
_WORDS = tuple(f"name{word}" for word in range(1, MOST_WORDS + 1))
_TEXT = tuple(f"text{column}" for column in range(1 + WORD_COLUMNS))
_NAMED = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Layout:
    """Which fields the table of reports has beside those that every report has.

    Its columns are 64-bit integers without nulls: "id" (unique; the row in `Columns`), "entry", "source", "in_list",
    "cardinality", "begins", "ends", "lat", "lon", "width", "radius", "area", "link", "origin", "said" (`said_of`),
    "name1" … "name4"; then for the first range "range1_low" and "range1_high" and so on, for the first term "term1" and
    so on, and where texts are given "text0" … "text8".
    """

    ranges: tuple[str, ...]
    terms: tuple[str, ...]
    texts: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        bounds = [f"range{number}_{end}" for number in range(1, len(self.ranges) + 1) for end in ("low", "high")]
        terms = (f"term{number}" for number in range(1, len(self.terms) + 1))
        return (*_FIXED, *_WORDS, *bounds, *terms, *(_TEXT if self.texts else ()))


def layout_of(reports: Columns) -> Layout:
    return Layout(tuple(reports.ranges), tuple(reports.terms), tuple(reports.texts))


def table_of(reports: Columns) -> dict[str, Ints]:
    """Return *reports* as the columns that `Layout` names, with their rows as ids."""
    fixed = {name: getattr(reports, name) for name in _FIXED if name not in ("id", "begins", "ends", "said")}
    fixed["said"] = said_of(reports)
    found = {"id": np.arange(len(reports), dtype=np.int64), "begins": reports.start, "ends": reports.end, **fixed}
    found |= dict(zip(_WORDS, reports.names.T, strict=True))
    for number, bounds in enumerate(reports.ranges.values(), 1):
        found |= {f"range{number}_low": bounds.low, f"range{number}_high": bounds.high}
    found |= {f"term{number}": term for number, term in enumerate(reports.terms.values(), 1)}
    for text in reports.texts.values():
        found |= dict(zip(_TEXT, text.T, strict=True))
    return {name: np.ascontiguousarray(found[name], dtype=np.int64) for name in layout_of(reports).names}


def faults(layout: Layout) -> str:
    """Return the query of what would make the numbers wrong: one row, (count, what it counts) in turn."""
    some_null = " OR ".join(f"{name} IS NULL" for name in layout.names)
    known = f"lat <> {NOWHERE}"
    half = FULL_CIRCLE // 2
    return f"""
      SELECT COUNT(*) - COUNT(DISTINCT id), 'ids that are there twice, or null',
        COUNT(CASE WHEN {some_null} THEN 1 END), 'reports with a null',
        COUNT(CASE WHEN {known} AND (lat NOT BETWEEN {-half // 2} AND {half // 2} OR lon NOT BETWEEN {-half} AND {half})
          THEN 1 END), 'points beyond a pole or the antimeridian',
        COUNT(CASE WHEN radius NOT BETWEEN 0 AND {half} THEN 1 END), 'radii below 0 or wider than the Earth',
        COUNT(CASE WHEN ends < begins THEN 1 END), 'times that end before they begin'
      FROM report
    """  # noqa: S608 - no text from outside


def band_table(window: Window) -> dict[str, Ints]:
    """Return each row of the fine grid (1) and the coarse one (2): how many cells it has, how many lie before it."""
    bands = [Grid(height).bands for height in (window.least, window.most)]
    cells, before = (np.concatenate(side) for side in zip(*bands, strict=True))
    rows = np.concatenate([np.arange(len(one), dtype=np.int64) for one, _ in bands])
    return {
        "grid": np.repeat([1, 2], [len(one) for one, _ in bands]),
        "grid_row": rows,
        "cells": cells,
        "before": before,
    }


def candidate_queries(window: Window) -> dict[str, str]:
    """Return the queries report → pairs to compare, by the names of the tables that they make, in order."""
    grids = Grid(window.least), Grid(window.most)
    near_span = 2 * window.days + 1
    slacks = (window.named_days, window.cited_days, window.area_days, window.area_days)
    kinds = {kind: (kind, slack, 2 * slack + 1) for kind, slack in enumerate(slacks, 1)}
    return _filled(
        "candidates.sql",
        age_minutes=_AGE_DAYS * 1440,
        age_days=_AGE_DAYS,
        longest_days=window.longest_days,
        nowhere=NOWHERE,
        vague=VAGUE,
        least=window.least,
        most=window.most,
        days=window.days,
        reach_alone=_reach(window, "radius", "radius"),
        reach=_reach(window, "l.radius", "r.radius"),
        fine_rows=len(grids[0].bands[0]),
        coarse_rows=len(grids[1].bands[0]),
        near_bucket=near_span,
        near_buckets=_buckets(window, [window.days]),
        key_buckets=_buckets(window, slacks),
        keys=_keys(),
        look_kinds=_values(
            (min(kind, 3), place, *kinds[kind]) for kind, place in (_BY_AREA if window.by_area else _LOOKS)
        ),
        held_kinds=_values(
            (min(kind, 3), place, *kinds[kind]) for kind, place in (_BY_AREA if window.by_area else _HELD)
        ),
        may_be_one=_MAY_BE_ONE,
        square_apart=_square_apart(),
    )


def weight_queries(layout: Layout, weights: Weights, asked: str) -> dict[str, str]:
    """Return the queries pairs → weights, by name; *asked* is the table of the pairs."""
    return _filled(
        "weights.sql",
        asked=asked,
        square_apart=_square_apart(),
        far_square=comparison.FAR**2,
        least_doubt=2 * comparison.LEAST_DOUBT**2,
        words_shared=" + ".join(_one(f"l.{name} > 0 AND l.{name} IN ({_listed('r.')})") for name in _WORDS),
        words_left=" + ".join(_one(f"l.{name} > 0") for name in _WORDS),
        words_right=" + ".join(_one(f"r.{name} > 0") for name in _WORDS),
        further_facts=_further_facts(layout),
        beyond_bounds=" + ".join(_one(_beyond(bound)) for bound in comparison.PLACE_TIMES),
        time_lengths=len(comparison.TIME_BOUNDS) + 1,
        time_length="(" + " + ".join(_one(f"longer > {bound}") for bound in comparison.TIME_BOUNDS) + ")",
        further_levels=_further_levels(layout),
        start=weights.start,
        weights=_summed(layout, weights),
        floor=FLOOR,
    )


def usable_queries() -> dict[str, str]:
    """Return the queries weights → pairs that are used, by name; those weighed beside them are asked in between."""
    return _filled(
        "usable.sql",
        said=SAID,
        aggregate=AGGREGATE,
        incidents=INCIDENTS,
        posts=POSTS,
        of_list=OF_LIST,
        of_all=OF_ALL,
        within=WITHIN,
        may_be_one=_MAY_BE_ONE,
        floor=FLOOR,
    )


def cluster_queries(layout: Layout, ties: str) -> dict[str, str]:
    """Return the queries weighed pairs → reports to assign, by name; *ties* is the table of what ties components."""
    bounds = [name for name in layout.names if name.startswith("range")]
    said = ["begins", "ends", "lat", "lon", "radius", *_WORDS, "area", *bounds, "entry"]
    return _filled(
        "clusters.sql", ties=ties, aggregate=AGGREGATE, what_they_say=", ".join(f"report.{name}" for name in said)
    )


_MAY_BE_ONE = f"(l.source <> r.source OR l.cardinality <> {INCIDENTS} OR r.cardinality <> {INCIDENTS})"
_LOOKS = ((1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (4, 1))  # (kind, whether the report has a point)
_HELD = ((1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0))
_BY_AREA = ((1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1))  # both, where all are compared for their area


@cache
def _queries(file: str) -> dict[str, str]:
    text = resources.files(__package__).joinpath(file).read_text("utf-8")
    _, *parts = _NAMED.split(text)
    bare = (re.sub(r"^--.*\n", "", part, flags=re.MULTILINE).strip() for part in parts[1::2])
    return dict(zip(parts[::2], bare, strict=True))


def _filled(file: str, **values: object) -> dict[str, str]:
    return {name: Template(query).substitute(values) for name, query in _queries(file).items()}


def _values(rows: Iterable[Sequence[int]]) -> str:
    return ", ".join(f"({', '.join(map(str, row))})" for row in rows)


def _buckets(window: Window, slacks: Sequence[int]) -> str:
    """Return (bounds of buckets that the days of a report cross, step from its first bucket) for all its buckets."""
    most = max(1 + (window.longest_days + 2 * slack) // (2 * slack + 1) for slack in slacks)
    return _values((crossed, step) for crossed in range(most + 1) for step in range(crossed + 1))


def _keys() -> str:
    fields = [(1, name) for name in _WORDS] + [(2, "link"), (3, "area")]
    return " UNION ALL ".join(f"SELECT fact.*, {field} AS field, {name} AS shared FROM fact" for field, name in fields)  # noqa: S608


def _reach(window: Window, radius: str, other: str) -> str:
    wide = f"2 * ({radius} + {other}) + {SPARE}"
    return f"LEAST(GREATEST({wide}, {window.least}), {window.most})"


def _square_apart() -> str:
    around = "ABS(l.east - r.east)"
    high = "(l.north - r.north)"
    wide = f"(LEAST({around}, {FULL_CIRCLE} - {around}) * (l.width + r.width) // 2000000)"
    return f"({high} * {high} + {wide} * {wide})"


def _one(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


def _listed(side: str) -> str:
    return ", ".join(side + name for name in _WORDS)


def _beyond(bound: int) -> str:
    return f"square * 10000 > {bound * bound} * LEAST(doubt, {comparison.doubt_enough(bound)})"


def _further_facts(layout: Layout) -> str:
    bounds = [f"range{number}_{end}" for number in range(1, len(layout.ranges) + 1) for end in ("low", "high")]
    names = ["cardinality", *bounds, *(f"term{number}" for number in range(1, len(layout.terms) + 1))]
    facts = "".join(f", {side}.{name} AS {side}_{name}" for name in names for side in ("l", "r"))
    if not layout.texts:
        return facts
    in_one_script = f", CASE WHEN (l.{_TEXT[0]} & r.{_TEXT[0]}) = 0 THEN 0 ELSE 1 END AS in_one_script"
    counts = {"telling": "l.{0} & r.{0}", "telling_left": "l.{0}", "telling_right": "r.{0}"}
    return facts + in_one_script + "".join(f", {_bits(of)} AS {name}" for name, of in counts.items())


def _bits(of: str) -> str:
    """Return the number of bits of *of*, in which {0} stands for each column of a text."""
    return " + ".join(f"CAST(BIT_COUNT({of.format(column)}) AS BIGINT)" for column in _TEXT[1:])


def _further_levels(layout: Layout) -> str:
    ranges = (_range_level(f"range{number}") for number in range(1, len(layout.ranges) + 1))
    terms = (_term_level(f"term{number}") for number in range(1, len(layout.terms) + 1))
    return "".join((*ranges, *terms, *([_WORDS_LEVEL] if layout.texts else [])))


_WORDS_LEVEL = f"""
  , CASE
    WHEN telling = 0 AND in_one_script = 0 THEN 0
    WHEN telling >= {comparison.MOST_SHARED} AND 3 * telling >= 2 * LEAST(telling_left, telling_right) THEN 5
    ELSE 1 + LEAST(telling, 3)
  END AS words_level"""


def _range_level(name: str) -> str:
    low, other_low, high, other_high = (f"{side}_{name}_{end}" for end in ("low", "high") for side in ("l", "r"))
    least, most = f"GREATEST({low}, {other_low})", f"LEAST({high}, {other_high})"
    return f"""
  , CASE
    WHEN {low} = -1 OR {other_low} = -1 THEN 0
    WHEN l_cardinality <> {AGGREGATE} AND r_cardinality = {AGGREGATE} THEN {_part_level(name, "l", "r")}
    WHEN l_cardinality = {AGGREGATE} AND r_cardinality <> {AGGREGATE} THEN {_part_level(name, "r", "l")}
    WHEN {least} <= {most} AND GREATEST({high}, {other_high}) = 0 THEN 1
    WHEN {low} = {other_low} AND {high} = {other_high} AND {low} = {high} AND {high} > 0 THEN 3
    WHEN {least} <= {most} THEN 4
    WHEN {most} = 0 THEN 2
    WHEN {least} * 2 <= {most} * 3 + 1 THEN 5
    WHEN {least} <= {most} * 3 + 1 THEN 6
    ELSE 7
  END AS {name}_level"""


def _part_level(name: str, part: str, whole: str) -> str:
    low, high = (f"{part}_{name}_{end}" for end in ("low", "high"))
    whole_low, whole_high = (f"{whole}_{name}_{end}" for end in ("low", "high"))
    counted = " + ".join(_one(f"{low} >= {bound}") for bound in comparison.PART_BOUNDS)
    return f"""{comparison.ALIKE} + {len(comparison.AGAINST_WIDER)} * ({counted}) + CASE
      WHEN {low} = {whole_low} AND {high} = {whole_high} AND {low} = {high} THEN 0
      WHEN {high} < {whole_low} THEN 2 + {_beyond_factors(whole_low, high)}
      WHEN {low} > {whole_high} AND {whole_high} = 0 THEN 5
      WHEN {low} > {whole_high} THEN 6 + {_beyond_factors(low, whole_high)}
      ELSE 1
    END"""


def _beyond_factors(more: str, fewer: str) -> str:
    return f"{_one(f'{more} * 2 > {fewer} * 3 + 1')} + {_one(f'{more} > {fewer} * 3 + 1')}"


def _term_level(name: str) -> str:
    return f", CASE WHEN l_{name} < 0 OR r_{name} < 0 THEN 0 WHEN l_{name} = r_{name} THEN 2 ELSE 1 END AS {name}_level"


def _summed(layout: Layout, weights: Weights) -> str:
    """Return the sum of each field's weight at its level.

    Raises:
        ValueError: a field has not one weight for each of its levels; a query would drop such pairs silently.
    """
    levels = dict(_levels(layout))
    parts = []
    for field, table in weights.fields.items():
        if field in levels:
            column, count = levels[field]
            if len(table) != count:
                raise ValueError(f"weights of {field!r}: {len(table)} of them, expected {count}, one a level")
            cases = " ".join(f"WHEN {level} THEN {weight}" for level, weight in enumerate(table))
            parts.append(f"CASE {column} {cases} END")
    return " + ".join(parts)


def _levels(layout: Layout) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield (field, (its column, how many levels it has))."""
    for field, words in comparison.LEVELS.items():
        if field != "words" or layout.texts:
            yield field, (f"{field}_level", len(words))
    for number, field in enumerate(layout.ranges, 1):
        yield field, (f"range{number}_level", len(comparison.RANGE_LEVELS))
    for number, field in enumerate(layout.terms, 1):
        yield field, (f"term{number}_level", len(comparison.TERM_LEVELS))
