"""Which incidents, findings and tallies somebody asks for: by source, accused, place, act, clause and time.

Several values of one option widen what is asked for, several options narrow it. Names are compared as everywhere
(`fold`), and a party by all of its names. A name that the centre does not know is refused with those that it knows.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from parley.centre import queries
from parley.centre.folder import Centre
from parley.cli.ago import beginning, ending
from parley.model import Disc, FolderError, Tally, fold, looks_like, vocabulary
from parley.model.vocabulary import narrower

MOST_NAMED = 100
"""Names that are listed where one is not known."""


@dataclass(frozen=True)
class Asked:
    """What somebody typed: each option as often as it was given; see `Chosen` for what they mean."""

    sources: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None


Row = Mapping[str, Any]
Test = Callable[[Row], bool]


@dataclass(frozen=True)
class Chosen:
    """What is asked for, with names that the centre knows.

    Args:
        tests: those that a row of `queries.incidents` passes: it has an account by one of the sources, one that accuses
            one of the accused, one that names one of the places or areas (or it may lie in one of the circles), one of
            one of the acts or of what they contain; and it began within the time.
        clauses: the ids of clauses, "" of none: those that a row of findings is about, or that cover an incident.
        sources: the folded names of sources, for tallies.
    """

    tests: tuple[Test, ...] = ()
    clauses: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    def incidents(self, rows: Iterable[Row], findings: Callable[[], Iterable[Row]]) -> list[Any]:
        """Return those of *rows* (incidents) that are asked for; *findings* gives their findings, where needed."""
        found = [row for row in rows if all(test(row) for test in self.tests)]
        if not self.clauses:
            return found
        covered = {row["incident"] for row in findings() if self._is_about(row) and _covers(row)}
        return [row for row in found if row["id"] in covered]

    def findings(self, rows: Iterable[Row], incidents: Collection[str]) -> list[Any]:
        """Return those of *rows* (findings) that are asked for, of *incidents*, those that are."""
        return [row for row in rows if row["incident"] in incidents and (not self.clauses or self._is_about(row))]

    def tallies(self, rows: Iterable[Tally], timezone: Any) -> list[Tally]:
        """Return the tallies that one of the sources publishes, with a day within the time."""
        return [
            row
            for row in rows
            if (not self.sources or self.sources & {fold(one) for one in (row.left, row.right, *_publishers(row))})
            and (self.since is None or row.day >= self.since.astimezone(timezone).date())
            and (self.until is None or row.first_day < self.until.astimezone(timezone).date())
        ]

    def _is_about(self, row: Row) -> bool:
        return not self.clauses.isdisjoint((row["clause"], f"{row['agreement']}/{row['clause']}"))


def _covers(row: Row) -> bool:
    return bool(row["raised"]) and any(answer != "not covered" for answer in row["accounts"])


def _publishers(row: Tally) -> Sequence[str]:
    return row.left_publisher, row.right_publisher


def choose(folder: Path, asked: Asked, now: datetime) -> Chosen:
    """Return what is *asked* for of the centre in *folder*.

    Raises:
        FolderError: a name is not known there, or a time cannot be read; the text says what is known, or expected.
    """
    if asked == Asked():
        return Chosen()
    from parley.job import parties as parties_of

    known = queries.names(folder)
    with Centre.open(folder) as centre:
        zone, parties = centre.timezone, parties_of(centre)

    def same(name: str) -> str:
        """Return the one name of all that a party has, or the folded name of anybody else."""
        folded = fold(name)
        return parties.get(folded, folded)

    tests: list[Test] = []
    sources = frozenset(same(_known("source", one, known["source"], same)) for one in asked.sources)
    if sources:
        tests.append(lambda row: not sources.isdisjoint(map(same, row["sources"])))
    accused = frozenset(same(_known("party", one, [*known["actor"], *parties], same)) for one in asked.accused)
    if accused:
        tests.append(lambda row: not accused.isdisjoint(map(same, row["claimed"]["actor"])))
    if asked.places:
        places = [_place(one, known["place"]) for one in asked.places]
        tests.append(lambda row: any(place(row) for place in places))
    acts = frozenset(act for one in asked.kinds for act in _acts(one))
    if acts:
        tests.append(lambda row: not acts.isdisjoint(row["claimed"]["act"]))
    since = _moment(asked.since, lambda text: beginning(text, zone, now), "--since")
    until = _moment(asked.until, lambda text: ending(text, zone, now), "--until")
    if since is not None:
        tests.append(lambda row: datetime.fromisoformat(row["start"]) >= since)
    if until is not None:
        tests.append(lambda row: datetime.fromisoformat(row["start"]) < until)
    clauses = frozenset(_known("clause", one, known["clause"], fold) for one in asked.clauses)
    return Chosen(tuple(tests), clauses, frozenset(map(fold, asked.sources)), since, until)


def _moment(text: str | None, read: Callable[[str], datetime], option: str) -> datetime | None:
    try:
        return None if text is None else read(text)
    except ValueError as error:
        raise FolderError(f"{option}: {error}") from None


def _known(what: str, name: str, names: Iterable[str], same: Callable[[str], str]) -> str:
    """Return the one of *names* that *name* is; raise FolderError where it is none of them."""
    known = {same(one): one for one in reversed(list(names))}
    found = known.get(same(name))
    if found is not None:
        return found
    like = looks_like(name, known.values())
    meant = f" Did you mean {like}?" if like else ""
    shown = sorted(dict.fromkeys(known.values()), key=fold)
    more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    there = f"Known here: {', '.join(shown[:MOST_NAMED])}{more}." if shown else f"No {what} is known here yet."
    raise FolderError(f"{name!r} is no {what} of this centre.{meant} {there}")


def _place(said: str, names: Iterable[str]) -> Test:
    """Return what tests whether an incident is at the place of a name, or reaches into the circle of `lat,lon,km`."""
    parts = said.split(",")
    try:
        lat, lon, km = map(float, parts)
        circle = Disc(lat=lat, lon=lon, radius_m=round(km * 1000))
    except (ValueError, OverflowError):
        if len(parts) == 3 and all(part.strip()[:1] in "0123456789-+." for part in parts if part.strip()):
            raise FolderError(
                f"{said!r} is no place: expected a name, or lat,lon,km such as 33.51,36.29,5 (degrees, kilometres)"
            ) from None
        name = fold(_known("place", said, names, fold))
        return lambda row: (
            name in {fold(one) for one in (row["place"], *row["claimed"]["place"], *row["claimed"]["area"])}
        )

    from parley.incidents.geodesy import distance_m

    def reaches(row: Row) -> bool:
        middle = Disc(lat=row["lat"], lon=row["lon"], radius_m=row["radius_m"])
        return distance_m(circle, middle) <= circle.radius_m + middle.radius_m

    return reaches


def _acts(said: str) -> frozenset[str]:
    """Return the act that *said* names, by its term or its words, with all that it contains."""
    terms = vocabulary("act")
    by_name = {_spaced(name): term.name for term in terms.values() for name in (term.text, term.name)}
    name = _known("act", said, [*(term.text for term in terms.values()), *terms], _spaced)
    return narrower("act", by_name[_spaced(name)])


def _spaced(name: str) -> str:
    return fold(name).replace("-", " ")
