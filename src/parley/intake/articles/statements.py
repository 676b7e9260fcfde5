"""Statements that an article tells of, proposed for review: who, what kind, to whom, and the sentence that says so.

Nothing here is a finding. Where the rules are not sure who speaks they propose nothing, but an accusation or a denial
that stands in the text is always brought before two people: as something that the article itself tells (`narrate`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from parley.intake.articles import dates
from parley.intake.articles.names import Mention, Names
from parley.intake.articles.phrases import Grammar, Who, mask, tokens_of
from parley.intake.articles.quotes import quotes_in, sentences_in
from parley.intake.articles.rules import rules
from parley.intake.articles.telling import Sentence, Told, told
from parley.intake.articles.verbs import tells_of, verbs_in
from parley.model import Block, Flag, Proposal, Span

_GRAVE = ("accuse", "deny")
_LOWERED = ("accuse", "deny", "criticise")  # when told at second hand: the article says that X says that Y accuses


@dataclass(frozen=True)
class Context:
    """What a sentence is read with: the language, the names known on the day, the dates found, who tells it all."""

    language: str
    names: Names
    full: frozenset[str]
    published: date | None
    dates: Sequence[dates.Found]
    narrator: str
    carriers: frozenset[str]


@dataclass(frozen=True)
class Proposed:
    """The statements in text order, the spans of the dates that date one of them, and what a reader should know."""

    proposals: tuple[Proposal, ...]
    dated: frozenset[Span]
    flags: tuple[Flag, ...]


def propose(blocks: Sequence[Block], context: Context) -> Proposed:
    """Return the statements of *blocks*; a quotation whose speaker was not found is flagged."""
    proposals: list[Proposal] = []
    dated: set[Span] = set()
    speakerless = 0
    for block in blocks if context.language in rules("grammar") else ():
        near = [one for one in context.dates if block.span.start <= one.span.start < block.span.end]
        quoted = quotes_in(block.text)
        masked = mask(block.text, quoted)
        mentions = context.names.mentions(masked, context.language, context.published, context.full)
        days = dates.spans(masked, context.language)
        for start, end in sentences_in(block.text, context.language):
            span = Span(start=block.span.start + start, end=block.span.start + end)
            sentence = _sentence(masked, start, end, mentions, days, context.language)
            found = []
            for proposal, date_span in _in_sentence(sentence, span, block, near, context):
                found.append(proposal)
                dated |= {date_span} if date_span else set()
            proposals += found
            long = any(start <= a < end and len(block.text[a:b].split()) > 4 for a, b in quoted)
            speakerless += long and not any(one.quoted for one in found)
    flags = [
        Flag(code="speaker-not-found", text=f"{speakerless} quotation(s) without a speaker that the rules can name")
    ]
    return Proposed(tuple(proposals), frozenset(dated), tuple(flags if speakerless else ()))


def _sentence(
    masked: str, start: int, end: int, mentions: Sequence[Mention], days: Sequence[tuple[int, int]], language: str
) -> Sentence:
    """Return one sentence of a block; its offsets are the block's."""
    text = " " * start + masked[start:end]
    grammar = Grammar(language)
    verbs = verbs_in(text, language)
    tokens = tokens_of(
        text,
        grammar,
        [one for one in mentions if start <= one.start < end],
        [(a, b) for a, b in days if start <= a < end],
        [(verb.start, verb.end) for verb in verbs],
    )
    starts = {token.start for token in tokens if token.kind == "verb"}
    return Sentence(text, tokens, [verb for verb in verbs if verb.start in starts], grammar)


def _in_sentence(
    sentence: Sentence, span: Span, block: Block, near: Sequence[dates.Found], context: Context
) -> Iterator[tuple[Proposal, Span | None]]:
    """Yield the statements of a sentence, each with the span of the date that dates it."""
    read = [(verb, told(sentence, verb)) for verb in sentence.verbs]
    said = [one for _, one in read if one and not (one.closing and one.holder.name in context.carriers)]
    for one in said:
        day = _time(one, span, block, near)
        act: Any = "narrate" if one.act in _LOWERED and _second_hand(one, said, sentence) else one.act
        unnamed = _unnamed(one, sentence)
        quotation = _quoted_words(block, span) if one.quoted else ""
        named = not unnamed or one.addressee is not None
        two = (one.act in _GRAVE and named) or bool(quotation and tells_of(quotation, context.language))
        proposal = Proposal(
            holder=_written(one.holder, sentence) + (" (unnamed)" if unnamed else ""),
            act=act,
            addressee=_written(one.addressee, sentence) if one.addressee else None,
            evidence=span,
            mode="direct" if one.quoted else "indirect",
            time=day.day if day else None,
            reviewers_needed=2 if two else 1,
        )
        yield proposal, day.span if day else None
    unsure = any(one is None and set(verb.acts.values()) & set(_GRAVE) for verb, one in read)
    if unsure or (tells_of(sentence.text, context.language) and not any(one.act in _GRAVE for one in said)):
        holder = context.narrator
        yield Proposal(holder=holder, act="narrate", evidence=span, mode="narrated", reviewers_needed=2), None


def _quoted_words(block: Block, span: Span) -> str:
    start, end = span.start - block.span.start, span.end - block.span.start
    return " ".join(block.text[a:b] for a, b in quotes_in(block.text) if start <= a < end)


def _second_hand(one: Told, said: Sequence[Told], sentence: Sentence) -> bool:
    """Say whether another teller stands between *one* and the article: "X said that Y accused Z"; "Y …, said X"."""
    if one.embedded:
        return True
    for other in said:
        if other is one or other.quoted or other.act not in ("comment", "assert"):
            continue
        between = sentence.text[min(one.verb.start, other.verb.start) : max(one.verb.end, other.verb.end)]
        if ";" not in between and (other.verb.start < one.verb.start or other.closing):
            return True
    return False


def _unnamed(one: Told, sentence: Sentence) -> bool:
    """Say whether the sentence says of this holder that he did not wish to be named."""
    if one.holder.mention:
        return False
    start, end = one.holder.start, one.verb.start
    if start > end:  # "…", said an official who did not wish to be named
        end = len(sentence.text)
    return bool(sentence.grammar.pattern("unnamed").search(sentence.text, start, end))


def _written(one: Who, sentence: Sentence) -> str:
    """Return the name, or the words as written; words that point back at somebody are marked as not resolved."""
    first = one.name.split()[0].lower()
    back = first in sentence.grammar.listed("pronouns") or one.name.lower() in sentence.grammar.listed("pronouns")
    return one.name + (" (not resolved)" if back else "")


def _time(one: Told, span: Span, block: Block, near: Sequence[dates.Found]) -> dates.Found | None:
    """Return the date of the statement: directly after its words, before them at the sentence's start, or about it."""
    ends = [one.verb.end, one.holder.end, *([one.addressee.end] if one.addressee else [])]
    start = min(one.holder.start, one.verb.start)
    for found in near:
        a, b = found.span.start - block.span.start, found.span.end - block.span.start
        if found.described and a <= one.verb.start < b:
            return found
        opening = found.span.start == span.start and _beside(block, b, start)
        if not found.described and (opening or any(_beside(block, end, a) for end in ends)):
            return found
    return None


def _beside(block: Block, end: int, start: int) -> bool:
    return 0 <= end <= start <= len(block.text) and not block.text[end:start].strip(" ,\n\r\t")
