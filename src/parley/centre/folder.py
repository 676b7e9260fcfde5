"""One centre's data folder: the record, the bytes it speaks of, the views and the published files.

record.db  keys/     the truth: the transparency log and the keys that sign it (see `parley.record`)
policy               the witnesses that cosign it, where there are any
files/               inputs and attachments as they arrived, each under its SHA-256
log/                 the log's static files for other readers; may be dropped and rebuilt
arrivals.db          where the record tells of an input that comes again; may be dropped and rebuilt
centre.db            views, "as of entry N"; may be dropped and rebuilt
reports/             published files; may be dropped and rebuilt
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from time import time as unix_time
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

from parley.centre import witnesses
from parley.centre.arrivals import FILE as ARRIVALS
from parley.centre.arrivals import KINDS as OF_ARRIVALS
from parley.centre.arrivals import Arrivals
from parley.centre.editions import Edition, editions
from parley.centre.handles import Handles, create_secret, load_secret, of_register, secret_of
from parley.centre.readers import all_rows, rows_of
from parley.centre.statements import OF_INPUT, Delivery, check_body, read_back, state, state_reading
from parley.centre.unspoken import Unspoken
from parley.model import (
    CENTRE,
    INDEPENDENT,
    Arrived,
    Charter,
    FolderError,
    Input,
    InputCard,
    InputPart,
    Publication,
    Reading,
    Receipt,
    RegisteredSource,
    Stated,
    TermsVersion,
    Unread,
)
from parley.model.arrived import card, part_of, with_part
from parley.record import Entry, Record
from parley.record.keys import DESK, load_verifier
from parley.record.record import Own
from parley.record.statements.kinds import RECEIPT, has_form
from parley.record.whole import whole, write_whole

_UNDER_WAY = 60.0  # seconds between keeping a file and recording the statement that speaks of it, at most


def now() -> datetime:
    return datetime.now(UTC)


def untold(read: int, whole: int) -> None:
    """Tell nobody how far reading has come."""


class Centre(AbstractContextManager["Centre"]):
    """An open data folder. Make one with `create` or `open`; close it, or use it in a `with` statement."""

    def __init__(self, folder: Path, record: Record, lock: int | None) -> None:
        self.folder = folder
        self.record = record
        self.reader: str = CENTRE  # whose rows follow from it
        self._lock = lock
        self.charter = self._charter()
        self._begun = record.size
        self.not_cosigned = ""  # after closing: why what was added is not cosigned
        self.clocks: tuple[str, ...] = ()  # after closing: whose clocks are off
        self.stale: tuple[
            tuple[date, int], ...
        ] = ()  # after showing: days that newer findings change, with the edition

    @classmethod
    def create(cls, folder: Path, charter: Charter, at: datetime | None = None, origin: str = "") -> Self:
        """Make a new centre in *folder*, which must be empty or not be there; its charter is the first statement.

        Args:
            origin: the log's name for all time, best a URL without its scheme; without it a random one.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise FolderError(f"{folder}: expected a new or empty folder; nothing was changed")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _lock(folder)
        record = Record.create(folder, origin or f"parley.invalid/{secrets.token_hex(6)}", check_body)
        create_secret(folder)
        desk = str(load_verifier(folder, DESK))
        record.append([state("charter", charter.model_copy(update={"desk": desk}))], at=at or now())
        return cls(folder, record, lock)

    @classmethod
    def open(cls, folder: Path, writing: bool = False, own: Own | None = None) -> Self:
        """Open the centre in *folder*; with *writing*, keep every other writer out until it is closed.

        *own* are bodies that the reader holds elsewhere; see `Record.open`.

        On writing, witnesses are asked first whether this is the newest copy, and on closing to cosign what was added.

        Raises:
            FolderError: where there is no centre, or where another command is writing to it.
            Stale, Forked: where this is an old copy, or another history than witnesses have seen.
        """
        if not (folder / "record.db").is_file():
            raise FolderError(f"{folder}: expected a Parley data folder (with record.db); `parley init` makes one")
        lock = _lock(folder) if writing else None
        try:
            if writing:
                witnesses.ask_first(folder)
            record = Record.open(folder, check_body, reading=not writing, own=own)
            try:
                centre = cls(folder, record, lock)
                if writing:
                    centre._finish_publishing()
                return centre
            except BaseException:
                record.close()
                raise
        except BaseException:
            if lock is not None:  # a program that goes on would keep everybody out
                os.close(lock)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and self._lock is not None:
            self._say_recorded(error)
        if self._lock is not None and kind is None:
            asked = witnesses.cosign(self.folder)
            self.not_cosigned, self.clocks = asked.missing, asked.clocks
            self.record.log.publish()  # with the cosignatures that were given
        self._forget_arrivals()
        self.record.close()
        if self._lock is not None:
            os.close(self._lock)

    def _say_recorded(self, error: BaseException) -> None:
        """Note on *error*, which cuts a command short, what that has recorded until then."""
        with suppress(Exception):  # what cannot be read now cannot be said
            rows = self.record.log.store.size()  # with those that are not signed yet: the next command signs them
            added = rows > self._begun
            last = (
                f"entries {self._begun} to {rows - 1} were recorded, and stay; `parley rebuild` shows what they change"
            )
            error.add_note(f"{self.folder}: {last if added else 'nothing was recorded'}.")

    @property
    def rows(self) -> Path:
        """Where the rows of its reader stand."""
        return rows_of(self.folder, self.reader)

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.charter.timezone)

    def stated(self, until: int | None = None, since: int = 0) -> Iterator[Stated]:
        """Return what every statement says, in order; *until* stops before that entry, *since* begins with it."""
        return self._stated(self.record.entries(since, end=until))

    def stated_at(self, entries: Iterable[int]) -> Iterator[Stated]:
        """Return what the statements at *entries* say, in the order of the record, as `stated` does; no other is read.

        An entry that says nothing here, or that there is none of, is left out.
        """
        return self._stated(self.record.entries_at(entries))

    def _stated(self, entries: Iterable[Entry]) -> Iterator[Stated]:
        for one in entries:
            if one.refused:
                unread = Unread(entry=one.index, kind=one.kind, why=one.refused)
                yield Stated(one.index, one.received, unread)
            elif one.kind == RECEIPT and one.body is not None:
                yield Stated(one.index, one.received, Receipt(of=one.body["entry"], side=one.side))
            elif one.body is not None:
                yield from read_back([(one.index, one.kind, one.received, self._placed(one))])

    def charters(self, until: int | None = None) -> list[Charter]:
        """Return the charters that hold as of the first *until* entries, in the order in which they came to."""
        held = self.record.log.authority().charters
        said = {one.entry: one.says for one in self.stated_at(held)}
        since = ((said.get(entry), since) for entry, since in held.items())
        return [one for one, at in since if isinstance(one, Charter) and (until is None or at < until)]

    def charter_of(self, day: date, until: int | None = None) -> Charter:
        """Return the charter of *day*: of those that hold and apply as it begins, the last that came to hold."""
        found = self.charter
        for one in self.charters(until):
            if one.start is None or one.start <= datetime.combine(day, time(), ZoneInfo(one.timezone)):
                found = one
        return found

    def agreements(self) -> list[TermsVersion]:
        """Return the versions of agreements that the centre has taken up, in the order of the record."""
        stated = self.said(("terms-version",))
        return [one.says for one in stated if isinstance(one.says, TermsVersion)]

    def handles(self, parties: Mapping[str, str], sources: Iterable[RegisteredSource] = ()) -> Handles:
        """Return what sources are called here from now on, given the folded names of *parties* with their ids.

        Args:
            sources: those that are registered.
        """
        secret = load_secret(self.folder)
        return Handles(secret_of(secret, INDEPENDENT), parties, sources=of_register(sources, secret))

    def said(self, kinds: Sequence[str]) -> Iterator[Stated]:
        """Return what the statements of *kinds* say that count and were not shredded, in order."""
        return read_back(self._entries(kinds=kinds))

    def take_up(self, terms: Sequence[TermsVersion], at: datetime | None = None) -> None:
        """Record versions of agreements; those that stand in the record already are left out."""
        known = set(self.agreements())
        new = [state("terms-version", version) for version in terms if version not in known]
        if new:
            self.record.append(new, at=at or now())

    def take_in(
        self,
        delivery: Delivery,
        read: Callable[[Input, int], Iterator[Reading]],
        handles: Handles,
        at: datetime | None = None,
        told: Callable[[int, int], None] = untold,
    ) -> InputCard:
        """Keep an input's bytes, then record it and what it gives, a part at a time; return what was recorded.

        An input that stands in the record already, read in the same way, is not recorded twice: its card comes back.
        Where recording was cut short, it continues after the last part that was recorded.

        Args:
            read: reads an input, given the last row that was taken before.
            handles: what its sources are called.
            told: told of the bytes that were read so far and of all bytes, as it goes on.
        """
        with Unspoken(self.record.log.store.size) as unspoken:
            arrived, kept = self._keep(delivery, handles, told, unspoken)
            done = self.taken(arrived)
            if done is not None and done.whole:
                return done
            parts = read(kept, done.rows if done else 0)
            reading = next(parts, None)
            while done is None or not done.whole:
                following = next(parts, None)  # so that the last part is known as such, and a small input is one group
                done = self._record(arrived, done, reading or Reading(()), following is None, handles, at, unspoken)
                reading = following
            return done

    def taken(self, arrived: Arrived) -> InputCard | None:
        """Return what the centre recorded of an input that arrived so, whole or cut short; None where nothing is."""
        found: InputCard | None = None
        for one in self._own(self.record.entries_at(self._arrivals.of(arrived.key))):
            if isinstance(one.says, Arrived) and one.says.key == arrived.key:
                found = card(one.entry, one.says)
            elif isinstance(one.says, InputPart) and found is not None and one.says.input == found.entry:
                found = with_part(found, one.says)
        return found

    def _record(
        self,
        arrived: Arrived,
        done: InputCard | None,
        reading: Reading,
        last: bool,
        handles: Handles,
        at: datetime | None,
        unspoken: Unspoken,
    ) -> InputCard:
        """Record a part of an input in one durable group, behind the input itself where it is the first."""
        for digest, data in reading.attachments.items():
            unspoken.add(self.kept(digest))
            keep(self.kept(digest), data)
        first = [] if done else [state("input", arrived)]
        done = done or card(self.record.size, arrived)
        self.record.append([*first, *state_reading(reading, done.entry, last, handles)], at=at or now())
        unspoken.spoken()
        return with_part(done, part_of(reading, done.entry, last))

    def _keep(
        self, delivery: Delivery, handles: Handles, told: Callable[[int, int], None], unspoken: Unspoken
    ) -> tuple[Arrived, Input]:
        """Keep the bytes of an input, a chunk at a time; return what is said of it, and the kept copy to be read."""
        incoming = self.folder / "files" / "incoming"
        incoming.parent.mkdir(exist_ok=True)
        with whole(incoming) as file:
            for chunk in delivery.input.as_it_is():
                file.write(chunk)
        try:
            arrived = replace(delivery, input=Input(delivery.input.name, incoming)).arrived(handles)
            path = self.kept(arrived.digest)
            if path.exists() and Input("", path).digest == arrived.digest:
                incoming.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                unspoken.add(path)
                incoming.replace(path)
        finally:
            incoming.unlink(missing_ok=True)
        return arrived, Input(delivery.input.name, path, lambda read: told(read, arrived.size))

    def shred(self, inputs: Sequence[int], reason: str, at: datetime | None = None) -> int:
        """Destroy inputs with all of their reports: bodies, salts and files; return the notice's entry.

        Reviews of their articles and models' answers about them repeat what they say, and go with them.

        The views, and the published files that rest on what was shredded, are removed too: it stands in them. New
        editions are to be made from what is left. Entries that a notice names already are destroyed again, to finish
        what was cut short.

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
        notice = self.record.shred(entries, reason, at or now()).index if entries else known[inputs[0]]
        self.record.destroy()
        sure = {digest for entry in wanted for digest in arrived[entry]}
        self._destroy_orphans(sure, finishing=len(wanted) < len(inputs))
        self._forget_arrivals()
        for path in (*all_rows(self.folder), *self.folder.glob(f"{ARRIVALS}*"), *self._resting_on_what_is_gone()):
            destroy(path)
        return notice

    def _destroy_orphans(self, sure: Set[str], finishing: bool) -> None:
        """Destroy the kept files that no statement speaks of: those that are *sure*, and others.

        Of what was shredded before nobody can say any more which files it was, since a public notice must not give
        their digests away. A file that came just now may belong to a statement that is being recorded beside this, and
        is left unless an earlier shred is to be finished.
        """
        spoken_of = {digest for digests in self._files().values() for digest in digests}
        for path in (self.folder / "files").glob("*/*"):
            old = unix_time() - path.stat().st_mtime > _UNDER_WAY
            if path.name not in spoken_of and (path.name in sure or old or finishing):
                destroy(path)

    def _brought(self) -> Iterator[tuple[Any, int]]:
        """(input, statement) of every statement that an input brought, by their entries, also of unreadable ones; both
        are of one sender."""
        senders: dict[Any, str] = {one.index: one.sender for one in self.record.entries(kinds=["input"])}
        for one in self.record.entries(kinds=OF_INPUT):
            if one.body is not None and not one.refused:
                placed = self._placed(one)
                if senders.get(placed.get("input")) == one.sender:
                    yield placed["input"], one.index

    def _about(self, articles: set[int]) -> Iterator[int]:
        """The entries of reviews and models' answers about *articles*, in order."""
        kinds = ("review", "model-proposal")
        return (entry for entry, _, _, body in self._entries(kinds=kinds) if body.get("article") in articles)

    def _files(self) -> dict[int, set[str]]:
        """The digests of the files that each input brought, by its entry."""
        files: dict[int, set[str]] = {}
        for one in self.said(("input", "input-part")):
            if isinstance(one.says, Arrived):
                files.setdefault(one.entry, set()).update(one.says.digests)
            elif isinstance(one.says, InputPart):
                files.setdefault(one.says.input, set()).update(one.says.digests)
        return files

    def _resting_on_what_is_gone(self) -> Iterator[Path]:
        """The files in reports/ but for those of editions that rest on nothing that was shredded."""
        left = {
            file.name
            for several in self.editions().values()
            for one in several
            if one.destroyed is None
            for file in one.files.values()
        }
        return (path for path in (self.folder / "reports").glob("*") if path.name not in left)

    def publish(self, files: Iterable[tuple[Publication, bytes]], at: datetime | None = None) -> None:
        """Record the digests of files, each of a new edition, then put them in their places.

        So no file lies in reports/ that no statement publishes, whenever this is cut short.
        """
        new = []
        with Unspoken(self.record.log.store.size) as unspoken:
            for publication, data in files:
                unspoken.add(self._part(publication))
                keep(self._part(publication), data)
                new.append(publication)
            if new:
                self.record.append([state("publication", publication) for publication in new], at=at or now())
        for publication in new:
            self._part(publication).replace(self.folder / "reports" / publication.name)

    def _finish_publishing(self) -> None:
        """Put files in their places that were recorded by a command which was cut short before it could do so."""
        if any((self.folder / "reports").glob("*.new.part")):
            for publication in self.published().values():
                part = self._part(publication)
                if part.is_file() and hashlib.sha256(part.read_bytes()).hexdigest() == publication.digest:
                    part.replace(self.folder / "reports" / publication.name)

    def _part(self, publication: Publication) -> Path:
        return self.folder / "reports" / f"{publication.name}.new.part"

    def published(self) -> dict[int, Publication]:
        """Return every published file by its entry."""
        stated = self.said(("publication",))
        return {one.entry: one.says for one in stated if isinstance(one.says, Publication)}

    def editions(self, until: int | None = None) -> dict[date, tuple[Edition, ...]]:
        """Return the editions of every day that was published, the oldest first; *until* stops before that entry."""
        stated = self.said(("publication",))
        return editions((one for one in stated if until is None or one.entry < until), self.record.shredded())

    def shown_by(self, size: int) -> int:
        """Return how many entries show nothing that the first *size* do not: publications, and what the record says of
        itself, may follow."""
        for one in self.record.entries(start=size):
            if one.refused or not (one.kind == "publication" or has_form(one.kind)):
                break
            size = one.index + 1
        return size

    def keep_published(self, publication: Publication, data: bytes) -> None:
        """Write a published file."""
        keep(self.folder / "reports" / publication.name, data)

    def kept(self, digest: str) -> Path:
        """Return where the bytes with *digest* are kept."""
        return self.folder / "files" / digest[:2] / digest

    def _charter(self) -> Charter:
        first = next(self.stated_at([0]), None)
        if first is None or not isinstance(first.says, Charter):
            raise FolderError(f"{self.folder}: expected a record whose first statement is the centre's charter")
        return first.says

    def _entries(self, kinds: Sequence[str] | None = None) -> Iterator[tuple[int, str, datetime, Mapping[str, Any]]]:
        """Return what the record holds and was not shredded, of whoever may say it; each with when it was received."""
        for entry in self.record.entries(kinds=kinds):
            if entry.body is not None and not entry.refused:
                yield entry.index, entry.kind, entry.received, self._placed(entry)

    def _placed(self, one: Entry) -> Mapping[str, Any]:
        """Return a body as the centre's own would be: a party names its input by its own count, as it cannot know what
        entry that will be."""
        assert one.body is not None
        if one.side == CENTRE or one.kind not in OF_INPUT:
            return one.body
        number = one.body.get("input")
        found = self.record.log.store.of_sender(one.sender, number) if type(number) is int else None
        return {**one.body, "input": one.index if found is None else found}

    @cached_property
    def _arrivals(self) -> Arrivals:
        def told(since: int) -> Iterator[Stated]:
            return self._own(self.record.entries(since, OF_ARRIVALS))

        return Arrivals(self.folder, self.record, told, writing=self._lock is not None)

    def _forget_arrivals(self) -> None:
        arrivals: Arrivals | None = self.__dict__.pop("_arrivals", None)
        if arrivals is not None:
            arrivals.close()

    def _own(self, entries: Iterable[Entry]) -> Iterator[Stated]:
        """Return what those of *entries* say that the centre made itself."""
        return self._stated(one for one in entries if one.side == CENTRE)


def keeping(folder: Path) -> Callable[[str, bytes], None]:
    """Return what keeps the bytes of a file among those of the centre in *folder*, under their digest."""
    return lambda digest, data: keep(folder / "files" / digest[:2] / digest, data)


def keep(path: Path, data: bytes) -> None:
    """Write *data* to *path* so that the file is whole or absent, never half."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)


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
        error.add_note(f"{folder}: nothing was recorded.")
        raise
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise FolderError(f"{folder}: another command is writing to this folder; try again when it has ended") from None
    return descriptor
