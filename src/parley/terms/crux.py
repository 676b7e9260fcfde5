"""The crux: the smallest set of questions that decides a clause.

A question is what the accounts dispute (who acted, which act, where), or what is open in the agreement itself (was a
party bound, which reading holds, had it ended, was the exemption established, what was found before). Its ways are what
is claimed: of accounts that mean the same one way, a denial as one of its own, whoever is silent as one of those who
speak; a claim within which another's lies is no way. A time that straddles a change of the text is a way for each text
that it touches. The crux is the set of all questions on which the answer depends in some way to settle the others, with
all else as it is claimed. Each way to settle it gives one answer, whichever way the rest is settled, and at least two
ways give different ones. A set that lacks one of its questions decides nothing, so no other set is as small. An answer
is one of the four, and of a breach also whose it is.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from typing import Any, NamedTuple

from parley.model import (
    ATTRIBUTES,
    FACT,
    QUANTITY,
    Account,
    Answer,
    Crux,
    Interval,
    OneOf,
    Settlement,
    Value,
    one,
)
from parley.terms.answers import Clause
from parley.terms.asks import Asks
from parley.terms.given import NO, OPEN, YES, Frame, Given, Known, Spot, Worlds, exemption_bits, unite
from parley.terms.history import History
from parley.terms.language import Duty, Prevention, Prohibition
from parley.terms.parties import Parties
from parley.terms.questions.who import BOUND
from parley.terms.readings import PLAIN
from parley.terms.reasons import BREACH, NO_BREACH, ORDER, OUTSIDE
from parley.terms.timeline import Span

MOST_WAYS = 4096
"""Questions that together have more ways to be settled are not asked: nobody reads them."""


@dataclass(frozen=True)
class Text:
    """A clause as one version of the agreement has it, with what each account leaves possible of that version's time.

    Args:
        clause: None where this version has no such clause.
        frame: None where there is no clause; of what is given only the time is looked at then.
        worlds: by account; its time is empty where the account lies outside.
        hidden: whether the clause may not be seen, so that every answer remains open.
    """

    clause: Clause | None
    frame: Frame | None
    worlds: Sequence[Worlds]
    history: History
    hidden: bool = False

    def each(self, fixed: Mapping[str, Hashable]) -> list[Given]:
        """Return what each account leaves possible, as one."""
        return [self.united(one).where(fixed) for one in self.worlds]

    def united(self, worlds: Sequence[Given]) -> Given:
        """Return every combination of what several leave possible."""
        if self.frame is not None:
            return self.frame.united(worlds)
        spans = tuple(dict.fromkeys(span for given in worlds for span in given.said.get("span", ())))
        return Given({"time": unite([given["time"] for given in worlds])}, {"span": spans})

    def reads(self, name: str) -> bool:
        """Say whether the answer may depend on *name*."""
        return name == "time" if self.clause is None else name in self.clause.reads

    def possible(self, case: Given, history: History) -> int:
        """Return the answers that remain open as bits; none where it did not happen in the time of this version."""
        if case["time"] == 0:
            return 0
        if self.clause is None:
            return BREACH | NO_BREACH | OUTSIDE if self.hidden else OUTSIDE
        return self.clause.possible(case, history)


@dataclass(frozen=True)
class Way:
    """One way to settle a question: what is then given, what was claimed, and how the open findings are then taken.

    `changes` and `spans` stand in the order of the texts.
    """

    changes: tuple[Mapping[str, Hashable], ...]
    value: Value
    findings: bool | None = None
    spans: tuple[tuple[Span, ...], ...] | None = None


@dataclass(frozen=True)
class Asked:
    """A question with its ways."""

    name: str
    ways: tuple[Way, ...]


Outcome = tuple[Answer, tuple[str, ...]]
"""An answer, and of a breach whose it is."""


@dataclass(frozen=True)
class _Turn:
    """The number of a question on which the outcome turns, and what follows from each way to settle it."""

    question: int
    children: "tuple[_Tree, ...]"


_Tree = Outcome | _Turn


class _Case(NamedTuple):
    """What is asked under one text: what is given, and what came before."""

    text: Text
    given: Given
    history: History


_Piece = tuple[int, int | None]
"""The number of an account, and the text of whose time alone its claim is looked at; None: of all."""

_Claim = tuple[Hashable, ...]
"""What is claimed of an attribute, as each text has it."""


class Dispute:
    """What the accounts of an incident, and the agreement itself, leave open under one clause.

    `texts` are the versions of the clause that the accounts touch, in the order of time: in most cases one.
    """

    def __init__(self, texts: Sequence[Text], accounts: Sequence[Account], fixed: Mapping[str, Hashable]) -> None:
        self.texts, self._accounts = texts, accounts
        self._clauses = [text.clause for text in reversed(texts) if text.clause is not None]
        self._presumed = tuple(_presumed(self._clauses))
        self._by_others = any(isinstance(one.clause, Prevention) for one in self._clauses)
        self._asks = Asks(self._clauses, self._earlier)
        self._each = [text.each(fixed) for text in texts]
        self._united = [
            text.united(each) if len(each) > 1 else each[0] for text, each in zip(texts, self._each, strict=True)
        ]
        self.left_out: list[tuple[str, Way, Sequence[int]]] = []
        disputed: list[Asked] = []
        settled: list[Way] = []
        for name in self._attributes():
            ways, lacking = self._ways(name)
            if len(ways) > 1:
                disputed.append(Asked(name, ways))
            elif ways:
                settled.append(ways[0])
                if lacking:
                    self.left_out.append((name, ways[0], lacking))
        self.base = [self._case(at, settled, given) for at, given in enumerate(self._united)]
        self.questions = [*disputed, *self._open(fixed)]

    def _attributes(self) -> Iterator[str]:
        """Yield every attribute of accounts that the clause reads."""
        reads = {name for clause in self._clauses for name in clause.reads} | {"time"}
        yield from (name for name in ATTRIBUTES if name in reads and name != "exemption")
        yield from (name for name in sorted(reads) if name.startswith((FACT, QUANTITY)))
        if "exemption" in reads and not self._to_establish():
            yield "exemption"

    def _ways(self, name: str) -> tuple[tuple[Way, ...], list[int]]:
        """Return what the accounts claim, each meaning once and none that is vaguer; and who leaves that open."""
        claims: list[tuple[_Claim, list[_Piece]]] = []
        for number in range(len(self._accounts)):
            for piece in self._pieces(name, number):
                claim = self._claim(name, piece)
                for other, pieces in claims:
                    if claim == other or (_inside(claim, other) and _inside(other, claim)):
                        pieces.append(piece)
                        break
                else:
                    claims.append((claim, [piece]))
        kept = [
            (claim, pieces)
            for claim, pieces in claims
            if _says(claim)
            and (
                self._denies(name, pieces)
                or not any(_says(other) and other != claim and _inside(other, claim) for other, _ in claims)
            )
        ]
        kept_numbers = {number for _, pieces in kept for number, _ in pieces}
        lacking = [number for number in range(len(self._accounts)) if number not in kept_numbers]
        return tuple(self._way(name, pieces) for _, pieces in kept), lacking

    def _pieces(self, name: str, number: int) -> list[_Piece]:
        """Return the account *number* as one piece, or its time as one for each version that it touches."""
        if name == "time":
            touched = [at for at, each in enumerate(self._each) if each[number]["time"]]
            if len(touched) > 1:
                return [(number, at) for at in touched]
        return [(number, None)]

    def _claim(self, name: str, piece: _Piece) -> _Claim:
        """Return what is claimed of an attribute; of a time also when exactly, where that decides what came before."""
        number, only = piece
        return tuple(
            self._claim_under(text, name, each[number], only in (None, at))
            for at, (text, each) in enumerate(zip(self.texts, self._each, strict=True))
        )

    def _claim_under(self, text: Text, name: str, given: Given, touched: bool) -> Hashable:
        found: Hashable = given[name] if text.reads(name) else None
        if name != "time" or found is None:
            return found
        exact = text.clause is not None and (text.clause.rests_on_findings or isinstance(text.clause.clause, Duty))
        if exact:
            return (found, given.said["span"]) if touched else (0, ())
        return found if touched else 0

    def _way(self, name: str, pieces: Sequence[_Piece]) -> Way:
        number, only = pieces[0]
        if name != "time":
            return Way(tuple({name: each[number][name]} for each in self._each), self._value(name, pieces))
        touched = [(at, each[number]) for at, each in enumerate(self._each) if only in (None, at)]
        changes: list[Mapping[str, Hashable]] = [{name: 0}] * len(self.texts)
        spans: list[tuple[Span, ...]] = [()] * len(self.texts)
        for at, given in touched:
            changes[at], spans[at] = {name: given[name]}, given.said["span"]
        return Way(tuple(changes), self._value(name, pieces), None, tuple(spans))

    def _denies(self, name: str, pieces: Sequence[_Piece]) -> bool:
        """Say whether the accounts of *pieces* only say what it was not."""
        said = self._all_said(name, [number for number, _ in pieces])
        return bool(said) and all(isinstance(value, OneOf) and not value.any_of for value in said)

    def _said(self, number: int) -> Mapping[str, tuple[Any, ...]]:
        """Return the words of an account."""
        return self._each[self._own(number)][number].said

    def _own(self, number: int) -> int:
        """Return the last text with the clause that an account touches; else the last that has it."""
        having = [at for at, text in enumerate(self.texts) if text.clause is not None]
        return next((at for at in reversed(having) if self._each[at][number]["time"] != 0), having[-1])

    def _value(self, name: str, pieces: Sequence[_Piece]) -> Value:
        """Return what is claimed in the words of one account; which of several that mean the same does not matter."""
        if name == "time" and all(only is not None for _, only in pieces):
            spans = [span for number, only in pieces for span in self._each[only or 0][number].said["span"]]
            return Interval(start=min(span[0] for span in spans), end=max(span[1] for span in spans))
        numbers = [number for number, only in pieces if name != "time" or only is None]
        said = self._of_whom(name, numbers) if name in ("actor", "affected") else self._all_said(name, numbers)
        if name == "object" and not said:
            said = self._all_said("site", numbers)
        if name == "place" and not said:
            said = self._all_said("area", numbers)
        if not said:
            return one("none") if name == "exemption" else one("not said")
        least: Value = min(said, key=repr)
        return least

    def _all_said(self, name: str, numbers: Sequence[int]) -> list[Value]:
        return [value for number in numbers for value in self._said(number).get(name, ())]

    def _of_whom(self, name: str, numbers: Sequence[int]) -> list[Value]:
        """Return what each of the accounts says of who it was, its alternatives in one value."""
        own = self.texts[self._own(numbers[0])].clause
        assert own is not None
        each = (_either(self._said(number).get(name, ()), own.rules.frame.people) for number in numbers)
        return [value for value in each if value is not None]

    def _to_establish(self) -> bool:
        """Say whether an exemption is claimed that holds where it is established, and not by single facts."""
        clauses = [version.clause for clause in self._clauses for version in clause.versions]
        grounds = {
            ground.ground
            for clause in clauses
            if isinstance(clause, Prohibition)
            for ground in clause.exempt
            if not ground.requires
        }
        known = exemption_bits()
        mask = sum(known[name] for name in grounds)
        return any(given["exemption"] & mask for each in self._each for given in each if given["exemption"] is not None)

    def _open(self, fixed: Mapping[str, Hashable]) -> Iterator[Asked]:
        """Yield what is open in the agreement itself."""
        yes, no = one("yes"), one("no")
        reads = {name for clause in self._clauses for name in clause.reads}
        if "exemption" in reads and self._to_establish() and all(base["established"] is None for base in self.base):
            claimed = reduce(lambda so_far, given: so_far | (given["exemption"] or 0), self._framed(), 0)
            ground = claimed & ~exemption_bits()["none"]
            none = exemption_bits()["none"]
            yield Asked(
                "exemption",
                (
                    self._everywhere({"exemption": ground, "established": YES}, yes),
                    self._everywhere({"exemption": none, "established": NO}, no),
                ),
            )
        for point in dict.fromkeys(point for clause in self._clauses for point in clause.points):
            if point not in ("established", "earlier") and any(self._is_open(point)):
                yield Asked(point, (self._everywhere({point: YES}, yes), self._everywhere({point: NO}, no)))
        disputed = {name: clause for clause in self._clauses for name in _disputed(clause)}
        for name in dict.fromkeys(name for clause in self._clauses for name in _disputed(clause)):
            dispute = disputed[name].rules.disputes[name]
            if name not in fixed and any(base[name] in (None, dispute.open) for base in self.base):
                ways = [(at, way.id if way is not None else PLAIN) for at, way in enumerate(dispute.ways)]
                yield Asked(name, tuple(self._everywhere({name: 1 << at}, one(called)) for at, called in ways))
        if any(not text.history.nothing and text.clause.rests_on_findings for text in self.texts if text.clause):
            yield Asked("earlier", (self._everywhere({}, yes, True), self._everywhere({}, no, False)))

    def _framed(self) -> list[Given]:
        """Return what each account leaves possible, as the last version with the clause has it."""
        return self._each[max(at for at, text in enumerate(self.texts) if text.clause is not None)]

    def _everywhere(self, changes: Mapping[str, Hashable], value: Value, findings: bool | None = None) -> Way:
        return Way((changes,) * len(self.texts), value, findings)

    def _is_open(self, point: str) -> Iterator[bool]:
        """Yield for each text that asks for *point* whether it is open, and of anybody's concern."""
        for text, base, each in zip(self.texts, self.base, self._each, strict=True):
            if text.clause is not None and point in text.clause.points:
                yield base[point] in (None, OPEN) and _concerns(text.clause, point, each)

    def _case(self, at: int, ways: Sequence[Way], given: Given) -> Given:
        """Return what is given under the text *at* where questions are settled in these *ways*."""
        changes: dict[str, Hashable] = {}
        spans: tuple[Span, ...] | None = None
        for way in ways:
            changes |= way.changes[at]
            spans = spans if way.spans is None else way.spans[at]
        return given.where(changes).spanning(spans)

    def outcome(self, ways: Sequence[Way], given: Sequence[Given] | None = None) -> Outcome:
        """Return what the clause answers where the questions are settled in these *ways*."""
        return _answered(self._cases(ways, given))

    def _cases(self, ways: Sequence[Way], given: Sequence[Given] | None = None) -> list[_Case]:
        """Return what is asked under each text where the questions are settled in these *ways*."""
        settled = next((way.findings for way in reversed(ways) if way.findings is not None), None)
        return [
            _Case(
                text,
                self._case(at, ways, (given or self.base)[at]),
                text.history if settled is None else text.history.at(settled),
            )
            for at, text in enumerate(self.texts)
        ]

    def cruxes(self) -> tuple[Crux, ...]:
        """Return the crux, where there is one, its questions in the order of the attributes."""
        questions = self._that_matter()
        if not questions or prod(len(asked.ways) for asked in questions) > MOST_WAYS:
            return ()
        tree = self._tree_of(questions)
        chosen = sorted(_named(tree))
        if not chosen:
            return ()
        outcomes = {
            numbers: _follow(tree, dict(zip(chosen, numbers, strict=True)))
            for numbers in product(*(range(len(questions[at].ways)) for at in chosen))
        }
        return (self._crux([questions[at] for at in chosen], outcomes),)

    def _tree_of(self, questions: Sequence[Asked]) -> _Tree:
        """Return what follows from each way to settle *questions*; remembered for all incidents alike in that."""
        in_order = sorted(enumerate(questions), key=lambda one: self._rank(one[1].name))
        clause = self.texts[0].clause
        if len(self.texts) > 1 or clause is None or clause.rests_on_findings:
            return self._tree(in_order, ())
        asked = tuple((one.name, tuple(tuple(way.changes[0].items()) for way in one.ways)) for one in questions)
        like = tuple([self.base[0][name] for name in clause.asks]), asked
        found: _Tree | None = clause.turns.get(like)
        if found is None:
            found = clause.turns[like] = self._tree(in_order, ())
        return found

    def _rank(self, name: str) -> int:
        """Return when a question is asked: first what is presumed, then what opens or closes a clause for all, last
        what concerns one party."""
        return 0 if name in self._presumed else 3 if name.startswith(BOUND) else 2 if name in ATTRIBUTES else 1

    def _tree(self, left: Sequence[tuple[int, Asked]], ways: tuple[Way, ...]) -> _Tree:
        """Return what follows from each way to settle the questions *left*, where those before are settled in *ways*.

        A question that changes nothing stands nowhere in it.
        """
        cases = self._cases(ways)
        outcome = _answered(cases)
        if left and left[0][1].name not in self._presumed:
            left = () if self._is_sure(outcome, left) else self._that_may_matter(left, cases)
        if not left:
            return outcome
        (at, asked), *rest = left
        children = tuple(self._tree(rest, (*ways, way)) for way in asked.ways)
        return children[0] if all(one == children[0] for one in children) else _Turn(at, children)

    def _that_may_matter(
        self, left: Sequence[tuple[int, Asked]], cases: Sequence[_Case]
    ) -> Sequence[tuple[int, Asked]]:
        """Return of the questions *left* those at which anything looks that is still open, and who acted."""
        if self._by_others:
            return left
        looked_at = {"actor", "time"} if len(self.texts) > 1 else {"actor"}
        for text, given, history in cases:
            if text.clause is not None and given["time"] != 0:
                looked_at |= text.clause.open_at(given, history)
        return [(at, asked) for at, asked in left if asked.name in looked_at]

    def _is_sure(self, outcome: Outcome, left: Sequence[tuple[int, Asked]]) -> bool:
        """Say whether an *outcome* stays, whichever way what is *left* is settled: what is open leaves all of it so.

        Whose a breach is follows from who acted, where nobody answers for what others do.
        """
        if outcome[0] != "breach":
            return outcome[0] != "unknown"
        return not self._by_others and len(self.texts) == 1 and all(asked.name != "actor" for _, asked in left)

    def _that_matter(self) -> list[Asked]:
        """Return the questions; where they have too many ways together, those that change something by themselves."""
        if prod(len(asked.ways) for asked in self.questions) <= MOST_WAYS:
            return self.questions
        starts = [self.base, *map(list, zip(*self._each, strict=True))]
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
        return tuple(self._asks.ask(name) for name, changes in named.items() if changes)

    def _fills(self, left_out: Sequence[tuple[Way, Sequence[int]]]) -> bool:
        """Say whether the answer of an account, or of all together, changes where what it leaves out is so."""
        if self.outcome([way for way, _ in left_out], self._united) != self.outcome((), self._united):
            return True
        for number, given in enumerate(zip(*self._each, strict=True)):
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
        asks = self._asks
        return Crux(names, tuple(settlements), tuple(map(asks.settled_by, names)), tuple(map(asks.ask, names)))

    def _earlier(self) -> str:
        found = (
            incident
            for text, base in zip(self.texts, self.base, strict=True)
            if text.clause is not None
            for incident in text.clause.rests_on(base, text.history)
        )
        return ", ".join(dict.fromkeys(found)) or "what came before"


