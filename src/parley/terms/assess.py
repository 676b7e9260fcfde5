"""Applying an agreement to incidents: each account alone, every combination of them, each reading, the crux."""

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from typing import Literal

from parley.model import (
    Account,
    Answer,
    Assessment,
    Branch,
    ClauseAnswer,
    ClauseAssessment,
    Comparison,
    Crux,
    Deferred,
    Disc,
    Established,
    Incident,
    Position,
    ReadingAssessment,
    Reason,
    Support,
)
from parley.terms.answers import Clause, Rules
from parley.terms.crux import Dispute
from parley.terms.given import NO, Given, Worlds
from parley.terms.history import NOTHING, UNKNOWN_BEFORE, Earlier, History, Log, maybe_before, surely_before
from parley.terms.language import Duty, Standard
from parley.terms.parties import Parties
from parley.terms.questions.who import BOUND
from parley.terms.readings import PLAIN
from parley.terms.terms import Terms
from parley.terms.told import Fixed, Told


def assess(terms: Terms, incident: Incident, established: Sequence[Established] = ()) -> Assessment:
    """Return what *terms* make of every account of *incident*, clause by clause, in the order of the agreement.

    *established* is what people hold as settled. Earlier findings count as far as *established* has them: see
    `assess_all`.
    """
    return assess_all(terms, (incident,), established)[0]


def assess_all(
    terms: Terms, incidents: Sequence[Incident], established: Sequence[Established] = ()
) -> tuple[Assessment, ...]:
    """Return what *terms* make of *incidents*, in their order; each after those that ended before it began.

    Only where a clause depends on earlier findings does the order of time matter. An earlier finding is sure where it
    is agreed, else disputed; what overlaps in time may be earlier, what is simultaneous is neither before nor after.
    Reasons and cruxes are made when somebody asks for them.
    """
    asked = _Asked(_rules(terms.with_established(established)), established)
    asked.rules.frame.measure(_places(incidents))
    told = [Told(incident, asked.rules.frame, asked.established, asked.fixed) for incident in incidents]
    if not terms.stateful:
        return tuple(asked.assess(one, NOTHING) for one in told)
    return _in_order_of_time(asked, told, established)


@lru_cache(maxsize=64)
def _rules(terms: Terms) -> Rules:
    return Rules(terms)


def _places(incidents: Sequence[Incident]) -> list[Disc]:
    values = (claim.value for incident in incidents for account in incident.accounts for claim in account.claims)
    return list(dict.fromkeys(value for value in values if isinstance(value, Disc)))


