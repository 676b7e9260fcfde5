"""What the terminal shows: a progress bar while something works, and tables of what was found."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from parley.commands import command, opening
from parley.model import (
    Assessment,
    ClauseAssessment,
    Crowd,
    Doubles,
    Doubt,
    Findings,
    Incident,
    Showing,
    Tally,
    Unread,
    in_short,
    in_words,
    printable,
    visible,
)
from parley.plurals import counted
from parley.publish import answers, summary, versions, waiting, words

if TYPE_CHECKING:
    from parley.editions import Watch

MOST_ENTRIES = 40
"""Reports of an incident, of which so many are named by their entries."""
MOST_DOUBLES = 5
"""Doubles, of which so many are named beside totals."""
MOST_UNREAD = 20
"""Statements that cannot be read, of which so many are named."""

_UNDISPUTED = f"{answers.UNDISPUTED[:1].lower()}{answers.UNDISPUTED[1:]}"
_TALLY_RATIOS = (6, 4, 4, 3, 4)  # widths of a tally's columns, so that eighty characters cut no common word in two
_STYLES: dict[str, str] = {
    "breach": "bold red",
    "could be a breach": "yellow",
    "in no case a breach": "green",
    "no breach": "green",
    "not covered": "dim",
    "not raised": "dim",
}


class Screen(Console):
    """The terminal for tables and styles, without markup and without signs that steer; see `parley.cli.screen`."""

    def __init__(self, *, err: bool = False) -> None:
        super().__init__(stderr=err, markup=False, emoji=False, highlight=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Yield the parts of *renderable*, each with signs that nobody sees written out."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(visible(part.text), part.style)


def _line(text: object, style: str = "") -> Text:
    """Return *text* as one line: a name may hold line ends, which would forge another."""
    return Text(printable(str(text)), style)


@contextmanager
def progress() -> Iterator[Watch]:
    """Give a watch that moves a progress bar on standard error, shown while the block runs if that is a terminal."""
    screen = Screen(err=True)
    if not screen.is_terminal:
        yield lambda step, done, whole: None
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=None)

        def watch(step: str, done: int, whole: int) -> None:
            bar.update(task, description=step, completed=done, total=whole)

        yield watch


def print_incidents(rows: list[dict[str, Any]], folder: Path) -> None:
    """Print incidents: when and where, who reports, what is disputed, and which reports may have been sent twice."""
    console = Screen()
    for row in rows:
        console.print(_heading(row, f" ({row['lat']:.3f}, {row['lon']:.3f} ± {row['radius_m'] / 1000:g} km)"))
        console.print(_indented(f"{counted(len(row['sources']), 'account')}: {'; '.join(row['sources'])}"))
        if row["disputed"]:
            console.print(_indented(f"disputed: {', '.join(row['disputed'])}"))
        shown = row["entries"][:MOST_ENTRIES]
        more = f" and {len(row['entries']) - len(shown):,} more: see --json" if len(row["entries"]) > len(shown) else ""
        console.print(_indented(f"reports: entries {', '.join(map(str, shown))}{more}"))
        for said in row["doubles"]:
            console.print(_indented(_twice(Doubles.model_validate(said), folder)))
        for one in row["late"]:
            console.print(_indented(f"LATE: entry {one['entry']}, received {one['received']}"))
        for one in row["warnings"][:MOST_ENTRIES]:
            console.print(_indented(f"warning, entry {one['entry']}: {one['text']}"))
    if not rows:
        console.print("no incidents")


def print_crowds(crowds: Sequence[Crowd], folder: Path) -> None:
    """Print of which reports not all pairs were compared."""
    console = Screen()
    for one in crowds:
        console.print(Text(waiting.crowd(one, printable(one.place), shlex.quote(str(folder)))), soft_wrap=True)


def print_doubts(doubts: Sequence[Doubt], folder: Path) -> None:
    """Print which reports fit two incidents equally, the first of them."""
    console = Screen()
    for one in doubts[:MOST_DOUBLES]:
        said = waiting.doubt(one, printable(one.source), shlex.quote(str(folder)))
        console.print(Text(said), soft_wrap=True)
    if (more := len(doubts) - MOST_DOUBLES) > 0:
        console.print(f"{more:,} more that fit two incidents equally: {command('doubtful', folder)}")


def print_doubles(doubles: Sequence[Doubles], folder: Path) -> None:
    """Print which reports may have been sent twice, the first of them."""
    console = Screen()
    for one in doubles[:MOST_DOUBLES]:
        console.print(Text(_twice(one, folder)), soft_wrap=True)
    if (more := len(doubles) - MOST_DOUBLES) > 0:
        console.print(f"{more:,} more that say the same: {command('incidents', folder)}")


def _twice(one: Doubles, folder: Path) -> str:
    return waiting.doubles(one, printable(one.source), shlex.quote(str(folder)))


def print_findings(rows: list[dict[str, Any]], faults: Iterable[Mapping[str, str]] = ()) -> None:
    """Print assessments: for each clause that covers, or may cover, an account, who gets which answer.

    *faults* are the agreements that could not be applied.
    """
    console = Screen()
    for one in faults:
        _say_fault(console, one["title"], one["fault"])
    raised = [row for row in rows if row["raised"]]
    shown = [row for row in raised if any(answer != "not covered" for answer in row["accounts"]) or _unsettled(row)]
    for _, incident in groupby(shown, key=itemgetter("incident")):
        first, *others = incident
        console.print(_heading(first))
        for agreement, grouped in groupby([first, *others], key=itemgetter("agreement")):
            clauses = list(grouped)
            asked = {each for row in clauses for each in _asked_under(row)}
            same = asked.pop() if len(asked) == 1 else ""
            console.print(_indented(printable(f"{agreement}: {same}" if same else agreement)))
            for row in clauses:
                _print_clause(console, row, told=bool(same))
    if not shown:
        console.print("No clause applies to any account.")
    if uncovered := len(raised) - len(shown):
        applies = "clause does not apply" if uncovered == 1 else "clauses do not apply"
        console.print(f"{uncovered} {applies} to any account. --json lists them.")
    if unraised := len(rows) - len(raised):
        is_about = "clause is about what" if unraised == 1 else "clauses are about what"
        console.print(f"not raised: {unraised} {is_about} no account speaks of: see --json")


def _unsettled(row: Mapping[str, Any]) -> bool:
    return row["comparison"] in ("equal", "differ")


def _asked_under(row: Mapping[str, Any]) -> list[str]:
    """Return for each account the versions under which it was asked, in words."""
    texts = {text["entry"]: versions.words(**text) for text in row["texts"]}
    return [" and ".join(texts[entry] for entry in one) or versions.NONE for one in row["versions"]]


def _print_clause(console: Screen, row: dict[str, Any], told: bool) -> None:
    """Print a clause: each answer with the accounts that get it, how they compare, and the cruxes.

    Under which version each account was asked is *told* for all clauses, or here.
    """
    console.print(_indented(_line(row["clause"], "bold"), 4))
    who: dict[tuple[Showing, tuple[str, ...], str, str], list[str]] = {}
    accounts = zip(row["shown"], map(tuple, row["by"]), row["states"], row["codes"], strict=True)
    for source, given in zip(row["sources"], accounts, strict=True):
        who.setdefault(given, []).append(source)
    for (answer, by, state, code), sources in who.items():
        said = "; ".join(sources) if len(who) > 1 else counted(len(sources), "account")
        console.print(_indented(Text.assemble(_given(answer, by, row["parties"], state, code), _line(f": {said}")), 6))
    under: dict[str, list[str]] = {}
    asked = [] if told else _asked_under(row)
    for source, version in zip(row["sources"] if asked else (), asked, strict=True):
        under.setdefault(version, []).append(source)
    for version, sources in under.items():
        console.print(_indented(printable(f"asked under {version}: {'; '.join(sources)}"), 6))
    if row["comparison"] == "equal":
        console.print(_indented(_line(answers.equal(row["shown"][0], row["by"]), "bold"), 6))
    if _unsettled(row):
        agreed = _given(row["agreed_shown"], row["agreed_by"], row["parties"])
        console.print(_indented(Text.assemble(f"{_UNDISPUTED}: ", agreed), 6))
    _say_support(console, row["support"], len(row["accounts"]), 6)
    for attributes, asks in zip(row["cruxes"], row["asks"], strict=True):
        console.print(_indented(f"the answer turns on: {_asked(attributes, asks)}", 6))
    if row["silent"]:
        left_out = ", ".join(row["silent"])
        console.print(_indented(f"an account leaves out what the answers turn on: {left_out}", 6))
    elif _unsettled(row) and not row["cruxes"]:
        console.print(_indented("settling what is disputed would not be enough: facts are missing too", 6))


def _given(answer: Showing, by: Sequence[str], parties: Mapping[str, str], state: str = "", code: str = "") -> Text:
    """Return an answer with its mark: of a breach whose it is, of a duty how it stands."""
    whose = " or ".join(printable(parties.get(one, one)) for one in by) if answer.endswith("breach") else ""
    more = [one for one in (state, answers.FAILED if code == "failed" else "") if one]
    return Text.assemble(_mark(answer), f" by {whose}" if whose else "", f" ({', '.join(more)})" if more else "")


def _asked(attributes: Sequence[str], asks: Sequence[str]) -> str:
    return "; ".join(asks) or " and ".join(attributes)


def _say_support(console: Screen, support: str, accounts: int, by: int) -> None:
    if support == "accuser alone" or (support and accounts > 1):
        said = answers.SUPPORT[support]
        console.print(_indented(said[:1].lower() + said[1:].rstrip("."), by))


def _say_fault(console: Screen, title: str, fault: str) -> None:
    console.print(_line(f"{title} could not be applied: {fault}", "bold"))


def _say_unread(console: Screen, unread: Sequence[Unread]) -> None:
    told = "; ".join(f"entry {one.entry} ({one.kind}): {one.why}" for one in unread[:MOST_UNREAD])
    more = f"; and {len(unread) - MOST_UNREAD} more" if len(unread) > MOST_UNREAD else ""
    console.print(_line(f"{words.unread(len(unread))}: {told}{more}", "bold"))


def _heading(row: dict[str, Any], after: str = "") -> Text:
    when = row["start"][:16].replace("T", " ")
    return Text.assemble(
        _line(f"{row['id'] if 'id' in row else row['incident']}  {when}  {row['place']}", "bold"), after
    )


def _indented(text: str | Text, by: int = 2) -> Padding:
    return Padding(_line(text) if isinstance(text, str) else text, (0, 0, 0, by))


def _side(count: int | None, may: tuple[int, int] | None, why: str | None) -> str:
    """Return a side's count of a cell; 0, not observed and no item are three things."""
    said = str(count) if count is not None else "not observed" if why == "no observation" else "no item"
    if may is None:
        return said
    return f"{said} ({may[0]} possible)" if may[0] == may[1] else f"{said} ({may[0]} to {may[1]} possible)"


