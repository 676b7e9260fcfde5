"""The statements that the centre writes, and how they are read back into nouns. Each kind has a writer and a reader."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from parley.intake.funnel import utf8
from parley.model import (
    Input,
    InputCard,
    Judgement,
    ModelAnswer,
    Noun,
    Problem,
    Reading,
    RecordedReport,
    RecordedWithdrawal,
    Report,
    Review,
    Weighing,
    Withdrawal,
)

Kind = Literal[
    "centre", "terms-version", "input", "report", "withdrawal", "input-part", "judgement", "weighing", "review",
    "model-proposal", "publication",
]  # fmt: skip
Body = dict[str, Any]
Statement = tuple[Kind, Body]

OF_INPUT = ("report", "withdrawal", "input-part")
"""The kinds of statements that an input brings with it; their bodies name its entry under `input`."""
MOST_PROBLEMS_SHOWN = 1000

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
    """An input as it arrived; the bytes are kept in files/ under their digest. What it gave follows in its parts."""

    name: str
    channel: str
    digest: str
    size: int
    source: str | None
    mapping: str | None

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

    def arrived(self) -> Arrived:
        """Return what is recorded of this input before it is read."""
        return Arrived(
            name=self.input.name,
            channel=self.channel,
            digest=self.input.digest,
            size=self.input.size,
            source=self.source,
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

    input: int
    rows: int
    reports: int
    withdrawals: int = 0
    problems: tuple[Problem, ...]
    passed: Mapping[str, int] = {}
    attachments: tuple[str, ...] = ()
    last: bool

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of the files that are kept with this statement."""
        return self.attachments


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
    says: (
        Charter
        | TermsVersion
        | Arrived
        | RecordedReport
        | RecordedWithdrawal
        | InputPart
        | Judgement
        | Weighing
        | Review
        | ModelAnswer
        | Publication
    )


def state(kind: Kind, noun: Noun) -> Statement:
    """Return the statement of *kind* that says *noun*."""
    return kind, noun.model_dump(mode="json")


def state_reading(reading: Reading, entry: int, last: bool) -> Iterator[Statement]:
    """Yield the statements of a part of the input at *entry*: its reports and withdrawals, then how far it goes."""
    for report in reading.reports:
        yield "report", {"input": entry, "report": report.model_dump(mode="json")}
    for withdrawal in reading.withdrawals:
        yield "withdrawal", {"input": entry, "withdrawal": withdrawal.model_dump(mode="json")}
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


def read_back(entries: Iterator[tuple[int, str, datetime, Mapping[str, Any]]]) -> Iterator[Stated]:
    """Return what each statement says; the inverse of `state` and `state_reading`.

    The record's own kinds (shred notices, key events) say nothing here. An input's statement as records held it before
    there were parts says all at once; it comes back as both.
    """
    nouns: dict[
        str,
        type[Charter | TermsVersion | Arrived | InputPart | Judgement | Weighing | Review | ModelAnswer | Publication],
    ] = {
        "centre": Charter,
        "terms-version": TermsVersion,
        "input": Arrived,
        "input-part": InputPart,
        "judgement": Judgement,
        "weighing": Weighing,
        "review": Review,
        "model-proposal": ModelAnswer,
        "publication": Publication,
    }
    for number, kind, at, body in entries:
        if kind == "report":
            report = _REPORT.validate_python(body["report"], strict=False)
            yield Stated(number, at, RecordedReport(entry=number, received_at=at, report=report))
        elif kind == "withdrawal":
            taken_back = Withdrawal.model_validate(body["withdrawal"])
            yield Stated(number, at, RecordedWithdrawal(entry=number, received_at=at, withdrawal=taken_back))
        elif kind == "input" and "reports" in body:
            said = {name: body[name] for name in ("reports", "problems", "attachments")}
            rest = {name: value for name, value in body.items() if name not in said}
            yield Stated(number, at, Arrived.model_validate(rest))
            yield Stated(number, at, InputPart.model_validate({"input": number, "rows": 0, "last": True, **said}))
        elif kind in nouns:
            yield Stated(number, at, nouns[kind].model_validate(body))


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
    problems = (*card.problems, *part.problems)
    return card.model_copy(
        update={
            "reports": card.reports + part.reports,
            "withdrawals": card.withdrawals + part.withdrawals,
            "problems": problems[:MOST_PROBLEMS_SHOWN],
            "more_problems": card.more_problems + len(problems[MOST_PROBLEMS_SHOWN:]),
            "passed": dict(Counter(card.passed) + Counter(part.passed)),
            "rows": max(card.rows, part.rows),
            "whole": part.last,
        }
    )
