"""What has to be known of a whole record to derive a part of it: kept in tables, and moved on by what is stated.

Where statements are found (`Index`), which pairs of reports may be of one incident (`Links`), which articles are copies
and where reports lie. Any of it may be dropped at any time: `Kept.fill` makes it again from everything.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from parley import incidents
from parley.derivation import agreements
from parley.derivation.established import as_established
from parley.derivation.index import Index
from parley.derivation.stages import Held, Part, Said, derive, held_of, said_in
from parley.derivation.touched import about, input_of, is_rule, keys_of
from parley.incidents.linkage.assignment import Judged
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import Weighed, gains, weighed_of
from parley.incidents.linkage.columns import Columns, Ints
from parley.incidents.linkage.kept import Component, Crowded, Links
from parley.incidents.linkage.weights import Weights
from parley.model import (
    Article,
    Disc,
    Findings,
    RecordedJudgement,
    RecordedReport,
    Revisions,
    Stated,
)
from parley.model.past import Past
from parley.terms.assess import asked_under
from parley.terms.later import Standing, later

Load = Callable[[Iterable[int]], Iterator[Stated]]
"""Gives what the statements at these entries say."""


class Stood(Protocol):
    """Where reports stood before what is taken in."""

    def past(self, without: Collection[int]) -> Sequence[Past]:
        """Return what those incidents leave to later ones that none of the reports *without* is of."""

    def telling(self, wider: Collection[int], without: Collection[int]) -> Collection[int]:
        """Return which of *wider* reports tell of incidents that none of the reports *without* is of."""

    def drawn(self, reports: Collection[int]) -> incidents.Drawn:
        """Return the incidents that any of *reports* is of, without reports that are not among these."""


FEW = 100
"""Reports that are assigned together are drawn first where they are more: most of their incidents stay as they are."""


@dataclass(frozen=True)
class Change:
    """What statements changed: the findings of the part that they touch, and what that part is.

    Args:
        decided: the entries of the statements that decide together with what is new.
        statements: the entries of all that was derived again.
        members: those of the reports whose incidents were.
        wider: those of reports that tell of such incidents among others.
        gone: those of reports that are in no incident any more.
    """

    findings: Findings
    decided: Collection[int]
    statements: Collection[int]
    members: Collection[int]
    wider: Collection[int]
    gone: Collection[int]


class Kept:
    """The tables of an open database, as of a record's first so many entries; its caller begins and commits.

    Args:
        load: reads statements.
        retroactive: see `Part`.
    """

    def __init__(
        self,
        base: sqlite3.Connection,
        load: Load,
        timezone: ZoneInfo,
        stood: Stood,
        retroactive: Collection[int] = (),
    ) -> None:
        self._base, self._load, self._timezone = base, load, timezone
        self._stood, self._retroactive = stood, retroactive
        self._index = Index(base)

    @property
    def crowded(self) -> bool:
        """Whether some reports are in a crowd: then nothing can be derived of a part."""
        return Links(self._base).crowded

    def fill(self, stated: Iterable[Stated]) -> Findings:
        """Make everything again from all that is stated; return what follows from it."""
        self._index.clear()
        weighing = _Weighing()
        rules: list[int] = []
        findings = derive(self._index.note(_noting_rules(stated, rules)), self._timezone, part=Part(weigh=weighing))
        self._index.keep_everywhere(self._index.closure(rules))  # with what takes them back
        acts = {one.entry for one in findings.acts}
        for one in findings.reports:
            if one.entry in acts:
                self._index.add(one.entry, about(one))
        self._index.keep_shifted(findings.revisions.shifted)
        self._index.keep_articles(_articles(findings.reports, findings.revisions))
        self._index.keep_copies(findings.origins)
        self._index.keep_lying((), _lying(findings.reports, findings.revisions))
        weighing.into(
            self._base, _judged(findings.judgements, findings.revisions, findings.counts_with, weighing.entries)
        )
        return findings

    def take(self, stated: Iterable[Stated], size: int) -> Change | None:
        """Take in what was *stated* since; return what it changes, None where everything has to be made again.

        Args:
            size: how many entries the record has with it.
        """
        new = list(self._index.note(stated))
        try:
            return None if any(map(is_rule, new)) else self._taken(new, size)
        except Crowded:
            return None

    def near(self, entries: Iterable[int], size: int) -> Findings:
        """Return what follows from the statements at *entries*, as it does from the whole record."""
        here = self._index.closure(entries)
        links = Links(self._base, said_in(self._with_rules(())).weights)
        return self._derived(links, here, links.present(here), (), size)[0]

    def unmatched(self, entries: Iterable[int], size: int) -> Findings:
        """Return what follows from the statements at *entries* without their incidents: what holds, what was judged."""
        here = self._index.closure(entries)
        shifted = self._index.again(self._index.inputs_of(here))
        part = replace(self._part(), size=size, shifted=shifted, positions=self._index.positions())
        return derive(self._with_rules(here), self._timezone, part=part)

    def again(self, reports: Iterable[int], size: int) -> Change:
        """Return what follows again for the incidents of *reports*, as if they had changed."""
        links = Links(self._base, said_in(self._with_rules(())).weights)
        findings, statements, part = self._derived(links, set(), set(reports), (), size)
        return Change(findings, (), statements, part.members, part.wider, ())

    def later(self, line: Mapping[str, Sequence[Standing]]) -> set[str]:
        """Return the incidents that have to be asked again, where others leave what *line* says of each agreement."""
        said = said_in(self._with_rules(()), part=self._part())
        bound = agreements.bound(said.agreements)
        established = as_established(said.settled, said.receipts, bound, (), Revisions())
        found: set[str] = set()
        for agreement, standing in line.items():
            one = said.agreements[agreement]
            if one.schedule is not None:
                settled = [each for each in established if each.agreement in ("", agreement)]
                found.update(later(asked_under(one.schedule, settled), standing))
        return found

    def held(self, entries: Iterable[int]) -> list[RecordedReport]:
        """Return the reports that hold of those at *entries*, as they are called here."""
        asked = set(entries)
        here = self._index.closure(asked)
        shifted = self._index.again(self._index.inputs_of(here))
        held = held_of(said_in(self._with_rules(here), part=self._part()), shifted)
        return [one for one in held.holding if one.entry in asked]

    def _taken(self, new: Sequence[Stated], size: int) -> Change | None:
        said, held, here = self._decided(new)
        if any(map(is_rule, self._load(here))):  # an act upon a rule
            return None
        if copies := self._moved_copies(held, here):
            said, held, here = self._decided([*self._load(here | copies)])
        compared = incidents.compared(
            held.holding, incidents.tellings(self._copies(held.holding), held.reviewed), held.repeats.doubles
        )
        links = Links(self._base, said.weights)
        touched, gone = links.replace(here, compared.columns, compared.entries)
        judged = _judged(said.judgements, held.revisions, held.repeats.doubles, compared.entries)
        touched |= links.judge(here, judged)
        if not self._index.keep_lying(here, _lying(held.reports, held.revisions)):
            return None
        findings, statements, part = self._derived(links, here, touched.union(compared.entries), gone, size)
        return Change(findings, here, statements, part.members, part.wider, gone)

    def _decided(self, new: Sequence[Stated]) -> tuple[Said, Held, set[int]]:
        """Return what the statements say that decide together with *new*, what holds of it, and their entries.

        Inputs whose ids may have shifted are asked again where they are new, or where an act before them is undone.
        """
        entries = {one.entry for one in new}
        asked = set(self._index.again({input_ for one in new if (input_ := input_of(one)) is not None}))
        while True:
            here = self._index.closure(entries, asked)
            said = said_in(self._with_rules(here), part=self._part())
            again = self._index.again(self._index.inputs_of(here))
            acts = {one.entry for one in said.acts}
            if any(one.entry in entries and one.act.entry in acts for one in said.acts) and not asked.issuperset(again):
                asked |= again.keys()
                continue
            held = held_of(said, {input_: shifted for input_, shifted in again.items() if input_ not in asked})
            corrected = {one.entry: one for one in held.reports if one.entry in acts}
            for one in self._load(acts):
                more = about(corrected[one.entry]) if one.entry in corrected else ()
                self._index.put(one.entry, (*keys_of(one), *more))
            if self._index.closure(here, asked) == here:
                self._index.keep_shifted({one: held.revisions.shifted.get(one, False) for one in asked})
                return said, held, here
            entries |= here

    def _derived(
        self, links: Links, here: set[int], touched: Collection[int], gone: Collection[int], size: int
    ) -> tuple[Findings, set[int], Component]:
        """Return the findings of the statements *here* and of the incidents near the *touched* reports, with those."""
        part = links.component(touched)
        while True:
            more = links.present(self._index.closure(part.members))
            if more.issubset(part.members | part.wider):
                break
            part = links.component(part.members.union(touched, more))
        drawn = None
        if len(part.members) > FEW:
            part, drawn = self._otherwise(links, part, {*touched, *here}, gone)
        statements = here | self._index.closure(part.members | part.wider)
        inside = (part.members | here).difference(part.wider).union(gone)
        of_part = replace(
            self._part(),
            size=size,
            matched=part.members | part.wider,
            weigh=lambda columns, entries, _: links.weighed(columns, entries),
            shifted=self._index.again(self._index.inputs_of(statements)),
            positions=self._index.positions(),
            past=self._stood.past(inside | part.wider),
            elsewhere=self._stood.telling(part.wider, inside),
            drawn=drawn,
        )
        return derive(self._with_rules(statements), self._timezone, part=of_part), statements, part

    def _otherwise(
        self, links: Links, part: Component, touched: Collection[int], gone: Collection[int]
    ) -> tuple[Component, incidents.Drawn]:
        """Return what of *part* is to be derived again, and how it is drawn: of what is *touched*, or drawn otherwise.

        Whatever was judged, or is in doubt, together with that is derived with it.
        """
        kept = links.reports(sorted(part.members | part.wider))
        columns, order = incidents.ordered(kept)
        entries = kept.entry[order].tolist()
        away = self._stood.telling(part.wider, part.members.difference(part.wider).union(touched, gone))
        weighed, judged = links.weighed(columns, entries), links.judged(entries)
        drawn = incidents.drawn_of(*incidents.draw(columns, weighed, judged), entries)
        drawn = replace(drawn, groups={group: told for group, told in drawn.groups.items() if not group <= {*away}})
        before = self._stood.drawn(entries)
        again, drawn = incidents.otherwise(drawn, before, touched, self._index.closure)
        wider = part.wider & again
        return Component(again - wider, wider), drawn

    def _part(self) -> Part:
        """Return what every derivation of a part is told."""
        return Part(matched=(), copies=self._copies, retroactive=self._retroactive)

    def _with_rules(self, entries: Iterable[int]) -> Iterator[Stated]:
        """Return the statements at *entries* with those that every derivation is told of."""
        return self._load(sorted(self._index.with_inputs(entries)))

    def _copies(self, reports: Sequence[RecordedReport]) -> dict[int, int]:
        return self._index.copies(one.entry for one in reports if isinstance(one.report, Article))

    def _moved_copies(self, held: Held, here: Collection[int]) -> set[int]:
        """Keep which articles are copies of one telling; return those of which that is otherwise than before."""
        told = _articles(held.reports, held.revisions)
        if not self._index.keep_articles(told, here):
            return set()
        # What copies what is asked of all articles: how many have a run of words decides whether it counts.
        holding = self._index.articles()
        said = said_in(self._with_rules(holding), part=self._part())
        return self._index.keep_copies(incidents.origins(one for one in said.reports if one.entry in holding))


class _Weighing:
    """Weighs all reports, and keeps it for the links."""

    def __init__(self) -> None:
        self.entries: Sequence[int] = ()
        self._found: tuple[Columns, Pairs, Ints, Weights] | None = None

    def __call__(self, columns: Columns, entries: Sequence[int], weights: Weights) -> Weighed:
        pairs, weight, parted = gains(columns, weights)
        self.entries = entries
        self._found = replace(columns, entry=np.array(entries, dtype=np.int64)), pairs, weight, weights
        return weighed_of(columns, weights, pairs, weight, parted)

    def into(self, base: sqlite3.Connection, judged: Judged) -> None:
        """Fill the links in *base* with what was weighed."""
        links = Links(base, self._found[3] if self._found else None)
        links.clear()
        if self._found is not None:
            links.fill(*self._found[:3], judged)


def _noting_rules(stated: Iterable[Stated], rules: list[int]) -> Iterator[Stated]:
    """Yield what is stated, and put the entries of the rules among it into *rules*."""
    for one in stated:
        if is_rule(one):
            rules.append(one.entry)
        yield one


def _articles(reports: Iterable[RecordedReport], revisions: Revisions) -> set[int]:
    """Return the entries of the articles that hold."""
    return {one.entry for one in reports if isinstance(one.report, Article) and revisions.holds(one.entry)}


def _lying(reports: Iterable[RecordedReport], revisions: Revisions) -> dict[int, Disc]:
    """Return where the reports lie that hold or wait, by their entries."""
    asked = (one for one in reports if revisions.holds(one.entry) or one.entry in revisions.waiting)
    return {one.entry: place for one in asked for place in incidents.positions([one])}


def _judged(
    judgements: Iterable[RecordedJudgement],
    revisions: Revisions,
    counts_with: Mapping[int, int],
    compared: Iterable[int],
) -> Judged:
    """Return what people judged that holds of the *compared* reports, by their entries."""
    of = {entry: entry for entry in compared}
    of |= {entry: of[head] for entry, head in counts_with.items() if head in of}
    return incidents.standing(incidents.of_versions(judgements, revisions.versions)).judged(of)
