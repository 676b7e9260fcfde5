"""The main job on real files that are not part of the project; these tests run where the files are."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from parley.centre.statements import Delivery
from parley.job import assess_files
from parley.model import Article, Findings, Input
from parley.terms import library_text, load

SHARED = Path(os.environ.get("PARLEY_SHARED", Path(__file__).parents[3] / "shared"))
EVENTS = SHARED / "data" / "ucdp-ged-syria-2016.csv"
ARTICLE = SHARED / "inputs" / "article-2016-08-06.id.txt"


def answers(findings: Findings, clauses: Iterable[str]) -> set[str]:
    chosen = set(clauses)
    return {
        one.answer
        for assessment in findings.assessments
        for clause in assessment.clauses
        if clause.clause in chosen
        for one in clause.accounts
    }


@pytest.mark.skipif(not EVENTS.exists(), reason="the event data are not here")
@pytest.mark.parametrize("name", ["syria-2016-02-22-cessation", "syria-2016-09-09-arrangement"])
def test_events_without_a_weapon_never_get_no_from_a_clause_about_weapons(name: str) -> None:
    terms = load(library_text(name), name)
    findings = assess_files(terms, [Delivery(Input(EVENTS.name, EVENTS.read_bytes()), "ucdp-ged")])
    assert len(findings.reports) == 6_170
    assert [card.problems for card in findings.inputs] == [()]
    about_weapons = [clause.id for clause in terms.agreement.clauses if clause.means]
    assert about_weapons
    assert answers(findings, about_weapons) == {"unknown", "not covered"}


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not here")
def test_an_allegation_without_time_and_place_makes_no_incident_and_accuses_nobody() -> None:
    name = "syria-2016-02-22-cessation"
    delivery = Delivery(Input(ARTICLE.name, ARTICLE.read_bytes()), "article")
    findings = assess_files(load(library_text(name), name), [delivery])
    assert (findings.incidents, findings.assessments) == ((), ())
    (recorded,) = findings.reports
    article = recorded.report
    assert isinstance(article, Article)
    assert (article.language, len(article.paragraphs)) == ("id", 7)
    assert article.proposals
    assert all(proposal.reviewers_needed >= 1 for proposal in article.proposals)
