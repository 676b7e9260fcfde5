"""What `parley findings` and `parley assess` print, from the views and from findings that are made by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.db import transaction
from publish_builders import TRUCE, answered, assessed
from valley import valley

from parley.centre.database import open_views
from parley.centre.folder import Centre
from parley.centre.queries import faults, findings
from parley.centre.readers import rows_of
from parley.centre.views import Shown, brief, write_within
from parley.cli.terminal import print_assessments, print_findings, print_summary
from parley.model import (
    Assessment,
    Charter,
    Crux,
    Deferred,
    Findings,
    FolderError,
)

FAULTY = TRUCE.model_copy(update={"id": "hill-truce", "title": "Hill\x1b truce", "fault": "no polygon"})


def written(folder: Path, found: Findings) -> Path:
    """A centre's folder whose views show *found*."""
    with Centre.create(folder, Charter(title="Valley", timezone="Asia/Damascus")):
        open_views(rows_of(folder))
        with transaction.atomic():
            write_within(Shown(replace(found, inputs=()), {}, {}, {}), found.size)
    return folder


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, Any]]:
    return findings(written(tmp_path / "centre", valley()))


def lines(printed: str) -> list[str]:
    return [line.strip() for line in printed.splitlines()]


def test_the_views_keep_how_accounts_compare_whose_breach_it_is_and_what_is_not_raised(
    rows: list[dict[str, Any]],
) -> None:
    attack, access, pull_back, flights = rows[:4]
    assert (attack["comparison"], attack["support"], attack["raised"]) == ("differ", "one account", True)
    assert attack["by"] == [["east"], [], ["west", "east"]] and attack["cruxes"] == [["time", "actor"]]
    assert access["comparison"] == "agreed" and access["parties"] == {}
    assert pull_back["states"] == ["overdue", "fulfilled late", ""]
    assert pull_back["parties"] == {"east": "Bellowmar", "west": "Ardelmark"}
    assert pull_back["asks"] == [["who acted", "was Ardelmark bound at the time"]]
    assert (flights["raised"], flights["codes"]) == (False, ["not raised"] * 3)


def test_a_view_asks_for_no_crux_where_nothing_is_open() -> None:
    def asked() -> NoReturn:
        raise AssertionError("cruxes are long to make")

    settled = assessed((answered("no-attack", "breach", "so", by=("east",)),))
    settled._cruxes = settled._silent = Deferred(asked)
    (row,) = brief(Assessment("I-0001", TRUCE.id, (settled,)))
    assert row["cruxes"] == row["asks"] == row["silent"] == []


def test_findings_name_whose_breach_it_is_and_how_the_duty_stands(
    rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    print_findings(rows)
    printed = lines(capsys.readouterr().out)
    assert "breach ▲ by Bellowmar: Ardelmark Record Office" in printed
    assert "breach ▲ by Bellowmar (overdue): Ardelmark Record Office" in printed
    assert "the breach rests only on parties that accuse others of it" in printed


def test_findings_show_equal_rows_with_their_own_words_and_their_crux(
    rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    print_findings(rows)
    printed = lines(capsys.readouterr().out)
    at = printed.index("a breach on each account, but by whom is disputed")
    assert "what follows from facts that no account disputes: could be a breach △" in printed[at:]
    assert "the answer turns on: who acted; was Ardelmark bound at the time" in printed[at:]
    assert "the answer turns on: time and actor" in printed[:at]
    assert not [line for line in printed if "all accounts support" in line]


def test_findings_count_what_is_not_raised_in_one_line_and_apart_from_what_does_not_apply(
    rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    print_findings(rows)
    printed = lines(capsys.readouterr().out)
    assert "not raised: 5 clauses are about what no account speaks of: see --json" in printed
    assert "2 clauses do not apply to any account. --json lists them." in printed
    assert "flights" not in printed, "folded"


def test_an_equal_row_is_shown_where_each_account_alone_is_not_covered(capsys: pytest.CaptureFixture[str]) -> None:
    outside = answered("no-attack", "not covered", "outside")
    row = assessed((outside, outside), "equal", agreed=answered("no-attack", "unknown", "where is not known"))
    told = {"incident": "I-1", "start": "2031-05-03T06:00", "place": "", "agreement": "t", "sources": ["A", "B"]}
    (kept,) = brief(Assessment("I-1", "t", (row,)))
    print_findings([{**told, **kept, "parties": {}, "texts": []}])
    printed = lines(capsys.readouterr().out)
    assert "not covered on each account, but not on every combination of what they say" in printed
    assert "settling what is disputed would not be enough: facts are missing too" in printed


def test_an_agreement_that_could_not_be_applied_is_told_with_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = valley()
    found = replace(found, agreements=(FAULTY, *found.agreements))
    folder = written(tmp_path / "centre", found)
    assert faults(folder) == [{"agreement": "hill-truce", "title": FAULTY.title, "fault": "no polygon"}]
    print_findings(findings(folder), faults(folder))
    print_assessments(found)
    print_summary(found, folder)
    printed = capsys.readouterr().out
    assert printed.count("Hill⟨U+001B⟩ truce could not be applied: no polygon") == 3 and "\x1b" not in printed
    assert printed.count("a breach on each account, but by whom is disputed") == 2


def test_assess_folds_what_is_not_raised_and_gives_the_crux_of_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    print_assessments(valley())
    printed = lines(capsys.readouterr().out)
    assert printed.count("not raised: no account speaks of what is asked by: pull-back, flights") == 2
    assert "the answer turns on: who acted; was Ardelmark bound at the time" in printed
    assert "pull-back: Ardelmark Record Office: breach ▲ by Bellowmar (overdue)" in printed
    assert not [line for line in printed if line.startswith("flights:")]


def test_views_of_an_earlier_parley_ask_to_be_rebuilt(tmp_path: Path) -> None:
    from django.core.management import call_command
    from django.db import connection

    folder = written(tmp_path / "centre", valley())
    call_command("migrate", "centre", "zero", verbosity=0, interactive=False)
    connection.close()
    with pytest.raises(FolderError, match="parley rebuild"):
        findings(folder)


def test_a_crux_in_a_view_is_asked_in_words_that_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    hostile = Crux(("actor",), (), (), ("who\x1b[2J acted",))
    row = assessed(
        (answered("no-attack", "unknown", "open"), answered("no-attack", "breach", "so")), "differ", cruxes=(hostile,)
    )
    told = {"incident": "I-1", "start": "2031-05-03T06:00", "place": "", "agreement": "t", "sources": ["A", "B"]}
    (kept,) = brief(Assessment("I-1", "t", (row,)))
    print_findings([{**told, **kept, "parties": {}, "texts": []}])
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "who⟨U+001B⟩[2J acted" in printed
