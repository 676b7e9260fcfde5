"""What was found in an incident that later findings may depend on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import PlainSerializer

Names = Annotated[frozenset[str], PlainSerializer(sorted)]
"""Names in no order; written in the same one by every process."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """One clause's finding in an earlier incident: a breach, or a duty that was fulfilled; for certain or perhaps.

    `time` is that of the incident, in UTC. `by` and `against` are the ids of the parties of whom one acted and one was
    affected, empty where that is not known.
    """

    incident: str
    clause: str
    time: tuple[datetime, datetime]
    by: Names
    against: Names
    sure: bool
    kind: Literal["breach", "fulfilled"] = "breach"


@dataclass(frozen=True, slots=True)
class Past:
    """What an incident leaves to later ones under an agreement.

    Args:
        agreement, incident: their ids; `entry` is that of the incident's first report.
        time: that of the incident, in UTC.
        final: what was found after all that came before it.
        open: what was found where that is not known.
    """

    agreement: str
    incident: str
    entry: int
    time: tuple[datetime, datetime]
    final: tuple[Earlier, ...]
    open: tuple[Earlier, ...]
