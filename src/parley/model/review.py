"""What people decide on what an article is read to say, and what a user's own model proposes besides the rules.

A proposal is named by the entry where it stands (the article's, or that of the model's answer) and its number there,
from 1; the digest of its evidence proves that the reviewer saw these words.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from parley.model.base import Noun
from parley.model.claim import Claims
from parley.model.coded import Cause, Coded
from parley.model.names import fold
from parley.model.report import Act, Article, Polarity, Proposal, RecordedReport
from parley.model.values import Count, Disc, Interval, OneOf
from parley.model.wordings import words

GRAVE = ("accuse", "deny")
_NO_HAPPENING: Mapping[str, str] = {
    "request": "is a request",
    "propose": "is a proposal",
    "promise": "is a promise",
    "doubt": "only doubts",
    "unclear": "leaves open who accuses whom",
}
_CLAIMED = (
    "time", "place", "area", "act", "means", "actor", "affected", "object", "site", "quantity", "deaths",
    "deaths-civilian", "injured", "account",
)  # fmt: skip
_COUNTED = ("deaths", "deaths-civilian", "injured")
_PARTIES = ("actor", "affected")


class ReadAs(Noun):
    """What a statement of an article is read to say: who says what of whom, and what it claims to have happened.

    Args:
        holder … tellers: as in `Proposal`.
        claims: what the holder claims of the happening. The rules propose none; the reviewer gives them. With a known
            time and place they are an event report of the holder, once enough people agree.
    """

    holder: str = Field(min_length=1)
    act: Act
    addressee: str | None = None
    accused: tuple[str, ...] = ()
    polarity: Polarity = "asserted"
    tellers: tuple[str, ...] = ()
    claims: Claims = ()

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        for claim in self.claims:
            if claim.attribute not in _CLAIMED:
                raise ValueError(f"a reviewer claims no {claim.attribute}: one of {', '.join(_CLAIMED)}")
        if self.act == "accuse" and self.holder in self.accused:
            raise ValueError(f"{self.holder} would accuse himself")
        undone = self.polarity == "negated" or (self.polarity == "denied" and self.act != "deny")
        if self.happening and (undone or self.act in _NO_HAPPENING):
            what = "was not made" if undone else _NO_HAPPENING[self.act]
            raise ValueError(f"a statement that {what} tells of nothing that happened: give it no time and no place")
        actor = self.claim("actor")
        if self.act in GRAVE and isinstance(actor, OneOf) and self.holder in actor.any_of:
            raise ValueError(f"actor: {self.holder} does not {self.act} what he himself did")
        if self.act == "deny" and self.happening and not (isinstance(actor, OneOf) and actor.none_of):
            raise ValueError("a denial with a time and a place says who did not do it (not_actor)")
        return self

    def claim(self, attribute: str) -> object:
        """Return the value claimed of *attribute*, None where nothing is."""
        return next((claim.value for claim in self.claims if claim.attribute == attribute), None)

    @property
    def happening(self) -> bool:
        """Whether it says both when and where."""
        return isinstance(self.claim("time"), Interval) and isinstance(self.claim("place"), Disc)

    @property
    def people_needed(self) -> int:
        """Two where it accuses or denies, names a party in what happened, or counts dead or wounded; else one."""
        values = [claim for claim in self.claims if claim.attribute in (*_COUNTED, *_PARTIES)]
        named = any(isinstance(claim.value, Count | OneOf) for claim in values)
        return 2 if named or self.accused or self.act in GRAVE else 1


def as_proposed(proposal: Proposal) -> ReadAs:
    """Return what *proposal* says, as it stands; it claims no happening."""
    return ReadAs.model_construct(
        holder=proposal.holder,
        act=proposal.act,
        addressee=proposal.addressee,
        accused=proposal.accused,
        polarity=proposal.polarity,
        tellers=proposal.tellers,
        claims=(),
    )


class Review(Noun):
    """What one person decided on one proposal; his later decision on the same one takes its place.

    Args:
        article: the entry of the article.
        model_answer: the entry of the model's answer, for a proposal that a model made; None for one of the rules.
        number: which of the proposals there, from 1.
        evidence: SHA-256 (hex) of the words that the proposal rests on.
        decision: *confirmed* as proposed, or as an earlier review `confirms` changed it; *changed* to `changes`;
            *rejected*: the words do not say it; *unclear*: the words do not tell; *withdrawn*: he has no opinion more.
        by, role, reason, at: who, as what, why and when.
    """

    article: int
    model_answer: int | None = None
    number: int = Field(ge=1)
    evidence: str
    decision: Literal["confirmed", "changed", "rejected", "unclear", "withdrawn"]
    confirms: int | None = None
    changes: ReadAs | None = None
    by: str
    role: str = ""
    reason: str
    at: AwareDatetime

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.decision == "changed") != (self.changes is not None):
            raise ValueError("changes go with the decision `changed`, and with no other")
        if self.confirms is not None and self.decision != "confirmed":
            raise ValueError("only a confirmation confirms another review")
        if not self.person or not self.reason.strip():
            raise ValueError("a review says who made it and why")
        return self

    @property
    def person(self) -> str:
        """Who made it, so that two spellings of one name are one person: see `fold`."""
        return fold(self.by)

    @property
    def stands_at(self) -> int:
        """The entry where the proposal stands."""
        return self.article if self.model_answer is None else self.model_answer


class RecordedReview(Noun):
    """A review with its place in the record, which orders reviews.

    `side` and `handle` are those of the holder whom `review.changes` name; None where it changes nothing.
    """

    entry: int
    received_at: AwareDatetime
    side: str | None = None
    handle: str | None = None
    review: Review

    @model_validator(mode="after")
    def _has_a_holder(self) -> Self:
        if {self.side is None, self.handle is None} != {self.review.changes is None}:
            raise ValueError("a side and a handle go with changes, which name a holder, and with nothing else")
        return self


class Refused(Coded):
    """Something that a model answered and that was not taken; `code` is the check that it failed.

    Args:
        of: what was not taken; `number`, which of them (from 1), or of sentences how many; None of a whole answer.
    """

    section = "refused"
    of: Literal["asked-says", "asked-accused", "statement", "accusation", "sentence"]
    number: int | None = None

    @property
    def what(self) -> str:
        """What was not taken, in words."""
        if self.of == "sentence":
            return words("words", "refused-sentences", {"count": self.number or 0})
        said = words("words", self.of, {})
        return said if self.number is None else f"{said} {self.number}"


class ModelAnswer(Noun):
    """What a user's own model proposed for an article, and all that is needed to judge how it came to that.

    Args:
        article: the entry of the article.
        endpoint, model, temperature: who was asked, and how; `reported` is the model's name as the endpoint gives it.
        prompts, answers: SHA-256 (hex) of each request's body, and each answer as it came (the beginning of one that is
            too long to keep, which `answers_cut` says).
        proposals: what passed every check; like those of the rules they wait for people.
        refused: what did not.
    """

    article: int
    endpoint: str
    model: str
    reported: str = ""
    temperature: float = 0.0
    prompts: tuple[str, ...]
    answers: tuple[str, ...]
    answers_cut: bool = False
    proposals: tuple[Proposal, ...] = ()
    refused: tuple[Refused, ...] = ()


class RecordedAnswer(Noun):
    """A model's answer with its place in the record."""

    entry: int
    received_at: AwareDatetime
    answer: ModelAnswer


