"""The clauses of an agreement as they are asked of incidents: accounts, combinations, readings, positions, the crux."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
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
from parley.model.past import Earlier
from parley.terms import readings
from parley.terms.answers import Clause, Rules
from parley.terms.crux import Dispute, Text
from parley.terms.given import NO, Worlds
from parley.terms.history import Counted, History, Log, counted
from parley.terms.language import Party, Standard
from parley.terms.questions.who import BOUND
from parley.terms.readings import PLAIN
from parley.terms.reasons import BROKEN
from parley.terms.terms import Terms
from parley.terms.told import Fixed, Told


@lru_cache(maxsize=64)
def rules_of(terms: Terms) -> Rules:
    """Return *terms* taken apart."""
    return Rules(terms)


@dataclass(frozen=True, slots=True)
class Under:
    """A clause that is asked of an incident: what asks it, what it hears of the incident, and what came before."""

    asked: "Asked"
    clause: Clause
    told: Told
    history: History


class Asked:
    """An agreement's clauses, and what is established of them and of the incidents.

    `versions` names the version of the agreement that is asked, by its entry; None: there is only one, without a name.
    """

    def __init__(
        self,
        terms: Terms,
        established: Sequence[Established],
        discs: Sequence[Disc],
        version: tuple[int | None, ...] = (),
    ) -> None:
        self.rules, self.established = rules_of(terms.with_established(established)), established
        self.rules.frame.measure(discs)
        self.fixed: Fixed = _fixed(self.rules, established)
        self.always_raised = {one.subject for one in established if not one.value}
        self.version = version

    @property
    def agreement(self) -> str:
        """The agreement's id."""
        return self.rules.terms.agreement.id

    @property
    def parties(self) -> tuple[Party, ...]:
        """The agreement's parties."""
        return self.rules.terms.agreement.parties

    @property
    def disputes(self) -> Mapping[str, readings.Dispute]:
        """What is read in several ways, by name."""
        return self.rules.disputes

    def told(self, incident: Incident) -> Told:
        """Return *incident* as these clauses hear it."""
        return Told(incident, self.rules.frame, self.established, self.fixed)

    def each(self, told: Told, history: History) -> Iterator[Under]:
        """Yield every clause that is asked of an incident, with what it hears of it."""
        for clause in self.rules.clauses:
            yield Under(self, clause, told, history)

    def assess(self, told: Told, history: History) -> Assessment:
        """Return what the agreement makes of an incident after *history*."""
        clauses = tuple(one.asked.guarded(one.clause, one.told, one.history) for one in self.each(told, history))
        return Assessment(told.incident.id, self.agreement, clauses)

    def applied(self, told: Told) -> tuple[tuple[int | None, ...], ...]:
        """Return for each account the versions under which it is asked."""
        return (self.version,) * len(told.worlds) if self.version else ()

    def side(self, source: str) -> str | None:
        """Return the id of the party that answers for *source*; None where it is no party."""
        party = self.rules.frame.people.find(source)
        return None if party is None else self.rules.frame.people.principal(party)

    def logs(self) -> tuple[Log, ...]:
        """Return what is to hold all final findings, as far as they count here."""
        terms = self.rules.terms
        calms = [(event, terms.when(event.since)) for event in terms.agreement.events if event.since is not None]
        return (Log(calms, terms.agreement.zone_info),)

    def after(self, logs: Sequence[Log], perhaps: tuple[Earlier, ...]) -> History:
        """Return what came before, where *logs* hold it and what may have come before is *perhaps*."""
        return History(logs[0], len(logs[0].findings), perhaps)

    @property
    def stateful(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return self.rules.terms.stateful

    @property
    def counted(self) -> Counted:
        """What counts for later findings."""
        return counted(self.rules.terms.agreement)

    def guarded(self, clause: Clause, told: Told, history: History) -> ClauseAssessment:
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
                    BROKEN, "true" if answer == "breach" else "false", (f"{one.by or 'people'} established it",)
                )
                by = clause.by(told.united[0]) if said == "yes" else ()
                return ClauseAnswer(name, (answer,), reason, by)
        return None

    def _assess(self, clause: Clause, told: Told, history: History) -> ClauseAssessment:
        raised = self.raised(clause, told)
        accounts, agreed = self.answers(clause, told, history, raised)
        spoken = all(one.code != "not raised" for one in accounts)
        comparison = compared(accounts, agreed) if spoken or len(accounts) == 1 else "agreed"
        branches: tuple[Branch, ...] = ()
        rests_on: tuple[str, ...] = ()
        if clause.rests_on_findings and not history.nothing:
            rests_on = clause.rests_on(told.united[0], history)
            branches = self._branches(clause, told, history, raised) if rests_on else ()
        decided = agreed.answer != "unknown" and comparison in ("agreed", "one account")
        quiet = decided or not spoken
        readings = clause.disputes or clause.nested
        open_ = None if quiet else Deferred(self._open, clause, told, history)
        return ClauseAssessment(
            clause.clause.id,
            accounts,
            agreed,
            comparison,
            self._support(told.incident.accounts, accounts),
            self.applied(told),
            rests_on=rests_on,
            branches=branches,
            readings=Deferred(self._readings, clause, told, history, raised) if clause.disputes else (),
            positions=Deferred(self._positions, clause, told, history, raised) if readings else (),
            cruxes=() if open_ is None else Deferred(lambda: open_()[0]),
            missing=() if quiet else Deferred(_missing_everywhere, accounts),
            silent=() if open_ is None else Deferred(lambda: open_()[1]),
        )

    def _dispute(self, clause: Clause, told: Told, history: History, fixed: Fixed) -> Dispute:
        return Dispute(self.texts(clause, told, history), told.incident.accounts, fixed)

    def _open(self, clause: Clause, told: Told, history: History) -> tuple[tuple[Crux, ...], tuple[str, ...]]:
        """Return what decides the answer, and what some account leaves out on which it turns."""
        dispute = self._dispute(clause, told, history, {})
        return dispute.cruxes(), dispute.silent()

    def texts(self, clause: Clause, told: Told, history: History) -> list[Text]:
        """Return the versions of *clause* that are asked of an incident."""
        return [Text(clause, self.rules.frame, told.worlds, history)]

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
        names = {party.id: party.name for party in self.parties}
        found = []
        for dispute in clause.disputes:
            for at, reading in enumerate(dispute.ways):
                fixed = {dispute.name: 1 << at}
                accounts, agreed = self.answers(clause, told, history, raised, fixed)
                differ = compared(accounts, agreed) in ("equal", "differ")
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
        disputes = [one for one in self.disputes.values() if one in clause.disputes or one.name in clause.nested]
        holders = {party for dispute in disputes for reading in dispute.readings for party in reading.held_by}
        if not holders:
            return ()
        found = []
        for party in self.parties:
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

    def _support(self, accounts: Sequence[Account], answers: Sequence[ClauseAnswer]) -> Support:
        """Return on whom a breach rests: on one account alone, or on parties alone that accuse others."""
        claiming = [at for at, one in enumerate(answers) if one.answer == "breach"]
        if not claiming:
            return ""
        sides = [self.side(accounts[at].source) for at in claiming]
        accusing = [side is not None and side not in answers[at].by for at, side in zip(claiming, sides, strict=True)]
        if all(accusing):
            return "accuser alone"
        return "one account" if len(claiming) == 1 else ""


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


