"""Copies of one telling are found by their words; what only resembles stays apart."""

from datetime import UTC, datetime
from random import Random

from hangs import no_hang
from parley.incidents import origins
from parley.model import Article, Block, Origin, RecordedReport, Span

WORDS = [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in ("n", "r", "st", "nd", "la", "mi", "po", "te")]


def text(seed: int, length: int = 300) -> list[str]:
    dice = Random(seed)
    return [dice.choice(WORDS) for _ in range(length)]


def article(entry: int, *paragraphs: list[str], key: str | None = None) -> RecordedReport:
    blocks, at = [], 0
    for words in paragraphs:
        said = " ".join(words)
        blocks.append(Block(kind="body", span=Span(start=at, end=at + len(said)), text=said))
        at += len(said) + 2
    return RecordedReport(
        entry=entry,
        received_at=datetime(2031, 5, 2, tzinfo=UTC),
        side="independent",
        handle=f"outlet {entry}",
        report=Article(
            source=f"outlet {entry}",
            channel="article",
            origin=Origin(digest=f"{entry}", name="a.txt", first=1, last=1),
            blocks=tuple(blocks),
            origin_key=key or f"key {entry}",
        ),
    )


def changed(words: list[str], share: float, seed: int) -> list[str]:
    dice = Random(seed)
    return [dice.choice(WORDS) if dice.random() < share else word for word in words]


ONE = text(1)


def test_copies_are_found_whatever_was_done_to_them() -> None:
    told = [
        article(3, ONE),
        article(5, ONE, ONE),  # the body twice
        article(6, ONE[:100]),  # the first third
        article(8, changed(ONE, 0.25, 1)),  # a quarter of the words
        article(9, text(2, 200), ONE[100:200], text(3, 200)),  # a third in another article
        article(11, [word.upper() for word in ONE]),
        article(12, text(4)),
    ]
    assert origins(told) == dict.fromkeys([3, 5, 6, 8, 9, 11], 3)
    Random(1).shuffle(told)
    assert origins(told) == dict.fromkeys([3, 5, 6, 8, 9, 11], 3)


def test_unrelated_articles_stay_apart_though_they_share_a_sentence() -> None:
    sentence = text(99, 12)
    assert origins([article(n, text(n + 10), sentence) for n in range(20)]) == {}


def test_an_article_too_short_for_runs_is_a_copy_by_its_key_alone() -> None:
    assert origins([article(1, ["a", "b"], key="x"), article(2, ["a", "b"], key="x"), article(3, ["a", "b"])]) == {
        1: 1,
        2: 1,
    }


def test_copies_among_ten_thousand_articles_are_found() -> None:
    told = [article(n, text(n if n % 5 else n // 50, 120)) for n in range(10_000)]
    with no_hang():
        found = origins(told)
    assert len(set(found.values())) >= 200
