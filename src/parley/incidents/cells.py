"""The cells that a bulletin counts, and which cells of two bulletins may hold the same happenings.

A cell is an area, an act, a means and a respondent; None and `all areas` leave open which. Areas hold one another only
as a bulletin declares; acts and means as the vocabulary has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from parley.incidents.compare import alike
from parley.model import ALL_AREAS, Bulletin, CountItem, fold, is_a
from parley.model.tally import Said

Level = Literal["area", "kind", "accused"]
"""What two sides must tell alike of a happening that both count: the area; the kind too; and whom each accuses."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is counted, as spelled in the first item of it."""

    area: str
    act: str | None = None
    means: str | None = None
    respondent: str | None = None

    @property
    def key(self) -> "tuple[str, str | None, str | None, str | None]":
        return fold(self.area), self.act, self.means, self.respondent and fold(self.respondent)


Counted = tuple[Cell, int]
ANY = Cell(ALL_AREAS)


@dataclass(frozen=True)
class Areas:
    """Which areas hold which, by folded name, as two bulletins declare it."""

    inside: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def within(self, area: str, wider: str) -> bool:
        """Say whether all of *area* surely lies in *wider*."""
        return wider in (ALL_AREAS, area) or area in self.inside.get(wider, ())

    def meet(self, one: str, other: str) -> bool:
        """Say whether something may lie in both."""
        if one == other or ALL_AREAS in (one, other):
            return True
        mine, others = ({area, *self.inside.get(area, ())} for area in (one, other))
        return not mine.isdisjoint(others)


def areas(*bulletins: Bulletin) -> Areas:
    """Return what *bulletins* declare to hold what, over any number of steps."""
    direct: dict[str, set[str]] = {}
    for lumped in (lumped for one in bulletins for lumped in one.contains):
        direct.setdefault(fold(lumped.area), set()).update(map(fold, lumped.parts))
    inside = {}
    for area in direct:
        found: set[str] = set()
        waiting = [area]
        while waiting:
            fresh = direct.get(waiting.pop(), set()) - found
            found |= fresh
            waiting.extend(fresh)
        inside[area] = frozenset(found)
    return Areas(inside)


def total(bulletin: Bulletin) -> int:
    """Return the total as stated, else as the items add up, else as the kinds do."""
    if bulletin.stated_total is not None:
        return bulletin.stated_total
    return bulletin.summed_total if bulletin.items else sum(one.count for one in bulletin.kinds)


