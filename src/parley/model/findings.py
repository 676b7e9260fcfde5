"""Everything that is derived from a record up to one entry: the same record gives the same findings on any machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import AwareDatetime

from parley.model.acts import RecordedAct
from parley.model.assessment import Assessment
from parley.model.base import Noun
from parley.model.coded import Cause
from parley.model.crowd import Crowd
from parley.model.doubles import Doubles
from parley.model.doubt import Doubt
from parley.model.established import Established
from parley.model.incident import Incident
from parley.model.judgement import RecordedJudgement
from parley.model.past import Past
from parley.model.problem import Problem
from parley.model.register import Register
from parley.model.report import RecordedReport
from parley.model.review import Reviews
from parley.model.revisions import RecordedWithdrawal, Revisions
from parley.model.series import SeriesFinding
from parley.model.tally import Tally
from parley.model.warning import ReportWarning


class ClauseCard(Noun):
    """What a reader needs of a clause: its id, where it stands in the instrument and what it says, in our own words."""

    id: str
    article: str
    says: str


class VersionCard(Noun):
    """What a reader needs of one version of an agreement, in a time in which it applies.

    Args:
        entry: the statement that adopted it.
        start, until: from when on it applies, and until when; None: for ever.
        date: that of the text.
        digest: SHA-256 of its file.
        retroactive: whether acts of that time had been reported before it was adopted.
        by: who adopted it.
        clauses, parties: as this version has them.
    """

    entry: int | None
    start: AwareDatetime | None = None
    until: AwareDatetime | None = None
    title: str
    date: date
    timezone: str
    digest: str
    retroactive: bool = False
    by: str = ""
    clauses: tuple[ClauseCard, ...]
    parties: Mapping[str, str]


class AgreementCard(Noun):
    """What a reader needs of an agreement: as its newest version has it, with what only others have.

    Args:
        entry: that of the newest version.
        versions: in the order of time.
        uncertain: what its file itself says is not sure.
        fault: why it could not be applied; "" where it was.
        parties: the name of each party by its id.
    """

    entry: int | None
    id: str
    title: str
    source: str
    clauses: tuple[ClauseCard, ...]
    uncertain: tuple[str, ...] = ()
    fault: str = ""
    parties: Mapping[str, str] = {}
    versions: tuple[VersionCard, ...] = ()


class InputCard(Noun):
    """One input as recorded: how many reports it gave, and its problems.

    Args:
        problems: the first thousand, those that are alike told once; the record holds them part by part.
        more_problems: how many there are beside those.
        withdrawals: how many reports of earlier inputs it takes back.
        passed: of rows that tell of something else than the channel is for: of what, how many.
        rows: the last row that was taken, of a table.
        whole: False where reading was cut short: the same command goes on.
    """

    entry: int
    name: str
    channel: str
    digest: str
    reports: int
    problems: tuple[Problem, ...]
    more_problems: int = 0
    withdrawals: int = 0
    passed: Mapping[str, int] = {}
    rows: int = 0
    whole: bool = True

    @property
    def problem_count(self) -> int:
        """How many faults there are, those that are told together counted each."""
        return sum(one.times for one in self.problems) + self.more_problems


class Unread(Noun):
    """A statement that cannot be read, and moves nothing: its entry, the kind that it says it is, and why."""

    entry: int
    kind: str
    why: str


@dataclass(frozen=True)
class Findings:
    """All views of one record, as of `size` entries; every tuple is in the order of the record.

    `unplaced` maps the entry of an event report that made no incident to the causes: its time or place is not known,
    or it does not hold any more, which `revisions` says.
    `reports` hold the event reports that follow from reviews, at the entry of the review that confirmed each.
    `origins` maps the entry of an article that has copies to that of the first of them.
    `superseded` maps the entry of a judgement that does not hold any more to that of the one that superseded it.
    `acts` are all that people did to reports, `withdrawals` what sources took back; `revisions` says which of them did
    nothing.
    `established` is what people hold as settled, `register` the places and sources that the desk registered.
    `again` are those of `revisions.repeated` that say again, under the same id, what people may still tell apart.
    `doubles` are reports that say the same under different ids, and wait for people; `counts_with` maps the entry of a
    report that counts once with an earlier one to that of the earliest. `doubts` are those that
    fit two incidents equally, and stand alone until people decide.
    `crowds` are reports of which not all pairs were compared; `outdone` is how many pairs fit and were set aside, since
    others fit better. `unread` are the statements that cannot be read.
    `past` is what incidents leave to later ones, under agreements of which an answer may depend on earlier findings.
    `warnings` are what is perhaps a slip, by the entry of the report; only of reports that hold or wait.
    """

    size: int
    inputs: tuple[InputCard, ...]
    agreements: tuple[AgreementCard, ...]
    reports: tuple[RecordedReport, ...]
    incidents: tuple[Incident, ...]
    unplaced: Mapping[int, tuple[Cause, ...]]
    assessments: tuple[Assessment, ...]
    tallies: tuple[Tally, ...]
    series: tuple[SeriesFinding, ...] = field(default=(), kw_only=True)
    judgements: tuple[RecordedJudgement, ...] = ()
    past: tuple[Past, ...] = ()
    superseded: Mapping[int, int] = field(default_factory=dict)
    origins: Mapping[int, int] = field(default_factory=dict)
    revisions: Revisions = field(default_factory=Revisions)
    reviews: Reviews = field(default_factory=Reviews)
    again: Mapping[int, int] = field(default_factory=dict)
    doubles: tuple[Doubles, ...] = ()
    counts_with: Mapping[int, int] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    crowds: tuple[Crowd, ...] = ()
    outdone: int = 0
    unread: tuple[Unread, ...] = ()
    acts: tuple[RecordedAct, ...] = ()
    withdrawals: tuple[RecordedWithdrawal, ...] = ()
    established: tuple[Established, ...] = ()
    register: Register = field(default_factory=Register)
    warnings: Mapping[int, tuple[ReportWarning, ...]] = field(default_factory=dict)
