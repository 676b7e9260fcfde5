"""Where a sentence tells of a statement: the verbs of `grammar.yaml`, found outside quotations, in text order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from parley.intake.articles.letters import span_in, unbroken
from parley.intake.articles.rules import either, rules, whole

_FAMILIES = ("negated", "verbs", "passives", "delivered", "spoken")


@dataclass(frozen=True)
class Verb:
    """A verb in a sentence and how it may be read: `acts` maps a family of rules to the act."""

    start: int
    end: int
    acts: dict[str, str]

    @property
    def act(self) -> str:
        return next(iter(self.acts.values()))


def verbs_in(masked: str, language: str) -> list[Verb]:
    """Return the verbs of *masked* in order; of two that overlap the one that begins first, then the longer."""
    found: dict[tuple[int, int], dict[str, str]] = {}
    plain, at = unbroken(masked)
    for start in [match.start() for match in _any(language).finditer(plain)]:
        for family, act, pattern in _patterns(language):
            if match := pattern.match(plain, start):
                found.setdefault(span_in(at, *match.span()), {}).setdefault(family, act)
    verbs: list[Verb] = []
    for (start, end), acts in sorted(found.items(), key=lambda one: (one[0][0], -one[0][1])):
        if not verbs or start >= verbs[-1].end:
            verbs.append(Verb(start, end, _in_this_sense(masked, end, acts, language)))
    return verbs


def _in_this_sense(masked: str, end: int, acts: dict[str, str], language: str) -> dict[str, str]:
    """Return *acts* without those whose verb means something else before the words at *end*: "denied them entry"."""
    return {
        family: act
        for family, act in acts.items()
        if not (other := _not_before(language).get(act)) or not other.match(masked, end)
    }


@cache
def _not_before(language: str) -> dict[str, re.Pattern[str]]:
    listed = rules("grammar")[language].get("not_before") or {}
    return {act: re.compile(rf"\s+{either(words)}(?!\w)", re.IGNORECASE) for act, words in listed.items()}


def tells_of(text: str, language: str) -> tuple[str, ...]:
    """Return which of accuse and deny the words of *text* tell of, by whomever."""
    plain, _ = unbroken(text)
    return tuple(act for act, pattern in _tells(language) if pattern.search(plain))


@cache
def _patterns(language: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(_compiled(language))


@cache
def _any(language: str) -> re.Pattern[str]:
    """Return one pattern for whatever begins like a verb, so that the text is gone through once."""
    said = rules("grammar")[language]
    words = [word for family in _FAMILIES for listed in (said.get(family) or {}).values() for word in listed]
    return re.compile(whole(either([*words, *said.get("according", ())])), re.IGNORECASE)


def _compiled(language: str) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    said = rules("grammar")[language]
    for family in _FAMILIES:
        for act, patterns in (said.get(family) or {}).items():
            yield family, act, re.compile(whole(either(patterns)), re.IGNORECASE)
    if "according" in said:
        yield "according", "comment", re.compile(whole(either(said["according"])), re.IGNORECASE)


@cache
def _tells(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = rules("grammar")[language]["tells"]
    return tuple((act, re.compile(whole(either(words)), re.IGNORECASE)) for act, words in listed.items())
