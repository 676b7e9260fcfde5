"""The main job: the whole way of the data, from bytes to what people read. Start reading here.

bytes ──intake──> reports ──record──> statements ──incidents──> incidents with accounts
                                                                     │ terms
          files and views <──publish── findings <──── assessments ───┘
"""

import gc
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from parley import editions, incidents, intake, publish, terms
from parley.centre.established import as_established
from parley.centre.folder import Centre, destroy, now
from parley.centre.handles import SECRET_SIZE, Handles
from parley.centre.register import register_of
from parley.centre.statements import (
    Arrived,
    Delivery,
    InputPart,
    Publication,
    Receipt,
    Settled,
    Stated,
    TermsVersion,
    card,
    read_back,
    state_reading,
    with_part,
)
from parley.centre.verify import Verdict
from parley.centre.verify import verify as check
from parley.centre.views import Shown, write_views
from parley.editions import Watch, daily_report
from parley.model import (
    AgreementCard,
    Assessment,
    Claim,
    Disc,
    Established,
    EventReport,
    Findings,
    Incident,
    InputCard,
    Interval,
    Judgement,
    JudgementError,
    ModelAnswer,
    Reading,
    RecordedAct,
    RecordedAnswer,
    RecordedJudgement,
    RecordedReport,
    RecordedReview,
    RecordedWithdrawal,
    Register,
    RegisteredPlace,
    RegisteredSource,
    TermsError,
    Unread,
    Weighing,
    fold,
    printable,
)
from parley.model.names import PartyNames

P = ParamSpec("P")
T = TypeVar("T")

__all__ = [
    "daily_report",
    "derive",
    "main_job",
    "publish_days",
    "rebuild",
    "show",
    "shred",
    "stale",
    "take_in",
    "verify",
]


def silent(step: str, done: int, whole: int) -> None:
    """Watch nothing."""


def without_collecting(step: Callable[P, T]) -> Callable[P, T]:
    """Let *step* run without Python's search for cycles: it makes millions of values that form none, and keeps them."""

    @wraps(step)
    def run(*given: P.args, **named: P.kwargs) -> T:
        searching = gc.isenabled()
        gc.disable()
        try:
            return step(*given, **named)
        finally:
            if searching:
                gc.enable()

    return run


def main_job(
    centre: Centre,
    agreements: Sequence[TermsVersion],
    deliveries: Sequence[Delivery],
    watch: Watch = silent,
    clock: Callable[[], datetime] = now,
) -> Findings:
    """Take *agreements* and *deliveries* into *centre*, derive the findings, show and publish them."""
    for version in agreements:
        terms.load(version.text, version.name)  # a file with faults is refused before anything is recorded
    centre.take_up(agreements, at=clock())
    called = handles(centre)
    for number, delivery in enumerate(deliveries):
        watch("intake", number, len(deliveries))
        take_in(centre, delivery, clock(), watch, called)
    watch("findings", 0, 1)
    findings = current(centre)
    days = publish.days(findings, centre.timezone)
    publish_days(centre, findings, days, clock(), watch)
    watch("views", 0, 1)
    show(centre, findings, days)
    watch("done", 1, 1)
    return findings


@without_collecting
def take_in(
    centre: Centre, delivery: Delivery, at: datetime, watch: Watch = silent, called: Handles | None = None
) -> InputCard:
    """Read one input and record it with its reports, a part at a time; return what was recorded.

    *called* is what sources are called, where that is known already: several inputs ask the record for it once.
    """
    name = printable(delivery.input.name)
    parties = party_names(centre) if delivery.channel == "article" else ()
    return centre.take_in(
        delivery,
        reads(delivery, centre.timezone, parties),
        called or handles(centre),
        at,
        lambda done, whole: watch(f"{name}, bytes", done, whole),
    )


def handles(centre: Centre) -> Handles:
    """Return what sources are called in *centre* from now on: parties by the agreements that it has taken up so far."""
    return centre.handles(parties(centre), registered(centre).sources.values())


