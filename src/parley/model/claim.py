"""A claim: one source's statement of one attribute. A report claims each attribute once."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator

from parley.model.attributes import ATTRIBUTES, FACT, Attribute
from parley.model.base import small
from parley.model.values import Amount, Count, Disc, Interval, OneOf, Unknown, Value, Words
from parley.model.vocabulary import FAMILIES, known_term

_KINDS: Mapping[str, type] = {one.__name__: one for one in (Interval, Disc, OneOf, Amount, Count, Words)}
_KIND_OF = {name: _KINDS[says.partition(":")[0]] for name, says in ATTRIBUTES.items()}


@small
class Claim:
    """One source's statement of one attribute; it belongs to that source for ever.

    `said` is the words or the cell that the value was read from; `column` the character (text) or column name (table).
    """

    attribute: Attribute
    value: Value
    said: str = ""
    column: str = ""


def _is_of_its_kind(claim: Claim) -> None:
    """Refuse a value that is not of the attribute's kind, nor `Unknown`, and a term that the vocabulary has not."""
    if isinstance(claim.value, Unknown):
        return
    is_fact = claim.attribute.startswith(FACT)
    if not isinstance(claim.value, _KIND_OF.get(claim.attribute, OneOf if is_fact else Amount)):
        raise ValueError(f"a value of the kind {claim.value.kind} says nothing of {claim.attribute}")
    if isinstance(claim.value, OneOf) and (is_fact or claim.attribute in FAMILIES):
        for term in (*claim.value.any_of, *claim.value.none_of):
            if not is_fact:
                known_term(claim.attribute, term)
            elif term not in ("yes", "no"):
                raise ValueError(f"{term!r} is no answer to {claim.attribute}: yes or no")


def _one_of_each(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Return *claims* in the one order in which they stand: that of `ATTRIBUTES`, then of the names of single facts."""
    for claim in claims:
        _is_of_its_kind(claim)
    ordered = tuple(sorted(claims, key=lambda claim: _place_of(claim.attribute)))
    for one, other in pairwise(ordered):
        if one.attribute == other.attribute:
            raise ValueError(f"{one.attribute} is claimed twice; each attribute is claimed once")
    return ordered


_PLACES = {name: place for place, name in enumerate(ATTRIBUTES)}


def _place_of(attribute: str) -> tuple[int, str]:
    return _PLACES.get(attribute, len(_PLACES)), attribute


Claims = Annotated[tuple[Claim, ...], AfterValidator(_one_of_each)]
"""What one report claims: each attribute once, in one order, so that nothing hangs on how its input was ordered."""
