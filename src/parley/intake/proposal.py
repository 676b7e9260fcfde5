"""A first mapping for a table that nobody has described yet, from the names of its columns and its first rows.

What is proposed is for a person to check in the preview and to save; where two readings are possible (is 03/04 in March
or in April?) none is proposed and a note says so. Names and words stand in `columns.yaml`.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from parley.intake.faults import Unreadable
from parley.intake.head import Head
from parley.intake.mapping import TableMapping
from parley.intake.patterns import in_pattern
from parley.intake.sayings import UNKNOWN, is_unknown, term
from parley.model import fold, printable

_SIGNS = re.compile(r"[\W_]+")
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
        written = io.StringIO()
        yaml = YAML()
        yaml.default_flow_style = None
        yaml.width = 110
        yaml.dump(self.raw, written)
        notes = "".join(f"# {printable(note)}\n" for note in self.notes)
        return (
            f"# A proposal: check it with `parley mapping FILE --mapping THIS --preview`.\n{notes}{written.getvalue()}"
        )


def propose(head: Head, start: TableMapping | None = None) -> Proposal:
    """Return a mapping for the table with *head*; what *start* says stays, and is added to."""
    found = _columns(head.columns)
    notes: list[str] = []
    claims: Raw = {}
    if "start" in found:
        claims["time"] = {"start": _cell(found["start"])} | ({"end": _cell(found["end"])} if "end" in found else {})
    if "lat" in found and "lon" in found:
        places = ("name", "lat", "lon", "radius_km" if "radius_km" in found else "radius_m")
        claims["place"] = {part: _cell(found[part]) for part in places if part in found}
    else:
        notes.append("no columns of latitude and longitude were recognised: reports without a place make no incident")
    for attribute in ("area", "actor", "affected", "site"):
        if attribute in found:
            claims[attribute] = _cell(found[attribute])
    for family in ("act", "means"):
        if family in found:
            claims[family] = _cell(found[family]) | values_of(family, found[family], head, notes)
    counted = {bound: _cell(found[column]) for bound, column in _BOUNDS.items() if column in found}
    if "deaths" in found:
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
    raw: Raw = {"sheet": head.sheet} if head.sheet is not None else {"delimiter": head.separator}
    numbers = [row.get(found.get(part, ""), "") for row in head.rows for part in ("lat", "lon")]
    if raw.get("delimiter") != "," and any(_COMMA.fullmatch(number) for number in numbers):
        raw["decimal"] = ","
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


def _columns(names: Iterable[str]) -> dict[str, str]:
    """Return for each part of a report the column that seems to hold it; a column serves once."""
    free: dict[str, str] = {}
    for name in names:
        free.setdefault(plain(name), name)
    found = {}
    for part, aliases in _book()["columns"].items():
        column = next((alias for alias in map(plain, aliases) if alias in free), None)
        if column is not None:
            found[part] = free.pop(column)
    return found


def values_of(family: str, column: str, head: Head, notes: list[str]) -> Raw:
    """Return as `values` which term each word of the column names; words that name none are noted."""
    words = dict.fromkeys(row.get(column, "") for row in head.rows)
    known = {plain(word): term_ for term_, listed in _book()["words"][family].items() for word in listed}
    values, open_ = {}, []
    for word in words:
        if not word or is_unknown(word):
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
    left = [time for time in dict.fromkeys(times) if time and time.lower() != UNKNOWN and not _reads(time, ())]
    for clock in _book()["clocks"]:
        fitting = [pattern + clock for pattern in _book()["dates"]]
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
    read: Mapping[str, Any] = YAML(typ="safe").load(
        resources.files("parley.intake").joinpath("columns.yaml").read_text("utf-8")
    )
    return read
