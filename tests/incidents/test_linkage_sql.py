"""DuckDB's queries give the pairs, weights and incidents that numpy gives, to the last bit."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from linkage_engines import MATCHING, difference, everywhere, judgements, real_lists
from linkage_samples import sample

from parley.incidents.linkage.clusters import cluster, weigh
from parley.incidents.linkage.engines import cluster_on, clusters_on, weigh_on
from parley.incidents.linkage.sql import layout_of, table_of
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.linkage.window import Window

pytest.importorskip("duckdb")
from parley.incidents.linkage.on_duckdb import DuckDB


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=2) as running:
        yield running


@pytest.mark.parametrize("count", [0, 1, 2, 40, 300])
@pytest.mark.parametrize("seed", range(4))
def test_duckdb_finds_what_numpy_finds(engine: DuckDB, count: int, seed: int) -> None:
    assert difference(engine, sample(count, seed, days=2 + 5 * seed)) == ""


@pytest.mark.parametrize("seed", range(8))
def test_duckdb_obeys_what_people_judged_as_numpy_does(engine: DuckDB, seed: int) -> None:
    assert difference(engine, sample(160, seed), judgements(160, seed)) == ""


@pytest.mark.parametrize("seed", range(6))
def test_poles_antimeridian_and_days_before_1970_are_no_special_case(engine: DuckDB, seed: int) -> None:
    assert difference(engine, everywhere(200, seed)) == ""


@pytest.mark.parametrize(
    "window",
    [
        Window(least_m=5000, most_m=20_000, days=0, named_days=0, cited_days=0, area_days=0),
        Window(least_m=1000, most_m=500_000, days=4, named_days=3, cited_days=2, area_days=5, longest_days=20),
        Window(by_area=True, area_days=2),
    ],
)
def test_duckdb_obeys_another_window(engine: DuckDB, window: Window) -> None:
    assert difference(engine, sample(160, 3, days=30), window=window) == ""


@pytest.mark.skipif(not MATCHING.is_dir(), reason="the real lists are not on this machine")
def test_duckdb_finds_what_numpy_finds_in_the_lists_of_a_real_war(engine: DuckDB) -> None:
    assert difference(engine, real_lists()) == ""


def test_one_engine_matches_again_and_again(engine: DuckDB) -> None:
    assert [difference(engine, sample(80, seed), judgements(80, seed)) for seed in range(3)] == ["", "", ""]


def test_reports_from_a_parquet_file_are_matched_like_columns(engine: DuckDB, tmp_path: Path) -> None:
    reports = sample(120, 5)
    engine.put("report", table_of(reports))
    engine.write(tmp_path / "it's reports.parquet")
    with DuckDB(tmp_path, memory="200MB", threads=1) as other:
        other.read(tmp_path / "*.parquet")
        weigh_on(other, layout_of(reports), shipped())
        cluster_on(other, layout_of(reports))
        found = clusters_on(other)
    assert found.incident.tolist() == cluster(reports, weigh(reports, shipped())).incident.tolist()


def test_a_long_chain_of_reports_is_one_component(engine: DuckDB) -> None:
    chain = replace(sample(400, 1), cardinality=np.full(400, 1), source=np.arange(400))
    assert difference(engine, chain) == ""


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("lat", 95_000_000, "1 points beyond a pole or the antimeridian"),
        ("lon", -181_000_000, "1 points beyond a pole or the antimeridian"),
        ("radius", -1, "1 radii below 0"),
        ("end", 0, "1 times that end before they begin"),
    ],
)
def test_a_table_that_cannot_be_matched_is_refused_with_the_reason(
    engine: DuckDB, column: str, value: int, said: str
) -> None:
    reports = sample(20, 2)
    row = int(np.flatnonzero(reports.placed & (reports.cardinality != 3))[0])
    getattr(reports, column)[row] = value
    engine.put("report", table_of(reports))
    with pytest.raises(ValueError, match=said):
        weigh_on(engine, layout_of(reports), shipped())


def test_ids_that_stand_twice_are_refused(engine: DuckDB) -> None:
    table = table_of(sample(20, 2))
    engine.put("report", table | {"id": table["id"] // 2})
    with pytest.raises(ValueError, match="10 ids that are there twice"):
        weigh_on(engine, layout_of(sample(20, 2)), shipped())


def test_weights_that_miss_a_level_are_refused_rather_than_pairs_dropped(engine: DuckDB) -> None:
    reports = sample(20, 2)
    weights = Weights(dict(shipped().fields) | {"name": (0, 1, 2, 3)}, 0)
    engine.put("report", table_of(reports))
    with pytest.raises(ValueError, match="'name': 4 of them, expected 5"):
        weigh_on(engine, layout_of(reports), weights)
