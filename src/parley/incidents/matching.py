"""From reports to incidents: linkage says which belong together, people's judgements first; each gets its accounts."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from parley.incidents.accounts import accounts, differences
from parley.incidents.geodesy import distance_m
from parley.incidents.ids import Named, name
from parley.incidents.judgements import standing
from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.blocking import Pairs, gap_minutes
from parley.incidents.linkage.clusters import Clusters, cluster, weigh
from parley.incidents.linkage.columns import Columns, Ints
from parley.incidents.linkage.comparison import levels, words
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.placed import place_of, time_of
from parley.incidents.reading import columns_of
from parley.model import Disc, EventReport, Incident, Link, RecordedJudgement, RecordedReport, Weight


def match(
    reports: Sequence[RecordedReport],
    judgements: Iterable[RecordedJudgement] = (),
    weights: Weights | None = None,
    origins: Mapping[int, int] | None = None,
    versions: Mapping[int, Sequence[int]] | None = None,
) -> tuple[Incident, ...]:
    """Match the event reports among *reports* that have a known time and place into incidents.

    The same reports and judgements in any order give the same incidents, in order of their first reports.

    Args:
        judgements: what people decided; what holds of it is obeyed, whatever the weights say.
        weights: the table to weigh with; by default the one that comes with Parley.
        origins: the entries of copies, with the number (above 0) of the telling that they copy.
        versions: the entries of all versions of a report that its source corrected, by that of the one in *reports*:
            an incident's id follows the report through them.
    """
    placed = placed_reports(reports)
    if not placed:
        return ()
    weights = weights or shipped()
    columns = columns_of(placed, origins)
    judged_by = standing(judgements)
    judged = judged_by.judged({one.entry: row for row, one in enumerate(placed)})
    clusters = cluster(columns, weigh(columns, weights), judged)
    drawn = clusters.members
    places = [where for one in placed if isinstance(one.report, EventReport) and (where := place_of(one.report))]
    links = _links(columns, places, clusters, weights, judged)
    by_entry = {one.entry: one for one in placed}
    called = [(versions or {}).get(one.entry, (one.entry,)) for one in placed]
    names = name([[entry for row in rows for entry in called[row]] for rows in drawn], judged_by)
    found = (
        _incident(named, [placed[row] for row in rows], links.get(number, []), by_entry)
        for number, (named, rows) in enumerate(zip(names, drawn, strict=True))
    )
    return tuple(sorted(found, key=lambda incident: incident.entries[0]))


def placed_reports(reports: Iterable[RecordedReport]) -> list[RecordedReport]:
    """Return the event reports among *reports* with a known time and place, in order of the record."""
    return sorted(filter(_is_placed, reports), key=lambda one: one.entry)


def _is_placed(recorded: RecordedReport) -> bool:
    report = recorded.report
    return isinstance(report, EventReport) and bool(time_of(report) and place_of(report))


def _links(
    columns: Columns, places: Sequence[Disc], clusters: Clusters, weights: Weights, judged: Judged
) -> dict[int, list[Link]]:
    """Return the links of each incident with several reports: its own reports but the first, then the wider ones."""
    members = clusters.members
    compared = [
        (number, row, other)
        for number, rows in enumerate(members)
        if len(rows) > 1
        for row in rows[1:].tolist()
        for other in rows.tolist()
        if row != other
    ]
    wider = [
        (number, row, other)
        for row, number in zip(*(side.tolist() for side in clusters.part), strict=True)
        for other in members[number].tolist()
    ]
    if not compared and not wider:
        return {}
    incident, row, other = np.array(compared + wider, dtype=np.int64).T
    pairs = Pairs(row, other)
    found = levels(columns, pairs)
    weight = weights.sum(found)
    # Of all that a report is compared with, the one that it is most like; of equal ones the first.
    order = np.lexsort((other, -weight, row, incident))
    best = order[_first_of_each(incident[order], row[order])]
    of: dict[int, list[Link]] = {}
    for at in sorted(best.tolist()):
        level = {field: int(column[at]) for field, column in found.items()}
        link = _link(columns, places, pairs.take(np.array([at])), level, weights, judged, at >= len(compared))
        of.setdefault(int(incident[at]), []).append(link)
    return of


def _first_of_each(incident: Ints, row: Ints) -> Ints:
    new = np.ones(len(row), dtype=bool)
    new[1:] = (incident[1:] != incident[:-1]) | (row[1:] != row[:-1])
    return np.flatnonzero(new)


def _link(
    columns: Columns,
    places: Sequence[Disc],
    pairs: Pairs,
    level: Mapping[str, int],
    weights: Weights,
    judged: Judged,
    wider: bool,
) -> Link:
    """Return why the one report of *pairs* belongs where the other is."""
    row, other = int(pairs.left[0]), int(pairs.right[0])
    said = weights.explain(level)
    by_person = any(row in group and other in group for group in judged.together) or (other, row) in judged.parts
    return Link(
        entry=int(columns.entry[row]),
        other=int(columns.entry[other]),
        how="judged" if by_person else "wider" if wider else "matched",
        weight=weights.start + sum(weight for _, _, weight in said),
        weights=tuple(
            Weight(field, words(columns, field, reached), weight)
            for field, reached, weight in said
            if weight or reached
        ),
        distance_m=round(distance_m(places[row], places[other])),
        gap_minutes=int(gap_minutes(columns, pairs.left, pairs.right)[0]),
    )


def _incident(
    named: Named, reports: Sequence[RecordedReport], links: Sequence[Link], by_entry: Mapping[int, RecordedReport]
) -> Incident:
    """Return the incident of *reports*, and of the wider ones in *by_entry* that its links name.

    Its time and place are the most exact ones that are claimed. That is what a duty officer looks for first, and it
    belongs to one source: the shortest interval and the smallest disc, of equally exact ones the first recorded. The
    rest stands in the differences.
    """
    wider = {link.entry for link in links if link.entry not in {one.entry for one in reports}}
    told = [one.report for one in reports if isinstance(one.report, EventReport)]
    times = [when for report in told if (when := time_of(report))]
    places = [where for report in told if (where := place_of(report))]
    sides = accounts([*reports, *(by_entry[entry] for entry in sorted(wider))], wider)
    return Incident(
        id=named.id,
        time=min(times, key=lambda when: when.end.timestamp() - when.start.timestamp()),
        place=min(places, key=lambda where: where.radius_m),
        entries=(*(one.entry for one in reports), *sorted(wider)),
        links=tuple(links),
        accounts=sides,
        differences=differences(sides),
        merged=named.merged,
        split_from=named.split_from,
    )
