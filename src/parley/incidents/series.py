"""Consecutive bulletins of one publisher, held against each other: periods, numbers, rules, and the period before.

A pure function of the reports. A series is what one publisher says of one side under one rule (what a unit is, whose
acts are counted); its bulletins follow each other by their periods. Several series may run side by side.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from parley.model import ALL_AREAS, Bulletin, CountItem, Interval, Previous, RecordedReport, fold
from parley.model.series import SeriesCode, SeriesFinding

Entered = tuple[int, Bulletin]
Rule = tuple[str, frozenset[str]]


def series(reports: Sequence[RecordedReport]) -> tuple[SeriesFinding, ...]:
    """Return what the bulletins among *reports* show beside each other, in the order of the later one's entry."""
    publishers: dict[tuple[str, str], list[Entered]] = {}
    for one in sorted(reports, key=lambda recorded: recorded.entry):
        if isinstance(one.report, Bulletin):
            key = fold(one.report.source), fold(one.report.side)
            publishers.setdefault(key, []).append((one.entry, one.report))
    found = [finding for bulletins in publishers.values() for finding in _publisher(bulletins)]
    return tuple(sorted(found, key=lambda one: one.later_entry))


def _publisher(bulletins: Sequence[Entered]) -> Iterator[SeriesFinding]:
    rules: dict[Rule, list[Entered]] = {}
    for entered in sorted(bulletins, key=lambda one: (*_ends(one[1].period), one[0])):
        rules.setdefault(_rule(entered[1]), []).append(entered)
    for under_one in rules.values():
        yield from _periods(under_one)
        for place, later in enumerate(under_one):
            yield from _previous(under_one[:place], later)
    yield from _changes(list(rules.values()))
    yield from _numbers(bulletins)


def _rule(bulletin: Bulletin) -> Rule:
    return fold(bulletin.counting), frozenset(map(fold, bulletin.respondents))


def _ends(period: Interval) -> tuple[datetime, datetime]:
    return period.start.astimezone(UTC), period.end.astimezone(UTC)


def _finding(
    code: SeriesCode,
    earlier: Entered | None,
    later: Entered,
    then: str,
    now: str,
    text: str,
    item: CountItem | None = None,
) -> SeriesFinding:
    return SeriesFinding(
        code=code,
        publisher=later[1].source,
        side=later[1].side,
        earlier_entry=earlier[0] if earlier else None,
        later_entry=later[0],
        area=item.area if item else None,
        act=item.act if item else None,
        then=then,
        now=now,
        text=text,
    )


# Periods and rules


def _periods(bulletins: Sequence[Entered]) -> Iterator[SeriesFinding]:
    """Compare each period with the one before; running totals, which begin where that one begins, do not overlap."""
    for earlier, later in pairwise(bulletins):
        (start, end), (begins, ends) = _ends(earlier[1].period), _ends(later[1].period)
        then, now = _period(earlier[1].period), _period(later[1].period)
        if (start, end) == (begins, ends):
            same = f"{_total(earlier[1])}", f"{_total(later[1])}"
            yield _finding("same period", earlier, later, *same, f"two bulletins of {now}: {same[0]}, and {same[1]}")
        elif begins > end:
            text = f"nothing is counted in the {_hours(begins - end)} between the two periods"
            yield _finding("gap", earlier, later, then, now, text)
        elif begins < end and begins != start:
            text = f"{_hours(min(end, ends) - begins)} lie in both periods and may be counted twice"
            yield _finding("overlap", earlier, later, then, now, text)


def _changes(rules: Sequence[Sequence[Entered]]) -> Iterator[SeriesFinding]:
    """Find where one rule ends as another begins: what runs side by side is not a change."""
    for ended in rules:
        last = max(ended, key=lambda one: _ends(one[1].period)[1])
        after = [one[0] for one in rules if _ends(one[0][1].period)[0] >= _ends(last[1].period)[1] and one is not ended]
        if not after:
            continue
        first = min(after, key=lambda one: (*_ends(one[1].period), one[0]))
        then, now = (_says(one[1]) for one in (last, first))
        yield _finding("rule changed", last, first, then, now, f"counted before: {then}; now: {now}; never compared")


def _says(bulletin: Bulletin) -> str:
    return bulletin.counting + (f", by {', '.join(bulletin.respondents)}" if bulletin.respondents else "")


# The period before


def _previous(before: Sequence[Entered], later: Entered) -> Iterator[SeriesFinding]:
    said = later[1].previous
    if said is None:
        return
    earlier = _of_period(before, said, later[1])
    if earlier is None:
        which = f"of {_period(said.period)}" if said.period else "that ends where this one's period begins"
        text = f"what it says of the period before can be held against nothing: there is no bulletin {which}"
        now = "" if said.total is None else str(said.total)
        yield _finding("previous unknown", None, later, "", now, text)
        return
    if said.total is not None and said.total != _total(earlier[1]):
        then, now = str(_total(earlier[1])), str(said.total)
        summed = earlier[1].summed_total
        more = f" (its items add up to {summed})" if earlier[1].items and summed != _total(earlier[1]) else ""
        text = f"in all: {then} then{more}, {now} now"
        yield _finding("previous differs", earlier, later, then, now, text)
    for item in said.items:
        yield from _item(earlier, later, item)
    for area in said.unobserved:
        counted = _count(earlier[1], CountItem(area=area, count=0, line=1))
        if counted is not None:
            item = CountItem(area=area, count=0, line=1)
            text = f"{area}: {counted} then, not observed now"
            yield _finding("previous differs", earlier, later, str(counted), "not observed", text, item)