State = Literal["proposed", "unclear", "confirmed by one of two", "confirmed", "rejected", "contested"]
WAITING: tuple[State, ...] = ("proposed", "unclear", "confirmed by one of two", "contested")


class Reviewed(Noun):
    """A proposal with what people decided so far.

    Args:
        article: the entry of the article; `stands_at` and `number` name the proposal, as `id` does.
        made_by: the model that made it; "" where the rules did.
        state: *proposed*: nobody decided; *unclear*: who looked at it cannot tell; *contested*: decisions contradict.
        needed, agreed: how many different people must agree on one reading, and how many do at most.
        standing: the decisions that hold, one a person, in the order of the record; `superseded` the entries of others.
        reading: what it is confirmed to say, or would be by those who agree so far; None where nobody confirms.
        report: the entry of the event report that follows from it, where it is confirmed with a time and a place.
    """

    article: int
    stands_at: int
    number: int
    made_by: str = ""
    proposal: Proposal
    state: State
    needed: int
    agreed: int = 0
    standing: tuple[RecordedReview, ...] = ()
    superseded: tuple[int, ...] = ()
    reading: ReadAs | None = None
    report: int | None = None

    @property
    def id(self) -> str:
        return f"{self.stands_at}:{self.number}"

    @property
    def waits(self) -> bool:
        """Whether people are still to decide on it."""
        return self.state in WAITING


@dataclass(frozen=True)
class Reviews:
    """All proposals with what people decided on them, in the order of articles, then of proposals.

    Args:
        reports: the event reports that follow, each at the entry of the review that confirmed it.
        stray: the entry of a review that decides nothing → why: what it names is not there (it was shredded), or is
            something else.
    """

    proposals: tuple[Reviewed, ...] = ()
    reports: tuple[RecordedReport, ...] = ()
    stray: Mapping[int, Cause] = field(default_factory=dict)

    def of(self, article: int) -> Sequence[Reviewed]:
        """Return the proposals of the article at entry *article*: those of the rules, then those of models."""
        return self._by_article.get(article, ())

    @property
    def decided(self) -> int:
        """How many proposals wait for nobody any more."""
        return sum(not one.waits for one in self.proposals)

    @cached_property
    def _by_article(self) -> Mapping[int, Sequence[Reviewed]]:
        found: dict[int, list[Reviewed]] = {}
        for one in self.proposals:
            found.setdefault(one.article, []).append(one)
        return found


def evidence_words(article: Article, proposal: Proposal) -> str:
    """Return the words that *proposal* rests on; "" where its span lies outside the text."""
    try:
        return article.quote(proposal.evidence)
    except ValueError:
        return ""


def evidence_digest(article: Article, proposal: Proposal) -> str:
    """Return SHA-256 (hex) of the words that *proposal* rests on."""
    return hashlib.sha256(evidence_words(article, proposal).encode("utf-8", "surrogatepass")).hexdigest()