class _Asked:
    """An agreement's clauses, and what is established of them and of the incidents."""

    def __init__(self, rules: Rules, established: Sequence[Established]) -> None:
        self.rules, self.established = rules, established
        self.fixed: Fixed = _fixed(rules, established)
        self.always_raised = {one.subject for one in established if not one.value}

    def assess(self, told: Told, history: History) -> Assessment:
        """Return what the agreement makes of an incident after *history*."""
        clauses = tuple(self._guarded(clause, told, history) for clause in self.rules.clauses)
        return Assessment(told.incident.id, self.rules.terms.agreement.id, clauses)

    def _guarded(self, clause: Clause, told: Told, history: History) -> ClauseAssessment:
        """Assess one clause; where it cannot be evaluated, say so of it alone, so that all others are shown."""
        try:
            return self._assess(clause, told, history)
        except (MemoryError, OSError):
            raise  # the machine's fault, not the clause's: with more room the answer is another
        except Exception as error:  # whatever is wrong with one clause must not hide the answers of the others
            return _failed(clause, told, error)

    def raised(self, clause: Clause, told: Told) -> bool:
        """Say whether anybody speaks of what *clause* is about."""
        if told.raised is None or clause.clause.id in self.always_raised or clause.clause.id in told.raised:
            return True
        if clause.aspects is None:
            return isinstance(clause.clause, Standard) and f"fact:{clause.clause.ruling}" in told.raised
        return bool(clause.aspects & told.raised)

    def answers(
        self, clause: Clause, told: Told, history: History, raised: bool, fixed: Fixed | None = None
    ) -> tuple[tuple[ClauseAnswer, ...], ClauseAnswer]:
        """Return what *clause* answers for each account, and for every combination of them."""
        if (ruled := self._ruled(clause, told)) is not None:
            return (ruled,) * len(told.worlds), ruled
        accounts = tuple(clause.answer(_where(one, fixed), history, raised) for one in told.worlds)
        if len(accounts) == 1:
            return accounts, accounts[0]
        return accounts, clause.answer(_where(told.united, fixed), history, raised)

    def _ruled(self, clause: Clause, told: Told) -> ClauseAnswer | None:
        """Return the answer that people established of a clause in this incident; None where they did not."""
        for one in self.established:
            name, _, said = one.value.rpartition(":")
            if one.subject == told.incident.id and one.question == "breach" and name == clause.clause.id:
                answer: Answer = "breach" if said == "yes" else "no breach"
                reason = Reason(
                    f"what does {name} make of it", "true", f"{answer}: established by {one.by or 'people'}"
                )
                by = clause.by(told.united[0]) if said == "yes" else ()
                return ClauseAnswer(name, (answer,), Deferred(lambda reason=reason: reason), by)  # type: ignore[misc]
        return None

    def _assess(self, clause: Clause, told: Told, history: History) -> ClauseAssessment:
        raised = self.raised(clause, told)
        accounts, agreed = self.answers(clause, told, history, raised)
        spoken = all(one.code != "not raised" for one in accounts)
        comparison = _comparison(accounts, agreed) if spoken or len(accounts) == 1 else "agreed"
        branches: tuple[Branch, ...] = ()
        rests_on: tuple[str, ...] = ()
        if clause.rests_on_findings and not history.nothing:
            rests_on = clause.rests_on(told.united[0], history)
            branches = self._branches(clause, told, history, raised) if rests_on else ()
        decided = agreed.answer != "unknown" and comparison in ("agreed", "one account")
        quiet = decided or not spoken
        readings = clause.disputes or clause.nested
        return ClauseAssessment(
            clause.clause.id,
            accounts,
            agreed,
            comparison,
            _support(told.incident.accounts, accounts, self.rules.terms),
            rests_on=rests_on,
            branches=branches,
            readings=Deferred(lambda: self._readings(clause, told, history, raised)) if clause.disputes else (),
            positions=Deferred(lambda: self._positions(clause, told, history, raised)) if readings else (),
            cruxes=() if quiet else Deferred(lambda: self._cruxes(clause, told, history, {})),
            missing=() if quiet else Deferred(lambda: _missing_everywhere(accounts)),
            silent=() if quiet else Deferred(lambda: self._dispute(clause, told, history, {}).silent()),
        )

    def _dispute(self, clause: Clause, told: Told, history: History, fixed: Fixed) -> Dispute:
        return Dispute(clause, told.incident.accounts, told.worlds, history, fixed)

    def _cruxes(self, clause: Clause, told: Told, history: History, fixed: Fixed) -> tuple[Crux, ...]:
        return self._dispute(clause, told, history, fixed).cruxes()

    def _branches(self, clause: Clause, told: Told, history: History, raised: bool) -> tuple[Branch, ...]:
        """Return what follows where each disputed earlier finding was a breach, and where none was, if that differs."""
        found = []
        for settled, assumes in ((True, "if each disputed earlier finding was a breach"), (False, "if none was")):
            answers, common = self.answers(clause, told, history.at(settled), raised)
            found.append(Branch(assumes, tuple(one.answer for one in answers), common.answer))
        return tuple(found) if len({(one.accounts, one.agreed) for one in found}) > 1 else ()

    def _readings(self, clause: Clause, told: Told, history: History, raised: bool) -> tuple[ReadingAssessment, ...]:
        """Return the clause in each of its readings, with all other disputes open."""
        names = {party.id: party.name for party in self.rules.terms.agreement.parties}
        found = []
        for dispute in clause.disputes:
            for at, reading in enumerate(dispute.ways):
                fixed = {dispute.name: 1 << at}
                accounts, agreed = self.answers(clause, told, history, raised, fixed)
                differ = _comparison(accounts, agreed) in ("equal", "differ")
                found.append(
                    ReadingAssessment(
                        reading.id if reading else PLAIN,
                        reading.says if reading else clause.clause.says,
                        tuple(names[one] for one in reading.held_by) if reading else (),
                        accounts,
                        agreed,
                        self._cruxes(clause, told, history, fixed) if differ else (),
                    )
                )
        return tuple(found)

    def _positions(self, clause: Clause, told: Told, history: History, raised: bool) -> tuple[Position, ...]:
        """Return what each holder of a reading, and each other party bound, has the clause to be."""
        disputes = [one for one in self.rules.disputes.values() if one in clause.disputes or one.name in clause.nested]
        holders = {party for dispute in disputes for reading in dispute.readings for party in reading.held_by}
        if not holders:
            return ()
        found = []
        for party in self.rules.terms.agreement.parties:
            if party.id not in holders and party.role != "party":
                continue
            fixed = {dispute.name: dispute.held_by(party.id) for dispute in disputes}
            held = tuple(
                reading.id if reading else PLAIN
                for dispute in disputes
                for at, reading in enumerate(dispute.ways)
                if fixed[dispute.name] >> at & 1
            )
            accounts, agreed = self.answers(clause, told, history, raised, fixed)
            found.append(Position(party.name, held, accounts, agreed))
        return tuple(found)


