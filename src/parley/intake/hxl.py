"""Tables with HXL hashtags (https://hxlstandard.org/standard/1-1final/tagging/): the file says what a column means.

The row of hashtags is looked for among the first 25 rows, as the standard has it; texts above it are headings. Neither
the order of columns and attributes, nor letters' case, nor spaces around attributes carry meaning. Tags and parts of a
report meet in `hxl.yaml`. Columns that name two sides without saying who acted become no accusation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from parley.intake.faults import unusable
from parley.intake.funnel import lines, utf8
from parley.intake.head import Head, cells_of, text_rows
from parley.intake.mapping import TableMapping
from parley.intake.pieces import Pieces, pieces
from parley.intake.proposal import values_of
from parley.intake.rows import Cells, Lost, table_rows
from parley.intake.sheet import SheetTable, needed_sheet
from parley.intake.table import by_mapping, reference_by, said_of
from parley.intake.values.columns import Columns
from parley.intake.workbook import is_workbook, opened
from parley.model import Input, InputError, Problem, fold, listed

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
    if is_workbook(arrived.data):
        return _read_workbook(arrived, source, timezone)
    text = [line for line in islice(lines(utf8(arrived, "table-of-tags")), _SAMPLE) if not line.fault]
    rows_of_tags = _tag_rows([(line.number, line.text) for line in text])
    found = max(rows_of_tags, key=lambda row: len(row[2]), default=None)  # a remark may begin with # too
    if found is None:
        raise _untagged(arrived, text[0].text if text else "")
    number, separator, tags = found
    rows = cells_of((line.text for line in text if line.number > number), separator)
    tagged = _tagged(arrived, number, tags, rows, separator, source)
    read = by_mapping(arrived, source, tagged.mapping, timezone, CHANNEL)

    def table() -> Iterator[Cells | Lost]:
        return table_rows(arrived, separator, (), header_line=number)

    columns = Columns(arrived.name, tagged.mapping.kinds(), table, table)
    said = chain(tagged.said, columns.said())
    return partial(pieces, arrived.name, columns, read, reference_by(tagged.mapping), said=said)


def _read_workbook(arrived: Input, source: str | None, timezone: ZoneInfo) -> Pieces:
    workbook = opened(arrived)
    sheet, said = needed_sheet(workbook, None)
    top = list(islice(text_rows(workbook, sheet), _SAMPLE))
    index = next((index for index, (_, cells) in enumerate(top[:MOST_ROWS_ABOVE]) if _are_tags(cells)), None)
    if index is None:
        raise _untagged(arrived, listed(top[0][1]) if top else "")
    line, cells = top[index]
    tags = _tags(cells)
    tagged = _tagged(arrived, line, tags, (row for _, row in top[index + 1 :]), ",", source)
    look, table = (
        SheetTable(workbook, sheet, tuple(dict.fromkeys(filter(None, cells))), repeated=True) for _ in range(2)
    )
    columns = Columns(arrived.name, tagged.mapping.kinds(), look.rows, table.rows)
    read = by_mapping(arrived, source, tagged.mapping, timezone, CHANNEL)
    of_whole = said_of(table, (*tagged.said, *said), columns)
    return partial(pieces, arrived.name, columns, read, reference_by(tagged.mapping), said=of_whole)


@dataclass(frozen=True, slots=True)
class _Tagged:
    mapping: TableMapping
    said: tuple[Problem, ...]


def _tagged(
    arrived: Input, line: int, tags: Sequence[Tag], rows: Iterable[Sequence[str]], separator: str, source: str | None
) -> _Tagged:
    """Return the mapping that *tags* make, and what they do not say."""
    parts = {part: tag.column for part, tag in _parts(tags)}
    columns = tuple(tag.column for tag in tags)
    head = Head(columns, tuple(dict(zip(columns, row, strict=False)) for row in rows))
    mapping = _mapping(parts, separator, head)
    if source is None and mapping.source is None:
        raise unusable(arrived.name, "no-tag-of-speaker", line=line)
    return _Tagged(mapping, tuple(_unsaid(arrived, parts, tags, line)))


def _untagged(arrived: Input, found: str) -> InputError:
    return unusable(arrived.name, "no-hashtags", found, 1, most=MOST_ROWS_ABOVE)


def _tag_rows(text: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str, list[Tag]]]:
    """Yield the rows of hashtags: their line, their separator, their tags."""
    for number, line in text[: 4 * MOST_ROWS_ABOVE]:
        for separator in (",", ";", "\t", "|"):
            cells = [cell.strip() for cell in next(cells_of([line], separator), [])]
            if _are_tags(cells) and (len(cells) > 1 or "#" not in line[1:]):
                yield number, separator, _tags(cells)
                break


def _are_tags(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_TAG.fullmatch(cell) for cell in filled)


def _tags(cells: Sequence[str]) -> list[Tag]:
    tags: list[Tag] = []
    for index, cell in enumerate(cells):
        name, *attributes = (fold(part) for part in cell.split("+"))
        column = f"{cell} ({index + 1})" if cell in cells[:index] else cell  # as `rows` calls a column's second
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


def _mapping(parts: Mapping[str, str], separator: str, head: Head) -> TableMapping:
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
    read: Mapping[str, Any] = YAML(typ="safe", pure=True).load(
        resources.files("parley.intake").joinpath("hxl.yaml").read_text("utf-8")
    )
    return read
