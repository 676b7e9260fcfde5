"""The agreement language: an agreement's own terms as data, applied to each account in the same way.

`load` reads and checks a file, `assess` says what its clauses make of an incident's accounts: breach, no breach,
unknown or not covered, with reasons and, where accounts lead to different answers, the crux.
"""

from parley.terms.assess import assess, assess_all
from parley.terms.cards import card
from parley.terms.cases import doubts, load_cases, run_cases
from parley.terms.established import load_established
from parley.terms.language import Agreement
from parley.terms.library import library_cases, library_names, library_text
from parley.terms.load import Checked, check, json_schema, load
from parley.terms.named_places import named_places
from parley.terms.plain import plain
from parley.terms.schedule import Adopted, Schedule
from parley.terms.terms import Terms
from parley.terms.versions import Change, changed_answers, changes

__all__ = [
    "Adopted",
    "Agreement",
    "Change",
    "Checked",
    "Schedule",
    "Terms",
    "assess",
    "assess_all",
    "card",
    "changed_answers",
    "changes",
    "check",
    "doubts",
    "json_schema",
    "library_cases",
    "library_names",
    "library_text",
    "load",
    "load_cases",
    "load_established",
    "named_places",
    "plain",
    "run_cases",
]
