"""The same verbs from a shell. Exit code 0: done and nothing wrong found; 1: the check found something, or part of an
input was held; 2: wrong use or unusable input; 3: consistent with itself only; 4: unfinished; 5: recorded, no witness
confirmed it; 130: stopped.

What takes long to import is imported by the command that needs it, so that `--help` answers at once.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

import parley
from parley.cli.act import VERBS as ACT_VERBS
from parley.cli.add import CHANNELS, add, by_ending, delivery
from parley.cli.adopt import adopt_charter, adopt_terms
from parley.cli.arguments import without_unseen
from parley.cli.bundle import VERBS as BUNDLE_VERBS
from parley.cli.days import date_option, say_stale
from parley.cli.exercise import mark, mark_all
from parley.cli.faults import made_whole, refusal, write_out
from parley.cli.intake import mapping as mapping_verb
from parley.cli.lists import VERBS as LIST_VERBS
from parley.cli.lists import Output, output_of
from parley.cli.match import judge, match, weigh
from parley.cli.mirror import VERBS as MIRROR_VERBS
from parley.cli.open import VERBS as OPEN_VERBS
from parley.cli.options import FILE, FOLDER, as_json
from parley.cli.party import VERBS as PARTY_VERBS
from parley.cli.propose import propose
from parley.cli.record import NOT_COSIGNED, VERBS, say_not_cosigned
from parley.cli.record import charter as charter_group
from parley.cli.register import VERBS as REGISTER_VERBS
from parley.cli.review import review
from parley.cli.screen import print_bytes, print_json, say
from parley.cli.show import VERBS as SHOW_VERBS
from parley.cli.since import VERBS as SINCE_VERBS
from parley.cli.taken import fates, say_problems, say_warned
from parley.cli.terms import terms as terms_group
from parley.cli.terms import version_of
from parley.commands import command
from parley.invisible import printable, visible

if TYPE_CHECKING:
    from parley.model import Charter, Findings


atexit.register(gc.freeze)  # what a command made ends with it: Python need not search it for cycles at its exit

SECTIONS = {
    "Begin": {
        "demo": "Run a packaged scenario in a new folder.",
        "init": "Make a new centre.",
        "terms": "List, check, show, compare and adopt agreements.",
        "assess": "Say what terms make of reports, keeping nothing.",
    },
    "Take in": {
        "add": "Take files into the record, whatever their channel.",
        "mapping": "Propose or preview what a table's columns mean.",
        "propose": "Ask a model of your own what articles say.",
    },
    "People decide": {
        "correct": "Correct a report, or decide on one that waits.",
        "withdraw": "Withdraw a report, or undo an act.",
        "note": "Put a note beside a report.",
        "establish": "Record what is settled.",
        "place": "Register places, or list them.",
        "source": "Register whose sources are, or list them.",
        "review": "List what articles say and waits for people; decide on it.",
        "judge": "Decide which reports are about the same event.",
        "weigh": "Learn the weights of matching from this centre.",
    },
    "Look and publish": {
        "show": "Show a report, an incident or any statement.",
        "since": "Say what became known since your last look.",
        "incidents": "List what happened, as each source has it.",
        "findings": "List what the terms make of each account, and the crux.",
        "doubtful": "List the reports that fit two incidents equally.",
        "open": "List which question would decide most answers.",
        "tally": "Set two sides' counts of a day side by side.",
        "report": "Publish the daily report.",
        "match": "Link two lists of yours, with reasons.",
    },
    "The record": {
        "verify": "Check a folder, a backup, a bundle or a log.",
        "charter": "Show the charter and whose keys count; adopt.",
        "rebuild": "Make views and published files again.",
        "backup": "Copy all that is needed, private keys too.",
        "restore": "Make a folder from a backup.",
        "copy": "Copy for readers, without keys.",
        "bundle": "Hand out one statement, with proof.",
        "receive": "Open a bundle that was sealed for you.",
        "shred": "Destroy inputs, with a notice.",
        "standing": "Say how far a statement has come.",
        "keys": "Change the log's key.",
        "succeed": "Begin a new record that goes on from one.",
    },
    "A party's own node": {
        "key": "Make a node with a key of its own.",
        "say": "Read, show, sign and send.",
        "receipts": "List what was said, with its proofs.",
        "register": "Take statements of a key.",
        "revoke": "Take no more statements of a key.",
    },
    "Witnesses and mirrors": {
        "policy": "Show or set who must cosign.",
        "cosign": "Have the newest checkpoint cosigned.",
        "serve": "Serve the log to mirrors.",
        "mirror": "Keep a checked copy of a log.",
        "witness": "Be a witness.",
    },
}
"""The verbs as `parley --help` lists them: under what a user comes for, each in a line that is not cut."""


class Verbs(click.Group):
    """All verbs; Parley's own errors end a command with code 2 and their text, never with a traceback."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, self.commands))
        for section, verbs in SECTIONS.items():
            with formatter.section(section):
                formatter.write_dl([(name.ljust(width), line) for name, line in verbs.items()])

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        without_unseen(cmd)
        super().add_command(cmd, name)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        with _shown_plainly():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _shown_plainly():
                result = super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            say(
                "parley: stopped; what was recorded so far stands, and `add`, given again, goes on from there", err=True
            )
            ctx.exit(_STOPPED)
        except Exception as error:
            if said := refusal(error):
                say(f"parley: {said}", err=True)
                ctx.exit(2)
            if _is_ours(error):
                first, *more = _in_words(error)
                say(f"parley: {first}", err=True)
                for line in more:
                    say(line, err=True)
                ctx.exit(2)
            raise
        if ctx.meta.get(NOT_COSIGNED):
            ctx.exit(5)
        return result


