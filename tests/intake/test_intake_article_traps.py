"""Sentences made to turn a statement round, with the names of the golden articles: read right, or left to people."""

from datetime import date
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import pytest
from test_intake_article_golden import held

from parley.intake.articles.letters import unbroken
from parley.intake.articles.names import Names, standing
from parley.intake.articles.places import Places
from parley.intake.channels.article import read_article
from parley.model import Article, Input, in_short

N, S, M = "Norvela", "Sudrava", "Marden"
OPEN: list[object] = []
# Words around a sentence, so that language and day are sure; none of them is a statement.
AROUND = {
    "en": "Geneva, 6 August 2016 - The streets of the old town were quiet in the morning and the shops stayed open.",
    "id": "Jenewa, 6 Agustus 2016 - Jalan di kota tua itu sepi pada pagi hari dan banyak toko yang tetap buka.",
    "ru": "Женева, 6 августа 2016 - Улицы старого города утром были пусты, а магазины оставались открыты весь день.",
    "ar": "جنيف، 6 أغسطس 2016 - كانت شوارع المدينة القديمة هادئة في الصباح وبقيت المتاجر مفتوحة طوال النهار.",
}
# Who accuses whom: holder, accused, polarity, tellers; OPEN: nobody plainly, so that it goes to two people as it is..
TRAPS = {
    "en": {
        "A report that Norvela accused Sudrava was denied by Marden.": OPEN,
        "Norvela told Sudrava Marden accused the Bridge Commission.": OPEN,
        "Velin said Dosta lied and accused Marden.": OPEN,
        "It was Norvela that accused Sudrava.": OPEN,
        "Norvela and not Sudrava accused Marden.": OPEN,
        "Norvela refused to accuse Sudrava.": OPEN,
        "Asked whether Norvela accused Sudrava, Velin said no.": OPEN,
        "Norvela would have accused Sudrava had Marden not denied it.": OPEN,
        "Norvela was blamed, not Sudrava, by Marden.": OPEN,
        "Norvela’s accusation of Sudrava was repeated by Marden.": OPEN,
        "“We accuse Sudrava of it,” said the man who stood next to Velin.": OPEN,
        "Norvela accused Sudrava and Marden denied it.": [(N, (S,), "asserted", ())],
        "Norvela accused Sudrava, Marden said, and Dosta left.": [(N, (S,), "asserted", (M,))],
        "Both Norvela and Sudrava blamed Marden, Velin told Dosta on Friday.": [
            (N, (M,), "asserted", ("Oskar Velin",)),
            (S, (M,), "asserted", ("Oskar Velin",)),
        ],
        "Norvela blamed the flood on Sudrava and Marden.": [(N, (S, M), "asserted", ())],
        "Norvela blamed Sudrava on 20 July.": [(N, (S,), "asserted", ())],
        "Norvela, accused by Sudrava of delay, left.": [(S, (N,), "asserted", ())],
        "Norvela accused Sudrava, which accused Marden.": [(N, (S,), "asserted", ()), (S, (M,), "asserted", ())],
        "Velin denied that Norvela accused Sudrava.": [(N, (S,), "denied", ("Oskar Velin",))],
        "Norvela rejected the claims and accused Sudrava of delay.": [(N, (S,), "asserted", ())],
        "The Marden-backed police accused Norvela.": [("Marden-backed police", (N,), "asserted", ())],
    },
    "id": {
        "Norvela berhenti menuduh Sudrava.": OPEN,
        "Norvela dituduh telah menyerang konvoi milik Sudrava.": OPEN,
        "Tuduhan Norvela terhadap Sudrava dibantah Marden.": OPEN,
        "Tidak benar Norvela menuduh Sudrava, kata Velin.": OPEN,
        "Norvela tidak dituduh Sudrava.": OPEN,
        "Norvela menuduh Sudrava dan Marden membantah laporan itu.": [(N, (S,), "asserted", ())],
        "Norvela dituduh Sudrava dan Marden menutup jalan.": [(S, (N,), "asserted", ()), (M, (N,), "asserted", ())],
        "Velin membantah bahwa Norvela menuduh Sudrava.": [(N, (S,), "denied", ("Oskar Velin",))],
    },
    "ru": {
        "Не Норвела обвинила Судраву.": OPEN,
        "Не Норвелу обвинила Судрава.": OPEN,
        "Неправда, что Норвела обвинила Судраву.": OPEN,
        "Норвела, по мнению Судравы, обвинила Комиссию по мостам.": OPEN,
        "Норвелу и Судраву обвинил Марден.": OPEN,
        "Норвела не была обвинена Судравой.": OPEN,
        "По словам Велина, Норвела обвинила Судраву.": [(N, (S,), "asserted", ("Oskar Velin",))],
        "Велин опроверг, что Норвела обвинила Судраву.": [(N, (S,), "denied", ("Oskar Velin",))],
    },
    "ar": {
        "نورفيلا التي اتهمت سودرافا ماردين بدعمها غادرت.": OPEN,
        "اتهام نورفيلا ضد سودرافا تكرر في ماردين.": OPEN,
        "كادت نورفيلا أن تتهم سودرافا.": OPEN,
        "ليست نورفيلا من اتهمت سودرافا.": OPEN,
        "نورفيلا اتهمت سودرافا وماردين نفت ذلك.": [(N, (S,), "asserted", ())],
        "قالت نورفيلا إن سودرافا لم تتهم ماردين.": [(S, (M,), "negated", (N,))],
        "بحسب فيلين اتهمت نورفيلا سودرافا بالكذب.": [(N, (S,), "asserted", ("Oskar Velin",))],
    },
}
ROWS = [(language, text, told) for language, rows in TRAPS.items() for text, told in rows.items()]


