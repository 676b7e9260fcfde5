"""What a clause answers for what is given: exactly the answers that its completions give, and the reasons on demand.

The tree of a clause is asked in strong Kleene logic, which is right wherever it is definite. Where it is not, and open
questions look at the same attribute (a period that touches both the end of a clause and the start of an adherence),
what is given is split into the cases of that attribute, and each is asked.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from parley.model import Answer, ClauseAnswer, Code, Deferred, DutyState, Reason
from parley.terms import language
from parley.terms.clauses import Builder, Tree, Version, aspects, zones_of
from parley.terms.given import OPEN, ZONE, Frame, Given, Worlds, narrowed
from parley.terms.history import MOST_NAMED, NOTHING, History
from parley.terms.language import Duty, Event, Prevention, Relative
from parley.terms.questions.duty import Contrary
from parley.terms.questions.logic import (
    FALSE,
    TRUE,
    UNKNOWN,
    WORDS,
    All,
    Any,
    Ask,
    Node,
    Read,
    Unless,
    View,
)
from parley.terms.questions.when import InForce
from parley.terms.terms import Terms
from parley.terms.timeline import Timeline

ORDER: tuple[Answer, ...] = ("breach", "no breach", "not covered")
_BREACH, _NONE, _OUTSIDE = 1, 2, 4
_EVERY = _BREACH | _NONE | _OUTSIDE
_ANSWERS: dict[int, tuple[Answer, ...]] = {
    mask: tuple(one for at, one in enumerate(ORDER) if mask >> at & 1) for mask in range(1, 8)
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
_SPLIT = {
    "time": "when it happened",
    "actor": "who acted",
    "affected": "who was affected",
    "act": "which act it was",
    "means": "with what means",
    "object": "what was hit",
    "done": "how far it was done",
    "exemption": "which exemption is claimed",
}
MOST_CASES = 4096
"""So many cases are asked of one clause and account; of more, what is left stays as open as Kleene's logic has it."""


def possible_of(covered: int, contrary: int) -> int:
    """Return the answers that remain open, as bits, where a clause covers an act and the act is contrary to it."""
    found = 0
    if covered != FALSE:
        found |= _BREACH if contrary != FALSE else 0
        found |= _NONE if contrary != TRUE else 0
    return found | (_OUTSIDE if covered != TRUE else 0)