@contextmanager
def _shown_plainly() -> Iterator[None]:
    """Write out, in what click says of wrong use, the unseen signs of what was typed."""
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = visible(error.message)
        if isinstance(error, click.FileError):
            vars(error)["ui_filename"] = printable(error.ui_filename)
        raise


_STOPPED = 130  # what shells give where Ctrl-C ended a command


def _in_words(error: Exception) -> list[str]:
    """Return what *error* says, a line for each problem."""
    from parley.model import TermsError

    if isinstance(error, TermsError):
        return list(map(str, error.problems)) or [str(error)]
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        return [f"{error.filename}: {error.strerror}"]
    return [str(error)]


def _is_ours(error: Exception) -> bool:
    from parley.model import ParleyError
    from parley.record import RecordError

    return isinstance(error, ParleyError | RecordError | OSError)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(parley.__version__, prog_name="parley")
def main() -> None:
    """The shared information centre of a ceasefire.

    Reports of all sides become incidents with rival accounts; the agreement's own terms say what each account amounts
    to; everything stands in a record that nobody can rewrite unseen.
    """
    import os

    os.umask(0o077)  # what a centre writes is nobody else's on this machine to read


terms_group.add_command(adopt_terms)
charter_group.add_command(adopt_charter)
main.add_command(terms_group)
main.add_command(add)
main.add_command(mapping_verb)
main.add_command(match)
main.add_command(judge)
main.add_command(weigh)
main.add_command(review)
main.add_command(propose)
for verb in (
    *ACT_VERBS,
    *REGISTER_VERBS,
    *BUNDLE_VERBS,
    *LIST_VERBS,
    *OPEN_VERBS,
    *SHOW_VERBS,
    *SINCE_VERBS,
    *VERBS,
    *MIRROR_VERBS,
    *PARTY_VERBS,
):
    main.add_command(verb)


@main.command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--exercise", is_flag=True, help="Run the invented exercise instead of the documented scenario.")
@as_json
def demo(folder: Path | None, exercise: bool, json_: bool) -> None:
    """Run the main job on a packaged scenario, in a new FOLDER."""
    from parley.centre.folder import Centre
    from parley.demo import load_scenario
    from parley.job import main_job

    scenario = load_scenario("exercise" if exercise else "syria")
    folder = folder or _free(Path("parley-exercise" if exercise else "parley-demo"))
    with made_whole(folder), Centre.create(folder, scenario.charter) as centre, _progress() as watch:
        findings = main_job(centre, scenario.terms, scenario.deliveries, watch)
    if scenario.charter.exercise:
        mark(quiet=json_)
    _say_findings(findings, folder, json_)


