"""What a file of cases gives as established: read, and checked against the agreement."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import Field

from parley.model import ATTRIBUTES, FACT, FAMILIES, Established, aspects, vocabulary
from parley.terms.checking.stories import Slip, Telling, local
from parley.terms.checking.wording import term_fault
from parley.terms.language import Duty
from parley.terms.language.basics import Part, Text
from parley.terms.language.faults import Fault, Path, perhaps
from parley.terms.terms import Terms


class Given(Part):
    """One question that is settled, as a file gives it: see `parley.model.Established`. Times are local."""

    subject: Text
    question: Text
    value: Any = ""
    by: str = ""
    entry: int | None = None
    start: Any = Field(default=None, alias="from")


def established(
    given: Iterable[tuple[Path, Given]], telling: Telling, incidents: int | None
) -> tuple[Established, ...]:
    """Return *given*, each with its path in the file; what is wrong is added to the faults of *telling*.

    *incidents* is how many the file tells of, I-00001 first; None where it may name any.
    """
    known = None if incidents is None else [f"I-{number:05}" for number in range(1, incidents + 1)]
    found = []
    for path, one in given:
        try:
            found.append(_one(one, telling.terms, known))
        except Slip as slip:
            telling.faults.append(slip.fault._replace(path=(*path, *slip.fault.path)))
    return tuple(found)


def _one(given: Given, terms: Terms, incidents: Sequence[str] | None) -> Established:
    questions = _questions(given.subject, terms, incidents)
    if questions is None:
        subjects = (
            *(clause.id for clause in terms.agreement.clauses),
            *terms.parties,
            terms.agreement.id,
            *(incidents or ()),
        )
        expected = "the id of a clause, a party, an incident such as I-00001, or the agreement"
        raise Slip(("subject",), expected, perhaps(given.subject, subjects), given.subject)
    if given.question not in questions:
        words = perhaps(given.question, questions) or f": {', '.join(questions)}"
        raise Slip(("question",), "a question about such a subject", words, given.question)
    start = None if given.start is None else terms.moment(local(given.start, ("from",)))
    return Established(
        subject=given.subject,
        question=given.question,
        value=_value(given, terms),
        by=given.by,
        entry=given.entry,
        start=start,
    )


def _questions(subject: str, terms: Terms, incidents: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return what may be settled about *subject*; None where it is nothing that the file has."""
    clause = next((one for one in terms.agreement.clauses if one.id == subject), None)
    if clause is not None:
        return ("consent", "reading", *aspects()) if isinstance(clause, Duty) else ("reading", *aspects())
    if subject in terms.parties:
        return ("bound",)
    if subject == terms.agreement.id:
        return ("consent",)
    if re.fullmatch(r"I-\d{5,}", subject) if incidents is None else subject in incidents:
        facts = (FACT + fact for fact in terms.facts)
        return ("exemption", "breach", *(name for name in ATTRIBUTES if name != "exemption"), *facts, *aspects())
    return None


def _value(given: Given, terms: Terms) -> str:
    """Return the value in the form in which `Established` has it."""
    said, path = given.value, ("value",)
    if isinstance(said, bool):
        said = "yes" if said else "no"
    if said is None or said == "":
        return ""
    if given.question == "consent":
        return terms.moment(local(said, path)).isoformat()
    if not isinstance(said, str | int | float):
        raise Slip(path, "one value in words", "", said)
    said = str(said)
    expected = next(_expected(given, said, terms), None)
    if expected is not None:
        raise Slip(path, expected.expected, expected.words, said)
    return said


def _expected(given: Given, said: str, terms: Terms) -> Iterator[Fault]:
    """Yield what is expected instead of *said*; nothing where it is right."""
    question = given.question
    clauses = [clause.id for clause in terms.agreement.clauses]
    if (question == "bound" or question.startswith(FACT)) and said not in ("yes", "no"):
        yield Fault((), "yes or no")
    elif question == "breach":
        clause, _, answer = said.rpartition(":")
        if clause not in clauses or answer not in ("yes", "no"):
            yield Fault((), "CLAUSE:yes or CLAUSE:no", perhaps(clause, clauses))
    elif question == "reading":
        readings = [one.id for one in terms.agreement.readings if not one.clauses or given.subject in one.clauses]
        if said not in (*readings, "as written"):
            yield Fault((), "a reading of the clause", perhaps(said, readings))
    elif question in FAMILIES and said not in vocabulary(question) and (question, said) != ("exemption", "none"):
        yield term_fault((), question, said)
