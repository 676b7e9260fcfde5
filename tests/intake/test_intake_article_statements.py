"""Who said what, on short texts of our own: no statement is turned round; what is not sure is not proposed."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from parley.intake.articles.names import Names, standing
from parley.intake.channels.article import read_article
from parley.model import Article, Input

ZONE = ZoneInfo("Asia/Damascus")
R, U = "Russian Federation", "United States"
LAVROV, KERRY, OBAMA = "Sergei Lavrov", "John Kerry", "Barack Obama"
PAPER = "The Paper"

EN = "Geneva, 6 August 2016 (The Paper) - "
GOLDEN = {
    "en: a nested teller's accusation is told of by him": (
        "Kerry said that Russia had accused Syria of breaking the truce.",
        [(KERRY, "comment", None, 2), (R, "accuse", "Syrian Arab Republic", 2)],
    ),
    "en: an accusation with the teller behind it is told of by him": (
        "Russia accused Syria of breaking the truce, Kerry said.",
        [(R, "accuse", "Syrian Arab Republic", 2), (KERRY, "comment", None, 2)],
    ),
    "en: a passive with its agent": ("Moscow was accused by Washington of delay.", [(U, "accuse", R, 2)]),
    "en: a passive without agent names nobody": (
        "Moscow was accused of delay by mistake.",
        [(PAPER, "narrate", None, 2)],
    ),
    "en: a denial": ("Washington denied the accusation.", [(U, "deny", None, 2)]),
    "en: a negated accusation is none": ("Russia did not accuse anybody.", [(PAPER, "narrate", None, 2)]),
    "en: a possible accusation is none": ("Russia may accuse Kerry of it.", [(PAPER, "narrate", None, 2)]),
    "en: a relative clause does not change the speaker": (
        "Lavrov, who met Kerry, accused Obama of delay.",
        [(LAVROV, "accuse", OBAMA, 2)],
    ),
    "en: a spokesman is not whom he speaks for": (
        "The spokesman for Lavrov accused Kerry of delay.",
        [("The spokesman for Lavrov", "accuse", KERRY, 2)],
    ),
    "en: a second subject is not read as one with the first object": (
        "Lavrov telephoned Kerry and Obama accused Putin.",
        [(PAPER, "unclear", None, 2)],
    ),
    "en: a reduced relative clause is a passive": (
        "The plan proposed by Kerry was discussed at length.",
        [(KERRY, "propose", None, 1)],
    ),
    "en: neither accuses": (
        "Neither Russia nor Syria accused Turkey of it.",
        [(R, "accuse", "Türkiye", 2), ("Syrian Arab Republic", "accuse", "Türkiye", 2)],
    ),
    "en: what is denied is not accused": (
        "Lavrov denied that Russia accused Turkey of it.",
        [(LAVROV, "deny", None, 2), (R, "accuse", "Türkiye", 2)],
    ),
    "en: a clause between commas does not change the speaker": (
        "Lavrov, speaking beside Kerry in Geneva, accused Turkey of delay.",
        [(LAVROV, "accuse", "Türkiye", 2)],
    ),
    "en: the end of a list is not the whole": (
        "After talks in Turkey, Russia and Iran accused Kerry of it.",
        [(PAPER, "unclear", None, 2)],
    ),
    "en: all of a list accuse": (
        "Turkey, Russia and Iran accused Kerry of it.",
        [(one, "accuse", KERRY, 2) for one in ("Türkiye", R, "Islamic Republic of Iran")],
    ),
    "id: the agent of a passive is not the next subject": (
        "Kerry yang dituduh Lavrov berbohong menuduh balik Lavrov.",
        [(LAVROV, "accuse", KERRY, 2), (PAPER, "unclear", None, 2)],
    ),
    "en: an owner is not the speaker": (
        "Russia's minister said nothing new.",
        [("Russia's minister", "comment", None, 1)],
    ),
    "en: a quotation is its speaker's": (
        "“Russia accused us of everything,” said Kerry.",
        [(KERRY, "comment", None, 2)],
    ),
    "en: an unnamed official": (
        "An official who did not wish to be named doubted that this would be done.",
        [("An official (unnamed)", "doubt", None, 1)],
    ),
    "en: a pronoun is not resolved": (
        "It said that the road was open.",
        [("It (?)", "comment", None, 1)],
    ),
    "id: active and passive agree": ("Rusia menuduh AS menyerang konvoi.", [(R, "accuse", U, 2)]),
    "id: a passive with its agent": ("AS dituduh Rusia telah menyerang konvoi itu.", [(R, "accuse", U, 2)]),
    "id: a passive with oleh": ("AS dituduh oleh Rusia telah menyerang konvoi itu.", [(R, "accuse", U, 2)]),
    "id: a passive without agent names nobody": (
        "AS dituduh telah menyerang konvoi milik Rusia.",
        [(PAPER, "unclear", None, 2)],
    ),
    "id: a denial": ("Gedung Putih membantah tudingan itu.", [("White House", "deny", None, 2)]),
    "id: a spokesman is not whom he speaks for": (
        "Juru bicara Obama menuduh Rusia.",
        [("Juru bicara Obama", "accuse", R, 2)],
    ),
    "id: a relative clause does not change the speaker": (
        "Lavrov yang bertemu Kerry menuduh Obama.",
        [(LAVROV, "accuse", OBAMA, 2)],
    ),
    "id: told by a third": (
        "Rusia menuduh AS mendukung pemberontak, kata Kerry.",
        [(R, "accuse", U, 2), (KERRY, "comment", None, 2)],
    ),
    "ru: the nominative accuses": ("Россия обвинила США в нарушении перемирия.", [(R, "accuse", U, 2)]),
    "ru: the other way round": ("США обвинили Россию в нарушении перемирия.", [(U, "accuse", R, 2)]),
    "ru: the object first is not read as the subject": (
        "Россию обвинили США в нарушении перемирия.",
        [(PAPER, "unclear", None, 2)],
    ),
    "ru: an inverted order of two that look alike is left": (
        "США обвинила Россия в нарушении перемирия.",
        [(PAPER, "unclear", None, 2)],
    ),
    "ru: a quotation with its speaker": (
        "«Мы не стреляли», — заявил министр иностранных дел РФ Сергей Лавров.",
        [(LAVROV, "comment", None, 2)],
    ),
    "ru: a denial": ("Джон Керри опроверг это сообщение.", [(KERRY, "deny", None, 2)]),
    "ar: verb, accuser, accused": ("اتهمت روسيا الولايات المتحدة بدعم المسلحين.", [(R, "accuse", U, 2)]),
    "ar: one name alone may be the accused": ("اتهمت روسيا بقصف المدينة ليلا.", [(PAPER, "narrate", None, 2)]),
    "ar: a passive with its agent is left": (
        "اتهمت روسيا الولايات المتحدة من قبل الصحافة بدعم المسلحين.",
        [(PAPER, "unclear", None, 2)],
    ),
    "ar: a denial": ("ونفت واشنطن ذلك في بيان رسمي.", [(U, "deny", None, 2)]),
    "ar: the verb first, the titles, the name": (
        "وقال وزير الخارجية الروسي سيرغي لافروف إن المحادثات مستمرة.",
        [(LAVROV, "comment", None, 1)],
    ),
}
# Words around a snippet, and a date, so that language and offices are sure; none of them is a statement.
AROUND = {
    "en": (
        "Geneva, 6 August 2016 - The streets of the old town were quiet in the morning and the shops stayed open.",
        "",
    ),
    "id": ("Jenewa, 6 Agustus 2016 - Jalan di kota tua itu sepi pada pagi hari dan banyak toko yang tetap buka.", ""),
    "ru": (
        "Женева, 6 августа 2016 - Улицы старого города утром были пусты, а магазины оставались открыты весь день.",
        "",
    ),
    "ar": ("جنيف، 6 أغسطس 2016 - كانت شوارع المدينة القديمة هادئة في الصباح وبقيت المتاجر مفتوحة طوال النهار.", ""),
}


def read(text: str, names: Names | None = None) -> Article:
    (article,) = read_article(Input("a.txt", text.encode()), PAPER, ZONE, names).reports
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("claim", GOLDEN)
def test_golden(claim: str) -> None:
    language = claim[:2]
    snippet, expected = GOLDEN[claim]
    article = read(AROUND[language][0] + "\n\n" + snippet)
    assert article.language == language
    found = [(one.holder, one.act, one.addressee, one.reviewers_needed) for one in article.proposals]
    assert found == expected
    assert {article.quote(one.evidence) for one in article.proposals} <= {snippet}


def test_a_surname_names_an_office_holder_only_while_in_office() -> None:
    words = "Kerry said that the road to the north was open again after the snow of the week."
    assert [one.holder for one in read(f"Geneva, 6 August 2016 - {words}").proposals] == ["John Kerry"]
    assert [one.holder for one in read(f"Geneva, 6 August 2018 - {words}").proposals] == ["Kerry"]
    assert [one.holder for one in read(words).proposals] == ["Kerry"]


def test_a_full_name_names_the_person_on_any_day() -> None:
    article = read("Geneva, 6 August 2018 - John Kerry said that the road was open. Kerry added that it was quiet.")
    assert [one.holder for one in article.proposals] == ["John Kerry", "John Kerry"]


def test_a_quotation_without_a_speaker_is_flagged() -> None:
    article = read("The road was quiet.\n\n“We have seen nothing new on that road today.”")
    assert [flag.code for flag in article.flags] == ["speaker-not-found"]


def table(first: str, second: str) -> Names:
    def person(full: str, office: str) -> dict[str, object]:
        days = {"from": date(2030, 1, 1), "until": None}
        return {"name": full, "office": office, "full": {"en": [full]}, "short": {"en": [full.split()[1]]}, **days}

    return Names({"parties": [], "persons": [person(first, "Minister"), person(second, "Minister")]})


def test_exchanging_two_names_exchanges_them_in_the_result_and_changes_nothing_else() -> None:
    text = (
        "Marrow, 4 May 2031 - Norvela accused Sudrava on Saturday of closing it. Sudrava denied the accusation.\n\n"
        "“We did not close any road this week,” said Oskar Velin, who was quoted on Friday by reporters.\n\n"
        "Velin, who met Irena Dosta on 3 May, asked Dosta to open it. Norvela was blamed by Sudrava for the delay.\n\n"
        "The minister of Norvela said that Velin had criticised Dosta, a day after the road was closed.\n"
    )
    pairs = {"Norvela": "Sudrava", "Oskar Velin": "Irena Dosta", "Velin": "Dosta"}

    def exchanged(words: str) -> str:
        for number, (a, b) in enumerate(pairs.items()):
            words = words.replace(a, f"\1{number}\2").replace(b, f"\2{number}\1")
        for number, (a, b) in enumerate(pairs.items()):
            words = words.replace(f"\1{number}\2", b).replace(f"\2{number}\1", a)
        return words

    def shown(article: Article) -> str:
        return article.model_dump_json(exclude={"origin": {"digest"}, "origin_key": True})

    one = read(text, table("Oskar Velin", "Irena Dosta"))
    other = read(exchanged(text), table("Irena Dosta", "Oskar Velin"))
    assert len(one.proposals) >= 7
    assert shown(other) == exchanged(shown(one))


def test_no_short_name_of_the_table_belongs_to_two_people_at_once() -> None:
    names = standing()
    for language, surname in (("en", "Lavrov"), ("en", "Kerry"), ("id", "Obama"), ("ru", "Путин"), ("ar", "لافروف")):
        assert len(names.mentions(surname, language, date(2016, 8, 6), frozenset())) == 1
