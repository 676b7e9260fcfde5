"""Taking others' statements while many ask at once: one thread records, a group of requests at a time; another has what
was recorded cosigned. So nobody who reads, and nobody's request, waits for somebody else's."""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue

from parley.record.errors import NotCosigned, RecordError
from parley.record.handed.receipt import Appended
from parley.record.outside.witnessing import Send, Witnessing
from parley.record.policy_file import load_policy
from parley.record.record import CheckBody, Record, any_body
from parley.record.statements.author import Said

MOST_AT_ONCE = 512
_AGAIN = 5.0  # seconds until witnesses that gave too little are asked again

Keep = Callable[[str, bytes], None]
"""Keeps the bytes of a file under its digest."""


def keep_nothing(digest: str, data: bytes) -> None:
    """Keep no files."""


class _Asked:
    """A request that waits: its statements and files, and who wants to know."""

    def __init__(self, statements: Sequence[Said], files: Mapping[str, bytes]) -> None:
        self.statements = statements
        self.files = files
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[list[Appended]] = self.loop.create_future()


class Submissions:
    """Records statements in *folder* from any event loop; close it at the end.

    Args:
        keep: called for the files of a request whose statements were recorded.
        send: asks the witnesses of the record's policy to cosign what was recorded; None asks nobody.
    """

    def __init__(
        self,
        folder: Path,
        check_body: CheckBody = any_body,
        keep: Keep = keep_nothing,
        send: Send | None = None,
    ) -> None:
        self._folder = folder
        self._check_body = check_body
        self._keep = keep
        self._waiting: SimpleQueue[_Asked | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._writer.start()
        self._closing = threading.Event()
        self._recorded = threading.Event()
        self._cosigner: threading.Thread | None = None
        if send is not None:
            self._cosigner = threading.Thread(target=self._cosign, args=(send,), name="cosigner", daemon=True)
            self._cosigner.start()

    async def submit(self, statements: Sequence[Said], files: Mapping[str, bytes]) -> list[Appended]:
        """Record *statements*, all or none; return once they are durable and signed. Raises as `Record.submit`."""
        asked = _Asked(statements, files)
        self._waiting.put(asked)
        return await asked.future

    def close(self) -> None:
        """Record what waits, and end."""
        self._waiting.put(None)
        self._writer.join()
        self._closing.set()
        self._recorded.set()
        if self._cosigner is not None:
            self._cosigner.join()

    def _write(self) -> None:
        with Record.open(self._folder, self._check_body) as record:
            record.log.publish_beside()
            ended = False
            while not ended:
                group = [self._waiting.get()]
                while len(group) < MOST_AT_ONCE and not self._waiting.empty():
                    group.append(self._waiting.get())
                asked = [one for one in group if one is not None]
                ended = len(asked) < len(group)
                if asked:
                    self._record(record, asked)

    def _record(self, record: Record, asked: Sequence[_Asked]) -> None:
        outcomes: Sequence[list[Appended] | Exception]
        try:
            for one in asked:
                for digest, data in one.files.items():
                    self._keep(digest, data)  # before the statement that speaks of it
            outcomes = record.submit_each([one.statements for one in asked], datetime.now(UTC))
        except Exception as error:  # a full disk, a hold: everybody is told, and the next group is tried
            outcomes = [error] * len(asked)
        self._recorded.set()
        for one, outcome in zip(asked, outcomes, strict=True):
            with suppress(RuntimeError):  # the loop of somebody who went away
                one.loop.call_soon_threadsafe(_tell, one.future, outcome)

    def _cosign(self, send: Send) -> None:
        pause: float | None = None
        while not self._closing.is_set():
            self._recorded.wait(pause)
            self._recorded.clear()
            pause = None
            try:
                policy = load_policy(self._folder)  # which a statement may have changed
                if policy is not None and policy.quorum != "none":
                    with Witnessing(self._folder, policy, send) as witnessing:
                        witnessing.cosign()
            except NotCosigned:
                pause = _AGAIN
            except RecordError:  # an old copy, or a fork: opening the record says so; nothing more is asked
                return


def _tell(future: "asyncio.Future[list[Appended]]", outcome: list[Appended] | Exception) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
