"""Statements that an article tells of, proposed for review: who, what kind, to whom, and the sentence that says so.

Nothing here is a finding. Where the rules are not sure who speaks they propose nothing, but a sentence that accuses,
denies, admits or ties a party to violence is always brought before two people, which the trip wire (`wire`) sees to: as
what the rules make of it, else as something that the article itself tells (`narrate`), and where two names stand beside
an accusation and the rules do not know who accuses whom, as `unclear` with both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from parley.intake.articles import dates, nouns, wire
from parley.intake.articles.carriers import passing
from parley.intake.articles.names import Doubt, Mention, Names
from parley.intake.articles.phrases import Grammar, Who, mask, tokens_of, written
from parley.intake.articles.places import Named, Places, standing_places
from parley.intake.articles.quotes import quotes_in, sentences_in
from parley.intake.articles.rules import rules
from parley.intake.articles.sentence import Sentence, Told
from parley.intake.articles.tellers import polarity, settled, tellers
from parley.intake.articles.telling import asks, told
from parley.intake.articles.verbs import Verb, tells_of, verbs_in
from parley.model import Block, Flag, Proposal, Span

_GRAVE = ("accuse", "deny")
_MOST_VERBS = 30  # of one sentence; what has more was not written to be read


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
    places: Places = field(default_factory=standing_places)
    headline: str = ""


@dataclass(frozen=True)
class Proposed:
    """The statements in text order, the spans of the dates that date one of them, and what a reader should know."""

    proposals: tuple[Proposal, ...]
    dated: frozenset[Span]
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class _Read:
    """A block with what was found in it once for all its sentences."""

    block: Block
    masked: str
    quoted: Sequence[tuple[int, int]]
    mentions: Sequence[Mention]
    days: Sequence[tuple[int, int]]
    near: Sequence[dates.Found]
    places: Sequence[Named]
    doubts: Sequence[Doubt]


def propose(blocks: Sequence[Block], context: Context, others: Sequence[Block] = ()) -> Proposed:
    """Return the statements of *blocks*; a quotation whose speaker was not found is flagged.

    *others* (a headline, captions, paragraphs too long for the rules) are read by the trip wire alone, and so is
    everything in a language without rules.
    """
    proposals: list[Proposal] = []
    dated: set[Span] = set()
    speakerless = unread = 0
    if context.language not in rules("grammar"):
        blocks, others = (), sorted((*blocks, *others), key=lambda block: block.span.start)
    readings = [_read(block, context) for block in blocks]
    around = context.places.alone(named for one in readings for named in one.places)
    for read in readings:
        for start, end in sentences_in(read.block.text, context.language):
            found = []
            verbs = verbs_in(read.masked[start:end], context.language)
            tells = tells_of(read.masked[start:end], context.language)
            unread += len(verbs) > _MOST_VERBS
            verbs = verbs[:_MOST_VERBS]
            if verbs or tells or any(start <= a < end for a, _ in read.quoted):
                sentence = _sentence(read, start, end, verbs, context.language)
                for proposal, date_span in _in_sentence(sentence, tells, read, context, around):
                    found.append(proposal)
                    dated |= {date_span} if date_span else set()
            if _waits(read.block.text[start:end], context):
                found = list(map(_by_two, found)) or [_narrated(read.block, start, end, context)]
            proposals += found
            long = any(start <= a < end and len(read.block.text[a:b].split()) > 4 for a, b in read.quoted)
            speakerless += long and not any(one.mode == "direct" for one in found)
    for block in others:
        for start, end in sentences_in(block.text, context.language):
            if _waits(block.text[start:end], context):
                proposals.append(_narrated(block, start, end, context))
    proposals.sort(key=lambda one: one.evidence.start)
    flags = []
    if speakerless:
        flags.append(Flag(code="speaker-not-found", params={"count": speakerless}))
    if unread:
        flags.append(Flag(code="sentences-not-read", params={"count": unread, "most": _MOST_VERBS}))
    return Proposed(tuple(proposals), frozenset(dated), (*flags, *_headline(proposals, context)))


def _waits(sentence: str, context: Context) -> bool:
    """Say whether the words of *sentence* alone make it wait for two people."""

    def names_somebody() -> bool:
        return bool(context.names.mentions(sentence, context.language, context.published, context.full))

    return wire.trips(sentence, names_somebody)


def _by_two(proposal: Proposal) -> Proposal:
    return proposal.model_copy(update={"reviewers_needed": 2})


def _narrated(block: Block, start: int, end: int, context: Context) -> Proposal:
    """Return that the article tells what stands at *start* to *end* of *block*: whose words it is, is for people."""
    return Proposal(
        holder=context.narrator,
        act="narrate",
        evidence=Span(start=block.span.start + start, end=block.span.start + end),
        mode="narrated",
        reviewers_needed=2,
    )


def _read(block: Block, context: Context) -> _Read:
    quoted = quotes_in(block.text)
    masked = mask(block.text, quoted)
    return _Read(
        block,
        masked,
        quoted,
        context.names.mentions(masked, context.language, context.published, context.full),
        dates.spans(masked, context.language),
        [one for one in context.dates if block.span.start <= one.span.start < block.span.end],
        context.places.named(block.text, context.language),
        context.names.doubts(block.text, context.language),
    )


def _sentence(read: _Read, start: int, end: int, found: Sequence[Verb], language: str) -> Sentence:
    """Return one sentence of a block, with the verbs *found* in it; its offsets are the block's."""
    text = " " * start + read.masked[start:end]
    grammar = Grammar(language)
    verbs = [replace(verb, start=verb.start + start, end=verb.end + start) for verb in found]
    tokens = tokens_of(
        text,
        grammar,
        [one for one in read.mentions if start <= one.start < end],
        [(a, b) for a, b in read.days if start <= a < end],
        [(verb.start, verb.end) for verb in verbs],
        start,
    )
    starts = {token.start for token in tokens if token.kind == "verb"}
    return Sentence(text, tokens, [verb for verb in verbs if verb.start in starts], grammar, start)


