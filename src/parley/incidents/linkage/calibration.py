"""How likely links are, as links of lists of that kind turned out; what weights say alone is too sure of itself.

Weights add up as if fields were told independently of each other, which they are not. So what the odds of a pair
against its rivals say is moved and stretched, in bits, by what was measured on pairs that people linked by hand, four
stretches of time of each list run by themselves; see `calibration.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from parley.incidents.linkage.columns import AGGREGATE, POSTS, Ints
from parley.incidents.linkage.learning import Floats
from parley.packaged import packaged

_SUREST = 2.0**-40


@dataclass(frozen=True)
class Curve:
    """Odds as they turned out: the odds that weights say to the power *slope*, times two to the power *bits*.

    Args:
        doubt: by so many bits stretches of time that were held out lay off.
    """

    bits: float
    slope: float
    doubt: float

    def of(self, chance: Floats) -> Floats:
        """Return how likely links are of which the weights say *chance*."""
        said = np.clip(chance, _SUREST, 1 - _SUREST)
        odds = self.bits + self.slope * np.log2(said / (1 - said))
        found: Floats = 1 / (1 + np.exp2(-odds))
        return found

    def moved(self, bits: float) -> "Curve":
        return replace(self, bits=self.bits + bits)


def curve_of(cardinality: Ints) -> Curve:
    """Return the curve of two lists with rows of these cardinalities: of posts, of an aggregate, or of incidents."""
    kind = "posts" if (cardinality == POSTS).any() else "aggregate" if (cardinality == AGGREGATE).any() else "incidents"
    return Curve(**_curves()[kind])


@cache
def _curves() -> Mapping[str, dict[str, float]]:
    found: Mapping[str, dict[str, float]] = packaged("parley.incidents.linkage", "calibration.yaml")
    return found
