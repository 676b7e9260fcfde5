"""Reports that say what their source said before: the same report again, or a probable double of it.

A report under the same id is the same report again. A report that says the same under another id was probably sent
twice (a form, a message, a row of a desk's table): it counts once until people say otherwise. In a list that a
publisher keeps under ids of its own two equal rows are two happenings, as far as nobody says otherwise. Nothing of this
depends on which file a report came in.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import get_args

from parley.incidents.compare import meaning
from parley.incidents.judgements import decided, possible
from parley.model import (
    Differing,
    Disc,
    Doubles,
    EventReport,
    Interval,
    Judgement,
    RecordedJudgement,
    RecordedReport,
    fold,
)

RETOLD = ("review",)
"""Channels whose reports are what a source says in others' words: there the same words twice are two tellings."""

Entered = tuple[int, EventReport]
"""A report with its entry."""


@dataclass(frozen=True)
class Repeated:
    """What repeats what.

    Args:
        again: the entry of a report that is an earlier one again, under the same id → that of the earlier one.
        doubles: the entry of a report that counts once with an earlier one → that of the earliest.
        waiting: the doubles of which nobody has said whether they are of one happening.
    """

    again: Mapping[int, int] = field(default_factory=dict)
    doubles: Mapping[int, int] = field(default_factory=dict)
    waiting: tuple[Doubles, ...] = ()


def repeated(reports: Iterable[RecordedReport], judgements: Sequence[RecordedJudgement] = ()) -> Repeated:
    """Return what of *reports* repeats an earlier one of the same source.

    Args:
        reports: those that hold, in order of the record.
        judgements: those that hold; reports that people tell apart, or call parts of one another, repeat nothing.
    """
    decide = _Deciding(judgements)
    again: dict[int, int] = {}
    doubles: dict[int, int] = {}
    waiting: list[Doubles] = []
    for group in _equal(reports):
        by_id: list[dict[Hashable, list[Entered]]] = []  # what each id says, in each happening
        for happening in decide.happenings(group):
            tellings: dict[Hashable, list[Entered]] = {}
            for (entry, report), id_ in zip(happening, _ids(happening), strict=True):
                told = tellings.setdefault(id_, [])
                told.append((entry, report))
                if len(told) > 1:
                    again[entry] = told[0][0]
            by_id.append(tellings)
        for tellings in by_id:
            heads = [told[0] for told in tellings.values()]
            vouched = heads[0][1].keeps_ids
            if not vouched:
                doubles |= {entry: heads[0][0] for entry, _ in heads[1:]}
            if decide.is_open([[entry for entry, _ in told] for told in tellings.values()]):
                waiting.append(_doubles(heads, vouched))
    return Repeated(again, doubles, tuple(sorted(waiting, key=lambda one: one.entries)))


def _equal(reports: Iterable[RecordedReport]) -> Iterator[list[Entered]]:
    """Yield the reports that say the same, where there are several."""
    near: dict[Hashable, list[Entered]] = {}  # few reports are compared in whole
    for recorded in reports:
        report = recorded.report
        if isinstance(report, EventReport) and report.channel not in RETOLD:
            about = fold(report.source), len(report.claims), report.keeps_ids, *glance(report)
            near.setdefault(about, []).append((recorded.entry, report))
    for group in near.values():
        said: dict[Hashable, list[Entered]] = {}
        for entry, report in group if len(group) > 1 else ():
            said.setdefault(meaning(report), []).append((entry, report))
        yield from (same for same in said.values() if len(same) > 1)


def glance(report: EventReport) -> Iterator[Hashable]:
    """Yield of a report what is quick to compare and rarely equal: when it began, and where."""
    for claim in report.claims[:2]:
        match claim.value:
            case Interval(start=start):
                yield start
            case Disc(lat=lat, lon=lon):
                yield lat, lon


def _ids(same: Sequence[Entered]) -> Iterator[Hashable]:
    """Yield under which id each of *same* was said.

    Where a source gives no ids, the first of equal rows of one file is the first of those of another: a sheet that is
    given again says nothing new. A file that is one report is its own id.
    """
    so_far: dict[str, int] = {}
    for _, report in same:
        origin = report.origin
        if report.reference:
            yield "id", fold(report.reference)
        elif origin.record is None:
            yield "file", origin.digest
        else:
            so_far[origin.digest] = so_far.get(origin.digest, 0) + 1
            yield "row", so_far[origin.digest]


def _doubles(heads: Sequence[Entered], vouched: bool) -> Doubles:
    told = [report for _, report in heads]
    kinds: dict[Differing, set[Hashable]] = {
        "id": {fold(one.reference) for one in told},
        "sent": {one.published for one in told},
        "file": {one.origin.digest for one in told},
        "channel": {one.channel for one in told},
        "spelling": {(one.source, *(claim.value for claim in one.claims)) for one in told},
        "language": {one.language for one in told},
        "first-hand": {one.first_hand for one in told},
        "attachments": {one.attachments for one in told},
    }
    return Doubles(
        source=min(one.source for one in told),
        entries=tuple(entry for entry, _ in heads),
        counted="each" if vouched else "once",
        differ=tuple(name for name in get_args(Differing) if len(kinds[name]) > 1),
    )


class _Deciding:
    """What people decided of equal reports, and what may be assumed beside it."""

    def __init__(self, judgements: Sequence[RecordedJudgement]) -> None:
        self._said = [one.judgement for one in judgements]
        self._named = {entry for one in self._said for group in one.groups for entry in group}
        self._named |= {one.whole for one in self._said if one.whole is not None}
        self._decided = decided(self._said)

    def happenings(self, same: Sequence[Entered]) -> list[list[Entered]]:
        """Part equal reports by what people said: each goes with the first from which nothing parts it."""
        found: list[list[Entered]] = []
        for one in same:
            for happening in found:
                if self._may_join(one, happening):
                    happening.append(one)
                    break
            else:
                found.append([one])
        return found

    def is_open(self, tellings: Sequence[Sequence[int]]) -> bool:
        """Whether of some two of *tellings*, each given as the entries of its reports, nobody said anything."""
        return any(not any(self._decided(a, b) for a in one for b in other) for one, other in combinations(tellings, 2))

    def _may_join(self, one: Entered, happening: Sequence[Entered]) -> bool:
        entry = one[0]
        if entry not in self._named or (named := [other for other, _ in happening if other in self._named]) == []:
            return True
        assumed = Judgement(kind="same", groups=((*named, entry),), by="Parley", reason="it says the same")
        if not possible([*self._said, assumed]):
            return False
        self._said.append(assumed)
        return True
