"""Problems that are alike, told once with their number: a file with a million faults of one kind has one fault.

The first `MOST_ALIKE` of a kind, which is the code and the field, are told each by itself; all that follow as one, with
how many they are, their first lines and their last. So it does not matter in which pieces a file was read: what two
pieces tell, told together, is what is told of both at once. Counts are exact, whatever is not told.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from parley.model.problem import Problem

MOST_ALIKE = 3
"""Problems of one kind that are told each by itself."""
MOST_FIELDS = 20
"""Fields of which faults of one code are told apart; further ones are told together."""
_MOST_LINES = 3
_MOST_DIGITS = 16


@dataclass
class _Rest:
    """The problems of one kind that are told as one: the first of them, how many, their first lines and their last."""

    first: Problem
    times: int = 0
    lines: list[int] = field(default_factory=list)
    last: int | None = None

    def take(self, line: int | None, times: int = 1) -> None:
        self.times += times
        if line is not None:
            if len(self.lines) < _MOST_LINES and line not in self.lines:
                self.lines.append(line)
            self.last = line

    def take_all(self, one: Problem) -> None:
        """Take what *one*, the rest of another piece, stands for."""
        before = self.times
        for line in str(one.params.get("in_lines", "")).split(", "):
            if line.isdecimal() and len(line) < _MOST_DIGITS:  # a record may hold what others wrote
                self.take(int(line))
        self.times = before + one.times
        last = one.params.get("to_line", self.last)
        self.last = last if isinstance(last, int) else self.last

    def problem(self) -> Problem:
        if self.times == 1:
            return self.first
        params = {**self.first.params, "times": self.times, "in_lines": ", ".join(map(str, self.lines))}
        if self.last is not None and self.last not in self.lines:
            params["to_line"] = self.last
        one = self.first
        return Problem(
            file=one.file, line=one.line, column=one.column, field=one.field, code=one.code, params=params, kept="alike"
        )


@dataclass
class Alike:
    """Gathers problems in the order in which they are found."""

    _told: list[Problem | _Rest] = field(default_factory=list)
    _first: dict[tuple[str, str | None], int] = field(default_factory=dict)
    _rest: dict[tuple[str, str | None], _Rest] = field(default_factory=dict)
    _fields: dict[str, int] = field(default_factory=dict)

    def note(self, code: str, name: str | None, line: int | None, make: Callable[[], Problem], times: int = 1) -> None:
        """Note a problem of *code* and the field *name* from *line* on; it is made where it is told by itself."""
        rest = self._rest.get((code, name))
        if rest is None:
            key = self._key(code, name)
            rest = self._rest.get(key) or (self._begin(key, make) if times == 1 else self._all_of(key, make()))
        if rest is not None:
            rest.take(line, times)

    def add(self, one: Problem) -> None:
        """Note the problem *one*, which may stand for several."""
        if one.times == 1:
            self.note(one.code, one.field, one.line, lambda: one)
            return
        key = self._key(one.code, one.field)
        rest = self._rest.get(key)
        if rest is None:
            first = {name: value for name, value in one.params.items() if name not in ("times", "in_lines", "to_line")}
            rest = self._all_of(key, one.model_copy(update={"params": first}))
        rest.take_all(one)

    def problems(self) -> tuple[Problem, ...]:
        """Return all that were noted."""
        return tuple(one.problem() if isinstance(one, _Rest) else one for one in self._told)

    def _key(self, code: str, name: str | None) -> tuple[str, str | None]:
        key = (code, name)
        if key in self._first:
            return key
        if self._fields.get(code, 0) >= MOST_FIELDS:
            return code, None
        self._fields[code] = self._fields.get(code, 0) + 1
        return key

    def _begin(self, key: tuple[str, str | None], make: Callable[[], Problem]) -> _Rest | None:
        """Tell one more of *key* by itself, or return where it is told with those that follow."""
        told = self._first[key] = self._first.get(key, 0) + 1
        if told <= MOST_ALIKE:
            self._told.append(make())
            return None
        return self._all_of(key, make())

    def _all_of(self, key: tuple[str, str | None], first: Problem) -> _Rest:
        """Begin with *first* what all further ones of *key* are told with."""
        self._first[key] = MOST_ALIKE
        rest = self._rest[key] = _Rest(first.model_copy(update={"field": None}) if key[1] is None else first)
        self._told.append(rest)
        return rest


def together(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return *problems* of one input, in order, with those that are alike told once."""
    alike = Alike()
    for one in problems:
        alike.add(one)
    return alike.problems()
