"""A command imports what it needs: a look at a centre nothing that makes findings, `--help` nothing at all."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.job import main_job
from parley.model import (
    Charter,
    Input,
    TermsVersion,
)
from truce import TRUCE

RUN = """
import sys
from parley.cli.main import main
try:
    main(sys.argv[1:])
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""
HEAVY = {
    "parley.job", "parley.incidents", "parley.intake", "parley.terms", "scipy", "numpy", "shapely", "pyproj", "jinja2",
    "urllib3", "rapidfuzz", "django.core.management", "django.urls",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, at = tmp_path_factory.mktemp("look") / "centre", datetime(2031, 5, 2, 9, tzinfo=UTC)
    said = {"id": "R-1", "source": "Westland", "observed": "2031-05-02T02:45", "act": "shelling", "actor": "Eastland"}
    given = Delivery(Input("r.json", json.dumps(said).encode()), "field")
    with Centre.create(folder, Charter(title="Exercise", timezone="UTC"), at=at) as centre:
        main_job(centre, [TermsVersion(name="truce.yaml", text=TRUCE)], [given], clock=lambda: at)
    return folder


def imported(*args: str | Path) -> set[str]:
    done = subprocess.run([sys.executable, "-c", RUN, *map(str, args)], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("verb", ["incidents", "findings", "tally", "doubtful"])
def test_a_look_imports_nothing_that_makes_findings(folder: Path, verb: str) -> None:
    assert imported(verb, folder) & HEAVY == set()


def test_help_imports_nothing_but_what_shows_it() -> None:
    assert imported("--help") & (HEAVY | {"pydantic", "django", "cryptography", "rich"}) == set()


@pytest.mark.parametrize(
    "module",
    [
        "centre.views",
        "centre.queries",
        "centre.verify",
        "current",
        "job",
        "decisions.acting",
        "looking.news",
        "cli.record",
    ],
)
def test_each_room_can_be_entered_first(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import parley.{module}"], check=True)


def test_views_are_verified_by_a_program_that_did_nothing_before(folder: Path) -> None:
    assert "parley.centre.models" in imported("verify", "--views", folder)
