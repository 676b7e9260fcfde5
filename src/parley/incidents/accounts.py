"""The accounts of an incident, one a source, and what each attribute looks like across them."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from types import MappingProxyType
from typing import Literal

from parley.incidents.compare import exclude, key, same
from parley.incidents.placed import PlacedReport
from parley.model import (
    ATTRIBUTES,
    FACT,
    Account,
    Amount,
    Attribute,
    Claim,
    Count,
    Difference,
    EventReport,
    OneOf,
    Saying,
    Unknown,
    Value,
    fold,
)
from parley.model.incident import Telling

State = Literal["agreed", "compatible", "disputed", "partly silent", "single-source"]
How = Literal["own", "wider", "retold"]

_COMPARED: tuple[Attribute, ...] = tuple(name for name in ATTRIBUTES if name != "account")
_OF_PARTIES: tuple[Attribute, ...] = ("actor", "affected")
_WEAKEST_FIRST: tuple[How, ...] = ("retold", "wider", "own")

NO_ALIASES: Mapping[str, str] = MappingProxyType({})


def accounts(reports: Sequence[PlacedReport], wider: Collection[int] = ()) -> tuple[Account, ...]:
    """Return one account for each source of *reports*, in order of first appearance.

    Those whose entries are *wider* tell of several happenings together: what they count is no more than a bound here.
    """
    by_source: dict[str, list[tuple[How, int, EventReport]]] = {}
    for one in reports:
        how: How = "retold" if one.report.channel == "review" else "wider" if one.entry in wider else "own"
        by_source.setdefault(fold(one.report.source), []).append((how, one.entry, one.report))
    return tuple(_account(told, wider) for told in by_source.values())


def _account(told: list[tuple[How, int, EventReport]], wider: Collection[int]) -> Account:
    told.sort(key=lambda one: _WEAKEST_FIRST.index(one[0]))
    return Account(
        source=min(report.source for _, _, report in told),
        entries=tuple(entry for _, entry, _ in told),
        claims=tuple(
            _of_a_part(claim) if entry in wider else claim for _, entry, report in told for claim in report.claims
        ),
        tellings=tuple(Telling(len(report.claims), how) for how, _, report in told) if len(told) > 1 else (),
    )


def _of_a_part(claim: Claim) -> Claim:
    """Return what a claim about several happenings together says of one of them: of its count only the upper bound."""
    match claim.value:
        case Count(high=high):
            return replace(claim, value=Count(low=0, high=high))
        case Amount(high=high):
            return replace(claim, value=Amount(low=0, high=high))
    return claim


def differences(sides: Sequence[Account], aliases: Mapping[str, str] = NO_ALIASES) -> tuple[Difference, ...]:
    """Return how *sides* differ in every attribute that any of them speaks of, words aside, in a fixed order.

    Who says that it does not know is listed with its reason, but counts like one who is silent; where nobody knows, an
    attribute that several accounts could speak of is *partly silent*, whatever the reasons.

    Args:
        aliases: the folded names of parties, with the one folded name by which each party is compared.
    """
    said = [side.possible() for side in sides]
    facts = sorted({name for one in said for name in one if name.startswith(FACT)})
    return tuple(
        _difference(attribute, [one.get(attribute, ()) for one in said], aliases)
        for attribute in (*_COMPARED, *facts)
        if any(attribute in one for one in said)
    )


def _difference(attribute: Attribute, said: Sequence[Sequence[Value]], aliases: Mapping[str, str]) -> Difference:
    names = aliases if attribute in _OF_PARTIES else NO_ALIASES
    compared = [[(value, _of_parties(value, names)) for value in values] for values in said]
    return Difference(
        attribute=attribute,
        state=_state(
            attribute,
            [[value for _, value in values if not isinstance(value, Unknown)] for values in compared],
        ),
        sayings=_sayings(compared),
    )


def _of_parties(value: Value, aliases: Mapping[str, str]) -> Value:
    """Return *value* with each party by the one name that *aliases* gives it."""
    if not aliases or not isinstance(value, OneOf):
        return value
    any_of, none_of = (
        tuple(aliases.get(fold(name), name) for name in names) for names in (value.any_of, value.none_of)
    )
    return OneOf(any_of=any_of, none_of=none_of)


def _state(attribute: Attribute, known: Sequence[Sequence[Value]]) -> State:
    """Return the state of an attribute of which each account knows what *known* says, its alternatives."""
    if len(known) == 1:
        return "single-source"
    # Of a thousand accounts few say something that no other says.
    speaking = list({frozenset(map(key, values)): values for values in known if values}.values())
    for first, second in combinations(speaking, 2):
        if all(exclude(attribute, one, other) for one in first for other in second):
            return "disputed"
    if not all(known):
        return "partly silent"
    return "agreed" if all(same(known[0][0], value) for values in known for value in values) else "compatible"


def _sayings(said: Sequence[Sequence[tuple[Value, Value]]]) -> tuple[Saying, ...]:
    """Return who says the same, in the order of the accounts, of whose values each stands with what it is compared as.

    Silence is listed too.
    """
    found: dict[Hashable, tuple[Value | None, list[int]]] = {}
    for number, values in enumerate(said):
        for shown, compared in values:
            found.setdefault(key(compared), (shown, []))[1].append(number)
        if not values:
            found.setdefault(None, (None, []))[1].append(number)
    return tuple(Saying(tuple(dict.fromkeys(who)), value) for value, who in found.values())
