"""Editions: publishing a day, publishing it again where what it says has changed, and making old editions again.

A day that is published again with other contents is a further edition, in files of its own, which says what changed. It
is derived from the record as of the two editions, so that anybody makes the same bytes again. A published day whose
contents would be others now is *stale*.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from parley import publish
from parley.centre.editions import Edition
from parley.centre.folder import Centre
from parley.model import (
    Findings,
    Publication,
)
from parley.model.published import Ending, file_name

AsOf = Callable[[int], Findings]
"""Gives what follows from the first so many entries of the record."""

Watch = Callable[[str, int, int], None]
"""Told of each step: its name, how much of it is done, out of how much."""


@dataclass(frozen=True)
class Stale:
    """A day that was published, as which edition last, and of which something is known now that the edition lacks.

    `destroyed`: something that the edition rests on was shredded since, and its files went along.
    """

    day: date
    edition: int
    destroyed: bool


@dataclass(frozen=True)
class Published:
    """What came of publishing a day: its newest edition, and whether that is *new*."""

    day: date
    edition: int
    new: bool

    def file(self, ending: Ending) -> str:
        """Return the name of the newest edition's file in reports/."""
        return file_name(self.day, self.edition, ending)


def daily_report(centre: Centre, findings: Findings, day: date) -> publish.DailyReport:
    """Return the report of *day* as of the size of the record that *findings* were derived from."""
    return publish.compose(findings, day, masthead(centre, findings.size, day))


def masthead(centre: Centre, size: int, day: date) -> publish.Masthead:
    """Return what stands at the head of the page of *day*: the charter of that day and the state of the record."""
    charter = centre.charter_of(day, size)
    return publish.Masthead(
        title=charter.title,
        timezone=charter.timezone,
        cutoff=charter.cutoff,
        exercise=centre.charter.exercise,
        note=charter.note,
        origin=centre.record.origin,
        size=size,
        root=centre.record.root(size).hex(),
        verifier_key=centre.record.verifier_key(),
    )


def stale(
    centre: Centre, findings: Findings, until: int | None = None, current: Collection[date] = ()
) -> tuple[Stale, ...]:
    """Return the published days that *findings* would report otherwise than their newest editions do.

    Args:
        until: only what was published before this entry.
        current: days that were published from these findings just now.
    """
    found = []
    for day, several in centre.editions(until).items():
        newest = several[-1]
        if day not in current and is_stale(newest, daily_report(centre, findings, day)):
            found.append(Stale(day, newest.number, newest.destroyed is not None))
    return tuple(sorted(found, key=lambda one: one.day))


def is_stale(newest: Edition, report: publish.DailyReport) -> bool:
    """Return whether *report* says of its day what the *newest* edition does not."""
    return newest.destroyed is not None or publish.contents(report) != newest.contents


def publish_days(
    centre: Centre, findings: Findings, days: Sequence[date], at: datetime, as_of: AsOf, watch: Watch
) -> list[Published]:
    """Publish the reports of *days*, each as HTML and as JSON, where they say something that no edition says yet.

    One day at a time is held in memory.
    """
    there = centre.editions()
    done: list[Published] = []

    def files() -> Iterator[tuple[Publication, bytes]]:
        for number, day in enumerate(dict.fromkeys(days)):
            watch("daily reports", number, len(days))
            before = there.get(day, ())
            report = daily_report(centre, findings, day)
            if before and not is_stale(before[-1], report):
                done.append(Published(day, before[-1].number, new=False))
                _keep_whole(centre, before, as_of)
                continue
            report = _as_next(centre, report, before, as_of)
            done.append(Published(day, report.edition.number, new=True))
            yield from render(report, findings.size)

    centre.publish(files(), at)
    return done


def _as_next(
    centre: Centre, report: publish.DailyReport, before: Sequence[Edition], as_of: AsOf
) -> publish.DailyReport:
    """Return *report* as the edition that follows the editions *before*."""
    if not before:
        return report
    last = before[-1]
    replaces = publish.Replaced(number=last.number, published_at=last.at, as_of=last.as_of, destroyed=last.destroyed)
    said = None if last.destroyed is not None else daily_report(centre, as_of(last.as_of), last.day)
    return report.model_copy(update={"edition": publish.next_edition(replaces, said, report)})


def render(report: publish.DailyReport, size: int) -> list[tuple[Publication, bytes]]:
    """Return an edition's files with what the record says of each."""
    number, said = report.edition.number, publish.contents(report)
    files: tuple[tuple[Ending, bytes], ...] = (
        ("html", publish.as_html(report)),
        ("json", publish.as_json(report)),
    )
    return [
        (
            Publication(
                name=file_name(report.day, number, ending),
                day=report.day,
                edition=number,
                as_of=size,
                contents=said,
                digest=hashlib.sha256(data).hexdigest(),
            ),
            data,
        )
        for ending, data in files
    ]


def remake(
    centre: Centre, several: Sequence[Edition], number: int, as_of: AsOf
) -> Mapping[str, tuple[Publication, bytes]]:
    """Make an edition's files again from the entries that it rests on; return them by their names.

    Args:
        several: the editions of the day; *number* is the place of this one among them, from 0.
    """
    one = several[number]
    report = _as_next(centre, daily_report(centre, as_of(one.as_of), one.day), several[:number], as_of)
    return {made.name: (made, data) for made, data in render(report, one.as_of)}


def _keep_whole(centre: Centre, several: Sequence[Edition], as_of: AsOf) -> None:
    """Make the newest edition's files again where one of them is missing."""
    files = several[-1].files.values()
    if all((centre.folder / "reports" / file.name).is_file() for file in files):
        return
    made = remake(centre, several, len(several) - 1, as_of)
    for file in files:
        if file.name in made and made[file.name][0] == file:
            centre.keep_published(*made[file.name])
