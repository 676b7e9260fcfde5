"""A mail as an article: decoded, its own words told apart from those of older mails, its files kept unopened."""

import base64
import hashlib
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.intake import read
from parley.intake.articles.quoted import quoted
from parley.model import Article, Input, Reading, in_short

ZONE = ZoneInfo("Asia/Damascus")
HEAD = """\
From: Anna Field <anna@desk.example>
To: office@centre.example
Subject: Shots
Date: Fri, 2 May 2031 18:10:00 +0300
"""
ACCUSED = "On 2 May 2031 Westbank accused Eastbank of shelling the ford."
DENIED = "Eastbank denied this."


def given_mail(data: str | bytes, source: str | None = "The Desk") -> Reading:
    raw = data.encode() if isinstance(data, str) else data
    return read(Input("a.eml", raw), "article", source=source, timezone=ZONE)


def article(data: str | bytes, **options: Any) -> Article:
    (one,) = given_mail(data, **options).reports
    assert isinstance(one, Article)
    assert all(one.quote(proposal.evidence) for proposal in one.proposals)
    return one


def statements(one: Article) -> list[tuple[str, str, str]]:
    return [(proposal.holder, proposal.act, one.quote(proposal.evidence)) for proposal in one.proposals]


BOTH = [("Westbank", "accuse", ACCUSED), ("Eastbank", "deny", DENIED)]


