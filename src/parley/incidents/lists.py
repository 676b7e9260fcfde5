"""Two lists of happenings as columns that linkage compares: what `parley match` is about."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from parley.incidents.linkage.columns import (
    CARDINALITIES,
    OPEN,
    SILENT,
    VAGUE,
    Columns,
    Ints,
    Range,
    joined,
    place_columns,
)
from parley.incidents.linkage.names import MOST_WORDS
from parley.incidents.linkage.window import Window
from parley.incidents.placed import claimed, place_of, time_of
from parley.incidents.reading import (
    TERMS,
    VAGUEST_M,
    VAGUEST_MINUTES,
    address_key,
    area_key,
    count_range,
    minutes,
    place_keys,
    said,
    widest_term,
    words_of,
)
from parley.model import Attribute, EventReport, fold

COUNTS: tuple[Attribute, ...] = ("deaths", "deaths-civilian", "injured")
"""The counts that are compared where both lists give them."""


class Row(Protocol):
    """One row of a list: its report, which has an id and a time; the name of its place; and what else is compared.

    `ranges` and `terms` stand in the order of the names in `Spec`; None and "" mean that the row is silent. `words` are
    told beside the claims.
    """

    @property
    def report(self) -> EventReport: ...
    @property
    def place(self) -> str: ...
    @property
    def ranges(self) -> Sequence[tuple[int, int | None] | None]: ...
    @property
    def terms(self) -> Sequence[str]: ...
    @property
    def words(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Spec:
    """How two lists are compared.

    Args:
        claims: which claims both lists make.
        ranges, terms: names of what is compared beside the claims.
        words: whether both lists tell in words.
        associated: those of *terms* whose values go together without being equal.
        near_km, far_km, days, by_area: how far apart two rows may lie to be compared at all.
    """

    claims: frozenset[str] = frozenset()
    ranges: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    words: bool = False
    associated: tuple[str, ...] = ()
    near_km: float = 40
    far_km: float = 130
    days: int = 2
    by_area: bool = False

    @property
    def window(self) -> Window:
        return Window(
            least_m=round(self.near_km * 1000),
            most_m=round(max(self.near_km, self.far_km) * 1000),
            days=self.days,
            named_days=min(self.days, max(1, self.days - 1)),
            cited_days=self.days,
            area_days=min(self.days, max(1, self.days - 1) if self.by_area else 1),
            by_area=self.by_area,
        )


@dataclass(frozen=True)
class Lists:
    """Both lists as one table: the first `left` rows are those of the left one; `ids` calls each row by its own id."""

    columns: Columns
    ids: tuple[str, ...]
    left: int


def lists_of(left: Sequence[Row], right: Sequence[Row], spec: Spec) -> Lists:
    """Return both lists as columns."""
    codes: dict[tuple[str, str], int] = {}
    parts = [_columns(rows, source, spec, codes) for source, rows in enumerate((left, right))]
    columns = joined(parts)
    entries = np.arange(len(columns), dtype=np.int64)
    ids = tuple(row.report.reference for row in (*left, *right))
    return Lists(Columns(**{**vars(columns), "entry": entries}), ids, len(left))


def _columns(rows: Sequence[Row], source: int, spec: Spec, codes: dict[tuple[str, str], int]) -> Columns:
    reports = [row.report for row in rows]
    spans = np.array([minutes(when) for one in reports if (when := time_of(one))], dtype=np.int64).reshape(-1, 2)
    places = [place_of(one) for one in reports]
    nowhere = (np.nan, np.nan, 0.0)
    points = np.array([(at.lat, at.lon, at.radius_m) if at else nowhere for at in places], dtype=np.float64)
    vague = (np.isfinite(points[:, 0]) & (points[:, 2] > VAGUEST_M)) | (spans[:, 1] - spans[:, 0] > VAGUEST_MINUTES)
    kinds = _array(CARDINALITIES.index(one.cardinality) for one in reports)
    none = np.zeros(len(rows), dtype=np.int64)
    ranges = {name: count_range([claimed(one, name) for one in reports]) for name in COUNTS if name in spec.claims}
    ranges |= {name: _range([row.ranges[at] for row in rows]) for at, name in enumerate(spec.ranges)}
    terms = {name: _array(widest_term(name, claimed(one, name)) for one in reports)
             for name in TERMS if name in spec.claims}  # fmt: skip
    terms |= {name: _array(_code(name, row.terms[at], codes) for row in rows) for at, name in enumerate(spec.terms)}
    return Columns(
        entry=none,
        source=none + source,
        in_list=none,
        words=none,
        cardinality=np.where(vague, VAGUE, kinds).astype(np.int64),
        start=spans[:, 0],
        end=spans[:, 1],
        **place_columns(*points.T),
        names=np.array([place_keys(row.place) for row in rows], dtype=np.int64).reshape(-1, MOST_WORDS),
        area=_array(area_key(one) for one in reports),
        link=_array(address_key(one.citation.address if one.citation else "") for one in reports),
        origin=none,
        ranges=ranges,
        terms=terms,
        texts={"words": words_of((f"{said(row.report)}\n{row.words}", row.place) for row in rows)}
        if spec.words
        else {},
    )


def _range(bounds: Sequence[tuple[int, int | None] | None]) -> Range:
    low = _array(SILENT if one is None else one[0] for one in bounds)
    return Range(low, _array(SILENT if one is None else OPEN if one[1] is None else one[1] for one in bounds))


def _code(name: str, said: str, codes: dict[tuple[str, str], int]) -> int:
    return codes.setdefault((name, fold(said)), len(codes)) if said else SILENT


def _array(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
