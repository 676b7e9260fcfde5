"""What the record knows of one thing: a statement with all that came of it, or an incident with how it came to be.

A report is shown in the version that was asked for, with the later ones beside it; an incident's id leads from any of
its reports, and from any version of them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from parley import incidents
from parley.centre.folder import Centre
from parley.commands import command
from parley.current import MOST_DIGITS, about, named
from parley.decisions.acting import LAST, Desk, by_own_id, meant
from parley.model import (
    CENTRE,
    ActError,
    Assessment,
    Cause,
    Findings,
    Incident,
    InputCard,
    Problem,
    RecordedReport,
    fold,
    in_short,
)
from parley.record import Entry, RecordError
from parley.record.formats.code import LENGTH, decode_code, encode_code
from parley.record.outside.alarms import is_mirror
from parley.record.statements.statement import digest

_FOLLOWED = (
    "input",
    "input-part",
    "report",
    "withdrawal",
    "act",
    "established",
    "judgement",
    "review",
    "model-proposal",
)
"""Kinds of statements from which findings follow that belong beside them; the others say all that is known of them."""

Did = Literal[
    "received", "said anew", "corrected", "accepted", "kept apart", "withdrawn", "noted", "said again", "judged",
    "undone",
]  # fmt: skip


class Event(NamedTuple):
    """Something that befell a report: the entry that says it, the report's, when it was received, who and why.

    `did`: it was *received*; *said again* or *said anew* by its source; *corrected* by a person; *accepted* as
    a correction, or *kept apart* as a report of its own; *withdrawn*; *noted*; *judged* to be of one happening with
    others, or of another. Where something of this was *undone*, `reason` says why. `idle` is why an act did
    nothing, None where it did something. `changed` are the attributes that a person's correction changes.
    """

    entry: int
    report: int
    received: str
    did: Did
    by: str
    role: str
    reason: str
    idle: Cause | None = None
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeenEntry:
    """A statement, its code, and what belongs beside it.

    Args:
        findings: None where none follow from the statement.
        report: the report that stands at the entry.
        concerns: the report that a statement about another one is about.
        incident: that of the report, or of what concerns it.
        history: what befell all versions of the report, in the order of the record.
        arrived: the input that brought it, or that it is; `problems` are those of its lines.
        asked: why this is shown where something else was asked for; "" where it was not.
        mirrored: whether it is read in a mirror, which has few contents.
    """

    entry: Entry
    code: str
    findings: Findings | None = None
    report: RecordedReport | None = None
    concerns: int | None = None
    incident: Incident | None = None
    history: tuple[Event, ...] = ()
    arrived: InputCard | None = None
    problems: tuple[Problem, ...] = ()
    asked: str = ""
    mirrored: bool = False


@dataclass(frozen=True)
class SeenIncident:
    """An incident, the id under which it was asked for, its reports and answers, and what befell its reports."""

    asked: str
    incident: Incident
    findings: Findings
    reports: tuple[RecordedReport, ...]
    assessments: tuple[Assessment, ...]
    history: tuple[Event, ...]


def look(centre: Centre, what: str) -> SeenEntry | SeenIncident:
    """Return what *what* names: an entry, a code, an incident, a source's own id, or `last`, the newest report.

    Raises:
        ActError, RecordError: nothing is called so; the text says what there is.
    """
    plain = _entry_of(centre, what)
    if plain is not None and (entry := centre.record.entry(plain)).kind not in _FOLLOWED:
        return SeenEntry(entry, _code(centre, plain), mirrored=is_mirror(centre.folder))
    findings = about(centre, {plain} if plain is not None else named(centre, what))
    if plain is not None:
        return _seen(centre, findings, plain)
    if (of := incidents.entry_of(what)) is not None:
        return _of_incident(centre, findings, incidents.id_of(of), of)
    if fold(what) == LAST and findings.reports:
        return _seen(centre, findings, max(one.entry for one in findings.reports))
    desk = Desk(findings, centre.timezone, CENTRE, centre.record.size, centre.record.log.store.by_digest)
    try:
        meant_entry = meant(desk, what)
    except ActError:
        if not by_own_id(findings, what) and "-" in what:
            _say_misread(what)
        raise
    own = by_own_id(findings, what)
    return _seen(centre, findings, own[0] if own else meant_entry)


def _entry_of(centre: Centre, what: str) -> int | None:
    """Return the entry that a number or a code names; None where *what* is something else."""
    text = fold(what)
    if text.isdecimal():
        return int(text) if len(text) < MOST_DIGITS else centre.record.size
    try:
        found = centre.record.log.store.by_digest(decode_code(what))
    except RecordError:
        return None
    return found[0] if found else None


def _say_misread(what: str) -> None:
    """Raise RecordError where *what* is a code of which a sign was misread, or that no statement has."""
    try:
        decode_code(what)
    except RecordError as error:
        if len(what.replace("-", "").replace(" ", "")) == LENGTH:
            raise RecordError(f"{what}: {error}") from None


def _code(centre: Centre, entry: int) -> str:
    return encode_code(digest(centre.record.envelope(entry)))


def _of_incident(centre: Centre, findings: Findings, asked: str, named: int) -> SeenEntry | SeenIncident:
    """Return the incident in which the report at *named* stands; where it stands in none, the report, and why."""
    holding = findings.revisions.holding(named)
    found = next((one for one in findings.incidents if holding in one.entries), None)
    if found is not None:
        versions = [version for entry in found.entries for version in findings.revisions.versions_of(entry)]
        return SeenIncident(
            asked=asked,
            incident=found,
            findings=findings,
            reports=tuple(one for one in findings.reports if one.entry in found.entries),
            assessments=tuple(one for one in findings.assessments if one.incident == found.id),
            history=_history(centre, findings, versions),
        )
    seen = _seen(centre, findings, named)
    if seen.report is None:
        kind = seen.entry.kind
        raise ActError(
            f"{asked} is no incident: entry {named} is no report ({kind}). "
            f"`{command('show', centre.folder, named)}` shows it"
        )
    why = findings.unplaced.get(holding) or findings.unplaced.get(named, (Cause(code="no-event"),))
    return replace(seen, asked=f"{asked} is no incident now; its report is shown: {in_short(why)}")


def _seen(centre: Centre, findings: Findings, number: int) -> SeenEntry:
    entry = centre.record.entry(number)
    report = next((one for one in findings.reports if one.entry == number), None)
    concerns = number if report is not None else _concerned(findings, entry)
    holding = None if concerns is None else findings.revisions.holding(concerns)
    cards = {one.entry: one for one in findings.inputs}
    brought = report.input if report is not None else (entry.body or {}).get("input")
    arrived = cards.get(number) or (cards.get(brought) if isinstance(brought, int) else None)
    return SeenEntry(
        entry=entry,
        code=_code(centre, number),
        findings=findings,
        report=report,
        concerns=None if report is not None else concerns,
        incident=next((one for one in findings.incidents if holding in one.entries), None),
        history=_history(centre, findings, findings.revisions.versions_of(concerns)) if concerns is not None else (),
        arrived=arrived,
        problems=_problems(arrived, report),
        mirrored=is_mirror(centre.folder),
    )


def _concerned(findings: Findings, entry: Entry) -> int | None:
    """Return the report that an act, a judgement, a withdrawal or what is settled is about."""
    body = entry.body or {}
    reports = {one.entry for one in findings.reports}
    if entry.kind == "withdrawal":
        taken = (of for of, by in findings.revisions.withdrawn.items() if by == entry.index)
        return next(taken, None)
    if entry.kind == "judgement":
        told = next((one.judgement for one in findings.judgements if one.entry == entry.index), None)
        named = [one for group in told.groups for one in group] if told else []
    elif entry.kind == "act":
        named = [one.act.entry for one in findings.acts if one.entry == entry.index]
    elif entry.kind == "established":
        named = [body.get("report", -1)]
    else:
        named = [body.get("article", -1)]
    return next((one for one in named if one in reports), None)


def _problems(arrived: InputCard | None, report: RecordedReport | None) -> tuple[Problem, ...]:
    """Return the problems of an input; of one report those on its lines, and those that have no line."""
    if arrived is None or report is None:
        return arrived.problems if arrived is not None else ()
    origin = report.report.origin
    return tuple(one for one in arrived.problems if one.line is None or origin.first <= one.line <= origin.last)


def _history(centre: Centre, findings: Findings, versions: Collection[int]) -> tuple[Event, ...]:
    """Return what befell the reports at *versions*, in the order of the record."""
    found = [*_said(findings, versions), *_done(findings, versions), *_judged(centre, findings, versions)]
    return tuple(sorted(found, key=lambda one: (one.entry, one.report)))


def _said(findings: Findings, versions: Collection[int]) -> Iterator[Event]:
    """What sources said: reports, the same again, otherwise, and that they take one back."""
    revisions = findings.revisions
    acts = {one.entry for one in findings.acts}
    for one in findings.reports:
        if one.entry in versions and one.entry not in acts:
            did: Did = "received"
            if one.entry in revisions.repeated:
                did = "said again"
            elif one.entry in revisions.corrects:
                did = "said anew"
            yield Event(one.entry, one.entry, one.received_at.isoformat(), did, one.report.source, "", "")
    by = {one.entry: one for one in findings.withdrawals}
    for report, entry in revisions.withdrawn.items():
        if report in versions and entry in by:
            said = by[entry]
            taken = said.withdrawal
            yield Event(entry, report, said.received_at.isoformat(), "withdrawn", taken.source, "", taken.reason)


_DID: Mapping[str, Did] = {
    "correct": "corrected",
    "withdraw": "withdrawn",
    "note": "noted",
    "accept": "accepted",
    "apart": "kept apart",
}


def _done(findings: Findings, versions: Collection[int]) -> Iterator[Event]:
    """What people did: acts upon these reports, upon the inputs that brought them, and upon such acts."""
    of_input = {one.input: one.entry for one in findings.reports if one.entry in versions and one.input is not None}
    about: dict[int, int] = {}
    for one in findings.acts:
        said = one.act
        undone = said.does == "withdraw" and said.entry in about
        report = about[said.entry] if undone else said.entry if said.entry in versions else of_input.get(said.entry)
        if report is None:
            continue
        about[one.entry] = report
        did = "undone" if undone else _DID[said.does]
        idle = findings.revisions.idle_acts.get(one.entry)
        changed = (*(claim.attribute for claim in said.claims), *said.without)
        yield Event(one.entry, report, one.received_at.isoformat(), did, said.by, said.role, said.reason, idle, changed)


def _judged(centre: Centre, findings: Findings, versions: Collection[int]) -> Iterator[Event]:
    for one in findings.judgements:
        said = one.judgement
        named = [entry for group in said.groups for entry in group]
        about = next((entry for entry in (*named, said.whole) if entry in versions), None)
        if about is not None:
            superseded = findings.superseded.get(one.entry)
            idle = None if superseded is None else Cause(code="superseded", params={"by": superseded})
            received = centre.record.entry(one.entry).received.isoformat()
            yield Event(one.entry, about, received, "judged", said.by, said.role, said.reason, idle)
