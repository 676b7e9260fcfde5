"""What a published day says of itself: which edition it is, which it replaces, and what changed since.

A change stands as a code with parameters, as problems and flags do; the words are those of `wordings.yaml`.
"""

from typing import Any

from pydantic import AwareDatetime, Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from parley.model import Noun
from parley.model.wordings import Params, wants_words, words


class Change(Noun):
    """One thing that is not as the edition before had it."""

    code: str
    params: Params = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """What changed, in words."""
        return words("changes", self.code, self.params)

    @model_serializer(mode="wrap")
    def _with_words(self, dump: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        told: dict[str, Any] = dump(self)
        if wants_words(info):
            told |= {"text": self.text}
        return told


class Replaced(Noun):
    """The edition before: when it was published, and as of how many entries.

    `destroyed` is the notice's entry where something that it rested on was shredded since: then nobody can say any more
    what it said.
    """

    number: int
    published_at: AwareDatetime
    as_of: int
    destroyed: int | None = None


class Edition(Noun):
    """Which edition of its day a report is. `changes` are the first of all; `more_changes` is how many there are
    beside those."""

    number: int = 1
    replaces: Replaced | None = None
    changes: tuple[Change, ...] = ()
    more_changes: int = 0
