"""The subject before a verb, in English and Indonesian: whom it names, across an apposition or a relative clause."""

from collections.abc import Sequence

from parley.intake.articles.phrases import Token, Who, after, before
from parley.intake.articles.sentence import Sentence, parts
from parley.intake.articles.verbs import Verb

_PLAIN = ("deny", "criticise", "accuse")  # verbs whose objects are nouns: no new subject hides behind them


def subjects(sentence: Sentence, end: int) -> tuple[tuple[Who, ...], bool]:
    """Return all whom the subject that ends before index *end* names, and whether "neither" denies it of them."""
    tokens, grammar = sentence.tokens, sentence.grammar
    phrase = before(tokens, end, grammar)
    start = end - len(phrase)
    neither = sentence.said(start, "neither")
    both = sentence.said(start, "neither", "both")
    cut = parts(phrase[1:] if both else phrase, grammar)
    if len(cut) > 1 or neither:
        found = [sentence.who(part) for part in cut]
        all_known = [one for one in found if one and one.mention]
        if len(all_known) == len(found) and stands_first(sentence, start):
            listed = _list_before(sentence, start)
            return ((*listed, *all_known), neither) if listed is not None else ((), False)
    one = _subject(sentence, end)
    return ((one,) if one else ()), False


def stands_first(sentence: Sentence, start: int) -> bool:
    if start and sentence.tokens[start - 1].kind == "verb":
        verb = next(verb for verb in sentence.verbs if verb.start == sentence.tokens[start - 1].start)
        return verb.acts.get("verbs") in ("comment", "assert")
    return True


def _list_before(sentence: Sentence, start: int) -> tuple[Who, ...] | None:
    """Return the known names, each before a comma, that open the sentence up to index *start*; None for other words."""
    found: list[Who] = []
    while start and sentence.tokens[start - 1].text == ",":
        phrase = before(sentence.tokens, start - 1, sentence.grammar)
        one = sentence.who(phrase)
        if one is None or one.mention is None:
            return None
        found.insert(0, one)
        start -= 1 + len(phrase)
    return None if found and start and not sentence.said(start - 1, "complements") else tuple(found)


def _subject(sentence: Sentence, end: int) -> Who | None:
    """Return whom the noun phrase names that ends before index *end*, across one apposition or relative clause."""
    tokens, grammar = sentence.tokens, sentence.grammar
    if not end:
        return None
    if tokens[end - 1].text != ",":
        phrase = before(tokens, end, grammar)
        if phrase and sentence.said(end - 1, "subject_pronouns"):
            if any(token.mention for token in phrase):
                return None  # "X wishes it had accused"
            phrase = phrase[-1:]  # "Later the same day it said"
        if _excepted(sentence, end - len(phrase)):
            return None
        if not _stands_alone(sentence, phrase, end - len(phrase)):
            return None
        at = relative(sentence, phrase)
        if at is None:
            return sentence.who(phrase)
        inside = sentence.who(phrase[at + 1 :])
        if inside and grammar.language == "en":
            return inside  # "the convoy which Kerry said …"
        if phrase[at].text.lower() in grammar.listed("relatives_of_objects"):
            return None
        if at:
            clause = at > 1 and sentence.said(end - len(phrase), "subject_pronouns")  # "It records who said what"
            return None if clause else sentence.who(phrase[:at])
        return earlier(sentence, end - len(phrase)) if not phrase[at + 1 :] else None
    phrase = before(tokens, end - 1, grammar, over_dates=True)
    start = end - 1 - len(phrase)
    at = relative(sentence, phrase)
    if at:
        return sentence.who(phrase[:at])
    if at == 0 or (phrase and grammar.pattern("participles").fullmatch(phrase[0].text) and not phrase[0].capital):
        return earlier(sentence, start)
    if phrase and start and tokens[start - 1].kind == "verb":
        return _across_relative(sentence, start)
    if phrase and grammar.pattern("adverbs").fullmatch(sentence.text, phrase[0].start, phrase[-1].end):
        return earlier(sentence, start)  # "X, in turn, …"
    named = sentence.who(phrase)
    apposed = earlier(sentence, start)
    if grammar.language == "en":
        if apposed is None or named is None:
            return None
    elif apposed is None:
        return named
    if named and apposed and named.mention and apposed.mention and named.name != apposed.name:
        return None  # two known names: which of them speaks is not certain
    return named if named and (named.person or not apposed) else apposed


def _excepted(sentence: Sentence, start: int) -> bool:
    """Say whether what begins at index *start* is the exception: "all but X accused Y"."""
    behind = start and sentence.tokens[start - 1].text.lower() == "but"
    return bool(behind) and not any(token.kind in ("verb", "mark") for token in sentence.tokens[: start - 1])


def _across_relative(sentence: Sentence, start: int) -> Who | None:
    """Return whom "X, who <verb> …," names, where the verb of the relative clause ends at index *start*."""
    at = start - 1
    while at and sentence.tokens[at - 1].kind in ("word", "verb") and not sentence.said(at, "relatives"):
        at -= 1
    return earlier(sentence, at) if sentence.said(at, "relatives") else None


def _stands_alone(sentence: Sentence, phrase: Sequence[Token], start: int) -> bool:
    """Say whether *phrase*, which begins at index *start*, can be a whole subject: no object, no end of a list."""
    if start and sentence.tokens[start - 1].kind == "verb":  # "X said Y accused Z", not "accused by X of Y denied"
        return stands_first(sentence, start)
    joined = any(token.text.lower() in sentence.grammar.listed("joins") for token in phrase)
    return not (joined and earlier(sentence, start))


def earlier(sentence: Sentence, start: int) -> Who | None:
    """Return whom the phrase names that ends at the comma before index *start*."""
    tokens = sentence.tokens
    if not start or tokens[start - 1].text != ",":
        return None
    phrase = before(tokens, start - 1, sentence.grammar)
    first = start - 1 - len(phrase)
    if first and tokens[first - 1].text == ",":
        return None
    return sentence.who(phrase)


def relative(sentence: Sentence, phrase: Sequence[Token]) -> int | None:
    relatives = sentence.grammar.listed("relatives")
    return next((i for i, token in enumerate(phrase) if token.text.lower() in relatives), None)


def carried(sentence: Sentence, verb: Verb, end: int) -> tuple[tuple[Who, ...], bool]:
    """Return the known name that opens the sentence and is a second verb's subject: "X denied it and accused Y"."""
    first = after(sentence.tokens, 0, sentence.grammar)
    one = sentence.who(first)
    between = sentence.tokens[len(first) : end]
    plain = all(
        not any(found.acts.get("verbs") not in _PLAIN for found in sentence.verbs if found.start == token.start)
        for token in between
        if token.kind == "verb"
    )
    light = ("relatives", "edges", "complements", "joins")
    apart = any(token.kind in ("quote", "mark") for token in between) or any(
        sentence.said(i, *light) for i in range(len(first), end)
    )
    closes = sentence.said(sentence.index(verb) - 1, "and") or sentence.said(end, "and")
    if one is None or one.mention is None or not between or not plain or apart or not closes:
        return (), False
    return (one,), False
