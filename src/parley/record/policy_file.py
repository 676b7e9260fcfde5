"""The file `policy`: what others are handed, so that they know whom to ask. What counts is the record's statement."""

from pathlib import Path

from parley.record.errors import RecordError
from parley.record.formats.policy import Policy
from parley.record.log import Log
from parley.record.whole import write_whole

POLICY = "policy"


def load_policy(folder: Path) -> Policy | None:
    """The policy of the record in *folder*, by its last `policy` statement that holds; None where there is none.

    Raises:
        RecordError: when the file `policy`, which others are handed, is not that policy.
    """
    with Log.open(folder, reading=True) as log:
        held = log.authority()
    check_policy_file(folder, held.policy_text)
    return held.policy


def check_policy_file(folder: Path, text: str | None) -> None:
    """Raise RecordError unless the file `policy` in *folder* is *text* (None: there is no such file)."""
    path = folder / POLICY
    found = path.read_bytes() if path.exists() else None
    if found != (None if text is None else text.encode()):
        what = "is missing" if found is None else "is not the policy that the record states"
        raise RecordError(f"the file {POLICY} {what}; `parley policy {folder} --write` writes it from the record")


def write_policy_file(folder: Path, text: str | None) -> None:
    """Write the file `policy` as the record states it."""
    path = folder / POLICY
    if text is None:
        path.unlink(missing_ok=True)
        return
    write_whole(path, text.encode())
