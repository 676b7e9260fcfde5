"""The single questions that clauses ask, each with its reason: who, when, where, what, and what was found before."""
