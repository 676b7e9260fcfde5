"""Attributes: what a claim can be of."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

ATTRIBUTES: Mapping[str, str] = {
    "time": "Interval: when the act took place",
    "place": "Disc: where",
    "area": "OneOf: the administrative area, as the source names it",
    "act": "OneOf: a term of the vocabulary under `act`",
    "means": "OneOf: a term of the vocabulary under `means`",
    "calibre": "Amount: the calibre, in millimetres",
    "altitude": "Amount: the height above ground of an aircraft, in metres",
    "actor": "OneOf: who acted, in the source's words",
    "affected": "OneOf: the party, group or population that was affected, in the source's words",
    "object": "OneOf: a term of the vocabulary under `object`",
    "site": "OneOf: the name of what was hit or entered, as the source writes it",
    "quantity": "Amount: how many, of what the act is about",
    "done": "OneOf: how far a duty was done, a term of the vocabulary under `done`",
    "exemption": "OneOf: a ground the source claims for the act, a term under `exemption`",
    "deaths": "Count",
    "deaths-civilian": "Count",
    "injured": "Count",
    "account": "Words: the source's statement in brief",
}
"""What a claim can be of, in the order in which accounts are compared, with the kind of its value."""

FACT = "fact:"
"""How the attribute of a single fact begins, whose name an agreement's file gives; its value is OneOf yes and no."""

QUANTITY = "quantity:"
"""How the attribute of one of several quantities begins, which an agreement's file names; its value is an Amount."""

_NAMED = re.compile(r"(fact|quantity):[a-z0-9][a-z0-9.-]{0,59}")


def _attribute(name: str) -> str:
    if name not in ATTRIBUTES and not _NAMED.fullmatch(name):
        raise ValueError(f"{name!r} is no attribute of a claim: one of {', '.join(ATTRIBUTES)}, or fact:NAME")
    return name


Attribute = Annotated[str, AfterValidator(_attribute)]
