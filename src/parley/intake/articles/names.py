"""Names in an article: the table of parties and dated office-holders in `names.yaml`, matched in text order."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from parley.intake.articles.rules import LANGUAGES, either, rules, whole

_CLITIC = {"ar": "(?:و|ف)?(?:لل|[بلك])?"}  # conjunctions and prepositions that are written as one word with the name


_NO_COMPOUND = r"(?!-(?:led|backed|allied|supported|brokered|made)\b)"
"""In "the US-led coalition" it is not the United States that is named."""


@dataclass(frozen=True)
class Mention:
    """A known name in a text. `subject` and `object`: what its form can be; both, except in Russian."""

    start: int
    end: int
    name: str
    person: bool
    subject: bool = True
    object: bool = True


@dataclass(frozen=True)
class _Form:
    name: str
    person: bool
    short: bool
    subject: bool
    object: bool


class Names:
    """The table of names, from the mapping that `names.yaml` holds; made once, then asked for each article."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._office = {one["name"]: (one["from"], one["until"]) for one in table["persons"]}
        self._forms: dict[str, dict[str, list[_Form]]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for language in LANGUAGES:
            forms = self._forms[language] = {}
            for words, form in _forms(table, language):
                forms.setdefault(words, []).append(form)
            known = either(" ".join(map(re.escape, words.split())) for words in forms)
            self._patterns[language] = re.compile(whole(f"{_CLITIC.get(language, '')}(?P<name>{known})") + _NO_COMPOUND)

    def mentions(self, text: str, language: str, on: date | None, full: frozenset[str]) -> tuple[Mention, ...]:
        """Return the known names in *text*, in order; *full* are the persons whose full name stands in the article.

        A short name that could be more than one person's on the day *on* stays what it is: words.
        """
        found = []
        for match, forms in self._matches(text, language):
            able = [form for form in forms if not form.short or form.name in full or self._in_office(form.name, on)]
            if len({form.name for form in able}) == 1:
                start, end = match.span("name")
                form, bare = able[0], text[match.start() : start] in ("", "و", "ف")  # "to Moscow" is neither
                found.append(Mention(start, end, form.name, form.person, bare and form.subject, bare and form.object))
        return tuple(found)

    def full_names(self, texts: Sequence[str], language: str) -> frozenset[str]:
        """Return the persons whose full name stands in one of *texts*."""
        found = (form for text in texts for _, forms in self._matches(text, language) for form in forms)
        return frozenset(form.name for form in found if form.person and not form.short)

    def _matches(self, text: str, language: str) -> Iterator[tuple[re.Match[str], list[_Form]]]:
        if language in self._patterns:
            for match in self._patterns[language].finditer(text):
                yield match, self._forms[language][" ".join(match["name"].split())]

    def _in_office(self, name: str, on: date | None) -> bool:
        start, end = self._office[name]
        return on is not None and start <= on and (end is None or on <= end)


@cache
def standing() -> Names:
    """Return the table that comes with Parley."""
    return Names(rules("names"))


def _forms(table: Mapping[str, Any], language: str) -> Iterator[tuple[str, _Form]]:
    for entry in table["parties"]:
        for words, subject, object_ in _cases(entry.get(language, ())):
            yield words, _Form(entry["name"], False, False, subject, object_)
    for entry in table["persons"]:
        for length in ("full", "short"):
            for words, subject, object_ in _cases(entry[length].get(language, ())):
                yield words, _Form(entry["name"], True, length == "short", subject, object_)


def _cases(given: Iterable[str] | Mapping[str, Iterable[str]]) -> Iterator[tuple[str, bool, bool]]:
    """Yield each form with whether it can be a subject and whether an object."""
    if isinstance(given, Mapping):
        for case, able in (("subject", (True, False)), ("either", (True, True)), ("other", (False, True))):
            for words in given.get(case, ()):
                yield words, *able
    else:
        for words in given:
            yield words, True, True
