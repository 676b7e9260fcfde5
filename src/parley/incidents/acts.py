"""People's acts upon reports → what holds after them. An act of a party moves what its own side said, nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from parley.incidents.holding import Holding
from parley.model import CENTRE, Act, Cause, EventReport, RecordedAct, RecordedReport, Waiting


def undone(acts: Iterable[RecordedAct], of_desk: Collection[int] = ()) -> dict[int, int]:
    """Return the entry of each statement that an act withdraws, with that of the act; of acts those of its own side.

    What a withdrawn act withdraws is not withdrawn. No party withdraws a statement *of_desk*.
    """
    of = {one.entry: one for one in acts}
    found: dict[int, int] = {}
    for one in sorted(of.values(), key=lambda one: one.entry, reverse=True):
        target = of.get(one.act.entry)
        may = one.side == CENTRE if one.act.entry in of_desk else target is None or target.side == one.side
        if one.act.does == "withdraw" and one.entry not in found and may:
            found.setdefault(one.act.entry, one.entry)
    return found


class Acting:
    """Does acts to *holding*, in the order of the record.

    Args:
        acts: all acts.
        inputs: the reports of each input, by its entry.
        of_desk: the entries of what the desk established and registered, which it may withdraw as well.
    """

    def __init__(
        self,
        holding: Holding,
        acts: Sequence[RecordedAct],
        inputs: Mapping[int, Sequence[RecordedReport]],
        of_desk: Collection[int],
    ) -> None:
        self.corrected: list[RecordedReport] = []  # the reports that follow, at the entries of the acts
        self.idle: dict[int, Cause] = {}
        self.notes: dict[int, tuple[int, ...]] = {}
        self._holding = holding
        self._undone = undone(acts, of_desk)
        self._undoable = {*of_desk, *(one.entry for one in acts)}
        self._inputs = inputs

    def do(self, one: RecordedAct) -> None:
        """Do one act, or note why it does nothing."""
        if one.entry in self._undone:
            self.idle[one.entry] = Cause(code="taken-back", params={"by": self._undone[one.entry]})
            return
        reports = self._meant(one.act)
        if one.act.does == "correct" and len(reports) > 1:  # what it says is of one happening
            self.idle[one.entry] = _NOTHING_DONE["correct"]
            return
        if not reports and one.act.entry in self._undoable and self._undone.get(one.act.entry) == one.entry:
            return
        if one.side != CENTRE and any(report.side != one.side for report in reports):
            self.idle[one.entry] = Cause(code="another-side", params={"side": one.side})
        elif True not in [self._done(one, report) for report in reports]:
            self.idle[one.entry] = _NOTHING_DONE[one.act.does] if reports else Cause(code="no-such-report")

    def _meant(self, act: Act) -> list[RecordedReport]:
        """Return the reports that *act* is about: the version that holds of one, or those of an input."""
        reports, now = self._holding.reports, self._holding.revisions.holding
        decides = act.does in ("accept", "apart")
        if act.entry in self._inputs and act.entry not in reports:
            brought = [one.entry for one in self._inputs[act.entry] if one.entry in reports]
            if decides:
                return [reports[entry] for entry in brought if entry in self._holding.waiting]
            holding = dict.fromkeys(map(now, brought))  # as people corrected them, not as later inputs do
            return [reports[entry] for entry in holding if reports[entry].input == act.entry]
        entry = act.entry if decides else now(act.entry)
        return [reports[entry]] if entry in reports else []

    def _done(self, recorded: RecordedAct, one: RecordedReport) -> bool:
        """Do the act to one report; return whether anything came of it."""
        match recorded.act.does:
            case "note":
                self.notes[one.entry] = (*self.notes.get(one.entry, ()), recorded.entry)
                return True
            case "withdraw":
                if one.entry not in self._holding.waiting and not self._holding.revisions.holds(one.entry):
                    return False
                self._holding.withdraw(one, recorded.entry)
                return True
            case "correct":
                return self._correct(recorded, one)
            case "accept":
                return self._accept(one, recorded.act.of)
            case "apart":
                return self._apart(one)

    def _correct(self, recorded: RecordedAct, one: RecordedReport) -> bool:
        report, act, holding = one.report, recorded.act, self._holding
        unread = holding.waiting.get(one.entry, Waiting(None, "moved")).code == "not-read"
        if not (unread or holding.revisions.holds(one.entry)) or not isinstance(report, EventReport):
            return False
        named = {claim.attribute for claim in act.claims}.union(act.without)
        claims = (*(claim for claim in report.claims if claim.attribute not in named), *act.claims)
        said = EventReport.model_validate({**dict(report), "claims": claims})
        corrected = one.model_copy(update={"entry": recorded.entry, "report": said})
        holding.reports[recorded.entry] = corrected
        holding.replace(one, corrected)
        self.corrected.append(corrected)
        return True

    def _accept(self, one: RecordedReport, of: int | None) -> bool:
        holding = self._holding
        waiting = holding.waiting.get(one.entry)
        if waiting is None and (of is None or not holding.revisions.holds(one.entry)):
            return False
        of = of if of is not None else waiting.of if waiting else None
        if of is None:
            holding.stand(one)
            return True
        old = holding.reports.get(holding.revisions.holding(of))
        if old is None or old.entry == one.entry or not holding.revisions.holds(old.entry):
            return False
        holding.waiting.pop(one.entry, None)
        holding.replace(old, one)
        return True

    def _apart(self, one: RecordedReport) -> bool:
        holding = self._holding
        if one.entry in holding.waiting or holding.repeated.pop(one.entry, None) is not None:
            holding.stand(one)
            return True
        corrected = [entry for entry, by in holding.replaced.items() if by == one.entry]
        if not corrected or not holding.revisions.holds(one.entry):
            return False
        for entry in corrected:
            del holding.replaced[entry]
            holding.stand(holding.reports[entry])
        return True


_NOTHING_DONE: Mapping[str, Cause] = {
    "withdraw": Cause(code="nothing-to-withdraw"),
    "correct": Cause(code="nothing-to-correct"),
    "accept": Cause(code="nothing-to-accept"),
    "apart": Cause(code="nothing-apart"),
}
