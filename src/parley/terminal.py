"""What the terminal shows: a progress bar while something works, and tables of what was found."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from parley.job import Watch
from parley.model import Assessment, Findings, Incident, Tally
from parley.publish import summary

MARKS = {"breach": "▲ breach", "no breach": "○ no breach", "unknown": "? unknown", "not covered": "– not covered"}
_TALLY_RATIOS = (6, 4, 4, 3, 4)  # widths of a tally's columns, so that eighty characters cut no common word in two
_STYLES = {"breach": "bold red", "no breach": "green", "unknown": "yellow", "not covered": "dim"}


@contextmanager
def progress() -> Iterator[Watch]:
    """Give a watch that moves a progress bar on standard error, shown while the block runs if that is a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not Console(stderr=True).is_terminal
    ) as bar:
        task = bar.add_task("", total=None)

        def watch(step: str, done: int, whole: int) -> None:
            bar.update(task, description=step, completed=done, total=whole)

        yield watch


def print_incidents(rows: list[dict[str, Any]]) -> None:
    """Print incidents: when and where, who reports, what is disputed."""
    console = Console()
    for row in rows:
        console.print(_heading(row, f" ({row['lat']:.3f}, {row['lon']:.3f} ± {row['radius_m'] / 1000:g} km)"))
        console.print(_indented(f"{_counted(row['sources'], 'account')}: {'; '.join(row['sources'])}"))
        if row["disputed"]:
            console.print(_indented(f"disputed: {', '.join(row['disputed'])}"))
        console.print(_indented(f"reports: entries {', '.join(map(str, row['entries']))}"))
    if not rows:
        console.print("no incidents")


def print_findings(rows: list[dict[str, Any]]) -> None:
    """Print assessments: for each clause that covers, or may cover, an account, who gets which answer."""
    console = Console()
    shown = [row for row in rows if any(answer != "not covered" for answer in row["accounts"])]
    for _, incident in groupby(shown, key=itemgetter("incident")):
        first, *others = incident
        console.print(_heading(first))
        for agreement, clauses in groupby([first, *others], key=itemgetter("agreement")):
            console.print(_indented(agreement))
            for row in clauses:
                _print_clause(console, row)
    if not shown:
        console.print("no assessment in which a clause covers an account")
    if len(shown) < len(rows):
        console.print(f"{len(rows) - len(shown)} more in which the clause covers no account: see --json")


def _print_clause(console: Console, row: dict[str, Any]) -> None:
    """Print a clause: each answer with the accounts that get it, then what the agreed facts give and the cruxes."""
    console.print(_indented(Text(row["clause"], style="bold"), 4))
    by_answer: dict[str, list[str]] = {}
    for source, answer in zip(row["sources"], row["accounts"], strict=True):
        by_answer.setdefault(answer, []).append(source)
    for answer, sources in by_answer.items():
        who = "; ".join(sources) if len(by_answer) > 1 else _counted(sources, "account")
        console.print(_indented(Text.assemble(_mark(answer), f": {who}"), 6))
    if len(by_answer) > 1:
        console.print(_indented(Text.assemble("what all accounts support: ", _mark(row["agreed"])), 6))
    for crux in row["cruxes"]:
        console.print(_indented(f"the answer turns on: {' and '.join(crux)}", 6))


def _heading(row: dict[str, Any], after: str = "") -> Text:
    when = row["start"][:16].replace("T", " ")
    return Text.assemble((f"{row['id'] if 'id' in row else row['incident']}  {when}  {row['place']}", "bold"), after)


def _indented(text: str | Text, by: int = 2) -> Padding:
    return Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, by))


def _counted(sources: list[str], noun: str) -> str:
    return f"{len(sources)} {noun}{'' if len(sources) == 1 else 's'}"


def _side(count: int | None, may: tuple[int, int] | None, why: str | None) -> str:
    """Return a side's count of a cell; 0, not observed and no item are three things."""
    said = str(count) if count is not None else "not observed" if why == "no observation" else "no item"
    if may is None:
        return said
    return f"{said} ({may[0]} possible)" if may[0] == may[1] else f"{said} ({may[0]} to {may[1]} possible)"


