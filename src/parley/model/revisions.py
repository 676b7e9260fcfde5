"""What a source takes back or says again: a withdrawal, and which reports hold after all of them.

A source with lasting ids (ACLED, UCDP GED, GDELT) corrects a report by sending another with the same id, and takes it
back by listing the id as deleted. Nothing is erased: what was said stays in the record, and supports no incident. What
a later input of any source holds unchanged is neither a correction nor another report: the first goes on holding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from pydantic import AwareDatetime

from parley.model.base import Noun
from parley.model.report import EventReport, Origin, RecordedReport


class Withdrawal(Noun):
    """A source's statement that a report of its own does not hold: its tombstone.

    Args:
        source: who takes it back; only what the same source said is withdrawn.
        reference: the source's id of what it takes back.
        at: when the source took it back, where it says so.
        why: the reason, in the source's words.
    """

    source: str
    channel: str
    reference: str
    at: AwareDatetime | None = None
    why: str = ""
    origin: Origin


class RecordedWithdrawal(Noun):
    """A withdrawal in the record: its entry, when the centre received it, and whose its source is."""

    entry: int
    received_at: AwareDatetime
    side: str
    handle: str
    withdrawal: Withdrawal


@dataclass(frozen=True)
class Revisions:
    """Which reports do not hold any more.

    Args:
        withdrawn: the entry of a report → that of the withdrawal.
        replaced: the entry of a report → that of the newer report with the same id.
        repeated: the entry of a report → that of the earlier one that says the same, which holds instead.
        idle: entries of withdrawals that took nothing back: no such report was there, or it had been said again since.
    """

    withdrawn: Mapping[int, int] = field(default_factory=dict)
    replaced: Mapping[int, int] = field(default_factory=dict)
    repeated: Mapping[int, int] = field(default_factory=dict)
    idle: tuple[int, ...] = ()

    def holds(self, entry: int) -> bool:
        """Whether the report at *entry* still holds."""
        return entry not in self.withdrawn and entry not in self.replaced and entry not in self.repeated

    def why_not(self) -> dict[int, str]:
        """Return for each report that does not hold why, in words."""
        return {
            **{entry: f"its source said the same before: entry {by}" for entry, by in self.repeated.items()},
            **{entry: f"its source replaced it: entry {by}" for entry, by in self.replaced.items()},
            **{entry: f"its source withdrew it: entry {by}" for entry, by in self.withdrawn.items()},
        }

    @cached_property
    def versions(self) -> Mapping[int, tuple[int, ...]]:
        """The entries of all versions of one report by that of the one that holds, where there are several.

        What was said of one version (which reports are of one happening, what an incident is called) holds of the next.
        """
        later = {**self.repeated, **self.replaced}
        found: dict[int, list[int]] = {}
        for entry in later:
            holding = entry
            while holding in later:
                holding = later[holding]
            if self.holds(holding):
                found.setdefault(holding, [holding]).append(entry)
        return {holding: tuple(sorted(entries)) for holding, entries in found.items()}


@dataclass(slots=True)
class _Held:
    """What holds of one id so far: reports of one input, or a withdrawal.

    `again` is the later input that says some of them again, `confirmed` which.
    """

    reports: dict[int, EventReport]
    digest: str
    said: datetime | None
    withdrawal: int | None = None
    again: str = ""
    confirmed: dict[int, EventReport] = field(default_factory=dict)

    def outdates(self, said: datetime | None) -> bool:
        """Whether what was said at *said* is older than this, although it came later."""
        return self.said is not None and said is not None and said < self.said

    def same(self, report: EventReport) -> int | None:
        """Return the entry of the report that *report* only repeats, None where it says something else."""
        said = _says(report)
        return next((entry for entry, one in self.reports.items() if _says(one) == said), None)


_RETOLD = ("review",)
"""Channels whose reports are what a source says in others' words: there the same words twice are two tellings."""


def _says(report: EventReport) -> tuple[object, ...]:
    return report.claims, report.citation, report.flags, report.cardinality, report.first_hand, report.attachments


def revise(stated: Iterable[RecordedReport | RecordedWithdrawal]) -> Revisions:
    """Return what holds after *stated*, in the order of the record.

    Of two statements with the same source and id the later in the record holds; where both say when they were made
    (ACLED's timestamp), the later made. Reports of one input stand side by side: an id used twice is said with it.
    """
    found = _Revising()
    for one in stated:
        if isinstance(one, RecordedWithdrawal):
            found.withdraw(one)
        elif isinstance(one.report, EventReport) and one.report.reference and one.report.reference_lasts:
            found.say(one.entry, one.report)
        elif isinstance(one.report, EventReport) and one.report.channel not in _RETOLD:
            found.say_without_lasting_id(one.entry, one.report)
    working = set(found.withdrawn.values())
    idle = tuple(entry for entry in found.withdrawals if entry not in working)
    return Revisions(found.withdrawn, found.replaced, found.repeated, idle)


@dataclass
class _Revising:
    """What holds of every id so far, and which reports do not hold any more; see `Revisions`."""

    held: dict[tuple[str, str], _Held] = field(default_factory=dict)
    others: dict[tuple[str, ...], list[tuple[int, EventReport]]] = field(default_factory=dict)
    withdrawn: dict[int, int] = field(default_factory=dict)
    replaced: dict[int, int] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    withdrawals: list[int] = field(default_factory=list)

    def withdraw(self, one: RecordedWithdrawal) -> None:
        self.withdrawals.append(one.entry)
        key = one.withdrawal.source, one.withdrawal.reference
        before = self.held.get(key)
        if before and before.outdates(one.withdrawal.at):
            return
        for entry in before.reports if before else ():
            self.withdrawn[entry] = one.entry
        self.held[key] = _Held({}, "", one.withdrawal.at or (before.said if before else None), one.entry)

    def say(self, entry: int, report: EventReport) -> None:
        key = report.source, report.reference
        said = report.published.end if report.published else None
        digest = report.origin.digest
        before = self.held.get(key)
        if before is None:
            self.held[key] = _Held({entry: report}, digest, said)
        elif before.reports and before.digest == digest:
            before.reports[entry] = report
        elif before.outdates(said):
            if before.withdrawal is not None:
                self.withdrawn[entry] = before.withdrawal
            else:
                self.replaced[entry] = next(iter(before.reports))
        elif (same := before.same(report)) is not None:
            self.repeated[entry] = same
            if before.again != digest:
                before.again, before.confirmed = digest, {}
            before.confirmed[same] = before.reports[same]
            before.said = said or before.said
        else:
            kept = before.confirmed if before.again == digest else {}
            self.replaced.update(dict.fromkeys(before.reports.keys() - kept.keys(), entry))
            self.held[key] = _Held({**kept, entry: report}, digest, said)

    def say_without_lasting_id(self, entry: int, report: EventReport) -> None:
        # What is said first stands for the rest, so that few reports are compared in whole.
        key = report.source, report.channel, report.reference, *(claim.said for claim in report.claims[:3])
        before = self.others.setdefault(key, [])
        for first, one in before:
            if one.origin.digest != report.origin.digest and _says(one) == _says(report):
                self.repeated[entry] = first
                return
        before.append((entry, report))
