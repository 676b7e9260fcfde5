"""Copies: the same words told again, inside one article and between articles."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_UNSEEN = re.compile("[\u00ad\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")  # soft hyphen, tatweel, directions


def words(text: str) -> tuple[str, ...]:
    """Return the words of *text* without case, punctuation, typography and what cannot be seen."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()))


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
