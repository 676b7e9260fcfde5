"""Field reports: a report with a fault costs itself only, and what comes with it is kept unopened."""

import base64
import hashlib
import io
import json
import struct
import zipfile
from typing import Any

import pytest
from intake_samples import FIELD, claim, of_part, read_as, value

from parley.intake.channels.field import KNOWN
from parley.intake.values.sayings import NO_REASON
from parley.model import ATTRIBUTES, Count, Disc, EventReport, Interval, OneOf, Reading, Unknown, one


def field(**changes: Any) -> Reading:
    return read_as("field", json.dumps(FIELD | changes))


def references(reading: Reading) -> list[str]:
    return [report.reference for report in reading.reports]  # type: ignore[union-attr]


def test_an_object_makes_the_claims_that_it_says() -> None:
    reading = field(submitted="2031-05-02T08:00:00+03:00", means=["mortar", "artillery"], not_actor="North")
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    assert (report.source, report.reference, report.first_hand) == ("Post 1", "F-1", True)
    assert isinstance(report.published, Interval)
    assert value(reading, "act") == one("shelling")
    assert value(reading, "means") == OneOf(any_of=("mortar", "artillery"))
    assert value(reading, "actor") == OneOf(none_of=("North",))
    assert value(reading, "place") == Disc(name="Milltown", lat=12.5, lon=40.25, radius_m=100)
    assert value(reading, "deaths") == Count(low=0, best=1, high=2)
    assert value(reading, "injured") is None
    assert reading.problems == ()


@pytest.mark.parametrize(
    ("name", "attribute"),
    [("observed", "time"), ("place", "place"), ("act", "act"), ("actor", "actor"), ("deaths", "deaths")],
)
def test_unknown_in_any_field_is_an_answer_and_a_field_not_there_is_silence(name: str, attribute: str) -> None:
    assert value(field(**{name: "unknown"}), attribute) == NO_REASON
    assert value(field(**{name: None}), attribute) is None


def test_a_number_alone_is_exact() -> None:
    assert value(field(deaths=0), "deaths") == Count(low=0, best=0, high=0)


def test_source_given_goes_before_the_report() -> None:
    assert read_as("field", json.dumps(FIELD), source="Mission").reports[0].source == "Mission"


def test_the_members_of_a_list_name_their_lines_and_number() -> None:
    reading = read_as("field", json.dumps([FIELD, FIELD | {"id": "F-2"}], indent=1))
    spans = [(one.origin.first, one.origin.last, one.origin.record) for one in reading.reports]
    text = json.dumps([FIELD, FIELD], indent=1).splitlines()
    first_end = text.index(" },") + 1
    assert spans == [(2, first_end, 1), (first_end + 1, len(text) - 1, 2)]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"place": {"lat": 91, "lon": 0}}, "place.lat"),
        ({"place": {"lat": float("nan"), "lon": 0}}, "place.lat"),
        ({"place": {"lat": 0, "lon": float("-inf")}}, "place.lon"),
        ({"place": {"lat": 0}}, "place.lon"),
        ({"place": {"lat": "12", "lon": 0}}, "place.lat"),
        ({"place": {"lat": True, "lon": 0}}, "place.lat"),
        ({"place": {"lat": 1, "lon": 1, "radius_m": -1}}, "place.radius_m"),
        ({"place": {"lat": 1, "lon": 1, "radius_m": 10**30}}, "place.radius_m"),
        ({"place": {"latitude": 1}}, "place"),
        ({"place": []}, "place"),
        ({"observed": {"start": "2031-02-30"}}, "observed"),
        ({"observed": {"start": "2031-05-02", "end": "2031-05-01"}}, "observed"),
        ({"observed": 20310502}, "observed"),
        ({"submitted": "soon"}, "submitted"),
        ({"deaths": -1}, "deaths"),
        ({"deaths": 1.5}, "deaths.best"),
        ({"deaths": {"low": 10**400}}, "deaths.low"),
        ({"deaths": {"most": 1}}, "deaths"),
        ({"first_hand": "yes"}, "first_hand"),
        ({"account": "\ud800"}, "account"),
        ({"account": "a\0b"}, "account"),
        ({"account": 5}, "account"),
        ({"actor": [1]}, "actor"),
        ({"id": {"a": 1}}, "id"),
        ({"attachments": "a.zip"}, "attachments"),
    ],
)
def test_a_field_that_cannot_be_read_costs_itself_alone_and_is_placed(changes: dict[str, Any], where: str) -> None:
    members = [FIELD, FIELD | {"id": "F-2"} | changes, FIELD | {"id": "F-3"}]
    text = "[\n" + ",\n".join(json.dumps(one) for one in members) + "\n]"
    reading = read_as("field", text)
    assert len(reading.reports) == 3
    (problem,) = reading.problems
    assert problem.line == 3
    assert problem.field is not None and (problem.field == where or problem.field.startswith(f"{where}."))
    if next(iter(changes)) in FIELD:
        name = f'"{next(iter(changes))}": '
        assert problem.column == text.splitlines()[2].index(name) + len(name) + 1
    assert of_part(problem) == "report 2: Recorded without this field."
    attribute = {"observed": "time"}.get(where.split(".")[0], where.split(".")[0])
    if attribute in ATTRIBUTES:
        assert isinstance(value(reading, attribute, 1), Unknown)


