"""What is wrong with a part of an input, and what of the input is kept all the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from parley.model import InputError, Problem


class Unreadable(Exception):  # noqa: N818  (it names a state of the input, not a failure of the program)
    """Raised where one cell, field or line cannot be used.

    Args:
        expected: what would have been right, in words.
        found: what stood there.
        field: the column's or field's name; None where no one field is at fault.
        offset: characters from the start of the part (line, row, field) to the fault; None: the start of the field.
    """

    def __init__(self, expected: str, found: str = "", *, field: str | None = None, offset: int | None = None) -> None:
        super().__init__(expected)
        self.expected = _printable(expected)
        self.found = _printable(found)
        self.field = None if field is None else _printable(field)
        self.offset = offset


class PassedOver(Exception):  # noqa: N818
    """Raised where a row tells of something that its channel is not for: *what*, in words."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = _printable(what)[:100]


def _printable(text: str) -> str:
    """Return *text* fit for a message: shortened, and half characters (JSON can write them) escaped."""
    return text[:2000].encode("utf-8", "backslashreplace").decode()


def from_model(error: ValidationError) -> Unreadable:
    """Return what a noun refused, for values that no reader's own check stopped before."""
    first = error.errors(include_url=False)[0]
    return Unreadable(
        f"a value that the noun {error.title} takes: {first['msg']}",
        str(first["input"]),
        field=".".join(str(part) for part in first["loc"]) or None,
    )


def unusable(
    file: str, expected: str, found: str = "", line: int | None = None, column: int | None = None
) -> InputError:
    """Return the error for an input of which nothing can be used."""
    return InputError(Problem(file=file, line=line, column=column, expected=expected, found=found[:200]))


MOST_FAULTS = 1000
"""How many faults are told one by one; a statement of the record holds no more than some thousands of them."""


@dataclass
class Faults:
    """Gathers the faults of an input's parts (*part*: "row", "report"); at the end each problem says what was kept.

    Beyond `MOST_FAULTS` they are only counted.
    """

    file: str
    part: str
    _found: list[tuple[Problem, bool]] = field(default_factory=list)
    _untold: int = 0
    _last: int = 0

    def __len__(self) -> int:
        return len(self._found)

    def skipped(self, number: int, fault: Unreadable, line: int, column: int | None = None) -> None:
        """Note that part *number* is lost."""
        self._note(fault, line, column, f"{self.part} {number} skipped", False)

    def partly(self, number: int, fault: Unreadable, line: int, column: int | None = None) -> None:
        """Note that part *number* is kept, but for what *fault* names."""
        self._note(fault, line, column, f"the rest of {self.part} {number}", True)

    def problems(self, kept: int) -> tuple[Problem, ...]:
        """Return every fault as a problem; *kept* counts the parts that were kept, wholly or but for one claim."""
        return (*(self._settled(problem, kept - part_kept) for problem, part_kept in self._found), *self._rest())

    def drained(self) -> tuple[Problem, ...]:
        """Return every fault since the last time as a problem; how many others are kept is not known yet."""
        problems = (*(problem for problem, _ in self._found), *self._rest())
        self._found.clear()
        self._untold = 0
        return problems

    def _rest(self) -> Iterator[Problem]:
        """Yield what is said of the faults that are not told one by one."""
        if self._untold:
            found = f"{self._untold:,} more, up to line {self._last}"
            kept = f"as with those before: each {self.part} is skipped, or kept but for what is wrong in it"
            yield Problem(
                file=self.file, line=self._last, expected=f"at most {MOST_FAULTS:,} faults", found=found, kept=kept
            )

    def _note(self, fault: Unreadable, line: int, column: int | None, kept: str, part_kept: bool) -> None:
        if len(self._found) >= MOST_FAULTS:
            self._untold += 1
            self._last = line
            return
        problem = Problem(
            file=self.file,
            line=line,
            column=column,
            field=fault.field,
            expected=fault.expected,
            found=fault.found[:200],
            kept=kept,
        )
        self._found.append((problem, part_kept))

    def _settled(self, problem: Problem, others: int) -> Problem:
        parts = self.part if others == 1 else f"{self.part}s"
        return problem.model_copy(update={"kept": f"{problem.kept}, {others} other {parts} kept"})
