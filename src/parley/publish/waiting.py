"""Doubles, doubts and crowds in a sentence each, for pages and for terminals."""

from collections.abc import Sequence
from typing import TypeVar

from parley.model import Crowd, Differing, Doubles, Doubt

Text = TypeVar("Text", bound=str)

MOST_ENTRIES = 12
"""Of reports that say the same, and of incidents that one fits, so many are named."""

DIFFER: dict[Differing, str] = {
    "id": "their ids",
    "sent": "when they were sent",
    "file": "their files",
    "channel": "how they came in",
    "spelling": "spelling",
    "language": "language",
    "first-hand": "whether it was seen first-hand",
    "attachments": "what is attached",
}

_ONCE = (
    "{count} reports of {source} say the same ({entries}) and differ only in {differ}. They count once until somebody "
    "decides: {command}"
)
_EACH = (
    "{count} reports of {source} say the same ({entries}) under ids of its own list. Each counts until somebody "
    "decides: {command}"
)
_DOUBT = (
    "Report {entry} of {source} fits {incidents} equally, so it stands alone, as {incident}, until somebody decides: "
    "{command}"
)
_CROWD = (
    "{reports} reports near {place} are too many to compare each with each: {left_out} of {pairs} pairs were not "
    "compared. Two of those are in one incident only if people say so: {command}"
)


def doubles(one: Doubles, source: Text, folder: str = "FOLDER") -> Text:
    """Return who says what twice, how it counts and how to decide; of the kind of text that *source* is.

    Args:
        source: the source's name as it is shown.
        folder: the centre's folder, as it is typed.
    """
    verb = "different" if one.counted == "once" else "same"
    two = " ".join(map(str, one.entries[:2]))
    return type(source)(_ONCE if one.counted == "once" else _EACH).format(  # type: ignore[return-value]
        count=f"{len(one.entries):,}",
        source=source,
        entries=_entries(one.entries),
        differ=_listed([DIFFER[name] for name in one.differ]) or "nothing that is known",
        command=f"parley judge {folder} {verb} {two}",
    )


def doubt(one: Doubt, source: Text, folder: str = "FOLDER") -> Text:
    """Return which report fits what equally, and how to decide; of the kind of text that *source*, its name, is."""
    return type(source)(_DOUBT).format(  # type: ignore[return-value]
        entry=one.entry,
        source=source,
        incidents=_listed(_few(one.incidents)),
        incident=one.incident,
        command=f"parley judge {folder} same {one.entry} {one.fits[0]}",
    )


def crowd(one: Crowd, place: Text, folder: str = "FOLDER") -> Text:
    """Return where not all pairs were compared, and how many; of the kind of text that *place*, its name, is."""
    return type(place)(_CROWD).format(  # type: ignore[return-value]
        reports=f"{one.reports:,}",
        place=place or f"{one.lat:g}, {one.lon:g}",
        left_out=f"{one.left_out:,}",
        pairs=f"{one.left_out + one.compared:,}",
        command=f"parley judge {folder} same",
    )


def _entries(entries: Sequence[int]) -> str:
    return f"entries {_listed(_few([str(entry) for entry in entries]))}"


def _few(named: Sequence[str]) -> list[str]:
    more = len(named) - MOST_ENTRIES
    return [*named[:MOST_ENTRIES], f"{more:,} more"] if more > 0 else list(named)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
