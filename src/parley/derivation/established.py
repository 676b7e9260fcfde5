"""What the desk records as established → what the terms take as settled: of which incident, and on whose word."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from parley.model import (
    Established,
    Incident,
    Receipt,
    Revisions,
    Settled,
)


def as_established(
    settled: Iterable[tuple[int, Settled]],
    receipts: Iterable[Receipt],
    parties: Mapping[str, Collection[str]],
    incidents: Sequence[Incident],
    revisions: Revisions,
) -> tuple[Established, ...]:
    """Return what holds of *settled*, each with its entry; of two on one question the later holds.

    Args:
        receipts: which side has which statement.
        parties: the ids of the parties of each agreement, by its id: those that must have what holds on receipts.
        incidents: where reports stand; what is about a report that stands in none settles nothing.
    """
    having: dict[int, set[str]] = {}
    for receipt in receipts:
        having.setdefault(receipt.of, set()).add(receipt.side)
    stands_in = {entry: one.id for one in incidents for entry in one.entries}
    found: dict[tuple[str, ...], Established] = {}
    for entry, said in settled:
        subject = said.subject if said.report is None else stands_in.get(revisions.holding(said.report), "")
        for agreement in _agreements(said, having.get(entry, set()), parties) if subject else ():
            clause = said.value.rpartition(":")[0] if said.question == "breach" else ""
            found[agreement, subject, said.question, clause, str(said.start)] = Established(
                subject=subject,
                question=said.question,
                value=said.value,
                by=_by(said, having.get(entry, set())),
                entry=entry,
                agreement=agreement,
                start=said.start,
            )
    return tuple(found.values())


def _agreements(said: Settled, having: Collection[str], parties: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Yield the agreements for which *said* holds, "" for all."""
    if not said.receipts:
        yield said.agreement
        return
    for agreement in [said.agreement] if said.agreement else parties:
        if parties.get(agreement) and set(parties[agreement]) <= set(having):
            yield agreement


def _by(said: Settled, having: Collection[str]) -> str:
    return " and ".join(sorted(having)) if said.receipts else f"the centre ({said.by})"
