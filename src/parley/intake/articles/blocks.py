"""Text → blocks: headline, body once, captions, image markers, source lines, boilerplate, and what is said again.

A block is a line, or a paragraph of lines where the text is wrapped. Every line that is not empty is in one block.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Literal

from parley.intake.articles.copies import words
from parley.intake.articles.rules import rules
from parley.model import Block, Span

Kind = Literal[
    "headline", "body", "caption", "image-marker", "source-line", "duplicate", "boilerplate", "not-visible", "quoted"
]

_LINE = re.compile(r"[^\r\n]+")
_IMAGE = re.compile(
    r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)\s*\|?|\[?(?:image|img|gambar|foto|фото|صورة)\]?\s*\|?", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[\W_]+")
_ENDS = re.compile(r"[.!?…؟:;][\"”’»)\]]*$")
_QUOTE = re.compile(r"[\"“«„]")
_LONGEST_CAPTION = 250
_LONGEST_HEADLINE = 200


def blocks_of(
    text: str,
    title: str = "",
    captions: Collection[str] = (),
    shown: int | None = None,
    quoted: Sequence[Span] = (),
) -> tuple[Block, ...]:
    """Return the blocks of *text* in order.

    Args:
        title: the headline as the page's metadata give it, "" if unknown.
        captions: what the page itself marks as captions of its images.
        shown: what begins at this character or later is not visible on the page.
        quoted: where a mail repeats an older one; these go before *shown*.
    """
    marked = {words(one) for one in captions}
    blocks: list[Block] = []
    first: dict[tuple[str, ...], int] = {}
    spans = list(_paragraphs(text, quoted))
    begun = False
    for index, span in enumerate(spans):
        said = text[span.start : span.end]
        follows = text[spans[index + 1].start : spans[index + 1].end] if index + 1 < len(spans) else ""
        key = words(said)
        kind, of = _kind(said, key, blocks[-1:], begun, follows, title), None
        if _within(quoted, span.start) is not None:
            blocks.append(Block(kind="quoted", span=span, text=said))
            continue
        if shown is not None and span.start >= shown:
            blocks.append(Block(kind="not-visible", span=span, text=said))
            continue
        if key in marked and kind in ("body", "headline"):
            kind = "caption"
        begun = begun or kind in ("body", "headline")
        if key and kind != "image-marker":
            of = first.setdefault(key, len(blocks))
            if of == len(blocks):
                of = None
            else:
                kind = "duplicate"
        blocks.append(Block(kind=kind, span=span, text=said, of=of))
    return tuple(blocks)


def _kind(said: str, key: tuple[str, ...], before: list[Block], begun: bool, follows: str, title: str) -> Kind:
    if _IMAGE.fullmatch(said):
        return "image-marker"
    if not key or _SEPARATOR.fullmatch(said):
        return "boilerplate"
    if _opening("source-line").match(said) and len(said) < 600:
        return "source-line"
    if len(said) <= _LONGEST_CAPTION:
        after_image = bool(before) and before[-1].kind == "image-marker" and not _ENDS.search(said)
        if said.endswith("|") or after_image or _opening("caption").match(said):
            return "caption"
    if _opening("boilerplate").match(said) and len(said) <= _LONGEST_CAPTION:
        return "boilerplate"
    if not begun and _is_headline(said, key, follows, title):
        return "headline"
    if _opening("byline").match(said) and len(said) <= 120 and not _ENDS.search(said):
        return "boilerplate"
    return "body"


def _is_headline(said: str, key: tuple[str, ...], follows: str, title: str) -> bool:
    if title and key == words(title):
        return True
    if len(said) > _LONGEST_HEADLINE or _QUOTE.match(said):
        return False
    return said.startswith("# ") or (bool(follows) and (not _ENDS.search(said) or said.endswith(("?", "؟"))))


@cache
def _opening(kind: str) -> re.Pattern[str]:
    starts = "|".join(rules("blocks")[kind])
    pattern = {
        "source-line": rf"[\[(*_]*(?:{starts})[*_]*\s*[:：]\s*\S",
        "caption": rf"[\[(*_]*(?:{starts})\s*[:：]",
        "boilerplate": rf"[\[(*_]*(?:{starts})",
        "byline": rf"(?:{starts})\s*:?\s+(?=[^\W\d_])",
    }[kind]
    return re.compile(pattern, re.IGNORECASE)


def _within(spans: Sequence[Span], at: int) -> int | None:
    """Return which of *spans*, which are in order, holds the character at *at*; None where none does."""
    number = bisect_right(spans, at, key=lambda span: span.start) - 1
    return number if number >= 0 and at < spans[number].end else None


def _paragraphs(text: str, apart: Sequence[Span] = ()) -> Iterator[Span]:
    """Yield the paragraphs; none goes over an end of one of *apart*.

    Lines are joined only where the text is seen to be wrapped, and special lines never.
    """
    lines = []
    for found in _LINE.finditer(text):
        said = found.group().strip()
        if said:
            start = found.start() + found.group().index(said[0])
            lines.append(Span(start=start, end=start + len(said)))
    holders = [_within(apart, line.start) for line in lines]
    joins = [holders[i - 1] == holders[i] and _adjoin(text, lines[i - 1], lines[i]) for i in range(1, len(lines))]
    wrapped = any(
        join and text[line.start].islower() and not _ENDS.search(text[before.start : before.end])
        for join, before, line in zip(joins, lines, lines[1:], strict=False)
    )
    start = 0
    for i in range(1, len(lines) + 1):
        if i == len(lines) or not (wrapped and joins[i - 1]):
            yield Span(start=lines[start].start, end=lines[i - 1].end)
            start = i


def _adjoin(text: str, before: Span, line: Span) -> bool:
    """Say whether two lines may be parts of one paragraph: no empty line between, neither long nor special."""
    between = re.sub(r"\r\n?", "\n", text[before.end : line.start])
    said = (text[before.start : before.end], text[line.start : line.end])
    return (
        between.count("\n") == 1
        and len(said[0]) <= 120
        and not any(
            _IMAGE.fullmatch(one) or one.endswith("|") or any(_opening(kind).match(one) for kind in _STANDS_ALONE)
            for one in said
        )
    )


_STANDS_ALONE = ("source-line", "caption", "boilerplate")
