"""A report that lost its time, place, act or accused in reading waits for a person, whatever channel it came by."""

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "intake"))
from intake_samples import ACLED_HEADER, ACLED_ROW, FIELD, GDELT, GED_GOOD, GED_HEADER, MAPPING, TABLE_HEADER, TABLE_ROW
from test_intake_auto_archiver import SHEET, SHEET_ROW
from test_intake_hxl import ROW as HXL_ROW
from test_intake_hxl import TAGS
from test_intake_ushahidi import HEADER as USHAHIDI_HEADER
from test_intake_ushahidi import ROW as USHAHIDI_ROW
from workbook_samples import HEADER, ROW, book

from parley.centre.handles import Handles
from parley.centre.statements import Delivery
from parley.job import as_if_taken, derive, reads
from parley.model import Findings, Input

AT = datetime(2031, 6, 1, tzinfo=UTC)
UTC_ = ZoneInfo("UTC")
NEEDED = ("time", "place", "act", "actor")
Made = Callable[[str, str], tuple[bytes, str, dict[str, object]]]
"""The attribute and what stands for it that nobody can read → the bytes, the channel, what is said beside them."""


def row_of(header: str, row: str, column: str, bad: str, separator: str = ",") -> str:
    cells = next(csv.reader([row], delimiter=separator))
    cells[header.split(",").index(column)] = bad
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\n").writerow(cells)
    return written.getvalue()


def field(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    lost: dict[str, dict[str, object]] = {
        "time": {"observed": bad}, "place": {"place": {**FIELD["place"], "lat": bad}}, "act": {"act": bad},
        "actor": {"actor": bad, "not_actor": [bad]},
    }  # fmt: skip
    return json.dumps({**FIELD, **lost[attribute]}).encode(), "field", {}


def table(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    column = {"time": "from", "place": "lat", "act": "act", "actor": "denied"}[attribute]
    row = row_of(TABLE_HEADER, TABLE_ROW, column, "South" if attribute == "actor" else bad)
    return f"{TABLE_HEADER}\n{row}".encode(), "table", {"mapping": Input("m.yaml", MAPPING.encode())}


def workbook(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    column = {"time": "from", "place": "lon", "act": "act", "actor": "denied"}[attribute]
    row = dict(zip(HEADER, ROW, strict=True)) | {column: "South" if attribute == "actor" else bad}
    return book(HEADER, list(row.values())), "table", {"mapping": Input("m.yaml", MAPPING.encode())}


def geojson(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    told = {"event_id": "E-1", "date": "2031-05-02", "event_type": "shelling", "perpetrator": "South"}
    told |= {"time": {"date": bad}, "act": {"event_type": bad}, "actor": {"perpetrator": "\0"}}.get(attribute, {})
    at: list[object] = [40.25, bad if attribute == "place" else 12.5]
    shown = {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": told}
    good = {"type": "Feature", "geometry": None, "properties": {"date": "2031-05-02", "event_type": "shelling"}}
    return json.dumps([shown, good]).encode(), "geojson", {"source": "The Desk"}


def hxl(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    tags = f"{TAGS},#actor+perpetrator"
    column = {"time": "#date+occurred", "place": "#geo+lat", "act": "#event+type", "actor": "#actor+perpetrator"}
    row = row_of(tags, f"{HXL_ROW},South", column[attribute], "\0" if attribute == "actor" else bad)
    good = f"{HXL_ROW},South".replace("E-1", "E-2")
    return f"{tags}\n{row}{good}\n".encode(), "hxl", {}


def ushahidi(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    header, row = f"{USHAHIDI_HEADER},Type of event", f"{USHAHIDI_ROW},shelling"
    column = {"time": "Post Date (UTC)", "place": "Location.lat", "act": "Type of event", "actor": "Perpetrator"}
    bad_row = row_of(header, row, column[attribute], "\0" if attribute == "actor" else bad)
    return f"{header}\n{bad_row}{row.replace('7,', '8,', 1)}\n".encode(), "ushahidi", {}


def archived(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    cells = f"{bad},40.25" if attribute == "place" else "\0,40.25"
    return f"{SHEET},Latitude,Longitude\n{SHEET_ROW},{cells}\n".encode(), "auto-archiver", {}


def ged(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    column = {"time": "date_start", "place": "latitude", "act": "type_of_violence", "actor": "side_a"}[attribute]
    row = row_of(GED_HEADER, GED_GOOD, column, "\0" if attribute == "actor" else bad)
    return f"{GED_HEADER}\n{row}".encode(), "ucdp-ged", {}


def acled(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    column = {"time": "event_date", "place": "latitude", "act": "sub_event_type", "actor": "actor1"}[attribute]
    row = row_of(ACLED_HEADER, ACLED_ROW, column, "\0" if attribute == "actor" else bad)
    return f"{ACLED_HEADER}\n{row}".encode(), "acled", {}


def gdelt(attribute: str, bad: str) -> tuple[bytes, str, dict[str, object]]:
    cells = GDELT.rstrip("\n").split("\t")
    at = {"time": 1, "place": 56, "act": 26, "actor": 6}[attribute]
    cells[at] = "\0" if attribute == "actor" else bad
    if attribute == "act":  # its base code says the act too
        cells[at + 1] = bad
    return ("\t".join(cells) + "\n").encode(), "gdelt", {}


CHANNELS: tuple[Made, ...] = (field, table, workbook, geojson, hxl, ushahidi, archived, ged, acled, gdelt)


def found(data: bytes, channel: str, more: dict[str, object]) -> Findings:
    delivery = Delivery(Input("file", data), channel, **more)  # type: ignore[arg-type]
    called = Handles(bytes(32), {})
    return derive(as_if_taken(delivery, reads(delivery, UTC_), called, 0, AT), UTC_)


@pytest.mark.parametrize("made", CHANNELS)
@pytest.mark.parametrize("attribute", NEEDED)
@settings(max_examples=6, deadline=None)
@given(bad=st.text("#~qxz?", min_size=1, max_size=8))
def test_it_is_held_or_not_recorded_at_all_and_never_recorded_half(made: Made, attribute: str, bad: str) -> None:
    findings = found(*made(attribute, bad))
    (card,) = findings.inputs
    assert card.problems, "whatever could not be read is said"
    held = [entry for entry, waiting in findings.revisions.waiting.items() if waiting.code == "not-read"]
    skipped = [one for one in card.problems if one.kept == "skipped"]
    assert len(held) + len(skipped) == 1 or not card.reports
    assert not {entry for one in findings.incidents for entry in one.entries} & set(held)
    assert all(entry in findings.unplaced for entry in held)


READABLE = {"time": "2031-05-02", "place": "12.5", "act": "shelling", "actor": "x"}


@pytest.mark.parametrize("made", (table, workbook, hxl, ushahidi))
@pytest.mark.parametrize("attribute", ("time", "place", "act"))
def test_what_can_be_read_is_not_held(made: Made, attribute: str) -> None:
    findings = found(*made(attribute, READABLE[attribute]))
    assert findings.revisions.waiting == {} and findings.inputs[0].problems == ()


def test_a_source_that_says_that_it_does_not_know_is_not_held() -> None:
    for attribute in NEEDED[:3]:
        assert found(*table(attribute, "unknown")).revisions.waiting == {}


def test_what_acled_codes_without_an_act_is_not_held() -> None:
    assert found(*acled("act", "Mob violence")).revisions.waiting == {}
