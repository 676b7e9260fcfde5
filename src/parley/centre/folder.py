"""One centre's data folder: the record, the bytes it speaks of, the views and the published files.

record.db  keys/     the truth: the transparency log and the keys that sign it (see `parley.record`)
policy               the witnesses that cosign it, where there are any
files/               inputs and attachments as they arrived, each under its SHA-256
log/                 the log's static files for other readers; may be dropped and rebuilt
centre.db            views, "as of entry N"; may be dropped and rebuilt
reports/             published files; may be dropped and rebuilt
"""

import fcntl
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from parley.centre import witnesses
from parley.centre.statements import (
    Arrived,
    ArrivedKey,
    Charter,
    Delivery,
    Publication,
    Stated,
    TermsVersion,
    card,
    read_back,
    state,
    state_reading,
)
from parley.model import FolderError, InputCard, Reading
from parley.record import Record


def now() -> datetime:
    return datetime.now(UTC)


class Centre(AbstractContextManager["Centre"]):
    """An open data folder. Make one with `create` or `open`; close it, or use it in a `with` statement."""

    def __init__(self, folder: Path, record: Record, lock: int | None) -> None:
        self.folder = folder
        self.record = record
        self._lock = lock
        self.charter = self._charter()
        self.not_cosigned = ""  # after closing: why what was added is not cosigned

    @classmethod
    def create(cls, folder: Path, charter: Charter, at: datetime | None = None) -> Self:
        """Make a new centre in *folder*, which must be empty or not be there; its charter is the first statement."""
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FolderError(f"{folder}: expected a new or empty folder; nothing was changed")
        folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
        record = Record.create(folder, origin=f"parley.invalid/{secrets.token_hex(6)}")
        record.append([state("centre", charter)], at=at or now())
        return cls(folder, record, lock)

    @classmethod
    def open(cls, folder: Path, writing: bool = False) -> Self:
        """Open the centre in *folder*; with *writing*, keep every other writer out until it is closed.

        On writing, witnesses are asked first whether this is the newest copy, and on closing to cosign what was added.

        Raises:
            FolderError: where there is no centre, or where another command is writing to it.
            Stale, Forked: where this is an old copy, or another history than witnesses have seen.
        """
        if not (folder / "record.db").is_file():
            raise FolderError(f"{folder}: expected a Parley data folder (with record.db); `parley init` makes one")
        lock = _lock(folder) if writing else None
        if writing:
            witnesses.ask_first(folder)
        return cls(folder, Record.open(folder), lock)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None and kind is None:
            self.not_cosigned = witnesses.cosign(self.folder)
        self.record.close()
        if self._lock is not None:
            os.close(self._lock)

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.charter.timezone)

    def stated(self, until: int | None = None) -> Iterator[Stated]:
        """Return what every statement says, in order; *until* stops before that entry."""
        entries = self._entries()
        return read_back(entries if until is None else takewhile(lambda entry: entry[0] < until, entries))

    def take_up(self, terms: Sequence[TermsVersion], at: datetime | None = None) -> None:
        """Record versions of agreements; those that stand in the record already are left out."""
        known = {one.says for one in self.stated() if isinstance(one.says, TermsVersion)}
        new = [state("terms-version", version) for version in terms if version not in known]
        if new:
            self.record.append(new, at=at or now())

    def take_in(self, delivery: Delivery, reading: Reading, at: datetime | None = None) -> InputCard:
        """Keep an input's bytes, then record it and its reports; return what was recorded.

        An input that stands in the record already, read in the same way, is not recorded twice: its card comes back.
        """
        arrived = delivery.arrived(reading)
        known = self._inputs.get(arrived.key)
        if known is not None:
            return known
        for digest, data in ((arrived.digest, delivery.input.data), *reading.attachments.items()):
            keep(self.kept(digest), data)
        entry = self.record.size
        self.record.append(state_reading(arrived, reading.reports, entry), at=at or now())
        return self._inputs.setdefault(arrived.key, card(entry, arrived))

    def shred(self, inputs: Sequence[int], reason: str, at: datetime | None = None) -> int:
        """Destroy inputs with all of their reports: bodies, salts and files; return the notice's entry.

        The views and published files are removed too, since what was shredded stands in them: they are to be made again
        from what is left. Entries that a notice names already are destroyed again, to finish what was cut short.

        Raises:
            FolderError: where an entry is no input; nothing is destroyed then.
        """
        arrived = {one.entry: one.says for one in self.stated() if isinstance(one.says, Arrived)}
        known = self.record.shredded()
        for entry in inputs:
            if entry not in arrived and entry not in known:
                raise FolderError(f"entry {entry} is no input; name the input that a report came with")
        wanted = [entry for entry in inputs if entry not in known]
        entries = [*wanted, *(entry for parent, entry in self._reports() if parent in wanted)]
        files = {digest for entry in wanted for digest in arrived[entry].digests}
        if entries:
            self.record.shred(entries, reason, at or now(), {"files": sorted(files)})
        known = self.record.shredded()
        self.record.destroy(list(known))
        kept = {digest for entry, one in arrived.items() if entry not in known for digest in one.digests}
        notices = [entry.body or {} for entry in self.record.entries(kinds=["shred-notice"])]
        for digest in {digest for notice in notices for digest in notice.get("files", ())} - kept:
            destroy(self.kept(digest))
        for path in (*self.folder.glob("centre.db*"), *(self.folder / "reports").glob("*")):
            destroy(path)
        self.__dict__.pop("_inputs", None)  # what was cached of them
        return known[inputs[0]]

    def _reports(self) -> Iterator[tuple[int, int]]:
        """(input, report) of every report that is there, by their entries."""
        return ((body["input"], entry) for entry, _, _, body in self._entries(kinds=["report"]))

    def publish(self, files: Iterable[tuple[Publication, bytes]], at: datetime | None = None) -> None:
        """Write published files and record their digests; what the record holds already is not recorded again."""
        known = set(self.published().values())
        new = []
        for publication, data in files:
            self.keep_published(publication, data)
            if publication not in known:
                new.append(state("publication", publication))
        if new:
            self.record.append(new, at=at or now())

    def published(self) -> dict[int, Publication]:
        """Return every publication by its entry; a later one of the same name is a new edition."""
        stated = read_back(self._entries(kinds=("publication",)))
        return {one.entry: one.says for one in stated if isinstance(one.says, Publication)}

    def keep_published(self, publication: Publication, data: bytes) -> None:
        """Write a published file."""
        keep(self.folder / "reports" / publication.name, data)

    def kept(self, digest: str) -> Path:
        """Return where the bytes with *digest* are kept."""
        return self.folder / "files" / digest[:2] / digest

    def _charter(self) -> Charter:
        first = next(self.stated(), None)
        if first is None or not isinstance(first.says, Charter):
            raise FolderError(f"{self.folder}: expected a record whose first statement is the centre's charter")
        return first.says

    def _entries(self, kinds: Sequence[str] | None = None) -> Iterator[tuple[int, str, datetime, Mapping[str, Any]]]:
        """Return what stands in the record and was not shredded."""
        for entry in self.record.entries(kinds=kinds):
            if entry.body is not None:
                yield entry.index, entry.kind, entry.at, entry.body

    @cached_property
    def _inputs(self) -> dict[ArrivedKey, InputCard]:
        stated = read_back(self._entries(kinds=("input",)))
        return {one.says.key: card(one.entry, one.says) for one in stated if isinstance(one.says, Arrived)}


def keep(path: Path, data: bytes) -> None:
    """Write *data* to *path* so that the file is whole or absent, never half."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def destroy(path: Path) -> None:
    """Overwrite a file with zeros and remove it; one that is not there is destroyed already."""
    if path.is_file():
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _lock(folder: Path) -> int:
    """Keep other writers out of *folder* until the returned descriptor is closed, or this process ends."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderError(f"{folder}: another command is writing to this folder; try again when it has ended") from None
    return descriptor