def parties(centre: Centre) -> dict[str, str]:
    """Return the folded names of the parties of all agreements that *centre* has taken up, each with its party's id."""
    return _party_ids(one.agreement for one in _every_version(centre))


def party_names(centre: Centre) -> PartyNames:
    """Return the parties of all agreements that *centre* has taken up by their names, as articles may name them."""
    return _party_names(one.agreement for one in _every_version(centre))


def known_zones(centre: Centre) -> list[tuple[str, Disc]]:
    """Return the named zones of the agreements that *centre* has taken up, each with the agreement's id."""
    found = ((one.agreement.id, disc) for one in _every_version(centre) for disc in terms.named_places(one))
    return list(dict.fromkeys(found))


def _every_version(centre: Centre) -> Iterator[terms.Terms]:
    return (one for several in taken_up(centre).values() for one in several)


def taken_up(centre: Centre) -> dict[str, list[terms.Terms]]:
    """Return the versions of each agreement that *centre* has taken up and that can be applied, the newest first."""
    versions: dict[str, list[terms.Terms]] = {}
    for version in centre.agreements():
        if (loaded := loaded_of(version)) is not None:
            versions.setdefault(loaded.agreement.id, []).insert(0, loaded)
    return versions


def registered(centre: Centre) -> Register:
    """Return the places and sources that are registered in *centre* now."""
    said: list[tuple[int, RegisteredPlace | RegisteredSource]] = []
    acts: list[RecordedAct] = []
    for one in centre.said(("place", "source", "act")):
        match one.says:
            case RegisteredPlace() | RegisteredSource() as named:
                said.append((one.entry, named))
            case RecordedAct() as act:
                acts.append(act)
    return register_of(said, incidents.undone(acts, [entry for entry, _ in said]))


@lru_cache(maxsize=64)
def loaded_of(version: TermsVersion) -> terms.Terms | None:
    """Return the agreement in *version*; None where it cannot be applied, which its card says."""
    try:
        return terms.load(version.text, version.name)
    except TermsError:
        return None


def _party_ids(agreements: Iterable[terms.Agreement]) -> dict[str, str]:
    """Return the folded names of parties, each with the party's id; the first agreement that has a name decides.

    *agreements* are those of a centre in its order, of each all versions, the last recorded first.
    """
    found: dict[str, str] = {}
    for agreement in agreements:
        for party in agreement.parties:
            id_ = found.get(fold(party.name), party.id)
            for name in (party.name, party.id, *party.also):
                found.setdefault(fold(name), id_)
    return found


def _party_names(agreements: Iterable[terms.Agreement]) -> PartyNames:
    return tuple(dict.fromkeys((party.name, party.also) for one in agreements for party in one.parties))


def reads(delivery: Delivery, timezone: ZoneInfo, parties: PartyNames = ()) -> intake.Reader:
    """Return what reads an input through the channel of *delivery*; local times stand in *timezone*.

    *parties* are those of the agreements, which articles may name.
    """
    mapping = intake.load_mapping(delivery.mapping) if delivery.mapping else None
    return intake.reader(delivery.channel, source=delivery.source, mapping=mapping, timezone=timezone, parties=parties)


def current(centre: Centre) -> Findings:
    """Return everything that follows from what *centre* holds now; remembered until something more is recorded."""
    size = centre.record.size
    if centre not in _CURRENT or _CURRENT[centre][0] != size:
        _CURRENT[centre] = size, derive(centre.stated(), centre.timezone)
    return _CURRENT[centre][1]


_CURRENT: WeakKeyDictionary[Centre, tuple[int, Findings]] = WeakKeyDictionary()


