"""When: was the clause in force, and was it suspended?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from parley.model import Reason
from parley.terms.given import OPEN, YES, Frame, Given
from parley.terms.language import Relative, Renewal, Suspension, Until, When
from parley.terms.moments import FUTURE, NEVER, PAST, Bounds
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, View, throughout
from parley.terms.terms import Terms
from parley.terms.timeline import Span


@dataclass(frozen=True)
class Stretch:
    """A stretch of time as sets of a timeline: surely within, and where its start or its end is open."""

    sure: int
    start_open: int
    end_open: int

    def truth(self, times: int, begun: int, ended: int) -> int:
        """Return whether all of *times* lies within; *begun* and *ended* settle what is open, as two bits each."""
        found = set()
        if times & self.sure:
            found.add(TRUE)
        if times & self.start_open:
            found.add(_settled(begun))
        if times & self.end_open:
            found.add(_settled(ended, opposite=True))
        if times & ~(self.sure | self.start_open | self.end_open):
            found.add(FALSE)
        return throughout(found)


def _settled(bits: int, opposite: bool = False) -> int:
    if bits == OPEN:
        return UNKNOWN
    return TRUE if (bits == YES) != opposite else FALSE


def stretch(start: Bounds, end: Bounds, frame: Frame) -> Stretch:
    """Return the times from *start* (included) to *end* (excluded) as sets of the frame's timeline."""
    line = frame.timeline
    begun, surely = line.within(start.earliest, None), line.within(start.latest, None)
    over, maybe_over = (0 if moment == FUTURE else line.within(moment, None) for moment in (end.latest, end.earliest))
    sure = surely & ~maybe_over
    start_open = begun & ~surely & ~over
    return Stretch(sure, start_open, maybe_over & ~over & surely)


def times_of(given: Given, frame: Frame) -> int:
    """Return when it may have been; any time where nothing is said."""
    found: int | None = given["time"]
    return frame.timeline.always if found is None else found


