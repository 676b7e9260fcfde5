"""Through whose hands an article went: the agency it quotes, the outlet that told it, who posted it again.

All of them together are one source: a chain, the original first.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from parley.intake.articles.page import Page
from parley.intake.articles.quotes import quotes_in
from parley.intake.articles.rules import either, rules
from parley.model import Block, Span, Teller

NOT_NAMED = "not named"
_LONGEST = 8_000

_ADDRESS = re.compile(r"https?://[^\s<>\"”»|\])]+")
_STRANGER = r"[A-ZА-ЯЁ][\w.&'’-]*(?:\s+(?:of\s+|the\s+)?[A-ZА-ЯЁ][\w.&'’-]*){0,4}"
_DATELINE = re.compile(r"\A[^.!?\n]{0,80}?\((?P<name>[^()\d]{2,60})\)\s*[-–—:]")
_SOURCE_LINE = re.compile(r"\A[^:：]{0,40}[:：]\s*")


@dataclass(frozen=True)
class Hands:
    """The chain; *outlet* told the article at *address*; *cited* are the carriers quoted, by paragraph."""

    chain: tuple[Teller, ...]
    outlet: str
    address: str
    cited: tuple[tuple[Block, Teller], ...]


def hands(blocks: Sequence[Block], language: str, source: str | None, page: Page | None) -> Hands:
    """Return through whose hands the article went; *source* is who gave it to us, as far as the user says.

    A source line names the outlet; whoever holds the text then has posted it again. Without a source line the outlet is
    *source*, else the page's own name or host.
    """
    cited = tuple(_cited(blocks, language))
    agencies = [teller for _, teller in cited]
    giver = source or (page.site or _host_name(page.address) if page else "")
    line = next((block for block in blocks if block.kind == "source-line"), None)
    own = page.address if page else ""
    if line is None:
        outlet = giver or NOT_NAMED
        found = next((block for block in blocks if giver and giver in block.text and block.kind != "duplicate"), None)
        tellers = [Teller(who=outlet, relation="outlet", address=own, evidence=_span_of(found, giver))]
        return Hands(_once([*agencies, *tellers]), outlet, own, cited)
    linked = _ADDRESS.search(line.text)
    url = linked.group().rstrip(".,;") if linked else ""
    known = _known_host(url)
    said = _SOURCE_LINE.sub("", line.text.replace(url, "") if url else line.text).strip(" |()[]-–—.,")
    # A host that nobody knows is named by the user, where he does; a known one is not the user's to rename.
    outlet = known or said or (giver if url else "") or _host_name(url) or NOT_NAMED
    tellers = [Teller(who=outlet, relation="outlet", address=url, evidence=line.span)]
    if giver != outlet:  # who gives us his own article has not posted it again
        address = own if own != url else ""
        tellers.append(Teller(who=giver or NOT_NAMED, relation="re-poster", address=address, evidence=line.span))
    return Hands(_once([*agencies, *tellers]), outlet, url, cited)


def _cited(blocks: Sequence[Block], language: str) -> Iterator[tuple[Block, Teller]]:
    body = [block for block in blocks if block.kind == "body" and len(block.text) <= _LONGEST]
    for index, block in enumerate(body):
        if index == 0 and (line := _DATELINE.match(block.text)) and (known := _known(line["name"])):
            yield block, _teller(block, line.span("name"), known["name"], agency=bool(known.get("agency")))
        if language not in rules("carriers")["citing"]:
            continue
        quoted = quotes_in(block.text)
        for match in _citing(language).finditer(block.text):
            if any(a <= match.start() < b for a, b in quoted):
                continue
            words = match["known"] or match["stranger"]
            known = _known(words) if match["known"] else None
            if _in_passing(block.text, match, language):
                continue  # "a source quoted by X": X told one statement, not the article
            sure = match["agency"] or _certain(language).fullmatch(match["before"])
            if known or (match["stranger"] and sure):
                name = known["name"] if known else " ".join(words.split()).rstrip(".")
                agency = bool(known.get("agency")) if known else bool(match["agency"])
                span = match.span("known") if match["known"] else match.span("stranger")
                yield block, _teller(block, span, name, agency=agency)


def passing(text: str, language: str) -> Iterator[tuple[int, str]]:
    """Yield where *text* says of one statement alone that a carrier told it ("a source quoted by X"), and which."""
    if language in rules("carriers")["citing"]:
        for match in _citing(language).finditer(text):
            if match["known"] and _in_passing(text, match, language) and (known := _known(match["known"])):
                yield match.start("known"), str(known["name"])


def _in_passing(text: str, match: re.Match[str], language: str) -> bool:
    listed = rules("carriers")["passing"].get(language, ())
    ahead = text[: match.start()].rstrip()
    return match["before"].lower() in listed and bool(ahead) and ahead[-1] not in ',;:(”»".'


def _teller(block: Block, span: tuple[int, int], name: str, *, agency: bool) -> Teller:
    evidence = Span(start=block.span.start + span[0], end=block.span.start + span[1])
    return Teller(who=name, relation="agency" if agency else "quoted", evidence=evidence)


def _once(tellers: Sequence[Teller]) -> tuple[Teller, ...]:
    """Keep each hand once; the outlet that is named in its own text as a source stays the outlet."""
    last = {teller.who: teller.relation for teller in tellers}
    kept: dict[tuple[str, bool], Teller] = {}
    for teller in tellers:
        if not (teller.relation in ("agency", "quoted") and last[teller.who] in ("outlet", "re-poster")):
            both_unknown = teller.who == NOT_NAMED and teller.relation == "re-poster"
            kept.setdefault((teller.who, both_unknown), teller)
    return tuple(kept.values())


def _span_of(block: Block | None, words: str) -> Span | None:
    if block is None:
        return None
    start = block.span.start + block.text.index(words)
    return Span(start=start, end=start + len(words))


def _known(words: str) -> Any:
    return next((one for one in rules("carriers")["carriers"] if " ".join(words.split()) in one["words"]), None)


def _known_host(address: str) -> str:
    host = _host(address)
    for one in rules("carriers")["carriers"]:
        if any(host == known or host.endswith("." + known) for known in one["hosts"]):
            return str(one["name"])
    return ""


def _host_name(address: str) -> str:
    return _known_host(address) or _host(address).removeprefix("www.")


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


@cache
def _citing(language: str) -> re.Pattern[str]:
    said = rules("carriers")["citing"][language]
    known = either(
        re.escape(word).replace(r"\ ", " ") for one in rules("carriers")["carriers"] for word in one["words"]
    )
    return re.compile(
        rf"(?<!\w)(?P<before>(?i:{either(said['before'])}))\s+(?:(?P<agency>(?i:{either(said['agency'])}))\s+)?"
        rf"(?:(?P<known>{known})(?!\w)|(?P<stranger>{_STRANGER}))"
    )


@cache
def _certain(language: str) -> re.Pattern[str]:
    return re.compile(either(rules("carriers")["certain"][language]), re.IGNORECASE)
