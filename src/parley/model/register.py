"""What a centre registers of its own: places with their position, sources with whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from parley.model.base import Noun
from parley.model.names import fold
from parley.model.sides import CENTRE, Side


def _says_something(name: str) -> str:
    if not fold(name):
        raise ValueError("a name has at least one sign that is seen")
    return name


Name = Annotated[str, Field(max_length=200), AfterValidator(_says_something)]


class _Named(Noun):
    """Something with a name, and other names of it; *by* is who at the desk registered it, "" where nobody said."""

    name: Name
    also: tuple[Name, ...] = ()
    by: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the first one first."""
        return self.name, *self.also


class RegisteredPlace(_Named):
    """A place within `radius_m` metres of WGS 84 latitude and longitude in degrees."""

    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    radius_m: int = Field(ge=0, le=20_100_000)


class RegisteredSource(_Named):
    """Whose a source is: a party's id, or `INDEPENDENT`."""

    side: Side

    @model_validator(mode="after")
    def _is_no_desk(self) -> Any:
        if self.side == CENTRE:
            raise ValueError("the centre's own side is that of its desk alone")
        return self


@dataclass(frozen=True)
class Register:
    """What is registered now, by the entry of the statement that says it, in the order of the record."""

    places: Mapping[int, RegisteredPlace] = field(default_factory=dict)
    sources: Mapping[int, RegisteredSource] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[int, ...]:
        """The entries of all that is registered."""
        return *self.places, *self.sources
