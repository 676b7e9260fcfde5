"""Every sentence that accuses, denies, admits, or ties a party to violence or a toll waits for two people.

`golden/wire_unseen.yaml` was written before the wire, which was never tuned on it; on `golden/wire_open.yaml` it was.
Both were written by whoever wrote the wire: what other people write, it has not seen. The last test prints the figures.
"""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML
from test_intake_article_blind import AROUND

from parley.incidents import match
from parley.intake.articles import wire
from parley.intake.articles.names import with_parties
from parley.intake.articles.rules import LANGUAGES, rules
from parley.intake.articles.share import Share, share
from parley.intake.channels.article import read_article
from parley.model import Article, Input, RecordedReport

HERE = Path(__file__).parent / "golden"
ZONE = ZoneInfo("Asia/Damascus")
AGREED = (("Northland", ("Нортленд", "نورثلاند")), ("River Council", ("Речной совет", "مجلس النهر")))
TABLES = {
    name: YAML(typ="safe").load((HERE / f"{name}.yaml").read_text("utf-8")) for name in ("wire_unseen", "wire_open")
}
GRAVE = [(language, text) for table in TABLES.values() for language in LANGUAGES for text in table[language]]
QUIET = [(language, text) for language, texts in TABLES["wire_open"]["quiet"].items() for text in texts]


@cache
def article(language: str, text: str) -> Article:
    """Return an article with *text* as a paragraph of its own, behind words that tell of nothing."""
    data = f"{AROUND[language]}\n\n{text}\n".encode()
    (one,) = read_article(Input("a.txt", data), "The Paper", ZONE, with_parties(AGREED)).reports
    assert isinstance(one, Article)
    return one


@pytest.mark.parametrize(("language", "text"), GRAVE)
def test_it_waits_for_two_people(language: str, text: str) -> None:
    found = article(language, text).proposals
    assert found, "shown to nobody"
    assert {one.reviewers_needed for one in found} == {2}
    assert {article(language, text).quote(one.evidence) for one in found} == {text}


@pytest.mark.parametrize(("language", "text"), GRAVE)
def test_it_waits_whatever_language_the_article_is_taken_for(language: str, text: str) -> None:
    other = LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
    data = f"{AROUND[other]}\n\n{AROUND[other]}\n\n{AROUND[other]}\n\n{text}\n".encode()
    (one,) = read_article(Input("a.txt", data), "The Paper", ZONE, with_parties(AGREED)).reports
    assert isinstance(one, Article)
    waiting = [one.quote(proposal.evidence) for proposal in one.proposals if proposal.reviewers_needed == 2]
    # A known name is looked for in the article's language; elsewhere it needs a word of `sides`, or one that is enough.
    assert text in waiting or not wire.trips(text, lambda: False)


def test_none_of_it_makes_an_incident() -> None:
    at = datetime(2016, 8, 7, tzinfo=UTC)
    said = {"received_at": at, "side": "independent", "handle": "outlet"}
    assert match([RecordedReport(entry=i, report=article(*row), **said) for i, row in enumerate(GRAVE)]) == ()


def test_harmless_sentences_mostly_wait_for_nobody() -> None:
    waiting = [
        text for language, text in QUIET if any(one.reviewers_needed == 2 for one in article(language, text).proposals)
    ]
    print(f"{len(waiting)} of {len(QUIET)} harmless sentences wait for two people: {waiting}")
    assert len(waiting) <= 0.05 * len(QUIET)


def test_headlines_captions_and_long_paragraphs_are_read_too() -> None:
    long = "The road was open. " * 500 + "Russian jets pounded the town."
    text = (
        "<html><head><title>Syrian army shells Atmeh again</title></head><body><article>"
        f"<h1>Syrian army shells Atmeh again</h1><p>{AROUND['en']} Turkey was accused.</p><figure><img src=a.png>"
        f"<figcaption>A bakery after a Russian strike</figcaption></figure><p>{long}</p></article></body></html>"
    )
    (one,) = read_article(Input("a.html", text.encode()), "The Paper", ZONE).reports
    assert isinstance(one, Article)
    waiting = {one.quote(proposal.evidence) for proposal in one.proposals if proposal.reviewers_needed == 2}
    assert waiting == {
        "Syrian army shells Atmeh again",
        "Turkey was accused.",
        "A bakery after a Russian strike",
        "Russian jets pounded the town.",
    }
    starts = [proposal.evidence.start for proposal in one.proposals]
    assert starts == sorted(starts)


def test_what_does_not_trip_it_keeps_the_one_person_of_the_rules() -> None:
    one = article("en", "Kerry said that the road was open.")
    assert [(said.act, said.reviewers_needed) for said in one.proposals] == [("comment", 1)]


def test_a_weaker_word_needs_somebody_beside_it() -> None:
    assert not wire.trips("The plane landed on time.", lambda: False)
    assert wire.trips("The plane landed on time.", lambda: True)
    assert wire.trips("The army's plane landed on time.", lambda: False)
    assert not wire.trips("The army came home.", lambda: True)


def test_nobody_is_looked_for_where_a_word_is_enough() -> None:
    def never() -> bool:
        raise AssertionError

    assert wire.trips("The depot was bombed.", never)
    assert not wire.trips("The depot was empty.", never)
    assert wire.trips("They washed their hands of nothing; he washed its hands of it.", never)


@pytest.mark.parametrize("word", ["القصف", "وبالقصف", "فقصفت", "للقصف", "يقصف", "قـــصف", "قَصَفَ"])
def test_arabic_words_are_found_with_what_is_written_onto_them(word: str) -> None:
    assert wire.trips(f"في {word} المدينة", lambda: False)


@pytest.mark.parametrize(
    "text", ["تنفيذ الاتفاق", "المحادثات مستمرة", "معلومات جديدة", "القيادة المركزية", "رجوع السكان"]
)
def test_words_that_only_hold_such_letters_do_not_trip_it(text: str) -> None:
    assert not wire.trips(text, lambda: False)


def test_a_word_stands_in_one_list_and_is_spelt_as_it_is_looked_for() -> None:
    for language in LANGUAGES:
        lists = {name: words for name, words in rules("wire")[language].items() if name != "phrases"}
        assert list(lists) == ["accuses", "denies", "admits", "violence", "tolls", "with_side", "sides"]
        counted = Counter(word for words in lists.values() for word in words)
        assert [word for word, times in counted.items() if times > 1] == []
        for word in (*counted, *rules("wire")[language]["phrases"]):
            assert word == wire.folded(word).lower() and len(word.strip("*")) > 1, word
            assert "*" not in word.strip("*") or " " in word, word


def test_how_much_waits_for_two_is_counted_by_sentences() -> None:
    text = "The road was open. Russia accused Turkey and Iran of shelling. Kerry said that it rained. Nobody came."
    (one,) = read_article(Input("a.txt", f"{AROUND['en']}\n\n{text}".encode()), "The Paper", ZONE).reports
    assert isinstance(one, Article)
    assert share(one) == Share(1, 5)
    assert Share(1, 5) + Share(2, 3) == Share(3, 8)


def test_none_is_shown_to_nobody_or_to_one() -> None:
    for name, table in TABLES.items():
        for language in LANGUAGES:
            needed = [
                max((p.reviewers_needed for p in article(language, t).proposals), default=0) for t in table[language]
            ]
            by = {people: needed.count(people) for people in (2, 1, 0)}
            print(f"{name} {language}: {by[2]} of {len(needed)} by two people, {by[1]} by one, {by[0]} by nobody")
            assert needed == [2] * len(needed)
