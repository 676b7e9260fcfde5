"""Where: zones of a map, lines with a date, one line for each party, and places that are registered by name."""

from typing import Annotated

from pydantic import Field

from parley.terms.language.basics import Id, ObjectClass, Part, Text

Position = tuple[
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)],
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)],
]
Track = Annotated[tuple[Position, ...], Field(min_length=2)]


class Line(Part):
    """A line of contact or of separation as of a day, in WGS 84 [longitude, latitude] with geodesic pieces."""

    id: Id
    name: Text
    as_of: str = ""
    points: Track
    source: str = ""


class Zone(Part):
    """An area, in WGS 84 [longitude, latitude] with geodesic edges; its boundary belongs to it.

    One of: `polygon` (one ring); `line` (points, or the id of one of `lines`) with `within_m` metres on both sides;
    `for_party` (the zone that holds for each party that acts, by their ids); or `undefined` with the reason (a map that
    was promised for later). `edge_m` states how far the drawn edge may be off: nearer than that, inside or outside is
    unknown. `names` are area names that lie wholly inside, as sources write them.
    """

    id: Id
    name: Text
    polygon: Annotated[tuple[Position, ...], Field(min_length=3)] | None = None
    line: Track | Id | None = None
    within_m: Annotated[float, Field(gt=0, le=1_000_000)] | None = None
    for_party: dict[str, str] | None = None
    undefined: str | None = None
    edge_m: Annotated[float, Field(ge=0, le=100_000)] = 0
    names: tuple[str, ...] = ()
    source: str = ""

    def __hash__(self) -> int:
        return hash(self.id)


class Site(Part):
    """A registered object: accounts that name it speak of its class."""

    id: Id
    name: Text
    also: tuple[str, ...] = ()
    is_: ObjectClass = Field(alias="is")
    source: str = ""
