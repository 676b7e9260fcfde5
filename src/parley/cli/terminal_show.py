"""What `parley show` prints: one statement or one incident, in words, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.table import Table
from rich.text import Text

from parley.cli.terminal import Screen, print_assessed, print_not_raised
from parley.model import CENTRE, Claim, EventReport, Value, in_short, in_words, printable
from parley.publish import words

if TYPE_CHECKING:
    from parley.looking.showing import Event, SeenEntry, SeenIncident
    from parley.model import Account, Article, Bulletin, ClauseAssessment, Incident, Judgement, RecordedReport

DID = {
    "received": "reported by {by}",
    "said again": "said again, unchanged, by {by}",
    "said anew": "corrected by its source, {by}",
    "corrected": "corrected by {by}",
    "accepted": "accepted as a correction by {by}",
    "kept apart": "kept as a report of its own by {by}",
    "withdrawn": "withdrawn by {by}",
    "noted": "note by {by}",
    "judged": "judged by {by}",
    "undone": "an act on it undone by {by}",
}
_MIRROR = "This folder is a mirror: it holds proofs, not contents."
MOST_ACCOUNTS = 3
"""Accounts beside each other in one table; more follow in another below it."""
MOST_ROWS = 200
"""Rows of a bulletin or article, problems, or events that are printed; how many more there are is said."""


def entry_lines(seen: SeenEntry, timezone: ZoneInfo) -> Iterator[str]:
    """Yield what is known of a statement, a line each."""
    one = seen.entry
    if seen.asked:
        yield seen.asked
    signer = "the centre's desk" if one.side == CENTRE else one.side or "a key that is not registered"
    yield f"entry {one.index}, code {seen.code}: {words.STATEMENTS.get(one.kind, one.kind)}; signed by {signer}"
    received, made = _when(one.received, timezone), _when(one.at, timezone)
    yield f"received {received} by the centre's clock; made {made} by the sender's"
    if one.refused:
        yield f"It moves nothing: {one.refused}."
    if one.body is None:
        yield _MIRROR if seen.mirrored else "Its contents are not here: they were shredded, or never released to you."
        return
    if seen.report is not None:
        yield from _report_lines(seen, seen.report, timezone)
    elif one.kind in ("input", "input-part"):
        yield from _input_lines(seen)
    elif one.kind == "terms-version":
        yield f"file {one.body['name']}:"
        yield from (f"  {line}" for line in str(one.body["text"]).splitlines())
    elif one.kind == "judgement" and (judged := _judgement(seen)) is not None:
        by = f"{judged.by} ({judged.role})" if judged.role else judged.by
        yield f"{words.judgement(judged).striptags()}, by {by}: {judged.reason}"
    else:
        yield from _body_lines(one.body)
    if seen.concerns is not None:
        yield f"about: entry {seen.concerns}"
    if seen.concerns is not None and seen.incident is not None:
        yield f"incident: {seen.incident.id}"
    if seen.history:
        yield "history:"
        yield from (f"  {line}" for line in event_lines(seen.history, timezone))


def _judgement(seen: SeenEntry) -> Judgement | None:
    found = seen.findings.judgements if seen.findings is not None else ()
    return next((one.judgement for one in found if one.entry == seen.entry.index), None)


def _when(at: datetime, timezone: ZoneInfo) -> str:
    return at.astimezone(timezone).isoformat(timespec="seconds")


def _report_lines(seen: SeenEntry, one: RecordedReport, timezone: ZoneInfo) -> Iterator[str]:
    assert seen.findings is not None
    report, revisions = one.report, seen.findings.revisions
    id_ = getattr(report, "reference", "") or getattr(report, "number", "")
    yield f"{report.kind} report {id_} of {report.source}".replace("  ", " ") + f" ({one.side}, handle {one.handle})"
    why = revisions.why_not().get(one.entry)
    later = revisions.holding(one.entry)
    yield f"It does not hold: {in_short(why)}." if why else "It holds."
    if later != one.entry:
        yield f"The version that holds, or held last: entry {later}."
    if seen.incident is not None:
        others = [entry for entry in seen.incident.entries if entry != later]
        beside = f", with {words.entries(others).striptags()}" if others else ", alone"
        yield f"incident: {seen.incident.id}{beside}"
    elif not why and one.entry in seen.findings.unplaced:
        yield f"incident: none: {in_short(seen.findings.unplaced[one.entry])}"
    yield from _origin_lines(seen, one)
    match report:
        case EventReport():
            yield from _claim_lines(report, timezone)
        case _ if report.kind == "bulletin":
            yield from _bulletin_lines(report, timezone)
        case _:
            yield from _article_lines(report)
    for flag in report.flags:
        where = "" if flag.line is None else f" (line {flag.line})"
        yield f"flag: {flag.text}{where}"
    yield from _rest([f"problem: {problem}" for problem in seen.problems])


def _origin_lines(seen: SeenEntry, one: RecordedReport) -> Iterator[str]:
    origin, report = one.report.origin, one.report
    lines = f"line {origin.first}" if origin.first == origin.last else f"lines {origin.first} to {origin.last}"
    record = "" if origin.record is None else f", record {origin.record}"
    brought = f" (entry {one.input})" if one.input is not None else ""
    yield f"from: {origin.name}{brought}, {lines}{record}, channel {report.channel}; SHA-256 {origin.digest}"
    if report.citation is not None:
        cited = report.citation
        said = [cited.publisher, str(cited.published or ""), cited.address]
        yield f"cited: {', '.join(filter(None, said))}"
    if isinstance(report, EventReport) and report.first_hand is not None:
        yield f"first-hand: {'yes' if report.first_hand else 'no'}"
    if report.attachments:
        yield f"attached: {', '.join(report.attachments)}"


def _claim_lines(report: EventReport, timezone: ZoneInfo) -> Iterator[str]:
    yield "says:" if report.claims else "It claims nothing."
    for claim in report.claims:
        yield f"  {_claim(claim, timezone)}"


def _claim(claim: Claim, timezone: ZoneInfo) -> str:
    """Return a claim as it is read, then as it was written and where."""
    read = _value(claim.attribute, claim.value, timezone)
    column = f"column {claim.column}" if claim.column else ""
    written = f"written “{claim.said}”" if claim.said and claim.said != read else ""
    return f"{words.attribute(claim.attribute)}: {read}" + _bracketed(written, column)


def _bracketed(*parts: str) -> str:
    said = ", ".join(filter(None, parts))
    return f"  [{said}]" if said else ""


def _value(attribute: str, value: Value, timezone: ZoneInfo) -> str:
    return words.value(attribute, value, timezone).striptags()


def _bulletin_lines(report: Bulletin, timezone: ZoneInfo) -> Iterator[str]:
    yield f"counts of {report.side}, {_value('time', report.period, timezone)}; one unit is: {report.counting}"
    total = "not stated" if report.stated_total is None else report.stated_total
    yield f"total as stated: {total}; items:"
    items = [in_words(item) for item in report.items]
    said = [
        "  " + ", ".join(f"{name} {value}" for name, value in item.items() if value not in (None, "", []))
        for item in items
    ]
    yield from _rest(said)


def _article_lines(report: Article) -> Iterator[str]:
    yield f"headline: {report.headline}"
    number = len(report.proposals)
    yield f"{number} {'statement is' if number == 1 else 'statements are'} proposed for review:"
    said = [f"  {one.holder} {words.ACTS[one.act]} {', '.join(one.accused)}".rstrip() for one in report.proposals]
    yield from _rest(said)


def _input_lines(seen: SeenEntry) -> Iterator[str]:
    card = seen.arrived
    if card is None:
        return
    yield f"file: {card.name}, channel {card.channel}; SHA-256 {card.digest}"
    yield f"reports: {card.reports}; withdrawals: {card.withdrawals}; problems: {card.problem_count}"
    if not card.whole:
        yield "Reading was cut short: give the same `parley add` again, and it goes on."
    yield from _rest([f"problem: {problem}" for problem in seen.problems])


def _body_lines(body: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Yield a body that has no words of its own, field by field; what is empty is left out."""
    for name, value in body.items():
        if isinstance(value, dict):
            yield from _body_lines(value, f"{before}{name} ")
        elif value not in (None, "", []):
            yield f"{before}{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def _rest(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:MOST_ROWS]
    if len(lines) > MOST_ROWS:
        yield f"and {len(lines) - MOST_ROWS} more: see --json"


