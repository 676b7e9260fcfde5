"""What changed from one edition to the next: nothing if and only if the contents are the same; never without bound."""

import json
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from publish_builders import (
    DAY,
    MASTHEAD,
    NO_PLACE,
    TRUCE,
    ZONE,
    answered,
    article,
    assessed,
    bulletin,
    claims,
    event,
    findings,
    incident,
    instant,
    place,
    recorded,
)
from read_back import read_back
from valley import valley

from parley.model import Assessment, Findings, Revisions, Unread, one
from parley.publish import DailyReport, Replaced, as_html, as_json, compose, contents, next_edition, what_changed
from parley.publish.changes import MOST_CHANGES

BEFORE = DAY - timedelta(days=1)
AT = datetime(2031, 5, 3, 18, tzinfo=UTC)


def report(found: Findings, day: date = DAY, **head: Any) -> DailyReport:
    return compose(found, day, MASTHEAD.model_copy(update=head))


def codes(before: Findings, now: Findings, **head: Any) -> list[str]:
    return [change.code for change in what_changed(report(before, **head), report(now, **head))]


def thinned(found: Findings, chance: random.Random) -> Findings:
    """Return *found* without some of what it holds, or with some of it changed."""

    def some(things: Any) -> Any:
        return tuple(thing for thing in things if chance.random() < 0.8)

    answers = tuple(
        replace(one, clauses=tuple(some(one.clauses))) if chance.random() < 0.3 else one for one in found.assessments
    )
    incidents = some(found.incidents)
    ids = {one.id for one in incidents}
    return replace(
        found,
        reports=found.reports
        if chance.random() < 0.6
        else (*found.reports, *recorded(event("New", "n", ()), first=30)),
        incidents=incidents,
        assessments=tuple(one for one in answers if one.incident in ids),
        tallies=some(found.tallies),
        inputs=some(found.inputs),
        agreements=found.agreements if chance.random() < 0.8 else (TRUCE.model_copy(update={"title": "Another"}),),
        size=chance.randrange(20, 30),
    )


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_nothing_changed_if_and_only_if_the_contents_are_the_same(one_seed: int, other_seed: int) -> None:
    before, now = (report(thinned(valley(), random.Random(seed))) for seed in (one_seed, other_seed))
    changes = list(what_changed(before, now))
    assert (changes == []) == (contents(before) == contents(now))
    assert list(what_changed(now, now)) == []
    assert all(change.text and "{" not in change.text and change.code not in change.text for change in changes)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000))
def test_any_field_of_a_report_that_differs_is_a_change_and_the_state_of_the_record_is_none(seed: int) -> None:
    now = report(valley())
    others = report(findings(), BEFORE, title="Another centre", size=99)
    chance = random.Random(seed)
    fields = chance.sample(sorted(set(DailyReport.model_fields) - {"format"}), chance.randrange(1, 5))
    mixed = now.model_copy(update={name: getattr(others, name) for name in fields})
    assert (list(what_changed(now, mixed)) == []) == (contents(now) == contents(mixed))


def test_how_far_the_record_had_grown_and_what_concerns_every_day_is_no_change() -> None:
    found = valley()
    unread = replace(found, size=25, unread=(Unread(entry=24, kind="report", why="not known"),))
    elsewhere = replace(unread, reports=(*found.reports, *recorded(
        event("A new post", "new", claims(time=instant(6, day=BEFORE - timedelta(days=9)))), first=21
    )), unplaced={**found.unplaced, 21: NO_PLACE})  # fmt: skip
    for other in (unread, elsewhere):
        assert list(what_changed(report(found), report(other, size=25, root="cd" * 32))) == []
        assert contents(report(found)) == contents(report(other, size=25, root="cd" * 32))


def said(**more: Any) -> Any:
    return claims(time=instant(6), place=place(), act=one("shelling"), **more)


def a_day(*clauses: Any, sources: tuple[str, ...] = ("P",), **more: Any) -> Findings:
    reports = recorded(*(event(source, source, said()) for source in sources))
    entries = tuple(recorded.entry for recorded in reports)
    incidents = (incident(1, instant(6), {source: said() for source in sources}, entries),)
    assessments = (Assessment("I-0001", TRUCE.id, tuple(clauses)),) if clauses else ()
    return findings(reports, incidents, assessments, **more)


