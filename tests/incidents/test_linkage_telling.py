"""Words that two texts have in common: the same for every engine, in four scripts, whatever else is compared."""

import numpy as np
import pytest

from parley.incidents.linkage.columns import WORD_COLUMNS
from parley.incidents.linkage.comparison import levels_of
from parley.incidents.linkage.telling import MOST_TELLING, telling_bits
from parley.incidents.reading import words_of


def common(first: str, second: str, but_for: tuple[str, ...] = ()) -> int:
    one, other = (telling_bits(text, but_for) for text in (first, second))
    return sum((a & b).bit_count() for a, b in zip(one[1:], other[1:], strict=True))


def count(text: str) -> int:
    return sum(bits.bit_count() for bits in telling_bits(text)[1:])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("A grain silo burnt at the ferry.", "Ferry: the silo is burning"),
        ("Обстрел: сгорел элеватор у паромной переправы", "сгорели элеваторы, паромная переправа закрыта"),
        ("احترقت صومعة الحبوب عند العبارة", "صومعة حبوب تحترق قرب العبارة"),
        ("ממגורה נשרפה ליד המעבורת", "שריפה בממגורה ליד המעבורת"),
    ],
)
def test_two_tellings_in_one_script_have_words_in_common(first: str, second: str) -> None:
    assert common(first, second) >= 1


def test_a_name_has_its_sound_in_common_in_every_script() -> None:
    spellings = ("Shaykhun", "شيخون", "Шейхун", "שיחכון")
    assert all(common(one, other) == 1 for one in spellings for other in spellings)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The attack on the village killed two civilians on Monday",
        "5 убитых и 7 раненых",
        "قصف على قرية",
        "הפגזה על כפר",
    ],
)
def test_what_most_texts_say_tells_nothing(text: str) -> None:
    assert telling_bits(text) == (0,) * (1 + WORD_COLUMNS)


def test_the_name_of_the_place_is_compared_elsewhere_and_a_word_counts_once() -> None:
    assert common("Silo near Marrowfen", "Marrowfen silo") == 2
    assert common("Silo near Marrowfen", "Marrowfen silo", but_for=("Marrowfen",)) == 1
    assert count("silo silo SILO") == 1
    assert count("48 lorries and 9 lorries") == 2  # small numbers are common words


def test_the_first_words_of_a_long_text_are_compared() -> None:
    long = " ".join(f"{letter}{other}zkrm" for letter in "bdfgklmn" for other in "bdfgklmn")
    assert MOST_TELLING - 4 <= count(long) <= MOST_TELLING


def test_scripts_are_told_apart_and_a_number_is_in_all() -> None:
    scripts = [telling_bits(text)[0] for text in ("silo", "элеватор", "ממגורה", "صومعة", "silo элеватор", "1207")]
    assert scripts == [1, 2, 4, 8, 3, 15]


def levels(first: str, second: str) -> str:
    from parley.incidents.linkage.comparison import _words

    bits = words_of([(first, ""), (second, "")])
    return levels_of("words", False)[int(_words(bits[:1], bits[1:])[0])]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", "silo", "no telling words in one script given by both"),
        ("silo", "элеватор", "no telling words in one script given by both"),
        ("silo", "ferry", "no telling word in common"),
        ("Shaykhun", "شيخون", "a telling word in common"),
        ("silo ferry", "ferry bakery", "a telling word in common"),
        ("silo ferry", "silo ferry bakery", "two telling words in common"),
        ("silo ferry bakery orchard lorry", "silo ferry bakery mill weir", "three telling words or more in common"),
        ("silo ferry bakery", "silo ferry bakery orchard lorry", "most telling words in common"),
    ],
)
def test_levels_of_words(first: str, second: str, said: str) -> None:
    assert levels(first, second) == levels(second, first) == said


def test_bits_fit_a_signed_number_of_every_engine() -> None:
    text = " ".join(f"{a}{b}{c}mn" for a in "bdfgklmnrst" for b in "bdfgk" for c in "lrst")
    assert min(words_of([(text, "")])[0]) >= 0 and np.max(words_of([(text, "")])) < 2**62
