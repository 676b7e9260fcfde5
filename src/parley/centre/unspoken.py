"""Files that were kept for statements which are not recorded yet, and go again where these never are."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Unspoken(AbstractContextManager["Unspoken"]):
    """The files that were made here and that no statement speaks of so far; an error that leaves removes them.

    They stay where rows were added all the same, as when signing failed: those are signed later, and may speak of them.
    """

    def __init__(self, rows: Callable[[], int]) -> None:
        """*rows* counts the rows of the record, signed or not."""
        self._rows = rows
        self._before = rows()
        self._made: list[Path] = []

    def add(self, path: Path) -> None:
        """Note a file that is about to be made; one that is there already is somebody else's."""
        if not path.exists():
            self._made.append(path)

    def spoken(self) -> None:
        """Note that what was made so far is recorded."""
        self._before = self._rows()
        self._made.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            return
        with suppress(Exception):  # the error itself is what must be said
            if self._rows() == self._before:
                for path in self._made:
                    path.unlink(missing_ok=True)
                    with suppress(OSError):
                        path.parent.rmdir()
