"""The main job: the whole way of the data, from bytes to what people read. Start reading here.

bytes ──intake──> reports ──record──> statements ──incidents──> incidents with accounts
                                                                     │ terms
          files and views <──publish── findings <──── assessments ───┘
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from shlex import quote
from zoneinfo import ZoneInfo

from parley import editions, incidents, intake, publish, terms
from parley.centre.folder import Centre, destroy, now
from parley.centre.handles import SECRET_SIZE, Handles
from parley.centre.readers import rows_of
from parley.centre.statements import Delivery, read_back, state_reading
from parley.centre.verify import Verdict
from parley.centre.verify import verify as check
from parley.centre.views import differing
from parley.current import everything as current
from parley.current import follow, make
from parley.derivation import derive
from parley.derivation.agreements import loaded_of, party_ids
from parley.derivation.agreements import party_names as names_of
from parley.derivation.register import register_of
from parley.editions import Watch, daily_report
from parley.model import (
    Disc,
    Established,
    Findings,
    FolderError,
    InputCard,
    Publication,
    Reading,
    RecordedAct,
    Register,
    RegisteredPlace,
    RegisteredSource,
    Stated,
    TermsVersion,
    printable,
)
from parley.model.names import PartyNames
from parley.uncollected import without_collecting

__all__ = [
    "current",
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
    "verify_views",
]


def silent(step: str, done: int, whole: int) -> None:
    """Watch nothing."""


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
    findings = make(centre)
    days = publish.days(findings, centre.timezone)
    publish_days(centre, findings, days, clock(), watch)
    watch("views", 0, 1)
    follow(centre, days)
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
    return party_ids(one.agreement for one in _every_version(centre))


def party_names(centre: Centre) -> PartyNames:
    """Return the parties of all agreements that *centre* has taken up by their names, as articles may name them."""
    return names_of(one.agreement for one in _every_version(centre))


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


def reads(delivery: Delivery, timezone: ZoneInfo, parties: PartyNames = ()) -> intake.Reader:
    """Return what reads an input through the channel of *delivery*; local times stand in *timezone*.

    *parties* are those of the agreements, which articles may name.
    """
    mapping = intake.load_mapping(delivery.mapping) if delivery.mapping else None
    return intake.reader(delivery.channel, source=delivery.source, mapping=mapping, timezone=timezone, parties=parties)


@without_collecting
def publish_days(
    centre: Centre, findings: Findings, days: Sequence[date], at: datetime, watch: Watch = silent
) -> list[editions.Published]:
    """Publish the daily reports of *days*; one that says nothing new is no new edition. Return what came of each."""
    return editions.publish_days(centre, findings, days, at, _as_of_entries(centre), watch)


def stale(centre: Centre, findings: Findings) -> tuple[editions.Stale, ...]:
    """Return the published days that *findings* would report otherwise than their newest editions do."""
    return editions.stale(centre, findings)


def show(centre: Centre, findings: Findings, current: Collection[date] = ()) -> None:
    """Make the views again, and say which published days are stale; those published just now (*current*) are not.

    They show what *findings* were derived from, and what was published since; what somebody else has added meanwhile is
    not in them.
    """
    make(centre, current, centre.shown_by(findings.size))


def _as_of_entries(centre: Centre) -> Callable[[int], Findings]:
    """Return what derives the findings as of so many entries; those of an edition and of the one before are kept."""
    return lru_cache(maxsize=2)(lambda entries: derive(centre.stated(until=entries), centre.timezone))


def verify(folder: Path, verifier_key: str | None = None, checkpoint: bytes | None = None) -> Verdict:
    """Check the data folder, backup or mirror in *folder*, and the views that follow from it; nothing is written."""
    return check(folder, verifier_key, checkpoint, _made_at)


def verify_views(folder: Path) -> tuple[int, str]:
    """Return how many entries the views in *folder* show, and how they differ from what follows; "" where they do not.

    Raises:
        FolderError: there are none.
    """
    if not rows_of(folder).is_file():
        raise FolderError(f"{folder}: the views are missing. Next: `parley rebuild {quote(str(folder))}`")
    shown = 0
    with Centre.open(folder) as centre:

        def made(path: Path, entries: int) -> None:
            nonlocal shown
            shown = entries
            _made_at(centre, path, entries)

        differs = differing(centre.rows, made)
    return shown, differs


def _made_at(centre: Centre, path: Path, entries: int) -> None:
    make(centre, until=entries, path=path)


def shred(centre: Centre, inputs: Sequence[int], reason: str, at: datetime, watch: Watch = silent) -> int:
    """Destroy *inputs* with their reports, and publish every day again whose newest edition rested on them.

    Return the entry of the notice that says which entries were destroyed, and why.
    """
    notice = centre.shred(inputs, reason, at)
    days = sorted(day for day, several in centre.editions().items() if several[-1].destroyed is not None)
    publish_days(centre, make(centre), days, at, watch)
    follow(centre, days)
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
    make(centre)
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
    called = Handles(bytes(SECRET_SIZE), party_ids([loaded.agreement]))  # nothing is kept, and nobody hidden
    names = names_of([loaded.agreement])
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
