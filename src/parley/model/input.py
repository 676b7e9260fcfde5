"""What arrives and what reading it gives: bytes in; reports, withdrawals, problems and attachments out."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BufferedIOBase, BytesIO
from pathlib import Path

from parley.model.problem import Problem
from parley.model.report import Article, Bulletin, EventReport
from parley.model.revisions import Withdrawal

CHUNK = 1 << 20
_END = 65_536


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
        self._told = told

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Input) and (self.name, self.digest) == (other.name, other.digest)

    def __hash__(self) -> int:
        return hash((self.name, self.digest))

    def __repr__(self) -> str:
        return f"Input({self.name!r}, …)"

    @property
    def data(self) -> bytes:
        """All bytes at once: for channels whose inputs are small."""
        return self._data if isinstance(self._data, bytes) else self._data.read_bytes()

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from *start* on, at most `CHUNK` at a time."""
        read = start
        with self._open() as file:
            if start:  # what is no file of a disk cannot be sought, but read once
                file.seek(start)
            while chunk := file.read(CHUNK):
                read += len(chunk)
                self._told(read)
                yield chunk

    @cached_property
    def ends(self) -> bytes:
        """The first and the last 64 KiB, or everything where there is no more: enough to tell what it looks like."""
        with self._open() as file:
            head = file.read(2 * _END + 1)
            if len(head) <= 2 * _END:
                return head
            file.seek(-_END, 2)
            return head[:_END] + file.read(_END)

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self._data) if isinstance(self._data, bytes) else self._data.stat().st_size

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all bytes, lower-case hex."""
        with self._open() as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _open(self) -> BufferedIOBase:
        return BytesIO(self._data) if isinstance(self._data, bytes) else self._data.open("rb")


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
