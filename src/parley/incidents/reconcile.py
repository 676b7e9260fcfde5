"""Two bulletins cell by cell and area by area: what each side counts, what may be in both, and why one has more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parley.incidents.cells import ANY, Cell, Counted, Counts, Level, areas, counts, meets, total
from parley.incidents.evidence import Shown, at_least, shown
from parley.incidents.transport import most_shared
from parley.model import Bulletin, Incident, TallyArea, TallyRow, WhyOnlyOne, fold

_OF_ITSELF = ("silent", "excluded party", "outside the area", "no observation")
"""Reasons that a bulletin gives by itself; the others set two counts against each other, which asks for one rule."""


@dataclass(frozen=True)
class Pair:
    """Two bulletins with what each counts; *same_rule* where one unit of the one is one unit of the other."""

    left: Counts
    right: Counts
    same_rule: bool
    incidents: Sequence[Shown]


def pair(left: Bulletin, right: Bulletin, same_rule: bool, incidents: Sequence[Incident]) -> Pair:
    """Return what *left* and *right* count, and which of *incidents* both sides reported."""
    holding = areas(left, right)
    one, other = counts(left, holding), counts(right, holding)
    return Pair(one, other, same_rule, shown(incidents, one, other) if same_rule else ())


def most_in_both(both: Pair, level: Level) -> int:
    """Return how many happenings can be in both records at most, told alike in what *level* asks."""
    bound = _flow(both, both.left.items(), both.right.items(), level)
    if level != "area" and (both.left.kinds or both.right.kinds):
        bound = min(bound, _flow(both, both.left.by_kind(), both.right.by_kind(), level))
    return bound


def least_in_both(both: Pair) -> int:
    """Return how many happenings are in both records at least, by the incidents that both sides reported."""
    return min(at_least(both.incidents, both.left, both.right), most_in_both(both, "kind"))


def rows(both: Pair) -> Iterator[TallyRow]:
    """Yield a row for each cell, the left side's in their order, then those that only the right side has."""
    lefts, rights = ({cell.key: (cell, n) for cell, n in side.cells} for side in (both.left, both.right))
    for key in dict.fromkeys((*lefts, *rights)):
        cell = (lefts.get(key) or rights[key])[0]
        left, right = (side[key][1] if key in side else None for side in (lefts, rights))
        yield _row(both, cell, left, right)


def _row(both: Pair, cell: Cell, left: int | None, right: int | None) -> TallyRow:
    left_may, right_may = both.left.range(cell), both.right.range(cell)
    high = min(left_may[1], right_may[1])
    fitting = [one for one in both.incidents if both.left.surely(one.left, cell) and both.right.surely(one.right, cell)]
    low = min(at_least(fitting, both.left, both.right), high) if both.same_rule else 0
    why = _why(both, cell, left, right)
    return TallyRow(
        area=cell.area,
        act=cell.act,
        means=cell.means,
        respondent=cell.respondent,
        left=left,
        right=right,
        left_may=None if left_may == (left or 0, left or 0) else left_may,
        right_may=None if right_may == (right or 0, right or 0) else right_may,
        both_low=low,
        both_high=high if both.same_rule else None,
        why=why if both.same_rule or why in _OF_ITSELF else None,
        incidents=tuple(one.id for one in fitting) if low else (),
    )


def _why(both: Pair, cell: Cell, left: int | None, right: int | None) -> WhyOnlyOne | None:
    if left is None:
        return _lacks(cell, both.left)
    if right is None:
        return _lacks(cell, both.right)
    if left == right:
        return None
    fewer = both.left if left < right else both.right
    if min(left, right) < fewer.range(cell)[1]:
        return "not itemised"
    return "none can be given" if left and right else "counted none"


def _lacks(cell: Cell, other: Counts) -> WhyOnlyOne:
    """Return why *other* has no item for *cell*.

    "Not itemised" is the answer wherever *other* may count some of it in another way (by no area, act or respondent, in
    a wider term or area): to say that it recorded nothing of the kind would say too much.
    """
    said = other.said_of(cell.area)
    if said == "no observation":
        return "no observation"
    if said == "outside the area":
        return "outside the area"
    if other.excludes(cell.respondent):
        return "excluded party"
    if other.range(cell)[1]:
        return "not itemised"
    here = [count for one, count in other.items(fold(cell.area)) if meets(one, Cell(cell.area), "area", other.areas)]
    spoken = other.said_of(cell.area) in ("counted", "elsewhere")
    if not any(here) and (spoken or total(other.bulletin) == 0 == other.bulletin.stated_total):
        return "counted none"
    return "not recorded" if spoken or said == "not recorded" else "silent"


def by_area(both: Pair) -> Iterator[TallyArea]:
    """Yield each area over all its cells, and each that a side says it could not observe, in the order of the rows."""
    unseen = (*both.left.bulletin.unobserved, *both.right.bulletin.unobserved)
    named = (*(cell.area for side in (both.left, both.right) for cell, _ in side.cells), *unseen)
    spelled: dict[str, str] = {}
    for area in named:
        spelled.setdefault(fold(area), area)
    for name, area in spelled.items():
        mine, others = both.left.of(name), both.right.of(name)
        here = [one for one in both.incidents if {fold(one.left.area), fold(one.right.area)} == {name}]
        left_high = _flow(both, mine, both.right.items(name), "kind") if both.same_rule else 0
        right_high = _flow(both, both.left.items(name), others, "kind") if both.same_rule else 0
        yield TallyArea(
            area=area,
            left=sum(count for _, count in mine) if mine else None,
            right=sum(count for _, count in others) if others else None,
            left_said=both.left.said_of(area),
            right_said=both.right.said_of(area),
            both_low=min(at_least(here, both.left, both.right), left_high, right_high),
            left_high=left_high,
            right_high=right_high,
        )


def _flow(both: Pair, lefts: Sequence[Counted], rights: Sequence[Counted], level: Level) -> int:
    may_left: Mapping[Cell, bool] = {cell: both.right.may_hold(cell, level) for cell, _ in lefts}
    may_right: Mapping[Cell, bool] = {cell: both.left.may_hold(cell, level) for cell, _ in rights}

    def may(one: Cell, other: Cell) -> bool:
        if ANY.area in (fold(one.area), fold(other.area)) and not (may_left[one] and may_right[other]):
            return False
        return meets(one, other, level, both.left.areas)

    return most_shared(lefts, rights, may)
