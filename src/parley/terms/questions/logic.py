"""What every question is, and how the answers of several are put together.

A question looks at few attributes of what is given and answers true, false or unknown. Logic is strong Kleene: unknown
only where what is known leaves both open. Truths are numbers, so that "and" is the least and "or" the greatest.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from parley.model import Reason, Truth
from parley.terms.given import Frame, Given
from parley.terms.history import History
from parley.terms.terms import Terms

FALSE, UNKNOWN, TRUE = 0, 1, 2
WORDS: tuple[Truth, ...] = ("false", "unknown", "true")


@dataclass(frozen=True, slots=True)
class View:
    """What a question is asked of: what is given, measured against what, after which earlier findings."""

    given: Given
    frame: Frame
    history: History


class Question(Protocol):
    """A question that a clause asks."""

    @property
    def says(self) -> str:
        """What it asks for, as a statement that is so or not."""
        ...

    @property
    def reads(self) -> tuple[str, ...]:
        """The attributes of `Given` that decide, also those that stand for what is open in the agreement itself."""
        ...

    @property
    def anew(self) -> bool:
        """Whether it depends on earlier findings, so that no answer may be remembered."""
        ...

    def truth(self, view: View) -> int:
        """Return whether it is so."""
        ...

    def reason(self, view: View, truth: int) -> Reason:
        """Return why *truth*, which `truth` gave, is the answer."""
        ...

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield the moments with which a time is compared, where they are the same whatever was found before."""
        ...


class Timeless:
    """What the questions have in common that know no moment and no earlier finding."""

    anew: ClassVar[bool] = False

    def moments(self, terms: Terms) -> Iterable[datetime]:
        """Yield nothing."""
        return ()


def throughout(truths: Iterable[int]) -> int:
    """Return the answer that holds for all possibilities, unknown where they differ."""
    seen = set(truths)
    return seen.pop() if len(seen) == 1 else UNKNOWN


def within(mask: int, so: int, not_so: int) -> int:
    """Return whether all of *mask* is of *so* (true) or of *not_so* (false)."""
    if not mask & ~so:
        return TRUE
    return FALSE if not mask & ~not_so else UNKNOWN


class Node:
    """A part of a clause: a question, or several put together; numbers of questions stand for their truths."""

    __slots__ = ("label",)
    label: str

    def truth(self, truths: Mapping[int, int], given: Given) -> int:
        """Return whether it is so, where the questions are so."""
        raise NotImplementedError

    def leaves(self) -> Iterable[int]:
        """Yield the number of every question below, as often as it is asked."""
        raise NotImplementedError


class Ask(Node):
    """One question."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.label = ""
        self.number = number

    def truth(self, truths: Mapping[int, int], given: Given) -> int:
        return truths[self.number]

    def leaves(self) -> Iterable[int]:
        return (self.number,)


class All(Node):
    """Are all parts so?"""

    __slots__ = ("parts", "says")

    def __init__(self, parts: Sequence[Node], says: str = "", label: str = "") -> None:
        self.parts, self.says, self.label = tuple(parts), says, label

    def truth(self, truths: Mapping[int, int], given: Given) -> int:
        found = TRUE
        for part in self.parts:
            found = min(found, part.truth(truths, given))
            if found == FALSE:
                break
        return found

    def leaves(self) -> Iterable[int]:
        return [number for part in self.parts for number in part.leaves()]


class Any(Node):
    """Is one of several parts so, as for the grades of a zone?"""

    __slots__ = ("parts", "says")

    def __init__(self, parts: Sequence[Node], says: str) -> None:
        self.parts, self.says, self.label = tuple(parts), says, ""

    def truth(self, truths: Mapping[int, int], given: Given) -> int:
        return max(part.truth(truths, given) for part in self.parts)

    def leaves(self) -> Iterable[int]:
        return [number for part in self.parts for number in part.leaves()]


class Unless(Node):
    """Does an exception not apply: a precedence, a permission, an exemption, what a duty to prevent asks for?

    `applies` names it in words; its `label` is that of the exception.
    """

    __slots__ = ("applies", "part", "says")

    def __init__(self, part: Node, says: str, applies: str, label: str) -> None:
        self.part, self.says, self.applies, self.label = part, says, applies, label

    def truth(self, truths: Mapping[int, int], given: Given) -> int:
        return TRUE - self.part.truth(truths, given)

    def leaves(self) -> Iterable[int]:
        return self.part.leaves()


class Read(Node):
    """A part that is read in several ways: as the reading of a dispute has it that is given, else as all have it."""

    __slots__ = ("dispute", "ways")

    def __init__(self, dispute: str, ways: Sequence[Node]) -> None:
        self.dispute, self.ways, self.label = dispute, tuple(ways), dispute

    def truth(self, truths: Mapping[int, int], given: Given) -> int:
        return throughout(way.truth(truths, given) for way in self.held(given))

    def held(self, given: Given) -> list[Node]:
        """Return the ways that are left open by what is given."""
        mask = given[self.dispute]
        return [way for at, way in enumerate(self.ways) if mask is None or mask >> at & 1]

    def leaves(self) -> Iterable[int]:
        return [number for way in self.ways for number in way.leaves()]


@dataclass(frozen=True)
class Hidden(Timeless):
    """A question that rests on a clause which this reader may not see."""

    says: str
    reads: tuple[str, ...] = ()

    def truth(self, view: View) -> int:
        return UNKNOWN

    def reason(self, view: View, truth: int) -> Reason:
        return Reason(self.says, "unknown", ("that rests on a confidential clause",), (), ("a confidential clause",))
