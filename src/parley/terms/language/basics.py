"""What every part of an agreement's file is made of: closed parts, ids, texts and terms of the vocabulary."""

from difflib import get_close_matches
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from parley.model import vocabulary


class Part(BaseModel):
    """The base of every part of the file: closed, so that a misspelt key is an error, and immutable."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True, defer_build=True
    )


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60)]
Text = Annotated[str, Field(min_length=1)]


def _term(family: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in vocabulary(family):
            close = get_close_matches(name, list(vocabulary(family)), n=1)
            perhaps = f"; perhaps {close[0]!r}" if close else ""
            raise ValueError(f"{name!r} is not a term of {family!r}{perhaps}: one of {', '.join(vocabulary(family))}")
        return name

    return AfterValidator(check)


Act = Annotated[str, _term("act")]
MeansTerm = Annotated[str, _term("means")]
ObjectClass = Annotated[str, _term("object")]
Ground = Annotated[str, _term("exemption")]
