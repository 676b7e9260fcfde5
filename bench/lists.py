"""Two synthetic lists at the density of Syria in 2017: happenings at 400 places, each told by one list or by both."""

import numpy as np

from parley.incidents.linkage.columns import INCIDENTS, MINUTES_OF_DAY, Columns, Range, joined, place_columns

A_DAY = 26  # reports of both lists together, as in the lists of 2017
PLACES = 400


def synthetic(count: int, seed: int = 2017) -> Columns:
    """Return about *count* reports; entry // 2 numbers the happening."""
    dice = np.random.default_rng(seed)
    happenings = round(count / 1.4)
    lats, lons = dice.uniform(32.5, 37, PLACES), dice.uniform(36, 41, PLACES)
    share = dice.zipf(1.6, PLACES).clip(1, 60).astype(float)
    name = dice.integers(1, 2**61, PLACES)
    place = dice.choice(PLACES, happenings, p=share / share.sum())
    day = np.sort(dice.integers(0, max(1, count // A_DAY), happenings))
    lat = lats[place] + dice.normal(0, 0.02, happenings)
    lon = lons[place] + dice.normal(0, 0.02, happenings)
    deaths = dice.geometric(0.25, happenings) - 1
    told = dice.random(happenings)

    def one_list(which: np.ndarray, source: int) -> Columns:
        row = np.flatnonzero(which)
        size = len(row)
        radius = dice.choice([100.0, 2500, 6000, 15_000, 25_000, 60_000], size, p=[0.2, 0.35, 0.3, 0.05, 0.07, 0.03])
        at = [
            lat[row] + dice.normal(0, 0.5, size) * radius / 111_195,
            lon[row] + dice.normal(0, 0.5, size) * radius / 90_000,
        ]
        at[0][dice.random(size) < (0.1 if source == 0 else 0)] = np.nan
        names = np.zeros((size, 4), dtype=np.int64)
        names[:, 0] = np.where(dice.random(size) < 0.85, name[place[row]], name[dice.integers(0, PLACES, size)])
        start = (day[row] + dice.choice([0, 1, -1], size, p=[0.95, 0.03, 0.02])) * MINUTES_OF_DAY
        low = np.maximum(0, deaths[row] + dice.choice([0, 1, -1, 3], size, p=[0.7, 0.12, 0.12, 0.06]))
        none = np.zeros(size, dtype=np.int64)
        return Columns(
            entry=row * 2 + source,
            source=none + source,
            cardinality=none + INCIDENTS,
            start=start,
            end=start + MINUTES_OF_DAY,
            **place_columns(at[0], at[1], radius),
            names=names,
            area=none,
            link=none,
            origin=none,
            ranges={"deaths": Range(low, low + dice.choice([0, 2, 5], size, p=[0.6, 0.3, 0.1]))},
            terms={},
        )

    return joined([one_list(told < 0.7, 0), one_list(told > 0.3, 1)])
