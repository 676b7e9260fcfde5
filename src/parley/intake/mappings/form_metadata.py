"""Columns that a form's program writes of itself, of the device and of the server (`form_metadata.yaml`).

When a form was filled in is not when something happened, and a note of whoever checks forms is not an account of it.
Wherever columns are recognised by their names, these are told apart first; a mapping that a person wrote may name any.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache

from parley.model import fold
from parley.packaged import packaged

_PARTS = re.compile(r"[/.:\-]")
_SIGNS = re.compile(r"[\W_]+")


def of_the_form(names: Iterable[str]) -> Mapping[str, str]:
    """Return those of *names*, the columns of one table, that tell of the form and not of the event.

    Each stands with the only part of a report that it may serve as: "reference", "published", or "" for none.
    """
    columns = list(names)
    found: dict[str, str] = {}
    for name in columns:
        for part in ("reference", "published", "nothing"):
            if _is_in(part, name):
                found.setdefault(name, "" if part == "nothing" else part)
    if any(not _is_in("elsewhere_too", name) for name in found):
        found |= {name: "" for name in columns if _is_in("in_forms", name)}
    elif any(_plain(name) in map(_plain, _book()["event_day"]) for name in columns):
        filled_in = {fold(name): name for name in columns if fold(name) in _book()["filled_in"]}
        if len(filled_in) == len(_book()["filled_in"]):
            found |= dict.fromkeys(filled_in.values(), "")
    return found


def _plain(name: str) -> str:
    return _SIGNS.sub(" ", fold(name)).strip()


def _is_in(part: str, name: str) -> bool:
    whole = _PARTS.sub("/", fold(name))
    return any(
        whole.startswith(one[:-1]) if one.endswith("*") else whole == one
        for one in (_PARTS.sub("/", listed) for listed in _book()[part])
    )


@cache
def _book() -> Mapping[str, Collection[str]]:
    read: Mapping[str, Collection[str]] = packaged("parley.intake.mappings", "form_metadata.yaml")
    return read
