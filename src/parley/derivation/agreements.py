"""The agreements that a centre has taken up, as a reader may see them, and what each makes of incidents."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from parley import incidents, terms
from parley.model import (
    AgreementCard,
    Assessment,
    Disc,
    Established,
    EventReport,
    Incident,
    Interval,
    RecordedReport,
    Register,
    TermsError,
    TermsVersion,
    fold,
)
from parley.model.names import PartyNames
from parley.model.past import Past


@dataclass(frozen=True)
class Applied:
    """An agreement as a reader may see it; no schedule of its versions where it cannot be applied."""

    schedule: terms.Schedule | None
    card: AgreementCard

    @classmethod
    def of(cls, *adopted: terms.Adopted) -> "Applied":
        schedule = terms.Schedule(adopted)
        return cls(schedule, terms.card(schedule))

    @property
    def adopted(self) -> tuple[terms.Adopted, ...]:
        """The versions in the order of the record."""
        return self.schedule.adopted if self.schedule is not None else ()


def take_up(
    agreements: dict[str, Applied], entry: int, version: TermsVersion, before: bool, reader: str | None
) -> None:
    """Add *version*, taken up at *entry*; one that cannot be applied takes no other's place.

    Args:
        before: whether acts of its time had been reported before.
    """
    try:
        loaded = _load(version.text, version.name).for_reader(reader)
    except TermsError as error:
        name = version.name.removesuffix(".yaml")
        name = f"{name}-{entry}" if name in agreements else name
        card = AgreementCard(entry=entry, id=name, title=name, source="", clauses=())
        agreements[name] = _at_fault(card, str(error.problems[0]) if error.problems else str(error))
        return
    digest = hashlib.sha256(version.text.encode()).hexdigest()
    adopted = terms.Adopted(loaded, version.start, entry, digest, version.retroactive or before, version.by)
    known = agreements.get(loaded.agreement.id)
    agreements[loaded.agreement.id] = Applied.of(*(known.adopted if known else ()), adopted)


def acts_from(start: datetime | None, reports: Iterable[RecordedReport]) -> Iterator[RecordedReport]:
    """Yield those of *reports* that tell of an act at *start* or later, or of one that may be; None: nobody asks."""
    for one in reports if start is not None else ():
        claims = one.report.claims if isinstance(one.report, EventReport) else ()
        when = next((claim.value for claim in claims if claim.attribute == "time"), None)
        if isinstance(when, Interval) and start is not None and (when.end > start or when.start >= start):
            yield one


def _at_fault(card: AgreementCard, why: str) -> Applied:
    return Applied(None, card.model_copy(update={"fault": f"this agreement cannot be applied: {why}"}))


_load = lru_cache(maxsize=64)(terms.load)


def loaded_of(version: TermsVersion) -> terms.Terms | None:
    """Return the agreement in *version*; None where it cannot be applied, which its card says."""
    try:
        return _load(version.text, version.name)
    except TermsError:
        return None


def party_ids(agreements: Iterable[terms.Agreement]) -> dict[str, str]:
    """Return the folded names of parties, each with the party's id; the first agreement that has a name decides.

    *agreements* are those of a centre in its order, of each all versions, the last recorded first.
    """
    found: dict[str, str] = {}
    for agreement in agreements:
        for party in agreement.parties:
            id_ = found.get(fold(party.name), party.id)
            for name in (party.name, party.id, *party.also):
                found.setdefault(fold(name), id_)
    return found


def ids_of(agreements: Iterable[Applied]) -> dict[str, str]:
    """Return the folded names of the parties of *agreements*, each with the party's id: see `party_ids`."""
    return party_ids(version.terms.agreement for one in agreements for version in reversed(one.adopted))


def party_names(agreements: Iterable[terms.Agreement]) -> PartyNames:
    """Return the parties of *agreements* by their names, as articles may name them."""
    return tuple(dict.fromkeys((party.name, party.also) for one in agreements for party in one.parties))


def bound(agreements: Mapping[str, Applied]) -> dict[str, frozenset[str]]:
    """Return the ids of the parties of each agreement: those that are bound by their own word."""
    return {
        id_: frozenset(
            party.id for version in one.adopted for party in version.terms.agreement.parties if party.role == "party"
        )
        for id_, one in agreements.items()
        if one.schedule is not None
    }


def aliases(agreements: Iterable[Applied]) -> dict[str, str]:
    """Return the folded names of parties, each with one that is the same party's; the first agreement decides."""
    found: dict[str, str] = {}
    for one in agreements:
        called: dict[str, str] = {}
        for version in reversed(one.adopted):
            for party in version.terms.agreement.parties:
                first = called.setdefault(party.id, fold(party.name))
                for name in (party.name, party.id, *party.also):
                    found.setdefault(fold(name), found.get(first, first))
    return found


def known(agreements: Iterable[Applied], register: Register) -> incidents.Known:
    """Return what reports are held against: places of the agreements and of the register, parties, the first day."""
    texts = [version.terms for one in agreements for version in one.adopted]
    places: dict[str, list[Disc]] = {}
    for place in register.places.values():
        disc = Disc(name=place.name, lat=place.lat, lon=place.lon, radius_m=place.radius_m)
        for name in place.names:
            places.setdefault(fold(name), []).append(disc)
    for one in texts:
        for disc in terms.named_places(one):
            places.setdefault(fold(disc.name), []).append(disc)
    names = [name for one in texts for party in one.agreement.parties for name in (party.name, *party.also)]
    first = min((one.agreement.date for one in texts), default=None)
    return incidents.Known(places, tuple(dict.fromkeys(names)), first)


def assessed(
    agreements: Iterable[Applied],
    matched: Sequence[Incident],
    established: Sequence[Established],
    past: Sequence[Past] = (),
) -> tuple[list[Applied], tuple[Assessment, ...], tuple[Past, ...]]:
    """Return the agreements, what each makes of each incident, by incident, then in the agreements' order, and what
    incidents leave to later ones.

    Whatever goes wrong with one agreement is said on its card, and the others are shown.

    Args:
        past: what other incidents leave.
    """
    applied: list[Applied] = []
    left: list[Past] = []
    columns = []
    for one in agreements:
        applied.append(one)
        if one.schedule is not None:
            try:
                held = [settled for settled in established if settled.agreement in ("", one.card.id)]
                before = [each for each in past if each.agreement == one.card.id]
                columns.append(terms.assess_all(one.schedule, matched, held, before, left.append))
            except (MemoryError, OSError):
                raise  # the machine's fault, not the agreement's
            except Exception as error:  # the findings of all others must not be lost to it
                applied[-1] = _at_fault(one.card, f"{type(error).__name__}: {error}")
    assessments = tuple(assessment for row in zip(*columns, strict=True) for assessment in row)
    return applied, assessments, tuple(one for one in left if one.final or one.open)
