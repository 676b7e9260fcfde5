"""Whether a bulletin's numbers add up: parts against what they are parts of, areas and kinds against the total.

Nothing is corrected. Where two numbers differ both stay, and a flag says which, where, and by how much.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parley.model import ALL_AREAS, Bulletin, CountItem, Flag, fold

MOST_LINES = 50
"""How many lines with unreadable items are named one by one."""

Places = Mapping[str, tuple[int, int]]
"""Line and column of the value of each header line, and of `not AREA` where an item says that nobody observed."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A printed count and the counts that are said to be parts of it; *all* where they are said to be all of it."""

    whole: CountItem
    parts: tuple[CountItem, ...]
    all: bool
    column: int


def checked(bulletin: Bulletin, printed: Sequence[Parts], lost: Sequence[int], where: Places) -> Iterator[Flag]:
    """Yield a flag for everything in *bulletin* that does not add up or contradicts itself.

    Args:
        printed: the printed counts of which others are parts.
        lost: lines in which an item could not be read.
    """
    if lost:
        each = tuple(dict.fromkeys(lost))
        which = ", ".join(map(str, each[:MOST_LINES])) + (f" … {each[-1]}" if len(each) > MOST_LINES else "")
        yield Flag(code="items-unreadable", text=f"items that could not be read stand in line {which}", line=lost[0])
    yield from _total(bulletin, where)
    yield from _printed(printed)
    yield from _areas(bulletin, where)
    yield from _kinds(bulletin, where)
    yield from _twice(bulletin)
    yield from _scope(bulletin, where)
    yield from _before(bulletin, where)


def _total(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    summed, stated = bulletin.summed_total, bulletin.stated_total
    if stated is not None and bulletin.items and summed != stated:
        text = f"the items add up to {summed}; the stated total is {stated}"
        yield _flag("sum-differs", text, where.get("total"))


def _printed(printed: Sequence[Parts]) -> Iterator[Flag]:
    for one in printed:
        summed, whole = sum(part.count for part in one.parts), one.whole
        if summed > whole.count or (one.all and summed != whole.count):
            text = f"{whole.area} is stated as {whole.count}; its parts add up to {summed}"
            yield Flag(code="subtotal-differs", text=text, line=whole.line, column=one.column)


def _areas(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    """Check the areas' printed counts against the total, where they are not simply the sums of the items."""
    stated = bulletin.stated_total
    if stated is None or not bulletin.subtotals:
        return
    areas = {fold(one.area): 0 for one in bulletin.items} | {fold(one.area): 0 for one in bulletin.subtotals}
    for area in areas:
        areas[area] = count_of(bulletin, area) or 0
    summed = sum(areas.values())
    if summed not in (stated, bulletin.summed_total):
        text = f"the counts of the areas add up to {summed}; the stated total is {stated}"
        yield _flag("areas-differ", text, where.get("total"))


def _kinds(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    if not bulletin.kinds:
        return
    line = bulletin.kinds[0].line
    summed = sum(one.count for one in bulletin.kinds)
    totals = {bulletin.stated_total} if bulletin.stated_total is not None else set()
    totals |= {bulletin.summed_total} if bulletin.items else set()
    if totals and summed not in totals:
        against = " and ".join(map(str, sorted(totals)))
        yield Flag(code="kinds-differ", text=f"the kinds add up to {summed}; the total is {against}", line=line)
    for kind in bulletin.kinds:
        cell = kind.act, kind.means
        if kind.rest or cell == (None, None):
            continue
        across = sum(one.count for one in bulletin.items if (one.act, one.means) == cell)
        named = sum(one.count for one in bulletin.kinds if (one.act, one.means) == cell)
        if across > named:
            text = f"{' with '.join(filter(None, cell))}: {named} over all areas, but the areas have {across} of it"
            yield Flag(code="kind-differs", text=text, line=kind.line)


def _twice(bulletin: Bulletin) -> Iterator[Flag]:
    for items in (bulletin.items, bulletin.kinds):
        seen: dict[tuple[str | None, ...], int] = {}
        for one in items:
            if one.rest:
                continue
            cell = (fold(one.area), one.act, one.means, one.respondent and fold(one.respondent))
            if cell in seen:
                text = f"the same item of {one.area} stands in line {seen[cell]} too; the two are added"
                yield Flag(code="item-twice", text=text, line=one.line)
            seen.setdefault(cell, one.line)
    areas = {fold(one.area): one for one in bulletin.items}
    for lumped in bulletin.contains:
        for part in lumped.parts:
            if fold(lumped.area) in areas and fold(part) in areas and fold(part) != fold(lumped.area):
                text = f"{lumped.area} is declared to hold {part}, and both have items: they may be counted twice"
                yield Flag(code="part-and-whole", text=text, line=areas[fold(part)].line)


def _scope(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    """Check the items against what the bulletin says it observed and covers."""
    unobserved = {fold(area): area for area in bulletin.unobserved}
    covered = {*map(fold, bulletin.covers), *unobserved}
    for lumped in bulletin.contains:
        if fold(lumped.area) in covered or covered.issuperset(map(fold, lumped.parts)):
            covered |= {fold(lumped.area), *map(fold, lumped.parts)}
    for area, item in {fold(one.area): one for one in bulletin.items}.items():
        if area in unobserved:
            text = f"{item.area} has a count of {count_of(bulletin, area)} and is said not to have been observed"
            yield Flag(code="counted-unobserved", text=text, line=item.line)
        elif bulletin.covers and area not in covered and area != ALL_AREAS:
            yield Flag(code="not-covered", text=f"{item.area} has a count, but `Covers` lacks it", line=item.line)


def _before(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    """Check the moment of issue and the previous period against this one, and the counts of that period."""
    if bulletin.published and bulletin.published.end <= bulletin.period.start:
        text = "it is said to have been issued before its period begins"
        yield _flag("issued-early", text, where.get("issued"))
    before = bulletin.previous
    if before and before.period and before.period.end > bulletin.period.start:
        text = "the previous period ends after this one begins"
        yield _flag("previous-not-before", text, where.get("previous period"))
    if before is None or before.total is None or not before.items:
        return
    summed = sum(one.count for one in before.items)
    if summed > before.total:
        text = f"the counts of the previous period add up to {summed}; its stated total is {before.total}"
        yield _flag("previous-differs", text, where.get("previous total"))


def count_of(bulletin: Bulletin, area: str) -> int | None:
    """Return what *bulletin* counts in *area* as printed, else as its items add up; None where it has no item there.

    A printed count holds for the items of its own line, or for all of the area where it stands in a line by itself.
    """
    items = [one for one in bulletin.items if fold(one.area) == area]
    printed = [one for one in bulletin.subtotals if fold(one.area) == area]
    if not printed:
        return sum(one.count for one in items) if items else None
    lines = {one.line for one in printed}
    if any(one.line in lines for one in items):
        return sum(one.count for one in (*printed, *(item for item in items if item.line not in lines)))
    return sum(one.count for one in printed)


def _flag(code: str, text: str, place: tuple[int, int] | None) -> Flag:
    line, column = place or (None, None)
    return Flag(code=code, text=text, line=line, column=column)
