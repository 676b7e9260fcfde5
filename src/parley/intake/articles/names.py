"""Names in an article: the table of parties, bodies and dated office-holders in `names.yaml`, matched in text order.

A full name means one person on any day. A surname and an office ("the Russian president") mean whoever held the office
on the day, and stay words where the table has nobody for that day, or two.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from parley.intake.articles.letters import folded, span_in, unbroken
from parley.intake.articles.rules import LANGUAGES, either, rules, whole

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
    kind: str  # party, full, short or office
    subject: bool
    object: bool
    by: bool
    feminine: bool

    @property
    def person(self) -> bool:
        return self.kind != "party"


class Names:
    """The table of names, from the mapping that `names.yaml` holds; made once, then asked for each article."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._office = {one["name"]: (one["from"], one["until"]) for one in table["persons"]}
        self._holders: dict[str, list[str]] = {}
        for one in table["persons"]:
            self._holders.setdefault(one["office"], []).append(one["name"])
        self._women = {one["name"] for one in table["persons"] if one.get("feminine")}
        self._forms: dict[str, dict[str, list[_Form]]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._offices: dict[str, re.Pattern[str]] = {}
        self._forenames: dict[tuple[str, str], set[str]] = {}
        for language in LANGUAGES:
            forms = self._forms[language] = {}
            for words, form in _forms(table, language):
                forms.setdefault(_key(words, language), []).append(form)
            for kinds, patterns in ((("party", "full", "short"), self._patterns), (("office",), self._offices)):
                listed = [words for words, all_ in forms.items() if any(form.kind in kinds for form in all_)]
                known = either(" ".join(map(re.escape, words.split())) for words in listed)
                pattern = whole(f"{_CLITIC.get(language, '')}(?P<name>{known})") + _NO_COMPOUND
                patterns[language] = re.compile(pattern)
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
        plain, at = unbroken(text)
        searched = folded(plain) if language == "ar" else plain
        found = []
        relatives: set[str] = set()
        for match, forms in self._matches(searched, language, self._patterns):
            able = [
                form for form in forms if form.kind != "short" or form.name in full or self._in_office(form.name, on)
            ]
            if len({form.name for form in able}) != 1:
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

    def full_names(self, texts: Sequence[str], language: str) -> frozenset[str]:
        """Return the persons whose full name stands in one of *texts*."""
        if language not in self._patterns:
            return frozenset()
        plain = [unbroken(text)[0] for text in texts]
        searched = [folded(text) for text in plain] if language == "ar" else plain
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
    return Names(rules("names"))


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
