"""One byte changed anywhere in a data folder is named by `verify`, or provably changes nothing that it holds."""

import random
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley.centre.folder import Centre
from parley.centre.verify import verify
from parley.demo import load_scenario
from parley.job import main_job

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)
SAMPLES = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scenario = load_scenario("exercise")
    made = tmp_path_factory.mktemp("tampering") / "centre"
    with Centre.create(made, scenario.charter, at=AT) as centre:
        main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
    return made


def flip(path: Path, place: int) -> None:
    with path.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 0x20]))


def dump(folder: Path) -> list[str]:
    database = sqlite3.connect(f"file:{folder}/record.db?mode=ro", uri=True)
    try:
        return list(database.iterdump())
    finally:
        database.close()


def samples(folder: Path, names: str) -> list[tuple[str, int]]:
    """Return a seeded sample of (file, byte) over all files that match, by size."""
    dice = random.Random(1)
    files = sorted(file for file in folder.glob(names) if file.is_file())
    sizes = [file.stat().st_size for file in files]
    chosen = dice.choices(files, sizes, k=SAMPLES)
    return [(str(file.relative_to(folder)), dice.randrange(file.stat().st_size)) for file in chosen]


@pytest.mark.parametrize("names", ["files/**/*", "reports/*"])
def test_a_byte_of_an_input_or_a_published_file_is_named_with_its_entry(
    names: str, folder: Path, tmp_path: Path
) -> None:
    for file, place in samples(folder, names):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        flip(copy / file, place)
        faults = verify(copy).faults
        told = [f"{fault.part}: {fault.text}" for fault in faults if fault.entry is not None]
        assert any(Path(file).name in one for one in told), (file, place)
        shutil.rmtree(copy)


def test_a_byte_of_the_database_is_named_or_changes_nothing_that_it_holds(folder: Path, tmp_path: Path) -> None:
    before = dump(folder)
    named = 0
    for _, place in samples(folder, "record.db"):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        flip(copy / "record.db", place)
        faults = verify(copy).faults
        named += any(fault.entry is not None for fault in faults)
        assert faults or dump(copy) == before, place
        shutil.rmtree(copy)
    assert named > SAMPLES / 2


def test_a_missing_input_is_named(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    gone = next(file for file in sorted((copy / "files").rglob("*")) if file.is_file())
    gone.unlink()
    (fault,) = verify(copy).faults
    assert fault.entry is not None
    assert gone.name in fault.text


def test_a_record_made_again_with_other_keys_is_caught_by_the_key_noted_earlier(folder: Path, tmp_path: Path) -> None:
    scenario = load_scenario("exercise")
    with Centre.create(tmp_path / "forged", scenario.charter, at=AT) as forged:
        main_job(forged, scenario.terms, scenario.deliveries[:-1], clock=lambda: AT)
    key = (folder / "keys" / "log.vkey").read_text().strip()
    assert verify(folder, key).faults == ()
    assert verify(tmp_path / "forged").faults == ()
    assert verify(tmp_path / "forged", key).faults
