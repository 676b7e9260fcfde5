"""Sentences and dates the rules were not written for: nobody is turned round, nothing is made up, no date is wrong.

A person wrote down the right reading of each before the program read it (`golden/blind.yaml` says how). Rules may miss
what a person reads, and must then bring it before people; what they do propose must be right. The last test prints the
figures (`pytest -s`).
"""

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from readings import faults
from ruamel.yaml import YAML

from parley.incidents import match
from parley.intake.articles.dates import Found, resolve
from parley.intake.channels.article import read_article
from parley.model import Article, Block, Input, RecordedReport, Span

HERE = Path(__file__).parent / "golden"
ZONE = ZoneInfo("Asia/Damascus")
SETS = ("blind", "traps", "later")
# Words that tell of no statement, so that language and day of publication are sure.
AROUND = {
    "en": "Geneva, 6 August 2016 - The streets of the old town were quiet in the morning and the shops stayed open.",
    "id": "Jenewa, 6 Agustus 2016 - Jalan di kota tua itu sepi pada pagi hari dan banyak toko yang tetap buka.",
    "ru": "Женева, 6 августа 2016 - Улицы старого города утром были пусты, а магазины оставались открыты весь день.",
    "ar": "جنيف، 6 أغسطس 2016 - كانت شوارع المدينة القديمة هادئة في الصباح وبقيت المتاجر مفتوحة طوال النهار.",
}
TABLES = {name: YAML(typ="safe", pure=True).load((HERE / f"{name}.yaml").read_text("utf-8")) for name in SETS}
ROWS = [(name, language, n) for name in SETS for language in AROUND for n in range(len(TABLES[name][language]))]
DATES = YAML(typ="safe", pure=True).load((HERE / "blind_dates.yaml").read_text("utf-8"))
DATE_ROWS = [(language, n) for language in AROUND for n in range(len(DATES[language]))]


@cache
def article(name: str, language: str, n: int) -> Article:
    text = f"{AROUND[language]}\n\n{TABLES[name][language][n]['text']}"
    (one,) = read_article(Input("a.txt", text.encode()), "The Paper", ZONE).reports
    assert isinstance(one, Article)
    assert one.language == language
    return one


def wrong(name: str, language: str, n: int) -> list[tuple[str, str]]:
    return faults(article(name, language, n), TABLES[name][language][n], TABLES[name]["names"])


@pytest.mark.parametrize(("name", "language", "n"), ROWS)
def test_what_is_proposed_is_what_the_sentence_says(name: str, language: str, n: int) -> None:
    assert [fault for fault in wrong(name, language, n) if fault[0] != "missed"] == []


@pytest.mark.parametrize(("name", "language", "n"), ROWS)
def test_what_is_missed_comes_before_people(name: str, language: str, n: int) -> None:
    if wrong(name, language, n):
        assert any(one.reviewers_needed == 2 for one in article(name, language, n).proposals)


def test_none_of_it_makes_an_incident() -> None:
    at = datetime(2016, 8, 7, tzinfo=UTC)
    said = {"received_at": at, "side": "independent", "handle": "outlet"}
    assert match([RecordedReport(entry=i, report=article(*row), **said) for i, row in enumerate(ROWS)]) == ()


def test_the_rules_still_find_most_of_what_a_reader_finds() -> None:
    said: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for name, language, n in ROWS:
        said[name] += len(TABLES[name][language][n].get("says", ()))
        missed[name] += len(wrong(name, language, n))
    for name in SETS:
        print(f"{name}: {said[name] - missed[name]} of {said[name]} read, none of them wrong")
    assert missed.total() <= 0.2 * said.total()


def shown(found: Found) -> str:
    return f"{found.day}" + (f"..{found.last}" if found.last else "") + "?" * found.needs_review


@pytest.mark.parametrize(("language", "n"), DATE_ROWS)
def test_a_date_is_right_or_there_is_none(language: str, n: int) -> None:
    row: dict[str, Any] = DATES[language][n]
    block = Block(kind="body", span=Span(start=0, end=len(row["text"])), text=row["text"])
    found, _ = resolve([block], language, row.get("published", date(2016, 8, 6)))
    assert ", ".join(sorted(map(shown, found))) in [one.strip().strip('"') for one in str(row["is"]).split(" or ")]
