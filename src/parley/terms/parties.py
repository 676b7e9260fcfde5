"""Whom a name may mean: parties as bits of a number, so that "one of these", "none of those" and "anybody" are sets.

Names of one party are one party. An associated force is bound with its party; whoever denies a party denies its
associated forces too, and whoever denies a collective denies all its members.
"""

from collections.abc import Iterable, Iterator, Sequence

from parley.model import OneOf, fold
from parley.terms.language import Agreement, Party


class Parties:
    """The parties of an agreement, each one bit; three more bits stand for people whom the file does not name.

    `STRANGER` goes by a name that the file does not know, and may be anybody; `OTHER` is nobody of the file; `CIVIL` is
    nobody armed.
    """

    def __init__(self, agreement: Agreement) -> None:
        self.by_id = {party.id: party for party in agreement.parties}
        self.alone: tuple[Party, ...] = tuple(party for party in agreement.parties if not party.members)
        self._bits = {party.id: 1 << at for at, party in enumerate(self.alone)}
        self.STRANGER, self.OTHER, self.CIVIL = (1 << len(self.alone) + at for at in range(3))
        self.named = (1 << len(self.alone)) - 1
        self.nobody_named = self.named | self.OTHER
        self.anybody = self.nobody_named | self.STRANGER
        self._ids = {
            fold(name): party.id for party in agreement.parties for name in (party.id, party.name, *party.also)
        }
        self._means = {party.id: self._mask(party) for party in agreement.parties}
        self._with = {party.id: self._with_associated(party) for party in agreement.parties}

    def _mask(self, party: Party) -> int:
        members = party.members or (party.id,)
        return sum({self._bits[one] for one in members})

    def _with_associated(self, party: Party) -> int:
        found = self._means[party.id]
        for other in self.alone:
            if other.of is not None and self._means[other.of] & found:
                found |= self._bits[other.id]
        return found

    def find(self, words: str) -> Party | None:
        """Return the party that *words* name, a collective included; None where the file has no such name."""
        found = self._ids.get(fold(words))
        return None if found is None else self.by_id[found]

    def bound_with(self, ids: Iterable[str]) -> int:
        """Return *ids*, the members of those that are collectives, and everybody associated with one of them."""
        found = 0
        for one in ids:
            found |= self._with[one]
        return found

    def meant(self, value: OneOf) -> int:
        """Return all whom *value* leaves possible."""
        denied = 0
        for name in value.none_of:
            party = self.find(name)
            denied |= self._with[party.id] if party else 0
        named = 0
        for name in value.any_of:
            party = self.find(name)
            named |= self._means[party.id] if party else self.STRANGER
        if not value.any_of:
            named = self.nobody_named
        return named & ~denied or named

    def each(self, mask: int) -> Iterator[Party | None]:
        """Yield everybody in *mask* in the order of the file, and None for those whom the file does not name."""
        for at, party in enumerate(self.alone):
            if mask >> at & 1:
                yield party
        if mask & ~self.named:
            yield None

    def bit(self, party: Party) -> int:
        """Return the bit of *party*, which is no collective."""
        return self._bits[party.id]

    def principal(self, party: Party) -> str:
        """Return the id of who answers for *party*: of an associated force its party, else itself."""
        return party.of or party.id

    def principals(self, mask: int) -> tuple[str, ...]:
        """Return who answers for those in *mask*, in the order of the file; whom it does not name is left out."""
        return tuple(dict.fromkeys(self.principal(party) for party in self.each(mask) if party is not None))

    def words(self, mask: int, said: Sequence[str] = ()) -> str:
        """Return those in *mask* in words; *said* are the names as they were given, for those that the file has not."""
        names = [party.name for party in self.each(mask) if party is not None]
        if mask & self.STRANGER:
            names += [name for name in dict.fromkeys(said) if self.find(name) is None] or ["somebody"]
        if mask & self.OTHER:
            names.append("somebody whom the file does not name")
        return " or ".join(names) if len(names) <= 6 else f"one of {len(names)}"
