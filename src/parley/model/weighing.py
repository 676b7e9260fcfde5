"""A table of weights for matching, as a statement in the record: what counts how much when reports are compared."""

from collections.abc import Mapping

from parley.model.base import Noun


class Weighing(Noun):
    """Weights by field and level, and what every pair begins with, in thousandths of a bit; see docs/matching.md.

    `reports` and `confirmed` say from how many reports and confirmed pairs it was learned, `by` and `reason` who took
    it up and why.
    """

    fields: Mapping[str, tuple[int, ...]]
    start: int
    reports: int
    confirmed: int
    by: str
    reason: str
