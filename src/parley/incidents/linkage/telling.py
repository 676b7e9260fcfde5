"""The words of what is told → bits, so that every engine counts alike how many words two texts have in common.

A word stands for one of `PLACES` bits, by the sound of its beginning: endings differ by case and number, and names that
are written in another script have the sound in common. Words that most texts have tell nothing, and are left out:
those of jusText's lists, and `common.yaml`'s for what is told of fighting. Which words those are never hangs on the
texts that are compared: else one report would touch every pair.
"""

from collections.abc import Collection, Iterator
from functools import cache

import numpy as np

from parley.incidents.linkage.columns import SCRIPTS, WORD_BITS, WORD_COLUMNS
from parley.incidents.linkage.names import hash_of, sound_of, words_of
from parley.packaged import packaged

MOST_TELLING = 24
"""The telling words of a text that are compared, from its beginning."""
BEGINNING = 8
"""Letters of a word that are compared."""
PLACES = WORD_BITS * WORD_COLUMNS
_STOP_LISTS = ("Arabic", "English", "French", "Hebrew", "Indonesian", "Russian", "Ukrainian")
_FIRST_LETTERS = (0, 0x400, 0x590, 0x600, 0x780)
"""Where Latin, Cyrillic, Hebrew and Arabic letters begin, and end."""


def telling_bits(text: str, but_for: Collection[str] = ()) -> tuple[int, ...]:
    """Return in which scripts the telling words of *text* are, as bits, then `WORD_COLUMNS` numbers with a bit a word.

    All are 0 where it has no telling word.

    Args:
        but_for: what tells nothing here beside common words: the name of the place is compared elsewhere.
    """
    bits = [0] * (1 + WORD_COLUMNS)
    aside = {_sound(word) for name in but_for for word in words_of(name)}
    sounds: set[str] = set()
    for word, sound in _telling(text):
        if sound not in aside and sound not in sounds:
            sounds.add(sound)
            column, place = divmod(hash_of(sound) % PLACES, WORD_BITS)
            bits[0] |= _script(word)
            bits[1 + column] |= 1 << place
            if len(sounds) == MOST_TELLING:
                break
    return tuple(bits)


def _telling(text: str) -> Iterator[tuple[str, str]]:
    words, sounds = _common()
    for word in words_of(text):
        sound = _sound(word)
        if len(sound) > 1 and word not in words and sound not in sounds:
            yield word, sound


def _sound(word: str) -> str:
    return sound_of(word, BEGINNING)


def _script(word: str) -> int:
    """Return the bit of the script of *word*; all of them for a number."""
    if word.isdigit():
        return SCRIPTS
    return 1 << max(0, int(np.searchsorted(_FIRST_LETTERS, ord(word[0]), "right")) - 1)


@cache
def _common() -> tuple[frozenset[str], frozenset[str]]:
    """Return common words of languages, and the sounds of common words of reports."""
    from justext import get_stoplist  # type: ignore[import-untyped]

    lists = [" ".join(get_stoplist(language)) for language in _STOP_LISTS]
    raw = packaged("parley.incidents.linkage", "common.yaml")
    stop = frozenset(word for one in lists for word in words_of(one))
    return stop, frozenset(_sound(word) for one in raw.values() for word in words_of(one))
