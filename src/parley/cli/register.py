"""`parley place` and `parley source`: what the centre registers of its own, and who is new when files are added."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.options import FOLDER, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.screen import print_json, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from parley.centre.folder import Centre
    from parley.decisions.registering import Made
    from parley.model import RegisteredPlace, RegisteredSource

by_option = click.option("--by", default="", envvar="PARLEY_OFFICER", help="Who does it. [default: $PARLEY_OFFICER]")
also_option = click.option("--also", multiple=True, help="Another name of it. Repeatable.")


@click.group()
def place() -> None:
    """Register places by name: reports that name one and lie far from it get a warning. No position is filled in."""


@place.command("add")
@click.argument("folder", type=FOLDER)
@click.argument("name")
@click.option("--lat", type=click.FloatRange(-90, 90), required=True, help="Latitude in degrees, WGS 84.")
@click.option("--lon", type=click.FloatRange(-180, 180), required=True, help="Longitude in degrees, WGS 84.")
@click.option("--radius-m", type=click.IntRange(0, 20_000_000), required=True, help="How far it reaches, in metres.")
@also_option
@by_option
@as_json
def place_add(
    folder: Path, name: str, lat: float, lon: float, radius_m: int, also: tuple[str, ...], by: str, json_: bool
) -> None:
    """Register the place NAME. A later one of the same name takes its place; `parley withdraw` undoes it."""

    def made(centre: Centre) -> RegisteredPlace:
        from parley.model import RegisteredPlace

        return RegisteredPlace(name=name.strip(), lat=lat, lon=lon, radius_m=radius_m, also=also, by=by)

    _add(folder, made, json_)


@place.command("list")
@click.argument("folder", type=FOLDER)
@as_json
def place_list(folder: Path, json_: bool) -> None:
    """List the places that are known: those of the register, and the named zones of the agreements."""
    from parley.centre.folder import Centre
    from parley.job import known_zones, registered

    with Centre.open(folder) as centre:
        places = registered(centre).places
        zones = known_zones(centre)
    rows: list[dict[str, Any]] = [{"entry": entry, **one.model_dump(mode="json")} for entry, one in places.items()]
    rows += [
        {"agreement": agreement, "name": one.name, "lat": one.lat, "lon": one.lon, "radius_m": one.radius_m}
        for agreement, one in zones
    ]
    if json_:
        print_json(rows)
        return
    for row in rows:
        whose = f"entry {row['entry']}" if "entry" in row else f"agreement {row['agreement']}"
        also = f", also {', '.join(row['also'])}" if row.get("also") else ""
        say(f"{row['name']}{also}: {row['lat']:.5f}, {row['lon']:.5f} within {row['radius_m']:,} m ({whose})")
    if not rows:
        say(f"No places yet. Next: parley place add {shlex.quote(str(folder))} NAME --lat … --lon … --radius-m …")


@click.group()
def source() -> None:
    """Register sources: whose a source is, for what is recorded from then on."""


@source.command("add")
@click.argument("folder", type=FOLDER)
@click.argument("name")
@click.option("--side", required=True, help="The party whose source it is (its id or a name), or independent.")
@also_option
@by_option
@as_json
def source_add(folder: Path, name: str, side: str, also: tuple[str, ...], by: str, json_: bool) -> None:
    """Register the source NAME. A later one of the same name takes its place; `parley withdraw` undoes it."""

    def made(centre: Centre) -> RegisteredSource:
        from parley.decisions.registering import source_of

        return source_of(centre, name.strip(), side, also, by)

    _add(folder, made, json_)


@source.command("list")
@click.argument("folder", type=FOLDER)
@as_json
def source_list(folder: Path, json_: bool) -> None:
    """List the sources that are registered, and whose each is."""
    from parley.centre.folder import Centre
    from parley.job import registered

    with Centre.open(folder) as centre:
        sources = registered(centre).sources
    if json_:
        print_json([{"entry": entry, **one.model_dump(mode="json")} for entry, one in sources.items()])
        return
    for entry, one in sources.items():
        also = f", also {', '.join(one.also)}" if one.also else ""
        say(f"{one.name}{also}: {one.side} (entry {entry})")
    if not sources:
        say(f"No sources yet. Next: parley source add {shlex.quote(str(folder))} NAME --side independent")


def meet(centre: Centre, name: str | None, asking: bool = True) -> None:
    """Ask whose the source *name* is where it is new and somebody sits at a terminal, and record the answer.

    Otherwise, or without *asking*, say in a line that it is new.
    """
    from parley.decisions.registering import is_new, record, sides, source_of
    from parley.model import INDEPENDENT, printable

    if name is None or not is_new(centre, name):
        return
    shown = printable(name)
    if not (asking and _terminal()):
        typed = f"{shlex.quote(str(centre.folder))} {shlex.quote(shown)}"
        say(
            f"New source: {shown}, taken as {INDEPENDENT}. `parley source add {typed} --side …` says whose it is.",
            err=True,
        )
        return
    say(f"{shown} is new here. Whose source is it?", err=True)
    side = click.prompt("Side", type=click.Choice(sides(centre)), default=INDEPENDENT, err=True)
    entry = record(centre, source_of(centre, name, side, (), ""))
    say(f"Registered as entry {entry}: {shown}, {side}.", err=True)


def _terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _add(folder: Path, made: Callable[[Centre], RegisteredPlace | RegisteredSource], json_: bool) -> None:
    from pydantic import ValidationError

    from parley.centre.folder import Centre
    from parley.decisions.registering import register

    with Centre.open(folder, writing=True) as centre:
        try:
            said = made(centre)
        except ValidationError as error:
            why = error.errors(include_url=False)[0]["msg"].removeprefix("Value error, ")
            raise click.UsageError(f"{why}; nothing was recorded") from None
        done = register(centre, said)
    say_not_cosigned(centre)
    warned = sorted(done.findings.warnings)
    if json_:
        print_json(
            {"entry": done.entry, "recorded_before": done.before, **said.model_dump(mode="json"), "warned": warned}
        )
        return
    what = (
        f"{said.name} is registered so already, as entry {done.entry}"
        if done.before
        else (f"Registered as entry {done.entry}: {said.name}")
    )
    say(f"{what}. `parley withdraw {shlex.quote(str(folder))} {done.entry}` undoes it.")
    _say_warned(done)


def _say_warned(done: Made) -> None:
    from parley.model import RegisteredPlace

    said = {**done.findings.register.places, **done.findings.register.sources}[done.entry]
    if isinstance(said, RegisteredPlace) and (number := len(done.findings.warnings)):
        say(f"{number} {'report has' if number == 1 else 'reports have'} warnings now: `parley incidents` shows them.")


VERBS = (place, source)
