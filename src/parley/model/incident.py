"""An incident: what happened, matched from reports; every source's account stands beside the others, never merged.

These nouns are plain slotted data classes: they are derived by the hundred thousand, and nothing arrives as one.
"""

from dataclasses import dataclass
from typing import Literal

from parley.model.report import Attribute, Claim
from parley.model.values import Disc, Interval, Value


@dataclass(frozen=True, slots=True)
class Weight:
    """What one field adds to a link: `level` how alike the two reports are in it, `weight` in thousandths of a bit."""

    field: str
    level: str
    weight: int


@dataclass(frozen=True, slots=True)
class Link:
    """Why a report belongs to an incident: how it compares with the report of it that it is most like.

    Args:
        entry, other: the report, and the one that it is compared with.
        how: *matched* by what both say; *judged* by a person to belong here; *wider* where the report tells of several
            happenings, of which the incident is one.
        weight: the sum of `weights` and of what every pair begins with, in thousandths of a bit.
        distance_m, gap_minutes: between the two.
    """

    entry: int
    other: int
    how: Literal["matched", "judged", "wider"]
    weight: int
    weights: tuple[Weight, ...]
    distance_m: int
    gap_minutes: int


@dataclass(frozen=True, slots=True)
class Account:
    """All claims of one source about one incident, in the order in which they were recorded.

    Where a source spoke of the same attribute twice, both claims stay; the later one holds for assessment.
    """

    source: str
    entries: tuple[int, ...]
    claims: tuple[Claim, ...]

    def says(self, attribute: str) -> Value | None:
        """Return what the source last claimed of *attribute*, or None where it is silent."""
        return next((claim.value for claim in reversed(self.claims) if claim.attribute == attribute), None)


@dataclass(frozen=True, slots=True)
class Saying:
    """Which accounts (by index in the incident) make the same claim of an attribute; value None: they are silent.

    `vaguer` tells that what another account claims lies within it, so that it settles nothing between the two.
    """

    accounts: tuple[int, ...]
    value: Value | None
    vaguer: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute across all accounts.

    `state`: *agreed* (all say the same), *compatible* (all speak, and what they say overlaps: `common` is the hull),
    *disputed* (at least two exclude each other), *partly silent* (those who speak do not exclude each other, others do
    not speak), *single-source* (there is only one account). `span` is the smallest value that allows whatever any
    account claims, where each of them claims something.
    """

    attribute: Attribute
    state: Literal["agreed", "compatible", "disputed", "partly silent", "single-source"]
    sayings: tuple[Saying, ...]
    common: Value | None = None
    span: Value | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """A happening as the centre holds it.

    `id` is made of the entry of its first report and stays with it, unless people merge or split incidents: then the
    judgement says who keeps it. `merged` are the ids of incidents that were merged into this one, `split_from` the
    id of the one that it was split from.
    """

    id: str
    time: Interval
    place: Disc
    entries: tuple[int, ...]
    links: tuple[Link, ...]
    accounts: tuple[Account, ...]
    differences: tuple[Difference, ...]
    merged: tuple[str, ...] = ()
    split_from: str | None = None
