"""What the desk records as established, and that a party has a statement."""

from typing import Self

from pydantic import AwareDatetime, model_validator

from parley.model.base import Entry, Noun
from parley.model.sides import Side


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
