"""The crux: the smallest sets of questions that decide a clause.

A question is what the accounts dispute (who acted, which act, where), or what is open in the agreement itself (was a
party bound, which reading holds, had it ended, was the exemption established, what was found before). Its ways are what
is claimed: of accounts that mean the same one way, a denial as one of its own, whoever is silent as one of those who
speak; a claim within which another's lies is no way. Let D be all questions on which the answer depends, with all else
as it is claimed. S ⊆ D is a crux where each way to settle S gives one answer, whichever way the rest of D is settled,
at least two ways give different ones, and no proper subset of S does so. An answer is one of the four, and of a breach
also whose it is.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from math import prod
from typing import Any

from parley.model import ATTRIBUTES, FACT, QUANTITY, Account, Answer, Crux, OneOf, Settlement, Value, one
from parley.terms.answers import Clause
from parley.terms.given import NO, OPEN, YES, Given, Known, Spot, Worlds, exemption_bits
from parley.terms.history import History
from parley.terms.language import Duty, Prevention, Prohibition
from parley.terms.questions.who import BOUND
from parley.terms.readings import PLAIN
from parley.terms.reasons import ORDER
from parley.terms.timeline import Span

_EVIDENCE: dict[str, str] = {
    "time": "a log that both sides accept (of fire, flights or calls), with its time zone",
    "place": "the place on one map, measured on the ground or from imagery, with its error",
    "act": "an inspection of the place, by both sides or by monitors",
    "means": "fragments, craters or recordings, examined by somebody whom both accept",
    "calibre": "fragments or the crater, measured",
    "altitude": "the track of the flight on a radar or transponder record",
    "actor": "records of units, firing positions or flights at that time",
    "affected": "lists of the dead and wounded, or whoever runs the place",
    "object": "an inspection of what was hit or entered, and the register of notified places",
    "quantity": "a joint count",
    "done": "an inspection of what was to be done, on the day it was due",
    "exemption": "the order, the notice and the record of what was answered; then a finding",
    "bound": "the instrument in which it accepted, and to whom",
    "start": "whoever was to name that moment",
    "end": "what the parties agreed on the end, in writing",
    "due": "what the parties agreed on the deadline, in writing",
    "suspended": "what the parties agreed on the suspension, in writing",
    "reading": "whoever says what the text means",
    "earlier": "the findings on those incidents",
}
_ASKS: dict[str, str] = {
    "time": "when it happened",
    "place": "where it happened",
    "act": "which act it was",
    "means": "with what means",
    "calibre": "which calibre",
    "altitude": "at what height",
    "actor": "who acted",
    "affected": "who was affected",
    "object": "what was hit or entered",
    "quantity": "how many",
    "done": "how far it was done",
    "exemption": "was the exemption established",
}

MOST_WAYS = 4096
"""Questions that together have more ways to be settled are not asked: nobody reads them."""


@dataclass(frozen=True)
class Way:
    """One way to settle a question: what is then given, what was claimed, and how the open findings are then taken."""

    changes: Mapping[str, Hashable]
    value: Value
    findings: bool | None = None
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True)
class Asked:
    """A question with its ways."""

    name: str
    ways: tuple[Way, ...]


Outcome = tuple[Answer, tuple[str, ...]]
"""An answer, and of a breach whose it is."""


class Dispute:
    """What the accounts of an incident, and the agreement itself, leave open under one clause."""

    def __init__(
        self,
        clause: Clause,
        accounts: Sequence[Account],
        worlds: Sequence[Worlds],
        history: History,
        fixed: Mapping[str, Hashable],
    ) -> None:
        frame = clause.rules.frame
        self.clause, self.history, self._accounts = clause, history, accounts
        self._each = [frame.united(one).where(fixed) for one in worlds]
        self._united = frame.united(self._each) if len(self._each) > 1 else self._each[0]
        self.left_out: list[tuple[str, Way, Sequence[int]]] = []
        disputed: list[Asked] = []
        settled: dict[str, Hashable] = {}
        spans: tuple[Span, ...] | None = None
        for name in self._attributes():
            ways, lacking = self._ways(name)
            if len(ways) > 1:
                disputed.append(Asked(name, ways))
            elif ways:
                settled |= ways[0].changes
                spans = ways[0].spans or spans
                if lacking:
                    self.left_out.append((name, ways[0], lacking))
        self.base = self._united.where(settled).spanning(spans)
        self.questions = [*disputed, *self._open(fixed)]

    def _attributes(self) -> Iterator[str]:
        """Yield every attribute of accounts that the clause reads."""
        reads = self.clause.reads
        yield from (name for name in ATTRIBUTES if name in reads and name != "exemption")
        yield from (name for name in sorted(reads) if name.startswith((FACT, QUANTITY)))
        if "exemption" in reads and not self._to_establish():
            yield "exemption"

    def _ways(self, name: str) -> tuple[tuple[Way, ...], list[int]]:
        """Return what the accounts claim, each meaning once and none that is vaguer; and who leaves that open."""
        claims: list[tuple[Hashable, list[int]]] = []
        for number, given in enumerate(self._each):
            claim = self._claim(name, given)
            for other, numbers in claims:
                if claim == other or (_within(claim, other) and _within(other, claim)):
                    numbers.append(number)
                    break
            else:
                claims.append((claim, [number]))
        kept = [
            (claim, numbers)
            for claim, numbers in claims
            if claim is not None
            and (
                self._denies(name, numbers)
                or not any(other is not None and other != claim and _within(other, claim) for other, _ in claims)
            )
        ]
        kept_numbers = {number for _, numbers in kept for number in numbers}
        lacking = [number for number in range(len(self._each)) if number not in kept_numbers]
        return tuple(self._way(name, numbers) for _, numbers in kept), lacking

    def _claim(self, name: str, given: Given) -> Hashable:
        """Return what is claimed of an attribute; of a time also when exactly, where that decides what came before."""
        found: Hashable = given[name]
        if name == "time" and found is not None and (self.clause.rests_on_findings or self._is_duty):
            return found, given.said["span"]
        return found

    @property
    def _is_duty(self) -> bool:
        return isinstance(self.clause.clause, Duty)

    def _way(self, name: str, numbers: Sequence[int]) -> Way:
        given = self._each[numbers[0]]
        return Way(
            {name: given[name]}, self._value(name, numbers), None, given.said["span"] if name == "time" else None
        )

    def _denies(self, name: str, numbers: Sequence[int]) -> bool:
        """Say whether the accounts *numbers* only say what it was not."""
        said = [value for number in numbers for value in self._each[number].said.get(name, ())]
        return bool(said) and all(isinstance(value, OneOf) and not value.any_of for value in said)

    def _value(self, name: str, numbers: Sequence[int]) -> Value:
        """Return what is claimed in the words of one account; which of several that mean the same does not matter."""
        said = [value for number in numbers for value in self._each[number].said.get(name, ())]
        if name == "object" and not said:
            said = [value for number in numbers for value in self._each[number].said.get("site", ())]
        if name == "place" and not said:
            said = [value for number in numbers for value in self._each[number].said.get("area", ())]
        if name in ("actor", "affected"):
            said = [self._by_name(value) if isinstance(value, OneOf) else value for value in said]
        if not said:
            return one("none") if name == "exemption" else one("not said")
        least: Value = min(said, key=repr)
        return least

    def _by_name(self, value: OneOf) -> OneOf:
        """Return *value* with every party by its own name, however it was written."""
        people = self.clause.rules.frame.people
        any_of, none_of = (
            tuple(dict.fromkeys(party.name if (party := people.find(name)) else name for name in names))
            for names in (value.any_of, value.none_of)
        )
        return OneOf(any_of=any_of, none_of=none_of)

    def _to_establish(self) -> bool:
        """Say whether an exemption is claimed that holds where it is established, and not by single facts."""
        clauses = [version.clause for version in self.clause.versions]
        grounds = {
            ground.ground
            for clause in clauses
            if isinstance(clause, Prohibition)
            for ground in clause.exempt
            if not ground.requires
        }
        known = exemption_bits()
        mask = sum(known[name] for name in grounds)
        return any(given["exemption"] is not None and given["exemption"] & mask for given in self._each)

    def _open(self, fixed: Mapping[str, Hashable]) -> Iterator[Asked]:
        """Yield what is open in the agreement itself."""
        yes, no = one("yes"), one("no")
        if "exemption" in self.clause.reads and self._to_establish() and self.base["established"] is None:
            claimed = reduce(lambda so_far, given: so_far | (given["exemption"] or 0), self._each, 0)
            ground = claimed & ~exemption_bits()["none"]
            none = exemption_bits()["none"]
            yield Asked(
                "exemption",
                (Way({"exemption": ground, "established": YES}, yes), Way({"exemption": none, "established": NO}, no)),
            )
        for point in self.clause.points:
            if point not in ("established", "earlier") and self.base[point] in (None, OPEN) and self._concerns(point):
                yield Asked(point, (Way({point: YES}, yes), Way({point: NO}, no)))
        for name in dict.fromkeys((*(one_.name for one_ in self.clause.disputes), *sorted(self.clause.nested))):
            dispute = self.clause.rules.disputes[name]
            if name not in fixed and self.base[name] in (None, dispute.open):
                ways = [(at, way.id if way is not None else PLAIN) for at, way in enumerate(dispute.ways)]
                yield Asked(name, tuple(Way({name: 1 << at}, one(called)) for at, called in ways))
        if not self.history.nothing and self.clause.rests_on_findings:
            yield Asked("earlier", (Way({}, yes, True), Way({}, no, False)))

    def _concerns(self, point: str) -> bool:
        """Say whether *point* is about anybody whom an account names, or about the agreement itself."""
        if not point.startswith(BOUND) or isinstance(self.clause.clause, Prevention):
            return True
        people = self.clause.rules.frame.people
        named = [given["actor"] for given in self._each if given["actor"] is not None]
        return any(
            point.removeprefix(BOUND) in people.principals(mask & ~people.OTHER)
            for mask in named
            if not mask & people.OTHER
        )

    def outcome(self, ways: Sequence[Way], given: Given | None = None) -> Outcome:
        """Return what the clause answers where the questions are settled in these *ways*."""
        changes: dict[str, Hashable] = {}
        history, spans = self.history, None
        for way in ways:
            changes |= way.changes
            spans = way.spans or spans
            if way.findings is not None:
                history = history.at(way.findings)
        case = (given or self.base).where(changes).spanning(spans)
        found = self.clause.possible(case, history)
        answer: Answer = ORDER[found.bit_length() - 1] if found & (found - 1) == 0 else "unknown"
        return answer, self.clause.by(case, history) if answer == "breach" else ()

    def cruxes(self) -> tuple[Crux, ...]:
        """Return all minimal cruxes, the smallest first, then in the order of the attributes."""
        questions = self._that_matter()
        if not questions or prod(len(asked.ways) for asked in questions) > MOST_WAYS:
            return ()
        table = {
            numbers: self.outcome([asked.ways[at] for asked, at in zip(questions, numbers, strict=True)])
            for numbers in product(*(range(len(asked.ways)) for asked in questions))
        }
        found: list[tuple[int, ...]] = []
        cruxes = []
        for size in range(1, len(questions) + 1):
            for chosen in combinations(range(len(questions)), size):
                if any(set(other) <= set(chosen) for other in found):
                    continue
                outcomes = _decided(table, chosen)
                if outcomes is not None and len(set(outcomes.values())) > 1:
                    found.append(chosen)
                    cruxes.append(self._crux([questions[at] for at in chosen], outcomes))
        return tuple(cruxes)

    def _that_matter(self) -> list[Asked]:
        """Return the questions; where they have too many ways together, those that change something by themselves."""
        if prod(len(asked.ways) for asked in self.questions) <= MOST_WAYS:
            return self.questions
        starts = [self.base, *self._each]
        return [
            asked
            for asked in self.questions
            if any(len({self.outcome((way,), given) for way in asked.ways}) > 1 for given in starts)
        ]

    def silent(self) -> tuple[str, ...]:
        """Return what some account leaves out, or says less exactly than another, where the answers turn on it.

        Where nothing changes an answer by itself, but several things do together, those are named.
        """
        named = {name: self._fills(((way, lacking),)) for name, way, lacking in self.left_out}
        if not any(named.values()) and self._fills([(way, lacking) for _, way, lacking in self.left_out]):
            needed = list(self.left_out)
            for one_ in self.left_out:
                rest = [other for other in needed if other is not one_]
                if self._fills([(way, lacking) for _, way, lacking in rest]):
                    needed = rest
            named = {name: True for name, _, _ in needed}
        return tuple(self._ask(name) for name, changes in named.items() if changes)

    def _fills(self, left_out: Sequence[tuple[Way, Sequence[int]]]) -> bool:
        """Say whether the answer of an account, or of all together, changes where what it leaves out is so."""
        if self.outcome([way for way, _ in left_out], self._united) != self.outcome((), self._united):
            return True
        for number, given in enumerate(self._each):
            ways = [way for way, lacking in left_out if number in lacking]
            if ways and self.outcome(ways, given) != self.outcome((), given):
                return True
        return False

    def _crux(self, chosen: Sequence[Asked], outcomes: Mapping[tuple[int, ...], Outcome]) -> Crux:
        settlements = []
        for numbers, (answer, by) in outcomes.items():
            values = tuple((asked.name, asked.ways[at].value) for asked, at in zip(chosen, numbers, strict=True))
            settlements.append(Settlement(values, answer, by))
        names = tuple(asked.name for asked in chosen)
        return Crux(names, tuple(settlements), tuple(map(self._settled_by, names)), tuple(map(self._ask, names)))

    def _settled_by(self, name: str) -> str:
        """Return what would settle a question: as the agreement's file says for a fact, else the usual evidence."""
        terms = self.clause.rules.terms
        kind, _, rest = name.partition(":")
        if name.startswith(FACT):
            fact = terms.facts.get(rest)
            return (fact.settled_by or f"whoever can say: {fact.asks}") if fact else "whoever knows the fact"
        interpreter = terms.agreement.interpreter
        if kind == "reading" and interpreter is not None:
            return interpreter.name
        return _EVIDENCE[kind]

    def _ask(self, name: str) -> str:
        """Return a question in words."""
        terms = self.clause.rules.terms
        kind, _, rest = name.partition(":")
        ask: dict[str, Callable[[], str]] = {
            "fact": lambda: terms.facts[rest].asks if rest in terms.facts else rest.replace("-", " "),
            "quantity": lambda: f"how many: {rest.replace('-', ' ')}" if rest else "how many",
            "bound": lambda: f"was {terms.parties[rest].name} bound at the time",
            "start": lambda: f"had it begun by then ({rest.partition('|')[0]})" if rest else "had it begun by then",
            "end": lambda: f"had {'the agreement' if rest == 'agreement' else self._article(rest)} ended by then",
            "due": lambda: f"was {self._article(rest)} due by then",
            "suspended": lambda: f"was {self._article(rest)} suspended at the time",
            "reading": lambda: f"which reading of {self._read(name)} holds",
            "earlier": lambda: f"were the earlier findings on {self._earlier()} breaches",
        }
        return ask[kind]() if kind in ask else _ASKS[name]

    def _article(self, clause: str) -> str:
        return self.clause.rules.terms.clauses[clause].article

    def _read(self, name: str) -> str:
        dispute = self.clause.rules.disputes[name]
        articles = [one_.article for one_ in self.clause.rules.terms.agreement.clauses if dispute.about(one_)]
        return " and ".join(articles) if len(articles) <= 3 else "the text"

    def _earlier(self) -> str:
        return ", ".join(self.clause.rests_on(self.base, self.history)) or "what came before"


