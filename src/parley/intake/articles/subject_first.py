"""English and Indonesian: the subject directly before the verb, with an apposition or a relative clause between commas.

Passives only with their agent. Several subjects, objects and agents are read where each of them is plainly a name.
"""

import re
from dataclasses import replace
from functools import cache

from parley.intake.articles.phrases import Token, Who, after, before
from parley.intake.articles.rules import rules
from parley.intake.articles.sentence import WITH_ADDRESSEE, Sentence, Told, past_adverbs, several
from parley.intake.articles.subjects import carried, earlier, relative, stands_first, subjects
from parley.intake.articles.verbs import Verb


def told(sentence: Sentence, verb: Verb) -> Told | None:
    """Return what an English or Indonesian verb tells of."""
    if "delivered" in verb.acts:
        return _by_agent(sentence, verb, verb.acts["delivered"], ())
    spoken = _spoken(sentence, verb) if "spoken" in verb.acts else None
    if spoken or set(verb.acts) == {"spoken"}:
        return spoken
    return _subject_first(sentence, verb)


def _spoken(sentence: Sentence, verb: Verb) -> Told | None:
    """Read `"…", said X`; X may be a title and, after a comma, the name."""
    tokens, grammar = sentence.tokens, sentence.grammar
    at = sentence.index(verb)
    ahead = [token for token in tokens[:at] if token.text not in (",", "-", "–", "—")]
    quoted = bool(ahead) and ahead[-1].kind == "quote"
    comma = at > 0 and tokens[at - 1].text in (",", "—", "–")
    if not quoted and not (comma and set(verb.acts) == {"spoken"}):
        return None
    start = sentence.beyond(verb)
    first = after(tokens, start, grammar)
    holder = sentence.who(first)
    stop = start + len(first)
    if holder and not holder.person and stop < len(tokens) and tokens[stop].text == ",":
        second = after(tokens, stop + 1, grammar)
        named = sentence.who(second)
        if named and all(token.capital for token in second) and not any(token.kind == "title" for token in second):
            by_name = named.person or (len(second) > 1 and any(token.kind == "title" for token in first))
            holder = named if by_name and not (named.mention and not named.person) else holder
    return Told(verb, verb.acts["spoken"], (holder,), quoted=quoted, closing=True) if holder else None


def _subject_first(sentence: Sentence, verb: Verb) -> Told | None:
    tokens, grammar = sentence.tokens, sentence.grammar
    end, words = _before_verb(sentence, verb)
    beyond = sentence.beyond(verb)
    following = tokens[beyond].text.lower() if beyond < len(tokens) else ""
    if words & (grammar.listed("negations") | grammar.listed("modals")) or _feared(words):
        return None
    if "passives" in verb.acts and (
        words & grammar.listed("passive_after") or "verbs" not in verb.acts or following in grammar.listed("agent")
    ):
        act = verb.acts["passives"]
        patients = _patients(sentence, end) if act in WITH_ADDRESSEE else ()
        if act == "accuse" and not patients and not words & grammar.listed("passive_after"):
            patients = _opening(sentence, verb)
            if not patients and not _may_lack_patient(sentence, end):
                return None  # "wanted to see X accused by Y"
        return _by_agent(sentence, verb, act, patients)
    negated = "negated" in verb.acts
    if words & grammar.listed("passive_after") or not (negated or "verbs" in verb.acts):
        return None
    act = verb.acts["negated"] if negated else verb.acts["verbs"]
    if act in grammar.listed("object_needed") and not _object_follows(sentence, beyond):
        return None if negated else _whom(sentence, verb, act, end)
    holders, neither = carried(sentence, verb, end) if words & grammar.listed("joins") else subjects(sentence, end)
    if not holders or (_titled(sentence, verb) and not all(one.mention for one in holders)):
        return None
    towards = _towards(sentence, verb, act, holders)
    if towards is None or (act == "accuse" and (negated or neither) and not towards):
        return None
    if act in grammar.listed("object_needed") and not towards and not _plain_object(sentence, beyond):
        return None
    first = next(i for i, token in enumerate(tokens) if token.start >= holders[0].start)
    ahead = [token for token in tokens[:first] if token.text != ","]
    quoted = bool(ahead) and ahead[-1].kind == "quote"
    last = max([verb.end, *(one.end for one in towards)])
    ends = all(token.kind in ("mark", "date") for token in tokens[beyond:] if token.start >= last)
    rest = past_adverbs(sentence, beyond)
    between = rest < len(tokens) and tokens[rest].text == ","  # "…, X said on Friday, …"
    closing = quoted or (first > 0 and tokens[first - 1].text == "," and (ends or between))
    opens = next((token for token in tokens[beyond : beyond + 2] if token.text not in (",", ":")), None)
    quoted = quoted or bool(opens and opens.kind == "quote")
    behind = first > 0 and tokens[first - 1].kind == "verb" and stands_first(sentence, first)  # "X said Y accused Z"
    embedded = behind or sentence.said(first - 1, "complements")
    return Told(verb, act, holders, towards, quoted, closing, embedded, negated or neither)


