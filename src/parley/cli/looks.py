"""How far each person has looked at each centre: kept on this machine, outside the record and its folder.

One file for each person and folder in `looks/` of the programs' state (`parley.record.outside.head.state_folder`),
named by a digest of the log, the folder's place and the person's folded name; it says how many entries were there, and
when.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from parley.centre.folder import Centre
from parley.model import fold
from parley.record.outside.head import state_folder

_FORM = re.compile(r"([0-9]{1,19}) (\S+)\n", re.ASCII)


@dataclass(frozen=True)
class Look:
    """The last look of somebody: how many entries the record had then, and when it was."""

    entries: int
    at: datetime


def last(centre: Centre, person: str) -> Look | None:
    """Return the last look of *person* at *centre* from this machine; None where none is known."""
    try:
        found = _FORM.fullmatch(_file(centre, person).read_text("ascii"))
        return None if found is None else Look(int(found[1]), datetime.fromisoformat(found[2]))
    except (OSError, ValueError):
        return None


def remember(centre: Centre, person: str, look: Look) -> None:
    """Keep *look* as the last one of *person*; raise OSError where it cannot be kept."""
    file = _file(centre, person)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_text(f"{look.entries} {look.at.isoformat()}\n", "ascii")
    part.replace(file)


def _file(centre: Centre, person: str) -> Path:
    key = "\n".join((centre.record.log.id, str(centre.folder.resolve()), fold(person)))
    return state_folder() / "looks" / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
