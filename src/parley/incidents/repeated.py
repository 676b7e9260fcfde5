"""Field reports that say again, under another id, what their source said before: one telling, not two.

Whoever sends a form twice has seen one happening. In lists that a publisher keeps under ids of its own two equal rows
are two happenings, so only field reports are read in this way.
"""

from collections.abc import Hashable, Iterable, Sequence

from parley.incidents.compare import key
from parley.incidents.judgements import standing
from parley.incidents.placed import place_of, time_of
from parley.model import EventReport, Judgement, RecordedJudgement, RecordedReport, fold

_SENT_AS_SEEN = ("field",)
"""Channels of which one report is what somebody saw and sent, with no list behind it."""


def repeated(reports: Iterable[RecordedReport], judgements: Sequence[RecordedJudgement] = ()) -> dict[int, int]:
    """Return for each of *reports* that only repeats another its entry, with that of the first that says so.

    Args:
        reports: event reports with a known time and place, in order of the record.
        judgements: those that hold; reports that people tell apart, or call parts of one another, repeat nothing.
    """
    near: dict[Hashable, list[tuple[int, EventReport]]] = {}  # few reports are compared in whole
    for recorded in reports:
        report = recorded.report
        if isinstance(report, EventReport) and report.channel in _SENT_AS_SEEN:
            when, where = time_of(report), place_of(report)
            about = fold(report.source), when and when.start, where and (where.lat, where.lon)
            near.setdefault(about, []).append((recorded.entry, report))
    again: dict[int, int] = {}
    for group in near.values():
        first: dict[Hashable, int] = {}
        for entry, report in group if len(group) > 1 else ():
            before = first.setdefault(_said(report), entry)
            if before != entry:
                again[entry] = before
    return _not_told_apart(again, judgements)


def _said(report: EventReport) -> Hashable:
    """Return what a report says, however it is spelled."""
    claims = {claim.attribute: key(claim.value) for claim in report.claims}
    return frozenset(claims.items()), report.cardinality, report.citation and report.citation.address


def _not_told_apart(again: dict[int, int], judgements: Sequence[RecordedJudgement]) -> dict[int, int]:
    """Return what of *again* holds beside *judgements*, which all go before it, as if it were the oldest of them."""
    named = {entry for one in judgements for group in one.judgement.groups for entry in group}
    named |= {one.judgement.whole for one in judgements if one.judgement.whole is not None}
    groups: dict[int, list[int]] = {}
    for entry, first in again.items():
        groups.setdefault(first, [first]).append(entry)
    doubtful = [group for group in groups.values() if not named.isdisjoint(group)]
    assumed = [
        RecordedJudgement(
            entry=-number,
            judgement=Judgement(kind="same", groups=(tuple(group),), by="Parley", reason="word for word the same"),
        )
        for number, group in enumerate(doubtful, start=1)
    ]
    holding = {one.entry for one in standing([*assumed, *judgements]).holding} if assumed else set()
    apart = {entry for one in assumed if one.entry not in holding for group in one.judgement.groups for entry in group}
    return {entry: first for entry, first in again.items() if entry not in apart}