def _in_sentence(
    sentence: Sentence, told_of: Sequence[str], read: _Read, context: Context, around: frozenset[int]
) -> Iterator[tuple[Proposal, Span | None]]:
    """Yield the statements of a sentence, each with the span of the date that dates it."""
    start, end = sentence.start, len(sentence.text)
    span = Span(start=read.block.span.start + start, end=read.block.span.start + end)
    verbs = [(verb, told(sentence, verb)) for verb in sentence.verbs]
    said = [one for _, one in verbs if one and not (one.closing and one.holders[0].name in context.carriers)]
    said = [one for one in said if not _of_itself(one) and not _doubted(one, read.doubts)]
    if not any(set(verb.acts.values()) & set(_GRAVE) for verb, _ in verbs) and not asks(sentence):
        said += filter(None, [nouns.told(sentence)])
    hedges = _hedges(sentence, ("hedges",))
    if not hedges:  # "the report that X accused Y": whose words that is, is not said
        said = [one for one in said if not (one.act in _GRAVE and one.embedded and not tellers(one, said, sentence))]
    said = [one for one in said if one.act not in _GRAVE or settled(one, said, sentence)]
    through = [(start + at, name) for at, name in passing(read.masked[start:end], context.language)]
    shared: dict[str, Any] = {"evidence": span, "hedges": hedges}
    for one in said:
        day = _time(one, span, read.block, read.near, context.language)
        later = min((other.start for other in said if other.start > one.start), default=end)
        until = max(later, one.verb.end)
        stop = next((at for at in range(one.verb.end, until) if sentence.text[at] in ":;؛"), until)
        hands = tuple(dict.fromkeys(name for at, name in through if one.start <= at < stop))
        for holder in one.holders:
            towards = [who for who in one.towards if one.towards != one.holders or who.name != holder.name]
            yield _proposal(one, holder, towards, said, sentence, hands, read, context, around, shared, day)
    unsure = any(one not in said and set(verb.acts.values()) & set(_GRAVE) for verb, one in verbs)
    words = "" if any(one.quoted for one in said) else _quoted_words(read, span)
    nobodys = bool(words) and bool(tells_of(words, context.language))  # quoted, and the rules do not know whom
    if unsure or nobodys or (told_of and not any(one.act in _GRAVE for one in said)):
        between = tuple(dict.fromkeys(token.mention.name for token in sentence.tokens if token.mention))
        back = _hedges(sentence, ("hedges", "conditionals", "held_back"))
        asked = ("?",) if asks(sentence) else ()
        open_ = "accuse" in told_of and len(between) > 1 and not back and not asked
        yield (
            Proposal(
                holder=context.narrator,
                act="unclear" if open_ else "narrate",
                between=between if open_ else (),
                evidence=span,
                tellers=tuple(dict.fromkeys(name for _, name in through)),
                hedges=(*back, *asked),
                mode="narrated",
                reviewers_needed=2,
                places=_places(read, span, (), context, around),
            ),
            None,
        )


