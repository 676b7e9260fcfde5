"""Which rows hang together through pairs: the connected components of a graph."""

import numpy as np

from parley.incidents.linkage.columns import Ints

FEW = 1_000
"""So many pairs are followed one by one, which takes no longer than to import what follows more of them faster."""


def tied(rows: int, left: Ints, right: Ints) -> Ints:
    """Return the number of each of *rows*' component, counted from 0 in the order of their first rows.

    Args:
        left, right: the pairs that tie rows, by the rows' numbers.
    """
    return _one_by_one(rows, left, right) if len(left) <= FEW else _at_once(rows, left, right)


def _one_by_one(rows: int, left: Ints, right: Ints) -> Ints:
    under = list(range(rows))  # each row's way to the first row of its component

    def first(row: int) -> int:
        while under[row] != row:
            under[row] = row = under[under[row]]
        return row

    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        low, high = sorted((first(one), first(other)))
        under[high] = low
    return np.unique([first(row) for row in range(rows)], return_inverse=True)[1].astype(np.int64)


def _at_once(rows: int, left: Ints, right: Ints) -> Ints:
    from scipy.sparse import coo_array  # takes long to import
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(rows, rows))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
