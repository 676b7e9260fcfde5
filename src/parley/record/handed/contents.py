"""What an evidence bundle holds, and what of its statement it withholds: for whoever hands it out."""

import zipfile
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from parley.record.formats.note import decode_note
from parley.record.formats.tlog_proof import decode_tlog_proof
from parley.record.record import Record
from parley.record.statements.fields import fields


@dataclass(frozen=True)
class Contents:
    """A bundle of the statement at *entry*.

    Args:
        shown: fields that it shows, by their pointers, with what they say; `withheld` the pointers of all others.
        files: the bundle's files with their sizes in bytes.
        size: how many entries the checkpoint has under which the statement is proved.
        signers: the names of those who signed that checkpoint: the log first, then witnesses and mirrors.
    """

    entry: int
    kind: str
    side: str
    received: datetime
    shown: tuple[tuple[str, Any], ...]
    withheld: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    size: int
    signers: tuple[str, ...]


def contents(record: Record, index: int, pointers: tuple[str, ...], data: bytes) -> Contents:
    """Return what the bundle *data* of entry *index* holds, which shows the fields that *pointers* name."""
    entry = record.entry(index)
    told = list(fields(entry.body or {}))
    with zipfile.ZipFile(BytesIO(data)) as archive:
        files = tuple((one.filename, one.file_size) for one in archive.infolist())
        note = decode_tlog_proof(archive.read("proof.tlog-proof")).checkpoint
    return Contents(
        entry=index,
        kind=entry.kind,
        side=entry.side,
        received=entry.received,
        shown=tuple((pointer, value) for pointer, value in told if _is_named(pointer, pointers)),
        withheld=tuple(pointer for pointer, _ in told if not _is_named(pointer, pointers)),
        files=files,
        size=record.log.open_note(note).size,
        signers=tuple(dict.fromkeys(one.name for one in decode_note(note).signatures)),
    )


def all_but(record: Record, index: int, withheld: tuple[str, ...]) -> tuple[str, ...]:
    """Return the pointers of all fields of entry *index* but those that *withheld* name, and what is below them.

    Raises:
        NotIncluded: one of them names no field, or the body was shredded.
    """
    body, _ = record.secret(index)
    record.disclose(index, withheld)  # raises where one of them names nothing
    return tuple(pointer for pointer, _ in fields(body) if not _is_named(pointer, withheld))


def _is_named(pointer: str, names: tuple[str, ...]) -> bool:
    return any(pointer == name or pointer.startswith(f"{name}/") for name in names)
