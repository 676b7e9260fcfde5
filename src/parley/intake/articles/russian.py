"""Russian: cases tell who accuses, not the order. A name whose form could be either leaves the direction open.

Subject: a known name in the nominative directly before the verb, or directly after it where the accused, in another
case, stands before it. Passive: the agent in the instrumental. What the names' forms do not tell is left to a person.
"""

from parley.intake.articles.phrases import Token, Who
from parley.intake.articles.sentence import WITH_ADDRESSEE, Sentence, Told, closes, named
from parley.intake.articles.verbs import Verb

_LIGHT = ("negations", "modals", "passive_after")
_MOST_ACCUSED = 6  # words


def told(sentence: Sentence, verb: Verb) -> Told | None:
    """Return what a Russian verb tells of."""
    if "according" in verb.acts:
        found = _names(sentence, sentence.beyond(verb))
        return Told(verb, "comment", found, closing=True) if len(found) == 1 else None
    spoken = _spoken(sentence, verb) if "spoken" in verb.acts else None
    if spoken or set(verb.acts) == {"spoken"}:
        return spoken
    end, words = _before_verb(sentence, verb)
    if not end or words & (sentence.grammar.listed("negations") | sentence.grammar.listed("modals")):
        return None
    if "passives" in verb.acts:
        return _by_agent(sentence, verb, end)
    act = verb.acts.get("negated") or verb.acts.get("verbs")
    return _active(sentence, verb, act, end) if act else None


def _active(sentence: Sentence, verb: Verb, act: str, end: int) -> Told | None:
    tokens, beyond = sentence.tokens, sentence.beyond(verb)
    ahead = tokens[end - 1].mention
    negated = "negated" in verb.acts
    if ahead and ahead.object and not ahead.subject and act in WITH_ADDRESSEE and not sentence.said(end - 2, "joins"):
        behind = _names(sentence, beyond)  # the accused first: both forms must be plain
        plain = len(behind) == 1 and behind[0].mention and behind[0].mention.subject and not behind[0].mention.object
        if plain and not sentence.said(end - 2, "governs", "negations") and not _owned(sentence, end):
            return Told(verb, act, behind, (named(tokens[end - 1]),), negated=negated)
    holders = _nominatives(sentence, end)
    if not holders and act == "accuse" and sentence.said(end - 1, "whom"):
        behind = _names(sentence, beyond)
        accused = _antecedent(sentence, end - 1)
        plain = len(behind) == 1 and behind[0].mention and behind[0].mention.subject
        return Told(verb, act, behind, accused, negated=negated) if plain and accused else None
    if not holders:
        return None
    if sentence.text[verb.start : verb.end].lower().removeprefix("не ").startswith(("возло", "возла")):
        laid = _laid_on(sentence, verb)
        return Told(verb, act, holders, laid, embedded=_told_on(sentence, holders), negated=negated) if laid else None
    mention = holders[0].mention
    either = bool(mention and mention.object)
    objects = _names(sentence, beyond) if act in WITH_ADDRESSEE else ()
    whom = act == "accuse" and not objects and sentence.said(_first(sentence, holders) - 1, "whom")
    if whom:
        accused = _antecedent(sentence, _first(sentence, holders) - 1)
        return Told(verb, act, holders, accused, negated=negated) if accused or not (either or negated) else None
    able = [one.mention for one in objects if one.mention]
    certain = bool(able) and all(one.object for one in able) and not (either and any(one.subject for one in able))
    if act in WITH_ADDRESSEE and not certain and (either or objects):
        return None
    if act == "accuse" and not objects:
        if len(holders) > 1 and sentence.grammar.pattern("reciprocal").match(sentence.text, _offset(sentence, beyond)):
            objects = holders
        else:
            objects = _words(sentence, beyond)
    if act == "accuse" and negated and not objects:
        return None
    opens = next((token for token in tokens[beyond:][:2] if token.text not in (",", ":")), None)
    quoted = bool(opens and opens.kind == "quote")
    embedded = _told_on(sentence, holders)
    return Told(verb, act, holders, objects, quoted, embedded=embedded, negated=negated)


