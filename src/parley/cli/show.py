"""`parley show`: one statement or one incident, with all that the record knows of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.options import FOLDER, as_json
from parley.cli.screen import print_json, say

if TYPE_CHECKING:
    from parley.looking.showing import Event, SeenEntry, SeenIncident


_WHAT = (
    "WHAT is an entry's number, `last` (the newest report), a receipt's code, an incident I-n (by any of its reports), "
    "or the source's own id (SOURCE/ID where several sources use it)."
)


@click.command(epilog=_WHAT)
@click.argument("folder", type=FOLDER)
@click.argument("thing", metavar="WHAT")
@as_json
def show(folder: Path, thing: str, json_: bool) -> None:
    """Show WHAT: a report with what it says and what befell it, an incident with its accounts, or any statement."""
    from parley.looking.showing import SeenIncident, look
    from parley.node import looked_into

    with looked_into(folder) as centre:
        seen, timezone = look(centre, thing), centre.timezone
    if json_:
        print_json(_incident_data(seen) if isinstance(seen, SeenIncident) else _entry_data(seen))
    elif isinstance(seen, SeenIncident):
        from parley.cli.terminal_show import print_incident

        print_incident(seen, timezone)
    else:
        _say_entry(seen, timezone)


def _say_entry(seen: SeenEntry, timezone: Any) -> None:
    from parley.cli.terminal_show import entry_lines

    for line in entry_lines(seen, timezone):
        say(line)
    if seen.entry.kind == "input" and seen.arrived is not None and seen.findings is not None:
        from parley.cli.taken import fate_lines, fates

        for line in fate_lines(fates(seen.arrived, seen.findings)):
            say(line)


def _entry_data(seen: SeenEntry) -> dict[str, Any]:
    from parley.model import in_words

    one = seen.entry
    data: dict[str, Any] = {
        "entry": one.index,
        "code": seen.code,
        "kind": one.kind,
        "side": one.side,
        "received": one.received.isoformat(),
        "at": one.at.isoformat(),
        "moves_nothing": one.refused,
        "body": one.body,
        "asked": seen.asked,
        "concerns": seen.concerns,
        "incident": seen.incident.id if seen.incident else None,
        "history": _history(seen.history),
        "problems": [in_words(problem) for problem in seen.problems],
        "input": in_words(seen.arrived) if seen.arrived else None,
        "report": None,
    }
    if seen.report is not None and seen.findings is not None:
        revisions, entry = seen.findings.revisions, seen.report.entry
        data["report"] = {
            **in_words(seen.report),
            "holds": revisions.holds(entry),
            "why_not": [in_words(why) for why in revisions.why_not().get(entry, ())],
            "holding": revisions.holding(entry),
            "versions": sorted({event.report for event in seen.history} | {entry}),
            "unplaced": [in_words(why) for why in seen.findings.unplaced.get(entry, ())],
        }
    if one.kind == "input" and seen.arrived is not None and seen.findings is not None:
        from parley.cli.taken import fates

        data["reports"] = fates(seen.arrived, seen.findings)
    return data


def _history(history: Iterable[Event]) -> list[dict[str, Any]]:
    from parley.model import in_words

    return [{**event._asdict(), "idle": in_words(event.idle) if event.idle else None} for event in history]


def _incident_data(seen: SeenIncident) -> dict[str, Any]:
    from parley.cli.terminal import assessments_data
    from parley.model import in_words

    (data,) = assessments_data(seen.findings, [seen.incident])
    return {
        "asked": seen.asked,
        **data,
        "reports": [in_words(one) for one in seen.reports],
        "history": _history(seen.history),
        "agreements": [in_words(card) for card in seen.findings.agreements],
    }


VERBS = (show,)
