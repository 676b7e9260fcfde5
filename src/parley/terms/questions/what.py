"""What: the act, the means with their calibre and height, the object, single facts, exemptions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from parley.model import FACT, OneOf, Reason, aspects, aspects_of, means_of, narrower, vocabulary
from parley.terms.given import (
    ANYTHING,
    NO,
    OPEN,
    YES,
    Given,
    Known,
    bits,
    bits_of,
    exactly,
    exemption_bits,
    terms_in,
)
from parley.terms.language import Exemption, MeansOf
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, Timeless, View, throughout

Range = tuple[float, float]


def knowns(given: Given, attribute: str) -> tuple[Known, ...]:
    """Return the alternatives of acts, means or objects; anything where nothing is said."""
    found: tuple[Known, ...] | None = given[attribute]
    return ANYTHING if found is None else found


def of_kind(one: Known, kinds: int) -> int:
    """Return whether *one* is of one of *kinds*, bits of the vocabulary."""
    if one.so & kinds:
        return TRUE
    return FALSE if not kinds & ~one.not_so else UNKNOWN


def say_kinds(family: str, given: Given, attribute: str) -> str:
    """Return what is said of acts, means or objects in words."""
    words = vocabulary(family)
    said = []
    for one in knowns(given, attribute):
        exact = " and ".join(words[name].text for name in exactly(family, one.so))
        if exact:
            said.append(exact)
        elif one.denied:
            said.append("not " + " or ".join(words[name].text for name in _widest(family, one.denied)))
    return " or ".join(dict.fromkeys(said))


def _counts(said: str, wanted: str) -> str:
    """Return that what is *said* is what is *wanted*, without saying the same word twice."""
    return f"the report says {said}" if said == wanted else f"{said} counts as {wanted}"


def _widest(family: str, mask: int) -> list[str]:
    found = terms_in(family, mask)
    return [name for name in found if not vocabulary(family)[name].wider & set(found)]


@dataclass(frozen=True)
class IsAct(Timeless):
    """Was the act of one of *kinds*? What was not withdrawn is still there: such a claim speaks of presence, too.

    An exception asks for the very act that a clause is about: `of_exception` tells that an act of another aspect, of
    which nobody speaks, does not make it apply.
    """

    kinds: tuple[str, ...]
    of_exception: bool = False

    @cached_property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        return f"this is {self.wanted}"

    @cached_property
    def wanted(self) -> str:
        """The kinds in words."""
        return " or ".join(vocabulary("act")[kind].named for kind in self.kinds)

    @cached_property
    def aspects(self) -> frozenset[str]:
        """The aspects of the kinds."""
        return frozenset(vocabulary("act")[kind].aspect for kind in self.kinds)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        return ("act", "done") if "presence" in self.aspects else ("act",)

    def truth(self, view: View) -> int:
        kinds = bits_of("act", frozenset(self.kinds))
        done = view.given["done"] if "presence" in self.aspects else None
        return throughout(self._of_kind(left_behind(one, done), kinds) for one in knowns(view.given, "act"))

    def _of_kind(self, one: Known, kinds: int) -> int:
        found = of_kind(one, kinds)
        apart = self.of_exception and found == UNKNOWN and one.so and not may_be(one) & kinds
        return FALSE if apart else found

    def _by_what_was_left(self, given: Given, truth: int) -> bool:
        """Say whether *truth* follows only from how far a withdrawal was done."""
        kinds = bits_of("act", frozenset(self.kinds))
        return "presence" in self.aspects and any(of_kind(one, kinds) != truth for one in knowns(given, "act"))

    def reason(self, view: View, truth: int) -> Reason:
        given = view.given
        said = say_kinds("act", given, "act")
        if not said:
            return Reason(self.says, WORDS[truth], ("the act is not known",), ("act",), ("act",))
        if truth != UNKNOWN and self._by_what_was_left(given, truth):
            because = "what was not withdrawn is still there" if truth == TRUE else "what was withdrawn is not there"
            return Reason(self.says, WORDS[truth], (because,), ("act", "done"))
        if truth == TRUE:
            return Reason(self.says, "true", (_counts(said, self.wanted),), ("act",))
        if truth == FALSE:
            denied = all(not one.so and one.denied for one in knowns(given, "act"))
            spoken = frozenset(aspect for one in knowns(given, "act") for aspect in spoken_of(one))
            if denied:
                because = f"it is said to have been {said}"
            elif spoken & self.aspects:
                because = f"{said} does not count as {self.wanted}"
            else:
                about = " or ".join(aspects()[name].text for name in aspects() if name in self.aspects)
                because = f"this clause is about {about}; the report is about {said}"
            return Reason(self.says, "false", (because,), ("act",))
        spoken = frozenset(aspect for one in knowns(given, "act") for aspect in spoken_of(one))
        if spoken & self.aspects:
            because = f"{said} is too wide to tell whether it is {self.wanted}"
        else:
            because = f"the act, other than that it was {said}, is not known"
        return Reason(self.says, "unknown", (because,), ("act",), ("act",))


def may_be(act: Known) -> int:
    """Return the kinds that an act, as far as it is told, is or may be; acts of other aspects beside it are not."""
    wide = exactly("act", act.so)
    found = act.so | bits_of("act", frozenset(name for one in wide for name in narrower("act", one)))
    spoken = spoken_of(act)
    beside = (bit for name, bit in bits("act").items() if vocabulary("act")[name].aspect in spoken)
    return (found | sum(beside)) & ~act.not_so


def spoken_of(act: Known) -> frozenset[str]:
    """Return the aspects of which an act speaks."""
    return frozenset(aspect for name in terms_in("act", act.so) for aspect in aspects_of(name))


def left_behind(act: Known, done: int | None) -> Known:
    """Return *act*, with what follows for presence from how far a withdrawal was done."""
    withdrawal, presence = bits("act")["withdrawal"], bits("act")["presence"]
    here = sum(bit for name, bit in bits("act").items() if vocabulary("act")[name].aspect == "presence")
    if act.so & here or act.not_so & presence:
        return act
    if act.denied & withdrawal or (act.so & withdrawal and done == bits("done")["no"]):
        return Known(act.so | presence, act.not_so, act.denied)
    if act.so & withdrawal and done == bits("done")["yes"]:
        return Known(act.so, act.not_so | here, act.denied)
    return act


@dataclass(frozen=True)
class IsObject(Timeless):
    """Was what was hit or entered of one of *kinds*? A registered object answers by its name.

    `registered` tells that only registered objects count.
    """

    kinds: tuple[str, ...]
    registered: bool = False
    reads: tuple[str, ...] = ("object",)

    @cached_property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        return f"the object was {'registered and ' if self.registered else ''}{self.wanted}"

    @cached_property
    def wanted(self) -> str:
        """The kinds in words."""
        return " or ".join(vocabulary("object")[kind].text for kind in self.kinds)

    def truth(self, view: View) -> int:
        kinds = bits_of("object", frozenset(self.kinds))
        return throughout(min(of_kind(one, kinds), self._registered(one)) for one in knowns(view.given, "object"))

    def _registered(self, one: Known) -> int:
        if not self.registered:
            return TRUE
        return UNKNOWN if one.registered is None else TRUE if one.registered else FALSE

    def reason(self, view: View, truth: int) -> Reason:
        given = view.given
        sites = [name for value in given.said.get("site", ()) if isinstance(value, OneOf) for name in value.any_of]
        registered = [site for name in sites if (site := view.frame.terms.site(name)) is not None]
        parts = [
            f"{site.name} is registered as {vocabulary('object')[site.is_].text}" for site in dict.fromkeys(registered)
        ]
        if self.registered:
            parts += [
                f"{name} is not registered" for name in dict.fromkeys(sites) if view.frame.terms.site(name) is None
            ]
        said = say_kinds("object", given, "object")
        if not parts and self.registered and truth == UNKNOWN:
            return Reason(self.says, "unknown", ("which object it was is not known",), ("site",), ("site",))
        if not parts and not said:
            return Reason(self.says, WORDS[truth], ("the object is not known",), ("object",), ("object",))
        if not parts:
            word = {
                TRUE: _counts(said, self.wanted),
                FALSE: f"{said} does not count as {self.wanted}",
                UNKNOWN: f"{said} is too wide to tell whether it is {self.wanted}",
            }[truth]
            parts = [word if not said.startswith("not ") else f"it is said to have been {said}"]
        missing = ("object",) if truth == UNKNOWN else ()
        return Reason(self.says, WORDS[truth], tuple(parts), ("object", "site"), missing)


@dataclass(frozen=True)
class IsMeans(Timeless):
    """Were the means of one of *kinds*, by their kind, their calibre (also that of a named system) and their height?

    An act may have means of its own: an attack from the air has aircraft, one on the ground has none.
    """

    kinds: tuple[MeansOf, ...]

    @cached_property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        return f"the means were {self.wanted}"

    @cached_property
    def wanted(self) -> str:
        """The kinds in words."""
        return " or ".join(map(str, self.kinds))

    @cached_property
    def reads(self) -> tuple[str, ...]:
        calibre = any(one.calibre_from_mm is not None or one.calibre_below_mm is not None for one in self.kinds)
        height = any(one.altitude_from_m is not None or one.altitude_below_m is not None for one in self.kinds)
        return ("means", "act", *(("calibre",) if calibre else ()), *(("altitude",) if height else ()))

    def truth(self, view: View) -> int:
        return throughout(self._each(view.given, knowns(view.given, "act")))

    def _each(self, given: Given, acts: Iterable[Known]) -> set[int]:
        """Return what each combination of *acts* and of what is said of the means answers."""
        heights: Sequence[Range | None] = given["altitude"] or (None,)
        found = set()
        for act in acts:
            for one in knowns(given, "means"):
                means = with_means_of(act, one)
                known = _calibre_of(means)  # of a named system, whatever else is claimed of it
                calibres: Sequence[Range | None] = (known,) if known else given["calibre"] or (None,)
                for calibre in calibres:
                    for height in heights:
                        found.add(max(_is_spec(means, spec, calibre, height) for spec in self.kinds))
        return found

    def reason(self, view: View, truth: int) -> Reason:
        given = view.given
        said = say_kinds("means", given, "means")
        calibre = given["calibre"] if "calibre" in self.reads else None
        of = f" of {' or '.join(map(_say_range, calibre))} mm" if calibre else ""
        if truth != UNKNOWN and self._each(given, (_NO_ACT,)) != {truth}:
            act = say_kinds("act", given, "act")
            because = f"{act} is done {'with' if truth == TRUE else 'without'} {self.wanted}"
            return Reason(self.says, WORDS[truth], (because,), ("act",))
        if truth == UNKNOWN:
            missing = tuple(name for name in self.reads if name == "means" or (name != "act" and given[name] is None))
            wide = f"{said}{of} is too wide to tell whether it is {self.wanted}"
            because = wide if said else "the means are not known"
            return Reason(self.says, "unknown", (because,), self.reads, missing)
        if f"{said}{of}" == self.wanted:
            because = _counts(said, self.wanted)
        elif len(self.kinds) > 1:
            because = f"{said}{of} is {'one' if truth == TRUE else 'none'} of the weapons that this clause names"
        else:
            because = f"{said}{of} {'counts' if truth == TRUE else 'does not count'} as {self.wanted}"
        return Reason(self.says, WORDS[truth], (because,), self.reads)


_NO_ACT = Known(0, 0, 0)
"""An act of which nothing is said, and which has no means of its own."""


def with_means_of(act: Known, means: Known) -> Known:
    """Return *means* with those that *act* always has and without those that it never has, whatever is claimed."""
    has = without = 0
    for name in terms_in("act", act.so):
        always, never = (bits_of("means", names) for names in means_of(name))
        has, without = has | always, without | never
    so = means.so & ~without | has
    return Known(so, (means.not_so | without) & ~so, means.denied)


def _calibre_of(means: Known) -> Range | None:
    for name in exactly("means", means.so):
        known = vocabulary("means")[name].calibre_mm
        if known is not None:
            return known, known
    return None


def _is_spec(means: Known, spec: MeansOf, calibre: Range | None, height: Range | None) -> int:
    kind = TRUE if spec.kind is None else of_kind(means, bits("means")[spec.kind])
    measures = (
        (calibre, spec.calibre_from_mm, spec.calibre_below_mm),
        (height, spec.altitude_from_m, spec.altitude_below_m),
    )
    return min(kind, *(_within(*measure) for measure in measures))


def _within(measure: Range | None, least: float | None, below: float | None) -> int:
    """Return whether all of *measure* lies from *least* (included) to *below* (excluded)."""
    if least is None and below is None:
        return TRUE
    if measure is None:
        return UNKNOWN
    low, high = measure
    if high < (least or 0) or (below is not None and low >= below):
        return FALSE
    return TRUE if low >= (least or 0) and (below is None or high < below) else UNKNOWN


def _say_range(measure: Range) -> str:
    low, high = measure
    if high == float("inf"):
        return f"at least {low:g}"
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


@dataclass(frozen=True)
class FactIs(Timeless):
    """Is a single fact so, in the words that the agreement's file asks for it?"""

    fact: str
    asks: str

    @property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        return self._answered("yes")

    def _answered(self, what: str) -> str:
        return f"the answer to “{self.asks}” is {what}"

    @property
    def reads(self) -> tuple[str, ...]:
        return (FACT + self.fact,)

    def truth(self, view: View) -> int:
        return {YES: TRUE, NO: FALSE}.get(view.given[FACT + self.fact], UNKNOWN)

    def reason(self, view: View, truth: int) -> Reason:
        if truth == UNKNOWN:
            because = self._answered("not known")
            return Reason(self.says, "unknown", (because,), self.reads, self.reads)
        return Reason(self.says, WORDS[truth], (self._answered("yes" if truth == TRUE else "no"),), self.reads)


