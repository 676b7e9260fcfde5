"""The engine Spark: many machines. The package is pyspark on PyPI, with Java 17; every worker needs Parley too.

    session = SparkSession.builder.master("local[4]").config("spark.driver.memory", "3g").getOrCreate()
    engine = Spark(session)

The workers' Python is the one that the variable PYSPARK_PYTHON names; without it they take `python3` from the path.

Where the session runs a job on several machines, it needs a folder that all of them see, for checkpoints
(`session.sparkContext.setCheckpointDir`); without one, what is kept stays with the workers, and is lost with them.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import broadcast
from pyspark.sql.types import LongType, StructField, StructType

from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.columns import Ints
from parley.incidents.linkage.components import Row
from parley.incidents.linkage.engines import OfGroups

_SMALL = 100_000
"""A table of fewer rows than this is sent to every worker."""


class Spark:
    """Tables as temporary views of *session*."""

    def __init__(self, session: SparkSession) -> None:
        self._session = session
        self._held: dict[str, DataFrame] = {}

    def put(self, name: str, columns: Mapping[str, Ints]) -> None:
        rows = list(zip(*(column.tolist() for column in columns.values()), strict=True))
        made = self._session.createDataFrame(rows, _whole_numbers(*columns), verifySchema=False)
        (broadcast(made) if 0 < len(rows) < _SMALL and name != "report" else made).createOrReplaceTempView(name)

    def read(self, path: Path | str, name: str = "report") -> None:
        """Read Parquet laid out as `sql.Layout` says: a file, a folder, or any address that Spark knows."""
        self._session.read.parquet(str(path)).createOrReplaceTempView(name)

    def define(self, name: str, query: str, kept: bool) -> None:
        made = self._session.sql(_dialect(query))
        self._keep(name, made) if kept else made.createOrReplaceTempView(name)

    def rows(self, query: str) -> list[tuple[int, ...]]:
        return [tuple(row) for row in self._session.sql(_dialect(query)).collect()]

    def each_group(self, name: str, query: str, groups: OfGroups, judged: Judged, columns: tuple[str, str]) -> None:
        found = self._session.sql(_dialect(query))
        group, part = found.columns[:2]
        spread = found.repartition(group).sortWithinPartitions(group, part)
        made = spread.rdd.mapPartitions(partial(_of_partition, groups, judged))
        self._keep(name, self._session.createDataFrame(made, _whole_numbers(*columns), verifySchema=False))

    def _keep(self, name: str, made: DataFrame) -> None:
        """Work *made* out now, so that what is asked of it later begins from there."""
        lasting = self._session.sparkContext.getCheckpointDir() is not None
        held = made.checkpoint(eager=True) if lasting else made.localCheckpoint(eager=True)
        held.createOrReplaceTempView(name)
        if name in self._held and not lasting:
            self._held[name].unpersist()
        self._held[name] = held


def _of_partition(groups: OfGroups, judged: Judged, rows: Iterable[Row]) -> Iterator[tuple[int, int]]:
    return groups(rows, judged)


def _dialect(query: str) -> str:
    return query.replace("//", "div")


def _whole_numbers(*names: str) -> StructType:
    return StructType([StructField(name, LongType(), nullable=False) for name in names])
