"""Seeded columns of invented reports, dense enough to be mistaken for one another, with every special case."""

import numpy as np

from parley.incidents.linkage.columns import (
    AGGREGATE,
    INCIDENTS,
    MINUTES_OF_DAY,
    OPEN,
    POSTS,
    SILENT,
    VAGUE,
    WORD_BITS,
    WORD_COLUMNS,
    Columns,
    Ints,
    Range,
    place_columns,
)
from parley.incidents.linkage.names import MOST_WORDS, name_keys

PLACES = ("Upper Mill", "Lower Mill", "Old Bridge", "Ford", "Chapel Hill", "Long Acre")
AREAS = ("North Valley", "South Valley")
_CENTRES = ((47.1, 9.5), (47.3, 9.9), (-47.0, 179.99), (-47.0, -179.95), (89.9, 30.0), (89.8, -150.0))


def sample(count: int, seed: int, days: int = 6) -> Columns:
    """Return *count* reports of five sources: two lists, two that post, one aggregate."""
    dice = np.random.default_rng(seed)
    place = dice.integers(0, len(PLACES), count)
    lat, lon = np.array(_CENTRES)[place].T
    lat = np.clip(lat + dice.normal(0, 0.05, count), -90, 90)
    lon = (lon + dice.normal(0, 0.05, count) + 180) % 360 - 180
    lat[dice.random(count) < 0.15] = np.nan
    source = dice.integers(0, 5, count)
    kinds = np.array([INCIDENTS, INCIDENTS, POSTS, POSTS, AGGREGATE])[source]
    kinds[dice.random(count) < 0.03] = VAGUE
    day = dice.integers(18_000, 18_000 + days, count) * MINUTES_OF_DAY
    hour = dice.integers(0, 24, count) * 60
    exact = dice.random(count) < 0.4
    long = dice.choice([1, 1, 1, 3, 6, 12], count) * MINUTES_OF_DAY
    low = dice.integers(0, 6, count)
    low[dice.random(count) < 0.3] = SILENT
    high = np.where(low == SILENT, SILENT, np.where(dice.random(count) < 0.2, OPEN, low + dice.integers(0, 3, count)))
    names = np.zeros((count, MOST_WORDS), dtype=np.int64)
    for row, name in enumerate(np.array(PLACES)[np.where(dice.random(count) < 0.9, place, dice.integers(0, 6, count))]):
        if dice.random() < 0.85:
            keys = name_keys(name)
            names[row, : len(keys)] = keys
    areas = np.array([name_keys(area)[0] for area in AREAS])
    return Columns(
        entry=np.arange(count, dtype=np.int64) * 3 + 5,
        source=source.astype(np.int64),
        cardinality=kinds.astype(np.int64),
        start=np.where(exact, day + hour, day),
        end=np.where(exact, day + hour + 60, day + long),
        **place_columns(lat, lon, dice.choice([100.0, 2500, 6000, 25_000, 60_000], count)),
        names=names,
        area=np.where(dice.random(count) < 0.7, areas[place % 2], 0),
        link=np.where(dice.random(count) < 0.1, dice.integers(1, 9, count), 0),
        origin=np.where(dice.random(count) < 0.15, dice.integers(1, 5, count), 0),
        ranges={"deaths": Range(low, high)},
        terms={"act": dice.integers(-1, 3, count)},
        texts={"words": _texts(dice, count)},
        in_list=dice.integers(0, 9, count),
        words=dice.integers(0, 9, count),
    )


def _texts(dice: np.random.Generator, count: int) -> Ints:
    """Return texts of up to 8 of 20 words, some in another script, a quarter of them none."""
    texts = np.zeros((count, 1 + WORD_COLUMNS), dtype=np.int64)
    for row in np.flatnonzero(dice.random(count) < 0.75):
        texts[row, 0] = dice.choice([1, 2, 3])
        for word in dice.choice(20, dice.integers(1, 9), replace=False):
            texts[row, 1 + word % WORD_COLUMNS] |= 1 << int(3 * word % WORD_BITS)
    return texts
