"""The ids of incidents: made of the entry of the first report, so that they stay as reports come and go.

What people merge keeps the oldest id; of what they split the largest part keeps it, of equal ones the one with the
first report. So an id that was ever published still leads to the incident that it became.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from parley.incidents.judgements import Standing


@dataclass(frozen=True)
class Named:
    """An incident's id and where it came from; see `Incident`."""

    id: str
    merged: tuple[str, ...] = ()
    split_from: str | None = None


def id_of(entry: int) -> str:
    return f"I-{entry:05d}"


def name(incidents: Sequence[Sequence[int]], judged: Standing) -> list[Named]:
    """Return the id of each of *incidents*, given as its reports' entries; no report stands in two."""
    of = {entry: number for number, entries in enumerate(incidents) for entry in entries}
    claimed: dict[int, tuple[str, int]] = {}  # incident → the id that a judgement gives it, and the judgement
    merged: dict[int, list[str]] = {}
    split: dict[int, tuple[str, int]] = {}
    for one in judged.holding:
        said = one.judgement
        groups = [[entry for entry in group if entry in of] for group in said.groups]
        groups = [group for group in groups if group]
        if not said.incidents or not groups:
            continue
        kept, *others = sorted(said.incidents, key=_number) if said.kind == "merge" else said.incidents[:1]
        largest = min(groups, key=lambda group: (-len(group), group))
        claimed[of[largest[0]]] = kept, one.entry
        merged.setdefault(of[largest[0]], []).extend(others)
        for group in groups:
            if group is not largest:
                split[of[group[0]]] = kept, one.entry
    taken = {kept for kept, _ in claimed.values()}
    found = []
    for number, entries in enumerate(incidents):
        if number in claimed:
            called = claimed[number][0]
        else:
            free = [id_of(entry) for entry in sorted(entries) if id_of(entry) not in taken]
            # All taken: the one report whose entry is another's id. The judgement's own entry is nobody's.
            called = free[0] if free else id_of(split[number][1])
        found.append(Named(called, tuple(merged.get(number, ())), split.get(number, (None, 0))[0]))
    return found


def _number(name: str) -> int:
    return int(name.removeprefix("I-"))
