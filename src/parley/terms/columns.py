"""Many accounts at once: the same questions, each asked once for all rows that are alike in what it reads.

Rows are columns of numbers: a value's number in a list of distinct values, times in seconds, places as discs. A time
counts only by its order among the moments that the agreement knows, a place only by the zones that it lies in, so a
question has few cases however many rows there are. Each case is asked by `Question.ask`, as for a single account: there
is one meaning of a clause. Reasons are made when somebody asks for those of a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from parley.model import Answer, Attribute, ClauseAnswer, Disc, Interval, OneOf, Truth, Value
from parley.terms.clauses import POSSIBLE, Clause, Questions
from parley.terms.facts import NONE_CLAIMED, Facts
from parley.terms.questions.logic import AnyOf, NotAll, Question
from parley.terms.questions.where import Inside, Outside
from parley.terms.terms import Terms
from parley.terms.zones import shape

Codes = npt.NDArray[np.int32]
Truths = npt.NDArray[np.int8]

_TRUTHS: tuple[Truth, ...] = ("false", "unknown", "true")  # in the order in which "and" is the least
_DENSE = 4_000_000
ANSWERS: tuple[Answer, ...] = ("breach", "no breach", "not covered", "unknown")
"""An answer's number is its place here."""


@dataclass
class Columns:
    """Accounts as columns of one length, n.

    Args:
        start, end: seconds since 1970 UTC, NaN where the time is not known.
        lat, lon, radius_m: degrees and metres, NaN where the place is not known.
        codes: for every other attribute the number of each row's value in `values`, -1 where the account is silent.
        values: for every other attribute its distinct values.
    """

    start: npt.NDArray[np.float64]
    end: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    lon: npt.NDArray[np.float64]
    radius_m: npt.NDArray[np.float64]
    codes: Mapping[Attribute, Codes]
    values: Mapping[Attribute, Sequence[Value]]

    def __len__(self) -> int:
        return len(self.start)

    def facts(self, row: int) -> Facts:
        """Return what the account in *row* claims."""
        values: dict[Attribute, Value] = {"exemption": NONE_CLAIMED}
        for attribute, codes in self.codes.items():
            if codes[row] >= 0:
                values[attribute] = self.values[attribute][codes[row]]
        if not np.isnan(self.start[row]):
            values["time"] = Interval(start=_moment(self.start[row]), end=_moment(self.end[row]))
        if not np.isnan(self.lat[row]):
            lat, lon, radius_m = float(self.lat[row]), float(self.lon[row]), int(self.radius_m[row])
            values["place"] = Disc(lat=lat, lon=lon, radius_m=radius_m)
        return Facts(values)


class AssessedColumns:
    """What an agreement makes of every row: `answers` by clause id, and reasons on demand."""

    def __init__(self, columns: Columns, clauses: Mapping[str, Clause], answers: Mapping[str, Truths]) -> None:
        self.answers = answers
        self._columns, self._clauses = columns, clauses

    def why(self, clause: str, row: int) -> ClauseAnswer:
        """Return the answer of *clause* for *row* with its chain of reasons."""
        return self._clauses[clause].ask(self._columns.facts(row))


def assess_columns(terms: Terms, columns: Columns) -> AssessedColumns:
    """Return what *terms* make of *columns*, without earlier findings, readings and the crux.

    Raises:
        ValueError: the terms depend on earlier findings or are read in several ways; `assess_all` does that.
    """
    if terms.stateful or terms.agreement.readings:
        raise ValueError("these terms depend on earlier findings, or are read in several ways: use assess_all")
    questions = Questions(terms)
    clauses = {clause.id: Clause(clause, terms, questions) for clause in terms.agreement.clauses}
    cases = _Cases(terms, columns)
    split = _split_rows(columns)
    truths: dict[int, Truths] = {}
    for number, question in enumerate(questions.all):
        truths[number] = cases.truths(question)
    answers: dict[str, Truths] = {}
    for name, clause in clauses.items():
        covered, contrary = (_least([truths[number] for number in part], len(columns)) for part in clause.parts)
        found = _ANSWER[covered, contrary]
        for row in split:
            found[row] = ANSWERS.index(clause.ask(columns.facts(int(row))).answer)
        answers[name] = found
    return AssessedColumns(columns, clauses, answers)


