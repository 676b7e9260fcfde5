"""From reports to incidents: linkage says which belong together, people's judgements first; each gets its accounts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parley.incidents.accounts import NO_ALIASES, accounts, differences
from parley.incidents.crowded import crowded
from parley.incidents.doubts import doubts
from parley.incidents.drawn import Drawn, draw, redrawn, wider_of
from parley.incidents.extent import disc_of, span_of
from parley.incidents.geodesy import distance_m
from parley.incidents.ids import Named, name
from parley.incidents.judgements import standing
from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import Clusters, Weighed, weigh
from parley.incidents.linkage.columns import Columns, Ints
from parley.incidents.linkage.comparison import levels, words
from parley.incidents.linkage.weights import Weights, shipped
from parley.incidents.linkage.window import gap_minutes
from parley.incidents.placed import PlacedReport, placed_reports
from parley.incidents.reading import in_order
from parley.model import Crowd, Doubt, Incident, Link, RecordedJudgement, RecordedReport, Weight

NO_DOUBLES: Mapping[int, int] = MappingProxyType({})

Weigh = Callable[[Columns, Sequence[int], Weights], Weighed]
"""Gives what pairs of reports weigh, given their columns, their entries and the table."""


class Matched(NamedTuple):
    """The incidents, in order of their first reports; what was not compared, what was set aside, what is in doubt.

    Args:
        crowds: reports of which not all pairs were compared.
        outdone: how many pairs fit, and were set aside since others fit better.
        doubts: reports that fit two incidents equally, those first that decide most.
    """

    incidents: tuple[Incident, ...]
    crowds: tuple[Crowd, ...] = ()
    outdone: int = 0
    doubts: tuple[Doubt, ...] = ()


def match(
    reports: Sequence[RecordedReport],
    judgements: Iterable[RecordedJudgement] = (),
    weights: Weights | None = None,
    origins: Mapping[int, int] | None = None,
    versions: Mapping[int, Sequence[int]] | None = None,
    aliases: Mapping[str, str] = NO_ALIASES,
    doubles: Mapping[int, int] = NO_DOUBLES,
) -> tuple[Incident, ...]:
    """Return the incidents alone of what `matched` gives."""
    return matched(reports, judgements, weights, origins, versions, aliases, doubles).incidents


def matched(
    reports: Sequence[RecordedReport],
    judgements: Iterable[RecordedJudgement] = (),
    weights: Weights | None = None,
    origins: Mapping[int, int] | None = None,
    versions: Mapping[int, Sequence[int]] | None = None,
    aliases: Mapping[str, str] = NO_ALIASES,
    doubles: Mapping[int, int] = NO_DOUBLES,
    among: Collection[int] | None = None,
    weighed_as: Weigh | None = None,
    elsewhere: Collection[int] = (),
    drawn: Drawn | None = None,
) -> Matched:
    """Match the event reports among *reports* that have a known time and place into incidents.

    The same reports and judgements in any order give the same incidents, in order of their first reports. Which
    reports are together, and what an incident says, does not depend on the order of the record either (see `in_order`).

    Args:
        judgements: what people decided; what holds of it is obeyed, whatever the weights say.
        weights: the table to weigh with; by default the one that comes with Parley.
        origins: the entries of copies, with the number (above 0) of the telling that they copy.
        versions: the entries of all versions of a report that its source corrected, by that of the one in *reports*:
            an incident's id follows the report through them.
        aliases: the folded names of parties, with the one folded name by which each party is compared.
        doubles: the entries of reports that count once with an earlier one, with that of the earliest; see `repeated`.
        among: the entries of the reports that are matched, where these are not all: none of them may be together with
            one that is left out.
        weighed_as: what pairs weigh, where that is known; by default all that are near are compared.
        elsewhere: the entries of wider reports that tell of incidents beside these: they are none of their own.
        drawn: which reports are together, where that is known.
    """
    rows = compared(reports, origins, doubles, among)
    if not rows.reports:
        return Matched(())
    weights = weights or shipped()
    judged_by = standing(judgements)
    columns, tellings = rows.columns, rows.tellings
    judged = judged_by.judged(rows.of)
    if drawn is None:
        weighed = weighed_as(columns, rows.entries, weights) if weighed_as else weigh(columns, weights)
        clusters, in_doubt = draw(columns, weighed, judged)
    else:
        weighed = None
        clusters, in_doubt = redrawn(drawn, rows.of, len(columns))
    links = _links(tellings, columns, clusters, weights, judged)
    wider = wider_of(clusters)
    members = clusters.members
    together = [_told(rows.tolist(), tellings) for rows in members]
    names = name(
        [[entry for one in told for entry in (versions or {}).get(one.entry, (one.entry,))] for told in together],
        judged_by,
    )
    found = (
        _incident(named, told, _told(wider.get(number, ()), tellings), links.get(number, []), aliases)
        for number, (named, told) in enumerate(zip(names, together, strict=True))
        if len(members[number]) > 1 or told[0].entry not in elsewhere
    )
    ordered = tuple(sorted(found, key=lambda incident: incident.entries[0]))
    in_doubts = doubts(in_doubt, rows.reports, ordered)
    if weighed is None:
        return Matched(ordered, doubts=in_doubts)
    return Matched(ordered, crowded(weighed.crowds, rows.reports), weighed.left_out, in_doubts)


@dataclass(frozen=True)
class Compared:
    """The reports that are compared, a row each, in the order of their columns.

    Args:
        tellings: of each row the report, and its doubles.
        of: the row of each report by its entry, of a double that of the one with which it counts.
    """

    reports: Sequence[PlacedReport]
    columns: Columns
    tellings: Sequence[Sequence[PlacedReport]]
    of: Mapping[int, int]

    @property
    def entries(self) -> list[int]:
        """The entry of each row's report."""
        return [one.entry for one in self.reports]