def _proposal(
    one: Told,
    holder: Who,
    towards: Sequence[Who],
    said: Sequence[Told],
    sentence: Sentence,
    through: tuple[str, ...],
    read: _Read,
    context: Context,
    around: frozenset[int],
    shared: dict[str, Any],
    day: dates.Found | None,
) -> tuple[Proposal, Span | None]:
    unnamed = _unnamed(one, holder, sentence)
    quotation = _quoted_words(read, shared["evidence"]) if one.quoted else ""
    names = tuple(dict.fromkeys(written(who, sentence.grammar) for who in towards))
    two = (one.act in _GRAVE and (not unnamed or bool(names))) or bool(
        quotation and tells_of(quotation, context.language)
    )
    spans = [(who.start, who.end) for who in (holder, *towards)]
    act: Any = one.act
    proposal = Proposal(
        holder=written(holder, sentence.grammar) + (" (unnamed)" if unnamed else ""),
        act=act,
        addressee=names[0] if names else None,
        accused=names if act == "accuse" else (),
        polarity=polarity(one, said, sentence),
        tellers=(*through, *tellers(one, said, sentence)),
        mode="direct" if one.quoted else "indirect",
        time=day.day if day else None,
        places=_places(read, shared["evidence"], spans, context, around),
        reviewers_needed=2 if two else 1,
        **shared,
    )
    return proposal, day.span if day else None


def _of_itself(one: Told) -> bool:
    """Say whether somebody would accuse himself, which is a misreading more often than not."""
    names = {who.name for who in one.holders}
    return one.act == "accuse" and one.towards != one.holders and any(who.name in names for who in one.towards)


def _doubted(one: Told, doubts: Sequence[Doubt]) -> bool:
    """Say whether whom it names may be an outlet or a party: which, is asked, not guessed."""
    named = (*one.holders, *one.towards)
    return any(who.start < doubt.end and doubt.start < who.end for who in named for doubt in doubts)


def _places(
    read: _Read, span: Span, taken: Sequence[tuple[int, int]], context: Context, around: frozenset[int]
) -> tuple[Any, ...]:
    """Return the candidates for the places that the sentence names; a capital that speaks or is accused is no place."""
    start, end = span.start - read.block.span.start, span.end - read.block.span.start
    within = [
        one
        for one in read.places
        if start <= one.start < end and not any(one.start < b and a < one.end for a, b in taken)
    ]
    return context.places.candidates(read.block.text, read.block.span.start, within, around, context.language)


def _hedges(sentence: Sentence, kinds: Sequence[str]) -> tuple[str, ...]:
    found = [
        match for kind in kinds for match in sentence.grammar.pattern(kind).finditer(sentence.text, sentence.start)
    ]
    return tuple(dict.fromkeys(match.group() for match in sorted(found, key=lambda match: match.start())))


def _quoted_words(read: _Read, span: Span) -> str:
    start, end = span.start - read.block.span.start, span.end - read.block.span.start
    return " ".join(read.block.text[a:b] for a, b in read.quoted if start <= a < end)


def _unnamed(one: Told, holder: Who, sentence: Sentence) -> bool:
    """Say whether the sentence says of this holder that he did not wish to be named."""
    if holder.mention:
        return False
    start, end = holder.start, one.verb.start
    if start > end:  # "…", said an official who did not wish to be named
        end = len(sentence.text)
    return bool(sentence.grammar.pattern("unnamed").search(sentence.text, start, end))


def _headline(proposals: Sequence[Proposal], context: Context) -> list[Flag]:
    """Flag who accuses whom in the headline and nowhere in the body: a headline is not told, it is set by others."""
    if not context.headline or context.language not in rules("grammar"):
        return []
    block = Block(kind="headline", span=Span(start=0, end=len(context.headline)), text=context.headline)
    read = _read(block, context)
    verbs = verbs_in(read.masked, context.language)
    sentence = _sentence(read, 0, len(context.headline), verbs, context.language)
    body = {(one.holder, name) for one in proposals if one.act == "accuse" for name in one.accused}
    flags = []
    for one in (told(sentence, verb) for verb in sentence.verbs):
        if one is None or one.act != "accuse" or one.negated:
            continue
        pairs = [(holder.name, who.name) for holder in one.holders for who in one.towards]
        flags += [
            Flag(code="headline-differs", params={"holder": holder, "accused": accused})
            for holder, accused in pairs
            if (holder, accused) not in body
        ]
    return flags


def _time(one: Told, span: Span, block: Block, near: Sequence[dates.Found], language: str) -> dates.Found | None:
    """Return the date of the statement: directly after its words, before them at the sentence's start, or about it."""
    ends = [one.verb.end, *(who.end for who in (*one.holders, *one.towards))]
    for found in near:
        a, b = found.span.start - block.span.start, found.span.end - block.span.start
        if found.described and a <= one.verb.start < b:
            return found
        opening = _beside(block, span.start - block.span.start, a, language) and _beside(block, b, one.start, language)
        between = one.holders[-1].end <= a and b <= one.verb.start  # "X on Friday called on Y"
        if not found.described and (opening or between or any(_beside(block, end, a, language) for end in ends)):
            return found
    return None


def _beside(block: Block, end: int, start: int, language: str) -> bool:
    between = block.text[end:start].strip(" ,\n\r\t") if 0 <= end <= start <= len(block.text) else "-"
    return not between or between.lower() in rules("calendar")[language]["before_day"]
