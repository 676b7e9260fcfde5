"""What people hold as settled, so that no account needs to prove it any more."""

from pydantic import AwareDatetime, ConfigDict, Field

from parley.model.base import Noun


class Established(Noun):
    """One question that is settled, or that the centre asks.

    Args:
        subject: the id of a clause, of a party, or of an incident that it is about.
        question: `exemption` (of an incident: a ground, or "none") · `bound` (of a party: yes or no) · `consent` (of a
            clause that is a duty: the time to which it was put off; of the agreement: that it was extended to a time) ·
            `reading` (of a clause: the reading that holds) · `breach` (of an incident, CLAUSE:yes or CLAUSE:no) ·
            an attribute of claims such as `actor` (of an incident).
        value: the answer; "" where the centre asks: then the aspect `question` (such as `access`) is raised.
        by: who holds it as settled.
        entry: the statement that says so; None where there is none.
        agreement: the id of the one agreement for which it holds; "" for any.
        start: from when it holds; None for ever.
    """

    model_config = ConfigDict(populate_by_name=True)

    subject: str
    question: str
    value: str = ""
    by: str = ""
    entry: int | None = None
    agreement: str = ""
    start: AwareDatetime | None = Field(default=None, alias="from")
