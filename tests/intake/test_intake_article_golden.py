"""Forty golden articles in four languages: nobody is turned from accused to accuser, and nothing is made up.

Each file of `golden/` holds a text and what a careful reader finds in it. Rules find less; what they propose must be in
the file. The last test prints how much they found (`pytest -s`).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from parley.incidents import match
from parley.intake.articles.names import Names
from parley.intake.articles.places import Places
from parley.intake.channels.article import read_article
from parley.model import Article, Input, Proposal, RecordedReport

HERE = Path(__file__).parent / "golden"
ZONE = ZoneInfo("Asia/Damascus")
FILES = sorted(path.stem for path in HERE.glob("[0-9][0-9]-*.yaml"))
OPEN = ("narrate", "unclear")


@cache
def held(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((HERE / f"{name}.yaml").read_text("utf-8"))


@cache
def article(name: str) -> Article:
    data = held(name)["text"].encode()
    reading = read_article(Input(f"{name}.txt", data), "The Paper", ZONE, Names(held("names")), Places(held("places")))
    assert reading.problems == ()
    (one,) = reading.reports
    assert isinstance(one, Article)
    return one


def polarity(expected: Any) -> str:
    return str(expected.get("polarity", "denied" if expected["act"] == "deny" else "asserted"))


def is_told(name: str, expected: Any, proposal: Proposal) -> bool:
    """Say whether *proposal* is what the file expects, in every field that the file gives."""
    if expected["act"] == "unclear":
        same = (proposal.act, list(proposal.between)) == ("unclear", expected["between"])
    else:
        same = (proposal.holder, proposal.act, list(proposal.accused), proposal.polarity, list(proposal.tellers)) == (
            expected["holder"],
            expected["act"],
            expected.get("accused", []),
            polarity(expected),
            expected.get("tellers", []),
        )
        same = same and proposal.mode == expected.get("mode", "indirect")
        same = same and (expected["act"] == "accuse" or expected.get("addressee") == proposal.addressee)
    return same and expected["evidence"] in article(name).quote(proposal.evidence)


def pairs(statements: Iterator[tuple[str, list[str]]]) -> set[tuple[str, str]]:
    return {(holder, accused) for holder, all_ in statements for accused in all_}


def expected_pairs(name: str) -> set[tuple[str, str]]:
    return pairs((one["holder"], one.get("accused", [])) for one in held(name)["statements"] if one["act"] == "accuse")


def test_there_are_forty_of_them_ten_in_each_language() -> None:
    assert [sum(f"-{language}-" in name for name in FILES) for language in ("en", "id", "ru", "ar")] == [10] * 4
    assert all(article(name).language == name[3:5] for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_nobody_is_said_to_accuse_who_does_not(name: str) -> None:
    found = pairs((one.holder, list(one.accused)) for one in article(name).proposals if one.act == "accuse")
    assert found <= expected_pairs(name)


@pytest.mark.parametrize("name", FILES)
def test_what_did_not_happen_or_was_denied_is_not_asserted(name: str) -> None:
    said = {
        (one["holder"], one["act"], tuple(one.get("accused", ())), polarity(one))
        for one in held(name)["statements"]
        if one["act"] in ("accuse", "deny")
    }
    found = {
        (one.holder, one.act, one.accused, one.polarity)
        for one in article(name).proposals
        if one.act in ("accuse", "deny")
    }
    assert found <= said


@pytest.mark.parametrize("name", FILES)
def test_all_that_is_proposed_is_in_the_file_and_quotes_the_text(name: str) -> None:
    text = held(name)["text"]
    for proposal in article(name).proposals:
        evidence = article(name).quote(proposal.evidence)
        assert evidence == text[proposal.evidence.start : proposal.evidence.end]
        assert all(hedge in evidence or hedge == "?" for hedge in proposal.hedges)
        if proposal.act not in OPEN:
            assert any(is_told(name, expected, proposal) for expected in held(name)["statements"]), proposal
        if proposal.act in ("accuse", "deny", *OPEN):
            assert proposal.reviewers_needed == 2


@pytest.mark.parametrize("name", FILES)
def test_hedges_dates_and_places_stay_with_their_statement(name: str) -> None:
    for expected in held(name)["statements"]:
        for proposal in article(name).proposals:
            if is_told(name, expected, proposal):
                assert set(expected.get("hedges", ())) <= set(proposal.hedges)
                assert proposal.time == (date.fromisoformat(str(expected["date"])) if "date" in expected else None)
                assert [one.name for one in proposal.places] == expected.get("places", [])
    days = {str(one.day) for one in article(name).dates if one.role != "published"}
    assert days == {str(day) for day in held(name).get("dates", ())}
    assert {flag.code for flag in article(name).flags} - {"speaker-not-found"} == set(held(name).get("flags", ()))


@pytest.mark.parametrize("name", FILES)
def test_an_allegation_makes_no_event(name: str) -> None:
    assert article(name).kind == "article"
    assert all(one.review == "proposed" for one in article(name).proposals)


def test_all_of_them_together_make_no_incident() -> None:
    at = datetime(2016, 8, 7, tzinfo=UTC)
    said = {"received_at": at, "side": "independent", "handle": "outlet"}
    recorded = [RecordedReport(entry=n, report=article(name), **said) for n, name in enumerate(FILES)]
    assert match(recorded) == ()


def test_every_accusation_and_denial_comes_before_people() -> None:
    for name in FILES:
        for expected in held(name)["statements"]:
            if expected["act"] in ("accuse", "deny", "unclear") and expected.get("polarity") != "negated":
                before = [one for one in article(name).proposals if one.reviewers_needed == 2]
                assert any(expected["evidence"] in article(name).quote(one.evidence) for one in before), (
                    name,
                    expected,
                )


def test_a_copy_proposes_what_the_original_does() -> None:
    for name in FILES:
        if original := held(name).get("copy_of"):
            shown = [replace_span(one) for one in article(name).proposals]
            assert shown == [replace_span(one) for one in article(original).proposals]


def replace_span(one: Proposal) -> Any:
    told = one.model_dump(exclude={"evidence", "places"})
    return told | {"places": [place.name for place in one.places]}


STEMS = (("Norvela", "Sudrava"), ("Норвел", "Судрав"), ("نورفيلا", "سودرافا"))


def exchanged(words: str) -> str:
    for a, b in STEMS:
        words = words.replace(a, "\1").replace(b, a).replace("\1", b)
    return words


@pytest.mark.parametrize("name", [name for name in FILES if "broken" not in name and "office" not in name])
def test_exchanging_two_names_exchanges_them_in_what_is_proposed_and_changes_nothing_else(name: str) -> None:
    data = exchanged(held(name)["text"]).encode()
    tables = Names(held("names")), Places(held("places"))
    (other,) = read_article(Input(f"{name}.txt", data), "The Paper", ZONE, *tables).reports
    assert isinstance(other, Article)

    def shown(one: Article) -> str:
        told = [proposal.model_dump_json(exclude={"evidence", "places"}) for proposal in one.proposals]
        return "\n".join([*told, *(f"{flag.code} {flag.text}" for flag in one.flags)])

    assert shown(other) == exchanged(shown(article(name)))


def test_how_much_is_found() -> None:
    """The rules find at least nine in ten of what a reader finds in these files; the figures are printed."""
    whole: dict[str, list[int]] = {}
    for name in FILES:
        tally = whole.setdefault(name[3:5], [0, 0, 0, 0])
        proposals = [one for one in article(name).proposals if one.act not in OPEN]
        for expected in held(name)["statements"]:
            tally[0] += 1
            tally[1] += any(is_told(name, expected, one) for one in article(name).proposals)
        tally[2] += len(proposals)
        tally[3] += sum(any(is_told(name, expected, one) for expected in held(name)["statements"]) for one in proposals)
    for language, (expected, found, proposed, right) in whole.items():
        print(f"{language}: {found} of {expected} found, {right} of {proposed} proposed are right")
    assert sum(tally[1] for tally in whole.values()) >= 0.9 * sum(tally[0] for tally in whole.values())
