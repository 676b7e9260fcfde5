"""The page: well-formed, self-contained, escaped, and complete in words."""

import re
from dataclasses import replace
from datetime import timedelta
from importlib import resources
from typing import Any
from xml.etree import ElementTree

import pytest
from html_check import Page
from hypothesis import given
from hypothesis import strategies as st
from publish_builders import DAY, MASTHEAD, ZONE, article, claims, event, findings, incident, instant, place, recorded
from valley import valley

from parley.model import (
    Cause,
    Citation,
    Disc,
    Findings,
    OneOf,
    Tally,
    TallyArea,
    Unknown,
    Words,
    one,
)
from parley.publish import Masthead, as_html, compose
from parley.publish.bars import picture
from parley.publish.isolates import coordinates, isolated, moment, span

OVERRIDE = "\u202e"


def page(found: Findings, masthead: Masthead = MASTHEAD) -> Page:
    return Page(as_html(compose(found, DAY, masthead)))


def one_incident(name: str, words: str = "nothing to add", address: str = "https://exercise.invalid/a") -> Findings:
    said = claims(time=instant(6), place=place(name), area=one(name), actor=one(name), account=Words(text=words))
    report = event(name, "a.json", said, citation=Citation(publisher=name, address=address), reference=name)
    return findings(recorded(report), (incident(1, instant(6), {name: said}, (3,)),))


def test_every_tag_is_closed_in_order_and_every_id_is_there_once() -> None:
    shown = page(valley())
    ids = shown.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in shown.values("href") if link.startswith("#")} <= set(ids)


def test_a_page_of_nothing_is_well_formed_and_says_that_it_means_nothing() -> None:
    assert "That is not “nothing happened”." in page(findings()).text


def test_nothing_runs_and_nothing_is_loaded() -> None:
    shown = page(valley())
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(shown.tags)
    assert not [name for _, name, _ in shown.attributes if name.startswith("on") or name in ("src", "style")]
    css = resources.files("parley.publish").joinpath("templates", "daily.css").read_text("utf-8")
    assert "url(" not in css and "@import" not in css


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><b onclick=x>', "{{ 7*7 }}", "' autofocus '", "</style>"]
)
def test_a_hostile_name_is_shown_as_it_was_written(name: str) -> None:
    shown = page(one_incident(name, words=name))
    assert (
        "script" not in shown.tags and "b" not in shown.tags and "autofocus" not in dict.fromkeys(shown.values("name"))
    )
    assert not [attribute for _, attribute, _ in shown.attributes if attribute in ("onclick", "autofocus")]
    assert " ".join(name.split()) in shown.text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//host/x", "https://a b", "ftp://x"]
)
def test_only_http_addresses_become_links(address: str) -> None:
    shown = page(one_incident("Post 1", address=address))
    assert all(link.startswith("#") for link in shown.values("href"))
    assert address in shown.text


def test_links_tell_the_other_side_nothing() -> None:
    shown = page(valley())
    outside = [value for tag, name, value in shown.attributes if (tag, name) == ("a", "href") and value[0] != "#"]
    assert outside and shown.values("rel") == ["noreferrer"] * len(outside)


def test_an_override_in_a_name_is_written_out_and_turns_nothing() -> None:
    html = as_html(compose(one_incident(f"Post {OVERRIDE}1\u2069", words=f"x{OVERRIDE}y"), DAY, MASTHEAD)).decode()
    assert OVERRIDE not in html
    assert "⟨U+202E⟩" in html and "⟨U+2069⟩" in html


@given(st.text())
def test_isolates_are_balanced_whatever_they_hold(text: str) -> None:
    html = str(isolated(text))
    assert html.startswith('<bdi dir="ltr">') and html.endswith("</bdi>")
    assert html.count("<") == html.count(">") == 2
    assert not re.search("[\u2066-\u2069]", html)


