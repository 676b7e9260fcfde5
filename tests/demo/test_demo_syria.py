"""The demo's famous days: what the words of each side became, and what nobody can quote against the centre."""

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

import pytest

from parley.demo import load_scenario
from parley.job import assess_files
from parley.model import Account, ClauseAssessment, Findings, Incident
from parley.terms import library_text, load

DAMASCUS = ZoneInfo("Asia/Damascus")
FEBRUARY, SEPTEMBER = "syria-2016-02-22-cessation", "syria-2016-09-09-arrangement"
SCENARIO = load_scenario("syria")
CLAIMS = {one.input.name.removeprefix("claims/"): one.input.data for one in SCENARIO.deliveries if one.mapping}
ROWS = [
    {**row, "list": name.removesuffix(".csv")}
    for name, data in CLAIMS.items()
    for row in csv.DictReader(io.StringIO(data.decode()))
]
GOVERNMENT = ("castello-heavy", "castello-crew-served", "castello-personnel")
OPPOSITION = ("castello-opposition-heavy", "castello-opposition-crew-served", "castello-opposition-personnel")


@cache
def found(agreement: str) -> Findings:
    return assess_files(load(library_text(agreement), agreement), [one for one in SCENARIO.deliveries if one.mapping])


def incidents(place: str, day: str, agreement: str = SEPTEMBER) -> list[Incident]:
    """Return the incidents of 2016-09-*day* at what anybody calls *place*."""
    here = [one for one in found(agreement).incidents if place in one.place.name]
    return [one for one in here if f"{one.time.start.astimezone(DAMASCUS):%Y-%m-%d}" == f"2016-09-{day}"]


def answers(incident: Incident, agreement: str) -> dict[str, ClauseAssessment]:
    (assessment,) = (one for one in found(agreement).assessments if one.incident == incident.id)
    return {one.clause: one for one in assessment.clauses}


def by_source(incident: Incident, clause: str, agreement: str) -> dict[str, str]:
    told = answers(incident, agreement)[clause].accounts
    return {account.source: one.answer for account, one in zip(incident.accounts, told, strict=True)}


def named(account: Account, attribute: str) -> tuple[set[str], set[str]]:
    """Return what *account* says that it was, and that it was not."""
    values = [claim.value for claim in account.claims if claim.attribute == attribute]
    said = [(getattr(one, "any_of", ()), getattr(one, "none_of", ())) for one in values]
    return {name for one, _ in said for name in one}, {name for _, one in said for name in one}


@pytest.mark.parametrize("agreement", [FEBRUARY, SEPTEMBER])
def test_the_strike_of_17_september_is_one_incident_and_the_reading_decides(agreement: str) -> None:
    (strike,) = incidents("Deir ez-Zor", "17", agreement)
    assert len(strike.accounts) == 10
    assert {row["holder"] for row in ROWS if row["id"].startswith("dez-")} == {one.source for one in strike.accounts}
    assert set(by_source(strike, "attacks", agreement).values()) == {"unknown"}
    held = {one.reading: {a.answer for a in one.accounts} for one in answers(strike, agreement)["attacks"].readings}
    assert held == {"coalition-bound": {"breach", "unknown"}, "coalition-towards-groups": {"not covered"}}
    for clause in (*GOVERNMENT, *OPPOSITION) if agreement == SEPTEMBER else ("aerial-bombardment",):
        assert set(by_source(strike, clause, agreement).values()) == {"not covered"}


def test_where_it_is_left_open_who_was_hit_no_reading_makes_a_breach_for_certain() -> None:
    (strike,) = incidents("Deir ez-Zor", "17")
    (bound, _) = answers(strike, SEPTEMBER)["attacks"].readings
    told = dict(zip((one.source for one in strike.accounts), (one.answer for one in bound.accounts), strict=True))
    assert told["Syrian Army General Command"] == told["Russian Centre for Reconciliation"] == "breach"
    assert told["Central Command of the United States"] == told["Australian Department of Defence"] == "unknown"


def test_the_convoy_is_one_incident_and_who_denies_is_found_in_no_breach() -> None:
    (convoy,) = (one for one in incidents("Urum", "19", FEBRUARY) if len(one.accounts) > 1)
    assert len(convoy.accounts) == 15
    for clause in ("attacks", "aerial-bombardment"):
        said = by_source(convoy, clause, FEBRUARY)
        assert said["Syrian Army General Command"] == said["UN OCHA"] == "unknown"
        assert said["UN Headquarters Board of Inquiry"] == "unknown", "it could not say who it was"
        assert said["Ministry of Defence of the Russian Federation"] != "breach"
        assert answers(convoy, FEBRUARY)[clause].agreed.answer == "unknown"
    accounts = {one.source: one for one in convoy.accounts}
    assert named(accounts["Syrian Army General Command"], "actor") == (set(), {"Syrian Arab Army"})
    fire = accounts["Ministry of Defence of the Russian Federation"]
    assert named(fire, "act") == ({"fire-accident"}, set())
    assert named(fire, "actor") == (set(), {"Russian Aerospace Forces", "Syrian Arab Air Force"})
    (convoy,) = (one for one in incidents("Urum", "19") if len(one.accounts) > 1)
    for clause in answers(convoy, SEPTEMBER):
        assert {"breach", "no breach"}.isdisjoint(by_source(convoy, clause, SEPTEMBER).values()), clause


