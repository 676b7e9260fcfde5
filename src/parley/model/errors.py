"""What can go wrong, as one tree:

ParleyError
├── InputError        bytes that cannot be used; carries one `Problem`: where, what was expected, what was kept
├── TermsError        an agreement's file that cannot be loaded; carries `TermsProblem`s likewise
├── FolderError       a data folder that is missing, half-made or in use
└── ReportError       a daily report that cannot be made (no such day, unknown format)

`parley.record` stands on its own and has its own tree under `RecordError`; the command line treats both alike.
"""

from collections.abc import Sequence

from parley.model.problem import Problem, TermsProblem


class ParleyError(Exception):
    """The base of everything that Parley itself raises; its text is fit for the user."""


class InputError(ParleyError):
    """Raised when nothing of an input can be used. Rows that fail among good ones are `Problem`s, not errors."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class TermsError(ParleyError):
    """Raised when an agreement's file is not valid; `problems` holds every fault found, with line and column."""

    def __init__(self, problems: Sequence[TermsProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class FolderError(ParleyError):
    """Raised when a data folder cannot be used as asked."""


class ReportError(ParleyError):
    """Raised when a daily report cannot be made as asked."""


class JudgementError(ParleyError):
    """Raised when a judgement cannot be made as asked: it names what is not there, or contradicts one that stands."""


class ActError(ParleyError):
    """Raised when an act upon a report cannot be done as asked: there is no such report, or nothing would follow."""


class ReviewError(ParleyError):
    """Raised when a review cannot be made as asked: no such proposal, nothing to change, the same person twice."""


class ModelError(ParleyError):
    """Raised when a user's own model cannot be asked: a wrong address, nobody there, no answer in time."""
