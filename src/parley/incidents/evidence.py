"""Incidents that both sides reported: what shows, beyond the counts, that a happening stands in both records.

An incident counts as one where each side's own account puts it into what that side's bulletin counts: inside its
period, in an area and of a kind that the bulletin has a count of, by somebody whose acts it counts. Where a rule counts
persons or rounds (`counting.yaml`), incidents show nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache

from parley.incidents.cells import Cell, Counts, meets
from parley.incidents.compare import key
from parley.incidents.transport import most_shared
from parley.model import ALL_AREAS, Attribute, Bulletin, Incident, Interval, OneOf, Value, fold
from parley.packaged import packaged


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident that both sides reported, as each of them tells it."""

    id: str
    left: Cell
    right: Cell


def shown(incidents: Sequence[Incident], left: Counts, right: Counts) -> list[Shown]:
    """Return the incidents that stand in both records, told with the same area and kind."""
    if _counts_no_happenings(left.bulletin.counting):
        return []
    found = []
    for incident in incidents:
        one, other = _told(incident, left), _told(incident, right)
        if one and other and meets(one, other, "kind", left.areas):
            found.append(Shown(incident.id, one, other))
    return found


def at_least(found: Sequence[Shown], left: Counts, right: Counts) -> int:
    """Return how many of *found* surely stand in both, since neither side can have more of them than it counts.

    Of n incidents a have room in the one record and b in the other, so at least a + b - n have room in both.
    """
    room = [
        most_shared([(cell, 1) for cell in cells], counts.cells, counts.surely)
        for cells, counts in (([one.left for one in found], left), ([one.right for one in found], right))
    ]
    return max(0, sum(room) - len(found))


def _told(incident: Incident, counts: Counts) -> Cell | None:
    """Return the cell into which the account of the bulletin's side puts *incident*; None where it counts none such."""
    bulletin = counts.bulletin
    said = _said(incident, bulletin)
    if said is None or not all(_inside(when, bulletin.period) for when in said.get("time", (incident.time,))):
        return None
    area, act, means, actor = (_only(said.get(name, ())) for name in ("area", "act", "means", "actor"))
    cell = Cell(area or ALL_AREAS, act, means, actor)
    if bulletin.respondents and (cell.respondent is None or counts.excludes(cell.respondent)):
        return None
    if not any(count and counts.surely(cell, one) for one, count in counts.cells):
        return None
    return cell


def _said(incident: Incident, bulletin: Bulletin) -> Mapping[Attribute, Sequence[Value]] | None:
    """Return what the publisher of *bulletin*, else its side, leaves possible of *incident*; None where none speaks."""
    publisher = bulletin.citation.publisher if bulletin.citation else bulletin.source
    by_source = {fold(one.source): one for one in incident.accounts}
    speaking = (by_source.get(fold(name)) for name in (bulletin.source, publisher, bulletin.side))
    return next((one.possible() for one in speaking if one), None)


def _only(said: Sequence[Value]) -> str | None:
    """Return the one name that is *said*; None where several are possible."""
    named = {key(value): value.any_of for value in said if isinstance(value, OneOf)}
    any_of = next(iter(named.values())) if len(named) == 1 else ()
    return any_of[0] if len(any_of) == 1 else None


def _inside(when: object, period: Interval) -> bool:
    if not isinstance(when, Interval):
        return False
    start, end = period.start.astimezone(UTC), period.end.astimezone(UTC)
    first, last = when.start.astimezone(UTC), when.end.astimezone(UTC)
    return start <= first and last <= end and first < end


@cache
def _no_happenings() -> frozenset[str]:
    raw = packaged("parley.incidents", "counting.yaml")
    return frozenset(raw["not_happenings"])


def _counts_no_happenings(rule: str) -> bool:
    return not _no_happenings().isdisjoint(re.findall(r"\w+", rule.casefold()))
