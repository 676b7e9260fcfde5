"""Doubts as people are told of them: which report, what it fits equally, and which decision settles most."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from parley.incidents.linkage.tied import tied
from parley.incidents.placed import PlacedReport
from parley.model import Doubt, Incident


def doubts(
    in_doubt: Mapping[int, Sequence[int]], told: Sequence[PlacedReport], incidents: Iterable[Incident]
) -> tuple[Doubt, ...]:
    """Return the rows *in_doubt*, each with the rows that it fits, as the reports *told*; those first that decide most.

    Reports stand alone in their incidents where they are in doubt.
    """
    if not in_doubt:
        return ()
    hanging = _hanging(in_doubt, len(told))
    of = {entry: one.id for one in incidents for entry in one.entries}
    found = []
    for row, fits in in_doubt.items():
        entries = sorted(told[other].entry for other in fits)
        found.append(
            Doubt(
                entry=told[row].entry,
                source=told[row].report.source,
                incident=of[told[row].entry],
                fits=tuple(entries),
                incidents=tuple(dict.fromkeys(of[entry] for entry in entries)),
                hanging=hanging[row],
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.hanging, one.entry)))


def _hanging(in_doubt: Mapping[int, Sequence[int]], rows: int) -> dict[int, int]:
    """Return for each row in doubt how many hang together, tied through what they fit."""
    one, other = np.array([(row, other) for row, fits in in_doubt.items() for other in fits], dtype=np.int64).T
    group = tied(rows, one, other)
    count = np.bincount(group[list(in_doubt)], minlength=rows)
    return {row: int(count[group[row]]) for row in in_doubt}