def _either(values: Sequence[Any], people: Parties) -> Value | None:
    """Return what one account says of who it was, whose *values* are alternatives; None where it says nothing."""
    named = [_by_name(value, people) for value in values if isinstance(value, OneOf)]
    if len(named) < 2:
        return named[0] if named else next(iter(values), None)
    names = sorted({name for value in named for name in value.any_of})
    denials = [set(value.none_of) for value in named if not value.any_of]
    if not denials:
        return OneOf(any_of=tuple(names))
    denied = set[str].intersection(*denials) - set(names)
    return OneOf(none_of=tuple(sorted(denied))) if denied else one("not said")


def _by_name(value: OneOf, people: Parties) -> OneOf:
    """Return *value* with every party by its own name, however it was written."""
    any_of, none_of = (
        tuple(dict.fromkeys(party.name if (party := people.find(name)) else name for name in names))
        for names in (value.any_of, value.none_of)
    )
    return OneOf(any_of=any_of, none_of=none_of)


def _disputed(clause: Clause) -> Iterator[str]:
    """Yield the disputes on which *clause* depends."""
    yield from dict.fromkeys((*(one_.name for one_ in clause.disputes), *sorted(clause.nested)))


def _concerns(clause: Clause, point: str, each: Sequence[Given]) -> bool:
    """Say whether *point* is about anybody whom an account names, or about the agreement itself."""
    if not point.startswith(BOUND) or isinstance(clause.clause, Prevention):
        return True
    people = clause.rules.frame.people
    named = [given["actor"] for given in each if given["actor"] is not None]
    return any(
        point.removeprefix(BOUND) in people.principals(mask & ~people.OTHER)
        for mask in named
        if not mask & people.OTHER
    )


