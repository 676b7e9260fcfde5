"""`parley open`: which questions decide most answers, of a day and under an agreement, and who could answer each."""

import json
from pathlib import Path
from typing import Any

import pytest
from test_cli_act import add, folder, run  # noqa: F401 - a fixture among them

from parley.cli import open as cli_open
from parley.looking import reasoned
from parley.model import OpenQuestion
from truce import TRUCE


@pytest.fixture
def valley(folder: Path) -> Path:  # noqa: F811
    """I-4: on 28 May nobody says who; I-7: on 30 May neither who nor what; each under two agreements."""
    other = folder.parent / "hill.yaml"
    other.write_text(TRUCE.replace("id: truce", "id: hill-truce"))
    run("terms", "adopt", folder, other, "--from", "2031-05-01")
    add(folder, actor="unknown")
    add(folder, id="R-8", observed="2031-05-30T23:30", actor=None, act=None)
    return folder


def asked(folder: Path, *words: object) -> list[tuple[str, str, int, int]]:  # noqa: F811
    found: list[dict[str, Any]] = json.loads(run("open", folder, *words, "--json"))
    return [(one["incident"], one["asks"], one["answers"], one["alone"]) for one in found]


def test_what_decides_most_is_listed_of_all_of_a_day_and_under_an_agreement(valley: Path) -> None:
    assert asked(valley) == [
        ("I-00004", "who acted", 2, 2),
        ("I-00007", "which act it was", 2, 0),
        ("I-00007", "who acted", 2, 0),
    ]
    assert [one[0] for one in asked(valley, "--date", "2031-05-28")] == ["I-00004"]
    assert asked(valley, "--date", "2031-05-29") == []
    assert asked(valley, "--date", "2031-05-28", "--agreement", "hill-truce") == [("I-00004", "who acted", 1, 1)]


def test_each_question_says_what_it_decides_and_who_could_answer_it(
    valley: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = "who acted (I-00004)\n  missing in 2 answers that could be a breach, of 1 incident; 2 turn on it alone\n"
    said = run("open", valley)
    assert f"{who}  who could answer it: records of units, firing positions or flights at that time\nwhich act" in said
    assert "more" not in said
    monkeypatch.setattr(cli_open, "MOST_SAID", 1)
    assert "2 questions more: see --json" in run("open", valley) and len(asked(valley)) == 3
    assert "No answer is open that could be a breach." in run("open", valley, "--date", "2031-05-29")
    nobody = OpenQuestion(
        agreement="hill", incident="", asks="what it means", settled_by="", answers=3, alone=1, incidents=2
    )
    monkeypatch.setattr(reasoned, "open_questions_of", lambda *_: (nobody,))
    assert run("open", valley).startswith(
        "what it means (hill)\n"
        "  missing in 3 answers that could be a breach, of 2 incidents; 1 turns on it alone\nAs of"
    )
