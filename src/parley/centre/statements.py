"""The statements that the centre writes, and how they are read back into nouns. Each kind has a writer and a reader."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, AwareDatetime, Field, ValidationError, field_validator, model_validator

from parley.centre import bodies
from parley.centre.bodies import Body, BodyError
from parley.centre.handles import Handles
from parley.model import (
    Act,
    Day,
    Input,
    InputCard,
    Judgement,
    ModelAnswer,
    Noun,
    Problem,
    Reading,
    RecordedAct,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    RegisteredPlace,
    RegisteredSource,
    Report,
    Review,
    Side,
    Unread,
    Weighing,
    Withdrawal,
    is_handle,
    printable,
    together,
)
from parley.record.kinds import has_form

Kind = Literal[
    "charter", "terms-version", "input", "report", "withdrawal", "input-part", "act", "established", "place", "source",
    "judgement",
    "weighing", "review", "model-proposal", "publication",
]  # fmt: skip
Statement = tuple[Kind, Body]

OF_INPUT = ("report", "withdrawal", "input-part")
"""The kinds of statements that an input brings with it; their bodies name its entry under `input`."""
MOST_PROBLEMS_SHOWN = 1000

Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""An instant, always as UTC has it."""

Entry = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 in hex; it names a file, so it is nothing else."""


class PartyNamed(Noun):
    """A party as the charter has it: its first public keys, and the names under which it speaks."""

    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class ShreddingRule(Noun):
    """What may be shredded without its party's consent: statements of these kinds, so many days after they came."""

    kinds: tuple[str, ...]
    days: int = Field(ge=0)


class Succeeds(Noun):
    """The log that this centre goes on from: its origin, its public key, and its last head (root in hex)."""

    origin: str
    key: str
    size: int = Field(ge=0)
    root: Digest


class Charter(Noun):
    """What a centre is, as its first statement says: everything outside the inputs that its findings depend on.

    Args:
        desk: the public key of the desk that signs the first statement; set where the centre is made.
        cutoff: the local time of day (HH:MM) at which reporting closes; "" where none is fixed.
        parties: by their ids, as the agreements have them.
        k: how many parties must endorse what changes the rules; all of them without it.
        shredding: rules by name.
        start: from when on it applies, in the body `from`; None: for ever. A day has the charter that
            holds as it begins.
        by: who adopted it.
    """

    title: str
    timezone: str
    exercise: bool = False
    note: str = ""
    cutoff: str = ""
    desk: str = ""
    parties: Mapping[str, PartyNamed] = {}
    k: int | None = Field(default=None, ge=1)
    shredding: Mapping[str, ShreddingRule] = {}
    succeeds: Succeeds | None = None
    start: Utc | None = None
    by: str = ""

    @field_validator("cutoff")
    @classmethod
    def _is_a_time_of_day(cls, cutoff: str) -> str:
        if not is_cutoff(cutoff):
            raise ValueError(f"{cutoff!r} is not a local time of day such as 19:30")
        return cutoff


_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def is_cutoff(text: str) -> bool:
    """Whether *text* is a local time of day (HH:MM), or "" where none is fixed."""
    return not text or _CLOCK.fullmatch(text) is not None


class TermsVersion(Noun):
    """The text of an agreement's file as it was when the centre took it up.

    Args:
        start: from when on it applies, in the body `from`; None: for ever. What applies when: `parley.terms.schedule`.
        retroactive: whether acts from then on had been reported before it was adopted.
        by: who adopted it.
    """

    name: str
    text: str
    start: Utc | None = None
    retroactive: bool = False
    by: str = ""


