"""Arabic: the verb first, then the names; the script does not tell "accused" from "was accused".

An accusation is read only where known names follow the verb at once, or stand on both its sides, where the verb's form
agrees with the accuser, and where nothing says "by". All else is left to a person.
"""

import re
from dataclasses import replace

from parley.intake.articles.letters import unbroken
from parley.intake.articles.phrases import Who
from parley.intake.articles.sentence import Sentence, Told, named, past_adverbs
from parley.intake.articles.verbs import Verb

_MOST_TITLES = 6


def told(sentence: Sentence, verb: Verb) -> Told | None:
    """Return what an Arabic verb tells of."""
    tokens, grammar = sentence.tokens, sentence.grammar
    at, beyond = sentence.index(verb), sentence.beyond(verb)
    if "according" in verb.acts:
        one, _ = _one(sentence, beyond + (beyond < len(tokens) and tokens[beyond].text == "ل"))
        return Told(verb, "comment", (one,), closing=True) if one else None
    negated = "negated" in verb.acts
    act = verb.acts["negated"] if negated else verb.acts["verbs"]
    if sentence.said(at - 1, "negations", "modals"):
        return None
    needs = act in grammar.listed("object_needed")
    plain, _ = unbroken(sentence.text[verb.start : verb.end])
    within = grammar.pattern("object_within").fullmatch(plain)
    if needs and sentence.said(at - 1, "complements") and tokens[at].text[0] in "تي":
        return None  # "fears that X may accuse Y": after "that" this form is no statement
    by_agent = any(re.search(rf"(?<!\w){words}(?!\w)", sentence.text) for words in grammar.get("passive_by"))
    if needs and (by_agent or (sentence.said(at - 1, "relatives") and not within)):
        return None
    first, end = _list(sentence, beyond)
    if within:
        return _whom(sentence, verb, act, first, plain)
    ahead = _ahead(sentence, at, verb)
    if ahead:
        if needs and not (first and all(one.mention and one.mention.object for one in first)):
            return None
        if not needs and first:
            return None
        beside = sentence.said(at - 2, "complements")
        quoted = any(token.kind == "quote" for token in tokens[beyond : beyond + 3]) and not needs
        return Told(verb, act, (ahead,), first if needs else (), quoted, embedded=beside, negated=negated)
    if not first or not first[0].mention or not first[0].mention.subject or not _agrees(sentence, verb, first[0]):
        return None
    second, rest = _list(sentence, end) if needs else ((), end)
    if len(second) > 1 and rest < len(tokens) and tokens[rest].mention:
        second = second[:-1]  # "X accused Y, and Z (accused) W"
    if needs and not (second and all(one.mention and one.mention.object for one in second)):
        return None
    ahead_tokens = [token for token in tokens[:at] if token.text not in (",", "،", "-", "–", "—", ":")]
    after_quote = bool(ahead_tokens) and ahead_tokens[-1].kind == "quote"
    before_quote = any(token.kind == "quote" for token in tokens[end : end + 3])
    quoted = not needs and act == "comment" and (after_quote or before_quote)
    closing = quoted and after_quote
    told_on = sentence.said(at - 1, "complements") and not sentence.said(at - 2, "subordinates")  # "never before did …"
    return Told(verb, act, first, second, quoted, closing, embedded=told_on, negated=negated)


def _whom(sentence: Sentence, verb: Verb, act: str, behind: tuple[Who, ...], said: str) -> Told | None:
    """Read "X accuses-her Y" and "X, whom accused-her Y": the ending is X, and Y accuses.

    X stands first in the sentence, or directly behind a verb or "that", so that nothing else is meant by the ending.
    """
    at = sentence.index(verb)
    while at and (sentence.said(at - 1, "relatives") or sentence.tokens[at - 1].text in (",", "،")):
        at -= 1
    mention = sentence.tokens[at - 1].mention if at else None
    first = at == 1 or (at > 1 and (sentence.tokens[at - 2].kind == "verb" or sentence.said(at - 2, "complements")))
    if not mention or not first or not mention.object or mention.feminine != said.endswith("ها"):
        return None
    stem = replace(verb, end=verb.end - (2 if said.endswith("ها") else 1))
    if len(behind) != 1 or not behind[0].mention or not behind[0].mention.subject:
        return None
    return Told(verb, act, behind, (named(sentence.tokens[at - 1]),)) if _agrees(sentence, stem, behind[0]) else None


def _one(sentence: Sentence, at: int) -> tuple[Who | None, int]:
    """Return the known name at index *at*, past titles, and the index after it. An office in words names nobody."""
    step = at
    while step < min(at + _MOST_TITLES, len(sentence.tokens)) and sentence.tokens[step].kind == "title":
        step += 1
    mention = sentence.tokens[step].mention if step < len(sentence.tokens) else None
    if mention is None or (step > at and not mention.person):
        return None, at
    following = sentence.tokens[step + 1].mention if step + 1 < len(sentence.tokens) else None
    if following and following.person and following.name == mention.name:
        step += 1  # the office and, behind it, its holder's name
    return named(sentence.tokens[step]), step + 1


def _list(sentence: Sentence, at: int) -> tuple[tuple[Who, ...], int]:
    """Return the known names at index *at* that "and" joins, and the index after them.

    A last one that a verb follows is that verb's subject, and no part of the list.
    """
    found: list[Who] = []
    ends: list[int] = []
    one, end = _one(sentence, at)
    while one:
        found.append(one)
        ends.append(end)
        if not sentence.said(end, "and"):
            break
        one, end = _one(sentence, end + 1)
    rest = past_adverbs(sentence, ends[-1]) if ends else at
    if len(found) > 1 and rest < len(sentence.tokens) and sentence.tokens[rest].kind == "verb":
        del found[-1], ends[-1]
    return tuple(found), ends[-1] if ends else at


def _ahead(sentence: Sentence, at: int, verb: Verb) -> Who | None:
    """Return the subject directly before the verb: only at the sentence's start or after "that"; the verb agrees."""
    had = at > 1 and sentence.tokens[at - 1].text == "قد"  # "X had accused": "was X" already "accused"
    at -= had
    mention = sentence.tokens[at - 1].mention if at else None
    if mention is None or not mention.subject or sentence.text[verb.start] in "وف":
        return None
    start = at - 1
    if had and sentence.said(start - 1, "had"):
        return named(sentence.tokens[at - 1]) if _agrees(sentence, verb, named(sentence.tokens[at - 1])) else None
    while start and sentence.tokens[start - 1].kind == "title":
        start -= 1
    if start and not sentence.said(start - 1, "complements"):
        return None
    if start < at - 1 and not mention.person:
        return None
    one = named(sentence.tokens[at - 1])
    return one if _agrees(sentence, verb, one) else None


def _agrees(sentence: Sentence, verb: Verb, one: Who) -> bool:
    """Say whether the verb's gender is that of the name that would be its subject."""
    said = sentence.text[verb.start : verb.end].split()[-1].replace("\u0640", "")
    stem = said[1:] if said[0] in "وف" and len(said) > 3 else said
    imperfect = stem[0] in "تي" and not stem.startswith("تعهد")
    feminine = stem[0] == "ت" if imperfect else stem[-1] == "ت"
    return one.mention is not None and feminine == one.mention.feminine
