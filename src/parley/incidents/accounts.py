"""The accounts of an incident, one a source, and what each attribute looks like across them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

from parley.incidents.compare import exclude, hull, same
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
    RecordedReport,
    Saying,
    Unknown,
    Value,
)

State = Literal["agreed", "compatible", "disputed", "partly silent", "single-source"]

_COMPARED: tuple[Attribute, ...] = tuple(name for name in ATTRIBUTES if name != "account")


def accounts(reports: Sequence[RecordedReport], wider: Collection[int] = ()) -> tuple[Account, ...]:
    """Return one account for each source of the event reports among *reports*, in order of first appearance.

    Those whose entries are *wider* tell of several happenings together: what they count is no more than a bound here.
    What people read in an article stands before what the source itself sent, which so holds where the two differ.
    """
    by_source: dict[str, list[tuple[int, EventReport]]] = {}
    for recorded in reports:
        if isinstance(recorded.report, EventReport):
            by_source.setdefault(recorded.report.source, []).append((recorded.entry, recorded.report))
    for told in by_source.values():
        told.sort(key=lambda one: one[1].channel != "review")
    return tuple(
        Account(
            source=source,
            entries=tuple(entry for entry, _ in told),
            claims=tuple(
                _of_a_part(claim) if entry in wider else claim for entry, report in told for claim in report.claims
            ),
        )
        for source, told in by_source.items()
    )


def _of_a_part(claim: Claim) -> Claim:
    """Return what a claim about several happenings together says of one of them: of its count only the upper bound."""
    match claim.value:
        case Count(high=high):
            return replace(claim, value=Count(low=0, high=high))
        case Amount(high=high):
            return replace(claim, value=Amount(low=0, high=high))
    return claim


def differences(sides: Sequence[Account]) -> tuple[Difference, ...]:
    """Return how *sides* differ in every attribute that any of them speaks of, words aside, in a fixed order.

    `common` is the hull of all known values wherever none excludes another, so also where one source speaks alone.
    Who says that it does not know is listed with its reason, but counts like one who is silent; where nobody knows, an
    attribute that several accounts could speak of is *partly silent*, whatever the reasons.
    """
    said = [{claim.attribute: claim.value for claim in side.claims} for side in sides]
    facts = dict.fromkeys(name for one in said for name in one if name.startswith(FACT))
    return tuple(
        _difference(attribute, [one.get(attribute) for one in said])
        for attribute in (*_COMPARED, *facts)
        if any(attribute in one for one in said)
    )


def _difference(attribute: Attribute, values: Sequence[Value | None]) -> Difference:
    known = [value for value in values if value is not None and not isinstance(value, Unknown)]
    state = _state(attribute, values, known)
    span = hull(attribute, known) if known else None
    return Difference(
        attribute=attribute,
        state=state,
        sayings=_sayings(attribute, values),
        common=None if state == "disputed" else span,
        span=span if len(known) == len(values) else None,
    )


def _state(attribute: Attribute, values: Sequence[Value | None], known: Sequence[Value]) -> State:
    if len(values) == 1:
        return "single-source"
    if any(exclude(attribute, first, second) for first, second in combinations(known, 2)):
        return "disputed"
    if len(known) < len(values):
        return "partly silent"
    return "agreed" if all(same(known[0], value) for value in known) else "compatible"


def _sayings(attribute: Attribute, values: Sequence[Value | None]) -> tuple[Saying, ...]:
    """Return who says the same, in the order of the accounts; silence is listed too."""
    said: list[tuple[Value | None, list[int]]] = []
    for number, value in enumerate(values):
        for other, who in said:
            if value is other or (value is not None and other is not None and same(value, other)):
                who.append(number)
                break
        else:
            said.append((value, [number]))
    others = [value for value, _ in said] if len(said) > 1 else []
    return tuple(Saying(tuple(who), value, _vaguer(attribute, value, others)) for value, who in said)


def _vaguer(attribute: Attribute, value: Value | None, others: Sequence[Value | None]) -> bool:
    """Say whether one of *others* lies within *value*."""
    if value is None or isinstance(value, Unknown):
        return False
    for other in others:
        if other is None or other is value or isinstance(other, Unknown):
            continue
        both = hull(attribute, [value, other])
        if both is not None and same(both, value):
            return True
    return False
