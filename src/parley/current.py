"""What a centre holds now: the views of its folder, moved on by what was stated since, and what follows near a report.

This is the one door to findings: what is asked of a few reports is derived from these and from what decides with them.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from weakref import WeakKeyDictionary

from django.db import transaction

from parley import editions, incidents, publish
from parley.centre.database import open_views
from parley.centre.folder import Centre
from parley.centre.models import (
    AgreementView,
    AsOf,
    AssessmentView,
    CrowdView,
    DoublesView,
    DoubtView,
    IncidentView,
    InputView,
    MemberView,
    ProposalView,
    PublicationView,
    ReportView,
    UnreadView,
)
from parley.centre.views import (
    DERIVATION,
    Row,
    Shown,
    View,
    put,
    raw,
    rows_at,
    say_as_of,
    table,
    write_within,
)
from parley.derivation import derive
from parley.derivation.kept import Kept
from parley.model import (
    Crowd,
    Findings,
    InputCard,
    Publication,
    Unread,
    fold,
)
from parley.moving import Moving, Stands, Stood, answers_of, stands_of
from parley.record import RecordError
from parley.record.formats.code import decode_code
from parley.some_days import findings_of
from parley.uncollected import without_collecting

MOST_DIGITS = 19
"""Of the number of an entry; a longer one is beyond every record."""
MOST_APART = 3
"""Where more than one report in so many is asked about, everything is derived."""


@dataclass(frozen=True)
class Views:
    """The open views of a centre: how many entries they show, and how many their findings go up to."""

    kept: Kept
    entries: int
    size: int


@dataclass(frozen=True)
class Moved:
    """What following the record changed, and what follows of what it touched.

    Args:
        before, after: the incidents that are otherwise now, with their reports, as they were and as they are.
        answers: the incidents of which an answer is otherwise.
    """

    findings: Findings
    before: frozenset[Stands]
    after: frozenset[Stands]
    answers: tuple[str, ...]


@without_collecting
def follow(centre: Centre, published: Collection[date] = ()) -> Moved:
    """Bring the views of *centre* up to its record; where they cannot be moved on, they are made again.

    Args:
        published: days that were published from what holds now.
    """
    held = views_of(centre)
    if held is None:
        return _remade(centre, published)
    stated = list(centre.stated(since=held.entries))
    said = [one for one in stated if not isinstance(one.says, Publication)]
    size = max((one.entry + 1 for one in said), default=held.size)
    with transaction.atomic():
        change = held.kept.take(said, size)
        if change is not None and _faults(change.findings) <= _known_faults():
            moving = Moving(held.kept, lambda findings: _shown(centre, findings), centre.timezone, size)
            moving.put(change)
            say_as_of(centre.record.size, size, centre.reader)
            days = moving.days | {one.says.day for one in stated if isinstance(one.says, Publication)}
            _put_published(centre, Views(held.kept, centre.record.size, size), days, published)
            centre.stale = tuple(_out_of_date())
            return Moved(change.findings, moving.before, moving.after, moving.answers)
        transaction.set_rollback(True)
    return _remade(centre, published)


def _remade(centre: Centre, published: Collection[date]) -> Moved:
    open_views(centre.rows)
    before, answers = set(stands_of(_all(IncidentView))), answers_of(_all(AssessmentView))
    findings = make(centre, published)
    after, now = set(stands_of(_all(IncidentView))), answers_of(_all(AssessmentView))
    changed = {incident for (incident, _), given in now.items() if answers.get((incident, _)) != given}
    return Moved(findings, frozenset(before - after), frozenset(after - before), tuple(sorted(changed)))


def _all(view: View) -> list[Row]:
    key = str(view._meta.pk.column)
    return rows_at(view, key, [one for (one,) in raw().execute(f"SELECT {key} FROM {table(view)}")])  # noqa: S608


@without_collecting
def make(
    centre: Centre, published: Collection[date] = (), until: int | None = None, path: Path | None = None
) -> Findings:
    """Make the views of *centre* again from everything; return the findings.

    Args:
        published: days that were published from what holds now.
        until: only what stands before this entry.
        path: the database; by default the centre's own.
    """
    entries = centre.record.size if until is None else until
    open_views(path or centre.rows)
    with transaction.atomic():
        findings = _kept(centre, ()).fill(centre.stated(until))
        all_ = shown(centre, findings, entries, published)
        write_within(all_, entries, centre.reader)
    if path is None:
        centre.stale = tuple(all_.stale.items())
    return findings


def views_of(centre: Centre) -> Views | None:
    """Open the views of *centre*; None where there are none, or none that can be moved on."""
    if not centre.rows.is_file():
        return None
    open_views(centre.rows)
    found = AsOf.objects.first()
    if found is None or (found.derivation, found.reader) != (DERIVATION, centre.reader):
        return None
    if found.entries > centre.record.size:
        return None
    texts = (version for row in AgreementView.objects.all() for version in row.versions)
    kept = _kept(centre, {one["entry"] for one in texts if one["retroactive"]})
    return None if kept.crowded else Views(kept, found.entries, found.size)


def of_day(centre: Centre, day: date) -> Findings:
    """Return what concerns *day*, up to the record's end."""
    held = views_of(centre)
    if held is None or _waiting(centre, held):
        return everything(centre)
    return findings_of(held.kept, day, centre.timezone, held.size)


