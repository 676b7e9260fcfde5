"""One sequencer a log: whatever many callers add at the same time becomes one durable group.

It runs in the callers' event loop. Nobody's addition fails because of somebody else's, and each caller goes on only
when its entry is on disk under a signed checkpoint and, where there are witnesses, cosigned.
"""

import asyncio
from collections.abc import Callable, Iterator

from parley.record.log import Log, Pending, Tail

Make = Callable[[Tail], Pending]
"""Makes an entry once its place is known; what it raises goes to its caller alone."""


class Sequencer:
    """Adds entries to *log* in groups.

    Args:
        cosign: called in a thread of its own after each group; returns when the new checkpoint is cosigned, or raises.
    """

    def __init__(self, log: Log, cosign: Callable[[], object] | None = None) -> None:
        self._log = log
        log.publish_beside()
        self._cosign = cosign
        self._waiting: list[tuple[Pending | Make, asyncio.Future[int]]] = []

    async def add(self, entry: Pending | Make) -> int:
        """Add one entry; return its number once it is durable and signed, and cosigned where there are witnesses."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int] = loop.create_future()
        self._waiting.append((entry, future))
        if len(self._waiting) == 1:
            loop.call_soon(self._commit)  # after all callers that are ready now
        return await future

    def _commit(self) -> None:
        group, self._waiting = self._waiting, []
        taken: list[asyncio.Future[int]] = []

        def make(tail: Tail) -> Iterator[Pending]:
            for entry, future in group:
                if isinstance(entry, Pending):
                    taken.append(future)
                    yield entry
                    continue
                try:
                    made = entry(tail)
                except Exception as error:
                    _fail(future, error)
                else:
                    taken.append(future)
                    yield made

        try:
            numbers = self._log.append(make)
        except Exception as error:
            for _, future in group:
                _fail(future, error)
            return
        if self._cosign is None:
            _succeed(taken, numbers)
        else:
            asyncio.get_running_loop().create_task(self._cosigned(taken, numbers))

    async def _cosigned(self, futures: list[asyncio.Future[int]], numbers: list[int]) -> None:
        assert self._cosign is not None
        try:
            await asyncio.to_thread(self._cosign)
        except Exception as error:
            for future in futures:
                _fail(future, error)
        else:
            _succeed(futures, numbers)


def _succeed(futures: list[asyncio.Future[int]], numbers: list[int]) -> None:
    for future, number in zip(futures, numbers, strict=True):
        if not future.done():  # a caller that went away
            future.set_result(number)


def _fail(future: "asyncio.Future[int]", error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