def event_lines(history: Sequence[Event], timezone: ZoneInfo) -> Iterator[str]:
    """Yield what befell reports, a line each."""
    said = []
    for one in history:
        by = f"{one.by} ({one.role})" if one.role else one.by
        what = f", {', '.join(map(words.attribute, one.changed))}" if one.changed else ""
        why = f"{what}: {one.reason}" if one.reason else what
        nothing = "" if one.did == "judged" else "it did nothing: "
        idle = f"; {nothing}{one.idle.text}" if one.idle else ""
        of = "" if one.entry == one.report else f" [entry {one.report}]"
        when = _when(datetime.fromisoformat(one.received), timezone)
        said.append(f"entry {one.entry}, {when}{of}: {DID[one.did].format(by=by)}{why}{idle}")
    yield from _rest(said)


def print_incident(seen: SeenIncident, timezone: ZoneInfo) -> None:
    """Print an incident: accounts side by side, what differs, the answers with their cruxes, its history."""
    console, incident = Screen(), seen.incident
    place = _value("place", incident.place, timezone)
    leads = "" if seen.asked == incident.id else f"  ({seen.asked} leads here)"
    console.print(Text(printable(f"{incident.id}{leads}"), "bold"))
    console.print(_text(f"{_value('time', incident.time, timezone)}; {place}"))
    _print_reports(console, seen)
    console.print("\nAccounts side by side", style="bold")
    for first in range(0, len(incident.accounts), MOST_ACCOUNTS):
        _print_accounts(console, incident, range(first, min(first + MOST_ACCOUNTS, len(incident.accounts))), timezone)
    console.print("\nWhat the agreements make of it", style="bold")
    cards = {card.id: card for card in seen.findings.agreements}
    for assessment in seen.assessments:
        console.print(_text(assessment.agreement))
        idle = [one for one in assessment.clauses if one.raised and _covers_nothing(one)]
        for clause in assessment.clauses:
            if clause.raised and clause not in idle:
                print_assessed(console, incident, clause, cards[assessment.agreement].parties)
        if idle:
            console.print(_text(f"  does not apply to any account: {', '.join(one.clause for one in idle)}"))
        print_not_raised(console, assessment)
    if not seen.assessments:
        console.print("no agreement is applied")
    console.print("\nHistory", style="bold")
    for line in (*_ancestry(incident), *event_lines(seen.history, timezone)):
        console.print(_text(line), soft_wrap=True)


