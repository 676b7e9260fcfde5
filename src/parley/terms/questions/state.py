"""State: has an earlier breach by the other side released the actor from the clause?"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from parley.model import Reason
from parley.model.past import Earlier
from parley.terms.history import MOST_NAMED
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, WORDS, Timeless, View, throughout


@dataclass(frozen=True)
class Released(Timeless):
    """Had a side broken one of *clauses* against the actor's side before, against whom the actor now acts?

    A breach by an associated force is its party's. `sides` are the parties bound: where there are two, the other one is
    whom a breach is committed against, even where nobody says who was affected.
    """

    clauses: tuple[str, ...]
    sides: tuple[str, ...]
    says: str = "an earlier breach by the other side had released the actor"
    reads: tuple[str, ...] = ("actor", "affected", "time")
    anew = True

    def truth(self, view: View) -> int:
        if any(name in view.frame.terms.hidden for name in self.clauses):
            return UNKNOWN
        if view.history.unknown:
            return UNKNOWN
        if view.history.nothing:
            return FALSE
        spans = view.given.said.get("span", ())
        if not spans:
            return UNKNOWN
        return throughout(self._of(actor, view) for actor in self._actors(view))

    def _actors(self, view: View) -> list[str]:
        """Return the sides of which one acted; "" for one that is not known."""
        people, mask = view.frame.people, view.given["actor"]
        mask = people.anybody if mask is None else mask
        found = list(people.principals(mask))
        return [*found, ""] if mask & ~people.named else found

    def _of(self, actor: str, view: View) -> int:
        found = FALSE
        for truth, _ in self._each(actor, view):
            found = max(found, truth)
            if found == TRUE:
                break
        return found

    def _each(self, actor: str, view: View, each: bool = False) -> Iterator[tuple[int, Earlier]]:
        """Yield for each earlier finding whether it releases *actor*: true, or unknown; others are left out."""
        against = self._against(view)
        for one, certain in view.history.of(self.clauses, view.given.said.get("span", ()), each=each):
            # By another side; committed against the actor's; and towards that other side alone.
            by = {side for side in one.by if side != actor}
            if one.by and not by:
                continue
            victims = self._victims(one)
            if victims and actor and actor not in victims:
                continue
            if against and by and not against & by:
                continue
            sure = certain and bool(actor) and actor not in one.by and len(one.by) == 1
            sure = sure and victims == {actor} and len(against) == 1 and against == by
            yield (TRUE if sure else UNKNOWN), one

    def _victims(self, one: Earlier) -> set[str]:
        """Return against whom *one* may have been committed; nobody where that is not known."""
        if not one.against and len(self.sides) == 2 and one.by:
            return set(self.sides) - set(one.by) or set(self.sides)
        return set(one.against)

    def _against(self, view: View) -> set[str]:
        """Return the sides towards which the actor may have acted; nobody where that is not known."""
        people, mask = view.frame.people, view.given["affected"]
        if mask is None or mask & (people.OTHER | people.STRANGER | people.CIVIL):
            actors = set(self._actors(view))
            return set(self.sides) - actors if len(self.sides) == 2 and len(actors) == 1 else set()
        sides = set(people.principals(mask))
        roles = {party.role for party in people.each(mask) if party is not None}
        if len(self.sides) == 2 and roles == {"population"}:
            actors = set(self._actors(view))
            return set(self.sides) - actors if len(actors) == 1 else set()
        return sides

    def reason(self, view: View, truth: int) -> Reason:
        if any(name in view.frame.terms.hidden for name in self.clauses):
            because = "that rests on a confidential clause"
            return Reason(self.says, "unknown", (because,), self.reads, ("a confidential clause",))
        if view.history.nothing:
            return Reason(self.says, "false", ("no breach of it was found before",), self.reads)
        if not view.given.said.get("span"):
            return Reason(self.says, WORDS[truth], ("when it happened is not known",), ("time",), ("time",))
        every = (one for actor in self._actors(view) for one in self._each(actor, view, each=True))
        found = list(islice(every, MOST_NAMED))
        named = list(dict.fromkeys(one.incident for _, one in found))
        names = ", ".join(named)
        if truth == FALSE:
            because = "no breach was found before by another side, against the actor's and towards which it acted"
            return Reason(self.says, "false", (because,), self.reads)
        if truth == TRUE:
            sure = next(one for so, one in found if so == TRUE)
            return Reason(self.says, "true", (f"the other side broke it before ({sure.incident})",), self.reads)
        because = f"it rests on whether {names} was a breach by the other side before"
        missing = [f"whether {names} was a breach"] if named else []
        if view.given["actor"] is None:
            missing.insert(0, "actor")
        return Reason(self.says, "unknown", (because,), self.reads, tuple(missing) or ("actor",))
