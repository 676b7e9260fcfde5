"""A problem with an input: what was wrong, where, what was expected and what was kept.

It stands as a code with parameters, for a record holds it for ever; the words are those of `wordings.yaml`.
"""

from typing import Any

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from parley.invisible import printable
from parley.model.base import Noun
from parley.model.wordings import Params, problem_words, wants_words, words


class Problem(Noun):
    """One fault of an input.

    Args:
        file: the input's name as the user gave it.
        line: counted from 1; None where the fault has no line (an empty file).
        column: counted from 1, in characters; None where the whole line is at fault.
        field: the field's name in the file; None where no one field is at fault.
        code: what is wrong, one of `wordings.yaml`.
        params: what the words of *code* and *kept* name: limits, names, and what stood there (`found`), shortened.
        kept: what of the input was kept all the same, as a code.
    """

    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    code: str
    params: Params = Field(default_factory=dict)
    kept: str = "nothing"

    @property
    def expected(self) -> str:
        """What would have been right, in words."""
        return problem_words(self.code, self.params)[0]

    @property
    def found(self) -> str:
        """What stood there; "" where nothing did."""
        return problem_words(self.code, self.params)[1]

    @property
    def times(self) -> int:
        """How many faults this tells of: more than one where it stands for all that followed and were like it."""
        times = self.params.get("times", 1)
        return times if isinstance(times, int) and times > 0 else 1

    @property
    def kept_text(self) -> str:
        """What was kept, in words."""
        return words("kept", self.kept, self.params)

    def __str__(self) -> str:
        where = (self.file, self.line, self.column)
        return _sentence(where, self.field, *problem_words(self.code, self.params), self.kept_text)

    def __hash__(self) -> int:
        return hash((self.file, self.line, self.column, self.code, frozenset(self.params.items())))

    @model_serializer(mode="wrap")
    def _with_words(self, dump: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        told: dict[str, Any] = dump(self)
        if wants_words(info):
            expected, found = problem_words(self.code, self.params)
            told |= {"expected": expected, "found": found, "kept": self.kept_text, "kept_code": self.kept}
        return told


class TermsProblem(Noun):
    """One fault of an agreement's file, or of one beside it, in words: it is told to who writes it and never recorded.

    `file`, `line`, `column` and `field` as of a `Problem`; `expected`, `found` and `kept` are sentences.
    """

    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    expected: str
    found: str = ""
    kept: str = "nothing of this input"

    def __str__(self) -> str:
        return _sentence((self.file, self.line, self.column), self.field, self.expected, self.found, self.kept)


def _sentence(
    where: tuple[str, int | None, int | None], field: str | None, expected: str, found: str, kept: str
) -> str:
    file, line, column = where
    place = ":".join(str(part) for part in (printable(file), line, column) if part is not None)
    of_field = f" field {field!r}:" if field else ""
    instead = f", found {shorten(found)}" if found else ""
    return f"{place}:{of_field} expected {expected}{instead}; kept: {kept}"


def shorten(text: str, limit: int = 80) -> str:
    """Quote *text* for a message: control characters escaped, at most *limit* characters."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
