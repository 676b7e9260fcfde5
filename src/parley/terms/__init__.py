"""The agreement language: an agreement's own terms as data, applied to each account in the same way.

`load` reads and checks a file, `assess` says what its clauses make of an incident's accounts: breach, no breach,
unknown or not covered, with reasons and, where accounts lead to different answers, the crux.
"""

from parley.terms.assess import assess, assess_all
from parley.terms.cases import load_cases, run_cases
from parley.terms.language import Agreement
from parley.terms.library import library_cases, library_names, library_text
from parley.terms.load import json_schema, load
from parley.terms.plain import plain
from parley.terms.terms import Terms
from parley.terms.versions import changed_answers, changes

__all__ = [
    "Agreement",
    "Terms",
    "assess",
    "assess_all",
    "changed_answers",
    "changes",
    "json_schema",
    "library_cases",
    "library_names",
    "library_text",
    "load",
    "load_cases",
    "plain",
    "run_cases",
]
