"""Compares what the rules propose for a sentence with what a person reads in it, as `golden/blind.yaml` writes it down.

A fault is a kind and what shows it; the kinds, worst first:

    inverted   the accused is read as the accuser
    made up    an accusation between two that the sentence does not tell of
    polarity   a denial, a negation or a hedge is read as said, or the other way round
    denier     somebody denies or admits who does not
    teller     said without, or with another, who tells it
    speaker    words are put in the mouth of somebody who did not speak
    missed     an accusation or a denial that is not read (`unclear` or `narrate` may stand for it)
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parley.model import Article, Proposal

WORST = ("inverted", "made up", "polarity", "denier")
_SIGNS = ("!>", "?>", "!-", "!+", ">", "-", "+")


@dataclass(frozen=True)
class Told:
    """One accusation, denial or admission: *accused* is empty for the last two."""

    tellers: tuple[str, ...]
    holder: str
    sign: str
    accused: str = ""


def told(words: str, names: Mapping[str, str]) -> Told:
    """Read one line such as `Lavrov, Kerry: TR > IR`."""
    before, colon, rest = words.rpartition(":")
    tellers = tuple(names.get(one.strip(), one.strip()) for one in before.split(",")) if colon else ()
    sign = next(one for one in _SIGNS if f" {one}" in f"{rest} ")
    holder, _, accused = (one.strip() for one in f"{rest} ".partition(f" {sign}"))
    return Told(tellers, names.get(holder, holder), sign, names.get(accused, accused))


def proposed(proposals: Iterable[Proposal]) -> Iterator[Told]:
    for one in proposals:
        if one.act == "accuse":
            sign = "!>" if one.polarity != "asserted" else "?>" if one.hedges else ">"
            yield from (Told(one.tellers, one.holder, sign, accused) for accused in one.accused or ("",))
        if one.act == "deny":
            yield Told(one.tellers, one.holder, "!-" if one.polarity == "negated" else "-")
        if one.act == "admit":
            yield Told(one.tellers, one.holder, "+" if one.polarity == "asserted" else "!+")


def _is(name: str, expected: str) -> bool:
    return expected[1:] in name.casefold() if expected.startswith("~") else name == expected


def _same(one: Told, other: Told) -> bool:
    """Say whether both tell of one thing; an accusation without the accused is that of its holder."""
    if (one.sign[-1] == ">") != (other.sign[-1] == ">") or not _is(one.holder, other.holder):
        return False
    return not one.accused or _is(one.accused, other.accused)


def _tellers(one: Told, other: Told) -> bool:
    return len(one.tellers) == len(other.tellers) and all(map(_is, one.tellers, other.tellers))


def faults(article: Article, row: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what the proposals of *article* get wrong, or miss, of what *row* says."""
    says = [told(one, names) for one in row.get("says", ())]
    allowed = says + [told(one, names) for one in row.get("also", ())]
    speakers = [names.get(one, one) for one in row.get("speakers", ())]
    found = list(proposed(article.proposals))
    wrong = [(kind, str(one)) for one in found if (kind := _fault(one, allowed))]
    for one in article.proposals:
        if one.act in ("accuse", "deny", "admit", "narrate", "unclear") or "(" in one.holder:
            continue
        if not any(_is(one.holder, speaker) for speaker in speakers):
            wrong.append(("speaker", f"{one.holder} {one.act}"))
    whole = [one for one in found if one.accused or one.sign[-1] != ">"]
    return wrong + [("missed", str(one)) for one in says if not any(_same(other, one) for other in whole)]


def _fault(one: Told, allowed: list[Told]) -> str:
    same = [other for other in allowed if _same(one, other)]
    if not same:
        turned = any(_is(one.holder, other.accused) for other in allowed if other.accused)
        return "denier" if one.sign[-1] != ">" else "inverted" if turned else "made up"
    signs = [other for other in same if one.sign == other.sign or (one.sign, other.sign) == ("?>", ">")]
    if not signs:
        return "polarity"
    return "" if any(_tellers(one, other) for other in signs) else "teller"