def _answered(cases: Iterable[_Case]) -> Outcome:
    """Return what the texts of a clause answer together."""
    found = 0
    asked = []
    for text, given, history in cases:
        here = text.possible(given, history)
        if here and text.clause is not None:
            asked.append((text.clause, given, history))
        found |= here
    answer: Answer = ORDER[found.bit_length() - 1] if found & (found - 1) == 0 else "unknown"
    if answer != "breach":
        return answer, ()
    return answer, tuple(dict.fromkeys(who for clause, given, history in asked for who in clause.by(given, history)))


def _presumed(clauses: Sequence[Clause]) -> Iterator[str]:
    """Yield what is presumed as long as it is open, so that what holds then need not hold once it is settled.

    That no open finding counts; that the other side was affected; that the means are none of which the kind says
    another calibre or height than is told.
    """
    yield "earlier"
    if any(one.clause.released_by_breach_of for one in clauses):
        yield "affected"
    if any({"calibre", "altitude"} & one.reads for one in clauses):
        yield "means"


def _named(tree: _Tree) -> set[int]:
    """Return the numbers of the questions on which *tree* turns."""
    if not isinstance(tree, _Turn):
        return set()
    return {tree.question}.union(*map(_named, tree.children))


def _follow(tree: _Tree, ways: Mapping[int, int]) -> Outcome:
    """Return what follows where each question is settled in the way that *ways* has of its number."""
    while isinstance(tree, _Turn):
        tree = tree.children[ways[tree.question]]
    return tree


def _says(claim: _Claim) -> bool:
    """Say whether anything is claimed."""
    return any(one_ is not None for one_ in claim)


def _inside(narrow: _Claim, wide: _Claim) -> bool:
    """Say whether everything that *narrow* leaves possible, *wide* does as well, whichever text it is held against."""
    return all(map(_within, narrow, wide))


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