def _decided(
    table: Mapping[tuple[int, ...], Outcome], chosen: tuple[int, ...]
) -> dict[tuple[int, ...], Outcome] | None:
    """Return what follows from each way to settle the *chosen* questions; None where the others still change it."""
    found: dict[tuple[int, ...], Outcome] = {}
    for numbers, outcome in table.items():
        at = tuple([numbers[one_] for one_ in chosen])
        if found.setdefault(at, outcome) != outcome:
            return None
    return found


def _within(narrow: Any, wide: Any) -> bool:
    """Say whether everything that *narrow* leaves possible, *wide* does as well; None is anything."""
    if wide is None or narrow is None:
        return wide is None
    if isinstance(narrow, int):
        return not narrow & ~wide
    if isinstance(narrow[0], int) and not isinstance(narrow, Spot):  # a time as the timeline has it, and its spans
        inside = all(any(w[0] <= n[0] and n[1] <= w[1] for w in wide[1]) for n in narrow[1])
        return not narrow[0] & ~wide[0] and inside
    return all(any(_implies(one_, other) for other in wide) for one_ in narrow)


def _implies(narrow: Any, wide: Any) -> bool:
    if isinstance(narrow, Known):
        return (
            not wide.so & ~narrow.so
            and not wide.not_so & ~narrow.not_so
            and wide.registered in (None, narrow.registered)
        )
    if isinstance(narrow, Spot):
        return all(not one_ & ~other for one_, other in zip(narrow, wide, strict=True))
    return bool(wide[0] <= narrow[0] and narrow[1] <= wide[1])