class _Cases:
    """The cases of a question: rows that are alike in what it reads have one number."""

    def __init__(self, terms: Terms, columns: Columns) -> None:
        self._terms, self._columns = terms, columns
        self._in_zone: dict[str, Truths] = {}
        self._times = self._time_classes()

    def truths(self, question: Question) -> Truths:
        """Return 0 (false), 1 (unknown) or 2 (true) for every row."""
        key, size = np.zeros(len(self._columns), np.int64), 1
        for codes, distinct in self._keys(question):
            key = key * distinct + codes
            size *= distinct
        if size <= _DENSE:
            first = np.full(size, -1, np.int64)
            first[key[::-1]] = np.arange(len(key) - 1, -1, -1)
            present = np.flatnonzero(first >= 0)
            table = np.zeros(size, np.int8)
            table[present] = [self._ask(question, int(row)) for row in first[present]]
            return table[key]
        _, rows, inverse = np.unique(key, return_index=True, return_inverse=True)
        return np.array([self._ask(question, int(row)) for row in rows], np.int8)[inverse]

    def _ask(self, question: Question, row: int) -> int:
        return _TRUTHS.index(question.ask(self._columns.facts(row), self._terms).truth)

    def _keys(self, question: Question) -> list[tuple[npt.NDArray[Any], int]]:
        """Return for each thing that *question* reads the number of each row's case, and how many there may be."""
        keys: list[tuple[npt.NDArray[Any], int]] = []
        for attribute in question.reads:
            if attribute == "time":
                keys.append(self._times)
            elif attribute == "place":
                keys += [(self._zone(zone), 4) for zone in sorted(_zones(question, self._terms))]
            elif attribute in self._columns.codes:
                keys.append((self._columns.codes[attribute] + 1, len(self._columns.values[attribute]) + 1))
        return keys

    def _time_classes(self) -> tuple[npt.NDArray[Any], int]:
        """Number the rows by the order of their time among all moments of the agreement."""
        moments = np.array(sorted({one.timestamp() for one in self._terms.moments()}))
        sides = 2 * len(moments) + 1
        start, end = (_order(moments, column) for column in (self._columns.start, self._columns.end))
        instant = self._columns.start == self._columns.end
        classes = (start * sides + end) * 2 + instant
        _, numbers = np.unique(np.where(np.isnan(self._columns.start), -1, classes), return_inverse=True)
        return numbers, int(numbers.max(initial=0)) + 1

    def _zone(self, name: str) -> Truths:
        """Return for every row 0, 1, 2 as it lies outside, perhaps, inside the zone; 3 where its place is not known."""
        if name not in self._in_zone:
            self._in_zone[name] = self._measure(name)
        return self._in_zone[name]

    def _measure(self, name: str) -> Truths:
        columns, zone = self._columns, self._terms.zones[name]
        if zone.undefined is not None:
            return np.where(np.isnan(columns.lat), 3, 1).astype(np.int8)
        return shape(zone).hold_many(columns.lat, columns.lon, columns.radius_m)


def _zones(question: Question, terms: Terms) -> set[str]:
    """Return the zones with a shape of their own of which *question* asks."""
    match question:
        case Inside() | Outside():
            own = terms.zones[question.zone].for_party
            return set(own.values()) if own else {question.zone}
        case NotAll():
            return set().union(*(_zones(part, terms) for part in question.questions))
        case AnyOf():
            return set().union(*(_zones(part, terms) for parts in question.sets for part in parts))
    return set()


def _order(moments: npt.NDArray[Any], times: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return 2k between the moments k-1 and k, and 2k+1 at moment k."""
    return np.searchsorted(moments, times, "left") + np.searchsorted(moments, times, "right")


def _least(truths: Sequence[Truths], count: int) -> Truths:
    """Return Kleene's "and" of *truths* row by row."""
    if not truths:
        return np.full(count, 2, np.int8)
    found = truths[0].copy()
    for one in truths[1:]:
        np.minimum(found, one, out=found)
    return found


def _split_rows(columns: Columns) -> npt.NDArray[np.int64]:
    """Return the rows in which one of two acted and the other was affected: their two cases are asked one by one."""
    if "actor" not in columns.codes or "affected" not in columns.codes:
        return np.zeros(0, np.int64)
    pairs = [
        (one, other)
        for one, actor in enumerate(columns.values["actor"])
        for other, affected in enumerate(columns.values["affected"])
        if isinstance(actor, OneOf)
        and isinstance(affected, OneOf)
        and len(actor.any_of) == 2
        and set(actor.any_of) == set(affected.any_of)
    ]
    actors, affected_ = columns.codes["actor"], columns.codes["affected"]
    found = [np.flatnonzero((actors == one) & (affected_ == other)) for one, other in pairs]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)


def _answer_table() -> Truths:
    table = np.zeros((3, 3), np.int8)
    for covered, first in enumerate(_TRUTHS):
        for contrary, second in enumerate(_TRUTHS):
            possible = POSSIBLE[first, second]
            table[covered, contrary] = ANSWERS.index(possible[0] if len(possible) == 1 else "unknown")
    return table


_ANSWER = _answer_table()
