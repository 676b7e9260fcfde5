"""Two lists of happenings, as CSV with a mapping, as columns that linkage compares: what `parley match` reads."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal, Self

import numpy as np
from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

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
from parley.incidents.linkage.comparison import LEVELS
from parley.incidents.linkage.names import MOST_WORDS, name_keys
from parley.incidents.linkage.window import Window
from parley.incidents.reading import VAGUEST_M, VAGUEST_MINUTES
from parley.model import Input, InputError, Noun, Problem, fold, listed
from parley.model.wordings import Parameter

_NUMBER_LIMIT = 2**31


class When(Noun):
    """The columns of the first and, where there is one, the last day (or instants, ISO 8601; without offset UTC)."""

    start: str
    end: str | None = None


class Doubt(Noun):
    """How far off a point may be, in kilometres: a column of numbers, or of words that `values` turns into numbers."""

    column: str
    values: Mapping[str, float] = {}
    otherwise: float = Field(default=5, ge=0, allow_inf_nan=False)


class Where(Noun):
    """The columns of a place."""

    lat: str
    lon: str
    name: str | None = None
    area: str | None = None
    radius_km: Doubt | float = 5


class Bounds(Noun):
    """The columns of a number's least and greatest value; the same column twice for an exact number."""

    low: str
    high: str


class Side(Noun):
    """How one list is read. `ranges` and `terms` have the same names on both sides."""

    id: str
    cardinality: Literal["incidents", "posts", "aggregate"] = "incidents"
    time: When
    place: Where
    ranges: Mapping[str, Bounds] = {}
    terms: Mapping[str, str] = {}


class Spec(Noun):
    """A mapping of two lists.

    `associated` names terms of two vocabularies whose values go together without being equal. `window` says how far
    apart two rows may lie to be compared at all (kilometres and days).
    """

    left: Side
    right: Side
    associated: tuple[str, ...] = ()
    near_km: float = Field(default=40, gt=0, le=2000)
    far_km: float = Field(default=130, gt=0, le=2000)
    days: int = Field(default=2, ge=0, le=60)
    by_area: bool = False

    @model_validator(mode="after")
    def _calls_nothing_twice(self) -> Self:
        for side in (self.left, self.right):
            for name in (*side.ranges, *side.terms):
                if name in LEVELS or (name in side.ranges and name in side.terms):
                    raise ValueError(f"expected a name of its own for each range and term, found {name!r} twice")
        return self

    @property
    def window(self) -> Window:
        return Window(
            least_m=round(self.near_km * 1000),
            most_m=round(max(self.near_km, self.far_km) * 1000),
            days=self.days,
            area_days=max(1, self.days - 1) if self.by_area else 1,
            by_area=self.by_area,
        )


@dataclass(frozen=True)
class Lists:
    """Both lists as one table: the first `left` rows are those of the left one; `ids` calls each row by its own id."""

    columns: Columns
    ids: tuple[str, ...]
    left: int
    problems: tuple[Problem, ...]


def load_spec(arrived: Input) -> Spec:
    """Return the mapping in *arrived*, as YAML; raise InputError where it is none."""
    try:
        raw = YAML(typ="safe", pure=True).load(arrived.data.decode())
        return Spec.model_validate(raw)
    except (UnicodeDecodeError, YAMLError) as error:
        raise _unusable(arrived, "not-a-mapping-of-lists", str(error).splitlines()[0]) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        found = str(first["input"])[:80]
        if first["type"] == "model_type":
            raise _unusable(arrived, "no-left-and-right", found) from None
        detail = first["msg"] if field else first["msg"].removeprefix("Value error, ")
        raise _unusable(arrived, "refused-lists", found, where=field, type=first["type"], detail=detail) from None


def read_lists(left: Input, right: Input, spec: Spec) -> Lists:
    """Return both lists; a row that cannot be read is a problem. Raise InputError for a list without any row."""
    if set(spec.left.ranges) != set(spec.right.ranges) or set(spec.left.terms) != set(spec.right.terms):
        raise _unusable(left, "unlike-lists")
    problems: list[Problem] = []
    codes: dict[tuple[str, str], int] = {}
    parts, ids = [], []
    for number, (arrived, side) in enumerate(((left, spec.left), (right, spec.right))):
        rows = _rows(arrived, side, problems)
        ids += [row.id for row in rows]
        parts.append(_columns(rows, side, number, sorted(spec.left.ranges), sorted(spec.left.terms), codes))
    columns = joined(parts)
    entries = np.arange(len(columns), dtype=np.int64)
    return Lists(Columns(**{**vars(columns), "entry": entries}), tuple(ids), len(parts[0]), tuple(problems))


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    start: int
    end: int
    lat: float
    lon: float
    radius_m: float
    name: str
    area: str
    ranges: tuple[tuple[int, int], ...]
    terms: tuple[str, ...]


