"""Writing a log's static files beside its appends, so that slow files hold up nobody who appends."""

import threading
from contextlib import suppress
from pathlib import Path

from parley.record.errors import RecordError
from parley.record.store import STATIC, Store
from parley.record.tile_files import TileFiles

SECONDS = 1.0  # often enough, and leaves those who append their processor


class Publisher:
    """A thread that brings the static files up to the newest checkpoint that it was told of, every second.

    They follow from the rows: where the disk refuses them the log stands all the same, and the next time, or whoever
    appends next, writes them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest: tuple[int, bytes] | None = None
        self._told = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="static files", daemon=True)
        self._thread.start()

    def publish(self, size: int, note: bytes) -> None:
        """Write, soon, the files of the tree of *size* entries and its checkpoint *note*."""
        with self._told:
            self._newest = size, note
            self._told.notify()

    def close(self) -> None:
        """Wait until the files are up to date."""
        with self._told:
            self._closing = True
            self._told.notify()
        self._thread.join()

    def _run(self) -> None:
        files, store = TileFiles(self._folder / STATIC), Store.open(self._folder)
        while True:
            with self._told:
                self._told.wait_for(lambda: self._newest is not None or self._closing)
                newest, self._newest = self._newest, None
            if newest is None:
                break
            with suppress(OSError, RecordError):
                files.advance(store, *newest)
            with self._told:
                self._told.wait_for(lambda: self._closing, timeout=SECONDS)
        store.close()
