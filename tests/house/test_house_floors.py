"""The floors of the house, held by import-linter: no import upwards gets past, nor a module that stands nowhere."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = (
    "import sys; from importlinter.cli import lint_imports_command;"
    "sys.argv = ['lint-imports', '--no-cache']; lint_imports_command()"
)


def lint(house: Path) -> tuple[bool, str]:
    """Return whether the imports of *house* keep the contracts, and what is said."""
    path = {"PYTHONPATH": str(house / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-c", LINT], cwd=house, env=path, capture_output=True, text=True, timeout=120
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "library", "syria"))
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("model/claim.py", "from parley.cli import csv"),
        ("centre/queries.py", "from parley.cli.screen import say"),
        ("derivation/stages.py", "from parley.centre import folder"),
        ("derivation/touched.py", "from parley.record import Record"),
        ("incidents/placed.py", "from parley.terms import zones"),
        ("record/log.py", "from parley.model import Noun"),
        ("record/log.py", "import click"),
        ("terms/assess.py", "import django"),
        ("decisions/judging.py", "from parley.looking import news"),
        ("news.py", '"""A module that stands on no floor."""'),
    ],
)
def test_an_import_upwards_or_a_room_on_no_floor_is_named(house: Path, module: str, line: str) -> None:
    file = house / "src" / "parley" / module
    file.write_text(f"{file.read_text('utf-8') if file.exists() else ''}\n{line}\n", "utf-8")
    kept, said = lint(house)
    assert not kept
    assert module.removesuffix(".py").rpartition("/")[2] in said, said


def test_the_house_as_it_is_keeps_them(house: Path) -> None:
    kept, said = lint(house)
    assert kept, said
