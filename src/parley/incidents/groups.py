"""What a matcher is: event reports in, groups of those that are taken to speak of one happening out."""

from collections.abc import Sequence
from typing import Protocol

from parley.model import Link, Noun, RecordedReport


class Group(Noun):
    """Reports about one happening: their entries, the one that opened the group first, then in order of the record.

    `links` says of every other report why it is here; the report that opened the group has none.
    """

    entries: tuple[int, ...]
    links: tuple[Link, ...] = ()


class Matcher(Protocol):
    """Puts every report into exactly one group.

    It is given event reports with a known time and place, in order of the record. Its groups depend on nothing else,
    and on the names of sources only through which are equal. It never looks at the actor: that is what is disputed.
    """

    def __call__(self, reports: Sequence[RecordedReport], /) -> Sequence[Group]: ...
