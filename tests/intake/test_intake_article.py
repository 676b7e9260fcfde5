"""The article of 6 August 2016, and an own one with its defects: image marker, caption, source line, body twice."""

import os
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from parley.intake.channels.article import checked, read_article
from parley.model import Article, Input, Proposal, Span

DAMASCUS = ZoneInfo("Asia/Damascus")
SHARED = Path(os.environ.get("PARLEY_SHARED", Path(__file__).parents[3] / "shared"))
SEED = SHARED / "inputs" / "article-2016-08-06.id.txt"
needs_seed = pytest.mark.skipif(not SEED.exists(), reason="the source article is not here")

BODY = (
    "Menteri Luar Negeri Norvela, Oskar Velin, meminta Menlu Sudrava Irena Dosta menghentikan tembakan di lembah itu.",
    "Pembicaraan itu berlangsung pada Jumat 5 Agustus waktu setempat. Sehari setelah Norvela melontarkan kritik kepada "
    "Sudrava, terkait penutupan jalan di tepi sungai.",
    "“Kami belum melihat perubahan apa pun di jalan itu,” kata juru bicara Norvela, Bram Olden, seperti dikutip dari "
    "Valley Wire, Sabtu (6/8/2016).",
)
SOURCE_LINE = "Sumber : http://kabar.example/read/2016/08/06/7/pembicaraan-di-lembah"
OWN = "\n".join(["![]() |", "Kedua menteri |", *BODY, SOURCE_LINE, *BODY[1:], SOURCE_LINE]) + "\n"


def read(text: str | bytes, source: str | None = None, name: str = "article.txt") -> Article:
    data = text.encode() if isinstance(text, str) else text
    reading = read_article(Input(name, data), source, DAMASCUS)
    assert reading.problems == ()
    (article,) = reading.reports
    assert isinstance(article, Article)
    return article


@pytest.fixture
def seed() -> Article:
    return read(SEED.read_bytes(), name=SEED.name)


def told(article: Article) -> set[tuple[str, str, str | None]]:
    return {(one.holder, one.act, one.addressee) for one in article.proposals}


@needs_seed
def test_the_body_of_the_source_article_stands_once_in_seven_paragraphs(seed: Article) -> None:
    assert len(seed.paragraphs) == 7
    assert [block.kind for block in seed.blocks[:2]] == ["image-marker", "caption"]
    assert [block.kind for block in seed.blocks].count("source-line") == 1
    assert [block.of for block in seed.blocks if block.kind == "duplicate"] == [3, 4, 5, 6, 7, 8, 9]


@needs_seed
def test_the_source_article_is_indonesian_and_dated(seed: Article) -> None:
    days = {mention.role: mention.day for mention in seed.dates}
    assert seed.language == "id"
    assert days == {"published": date(2016, 8, 6), "event": date(2016, 8, 5), "statement": date(2016, 8, 4)}
    assert seed.published is not None
    assert seed.published.start.isoformat() == "2016-08-06T00:00:00+03:00"


@needs_seed
def test_the_source_article_is_one_source_with_its_chain(seed: Article) -> None:
    chain = [(teller.who, teller.relation) for teller in seed.chain]
    assert chain == [("Channel News Asia", "agency"), ("okezone", "outlet"), ("not named", "re-poster")]
    assert seed.source == "okezone"
    assert seed.citation is not None
    assert seed.citation.address.startswith("http://news.okezone.com/read/2016/08/06/")


@needs_seed
def test_the_statements_of_the_source_article_are_proposed_with_holder_and_evidence(seed: Article) -> None:
    expected = {
        ("Sergei Lavrov", "request", "John Kerry"),
        ("Russian Federation", "criticise", "United States"),
        ("Russian Federation", "accuse", "United States"),
        ("United States", "accuse", None),
        ("Barack Obama", "doubt", "Vladimir Putin"),
        ("Barack Obama", "doubt", None),
        ("White House", "comment", None),
        ("John Kirby", "comment", None),
        ("John Kerry", "propose", None),
        ("John Kerry", "request", "Russian Federation"),
        ("pejabat lain (unnamed)", "comment", None),
        ("Russian Federation", "propose", None),
        ("okezone", "narrate", None),
    }
    assert told(seed) == expected
    assert [one.holder for one in seed.proposals if one.quoted] == ["John Kirby"]
    assert [one.time for one in seed.proposals if one.act == "criticise"] == [date(2016, 8, 4)]


@needs_seed
def test_nothing_in_the_source_article_is_accepted_without_people(seed: Article) -> None:
    assert seed.kind == "article"
    assert all(one.review == "proposed" for one in seed.proposals)
    assert [one.reviewers_needed for one in seed.proposals if one.act == "accuse"] == [2, 2]


