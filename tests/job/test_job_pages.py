"""What people read: every published page of both scenarios, held to what makes a page readable."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from parley.centre.folder import Centre
from parley.demo import load_scenario
from parley.job import main_job

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)
MOST_WORDS = 40


@pytest.fixture(scope="module", params=["exercise", "syria"])
def days(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, dict[str, Any]]]:
    """Return every day of a scenario as its page and its data."""
    scenario = load_scenario(request.param)
    folder: Path = tmp_path_factory.mktemp(request.param) / "centre"
    with Centre.create(folder, scenario.charter, at=AT) as centre:
        main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
    pages = sorted((folder / "reports").glob("*.html"))
    return [(page.read_text("utf-8"), json.loads(page.with_suffix(".json").read_text("utf-8"))) for page in pages]


Days = list[tuple[str, dict[str, Any]]]


def text(html: str) -> str:
    """Return what is shown of a piece of a page, runs of blanks made one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))).split())


def notes(page: str) -> list[str]:
    """Return the numbered reasons of a page."""
    return [text(one) for one in re.findall(r'<li id="note-\d+">(.*?)</li>', page, re.DOTALL)]


def statements(reason: dict[str, Any]) -> Iterator[str]:
    """Yield every statement of a chain of reasons."""
    yield from reason["because"]
    for part in reason["parts"]:
        yield from statements(part)


def test_a_reason_stands_once_on_a_page_and_is_a_sentence(days: Days) -> None:
    for page, _ in days:
        said = notes(page)
        assert max(Counter(said).values(), default=0) <= 1
        beside = text(re.sub(r'<ol class="reasons">.*?</ol>', "", page, flags=re.DOTALL))
        for one in said:
            assert one.endswith(".") and not one[0].islower() and len(one.split()) > 2, one
            assert one not in beside, f"told twice: {one}"


def test_every_reason_of_an_answer_on_the_page_is_among_its_notes(days: Days) -> None:
    for page, data in days:
        said = {one[:1].lower() + one[1:] for one in notes(page)} | set(notes(page))
        for incident in data["incidents"]:
            for clause in (one for each in incident["assessments"] for one in each["clauses"]):
                answers = [*clause["accounts"], clause["agreed"]]
                if any(one["shown"] in ("breach", "could be a breach") for one in answers):
                    every = {one for answer in answers for one in answer["reasons"]["because"]}
                    assert not {f"{' '.join(one.split())}." for one in every} - said


def test_no_sentence_of_a_note_or_of_the_day_in_plain_words_is_longer_than_forty_words(days: Days) -> None:
    for page, data in days:
        brief = re.search(r'<section class="brief".*?</section>', page, re.DOTALL)
        assert brief
        for one in (*notes(page), *re.split(r"(?<=[.])\s", text(brief[0]))):
            assert len(one.split()) <= MOST_WORDS, f"{data['day']}: {one}"


def test_a_clause_is_called_by_its_article_and_not_by_the_id_of_a_file(days: Days) -> None:
    for page, data in days:
        ids = {clause["id"] for card in data["agreements"] for clause in card["clauses"] if "-" in clause["id"]}
        shown = set(re.findall(r"[a-z0-9]+(?:-[a-z0-9]+)+", text(page)))
        assert not shown & ids


def test_the_page_says_how_each_answer_is_shown_as_the_data_do(days: Days) -> None:
    for page, data in days:
        shown = {
            one["shown"]
            for incident in data["incidents"]
            for each in incident["assessments"]
            for clause in each["clauses"]
            for one in clause["accounts"]
        }
        words = text(page).lower()
        assert all(one in words for one in shown)


def test_the_day_in_plain_words_stands_first(days: Days) -> None:
    for page, _ in days:
        assert page.index("The day in plain words") < page.index("What this report is, and is not")
        assert page.index("The day in plain words") < page.index("<nav")
