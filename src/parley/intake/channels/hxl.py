"""Tables with HXL hashtags (https://hxlstandard.org/standard/1-1final/tagging/): the file says what a column means.

The row of hashtags is looked for among the first 25 rows, as the standard has it; texts above it are headings. Neither
the order of columns and attributes, nor letters' case, nor spaces around attributes carry meaning. Tags and parts of a
report meet in `hxl.yaml`. Columns that name two sides without saying who acted become no accusation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from parley.intake.channels.table import by_mapping, reference_by
from parley.intake.faults import unusable
from parley.intake.mappings.mapping import TableMapping
from parley.intake.mappings.proposal import values_of
from parley.intake.pieces import Pieces, pieces
from parley.intake.tables.head import Head, cells_of
from parley.intake.tables.header import each_once
from parley.intake.tables.tabular import is_text, open_table, top_of
from parley.intake.text.funnel import lines, utf8
from parley.intake.values.columns import Columns
from parley.model import Input, InputError, Problem, fold, listed
from parley.packaged import packaged

CHANNEL = "hxl"
MOST_ROWS_ABOVE = 25

_TAG = re.compile(r"#[a-z][a-z0-9_]*(?: *\+ *[a-z][a-z0-9_]*)*", re.IGNORECASE | re.ASCII)
_DATES = ("YYYY-MM", "YYYY")  # ISO 8601 with less than a day, which the standard allows
_SAMPLE = 500


@dataclass(frozen=True, slots=True)
class Tag:
    """A column's hashtag and its attributes, in lower case; `column` is the name that rows have it under."""

    column: str
    name: str
    attributes: frozenset[str]


