"""What a form's program writes of itself is not the event, wherever columns are recognised by their names."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from intake_samples import claim, read_as, value

from parley.intake.mappings.form_metadata import of_the_form
from parley.model import EventReport, Interval

POINT = {"type": "Point", "coordinates": [40.25, 12.5]}
EVENT = {"type": "Shelling", "perpetrator": "South", "killed": 2}
FILLED_IN = {"start": "2031-05-04T18:10:00.000+03:00", "end": "2031-05-04T18:30:00.000+03:00"}


def read(**properties: object) -> EventReport:
    feature = {"type": "Feature", "geometry": POINT, "properties": {**properties, **EVENT}}
    (report,) = read_as("geojson", json.dumps(feature), source="Post 3").reports
    assert isinstance(report, EventReport)
    return report


def time_of(report: EventReport) -> Interval | None:
    found = next((one.value for one in report.claims if one.attribute == "time"), None)
    assert found is None or isinstance(found, Interval)
    return found


DAY = Interval(
    start=datetime(2031, 5, 2, tzinfo=ZoneInfo("Asia/Damascus")),
    end=datetime(2031, 5, 3, tzinfo=ZoneInfo("Asia/Damascus")),
)


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"_uuid": "u1"},
        {"_submission_time": "2031-05-05T10:00:00"},
        {"meta": {"instanceID": "uuid:1"}},
        {"today": "2031-05-04", "deviceid": "d"},
        {"SubmissionDate": "2031-05-05T10:00:00Z", "KEY": "uuid:1"},
    ],
)
def test_when_a_form_was_filled_in_is_not_when_something_happened(beside: dict[str, object]) -> None:
    assert time_of(read(**FILLED_IN, **beside, incident_date="2031-05-02")) == DAY
    assert time_of(read(incident_date="2031-05-02", **beside, **FILLED_IN)) == DAY


def test_a_form_that_asks_for_no_day_gives_none() -> None:
    assert time_of(read(**FILLED_IN, _uuid="u1", today="2031-05-04")) is None


def test_start_and_end_of_what_is_no_form_are_those_of_the_event() -> None:
    found = time_of(read(**FILLED_IN, id="E-1", key="E-1", _index=4))
    assert found is not None and (found.start.hour, found.end.minute) == (18, 30)


def test_the_submissions_id_may_serve_as_the_reference_and_when_it_was_sent_as_published() -> None:
    report = read(_uuid="u1", _submission_time="2031-05-05T10:00:00", date="2031-05-02")
    assert report.reference == "u1"
    assert report.published is not None and report.published.start.day == 5


def test_a_checkers_note_and_tags_are_no_account_of_the_event() -> None:
    note = {"_notes": "seen by the office", "_tags": "checked", "_status": "submitted_via_web"}
    assert claim(read_as("geojson", json.dumps({"type": "Feature", "geometry": POINT, "properties": EVENT | note}),
                         source="P"), "account") is None  # fmt: skip
    assert value(read_as("geojson", json.dumps({"type": "Feature", "geometry": POINT,
                         "properties": EVENT | note | {"notes": "Two rounds."}}), source="P"), "account")  # fmt: skip


def test_names_are_known_however_groups_are_written() -> None:
    for name in ("meta/instanceID", "meta-instanceID", "meta.instanceID", "META:instanceid", " _uuid "):
        assert of_the_form([name]) == {name: "reference"}
    for name in ("meta/audit", "__system/submitterName", "_validation_status.label", "formhub/uuid", "start-geopoint"):
        assert of_the_form([name]) == {name: ""}


def test_honest_names_of_an_event_stay() -> None:
    names = ["id", "date", "start", "time", "notes", "status", "location", "metadata", "version", "device"]
    assert of_the_form(names) == {}
    assert of_the_form([*names, "_xform_id_string"]).keys() == {"_xform_id_string", "start", "status"}
