"""Synthetic lists with planted truth: two at the density of Syria in 2017; others in one theatre, at any density."""

import numpy as np

from parley.incidents.linkage.columns import (
    INCIDENTS,
    MINUTES_OF_DAY,
    SILENT,
    Columns,
    Range,
    joined,
    place_columns,
)

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
            in_list=row,
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


TOWNS, THEATRE_KM, SHARE = 60, 120, 0.7


def theatre(count: int, a_day: int, lists: int = 2, seed: int = 2026) -> Columns:
    """Return about *count* reports, *a_day* of them, of happenings near the towns of one theatre.

    Each list tells of most happenings, its rows together; entry // 8 numbers the happening. Half of the points are the
    town's, with a radius to match; a third of the times is told to the hour.
    """
    dice = np.random.default_rng(seed)
    happenings = round(count / (SHARE * lists))
    lats, lons = 49 + dice.uniform(0, THEATRE_KM, TOWNS) / 111, 36 + dice.uniform(0, THEATRE_KM, TOWNS) / 73
    name = dice.integers(1, 2**58, TOWNS)
    share = 1 / np.arange(1, TOWNS + 1) ** 0.7
    town = dice.choice(TOWNS, happenings, p=share / share.sum())
    lat, lon = (at[town] + dice.normal(0, 1.5, happenings) / km for at, km in ((lats, 111), (lons, 73)))
    minute = dice.integers(0, max(1, round(count / a_day)) * MINUTES_OF_DAY, happenings) + 18_000 * MINUTES_OF_DAY
    deaths = np.where(dice.random(happenings) < 0.6, 0, dice.geometric(0.35, happenings))
    act, means = dice.choice(4, happenings, p=[0.5, 0.25, 0.15, 0.1]), dice.choice(5, happenings)

    def one_list(source: int) -> Columns:
        row = np.flatnonzero(dice.random(happenings) < SHARE)
        size = len(row)
        none = np.zeros(size, dtype=np.int64)
        kind = dice.choice(3, size, p=[0.3, 0.5, 0.2])
        exact = [at[row] + dice.normal(0, 0.15, size) / km for at, km in ((lat, 111), (lon, 73))]
        at = [np.where(kind == 0, one, towns[town[row]]) for one, towns in zip(exact, (lats, lons), strict=True)]
        seen = minute[row] + np.rint(dice.normal(0, 25, size)).astype(np.int64)
        to_hours = dice.random(size) < 0.3
        start = np.where(to_hours, seen // 30 * 30 - 30, seen // MINUTES_OF_DAY * MINUTES_OF_DAY)
        counted = np.maximum(0, deaths[row] + dice.choice([0, 0, 0, 0, 1, -1], size))
        low = np.where(dice.random(size) < 0.5, counted, SILENT)
        names = np.zeros((size, 4), dtype=np.int64)
        names[:, 0] = np.where(dice.random(size) < 0.85, name[town[row]], 0)
        return Columns(
            entry=row * 8 + source,
            source=none + source,
            in_list=row,
            cardinality=none + INCIDENTS,
            start=start,
            end=start + np.where(to_hours, 90, MINUTES_OF_DAY),
            **place_columns(at[0], at[1], np.array([300.0, 4000, 15_000])[kind]),
            names=names,
            area=none,
            link=none,
            origin=none,
            ranges={"deaths": Range(low, low)},
            terms={
                "act": np.where(dice.random(size) < 0.9, act[row], SILENT),
                "means": np.where(dice.random(size) < 0.6, means[row], SILENT),
            },
        )

    return joined([one_list(source) for source in range(lists)])
