"""What the parties bound themselves to: the kinds of clause, their exemptions, and rival readings of them."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from parley.model import QUANTITY, vocabulary
from parley.terms.language.basics import Act, Ground, Id, MeansTerm, ObjectClass, Part, Text
from parley.terms.language.calendar import PutOff, Renewal, Suspension, Until, When

Bound = Annotated[float, Field(ge=0, le=100_000)]


class MeansOf(Part):
    """Means by kind, calibre (millimetres) and height (metres above ground); `from` is included, `below` excluded."""

    kind: MeansTerm | None = None
    calibre_from_mm: Bound | None = None
    calibre_below_mm: Bound | None = None
    altitude_from_m: Bound | None = None
    altitude_below_m: Bound | None = None

    def __str__(self) -> str:
        words = [vocabulary("means")[self.kind].text] if self.kind else ["a weapon"]
        for least, below, unit, of in (
            (self.calibre_from_mm, self.calibre_below_mm, "mm", ""),
            (self.altitude_from_m, self.altitude_below_m, "m", " above ground"),
        ):
            if least is not None:
                words.append(f"of {least:g} {unit} or more{of}")
            if below is not None:
                words.append(f"below {below:g} {unit}{of}")
        return " ".join(words)


def _means(given: object) -> object:
    return {"kind": given} if isinstance(given, str) else given


Means = Annotated[MeansOf, BeforeValidator(_means)]
"""Means as the file gives them: a term alone, or with calibre and height."""


class Grade(Part):
    """One grade of a graded zone: these means count within that zone."""

    means: Annotated[tuple[Means, ...], Field(min_length=1)]
    zone: Id


class Fact(Part):
    """A single question of fact that clauses ask for, answered yes or no by accounts, and what would settle it."""

    id: Id
    asks: Text
    settled_by: str = ""


class Exemption(Part):
    """A ground that takes an act out of a clause. A claim of it is not proof.

    With `requires`, the exemption holds where each of these facts is so, and fails where one is not. Without, a claimed
    ground leaves the answer open until it is established.
    """

    ground: Ground
    article: str = ""
    says: Text
    requires: tuple[Id, ...] = ()


class _Clause(Part):
    """What all clauses have: who is bound, when, where, and against whom it does not count."""

    id: Id
    article: Text
    says: Text
    binds: tuple[str, ...] = ()
    start: When | None = Field(default=None, alias="from")
    until: Until | None = None
    renewal: Renewal | None = None
    suspended: tuple[Suspension, ...] = ()
    zone: Id | None = None
    outside: Id | None = None
    excluded_groups: bool = True
    excluded_areas: bool = True
    released_by_breach_of: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()
    confidential_to: tuple[str, ...] | None = None
    salt: str = ""
    wording: dict[str, str] = Field(default_factory=dict)
    source: str = ""
    uncertain: str = ""

    def __hash__(self) -> int:
        return hash((self.id, self.article, self.says))


class Prohibition(_Clause):
    """A clause that forbids acts.

    Its *scope* (who, when, where, against whom, with what, on what) decides whether it covers an act: outside it the
    answer is "not covered". Its *conduct* (the kinds of act, no exemption) decides between breach and no breach.
    """

    kind: Literal["prohibition"] = "prohibition"
    acts: Annotated[tuple[Act, ...], Field(min_length=1)]
    means: tuple[Means, ...] = ()
    grades: tuple[Grade, ...] = ()
    objects: tuple[ObjectClass, ...] = ()
    registered: bool = False
    exempt: tuple[Exemption, ...] = ()


class Prevention(_Clause):
    """A duty to prevent what others do: those it `binds` break it when one of `acts_of` acts, `unless` facts hold."""

    kind: Literal["prevention"]
    binds: Annotated[tuple[str, ...], Field(min_length=1)]
    acts_of: Annotated[tuple[str, ...], Field(min_length=1)]
    acts: Annotated[tuple[Act, ...], Field(min_length=1)]
    means: tuple[Means, ...] = ()
    objects: tuple[ObjectClass, ...] = ()
    unless: tuple[Id, ...] = ()


class Quantity(Part):
    """How much of something a duty asks for, or allows: `at_least`, `at_most`, of `unit`, `per` day, week or month.

    `of` names it where a duty has several; accounts then claim `quantity:NAME`, else `quantity`.
    """

    of: Id | None = None
    at_least: Bound | None = None
    at_most: Bound | None = None
    unit: str = ""
    per: Literal["day", "week", "month"] | None = None

    @property
    def attribute(self) -> str:
        """The attribute under which accounts claim it."""
        return "quantity" if self.of is None else QUANTITY + self.of


class Duty(_Clause):
    """A duty to do something `by` a time, begun by `begin_by`, in a quantity of at least `quantity` units.

    `quantities` asks for several, for upper limits, or for so much each day, week or month. `put_off` are later
    deadlines that were consented to. A step is due `together_with` others where nobody need take it before them.
    """

    kind: Literal["duty"]
    does: Annotated[tuple[Act, ...], Field(min_length=1)]
    by: When
    begin_by: When | None = None
    quantity: Bound | None = None
    unit: str = ""
    quantities: tuple[Quantity, ...] = ()
    put_off: tuple[PutOff, ...] = ()
    together_with: tuple[Id, ...] = ()
    means: tuple[Means, ...] = ()
    objects: tuple[ObjectClass, ...] = ()

    @property
    def all_quantities(self) -> tuple[Quantity, ...]:
        """Every quantity that the duty names."""
        plain = () if self.quantity is None else (Quantity(at_least=self.quantity, unit=self.unit),)
        return (*plain, *self.quantities)


class Standard(_Clause):
    """A clause of open texture ("the spirit of the agreement"): only the ruling of whoever interprets it decides.

    `ruling` is the fact that it was ruled a breach.
    """

    kind: Literal["standard"]
    acts: tuple[Act, ...] = ()
    ruling: Id
    judged_by: Text


class Permission(_Clause):
    """A list of what stays permitted: such acts are no breach of the clauses `over` which it stands (none: any)."""

    kind: Literal["permission"]
    acts: Annotated[tuple[Act, ...], Field(min_length=1)]
    means: tuple[Means, ...] = ()
    objects: tuple[ObjectClass, ...] = ()
    requires: tuple[Id, ...] = ()
    over: tuple[str, ...] = ()


def _kind(clause: object) -> str:
    given = clause.get("kind") if isinstance(clause, dict) else getattr(clause, "kind", None)
    return given if isinstance(given, str) else "prohibition"


Clause = Annotated[
    Annotated[Prohibition, Tag("prohibition")]
    | Annotated[Prevention, Tag("prevention")]
    | Annotated[Duty, Tag("duty")]
    | Annotated[Standard, Tag("standard")]
    | Annotated[Permission, Tag("permission")],
    Discriminator(_kind),
]


class Reading(Part):
    """One of several ways in which clauses are read: what it changes in them, and who holds it."""

    id: Id
    held_by: tuple[str, ...] = ()
    says: Text
    clauses: tuple[str, ...] = ()
    start: When | None = Field(default=None, alias="from")
    until: Until | None = None
    by: When | None = None
    zone: Id | None = None
    binds: tuple[str, ...] | None = None
    acts: tuple[Act, ...] | None = None
    means: tuple[Means, ...] | None = None
    objects: tuple[ObjectClass, ...] | None = None
    source: str = ""

    def changes(self) -> dict[str, object]:
        """Return what the reading changes in a clause, by the names of its fields."""
        kept = ("start", "until", "by", "zone", "binds", "acts", "means", "objects")
        return {name: getattr(self, name) for name in kept if getattr(self, name) is not None}