@dataclass(frozen=True)
class Counts:
    """What one bulletin counts: by area (and kind), and where it says so, by kind alone; each with what is left open.

    `rest` stands in both where a total is more than what is broken down: it may be anything.
    """

    bulletin: Bulletin
    cells: Sequence[Counted]
    kinds: Sequence[Counted]
    areas: Areas

    def items(self, area: str | None = None) -> Sequence[Counted]:
        """Return all that is counted by area; of what may lie in *area* (a folded name) only, where it is given."""
        return [*(self.cells if area is None else self._near(area)), (ANY, self._left(self.cells))]

    def of(self, area: str) -> Sequence[Counted]:
        """Return what is counted under just this folded name."""
        return self._by_area.get(area, ())

    def by_kind(self) -> Sequence[Counted]:
        return [*self.kinds, (ANY, self._left(self.kinds))] if self.kinds else self.items()

    @cached_property
    def whole(self) -> int:
        """Return the most that any of its totals comes to."""
        return max(total(self.bulletin), *(sum(n for _, n in counted) for counted in (self.cells, self.kinds)))

    @cached_property
    def _summed(self) -> int:
        return sum(count for _, count in self.cells)

    def _left(self, counted: Sequence[Counted]) -> int:
        if counted is self.cells:
            return self.whole - self._summed
        return self.whole - sum(count for _, count in counted)

    def may_hold(self, cell: Cell, level: Level = "accused") -> bool:
        """Say whether the bulletin may count what *cell* is, as far as it says what it observes and counts."""
        if self.said_of(cell.area) in ("no observation", "outside the area"):
            return False
        return level != "accused" or not self.excludes(cell.respondent)

    def excludes(self, respondent: str | None) -> bool:
        """Say whether its rule leaves out what *respondent* does."""
        named = self.bulletin.respondents
        return bool(named) and respondent is not None and fold(respondent) not in map(fold, named)

    def said_of(self, area: str) -> Said:
        """Return what the bulletin says of *area*: see `Said`; an area that is counted is so whatever else is said."""
        name = fold(area)
        if name in self._by_area:
            return "counted"
        if any(self.areas.within(name, fold(one)) for one in self.bulletin.unobserved):
            return "no observation"
        if any(self.areas.within(name, fold(one)) for one in self.bulletin.covers):
            return "elsewhere" if self._near(name) else "not recorded"
        if name != ALL_AREAS and self.bulletin.covers:
            held = any(self.areas.meet(name, fold(one)) for one in self.bulletin.covers)
            return "silent" if held else "outside the area"
        return "elsewhere" if self._near(name) else "silent"

    def range(self, cell: Cell) -> tuple[int, int]:
        """Return the least and the most that the bulletin may count in *cell*, whatever its items leave open.

        Of counts by area and by kind that are not crossed, with totals A and K of a whole N, at least A + K - N and at
        most the lesser of A and K are both (Fréchet's bounds, https://en.wikipedia.org/wiki/Fréchet_inequalities).
        """
        if not self.may_hold(cell):
            return 0, 0
        near = self._near(fold(cell.area))
        may = sum(n for one, n in near if self._meets(one, cell, "accused")) + self._left(self.cells)
        sure = sum(n for one, n in near if self.surely(one, cell))
        if self.kinds:
            anywhere, anything = Cell(ALL_AREAS, *_kind(cell)), Cell(cell.area)
            may = min(may, sum(n for one, n in self.by_kind() if self._meets(one, anywhere, "accused")))
            of_area = sum(n for one, n in near if self.surely(one, anything))
            of_kind = sum(n for one, n in self.kinds if self.surely(one, anywhere))
            sure = max(sure, of_area + of_kind - self.whole)
        return min(sure, may), may

    @cached_property
    def _by_area(self) -> Mapping[str, Sequence[Counted]]:
        found: dict[str, list[Counted]] = {}
        for cell, count in self.cells:
            found.setdefault(fold(cell.area), []).append((cell, count))
        return found

    def _near(self, area: str) -> Sequence[Counted]:
        """Return the cells in which something of *area* may be counted."""
        if self.areas.inside or area == ALL_AREAS:
            return [one for one in self.cells if self.areas.meet(fold(one[0].area), area)]
        return [*self._by_area.get(area, ()), *self._by_area.get(ALL_AREAS, ())]

    def _meets(self, one: Cell, other: Cell, level: Level) -> bool:
        return meets(one, other, level, self.areas)

    def surely(self, one: Cell, wider: Cell) -> bool:
        """Say whether all that is counted in *one* is what *wider* is."""
        return self.areas.within(fold(one.area), fold(wider.area)) and all(
            asked is None or (said is not None and _is(family, said, asked))
            for family, said, asked in (
                ("act", one.act, wider.act),
                ("means", one.means, wider.means),
                ("actor", one.respondent, wider.respondent),
            )
        )


def _kind(cell: Cell) -> tuple[str | None, str | None, str | None]:
    return cell.act, cell.means, cell.respondent


def _is(family: str, said: str, asked: str) -> bool:
    return fold(said) == fold(asked) if family == "actor" else is_a(family, said, asked) == "true"


def counts(bulletin: Bulletin, holding: Areas) -> Counts:
    """Return what *bulletin* counts by cell; an item without a respondent means the only one that the header names."""
    only = bulletin.respondents[0] if len(bulletin.respondents) == 1 else None

    def added(items: Iterable[CountItem], area: str | None = None) -> list[Counted]:
        cells: dict[object, Counted] = {}
        for item in items:
            cell = Cell(area or item.area, item.act, item.means, item.respondent or only)
            first, count = cells.get(cell.key, (cell, 0))
            cells[cell.key] = first, count + item.count
        return list(cells.values())

    return Counts(bulletin, added(bulletin.items), added(bulletin.kinds, ALL_AREAS), holding)


def meets(one: Cell, other: Cell, level: Level, holding: Areas) -> bool:
    """Say whether a happening may be counted in both cells, with what *level* asks told alike.

    What one side counts as a shelling and the other as a displacement may be one happening, but they do not tell it
    alike: only what lies in one area bounds how many of such there are.
    """
    if not holding.meet(fold(one.area), fold(other.area)):
        return False
    if level == "area":
        return True
    if not _alike("act", one.act, other.act) or not _alike("means", one.means, other.means):
        return False
    return (
        level == "kind"
        or None in (one.respondent, other.respondent)
        or (fold(one.respondent or "") == fold(other.respondent or ""))
    )


def _alike(family: Literal["act", "means"], one: str | None, other: str | None) -> bool:
    return one is None or other is None or alike(family, one, other)
