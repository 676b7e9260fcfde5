"""A problem with an input: what was wrong, where, what was expected and what was recorded all the same.

It is a code with parameters, for a record holds it for ever; the words are those of `wordings.yaml`.
"""

from typing import Any

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from parley.invisible import printable
from parley.model.base import Noun
from parley.model.wordings import Params, problem_sentence, problem_words, wants_words, words, wrong


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
        """What was recorded all the same, in a sentence."""
        of_field = {"named": "field"} if self.field else {}
        said = {name: value for name, value in self.params.items() if (name, value) != ("others", 0)}
        return words("kept", self.kept, {**said, **of_field})

    def __str__(self) -> str:
        number = self.params.get("number") if self.times == 1 else None
        part = f"{words('words', str(self.params.get('part')), {})} {number}" if number is not None else ""
        place = _place(self.file, self.line, self.column, self.field, part)
        return f"{place}: {problem_sentence(self.code, self.params)} {self.kept_text}"

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

    `file`, `line`, `column` and `field` as of a `Problem`; `expected`, `found` and `kept` are words. `family` is the
    family of the vocabulary of which *found* is no term; "" where the fault is another.
    """

    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    expected: str
    found: str = ""
    kept: str = "Nothing was recorded."
    family: str = Field(default="", exclude=True)

    @property
    def fault(self) -> str:
        """Where and what, without what was recorded: all that a warning says."""
        place = _place(self.file, self.line, self.column, self.field)
        if self.family and self.found:
            return f"{place}: {problem_sentence('not-a-term', {'family': self.family, 'found': self.found})}"
        needed, _, meant = self.expected.partition(PERHAPS)
        meant, _, more = meant.partition("; ")
        after = f"{f' Did you mean {meant}?' if meant else ''}{f' {more}.' if more else ''}"
        return f"{place}: {wrong(needed, self.found, quoted=True)}{after}"

    def __str__(self) -> str:
        return f"{self.fault} {self.kept}"


PERHAPS = "; perhaps "
"""Stands in `TermsProblem.expected` before what may be meant."""


def _place(file: str, line: int | None, column: int | None, field: str | None, part: str = "") -> str:
    """Return where a fault is, as in "a.csv:2:5: field 'lat' of row 1"."""
    place = ":".join(str(one) for one in (printable(file), line, column) if one is not None)
    named = f"field {printable(field)!r}{f' of {part}' if part else ''}" if field else part
    return f"{place}: {named}" if named else place
