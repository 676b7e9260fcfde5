"""The ids of incidents: made of the smallest entry of their reports, older versions of them included.

Nothing else decides, neither size nor what an incident was called before: so the id follows from the reports alone. An
id made of any other entry leads to the incident in which that report stands now.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parley.incidents.judgements import Standing

_ID = re.compile(r"\s*i-([0-9]{1,19})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """An incident's id, and what people merged into it and split it from; see `Incident`."""

    id: str
    merged: tuple[int, ...] = ()
    split_from: tuple[str, ...] = ()


def id_of(entry: int) -> str:
    """Return the id that is made of *entry*; the inverse of `entry_of`."""
    return f"I-{entry:05d}"


def entry_of(id_: str) -> int | None:
    """Return the entry of which *id_* is made, None where it is no id; people leave zeros out (`i-3`)."""
    found = _ID.fullmatch(id_)
    return int(found[1]) if found else None


def name(incidents: Sequence[Sequence[int]], judged: Standing) -> list[Named]:
    """Return the id of each of *incidents*, given as its reports' entries; no report stands in two."""
    of = {entry: number for number, entries in enumerate(incidents) for entry in entries}
    ids = [id_of(min(entries)) for entries in incidents]
    merged: dict[int, set[int]] = {}
    split: dict[int, set[int]] = {}
    for one in judged.holding:
        named = [entry for group in one.judgement.groups for entry in group if entry in of]
        if one.judgement.kind == "merge" and len(named) > 1:
            merged.setdefault(of[named[0]], set()).update(named)
        elif one.judgement.kind == "split":
            parts = {of[entry] for entry in named}
            for number in parts:
                split.setdefault(number, set()).update(parts - {number})
    return [
        Named(
            id_,
            tuple(sorted(merged.get(number, ()))),
            tuple(ids[other] for other in sorted(split.get(number, ()), key=lambda other: min(incidents[other]))),
        )
        for number, id_ in enumerate(ids)
    ]
