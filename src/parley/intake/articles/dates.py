"""Dates in an article: found by the rules in `calendar.yaml`, resolved only where no second reading is left.

A weekday beside a date must agree with it. A date without a year takes the year that lies nearest to the publication;
"on Monday" and "yesterday" count from the publication; "a day after X" dates X, one day before what the words hang on,
and a person looks at it. A day of the Hijri calendar is said to be one and never converted: its month begins where the
moon is seen. Whatever cannot be resolved is returned as a `Flag`, never as a date.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from parley.intake.articles.date_words import Raw, raw_dates
from parley.intake.articles.quotes import quotes_in, sentences_in
from parley.intake.articles.rules import either, rules, whole
from parley.model import Block, Cause, Flag, Span

_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=\D|$)")
_NEAR_DAYS = 90  # farther from the publication, the year next to it may be meant
_AHEAD_DAYS = 31
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Found:
    """A date in the text: `day` the resolved day, `described` True for the X of "a day after X"."""

    day: date
    span: Span
    said: str
    basis: tuple[Cause, ...]
    described: bool = False
    last: date | None = None  # of a range
    needs_review: bool = False


def url_day(text: str) -> tuple[date, tuple[int, int]] | None:
    """Return the day that stands in the path of a web address in *text* and where, if there is one."""
    for address in _ADDRESS.finditer(text):
        found = _URL_DAY.search(address.group())
        if found and (day := _day(*map(int, found.groups()))):
            return day, (address.start(), address.end())
    return None


def absolute(block: Block, language: str) -> Iterator[Found]:
    """Yield the dates of *block* that say their year, in text order."""
    for raw in raw_dates(block.text, language):
        days = _agreeing(raw, None)
        if days is not None and len(days) == 1:
            yield _found(block, raw, days[0], _basis(raw, "as-written"))


def resolve(
    blocks: Sequence[Block], language: str, published: date | None, apart: frozenset[Span] = frozenset()
) -> tuple[list[Found], list[Flag]]:
    """Return all dates of *blocks* that can be resolved, in text order, and a flag for each that cannot.

    Those at *apart* (the dateline) date the article: nothing is counted from them.
    """
    found: list[Found] = []
    flags: list[Flag] = []
    if language not in rules("calendar"):
        return found, flags
    for block in blocks:
        plain: list[Found] = []
        for raw in raw_dates(block.text, language):
            one = _resolved(block, raw, language, published)
            if isinstance(one, Found):
                plain.append(one)
            elif one:
                said = block.text[raw.start : raw.end]
                hijri = raw.why_not == "hijri-date"
                flags.append(Flag(code="hijri-date", params={"said": said}) if hijri else _not_resolved(said, one))
        described, undated = _described(block, language, [one for one in plain if one.span not in apart], published)
        found += sorted(plain + described, key=lambda one: one.span.start)
        flags += undated
    return found, flags


_Why = dict[str, str | int]
"""Why words give no day: `why`, one of the words `undated-…`, or the `day` of which another `weekday` is said."""


def _not_resolved(said: str, why: _Why) -> Flag:
    return Flag(code="date-not-resolved", params={"said": said, **why})


def _resolved(block: Block, raw: Raw, language: str, published: date | None) -> Found | _Why:
    """Return the date, or why there is none (nothing where the words are not a date at all)."""
    if raw.why_not == "hijri-date":
        return {"why": "hijri"}
    if raw.days:
        days = _agreeing(raw, published)
        if days is None:
            other = _days(raw, published)
            if not other:
                return {"why": "no-such-day"}
            return {"day": str(other[0]), "weekday": other[0].weekday()}
        if len(days) != 1:
            return {"why": "year" if published is None else "order"}
        basis = _basis(raw, "as-written" if raw.days[0][0] else "year-of-publication")
        if raw.last is None:
            one = _found(block, raw, days[0], basis)
            far = raw.days[0][0] is None and published and _may_be_another(days[0], published)
            return replace(one, needs_review=True) if far else one
        last = _day(days[0].year, days[0].month, raw.last)
        if last is None or last <= days[0]:
            return {"why": "no-such-days"}
        return replace(_found(block, raw, days[0], basis), last=last)
    if any(a <= raw.start < b for a, b in quotes_in(block.text)):
        return {}  # counts from when the words were spoken, which is not known
    if raw.why_not:
        return {"why": "told-before"}
    if published is None:
        return {"why": "publication"}
    return _counted_back(block, raw, language, published)


def _may_be_another(day: date, published: date) -> bool:
    """Say whether a day without its year may be that of another year: it is far, in another year, or to come."""
    ahead = (day - published).days
    return ahead > _AHEAD_DAYS or -ahead > _NEAR_DAYS or (ahead > 0 and day.year != published.year)


def _counted_back(block: Block, raw: Raw, language: str, published: date) -> Found | _Why:
    """Return the date of words that count from the publication."""
    if raw.offset is not None:
        day = published + timedelta(days=raw.offset)
        return _found(block, raw, day, _from("counted-from-publication", published=published))
    assert raw.weekday is not None
    back = (published.weekday() - raw.weekday) % 7
    if raw.past:
        day = published - timedelta(days=back or 7)
        return replace(_found(block, raw, day, _from("latest-weekday-before", published=published)), needs_review=True)
    if _pattern(language, "future").search(_sentence(block.text, raw.start, language)):
        return {"why": "before-or-after"}
    day = published - timedelta(days=back)
    one = _found(block, raw, day, _from("latest-weekday", published=published))
    told = "past" not in rules("calendar")[language] or _pattern(language, "past").search(
        _sentence(block.text, raw.start, language)
    )
    return one if told else replace(one, needs_review=True)  # "it opens on Monday"


def _described(
    block: Block, language: str, plain: Sequence[Found], published: date | None
) -> tuple[list[Found], list[Flag]]:
    """Date the X of "a day after X": its anchor is what the expression itself dates."""
    found: list[Found] = []
    flags: list[Flag] = []
    offsets = rules("calendar")[language]["described_after_days"]
    for words in _pattern(language, "described").finditer(block.text):
        if any(a <= words.start() < b for a, b in quotes_in(block.text)):
            continue
        start, end = next((a, b) for a, b in sentences_in(block.text, language) if a <= words.start() < b)
        comma = re.compile(r"[,;،]").search(block.text, words.end(), end)
        close = comma.start() if comma else end
        said = block.text[words.start() : close].rstrip(" .!?")
        anchor = _anchor(block, language, plain, words.start(), (start, end), comma.end() if comma else None)
        span = Span(start=block.span.start + words.start(), end=block.span.start + words.start() + len(said))
        if anchor is None:
            flags.append(_not_resolved(said, {"why": "anchor"}))
            continue
        days = next(n for key, n in offsets.items() if key == " ".join(words.group().lower().split()))
        params = {"days": abs(days), "day": str(anchor.day), "said": anchor.said}
        basis = (Cause(code="days-before" if days > 0 else "days-after", params=params),)
        day = anchor.day - timedelta(days=days)
        found.append(Found(day, span, said, basis, described=True, needs_review=anchor.day != published))
    return found, flags


def _anchor(
    block: Block, language: str, plain: Sequence[Found], at: int, sentence: tuple[int, int], rest: int | None
) -> Found | None:
    """Return what an "N days after X" at *at* dates: the one date before it, or of the main clause that follows it."""

    def between(start: int, end: int) -> list[Found]:
        return [one for one in plain if block.span.start + start <= one.span.start < block.span.start + end]

    if block.text[sentence[0] : at].strip():
        near = between(sentence[0], at)
        return near[0] if len(near) == 1 else None
    main = block.text[rest : sentence[1]] if rest is not None else ""
    if main.strip() and not _pattern(language, "continues").match(main.lstrip()):
        near = between(rest or 0, sentence[1])
        return near[0] if len(near) == 1 else None
    previous = [(a, b) for a, b in sentences_in(block.text, language) if b <= sentence[0]]
    near = between(*previous[-1]) if previous else []
    return near[0] if len(near) == 1 else None


def _sentence(text: str, at: int, language: str) -> str:
    return next((text[a:b] for a, b in sentences_in(text, language) if a <= at < b), "")


def _found(block: Block, raw: Raw, day: date, basis: tuple[Cause, ...]) -> Found:
    span = Span(start=block.span.start + raw.start, end=block.span.start + raw.end)
    local = (Cause(code="local-time"),) if raw.local else ()
    return Found(day, span, block.text[raw.start : raw.end], (*basis, *local), needs_review=raw.local)


def _basis(raw: Raw, code: str) -> tuple[Cause, ...]:
    agrees = (Cause(code="weekday-agrees"),) if raw.weekday is not None else ()
    return (Cause(code=code), *agrees)


def _from(code: str, published: date) -> tuple[Cause, ...]:
    return (Cause(code=code, params={"published": str(published)}),)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _agreeing(raw: Raw, published: date | None) -> list[date] | None:
    """Return the readings that are days of the calendar and agree with the weekday; None where none does.

    Nothing is returned where the year is not known.
    """
    days = _days(raw, published)
    if days is None:
        return []
    return [one for one in days if raw.weekday is None or one.weekday() == raw.weekday] or None


def _days(raw: Raw, published: date | None) -> list[date] | None:
    """Return the readings that are days of the calendar, whatever the weekday; None where the year is not known."""
    days: list[date] = []
    for year, month, day in raw.days:
        if year is not None:
            days += [one for one in (_day(year, month, day),) if one and 1900 <= year < 2100]
        elif published is not None:
            near = [one for y in (-1, 0, 1) if (one := _day(published.year + y, month, day))]
            days += sorted(near, key=lambda one: abs((one - published).days))[:1]
        else:
            return None
    return list(dict.fromkeys(days))


def spans(text: str, language: str) -> list[tuple[int, int]]:
    """Return where something in *text* looks like a date, resolved or not."""
    return [(raw.start, raw.end) for raw in raw_dates(text, language)]


@cache
def _pattern(language: str, kind: str) -> re.Pattern[str]:
    if kind == "described":
        said = rules("calendar")[language]
        counted = either(said["days_from_publication"])  # "the day before yesterday" describes nothing
        words = rf"{either(said['described_after_days'])}(?=\s+\w)(?!\s+{counted}(?!\w))"
        return re.compile(whole(words), re.IGNORECASE)
    if kind in ("future", "past"):
        return re.compile(whole(either(rules("calendar")[language][kind])))
    return re.compile(whole(either(rules("grammar")[language]["continues"])), re.IGNORECASE)
