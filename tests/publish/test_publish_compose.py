"""The daily report as data: what belongs to a day, and what is counted."""

import json
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from publish_builders import (
    DAY,
    MASTHEAD,
    NO_PLACE,
    ZONE,
    article,
    at,
    bulletin,
    card,
    claims,
    event,
    findings,
    incident,
    instant,
    place,
    recorded,
    whole_days,
)
from read_back import read_back
from valley import valley

from parley.model import Interval, Problem, Words, in_short, one
from parley.publish import DailyReport, as_html, as_json, compose, days, summary
from parley.publish.articles import first_sentence
from parley.publish.bars import parts
from parley.publish.local_days import period, touched

BEFORE = DAY - timedelta(days=1)
BAD = Problem(file="x.csv", line=2, code="not-a-number", params={"found": "x"}, kept="other-columns")


def test_the_json_is_the_schema_and_comes_back_as_the_same_report() -> None:
    report = compose(valley(), DAY, MASTHEAD)
    data = as_json(report)
    assert json.loads(data)["format"] == "parley-daily/1"
    assert data.endswith(b"}\n") and "“".encode() in data, "UTF-8, not escaped"
    assert as_json(read_back(data)) == data
    assert as_html(read_back(data)) == as_html(report)


def test_equal_findings_give_equal_bytes() -> None:
    first, second = (compose(valley(), DAY, MASTHEAD) for _ in range(2))
    assert as_json(first) == as_json(second) and as_html(first) == as_html(second)


def test_the_time_of_receipt_changes_nothing() -> None:
    found = valley()
    later = tuple(one.model_copy(update={"received_at": at(23, day=date(2040, 1, 1))}) for one in found.reports)
    moved = findings(
        later, found.incidents, found.assessments,
        inputs=found.inputs, unplaced=found.unplaced, tallies=found.tallies,
    )  # fmt: skip
    assert as_json(compose(moved, DAY, MASTHEAD)) == as_json(compose(found, DAY, MASTHEAD))


def test_exchanging_the_sides_exchanges_them_and_changes_nothing_else() -> None:
    def indented(report: DailyReport) -> bytes:
        return json.dumps(json.loads(as_json(report)), ensure_ascii=False, indent=2).encode()

    straight, swapped = valley("Ardelmark", "Bellowmar"), valley("Bellowmar", "Ardelmark")
    for write in (indented, as_html):
        one_way, other = (write(compose(found, DAY, MASTHEAD)).decode() for found in (straight, swapped))
        # the article's own words are not part of the exchange
        words = "Bellowmar accused Ardelmark of turning back flour."
        one_way, other = one_way.replace(words, ""), other.replace(words, "")
        one_way, other = (_without_article_and_digests(text) for text in (one_way, other))
        assert exchanged(one_way) == other


def exchanged(text: str) -> str:
    return text.replace("Ardelmark", "\0").replace("Bellowmar", "Ardelmark").replace("\0", "Bellowmar")


def _without_article_and_digests(text: str) -> str:
    kept = [line for line in text.split("\n") if "digest" not in line and "SHA-256" not in line]
    start = next(n for n, line in enumerate(kept) if '"articles": [' in line or 'id="articles"' in line)
    end = next(n for n, line in enumerate(kept) if '"inputs": [' in line or 'id="problems"' in line)
    return "\n".join(kept[:start] + kept[end:])


def test_an_incident_of_several_days_stands_on_the_first_and_continues_on_the_others() -> None:
    said = claims(time=whole_days(BEFORE, 3), place=place())
    found = findings(recorded(event("P", "p", said)), (incident(1, whole_days(BEFORE, 3), {"P": said}, (3,)),))
    assert [one.incident.id for one in compose(found, BEFORE, MASTHEAD).incidents] == ["I-0001"]
    for later in (DAY, DAY + timedelta(days=1)):
        report = compose(found, later, MASTHEAD)
        assert report.incidents == () and [one.first_day for one in report.continuing] == [BEFORE]
    assert compose(found, DAY + timedelta(days=2), MASTHEAD).continuing == ()
    assert days(found, ZONE) == (BEFORE,)


