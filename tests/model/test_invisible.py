"""Signs that nobody sees are written out where a text is shown, but for joiners that spelling needs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model import bare, fold, printable, visible

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


@given(st.text(st.characters()))
def test_what_is_shown_holds_no_sign_that_turns_or_hides_text(text: str) -> None:
    assert not UNSAFE.search(visible(text))
    assert not UNSAFE.search(printable(text))
    assert "\n" not in printable(text)
    assert "\t" not in printable(text)
    assert visible(visible(text)) == visible(text)
    assert not UNSAFE.search(bare(text))


@given(st.text())
def test_what_is_left_without_unseen_signs_is_the_same_name(text: str) -> None:
    assert fold(bare(text)).split() == fold(re.sub("[\x0b-\x1f\x85\u2028\u2029]", "", text)).split()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u200fEastbank", "⟨U+200F⟩Eastbank"),
        ("East\u200bbank", "East⟨U+200B⟩bank"),
        ("East\u200cbank", "East⟨U+200C⟩bank"),
        ("a\u202eb\u2069", "a⟨U+202E⟩b⟨U+2069⟩"),
        ("\x1b[2J\x9b", "⟨U+001B⟩[2J⟨U+009B⟩"),
        ("a\r\nb", "a⟨U+000D⟩\nb"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("I-\u206600003\u2069", "I-⟨U+2066⟩00003⟨U+2069⟩"),
        ("ا\u200dEast", "ا⟨U+200D⟩East"),
        ("\u200cمی", "⟨U+200C⟩می"),
    ],
)
def test_unseen_signs_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    ["می‌خواهم", "خانه‌ها", "क्‍ष", "ശ്രീ ന്‍", "👨‍👩‍👧", "❤️", "🏳️‍🌈", "1️⃣", "葛󠄀", "Ünïcode – “x”", "a\tb\nc", "مَكتَب"],
)
def test_joiners_that_spelling_needs_stay(text: str) -> None:
    assert visible(text) == bare(text) == text
