"""Words of a sentence as tokens, and who a noun phrase names. What is not plainly one phrase names nobody."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any, Literal

from parley.intake.articles.names import Mention
from parley.intake.articles.rules import either, rules, whole

_TOKEN = re.compile(r"\x00+|['’]s(?!\w)|\w+(?:[-.'’]\w+)*|[^\w\s]")
_ASIDE = re.compile(r"\([^()]{0,80}\)|https?://\S+")
_MOST = 9  # tokens of a phrase
_CLOSING = ("edges", "relatives", "prepositions", "joins", "stoppers")


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    text: str
    kind: Literal["name", "title", "word", "mark", "quote", "date", "verb", "owner"]
    mention: Mention | None = None

    @property
    def mention_person(self) -> bool:
        return self.mention is not None and self.mention.person

    @property
    def capital(self) -> bool:
        return self.kind == "name" or (self.kind in ("word", "title") and self.text[:1].isupper())


@dataclass(frozen=True)
class Who:
    """Whom a phrase names: *name* of the table, or the words as written; *person* for a known person."""

    name: str
    start: int
    end: int
    mention: Mention | None = None
    person: bool = False


@dataclass(frozen=True)
class Grammar:
    """The lists of `grammar.yaml` for one language; a list that is not there is empty."""

    language: str

    def listed(self, name: str) -> frozenset[str]:
        return _listed(self.language, name)

    def pattern(self, name: str) -> re.Pattern[str]:
        return _pattern(self.language, name)

    def get(self, name: str) -> Any:
        return rules("grammar")[self.language].get(name)


def mask(text: str, quoted: Sequence[tuple[int, int]]) -> str:
    """Return *text* with quotations as NULs, asides in brackets and addresses as spaces; offsets stay."""
    for start, end in quoted:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return _ASIDE.sub(lambda aside: " " * len(aside.group()), text)


def tokens_of(
    masked: str,
    grammar: Grammar,
    mentions: Sequence[Mention],
    dates: Sequence[tuple[int, int]],
    verbs: Sequence[tuple[int, int]],
    start: int = 0,
) -> list[Token]:
    """Return the tokens of *masked* from *start* on: verbs first, then dates, names, titles, plain words and marks."""
    special = [Token(a, b, masked[a:b], "verb") for a, b in verbs]
    special += [Token(a, b, masked[a:b], "date") for a, b in dates]
    special += [Token(one.start, one.end, masked[one.start : one.end], "name", one) for one in mentions]
    special += [Token(*one.span(), one.group(), "title") for one in grammar.pattern("titles").finditer(masked, start)]
    taken: list[Token] = []
    covered = bytearray(len(masked))
    for token in special:
        if token.text.strip() and not any(covered[token.start : token.end]):
            covered[token.start : token.end] = b"\1" * (token.end - token.start)
            taken.append(token)
    taken.sort(key=lambda token: token.start)
    tokens: list[Token] = []
    at = start
    for stop in [*taken, None]:
        end = stop.start if stop else len(masked)
        for word in _TOKEN.finditer(masked, at, end):
            said = word.group()
            kind: Any = "quote" if said[0] == "\0" else "word" if re.match(r"\w", said) else "mark"
            tokens.append(Token(word.start(), word.end(), said, "owner" if said in ("'s", "’s") else kind))
        if stop:
            tokens.append(stop)
            at = stop.end
    return tokens


def before(tokens: Sequence[Token], end: int, grammar: Grammar, *, over_dates: bool = False) -> tuple[Token, ...]:
    """Return the tokens left of index *end* up to an edge: a mark, quotation, date, verb or conjunction."""
    start = end
    edges = ("mark", "quote", "verb") if over_dates else ("mark", "quote", "verb", "date")
    while start and tokens[start - 1].kind not in edges:
        if tokens[start - 1].text.lower() in grammar.listed("edges"):
            break
        start -= 1
    return tuple(tokens[start:end])


def after(tokens: Sequence[Token], start: int, grammar: Grammar) -> tuple[Token, ...]:
    """Return the noun phrase that begins at index *start*, empty if none does."""
    end = start
    opened = False  # by a determiner or a title: words without capitals may follow
    while end < len(tokens) and end - start < _MOST:
        token, low = tokens[end], tokens[end].text.lower()
        if token.kind in ("mark", "quote", "date", "verb", "owner"):
            break
        if end > start and _two_phrases(tokens[end - 1].mention, token.mention, grammar):
            break
        if low in grammar.listed("determiners") or token.kind == "title":
            opened = True
        elif low in grammar.listed("governs") and opened and end + 1 < len(tokens) and _opens(tokens[end + 1], grammar):
            pass
        elif any(low in grammar.listed(kind) for kind in _CLOSING) or not (
            token.capital
            or (opened and not any(one.capital for one in tokens[start:end]))
            or _described(tokens, start, end, grammar)
        ):
            break
        end += 1
    if end < len(tokens) and (tokens[end].kind == "owner" or re.search(r"\w['’]s\Z", tokens[max(end - 1, 0)].text)):
        return ()
    return tuple(tokens[start:end])


def written(one: Who, grammar: Grammar) -> str:
    """Return the name, or the words as written; words that point back at somebody get a (?), as not resolved."""
    first = one.name.split()[0].lower()
    back = first in grammar.listed("pronouns") or one.name.lower() in grammar.listed("pronouns")
    return one.name + (" (?)" if back else "")


def _two_phrases(one: Mention | None, other: Mention | None, grammar: Grammar) -> bool:
    """Say whether two known names side by side are two phrases: "told Lavrov Russia left"."""
    if one is None or other is None or one.name == other.name:
        return False
    return one.person or (grammar.language == "en" and not other.person)


def _adjective(low: str, grammar: Grammar) -> bool:
    """Say whether a word only describes: "Syrian", "US-led"."""
    return low in grammar.listed("demonyms") or low.endswith(("-led", "-backed", "-allied", "-supported", "-brokered"))


def _described(tokens: Sequence[Token], start: int, end: int, grammar: Grammar) -> bool:
    """Say whether the plain words from *end* on belong to an adjective of nation: "the Syrian air force" of …"""
    ahead = next((i for i in range(end - 1, start - 1, -1) if tokens[i].capital), None)
    if ahead is None or not _adjective(tokens[ahead].text.lower(), grammar):
        return False
    rest = end
    while rest < len(tokens) and rest - ahead < 5 and tokens[rest].kind == "word" and not tokens[rest].capital:
        if tokens[rest].text.lower() in grammar.listed("prepositions") | grammar.listed("joins"):
            break
        rest += 1
    if rest == len(tokens) or tokens[rest].kind == "mark":
        return True
    return tokens[rest].text.lower() in grammar.listed("prepositions") | grammar.listed("joins")


def who(phrase: Sequence[Token], text: str, grammar: Grammar) -> Who | None:
    """Return whom *phrase*, tokens of *text*, names; None where it is not plainly one noun phrase."""
    lows = [token.text.lower() for token in phrase]
    owned = (i for i in range(1, len(lows) - 1) if lows[i] == "of" and lows[i + 1] in grammar.listed("possessives"))
    if (at := next(owned, None)) and phrase[at - 1].capital:
        phrase, lows = phrase[:at], lows[:at]  # "Jens Laerke of its humanitarian office"
    if not 0 < len(phrase) <= _MOST or any(token.kind not in ("name", "title", "word", "owner") for token in phrase):
        return None
    if any(_two_phrases(a.mention, b.mention, grammar) for a, b in pairwise(phrase)):
        return None
    if all(low in grammar.listed("articles") or _adjective(low, grammar) for low in lows):
        return None
    if lows[0] in grammar.listed("prepositions") | grammar.listed("joins") | grammar.listed("relatives"):
        return None
    if phrase[-1].kind == "owner" or re.search(r"\w['’]s\Z", phrase[-1].text) or lows[-1] in _never_last(grammar):
        return None
    if set(lows) & (grammar.listed("stoppers") | grammar.listed("negations") | grammar.listed("modals")):
        return None
    light = grammar.listed("determiners") | grammar.listed("governs") | grammar.listed("joins")
    plain = [i for i, token in enumerate(phrase) if token.kind == "word" and not token.capital and lows[i] not in light]
    if any(_adjective(low, grammar) for low in lows):
        plain = [i for i in plain if any(token.capital for token in phrase[i + 1 :])]
    if any(token.capital for i in plain for token in phrase[i + 1 :]) or len(plain) > 3:
        return None  # "Lavrov telephoned Kerry": an unknown word before a name may be a verb
    known = next((i for i, token in enumerate(phrase) if token.mention), None)
    if grammar.language == "id" and len(phrase) == len(plain) == 1 and not _names_alone(lows[0], grammar):
        return None  # "sejak lama menuduh": one small word that is no pronoun is an adverb as well as a noun
    if grammar.language == "id" and known is not None:
        behind = [i for i, token in enumerate(phrase) if token.kind == "word" and not token.mention and i > known]
        if any(i in plain or (known == 0 and phrase[i].capital) for i in behind):
            return None  # "Lavrov berbohong", in a headline "Lavrov Berbohong": what describes a name is after "yang"
    if (
        all(low in grammar.listed("determiners") for low in lows)
        and len(lows) == 1
        and lows[0] not in grammar.listed("alone")
    ):
        return None
    last = phrase[-1]
    if last.mention and not set(lows) & grammar.listed("joins"):
        ahead = [low for low in lows[:-1] if low not in grammar.listed("articles")]
        held = bool(ahead) and (ahead[-1] in grammar.listed("governs") or ahead[-1] in grammar.listed("held_by"))
        if (last.mention.person and not held) or not ahead:
            return Who(last.mention.name, phrase[0].start, last.end, last.mention, last.mention.person)
    words = phrase[1:] if lows[0] in grammar.listed("articles") and len(phrase) > 1 and phrase[1].capital else phrase
    return Who(" ".join(text[words[0].start : last.end].split()), phrase[0].start, last.end)


def _names_alone(low: str, grammar: Grammar) -> bool:
    return low in grammar.listed("alone") | grammar.listed("pronouns")


def _never_last(grammar: Grammar) -> frozenset[str]:
    return (
        grammar.listed("governs")
        | grammar.listed("joins")
        | grammar.listed("prepositions")
        | grammar.listed("articles")
        | grammar.listed("possessives")
    )


def _opens(token: Token, grammar: Grammar) -> bool:
    return token.capital or token.kind == "title" or token.text.lower() in grammar.listed("determiners")


@cache
def _listed(language: str, name: str) -> frozenset[str]:
    return frozenset(rules("grammar")[language].get(name) or ())


@cache
def _pattern(language: str, name: str) -> re.Pattern[str]:
    return re.compile(whole(either(rules("grammar")[language].get(name) or ())), re.IGNORECASE)
