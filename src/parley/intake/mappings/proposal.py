"""A first mapping for a table that nobody has described yet, from the names of its columns and its first rows.

What is proposed is for a person to check in the preview and to save; where two readings are possible (is 03/04 in March
or in April?) none is proposed and a note says so. Names and words stand in `columns.yaml`.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from parley.intake.faults import Unreadable
from parley.intake.mappings.form_metadata import of_the_form
from parley.intake.mappings.mapping import TableMapping
from parley.intake.mappings.patterns import in_pattern
from parley.intake.tables.head import Head
from parley.intake.values.clocks import clock
from parley.intake.values.coordinates import is_position
from parley.intake.values.nothing import is_nothing
from parley.intake.values.sayings import is_unknown, term
from parley.model import fold, printable
from parley.packaged import packaged

_SIGNS = re.compile(r"[\W_]+")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_COUNTED = ("deaths", "deaths_low", "deaths_high", "deaths-civilian", "injured")
_CLOCK = re.compile(r"\d[:h]\d\d")
_COMMA = re.compile(r"[+-]?\d{1,3},\d+")
_UTC = ZoneInfo("UTC")
_MOST_WORDS = 40
"""How many different words of a column are written into a mapping."""

Raw = dict[str, Any]


@dataclass(frozen=True)
class Proposal:
    """A mapping as plain data, as `TableMapping` takes it, and what a person should look at."""

    raw: Raw
    notes: tuple[str, ...]

    @property
    def mapping(self) -> TableMapping:
        return TableMapping.model_validate(self.raw)

    def text(self) -> str:
        """Return the mapping as YAML, its notes as comments above it."""
        check = "A proposal: check it with `parley mapping FILE --mapping THIS --preview`."
        return as_yaml(self.raw, (check, *self.notes))


def as_yaml(raw: Raw, notes: Iterable[str]) -> str:
    """Return *raw* as YAML with *notes* as comments above it."""
    written = io.StringIO()
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 110
    yaml.representer.ignore_aliases = lambda _: True
    yaml.dump(raw, written)
    return "".join(f"# {printable(note)}\n" for note in notes) + written.getvalue()


def propose(head: Head, start: TableMapping | None = None) -> Proposal:
    """Return a mapping for the table with *head*; what *start* says stays, and is added to."""
    notes: list[str] = []
    found = _columns(head, notes)
    claims: Raw = {}
    if "start" in found:
        clock = {"time": _cell(found["clock"])} if "clock" in found else {}
        claims["time"] = {"start": _cell(found["start"]) | clock}
        claims["time"] |= {"end": _cell(found["end"])} if "end" in found else {}
    if "lat" in found or "at" in found:
        places = ("name", "lat", "lon", "at", "radius_km" if "radius_km" in found else "radius_m")
        claims["place"] = {part: _cell(found[part]) for part in places if part in found}
    else:
        notes.append("no columns of latitude and longitude were recognised: reports without a place make no incident")
    for attribute in ("area", "actor", "affected", "site"):
        if attribute in found:
            claims[attribute] = _cell(found[attribute])
    if "not_actor" in found:
        claims["actor"] = claims.get("actor", {}) | {"none_of": _cell(found["not_actor"])}
    for family in ("act", "means"):
        if family in found:
            claims[family] = _cell(found[family]) | values_of(family, found[family], head, notes)
    counted = {bound: _cell(found[column]) for bound, column in _BOUNDS.items() if column in found}
    if counted:
        claims["deaths"] = counted
    for attribute in ("deaths-civilian", "injured"):
        if attribute in found:
            claims[attribute] = {"best": _cell(found[attribute])}
    if "account" in found:
        claims["account"] = _cell(found["account"])
    if "start" not in found:
        notes.append("no column of a day was recognised: reports without a time make no incident")
    raw = {**_table(head, found, notes), "claims": claims}
    return _kept(Proposal(raw, tuple(notes)), start, head)


_BOUNDS = {"low": "deaths_low", "best": "deaths", "high": "deaths_high"}


def _table(head: Head, found: Mapping[str, str], notes: list[str]) -> Raw:
    raw: Raw = (
        {"sheet": head.sheet} if head.sheet is not None else {"delimiter": head.separator} if head.separator else {}
    )
    numbers = [row.get(found.get(part, ""), "") for row in head.rows for part in ("lat", "lon")]
    if any(_COMMA.fullmatch(number) for number in numbers):
        raw["decimal"] = ","
    counted = (row.get(found[part], "") for part in _COUNTED if part in found for row in head.rows)
    if either := next(filter(_THOUSANDS.fullmatch, counted), None):
        notes.append(f"{either!r} may be a thousand times as much: say which mark is between `thousands`")
    times = [row.get(found[part], "") for part in ("start", "end", "published") if part in found for row in head.rows]
    if patterns := list(_patterns(times, notes)):
        raw["dates"] = patterns
    if "source" in found:
        raw["source"] = _cell(found["source"])
    else:
        notes.append("no column says who reports: say it with --from, or as `source: {is: NAME}`")
    for part in ("reference", "published"):
        if part in found:
            raw[part] = _cell(found[part])
    if "address" in found:
        publisher = raw.get("source", {"is": "unknown"})
        raw["citation"] = {"publisher": publisher, "address": _cell(found["address"])}
    used = set(found.values())
    if unused := [column for column in head.columns if column not in used]:
        notes.append(f"not used: {', '.join(unused)}")
    return raw


def _kept(proposal: Proposal, start: TableMapping | None, head: Head) -> Proposal:
    """Return *proposal* with everything that *start* says, in place of what it proposes for the same."""
    if start is None:
        return proposal
    said: Raw = start.model_dump(by_alias=True, exclude_unset=True, mode="json")
    claims = proposal.raw["claims"] | said.pop("claims", {})
    notes = [f"the table has no column {name!r}" for name in start.columns() if name not in head.columns]
    return Proposal({**proposal.raw, **said, "claims": claims}, (*proposal.notes, *notes))


def _columns(head: Head, notes: list[str]) -> dict[str, str]:
    """Return for each part of a report the column that seems to hold it; a column serves once.

    What a form's program writes of itself serves as nothing but the report's id and when it was sent.
    """
    apart = of_the_form(head.columns)
    free: dict[str, str] = {}
    for name in head.columns:
        if name not in apart:
            free.setdefault(plain(name), name)
    found: dict[str, str] = {}
    for part, aliases in _book()["columns"].items():
        fitting = (alias for alias in map(plain, aliases) if alias in free)
        column = next((alias for alias in fitting if _may_hold(part, free[alias], head, found)), None)
        if column is not None:
            found[part] = free.pop(column)
    for part in ("reference", "published"):
        of_form = sorted((name for name in apart if apart[name] == part), key=lambda name: "uuid" not in plain(name))
        if of_form:
            found.setdefault(part, of_form[0])
    if not {"lat", "lon"} <= found.keys():
        found = {part: name for part, name in found.items() if part not in ("lat", "lon")} | _point(free, notes)
    if "lat" in found:
        found.pop("at", None)
    return found


def _may_hold(part: str, column: str, head: Head, found: Mapping[str, str]) -> bool:
    """Say whether the first cells of *column* may be those of *part*, where its name alone does not tell."""
    cells = [row[column] for row in head.rows if _is_said(row.get(column, ""))]
    if part == "clock":
        days = [row.get(found.get("start", ""), "") for row in head.rows]
        return (
            bool(cells) and all(map(clock, cells)) and "start" in found and not any(_CLOCK.search(day) for day in days)
        )
    if part in ("at", "name"):
        placed = bool(cells) and all(map(is_position, cells))
        return placed == (part == "at")
    if part == "not_actor":
        return not any(cell.lower() in ("yes", "no", "true", "false", "0", "1") for cell in cells)
    return True


def _is_said(cell: str) -> bool:
    return bool(cell) and not is_unknown(cell) and not is_nothing(cell)


def _point(free: Mapping[str, str], notes: list[str]) -> dict[str, str]:
    """Return the columns of the one question of a form that asks for a place: NAME-Latitude, _NAME_longitude …"""
    asked: dict[str, dict[str, str]] = {}
    for plain_name, name in free.items():
        question, _, last = plain_name.rpartition(" ")
        for part, words in _book()["of_a_point"].items():
            if question and last in words:
                asked.setdefault(question, {}).setdefault(part, name)
    points = [parts for parts in asked.values() if {"lat", "lon"} <= parts.keys()]
    if len(points) > 1:
        notes.append(f"several places: {', '.join(parts['lat'] for parts in points)}: say which is that of the event")
    return points[0] if len(points) == 1 else {}


def values_of(family: str, column: str, head: Head, notes: list[str]) -> Raw:
    """Return as `values` which term each word of the column names; words that name none are noted."""
    words = dict.fromkeys(row.get(column, "") for row in head.rows)
    known = {plain(word): term_ for term_, listed in _book()["words"][family].items() for word in listed}
    values, open_ = {}, []
    for word in words:
        if not word or is_unknown(word) or is_nothing(word):
            continue
        try:
            term(family, word)
        except Unreadable:
            if found := known.get(plain(word)):
                values[word] = found
            else:
                open_.append(word)
    if open_:
        shown = ", ".join(repr(word[:40]) for word in open_[:_MOST_WORDS])
        notes.append(f"{column}: say under `values` which term of `{family}` these words name: {shown}")
    return {"values": dict(list(values.items())[:_MOST_WORDS])} if values else {}


def _patterns(times: Iterable[str], notes: list[str]) -> Iterator[str]:
    """Yield the patterns that together read all *times* that are not ISO 8601, if only one reading is possible."""
    left = [time for time in dict.fromkeys(times) if _is_said(time) and not _reads(time, ())]
    for written in _book()["clocks"]:
        fitting = [pattern + written for pattern in _book()["dates"]]
        here = [time for time in left if any(_reads(time, (pattern,)) for pattern in fitting)]
        all_ = [pattern for pattern in fitting if here and all(_reads(time, (pattern,)) for time in here)]
        meanings = {tuple(in_pattern(time, (pattern,), _UTC) for time in here) for pattern in all_}
        if len(meanings) > 1:
            notes.append(f"{here[0]!r} can be read as {' or as '.join(all_)}: say which under `dates`")
        elif all_:
            yield all_[0]
        elif here:
            notes.append(f"the days are written in several ways, such as {here[0]!r} and {here[-1]!r}")
        left = [time for time in left if time not in here]
    if left:
        notes.append(f"no pattern of days is known for {left[0]!r}: say it under `dates`")


def _reads(time: str, patterns: tuple[str, ...]) -> bool:
    try:
        in_pattern(time, patterns, _UTC)
    except Unreadable:
        return False
    return True


def plain(name: str) -> str:
    """Return *name* as columns are compared: folded, and one space for all signs between words."""
    return _SIGNS.sub(" ", fold(name)).strip()


def _cell(column: str) -> Raw:
    return {"column": column}


@cache
def _book() -> Mapping[str, Any]:
    read: Mapping[str, Any] = packaged("parley.intake.mappings", "columns.yaml")
    return read
