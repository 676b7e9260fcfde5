"""Whose a source is: what a party says through others is under their name and the party's, never under theirs alone.

A party's key may name any source of its own side. Were the name alone taken, it could speak as the other party, or as a
mission that both trust.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from parley.model import OF_NO_PARTY, RecordedReport, RecordedWithdrawal, fold

T = TypeVar("T", RecordedReport, RecordedWithdrawal)


def of_their_sides(recorded: Iterable[T], parties: Mapping[str, str]) -> list[T]:
    """Return *recorded* with every source of a party's side, but for the party itself, named with the party.

    Args:
        parties: the folded names of parties, each with the party's id.
    """
    return [_of_its_side(one, parties) for one in recorded]


def _of_its_side(one: T, parties: Mapping[str, str]) -> T:
    if one.side in OF_NO_PARTY:
        return one
    if isinstance(one, RecordedReport):
        if parties.get(fold(one.report.source)) == one.side:
            return one
        report = one.report.model_copy(update={"source": f"{one.report.source} ({one.side})"})
        return one.model_copy(update={"report": report})
    if parties.get(fold(one.withdrawal.source)) == one.side:
        return one
    withdrawal = one.withdrawal.model_copy(update={"source": f"{one.withdrawal.source} ({one.side})"})
    return one.model_copy(update={"withdrawal": withdrawal})
