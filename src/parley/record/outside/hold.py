"""A hold: a file that keeps a record from signing until it is certain that it is the newest copy.

Restoring a backup sets it. It is lifted when so many witnesses tell that they have seen no more than stands here that
every quorum has one of them.
"""

from collections.abc import Mapping
from pathlib import Path

from parley.record.errors import RecordError, Stale
from parley.record.formats.policy import Policy

FILE = "hold"


def hold(folder: Path, why: str) -> None:
    """Keep the record in *folder* from signing."""
    (folder / FILE).write_text(f"{why}\n", "utf-8")


def check(folder: Path) -> None:
    """Raise Stale where a hold stands."""
    try:
        why = (folder / FILE).read_text("utf-8").strip()
    except FileNotFoundError:
        return
    except OSError as error:
        raise RecordError(f"{FILE} cannot be read: {error.strerror}") from error
    raise Stale(f"nothing is signed: {why}")


def lift(folder: Path) -> None:
    """Let the record sign again."""
    (folder / FILE).unlink(missing_ok=True)


def enough_answered(policy: Policy, silent: Mapping[str, str]) -> bool:
    """Whether no quorum can be made of the witnesses that did not tell, so that one that told is in each."""
    quiet = [name for name, (_, url) in policy.witnesses.items() if not url or name in silent]
    return not policy.is_met(quiet)