def print_tallies(rows: list[Tally]) -> None:
    """Print tallies, a table each."""
    console = Console()
    for tally in rows:
        table = _table("item", tally.left, tally.right, "in both", "why one has more")
        table.expand = True
        for column, ratio in zip(table.columns, _TALLY_RATIOS, strict=True):
            column.ratio = ratio
        for row in tally.rows:
            both = "–" if row.both_high is None else f"{row.both_low} to {row.both_high}"
            left, right = _side(row.left, row.left_may, row.why), _side(row.right, row.right_may, row.why)
            kind = " with ".join(filter(None, (row.act, row.means)))
            item = ", ".join(filter(None, (row.area, kind, row.respondent and f"by {row.respondent}")))
            table.add_row(Text(item), left, right, both, row.why or "")
        table.add_section()
        bounds = "–" if tally.same_kind_high is None else f"{tally.both_low} to {tally.same_kind_high}"
        table.add_row("sum of items", str(tally.left_summed), str(tally.right_summed), bounds, "")
        stated = ("not stated" if total is None else str(total) for total in (tally.left_stated, tally.right_stated))
        table.add_row("total as stated", *stated, "", "")
        for area in tally.areas:
            if "no observation" in (area.left_said, area.right_said):
                said = ("not observed" if one == "no observation" else one for one in (area.left_said, area.right_said))
                table.add_row(Text(area.area), *said, "", "")
        console.print(Text(f"{tally.day}  {tally.headline}", style="bold"))
        console.print(table)
        console.print(Text(f"{tally.verdict}\n"))
    if not rows:
        console.print("no day with bulletins of two sides")


def assessments_data(findings: Findings) -> list[dict[str, Any]]:
    """Return incidents with their assessments as plain data, reasons included."""
    incident_data, assessment_data = TypeAdapter(Incident), TypeAdapter(Assessment)
    return [
        {
            "incident": incident_data.dump_python(incident, mode="json"),
            "assessments": [
                assessment_data.dump_python(one, mode="json")
                for one in findings.assessments
                if one.incident == incident.id
            ],
        }
        for incident in findings.incidents
    ]


def print_assessments(findings: Findings) -> None:
    """Print every incident, each account's answer to each clause with its reason, and the cruxes."""
    console = Console()
    by_id = {incident.id: incident for incident in findings.incidents}
    for assessment in findings.assessments:
        incident = by_id[assessment.incident]
        console.print(
            Text(f"{incident.id}  {incident.time.start:%Y-%m-%d %H:%M %Z}  {incident.place.name}", style="bold")
        )
        for clause in assessment.clauses:
            for account, answer in zip(incident.accounts, clause.accounts, strict=True):
                console.print(Text.assemble(f"  {clause.clause}: {account.source}: ", _mark(answer.answer)))
                console.print(Text(f"    {answer.reasons.because}", style="dim"))
            for crux in clause.cruxes:
                console.print(f"    the answer turns on: {' and '.join(crux.attributes)}")
    for entry, reason in findings.unplaced.items():
        if entry not in findings.revisions.repeated:
            console.print(f"entry {entry}: no incident: {reason}")


def print_summary(findings: Findings, folder: Path) -> None:
    """Print what the main job found, and the commands to look further."""
    console = Console()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for label, number in summary(findings).lines():
        table.add_row(str(number), label)
    console.print(table)
    reports = sorted((folder / "reports").glob("*.html"))
    busiest = max(reports, key=lambda file: (file.stat().st_size, file.name)).stem if reports else "DATE"
    console.print("\nLook further:")
    page, typed = shlex.quote(str(folder / "reports" / f"{busiest}.html")), shlex.quote(str(folder))
    for command, what in (
        (f"open {page}", "the daily report with most in it"),
        (f"parley findings {typed} --date {busiest}", "every account against every clause, and the crux"),
        (f"parley incidents {typed}", "what happened, as each source has it"),
        (f"parley tally {typed}", "two sides' counts of the same day"),
        (f"parley verify {typed}", "that nothing was changed"),
    ):
        console.print(Text.assemble("  ", (command, "bold"), f"  # {what}"), soft_wrap=True)


def _table(*headings: str) -> Table:
    table = Table(show_lines=True)
    for heading in headings:
        table.add_column(Text(heading), overflow="fold")
    return table


def _mark(answer: str) -> Text:
    return Text(MARKS[answer], style=_STYLES[answer])
