"""Why an answer is as it is: the tree of a clause in words, from the questions up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from parley.model import Answer, Reason
from parley.terms.clauses import Version
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, All, Any, Ask, Node, Question, Read, Unless, View

ORDER: tuple[Answer, ...] = ("breach", "no breach", "not covered")
BREACH, NO_BREACH, OUTSIDE = 1, 2, 4
"""The answers that remain open are bits of a number, in this order."""

ANSWERS: dict[int, tuple[Answer, ...]] = {
    mask: tuple(one for at, one in enumerate(ORDER) if mask >> at & 1) for mask in range(1, 8)
}
BROKEN = "this clause was broken"
"""What the reasons of an answer are about: true of a breach, false of none and of what is not covered."""
NOT_SPOKEN_OF = "no account speaks of what this clause is about"


@dataclass(frozen=True, slots=True)
class Teller:
    """Says why the parts of a clause are so: of what is asked, and what the questions answered."""

    questions: Sequence[Question]
    view: View
    truths: Mapping[int, int]

    def whole(self, version: Version, found: int) -> Reason:
        """Return why a clause leaves the answers *found* open; where it is not in force, that alone is told."""
        asked = version.scope.parts if len(self.truths) > 1 else version.scope.parts[:1]
        scope = [self.say(node) for node in asked]
        conduct = [self.say(node) for node in version.conduct.parts] if len(asked) == len(version.scope.parts) else []
        covered, contrary = (min((WORDS.index(one.truth) for one in part), default=TRUE) for part in (scope, conduct))
        decisive = _decisive(scope, conduct, covered, contrary)
        return Reason(
            BROKEN,
            WORDS[covered if covered != TRUE else contrary],
            because_of(decisive),
            missing=missing_of(decisive) if found & (found - 1) else (),
            parts=(*scope, *conduct),
        )

    def say(self, node: Node) -> Reason:
        """Return why *node* is so or not."""
        if isinstance(node, Ask):
            return self.questions[node.number].reason(self.view, self.truths[node.number])
        truth = node.truth(self.truths, self.view.given)
        if isinstance(node, Unless):
            return self._exception(node, truth)
        if isinstance(node, Read):
            parts = [self.say(way) for way in node.held(self.view.given)]
            if len(parts) == 1:
                return parts[0]
            because, missing = because_of(parts), missing_of(parts)
            if len({part.truth for part in parts}) > 1:
                because = ("it is read in several ways",)
                missing = tuple(dict.fromkeys(("which reading holds", *missing)))
            return Reason(parts[0].says, WORDS[truth], because, (), missing, tuple(parts), node.label)
        assert isinstance(node, All | Any)
        parts = [self.say(part) for part in node.parts]
        telling = [part for part in parts if part.truth == WORDS[truth]]
        missing = missing_of(telling) if truth == UNKNOWN else ()
        rests = tuple(dict.fromkeys(name for part in parts for name in part.rests_on))
        return Reason(node.says, WORDS[truth], because_of(telling), rests, missing, tuple(parts))

    def _exception(self, node: Unless, truth: int) -> Reason:
        inner = self.say(node.part)
        missing = inner.missing if truth == UNKNOWN else ()
        if isinstance(node.part, Ask):
            return Reason(node.says, WORDS[truth], inner.because, inner.rests_on, missing, inner.parts, node.label)
        word = {TRUE: "does not apply", FALSE: "applies"}.get(truth)
        said = f"{node.applies} {word}" if word else f"whether {node.applies} applies is open"
        return Reason(node.says, WORDS[truth], (said, *inner.because), inner.rests_on, missing, inner.parts, node.label)


def either(says: str, because: Sequence[str], each: Sequence[tuple[int, Reason]], missing: str) -> Reason:
    """Return the reason of what holds whichever of several cases does, each with the answers that it leaves open."""
    found = 0
    for one, _ in each:
        found |= one
    open_ = bool(found & (found - 1))
    reasons = tuple(reason for _, reason in each)
    left = tuple(dict.fromkeys((missing, *missing_of(reasons)))) if open_ else ()
    truth = {BREACH: TRUE, NO_BREACH: FALSE, OUTSIDE: FALSE}.get(found, UNKNOWN)
    return Reason(says, WORDS[truth], tuple(because), (), left, reasons)


def because_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return what *reasons* say, each once."""
    return tuple(dict.fromkeys(said for reason in reasons for said in reason.because))


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
