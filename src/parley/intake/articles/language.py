"""The language of an article: py3langid (https://github.com/adbar/py3langid), held to the languages with rules."""

import re
from functools import cache
from typing import Any

from parley.intake.articles.rules import LANGUAGES
from parley.model import Flag

_SAME = {"ms": "id", "ary": "ar", "arz": "ar"}  # Malay is a tie with Indonesian; two spoken kinds of Arabic
_SURE = 0.9
_LOWER_CASE = re.compile(r"(?<!\w)[^\W\d_A-ZА-ЯЁ][^\W\d_]*")


def language_of(text: str) -> tuple[str, tuple[Flag, ...]]:
    """Return the language of *text* (ISO 639-1) and what a reader should know about that answer.

    Names are left out, so that whose names stand in the text cannot tip the scale. A language without rules is named as
    it is where that is sure; statements and dates are then not looked for.
    """
    words = _LOWER_CASE.findall(text[:100_000])
    ranked = _identifier().rank(" ".join(words) if len(words) >= 5 else text[:100_000])
    best, probability = ranked[0]
    if best not in LANGUAGES and best not in _SAME and probability >= _SURE:
        return best, (Flag(code="language-without-rules", params={"language": best}),)
    best = next(language for language, _ in ranked if language in LANGUAGES or language in _SAME)
    if best == "ms":
        return "id", (Flag(code="language-tie"),)
    return _SAME.get(best, best), ()


@cache
def _identifier() -> Any:
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
