"""What: the act, the means with their calibre and height, the object, how far a duty was done, single facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Literal

from parley.model import FACT, Amount, Attribute, Interval, OneOf, Reason, Truth, Value, is_a, vocabulary
from parley.terms.facts import NONE_CLAIMED, Facts
from parley.terms.language import Exemption, MeansOf, When
from parley.terms.questions.logic import every, opposite, silent, some, throughout
from parley.terms.questions.when import late, say_bounds
from parley.terms.terms import Terms


@dataclass(frozen=True)
class IsKind:
    """Was the act of one of the kinds that the clause names?"""

    attribute: Literal["act", "object"]
    kinds: tuple[str, ...]

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return (self.attribute,)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        words = vocabulary(self.attribute)
        wanted = " or ".join(words[kind].text for kind in self.kinds)
        asked = f"was the {self.attribute} {wanted}"
        value = facts.known(self.attribute)
        if not isinstance(value, OneOf):
            return silent(asked, self.attribute, f"the {self.attribute}")
        if not value.any_of:
            ruled_out = all(
                any(is_a(self.attribute, kind, no) == "true" for no in value.none_of) for kind in self.kinds
            )
            said = " or ".join(words[no].text for no in value.none_of)
            if ruled_out:
                return Reason(asked, "false", f"it is said not to have been {said}", (self.attribute,))
            return silent(asked, self.attribute, f"the {self.attribute}, other than that it was not {said},")
        truth = throughout(_one_of(self.attribute, said, self.kinds) for said in value.any_of)
        said = " or ".join(words[name].text for name in value.any_of)
        if truth == "unknown":
            because = f"{said} is too wide to tell"
            return Reason(asked, truth, because, (self.attribute,), (self.attribute,))
        return Reason(asked, truth, f"{said} is {'' if truth == 'true' else 'not '}{wanted}", (self.attribute,))


@dataclass(frozen=True)
class IsMeans:
    """Were the means of one of *kinds*, by their kind, their calibre (also that of a named system) and their height?"""

    kinds: tuple[MeansOf, ...]

    @property
    def reads(self) -> tuple[Attribute, ...]:
        calibre = any(one.calibre_from_mm is not None or one.calibre_below_mm is not None for one in self.kinds)
        height = any(one.altitude_from_m is not None or one.altitude_below_m is not None for one in self.kinds)
        return ("means", *(("calibre",) if calibre else ()), *(("altitude",) if height else ()))

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        wanted = " or ".join(map(str, self.kinds))
        asked = f"were the means {wanted}"
        value = facts.known("means")
        names = value.any_of if isinstance(value, OneOf) and value.any_of else (None,)
        ruled_out = value.none_of if isinstance(value, OneOf) else ()
        truth = throughout(some(_is_spec(name, spec, ruled_out, facts) for spec in self.kinds) for name in names)
        said = " or ".join(vocabulary("means")[name].text for name in names if name) or "the means"
        calibre = facts.known("calibre") if "calibre" in self.reads else None
        of = f" of {_say_amount(calibre)} mm" if isinstance(calibre, Amount) else ""
        if truth == "unknown":
            missing = tuple(name for name in self.reads if name == "means" or facts.known(name) is None)
            because = f"{said}{of} is too wide to tell" if value is not None else "the means are not known"
            return Reason(asked, truth, because, self.reads, missing)
        return Reason(asked, truth, f"{said}{of} is {'' if truth == 'true' else 'not '}{wanted}", self.reads)


@dataclass(frozen=True)
class IsObject:
    """Was what was hit or entered of one of *kinds*? A registered object answers by its name.

    `registered` tells that only registered objects count.
    """

    kinds: tuple[str, ...]
    registered: bool = False
    reads: ClassVar[tuple[Attribute, ...]] = ("object", "site")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        by_kind = IsKind("object", self.kinds)
        asked = f"was the object {'registered and ' if self.registered else ''}of a kind that the clause names"
        named = facts.known("site")
        if not isinstance(named, OneOf) or not named.any_of:
            if not self.registered:
                return by_kind.ask(facts, terms)
            kind = by_kind.ask(facts, terms)
            if kind.truth == "false":
                return kind
            return Reason(asked, "unknown", "which object it was is not known", ("site",), ("site",))
        answers = [self._one(asked, name, facts, terms) for name in named.any_of]
        if len(answers) == 1:
            return answers[0]
        truth = throughout(one.truth for one in answers)
        because = "; ".join(dict.fromkeys(one.because for one in answers))
        return Reason(asked, truth, because, self.reads, ("site",) if truth == "unknown" else (), tuple(answers))

    def _one(self, asked: str, name: str, facts: Facts, terms: Terms) -> Reason:
        site = terms.site(name)
        if site is not None:
            truth = _one_of("object", site.is_, self.kinds)
            because = f"{site.name} is registered as {vocabulary('object')[site.is_].text}"
            return Reason(asked, truth, because, ("site",), ("object",) if truth == "unknown" else ())
        if self.registered:
            return Reason(asked, "false", f"{name} is not registered", ("site",))
        return IsKind("object", self.kinds).ask(facts, terms)


@dataclass(frozen=True)
class FactIs:
    """Is a single fact so, in the words that the agreement's file asks for it?"""

    fact: str

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return (FACT + self.fact,)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = terms.facts[self.fact].asks
        said = facts.known(FACT + self.fact)
        if not isinstance(said, OneOf) or set(said.any_of) not in ({"yes"}, {"no"}):
            return silent(asked, FACT + self.fact, f"the answer to “{asked}”")
        truth: Truth = "true" if said.any_of == ("yes",) else "false"
        return Reason(asked, truth, f"“{asked}”: {said.any_of[0]}", self.reads)


