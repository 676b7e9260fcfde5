"""What became of the reports of an input: recorded as which, correcting what, waiting for whom; data and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.cli.screen import say
from parley.commands import command
from parley.plurals import counted

if TYPE_CHECKING:
    from parley.model import Findings, InputCard, Problem, RecordedReport, RecordedWithdrawal

MOST_SAID = 20
"""Reports of one input that are named one by one; of more, only what needs a person's eye."""

MOST_PROBLEMS_SAID = 100

_ORDINARY = "recorded"
_LOOK_AT = ("waits", "withdraws nothing")


def fates(card: InputCard, findings: Findings) -> list[dict[str, Any]]:
    """Return a row for each report and withdrawal that the input of *card* brought, in order of the record.

    `fate` is *recorded*, *corrects*, *repeats*, *waits*, *withdrawn*, *outdated* (its source has said something newer),
    *withdraws* or *withdraws nothing*; `other` the entry that it concerns; `warnings` what is perhaps a slip.
    """
    from parley.model import in_words

    stands_in = {entry: one.id for one in findings.incidents for entry in one.entries}
    reports = [
        {
            **_report(one, findings, stands_in),
            "warnings": [in_words(warned) for warned in findings.warnings.get(one.entry, ())],
        }
        for one in findings.reports
        if one.input == card.entry
    ]
    taken_back = [
        _withdrawal(one, findings.revisions.withdraws) for one in findings.withdrawals if one.input == card.entry
    ]
    return sorted((*reports, *taken_back), key=lambda row: int(row["entry"]))


def _report(one: RecordedReport, findings: Findings, stands_in: dict[int, str]) -> dict[str, Any]:
    from parley.model import in_words

    revisions, entry = findings.revisions, one.entry
    row = {
        "entry": entry,
        "source": one.report.source,
        "reference": getattr(one.report, "reference", "") or getattr(one.report, "number", ""),
        "incident": stands_in.get(revisions.holding(entry)),
        "input": one.input,
    }
    if entry in revisions.waiting:
        waiting = revisions.waiting[entry]
        return {**row, "fate": "waits", "why": in_words(waiting.why), "other": waiting.of}
    if entry in revisions.repeated:
        return {**row, "fate": "repeats", "other": revisions.repeated[entry]}
    if entry in revisions.withdrawn:
        return {**row, "fate": "withdrawn", "other": revisions.withdrawn[entry]}
    if entry in revisions.replaced and revisions.replaced[entry] < entry:
        return {**row, "fate": "outdated", "other": revisions.replaced[entry]}
    if entry in revisions.corrects:
        return {**row, "fate": "corrects", "other": revisions.corrects[entry]}
    return {**row, "fate": _ORDINARY, "other": None}


def _withdrawal(one: RecordedWithdrawal, withdraws: Mapping[int, int]) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "source": one.withdrawal.source,
        "reference": one.withdrawal.reference,
        "incident": None,
        "input": one.input,
        "fate": "withdraws" if one.entry in withdraws else "withdraws nothing",
        "other": withdraws.get(one.entry),
        "warnings": [],
    }


def needs_eyes(rows: list[dict[str, Any]]) -> bool:
    """Whether somebody has to look: a report waits, or a withdrawal takes nothing back."""
    return any(row["fate"] in _LOOK_AT for row in rows)


def skips_some(card: InputCard) -> bool:
    """Whether a report of an input could not be recorded at all: its row, or its object, was skipped."""
    return any(problem.kept == "skipped" for problem in card.problems)


def say_fates(folder: Path, rows: list[dict[str, Any]], file: str) -> None:
    """Print what became of each report; of many only what is out of the ordinary, and how many of each sort."""
    said = rows if len(rows) <= MOST_SAID else [row for row in by_need(rows) if _is_unusual(row)]
    for row in said[:MOST_SAID]:
        say(f"  {in_words_of(row, file)}")
        say_warnings(row)
        if row["fate"] == "waits":
            say(f"    {next_step(folder, row)}")
    say_rest(said[MOST_SAID:])


