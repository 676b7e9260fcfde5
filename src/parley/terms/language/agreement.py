"""An agreement's file as a whole."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from parley.terms.language.basics import Id, Part, Text
from parley.terms.language.calendar import Event, Extension, Notice, Renewal, Until, When
from parley.terms.language.clauses import Clause, Fact, Reading
from parley.terms.language.parties import Exclusion, Party
from parley.terms.language.space import Line, Site, Zone


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone of the tz database (such as Asia/Damascus)")
    return name


class Source(Part):
    """The text that the file renders: its name, where it was published, and the address where it can be read."""

    name: Text
    published: str = ""
    address: str = ""


class Interpreter(Part):
    """Who says what the text means; `final` where nobody else may."""

    name: Text
    final: bool = False
    article: str = ""


class Language(Part):
    """A language in which the text exists; `authentic` where that text binds."""

    language: Text
    authentic: bool = True


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
    languages: tuple[Language, ...] = ()
    interpreter: Interpreter | None = None
    start: When = Field(alias="from")
    until: Until | None = None
    extensions: tuple[Extension, ...] = ()
    renewal: Renewal | None = None
    notices: tuple[Notice, ...] = ()
    area: str | None = None
    parties: Annotated[tuple[Party, ...], Field(min_length=1)]
    excludes: Exclusion = Exclusion()
    events: tuple[Event, ...] = ()
    facts: tuple[Fact, ...] = ()
    lines: tuple[Line, ...] = ()
    zones: tuple[Zone, ...] = ()
    sites: tuple[Site, ...] = ()
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1)]
    readings: tuple[Reading, ...] = ()

    @property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
