"""Inputs with thousands of faults: told in pieces, since one statement of the record holds only so much."""

from collections.abc import Iterator

import pytest
from intake_samples import BULLETIN, DAMASCUS, mapping, read_as
from test_intake_auto_archiver import SHEET
from test_intake_geojson import collection
from test_intake_hxl import TAGS
from test_intake_ushahidi import HEADER as USHAHIDI
from workbook_samples import HEADER, ROW, book, cells

from parley.intake import reader
from parley.model import Input, Reading

MANY = 2500


def pieces(channel: str, data: bytes, after: int = 0) -> Iterator[Reading]:
    """Read *data* as a centre does."""
    read = reader(channel, source="Desk", mapping=mapping() if channel == "table" else None, timezone=DAMASCUS)
    return read(Input("file", data), after)


def lines(header: str) -> bytes:
    return "\n".join([header, *["one cell"] * MANY]).encode()


INPUTS = {
    "table": lambda: book(HEADER, ROW, *[cells(id=f"L{number}", deaths="many") for number in range(MANY)]),
    "geojson": lambda: collection(*[{"type": "Feature", "properties": []}] * MANY).encode(),
    "hxl": lambda: lines(TAGS),
    "ushahidi": lambda: lines(USHAHIDI),
    "auto-archiver": lambda: lines(SHEET),
    "acled-deleted": lambda: b"event_id_cnty\n" + b"a,b\n" * MANY,
}


@pytest.mark.parametrize("channel", INPUTS)
def test_every_fault_is_told_and_no_piece_holds_too_many(channel: str) -> None:
    readings = list(pieces(channel, INPUTS[channel]()))
    assert max(len(reading.problems) for reading in readings) <= 1000
    assert sum(len(reading.problems) for reading in readings) == MANY


@pytest.mark.parametrize("channel", INPUTS)
def test_what_was_cut_short_goes_on_behind_the_last_row_that_was_taken(channel: str) -> None:
    data = INPUTS[channel]()
    first = next(pieces(channel, data))
    assert first.rows
    rest = list(pieces(channel, data, first.rows))
    assert len(first.problems) + sum(len(reading.problems) for reading in rest) == MANY


def test_a_text_that_is_no_bulletin_is_told_by_its_first_faults_and_how_many_more_there_are() -> None:
    reading = read_as("bulletin", "This is a novel, not a bulletin.\n" * 20_000)
    assert reading.reports == ()
    assert len(reading.problems) == 1002
    assert "19,000 more, up to line 20000" in reading.problems[-2].found
    assert "`Publisher: …`" in reading.problems[-1].expected


def test_what_is_said_of_the_whole_input_stands_behind_the_last_row() -> None:
    features = collection(*[{"type": "Feature", "properties": []}] * 1000)
    *_, last = pieces("geojson", features.replace('"FeatureCollection"', '"Collection"').encode())
    assert [problem.field for problem in last.problems] == ["type"]
    assert last.rows == 1000


def test_a_bulletin_of_items_without_end_keeps_the_first_ones_and_says_so() -> None:
    reading = read_as("bulletin", BULLETIN + "".join(f"Area {number}: 1 shelling\n" for number in range(5000)))
    (bulletin,) = reading.reports
    assert len(bulletin.items) == 2000  # type: ignore[union-attr]
    assert "at most 2,000 counts" in reading.problems[0].expected
    assert [flag.code for flag in bulletin.flags] == ["items-unreadable", "sum-differs"]
