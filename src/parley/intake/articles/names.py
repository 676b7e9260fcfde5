"""Names in an article: the table of parties, bodies and dated office-holders in `names.yaml`, matched in text order.

A full name means one person on any day. A surname and an office ("the Russian president") mean whoever held the office
on the day, and stay words where the table has nobody for that day, or two. The longest name goes first in every script,
so that an outlet is never the state whose name it bears; whose the words are that may be either, people are asked.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from parley.intake.articles.letters import folded, span_in, unbroken
from parley.intake.articles.rules import LANGUAGES, either, rules, whole
from parley.model.names import PartyNames

_CLITIC = {"ar": "(?:و|ف)?(?:[بلك])?"}  # conjunctions and prepositions that are written as one word with the name
_JOINING = ("", "و", "ف")

_NO_COMPOUND = r"(?!-(?!(?:lah|pun|nya)\b)[^\W\d_])"
"""In "the US-led coalition" it is not the United States that is named."""

_PARTICLE = re.compile(r"(?<!\w)(?:[AaEe]l|[Аа]ль)-\Z")

_WORD_BEFORE = re.compile(r"([^\W\d_][\w.'’-]*)\s+(?:[AaEe]l-|[Аа]ль-)?\Z")

_CASES = {"subject": (True, False, False), "either": (True, True, False), "other": (False, True, False)}
_CASES["by"] = (False, False, True)


@dataclass(frozen=True)
class Mention:
    """A known name in a text.

    `subject`, `object` and `by`: what its form can be; subject and object, except in Russian, where the instrumental
    is the agent of a passive. `feminine`: which form an Arabic verb before it takes.
    """

    start: int
    end: int
    name: str
    person: bool
    subject: bool = True
    object: bool = True
    by: bool = False
    feminine: bool = False


@dataclass(frozen=True)
class _Form:
    name: str
    kind: str  # party, outlet, full, short or office
    subject: bool
    object: bool
    by: bool
    feminine: bool

    @property
    def person(self) -> bool:
        return self.kind != "party"


@dataclass(frozen=True)
class Doubt:
    """Words of a text, from *start* to *end*, that may be an outlet's name or a party's."""

    start: int
    end: int
    outlet: str
    party: str


class Names:
    """The table of names, made once, then asked for each article.

    Args:
        table: the mapping that `names.yaml` holds.
        outlets: the rows of `carriers.yaml`.
        parties: those of the agreements of a centre. A name that the table has already stays the table's.
    """

    def __init__(
        self, table: Mapping[str, Any], outlets: Sequence[Mapping[str, Any]] = (), parties: PartyNames = ()
    ) -> None:
        self._office = {one["name"]: (one["from"], one["until"]) for one in table["persons"]}
        self._holders: dict[str, list[str]] = {}
        for one in table["persons"]:
            self._holders.setdefault(one["office"], []).append(one["name"])
        self._women = {one["name"] for one in table["persons"] if one.get("feminine")}
        self._forms: dict[str, dict[str, list[_Form]]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._offices: dict[str, re.Pattern[str]] = {}
        self._forenames: dict[tuple[str, str], set[str]] = {}
        self._doubts: dict[str, dict[str, tuple[str, str]]] = {}
        self._doubtful: dict[str, re.Pattern[str]] = {}
        either_ = {_key(words, "ar") for one in outlets for words in one.get("either", ())}
        for language in LANGUAGES:
            forms = self._forms[language] = {}
            for words, form in (*_forms(table, language), *_outlets(outlets)):
                forms.setdefault(_key(words, language), []).append(form)
            for words, form in _agreed(parties, language):
                if all(one.kind == "outlet" for one in forms.get(_key(words, language), ())):
                    forms.setdefault(_key(words, language), []).append(form)
            names = ("party", "outlet", "full", "short")
            for kinds, patterns in ((names, self._patterns), (("office",), self._offices)):
                listed = [words for words, all_ in forms.items() if any(form.kind in kinds for form in all_)]
                known = _as_written(listed)
                pattern = whole(f"{_CLITIC.get(language, '')}(?P<name>{known})") + _NO_COMPOUND
                patterns[language] = re.compile(pattern)
            self._doubts[language] = dict(_doubts(forms, either_))
            self._doubtful[language] = re.compile(whole(_as_written(self._doubts[language])))
            for words, all_ in forms.items():
                for form in all_:
                    if form.kind == "full":
                        self._forenames.setdefault((language, form.name), set()).add(words.split()[0])

    def mentions(self, text: str, language: str, on: date | None, full: frozenset[str]) -> tuple[Mention, ...]:
        """Return the known names in *text*, in order; *full* are the persons whose full name stands in the article.

        A short name or an office that could be more than one person's on the day *on* stays what it is: words.
        """
        if language not in self._patterns:
            return ()
        searched, at = _searched(text, language)
        found = []
        relatives: set[str] = set()
        for match, forms in self._matches(searched, language, self._patterns):
            able = [
                form for form in forms if form.kind != "short" or form.name in full or self._in_office(form.name, on)
            ]
            if len({form.name for form in able}) != 1 or able[0].kind == "outlet":
                continue
            if able[0].kind == "party" and _makes_an_outlet(searched, match):
                continue
            if able[0].kind == "short" and self._anothers(match, able[0].name, searched, language):
                relatives.add(able[0].name)  # "Bill Clinton": from now on "Clinton" alone may be him
            elif able[0].kind != "short" or able[0].name not in relatives:
                found.append(_mention(match, able[0], at, able[0].name, able[0].feminine))
        named = {mention.start: mention.name for mention in found}
        for match, forms in self._matches(searched, language, self._offices):
            holders = [name for name in self._holders.get(forms[0].name, ()) if self._in_office(name, on)]
            if len(holders) == 1 and self._plainly(match, holders[0], searched, language, named, at):
                mention = _mention(match, forms[0], at, holders[0], holders[0] in self._women)
                found = [one for one in found if one.end <= mention.start or mention.end <= one.start]
                found.append(mention)
        return tuple(sorted(found, key=lambda one: one.start))

    def doubts(self, text: str, language: str) -> tuple[Doubt, ...]:
        """Return where words of *text* may be an outlet's name or a party's."""
        if language not in self._doubtful:
            return ()
        searched, at = _searched(text, language)
        known = self._doubts[language]
        found = self._doubtful[language].finditer(searched)
        return tuple(Doubt(*span_in(at, *one.span()), *known[" ".join(one.group().split())]) for one in found)

    def full_names(self, texts: Sequence[str], language: str) -> frozenset[str]:
        """Return the persons whose full name stands in one of *texts*."""
        if language not in self._patterns:
            return frozenset()
        searched = (_searched(text, language)[0] for text in texts)
        found = (
            form for text in searched for _, forms in self._matches(text, language, self._patterns) for form in forms
        )
        return frozenset(form.name for form in found if form.kind == "full")

    def _matches(
        self, text: str, language: str, patterns: Mapping[str, re.Pattern[str]]
    ) -> Iterator[tuple[re.Match[str], list[_Form]]]:
        for match in patterns[language].finditer(text):
            if match.start() and text[match.start() - 1] == "-" and _inside(text, match.start()):
                continue
            yield match, self._forms[language][" ".join(match["name"].split())]

    def _anothers(self, match: re.Match[str], name: str, text: str, language: str) -> bool:
        """Say whether a forename that is not this person's stands before the surname, or a title of the other sex."""
        before = _WORD_BEFORE.search(text, max(0, match.start() - 40), match.start("name"))
        if not before or before[1].endswith(("'s", "’s")):
            return False
        if before[1].lower().rstrip(".") in rules("grammar")[language].get("titles_of_women", ()):
            return name not in self._women
        if not before[1][:1].isupper() or before[1] in self._forenames.get((language, name), ()):
            return False
        if _common(language).fullmatch(before[1]):
            return False
        near = text[max(0, before.end(1) - 60) : before.end(1)]
        return not any(other.end() == len(near) for other in self._patterns[language].finditer(near))

    def _in_office(self, name: str, on: date | None) -> bool:
        start, end = self._office[name]
        return on is not None and start <= on and (end is None or on <= end)

    def _plainly(
        self,
        match: re.Match[str],
        holder: str,
        text: str,
        language: str,
        named: Mapping[int, str],
        at: Sequence[int],
    ) -> bool:
        """Say whether the office stands for its holder: no "former" beside it, and no other name behind it."""
        said = rules("grammar")[language]
        if re.search(rf"(?:{either(said['not_in_office_before'])})[\s-]+\Z", text[: match.start()], re.IGNORECASE):
            return False
        behind = re.compile(r"[\s,]*([\w'’-]+)").match(text, match.end())
        if not behind:
            return True
        if (beside := named.get(at[behind.start(1)])) and (beside == holder or beside not in self._office):
            return True
        word = behind[1]
        if re.fullmatch(either(said["not_in_office_after"]), word):
            return False
        if language == "ar":  # without capitals an unknown word may be a name
            apart = text[match.end() : behind.start(1)].strip()
            return bool(apart) or word in said["after_office"]
        return "," in behind.group() or not word[:1].isupper()


