"""Runs of equal values in arrays that are in order."""

import numpy as np
from numpy.typing import NDArray

from parley.incidents.linkage.columns import Ints


def changes(*keys: Ints) -> NDArray[np.bool_]:
    """Say of each position whether a run begins there: whether any of *keys* differs from the one before."""
    new = np.zeros(len(keys[0]), dtype=bool)
    new[:1] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return new


def since(new: NDArray[np.bool_]) -> Ints:
    """Return for each position how many come before it since the last one that is *new*."""
    at = np.arange(len(new), dtype=np.int64)
    return at - np.maximum.accumulate(np.where(new, at, 0))
