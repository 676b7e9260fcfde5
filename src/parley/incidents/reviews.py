"""Proposals and what people decided on them → the state of each, and the event reports that follow.

One person has one opinion on a proposal, his latest. Where all who have one read it alike and they are enough, it is
confirmed; where two opinions differ it is contested, and supports nothing until somebody changes his. What is confirmed
with a time and a place is a report of whoever holds the statement; the outlet only tells it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from parley.model import (
    EACH,
    Article,
    Cause,
    EventReport,
    Flag,
    Proposal,
    ReadAs,
    RecordedAnswer,
    RecordedReport,
    RecordedReview,
    Reviewed,
    Reviews,
    as_proposed,
    evidence_digest,
    listed,
)
from parley.model.review import State

_Key = tuple[int, int]


@dataclass
class _Open:
    """A proposal while reviews are read; `standing` are the decisions that hold, by person, `changed` all changes."""

    article: RecordedReport
    proposal: Proposal
    made_by: str
    digest: str
    standing: dict[str, RecordedReview] = field(default_factory=dict)
    superseded: list[int] = field(default_factory=list)
    changed: list[RecordedReview] = field(default_factory=list)


def review_state(
    articles: Iterable[RecordedReport], answers: Iterable[RecordedAnswer], reviews: Iterable[RecordedReview]
) -> Reviews:
    """Return the state of every proposal after all *reviews*, read in the order of the record.

    Args:
        articles: the reports of the record; those that are no articles are passed over.
        answers: what users' models proposed besides.
        reviews: people's decisions. None is lost: each stands, is superseded or is stray, with the reason.
    """
    by_entry = {one.entry: one for one in articles if isinstance(one.report, Article)}
    open_ = _opened(by_entry, sorted(answers, key=lambda one: one.entry))
    changes: dict[int, ReadAs] = {}
    of: dict[int, _Key] = {}
    stray: dict[int, Cause] = {}
    for one in sorted(reviews, key=lambda one: one.entry):
        key = one.review.stands_at, one.review.number
        why = _why_stray(one, open_.get(key), key, of)
        if why:
            stray[one.entry] = why
            continue
        if one.review.changes:
            changes[one.entry], of[one.entry] = one.review.changes, key
            open_[key].changed.append(one)
        _decide(open_[key], one)
    found = [
        _reviewed(key, one, changes)
        for key, one in sorted(open_.items(), key=lambda item: (item[1].article.entry, item[0]))
    ]
    reports = [report for _, report in found if report]
    return Reviews(
        tuple(reviewed for reviewed, _ in found), tuple(sorted(reports, key=lambda recorded: recorded.entry)), stray
    )


def read_by(review: RecordedReview, proposal: Proposal, changed: Mapping[int, ReadAs]) -> ReadAs | str:
    """Return what *review* takes *proposal* to say; a word where it does not take it to say anything.

    *changed* are the readings of earlier reviews that changed it, by their entries.
    """
    match review.review.decision:
        case "confirmed":
            confirmed = review.review.confirms
            return as_proposed(proposal) if confirmed is None else changed[confirmed]
        case "changed":
            return changed[review.entry]
        case other:
            return other


def _opened(by_entry: Mapping[int, RecordedReport], answers: Sequence[RecordedAnswer]) -> dict[_Key, _Open]:
    open_: dict[_Key, _Open] = {}

    def put(stands_at: int, recorded: RecordedReport, proposals: Sequence[Proposal], made_by: str) -> None:
        assert isinstance(recorded.report, Article)
        for number, proposal in enumerate(proposals, start=1):
            digest = evidence_digest(recorded.report, proposal)
            open_[stands_at, number] = _Open(recorded, proposal, made_by, digest)

    for entry, recorded in by_entry.items():
        assert isinstance(recorded.report, Article)
        put(entry, recorded, recorded.report.proposals, "")
    for one in answers:
        if one.answer.article in by_entry:
            put(one.entry, by_entry[one.answer.article], one.answer.proposals, one.answer.model)
    return open_


def _why_stray(one: RecordedReview, found: _Open | None, key: _Key, changed: Mapping[int, _Key]) -> Cause | None:
    """Return why a review decides nothing; None where it does."""
    review, proposal = one.review, f"{key[0]}:{key[1]}"
    if found is None or found.article.entry != review.article or found.article.entry > one.entry:
        return Cause(code="no-such-proposal", params={"proposal": proposal})
    if found.digest != review.evidence:
        return Cause(code="other-words", params={"proposal": proposal})
    if review.confirms is not None and changed.get(review.confirms) != key:
        return Cause(code="no-change-of-it", params={"entry": review.confirms, "proposal": proposal})
    return None


def _decide(found: _Open, one: RecordedReview) -> None:
    """Take one decision in."""
    person = one.review.person
    if person in found.standing:
        found.superseded.append(found.standing.pop(person).entry)
    if one.review.decision == "withdrawn":
        found.superseded.append(one.entry)
    else:
        found.standing[person] = one


def _state(found: _Open, changed: Mapping[int, ReadAs]) -> tuple[State, ReadAs | None, int, int]:
    """Return the state, the reading of those who agree, how many must and how many do."""
    opinions: list[tuple[ReadAs | str, int]] = []
    for one in found.standing.values():
        said = read_by(one, found.proposal, changed)
        for at, (other, count) in enumerate(opinions):
            if said == other:
                opinions[at] = other, count + 1
                break
        else:
            opinions.append((said, 1))
    readings = [(said, count) for said, count in opinions if isinstance(said, ReadAs)]
    needed = max(
        found.proposal.reviewers_needed,
        as_proposed(found.proposal).people_needed,
        *(said.people_needed for said, _ in readings),
        1,
    )
    agreed = max((count for _, count in readings), default=0)
    if not opinions:
        return "proposed", None, needed, 0
    if len(opinions) > 1:
        return "contested", None, needed, agreed
    said, count = opinions[0]
    if isinstance(said, ReadAs):
        return ("confirmed" if count >= needed else "confirmed by one of two"), said, needed, count
    return ("rejected" if said == "rejected" else "unclear"), None, needed, 0


def _reviewed(key: _Key, found: _Open, changed: Mapping[int, ReadAs]) -> tuple[Reviewed, RecordedReport | None]:
    """Return a proposal as it stands, and the report that follows from it."""
    state, reading, needed, agreed = _state(found, changed)
    standing = tuple(sorted(found.standing.values(), key=lambda one: one.entry))
    report = None
    if state == "confirmed" and reading is not None and reading.happening:
        report = _report(key, found, reading, standing, standing[needed - 1])
    reviewed = Reviewed(
        article=found.article.entry,
        stands_at=key[0],
        number=key[1],
        made_by=found.made_by,
        proposal=found.proposal,
        state=state,
        needed=needed,
        agreed=agreed,
        standing=standing,
        superseded=tuple(sorted(found.superseded)),
        reading=reading,
        report=report.entry if report else None,
    )
    return reviewed, report


def _report(
    key: _Key, found: _Open, reading: ReadAs, standing: Sequence[RecordedReview], last: RecordedReview
) -> RecordedReport:
    """Return the holder's own report, at the entry of the review by which enough people agreed."""
    article = found.article.report
    # What is read with a time and a place was somebody's change, whose statement says whose the holder is.
    side, handle = next(
        (one.side, one.handle)
        for one in reversed(found.changed)
        if one.review.changes == reading and one.side is not None and one.handle is not None
    )
    flag = Flag(
        code="from-an-article",
        params={
            "tellers": listed((*reading.tellers, reading.holder), EACH) if reading.tellers else "",
            "statement": f"{key[0]}:{key[1]}",
            "article": found.article.entry,
            "people": len(standing),
            "entries": listed(str(one.entry) for one in standing),
        },
    )
    return RecordedReport(
        entry=last.entry,
        received_at=last.received_at,
        side=side,
        handle=handle,
        report=EventReport(
            source=reading.holder,
            channel="review",
            origin=article.origin,
            published=article.published,
            language=article.language,
            citation=article.citation,
            flags=(flag,),
            cardinality="posts",
            claims=reading.claims,
        ),
    )


def tellings(copies: Mapping[int, int], reviewed: Reviews) -> dict[int, int]:
    """Return the entry of each report that follows from a review → the number (from 1) of the telling it was read in.

    Articles that are *copies* (see `origins`) are one telling, so what is read in several of them counts once.
    """
    return {
        one.report: copies.get(one.article, one.article) + 1 for one in reviewed.proposals if one.report is not None
    }
