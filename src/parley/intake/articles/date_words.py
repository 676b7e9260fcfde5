"""Words that look like a date: their shapes per language, from `calendar.yaml`, before anything is resolved."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from parley.intake.articles.rules import either, rules

_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Raw:
    """Words that look like a date, before their year or anchor is known."""

    start: int
    end: int
    days: tuple[tuple[int | None, int, int], ...] = ()  # readings (year, month, day), the preferred one first
    weekday: int | None = None
    offset: int | None = None  # days from publication
    last: int | None = None  # the day of the month on which a range ends
    past: bool = False  # "last Friday"
    local: bool = False  # "local time": whose, is not said
    why_not: str = ""  # the code of the flag that says why it gives no day


@lru_cache(maxsize=256)  # the same paragraph is asked for its publication, its dates and its phrases
def raw_dates(text: str, language: str) -> tuple[Raw, ...]:
    """Return what looks like a date in *text*, in order, never two at one place."""
    if language not in rules("calendar"):
        return ()
    taken: list[Raw] = []
    covered = bytearray(len(text))
    blank = _ADDRESS.sub(lambda address: " " * len(address.group()), text)
    for read, pattern in _patterns(language):
        for words in pattern.finditer(blank):
            said = words.group() if "(" in words.group() else words.group().rstrip(")")
            start, end = words.start(), words.start() + len(said.rstrip(".,"))
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                local = bool(_local(language).match(blank, words.end()))
                taken.append(replace(read(words.groupdict(), language), start=start, end=end, local=local))
    found = [_beside(raw, blank, language) for raw in sorted(taken, key=lambda raw: raw.start)]
    kept = [raw for raw in found if raw]
    return tuple(
        _with_year(raw, kept[i + 1] if i + 1 < len(kept) else None, blank, language) for i, raw in enumerate(kept)
    )


def _beside(raw: Raw, text: str, language: str) -> Raw | None:
    """Return *raw* as the words beside it have it: a street's name is no date, nor is "every Monday".

    In "5 August of last year" and "Monday of last week" the day is not the one next to the publication.
    """
    before = text[max(0, raw.start - 30) : raw.start]
    bare = not raw.days and not raw.why_not
    yearless = bool(raw.days) and raw.days[0][0] is None
    if yearless and (
        _at_end(language, "named_after").search(before) or _open(language, "named_before").match(text, raw.end)
    ):
        return None
    if bare and _at_end(language, "recurring").search(before):
        return None
    apart = bare and (
        _at_end(language, "not_counted_after").search(before)
        or (raw.weekday is not None and _open(language, "other_week").match(text, raw.end))
    )
    if apart or (yearless and _open(language, "other_year").match(text, raw.end)):
        return Raw(raw.start, raw.end, why_not="date-not-resolved")
    return raw


def _with_year(raw: Raw, after: Raw | None, text: str, language: str) -> Raw:
    """Return *raw* with the year that the end of its range says: "from 28 December to 3 January 2016"."""
    if after is None or not raw.days or not after.days or raw.days[0][0] is not None:
        return raw
    (year, month, day), *more = after.days
    if year is None or more or len(raw.days) > 1 or not _between(language).fullmatch(text, raw.end, after.start):
        return raw
    _, first_month, first_day = raw.days[0]
    return replace(raw, days=((year - ((first_month, first_day) > (month, day)), first_month, first_day),))


@cache
def _at_end(language: str, kind: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){either(rules('calendar')[language].get(kind, ()))}\s+\Z")


@cache
def _open(language: str, kind: str) -> re.Pattern[str]:
    return re.compile(rf",?\s+{either(rules('calendar')[language].get(kind, ()))}(?!\w)")


@cache
def _between(language: str) -> re.Pattern[str]:
    said = rules("calendar")[language]
    return re.compile(rf"\s*(?:[-–—]|{either((*said['range'], *said['range_opens'].values()))})\s*")


def _range(group: dict[str, Any], language: str) -> Raw:
    return replace(_named(group, language), last=int(group["last"]))


def _past(group: dict[str, Any], language: str) -> Raw:
    return replace(_bare(group, language), past=True)


def _ago(group: dict[str, Any], language: str) -> Raw:
    if group.get("count"):
        return Raw(0, 0, offset=-int(group["count"]))
    said = " ".join(group["word"].split()).lower()
    return Raw(0, 0, offset=next(n for key, n in rules("calendar")[language]["ago"].items() if re.match(key, said)))


def _hijri(group: dict[str, Any], language: str) -> Raw:
    return Raw(0, 0, why_not="hijri-date")


def _elsewhere(group: dict[str, Any], language: str) -> Raw:
    return Raw(0, 0, why_not="date-not-resolved")


def _named(group: dict[str, Any], language: str) -> Raw:
    month = _index(language, "months", group["month"]) + 1
    year = int(group["year"]) if group["year"] else None
    return Raw(0, 0, ((year, month, int(group["day"])),), _weekday(group, language))


def _numeric(group: dict[str, Any], language: str) -> Raw:
    year = int(group["year"]) if group["year"] else None
    a, b = int(group["a"]), int(group["b"])
    days = [(year, b, a), (year, a, b)] if rules("calendar")[language]["order"] == "unclear" else [(year, b, a)]
    return Raw(0, 0, tuple(days), _weekday(group, language))


def _iso(group: dict[str, Any], language: str) -> Raw:
    return Raw(0, 0, ((int(group["year"]), int(group["a"]), int(group["b"])),))


def _counted(group: dict[str, Any], language: str) -> Raw:
    return Raw(0, 0, offset=rules("calendar")[language]["days_from_publication"][group["word"]])


def _bare(group: dict[str, Any], language: str) -> Raw:
    return Raw(0, 0, weekday=_weekday(group, language))


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
    day, last, th = r"(?<![\d.,:/])(?P<day>\d{1,2})", r"(?P<last>\d{1,2})", r"(?:st|nd|rd|th|-го|-е)?"
    to = rf"(?:\s?[-–—]\s?|\s+{either(said['range'])}\s+)"
    both = "|".join(rf"(?<!\w){a}\s+{day}{th}\s+{b}\s?" for a, b in said["range_opens"].items())
    return (
        (
            _hijri,
            re.compile(
                rf"(?<!\w)(?:\d{{1,2}}\s+(?:of\s+)?)?{either(said['hijri'])}(?!\w)\.?,?\s+[1١][34٣٤]\d\d(?!\d)"
                r"(?:\s?(?:هـ?|H|AH)(?!\w))?"
            ),
        ),
        (_range, re.compile(rf"{day}{th}{to}{last}{th}\s+(?P<month>{month})(?!\w)\.?{twin}{year}")),
        (_range, re.compile(rf"(?:{both}){last}{th}\s+(?P<month>{month})(?!\w)\.?{twin}{year}")),
        (
            _range,
            re.compile(rf"(?<!\w)(?P<month>{month})\.?\s+{day}{th}{to}{last}{th}(?![\d:/]|[.,]\d){year}")
            if language == "en"
            else re.compile(r"(?!)"),
        ),
        (_iso, re.compile(r"(?<![\d/-])(?P<year>\d{4})-(?P<a>\d\d)-(?P<b>\d\d)(?!\d)")),
        (
            _named,
            re.compile(
                rf"{beside}(?<![\d.,:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th|-го|-е)?\s+(?:of\s+)?(?P<month>{month})(?!\w)\.?{twin}{year}"
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
            re.compile(
                rf"{beside}(?<![\w/.,-])(?P<a>\d{{1,2}})(?P<mark>[/.-])(?P<b>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})(?!\w)\)?"
            ),
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
        (
            _past,
            re.compile(
                rf"(?<!\w)(?!{either(said.get('weekday_past_not', ()))})(?P<weekday>{weekday})\s+"
                rf"{either(said['weekday_past'])}(?!\w)"
            ),
        ),
        (
            _past,
            re.compile(rf"(?<!\w){either(said.get('weekday_past_before', ()))}\s+(?P<weekday>{weekday})(?!\w)"),
        ),
        (_ago, re.compile(rf"(?<!\w)(?P<word>{either(said['ago'])})(?!\w)", re.IGNORECASE)),
        (_ago, re.compile(rf"(?<![\w.,])(?P<count>[1-9]|[12]\d)\s+{either(said['days_ago'])}(?!\w)")),
        (_elsewhere, re.compile(rf"(?<!\w){either(said['elsewhere'])}(?!\w)", re.IGNORECASE)),
        (_counted, re.compile(rf"(?<!\w)(?P<word>{either(said['days_from_publication'])})(?!\w)")),
    )


@cache
def _local(language: str) -> re.Pattern[str]:
    return re.compile(rf"[\s,(]{{1,3}}{either(rules('calendar')[language]['local_time'])}(?!\w)")