@cache
def standing() -> Names:
    """Return the table that comes with Parley."""
    return with_parties(())


@lru_cache(maxsize=16)
def with_parties(parties: PartyNames) -> Names:
    """Return the table that comes with Parley, and beside it the *parties* of the agreements of a centre."""
    table = rules("names")
    called = [{**entry, "name": _called(entry, parties)} for entry in table["parties"]]
    return Names({**table, "parties": called}, rules("carriers")["carriers"], parties)


def _called(entry: Mapping[str, Any], parties: PartyNames) -> str:
    """Return the name of a party of the table: the agreement's where that is the same party by another name."""
    words = {words for language in LANGUAGES for words, _, _ in _cases(entry.get(language, ()), feminine=True)}
    theirs = (name for name, others in parties if name in words and entry["name"] not in others)
    return next(theirs, entry["name"])


def _inside(text: str, start: int) -> bool:
    """Say whether the hyphen before *start* makes one word of what follows: "anti-Russia protests", not "al-Assad"."""
    return start > 1 and text[start - 2].isalpha() and not _PARTICLE.search(text[max(0, start - 5) : start])


@cache
def _common(language: str) -> re.Pattern[str]:
    """Return one pattern for the words of the grammar and the calendar, which are nobody's forename."""
    words: list[str] = []
    for listed in (rules("grammar")[language], rules("calendar")[language]):
        for given in listed.values():
            words += _words(given)
    return re.compile(either(one for one in words if "\\w" not in one), re.IGNORECASE)


