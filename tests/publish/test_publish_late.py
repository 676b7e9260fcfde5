"""What came late: a cut-off lies between the act and its report. It marks, and moves nothing to another day."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from publish_builders import (
    DAY,
    MASTHEAD,
    NO_PLACE,
    ZONE,
    article,
    at,
    bulletin,
    claims,
    event,
    findings,
    incident,
    instant,
    place,
    recorded,
    whole_days,
)
from valley import valley

from parley.model import Findings, Interval, Report
from parley.publish import as_html, as_json, compose, late_reports
from parley.publish.late import cutoff_after
from parley.publish.local_days import period

SECOND = timedelta(seconds=1)
HEAD = MASTHEAD.model_copy(update={"cutoff": "19:30"})
NEW_YORK = ZoneInfo("America/New_York")


def received(when: datetime, *reports: Report) -> Findings:
    """Findings of *reports*, which were all received at *when*; each alone makes no incident."""
    found = tuple(one.model_copy(update={"received_at": when}) for one in recorded(*reports))
    return findings(found, unplaced={one.entry: NO_PLACE for one in found})


def told(when: Interval) -> Report:
    return event("Post 3", "p", claims(time=when))


def is_late(report: Report, when: datetime, cutoff: str = "19:30", zone: ZoneInfo = ZONE) -> bool:
    return bool(late_reports(received(when, report), zone, lambda _: cutoff))


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, False), (1, True)])
def test_a_second_before_the_cut_off_is_in_time_and_a_second_after_is_late(seconds: int, late: bool) -> None:
    assert is_late(told(instant(10)), at(19, 30) + seconds * SECOND) == late


def test_what_happened_after_the_cut_off_has_until_the_next() -> None:
    for act in (instant(19, 30), instant(23)):
        assert not is_late(told(act), at(23, 30)) and not is_late(told(act), at(19, 30) + timedelta(days=1))
        assert is_late(told(act), at(19, 31) + timedelta(days=1))


def test_a_day_without_a_time_counts_from_its_beginning_and_so_does_a_span() -> None:
    for act in (whole_days(DAY), Interval(start=at(9), end=at(9) + timedelta(days=3))):
        assert not is_late(told(act), at(19, 29)) and is_late(told(act), at(19, 31))


def test_a_bulletin_has_until_the_cut_off_behind_its_period() -> None:
    days = bulletin("Ardelmark", [], 3).model_copy(update={"period": whole_days(DAY, 3)})
    ends = datetime.combine(DAY + timedelta(days=3), time(19, 30), ZONE)
    assert not is_late(days, ends) and is_late(days, ends + SECOND)


def test_an_article_has_until_the_cut_off_behind_its_publication_and_what_says_no_day_is_never_late() -> None:
    assert not is_late(article(), at(19, 30)) and is_late(article(), at(19, 31))
    assert not is_late(event("Q", "q", claims()), datetime(2040, 1, 1, tzinfo=UTC))


def test_midnight_is_a_cut_off_like_any_other_and_without_one_nothing_is_late() -> None:
    midnight = period(DAY, ZONE).end
    assert not is_late(told(instant(10)), midnight, "00:00") and is_late(told(instant(10)), midnight + SECOND, "00:00")
    assert not is_late(told(instant(10)), datetime(2040, 1, 1, tzinfo=UTC), "")


@pytest.mark.parametrize(
    ("day", "cutoff", "ends"),
    [
        (
            date(2031, 3, 9),
            "02:30",
            "2031-03-09T07:30:00+00:00",
        ),  # skipped: 2 h 30 min after midnight
        (date(2031, 11, 2), "01:30", "2031-11-02T05:30:00+00:00"),  # twice: the first
        (date(2031, 3, 9), "19:30", "2031-03-09T23:30:00+00:00"),
        (date(2031, 11, 2), "19:30", "2031-11-03T00:30:00+00:00"),
    ],
)
def test_on_days_on_which_clocks_change(day: date, cutoff: str, ends: str) -> None:
    act = Interval(start=period(day, NEW_YORK).start, end=period(day, NEW_YORK).start)
    assert cutoff_after(act.start, NEW_YORK, cutoff) == datetime.fromisoformat(ends)
    for seconds, late in ((-1, False), (0, False), (1, True)):
        when = datetime.fromisoformat(ends) + seconds * SECOND
        assert is_late(told(act), when, cutoff, NEW_YORK) == late


@pytest.mark.parametrize("seed", range(300))
def test_a_cut_off_comes_once_a_local_day_and_always_after_the_act(seed: int) -> None:
    chance = random.Random(seed)
    zone = ZoneInfo(
        chance.choice(["America/New_York", "Asia/Damascus", "Pacific/Apia", "Asia/Kathmandu", "Africa/Cairo"])
    )
    when = datetime(2011, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(20 * 365 * 86400))
    cutoff = f"{chance.randrange(24):02}:{chance.randrange(60):02}"
    ends = cutoff_after(when, zone, cutoff)
    assert when < ends <= when + timedelta(hours=49)
    assert cutoff_after(ends - SECOND, zone, cutoff) == ends, "none lies between"
    assert cutoff_after(ends, zone, cutoff) > ends


def test_the_page_the_json_and_the_incidents_reports_are_marked_with_when_it_came() -> None:
    said = claims(time=instant(10), place=place())
    on_time, late = (at(12), at(21, 5))
    one, other = recorded(event("P", "p", said), event("Q", "q", said))
    reports = (one.model_copy(update={"received_at": on_time}), other.model_copy(update={"received_at": late}))
    bulletins = recorded(bulletin("Ardelmark", [], 3), article(), first=9)
    found = findings((*reports, *bulletins), (incident(1, instant(10), {"P": said, "Q": said}, (3, 4)),))
    report = compose(found, DAY, HEAD)
    assert [told.late for told in report.incidents[0].told] == [None, late]
    assert report.bulletins[0].late and report.articles[0].late
    page = as_html(report).decode()
    assert page.count("LATE: received") == 3 and "21:05" in page and "19:30" in page
    assert as_json(report).count(b'"late":null') == 1
    moved = compose(found, DAY, HEAD.model_copy(update={"cutoff": ""}))
    assert "LATE" not in as_html(moved).decode()
    assert [one.incident.id for one in moved.incidents] == [one.incident.id for one in report.incidents]


def test_without_a_cut_off_the_time_of_receipt_changes_nothing_and_with_one_only_the_marks() -> None:
    found = valley()
    later = tuple(one.model_copy(update={"received_at": at(23, day=date(2040, 1, 1))}) for one in found.reports)
    moved = findings(
        later, found.incidents, found.assessments,
        inputs=found.inputs, unplaced=found.unplaced, tallies=found.tallies,
    )  # fmt: skip
    assert as_json(compose(moved, DAY, MASTHEAD)) == as_json(compose(found, DAY, MASTHEAD))
    assert as_json(compose(moved, DAY, HEAD)) != as_json(compose(found, DAY, HEAD))
    assert len(late_reports(moved, ZONE, lambda _: "19:30")) == len(found.reports)
