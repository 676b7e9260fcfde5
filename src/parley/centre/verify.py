"""Checking a data folder, a backup or a mirror: the record itself, then every byte that the record speaks of, then the
views that follow from it. Nothing is written.

One of four verdicts, each for somebody who must act on it: *proved* against what was given; *changed*: what and where;
*consistent* with itself only, since nothing was given; *unfinished*: a write was cut off, or is under way, or this copy
was made beside one.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from parley import record
from parley.centre.editions import Edition
from parley.centre.folder import Centre
from parley.centre.views import differing
from parley.model import (
    Arrived,
    InputPart,
    ParleyError,
    Publication,
    Stated,
)
from parley.record.outside.alarms import FILE as ALARMS
from parley.record.outside.alarms import open_alarms
from parley.record.policy_file import check_policy_file
from parley.record.store import FILE as RECORD
from parley.record.store import STATIC
from parley.record.tile_files import CHECKPOINT

Word = Literal["proved", "changed", "consistent", "unfinished"]
EXIT_CODES: dict[Word, int] = {"proved": 0, "changed": 1, "consistent": 3, "unfinished": 4}


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was recorded; `entry` names the statement wherever one can be named."""

    entry: int | None
    part: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """The outcome: how far the record goes, its root, and all that was found.

    Args:
        pinned: whether the record was held against something that the reader knows from elsewhere.
        unfinished: what is not complete, and what completes it.
        notes: (entry, sentence): statements that move nothing, and changes of keys, policy and charter.
    """

    size: int
    root: str
    faults: tuple[Fault, ...]
    pinned: bool = False
    unfinished: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()

    @property
    def word(self) -> Word:
        """The verdict in one word."""
        if self.faults:
            return "changed"
        if self.unfinished:
            return "unfinished"
        return "proved" if self.pinned else "consistent"


Make = Callable[[Centre, Path, int], None]
"""Gives what the views show of the first so many entries of a centre's record."""


def verify(
    folder: Path,
    verifier_key: str | None = None,
    checkpoint: bytes | None = None,
    make: Make | None = None,
) -> Verdict:
    """Check the record in *folder*, the files it speaks of and its views; never raise on damaged data.

    *verifier_key* is the log's public key as somebody outside keeps it, *checkpoint* a note of it; without them the
    folder's own key is used. *make* makes again, in a new database, what the views should show; without it they are
    not checked.
    """
    checked = record.verify(folder, verifier_key, checkpoint)
    faults = [Fault(fault.entry, fault.part, fault.text) for fault in checked.faults]
    unfinished = list(checked.unfinished)
    if (folder / ALARMS).exists():
        faults += [Fault(one.entry, f"alarm {one.number}", f"{one.part}: {one.says}") for one in open_alarms(folder)]
    elif not faults and not checked.torn:
        try:
            for fault, certain in _looked(folder, make):
                if certain:
                    faults.append(fault)
                else:
                    unfinished.append(_in_words(fault))
        except (ParleyError, record.RecordError, ValueError, KeyError) as error:
            faults.append(Fault(None, "record", f"the statements cannot be read: {error}"))
    pinned = verifier_key is not None
    return Verdict(checked.size, checked.root.hex(), tuple(faults), pinned, tuple(unfinished), checked.notes)


def _in_words(fault: Fault) -> str:
    where = "" if fault.entry is None else f"entry {fault.entry}: "
    return f"{where}{fault.part}: {fault.text}"


_LOOKS = 3
_BETWEEN = 0.5  # seconds from one look to the next

Found = tuple[Fault, bool]
"""What was found, and whether it is certain: False where a cut-off write, or a copy made beside one, explains it."""


def _looked(folder: Path, make: Make | None) -> list[Found]:
    """Look around the record, and again where somebody may have written meanwhile: what is wrong at every look is
    certain."""
    always: list[Fault] | None = None
    for look in range(_LOOKS):
        time.sleep(_BETWEEN if look else 0)
        with Centre.open(folder) as centre:
            size = centre.record.size
            found = list(_around(centre, make))
            moving = _is_locked(folder) or centre.record.size != size
        certain = [fault for fault, is_certain in found if is_certain]
        always = certain if always is None else [fault for fault in certain if fault in always]
        if not certain or not moving:
            return found
    return [(fault, is_certain and fault in (always or ())) for fault, is_certain in found]


