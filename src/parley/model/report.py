"""A report: one raw statement received through one channel; immutable, and always traceable to the bytes it came in.

Three kinds arrive: an event (claims about one happening), a bulletin (a side's itemised counts of a period) and an
article (statements that somebody is said to have made, proposed for review, never accepted by a program).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from parley.model.base import Noun, small
from parley.model.claim import Claims
from parley.model.coded import Cause, Coded
from parley.model.counted import CountItem, Lumped, OutcomeCount, Previous
from parley.model.values import Day, Interval


@small
class Origin:
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


@small
class Citation:
    """Where the source's statement was published; `address` is a URL or "" where none is known."""

    publisher: str
    published: date | None = None
    address: str = ""


class Flag(Coded):
    """Something a reader should know about a report that was accepted all the same (a sum that does not add up).

    `line` and `column` (both from 1) say where in the report's file, as far as it has one place.
    """

    section = "flags"
    line: int | None = None
    column: int | None = None


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
    """Claims about one happening. `reference` is the source's own id for it.

    Where `reference_lasts`, a later report of that source with the same id takes its place, or one that names it in
    `corrects` (see `incidents.revising`). Where `keeps_ids`, a publisher keeps the list and vouches that no
    happening is in it under two ids.
    `cardinality` says how its source tells happenings: a list of *incidents* never holds one twice, of *posts* several
    may tell of one, an *aggregate* may lump several into one report.
    """

    kind: Literal["event"] = "event"
    reference: str = ""
    reference_lasts: bool = False
    corrects: str = ""
    keeps_ids: bool = False
    cardinality: Literal["incidents", "posts", "aggregate"] = "incidents"
    first_hand: bool | None = None
    claims: Claims


class Bulletin(_Report):
    """A side's counts of one period under its own counting rule.

    Args:
        side: the party or body whose record this is.
        counting: what one unit is, in the publisher's words (violation, explosion, person killed).
        respondents: whose acts are counted; empty means that the bulletin does not say.
        covers: areas that were observed, so that an area without an item means "none recorded"; empty: not said.
        unobserved: areas that the publisher says it could not observe.
        stated_total: the total as printed; kept beside the sum of the items even where the two differ.
        number: the bulletin's own, as printed: n/yyyy.
        contains: areas that the publisher declares to hold others.
        subtotals: counts printed of which `items` are the parts; never added to the items.
        kinds: the same total broken down once more, by kind and not by area; never added to the items.
        outcomes: what came of what is counted, as the publisher bins it; never added, to each other or to the items.
        previous: what is said of the period before.
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
    number: str = Field(default="", pattern=r"^([0-9]{1,5}/[0-9]{4})?$")
    contains: tuple[Lumped, ...] = ()
    subtotals: tuple[CountItem, ...] = ()
    kinds: tuple[CountItem, ...] = ()
    outcomes: tuple[OutcomeCount, ...] = ()
    previous: Previous | None = None

    @property
    def summed_total(self) -> int:
        return sum(item.count for item in self.items)


class Span(Noun):
    """Characters `start` … `end` (end excluded) of the article's text after decoding."""

    start: int
    end: int


class Block(Noun):
    """A stretch of an article and what it is; `text` is exactly the characters of `span`.

    A duplicate names in `of` the index of the block that it repeats. What is *not-visible* stands in the page, and a
    browser does not show it. *quoted* is what a mail repeats of an older one: no words of its own.
    """

    kind: Literal[
        "headline",
        "body",
        "caption",
        "image-marker",
        "source-line",
        "duplicate",
        "boilerplate",
        "not-visible",
        "quoted",
    ]
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
    """A date in an article: `day` the resolved day, `said` the words, `basis` on what that rests.

    `last` is the last day of a range. `needs_review` where it hangs on something else than the day of publication
    ("a day after the call"), or on a clock that is not known ("local time").
    """

    role: Literal["published", "event", "statement"]
    day: Day
    said: str
    basis: tuple[Cause, ...]
    evidence: Span | None = None
    last: date | None = None
    needs_review: bool = False


class PlaceCandidate(Noun):
    """A place that words of an article may name: never chosen by a program. WGS 84 degrees; *radius_m* covers it.

    Args:
        said, evidence: the words as they stand in the article, and where.
        name, within: what the table calls the place, and the larger one that holds it.
        why: what speaks for this candidate, and before those that follow it.
    """

    said: str
    evidence: Span
    name: str
    within: str
    lat: float
    lon: float
    radius_m: int
    why: tuple[Cause, ...]


Act = Literal[
    "accuse", "deny", "criticise", "doubt", "request", "propose", "promise", "comment", "assert", "narrate", "unclear"
]
"""What somebody is said to do with his words."""

Polarity = Literal["asserted", "denied", "negated"]


class Proposal(Noun):
    """A statement that somebody is said to have made, proposed for review by a person; by itself no accusation.

    Args:
        holder: whose statement it is said to be; of `narrate` and `unclear`, who tells the article.
        act: `narrate`: the article tells of an accusation or a denial and the rules do not know whose; `unclear`: it
            tells of an accusation among those in `between`, and who accuses whom is for a person to say.
        addressee: to whom the words are directed; of an accusation, the first of the accused.
        accused: all whom an accusation names, as the text orders them.
        polarity: `denied` where the holder denies, or a teller denies that the act took place; `negated` where the
            article says that it did not ("did not accuse").
        between: of `unclear`, the names in the order of the text, which says nothing about who accuses.
        tellers: who tells it of the holder, the outermost first; empty where the article tells it itself.
        hedges: the words that hold it at a distance ("allegedly", "may"), as written.
        mode: the holder's own words in quotation marks, the holder's words retold, or the article's own telling.
        places: what places the sentence may name, for each the best candidate first.
    """

    holder: str
    act: Act
    addressee: str | None = None
    accused: tuple[str, ...] = ()
    polarity: Polarity = "asserted"
    between: tuple[str, ...] = ()
    tellers: tuple[str, ...] = ()
    hedges: tuple[str, ...] = ()
    mode: Literal["direct", "indirect", "narrated"] = "indirect"
    evidence: Span
    time: date | None = None
    places: tuple[PlaceCandidate, ...] = ()
    review: Literal["proposed"] = "proposed"
    reviewers_needed: int = Field(default=1, ge=1)

    @property
    def quoted(self) -> bool:
        return self.mode == "direct"


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
    """A report with its place in the record: *entry* counts from 0 and orders everything that is derived from it.

    `side` and `handle` say whose its source is and what it is called where its name is not shown; `input` is the entry
    of the input that brought it, None where it follows from a review or from a correction.
    """

    entry: int
    received_at: AwareDatetime
    side: str
    handle: str
    input: int | None = None
    report: Report
