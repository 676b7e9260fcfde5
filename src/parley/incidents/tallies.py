"""Two sides' counts of the same days beside each other: what stands in both records, what only in one, and why.

Two counts alone never show that they count the same happenings, so nothing here is called agreement. Nor do different
cells show different happenings: whom each side accuses is what they dispute. Rows and bounds speak of cells only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from parley.incidents.compare import fold, meet
from parley.model import ALL_AREAS, Bulletin, Interval, RecordedReport, Tally, TallyRow, WhyOnlyOne

_ONE_DAY_AT_MOST = timedelta(hours=36)
_SAME_PERIOD = timedelta(hours=12)

Entered = tuple[int, Bulletin]
"""A bulletin with its entry."""

Key = tuple[str, str | None, str | None]
"""Area, act and respondent as they are compared."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """What one side counts in one cell, spelled as in its first item there."""

    area: str
    act: str | None
    respondent: str | None
    count: int

    @property
    def key(self) -> Key:
        return fold(self.area), self.act, self.respondent and fold(self.respondent)


def tally(reports: Sequence[RecordedReport], timezone: ZoneInfo) -> tuple[Tally, ...]:
    """Return every pair of bulletins of two sides that count the same day, in order of the record.

    A bulletin of up to 36 hours belongs to the day of *timezone* on which most of it falls, the later of two halves.
    One of several days is paired only with one whose period begins and ends within 12 hours of its own, and stands
    under the last day of the pair's left side, which is the one recorded first.
    """
    bulletins = [(one.entry, one.report) for one in reports if isinstance(one.report, Bulletin)]
    days: dict[date, list[Entered]] = {}
    longer: list[Entered] = []
    for entry, bulletin in sorted(bulletins, key=lambda entered: entered[0]):
        if _length(bulletin.period) <= _ONE_DAY_AT_MOST:
            days.setdefault(_day(bulletin.period, timezone), []).append((entry, bulletin))
        else:
            longer.append((entry, bulletin))
    found = [_tally(day, left, right) for day, same in days.items() for left, right in _two_sides(same)]
    for left, right in _two_sides(longer):
        if _same_period(left[1].period, right[1].period):
            found.append(_tally(_last_day(left[1].period, timezone), left, right))
    return tuple(sorted(found, key=lambda one: (one.left_entry, one.right_entry)))


def _two_sides(bulletins: Sequence[Entered]) -> Iterator[tuple[Entered, Entered]]:
    for left, right in combinations(bulletins, 2):
        if fold(left[1].side) != fold(right[1].side):
            yield left, right


def _length(period: Interval) -> timedelta:
    return period.end.astimezone(UTC) - period.start.astimezone(UTC)


def _day(period: Interval, timezone: ZoneInfo) -> date:
    return (period.start.astimezone(UTC) + _length(period) / 2).astimezone(timezone).date()


def _last_day(period: Interval, timezone: ZoneInfo) -> date:
    return (period.end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(timezone).date()


def _same_period(first: Interval, second: Interval) -> bool:
    starts = first.start.astimezone(UTC) - second.start.astimezone(UTC)
    ends = first.end.astimezone(UTC) - second.end.astimezone(UTC)
    return abs(starts) <= _SAME_PERIOD and abs(ends) <= _SAME_PERIOD


def _tally(day: date, left: Entered, right: Entered) -> Tally:
    (left_entry, first), (right_entry, second) = left, right
    comparable = fold(first.counting) == fold(second.counting) != ""
    rows = tuple(_rows(first, second, comparable))
    return Tally(
        day=day,
        left=first.side,
        right=second.side,
        left_publisher=first.source,
        right_publisher=second.source,
        left_entry=left_entry,
        right_entry=right_entry,
        left_counting=first.counting,
        right_counting=second.counting,
        comparable=comparable,
        left_stated=first.stated_total,
        left_summed=first.summed_total,
        right_stated=second.stated_total,
        right_summed=second.summed_total,
        totals_equal=_total(first) == _total(second),
        rows=rows,
        verdict=_verdict(first, second, comparable, rows),
    )


def _total(bulletin: Bulletin) -> int:
    return bulletin.summed_total if bulletin.stated_total is None else bulletin.stated_total


def _rows(left: Bulletin, right: Bulletin, comparable: bool) -> Iterator[TallyRow]:
    """Yield a row for each cell, the left side's in their order, then those that only the right side has."""
    lefts, rights = _cells(left), _cells(right)
    for key in dict.fromkeys((*lefts, *rights)):
        one, other = lefts.get(key), rights.get(key)
        if one and other:
            yield _row(one, one.count, other.count, _most_in_both(one.count, other.count, comparable), None)
        elif one:
            why, elsewhere = _why_only_one(one, right, rights)
            yield _row(one, one.count, None, _most_in_both(one.count, elsewhere, comparable), why)
        elif other:
            why, elsewhere = _why_only_one(other, left, lefts)
            yield _row(other, None, other.count, _most_in_both(other.count, elsewhere, comparable), why)


