"""The words of the language: what an agreement's file may say, and nothing else."""

from parley.terms.language.agreement import Agreement
from parley.terms.language.calendar import (
    Ending,
    Event,
    Extension,
    Notice,
    PutOff,
    Relative,
    Renewal,
    Suspension,
    Until,
    When,
)
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
    Quantity,
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
    "PutOff",
    "Quantity",
    "Reading",
    "Relative",
    "Renewal",
    "Site",
    "Standard",
    "Suspension",
    "Until",
    "When",
    "Zone",
    "faults",
]
