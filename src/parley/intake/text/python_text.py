"""Python's way to write data (`{'a': [1, None]}`, https://docs.python.org/3/reference/lexical_analysis.html) → values.

Some programs write it into a CSV cell. It is read by hand, never run: strings, numbers, None, True, False, lists,
tuples, sets, dicts, and moments as `datetime.datetime(2031, 5, 2, tzinfo=datetime.timezone.utc)`, as ISO 8601.
"""

import ast
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from parley.intake.faults import Unreadable

MOST_NESTED = 40
MOST_CHARACTERS = 1_000_000

_ZONE = r"datetime\.timezone\.utc|tzutc\(\)|datetime\.timezone\(datetime\.timedelta\([^()]{1,60}\)\)"
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+")"""
    rf"""|(?P<moment>datetime\.datetime\((?P<numbers>[\d, ]{{8,60}}?)(?:, (?:fold=1, )?tzinfo=(?P<zone>{_ZONE}))?\))"""
    r"""|(?P<number>[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|inf|nan))"""
    r"""|(?P<word>None|True|False|set\(\))|(?P<sign>[\[\](){},:]))"""
)
_OFFSET = re.compile(r"(days|hours|minutes|seconds)=(-?\d{1,6})(?!\d)")
_WORDS: dict[str, Any] = {"None": None, "True": True, "False": False, "set()": []}
_CLOSING = {"[": "]", "(": ")", "{": "}"}


def python_value(text: str) -> Any:
    """Return the value that *text* writes; sets and tuples come as lists.

    Raises:
        Unreadable: it is not of this form, too long or nested too deep; its offset is where reading stopped.
    """
    if len(text) > MOST_CHARACTERS:
        raise Unreadable("text-too-long", most=MOST_CHARACTERS, characters=len(text))
    value, position = _value(text, 0, 0)
    if text[position:].strip():
        raise _unlike(text, position)
    return value


def _unlike(text: str, position: int) -> Unreadable:
    return Unreadable("not-python", text[position : position + 40], offset=position)


def _value(text: str, position: int, depth: int) -> tuple[Any, int]:
    found = _TOKEN.match(text, position)
    if found is None:
        raise _unlike(text, position)
    kind = next(name for name in ("text", "moment", "number", "word", "sign") if found[name] is not None)
    token = found[kind]
    if kind == "text":
        try:
            return ast.literal_eval(token), found.end()  # one string, and nothing else
        except (SyntaxError, ValueError):
            raise _unlike(text, position) from None
    if kind == "moment":
        return _moment(found, text, position), found.end()
    if kind == "number":
        whole = token.lstrip("+-").isdecimal() and len(token) <= 18
        return (int(token) if whole else float(token)), found.end()
    if kind == "word":
        return _WORDS[token], found.end()
    if token not in _CLOSING or depth == MOST_NESTED:
        raise _unlike(text, position)
    return _members(text, found.end(), _CLOSING[token], depth + 1)


def _members(text: str, position: int, closing: str, depth: int) -> tuple[Any, int]:
    items: list[Any] = []
    named: dict[str, Any] = {}
    while (end := _sign(text, position, closing)) is None:
        item, position = _value(text, position, depth)
        colon = _sign(text, position, ":") if closing == "}" else None
        if colon is not None:
            named[str(item)], position = _value(text, colon, depth)
        else:
            items.append(item)
        comma = _sign(text, position, ",")
        if comma is None:
            end = _sign(text, position, closing)
            if end is None:
                raise _unlike(text, position)
            break
        position = comma
    if items and named:
        raise _unlike(text, end)
    return (items if items or closing != "}" else named), end


def _sign(text: str, position: int, sign: str) -> int | None:
    found = _TOKEN.match(text, position)
    return found.end() if found and found["sign"] == sign else None


def _moment(found: re.Match[str], text: str, position: int) -> str:
    """Return the moment as ISO 8601, with an offset where it has a zone."""
    numbers = [int(number) for number in found["numbers"].split(",") if number.strip()]
    zone = None
    try:
        if found["zone"]:
            offset = {unit: int(number) for unit, number in _OFFSET.findall(found["zone"])}
            zone = timezone(timedelta(**offset))
        return datetime(*numbers, tzinfo=zone).isoformat()  # type: ignore[misc, arg-type]
    except (TypeError, ValueError, OverflowError):
        raise _unlike(text, position) from None
