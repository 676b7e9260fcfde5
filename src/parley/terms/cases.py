"""Worked cases of an agreement: small stories with the answer that an expert gives, as data beside the agreement.

A case changes the file's `base` story by its `facts` (null takes one away), and says which answer `clause` gives, under
one `reading` if there are rival ones, `after` earlier incidents whose facts are all established.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from parley.model import (
    FACT,
    FAMILIES,
    Account,
    Amount,
    Answer,
    Attribute,
    Claim,
    ClauseAnswer,
    Difference,
    Disc,
    Incident,
    Interval,
    OneOf,
    Problem,
    Saying,
    TermsError,
    Value,
    vocabulary,
)
from parley.terms.assess import assess_all
from parley.terms.language.basics import Part, Text
from parley.terms.terms import Terms

_AMOUNTS = ("calibre", "altitude", "quantity")
_NOWHERE = Disc(lat=0, lon=0, radius_m=20_000_000)
_ANY_TIME = Interval(start=datetime.fromisoformat("1900-01-01T00:00Z"), end=datetime.fromisoformat("2200-01-01T00:00Z"))

Story = Mapping[str, Any]


class Case(Part):
    """One story and the answer that an expert gives."""

    case: Text
    clause: Text
    answer: Answer
    facts: dict[str, Any] = Field(default_factory=dict)
    reading: str | None = None
    after: tuple[dict[str, Any], ...] = ()
    because: str = ""


class Cases(Part):
    """All worked cases of one agreement."""

    agreement: Text
    base: dict[str, Any]
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Outcome:
    """What came out of a case: the answer, and whether it and its reason are as expected."""

    case: Case
    answer: ClauseAnswer

    @property
    def as_expected(self) -> bool:
        return self.answer.answer == self.case.answer and self.case.because in self.answer.reasons.because


def load_cases(text: str, name: str) -> Cases:
    """Return the cases that *text* holds; raise TermsError where it holds none."""
    try:
        return Cases.model_validate(YAML(typ="safe").load(text))
    except YAMLError as error:
        raise TermsError([Problem(file=name, expected="YAML", found=str(error))]) from None
    except ValidationError as error:
        faults = [
            Problem(file=name, field=".".join(map(str, one["loc"])), expected=one["msg"]) for one in error.errors()
        ]
        raise TermsError(faults) from None


def run_cases(terms: Terms, cases: Cases, name: str) -> tuple[Outcome, ...]:
    """Return the outcome of every case.

    Raises:
        TermsError: a case names a clause, a reading or a fact that the agreement has not, or a value that is none.
    """
    outcomes = []
    for number, case in enumerate(cases.cases, start=1):
        try:
            outcomes.append(Outcome(case, _run(terms, cases.base, case)))
        except (ValueError, KeyError) as error:
            where = f"cases.{number} ({case.case})"
            raise TermsError([Problem(file=name, field=where, expected=str(error))]) from None
    return tuple(outcomes)


def _run(terms: Terms, base: Story, case: Case) -> ClauseAnswer:
    stories = [*({**base, **earlier} for earlier in case.after), {**base, **case.facts}]
    incidents = [incident(terms, number, story) for number, story in enumerate(stories, start=1)]
    assessed = next(
        (one for one in assess_all(terms, incidents)[-1].clauses if one.clause == case.clause),
        None,
    )
    if assessed is None:
        raise ValueError(f"the id of a clause of {terms.agreement.id}, not {case.clause!r}")
    if case.reading is None:
        return assessed.accounts[0]
    for reading in assessed.readings:
        if reading.reading == case.reading:
            return reading.accounts[0]
    raise ValueError(f"a reading of {case.clause}, not {case.reading!r}")


def incident(terms: Terms, number: int, story: Story) -> Incident:
    """Return an incident that one source tells as *story*."""
    values: dict[Attribute, Value] = {}
    for name, said in story.items():
        if name == "known":
            for fact, yes_or_no in (said or {}).items():
                if fact not in terms.facts:
                    raise ValueError(f"the id of a fact of {terms.agreement.id}, not {fact!r}")
                values[FACT + fact] = OneOf(any_of=("yes" if yes_or_no in (True, "yes") else "no",))
        elif said is not None:
            values[name] = _value(name, said, terms)
    claims = tuple(Claim(attribute=name, value=value) for name, value in values.items())
    time, place = values.get("time", _ANY_TIME), values.get("place", _NOWHERE)
    assert isinstance(time, Interval)
    assert isinstance(place, Disc)
    return Incident(
        id=f"I-{number:05}",
        time=time,
        place=place,
        entries=(number,),
        links=(),
        accounts=(Account("a source", (number,), claims),),
        differences=tuple(
            Difference(name, "single-source", (Saying((0,), value),), value) for name, value in values.items()
        ),
    )


def _value(name: str, said: Any, terms: Terms) -> Value:
    if name == "time":
        start, end = said if isinstance(said, list) else (said, said)
        return Interval(start=_time(start, terms), end=_time(end, terms))
    if name == "place":
        lat, lon = said["at"]
        return Disc(lat=lat, lon=lon, radius_m=said.get("within_m", 0), name=said.get("name", ""))
    if name in _AMOUNTS:
        low, high = said if isinstance(said, list) else (said, said)
        return Amount(low=low, high=high)
    if isinstance(said, dict):
        return OneOf(none_of=_terms(name, said["not"]))
    return OneOf(any_of=_terms(name, said))


def _terms(name: str, said: str | Sequence[str]) -> tuple[str, ...]:
    words = (said,) if isinstance(said, str) else tuple(said)
    for word in words:
        if name in FAMILIES and word not in vocabulary(name) and (name, word) != ("exemption", "none"):
            raise ValueError(f"a term of {name!r}, not {word!r}")
    return words


def _time(said: Any, terms: Terms) -> datetime:
    if isinstance(said, str):
        said = datetime.fromisoformat(said)
    elif isinstance(said, date) and not isinstance(said, datetime):
        said = datetime(said.year, said.month, said.day)  # noqa: DTZ001  the agreement's own zone is added
    return terms.moment(said)
