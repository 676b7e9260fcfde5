"""One name, however it is spelled; and two names that only look alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parley.model import fold, looks_like

NAMES = (
    "Eastbank",
    "West Record Office",
    "Post 4",
    "Al-Qa'im",
    "São Tomé",
    "İdlib",
    "ISPARTA Gücü",
    "Straße",
    "Ниж. Ольшанка",
    "Орёл",
    "Ελλάδα",
    "مكتب الصحة",
    "إدلب الشّرقيّة",
    "مستشفى",
    "بئر السبع",
    "می‌خواهم",
    "کرکوک",
    "צְפַת",
    "東京",
    "नई दिल्ली",
    "👨‍👩‍👧 relief",
    "12.05/7",
)
FORMS = ("NFC", "NFD", "NFKC", "NFKD")
UNSEEN = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"] + [
    *"\x00\x07\x1b\x7f\x80\x9b\u034f\u115f\u1160\u17b4\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0",
    "\U000e0100",
    "\U000e0fff",
]
names: SearchStrategy[str] = st.one_of(st.sampled_from(NAMES), st.text(max_size=12))


@given(names)
def test_a_folded_name_folds_to_itself(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(names, st.sampled_from(FORMS))
def test_a_name_is_one_in_every_form_of_unicode(name: str, form: str) -> None:
    assert fold(unicodedata.normalize(form, name)) == fold(name)  # type: ignore[arg-type]


@given(names, st.data())
def test_signs_that_nobody_sees_make_no_other_name(name: str, data: st.DataObject) -> None:
    for _ in range(3):
        at = data.draw(st.integers(0, len(name)))
        name_with = name[:at] + data.draw(st.sampled_from(UNSEEN)) + name[at:]
        assert fold(name_with) == fold(name), (name, at)
        name = name_with


@given(st.sampled_from(NAMES), st.lists(st.sampled_from((str.upper, str.lower, str.title, str.swapcase)), max_size=3))
def test_case_makes_no_other_name(name: str, changes: list) -> None:  # type: ignore[type-arg]
    said = name
    for change in changes:
        said = change(said)
    assert fold(said) == fold(name)


def test_no_sign_of_unicode_breaks_the_laws() -> None:
    for code in [*range(0xD800), *range(0xE000, 0x20000), *range(0xE0000, 0xE1000)]:
        for name in (chr(code), f"a{chr(code)}b"):
            folded = fold(name)
            assert fold(folded) == folded, hex(code)
            assert all(fold(unicodedata.normalize(form, name)) == folded for form in FORMS), hex(code)  # type: ignore[arg-type]
            assert fold(name.upper()) == fold(name.lower()) == folded, hex(code)


@pytest.mark.parametrize(
    "spellings",
    [
        ("Eastbank", "EASTBANK", " Eastbank\u00a0", "\u200fEastbank", "Ｅａｓｔｂａｎｋ", "East\u00adbank", "𝐄astbank"),
        ("West  Bank", "west\tbank", "West\u2003Bank", "West\u202fBank\n", "West\u3000Bank"),
        ("Al-Qa'im", "al‑qa’im", "Al–Qaʼim", "Al−Qa`im", "Al-Qaʿim", "Al-Qa´im", "AL—QA‘IM"),
        ('the "Tigers"', "the “Tigers”", "the «Tigers»", "The „Tigers‟", "the ''Tigers''"),
        ("إدلب", "ادلب", "أدلب", "ٱدلب", "إدْلِب", "اِدلب", "ادلـــب", "إ\u200fدلب", "\u0627\u0655دلب"),
        ("مستشفى", "مستشفي", "مستشفی", "مُستَشفى"),
        ("غوطة", "غوطه", "غوطۃ", "ﻏﻮﻃﺔ"),
        ("كركوك", "کرکوک", "ڪرڪوڪ"),
        ("بئر", "بير", "بِئر"),
        ("مؤتة", "موته"),
        ("Post 17", "Post ١٧", "Post ۱۷", "post １７"),
        ("می\u200cخواهم", "میخواهم", "مي‌خواهم"),
        ("Isparta", "ISPARTA", "ısparta", "İsparta"),
        ("Орёл", "Орел", "ОРЁЛ"),
        ("צְפַת", "צפת"),
        ("café", "cafe\u0301", "cafe\u200b\u0301"),
    ],
)
def test_spellings_of_one_name_fold_to_one(spellings: tuple[str, ...]) -> None:
    assert len(set(map(fold, spellings))) == 1, [fold(one) for one in spellings]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Eastbank", "Еastbank"),  # the second with a Cyrillic letter
        ("Eastbank", "East bank"),
        ("Eastbank", "East-bank"),
        ("Al-Qa'im", "Al-Qaim"),
        ("Post 4", "Post 5"),
        ("José", "Jose"),
        ("й", "и"),
        ("سوداء", "سودا"),
        ("باب", "پاپ"),
    ],
)
def test_names_that_differ_in_what_is_seen_stay_two(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Еastbank", "Eastbank"),
        ("East bank", "Eastbank"),
        ("East-bank", "Eastbank"),
        ("Eastbnak", "Eastbank"),
        ("Easbank", "Eastbank"),
        ("Eastbankk", "Eastbank"),
        ("Εastbank", "Eastbank"),  # a Greek letter
        ("Post О", "Post 0"),
        ("شرق النهر", "شرقالنهر"),
    ],
)
def test_a_name_that_looks_like_a_known_one_is_found(name: str, meant: str) -> None:
    assert looks_like(name, ["Westbank", meant, "North bank"]) == meant


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Eastbank", ["EASTBANK", "Еastbank"]),  # known: no warning
        ("Eastbank", ["Westbank"]),
        ("North bank", ["South bank"]),
        ("Post 4", ["Post 5", "Post 44"]),
        ("Zone A", ["Zone B", "Zone AB"]),
        ("Aleppo", []),
        ("\u200b", ["Eastbank"]),
        ("Ford", ["Forl"]),
    ],
)
def test_names_that_are_known_or_others_look_like_none(name: str, known: list[str]) -> None:
    assert looks_like(name, known) is None


@given(st.sampled_from(NAMES), st.sampled_from(UNSEEN))
def test_an_unseen_sign_never_makes_a_name_that_only_looks_like_itself(name: str, sign: str) -> None:
    assert looks_like(sign + name, NAMES) is None
