"""The statements that the centre writes, and how they are read back into nouns. Each kind has a writer and a reader."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self, cast

from pydantic import ValidationError, model_validator

from parley.centre import bodies
from parley.centre.bodies import Body, BodyError
from parley.centre.handles import Handles
from parley.model import (
    Act,
    Arrived,
    Charter,
    Input,
    InputPart,
    Judgement,
    ModelAnswer,
    Noun,
    Publication,
    Reading,
    RecordedAct,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    RegisteredPlace,
    RegisteredSource,
    Report,
    Review,
    Says,
    Settled,
    Side,
    Stated,
    TermsVersion,
    Unread,
    Weighing,
    Withdrawal,
    printable,
)
from parley.model.arrived import part_of
from parley.model.base import Entry
from parley.model.sides import check_called
from parley.record.statements.kinds import has_form

Kind = Literal[
    "charter", "terms-version", "input", "report", "withdrawal", "input-part", "act", "established", "place", "source",
    "judgement",
    "weighing", "review", "model-proposal", "publication",
]  # fmt: skip
Statement = tuple[Kind, Body]

OF_INPUT = ("report", "withdrawal", "input-part")
"""The kinds of statements that an input brings with it; their bodies name its entry under `input`."""


@dataclass(frozen=True)
class Delivery:
    """An input with what the person who adds it says of it: the channel, the source, the mapping of a table."""

    input: Input
    channel: str
    source: str | None = None
    mapping: Input | None = None

    def arrived(self, handles: Handles) -> Arrived:
        """Return what is recorded of this input before it is read."""
        from parley.intake.text.funnel import utf8

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


class _Brought(Noun):
    """What an input brought, from a source: the entry of the input, and whose the source is."""

    input: Entry
    side: Side
    handle: str

    @model_validator(mode="after")
    def _is_called(self) -> Self:
        check_called("", self.side, self.handle)
        return self


class _BroughtReport(_Brought):
    report: Report


class _BroughtWithdrawal(_Brought):
    withdrawal: Withdrawal


class _Done(Noun):
    """An act, and for which side it was done: the party's own, or the centre's."""

    side: Side
    act: Act


class _MadeReview(Noun):
    """A review, with whose the holder is that its changes name."""

    review: Review
    side: Side | None
    handle: str | None

    @model_validator(mode="after")
    def _is_called(self) -> Self:
        changes = self.review.changes
        check_called(changes.holder if changes else None, self.side, self.handle)
        return self


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