class _Unreadable(Exception):  # noqa: N818  (it names a state of the row)
    def __init__(self, code: str, field: str, found: str = "", /, **params: Parameter) -> None:
        self.code, self.field, self.params = code, field, {**params, "found": found}


def _rows(arrived: Input, side: Side, problems: list[Problem]) -> list[_Row]:
    try:
        table = csv.DictReader(io.StringIO(arrived.data.decode("utf-8-sig"), newline=""), strict=True)
        header = table.fieldnames or []
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unusable(arrived, "not-csv", str(error)) from None
    if missing := [name for name in _named(side) if name not in header]:
        raise _unusable(arrived, "list-columns-missing", columns=listed(_named(side)), missing=listed(missing))
    found: list[_Row] = []
    seen: set[str] = set()
    while True:
        try:
            cells = next(table, None)
            if cells is None:
                break
            minor: list[_Unreadable] = []
            row = _row({name: (value or "").strip() for name, value in cells.items() if name}, side, minor)
            problems += [_problem(arrived, table.line_num, fault, "rest-of-row") for fault in minor]
            if row.id in seen:
                raise _Unreadable("id-twice-in-list", side.id, row.id)
            seen.add(row.id)
            found.append(row)
        except _Unreadable as fault:
            problems.append(_problem(arrived, table.line_num, fault, "other-rows"))
        except csv.Error as error:
            broken = {"found": str(error)}
            problems.append(
                Problem(file=arrived.name, line=table.line_num, code="not-a-row-of-csv", params=broken,
                        kept="rows-around")
            )  # fmt: skip
    if not found:
        raise _unusable(arrived, "no-readable-rows", problems=len(problems))
    return found


def _problem(arrived: Input, line: int, fault: _Unreadable, kept: str) -> Problem:
    return Problem(file=arrived.name, line=line, field=fault.field, code=fault.code, params=fault.params, kept=kept)


def _named(side: Side) -> list[str]:
    place = side.place
    names = [side.id, side.time.start, side.time.end, place.lat, place.lon, place.name, place.area]
    names.append(place.radius_km.column if isinstance(place.radius_km, Doubt) else None)
    names += [column for one in side.ranges.values() for column in (one.low, one.high)]
    return [name for name in dict.fromkeys([*names, *side.terms.values()]) if name is not None]


def _row(cells: Mapping[str, str], side: Side, minor: list[_Unreadable]) -> _Row:
    """Return one row; what cannot be read of it, but for its id and its first day, is left out and noted in *minor*."""
    if not cells[side.id]:
        raise _Unreadable("no-id", side.id)
    start, end = _span(cells, side.time, minor)
    try:
        lat, lon = _degrees(cells, side.place.lat, 90), _degrees(cells, side.place.lon, 180)
    except _Unreadable as fault:
        minor.append(fault)
        lat = lon = np.nan
    doubt = side.place.radius_km
    return _Row(
        cells[side.id],
        start,
        end,
        lat,
        lon,
        1000 * (_radius(cells, doubt) if isinstance(doubt, Doubt) else doubt),
        cells[side.place.name] if side.place.name else "",
        cells[side.place.area] if side.place.area else "",
        tuple(_bounds(cells, side.ranges[name], minor) for name in sorted(side.ranges)),
        tuple(cells[side.terms[name]] for name in sorted(side.terms)),
    )


def _span(cells: Mapping[str, str], when: When, minor: list[_Unreadable]) -> tuple[int, int]:
    start, whole = _minute(cells, when.start)
    last, last_whole = start, whole
    if when.end and cells[when.end]:
        try:
            last, last_whole = _minute(cells, when.end)
            if last < start:
                raise _Unreadable("time-before-start", when.end, cells[when.end], start=cells[when.start])
        except _Unreadable as fault:
            minor.append(fault)
            last, last_whole = start, whole
    return start, last + (1440 if last_whole else 1)


