"""What a bulletin counts: items, what it says of the period before, and areas that it lumps together.

Three things are kept apart everywhere: a count of 0 (an item), an area that could not be observed, and silence.
"""

from functools import partial
from typing import Annotated

from pydantic import AfterValidator, Field

from parley.model.base import Noun
from parley.model.values import Interval
from parley.model.vocabulary import known_term

ALL_AREAS = "all areas"
"""The area, in any case, of an item that a bulletin does not break down by area."""


class CountItem(Noun):
    """One count of a bulletin: *count* units in *area*.

    Args:
        act, means: terms of the vocabulary; None where the item does not say.
        respondent: whom the item accuses.
        rest: not printed, but what a printed count leaves over beside its parts: of "12, of which 5 shelling" the 7
            that are not broken down; of which kind they are is open.
    """

    area: str
    count: int = Field(ge=0)
    act: Annotated[str, AfterValidator(partial(known_term, "act"))] | None = None
    means: Annotated[str, AfterValidator(partial(known_term, "means"))] | None = None
    respondent: str | None = None
    line: int
    rest: bool = False


class OutcomeCount(Noun):
    """How many of what is counted in *area* came to *outcome*, in the publisher's words ("": all that were looked at).

    Outcomes need not make up a whole: some cases may stand in none of them, or in two. They are never added.
    """

    area: str
    outcome: str
    count: int = Field(ge=0)
    line: int


class Lumped(Noun):
    """An area that holds others, as the publisher declares; nothing is ever concluded from names or maps."""

    area: str
    parts: tuple[str, ...]


class Previous(Noun):
    """What a bulletin says of the period before its own; `period` is None where it only says "previous"."""

    period: Interval | None = None
    total: int | None = None
    items: tuple[CountItem, ...] = ()
    unobserved: tuple[str, ...] = ()
