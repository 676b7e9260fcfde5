"""Which reports are together: what linkage draws, and what of it is otherwise than it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.clusters import Clusters, Weighed, alone, cluster, wider_rows
from parley.incidents.linkage.columns import Columns, Ints
from parley.incidents.linkage.doubts import doubtful


@dataclass(frozen=True)
class Drawn:
    """Which reports are together, by their entries, doubles left aside.

    Args:
        groups: the own reports of each incident, each with the wider ones that tell of it.
        in_doubt: the reports that fit two incidents equally, each with those that it fits.
    """

    groups: Mapping[frozenset[int], frozenset[int]]
    in_doubt: Mapping[int, frozenset[int]]


def draw(columns: Columns, weighed: Weighed, judged: Judged) -> tuple[Clusters, dict[int, tuple[int, ...]]]:
    """Return the incidents of the rows of *columns*, and which rows are in doubt, with those that they fit.

    Nothing is assigned to a wider report, whether it tells of others or of nobody: so none is in doubt about it.
    """
    clusters = cluster(columns, weighed, judged)
    places = _without(clusters, np.flatnonzero(wider_rows(columns, judged)))
    in_doubt = doubtful(columns, weighed, places, judged, columns.words.tolist().__getitem__)
    return alone(columns, weighed, clusters, in_doubt, judged), in_doubt


def drawn_of(clusters: Clusters, in_doubt: Mapping[int, Sequence[int]], entries: Sequence[int]) -> Drawn:
    """Return what `draw` gives, by *entries* for rows."""
    wider = wider_of(clusters)
    return Drawn(
        {
            frozenset([entries[row] for row in rows.tolist()]): frozenset(
                [entries[row] for row in wider.get(number, ())]
            )
            for number, rows in enumerate(clusters.members)
        },
        {entries[row]: frozenset([entries[other] for other in fits]) for row, fits in in_doubt.items()},
    )


def redrawn(drawn: Drawn, of: Mapping[int, int], count: int) -> tuple[Clusters, dict[int, tuple[int, ...]]]:
    """Return *drawn* as `draw` gives it, of so many rows, which *of* has by their entries."""
    incident = np.full(count, -1, dtype=np.int64)
    told = []
    groups = sorted((sorted(of[entry] for entry in group), wider) for group, wider in drawn.groups.items())
    for number, (rows, wider) in enumerate(groups):
        incident[rows] = number
        told += [(of[entry], number) for entry in wider]
    whole, part = np.array(sorted(told), dtype=np.int64).reshape(-1, 2).T
    in_doubt = {of[entry]: tuple(sorted(of[other] for other in fits)) for entry, fits in drawn.in_doubt.items()}
    return Clusters(incident, (whole, part)), dict(sorted(in_doubt.items()))


def _without(clusters: Clusters, rows: Ints) -> Clusters:
    """Return *clusters* where none of *rows* is an incident of its own."""
    incident = clusters.incident.copy()
    incident[rows] = -1
    return replace(clusters, incident=incident)


def wider_of(clusters: Clusters) -> dict[int, list[int]]:
    """Return the rows of the wider reports that tell of each incident among others, by its number."""
    found: dict[int, list[int]] = {}
    for row, number in zip(*(side.tolist() for side in clusters.part), strict=True):
        found.setdefault(number, []).append(row)
    return found


def otherwise(
    drawn: Drawn, before: Drawn, touched: Iterable[int], closure: Callable[[Iterable[int]], set[int]]
) -> tuple[set[int], Drawn]:
    """Return which reports are to be looked at again, and how they are *drawn*: all else is as it was *before*.

    Those are what is *touched*, what is together with others than before, told of by others or in another doubt; and
    whatever shares an incident or a doubt with one of them, or decides together with it. The wider reports that tell
    of their incidents are among them.

    Args:
        closure: gives what decides together with reports.
    """
    again = {entry for group, _ in drawn.groups.items() ^ before.groups.items() for entry in group}
    again |= {entry for entry, _ in drawn.in_doubt.items() ^ before.in_doubt.items()}
    beside: dict[int, set[int]] = {}
    for group in (*drawn.groups, *({entry, *fits} for entry, fits in drawn.in_doubt.items())):
        for entry in group:
            beside.setdefault(entry, set()).update(group)
    new = again.union(touched) & beside.keys()
    again = set()
    while new:
        again |= new
        near = {other for entry in new for other in beside[entry]}
        new = (near | closure(near) & beside.keys()) - again
    groups = {group: wider for group, wider in drawn.groups.items() if group & again}
    told = {entry for wider in groups.values() for entry in wider}
    in_doubt = {entry: fits for entry, fits in drawn.in_doubt.items() if entry in again}
    return again | told, Drawn(groups, in_doubt)
