"""What the machine refuses, in a sentence: a full disk, no memory, a folder that cannot be written, too many files.

Says what happened, where, what was recorded until then, and what to do. The command ends with code 2.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AGAIN = "then give the same command again"
_FULL = ("the disk is full", f"make room, {AGAIN}")
_REFUSALS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: ("your share of the disk (quota) is used up", f"make room or ask for more, {AGAIN}"),
    errno.EFBIG: ("the file would be larger than is allowed here", f"raise the limit (`ulimit -f`), {AGAIN}"),
    errno.EROFS: ("this disk cannot be written to", f"use a folder on another, or mount it for writing, {AGAIN}"),
    errno.EACCES: ("you may not do this here", f"ask whose it is, or use another folder, {AGAIN}"),
    errno.EPERM: ("you may not do this here", f"ask whose it is, or use another folder, {AGAIN}"),
    errno.EMFILE: ("too many files are open", f"raise the limit (`ulimit -n`), {AGAIN}"),
    errno.ENFILE: ("too many files are open on this machine", f"end other programs, {AGAIN}"),
    errno.ENOMEM: ("there is not enough memory", f"end other programs or give large inputs in parts, {AGAIN}"),
    errno.EIO: ("the disk does not answer (an error of input or output)", f"look after the disk, {AGAIN}"),
}
_OF_SQLITE = {
    "database or disk is full": errno.ENOSPC,
    "disk I/O error": errno.EIO,
    "attempt to write a readonly database": errno.EROFS,
    "unable to open database file": errno.EACCES,
    "out of memory": errno.ENOMEM,
}
_OPENSSL = "[digital envelope routines]"
"""How a digest fails in OpenSSL: only for want of memory, as all that it is given are bytes; Python: a ValueError."""


def refusal(error: BaseException) -> str:
    """Return what the machine refused, as a sentence or several; "" where *error* is of another kind."""
    kind, where = _kind(error)
    if kind is None:
        return ""
    what, todo = _REFUSALS[kind]
    recorded = [str(note) for note in getattr(error, "__notes__", ())]
    if any("were recorded" in note for note in recorded):
        todo += "; a decision that is recorded counts, and is not made again"
    said = f"{what}{f': {where}' if where else ''}."
    return " ".join((said[:1].upper() + said[1:], *recorded, f"{todo[:1].upper()}{todo[1:]}."))


def _kind(error: BaseException) -> tuple[int | None, str]:
    """Return the kind of refusal (an errno), and the file or folder that it was about."""
    for one in _causes(error):
        if isinstance(one, MemoryError):
            return errno.ENOMEM, ""
        if isinstance(one, ValueError) and str(one).startswith(_OPENSSL):
            return errno.ENOMEM, ""
        if isinstance(one, shutil.Error):  # of a folder that was copied: (from, to, why) of each file
            of = {number: name for number in _REFUSALS for name in (f"[Errno {number}]",)}
            for _, to, why in one.args[0] if one.args and isinstance(one.args[0], list) else ():
                found = next((number for number, name in of.items() if name in str(why)), None)
                if found is not None:
                    return found, str(to)
        elif isinstance(one, OSError) and one.errno in _REFUSALS:
            return one.errno, str(one.filename2 or one.filename or "")
        elif isinstance(one, sqlite3.Error):
            for said, number in _OF_SQLITE.items():
                if said in str(one):
                    return number, ""
    return None, ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was raised from, the nearest first."""
    one: BaseException | None = error
    while one is not None:
        yield one
        of_django = type(one).__module__.startswith("django.")  # which says the cause in words, and drops it
        one = one.__cause__ or (one.__context__ if of_django else None)


@contextmanager
def made_whole(folder: Path) -> Iterator[None]:
    """Leave *folder*, where it was new or empty, as it was when an error leaves the block: it can be tried again."""
    was_there = folder.is_dir()
    ours = not folder.exists() or (was_there and not any(folder.iterdir()))
    try:
        yield
    except Exception as error:
        if ours and folder.is_dir():
            for inside in folder.iterdir():
                shutil.rmtree(inside) if inside.is_dir() and not inside.is_symlink() else inside.unlink()
            if not was_there:
                folder.rmdir()
            error.__notes__ = [f"{folder}: nothing was made."]  # what was recorded in it is gone with it
        raise


def write_out(path: Path, data: bytes) -> None:
    """Write what a command was asked for to *path*: all of it or nothing, but for a device or a pipe."""
    from parley.record.whole import write_whole

    if path.exists() and not path.is_file():
        path.write_bytes(data)
    else:
        write_whole(path, data, durable=False)