@without_collecting
def derive(
    stated: Iterable[Stated],
    timezone: ZoneInfo,
    given: Sequence[terms.Terms] = (),
    reader: str | None = None,
    established: Sequence[Established] = (),
) -> Findings:
    """Return everything that follows from the statements: a pure function, the same on anybody's machine.

    Of an agreement that was taken up in several versions, each account is asked under that of its time (see
    `terms.schedule`); *given* agreements come first. What was published changes no finding, so that publishing twice
    what has not changed is one edition. Confidential clauses are applied only where *reader*, a party's id, may see
    them. *established* is what people hold as settled.
    """
    size = 0
    inputs: dict[int, InputCard] = {}
    withdrawals: list[RecordedWithdrawal] = []
    reports: list[RecordedReport] = []
    acts: list[RecordedAct] = []
    settled: list[tuple[int, Settled]] = []
    receipts: list[Receipt] = []
    registered: list[tuple[int, RegisteredPlace | RegisteredSource]] = []
    judgements: list[RecordedJudgement] = []
    weights: incidents.Weights | None = None  # those that come with Parley
    reviews: list[RecordedReview] = []
    answers: list[RecordedAnswer] = []
    unread: list[Unread] = []
    agreements = {one.agreement.id: _Applied.of(terms.Adopted(one.for_reader(reader))) for one in given}
    for one in stated:
        if not isinstance(one.says, Publication):
            size = one.entry + 1
        match one.says:
            case RecordedReport() as recorded:
                reports.append(recorded)
            case Arrived() as arrived:
                inputs[one.entry] = card(one.entry, arrived)
            case InputPart() as part if part.input in inputs:
                inputs[part.input] = with_part(inputs[part.input], part)
            case RecordedWithdrawal() as withdrawal:
                withdrawals.append(withdrawal)
            case RecordedAct() as act:
                acts.append(act)
            case Settled() as said:
                settled.append((one.entry, said))
            case RegisteredPlace() | RegisteredSource() as named:
                registered.append((one.entry, named))
            case Receipt() as receipt:
                receipts.append(receipt)
            case RecordedReview() as review:
                reviews.append(review)
            case ModelAnswer() as answer:
                answers.append(RecordedAnswer(entry=one.entry, received_at=one.at, answer=answer))
            case Weighing() as table:
                try:
                    weights = incidents.weights_of(table)
                except JudgementError as error:
                    unread.append(Unread(entry=one.entry, kind="weighing", why=str(error)))
            case Unread() as unknown:
                unread.append(unknown)
            case Judgement() as judgement:
                judgements.append(RecordedJudgement(entry=one.entry, judgement=judgement))
            case TermsVersion() as version:
                _take_up(agreements, one.entry, version, reports, reader)
    names = _party_ids(version.terms.agreement for one in agreements.values() for version in reversed(one.adopted))
    reports = incidents.of_their_sides(reports, names)
    withdrawals = incidents.of_their_sides(withdrawals, names)
    of_desk = {entry for entry, _ in (*settled, *registered)}
    revisions, corrected = incidents.revise((*reports, *withdrawals, *acts), of_desk)
    reviewed = incidents.review_state((one for one in reports if revisions.holds(one.entry)), answers, reviews)
    if reviewed.reports:  # which people may correct and withdraw as well
        reports = sorted((*reports, *reviewed.reports), key=lambda one: one.entry)
        revisions, corrected = incidents.revise((*reports, *withdrawals, *acts), of_desk)
    reports = sorted((*reports, *corrected), key=lambda one: one.entry)
    repeats = incidents.repeated(
        [one for one in reports if revisions.holds(one.entry)],
        incidents.standing(incidents.of_versions(judgements, revisions.versions)).holding,
    )
    revisions = revisions.with_repeated(repeats.again)
    holding = [one for one in reports if revisions.holds(one.entry)]
    copies = incidents.origins(holding)
    versions = revisions.versions
    judged = incidents.of_versions(judgements, versions)
    aliases = _aliases(agreements.values())
    found = incidents.matched(
        holding, judged, weights, incidents.tellings(copies, reviewed), versions, aliases, repeats.doubles
    )
    undone = incidents.undone(acts, of_desk)
    register = register_of(registered, undone)
    given_as_settled = [one for one in settled if one[0] not in undone]
    bound = _bound(agreements)
    established = (*established, *as_established(given_as_settled, receipts, bound, found.incidents, revisions))
    applied, assessments = _assessed(agreements.values(), found.incidents, established)
    return Findings(
        size=size,
        inputs=tuple(inputs.values()),
        agreements=tuple(one.card for one in applied),
        reports=tuple(reports),
        incidents=found.incidents,
        unplaced={**incidents.unplaced(holding), **revisions.why_not()},
        assessments=assessments,
        tallies=incidents.tally(holding, timezone, found.incidents),
        series=incidents.series(holding),
        judgements=tuple(judgements),
        acts=tuple(acts),
        withdrawals=tuple(withdrawals),
        established=established,
        register=register,
        warnings=incidents.warnings(
            [one for one in reports if revisions.holds(one.entry) or one.entry in revisions.waiting],
            _known([version.terms for one in agreements.values() for version in one.adopted], register),
        ),
        superseded=incidents.standing(judged).superseded,
        reviews=reviewed,
        revisions=revisions,
        origins=copies,
        again=repeats.again,
        doubles=repeats.waiting,
        doubts=found.doubts,
        crowds=found.crowds,
        outdone=found.outdone,
        unread=tuple(unread),
    )