def built(
    plain: str | None = f"{ACCUSED} {DENIED}\n", page: str | None = None, cte: str = "8bit", charset: str = "utf-8"
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Anna Field <anna@desk.example>", "Обстрел"
    message["Date"] = "Fri, 2 May 2031 18:10:00 +0300"
    if plain is not None:
        message.set_content(plain, cte=cte, charset=charset)
    if page is not None:
        message.add_alternative(page, "html") if plain is not None else message.set_content(page, "html")
    return message


@pytest.mark.parametrize("cte", ["7bit", "8bit", "quoted-printable", "base64"])
def test_words_are_read_as_a_reader_sees_them_however_they_were_sent(cte: str) -> None:
    one = article(bytes(built(cte=cte)))
    assert statements(one) == BOTH
    assert one.headline == "Обстрел" and one.language == "en"


def test_soft_breaks_of_quoted_printable_cut_no_word() -> None:
    sent = "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    assert statements(article(f"{HEAD}{sent}{ACCUSED[:-1]}=2E Eastbank de=\nnied this=2E\n")) == BOTH


@pytest.mark.parametrize("charset", ["utf-8", "koi8-r", "windows-1251", "iso-8859-5"])
def test_the_character_set_that_a_part_names_is_used(charset: str) -> None:
    one = article(bytes(built("Россия обвинила Турцию в обстреле деревни.\n", cte="base64", charset=charset)))
    assert [(proposal.holder, proposal.act) for proposal in one.proposals] == [("Russian Federation", "accuse")]


def test_bytes_that_are_no_text_in_their_character_set_are_a_problem() -> None:
    sent = b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nOne\nd\xe9nied.\n"
    (problem,) = given_mail(HEAD.encode() + sent).problems
    assert problem.code == "not-in-encoding"


def test_the_mails_own_date_is_when_it_was_published() -> None:
    one = article(f"{HEAD}\nYesterday Westbank accused Eastbank of shelling the ford.\n")
    assert one.published is not None and one.published.start.isoformat() == "2031-05-02T18:10:00+03:00"
    assert next((mention.role, str(mention.day), in_short(mention.basis)) for mention in one.dates) == (
        "published", "2031-05-02", "the mail's Date",
    )  # fmt: skip
    assert str(one.proposals[0].time) == "2031-05-01"


@pytest.mark.parametrize(
    "when", ["", "Date: nonsense\n", "Date: Fri, 31 Feb 2031 10:00:00 +0300\n", "Date: 1 Jan 9000 00:00:00 +0000\n"]
)
def test_a_mail_without_a_date_is_read_without_one(when: str) -> None:
    one = article(f"From: a@desk.example\nSubject: x\n{when}\n{ACCUSED} {DENIED}\n")
    assert one.published is None and statements(one) == BOTH


def test_who_sent_it_tells_it_where_nobody_says_who_gave_it_and_no_address_is_shown() -> None:
    assert article(f"{HEAD}\n{ACCUSED}\n", source=None).source == "Anna Field"
    assert (
        article(
            f"{HEAD.replace('Anna Field <anna@desk.example>', 'anna@desk.example')}\n{ACCUSED}\n", source=None
        ).source
        == "desk.example"
    )
    for source in (None, "The Desk"):
        assert "anna@" not in article(f"{HEAD}\n{ACCUSED}\n", source=source).model_dump_json()
    assert [teller.who for teller in article(f"{HEAD}\n{ACCUSED}\n").chain] == ["The Desk"]


OLDER = "On 1 May 2031 Eastbank accused Westbank of shelling the mill."
QUOTINGS = [
    f"> {OLDER}\n> \n> {OLDER}\n",
    f"On Thu, 1 May 2031 at 10:00, Bert <bert@desk.example> wrote:\n\n> {OLDER}\n",
    f"On Thu, 1 May 2031 at 10:00,\nBert Long <bert@desk.example>\nwrote:\n>{OLDER}\n",
    f"1 мая 2031 г., в 10:00, Берт <bert@desk.example> написал(а):\n> {OLDER}\n",
    f"-----Original Message-----\nFrom: Bert\n\n{OLDER}\n",
    f"---------- Forwarded message ---------\nFrom: Bert <b@desk.example>\n\n{OLDER}\n",
    f"________________________________\nFrom: Bert\nSent: Thursday, 1 May 2031\nTo: Anna\nSubject: Shots\n\n{OLDER}\n",
    f"От: Берт\nОтправлено: 1 мая 2031\nКому: Анна\nТема: обстрел\n\n{OLDER}\n",
]


@pytest.mark.parametrize("below", QUOTINGS)
def test_what_an_older_mail_said_is_no_word_of_this_one(below: str) -> None:
    one = article(f"{HEAD}\n{ACCUSED} {DENIED}\n\n{below}")
    assert statements(one) == BOTH
    assert OLDER in " ".join(block.text for block in one.blocks if block.kind == "quoted")
    assert "Bert" not in " ".join(block.text for block in one.paragraphs) and "Берт" not in str(one.paragraphs)
    (flag,) = [flag for flag in one.flags if flag.code == "older-mail-quoted"]
    assert "no statement is read from them" in flag.text


def test_own_words_between_quotations_stay_own() -> None:
    one = article(f"{HEAD}\n> {OLDER}\n{ACCUSED}\n> {OLDER}\n{DENIED}\n")
    assert statements(one) == BOTH


def test_the_same_words_of_an_older_mail_make_no_own_words_a_repetition() -> None:
    assert statements(article(f"{HEAD}\n> {ACCUSED}\n\n{ACCUSED}\n")) == BOTH[:1]


def test_a_sentence_about_what_somebody_wrote_is_no_mark_of_an_older_mail() -> None:
    text = f"Anna wrote:\n\n{ACCUSED}\n\nFrom: the ford\n\n{DENIED}\n"
    assert quoted(text) == ()


def test_a_mail_of_an_older_one_alone_is_a_problem_that_says_so() -> None:
    (problem,) = given_mail(f"{HEAD}\n> {OLDER}\n").problems
    assert problem.code == "no-paragraph" and OLDER in problem.found


PAGE = f"<html><body><p>{ACCUSED}</p><p>{DENIED}</p>{{}}</body></html>"


def test_a_page_is_read_where_there_is_no_text() -> None:
    assert statements(article(bytes(built(None, PAGE.format(""))))) == BOTH
    assert statements(article(bytes(built(" \n", PAGE.format(""))))) == BOTH
    assert statements(article(bytes(built("Nothing new.\n", PAGE.format(""))))) == []


@pytest.mark.parametrize(
    "older",
    [
        f'<blockquote type="cite"><p>{OLDER}</p></blockquote>',
        f'<div class="gmail_quote x">On 1 May Bert wrote:<blockquote><p>{OLDER}</p></blockquote></div>',
        f'<hr><div id="divRplyFwdMsg"><b>From:</b> Bert</div><div><p>{OLDER}</p></div>',
    ],
)
def test_what_a_page_repeats_of_an_older_mail_is_told_apart_too(older: str) -> None:
    one = article(bytes(built(None, PAGE.format(older))))
    assert statements(one) == BOTH
    assert OLDER in " ".join(block.text for block in one.blocks if block.kind == "quoted")


def test_files_in_a_mail_are_kept_unopened_and_told() -> None:
    message = built(page=PAGE.format(""))
    message.add_attachment(b"%PDF-1.7 x", maintype="application", subtype="pdf", filename="list.pdf")
    message.add_attachment(f"{OLDER}\n", filename="older.txt")
    reading = given_mail(bytes(message))
    (one,) = reading.reports
    assert isinstance(one, Article) and statements(one) == BOTH
    digest = hashlib.sha256(b"%PDF-1.7 x").hexdigest()
    assert reading.attachments[digest] == b"%PDF-1.7 x"
    assert set(one.attachments) == set(reading.attachments) and len(one.attachments) == 2
    (flag,) = [flag for flag in one.flags if flag.code == "files-in-mail"]
    assert "2 parts" in flag.text and "list.pdf, older.txt" in flag.text


def test_a_mail_in_a_mail_is_kept_and_not_read() -> None:
    message = built()
    message.add_attachment(built(f"{OLDER}\n"))
    reading = given_mail(bytes(message))
    (one,) = reading.reports
    assert isinstance(one, Article) and statements(one) == BOTH
    assert any(OLDER.encode() in data for data in reading.attachments.values())


def test_a_mail_of_files_alone_is_a_problem() -> None:
    message = built(None)
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    (problem,) = given_mail(bytes(message)).problems
    assert problem.code == "mail-without-text" and "1 attachment" in problem.found


def test_damage_is_told() -> None:
    sent = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\n"
    one = article(f"{HEAD}{sent}{ACCUSED}\n")
    assert statements(one) == BOTH[:1]
    assert "mail-damaged" in [flag.code for flag in one.flags]


def test_the_mails_of_a_mailbox_are_articles_each_with_its_lines() -> None:
    first, second = f"{HEAD}\n{ACCUSED}\n>From the mill nothing.\n", f"{HEAD.replace('Shots', 'More')}\n{DENIED}\n"
    line = "From anna@desk.example Fri May  2 18:10:00 2031\n"
    text = f"{line}{first}\n{line}{second}\n{line}Subject: empty\nFrom: a@b.example\n\n"
    for ends in (text, text.replace("\n", "\r\n")):
        reading = given_mail(ends)
        one, two = reading.reports
        assert isinstance(one, Article) and isinstance(two, Article)
        assert statements(one) == BOTH[:1] and statements(two) == BOTH[1:]
        assert "From the mill nothing." in str(one.paragraphs)
        places = [(one.origin.record, one.origin.first, one.origin.last) for one in reading.reports]
        assert places == [(1, 1, 8), (2, 10, 16)]
        (problem,) = reading.problems
        assert (problem.code, problem.line) == ("mail-without-text", 18)


def test_deep_nesting_and_many_parts_are_refused_in_bounds() -> None:
    def nested(depth: int) -> str:
        text = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(depth))
        return f"{HEAD}MIME-Version: 1.0\n{text}Content-Type: text/plain\n\n{ACCUSED}\n"

    assert statements(article(nested(20))) == BOTH[:1]
    for depth in (100, 5000):
        reading = given_mail(nested(depth))
        assert reading.reports == () and len(reading.problems) == 1
    many = f"{HEAD}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + f"--b\n\n{ACCUSED}\n" * 3000
    assert len(given_mail(many).problems) == 1


