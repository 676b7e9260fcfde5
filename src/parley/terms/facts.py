"""What is taken as given when a clause is asked: one account's claims, the agreed facts, or a settled set of them."""

from collections.abc import Mapping

from parley.model import Account, Attribute, Difference, Incident, OneOf, Reason, Unknown, Value

NONE_CLAIMED = OneOf(any_of=("none",))
"""The value of `exemption` where an account claims none: silence is a claim of none, as claiming is for the actor."""


class Facts:
    """Values by attribute; an attribute that is not there is unknown. Immutable.

    `established` tells that an exemption among the values holds as a fact, not only as a claim. `asked` and
    `numbers` are for the questions of one agreement: their answers for these facts, by the question's number, and a
    number for each value.
    """

    __slots__ = ("_worlds", "asked", "established", "numbers", "values")

    def __init__(self, values: Mapping[Attribute, Value], established: bool = False) -> None:
        # What a source says it does not know is as unknown as what it does not mention.
        self.values = {name: value for name, value in values.items() if not isinstance(value, Unknown)}
        self.established = established
        self.asked: dict[int, Reason] = {}
        self.numbers: dict[Attribute, int] = {}
        self._worlds: tuple[Facts, ...] | None = None

    def known(self, attribute: Attribute) -> Value | None:
        """Return the value of *attribute*, or None where it is unknown."""
        return self.values.get(attribute)

    def worlds(self) -> tuple["Facts", ...]:
        """Split "one of two acted, the other was affected" into its two cases; otherwise return these facts alone."""
        if self._worlds is None:
            self._worlds = self._split()
        return self._worlds or (self,)  # not kept where it is these facts alone: no cycle that only a search would free

    def _split(self) -> tuple["Facts", ...]:
        """Return the two cases, or nothing."""
        actor, affected = self.known("actor"), self.known("affected")
        if not (isinstance(actor, OneOf) and isinstance(affected, OneOf)):
            return ()
        if len(actor.any_of) != 2 or set(actor.any_of) != set(affected.any_of):
            return ()
        first, second = actor.any_of
        return tuple(
            Facts({**self.values, "actor": OneOf(any_of=(one,)), "affected": OneOf(any_of=(other,))}, self.established)
            for one, other in ((first, second), (second, first))
        )


def facts_of(account: Account) -> Facts:
    """Return what *account* claims, each attribute as last claimed."""
    values: dict[Attribute, Value] = {"exemption": NONE_CLAIMED}
    for claim in account.claims:
        values[claim.attribute] = claim.value
    return Facts(values)


def agreed_facts(incident: Incident) -> Facts:
    """Return what every account of *incident* supports: equal claims, and the hull of claims that overlap."""
    values: dict[Attribute, Value] = {"exemption": NONE_CLAIMED}
    for difference in incident.differences:
        agreed = agreed_value(difference)
        if agreed is not None:
            values[difference.attribute] = agreed
        else:
            values.pop(difference.attribute, None)
    return Facts(values)


def agreed_value(difference: Difference) -> Value | None:
    """Return the value on which the accounts do not differ; None where they do."""
    if difference.state == "compatible":
        return difference.common
    if difference.state in ("agreed", "single-source"):
        return difference.sayings[0].value
    return None


def spans(incident: Incident) -> dict[Attribute, Value]:
    """Return, for each attribute of which every account speaks, the smallest value that allows all that is claimed."""
    return {one.attribute: one.span for one in incident.differences if one.span is not None}


def claimed_values(difference: Difference) -> tuple[Value, ...]:
    """Return the distinct known values that accounts claim, in the order of the accounts.

    A value within which another account's lies is left out: it settles nothing between the two.
    """
    said = [
        saying.value
        for saying in difference.sayings
        if saying.value and not isinstance(saying.value, Unknown) and not saying.vaguer
    ]
    if difference.attribute == "exemption" and any(saying.value is None for saying in difference.sayings):
        said.append(NONE_CLAIMED)
    return tuple(said)
