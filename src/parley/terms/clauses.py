"""The clauses of an agreement as trees of questions: a rule, and above it its exceptions, each with its label.

*Scope* true: the clause covers the act. *Conduct* true: the act is contrary to it. A precedence takes an act out of the
scope, a permission or an exemption out of the conduct; a reading puts other words into the rule. An exception applies
only where all that it asks is so, the acts of the other clause included. As in Catala (Merigoux, Chataing, Protzenko:
Catala, a programming language for the law, 2021) every exception names the rule that it changes; where two would give
different answers, the outer one decides: exclusion, precedence, release, then permission, then exemption.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from parley.model import vocabulary
from parley.terms import language
from parley.terms.language import Duty, Permission, Prevention, Prohibition, Standard
from parley.terms.questions.duty import Contrary
from parley.terms.questions.logic import FALSE, TRUE, UNKNOWN, All, Any, Ask, Hidden, Node, Question, Read, Unless
from parley.terms.questions.state import Released
from parley.terms.questions.what import Exempt, FactIs, IsAct, IsMeans, IsObject
from parley.terms.questions.when import InForce, Suspended
from parley.terms.questions.where import InOwn, Inside
from parley.terms.questions.who import ActsOf, Answerable, Bound, NotAgainstExcluded, adherence_of
from parley.terms.readings import Dispute, disputes, versions
from parley.terms.terms import Terms


@dataclass(frozen=True)
class Version:
    """A clause as one combination of readings has it: its scope and its conduct."""

    clause: language.Clause
    scope: All
    conduct: All


@dataclass(frozen=True)
class Tree:
    """A clause with its versions, by the numbers of the ways of the disputes that are about it."""

    clause: language.Clause
    disputes: tuple[Dispute, ...]
    versions: tuple[tuple[tuple[int, ...], Version], ...]


class Questions:
    """The questions of all clauses of an agreement, each asked once for all that is alike in what it reads."""

    def __init__(self) -> None:
        self.all: list[Question] = []
        self._numbers: dict[Question, int] = {}

    def ask(self, question: Question) -> Ask:
        """Return the node of *question*, the same number for equal ones."""
        number = self._numbers.setdefault(question, len(self.all))
        if number == len(self.all):
            self.all.append(question)
        return Ask(number)


class Builder:
    """Takes the clauses of an agreement apart."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.questions = Questions()
        self.disputes = disputes(terms.agreement)
        self._open = tuple(
            dict.fromkeys(
                party.of or party.id
                for party in terms.people.alone
                if (not adherence_of(party, terms) and party.role == "group")
                or any(not period.certain for period in adherence_of(party, terms))
            )
        )
        self._others = {**terms.clauses, **terms.hidden}

    def tree(self, clause: language.Clause) -> Tree:
        """Return *clause* with all its versions."""
        about = tuple(one for one in self.disputes if one.about(clause))
        found = tuple((ways, self._version(read)) for ways, read in versions(clause, about))
        return Tree(clause, about, found)

    def _version(self, clause: language.Clause) -> Version:
        return Version(clause, All(tuple(self._scope(clause))), All(tuple(self._conduct(clause))))

    def _covers(self, name: str, says: str) -> Node:
        """Return the node that asks whether the clause *name* covers an act, its kinds of act included."""
        if name in self.terms.hidden:
            return self.questions.ask(Hidden(says))
        clause = self._others[name]
        about = tuple(one for one in self.disputes if one.about(clause))
        by_ways = {ways: All((*self._scope(read), *self._acts(read)), says) for ways, read in versions(clause, about)}

        def read(at: int, ways: tuple[int, ...]) -> Node:
            if at == len(about):
                return by_ways[ways]
            return Read(about[at].name, [read(at + 1, (*ways, way)) for way in range(len(about[at].ways))])

        return read(0, ())

    def _acts(self, clause: language.Clause) -> Iterator[Node]:
        """Yield what asks for the kinds of act, where the scope does not."""
        if isinstance(clause, Prohibition | Prevention | Permission):
            yield self.questions.ask(IsAct(clause.acts, of_exception=True))
        elif isinstance(clause, Duty):
            yield self.questions.ask(IsAct(clause.does, of_exception=True))
        elif clause.acts:
            yield self.questions.ask(IsAct(clause.acts, of_exception=True))

    def _scope(self, clause: language.Clause) -> Iterator[Node]:
        """Yield what decides whether *clause* covers an act."""
        ask, agreement = self.questions.ask, self.terms.agreement
        yield ask(self._in_force(clause))
        if clause.suspended and not isinstance(clause, Duty):
            suspended = Suspended(clause.id, clause.suspended, self.terms.times_rest_on_findings(clause))
            yield Unless(ask(suspended), "the clause was not suspended", "the suspension", "suspended")
        if clause.zone or agreement.area:
            yield self._inside(clause.zone or agreement.area or "")
        if clause.outside:
            yield self._outside(clause.outside)
        for area in agreement.excludes.areas if clause.excluded_areas else ():
            yield self._outside(area)
        if isinstance(clause, Prevention):
            yield ask(ActsOf(clause.acts_of))
            yield ask(Answerable(clause.binds, self._open))
        else:
            yield ask(Bound(clause.binds, clause.excluded_groups, self._open))
        designated = any(party.designated for party in agreement.parties)
        if clause.excluded_groups and designated and not isinstance(clause, Duty | Standard):
            yield ask(NotAgainstExcluded())
        if clause.released_by_breach_of:
            released = Released(clause.released_by_breach_of, self._sides(clause))
            yield Unless(
                ask(released), "the actor was not released", "the release", "released by the other side's breach"
            )
        yield from self._about(clause)
        for name in clause.yields_to:
            other = self._others.get(name)
            article = other.article if other and name not in self.terms.hidden else name
            says = f"{article}, which goes before, does not cover it"
            yield Unless(self._covers(name, says), says, article, f"gives way to {article}")

    def _in_force(self, clause: language.Clause) -> InForce:
        start = clause.start or self.terms.agreement.start
        rests = self.terms.times_rest_on_findings(clause)
        own = clause.until is not None or clause.renewal is not None
        ends = f"end:{clause.id if own else 'agreement'}"
        outlives = self._due_in_time(clause) if isinstance(clause, Duty) else FALSE
        return InForce(start, clause.until, clause.renewal, ends, rests, outlives)

    def _due_in_time(self, duty: Duty) -> int:
        """Return whether *duty* is due before it ends, or as it ends, so that it can be found broken afterwards."""
        due, end = self.terms.deadline(duty), self.terms.ends(duty.until, duty.renewal)
        if due.latest <= end.earliest:
            return TRUE
        return FALSE if due.earliest > end.latest else UNKNOWN

    def _sides(self, clause: language.Clause) -> tuple[str, ...]:
        """Return the parties between which *clause* stands."""
        people = self.terms.people
        if clause.binds:
            return people.principals(people.bound_with(clause.binds))
        bound = [one for one in people.alone if adherence_of(one, self.terms)]
        parties = [one for one in bound if one.role == "party"] or bound
        return tuple(dict.fromkeys(people.principal(one) for one in parties))

    def _about(self, clause: language.Clause) -> Iterator[Node]:
        """Yield what *clause* says of means, objects and, where the act is no matter of conduct, acts."""
        ask = self.questions.ask
        if isinstance(clause, Standard):
            if clause.acts:
                yield ask(IsAct(clause.acts))
            return
        if clause.means:
            yield ask(IsMeans(clause.means))
        if isinstance(clause, Prohibition) and clause.grades:
            grades = [All((ask(IsMeans(grade.means)), self._inside(grade.zone))) for grade in clause.grades]
            yield Any(grades, "the means count at that place")
        if clause.objects:
            yield ask(IsObject(clause.objects, isinstance(clause, Prohibition) and clause.registered))
        if isinstance(clause, Permission):
            yield ask(IsAct(clause.acts))
            yield from map(self._fact, clause.requires)

    def _fact(self, name: str) -> Ask:
        return self.questions.ask(FactIs(name, self.terms.facts[name].asks))

    def _conduct(self, clause: language.Clause) -> Iterator[Node]:
        """Yield what decides whether an act that *clause* covers is contrary to it."""
        ask = self.questions.ask
        if isinstance(clause, Standard):
            yield self._fact(clause.ruling)
        elif isinstance(clause, Duty):
            yield ask(Contrary(clause, self.terms.times_rest_on_findings(clause) or bool(clause.together_with)))
        elif isinstance(clause, Permission):
            says = "such an act is contrary to a clause that permits it"
            yield Unless(All(()), says, f"the permission of {clause.article}", "permitted")
        else:
            yield ask(IsAct(clause.acts))
            if isinstance(clause, Prevention) and clause.unless:
                measures = All(tuple(map(self._fact, clause.unless)))
                says = "it was not prevented as far as the clause asks"
                yield Unless(measures, says, "what the clause asks of those bound", "prevented as far as asked")
            for other in self._others.values():
                if isinstance(other, Permission) and (not other.over or clause.id in other.over):
                    article = "a confidential clause" if other.id in self.terms.hidden else other.article
                    label = "permitted" if other.id in self.terms.hidden else f"permitted by {article}"
                    says = f"{article} does not permit it"
                    yield Unless(self._covers(other.id, says), says, f"the permission of {article}", label)
            if isinstance(clause, Prohibition) and clause.exempt:
                asks = tuple((fact, self.terms.facts[fact].asks) for one in clause.exempt for fact in one.requires)
                grounds = " or ".join(vocabulary("exemption")[one.ground].text for one in clause.exempt)
                exempt = ask(Exempt(clause.exempt, asks))
                yield Unless(exempt, "no exemption holds", "the exemption", f"exempt: {grounds}")

    def _inside(self, name: str) -> Ask:
        zone = self.terms.zones[name]
        if zone.for_party is None:
            return self.questions.ask(Inside(name, zone.name))
        return self.questions.ask(InOwn(zone.name, tuple(zone.for_party.items())))

    def _outside(self, name: str) -> Node:
        zone = self.terms.zones[name]
        return Unless(self._inside(name), f"it was outside {zone.name}", zone.name, f"outside {zone.name}")


def zones_of(builder: Builder) -> set[str]:
    """Return the zones with a shape of their own of which any question asks."""
    found: set[str] = set()
    for question in builder.questions.all:
        if isinstance(question, Inside):
            found.add(question.zone)
        elif isinstance(question, InOwn):
            found.update(zone for _, zone in question.zones)
    return found


def aspects(tree: Tree) -> frozenset[str] | None:
    """Return the aspects of a happening that a clause is about; None where it asks for a ruling alone."""
    found: set[str] = set()
    for _, version in tree.versions:
        clause = version.clause
        acts = clause.does if isinstance(clause, Duty) else clause.acts
        if isinstance(clause, Standard) and not acts:
            return None
        found.update(vocabulary("act")[name].aspect for name in acts)
        if isinstance(clause, Duty) and "withdrawal" in acts:
            found.add("presence")
    return frozenset(found)
