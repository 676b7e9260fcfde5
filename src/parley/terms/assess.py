"""Applying an agreement to an incident: each account alone, what all support, and the crux between them."""

from functools import lru_cache

from parley.model import Assessment, ClauseAnswer, ClauseAssessment, Incident
from parley.terms.clauses import Clause, Questions
from parley.terms.crux import cruxes
from parley.terms.facts import Facts, agreed_facts, facts_of
from parley.terms.terms import Terms


def assess(terms: Terms, incident: Incident) -> Assessment:
    """Return what *terms* make of every account of *incident*, clause by clause, in the order of the agreement."""
    accounts = [facts_of(account) for account in incident.accounts]
    agreed = accounts[0] if len(accounts) == 1 else agreed_facts(incident)
    clauses = tuple(_assess(clause, incident, accounts, agreed) for clause in _clauses(terms))
    return Assessment(incident.id, terms.agreement.id, clauses)


def _assess(clause: Clause, incident: Incident, accounts: list[Facts], agreed: Facts) -> ClauseAssessment:
    answers = tuple(clause.ask(facts) for facts in accounts)
    common = answers[0] if len(answers) == 1 else clause.ask(agreed)
    differ = len({one.answer for one in answers}) > 1
    found = cruxes(clause, incident) if differ else ()
    return ClauseAssessment(clause.clause.id, answers, common, found, _missing_everywhere(answers))


def _missing_everywhere(answers: tuple[ClauseAnswer, ...]) -> tuple[str, ...]:
    """Return what is missing on every account, where the answer is unknown on every account."""
    if any(one.answer != "unknown" for one in answers):
        return ()
    first, *others = (one.reasons.missing for one in answers)
    return tuple(name for name in first if all(name in other for other in others))


@lru_cache(maxsize=64)
def _clauses(terms: Terms) -> tuple[Clause, ...]:
    questions = Questions(terms)
    return tuple(Clause(clause, terms, questions) for clause in terms.agreement.clauses)
