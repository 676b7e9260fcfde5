"""Words for nothing: nan, NULL, N/A, - and their like, which are an empty cell and never a name. See `nothing.yaml`."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from parley.intake.faults import Unreadable
from parley.model import Problem, listed
from parley.packaged import packaged


def is_nothing(text: str) -> bool:
    """Say whether *text*, a whole cell or name, says nothing."""
    return text in words()


@cache
def words(number: bool = False) -> frozenset[str]:
    """Return the words for nothing; *number*: those where a number is wanted, of which "none" may mean 0."""
    read = packaged("parley.intake.values", "nothing.yaml")
    return frozenset(read["programs"] + read["people"] + ([] if number else read["not_in_numbers"]))


Place = tuple[int, int | None]


class Nothings:
    """Counts by column the cells that hold a word for nothing, so that each column is told of once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[str, tuple[Place, dict[str, int]]] = {}

    def count(self, column: str, word: str, place: Callable[[], Place]) -> None:
        """Take up a *word* in *column*; *place* tells where it stands."""
        if column not in self._found:
            self._found[column] = place(), {}
        _, words = self._found[column]
        words[word] = words.get(word, 0) + 1

    def without(self, raw: Any, column: str, place: Callable[[], Place], *, number: bool = False) -> Any:
        """Return *raw*, a value of JSON, with null for each word for nothing; *number*: numbers are wanted."""
        if isinstance(raw, str):
            word = raw.strip()
            if word not in words(number):
                return raw
            self.count(column, word, place)
            return None
        if isinstance(raw, list):
            return [self.without(one, column, place, number=number) for one in raw]
        if isinstance(raw, dict):
            return {name: self.without(one, column, place, number=number) for name, one in raw.items()}
        return raw

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for each column."""
        for column, ((line, at), words) in self._found.items():
            fault = Unreadable("word-for-nothing", field=column, cells=sum(words.values()), words=listed(words))
            yield Problem(
                file=self.file, line=line, column=at, field=fault.field, code=fault.code, params=fault.params,
                kept="as-empty-cells",
            )  # fmt: skip