def _minute(cells: Mapping[str, str], column: str) -> tuple[int, bool]:
    """Return minutes since 1970 UTC, and whether a whole day is meant: a day alone, or its midnight."""
    said = cells[column]
    try:
        if len(said) == 10:
            return (date.fromisoformat(said) - date(1970, 1, 1)).days * 1440, True
        when = datetime.fromisoformat(said)
    except ValueError:
        raise _Unreadable("not-iso-8601", column, said) from None
    when = when.replace(tzinfo=when.tzinfo or UTC)
    whole = (when.hour, when.minute, when.second) == (0, 0, 0)
    return (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1), whole


def _degrees(cells: Mapping[str, str], column: str, most: float) -> float:
    said = cells[column]
    if not said:
        return np.nan
    try:
        value = float(said)
    except ValueError:
        value = np.inf
    if not abs(value) <= most:
        raise _Unreadable("not-degrees-or-nothing", column, said, most=most)
    return value


def _radius(cells: Mapping[str, str], doubt: Doubt) -> float:
    said = cells[doubt.column]
    known = {fold(word): radius for word, radius in doubt.values.items()}
    if said in doubt.values or fold(said) in known:
        return doubt.values.get(said, known[fold(said)])
    try:
        value = float(said)
    except ValueError:
        return doubt.otherwise
    return value if 0 <= value <= 20_100 else doubt.otherwise


def _bounds(cells: Mapping[str, str], bounds: Bounds, minor: list[_Unreadable]) -> tuple[int, int]:
    try:
        low, high = _whole(cells, bounds.low), _whole(cells, bounds.high)
        if low != SILENT and SILENT != high < low:
            raise _Unreadable("number-below-low", bounds.high, cells[bounds.high], low=low)
    except _Unreadable as fault:
        minor.append(fault)
        return SILENT, SILENT
    if low == SILENT:
        return (SILENT, SILENT) if high == SILENT else (0, high)
    return low, OPEN if high == SILENT else high


def _whole(cells: Mapping[str, str], column: str) -> int:
    said = cells[column]
    if not said:
        return SILENT
    try:
        value = float(said)
    except ValueError:
        value = -1.0
    if not 0 <= value < _NUMBER_LIMIT or value != int(value):
        raise _Unreadable("not-whole-or-nothing", column, said)
    return int(value)


def _columns(
    rows: Sequence[_Row],
    side: Side,
    source: int,
    ranges: Sequence[str],
    terms: Sequence[str],
    codes: dict[tuple[str, str], int],
) -> Columns:
    count = len(rows)
    points = np.array([(row.lat, row.lon, row.radius_m) for row in rows], dtype=np.float64).reshape(-1, 3)
    start, end = (_array([getattr(row, name) for row in rows]) for name in ("start", "end"))
    names = np.zeros((count, MOST_WORDS), dtype=np.int64)
    for number, row in enumerate(rows):
        keys = name_keys(row.name)
        names[number, : len(keys)] = keys
    vague = (np.isfinite(points[:, 0]) & (points[:, 2] > VAGUEST_M)) | (end - start > VAGUEST_MINUTES)
    none = np.zeros(count, dtype=np.int64)
    return Columns(
        entry=none,
        source=none + source,
        cardinality=np.where(vague, VAGUE, CARDINALITIES.index(side.cardinality)).astype(np.int64),
        start=start,
        end=end,
        **place_columns(*points.T),
        names=names,
        area=_array([(name_keys(row.area) or (0,))[0] for row in rows]),
        link=none,
        origin=none,
        ranges={
            name: Range(*(_array([row.ranges[at][bound] for row in rows]) for bound in (0, 1)))
            for at, name in enumerate(ranges)
        },
        terms={
            name: _array([_code(name, row.terms[at], codes) for row in rows]) for at, name in enumerate(terms)
        },
    )  # fmt: skip


def _code(name: str, said: str, codes: dict[tuple[str, str], int]) -> int:
    return codes.setdefault((name, fold(said)), len(codes)) if said else SILENT


def _array(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _unusable(arrived: Input, code: str, found: str = "", **params: Parameter) -> InputError:
    return InputError(Problem(file=arrived.name, code=code, params={**params, "found": found}))
