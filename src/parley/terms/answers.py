"""What a clause answers for an account, for all its readings; reasons are made on demand."""

from collections.abc import Hashable
from functools import cached_property
from typing import Any

from parley.model import ClauseAnswer, Code, Deferred, DutyState, Reason
from parley.terms import language
from parley.terms.clauses import Builder, Tree, aspects
from parley.terms.completions import Asker, Completed
from parley.terms.given import OPEN, Frame, Given, Worlds
from parley.terms.history import MOST_NAMED, NOTHING, History
from parley.terms.language import Duty, Event, Prevention, Relative
from parley.terms.questions.logic import FALSE
from parley.terms.questions.when import times_of
from parley.terms.questions.who import BOUND, adhered
from parley.terms.reasons import ANSWERS, BREACH, BROKEN, NO_BREACH, NOT_SPOKEN_OF, OUTSIDE, either
from parley.terms.terms import Terms

EVERY = BREACH | NO_BREACH | OUTSIDE


class Rules:
    """An agreement taken apart: its clauses, ready to be asked."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        builder = Builder(terms)
        trees = [builder.tree(clause) for clause in terms.agreement.clauses]
        self.asker = Asker(terms, builder)
        self.frame: Frame = self.asker.frame
        self.disputes = self.asker.disputes
        self.clauses = tuple(Clause(tree, self) for tree in trees)


class Clause:
    """A clause, ready to be asked.

    `reads` are the attributes that its questions look at, `asks` those and the readings: all that answers follow from.
    `turns` remembers what cruxes found (see `crux`).
    """

    def __init__(self, tree: Tree, rules: Rules) -> None:
        self.clause: language.Clause = tree.clause
        self.rules = rules
        self.disputes = tree.disputes
        self.aspects = aspects(tree)
        self._versions = {ways: Completed(version, rules.asker) for ways, version in tree.versions}
        self.reads = frozenset(name for one in self._versions.values() for name in one.reads)
        self.points = tuple(sorted({name for one in self._versions.values() for name in one.points}))
        self.nested = frozenset(name for one in self._versions.values() for name in one.nested)
        self.asks = tuple(sorted({*self.reads, *self.nested, *(one.name for one in self.disputes), "actor"}))
        self.turns: dict[Hashable, Any] = {}
        self._conclusions: dict[Hashable, tuple[int, tuple[str, ...]]] = {}

    @property
    def versions(self) -> tuple["Completed", ...]:
        """The clause in every combination of its readings."""
        return tuple(self._versions.values())

    @cached_property
    def rests_on_findings(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return any(self.rules.asker.questions[number].anew for one in self.versions for number in one.numbers)

    def rests_on(self, given: Given, history: History) -> tuple[str, ...]:
        """Return the earlier incidents on which an answer may rest: the last `MOST_NAMED` of them, the last first."""
        found: dict[str, None] = {}
        if history.nothing:
            return ()
        terms, spans = self.rules.terms, given.said.get("span", ())
        for one, _ in history.of(self.clause.released_by_breach_of, spans):
            found[one.incident] = None
            if len(found) >= MOST_NAMED:
                break
        for event in self._events:
            if event.calm_days is not None and event.since is not None:
                calm = history.calm_of(event, terms.when(event.since), terms.agreement.zone_info)
                found |= dict.fromkeys(one.incident for one in calm.rests_on)
            elif event.fulfilled is not None:
                found |= dict.fromkeys(one.incident for one, _ in history.of((event.fulfilled,), spans, "fulfilled"))
        if isinstance(self.clause, Duty):
            found |= dict.fromkeys(one.incident for one, _ in history.of(self.clause.together_with, spans, "fulfilled"))
        return tuple(found)

    @cached_property
    def _events(self) -> tuple[Event, ...]:
        """The events that rest on earlier findings and from which the clause's times count."""
        found: dict[str, Event] = {}
        for one in self.versions:
            clause = one.clause
            whens: list[object] = [clause.start or self.rules.terms.agreement.start, clause.until]
            whens += [clause.by, clause.begin_by] if isinstance(clause, Duty) else []
            while whens:
                when = whens.pop()
                if isinstance(when, Relative):
                    event = self.rules.terms.event(when.event)
                    whens.append(event.since)
                    if event.calm_days is not None or event.fulfilled is not None:
                        found[event.id] = event
        return tuple(found.values())

    def possible(self, given: Given, history: History = NOTHING) -> int:
        """Return the answers that remain open as bits."""
        if not self.disputes:
            return self._versions[()].possible(given, history)
        found = 0
        for ways, case in self.ways(given):
            found |= self._versions[ways].possible(case, history)
            if found == EVERY:
                break
        return found

    def open_at(self, given: Given, history: History) -> set[str]:
        """Return the attributes and readings at which questions look that are open for what is given.

        What a question answers for certain it answers for certain where more is given.
        """
        found = {*self.nested, *(one.name for one in self.disputes)}
        for ways, case in self.ways(given):
            found |= self._versions[ways].open_at(case, history)
        return found

    def ways(self, given: Given) -> list[tuple[tuple[int, ...], Given]]:
        """Return every combination of readings that is left open, with what is given where it holds."""
        found: list[tuple[tuple[int, ...], Given]] = [((), given)]
        for dispute in self.disputes:
            left = given[dispute.name] or dispute.open
            found = [
                ((*ways, way), case.read_as(dispute.name, 1 << way))
                for ways, case in found
                for way in range(len(dispute.ways))
                if left >> way & 1
            ]
        return found

    def by(self, given: Given, history: History = NOTHING) -> tuple[str, ...]:
        """Return the ids of those whose breach it is or may be; "" stands for somebody whom the file does not name."""
        people = self.rules.frame.people
        if isinstance(self.clause, Prevention):
            return self._answerable(given)
        mask: int = people.anybody if given["actor"] is None else given["actor"]
        if mask & (mask - 1) == 0:
            return people.principals(mask) or ("",)
        may: dict[str, None] = {}
        for party in people.each(mask):
            bit = people.bit(party) if party is not None else mask & ~people.named
            case = given.where({"actor": bit})
            if self.possible(case, history) & BREACH:
                may[people.principal(party) if party is not None else ""] = None
        return tuple(may)

    def affected(self, given: Given) -> tuple[str, ...]:
        """Return the sides of which one was affected; none where that is not known."""
        mask, people = given["affected"], self.rules.frame.people
        return () if mask is None or mask & ~people.named else people.principals(mask)

    def _answerable(self, given: Given) -> tuple[str, ...]:
        """Return the ids of those who answer for what others do, as far as they were, or may have been, bound."""
        frame = self.rules.frame
        found: dict[str, None] = {}
        for ways, _ in self.ways(given):
            clause = self._versions[ways].clause
            assert isinstance(clause, Prevention)
            for one in frame.people.principals(frame.people.bound_with(clause.binds)):
                times = adhered(self.rules.terms.parties[one], frame)
                if times.truth(times_of(given, frame), given[BOUND + one] or OPEN) != FALSE:
                    found[one] = None
        return tuple(found)

    def answer(self, worlds: Worlds, history: History = NOTHING, raised: bool = True) -> ClauseAnswer:
        """Return the answer for an account; *raised*: some account speaks of what the clause is about."""
        found, by = self._concluded(worlds, history)
        code: Code = "" if raised or found & (found - 1) == 0 else "not raised"
        state: DutyState = ""
        if isinstance(self.clause, Duty) and len(worlds) == 1 and found & (found - 1) == 0:
            state = self._state(worlds[0], history) if found != OUTSIDE else self._discharged(worlds[0], history)
        reasons = Deferred(Clause.explain, self, worlds, history, code)
        return ClauseAnswer(self.clause.id, ANSWERS[found], reasons, by, code, state)

    def _concluded(self, worlds: Worlds, history: History) -> tuple[int, tuple[str, ...]]:
        """Return the answers that remain open, and whose a breach is; remembered for all accounts alike in that."""
        like = tuple([tuple(map(given.possible.get, self.asks)) for given in worlds])
        found = self._conclusions.get(like)
        if found is None:
            found = self._conclude(worlds, history)
            if not self.rests_on_findings or (found[0] == OUTSIDE and self._is_outside(worlds, history)):
                self._conclusions[like] = found
        return found

    def _is_outside(self, worlds: Worlds, history: History) -> bool:
        """Say whether the clause does not cover it whatever was found before."""
        return all(
            self._versions[ways].is_outside(case, history) for given in worlds for ways, case in self.ways(given)
        )

    def _conclude(self, worlds: Worlds, history: History) -> tuple[int, tuple[str, ...]]:
        found = 0
        for given in worlds:
            found |= self.possible(given, history)
        if found != BREACH:
            return found, ()
        return found, tuple(dict.fromkeys(one for given in worlds for one in self.by(given, history)))

    def _state(self, given: Given, history: History) -> DutyState:
        states = {self._versions[ways].state(case, history) for ways, case in self.ways(given)}
        return states.pop() if len(states) == 1 else ""

    def _discharged(self, given: Given, history: History) -> DutyState:
        """Return "discharged" where the duty's time had not come when it ended."""
        ends = self.rules.terms.ends(self.clause.until, self.clause.renewal, history)
        spans = given.said.get("span", ())
        return "discharged" if spans and all(span[0] >= ends.latest for span in spans) else ""

    def explain(self, worlds: Worlds, history: History, code: Code = "") -> Reason:
        """Return the chain of reasons of an answer."""
        if code == "not raised":
            return Reason(BROKEN, "unknown", (NOT_SPOKEN_OF,))
        each = [self._explain(given, history) for given in worlds]
        if len(each) == 1:
            return each[0][1]
        because = "one of the two acted and the other was affected", "it depends on which of the two acted"
        return either(BROKEN, because, each, "actor")

    def _explain(self, given: Given, history: History) -> tuple[int, Reason]:
        """Return the answers that remain open for what is given, and why."""
        told = [self._versions[ways].explain(case, history) for ways, case in self.ways(given)]
        each = list(dict.fromkeys(told))  # a dispute that changes nothing here makes no case of its own
        if len({(found, reason.because if found & (found - 1) else "") for found, reason in each}) == 1:
            return each[0]
        found = 0
        for one, _ in each:
            found |= one
        because = ("the clause is read in several ways",)
        return found, either(BROKEN, because, each, "which reading holds")
