"""A table of weights: how much each level of each field speaks for one happening, in thousandths of a bit.

A weight is log2(m / u): how often the level is seen among reports of one happening, against how often among pairs that
are compared at all (Fellegi and Sunter, "A Theory for Record Linkage", 1969). Weights add up; what they are made of is
the explanation of every link. Integers, so that every engine adds them alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from parley.incidents.linkage.assignment import FLOOR
from parley.incidents.linkage.columns import Ints
from parley.packaged import packaged

BIT = 1000


@dataclass(frozen=True)
class Weights:
    """Weights by field and level, all in thousandths of a bit.

    Args:
        fields: for each field the weight of each of its levels.
        start: what every pair begins with: how rare it is that two reports that are compared are of one happening.
            A pair whose sum is above 0 is rather of one happening than not.
        name: what this table is called in the record.
    """

    fields: Mapping[str, tuple[int, ...]]
    start: int
    name: str = ""

    def sum(self, levels: Mapping[str, Ints]) -> Ints:
        """Return the weight of every pair, no less than `FLOOR`."""
        total: Ints | None = None
        for field, weights in self.fields.items():
            if field in levels:
                part = np.asarray(weights, dtype=np.int64)[levels[field]]
                total = part if total is None else total + part
        assert total is not None  # every table has a place and a time
        return np.maximum(total + self.start, FLOOR)

    def explain(self, levels: Mapping[str, int]) -> tuple[tuple[str, int, int], ...]:
        """Return (field, level, weight) for one pair, in the table's order."""
        return tuple(
            (field, levels[field], weights[levels[field]]) for field, weights in self.fields.items() if field in levels
        )


@cache
def shipped() -> Weights:
    """Return the weights that come with Parley; the file says where they are from."""
    raw = packaged("parley.incidents.linkage", "weights.yaml")
    return from_data(raw)


def from_data(raw: Mapping[str, Any]) -> Weights:
    """Return the weights in *raw*, as they stand in a YAML file; a table may be written in rows."""
    fields = {field: tuple(map(int, np.hstack(weights))) for field, weights in raw["fields"].items()}
    return Weights(fields, int(raw["start"]), str(raw["name"]))
