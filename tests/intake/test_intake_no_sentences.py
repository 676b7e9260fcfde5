"""What a channel records says nothing in words of ours: each text is a code, or made of words that came.

A text of several words may hold words of the input, of its file's name, of the channel's own codebook (the publisher's
words for its codes), and names of columns, and no other. So a sentence of the program cannot enter a record unseen: it
would be one in English, for ever, in every language in which the record is shown.
"""

import random
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from every_channel import EVERY, ROLES, Channel
from intake_samples import read_as
from ruamel.yaml import YAML

from coded import sentences_of_ours, strings, words_of
from parley.centre.handles import Handles
from parley.centre.statements import state_reading
from parley.model import Article, InputError, Reading

HANDLES = Handles(bytes(32), {})
ODD = (
    "unknown",
    "soon",
    "-1",
    "x",
    "95",
    "1.000",
    "nan",
    "0",
    "9",
    "South; North",
    "2031-05-02T25:00",
    "31/02/2031",
    "",
)
"""What a cell may hold beside what is good: nothing, not known, not readable, too much, two readings."""
CODEBOOKS: Mapping[str, tuple[str, ...]] = {
    "acled": ("acled.yaml",), "acled-deleted": ("acled.yaml",), "ucdp-ged": ("ucdp_ged.yaml",),
    "gdelt": ("gdelt.yaml",), "hxl": ("hxl.yaml",), "ushahidi": ("ushahidi.yaml",),
    "auto-archiver": ("auto_archiver.yaml",),
}  # fmt: skip
NAMED = {
    "ucdp-ged": {"ucdp", "ged", "state", "based", "conflict", "non", "one", "sided", "violence"},
    "gdelt": {"cameo"},
    "hxl": {"yyyy", "mm"},
}
"""Names of the list itself, what its codes of kinds are called there, and patterns of dates."""


def codebook(channel: str) -> set[str]:
    """Return the words of the data that belongs to *channel*, and of the names of its columns."""
    yaml, found = YAML(typ="safe", pure=True), set(NAMED.get(channel, ()))
    for name in CODEBOOKS.get(channel, ()):
        data = yaml.load(resources.files("parley.intake.channels").joinpath(name).read_text("utf-8"))
        found |= {word for text in (*strings(data), *names(data)) for word in words_of(text)}
    return found


def names(data: Any) -> Iterator[str]:
    for name, inner in data.items() if isinstance(data, dict) else ():
        yield str(name)
        yield from names(inner)


def said_besides(channel: Channel, rows: list[Mapping[str, str]]) -> list[str]:
    """Return what is recorded of *rows* in words that neither they nor the codebook have."""
    filled = [{**ROLES, **channel.good, **row} for row in rows]
    given = codebook(channel.name) | words_of("csv file mapping yaml")
    for text in (*(cell for row in filled for cell in row.values()), *map(str, channel.columns.values())):
        given |= words_of(text)
    given |= words_of(channel.build(filled).decode("utf-8", "replace"))
    return sentences_of_ours(recorded(channel.read(*rows)), given)


def recorded(reading: Reading) -> list[Any]:
    return [body for _, body in state_reading(reading, 3, True, HANDLES)]


@pytest.mark.parametrize("channel", [pytest.param(one, id=f"{one.name}-{nth}") for nth, one in enumerate(EVERY)])
def test_what_is_recorded_is_in_words_that_came(channel: Channel) -> None:
    chance = random.Random(channel.name)
    tried: list[list[Mapping[str, str]]] = [[{}]]
    for role in channel.columns:
        tried += [[{role: odd}] for odd in ODD]
    for _ in range(20):
        tried.append([{role: chance.choice((*ODD, ROLES[role])) for role in channel.columns} for _ in range(3)])
    read = 0
    for rows in tried:
        try:
            assert said_besides(channel, rows) == []
            read += 1
        except InputError:
            continue
    assert read > 10, "most of what was tried was read"


ARTICLES = sorted((Path(__file__).parent / "golden").glob("[0-9][0-9]-*.yaml"))
DATED = """Geneva, 6 August 2016 - Two days ago Russia accused Turkey of shelling the town of Aleppo on Friday 5 August.

The Paper, citing Reuters (Saturday, 6 August 2016): the call was on 4 August, a day after the note was sent in Idlib.

It was closed on Monday; last Monday it was open. It opened on Friday 5 August, local time. From 5 to 7 August.

Source: https://paper.example/2016/08/06/calm
"""


def data_of_articles() -> set[str]:
    """Return the words of the tables of places and names, which are data, and of the kinds of places."""
    yaml, found = YAML(typ="safe", pure=True), set()
    for name in ("places", "names", "grammar"):
        data = yaml.load(resources.files("parley.intake.articles").joinpath(f"{name}.yaml").read_text("utf-8"))
        found |= {word for text in (*strings(data), *names(data)) for word in words_of(text)}
    return found


def of_article(data: bytes) -> list[str]:
    given = words_of(data.decode()) | words_of("file The Paper") | data_of_articles()
    return sentences_of_ours(recorded(read_as("article", data, source="The Paper")), given)


@pytest.mark.parametrize("file", [pytest.param(one, id=one.stem) for one in ARTICLES])
def test_what_is_recorded_of_an_article_is_in_words_that_came(file: Path) -> None:
    assert of_article(YAML(typ="safe", pure=True).load(file.read_text("utf-8"))["text"].encode()) == []


PAGE = (
    '<html><head><meta property="article:published_time" content="2016-08-06"><title>Calm</title>'
    '<link rel="canonical" href="https://paper.example/2016/08/06/calm"></head><body>'
    f"{''.join(f'<p>{line}</p>' for line in DATED.splitlines() if line)}</body></html>"
)
MAIL = f"From: a@paper.example\nDate: Sat, 6 Aug 2016 10:00:00 +0300\nSubject: Calm\n\n{DATED}"


@pytest.mark.parametrize("text", [DATED, PAGE, MAIL])
def test_on_what_dates_and_places_of_an_article_rest_is_recorded_in_codes(text: str) -> None:
    assert of_article(text.encode()) == []


def test_dates_and_places_rest_on_many_things_which_the_samples_show() -> None:
    rest: set[str] = set()
    for text in (DATED, PAGE, MAIL):
        (one,) = read_as("article", text, source="The Paper").reports
        assert isinstance(one, Article)
        rest |= {cause.code for date in one.dates for cause in date.basis}
        rest |= {cause.code for said in one.proposals for place in said.places for cause in place.why}
    assert rest >= {
        "as-written", "year-of-publication", "weekday-agrees", "local-time", "counted-from-publication",
        "latest-weekday", "days-before", "web-address", "web-address-of-page", "metadata-of-page", "date-of-mail",
        "dateline", "bears-the-name",
    }  # fmt: skip
