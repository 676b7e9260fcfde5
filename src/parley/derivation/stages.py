"""The stages from statements to findings, in their order: each a pure function, the same on anybody's machine.

statements ─said_in─> what each kind says ─held_of─> reports that hold ─matched─> incidents ─terms─> assessments

`derive` runs them over everything that is stated. Over a *part* of it they give what the whole gives for that part,
where nothing that decides is left out: `touched` says what that is, and a `Part` holds what only the whole shows.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from parley import incidents, terms
from parley.derivation import agreements
from parley.derivation.agreements import Applied
from parley.derivation.established import as_established
from parley.derivation.register import register_of
from parley.model import (
    Arrived,
    Established,
    Findings,
    InputCard,
    InputPart,
    Judgement,
    JudgementError,
    ModelAnswer,
    Publication,
    Receipt,
    RecordedAct,
    RecordedAnswer,
    RecordedJudgement,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    RegisteredPlace,
    RegisteredSource,
    Reviews,
    Revisions,
    Settled,
    Stated,
    TermsVersion,
    Unread,
    Weighing,
)
from parley.model.arrived import card, with_part
from parley.model.past import Past
from parley.uncollected import without_collecting


@dataclass(frozen=True)
class Part:
    """What a derivation of a part of a record has to be told of the whole.

    Args:
        size: how many entries the whole has; None: as many as are stated.
        matched: the entries of the reports that are matched; None: all that hold.
        weigh: what pairs of reports weigh, given their columns and entries; None: all are compared.
        copies: which articles are copies of one telling; see `incidents.origins`.
        retroactive: the entries of texts of whose time acts had been reported before they were taken up; None: that is
            seen from the reports.
        shifted: whether the ids of inputs have shifted, of which not all is among the part; see `incidents.revise`.
        positions: where all reports lie.
        past: what other incidents leave to later ones.
        elsewhere: wider reports that tell of other incidents; see `incidents.matched`.
        drawn: which reports are together; None: that is to be found.
    """

    size: int | None = None
    matched: Collection[int] | None = None
    weigh: incidents.Weigh | None = None
    copies: Callable[[Sequence[RecordedReport]], Mapping[int, int]] = incidents.origins
    retroactive: Collection[int] | None = None
    shifted: Mapping[int, bool] = field(default_factory=dict)
    positions: incidents.Positions | None = None
    past: Sequence[Past] = ()
    elsewhere: Collection[int] = ()
    drawn: incidents.Drawn | None = None


@dataclass
class Said:
    """What statements say, by their kinds, each in the order of the record.

    `size` is how many entries they go up to, publications aside; `weights` None: those that come with Parley.
    """

    size: int = 0
    inputs: dict[int, InputCard] = field(default_factory=dict)
    withdrawals: list[RecordedWithdrawal] = field(default_factory=list)
    reports: list[RecordedReport] = field(default_factory=list)
    acts: list[RecordedAct] = field(default_factory=list)
    settled: list[tuple[int, Settled]] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    registered: list[tuple[int, RegisteredPlace | RegisteredSource]] = field(default_factory=list)
    judgements: list[RecordedJudgement] = field(default_factory=list)
    weights: incidents.Weights | None = None
    reviews: list[RecordedReview] = field(default_factory=list)
    answers: list[RecordedAnswer] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    agreements: dict[str, Applied] = field(default_factory=dict)

    @property
    def of_desk(self) -> set[int]:
        """The entries of what the desk established and registered."""
        return {entry for entry, _ in (*self.settled, *self.registered)}


def said_in(
    stated: Iterable[Stated],
    given: Sequence[terms.Terms] = (),
    reader: str | None = None,
    part: Part | None = None,
) -> Said:
    """Return what is *stated*; *given* agreements come first. See `derive`."""
    said = Said(agreements={one.agreement.id: Applied.of(terms.Adopted(one.for_reader(reader))) for one in given})
    for one in stated:
        if not isinstance(one.says, Publication):
            said.size = one.entry + 1
        match one.says:
            case RecordedReport() as recorded:
                said.reports.append(recorded)
            case Arrived() as arrived:
                said.inputs[one.entry] = card(one.entry, arrived)
            case InputPart() as read if read.input in said.inputs:
                said.inputs[read.input] = with_part(said.inputs[read.input], read)
            case RecordedWithdrawal() as withdrawal:
                said.withdrawals.append(withdrawal)
            case RecordedAct() as act:
                said.acts.append(act)
            case Settled() as settled:
                said.settled.append((one.entry, settled))
            case RegisteredPlace() | RegisteredSource() as named:
                said.registered.append((one.entry, named))
            case Receipt() as receipt:
                said.receipts.append(receipt)
            case RecordedReview() as review:
                said.reviews.append(review)
            case ModelAnswer() as answer:
                said.answers.append(RecordedAnswer(entry=one.entry, received_at=one.at, answer=answer))
            case Weighing() as table:
                try:
                    said.weights = incidents.weights_of(table)
                except JudgementError as error:
                    said.unread.append(Unread(entry=one.entry, kind="weighing", why=str(error)))
            case Unread() as unknown:
                said.unread.append(unknown)
            case Judgement() as judgement:
                said.judgements.append(RecordedJudgement(entry=one.entry, judgement=judgement))
            case TermsVersion() as version:
                before = (
                    any(True for _ in agreements.acts_from(version.start, said.reports))
                    if part is None or part.retroactive is None
                    else one.entry in part.retroactive
                )
                agreements.take_up(said.agreements, one.entry, version, before, reader)
    if part is not None and part.size is not None:
        said.size = part.size
    return said


@dataclass(frozen=True)
class Held:
    """Which reports hold: all of them, what befell each, and those that hold; judgements as they are about these.

    `reports` hold also those that follow from corrections and reviews, at the entries of these.
    """

    reports: tuple[RecordedReport, ...]
    withdrawals: tuple[RecordedWithdrawal, ...]
    revisions: Revisions
    reviewed: Reviews
    repeats: incidents.Repeated
    judged: tuple[RecordedJudgement, ...]

    @property
    def holding(self) -> list[RecordedReport]:
        """The reports that hold, in the order of the record."""
        return [one for one in self.reports if self.revisions.holds(one.entry)]


def held_of(said: Said, shifted: Mapping[int, bool] = incidents.NOTHING_SHIFTED) -> Held:
    """Return which of the reports that are *said* hold after all corrections, withdrawals, acts and reviews.

    *shifted*: see `Part`.
    """
    names = agreements.ids_of(said.agreements.values())
    reports = incidents.of_their_sides(said.reports, names)
    withdrawals = incidents.of_their_sides(said.withdrawals, names)
    revisions, corrected = incidents.revise((*reports, *withdrawals, *said.acts), said.of_desk, shifted)
    reviewed = incidents.review_state(
        (one for one in reports if revisions.holds(one.entry)), said.answers, said.reviews
    )
    if reviewed.reports:  # which people may correct and withdraw as well
        reports = sorted((*reports, *reviewed.reports), key=lambda one: one.entry)
        revisions, corrected = incidents.revise((*reports, *withdrawals, *said.acts), said.of_desk, shifted)
    reports = sorted((*reports, *corrected), key=lambda one: one.entry)
    repeats = incidents.repeated(
        [one for one in reports if revisions.holds(one.entry)],
        incidents.standing(incidents.of_versions(said.judgements, revisions.versions)).holding,
    )
    revisions = revisions.with_repeated(repeats.again)
    judged = incidents.of_versions(said.judgements, revisions.versions)
    return Held(tuple(reports), tuple(withdrawals), revisions, reviewed, repeats, judged)


@without_collecting
def derive(
    stated: Iterable[Stated],
    timezone: ZoneInfo,
    given: Sequence[terms.Terms] = (),
    reader: str | None = None,
    established: Sequence[Established] = (),
    part: Part | None = None,
) -> Findings:
    """Return everything that follows from the statements: a pure function, the same on anybody's machine.

    Of an agreement that was taken up in several versions, each account is asked under that of its time (see
    `terms.schedule`); *given* agreements come first. What was published changes no finding, so that publishing twice
    what has not changed is one edition. Confidential clauses are applied only where *reader*, a party's id, may see
    them. *established* is what people hold as settled. *part*: they are a part of a record, of which this is known.
    """
    said = said_in(stated, given, reader, part)
    part = part or Part()
    held = held_of(said, part.shifted)
    holding, versions = held.holding, held.revisions.versions
    copies = part.copies(holding)
    found = incidents.matched(
        holding,
        held.judged,
        said.weights,
        incidents.tellings(copies, held.reviewed),
        versions,
        agreements.aliases(said.agreements.values()),
        held.repeats.doubles,
        part.matched,
        part.weigh,
        part.elsewhere,
        part.drawn,
    )
    undone = incidents.undone(said.acts, said.of_desk)
    register = register_of(said.registered, undone)
    given_as_settled = [one for one in said.settled if one[0] not in undone]
    bound = agreements.bound(said.agreements)
    settled = as_established(given_as_settled, said.receipts, bound, found.incidents, held.revisions)
    established = (*established, *settled)
    applied, assessments, past = agreements.assessed(said.agreements.values(), found.incidents, established, part.past)
    waiting = held.revisions.waiting
    return Findings(
        size=said.size,
        inputs=tuple(said.inputs.values()),
        agreements=tuple(one.card for one in applied),
        reports=held.reports,
        incidents=found.incidents,
        unplaced={**incidents.unplaced(holding), **held.revisions.why_not()},
        assessments=assessments,
        past=past,
        tallies=incidents.tally(holding, timezone, found.incidents),
        series=incidents.series(holding),
        judgements=tuple(said.judgements),
        acts=tuple(said.acts),
        withdrawals=held.withdrawals,
        established=established,
        register=register,
        warnings=incidents.warnings(
            [one for one in held.reports if held.revisions.holds(one.entry) or one.entry in waiting],
            agreements.known(said.agreements.values(), register),
            part.positions,
        ),
        superseded=incidents.standing(held.judged).superseded,
        reviews=held.reviewed,
        revisions=held.revisions,
        origins=copies,
        again=held.repeats.again,
        doubles=held.repeats.waiting,
        counts_with=held.repeats.doubles,
        doubts=found.doubts,
        crowds=found.crowds,
        outdone=found.outdone,
        unread=tuple(said.unread),
    )
