"""Words broken to dodge filters, made whole for matching; every offset leads back to the text as it stands.

One in eight Arabic posts of a war breaks words: a stretching stroke, a dot or a comma inside them. Only marks that no
writer sets between two letters are taken out, so that a full stop without a space after it ends a sentence still.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from parley.invisible import IGNORABLE

_ARABIC = "\u0620-\u064a\u066e-\u06d3"
_SIGNS = "\u0610-\u061a\u064b-\u065f\u0670"  # vowel signs
_BROKEN = re.compile(
    rf"[{_SIGNS}{IGNORABLE}]+"
    r"|(?<=[^\W\d_])[.,،*_~|·•]{0,9}\u0640[\u0640.,،*_~|·•]{0,30}(?=[^\W\d_])|\u0640"
    r"|(?<=[^\W\d_])(?:[*~|·•]|[,،]{2}|\*{2})(?=[^\W\d_])"
    rf"|(?:(?<=[^\w][{_ARABIC}])|(?<=\.[{_ARABIC}]))\.(?=[{_ARABIC}](?:\.|\W|\Z))"
)
_MAYBE = re.compile(rf"[{_SIGNS}{IGNORABLE}\u0640*~|·•]|[,،]{{2}}|\.[{_ARABIC}]")
"""What stands in every text that `_BROKEN` finds something in; looked for first, because it is found much faster."""
_FOLDED = str.maketrans("أإآٱىیةکڪہھ", "ااااييهككهه")


def unbroken(text: str) -> tuple[str, Sequence[int]]:
    """Return *text* without what breaks its words; for each of its characters, and its end, the offset in *text*."""
    return _remembered(text) if len(text) <= _MOST_REMEMBERED else _made_whole(text)


def _made_whole(text: str) -> tuple[str, Sequence[int]]:
    if not _MAYBE.search(text) or not _BROKEN.search(text):
        return text, range(len(text) + 1)
    kept: list[str] = []
    at: list[int] = []
    start = 0
    for gap in _BROKEN.finditer(text):
        kept.append(text[start : gap.start()])
        at.extend(range(start, gap.start()))
        start = gap.end()
    kept.append(text[start:])
    at.extend(range(start, len(text) + 1))
    return "".join(kept), at


_MOST_REMEMBERED = 8_000
_remembered = lru_cache(maxsize=64)(_made_whole)  # verbs, names and places are looked for in the same words


def span_in(at: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Return where the characters *start* to *end* of an unbroken text stand in the text as it was."""
    return at[start], at[end - 1] + 1


def folded(text: str) -> str:
    """Return *text* with the Arabic letters alike that writers exchange: the alefs, ya and alef maqsura, ta and ha,
    kaf and ya of Persian keyboards: of what `model.fold` does, all that moves no offset."""
    return text.translate(_FOLDED)