def _told_on(sentence: Sentence, holders: tuple[Who, ...]) -> bool:
    """Say whether "that" stands before the subject."""
    return sentence.said(_first(sentence, holders) - 1, "complements")


def _first(sentence: Sentence, holders: tuple[Who, ...]) -> int:
    return next(i for i, token in enumerate(sentence.tokens) if token.start >= holders[0].start)


def _antecedent(sentence: Sentence, at: int) -> tuple[Who, ...]:
    """Return whom the "whom" at index *at* means: a name that opens the sentence, and a comma behind it."""
    first = sentence.tokens[0]
    if at == 2 and first.mention and sentence.tokens[1].text == ",":
        return (named(first),)
    return ()


def _laid_on(sentence: Sentence, verb: Verb) -> tuple[Who, ...]:
    """Return on whom the blame is laid: the one name behind "on" in the clause, where it speaks of blame."""
    tokens, at = sentence.tokens, sentence.beyond(verb)
    marks = [i for i, token in enumerate(tokens) if token.kind == "mark"]
    start = max((i for i in marks if i < at), default=-1) + 1
    end = min((i for i in marks if i >= at), default=len(tokens))
    on = [i for i in range(at, end) if sentence.said(i, "blame_on")]
    said = [tokens[i].text.lower() for i in range(start, end) if sentence.said(i, "blame")]
    for_what = sentence.grammar.pattern("blame_for")
    duty = "ответственность" in said and not any(for_what.fullmatch(token.text) for token in tokens[start:end])
    if len(on) != 1 or not said or duty:  # "laid the responsibility for the safety of … on X" is no accusation
        return ()
    found = _names(sentence, on[0] + 1)
    return found if found and all(one.mention and one.mention.object for one in found) else ()


def _owned(sentence: Sentence, end: int) -> bool:
    """Say whether a noun stands before the name that ends at index *end*: "the ally of X" is not X."""
    if sentence.tokens[end - 1].mention_person:
        return False
    start = end - 1
    while start and sentence.tokens[start - 1].kind == "date":
        start -= 1
    if not start or sentence.tokens[start - 1].kind in ("mark", "quote"):
        return False
    return sentence.tokens[start - 1].kind == "title" or not sentence.said(start - 1, "joins", "edges", "complements")


def _offset(sentence: Sentence, index: int) -> int:
    return sentence.tokens[index].start if index < len(sentence.tokens) else len(sentence.text)


def _before_verb(sentence: Sentence, verb: Verb) -> tuple[int, frozenset[str]]:
    """Return the index after the last token that can be the subject, and the light words between it and the verb."""
    adverbs, hedges = sentence.grammar.pattern("adverbs"), sentence.grammar.pattern("hedges")
    end = sentence.index(verb)
    words = set()
    while end:
        token = sentence.tokens[end - 1]
        if sentence.said(end - 1, *_LIGHT):
            words.add(token.text.lower())
        elif not (token.kind == "date" and end > 1) and not (
            token.kind == "word" and (adverbs.fullmatch(token.text) or hedges.fullmatch(token.text))
        ):
            break
        end -= 1
    return end, frozenset(words)


def _nominatives(sentence: Sentence, end: int) -> tuple[Who, ...]:
    """Return the subject that ends before index *end*: a known name, several joined by "and", or an office in words."""
    token = sentence.tokens[end - 1]
    mention = token.mention
    if mention is None or (sentence.said(end - 2, "governs") and not mention.person):
        return ()
    if sentence.said(end - 2, "negations"):  # "X, and not Y"
        return ()
    office = None if mention.person else _office(sentence, end)
    if office:
        return (office,)
    if not mention.subject or sentence.said(end - 2, "governs"):
        return ()
    if sentence.said(end - 2, "and"):
        earlier = sentence.tokens[end - 3].mention if end > 2 else None
        opens = end == 3 or sentence.said(end - 4, "complements") or sentence.tokens[end - 4].text == ","
        if not (earlier and earlier.subject and not earlier.object and not mention.object and opens):
            return ()
        return (named(sentence.tokens[end - 3]), named(token))
    if sentence.said(end - 2, "joins"):
        return ()
    return (named(token),)


