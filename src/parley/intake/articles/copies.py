"""Copies: the same words told again, inside one article and between articles."""

import hashlib
import re
from collections.abc import Iterable

from parley.model.names import fold_text

_WORD = re.compile(r"\w+")


def words(text: str) -> tuple[str, ...]:
    """Return the words of *text* as names are compared (`fold`), without punctuation."""
    return tuple(_WORD.findall(fold_text(text)))


def origin_key(paragraphs: Iterable[str]) -> str:
    """Return the SHA-256 of all words of *paragraphs* in order, lower-case hex.

    Equal for re-posts of one text, whatever their headline, caption, source line, line breaks, typography or doubled
    body. Different for a text that was cut, edited or translated: those copies need containment between articles.
    """
    digest = hashlib.sha256()
    for paragraph in paragraphs:
        for word in words(paragraph):
            digest.update(word.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()