def _row(cell: _Cell, left: int | None, right: int | None, both_high: int, why: WhyOnlyOne | None) -> TallyRow:
    return TallyRow(
        area=cell.area,
        act=cell.act,
        respondent=cell.respondent,
        left=left,
        right=right,
        both_low=0,
        both_high=both_high,
        why=why,
    )


def _cells(bulletin: Bulletin) -> dict[Key, _Cell]:
    """Return what *bulletin* counts by cell; an item without a respondent means the only one that the header names."""
    only = bulletin.respondents[0] if len(bulletin.respondents) == 1 else None
    cells: dict[Key, _Cell] = {}
    for item in bulletin.items:
        cell = _Cell(item.area, item.act, item.respondent or only, item.count)
        before = cells.get(cell.key)
        cells[cell.key] = replace(before, count=before.count + item.count) if before else cell
    return cells


def _most_in_both(left: int, right: int, comparable: bool) -> int:
    """Return the most that can stand in both records: of one unit the lesser count.

    Under two rules one unit of one side may be several of the other's, so only the greater count bounds it, in either
    unit; where one side has none, nothing is in both.
    """
    return min(left, right) if comparable or not (left and right) else max(left, right)


def _why_only_one(cell: _Cell, other: Bulletin, others: Mapping[Key, _Cell]) -> tuple[WhyOnlyOne, int]:
    """Return why *other* has no item for *cell*, and how many of it *other* may count without saying so.

    "Not itemised" is also the answer where *other* counts something in the area, but breaks it down in another way (by
    no area, no act, no respondent, by a wider term): to say that it recorded nothing of the kind would say too much.
    """
    area, _, respondent = cell.key
    if area in map(fold, other.unobserved):
        return "no observation", 0
    if other.covers and area not in (ALL_AREAS, *map(fold, other.covers)):
        return "outside the area", 0
    if other.respondents and respondent is not None and respondent not in map(fold, other.respondents):
        return "excluded party", 0
    elsewhere = sum(one.count for one in others.values() if _may_hold_the_same(cell, one))
    if not others:
        elsewhere = _total(other)
    return ("not itemised" if elsewhere else "not recorded"), elsewhere


def _may_hold_the_same(one: _Cell, other: _Cell) -> bool:
    (area, act, respondent), (other_area, other_act, other_respondent) = one.key, other.key
    return (
        (area == other_area or ALL_AREAS in (area, other_area))
        and (act is None or other_act is None or meet("act", act, other_act))
        and (respondent is None or other_respondent is None or respondent == other_respondent)
    )


def _verdict(left: Bulletin, right: Bulletin, comparable: bool, rows: Sequence[TallyRow]) -> str:
    """Say in words what the two totals do and do not mean."""
    first, second = _total(left), _total(right)
    if not comparable:
        units = (f"{one.side} counts {one.counting.strip() or 'a unit that it does not name'}" for one in (left, right))
        said = [f"not comparable: {', '.join(units)}"]
        if first == second:
            said.append(f"that both totals are {first} means nothing")
    else:
        said = [_comparison(first, second, rows)]
        bound = min(sum(row.both_high for row in rows), *(max(_total(one), one.summed_total) for one in (left, right)))
        said.append(f"at most {bound} can stand in both with the same area, act and respondent; the counts show none")
        said.append("a happening that the two describe differently may be in both all the same")
    for one in (left, right):
        if one.stated_total is not None and not one.items:
            said.append(f"{one.side} gives a total without items")
        elif one.stated_total not in (None, one.summed_total):
            said.append(f"{one.side} states {one.stated_total}, its items sum to {one.summed_total}")
    return "; ".join(said)


def _comparison(first: int, second: int, rows: Sequence[TallyRow]) -> str:
    totals = f"equal totals ({first})" if first == second else f"different totals ({first} and {second})"
    alone = sum(row.why is not None for row in rows)
    unequal = sum(row.why is None and row.left != row.right for row in rows)
    if not alone and not unequal:
        return f"{totals} and equal counts in every row" if rows else f"{totals} without items"
    contents = [f"{alone} of {len(rows)} rows stand in one record only"] if alone else []
    contents += [f"in {unequal} of {len(rows)} the counts differ"] if unequal else []
    return f"{totals} with different contents: {', '.join(contents)}"