def by_need(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return *rows* with what waits, or takes nothing back, first, then what has a warning."""
    return sorted(rows, key=lambda row: (row["fate"] not in _LOOK_AT, not row["warnings"]))


def say_warnings(row: dict[str, Any]) -> None:
    """Print what is perhaps a slip in a report."""
    for one in row["warnings"]:
        say(f"    Warning: {one['text']}")


def say_warned(rows: list[dict[str, Any]]) -> None:
    """Print which of *rows* have warnings, and these; of many the first, and how many there are."""
    warned = [row for row in rows if row["warnings"]]
    for row in warned[:MOST_SAID]:
        say(f"  {_name(row)}, entry {row['entry']}:")
        say_warnings(row)
    say_rest(warned[MOST_SAID:])


def say_rest(rows: list[dict[str, Any]]) -> None:
    """Print of *rows*, which are not named one by one, how many there are of each sort and with each warning."""
    if rows:
        fates_ = Counter(row["fate"] for row in rows)
        warned = Counter(one["code"] for row in rows for one in row["warnings"])
        counts = [f"{number} more: {what}" for each in (fates_, warned) for what, number in sorted(each.items())]
        say(f"  and {', '.join(counts)}: see --json")


def say_held(folder: Path, rows: list[dict[str, Any]], none: str = "") -> None:
    """Print which reports wait for a person, why, and what to do; of many the first, and how many there are.

    Args:
        none: what is said where there are none.
    """
    if not rows and none:
        say(none)
    if rows:
        say(f"Held: {len(rows)} {'report waits' if len(rows) == 1 else 'reports wait'} for a person.")
    for row in rows[:MOST_SAID]:
        say(f"  {in_words_of(row)}")
        say_warnings(row)
        say(f"    {next_step(folder, row)}")
    say_rest(rows[MOST_SAID:])


def _is_unusual(row: dict[str, Any]) -> bool:
    return row["fate"] not in (_ORDINARY, "repeats") or bool(row["warnings"])


def fate_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each report of an input; of many, for the first."""
    yield from map(in_words_of, rows[:MOST_SAID])
    if len(rows) > MOST_SAID:
        yield f"and {len(rows) - MOST_SAID} more: see --json"


def in_words_of(row: dict[str, Any], file: str = "") -> str:
    """Return what became of a report, as a sentence; with the *file* in which it came."""
    from parley.model import printable

    source, other, name = printable(row["source"]), row["other"], _name(row)
    came = f" (file {printable(file)}, entry {row['input']})" if file else ""
    where = f"{came}, incident {row['incident']}" if row.get("incident") else came
    match row["fate"]:
        case "waits":
            of = "" if other is None else f" (entry {other})"
            return f"Held: {name} is entry {row['entry']} and waits for a person: {printable(row['why']['text'])}{of}."
        case "repeats":
            return f"Recorded: {name} is entry {row['entry']}; it says again what entry {other} said."
        case "withdrawn":
            return f"Recorded: {name} is entry {row['entry']}, and does not hold: entry {other} withdraws it."
        case "outdated":
            return f"Recorded: {name} is entry {row['entry']}, and does not hold: entry {other} is newer."
        case "corrects":
            return f"Corrected: {name} is entry {row['entry']} in place of entry {other}{where}."
        case "withdraws":
            return f"Withdrawn: {name} (entry {other}) does not hold any more."
        case "withdraws nothing":
            return f"Nothing to withdraw: no report of {source} has the id {printable(row['reference'])}."
        case _:
            return f"Recorded: {name} is entry {row['entry']}{where}."


def _name(row: dict[str, Any]) -> str:
    """Return what a report is called: its source's id for it, where it has one, and the source."""
    from parley.model import printable

    id_ = f"{printable(row['reference'])} of " if row["reference"] else ""
    return f"{id_}{printable(row['source'])}"


def next_step(folder: Path, row: dict[str, Any]) -> str:
    """Return how a person decides on a report that waits."""
    from parley.model import EACH

    correct = command("correct", folder, row["entry"])
    if lost := row["why"]["params"].get("attributes"):
        said = " ".join(f"{attribute}=…" for attribute in lost.split(EACH))
        return f"{correct} {said} | --accept (as it is) | parley withdraw"
    return f"{correct} --accept (it is a correction) | --apart (it is another report) | parley withdraw"


def say_problems(problems: list[Problem]) -> None:
    """Print *problems* on standard error."""
    for problem in problems:
        say(f"parley: {problem}", err=True)


def say_card_problems(card: InputCard) -> None:
    """Print the problems of an input on standard error."""
    from parley.model import printable

    said = card.problems[:MOST_PROBLEMS_SAID]
    say_problems(list(said))
    if unsaid := card.problem_count - sum(one.times for one in said):
        say(f"parley: {printable(card.name)}: {counted(unsaid, 'more problem')}, all in the record", err=True)
    if card.passed and not (card.reports or card.withdrawals or card.problem_count):
        rows = sum(card.passed.values())
        say(f"parley: {printable(card.name)}: no report was read from it: {counted(rows, 'row')} passed over", err=True)


def say_card(card: InputCard, recorded: bool, code: str = "") -> None:
    """Print what an input gave: reports, withdrawals, problems, and rows that were passed over."""
    from parley.model import printable

    counts = (
        (card.reports or not card.withdrawals, counted(card.reports, "report")),
        (card.withdrawals, counted(card.withdrawals, "withdrawal")),
        (card.problem_count, counted(card.problem_count, "problem")),
    )
    said = ", ".join(text for number, text in counts if number)
    again = " (recorded before; nothing was added)" if recorded else ""
    say(f"File {printable(card.name)} is entry {card.entry}: {said}{again}{f'; code {code}' if code else ''}")
    for what, rows in sorted(card.passed.items(), key=lambda one: (-one[1], one[0])):
        say(f"  {counted(rows, 'row')} passed over: {printable(what)}")
