"""Asking a clause: its scope and its conduct, and the answers that remain possible."""

from collections.abc import Iterable

from parley.model import Answer, Attribute, ClauseAnswer, Reason, Truth, Value
from parley.terms.conditions import (
    Bound,
    Condition,
    InForce,
    Inside,
    IsKind,
    NotAgainstExcluded,
    NotExempt,
    every,
)
from parley.terms.facts import Facts
from parley.terms.language import Prohibition
from parley.terms.terms import Terms

_ORDER: tuple[Answer, ...] = ("breach", "no breach", "not covered")


class Questions:
    """The conditions of all clauses of an agreement, each asked once for all facts that are alike in what it reads.

    Equal reasons are one object, so that hundreds of thousands of answers share a few thousand of them.
    """

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._conditions: list[Condition] = []
        self._answered: list[dict[tuple[int, ...], Reason]] = []
        self._reasons: dict[Reason, Reason] = {}
        self._numbers: dict[tuple[Value, bool], int] = {}

    def number(self, condition: Condition) -> int:
        """Return the number of *condition*, the same for equal ones."""
        if condition not in self._conditions:
            self._conditions.append(condition)
            self._answered.append({})
        return self._conditions.index(condition)

    def ask(self, number: int, facts: Facts) -> Reason:
        """Return the answer to condition *number* for *facts*."""
        reason = facts.asked.get(number)
        if reason is None:
            reason = facts.asked[number] = self._ask(self._conditions[number], self._answered[number], facts)
        return reason

    def _ask(self, condition: Condition, answered: dict[tuple[int, ...], Reason], facts: Facts) -> Reason:
        numbers = facts.numbers or self._number_values(facts)
        key = tuple([numbers.get(attribute, -1) for attribute in condition.reads])
        reason = answered.get(key)
        if reason is None:
            reason = condition.ask(facts, self._terms)
            reason = self._reasons.setdefault(reason, reason)
            if "place" not in condition.reads:  # hardly two places are the same
                answered[key] = reason
        return reason

    def _number_values(self, facts: Facts) -> dict[Attribute, int]:
        """Give equal values one number: a key of small numbers is found much faster than one of values."""
        numbers, established = self._numbers, facts.established
        for attribute, value in facts.values.items():
            facts.numbers[attribute] = numbers.setdefault((value, established), len(numbers))
        return facts.numbers


class Clause:
    """A prohibition, taken apart into the questions of its scope and of its conduct."""

    def __init__(self, clause: Prohibition, terms: Terms, questions: Questions) -> None:
        self.clause = clause
        self._questions = questions
        agreement = terms.agreement
        scope: list[Condition] = [InForce(clause.start or agreement.start, clause.until or agreement.until)]
        zone = clause.zone or agreement.area
        if zone:
            scope.append(Inside(zone))
        scope.append(Bound(clause.binds, clause.excluded_groups))
        if clause.excluded_groups:
            scope.append(NotAgainstExcluded())
        if clause.means:
            scope.append(IsKind("means", clause.means))
        if clause.objects:
            scope.append(IsKind("object", clause.objects))
        conduct: list[Condition] = [IsKind("act", clause.acts)]
        if clause.exempt:
            conduct.append(NotExempt(clause.exempt))
        self._scope = [questions.number(condition) for condition in scope]
        self._conduct = [questions.number(condition) for condition in conduct]
        self._concluded: dict[tuple[int, ...], ClauseAnswer] = {}
        self.reads: frozenset[Attribute] = frozenset(name for part in (*scope, *conduct) for name in part.reads)

    def ask(self, facts: Facts) -> ClauseAnswer:
        """Return the clause's answer for *facts*, with the chain of reasons."""
        worlds = [self._ask(world) for world in facts.worlds()]
        if len(worlds) == 1:
            return worlds[0]
        possible = _in_order(one for world in worlds for one in world.possible)
        reasons = Reason(
            "which of the two acted",
            "unknown",
            "one of the two acted and the other was affected; each case is asked",
            ("actor", "affected"),
            () if len(possible) == 1 else ("actor", *_missing(world.reasons for world in worlds)),
            tuple(world.reasons for world in worlds),
        )
        return ClauseAnswer(self.clause.id, _answer(possible), possible, reasons)

    def _ask(self, facts: Facts) -> ClauseAnswer:
        ask = self._questions.ask
        scope = [ask(number, facts) for number in self._scope]
        conduct = [ask(number, facts) for number in self._conduct]
        # The questions keep their reasons, so that each is one object and its identity will do.
        key = tuple(map(id, scope + conduct))
        found = self._concluded.get(key)
        if found is None:
            found = self._concluded[key] = self._conclude(tuple(scope), tuple(conduct))
        return found

    def _conclude(self, scope: tuple[Reason, ...], conduct: tuple[Reason, ...]) -> ClauseAnswer:
        covered, contrary = every(part.truth for part in scope), every(part.truth for part in conduct)
        possible = _POSSIBLE[covered, contrary]
        decisive = _decisive(scope, conduct, covered, contrary)
        reasons = Reason(
            f"what does {self.clause.id} make of it",
            covered if covered != "true" else contrary,
            _SENTENCE[possible] + "; ".join(part.because for part in decisive),
            missing=_missing(decisive) if len(possible) > 1 else (),
            parts=(*scope, *conduct),
        )
        return ClauseAnswer(self.clause.id, _answer(possible), possible, reasons)


def _possible(covered: Truth, contrary: Truth) -> tuple[Answer, ...]:
    open_answers: list[Answer] = []
    if covered != "false":
        open_answers += ["breach"] if contrary != "false" else []
        open_answers += ["no breach"] if contrary != "true" else []
    return _in_order([*open_answers, *(["not covered"] if covered != "true" else [])])  # type: ignore[list-item]


def _in_order(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    given = set(answers)
    return tuple(one for one in _ORDER if one in given)


_POSSIBLE: dict[tuple[Truth, Truth], tuple[Answer, ...]] = {
    (covered, contrary): _possible(covered, contrary)
    for covered in ("true", "false", "unknown")
    for contrary in ("true", "false", "unknown")
}
_SENTENCE: dict[tuple[Answer, ...], str] = {
    ("breach",): "a breach: ",
    ("no breach",): "no breach: ",
    ("not covered",): "not covered: ",
    ("breach", "no breach"): "unknown whether a breach or none: ",
    ("breach", "not covered"): "unknown; a breach if the clause covers it: ",
    ("no breach", "not covered"): "unknown whether covered, but in no case a breach: ",
    ("breach", "no breach", "not covered"): "unknown: ",
}


def _answer(possible: tuple[Answer, ...]) -> Answer:
    return possible[0] if len(possible) == 1 else "unknown"


def _decisive(
    scope: tuple[Reason, ...], conduct: tuple[Reason, ...], covered: Truth, contrary: Truth
) -> tuple[Reason, ...]:
    """Return the steps that decide: the false ones of what is false, the unknown ones of what is open, or all."""
    if covered == "false":
        return tuple(part for part in scope if part.truth == "false")
    if covered == "unknown":
        open_scope = tuple(part for part in scope if part.truth == "unknown")
        return open_scope + tuple(part for part in conduct if part.truth != "true")
    if contrary == "true":
        return scope + conduct
    return tuple(part for part in conduct if part.truth == contrary)


def _missing(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for reason in reasons for name in reason.missing))
