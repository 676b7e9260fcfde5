"""An incident as the terms hear it: what each account leaves possible, and every combination of that."""

from collections.abc import Hashable, Mapping, Sequence

from parley.model import Established, Incident
from parley.terms.given import Frame, Given, Worlds
from parley.terms.timeline import Span, span_of

Fixed = Mapping[str, Hashable]
"""What is settled for all accounts alike: readings that hold, and who was never bound."""


class Told:
    """An incident with what each account leaves possible, and what every combination of them does."""

    __slots__ = ("incident", "raised", "span", "united", "worlds")

    def __init__(self, incident: Incident, frame: Frame, established: Sequence[Established], fixed: Fixed) -> None:
        settled = [one for one in established if one.subject == incident.id]
        self.incident = incident
        self.worlds: tuple[Worlds, ...] = tuple(
            tuple(given.where(fixed) if fixed else given for given in frame.worlds(account, settled))
            for account in incident.accounts
        )
        self.united: Worlds = self.worlds[0]
        if len(self.worlds) > 1 and any(_possible(one) != _possible(self.worlds[0]) for one in self.worlds[1:]):
            self.united = (frame.united(given for one in self.worlds for given in one),)
        elif len(self.worlds) > 1:
            said = frame.united(given for one in self.worlds for given in one).said
            self.united = tuple(Given(given.possible, said) for given in self.worlds[0])
        self.raised = _raised(self.worlds, settled)
        self.span: Span = span_of(incident.time)


def _possible(worlds: Worlds) -> list[Mapping[str, Hashable]]:
    return [given.possible for given in worlds]


def _raised(worlds: Sequence[Worlds], settled: Sequence[Established]) -> frozenset[str] | None:
    """Return the aspects, and the single facts, of which any account or the centre speaks; None: of any aspect."""
    found = {one.question for one in settled}
    for given, *_ in worlds:
        if "raised" not in given.said:
            return None
        found.update(given.said["raised"])
        found.update(name for name in given.said if name.startswith("fact:"))
    return frozenset(found)
