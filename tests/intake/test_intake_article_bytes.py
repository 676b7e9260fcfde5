"""Bytes that are no article: a problem that says where and what, never an empty article, never an exception."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.intake.channels.article import read_article
from parley.model import Article, Input, Problem

ZONE = ZoneInfo("Asia/Damascus")


def problem(data: bytes, name: str = "a.txt") -> Problem:
    reading = read_article(Input(name, data), None, ZONE)
    assert reading.reports == ()
    (one,) = reading.problems
    assert one.kept_text.startswith("The bytes")
    return one


def test_an_empty_file_is_a_problem() -> None:
    assert problem(b"").found == "an empty file"
    assert problem(b" \n\n").found == "white space only"
    assert problem(b"\xef\xbb\xbf \n").found == "white space only"


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"a line of text and then\0a NUL", "NUL"),
    ],
)
def test_binary_bytes_are_named_for_what_they_look_like(data: bytes, looks_like: str) -> None:
    assert looks_like in problem(data).found


def test_bytes_that_are_not_utf_8_are_placed_by_line_and_column() -> None:
    one = problem("first line\nдва ".encode() + b"\xff\xfe\n")
    assert (one.line, one.column) == (2, 5)
    assert "0xff at offset 18" in one.found


def test_a_nul_is_placed_by_line_and_column() -> None:
    one = problem(b"one\ntwo\0three")
    assert (one.line, one.column) == (2, 4)


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    for data in (b"\xef\xbb\xbfThe road is open.", b"\xff\xfe" + "The road is open.".encode("utf-16-le")):
        (article,) = read_article(Input("a.txt", data), None, ZONE).reports
        assert isinstance(article, Article)
        assert article.blocks[0].text == "The road is open."


def test_an_article_over_two_megabytes_is_a_problem() -> None:
    assert "2,000,000 bytes" in problem(b"a " * 1_000_001).expected


def test_a_page_without_text_is_a_problem_and_no_empty_article() -> None:
    assert "visible text" in problem(b"<html><body><script>run()</script></body></html>").expected
    assert "visible text" in problem(b"<html><body>" + b"<div>" * 5000 + b"words</body></html>").expected


def test_a_page_of_too_many_elements_is_not_parsed() -> None:
    assert "elements" in problem(b"<html><body>" + b"<p>a" * 70_000).expected


def test_an_image_marker_alone_is_no_article() -> None:
    assert "paragraph" in problem(b"![]() |\nCaption |\n").expected


FRAGMENTS = st.sampled_from(
    [
        "Russia ",
        "Kerry ",
        "accused ",
        "was ",
        "by ",
        ", ",
        "“",
        "”",
        '"',
        " said ",
        ".\n",
        "on Monday ",
        "5 May 2016 ",
        "(",
        ")",
        "a day after ",
        "who ",
        "menuduh ",
        "Rusia ",
        "kata ",
        "обвинила ",
        "Россия ",
        "اتهمت ",
        "روسيا ",
        "آب ",
        "5 ",
        "’s ",
        "![]() |\n",
        "<p>",
        "<html>",
        "yang ",
        "\u202e",
        "31/02/2016 ",
        "\nSource: http://a.example/2016/05/05\n",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.lists(FRAGMENTS, max_size=40).map(lambda parts: "".join(parts).encode())))
def test_any_bytes_give_an_article_whose_spans_hold_or_a_problem(data: bytes) -> None:
    reading = read_article(Input("a.txt", data), None, ZONE)
    assert len(reading.reports) + len(reading.problems) == 1
    for article in reading.reports:
        assert isinstance(article, Article)
        assert "evidence-not-found" not in [flag.code for flag in article.flags]
        spans = [one.evidence for one in (*article.proposals, *article.dates, *article.chain) if one.evidence]
        assert all(article.quote(span) for span in spans)
        assert [block.span.start for block in article.blocks] == sorted(block.span.start for block in article.blocks)
