"""What an agreement's terms make of an account: four answers, each with its reasons, and the crux between accounts.

These nouns are plain slotted classes: a centre holds hundreds of thousands of them, and nothing arrives as one. Reasons
and cruxes are long and seldom read, so they are made when somebody asks for them, always the same from the same facts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, SchemaSerializer, core_schema

from parley.model.attributes import Attribute
from parley.model.values import Value

Answer = Literal["breach", "no breach", "unknown", "not covered"]
Truth = Literal["true", "false", "unknown"]

Showing = Literal["breach", "could be a breach", "in no case a breach", "no breach", "not covered", "not raised"]
"""How an answer is shown to readers. *could be a breach* and *in no case a breach* are both unknown: a breach is among
what remains open, or is not. *not raised*: no account speaks of what the clause is about."""

Code = Literal["", "not raised", "failed"]
"""Why an answer is unknown where that is no matter of this account: `not raised` where no account of the incident
speaks of what the clause is about; `failed` where the clause could not be evaluated, which its reasons say."""

DutyState = Literal[
    "",
    "not due",
    "due",
    "under way",
    "fulfilled",
    "fulfilled late",
    "overdue",
    "put off by consent",
    "suspended",
    "discharged",
]
"""How a duty stands on an account, where that is known; "" of what is no duty."""

Comparison = Literal["one account", "agreed", "equal", "differ"]
"""How the accounts of an incident compare under one clause.

