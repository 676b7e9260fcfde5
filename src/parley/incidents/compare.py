"""When two sources' values are the same, when they exclude each other, and the hull of those that do not.

A value is a set of possibilities. Two exclude each other where no possibility is left that both allow; their hull is
the smallest value that allows all that either allows, so nobody's account is made more exact than it is. Words, and
values of different kinds, cannot be compared: they exclude nothing and have no hull.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from math import ceil
from typing import Any, TypeVar

from parley.incidents.geodesy import distance_m
from parley.model import FAMILIES, Amount, Attribute, Count, Disc, Interval, OneOf, Value, is_a, vocabulary

_WHOLE_EARTH_M = 20_100_000  # no point is farther from any other

Kind = TypeVar("Kind")


@lru_cache(maxsize=1 << 14)
def fold(name: str) -> str:
    """Return *name* as names are compared: case and runs of white space do not matter."""
    return " ".join(name.split()).casefold()


def same(first: Value, second: Value) -> bool:
    """Say whether two sources say the same: instants in any zone, names in any order, case and spacing."""
    match first, second:
        case Interval(), Interval():
            return _ends(first) == _ends(second)
        case Disc(), Disc():
            return _spot(first) == _spot(second)
        case OneOf(), OneOf():
            return first == second or (
                _folded(first.any_of) == _folded(second.any_of) and _folded(first.none_of) == _folded(second.none_of)
            )
    return first == second


def exclude(attribute: Attribute, first: Value, second: Value) -> bool:
    """Say whether two values of *attribute* have no possibility in common.

    The end of a span of time is excluded, so a day does not touch the next midnight; an instant is itself.
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


def hull(attribute: Attribute, values: Sequence[Value]) -> Value | None:
    """Return the smallest value of *attribute* that allows all that any of *values* allows; None where there is none.

    *values* is not empty. The hull of times stands in UTC. The hull of discs is
    drawn around the centre of the largest, the first of several, so it is not the very smallest; it bears a name only
    where all have the same.
    """
    first, rest = values[0], values[1:]
    if all(same(first, value) for value in rest):
        return first
    if spans := _all_of(Interval, values):
        starts, ends = zip(*map(_ends, spans), strict=True)
        return Interval(start=min(starts), end=max(ends))
    if discs := _all_of(Disc, values):
        return _disc_around(discs)
    if names := _all_of(OneOf, values):
        return _names_hull(attribute, names)
    if counts := _all_of(Count, values):
        return _count_hull(counts)
    if amounts := _all_of(Amount, values):
        return Amount(low=min(one.low for one in amounts), high=_highest(amounts))
    return None


def meet(attribute: Attribute, first: str, second: str) -> bool:
    """Say whether what is called *first* may be called *second*: the same name, or a narrower and a wider term."""
    return _is(attribute, first, second) != "false" or _is(attribute, second, first) != "false"


def _is(attribute: Attribute, said: str, asked: str) -> str:
    if fold(said) == fold(asked):
        return "true"
    if attribute not in FAMILIES or said not in vocabulary(attribute) or asked not in vocabulary(attribute):
        return "false"
    return is_a(attribute, said, asked)


def _all_of(kind: type[Kind], values: Sequence[Value]) -> list[Kind]:
    """Return *values* where every one is of *kind*, else nothing."""
    found: list[Kind] = [value for value in values if isinstance(value, kind)]
    return found if len(found) == len(values) else []


def _ends(when: Interval) -> tuple[datetime, datetime]:
    # in UTC: times of one zone would be compared by the clock on the wall
    return when.start.astimezone(UTC), when.end.astimezone(UTC)


def _spot(place: Disc) -> tuple[str, float, float, int]:
    return fold(place.name), place.lat, place.lon, place.radius_m


def _below(first: Count | Amount, second: Count | Amount) -> bool:
    return first.high is not None and first.high < second.low


def _folded(names: Sequence[str]) -> frozenset[str]:
    return frozenset(map(fold, names))


def _denied(attribute: Attribute, name: str, none_of: Sequence[str]) -> bool:
    """Say whether what is called *name* surely is one of *none_of*."""
    return any(_is(attribute, name, excluded) == "true" for excluded in none_of)


def _names_exclude(attribute: Attribute, first: OneOf, second: OneOf) -> bool:
    none_of = first.none_of + second.none_of
    if first.any_of and second.any_of:
        pairs = [(one, other) for one in first.any_of for other in second.any_of if meet(attribute, one, other)]
        return all(_denied(attribute, one, none_of) or _denied(attribute, other, none_of) for one, other in pairs)
    named = first.any_of or second.any_of
    return bool(named) and all(_denied(attribute, name, none_of) for name in named)


def _names_hull(attribute: Attribute, values: Sequence[OneOf]) -> OneOf | None:
    """Return all that is named, the wider term where one contains another, less what every one of *values* denies.

    Where one of *values* only says what it was not, anything may be that it does not deny and the others do not name.
    """
    denied = _distinct(name for value in values for name in value.none_of)
    if all(value.any_of for value in values):
        named = _distinct(name for value in values for name in value.any_of)
        widest = [
            one for one in named if not any(one != other and _is(attribute, one, other) == "true" for other in named)
        ]
        none_of = [name for name in denied if all(_denied(attribute, name, one.none_of) for one in values)]
        return OneOf(any_of=tuple(widest), none_of=tuple(none_of))
    none_of = [
        name
        for name in denied
        if all(_denied(attribute, name, one.none_of) or _names_not(attribute, one, name) for one in values)
    ]
    return OneOf(none_of=tuple(none_of)) if none_of else None


def _names_not(attribute: Attribute, value: OneOf, name: str) -> bool:
    return bool(value.any_of) and not any(meet(attribute, named, name) for named in value.any_of)


def _distinct(names: Iterable[str]) -> list[str]:
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(fold(name), name)
    return list(by_key.values())


def _disc_around(discs: Sequence[Disc]) -> Disc:
    largest = max(discs, key=lambda disc: disc.radius_m)
    distances = [(distance_m(largest, disc), disc.radius_m) for disc in discs]
    # A micrometre more than measured, since distances are rounded: all of every disc must lie inside.
    radius = max(ceil(distance + reach + 1e-6) if distance else reach for distance, reach in distances)
    name = largest.name if len(_folded([disc.name for disc in discs])) == 1 else ""
    return replace(largest, name=name, radius_m=min(radius, _WHOLE_EARTH_M))


def _count_hull(counts: Sequence[Count]) -> Count:
    bests = {count.best for count in counts}
    return Count(
        low=min(count.low for count in counts),
        best=bests.pop() if len(bests) == 1 else None,
        high=_highest(counts),
    )


def _highest(ranges: Sequence[Count | Amount]) -> Any:
    """Return the greatest upper bound, of the kind that *ranges* have; None where one of them has none."""
    highs = [one.high for one in ranges if one.high is not None]
    return max(highs) if len(highs) == len(ranges) else None
