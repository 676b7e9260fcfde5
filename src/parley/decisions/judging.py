"""What people decide on matching: which reports are one happening, and by what weights; checked, then recorded."""

from collections.abc import Callable, Sequence
from datetime import datetime

from parley import incidents
from parley.centre.folder import Centre, now
from parley.centre.statements import state
from parley.current import Moved, everything, follow, unmatched
from parley.model import EventReport, Findings, Incident, Judgement, JudgementError, RecordedJudgement, Weighing


def judge(centre: Centre, judgement: Judgement, clock: Callable[[], datetime] = now) -> tuple[RecordedJudgement, Moved]:
    """Record *judgement* and move the findings on; return it as recorded, with what that changed.

    Raises:
        JudgementError: it names what is no event report, no standing judgement or no incident, or it contradicts a
            judgement that it does not supersede. Nothing is recorded then.
    """
    named = {entry for group in judgement.groups for entry in group} | {*judgement.supersedes}
    check(unmatched(centre, named | ({judgement.whole} if judgement.whole is not None else set())), judgement)
    (appended,) = centre.record.append([state("judgement", judgement)], at=clock())
    return RecordedJudgement(entry=appended.index, judgement=judgement), follow(centre)


def weigh(
    centre: Centre, by: str, reason: str, clock: Callable[[], datetime] = now
) -> tuple[Weighing, Findings, Findings]:
    """Learn weights from the centre's reports and judgements and take them up; return them, findings before and after.

    Raises:
        JudgementError: there is too little to learn from. Nothing is recorded then.
    """
    before = everything(centre)
    holding = [one for one in before.reports if before.revisions.holds(one.entry)]
    judged = incidents.of_versions(before.judgements, before.revisions.versions)
    weights, confirmed = incidents.learned_weights(holding, judged)
    said = Weighing(
        fields=dict(weights.fields),
        start=weights.start,
        reports=len(holding),
        confirmed=confirmed,
        by=by,
        reason=reason,
    )
    centre.record.append([state("weighing", said)], at=clock())
    return said, before, follow(centre).findings


def check(findings: Findings, judgement: Judgement) -> None:
    """Raise JudgementError where *judgement* cannot be made of what *findings* hold."""
    known = {one.entry for one in findings.reports if isinstance(one.report, EventReport)}
    named = [entry for group in judgement.groups for entry in group]
    for entry in [*named, *([judgement.whole] if judgement.whole is not None else [])]:
        if entry not in known:
            raise JudgementError(f"entry {entry} is no report of an event; `parley incidents` lists those that are")
    standing = [one for one in findings.judgements if one.entry not in findings.superseded]
    by_entry = {one.entry: one for one in standing}
    for entry in judgement.supersedes:
        if entry not in by_entry:
            raise JudgementError(f"entry {entry} is no judgement that holds; `parley judge FOLDER` lists those that do")
    new = RecordedJudgement(entry=findings.size, judgement=judgement)
    versions = findings.revisions.versions
    may_differ = {*findings.again, *findings.again.values()} if len(judgement.groups) > 1 else set()
    for entries in versions.values():
        if len(both := sorted(set(entries).intersection(named))) > 1 and not may_differ.issuperset(both):
            raise JudgementError(f"entries {both[0]} and {both[1]} are versions of one report: one of them is enough")
    left = [one for one in standing if one.entry not in judgement.supersedes]
    this, *others = incidents.of_versions([new, *left], versions)
    against = incidents.contradicted(this, others)
    if against is not None:
        other = by_entry[against].judgement
        raise JudgementError(
            f"judgement {against} ({other.kind}, by {other.by}: {other.reason}) says otherwise; "
            f"--supersede {against} sets it aside as a whole"
        )


def merge(
    findings: Findings, ids: Sequence[str], by: str, role: str, reason: str, supersedes: Sequence[int]
) -> Judgement:
    """Return the judgement that makes the incidents *ids* one; raise JudgementError where there is none of that id."""
    found = list({one.id: one for one in (incident(findings, id_) for id_ in ids)}.values())
    if len(found) < 2:
        raise JudgementError(f"merge takes two incidents or more, found {', '.join(one.id for one in found) or 'none'}")
    return Judgement(
        kind="merge",
        groups=(tuple(sorted(entry for one in found for entry in one.own)),),
        supersedes=tuple(supersedes),
        by=by,
        role=role,
        reason=reason,
    )


def split(
    findings: Findings,
    id_: str,
    parts: Sequence[Sequence[int]],
    by: str,
    role: str,
    reason: str,
    supersedes: Sequence[int],
) -> Judgement:
    """Return the judgement that parts an incident; its reports that no part names are one more part."""
    one = incident(findings, id_)
    named = {entry for part in parts for entry in part}
    if strangers := sorted(named - set(one.own)):
        there = ", ".join(map(str, one.own))
        raise JudgementError(f"entry {strangers[0]} is no report of {one.id}, which has {there}")
    rest = tuple(entry for entry in one.own if entry not in named)
    groups = [tuple(sorted(part)) for part in parts]
    return Judgement(
        kind="split",
        groups=tuple(groups + ([rest] if rest else [])),
        supersedes=tuple(supersedes),
        by=by,
        role=role,
        reason=reason,
    )


def incident(findings: Findings, id_: str) -> Incident:
    """Return the incident in which the report stands of whose entry *id_* is made, or the later version of it."""
    entry = incidents.entry_of(id_)
    if entry is not None:
        versions = findings.revisions.versions
        now = next((holding for holding, entries in versions.items() if entry in entries), entry)
        for one in findings.incidents:
            if now in one.own:
                return one
    raise JudgementError(f"there is no incident {id_}; `parley incidents` lists all")
