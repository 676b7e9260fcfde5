"""Dates in an article: found by the rules in `calendar.yaml`, resolved only where no second reading is left.

A weekday beside a date must agree with it. A date without a year takes the year that lies nearest to the publication;
"on Monday" and "yesterday" count from the publication; "a day after X" dates X, one day before what the words hang on.
Whatever cannot be resolved is returned as a `Flag`, never as a date.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from parley.intake.articles.quotes import quotes_in, sentences_in
from parley.intake.articles.rules import either, rules, whole
from parley.model import Block, Flag, Span

_URL_DAY = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=\D|$)")
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Found:
    """A date in the text: `day` the resolved day, `described` True for the X of "a day after X"."""

    day: date
    span: Span
    said: str
    basis: str
    described: bool = False
    last: date | None = None  # of a range
    needs_review: bool = False


@dataclass(frozen=True)
class _Raw:
    """Words that look like a date, before their year or anchor is known."""

    start: int
    end: int
    days: tuple[tuple[int | None, int, int], ...] = ()  # readings (year, month, day), the preferred one first
    weekday: int | None = None
    offset: int | None = None  # days from publication


def url_day(text: str) -> tuple[date, tuple[int, int]] | None:
    """Return the day that stands in the path of a web address in *text* and where, if there is one."""
    for address in _ADDRESS.finditer(text):
        found = _URL_DAY.search(address.group())
        if found and (day := _day(*map(int, found.groups()))):
            return day, (address.start(), address.end())
    return None


def absolute(block: Block, language: str) -> Iterator[Found]:
    """Yield the dates of *block* that say their year, in text order."""
    for raw in _raw(block.text, language):
        days = _agreeing(raw, None)
        if days is not None and len(days) == 1:
            yield _found(block, raw, days[0], _basis(raw, "as written"))


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
        for raw in _raw(block.text, language):
            one = _resolved(block, raw, language, published)
            if isinstance(one, Found):
                plain.append(one)
            elif one:
                flags.append(Flag(code="date-not-resolved", text=f"{block.text[raw.start : raw.end]!r}: {one}"))
        described, undated = _described(block, language, [one for one in plain if one.span not in apart])
        found += sorted(plain + described, key=lambda one: one.span.start)
        flags += undated
    return found, flags


def _resolved(block: Block, raw: _Raw, language: str, published: date | None) -> Found | str:
    """Return the date, or why there is none ("" where the words are not a date at all)."""
    if raw.days:
        days = _agreeing(raw, published)
        if days is None:
            return "no such day, or not that day of the week"
        if len(days) != 1:
            return "the year is not known" if published is None else "day and month may be either way round"
        return _found(block, raw, days[0], _basis(raw, "as written" if raw.days[0][0] else "year from the publication"))
    if any(a <= raw.start < b for a, b in quotes_in(block.text)):
        return ""  # counts from when the words were spoken, which is not known
    if published is None:
        return "the day of publication is not known"
    if raw.offset is not None:
        day = published + timedelta(days=raw.offset)
        return _found(block, raw, day, f"counted from the publication on {published}")
    assert raw.weekday is not None
    if _pattern(language, "future").search(_sentence(block.text, raw.start, language)):
        return "may lie before or after the publication"
    day = published - timedelta(days=(published.weekday() - raw.weekday) % 7)
    return _found(block, raw, day, f"the latest such weekday up to the publication on {published}")


def _described(block: Block, language: str, plain: Sequence[Found]) -> tuple[list[Found], list[Flag]]:
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
            flags.append(Flag(code="date-not-resolved", text=f"{said!r}: what it is counted from is not certain"))
            continue
        days = next(n for key, n in offsets.items() if key == " ".join(words.group().lower().split()))
        basis = f"{abs(days)} day(s) {'before' if days > 0 else 'after'} {anchor.day} ({anchor.said!r})"
        found.append(Found(anchor.day - timedelta(days=days), span, said, basis, described=True))
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


def _found(block: Block, raw: _Raw, day: date, basis: str) -> Found:
    span = Span(start=block.span.start + raw.start, end=block.span.start + raw.end)
    return Found(day, span, block.text[raw.start : raw.end], basis)


def _basis(raw: _Raw, how: str) -> str:
    return how + (", the weekday agrees" if raw.weekday is not None else "")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _agreeing(raw: _Raw, published: date | None) -> list[date] | None:
    """Return the readings that are days of the calendar and agree with the weekday; None where none does."""
    days: list[date] = []
    for year, month, day in raw.days:
        if year is not None:
            days += [one for one in (_day(year, month, day),) if one and 1900 <= year < 2100]
        elif published is not None:
            near = [one for y in (-1, 0, 1) if (one := _day(published.year + y, month, day))]
            days += sorted(near, key=lambda one: abs((one - published).days))[:1]
        else:
            return []
    days = [one for one in dict.fromkeys(days) if raw.weekday is None or one.weekday() == raw.weekday]
    return days or None


def spans(text: str, language: str) -> list[tuple[int, int]]:
    """Return where something in *text* looks like a date, resolved or not."""
    return [(raw.start, raw.end) for raw in _raw(text, language)]


@lru_cache(maxsize=256)  # the same paragraph is asked for its publication, its dates and its phrases
def _raw(text: str, language: str) -> tuple[_Raw, ...]:
    """Return what looks like a date in *text*, in order, never two at one place."""
    if language not in rules("calendar"):
        return ()
    taken: list[_Raw] = []
    covered = bytearray(len(text))
    blank = _ADDRESS.sub(lambda address: " " * len(address.group()), text)
    for read, pattern in _patterns(language):
        for words in pattern.finditer(blank):
            said = words.group() if "(" in words.group() else words.group().rstrip(")")
            start, end = words.start(), words.start() + len(said.rstrip(".,"))
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                taken.append(replace(read(words.groupdict(), language), start=start, end=end))
    return tuple(sorted(taken, key=lambda raw: raw.start))


def _named(group: dict[str, Any], language: str) -> _Raw:
    month = _index(language, "months", group["month"]) + 1
    year = int(group["year"]) if group["year"] else None
    return _Raw(0, 0, ((year, month, int(group["day"])),), _weekday(group, language))


def _numeric(group: dict[str, Any], language: str) -> _Raw:
    year = int(group["year"]) if group["year"] else None
    a, b = int(group["a"]), int(group["b"])
    days = [(year, b, a), (year, a, b)] if rules("calendar")[language]["order"] == "unclear" else [(year, b, a)]
    return _Raw(0, 0, tuple(days), _weekday(group, language))


def _iso(group: dict[str, Any], language: str) -> _Raw:
    return _Raw(0, 0, ((int(group["year"]), int(group["a"]), int(group["b"])),))


def _counted(group: dict[str, Any], language: str) -> _Raw:
    return _Raw(0, 0, offset=rules("calendar")[language]["days_from_publication"][group["word"]])


def _bare(group: dict[str, Any], language: str) -> _Raw:
    return _Raw(0, 0, weekday=_weekday(group, language))


def _weekday(group: dict[str, Any], language: str) -> int | None:
    return _index(language, "weekdays", group["weekday"]) if group.get("weekday") else None


def _index(language: str, family: str, form: str) -> int:
    form = " ".join(form.split())
    return next(i for i, forms in enumerate(rules("calendar")[language][family]) if form in forms)


@cache
def _patterns(language: str) -> tuple[tuple[Any, re.Pattern[str]], ...]:
    """Return the shapes of dates, the most telling first: what an earlier shape took, a later one does not read."""
    said = rules("calendar")[language]
    month = either(form for forms in said["months"] for form in forms)
    weekday = either(form for forms in said["weekdays"] for form in forms)
    beside = rf"(?:(?P<weekday>(?<!\w){weekday})\.?,?\s*\(?\s*(?:the |tanggal )?)?"
    year = r"(?:,?\s+(?P<year>\d{4})(?!\d))?"  # in any digits
    twin = rf"(?:\s?[/(]\s?{month}\)?)?"
    later = either(said["weekday_not_before"])
    return (
        (_iso, re.compile(r"(?<![\d/-])(?P<year>\d{4})-(?P<a>\d\d)-(?P<b>\d\d)(?!\d)")),
        (
            _named,
            re.compile(
                rf"{beside}(?<![\d.,:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{month})(?!\w)\.?{twin}{year}"
            ),
        ),
        (
            _named,
            re.compile(
                rf"{beside}(?<!\w)(?P<month>{month})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:/]|[.,]\d){year}"
            )
            if language == "en"
            else re.compile(r"(?!)"),
        ),
        (
            _numeric,
            re.compile(rf"{beside}(?<![\w/.,-])(?P<a>\d{{1,2}})[/.](?P<b>\d{{1,2}})[/.](?P<year>\d{{4}})(?!\w)\)?"),
        ),
        (
            _numeric,
            re.compile(
                rf"(?P<weekday>(?<!\w){weekday}),?\s*\(\s*(?P<a>\d{{1,2}})/(?P<b>\d{{1,2}})(?P<year>(?!))?\s*\)"
            ),
        ),
        (
            _bare,
            re.compile(rf"(?<!\w){either(said['weekday_after'])}\s+(?P<weekday>{weekday})(?!\w)(?!\s+{later}(?!\w))"),
        ),
        (_counted, re.compile(rf"(?<!\w)(?P<word>{either(said['days_from_publication'])})(?!\w)")),
    )


@cache
def _pattern(language: str, kind: str) -> re.Pattern[str]:
    if kind == "described":
        return re.compile(whole(either(rules("calendar")[language]["described_after_days"])), re.IGNORECASE)
    if kind == "future":
        return re.compile(whole(either(rules("calendar")[language]["future"])))
    return re.compile(whole(either(rules("grammar")[language]["continues"])), re.IGNORECASE)
