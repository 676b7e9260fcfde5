"""The totals of findings, for a terminal. Answers are counted for each agreement, never over several."""

from collections.abc import Iterator

from parley.model import Answer, Findings, Noun


class AgreementTotals(Noun):
    """How often each answer was given under one agreement: one for each account of each incident and each clause."""

    agreement: str
    title: str
    breach: int
    no_breach: int
    unknown: int
    not_covered: int


class Summary(Noun):
    """The totals of one record, as of `size` entries.

    `rival`: incidents in which two accounts exclude each other on at least one attribute; `proposals`: statements of
    articles that await review; `problems`: faults of inputs that are listed, with what was kept.
    """

    size: int
    inputs: int
    reports: int
    incidents: int
    accounts: int
    rival: int
    unplaced: int
    taken_back: int
    repeated: int
    answers: tuple[AgreementTotals, ...]
    cruxes: int
    tallies: int
    articles: int
    proposals: int
    problems: int

    def lines(self) -> Iterator[tuple[str, int]]:
        """Return each total with its label, in the order of the main job."""
        yield "entries in the record", self.size
        yield "inputs", self.inputs
        yield "problems of inputs, listed with what was kept", self.problems
        yield "reports", self.reports
        yield "statements of articles that await review", self.proposals
        yield "incidents", self.incidents
        yield "accounts of them", self.accounts
        yield "incidents with rival accounts", self.rival
        yield "event reports kept as allegations, without an incident", self.unplaced
        yield "reports that their source withdrew or replaced", self.taken_back
        yield "reports that say unchanged what their source said before", self.repeated
        for totals in self.answers:
            yield f"answers “breach” · {totals.title}", totals.breach
            yield f"answers “no breach” · {totals.title}", totals.no_breach
            yield f"answers “unknown” · {totals.title}", totals.unknown
            yield f"answers “not covered” · {totals.title}", totals.not_covered
        yield "cruxes: what an answer turns on", self.cruxes
        yield "pairs of counts set side by side", self.tallies


def summary(findings: Findings) -> Summary:
    """Return the totals of *findings*."""
    answers: dict[str, dict[Answer, int]] = {
        agreement.id: {"breach": 0, "no breach": 0, "unknown": 0, "not covered": 0} for agreement in findings.agreements
    }
    cruxes = 0
    for assessment in findings.assessments:
        for clause in assessment.clauses:
            cruxes += len(clause.cruxes)
            for account in clause.accounts:
                answers[assessment.agreement][account.answer] += 1
    taken_back = len(findings.revisions.withdrawn) + len(findings.revisions.replaced)
    articles = [recorded.report for recorded in findings.reports if recorded.report.kind == "article"]
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
        unplaced=len(findings.unplaced) - taken_back - len(findings.revisions.repeated),
        taken_back=taken_back,
        repeated=len(findings.revisions.repeated),
        answers=tuple(
            AgreementTotals(
                agreement=agreement.id,
                title=agreement.title,
                breach=answers[agreement.id]["breach"],
                no_breach=answers[agreement.id]["no breach"],
                unknown=answers[agreement.id]["unknown"],
                not_covered=answers[agreement.id]["not covered"],
            )
            for agreement in findings.agreements
        ),
        cruxes=cruxes,
        tallies=len(findings.tallies),
        articles=len(articles),
        proposals=sum(len(article.proposals) for article in articles)
        + sum(bool(one.made_by) for one in findings.reviews.proposals)
        - findings.reviews.decided,
        problems=sum(card.problem_count for card in findings.inputs),
    )
