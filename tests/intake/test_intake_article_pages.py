"""HTML pages: what a browser shows, what it does not, captions, and pages made to harm the reader."""

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from parley.intake import read
from parley.model import Article, Input, Reading

ZONE = ZoneInfo("Asia/Damascus")
FIRST = "The ministry of Northland said on Monday that its patrols had not left the crossing at the old bridge."
SECOND = "Observers counted four explosions near the mill in the night, and spoke to the families who live beside it."
SECRET = "Southland secretly admitted that it alone shelled the mill on the second of May."


def page(body: str, head: str = "") -> bytes:
    top = f"<html><head><title>A night at the mill</title>{head}</head><body><article><h1>A night at the mill</h1>"
    return f"{top}{body}</article></body></html>".encode()


def reading(data: bytes, name: str = "page.html") -> Reading:
    return read(Input(name, data), "article", timezone=ZONE)


def article(data: bytes) -> Article:
    (found,) = reading(data).reports
    assert isinstance(found, Article)
    return found


def of_kind(found: Article, kind: str) -> list[str]:
    return [block.text for block in found.blocks if block.kind == kind]


HIDDEN = {
    "display none": f'<p style="display:none">{SECRET}</p>',
    "visibility": f'<p style="visibility: hidden">{SECRET}</p>',
    "no size": f'<p style="font-size:0">{SECRET}</p>',
    "no size in pixels": f'<p style="color:red;font-size:0px;">{SECRET}</p>',
    "see-through": f'<div style="opacity:0"><p>{SECRET}</p></div>',
    "off the screen": f'<p style="position:absolute;left:-9999px">{SECRET}</p>',
    "indented away": f'<p style="text-indent:-5000px">{SECRET}</p>',
    "white on white": f'<p style="color:#fff">{SECRET}</p>',
    "black on black": f'<div style="background:#000"><p style="color:#000">{SECRET}</p></div>',
    "attribute": f"<p hidden>{SECRET}</p>",
    "template": f"<template><p>{SECRET}</p></template>",
    "folded": f"<details><summary>More</summary><p>{SECRET}</p></details>",
    "clipped": f'<p style="clip-path: inset(50%)">{SECRET}</p>',
    "no height": f'<p style="height:0;overflow:hidden">{SECRET}</p>',
}


@pytest.mark.parametrize("how", HIDDEN)
def test_hidden_text_is_kept_apart_and_told_and_nothing_is_read_from_it(how: str) -> None:
    found = article(page(f"<p>{FIRST}</p>{HIDDEN[how]}<p>{SECOND}</p>"))
    assert [text for text in of_kind(found, "not-visible") if SECRET in text]
    assert FIRST in of_kind(found, "body")
    assert SECOND in of_kind(found, "body")
    assert not [text for kind in ("body", "headline", "caption") for text in of_kind(found, kind) if "secretly" in text]
    assert not [one for one in found.proposals if "secretly" in found.quote(one.evidence)]
    (flag,) = [flag for flag in found.flags if flag.code == "text-not-visible"]
    assert "Southland secretly" in flag.text


def test_a_class_that_a_style_sheet_of_the_page_hides_hides() -> None:
    head = "<style>p.x9, .other { color: red } .x9 { display:none }</style>"
    found = article(page(f'<p>{FIRST}</p><p class="lead x9">{SECRET}</p><p>{SECOND}</p>', head))
    assert [text for text in of_kind(found, "not-visible") if SECRET in text]


def test_a_hidden_span_does_not_take_its_paragraph_with_it() -> None:
    found = article(page(f'<p>{FIRST} <span style="font-size:0">{SECRET}</span></p><p>{SECOND}</p>'))
    assert FIRST in of_kind(found, "body")
    assert not [text for text in of_kind(found, "body") if "secretly" in text]


@pytest.mark.parametrize(
    "shown",
    [
        f'<p style="color:#333">{SECRET}</p>',
        f'<div style="background:#003366"><p style="color:#fff">{SECRET}</p></div>',
        f'<p style="font-size:10px;opacity:0.8">{SECRET}</p>',
        f"<details open><summary>More</summary><p>{SECRET}</p></details>",
        f'<p style="margin-left:-10px">{SECRET}</p>',
    ],
)
def test_what_a_browser_shows_is_body(shown: str) -> None:
    found = article(page(f"<p>{FIRST}</p>{shown}<p>{SECOND}</p>"))
    assert [text for text in of_kind(found, "body") if SECRET in text]
    assert not [flag for flag in found.flags if flag.code == "text-not-visible"]


def test_a_page_that_shows_nothing_is_a_failure_that_says_what_it_hides() -> None:
    data = f'<html><body><div style="display:none"><p>{FIRST}</p><p>{SECRET}</p></div></body></html>'.encode()
    (problem,) = reading(data).problems
    assert "visible text" in problem.expected
    assert "only text that a browser does not show: The ministry" in problem.found


def for_machines(**fields: Any) -> str:
    said = {"@type": "NewsArticle", "datePublished": "2025-05-03", "publisher": {"name": "The Courier"}, **fields}
    return f'<script type="application/ld+json">{json.dumps({"@graph": [said]})}</script>'


@pytest.mark.parametrize("field", ["articleBody", "description", "text"])
@pytest.mark.parametrize(
    "shown", ["", "<p>Loading…</p>", "<p>You need to enable JavaScript to run this app.</p>", "<nav>Home World</nav>"]
)
def test_an_article_that_only_machines_see_is_not_read_and_that_is_told(field: str, shown: str) -> None:
    said = for_machines(**{field: f"{FIRST} {SECOND}"})
    found = reading(f"<html><head>{said}</head><body>{shown}</body></html>".encode())
    assert (found.reports, [one.code for one in found.problems]) == ((), ["only-for-machines"])
    assert FIRST[:40] in str(found.problems[0])


