"""Worked cases of an agreement: small stories with the answer that an expert gives, as data beside the agreement.

A case changes the file's `base` story by its `facts` (null takes one away), and says which answer `clause` gives, under
one `reading` if there are rival ones, `after` earlier incidents whose facts are all established. With `accounts` in
place of `facts`, several sources tell the base story, each with changes of its own: `answer` is that of each of them,
`agreed` what holds on every combination, `comparison` how they compare. `established` is what people hold as settled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import Field, PrivateAttr, ValidationError

from parley.model import (
    Account,
    Answer,
    Attribute,
    Claim,
    ClauseAnswer,
    ClauseAssessment,
    Comparison,
    Difference,
    Disc,
    Established,
    Incident,
    Interval,
    ReadingAssessment,
    Saying,
    Showing,
    TermsError,
    TermsProblem,
    Value,
)
from parley.terms.assess import assess_all
from parley.terms.checking.settled import Given, established
from parley.terms.checking.source import Source, read
from parley.terms.checking.stories import Story, Telling, claims
from parley.terms.checking.wording import plain_faults
from parley.terms.confidential import Veil
from parley.terms.language.basics import Part, Text
from parley.terms.language.faults import Fault, Path, perhaps
from parley.terms.terms import Terms

KEPT = "The case is tested as it is written."
_NOWHERE = Disc(lat=0, lon=0, radius_m=20_000_000)
_ANY_TIME = Interval(start=datetime.fromisoformat("1900-01-01T00:00Z"), end=datetime.fromisoformat("2200-01-01T00:00Z"))


class Case(Part):
    """One story and the answer that an expert gives."""

    case: Text
    clause: Text
    answer: Answer | Showing | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    accounts: tuple[dict[str, Any], ...] = ()
    reading: str | None = None
    after: tuple[dict[str, Any], ...] = ()
    established: tuple[Given, ...] = ()
    agreed: Answer | None = None
    comparison: Comparison | None = None
    because: str = ""


class Cases(Part):
    """All worked cases of one agreement."""

    agreement: Text
    base: dict[str, Any]
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    established: tuple[Given, ...] = ()
    _source: Source = PrivateAttr(default=Source("cases", "", {}))

    @property
    def source(self) -> Source:
        """The file from which the cases were read, for the places of what is told of them."""
        return self._source


@dataclass(frozen=True)
class Outcome:
    """What came out of a case: what the clause makes of it, and whether that and its reason are as expected."""

    case: Case
    number: int
    assessed: ClauseAssessment | ReadingAssessment

    @property
    def answer(self) -> ClauseAnswer:
        """The answer of the first account that is not as expected, or of the first."""
        answers = self.assessed.accounts
        return next((one for one in answers if self.case.answer not in (None, one.answer, one.shown)), answers[0])

    @property
    def differs(self) -> tuple[tuple[str, str, str], ...]:
        """What is not as expected: which field of the case, what it expects, and what was found."""
        case, found, answer = self.case, self.assessed, self.answer
        told: list[tuple[str, str | None, str]] = [
            ("answer", case.answer, answer.answer if case.answer in get_args(Answer) else answer.shown),
            ("agreed", case.agreed, found.agreed.answer),
        ]
        if isinstance(found, ClauseAssessment):
            told.append(("comparison", case.comparison, found.comparison))
        if case.because and case.because not in self.answer.reasons.in_a_line:
            told.append(("because", case.because, self.answer.reasons.in_a_line))
        return tuple((name, asked, got) for name, asked, got in told if asked and asked != got)

    @property
    def as_expected(self) -> bool:
        return not self.differs


def load_cases(text: str, name: str, terms: Terms | None = None, reader: str | None = None) -> Cases:
    """Return the cases that *text* holds; raise TermsError where it holds none.

    Where *terms* are given, messages quote nothing of what *reader* may not see of them.
    """
    source = read(text, name, "worked cases", "agreement: river-truce")
    veil = Shown(terms, reader, source)
    if "format" in source.data and "clauses" in source.data:
        expected = "worked cases, which start with agreement: river-truce"
        raise TermsError(source.problems([Fault((), expected, "", "an agreement")], veil))
    try:
        cases = Cases.model_validate(source.data)
    except ValidationError as error:
        raise TermsError(source.problems(plain_faults(error.errors(), source, _schema()), veil)) from None
    faults = []
    for at, case in enumerate(cases.cases):
        path: Path = ("cases", at)
        if case.answer is None and case.agreed is None and case.comparison is None:
            faults.append(Fault(path, "the key 'answer', such as answer: no breach"))
        if case.accounts and case.facts:
            faults.append(Fault((*path, "facts"), "facts, or else accounts of several sources", at_key=True))
    if faults:
        raise TermsError(source.problems(faults, veil))
    cases._source = source
    return cases


@cache
def _schema() -> dict[str, Any]:
    return Cases.model_json_schema(by_alias=True)


class Shown:
    """What of a file of cases may be quoted to *reader*: nothing of a case about a clause that it may not see.

    Where there are such clauses, nothing of what holds for all cases either.
    """

    def __init__(self, terms: Terms | None, reader: str | None, source: Source) -> None:
        self._source = source
        self._open: set[str] | None = None
        self._veil: Veil | None = None
        if terms is not None and terms.hidden_from(reader):
            self._open = {clause.id for clause in terms.for_reader(reader).agreement.clauses}
            self._veil = Veil(terms.agreement.model_dump(mode="json", by_alias=True, exclude_defaults=True), reader)

    def covers(self, path: Path) -> bool:
        """Say whether *path* leads into something that is not quoted."""
        if self._open is None or path[:1] not in (("cases",), ("base",), ("established",)):
            return False
        return path[:1] != ("cases",) or self._source.value((*path[:2], "clause")) not in self._open

    def reveals(self, text: str) -> bool:
        """Say whether *text* quotes a part of the agreement that is not shown."""
        return self._veil is not None and self._veil.reveals(text)


def run_cases(terms: Terms, cases: Cases, name: str, reader: str | None = None) -> tuple[Outcome, ...]:
    """Return the outcome of every case.

    Raises:
        TermsError: the cases are of another agreement, or name a clause, a reading or a fact that it has not, or a
            value that is none; with one problem for each, of which none quotes what *reader* may not see.
    """
    source = _named(cases.source, name)
    telling = Telling(terms, terms.for_reader(reader))
    told = [_told(telling, cases, at) for at in range(len(cases.cases))]
    faults = [*_foreign(terms, cases), *telling.faults]
    if faults:
        raise TermsError(source.problems(faults, Shown(terms, reader, source)))
    return tuple(_run(terms, cases.cases[at], at, *each) for at, each in enumerate(told))


def doubts(terms: Terms, cases: Cases, name: str, reader: str | None = None) -> tuple[TermsProblem, ...]:
    """Return what may not be meant in *cases*: names that nobody bears, local times that come never or twice."""
    source = _named(cases.source, name)
    telling = Telling(terms, terms.for_reader(reader))
    for at in range(len(cases.cases)):
        _told(telling, cases, at)
    return tuple(source.problems(telling.cautions, Shown(terms, reader, source), KEPT))


def _named(source: Source, name: str) -> Source:
    return Source(name, source.text, source.data)


def _foreign(terms: Terms, cases: Cases) -> Iterable[Fault]:
    """Yield what shows that *cases* are not of the agreement: its id, clauses and readings that it has not."""
    agreement = terms.agreement
    if cases.agreement != agreement.id:
        yield Fault(("agreement",), f"cases of the agreement {agreement.id!r}", "", cases.agreement)
        return
    clauses = [clause.id for clause in agreement.clauses]
    for at, case in enumerate(cases.cases):
        if case.clause not in clauses:
            expected = "the id of a clause of the agreement"
            yield Fault(("cases", at, "clause"), expected, perhaps(case.clause, clauses), case.clause)
            continue
        readings = [one.id for one in agreement.readings if not one.clauses or case.clause in one.clauses]
        plain = () if len(readings) > 1 else ("as written",)
        if case.reading is not None and case.reading not in (*readings, *plain):
            words = perhaps(case.reading, readings) if readings else "; it has none"
            yield Fault(("cases", at, "reading"), "a reading of the clause", words, case.reading)


Accounts = Sequence[Mapping[Attribute, Value]]
Told = tuple[tuple[Accounts, ...], tuple[Established, ...]]
"""What a case tells: the accounts of each of its incidents, the last of which is asked about, and what is settled."""


def _told(telling: Telling, cases: Cases, at: int) -> Told:
    """Return what the case numbered *at* tells."""
    case = cases.cases[at]
    path: Path = ("cases", at)
    base: tuple[Path, Story] = (("base",), cases.base)
    earlier = [(telling.story((base, ((*path, "after", nth), one))),) for nth, one in enumerate(case.after)]
    accounts: list[tuple[Path, Story]] = [((*path, "accounts", nth), one) for nth, one in enumerate(case.accounts)]
    last = tuple(telling.story((base, one)) for one in accounts or [((*path, "facts"), case.facts)])
    settled: list[tuple[Path, Given]] = [(("established", nth), one) for nth, one in enumerate(cases.established)]
    settled += [((*path, "established", nth), one) for nth, one in enumerate(case.established)]
    return (*earlier, last), established(settled, telling, len(earlier) + 1)


def because(terms: Terms, cases: Cases, outcome: Outcome, reader: str | None) -> str:
    """Return why *outcome* is as it is, in words that *reader* may see; "" where that rests on what it may not."""
    shown = terms.for_reader(reader)
    if shown is terms:
        return outcome.answer.reasons.in_a_line
    if outcome.case.clause in shown.hidden:
        return ""
    seen = _run(shown, outcome.case, outcome.number, *_told(Telling(terms, shown), cases, outcome.number)).answer
    return seen.reasons.in_a_line if seen.answer == outcome.answer.answer else ""


def _run(terms: Terms, case: Case, number: int, told: Sequence[Accounts], settled: Sequence[Established]) -> Outcome:
    incidents = [happening(nth, accounts) for nth, accounts in enumerate(told, start=1)]
    clauses = assess_all(terms, incidents, established=settled)[-1].clauses
    assessed = next(one for one in clauses if one.clause == case.clause)
    found = next((one for one in assessed.readings if one.reading == case.reading), None)
    return Outcome(case, number, found or assessed)


def incident(terms: Terms, number: int, story: Story) -> Incident:
    """Return an incident that one source tells as *story*; raise ValueError where a value of it is none."""
    values: dict[Attribute, Value] = {}
    for name, said in story.items():
        values |= claims(name, said, terms)
    return happening(number, (values,))


def happening(number: int, accounts: Accounts) -> Incident:
    """Return an incident of which each of *accounts* is what one source tells."""
    alone = len(accounts) == 1
    times = [span for values in accounts if isinstance(span := values.get("time", _ANY_TIME), Interval)]
    places = [disc for values in accounts if isinstance(disc := values.get("place"), Disc)]
    names = list(dict.fromkeys(name for values in accounts for name in values))
    return Incident(
        id=f"I-{number:05}",
        time=Interval(start=min(one.start for one in times), end=max(one.end for one in times)) if times else _ANY_TIME,
        place=places[0] if places else _NOWHERE,
        entries=tuple(range(number * 100, number * 100 + len(accounts))),
        links=(),
        accounts=tuple(
            Account(
                "a source" if alone else f"source {nth}",
                (number * 100 + nth - 1,),
                tuple(Claim(attribute=name, value=value) for name, value in values.items()),
            )
            for nth, values in enumerate(accounts, start=1)
        ),
        differences=tuple(_difference(name, [values.get(name) for values in accounts]) for name in names),
    )


def _difference(name: Attribute, values: Sequence[Value | None]) -> Difference:
    distinct = list(dict.fromkeys(values))
    sayings = tuple(Saying(tuple(at for at, one in enumerate(values) if one == value), value) for value in distinct)
    if len(values) == 1:
        return Difference(name, "single-source", sayings)
    if sum(value is not None for value in distinct) > 1:
        return Difference(name, "disputed", sayings)
    return Difference(name, "agreed" if len(distinct) == 1 else "partly silent", sayings)
