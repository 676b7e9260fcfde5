"""The rules that a centre adopts: its charter, and the versions of its agreements."""

import re
from collections.abc import Mapping

from pydantic import Field, field_validator

from parley.model.base import Digest, Noun, Utc


class PartyNamed(Noun):
    """A party as the charter has it: its first public keys, and the names under which it speaks."""

    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class ShreddingRule(Noun):
    """What may be shredded without its party's consent: statements of these kinds, so many days after they came."""

    kinds: tuple[str, ...]
    days: int = Field(ge=0)


class Succeeds(Noun):
    """The log that this centre goes on from: its origin, its public key, and its last head (root in hex)."""

    origin: str
    key: str
    size: int = Field(ge=0)
    root: Digest


class Charter(Noun):
    """What a centre is, as its first statement says: everything outside the inputs that its findings depend on.

    Args:
        desk: the public key of the desk that signs the first statement; set where the centre is made.
        cutoff: the local time of day (HH:MM) at which reporting closes; "" where none is fixed.
        parties: by their ids, as the agreements have them.
        k: how many parties must endorse what changes the rules; all of them without it.
        shredding: rules by name.
        start: from when on it applies, in the body `from`; None: for ever. A day has the charter that
            holds as it begins.
        by: who adopted it.
    """

    title: str
    timezone: str
    exercise: bool = False
    note: str = ""
    cutoff: str = ""
    desk: str = ""
    parties: Mapping[str, PartyNamed] = {}
    k: int | None = Field(default=None, ge=1)
    shredding: Mapping[str, ShreddingRule] = {}
    succeeds: Succeeds | None = None
    start: Utc | None = None
    by: str = ""

    @field_validator("cutoff")
    @classmethod
    def _is_a_time_of_day(cls, cutoff: str) -> str:
        if not is_cutoff(cutoff):
            raise ValueError(f"{cutoff!r} is not a local time of day such as 19:30")
        return cutoff


_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def is_cutoff(text: str) -> bool:
    """Whether *text* is a local time of day (HH:MM), or "" where none is fixed."""
    return not text or _CLOCK.fullmatch(text) is not None


class TermsVersion(Noun):
    """The text of an agreement's file as it was when the centre took it up.

    Args:
        start: from when on it applies, in the body `from`; None: for ever. What applies when: `parley.terms.schedule`.
        retroactive: whether acts from then on had been reported before it was adopted.
        by: who adopted it.
    """

    name: str
    text: str
    start: Utc | None = None
    retroactive: bool = False
    by: str = ""
