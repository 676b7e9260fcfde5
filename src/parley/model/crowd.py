"""A crowd: reports so near each other in place and time that not all pairs of them were compared."""

from parley.model.base import Noun
from parley.model.values import Interval


class Crowd(Noun):
    """Reports near one place, of which only a part of the pairs was compared, so that memory and time stay bounded.

    Two reports that were not compared are in one incident only where people say so.

    Args:
        time: from the first to the last of them.
        place: the name that most of them give; "" where they give none.
        lat, lon: WGS 84 degrees of the middle of them.
        entry: the smallest entry of them.
        reports: how many there are.
        compared, left_out: how many pairs of them were compared, and how many were not; rows of one list aside.
    """

    time: Interval
    place: str
    lat: float
    lon: float
    entry: int
    reports: int
    compared: int
    left_out: int
