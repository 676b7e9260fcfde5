"""Words of a source → values of claims: a name or a term, one of several, or unknown."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from parley.intake.faults import Unreadable
from parley.model import (
    FACT,
    FAMILIES,
    UNREADABLE,
    Attribute,
    Cause,
    Claim,
    OneOf,
    Unknown,
    Value,
    fold,
    one,
    vocabulary,
)

UNKNOWN = "unknown"
NO_REASON = Unknown(why=Cause(code="no-reason"))
"""The value where a source says that it does not know, and no more."""
MOST_NAMES = 1000
"""How many names one claim may hold."""


def partly_unknown(start: str, end: str) -> Unknown:
    """Return the value of a time of which the source says that it does not know the *start*, or the *end*."""
    return Unknown(why=Cause(code="partly-unknown", params={"start": start, "end": end}))


def is_unknown(word: object) -> bool:
    """Say whether a source says with *word* that it does not know."""
    return isinstance(word, str) and fold(word) == UNKNOWN


@lru_cache(maxsize=4096)
def name(words: str) -> OneOf:
    """Return the exact value *words*; equal ones are made once."""
    return one(words)


def term(family: str, word: str) -> str:
    """Return the term of *family* that *word* names, however it is spelled; raise Unreadable where there is none."""
    found = fold(word).replace(" ", "-")
    if found not in vocabulary(family):
        raise Unreadable("not-a-term", word, family=family)
    return found


def alternatives(attribute: str, any_of: Iterable[str], none_of: Iterable[str]) -> Value | None:
    """Return what a source says with the words *any_of* (one of these) and *none_of* (none of these).

    Returns:
        None where there are no words at all: the source is silent.

    Raises:
        Unreadable: a word is not in the vocabulary, or the same name is claimed and denied.
    """
    said = dict.fromkeys(word for word in any_of if word)
    denied = dict.fromkeys(word for word in none_of if word and not is_unknown(word))
    if len(said) + len(denied) > MOST_NAMES:
        raise Unreadable("too-many-names", most=MOST_NAMES, names=len(said) + len(denied))
    if any(map(is_unknown, said)):
        return OneOf(none_of=_read(attribute, denied)) if denied else NO_REASON
    if not said and not denied:
        return None
    chosen, excluded = _read(attribute, said), _read(attribute, denied)
    denials = set(map(fold, excluded))
    if both := [word for word in chosen if fold(word) in denials]:
        raise Unreadable("claimed-and-denied", both[0])
    if len(chosen) == 1 and not excluded:
        return name(chosen[0])
    return OneOf(any_of=chosen, none_of=excluded)


def _read(attribute: str, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_one(attribute, word) for word in words))


def _one(attribute: str, word: str) -> str:
    if attribute.startswith(FACT):
        answer = fold(word)
        if answer not in ("yes", "no"):
            raise Unreadable("not-yes-or-no", word)
        return answer
    return term(attribute, word) if attribute in FAMILIES else word


def spared(attribute: Attribute, read: Callable[[], Claim], faults: list[Unreadable]) -> Claim:
    """Return the claim that *read* makes; where it cannot, note why in *faults* and return the claim that says so."""
    try:
        return read()
    except Unreadable as fault:
        faults.append(fault)
        return not_understood(attribute, fault, fault.field or "")


def not_understood(attribute: Attribute, fault: Unreadable, column: str = "") -> Claim:
    """Return the claim that stands where the source did say something of *attribute*, but not what can be read."""
    params = {} if attribute in FAMILIES else {**fault.params, "fault": fault.code}  # a family's terms are many
    why = Cause(code=UNREADABLE, params={**params, "found": fault.quoted})
    return Claim(attribute=attribute, value=Unknown(why=why), said=fault.quoted, column=column)