def test_a_day_is_local() -> None:
    just_before = Interval(start=at(23, 59, BEFORE), end=at(23, 59, BEFORE))
    assert touched(just_before, ZONE) == (BEFORE, BEFORE)
    assert touched(just_before, ZoneInfo("Asia/Tokyo")) == (DAY, DAY)
    assert touched(whole_days(DAY), ZONE) == (DAY, DAY), "the end of a span is excluded"
    assert touched(instant(0), ZONE) == (DAY, DAY)


def test_a_day_on_which_the_clocks_change_has_23_or_25_hours() -> None:
    damascus = ZoneInfo("Asia/Damascus")
    spring, autumn = period(date(2016, 3, 25), damascus), period(date(2016, 10, 27), damascus)
    lengths = {
        (one.end.astimezone(ZoneInfo("UTC")) - one.start.astimezone(ZoneInfo("UTC"))) for one in (spring, autumn)
    }
    assert lengths == {timedelta(hours=23), timedelta(hours=25)}


def test_the_number_is_the_day_of_the_year() -> None:
    assert compose(valley(), DAY, MASTHEAD).number == "123/2031"


def test_areas_are_counted_beside_the_day_before() -> None:
    counts = [(row.areas, row.today, row.previous) for row in compose(valley(), DAY, MASTHEAD).areas]
    assert counts == [(("Middle Reach",), 1, 1), (("Lower Reach",), 1, 0)]


def test_accounts_that_name_different_areas_are_counted_under_neither() -> None:
    said = {"P": claims(time=instant(6), area=one("A")), "Q": claims(time=instant(6), area=one("B"))}
    reports = recorded(*(event(source, "p", told) for source, told in said.items()))
    report = compose(findings(reports, (incident(1, instant(6), said, (3, 4)),)), DAY, MASTHEAD)
    assert [row.areas for row in report.areas] == [("A", "B")]


def test_each_clause_counts_every_incident_of_the_day_once() -> None:
    report = compose(valley(), DAY, MASTHEAD)
    for row in report.clauses:
        same = row.all_breach + row.all_no_breach + row.all_could_be + row.all_in_no_case + row.all_not_covered
        assert same + row.equal + row.differing + row.not_raised == len(report.incidents)
    first, second, third, fourth = report.clauses
    assert (first.differing, first.all_no_breach) == (1, 1)
    assert (second.all_not_covered, second.all_could_be) == (1, 1)
    assert (third.equal, third.equal_breach, third.not_raised) == (1, 1, 1)
    assert fourth.not_raised == 2


def test_a_source_that_reported_on_another_day_only_is_silent_today() -> None:
    found = valley()
    coverage = compose(found, DAY, MASTHEAD).coverage
    assert coverage.silent == ("Hill Watch",)
    assert [one.source for one in coverage.heard][:2] == ["Ardelmark Record Office", "Bellowmar Record Office"]
    assert coverage.unobserved[0].areas == ("Dunmirrow Hills",)
    assert "Monitoring Post 3" in compose(found, BEFORE, MASTHEAD).coverage.silent


def test_a_report_without_an_incident_is_kept_with_its_reason() -> None:
    report = compose(valley(), DAY, MASTHEAD)
    assert [(one.told.entry, in_short(one.why)) for one in report.allegations] == [(7, "no place is given")]


def test_what_concerns_no_day_stands_on_the_last_day_and_is_mentioned_on_the_others() -> None:
    dated = event("P", "p", claims(time=instant(6, day=BEFORE)))
    later = event("P", "p2", claims(time=instant(6)))
    undated = event("Q", "q", claims(act=one("shelling")))
    found = findings(recorded(dated, later, undated), unplaced={3: NO_PLACE, 4: NO_PLACE, 5: NO_PLACE})
    first, last = (compose(found, day, MASTHEAD) for day in days(found, ZONE))
    assert [one.told.entry for one in first.allegations] == [3]
    assert [one.told.entry for one in last.allegations] == [4, 5]
    assert first.undated == 1


