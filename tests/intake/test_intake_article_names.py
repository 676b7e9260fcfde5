"""An outlet is not the state in its name; what may be either is asked; the agreement's own parties are known."""

from zoneinfo import ZoneInfo

import pytest
from test_intake_article_blind import AROUND

from parley.intake import read
from parley.model import Article, Input, Proposal
from parley.model.names import PartyNames

STATES = {
    "Russian Federation",
    "United States",
    "Syrian Arab Republic",
    "Islamic Republic of Iran",
    "Israel",
    "Türkiye",
}
AGREED: PartyNames = (
    ("Northland", ("Nordland", "council forces", "Нортленд", "نورثلاند")),
    ("River Council", ("RC", "مجلس النهر")),
    ("Israel", ("إسرائيل", "Израиль")),
)


def article(text: str, language: str, parties: PartyNames = AGREED) -> Article:
    data = f"{AROUND[language]}\n\n{text}\n".encode()
    (one,) = read(
        Input("a.txt", data), "article", source="The Paper", timezone=ZoneInfo("UTC"), parties=parties
    ).reports
    assert isinstance(one, Article)
    assert one.language == language
    return one


def names(one: Proposal) -> set[str]:
    return {one.holder, *one.accused, *one.tellers, *one.between, *([one.addressee] if one.addressee else [])}


OUTLETS = [
    ("en", "Russia Today accused the rebels of shelling the camp."),
    ("en", "Voice of America said that the army had bombed the market."),
    ("en", "Iran International blamed the rebels for the strike."),
    ("en", "Israel Hayom said that the army had fired rockets."),
    ("en", "The rebels accused The Washington Post of lying."),
    ("en", "The camp was shelled by rebels, Syria TV said."),
    ("en", "According to the Moscow Times, rebels shelled the camp."),
    ("en", "The Damascus Herald accused the rebels of shelling the camp."),
    ("en", "Radio Damascus accused the rebels of shelling the camp."),
    ("id", "Russia Today menuduh pemberontak menembaki kamp."),
    ("id", "Iran International menuding pemberontak menyerang kamp."),
    ("id", "Menurut Syria TV, pemberontak menembaki kamp."),
    ("ru", "Эхо Москвы обвинило повстанцев в обстреле."),
    ("ru", "Россия 24 обвинила повстанцев в обстреле."),
    ("ru", "Голос Америки сообщил об обстреле."),
    ("ru", "Вашингтон пост обвинила повстанцев в обстреле."),
    ("ru", "Радио Дамаск обвинило повстанцев в обстреле."),
    ("ar", "وقالت إيران إنترناشيونال إن الجيش قصف المعبر."),
    ("ar", "قال تلفزيون سوريا إن الطائرات قصفت السوق."),
    ("ar", "اتهمت واشنطن بوست المعارضة بالكذب."),
    ("ar", "قالت إسرائيل هيوم إن الجيش قصف المعبر."),
    ("ar", "قالت إذاعة دمشق إن الطائرات قصفت السوق."),
    ("ar", "قالت دمشق تايمز إن الطائرات قصفت السوق."),
]


@pytest.mark.parametrize(("language", "text"), OUTLETS)
def test_an_outlet_is_never_the_state_whose_name_it_bears(language: str, text: str) -> None:
    found = article(text, language).proposals
    assert found
    assert [name for one in found for name in names(one) if name in STATES] == []
    assert {one.reviewers_needed for one in found} == {2}


@pytest.mark.parametrize("outlet", ["Radio Damascus", "the Damascus Herald", "Voice of Moscow", "Syria TV", "the RIA"])
def test_an_outlet_is_none_of_those_between_whom_an_accusation_stands(outlet: str) -> None:
    (one,) = article(f"Lavrov telephoned Kerry and {outlet} accused Obama of lying.", "en").proposals
    assert (one.act, one.between) == ("unclear", ("Sergei Lavrov", "John Kerry", "Barack Obama"))


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        ("en", "Russia today accused Turkey of shelling the camp.", "Russian Federation"),
        ("en", "Iran accused Turkey of shelling the camp.", "Islamic Republic of Iran"),
        ("id", "Rusia menuduh Turki menembaki kamp.", "Russian Federation"),
        ("ru", "Россия обвинила Турцию в обстреле.", "Russian Federation"),
        ("ar", "اتهمت روسيا تركيا بقصف المخيم.", "Russian Federation"),
    ],
)
def test_the_state_itself_is_still_known(language: str, text: str, state: str) -> None:
    assert [(one.holder, one.accused) for one in article(text, language).proposals] == [(state, ("Türkiye",))]


