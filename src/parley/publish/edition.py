"""What a published day says of itself: which edition it is, which it replaces, and what changed since."""

from pydantic import AwareDatetime

from parley.model import Coded, Noun


class Change(Coded):
    """One thing that is not as the edition before had it."""

    section = "changes"


class Replaced(Noun):
    """The edition before: when it was published, and as of how many entries.

    `destroyed` is the notice's entry where something that it rested on was shredded since: then nobody can say any more
    what it said.
    """

    number: int
    published_at: AwareDatetime
    as_of: int
    destroyed: int | None = None


class Edition(Noun):
    """Which edition of its day a report is. `changes` are the first of all; `more_changes` is how many there are
    beside those."""

    number: int = 1
    replaces: Replaced | None = None
    changes: tuple[Change, ...] = ()
    more_changes: int = 0