def print_tallies(rows: list[Tally]) -> None:
    """Print tallies, a table each."""
    console = Screen()
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
            table.add_row(_line(item), left, right, both, row.why or "")
        table.add_section()
        bounds = "–" if tally.same_kind_high is None else f"{tally.both_low} to {tally.same_kind_high}"
        if tally.left_summed is not None or tally.right_summed is not None:
            sums = ("no items" if total is None else str(total) for total in (tally.left_summed, tally.right_summed))
            table.add_row("sum of items", *sums, bounds, "")
        stated = ("not stated" if total is None else str(total) for total in (tally.left_stated, tally.right_stated))
        table.add_row("total as stated", *stated, "", "")
        for area in tally.areas:
            if "no observation" in (area.left_said, area.right_said):
                said = ("not observed" if one == "no observation" else one for one in (area.left_said, area.right_said))
                table.add_row(_line(area.area), *said, "", "")
        period = f"{tally.first_day} to {tally.day}, counts of the whole period"
        days = str(tally.day) if tally.first_day == tally.day else period
        console.print(_line(f"{days}  {tally.headline}", "bold"))
        console.print(table)
        console.print(_line(tally.verdict))
        console.print()
    if not rows:
        console.print("no day with bulletins of two sides")


def assessments_data(findings: Findings, chosen: Iterable[Incident] | None = None) -> list[dict[str, Any]]:
    """Return incidents (those *chosen*, or all) with their assessments as plain data, reasons included."""
    return [
        {
            "incident": in_words(incident),
            "assessments": [in_words(one) for one in findings.assessments if one.incident == incident.id],
        }
        for incident in (findings.incidents if chosen is None else chosen)
    ]


