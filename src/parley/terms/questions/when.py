"""When: was the clause in force, and has a deadline passed?"""

from dataclasses import dataclass
from typing import ClassVar

from parley.model import Attribute, Interval, Reason, Truth
from parley.terms.facts import Facts
from parley.terms.language import Until, When
from parley.terms.moments import FUTURE, NEVER, PAST, Bounds, before
from parley.terms.questions.logic import silent
from parley.terms.terms import Terms


@dataclass(frozen=True)
class InForce:
    """Did it happen while the clause was in force: from its start (included) to its end (excluded)?

    A clause without an end of its own ends with the agreement.
    """

    start: When
    until: Until | None
    reads: ClassVar[tuple[Attribute, ...]] = ("time",)

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "was the clause in force"
        when = facts.known("time")
        if not isinstance(when, Interval):
            return silent(asked, "time", "when it happened")
        start, end = terms.when(self.start), terms.end if self.until is None else terms.until(self.until)
        said = say_interval(when, terms)
        if before(when, start.earliest):
            return Reason(asked, "false", f"{said} lies before the start, {say_bounds(start, terms)}", ("time",))
        if when.start >= end.latest:
            return Reason(asked, "false", f"{said} lies after the end, {say_bounds(end, terms)}", ("time",))
        if when.start < start.latest:
            return _open(asked, said, "start", start, terms)
        if end is not NEVER and not before(when, end.earliest):
            return _open(asked, said, "end", end, terms)
        return Reason(asked, "true", f"{said} lies after the start, {say_bounds(start, terms)}", ("time",))


def _open(asked: str, said: str, what: str, bounds: Bounds, terms: Terms) -> Reason:
    if bounds.exact:
        because = f"{said} is not exact enough: the {what}, {terms.say_time(bounds.latest)}, falls into it"
        return Reason(asked, "unknown", because, ("time",), ("time",))
    if bounds.earliest == PAST and bounds.latest == FUTURE:
        because = f"when the {what} was is not known: {bounds.why}"
    elif what == "end" and bounds.latest == FUTURE:
        since = terms.say_time(bounds.earliest)
        because = f"{said} may lie after the end, which is disputed from {since}: {bounds.why}"
    else:
        because = f"{said} may lie before or after the {what}, {say_bounds(bounds, terms)}: {bounds.why}"
    return Reason(asked, "unknown", because, ("time",), (bounds.missing or f"when the {what} was",))


def late(when: Interval, deadline: Bounds) -> Truth:
    """Say whether *when* lies at or after *deadline*."""
    if when.start >= deadline.latest:
        return "true"
    return "false" if before(when, deadline.earliest) else "unknown"


def say_interval(when: Interval, terms: Terms) -> str:
    """Return *when* in the agreement's zone, as an instant or as a span."""
    if when.start == when.end:
        return terms.say_time(when.start)
    return f"{terms.say_local(when.start)} to {terms.say_time(when.end)}"


def say_bounds(bounds: Bounds, terms: Terms) -> str:
    """Return a moment in words, with both its bounds where they differ."""
    if bounds.exact:
        return terms.say_time(bounds.latest)
    if bounds.earliest == PAST and bounds.latest == FUTURE:
        return f"which is not known ({bounds.why})"
    if bounds.latest == FUTURE:
        return f"not before {terms.say_time(bounds.earliest)}"
    if bounds.earliest == PAST:
        return f"not after {terms.say_time(bounds.latest)}"
    return f"between {terms.say_time(bounds.earliest)} and {terms.say_time(bounds.latest)}"
