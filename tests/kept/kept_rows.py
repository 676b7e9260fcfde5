"""What stands in a centre's database, and what should: all that is kept, against all that is made from nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from parley import current
from parley.centre.database import open_views
from parley.centre.folder import Centre
from parley.centre.views import AT_MOST, KEPT_BESIDE, VIEWS, table

Rows = dict[str, list[tuple[object, ...]]]

OF_VIEWS = tuple(table(view) for view in VIEWS)


def rows(path: Path) -> Rows:
    """Return every row of every table of the views and of what is kept beside them, by table, in one order."""
    with closing(sqlite3.connect(path)) as base:
        schema = base.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        names = [name for (name,) in schema if name in OF_VIEWS or (name.startswith(KEPT_BESIDE) and name != AT_MOST)]
        assert set(OF_VIEWS) < set(names)
        return {name: sorted(base.execute(f"SELECT * FROM {name}"), key=repr) for name in names}


def kept(centre: Centre) -> Rows:
    """Return the rows that stand in the centre's own database."""
    return rows(centre.rows)


def made(centre: Centre) -> Rows:
    """Return the rows that are made anew from the whole record, in a database of their own."""
    with TemporaryDirectory() as place:
        path = Path(place) / "centre.db"
        current.make(centre, path=path)
        found = rows(path)
        open_views(centre.rows)
    return found


def difference(is_: Rows, should_be: Rows) -> str:
    """Return which rows stand in one alone, "" where none does."""
    return "\n".join(
        f"{name}: {what} {row}"
        for name in sorted({*is_, *should_be})
        for what, some, others in (("kept", is_, should_be), ("made", should_be, is_))
        for row in some.get(name, ())
        if row not in others.get(name, ())
    )


def follows_to_what_is_made(centre: Centre) -> str:
    """Follow the record; return how what is kept then differs from what is made anew, "" where it does not."""
    current.follow(centre)
    return difference(kept(centre), made(centre))


@contextmanager
def remade() -> Iterator[list[int]]:
    """Count how often views are made again within `follow`: one number for each, how many entries there were."""
    times: list[int] = []
    again = current._remade

    def counted(centre: Centre, *given: object) -> current.Moved:
        times.append(centre.record.size)
        return again(centre, *given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(current, "_remade", counted)
        yield times
