"""Reading an agreement's file: YAML 1.2, every fault with its line and column, all faults at once."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from parley.model import Problem, TermsError
from parley.terms.language import Agreement, faults
from parley.terms.terms import Terms
from parley.terms.zones import shape_fault

_TAGS = ("when", "ending", "prohibition", "prevention", "duty", "standard", "permission")
"""Steps of pydantic's own in the path of a fault: the member of a union that was tried."""


def load(text: str, name: str) -> Terms:
    """Return the terms that *text* holds; *name* is the file's name for messages.

    Raises:
        TermsError: with one problem for each fault, each with line and column.
    """
    raw = _parse(text, name)
    try:
        agreement = Agreement.model_validate(raw)
    except ValidationError as error:
        raise TermsError(
            [_problem(raw, name, fault["loc"], _expected(fault), fault["input"]) for fault in _causes(error.errors())]
        ) from None
    problems = [_problem(raw, name, path, expected) for path, expected in faults(agreement)]
    for at, zone in enumerate(agreement.zones):
        if fault := shape_fault(zone):
            problems.append(_problem(raw, name, ("zones", at), fault))
    if problems:
        raise TermsError(problems)
    return Terms(agreement)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the language, which completes and checks a file while it is written."""
    schema = Agreement.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "parley-terms/1"}


def _parse(text: str, name: str) -> Any:
    if not text.strip():
        raise TermsError(
            [Problem(file=name, expected="an agreement in the format parley-terms/1", found="an empty file")]
        )
    try:
        raw = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
        raise TermsError([Problem(file=name, expected="YAML", found=str(error.problem or error), **place)]) from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise TermsError([Problem(file=name, expected="YAML", found=str(error))]) from None
    if not isinstance(raw, dict):
        raise TermsError(
            [Problem(file=name, line=1, column=1, expected="a mapping that starts with format: parley-terms/1")]
        )
    return raw


_PLAIN = {
    "string_pattern_mismatch": "an id of small letters, digits, dots and hyphens, such as river-truce",
    "model_type": "keys with values, such as {name: …}",
    "dict_type": "keys with values, such as {name: …}",
    "tuple_type": "a list, such as [one, another]",
    "string_type": "text, in quotes where it looks like a number or a day",
}
"""What was expected, in plain words, by pydantic's types of faults; those beginning with date_ are of days."""


def _causes(faults_: Sequence[Any]) -> list[Any]:
    """Return *faults_* without those of lists that are too short only because their members have faults."""
    places = [fault["loc"] for fault in faults_]
    return [
        fault
        for fault in faults_
        if fault["type"] != "too_short"
        or not any(len(at) > len(fault["loc"]) and at[: len(fault["loc"])] == fault["loc"] for at in places)
    ]


def _expected(fault: Any) -> str:
    """Turn pydantic's message into what was expected."""
    if fault["type"] == "extra_forbidden":
        key = str(fault["loc"][-1])
        return f"no such key here{'; other parts of a file may have it' if key in _keys() else _perhaps(key, _keys())}"
    if fault["type"] == "missing":
        return f"the key {fault['loc'][-1]!r}"
    if fault["type"] in _PLAIN:
        return _PLAIN[fault["type"]]
    if fault["type"] == "too_short":
        return f"a list of {fault['ctx']['min_length']} or more"
    if fault["type"].startswith("date_"):
        return "a day such as 2031-04-28"
    message = str(fault["msg"])
    return message.removeprefix("Value error, ").removeprefix("Input should be ")


def _perhaps(written: str, known: Iterable[str]) -> str:
    """Return a suggestion, where something known is written much alike."""
    close = get_close_matches(written, list(known), n=1, cutoff=0.75)
    return f"; perhaps {close[0]!r}" if close else ""


@cache
def _keys() -> frozenset[str]:
    """Return every key that a file may have, as its JSON Schema lists them."""
    schema = json_schema()
    objects = (schema, *schema.get("$defs", {}).values())
    return frozenset(name for one in objects for name in one.get("properties", {}))


def _problem(raw: Any, name: str, path: tuple[str | int, ...], expected: str, found: Any = "") -> Problem:
    """Place a fault: *path* is followed as far as the file goes, so that a missing key is placed at its parent."""
    line, column = 1, 1
    node = raw
    for step in path:
        places = getattr(node, "lc", None)
        if places is None or places.data is None or not isinstance(node, dict | list):
            break
        if isinstance(node, dict) and step in node:
            line, column = (number + 1 for number in places.value(step))
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            line, column = (number + 1 for number in places.item(step))
        else:
            continue  # a step of pydantic's own, such as the member of a union that was tried
        node = node[step]
    return Problem(
        file=name,
        line=line,
        column=column,
        field=".".join(str(step) for step in path if step not in _TAGS),
        expected=expected,
        found="" if isinstance(found, dict | list) else str(found),
    )
