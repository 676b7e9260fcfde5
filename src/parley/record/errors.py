"""What can go wrong with a record, as one tree:

RecordError           also raised itself: no record in the folder, one there already, a key that is missing
├── Unfit             a statement that cannot be recorded; nothing of its group was
├── NotIncluded       what is claimed to stand in the record does not, or not at that place
├── Forked            two histories: the rows or a checkpoint do not extend what was signed before
├── Stale             a checkpoint older than one already known: an old copy
├── NotCosigned       recorded here, but not cosigned by as many witnesses as the policy asks for
├── BadSignature      a signature that does not verify, or none by the expected key
└── Damaged           bytes that are not what this package writes; names the entry where it can

A caller catches the base or a leaf:

    try:
        check_receipt(receipt, verifier_key)
    except BadSignature: ...      # not signed by this log
    except NotIncluded: ...       # signed, but without this entry
"""

# ruff: noqa: N818 - each is named after what is the case, which reads better where it is caught


class RecordError(Exception):
    """The base of everything that the record raises; its text is fit for the user."""


class Unfit(RecordError):
    """Raised when a statement cannot be recorded: not JSON, a number beyond 2^53, a kind that is no plain word."""


class NotIncluded(RecordError):
    """Raised when an inclusion proof fails, or when an entry or tile lies beyond the record's end."""


class Forked(RecordError):
    """Raised when one history does not extend the other; nothing is signed on top of such rows."""


class Stale(RecordError):
    """Raised when a checkpoint is smaller than one already known: an old copy is being shown."""


class NotCosigned(RecordError):
    """Raised when too few witnesses cosigned; what was recorded stands, and the next checkpoint is offered again."""


class BadSignature(RecordError):
    """Raised when a note or an envelope carries no valid signature by the expected key."""


class Damaged(RecordError):
    """Raised when stored or received bytes are not well formed; *entry* is the entry's number, where there is one."""

    def __init__(self, text: str, entry: int | None = None) -> None:
        super().__init__(text if entry is None else f"entry {entry}: {text}")
        self.entry = entry
