"""`verify` names the first row that is not what follows from the record, whichever it is."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kept_growing import AT, DAY, article, begun, bulletin, event
from kept_moves import TEXTS
from kept_rows import OF_VIEWS, rows

from parley import current
from parley.centre import queries
from parley.centre.folder import Centre
from parley.centre.models import AsOf
from parley.centre.readers import rows_of
from parley.centre.views import VIEWS, differing, table
from parley.job import publish_days, verify
from parley.model import Arrived, FolderError

ALTERED = ("deleted", "changed", "added")
MAY_BE_EMPTY = {"centre_crowdview", "centre_doubtview"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A centre with rows in nearly every table."""
    place = tmp_path_factory.mktemp("verified") / "centre"
    growing = begun(place)
    with closing(growing.centre.record):
        growing.bring(event(reference="A"))
        growing.bring(event(reference="B"))
        two = growing.bring(event(source="Post 2"), event(source="Post 3")).entries
        growing.judge("same", two)
        growing.bring(event(source="List", reference="1", lasts=True))
        growing.bring(event(source="List", reference="1", lasts=True, deaths=2))
        for day, number in enumerate(("1/2031", "2/2031", "5/2031")):
            growing.bring(bulletin("Westland", day, 3, number=number), bulletin("Eastland", day, 2))
        growing.bring(article(TEXTS[0]), article(TEXTS[1]))
        growing.settle(report=two[0], question="actor", value="Westland")
        growing.unreadable()
        publish_days(growing.centre, current.everything(growing.centre), [DAY.date()], AT)
        current.make(growing.centre)
    yield place


def altered(path: Path, name: str, number: int, how: str) -> tuple[str, object]:
    """Alter one row of a table in the database at *path*; return what may be named: the table, and the first column."""
    with closing(sqlite3.connect(path)) as base:
        columns = [(column, type_, key) for _, column, type_, _, _, key in base.execute(f"PRAGMA table_info({name})")]
        names = [column for column, _, _ in columns]
        keys = [column for column, _, key in columns if key] or names
        found = sorted(base.execute(f"SELECT * FROM {name}"), key=repr)[number]
        row = dict(zip(names, found, strict=True))
        where = " AND ".join(f'"{key}" IS ?' for key in keys)
        at = [row[key] for key in keys]
        if how == "deleted":
            base.execute(f"DELETE FROM {name} WHERE {where}", at)
        elif how == "changed":
            column, type_, _ = next((one for one in reversed(columns) if not one[2]), columns[-1])
            value = row[column]
            other = value + 100_000 if isinstance(value, int | float) else b"x" if isinstance(value, bytes) else 7
            if isinstance(value, str | None) and "INT" not in type_.upper():
                other = f"{value} "
            base.execute(f'UPDATE {name} SET "{column}" = ? WHERE {where}', (other, *at))
        else:
            last = columns[names.index(keys[-1])][0]
            more = row | {last: row[last] + 100_000 if isinstance(row[last], int) else f"{row[last]}~"}
            marks = ", ".join("?" * len(names))
            base.execute(f"INSERT INTO {name} VALUES ({marks})", [more[one] for one in names])
            row = more
        base.commit()
    return name, row[names[0]]


@pytest.mark.parametrize("how", ALTERED)
def test_a_row_of_any_table_that_is_altered_is_named(how: str, folder: Path, tmp_path: Path) -> None:
    right, found = folder / "centre.db", tmp_path / "centre.db"
    called = {table(view): view.__name__ for view in VIEWS}
    tables = rows(right)
    assert {name for name, some in tables.items() if not some} <= MAY_BE_EMPTY
    assert differing(right, lambda fresh, _: shutil.copy(right, fresh) and None) == ""
    for name, some in tables.items():
        if name == OF_VIEWS[0] and how != "changed":
            continue  # without its row the views are cut short, and it has one alone
        for number in {0, len(some) // 2, len(some) - 1} if some else ():
            shutil.copy(right, found)
            _, row = altered(found, name, number, how)
            said = differing(found, lambda fresh, _: shutil.copy(right, fresh) and None)
            assert said.startswith(f"{called.get(name, name)} {row} is not what follows from the record"), (name, said)


def test_verify_makes_the_views_of_a_folder_anew_and_names_the_row(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "centre")
    assert "IncidentView" not in str(verify(tmp_path / "centre").faults)
    _, row = altered(tmp_path / "centre" / "centre.db", "centre_incidentview", 0, "deleted")
    assert f"IncidentView {row} is not what follows" in str(verify(tmp_path / "centre").faults)


def test_rows_of_another_reader_are_never_shown_as_those_of_the_centre(folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(folder, tmp_path / "centre")
    with closing(sqlite3.connect(rows_of(folder))) as base, base:
        base.execute(f"UPDATE {table(AsOf)} SET reader = 'west'")
    with pytest.raises(FolderError, match="rebuild"):
        queries.incidents(folder)
    with Centre.open(folder, writing=True) as centre:
        assert current.views_of(centre) is None
        current.follow(centre)
    assert queries.incidents(folder)


def test_each_reader_has_a_database_of_its_own_which_a_shred_takes_with_it(folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(folder, tmp_path / "centre")
    assert rows_of(folder).name == "centre.db"
    assert rows_of(folder, "west") != rows_of(folder, "east") != rows_of(folder)
    with Centre.open(folder, writing=True) as centre:
        rows_of(folder, "west").write_bytes(b"what West may read")
        (first, *_) = [one.entry for one in centre.stated() if isinstance(one.says, Arrived)]
        centre.shred([first], "asked to")
    assert not rows_of(folder, "west").exists()


def test_what_a_judgement_is_checked_against_is_what_holds_in_the_whole_record(folder: Path) -> None:
    with Centre.open(folder) as centre:
        whole = current.everything(centre)
        reports = {one.entry: one for one in whole.reports}
        for entry in range(centre.record.size):
            near = current.unmatched(centre, {entry})
            assert {one.entry: one for one in near.reports}.get(entry) == reports.get(entry)
            assert near.revisions.versions.get(entry) == whole.revisions.versions.get(entry)
            assert near.again.get(entry) == whole.again.get(entry)
            naming = [one for one in whole.judgements if any(entry in group for group in one.judgement.groups)]
            assert {one.entry for one in naming} <= {one.entry for one in near.judgements}
            assert {one.entry for one in near.judgements} & {*whole.superseded} == {*near.superseded}
            assert near.size == whole.size and not near.incidents
