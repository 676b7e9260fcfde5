"""All that a statement of the record may say."""

from dataclasses import dataclass
from datetime import datetime

from parley.model.acts import RecordedAct
from parley.model.arrived import Arrived, InputPart
from parley.model.findings import Unread
from parley.model.judgement import Judgement
from parley.model.published import Publication
from parley.model.register import RegisteredPlace, RegisteredSource
from parley.model.report import RecordedReport
from parley.model.review import ModelAnswer, RecordedReview
from parley.model.revisions import RecordedWithdrawal
from parley.model.rules import Charter, TermsVersion
from parley.model.settled import Receipt, Settled
from parley.model.weighing import Weighing

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