@dataclass(frozen=True)
class _Applied:
    """An agreement as a reader may see it; no schedule of its versions where it cannot be applied."""

    schedule: terms.Schedule | None
    card: AgreementCard

    @classmethod
    def of(cls, *adopted: terms.Adopted) -> "_Applied":
        schedule = terms.Schedule(adopted)
        return cls(schedule, terms.card(schedule))

    @property
    def adopted(self) -> tuple[terms.Adopted, ...]:
        """The versions in the order of the record."""
        return self.schedule.adopted if self.schedule is not None else ()


def _take_up(
    agreements: dict[str, _Applied],
    entry: int,
    version: TermsVersion,
    reports: Sequence[RecordedReport],
    reader: str | None,
) -> None:
    """Add *version*, taken up at *entry* after *reports*; one that cannot be applied takes no other's place."""
    try:
        loaded = terms.load(version.text, version.name).for_reader(reader)
    except TermsError as error:
        name = version.name.removesuffix(".yaml")
        name = f"{name}-{entry}" if name in agreements else name
        card = AgreementCard(entry=entry, id=name, title=name, source="", clauses=())
        agreements[name] = _at_fault(card, str(error.problems[0]) if error.problems else str(error))
        return
    adopted = terms.Adopted(
        loaded,
        version.start,
        entry,
        hashlib.sha256(version.text.encode()).hexdigest(),
        version.retroactive or any(True for _ in acts_from(version.start, reports)),
        version.by,
    )
    before = agreements.get(loaded.agreement.id)
    agreements[loaded.agreement.id] = _Applied.of(*(before.adopted if before else ()), adopted)


def acts_from(start: datetime | None, reports: Iterable[RecordedReport]) -> Iterator[RecordedReport]:
    """Yield those of *reports* that tell of an act at *start* or later, or of one that may be; None: nobody asks."""
    for one in reports if start is not None else ():
        when = next((claim.value for claim in _claims(one) if claim.attribute == "time"), None)
        if isinstance(when, Interval) and start is not None and (when.end > start or when.start >= start):
            yield one


def _claims(recorded: RecordedReport) -> Sequence[Claim]:
    return recorded.report.claims if isinstance(recorded.report, EventReport) else ()


def _at_fault(card: AgreementCard, why: str) -> _Applied:
    return _Applied(None, card.model_copy(update={"fault": f"this agreement cannot be applied: {why}"}))