def compared(
    reports: Iterable[RecordedReport],
    origins: Mapping[int, int] | None = None,
    doubles: Mapping[int, int] = NO_DOUBLES,
    among: Collection[int] | None = None,
) -> Compared:
    """Return those of *reports* that are compared with others; see `matched`."""
    placed = [one for one in placed_reports(reports) if among is None or doubles.get(one.entry, one.entry) in among]
    rows, columns = in_order([one for one in placed if one.entry not in doubles], origins)
    tellings = [[one] for one in rows]
    row_of = {one.entry: row for row, one in enumerate(rows)}
    for one in placed:
        if one.entry in doubles:
            row_of[one.entry] = row_of[doubles[one.entry]]
            tellings[row_of[one.entry]].append(one)
    return Compared(rows, columns, tellings, row_of)


def _told(rows: Iterable[int], tellings: Sequence[Sequence[PlacedReport]]) -> list[PlacedReport]:
    return [one for row in rows for one in tellings[row]]


def _links(
    tellings: Sequence[Sequence[PlacedReport]],
    columns: Columns,
    clusters: Clusters,
    weights: Weights,
    judged: Judged,
) -> dict[int, list[Link]]:
    """Return the links of each incident with several reports.

    For each report but the first by what it says, then for each that repeats another, then for the wider ones.
    """
    of: dict[int, list[Link]] = {}
    for incident, row, other, kind in _asked(tellings, clusters):
        pairs = Pairs(row, other)
        found = levels(columns, pairs)
        weight = weights.sum(found)
        # Of all that a report is compared with, the one that it is most like; of equal ones the first. A report that
        # has doubles is compared with others and with itself.
        order = np.lexsort((other, -weight, kind, row, incident))
        best = order[_first_of_each(incident[order], row[order], kind[order])]
        for at in best[np.lexsort((row[best], kind[best], incident[best]))].tolist():
            level = {field: int(column[at]) for field, column in found.items()}
            pair = pairs.take(np.array([at]))
            told, beside = tellings[int(row[at])], tellings[int(other[at])][0]
            said = told[:1] if kind[at] == _OTHER else told[1:] if kind[at] == _ITSELF else told
            of.setdefault(int(incident[at]), []).extend(
                _link(one, beside, columns, pair, level, weights, judged, kind[at] == _WIDER) for one in said
            )
    return of


_OTHER, _ITSELF, _WIDER = range(3)
"""What a report is compared with: another of its incident; itself, for its doubles; the parts of what it tells."""
_MOST_ASKED = 500_000


def _asked(tellings: Sequence[Sequence[PlacedReport]], clusters: Clusters) -> Iterator[Ints]:
    """Yield (incident, row, other row, what that is) as rows of an array, in batches, all of one incident together."""
    wider = wider_of(clusters)
    asked: list[tuple[int, int, int, int]] = []
    for number, members in enumerate(clusters.members):
        rows, whole = members.tolist(), wider.get(number, ())
        if len(rows) > 1:
            asked += [(number, row, other, _OTHER) for row in rows[1:] for other in rows if row != other]
        asked += [(number, row, row, _ITSELF) for row in rows if len(tellings[row]) > 1]
        asked += [(number, row, other, _WIDER) for row in whole for other in rows]
        if len(asked) >= _MOST_ASKED:
            yield np.array(asked, dtype=np.int64).T
            asked = []
    if asked:
        yield np.array(asked, dtype=np.int64).T


def _first_of_each(*keys: NDArray[Any]) -> Ints:
    new = np.ones(len(keys[0]), dtype=bool)
    new[1:] = False
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def _link(
    one: PlacedReport,
    other: PlacedReport,
    columns: Columns,
    pair: Pairs,
    level: Mapping[str, int],
    weights: Weights,
    judged: Judged,
    wider: bool,
) -> Link:
    """Return why *one* belongs where *other* is; *pair* are their rows."""
    row, beside = int(pair.left[0]), int(pair.right[0])
    said = weights.explain(level)
    by_person = any(row in group and beside in group for group in judged.together) or (beside, row) in judged.parts
    return Link(
        entry=one.entry,
        other=other.entry,
        how="judged" if by_person and row != beside else "wider" if wider else "matched",
        weight=weights.start + sum(weight for _, _, weight in said),
        weights=tuple(
            Weight(field, words(columns, field, reached), weight)
            for field, reached, weight in said
            if weight or reached
        ),
        distance_m=round(distance_m(one.place, other.place)),
        gap_minutes=int(gap_minutes(columns, pair.left, pair.right)[0]),
    )


def _incident(
    named: Named,
    reports: Sequence[PlacedReport],
    wider: Sequence[PlacedReport],
    links: Sequence[Link],
    aliases: Mapping[str, str],
) -> Incident:
    """Return the incident of *reports*, of which the *wider* ones tell among others."""
    own, others = (sorted(told, key=lambda one: one.entry) for told in (reports, wider))
    sides = accounts([*own, *others], {one.entry for one in others})
    return Incident(
        id=named.id,
        time=span_of([one.time for one in own]),
        place=disc_of([one.place for one in own]),
        entries=tuple(one.entry for one in (*own, *others)),
        links=tuple(links),
        accounts=sides,
        differences=differences(sides, aliases),
        merged=named.merged,
        split_from=named.split_from,
    )