def _covers_nothing(clause: ClauseAssessment) -> bool:
    return {one.answer for one in (*clause.accounts, clause.agreed)} == {"not covered"}


def _text(line: str) -> Text:
    return Text(printable(line))


def _print_reports(console: Screen, seen: SeenIncident) -> None:
    for one in seen.reports:
        origin = one.report.origin
        id_ = f" {one.report.reference}" if isinstance(one.report, EventReport) and one.report.reference else ""
        console.print(
            _text(f"  entry {one.entry}:{id_} of {one.report.source}, from {origin.name} line {origin.first}")
        )
        for flag in one.report.flags:
            console.print(_text(f"    flag: {flag.text}"))


def _print_accounts(console: Screen, incident: Incident, numbers: Sequence[int], timezone: ZoneInfo) -> None:
    table = Table(show_lines=True)
    table.add_column("")
    for number in numbers:
        table.add_column(_text(incident.accounts[number].source), overflow="fold")
    for difference in incident.differences:
        said = [_says(incident.accounts[number], difference.attribute, timezone) for number in numbers]
        name = f"{words.attribute(difference.attribute)}\n({difference.state})"
        table.add_row(Text(name), *map(_text, said))
    console.print(table)


def _says(account: Account, attribute: str, timezone: ZoneInfo) -> str:
    values = account.possible().get(attribute, ())
    return " / ".join(_value(attribute, value, timezone) for value in values) or "not mentioned"


def _ancestry(incident: Incident) -> Iterator[str]:
    if incident.merged:
        yield f"people merged {words.entries(incident.merged).striptags()} into it"
    if incident.split_from:
        yield f"people split it from {', '.join(incident.split_from)}"
