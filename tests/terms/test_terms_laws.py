"""Laws that hold of every agreement and every account, tried on random small worlds and on the packaged agreements.

`PARLEY_LAWS=20` makes each run twenty times as long.
"""

import json
import os
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest
import random_worlds as rw
from random_worlds import Data, Story

from parley.demo import load_scenario
from parley.job import assess_files
from parley.model import (
    Account,
    Amount,
    ClauseAssessment,
    Established,
    Incident,
    Interval,
    OneOf,
    Reason,
    Value,
    vocabulary,
)
from parley.model.incident import Telling
from parley.terms import Terms, asked, assess, assess_all, crux, library_names, library_text, load

TIMES = int(os.environ.get("PARLEY_LAWS", "1"))


def seeds(number: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("seed", range(number * TIMES))


def world(seed: int, stateful: bool = False) -> tuple[random.Random, Data]:
    dice = random.Random(seed)
    return dice, rw.agreement(dice, stateful)


# 1, 2: one account


@seeds(60)
def test_an_answer_is_what_its_completions_give(seed: int) -> None:
    """Sound: nothing that a completion gives is left out. Exact: nothing more stays open, bar vague places."""
    dice, data = world(seed)
    if rw.openness(data) > 30:
        return
    for _ in range(2):
        story = rw.account(dice, data, 0.4)
        if rw.many(story) * rw.openness(data) > 600:
            continue
        (whole,) = rw.possible(data, [story])
        all_of_it: dict[str, set[str]] = {name: set() for name in whole}
        sure: dict[str, set[str]] = {name: set() for name in whole}
        completions = list(rw.completed(story))
        for decided in rw.decided(data):
            for one, found in zip(completions, rw.possible(decided, completions), strict=True):
                for name, answers in found.items():
                    all_of_it[name] |= answers
                    sure[name] |= answers if rw.consistent(one) else set()
        for name, answers in whole.items():
            assert sure[name] <= answers, (seed, name, "unsound", sure[name] - answers)
            assert answers <= all_of_it[name], (seed, name, "not exact", answers - all_of_it[name])


@seeds(150)
def test_a_sharper_fact_never_contradicts(seed: int) -> None:
    dice, data = world(seed)
    vague = rw.account(dice, data, 0.7)
    told = [vague]
    for _ in range(8):
        name = dice.choice(list(vague))
        told.append({**vague, name: dice.choice(list(rw._values(name, vague[name])))})
    left_out = [name for name in vague if name not in ("exemption", "place")]  # whoever claims no exemption claims none
    told += [{key: value for key, value in vague.items() if key != name} for name in left_out]
    found = rw.possible(data, told)
    for one, answers in zip(told[1:], found[1:], strict=True):
        if rw.consistent(one) and rw.consistent(vague):
            narrow, wide = (answers, found[0]) if len(one) == len(vague) else (found[0], answers)
            for clause in narrow:
                assert narrow[clause] <= wide[clause], (seed, clause, one)


# 3: several accounts

TOGETHER = (("object", "site", "affected"),)
"""What follows from one another is one attribute: a site's class, whom a civilian object affects."""


def combined(stories: Sequence[Story]) -> list[Story]:
    """Return every account that says of each attribute what one of *stories* says, or is silent as one is."""
    names = dict.fromkeys(name for one in stories for name in one)
    groups = [*TOGETHER, *((name,) for name in names if not any(name in group for group in TOGETHER))]
    each = []
    for group in groups:
        told = [{name: one[name] for name in group if name in one} for one in stories]
        each.append([one for at, one in enumerate(told) if one not in told[:at]])
    return [{name: value for part in parts for name, value in part.items()} for parts in product(*each)]


def some_accounts(dice: random.Random, data: Data) -> list[Story]:
    """Return two or three accounts that differ in a few attributes."""
    first = rw.account(dice, data, 0.3)
    told = [first]
    for _ in range(dice.randint(1, 2)):
        other, mine = rw.account(dice, data, 0.3), dict(first)
        for name in dice.sample(sorted({*first, *other}), 3):
            mine.pop(name, None)
            if name in other and dice.random() < 0.8:
                mine[name] = other[name]
        told.append(mine or dict(first))
    return told


@seeds(120)
def test_agreed_is_what_holds_on_every_combination(seed: int) -> None:
    dice, data = world(seed)
    told = some_accounts(dice, data)
    united = rw.ask(data, rw.happening(*told))[0]
    each = rw.ask(data, *(rw.happening(one, number=at) for at, one in enumerate(combined(told), start=1)))
    for at, clause in enumerate(united.clauses):
        alone = [one.clauses[at].accounts[0] for one in each]
        assert set(clause.agreed.possible) == {answer for one in alone for answer in one.possible}, (seed, clause)
        if clause.agreed.answer == "breach":
            assert set(clause.agreed.by) == {party for one in alone for party in one.by}, (seed, clause)
        accounts = clause.accounts
        if not clause.raised:
            continue
        same = {one.answer for one in accounts} == {accounts[0].answer}
        by = {frozenset(one.by) for one in (*accounts, clause.agreed)}
        agreed = same and clause.agreed.answer == accounts[0].answer and len(by) == 1
        assert clause.comparison == ("agreed" if agreed else "equal" if same else "differ"), (seed, clause)


# 4, 5: what must not matter


def shown(clause: ClauseAssessment, order: Sequence[int] | None = None, names: Any = lambda name: name) -> Any:
    """Return all that is said of a clause, without order."""
    order = range(len(clause.accounts)) if order is None else order
    accounts = [clause.accounts[at] for at in order]
    said = [
        (one.possible, frozenset(map(names, one.by)), one.code, one.state, frozenset(map(names, one.reasons.missing)))
        for one in (*accounts, clause.agreed)
    ]
    cruxes = {
        (
            frozenset(map(names, crux.attributes)),
            frozenset((one.answer, frozenset(map(names, one.by))) for one in crux.settlements),
        )
        for crux in clause.cruxes
    }
    branches = [([one.accounts[at] for at in order], one.agreed) for one in clause.branches]
    return said, clause.comparison, clause.support, cruxes, branches, set(clause.rests_on), set(clause.silent)


def other_words(dice: random.Random, name: str, value: Value) -> Value:
    """Return the same value, written otherwise."""
    if isinstance(value, Interval):
        zone = timezone(timedelta(minutes=dice.choice([-570, 0, 60, 345])))
        return Interval(start=value.start.astimezone(zone), end=value.end.astimezone(zone))
    if isinstance(value, OneOf) and name in ("actor", "affected"):
        parts = []
        for said in (value.any_of, value.none_of):
            words = [dice.choice(next(names for names in rw.NAMES.values() if word in names)) for word in said]
            words = [dice.choice([word.upper(), f"  {word} ", word.replace(" ", "  "), word.lower()]) for word in words]
            parts.append(tuple(dice.sample(words, len(words))))
        return OneOf(any_of=parts[0], none_of=parts[1])
    if isinstance(value, OneOf):
        any_of, none_of = (tuple(dice.sample(one, len(one))) for one in (value.any_of, value.none_of))
        return OneOf(any_of=any_of, none_of=none_of)
    return value


def some_incidents(dice: random.Random, data: Data) -> list[Incident]:
    return [rw.happening(*some_accounts(dice, data), number=number) for number in range(1, dice.randint(2, 5))]


@seeds(60)
def test_no_order_and_no_spelling_matters(seed: int) -> None:
    dice, data = world(seed, stateful=True)
    told = some_incidents(dice, data)
    orders = [dice.sample(range(len(one.accounts)), len(one.accounts)) for one in told]
    again = []
    for one, order in zip(told, orders, strict=True):
        accounts = []
        for at in order:
            claims = [replace(c, value=other_words(dice, c.attribute, c.value)) for c in one.accounts[at].claims]
            accounts.append(replace(one.accounts[at], claims=tuple(dice.sample(claims, len(claims)))))
        again.append(replace(one, accounts=tuple(accounts)))
    first = {one.incident: one for one in rw.ask(data, *told)}
    for found in rw.ask(data, *dice.sample(again, len(again))):
        before = first[found.incident]
        order = orders[int(found.incident[2:]) - 1]
        for mine, other in zip(before.clauses, found.clauses, strict=True):
            back = [order.index(at) for at in range(len(order))]
            first_said, then_said = shown(mine), shown(other, back)
            assert first_said == then_said, (seed, found.incident, mine.clause)


@seeds(40)
def test_saying_it_again_changes_nothing(seed: int) -> None:
    dice, data = world(seed)
    told = rw.happening(*some_accounts(dice, data))
    twice = [
        Account(one.source, (*one.entries, 9), one.claims * 2, (Telling(len(one.claims), "own"),) * 2)
        for one in told.accounts
    ]
    (first,), (second,) = rw.ask(data, told), rw.ask(data, replace(told, accounts=tuple(twice)))
    for mine, other in zip(first.clauses, second.clauses, strict=True):
        assert shown(mine) == shown(other), (seed, mine.clause)


def exchanged(text: str) -> str:
    """Return *text* with West and East exchanged."""
    return re.sub(r"\b(west|east)\b", lambda found: OTHER[found[0].lower()](found[0]), text, flags=re.IGNORECASE)


def _as(word: str) -> Any:
    return lambda found: word.capitalize() if found[0].isupper() else word


OTHER = {"west": _as("east"), "east": _as("west")}


def exchanged_story(story: Story) -> Story:
    found = dict(story)
    for name in ("actor", "affected"):
        if isinstance(value := story.get(name), OneOf):
            found[name] = OneOf(
                any_of=tuple(map(exchanged, value.any_of)), none_of=tuple(map(exchanged, value.none_of))
            )
    return found


@seeds(60)
def test_exchanging_the_parties_exchanges_everything(seed: int) -> None:
    dice, data = world(seed, stateful=True)
    stories = [some_accounts(dice, data) for _ in range(dice.randint(1, 4))]
    first = rw.ask(data, *(rw.happening(*one, number=at) for at, one in enumerate(stories, start=1)))
    other = json.loads(exchanged(json.dumps(data)))
    second = rw.ask(
        other, *(rw.happening(*map(exchanged_story, one), number=at) for at, one in enumerate(stories, start=1))
    )
    for mine, its in zip(first, second, strict=True):
        for one, two in zip(mine.clauses, its.clauses, strict=True):
            assert shown(one, names=exchanged) == shown(two), (seed, one.clause)
            mine_positions = [
                (exchanged(x.holder), x.readings, [a.possible for a in x.accounts]) for x in one.positions
            ]
            its_positions = [(x.holder, x.readings, [a.possible for a in x.accounts]) for x in two.positions]
            assert sorted(mine_positions) == sorted(its_positions), (seed, one.clause)


# What is told of an answer


def steps(reason: Reason) -> Iterator[Reason]:
    yield reason
    for part in reason.parts:
        yield from steps(part)


@seeds(60)
def test_a_reason_tells_what_decides_and_what_is_missing_and_nothing_else(seed: int) -> None:
    dice, data = world(seed, stateful=True)
    found = rw.ask(data, *some_incidents(dice, data))
    clauses = [clause for assessment in found for clause in assessment.clauses]
    for answer in (one for clause in clauses for one in (*clause.accounts, clause.agreed)):
        open_ = len(answer.possible) > 1
        whole = answer.reasons
        assert whole.truth == ("unknown" if open_ else "true" if answer.answer == "breach" else "false")
        assert bool(whole.missing) == (open_ and answer.code != "not raised"), (seed, answer.clause, whole)
        for step in steps(whole):
            if step.because[0].endswith((" applies", " does not apply")):
                assert step.truth == ("false" if step.because[0].endswith(" applies") else "true"), "as an exception is"
            if step.parts and not step.label and step.truth != "unknown":
                telling = {said for part in step.parts if part.truth == step.truth for said in part.because}
                rest = {said for part in step.parts if part.truth != step.truth for said in part.because}
                assert not set(step.because) & (rest - telling), (seed, answer.clause, step)
            missing = {name for part in step.parts for name in part.missing}
            if step.says == whole.says and all(part.says.startswith(whole.says) for part in step.parts):
                assert step.truth != "unknown" or missing <= set(step.missing), "whichever case it is"
            assert not (step.label and step.missing) or step.truth == "unknown", (seed, answer.clause, step)


# 6: the crux, from its definition alone


def ways_of(name: str, told: Sequence[Story]) -> list[Value]:
    """Return what is claimed of an attribute: a claim within which another's lies is no way."""
    claims = list(dict.fromkeys(one[name] for one in told if name in one))
    meant = {one: frozenset(map(str, rw._values(name, one))) for one in claims}
    kept: list[Value] = []
    for one in claims:
        denial = isinstance(one, OneOf) and not one.any_of
        wider = any(meant[other] < meant[one] for other in claims)
        if (denial or not wider) and not any(meant[other] == meant[one] for other in kept):
            kept.append(one)
    return kept


def brute_force(data: Data, told: Sequence[Story], at: int) -> set[frozenset[str]]:
    """Return the cruxes of clause number *at*: each way to settle the accounts' questions is told as one account."""
    ways = {name: ways_of(name, told) for name in dict.fromkeys(name for one in told for name in one)}
    names = [name for name, each in ways.items() if len(each) > 1]
    base = {name: each[0] for name, each in ways.items()}
    worlds = [dict(zip(names, chosen, strict=True)) for chosen in product(*(ways[name] for name in names))]
    found = rw.ask(data, *(rw.happening({**base, **one}, number=n) for n, one in enumerate(worlds, start=1)))
    outcomes = [(one.clauses[at].accounts[0].answer, frozenset(one.clauses[at].accounts[0].by)) for one in found]

    def decides(chosen: tuple[str, ...]) -> bool:
        each: dict[tuple[Value, ...], set[Any]] = {}
        for one, outcome in zip(worlds, outcomes, strict=True):
            each.setdefault(tuple(one[name] for name in chosen), set()).add(outcome)
        return all(len(one) == 1 for one in each.values()) and len({next(iter(one)) for one in each.values()}) > 1

    sets = [set(one) for size in range(1, len(names) + 1) for one in combinations(names, size) if decides(one)]
    return {frozenset(one) for one in sets if not any(other < one for other in sets)}


@pytest.fixture
def enumerated(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Hold every tree of a crux against the answers to each way of settling all questions; count these."""
    counts = [0, 0]
    quick = crux.Dispute._tree_of

    def checked(dispute: crux.Dispute, questions: Sequence[crux.Asked]) -> Any:
        tree = quick(dispute, questions)
        ways = list(product(*(range(len(one.ways)) for one in questions)))
        for numbers in random.Random(len(ways)).sample(ways, min(len(ways), 300)):
            settled = [one.ways[number] for one, number in zip(questions, numbers, strict=True)]
            assert crux._follow(tree, dict(enumerate(numbers))) == dispute.outcome(settled), (questions, numbers)
        counts[0] += 1
        counts[1] += len(ways)
        return tree

    monkeypatch.setattr(crux.Dispute, "_tree_of", checked)
    return counts


@pytest.mark.parametrize("stateful", [False, True])
def test_a_crux_says_what_each_way_to_settle_all_questions_gives(enumerated: list[int], stateful: bool) -> None:
    for seed in (*range(40 * TIMES), 302, 1021, 1300):
        dice, data = world(seed, stateful)
        told = [
            rw.happening(*(rw.account(dice, data, 0.6) for _ in range(dice.choice((1, 2, 3)))), number=number)
            for number in range(1, 4)
        ]
        for one in rw.ask(data, *told):
            for clause in one.clauses:
                assert len(clause.cruxes) < 2
                assert all(len(reading.cruxes) < 2 for reading in clause.readings)
    assert enumerated[0] > 100 * TIMES and enumerated[1] > 1000 * TIMES, enumerated


@pytest.mark.parametrize("name", ["syria", "exercise"])
def test_it_says_so_of_the_demos_too(enumerated: list[int], name: Any) -> None:
    scenario = load_scenario(name)
    for version in scenario.terms:
        found = assess_files(load(version.text, version.name), [one for one in scenario.deliveries if one.mapping])
        for one in found.assessments:
            for clause in one.clauses:
                assert len(clause.cruxes) < 2 and all(len(reading.cruxes) < 2 for reading in clause.readings)
    assert enumerated[0] > 10, enumerated


def test_it_says_so_where_calm_and_starts_rest_on_what_was_found(enumerated: list[int]) -> None:
    terms = load(library_text("syria-2016-09-09-arrangement"), "library")
    told = []
    for number in range(1, 25):
        time = Interval(start=SEPTEMBER + timedelta(hours=8 * number), end=SEPTEMBER + timedelta(hours=8 * number + 2))
        names = ("Syrian Arab Army", "armed opposition groups") if number % 3 else ("Syrian Arab Army",)
        claims: list[Story] = [
            {"time": time, "act": OneOf(any_of=("shelling",)), "actor": OneOf(any_of=(name,))} for name in names
        ]
        told.append(rw.happening(*claims, number=number))
    for one in assess_all(terms, told):
        for clause in one.clauses:
            assert len(clause.cruxes) < 2
    assert enumerated[0] > 20, enumerated


SEPTEMBER = datetime(2016, 9, 12, tzinfo=UTC)


@seeds(120)
def test_the_crux_is_every_smallest_set_that_decides(seed: int) -> None:
    dice, data = world(seed)
    data.pop("readings", None)
    if rw.openness(data) > 2:  # ridge, who may have adhered or not, is nobody's question here
        return
    told = [{k: v for k, v in one.items() if k != "exemption"} for one in some_accounts(dice, data)]
    for one in told:
        if isinstance(when := one.get("time"), Interval):
            one["time"] = Interval(start=when.start, end=when.start)
        for name in ("actor", "affected"):
            if name in one and any(word in rw.NAMES["ridge"] for word in (*one[name].any_of, *one[name].none_of)):
                one[name] = OneOf(any_of=("North",))
    (found,) = rw.ask(data, rw.happening(*told))
    for at, clause in enumerate(found.clauses):
        if clause.comparison in ("equal", "differ") and clause.raised:
            here = {frozenset(crux.attributes) for crux in clause.cruxes}
            if not any(
                name.startswith(("bound:", "end:", "start:", "due:", "suspended:")) for one in here for name in one
            ):
                assert here == brute_force(data, told, at), (seed, clause.clause)


# 7: what was found before

TWO_CLAUSES: Data = {
    "clauses": [
        {"id": "a", "article": "1", "says": "x", "acts": ["attack"]},
        {"id": "b", "article": "2", "says": "x", "acts": ["attack"], "released_by_breach_of": ["b"]},
        {"id": "c", "article": "3", "says": "x", "acts": ["attack"], "from": "calm"},
        {"id": "u", "article": "4", "says": "x", "acts": ["attack"], "until": "calm"},
        {"id": "d", "article": "5", "says": "x", "kind": "duty", "does": ["withdrawal"], "by": rw.when(12)},
        {"id": "f", "article": "6", "says": "x", "acts": ["attack"], "from": "left"},
        {"id": "r", "article": "7", "says": "x", "acts": ["attack"], "released_by_breach_of": ["f", "u"]},
    ],
    "events": [
        {"id": "calm", "calm_days": 2, "of": ["a"], "since": rw.when(2)},
        {"id": "left", "fulfilled": "d"},
    ],
}


def in_time() -> Data:
    dice = random.Random(0)
    data = rw.agreement(dice)
    for name in ("until", "extensions", "notices", "area", "readings"):
        data.pop(name, None)
    for party in data["parties"]:
        party.pop("designated", None)
        party["role"] = "party" if party["role"] == "guarantor" else party["role"]
        if "adheres" in party:
            party["adheres"] = [{"from": rw.when(1)}]
    return {**data, "from": rw.when(1), **TWO_CLAUSES}


def events(dice: random.Random, vague: bool) -> list[Story]:
    """Return incidents of which each account is sure, bar their times."""
    found: list[Story] = []
    for _ in range(dice.randint(2, 4)):
        half = dice.randint(4, 20) / 2
        last = half + dice.randint(1, 3) / 2 if vague and dice.random() < 0.6 else half
        one: Story = {"time": rw.time(half, last)}
        if dice.random() < 0.2:
            found.append({**one, "act": OneOf(any_of=("withdrawal",)), "done": OneOf(any_of=("yes",)), "actor": WEST})
            continue
        actor, affected = dice.sample([WEST, EAST, OneOf(any_of=("North",))], 2)
        found.append({**one, "act": OneOf(any_of=("shelling",)), "actor": actor, "affected": affected})
    return found


WEST, EAST = OneOf(any_of=("West",)), OneOf(any_of=("East",))


def by_hand(told: Sequence[Story]) -> list[dict[str, str]]:
    """Return the answers where every time is an instant: each incident after those that were before it."""
    found: dict[int, dict[str, str]] = {}
    for at in sorted(range(len(told)), key=lambda at: told[at]["time"].start):  # type: ignore[union-attr]
        one, now = told[at], told[at]["time"].start  # type: ignore[union-attr]
        before = [n for n in found if told[n]["time"].start < now]  # type: ignore[union-attr]
        if one["act"] != OneOf(any_of=("shelling",)):
            found[at] = {}
            continue
        full = rw.moment(2) + timedelta(days=2)
        for n in sorted(before, key=lambda n: told[n]["time"].start):  # type: ignore[union-attr]
            if found[n] and told[n]["time"].start < full:  # type: ignore[union-attr]
                full = told[n]["time"].start + timedelta(days=2)  # type: ignore[union-attr]
        left = any(not found[n] for n in before)

        def released(clauses: str, before: list[int] = before, one: Story = one) -> bool:
            mutual = [n for n in before if found[n] and told[n]["actor"] == one["affected"]]
            mutual = [n for n in mutual if told[n]["affected"] == one["actor"]]
            return any(found[n][clause] == "breach" for n in mutual for clause in clauses)

        so = lambda covered: "breach" if covered else "not covered"  # noqa: E731
        found[at] = {
            "a": "breach",
            "b": so(not released("b")),
            "c": so(now >= full),
            "u": so(now < full),
            "f": so(left),
            "r": so(not released("fu")),
        }
    return [found[at] for at in range(len(told))]


def answers_in_time(data: Data, told: Sequence[Story], order: Sequence[int]) -> list[dict[str, set[str]]]:
    incidents = [rw.happening(one, number=at) for at, one in enumerate(told, start=1)]
    found = {one.incident: one for one in rw.ask(data, *(incidents[at] for at in order))}
    return [{clause.clause: set(clause.accounts[0].possible) for clause in found[one.id].clauses} for one in incidents]


@seeds(150)
def test_what_was_found_before_is_counted_as_by_hand(seed: int) -> None:
    dice, data = random.Random(seed), in_time()
    told = events(dice, vague=False)
    found = answers_in_time(data, told, dice.sample(range(len(told)), len(told)))
    for at, expected in enumerate(by_hand(told)):
        for clause, answer in expected.items():
            assert found[at][clause] == {answer}, (seed, at, clause)


@seeds(100)
def test_sharper_times_of_earlier_incidents_never_contradict(seed: int) -> None:
    dice, data = random.Random(seed), in_time()
    told = events(dice, vague=True)
    found = answers_in_time(data, told, range(len(told)))
    each = [list(rw._values("time", one["time"])) for one in told]
    for times in product(*each):
        sharp = [{**one, "time": when} for one, when in zip(told, times, strict=True)]
        for at, expected in enumerate(by_hand(sharp)):
            for clause, answer in expected.items():
                assert answer in found[at][clause], (seed, at, clause, times)


# 8: what people establish


@seeds(60)
def test_what_is_established_narrows(seed: int) -> None:
    dice, data = world(seed)
    story = rw.account(dice, data, 0.5)
    questions = [("ridge", "bound", value) for value in ("yes", "no")]
    questions += [(r["clauses"][0], "reading", r["id"]) for r in data.get("readings", ())]
    questions += [
        ("I-00001", name, dice.choice(list(rw._values(name, story[name]))).any_of[0])  # type: ignore[union-attr]
        for name in ("act", "means", "object", "done")
        if name in story
    ]
    claimed = story.get("exemption")
    if isinstance(claimed, OneOf):
        questions += [("I-00001", "exemption", ground) for ground in (*claimed.any_of, "none")]
    (before,) = rw.ask(data, rw.happening(story))
    for subject, question, value in questions:
        settled = [Established(subject=subject, question=question, value=value, by="the mediator")]
        (after,) = rw.ask(data, rw.happening(story), established=settled)
        if question in ("act", "means") and not rw.consistent({**story, question: OneOf(any_of=(value,))}):
            continue
        for one, two in zip(before.clauses, after.clauses, strict=True):
            wide = set(one.accounts[0].possible) | (
                {"no breach"} if (question, value) == ("exemption", value) else set()
            )
            assert set(two.accounts[0].possible) <= wide, (seed, one.clause, settled)


# 10, and 2 to 4 on the packaged agreements


@cache
def library(name: str) -> Terms:
    return load(library_text(name), name)


def packaged_account(dice: random.Random, terms: Terms) -> Story:
    """Return a random account in the words of a packaged agreement, around a moment that it knows."""
    agreement = terms.agreement
    people = [name for party in agreement.parties for name in (party.name, *party.also)] + ["Somebody else"]
    acts = sorted({act for c in agreement.clauses for act in (*getattr(c, "acts", ()), *getattr(c, "does", ()))})
    acts += [low for act in acts for low in vocabulary("act") if act in vocabulary("act")[low].wider]
    whens = [party.adheres[0].start for party in agreement.parties if party.adheres]
    whens += [party.adheres[0].until for party in agreement.parties if party.adheres and party.adheres[0].until]
    whens += [event.at for event in agreement.events if event.at]
    start = terms.moment(dice.choice(whens)) + timedelta(hours=dice.choice([-1, 0, 0, 1, 500]))
    names = lambda among, most: OneOf(any_of=tuple(dice.sample(among, min(most, len(among)))))  # noqa: E731
    story: Story = {
        "time": Interval(start=start, end=start + timedelta(hours=dice.choice([0, 2, 48]))),
        "act": names(acts, dice.choice([1, 1, 2])),
        "actor": names(people, dice.choice([1, 1, 2])),
        "affected": names(people, 1),
    }
    for name in ("means", "object", "done", "exemption"):
        if dice.random() < 0.5:
            story[name] = names(list(vocabulary(name)), dice.choice([1, 2]))
    areas = [name for zone in agreement.zones for name in zone.names]
    if areas and dice.random() < 0.6:
        story["area"] = names(areas, 1)
    for fact in terms.facts:
        if dice.random() < 0.6:
            story[f"fact:{fact}"] = OneOf(any_of=(dice.choice(["yes", "no"]),))
    if dice.random() < 0.5:
        low = dice.choice([0, 12, 100, 300])
        story["quantity"] = Amount(low=low, high=low + dice.choice([0, 100]))
    return story


@pytest.mark.parametrize("name", library_names())
def test_the_laws_hold_of_the_packaged_agreements(name: str) -> None:
    terms = library(name)
    for seed in range(12 * TIMES):
        dice = random.Random(seed)
        first, second = packaged_account(dice, terms), packaged_account(dice, terms)
        told = [first, {**first, **dict(dice.sample(sorted(second.items()), 2))}]
        happening = rw.happening(*told)
        united, back = assess(terms, happening), assess(terms, replace(happening, accounts=happening.accounts[::-1]))
        each = [rw.happening(one, number=at) for at, one in enumerate(combined(told), start=1)]
        alone = [assess(terms, one) for one in each] if terms.stateful else assess_all(terms, each)
        for at, clause in enumerate(united.clauses):
            assert all(one.code != "failed" for one in clause.accounts), clause.agreed.reasons.in_a_line
            assert shown(clause) == shown(back.clauses[at], (1, 0)), (name, seed, clause.clause)
            assert clause.agreed.possible and clause.readings is not None and clause.missing is not None
            given = {answer for one in alone for answer in one.clauses[at].accounts[0].possible}
            assert set(clause.agreed.possible) == given, (name, seed, clause.clause)
        for key in first:
            if key == "exemption":
                continue
            (vaguer,) = assess_all(terms, [rw.happening({k: v for k, v in first.items() if k != key})])
            for sharp, vague in zip(united.clauses, vaguer.clauses, strict=True):
                assert set(sharp.accounts[0].possible) <= set(vague.accounts[0].possible), (
                    name,
                    seed,
                    key,
                    sharp.clause,
                )


def test_unicode_form_and_case_never_decide() -> None:
    _, data = world(1)
    data["parties"][0]["also"] = ["Armée de l’Ouest"]
    told = [
        {"act": OneOf(any_of=("shelling",)), "actor": OneOf(any_of=(name,))} for name in ("West", "Armée de l’Ouest")
    ]
    told += [{**told[1], "actor": OneOf(any_of=(unicodedata.normalize("NFD", "ARMÉE DE  L’OUEST"),))}]
    found = rw.possible(data, told)
    assert found[0] == found[1] == found[2]


# 9: the life of a duty, by hand

SUSPENDED = {"suspended": [{"from": rw.when(6.5), "until": rw.when(9)}]}
PUT_OFF = {"put_off": [{"until": rw.when(8)}]}
DISPUTED_PUT_OFF = {"put_off": [{"until": rw.when(8), "certain": False}]}
LIMIT = {"quantities": [{"at_most": 100}]}
ENDS_5_TO_8 = {"until": {"not_before": rw.when(5), "not_after": rw.when(8), "why": "disputed"}}
DUTIES: list[tuple[Data, Data, float, str, float | None, set[str], str | None]] = [
    # what the duty has beside `by` day 6, the agreement's end, the day, what was done, how much: the answers, the state
    ({}, {}, 5, "no", None, {"no breach"}, "due"),
    ({"from": rw.when(3)}, {}, 2, "no", None, {"not covered"}, None),
    ({}, {}, 5, "begun", None, {"no breach"}, "under way"),
    ({}, {}, 5, "yes", None, {"no breach"}, "fulfilled"),
    ({}, {}, 6, "yes", None, {"no breach"}, "fulfilled"),
    ({}, {}, 6.5, "yes", None, {"breach"}, "fulfilled late"),
    ({}, {}, 7, "begun", None, {"breach"}, "overdue"),
    ({}, {}, 7, "no", None, {"breach"}, "overdue"),
    ({"begin_by": rw.when(4)}, {}, 3, "no", None, {"no breach"}, "due"),
    ({"begin_by": rw.when(4)}, {}, 5, "no", None, {"breach"}, "overdue"),
    ({"begin_by": rw.when(4)}, {}, 5, "begun", None, {"no breach"}, "under way"),
    ({"quantity": 10}, {}, 5, "yes", 9, {"no breach"}, "under way"),
    ({"quantity": 10}, {}, 5, "yes", 10, {"no breach"}, "fulfilled"),
    ({"quantity": 10}, {}, 7, "yes", 9, {"breach"}, "overdue"),
    ({"quantity": 10}, {}, 7, "yes", 11, {"breach"}, "fulfilled late"),
    (LIMIT, {}, 5, "yes", 100, {"no breach"}, "fulfilled"),
    (LIMIT, {}, 7, "begun", 101, {"breach"}, "overdue"),
    ({**LIMIT, **SUSPENDED}, {}, 7, "begun", 101, {"no breach"}, "suspended"),
    (PUT_OFF, {}, 7, "no", None, {"no breach"}, "put off by consent"),
    (PUT_OFF, {}, 7, "yes", None, {"no breach"}, "fulfilled"),
    (PUT_OFF, {}, 9, "no", None, {"breach"}, "overdue"),
    (DISPUTED_PUT_OFF, {}, 7, "no", None, {"breach", "no breach"}, ""),
    (SUSPENDED, {}, 6.5, "no", None, {"no breach"}, "suspended"),
    (SUSPENDED, {}, 7, "no", None, {"no breach"}, "suspended"),
    (SUSPENDED, {}, 7, "yes", None, {"no breach"}, None),
    (SUSPENDED, {}, 9, "no", None, {"breach"}, "overdue"),
    ({}, {"until": rw.when(6)}, 7, "no", None, {"breach"}, "overdue"),
    ({}, {"until": rw.when(6)}, 7, "yes", None, {"breach"}, "fulfilled late"),
    ({}, {"until": rw.when(5)}, 4, "no", None, {"no breach"}, "due"),
    ({}, {"until": rw.when(5)}, 7, "no", None, {"not covered"}, "discharged"),
    ({}, {"notices": [{"by": "West", "given": rw.when(3), "days": 2}]}, 7, "no", None, {"not covered"}, "discharged"),
    ({}, ENDS_5_TO_8, 9, "no", None, {"breach", "not covered"}, ""),
    (
        {},
        {"until": rw.when(5), "extensions": [{"until": rw.when(8), "certain": False}]},
        9,
        "no",
        None,
        {"breach", "not covered"},
        "",
    ),
    (DISPUTED_PUT_OFF, {"until": rw.when(7)}, 9, "no", None, {"breach", "not covered"}, ""),
]


def small(*clauses: Data, **more: Any) -> Data:
    """Return an agreement of a few clauses, in force from 1 May, to which all adhere."""
    named = [{"article": str(at), "says": "x", **one} for at, one in enumerate(clauses)]
    data = {**in_time(), "events": [], "clauses": named, **more}
    data["parties"] = [{k: v for k, v in one.items() if k != "designated"} for one in data["parties"]]
    return data


def story(day: float = 6, last: float | None = None, **more: Any) -> Story:
    """Return what one source tells: a name, several, or a value of its own."""
    words = {"act": "shelling", "actor": "West", "affected": "East"} | more
    found: Story = {"time": rw.time(day, last)}
    for name, one in words.items():
        if one is not None:
            found[name] = OneOf(any_of=tuple(one.split(" or "))) if isinstance(one, str) else one
    return found


@pytest.mark.parametrize(("has", "ends", "day", "done", "amount", "answers", "state"), DUTIES)
def test_the_life_of_a_duty(
    has: Data, ends: Data, day: float, done: str, amount: float | None, answers: set[str], state: str | None
) -> None:
    data = small({"id": "d", "kind": "duty", "does": ["withdrawal"], "by": rw.when(6), **has}, **ends)
    told = story(day, act="withdrawal", done=done, quantity=None if amount is None else Amount(low=amount, high=amount))
    (found,) = rw.ask(data, rw.happening(told))
    assert set(found.clauses[0].accounts[0].possible) == answers
    assert state in (None, found.clauses[0].accounts[0].state)


# What was found wrong, each by the smallest example


def answer_of(data: Data, *told: Story, before: Sequence[Story] = (), at: int = 0) -> ClauseAssessment:
    incidents = [rw.happening(one, number=number) for number, one in enumerate(before, start=1)]
    return rw.ask(data, *incidents, rw.happening(*told, number=99))[-1].clauses[at]


D_DAY = {"id": "d-day", "at": rw.when(1), "until": rw.when(12), "why": "disputed"}


def test_a_clause_some_days_after_a_disputed_day_need_not_have_begun_with_one_on_that_day() -> None:
    first = {"id": "a", "acts": ["attack"], "from": "d-day", "yields_to": ["b"]}
    second = {"id": "b", "acts": ["attack"], "from": "d-day + 2 days"}
    assert set(answer_of(small(first, second, events=[D_DAY]), story()).accounts[0].possible) == {
        "breach",
        "not covered",
    }


@pytest.mark.parametrize("exception", ["advance", "mine-laying", "abuse"])
def test_a_wide_act_may_be_the_one_of_an_exception(exception: str) -> None:
    permitted = {"id": "p", "kind": "permission", "over": ["a"], "acts": [exception]}
    data = small({"id": "a", "acts": ["armed-force"]}, permitted)
    wide, narrow = (answer_of(data, story(act=act)).accounts[0].possible for act in ("armed-force", exception))
    assert set(narrow) == {"no breach"} and set(wide) == {"breach", "no breach"}


def test_whoever_is_silent_leaves_also_a_name_possible_that_the_file_does_not_know() -> None:
    data = small({"id": "a", "acts": ["attack"]})
    data["parties"][4]["designated"] = [{"by": "the list", "from": rw.when(10)}]
    found = answer_of(data, story(affected=None), story(affected="Strangers"))
    assert set(found.accounts[1].possible) <= set(found.accounts[0].possible) == set(found.agreed.possible)


def test_what_was_asked_before_changes_no_crux() -> None:
    """Of accounts that leave the same possible together, but not each; of the same accounts after other findings."""
    data = small({"id": "b", "acts": ["attack"], "binds": ["west", "east"]})
    several = [("West", "East or North"), ("West or East", "North"), ("East", "West or North")]
    plain = [[story(actor=name, affected=None) for name in names] for names in several]
    released = small({"id": "b", "acts": ["attack"], "released_by_breach_of": ["b"]})
    both = [story(actor="West", affected="East"), story(actor="East", affected="West")]
    earlier = [[story(5, actor="East", affected="West")], [story(5, actor="West", affected="East")]]

    def cruxes(at: int) -> Any:
        return answer_of(data, *plain[at]).cruxes, answer_of(released, *both, before=earlier[at % 2]).cruxes

    alone = []
    for at in range(len(several)):
        asked.rules_of.cache_clear()
        alone.append(cruxes(at))
    asked.rules_of.cache_clear()
    assert [cruxes(at) for at in range(len(several))] == alone
    assert len({str(first) for first, _ in alone}) == 3 and alone[0][1] != alone[1][1]


def test_who_else_answers_for_it_is_a_question_of_a_crux() -> None:
    """West answers for the band for certain; whether North does too is open, and makes a breach North's too."""
    data = small({"id": "p", "kind": "prevention", "acts": ["attack"], "acts_of": ["band"], "binds": ["west", "north"]})
    for party in data["parties"]:
        if party["id"] == "north":
            party["adheres"], party["role"] = [], "group"
    band = next(one["name"] for one in data["parties"] if one["id"] == "band")
    (crux,) = answer_of(data, story(actor=band), story(actor=band, act="fire-accident")).cruxes
    assert crux.attributes == ("act", "bound:north")
    assert {one.by for one in crux.settlements if one.answer == "breach"} == {("west",), ("west", "north")}


def test_who_is_excluded_from_the_moment_on_which_he_is_bound_was_never_bound() -> None:
    """At no time is he bound and on no list, though of the whole time neither is known."""
    data = small({"id": "a", "acts": ["attack"]})
    data["parties"][1] |= {
        "adheres": [{"from": rw.when(6)}],
        "designated": [{"by": "the list", "from": rw.when(6)}],
    }
    assert data["parties"][1]["name"] == "East"
    assert answer_of(data, story(5, 8, actor="East", affected="West")).accounts[0].answer == "not covered"


def test_a_breach_by_one_side_releases_towards_that_side_alone_also_where_a_guarantor_is_bound() -> None:
    data = small({"id": "b", "acts": ["attack"], "released_by_breach_of": ["b"]})
    data["parties"][2]["role"] = "guarantor"
    for by, expected in (("East", "breach"), ("North", "not covered")):
        earlier = story(5, actor=by, affected="West")
        assert answer_of(data, story(affected="North"), before=[earlier]).agreed.answer == expected


@pytest.mark.parametrize("other", ["gunfire or shelling", "shelling or gunfire"])
def test_the_order_of_names_in_a_claim_loses_no_crux(other: str) -> None:
    told = [story(act=act) for act in ("shelling or gunfire", other, "fire-accident")]
    assert [crux.attributes for crux in answer_of(small({"id": "a", "acts": ["attack"]}), *told).cruxes] == [("act",)]


def test_two_claims_that_mean_the_same_are_one_way_however_they_are_put() -> None:
    told = [story(act=act) for act in ("attack", "attack or shelling", "fire-accident")]
    assert [crux.attributes for crux in answer_of(small({"id": "a", "acts": ["attack"]}), *told).cruxes] == [("act",)]


def test_when_it_was_is_a_crux_where_an_earlier_finding_decides() -> None:
    data = small({"id": "a", "acts": ["attack"]}, {"id": "b", "acts": ["attack"], "released_by_breach_of": ["a"]})
    told = [story(day, actor="East", affected="West") for day in (5, 7)]
    found = answer_of(data, *told, before=[story(6)], at=1)
    assert [one.answer for one in found.accounts] == ["breach", "not covered"]
    assert [crux.attributes for crux in found.cruxes] == [("time",)]


def test_what_overlaps_may_be_a_breach_of_a_clause_that_an_earlier_step_began() -> None:
    duty = {"id": "d", "kind": "duty", "does": ["withdrawal"], "by": rw.when(12)}
    data = small(
        duty,
        {"id": "a", "acts": ["attack"], "from": "left"},
        {"id": "b", "acts": ["attack"], "released_by_breach_of": ["a"]},
        events=[{"id": "left", "fulfilled": "d"}],
    )
    before = [story(3, act="withdrawal", done="yes"), story(6, 7)]
    found = answer_of(data, story(6.5, 7.5, actor="East", affected="West"), before=before, at=2)
    assert set(found.accounts[0].possible) == {"breach", "not covered"}


def test_another_clause_s_moments_do_not_change_how_much_was_done_each_day() -> None:
    daily = {"id": "d", "kind": "duty", "does": ["aid-delivery"], "by": rw.when(12)}
    daily["quantities"] = [{"at_least": 12, "per": "day"}]
    told = story(5, 8, act="aid-delivery", done="yes", quantity=Amount(low=30, high=30))
    states = {
        answer_of(small(daily, {"id": "a", "acts": ["attack"], "until": until}), told).accounts[0].state
        for until in (rw.when(11), rw.when(6.5))
    }
    assert states == {"under way"}


def test_one_place_lies_inside_a_zone_and_its_surroundings_together() -> None:
    data = small({"id": "a", "acts": ["attack"], "zone": "outer", "outside": "inner"})
    inner, far = (rw.Disc(lat=lat, lon=lon, radius_m=0) for lat, lon in (rw.PLACES["inner"], rw.PLACES["far"]))
    found = answer_of(data, story(place=inner), story(place=far))
    assert (found.agreed.possible, found.comparison) == (("not covered",), "agreed")


def test_suspensions_that_meet_have_no_seam() -> None:
    meeting = [{"from": rw.when(3), "until": rw.when(6)}, {"from": rw.when(6), "until": rw.when(9)}]
    data = small({"id": "a", "acts": ["attack"], "suspended": meeting})
    assert answer_of(data, story(5, 7)).agreed.possible == ("not covered",)


def test_whose_breach_it_is_that_was_not_prevented() -> None:
    data = small({"id": "p", "kind": "prevention", "binds": ["both"], "acts_of": ["ridge"], "acts": ["attack"]})
    data["parties"][1]["adheres"] = [{"from": rw.when(11)}]
    assert answer_of(data, story(actor="Ridge")).agreed.by == ("west",)


def test_whose_breach_it_is_under_a_reading_of_whom_the_clause_binds() -> None:
    data = small({"id": "p", "kind": "prevention", "binds": ["west"], "acts_of": ["ridge"], "acts": ["attack"]})
    data["readings"] = [
        {"id": f"r{at}", "held_by": [held], "says": "x", "clauses": ["p"], "binds": ["east"]}
        for at, held in enumerate(("west", "east"))
    ]
    assert answer_of(data, story(actor="Ridge")).agreed.by == ("east",)


def test_a_known_calibre_of_a_named_system_is_narrowed_not_replaced_by_a_vague_claim() -> None:
    data = small({"id": "a", "acts": ["attack"], "means": [{"kind": "rocket", "calibre_below_mm": 122}]})
    for calibre in (None, Amount(low=100, high=130)):
        assert answer_of(data, story(means="grad", calibre=calibre)).agreed.possible == ("not covered",)


def test_that_nobody_armed_was_hit_is_presumed_of_an_account_and_not_of_all() -> None:
    data = small({"id": "a", "acts": ["attack"]})
    data["parties"][4]["designated"] = [{"by": "the list", "from": rw.when(1)}]
    found = answer_of(data, story(object="school", affected=None), story(object="school", affected="Ridge"))
    assert [one.answer for one in found.accounts] == ["breach", "not covered"]
    assert set(found.agreed.possible) == {"breach", "not covered"}


def test_one_of_two_acted_on_the_other_and_who_is_told_then() -> None:
    data = small({"id": "a", "acts": ["attack"]})
    data["parties"][4]["designated"] = [{"by": "the list", "from": rw.when(1)}]
    vague = answer_of(data, story(actor="West or Ridge", affected="Ridge or West")).agreed.possible
    again = answer_of(data, story(actor="West or West or Ridge", affected="Ridge or West")).agreed.possible
    sharp = answer_of(data, story(actor="West", affected="Ridge or West")).agreed.possible
    assert again == vague and set(sharp) <= set(vague)


@pytest.mark.parametrize(
    ("settled", "actor", "day", "expected"),
    [
        (("ridge", "bound", "yes", 8), "Ridge", 6, {"breach", "not covered"}),  # of the time before, nothing is settled
        (("ridge", "bound", "yes", 8), "Ridge", 9, {"breach"}),
        (("ridge", "bound", "no", 8), "Ridge", 6, {"breach", "not covered"}),
        (("ridge", "bound", "no", 8), "Ridge", 9, {"not covered"}),
        (("band", "bound", "no", None), "Band", 6, {"not covered"}),
        (("both", "bound", "no", None), "West", 6, {"not covered"}),
    ],
)
def test_who_is_established_to_be_bound(
    settled: tuple[str, str, str, int | None], actor: str, day: int, expected: set[str]
) -> None:
    subject, question, value, start = settled
    one = Established(
        subject=subject, question=question, value=value, start=None if start is None else rw.moment(start)
    )
    (found,) = rw.ask(small({"id": "a", "acts": ["attack"]}), rw.happening(story(day, actor=actor)), established=[one])
    assert set(found.clauses[0].accounts[0].possible) == expected


def test_an_established_fact_and_breach_are_heard() -> None:
    exempt = [{"ground": "return-fire", "says": "x", "requires": ["asked"]}]
    data = small({"id": "a", "acts": ["attack"], "exempt": exempt})
    told = rw.happening(story(exemption="return-fire"))
    for question, value, expected in (("fact:asked", "yes", "no breach"), ("breach", "a:yes", "breach")):
        settled = [Established(subject="I-00001", question=question, value=value)]
        assert rw.ask(data, told, established=settled)[0].clauses[0].accounts[0].answer == expected
