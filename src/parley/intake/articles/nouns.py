"""Accusations told through a noun that opens the sentence: "The accusations by X against Y came a day later".

Only there, only between known names, and only where the sentence holds no "no", "would" or denial: elsewhere such words
may tell of accusations that are feared, asked for or refused.
"""

import re

from parley.intake.articles.phrases import Who
from parley.intake.articles.sentence import Sentence, Told, named
from parley.intake.articles.verbs import Verb

_BACK = ("negations", "modals", "conditionals", "held_back", "doubtful")


def told(sentence: Sentence) -> Told | None:
    """Return the accusation that the noun opening *sentence* tells of, None where it is not plain."""
    shapes = sentence.grammar.get("nouns")
    if not shapes:
        return None
    at = 0
    while sentence.said(at, "noun_opens"):
        at += 1
    noun = sentence.tokens[at] if at < len(sentence.tokens) else None
    if noun is None or not re.fullmatch("|".join(shapes["accuse"]), noun.text, re.IGNORECASE):
        return None
    if any(sentence.grammar.pattern(kind).search(sentence.text, sentence.start) for kind in _BACK):
        return None
    verb = Verb(noun.start, noun.end, {"nouns": "accuse"})
    at += 1
    while sentence.said(at, "noun_made"):
        at += 1
    for first, second in (("by", "against"), ("against", "by_behind")):
        one, end = _behind(sentence, at, shapes[first])
        other, last = _behind(sentence, end, shapes[second]) if one else ((), at)
        if one and other and {who.name for who in one}.isdisjoint(who.name for who in other):
            holders, towards = (one, other) if first == "by" else (other, one)
            return Told(verb, "accuse", holders, towards) if _ends(sentence, last) else None
    return None


def _behind(sentence: Sentence, at: int, words: list[str]) -> tuple[tuple[Who, ...], int]:
    """Return the known names behind one of the prepositions *words* at index *at*; "" is none."""
    tokens = sentence.tokens
    for said in sorted(words, key=len, reverse=True):
        step = at
        if all(step + i < len(tokens) and tokens[step + i].text.lower() == word for i, word in enumerate(said.split())):
            step += len(said.split())
            found: list[Who] = []
            while step < len(tokens) and tokens[step].mention:
                found.append(named(tokens[step]))
                step += 1
                if not sentence.said(step, "and"):
                    break
                step += 1
            else:
                found = []
            if found and (said or all(one.mention and one.mention.object for one in found)):
                return tuple(found), step
    return (), at


def _ends(sentence: Sentence, at: int) -> bool:
    """Say whether the names end at index *at*: no owner's "'s", no other name and no noun that they only describe."""
    if at >= len(sentence.tokens):
        return True
    token = sentence.tokens[at]
    return token.kind not in ("owner", "name") and not token.capital and token.text != "-"
