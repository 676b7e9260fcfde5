"""Days on the command line: `--date`, with `today` and `yesterday` in the centre's zone; and published days that are
out of date, told wherever something was recorded or is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from parley.cli.ago import NAMED_DAYS, named_day
from parley.cli.screen import say
from parley.commands import command

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
"""The days that can be asked for: every zone has them, with the days around them."""

Named = Literal["today", "yesterday"]

MOST_SAID = 20
"""Days that are named on a terminal; how many more there are is said."""


if TYPE_CHECKING:
    _DayType = click.ParamType[Any]
else:
    _DayType = click.ParamType  # before click 8.4 it takes no argument where the program runs


class Day(_DayType):
    """A calendar day, such as 2016-09-17; or `today` or `yesterday`, which `resolved` turns into one."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | Named:
        if isinstance(value, date):
            return value
        if (named := value.strip().lower()) in NAMED_DAYS:
            return "today" if named == "today" else "yesterday"
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day. Give a day such as 2016-09-17, today or yesterday.", param, ctx)
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value!r} is out of range. Give a day from {FIRST_DAY} to {LAST_DAY}.", param, ctx)
        return day


def date_option(help_: str, required: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that has a *folder* the option `--date`; it is called with *day*, a date or None."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @click.option("--date", "day", type=Day(), required=required, help=f"{help_} Also today, yesterday.")
        @wraps(command)
        def run(*args: Any, folder: Path, day: date | Named | None, **named: Any) -> None:
            command(*args, folder=folder, day=resolved(day, folder), **named)

        return run

    return decorate


def resolved(day: date | Named | None, folder: Path) -> date | None:
    """Return *day* as a date; `today` and `yesterday` are those of the zone of the centre in *folder*."""
    if day is None or isinstance(day, date):
        return day
    from parley.centre.folder import Centre, now

    with Centre.open(folder) as centre:
        return named_day(day, centre.timezone, now())


def say_stale(days: Iterable[tuple[date | str, int]], folder: Path, err: bool = False) -> None:
    """Tell which published days (each with its newest edition) what was recorded since changes, and what to do."""
    there = list(days)
    for day, edition in there[:MOST_SAID]:
        say(
            f"{day} was published as edition {edition}; what was recorded since changes it: "
            f"{command('report', folder, '--date', day)}",
            err=err,
        )
    if len(there) > MOST_SAID:
        more = len(there) - MOST_SAID
        say(f"{more} more published days are out of date: {command('report', folder, '--list')}", err=err)