@needs_seed
def test_every_date_and_statement_of_the_source_article_quotes_its_text(seed: Article) -> None:
    text = SEED.read_bytes().decode()
    for block in seed.blocks:
        assert block.text == text[block.span.start : block.span.end]
    for proposal in seed.proposals:
        assert seed.quote(proposal.evidence) == text[proposal.evidence.start : proposal.evidence.end]
    for mention in seed.dates:
        assert mention.evidence is not None
        assert seed.quote(mention.evidence) == mention.said


def test_an_own_article_with_the_same_defects_is_taken_apart_alike() -> None:
    article = read(OWN)
    kinds = [block.kind for block in article.blocks]
    assert kinds == ["image-marker", "caption", "body", "body", "body", "source-line", *["duplicate"] * 3]
    assert {one.day for one in article.dates} == {date(2016, 8, 6), date(2016, 8, 5), date(2016, 8, 4)}
    assert ("Norvela", "criticise", "Sudrava") in told(article)
    assert ("Bram Olden", "comment", None) in told(article)
    assert [(one.who, one.relation) for one in article.chain] == [
        ("Valley Wire", "quoted"),
        ("kabar.example", "outlet"),
        ("not named", "re-poster"),
    ]


def test_a_copy_with_other_furniture_has_the_same_origin_key_and_an_edited_one_has_not() -> None:
    plain = "Kabar dari lembah\n\n" + "\n\n".join(BODY)
    page = "<html><body><article>" + "".join(f"<p>{one}</p>" for one in BODY) + "</article></body></html>"
    wrapped = "\n\n".join(one.replace(" dari", "\ndari").replace(" kepada", "\nkepada") for one in BODY)
    assert read(plain).origin_key == read(OWN).origin_key == read(page).origin_key == read(wrapped).origin_key
    assert read(OWN.replace("menghentikan", "meneruskan")).origin_key != read(OWN).origin_key


def test_a_page_is_read_through_its_visible_text_and_metadata() -> None:
    html = (
        "<!doctype html><html lang=en><head><title>Talks on the road | Valley Courier</title>"
        '<meta property="og:site_name" content="Valley Courier"><meta property="og:title" content="Talks on the road">'
        '<meta property="article:published_time" content="2031-05-05T18:00:00+03:00"></head><body><nav>Home'
        "</nav><article><h1>Talks on the road</h1><p>Norvela accused Sudrava on Sunday of closing the road along the "
        "river.</p><p>“We closed nothing at all this week,” said Irena Dosta.</p></article></body></html>"
    )
    article = read(html, name="page.html")
    assert (article.headline, article.source) == ("Talks on the road", "Valley Courier")
    assert article.citation is not None
    assert article.citation.published == date(2031, 5, 5)
    assert told(article) == {("Norvela", "accuse", "Sudrava"), ("Irena Dosta", "comment", None)}
    assert [one.time for one in article.proposals] == [date(2031, 5, 4), None]


def test_a_page_in_a_declared_character_set_is_read_in_it() -> None:
    words = "Сергей Лавров заявил, что переговоры продолжаются и будут продолжены на следующей неделе в Женеве."
    page = f'<html><head><meta charset="windows-1251"></head><body><article><p>{words}</p></article></body></html>'
    article = read(page.encode("cp1251"))
    assert article.language == "ru"
    assert told(article) == {("Sergei Lavrov", "comment", None)}


def test_a_text_wrapped_at_a_column_keeps_its_paragraphs() -> None:
    article = read("The convoy left the town at noon and\nwas stopped at the bridge.\n\nNobody was\nhurt there.\n")
    assert [block.text.count("\n") for block in article.paragraphs] == [1, 1]


def test_who_gave_us_a_copy_is_its_re_poster_and_not_a_second_source() -> None:
    article = read(OWN.replace("kabar.example", "news.okezone.com"), source="Forum Lembah")
    assert [one.who for one in article.chain][-2:] == ["okezone", "Forum Lembah"]
    assert article.source == "Forum Lembah"


def test_evidence_that_does_not_quote_the_text_is_taken_out_and_flagged() -> None:
    article = read(OWN)
    stray = Proposal(holder="Norvela", act="accuse", evidence=Span(start=10, end=60))
    planted = article.model_copy(update={"proposals": (*article.proposals, stray)})
    result = checked(planted, OWN)
    assert result.proposals == article.proposals
    assert [flag.code for flag in result.flags if flag not in article.flags] == ["evidence-not-found"]


def test_a_language_without_rules_is_named_and_only_the_trip_wire_reads_it() -> None:
    article = read(
        "Le ministre a accusé hier le gouvernement voisin de ne pas avoir respecté la trêve pendant la nuit. "
        "Il est reparti dans la soirée."
    )
    assert article.language == "fr"
    assert [(one.act, one.reviewers_needed, one.evidence.start) for one in article.proposals] == [("narrate", 2, 0)]
    assert [flag.code for flag in article.flags] == ["language-without-rules"]


def test_characters_that_change_the_reading_unseen_are_flagged() -> None:
    assert "unseen-characters" in [flag.code for flag in read("The road was \u202edesolc yesterday by them.").flags]