*one account*: there is only one. *agreed*: whatever combination of what they say is so, the answer is the same, and
so is whose breach it is. *equal*: each account alone gives the same answer, and the combinations do not. *differ*: the
rest.
"""

Support = Literal["", "one account", "accuser alone"]
"""On whom a breach rests: one account alone, or parties alone that accuse others in it; "" for all else."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of the chain: what it is about, what came out, why, and on which claims that rests.

    `says` is a statement, as in "the clause was in force"; `because` are statements too, in small letters and without
    a full stop, so that they stand in lines as in sentences. `missing` names the attributes that would have to be
    known; `parts` are the steps below this one. `label` names the exception that the step asks for: a precedence, a
    permission, an exemption, a reading.
    """

    says: str
    truth: Truth
    because: tuple[str, ...]
    rests_on: tuple[Attribute, ...] = ()
    missing: tuple[str, ...] = ()
    parts: tuple["Reason", ...] = ()
    label: str = ""

    @property
    def in_a_line(self) -> str:
        """Why it came out so, in one line."""
        return "; ".join(self.because)


class Deferred(Generic[T]):
    """A value that is made of *given* when it is first asked for, and kept.

    What it is made of is handed over and not closed over: of a clause and an account there are hundreds of thousands.
    """

    __slots__ = ("_given", "_made", "_make")

    def __init__(self, make: Callable[..., T], *given: Any) -> None:
        self._make: Callable[..., T] | None = make
        self._given = given

    def __call__(self) -> T:
        """Return the value."""
        if self._make is not None:
            self._made, self._make, self._given = self._make(*self._given), None, ()
        return self._made


def _made(one: Deferred[T] | T) -> T:
    return one() if isinstance(one, Deferred) else one


class _Shown:
    """Is compared by the fields `COMPARED` and shown in data by the fields `SHOWN`."""

    COMPARED: ClassVar[tuple[str, ...]]
    SHOWN: ClassVar[tuple[str, ...]]
    __pydantic_serializer__: ClassVar[SchemaSerializer]
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and all(getattr(self, one) == getattr(other, one) for one in self.COMPARED)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, one) for one in self.COMPARED))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{one}={getattr(self, one)!r}' for one in self.COMPARED)})"

    def __init_subclass__(cls) -> None:
        # so that one inside another is shown too: what is not declared, pydantic asks for its serializer
        cls.__pydantic_serializer__ = SchemaSerializer(cls._schema())

    @classmethod
    def _schema(cls) -> CoreSchema:
        def shown(one: Any) -> dict[str, Any]:
            return {name: getattr(one, name) for name in cls.SHOWN}

        return core_schema.is_instance_schema(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(shown)
        )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return cls._schema()


class ClauseAnswer(_Shown):
    """The answer of one clause for one account.

    Args:
        answer, possible: the answer, and the answers that remain open; one member where it is definite. An unknown
            whose possible answers hold no breach is still worth telling.
        by: the ids of the parties whose breach it is or may be; an associated force stands under its party.
        code: see `Code`.
        state: of a duty, how it stands.
        reasons: the chain of reasons, or what makes it.
    """

    COMPARED = ("clause", "answer", "possible", "by", "code", "state")
    SHOWN = (*COMPARED, "shown", "reasons")
    __slots__ = ("_reasons", "answer", "by", "clause", "code", "possible", "state")

    def __init__(
        self,
        clause: str,
        possible: tuple[Answer, ...],
        reasons: Deferred[Reason] | Reason,
        by: tuple[str, ...] = (),
        code: Code = "",
        state: DutyState = "",
    ) -> None:
        self.clause = clause
        self.answer: Answer = possible[0] if len(possible) == 1 else "unknown"
        self.possible = possible
        self.by = by
        self.code = code
        self.state = state
        self._reasons = reasons

    @property
    def shown(self) -> Showing:
        """How it is shown to readers."""
        if self.code == "not raised":
            return "not raised"
        if self.answer != "unknown":
            return self.answer
        return "could be a breach" if "breach" in self.possible else "in no case a breach"

    @property
    def reasons(self) -> Reason:
        """The chain of reasons."""
        return _made(self._reasons)


@dataclass(frozen=True, slots=True)
class Settlement:
    """One way to settle the questions of a crux, and what follows: the answer, and whose breach it then is."""

    values: tuple[tuple[str, Value], ...]
    answer: Answer
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crux:
    """The smallest set of questions that decides the answer, with what follows from each way to settle it.

    Args:
        attributes: what is asked: an attribute of the accounts, or a question about the agreement such as
            `bound:PARTY`, `reading:CLAUSE`, `end:agreement`, `finding:INCIDENT`.
        asks: the same as questions in words.
        settled_by: what would settle each of them.
    """

    attributes: tuple[str, ...]
    settlements: tuple[Settlement, ...]
    settled_by: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingAssessment:
    """A clause as one of its rival readings has it: each account's answer, what the agreed facts give, the cruxes.

    The clause's plain text is such a reading where the file gives no more than one; its `reading` is "as written".
    """

    reading: str
    says: str
    held_by: tuple[str, ...]
    accounts: tuple[ClauseAnswer, ...]
    agreed: ClauseAnswer
    cruxes: tuple[Crux, ...]


@dataclass(frozen=True, slots=True)
class Position:
    """What follows from all that one holder reads into the agreement: of every dispute the reading that it holds."""

    holder: str
    readings: tuple[str, ...]
    accounts: tuple[ClauseAnswer, ...]
    agreed: ClauseAnswer


@dataclass(frozen=True, slots=True)
class Branch:
    """What the accounts lead to where a disputed earlier finding was a breach, or was none."""

    assumes: str
    accounts: tuple[Answer, ...]
    agreed: Answer


class ClauseAssessment(_Shown):
    """One clause across an incident: each account's answer (by index), what holds on every combination, the cruxes.

    Args:
        agreed: what holds on every combination of what the accounts leave possible.
        comparison, support: see there.
        versions: for each account the versions of the agreement under which it was asked, by their entries; empty
            where the agreement has no versions. They are no part of what is compared.
        readings: the clause in each of its readings, of which an answer holds only where all give it.
        positions: what each holder of readings has it to be.
        rests_on: the earlier incidents that the answer depends on.
        branches: both cases, where one of those incidents is disputed.
        cruxes: what decides the answer.
        missing: what no account says, where the answer is unknown on every account.
        silent: what some account leaves out that another tells, where the answers turn on it.
    """

    COMPARED = ("clause", "accounts", "agreed", "comparison", "support", "rests_on", "branches")
    SHOWN = (*COMPARED, "versions", "readings", "positions", "cruxes", "missing", "silent")
    __slots__ = (
        "_cruxes",
        "_missing",
        "_positions",
        "_readings",
        "_silent",
        "accounts",
        "agreed",
        "branches",
        "clause",
        "comparison",
        "rests_on",
        "support",
        "versions",
    )

    def __init__(
        self,
        clause: str,
        accounts: tuple[ClauseAnswer, ...],
        agreed: ClauseAnswer,
        comparison: Comparison,
        support: Support = "",
        versions: tuple[tuple[int | None, ...], ...] = (),
        rests_on: tuple[str, ...] = (),
        branches: tuple[Branch, ...] = (),
        readings: Deferred[tuple[ReadingAssessment, ...]] | tuple[ReadingAssessment, ...] = (),
        positions: Deferred[tuple[Position, ...]] | tuple[Position, ...] = (),
        cruxes: Deferred[tuple[Crux, ...]] | tuple[Crux, ...] = (),
        missing: Deferred[tuple[str, ...]] | tuple[str, ...] = (),
        silent: Deferred[tuple[str, ...]] | tuple[str, ...] = (),
    ) -> None:
        self.clause = clause
        self.accounts = accounts
        self.agreed = agreed
        self.comparison: Comparison = comparison
        self.support: Support = support
        self.versions = versions
        self.rests_on = rests_on
        self.branches = branches
        self._readings = readings
        self._positions = positions
        self._cruxes = cruxes
        self._missing = missing
        self._silent = silent

    @property
    def raised(self) -> bool:
        """Whether any account speaks of what the clause is about, or the answer does not need it."""
        return all(one.code != "not raised" for one in self.accounts)

    @property
    def readings(self) -> tuple[ReadingAssessment, ...]:
        """The clause in each of its readings."""
        return _made(self._readings)

    @property
    def positions(self) -> tuple[Position, ...]:
        """What each holder of readings has the clause to be."""
        return _made(self._positions)

    @property
    def cruxes(self) -> tuple[Crux, ...]:
        """What decides the answer: at most one."""
        return _made(self._cruxes)

    @property
    def missing(self) -> tuple[str, ...]:
        """What no account says, where the answer is unknown on every account."""
        return _made(self._missing)

    @property
    def silent(self) -> tuple[str, ...]:
        """What some account leaves out that another tells, where the answers turn on it."""
        return _made(self._silent)


@dataclass(frozen=True, slots=True)
class Assessment:
    """One incident against one agreement, each account under the versions that apply to it."""

    incident: str
    agreement: str
    clauses: tuple[ClauseAssessment, ...]
