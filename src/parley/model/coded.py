"""What is recorded, or derived, as a code with parameters: the words are those of `wordings.yaml`."""

from collections.abc import Iterable
from typing import Any, ClassVar

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from parley.model.base import Noun
from parley.model.wordings import Params, Section, wants_words, words


class Coded(Noun):
    """Something that is said by a `code` of one `section` of `wordings.yaml`; `params` are what its words name."""

    section: ClassVar[Section]
    code: str
    params: Params = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it says, in words."""
        return words(self.section, self.code, self.params)

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.params.items())))

    @model_serializer(mode="wrap")
    def _with_words(self, dump: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        told: dict[str, Any] = dump(self)
        return {**told, "text": self.text} if wants_words(info) else told


class Cause(Coded):
    """Why something is so: why a value is not known, a report makes no incident, an act does nothing."""

    section = "causes"


def in_short(causes: Iterable[Cause]) -> str:
    """Return what several causes of one thing say, in one line."""
    return "; ".join(one.text for one in causes)
