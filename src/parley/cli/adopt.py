"""Taking up new versions in a running centre: of an agreement, and of the centre's own charter."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.options import FILE, THERE, as_json
from parley.cli.record import say_not_cosigned
from parley.cli.screen import print_json, say
from parley.plurals import counted

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from parley.decisions.adopting import Adoption

from_ = click.option(
    "--from",
    "since",
    required=True,
    metavar="INSTANT",
    help="From when on it applies: 2026-11-28T06:00 (local), a day, or now.",
)
by_ = click.option("--by", default="", envvar="PARLEY_OFFICER", help="Who adopts it. [default: PARLEY_OFFICER]")
yes_ = click.option("--yes", is_flag=True, help="Do not ask before it is recorded.")
MOST_SHOWN = 20


@click.command(name="adopt")
@click.argument("folder", type=THERE)
@click.argument("name", metavar="TERMS")
@from_
@click.option("--retroactive", is_flag=True, help="Also for acts that were reported already.")
@by_
@yes_
@as_json
def adopt_terms(folder: Path, name: str, since: str, retroactive: bool, by: str, yes: bool, json_: bool) -> None:
    """Take up a version of an agreement (a FILE or a packaged NAME): it applies to acts from INSTANT on.

    What it changes is shown first. Where acts from then on were reported already, --retroactive is needed.
    """
    from parley.centre.folder import Centre, now
    from parley.cli.terms import version_of
    from parley.decisions.adopting import adopt, adoption
    from parley.terms import check

    version = version_of(name)
    checked = check(version.text, version.name)
    for warning in checked.warnings:
        say(f"warning: {warning}", err=True)
    at = now()
    start = _instant(since, checked.terms.agreement.zone_info, at)
    with Centre.open(folder, writing=True) as centre:
        one = adoption(centre, version.model_copy(update={"start": start, "by": by}), at)
        told: dict[str, Any] = {"agreement": one.agreement, "from": start.isoformat(), **_data(one)}
        if one.nothing:
            told |= {"adopted": None}
            _say(told, f"{one.title}: this text applies from then on already; nothing changed", json_)
            return
        when = checked.terms.say_time(start)
        if not json_:
            _show(one, when)
        if one.reported and not retroactive:
            raise click.UsageError(
                f"{counted(len(one.reported), 'report')} of acts from {when} on stand in the record (entries "
                f"{_some(one.reported)}): this version would apply to them, and change {_changed(one)}. If that is "
                "meant, give --retroactive. Nothing was recorded."
            )
        if not (yes or json_ or _agreed()):
            say("nothing was recorded")
            sys.exit(1)
        entry, _ = adopt(centre, one)
    say_not_cosigned(centre)
    how = ", retroactively" if one.version.retroactive else ""
    _say(told | {"adopted": entry}, f"adopted: {one.title} from {when}{how}: entry {entry}", json_)


def _instant(text: str, zone: ZoneInfo, at: datetime) -> datetime:
    from parley.instants import instant

    try:
        return instant(text, zone, at)
    except ValueError as error:
        raise click.BadParameter(f"{error}; nothing was recorded", param_hint="--from") from None


def _agreed() -> bool:
    """Ask at a terminal whether what was shown is to be recorded; a script has said so by its command."""
    if not sys.stdin.isatty():
        return True
    try:
        return click.confirm("Record this?", err=True)
    except click.Abort:
        return False


def _data(one: Adoption) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "changes": [asdict(change) for change in one.changes],
        "supersedes": list(one.superseded),
        "reported": list(one.reported),
        "retroactive": one.version.retroactive,
        "answers": [asdict(answer) for answer in one.answers],
    }


def _show(one: Adoption, when: str) -> None:
    """Show what taking up a version changes."""
    from parley.cli.terms import say_changes

    if one.agreement not in one.known:
        has = ", ".join(one.known)
        say(f"{one.agreement} is a new agreement here, from {when} on; this centre has: {has or 'none'}")
    elif one.changes:
        say(f"{one.agreement} from {when} on, beside the version that applies then:")
        say_changes(one.changes)
    else:
        say(f"{one.agreement} from {when} on: no version applies then so far, or its text is the same")
    for entry in one.superseded:
        say(f"The version of entry {entry} does not apply any more.")
    if one.reported:
        say(f"{counted(len(one.reported), 'report')} of acts from then on; {_changed(one)} would change:")
    for answer in one.answers[:MOST_SHOWN]:
        was, now = (each or "not there" for each in (answer.was, answer.now))
        say(f"    {answer.incident} {answer.clause}, {answer.source}: {was} -> {now}")
    if len(one.answers) > MOST_SHOWN:
        say(f"    and {len(one.answers) - MOST_SHOWN} more: see --json")


def _say(told: dict[str, Any], text: str, json_: bool) -> None:
    print_json(told) if json_ else say(text)


def _changed(one: Adoption) -> str:
    return f"{counted(len(one.answers), 'answer')} in {counted(len(one.incidents), 'incident')}"


def _some(entries: tuple[int, ...]) -> str:
    return ", ".join(map(str, entries[:8])) + ("…" if len(entries) > 8 else "")


@click.command(name="adopt")
@click.argument("folder", type=THERE)
@click.argument("file", type=FILE)
@from_
@by_
@yes_
@as_json
def adopt_charter(folder: Path, file: Path, since: str, by: str, yes: bool, json_: bool) -> None:
    """Take up a new charter from FILE: it applies to days that begin at INSTANT or later.

    What it changes is shown first. Where it changes parties, k or shredding, it waits for the parties' endorsements.
    """
    from parley.centre.amending import adopt
    from parley.centre.amending import changes as changed
    from parley.centre.charter import load_charter
    from parley.centre.folder import Centre, now
    from parley.cli.terms import version_of
    from parley.current import follow

    at = now()
    with Centre.open(folder, writing=True) as centre:
        given = load_charter(version_of(str(file)).text, file.name)
        start = _instant(since, centre.timezone, at)
        changes = changed(centre, given, start)
        told: dict[str, Any] = {
            "from": start.isoformat(),
            "changes": [{"field": name, "was": was, "now": now_} for name, was, now_ in changes],
        }
        if not changes:
            _say(
                told | {"adopted": None, "waits": None},
                "this charter applies from then on already; nothing changed",
                json_,
            )
            return
        for name, was, now_ in () if json_ else changes:
            say(f"{name}: {was} -> {now_}")
        if not (yes or json_ or _agreed()):
            say("nothing was recorded")
            sys.exit(1)
        entry, waits = adopt(centre, given, start, by, at)
        follow(centre)  # published days may be stale now
    say_not_cosigned(centre)
    text = (
        f"entry {entry} waits: {waits}"
        if waits
        else f"adopted from {start.astimezone(centre.timezone):%Y-%m-%d %H:%M}: entry {entry}"
    )
    _say(told | {"adopted": entry, "waits": waits or None}, text, json_)
