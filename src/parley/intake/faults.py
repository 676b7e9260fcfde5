"""What is wrong with a part of an input, and what of the input is kept all the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from parley.model import InputError, Problem
from parley.model.wordings import WITHIN, Parameter, problem_words


class Unreadable(Exception):  # noqa: N818  (it names a state of the input, not a failure of the program)
    """Raised where one cell, field or line cannot be used.

    Args:
        code: what is wrong, one of `wordings.yaml`.
        found: what stood there, as it stood.
        field: the column's or field's name; None where no one field is at fault.
        offset: characters from the start of the part (line, row, field) to the fault; None: the start of the field.
        params: what the words of *code* name.
    """

    def __init__(
        self, code: str, found: str = "", /, *, field: str | None = None, offset: int | None = None, **params: Parameter
    ) -> None:
        super().__init__(code)
        self.code = code
        self.quoted = _printable(found)
        self.params: dict[str, Parameter] = params | ({"found": self.quoted} if found else {})
        self.field = None if field is None else _printable(field)
        self.offset = offset

    @property
    def expected(self) -> str:
        """What would have been right, in words."""
        return problem_words(self.code, self.params)[0]

    @property
    def found(self) -> str:
        """What stood there, or in words what it was."""
        return problem_words(self.code, self.params)[1]

    def of(self, field: str | None, found: str | None = None) -> "Unreadable":
        """Return this fault as one of *field*, where *found* stood if that is given."""
        other = Unreadable(self.code, self.quoted if found is None else found, field=field)
        other.params = self.params | other.params
        return other

    def within(self, what: str, /, **params: Parameter) -> "Unreadable":
        """Return this fault as one of *what*, a code of the section `within`, which names *params*."""
        other = Unreadable(self.code, self.quoted, field=self.field, offset=self.offset)
        other.params = {**self.params, **params, WITHIN: what}
        return other


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
    field = ".".join(str(part) for part in first["loc"]) or None
    return Unreadable("refused-value", str(first["input"]), field=field, noun=error.title, type=first["type"])


def unusable(
    file: str, code: str, found: str = "", line: int | None = None, column: int | None = None, **params: Parameter
) -> InputError:
    """Return the error for an input of which nothing can be used."""
    fault = Unreadable(code, found)
    fault.params |= params
    return unusable_for(file, fault, line, column)


def unusable_for(file: str, fault: Unreadable, line: int | None = None, column: int | None = None) -> InputError:
    """Return the error for an input of which nothing can be used because of *fault*."""
    return InputError(Problem(file=file, line=line, column=column, code=fault.code, params=fault.params))


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
        self._note(fault, line, column, number, "skipped")

    def partly(self, number: int, fault: Unreadable, line: int, column: int | None = None) -> None:
        """Note that part *number* is kept, but for what *fault* names."""
        self._note(fault, line, column, number, "rest-of-part")

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
            yield Problem(
                file=self.file,
                line=self._last,
                code="too-many-faults",
                params={"most": MOST_FAULTS, "more": self._untold, "last": self._last, "part": self.part},
                kept="like-those-before",
            )

    def _note(self, fault: Unreadable, line: int, column: int | None, number: int, kept: str) -> None:
        if len(self._found) >= MOST_FAULTS:
            self._untold += 1
            self._last = line
            return
        problem = Problem(
            file=self.file,
            line=line,
            column=column,
            field=fault.field,
            code=fault.code,
            params={**fault.params, "part": self.part, "number": number},
            kept=kept,
        )
        self._found.append((problem, kept == "rest-of-part"))

    def _settled(self, problem: Problem, others: int) -> Problem:
        return problem.model_copy(update={"params": {**problem.params, "others": others}})
