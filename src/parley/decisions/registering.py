"""The desk's register of places and sources: checked, recorded, and what then is found; who is new."""

from collections.abc import Mapping
from typing import NamedTuple

from parley.centre.folder import Centre, now
from parley.centre.statements import state
from parley.current import everything, follow
from parley.job import parties, registered
from parley.model import (
    INDEPENDENT,
    ActError,
    Arrived,
    Findings,
    RecordedReport,
    RegisteredPlace,
    RegisteredSource,
    fold,
)


class Made(NamedTuple):
    """The entry under which something is registered, whether it was before, and what is found then."""

    entry: int
    before: bool
    findings: Findings


def register(centre: Centre, said: RegisteredPlace | RegisteredSource) -> Made:
    """Record *said*, unless it is registered so already, and derive the findings again."""
    held: Mapping[int, RegisteredPlace | RegisteredSource]
    held = registered(centre).places if isinstance(said, RegisteredPlace) else registered(centre).sources
    for entry, one in held.items():
        if one.model_copy(update={"by": said.by}) == said:
            return Made(entry, True, everything(centre))
    entry = record(centre, said)
    return Made(entry, False, follow(centre).findings)


def record(centre: Centre, said: RegisteredPlace | RegisteredSource) -> int:
    """Record *said*; return its entry. No finding is derived."""
    kind = state("place", said) if isinstance(said, RegisteredPlace) else state("source", said)
    (appended,) = centre.record.append([kind], at=now())
    return appended.index


def source_of(centre: Centre, name: str, side: str, also: tuple[str, ...], by: str) -> RegisteredSource:
    """Return the source *name* of *side*: a party's id or any of its names, or independent.

    Raises:
        ActError: there is no such side, or the source is a party itself.
    """
    known = parties(centre)
    meant = INDEPENDENT if fold(side) == INDEPENDENT else known.get(fold(side))
    if meant is None:
        raise ActError(f"{side!r} is no side here: one of {', '.join(sides(centre))}; nothing was recorded")
    for one in (name, *also):
        if fold(one) in known:
            raise ActError(f"{one!r} is a name of the party {known[fold(one)]} itself; nothing was recorded")
    return RegisteredSource(name=name, side=meant, also=also, by=by)


def sides(centre: Centre) -> list[str]:
    """Return the sides that a source can be of."""
    return [INDEPENDENT, *dict.fromkeys(parties(centre).values())]


def is_new(centre: Centre, name: str) -> bool:
    """Whether *name* is neither a party, nor registered, nor has spoken before in this centre."""
    folded = fold(name)
    named = {fold(one) for source in registered(centre).sources.values() for one in source.names}
    if folded in named or folded in parties(centre):
        return False
    for one in centre.said(("input", "report")):
        spoke = one.says.source if isinstance(one.says, Arrived) else None
        if isinstance(one.says, RecordedReport):
            spoke = one.says.report.source
        if spoke is not None and fold(spoke) == folded:
            return False
    return True
