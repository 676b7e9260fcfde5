"""What a source can say of one attribute: always a set of possibilities, never more exact than what was said.

A time is an interval, a place a disc, a name or a term one of several, a number a range. Unknown is a value of its own,
with its reason: an absent claim means that the source is silent, `Unknown` that it says that it does not know.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from parley.model.base import small
from parley.model.coded import Cause

UNREADABLE = "unreadable"
"""The cause of a value that its source did give, and nobody could read."""
YEARS = range(1800, 3001)
"""A day or a time outside these years is a slip: days around it could not be reckoned with in every zone."""


def _in_these_years(at: date) -> date:
    if at.year not in YEARS:
        raise ValueError(f"the year {at.year} is none of {YEARS[0]} to {YEARS[-1]}")
    return at


def _in_whole_minutes(at: datetime) -> datetime:
    """Return *at* in UTC where its zone is some seconds off it, as old local times are: RFC 3339 cannot write those."""
    offset = at.utcoffset()
    return at.astimezone(UTC) if offset and offset % timedelta(minutes=1) else at


Day = Annotated[date, AfterValidator(_in_these_years)]
Moment = Annotated[AwareDatetime, AfterValidator(_in_these_years), AfterValidator(_in_whole_minutes)]


@small
class Interval:
    """A time, somewhere in `start` … `end`. An instant has `start == end`; a day is [00:00, next 00:00) local."""

    kind: Literal["time"] = "time"
    start: Moment
    end: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the end {self.end.isoformat()} lies before the start {self.start.isoformat()}")
        return self

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@small
class Disc:
    """A place, somewhere within `radius_m` metres (geodesic) of WGS 84 latitude and longitude in degrees."""

    kind: Literal["place"] = "place"
    name: str = ""
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    radius_m: int = Field(ge=0, le=20_100_000)


@small
class OneOf:
    """A name or a term: one of `any_of`, and none of `none_of`.

    One member is an exact answer. An empty `any_of` says only what it was not: "not our aircraft".
    """

    kind: Literal["one-of"] = "one-of"
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.any_of and not self.none_of:
            raise ValueError("names neither what it was nor what it was not")
        return self


@small
class Count:
    """A number in `low` … `high`; `high` None means "at least"; `best` is the source's own figure."""

    kind: Literal["count"] = "count"
    low: int = Field(ge=0)
    best: int | None = Field(default=None, ge=0)
    high: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        stated = [number for number in (self.low, self.best, self.high) if number is not None]
        if stated != sorted(stated):
            raise ValueError(f"low, best and high are not in order: {stated}")
        return self


@small
class Amount:
    """A measure in `low` … `high` of its attribute's unit (millimetres, metres); `high` None means "at least"."""

    kind: Literal["amount"] = "amount"
    low: float = Field(ge=0, allow_inf_nan=False)
    high: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.high is not None and self.high < self.low:
            raise ValueError(f"low {self.low:g} is more than high {self.high:g}")
        return self


@small
class Words:
    """The source's statement in words, which neither agrees with another nor excludes it."""

    kind: Literal["words"] = "words"
    text: str


@small
class Unknown:
    """The source says that it does not know, and why; or, where it is `lost`, something that cannot be read."""

    kind: Literal["unknown"] = "unknown"
    why: Cause

    @property
    def lost(self) -> bool:
        """Whether the source did say something, which could not be read."""
        return self.why.code == UNREADABLE


Value = Annotated[Interval | Disc | OneOf | Count | Amount | Words | Unknown, Field(discriminator="kind")]


def one(name: str) -> OneOf:
    """Return the exact value *name*."""
    return OneOf(any_of=(name,))
