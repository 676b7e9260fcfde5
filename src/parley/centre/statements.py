"""The statements that the centre writes, and how they are read back into nouns. Each kind has a writer and a reader."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from parley.model import (
    Input,
    InputCard,
    Judgement,
    ModelAnswer,
    Noun,
    Problem,
    Reading,
    RecordedReport,
    Report,
    Review,
)

Kind = Literal["centre", "terms-version", "input", "report", "judgement", "review", "model-proposal", "publication"]
Body = dict[str, Any]
Statement = tuple[Kind, Body]

_REPORT: TypeAdapter[Report] = TypeAdapter(Report)


class Charter(Noun):
    """What a centre is, as its first statement says: everything outside the inputs that its findings depend on."""

    title: str
    timezone: str
    exercise: bool = False
    note: str = ""


class TermsVersion(Noun):
    """The text of an agreement's file as it was when the centre took it up."""

    name: str
    text: str


class Arrived(Noun):
    """An input as it arrived; the bytes are kept in files/ under their digest."""

    name: str
    channel: str
    digest: str
    size: int
    source: str | None
    mapping: str | None
    attachments: tuple[str, ...]
    reports: int
    problems: tuple[Problem, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of all files that it brought."""
        return (self.digest, *self.attachments)

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

    def arrived(self, reading: Reading) -> Arrived:
        """Return what is recorded of this input once it was read."""
        return Arrived(
            name=self.input.name,
            channel=self.channel,
            digest=hashlib.sha256(self.input.data).hexdigest(),
            size=len(self.input.data),
            source=self.source,
            mapping=self.mapping.data.decode("utf-8") if self.mapping else None,
            attachments=tuple(reading.attachments),
            reports=len(reading.reports),
            problems=reading.problems,
        )


class Publication(Noun):
    """A published file: which day, as of which size of the record, and the digest of its bytes."""

    name: str
    day: date
    as_of: int
    digest: str


@dataclass(frozen=True)
class Stated:
    """One statement as read back from the record: its entry, when the centre received it, and what it says."""

    entry: int
    at: datetime
    says: Charter | TermsVersion | Arrived | RecordedReport | Judgement | Review | ModelAnswer | Publication


def state(kind: Kind, noun: Noun) -> Statement:
    """Return the statement of *kind* that says *noun*."""
    return kind, noun.model_dump(mode="json")


def state_reading(arrived: Arrived, reports: Sequence[Report], entry: int) -> list[Statement]:
    """Return the statements of one input: the input itself, to stand at *entry*, then each of its reports."""
    return [
        state("input", arrived),
        *(("report", {"input": entry, "report": report.model_dump(mode="json")}) for report in reports),
    ]


def read_back(entries: Iterator[tuple[int, str, datetime, Mapping[str, Any]]]) -> Iterator[Stated]:
    """Return what each statement says; the inverse of `state` and `state_reading`.

    The record's own kinds (shred notices, key events) say nothing here.
    """
    nouns: dict[str, type[Charter | TermsVersion | Arrived | Judgement | Review | ModelAnswer | Publication]] = {
        "centre": Charter,
        "terms-version": TermsVersion,
        "input": Arrived,
        "judgement": Judgement,
        "review": Review,
        "model-proposal": ModelAnswer,
        "publication": Publication,
    }
    for number, kind, at, body in entries:
        if kind == "report":
            report = _REPORT.validate_python(body["report"], strict=False)
            yield Stated(number, at, RecordedReport(entry=number, received_at=at, report=report))
        elif kind in nouns:
            yield Stated(number, at, nouns[kind].model_validate(body))


def card(entry: int, arrived: Arrived) -> InputCard:
    """Return what reports show of an input."""
    return InputCard(
        entry=entry,
        name=arrived.name,
        channel=arrived.channel,
        digest=arrived.digest,
        reports=arrived.reports,
        problems=arrived.problems,
    )
