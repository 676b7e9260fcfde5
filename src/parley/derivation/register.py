"""The register of places and sources: what the desk's statements leave of it."""

from collections.abc import Container, Iterable
from typing import TypeVar

from parley.model import Register, RegisteredPlace, RegisteredSource, fold

T = TypeVar("T", RegisteredPlace, RegisteredSource)
Said = tuple[int, RegisteredPlace | RegisteredSource]


def register_of(said: Iterable[Said], undone: Container[int]) -> Register:
    """Return what holds of *said*, each with its entry, in order: of two with the same name the later.

    Args:
        undone: the entries of those that an act of the desk withdrew.
    """
    held = [one for one in said if one[0] not in undone]
    return Register(
        _latest((entry, one) for entry, one in held if isinstance(one, RegisteredPlace)),
        _latest((entry, one) for entry, one in held if isinstance(one, RegisteredSource)),
    )


def _latest(said: Iterable[tuple[int, T]]) -> dict[int, T]:
    by_name: dict[str, tuple[int, T]] = {}
    for entry, one in said:
        by_name.pop(fold(one.name), None)
        by_name[fold(one.name)] = entry, one
    return dict(by_name.values())
