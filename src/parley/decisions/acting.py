"""What people do to reports (correct, withdraw, note, accept, keep apart) and establish: checked, then recorded."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from parley import incidents, terms
from parley.centre.folder import Centre, now
from parley.centre.statements import Statement, state, state_act
from parley.current import Moved, about, everything, follow
from parley.current import named as entries_named
from parley.intake.changes import read_changes
from parley.job import taken_up
from parley.model import (
    CENTRE,
    Act,
    ActError,
    EventReport,
    Findings,
    RecordedAct,
    RecordedReport,
    RecordedWithdrawal,
    Settled,
    TermsError,
    fold,
)
from parley.record import RecordError
from parley.record.formats.code import decode_code

LAST = "last"


@dataclass(frozen=True)
class Desk:
    """Where people act: at the centre's desk, or at a party's own node with what the party has said.

    Args:
        side: for whom they act.
        size: how many entries the record has; None where that is not known, on a node.
        by_code: the entries of the statements with a code's digits.
    """

    findings: Findings
    timezone: ZoneInfo
    side: str
    size: int | None
    by_code: Callable[[str], Sequence[int]]


class Done(NamedTuple):
    """What was recorded: its entry, the findings near it before, and what it changed."""

    entry: int
    before: Findings
    moved: Moved

    @property
    def after(self) -> Findings:
        """The findings near it now."""
        return self.moved.findings


def desk_of(centre: Centre, *named: str) -> Desk:
    """Return the centre's desk, with what is found now: of all, or of what is *named*."""
    entries = {entry for one in named for entry in entries_named(centre, one)}
    findings = about(centre, entries) if named else everything(centre)
    return Desk(findings, centre.timezone, CENTRE, centre.record.size, centre.record.log.store.by_digest)


def check(desk: Desk, said: Act) -> None:
    """Raise ActError where *said*, done now, would do nothing: the text says why."""
    before = desk.findings
    tried = RecordedAct(entry=max(before.size, desk.size or 0), received_at=now(), side=desk.side, act=said)
    acts = {one.entry for one in before.acts}
    given = (one for one in before.reports if one.entry not in acts)
    of_desk = {*(one.entry for one in before.established if one.entry is not None), *before.register.entries}
    stated: list[RecordedReport | RecordedWithdrawal | RecordedAct]
    stated = [*given, *before.withdrawals, *before.acts, tried]
    revisions, _ = incidents.revise(stated, of_desk, before.revisions.shifted)
    if tried.entry in revisions.idle_acts:
        raise ActError(f"entry {said.entry}: {revisions.idle_acts[tried.entry].text}; nothing was recorded")


def act(centre: Centre, desk: Desk, said: Act, clock: Callable[[], datetime] = now) -> Done:
    """Record *said*, which somebody at the centre's desk does, and move the findings on.

    Raises:
        ActError: it would do nothing. Nothing is recorded then.
    """
    check(desk, said)
    return _recorded(centre, desk, state_act(said, desk.side), clock)


def establish(centre: Centre, desk: Desk, said: Settled, clock: Callable[[], datetime] = now) -> Done:
    """Record what is established, and move the findings on."""
    return _recorded(centre, desk, state("established", said), clock)


def _recorded(centre: Centre, desk: Desk, statement: Statement, clock: Callable[[], datetime]) -> Done:
    (appended,) = centre.record.append([statement], at=clock())
    return Done(appended.index, desk.findings, follow(centre))


def correction(desk: Desk, entry: int, changes: Mapping[str, str], by: str, reason: str) -> Act:
    """Return the act by which the report at *entry* says *changes* (see `read_changes`).

    Raises:
        ActError: there is no such report of an event, or nothing would change.
        InputError: a change cannot be read.
    """
    found = report_at(desk.findings, desk.findings.revisions.holding(entry))
    if not isinstance(found.report, EventReport):
        raise ActError(
            f"entry {entry} is a {found.report.kind}: add it again whole, then name the new entry with --with; nothing "
            "was recorded"
        )
    claims, without = read_changes(changes, found.report, desk.timezone)
    said = {claim.attribute: claim.value for claim in found.report.claims}
    claims = tuple(claim for claim in claims if said.get(claim.attribute) != claim.value)
    without = tuple(attribute for attribute in without if attribute in said)
    if not claims and not without:
        raise ActError(f"entry {found.entry} says so already; nothing was recorded")
    return Act(does="correct", entry=found.entry, claims=claims, without=without, by=by, reason=reason)


