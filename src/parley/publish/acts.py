"""What people did to reports, by the report: who for, when, why. The record has the names, pages the roles."""

from collections.abc import Mapping

from pydantic import AwareDatetime

from parley.model import CENTRE, Attribute, Findings, Noun

DOES: Mapping[str, str] = {
    "correct": "Corrected",
    "withdraw": "Withdrawn",
    "note": "Note",
    "accept": "Decided: it is a correction",
    "apart": "Decided: it is a report of its own",
}


class Acted(Noun):
    """An act upon a report: its entry, what it does and for which side; `changes` are the attributes it corrects."""

    entry: int
    does: str
    side: str
    role: str
    reason: str
    at: AwareDatetime
    changes: tuple[Attribute, ...] = ()

    @property
    def words(self) -> str:
        """What was done and by whom, in words."""
        return f"{DOES[self.does]} by {'the centre' if self.side == CENTRE else self.side}"


def acts_by_report(findings: Findings) -> dict[int, tuple[Acted, ...]]:
    """Return what was done to each report, any version of it, by the entry of the version that holds, or held last."""
    revisions = findings.revisions
    reports = {one.entry for one in findings.reports}
    brought: dict[int, list[int]] = {}
    for report in findings.reports:
        if report.input is not None:
            brought.setdefault(report.input, []).append(report.entry)
    found: dict[int, dict[int, Acted]] = {}
    for one in findings.acts:
        if one.entry in revisions.idle_acts:
            continue
        act = one.act
        said = Acted(
            entry=one.entry,
            does=act.does,
            side=one.side,
            role=act.role,
            reason=act.reason,
            at=one.received_at,
            changes=(*(claim.attribute for claim in act.claims), *act.without),
        )
        for entry in [act.entry] if act.entry in reports else brought.get(act.entry, ()):
            found.setdefault(revisions.holding(entry), {})[one.entry] = said
    return {entry: tuple(acts.values()) for entry, acts in found.items()}