def test_a_page_that_shows_its_article_says_to_machines_when_it_was_published() -> None:
    said = for_machines(articleBody=f"{FIRST} {SECOND} {SECRET}", description=SECRET)
    found = article(page(f"<p>{FIRST}</p>", said))
    assert of_kind(found, "body") == [FIRST]
    assert found.published and found.published.start.date().isoformat() == "2025-05-03"
    assert SECRET not in found.model_dump_json()


def test_a_page_that_shows_more_than_it_sums_up_for_machines_is_read() -> None:
    found = article(page(f"<p>{FIRST}</p><p>{SECOND}</p>", for_machines(description="What was said of the bridge.")))
    assert of_kind(found, "body") == [FIRST, SECOND]


@pytest.mark.parametrize(
    "said", ["{", "[[[", "null", "7", '{"@type": 7}', '{"@type": "Article", "text": 7}', "[" * 9999]
)
def test_what_is_said_badly_to_machines_harms_nothing(said: str) -> None:
    found = article(page(f"<p>{FIRST}</p>", f'<script type="application/ld+json">{said}</script>'))
    assert of_kind(found, "body") == [FIRST]


def test_a_short_article_with_a_longer_word_about_its_paper_is_read() -> None:
    about = {"@type": "Organization", "description": f"{SECOND} {SECOND}"}
    found = article(page(f"<p>{FIRST}</p>", f'<script type="application/ld+json">{json.dumps(about)}</script>'))
    assert of_kind(found, "body") == [FIRST]


def test_captions_are_kept_as_captions() -> None:
    caption = "The old bridge in April, seen from the northern bank."
    found = article(
        page(f'<p>{FIRST}</p><figure><img src="a.jpg"><figcaption>{caption}</figcaption></figure><p>{SECOND}</p>')
    )
    assert caption in of_kind(found, "caption")
    assert caption not in of_kind(found, "body")


PARAGRAPH = f"<p>{FIRST}</p><p>{SECOND}</p>"
HOSTILE = {
    "5,000 divs deep": page("<div>" * 5000 + PARAGRAPH + "</div>" * 5000),
    "a hundred thousand divs": page("<div>" * 100_000 + PARAGRAPH),
    "entity bomb": b'<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    + page("<p>&b;&b;</p>"),
    "one paragraph of 1.9 MB": page("<p>" + "word " * 380_000 + "</p>"),
    "25 MB paragraph": page("<p>" + "word " * 5_000_000 + "</p>"),
    "200,000 paragraphs": page("<p>x</p>" * 200_000),
    "100,000 links": page("<a href=x>y</a>" * 100_000),
    "10,000 scripts": page("<script>var a = 1;</script>" * 10_000 + PARAGRAPH),
    "nested tables": page("<table><tr><td>" * 2000 + PARAGRAPH),
    "attributes without end": page(f"<p {'a=b ' * 100_000}>{FIRST}</p>"),
    "a comment without end": page("<!-- " + PARAGRAPH),
    "style sheet of 1 MB": page(PARAGRAPH, "<style>" + ".a{color:red}" * 80_000 + "</style>"),
    "brackets": page("<p>" + "(" * 100_000 + "</p>"),
    "one word": page("<p>" + "a" * 1_500_000 + "</p>"),
    "quotes": page("<p>" + "“" * 50_000 + " said said said" * 5_000 + "</p>"),
    "MHTML": b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n" + page(PARAGRAPH),
    "UTF-7": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "half surrogates": page(PARAGRAPH + "<p>\\ud800 &#xD800; &#xDFFF; &#x110000;</p>"),
    "controls": page("<p>\x01\x02\x03\x0b" + FIRST + "</p>"),
    "direction tricks": page("<p>\u202e" + FIRST[::-1] + "\u202c</p>" + PARAGRAPH),
    "an image called a page": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a zip called a page": b"PK\x03\x04" + bytes(100),
    "nothing but tags": page("<p></p>" * 100),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_a_hostile_page_gives_an_article_or_a_sentence_and_the_next_page_is_read(how: str) -> None:
    found = reading(HOSTILE[how])
    assert found.reports or found.problems
    assert all(problem.expected and problem.kept_text for problem in found.problems)
    assert FIRST in of_kind(article(page(PARAGRAPH)), "body")


ENCODINGS = {
    "declared windows-1251, is UTF-8": page(
        f"<p>{FIRST}</p><p>Министерство заявило, что мост цел.</p>", '<meta charset="windows-1251">'
    ),
    "no declaration": page("<p>Министерство заявило в понедельник, что мост цел и открыт.</p>" + PARAGRAPH),
}


@pytest.mark.parametrize("how", ENCODINGS)
def test_text_that_is_utf_8_is_read_as_that_whatever_it_declares(how: str) -> None:
    assert [text for text in of_kind(article(ENCODINGS[how]), "body") if "Министерство заявило" in text]


@pytest.mark.parametrize("encoding", ["windows-1251", "windows-1256", "iso-8859-5"])
def test_text_that_is_not_utf_8_is_refused_with_its_place_or_read_as_declared(encoding: str) -> None:
    words = "وزارة الخارجية" if encoding == "windows-1256" else "Министерство заявило"
    text = f'<html><head><meta charset="utf-8"></head><body><p>{words} x {FIRST}</p></body></html>'
    found = reading(text.encode(encoding))
    assert found.problems
    assert "UTF-8" in found.problems[0].expected
