"""The totals of findings, for a terminal. Answers are counted for each agreement, never over several."""

from collections import Counter
from collections.abc import Iterator, Sequence

from parley.model import AgreementCard, Assessment, Findings, Noun
from parley.publish.answers import unsettled


class AgreementTotals(Noun):
    """How often each answer was given under one agreement.

    Args:
        breach, could_be, in_no_case, no_breach, not_covered: one for each account of each incident and each clause.
        not_raised: the same, where no account speaks of what the clause is about.
        breaches_of_several, breaches_of_one_account, breaches_of_accuser: clauses of an incident of which some account
            makes a breach, by what it rests on: several accounts, one alone, or only parties that accuse others.
    """

    agreement: str
    title: str
    breach: int
    could_be: int
    in_no_case: int
    no_breach: int
    not_covered: int
    not_raised: int
    breaches_of_several: int
    breaches_of_one_account: int
    breaches_of_accuser: int

    def lines(self) -> Iterator[tuple[str, int]]:
        """Return each total with its label; those that are often zero only where they are not."""
        yield f"answers “breach” · {self.title}", self.breach
        yield f"answers “could be a breach” · {self.title}", self.could_be
        yield f"answers “in no case a breach” · {self.title}", self.in_no_case
        yield f"answers “no breach” · {self.title}", self.no_breach
        yield f"answers “not covered” · {self.title}", self.not_covered
        rarer = (
            ("not raised: no account speaks of it", self.not_raised),
            ("breaches that several accounts support", self.breaches_of_several),
            ("breaches on one account alone", self.breaches_of_one_account),
            ("breaches only on the word of parties that accuse others", self.breaches_of_accuser),
        )
        yield from ((f"{label} · {self.title}", number) for label, number in rarer if number)


class Summary(Noun):
    """The totals of one record, as of `size` entries.

    `rival`: incidents in which two accounts exclude each other on at least one attribute; `proposals`: statements of
    articles that await review; `problems`: faults of inputs that are listed, with what was kept; `faults`: agreements
    that could not be applied; `unread`: statements that could not be read. `doubles`: reports of one source that say
    the same under different ids, on which people have to decide; `doubts`: those that fit two incidents equally, on
    which people have to decide too; `left_out`: pairs of reports that were not compared; `outdone`: pairs that fit, and
    were set aside since others fit better.
    `agreed`, `equal` and `differ` count clauses of incidents with several accounts, as `Comparison` has them, where
    some account speaks of what the clause is about.
    """

    size: int
    inputs: int
    reports: int
    incidents: int
    accounts: int
    rival: int
    unplaced: int
    taken_back: int
    waiting: int
    repeated: int
    doubles: int
    doubts: int
    left_out: int
    outdone: int
    answers: tuple[AgreementTotals, ...]
    faults: int
    agreed: int
    equal: int
    differ: int
    cruxes: int
    tallies: int
    articles: int
    proposals: int
    problems: int
    unread: int

    def lines(self) -> Iterator[tuple[str, int]]:
        """Return each total with its label, in the order of the main job."""
        yield "entries in the record", self.size
        yield "inputs", self.inputs
        yield "input problems", self.problems
        yield "reports", self.reports
        yield "statements of articles that await review", self.proposals
        yield "incidents", self.incidents
        yield "accounts of them", self.accounts
        yield "incidents with rival accounts", self.rival
        yield "event reports without an incident (allegations)", self.unplaced
        yield "reports that were withdrawn or corrected", self.taken_back
        if self.waiting:
            yield "reports that wait for a person (held)", self.waiting
        yield "exact repeats", self.repeated
        if self.doubles:
            yield "reports of one source that say the same, and wait for people", self.doubles
        if self.doubts:
            yield "reports that fit two incidents equally, and wait for people", self.doubts
        if self.left_out:
            yield "pairs of reports that were not compared: too many at one place", self.left_out
        if self.outdone:
            yield "pairs of reports that fit, and were set aside: others fit better", self.outdone
        if self.faults:
            yield "agreements that could not be applied", self.faults
        for totals in self.answers:
            yield from totals.lines()
        yield "clauses with one answer, whatever combination of the accounts is so", self.agreed
        yield "clauses with the same answer on each account, but not on every combination", self.equal
        yield "clauses on which the answers differ", self.differ
        yield "cruxes: what an answer turns on", self.cruxes
        yield "pairs of counts set side by side", self.tallies


def summary(findings: Findings) -> Summary:
    """Return the totals of *findings*."""
    taken_back = len(findings.revisions.withdrawn) + len(findings.revisions.replaced)
    waiting = len(findings.revisions.waiting)
    articles = [recorded.report for recorded in findings.reports if recorded.report.kind == "article"]
    raised = [clause for assessment in findings.assessments for clause in assessment.clauses if clause.raised]
    rows = Counter(clause.comparison for clause in raised)
    return Summary(
        size=findings.size,
        inputs=len(findings.inputs),
        reports=len(findings.reports),
        incidents=len(findings.incidents),
        accounts=sum(len(incident.accounts) for incident in findings.incidents),
        rival=sum(
            1
            for incident in findings.incidents
            if any(difference.state == "disputed" for difference in incident.differences)
        ),
        unplaced=len(findings.unplaced) - taken_back - len(findings.revisions.repeated) - waiting,
        waiting=waiting,
        taken_back=taken_back,
        repeated=len(findings.revisions.repeated),
        doubles=sum(len(one.entries) for one in findings.doubles),
        doubts=len(findings.doubts),
        left_out=sum(one.left_out for one in findings.crowds),
        outdone=findings.outdone,
        answers=tuple(
            _totals(card, [one for one in findings.assessments if one.agreement == card.id])
            for card in findings.agreements
            if not card.fault
        ),
        faults=sum(bool(card.fault) for card in findings.agreements),
        agreed=rows["agreed"],
        equal=rows["equal"],
        differ=rows["differ"],
        cruxes=sum(len(clause.cruxes) for clause in raised if unsettled(clause)),
        tallies=len(findings.tallies),
        articles=len(articles),
        proposals=sum(len(article.proposals) for article in articles)
        + sum(bool(one.made_by) for one in findings.reviews.proposals)
        - findings.reviews.decided,
        problems=sum(card.problem_count for card in findings.inputs),
        unread=len(findings.unread),
    )


def _totals(card: AgreementCard, assessments: Sequence[Assessment]) -> AgreementTotals:
    clauses = [clause for assessment in assessments for clause in assessment.clauses]
    accounts = [one for clause in clauses for one in clause.accounts]
    answers = Counter(one.shown for one in accounts)
    breaches = Counter(clause.support for clause in clauses if any(one.answer == "breach" for one in clause.accounts))
    return AgreementTotals(
        agreement=card.id,
        title=card.title,
        breach=answers["breach"],
        could_be=answers["could be a breach"],
        in_no_case=answers["in no case a breach"],
        no_breach=answers["no breach"],
        not_covered=answers["not covered"],
        not_raised=answers["not raised"],
        breaches_of_several=breaches[""],
        breaches_of_one_account=breaches["one account"],
        breaches_of_accuser=breaches["accuser alone"],
    )
