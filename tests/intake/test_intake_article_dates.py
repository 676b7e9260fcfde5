"""Dates in four languages: right or not at all."""

from datetime import date

import pytest

from parley.intake.articles.dates import resolve, url_day
from parley.model import Block, Span

PUBLISHED = date(2016, 8, 6)  # a Saturday


def days(text: str, language: str, published: date | None = PUBLISHED) -> list[str]:
    found, _ = resolve([Block(kind="body", span=Span(start=0, end=len(text)), text=text)], language, published)
    assert all(text[one.span.start : one.span.end] == one.said for one in found)
    return [one.day.isoformat() for one in found]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("id", "Sabtu (6/8/2016) pagi", "2016-08-06"),
        ("id", "Sabtu (6/8) pagi", "2016-08-06"),
        ("id", "pada Jumat 5 Agustus waktu setempat", "2016-08-05"),
        ("id", "Minggu (7/8/2016)", "2016-08-07"),
        ("id", "hari Senin di Jenewa", "2016-08-01"),
        ("id", "terjadi kemarin di sana", "2016-08-05"),
        ("en", "on Friday, August 5, 2016", "2016-08-05"),
        ("en", "on 5 August", "2016-08-05"),
        ("en", "the 5th of August 2016", "2016-08-05"),
        ("en", "Saturday (6/8/2016)", "2016-08-06"),
        ("en", "Wednesday (6/8/2016)", "2016-06-08"),
        ("en", "on 25/12/2015", "2015-12-25"),
        ("en", "the call on 2016-08-05T10:00", "2016-08-05"),
        ("en", "was closed on Monday", "2016-08-01"),
        ("en", "was closed on Saturday", "2016-08-06"),
        ("en", "on 28 December 2015", "2015-12-28"),
        ("en", "it was closed yesterday", "2016-08-05"),
        ("en", "Two days ago it was closed", "2016-08-04"),
        ("id", "Dua hari lalu itu ditutup", "2016-08-04"),
        ("ru", "Два дня назад это было закрыто", "2016-08-04"),
        ("ru", "в пятницу, 5 августа 2016 года", "2016-08-05"),
        ("ru", "05.08.2016", "2016-08-05"),
        ("ru", "переговоры прошли в понедельник", "2016-08-01"),
        ("ru", "это было вчера", "2016-08-05"),
        ("ar", "يوم الجمعة 5 أغسطس 2016", "2016-08-05"),
        ("ar", "5 آب 2016", "2016-08-05"),
        ("ar", "5 أغسطس/آب 2016", "2016-08-05"),
        ("ar", "٥ تشرين الأول ٢٠١٥", "2015-10-05"),
        ("ar", "12 كانون الثاني 2016", "2016-01-12"),
        ("ar", "يوم الاثنين في جنيف", "2016-08-01"),
    ],
)
def test_a_date_is_read(language: str, text: str, expected: str) -> None:
    assert days(text, language) == [expected]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "6/8/2016"),  # June or August
        ("en", "on Friday, 4 August 2016"),  # a Thursday
        ("en", "31 June 2016"),
        ("en", "the talks will be held on Monday"),
        ("en", "before Monday, next Monday and last Monday"),
        ("en", "“It was on Monday and yesterday,” he said"),
        ("en", "a day after the talks"),
        ("en", "A day after Norvela left, the ministers spoke at length"),
        ("en", "they may 5 times march 12 kilometres"),
        ("id", "Minggu lalu dan pada minggu ini"),
        ("id", "akan bertemu pada hari Senin"),
        ("id", "sehari sebelumnya"),
        ("ru", "за день до встречи"),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_dated(language: str, text: str) -> None:
    assert days(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "id",
            "Itu terjadi pada Jumat 5 Agustus. Sehari setelah Norvela mengecam Sudrava, terkait jalan itu.",
            "2016-08-04",
        ),
        ("id", "Itu terjadi pada Jumat 5 Agustus. Sehari sebelum kedua menteri bertemu.", "2016-08-06"),
        ("en", "The call was on Friday 5 August, a day after Norvela criticised Sudrava.", "2016-08-04"),
        ("en", "Two days after the road was closed, the ministers spoke on Friday 5 August.", "2016-08-03"),
        ("en", "The call was on 5 August, a day before the talks in the valley.", "2016-08-06"),
        ("ru", "Разговор состоялся 5 августа, через день после критики.", "2016-08-04"),
        ("ar", "جرت المكالمة في 5 آب 2016، بعد يوم من الانتقادات.", "2016-08-04"),
    ],
)
def test_a_day_after_something_dates_that_thing_one_day_earlier(language: str, text: str, expected: str) -> None:
    assert sorted(days(text, language)) == sorted(["2016-08-05", expected])


def test_without_a_day_of_publication_only_full_dates_are_read() -> None:
    assert days("on Monday, yesterday, on 5 August and on 4 August 2016", "en", None) == ["2016-08-04"]


def test_a_date_that_is_not_read_is_flagged_with_its_words() -> None:
    text = "It was on Friday, 4 August 2016."
    _, flags = resolve([Block(kind="body", span=Span(start=0, end=len(text)), text=text)], "en", PUBLISHED)
    assert [(flag.code, "4 August 2016" in flag.text) for flag in flags] == [("date-not-resolved", True)]


def test_the_day_in_a_web_address_is_read() -> None:
    assert url_day("Source: http://news.example/read/2016/08/06/18/x") == (date(2016, 8, 6), (8, 48))
    assert url_day("http://news.example/2016/13/06/x") is None