def test_incidents_and_their_reports_that_came_and_went_are_said() -> None:
    nothing, first, second = findings(), a_day(), a_day(sources=("P", "Q"))
    assert codes(nothing, first)[-1] == "incident-added"
    assert codes(first, nothing)[-1] == "incident-removed"
    (joined,) = (one for one in what_changed(report(first), report(second)) if one.code == "incident-reports")
    assert joined.text == "incident I-0001: reports changed; new: entry 4"
    assert codes(first, second)[0] == "source-heard"


def test_an_answer_that_changed_is_said_and_one_that_more_accounts_share_is_not() -> None:
    breach, unknown = answered("no-attack", "breach", "so"), answered("no-attack", "unknown", "why")
    before = a_day(assessed((breach,)))
    (change,) = (
        one for one in what_changed(report(before), report(a_day(assessed((unknown,))))) if one.code == "answer"
    )
    assert change.text == "incident I-0001, river-road, no-attack: breach before; could be a breach now"
    twice = a_day(assessed((breach, breach)), sources=("P", "Q"))
    assert "answer" not in codes(before, twice)


def test_reports_that_were_taken_back_are_said() -> None:
    rows = recorded(event("P", "p", said()), event("P", "q", said()))
    held = findings(rows, unplaced={3: NO_PLACE, 4: NO_PLACE})
    withdrawn = replace(held, revisions=Revisions(withdrawn={3: 9}))
    corrected = replace(held, revisions=Revisions(replaced={3: 4}))
    assert "report-withdrawn" in codes(held, withdrawn)
    assert "report-replaced" in codes(held, corrected)


def test_bulletins_and_articles_that_were_taken_back_are_said_and_marked() -> None:
    held = findings(recorded(article(), bulletin("Ardelmark", [], 3)))
    gone = replace(held, revisions=Revisions(withdrawn={3: 9}, replaced={4: 9}))
    assert {"report-withdrawn", "report-replaced"} <= set(codes(held, gone))
    now = report(gone)
    assert (now.articles[0].taken_back, now.articles[0].statements) == ("withdrawn", ())
    page = as_html(now).decode()
    assert page.count("It is shown as it came; no finding uses it.") == 2
    assert "nothing rests on it" not in as_html(report(held)).decode()


def test_a_bulletin_an_article_and_a_count_that_came_are_said() -> None:
    some = findings(recorded(article(), bulletin("Ardelmark", [], 3)))
    assert {"bulletin-added", "article-added"} <= set(codes(findings(), some))
    assert {"bulletin-removed", "article-removed"} <= set(codes(some, findings()))
    assert codes(findings(), a_day()).count("area-count") == 1
    assert "tally-added" in codes(replace(valley(), tallies=()), valley())


def test_what_came_after_the_cut_off_is_said_to_be_late() -> None:
    late, received = a_day(), datetime(2031, 5, 9, 12, tzinfo=UTC).astimezone(ZONE).isoformat(" ", "seconds")
    first, *_ = what_changed(report(findings(), cutoff="19:30"), report(late, cutoff="19:30"))
    assert first.text == f"late report, entry 3 of P, received {received}"
    assert "late-report" not in codes(findings(), late)


def test_the_list_of_changes_is_bounded_and_says_how_many_more_there_are() -> None:
    rows = recorded(*(event(f"Post {number}", f"f{number}", said()) for number in range(MOST_CHANGES)))
    many = findings(rows, unplaced={one.entry: NO_PLACE for one in rows})
    replaces = Replaced(number=1, published_at=AT, as_of=9)
    now = report(many)
    edition = next_edition(replaces, report(findings()), now)
    assert len(edition.changes) == MOST_CHANGES
    assert edition.more_changes == len(list(what_changed(report(findings()), now))) - MOST_CHANGES > 0
    shown = as_html(now.model_copy(update={"edition": edition})).decode()
    assert f"And {edition.more_changes} more changes." in shown


def test_an_edition_comes_back_from_its_json_and_says_the_words_of_each_change() -> None:
    replaces = Replaced(number=1, published_at=AT, as_of=9)
    now = report(a_day())
    second = now.model_copy(update={"edition": next_edition(replaces, report(findings()), now)})
    data = as_json(second)
    assert as_html(read_back(data)) == as_html(second) and as_json(read_back(data)) == data
    assert all(one["text"] for one in json.loads(data)["edition"]["changes"])
    assert contents(second) == contents(now), "the edition is no content of its own"
