"""What became known since a moment, and what waits: for whoever comes on shift.

What is new is told by the entries of the record, a line each: reports, corrections, withdrawals, acts, judgements,
reviews, texts and rules that were taken up, publications. What is open, stale or unread is that of now.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from parley import incidents
from parley.centre.folder import Centre
from parley.centre.statements import Publication
from parley.cli_typed import command
from parley.job import derive, stale
from parley.model import Article, Bulletin, Disc, EventReport, Findings, Incident, RecordedReport, Unknown, Value
from parley.model.revisions import WHY_IT_WAITS
from parley.publish import waiting, words
from parley.record import Entry


class Line(NamedTuple):
    """One thing that is new or waits: its entry, when the centre received it, what it is, whose, where, in words.

    Args:
        kind: a word or two: *report*, *correction*, *withdrawal*, *held* …
        incident: the id of the incident that it is about, "" of none.
        input: the entry of the input that brought it; None of what came otherwise.
    """

    entry: int | None
    received: datetime | None
    kind: str
    who: str
    incident: str
    text: str
    input: int | None = None


@dataclass(frozen=True)
class News:
    """What is *new*, in the order of the record, and what is open, stale or unread as of *size* entries.

    `first` is the entry from which on something may be new: all before it was there already.
    """

    first: int
    size: int
    new: tuple[Line, ...]
    open: tuple[Line, ...]
    stale: tuple[Line, ...]
    unread: tuple[Line, ...]
    findings: Findings = field(repr=False)


def news(centre: Centre, wanted: Callable[[Entry], bool]) -> News:
    """Return what the entries that are *wanted* brought, and what waits now."""
    findings = derive(centre.stated(), centre.timezone)
    entries = list(centre.record.entries())
    chosen = [one for one in entries if wanted(one)]
    tell = _Teller(findings, centre.timezone)
    unread = [Line(one.entry, None, "not read", one.kind, "", one.why) for one in findings.unread]
    return News(
        first=chosen[0].index if chosen else len(entries),
        size=len(entries),
        new=tuple(_new(chosen, tell)),
        open=tuple(_open(centre, tell)),
        stale=tuple(_stale(centre, findings)),
        unread=tuple(unread),
        findings=findings,
    )


def _stale(centre: Centre, findings: Findings) -> Iterator[Line]:
    for one in stale(centre, findings):
        again = command("report", centre.folder, "--date", one.day)
        yield Line(None, None, "out of date", "", "", f"{one.day}, edition {one.edition}: {again}")


def _new(chosen: Iterable[Entry], tell: "_Teller") -> Iterator[Line]:
    editions: set[str] = set()
    for one in chosen:
        line = tell.line(one)
        if line is None or (one.kind == "publication" and line.text in editions):
            continue  # a day is published in two files
        if one.kind == "publication":
            editions.add(line.text)
        yield line


class _Teller:
    """Tells in a line what an entry says, with what is known of it now."""

    def __init__(self, findings: Findings, timezone: ZoneInfo) -> None:
        self.findings = findings
        self._timezone = timezone
        self._reports = {one.entry: one for one in findings.reports}
        self._stands_in = {entry: one for one in findings.incidents for entry in one.entries}
        self._corrects = {by: of for of, by in findings.revisions.replaced.items()}
        self._takes = {by: of for of, by in findings.revisions.withdrawn.items()}
        self._inputs = {one.entry: one for one in findings.inputs}
        self._acts = {one.entry: one.act for one in findings.acts}
        self._judgements = {one.entry: one.judgement for one in findings.judgements}
        self._withdrawals = {one.entry: one.withdrawal for one in findings.withdrawals}

    def line(self, one: Entry) -> Line | None:
        """Return what *one* says; None where it says nothing by itself."""
        if one.refused or one.kind in _SILENT:
            return None
        tell = _TELLS.get(one.kind)
        if one.body is None:
            return Line(one.index, one.received, words.STATEMENTS.get(one.kind, one.kind), one.side, "", "shredded")
        return tell(self, one, one.body) if tell is not None else self._other(one)

    def incident(self, entry: int | None) -> str:
        """Return the id of the incident in which the report at *entry* stands, "" where it stands in none."""
        if entry is None:
            return ""
        found = self._incident(entry)
        return found.id if found else ""

    def _incident(self, entry: int) -> Incident | None:
        return self._stands_in.get(self.findings.revisions.holding(entry))

    def report(self, entry: int) -> RecordedReport | None:
        """Return the report at *entry*, if there is one."""
        return self._reports.get(entry)

    def says(self, one: RecordedReport) -> str:
        """Return in a few words what a report is about."""
        match one.report:
            case EventReport() as report:
                said = {claim.attribute: claim.value for claim in report.claims}
                known = ((name, said[name]) for name in _BRIEF if name in said and not isinstance(said[name], Unknown))
                shown = [f"{_BEFORE.get(name, '')}{self._brief(name, value)}" for name, value in known]
                return " ".join(filter(None, (report.reference, ", ".join(shown))))
            case Bulletin() as report:
                total = "" if report.stated_total is None else f", total {report.stated_total}"
                period = words.value("time", report.period, self._timezone).striptags()
                return f"bulletin {report.number} of {period}{total}".replace("  ", " ")
            case Article() as report:
                return (
                    f"article “{report.headline}”, {_counted(len(report.proposals), 'statement')} proposed for review"
                )

    def _brief(self, name: str, value: Value) -> str:
        if isinstance(value, Disc) and value.name:
            return value.name
        return words.value(name, value, self._timezone).striptags()

    def _report(self, one: Entry, body: Mapping[str, Any]) -> Line | None:
        report = self._reports.get(one.index)
        if report is None:
            return None
        revisions, entry = self.findings.revisions, one.index
        kind, more = "report", ""
        if entry in revisions.waiting:
            kind, more = "held", f"; {WHY_IT_WAITS[revisions.waiting[entry].why]}"
        elif entry in revisions.repeated:
            kind, more = "said again", f"; as entry {revisions.repeated[entry]}"
        elif entry in self._corrects:
            kind, more = "correction", f"; in place of entry {self._corrects[entry]}"
        if entry in revisions.withdrawn:
            more += f"; withdrawn by entry {revisions.withdrawn[entry]}"
        if entry in revisions.replaced:
            more += f"; corrected by entry {revisions.replaced[entry]}"
        text = self.says(report) + more
        return Line(entry, one.received, kind, report.report.source, self.incident(entry), text, report.input)

    def _withdrawal(self, one: Entry, body: Mapping[str, Any]) -> Line | None:
        said = self._withdrawals.get(one.index)
        if said is None:
            return None
        taken = self._takes.get(one.index)
        what = "takes nothing back" if taken is None else f"takes back entry {taken}"
        text = f"{said.reference}: {what}" + (f": {said.why}" if said.why else "")
        return Line(one.index, one.received, "withdrawal", said.source, self.incident(taken), text, body.get("input"))

    def _act(self, one: Entry, body: Mapping[str, Any]) -> Line | None:
        said = self._acts.get(one.index)
        if said is None:
            return None
        changed = [words.attribute(name) for name in (*(claim.attribute for claim in said.claims), *said.without)]
        idle = self.findings.revisions.idle_acts.get(one.index)
        text = f"entry {said.entry}" + (f", {', '.join(changed)}" if changed else "") + f": {said.reason}"
        text += f"; it does nothing: {idle}" if idle else ""
        incident = self.incident(one.index) or self.incident(said.entry)
        return Line(one.index, one.received, _ACTS[said.does], _by(said.by, said.role), incident, text)

    def _judgement(self, one: Entry, body: Mapping[str, Any]) -> Line | None:
        said = self._judgements.get(one.index)
        if said is None:
            return None
        named = [entry for group in said.groups for entry in group]
        what = (
            words.judged(said.kind, said.groups, said.whole).striptags()
            if named
            else f"withdraws {words.entries(said.supersedes).striptags()}"
        )
        incident = self.incident(named[0]) if named else ""
        return Line(one.index, one.received, "judgement", _by(said.by, said.role), incident, f"{what}: {said.reason}")

    def _review(self, one: Entry, body: Mapping[str, Any]) -> Line:
        said = body["review"]
        stands_at = said["article"] if said.get("model_answer") is None else said["model_answer"]
        text = f"{stands_at}:{said['number']} {said['decision']}: {said['reason']}"
        by = _by(said["by"], said.get("role", ""))
        return Line(one.index, one.received, "review", by, self.incident(one.index), text)

    def _answer(self, one: Entry, body: Mapping[str, Any]) -> Line:
        number = _counted(len(body.get("proposals", ())), "statement")
        text = f"{number} proposed of the article at entry {body['article']}"
        return Line(one.index, one.received, "model's answer", body["model"], "", text)

    def _settled(self, one: Entry, body: Mapping[str, Any]) -> Line:
        of = body["subject"] if body["report"] is None else incidents.id_of(body["report"])
        receipts = "; once every party has confirmed it" if body["receipts"] else ""
        text = f"{of} {body['question']} = {body['value']}: {body['reason']}{receipts}"
        return Line(one.index, one.received, "settled", body["by"], self.incident(body["report"]), text)

    def _input(self, one: Entry, body: Mapping[str, Any]) -> Line | None:
        card = self._inputs.get(one.index)
        if card is None:
            return None
        parts = [_counted(card.reports, "report")]
        parts += [_counted(card.withdrawals, "withdrawal")] if card.withdrawals else []
        parts += [_counted(card.problem_count, "problem")] if card.problem_count else []
        parts += [] if card.whole else ["reading was cut short"]
        text = f"{card.name} ({card.channel}): {', '.join(parts)}"
        return Line(one.index, one.received, "input", body.get("source") or one.side, "", text)

    def _publication(self, one: Entry, body: Mapping[str, Any]) -> Line:
        made = Publication.model_validate(body)
        text = f"{made.day}, edition {made.edition}, as of {made.as_of} entries"
        return Line(one.index, one.received, "publication", one.side, "", text)

    def _terms(self, one: Entry, body: Mapping[str, Any]) -> Line:
        return Line(one.index, one.received, "agreement", one.side, "", f"{body['name']} was taken up")

    def _other(self, one: Entry) -> Line:
        return Line(one.index, one.received, one.kind, one.side, "", words.STATEMENTS.get(one.kind, one.kind))


_SILENT = ("input-part",)
_BRIEF = ("act", "place", "time", "actor", "deaths", "deaths-civilian", "injured")
_BEFORE = {"actor": "by ", "deaths": "deaths ", "deaths-civilian": "civilian deaths ", "injured": "injured "}
_ACTS = {
    "correct": "correction",
    "withdraw": "withdrawal",
    "note": "note",
    "accept": "accepted",
    "apart": "kept apart",
}
_TELLS: Mapping[str, Callable[[_Teller, Entry, Mapping[str, Any]], Line | None]] = {
    "report": _Teller._report,
    "withdrawal": _Teller._withdrawal,
    "act": _Teller._act,
    "judgement": _Teller._judgement,
    "review": _Teller._review,
    "model-proposal": _Teller._answer,
    "established": _Teller._settled,
    "input": _Teller._input,
    "publication": _Teller._publication,
    "terms-version": _Teller._terms,
}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _by(who: str, role: str) -> str:
    return f"{who} ({role})" if role else who


def _open(centre: Centre, tell: _Teller) -> Iterator[Line]:
    """Yield what waits for people: held reports, doubles, statements of articles, endorsements, inputs cut short."""
    findings = tell.findings
    for entry, why in findings.revisions.waiting.items():
        if (one := tell.report(entry)) is not None:
            text = f"{tell.says(one)}; {WHY_IT_WAITS[why.why]}: {command('correct', centre.folder, entry)} …"
            yield Line(entry, one.received_at, "held", one.report.source, "", text, one.input)
    for same in findings.doubles:
        first = same.entries[0]
        yield Line(
            first,
            None,
            "doubles",
            same.source,
            tell.incident(first),
            waiting.doubles(same, same.source, shlex.quote(str(centre.folder))),
        )
    for crowd in findings.crowds:
        yield Line(
            crowd.entry, None, "crowd", "", "", waiting.crowd(crowd, crowd.place, shlex.quote(str(centre.folder)))
        )
    statements: dict[int, list[str]] = {}
    for proposed in findings.reviews.proposals:
        if proposed.waits:
            statements.setdefault(proposed.article, []).append(proposed.id)
    for article, ids in statements.items():
        source = one.report.source if (one := tell.report(article)) is not None else ""
        text = f"{_counted(len(ids), 'statement')} to be decided on ({_few(ids)}): {command('review', centre.folder)}"
        yield Line(article, None, "review", source, "", text)
    for entry, waits in centre.record.log.authority().waiting.items():
        yield Line(entry, None, "endorsement", "", "", str(waits))
    for card in findings.inputs:
        if not card.whole:
            text = f"{card.name}: reading was cut short: give the same `parley add` again"
            yield Line(card.entry, None, "input", "", "", text)


def _few(ids: list[str]) -> str:
    return ", ".join(ids[:MOST_IDS]) + (f" and {len(ids) - MOST_IDS} more" if len(ids) > MOST_IDS else "")


MOST_IDS = 5
"""Statements of an article that are named by their ids; of the others, how many."""
