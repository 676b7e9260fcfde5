"""Who stands between a statement and the article: "A said that B told C that D denied": A, then B, tell of D."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from parley.intake.articles.phrases import written
from parley.intake.articles.sentence import Sentence, Told, past_adverbs

_CARRYING = ("comment", "assert")


def tellers(one: Told, said: Sequence[Told], sentence: Sentence) -> tuple[str, ...]:
    """Return who tells of *one*, another of the statements *said* in its sentence; the outermost first."""
    around = [other for other in _around(one, said, sentence) if other.holders[0].name != one.holders[0].name]
    names = [written(other.holders[0], sentence.grammar) for other in around]
    source, _ = _source(sentence)
    return tuple(dict.fromkeys([source, *names] if source and source != one.holders[0].name else names))


def settled(one: Told, said: Sequence[Told], sentence: Sentence) -> bool:
    """Say whether it is certain who tells of *one*, and whether they deny it.

    Not under two denials, nor under "did not deny"; nor where an unknown verb may stand between: "A said that officials
    believed that B accused C", "A said there was no proof that B accused C".
    """
    _, certain = _source(sentence)
    if not certain:
        return False
    around = list(_around(one, said, sentence))
    passive = one.holders[0].start > one.verb.start  # "denied that its troops, accused by X, …"
    behind = any(other.act == "deny" and other.verb.start > one.verb.start for other in around)
    denials = sum(other.act == "deny" for other in around)
    if any(other.act == "deny" and other.negated for other in around) or (
        denials and (one.act == "deny" or one.negated or denials > 1 or passive or behind)
    ):
        return False
    before = [other for other in around if other.verb.end <= one.start]
    return not before or not one.embedded or _joined(max(before, key=lambda other: other.verb.start), one, sentence)


def _joined(teller: Told, one: Told, sentence: Sentence) -> bool:
    """Say whether *teller* tells the clause of *one*: one "that" between them, and nothing that may be a verb."""
    first = sentence.beyond(teller.verb)
    last = next((i for i, token in enumerate(sentence.tokens) if token.start >= one.start), len(sentence.tokens))
    if sum(sentence.said(i, "complements", "complements_with") for i in range(first, last)) > 1:
        return False
    if any(sentence.said(i, "negations") for i in range(first, last)):
        return False
    words = sentence.text[teller.verb.start : teller.verb.end].lower().split()
    told_to = bool(teller.towards) or words[-1] in sentence.grammar.listed("told_to")
    if sentence.grammar.language not in ("en", "id") or last == first or told_to:
        return True
    at = past_adverbs(sentence, first)
    if teller.act == "deny":
        while sentence.said(at, "determiners", "articles", "reports"):
            at += 1
    return sentence.tokens[at].kind in ("mark", "date") or sentence.said(at, "complements", "prepositions", "and")


def _source(sentence: Sentence) -> tuple[str, bool]:
    """Return the name before the colon that opens a headline, or behind the dash that closes it; and whether it tells.

    "X: Y accused Z" may be what X says; where X is no person it may as well be what the report is about.
    """
    for tokens, mark in ((sentence.tokens, ":"), (sentence.tokens[::-1], ":-–—")):
        at = next((i for i, token in enumerate(tokens) if token.kind != "title" and not token.mention), 0)
        named = [token for token in tokens[:at] if token.mention]
        if at < len(tokens) - 1 and named and tokens[at].text in mark and named[-1].mention:
            persons = [token for token in named if token.mention_person]
            one = (persons or named)[0]
            if one.mention and one.mention.subject and (one.mention.person or len(named) == at):
                return one.mention.name, one.mention.person or mark != ":"
    return "", True


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
        own = other.act == "deny" and other.holders[0].name in {who.name for who in one.towards}
        if behind and ";" not in between and not anew and not own:  # "X accuses Y, Y denies"
            yield other
    passive = one.holders[0].start > one.verb.start
    relatives = sentence.grammar.listed("relatives")
    for other in said:
        if other is one or other.quoted or other.verb.end > one.start:
            continue
        between = sentence.text[other.verb.end : one.start]
        first = next(i for i, token in enumerate(sentence.tokens) if token.start >= one.start)
        after_relative = sentence.said(first - 1, "relatives", "whom") or (
            passive and "," in between and bool(relatives.intersection(between.rsplit(",", 1)[1].lower().split()))
        )  # "a charge that was denied by X"
        if after_relative or (one.towards and one.towards[0].start == other.holders[0].start):
            continue  # "said Y, whom X accused", "said that Y came, which X denied"
        if ("," in between or "،" in between) and _subordinate(other, sentence):
            continue  # "After X said …, Y accused Z"
        told_so = other.act in _CARRYING or (other.act == "deny" and (_that(between, sentence) or "," not in between))
        if told_so and not _apart(between, sentence):
            yield other


def _subordinate(other: Told, sentence: Sentence) -> bool:
    at = next(i for i, token in enumerate(sentence.tokens) if token.start >= other.start)
    while at and sentence.tokens[at - 1].kind not in ("mark", "quote", "verb"):
        at -= 1
        if sentence.said(at, "subordinates"):
            return True
    return False


def _that(between: str, sentence: Sentence) -> bool:
    first = re.match(r"\W*(\w+)", between)
    return bool(first) and first is not None and first[1].lower() in sentence.grammar.listed("complements")


def _apart(between: str, sentence: Sentence) -> bool:
    """Say whether a new main clause begins in *between*: "X said …; Y", "X said …, and Y"."""
    return ";" in between or "؛" in between or bool(sentence.grammar.pattern("new_clause").search(between))
