"""Whose a source is, and what it is called where its name is not shown."""

import re
from typing import Annotated

from pydantic import Field

CENTRE = "centre"
INDEPENDENT = "independent"
OF_NO_PARTY = (CENTRE, INDEPENDENT)
"""The sides that are no party's; no agreement calls a party so."""

_PSEUDONYM = re.compile(r"[0-9a-hjkmnp-tv-z]{16}")

Side = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=60)]
"""The id of the party whose source it is, or one of `OF_NO_PARTY`."""


def is_handle(handle: str, side: str) -> bool:
    """Whether a source of *side* can be called *handle*: a party by its id, all others by 16 signs that tell nothing.

    So nobody can be taken for a party whose source he is not.
    """
    return bool(_PSEUDONYM.fullmatch(handle)) or (handle == side and side not in OF_NO_PARTY)


def check_called(source: str | None, side: str | None, handle: str | None) -> None:
    """Raise ValueError where *side* and *handle* are not those of a *source*, or given where it is None."""
    if (source is None, side is None) != (side is None, handle is None):
        raise ValueError("a side and a handle go with a source, and with nothing else")
    if side is not None and handle is not None and not is_handle(handle, side):
        raise ValueError(f"no source of the side {side} has the handle {handle}")
