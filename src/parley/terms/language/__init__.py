"""The words of the language: what an agreement's file may say, and nothing else."""

from parley.terms.language.agreement import Agreement
from parley.terms.language.basics import fold
from parley.terms.language.calendar import Ending, Event, Extension, Notice, Relative, Renewal, Until, When
from parley.terms.language.clauses import (
    Clause,
    Duty,
    Exemption,
    Fact,
    Grade,
    MeansOf,
    Permission,
    Prevention,
    Prohibition,
    Reading,
    Standard,
)
from parley.terms.language.faults import faults
from parley.terms.language.parties import Adherence, Designation, Exclusion, Party
from parley.terms.language.space import Line, Site, Zone

__all__ = [
    "Adherence",
    "Agreement",
    "Clause",
    "Designation",
    "Duty",
    "Ending",
    "Event",
    "Exclusion",
    "Exemption",
    "Extension",
    "Fact",
    "Grade",
    "Line",
    "MeansOf",
    "Notice",
    "Party",
    "Permission",
    "Prevention",
    "Prohibition",
    "Reading",
    "Relative",
    "Renewal",
    "Site",
    "Standard",
    "Until",
    "When",
    "Zone",
    "faults",
    "fold",
]
