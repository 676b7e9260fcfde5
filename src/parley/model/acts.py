"""What people do to statements that stand: correct, withdraw, note, accept a correction, keep a report apart.

Nothing is erased by it: a report that was corrected or withdrawn rests in the record, and supports no incident.
"""

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from parley.model.attributes import Attribute
from parley.model.base import Noun
from parley.model.claim import Claims


class Act(Noun):
    """One act upon the statement at `entry`, by somebody who says why.

    Args:
        does: *correct*: the report says `claims` now, and nothing of what is in `without`; all else stands.
            *withdraw*: the report, every report of an input, or an act does not hold any more. *note*: `reason` is to
            be read beside it; nothing else follows. *accept*: the report, or those of an input, are corrections: of
            `of`, or of the reports with their ids. *apart*: they are reports of their own, whatever ids they have.
        by, role: who, as what.
        reason: why; of a note, the note.
    """

    does: Literal["correct", "withdraw", "note", "accept", "apart"]
    entry: int = Field(ge=0)
    claims: Claims = ()
    without: tuple[Attribute, ...] = ()
    of: int | None = Field(default=None, ge=0)
    by: str
    role: str = ""
    reason: str

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.does == "correct") != bool(self.claims or self.without):
            raise ValueError("a correction, and nothing else, says what changes")
        if {claim.attribute for claim in self.claims}.intersection(self.without):
            raise ValueError("what is said anew is not said no more")
        if self.without != tuple(sorted(set(self.without))):
            raise ValueError("`without` names attributes in order, each once")
        if self.of is not None and (self.does != "accept" or self.of == self.entry):
            raise ValueError("`of` is another report, for the act accept alone")
        if not self.by.strip() or not self.reason.strip():
            raise ValueError("an act says who does it and why")
        return self


class RecordedAct(Noun):
    """An act in the record: its entry, when the centre received it, and for which side it was done."""

    entry: int
    received_at: AwareDatetime
    side: str
    act: Act
