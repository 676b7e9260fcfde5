"""Which incidents have to be asked again where others leave something else to later ones than before.

An answer reads of what came before: when a calm was last broken, every fulfilled duty, and of breaches of one clause,
by and against the same sides, as sure, the last few. Where all of that is what it was, the answer is too.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from parley.model.past import Earlier, Past
from parley.terms.asked import Asked
from parley.terms.history import MOST_NAMED, Log, surely_before
from parley.terms.timeline import Span


@dataclass(frozen=True, slots=True)
class Standing:
    """An incident, what it left to later ones before and what it leaves now; None: nothing, or it is not there."""

    incident: str
    entry: int
    time: Span
    before: Past | None
    now: Past | None

    @property
    def opens_otherwise(self) -> bool:
        """Whether what it leaves, as long as it is not over, is otherwise than before."""
        return (self.before.open if self.before else ()) != (self.now.open if self.now else ())


def later(asked: Asked, line: Iterable[Standing]) -> Iterator[str]:
    """Yield the incidents of *line*, in any order, to whose answers something else came before than did."""
    order, known = count(), _Known(asked)
    ahead: list[tuple[object, object, int, Standing]] = []
    going: dict[str, Standing] = {}  # begun before the one at hand ends, and opening otherwise than before
    ordered = sorted(line, key=lambda one: (one.time, one.entry))
    starts = iter(ordered)
    coming = next(starts, None)
    for one in ordered:
        while coming is not None and (coming is one or coming.time[0] < one.time[1]):
            if coming.opens_otherwise:
                going[coming.incident] = coming
            coming = next(starts, None)
        while ahead and ahead[0][3].time[1] <= one.time[0] and surely_before(ahead[0][3].time, one.time):
            over = heappop(ahead)[3]
            going.pop(over.incident, None)
            known.add(over)
        if known.differs or any(other is not one for other in going.values()):
            yield one.incident
        heappush(ahead, (one.time[1], one.time[0], next(order), one))


class _Known:
    """All that is over, as it was before and as it is now."""

    def __init__(self, asked: Asked) -> None:
        self._logs: tuple[Sequence[Log], Sequence[Log]] = asked.logs(), asked.logs()
        self._last: dict[Hashable, tuple[list[Hashable], list[Hashable]]] = {}
        self._otherwise: set[Hashable] = set()

    @property
    def differs(self) -> bool:
        """Whether anything that an answer may read is otherwise than before."""
        return bool(self._otherwise) or any(
            before.calm(event.id, len(before.findings)) != now.calm(event.id, len(now.findings))
            for before, now in zip(*self._logs, strict=True)
            for event, _ in before.events
        )

    def add(self, one: Standing) -> None:
        for side, past in enumerate((one.before, one.now)):
            for found in past.final if past else ():
                for log in self._logs[side]:
                    log.add(found)
                group = _group(found)
                both = self._last.setdefault(group, ([], []))
                both[side].append((found.incident, found.time))
                if found.kind == "breach":
                    del both[side][:-MOST_NAMED]
                (self._otherwise.discard if both[0] == both[1] else self._otherwise.add)(group)


def _group(found: Earlier) -> Hashable:
    return found.clause, found.by, found.against, found.sure, found.kind
