"""Files that are whole or not there: written beside their place and moved there; nothing is left of one that failed.

A full disk, a quota or a limit on the size of files ends a write in its middle; what was written so far then takes the
room that is wanted, and would be taken for the file.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def whole(path: Path, durable: bool = True) -> Iterator[IO[bytes]]:
    """Give the file that becomes *path* when the block ends well; *path* is as before where it does not.

    Its folder must be there. With *durable*, its bytes are on disk before it has its name.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError) and error.filename is not None and os.fspath(error.filename) == os.fspath(part):
            error.filename = os.fspath(path)  # what was asked for
        raise


def write_whole(path: Path, data: bytes, durable: bool = True) -> None:
    """Write *data* to *path*, all of it or nothing."""
    with whole(path, durable) as file:
        file.write(data)


@contextmanager
def all_or_none(*paths: Path) -> Iterator[None]:
    """Remove again those of *paths* that the block made, where an error leaves it: of one set of keys, no part."""
    new = [path for path in paths if not path.exists()]
    try:
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):
                path.unlink()
        raise
