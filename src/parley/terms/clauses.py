"""The clauses of an agreement, taken apart into the questions that each asks, and the answer put together from them."""

from collections.abc import Iterable, Iterator, Sequence

from parley.model import Answer, Attribute, ClauseAnswer, Reason, Truth, Value
from parley.terms import language
from parley.terms.facts import Facts
from parley.terms.language import Duty, Permission, Prevention, Prohibition, Standard
from parley.terms.questions.logic import AnyOf, Hidden, NotAll, Question, every
from parley.terms.questions.state import NotReleased
from parley.terms.questions.what import FactIs, IsKind, IsMeans, IsObject, NotDone, NotExempt
from parley.terms.questions.when import InForce
from parley.terms.questions.where import Inside, Outside
from parley.terms.questions.who import ActsOf, Answerable, Bound, NotAgainstExcluded
from parley.terms.terms import Terms

_ORDER: tuple[Answer, ...] = ("breach", "no breach", "not covered")


class Questions:
    """The questions of all clauses of an agreement, each asked once for all facts that are alike in what it reads.

    Equal reasons are one object, so that hundreds of thousands of answers share a few thousand of them. What depends on
    earlier findings is asked anew each time, of `terms` as they are after them.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._questions: list[Question] = []
        self._anew: set[int] = set()
        self._reads: list[tuple[Attribute, ...]] = []
        self._answered: list[dict[tuple[int, ...], Reason]] = []
        self._reasons: dict[Reason, Reason] = {}
        self._numbers: dict[tuple[Value, bool], int] = {}

    @property
    def all(self) -> tuple[Question, ...]:
        """All questions, by their numbers."""
        return tuple(self._questions)

    def number(self, question: Question) -> int:
        """Return the number of *question*, the same for equal ones."""
        if question not in self._questions:
            self._questions.append(question)
            self._reads.append(question.reads)
            self._answered.append({})
            if depends_on_history(question, self.terms):
                self._anew.add(len(self._questions) - 1)
        return self._questions.index(question)

    def ask(self, number: int, facts: Facts) -> Reason:
        """Return the answer to question *number* for *facts*."""
        if number in self._anew:
            anew = self._questions[number].ask(facts, self.terms)
            return self._reasons.setdefault(anew, anew)
        reason = facts.asked.get(number)
        if reason is None:
            reason = facts.asked[number] = self._ask(number, facts)
        return reason

    def _ask(self, number: int, facts: Facts) -> Reason:
        reads, answered = self._reads[number], self._answered[number]
        numbers = facts.numbers or self._number_values(facts)
        key = tuple([numbers.get(attribute, -1) for attribute in reads])
        reason = answered.get(key)
        if reason is None:
            reason = self._questions[number].ask(facts, self.terms)
            reason = self._reasons.setdefault(reason, reason)
            if "place" not in reads:  # hardly two places are the same
                answered[key] = reason
        return reason

    def _number_values(self, facts: Facts) -> dict[Attribute, int]:
        """Give equal values one number: a key of small numbers is found much faster than one of values."""
        numbers, established = self._numbers, facts.established
        for attribute, value in facts.values.items():
            facts.numbers[attribute] = numbers.setdefault((value, established), len(numbers))
        return facts.numbers


def depends_on_history(question: Question, terms: Terms) -> bool:
    """Say whether *question* may have another answer after other findings."""
    match question:
        case InForce():
            return any(map(terms.rests_on_calm, (question.start, question.until)))
        case NotDone():
            return any(map(terms.rests_on_calm, (question.by, question.begin_by)))
        case NotAll():
            return any(depends_on_history(part, terms) for part in question.questions)
        case AnyOf():
            return any(depends_on_history(part, terms) for parts in question.sets for part in parts)
    return isinstance(question, NotReleased)


class Clause:
    """A clause, taken apart into the questions of its scope and of its conduct.

    *Scope* true: the clause covers the act. *Conduct* true: the act is contrary to it.
    """

    def __init__(self, clause: language.Clause, terms: Terms, questions: Questions) -> None:
        self.clause = clause
        self.terms = terms
        self._questions = questions
        scope, conduct = tuple(_scope(clause, terms)), tuple(_conduct(clause, terms))
        self._scope = [questions.number(question) for question in scope]
        self._conduct = [questions.number(question) for question in conduct]
        self._concluded: dict[tuple[int, ...], ClauseAnswer] = {}
        self.reads: frozenset[Attribute] = frozenset(name for part in (*scope, *conduct) for name in part.reads)

    @property
    def parts(self) -> tuple[Sequence[int], Sequence[int]]:
        """The numbers of the questions of scope and of conduct."""
        return self._scope, self._conduct

    def ask(self, facts: Facts) -> ClauseAnswer:
        """Return the clause's answer for *facts*, with the chain of reasons."""
        worlds = [self._ask(world) for world in facts.worlds()]
        if all(world is worlds[0] for world in worlds):
            return worlds[0]
        because = "one of the two acted and the other was affected; each case is asked"
        return either("which of the two acted", because, worlds, ("actor",))

    def _ask(self, facts: Facts) -> ClauseAnswer:
        ask = self._questions.ask
        in_force = ask(self._scope[0], facts)
        if in_force.truth == "false":  # nothing else matters then
            scope, conduct = [in_force], []
        else:
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
        possible = POSSIBLE[covered, contrary]
        decisive = _decisive(scope, conduct, covered, contrary)
        reasons = Reason(
            f"what does {self.clause.id} make of it",
            covered if covered != "true" else contrary,
            _SENTENCE[possible] + "; ".join(part.because for part in decisive),
            missing=_missing(decisive) if len(possible) > 1 else (),
            parts=(*scope, *conduct),
        )
        return ClauseAnswer(self.clause.id, _answer(possible), possible, reasons)


