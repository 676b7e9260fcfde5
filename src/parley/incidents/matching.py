"""From reports to incidents: a matcher says which belong together, here each group gets its accounts and its id."""

from collections.abc import Sequence

from parley.incidents.accounts import accounts, differences
from parley.incidents.groups import Group, Matcher
from parley.incidents.placed import place_of, time_of
from parley.incidents.space_time import space_time
from parley.model import EventReport, Incident, RecordedReport


def match(reports: Sequence[RecordedReport], matcher: Matcher = space_time) -> tuple[Incident, ...]:
    """Match the event reports among *reports* that have a known time and place into incidents.

    The same reports in any order give the same incidents; ids follow the entries of the reports that opened them.

    Raises:
        ValueError: *matcher* left a report out or used one twice.
    """
    placed = {
        recorded.entry: recorded
        for recorded in sorted(reports, key=lambda recorded: recorded.entry)
        if isinstance(recorded.report, EventReport) and time_of(recorded.report) and place_of(recorded.report)
    }
    groups = sorted(matcher(tuple(placed.values())), key=lambda group: group.entries[0])
    if sorted(entry for group in groups for entry in group.entries) != list(placed):
        raise ValueError("the matcher did not put every report into exactly one group")
    return tuple(
        _incident(f"I-{number:05d}", group, [placed[entry] for entry in group.entries])
        for number, group in enumerate(groups, start=1)
    )


def _incident(name: str, group: Group, reports: Sequence[RecordedReport]) -> Incident:
    """Return the incident of one group; its time and place are the most exact ones that are claimed.

    That is what a duty officer looks for first, and it belongs to one source: the shortest interval and the smallest
    disc, of equally exact ones the first recorded. The rest stands in the differences.
    """
    told = [recorded.report for recorded in reports if isinstance(recorded.report, EventReport)]
    times = [when for report in told if (when := time_of(report))]
    places = [where for report in told if (where := place_of(report))]
    sides = accounts(reports)
    return Incident(
        id=name,
        time=min(times, key=lambda when: when.end.timestamp() - when.start.timestamp()),
        place=min(places, key=lambda where: where.radius_m),
        entries=group.entries,
        links=group.links,
        accounts=sides,
        differences=differences(sides),
    )