def _where(worlds: Worlds, fixed: Fixed | None) -> Worlds:
    return tuple(given.where(fixed) for given in worlds) if fixed else worlds


def _fixed(rules: Rules, established: Sequence[Established]) -> Fixed:
    """Return what is established for all accounts: the readings that hold, and who was never bound."""
    fixed: dict[str, Hashable] = {
        BOUND + one.subject: NO
        for one in established
        if one.question == "bound" and one.value not in ("", "yes") and one.start is None
    }
    for one in established:
        for dispute in rules.disputes.values() if one.question == "reading" and one.value else ():
            about = any(clause.id == one.subject and dispute.about(clause) for clause in rules.terms.clauses.values())
            called = [way.id if way else PLAIN for way in dispute.ways]
            if about and one.value in called:
                fixed[dispute.name] = 1 << called.index(one.value)
    return fixed


def _comparison(accounts: Sequence[ClauseAnswer], agreed: ClauseAnswer) -> Comparison:
    if len(accounts) == 1:
        return "one account"
    if any(one.answer != accounts[0].answer for one in accounts):
        return "differ"
    same = agreed.answer == accounts[0].answer and all(set(one.by) == set(agreed.by) for one in accounts)
    return "agreed" if same else "equal"


def _support(accounts: Sequence[Account], answers: Sequence[ClauseAnswer], terms: Terms) -> Support:
    """Return on whom a breach rests: on one account alone, or on parties alone that accuse others."""
    claiming = [at for at, one in enumerate(answers) if one.answer == "breach"]
    if not claiming:
        return ""
    people = terms.people
    sources = [people.find(accounts[at].source) for at in claiming]
    accusing = [
        source is not None and people.principal(source) not in answers[at].by
        for at, source in zip(claiming, sources, strict=True)
    ]
    if all(accusing):
        return "accuser alone"
    return "one account" if len(claiming) == 1 else ""


def _missing_everywhere(answers: tuple[ClauseAnswer, ...]) -> tuple[str, ...]:
    """Return what is missing on every account, where the answer is unknown on every account."""
    if any(one.answer != "unknown" for one in answers):
        return ()
    first, *others = (one.reasons.missing for one in answers)
    return tuple(name for name in first if all(name in other for other in others))


def _failed(clause: Clause, told: Told, error: Exception) -> ClauseAssessment:
    """Return that a clause could not be evaluated."""
    because = f"unknown: this clause could not be evaluated ({type(error).__name__}: {error})"
    reason = Reason(
        f"what does {clause.clause.id} make of it", "unknown", because, (), ("a clause that can be evaluated",)
    )
    possible: tuple[Literal["breach", "no breach", "not covered"], ...] = ("breach", "no breach", "not covered")
    answer = ClauseAnswer(clause.clause.id, possible, Deferred(lambda: reason), (), "failed")
    accounts = (answer,) * len(told.worlds)
    return ClauseAssessment(clause.clause.id, accounts, answer, "one account" if len(accounts) == 1 else "agreed")


# In the order of time


@dataclass(frozen=True, slots=True)
class _Counted:
    """What of an agreement counts for later findings: clauses whose breach does, and duties whose fulfilment does."""

    breach: frozenset[str]
    fulfilled: frozenset[str]


