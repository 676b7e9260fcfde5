"""Event reports as the columns that linkage compares: times, places, names, counts, kinds, words; never the actors.

They stand in an order that follows from what they say, since where two fit equally well the first is taken.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from parley.incidents.linkage.columns import (
    CARDINALITIES,
    OPEN,
    SILENT,
    VAGUE,
    WORD_COLUMNS,
    Columns,
    Ints,
    Range,
    place_columns,
)
from parley.incidents.linkage.names import MOST_WORDS, name_keys
from parley.incidents.linkage.telling import telling_bits
from parley.incidents.placed import PlacedReport, claimed
from parley.model import Attribute, Count, EventReport, Interval, OneOf, Value, Words, fold, vocabulary

VAGUEST_M = 60_000
VAGUEST_MINUTES = 7 * 1440 + 60
"""A report that is vaguer about place or time stays alone; a week has an hour more where clocks go back."""

RANGES: tuple[Attribute, ...] = ("deaths", "deaths-civilian")
TERMS: tuple[Attribute, ...] = ("act", "means")


def in_order(
    reports: Sequence[PlacedReport], origins: Mapping[int, int] | None = None
) -> tuple[list[PlacedReport], Columns]:
    """Return *reports* in an order that follows from what they say, and their columns, called by their rows.

    Of two that say the same in all that linkage reads the first is the one that stands first in its list. What is still
    equal (two sources' reports, of which linkage cannot tell one from the other) comes in the order of the record,
    since to order it by who says it would favour a side. Which of two comes first hangs on no other report: some of
    the reports stand in the order in which they stand among all.
    """
    columns, order = ordered(columns_of(reports, origins))
    return [reports[row] for row in order], columns


def ordered(columns: Columns) -> tuple[Columns, list[int]]:
    """Return *columns* in the order of `in_order`, called by their rows, and which row each was."""
    keys = [columns.start, columns.end, columns.lat, columns.lon, columns.radius, columns.cardinality]
    keys += [bound for number in columns.ranges.values() for bound in (number.low, number.high)]
    keys += [*columns.terms.values(), *columns.names.T, columns.area, columns.link]
    keys += [bits for text in columns.texts.values() for bits in text.T]
    order = np.lexsort([columns.entry, columns.in_list, *reversed(keys)])
    return replace(columns.take(order), entry=np.arange(len(order))), order.tolist()


def columns_of(reports: Sequence[PlacedReport], origins: Mapping[int, int] | None = None) -> Columns:
    """Return one row for each of *reports*.

    *origins* maps the entries of copies to the number (above 0) of the telling that they copy.
    """
    told = [one.report for one in reports]
    places = [one.place for one in reports]
    spans = np.array([minutes(one.time) for one in reports], dtype=np.int64).reshape(-1, 2)
    points = np.array([(at.lat, at.lon, at.radius_m) for at in places], dtype=np.float64).reshape(-1, 3)
    vague = (points[:, 2] > VAGUEST_M) | (spans[:, 1] - spans[:, 0] > VAGUEST_MINUTES)
    kinds = np.array([CARDINALITIES.index(report.cardinality) for report in told], dtype=np.int64)
    return Columns(
        entry=np.array([one.entry for one in reports], dtype=np.int64),
        source=_array(_digest(f"{_list(one)} {fold(one.source)}") for one in told),
        in_list=_array(map(_in_list, told)),
        words=_array(map(_words, told)),
        cardinality=np.where(vague, VAGUE, kinds),
        start=spans[:, 0],
        end=spans[:, 1],
        **place_columns(*points.T),
        names=np.array([place_keys(at.name) for at in places], dtype=np.int64).reshape(-1, MOST_WORDS),
        area=_array(area_key(report) for report in told),
        link=_array(address_key(report.citation.address if report.citation else "") for report in told),
        origin=_array((origins or {}).get(one.entry, 0) for one in reports),
        ranges={name: count_range([claimed(report, name) for report in told]) for name in RANGES},
        terms={name: _array(widest_term(name, claimed(report, name)) for report in told) for name in TERMS},
        texts={"words": words_of((said(report), at.name) for report, at in zip(told, places, strict=True) if at)},
    )


def said(report: EventReport) -> str:
    """Return what *report* tells in words."""
    value = claimed(report, "account")
    return value.text if isinstance(value, Words) else ""


def words_of(texts: Iterable[tuple[str, str]]) -> Ints:
    """Return the bits of each of *texts*, which are (what is told, the name of the place)."""
    found = np.array([_bits(text, name) for text, name in texts], dtype=np.int64)
    return found.reshape(-1, 1 + WORD_COLUMNS)


@lru_cache(maxsize=20_000)
def _bits(text: str, name: str) -> tuple[int, ...]:
    return telling_bits(text, (name,)) if text else (0,) * (1 + WORD_COLUMNS)


def _list(report: EventReport) -> str:
    """Return which of its source's lists *report* is of: those of one input, or all whose ids a publisher keeps."""
    return "" if report.keeps_ids and report.cardinality == "incidents" else report.origin.digest


def _in_list(report: EventReport) -> int:
    """Return where in its list *report* stands: by its id where a publisher keeps ids, else by its place in a file."""
    if report.keeps_ids:
        return _digest(fold(report.reference))
    return (report.origin.record or 0) << 31 | report.origin.first


def _words(report: EventReport) -> int:
    """Return all that *report* says of a happening, as a number."""
    return _digest("\n".join(sorted(f"{claim.attribute}={claim.value!r}" for claim in report.claims)))


def _array(values: object) -> Ints:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload, no-any-return]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minutes(when: Interval) -> tuple[int, int]:
    """Return first and last minute since 1970 UTC, the last excluded; an instant is its minute."""
    start = int((when.start - _EPOCH).total_seconds() // 60)
    return start, max(start + 1, -int(-(when.end - _EPOCH).total_seconds() // 60))


@lru_cache(maxsize=100_000)
def place_keys(name: str) -> tuple[int, ...]:
    found = name_keys(name)
    return (*found, *(0,) * (MOST_WORDS - len(found)))


def area_key(report: EventReport) -> int:
    value = claimed(report, "area")
    return place_keys(value.any_of[0])[0] if isinstance(value, OneOf) and len(value.any_of) == 1 else 0


def address_key(address: str) -> int:
    """Return a hash of an address, 0 for none."""
    return _digest(address) if address else 0


@lru_cache(maxsize=100_000)
def _digest(text: str) -> int:
    """Return a number above 0 for *text*, the same in every run."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) % (2**62) + 1


def count_range(values: Sequence[Value | None]) -> Range:
    counts = [value if isinstance(value, Count) else None for value in values]
    return Range(
        _array(SILENT if one is None else one.low for one in counts),
        _array(SILENT if one is None else OPEN if one.high is None else one.high for one in counts),
    )


def widest_term(attribute: Attribute, value: Value | None) -> int:
    """Return the number of the widest term that contains what is said; `SILENT` where it may be one of several."""
    if not isinstance(value, OneOf) or not value.any_of:
        return SILENT
    roots = {_root(attribute, term) for term in value.any_of}
    return roots.pop() if len(roots) == 1 else SILENT


@lru_cache(maxsize=1000)
def _root(attribute: Attribute, term: str) -> int:
    terms = vocabulary(attribute)
    if term not in terms:
        return SILENT
    wider = terms[term].wider | {term}
    return next(number for number, name in enumerate(terms) if name in wider and not terms[name].wider)
