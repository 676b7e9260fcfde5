"""Places that the words of an article may name: every candidate of the table, ranked, with what speaks for it.

No candidate is ever chosen: a name alone is right too seldom (measured: 45 to 49 in 100 within 20 km). The order says
only what a reader should look at first, and `why` says on what it rests.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from parley.intake.articles.letters import folded, span_in, unbroken
from parley.intake.articles.rules import LANGUAGES, either, rules, whole
from parley.model import Cause, PlaceCandidate, Span

_DATELINE = re.compile(r"\A[^.!?\n]{0,100}?\s[-–—]{1,2}\s")
_CLITIC = {"ar": "(?:و|ف)?(?:[بلك])?"}


@dataclass(frozen=True)
class Named:
    """Words that are a place's name: *start* to *end* in the text, and the rows of the table that bear it."""

    start: int
    end: int
    rows: tuple[int, ...]


class Places:
    """The table of places, as `places.yaml` or a centre's own file holds it; made once, then asked for each article."""

    def __init__(self, table: Sequence[Mapping[str, Any]]) -> None:
        self._rows = tuple(table)
        self._named: dict[str, dict[str, list[int]]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}
        for language in LANGUAGES:
            named = self._named[language] = {}
            for number, row in enumerate(table):
                for words in row.get(language, ()):
                    for form in _forms(words, language):
                        named.setdefault(_key(form, language), []).append(number)
            known = either(" ".join(map(re.escape, words.split())) for words in named)
            self._patterns[language] = re.compile(whole(f"{_CLITIC.get(language, '')}(?P<name>{known})"))

    def named(self, text: str, language: str) -> tuple[Named, ...]:
        """Return the places that *text* may name, in order; spans are those of *text* as it stands."""
        if language not in self._patterns:
            return ()
        plain, at = unbroken(text)
        searched = folded(plain) if language == "ar" else plain
        found = []
        for match in self._patterns[language].finditer(searched):
            rows = self._named[language][" ".join(match["name"].split())]
            found.append(Named(*span_in(at, *match.span("name")), tuple(dict.fromkeys(rows))))
        return tuple(found)

    def candidates(
        self, text: str, offset: int, named: Iterable[Named], around: frozenset[int], language: str
    ) -> tuple[PlaceCandidate, ...]:
        """Return the candidates for each of *named*, words of *text*, which begins at *offset* of the article.

        *around* are the rows that the rest of the article names without a second reading: their neighbours rank first.
        """
        found: list[PlaceCandidate] = []
        for one in named:
            others = around - set(one.rows)
            near = {self._rows[row]["within"] for row in others} | {self._rows[row]["name"] for row in others}
            kind = _kind_said(text, one, language)
            ranked = sorted(one.rows, key=lambda row: self._rank(row, kind, near))
            for place, row in enumerate(ranked, start=1):
                entry = self._rows[row]
                why = [Cause(code="bears-the-name", params={"name": text[one.start : one.end]})]
                why += [Cause(code="in-the-dateline")] if _in_dateline(text, one) else []
                why += [Cause(code="kind-beside", params={"kind": kind})] if entry["kind"] == kind else []
                why += (
                    [Cause(code="others-within", params={"within": entry["within"]})] if self._beside(row, near) else []
                )
                why += [Cause(code="rank", params={"place": place, "of": len(ranked)})] if len(ranked) > 1 else []
                found.append(
                    PlaceCandidate(
                        said=text[one.start : one.end],
                        evidence=Span(start=offset + one.start, end=offset + one.end),
                        name=entry["name"] + ("" if entry["kind"] in ("town", "country") else f" ({entry['kind']})"),
                        within=entry["within"],
                        lat=entry["lat"],
                        lon=entry["lon"],
                        radius_m=entry["radius_m"],
                        why=tuple(why),
                    )
                )
        return tuple(found)

    def alone(self, named: Iterable[Named]) -> frozenset[int]:
        """Return the rows that *named* give without a second reading."""
        return frozenset(one.rows[0] for one in named if len(one.rows) == 1)

    def _rank(self, row: int, kind: str, near: set[str]) -> tuple[bool, bool, int, int]:
        entry = self._rows[row]
        return entry["kind"] != kind, not self._beside(row, near), entry["radius_m"], row

    def _beside(self, row: int, near: set[str]) -> bool:
        return self._rows[row]["within"] in near


@cache
def standing_places() -> Places:
    """Return the table that comes with Parley."""
    return Places(rules("places"))


def _kind_said(text: str, one: Named, language: str) -> str:
    """Return the kind of place that the words beside the name say, "" where they say none."""
    for kind, words in rules("grammar")[language]["place_kinds"].items():
        beside = either(words)
        ahead = re.search(rf"(?<!\w){beside}(?: of)?\s+\Z", text[: one.start], re.IGNORECASE)
        if ahead or re.compile(rf"\s+{beside}(?!\w)", re.IGNORECASE).match(text, one.end):
            return str(kind)
    return ""


def _in_dateline(text: str, one: Named) -> bool:
    line = _DATELINE.match(text)
    return line is not None and one.end <= line.end()


def _forms(words: str, language: str) -> Iterable[str]:
    return (words, "لل" + words[2:]) if language == "ar" and words.startswith("ال") else (words,)


def _key(words: str, language: str) -> str:
    return " ".join((folded(words) if language == "ar" else words).split())