EITHER = [
    ("ar", "اتهمت روسيا اليوم تركيا بقصف المخيم.", "روسيا اليوم", "RT", "Russian Federation"),
    ("ar", "قصفت تركيا المخيم، قالت روسيا اليوم.", "روسيا اليوم", "RT", "Russian Federation"),
    ("ru", "Россия сегодня обвинила Турцию в обстреле.", "Россия сегодня", "Rossiya Segodnya", "Russian Federation"),
    ("en", "Syria TV accused Turkey of shelling the camp.", "Syria TV", "Syria TV", "The TV men"),
    ("en", "Turkey was accused by Syria TV of shelling the camp.", "Syria TV", "Syria TV", "The TV men"),
    ("en", "Turkey accused Syria TV of shelling the camp.", "Syria TV", "Syria TV", "The TV men"),
]


@pytest.mark.parametrize(("language", "text", "said", "outlet", "party"), EITHER)
def test_words_that_may_be_either_are_told_and_nothing_is_read_of_whom_they_name(
    language: str, text: str, said: str, outlet: str, party: str
) -> None:
    one = article(text, language, (("The TV men", ("Syria TV",)),))
    flags = [flag for flag in one.flags if flag.code == "outlet-or-party"]
    assert [(flag.params["said"], flag.params["outlet"], flag.params["party"]) for flag in flags] == [
        (said, outlet, party)
    ]
    assert said in flags[0].text
    found = one.proposals
    assert found
    assert {proposal.reviewers_needed for proposal in found} == {2}
    assert not {outlet, party, said} & {name for proposal in found for name in names(proposal)}


def test_a_statement_beside_such_words_that_names_others_is_read() -> None:
    text = "ودعا لافروف واشنطن إلى فصل المعارضة المعتدلة عن الإرهابيين، بحسب روسيا اليوم."
    found = [(one.holder, one.act, one.addressee, one.reviewers_needed) for one in article(text, "ar").proposals]
    assert found == [("Sergei Lavrov", "request", "United States", 2)]


def test_each_of_such_words_is_told_once() -> None:
    one = article("قالت روسيا اليوم إن المدينة هادئة. وأضافت روسيا اليوم أن الطريق سالكة.", "ar")
    assert [flag.code for flag in one.flags] == ["outlet-or-party"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Northland accused the River Council of shelling the ford."),
        ("en", "The River Council was accused by Nordland of shelling the ford."),
        ("en", "Nordland accused the RC of shelling the ford."),
        ("id", "Northland menuduh River Council menembaki penyeberangan."),
        ("id", "River Council dituduh oleh Northland menembaki penyeberangan."),
    ],
)
def test_the_parties_of_the_agreement_are_known_by_all_their_names(language: str, text: str) -> None:
    found = [(one.holder, one.act, one.accused) for one in article(text, language).proposals]
    assert found == [("Northland", "accuse", ("River Council",))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Нортленд обвинил Турцию в обстреле."),
        ("ru", "Турцию обвинил Нортленд в обстреле."),
        ("ru", "Турция обвинила Нортленд в обстреле."),
        ("ar", "اتهمت نورثلاند تركيا بقصف المخيم."),
        ("ar", "اتهمت تركيا نورثلاند بقصف المخيم."),
    ],
)
def test_where_an_agreement_says_no_case_and_no_gender_direction_is_for_people(language: str, text: str) -> None:
    (one,) = article(text, language).proposals
    assert (one.act, set(one.between), one.reviewers_needed) == ("unclear", {"Northland", "Türkiye"}, 2)


def test_a_name_in_lower_case_may_be_anybodys() -> None:
    (one,) = article("The council forces accused Turkey of shelling the camp.", "en").proposals
    assert one.holder != "Northland"


def test_a_name_that_the_table_has_stays_the_tables_and_is_called_as_the_agreement_calls_it() -> None:
    def said(parties: PartyNames) -> list[tuple[str, tuple[str, ...]]]:
        text = "Turkey accused Damascus of shelling the camp. Ankara accused Syria of it too."
        return [(one.holder, one.accused) for one in article(text, "en", parties).proposals]

    table = ("Türkiye", ("Syrian Arab Republic",))
    assert said(()) == [table, table]
    assert said((("Turkey", ("Government of Turkey",)),)) == [("Turkey", table[1])] * 2
    assert said((("Turkey", ("Türkiye",)),)) == [table, table]
    assert said((("Somebody", ("Damascus",)),)) == [table, table]


def test_names_of_the_agreement_do_not_outlive_it() -> None:
    text = "Nordland accused Turkey of shelling the camp."
    assert article(text, "en").proposals[0].holder == "Northland"
    assert article(text, "en", ()).proposals[0].holder == "Nordland"
