"""When and where an incident took place, by all its accounts together: a span of time and a disc that hold them all.

Nobody's account is chosen: neither whose report came first nor whose claims to be most exact. What each says stands
beside it, in the differences.
"""

from collections.abc import Sequence
from datetime import UTC
from math import ceil, hypot

import numpy as np

from parley.incidents.circles import smallest_around
from parley.incidents.geodesy import Point, gone_from, seen_from
from parley.model import Disc, Interval, fold

_WHOLE_EARTH_M = 20_100_000  # no point is farther from any other
_ROUNDS = 5
_FOUND_M = 0.2
"""A centre that moves by less is found: it is told to six decimals of a degree, about a decimetre."""

MOST_NAMES = 3


def span_of(times: Sequence[Interval]) -> Interval:
    """Return the span of *times*, from the earliest start to the latest end, in UTC."""
    return Interval(
        start=min(when.start.astimezone(UTC) for when in times), end=max(when.end.astimezone(UTC) for when in times)
    )


def disc_of(places: Sequence[Disc]) -> Disc:
    """Return the smallest disc that holds all *places*, the same in whatever order they are given.

    It bears the name that all named ones have, else up to three of their names, of the most exact disc first (so that
    nothing depends on what anybody is called), with "…" for more.
    """
    in_order = sorted(places, key=lambda place: (place.radius_m, place.lat, place.lon, place.name))
    (lat, lon), radius_m = _around(in_order)
    return Disc(name=_names(in_order), lat=lat, lon=lon, radius_m=radius_m)


def _around(in_order: Sequence[Disc]) -> tuple[Point, int]:
    """Return centre and radius of the smallest disc around discs, of which the last is the largest.

    That is the largest where it holds the others. Else the centre is that of the smallest circle around circles on the
    plane that touches the Earth there, which is found by trying again from the centre that was found before.
    """
    smallest, largest = in_order[0], in_order[-1]
    if (smallest.radius_m, smallest.lat, smallest.lon) == (largest.radius_m, largest.lat, largest.lon):
        return (largest.lat, largest.lon), largest.radius_m  # all are the same
    lat, lon, radius = np.array([(place.lat, place.lon, place.radius_m) for place in in_order], dtype=np.float64).T
    middle = largest.lat, largest.lon
    east, north = seen_from(middle, lat, lon)
    if (np.hypot(east, north) + radius).max() <= largest.radius_m:
        return middle, largest.radius_m
    for _ in range(_ROUNDS):
        x, y, _ = smallest_around(east, north, radius)
        lat_of, lon_of = gone_from(middle, x, y)
        middle = round(lat_of, 6), round(lon_of, 6)
        east, north = seen_from(middle, lat, lon)
        if hypot(x, y) < _FOUND_M:
            break
    # A micrometre more than measured, since distances are rounded: all of every disc must lie inside.
    reach = ceil(float((np.hypot(east, north) + radius).max()) + 1e-6)
    return middle, min(reach, _WHOLE_EARTH_M)


def _names(in_order: Sequence[Disc]) -> str:
    spelled: dict[str, str] = {}
    for place in in_order:
        if place.name:
            spelled.setdefault(fold(place.name), place.name)
    names = list(spelled.values())
    return " / ".join(names[:MOST_NAMES]) + (" …" if len(names) > MOST_NAMES else "")
