"""Time as the terms see it: only on which side of each moment that they know something happened, or at which."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from parley.model import Interval

Span = tuple[datetime, datetime]
"""A time in UTC, somewhere from the first to before the second; an instant where both are the same."""


@lru_cache(maxsize=1 << 16)
def span_of(when: Interval) -> Span:
    """Return *when* in UTC: times of one zone would be compared by the clock on the wall."""
    return when.start.astimezone(UTC), when.end.astimezone(UTC)


def before(when: Span, moment: datetime) -> bool:
    """Say that all of *when* lies before *moment*; a span's end is excluded, an instant is not."""
    return when[1] <= moment if when[0] < when[1] else when[0] < moment


class Timeline:
    """All moments of an agreement in order, each one bit, and the stretches between them one bit each.

    A set of times is a number: bit 2k is the stretch before moment k, bit 2k + 1 moment k itself.
    """

    def __init__(self, moments: Iterable[datetime]) -> None:
        self.moments = sorted(set(moments))
        self.always = (1 << 2 * len(self.moments) + 1) - 1

    def _at(self, moment: datetime) -> int:
        place = bisect_left(self.moments, moment)
        here = place < len(self.moments) and self.moments[place] == moment
        return 2 * place + here

    def mask(self, when: Span) -> int:
        """Return every stretch and moment that *when* touches."""
        first = self._at(when[0])
        if when[0] == when[1]:
            return 1 << first
        last = self._at(when[1])
        last -= last & 1  # the end is excluded
        return (2 << last) - (1 << first)

    def within(self, start: datetime, end: datetime | None) -> int:
        """Return the times from *start* (included) to *end* (excluded; None: for ever)."""
        first = self._at(start)
        found = self.always & -(1 << first)
        return found if end is None else found & ((1 << self._at(end)) - 1)

    def bits(self, mask: int) -> Iterator[int]:
        """Yield the single stretches and moments of *mask*, each as a set of its own."""
        while mask:
            lowest = mask & -mask
            yield lowest
            mask ^= lowest

    def cut(self, when: Sequence[Span], bit: int) -> tuple[Span, ...]:
        """Return what of *when* lies in the stretch or moment *bit*."""
        place, at = divmod(bit.bit_length() - 1, 2)
        if at:
            return ((self.moments[place], self.moments[place]),)
        lowest: Callable[[datetime], datetime] = lambda one: max(one, self.moments[place - 1]) if place else one  # noqa: E731
        found = []
        for start, end in when:
            if self.mask((start, end)) & bit:
                high = min(end, self.moments[place]) if place < len(self.moments) else end
                found.append((lowest(start), max(lowest(start), high)))
        return tuple(found)
