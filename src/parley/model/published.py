"""What was published: a file of an edition of a day."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from parley.model.base import Digest, Entry, Noun
from parley.model.values import Day

Ending = Literal["html", "json"]
ENDINGS: tuple[Ending, ...] = ("html", "json")


def file_name(day: date, edition: int, ending: Ending) -> str:
    """Return the name of a file of *edition* (from 1) of *day* in reports/."""
    return f"{day}.{ending}" if edition == 1 else f"{day}.{edition}.{ending}"


class Publication(Noun):
    """A published file: of which edition of which day, as of which size of the record, and the digest of its bytes.

    `contents` is the digest of what the report says of its day, which alone makes a new edition.
    """

    name: str
    day: Day
    edition: int = Field(ge=1)
    as_of: Entry
    contents: Digest
    digest: Digest

    @model_validator(mode="after")
    def _is_called_by_its_day(self) -> Self:
        if self.name not in (file_name(self.day, self.edition, ending) for ending in ENDINGS):
            raise ValueError(f"no file of edition {self.edition} of {self.day} is called {self.name!r}")
        return self