@dataclass(frozen=True)
class Exempt(Timeless):
    """Does an exemption hold? A ground that is claimed and not established leaves it open.

    A ground with preconditions holds where each of them is so, and fails where one is not. What people established
    holds, whoever claimed it.
    """

    exempt: tuple[Exemption, ...]
    questions: tuple[tuple[str, str], ...]
    says: str = "an exemption holds"

    @cached_property
    def reads(self) -> tuple[str, ...]:
        facts = dict.fromkeys(fact for one in self.exempt for fact in one.requires)
        return ("exemption", "established", *(FACT + fact for fact in facts))

    def _ground(self, ground: str) -> Exemption | None:
        return next((one for one in self.exempt if one.ground == ground), None)

    def _grounds(self, given: Given) -> Iterable[str]:
        mask = given["exemption"]
        for name, bit in exemption_bits().items():
            if mask is None or mask & bit:
                yield name

    def truth(self, view: View) -> int:
        return throughout(self._one(ground, view.given) for ground in self._grounds(view.given))

    def _one(self, ground: str, given: Given) -> int:
        found = self._ground(ground)
        settled = given["established"] or OPEN
        if found is None or settled == NO:
            return FALSE
        if settled == YES:
            return TRUE
        if found.requires:
            return min({YES: TRUE, NO: FALSE}.get(given[FACT + fact], UNKNOWN) for fact in found.requires)
        return UNKNOWN

    def reason(self, view: View, truth: int) -> Reason:
        given = view.given
        if given["exemption"] is None:
            because = "whether an exemption holds is not known"
            return Reason(self.says, WORDS[truth], (because,), ("exemption",), ("exemption",))
        parts = [self._say(ground, view) for ground in self._grounds(given)]
        if len(parts) == 1:
            return parts[0]
        why = tuple(dict.fromkeys(said for part in parts for said in part.because))
        missing = tuple(dict.fromkeys(name for part in parts for name in part.missing)) or ("exemption",)
        return Reason(self.says, WORDS[truth], why, self.reads, missing if truth == UNKNOWN else (), tuple(parts))

    def _say(self, ground: str, view: View) -> Reason:
        given = view.given
        found, truth = self._ground(ground), self._one(ground, given)
        if ground == "none":
            return Reason(self.says, "false", ("no exemption is claimed",), ("exemption",))
        text = vocabulary("exemption")[ground].text
        if found is None:
            return Reason(self.says, "false", (f"{text} is no exemption of this clause",), ("exemption",))
        if given["established"] in (YES, NO):
            word = "is established" if truth == TRUE else "is settled not to hold"
            return Reason(self.says, WORDS[truth], (f"{text} {word} ({found.says})",), ("exemption",))
        if found.requires:
            asks = dict(self.questions)
            facts = [FactIs(fact, asks[fact]) for fact in found.requires]
            steps = [fact.reason(view, fact.truth(view)) for fact in facts]
            decisive = [step for step in steps if step.truth == WORDS[truth]]
            why = f"{text} is claimed ({found.says})", *(said for step in decisive for said in step.because)
            missing = tuple(name for step in decisive for name in step.missing)
            return Reason(self.says, WORDS[truth], why, self.reads, missing, tuple(steps))
        open_ = f"{text} is claimed and not established ({found.says})"
        return Reason(self.says, "unknown", (open_,), ("exemption",), (f"whether {text} holds",))