def withdrawals() -> Iterator[tuple[Incident, tuple[str, ...], tuple[str, ...]]]:
    """Yield each incident of a withdrawal from Castello Road, with the duties of whose it is, and the other side's."""
    for day in ("15", "16"):
        for one in incidents("Castello Road", day):
            actors = {name for account in one.accounts for name in named(account, "actor")[0]}
            if actors == {"Syrian Arab Army"}:
                yield one, GOVERNMENT, OPPOSITION
            elif actors == {"armed opposition groups"}:
                yield one, OPPOSITION, GOVERNMENT


def test_of_the_withdrawal_each_side_is_judged_by_its_own_duties_alone() -> None:
    seen = list(withdrawals())
    assert len(seen) == len(incidents("Castello Road", "15") + incidents("Castello Road", "16"))
    assert {own for _, own, _ in seen} == {GOVERNMENT, OPPOSITION}
    assert max(len(one.accounts) for one, _, _ in seen) == 6
    for one, own, other in seen:
        for clause in other:
            assert set(by_source(one, clause, SEPTEMBER).values()) == {"not covered"}
        for clause in own:
            assert "breach" not in by_source(one, clause, SEPTEMBER).values(), "the other side's step is open"


def test_whoever_says_that_it_was_not_done_is_never_told_that_there_was_no_breach() -> None:
    asked = 0
    for one, own, other in withdrawals():
        for account in one.accounts:
            if "no" not in named(account, "done")[0]:
                continue
            for clause in (*own, *other):
                asked += 1
                assert by_source(one, clause, SEPTEMBER)[account.source] != "no breach", (account.source, clause)
    assert asked >= 6 * 6


def test_the_best_word_for_a_side_counts_for_it() -> None:
    told = [by_source(one, "castello-heavy", SEPTEMBER) for one, own, _ in withdrawals() if own == GOVERNMENT]
    assert "no breach" in {one.get("Russian General Staff") for one in told}, "it said that tanks and guns had left"


def test_34_killed_by_air_strikes_are_attacks_from_the_air_with_34_dead() -> None:
    whole, *parts = [row for row in ROWS if row["list"] == "2016-09-13-snhr"]
    assert whole["deaths"] == "34" and sum(int(row["deaths"]) for row in parts) == 34
    assert {row["act"] for row in (whole, *parts)} == {"air-attack"}
    assert not whole["place"] and all(row["place"] for row in parts), "the whole is no further incident"


def test_a_row_denies_in_the_fields_for_it_and_accuses_nobody_whom_it_clears() -> None:
    for row in ROWS:
        for said, denied in (("actor", "denied"), ("act", "act_denied"), ("means", "means_denied")):
            both = set(row[said].split("|")) & set(row[denied].split("|")) - {""}
            assert not both, (row["id"], both)
        if row["done"]:
            assert row["act"] == "withdrawal", row["id"]


def test_every_row_has_its_source_and_every_source_its_row() -> None:
    text = resources.files("parley.demo").joinpath("syria/SOURCES.md").read_text("utf-8")
    statements = text.split("## Statements")[1].split("\n## ")[0]
    told = [line.strip("| ").split(" | ") for line in statements.splitlines() if re.match(r"\| 20", line)]
    listed = {(name, id_): (publisher, address) for name, id_, publisher, _, _, address in told}
    assert len(listed) == len(told)
    assert {key: value[1] for key, value in listed.items()} == {
        (row["list"], row["id"]): f"<{row['address']}>" for row in ROWS
    }
    for row in ROWS:
        assert listed[row["list"], row["id"]][0] == row["publisher"]
    assert {read for *_, read, _ in told} == {"opened", "cited"}


def test_no_file_of_the_scenario_is_left_out() -> None:
    folder = resources.files("parley.demo").joinpath("syria/inputs")
    there = {f"{kind.name}/{file.name}" for kind in folder.iterdir() for file in kind.iterdir()}
    assert there == {one.input.name for one in SCENARIO.deliveries} | {"claims/mapping.yaml"}