@pytest.mark.parametrize("source", ["", None, 5])
def test_a_report_that_nobody_says_is_lost(source: Any) -> None:
    reading = read_as("field", json.dumps([FIELD, FIELD | {"source": source}]))
    assert references(reading) == ["F-1"]
    assert (reading.problems[0].field, of_part(reading.problems[0])) == (
        "source",
        "report 2: This report was not recorded.",
    )


def test_a_report_that_says_nothing_is_lost_and_one_with_an_attachment_alone_is_kept() -> None:
    assert read_as("field", '{"id": "F-1", "source": "Post 1"}').reports == ()
    picture = {"name": "a", "base64": "aGVsbG8="}
    assert len(read_as("field", json.dumps({"source": "Post 1", "attachments": [picture]})).reports) == 1


@pytest.mark.parametrize("number", [7, 1758432000000000123])
def test_an_id_may_be_a_number(number: int) -> None:
    assert references(field(id=number)) == [str(number)]


def test_names_facts_and_files_without_end_cost_themselves_alone() -> None:
    reading = field(actor=[f"n{n}" for n in range(70_000)], facts={f"f-{n}": "yes" for n in range(70_000)},
                    attachments=[{"base64": ""}] * 70_000)  # fmt: skip
    assert [problem.field for problem in reading.problems] == ["actor", "facts", "attachments"]
    assert len(reading.reports) == 1


@pytest.mark.parametrize(
    "bad",
    [
        '{"id": "F-2" "source": "x"}',
        '{"id": "F-2", "source": "x",}',
        '{"id": "F-2", "source": \'x\'}',
        '{"id": "F-2, "source": "x"}',
        '{"id": "F-2", "source": "x"',
        '{"id": "F-2", "act": ["x", "source": "x"}',
        '{"id": "F-2", "id": "F-4", "source": "x"}',
        '{"place": {"lat": 1, "lat": 2, "lon": 1}, "source": "x"}',
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '"just words"',
        "17",
        "null",
        "[]",
        "",
    ],
)
def test_a_member_that_is_no_json_object_spares_those_before_and_after(bad: str) -> None:
    text = f"[\n{json.dumps(FIELD)},\n{bad},\n{json.dumps(FIELD | {'id': 'F-3'})}\n]"
    reading = read_as("field", text)
    assert references(reading) == ["F-1", "F-3"]
    assert [of_part(one) for one in reading.problems] == ["report 2: This report was not recorded."]
    assert reading.problems[0].line in (3, 4)
    assert len(str(reading.problems[0])) < 500


def test_a_list_that_is_cut_off_keeps_whole_members_and_says_so() -> None:
    text = json.dumps([FIELD, FIELD | {"id": "F-2"}])
    for cut in (len(text) - 1, len(text) - 10):
        reading = read_as("field", text[:cut])
        assert references(reading)[0] == "F-1"
        assert any("cut off" in problem.expected for problem in reading.problems)


def test_json_lines_are_read_one_by_one() -> None:
    lines = [json.dumps(FIELD), "{broken}", json.dumps(FIELD | {"id": "F-3"})]
    reading = read_as("field", "\n".join(lines))
    assert references(reading) == ["F-1", "F-3"]
    assert [problem.line for problem in reading.problems] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "@\nxx\n@",
        "@\n{{{\n@",
        '@\n{"id": "F-2", "act": "shel\n@',
        '@\n{"id": "F-2", "act": ["shelling"\n@',
        "[@ @]",
        "// a remark\n@\n@",
    ],
)
def test_what_is_broken_between_two_reports_costs_neither(text: str) -> None:
    first, last = json.dumps(FIELD), json.dumps(FIELD | {"id": "F-3"})
    reading = read_as("field", first.join(text.split("@", 1)).replace("@", last))
    assert references(reading) == ["F-1", "F-3"]