@main.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--terms", "names", multiple=True, required=True, help="An agreement: a packaged NAME or a FILE. Repeatable."
)
@click.option(
    "--charter", "file", type=FILE, help="The centre's charter (YAML): title, zone, parties with their keys, rules."
)
@click.option("--title", default="Information centre", show_default=True, help="The centre's name on every page.")
@click.option("--timezone", help="The zone whose days are reported. [default: that of the first agreement]")
@click.option("--cutoff", default="", metavar="HH:MM", help="When reporting closes each day, in the centre's zone.")
@click.option("--exercise", is_flag=True, help="Mark every page EXERCISE.")
@click.option("--origin", default="", help="The log's name for all time, such as example.org/centre. [default: random]")
@as_json
def init(
    folder: Path,
    names: tuple[str, ...],
    file: Path | None,
    title: str,
    timezone: str | None,
    cutoff: str,
    exercise: bool,
    origin: str,
    json_: bool,
) -> None:
    """Make a new centre in FOLDER."""
    from parley.centre.charter import load_charter
    from parley.centre.folder import Centre
    from parley.terms import check

    if file is not None and cutoff:
        raise click.UsageError("with --charter, `cutoff` in that file says when reporting closes")
    versions = [version_of(name) for name in names]
    checked = [check(version.text, version.name) for version in versions]
    loaded = [one.terms for one in checked]
    for warning in (warning for one in checked for warning in one.warnings):
        say(f"warning: {warning}", err=True)
    timezone = timezone or loaded[0].agreement.timezone
    charter = _charter(title, timezone, exercise, cutoff)
    if file is not None:
        charter = load_charter(version_of(str(file)).text, file.name)
    with made_whole(folder), Centre.create(folder, charter, origin=origin) as centre:
        centre.take_up(versions)
    if charter.exercise:
        mark(quiet=json_)
    if json_:
        print_json({"folder": str(folder), "timezone": timezone, "terms": [terms.agreement.id for terms in loaded]})
        return
    say(f"{folder}: a new centre with {', '.join(terms.agreement.title for terms in loaded)}")
    say(f"next: {command('add', folder)} FILE… --as {'|'.join(CHANNELS)}")