def _words(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield from (one for one in (given, *given.split()) if one == given or one.isalpha())
    elif isinstance(given, Mapping):
        for one in given.values():
            yield from _words(one)
    elif isinstance(given, Sequence):
        for one in given:
            yield from _words(one)


def _mention(match: re.Match[str], form: _Form, at: Sequence[int], name: str, feminine: bool) -> Mention:
    start, end = span_in(at, *match.span("name"))
    bare = match.string[match.start() : match.start("name")] in _JOINING  # "to Moscow" is neither
    able = (bare and form.subject, bare and form.object, bare and form.by)
    return Mention(start, end, name, form.person, *able, feminine)


def _key(words: str, language: str) -> str:
    return " ".join((folded(words) if language == "ar" else words).split())


def _as_written(names: Iterable[str]) -> str:
    """Return one pattern for any of *names*, the longest first, whatever white space parts their words."""
    return either(" ".join(map(re.escape, words.split())) for words in names)


def _searched(text: str, language: str) -> tuple[str, Sequence[int]]:
    """Return *text* as names are looked for in it, and for each of its characters the offset in *text*."""
    plain, at = unbroken(text)
    return (folded(plain) if language == "ar" else plain), at


def _makes_an_outlet(text: str, match: re.Match[str]) -> bool:
    """Say whether the words beside a party's name make an outlet of it: "the Northland Herald", "Radio Damascus"."""
    before, behind = _beside_a_party()
    return bool(behind.match(text, match.end()) or before.search(text, max(0, match.start() - 20), match.start()))


@cache
def _beside_a_party() -> tuple[re.Pattern[str], re.Pattern[str]]:
    given = {side: either(map(folded, words)) for side, words in rules("carriers")["beside_a_party"].items()}
    return re.compile(rf"(?<!\w){given['before']}\s+\Z"), re.compile(rf"\s+{given['behind']}(?!\w)")


def _doubts(forms: Mapping[str, Sequence[_Form]], either_: Container[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the words that may be an outlet's name or a party's, with the one and the other."""
    for words, listed in forms.items():
        outlet = next((form.name for form in listed if form.kind == "outlet"), None)
        party = next((form.name for form in listed if form.kind == "party"), None)
        if outlet and party is None and words in either_:  # "Russia today": the party is the first word
            party = next((form.name for form in forms.get(words.split()[0], ()) if form.kind == "party"), None)
        if outlet and party:
            yield words, (outlet, party)


def _outlets(rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, _Form]]:
    for row in rows:
        for words in row["words"]:
            yield words, _Form(row["name"], "outlet", False, False, False, False)


def _agreed(parties: PartyNames, language: str) -> Iterator[tuple[str, _Form]]:
    """Yield what the parties of agreements are called, where it is a name: a word in lower case may be anybody's.

    Who speaks is read of them where word order says so. Russian needs a case and Arabic a gender, which an agreement
    does not say: there they are known, and direction is for people.
    """
    ordered = language in ("en", "id")
    for name, others in parties:
        for words in (name, *others):
            if len(words) > 1 and not words[0].islower():
                yield words, _Form(name, "party", ordered, ordered, False, False)


def _forms(table: Mapping[str, Any], language: str) -> Iterator[tuple[str, _Form]]:
    for entry in table["parties"]:
        for words, feminine, able in _cases(entry.get(language, ()), feminine=True):
            yield words, _Form(entry["name"], "party", *able, feminine)
            if language == "ar" and words.startswith("ال"):  # "to the": the article's alef is not written
                yield "لل" + words[2:], _Form(entry["name"], "party", False, False, False, feminine)
    for entry in table["persons"]:
        for kind in ("full", "short"):
            for words, feminine, able in _cases(entry[kind].get(language, ()), feminine=bool(entry.get("feminine"))):
                yield words, _Form(entry["name"], kind, *able, feminine)
    for entry in table.get("offices", ()):
        for words, feminine, able in _cases(entry.get(language, ()), feminine=False):
            yield words, _Form(entry["office"], "office", *able, feminine)


def _cases(
    given: Iterable[str] | Mapping[str, Iterable[str]], *, feminine: bool
) -> Iterator[tuple[str, bool, tuple[bool, bool, bool]]]:
    """Yield each form with its gender, and whether it can be a subject, an object and the agent of a passive.

    A list can be subject and object; a mapping says so by Russian case, or gives the gender of Arabic names.
    """
    if isinstance(given, Mapping):
        for case, able in _CASES.items():
            for words in given.get(case, ()):
                yield words, feminine, able
        for gender in ("feminine", "masculine"):
            for words in given.get(gender, ()):
                yield words, gender == "feminine", (True, True, False)
    else:
        for words in given:
            yield words, feminine, (True, True, False)
