"""What an agreement's terms make of an account: four answers, each with its reasons, and the crux between accounts.

These nouns are plain slotted data classes: a centre holds hundreds of thousands of them, and nothing arrives as one.
"""

from dataclasses import dataclass
from typing import Literal

from parley.model.report import Attribute
from parley.model.values import Value

Answer = Literal["breach", "no breach", "unknown", "not covered"]
Truth = Literal["true", "false", "unknown"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the chain: what was asked, what came out, and on which claims it rests.

    `missing` names the attributes that would have to be known; `parts` are the steps below this one.
    """

    asked: str
    truth: Truth
    because: str
    rests_on: tuple[Attribute, ...] = ()
    missing: tuple[str, ...] = ()
    parts: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True)
class ClauseAnswer:
    """The answer of one clause for one account.

    `possible` are the answers that remain open; one member where the answer is definite. An unknown whose possible
    answers hold no breach is still worth telling.
    """

    clause: str
    answer: Answer
    possible: tuple[Answer, ...]
    reasons: Reason


@dataclass(frozen=True, slots=True)
class Settlement:
    """One way to settle the disputed attributes of a crux, and the answer that follows."""

    values: tuple[tuple[Attribute, Value], ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Crux:
    """A smallest set of disputed attributes that decides the answer, with the answer for each way to settle it.

    `settled_by` says of each attribute what would settle it.
    """

    attributes: tuple[Attribute, ...]
    settlements: tuple[Settlement, ...]
    settled_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingAssessment:
    """A clause as one of its rival readings has it: each account's answer, what the agreed facts give, the cruxes."""

    reading: str
    says: str
    held_by: tuple[str, ...]
    accounts: tuple[ClauseAnswer, ...]
    agreed: ClauseAnswer
    cruxes: tuple[Crux, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """What the accounts lead to where a disputed earlier finding was a breach, or was none."""

    assumes: str
    accounts: tuple[Answer, ...]
    agreed: Answer


@dataclass(frozen=True, slots=True)
class ClauseAssessment:
    """One clause across an incident: each account's answer (by index), what the agreed facts alone give, the cruxes.

    `missing` names what no account says where the answer stays unknown on every account. Where the clause is read in
    several ways, an answer is definite only if every reading gives it, and `readings` has each. `rests_on` are the
    earlier incidents that the answer depends on; where one of them is disputed, `branches` show both cases.
    """

    clause: str
    accounts: tuple[ClauseAnswer, ...]
    agreed: ClauseAnswer
    cruxes: tuple[Crux, ...]
    missing: tuple[str, ...] = ()
    readings: tuple[ReadingAssessment, ...] = ()
    rests_on: tuple[str, ...] = ()
    branches: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """One incident against one version of one agreement."""

    incident: str
    agreement: str
    clauses: tuple[ClauseAssessment, ...]
