"""Inputs with thousands of faults: what is alike is told once, with its exact number, however the input is cut."""

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import BULLETIN, DAMASCUS, FIELD, mapping, read_as
from test_intake_auto_archiver import SHEET
from test_intake_geojson import collection
from test_intake_hxl import TAGS
from test_intake_ushahidi import HEADER as USHAHIDI
from workbook_samples import HEADER, ROW, book, cells

from parley.intake import pieces as of_pieces
from parley.intake import reader
from parley.model import Input, Problem, Reading, together
from parley.model.alike import MOST_ALIKE, MOST_FIELDS

MANY = 2500


def pieces(channel: str, data: bytes, after: int = 0) -> Iterator[Reading]:
    """Read *data* as a centre does."""
    read = reader(channel, source="Desk", mapping=mapping() if channel == "table" else None, timezone=DAMASCUS)
    return read(Input("file", data), after)


def lines(header: str) -> bytes:
    return "\n".join([header, *["one cell"] * MANY]).encode()


INPUTS = {
    "table": lambda: book(HEADER, ROW, *[cells(id=f"L{number}", deaths="many") for number in range(MANY)]),
    "geojson": lambda: collection(*[{"type": "Feature", "properties": []}] * MANY).replace("}, {", "},\n{").encode(),
    "hxl": lambda: lines(TAGS),
    "ushahidi": lambda: lines(USHAHIDI),
    "auto-archiver": lambda: lines(SHEET),
    "acled-deleted": lambda: b"event_id_cnty\n" + b"a,b\n" * MANY,
    "field": lambda: json.dumps([["words"]] * MANY, indent=0).encode(),
    "bulletin": lambda: BULLETIN.encode() + b"what is this\n" * MANY,
}


def times(problems: Iterable[Problem]) -> int:
    return sum(problem.times for problem in problems)


@pytest.mark.parametrize("channel", INPUTS)
def test_faults_that_are_alike_are_told_once_with_their_number_and_first_places(channel: str) -> None:
    problems = together(one for reading in pieces(channel, INPUTS[channel]()) for one in reading.problems)
    assert times(problems) == MANY
    *each, rest = problems
    assert len(problems) == MOST_ALIKE + 1 and rest.times == MANY - MOST_ALIKE
    assert len({(one.code, one.field) for one in problems}) == 1
    first, last = rest.line or 0, int(rest.params["to_line"])
    assert [one.line for one in each] < [first] and last >= MANY
    assert f"The same fault came {MANY - MOST_ALIKE:,} more times" in str(rest)
    assert f"first in line {rest.params['in_lines']}, last in line {last}" in str(rest)
    assert str(rest.params["in_lines"]).startswith(f"{first}, ")


@pytest.mark.parametrize("channel", [channel for channel in INPUTS if channel != "bulletin"])
def test_what_was_cut_short_goes_on_behind_the_last_row_that_was_taken(
    channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_pieces, "LOST_ROWS_A_PIECE", 700)
    data = INPUTS[channel]()
    first = next(pieces(channel, data))
    assert 0 < first.rows < MANY
    rest = list(pieces(channel, data, first.rows))
    assert times(first.problems) + sum(times(reading.problems) for reading in rest) == MANY


