"""`parley since`: what became known since a moment, or since one's own last look, and what is handed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.exercise import LINE, is_marked
from parley.cli.lists import Output, formats, none_yet
from parley.cli.options import FOLDER
from parley.cli.screen import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from parley.centre.folder import Centre
    from parley.cli.looks import Look
    from parley.looking.news import Line, News
    from parley.record import Entry

LAST = "last"
MOST_SAID = 20
"""Lines of what is open, stale or unread on a terminal; how many more there are is said."""

_WHEN = (
    "WHEN is `last` (your own last look at FOLDER from this machine), a time or a day in the centre's zone, today, "
    "yesterday, or 2h, 30m, 1d before now."
)


@click.command(epilog=_WHEN)
@click.argument("folder", type=FOLDER)
@click.argument("when", default=LAST)
@click.option("--by", envvar="PARLEY_OFFICER", help="Who looks: for `last`. [default: $PARLEY_OFFICER]")
@formats(texts=(".txt", ".md"))
def since(folder: Path, when: str, by: str | None, output: Output) -> None:
    """Say what became known since WHEN, by the centre's clock, and what is open, out of date or cannot be read.

    With -o handover.txt all of it is written to a file. How far you looked is kept on this machine, never in FOLDER.
    """
    from parley.centre.folder import now
    from parley.cli import looks
    from parley.looking.news import news
    from parley.node import looked_into

    if when.strip().lower() == LAST and not (by or "").strip():
        raise click.UsageError("say who looks: --by NAME; PARLEY_OFFICER says it once for a shift")
    at = now()
    with looked_into(folder) as centre:
        if none_yet(folder, output):
            return
        seen = looks.last(centre, by) if by else None
        wanted, said = _wanted(centre, when, seen, at)
        found = news(centre, wanted)
        zone, title = centre.timezone, centre.charter.title
        if not output.is_text:
            _write(found, output, zone, [title, said, *([LINE] if is_marked() else [])])
        else:
            _say(found, said, zone)
        if by and found.first <= (seen.entries if seen else 0):
            _remember(centre, by, looks.Look(found.size, at))


def _wanted(centre: Centre, when: str, seen: Look | None, at: datetime) -> tuple[Callable[[Entry], bool], str]:
    """Return which entries are new, and since when that is in words."""
    from parley.cli.ago import beginning

    zone = centre.timezone
    if when.strip().lower() != LAST:
        try:
            start = beginning(when, zone, at)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="WHEN") from None
        return lambda one: one.received >= start, f"since {start.astimezone(zone):%Y-%m-%d %H:%M}"
    if seen is None:
        return lambda one: True, "since the beginning: no earlier look of yours is known on this machine"
    when_seen = f"{seen.at.astimezone(zone):%Y-%m-%d %H:%M}"
    return lambda one: one.index >= seen.entries, f"since {when_seen}, your last look at {seen.entries} entries"


def _remember(centre: Centre, by: str, look: Look) -> None:
    from parley.cli import looks

    try:
        looks.remember(centre, by, look)
    except OSError as error:
        say(f"parley: this look could not be kept, and `last` will show it again: {error.strerror}", err=True)


def _sections(found: News) -> tuple[tuple[str, str, Sequence[Line]], ...]:
    return (
        ("open", "Waits for people", found.open),
        ("stale", "Published days that are out of date", found.stale),
        ("unread", "Cannot be read, and moves nothing", found.unread),
    )


def _say(found: News, said: str, zone: ZoneInfo) -> None:
    """Print what is new, and what waits; where nothing is new, only how much waits."""
    from parley.publish.handover import new_lines, told

    if not found.new:
        say(f"Nothing {said}.")
        rest = [f"{len(lines)} {name}" for name, _, lines in _sections(found) if lines]
        if rest:
            say(f"As before: {', '.join(rest)}; -o handover.txt or --json shows them.")
        return
    say(f"New {said}:")
    for line in new_lines(found.new, zone):
        say(f"  {line}")
    for _, heading, lines in _sections(found):
        if lines:
            say(f"{heading}:")
            for line in told(lines[:MOST_SAID], zone):
                say(f"  {line}")
            if len(lines) > MOST_SAID:
                say(f"  and {len(lines) - MOST_SAID} more; -o handover.txt or --json shows them")


def _write(found: News, output: Output, zone: ZoneInfo, head: list[str]) -> None:
    from parley.publish.handover import COLUMNS

    if output.format == "text":
        output.write("\n".join(_handover(found, head, zone)).encode() + b"\n")
    else:
        output.put(lambda: _data(found, head, zone), COLUMNS, lambda: _rows(found, zone))


def _handover(found: News, head: list[str], zone: ZoneInfo) -> Iterator[str]:
    """Yield the lines of the file that a shift hands over."""
    from parley.model import printable
    from parley.publish.handover import new_lines, told

    yield from map(printable, head)
    yield f"as of {found.size} entries"
    yield ""
    yield "New"
    yield from (f"  {line}" for line in (new_lines(found.new, zone) if found.new else ["nothing"]))
    for _, heading, lines in _sections(found):
        yield ""
        yield heading
        yield from (f"  {line}" for line in (told(lines, zone) if lines else ["nothing"]))


def _data(found: News, head: list[str], zone: ZoneInfo) -> dict[str, Any]:
    def lines(given: Sequence[Line]) -> list[dict[str, Any]]:
        return [{**one._asdict(), "received": _local(one, zone)} for one in given]

    return {
        "centre": head[0],
        "since": head[1],
        "size": found.size,
        "new": lines(found.new),
        **{name: lines(given) for name, _, given in _sections(found)},
    }


def _rows(found: News, zone: ZoneInfo) -> Iterator[dict[str, Any]]:
    places = {one.id: one.place for one in found.findings.incidents}
    for name, given in (("new", found.new), *((name, lines) for name, _, lines in _sections(found))):
        for one in given:
            place = places.get(one.incident)
            where = {"lat": place and place.lat, "lon": place and place.lon}
            row = {name: value for name, value in one._asdict().items() if name != "input"}
            yield {"section": name, **row, "received": _local(one, zone), **where}


def _local(one: Line, zone: ZoneInfo) -> str | None:
    return None if one.received is None else one.received.astimezone(zone).isoformat(timespec="seconds")


VERBS = (since,)