def _known(agreements: Sequence[terms.Terms], register: Register) -> incidents.Known:
    """Return what reports are held against: places of the agreements and of the register, parties, the first day."""
    places: dict[str, list[Disc]] = {}
    for place in register.places.values():
        disc = Disc(name=place.name, lat=place.lat, lon=place.lon, radius_m=place.radius_m)
        for name in place.names:
            places.setdefault(fold(name), []).append(disc)
    for one in agreements:
        for disc in terms.named_places(one):
            places.setdefault(fold(disc.name), []).append(disc)
    names = [name for one in agreements for party in one.agreement.parties for name in (party.name, *party.also)]
    first = min((one.agreement.date for one in agreements), default=None)
    return incidents.Known(places, tuple(dict.fromkeys(names)), first)


def _bound(agreements: Mapping[str, _Applied]) -> dict[str, frozenset[str]]:
    """Return the ids of the parties of each agreement: those that are bound by their own word."""
    return {
        id_: frozenset(
            party.id for version in one.adopted for party in version.terms.agreement.parties if party.role == "party"
        )
        for id_, one in agreements.items()
        if one.schedule is not None
    }


def _aliases(agreements: Iterable[_Applied]) -> dict[str, str]:
    """Return the folded names of parties, each with one that is the same party's; the first agreement decides."""
    found: dict[str, str] = {}
    for one in agreements:
        called: dict[str, str] = {}
        for version in reversed(one.adopted):
            for party in version.terms.agreement.parties:
                first = called.setdefault(party.id, fold(party.name))
                for name in (party.name, party.id, *party.also):
                    found.setdefault(fold(name), found.get(first, first))
    return found


def _assessed(
    agreements: Iterable[_Applied], matched: Sequence[Incident], established: Sequence[Established]
) -> tuple[list[_Applied], tuple[Assessment, ...]]:
    """Return the agreements, and what each makes of each incident, by incident, then in the agreements' order.

    Whatever goes wrong with one agreement is said on its card, and the others are shown.
    """
    applied: list[_Applied] = []
    columns = []
    for one in agreements:
        applied.append(one)
        if one.schedule is not None:
            try:
                held = [settled for settled in established if settled.agreement in ("", one.card.id)]
                columns.append(terms.assess_all(one.schedule, matched, held))
            except (MemoryError, OSError):
                raise  # the machine's fault, not the agreement's
            except Exception as error:  # the findings of all others must not be lost to it
                applied[-1] = _at_fault(one.card, f"{type(error).__name__}: {error}")
    return applied, tuple(assessment for row in zip(*columns, strict=True) for assessment in row)


@without_collecting
def publish_days(
    centre: Centre, findings: Findings, days: Sequence[date], at: datetime, watch: Watch = silent
) -> list[editions.Published]:
    """Publish the daily reports of *days*; one that says nothing new is no new edition. Return what came of each."""
    return editions.publish_days(centre, findings, days, at, _as_of_entries(centre), watch)


def stale(centre: Centre, findings: Findings) -> tuple[editions.Stale, ...]:
    """Return the published days that *findings* would report otherwise than their newest editions do."""
    return editions.stale(centre, findings)


@without_collecting
def show(centre: Centre, findings: Findings, current: Collection[date] = ()) -> None:
    """Write the views of *findings* and of everything published since, as of the entry that both go up to.

    What somebody else has added meanwhile is in neither. The centre then also knows which published days are stale;
    those that were published just now (*current*) are not.
    """
    entries = centre.shown_by(findings.size)
    shown = _shown(centre, findings, entries, current)
    centre.stale = tuple(shown.stale.items())
    write_views(centre.folder / "centre.db", shown, entries)


def _shown(centre: Centre, findings: Findings, entries: int, current: Collection[date] = ()) -> Shown:
    return Shown(
        findings=findings,
        published={entry: one for entry, one in centre.published().items() if entry < entries},
        stale={one.day: one.edition for one in editions.stale(centre, findings, entries, current)},
        late=publish.late_reports(findings, centre.timezone, lambda day: centre.charter_of(day, entries).cutoff),
    )


def _as_of_entries(centre: Centre) -> Callable[[int], Findings]:
    """Return what derives the findings as of so many entries; those of an edition and of the one before are kept."""
    return lru_cache(maxsize=2)(lambda entries: derive(centre.stated(until=entries), centre.timezone))


