"""One clause in several texts of an agreement, each asked of what is given in the time in which it applies."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from parley.model import ClauseAnswer, Code, Deferred, DutyState, Reason
from parley.terms import readings
from parley.terms.answers import EVERY, Clause
from parley.terms.given import Given, Worlds
from parley.terms.history import MOST_NAMED, NOTHING, History
from parley.terms.moments import FUTURE, PAST
from parley.terms.reasons import ANSWERS, BREACH, BROKEN, NOT_SPOKEN_OF, ORDER, OUTSIDE, because_of, either
from parley.terms.schedule import Stretch
from parley.terms.terms import Terms
from parley.terms.timeline import Span, Timeline


class ByText(Given):
    """What may be as each of several texts has it, in the part of its time in which that applies."""

    __slots__ = ("per",)

    def __init__(self, per: Sequence[Worlds]) -> None:
        super().__init__({}, {})
        self.per = tuple(per)

    def where(self, changes: Mapping[str, Hashable]) -> "ByText":
        """Return the same with *changes* under every text."""
        return ByText([tuple(given.where(changes) for given in worlds) for worlds in self.per])


@dataclass(frozen=True, slots=True)
class Histories(History):
    """What came before as each text of a schedule counts it."""

    per: tuple[History, ...] = ()

    def at(self, settled: bool) -> "Histories":
        """Return the histories in which every open finding was a breach, or in which none was."""
        return Histories(self.log, self.known, self.perhaps, settled, per=tuple(one.at(settled) for one in self.per))

    def under(self, text: int) -> History:
        """Return what came before as the text of one number counts it."""
        return self.per[text] if self.per else self


def under(history: History, text: int) -> History:
    """Return *history* as the text of one number counts it."""
    return history.under(text) if isinstance(history, Histories) else history


def clipped(worlds: Worlds, stretches: Sequence[Stretch], line: Timeline) -> Worlds:
    """Return *worlds* in the time of *stretches* alone; who says nothing of the time stays as he is."""
    found = []
    for given in worlds:
        if given["time"] is None:
            found.append(given)
            continue
        spans = _cut(given.said["span"], stretches)
        mask = 0
        for span in spans:
            mask |= line.mask(span)
        found.append(given.where({"time": mask}).spanning(spans))
    return tuple(found)


def outline(spans: Sequence[Span], stretches: Sequence[Stretch]) -> Given:
    """Return the time alone, for a text that asks nothing else."""
    cut = _cut(spans, stretches)
    return Given({"time": 1 if cut else 0}, {"span": cut})


def _cut(spans: Sequence[Span], stretches: Sequence[Stretch]) -> tuple[Span, ...]:
    return tuple(dict.fromkeys(one.cut(span) for span in spans for one in stretches if one.touches(span)))


def touching(worlds: Worlds) -> Worlds:
    """Return *worlds* without what lies outside the time to which they were clipped."""
    return tuple(given for given in worlds if given["time"] != 0)


@dataclass(frozen=True)
class ClauseText:
    """A clause as one text of a schedule has it, and when that applies.

    Args:
        clause: None where the text has no such clause, or *hidden* where the reader may not see it.
        version: the entry of the text; None where it has none, or where no version was adopted.
    """

    clause: Clause | None
    stretches: tuple[Stretch, ...]
    hidden: bool
    version: int | None
    terms: Terms | None

    def says(self) -> str:
        """Return when the text applies, and which it is."""
        named = "no version was adopted" if self.terms is None else self._named(self.terms)
        return f"{self._when()}, {named}"

    def _named(self, terms: Terms) -> str:
        return f"the version of {terms.agreement.date}{'' if self.version is None else f' (entry {self.version})'}"

    def _when(self) -> str:
        start, end = self.stretches[0].start, self.stretches[-1].end
        until = "" if end == FUTURE else f"before {self._clock(end)}"
        since = "" if start == PAST else f"from {self._clock(start)}"
        return f"{since} until {self._clock(end)}" if since and until else since or until or "at any time"

    def _clock(self, moment: datetime) -> str:
        return self.terms.say_time(moment) if self.terms is not None else f"{moment:%Y-%m-%d %H:%M} UTC"

    def answer(self, name: str, worlds: Worlds, history: History, raised: bool) -> ClauseAnswer:
        """Return what the text answers for what is given in its time."""
        if self.clause is not None:
            return self.clause.answer(worlds, history, raised)
        why = "what this text says is confidential" if self.hidden else "this text has no such clause"
        if self.terms is None:
            why = "no version of this agreement had been adopted for that time"
        found = EVERY if self.hidden else OUTSIDE
        missing = ("a confidential clause",) if self.hidden else ()
        reason = Reason(BROKEN, "unknown" if self.hidden else "false", (why,), missing=missing)
        return ClauseAnswer(name, ANSWERS[found], reason)


class AmendedClause(Clause):
    """A clause in several texts, each asked of what is given in its time."""

    def __init__(self, name: str, each: Sequence[ClauseText], last: Clause, numbers: Sequence[int]) -> None:
        self.each, self._numbers = tuple(each), tuple(numbers)
        self.clause, self.rules, self._name = last.clause, last.rules, name
        having = [text.clause for text in reversed(each) if text.clause is not None]
        self._having = having
        named: dict[str, readings.Dispute] = {}
        for clause in having:
            for dispute in clause.disputes:
                named.setdefault(dispute.name, dispute)
        self.disputes = tuple(named.values())
        self.nested = frozenset(name for clause in having for name in clause.nested)

    @cached_property
    def rests_on_findings(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return any(clause.rests_on_findings for clause in self._having)

    def rests_on(self, given: Given, history: History) -> tuple[str, ...]:
        """Return the earlier incidents on which an answer may rest."""
        found = (name for clause, one, past in self._asked(given, history) for name in clause.rests_on(one, past))
        return tuple(dict.fromkeys(found))[:MOST_NAMED]

    def affected(self, given: Given) -> tuple[str, ...]:
        """Return the sides of which one was affected; none where that is not known under every text."""
        each = [clause.affected(one) for clause, one, _ in self._asked(given, NOTHING)]
        return tuple(dict.fromkeys(side for one in each for side in one)) if all(each) else ()

    def by(self, given: Given, history: History = NOTHING) -> tuple[str, ...]:
        """Return the ids of those whose breach it is or may be, under any of the texts."""
        found = (
            name
            for clause, one, past in self._asked(given, history)
            if clause.possible(one, past) & BREACH
            for name in clause.by(one, past)
        )
        return tuple(dict.fromkeys(found))

    def _asked(self, given: Given, history: History) -> Iterator[tuple[Clause, Given, History]]:
        assert isinstance(given, ByText)
        for number, text, worlds in zip(self._numbers, self.each, given.per, strict=True):
            for one in worlds if text.clause is not None else ():
                assert text.clause is not None
                yield text.clause, one, under(history, number)

    def answer(self, worlds: Worlds, history: History = NOTHING, raised: bool = True) -> ClauseAnswer:
        """Return the answer that all texts give which apply to any of the time; unknown where they differ."""
        (given,) = worlds
        assert isinstance(given, ByText)
        each = [
            (text, text.answer(self._name, one, under(history, number), raised))
            for number, text, one in zip(self._numbers, self.each, given.per, strict=True)
            if one
        ]
        if len(each) == 1:
            return each[0][1]
        found = 0
        for _, one in each:
            found |= _bits(one)
        by = tuple(dict.fromkeys(who for _, one in each for who in one.by)) if found == BREACH else ()
        code: Code = "" if raised or found & (found - 1) == 0 else "not raised"
        states: set[DutyState] = {one.state for _, one in each}
        state: DutyState = states.pop() if len(states) == 1 else ""
        return ClauseAnswer(self._name, ANSWERS[found], Deferred(self._why, each, found, code), by, code, state)

    def _why(self, each: Sequence[tuple[ClauseText, ClauseAnswer]], found: int, code: Code) -> Reason:
        if code == "not raised":
            return Reason(BROKEN, "unknown", (NOT_SPOKEN_OF,))
        parts = [(_bits(one), replace(one.reasons, says=f"{BROKEN} {text.says()}")) for text, one in each]
        if found & (found - 1) == 0:
            same = "the time touches a change of the text, and every version gives the same"
            return either(BROKEN, (same, *because_of(reason for _, reason in parts)), parts, "time")
        differ = (f"{text.says()}, the answer is “{one.answer}”" for text, one in each)
        return either(BROKEN, ("the time decides which text applies", *differ), parts, "time")


def _bits(answer: ClauseAnswer) -> int:
    return sum(1 << ORDER.index(one) for one in answer.possible)