def settled(
    centre: Centre,
    desk: Desk,
    subject: str,
    question: str,
    value: str,
    *,
    agreement: str | None,
    start: str | None,
    receipts: bool,
    by: str,
    reason: str,
) -> Settled:
    """Return what the desk records as established of *subject*: an incident (`I-n`), a party, a clause, an agreement.

    Raises:
        ActError: no agreement here has such a subject, question and value, or several have: the text says which.
    """
    findings, report = desk.findings, incidents.entry_of(subject)
    if report is not None:
        subject = incidents.id_of(report_at(findings, report).entry)
        if not any(findings.revisions.holding(report) in one.entries for one in findings.incidents):
            raise ActError(f"{subject}: this report stands in no incident; nothing was recorded")
    found: dict[str, terms.Terms] = {}
    faults: list[str] = []
    text = _as_file(subject, question, value, start)
    for loaded, *_ in taken_up(centre).values():
        if agreement in (None, loaded.agreement.id):
            try:
                (read,) = terms.load_established(text, "what is established", loaded)
                found[loaded.agreement.id] = loaded
            except TermsError as error:
                faults.append(f"{loaded.agreement.id}: {error.problems[0].expected}")
    if not found:
        why = "; ".join(faults) or f"no agreement here is called {agreement}"
        raise ActError(f"{subject} {question}={value} can be settled under no agreement: {why}; nothing was recorded")
    for_all = report is not None and question != "breach"
    if len(found) > 1 and not for_all:
        raise ActError(f"several agreements have {subject}: name one with --agreement {'|'.join(found)}")
    return Settled(
        report=report,
        agreement="" if for_all and agreement is None else next(iter(found)),
        subject="" if report is not None else subject,
        question=question,
        value=read.value,
        start=read.start,
        receipts=receipts,
        by=by,
        reason=reason,
    )


def _as_file(subject: str, question: str, value: str, start: str | None) -> str:
    """Return what is settled as a file of the terms language has it, whose reader checks it."""
    given = {"subject": subject, "question": question, "value": value, **({"from": start} if start else {})}
    return "established:\n  - {" + ", ".join(f"{name}: {json.dumps(said)}" for name, said in given.items()) + "}\n"


def report_at(findings: Findings, entry: int) -> RecordedReport:
    """Return the report at *entry*; raise ActError where there is none."""
    for one in findings.reports:
        if one.entry == entry:
            return one
    raise ActError(f"entry {entry} is no report; `parley show` says what it is; nothing was recorded")


def meant(desk: Desk, what: str) -> int:
    """Return the entry that somebody means by *what*: a number, `last`, a receipt's code, `I-n`, a source's own id.

    A number is that entry; everything else leads to the first version of a report. `last` is the newest report. An id
    that several sources use is said as `SOURCE/ID`.

    Raises:
        ActError: nothing is called so, or several things are: the text names them.
    """
    findings, text = desk.findings, fold(what)
    if text.isdecimal():
        if desk.size is not None and int(text) >= desk.size:
            raise ActError(f"The record has entries 0 to {desk.size - 1}.")
        return int(text)
    if text == LAST:
        if not findings.reports:
            raise ActError("there are no reports yet")
        return findings.revisions.first(max(one.entry for one in findings.reports))
    if (entry := incidents.entry_of(what.strip().upper())) is not None:
        return _of_incident(findings, entry, what)
    holding = by_own_id(findings, what)
    if len(holding) == 1:
        return findings.revisions.first(holding[0])
    if holding:
        said = "; ".join(f"entry {one} of {report_at(findings, one).report.source}" for one in holding)
        raise ActError(f"{what!r} is the id of several reports: {said}. Name the entry, or SOURCE/ID")
    try:
        found = list(desk.by_code(decode_code(what)))
    except RecordError:
        found = []
    if not found:
        raise ActError(
            f"{what!r} is no entry, no code, no I-n and no id of a report here; `parley incidents` lists them"
        )
    return found[0]


def by_own_id(findings: Findings, what: str) -> list[int]:
    """Return the entries of the reports that a source calls *what*, in the version that holds, or held last."""
    text = fold(what)
    named = (one.entry for one in findings.reports if text in _names(one))
    return list(dict.fromkeys(map(findings.revisions.holding, named)))


def _names(one: RecordedReport) -> Sequence[str]:
    reference = one.report.reference if isinstance(one.report, EventReport) else ""
    number = one.report.number if one.report.kind == "bulletin" else ""
    return [name for said in (reference, number) if said for name in (fold(said), fold(f"{one.report.source}/{said}"))]


def _of_incident(findings: Findings, entry: int, what: str) -> int:
    """Return the one report of the incident that *entry* leads to."""
    now_ = findings.revisions.holding(entry)
    found = next((one for one in findings.incidents if now_ in one.entries), None)
    if found is None:
        return findings.revisions.first(report_at(findings, now_).entry)
    if len(found.entries) > 1:
        said = "; ".join(f"entry {one} of {report_at(findings, one).report.source}" for one in found.entries)
        raise ActError(f"{what} holds several reports: {said}. Name one of them by its entry")
    return findings.revisions.first(found.entries[0])