def _titled(sentence: Sentence, verb: Verb) -> bool:
    """Say whether an Indonesian verb has a capital: in a headline any word may look like part of a name."""
    return sentence.grammar.language == "id" and sentence.text[verb.start].isupper()


def _whom(sentence: Sentence, verb: Verb, act: str, end: int) -> Told | None:
    """Read "Y, which X accused of …" and "It is Y that X accused of …": the object stands before both."""
    tokens = sentence.tokens
    beyond = sentence.beyond(verb)
    phrase = before(tokens, end, sentence.grammar)
    start = end - len(phrase)
    if beyond >= len(tokens) or tokens[beyond].text not in ("of", "for"):
        return None
    if phrase and sentence.said(start, "relatives_of_whom"):  # "which" and who follows it
        holder, accused = sentence.who(phrase[1:]), earlier(sentence, start)
    else:
        cleft = [token.text.lower() for token in tokens[:4]]
        if start != 4 or cleft[0] != "it" or cleft[1] not in ("is", "was") or cleft[3] != "that":
            return None
        holder, accused = sentence.who(phrase), sentence.who(tokens[2:3])
    if not holder or not accused or not holder.mention or not accused.mention:
        return None
    return Told(verb, act, (holder,), (accused,))


def _before_verb(sentence: Sentence, verb: Verb) -> tuple[int, frozenset[str]]:
    """Return the index after the last token that can be the subject, and the light words between it and the verb."""
    tokens, grammar = sentence.tokens, sentence.grammar
    light = frozenset().union(*(grammar.listed(k) for k in ("negations", "modals", "passive_after", "joins")))
    adverbs, hedges = grammar.pattern("adverbs"), grammar.pattern("hedges")
    end = sentence.index(verb)
    headline = _titled(sentence, verb)
    words = set()
    while end:
        token = tokens[end - 1]
        if token.text.lower() in light:
            words.add(token.text.lower())
        elif token.kind == "date":
            if end > 1 and tokens[end - 2].kind not in ("name", "word", "title"):
                break
        elif not (
            token.kind == "word"
            and (headline or not token.capital)
            and (
                adverbs.fullmatch(token.text)
                or hedges.fullmatch(token.text)
                or sentence.said(end - 1, "reciprocal_before")
            )
        ):
            pair = sentence.text[tokens[end - 2].start : token.end] if end > 1 else ""
            if not adverbs.fullmatch(pair):
                break
            end -= 1
        end -= 1
    return end, frozenset(words)


def _patients(sentence: Sentence, end: int) -> tuple[Who, ...]:
    """Return whom the subject of a passive names, also in "X, accused by Y of …, …"."""
    if end and sentence.tokens[end - 1].text == ",":
        named = before(sentence.tokens, end - 1, sentence.grammar)
        start = end - 1 - len(named)
        if start and sentence.tokens[start - 1].kind == "verb":  # "X, who accused Y, was blamed by Z"
            return ()
        one = sentence.who(named)
        return (one,) if one and one.mention else ()
    holders, _ = subjects(sentence, end)
    if holders or not end:
        return holders
    phrase = before(sentence.tokens, end, sentence.grammar)
    at = relative(sentence, phrase)
    if at == 0 and len(phrase) == 1:  # "X, who was accused by Y"
        one = earlier(sentence, end - 1)
        return (one,) if one else ()
    return ()


def _feared(words: frozenset[str]) -> bool:
    """Say whether a passive only has a gerund: "feared being accused by X"."""
    return "being" in words and not words & {"is", "are", "was", "were"}


def _may_lack_patient(sentence: Sentence, end: int) -> bool:
    """Say whether a passive is told of though nobody is read as the accused: in Indonesian behind "yang", or first."""
    phrase = before(sentence.tokens, end, sentence.grammar)
    return sentence.grammar.language == "id" and (not phrase or relative(sentence, phrase) is not None)


def _opening(sentence: Sentence, verb: Verb) -> tuple[Who, ...]:
    """Return whom "Accused by X of lying, Y left" means: the name behind the first comma."""
    tokens = sentence.tokens
    comma = next((i for i, token in enumerate(tokens) if token.text == ","), len(tokens))
    if sentence.index(verb) or any(token.kind in ("verb", "quote") for token in tokens[1:comma]):
        return ()
    phrase = after(tokens, comma + 1, sentence.grammar)
    one = sentence.who(phrase)
    behind = comma + 1 + len(phrase)
    joined = behind < len(tokens) and (tokens[behind].kind == "owner" or sentence.said(behind, "joins"))
    return (one,) if one and one.mention and not joined else ()


def _by_agent(sentence: Sentence, verb: Verb, act: str, patients: tuple[Who, ...]) -> Told | None:
    """Read a passive: the agent stands directly after the verb, with "by" where the language needs it."""
    tokens, grammar = sentence.tokens, sentence.grammar
    at = sentence.beyond(verb)
    while at < len(tokens) and tokens[at].kind == "date":
        at += 1
    if sentence.said(at, "agent"):
        at += 1
    elif grammar.get("agent_needed"):
        return None
    by = sentence.said(at - 1, "agent")
    holders, _ = several(sentence, at)
    if not by and not all(_is_agent(one, sentence, verb) for one in holders):
        return None
    plain = tuple(one for one in patients if one.mention or not one.name.islower() or " " in one.name)
    return Told(verb, act, holders, plain) if holders else None


