"""One sequencer a log: whatever many callers add at the same time becomes one durable group.

It runs in the callers' event loop. Nobody's addition fails because of somebody else's, and each caller goes on only
when its entry is on disk under a signed checkpoint and, where there are witnesses, cosigned.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from parley.record.errors import RecordError
from parley.record.log import Log, Pending, Tail
from parley.record.store import STATIC, Store
from parley.record.tile_files import TileFiles

Make = Callable[[Tail], Pending]
"""Makes an entry once its place is known; what it raises goes to its caller alone."""


class Sequencer:
    """Adds entries to *log* in groups; use it as a context manager.

    Args:
        cosign: called in a thread of its own after each group; returns when the new checkpoint is cosigned, or raises.
    """

    def __init__(self, log: Log, cosign: Callable[[], object] | None = None) -> None:
        self._log = log
        self._log.publishes = False  # a thread does, so that slow files hold up nobody
        self._publisher = _Publisher(log.folder)
        self._cosign = cosign
        self._waiting: list[tuple[Pending | Make, asyncio.Future[int]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Wait until the static files are up to date; the log itself stays open."""
        self._publisher.close()
        self._log.publishes = True

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
        self._publisher.publish(self._log.signed().size, self._log.newest_note())
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


class _Publisher:
    """Writes the static files in a thread, always up to the newest checkpoint that it was told of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest: tuple[int, bytes] | None = None
        self._told = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="tile files", daemon=True)
        self._thread.start()

    def publish(self, size: int, note: bytes) -> None:
        with self._told:
            self._newest = size, note
            self._told.notify()

    def close(self) -> None:
        with self._told:
            self._closing = True
            self._told.notify()
        self._thread.join()

    def _run(self) -> None:
        store, files = Store.open(self._folder), TileFiles(self._folder / STATIC)
        while True:
            with self._told:
                self._told.wait_for(lambda: self._newest is not None or self._closing)
                newest, self._newest = self._newest, None
            if newest is None:
                break
            with suppress(OSError, RecordError):  # the rows stand; the next time, or the next opening, writes them
                files.advance(store, *newest)
        store.close()
