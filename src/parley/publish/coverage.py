"""Coverage: who reported on a day, who was silent, and what could not be observed."""

from datetime import date

from parley.model import Bulletin, Revisions, fold
from parley.publish.daily import Coverage, Heard, Unobserved
from parley.publish.local_days import LocalDays

_FIELD = {"event": "events", "bulletin": "bulletins", "article": "articles"}


def coverage(local: LocalDays, day: date, revisions: Revisions) -> Coverage:
    """Return who is heard on *day* and who, heard on any other day or without one, is silent on it.

    A report whose time spans several days is heard on each of them.
    """
    counts: dict[str, dict[str, int]] = {}  # by the folded name
    spelled: dict[str, str] = {}
    unobserved: list[Unobserved] = []
    for one in local.reports:
        if not one.first <= day <= one.last or one.thing.entry in revisions.repeated:
            continue
        report = one.thing.report
        row = counts.setdefault(fold(report.source), {})
        spelled.setdefault(fold(report.source), report.source)
        field = _FIELD[report.kind] if revisions.holds(one.thing.entry) else "taken_back"
        row[field] = row.get(field, 0) + 1
        if isinstance(report, Bulletin) and report.unobserved:
            unobserved.append(Unobserved(source=report.source, entry=one.thing.entry, areas=report.unobserved))
    return Coverage(
        heard=tuple(Heard(source=spelled[name], **row) for name, row in counts.items()),
        silent=tuple(source for source in local.sources if fold(source) not in counts),
        unobserved=tuple(unobserved),
    )
