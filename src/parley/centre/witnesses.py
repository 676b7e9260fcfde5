"""When a centre asks its witnesses: before it writes, and after."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from parley.record import NotCosigned, Record, hold, tiers
from parley.record.http import Asker
from parley.record.witnessing import Witnessing, load_policy

LATE = timedelta(hours=1)


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
    with Witnessing(folder, policy, Asker()) as witnessing:
        silent = witnessing.check_newest()
    if policy.quorum != "none" and hold.enough_answered(policy, silent):
        hold.lift(folder)


def cosign(folder: Path) -> str:
    """Have the newest checkpoint cosigned; return why it is not, "" where it is or where there are no witnesses."""
    policy = load_policy(folder)
    if policy is None:
        return ""
    with Witnessing(folder, policy, Asker()) as witnessing:
        try:
            witnessing.cosign()
        except NotCosigned as error:
            return str(error)
    return ""


def note_overdue(folder: Path, after: timedelta = LATE) -> list[str]:
    """Say in the record who of the policy has not cosigned what was recorded longer than *after* ago; return whom."""
    policy = load_policy(folder)
    if policy is None:
        return []
    now = datetime.now(UTC)
    with Record.open(folder) as record:
        late = tiers.overdue(record, policy, now, after)
        tiers.append_overdue(record, late, now)
    return [name for name, _ in late]