def verify(folder: Path, verifier_key: str | None = None, checkpoint: bytes | None = None) -> Verdict:
    """Check the data folder, backup or mirror in *folder*, and the views that follow from it; nothing is written."""
    return check(folder, verifier_key, checkpoint, _as_of)


def _as_of(centre: Centre, entries: int) -> Shown:
    return _shown(centre, derive(centre.stated(until=entries), centre.timezone), entries)


def shred(centre: Centre, inputs: Sequence[int], reason: str, at: datetime, watch: Watch = silent) -> int:
    """Destroy *inputs* with their reports, and publish every day again whose newest edition rested on them.

    Return the entry of the notice that says which entries were destroyed, and why.
    """
    notice = centre.shred(inputs, reason, at)
    days = sorted(day for day, several in centre.editions().items() if several[-1].destroyed is not None)
    findings = current(centre)
    publish_days(centre, findings, days, at, watch)
    show(centre, findings, days)
    return notice


def rebuild(centre: Centre, watch: Watch = silent) -> list[Publication]:
    """Make every view, published file and tile again from the record; return the files that came out different.

    An edition is made again from the entries that it rests on, so that its bytes must be the same; a file is never
    replaced by other bytes. Editions that rest on what was shredded since cannot be made again, and their files go.
    """
    as_of = _as_of_entries(centre)
    several = centre.editions()
    wanted = [(day, number) for day, all_ in several.items() for number in range(len(all_))]
    wanted.sort(key=lambda one: min(several[one[0]][one[1]].files))  # in the order of the record
    different = []
    for done, (day, number) in enumerate(wanted):
        watch("daily reports", done, len(wanted))
        one = several[day][number]
        if one.destroyed is not None:
            for file in one.files.values():
                destroy(centre.folder / "reports" / file.name)
            continue
        made = editions.remake(centre, several[day], number, as_of)
        for file in one.files.values():
            again, data = made.get(file.name, (None, b""))
            if again == file:
                centre.keep_published(file, data)
            else:
                different.append(file)
    for part in (centre.folder / "reports").glob("*.part"):  # what a command that was cut off left
        part.unlink()
    watch("views", 0, 1)
    show(centre, current(centre))
    centre.record.log.rewrite_files()
    return different


def assess_files(
    loaded: terms.Terms,
    deliveries: Sequence[Delivery],
    reader: str | None = None,
    established: Sequence[Established] = (),
) -> Findings:
    """Return what *loaded* makes of *deliveries* for *reader*, without a folder; reports are numbered in order."""
    zone = loaded.agreement.zone_info
    called = Handles(bytes(SECRET_SIZE), _party_ids([loaded.agreement]))  # nothing is kept, and nobody hidden
    names = _party_names([loaded.agreement])
    stated: list[Stated] = []
    at = now()  # nothing is recorded: only what is said of the future hangs on it
    for delivery in deliveries:
        stated += as_if_taken(delivery, reads(delivery, zone, names), called, len(stated), at)
    return derive(stated, zone, [loaded], reader, established)


def as_if_taken(
    delivery: Delivery,
    read: intake.Reader,
    called: Handles,
    entry: int,
    at: datetime,
    done: InputCard | None = None,
) -> Iterator[Stated]:
    """Yield what a record would say of an input that is taken in at *at*, from the entry *entry* on.

    Args:
        called: what sources are called.
        done: what was recorded of it before: the rest follows.
    """
    parent = done.entry if done else entry
    if done is None:
        yield Stated(entry, at, delivery.arrived(called))
        entry += 1
    parts = read(delivery.input, done.rows if done else 0)
    reading: Reading | None = next(parts, Reading(()))
    while reading is not None:
        following = next(parts, None)
        given = list(state_reading(reading, parent, following is None, called))
        yield from read_back((number, kind, at, body) for number, (kind, body) in enumerate(given, entry))
        entry += len(given)
        reading = following