@pytest.mark.parametrize("text", ["hello", "[]", "{", "[", "]", "nul", '"x"', "{}", "[{}]", "[1,]"])
def test_json_without_a_report_is_a_problem(text: str) -> None:
    reading = read_as("field", text)
    assert reading.reports == ()
    assert reading.problems


def test_a_word_outside_the_vocabulary_costs_its_claim_alone() -> None:
    reading = field(act="mischief")
    found = value(reading, "act")
    assert isinstance(found, Unknown) and found.lost and '"mischief"' in found.why.text
    assert [problem.field for problem in reading.problems] == ["act"]
    assert of_part(reading.problems[0]) == "report 1: Recorded without this field."


def test_a_field_that_nobody_knows_is_named_and_the_report_kept() -> None:
    reading = field(weather="rain")
    assert references(reading) == ["F-1"]
    assert [problem.found for problem in reading.problems] == ["weather"]


def test_counts_out_of_order_cost_their_claim_alone() -> None:
    reading = field(deaths={"low": 3, "best": 1})
    assert isinstance(value(reading, "deaths"), Unknown)
    assert [problem.field for problem in reading.problems] == ["deaths"]


def test_a_place_without_a_radius_is_as_exact_as_its_digits() -> None:
    assert value(field(place={"lat": 12.25, "lon": 40.0}), "place").radius_m == 788  # type: ignore[union-attr]


def test_a_time_that_is_partly_unknown_is_unknown_and_says_what_is_known() -> None:
    found = value(field(observed={"start": "2031-05-02", "end": "unknown"}), "time")
    assert isinstance(found, Unknown) and found.why.params == {"start": "2031-05-02", "end": "unknown"}


def test_the_claim_says_the_words_that_it_was_read_from() -> None:
    said = claim(field(), "place")
    assert said is not None and said.said == "name Milltown, lat 12.5, lon 40.25, radius_m 100"


# Attachments


def attached(*files: bytes, **changes: Any) -> Reading:
    members = [{"name": "a.bin", "media_type": "x/y", "base64": base64.b64encode(one).decode()} for one in files]
    return field(attachments=members, **changes)


def archive(declared: int | None = None) -> bytes:
    """Return a ZIP archive, whose directory may lie about the size of its one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", "hello hello hello")
    data = buffer.getvalue()
    if declared is None:
        return data
    entry = data.index(b"PK\x01\x02")
    return data[: entry + 24] + struct.pack("<I", declared) + data[entry + 28 :]


def test_attachments_are_kept_unopened_by_their_digest() -> None:
    reading = attached(b"one", b"two", b"one")
    digests = [hashlib.sha256(data).hexdigest() for data in (b"one", b"two")]
    assert reading.attachments == dict(zip(digests, (b"one", b"two"), strict=True))
    assert list(reading.reports[0].attachments) == digests


def test_an_archive_that_says_it_unpacks_to_too_much_is_kept_unopened_and_flagged() -> None:
    for bomb, size in ((archive(4_000_000_000), "4,000,000,000"), (archive(99_000_000), "99,000,000")):
        reading = attached(bomb)
        assert list(reading.attachments.values()) == [bomb]
        (flag,) = reading.reports[0].flags
        assert flag.code == "archive-bomb"
        assert size in flag.text


def test_an_honest_archive_is_not_flagged_and_a_broken_one_is() -> None:
    assert attached(archive()).reports[0].flags == ()
    assert [flag.code for flag in attached(b"PK\x03\x04 broken").reports[0].flags] == ["archive-unreadable"]


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "a", "base64": "not base64!"},
        {"name": "a", "base64": "abc"},
        {"name": "a", "base64": "é"},
        {"name": "a"},
        {"name": "a", "base64": 5},
        {"name": "a", "base64": "", "run": "me"},
        "a",
        None,
    ],
)
def test_an_attachment_that_cannot_be_read_costs_only_itself(bad: Any) -> None:
    good = {"name": "b", "base64": base64.b64encode(b"good").decode()}
    reading = field(attachments=[bad, good])
    assert references(reading) == ["F-1"]
    assert list(reading.attachments.values()) == [b"good"]
    assert [problem.field for problem in reading.problems] == ["attachments"]


@pytest.mark.parametrize("size", [25_000_001, 40_000_000])
def test_an_attachment_that_is_too_large_is_refused_and_its_report_kept(size: int) -> None:
    reading = attached(bytes(size))
    assert references(reading) == ["F-1"]
    assert not reading.attachments
    assert "25,000,000" in reading.problems[0].expected


def test_a_field_that_nobody_knows_is_told_with_all_that_there_are() -> None:
    reading = read_as("field", json.dumps(FIELD | {"mood": "tense"}))
    assert reading.problems[0].expected == f"one of the fields {', '.join(KNOWN)}"
