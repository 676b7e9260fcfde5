"""A report: one raw statement received through one channel; immutable, and always traceable to the bytes it came in.

Three kinds arrive: an event (claims about one happening), a bulletin (a side's itemised counts of a period) and an
article (statements that somebody is said to have made, proposed for review, never accepted by a program).
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from parley.model.base import Noun
from parley.model.values import Interval, Value

ATTRIBUTES: Mapping[str, str] = {
    "time": "Interval: when the act took place",
    "place": "Disc: where",
    "area": "OneOf: the administrative area, as the source names it",
    "act": "OneOf: a term of the vocabulary under `act`",
    "means": "OneOf: a term of the vocabulary under `means`",
    "calibre": "Amount: the calibre, in millimetres",
    "altitude": "Amount: the height above ground of an aircraft, in metres",
    "actor": "OneOf: who acted, in the source's words",
    "affected": "OneOf: the party, group or population that was affected, in the source's words",
    "object": "OneOf: a term of the vocabulary under `object`",
    "site": "OneOf: the name of what was hit or entered, as the source writes it",
    "quantity": "Amount: how many, of what the act is about",
    "done": "OneOf: how far a duty was done, a term of the vocabulary under `done`",
    "exemption": "OneOf: a ground the source claims for the act, a term under `exemption`",
    "deaths": "Count",
    "deaths-civilian": "Count",
    "injured": "Count",
    "account": "Words: the source's statement in brief",
}
"""What a claim can be of, in the order in which accounts are compared, with the kind of its value."""

FACT = "fact:"
"""How the attribute of a single fact begins, whose name an agreement's file gives; its value is OneOf yes and no."""

_FACT = re.compile(r"fact:[a-z0-9][a-z0-9-]{0,59}")


def _attribute(name: str) -> str:
    if name not in ATTRIBUTES and not _FACT.fullmatch(name):
        raise ValueError(f"{name!r} is no attribute of a claim: one of {', '.join(ATTRIBUTES)}, or fact:NAME")
    return name


Attribute = Annotated[str, AfterValidator(_attribute)]


class Origin(Noun):
    """Where a report stands in the bytes that arrived.

    Args:
        digest: SHA-256 of the whole input, lower-case hex.
        name: the input's file name.
        first, last: lines counted from 1, both included.
        record: the row or record number inside the file, counted from 1; None where the input is one report.
    """

    digest: str
    name: str
    first: int
    last: int
    record: int | None = None


class Citation(Noun):
    """Where the source's statement was published; `address` is a URL or "" where none is known."""

    publisher: str
    published: date | None = None
    address: str = ""


class Claim(Noun):
    """One source's statement of one attribute; it belongs to that source for ever.

    `said` is the words or the cell that the value was read from; `column` the character (text) or column name (table).
    """

    attribute: Attribute
    value: Value
    said: str = ""
    column: str = ""


class Flag(Noun):
    """Something a reader should know about a report that was accepted all the same (a sum that does not add up)."""

    code: str
    text: str


class _Report(Noun):
    source: str  # who speaks: the party, mission or publisher that the claims belong to
    channel: str
    origin: Origin
    published: Interval | None = None
    language: str = "und"  # BCP 47
    citation: Citation | None = None
    flags: tuple[Flag, ...] = ()
    attachments: tuple[str, ...] = ()  # SHA-256 digests of bytes kept unopened beside the input


class EventReport(_Report):
    """Claims about one happening. `reference` is the source's own id for it; one list never holds a happening twice."""

    kind: Literal["event"] = "event"
    reference: str = ""
    first_hand: bool | None = None
    claims: tuple[Claim, ...]


ALL_AREAS = "all areas"
"""The area, in any case, of an item that a bulletin does not break down by area."""


class CountItem(Noun):
    """One line of a bulletin: *count* units in *area*; `act` a term of the vocabulary, `respondent` whom it accuses."""

    area: str
    count: int = Field(ge=0)
    act: str | None = None
    respondent: str | None = None
    line: int


class Bulletin(_Report):
    """A side's counts of one period under its own counting rule.

    Args:
        side: the party or body whose record this is.
        counting: what one unit is, in the publisher's words (violation, explosion, person killed).
        respondents: whose acts are counted; empty means that the bulletin does not say.
        covers: areas that were observed, so that an area without an item means "none recorded"; empty: not said.
        unobserved: areas that the publisher says it could not observe.
        stated_total: the total as printed; kept beside the sum of the items even where the two differ.
    """

    kind: Literal["bulletin"] = "bulletin"
    side: str
    period: Interval
    counting: str
    respondents: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    unobserved: tuple[str, ...] = ()
    stated_total: int | None = None
    items: tuple[CountItem, ...] = ()

    @property
    def summed_total(self) -> int:
        return sum(item.count for item in self.items)


class Span(Noun):
    """Characters `start` … `end` (end excluded) of the article's text after decoding."""

    start: int
    end: int


class Block(Noun):
    """A stretch of an article and what it is; `text` is exactly the characters of `span`.

    A duplicate names in `of` the index of the block that it repeats.
    """

    kind: Literal["headline", "body", "caption", "image-marker", "source-line", "duplicate", "boilerplate"]
    span: Span
    text: str
    of: int | None = None


class Teller(Noun):
    """One hand through which an article's words went, the original first."""

    who: str
    relation: Literal["original", "agency", "quoted", "outlet", "re-poster"]
    address: str = ""
    evidence: Span | None = None


class DateMention(Noun):
    """A date in an article: `day` the resolved day, `said` the words, `basis` how it was resolved."""

    role: Literal["published", "event", "statement"]
    day: date
    said: str
    basis: str
    evidence: Span | None = None


class Proposal(Noun):
    """A statement that somebody is said to have made, proposed for review by a person; by itself no accusation."""

    holder: str
    act: Literal[
        "accuse", "deny", "criticise", "doubt", "request", "propose", "promise", "comment", "assert", "narrate"
    ]
    addressee: str | None = None
    evidence: Span
    quoted: bool
    time: date | None = None
    place: str | None = None
    review: Literal["proposed"] = "proposed"
    reviewers_needed: int = 1


class Article(_Report):
    """An article taken apart: blocks, dates, chain of tellers and proposals; it supports no incident by itself.

    `origin_key` is equal for copies of one telling, so that they count as one source.
    """

    kind: Literal["article"] = "article"
    headline: str = ""
    blocks: tuple[Block, ...]
    dates: tuple[DateMention, ...] = ()
    chain: tuple[Teller, ...] = ()
    origin_key: str
    proposals: tuple[Proposal, ...] = ()

    @property
    def paragraphs(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind == "body")

    def quote(self, span: Span) -> str:
        """Return the words at *span*; raise ValueError where it does not lie inside one block."""
        for block in self.blocks:
            if block.span.start <= span.start and span.end <= block.span.end:
                return block.text[span.start - block.span.start : span.end - block.span.start]
        raise ValueError(f"characters {span.start} to {span.end} lie in no block of the article")


Report = Annotated[EventReport | Bulletin | Article, Field(discriminator="kind")]


class RecordedReport(Noun):
    """A report with its place in the record: *entry* counts from 0 and orders everything that is derived from it."""

    entry: int
    received_at: AwareDatetime
    report: Report
