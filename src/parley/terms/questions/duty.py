"""The life of a duty: not due, due, under way, fulfilled, fulfilled late, overdue, put off, suspended, discharged.

A claim of "done" tells of the day on which it was done, "not done" and "begun" of how it stood at that time. Whoever
is still where a duty would have him leave has not left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from parley.model import DutyState, Reason, vocabulary
from parley.terms.given import OPEN, YES, Given, Known, bits, bits_of
from parley.terms.language import Duty, Quantity
from parley.terms.moments import FUTURE, NEVER, PAST, Bounds
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, View, throughout
from parley.terms.questions.what import knowns
from parley.terms.questions.when import edges, say_bounds, say_spans
from parley.terms.terms import Terms
from parley.terms.timeline import Span

_DONE = bits("done")
_NOT, _BEGUN, _DONE_ = _DONE["no"], _DONE["begun"], _DONE["yes"]
_ALL = _NOT | _BEGUN | _DONE_
_PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=28)}


def done_of(act: Known, given: Given, does: int) -> int | None:
    """Return how far a duty was done as bits of `done`; None where nothing is said of it.

    *does* are the acts that the duty asks for, as bits.
    """
    done: int | None = given["done"]
    if act.so & does:
        return _ALL if done is None else done
    if act.denied & does and not does & ~act.denied:
        return _NOT
    leave = does & bits("act")["withdrawal"]
    staying = sum(bits("act")[name] for name in ("presence", "carrying-arms", "occupation"))
    if leave and act.so & staying and not act.so & bits("act")["entry"]:
        return _NOT
    return None


@dataclass(frozen=True)
class Contrary:
    """Was a duty, as of the time, not begun or not done in full although its time had passed, or done late?"""

    duty: Duty
    anew: bool
    says: str = "the duty was overdue, or fulfilled late"
    _due: list[tuple[Bounds, Bounds | None]] = field(default_factory=list, compare=False, repr=False)

    @property
    def reads(self) -> tuple[str, ...]:
        quantities = dict.fromkeys(one.attribute for one in self.duty.all_quantities)
        return ("time", "act", "done", *quantities, f"due:{self.duty.id}", f"suspended:{self.duty.id}", "earlier")

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield when the duty is due, was due before it was put off, and when it is suspended."""
        if self.anew:
            return
        whens = [self.duty.by, *(one.until for one in self.duty.put_off)]
        whens += [self.duty.begin_by] if self.duty.begin_by is not None else []
        for one in self.duty.suspended:
            whens += [one.start] if one.until is None else [one.start, one.until]
        yield from edges(terms.deadline(self.duty), *map(terms.when, whens))

    def _deadlines(self, view: View) -> tuple[Bounds, Bounds | None]:
        if self._due:
            return self._due[0]
        terms = view.frame.terms
        begin = None if self.duty.begin_by is None else terms.when(self.duty.begin_by, view.history)
        found = terms.deadline(self.duty, view.history), begin
        if not self.anew:
            self._due.append(found)
        return found

    def _cases(self, view: View) -> Iterator[tuple[Span, Span, int]]:
        """Yield each time between moments that matter, the span it is of, and each way in which it may be done."""
        spans = view.given.said.get("span", ())
        line, times = view.frame.timeline, view.given["time"]
        does = bits_of("act", frozenset(self.duty.does))
        ways: set[int] = set()
        for act in knowns(view.given, "act"):
            done = done_of(act, view.given, does)
            ways |= {bit for bit in (_NOT, _BEGUN, _DONE_) if (_ALL if done is None else done) & bit}
            if done is None:
                ways.add(0)  # nobody says that it is about this
        for whole in spans:
            mask = line.mask(whole) if times is None else times & line.mask(whole)
            for span in [one for bit in line.bits(mask) for one in line.cut((whole,), bit)]:
                for way in sorted(ways):
                    yield span, whole, way

    def truth(self, view: View) -> int:
        if not view.given.said.get("span"):
            return UNKNOWN
        return throughout(self._one(*one, view)[0] for one in self._cases(view))

    def state(self, view: View) -> DutyState:
        """Return how the duty stands, where that is known."""
        if not view.given.said.get("span"):
            return ""
        states = {self._one(*one, view)[1] for one in self._cases(view)}
        return states.pop() if len(states) == 1 else ""

    def _one(self, span: Span, whole: Span, way: int, view: View) -> tuple[int, DutyState]:
        """Return whether the duty is broken in one case, and how it then stands."""
        if way == 0:
            return UNKNOWN, ""
        due, begin = self._deadlines(view)
        over, enough = self._passed(span, due, view), self._enough(whole, view)
        excused = self._excused(span, view)
        limit = min(self._too_much(whole, view), TRUE - excused)
        if limit == TRUE:
            return TRUE, "overdue"
        if way == _DONE_ and enough != FALSE:
            late = min(self._passed(span, due, view, done=True), TRUE - excused)
            over = min(over, TRUE - excused)
            truth = throughout((max(late, limit), max(over, limit))) if enough == UNKNOWN else max(late, limit)
            words: dict[int, DutyState] = {TRUE: "fulfilled late" if enough == TRUE else "overdue", FALSE: "fulfilled"}
            return truth, words.get(truth, "") if enough == TRUE or truth == TRUE else ""
        passed = over
        if way == _NOT and begin is not None:
            passed = max(over, self._passed(span, begin, view))
        truth = max(min(passed, TRUE - excused), limit)
        if truth == TRUE:
            return TRUE, "overdue"
        if truth == UNKNOWN:
            return UNKNOWN, ""
        if excused == TRUE and passed != FALSE:
            return FALSE, "suspended"
        if way != _NOT:
            return FALSE, "under way"
        if self._passed(span, view.frame.terms.when(self.duty.by, view.history), view) == TRUE:
            return FALSE, "put off by consent"
        return FALSE, "due" if self._begun(span, view) else "not due"

    def _begun(self, span: Span, view: View) -> bool:
        terms = view.frame.terms
        return span[0] >= terms.when(self.duty.start or terms.agreement.start, view.history).latest

    def _passed(self, span: Span, due: Bounds, view: View, done: bool = False) -> int:
        """Return whether *span* lies at or after *due*; what is *done* at the very moment is in time."""
        if span[0] == span[1] and done:
            if span[0] > due.latest:
                return TRUE
            if span[0] <= due.earliest:
                return FALSE
        elif span[0] >= due.latest:
            return TRUE
        elif span[1] <= due.earliest if span[0] < span[1] else span[0] < due.earliest:
            return FALSE
        settled = view.given[f"due:{self.duty.id}"] or OPEN
        if done and settled == OPEN and (due.earliest, due.latest) == (PAST, FUTURE):
            return FALSE  # no moment is known at all by which it would be late
        inside = span[0] >= due.earliest and span[1] <= due.latest
        if settled != OPEN and inside and not due.exact:
            return TRUE if settled == YES else FALSE
        return UNKNOWN

    def _excused(self, span: Span, view: View) -> int:
        """Return whether the duty was suspended, or waits for steps that are due at the same time."""
        terms, found = view.frame.terms, FALSE
        for one in self.duty.suspended:
            when = partial(terms.when, history=view.history)
            start, end = when(one.start), NEVER if one.until is None else when(one.until)
            inside = TRUE if span[0] >= start.latest and _before(span, end.earliest) else UNKNOWN
            if _before(span, start.earliest) or span[0] >= end.latest:
                inside = FALSE
            settled = view.given[f"suspended:{self.duty.id}"] or OPEN
            certain = TRUE if one.certain else {OPEN: UNKNOWN, YES: TRUE}.get(settled, FALSE)
            found = max(found, min(inside, certain))
        if self._waits([span], view):
            found = max(found, UNKNOWN)
        return found

    def _enough(self, span: Span, view: View) -> int:
        """Return whether every quantity was reached; true where none is asked for."""
        return min((_reached(one, span, view.given) for one in self.duty.all_quantities), default=TRUE)

    def _too_much(self, span: Span, view: View) -> int:
        """Return whether an upper limit was passed."""
        return max((_passed_limit(one, span, view.given) for one in self.duty.all_quantities), default=FALSE)

    def reason(self, view: View, truth: int) -> Reason:
        terms, given = view.frame.terms, view.given
        spans = given.said.get("span", ())
        if not spans:
            return Reason(self.says, WORDS[truth], ("when it happened is not known",), ("time",), ("time",))
        due, begin = self._deadlines(view)
        ways = dict.fromkeys(way for _, _, way in self._cases(view))
        words = {_DONE[name]: term.text for name, term in vocabulary("done").items()}
        told = " or ".join(words.get(way, "not spoken of") for way in ways)
        if ways.keys() >= {_NOT, _BEGUN, _DONE_} and given["done"] is None:
            told = "done to an extent that is not known"
        if self._must_wait(due, view):
            deadline = f"it is not due before {due.awaited}, and {due.why or 'that is open'}"
        elif (due.earliest, due.latest) == (PAST, FUTURE):
            deadline = f"when it was due is not known{f' ({due.why})' if due.why else ''}"
        else:
            deadline = f"it was due by {say_bounds(due, terms)}{f' ({due.why})' if due.why else ''}"
        if begin is not None and _NOT in ways:
            deadline += f", to be begun by {say_bounds(begin, terms)}"
        amounts = "".join(f", of {_say(one)}" for one in self.duty.all_quantities) if _DONE_ in ways else ""
        state = self.state(view)
        late = ""
        if state in ("fulfilled late", "overdue") and due.exact:
            late = f": {_how_late(spans[0][0] - due.latest)}" if spans[0][0] > due.latest else ""
        named = (f"the duty was {state}{late}",) if state and state != "fulfilled" else ()
        waits = ("it waits for the steps that are due together with it",) if self._waits(spans, view) else ()
        because = *waits, *named, f"as of {say_spans(spans, terms)} it was {told}{amounts}", deadline
        missing = self._missing(view, ways.keys(), due) if truth == UNKNOWN else ()
        return Reason(self.says, WORDS[truth], because, ("time", "done", "quantity"), missing)

    def _waits(self, spans: Iterable[Span], view: View) -> bool:
        """Whether it is not settled that the duties were fulfilled which are due together with this one."""
        found = [one for one, _ in view.history.of(self.duty.together_with, list(spans), "fulfilled")]
        return not {one.clause for one in found if one.sure} >= set(self.duty.together_with)

    def _must_wait(self, due: Bounds, view: View) -> bool:
        return bool(due.awaited) and due.earliest == FUTURE

    def _missing(self, view: View, ways: Iterable[int], due: Bounds) -> tuple[str, ...]:
        names: dict[str, None] = {}
        if len(list(ways)) > 1 or 0 in ways:
            names["done" if 0 not in ways else "act"] = None
        for span, whole, way in self._cases(view):
            if way == 0 or self._one(span, whole, way, view)[0] != UNKNOWN:
                continue
            passed = self._passed(span, due, view, done=way == _DONE_)
            if passed == UNKNOWN:
                names[due.missing or "time"] = None
            if way == _DONE_ and self._enough(whole, view) == UNKNOWN:
                for one in self.duty.all_quantities:
                    if view.given[one.attribute] is None:
                        names[one.attribute] = None
                names.setdefault("quantity")
            if way != _DONE_ and passed == TRUE:
                names[
                    "whether the other steps were taken" if self.duty.together_with else "whether it was suspended"
                ] = None
        return tuple(names) or ("done",)