def read_hxl(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    """Return one event report a row of a table, or of the first shown sheet of a workbook.

    Raises:
        InputError: no row of hashtags, none for the time and the place, or nobody says who speaks.
    """
    found = _text_tags(arrived) if is_text(arrived) else _grid_tags(arrived)
    tags = _tags(found.cells)
    tagged = _tagged(arrived, found, tags, source)
    read = by_mapping(arrived, source, tagged.mapping, timezone, CHANNEL)
    table = open_table(
        arrived,
        tuple(dict.fromkeys(filter(None, found.cells))),
        separator=found.separator or None,
        header_line=found.line,
        repeated=True,
    )
    columns = Columns(arrived.name, tagged.mapping.kinds(), table.rows, table.rows)
    said = chain(tagged.said, table.notices(), columns.said())
    return partial(pieces, arrived.name, columns, read, reference_by(tagged.mapping), said=said)


@dataclass(frozen=True, slots=True)
class _Found:
    """A row of hashtags as it stands: its line and cells, what parts cells ("" in what is no text), the rows below."""

    line: int
    cells: Sequence[str]
    separator: str
    below: Iterable[Sequence[str]]


def _text_tags(arrived: Input) -> _Found:
    text = [line for line in islice(lines(utf8(arrived, "table-of-tags")), _SAMPLE) if not line.fault]
    rows = _tag_rows([(line.number, line.text) for line in text])
    found = max(rows, key=lambda row: _count(row[2]), default=None)  # a remark may begin with # too
    if found is None:
        raise _untagged(arrived, text[0].text if text else "")
    number, separator, cells = found
    below = cells_of((line.text for line in text if line.number > number), separator)
    return _Found(number, cells, separator, below)


def _grid_tags(arrived: Input) -> _Found:
    top = top_of(arrived, "table-of-tags", _SAMPLE)
    near = [at for at, (_, cells) in enumerate(top[:MOST_ROWS_ABOVE]) if _are_tags(cells)]
    if not near:
        raise _untagged(arrived, listed(top[0][1]) if top else "")
    at = max(near, key=lambda one: _count(top[one][1]))
    return _Found(*top[at], "", [cells for _, cells in top[at + 1 :]])


@dataclass(frozen=True, slots=True)
class _Tagged:
    mapping: TableMapping
    said: tuple[Problem, ...]


def _tagged(arrived: Input, found: _Found, tags: Sequence[Tag], source: str | None) -> _Tagged:
    """Return the mapping that *tags* make, and what they do not say."""
    parts = {part: tag.column for part, tag in _parts(tags)}
    columns = tuple(each_once(found.cells))
    head = Head(columns, tuple(dict(zip(columns, row, strict=False)) for row in found.below))
    mapping = _mapping(parts, found.separator or None, head)
    if source is None and mapping.source is None:
        raise unusable(arrived.name, "no-tag-of-speaker", line=found.line)
    said = (*_odd(arrived, found), *_unsaid(arrived, parts, tags, found.line))
    return _Tagged(mapping, said)


def _odd(arrived: Input, found: _Found) -> Iterator[Problem]:
    """Yield a problem for each cell of the row of hashtags that is none: its column is not read."""
    for at, cell in enumerate(found.cells, start=1):
        if cell and not _TAG.fullmatch(cell):
            params = {"found": cell, "at": at}
            yield Problem(
                file=arrived.name,
                line=found.line,
                field=cell,
                code="not-a-hashtag",
                params=params,
                kept="other-columns",
            )


def _untagged(arrived: Input, found: str) -> InputError:
    return unusable(arrived.name, "no-hashtags", found, 1, most=MOST_ROWS_ABOVE)


def _tag_rows(text: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the rows of hashtags: their line, their separator, their cells."""
    for number, line in text[: 4 * MOST_ROWS_ABOVE]:
        for separator in (",", ";", "\t", "|"):
            cells = [cell.strip() for cell in next(cells_of([line], separator), [])]
            if _are_tags(cells) and (len(cells) > 1 or "#" not in line[1:]):
                yield number, separator, cells
                break


def _are_tags(cells: Sequence[str]) -> bool:
    """Say whether *cells* are a row of hashtags: at least half of those that are not empty are one."""
    filled = sum(map(bool, cells))
    return filled > 0 and 2 * _count(cells) >= filled


def _count(cells: Sequence[str]) -> int:
    return sum(_TAG.fullmatch(cell) is not None for cell in cells)


def _tags(cells: Sequence[str]) -> list[Tag]:
    tags: list[Tag] = []
    for column, cell in zip(each_once(cells), cells, strict=True):
        if _TAG.fullmatch(cell):
            name, *attributes = (fold(part) for part in cell.split("+"))
            tags.append(Tag(column, name, frozenset(attributes)))
    return tags


def _parts(tags: Sequence[Tag]) -> Iterator[tuple[str, Tag]]:
    """Yield for each part of a report the column that says it; a column serves once."""
    book, free = _book(), list(tags)
    for part, patterns in book["parts"].items():
        never = frozenset(book["never"].get(part, ()))
        for pattern in patterns:
            name, *needed = pattern.split("+")
            fitting = [
                tag
                for tag in free
                if tag.name == name and set(needed) <= tag.attributes and not (never - set(needed)) & tag.attributes
            ]
            if fitting:
                chosen = min(fitting, key=lambda tag: len(tag.attributes))
                free.remove(chosen)
                yield part, chosen
                break


def _mapping(parts: Mapping[str, str], separator: str | None, head: Head) -> TableMapping:
    cells = {part: {"column": column} for part, column in parts.items()}
    claims: dict[str, Any] = {part: cells[part] for part in ("area", "actor", "affected", "account") if part in cells}
    if "start" in cells:
        claims["time"] = {"start": cells["start"]} | ({"end": cells["end"]} if "end" in cells else {})
    if "lat" in cells and "lon" in cells:
        claims["place"] = {part: cells[part] for part in ("name", "lat", "lon") if part in cells}
    elif "at" in cells:
        claims["place"] = {part: cells[part] for part in ("name", "at") if part in cells}
    for part in ("deaths", "deaths-civilian", "injured"):
        if part in cells:
            claims[part] = {"best": cells[part]}
    for family in ("act", "means"):
        if family in cells:
            claims[family] = cells[family] | values_of(family, parts[family], head, [])
    raw: dict[str, Any] = {"delimiter": separator, "dates": _DATES, "claims": claims}
    raw |= {part: cells[part] for part in ("source", "reference", "published") if part in cells}
    if "address" in cells:
        raw["citation"] = {"publisher": cells.get("source", {"is": "unknown"}), "address": cells["address"]}
    return TableMapping.model_validate(raw)


def _unsaid(arrived: Input, parts: Mapping[str, str], tags: Sequence[Tag], line: int) -> Iterator[Problem]:
    """Yield what the hashtags do not say, or say only in parts."""
    if "start" not in parts:
        yield Problem(file=arrived.name, line=line, code="no-tag-of-time", kept="reports-without-time")
    if not ({"lat", "lon"} <= parts.keys() or "at" in parts):
        yield Problem(file=arrived.name, line=line, code="no-tag-of-place", kept="reports-without-place")
    shared = [tag.column for tag in tags if tag.name == "#affected" and "killed" in tag.attributes]
    if shared and "deaths" not in parts:
        params = {"found": listed(shared)}
        yield Problem(file=arrived.name, line=line, code="deaths-in-parts", params=params, kept="rows-without-deaths")


@cache
def _book() -> Mapping[str, Any]:
    read: Mapping[str, Any] = packaged("parley.intake.channels", "hxl.yaml")
    return read
