"""Where a mail's text repeats an older mail: lines with ">", the line above them, all below "Original message".

What somebody else wrote before is not the mail's own word, and no statement may be read from it as if it were.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from parley.intake.articles.rules import either, rules
from parley.model import Span

_LINE = re.compile(r"[^\n]*\n?")
_MARKED = re.compile(r"[ \t]{0,3}>")
_MOST_ABOVE = 3
"""Lines that the words above a quotation may run over."""
_LONGEST_ABOVE = 400
_STARS = " \t*_"


def quoted(text: str) -> tuple[Span, ...]:
    """Return the stretches of *text*, a mail's own with line ends as LF, that repeat older mails, in order."""
    lines = [found.span() for found in _LINE.finditer(text) if found.group()]
    said = [text[start:end].strip() for start, end in lines]
    below = next((at for at in range(len(lines)) if _begins(said, at)), len(lines))
    marked = [at >= below or bool(_MARKED.match(text[lines[at][0] : lines[at][1]])) for at in range(len(lines))]
    for at in range(len(lines)):
        if marked[at] and at and not marked[at - 1]:
            for above in _above(said, marked, at):
                marked[above] = True
    return tuple(_spans(lines, marked))


def _begins(said: list[str], at: int) -> bool:
    """Say whether an older mail begins at line *at*: it is announced there, or its header is printed."""
    if _follows().fullmatch(said[at]):
        return True
    if not _field("from").match(said[at]):
        return False
    near = [line for line in said[at : at + 6] if line]
    return sum(any(_field(name).match(line) for line in near) for name in ("from", "sent", "to", "subject")) >= 3


def _above(said: list[str], marked: list[bool], at: int) -> range:
    """Return the lines above the quotation at line *at* that say who wrote it; none where they do not."""
    last = at - 1
    while last >= 0 and not said[last] and not marked[last]:
        last -= 1
    first = last
    while first >= 0 and last - first < _MOST_ABOVE and said[first] and not marked[first]:
        words = " ".join(said[first : last + 1])
        if len(words) <= _LONGEST_ABOVE and _attribution().fullmatch(words):
            return range(first, last + 1)
        first -= 1
    return range(0)


def _spans(lines: list[tuple[int, int]], marked: list[bool]) -> Iterator[Span]:
    start = None
    for (begin, _), one in zip(lines, marked, strict=True):
        if one and start is None:
            start = begin
        elif not one and start is not None:
            yield Span(start=start, end=begin)
            start = None
    if start is not None:
        yield Span(start=start, end=lines[-1][1])


def _any(words: Iterable[str]) -> str:
    return either(re.escape(one).replace(r"\ ", " ") for one in words)


@cache
def _attribution() -> re.Pattern[str]:
    wrote = _any(rules("mail")["wrote"])
    # A day or an address says that a mail is meant, and not somebody who said something.
    return re.compile(
        rf"(?=.*(?:\d{{1,4}}[./: -]\d|@)).*(?<!\w)(?:{wrote})(?:\s.{{0,120}})?\s?:[{_STARS}]*", re.IGNORECASE
    )


@cache
def _follows() -> re.Pattern[str]:
    return re.compile(rf"[-_=* ]*(?:{_any(rules('mail')['follows'])})\s*:?[-_=* ]*", re.IGNORECASE)


@cache
def _field(name: str) -> re.Pattern[str]:
    return re.compile(rf"[{_STARS}]*(?:{_any(rules('mail')['fields'][name])})\s?:[{_STARS}]*\S", re.IGNORECASE)
