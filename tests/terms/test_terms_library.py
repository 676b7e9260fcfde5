"""The packaged agreements and their worked cases, which are data beside them."""

import pytest

from parley.terms import library_cases, library_names, library_text, load, load_cases, plain, run_cases
from parley.terms.cases import Case, Outcome

CASES = {name: load_cases(library_cases(name) or "", name) for name in library_names()}


def outcomes() -> list[Outcome]:
    return [
        outcome
        for name, cases in CASES.items()
        for outcome in run_cases(load(library_text(name), name), cases, f"{name}.yaml")
    ]


@pytest.mark.parametrize("outcome", outcomes(), ids=lambda outcome: outcome.case.case)
def test_a_worked_case_gets_the_answer_that_an_expert_would_give(outcome: Outcome) -> None:
    assert not outcome.differs, outcome.answer.reasons.in_a_line


def test_there_are_at_least_12_agreements_with_at_least_12_cases_each_and_150_in_all() -> None:
    assert len(CASES) >= 12
    assert min(len(cases.cases) for cases in CASES.values()) >= 12
    assert sum(len(cases.cases) for cases in CASES.values()) >= 150


@pytest.mark.parametrize("name", CASES)
def test_an_agreement_says_what_it_renders_what_is_not_sure_and_reads_as_sentences(name: str) -> None:
    terms = load(library_text(name), name)
    assert terms.agreement.id == name == CASES[name].agreement
    assert terms.agreement.source.name
    assert terms.agreement.uncertain
    shown = plain(terms)
    assert all(clause.says in shown for clause in terms.agreement.clauses)


def test_a_case_that_expects_another_answer_does_not_pass() -> None:
    terms = load(library_text("syria-2016-02-22-cessation"), "cessation")
    cases = CASES["syria-2016-02-22-cessation"]
    wrong = cases.model_copy(update={"cases": (Case(case="shelling", clause="attacks", answer="no breach"),)})
    (outcome,) = run_cases(terms, wrong, "wrong.yaml")
    assert not outcome.as_expected