def _office(sentence: Sentence, end: int) -> Who | None:
    """Return the office in words that ends with the party's name: "the minister of X" is not X."""
    start = end - 1
    while start and sentence.tokens[start - 1].kind == "title":
        start -= 1
    if start == end - 1:
        return None
    first = sentence.tokens[start]
    if first.text.lower() not in sentence.grammar.listed("titles_nominative"):
        return None
    if start and sentence.grammar.pattern("not_in_office_before").fullmatch(sentence.tokens[start - 1].text):
        first = sentence.tokens[start - 1]  # "the former president of X"
    words = " ".join(sentence.text[first.start : sentence.tokens[end - 1].end].split())
    return Who(words, first.start, sentence.tokens[end - 1].end)


def _names(sentence: Sentence, at: int) -> tuple[Who, ...]:
    """Return the known names of the list at index *at*, past titles; what follows must close it."""
    tokens = sentence.tokens
    found: list[Who] = []
    while at < len(tokens):
        step = at
        while step < min(at + 6, len(tokens)) and tokens[step].kind == "title":
            step += 1
        if step >= len(tokens) or tokens[step].mention is None:
            break
        while step + 1 < len(tokens) and tokens[step + 1].mention and not tokens[step].mention_person:
            step += 1  # "the minister of X, Y": the last name is the person
        if tokens[at].kind == "title" and not tokens[step].mention_person:
            break  # "the minister of X" is not X
        found.append(named(tokens[step]))
        at = step + 1
        if sentence.said(at, "and") or (at < len(tokens) and tokens[at].text == ","):
            at += 1
        else:
            return tuple(found) if len(found) == 1 or closes(sentence, at) else tuple(found[:-1])
    return tuple(found)


def _words(sentence: Sentence, at: int) -> tuple[Who, ...]:
    """Return the accused whom no table names, in the article's words: what stands between the verb and "of …"."""
    tokens: list[Token] = []
    for token in sentence.tokens[at : at + _MOST_ACCUSED + 1]:
        if token.text.lower() in ("в", "во") or token.kind == "mark":
            break
        if token.kind not in ("word", "title") or token.text.lower() in sentence.grammar.listed("joins"):
            return ()
        tokens.append(token)
    if not 0 < len(tokens) <= _MOST_ACCUSED:
        return ()
    words = " ".join(sentence.text[tokens[0].start : tokens[-1].end].split())
    return (Who(words, tokens[0].start, tokens[-1].end),)


def _by_agent(sentence: Sentence, verb: Verb, end: int) -> Told | None:
    """Read "X was accused by Y": the agent's form must be the instrumental and nothing else."""
    agents = _names(sentence, sentence.beyond(verb))
    if not agents or not all(one.mention and one.mention.by for one in agents):
        return None
    patients = _nominatives(sentence, end)
    if not patients and end == 3 and sentence.said(1, "and"):  # the agent is certain, so each of two names is accused
        two = [token for token in (sentence.tokens[0], sentence.tokens[2]) if token.mention and token.mention.subject]
        patients = tuple(named(token) for token in two) if len(two) == 2 else ()
    return Told(verb, verb.acts["passives"], agents, patients if verb.acts["passives"] != "deny" else ())


def _spoken(sentence: Sentence, verb: Verb) -> Told | None:
    """Read `«…», — said X`: the first nominative after the verb, past titles and names in other cases."""
    tokens = sentence.tokens
    at = sentence.index(verb)
    ahead = [token for token in tokens[:at] if token.text not in (",", "-", "–", "—")]
    quoted = bool(ahead) and ahead[-1].kind == "quote"
    if not quoted and not (at > 0 and tokens[at - 1].text in (",", "—", "–")):
        return None
    for token in tokens[sentence.beyond(verb) :][:9]:
        if token.mention and token.mention.subject and (token.mention.person or not token.mention.object):
            return Told(verb, verb.acts["spoken"], (named(token),), quoted=quoted, closing=True)
        if token.kind != "title" and not token.mention:
            return None
    return None
