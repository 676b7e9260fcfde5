"""What every engine must reproduce: seeded reports with every special case, people's judgements, and the real lists."""

import csv
import os
from datetime import date
from pathlib import Path

import numpy as np
from linkage_samples import sample

from parley.incidents.linkage.assignment import NOTHING_JUDGED, Judged, pair
from parley.incidents.linkage.clusters import cluster, weigh
from parley.incidents.linkage.columns import INCIDENTS, MINUTES_OF_DAY, Columns, Range, place_columns
from parley.incidents.linkage.engines import Engine, cluster_on, clusters_on, weigh_on
from parley.incidents.linkage.names import MOST_WORDS, name_keys
from parley.incidents.linkage.sql import layout_of, table_of
from parley.incidents.linkage.weights import shipped
from parley.incidents.linkage.window import WINDOW, Window

MATCHING = Path(os.environ.get("PARLEY_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "matching"
_LISTS = ("syria-2017-01-to-09-incident-list.csv", "syria-2017-01-to-09-event-data.csv")
_RADIUS_M = {"1": 2_500, "2": 15_000, "3": 25_000, "town": 2_500, "village": 1_000, "neighbourhood": 700, "street": 100}


def judgements(count: int, seed: int) -> Judged:
    """Return judgements of every kind, in many of which the weights say otherwise."""
    dice = np.random.default_rng(seed)
    rows = [int(row) for row in dice.permutation(count)]
    together = ((rows[0], rows[1]), (rows[2], rows[3], rows[4]))
    apart = {pair(int(one), int(other)) for one, other in dice.integers(0, count, (count // 4, 2)) if one != other}
    apart -= {pair(one, other) for group in together for one in group for other in group if one != other}
    parts = {(rows[5], rows[6]), (rows[7], rows[6]), (rows[0], rows[8]), (rows[8], rows[9])}
    return Judged(together, frozenset(apart), frozenset(parts), frozenset(rows[10:11]))


def difference(engine: Engine, reports: Columns, judged: Judged = NOTHING_JUDGED, window: Window = WINDOW) -> str:
    """Return in what *engine* differs from numpy on *reports*, "" for nothing."""
    weighed = weigh(reports, shipped(), window)
    wanted = cluster(reports, weighed, judged)
    engine.put("report", table_of(reports))
    weigh_on(engine, layout_of(reports), shipped(), window)
    columns = (weighed.pairs.left, weighed.pairs.right, weighed.weight, weighed.usable.astype(int))
    expected = list(zip(*(column.tolist() for column in columns), strict=True))
    if sorted(map(tuple, engine.rows("SELECT left_id, right_id, weight, usable FROM weighed"))) != sorted(expected):
        return "the weighed pairs"
    cluster_on(engine, layout_of(reports), judged)
    found = clusters_on(engine)
    if found.incident.tolist() != wanted.incident.tolist():
        return "the incidents"
    return "" if [side.tolist() for side in found.part] == [side.tolist() for side in wanted.part] else "the parts"


def everywhere(count: int, seed: int) -> Columns:
    """Return *count* reports beside a pole, the antimeridian and the equator, some before 1970, at all precisions."""
    reports = sample(count, seed)
    dice = np.random.default_rng(seed)
    lat = dice.choice([-90.0, -89.7, 89.64, 89.9, 90.0, 0.0], count) + dice.normal(0, 0.1, count)
    lon = dice.choice([-180.0, -60.0, 0.0, 61.0, 180.0], count) + dice.normal(0, 0.1, count)
    points = place_columns(
        np.clip(lat, -90, 90), np.clip(lon, -180, 180), dice.choice([0.0, 9_000, 70_000, 3e6, 2e7], count)
    )
    moved = {name: np.where(reports.placed, column, getattr(reports, name)) for name, column in points.items()}
    start = reports.start - 18_003 * MINUTES_OF_DAY
    return Columns(
        entry=reports.entry,
        source=reports.source,
        in_list=reports.in_list,
        words=reports.words,
        cardinality=reports.cardinality,
        start=start,
        end=start + (reports.end - reports.start),
        **moved,
        names=reports.names,
        area=reports.area,
        link=reports.link,
        origin=reports.origin,
        ranges=reports.ranges,
        terms=reports.terms,
        texts=reports.texts,
    )


def real_lists() -> Columns:
    """Return the two Syrian lists of `MATCHING`, read as plainly as can be: what matters here is that they are real."""
    rows = [(number, row) for number, name in enumerate(_LISTS) for row in _rows(MATCHING / name)]
    count = len(rows)
    start = np.array([_day(row["date"]) for _, row in rows]) * MINUTES_OF_DAY
    end = np.array([_day(row["date_end"] or row["date"]) for _, row in rows]) * MINUTES_OF_DAY + MINUTES_OF_DAY
    names = np.zeros((count, MOST_WORDS), dtype=np.int64)
    for at, (_, row) in enumerate(rows):
        keys = name_keys(row.get("place") or row.get("where_coordinates") or "")
        names[at, : len(keys)] = keys
    low = np.array([_number(row.get("kmin", row.get("low", ""))) for _, row in rows])
    high = np.array([_number(row.get("kmax", row.get("high", ""))) for _, row in rows])
    point = np.array([[float(row.get(short) or row.get(long) or "nan") for _, row in rows] for short, long in _POINT])
    point[:, (np.abs(point[0]) > 90) | (np.abs(point[1]) > 180)] = np.nan  # one has a longitude of 4239 degrees
    radius = [float(_RADIUS_M.get(row.get("prec") or row.get("where_prec") or "", 30_000)) for _, row in rows]
    nothing = np.zeros(count, dtype=np.int64)
    return Columns(
        entry=np.arange(count, dtype=np.int64),
        source=np.array([number for number, _ in rows]),
        in_list=nothing,
        words=nothing,
        cardinality=np.full(count, INCIDENTS),
        start=start,
        end=np.maximum(start + 1, end),
        **place_columns(point[0], point[1], np.array(radius)),
        names=names,
        area=nothing,
        link=nothing,
        origin=nothing,
        ranges={"deaths": Range(np.where(high < 0, -1, low), np.where(low < 0, -1, np.maximum(low, high)))},
        terms={},
    )


_POINT = (("lat", "latitude"), ("lon", "longitude"))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _day(text: str) -> int:
    return date.fromisoformat(text[:10]).toordinal() - date(1970, 1, 1).toordinal()


def _number(text: str) -> int:
    return int(float(text)) if text else -1
