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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from parley.centre import witnesses
from parley.centre.statements import (
    OF_INPUT,
    Arrived,
    ArrivedKey,
    Charter,
    Delivery,
    InputPart,
    Publication,
    Stated,
    TermsVersion,
    card,
    part_of,
    read_back,
    state,
    state_reading,
    with_part,
)
from parley.model import FolderError, Input, InputCard, Reading
from parley.record import Record


def now() -> datetime:
    return datetime.now(UTC)


def untold(read: int, whole: int) -> None:
    """Tell nobody how far reading has come."""


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

    def take_in(
        self,
        delivery: Delivery,
        read: Callable[[Input, int], Iterator[Reading]],
        at: datetime | None = None,
        told: Callable[[int, int], None] = untold,
    ) -> InputCard:
        """Keep an input's bytes, then record it and what it gives, a part at a time; return what was recorded.

        An input that stands in the record already, read in the same way, is not recorded twice: its card comes back.
        Where recording was cut short, it goes on behind the last part that was recorded.

        Args:
            read: reads an input, given the last row that was taken before.
            told: told of the bytes that were read so far and of all bytes, as it goes on.
        """
        arrived, kept = self._keep(delivery, told)
        done = self._inputs.get(arrived.key)
        if done is not None and done.whole:
            return done
        parts = read(kept, done.rows if done else 0)
        reading = next(parts, None)
        while done is None or not done.whole:
            following = next(parts, None)  # so that the last part is known as such, and a small input is one group
            done = self._record(arrived, done, reading or Reading(()), following is None, at)
            reading = following
        return done

    def _record(
        self, arrived: Arrived, done: InputCard | None, reading: Reading, last: bool, at: datetime | None
    ) -> InputCard:
        """Record a part of an input in one durable group, behind the input itself where it is the first."""
        for digest, data in reading.attachments.items():
            keep(self.kept(digest), data)
        first = [] if done else [state("input", arrived)]
        done = done or card(self.record.size, arrived)
        self.record.append([*first, *state_reading(reading, done.entry, last)], at=at or now())
        self._inputs[arrived.key] = with_part(done, part_of(reading, done.entry, last))
        return self._inputs[arrived.key]

    def _keep(self, delivery: Delivery, told: Callable[[int, int], None]) -> tuple[Arrived, Input]:
        """Keep the bytes of an input, a chunk at a time; return what is said of it, and the kept copy to be read."""
        incoming = self.folder / "files" / "incoming.part"
        incoming.parent.mkdir(exist_ok=True)
        with incoming.open("wb") as file:
            for chunk in delivery.input.chunks():
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        arrived = replace(delivery, input=Input(delivery.input.name, incoming)).arrived()
        path = self.kept(arrived.digest)
        if path.exists() and Input("", path).digest == arrived.digest:
            incoming.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            incoming.replace(path)
        return arrived, Input(delivery.input.name, path, lambda read: told(read, arrived.size))

    def shred(self, inputs: Sequence[int], reason: str, at: datetime | None = None) -> int:
        """Destroy inputs with all of their reports: bodies, salts and files; return the notice's entry.

        Reviews of their articles and models' answers about them repeat what they say, and go with them.

        The views and published files are removed too, since what was shredded stands in them: they are to be made again
        from what is left. Entries that a notice names already are destroyed again, to finish what was cut short.

        Raises:
            FolderError: where an entry is no input; nothing is destroyed then.
        """
        arrived = self._files()
        known = self.record.shredded()
        for entry in inputs:
            if entry not in arrived and entry not in known:
                raise FolderError(f"entry {entry} is no input; name the input that a report came with")
        wanted = [entry for entry in inputs if entry not in known]
        brought = [entry for parent, entry in self._brought() if parent in wanted]
        entries = [*wanted, *brought, *self._about(set(brought))]
        files = {digest for entry in wanted for digest in arrived[entry]}
        if entries:
            self.record.shred(entries, reason, at or now(), {"files": sorted(files)})
        known = self.record.shredded()
        self.record.destroy(list(known))
        kept = {digest for entry, digests in arrived.items() if entry not in known for digest in digests}
        notices = [entry.body or {} for entry in self.record.entries(kinds=["shred-notice"])]
        for digest in {digest for notice in notices for digest in notice.get("files", ())} - kept:
            destroy(self.kept(digest))
        for path in (*self.folder.glob("centre.db*"), *(self.folder / "reports").glob("*")):
            destroy(path)
        self.__dict__.pop("_inputs", None)  # what was cached of them
        return known[inputs[0]]

    def _brought(self) -> Iterator[tuple[int, int]]:
        """(input, statement) of every statement that an input brought, by their entries."""
        return ((body["input"], entry) for entry, _, _, body in self._entries(kinds=OF_INPUT))

    def _about(self, articles: set[int]) -> Iterator[int]:
        """The entries of reviews and models' answers about *articles*, in order."""
        kinds = ("review", "model-proposal")
        return (entry for entry, _, _, body in self._entries(kinds=kinds) if body["article"] in articles)

    def _files(self) -> dict[int, set[str]]:
        """The digests of the files that each input brought, by its entry."""
        files: dict[int, set[str]] = {}
        for one in read_back(self._entries(kinds=("input", "input-part"))):
            if isinstance(one.says, Arrived):
                files.setdefault(one.entry, set()).update(one.says.digests)
            elif isinstance(one.says, InputPart):
                files.setdefault(one.says.input, set()).update(one.says.digests)
        return files

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
        keys: dict[int, ArrivedKey] = {}
        cards: dict[ArrivedKey, InputCard] = {}
        for one in read_back(self._entries(kinds=("input", "input-part"))):
            if isinstance(one.says, Arrived):
                keys[one.entry] = one.says.key
                cards[one.says.key] = card(one.entry, one.says)
            elif isinstance(one.says, InputPart) and one.says.input in keys:
                key = keys[one.says.input]
                cards[key] = with_part(cards[key], one.says)
        return cards


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
    try:
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise FolderError(
            f"{folder}: this folder cannot be written to: {error.strerror}; nothing was changed"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderError(f"{folder}: another command is writing to this folder; try again when it has ended") from None
    return descriptor
