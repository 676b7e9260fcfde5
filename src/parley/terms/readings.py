"""Rival readings as disputes: those that change the same in one clause exclude each other, others stand side by side.

Where the file gives no more than one reading of something, the plain text is the other one. A position is what follows
from all that one holder reads into the agreement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from parley.terms.language import Agreement, Clause, Reading

PLAIN = "as written"
"""Stands for the plain text where the file gives no more than one reading of it."""

DISPUTE = "reading:"
"""How the attribute begins that settles a dispute; its bits are the dispute's ways."""


@dataclass(frozen=True)
class Dispute:
    """Readings of which one holds; way n is reading n, and where there is only one, the plain text after it."""

    readings: tuple[Reading, ...]

    @cached_property
    def name(self) -> str:
        """The name of the attribute that settles it."""
        return DISPUTE + "|".join(one.id for one in self.readings)

    @cached_property
    def ways(self) -> tuple[Reading | None, ...]:
        """The ways to read it; None is the plain text."""
        return self.readings if len(self.readings) > 1 else (*self.readings, None)

    @cached_property
    def open(self) -> int:
        """All ways as bits."""
        return (1 << len(self.ways)) - 1

    def about(self, clause: Clause) -> bool:
        """Say whether any of its readings changes *clause*."""
        return any(reads(one, clause) for one in self.readings)

    def held_by(self, party: str) -> int:
        """Return the ways that *party* holds as bits; where it holds none, the plain text, else what nobody holds."""
        mine = sum(1 << at for at, one in enumerate(self.ways) if one is not None and party in one.held_by)
        if mine:
            return mine
        if None in self.ways:
            return 1 << self.ways.index(None)
        nobodys = sum(1 << at for at, one in enumerate(self.ways) if one is not None and not one.held_by)
        return nobodys or self.open


def changes(reading: Reading, clause: Clause) -> dict[str, object]:
    """Return what *reading* changes in *clause*, by the names of its fields."""
    return {name: value for name, value in reading.changes().items() if name in type(clause).model_fields}


def reads(reading: Reading, clause: Clause) -> bool:
    """Say whether *reading* is one of *clause*, in which it changes something."""
    return (not reading.clauses or clause.id in reading.clauses) and bool(changes(reading, clause))


def disputes(agreement: Agreement) -> tuple[Dispute, ...]:
    """Return the disputes of *agreement* in the order of their first readings."""
    touched = [
        {(clause.id, field) for clause in agreement.clauses if reads(one, clause) for field in changes(one, clause)}
        for one in agreement.readings
    ]
    groups: list[tuple[set[tuple[str, str]], list[Reading]]] = []
    for reading, fields in zip(agreement.readings, touched, strict=True):
        meeting = [group for group in groups if group[0] & fields]
        merged = (fields.union(*(group[0] for group in meeting)), [one for group in meeting for one in group[1]])
        merged[1].append(reading)
        groups = [group for group in groups if group not in meeting] + [merged]
    order = {one.id: at for at, one in enumerate(agreement.readings)}
    found = [Dispute(tuple(sorted(group, key=lambda one: order[one.id]))) for _, group in groups]
    return tuple(sorted(found, key=lambda one: order[one.readings[0].id]))


def versions(clause: Clause, about: Sequence[Dispute]) -> Iterator[tuple[tuple[int, ...], Clause]]:
    """Yield *clause* in every combination of ways of the disputes *about* it, with the numbers of the ways."""
    for ways in product(*(range(len(one.ways)) for one in about)):
        read = clause
        for dispute, way in zip(about, ways, strict=True):
            reading = dispute.ways[way]
            if reading is not None and reads(reading, clause):
                read = read.model_copy(update=changes(reading, clause))
        yield ways, read
