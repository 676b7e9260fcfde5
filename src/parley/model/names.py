"""When two spellings are one name, and when two names only look alike.

One name is what people write for one thing though their keyboards, forms and fonts differ. So these do not matter:

- the form of Unicode (NFKC), and case (the Unicode Standard, 3.13; Turkish dotless ı is i);
- signs that nobody sees: format characters and Default_Ignorable_Code_Point (UAX 31, 2.3), control characters;
- white space of any kind and length;
- which apostrophe, quotation mark or dash was typed: each is one sign, and stays a sign;
- which digits: those of every script are 0 to 9;
- in Arabic letters, what writers leave out or exchange: vowel signs, the stretching stroke, the seats of hamza, ya and
  alef maqsura, ta marbuta and ha, and how Persian and Urdu keyboards write kaf, ya and ha (as Lucene's ArabicNormalizer
  and PersianNormalizer have it); in Hebrew the points; in Russian ё, which may be written е.

All else tells names apart: accents, other letters, word order. A letter of another script that looks the same (UTS 39)
makes another name, for nobody can say which was meant: `looks_like` finds it, so that people are asked.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from parley.invisible import IGNORABLE

PartyNames = tuple[tuple[str, tuple[str, ...]], ...]
"""The parties of agreements: the name of each, and what else it is called."""

_FORMAT = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f"
_UNSEEN = re.compile(rf"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f{IGNORABLE}{_FORMAT}]+")
_QURANIC = "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08ff"
_ARABIC_MARKS = "\u0610-\u061a\u0640\u064b-\u065f\u0670"
_HEBREW_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_LEFT_OUT = re.compile(rf"[{_ARABIC_MARKS}{_QURANIC}{_HEBREW_POINTS}]+")
_DOTS = re.compile("(?<=i)\u0307+|(?<=\u0435)\u0308+")  # of the capital of a Turkish i; of Russian yo
_DIGIT = re.compile(r"(?![0-9])\d")

_APOSTROPHES = (
    "`\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u055a\u055b\u05f3\u07f4\u07f5\u2018\u2019\u201a\u201b"
    "\u2032\u2035\u2039\u203a\u275b\u275c\u275f\ua78b\ua78c"
)
_QUOTES = (
    "\u00ab\u00bb\u02ba\u02ee\u05f4\u201c\u201d\u201e\u201f\u275d\u275e\u2760\u276e\u276f\u2e42\u301d\u301e\u301f"
    "\U0001f676\U0001f677\U0001f678"
)
_DASHES = (
    "\u02d7\u058a\u05be\u1400\u1806\u2010\u2012\u2013\u2014\u2015\u2043\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d"
    "\u301c\u3030\u30a0\U00010ead"
)
_SPELLED = str.maketrans(
    dict.fromkeys(_APOSTROPHES, "'")
    | dict.fromkeys(_QUOTES, '"')
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys("\u0671\u0672\u0673", "\u0627")  # alef with wasla and with wavy hamza: alef
    | dict.fromkeys("\u0649\u06cc", "\u064a")  # alef maqsura, Persian ya: ya
    | dict.fromkeys("\u06a9\u06aa", "\u0643")  # Persian and swash kaf: kaf
    | dict.fromkeys("\u0629\u06c3\u06c1\u06be\u06d5", "\u0647")  # ta marbuta, ha of Urdu and of Uyghur: ha
    | {"\u0131": "i", "\u2800": " "}  # Turkish dotless i, whose capital is I; the blank of braille
)
_ALONE = (
    # An accent that stands alone is an apostrophe; NFKC makes a blank and an accent of it.
    (re.compile("\\s[\u0301\u0313\u0314]"), "'"),
    (re.compile("\\s\u030b|''"), '"'),
)


@lru_cache(maxsize=1 << 16)
def fold(name: str) -> str:
    """Return *name* as names are compared: what a writer's keyboard or form decides does not matter; see above."""
    return fold_text(name)


def fold_text(name: str) -> str:
    """Do what `fold` does with a text that is not worth remembering."""
    if name.isascii() and name.isprintable():
        return " ".join(name.replace("`", "'").replace("''", '"').casefold().split())
    # An unseen sign between a letter and its accent keeps them from being composed, so it goes first.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", _UNSEEN.sub("", name)).casefold())
    plain = _DOTS.sub("", _LEFT_OUT.sub("", apart.translate(_SPELLED)))
    for accent, mark in _ALONE:
        plain = accent.sub(mark, plain)
    return " ".join(_DIGIT.sub(_ascii_digit, unicodedata.normalize("NFC", plain)).split())


def _ascii_digit(found: re.Match[str]) -> str:
    return str(unicodedata.decimal(found[0]))


_LOOK = str.maketrans(
    # What nobody tells apart at a glance, small letters and capitals (UTS 39, confusables.txt), → a Latin letter.
    dict(zip("асԁеһіјӏорԛѕухԝкмтнвп", "acdehijlopqsyxwkmthbn", strict=True))
    | dict(zip("αβεζηικμνορτυχω", "abezhikmnoptyxw", strict=True))
    | dict(zip("ɑɡ0", "ago", strict=True))
    | dict.fromkeys("iіιɩ1|\u0627", "l")  # I, l, 1 and alef
    | {"\u0647": "o"}  # ha, and the Arabic digit 5
    | dict.fromkeys("\u06d2\u06ce\u06cd\u06d0", "\u064a")  # other ya
    | dict.fromkeys("\u06c6\u06cb\u06c4", "\u0648")  # other waw
)
_BETWEEN = re.compile(r"[\s'\"._-]+")
_TELLING = re.compile(r"\d+|\b\w{1,2}\b")
_LEAST = 5
"""Letters from which on a slip makes a name look like another: shorter ones are often two names."""


def looks_like(name: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* for which *name* may be meant though it is another name; None where it is known.

    "East bank" and "Еastbank" with a Cyrillic Е look like "Eastbank", and so does "Eastbnak": what differs is blanks
    and marks between words, letters of another script that look the same, or one letter, or two next to each other
    exchanged. Numbers and words of one or two letters are no slips: "Post 4" does not look like "Post 5".
    """
    folded, names = fold(name), {fold(one): one for one in known}
    if not folded or folded in names:
        return None
    look = _look(folded)
    looks = {other: _look(other) for other in names}
    alike = next((other for other in names if looks[other] == look), None)
    if alike is None:
        short = _TELLING.findall(folded)
        slips = (other for other in names if _one_slip(look, looks[other]) and _TELLING.findall(other) == short)
        alike = next(slips, None)
    return None if alike is None else names[alike]


def _look(folded: str) -> str:
    return _BETWEEN.sub("", folded.translate(_LOOK))


def _one_slip(one: str, other: str) -> bool:
    """Say whether one letter more, less or other, or two exchanged, make *one* into *other*."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < _LEAST or len(longer) - len(shorter) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    exchanged = shorter[at + 1 : at + 2] + shorter[at : at + 1] + shorter[at + 2 :]
    return shorter[at + 1 :] == longer[at + 1 :] or exchanged == longer[at:]