def print_assessments(findings: Findings) -> None:
    """Print every incident, each account's answer to each clause with its reason, and the cruxes."""
    console = Screen()
    by_id = {incident.id: incident for incident in findings.incidents}
    cards = {card.id: card for card in findings.agreements}
    for card in findings.agreements:
        if card.fault:
            _say_fault(console, card.title, card.fault)
    for assessment in findings.assessments:
        incident = by_id[assessment.incident]
        console.print(_line(f"{incident.id}  {incident.time.start:%Y-%m-%d %H:%M %Z}  {incident.place.name}", "bold"))
        for clause in assessment.clauses:
            if clause.raised:
                print_assessed(console, incident, clause, cards[assessment.agreement].parties)
        print_not_raised(console, assessment)
    for entry, reason in findings.unplaced.items():
        if entry not in findings.revisions.repeated:
            console.print(_line(f"entry {entry}: no incident: {in_short(reason)}"))


def print_not_raised(console: Screen, assessment: Assessment) -> None:
    """Print in one line the clauses that are about what no account speaks of."""
    if not_raised := [one.clause for one in assessment.clauses if not one.raised]:
        console.print(_line(f"  not raised: no account speaks of what is asked by: {', '.join(not_raised)}"))


def print_assessed(console: Screen, incident: Incident, clause: ClauseAssessment, parties: Mapping[str, str]) -> None:
    """Print a clause with reasons: each account's answer, how they compare, and the cruxes."""
    for account, one in zip(incident.accounts, clause.accounts, strict=True):
        given = _given(one.shown, one.by, parties, one.state, one.code)
        console.print(Text.assemble(_line(f"  {clause.clause}: {account.source}: "), given))
        if condition := answers.would_make_it_one(one):
            console.print(_line(f"    {condition}"))
        console.print(_line(f"    {one.reasons.in_a_line}", "dim"))
    if clause.comparison == "equal":
        console.print(_line(f"    {answers.comparison(clause)}", "bold"))
    for crux in clause.cruxes:
        console.print(_line(f"    the answer turns on: {_asked(crux.attributes, crux.asks)}"))