@dataclass(frozen=True)
class NotExempt:
    """Is there no exemption? A ground that is claimed and not established leaves it open.

    A ground with preconditions holds where each of them is so, and fails where one is not.
    """

    exempt: tuple[Exemption, ...]

    @property
    def reads(self) -> tuple[Attribute, ...]:
        return ("exemption", *(FACT + fact for fact in dict.fromkeys(f for one in self.exempt for f in one.requires)))

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was there no exemption"
        value = facts.known("exemption")
        if not isinstance(value, OneOf) or not value.any_of:
            return silent(asked, "exemption", "whether an exemption holds")
        if value == NONE_CLAIMED:
            return Reason(asked, "true", "no exemption is claimed", ("exemption",))
        answers = [self._one(asked, ground, facts, terms) for ground in value.any_of]
        if len(answers) == 1:
            return answers[0]
        truth = throughout(one.truth for one in answers)
        because = "; ".join(dict.fromkeys(one.because for one in answers))
        missing = tuple(dict.fromkeys(name for one in answers for name in one.missing)) or ("exemption",)
        return Reason(asked, truth, because, self.reads, missing if truth == "unknown" else (), tuple(answers))

    def _one(self, asked: str, ground: str, facts: Facts, terms: Terms) -> Reason:
        text = vocabulary("exemption")[ground].text if ground in vocabulary("exemption") else ground
        found = next((one for one in self.exempt if one.ground == ground), None)
        if ground == "none" or found is None:
            said = "no exemption is claimed" if ground == "none" else f"{text} is no exemption of this clause"
            return Reason(asked, "true", said, ("exemption",))
        if found.requires:
            parts = [FactIs(fact).ask(facts, terms) for fact in found.requires]
            holds = every(part.truth for part in parts)
            decisive = [part for part in parts if part.truth == holds]
            because = f"{text} ({found.says}): {'; '.join(part.because for part in decisive)}"
            missing = tuple(name for part in decisive for name in part.missing)
            return Reason(asked, opposite(holds), because, self.reads, missing, tuple(parts))
        if facts.established:
            return Reason(asked, "false", f"{text} is established ({found.says})", ("exemption",))
        because = f"{text} is claimed and not established ({found.says})"
        return Reason(asked, "unknown", because, ("exemption",), (f"whether {text} holds",))