@given(st.text(min_size=1, max_size=30))
def test_any_text_whatever_leaves_the_page_whole(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    shown = page(one_incident(clean or "x", words=clean, address=clean))
    assert "script" not in shown.tags


def test_coordinates_and_times_stand_in_isolates() -> None:
    where = Disc(name="x", lat=-48.4402, lon=-123.4, radius_m=1)
    assert str(coordinates(where)) == '<bdi dir="ltr">48.4402° S, 123.4° W</bdi>'
    assert str(moment(instant(6, 30).start, ZONE)) == (
        '<time datetime="2031-05-03T06:30:00+03:00"><bdi dir="ltr">2031-05-03 06:30</bdi></time>'
    )
    assert "between" in span(replace(instant(6), end=instant(7).end), ZONE)


def test_every_state_and_answer_has_its_word_beside_the_mark() -> None:
    shown = page(valley())
    for word in ("disputed ≠", "agreed =", "partly silent ◐", "breach ▲", "unknown ?", "not covered –", "no breach ○"):
        assert word in shown.text


def test_words_that_cannot_be_compared_are_shown_without_a_state() -> None:
    text = page(valley()).text
    assert "In brief A mortar of Bellowmar hit the west checkpoint. We have not fired since five." in text


def test_the_crux_is_told_in_words() -> None:
    shown = page(valley()).text
    assert "The answer turns on: time and actor." in shown
    assert "If it happened at 2031-05-03 06:30 and the actor was Bellowmar: breach ▲ by Bellowmar" in shown
    assert "If it happened at 2031-05-03 05:00 and the actor was Night Lanterns: not covered –" in shown


def test_reasons_are_a_tree_of_details_and_nothing_of_it_is_lost() -> None:
    html = as_html(compose(valley(), DAY, MASTHEAD)).decode()
    assert "The actor was bound by this clause at the time:" in html
    assert "Nested: who acted is not known." in html, "each step has its notes"
    assert "details.why:not([open]) { display: none; }" in html, "what opens on demand is not printed"


def test_clauses_that_cover_nothing_are_folded_and_keep_their_reasons() -> None:
    text = page(valley()).text
    assert "Not covered – under Article 3" in text
    assert "The object was a checkpoint." in text


def test_what_a_source_said_last_stands_first_and_what_it_said_earlier_is_marked() -> None:
    said = claims(time=instant(6), actor=one("North"))
    later = (*said, *claims(actor=one("South")), *claims(actor=one("North")), *claims(actor=one("South")))
    shown = page(findings(recorded(event("P", "p.json", said)), (incident(1, instant(6), {"P": later}, (3,)),))).text
    assert "Actor Southearlier: North " in shown and shown.count("earlier:") == 1, "in two lines"


def test_incidents_that_people_merged_or_split_say_so() -> None:
    found = one_incident("Post 1")
    (made,) = found.incidents
    text = page(replace(found, incidents=(replace(made, merged=(3, 9), split_from=("I-0007",)),))).text
    assert "people merged entries 3 and 9; people split it from I-0007" in text


def test_silence_and_not_knowing_are_told_apart() -> None:
    text = page(valley()).text
    assert "reported as unknown: the crater does not tell" in text
    assert "not mentioned" in text


def test_an_exercise_is_marked_on_the_page_and_in_every_printed_header() -> None:
    html = as_html(compose(valley(), DAY, MASTHEAD)).decode()
    assert html.count("<strong>EXERCISE</strong>") == 2
    assert "<title>EXERCISE: " in html and '@top-center { content: "EXERCISE' in html
    real = as_html(compose(valley(), DAY, MASTHEAD.model_copy(update={"exercise": False}))).decode()
    assert "EXERCISE" not in real


def test_an_article_is_headed_as_no_accusation_and_shows_one_sentence_in_its_language() -> None:
    shown = page(valley())
    assert "Not accusations until a person confirms." in shown.text
    assert "Bellowmar accused Ardelmark of turning back flour." in shown.text
    assert "The mission asked" not in shown.text
    assert "awaiting review by 1" in shown.text
    assert ("q", "lang", "id") in shown.attributes and ("q", "dir", "auto") in shown.attributes


def test_equal_totals_are_called_no_agreement_and_the_bars_show_it() -> None:
    shown = page(valley())
    assert "The totals are equal; that is not agreement." in shown.text
    assert "differs from the stated total" in shown.text
    assert {"certain", "possible", "alone"} <= set(shown.values("class"))
    assert "5 = 5, but at least 1 and at most 2 can be the same" in shown.text


def test_the_picture_names_each_area_in_words_and_its_own_patterns() -> None:
    drawn = picture(valley().tallies[0])
    assert drawn.count("<title") == drawn.count("<desc") == 1
    assert "Lower Reach: Ardelmark 2, Bellowmar not observed; in both 0 to 0." in drawn
    assert "url(#tally-8-9-hatch)" in drawn and 'direction="ltr"' in drawn


def test_the_names_of_others_can_not_break_the_picture() -> None:
    tally = valley("<b>\u202ex", "ب").tallies[0]
    drawn = picture(tally)
    assert "<b>" not in drawn and "\u202e" not in drawn
    ElementTree.fromstring(drawn)


def mirrored(tally: Tally) -> Tally:
    def swap(one: Tally | TallyArea) -> dict[str, Any]:
        sides = {name: getattr(one, name) for name in type(one).model_fields if name.startswith(("left", "right"))}
        other = {"left": "right", "right": "left"}
        return {re.sub("^(left|right)", lambda side: other[side[0]], name): value for name, value in sides.items()}

    areas = tuple(one.model_copy(update=swap(one)) for one in tally.areas)
    return tally.model_copy(update={**swap(tally), "areas": areas})


def test_exchanging_the_sides_mirrors_the_bars() -> None:
    def widths(tally: Tally) -> list[tuple[str, float]]:
        rects = ElementTree.fromstring(picture(tally)).iter("{http://www.w3.org/2000/svg}rect")
        return [
            (one.attrib["class"], round(float(one.attrib["x"]) + float(one.attrib["width"]) / 2 - 180, 1))
            for one in rects
        ]

    tally = valley().tallies[0]
    here, there = widths(tally), widths(mirrored(tally))
    assert sorted(here) == sorted((kind, -middle) for kind, middle in there)


def test_counts_under_different_rules_are_not_drawn() -> None:
    found = valley()
    apart = found.tallies[0].model_copy(update={"comparable": False})
    shown = page(findings(tallies=(apart,)))
    assert "The counting rules differ." in shown.text and "rect" not in shown.tags


def test_problems_say_where_what_was_expected_and_what_was_kept() -> None:
    text = page(valley()).text
    for words in (
        "line 9, column 4, field lat",
        "degrees from -90 to 90 with a decimal point",
        "95.2",
        "The other columns were used.",
    ):
        assert words in text


def test_the_record_is_named_with_its_root_and_key() -> None:
    text = page(valley()).text
    assert MASTHEAD.root in text and MASTHEAD.verifier_key in text and "parley verify COPY --key KEY" in text


def test_more_accounts_than_fit_are_stacked() -> None:
    said = {f"Post {number}": claims(time=instant(6), actor=one("A")) for number in range(5)}
    reports = recorded(*(event(source, "p.json", told) for source, told in said.items()))
    shown = page(findings(reports, (incident(1, instant(6), said, (3, 4, 5, 6, 7)),)))
    assert "stack accounts always lines" in shown.values("class")
    assert "A. Post 0" not in shown.text and "E" in shown.text


def test_values_that_exclude_are_told_with_not() -> None:
    said = claims(
        time=instant(6),
        actor=OneOf(none_of=("A",)),
        means=Unknown(why=Cause(code="as-said", params={"said": "dark"})),
        act=one("no-such-term"),
    )
    told = recorded(event("P", "p.json", said[:-1]))
    shown = page(findings(told, (incident(1, instant(6), {"P": said}, (3,)),))).text
    assert "not A" in shown and "no-such-term" in shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_has_a_contrast_of_at_least_four_and_a_half(theme: str) -> None:
    css = resources.files("parley.publish").joinpath("templates", "daily.css").read_text("utf-8")
    blocks = re.findall(r":root \{([^}]*)\}", css)
    colours = dict(re.findall(r"--(\w+): (#\w+)", blocks[0 if theme == "light" else 1]))
    for ink in ("ink", "quiet", "link", "breach", "open", "none"):
        for ground in ("paper", "soft"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (theme, ink, ground)


def contrast(one_colour: str, other: str) -> float:
    """WCAG 2.2, relative luminance: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
        parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one_colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_an_article_without_words_at_its_span_says_so() -> None:
    from parley.model import Proposal, Span

    broken = article(
        proposals=(Proposal(holder="H", act="assert", evidence=Span(start=900, end=990), mode="indirect"),)
    )
    assert "no words of the article could be shown" in page(findings(recorded(broken))).text


def test_days_in_words_do_not_ask_the_locale() -> None:
    from parley.publish.words import day_in_words

    assert day_in_words(DAY) == "Saturday 3 May 2031"
    assert day_in_words(DAY + timedelta(days=2)) == "Monday 5 May 2031"