def _before(span: Span, moment: datetime) -> bool:
    return span[1] <= moment if span[0] < span[1] else span[0] < moment


def _reached(one: Quantity, span: Span, given: Given) -> int:
    if one.at_least is None:
        return TRUE
    ranges = given[one.attribute]
    if ranges is None:
        return UNKNOWN
    return throughout(_least(low, high, one, span) for low, high in ranges)


def _least(low: float, high: float, one: Quantity, span: Span) -> int:
    assert one.at_least is not None
    wanted, whole = one.at_least, 1
    if one.per is not None:
        whole = int((span[1] - span[0]) / _PERIODS[one.per])  # whole periods that the claim tells of
    if whole <= 1 and low >= wanted:
        return TRUE
    if whole >= 1 and high < wanted * whole:
        return FALSE
    return UNKNOWN


def _passed_limit(one: Quantity, span: Span, given: Given) -> int:
    ranges = given[one.attribute]
    if one.at_most is None or ranges is None:
        return FALSE if one.at_most is None else UNKNOWN
    longest = 1 if one.per is None else max(1, -(-(span[1] - span[0]) // _PERIODS[one.per]))
    return throughout(
        TRUE if low > one.at_most * longest else FALSE if high <= one.at_most else UNKNOWN for low, high in ranges
    )


def _say(one: Quantity) -> str:
    per = f" each {one.per}" if one.per else ""
    bounds = [f"{one.at_least:g} or more"] if one.at_least is not None else []
    bounds += [f"{one.at_most:g} at most"] if one.at_most is not None else []
    if one.at_least is not None and one.at_most is None and not per:
        return f"{one.at_least:g} {one.unit}".rstrip()
    return f"{' and '.join(bounds)} {one.unit}".rstrip() + per


def _how_late(by: timedelta) -> str:
    for count, unit in ((by.days, "day"), (by.seconds // 3600, "hour"), (by.seconds // 60, "minute")):
        if count:
            return f"{count} {unit}{'' if count == 1 else 's'} late"
    return "less than a minute late"
