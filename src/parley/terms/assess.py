"""Applying an agreement to incidents: each account alone, what all support, each reading, and the crux."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count

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
from parley.terms.history import NOTHING, Earlier, History
from parley.terms.language import Reading, Relative
from parley.terms.terms import Terms

Read = tuple[tuple[Reading | None, Clause], ...]
"""A clause in each of its readings."""

TakenApart = tuple[Read, ...]
"""The clauses of an agreement."""

Answers = tuple[tuple[ClauseAnswer, ...], ClauseAnswer]
"""What a clause answers for each account, and for what all accounts support."""


def assess(terms: Terms, incident: Incident) -> Assessment:
    """Return what *terms* make of every account of *incident*, clause by clause, in the order of the agreement.

    Earlier findings count as far as *terms* know them: see `assess_all`.
    """
    return _assess_with(_clauses(terms), terms, incident)


def _assess_with(clauses: TakenApart, terms: Terms, incident: Incident) -> Assessment:
    accounts, agreed = _facts(incident)
    assessed = tuple(_assess(read, incident, accounts, agreed) for read in clauses)
    return Assessment(incident.id, terms.agreement.id, assessed)


def _facts(incident: Incident) -> tuple[list[Facts], Facts]:
    """Return what each account claims, and what all support."""
    accounts = [facts_of(account) for account in incident.accounts]
    return accounts, accounts[0] if len(accounts) == 1 else agreed_facts(incident)


def assess_all(terms: Terms, incidents: Sequence[Incident]) -> tuple[Assessment, ...]:
    """Return what *terms* make of *incidents*, in their order; each after those that ended before it began.

    Only where a clause depends on earlier findings does the order of time matter. An earlier finding is established
    where what all accounts support is a breach, and disputed where a breach is only possible.
    """
    clauses, questions = _taken_apart(terms)  # of its own, so that what they remember goes with them
    if not terms.stateful:
        return tuple(_assess_with(clauses, terms, incident) for incident in incidents)
    rests_on = {clause.id: _rests_on(clause, terms) for clause in terms.agreement.clauses}
    calms = [(event, terms.when(event.since)) for event in terms.agreement.events if event.since is not None]
    releasing = {name for clause in terms.agreement.clauses for name in clause.released_by_breach_of}
    counted = releasing.union(*(event.of for event, _ in calms))
    known, order = _Known(terms, NOTHING), count()
    ahead: list[tuple[datetime, int, Earlier]] = []  # findings of incidents that had not ended yet, by their end
    made: dict[str, Assessment] = {}
    for incident in sorted(incidents, key=lambda one: (one.time.start, one.id)):
        history = known.terms.history
        while ahead and ahead[0][0] <= incident.time.start:
            found = heappop(ahead)[2]
            history = history.with_finding(found, calms, found.clause in releasing)
        if history is not known.terms.history:
            known = _Known(terms, history)
        made[incident.id] = _after(known, incident, clauses, questions, rests_on)
        for found in _findings(terms, incident, made[incident.id], counted):
            heappush(ahead, (found.time.end, next(order), found))
    return tuple(made[incident.id] for incident in incidents)


def _after(
    known: "_Known",
    incident: Incident,
    clauses: TakenApart,
    questions: Questions,
    rests_on: Mapping[str, tuple[str, ...]],
) -> Assessment:
    """Assess *incident* after what is *known*; where a disputed finding changes an answer, show both cases."""
    accounts, agreed = _facts(incident)
    assessed = []
    for read in clauses:
        questions.terms = known.terms
        one = _assess(read, incident, accounts, agreed)
        earlier = _earlier(known.terms, rests_on[one.clause])
        if earlier:
            branches = []
            for assumes, terms in known.cases:
                questions.terms = terms
                answers, common = _answers(read, accounts, agreed)
                branches.append(Branch(assumes, tuple(one.answer for one in answers), common.answer))
            differ = len({(branch.accounts, branch.agreed) for branch in branches}) > 1
            one = replace(one, rests_on=earlier, branches=tuple(branches) if differ else ())
        assessed.append(one)
    return Assessment(incident.id, known.terms.agreement.id, tuple(assessed))


class _Known:
    """An agreement after its findings so far, and in the cases in which those that are disputed are settled."""

    def __init__(self, terms: Terms, history: History) -> None:
        self.terms = terms.after(history)
        cases = ((True, "if each disputed earlier finding was a breach"), (False, "if none was"))
        self.cases = [
            (assumes, terms.after(history.settled(breaches)))
            for breaches, assumes in (cases if history.disputed else ())
        ]


def _earlier(terms: Terms, clauses: tuple[str, ...]) -> tuple[str, ...]:
    """Return the earlier incidents on which an answer that depends on *clauses* rests."""
    if not clauses:
        return ()
    history = terms.history
    calms = (calm for name, calm in history.calms.items() if set(clauses) & set(terms.event(name).of))
    named = [one.incident for calm in calms for one in calm.rests_on]
    return tuple(dict.fromkeys((*named, *(one.incident for one in history.of(clauses)))))


def _findings(terms: Terms, incident: Incident, assessment: Assessment, counted: Collection[str]) -> list[Earlier]:
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


def _assess(read: Read, incident: Incident, accounts: list[Facts], agreed: Facts) -> ClauseAssessment:
    if len(read) == 1 and read[0][0] is None:
        return _assess_one(read[0][1], incident, accounts, agreed)
    each = [(reading, _assess_one(clause, incident, accounts, agreed)) for reading, clause in read]
    parties = read[0][1].terms.parties
    answers, common = _whichever_reading([(one.accounts, one.agreed) for _, one in each])
    return ClauseAssessment(
        read[0][1].clause.id,
        answers,
        common,
        (),
        _missing_everywhere(answers),
        tuple(
            ReadingAssessment(reading.id, reading.says, _names(reading, parties), one.accounts, one.agreed, one.cruxes)
            for reading, one in each
            if reading is not None
        ),
    )


def _assess_one(clause: Clause, incident: Incident, accounts: list[Facts], agreed: Facts) -> ClauseAssessment:
    answers, common = _ask(clause, accounts, agreed)
    differ = len({one.answer for one in answers}) > 1
    found = cruxes(clause, incident) if differ else ()
    return ClauseAssessment(clause.clause.id, answers, common, found, _missing_everywhere(answers))


def _answers(read: Read, accounts: list[Facts], agreed: Facts) -> Answers:
    """Return what a clause, in all its readings, answers for each account and for what all support."""
    return _whichever_reading([_ask(clause, accounts, agreed) for _, clause in read])


def _ask(clause: Clause, accounts: list[Facts], agreed: Facts) -> Answers:
    answers = tuple(clause.ask(facts) for facts in accounts)
    return answers, answers[0] if len(answers) == 1 else clause.ask(agreed)


def _whichever_reading(each: Sequence[Answers]) -> Answers:
    accounts = tuple(map(_whichever, zip(*(answers for answers, _ in each), strict=True)))
    return accounts, _whichever([common for _, common in each])


def _whichever(answers: Sequence[ClauseAnswer]) -> ClauseAnswer:
    if len({(one.possible, one.reasons.because if len(one.possible) > 1 else "") for one in answers}) == 1:
        return answers[0]
    because = "the clause is read in several ways; each is asked"
    return either("which reading holds", because, answers, ("which reading holds",))


def _names(reading: Reading, parties: Mapping[str, language.Party]) -> tuple[str, ...]:
    return tuple(parties[name].name for name in reading.held_by)


def _missing_everywhere(answers: tuple[ClauseAnswer, ...]) -> tuple[str, ...]:
    """Return what is missing on every account, where the answer is unknown on every account."""
    if any(one.answer != "unknown" for one in answers):
        return ()
    first, *others = (one.reasons.missing for one in answers)
    return tuple(name for name in first if all(name in other for other in others))


@lru_cache(maxsize=64)
def _clauses(terms: Terms) -> TakenApart:
    return _taken_apart(terms)[0]


def _taken_apart(terms: Terms) -> tuple[TakenApart, Questions]:
    """Return each clause with its readings (one without rival readings stands alone), and their questions."""
    questions = Questions(terms)
    found = []
    for clause in terms.agreement.clauses:
        readings = [one for one in terms.agreement.readings if _reads(one, clause)]
        read: list[tuple[Reading | None, Clause]] = [
            (one, Clause(clause.model_copy(update=_changes(one, clause)), terms, questions)) for one in readings
        ]
        found.append(tuple(read or [(None, Clause(clause, terms, questions))]))
    return tuple(found), questions


def _reads(reading: Reading, clause: language.Clause) -> bool:
    return not reading.clauses or clause.id in reading.clauses


def _changes(reading: Reading, clause: language.Clause) -> dict[str, object]:
    return {name: value for name, value in reading.changes().items() if hasattr(clause, name)}