def _of_period(before: Sequence[Entered], said: Previous, later: Bulletin) -> Entered | None:
    """Return the last recorded bulletin of the period that is spoken of: the one named, or the one that ends here."""
    if said.period:
        fitting = [one for one in before if _ends(one[1].period) == _ends(said.period)]
    else:
        fitting = [one for one in before if _ends(one[1].period)[1] == _ends(later.period)[0]]
    return max(fitting, key=lambda one: one[0], default=None)


def _item(earlier: Entered, later: Entered, item: CountItem) -> Iterator[SeriesFinding]:
    what = " ".join(filter(None, (item.area, item.act, item.means)))
    if fold(item.area) in map(fold, earlier[1].unobserved):
        text = f"{what}: not observed then, {item.count} now"
        yield _finding("previous differs", earlier, later, "not observed", str(item.count), text, item)
        return
    then = _count(earlier[1], item)
    if then is None and (item.count == 0 or _open(earlier[1], item)):
        return  # silence is no other number than 0, nor than what was not broken down
    if then != item.count:
        shown = "nothing said" if then is None else str(then)
        text = f"{what}: {shown} then, {item.count} now"
        yield _finding("previous differs", earlier, later, shown, str(item.count), text, item)


def _count(bulletin: Bulletin, item: CountItem) -> int | None:
    """Return what *bulletin* counted of what *item* is, None where it says nothing of it or leaves it open."""
    area = fold(item.area)
    if area == "by kind":
        here = list(bulletin.kinds)
    else:
        here = [one for one in bulletin.items if fold(one.area) == area]
        printed = [one for one in bulletin.subtotals if fold(one.area) == area]
        alone = {one.line for one in here}
        if item.act is item.means is None and printed:
            lines = {one.line for one in printed}
            rest = sum(one.count for one in here if one.line not in lines) if lines & alone else 0
            return sum(one.count for one in printed) + rest
    if not here:
        covered = area in map(fold, bulletin.covers)
        return 0 if covered and not _open(bulletin, item) else None
    if item.act is item.means is None:
        return sum(one.count for one in here)
    if any(one.count and (one.act, one.means) == (None, None) for one in here):
        return None
    return sum(one.count for one in here if (one.act, one.means) == (item.act, item.means))


def _open(bulletin: Bulletin, item: CountItem) -> bool:
    """Say whether *bulletin* may have counted of *item* without saying so: in a total, in all areas, in no kind."""
    if _total(bulletin) > bulletin.summed_total or any(fold(one.area) == ALL_AREAS for one in bulletin.items):
        return True
    return any(fold(one.area) == fold(item.area) and one.act is None for one in bulletin.items)


def _total(bulletin: Bulletin) -> int:
    return bulletin.summed_total if bulletin.stated_total is None else bulletin.stated_total


# Numbers


def _numbers(bulletins: Sequence[Entered]) -> Iterator[SeriesFinding]:
    """Check the numbers n/yyyy of one publisher, whatever its rules: one bulletin may hold two counts."""
    years: dict[int, dict[int, list[Entered]]] = {}
    for entered in bulletins:
        if entered[1].number:
            number, year = map(int, entered[1].number.split("/"))
            years.setdefault(year, {}).setdefault(number, []).append(entered)
    for year, numbers in sorted(years.items()):
        for number, same in numbers.items():
            yield from _repeated(f"{number}/{year}", same)
        for first, second in pairwise(sorted(numbers)):
            earlier, later = numbers[first][-1], numbers[second][0]
            then, now = f"{first}/{year}", f"{second}/{year}"
            if second > first + 1:
                missing = f"{first + 1}/{year}" + (f" to {second - 1}/{year}" if second > first + 2 else "")
                yield _finding("number missing", earlier, later, then, now, f"{missing}: not in the record")
            if _ends(later[1].period) < _ends(earlier[1].period):
                text = f"{now} is of {_period(later[1].period)}, {then} of {_period(earlier[1].period)}"
                yield _finding("number backwards", earlier, later, then, now, text)


def _repeated(number: str, same: Sequence[Entered]) -> Iterator[SeriesFinding]:
    for place, later in enumerate(same):
        for earlier in same[:place]:
            other_rule = _rule(earlier[1]) != _rule(later[1])
            if other_rule and _ends(earlier[1].period) == _ends(later[1].period):
                continue
            alike = "the same bytes" if earlier[1].origin.digest == later[1].origin.digest else "not the same bytes"
            yield _finding("number repeated", earlier, later, number, number, f"{number} stands twice: {alike}")
            break


def _period(period: Interval) -> str:
    return f"{period.start:%Y-%m-%d %H:%M} to {period.end:%Y-%m-%d %H:%M} (UTC{period.start:%z})"


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes // 60} h {minutes % 60} min"
