"""What somebody should look at in a report before building on it: derived anew each time, never recorded."""

from typing import Any

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from parley.model.base import Noun
from parley.model.wordings import Params, wants_words, words


class ReportWarning(Noun):
    """Something in a report that is perhaps a slip: `code` is one of `wordings.yaml`, `params` what its words name."""

    code: str
    params: Params = Field(default_factory=dict)

    @property
    def text(self) -> str:
        """What is perhaps wrong, in words."""
        return words("warnings", self.code, self.params)

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.params.items())))

    @model_serializer(mode="wrap")
    def _with_words(self, dump: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        told: dict[str, Any] = dump(self)
        return {**told, "text": self.text} if wants_words(info) else told
