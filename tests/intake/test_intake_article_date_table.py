"""A hundred dates in four languages, from `golden/dates.yaml`: right, or not at all and said so."""

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from parley.intake.articles.dates import Found, resolve
from parley.model import Block, Span

PUBLISHED = date(2016, 8, 6)  # a Saturday
TABLE = YAML(typ="safe", pure=True).load((Path(__file__).parent / "golden" / "dates.yaml").read_text("utf-8"))
ROWS = [(language, row["text"], str(row["is"]), row.get("flag")) for language in TABLE for row in TABLE[language]]


def shown(found: Found) -> str:
    last = f"..{found.last}" if found.last else ""
    return f"{found.day}{last}" + "?" * found.needs_review


def test_there_are_a_hundred_of_them() -> None:
    assert [len(TABLE[language]) for language in ("en", "id", "ru", "ar")] == [25] * 4


@pytest.mark.parametrize(("language", "text", "expected", "flag"), ROWS)
def test_a_date_is_read_as_the_table_says(language: str, text: str, expected: str, flag: str | None) -> None:
    found, flags = resolve([Block(kind="body", span=Span(start=0, end=len(text)), text=text)], language, PUBLISHED)
    assert ", ".join(sorted(shown(one) for one in found)) == expected
    assert [one.code for one in flags] == ([flag] if flag else [])
    assert all(text[one.span.start : one.span.end] == one.said for one in found)
