"""Spark's answers to the queries of linkage are the pairs, weights and incidents that numpy gives, to the last bit."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from interop_tools import missing

sys.path.append(str(Path(__file__).parents[1] / "incidents"))
from linkage_engines import MATCHING, difference, everywhere, judgements, real_lists
from linkage_samples import sample

from parley.incidents.linkage.assignment import NOTHING_JUDGED
from parley.incidents.linkage.clusters import cluster, weigh
from parley.incidents.linkage.engines import Engine, cluster_on, clusters_on, weigh_on
from parley.incidents.linkage.sql import layout_of, table_of
from parley.incidents.linkage.weights import shipped


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        missing("there is no Java: the Debian package openjdk-17-jre-headless")
    try:
        from pyspark.sql import SparkSession

        from parley.incidents.linkage.on_spark import Spark
    except ImportError:
        missing("there is no Spark: the PyPI package pyspark")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "3",  # so that components do lie in several
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)  # the workers' Python: the one that has Parley
        session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield Spark(session)
        session.stop()


@pytest.mark.parametrize(("count", "seed", "judged"), [(0, 0, False), (1, 0, False), (200, 1, False), (200, 2, True)])
def test_spark_finds_what_numpy_finds(engine: Engine, count: int, seed: int, judged: bool) -> None:
    judgements_ = judgements(count, seed) if judged else NOTHING_JUDGED
    assert difference(engine, sample(count, seed, days=4 + 3 * seed), judgements_) == ""


def test_poles_antimeridian_and_days_before_1970_are_no_special_case_to_spark(engine: Engine) -> None:
    assert difference(engine, everywhere(200, 1)) == ""


@pytest.mark.skipif(not MATCHING.is_dir(), reason="the real lists are not on this machine")
def test_spark_finds_what_numpy_finds_in_the_lists_of_a_real_war(engine: Engine) -> None:
    assert difference(engine, real_lists()) == ""


def test_a_table_that_cannot_be_matched_is_refused_by_spark_too(engine: Engine) -> None:
    table = table_of(sample(20, 2))
    engine.put("report", table | {"id": table["id"] // 2})
    with pytest.raises(ValueError, match="10 ids that are there twice"):
        weigh_on(engine, layout_of(sample(20, 2)), shipped())


def test_what_is_kept_in_a_folder_that_all_workers_see_gives_the_same(engine: Engine, tmp_path: Path) -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    assert session is not None
    session.sparkContext.setCheckpointDir(str(tmp_path))
    reports = sample(60, 4)
    engine.put("report", table_of(reports))
    weigh_on(engine, layout_of(reports), shipped())
    cluster_on(engine, layout_of(reports))
    assert clusters_on(engine).incident.tolist() == cluster(reports, weigh(reports, shipped())).incident.tolist()
    assert list(tmp_path.iterdir())