class Rules:
    """An agreement taken apart, with the questions of all its clauses and what they answered so far."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        builder = Builder(terms)
        trees = [builder.tree(clause) for clause in terms.agreement.clauses]
        self.questions = builder.questions.all
        moments: set[datetime] = {moment for one in self.questions for moment in one.moments(terms)}
        self.frame = Frame(terms, Timeline(moments), zones_of(builder))
        self.disputes = {one.name: one for one in builder.disputes}
        self._answered: list[dict[tuple[Hashable, ...], int]] = [{} for _ in self.questions]
        self.reads = [one.reads for one in self.questions]
        self._anew = [one.anew for one in self.questions]
        self.clauses = tuple(Clause(tree, self) for tree in trees)

    def truth(self, number: int, given: Given, history: History) -> int:
        """Return whether question *number* is so."""
        if self._anew[number]:
            return self.questions[number].truth(View(given, self.frame, history))
        known = given.truths.get(number)
        if known is None:
            answered, possible = self._answered[number], given.possible.get
            at = tuple([possible(name) for name in self.reads[number]])
            known = answered.get(at)
            if known is None:
                known = answered[at] = self.questions[number].truth(View(given, self.frame, history))
            given.truths[number] = known
        return known


class Clause:
    """A clause, ready to be asked."""

    def __init__(self, tree: Tree, rules: Rules) -> None:
        self.clause: language.Clause = tree.clause
        self.rules = rules
        self.disputes = tree.disputes
        self.aspects = aspects(tree)
        self._versions = {ways: _Version(version, rules) for ways, version in tree.versions}
        self.reads = frozenset(name for one in self._versions.values() for name in one.reads)
        self.points = tuple(sorted({name for one in self._versions.values() for name in one.points}))
        self.nested = frozenset(name for one in self._versions.values() for name in one.nested)

    @property
    def versions(self) -> tuple["_Version", ...]:
        """The clause in every combination of its readings."""
        return tuple(self._versions.values())

    @cached_property
    def rests_on_findings(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return any(self.rules.questions[number].anew for one in self.versions for number in one.numbers)

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
            if found == _EVERY:
                break
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
            return people.principals(people.bound_with(self.clause.binds))
        mask: int = people.anybody if given["actor"] is None else given["actor"]
        if mask & (mask - 1) == 0:
            return people.principals(mask) or ("",)
        may: dict[str, None] = {}
        for party in people.each(mask):
            bit = people.bit(party) if party is not None else mask & ~people.named
            case = given.where({"actor": bit})
            if self.possible(case, history) & _BREACH:
                may[people.principal(party) if party is not None else ""] = None
        return tuple(may)

    def answer(self, worlds: Worlds, history: History = NOTHING, raised: bool = True) -> ClauseAnswer:
        """Return the answer for an account; *raised*: some account speaks of what the clause is about."""
        found = 0
        for given in worlds:
            found |= self.possible(given, history)
        by: tuple[str, ...] = ()
        if found == _BREACH:
            by = tuple(dict.fromkeys(one for given in worlds for one in self.by(given, history)))
        code: Code = "" if raised or found & (found - 1) == 0 else "not raised"
        state: DutyState = ""
        if isinstance(self.clause, Duty) and len(worlds) == 1 and code == "":
            state = self._state(worlds[0], history) if found != _OUTSIDE else self._discharged(worlds[0], history)
        reasons = Deferred(lambda: self.explain(worlds, history, code))
        return ClauseAnswer(self.clause.id, _ANSWERS[found], reasons, by, code, state)

    def _state(self, given: Given, history: History) -> DutyState:
        states = {self._versions[ways].state(case, history) for ways, case in self.ways(given)}
        return states.pop() if len(states) == 1 else ""

    def _discharged(self, given: Given, history: History) -> DutyState:
        """Return "discharged" where the duty's time had not come when it ended."""
        view = View(given, self.rules.frame, history)
        ends = self.rules.terms.ends(self.clause.until, self.clause.renewal, history)
        spans = given.said.get("span", ())
        return "discharged" if spans and all(span[0] >= ends.latest for span in spans) and view else ""

    def explain(self, worlds: Worlds, history: History, code: Code = "") -> Reason:
        """Return the chain of reasons of an answer."""
        if code == "not raised":
            because = "unknown: no account speaks of what this clause is about"
            return Reason(f"what does {self.clause.id} make of it", "unknown", because)
        each = [self._explain(given, history) for given in worlds]
        if len(each) == 1:
            return each[0][1]
        return self._either("which of the two acted", "one of the two acted and the other was affected", each, "actor")

    def _explain(self, given: Given, history: History) -> tuple[int, Reason]:
        """Return the answers that remain open for what is given, and why."""
        each = [self._versions[ways].explain(case, history) for ways, case in self.ways(given)]
        if len({(found, reason.because if found & (found - 1) else "") for found, reason in each}) == 1:
            return each[0]
        found = 0
        for one, _ in each:
            found |= one
        reason = self._either("which reading holds", "the clause is read in several ways", each, "which reading holds")
        return found, reason

    def _either(self, asked: str, because: str, each: Sequence[tuple[int, Reason]], missing: str) -> Reason:
        """Return the reason of what holds whichever of several cases does."""
        return either(asked, f"{because}; each case is asked", each, missing)