def _charter(title: str, timezone: str, exercise: bool, cutoff: str) -> Charter:
    """Return the charter that the options of `init` say."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    from parley.model import Charter
    from parley.model.rules import is_cutoff

    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(
            f"{timezone!r} is no time zone, such as Asia/Damascus", param_hint="--timezone"
        ) from None
    if not is_cutoff(cutoff):
        raise click.BadParameter(f"{cutoff!r} is no time of day such as 19:30", param_hint="--cutoff")
    return Charter(title=title, timezone=timezone, exercise=exercise, cutoff=cutoff)


@main.command()
@click.argument("terms", metavar="TERMS")
@click.argument("files", type=FILE, nargs=-1, required=True, metavar="REPORTS…")
@click.option("--as", "channel", type=click.Choice(CHANNELS), help="What the files are. [default: by their ending]")
@click.option("--from", "source", help="Who speaks in them, where the files do not say.")
@click.option("--mapping", type=FILE, help="For a table or GeoJSON: which column is what (YAML).")
@click.option("--reader", help="A party's id: apply the confidential clauses that it may see too.")
@click.option("--established", "settled", type=FILE, help="What people hold as settled (YAML): see docs/terms.md.")
@as_json
def assess(
    terms: str,
    files: tuple[Path, ...],
    channel: str | None,
    source: str | None,
    mapping: Path | None,
    reader: str | None,
    settled: Path | None,
    json_: bool,
) -> None:
    """Say what TERMS (a packaged name or a file) make of REPORTS, without keeping anything."""
    from parley.job import assess_files
    from parley.terms import load, load_established

    version = version_of(terms)
    loaded = load(version.text, version.name)
    deliveries = [delivery(file, channel or by_ending(file, mapping), source, mapping) for file in files]
    established = (
        () if settled is None else load_established(version_of(str(settled)).text, settled.name, loaded, reader)
    )
    findings = assess_files(loaded, deliveries, reader, established)
    problems = [problem for card in findings.inputs for problem in card.problems]
    rows = [row for card in findings.inputs for row in fates(card, findings)]
    if json_:
        from parley.cli.terminal import assessments_data
        from parley.model import in_words

        told = [in_words(problem) for problem in problems]
        print_json({"problems": told, "reports": rows, "incidents": assessments_data(findings)})
    else:
        from parley.cli.terminal import print_assessments

        say_problems(problems)
        say_warned(rows)
        print_assessments(findings)
    if problems and not findings.reports:
        sys.exit(2)


@main.command()
@click.argument("folder", type=FOLDER)
@date_option("The day to publish, in the centre's time zone.")
@click.option("--list", "list_", is_flag=True, help="List what was published, and what is out of date.")
@click.option("--format", "format_", type=click.Choice(["html", "json", "csv"]), help="[default: html] Of --list: csv.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write a copy here; - for stdout."
)
@as_json
def report(
    folder: Path,
    day: date | None,
    list_: bool,
    format_: Literal["html", "json", "csv"] | None,
    output: Path | None,
    json_: bool,
) -> None:
    """Publish the daily report of one day; it is written to FOLDER/reports and its digest recorded.

    A day that says something new since it was published becomes a further edition, in files of its own, which says what
    changed. Nothing that was published is written over.
    """
    from parley.centre.folder import Centre, now
    from parley.current import follow, of_day
    from parley.job import publish_days

    if list_ == (day is not None):
        raise click.UsageError("say which day to publish with --date, or --list what was published")
    if format_ == ("html" if list_ else "csv"):
        raise click.UsageError("a daily report is html or json, the --list of them json or csv")
    if day is None:
        _list_reports(folder, output_of(format_, output, json_, ()))
        return
    if json_ and str(output) == "-":
        raise click.UsageError("--json prints what was written; for the report itself on stdout, --format json -o -")
    with Centre.open(folder, writing=True) as centre:
        follow(centre)
        (published,) = publish_days(centre, of_day(centre, day), [day], now())
        follow(centre, [day])
    say_not_cosigned(centre)
    if not published.new:
        say(f"parley: {day}: nothing changed since edition {published.edition}; no new edition was made", err=True)
    elif published.edition > 1:
        say(f"parley: {day}: edition {published.edition} replaces edition {published.edition - 1}", err=True)
    written = folder / "reports" / published.file("json" if format_ == "json" else "html")
    if json_:
        if output is not None:
            write_out(output, written.read_bytes())
        reports = [str(folder / "reports" / published.file(ending)) for ending in ("html", "json")]
        said = {"day": str(day), "edition": published.edition, "new": published.new, "written": reports}
        print_json({**said, "copy": output and str(output)})
    elif output is None:
        say(written)
    elif str(output) == "-":
        print_bytes(written.read_bytes())
    else:
        write_out(output, written.read_bytes())
        say(output)


def _list_reports(folder: Path, output: Output) -> None:
    from parley.centre.queries import editions

    rows = editions(folder)
    if not output.is_text:
        from parley.publish import lists

        output.put(lambda: rows, lists.EDITIONS, lambda: lists.edition_rows(rows))
        return
    for row in rows:
        gone = (
            ""
            if row["destroyed"] is None
            else f"  destroyed: what it rested on was shredded (entry {row['destroyed']})"
        )
        stale = "  OUT OF DATE" if row["stale"] else ""
        files = "" if gone else f"  {', '.join(row['files'])}"
        say(
            f"{row['day']}  edition {row['edition']}  published {row['published_at']}, "
            f"as of {row['as_of']} entries{files}{gone}{stale}"
        )
    if not rows:
        say("nothing was published yet")
    say_stale(((row["day"], row["edition"]) for row in rows if row["stale"]), folder)


@main.command()
@click.argument("folder", type=FOLDER)
@as_json
def rebuild(folder: Path, json_: bool) -> None:
    """Make all views and published files again from the record. Exit code 1 if a published file came out different."""
    from parley.centre.folder import Centre
    from parley.job import rebuild as remake

    with Centre.open(folder, writing=True) as centre, _progress() as watch:
        different = remake(centre, watch)
        size, published = centre.record.size, len(centre.published())
    if json_:
        print_json({"size": size, "published": published, "different": [one.name for one in different]})
        sys.exit(1 if different else 0)
    for publication in different:
        say(f"DIFFERENT  {publication.name}: does not have the bytes that were published")
    say(f"rebuilt from {size} entries; {published - len(different)} of {published} published files byte for byte")
    sys.exit(1 if different else 0)


def _free(folder: Path) -> Path:
    """Return *folder*, or the first of folder-2, folder-3 … that is not there yet."""
    number = 1
    free = folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def _progress() -> Any:
    from parley.cli.terminal import progress

    return progress()


def _say_findings(findings: Findings, folder: Path, json_: bool) -> None:
    from parley.publish import summary

    if json_:
        print_json({"folder": str(folder), **summary(findings).model_dump(mode="json")})
        return
    from parley.cli.terminal import print_summary

    print_summary(findings, folder)


mark_all(main)