def test_no_report_and_no_problem_is_in_no_daily_report() -> None:
    found = valley()
    reports = [compose(found, day, MASTHEAD) for day in days(found, ZONE)]
    told = {told.entry for report in reports for one in report.incidents for told in one.told}
    told |= {one.told.entry for report in reports for one in report.allegations}
    told |= {one.entry for report in reports for one in report.bulletins}
    told |= {one.entry for report in reports for one in report.articles}
    assert told == {recorded.entry for recorded in found.reports}
    assert sum(len(report.problems) for report in reports) == 1


def test_problems_of_an_input_stand_on_its_first_day_and_are_mentioned_on_its_others() -> None:
    rows = recorded(
        event("P", "x.csv", claims(time=instant(6, day=BEFORE))), event("P", "x.csv", claims(time=instant(6)))
    )
    found = findings(rows, inputs=(card(2, "x.csv", 2, [BAD]),), unplaced={3: NO_PLACE, 4: NO_PLACE})
    first, second = (compose(found, day, MASTHEAD) for day in days(found, ZONE))
    assert len(first.problems) == 1 and first.problems_elsewhere == ()
    assert second.problems == () and second.problems_elsewhere[0].listed_on == BEFORE


def test_an_input_of_which_nothing_was_kept_is_listed_on_the_last_day() -> None:
    rows = recorded(event("P", "x.csv", claims(time=instant(6))))
    found = findings(rows, inputs=(card(2, "x.csv", 1), card(9, "empty.csv", 0, [BAD])), unplaced={3: NO_PLACE})
    assert [one.name for one in compose(found, DAY, MASTHEAD).problems] == ["empty.csv"]


def test_copies_of_one_telling_name_each_other() -> None:
    told = findings(recorded(article(), article(source="Re-poster"), article(origin_key="another")))
    found = replace(told, origins={3: 3, 4: 3})
    assert [one.copies for one in compose(found, DAY, MASTHEAD).articles] == [(4,), (3,), ()]


def test_a_bulletin_without_a_counterpart_is_shown_all_the_same() -> None:
    found = findings(recorded(bulletin("Ardelmark", [("A", 1, "shelling", "B")], 1)))
    report = compose(found, DAY, MASTHEAD)
    assert [one.entry for one in report.bulletins] == [3] and days(found, ZONE) == (DAY,)


def test_at_most_one_sentence_is_quoted() -> None:
    assert first_sentence("One said so. Another did not.") == ("One said so.", True)
    assert first_sentence("Mr. Smith and J. Doe said so.") == ("Mr. Smith and J. Doe said so.", False)
    assert first_sentence("“Stop!” he said.") == ("“Stop!” he said.", False)
    assert first_sentence("قال ذلك. ثم نفى.") == ("قال ذلك.", True)
    assert len(first_sentence("word " * 500)[0].split()) == 80


def test_bars_are_in_proportion_and_show_what_can_be_in_both() -> None:
    left = [(part.kind, part.x, part.width) for part in parts(4, 1, 2, 34, "left")]
    assert left == [("certain", "146.00", "34.00"), ("possible", "112.00", "34.00"), ("alone", "44.00", "68.00")]
    right = [(part.kind, part.x, part.width) for part in parts(2, 1, 2, 34, "right")]
    assert right == [("certain", "180.00", "34.00"), ("possible", "214.00", "34.00")]
    assert parts(0, 0, 0, 34, "left") == ()


def test_the_summary_counts_accounts_answers_and_what_awaits_review() -> None:
    totals = summary(valley())
    assert (totals.incidents, totals.accounts, totals.rival, totals.cruxes) == (3, 5, 1, 2)
    assert (totals.agreed, totals.equal, totals.differ) == (1, 1, 1)
    assert (totals.tallies, totals.proposals, totals.problems, totals.unplaced) == (1, 1, 1, 1)
    (answers,) = totals.answers
    assert (answers.breach, answers.no_breach, answers.not_covered) == (4, 1, 5)
    assert (answers.could_be, answers.in_no_case) == (3, 0)
    assert answers.not_raised == 7
    assert (answers.breaches_of_several, answers.breaches_of_one_account, answers.breaches_of_accuser) == (0, 1, 1)
    assert ("incidents", 3) in list(totals.lines())


