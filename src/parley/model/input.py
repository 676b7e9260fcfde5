"""What arrives and what reading it gives: bytes in; reports, problems and attachments out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from parley.model.problem import Problem
from parley.model.report import Article, Bulletin, EventReport


@dataclass(frozen=True)
class Input:
    """A file as it arrived: its name (without folders) and its bytes, untouched."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Reading:
    """What a channel made of an input. Good rows are in `reports`, bad ones in `problems`; none is in neither.

    `attachments` maps SHA-256 (hex) to bytes that came inside the input and are kept unopened.
    """

    reports: tuple[EventReport | Bulletin | Article, ...]
    problems: tuple[Problem, ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)
