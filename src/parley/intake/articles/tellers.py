"""Who stands between a statement and the article: "A said that B told C that D denied": A, then B, tell of D."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from parley.intake.articles.phrases import written
from parley.intake.articles.sentence import Sentence, Told

_CARRYING = ("comment", "assert")


def tellers(one: Told, said: Sequence[Told], sentence: Sentence) -> tuple[str, ...]:
    """Return who tells of *one*, another of the statements *said* in its sentence; the outermost first."""
    around = [other for other in _around(one, said, sentence) if other.holders[0].name != one.holders[0].name]
    names = (written(other.holders[0], sentence.grammar) for other in around)
    return tuple(dict.fromkeys(names))


def polarity(one: Told, said: Sequence[Told], sentence: Sentence) -> Literal["asserted", "denied", "negated"]:
    """Return `negated` for "did not accuse", `denied` for a denial and for what is told under one."""
    if one.negated:
        return "negated"
    under = any(other.act == "deny" and not other.negated for other in _around(one, said, sentence))
    return "denied" if one.act == "deny" or under else "asserted"


def _around(one: Told, said: Sequence[Told], sentence: Sentence) -> Iterator[Told]:
    """Yield the statements of which *one* is the content: those behind it, then those before it in their order."""
    for other in said:
        behind = other is not one and other.closing and not other.quoted and other.verb.start > one.verb.start
        between = sentence.text[one.verb.end : other.verb.start]
        last = between.split()[-1:]
        anew = bool(last) and bool(sentence.grammar.pattern("new_clause").fullmatch(last[0]))  # "…, and according to"
        if behind and ";" not in between and not anew:
            yield other
    for other in said:
        if other is one or other.quoted or other.verb.end > one.start:
            continue
        between = sentence.text[other.verb.end : one.start]
        told_so = other.act in _CARRYING or (other.act == "deny" and (_that(between, sentence) or "," not in between))
        if told_so and not _apart(between, sentence):
            yield other


def _that(between: str, sentence: Sentence) -> bool:
    first = re.match(r"\W*(\w+)", between)
    return bool(first) and first is not None and first[1].lower() in sentence.grammar.listed("complements")


def _apart(between: str, sentence: Sentence) -> bool:
    """Say whether a new main clause begins in *between*: "X said …; Y", "X said …, and Y"."""
    return ";" in between or "؛" in between or bool(sentence.grammar.pattern("new_clause").search(between))
