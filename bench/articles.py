"""Measure the reading of articles: plain text in four languages and HTML pages, articles a second on one core.

    .venv/bin/python bench/articles.py [--articles 2000] [--pages 100] [--runs 3]

The texts are the packaged articles of the Syria scenario and the golden ones of `tests/intake/golden`, each with a
line of its own, so that no two are the same bytes. The peer, in the same run, only finds the language and cuts the
text into sentences: what any reader has to do. Aim: 100 articles a second a core.

Pages are the packaged articles in English within menus, links, scripts and styles, 70 kB each, read through the child
process; their peer is trafilatura alone with its metadata, in this process. Aim: 20 pages a second.

The trip wire: of the sentences of these texts, and of those that `tests/intake/golden` holds for it, for how many two
people are needed. Aim: for all that are grave; of all sentences of an article a quarter at most.
"""

import argparse
import html
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import trafilatura
from ruamel.yaml import YAML

from parley.intake.articles.language import language_of
from parley.intake.articles.quotes import sentences_in
from parley.intake.articles.share import Share, share
from parley.intake.channels.article import read_article
from parley.model import Article, Input

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Asia/Damascus")
PAGE_BYTES = 70_000
GOLDEN = ROOT / "tests/intake/golden"


def long_articles() -> dict[str, list[str]]:
    """Return the packaged plain-text articles by language; about 3,000 to 4,000 bytes each."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "src/parley/demo/syria/inputs/articles").glob("*.txt")):
        found.setdefault(path.suffixes[-2][1:], []).append(path.read_text("utf-8"))
    return found


def short_articles() -> dict[str, list[str]]:
    """Return the golden snippets by language; about 300 to 700 bytes each."""
    found: dict[str, list[str]] = {}
    for path in sorted(GOLDEN.glob("[0-9][0-9]-*.yaml")):
        found.setdefault(path.stem[3:5], []).append(YAML(typ="safe", pure=True).load(path.read_text("utf-8"))["text"])
    return found


def each(texts: Sequence[str], articles: int, run: int) -> list[Input]:
    """Return *articles* inputs made of *texts* in turn, no two alike."""
    return [
        Input(f"{run}-{i}.txt", f"{texts[i % len(texts)].rstrip()}\n\nNr. {run}/{i}.\n".encode())
        for i in range(articles)
    ]


def pages(texts: Sequence[str], count: int, run: int) -> list[Input]:
    """Return *count* pages that show *texts* in turn, no two alike."""
    found = []
    for number in range(count):
        body = "\n".join(f"<p>{html.escape(part)}</p>" for part in texts[number % len(texts)].split("\n\n"))
        links = "".join(f'<li><a href="/{run}/{number}/{i}">Story {i}</a></li>' for i in range(400))
        page = (
            f"<!doctype html><html><head><title>{run}-{number}</title><style>.menu {{ color: red }}</style>"
            '<meta property="article:published_time" content="2016-08-06T10:00:00Z"></head>'
            f"<body><nav class=menu><ul>{links}</ul></nav><article>{body}</article><footer><ul>{links}</ul></footer>"
        )
        filler = "var shown = 1;\n" * ((PAGE_BYTES - len(page)) // 15)
        found.append(Input(f"{run}-{number}.html", f"{page}<script>{filler}</script></body></html>".encode()))
    return found


def alone(arrived: Input) -> int:
    return len(trafilatura.extract(arrived.data.decode(), with_metadata=True) or "")


def ours(arrived: Input) -> int:
    (article,) = read_article(arrived, "The Paper", ZONE).reports
    assert isinstance(article, Article)
    return len(article.proposals)


def lone_sentences() -> dict[str, dict[str, list[str]]]:
    """Return the sentences that were written for the trip wire, by kind and language; each is an article of its own."""
    found = {}
    for name in ("wire_unseen", "wire_open"):
        table = YAML(typ="safe", pure=True).load((GOLDEN / f"{name}.yaml").read_text("utf-8"))
        quiet = table.pop("quiet", None)
        found[f"{name}, grave"] = table
        found |= {f"{name}, harmless": quiet} if quiet else {}
    return found


def say_share(title: str, by_language: dict[str, list[str]]) -> None:
    """Print for how many sentences of the texts two people are needed."""
    found = {}
    for language, texts in by_language.items():
        read = (read_article(Input("a.txt", text.encode()), "The Paper", ZONE).reports for text in texts)
        found[language] = sum((share(one) for reports in read for one in reports if isinstance(one, Article)), Share())
    whole = sum(found.values(), Share())
    shown = ", ".join(f"{language} {one.by_two} of {one.sentences}" for language, one in found.items())
    print(f"two people needed, {title}: {100 * whole.by_two / whole.sentences:.0f} % ({shown})")


def peer(arrived: Input) -> int:
    text = arrived.data.decode()
    language, _ = language_of(text)
    return sum(1 for _ in sentences_in(text, language))


def rate(work: Callable[[Input], int], inputs: Sequence[Input]) -> float:
    started = time.perf_counter()
    for one in inputs:
        work(one)
    return len(inputs) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    print(
        f"CPython {platform.python_version()}, {os.cpu_count()} cores, one used; {given.runs} runs of {given.articles}"
    )
    for title, by_language in (("packaged", long_articles()), ("golden", short_articles())):
        for language, texts in by_language.items():
            rate(ours, each(texts, len(texts), -1))  # tables and patterns are made once
            took = [
                (rate(ours, inputs), rate(peer, inputs))
                for run in range(given.runs)
                for inputs in [each(texts, max(given.articles // len(by_language), len(texts)), run)]
            ]
            read, cut = ([pair[i] for pair in took] for i in (0, 1))
            size = sum(len(text.encode()) for text in texts) // len(texts)
            print(
                f"{title:8} {language}: {size:5,} bytes, {statistics.median(read):6.0f} articles/s "
                f"({min(read):.0f} to {max(read):.0f}); language and sentences alone {statistics.median(cut):6.0f}/s"
            )
    texts = long_articles()["en"]
    rate(ours, pages(texts, 2, -1))  # the child has begun
    took = [
        (rate(ours, inputs), rate(alone, inputs))
        for run in range(given.runs)
        for inputs in [pages(texts, given.pages, run)]
    ]
    read, cut = ([pair[i] for pair in took] for i in (0, 1))
    print(
        f"pages    en: {PAGE_BYTES:,} bytes, {statistics.median(read):6.1f} pages/s "
        f"({min(read):.1f} to {max(read):.1f}); trafilatura alone {statistics.median(cut):6.1f}/s"
    )
    for title, by_language in {"packaged": long_articles(), "golden": short_articles(), **lone_sentences()}.items():
        say_share(title, by_language)


if __name__ == "__main__":
    main()
