"""The words of the language: what an agreement's file may say, and nothing else.

Times stand in the agreement's own time zone unless they carry an offset; a date alone is 00:00 of that day. A period
starts at `from` (included) and ends at `until` (excluded).
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from parley.model import vocabulary


class Part(BaseModel):
    """The base of every part of the file: closed, so that a misspelt key is an error, and immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True)


def _date_time(given: Any) -> Any:
    if isinstance(given, date) and not isinstance(given, datetime):
        return datetime(given.year, given.month, given.day)  # noqa: DTZ001  the zone is the agreement's, added by `Terms`
    return given


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone of the tz database (such as Asia/Damascus)")
    return name


Moment = Annotated[datetime, BeforeValidator(_date_time)]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1)]


def _term(family: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in vocabulary(family):
            raise ValueError(f"{name!r} is not a term of {family!r}: one of {', '.join(vocabulary(family))}")
        return name

    return AfterValidator(check)


Act = Annotated[str, _term("act")]
Means = Annotated[str, _term("means")]
ObjectClass = Annotated[str, _term("object")]
Ground = Annotated[str, _term("exemption")]


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


class Party(Part):
    """Somebody whom accounts may name.

    Roles: *party* and *guarantor* (bound while they adhere), *group* (whether it adheres may be unknown), *third-party*
    and *population* (never bound), *collective* (a name for one of several `members`, of whom not all need be alike).
    """

    id: Id
    name: Text
    role: Literal["party", "guarantor", "group", "third-party", "population", "collective"]
    also: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    adheres: tuple[Adherence, ...] = ()
    designated: tuple[Designation, ...] = ()
    note: str = ""


Position = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]


class Zone(Part):
    """An area, in WGS 84 [longitude, latitude] with geodesic edges; its boundary belongs to it.

    Either `polygon` (one ring), or `line` with `within_m` metres on both sides, or `undefined` with the reason (a map
    that was promised for later). `edge_m` states how far the drawn edge may be off: nearer than that, inside or outside
    is unknown. `names` are area names that lie wholly inside, as sources write them.
    """

    id: Id
    name: Text
    polygon: Annotated[tuple[Position, ...], Field(min_length=3)] | None = None
    line: Annotated[tuple[Position, ...], Field(min_length=2)] | None = None
    within_m: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    undefined: str | None = None
    edge_m: Annotated[float, Field(ge=0, le=100_000)] = 0
    names: tuple[str, ...] = ()
    source: str = ""


class Ending(Part):
    """A disputed end: certainly in force before `not_before`, certainly over from `not_after`, open between the two."""

    not_before: Moment
    not_after: Moment | None = None
    why: Text


class Exemption(Part):
    """A ground that takes an act out of a clause. A claim of it is not proof: until established, the answer is open."""

    ground: Ground
    article: str = ""
    says: Text


class Prohibition(Part):
    """A clause that forbids acts.

    Its *scope* (who, when, where, against whom, with what, on what) decides whether it covers an act: outside it the
    answer is "not covered". Its *conduct* (the kinds of act, no exemption) decides between breach and no breach.
    """

    kind: Literal["prohibition"] = "prohibition"
    id: Id
    article: Text
    says: Text
    acts: Annotated[tuple[Act, ...], Field(min_length=1)]
    binds: tuple[str, ...] = ()
    start: Moment | None = Field(default=None, alias="from")
    until: Moment | Ending | None = None
    zone: str | None = None
    means: tuple[Means, ...] = ()
    objects: tuple[ObjectClass, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    excluded_groups: bool = True
    uncertain: str = ""


class Source(Part):
    """The text that the file renders: its name, where it was published, and the address where it can be read."""

    name: Text
    published: str = ""
    address: str = ""


class Agreement(Part):
    """One version of one agreement, rendered in our own words."""

    format: Literal["parley-terms/1"]
    id: Id
    title: Text
    date: date
    timezone: Annotated[str, AfterValidator(_known_zone)]
    source: Source
    about: str = ""
    uncertain: tuple[str, ...] = ()
    start: Moment = Field(alias="from")
    until: Moment | Ending | None = None
    area: str | None = None
    parties: Annotated[tuple[Party, ...], Field(min_length=1)]
    zones: tuple[Zone, ...] = ()
    clauses: Annotated[tuple[Prohibition, ...], Field(min_length=1)]

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


def faults(agreement: Agreement) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what no single field shows: (path into the file, what was expected there)."""
    parties = {party.id for party in agreement.parties}
    zones = {zone.id for zone in agreement.zones}
    yield from _twice("parties", [party.id for party in agreement.parties])
    yield from _twice("zones", [zone.id for zone in agreement.zones])
    yield from _twice("clauses", [clause.id for clause in agreement.clauses])
    names: dict[str, str] = {}
    for at, party in enumerate(agreement.parties):
        for name in (party.name, *party.also):
            other = names.setdefault(fold(name), party.id)
            if other != party.id:
                yield ("parties", at, "name"), f"a name of its own; {name!r} is also a name of {other!r}"
        for nth, member in enumerate(party.members):
            if member not in parties or member == party.id:
                yield ("parties", at, "members", nth), f"the id of another party, not {member!r}"
        if (party.role == "collective") != bool(party.members):
            yield ("parties", at, "role"), "members for a collective, and for nobody else"
    for at, zone in enumerate(agreement.zones):
        shapes = [zone.polygon is not None, zone.line is not None, zone.undefined is not None]
        if sum(shapes) != 1 or (zone.line is not None) != (zone.within_m is not None):
            yield ("zones", at), "exactly one of polygon, line with within_m, or undefined with the reason"
    if agreement.area is not None and agreement.area not in zones:
        yield ("area",), f"the id of a zone of this file, not {agreement.area!r}"
    for at, clause in enumerate(agreement.clauses):
        if clause.zone is not None and clause.zone not in zones:
            yield ("clauses", at, "zone"), f"the id of a zone of this file, not {clause.zone!r}"
        for nth, bound in enumerate(clause.binds):
            if bound not in parties:
                yield ("clauses", at, "binds", nth), f"the id of a party of this file, not {bound!r}"


def fold(name: str) -> str:
    """Return *name* as names are compared: case and runs of white space do not matter."""
    return " ".join(name.split()).casefold()


def _twice(section: str, ids: list[str]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for at, name in enumerate(ids):
        if name in ids[:at]:
            yield (section, at, "id"), f"an id that is used once; {name!r} stands twice"
