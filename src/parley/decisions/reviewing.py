"""A person's decision on what an article is read to say: checked against what stands, then recorded."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from parley.centre.folder import Centre, now
from parley.centre.statements import state_review
from parley.current import follow
from parley.job import handles
from parley.model import (
    Article,
    Findings,
    ReadAs,
    RecordedReview,
    Review,
    Reviewed,
    ReviewError,
    as_proposed,
    evidence_digest,
)

Decision = Literal["confirmed", "changed", "rejected", "unclear", "withdrawn"]


def record(centre: Centre, made: Review, clock: Callable[[], datetime] = now) -> tuple[RecordedReview, Findings]:
    """Record *made*, which `decide` allowed, and move the findings on; return it as recorded, with these."""
    at, called = clock(), handles(centre)
    (appended,) = centre.record.append([state_review(made, called)], at=at)
    after = follow(centre).findings
    side, handle = called.of(made.changes.holder) if made.changes else (None, None)
    return RecordedReview(entry=appended.index, received_at=at, side=side, handle=handle, review=made), after


def decide(
    findings: Findings,
    id_: str,
    decision: Decision,
    *,
    by: str,
    role: str,
    reason: str,
    at: datetime,
    changes: ReadAs | None = None,
    version: int | None = None,
) -> Review:
    """Return the review of proposal *id_* that *findings* allow.

    Args:
        version: for a confirmation, the entry of the review whose changes are confirmed; that of the proposal itself
            for what was proposed. It must be said where somebody else changed the proposal.

    Raises:
        ReviewError: there is no such proposal, the person decided the same before, the change changes nothing, or it
            is not said which version is confirmed.
    """
    one = proposal(findings, id_)
    mine = Review(
        article=one.article,
        model_answer=None if one.stands_at == one.article else one.stands_at,
        number=one.number,
        evidence=evidence_digest(article(findings, one), one.proposal),
        decision=decision,
        confirms=_confirmed(one, decision, version),
        changes=changes,
        by=" ".join(by.split()),
        role=role,
        reason=reason,
        at=at,
    )
    if changes is not None and changes == as_proposed(one.proposal):
        raise ReviewError(f"{id_}: the changes change nothing; --confirm says that the proposal holds as it is")
    before = next((other.review for other in one.standing if other.review.person == mine.person), None)
    if before is None and decision == "withdrawn":
        raise ReviewError(f"{id_}: {mine.by} has decided nothing on it that could be withdrawn")
    if before and (before.decision, before.confirms, before.changes) == (decision, mine.confirms, changes):
        more = f"; {one.needed} different people must agree" if one.needed > 1 else ""
        raise ReviewError(f"{id_}: {before.by} has {decision} it already{more}")
    return mine


def proposal(findings: Findings, id_: str) -> Reviewed:
    """Return the proposal called *id_* (ENTRY:NUMBER); raise ReviewError where there is none."""
    found = next((one for one in findings.reviews.proposals if one.id == id_), None)
    if found is None:
        stands_at, _, _ = id_.partition(":")
        there = [one.id for one in findings.reviews.proposals if str(one.stands_at) == stands_at]
        hint = f"entry {stands_at} has {there[0]} to {there[-1]}" if there else "`parley review FOLDER` lists them"
        raise ReviewError(f"there is no proposal {id_}; {hint}")
    return found


def article(findings: Findings, one: Reviewed) -> Article:
    """Return the article that *one* was proposed from."""
    report = next(recorded.report for recorded in findings.reports if recorded.entry == one.article)
    assert isinstance(report, Article)
    return report


def versions(one: Reviewed) -> dict[int, ReadAs]:
    """Return the readings that may be confirmed: what was proposed, then standing changes, by their entries."""
    changed = {other.entry: other.review.changes for other in one.standing if other.review.changes is not None}
    return {one.stands_at: as_proposed(one.proposal), **changed}


def _confirmed(one: Reviewed, decision: Decision, version: int | None) -> int | None:
    """Return the entry of the review that is confirmed, None for the proposal as it was made."""
    if decision != "confirmed":
        if version is not None:
            raise ReviewError(f"{one.id}: a version is confirmed, nothing else")
        return None
    there = versions(one)
    if version is None and len(there) > 1:
        said = ", ".join(
            f"--version {other.entry} for what {other.review.by} made of it"
            for other in one.standing
            if other.review.changes
        )
        raise ReviewError(
            f"{one.id}: it was changed; say which version holds: {said}, --version {one.stands_at} for the proposal "
            "as it was made"
        )
    if version is not None and version not in there:
        raise ReviewError(f"{one.id}: there is no version {version}; there are {', '.join(map(str, there))}")
    return None if version in (None, one.stands_at) else version
