"""What auto-archiver kept: links with hashes, in three forms; a post's time is not the time of a happening."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import read_as, value

from parley.intake.faults import Unreadable
from parley.intake.text.python_text import python_value
from parley.model import Disc, EventReport, Reading, Words

DIGEST = "ab" * 32
URL = "https://example.org/post/1"
SHEET = "Link,Archive status,Archive location,Archive date,Upload timestamp,Upload title,Text content,Hash"
SHEET_ROW = (
    f"{URL},telethon: success,https://kept.example/1.html,2031-05-03,2031-05-02T06:30:00+00:00,Shots,Near the mill,"
    f"SHA-256:{DIGEST}"
)
METADATA = (
    "{'_processed_at': datetime.datetime(2031, 5, 3, 1, 2, 3, 456, tzinfo=datetime.timezone.utc), "
    f"'url': '{URL}', 'title': 'Shots', 'content': \"Near \\\"the\\\" mill\", "
    "'timestamp': datetime.datetime(2031, 5, 2, 6, 30, tzinfo=datetime.timezone.utc), 'uploader': 'Someone', 'x': None}"
)
MEDIA = (
    f"[{{'filename': 'a.mp4', '_key': 'a.mp4', 'urls': ['https://kept.example/a.mp4'], "
    f"'properties': {{'hash': 'SHA-256:{DIGEST}', 'n': (1, -2.5, {{True}})}}, '_mimetype': 'video/mp4', "
    "'_stored': True}]"
)
ITEM: dict[str, Any] = {
    "status": "telethon: success",
    "metadata": {
        "_processed_at": 1935457323.5, "url": URL, "title": "Shots", "content": "Near the mill",
        "timestamp": "2031-05-02 06:30:00+00:00", "uploader": "Someone",
    },
    "media": [
        {"filename": "a.mp4", "urls": ["https://kept.example/a.mp4"], "properties": {"hash": f"SHA-256:{DIGEST}"}}
    ],
}  # fmt: skip


def read(text: str, **options: Any) -> Reading:
    return read_as("auto-archiver", text, **options)


def database(metadata: str = METADATA, media: str = MEDIA, status: str = "telethon: success") -> str:
    cells = (cell.replace('"', '""') for cell in (status, metadata, media))
    return ",".join(f'"{cell}"' for cell in cells)


FORMS = {
    "sheet": f"{SHEET}\n{SHEET_ROW}\n",
    "database": f"status,metadata,media\n{database()}\n",
    "json": json.dumps(ITEM, indent=1),
    "api": json.dumps([{"url": URL, "result": ITEM}]),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_post_in_any_form_is_a_link_with_its_hash_and_claims_no_time_or_place(form: str) -> None:
    reading = read(FORMS[form])
    assert not reading.problems
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    assert (report.reference, report.cardinality) == (URL, "posts")
    assert report.source == ("example.org" if form == "sheet" else "Someone")
    assert report.citation is not None
    assert (report.citation.publisher, report.citation.address) == ("example.org", URL)
    assert str(report.citation.published) == "2031-05-02"
    assert [claim.attribute for claim in report.claims] == ["account"]
    said = value(reading, "account")
    assert isinstance(said, Words) and said.text.startswith("Shots\nNear")
    assert any(DIGEST in flag.text for flag in report.flags if flag.code == "archived-media")


def test_a_place_is_claimed_where_the_sheet_says_one() -> None:
    reading = read(f"{SHEET},Latitude,Longitude\n{SHEET_ROW},12.5,40.25\n")
    assert value(reading, "place") == Disc(lat=12.5, lon=40.25, radius_m=788)
    bad = read(f"{SHEET},Latitude,Longitude\n{SHEET_ROW},99,40.25\n")
    assert len(bad.reports) == 1 and bad.problems[0].field == "lat"


@pytest.mark.parametrize("status", ["", "no archiver", "Archive failed timeout", "Archive in progress"])
def test_a_post_that_was_not_archived_says_so(status: str) -> None:
    (report,) = read(f"{SHEET}\n{SHEET_ROW.replace('telethon: success', status)}\n").reports
    assert "not-archived" in [flag.code for flag in report.flags]


@pytest.mark.parametrize("url", ["", "nothing", "ftp://x/y", "javascript:alert(1)", "http://[", "https://"])
def test_a_row_without_the_address_of_a_post_is_a_problem(url: str) -> None:
    reading = read(f"{SHEET}\n{SHEET_ROW.replace(URL, url)}\n{SHEET_ROW}\n")
    assert len(reading.reports) == 1 and reading.problems[0].field == "url"


def test_a_time_that_is_none_costs_itself() -> None:
    reading = read(f"{SHEET}\n{SHEET_ROW.replace('2031-05-02T06:30:00+00:00', 'yesterday')}\n")
    assert reading.reports[0].published is None and reading.problems[0].field == "posted"


def test_a_cell_that_is_no_data_costs_its_row() -> None:
    reading = read(f"status,metadata,media\n{database(metadata='__import__(1)')}\n{database()}\n")
    assert len(reading.reports) == 1 and reading.problems[0].field == "metadata"


def test_many_files_of_one_post_are_counted() -> None:
    item = ITEM | {"media": ITEM["media"] * 200}
    (report,) = read(json.dumps(item)).reports
    assert len(report.flags) == 51 and "150 more" in report.flags[-1].text


def test_other_tables_and_json_are_refused() -> None:
    assert "link and archive status" in read("a,b\n1,2\n").problems[0].expected
    for text in ("{}", "[]", "[1]", '{"metadata": []}'):
        reading = read(text)
        assert not reading.reports and reading.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{'a': [1, -2.5, None, True], 'b': ('x',), 'c': set(), 'd': {1}, 'e': {}}",
         {"a": [1, -2.5, None, True], "b": ["x"], "c": [], "d": [1], "e": {}}),
        (r"'a\'b\n\u0041'", "a'b\nA"),
        ("datetime.datetime(2031, 5, 2, 6, 30)", "2031-05-02T06:30:00"),
        ("datetime.datetime(2031, 5, 2, 6, 30, tzinfo=tzutc())", "2031-05-02T06:30:00+00:00"),
        ("datetime.datetime(2031, 5, 2, 6, 30, tzinfo=datetime.timezone(datetime.timedelta(seconds=7200)))",
         "2031-05-02T06:30:00+02:00"),
        ("datetime.datetime(2031, 5, 2, 6, 30, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=79200)))",
         "2031-05-02T06:30:00-02:00"),
    ],
)  # fmt: skip
def test_data_as_python_writes_it(text: str, expected: Any) -> None:
    assert python_value(text) == expected


@pytest.mark.parametrize(
    "text",
    ["open('x')", "1+1", "[1 2]", "{'a' 1}", "[", "'a", "[" * 1000, "-" * 1000, "lambda: 0", "f'{1}'", "'a' 'b'", "",
     "datetime.datetime(2031, 13, 2)", "datetime.datetime(2031, 1, 2, tzinfo=open('x'))", "{1: 2, 3}", "[,]"],
)  # fmt: skip
def test_what_is_no_data_is_refused_and_never_run(text: str) -> None:
    with pytest.raises(Unreadable):
        python_value(text)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)


@given(plain)
def test_what_python_writes_is_read_back(data: Any) -> None:
    assert python_value(repr(data)) == data


@given(plain)
def test_any_metadata_is_answered_and_good_posts_are_kept(wild: Any) -> None:
    for text in (
        json.dumps(wild),
        json.dumps([wild, ITEM]),
        json.dumps([ITEM | {"metadata": wild, "media": wild}, ITEM]),
    ):
        reading = read(text)
        assert reading.reports or reading.problems
    assert len(read(json.dumps([ITEM | {"media": [wild]}, ITEM | {"metadata": {"url": wild}}, ITEM])).reports) >= 2


@given(st.binary(max_size=120))
def test_any_bytes_are_answered(data: bytes) -> None:
    for whole in (data, SHEET.encode() + b"\n" + data, b"status,metadata,media\n" + data):
        reading = read_as("auto-archiver", whole)
        assert reading.reports or reading.problems


def test_a_post_of_many_words_is_kept_and_the_others_too() -> None:
    long = METADATA.replace("Near", "Near " * 40_000)
    other = database(METADATA.replace("post/1", "post/2"))
    reading = read(f"status,metadata,media\n{database(long)}\n{other}\n")
    assert len(reading.reports) == 2
    assert [problem.field for problem in reading.problems] == ["text"]
    assert len(value(reading, "account").text) == 100_000  # type: ignore[union-attr]