def about(centre: Centre, entries: Iterable[int]) -> Findings:
    """Return what follows of the statements at *entries*, and of all that decides with them, up to the record's end."""
    held = views_of(centre)
    if held is None or _waiting(centre, held):
        return everything(centre)
    return held.kept.near(entries, held.size)


def unmatched(centre: Centre, entries: Iterable[int]) -> Findings:
    """Return what `about` does, without incidents and what follows from these."""
    held = views_of(centre)
    if held is None or _waiting(centre, held):
        return everything(centre)
    return held.kept.unmatched(entries, held.size)


def shown_about(centre: Centre, of: Iterable[str]) -> Findings:
    """Return what follows near the incidents *of* these ids, up to where the views go."""
    held = views_of(centre)
    if held is None:
        return derive(centre.stated(AsOf.objects.get().entries), centre.timezone)
    reports = {row["entry"] for row in rows_at(MemberView, "incident", of)}
    if MOST_APART * len(reports) > ReportView.objects.count():  # then to look for each costs more than to take all
        return derive(centre.stated(held.entries), centre.timezone)
    return held.kept.near(reports, held.size)


def what_waits(centre: Centre, entries: Iterable[int]) -> Findings:
    """Return what follows near the statements at *entries*, and near all that waits for people."""
    held = views_of(centre)
    if held is None or _waiting(centre, held):
        return everything(centre)
    waits = ReportView.objects.filter(waits__isnull=False).values_list("entry", flat=True)
    doubles = (one for row in DoublesView.objects.all() for one in row.doubles["entries"])
    doubts = DoubtView.objects.values_list("entry", flat=True)
    found = held.kept.near({*entries, *waits, *doubles, *doubts, *to_review(centre, False)}, held.size)
    known = {card.entry for card in found.inputs}
    cut_short = (InputCard.model_validate(row.card) for row in InputView.objects.filter(card__whole=False))
    return replace(
        found,
        inputs=(*found.inputs, *(card for card in cut_short if card.entry not in known)),
        crowds=tuple(Crowd.model_validate(row.crowd) for row in CrowdView.objects.order_by("entry")),
        unread=tuple(Unread.model_validate(row.unread) for row in UnreadView.objects.order_by("entry")),
    )


def out_of_date(centre: Centre) -> list[tuple[date, int]]:
    """Return the published days that what was recorded since would change, each with its newest edition."""
    held = views_of(centre)
    if held is None or _waiting(centre, held):
        return [(one.day, one.edition) for one in editions.stale(centre, everything(centre))]
    return _out_of_date()


