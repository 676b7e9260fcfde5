"""What consecutive bulletins of one publisher show beside each other: nobody is corrected, both values stay."""

from typing import Literal

from parley.model.base import Noun

SeriesCode = Literal[
    "previous differs",  # what is said now of the period before is not what was said then
    "previous unknown",  # nothing in the record is of the period that is spoken of
    "gap",  # between the end of one period and the beginning of the next nothing is counted
    "overlap",  # two periods hold the same time, which may be counted twice
    "same period",  # two bulletins of the same period
    "rule changed",  # what one unit is, or whose acts are counted, is another than before
    "number missing",  # numbers between two that are there
    "number repeated",  # one number twice
    "number backwards",  # a later number of an earlier period
]


class SeriesFinding(Noun):
    """One finding on two bulletins of one publisher, the earlier period's and the later one's.

    Args:
        earlier_entry, later_entry: where the two stand in the record.
        area, act: of what the values are; None for the total, or where the finding is of none.
        then, now: what each of the two says; "" where there is nothing to say.
    """

    code: SeriesCode
    publisher: str
    side: str
    earlier_entry: int | None
    later_entry: int
    area: str | None = None
    act: str | None = None
    then: str
    now: str
    text: str