class _Version:
    """A clause as one combination of readings has it."""

    def __init__(self, version: Version, rules: Rules) -> None:
        self.clause, self.scope, self.conduct = version.clause, version.scope, version.conduct
        self.rules = rules
        numbers = [*version.scope.leaves(), *version.conduct.leaves()]
        self.numbers = list(dict.fromkeys(numbers))
        self._counts = {number: numbers.count(number) for number in self.numbers}
        questions = rules.questions
        (first,) = version.scope.parts[0].leaves()
        assert isinstance(questions[first], InForce)
        self._in_force = first
        self.nested = tuple(
            dict.fromkeys(name for node in (*version.scope.parts, *version.conduct.parts) for name in _reads(node))
        )
        self.reads = frozenset(name for number in numbers for name in questions[number].reads)
        self.points = tuple(name for name in self.reads if _is_point(name))
        read = [name for node in (*version.scope.parts, *version.conduct.parts) for name in _reads(node)]
        self._often_read = {name: read.count(name) for name in self.nested}
        self._concluded: dict[tuple[Hashable, ...], tuple[int, tuple[str, ...]]] = {}
        self._split: dict[tuple[Hashable, ...], int] = {}
        self._sorted = [*sorted(self.reads), *self.nested]
        self._remembers = not any(questions[number].anew for number in self.numbers)

    def possible(self, given: Given, history: History) -> int:
        """Return the answers that remain open as bits."""
        at = self._at(given, history)
        if at is None:
            return _OUTSIDE
        found, touched = self._conclude(at, given)
        if not touched or not any(self._splits(name, given) for name in touched):
            return found
        if not self._remembers:
            return self._exact(given, history, [MOST_CASES])
        all_of_it = tuple([given.possible.get(name) for name in self._sorted])
        exact = self._split.get(all_of_it)
        if exact is None:
            exact = self._split[all_of_it] = self._exact(given, history, [MOST_CASES])
        return exact

    def _at(self, given: Given, history: History) -> tuple[Hashable, ...] | None:
        """Return what all questions answer, and the readings that are left; None where the clause is not in force."""
        truth, known = self.rules.truth, given.truths
        if truth(self._in_force, given, history) == FALSE:
            return None
        if self._remembers:
            truths: list[Hashable] = [known.get(number) for number in self.numbers]
            if None in truths:
                truths = [truth(number, given, history) for number in self.numbers]
        else:
            truths = [truth(number, given, history) for number in self.numbers]
        if self.nested:
            truths += [given.possible.get(name) for name in self.nested]
        return tuple(truths)

    def _conclude(self, at: tuple[Hashable, ...], given: Given) -> tuple[int, tuple[str, ...]]:
        """Return the answers that Kleene's logic leaves open, and by which attributes what is given may be split."""
        concluded = self._concluded.get(at)
        if concluded is None:
            truths = self._truths(at)
            found = possible_of(self.scope.truth(truths, given), self.conduct.truth(truths, given))
            concluded = self._concluded[at] = found, self._touched(truths) if found & (found - 1) else ()
        return concluded

    def _truths(self, at: tuple[Hashable, ...]) -> dict[int, int]:
        return dict(zip(self.numbers, at, strict=False))  # type: ignore[arg-type]  # the readings stand behind

    def _touched(self, truths: Mapping[int, int]) -> tuple[str, ...]:
        """Return the attributes at which several open questions look, or one that is asked several times."""
        often = dict(self._often_read)
        for number, truth in truths.items():
            if truth == UNKNOWN:
                for name in self.rules.reads[number]:
                    often[name] = often.get(name, 0) + self._counts[number]
        return tuple(name for name, times in often.items() if times > 1)

    def _splits(self, name: str, given: Given) -> bool:
        """Say whether there are several cases of the attribute *name*."""
        found = given.possible.get(name)
        if isinstance(found, int):
            return found & (found - 1) != 0
        if found is None:
            return name not in ("time", "act", "means", "object", "calibre", "altitude", "exemption") and not (
                name.startswith("quantity")
            )
        return len(self._cases(name, given)) > 1

    def _exact(self, given: Given, history: History, left: list[int]) -> int:
        """Return the answers that the cases of what is given leave open."""
        at = self._at(given, history)
        if at is None:
            return _OUTSIDE
        found, touched = self._conclude(at, given)
        parts = self._parts(given, history, self._truths(at), touched, left) if touched else None
        if parts is None:
            return found
        exact = 0
        for case in parts[1]:
            exact |= self._exact(case, history, left)
            if exact == found:
                break
        return exact

    def _parts(
        self, given: Given, history: History, truths: Mapping[int, int], touched: Sequence[str], left: list[int]
    ) -> tuple[str, list[Given]] | None:
        """Return the attribute to split what is given by, and its cases; None where nothing is left to split."""
        best: tuple[str, list[Given]] | None = None
        for name in touched:
            cases = self._cases(name, given) if left[0] > 0 else []
            if len(cases) < 2:
                continue
            left[0] -= len(cases)
            grouped: dict[tuple[int, ...], list[Given]] = {}
            looking = [n for n, truth in truths.items() if truth == UNKNOWN and name in self.rules.reads[n]]
            for case in cases:
                told = tuple([self.rules.truth(number, case, history) for number in looking])
                grouped.setdefault(told, []).append(case)
            if len(grouped) > 1 and name not in self.nested:
                return name, [_merged(name, group) for group in grouped.values()]
            if best is None or len(cases) < len(best[1]):
                best = name, cases
        return best

    def _cases(self, name: str, given: Given) -> list[Given]:
        """Return what is given for each of the cases of the attribute *name*."""
        frame = self.rules.frame
        found = given[name]
        if name in self.nested:
            dispute = self.rules.disputes[name]
            mask = found or dispute.open
            return [given.read_as(name, 1 << way) for way in range(len(dispute.ways)) if mask >> way & 1]
        if name == "time":
            if found is None:
                return []
            return [given.at(bit, frame.timeline) for bit in frame.timeline.bits(found)]
        if name in ("actor", "affected"):
            people = frame.people
            mask = people.anybody if found is None else found
            bits = [1 << at for at in range(mask.bit_length()) if mask >> at & 1]
            return [given.where({name: bit}) for bit in bits]
        if name in ("act", "means", "object"):
            if found is None:
                return []
            ways = found if len(found) > 1 else narrowed(name, found[0])
            return [given.where({name: (one,)}) for one in ways]
        if name in ("calibre", "altitude") or name.startswith("quantity"):
            return [given.where({name: (one,)}) for one in found or ()]
        mask = found if found is not None else (OPEN if _is_point(name) or name.startswith(ZONE) else 0)
        if name == "done" and found is None:
            mask = 7
        if not isinstance(mask, int):
            return []
        return [given.where({name: 1 << at}) for at in range(mask.bit_length()) if mask >> at & 1]

    def state(self, given: Given, history: History) -> DutyState:
        """Return how a duty stands, where that is known."""
        for number in self.conduct.leaves():
            question = self.rules.questions[number]
            if isinstance(question, Contrary):
                return question.state(View(given, self.rules.frame, history))
        return ""

    def explain(self, given: Given, history: History) -> tuple[int, Reason]:
        """Return the answers that remain open, and why: case by case where only that says it."""
        at = self._at(given, history)
        if at is None:
            return _OUTSIDE, self._reason(given, history, _OUTSIDE, {self._in_force: FALSE})
        found, touched = self._conclude(at, given)
        exact = self.possible(given, history)
        if exact == found:
            return found, self._reason(given, history, found, self._truths(at))
        parts = self._parts(given, history, self._truths(at), touched, [MOST_CASES])
        assert parts is not None
        name, cases = parts
        each = [self.explain(case, history) for case in cases]
        asked = _SPLIT.get(name, "which of the cases it is")
        return exact, either(
            asked,
            f"it is the same whatever is so of {asked}"
            if exact & (exact - 1) == 0
            else f"it depends on {asked}; each case is asked",
            each,
            name,
        )

    def _reason(self, given: Given, history: History, found: int, truths: dict[int, int]) -> Reason:
        if len(truths) == 1 and len(self.numbers) > 1:
            scope, conduct = [self._ask(self._in_force, given, history, truths)], []
        else:
            scope = [self._say(node, given, history, truths) for node in self.scope.parts]
            conduct = [self._say(node, given, history, truths) for node in self.conduct.parts]
        covered, contrary = (min((WORDS.index(one.truth) for one in part), default=TRUE) for part in (scope, conduct))
        decisive = _decisive(scope, conduct, covered, contrary)
        answers = _ANSWERS[found]
        return Reason(
            f"what does {self.clause.id} make of it",
            WORDS[covered if covered != TRUE else contrary],
            _SENTENCE[answers] + "; ".join(dict.fromkeys(one.because for one in decisive)),
            missing=missing_of(decisive) if len(answers) > 1 else (),
            parts=(*scope, *conduct),
        )

    def _ask(self, number: int, given: Given, history: History, truths: dict[int, int]) -> Reason:
        return self.rules.questions[number].reason(View(given, self.rules.frame, history), truths[number])

    def _say(self, node: Node, given: Given, history: History, truths: dict[int, int]) -> Reason:
        """Return why *node* is so or not."""
        if isinstance(node, Ask):
            return self._ask(node.number, given, history, truths)
        truth = node.truth(truths, given)
        if isinstance(node, Unless):
            return self._exception(node, truth, given, history, truths)
        if isinstance(node, Read):
            parts = [self._say(way, given, history, truths) for way in node.held(given)]
            if len(parts) == 1:
                return parts[0]
            asked = parts[0].asked
            because = "it is read in several ways" if truth == UNKNOWN else parts[0].because
            missing = ("which reading holds",) if len({part.truth for part in parts}) > 1 else missing_of(parts)
            return Reason(
                asked, WORDS[truth], because, (), missing if truth == UNKNOWN else (), tuple(parts), node.label
            )
        assert isinstance(node, All | Any)
        parts = [self._say(part, given, history, truths) for part in node.parts]
        telling = [part for part in parts if part.truth == WORDS[truth]]
        because = "; ".join(dict.fromkeys(part.because for part in telling))
        missing = missing_of(telling) if truth == UNKNOWN else ()
        rests = tuple(dict.fromkeys(name for part in parts for name in part.rests_on))
        return Reason(node.asked, WORDS[truth], because, rests, missing, tuple(parts))

    def _exception(self, node: Unless, truth: int, given: Given, history: History, truths: dict[int, int]) -> Reason:
        inner = self._say(node.part, given, history, truths)
        missing = inner.missing if truth == UNKNOWN else ()
        if isinstance(node.part, Ask):
            return Reason(node.asked, WORDS[truth], inner.because, inner.rests_on, missing, inner.parts, node.label)
        word = {TRUE: "does not apply", FALSE: "applies"}.get(truth)
        said = f"{node.applies} {word}" if word else f"whether {node.applies} applies is open"
        because = f"{said}: {inner.because}" if inner.because else said
        return Reason(node.asked, WORDS[truth], because, inner.rests_on, missing, inner.parts, node.label)


