"""Whether a bulletin's numbers add up: parts against what they are parts of, areas and kinds against the total.

Nothing is corrected. Where two numbers differ both stay, and a flag says which, where, and by how much.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parley.model import ALL_AREAS, Bulletin, CountItem, Flag, fold, listed

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
        lines = listed(map(str, each))
        params = {"lines": lines, "last": str(each[-1]) if lines.endswith("…") else ""}
        yield Flag(code="items-unreadable", params=params, line=lost[0])
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
        yield _at(where.get("total"), Flag(code="sum-differs", params={"summed": summed, "stated": stated}))


def _printed(printed: Sequence[Parts]) -> Iterator[Flag]:
    for one in printed:
        summed, whole = sum(part.count for part in one.parts), one.whole
        if summed > whole.count or (one.all and summed != whole.count):
            params = {"area": whole.area, "stated": whole.count, "summed": summed}
            yield Flag(code="subtotal-differs", params=params, line=whole.line, column=one.column)


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
        yield _at(where.get("total"), Flag(code="areas-differ", params={"summed": summed, "stated": stated}))


def _kinds(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    if not bulletin.kinds:
        return
    line = bulletin.kinds[0].line
    summed = sum(one.count for one in bulletin.kinds)
    totals = {bulletin.stated_total} if bulletin.stated_total is not None else set()
    totals |= {bulletin.summed_total} if bulletin.items else set()
    if totals and summed not in totals:
        totals_ = dict(zip(("total", "other"), sorted(totals), strict=False))
        yield Flag(code="kinds-differ", params={"summed": summed, **totals_}, line=line)
    for kind in bulletin.kinds:
        cell = kind.act, kind.means
        if kind.rest or cell == (None, None):
            continue
        across = sum(one.count for one in bulletin.items if (one.act, one.means) == cell)
        named = sum(one.count for one in bulletin.kinds if (one.act, one.means) == cell)
        if across > named:
            act, means = (kind.act, kind.means or "") if kind.act else (kind.means or "", "")
            params = {"kind": act, "means": means, "named": named, "across": across}
            yield Flag(code="kind-differs", params=params, line=kind.line)


def _twice(bulletin: Bulletin) -> Iterator[Flag]:
    for items in (bulletin.items, bulletin.kinds):
        seen: dict[tuple[str | None, ...], int] = {}
        for one in items:
            if one.rest:
                continue
            cell = (fold(one.area), one.act, one.means, one.respondent and fold(one.respondent))
            if cell in seen:
                yield Flag(code="item-twice", params={"area": one.area, "first": seen[cell]}, line=one.line)
            seen.setdefault(cell, one.line)
    areas = {fold(one.area): one for one in bulletin.items}
    for lumped in bulletin.contains:
        for part in lumped.parts:
            if fold(lumped.area) in areas and fold(part) in areas and fold(part) != fold(lumped.area):
                params = {"area": lumped.area, "part": part}
                yield Flag(code="part-and-whole", params=params, line=areas[fold(part)].line)


def _scope(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    """Check the items against what the bulletin says it observed and covers."""
    unobserved = {fold(area): area for area in bulletin.unobserved}
    covered = {*map(fold, bulletin.covers), *unobserved}
    for lumped in bulletin.contains:
        if fold(lumped.area) in covered or covered.issuperset(map(fold, lumped.parts)):
            covered |= {fold(lumped.area), *map(fold, lumped.parts)}
    for area, item in {fold(one.area): one for one in bulletin.items}.items():
        if area in unobserved:
            params = {"area": item.area, "count": count_of(bulletin, area) or 0}
            yield Flag(code="counted-unobserved", params=params, line=item.line)
        elif bulletin.covers and area not in covered and area != ALL_AREAS:
            yield Flag(code="not-covered", params={"area": item.area}, line=item.line)


def _before(bulletin: Bulletin, where: Places) -> Iterator[Flag]:
    """Check the moment of issue and the previous period against this one, and the counts of that period."""
    if bulletin.published and bulletin.published.end <= bulletin.period.start:
        yield _at(where.get("issued"), Flag(code="issued-early"))
    before = bulletin.previous
    if before and before.period and before.period.end > bulletin.period.start:
        yield _at(where.get("previous period"), Flag(code="previous-not-before"))
    if before is None or before.total is None or not before.items:
        return
    summed = sum(one.count for one in before.items)
    if summed > before.total:
        params = {"summed": summed, "stated": before.total}
        yield _at(where.get("previous total"), Flag(code="previous-differs", params=params))


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


def _at(place: tuple[int, int] | None, flag: Flag) -> Flag:
    line, column = place or (None, None)
    return flag.model_copy(update={"line": line, "column": column})