def _around(centre: Centre, make: Make | None) -> Iterator[Found]:
    """Check what lies around the record: the policy, inputs, published files, views."""
    copied = _may_be_copied(centre)
    try:
        check_policy_file(centre.folder, centre.record.log.authority().policy_text)
    except record.RecordError as error:
        yield Fault(None, "policy", str(error)), not copied
    for one in centre.stated():
        for fault in _kept(centre, one):
            yield fault, not copied
    yield from _published(centre.folder / "reports", centre.editions(), copied)
    if make is not None:
        yield from _views(centre, make, copied)


def _may_be_copied(centre: Centre) -> bool:
    """Whether the folder looks as if it was copied while a writer was at work: what a write-ahead log holds is in no
    file yet, and nobody is at work here now; or record.db is older than the files around it."""
    wal = centre.folder / f"{RECORD}-wal"
    if wal.exists() and wal.stat().st_size > 0 and not _is_locked(centre.folder):
        return True
    try:
        published = centre.record.log.open_note((centre.folder / STATIC / CHECKPOINT).read_bytes())
    except (OSError, record.RecordError):
        return False
    return published.size > centre.record.size


def _is_locked(folder: Path) -> bool:
    """Whether a command is writing to the folder now."""
    try:
        descriptor = os.open(folder / "lock", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _kept(centre: Centre, one: Stated) -> Iterator[Fault]:
    if isinstance(one.says, Arrived):
        yield from _check(centre.kept(one.says.digest), one.says.digest, one.entry, f"input {one.says.name}")
    elif isinstance(one.says, InputPart):
        for digest in one.says.attachments:
            yield from _check(centre.kept(digest), digest, one.entry, f"attachment of input {one.says.input}")


def _check(path: Path, digest: str, entry: int, part: str) -> Iterator[Fault]:
    found = _digest(path)
    if found is None:
        yield Fault(entry, part, f"{path} cannot be read")
    elif found != digest:
        yield Fault(entry, part, f"{path} was changed: its SHA-256 is {found}, not {digest}")


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _published(reports: Path, editions: Mapping[date, Sequence[Edition]], copied: bool) -> Iterator[Found]:
    """Check the published files: every edition has its bytes, and no other file lies beside them.

    The statement is recorded before the file is written: a file that is missing was cut off. Of an edition that rested
    on what was shredded since no file is left, and a later one is there.
    """
    names = set()
    for day, several in editions.items():
        for one in several:
            for entry, file in one.files.items():
                names.add(file.name)
                yield from _file(reports, entry, file, one.destroyed is not None, copied)
        if several[-1].destroyed is not None:
            text = f"rested on what was shredded, and no later edition of {day} is there; `parley shred` again makes it"
            yield Fault(several[-1].destroyed, f"edition {several[-1].number} of {day}", text), False
    for path in sorted(reports.rglob("*")) if reports.is_dir() else ():
        name = path.relative_to(reports).as_posix()
        if not path.is_file() or name in names:
            continue
        if name.endswith(".part"):
            text = "was being written when a command was cut off, or is being written; `parley rebuild` removes it"
            yield Fault(None, f"published file {name}", text), False
        else:
            yield Fault(None, f"published file {name}", "no statement publishes this file"), not copied


def _file(reports: Path, entry: int, file: Publication, destroyed: bool, copied: bool) -> Iterator[Found]:
    part, found = f"published file {file.name}", _digest(reports / file.name)
    if destroyed:
        if found is not None:
            yield Fault(entry, part, "rests on what was shredded; `parley rebuild` removes it"), False
    elif found is None:
        yield Fault(entry, part, "is not there; `parley rebuild` makes it"), False
    elif found != file.digest:
        yield Fault(entry, part, f"was changed: its SHA-256 is {found}, not {file.digest}"), not copied


def _views(centre: Centre, make: Make, copied: bool) -> Iterator[Found]:
    """Check the views against what follows from the record as of the entry that they say."""
    path = centre.rows
    if not path.exists():
        return  # as in a backup: they are made from the record
    shown = 0

    def expected(fresh: Path, entries: int) -> None:
        nonlocal shown
        shown = entries
        make(centre, fresh, entries)

    found = differing(path, expected)
    if found:
        # a shred destroys the bodies first, then the views that were made of them
        shredded = any(notice >= shown for notice in centre.record.shredded().values())
        yield Fault(None, "views", found), not copied and not shredded
    elif shown > centre.record.size:
        text = f"they show {shown} entries, {centre.record.size} are here: record.db is older than they are"
        yield Fault(None, "views", text), False
