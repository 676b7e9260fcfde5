"""An agreement in several versions: the text is chosen by the time of the act.

Laws on random small worlds, and each case by itself on a small truce. `PARLEY_LAWS=20` makes the laws run longer.
"""

import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
import random_worlds as rw
from random_worlds import Data, Story

from parley.model import Assessment, ClauseAnswer, ClauseAssessment, Disc, Established, Interval, OneOf
from parley.terms import Adopted, Schedule, Terms, assess, assess_all, load

TIMES = int(os.environ.get("PARLEY_LAWS", "1"))


def seeds(number: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("seed", range(number * TIMES))


def world(seed: int, stateful: bool = False) -> tuple[random.Random, Data]:
    dice = random.Random(seed)
    return dice, rw.agreement(dice, stateful)


def retold(data: Data, title: str = "told anew") -> Data:
    """Return an agreement that says the same, and is not equal."""
    return {**data, "title": title}


def other(dice: random.Random, data: Data) -> Data:
    """Return a version with some clauses of *data*, some changed and some new, about the same parties and zones."""
    new = rw.agreement(dice)
    clauses = [one for one in data["clauses"] if not one.get("yields_to") and one["kind"] != "permission"]
    kept = dice.sample(clauses, dice.randint(0, len(clauses)))
    more = [{**one, "id": one["id"] if dice.random() < 0.5 else f"n{one['id']}"} for one in new["clauses"]]
    more = [one for one in more if not one.get("yields_to") and one["kind"] != "permission"]
    named = {one["id"]: one for one in (*kept, *more)}
    events = {one["id"]: one for one in (*data["events"], *new["events"])}
    found = {**new, "clauses": list(named.values()), "events": list(events.values())}
    found.pop("readings", None)
    return found if found["clauses"] else retold(data)


def schedule(*versions: tuple[Data, float | None]) -> Schedule:
    """Return versions with the half days from which they apply."""
    return Schedule(
        [
            Adopted(rw.terms_of(data), None if half is None else rw.moment(half), entry)
            for entry, (data, half) in enumerate(versions, start=1)
        ]
    )


def answer(one: ClauseAnswer) -> tuple[Any, ...]:
    return one.clause, frozenset(one.possible), frozenset(one.by), one.code, one.state


def plain(one: ClauseAssessment) -> tuple[Any, ...]:
    """Return what a clause makes of an incident, whatever text was asked."""
    assert not any(each.code == "failed" for each in (*one.accounts, one.agreed)), one.agreed.reasons.in_a_line
    return (
        one.clause, tuple(map(answer, one.accounts)), answer(one.agreed), one.comparison, one.support,
        frozenset(one.rests_on), tuple((b.accounts, b.agreed) for b in one.branches),
    )  # fmt: skip


def everything(found: Sequence[Assessment]) -> list[Any]:
    return [[one.incident, *map(plain, one.clauses)] for one in found]


def with_readings(found: Sequence[Assessment]) -> list[Any]:
    return [
        [(r.reading, r.held_by, [answer(a) for a in r.accounts], answer(r.agreed)) for r in clause.readings]
        + [(p.holder, p.readings, [answer(a) for a in p.accounts], answer(p.agreed)) for p in clause.positions]
        for one in found
        for clause in one.clauses
    ]


def happenings(dice: random.Random, data: Data, number: int = 4) -> list[Any]:
    return [
        rw.happening(*(rw.account(dice, data) for _ in range(dice.randint(1, 3))), number=n + 1) for n in range(number)
    ]


# Laws


@seeds(20)
def test_one_version_is_the_agreement_itself(seed: int) -> None:
    dice, data = world(seed, stateful=seed % 2 == 0)
    told = happenings(dice, data)
    assert assess_all(schedule((data, None)), told) == assess_all(rw.terms_of(data), told)


@seeds(80)
def test_a_version_that_says_the_same_changes_nothing(seed: int) -> None:
    """Neither equal, which is no new version at all, nor worded anew, where every account is asked under its own."""
    dice, data = world(seed, stateful=seed % 2 == 0)
    told, change = happenings(dice, data), dice.randint(2, 24) / 2
    before = assess_all(rw.terms_of(data), told)
    assert assess_all(schedule((data, None), (data, change)), told) == before
    for versions in ([(retold(data), change)], [(retold(data), change), (retold(data, "once more"), change + 1.5)]):
        after = assess_all(schedule((data, None), *versions), told)
        assert everything(after) == everything(before), seed
        assert with_readings(after) == with_readings(before), seed


@seeds(40)
def test_what_is_adopted_before_all_acts_and_deadlines_is_as_if_it_had_always_been(seed: int) -> None:
    dice, data = world(seed, stateful=seed % 2 == 0)
    new = other(dice, data)
    told = happenings(dice, data)
    assert assess_all(schedule((data, None), (new, 0.5)), told) == assess_all(rw.terms_of(new), told)


@seeds(40)
def test_of_several_from_one_instant_the_last_in_the_record_holds(seed: int) -> None:
    dice, data = world(seed)
    first, second, change = other(dice, data), other(dice, data), dice.randint(2, 24) / 2
    told = happenings(dice, data)
    assert assess_all(schedule((data, None), (first, change), (second, change)), told) == assess_all(
        schedule((data, None), (second, change)), told
    )
    later = schedule((data, None), (first, change + 1), (second, change))  # recorded last, from an earlier instant
    assert assess_all(later, told) == assess_all(schedule((data, None), (second, change)), told)


@seeds(80)
def test_an_account_that_straddles_gives_what_its_moments_give_each_under_its_own_text(seed: int) -> None:
    dice, data = world(seed)
    new, change = other(dice, data), float(dice.randint(3, 10))
    versions = schedule((data, None), (new, change))
    story = {**rw.account(dice, data, 0.3), "time": rw.time(change - dice.randint(1, 4) / 2, change + 1.5)}
    (whole,) = assess_all(versions, [rw.happening(story)])
    moments = list(rw._values("time", story["time"]))
    each = assess_all(versions, [rw.happening({**story, "time": one}, number=n) for n, one in enumerate(moments, 1)])
    for clause in whole.clauses:
        alone = [next((c for c in one.clauses if c.clause == clause.clause), None) for one in each]
        possible = {answer for c in alone for answer in (c.accounts[0].possible if c else ("not covered",))}
        assert set(clause.accounts[0].possible) == possible, (seed, clause.clause)
        if clause.accounts[0].answer == "breach":
            assert set(clause.accounts[0].by) == {who for c in alone if c for who in c.accounts[0].by}


def combined(stories: Sequence[Story]) -> list[Story]:
    names = dict.fromkeys(name for one in stories for name in one)
    groups = [("object", "site", "affected"), *((n,) for n in names if n not in ("object", "site", "affected"))]
    each = [[{name: one[name] for name in group if name in one} for one in stories] for group in groups]
    return [{name: value for part in parts for name, value in part.items()} for parts in product(*each)]


@seeds(60)
def test_agreed_is_what_holds_on_every_combination_each_under_the_text_of_its_time(seed: int) -> None:
    dice, data = world(seed)
    new, change = other(dice, data), float(dice.randint(3, 10))
    versions = schedule((data, None), (new, change))
    first = {**rw.account(dice, data, 0.3), "time": rw.time(change - 0.5)}
    second = {**first, "time": rw.time(change + 0.5)}
    other_account = rw.account(dice, data, 0.3)
    for name in dice.sample(sorted((first.keys() & other_account.keys()) - {"time"}), 2):
        second[name] = other_account[name]
    told = [first, second]
    (united,) = assess_all(versions, [rw.happening(*told)])
    each = assess_all(versions, [rw.happening(one, number=n) for n, one in enumerate(combined(told), 1)])
    for clause in united.clauses:
        alone = [next((c for c in one.clauses if c.clause == clause.clause), None) for one in each]
        possible = {answer for c in alone for answer in (c.accounts[0].possible if c else ("not covered",))}
        assert set(clause.agreed.possible) == possible, (seed, clause.clause)


@seeds(60)
def test_each_way_to_settle_a_crux_gives_what_it_says(seed: int) -> None:
    """Where the accounts differ in nothing but the time, telling each of its ways gives the crux's answer."""
    dice, data = world(seed)
    new, change = other(dice, data), float(dice.randint(3, 10))
    versions = schedule((data, None), (new, change))
    story = rw.account(dice, data, 0.0)
    spans = [rw.time(change - 1.5, change - 0.5), rw.time(change - 0.5, change + 0.5), rw.time(change + 0.5)]
    told = [{**story, "time": one} for one in dice.sample(spans, dice.randint(1, 3))]
    (found,) = assess_all(versions, [rw.happening(*told)])
    for clause in found.clauses:
        for crux in clause.cruxes:
            if crux.attributes != ("time",):
                continue
            assert len({(one.answer, one.by) for one in crux.settlements}) > 1
            for one in crux.settlements:
                ((_, when),) = one.values
                (alone,) = assess_all(versions, [rw.happening({**story, "time": when})])
                same = next((c for c in alone.clauses if c.clause == clause.clause), None)
                assert (same.accounts[0].answer if same else "not covered") == one.answer, (seed, clause.clause, when)


# Cases

PASS = """\
format: parley-terms/1
id: pass
title: The pass
date: 2031-04-28
timezone: Asia/Tbilisi
source: {name: invented}
from: 2031-05-01T06:00
parties:
  - {id: high, name: Highland, role: party, also: [Upper Command], adheres: [{from: 2031-04-28}]}
  - {id: lake, name: Lakeside, role: party, adheres: [{from: 2031-04-28}]}
zones:
  - {id: strip, name: The strip, line: [[44.0, 42.0], [44.5, 42.0]], within_m: 5000}
clauses:
  - {id: attacks, article: Article 1, says: No attack., acts: [attack]}
  - {id: heavy, article: Article 2, says: No heavy weapons within 5 km., acts: [attack], zone: strip, means: [mortar]}
"""
CHANGE = "2031-05-10T06:00"
WIDER = PASS.replace("within_m: 5000", "within_m: 10000").replace("within 5 km", "within 10 km")
EIGHT_KM = {"lat": 42.072, "lon": 44.25}


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+04:00").astimezone(UTC)


def when(first: str, last: str | None = None) -> Interval:
    return Interval(start=local(first), end=local(last or first))


def mortar(first: str, last: str | None = None, **more: str) -> Story:
    return {
        "time": when(first, last),
        "place": Disc(**EIGHT_KM, radius_m=50),
        "act": OneOf(any_of=("shelling",)),
        "means": OneOf(any_of=("mortar",)),
        "actor": OneOf(any_of=("Lakeside",)),
        "affected": OneOf(any_of=("Highland",)),
    } | {name: OneOf(any_of=(value,)) for name, value in more.items()}


def adopted(*texts: str, change: str = CHANGE) -> Schedule:
    first, *later = (load(text, "pass.yaml") for text in texts)
    return Schedule([Adopted(first, None, 1), *(Adopted(one, local(change), 9 + n) for n, one in enumerate(later))])


def clause_of(versions: Schedule | Terms, name: str, *stories: Story, established: Sequence[Established] = ()) -> Any:
    found = assess(versions, rw.happening(*stories), established)
    return next(one for one in found.clauses if one.clause == name)


AMENDED = adopted(PASS, WIDER)


def test_an_act_before_the_change_is_asked_under_the_former_text_and_one_from_it_on_under_the_new() -> None:
    for minute, answer_, version in (("05:59", "not covered", 1), ("06:00", "breach", 9), ("06:01", "breach", 9)):
        found = clause_of(AMENDED, "heavy", mortar(f"2031-05-10T{minute}"))
        assert (found.accounts[0].answer, found.versions) == (answer_, ((version,),))


def test_of_an_account_that_straddles_the_change_the_time_decides_and_is_the_crux() -> None:
    found = clause_of(AMENDED, "heavy", mortar("2031-05-10T05:30", "2031-05-10T06:30"))
    (one,) = found.accounts
    assert (one.answer, one.possible, found.versions) == ("unknown", ("breach", "not covered"), ((1, 9),))
    assert "the time decides which text applies; before 2031-05-10 06:00 Asia/Tbilisi" in one.reasons.in_a_line
    assert "(entry 1), the answer is “not covered”; from 2031-05-10 06:00 Asia/Tbilisi" in one.reasons.in_a_line
    assert one.reasons.missing == ("time",)
    (crux,) = found.cruxes
    assert crux.attributes == ("time",)
    assert [(way.values[0][1], way.answer) for way in crux.settlements] == [
        (when("2031-05-10T05:30", "2031-05-10T06:00"), "not covered"),
        (when("2031-05-10T06:00", "2031-05-10T06:30"), "breach"),
    ]


def test_answers_that_agree_are_the_answer_also_across_the_change() -> None:
    found = clause_of(AMENDED, "attacks", mortar("2031-05-10T05:30", "2031-05-10T06:30"))
    assert (found.accounts[0].answer, found.accounts[0].by, found.cruxes) == ("breach", ("lake",), ())
    assert "every version gives the same" in found.accounts[0].reasons.in_a_line


def test_accounts_of_one_incident_under_different_versions_are_compared_and_the_time_is_the_crux() -> None:
    found = clause_of(AMENDED, "heavy", mortar("2031-05-10T05:50"), mortar("2031-05-10T06:10"))
    assert [one.answer for one in found.accounts] == ["not covered", "breach"]
    assert (found.comparison, found.agreed.possible) == ("differ", ("breach", "not covered"))
    assert found.versions == ((1,), (9,))
    assert [crux.attributes for crux in found.cruxes] == [("time",)]


def test_one_who_acted_is_disputed_and_another_the_time_are_a_crux_of_two() -> None:
    found = clause_of(AMENDED, "heavy", mortar("2031-05-10T05:50"), mortar("2031-05-10T06:10", actor="Highland"))
    assert [set(crux.attributes) for crux in found.cruxes] == [{"time", "actor"}]
    by = {(way.values[0][1], way.values[1][1].any_of): (way.answer, way.by) for way in found.cruxes[0].settlements}
    after = when("2031-05-10T06:10")
    assert by[after, ("Lakeside",)] == ("breach", ("lake",)) and by[after, ("Highland",)] == ("breach", ("high",))


def test_a_clause_that_only_one_version_has_covers_nothing_in_the_time_of_the_other() -> None:
    drones = "  - {id: drones, article: Article 3, says: No shelling at all., acts: [shelling]}\n"
    for versions, before, after in (
        (adopted(PASS, PASS + drones), "not covered", "breach"),
        (adopted(PASS + drones, PASS), "breach", "not covered"),
    ):
        found = clause_of(versions, "drones", mortar("2031-05-10T05:50"), mortar("2031-05-10T06:10"))
        assert [one.answer for one in found.accounts] == [before, after]
        reason = found.accounts[0 if before == "not covered" else 1].reasons.in_a_line
        assert "this text has no such clause" in reason
    alone = assess(adopted(PASS + drones, PASS), rw.happening(mortar("2031-05-10T06:10")))
    assert [one.clause for one in alone.clauses] == ["attacks", "heavy"], "the other text is not asked at all"


def test_a_party_goes_by_the_names_of_all_versions() -> None:
    renamed = WIDER.replace("name: Lakeside", "name: Lake Republic")
    versions = adopted(PASS, renamed)
    for actor in ("Lakeside", "Lake Republic"):
        for moment in ("2031-05-09T12:00", "2031-05-11T12:00"):
            assert clause_of(versions, "attacks", mortar(moment, actor=actor)).accounts[0].by == ("lake",)
    found = clause_of(
        versions, "attacks", mortar("2031-05-10T05:50"), mortar("2031-05-10T06:10", actor="Lake Republic")
    )
    assert (found.comparison, found.agreed.by) == ("agreed", ("lake",))


def test_a_name_that_a_version_gives_to_another_party_is_that_party_s_in_its_time() -> None:
    moved = PASS.replace(", also: [Upper Command]", "").replace(
        "name: Lakeside", "name: Lakeside, also: [Upper Command]"
    )
    versions = adopted(PASS, moved)
    for moment, who in (("2031-05-09T12:00", "high"), ("2031-05-11T12:00", "lake")):
        found = clause_of(versions, "attacks", mortar(moment, actor="Upper Command", affected="somebody"))
        assert found.accounts[0].by == (who,)


def duty(by: str) -> str:
    return f"  - {{id: leave, article: '4', says: Leave., kind: duty, does: [withdrawal], by: {by}, binds: [lake]}}\n"


def stands(versions: Schedule, moment: str, done: str = "no") -> tuple[str, str]:
    story = {
        "time": when(moment),
        "actor": OneOf(any_of=("Lakeside",)),
        "act": OneOf(any_of=("withdrawal",)),
        "done": OneOf(any_of=(done,)),
    }
    one = clause_of(versions, "leave", story).accounts[0]
    return one.answer, one.state


def test_a_duty_that_fell_due_before_the_change_stays_with_the_text_of_then() -> None:
    due = PASS + duty("2031-05-08T00:00")
    for amended in (adopted(due, PASS), adopted(due, PASS + duty("2031-05-20T00:00"))):
        assert stands(amended, "2031-05-09T00:00") == ("breach", "overdue")
        assert stands(amended, "2031-05-12T00:00") == ("breach", "overdue")


def test_a_duty_that_was_not_due_goes_on_as_the_new_text_has_it_and_is_over_without() -> None:
    due = PASS + duty("2031-05-12T00:00")
    later = adopted(due, PASS + duty("2031-05-20T00:00"))
    assert stands(later, "2031-05-09T00:00") == ("no breach", "due")
    assert stands(later, "2031-05-13T00:00") == ("no breach", "due")
    assert stands(later, "2031-05-21T00:00") == ("breach", "overdue")
    over = assess(adopted(due, PASS), rw.happening(mortar("2031-05-13T00:00")))
    assert "leave" not in [one.clause for one in over.clauses]


def test_what_was_found_under_the_former_text_is_an_earlier_finding_under_the_new() -> None:
    """A breach of the former text releases from the new; it was none of the new one's."""
    released = WIDER.replace("{id: heavy,", "{id: heavy, released_by_breach_of: [attacks],")
    first = rw.happening(mortar("2031-05-09T12:00", actor="Highland", affected="Lakeside"), number=1)
    second = rw.happening(mortar("2031-05-11T12:00"), number=2)
    found = assess_all(adopted(PASS, released), [first, second])[1]
    heavy = next(one for one in found.clauses if one.clause == "heavy")
    assert (heavy.accounts[0].answer, heavy.rests_on) == ("not covered", ("I-00001",))
    assert clause_of(adopted(PASS, released), "heavy", mortar("2031-05-11T12:00")).accounts[0].answer == "breach"


def test_days_of_calm_are_counted_across_the_change() -> None:
    calm = "events:\n  - {id: calm, calm_days: 3, of: [attacks], since: 2031-05-06T00:00}\n"
    later = PASS.replace("clauses:", f"{calm}clauses:").replace("{id: heavy,", "{id: heavy, from: calm,")
    later = later.replace("within_m: 5000", "within_m: 20000")
    breach = rw.happening(mortar("2031-05-08T12:00"), number=1)
    for day, answer_ in (("2031-05-11T11:00", "not covered"), ("2031-05-11T13:00", "breach")):
        found = assess_all(adopted(PASS, later), [breach, rw.happening(mortar(day), number=2)])[1]
        assert next(one for one in found.clauses if one.clause == "heavy").accounts[0].answer == answer_, day


def test_an_agreement_that_is_taken_up_later_covers_nothing_before() -> None:
    versions = Schedule([Adopted(load(PASS, "pass.yaml"), local(CHANGE), 9)])
    for moment, answer_, named in (("2031-05-10T05:59", "not covered", ((),)), ("2031-05-10T06:00", "breach", ((9,),))):
        found = clause_of(versions, "attacks", mortar(moment))
        assert (found.accounts[0].answer, found.versions) == (answer_, named)
    before = clause_of(versions, "attacks", mortar("2031-05-10T05:00"))
    assert "no version of this agreement had been adopted for that time" in before.accounts[0].reasons.in_a_line
    straddles = clause_of(versions, "attacks", mortar("2031-05-10T05:00", "2031-05-10T07:00"))
    assert (straddles.accounts[0].possible, straddles.versions) == (("breach", "not covered"), ((9,),))


def test_a_time_that_people_settled_chooses_the_text() -> None:
    straddles, before = mortar("2031-05-10T05:30", "2031-05-10T06:30"), mortar("2031-05-10T05:30")
    for value, story, answer_, version in (
        ("2031-05-10T05:40", straddles, "not covered", 1),
        ("2031-05-10T06:40", before, "breach", 9),
    ):
        settled = Established(subject="I-00001", question="time", value=value, by="both sides")
        found = clause_of(AMENDED, "heavy", story, established=[settled])
        assert (found.accounts[0].answer, found.versions) == (answer_, ((version,),))


def test_a_clause_that_is_confidential_in_one_version_leaves_its_time_open() -> None:
    sealed = WIDER.replace(
        "{id: heavy,", "{id: heavy, confidential_to: [high], salt: 0123456789abcdef0123456789abcdef,"
    )
    texts = [load(text, "pass.yaml").for_reader(None) for text in (PASS, sealed)]
    versions = Schedule([Adopted(texts[0], None, 1), Adopted(texts[1], local(CHANGE), 9)])
    found = clause_of(versions, "heavy", mortar("2031-05-10T05:30", "2031-05-10T06:30"))
    assert found.accounts[0].possible == ("breach", "no breach", "not covered")
    assert "confidential" in str(found.accounts[0].reasons)
