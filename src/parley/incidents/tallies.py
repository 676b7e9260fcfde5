"""Two sides' counts of the same days beside each other: what stands in both records, what only in one, and why.

Two counts alone never show that they count the same happenings, so nothing here is called agreement. Nor do different
cells show different happenings: whom each side accuses is what they dispute. Rows and bounds speak of cells only.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from parley.incidents.cells import total
from parley.incidents.reconcile import Pair, by_area, least_in_both, most_in_both, pair, rows
from parley.model import Bulletin, Incident, Interval, RecordedReport, Tally, TallyRow, fold

_ONE_DAY_AT_MOST = timedelta(hours=36)
_SAME_PERIOD = timedelta(hours=12)

Entered = tuple[int, Bulletin]
"""A bulletin with its entry."""


def tally(
    reports: Sequence[RecordedReport], timezone: ZoneInfo, incidents: Sequence[Incident] = ()
) -> tuple[Tally, ...]:
    """Return every pair of bulletins of two sides that count the same day, in order of the record.

    A bulletin of up to 36 hours belongs to the day of *timezone* on which most of it falls, the later of two halves.
    One of several days is paired only with one whose period begins and ends within 12 hours of its own, and stands
    under every day from the first that either touches to the last.

    Args:
        incidents: what happened, as matched from reports: those that both sides reported stand in both records.
    """
    bulletins = [(one.entry, one.report) for one in reports if isinstance(one.report, Bulletin)]
    days: dict[date, list[Entered]] = {}
    longer: list[Entered] = []
    for entry, bulletin in sorted(bulletins, key=lambda entered: entered[0]):
        if _length(bulletin.period) <= _ONE_DAY_AT_MOST:
            days.setdefault(_day(bulletin.period, timezone), []).append((entry, bulletin))
        else:
            longer.append((entry, bulletin))
    found = [_tally(day, day, left, right, incidents) for day, same in days.items() for left, right in _two_sides(same)]
    for left, right in _two_sides(longer):
        if _same_period(left[1].period, right[1].period):
            first = min(one[1].period.start.astimezone(timezone).date() for one in (left, right))
            last = max(_last_day(one[1].period, timezone) for one in (left, right))
            found.append(_tally(first, last, left, right, incidents))
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


def _tally(first_day: date, day: date, left: Entered, right: Entered, incidents: Sequence[Incident]) -> Tally:
    (left_entry, first), (right_entry, second) = left, right
    comparable = fold(first.counting) == fold(second.counting) != ""
    both = pair(first, second, comparable, incidents)
    accused, kind, area = (most_in_both(both, level) if comparable else None for level in ("accused", "kind", "area"))
    least = least_in_both(both) if comparable else 0
    listed = tuple(rows(both))
    return Tally(
        first_day=first_day,
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
        left_summed=first.summed_total if first.items else None,
        left_total=total(first),
        right_stated=second.stated_total,
        right_summed=second.summed_total if second.items else None,
        right_total=total(second),
        totals_equal=total(first) == total(second),
        rows=listed,
        verdict=_verdict(both, listed, least, kind, accused),
        both_low=least,
        both_high=accused,
        same_kind_high=kind,
        same_area_high=area,
        areas=tuple(by_area(both)),
        incidents=tuple(one.id for one in both.incidents) if least else (),
        headline=_headline(total(first), total(second), least, kind),
    )


def _headline(first: int, second: int, least: int, most: int | None) -> str:
    """Say the totals and the bound in one line."""
    if most is None:
        return f"{first} and {second} count different things"
    sign = "=" if first == second else "≠"
    if least == most and most:
        bound = "just 1 is the same" if most == 1 else f"just {most} are the same"
    elif not most:
        bound = "none can be the same"
    else:
        bound = f"{f'at least {least} and ' if least else ''}at most {most} can be the same"
    return f"{first} {sign} {second}, {'but' if first == second else 'and'} {bound}"


def _verdict(both: Pair, listed: Sequence[TallyRow], least: int, kind: int | None, accused: int | None) -> str:
    """Say in words what the two totals do and do not mean."""
    left, right = both.left.bulletin, both.right.bulletin
    first, second = total(left), total(right)
    if kind is None:
        units = (f"{one.side} counts {one.counting.strip() or 'a unit that it does not name'}" for one in (left, right))
        said = [f"not comparable: {', '.join(units)}"]
        if first == second:
            said.append(f"that both totals are {first} means nothing")
    else:
        said = [_comparison(first, second, listed)]
        said.append(f"at most {kind} can stand in both with the same area and kind, {accused} with the same accused")
        ids = ", ".join(one.id for one in both.incidents)
        said.append(f"at least {least} do: both reported {ids}" if least else "the counts show none")
        said.append("a happening that the two describe differently may be in both all the same")
    for one in (left, right):
        if one.stated_total is not None and not one.items:
            said.append(f"{one.side} gives a total without items")
        elif one.stated_total not in (None, one.summed_total):
            said.append(f"{one.side} states {one.stated_total}, its items sum to {one.summed_total}")
        if any(flag.code == "items-unreadable" for flag in one.flags):
            said.append(f"items of {one.side} could not be read: the bounds are of what could")
    return "; ".join(said)


def _comparison(first: int, second: int, listed: Sequence[TallyRow]) -> str:
    totals = f"equal totals ({first})" if first == second else f"different totals ({first} and {second})"
    alone = sum(row.left is None or row.right is None for row in listed)
    unequal = sum(row.left is not None and row.right is not None and row.left != row.right for row in listed)
    if not alone and not unequal:
        return f"{totals} and equal counts in every row" if listed else f"{totals} without items"
    contents = [f"{alone} of {len(listed)} rows stand in one record only"] if alone else []
    contents += [f"in {unequal} of {len(listed)} the counts differ"] if unequal else []
    return f"{totals} with different contents: {', '.join(contents)}"
