"""The tamper demonstration of docs/ runs as it stands there, and everything in it is found, at every look."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    done = subprocess.run(
        [sys.executable, DOCS / "tamper_demonstration.py", tmp_path_factory.mktemp("tamper")],
        capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


def headings(page):
    return [line for line in page.splitlines() if line.startswith(("#", "Found", "NOT FOUND"))]


def rows(page):
    """The table's rows: manipulation, by whom, when; and the words."""
    cells = [[cell.strip() for cell in line.split(" | ")] for line in page.splitlines() if line.startswith("| ")]
    return {tuple(row[:3]): row[3] for row in cells[1:]}


def test_every_attempt_to_tamper_is_found_as_the_page_says(page):
    assert "46 of 46 checks said what they had to say." in page
    assert headings(page) == headings((DOCS / "tamper.md").read_text("utf-8"))


def test_the_table_says_of_each_manipulation_who_finds_it_when_and_in_which_words(page):
    table = rows(page)
    assert len(table) == 45
    assert "NOT FOUND" not in page
    assert all(len(words) > 10 for words in table.values())
    assert list(table) == list(rows((DOCS / "tamper.md").read_text("utf-8")))


@pytest.mark.parametrize(
    "manipulation",
    [
        "a field rewritten", "a report deleted", "two reports exchanged", "an old backup restored",
        "two histories for two readers", "an old head shown for ever", "a statement dropped",
        "a party's statement replayed into another log", "an entry back-dated", "an old folder put back by cp",
        "an extra report page", 'a view edited ("breach" to "no breach")', "the policy file removed",
        "the policy file weakened", "a weaker policy stated, with a witness of the operator's own",
        "a sender's key as a file", "the verify.py in a bundle replaced", "cosignatures stripped from the checkpoint",
        "a first policy of the operator's own witness", "a bundle of a forger, of a log by the same name",
        "a second history under a new key",
    ],
)  # fmt: skip
def test_the_page_has_a_row_for(manipulation):
    assert any(row[0].removeprefix("| ") == manipulation for row in rows((DOCS / "tamper.md").read_text("utf-8")))
