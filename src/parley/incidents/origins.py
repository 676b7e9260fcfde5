"""Which articles are copies of one telling: those of which a good part of the words, in runs of five, is the same.

Containment of word 5-grams in the shorter article, over an inverted index (Broder, "On the resemblance and containment
of documents", 1997): it finds a doubled body, a first third, a quarter of the words changed and a third embedded in
another article, where hashes of whole articles and Simhash do not. A translation is no copy here: nobody can tell by
its words.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from parley.model import Article, RecordedReport
from parley.model.names import fold_text

RUN = 5
ENOUGH = 0.15
"""The part of the shorter article's runs that the other has too; of unrelated articles 99.9 % have less than .04."""
MOST_HOLDERS = 500
"""A run of words that more articles have is nobody's in particular (a disclaimer, a title of an office)."""

_WORD = re.compile(r"\w+")


def origins(reports: Iterable[RecordedReport]) -> dict[int, int]:
    """Return for each article among *reports* that has copies the entry of the first of them, itself included.

    The same articles in any order give the same answer.
    """
    articles = {one.entry: one.report for one in reports if isinstance(one.report, Article)}
    runs = {entry: _runs(article) for entry, article in sorted(articles.items())}
    holders: dict[bytes, list[int]] = {}
    for entry, found in runs.items():
        for run in found:
            holders.setdefault(run, []).append(entry)
    first = {entry: entry for entry in runs}
    for entry, found in runs.items():
        shared = Counter(
            other for run in found if len(holders[run]) <= MOST_HOLDERS for other in holders[run] if other < entry
        )
        for other, count in shared.items():
            if count >= ENOUGH * min(len(found), len(runs[other])):
                _join(first, entry, other)
    whole: dict[str, int] = {}
    for entry, article in sorted(articles.items()):
        _join(first, entry, whole.setdefault(article.origin_key, entry))
    roots = {entry: _root(first, entry) for entry in first}
    size = Counter(roots.values())
    return {entry: root for entry, root in roots.items() if size[root] > 1}


def _runs(article: Article) -> frozenset[bytes]:
    """Return the runs of five words of what the article tells, as digests; what it says twice counts once."""
    words = [
        word
        for block in article.blocks
        if block.kind in ("headline", "body")
        for word in _WORD.findall(fold_text(block.text))
    ]
    runs = (" ".join(words[at : at + RUN]).encode() for at in range(len(words) - RUN + 1))
    return frozenset(hashlib.blake2b(run, digest_size=8).digest() for run in runs)


def _root(first: dict[int, int], entry: int) -> int:
    while first[entry] != entry:
        first[entry] = first[first[entry]]
        entry = first[entry]
    return entry


def _join(first: dict[int, int], one: int, other: int) -> None:
    low, high = sorted((_root(first, one), _root(first, other)))
    first[high] = low
