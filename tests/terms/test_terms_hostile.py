"""Invented agreements whose answers a hostile reader would quote: who is bound, acts, duties, readings, time."""

from pathlib import Path

import pytest

from parley.terms import Terms, assess, load, load_cases, run_cases
from parley.terms.cases import Outcome, incident

FOLDER = Path(__file__).parent / "hostile"
NAMES = ("who", "acts", "duty", "readings", "time")


def agreement(name: str) -> Terms:
    return load((FOLDER / f"{name}.yaml").read_text("utf-8"), f"{name}.yaml")


def outcomes() -> list[Outcome]:
    found: list[Outcome] = []
    for name in NAMES:
        text = (FOLDER / f"{name}.cases.yaml").read_text("utf-8")
        found += run_cases(agreement(name), load_cases(text, f"{name}.cases.yaml"), f"{name}.cases.yaml")
    return found


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda outcome: f"{outcome.case.clause}: {outcome.case.case}")
def test_an_answer_that_a_hostile_reader_would_quote(outcome: Outcome) -> None:
    assert not outcome.differs, outcome.answer.reasons.in_a_line


def test_two_independent_disputes_are_combined_for_each_holder() -> None:
    terms = agreement("readings")
    story = {"time": "2030-04-15", "act": "shelling", "actor": "Hill Republic", "object": "power-line"}
    (found,) = (one for one in assess(terms, incident(terms, 1, story)).clauses if one.clause == "dams")
    assert [(one.reading, one.accounts[0].answer) for one in found.readings] == [
        ("earlier", "unknown"),
        ("as written", "not covered"),
        ("all-power", "unknown"),
        ("as written", "not covered"),
    ]
    assert [(one.holder, one.readings, one.accounts[0].answer) for one in found.positions] == [
        ("Hill Republic", ("earlier", "all-power"), "breach"),
        ("Lake State", ("as written", "as written"), "not covered"),
    ]


def test_a_position_reaches_a_clause_through_precedence() -> None:
    terms = agreement("readings")
    story = {"time": "2030-05-01", "act": "shelling", "actor": "Hill Republic", "object": "power-plant"}
    (found,) = (one for one in assess(terms, incident(terms, 1, story)).clauses if one.clause == "general")
    assert [(one.holder, one.accounts[0].answer) for one in found.positions] == [
        ("Hill Republic", "breach"),
        ("Lake State", "not covered"),
    ]
    assert [crux.attributes for crux in found.cruxes] == [("reading:water-alone|water-and-power",)]


def test_a_duty_says_how_it_stands() -> None:
    terms = agreement("duty")
    stands = {
        ("first", "2030-04-04", "no"): "due",
        ("first", "2030-02-04", "no"): "",  # before the start it binds nobody
        ("first", "2030-04-06", "begun"): "under way",
        ("first", "2030-04-09", "yes"): "fulfilled",
        ("first", "2030-04-11", "yes"): "fulfilled late",
        ("first", "2030-04-11", "no"): "overdue",
        ("later", "2030-04-15", "no"): "put off by consent",
        ("paused", "2030-04-12", "no"): "suspended",
        ("after-the-end", "2030-07-02", "no"): "discharged",
    }
    for (clause, time, done), state in stands.items():
        story = {"act": "withdrawal", "actor": "Hill Republic", "time": time, "done": done}
        (found,) = (one for one in assess(terms, incident(terms, 1, story)).clauses if one.clause == clause)
        assert found.accounts[0].state == state, (clause, time, done)
