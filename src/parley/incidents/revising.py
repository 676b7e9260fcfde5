"""Which reports hold: corrections and withdrawals by their sources, and people's acts, in the order of the record.

A source corrects a report by sending another with the same id, and takes it back by its id. What it says again
unchanged is neither a correction nor another report. A correction that would move a report wholly elsewhere waits for a
person, and so does every change of an input whose ids have shifted: ids that are row numbers name other happenings with
each export, and whatever people judged of a report would silently follow the id.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from parley.incidents.acts import Acting
from parley.incidents.holding import Held, Holding, Key, elsewhere, says
from parley.incidents.repeated import RETOLD
from parley.model import (
    Attribute,
    EventReport,
    RecordedAct,
    RecordedReport,
    RecordedWithdrawal,
    Revisions,
    Unknown,
    Waiting,
    fold,
)

MOST_MOVED = 3
"""So many reports moved by one input, being most of those that it corrects, are ids that have shifted."""

_NEEDED: tuple[Attribute, ...] = ("time", "place", "act", "actor")
"""A report that lost one of these in reading waits: without it, it would say something else than its source did."""

Statement = RecordedReport | RecordedWithdrawal | RecordedAct

NOTHING_SHIFTED: Mapping[int, bool] = MappingProxyType({})


class Revised(NamedTuple):
    """Which reports hold, and the reports that follow from corrections, at the entries of the acts."""

    revisions: Revisions
    reports: tuple[RecordedReport, ...]


def revise(
    stated: Iterable[Statement], of_desk: Collection[int] = (), shifted: Mapping[int, bool] = NOTHING_SHIFTED
) -> Revised:
    """Return what holds after *stated*, in the order of the record.

    Of two reports with the same source and id the later in the record holds; where both say when they were made
    (ACLED's timestamp), the later made. Reports of one input stand side by side: an id used twice is said with it.
    *of_desk* are the entries of what the desk established and registered, which its acts may withdraw as well.
    *shifted* says of inputs, of which not all is stated here, whether their ids have shifted.
    """
    ordered = sorted(stated, key=lambda one: one.entry)
    inputs: dict[int, list[RecordedReport]] = {}
    for one in ordered:
        if isinstance(one, RecordedReport) and one.input is not None:
            inputs.setdefault(one.input, []).append(one)
    holding = Holding()
    sources = _Sources(holding, inputs, shifted)
    people = Acting(holding, [one for one in ordered if isinstance(one, RecordedAct)], inputs, of_desk)
    withdrawals = []
    for one in ordered:
        match one:
            case RecordedReport():
                sources.say(one)
            case RecordedWithdrawal():
                withdrawals.append(one.entry)
                sources.withdraw(one)
            case RecordedAct():
                people.do(one)
    working = set(holding.withdrawn.values())
    idle = tuple(entry for entry in withdrawals if entry not in working)
    revisions = replace(
        holding.revisions, idle=idle, idle_acts=people.idle, notes=people.notes, shifted=sources.shifted
    )
    return Revised(revisions, tuple(people.corrected))


class _Sources:
    """Takes what sources say into *holding*; *inputs* are the reports of each input, by its entry; see `revise`."""

    def __init__(
        self, holding: Holding, inputs: Mapping[int, Sequence[RecordedReport]], shifted: Mapping[int, bool]
    ) -> None:
        self._holding = holding
        self._inputs = inputs
        self.shifted = dict(shifted)
        self._others: dict[tuple[str, ...], list[RecordedReport]] = {}  # reports without a lasting id

    def withdraw(self, one: RecordedWithdrawal) -> None:
        """Take a withdrawal in."""
        said = one.withdrawal
        key = fold(said.source), fold(said.reference)
        before = self._holding.by_id.get(key, Held())
        if not before.outdates(said.at):
            self._holding.withdrawn.update(dict.fromkeys(before.reports, one.entry))
            at = said.at or before.said
            self._holding.by_id[key] = Held(said=at, withdrawal=one.entry, before=before.before)

    def say(self, one: RecordedReport) -> None:
        """Take a report in."""
        holding = self._holding
        holding.take(one)
        key = holding.key(one)
        if lost := _lost(one):
            holding.wait(one, Waiting(None, "not-read", lost))
        elif key is not None:
            holding.said_readably(key, one)
            self._say(key, one)
        elif isinstance(one.report, EventReport) and one.report.channel not in RETOLD:
            self._say_without_lasting_id(one.report, one)

    def _say(self, key: Key, one: RecordedReport) -> None:
        holding = self._holding
        said = _said_at(one)
        before = holding.by_id.get(key)
        if self._is_shifted(one.input) and (before is None or before.same(one) is None):
            holding.wait(one, Waiting(min(before.reports, default=None) if before else None, "ids-shifted"))
        elif before is None:
            holding.by_id[key] = Held({one.entry: one}, one.input, said)
        elif before.reports and one.input is not None and before.input == one.input:
            before.reports[one.entry] = one
        elif before.outdates(said):
            if before.withdrawal is not None:
                holding.withdrawn[one.entry] = before.withdrawal
            else:
                holding.replaced[one.entry] = next(iter(before.reports))
        elif (same := before.same(one)) is not None:
            self._say_again(before, same, one)
        elif before.before and not before.reports and before.withdrawal is None:
            holding.wait(one, Waiting(min(before.before), "withdrawn"))
        else:
            self._correct(key, before, one)

    def _say_again(self, before: Held, same: int, one: RecordedReport) -> None:
        self._holding.repeated[one.entry] = same
        if before.again != one.input:
            before.again, before.confirmed = one.input, {}
        if same in before.reports:
            before.confirmed[same] = before.reports[same]
        before.said = _said_at(one) or before.said

    def _correct(self, key: Key, before: Held, one: RecordedReport) -> None:
        """Let *one* take the place of what it corrects; if that is wholly elsewhere, let it wait."""
        confirmed = before.confirmed if one.input is not None and before.again == one.input else {}
        rest = {entry: other for entry, other in before.reports.items() if entry not in confirmed}
        near = [entry for entry, other in rest.items() if not elsewhere(other, one)]
        if rest and not near:
            self._holding.wait(one, Waiting(min(rest), "moved"))
            return
        self._holding.replaced.update(dict.fromkeys(near, one.entry))
        beside = {entry: other for entry, other in before.reports.items() if entry not in near}
        self._holding.by_id[key] = Held({**beside, one.entry: one}, one.input, _said_at(one), before=before.before)

    def _is_shifted(self, input_: int | None) -> bool:
        """Whether an input, as it comes, has old reports under other ids, or moves most of those that it corrects."""
        if input_ is None:
            return False
        if input_ not in self.shifted:
            self.shifted[input_] = self._has_shifted(self._inputs[input_])
        return self.shifted[input_]

    def _has_shifted(self, rows: Sequence[RecordedReport]) -> bool:
        keyed = [(key, one, self._holding.by_id.get(key)) for one in rows if (key := self._holding.key(one))]
        changed = [(key, one, held) for key, one, held in keyed if held and held.reports and not held.means(one)]
        if not changed:
            return False
        moved = sum(all(elsewhere(other, one) for other in held.reports.values()) for _, one, held in changed)
        if moved >= MOST_MOVED and 2 * moved > len(changed):
            return True
        # Of the ids whose report says something else now: does another id of the same source say what they said?
        was = {(key[0], says(other)): key for key, _, held in changed for other in held.reports.values()}
        return any(
            was.get((key[0], says(one)), key) != key and (held is None or held.same(one) is None)
            for key, one, held in keyed
        )

    def _say_without_lasting_id(self, report: EventReport, one: RecordedReport) -> None:
        # What is said first stands for the rest, so that few reports are compared in whole.
        key = fold(report.source), report.channel, fold(report.reference), *(claim.said for claim in report.claims[:3])
        before = self._others.setdefault(key, [])
        for first in before:
            if first.input != one.input and says(first) == says(one):
                self._holding.repeated[one.entry] = first.entry
                return
        before.append(one)


def _said_at(one: RecordedReport) -> datetime | None:
    """Return when the source said a report, where it says so."""
    return one.report.published.end if one.report.published else None


def _lost(one: RecordedReport) -> tuple[Attribute, ...]:
    """Return which attributes a report lost in reading, of those that it cannot go without."""
    claims = one.report.claims if isinstance(one.report, EventReport) else ()
    lost = {claim.attribute for claim in claims if isinstance(claim.value, Unknown) and claim.value.lost}
    return tuple(attribute for attribute in _NEEDED if attribute in lost)