class Arrived(Noun):
    """An input as it arrived; the bytes are kept in files/ under their digest. What it gave follows in its parts.

    `side` and `handle` are those of `source`, where it names one.
    """

    name: str
    channel: str
    digest: Digest
    size: int = Field(ge=0)
    source: str | None
    side: Side | None
    handle: str | None
    mapping: str | None

    @model_validator(mode="after")
    def _is_called(self) -> Self:
        _check_called(self.source, self.side, self.handle)
        return self

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the files that are kept with this statement."""
        return (self.digest,)

    @property
    def key(self) -> "ArrivedKey":
        """What makes two arrivals the same: the bytes, and how they were read."""
        return self.digest, self.channel, self.source, self.mapping


ArrivedKey = tuple[str, str, str | None, str | None]


@dataclass(frozen=True)
class Delivery:
    """An input with what the person who adds it says of it: the channel, the source, the mapping of a table."""

    input: Input
    channel: str
    source: str | None = None
    mapping: Input | None = None

    def arrived(self, handles: Handles) -> Arrived:
        """Return what is recorded of this input before it is read."""
        from parley.intake.funnel import utf8

        side, handle = handles.of(self.source) if self.source is not None else (None, None)
        return Arrived(
            name=self.input.name,
            channel=self.channel,
            digest=self.input.digest,
            size=self.input.size,
            source=self.source,
            side=side,
            handle=handle,
            mapping=utf8(self.mapping, "column-mapping").decode() if self.mapping else None,
        )


class InputPart(Noun):
    """How far an input was read: it stands after the reports of the part that it tells of.

    Args:
        input: the entry of the input.
        rows: the last row that was taken; 0 where the input is read at once.
        reports, withdrawals: how many the part gave.
        problems: all of the part.
        passed: of rows that tell of something else than the channel is for: of what, how many.
        attachments: digests of what came inside and is kept unopened.
        last: whether the input ends here.
    """

    input: Entry
    rows: int
    reports: int
    withdrawals: int
    problems: tuple[Problem, ...]
    passed: Mapping[str, int]
    attachments: tuple[Digest, ...]
    last: bool

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the files that are kept with this statement."""
        return self.attachments


Ending = Literal["html", "json"]
ENDINGS: tuple[Ending, ...] = ("html", "json")


def file_name(day: date, edition: int, ending: Ending) -> str:
    """Return the name of a file of *edition* (from 1) of *day* in reports/."""
    return f"{day}.{ending}" if edition == 1 else f"{day}.{edition}.{ending}"


class Publication(Noun):
    """A published file: of which edition of which day, as of which size of the record, and the digest of its bytes.

    `contents` is the digest of what the report says of its day, which alone makes a new edition.
    """

    name: str
    day: Day
    edition: int = Field(ge=1)
    as_of: Entry
    contents: Digest
    digest: Digest

    @model_validator(mode="after")
    def _is_called_by_its_day(self) -> Self:
        if self.name not in (file_name(self.day, self.edition, ending) for ending in ENDINGS):
            raise ValueError(f"no file of edition {self.edition} of {self.day} is called {self.name!r}")
        return self


class _Brought(Noun):
    """What an input brought, from a source: the entry of the input, and whose the source is."""

    input: Entry
    side: Side
    handle: str

    @model_validator(mode="after")
    def _is_called(self) -> Self:
        _check_called("", self.side, self.handle)
        return self


class _BroughtReport(_Brought):
    report: Report


class _BroughtWithdrawal(_Brought):
    withdrawal: Withdrawal


class _Done(Noun):
    """An act, and for which side it was done: the party's own, or the centre's."""

    side: Side
    act: Act


class Settled(Noun):
    """What the desk records as established; see `Established` for `question`, `value` and `start`.

    Args:
        report: of an incident, a report of it: the incident is that in which it stands.
        subject: the id of a party, of a clause or of an agreement.
        agreement: the agreement for which it holds; "" for all, of an incident alone.
        receipts: it holds once every party of an agreement has said with a receipt that it has this statement; or else
            at once, as the desk's word.
        by, reason: who at the desk records it, and why.
    """

    report: Entry | None = None
    agreement: str = ""
    subject: str = ""
    question: str
    value: str
    start: AwareDatetime | None = None
    receipts: bool = False
    by: str
    reason: str

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if (self.report is None) == (not self.subject) or (self.subject and not self.agreement):
            raise ValueError("it is about a report's incident, or about a subject of an agreement")
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("it says who records it and why")
        return self


