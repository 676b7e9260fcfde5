"""What all nouns share: they are frozen, and a field that nobody declared is an error."""

from pydantic import BaseModel, ConfigDict


class Noun(BaseModel):
    """The base of every noun: immutable, closed, compared by value."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")
