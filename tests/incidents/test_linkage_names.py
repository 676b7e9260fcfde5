"""Spellings of one place's name have one key, in three scripts; different names have different ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.incidents.linkage.names import MOST_WORDS, name_keys

SPELLINGS = [
    ("Deir ez-Zor", "Dayr az Zawr", "Deir Ezzor", "دير الزور", "Дейр-эз-Зор"),
    ("Raqqa", "Ar Raqqah town", "al-Raqqa", "الرقة", "Ракка"),
    ("Aleppo", "Halab", "حلب", "Алеппо"),
    ("Idlib", "Idleb city", "إدلب", "Идлиб"),
    ("Khan Shaykhun", "Khan Sheikhoun", "خان شيخون", "Хан-Шейхун"),
    ("Duma", "Douma", "دوما", "Дума"),
    ("حـلـب", "حلب", "ح\u200bلب"),
    ("Sa'lo", "Sa’lo", "Al Saalo"),
    ("Old Mill", "MILL", "the mill"),
]


@pytest.mark.parametrize("names", SPELLINGS)
def test_spellings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({name_keys(name) for name in names}) == 1
    assert name_keys(names[0])


def test_different_names_have_different_keys() -> None:
    first = [names[0] for names in SPELLINGS[:6]]
    assert len({name_keys(name) for name in first}) == len(first)


def test_a_name_of_generic_words_alone_is_told_by_them_and_none_by_nothing() -> None:
    assert name_keys("New Town")
    assert name_keys("قرية")
    assert name_keys("") == name_keys(" -- ") == ()


@given(st.text(max_size=60))
def test_any_text_has_sorted_keys_above_nought_and_few(text: str) -> None:
    keys = name_keys(text)
    assert list(keys) == sorted(set(keys))
    assert len(keys) <= MOST_WORDS
    assert all(0 < key < 2**62 for key in keys)
