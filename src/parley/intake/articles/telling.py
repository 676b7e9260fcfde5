"""One verb of a sentence → who told what to whom, by the word order of the language; None where that is not certain.

English and Indonesian: the subject directly before the verb, with an apposition or a relative clause between commas;
passives only with their agent. Russian: the nominative directly before the verb. Arabic: the names directly after it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parley.intake.articles.phrases import Grammar, Token, Who, after, before, who
from parley.intake.articles.verbs import Verb

_WITH_ADDRESSEE = ("accuse", "criticise", "request")


@dataclass(frozen=True)
class Told:
    """A statement as one verb tells it."""

    verb: Verb
    act: str
    holder: Who
    addressee: Who | None = None
    quoted: bool = False
    closing: bool = False  # ", said X" and "according to X": what stands before it is X's words
    embedded: bool = False  # "… that X accused Y": somebody else's words, or a question


@dataclass(frozen=True)
class Sentence:
    """A sentence ready to be read: *text* masked, its *tokens*, and its *verbs*."""

    text: str
    tokens: list[Token]
    verbs: list[Verb]
    grammar: Grammar

    def index(self, verb: Verb) -> int:
        return next(i for i, token in enumerate(self.tokens) if token.start >= verb.start)

    def beyond(self, verb: Verb) -> int:
        return next((i for i, token in enumerate(self.tokens) if token.start >= verb.end), len(self.tokens))

    def who(self, phrase: Sequence[Token]) -> Who | None:
        return who(phrase, self.text, self.grammar)


def told(sentence: Sentence, verb: Verb) -> Told | None:
    """Return the statement that *verb* tells of, None where the rules are not sure who makes it."""
    if sentence.grammar.language == "ar":
        return _verb_first(sentence, verb)
    if "according" in verb.acts:
        holder = sentence.who(after(sentence.tokens, sentence.beyond(verb), sentence.grammar))
        return Told(verb, "comment", holder, closing=True) if holder else None
    if "delivered" in verb.acts:
        return _by_agent(sentence, verb, verb.acts["delivered"], patient=None)
    spoken = _spoken(sentence, verb) if "spoken" in verb.acts else None
    if spoken or set(verb.acts) == {"spoken"}:
        return spoken
    if sentence.grammar.language == "ru":
        return _nominative(sentence, verb)
    return _subject_first(sentence, verb)


def _spoken(sentence: Sentence, verb: Verb) -> Told | None:
    """Read `"…", said X`; X may be a title and, after a comma, the name."""
    tokens, grammar = sentence.tokens, sentence.grammar
    at = sentence.index(verb)
    ahead = [token for token in tokens[:at] if token.text not in (",", "،", "-", "–", "—")]
    quoted = bool(ahead) and ahead[-1].kind == "quote"
    comma = at > 0 and tokens[at - 1].text in (",", "—", "–")
    only_spoken = set(verb.acts) == {"spoken"} or grammar.language == "ru"
    if not quoted and not (comma and only_spoken):
        return None
    start = sentence.beyond(verb)
    if grammar.language == "ru":
        holder = _russian_speaker(sentence, start)
        return Told(verb, "comment", holder, quoted=quoted, closing=True) if holder else None
    first = after(tokens, start, grammar)
    holder = sentence.who(first)
    stop = start + len(first)
    if holder and not holder.person and stop < len(tokens) and tokens[stop].text == ",":
        second = after(tokens, stop + 1, grammar)
        named = sentence.who(second)
        if named and all(token.capital for token in second) and not any(token.kind == "title" for token in second):
            by_name = named.person or (len(second) > 1 and any(token.kind == "title" for token in first))
            holder = named if by_name and not (named.mention and not named.person) else holder
    return Told(verb, verb.acts["spoken"], holder, quoted=quoted, closing=True) if holder else None


def _subject_first(sentence: Sentence, verb: Verb) -> Told | None:
    tokens, grammar = sentence.tokens, sentence.grammar
    end, words = _before_verb(sentence, verb)
    beyond = sentence.beyond(verb)
    following = tokens[beyond].text.lower() if beyond < len(tokens) else ""
    if words & (grammar.listed("negations") | grammar.listed("modals")):
        return None
    if "passives" in verb.acts and (
        words & grammar.listed("passive_after") or "verbs" not in verb.acts or following in grammar.listed("agent")
    ):
        patient = _subject(sentence, end) if verb.acts["passives"] in _WITH_ADDRESSEE else None
        return _by_agent(sentence, verb, verb.acts["passives"], patient)
    if words & (grammar.listed("passive_after") | grammar.listed("joins")) or "verbs" not in verb.acts:
        return None
    act = verb.acts["verbs"]
    addressee = _addressee(sentence, verb, act)
    if act in grammar.listed("object_needed") and not _object_follows(sentence, beyond):
        return None
    holder = _subject(sentence, end)
    if holder is None:
        return None
    first = next(i for i, token in enumerate(tokens) if token.start >= holder.start)
    ahead = [token for token in tokens[:first] if token.text != ","]
    quoted = bool(ahead) and ahead[-1].kind == "quote"
    closing = quoted or (first > 0 and tokens[first - 1].text == "," and following in (".", ""))
    opens = next((token for token in tokens[beyond : beyond + 2] if token.text not in (",", ":")), None)
    quoted = quoted or bool(opens and opens.kind == "quote")
    embedded = first > 0 and (tokens[first - 1].kind == "verb" or _is(tokens[first - 1], grammar, "complements"))
    return Told(verb, act, holder, addressee, quoted, closing, embedded)


def _before_verb(sentence: Sentence, verb: Verb) -> tuple[int, frozenset[str]]:
    """Return the index after the last token that can be the subject, and the light words between it and the verb."""
    tokens, grammar = sentence.tokens, sentence.grammar
    light = frozenset().union(*(grammar.listed(k) for k in ("negations", "modals", "passive_after", "joins")))
    adverbs = grammar.pattern("adverbs")
    end = sentence.index(verb)
    words = set()
    while end:
        token = tokens[end - 1]
        if token.text.lower() in light:
            words.add(token.text.lower())
        elif token.kind == "date":
            if end > 1 and tokens[end - 2].kind not in ("name", "word", "title"):
                break
        elif not (token.kind == "word" and not token.capital and adverbs.fullmatch(token.text)):
            pair = sentence.text[tokens[end - 2].start : token.end] if end > 1 else ""
            if not adverbs.fullmatch(pair):
                break
            end -= 1
        end -= 1
    return end, frozenset(words)


def _subject(sentence: Sentence, end: int) -> Who | None:
    """Return whom the noun phrase names that ends before index *end*, across one apposition or relative clause."""
    tokens, grammar = sentence.tokens, sentence.grammar
    if not end:
        return None
    if tokens[end - 1].text != ",":
        phrase = before(tokens, end, grammar)
        if not _stands_alone(sentence, phrase, end - len(phrase)):
            return None
        at = _relative(phrase, grammar)
        if at is None:
            return sentence.who(phrase)
        inside = sentence.who(phrase[at + 1 :])
        if inside and grammar.language == "en":
            return inside  # "the convoy which Kerry said …"
        if _is(phrase[at], grammar, "relatives_of_objects"):
            return None
        if at:
            return sentence.who(phrase[:at])
        return _earlier(sentence, end - len(phrase)) if not phrase[at + 1 :] else None
    phrase = before(tokens, end - 1, grammar, over_dates=True)
    start = end - 1 - len(phrase)
    at = _relative(phrase, grammar)
    if at:
        return sentence.who(phrase[:at])
    if at == 0 or (phrase and grammar.pattern("participles").fullmatch(phrase[0].text) and not phrase[0].capital):
        return _earlier(sentence, start)
    named = sentence.who(phrase)
    apposed = _earlier(sentence, start)
    if grammar.language == "en":
        if apposed is None or named is None:
            return None
    elif apposed is None:
        return named
    if named and apposed and named.mention and apposed.mention:
        return None  # two known names: which of them speaks is not certain
    return named if named and (named.person or not apposed) else apposed


def _stands_alone(sentence: Sentence, phrase: Sequence[Token], start: int) -> bool:
    """Say whether *phrase*, which begins at index *start*, can be a whole subject: no object, no end of a list."""
    tokens, grammar = sentence.tokens, sentence.grammar
    if start and tokens[start - 1].kind == "verb":  # "X said Y accused Z", but not "accused by X of Y denied"
        verb = next(verb for verb in sentence.verbs if verb.start == tokens[start - 1].start)
        return verb.acts.get("verbs") in ("comment", "assert")
    return not (any(_is(token, grammar, "joins") for token in phrase) and _earlier(sentence, start))


def _is(token: Token, grammar: Grammar, kind: str) -> bool:
    return token.text.lower() in grammar.listed(kind)


def _earlier(sentence: Sentence, start: int) -> Who | None:
    """Return whom the phrase names that ends at the comma before index *start*."""
    tokens = sentence.tokens
    if not start or tokens[start - 1].text != ",":
        return None
    phrase = before(tokens, start - 1, sentence.grammar)
    first = start - 1 - len(phrase)
    if first and tokens[first - 1].text == ",":
        return None
    return sentence.who(phrase)


def _relative(phrase: Sequence[Token], grammar: Grammar) -> int | None:
    found = [i for i, token in enumerate(phrase) if token.text.lower() in grammar.listed("relatives")]
    return found[0] if found else None


def _by_agent(sentence: Sentence, verb: Verb, act: str, patient: Who | None) -> Told | None:
    """Read a passive: the agent stands directly after the verb, with "by" where the language needs it."""
    tokens, grammar = sentence.tokens, sentence.grammar
    at = sentence.beyond(verb)
    while at < len(tokens) and tokens[at].kind == "date":
        at += 1
    if at < len(tokens) and tokens[at].text.lower() in grammar.listed("agent"):
        at += 1
    elif grammar.get("agent_needed"):
        return None
    holder = sentence.who(after(tokens, at, grammar))
    return Told(verb, act, holder, patient) if holder else None


def _addressee(sentence: Sentence, verb: Verb, act: str) -> Who | None:
    grammar = sentence.grammar
    said = sentence.text[verb.start : verb.end].lower().split()[-1]
    if act not in _WITH_ADDRESSEE and said not in grammar.listed("told_to"):
        return None
    return sentence.who(after(sentence.tokens, sentence.beyond(verb), grammar))


def _object_follows(sentence: Sentence, at: int) -> bool:
    """Say whether the token at *at* can begin an object: so "accused of …" is no active verb."""
    if at >= len(sentence.tokens):
        return False
    token, grammar = sentence.tokens[at], sentence.grammar
    light = (
        grammar.listed("prepositions") | grammar.listed("joins") | grammar.listed("edges") | grammar.listed("stoppers")
    )
    return token.kind in ("name", "title", "word", "quote") and token.text.lower() not in light


def _nominative(sentence: Sentence, verb: Verb) -> Told | None:
    """Read Russian: a known name in the nominative directly before the verb; an object must not be able to be one."""
    tokens, grammar = sentence.tokens, sentence.grammar
    end, words = _before_verb(sentence, verb)
    if words & (grammar.listed("negations") | grammar.listed("modals")) or not end or "verbs" not in verb.acts:
        return None
    subject = tokens[end - 1].mention
    if (
        subject is None
        or not subject.subject
        or (end > 1 and any(_is(tokens[end - 2], grammar, kind) for kind in ("joins", "governs")))
    ):
        return None
    act = verb.acts["verbs"]
    object_ = _next_mention(sentence, sentence.beyond(verb)) if act in _WITH_ADDRESSEE else None
    certain = bool(object_ and object_.mention and object_.mention.object)
    certain = certain and not (subject.object and object_ and object_.mention and object_.mention.subject)
    if act in _WITH_ADDRESSEE and not certain and (act == "accuse" or subject.object or object_):
        return None
    holder = Who(subject.name, tokens[end - 1].start, tokens[end - 1].end, subject, subject.person)
    opens = next((t for t in tokens[sentence.beyond(verb) :][:2] if t.text not in (",", ":")), None)
    return Told(verb, act, holder, object_ if certain else None, bool(opens and opens.kind == "quote"))


def _russian_speaker(sentence: Sentence, at: int) -> Who | None:
    """Return the first nominative after a spoken verb, past titles and names in other cases."""
    for token in sentence.tokens[at : at + 9]:
        if token.mention and token.mention.subject and (token.mention.person or not token.mention.object):
            return Who(token.mention.name, token.start, token.end, token.mention, token.mention.person)
        if token.kind != "title" and not token.mention:
            return None
    return None


def _next_mention(sentence: Sentence, at: int) -> Who | None:
    """Return the known name at index *at*, past titles only."""
    for token in sentence.tokens[at : at + 6]:
        if token.mention:
            return Who(token.mention.name, token.start, token.end, token.mention, token.mention.person)
        if token.kind != "title":
            return None
    return None


def _verb_first(sentence: Sentence, verb: Verb) -> Told | None:
    """Read Arabic: VERB NAME [NAME], or NAME VERB NAME; nothing where the script leaves active or passive open."""
    tokens, grammar = sentence.tokens, sentence.grammar
    at, beyond = sentence.index(verb), sentence.beyond(verb)
    act = verb.acts["verbs"]
    ahead = tokens[at - 1] if at else None
    if ahead and ahead.text in grammar.listed("negations") | grammar.listed("modals"):
        return None
    first = _next_mention(sentence, beyond)
    needs = act in grammar.listed("object_needed")
    by_agent = any(re.search(rf"(?<!\w){words}(?!\w)", sentence.text) for words in grammar.get("passive_by"))
    if first is None or (needs and by_agent):
        return None
    able = first.mention is not None and first.mention.subject
    after_first = next(i for i, token in enumerate(tokens) if token.end == first.end) + 1
    second = _next_mention(sentence, after_first) if needs else None
    if ahead and ahead.mention and ahead.mention.subject:
        if not needs or second or not first.mention or not first.mention.object:
            return None
        holder = Who(ahead.mention.name, ahead.start, ahead.end, ahead.mention, ahead.mention.person)
        return Told(verb, act, holder, first)
    if not able or (needs and (second is None or not second.mention or not second.mention.object)):
        return None
    quoted = any(token.kind == "quote" for token in tokens[after_first : after_first + 3]) and not needs
    return Told(verb, act, first, second, quoted)
