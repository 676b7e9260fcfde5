"""What is wrong with a part of an input, and what of the input is kept all the same."""

from dataclasses import dataclass, field

from pydantic import ValidationError

from parley.model import Alike, InputError, Problem
from parley.model.wordings import WITHIN, Parameter, problem_words


class Unreadable(Exception):  # noqa: N818  (it names a state of the input, not a failure of the program)
    """Raised where one cell, field or line cannot be used.

    Args:
        code: what is wrong, one of `wordings.yaml`.
        found: what stood there, as it stood.
        field: the column's or field's name; None where no one field is at fault.
        offset: characters from the start of the part (line, row, field) to the fault; None: the start of the field.
        times: how many parts in a row it costs.
        params: what the words of *code* name.
    """

    def __init__(
        self,
        code: str,
        found: str = "",
        /,
        *,
        field: str | None = None,
        offset: int | None = None,
        times: int = 1,
        **params: Parameter,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.quoted = _printable(found)
        self.params: dict[str, Parameter] = params | ({"found": self.quoted} if found else {})
        self.field = None if field is None else _printable(field)
        self.offset = offset
        self.times = times

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


@dataclass
class Faults:
    """Gathers the faults of an input's parts (*part*: "row", "report"); at the end each problem says what was kept.

    Those that are alike are told once, with their number (`model.alike`).
    """

    file: str
    part: str
    _found: Alike = field(default_factory=Alike)

    def skipped(self, number: int, fault: Unreadable, line: int, column: int | None = None) -> None:
        """Note that part *number* is lost."""
        self._note(fault, line, column, number, "skipped")

    def partly(self, number: int, fault: Unreadable, line: int, column: int | None = None) -> None:
        """Note that part *number* is kept, but for what *fault* names."""
        self._note(fault, line, column, number, "rest-of-part")

    def problems(self, kept: int) -> tuple[Problem, ...]:
        """Return every fault as a problem; *kept* counts the parts that were kept, wholly or but for one claim."""
        return tuple(self._settled(problem, kept) for problem in self.found())

    def found(self) -> tuple[Problem, ...]:
        """Return every fault as a problem; how many others are kept is not known yet."""
        return self._found.problems()

    def _note(self, fault: Unreadable, line: int, column: int | None, number: int, kept: str) -> None:
        def made() -> Problem:
            params = {**fault.params, "part": self.part, "number": number - fault.times + 1}
            return Problem(
                file=self.file, line=line, column=column, field=fault.field, code=fault.code, params=params, kept=kept
            )

        self._found.note(fault.code, fault.field, line, made, fault.times)

    def _settled(self, problem: Problem, kept: int) -> Problem:
        """Return *problem* with how many others are kept; its own part is none of them."""
        if problem.times > 1:
            return problem
        others = kept - (problem.kept == "rest-of-part")
        return problem.model_copy(update={"params": {**problem.params, "others": others}})
