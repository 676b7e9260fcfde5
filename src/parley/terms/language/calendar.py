"""When: absolute times, times counted from an event, ends that are disputed, extended, renewed or notified.

Times stand in the agreement's own time zone unless they carry an offset; a date alone is 00:00 of that day. A period
starts at `from` (included) and ends at `until` (excluded).
"""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from parley.terms.language.basics import Id, Part, Text

_RELATIVE = re.compile(
    r"(?:end of day (?P<day>\d{1,4}) from )?(?P<event>[a-z0-9][a-z0-9.-]*)"
    r"(?: (?P<sign>[+-]) (?P<count>\d{1,5}) (?P<unit>days?|hours?))?"
)


class Relative(Part):
    """A time counted from an event.

    `EVENT`, `EVENT + 14 days` (the same hour of the clock, 14 calendar days on), `EVENT - 2 days`, `EVENT + 48 hours`,
    or `end of day 14 from EVENT`, where day 1 is the calendar day of the event.
    """

    event: Id
    days: int = 0
    hours: int = 0
    end_of_day: int | None = None


def _moment(given: Any) -> Any:
    if isinstance(given, date) and not isinstance(given, datetime):
        return datetime(given.year, given.month, given.day)  # noqa: DTZ001  the zone is the agreement's, added by `Terms`
    return given


def _when(given: Any) -> Any:
    if not isinstance(given, str):
        return _moment(given)
    found = _RELATIVE.fullmatch(given)
    if found is None or given[:4].isdigit():
        try:
            return datetime.fromisoformat(given)
        except ValueError:
            example = "2016-09-12T19:00, or counted from an event such as `d-day + 14 days`"
            raise ValueError(f"a time that exists, such as {example}") from None
    if found["day"] and found["count"]:
        raise ValueError("a time counted from an event in one way: `EVENT + 14 days` or `end of day 14 from EVENT`")
    count = int(f"{found['sign'] or ''}{found['count'] or 0}")
    hours = (found["unit"] or "").startswith("hour")
    return Relative(
        event=found["event"],
        days=0 if hours else count,
        hours=count if hours else 0,
        end_of_day=int(found["day"]) if found["day"] else None,
    )


def _sensible(given: Any) -> Any:
    if isinstance(given, datetime) and not 1900 <= given.year < 2200:
        raise ValueError(f"a time in the years 1900 to 2199, not {given.year}")
    return given


Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_sensible)]
When = Annotated[datetime | Relative, BeforeValidator(_when), AfterValidator(_sensible)]
"""A time, or one counted from an event."""


class Event(Part):
    """A moment that other times count from: its time `at`, or why it is `unset`, or a calm that must have lasted.

    A calm (`calm_days` without a breach of the clauses `of`, counted from `since`) depends on earlier findings, and so
    does the day on which the duty `fulfilled`, a clause of this file, was fulfilled. Where
    an event is disputed, `until` is the latest that it may have been, and `why` says so.
    """

    id: Id
    at: Moment | None = None
    until: Moment | None = None
    why: str = ""
    unset: str | None = None
    calm_days: Annotated[int, Field(gt=0, le=3650)] | None = None
    of: tuple[str, ...] = ()
    since: When | None = None
    fulfilled: Id | None = None
    set_by: str = ""
    source: str = ""


class Ending(Part):
    """A disputed end: certainly in force before `not_before`, certainly over from `not_after`, open between the two."""

    not_before: When
    not_after: When | None = None
    why: Text


def _is_ending(given: Any) -> str:
    return "ending" if isinstance(given, dict | Ending) else "when"


Until = Annotated[Annotated[When, Tag("when")] | Annotated[Ending, Tag("ending")], Discriminator(_is_ending)]
"""An end, or one that is disputed."""


class Extension(Part):
    """A later end that was agreed; `certain: false` where that is disputed."""

    until: When
    by: str = ""
    certain: bool = True
    source: str = ""


class PutOff(Part):
    """A later deadline of a duty that was consented to; `certain: false` where that is disputed."""

    until: When
    by: str = ""
    certain: bool = True
    source: str = ""


class Suspension(Part):
    """A stretch of time in which a clause asks nothing of anybody; `certain: false` where that is disputed."""

    start: When = Field(alias="from")
    until: When | None = None
    by: str = ""
    certain: bool = True
    source: str = ""


class Renewal(Part):
    """An end that moves on by itself: by so many months at a time, certainly up to `known_until`, open after it."""

    months: Annotated[int, Field(gt=0, le=120)]
    by: str = ""
    known_until: When
    why: Text


class Notice(Part):
    """A notice that ends the agreement `days` days after it was given; `certain: false` where that is disputed."""

    by: Text
    given: When
    days: Annotated[int, Field(ge=0, le=3650)] = 0
    certain: bool = True
    source: str = ""