@dataclass(frozen=True)
class NotDone:
    """Was a duty, as of the time, not begun or not done in full although its time had passed?"""

    by: When
    begin_by: When | None
    quantity: float | None
    unit: str
    reads: ClassVar[tuple[Attribute, ...]] = ("time", "done", "quantity")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was the duty overdue"
        when, done = facts.known("time"), facts.known("done")
        if not isinstance(when, Interval):
            return silent(asked, "time", "when it happened")
        said = done.any_of if isinstance(done, OneOf) and done.any_of else ("no", "begun", "yes")
        deadline = terms.when(self.by)
        over = late(when, deadline)
        unbegun = late(when, terms.when(self.begin_by)) if self.begin_by is not None else over
        enough = self._enough(facts.known("quantity"))
        truths: list[Truth] = []
        for one in said:
            if one == "no":
                truths.append(some([over, unbegun]))
            elif one == "begun":
                truths.append(over)
            else:
                truths.append(every([over, opposite(enough)]))
        truth = throughout(truths)
        state = " or ".join(vocabulary("done")[one].text for one in said)
        due = f"it was due by {say_bounds(deadline, terms)}"
        if self.begin_by is not None and "no" in said:
            due += f", to be begun by {say_bounds(terms.when(self.begin_by), terms)}"
        short = f", of {self.quantity:g} {self.unit}".rstrip() if self.quantity is not None and "yes" in said else ""
        missing = self._missing(said, over, enough, deadline.missing) if truth == "unknown" else ()
        return Reason(asked, truth, f"{state}{short}; {due}", self.reads, missing)

    def _enough(self, counted: Value | None) -> Truth:
        """Say whether the quantity was reached; true where none is asked for."""
        if self.quantity is None:
            return "true"
        if not isinstance(counted, Amount):
            return "unknown"
        if counted.low >= self.quantity:
            return "true"
        return "false" if counted.high is not None and counted.high < self.quantity else "unknown"

    @staticmethod
    def _missing(said: tuple[str, ...], over: Truth, enough: Truth, event: str) -> tuple[str, ...]:
        names: list[str] = ["done"] if len(said) > 1 else []
        if over == "unknown":
            names.append(event or "time")
        if enough == "unknown":
            names.append("quantity")
        return tuple(names) or ("done",)


def _is_spec(name: str | None, spec: MeansOf, ruled_out: Iterable[str], facts: Facts) -> Truth:
    kind: Truth = "true"
    if spec.kind is not None:
        if name is not None:
            kind = is_a("means", name, spec.kind)
        else:
            kind = "false" if any(is_a("means", spec.kind, no) == "true" for no in ruled_out) else "unknown"
    calibre = facts.known("calibre")
    if not isinstance(calibre, Amount) and name is not None and (known := vocabulary("means")[name].calibre_mm):
        calibre = Amount(low=known, high=known)
    return every(
        [
            kind,
            _within(calibre, spec.calibre_from_mm, spec.calibre_below_mm),
            _within(facts.known("altitude"), spec.altitude_from_m, spec.altitude_below_m),
        ]
    )


def _within(measure: Value | None, least: float | None, below: float | None) -> Truth:
    """Say whether all of *measure* lies from *least* (included) to *below* (excluded)."""
    if least is None and below is None:
        return "true"
    if not isinstance(measure, Amount):
        return "unknown"
    high = float("inf") if measure.high is None else measure.high
    if high < (least or 0) or (below is not None and measure.low >= below):
        return "false"
    return "true" if measure.low >= (least or 0) and (below is None or high < below) else "unknown"


def _say_amount(amount: Amount) -> str:
    if amount.high is None:
        return f"at least {amount.low:g}"
    return f"{amount.low:g}" if amount.low == amount.high else f"{amount.low:g} to {amount.high:g}"


def _one_of(attribute: str, said: str, kinds: Iterable[str]) -> Truth:
    answers = {is_a(attribute, said, kind) for kind in kinds}
    return "true" if "true" in answers else "unknown" if "unknown" in answers else "false"
