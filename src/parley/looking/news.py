"""What became known since a moment, and what waits: for whoever comes on shift.

What is new is told by the entries of the record, a line each: reports, corrections, withdrawals, acts, judgements,
reviews, texts and rules that were taken up, publications. What is open, stale or unread is that of now.
"""

import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from parley import incidents
from parley.centre.folder import Centre
from parley.commands import command
from parley.current import out_of_date, what_waits
from parley.model import (
    Act,
    Arrived,
    Article,
    Bulletin,
    Disc,
    EventReport,
    Findings,
    Incident,
    InputPart,
    Judgement,
    ModelAnswer,
    Publication,
    RecordedAct,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    Settled,
    Stated,
    TermsVersion,
    Unknown,
    Unread,
    Value,
    Withdrawal,
)
from parley.plurals import counted
from parley.publish import waiting, words
from parley.record import Entry
from parley.record.outside.alarms import is_mirror


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
    size = centre.record.size
    chosen = [one for one in centre.record.entries() if wanted(one)]
    findings = what_waits(centre, [one.index for one in chosen])
    stated = centre.stated_at([one.index for one in chosen])
    absent = "its contents are not in this mirror" if is_mirror(centre.folder) else "shredded"
    tell = _Teller(findings, stated, centre.timezone, absent)
    unread = [Line(one.entry, None, "not read", one.kind, "", one.why) for one in findings.unread]
    return News(
        first=chosen[0].index if chosen else size,
        size=size,
        new=tuple(_new(chosen, tell)),
        open=tuple(_open(centre, tell)),
        stale=tuple(_stale(centre)),
        unread=tuple(unread),
        findings=findings,
    )


