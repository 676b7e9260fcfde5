"""Linkage past one machine: the queries of `sql`, run in their order on any engine that reads them.

    with DuckDB() as engine:                    # or Spark(session)
        engine.put("report", table_of(columns))  # or engine.read("reports.parquet")
        weigh_on(engine, layout_of(columns), weights)
        found = cluster_on(engine, layout_of(columns), judged)

What comes out is what `clusters.weigh` and `clusters.cluster` give for the same reports, whatever the engine: tables
"weighed" (left_id, right_id, weight, usable: 0 or 1), "head" (id, head: the incident, called by the least id in it) and
"tells" (whole, head), which stay in the engine; `clusters_on` fetches them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Protocol

import numpy as np

from parley.incidents.linkage.assignment import NOTHING_JUDGED, Judged
from parley.incidents.linkage.clusters import Clusters
from parley.incidents.linkage.columns import Ints
from parley.incidents.linkage.components import Row, assigned, told
from parley.incidents.linkage.sql import (
    Layout,
    band_table,
    candidate_queries,
    cluster_queries,
    faults,
    usable_queries,
    weight_queries,
)
from parley.incidents.linkage.weights import Weights
from parley.incidents.linkage.window import WINDOW, Window

OfGroups = Callable[[Iterable[Row], Judged], Iterator[tuple[int, int]]]
"""Rows of whole groups → rows of two numbers, as in `components`."""

_KEPT = frozenset(
    "fact leveled gaining side usable beside weighed sided tie large_star component head crossing".split()  # noqa: SIM905
)
"""Tables that are asked more than once, or ("leveled") whose formulas Spark would copy into the next until it breaks;
all others may be worked out where they are used."""


class Engine(Protocol):
    """What runs queries. Every table is of 64-bit integers, its name replaced where it is made again."""

    def put(self, name: str, columns: Mapping[str, Ints]) -> None:
        """Make a table of *columns*; meant for small ones."""

    def define(self, name: str, query: str, kept: bool) -> None:
        """Make a table of what *query* finds; worked out now if *kept*, else whenever it is asked."""

    def rows(self, query: str) -> list[tuple[int, ...]]:
        """Return what *query* finds, which fits in memory."""

    def each_group(self, name: str, query: str, groups: OfGroups, judged: Judged, columns: tuple[str, str]) -> None:
        """Make a table of what *groups* makes of the rows of *query*.

        All rows of one group (the first column) come together, in order of the second; groups may be spread.
        """


def weigh_on(engine: Engine, layout: Layout, weights: Weights, window: Window = WINDOW) -> None:
    """Make the table "weighed" from the table "report", as `clusters.weigh` does.

    Raises:
        ValueError: reports or weights of which no right answer can come; it says how many, and why.
    """
    (found,) = engine.rows(faults(layout))
    wrong = [f"{count} {what}" for count, what in zip(found[::2], found[1::2], strict=True) if count]
    if wrong:
        raise ValueError(f"the table of reports cannot be matched: {', '.join(wrong)}")
    engine.put("band", band_table(window))
    candidates, used = candidate_queries(window), usable_queries()
    _define(engine, candidates, *candidates)
    _weigh(engine, layout, weights, "candidate")
    _define(engine, used, "gaining", "turned", "side", "of_list", "of_all", "best", "usable", "beside")
    _weigh(engine, layout, weights, "beside")
    _define(engine, used, "weighed")


def cluster_on(engine: Engine, layout: Layout, judged: Judged = NOTHING_JUDGED) -> None:
    """Make the tables "head" and "tells" from "report" and "weighed", as `clusters.cluster` does."""
    for name, columns in _judgements(judged).items():
        engine.put(name, columns)
    queries = cluster_queries(layout, "tie")
    _define(engine, queries, "wider", "sided")
    _define(engine, queries, "first_tie")
    engine.define("tie", "SELECT high, low FROM first_tie", True)
    while engine.rows(queries["unfinished"])[0][0]:
        _define(engine, queries, "least_around", "large_star", "least_below")
        engine.define("tie", queries["small_star"], True)
    _define(engine, queries, "component", "plain_component")
    engine.each_group("assigned", queries["to_assign"], assigned, judged, ("id", "head"))
    _define(engine, queries, "head", "crossing", "around")
    engine.each_group("tells", queries["to_tell"], told, judged, ("whole", "head"))


def clusters_on(engine: Engine) -> Clusters:
    """Return what `cluster_on` found; the ids of the reports must be their rows."""
    heads = _array(engine.rows("SELECT id, head FROM head ORDER BY id"))[:, 1]
    whole, part = _array(engine.rows("SELECT whole, head FROM tells ORDER BY whole, head")).T
    own = ~np.isin(np.arange(len(heads)), whole)
    called, incident = np.unique(heads[own], return_inverse=True)
    of_row = np.full(len(heads), -1, dtype=np.int64)
    of_row[own] = incident
    return Clusters(of_row, (whole, np.searchsorted(called, part)))


def _weigh(engine: Engine, layout: Layout, weights: Weights, asked: str) -> None:
    queries = weight_queries(layout, weights, asked)
    _define(engine, queries, *queries)


def _define(engine: Engine, queries: Mapping[str, str], *names: str) -> None:
    for name in names:
        engine.define(name, queries[name], name in _KEPT)


def _judgements(judged: Judged) -> dict[str, dict[str, Ints]]:
    together = {row for group in judged.together for row in group}
    narrow = together | {row for row, _ in judged.parts}
    wholes = judged.wholes | {whole for _, whole in judged.parts}
    ties = [tie for group in judged.together for tie in pairwise(group)]
    of_any = together | {row for both in judged.apart for row in both}
    return {
        "judged_narrow": _table(("id",), [(row,) for row in sorted(narrow)]),
        "judged_tie": _table(("left_id", "right_id"), ties),
        "judged_part": _table(("id", "whole"), sorted(judged.parts)),
        "judged_whole": _table(("id",), [(row,) for row in sorted(wholes)]),
        "judged_any": _table(("id",), [(row,) for row in sorted(of_any)]),
    }


def _table(names: tuple[str, ...], rows: Iterable[tuple[int, ...]]) -> dict[str, Ints]:
    columns = np.array(list(rows), dtype=np.int64).reshape(-1, len(names)).T
    return dict(zip(names, columns, strict=True))


def _array(rows: Iterable[tuple[int, ...]]) -> Ints:
    return np.array(list(rows), dtype=np.int64).reshape(-1, 2)
