"""The engine DuckDB: one machine, more than its memory. The package is duckdb on PyPI."""

import tempfile
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import numpy as np

from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.columns import Ints
from parley.incidents.linkage.components import Row
from parley.incidents.linkage.engines import OfGroups

_BATCH = 100_000


class DuckDB:
    """A database for as long as the `with` lasts, in a file of its own; what does not fit in memory goes to disk.

    Args:
        folder: where the file and what spills go; by default the system's place for temporary files.
        memory: the most that DuckDB takes, such as "2GB"; by default as it chooses.
        threads: by default as many as there are cores.
    """

    def __init__(self, folder: Path | None = None, memory: str | None = None, threads: int | None = None) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="linkage-", dir=folder)
        settings: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory} if memory else {}
        settings |= {"temp_directory": str(Path(self._place.name) / "spilled")}
        settings |= {"threads": threads} if threads else {}
        self._base = duckdb.connect(str(Path(self._place.name) / "linkage.duckdb"), config=settings)
        self._base.execute("SET preserve_insertion_order = false")
        # The queries join in a good order as written; DuckDB guesses worse, since it knows nothing of computed cells.
        self._base.execute("SET disabled_optimizers = 'join_order'")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()
        self._place.cleanup()

    def put(self, name: str, columns: Mapping[str, Ints]) -> None:
        self._base.register("given", dict(columns))
        self._base.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")  # noqa: S608
        self._base.unregister("given")

    def read(self, path: Path, name: str = "report") -> None:
        """Read a Parquet file, or several ("reports/*.parquet"), laid out as `sql.Layout` says."""
        self._base.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM read_parquet(?)", [str(path)])  # noqa: S608

    def write(self, path: Path, name: str = "report") -> None:
        """Write a table as a Parquet file."""
        quoted = str(path).replace("'", "''")
        self._base.execute(f"COPY {name} TO '{quoted}' (FORMAT parquet)")

    def define(self, name: str, query: str, kept: bool) -> None:
        self._base.execute(f"CREATE OR REPLACE {'TABLE' if kept else 'VIEW'} {name} AS {query}")

    def rows(self, query: str) -> list[tuple[int, ...]]:
        return self._base.execute(query).fetchall()

    def each_group(self, name: str, query: str, groups: OfGroups, judged: Judged, columns: tuple[str, str]) -> None:
        found = self._base.execute(f"SELECT * FROM ({query}) AS grouped ORDER BY 1, 2")  # noqa: S608
        numbers = np.fromiter(chain.from_iterable(groups(_fetched(found), judged)), dtype=np.int64).reshape(-1, 2)
        self.put(name, dict(zip(columns, np.ascontiguousarray(numbers.T), strict=True)))


def _fetched(found: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    while rows := found.fetchmany(_BATCH):
        yield from rows
