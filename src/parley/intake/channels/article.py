"""A news article, plain text or HTML → one `Article`: its parts, dates, chain of tellers and statements for review.

A mail is an article, a mailbox as many as it has mails. Spans count characters of the decoded text; of an HTML page, of
its visible text, which the blocks hold in full; of a mail, of its text part. An article never gives an event: what it
says that somebody did or said is proposed for review, and a person decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from parley.intake.articles import dates
from parley.intake.articles.blocks import blocks_of
from parley.intake.articles.carriers import Hands, hands
from parley.intake.articles.copies import origin_key
from parley.intake.articles.decoding import decode
from parley.intake.articles.language import language_of
from parley.intake.articles.mail import attached, letter_in, mails_in
from parley.intake.articles.names import Names, standing
from parley.intake.articles.page import Page, is_page, visible
from parley.intake.articles.places import Places, standing_places
from parley.intake.articles.share import TOLD
from parley.intake.articles.statements import Context, propose
from parley.intake.kinds import kind_of
from parley.model import (
    Article,
    Block,
    Cause,
    Citation,
    DateMention,
    Flag,
    Input,
    InputError,
    Interval,
    Origin,
    Problem,
    Reading,
    Span,
    listed,
)

_DATELINE = re.compile(r"\A[^.!?\n]{0,100}?\s[-–—]{1,2}\s")
_MOST_LINES = 20_000
_LONGEST_PARAGRAPH = 8_000
_LONGEST_TEXT = 200_000
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


@dataclass(frozen=True)
class _Published:
    day: date | None
    mentions: tuple[DateMention, ...]
    flags: tuple[Flag, ...]


def read_article(
    arrived: Input, source: str | None, timezone: ZoneInfo, names: Names | None = None, places: Places | None = None
) -> Reading:
    """Return the article in *arrived*, or the problem for which it cannot be read; bad bytes never raise.

    Args:
        source: who gave us the article, where the user says it.
        timezone: the day of publication is a day there.
        names, places: the tables of names and places, instead of those that come with Parley.
    """
    with_ = _With(source, timezone, names or standing(), places or standing_places())
    if (kind := kind_of(arrived)) in ("mail", "mbox"):
        return _of_mails(arrived, kind == "mbox", with_)
    try:
        text = decode(arrived)
        page = visible(arrived, text) if is_page(arrived, text) else None
        last = len(re.findall(r"\r\n|\r|\n", text.rstrip("\r\n"))) + 1
        return Reading((_read(arrived, _Text(text, page, 1, last), with_),))
    except InputError as error:
        return Reading((), (error.problem,))


@dataclass(frozen=True)
class _With:
    """What every article is read with: who gave it, where its days are days, the tables of names and places."""

    source: str | None
    timezone: ZoneInfo
    names: Names
    places: Places


@dataclass(frozen=True)
class _Text:
    """A decoded text, its page where it has one, its lines in the file, and what else a mail says."""

    text: str
    page: Page | None
    first: int
    last: int
    record: int | None = None
    quoted: tuple[Span, ...] = ()
    sent: datetime | None = None
    attachments: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()

    @property
    def said(self) -> str:
        """The text in which spans are counted."""
        page = self.page
        return "\n\n".join(filter(None, (page.text, page.hidden, page.quoted))) if page else self.text


def _of_mails(arrived: Input, mailbox: bool, with_: "_With") -> Reading:
    """Return the mails in *arrived*; one that cannot be read costs itself only."""
    articles: list[Article] = []
    problems: list[Problem] = []
    files: dict[str, bytes] = {}
    try:
        for mail in mails_in(arrived, mailbox):
            try:
                letter = letter_in(arrived, mail, with_.timezone)
                kept, flags, lost = attached(arrived, mail, letter)
                text = _Text(letter.page.text, letter.page, mail.first, mail.last, mail.number, letter.quoted,
                             letter.sent, tuple(kept), flags)  # fmt: skip
                articles.append(_read(arrived, text, with_))
                problems += lost
                files |= kept
            except InputError as error:
                problems.append(error.problem.model_copy(update={"line": mail.first, "column": None}))
    except InputError as error:
        problems.append(error.problem)
    return Reading(tuple(articles), tuple(problems), files)


def _read(arrived: Input, text: _Text, with_: _With) -> Article:
    """Return the article that is *text*. Raise InputError where it has too many lines, or no paragraph of its own."""
    page, said = text.page, text.said
    lines = max(said.count("\n"), said.count("\r"))
    if lines > _MOST_LINES:
        raise _error(arrived, "too-many-lines", most=_MOST_LINES, lines=lines)
    if page:
        shown = len(page.text) if page.hidden else None
        blocks = blocks_of(said, page.title, page.captions, shown, text.quoted)
    else:
        blocks = blocks_of(said)
    if not any(block.kind in ("body", "headline") for block in blocks):
        raise _error(arrived, "no-paragraph", found=said.strip()[:80])
    return checked(_article(arrived, text, blocks, with_), said)


def _error(arrived: Input, code: str, **params: str | int) -> InputError:
    return InputError(Problem(file=arrived.name, code=code, params=params, kept="bytes-as-arrived"))


def checked(article: Article, text: str) -> Article:
    """Return *article* with every span proved to quote *text* exactly; what does not is taken out and flagged."""

    def exact(span: Span | None) -> bool:
        try:
            return span is None or (span.start < span.end and article.quote(span) == text[span.start : span.end])
        except ValueError:
            return False

    good = [proposal for proposal in article.proposals if exact(proposal.evidence)]
    days = [mention for mention in article.dates if exact(mention.evidence)]
    lost = len(article.proposals) - len(good) + len(article.dates) - len(days)
    if not lost:
        return article
    flag = Flag(code="evidence-not-found", params={"count": lost})
    update = {"proposals": tuple(good), "dates": tuple(days), "flags": (*article.flags, flag)}
    return article.model_copy(update=update)


def _article(arrived: Input, text: _Text, blocks: Sequence[Block], with_: _With) -> Article:
    page, source, names, places = text.page, with_.source, with_.names, with_.places
    told = [block for block in blocks if block.kind in ("headline", "body")]
    body = [block for block in blocks if block.kind == "body"]
    language, language_flags = language_of("\n".join(block.text for block in told))
    through = hands(blocks, language, source, page)
    published = _published(blocks, language, page, through)
    shown = frozenset(mention.evidence for mention in published.mentions if mention.evidence)
    readable = [block for block in body if len(block.text) <= _LONGEST_PARAGRAPH and block.span.end <= _LONGEST_TEXT]
    found, date_flags = dates.resolve(readable, language, published.day, shown)
    narrator = source or through.outlet
    headline = next((block.text.removeprefix("# ") for block in blocks if block.kind == "headline"), "")
    proposed = propose(
        readable,
        Context(
            language=language,
            names=names,
            full=names.full_names([block.text for block in told], language),
            published=published.day,
            dates=found,
            narrator=narrator,
            carriers=frozenset(teller.who for teller in through.chain),
            places=places,
            headline=headline,
        ),
        [block for block in blocks if block.kind in TOLD and block not in readable],
    )
    mentions = [_mention(one, proposed.dated) for one in found if one.span not in shown]
    return Article(
        source=narrator,
        channel="article",
        origin=Origin(
            digest=arrived.digest,
            name=arrived.name,
            first=text.first,
            last=text.last,
            record=text.record,
        ),
        published=_moment(text.sent) or (_day(published.day, with_.timezone) if published.day else None),
        language=language,
        citation=Citation(publisher=through.outlet, published=published.day, address=through.address),
        flags=(
            *language_flags,
            *_doubtful(told, language, names),
            *published.flags,
            *date_flags,
            *proposed.flags,
            *_unread(len(body) - len(readable)),
            *_hidden(text.text),
            *_not_visible(blocks),
            *_repeated(blocks),
            *text.flags,
        ),
        attachments=text.attachments,
        headline=(page.title if page and text.sent else "") or headline or (page.title if page else ""),
        blocks=tuple(blocks),
        dates=(*published.mentions, *mentions),
        chain=through.chain,
        origin_key=origin_key(block.text for block in body or told),
        proposals=proposed.proposals,
    )


def _published(blocks: Sequence[Block], language: str, page: Page | None, through: Hands) -> _Published:
    """Return the day of publication: metadata, then web address, dateline or byline, then the citing words."""
    mentions = []
    if page and page.published:
        mentions.append(_published_on(page.published, page.published.isoformat(), page.basis))
    for block in blocks:
        if block.kind == "source-line" and (url := dates.url_day(block.text)):
            day, (start, end) = url
            span = Span(start=block.span.start + start, end=block.span.start + end)
            mentions.append(_published_on(day, block.text[start:end], Cause(code="web-address"), evidence=span))
    if page and (url := dates.url_day(page.address)):
        mentions.append(_published_on(url[0], page.address, Cause(code="web-address-of-page")))
    first = next((index for index, block in enumerate(blocks) if block.kind == "body"), len(blocks))
    for block in blocks[: first + 1]:
        line = _DATELINE.match(block.text) if block.kind == "body" else None
        if line or block.kind == "boilerplate":
            end = block.span.start + line.end() if line else block.span.end
            near = [one for one in dates.absolute(block, language) if one.span.end <= end]
            mentions += [
                _published_on(one.day, one.said, Cause(code="dateline"), evidence=one.span) for one in near[:1]
            ]
    for block, teller in through.cited:
        for one in dates.absolute(block, language):
            if _adjoins(block, teller.evidence.end if teller.evidence else 0, one.span.start):
                cited = Cause(code="beside-citation", params={"who": teller.who})
                mentions.append(_published_on(one.day, one.said, cited, *one.basis, evidence=one.span))
    days = list(dict.fromkeys(mention.day for mention in mentions))
    flags = []
    if len(days) > 1:
        params = {"days": listed(map(str, days)), "chosen": str(days[0])}
        flags.append(Flag(code="publication-dates-differ", params=params))
    return _Published(days[0] if days else None, tuple(mentions), tuple(flags))


def _adjoins(block: Block, end: int, start: int) -> bool:
    between = block.text[end - block.span.start : start - block.span.start]
    return block.span.start <= end <= start <= block.span.end and not between.strip(" ,(")


def _published_on(day: date, said: str, *basis: Cause, evidence: Span | None = None) -> DateMention:
    return DateMention(role="published", day=day, said=said, basis=basis, evidence=evidence)


def _mention(found: dates.Found, dated: frozenset[Span]) -> DateMention:
    """Return the date as a mention: of a statement where one is dated by it, else of an event."""
    return DateMention(
        role="statement" if found.span in dated else "event",
        day=found.day,
        said=found.said,
        basis=found.basis,
        evidence=found.span,
        last=found.last,
        needs_review=found.needs_review,
    )


def _day(day: date, timezone: ZoneInfo) -> Interval | None:
    try:
        start = datetime.combine(day, time(), timezone)
        return Interval(start=start, end=datetime.combine(day + timedelta(days=1), time(), timezone))
    except (OverflowError, ValueError):
        return None


def _moment(sent: datetime | None) -> Interval | None:
    return Interval(start=sent, end=sent) if sent else None


def _doubtful(told: Sequence[Block], language: str, names: Names) -> list[Flag]:
    """Flag words that may be an outlet's name or a party's: nothing is read of whom they name before a person says."""
    said = {
        (block.text[one.start : one.end], one.outlet, one.party): None
        for block in told
        for one in names.doubts(block.text, language)
    }
    names_ = ("said", "outlet", "party")
    return [Flag(code="outlet-or-party", params=dict(zip(names_, one, strict=True))) for one in said]


def _unread(count: int) -> list[Flag]:
    return [Flag(code="paragraphs-not-read", params={"count": count})] if count else []


def _not_visible(blocks: Sequence[Block]) -> list[Flag]:
    """Flag text that stands in a page and that a browser does not show."""
    hidden = [block.text for block in blocks if block.kind == "not-visible"]
    if not hidden:
        return []
    return [Flag(code="text-not-visible", params={"count": len(hidden), "passage": hidden[0][:120]})]


def _repeated(blocks: Sequence[Block]) -> list[Flag]:
    """Flag what a mail repeats of older ones, from which no statement is proposed."""
    repeated = [block.text for block in blocks if block.kind == "quoted"]
    if not repeated:
        return []
    return [Flag(code="older-mail-quoted", params={"count": len(repeated), "passage": repeated[0][:120]})]


def _hidden(text: str) -> list[Flag]:
    """Flag characters that cannot be seen and change how the text is read."""
    count = len(_HIDDEN.findall(text))
    return [Flag(code="unseen-characters", params={"count": count})] if count else []