def _is_agent(one: Who, sentence: Sentence, verb: Verb) -> bool:
    """Say whether *one* can be the agent where nothing says "by"; in a headline all words have capitals."""
    first = one.name.split()[0].lower()
    if one.mention or any(first in sentence.grammar.listed(kind) for kind in ("determiners", "held_by", "pronouns")):
        return True
    titled = bool(sentence.grammar.pattern("titles").match(one.name))
    return titled or (sentence.text[verb.start].islower() and not _opens_with_known(one, sentence))


def _opens_with_known(one: Who, sentence: Sentence) -> bool:
    return any(token.mention and token.start == one.start for token in sentence.tokens)


def _towards(sentence: Sentence, verb: Verb, act: str, holders: tuple[Who, ...]) -> tuple[Who, ...] | None:
    """Return whom the words are directed at; None where that cannot be told from what an accusation is of."""
    grammar, tokens = sentence.grammar, sentence.tokens
    said = sentence.text[verb.start : verb.end].lower().split()
    if act not in WITH_ADDRESSEE and said[-1] not in grammar.listed("told_to"):
        return ()
    at = sentence.beyond(verb)
    if len(holders) > 1 and _each_other(sentence, verb, at):
        return holders
    if "or" in {token.text.lower() for token in tokens[at : at + 4]} and grammar.language == "en":
        return None if act == "accuse" else ()
    found, end = several(sentence, at)
    dated = end + 1 < len(tokens) and tokens[end + 1].kind == "date"
    if said[-1].startswith("blam") and end < len(tokens) and tokens[end].text == "on" and not dated:
        found, _ = several(sentence, end + 1)  # "blamed the flood on X"
        return found or None
    if act == "accuse" and grammar.language == "en" and found:
        found = (*(_without_charge(one, sentence, end) for one in found), *_also_accused(sentence, end))
    return found


def _without_charge(one: Who, sentence: Sentence, end: int) -> Who:
    """Return the accused without what they are accused of, where the phrase took it in: "the police for the delay"."""
    again = end < len(sentence.tokens) and sentence.tokens[end].text == "of"  # "the mayor of X" of …
    words = re.split(r"\s+for\s+" if again else r"\s+(?:for|of)\s+", one.name)
    return one if one.mention or len(words) == 1 else replace(one, name=words[0])


def _each_other(sentence: Sentence, verb: Verb, at: int) -> bool:
    grammar = sentence.grammar
    behind = grammar.listed("reciprocal")
    if behind and grammar.pattern("reciprocal").match(
        sentence.text, sentence.tokens[at].start if at < len(sentence.tokens) else 0
    ):
        return True
    return sentence.said(sentence.index(verb) - 1, "reciprocal_before")


def _also_accused(sentence: Sentence, end: int) -> tuple[Who, ...]:
    """Return the second accused of "accused X of A and Y of B": a known name between "and" and the same preposition."""
    tokens = sentence.tokens
    if end >= len(tokens) or tokens[end].text not in ("of", "for"):
        return ()
    found = []
    for at in range(end + 1, len(tokens)):
        if tokens[at].kind == "verb" or tokens[at].text == ";":
            break
        if not sentence.said(at, "and"):
            continue
        phrase = after(tokens, at + 1, sentence.grammar)
        beyond = at + 1 + len(phrase)
        one = sentence.who(phrase)
        if one and one.mention and beyond < len(tokens) and tokens[beyond].text == tokens[end].text:
            found.append(one)
    return tuple(found)


def _object_follows(sentence: Sentence, at: int) -> bool:
    """Say whether the token at *at* can begin an object: so "accused of …" is no active verb."""
    if at >= len(sentence.tokens):
        return False
    token = sentence.tokens[at]
    light = ("prepositions", "joins", "edges", "stoppers", "negations")
    if sentence.grammar.language == "en" and _adverbial(token, sentence):
        return False
    return token.kind in ("name", "title", "word", "quote") and not sentence.said(at, *light)


def _adverbial(token: Token, sentence: Sentence) -> bool:
    """Say whether *token* says when or how: "accused again of …", "accused Monday of …"."""
    return token.text in _calendar() or bool(
        token.kind == "word" and sentence.grammar.pattern("adverbs").fullmatch(token.text)
    )


def _plain_object(sentence: Sentence, at: int) -> bool:
    """Say whether an object that no phrase was read of is one for all that: "accused its ally", "accused rebels"."""
    token = sentence.tokens[at]
    low = token.text.lower()
    if token.kind != "word" or token.capital or low.endswith("s"):
        return True
    return sentence.said(at, "determiners", "articles", "possessives", "demonyms", "pronouns", "objects") or "-" in low


@cache
def _calendar() -> frozenset[str]:
    said = rules("calendar")["en"]
    return frozenset(word for family in ("weekdays", "months") for forms in said[family] for word in forms)
