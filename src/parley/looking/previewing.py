"""What would stand in the record if files were taken in now: derived beside the record, of which nothing is written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from parley.centre.folder import Centre
from parley.centre.handles import Handles
from parley.centre.statements import Delivery
from parley.job import as_if_taken, derive, handles, party_names, reads
from parley.model import (
    Arrived,
    ArrivedKey,
    Findings,
    InputCard,
    Stated,
)
from parley.model.names import PartyNames
from parley.node import Node, said
from parley.node import handles as handles_of_node
from parley.record.outside.outbox import Outbox
from parley.uncollected import without_collecting


@dataclass(frozen=True)
class Preview:
    """What would be found with the inputs, the card of each, and whether it stands in the record already."""

    findings: Findings
    cards: tuple[InputCard, ...]
    recorded_before: tuple[bool, ...]


def preview(centre: Centre, deliveries: Sequence[Delivery], at: datetime) -> Preview:
    """Return what `take_in` would make of *deliveries* at *at*; nothing is written, and no file is kept."""
    stated = list(centre.stated())
    size = centre.record.size
    return _with(stated, size, deliveries, centre.timezone, handles(centre), at, centre.taken, party_names(centre))


def preview_on_node(node: Node, deliveries: Sequence[Delivery], at: datetime) -> Preview:
    """Return what a party would say with *deliveries*, beside what the log has of what it said before."""
    with Outbox(node.folder) as outbox:
        stated, called = said(outbox), handles_of_node(node, outbox.key)
    size = max((one.entry for one in stated), default=-1) + 1
    return _with(stated, size, deliveries, ZoneInfo(node.timezone), called, at, lambda arrived: None)


@without_collecting
def _with(
    stated: list[Stated],
    size: int,
    deliveries: Sequence[Delivery],
    timezone: ZoneInfo,
    called: Handles,
    at: datetime,
    taken: Callable[[Arrived], InputCard | None],
    parties: PartyNames = (),
) -> Preview:
    """Return what follows from *stated*, of *size* entries, with *deliveries* behind it."""
    entries: dict[ArrivedKey, int] = {}
    asked: list[ArrivedKey] = []
    before: list[bool] = []
    for delivery in deliveries:
        arrived = delivery.arrived(called)
        done = taken(arrived)
        asked.append(arrived.key)
        before.append(arrived.key in entries or (done is not None and done.whole))
        if done is not None:
            entries[arrived.key] = done.entry
        if not before[-1]:
            entries.setdefault(arrived.key, size)
            added = as_if_taken(delivery, reads(delivery, timezone, parties), called, size, at, done)
            stated += added
            size = stated[-1].entry + 1
    findings = derive(stated, timezone)
    cards = {card.entry: card for card in findings.inputs}
    return Preview(findings, tuple(cards[entries[key]] for key in asked), tuple(before))
