"""When a centre asks its witnesses: before it writes, and after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from parley.record import NotCosigned, Record
from parley.record.outside import hold, tiers
from parley.record.policy_file import load_policy

if TYPE_CHECKING:
    from parley.record.formats.policy import Policy
    from parley.record.outside.witnessing import Witnessing

LATE = timedelta(hours=1)


def _asking(folder: Path, policy: Policy) -> Witnessing:
    from parley.record.outside.http import (
        Asker,  # only where there are witnesses: what speaks to them takes long to import
    )
    from parley.record.outside.witnessing import Witnessing

    return Witnessing(folder, policy, Asker())


def ask_first(folder: Path) -> None:
    """Make sure, as far as witnesses answer, that *folder* is the newest copy of its record.

    A hold is lifted once so many witnesses tell that every quorum has one of them.

    Raises:
        Stale: when a witness has seen more than stands here.
        Forked: when one has seen another history.
    """
    policy = load_policy(folder)
    if policy is None:
        return
    with _asking(folder, policy) as witnessing:
        silent = witnessing.check_newest()
    if policy.quorum != "none" and hold.enough_answered(policy, silent):
        hold.lift(folder)


@dataclass(frozen=True)
class Asked:
    """What came of asking the witnesses: why too few cosigned, "" where enough did or there are none; and clocks that
    are off, each in a sentence."""

    missing: str = ""
    clocks: tuple[str, ...] = ()


def cosign(folder: Path, again: bool = False) -> Asked:
    """Have the newest checkpoint cosigned; with *again*, also where it is cosigned already."""
    policy = load_policy(folder)
    if policy is None:
        return Asked()
    with _asking(folder, policy) as witnessing:
        try:
            clocks = witnessing.cosign(again).clocks
        except NotCosigned as error:
            return Asked(str(error))
    told = (
        f"the clock of the witness {name} is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} this machine's"
        for name, off in sorted(clocks.items())
    )
    return Asked("", tuple(told))


def note_overdue(folder: Path, after: timedelta = LATE) -> list[str]:
    """Say in the record who of the policy has not cosigned what was recorded longer than *after* ago; return whom."""
    policy = load_policy(folder)
    if policy is None:
        return []
    now = datetime.now(UTC)
    with Record.open(folder) as record:
        late = tiers.overdue(record, policy, after)
        tiers.append_overdue(record, late, now)
    return [name for name, _ in late]
