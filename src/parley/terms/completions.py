"""What is given, completed: exactly the answers that its completions leave open under one version of a clause.

The tree of a clause is asked in strong Kleene logic, which is right wherever it is definite. Where it is not, and open
questions look at the same attribute (a period that touches both the end of a clause and the start of an adherence),
what is given is split into the cases of that attribute, and each is asked.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime

from parley.model import DutyState, Reason
from parley.terms.clauses import Builder, Version, zones_of
from parley.terms.given import OPEN, Frame, Given, narrowed
from parley.terms.history import History
from parley.terms.questions.duty import Contrary
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, All, Any, Node, Read, Unless, View
from parley.terms.questions.when import InForce
from parley.terms.reasons import BREACH, BROKEN, NO_BREACH, OUTSIDE, Teller, either
from parley.terms.terms import Terms
from parley.terms.timeline import Timeline

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
        found |= BREACH if contrary != FALSE else 0
        found |= NO_BREACH if contrary != TRUE else 0
    return found | (OUTSIDE if covered != TRUE else 0)


class Asker:
    """The questions of all clauses of an agreement, measured against it, and what they answered so far."""

    def __init__(self, terms: Terms, builder: Builder) -> None:
        self.questions = builder.questions.all
        moments: set[datetime] = {moment for one in self.questions for moment in one.moments(terms)}
        self.frame = Frame(terms, Timeline(moments), zones_of(builder))
        self.disputes = {one.name: one for one in builder.disputes}
        self._answered: list[dict[tuple[Hashable, ...], int]] = [{} for _ in self.questions]
        self.reads = [one.reads for one in self.questions]
        self._anew = [one.anew for one in self.questions]

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


class Completed:
    """A clause as one combination of readings has it, asked of what is given."""

    def __init__(self, version: Version, asker: Asker) -> None:
        self.version, self.clause = version, version.clause
        self.asker = asker
        numbers = [*version.scope.leaves(), *version.conduct.leaves()]
        self.numbers = list(dict.fromkeys(numbers))
        self._counts = {number: numbers.count(number) for number in self.numbers}
        questions = asker.questions
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
        self._covering = [(number, questions[number].anew) for number in dict.fromkeys(version.scope.leaves())]
        self._remembers = not any(questions[number].anew for number in self.numbers)

    def possible(self, given: Given, history: History) -> int:
        """Return the answers that remain open as bits."""
        if not self._remembers and self.is_outside(given, history):
            return OUTSIDE
        at = self._at(given, history)
        if at is None:
            return OUTSIDE
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

    def is_outside(self, given: Given, history: History) -> bool:
        """Say whether the clause does not cover it whatever was found before, which is dear to ask."""
        truth = self.asker.truth
        truths = {number: UNKNOWN if anew else truth(number, given, history) for number, anew in self._covering}
        return self.version.scope.truth(truths, given) == FALSE

    def open_at(self, given: Given, history: History) -> set[str]:
        """Return the attributes at which questions look that are open for what is given."""
        truth, reads = self.asker.truth, self.asker.reads
        unknown = (number for number in self.numbers if truth(number, given, history) == UNKNOWN)
        return {name for number in unknown for name in reads[number]}

    def _at(self, given: Given, history: History) -> tuple[Hashable, ...] | None:
        """Return what all questions answer, and the readings that are left; None where the clause is not in force."""
        truth, known = self.asker.truth, given.truths
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
            found = possible_of(self.version.scope.truth(truths, given), self.version.conduct.truth(truths, given))
            concluded = self._concluded[at] = found, self._touched(truths) if found & (found - 1) else ()
        return concluded

    def _truths(self, at: tuple[Hashable, ...]) -> dict[int, int]:
        return dict(zip(self.numbers, at, strict=False))  # type: ignore[arg-type]  # the readings stand behind

    def _touched(self, truths: Mapping[int, int]) -> tuple[str, ...]:
        """Return the attributes at which several open questions look, or one that is asked several times."""
        often = dict(self._often_read)
        for number, truth in truths.items():
            if truth == UNKNOWN:
                for name in self.asker.reads[number]:
                    often[name] = often.get(name, 0) + self._counts[number]
        return tuple(name for name, times in often.items() if times > 1)

    def _splits(self, name: str, given: Given) -> bool:
        """Say whether there are several cases of the attribute *name*."""
        found = given.possible.get(name)
        if isinstance(found, int):
            return found & (found - 1) != 0
        if found is None:
            return name not in ("time", "place", "act", "means", "object", "calibre", "altitude", "exemption") and not (
                name.startswith("quantity")
            )
        return len(self._cases(name, given)) > 1

    def _exact(self, given: Given, history: History, left: list[int]) -> int:
        """Return the answers that the cases of what is given leave open."""
        at = self._at(given, history)
        if at is None:
            return OUTSIDE
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
            looking = [n for n, truth in truths.items() if truth == UNKNOWN and name in self.asker.reads[n]]
            for case in cases:
                told = tuple([self.asker.truth(number, case, history) for number in looking])
                grouped.setdefault(told, []).append(case)
            if len(grouped) > 1 and name not in self.nested:
                return name, [_merged(name, group) for group in grouped.values()]
            if best is None or len(cases) < len(best[1]):
                best = name, cases
        return best

    def _cases(self, name: str, given: Given) -> list[Given]:
        """Return what is given for each of the cases of the attribute *name*."""
        frame = self.asker.frame
        found = given[name]
        if name in self.nested:
            dispute = self.asker.disputes[name]
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
        if name in ("calibre", "altitude", "place") or name.startswith("quantity"):
            return [given.where({name: (one,)}) for one in found or ()]
        mask = found if found is not None else (OPEN if _is_point(name) else 0)
        if name == "done" and found is None:
            mask = 7
        if not isinstance(mask, int):
            return []
        return [given.where({name: 1 << at}) for at in range(mask.bit_length()) if mask >> at & 1]

    def state(self, given: Given, history: History) -> DutyState:
        """Return how a duty stands, where that is known."""
        for number in self.version.conduct.leaves():
            question = self.asker.questions[number]
            if isinstance(question, Contrary):
                return question.state(View(given, self.asker.frame, history))
        return ""

    def explain(self, given: Given, history: History) -> tuple[int, Reason]:
        """Return the answers that remain open, and why: case by case where only that says it."""
        at = self._at(given, history)
        if at is None:
            return OUTSIDE, self._teller(given, history, {self._in_force: FALSE}).whole(self.version, OUTSIDE)
        found, touched = self._conclude(at, given)
        exact = self.possible(given, history)
        if exact == found:
            return found, self._teller(given, history, self._truths(at)).whole(self.version, found)
        parts = self._parts(given, history, self._truths(at), touched, [MOST_CASES])
        assert parts is not None
        name, cases = parts
        each = [self.explain(case, history) for case in cases]
        split = _SPLIT.get(name, "which of the cases it is")
        because = f"it depends on {split}"
        if exact & (exact - 1) == 0:
            because = f"it is the same whatever is so of {split}"
        return exact, either(BROKEN, (because,), each, name)

    def _teller(self, given: Given, history: History, truths: Mapping[int, int]) -> Teller:
        return Teller(self.asker.questions, View(given, self.asker.frame, history), truths)


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
