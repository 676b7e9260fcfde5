"""People's judgements → what matching must obey. Where two contradict each other the later one holds, as a whole.

A judgement is only ever superseded by another judgement, which is listed; matching obeys all that hold.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from parley.incidents.linkage.assignment import Judged, Pair, pair
from parley.model import Judgement, RecordedJudgement


@dataclass(frozen=True)
class Standing:
    """Which judgements hold: `holding` in order of the record; `superseded` maps the others to what superseded them."""

    holding: tuple[RecordedJudgement, ...]
    superseded: Mapping[int, int]

    def judged(self, rows: Mapping[int, int]) -> Judged:
        """Return what holds in the row numbers of *rows* (entry → row); reports that are not there are left out.

        Several reports may have one row, as far as no judgement that holds tells them apart.
        """
        ties, apart, parts = _demands([one.judgement for one in self.holding])
        together = ({rows[entry] for entry in group if entry in rows} for group in ties.groups())
        return Judged(
            tuple(tuple(sorted(group)) for group in together if len(group) > 1),
            frozenset(pair(rows[one], rows[other]) for one, other in apart if one in rows and other in rows),
            frozenset((rows[one], rows[whole]) for one, whole in parts if one in rows and whole in rows),
            frozenset(rows[whole] for one, whole in parts if one not in rows and whole in rows),
        )


def of_versions(
    judgements: Iterable[RecordedJudgement], versions: Mapping[int, Sequence[int]]
) -> tuple[RecordedJudgement, ...]:
    """Return *judgements* of the reports that hold: each entry replaced by that of the version of it that holds.

    What a judgement says of two versions of one report says nothing.
    """
    holding = {entry: now for now, entries in versions.items() for entry in entries}
    return tuple(one.model_copy(update={"judgement": _of_holding(one.judgement, holding)}) for one in judgements)


def _of_holding(said: Judgement, holding: Mapping[int, int]) -> Judgement:
    whole = None if said.whole is None else holding.get(said.whole, said.whole)
    seen = {whole}
    groups: list[tuple[int, ...]] = []
    for group in said.groups:
        now = dict.fromkeys(entry for old in group if (entry := holding.get(old, old)) not in seen)
        seen |= now.keys()
        groups += [tuple(now)] if now else []
    return said.model_copy(update={"groups": tuple(groups), "whole": whole if groups else None})


def standing(judgements: Iterable[RecordedJudgement]) -> Standing:
    """Return which of *judgements* hold, given all in any order.

    What a holding judgement names as superseded does not hold. Of the rest the newest is taken first, then each older
    one that contradicts none of those taken; it is superseded by the newest with which it cannot hold together.
    """
    newest_first = sorted(judgements, key=lambda recorded: recorded.entry, reverse=True)
    superseded: dict[int, int] = {}
    left: list[RecordedJudgement] = []
    for one in newest_first:
        if one.entry not in superseded:
            left.append(one)
            for entry in one.judgement.supersedes:
                if entry < one.entry:
                    superseded.setdefault(entry, one.entry)
    taken: list[RecordedJudgement] = []
    if possible([one.judgement for one in left]):
        taken = left
    else:
        for one in left:
            against = contradicted(one, taken)
            if against is None:
                taken.append(one)
            else:
                superseded[one.entry] = against
    return Standing(tuple(reversed(taken)), superseded)


def contradicted(one: RecordedJudgement, others: Sequence[RecordedJudgement]) -> int | None:
    """Return the entry of the first of *others* with which, and those before it, *one* cannot hold; None if it can."""
    said = [one.judgement, *(other.judgement for other in others)]
    if possible(said):
        return None
    low, high = 0, len(others)  # possible with the first `low` of them, impossible with the first `high`
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if possible(said[: middle + 1]) else (low, middle)
    return others[high - 1].entry


def possible(judgements: Sequence[Judgement]) -> bool:
    """Say whether all of *judgements* can hold together."""
    ties, apart, parts = _demands(judgements)
    barred = {pair(ties.find(one), ties.find(other)) for one, other in apart}
    told_of = {pair(ties.find(one), ties.find(whole)) for one, whole in parts}
    if any(one == other for one, other in barred) or barred & told_of:
        return False
    # What tells of several happenings is none of them: it is together with nothing, and itself no part.
    wholes = {whole for _, whole in parts}
    return not any(ties.has(whole) for whole in wholes) and not wholes & {one for one, _ in parts}


def decided(judgements: Sequence[Judgement]) -> Callable[[int, int], bool]:
    """Return what says of two reports, by their entries, whether *judgements* tie them or tell them apart."""
    ties, apart, _ = _demands(judgements)
    barred = {pair(ties.find(one), ties.find(other)) for one, other in apart}

    def is_decided(one: int, other: int) -> bool:
        first, second = ties.find(one), ties.find(other)
        return first == second or pair(first, second) in barred

    return is_decided


def _demands(judgements: Sequence[Judgement]) -> tuple["_Ties", set[Pair], set[Pair]]:
    """Return what *judgements* ask for, by entries: who is together, who is apart, and (part, wider report)."""
    ties, apart, parts = _Ties(), set(), set()
    for said in judgements:
        for group in said.groups:
            ties.add(group)
        apart |= {pair(a, b) for one, other in combinations(said.groups, 2) for a in one for b in other}
        if said.whole is not None:
            parts |= {(entry, said.whole) for entry in said.groups[0]}
    # What is apart from a wider report is apart from the happenings of which that tells.
    of = {whole: {entry for entry, other in parts if other == whole} for _, whole in parts}
    apart |= {(part, b) for one, other in apart for a, b in ((one, other), (other, one)) for part in of.get(a, ())}
    return ties, apart, parts


class _Ties:
    """Groups that grow together (a disjoint-set forest; Galler and Fischer 1964)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def find(self, one: int) -> int:
        root = one
        while (above := self._above.get(root, root)) != root:
            root = above
        while one != root:
            self._above[one], one = root, self._above.get(one, one)
        return root

    def add(self, group: Sequence[int]) -> None:
        for other in group[1:]:
            first, second = sorted((self.find(group[0]), self.find(other)))
            self._above.setdefault(first, first)
            self._above[second] = first

    def has(self, one: int) -> bool:
        """Say whether *one* is together with another."""
        return one in self._above

    def groups(self) -> tuple[tuple[int, ...], ...]:
        found: dict[int, list[int]] = {}
        for one in self._above:
            found.setdefault(self.find(one), []).append(one)
        return tuple(sorted(tuple(sorted(group)) for group in found.values() if len(group) > 1))