def test_nothing_in_a_mail_is_unpacked() -> None:
    message = built()
    message.add_attachment(b"PK\x03\x04" + bytes(500), maintype="application", subtype="zip", filename="a.zip")
    (one,) = given_mail(bytes(message)).reports
    assert "archive-unreadable" in [flag.code for flag in one.flags]


PIECES = st.sampled_from(
    [
        "From: a@b.example\n", "Subject: =?utf-8?B?0J7?=\n", "Date: x\n", "\n", "> quoted\n",
        "Content-Type: text/html\n",
        "Content-Type: multipart/alternative; boundary=x\n", "--x\n", "--x--\n", "MIME-Version: 1.0\n", f"{ACCUSED}\n",
        "Content-Transfer-Encoding: base64\n", "Content-Type: text/plain; charset=x-none\n", "<p>words</p>\n", "\xff",
        base64.b64encode(ACCUSED.encode()).decode() + "\n",
        "From x@y.example Fri May  2 18:10:00 2031\n", "On 1.1.2031 A wrote:\n",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=25), st.binary(max_size=20))
def test_whatever_stands_in_a_mail_its_words_stand_where_they_are_said_to(pieces: list[str], noise: bytes) -> None:
    reading = given_mail(HEAD.encode() + "".join(pieces).encode("latin-1") + noise)
    assert reading.reports or reading.problems
    for one in reading.reports:
        assert isinstance(one, Article)
        assert "evidence-not-found" not in [flag.code for flag in one.flags]
        assert all(one.quote(proposal.evidence) for proposal in one.proposals)
