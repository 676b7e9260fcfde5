"""The trip wire: whether a sentence waits for two people, whatever the rules of direction make of it.

It knows nothing of grammar. A sentence trips it by a word of accusing, denying, admitting, violence or a toll, and by a
weaker word ("behind", "hand") beside somebody who may have done it. The words are data: `wire.yaml`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from parley.intake.articles.letters import folded, unbroken
from parley.intake.articles.rules import LANGUAGES, either, rules, whole

Weight = Literal["alone", "with_side", "sides", ""]

_ALONE = ("accuses", "denies", "admits", "violence", "tolls")
_WORD = re.compile(r"\w+")
_CLITICS = re.compile(r"[وف]?(?:[بكس]?(?:ال)?|لل?)")


def trips(sentence: str, names_somebody: Callable[[], bool]) -> bool:
    """Say whether *sentence* must wait for two people; *names_somebody*: a known party or person stands in it."""
    words = _WORD.findall(folded(unbroken(sentence)[0]).lower())
    weights = set(map(weight, words))
    if "alone" in weights or _phrases().search(" ".join(words)):
        return True
    return "with_side" in weights and ("sides" in weights or names_somebody())


@lru_cache(maxsize=1 << 16)
def weight(word: str) -> Weight:
    """Return how *word*, in lower case and folded, counts."""
    bare = word[end:] if (end := _CLITICS.match(word).end()) else word  # type: ignore[union-attr]  # it may be empty
    for name, lists in (("alone", _ALONE), ("with_side", ("with_side",)), ("sides", ("sides",))):
        listed = _listed(lists)
        if listed.holds(word) or (bare != word and listed.holds(bare)):
            return name  # type: ignore[return-value]
    return ""


@dataclass(frozen=True)
class _Words:
    """Words of a list by where a "*" stands in them: nowhere, behind, before, on both sides."""

    exact: frozenset[str]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    parts: tuple[str, ...]

    def holds(self, word: str) -> bool:
        known = word in self.exact or word.startswith(self.starts) or word.endswith(self.ends)
        return known or any(part in word for part in self.parts)


@cache
def _listed(kinds: tuple[str, ...]) -> _Words:
    """Return the words of the lists *kinds*, of all languages together."""
    return _words(one for language in LANGUAGES for kind in kinds for one in rules("wire")[language][kind])


def _words(listed: Iterable[str]) -> _Words:
    by: dict[tuple[bool, bool], list[str]] = {(a, b): [] for a in (False, True) for b in (False, True)}
    for one in listed:
        by[one.startswith("*"), one.endswith("*")].append(one.strip("*"))
    return _Words(frozenset(by[False, False]), *(tuple(by[at]) for at in ((False, True), (True, False), (True, True))))


@cache
def _phrases() -> re.Pattern[str]:
    listed = (one.replace("*", r"\w*") for language in LANGUAGES for one in rules("wire")[language]["phrases"])
    return re.compile(whole(either(listed)))