def _counted(terms: Terms) -> _Counted:
    agreement = terms.agreement
    breach = {name for clause in agreement.clauses for name in clause.released_by_breach_of}
    breach |= {name for event in agreement.events for name in event.of}
    fulfilled = {event.fulfilled for event in agreement.events if event.fulfilled is not None}
    fulfilled |= {name for clause in agreement.clauses if isinstance(clause, Duty) for name in clause.together_with}
    return _Counted(frozenset(breach), frozenset(fulfilled))


def _in_order_of_time(
    asked: _Asked, told: Sequence[Told], established: Sequence[Established]
) -> tuple[Assessment, ...]:
    """Assess each incident after those that ended before it began; those that overlap may be earlier.

    What overlaps counts with all that its own earlier findings leave open, so that no order among those decides.
    """
    terms = asked.rules.terms
    counted = _counted(terms)
    settled = {(one.subject, *one.value.rpartition(":")[::2]) for one in established if one.question == "breach"}
    calms = [(event, terms.when(event.since)) for event in terms.agreement.events if event.since is not None]
    log, order = Log(calms, terms.agreement.zone_info), count()
    ahead: list[tuple[datetime, datetime, int, Told, list[Earlier]]] = []  # assessed and not yet over, by their end
    line = sorted(told, key=lambda one: one.span)
    starts = iter(line)
    coming = next(starts, None)
    going: dict[str, tuple[Told, list[Earlier]]] = {}  # begun before the one at hand ends, as far as known
    made: dict[str, Assessment] = {}
    for one in line:
        while coming is not None and (coming is one or coming.span[0] < one.span[1]):
            going[coming.incident.id] = coming, _findings(asked, coming, counted, UNKNOWN_BEFORE, settled, open_=True)
            coming = next(starts, None)
        while ahead and ahead[0][0] <= one.span[0] and surely_before(ahead[0][3].span, one.span):
            _, _, _, over, found = heappop(ahead)
            going.pop(over.incident.id, None)
            for each in found:
                log.add(each)
        perhaps = [
            each
            for other, found in going.values()
            if other is not one and maybe_before(other.span, one.span)
            for each in found
        ]
        history = History(log, len(log.findings), tuple(perhaps))
        made[one.incident.id] = asked.assess(one, history)
        found = _findings(asked, one, counted, history, settled, open_=False)
        heappush(ahead, (one.span[1], one.span[0], next(order), one, found))
    return tuple(made[one.incident.id] for one in told)


def _findings(
    asked: _Asked,
    told: Told,
    counted: _Counted,
    history: History,
    settled: Collection[tuple[str, str, str]],
    open_: bool,
) -> list[Earlier]:
    """Return what of an incident later findings may depend on; *open_* where its own earlier findings are not known."""
    found = []
    people = asked.rules.frame.people
    for clause in asked.rules.clauses:
        name = clause.clause.id
        if name not in counted.breach and name not in counted.fulfilled:
            continue
        if not asked.raised(clause, told):
            continue
        accounts, agreed = asked.answers(clause, told, history, raised=True)
        if name in counted.breach and any("breach" in one.possible for one in (agreed, *accounts)):
            if (told.incident.id, name, "no") in settled:
                continue
            sure = agreed.answer == "breach" and _comparison(accounts, agreed) in ("agreed", "one account")
            sure = (sure and not (open_ and clause.rests_on_findings)) or (told.incident.id, name, "yes") in settled
            by = {party for given in told.united for party in clause.by(given, history)}
            against = {side for given in told.united for side in _affected(given, people)}
            sides = frozenset() if "" in by else frozenset(by)
            found.append(Earlier(told.incident.id, name, told.span, sides, frozenset(against), sure))
        if name in counted.fulfilled:
            states = {one.state for one in accounts}
            done = ("fulfilled", "fulfilled late")
            if any(one in done for one in states):
                sure = all(one in done for one in states) and agreed.state in done
                found.append(Earlier(told.incident.id, name, told.span, frozenset(), frozenset(), sure, "fulfilled"))
    return found


def _affected(given: Given, people: Parties) -> tuple[str, ...]:
    """Return the sides of which one was affected; none where that is not known."""
    mask = given["affected"]
    return () if mask is None or mask & ~people.named else people.principals(mask)
