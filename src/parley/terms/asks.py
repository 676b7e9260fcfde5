"""The questions of a crux in words, and what would settle each."""

from collections.abc import Callable, Sequence

from parley.model import ASKS, EVIDENCE, FACT
from parley.terms.answers import Clause


class Asks:
    """What a clause asks, in the words of its agreement.

    Args:
        clauses: the clause in each version that has it, the newest first.
        earlier: gives the earlier incidents on which it rests, in words.
    """

    def __init__(self, clauses: Sequence[Clause], earlier: Callable[[], str]) -> None:
        self.clauses, self.earlier = clauses, earlier
        self.terms = [clause.rules.terms for clause in clauses]

    def settled_by(self, name: str) -> str:
        """Return what would settle a question: as the agreement's file says for a fact, else the usual evidence."""
        kind, _, rest = name.partition(":")
        if name.startswith(FACT):
            fact = next((terms.facts[rest] for terms in self.terms if rest in terms.facts), None)
            return (fact.settled_by or f"whoever can say: {fact.asks}") if fact else "whoever knows the fact"
        interpreter = self.terms[0].agreement.interpreter
        if kind == "reading" and interpreter is not None:
            return interpreter.name
        return EVIDENCE[kind]

    def ask(self, name: str) -> str:
        """Return a question in words."""
        kind, _, rest = name.partition(":")
        fact = next((terms.facts[rest] for terms in self.terms if rest in terms.facts), None)
        party = next((terms.parties[rest] for terms in self.terms if rest in terms.parties), None)
        ask: dict[str, Callable[[], str]] = {
            "fact": lambda: fact.asks if fact else rest.replace("-", " "),
            "quantity": lambda: f"how many: {rest.replace('-', ' ')}" if rest else "how many",
            "bound": lambda: f"was {party.name if party else rest} bound at the time",
            "start": lambda: f"had it begun by then ({rest.partition('|')[0]})" if rest else "had it begun by then",
            "end": lambda: f"had {'the agreement' if rest == 'agreement' else self._article(rest)} ended by then",
            "due": lambda: f"was {self._article(rest)} due by then",
            "suspended": lambda: f"was {self._article(rest)} suspended at the time",
            "reading": lambda: f"which reading of {self._read(name)} holds",
            "earlier": lambda: f"were the earlier findings on {self.earlier()} breaches",
        }
        return ask[kind]() if kind in ask else ASKS[name]

    def _article(self, clause: str) -> str:
        return next(terms.clauses[clause].article for terms in self.terms if clause in terms.clauses)

    def _read(self, name: str) -> str:
        rules = next(clause.rules for clause in self.clauses if name in clause.rules.disputes)
        articles = [one_.article for one_ in rules.terms.agreement.clauses if rules.disputes[name].about(one_)]
        return " and ".join(articles) if len(articles) <= 3 else "the text"