@dataclass(frozen=True)
class InForce:
    """Did it happen while the clause was in force: from its start (included) to its end (excluded)?

    A clause without an end of its own ends with the agreement; a duty that was due by then outlives it, as far as
    `outlives` has it. `anew` tells that the times rest on earlier findings, `ends` names the end.
    """

    start: When
    until: Until | None
    renewal: Renewal | None
    ends: str
    anew: bool
    outlives: int = FALSE
    says: str = "the clause was in force"
    _stretch: list[Stretch] = field(default_factory=list, compare=False, repr=False)

    @property
    def begins(self) -> str:
        """The name of what is open where the start is."""
        start = self.start
        if not isinstance(start, Relative):
            return "start:"
        return f"start:{start.event}|{start.days}|{start.hours}|{start.end_of_day}"

    @property
    def reads(self) -> tuple[str, ...]:
        return ("time", self.begins, self.ends)

    def _bounds(self, view: View, outlives: int | None = None) -> tuple[Bounds, Bounds]:
        terms = view.frame.terms
        outlived = (self.outlives if outlives is None else outlives) == TRUE
        end = NEVER if outlived else terms.ends(self.until, self.renewal, view.history)
        return terms.when(self.start, view.history), end

    def truth(self, view: View) -> int:
        given = view.given
        begun, ended = (given[name] or OPEN for name in (self.begins, self.ends))
        either = (FALSE, TRUE) if self.outlives == UNKNOWN else (self.outlives,)
        if self.anew:
            spans = given.said.get("span", ())
            return throughout(_by_spans(spans, *self._bounds(view, one), begun, ended) for one in either)
        if not self._stretch:
            self._stretch.extend(stretch(*self._bounds(view, one), view.frame) for one in either)
        return throughout(one.truth(times_of(given, view.frame), begun, ended) for one in self._stretch)

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield the moments with which times are compared, where they are the same whatever was found before."""
        if not self.anew:
            yield from edges(terms.when(self.start), terms.ends(self.until, self.renewal))

    def reason(self, view: View, truth: int) -> Reason:
        terms = view.frame.terms
        start, end = self._bounds(view)
        spans = view.given.said.get("span", ())
        if not spans:
            return Reason(self.says, WORDS[truth], ("when it happened is not known",), ("time",), ("time",))
        said = say_spans(spans, terms)
        if truth == TRUE:
            return Reason(self.says, "true", (f"{said} lies after the start, {say_bounds(start, terms)}",), ("time",))
        before_start = all(_before(span, start.earliest) for span in spans)
        if truth == FALSE and before_start:
            if start.awaited:
                because = f"{said} lies before {start.awaited} could be full, {say_bounds(start, terms)}"
            else:
                because = f"{said} lies before the start, {say_bounds(start, terms)}"
            return Reason(self.says, "false", (because,), ("time",))
        if truth == FALSE:
            return Reason(self.says, "false", (f"{said} lies after the end, {say_bounds(end, terms)}",), ("time",))
        at_start = any(span[0] < start.latest for span in spans)
        name, bounds = ("start", start) if at_start else ("end", end)
        return open_reason(self.says, said, name, bounds, spans, terms)


def _before(span: Span, moment: datetime) -> bool:
    return span[1] <= moment if span[0] < span[1] else span[0] < moment


def _by_spans(spans: Sequence[Span], start: Bounds, end: Bounds, begun: int, ended: int) -> int:
    """Return whether *spans* lie within moments that stand in no timeline, since they rest on earlier findings."""
    if not spans:
        return UNKNOWN
    found = set()
    for span in spans:
        if _before(span, start.earliest) or span[0] >= end.latest:
            found.add(FALSE)
        elif span[0] < start.latest:
            exact = _before(span, start.latest) and span[0] >= start.earliest
            found.add(_settled(begun) if exact else UNKNOWN)
        elif end != NEVER and not _before(span, end.earliest):
            found.add(_settled(ended, opposite=True) if span[0] >= end.earliest else UNKNOWN)
        else:
            found.add(TRUE)
    return throughout(found)


def edges(*bounds: Bounds) -> Iterable[datetime]:
    """Yield both ends of all *bounds*."""
    for one in bounds:
        yield from (one.earliest, one.latest)


def open_reason(says: str, said: str, what: str, bounds: Bounds, spans: Sequence[Span], terms: Terms) -> Reason:
    """Return why it is open on which side of *bounds* a time lies."""
    inside = all(bounds.earliest <= span[0] and _before(span, bounds.latest) for span in spans)
    if bounds.exact or not (inside or bounds.why):
        because = f"{said} is not exact enough: the {what}, {say_bounds(bounds, terms)}, falls into it"
        return Reason(says, "unknown", (because,), ("time",), ("time",))
    if bounds.earliest == PAST and bounds.latest == FUTURE:
        because = f"when the {what} was is not known"
    elif what == "end" and bounds.latest == FUTURE:
        because = f"{said} may lie after the end, which is disputed from {terms.say_time(bounds.earliest)}"
    else:
        because = f"{said} may lie before or after the {what}, {say_bounds(bounds, terms)}"
    missing = (bounds.missing or f"when the {what} was",)
    why = (bounds.why,) if bounds.why else ()
    return Reason(says, "unknown", (because, *why), ("time",), missing if inside else ("time", *missing))


@dataclass(frozen=True)
class Suspended:
    """Was the clause suspended at the time?"""

    clause: str
    periods: tuple[Suspension, ...]
    anew: bool
    says: str = "the clause was suspended"
    _stretch: list[list[Stretch]] = field(default_factory=list, compare=False, repr=False)

    @property
    def reads(self) -> tuple[str, ...]:
        return ("time", f"suspended:{self.clause}")

    def _bounds(self, one: Suspension, view: View) -> tuple[Bounds, Bounds]:
        when = partial(view.frame.terms.when, history=view.history)
        return when(one.start), NEVER if one.until is None else when(one.until)

    def truth(self, view: View) -> int:
        settled = _settled(view.given[f"suspended:{self.clause}"] or OPEN)
        if self.anew:
            spans = view.given.said.get("span", ())
            each = [_by_spans(spans, *self._bounds(one, view), OPEN, OPEN) for one in self.periods]
            return max(self._certainly(each, settled))
        if not self._stretch:
            self._stretch.append([stretch(*self._bounds(one, view), view.frame) for one in self.periods])
        line = view.frame.timeline
        return throughout(  # moment by moment, so that periods that meet have no seam
            max(self._certainly([one.truth(bit, OPEN, OPEN) for one in self._stretch[0]], settled))
            for bit in line.bits(times_of(view.given, view.frame))
        )

    def _certainly(self, truths: Sequence[int], settled: int) -> list[int]:
        """Return whether each period holds, where those that are disputed hold as *settled* has it."""
        return [truth if one.certain else min(truth, settled) for one, truth in zip(self.periods, truths, strict=True)]

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield when a suspension begins and ends."""
        for one in () if self.anew else self.periods:
            yield from edges(terms.when(one.start), NEVER if one.until is None else terms.when(one.until))

    def reason(self, view: View, truth: int) -> Reason:
        terms = view.frame.terms
        spans = " and ".join(
            f"from {say_bounds(start, terms)}" + ("" if end == NEVER else f" until {say_bounds(end, terms)}")
            for start, end in (self._bounds(one, view) for one in self.periods)
        )
        disputed = "" if all(one.certain for one in self.periods) else ", which is disputed"
        because = f"it was suspended {'' if truth == TRUE else 'only '}{spans}{disputed}"
        missing = ("whether it was suspended",) if truth == UNKNOWN else ()
        return Reason(self.says, WORDS[truth], (because,), ("time",), missing)


def say_spans(spans: Sequence[Span], terms: Terms) -> str:
    """Return times in the agreement's zone, as instants or as spans."""
    return " or ".join(dict.fromkeys(say_span(span, terms) for span in spans))


def say_span(when: Span, terms: Terms) -> str:
    """Return *when* in the agreement's zone, as an instant or as a span."""
    if when[0] == when[1]:
        return terms.say_time(when[0])
    zone = terms.agreement.zone_info
    start, end = (moment.astimezone(zone) for moment in when)
    if start.time() == end.time() == time.min:
        last = end.date() - timedelta(days=1)
        days = f"the day {last}" if last == start.date() else f"the days {start.date()} to {last}"
        return f"{days} {terms.agreement.timezone}"
    return f"{terms.say_local(when[0])} to {terms.say_time(when[1])}"


def say_bounds(bounds: Bounds, terms: Terms) -> str:
    """Return a moment in words, with both its bounds where they differ."""
    if bounds.exact:
        return "never" if bounds == NEVER else terms.say_time(bounds.latest)
    if bounds.earliest == PAST and bounds.latest == FUTURE:
        return f"which is not known ({bounds.why})"
    if bounds.latest == FUTURE:
        return f"not before {terms.say_time(bounds.earliest)}"
    if bounds.earliest == PAST:
        return f"not after {terms.say_time(bounds.latest)}"
    return f"between {terms.say_time(bounds.earliest)} and {terms.say_time(bounds.latest)}"
