"""The rules of the article channel, which are data: one YAML file a subject, per language, beside this module."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from parley.packaged import packaged

LANGUAGES = ("en", "id", "ru", "ar")


@cache
def rules(name: str) -> Any:
    """Return the content of `<name>.yaml`."""
    return packaged("parley.intake.articles", f"{name}.yaml")


def either(patterns: Iterable[str]) -> str:
    """Return one pattern for any of *patterns*, longest first; a space stands for any white space.

    Where there is nothing to match the pattern matches nowhere.
    """
    ordered = sorted(dict.fromkeys(patterns), key=len, reverse=True)
    return "(?:" + "|".join(pattern.replace(" ", r"\s+") for pattern in ordered) + ")" if ordered else "(?!)"


def whole(pattern: str) -> str:
    """Return *pattern* for whole words: no letter or digit may touch it on either side."""
    return rf"(?<!\w){pattern}(?!\w)"
