"""Signs that nobody sees: which they are, and how a text shows that it holds them.

They are those of Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt: the zero-width signs, the marks and
overrides of direction, the soft hyphen, the variation selectors, the tags), the annotation controls and the control
characters. A name reads alike with or without them, so they tell no two names apart (`model.fold`); and they can turn
or hide the text around them, so they are written out wherever a text is shown: ⟨U+202E⟩.

Some scripts cannot be spelled without a joiner: ZERO WIDTH NON-JOINER in Persian, the joiners behind the virama of
Indic scripts, the joiner and the selectors in emoji (UAX 31, 2.3; RFC 5892, A.1 and A.2). There a joiner is part of how
the letters look, and stays as it is; everywhere else it is written out like the others.
"""

import re

IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Default_Ignorable_Code_Point and the annotation controls U+FFF9 to U+FFFB, as the inside of a character class."""
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Control characters, line ends but for tab and line feed, and halves of characters, as the inside of a class."""

_JOINING = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
_VOWELS = "\u064b-\u065f\u0670"
_VIRAMA = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0f84\u1039\u103a\u1714\u17d2\u1a60"
    "\u1b44\u1baa\ua806\ua8c4\ua953\ua9c0\uaaf6\uabed"
)
_EMOJI = "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
_EMOJI += "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_SPELLING = re.compile(
    rf"(?:(?<=[{_JOINING}])|(?<=[{_JOINING}][{_VOWELS}]))[\u200c\u200d](?=[{_JOINING}])"
    rf"|(?<=[{_VIRAMA}])[\u200c\u200d]"
    rf"|(?<=[{_EMOJI}])[\ufe0e\ufe0f](?:\u200d(?=[{_EMOJI}]))?|(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"
    rf"|(?<=[#*0-9])\ufe0f(?=\u20e3)"
    rf"|(?<=[{_HAN}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
    rf"|(?P<unseen>[{IGNORABLE}{CONTROLS}])"
)
_LINE = str.maketrans({"\t": "⟨U+0009⟩", "\n": "⟨U+000A⟩"})


def visible(text: str) -> str:
    """Return *text* with each sign that nobody sees written out, as in ⟨U+202E⟩; tabs and line feeds stay."""
    if text.isascii() and text.isprintable():
        return text
    return _SPELLING.sub(_shown, text)


def printable(text: str) -> str:
    """Return *text* on one line: `visible`, and tabs and line feeds written out too."""
    return visible(text).translate(_LINE)


def bare(text: str) -> str:
    """Return *text* without the signs that `visible` writes out."""
    return text if text.isascii() and text.isprintable() else _SPELLING.sub(_left, text)


def _shown(found: re.Match[str]) -> str:
    return f"⟨U+{ord(found[0]):04X}⟩" if found["unseen"] else found[0]


def _left(found: re.Match[str]) -> str:
    return "" if found["unseen"] else found[0]


def escaped(json: str) -> str:
    """Return *json* with the signs that `visible` writes out as escapes of JSON, so that it says the same."""
    return _SPELLING.sub(_as_escape, json)


def _as_escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)) if found["unseen"] else found[0]
