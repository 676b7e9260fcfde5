"""A first mapping for two lists that are to be matched: what is proposed for each, and what both have beside it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parley.intake.mappings.proposal import Proposal, Raw, as_yaml, propose
from parley.intake.tables.head import Head
from parley.intake.values.nothing import is_nothing

_WHOLE = re.compile(r"\d{1,9}(\.0)?")
_MOST_WORDS = 40
"""A column of more different words in the first rows is no term that two lists share."""
_NEEDED = {"time": "a day", "place": "latitude and longitude"}


@dataclass(frozen=True)
class PairingProposal:
    """A mapping of two lists as plain data, as `Pairing` takes it, and what a person should look at."""

    raw: Raw
    notes: tuple[str, ...]

    def text(self) -> str:
        """Return the mapping as YAML, its notes as comments above it."""
        return as_yaml(self.raw, ("A proposal: check it, then `parley match LEFT RIGHT --mapping THIS`.", *self.notes))


def propose_pairing(left: Head, right: Head) -> PairingProposal:
    """Return a mapping for two tables with these heads."""
    heads = {"left": left, "right": right}
    sides = {side: propose(head) for side, head in heads.items()}
    notes: list[str] = []
    raw: Raw = {}
    for side, head in heads.items():
        raw[side], told = _with_ids(head, sides[side])
        notes += [f"{side}: {note}" for note in (*told, *_missing(sides[side]))]
        if "account" in raw[side]["claims"]:
            notes.append(f"{side}: if several rows may tell of one event, say `cardinality: posts`")
    compare = _compared(left, right, {column for one in sides.values() for column in one.mapping.columns()})
    if compare:
        for side in raw:
            raw[side]["compare"] = compare
    notes.append("`days`: by so many days may the times of two rows miss each other")
    return PairingProposal({**raw, "days": 2}, tuple(notes))


def _with_ids(head: Head, proposal: Proposal) -> tuple[Raw, list[str]]:
    """Return the mapping of one list, and a note where ids are read from a column whose name does not say so."""
    raw = {name: said for name, said in proposal.raw.items() if name not in ("source", "published")}
    if "reference" in raw:
        return raw, []
    used = proposal.mapping.columns()
    for column in head.columns:
        values = [row.get(column, "") for row in head.rows]
        if column not in used and values and all(values) and len(set(values)) == len(values):
            return {"reference": {"column": column}, **raw}, [f"ids are read from {column!r}: no two rows have one"]
    return raw, ["no column of ids was recognised: a row without one is left out"]


def _missing(proposal: Proposal) -> Iterator[str]:
    for claim, what in _NEEDED.items():
        if claim not in proposal.raw["claims"]:
            yield f"no column of {what} was recognised: `parley match` wants one"


def _compared(left: Head, right: Head, used: set[str]) -> Raw:
    """Return what is compared beside the claims: columns that both lists have and that mean nothing yet."""
    found: Raw = {}
    for column in left.columns:
        if column in right.columns and column not in used:
            cells = [row.get(column, "") for head in (left, right) for row in head.rows]
            values = [cell for cell in cells if cell and not is_nothing(cell)]
            if values and all(_WHOLE.fullmatch(value) for value in values):
                found.setdefault("ranges", {})[column] = {"best": {"column": column}}
            elif 1 < len(set(values)) <= _MOST_WORDS and not any(value[0].isdigit() for value in values):
                found.setdefault("terms", {})[column] = {"column": column}
    return found
