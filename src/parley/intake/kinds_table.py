"""Whether a text is a table, and of whose: cells parted alike in nearly every line, as running text never is."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

_HINT = re.compile(r'"?sep=(.)"?\n', re.IGNORECASE)
_SEPARATORS = ("\t", ";", ",", "|")
_MOST_ROWS = 200
_NEARLY_ALL = 0.9
_NUMBER = re.compile(r"[-+]?\d[\d.,:/T Z+-]*")
_NAME = re.compile(r"[^\W\d_][\w#/()%+-]{0,40}(?: [\w#/()%+-]{1,20}){0,3}")
_TAG = re.compile(
    r"#(?:date|geo|loc|adm[0-5]|country|region|event|affected|actor|group|org|meta|sector|subsector|crisis|cause|severity"
    r"|status|description|population|inneed|targeted|reached|item)(?:\s*\+\s*[a-z0-9_]+)*",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"[.!?…؟][\"”’»)\]]*\s*$")

_COLUMNS = (
    ("acled", {"event_id_cnty"}),
    ("ucdp-ged", {"type_of_violence"}),
    ("ushahidi", {"post id", "post status"}),
    ("auto-archiver", {"archive status"}),
)
_GDELT = (61, 58)
"""Cells of GDELT 2, and of GDELT 1."""
_KEYS_OF_BULLETIN = {"publisher", "side", "counting", "day", "period"}


def kind_of_table(text: str) -> str:
    """Return whose table *text* seems to be, "table" where that cannot be seen, "" where it is no table."""
    hint = _HINT.match(text)
    lines = (text[hint.end() :] if hint else text).split("\n")
    lines = [line for line in lines if line.strip()][: 2 * _MOST_ROWS]
    for separator in (hint[1],) if hint else _SEPARATORS:
        rows = list(_rows(lines, separator))
        if rows and (kind := _whose(rows, separator)):
            return kind
        if rows and (hint or _is_table(rows, lines, separator)):
            return "table"
    return ""


def _rows(lines: Sequence[str], separator: str) -> Iterator[list[str]]:
    with suppress(csv.Error):
        read = csv.reader((f"{line}\n" for line in lines), delimiter=separator)
        yield from islice((row for row in read if any(map(str.strip, row))), _MOST_ROWS)


def _whose(rows: Sequence[Sequence[str]], separator: str) -> str:
    names = {cell.strip().strip('"').casefold() for cell in rows[0]}
    for kind, columns in _COLUMNS:
        if columns <= names:
            return kind
    if separator == "\t" and len(rows[0]) in _GDELT and all(len(row) == len(rows[0]) for row in rows):
        return "gdelt"
    if any(sum(bool(_TAG.fullmatch(cell.strip())) for cell in row) >= 2 for row in rows[:25]):
        return "hxl"
    keys = {row[0].strip().casefold() for row in rows if len(row) > 1}
    return "bulletin-table" if len(keys & _KEYS_OF_BULLETIN) >= 3 else ""


def _is_table(rows: Sequence[Sequence[str]], lines: Sequence[str], separator: str) -> bool:
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if count < _NEARLY_ALL * len(rows) or width < 2:
        return False
    cells = [cell for row in rows for cell in row]
    if len(rows) == 1:
        return (separator == "\t" and width >= 8) or (width >= 4 and all(_NAME.fullmatch(cell) for cell in cells))
    if separator == "\t" and width >= 3:
        return any(sum(bool(row[at : at + 1] and row[at].strip()) for row in rows) > 1 for at in range(1, width))
    if width == 2:
        headed = all(_NAME.fullmatch(cell) for cell in rows[0])
        plain = all(len(cell) <= 60 for cell in cells) and not _sentences(rows)
        filled = all(2 * sum(bool(row[at : at + 1] and row[at]) for row in rows) > len(rows) for at in (0, 1))
        return len(rows) >= 3 and (headed or plain) and filled and not _spaced(lines, separator)
    if separator == "|" and any(row[0] == "" and row[-1] == "" for row in rows):
        return False  # a table as Markdown writes it in a text
    return not _spaced(lines, separator) or _of_numbers(rows, width)


def _spaced(lines: Sequence[str], separator: str) -> bool:
    """Say whether a space stands behind most separators, as behind the marks of a sentence."""
    marks = sum(line.count(separator) for line in lines)
    return separator != "\t" and 2 * sum(line.count(f"{separator} ") for line in lines) > marks


def _sentences(rows: Sequence[Sequence[str]]) -> bool:
    return 2 * sum(bool(_SENTENCE_ENDS.search(row[-1])) for row in rows) > len(rows)


def _of_numbers(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Say whether two columns hold nothing but numbers or days below the first row."""
    below = [row for row in rows[1:] if len(row) == width]
    return len(below) >= 2 and sum(all(_NUMBER.fullmatch(row[at].strip()) for row in below) for at in range(width)) >= 2
