"""The terms of the vocabulary and how they contain one another (data: `vocabulary.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from parley.model.assessment import Truth


@dataclass(frozen=True)
class Term:
    """A term, its text for readers, all wider terms (transitively), and the calibre of a named system (millimetres)."""

    name: str
    text: str
    wider: frozenset[str]
    calibre_mm: float | None = None


FAMILIES = ("act", "means", "object", "done", "exemption")
"""The attributes whose names are terms; those of the others are names, of which none contains another."""


@cache
def vocabulary(family: str) -> Mapping[str, Term]:
    """Return the terms of *family*, one of `FAMILIES`, by name; raise KeyError for another family."""
    raw = YAML(typ="safe").load(resources.files("parley.model").joinpath("vocabulary.yaml").read_text("utf-8"))[family]

    def wider(name: str) -> frozenset[str]:
        direct = raw[name].get("is", [])
        return frozenset(direct).union(*(wider(parent) for parent in direct))

    return {name: Term(name, entry["text"], wider(name), entry.get("calibre_mm")) for name, entry in raw.items()}


def is_a(family: str, said: str, asked: str) -> Truth:
    """Say whether what is called *said* is an *asked*: true, false, or unknown where *said* is the wider term.

    Raises KeyError where either is not in the family.
    """
    terms = vocabulary(family)
    if said == asked or asked in terms[said].wider:
        return "true"
    return "unknown" if said in terms[asked].wider else "false"
