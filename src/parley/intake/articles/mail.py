"""Mails → what the article channel reads: the text as a reader sees it, when it was sent, what else is in the mail.

A mail is decoded in a child process with limits. Its text part is taken, or its page where there is no text; other
parts are kept unopened. Who sent it, as far as nobody says who gave it to us: a name, or else the address's domain; an
address stays in the file and is shown nowhere.
"""

import base64
import codecs
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from parley.intake import confined
from parley.intake.articles.decoding import KNOWN, MOST_BYTES, text_in
from parley.intake.articles.page import Page, visible
from parley.intake.articles.quoted import quoted
from parley.intake.attachments import MOST_FILES, attachment
from parley.intake.faults import Unreadable, unusable
from parley.intake.kinds import MAIL_SEPARATOR
from parley.model import Cause, Flag, Input, Problem, Span, listed
from parley.model.values import YEARS

MOST_IN_FILE = 50_000_000
"""Bytes of a mail, or of a mailbox."""
MOST_MAILS = 1000
SECONDS = 30
MEGABYTES = 1000

_MASKED = re.compile(rb"^>(>*From )", re.MULTILINE)
_ENCODINGS = re.compile(
    r"(?:utf|iso|iso8859|latin|cp|koi8|mac|gb|big5|euc|shift|ascii|kz|ptcp|hz|johab|tis)[\w-]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Mail:
    """One mail of a file: which (None where there is but one), its lines there, and its bytes."""

    number: int | None
    first: int
    last: int
    data: bytes


@dataclass(frozen=True)
class Letter:
    """What a mail says: its text as a page, where that repeats older mails, when it was sent, and the files in it."""

    page: Page
    quoted: tuple[Span, ...]
    sent: datetime | None
    files: tuple[Mapping[str, Any], ...]
    damage: tuple[str, ...]


def mails_in(arrived: Input, mailbox: bool) -> Iterator[Mail]:
    """Yield the mails of *arrived*.

    Raises:
        InputError: the file, or the number of its mails, is too large.
    """
    if arrived.size > MOST_IN_FILE:
        raise unusable(arrived.name, "mail-too-large", most=MOST_IN_FILE, bytes=arrived.size)
    data = arrived.data.removeprefix(codecs.BOM_UTF8)
    if not mailbox:
        yield Mail(None, 1, data.rstrip(b"\r\n").count(b"\n") + 1, data.lstrip())
        return
    start = len(data) - len(data.lstrip(b"\r\n"))
    begins = [one for one in MAIL_SEPARATOR.finditer(data, start) if one.start() == start or _below_blank(data, one)]
    if len(begins) > MOST_MAILS:
        raise unusable(arrived.name, "too-many-mails", most=MOST_MAILS, mails=len(begins))
    line = 1 + data[: begins[0].start()].count(b"\n")
    for number, begin in enumerate(begins, start=1):
        end = begins[number].start() if number < len(begins) else len(data)
        whole = data[begin.start() : end]
        last = line + whole.rstrip(b"\r\n").count(b"\n")
        yield Mail(number, line, last, _MASKED.sub(rb"\1", data[begin.end() : end]))
        line += whole.count(b"\n")


def _below_blank(data: bytes, found: re.Match[bytes]) -> bool:
    return data[max(0, found.start() - 4) : found.start()].replace(b"\r", b"").endswith(b"\n\n")


def letter_in(arrived: Input, mail: Mail, timezone: ZoneInfo) -> Letter:
    """Return what *mail*, one of *arrived*, says; *timezone* is where a time without an offset is local.

    Raises:
        InputError: there is no text in it, it is too large or nested too deep, or its bytes are no text.
    """
    from parley.intake.articles.mail_parts import parse

    answer = confined.call(parse, mail.data, seconds=SECONDS, megabytes=MEGABYTES, file=arrived.name)
    told: dict[str, Any] = json.loads(answer)
    body = base64.b64decode(told["body"])
    if not body.strip():
        raise unusable(arrived.name, "mail-without-text", files=len(told["files"]))
    if len(body) > MOST_BYTES:
        raise unusable(arrived.name, "article-too-large", most=MOST_BYTES, bytes=len(body))
    text = _decoded(arrived, body, told["charset"]).replace("\r\n", "\n").replace("\r", "\n")
    sent = _moment(told["sent"], timezone)
    says = {
        "title": told["subject"],
        "site": told["sender"] or told["domain"],
        "published": sent.date() if sent else None,
        "basis": Cause(code="date-of-mail"),
    }
    page = _page(arrived, text, says) if told["page"] else Page(text=text, **says)
    spans = list(quoted(page.text))
    if page.quoted:
        start = sum(len(part) + 2 for part in (page.text, page.hidden) if part)
        spans.append(Span(start=start, end=start + len(page.quoted)))
    return Letter(page, tuple(spans), sent, tuple(told["files"]), tuple(told["damage"]))


def attached(arrived: Input, mail: Mail, letter: Letter) -> tuple[dict[str, bytes], tuple[Flag, ...], list[Problem]]:
    """Return what is kept of the files in *letter*, by digest, what a reader should know, and what cannot be kept."""
    kept: dict[str, bytes] = {}
    flags: list[Flag] = []
    lost: list[Problem] = []
    for raw in letter.files[:MOST_FILES]:
        try:
            one = attachment(raw)
        except Unreadable as fault:
            lost.append(Problem(file=arrived.name, line=mail.first, field="attachments", code=fault.code,
                                params=fault.params, kept="rest-of-mail"))  # fmt: skip
            continue
        kept[one.digest] = one.data
        flags += [one.flag] if one.flag else []
    if kept:
        names = listed(str(raw["name"] or raw["media_type"]) for raw in letter.files)
        flags.append(Flag(code="files-in-mail", params={"count": len(letter.files), "names": names}))
    if letter.damage:
        flags.append(Flag(code="mail-damaged", params={"damage": listed(letter.damage)}))
    return kept, tuple(flags), lost


def _page(arrived: Input, text: str, says: Mapping[str, Any]) -> Page:
    from parley.intake.articles.mail_parts import parted

    data = text.encode("utf-8", "replace")
    read = json.loads(confined.call(parted, data, seconds=SECONDS, megabytes=MEGABYTES, file=arrived.name))
    if not read["text"]:
        raise unusable(arrived.name, "mail-without-text", files=0)
    page = visible(arrived, read["page"])
    return Page(**{**vars(page), "quoted": read["quoted"], **says})


def _decoded(arrived: Input, body: bytes, charset: str) -> str:
    """Return *body* as the text that its *charset* makes of it; where it names none that is known, as UTF-8."""
    name = charset.lower()
    if name in ("", "us-ascii", "ascii", "unknown-8bit"):
        return text_in(arrived, body, "utf-8")
    known = KNOWN.get(name, name if _ENCODINGS.match(name) else "utf-8")
    with suppress(LookupError):
        known = codecs.lookup(known).name
        return text_in(arrived, body, known)
    return text_in(arrived, body, "utf-8")


def _moment(sent: str, timezone: ZoneInfo) -> datetime | None:
    """Return when a mail was sent, on its sender's clock; None where it does not say so."""
    try:
        at = datetime.fromisoformat(sent)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone)
    return at if YEARS[0] < at.year < YEARS[-1] else None
