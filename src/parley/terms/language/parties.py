"""Who: parties, their adherence, groups that stand outside, and names for several."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from parley.model import OF_NO_PARTY
from parley.terms.language.basics import Id, Part, Text
from parley.terms.language.calendar import Moment


class Adherence(Part):
    """A stretch of time in which a party had accepted the agreement; `certain: false` where that is disputed."""

    start: Moment = Field(alias="from")
    until: Moment | None = None
    declared_to: str = ""
    certain: bool = True
    source: str = ""


class Designation(Part):
    """A stretch of time in which a group stood on a list that the agreement excludes."""

    by: Text
    start: Moment = Field(alias="from")
    until: Moment | None = None
    source: str = ""


def _of_a_party(id_: str) -> str:
    if id_ in OF_NO_PARTY:
        raise ValueError(f"{id_!r} is what the sources of no party are called; give the party another id")
    return id_


class Party(Part):
    """Somebody whom accounts may name.

    Roles: *party* and *guarantor* (bound while they adhere), *group* (whether it adheres may be unknown), *associated*
    (bound while the party `of` which it is an associated force adheres), *third-party* and *population* (never bound),
    *collective* (a name for one of several `members`, of whom not all need be alike).
    """

    id: Annotated[Id, AfterValidator(_of_a_party)]
    name: Text
    role: Literal["party", "guarantor", "group", "associated", "third-party", "population", "collective"]
    also: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    of: str | None = None
    adheres: tuple[Adherence, ...] = ()
    designated: tuple[Designation, ...] = ()
    note: str = ""


class Exclusion(Part):
    """Whom and what the agreement does not cover: groups on `lists` (none named: on any list), and `areas` (zones)."""

    lists: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    says: str = ""
