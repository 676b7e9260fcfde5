"""A charter's file: what a centre is and who its parties are, in YAML, read before a centre is made.

    title: Information centre of the river truce
    timezone: Asia/Tbilisi
    parties:
      west: {names: [Westbank], keys: [west.example/desk+1e75466e+AS0G…]}
      east: {names: [Eastbank], keys: [east.example/desk+93d8b1c2+AYq2…]}
    k: 2                                       # how many parties endorse what changes the rules; all without it
    shredding:
      old-articles: {kinds: [report, input], days: 365}

Keys that are not known are refused: a misspelled one would silently be no rule.
"""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from parley.centre.bodies import charter_written
from parley.model import (
    Charter,
    FolderError,
)
from parley.record.errors import Unfit
from parley.record.statements.kinds import CHARTER, check_form


def load_charter(text: str, name: str) -> Charter:
    """Return the charter in *text*, the file *name*.

    Raises:
        FolderError: the text says where it is none, what was expected, and that nothing was made.
    """
    try:
        given = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f":{mark.line + 1}:{mark.column + 1}" if mark is not None else ""
        raise FolderError(f"{name}{where}: this is not YAML: {error.problem}; nothing was made") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise FolderError(f"{name}: this is not YAML ({type(error).__name__}); nothing was made") from None
    if not isinstance(given, dict):
        raise FolderError(f"{name}: a charter has keys, such as `title: …`; nothing was made")
    if found := sorted({"desk", "succeeds", "start", "by"} & set(given)):
        raise FolderError(f"{name}: {found[0]} is not for the file to say: it is set where the centre is made")
    try:
        charter = Charter.model_validate(_plain(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise FolderError(f"{name}{_line(given, first['loc'])}: {place}: {_said(first)}; nothing was made") from None
    try:
        ZoneInfo(charter.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        line = _line(given, ("timezone",))
        raise FolderError(f"{name}{line}: {charter.timezone!r} is no time zone, such as Asia/Damascus") from None
    try:
        check_form(CHARTER, charter_written(charter.model_dump(mode="json")))
    except Unfit as error:
        raise FolderError(f"{name}: {error}; nothing was made") from None
    return charter


def _said(error: Any) -> str:
    return {"extra_forbidden": "this key is not known", "missing": "this key is missing"}.get(
        error["type"], str(error["msg"])
    )


def _line(given: Any, place: tuple[Any, ...]) -> str:
    """`:line` of the deepest part of *place* that the file has."""
    line = None
    for part in place:
        try:
            line = given.lc.data[part][0] + 1
            given = given[part]
        except (AttributeError, KeyError, TypeError, IndexError):
            break
    return "" if line is None else f":{line}"


def _plain(value: Any) -> Any:
    """YAML's values as Python's own."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value
