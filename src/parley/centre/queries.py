"""Reading the views: what the command line lists, later what pages and the API show."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from shlex import quote
from typing import Any
from zoneinfo import ZoneInfo

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
    PublicationView,
    ReportView,
    TallyView,
)
from parley.centre.readers import rows_of
from parley.centre.statements import OF_INPUT
from parley.model import CENTRE, Crowd, Doubles, Doubt, FolderError, Tally


def incidents(folder: Path, day: date | None = None, newest: int | None = None) -> list[dict[str, Any]]:
    """Return the incidents that began on *day* (all days: None), in the order of the record, in the centre's zone.

    Each with the doubles of which the first report is of it; `late` has those of its reports that came after the
    cut-off.

    Args:
        newest: only so many, those that stand last.
    """
    zone = _open(folder)
    shown = _incidents(day, zone, newest)
    twice: dict[int, list[Doubles]] = {}
    for one in _doubles():
        twice.setdefault(one.entries[0], []).append(one)
    reports = ReportView.objects.all()
    if day or newest:
        reports = reports.filter(entry__in=[entry for row in shown for entry in row.entries])
    rows = reports.exclude(late="").values_list("entry", "late")
    late = {entry: datetime.fromisoformat(when) for entry, when in rows}
    warned = {row.entry: row.warnings for row in reports.exclude(warnings=[])}
    return [
        {
            "id": row.id,
            "start": row.start.astimezone(zone).isoformat(),
            "end": row.end.astimezone(zone).isoformat(),
            "place": row.place,
            "lat": row.lat,
            "lon": row.lon,
            "radius_m": row.radius_m,
            "sources": row.sources,
            "claimed": row.claimed,
            "disputed": [attribute for attribute, state in row.states.items() if state == "disputed"],
            "entries": row.entries,
            "doubles": [one.model_dump(mode="json") for entry in row.entries for one in twice.get(entry, ())],
            "late": [
                {"entry": entry, "received": late[entry].astimezone(zone).isoformat(timespec="seconds")}
                for entry in row.entries
                if entry in late
            ],
            "warnings": [{"entry": entry, **one} for entry in row.entries for one in warned.get(entry, ())],
        }
        for row in shown
    ]


def count_incidents(folder: Path, day: date | None = None) -> int:
    """Return how many incidents began on *day* (all days: None)."""
    found: int = _began(day, _open(folder)).count()
    return found


def crowds(folder: Path, day: date | None = None) -> list[Crowd]:
    """Return the reports of which not all pairs were compared, of *day* (all days: None)."""
    zone = _open(folder)
    found = [Crowd.model_validate(row.crowd) for row in CrowdView.objects.order_by("entry")]
    return [
        one
        for one in found
        if day is None or one.time.start.astimezone(zone).date() <= day <= one.time.end.astimezone(zone).date()
    ]


def doubts(folder: Path, day: date | None = None) -> list[Doubt]:
    """Return the reports of *day* (all days: None) that fit two incidents equally, those first that decide most."""
    zone = _open(folder)
    here = {row.id for row in _incidents(day, zone)} if day else None
    rows = DoubtView.objects.order_by("-hanging", "entry")
    return [Doubt.model_validate(row.doubt) for row in rows if here is None or row.incident_id in here]


def held(folder: Path) -> list[dict[str, Any]]:
    """Return the reports that wait for a person, in the order of the record: which, why, beside which entry."""
    _open(folder)
    return [
        {
            "entry": row.entry,
            "source": row.source,
            "reference": row.reference,
            "fate": "waits",
            "why": row.waits,
            "other": row.waits_beside,
            "warnings": row.warnings,
        }
        for row in ReportView.objects.filter(waits__isnull=False).order_by("entry")
    ]


def findings(folder: Path, day: date | None = None, newest: int | None = None) -> list[dict[str, Any]]:
    """Return every assessment of the incidents that began on *day* (all days: None), a row a clause.

    Those of the *newest* alone where that is given: of so many, those that stand last in the order of the record.
    `parties` has the names of the parties that the row names by their ids, `texts` the versions of the agreement under
    which any of the accounts was asked; `versions` names these by their entries, for each account.
    """
    zone = _open(folder)
    chosen = {row.id: row for row in _incidents(day, zone, newest)}
    agreements = list(AgreementView.objects.all())
    names = {row.agreement: row.parties for row in agreements}
    texts = {row.agreement: row.versions for row in agreements}
    rows = AssessmentView.objects.filter(incident_id__in=chosen) if day or newest else AssessmentView.objects.all()
    return [
        {
            "incident": row.incident_id,
            "start": chosen[row.incident_id].start.astimezone(zone).isoformat(),
            "place": chosen[row.incident_id].place,
            "agreement": row.agreement,
            "sources": chosen[row.incident_id].sources,
            **clause,
            "texts": [text for text in texts[row.agreement] if any(text["entry"] in one for one in clause["versions"])],
            "parties": {
                one: names[row.agreement].get(one, one)
                for one in sorted({*clause["agreed_by"], *(party for by in clause["by"] for party in by)})
            },
        }
        for row in rows.order_by("entry", "place")
        for clause in row.clauses
    ]


def names(folder: Path) -> dict[str, list[str]]:
    """Return the names that there are, by what they name: source, actor, place (and area), clause."""
    _open(folder)
    found: dict[str, dict[str, None]] = {name: {} for name in ("source", "actor", "place", "clause")}
    found["source"].update(dict.fromkeys(ReportView.objects.order_by("entry").values_list("source", flat=True)))
    for place, claimed in IncidentView.objects.order_by("entry").values_list("place", "claimed"):
        found["actor"].update(dict.fromkeys(claimed["actor"]))
        found["place"].update(dict.fromkeys(one for one in (place, *claimed["place"], *claimed["area"]) if one))
    for agreement, clauses in AssessmentView.objects.order_by("entry", "place").values_list("agreement", "clauses"):
        for one in clauses:
            found["clause"].update(dict.fromkeys((one["clause"], f"{agreement}/{one['clause']}")))
    return {name: list(said) for name, said in found.items()}


def faults(folder: Path) -> list[dict[str, Any]]:
    """Return the agreements that could not be applied, each with the reason."""
    _open(folder)
    rows = AgreementView.objects.exclude(fault="").order_by("place")
    return [{"agreement": row.agreement, "title": row.title, "fault": row.fault} for row in rows]


def tallies(folder: Path, day: date | None = None) -> list[Tally]:
    """Return the tallies that *day* is among the days of (all: None), in the order of the record."""
    _open(folder)
    rows = TallyView.objects.filter(first_day__lte=day, day__gte=day) if day else TallyView.objects.all()
    return [Tally.model_validate(row.tally) for row in rows.order_by("left_entry", "right_entry")]


def _doubles() -> list[Doubles]:
    return [Doubles.model_validate(row.doubles) for row in DoublesView.objects.order_by("entry")]


def stale(folder: Path) -> list[dict[str, Any]]:
    """Return the published days that what was recorded since would change, each with its newest edition."""
    _open(folder)
    rows = PublicationView.objects.filter(stale=True).order_by("day").values_list("day", "edition").distinct()
    return [{"day": str(day), "edition": edition} for day, edition in rows]


def editions(folder: Path) -> list[dict[str, Any]]:
    """Return every edition that was published, by day: when, as of how many entries, its files, whether it is stale.

    `destroyed` is the notice by which something was shredded that it rests on; then its files are gone.
    """
    outdated = {(row["day"], row["edition"]) for row in stale(folder)}
    with Centre.open(folder) as centre:
        return [
            {
                "day": str(day),
                "edition": one.number,
                "published_at": one.at.astimezone(centre.timezone).isoformat(timespec="seconds"),
                "as_of": one.as_of,
                "files": [file.name for file in one.files.values()],
                "stale": (str(day), one.number) in outdated,
                "destroyed": one.destroyed,
            }
            for day, several in sorted(centre.editions().items())
            for one in several
        ]


def as_of(folder: Path) -> int:
    """Return how many entries of the record the views show."""
    _open(folder)
    return AsOf.objects.get().entries


def as_of_and_waiting(folder: Path) -> tuple[int, int]:
    """Return what `as_of` does, and how many statements were recorded since from which more may follow."""
    shown = as_of(folder)
    with Centre.open(folder) as centre:
        return shown, centre.record.size - centre.shown_by(shown)


def no_reports_yet(folder: Path) -> bool:
    """Whether nothing was taken into the centre in *folder* so far, so that there is nothing to ask its views for."""
    if rows_of(folder).is_file():
        return False
    with Centre.open(folder) as centre:
        return next(centre.record.entries(kinds=("input", *OF_INPUT)), None) is None


def _incidents(day: date | None, zone: ZoneInfo, newest: int | None = None) -> list[IncidentView]:
    rows = _began(day, zone)
    return list(rows if newest is None else rows.order_by("-entry")[:newest][::-1])


def _began(day: date | None, zone: ZoneInfo) -> Any:
    rows = IncidentView.objects.order_by("entry")
    if day is None:
        return rows
    start = datetime.combine(day, time(), zone)
    return rows.filter(start__gte=start, start__lt=datetime.combine(day + timedelta(days=1), time(), zone))


def _open(folder: Path) -> ZoneInfo:
    """Open the views of *folder* and return the centre's time zone."""
    with Centre.open(folder) as centre:
        zone = centre.timezone
    if not rows_of(folder).is_file():
        raise FolderError(f"{folder}: the views are missing. Next: `parley rebuild {quote(str(folder))}`")
    open_views(rows_of(folder))
    if not AsOf.objects.filter(reader=CENTRE).exists():
        again = f"`parley rebuild {quote(str(folder))}` makes them again"
        raise FolderError(f"{folder}: these views are those of an earlier Parley; {again}")
    return zone
