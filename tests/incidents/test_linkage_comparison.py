"""Levels of pairs: what a report in great doubt says of its place."""

from dataclasses import replace

import numpy as np
import pytest
from linkage_samples import sample

from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.columns import UDEG_PER_M
from parley.incidents.linkage.comparison import levels


@pytest.mark.parametrize("radius_m", [200_000, 1_000_000, 20_000_000])
def test_reports_that_doubt_their_place_by_hundreds_of_kilometres_are_not_called_far_apart(radius_m: int) -> None:
    reports = sample(60, 1)
    left, right = np.triu_indices(len(reports), 1)
    exact = levels(reports, Pairs(left, right))["place"]
    vague = replace(reports, radius=np.full(len(reports), round(radius_m * UDEG_PER_M)))
    found = levels(vague, Pairs(left, right))["place"]
    assert (found <= exact)[exact > 0].all()
    assert ((found == 0) == (exact == 0)).all()
    if radius_m > 10_000_000:
        assert set(found.tolist()) <= {0, 1}
