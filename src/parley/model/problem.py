"""A problem with an input: what was wrong, where, what was expected and what was kept."""

from parley.model.base import Noun


class Problem(Noun):
    """One fault of an input.

    Args:
        file: the input's name as the user gave it.
        line: counted from 1; None where the fault has no line (an empty file).
        column: counted from 1, in characters; None where the whole line is at fault.
        field: the field's name in the file; None where no one field is at fault.
        expected: what would have been right, in words.
        found: what stood there, shortened; "" where nothing stood there.
        kept: what of the input was kept all the same.
    """

    file: str
    line: int | None = None
    column: int | None = None
    field: str | None = None
    expected: str
    found: str = ""
    kept: str = "nothing of this input"

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (printable(self.file), self.line, self.column) if part is not None)
        field = f" field {self.field!r}:" if self.field else ""
        found = f", found {shorten(self.found)}" if self.found else ""
        return f"{where}:{field} expected {self.expected}{found}; kept: {self.kept}"


def printable(name: str) -> str:
    """Return *name* on one line: a file's name may hold line ends and terminal codes."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in name)


def shorten(text: str, limit: int = 80) -> str:
    """Quote *text* for a message: control characters escaped, at most *limit* characters."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
