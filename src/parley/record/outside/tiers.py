"""How far an entry has come: recorded, shared, agreed; between which times it was made; and who is late.

*Recorded*: enough neutral witnesses cosigned a checkpoint that covers it. *Shared*: both parties' own cosigners too.
*Agreed*: the parties' desks signed receipts for it. A cosignature means "same history", never "we agree with it"; only
a receipt says that a party has it. A party that withholds its cosignature holds up *shared*, never *recorded*; that it
is late is said in the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from parley.record.formats.checkpoint import decode_checkpoint
from parley.record.formats.note import decode_note
from parley.record.formats.policy import SHARED, Policy
from parley.record.outside.witnessing import RECORDED
from parley.record.record import Record
from parley.record.statements.kinds import OVERDUE, PARTY, RECEIPT
from parley.record.statements.statement import decode_leaf

Tier = Literal["logged", "recorded", "shared", "agreed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier of an entry, who cosigned the newest checkpoint that covers it, and the bounds of its time.

    `not_before` and `not_after` rest on witnesses' clocks alone, of which as many may be wrong as the policy bears;
    None where no cosignature bounds it.
    """

    tier: Tier
    cosigned_by: tuple[str, ...]
    receipts: tuple[str, ...]
    not_before: datetime | None
    not_after: datetime | None


def standing(record: Record, policy: Policy, index: int) -> Standing:
    """Return how far entry *index* has come under *policy*; raises NotIncluded beyond the end."""
    row = record.log.row(index)
    saw = decode_leaf(row.leaf).saw
    covering = [note for note in _notes(record) if _size(note) > index and _meets(policy, note)]
    receipts = _receipts(record, index, row.leaf_hash.hex())
    shared = SHARED in policy.groups and any(policy.is_met(_witnessed(policy, note), SHARED) for note in covering)
    parties = {one.side for one in record.log.authority().holders.values() if one.role == PARTY}
    tier: Tier = "logged"
    if covering and policy.quorum != "none":
        tier = "recorded"
        if shared:
            tier = "agreed" if parties and parties <= set(receipts) else "shared"
    seen = record.log.store.seen(bytes.fromhex(saw)) if saw else None
    return Standing(
        tier,
        tuple(sorted({name for note in covering for name in _witnessed(policy, note)})),
        receipts,
        _bound(policy, [seen] if seen else [], latest=True),
        _bound(policy, covering, latest=False),
    )


def overdue(record: Record, policy: Policy, after: timedelta) -> list[tuple[str, int]]:
    """Return (cosigner, size) of those who have not cosigned what was recorded more than *after* ago.

    Both times are by the neutral witnesses' clocks: the centre's own, which may be wrong, accuses nobody. Each cosigner
    is named once for a stretch: not again before it has cosigned what it was late with.
    """
    recorded = record.log.store.checkpoint(RECORDED)
    now = _bound(policy, [recorded] if recorded else [], latest=True)
    if recorded is None or now is None:
        return []
    told = {
        entry.body["cosigner"]: entry.body["size"]
        for entry in record.entries(kinds=[OVERDUE])
        if entry.body is not None and not entry.refused
    }
    late = []
    for name in policy.witnesses:
        by = record.log.store.checkpoint(f"by {name}")
        reached = _size(by) if by else 0
        due = _due(record, name, reached, recorded)
        since = _bound(policy, [due], latest=True) if due else None
        if due and since is not None and now - since >= after and told.get(name, -1) <= reached:
            late.append((name, _size(due)))
    return late


def _due(record: Record, name: str, reached: int, recorded: bytes) -> bytes | None:
    """The first checkpoint that was seen as recorded and that *name* has not cosigned; kept until it has."""
    due = record.log.store.checkpoint(f"due {name}")
    if due is not None and _size(due) > reached:
        return due
    if _size(recorded) <= reached:
        return None
    with record.log.store.writing():
        record.log.store.set_checkpoint(f"due {name}", recorded)
    return recorded


def append_overdue(record: Record, late: Iterable[tuple[str, int]], now: datetime) -> None:
    """Say in the record who is late with which size."""
    statements = [(OVERDUE, {"cosigner": name, "size": size}) for name, size in late]
    if statements:
        record.append(statements, at=now)


def _notes(record: Record) -> list[bytes]:
    """Every cosigned checkpoint that is kept: the newest ones, and those that statements saw."""
    newest = [note for name, note in record.log.store.checkpoints().items() if name in (RECORDED, SHARED)]
    return [*record.log.store.all_seen(), *newest]


def _receipts(record: Record, index: int, leaf: str) -> tuple[str, ...]:
    """The parties that signed a receipt for the entry, as it is there."""
    found = [
        entry.side
        for entry in record.entries(start=index + 1, kinds=[RECEIPT])
        if not entry.refused
        and entry.body is not None
        and entry.body.get("entry") == index
        and entry.body.get("leaf") == leaf
    ]
    return tuple(dict.fromkeys(found))


def _bound(policy: Policy, notes: Iterable[bytes], latest: bool) -> datetime | None:
    """The strictest bound that *notes* give although as many clocks as the policy bears are wrong."""
    bounds = [bound for note in notes if (bound := policy.time_bound(decode_note(note), latest)) is not None]
    return (max if latest else min)(bounds, default=None)


def _meets(policy: Policy, note: bytes) -> bool:
    return policy.is_met(_witnessed(policy, note))


def _witnessed(policy: Policy, note: bytes) -> dict[str, int]:
    return policy.witnessed(decode_note(note))


def _size(note: bytes) -> int:
    return decode_checkpoint(decode_note(note).text).size
