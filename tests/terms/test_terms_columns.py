"""Many accounts at once get the answers that each gets alone."""

import random

import numpy as np
import pytest

from parley.model import Disc, Interval, OneOf, Unknown, Value
from parley.terms import library_cases, library_names, library_text, load, load_cases
from parley.terms.assess import assess
from parley.terms.cases import incident
from parley.terms.columns import ANSWERS, Columns, assess_columns
from parley.terms.language import Zone
from parley.terms.zones import Shape

PLAIN = [
    name
    for name in library_names()
    for terms in [load(library_text(name), name)]
    if not terms.stateful and not terms.agreement.readings
]


def columns_of(rows: list[dict[str, Value]]) -> Columns:
    times = [row.get("time") for row in rows]
    places = [row.get("place") for row in rows]
    start, end = (
        np.array([getattr(one, side).timestamp() if isinstance(one, Interval) else np.nan for one in times])
        for side in ("start", "end")
    )
    lat, lon, radius = (
        np.array([getattr(one, side) if isinstance(one, Disc) else np.nan for one in places], float)
        for side in ("lat", "lon", "radius_m")
    )
    codes, values = {}, {}
    for attribute in {name for row in rows for name in row} - {"time", "place"}:
        distinct = list(dict.fromkeys(row[attribute] for row in rows if attribute in row))
        values[attribute] = distinct
        codes[attribute] = np.array(
            [distinct.index(row[attribute]) if attribute in row else -1 for row in rows], np.int32
        )
    return Columns(start, end, lat, lon, radius, codes, values)


@pytest.mark.parametrize("name", PLAIN)
def test_columns_give_every_row_the_answer_that_it_gets_alone(name: str) -> None:
    terms = load(library_text(name), name)
    cases = load_cases(library_cases(name) or "", name)
    dice = random.Random(2016)
    stories = [{**cases.base, **case.facts} for case in cases.cases]
    mixed = [
        {key: dice.choice(stories).get(key) for key in {k for story in stories for k in story} if dice.random() < 0.85}
        for _ in range(150)
    ]
    told = [incident(terms, number, story) for number, story in enumerate([*stories, *mixed])]
    rows = [{claim.attribute: claim.value for claim in one.accounts[0].claims} for one in told]
    assessed = assess_columns(terms, columns_of(rows))
    for row, one in enumerate(told):
        for clause in assess(terms, one).clauses:
            answer = clause.accounts[0].answer
            assert ANSWERS[assessed.answers[clause.clause][row]] == answer, (clause.clause, rows[row])
    clause = terms.agreement.clauses[0].id
    assert assessed.why(clause, 0).answer == ANSWERS[assessed.answers[clause][0]]
    assert assessed.why(clause, 0).reasons.because


def test_terms_that_depend_on_earlier_findings_are_refused() -> None:
    terms = load(library_text("syria-2016-09-09-arrangement"), "arrangement")
    with pytest.raises(ValueError, match="assess_all"):
        assess_columns(terms, columns_of([{"act": OneOf(any_of=("shelling",)), "means": Unknown(why="not seen")}]))


@pytest.mark.parametrize(
    "zone",
    [
        Zone(id="ring", name="ring", polygon=((36.0, 35.0), (37.5, 34.2), (39.0, 35.3), (38.2, 36.9), (36.4, 36.6))),
        Zone(id="wide", name="wide", polygon=((20.0, 50.0), (40.0, 50.0), (40.0, 60.0), (20.0, 60.0)), edge_m=2000),
        Zone(id="belt", name="belt", line=((179.0, -17.0), (179.9, -16.5)), within_m=20_000),
    ],
)
def test_many_discs_lie_where_each_lies_alone(zone: Zone) -> None:
    dice, shape = random.Random(7), Shape(zone)
    corners = zone.polygon or zone.line
    assert isinstance(corners, tuple)
    places = []
    for _ in range(400):
        lon, lat = dice.choice(corners)
        places.append((lat + dice.gauss(0, 0.6), (lon + dice.gauss(0, 0.9) + 180) % 360 - 180, dice.randrange(30_000)))
    lat, lon, radius = (np.array(column, float) for column in zip(*places, strict=True))
    words = {"false": 0, "unknown": 1, "true": 2}
    alone = [words[shape.holds(Disc(lat=one[0], lon=one[1], radius_m=one[2]))] for one in places]
    assert shape.hold_many(lat, lon, radius).tolist() == alone
    assert len(set(alone)) == 3