def _stale(centre: Centre) -> Iterator[Line]:
    for day, edition in out_of_date(centre):
        again = command("report", centre.folder, "--date", day)
        yield Line(None, None, "out of date", "", "", f"{day}, edition {edition}: {again}")


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

    def __init__(self, findings: Findings, stated: Iterable[Stated], timezone: ZoneInfo, absent: str) -> None:
        """*absent* says of a statement without its contents why they are not here."""
        self._absent = absent
        self.findings = findings
        self._says = {one.entry: one.says for one in stated}
        self._timezone = timezone
        self._reports = {one.entry: one for one in findings.reports}
        self._stands_in = {entry: one for one in findings.incidents for entry in one.entries}
        self._inputs = {one.entry: one for one in findings.inputs}

    def line(self, one: Entry) -> Line | None:
        """Return what *one* says; None where it says nothing by itself, or cannot be read."""
        if one.refused or one.body is None:
            return None if one.refused else self._line(one, words.STATEMENTS.get(one.kind, one.kind), self._absent)
        match self._says.get(one.index):
            case RecordedReport() as report:
                return self._report(one, report)
            case RecordedWithdrawal(withdrawal=said):
                return self._withdrawal(one, said)
            case RecordedAct(act=act):
                return self._act(one, act)
            case Judgement() as judgement:
                return self._judgement(one, judgement)
            case RecordedReview(review=review):
                text = f"{review.stands_at}:{review.number} {review.decision}: {review.reason}"
                return self._line(one, "review", text, _by(review.by, review.role), self.incident(one.index))
            case ModelAnswer() as answer:
                number = counted(len(answer.proposals), "statement")
                text = f"{number} proposed of the article at entry {answer.article}"
                return self._line(one, "model's answer", text, answer.model)
            case Settled() as settled:
                return self._settled(one, settled)
            case Arrived():
                return self._input(one)
            case Publication() as made:
                text = f"{made.day}, edition {made.edition}, as of {made.as_of} entries"
                return self._line(one, "publication", text)
            case TermsVersion() as version:
                start = (
                    "" if version.start is None else f" from {version.start.astimezone(self._timezone):%Y-%m-%d %H:%M}"
                )
                return self._line(one, "agreement", f"{version.name} was taken up{start}", version.by)
            case InputPart() | Unread():
                return None
            case _:
                return self._line(one, one.kind, words.STATEMENTS.get(one.kind, one.kind))

    def _line(
        self, one: Entry, kind: str, text: str, who: str = "", incident: str = "", input_: int | None = None
    ) -> Line:
        return Line(one.index, one.received, kind, who or one.side, incident, text, input_)

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
                return f"article “{report.headline}”, {counted(len(report.proposals), 'statement')} proposed for review"

    def _brief(self, name: str, value: Value) -> str:
        if isinstance(value, Disc) and value.name:
            return value.name
        return words.value(name, value, self._timezone).striptags()

    def _report(self, one: Entry, said: RecordedReport) -> Line:
        report = self._reports.get(one.index, said)
        revisions, entry = self.findings.revisions, one.index
        kind, more = "report", ""
        if entry in revisions.waiting:
            kind, more = "held", f"; {revisions.waiting[entry].why.text}"
        elif entry in revisions.repeated:
            kind, more = "said again", f"; as entry {revisions.repeated[entry]}"
        elif entry in revisions.corrects:
            kind, more = "correction", f"; in place of entry {revisions.corrects[entry]}"
        if entry in revisions.withdrawn:
            more += f"; withdrawn by entry {revisions.withdrawn[entry]}"
        if entry in revisions.replaced:
            more += f"; corrected by entry {revisions.replaced[entry]}"
        text = self.says(report) + more
        return self._line(one, kind, text, report.report.source, self.incident(entry), report.input)

    def _withdrawal(self, one: Entry, said: Withdrawal) -> Line:
        taken = self.findings.revisions.withdraws.get(one.index)
        what = "takes nothing back" if taken is None else f"takes back entry {taken}"
        text = f"{said.reference}: {what}" + (f": {said.reason}" if said.reason else "")
        return self._line(one, "withdrawal", text, said.source, self.incident(taken))

    def _act(self, one: Entry, said: Act) -> Line:
        changed = [words.attribute(name) for name in (*(claim.attribute for claim in said.claims), *said.without)]
        idle = self.findings.revisions.idle_acts.get(one.index)
        text = f"entry {said.entry}" + (f", {', '.join(changed)}" if changed else "") + f": {said.reason}"
        text += f"; it does nothing: {idle.text}" if idle else ""
        incident = self.incident(one.index) or self.incident(said.entry)
        return self._line(one, _ACTS[said.does], text, _by(said.by, said.role), incident)

    def _judgement(self, one: Entry, said: Judgement) -> Line:
        named = [entry for group in said.groups for entry in group]
        text = f"{words.judgement(said).striptags()}: {said.reason}"
        return self._line(one, "judgement", text, _by(said.by, said.role), self.incident(named[0]) if named else "")

    def _settled(self, one: Entry, said: Settled) -> Line:
        of = said.subject if said.report is None else incidents.id_of(said.report)
        receipts = "; once every party has confirmed it" if said.receipts else ""
        text = f"{of} {said.question} = {said.value}: {said.reason}{receipts}"
        return self._line(one, "settled", text, said.by, self.incident(said.report))

    def _input(self, one: Entry) -> Line | None:
        card = self._inputs.get(one.index)
        if card is None:
            return None
        parts = [counted(card.reports, "report")]
        parts += [counted(card.withdrawals, "withdrawal")] if card.withdrawals else []
        parts += [counted(card.problem_count, "problem")] if card.problem_count else []
        parts += [] if card.whole else ["reading was cut short"]
        return self._line(one, "input", f"{card.name} ({card.channel}): {', '.join(parts)}")


_BRIEF = ("act", "place", "time", "actor", "deaths", "deaths-civilian", "injured")
_BEFORE = {"actor": "by ", "deaths": "deaths ", "deaths-civilian": "civilian deaths ", "injured": "injured "}
_ACTS = {
    "correct": "correction",
    "withdraw": "withdrawal",
    "note": "note",
    "accept": "accepted",
    "apart": "kept apart",
}


def _by(who: str, role: str) -> str:
    return f"{who} ({role})" if role else who


def _open(centre: Centre, tell: _Teller) -> Iterator[Line]:
    """Yield what waits for people: held, double or doubtful reports, articles, endorsements, inputs cut short."""
    findings = tell.findings
    for entry, held in findings.revisions.waiting.items():
        if (one := tell.report(entry)) is not None:
            text = f"{tell.says(one)}; {held.why.text}: {command('correct', centre.folder, entry)} …"
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
    for doubt in findings.doubts:
        text = waiting.doubt(doubt, doubt.source, shlex.quote(str(centre.folder)))
        yield Line(doubt.entry, None, "doubt", doubt.source, doubt.incident, text)
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
        text = f"{counted(len(ids), 'statement')} to be decided on ({_few(ids)}): {command('review', centre.folder)}"
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
