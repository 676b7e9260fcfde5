"""The main job as a whole: who reports first, how often, and in which spelling, decides nothing."""

import json
import random
import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from parley.centre.statements import Delivery
from parley.job import assess_files
from parley.model import Findings, Input
from parley.publish import as_html, compose, days
from parley.publish.daily import Masthead
from parley.terms import Terms, load

TRUCE = """\
format: parley-terms/1
id: t
title: T
date: 2031-04-28
timezone: Etc/UTC
source: {name: invented}
from: 2031-05-02T00:00
parties:
  - {id: west, name: Westbánk, role: party, also: [West army], adheres: [{from: 2031-05-01}]}
  - {id: east, name: Eastbank, role: party, also: [East army], adheres: [{from: 2031-05-01}]}
  - {id: scouts, name: West scouts, role: associated, of: west}
zones:
  - {id: z, name: z, polygon: [[0.0045, -1], [1, -1], [1, 1], [0.0045, 1]]}
events:
  - {id: quiet, calm_days: 2, of: [attacks], since: 2031-05-02T00:00}
clauses:
  - {id: inzone, article: "1", says: No attack in the zone., zone: z, acts: [attack]}
  - {id: heavy, article: "2", says: No tanks., acts: [presence], means: [tank]}
  - {id: attacks, article: "3", says: No attack., acts: [attack], released_by_breach_of: [heavy, attacks]}
  - {id: later, article: "4", says: No flight after two quiet days., acts: [overflight], from: quiet}
"""
TERMS: Terms = load(TRUCE, "t.yaml")
MASTHEAD = Masthead(title="Exercise", timezone="Etc/UTC", origin="o", size=1, root="00", verifier_key="k")
SOURCES = ("Westbánk", "Eastbank", "Post 3")
SPOTS = {"Ford": (0.0, 0.009), "Mill": (0.3, 0.3), "Far Hill": (0.9, 0.9)}

reports = st.fixed_dictionaries(
    {
        "source": st.sampled_from(SOURCES),
        "place": st.sampled_from(sorted(SPOTS)),
        "off": st.sampled_from((0.0, 0.0045)),
        "hour": st.sampled_from((10, 11, 34, 60, 61)),
        "span": st.sampled_from((0, 0, 2)),
        "act": st.sampled_from(("shelling", "presence", "overflight", "attack", "displacement", "fire-accident")),
        "actor": st.sampled_from(("Westbánk", "Eastbank", "West scouts", "west ARMY", None)),
        "denied": st.booleans(),
        "affected": st.sampled_from(("Westbánk", "Eastbank", None)),
    }
)
worlds = st.lists(reports, min_size=2, max_size=6)


def delivered(number: int, told: dict[str, Any]) -> Delivery:
    """Return a report as a field form, as its sender numbered it."""
    lat, lon = SPOTS[told["place"]]
    hour = told["hour"]
    start, end = (f"2031-05-{2 + h // 24:02}T{h % 24:02}:00:00Z" for h in (hour, hour + told["span"]))
    form: dict[str, Any] = {
        "id": f"R{number}",
        "source": told["source"],
        "observed": {"start": start, "end": end} if told["span"] else {"start": start},
        "place": {"name": told["place"], "lat": lat, "lon": lon + told["off"], "radius_m": 300},
        "act": told["act"],
    }
    if told["act"] == "presence":
        form["means"] = "tank"
    if told["actor"] is not None:
        form["not_actor" if told["denied"] else "actor"] = told["actor"]
    if told["affected"] is not None:
        form["affected"] = told["affected"]
    return Delivery(Input(f"r{number}.json", json.dumps(form).encode()), "field")


def found(deliveries: Sequence[Delivery]) -> Any:
    """Return all findings without ids, entries and the order in which anything was told."""
    findings = assess_files(TERMS, deliveries)
    assert isinstance(findings, Findings)
    called = {one.entry: one.report.reference for one in findings.reports if one.report.kind == "event"}
    reports_of = {one.id: frozenset(called[entry] for entry in one.entries) for one in findings.incidents}
    by_id = {one.id: one for one in findings.incidents}
    told = []
    for assessment in findings.assessments:
        incident = by_id[assessment.incident]
        sources = [account.source for account in incident.accounts]
        rows = frozenset(
            (
                row.clause,
                row.comparison,
                row.support,
                frozenset(
                    zip(sources, ((one.possible, frozenset(one.by), one.code) for one in row.accounts), strict=True)
                ),
                (row.agreed.possible, frozenset(row.agreed.by)),
                frozenset((frozenset(one.attributes), frozenset(one.settlements)) for one in row.cruxes),
                frozenset(row.silent),
                frozenset(reports_of[one] for one in row.rests_on),
            )
            for row in assessment.clauses
        )
        states = frozenset((one.attribute, one.state) for one in incident.differences)
        told.append((reports_of[incident.id], incident.time, incident.place, states, rows))
    return frozenset(told)


