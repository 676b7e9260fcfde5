"""`--preview`: what would stand in the record, shown before anything is written; of large files the first reports."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parley.cli.register import meet
from parley.cli.screen import print_json, say
from parley.cli.taken import (
    by_need,
    fates,
    in_words_of,
    needs_eyes,
    next_step,
    say_card,
    say_card_problems,
    say_rest,
    say_warnings,
    skips_some,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from parley.centre.statements import Delivery
    from parley.looking.previewing import Preview
    from parley.model import EventReport, Findings, InputCard, RecordedReport, Report

MOST_SHOWN = 20
"""Reports of one input that are shown whole."""
MOST_LOOKED_AT = 200
"""The same of those that would be held, would take nothing back, or have a warning: they come first."""


def preview_add(folder: Path, deliveries: Sequence[Delivery], json_: bool) -> None:
    """Show what `parley add` would make of *deliveries*, and end with the exit code that it would have."""
    from parley.centre.folder import Centre, now
    from parley.looking.previewing import preview

    with Centre.open(folder) as centre:
        for source in dict.fromkeys(one.source for one in deliveries):
            meet(centre, source, asking=False)
        made = preview(centre, deliveries, now())
        zone = centre.timezone
    _show(folder, made, zone, json_)


def preview_say(node: Path, deliveries: Sequence[Delivery], json_: bool) -> None:
    """Show what `parley say` would sign of *deliveries*, beside what the party has said before."""
    from zoneinfo import ZoneInfo

    from parley.centre.folder import now
    from parley.looking.previewing import preview_on_node
    from parley.node import load

    own = load(node)
    _show(node, preview_on_node(own, deliveries, now()), ZoneInfo(own.timezone), json_)


def _show(folder: Path, made: Preview, zone: ZoneInfo, json_: bool) -> None:
    inputs = [
        _input(card, before, made.findings, zone) for card, before in zip(made.cards, made.recorded_before, strict=True)
    ]
    for card in made.cards:
        say_card_problems(card)
    if json_:
        print_json([{name: value for name, value in one.items() if name != "rest"} for one in inputs])
    else:
        say("Preview: nothing is recorded. Without --preview the record would say this:")
        for card, one in zip(made.cards, inputs, strict=True):
            say_card(card, one["recorded_before"])
            for row in one["reports_shown"]:
                _say_report(folder, row)
            say_rest(one["rest"])
    if any(not card.reports and not card.withdrawals for card in made.cards):
        sys.exit(2)
    if any(one["needs_a_person"] for one in inputs) or any(map(skips_some, made.cards)):
        sys.exit(1)


def _input(card: InputCard, before: bool, findings: Findings, zone: ZoneInfo) -> dict[str, Any]:
    """Return what would be recorded of one input: its card, the reports that are shown, how many there are beside."""
    from parley.model import in_words

    rows = fates(card, findings)
    ordered = by_need(rows)
    looked_at = sum(bool(needs_eyes([row]) or row["warnings"]) for row in ordered)
    number = max(MOST_SHOWN, min(looked_at, MOST_LOOKED_AT))
    by_entry = {one.entry: one for one in findings.reports}
    shown = [
        {**row, **_report(by_entry[row["entry"]], zone)} if row["entry"] in by_entry else row
        for row in ordered[:number]
    ]
    rest = ordered[number:]
    return {
        **in_words(card),
        "recorded_before": before,
        "needs_a_person": needs_eyes(rows),
        "reports_shown": shown,
        "more": dict(Counter(row["fate"] for row in rest)),
        "more_warnings": dict(Counter(one["code"] for row in rest for one in row["warnings"])),
        "rest": rest,
    }


def _report(recorded: RecordedReport, zone: ZoneInfo) -> dict[str, Any]:
    """Return what a report would say: each claim as it would be recorded, in words, and as it was written."""
    from parley.model import EventReport, in_words

    report = recorded.report
    return {
        "kind": report.kind,
        "side": recorded.side,
        "line": report.origin.first,
        "claims": _claims(report, zone) if isinstance(report, EventReport) else [],
        "says": list(_says(report, zone)),
        "flags": [in_words(flag) for flag in report.flags],
    }


def _claims(report: EventReport, zone: ZoneInfo) -> list[dict[str, Any]]:
    from parley.model import in_words
    from parley.publish import words

    data = in_words(report)["claims"]
    return [
        {**one, "text": words.value(claim.attribute, claim.value, zone).striptags()}
        for claim, one in zip(report.claims, data, strict=True)
    ]


def _says(report: Report, zone: ZoneInfo) -> Iterator[str]:
    """Yield what a bulletin counts, or which statements an article has, a line each."""
    from parley.model import Article, Bulletin
    from parley.publish import words

    if isinstance(report, Bulletin):
        period = words.value("time", report.period, zone).striptags()
        total = "no total" if report.stated_total is None else f"total {report.stated_total}"
        yield f"{report.side}: {report.counting}, {period}: {total}"
        for item in report.items[:MOST_SHOWN]:
            kind = " with ".join(filter(None, (item.act, item.means)))
            by = f" by {item.respondent}" if item.respondent else ""
            yield f"{item.area}: {item.count}{f' {kind}' if kind else ''}{by} (line {item.line})"
        if more := len(report.items[MOST_SHOWN:]):
            yield f"and {more} more items"
    if isinstance(report, Article):
        for one in report.proposals[:MOST_SHOWN]:
            yield f"{one.holder} {words.ACTS[one.act]}: {report.quote(one.evidence)} (waits for review)"
        if more := len(report.proposals[MOST_SHOWN:]):
            yield f"and {more} more statements"


def _say_report(folder: Path, row: dict[str, Any]) -> None:
    say(f"  {in_words_of(row)}")
    for claim in row.get("claims", ()):
        written = f" (written: {claim['said']})" if claim["said"] not in ("", claim["text"]) else ""
        say(f"    {claim['attribute']}: {claim['text']}{written}")
    for line in row.get("says", ()):
        say(f"    {line}")
    for flag in row.get("flags", ()):
        say(f"    Note: {flag['text']} ({flag['code']})")
    say_warnings(row)
    if row["fate"] == "waits":
        say(f"    {next_step(folder, row)}")