def either(asked: str, because: str, each: Sequence[tuple[int, Reason]], missing: str) -> Reason:
    """Return the reason of what holds whichever of several cases does, each with the answers that it leaves open."""
    found = 0
    for one, _ in each:
        found |= one
    open_ = bool(found & (found - 1))
    reasons = tuple(reason for _, reason in each)
    left = tuple(dict.fromkeys((missing, *missing_of(reasons)))) if open_ else ()
    truth = {_BREACH: TRUE, _NONE: FALSE, _OUTSIDE: FALSE}.get(found, UNKNOWN)
    return Reason(asked, WORDS[truth], _SENTENCE[_ANSWERS[found]] + because, (), left, reasons)


def missing_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return what would have to be known for any of *reasons*."""
    return tuple(dict.fromkeys(name for reason in reasons for name in reason.missing))


def _decisive(scope: Sequence[Reason], conduct: Sequence[Reason], covered: int, contrary: int) -> list[Reason]:
    """Return the steps that decide: the false ones of what is false, the unknown ones of what is open, or all."""
    if covered == FALSE:
        return [part for part in scope if part.truth == "false"]
    if covered == UNKNOWN:
        return [part for part in scope if part.truth == "unknown"] + [part for part in conduct if part.truth != "true"]
    if contrary == TRUE:
        return [*scope, *conduct]
    return [part for part in conduct if part.truth == WORDS[contrary]]


def _reads(node: Node) -> list[str]:
    """Return every dispute that *node* asks for, as often as it does."""
    if isinstance(node, Read):
        return [node.dispute, *(name for way in node.ways for name in _reads(way))]
    if isinstance(node, Unless):
        return _reads(node.part)
    return [name for part in node.parts for name in _reads(part)] if isinstance(node, All | Any) else []


_POINTS = ("bound:", "start:", "end:", "due:", "suspended:", "established", "earlier")


def _is_point(name: str) -> bool:
    """Say whether the attribute *name* stands for what is open in the agreement, and in no account."""
    return name.startswith(_POINTS)


def _merged(name: str, cases: Sequence[Given]) -> Given:
    """Return what is given where any of *cases*, alike but for *name*, is."""
    if len(cases) == 1:
        return cases[0]
    values = [case[name] for case in cases]
    if isinstance(values[0], int):
        mask = 0
        for one in values:
            mask |= one
        merged = cases[0].where({name: mask})
    else:
        merged = cases[0].where({name: tuple(dict.fromkeys(one for value in values for one in value))})
    if name == "time":
        merged = Given(
            merged.possible, {**merged.said, "span": tuple(span for case in cases for span in case.said["span"])}
        )
    return merged
