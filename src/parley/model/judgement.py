"""What a person decided about which reports speak of one happening. It stands until another judgement supersedes it."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from parley.model.base import Noun


def _in_order(groups: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted(tuple(sorted(group)) for group in groups))


def _each_once(entries: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(set(entries)))


class Judgement(Noun):
    """Each group of reports is one happening, and different groups are different happenings.

    Args:
        kind: the word under which it was made. *same* and *merge* give one group, *different* and *split* several;
            *part-of* says that `whole` tells of the one group's happening among others; *withdraw* gives none.
        groups: reports by their entries; a report stands in one group only. Neither groups nor entries have an order
            of their own, so they stand in that of the record.
        whole: the entry of the wider report, for *part-of*.
        supersedes: entries of judgements that do not hold any more.
        by, role, reason: who judged, as what, and why.
    """

    kind: Literal["same", "different", "part-of", "split", "merge", "withdraw"]
    groups: Annotated[tuple[tuple[int, ...], ...], AfterValidator(_in_order)] = ()
    whole: int | None = None
    supersedes: Annotated[tuple[int, ...], AfterValidator(_each_once)] = ()
    by: str
    role: str = ""
    reason: str

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        entries = [entry for group in self.groups for entry in group]
        if len(set(entries)) < len(entries) or not all(self.groups):
            raise ValueError("a report stands in one group only, and no group is empty")
        least = {"same": (1, 2), "merge": (1, 2), "different": (2, 2), "split": (2, 2), "part-of": (1, 1)}
        if self.kind == "withdraw":
            if entries or not self.supersedes:
                raise ValueError("a withdrawal names the judgements that it withdraws, and no reports")
        elif len(self.groups) < least[self.kind][0] or len(entries) < least[self.kind][1]:
            raise ValueError(f"too few reports to judge that they are {self.kind}")
        if (self.kind == "part-of") != (self.whole is not None) or self.whole in entries:
            raise ValueError("`whole` is another report, for the kind part-of and for no other")
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("a judgement says who made it and why")
        return self


class RecordedJudgement(Noun):
    """A judgement with its place in the record, which orders judgements."""

    entry: int
    judgement: Judgement
