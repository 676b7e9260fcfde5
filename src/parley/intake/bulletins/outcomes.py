"""What came of what a bulletin counts: confirmed, pending, not a violation. Such bins are no items and are never added.

A line `By outcome: 30, of which 9 confirmed; 4 pending` bins the whole bulletin, in whatever words the publisher has;
behind an area the words of `outcomes.yaml` are taken for outcomes: `Hill: 12, of which 9 confirmed`.
"""

from functools import cache

from parley.intake.bulletins.draft import number
from parley.intake.faults import Unreadable
from parley.model import fold
from parley.packaged import packaged

BY_OUTCOME = "by outcome"
"""The area of counts that bin the whole bulletin."""


def is_by_outcome(area: str) -> bool:
    return fold(area) == BY_OUTCOME


def is_outcome(words: str) -> bool:
    """Say whether *words*, with whom they accuse behind `by`, say what came of a case and not what was done."""
    return fold(f" {words} ".partition(" by ")[0]) in _outcomes()


def binned(text: str) -> tuple[int, str]:
    """Read `N WORDS`: how many, and what came of them; raise Unreadable where no number stands there."""
    digits, _, words = text.strip().partition(" ")
    try:
        return number(digits.rstrip(":")), " ".join(words.split())
    except Unreadable as fault:
        raise fault.of(None, text).within("item-count") from None


@cache
def _outcomes() -> frozenset[str]:
    return frozenset(map(fold, packaged("parley.intake.bulletins", "outcomes.yaml")["outcomes"]))
