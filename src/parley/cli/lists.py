"""The lists of a centre: incidents, findings, tallies; what of them is asked for, and as text, JSON, CSV or GeoJSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parley.cli.add import CHANNELS
from parley.cli.days import date_option, say_stale
from parley.cli.exercise import is_marked
from parley.cli.faults import write_out
from parley.cli.options import FOLDER
from parley.cli.screen import as_json, print_bytes, print_json, say
from parley.commands import command
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.cli.choosing import Asked, Chosen

FORMATS = ("text", "json", "csv", "geojson")
MOST_INCIDENTS = 100
"""So many are listed for people where they do not ask for more."""

_Command = Callable[..., None]
_CHOICES = {
    "source": click.option("--source", "sources", multiple=True, help="Only what this source reports on. Repeatable."),
    "accused": click.option("--accused", multiple=True, help="Only where some account accuses it. Repeatable."),
    "place": click.option("--place", "places", multiple=True, help="A name or area, or lat,lon,km. Repeatable."),
    "kind": click.option("--kind", "kinds", multiple=True, help="Only this act and what it contains. Repeatable."),
    "clause": click.option("--clause", "clauses", multiple=True, help="Only what this clause covers. Repeatable."),
    "since": click.option("--since", help="Only from then on: a time or day in the centre's zone, or 2h."),
    "until": click.option("--until", help="Only before then; of a day, with all of it."),
}


every_option = click.option("--all", "every", is_flag=True, help="All incidents of a long list, not the newest alone.")


def choices(*names: str) -> Callable[[_Command], _Command]:
    """Give a command the options of these *names* (all of them without any); it is called with *asked*, an `Asked`."""
    chosen = names or tuple(_CHOICES)

    def decorate(verb: _Command) -> _Command:
        @wraps(verb)
        def run(*args: Any, **named: Any) -> None:
            from dataclasses import fields

            from parley.cli.choosing import Asked

            typed = {one.name: named.pop(one.name) for one in fields(Asked) if one.name in named}
            verb(*args, asked=Asked(**typed), **named)

        decorated: _Command = run
        for name in reversed(chosen):
            decorated = _CHOICES[name](decorated)
        return decorated

    return decorate


@dataclass(frozen=True)
class Output:
    """Where a list goes, and as what; *file* is None for standard output."""

    format: str
    file: Path | None

    @property
    def is_text(self) -> bool:
        """Whether it is for people to read on the terminal."""
        return self.format == "text" and self.file is None

    def put(self, data: Callable[[], Any], columns: Sequence[str], rows: Callable[[], Iterable[Any]]) -> None:
        """Write a list that is no text: *data* is it for JSON, *rows* with *columns* for all else."""
        from parley.publish.lists import as_csv, as_geojson

        if self.format == "json" and self.file is None:
            print_json(data())
        elif self.format == "json":
            self.write(as_json(data()))
        else:
            self.write((as_csv if self.format == "csv" else as_geojson)(columns, rows(), is_marked()))

    def write(self, content: bytes) -> None:
        """Write *content* to the file, or to standard output."""
        if self.file is None:
            print_bytes(content)
        else:
            write_out(self.file, content)
            say(self.file)


def formats(texts: tuple[str, ...] = ()) -> Callable[[_Command], _Command]:
    """Give a command `--format`, `-o` and `--json`; it is called with *output*, an `Output`.

    *texts* are the endings of files that get the text for people; without any it goes to the terminal alone.
    """

    def decorate(verb: _Command) -> _Command:
        @click.option(
            "--format", "format_", type=click.Choice(FORMATS), help="[default: text, or by the file's ending]"
        )
        @click.option(
            "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file."
        )
        @click.option("--json", "json_", is_flag=True, help="Print data for machines: --format json.")
        @wraps(verb)
        def run(*args: Any, format_: str | None, file: Path | None, json_: bool, **named: Any) -> None:
            verb(*args, output=output_of(format_, file, json_, texts), **named)

        return run

    return decorate


def output_of(format_: str | None, file: Path | None, json_: bool, texts: tuple[str, ...]) -> Output:
    """Return where a list goes and as what, from what was typed; raise UsageError where that does not fit together."""
    if json_ and format_ not in (None, "json"):
        raise click.UsageError(f"--json is --format json, and not {format_}")
    chosen = "json" if json_ else format_
    if file is not None and str(file) == "-":
        file = None  # standard output
    if file is not None and chosen is None:
        ending = file.suffix.lower()
        chosen = "text" if ending in texts else ending.removeprefix(".")
        if chosen not in FORMATS or (chosen == "text" and ending not in texts):
            endings = ", ".join((*texts, ".json", ".csv", ".geojson"))
            raise click.UsageError(f"{file}: say what it is to be with --format, or by its ending: {endings}")
    if file is not None and chosen == "text" and not texts:
        raise click.UsageError(f"{file}: text goes to the terminal; a file is json, csv or geojson")
    return Output(chosen or "text", file)


def none_yet(folder: Path, output: Output) -> bool:
    """Say so where nothing was taken into the centre in *folder* yet, for people: and what to do next."""
    from parley.centre.queries import no_reports_yet
    from parley.record.outside.alarms import is_mirror

    if not output.is_text or not no_reports_yet(folder):
        return False
    if is_mirror(folder):
        say("No reports yet in what this folder mirrors.")
        return True
    say(f"No reports yet. Next: {command('add', folder)} FILE… --as {'|'.join(CHANNELS)}")
    return True


def _chosen(folder: Path, asked: Asked) -> Chosen:
    from parley.centre.folder import now
    from parley.cli.choosing import choose

    return choose(folder, asked, now())


@click.command()
@click.argument("folder", type=FOLDER)
@date_option("Only incidents of this day.")
@click.option("--held", "only_held", is_flag=True, help="Only the reports that wait for a person.")
@every_option
@choices()
@formats()
def incidents(folder: Path, day: date | None, only_held: bool, every: bool, asked: Asked, output: Output) -> None:
    """List the incidents of FOLDER: when, where, who reports, what is disputed; then what waits for a person.

    Of a long list the newest are shown, those that were reported last; data for machines has all of them.
    """
    from parley.centre import queries
    from parley.cli.choosing import Asked
    from parley.cli.taken import say_held
    from parley.cli.terminal import print_crowds, print_doubts, print_incidents
    from parley.publish import lists

    if none_yet(folder, output):
        return
    newest = None if every or not output.is_text else MOST_INCIDENTS
    rows = [] if only_held else _incidents(folder, day, asked, newest if asked == Asked() else None)
    if only_held:
        held = queries.held(folder)
        if output.is_text:
            say_held(folder, held, none="No report waits for a person.")
        elif output.format == "json":
            output.put(lambda: held, (), tuple)
        else:
            raise click.UsageError("--held is text or JSON")
    elif not output.is_text:
        output.put(lambda: rows, lists.INCIDENTS, lambda: lists.incident_rows(rows))
    else:
        shown = rows if newest is None else rows[-newest:]
        say_not_shown((queries.count_incidents(folder, day) if asked == Asked() else len(rows)) - len(shown))
        print_incidents(shown, folder)
        print_doubts(queries.doubts(folder, day), folder)
        print_crowds(queries.crowds(folder, day), folder)
        say_held(folder, queries.held(folder))
    say_as_of(folder, output)


def say_not_shown(earlier: int) -> None:
    """Say how many incidents of a long list are not shown, where there are any."""
    if earlier:
        what = "earlier incident" if earlier == 1 else "earlier incidents"
        say(f"{earlier:,} {what} not shown: --all shows every one, --since and others choose")


def _incidents(folder: Path, day: date | None, asked: Asked, newest: int | None = None) -> list[dict[str, Any]]:
    from parley.centre import queries

    if queries.no_reports_yet(folder):
        return []
    rows = queries.incidents(folder, day, newest)
    return _chosen(folder, asked).incidents(rows, lambda: queries.findings(folder, day))


@click.command()
@click.argument("folder", type=FOLDER)
@date_option("Only incidents of this day.")
@every_option
@choices()
@formats()
def findings(folder: Path, day: date | None, every: bool, asked: Asked, output: Output) -> None:
    """List what the agreements make of every account of FOLDER, clause by clause, with the crux.

    As JSON with all reasons, and with what each answer rests on. Of a long list the newest incidents are shown; data
    for machines has all of them.
    """
    from parley.centre import queries
    from parley.cli.choosing import Asked
    from parley.cli.terminal import print_findings
    from parley.publish import lists

    if none_yet(folder, output):
        return
    newest = None if every or not output.is_text else MOST_INCIDENTS
    first = newest if asked == Asked() else None
    places = {row["id"]: row for row in _incidents(folder, day, asked, first)}
    rows = _chosen(folder, asked).findings(queries.findings(folder, day, first), places) if places else []
    if not output.is_text:
        from parley.looking.reasoned import with_reasons  # reasons are made again, which needs all that makes findings

        output.put(lambda: with_reasons(folder, rows), lists.FINDINGS, lambda: lists.finding_rows(rows, places))
    else:
        shown = set([*places][-newest:] if newest else places)
        say_not_shown((queries.count_incidents(folder, day) if first else len(places)) - len(shown))
        print_findings([row for row in rows if row["incident"] in shown], queries.faults(folder))
    say_as_of(folder, output)


@click.command()
@click.argument("folder", type=FOLDER)
@date_option("Only tallies of this day.")
@choices("source", "since", "until")
@formats()
def tally(folder: Path, day: date | None, asked: Asked, output: Output) -> None:
    """Set both sides' counts of the same day side by side."""
    from parley.centre import queries
    from parley.centre.folder import Centre
    from parley.cli.terminal import print_tallies
    from parley.publish import lists

    if none_yet(folder, output):
        return
    with Centre.open(folder) as centre:
        zone = centre.timezone
    there = [] if queries.no_reports_yet(folder) else queries.tallies(folder, day)
    rows = _chosen(folder, asked).tallies(there, zone) if there else []
    if not output.is_text:
        data = [row.model_dump(mode="json") for row in rows]
        output.put(lambda: data, lists.TALLIES, lambda: lists.tally_rows(rows))
    else:
        print_tallies(rows)
    say_as_of(folder, output)


def say_as_of(folder: Path, output: Output) -> None:
    """Say up to where a list goes, what was recorded since, and which published days are out of date.

    Beside data for machines only what somebody has to do is said.
    """
    from parley.centre import queries

    if queries.no_reports_yet(folder):
        return
    shown, waiting = queries.as_of_and_waiting(folder)
    if waiting:
        text = (
            f"As of {shown:,} entries: {counted(waiting, 'statement')} recorded since "
            f"{'is' if waiting == 1 else 'are'} not in it. Next: {command('rebuild', folder)}"
        )
        say(text, err=not output.is_text)
    elif output.is_text:
        say(f"As of {shown:,} entries.")
    say_stale(((row["day"], row["edition"]) for row in queries.stale(folder)), folder, not output.is_text)


VERBS = (incidents, findings, tally)
