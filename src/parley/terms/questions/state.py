"""State: has an earlier breach by the other side released the actor from the clause?"""

from dataclasses import dataclass
from typing import ClassVar

from parley.model import Attribute, Interval, OneOf, Reason
from parley.terms.facts import Facts
from parley.terms.questions.logic import not_these, silent
from parley.terms.terms import Terms


@dataclass(frozen=True)
class NotReleased:
    """Had nobody but the actor's own side broken one of *clauses* before?"""

    clauses: tuple[str, ...]
    reads: ClassVar[tuple[Attribute, ...]] = ("actor", "time")

    def ask(self, facts: Facts, terms: Terms) -> Reason:
        asked = "had no earlier breach by the other side released the actor"
        actor, when = facts.known("actor"), facts.known("time")
        if not isinstance(when, Interval):
            return silent(asked, "time", "when it happened")
        if any(name in terms.hidden for name in self.clauses):
            because = "that rests on a confidential clause"
            return Reason(asked, "unknown", because, self.reads, ("a confidential clause",))
        earlier = [one for one in terms.history.of(self.clauses) if one.time.start <= when.start]
        if not earlier:
            return Reason(asked, "true", "no breach of it was found before", self.reads)
        if not isinstance(actor, OneOf) or not actor.any_of:
            return silent(asked, "actor", not_these(actor, "who acted"))
        own = {party.id for name in actor.any_of for party in terms.named(name) or ()}
        others = [one for one in earlier if not (own and one.by and one.by <= own)]
        if not others:
            return Reason(asked, "true", "only the actor's own side broke it before", self.reads)
        sure = [one for one in others if one.sure and one.by and not one.by & own and own]
        if sure:
            return Reason(asked, "false", f"the other side broke it before ({sure[0].incident})", self.reads)
        names = ", ".join(dict.fromkeys(one.incident for one in others))
        because = f"it rests on whether {names} was a breach by the other side"
        return Reason(asked, "unknown", because, self.reads, (f"whether {names} was a breach",))
