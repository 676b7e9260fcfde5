"""Applying an agreement to incidents: each account alone, what all support, each reading, and the crux."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from parley.model import (
    Assessment,
    Branch,
    ClauseAnswer,
    ClauseAssessment,
    Incident,
    OneOf,
    ReadingAssessment,
)
from parley.terms import language
from parley.terms.clauses import Clause, Questions, either
from parley.terms.crux import cruxes
from parley.terms.facts import Facts, agreed_facts, facts_of
from parley.terms.history import Earlier, History
from parley.terms.language import Reading, Relative
from parley.terms.terms import Terms


def assess(terms: Terms, incident: Incident) -> Assessment:
    """Return what *terms* make of every account of *incident*, clause by clause, in the order of the agreement.

    Earlier findings count as far as *terms* know them: see `assess_all`.
    """
    accounts = [facts_of(account) for account in incident.accounts]
    agreed = accounts[0] if len(accounts) == 1 else agreed_facts(incident)
    clauses = tuple(_assess(read, incident, accounts, agreed) for read in _clauses(terms))
    return Assessment(incident.id, terms.agreement.id, clauses)


def assess_all(terms: Terms, incidents: Sequence[Incident]) -> tuple[Assessment, ...]:
    """Return what *terms* make of *incidents*, in their order; each after those that ended before it began.

    Only where a clause depends on earlier findings does the order of time matter. An earlier finding is established
    where what all accounts support is a breach, and disputed where a breach is only possible.
    """
    if not terms.stateful:
        return tuple(assess(terms, incident) for incident in incidents)
    counted = _counted(terms)
    findings: list[Earlier] = []
    made: dict[str, Assessment] = {}
    for incident in sorted(incidents, key=lambda one: (one.time.start, one.id)):
        history = History(tuple(one for one in findings if one.time.end <= incident.time.start))
        made[incident.id] = _after(terms, history, incident)
        findings += _findings(terms, incident, made[incident.id], counted)
        findings.sort(key=lambda one: one.time.start)
    return tuple(made[incident.id] for incident in incidents)


def _after(terms: Terms, history: History, incident: Incident) -> Assessment:
    """Assess *incident* after *history*; where a disputed finding changes an answer, show both cases."""
    assessment = assess(_with_history(terms, history), incident)
    clauses = {clause.id: clause for clause in terms.agreement.clauses}
    rests_on = {
        one.clause: tuple(dict.fromkeys(past.incident for past in history.of(_rests_on(clauses[one.clause], terms))))
        for one in assessment.clauses
    }
    branches: list[tuple[str, Assessment]] = []
    if any(not one.sure for one in history.findings):
        for breaches, assumes in ((True, "if each disputed earlier finding was a breach"), (False, "if none was")):
            branches.append((assumes, assess(_with_history(terms, history.settled(breaches)), incident)))
    return replace(
        assessment,
        clauses=tuple(
            replace(
                one, rests_on=rests_on[one.clause], branches=_branches(at, branches) if rests_on[one.clause] else ()
            )
            for at, one in enumerate(assessment.clauses)
        ),
    )


def _branches(at: int, branches: Iterable[tuple[str, Assessment]]) -> tuple[Branch, ...]:
    shown = tuple(
        Branch(assumes, tuple(one.answer for one in whole.clauses[at].accounts), whole.clauses[at].agreed.answer)
        for assumes, whole in branches
    )
    return shown if len({(one.accounts, one.agreed) for one in shown}) > 1 else ()


def _findings(terms: Terms, incident: Incident, assessment: Assessment, counted: frozenset[str]) -> list[Earlier]:
    """Return what of *assessment* later findings may depend on."""
    found = []
    for one in assessment.clauses:
        if one.clause not in counted or not any("breach" in answer.possible for answer in (one.agreed, *one.accounts)):
            continue
        sure = one.agreed.answer == "breach"
        found.append(Earlier(incident.id, one.clause, incident.time, _actors(terms, incident), sure))
    return found


def _actors(terms: Terms, incident: Incident) -> frozenset[str]:
    """Return the ids of all whom any account names as the actor; empty where one names nobody or a stranger."""
    named: set[str] = set()
    for account in incident.accounts:
        actor = account.says("actor")
        if not isinstance(actor, OneOf) or not actor.any_of:
            return frozenset()
        for name in actor.any_of:
            parties = terms.named(name)
            if parties is None:
                return frozenset()
            named |= {party.id for party in parties}
    return frozenset(named)


def _counted(terms: Terms) -> frozenset[str]:
    """Return the clauses on whose findings others depend."""
    agreement = terms.agreement
    named = [name for event in agreement.events for name in event.of]
    return frozenset(named).union(*(clause.released_by_breach_of for clause in agreement.clauses))


def _rests_on(clause: language.Clause, terms: Terms) -> tuple[str, ...]:
    """Return the clauses on whose earlier findings *clause* depends."""
    events = {event.id: event for event in terms.agreement.events}
    named: list[str] = list(clause.released_by_breach_of)
    start = clause.start or terms.agreement.start
    for when in (start, clause.until, *((clause.by, clause.begin_by) if isinstance(clause, language.Duty) else ())):
        while isinstance(when, Relative):
            named += events[when.event].of
            when = events[when.event].since
    return tuple(dict.fromkeys(named))


def _assess(
    read: tuple[tuple[Reading | None, Clause], ...], incident: Incident, accounts: list[Facts], agreed: Facts
) -> ClauseAssessment:
    if len(read) == 1 and read[0][0] is None:
        return _assess_one(read[0][1], incident, accounts, agreed)
    each = [(reading, _assess_one(clause, incident, accounts, agreed)) for reading, clause in read]
    answers = tuple(_whichever([one.accounts[at] for _, one in each]) for at in range(len(accounts)))
    return ClauseAssessment(
        read[0][1].clause.id,
        answers,
        _whichever([one.agreed for _, one in each]),
        (),
        _missing_everywhere(answers),
        tuple(
            ReadingAssessment(reading.id, reading.says, reading.held_by, one.accounts, one.agreed, one.cruxes)
            for reading, one in each
            if reading is not None
        ),
    )


def _whichever(answers: list[ClauseAnswer]) -> ClauseAnswer:
    if len({one.answer for one in answers}) == 1 and len(answers[0].possible) == 1:
        return answers[0]
    because = "the clause is read in several ways; each is asked"
    return either("which reading holds", because, answers, ("which reading holds",))


def _assess_one(clause: Clause, incident: Incident, accounts: list[Facts], agreed: Facts) -> ClauseAssessment:
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
def _with_history(terms: Terms, history: History) -> Terms:
    return terms.after(history)


@lru_cache(maxsize=64)
def _clauses(terms: Terms) -> tuple[tuple[tuple[Reading | None, Clause], ...], ...]:
    """Return each clause with its readings; one without rival readings stands alone."""
    questions = Questions(terms)
    found = []
    for clause in terms.agreement.clauses:
        readings = [one for one in terms.agreement.readings if _reads(one, clause)]
        read: list[tuple[Reading | None, Clause]] = [
            (one, Clause(clause.model_copy(update=_changes(one, clause)), terms, questions)) for one in readings
        ]
        found.append(tuple(read or [(None, Clause(clause, terms, questions))]))
    return tuple(found)


def _reads(reading: Reading, clause: language.Clause) -> bool:
    return not reading.clauses or clause.id in reading.clauses


def _changes(reading: Reading, clause: language.Clause) -> dict[str, object]:
    return {name: value for name, value in reading.changes().items() if hasattr(clause, name)}