@pytest.mark.parametrize("rows", [1, 2, 7, 500, MANY])
@pytest.mark.parametrize("channel", ["hxl", "field"])
def test_what_is_told_does_not_hang_on_how_the_input_is_cut(
    channel: str, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = together(one for reading in pieces(channel, INPUTS[channel]()) for one in reading.problems)
    monkeypatch.setattr(of_pieces, "LOST_ROWS_A_PIECE", rows)
    cut = list(pieces(channel, INPUTS[channel]()))
    assert len(cut) == -(-MANY // rows)
    assert together(one for reading in cut for one in reading.problems) == whole


KINDS = st.tuples(st.sampled_from(["not-a-number", "not-a-day", "not-a-text"]), st.sampled_from([None, "a", "b", "c"]))


@given(st.lists(st.tuples(KINDS, st.integers(1, 9)), max_size=60), st.lists(st.integers(0, 60), max_size=5))
def test_two_pieces_told_together_tell_what_both_at_once_do(faults: list[Any], cuts: list[int]) -> None:
    line = 0
    problems = []
    for number, ((code, name), step) in enumerate(faults, start=1):
        line += step - 1
        params: dict[str, Any] = {"part": "row", "number": number, "found": str(number)}
        problems.append(Problem(file="f", line=line or None, field=name, code=code, params=params, kept="skipped"))
    ends = [0, *sorted(min(cut, len(problems)) for cut in cuts), len(problems)]
    parts = [together(problems[begin:end]) for begin, end in itertools.pairwise(ends)]
    whole = together(problems)
    assert together(one for part in parts for one in part) == whole
    assert times(whole) == len(problems) and together(whole) == whole
    for code, name in {(one.code, one.field) for one in problems}:
        alike = [one for one in problems if (one.code, one.field) == (code, name)]
        assert times(one for one in whole if (one.code, one.field) == (code, name)) == len(alike)


def test_faults_of_ever_new_fields_are_bounded_and_counted() -> None:
    problems = [Problem(file="f", line=at, field=f"x{at}", code="unknown-field") for at in range(1, 5001)]
    told = together(problems)
    assert len(told) == MOST_FIELDS + MOST_ALIKE + 1
    assert times(told) == 5000 and told[-1].field is None
    halves = [*together(problems[:2500]), *together(problems[2500:])]
    assert times(together(halves)) == 5000 and len(together(halves)) <= 2 * len(told)


@pytest.mark.parametrize(
    "wrong", [{"in_lines": "x, 9" + "9" * 30}, {"to_line": "soon"}, {"times": "many"}, {"times": -5}]
)
def test_numbers_that_somebody_else_wrote_into_a_record_break_nothing(wrong: dict[str, Any]) -> None:
    one = Problem(file="f", line=3, code="not-a-number", params={"times": 7, "in_lines": "3, 4", **wrong}, kept="alike")
    assert times(together([one, one])) == 2 * one.times >= 2


@pytest.mark.parametrize(
    ("text", "count"), [("[" + "," * 1_000_000, 1_000_001), ("[" + "1,\n" * 300_000 + "{}]", 300_001)]
)
def test_a_megabyte_of_commas_is_a_handful_of_problems_in_one_piece(text: str, count: int) -> None:
    (reading,) = pieces("field", text.encode())
    assert len(reading.problems) <= 5 and times(reading.problems) == count and reading.rows == count


def test_a_report_behind_many_bare_members_keeps_its_number_and_line() -> None:
    (reading,) = pieces("field", ("[" + "1,\n" * 500 + json.dumps(FIELD) + ",\n 2]").encode())
    (report,) = reading.reports
    assert (report.origin.record, report.origin.first) == (501, 501)
    assert times(reading.problems) == 501
    assert [one.params["number"] for one in reading.problems] == [1, 2, 502] or reading.problems[1].times > 1
    again = list(pieces("field", ("[" + "1,\n" * 500 + json.dumps(FIELD) + "]").encode(), after=501))
    assert not any(one.reports for one in again)


def test_a_text_that_is_no_bulletin_is_told_by_its_first_faults_and_how_many_more_there_are() -> None:
    reading = read_as("bulletin", "This is a novel, not a bulletin.\n" * 20_000)
    assert reading.reports == ()
    assert len(reading.problems) == MOST_ALIKE + 2 and times(reading.problems) == 20_001
    assert "19,997 more times, first in line 4, 5, 6, last in line 20000" in str(reading.problems[-2])
    assert "`Publisher: …`" in reading.problems[-1].expected


def test_what_is_said_of_the_whole_input_stands_behind_the_last_row() -> None:
    features = collection(*[{"type": "Feature", "properties": []}] * 1000)
    *_, last = pieces("geojson", features.replace('"FeatureCollection"', '"Collection"').encode())
    assert last.problems[-1].field == "type"
    assert last.rows == 1000


def test_a_bulletin_of_items_without_end_keeps_the_first_ones_and_says_so() -> None:
    reading = read_as("bulletin", BULLETIN + "".join(f"Area {number}: 1 shelling\n" for number in range(5000)))
    (bulletin,) = reading.reports
    assert len(bulletin.items) == 2000  # type: ignore[union-attr]
    assert "at most 2,000 counts" in reading.problems[0].expected
    assert [flag.code for flag in bulletin.flags] == ["items-unreadable", "sum-differs"]
