"""A sentence ready to be read, and what one of its verbs tells: who, what kind, towards whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parley.intake.articles.phrases import Grammar, Token, Who, after, who
from parley.intake.articles.rules import rules
from parley.intake.articles.verbs import Verb

WITH_ADDRESSEE = ("accuse", "criticise", "request")


@dataclass(frozen=True)
class Told:
    """A statement as one verb tells it: each of *holders* makes it, all of *towards* are accused, asked or told."""

    verb: Verb
    act: str
    holders: tuple[Who, ...]
    towards: tuple[Who, ...] = ()
    quoted: bool = False
    closing: bool = False  # ", said X" and "according to X": what stands before it is X's words
    embedded: bool = False  # "… that X accused Y": somebody else's words
    negated: bool = False  # "X did not accuse Y"

    @property
    def start(self) -> int:
        return min(self.verb.start, *(one.start for one in self.holders))


@dataclass(frozen=True)
class Sentence:
    """A sentence: *text* masked, its *tokens*, and its *verbs*."""

    text: str
    tokens: list[Token]
    verbs: list[Verb]
    grammar: Grammar
    start: int = 0  # where it begins in *text*: before it there are spaces, so that offsets are the block's

    def index(self, verb: Verb) -> int:
        return next(i for i, token in enumerate(self.tokens) if token.start >= verb.start)

    def beyond(self, verb: Verb) -> int:
        return next((i for i, token in enumerate(self.tokens) if token.start >= verb.end), len(self.tokens))

    def who(self, phrase: Sequence[Token]) -> Who | None:
        return who(phrase, self.text, self.grammar)

    def said(self, index: int, *kinds: str) -> bool:
        """Say whether the token at *index* is a word of one of the lists *kinds*."""
        return 0 <= index < len(self.tokens) and any(
            self.tokens[index].text.lower() in self.grammar.listed(kind) for kind in kinds
        )


def named(token: Token) -> Who:
    """Return whom a token that is a known name names."""
    assert token.mention is not None
    return Who(token.mention.name, token.start, token.end, token.mention, token.mention.person)


def several(sentence: Sentence, at: int) -> tuple[tuple[Who, ...], int]:
    """Return all whom the list of noun phrases at index *at* names ("X, Y and Z"), and the index after it.

    What follows the list must close it: in "accused X and Y denied it" Y is not accused.
    """
    tokens, grammar = sentence.tokens, sentence.grammar
    phrase = after(tokens, at, grammar)
    first = sentence.who(phrase)
    if first is None:
        return (), at
    end = rest = at + len(phrase)
    more: list[Who] = []
    while rest < len(tokens):
        comma = tokens[rest].text == ","
        joined = sentence.said(rest + comma, "and")
        if not comma and not joined:
            break
        begin = rest + comma + joined
        phrase = after(tokens, begin, grammar)
        one = sentence.who(phrase)
        if one is None or (comma and joined and not more):
            break
        more.append(one)
        rest = begin + len(phrase)
        if joined:
            return ((first, *more), rest) if closes(sentence, rest) else ((first,), end)
    return (first,), end


def closes(sentence: Sentence, at: int) -> bool:
    """Say whether the token at *at* can stand behind a list of objects: no verb of which the last would be subject.

    In "accused X and Y on Friday denied it", and in "accused X and Y in return accused Z", Y is not accused.
    """
    beyond = past_adverbs(sentence, at)
    if beyond >= len(sentence.tokens):
        return True
    token = sentence.tokens[beyond]
    if token.kind in ("mark", "quote"):
        gap = token.text in "-–—" and beyond + 1 < len(sentence.tokens) and sentence.tokens[beyond + 1].mention
        return not gap  # "accused X, and Y — Z"
    if sentence.grammar.language == "id" and beyond == at:
        follows = token.kind == "word"
    else:
        follows = sentence.said(beyond, "prepositions", "after_accused", "edges")
    return follows and not _verb_follows(sentence, beyond)


def past_adverbs(sentence: Sentence, at: int) -> int:
    """Return the index after the dates and adverbs that stand at index *at*."""
    days = rules("calendar")[sentence.grammar.language]["before_day"]
    adverbs = sentence.grammar.pattern("adverbs")
    while at < len(sentence.tokens):
        token = sentence.tokens[at]
        dated = at + 1 < len(sentence.tokens) and sentence.tokens[at + 1].kind == "date" and token.text.lower() in days
        if token.kind != "date" and not dated and not (token.kind == "word" and adverbs.fullmatch(token.text)):
            break
        at += 1
    return at


def _verb_follows(sentence: Sentence, at: int) -> bool:
    """Say whether the clause from index *at* on comes to a verb before anybody who could be its subject."""
    for index in range(at, len(sentence.tokens)):
        token = sentence.tokens[index]
        if token.kind == "verb":
            return True
        if token.kind in ("mark", "quote", "name", "title") or sentence.said(
            index, "edges", "complements", "relatives", "joins", "determiners", "subject_pronouns", "pronouns"
        ):
            return False
    return False


def parts(phrase: Sequence[Token], grammar: Grammar, joins: str = "and") -> list[Sequence[Token]]:
    """Return *phrase* cut at the words of the list *joins*, which are left out."""
    cut = [i for i, token in enumerate(phrase) if token.text.lower() in grammar.listed(joins)]
    edges = [-1, *cut, len(phrase)]
    return [phrase[a + 1 : b] for a, b in pairwise(edges)]
