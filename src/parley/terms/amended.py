"""An agreement in several versions: each account is asked under those that its time touches.

An answer of an account that straddles a change is what all texts give, each asked of the part of its time in which it
applies; where they differ, it is unknown, and the time decides. Several accounts are combined as under one text:
whatever of what they say is so, it is asked under the text of the time at which it then was. A clause that a version
does not have covers nothing in its time. Findings of the time of one version count as earlier ones in that of the next.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from parley.model import Disc, Established, Incident, Interval
from parley.model.past import Earlier
from parley.terms import readings
from parley.terms.answers import Clause
from parley.terms.asked import Asked, Under
from parley.terms.crux import Text
from parley.terms.given import Worlds
from parley.terms.history import Counted, History, Log
from parley.terms.language import Party
from parley.terms.schedule import Schedule, stays_with
from parley.terms.texts import AmendedClause, ByText, ClauseText, Histories, clipped, outline, touching, under
from parley.terms.timeline import Span, span_of
from parley.terms.told import Told


class Part(NamedTuple):
    """The stretches of a schedule, by number, in which the text of one of them is asked."""

    text: int
    stretches: tuple[int, ...]


Parts = tuple[Part, ...]


class Heard(Told):
    """An incident as a schedule hears it: which stretches each account touches."""

    __slots__ = ("_told", "_under", "stretches", "touched")

    def __init__(self, incident: Incident, under: "Amended") -> None:
        self.incident, self.span = incident, span_of(incident.time)
        self.touched = [under.spans(incident, account.possible().get("time")) for account in incident.accounts]
        spans = [span for each in self.touched for span in each]
        self.stretches = [at for at, one in enumerate(under.schedule.stretches) if any(map(one.touches, spans))]
        self._under = under
        self._told: dict[int, Told] = {}

    def told(self, text: int) -> Told:
        """Return the incident as the text of one number hears it, whatever its time."""
        asked = self._under.asked[text]
        assert asked is not None
        if text not in self._told:
            self._told[text] = asked.told(self.incident)
        return self._told[text]


class HeardInParts(Told):
    """An incident as one clause in several texts hears it: of each account the time in which each text applies."""

    __slots__ = ("each", "heard", "parts")

    def __init__(self, heard: Heard, parts: Parts, clause: "AmendedClause") -> None:
        self.incident, self.span, self.raised = heard.incident, heard.span, None
        self.heard, self.parts = heard, parts
        count = len(heard.incident.accounts)
        self.each: list[list[Worlds]] = []  # by part, then by account; of whoever lies outside the time is empty
        united: list[Worlds] = []
        for part, text in zip(parts, clause.each, strict=True):
            if text.clause is None:
                spans = heard.touched
                self.each.append([(outline(one, text.stretches),) for one in spans])
                united.append((outline([span for one in spans for span in one], text.stretches),))
            else:
                told, line = heard.told(part.text), text.clause.rules.frame.timeline
                self.each.append([clipped(worlds, text.stretches, line) for worlds in told.worlds])
                united.append(clipped(told.united, text.stretches, line))
        self.worlds = tuple((ByText([touching(each[at]) for each in self.each]),) for at in range(count))
        self.united = (ByText([touching(one) for one in united]),)


class Amended(Asked):
    """The clauses of an agreement in several versions."""

    def __init__(self, schedule: Schedule, established: Sequence[Established], discs: Sequence[Disc]) -> None:
        self.schedule, self.established = schedule, established
        self.asked: list[Asked | None] = [
            None if one.adopted is None else Asked(one.adopted.terms, established, discs, (one.adopted.entry,))
            for one in schedule.stretches
        ]
        self._texts = [one for one in reversed(self.asked) if one is not None]
        self._terms = [None if one is None else one.rules.terms for one in self.asked]
        self._clauses = [
            {} if one is None else {clause.clause.id: clause for clause in one.rules.clauses} for one in self.asked
        ]
        self._in_parts: dict[tuple[str, Parts], AmendedClause] = {}
        self._stays: dict[tuple[str, int], int] = {}

    @property
    def agreement(self) -> str:
        """The agreement's id."""
        return self.schedule.id

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties of all versions, each as the newest has it."""
        named: dict[str, Party] = {}
        for one in self._texts:
            for party in one.parties:
                named.setdefault(party.id, party)
        return tuple(named.values())

    @property
    def disputes(self) -> Mapping[str, readings.Dispute]:
        """What is read in several ways in any version, by name."""
        named: dict[str, readings.Dispute] = {}
        for one in self._texts:
            for name, dispute in one.disputes.items():
                named.setdefault(name, dispute)
        return named

    @property
    def stateful(self) -> bool:
        """Whether an answer may depend on earlier findings."""
        return any(one.stateful for one in self._texts)

    @property
    def counted(self) -> Counted:
        """What counts for later findings, under any version."""
        each = [one.counted for one in self._texts]
        return Counted(
            frozenset().union(*(one.breach for one in each)), frozenset().union(*(one.fulfilled for one in each))
        )

    def logs(self) -> tuple[Log, ...]:
        """Return what is to hold all final findings, a log for each stretch."""
        return tuple(log for one in self.asked for log in (self._texts[0] if one is None else one).logs())

    def after(self, logs: Sequence[Log], perhaps: tuple[Earlier, ...]) -> Histories:
        """Return what came before, as each text counts it."""
        per = tuple(History(log, len(log.findings), perhaps) for log in logs)
        return Histories(logs[0], len(logs[0].findings), perhaps, per=per)

    def told(self, incident: Incident) -> Heard:
        """Return *incident* with the stretches that its accounts touch."""
        return Heard(incident, self)

    def spans(self, incident: Incident, claimed: Sequence[object] | None) -> list[Span]:
        """Return when it was by a time *claimed*, or as people settled that; else when the incident was."""
        for one in reversed(self.established):
            if one.subject == incident.id and one.question == "time" and one.value:
                moment = self._texts[0].rules.terms.moment(datetime.fromisoformat(one.value))
                return [(moment, moment)]
        spans = [span_of(one) for one in claimed or () if isinstance(one, Interval)]
        return spans if spans and len(spans) == len(claimed or ()) else [span_of(incident.time)]

    def each(self, told: Told, history: History) -> Iterator[Under]:
        """Yield every clause of the versions that an incident touches: those of the newest first, in its order."""
        assert isinstance(told, Heard)
        names = [name for at in reversed(told.stretches) for name in self._names(at)]
        if not any(self._terms[at] is not None for at in told.stretches):
            names = list(next(clauses for clauses in self._clauses if clauses))
        for name in dict.fromkeys(names):
            parts = self._parts(name, told.stretches)
            asked = self.asked[parts[0].text]
            if len(parts) == 1 and asked is not None and name in self._clauses[parts[0].text]:
                text = parts[0].text
                yield Under(asked, self._clauses[text][name], told.told(text), under(history, text))
            else:
                clause = self._in_parts.setdefault((name, parts), self._clause(name, parts))
                yield Under(self, clause, HeardInParts(told, parts, clause), history)

    def _names(self, at: int) -> Iterator[str]:
        """Yield the clauses of one stretch, and the duties that stay with an earlier one."""
        yield from self._clauses[at]
        for earlier in range(at):
            yield from (name for name in self._clauses[earlier] if self._text(name, at) == earlier)

    def _text(self, name: str, at: int) -> int:
        if (name, at) not in self._stays:
            self._stays[name, at] = stays_with(name, at, self.schedule.stretches, self._terms)
        return self._stays[name, at]

    def _parts(self, name: str, stretches: Sequence[int]) -> Parts:
        parts: dict[int, list[int]] = {}
        for at in stretches:
            parts.setdefault(self._text(name, at), []).append(at)
        return tuple(Part(text, tuple(each)) for text, each in parts.items())

    def _clause(self, name: str, parts: Parts) -> AmendedClause:
        each = []
        for part in parts:
            adopted, terms = self.schedule.stretches[part.text].adopted, self._terms[part.text]
            clause = self._clauses[part.text].get(name)
            hidden = terms is not None and name in terms.hidden
            stretches = tuple(self.schedule.stretches[at] for at in part.stretches)
            each.append(ClauseText(clause, stretches, hidden, adopted.entry if adopted else None, terms))
        last = next(clauses[name] for clauses in reversed(self._clauses) if name in clauses)
        return AmendedClause(name, each, last, [part.text for part in parts])

    def raised(self, clause: Clause, told: Told) -> bool:
        """Say whether anybody speaks of what *clause* is about, in any of its texts."""
        assert isinstance(clause, AmendedClause) and isinstance(told, HeardInParts)
        return any(
            asked.raised(text.clause, told.heard.told(part.text))
            for part, text in zip(told.parts, clause.each, strict=True)
            if text.clause is not None and (asked := self.asked[part.text]) is not None
        )

    def applied(self, told: Told) -> tuple[tuple[int | None, ...], ...]:
        """Return for each account the versions under which it is asked."""
        assert isinstance(told, HeardInParts)
        adopted = [self.schedule.stretches[part.text].adopted for part in told.parts]
        return tuple(
            tuple(one.entry for one, worlds in zip(adopted, given.per, strict=True) if worlds and one is not None)
            for (given,) in told.worlds
            if isinstance(given, ByText)
        )

    def side(self, source: str) -> str | None:
        """Return the id of the party that answers for *source* by the newest version that knows it; None: no party."""
        return next((side for one in self._texts if (side := one.side(source)) is not None), None)

    def texts(self, clause: Clause, told: Told, history: History) -> list[Text]:
        """Return the versions of *clause* that are asked of an incident."""
        assert isinstance(clause, AmendedClause) and isinstance(told, HeardInParts)
        return [
            Text(
                text.clause,
                None if text.clause is None else text.clause.rules.frame,
                worlds,
                under(history, part.text),
                text.hidden,
            )
            for part, text, worlds in zip(told.parts, clause.each, told.each, strict=True)
        ]
