"""What a recorded body may hold of problems, flags and causes; and where it holds words that nobody gave."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from parley.model.wordings import MOST_SIGNS

PROBLEM = {"file", "line", "column", "field", "code", "params", "kept"}
FLAG = {"code", "params", "line", "column"}
WORD = re.compile(r"[^\W\d_]+")


def held_to_codes(body: dict[str, Any]) -> None:
    """Fail where a statement's *body* holds of what is coded anything else than codes and short parameters."""
    for problem in body.get("problems", ()):
        assert problem.keys() == PROBLEM
    for flag in body.get("report", {}).get("flags", ()):
        assert flag.keys() == FLAG
    for coded in (one for one in _objects(body) if "params" in one):
        assert " " not in coded["code"] + coded.get("kept", "")
        _short(coded["params"])


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ():
        yield from _objects(inner)


def _short(params: dict[str, Any]) -> None:
    assert all(isinstance(value, str | int | float) and len(str(value)) <= MOST_SIGNS for value in params.values())


def strings(data: Any) -> Iterator[str]:
    """Yield every text in *data*, names of fields not."""
    if isinstance(data, str):
        yield data
    for inner in data.values() if isinstance(data, dict) else data if isinstance(data, list | tuple) else ():
        yield from strings(inner)


def words_of(text: str) -> set[str]:
    """Return the words of *text*, in small letters; digits and signs are none."""
    return {word.casefold() for word in WORD.findall(text)}


def sentences_of_ours(body: Any, given: Collection[str]) -> list[str]:
    """Return the texts of several words in *body* of which a word is none of *given*: what came, and names of data."""
    return [
        text for text in strings(body) if len(WORD.findall(text)) > 1 and " " in text and words_of(text) - set(given)
    ]
