"""What arrives and what reading it gives: bytes in; reports, withdrawals, problems and attachments out."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BufferedIOBase, BytesIO
from pathlib import Path

from parley.model.errors import InputError
from parley.model.problem import Problem
from parley.model.report import Article, Bulletin, EventReport
from parley.model.revisions import Withdrawal

CHUNK = 1 << 20
MOST_BYTES = 10_000_000_000
"""Of one file; a list of ten million rows has about three thousand million."""
END = 65_536


def _nobody(read: int) -> None:
    """Tell nobody."""


class Input:
    """A file as it arrived: its name (without folders) and its bytes, untouched.

    The bytes are in memory, or still in a file; then they are read as they are wanted, so that an input may be larger
    than memory. A file that is read more than once must not change meanwhile: a centre reads the copy that it keeps.
    """

    def __init__(self, name: str, data: bytes | Path, told: Callable[[int], None] = _nobody) -> None:
        """*told* is called with the number of bytes that were read so far, whenever `chunks` gives some.

        Bytes of a file's name that are not UTF-8, which Python holds as halves of characters, stand in `name` escaped.
        """
        self.name = name.encode("utf-8", "backslashreplace").decode()
        self._data = data
        self.tell = told

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Input) and (self.name, self.digest) == (other.name, other.digest)

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    def __repr__(self) -> str:
        return f"Input({self.name!r}, …)"

    @property
    def data(self) -> bytes:
        """All bytes at once: for channels whose inputs are small."""
        if isinstance(self._data, bytes):
            return self._data
        with self.open() as file:
            return file.read()

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from *start* on, at most `CHUNK` at a time."""
        read = start
        with self.open() as file:
            if start:  # what is no file of a disk cannot be sought, but read once
                file.seek(start)
            while chunk := file.read(CHUNK):
                read += len(chunk)
                self.tell(read)
                yield chunk

    @cached_property
    def ends(self) -> bytes:
        """The first and the last 64 KiB, or everything where there is no more: enough to tell what it looks like."""
        with self.open() as file:
            head = file.read(2 * END + 1)
            if len(head) <= 2 * END:
                return head
            file.seek(-END, 2)
            return head[:END] + file.read(END)

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self._data) if isinstance(self._data, bytes) else self._data.stat().st_size

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all bytes, lower-case hex."""
        with self.open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def as_it_is(self) -> Iterator[bytes]:
        """Yield all bytes, at most `CHUNK` at a time, and be sure that they are those of one moment.

        Raises:
            InputError: it is no file of a disk, it is larger than `MOST_BYTES`, or it changed meanwhile.
        """
        with self.open() as file:
            before = os.fstat(file.fileno()) if isinstance(self._data, Path) else None
            size = self.size if before is None else before.st_size
            if size > MOST_BYTES:
                raise InputError(
                    Problem(file=self.name, code="file-too-large", params={"most": MOST_BYTES, "bytes": size})
                )
            read = 0
            while chunk := file.read(min(CHUNK, size - read + 1)):
                read += len(chunk)
                if read > size:  # whoever writes to it may never end
                    break
                yield chunk
            after = os.fstat(file.fileno()) if before else None
            if read != size or (before and after and _stamp(before) != _stamp(after)):
                now = max(read, after.st_size if after else 0)
                raise InputError(Problem(file=self.name, code="file-changed", params={"before": size, "after": now}))

    def open(self) -> BufferedIOBase:
        """Return the bytes as a file that can be read and sought, from its start; raise InputError where it is none."""
        if isinstance(self._data, bytes):
            return BytesIO(self._data)
        # A socket cannot be opened, a pipe would be waited for until somebody writes to it, and a device never ends.
        if not stat.S_ISREG(mode := self._data.stat().st_mode):
            raise _no_file(self.name, mode)
        file = os.fdopen(os.open(self._data, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
        if not stat.S_ISREG(mode := os.fstat(file.fileno()).st_mode):  # put there in between
            file.close()
            raise _no_file(self.name, mode)
        return file


def check_file(name: str, path: Path) -> None:
    """Refuse what is no file of a disk, or a too large one, before anything is read; raise InputError."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise _no_file(name, found.st_mode)
    if found.st_size > MOST_BYTES:
        raise InputError(Problem(file=name, code="file-too-large", params={"most": MOST_BYTES, "bytes": found.st_size}))


def _no_file(name: str, mode: int) -> InputError:
    kind = next((word for is_one, word in _KINDS if is_one(mode)), "special-file")
    return InputError(Problem(file=name, code="not-a-file", params={"kind": kind}))


_KINDS = (
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISDIR, "folder"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)


def _stamp(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


@dataclass(frozen=True)
class Reading:
    """What a channel made of an input, or of a piece of it. Good rows are in `reports`, bad ones in `problems`; none is
    in neither.

    Args:
        withdrawals: what the source takes back.
        attachments: SHA-256 (hex) → bytes that came inside the input and are kept unopened.
        passed: of rows that tell of something else than this channel is for: of what → how many.
        rows: the number of the last row that was taken so far; 0 where the input is read at once.
    """

    reports: tuple[EventReport | Bulletin | Article, ...]
    problems: tuple[Problem, ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    withdrawals: tuple[Withdrawal, ...] = ()
    passed: Mapping[str, int] = field(default_factory=dict)
    rows: int = 0
