"""The editions of each day's report, as the record has them: nothing that was published is ever written over.

`2031-05-02.html` and `.json` are edition 1 of their day, `2031-05-02.2.html` and `.json` edition 2. An edition rests on
the entries before `as_of`; what was shredded of these takes its files along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from parley.model import Publication, Stated


@dataclass(frozen=True)
class Edition:
    """One edition: when it was published, what it rests on, its contents' digest, and its files by their entries.

    `destroyed` is the entry of the notice by which something was shredded that it rests on.
    """

    day: date
    number: int
    at: datetime
    as_of: int
    contents: str
    files: Mapping[int, Publication]
    destroyed: int | None


def destroyed_by(entry: int, publication: Publication, shredded: Mapping[int, int]) -> int | None:
    """Return the notice by which something was shredded that the publication at *entry* rests on; None if none was.

    *shredded* has the entry of its notice for each entry that was shredded. What was made after a notice rests on what
    was left.
    """
    notices = (notice for gone, notice in shredded.items() if gone < publication.as_of and entry < notice)
    return min(notices, default=None)


def editions(stated: Iterable[Stated], shredded: Mapping[int, int]) -> dict[date, tuple[Edition, ...]]:
    """Return the editions of every day that was published, the oldest first, by day in the order of the record."""
    found: dict[date, dict[int, list[Stated]]] = {}
    for one in stated:
        if isinstance(one.says, Publication):
            found.setdefault(one.says.day, {}).setdefault(one.says.edition, []).append(one)
    return {
        day: tuple(_edition(several, shredded) for _, several in sorted(numbers.items()))
        for day, numbers in found.items()
    }


def _edition(stated: list[Stated], shredded: Mapping[int, int]) -> Edition:
    files = {one.entry: one.says for one in stated if isinstance(one.says, Publication)}
    entry, first = next(iter(files.items()))
    return Edition(
        day=first.day,
        number=first.edition,
        at=stated[0].at,
        as_of=first.as_of,
        contents=first.contents,
        files=files,
        destroyed=destroyed_by(entry, first, shredded),
    )
