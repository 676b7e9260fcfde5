"""When two sources' values are the same, and when they exclude each other.

A value is a set of possibilities. Two exclude each other where no possibility is left that both allow. Words, and
values of different kinds, cannot be compared: they exclude nothing.
"""

from collections.abc import Hashable, Sequence
from datetime import UTC, datetime

from parley.incidents.geodesy import distance_m
from parley.model import (
    FAMILIES,
    Amount,
    Attribute,
    Count,
    Disc,
    EventReport,
    Interval,
    OneOf,
    Value,
    Words,
    exclude_each_other,
    fold,
    is_a,
    vocabulary,
)


def key(value: Value) -> Hashable:
    """Return what *value* says, however it is spelled: instants in any zone, names in any order, case and spacing."""
    match value:
        case Interval():
            return "time", *_ends(value)
        case Disc():
            return "place", fold(value.name), value.lat, value.lon, value.radius_m
        case OneOf():
            return "one-of", _folded(value.any_of), _folded(value.none_of)
        case Words():
            return "words", fold(value.text)
    return value


def meaning(report: EventReport) -> Hashable:
    """Return what *report* says, however it is spelled, and under whatever id it came."""
    claims = frozenset((claim.attribute, key(claim.value)) for claim in report.claims)
    return claims, report.cardinality, report.citation and report.citation.address


def same(first: Value, second: Value) -> bool:
    """Say whether two sources say the same."""
    return first == second or key(first) == key(second)


def exclude(attribute: Attribute, first: Value, second: Value) -> bool:
    """Say whether two values of *attribute* have no possibility in common.

    The end of a span of time is excluded, so a day does not touch the next midnight; an instant is itself. One
    happening is as many acts as do not rule each other out, so only those that do exclude each other.
    """
    match first, second:
        case Interval(), Interval():
            earlier, later = sorted((_ends(first), _ends(second)))
            return later[0] != earlier[0] and later[0] >= earlier[1]
        case Disc(), Disc():
            return distance_m(first, second) > first.radius_m + second.radius_m
        case OneOf(), OneOf():
            return _names_exclude(attribute, first, second)
        case Count(), Count():
            return _below(first, second) or _below(second, first)
        case Amount(), Amount():
            return _below(first, second) or _below(second, first)
    return False


def meet(attribute: Attribute, first: str, second: str) -> bool:
    """Say whether one happening may be called both *first* and *second*: neither rules the other out.

    Of names that are no terms each is only itself.
    """
    if fold(first) == fold(second):
        return True
    if attribute not in FAMILIES or first not in vocabulary(attribute) or second not in vocabulary(attribute):
        return False
    return not exclude_each_other(attribute, first, second)


def alike(attribute: Attribute, first: str, second: str) -> bool:
    """Say whether two who tell of one thing alike may call it *first* and *second*: by one name, or by a wider term.

    This asks for more than `meet`: a shelling may be a displacement too, but who says the one does not say the other.
    """
    return _surely(attribute, first, second) or _surely(attribute, second, first)


def _ends(when: Interval) -> tuple[datetime, datetime]:
    # in UTC: times of one zone would be compared by the clock on the wall
    return when.start.astimezone(UTC), when.end.astimezone(UTC)


def _below(first: Count | Amount, second: Count | Amount) -> bool:
    return first.high is not None and first.high < second.low


def _folded(names: Sequence[str]) -> frozenset[str]:
    return frozenset(map(fold, names))


def _names_exclude(attribute: Attribute, first: OneOf, second: OneOf) -> bool:
    none_of = first.none_of + second.none_of
    if first.any_of and second.any_of:
        pairs = [(one, other) for one in first.any_of for other in second.any_of if meet(attribute, one, other)]
        return all(_denied(attribute, one, none_of) or _denied(attribute, other, none_of) for one, other in pairs)
    named = first.any_of or second.any_of
    return bool(named) and all(_denied(attribute, name, none_of) for name in named)


def _denied(attribute: Attribute, name: str, none_of: Sequence[str]) -> bool:
    """Say whether what is called *name* surely is one of *none_of*."""
    return any(_surely(attribute, name, excluded) for excluded in none_of)


def _surely(attribute: Attribute, said: str, asked: str) -> bool:
    if fold(said) == fold(asked):
        return True
    if attribute not in FAMILIES or said not in vocabulary(attribute) or asked not in vocabulary(attribute):
        return False
    return is_a(attribute, said, asked) == "true"