@given(worlds, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_order_of_statements_gives_the_same_findings(told: list[dict[str, Any]], dice: random.Random) -> None:
    deliveries = [delivered(number, one) for number, one in enumerate(told)]
    assert found(dice.sample(deliveries, len(deliveries))) == found(deliveries)


@given(worlds)
@settings(max_examples=40, deadline=None)
def test_any_spelling_of_names_and_instants_gives_the_same_answers(told: list[dict[str, Any]]) -> None:
    def respelt(given: Any) -> Any:
        if isinstance(given, dict):
            return {name: respelt(value) if name != "source" else value for name, value in given.items()}
        if isinstance(given, str) and given.startswith("2031-"):
            return given.replace("T", " ").replace("Z", "+00:00")
        if isinstance(given, str) and given in ("Westbánk", "Eastbank", "West scouts"):
            return unicodedata.normalize("NFD", f" {given.upper()} ")
        return given

    deliveries = [delivered(number, one) for number, one in enumerate(told)]
    again = [
        Delivery(Input(one.input.name, json.dumps(respelt(json.loads(one.input.data))).encode()), "field")
        for one in deliveries
    ]
    first, second = ({(one[0], one[4]) for one in found(each)} for each in (deliveries, again))
    assert {reports_ for reports_, _ in first} == {reports_ for reports_, _ in second}
    assert first == second


@given(worlds)
@settings(max_examples=40, deadline=None)
def test_exchanging_the_two_sides_exchanges_everything_and_changes_nothing_else(told: list[dict[str, Any]]) -> None:
    # Names of one length that differ in one letter, so that nothing but the two can differ.
    first = [{name: _named(value, "XY") for name, value in one.items()} for one in told]
    second = [{name: _named(value, "YX") for name, value in one.items()} for one in told]
    plain = TRUCE.replace("  - {id: scouts, name: West scouts, role: associated, of: west}\n", "")
    one, other = (load(_text(plain, order), "t.yaml") for order in ("XY", "YX"))
    answers = [
        _answers(terms, [delivered(number, report) for number, report in enumerate(reports_)])
        for terms, reports_ in ((one, first), (other, second))
    ]
    assert answers[0] == answers[1]


@given(worlds)
@settings(max_examples=15, deadline=None)
def test_exchanging_the_two_sides_exchanges_the_pages(told: list[dict[str, Any]]) -> None:
    plain = TRUCE.replace("  - {id: scouts, name: West scouts, role: associated, of: west}\n", "")
    pages = []
    for order in ("XY", "YX"):
        reports_ = [{name: _named(value, order) for name, value in one.items()} for one in told]
        sent = [delivered(number, report) for number, report in enumerate(reports_)]
        findings = assess_files(load(_text(plain, order), "t.yaml"), sent)
        shown = [as_html(compose(findings, day, MASTHEAD)).decode() for day in days(findings, ZoneInfo("Etc/UTC"))]
        pages.append([re.sub("<bdi[^>]*>[0-9a-f]{64}</bdi>", "", page) for page in shown])  # digests of what was sent
    first, second = pages
    assert first == [re.sub("(?<=Side |Army )[XY]", lambda side: "YX"["XY".index(side[0])], page) for page in second]


def _named(value: Any, order: str) -> Any:
    sides = {"Westbánk": f"Side {order[0]}", "west ARMY": f"Army {order[0]}", "West scouts": f"Army {order[0]}"}
    return {**sides, "Eastbank": f"Side {order[1]}"}.get(value, value) if isinstance(value, str) else value


def _text(text: str, order: str) -> str:
    for old, new in (("Westbánk", f"Side {order[0]}"), ("West army", f"Army {order[0]}")):
        text = text.replace(old, new)
    return text.replace("Eastbank", f"Side {order[1]}").replace("East army", f"Army {order[1]}")


def _answers(terms: Terms, deliveries: Sequence[Delivery]) -> list[Any]:
    """Return all answers in order, whose sides stand under the ids that both agreements give them."""
    findings = assess_files(terms, deliveries)
    return [
        [
            (
                row.clause,
                row.comparison,
                row.agreed.possible,
                row.agreed.by,
                [(a.possible, a.by, a.code) for a in row.accounts],
            )
            for row in assessment.clauses
        ]
        for assessment in findings.assessments
    ]


def test_two_reports_of_one_source_leave_both_possible_whichever_comes_first() -> None:
    told = {
        "source": "Post 3",
        "place": "Mill",
        "off": 0.0,
        "hour": 10,
        "span": 0,
        "denied": False,
        "affected": "Eastbank",
    }
    ford = [
        delivered(0, {**told, "act": "shelling", "actor": "Westbánk"}),
        delivered(1, {**told, "act": "shelling", "actor": None}),
    ]
    assert found(ford) == found(ford[::-1])
