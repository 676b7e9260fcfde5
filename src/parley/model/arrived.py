"""An input as the record has it: how it arrived, how far it was read, and what of it is shown."""

from collections import Counter
from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from parley.model.alike import together
from parley.model.base import Digest, Entry, Noun
from parley.model.findings import InputCard
from parley.model.input import Reading
from parley.model.problem import Problem
from parley.model.sides import Side, check_called

MOST_PROBLEMS_SHOWN = 1000


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
        check_called(self.source, self.side, self.handle)
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