@cache
def tables() -> tuple[Names, Places]:
    return Names(held("names")), Places(held("places"))


def read(language: str, text: str, names: Names | None = None) -> Article:
    data = f"{AROUND[language]}\n\n{text}".encode()
    (one,) = read_article(Input("a.txt", data), "The Paper", ZoneInfo("UTC"), names or tables()[0], tables()[1]).reports
    assert isinstance(one, Article)
    return one


@pytest.mark.parametrize(("language", "text", "expected"), ROWS)
def test_a_trap_turns_nothing_round(language: str, text: str, expected: list[object]) -> None:
    found = read(language, text).proposals
    assert [(one.holder, one.accused, one.polarity, one.tellers) for one in found if one.act == "accuse"] == expected
    assert any(one.reviewers_needed == 2 for one in found)


OFFICES = {
    "en": "The US President asked Russia to wait.",
    "id": "Presiden AS meminta Rusia menunggu.",
    "ru": "Президент США призвал Россию подождать.",
    "ar": "دعا الرئيس الأمريكي روسيا إلى الانتظار.",
}


@pytest.mark.parametrize("language", OFFICES)
def test_an_office_means_whoever_held_it_on_the_day(language: str) -> None:
    def holder(year: str) -> list[str]:
        data = f"{AROUND[language].replace('2016', year)}\n\n{OFFICES[language]}".encode()
        (one,) = read_article(Input("a.txt", data), "The Paper", ZoneInfo("UTC")).reports
        assert isinstance(one, Article)
        return [proposal.holder for proposal in one.proposals]

    assert holder("2016") == ["Barack Obama"]
    assert holder("2018") == ["Donald Trump"]
    assert not set(holder("1990")) & {"Barack Obama", "Donald Trump"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Former US President asked Russia to wait."),
        ("en", "US Vice President asked Russia. US President Colin Vale asked Russia."),
        ("en", "The president asked Russia to wait."),
        ("id", "Mantan Presiden AS meminta Rusia menunggu."),
        ("id", "Wakil Presiden AS meminta Rusia menunggu."),
        ("ru", "Бывший президент США призвал Россию подождать."),
        ("ar", "دعا الرئيس الأمريكي السابق روسيا إلى الانتظار."),
    ],
)
def test_an_office_that_is_not_plainly_held_names_nobody(language: str, text: str) -> None:
    assert "Barack Obama" not in {one.holder for one in read(language, text, standing()).proposals}