def _out_of_date() -> list[tuple[date, int]]:
    rows = PublicationView.objects.filter(stale=True).order_by("day").values_list("day", "edition")
    return list(dict.fromkeys(rows))


def to_review(centre: Centre, all_: bool) -> set[int]:
    """Return the articles of which a proposal is to be decided on, or *all* that have any; and all that people decided,
    of which some may be about nothing that is there."""
    if views_of(centre) is None:
        return set()
    rows = ProposalView.objects.all() if all_ else ProposalView.objects.exclude(state__in=("confirmed", "rejected"))
    return set(rows.values_list("article", flat=True)) | {one.entry for one in centre.said(("review",))}


def everything(centre: Centre) -> Findings:
    """Return all that follows from what *centre* holds now; remembered until something more is recorded."""
    size = centre.record.size
    if centre not in _EVERYTHING or _EVERYTHING[centre][0] != size:
        _EVERYTHING[centre] = size, derive(centre.stated(), centre.timezone)
    return _EVERYTHING[centre][1]


_EVERYTHING: WeakKeyDictionary[Centre, tuple[int, Findings]] = WeakKeyDictionary()


def named(centre: Centre, what: str) -> set[int]:
    """Return the entries that somebody may mean by *what*, and perhaps more; see `parley.decisions.acting.meant`."""
    text = fold(what)
    if text.isdecimal():
        return {int(text)} if len(text) < MOST_DIGITS else set()
    found = set()
    if (entry := incidents.entry_of(what.strip())) is not None:
        found.add(entry)
    with suppress(RecordError):
        found |= set(centre.record.log.store.by_digest(decode_code(what)))
    if views_of(centre) is not None:
        parts = [text, *(text[at + 1 :] for at, sign in enumerate(text) if sign == "/")]
        found |= {row["entry"] for row in rows_at(ReportView, "name", parts)}
        if text == "last":
            found |= {row.entry for row in ReportView.objects.order_by("-entry")[:1]}
    return found


def _waiting(centre: Centre, held: Views) -> bool:
    """Whether something was recorded from which more may follow than the views show."""
    return centre.shown_by(held.entries) < centre.record.size


def shown(centre: Centre, findings: Findings, entries: int, current: Collection[date] = ()) -> Shown:
    """Return what the views show of *findings* and of what was published before the entry *entries*."""
    return Shown(
        findings=findings,
        published={entry: one for entry, one in centre.published().items() if entry < entries},
        stale={one.day: one.edition for one in editions.stale(centre, findings, entries, current)},
        late=publish.late_reports(findings, centre.timezone, lambda day: centre.charter_of(day, entries).cutoff),
        timezone=centre.timezone,
    )


def _shown(centre: Centre, findings: Findings) -> Shown:
    """Return what the views show of the findings of a part; of what was published nothing."""
    late = publish.late_reports(findings, centre.timezone, lambda day: centre.charter_of(day).cutoff)
    return Shown(findings, {}, {}, late, centre.timezone)


def _kept(centre: Centre, retroactive: Collection[int]) -> Kept:
    return Kept(raw(), centre.stated_at, centre.timezone, Stood(), retroactive)


def _put_published(centre: Centre, held: Views, days: Collection[date], current: Collection[date]) -> None:
    """Put what was published of *days*, and say which is out of date; of *current* days nothing is."""
    several = centre.editions()
    rows: list[Row] = []
    for day in sorted(days):
        if day not in several:
            continue
        newest = several[day][-1]
        found = None if day in current else findings_of(held.kept, day, centre.timezone, held.size)
        out = found is not None and editions.is_stale(newest, editions.daily_report(centre, found, day))
        for one in several[day]:
            for entry, file in one.files.items():
                rows.append({"entry": entry, **dict(file), "stale": out and file.edition == newest.number})
    put(PublicationView, rows)


def _faults(findings: Findings) -> set[tuple[str, str]]:
    return {(one.id, one.fault) for one in findings.agreements}


def _known_faults() -> set[tuple[str, str]]:
    return {(row.agreement, row.fault) for row in AgreementView.objects.all()}
