"""Quotations and sentences of a block. What stands between quotation marks is never read as the narrator's words."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache

from parley.intake.articles.rules import rules

_MARKS = re.compile(r"[“”«»„\"]")
_CLOSING = {"“": "”", "«": "»", "„": "“”", '"': '"'}
_UNSEEN = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"  # they join no sentences, and part none
_END = re.compile(rf"[.!?…؟]+[\"”’»)\]{_UNSEEN}]*(?=\s+[{_UNSEEN}]*(?:[^\s\W]|[\"“«„(]))")
_BLANK = re.compile(r"\s*")


def quotes_in(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end of each quotation, marks included. One that never closes goes on to the end of *text*."""
    found: list[tuple[int, int]] = []
    opened: tuple[int, str] | None = None
    for mark in _MARKS.finditer(text):
        if opened is None:
            if mark.group() in _CLOSING:
                opened = mark.start(), _CLOSING[mark.group()]
        elif mark.group() in opened[1]:
            found.append((opened[0], mark.end()))
            opened = None
    if opened:
        found.append((opened[0], len(text)))
    return tuple(found)


def sentences_in(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each sentence; a quotation with the words around it stays in one."""
    quoted = quotes_in(text)
    starts = [start for start, _ in quoted]
    start = 0
    for end in _END.finditer(text):
        at = bisect_right(starts, end.start()) - 1
        if at >= 0 and end.start() < quoted[at][1] and not (end.end() == quoted[at][1] and end.group()[-1] in '"”»'):
            continue
        after = _BLANK.match(text, end.end())
        begin = after.end() if after else end.end()
        before = text[max(start, end.start() - 12) : end.start() + 1]
        if text[begin : begin + 1].islower() or _abbreviation(language).search(before):
            continue
        yield start, end.end()
        start = begin
    if text[start:].strip():
        yield start, len(text)


@cache
def _abbreviation(language: str) -> re.Pattern[str]:
    listed = "|".join(re.escape(word) for word in rules("grammar").get(language, {}).get("abbreviations", ()))
    return re.compile(rf"(?:^|[\s(.])(?:[^\W\d_]{'|' + listed if listed else ''})\.\Z")
