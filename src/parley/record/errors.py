"""What can go wrong with a record, as one tree:

RecordError           also raised itself: no record in the folder, one there already, a key that is missing
├── Unfit             a statement that cannot be recorded; nothing of its group was
│   ├── NotAllowed    its sender may not make it, or is not known
│   └── OutOfPlace    it does not follow its sender's last one
├── NotIncluded       what is claimed to stand in the record does not, or not at that place
├── Forked            two histories: the rows or a checkpoint do not extend what was signed before
├── Stale             a checkpoint older than one already known: an old copy
├── NotCosigned       stored here, and cosigned by fewer witnesses than the policy asks for
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


class NotAllowed(Unfit):
    """Raised when the sender of a statement is not known, or may not make it."""


class OutOfPlace(Unfit):
    """Raised when a statement is not its sender's next; *seq* and *prev* are what was expected."""

    def __init__(self, expected: tuple[int, str], found: tuple[int, str]) -> None:
        (self.seq, self.prev), (seq, prev) = expected, found
        super().__init__(
            f"expected the sender's statement {self.seq} after {self.prev or '(none)'}, "
            f"found {seq} after {prev or '(none)'}. Nothing was recorded."
        )


class NotIncluded(RecordError):
    """Raised when an inclusion proof fails, or when an entry or tile lies beyond the record's end."""

    @classmethod
    def beyond(cls, size: int) -> "NotIncluded":
        """There is no such entry where there are *size*."""
        has = f"has entries 0 to {size - 1}" if size > 0 else "has no entries yet"
        return cls(f"The record {has}.")


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
