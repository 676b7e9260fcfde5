"""The last head that this machine signed of a log, outside the log's folder.

A folder that was put back by cp, or from a snapshot, is in order by itself. While witnesses are silent this alone tells
that it is not the newest copy, so that no second history is signed. It is written without waiting for the disk: after a
loss of power it may be of some entries before, and protects a little less.
"""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from parley.record.errors import Forked, Stale
from parley.record.formats.canonical import encode_base64

RootAt = Callable[[int], bytes]
"""Gives the root over the first so many entries."""

_FORM = re.compile(r"([0-9]{20}) ([A-Za-z0-9+/]{43}=)\n", re.ASCII)


def state_folder() -> Path:
    """Where programs of this user keep state: `PARLEY_STATE`, or `parley` in XDG_STATE_HOME or ~/.local/state."""
    own = os.environ.get("PARLEY_STATE")
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(own) if own else Path(state).expanduser() / "parley"


class Head:
    """The head kept of the log *log* (the digest of its first key); where it cannot be kept, nothing is told."""

    def __init__(self, log: str) -> None:
        self._path = state_folder() / "heads" / log
        self._file: int | None = None

    def read(self) -> tuple[int, str] | None:
        """(size, root in base64) of the last head signed here, None where none is known."""
        try:
            found = _FORM.fullmatch(self._path.read_text("ascii"))
        except (OSError, ValueError):
            return None
        return None if found is None else (int(found[1]), found[2])

    def write(self, size: int, root: bytes) -> None:
        """Keep the head that was signed now."""
        with suppress(OSError):
            if self._file is None:
                self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._file, f"{size:020} {encode_base64(root).decode()}\n".encode(), 0)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):
                os.close(self._file)
            self._file = None


def check_head(kept: tuple[int, str], size: int, root_at: RootAt) -> None:
    """Check that a record of *size* entries goes on from a head that was *kept* before its rows were read.

    Raises:
        Stale: when more was signed here.
        Forked: when something else was.
    """
    signed, root = kept
    if signed > size:
        raise Stale(
            f"this machine has signed {signed} entries of this log, {size} are here: an older copy was put back; "
            "nothing is signed. Go on with the newest copy, or begin a new record from this one: `parley succeed`"
        )
    if encode_base64(root_at(signed)).decode() != root:
        raise Forked(f"this machine has signed other {signed} entries of this log; nothing is signed")