def compared(accounts: Sequence[ClauseAnswer], agreed: ClauseAnswer) -> Comparison:
    """Return how the answers of several accounts compare."""
    if len(accounts) == 1:
        return "one account"
    if any(one.answer != accounts[0].answer for one in accounts):
        return "differ"
    same = agreed.answer == accounts[0].answer and all(set(one.by) == set(agreed.by) for one in accounts)
    return "agreed" if same else "equal"


def _missing_everywhere(answers: tuple[ClauseAnswer, ...]) -> tuple[str, ...]:
    """Return what is missing on every account, where the answer is unknown on every account."""
    if any(one.answer != "unknown" for one in answers):
        return ()
    first, *others = (one.reasons.missing for one in answers)
    return tuple(name for name in first if all(name in other for other in others))


def _failed(clause: Clause, told: Told, error: Exception) -> ClauseAssessment:
    """Return that a clause could not be evaluated."""
    because = f"this clause could not be evaluated ({type(error).__name__}: {error})"
    reason = Reason(BROKEN, "unknown", (because,), (), ("a clause that can be evaluated",))
    possible: tuple[Literal["breach", "no breach", "not covered"], ...] = ("breach", "no breach", "not covered")
    answer = ClauseAnswer(clause.clause.id, possible, reason, (), "failed")
    accounts = (answer,) * len(told.worlds)
    return ClauseAssessment(clause.clause.id, accounts, answer, "one account" if len(accounts) == 1 else "agreed")
