"""Names of places → keys that are equal for most spellings of one name, in Arabic, Cyrillic, Hebrew and Latin letters.

Transliterations differ in vowels, doubled letters, articles and in sounds that Latin has no letter for; what they keep
is the sequence of consonants ("Deir ez-Zor", "Dayr az Zawr", "دير الزور"). A key is the hash of that sequence: an
integer, so that every engine compares names alike.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from parley.model.names import fold, fold_text
from parley.packaged import packaged

FEW_CONSONANTS = 2
MOST_WORDS = 4
"""The words of a name that are compared, from its beginning."""

_WORD = re.compile(r"[^\W\d_]+|\d+")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True)
class _Spelling:
    generic: frozenset[str]
    letters: tuple[tuple[str, str], ...]
    dropped: Mapping[int, int | None]
    other_script: Mapping[int, str]


@lru_cache(maxsize=200_000)
def name_keys(name: str) -> tuple[int, ...]:
    """Return a key (1 to 2**62) for each telling word of *name*, sorted, at most `MOST_WORDS` of them; () for none.

    Where a name has no telling word ("New Town"), its generic words tell.
    """
    spelling = _spelling()
    words = words_of(name)
    folded = [_latin(word, spelling) for word in words]
    telling = [
        latin for word, latin in zip(words, folded, strict=True) if latin and not _is_generic(word, latin, spelling)
    ] or [latin for latin in folded if latin]
    skeletons = list(dict.fromkeys(filter(None, (_skeleton(word, spelling) for word in telling))))
    return tuple(sorted(hash_of(skeleton) for skeleton in skeletons[:MOST_WORDS]))


def words_of(text: str) -> list[str]:
    """Return the words and numbers of *text* as they are compared, in order."""
    found: list[str] = _WORD.findall(fold_text(text).replace("'", "").replace("-", " "))
    return found


def sound_of(word: str, letters: int) -> str:
    """Return what most spellings of the first *letters* of *word*, which `words_of` gives, have in common.

    A word of few consonants has its vowels: too many would sound alike without.
    """
    spelling = _spelling()
    beginning = _latin(word, spelling)[:letters]
    sound = _skeleton(beginning, spelling)
    return sound if len(sound) > FEW_CONSONANTS else beginning


def _latin(word: str, spelling: _Spelling) -> str:
    """Return *word* in lower-case Latin letters."""
    plain = _plain(word)
    if plain.startswith("ال") and len(plain) > 4:
        plain = plain[2:]
    return plain.translate(spelling.other_script)


def _plain(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _is_generic(word: str, latin: str, spelling: _Spelling) -> bool:
    return latin in spelling.generic or _plain(word) in spelling.generic


def _skeleton(word: str, spelling: _Spelling) -> str:
    if word.isdigit():
        return word
    for written, sound in spelling.letters:
        word = word.replace(written, sound)
    return _DOUBLED.sub(r"\1", word.translate(spelling.dropped)) or word[:1]


def hash_of(skeleton: str) -> int:
    """Return a number from 1 to 2**62 for *skeleton*."""
    return int.from_bytes(hashlib.blake2b(skeleton.encode(), digest_size=8).digest(), "big") % (2**62 - 1) + 1


@cache
def _spelling() -> _Spelling:
    raw = packaged("parley.incidents.linkage", "names.yaml")
    return _Spelling(
        frozenset(map(fold, (*raw["generic"].split(), *raw["arabic_generic"].split()))),
        tuple((written, sound) for written, sound in raw["letters"]),
        str.maketrans("", "", raw["dropped"]),
        str.maketrans(raw["arabic"] | raw["cyrillic"] | raw["hebrew"]),
    )
