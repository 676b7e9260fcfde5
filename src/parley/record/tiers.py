"""How far an entry has come: recorded, shared, agreed; between which times it was made; and who is late.

*Recorded*: enough neutral witnesses cosigned a checkpoint that covers it. *Shared*: both parties' own cosigners too.
*Agreed*: the parties' desks signed receipts for it. A cosignature means "same history", never "we agree with it"; only
a receipt says that a party has it. A party that withholds its cosignature holds up *shared*, never *recorded*; that it
is late is said in the record.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from parley.record.checkpoint import decode_checkpoint
from parley.record.note import decode_note, decode_verifier_key
from parley.record.policy import SHARED, Policy
from parley.record.record import KEY_EVENT, Record
from parley.record.statement import decode_leaf
from parley.record.witnessing import RECORDED

RECEIPT = "receipt"
OVERDUE = "overdue"
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
    parties = _parties(record)
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


def overdue(record: Record, policy: Policy, now: datetime, after: timedelta) -> list[tuple[str, int]]:
    """Return (cosigner, size) of those who have not cosigned what was recorded more than *after* ago.

    Each is named once for a stretch: not again before it has cosigned what it was late with.
    """
    note = record.log.store.checkpoint(RECORDED)
    if note is None:
        return []
    size, times = _size(note), _witnessed(policy, note)
    if not times or now - datetime.fromtimestamp(max(times.values()), UTC) < after:
        return []
    told = {
        entry.body["cosigner"]: entry.body["size"]
        for entry in record.entries(kinds=[OVERDUE])
        if entry.body is not None
    }
    late = []
    for name in policy.witnesses:
        by = record.log.store.checkpoint(f"by {name}")
        reached = _size(by) if by else 0
        if reached < size and told.get(name, -1) <= reached:
            late.append((name, size))
    return late


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
    """The senders who signed a receipt for the entry, as it stands there."""
    found = [
        entry.sender
        for entry in record.entries(start=index + 1, kinds=[RECEIPT])
        if entry.body is not None and entry.body.get("entry") == index and entry.body.get("leaf") == leaf
    ]
    return tuple(dict.fromkeys(found))


def _parties(record: Record) -> set[str]:
    """The senders that stand for a party, by the record's key-events."""
    return {
        decode_verifier_key(entry.body["vkey"]).digest.hex()
        for entry in record.entries(kinds=[KEY_EVENT])
        if entry.body is not None and entry.body.get("role") == "party"
    }


def _bound(policy: Policy, notes: Iterable[bytes], latest: bool) -> datetime | None:
    """The strictest bound that *notes* give although as many clocks as the policy bears are wrong."""
    neutral = set(policy.members(policy.quorum))
    wrong = policy.bears(policy.quorum)
    bounds = []
    for note in notes:
        times = sorted((time for name, time in _witnessed(policy, note).items() if name in neutral), reverse=latest)
        if len(times) > wrong:
            bounds.append(times[wrong])
    if not bounds:
        return None
    return datetime.fromtimestamp(max(bounds) if latest else min(bounds), UTC)


def _meets(policy: Policy, note: bytes) -> bool:
    return policy.is_met(_witnessed(policy, note))


def _witnessed(policy: Policy, note: bytes) -> dict[str, int]:
    return policy.witnessed(decode_note(note))


def _size(note: bytes) -> int:
    return decode_checkpoint(decode_note(note).text).size