def _scope(clause: language.Clause, terms: Terms) -> Iterator[Question]:
    """Yield what decides whether *clause* covers an act."""
    agreement = terms.agreement
    yield InForce(clause.start or agreement.start, clause.until)
    if clause.zone or agreement.area:
        yield _inside(clause.zone or agreement.area or "", terms)
    if clause.outside:
        yield Outside(clause.outside, terms.zones[clause.outside].for_party is not None)
    if clause.excluded_groups:
        for area in agreement.excludes.areas:
            yield Outside(area, terms.zones[area].for_party is not None)
    if isinstance(clause, Prevention):
        yield ActsOf(clause.acts_of)
        yield Answerable(clause.binds)
    else:
        yield Bound(clause.binds, clause.excluded_groups)
    designated = any(party.designated for party in agreement.parties)
    if clause.excluded_groups and designated and not isinstance(clause, Duty | Standard):
        yield NotAgainstExcluded()
    if clause.released_by_breach_of:
        yield NotReleased(clause.released_by_breach_of)
    yield from _about(clause, terms)
    others = {other.id: other for other in agreement.clauses}
    for name in clause.yields_to:
        asked = f"did {name}, which goes before, not cover it"
        yield NotAll(asked, tuple(_scope(others[name], terms)), name) if name in others else Hidden(asked)


def _about(clause: language.Clause, terms: Terms) -> Iterator[Question]:
    """Yield what *clause* says of means, objects and, where the act is no matter of conduct, acts."""
    if isinstance(clause, Standard):
        if clause.acts:
            yield IsKind("act", clause.acts)
        return
    if clause.means:
        yield IsMeans(clause.means)
    if isinstance(clause, Prohibition) and clause.grades:
        grades = tuple((IsMeans(grade.means), _inside(grade.zone, terms)) for grade in clause.grades)
        yield AnyOf("did the means count at that place", grades)
    if clause.objects:
        yield IsObject(clause.objects, isinstance(clause, Prohibition) and clause.registered)
    if isinstance(clause, Duty):
        yield IsKind("act", clause.does)
    if isinstance(clause, Permission):
        yield IsKind("act", clause.acts)
        yield from (FactIs(fact) for fact in clause.requires)


def _conduct(clause: language.Clause, terms: Terms) -> Iterator[Question]:
    """Yield what decides whether an act that *clause* covers is contrary to it."""
    if isinstance(clause, Standard):
        yield FactIs(clause.ruling)
    elif isinstance(clause, Duty):
        yield NotDone(clause.by, clause.begin_by, clause.quantity, clause.unit)
    elif isinstance(clause, Permission):
        yield NotAll("is such an act contrary to a clause that permits it", (), f"the permission {clause.id}")
    else:
        yield IsKind("act", clause.acts)
        if isinstance(clause, Prevention) and clause.unless:
            measures = tuple(FactIs(fact) for fact in clause.unless)
            yield NotAll(
                "was it not prevented as far as the clause asks", measures, "what the clause asks of those bound"
            )
        if isinstance(clause, Prohibition) and clause.exempt:
            yield NotExempt(clause.exempt)
        for other in (*terms.agreement.clauses, *terms.hidden.values()):
            if isinstance(other, Permission) and (not other.over or clause.id in other.over):
                asked = f"is it not permitted by {other.id}"
                if other.id in terms.hidden:
                    yield Hidden(asked)
                    continue
                yield NotAll(asked, tuple(_scope(other, terms)), f"the permission {other.id}")


def _inside(zone: str, terms: Terms) -> Inside:
    return Inside(zone, terms.zones[zone].for_party is not None)


def _possible(covered: Truth, contrary: Truth) -> tuple[Answer, ...]:
    open_answers: list[Answer] = []
    if covered != "false":
        open_answers += ["breach"] if contrary != "false" else []
        open_answers += ["no breach"] if contrary != "true" else []
    return _in_order([*open_answers, *(["not covered"] if covered != "true" else [])])  # type: ignore[list-item]


def either(asked: str, because: str, answers: Sequence[ClauseAnswer], missing: tuple[str, ...]) -> ClauseAnswer:
    """Return what holds whichever of *answers* does: one answer where all are the same, else what remains possible."""
    possible = _in_order(one for answer in answers for one in answer.possible)
    missing = (*missing, *_missing(answer.reasons for answer in answers)) if len(possible) > 1 else ()
    parts = tuple(answer.reasons for answer in answers)
    reasons = Reason(asked, "unknown", because, (), tuple(dict.fromkeys(missing)), parts)
    return ClauseAnswer(answers[0].clause, _answer(possible), possible, reasons)


def _in_order(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    given = set(answers)
    return tuple(one for one in _ORDER if one in given)


POSSIBLE: dict[tuple[Truth, Truth], tuple[Answer, ...]] = {
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
