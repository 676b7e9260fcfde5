"""Whatever arrives, reading answers: with reports, with problems, never with an exception and never with nothing."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import CHANNELS, FIELD, SAMPLES, read_as

from parley.model import Reading

MARKS = ['"', ",", "\n", "\r", ";", ":", "{", "}", "[", "]", "\\", "\t", "#", "-1", "nan", "unknown", "(", ")", " by "]


def check(reading: Reading) -> None:
    assert reading.reports or reading.problems or reading.passed
    for report in reading.reports:
        assert type(report).model_validate_json(report.model_dump_json()) == report
        assert 1 <= report.origin.first <= report.origin.last
    for problem in reading.problems:
        assert str(problem).encode()
        assert problem.expected
        assert problem.line is None or problem.line >= 1
        assert problem.column is None or problem.column >= 1


@pytest.mark.parametrize("channel", CHANNELS)
@given(data=st.binary(max_size=300))
@settings(max_examples=150)
def test_any_bytes(channel: str, data: bytes) -> None:
    check(read_as(channel, data))


@pytest.mark.parametrize("channel", CHANNELS)
@given(seed=st.integers(0, 2**32), times=st.integers(1, 6))
@settings(max_examples=250)
def test_a_good_input_with_marks_put_in_and_pieces_cut_out(channel: str, seed: int, times: int) -> None:
    chance = random.Random(seed)
    text = SAMPLES[channel] if channel != "field" else json.dumps([FIELD, FIELD | {"id": "F-2"}], indent=1)
    for _ in range(times):
        place = chance.randrange(len(text) + 1)
        cut = chance.choice([0, 0, 1, 5])
        text = text[:place] + chance.choice(MARKS) + text[place + cut :]
    check(read_as(channel, text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("unknown"),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(FIELD)), inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_json(value: object) -> None:
    check(read_as("field", json.dumps(value)))
    check(read_as("field", json.dumps([FIELD, FIELD | {"place": value, "deaths": value, "attachments": [value]}])))


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_beginning_of_a_good_input(channel: str) -> None:
    for length in range(len(SAMPLES[channel])):
        check(read_as(channel, SAMPLES[channel][:length]))


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_bytes_give_the_same_reading(channel: str) -> None:
    assert read_as(channel, SAMPLES[channel]) == read_as(channel, SAMPLES[channel])
