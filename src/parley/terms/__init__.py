"""The agreement language: an agreement's own terms as data, applied to each account in the same way.

`load` reads and checks a file, `assess` says what its clauses make of an incident's accounts: breach, no breach,
unknown or not covered, with reasons and, where accounts lead to different answers, the crux.
"""

from parley.terms.assess import assess, assess_all
from parley.terms.language import Agreement
from parley.terms.library import library_names, library_text
from parley.terms.load import load
from parley.terms.terms import Terms

__all__ = ["Agreement", "Terms", "assess", "assess_all", "library_names", "library_text", "load"]
