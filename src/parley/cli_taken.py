"""What became of the reports of an input: recorded as which, correcting what, waiting for whom; data and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.cli_typed import command
from parley.screen import say

if TYPE_CHECKING:
    from parley.model import Findings, InputCard, RecordedReport, RecordedWithdrawal

MOST_SAID = 20
"""Reports of one input that are named one by one; of more, only what needs a person's eye."""

_ORDINARY = "recorded"


def fates(card: InputCard, findings: Findings) -> list[dict[str, Any]]:
    """Return a row for each report and withdrawal that the input of *card* brought, in order of the record.

    `fate` is *recorded*, *corrects*, *repeats*, *waits*, *withdrawn*, *outdated* (its source has said something newer),
    *withdraws* or *withdraws nothing*; `other` the entry that it concerns.
    """
    stands_in = {entry: one.id for one in findings.incidents for entry in one.entries}
    corrects = {by: entry for entry, by in findings.revisions.replaced.items()}
    reports = [_report(one, findings, stands_in, corrects) for one in findings.reports if one.input == card.entry]
    withdraws = {by: entry for entry, by in findings.revisions.withdrawn.items()}
    taken_back = [_withdrawal(one, withdraws) for one in findings.withdrawals if one.input == card.entry]
    return sorted((*reports, *taken_back), key=lambda row: int(row["entry"]))


def _report(
    one: RecordedReport, findings: Findings, stands_in: dict[int, str], corrects: dict[int, int]
) -> dict[str, Any]:
    revisions, entry = findings.revisions, one.entry
    row = {
        "entry": entry,
        "source": one.report.source,
        "reference": getattr(one.report, "reference", "") or getattr(one.report, "number", ""),
        "incident": stands_in.get(revisions.holding(entry)),
    }
    if entry in revisions.waiting:
        waiting = revisions.waiting[entry]
        return {**row, "fate": "waits", "why": waiting.why, "other": waiting.of}
    if entry in revisions.repeated:
        return {**row, "fate": "repeats", "other": revisions.repeated[entry]}
    if entry in revisions.withdrawn:
        return {**row, "fate": "withdrawn", "other": revisions.withdrawn[entry]}
    if entry in revisions.replaced and revisions.replaced[entry] < entry:
        return {**row, "fate": "outdated", "other": revisions.replaced[entry]}
    if entry in corrects:
        return {**row, "fate": "corrects", "other": corrects[entry]}
    return {**row, "fate": _ORDINARY, "other": None}


def _withdrawal(one: RecordedWithdrawal, withdraws: dict[int, int]) -> dict[str, Any]:
    return {
        "entry": one.entry,
        "source": one.withdrawal.source,
        "reference": one.withdrawal.reference,
        "incident": None,
        "fate": "withdraws" if one.entry in withdraws else "withdraws nothing",
        "other": withdraws.get(one.entry),
    }


def needs_eyes(rows: list[dict[str, Any]]) -> bool:
    """Whether somebody has to look: a report waits, or a withdrawal takes nothing back."""
    return any(row["fate"] in ("waits", "withdraws nothing") for row in rows)


def say_fates(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Print what became of each report; of many only what is out of the ordinary, and how many of each sort."""
    said = rows if len(rows) <= MOST_SAID else [row for row in rows if row["fate"] not in (_ORDINARY, "repeats")]
    for row in said[:MOST_SAID]:
        say(f"  {_in_words(row)}")
        if row["fate"] == "waits":
            say(f"    {_next_step(folder, row)}")
    if len(said) > MOST_SAID:
        counts = Counter(row["fate"] for row in said[MOST_SAID:])
        say(f"  and {', '.join(f'{number} more: {fate}' for fate, number in sorted(counts.items()))}: see --json")


def fate_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each report of an input; of many, for the first."""
    yield from map(_in_words, rows[:MOST_SAID])
    if len(rows) > MOST_SAID:
        yield f"and {len(rows) - MOST_SAID} more: see --json"


def _in_words(row: dict[str, Any]) -> str:
    from parley.model import printable
    from parley.model.revisions import WHY_IT_WAITS

    source, other = printable(row["source"]), row["other"]
    id_ = f"{printable(row['reference'])} of " if row["reference"] else ""
    name = f"{id_}{source}"
    where = f", incident {row['incident']}" if row["incident"] else ""
    match row["fate"]:
        case "waits":
            of = "" if other is None else f" (entry {other})"
            return f"Held: {name} is entry {row['entry']} and waits for a person: {WHY_IT_WAITS[row['why']]}{of}."
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


def _next_step(folder: Path, row: dict[str, Any]) -> str:
    """Return how a person decides on a report that waits."""
    correct = command("correct", folder, row["entry"])
    if row["why"] == "not-read":
        return f"{correct} time=… place=… act=… actor=… | --accept (as it is) | parley withdraw"
    return f"{correct} --accept (it is a correction) | --apart (it is another report) | parley withdraw"
