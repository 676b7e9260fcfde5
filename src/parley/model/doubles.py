"""Doubles: reports of one source that say the same under different ids."""

from typing import Literal

from parley.model.base import Noun

Differing = Literal["id", "sent", "file", "channel", "spelling", "language", "first-hand", "attachments"]
"""In what doubles differ all the same: nothing of it is about the happening."""


class Doubles(Noun):
    """Reports of one source that say the same, of which nobody has said yet whether they are of one happening.

    Args:
        entries: one of each telling, in the order of the record.
        counted: *once*, where what somebody sent was probably sent twice; *each*, where a publisher keeps the list
            under ids of its own and vouches that no happening is in it twice.
        differ: in what they differ; some of `Differing`, in its order.
    """

    source: str
    entries: tuple[int, ...]
    counted: Literal["once", "each"]
    differ: tuple[Differing, ...]
