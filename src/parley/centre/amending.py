"""A new charter in a running centre: what it changes, and taking it up. What weakens waits for the parties."""

from datetime import datetime
from typing import Any

from parley.centre.folder import Centre
from parley.centre.statements import state
from parley.model import (
    Charter,
    FolderError,
)

_OWN = ("desk", "succeeds", "start", "by", "exercise")
"""What no later charter says: it is set where the centre is made, or where the charter is adopted."""


def changes(centre: Centre, charter: Charter, start: datetime) -> list[tuple[str, Any, Any]]:
    """Return (field, as it is, as *charter* has it) for what it changes of days that begin at *start* or later.

    Raises:
        FolderError: it changes what is fixed where a centre is made.
    """
    if charter.exercise != centre.charter.exercise:
        raise FolderError(
            "whether a centre is an exercise is fixed where it is made, and stands on every page: make a new centre "
            "with `parley init`; nothing was recorded"
        )
    found: dict[str, tuple[str, Any, Any]] = {}
    for one in _applying(centre, start):
        was, now = (each.model_dump(mode="json", exclude=set(_OWN)) for each in (one, charter))
        for name in now:
            if was[name] != now[name]:
                found.setdefault(name, (name, was[name], now[name]))
    if "timezone" in found:
        raise FolderError(
            "the zone of a running centre's days cannot be changed: hours would stand on two days or on none; "
            "nothing was recorded"
        )
    return list(found.values())


def _applying(centre: Centre, start: datetime) -> list[Charter]:
    """Return the charters of the days that begin at *start* or later, the first of them first."""
    held = centre.charters()
    starts = [start, *sorted(one.start for one in held if one.start is not None and one.start > start)]
    return [[one for one in held if one.start is None or one.start <= moment][-1] for moment in starts]


def adopt(centre: Centre, charter: Charter, start: datetime, by: str, at: datetime) -> tuple[int, str]:
    """Record *charter*; return its entry, and for what it waits, "" where it holds at once."""
    said = charter.model_copy(update={"start": start, "by": by})
    (appended,) = centre.record.append([state("charter", said)], at=at)
    waiting = centre.record.log.authority().waiting.get(appended.index)
    return appended.index, str(waiting) if waiting is not None else ""