def test_as_is_the_united_states_and_only_in_indonesian() -> None:
    on = date(2016, 8, 6)
    first, _ = standing().mentions("AS dan Rusia", "id", on, frozenset())
    assert first.name == "United States"
    assert standing().mentions("AS THE ROAD AS IT WAS", "en", on, frozenset()) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("انتقدت رو.ـسيا ذلك", "Russian Federation"),
        ("وروسيا", "Russian Federation"),
        ("بروسيا", "Russian Federation"),
        ("للولايات المتحدة", "United States"),
        ("وللولايات المتحدة", "United States"),
        ("الولايات المتحده", "United States"),
        ("سـوريـا", "Syrian Arab Republic"),
        ("ايران", "Islamic Republic of Iran"),
    ],
)
def test_clitics_and_broken_letters_do_not_hide_a_name(text: str, name: str) -> None:
    assert [one.name for one in standing().mentions(text, "ar", None, frozenset())] == [name]


def test_broken_letters_lead_back_to_the_text_as_it_stands() -> None:
    for text in ("انـ.ـزال", "ح,,ماس", "K*erry", "Rus\u200bsia", "قال.ثم ذهب", "plain, text."):
        plain, at = unbroken(text)
        assert len(at) == len(plain) + 1
        assert all(text[at[i]] == letter for i, letter in enumerate(plain))
    assert unbroken("انـ.ـزال")[0] == "انزال"
    assert unbroken("ح,,ماس")[0] == "حماس"
    assert unbroken("قال.ثم ذهب")[0] == "قال.ثم ذهب"


def test_a_place_with_two_bearers_gives_both_ranked_and_chooses_none() -> None:
    first = read(
        "en", "Velin said that the bridge at Riverton was shut. Dosta said that Milltown in Lower Reach was quiet."
    )
    places = first.proposals[0].places
    assert {one.within for one in places} == {"Upper Reach", "Lower Reach"}
    assert places[0].within == "Upper Reach"  # Milltown lies there
    assert [in_short(one.why).count("of 2") for one in places] == [1, 1]
    assert all(first.quote(one.evidence) == one.said == "Riverton" for one in places)


def test_a_capital_that_speaks_is_no_place_and_one_where_something_is_may_be() -> None:
    speaks, held_in = read("en", "Damascus denied it.", standing()), read("en", "Dosta said so in Milltown.")
    assert [one.places for one in speaks.proposals] == [()]
    assert [place.name for one in held_in.proposals for place in one.places] == ["Milltown"]


def test_a_place_in_the_dateline_is_said_to_stand_there() -> None:
    text = "Milltown, 6 August 2016 - Velin denied that the bridge at Riverton was shut to the farmers of the valley."
    (one,) = read_article(Input("a.txt", text.encode()), "The Paper", ZoneInfo("UTC"), *tables()).reports
    assert isinstance(one, Article)
    marked = {
        place.said for proposal in one.proposals for place in proposal.places if "dateline" in in_short(place.why)
    }
    assert marked == {"Milltown"}


SALAD = {
    "en": "Norvela|Sudrava|Velin|accused|denied|said|by|of|and|,|.|“|”|that|who|was|not|it|blamed|if|?|told|nor",
    "id": "Norvela|Sudrava|Velin|menuduh|dituduh|oleh|membantah|kata|bahwa|yang|dan|,|.|“|”|tidak|saling|menurut|?",
    "ru": "Норвела|Норвелу|Судравой|Марден|Велин|обвинила|обвинил|опроверг|заявил|что|и|,|.|«|»|не|была|обвинена|?",
    "ar": "نورفيلا|سودرافا|وسودرافا|فيلين|اتهمت|اتهم|نفت|قال|إن|أن|و|،|.|«|»|لم|تتهم|من قبل|بحسب|هل|التي|سو,,درافا",
}


@pytest.mark.parametrize("language", SALAD)
def test_words_in_any_order_give_exact_evidence_and_nobody_who_accuses_himself(language: str) -> None:
    dice = Random(2016)
    words = SALAD[language].split("|")
    for _ in range(250):
        article = read(language, " ".join(dice.choices(words, k=dice.randint(2, 25))))
        for one in article.proposals:
            assert article.quote(one.evidence)
            assert one.holder not in one.accused
            assert (len(set(one.between)) >= 2) == (one.act == "unclear")
        assert "evidence-not-found" not in {flag.code for flag in article.flags}