class Receipt(Noun):
    """A party's word that it has the statement at `of`."""

    of: Entry
    side: Side


class _MadeReview(Noun):
    """A review, with whose the holder is that its changes name."""

    review: Review
    side: Side | None
    handle: str | None

    @model_validator(mode="after")
    def _is_called(self) -> Self:
        changes = self.review.changes
        _check_called(changes.holder if changes else None, self.side, self.handle)
        return self


def _check_called(source: str | None, side: str | None, handle: str | None) -> None:
    if (source is None, side is None) != (side is None, handle is None):
        raise ValueError("a side and a handle go with a source, and with nothing else")
    if side is not None and handle is not None and not is_handle(handle, side):
        raise ValueError(f"no source of the side {side} has the handle {handle}")


Says = (
    Charter
    | TermsVersion
    | Arrived
    | RecordedReport
    | RecordedWithdrawal
    | InputPart
    | RecordedAct
    | Settled
    | RegisteredPlace
    | RegisteredSource
    | Receipt
    | Judgement
    | Weighing
    | RecordedReview
    | ModelAnswer
    | Publication
    | Unread
)


@dataclass(frozen=True)
class Stated:
    """One statement as read back from the record: its entry, when the centre received it, and what it says."""

    entry: int
    at: datetime
    says: Says


@dataclass(frozen=True)
class _Form:
    """How the statements of one kind are made: the noun, and its data as the body has them and back."""

    noun: type[Noun]
    written: Callable[[Body], Body] = dict
    read: Callable[[Body], Body] = dict


_FORMS: Mapping[str, _Form] = {
    "charter": _Form(Charter, bodies.charter_written, bodies.adopted_read),
    "terms-version": _Form(TermsVersion, bodies.version_written, bodies.adopted_read),
    "input": _Form(Arrived),
    "report": _Form(_BroughtReport, bodies.report_written, bodies.report_read),
    "withdrawal": _Form(_BroughtWithdrawal),
    "input-part": _Form(InputPart),
    "act": _Form(_Done, bodies.act_written, bodies.act_read),
    "established": _Form(Settled),
    "place": _Form(RegisteredPlace),
    "source": _Form(RegisteredSource),
    "judgement": _Form(Judgement, bodies.judgement_written, bodies.judgement_read),
    "weighing": _Form(Weighing),
    "review": _Form(_MadeReview, bodies.review_written, bodies.review_read),
    "model-proposal": _Form(ModelAnswer),
    "publication": _Form(Publication),
}


def state(kind: Kind, noun: Noun) -> Statement:
    """Return the statement of *kind* that says *noun*."""
    return kind, _FORMS[kind].written(noun.model_dump(mode="json"))


def state_review(review: Review, handles: Handles) -> Statement:
    """Return the statement that says *review*, with whose the holder is that its changes name."""
    side, handle = handles.of(review.changes.holder) if review.changes else (None, None)
    return state("review", _MadeReview(review=review, side=side, handle=handle))


def state_act(act: Act, side: str) -> Statement:
    """Return the statement that says *act*, done for *side*."""
    return state("act", _Done(side=side, act=act))


def state_reading(reading: Reading, entry: int, last: bool, handles: Handles) -> Iterator[Statement]:
    """Yield the statements of a part of the input at *entry*: its reports and withdrawals, then how far it goes."""
    for report in reading.reports:
        side, handle = handles.of(report.source)
        yield state("report", _BroughtReport(input=entry, side=side, handle=handle, report=report))
    for withdrawal in reading.withdrawals:
        side, handle = handles.of(withdrawal.source)
        yield state("withdrawal", _BroughtWithdrawal(input=entry, side=side, handle=handle, withdrawal=withdrawal))
    yield state("input-part", part_of(reading, entry, last))


