"""What a publisher says now of the period before, beside what it said then; numbers, periods and rules in a row."""

from typing import Any

import pytest
from test_incidents_tally import bulletin
from valley_reports import at, day

from parley.incidents.series import series
from parley.model import CountItem, Previous, RecordedReport

FIRST, SECOND, THIRD = (day(f"2031-05-0{n}") for n in (1, 2, 3))


def before(*items: tuple[Any, ...], total: int | None = None, **more: Any) -> Previous:
    said = tuple(CountItem(area=area, count=n, act=next(iter(act), None), line=9) for area, n, *act in items)
    return Previous(items=said, total=total, **more)


def codes(*reports: RecordedReport) -> list[tuple[str, int | None, int, str, str]]:
    return [(one.code, one.earlier_entry, one.later_entry, one.then, one.now) for one in series(reports)]


def then(*items: tuple[Any, ...], **header: Any) -> RecordedReport:
    return bulletin(0, "West", *items, period=FIRST, **header)


def now(previous: Previous | None = None, **header: Any) -> RecordedReport:
    return bulletin(1, "West", ("Hill", 1), period=header.pop("period", SECOND), previous=previous, **header)


def test_what_is_said_now_as_it_was_said_then_is_no_finding() -> None:
    assert codes(then(("Hill", 3), ("Mill", 2)), now(before(("Hill", 3), ("Mill", 2), total=5))) == []


def test_another_total_than_then_is_shown_with_both_values_and_both_entries() -> None:
    found = series([then(("Hill", 3), stated_total=4), now(before(total=5))])
    assert [(one.code, one.earlier_entry, one.later_entry, one.then, one.now) for one in found] == [
        ("previous differs", 0, 1, "4", "5")
    ]
    assert found[0].text == "in all: 4 then (its items add up to 3), 5 now"


@pytest.mark.parametrize(
    ("earlier", "said", "expected"),
    [
        (then(("Hill", 3)), before(("hill", 2)), ("3", "2")),
        (then(("Hill", 0)), before(("Hill", 2)), ("0", "2")),
        (then(("Hill", 3)), before(("Hill", 0)), ("3", "0")),
        (then(("Hill", 3)), before(("Mill", 2)), ("nothing said", "2")),
        (then(("Hill", 3), covers=("Mill",)), before(("Mill", 2)), ("0", "2")),
        (then(("Hill", 3), unobserved=("Mill",)), before(("Mill", 0)), ("not observed", "0")),
        (then(("Hill", 3)), before(unobserved=("Hill",)), ("3", "not observed")),
        (then(("Hill", 3, "shelling")), before(("Hill", 2, "shelling")), ("3", "2")),
        (then(("Hill", 3, "gunfire")), before(("Hill", 2, "shelling")), ("0", "2")),
    ],
)
def test_none_not_observed_and_silence_are_told_apart(
    earlier: RecordedReport, said: Previous, expected: tuple[str, str]
) -> None:
    assert codes(earlier, now(said)) == [("previous differs", 0, 1, *expected)]


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        (then(("Hill", 3)), before(("Mill", 0))),
        (then(("All areas", 3)), before(("Mill", 2))),
        (then(stated_total=3), before(("Mill", 2))),
        (then(("Hill", 3)), before(("Hill", 2, "shelling"))),
    ],
)
def test_what_was_left_open_then_contradicts_nothing(earlier: RecordedReport, said: Previous) -> None:
    assert codes(earlier, now(said)) == []


def test_what_is_said_of_a_period_that_nobody_recorded_is_held_against_nothing() -> None:
    assert codes(now(before(total=5))) == [("previous unknown", None, 1, "", "5")]
    named = before(total=5, period=day("2031-04-01"))
    assert ("previous unknown", None, 1, "", "5") in codes(then(("Hill", 3)), now(named))


def test_the_last_recorded_of_two_editions_is_what_was_said_then() -> None:
    second = bulletin(1, "West", ("Hill", 5), period=FIRST)
    later = bulletin(2, "West", ("Hill", 1), previous=before(total=5))
    assert codes(then(("Hill", 3)), second, later) == [("same period", 0, 1, "3", "5")]


@pytest.mark.parametrize(
    ("period", "code", "text"),
    [
        (THIRD, "gap", "nothing is counted in the 24 h between the two periods"),
        (at("2031-05-01T12:00", "2031-05-02T12:00"), "overlap", "12 h lie in both periods and may be counted twice"),
        (FIRST, "same period", None),
    ],
)
def test_gaps_and_overlaps_of_periods(period: Any, code: str, text: str | None) -> None:
    (found,) = series([then(("Hill", 3)), now(period=period)])
    assert found.code == code
    assert text is None or found.text == text


def test_a_running_total_that_begins_where_the_one_before_begins_is_no_overlap() -> None:
    assert codes(then(("Hill", 3)), now(period=at("2031-05-01T00:00", "2031-05-03T00:00"))) == []


def test_a_changed_counting_rule_is_found_and_nothing_is_compared_across_it() -> None:
    found = series([then(("Hill", 3)), now(counting="explosions", respondents=("East",))])
    assert [(one.code, one.then, one.now) for one in found] == [("rule changed", "violations", "explosions, by East")]


def test_two_rules_side_by_side_are_no_change() -> None:
    days = [(n, period, rule) for n, (period, rule) in enumerate((p, r) for p in (FIRST, SECOND) for r in ("a", "b"))]
    assert codes(*(bulletin(n, "West", ("Hill", 1), period=period, counting=rule) for n, period, rule in days)) == []


def test_numbers_that_are_missing_repeated_or_backwards() -> None:
    assert codes(then(("Hill", 3), number="7/2031"), now(number="8/2031")) == []
    assert codes(then(("Hill", 3), number="7/2031"), now(number="10/2031")) == [
        ("number missing", 0, 1, "7/2031", "10/2031")
    ]
    assert codes(then(("Hill", 3), number="7/2031"), now(number="7/2031"))[0][0] == "number repeated"
    assert codes(then(("Hill", 3), number="8/2031"), now(number="7/2031"))[0][0] == "number backwards"
    assert codes(then(("Hill", 3), number="365/2030"), now(number="1/2031")) == []


def test_one_number_for_two_counts_of_one_bulletin_is_not_repeated() -> None:
    one = bulletin(0, "West", ("Hill", 3), number="7/2031")
    assert codes(one, bulletin(1, "West", ("Hill", 3), number="7/2031", counting="shots")) == []


def test_other_publishers_are_other_series_and_the_order_of_arrival_does_not_matter() -> None:
    assert codes(then(("Hill", 3)), bulletin(1, "East", period=SECOND, previous=before(total=9))) == [
        ("previous unknown", None, 1, "", "9")
    ]
    late = bulletin(5, "West", ("Hill", 3), period=FIRST)
    assert codes(now(before(total=4)), late) == [("previous differs", 5, 1, "3", "4")]
