"""Checking a data folder: the record itself, then every byte that the record speaks of."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parley import record
from parley.centre.folder import Centre
from parley.centre.statements import Arrived, InputPart, Publication, Stated
from parley.model import ParleyError


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was recorded; `entry` names the statement wherever one can be named."""

    entry: int | None
    part: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """The outcome: how far the record goes, its root, and all faults; none means that nothing was changed."""

    size: int
    root: str
    faults: tuple[Fault, ...]


def verify(folder: Path, verifier_key: str | None = None) -> Verdict:
    """Check the record in *folder* and the files it speaks of; never raise on damaged data.

    *verifier_key* is the log's public key as somebody outside keeps it; without it the folder's own is used.
    """
    checked = record.verify(folder, verifier_key)
    faults = [Fault(fault.entry, fault.part, fault.text) for fault in checked.faults]
    try:
        with Centre.open(folder) as centre:
            faults += _files(centre)
    except (ParleyError, record.RecordError, ValueError, KeyError) as error:
        if not faults:
            faults.append(Fault(None, "record", f"the statements cannot be read: {error}"))
    return Verdict(checked.size, checked.root.hex(), tuple(faults))


def _files(centre: Centre) -> Iterator[Fault]:
    latest: dict[str, tuple[int, Publication]] = {}
    for one in centre.stated():
        yield from _kept(centre, one)
        if isinstance(one.says, Publication):
            latest[one.says.name] = one.entry, one.says
    for entry, publication in latest.values():
        yield from _check(centre.folder / "reports" / publication.name, publication.digest, entry, "published file")


def _kept(centre: Centre, one: Stated) -> Iterator[Fault]:
    if isinstance(one.says, Arrived):
        yield from _check(centre.kept(one.says.digest), one.says.digest, one.entry, f"input {one.says.name}")
    elif isinstance(one.says, InputPart):
        for digest in one.says.attachments:
            yield from _check(centre.kept(digest), digest, one.entry, f"attachment of input {one.says.input}")


def _check(path: Path, digest: str, entry: int, part: str) -> Iterator[Fault]:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        yield Fault(entry, part, f"{path} cannot be read: {error.strerror}")
        return
    if found != digest:
        yield Fault(entry, part, f"{path} was changed: expected SHA-256 {digest}, found {found}")
