"""Every kind of file on every channel: read as it is meant, or refused whole by its name. Nothing lies between."""

from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import read_as
from kinds_samples import MAIL, NEWS, OF_KIND
from ruamel.yaml import YAML

from parley.intake import CHANNELS
from parley.intake.kinds import foreign, kind_of
from parley.model import Article, Input, Reading

TABLE: dict[str, dict[str, list[str]]] = YAML(typ="safe").load(
    resources.files("parley.intake").joinpath("kinds.yaml").read_text("utf-8")
)

MEANT = {
    ("article", "text"), ("article", "page"), ("article", "mail"), ("article", "mbox"),
    ("table", "table"), ("table", "workbook"), ("acled-deleted", "acled"),
} | {(kind, kind) for kind in OF_KIND if kind in CHANNELS}  # fmt: skip
"""On which channel each kind is read; the others refuse it."""


def raw(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data


def samples() -> Iterator[Any]:
    for kind, files in OF_KIND.items():
        for number, data in enumerate(files):
            yield pytest.param(kind, raw(data), id=f"{kind}-{number}")


every_file = pytest.mark.parametrize(("kind", "data"), list(samples()))


def given_as(channel: str, data: bytes) -> Reading:
    return read_as(channel, data, source="The Desk")


@every_file
def test_a_file_is_known_for_what_it_is(kind: str, data: bytes) -> None:
    assert kind_of(Input("file", data)) == kind


@every_file
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_and_the_encoding_hide_no_kind(kind: str, data: bytes, encoding: str) -> None:
    if kind not in ("kmz", "workbook"):
        assert kind_of(Input("file", data.decode().encode(encoding))) == kind


@pytest.mark.parametrize("channel", CHANNELS)
@every_file
def test_a_file_is_read_as_it_is_meant_or_refused_by_its_name(channel: str, kind: str, data: bytes) -> None:
    reading = given_as(channel, data)
    gave = bool(reading.reports or reading.withdrawals)
    if gave:
        assert (channel, kind) in MEANT
        return
    assert reading.problems and not reading.attachments
    named = [one for one in reading.problems if one.code == "of-another-kind"]
    if kind in TABLE[channel]["for"]:
        assert not named, "its own reader says what lacks"
    else:
        (one,) = named
        assert one is reading.problems[-1]
        assert one.params == {"kind": kind, "channel": channel}
    if foreign(kind, channel):
        assert len(reading.problems) == 1


@pytest.mark.parametrize(("channel", "kind"), sorted(MEANT))
def test_what_is_meant_is_read(channel: str, kind: str) -> None:
    read = [given_as(channel, raw(data)) for data in OF_KIND[kind]]
    assert any(one.reports or one.withdrawals for one in read)


def test_every_kind_and_channel_has_words_and_a_place_in_the_table() -> None:
    assert TABLE.keys() == CHANNELS.keys()
    for channel, row in TABLE.items():
        assert row.keys() <= {"for", "shown"} and set(row["for"]) <= OF_KIND.keys()
        assert not set(row["for"]) & set(row.get("shown", ())) and set(row.get("shown", ())) <= OF_KIND.keys()
        for kind in OF_KIND:
            if foreign(kind, channel):
                (problem,) = given_as(channel, raw(OF_KIND[kind][0])).problems
                assert problem.found != kind and problem.expected != channel and "do-" not in problem.kept_text


def test_a_map_given_as_an_article_is_told_where_it_belongs() -> None:
    (problem,) = given_as("article", raw(OF_KIND["kml"][0])).problems
    assert str(problem) == (
        "file: Found a KML map. Expected: a news article or a mail, as text or HTML. "
        "Nothing was recorded; export it as GeoJSON and add it --as geojson."
    )


ARTICLES = [
    f"From: our correspondent in Milltown\n\n{NEWS}",
    f"From: The Courier\nDate: 2 May 2031\n\n{NEWS}",
    f"Subject: shelling\n\n{NEWS}",
    f"From Milltown, Fri 2 May 2031\n\n{NEWS}",
    f"{NEWS}\nwhen,where,what\n2031-05-02,Mill,shelling\n2031-05-03,Ford,gunfire\n\n{NEWS}",
    f"{NEWS}\n| when | where |\n|---|---|\n| 2 May | Mill |\n",
    f"Title\tof it\n\n{NEWS}\nwhen\twhere\n2 May\tMill\n",
    f'{NEWS}\n{{"type": "FeatureCollection", "features": []}}\n',
    f"{NEWS}\n<kml><Document/></kml>\n",
    f"[Updated at noon] {NEWS}",
    f"[1] {NEWS}[2] {NEWS}",
    f'["We accuse nobody," he said.] {NEWS}',
    f"{{corrected}} {NEWS}",
    f"18:10 - {NEWS}18:12 - {NEWS}",
    f"2 May 2031, 18:10 - {NEWS}",
    "In the north, shots, they say.\nIn the south, none, they say.\nIn the west, rain, they say.\n",
    "It was denied; nobody knows.\nIt was said; nobody heard.\nIt was seen; nobody saw.\n",
    "The North lost 1,000 men.\nThe South lost 2,000 men.\nThe West lost 3,000 men.\n",
    f"#Milltown, #North, #talks\n\n{NEWS}",
    f"Publisher: The Courier\nDay: Friday\n\n{NEWS}",
    f"> {NEWS}\nOn 1 May 2031 Anna wrote:\n> {NEWS}",
    f"claims: many\n\n{NEWS}",
    "الشمال اتهم الجنوب بقصف القرية، والجنوب نفى ذلك، كما قيل أمس.\n",
    "Север обвинил Юг в обстреле деревни, а Юг это отрицает, как сообщили вчера.\n",
]  # fmt: skip


@pytest.mark.parametrize("text", ARTICLES)
def test_an_article_is_an_article_whatever_stands_in_it(text: str) -> None:
    (article,) = given_as("article", text.encode()).reports
    assert isinstance(article, Article) and article.origin.record is None
    assert sum(len(block.text.split()) for block in article.blocks) == len(text.split())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["In the north, ", "shots; ", "he said. ", "“No,” ", "\n", "\n\n", "1,000 ", "- ", "(x) ", "a: b ", "\t"]
        ),
        min_size=1, max_size=40,
    )
)  # fmt: skip
def test_running_text_is_never_taken_for_another_kind(parts: list[str]) -> None:
    assert kind_of(Input("file", "".join([NEWS, *parts, "\n", NEWS]).encode())) == "text"


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(OF_KIND)), st.integers(0, 400), st.binary(max_size=8), st.sampled_from(sorted(CHANNELS)))
def test_broken_files_of_any_kind_never_raise(kind: str, cut: int, put: bytes, channel: str) -> None:
    data = raw(OF_KIND[kind][0])
    reading = given_as(channel, data[:cut] + put + data[cut:][: 2 * cut])
    assert reading.reports or reading.withdrawals or reading.problems or reading.passed


def test_the_kind_of_a_large_file_is_told_by_its_beginning() -> None:
    assert kind_of(Input("file", (MAIL + NEWS * 5000).encode())) == "mail"
    assert kind_of(Input("file", ("a,b,c\n" + "1,2,3\n" * 100_000).encode())) == "table"
    for hostile in (
        '"messages":[' * 9000,
        "{" * 90_000,
        "x " * 50_000,
        "<!--" * 30_000,
        "claims:\n" * 9000,
        '"' * 90_000,
    ):
        assert isinstance(kind_of(Input("file", b"[" + hostile.encode())), str)
        assert isinstance(kind_of(Input("file", hostile.encode())), str)