def print_summary(findings: Findings, folder: Path) -> None:
    """Print what the main job found, and the commands to look further."""
    console = Screen()
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for label, number in summary(findings).lines():
        table.add_row(str(number), label)
    console.print(table)
    for card in findings.agreements:
        if card.fault:
            _say_fault(console, card.title, card.fault)
    if findings.unread:
        _say_unread(console, findings.unread)
    print_doubles(findings.doubles, folder)
    print_doubts(findings.doubts, folder)
    print_crowds(findings.crowds, folder)
    reports = sorted((folder / "reports").glob("*.html"))
    fullest = max(reports, key=lambda file: (file.stat().st_size, file.name)).stem if reports else "DATE"
    busiest = fullest.partition(".")[0]  # without the number of its edition
    console.print("\nLook further:")
    for typed, what in (
        (opening(folder / "reports" / f"{fullest}.html"), "the daily report with most in it"),
        (command("findings", folder, "--date", busiest), "every account against every clause, and the crux"),
        (command("incidents", folder), "what happened, as each source has it"),
        (command("tally", folder), "two sides' counts of the same day"),
        (command("verify", folder), "that nothing was changed"),
    ):
        console.print(Text.assemble("  ", _line(typed, "bold"), f"  # {what}"), soft_wrap=True)


def _table(*headings: str) -> Table:
    table = Table(show_lines=True)
    for heading in headings:
        table.add_column(_line(heading), overflow="fold")
    return table


def _mark(answer: Showing) -> Text:
    return Text(f"{answer} {words.ANSWERS[answer]}", style=_STYLES[answer])