def part_of(reading: Reading, entry: int, last: bool) -> InputPart:
    """Return how far the input at *entry* was read with *reading*, the *last* one or not."""
    return InputPart(
        input=entry,
        rows=reading.rows,
        reports=len(reading.reports),
        withdrawals=len(reading.withdrawals),
        problems=reading.problems,
        passed=reading.passed,
        attachments=tuple(reading.attachments),
        last=last,
    )


def check_body(kind: str, body: Mapping[str, Any]) -> None:
    """Refuse a body that is not one of its kind: `read_back` reads what passes here, and nothing else.

    What the record makes and reads itself is not looked at.

    Raises:
        ValueError: the text says in a sentence what is wrong, and where.
    """
    if not _is_of_the_record(kind):
        try:
            _read(kind, body)
        except BodyError as error:
            raise ValueError(f"this is no body of the kind {printable(kind)}: {error}") from None


def _is_of_the_record(kind: str) -> bool:
    """Whether the record makes and reads a kind itself: it says nothing from which findings follow."""
    return has_form(kind) and kind not in _FORMS


def _read(kind: str, body: Mapping[str, Any]) -> Noun:
    """Return what a body says; raise BodyError where `state` would not write it so, byte for byte."""
    form = _FORMS.get(kind)
    if form is None:
        raise BodyError("this kind of statement is not known")
    data = form.read(dict(body))
    try:
        noun = form.noun.model_validate(data)
    except ValidationError as error:
        raise BodyError(bodies.why(error, data)) from None
    place = bodies.difference(body, form.written(noun.model_dump(mode="json")))
    if place is not None:
        raise BodyError(f"{bodies.shown(place) or 'the body'} is not spelled as it is written in a record")
    return noun


def read_back(entries: Iterable[tuple[int, str, datetime, Mapping[str, Any]]]) -> Iterator[Stated]:
    """Return what each statement says; the inverse of `state`, `state_review` and `state_reading`.

    Nothing raises: what cannot be read is an `Unread`. The record's own kinds (shred notices, key events) say nothing
    here.
    """
    for entry, kind, at, body in entries:
        if not _is_of_the_record(kind):
            yield Stated(entry, at, _said(entry, kind, at, body))


def _said(entry: int, kind: str, at: datetime, body: Mapping[str, Any]) -> Says:
    try:
        noun = _read(kind, body)
    except BodyError as error:
        return Unread(entry=entry, kind=kind, why=str(error))
    match noun:
        case _BroughtReport():
            return RecordedReport(entry=entry, received_at=at, **dict(noun))
        case _BroughtWithdrawal():
            return RecordedWithdrawal(entry=entry, received_at=at, **dict(noun))
        case _Done(side=side, act=act):
            return RecordedAct(entry=entry, received_at=at, side=side, act=act)
        case _MadeReview(side=side, handle=handle, review=review):
            return RecordedReview(entry=entry, received_at=at, side=side, handle=handle, review=review)
    return cast("Says", noun)


def card(entry: int, arrived: Arrived) -> InputCard:
    """Return what reports show of an input of which nothing was read yet."""
    return InputCard(
        entry=entry,
        name=arrived.name,
        channel=arrived.channel,
        digest=arrived.digest,
        reports=0,
        problems=(),
        whole=False,
    )


def with_part(card: InputCard, part: InputPart) -> InputCard:
    """Return *card* with what *part* adds."""
    problems = together((*card.problems, *part.problems))
    return card.model_copy(
        update={
            "reports": card.reports + part.reports,
            "withdrawals": card.withdrawals + part.withdrawals,
            "problems": problems[:MOST_PROBLEMS_SHOWN],
            "more_problems": card.more_problems + sum(one.times for one in problems[MOST_PROBLEMS_SHOWN:]),
            "passed": dict(Counter(card.passed) + Counter(part.passed)),
            "rows": max(card.rows, part.rows),
            "whole": part.last,
        }
    )
