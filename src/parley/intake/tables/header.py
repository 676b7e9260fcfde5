"""The header of a table → what whoever reads its rows calls the columns."""

import re
from collections.abc import Collection, Mapping, Sequence

from parley.model import fold

_OVER_LINES = re.compile(r"\s*\n\s*")


def header_names(heading: Sequence[str], needed: Collection[str], names: Mapping[str, str]) -> list[str]:
    """Return what whoever reads the rows calls the columns of *heading*; those that nobody knows keep their names.

    A column is known by its name as it stands, else by the names that `fold` makes equal to it.
    """
    by_fold = {fold(name): name for name in needed if name not in heading}
    by_fold |= {fold(other): name for other, name in names.items()}
    return [name if name in needed else by_fold.get(fold(name), name) for name in heading]


def twice_needed(header: Sequence[str], needed: Collection[str]) -> int | None:
    """Return where in *header* one of the *needed* columns stands the second time; None where none does."""
    return next((at for at, name in enumerate(header) if name in needed and name in header[:at]), None)


def each_once(header: Sequence[str]) -> list[str]:
    """Return *header* with a number behind each name that stands before it too: no cell may hide another."""
    seen: set[str] = set()
    found = []
    for number, name in enumerate(header, start=1):
        found.append(f"{name} ({number})" if name in seen else name)
        seen.add(name)
    return found


def column_name(cell: str) -> str:
    """Return the name of a column as the cell of a header holds it: stripped, and on one line."""
    return _OVER_LINES.sub(" ", cell.strip())
