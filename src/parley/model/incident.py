"""An incident: what happened, matched from reports; every source's account stands beside the others, never merged.

These nouns are plain slotted data classes: they are derived by the hundred thousand, and nothing arrives as one.
"""

from dataclasses import dataclass
from itertools import islice
from typing import Literal

from parley.model.attributes import Attribute
from parley.model.claim import Claim
from parley.model.values import Disc, Interval, Unknown, Value


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
class Telling:
    """One report of an account: how many of the account's claims it makes, and how it speaks of the incident.

    `how`: *own* (of this happening alone), *wider* (of several together, of which this is one), *retold* (it is what
    people read in an article).
    """

    claims: int
    how: Literal["own", "wider", "retold"]


_STRONGEST_FIRST = ("own", "wider", "retold")


@dataclass(frozen=True, slots=True)
class Account:
    """All claims of one source about one incident; what differs between its reports stays beside the rest.

    Args:
        source: in the spelling that sorts first, where its reports spell it differently.
        entries: its reports: those that people read in articles, then wider ones, then its own of this happening, each
            in order of the record.
        claims: those of all reports, in the order of `entries`.
        tellings: one for each of `entries`; empty where one report makes all claims.
    """

    source: str
    entries: tuple[int, ...]
    claims: tuple[Claim, ...]
    tellings: tuple[Telling, ...] = ()

    @property
    def told(self) -> tuple[tuple[int, tuple[Claim, ...]], ...]:
        """The claims by the entry of the report that makes them, in the order of `entries`."""
        if not self.tellings:
            return ((self.entries[0], self.claims),)
        claims = iter(self.claims)
        return tuple(
            (entry, tuple(islice(claims, telling.claims)))
            for entry, telling in zip(self.entries, self.tellings, strict=True)
        )

    def says(self, attribute: str) -> Value | None:
        """Return what the source last claimed of *attribute*, to be shown; None where it is silent."""
        return next((claim.value for claim in reversed(self.claims) if claim.attribute == attribute), None)

    def possible(self) -> dict[Attribute, tuple[Value, ...]]:
        """Return what the source leaves possible of each attribute that it speaks of, whatever order it spoke in.

        Of several reports none of which corrects another, each leaves what it says possible: alternatives, not a
        choice. What it says of this happening alone goes before what it says of
        several together, and both before what people read in articles. That it does not know is no alternative to what
        it knows elsewhere.
        """
        if len(self.tellings) < 2:
            return {claim.attribute: (claim.value,) for claim in self.claims}
        by_how: dict[str, dict[Attribute, list[Value]]] = {how: {} for how in _STRONGEST_FIRST}
        for (_, claims), telling in zip(self.told, self.tellings, strict=True):
            for attribute, value in {claim.attribute: claim.value for claim in claims}.items():
                by_how[telling.how].setdefault(attribute, []).append(value)
        found: dict[Attribute, tuple[Value, ...]] = {}
        for said in by_how.values():
            for attribute, values in said.items():
                known = [value for value in values if not isinstance(value, Unknown)]
                found.setdefault(attribute, tuple(dict.fromkeys(known or values)))
        return found


@dataclass(frozen=True, slots=True)
class Saying:
    """Which accounts (by index in the incident) make the same claim of an attribute; value None: they are silent.

    An account stands under each of the values that it leaves possible (see `Account.possible`).
    """

    accounts: tuple[int, ...]
    value: Value | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute across all accounts.

    `state`: *agreed* (all say the same), *compatible* (all speak, none excludes another, and not all say the same),
    *disputed* (at least two exclude each other), *partly silent* (those who speak do not exclude each other, others do
    not speak), *single-source* (there is only one account).
    """

    attribute: Attribute
    state: Literal["agreed", "compatible", "disputed", "partly silent", "single-source"]
    sayings: tuple[Saying, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """A happening as the centre holds it.

    `time` is the span of what all its reports say, in UTC, and `place` the smallest disc that holds all their discs:
    whoever reports first, or most exactly, does not decide. Reports that tell of several happenings widen neither.

    `id` is made of the smallest entry of its reports, older versions of them included; ids made of the others lead to
    it too. `merged` are the entries of those that people merged into one, `split_from` the ids of the incidents from
    which people split it, as they are called now.
    """

    id: str
    time: Interval
    place: Disc
    entries: tuple[int, ...]
    links: tuple[Link, ...]
    accounts: tuple[Account, ...]
    differences: tuple[Difference, ...]
    merged: tuple[int, ...] = ()
    split_from: tuple[str, ...] = ()

    @property
    def own(self) -> tuple[int, ...]:
        """The entries of its reports but for those that tell of several happenings."""
        wider = {link.entry for link in self.links if link.how == "wider"}
        return tuple(entry for entry in self.entries if entry not in wider)