def test_a_report_of_an_empty_centre_can_be_made() -> None:
    assert days(findings(), ZONE) == ()
    report = compose(findings(), DAY, MASTHEAD)
    assert report.incidents == () and b"No source reported on this day" in as_html(report)


def test_words_of_an_allegation_keep_their_language() -> None:
    said = claims(time=instant(6), account=Words(text="قصف"))
    found = findings(recorded(event("P", "p", said, language="ar")), unplaced={3: NO_PLACE})
    assert b'<dd lang="ar" dir="auto">' in as_html(compose(found, DAY, MASTHEAD))


def test_a_bulletin_of_several_days_stands_in_the_report_of_each_marked_and_never_divided() -> None:
    several = bulletin("Ardelmark", [("Hill", 6, "shelling", "Bellowmar")], 6).model_copy(
        update={"period": Interval(start=at(19, 30, BEFORE), end=at(19, 30, BEFORE + timedelta(days=3)))}
    )
    found = findings(recorded(several, bulletin("Bellowmar", [], 1)))
    touched_days = [BEFORE + timedelta(days=number) for number in range(4)]
    assert days(found, ZONE) == tuple(touched_days)
    for day in touched_days:
        report = compose(found, day, MASTHEAD)
        one = report.bulletins[0]
        assert (one.entry, one.first_day, one.last_day) == (3, touched_days[0], touched_days[-1])
        assert one.bulletin.items[0].count == 6, "the count of the whole period, on each day"
        page = as_html(report).decode()
        assert "Covers a period:" in page and "not added to counts of single days" in page
        heard = {one.source: one.bulletins for one in report.coverage.heard}
        assert heard["Ardelmark Record Office"] == 1
        assert len(report.bulletins) == (2 if day == DAY else 1)
    for day in (BEFORE - timedelta(days=1), touched_days[-1] + timedelta(days=1)):
        assert compose(found, day, MASTHEAD).bulletins == ()


def test_a_bulletin_of_one_day_is_marked_as_no_period() -> None:
    report = compose(findings(recorded(bulletin("Ardelmark", [], 1))), DAY, MASTHEAD)
    assert (report.bulletins[0].first_day, report.bulletins[0].last_day) == (DAY, DAY)
    assert "Covers a period" not in as_html(report).decode()


def test_a_bulletin_of_centuries_makes_no_report_for_each_of_its_days() -> None:
    long = bulletin("Ardelmark", [], 1).model_copy(
        update={"period": Interval(start=at(0, day=date(1900, 1, 1)), end=at(0, day=date(2900, 1, 1)))}
    )
    assert days(findings(recorded(long)), ZONE) == (date(1900, 1, 1), date(2899, 12, 31))
    assert len(compose(findings(recorded(long)), DAY, MASTHEAD).bulletins) == 1


def test_the_sum_of_items_is_shown_only_where_there_are_items() -> None:
    stated = findings(recorded(bulletin("Ardelmark", [], 9)))
    page = as_html(compose(stated, DAY, MASTHEAD)).decode()
    assert "Stated total: 9." in page and "sum of its items" not in page
    with_items = findings(recorded(bulletin("Ardelmark", [("Hill", 0, "shelling", "Bellowmar")], 9)))
    assert "Stated total: 9; sum of its items: 0." in as_html(compose(with_items, DAY, MASTHEAD)).decode()


def test_what_concerns_no_day_stays_where_it_was_listed_when_later_days_come() -> None:
    first = event("P", "p", claims(time=instant(6, day=BEFORE)))
    undated = event("Q", "q", claims(act=one("shelling")))
    later = event("P", "p2", claims(time=instant(6)))
    for reports, listed_on in (
        ((first, undated, later), BEFORE),
        ((first, later, undated), DAY),
        ((undated, first), BEFORE),
    ):
        made = recorded(*reports)
        found = findings(made, unplaced={one.entry: NO_PLACE for one in made})
        for day in days(found, ZONE):
            allegations = [one.told.source for one in compose(found, day, MASTHEAD).allegations]
            assert ("Q" in allegations) == (day == listed_on)
