"""What every question is: it looks at few attributes and answers true, false or unknown, with its reason.

Logic is strong Kleene: unknown only where what is known leaves both open. A value that is one of several (a collective
name, a span of time, a disc) answers true or false only where all of it does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from parley.model import Attribute, OneOf, Reason, Truth, Value
from parley.terms.facts import Facts
from parley.terms.terms import Terms


class Question(Protocol):
    """A question that a clause asks; `reads` are the attributes that its answer depends on."""

    @property
    def reads(self) -> tuple[Attribute, ...]: ...

    def ask(self, facts: Facts, terms: Terms) -> Reason: ...


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's "and"."""
    seen = set(truths)
    return "false" if "false" in seen else "unknown" if "unknown" in seen else "true"


def some(truths: Iterable[Truth]) -> Truth:
    """Kleene's "or"."""
    return opposite(every(opposite(truth) for truth in truths))


def throughout(truths: Iterable[Truth]) -> Truth:
    """Return the answer that holds for all possibilities, unknown where they differ."""
    seen = set(truths)
    return seen.pop() if len(seen) == 1 else "unknown"


def opposite(truth: Truth) -> Truth:
    """Kleene's "not"."""
    return {"true": "false", "false": "true", "unknown": "unknown"}[truth]  # type: ignore[return-value]


def silent(asked: str, attribute: Attribute, what: str) -> Reason:
    """Return the answer where nothing is known of *attribute*."""
    return Reason(asked, "unknown", f"{what} is not known", (attribute,), (attribute,))


def not_these(value: Value | None, what: str) -> str:
    """Return *what* with what it is said not to have been."""
    if isinstance(value, OneOf) and value.none_of:
        return f"{what}, other than that it was not {' or '.join(value.none_of)},"
    return what


def together(asked: str, answers: Sequence[Reason], rests_on: tuple[Attribute, ...]) -> Reason:
    """Join the answers for all whom a name may mean; one answer stands for itself."""
    if len(answers) == 1:
        (only,) = answers
        return Reason(asked, only.truth, only.because, rests_on, only.missing)
    truth = throughout(reason.truth for reason in answers)
    because = "; ".join(dict.fromkeys(reason.because for reason in answers))
    if truth != "unknown":
        return Reason(asked, truth, because, rests_on, (), tuple(answers))
    missing = dict.fromkeys((rests_on[0], *(name for reason in answers for name in reason.missing)))
    return Reason(asked, truth, f"it depends on who it was: {because}", rests_on, tuple(missing), tuple(answers))


@dataclass(frozen=True)
class AnyOf:
    """Is one of several sets of questions answered true throughout, as for the grades of a zone?"""

    asked: str
    sets: tuple[tuple[Question, ...], ...]

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return tuple(dict.fromkeys(name for questions in self.sets for part in questions for name in part.reads))

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        sets = [[part.ask(facts, terms) for part in questions] for questions in self.sets]
        truths = [every(part.truth for part in parts) for parts in sets]
        truth = some(truths)
        telling = sets[truths.index("true")] if truth == "true" else [part for parts in sets for part in parts]
        parts = [part for part in telling if part.truth == truth or truth == "true"]
        because = "; ".join(dict.fromkeys(part.because for part in parts))
        missing = tuple(dict.fromkeys(name for part in parts for name in part.missing)) if truth == "unknown" else ()
        return Reason(self.asked, truth, because, self.reads, missing, tuple(part for one in sets for part in one))


@dataclass(frozen=True)
class NotAll:
    """Is one of *questions* answered false, so that what they stand for (a permission, a clause) does not apply?"""

    asked: str
    questions: tuple[Question, ...]
    applies: str

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return tuple(dict.fromkeys(name for part in self.questions for name in part.reads))

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        parts = [part.ask(facts, terms) for part in self.questions]
        truth = opposite(every(part.truth for part in parts))
        decisive = [part for part in parts if part.truth == opposite(truth)]
        because = "; ".join(part.because for part in decisive)
        missing = tuple(dict.fromkeys(name for part in decisive for name in part.missing))
        said = {"true": f"{self.applies} does not apply", "false": f"{self.applies} applies"}
        word = said.get(truth, f"whether {self.applies} applies is open")
        return Reason(self.asked, truth, f"{word}: {because}" if because else word, self.reads, missing, tuple(parts))


@dataclass(frozen=True)
class Hidden:
    """A question that rests on a clause which this reader may not see."""

    asked: str
    reads: tuple[Attribute, ...] = ()

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        return Reason(self.asked, "unknown", "that rests on a confidential clause", (), ("a confidential clause",))
