"""What the bytes of a file are, whatever channel they were given on: mail, chat, map, table, JSON, page, text.

Only the first 64 KiB are looked at (of an archive, its directory too), and only signs that no running text has by
chance decide: a news article may begin with "From:", hold tables, lists, code and lines of a chat. What shows no such
sign is text where it has a sentence, and otherwise nothing that is known.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from email.utils import parsedate_to_datetime
from functools import cache
from zipfile import BadZipFile, ZipFile

from parley.intake.kinds_json import kind_of_json, looks_like_json
from parley.intake.kinds_table import kind_of_table
from parley.intake.text.funnel import UTF8_MARK, UTF16_MARKS, kind_of_binary
from parley.model import Input, Problem
from parley.packaged import packaged

LOOKED_AT = 65_536
"""Bytes from the start of a file."""

MAIL_SEPARATOR = re.compile(
    rb"^From \S+[ \t]+(?:[A-Z][a-z]{2},?[ \t]+)?(?:[A-Z][a-z]{2}[ \t]+\d{1,2}|\d{1,2}[ \t]+[A-Z][a-z]{2})\b"
    rb"[^\r\n]{0,60}\d{4}[^\r\n]{0,20}\r?\n(?=[!-9;-~]{1,76}:)",
    re.MULTILINE,
)
"""The line before each mail of an mbox (https://www.rfc-editor.org/rfc/rfc4155), behind which a header begins."""

_HEADER = re.compile(r"([!-9;-~]{1,76}):[ \t]?(.*)")
_OF_MAIL = frozenset({"to", "cc", "subject", "date", "message-id", "received", "return-path", "reply-to"})
_OF_TRANSPORT = frozenset({"message-id", "received", "return-path", "mime-version", "delivered-to", "dkim-signature"})
_ROOT = re.compile(
    r"(?:<\?xml\b[^>]{0,500}>|<!--.{0,20000}?-->|<!doctype\b[^>\[]{0,1000}(?:\[.{0,20000}?\]\s*)?>|\s+)*+<([\w:.-]{1,80})",
    re.IGNORECASE | re.DOTALL,
)
_ROOTS = {"kml": "kml", "gpx": "gpx", "rss": "feed", "feed": "feed", "rdf": "feed"} | dict.fromkeys(
    ("html", "head", "body", "article", "main", "section", "div", "p", "h1", "meta", "title"), "page"
)
_TELEGRAM_PAGE = re.compile(r'<div class="message (?:default|service)[^>]{0,200}>')
_STAMP = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}),?"
    r"[ \u00a0\u202f]{1,2}\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?:[ \u00a0\u202f]?[apAP]\.?[mM]\.?)?"
)
_OF_CHAT = re.compile(
    rf"[\u200e\u200f\ufeff]?(?:\[{_STAMP}\] [^\n:]{{1,80}}: |{_STAMP} [-–] \S|[^\n,\[]{{1,60}}, \[{_STAMP}\]\s*:?$)"
)
_KEY_OF_BULLETIN = re.compile(r"(?im)^(publisher|side|counting|period|day)[ \t]*:[ \t]*\S")
_SENTENCE = re.compile(r"(?m)^\W{0,5}+\w++(?:[^\w\n]{1,3}+\w++){6}[^\n]*[.!?…؟][\"”’»)\]]{0,2}[ \t]*$")
_AGREEMENT = re.compile(r"(?m)^format:[ \t]*[\"']?parley-(?:terms|cases)/")
_MAPPING = (re.compile(r"(?m)^claims:[ \t]*$"), re.compile(r"\bcolumn:[ \t]"))


def _kind_of_archive(arrived: Input, ends: bytes) -> str:
    """Return what a ZIP is by the names of its files; where its directory cannot be read, by those at its ends."""
    try:
        with arrived.open() as file, ZipFile(file) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        parts = ends[:LOOKED_AT] + ends[-LOOKED_AT:]
        return "kmz" if b".kml" in parts else "workbook" if b"xl/" in parts else ""
    if any(name.lower().endswith(".kml") for name in names):
        return "kmz"
    return "workbook" if any(name.startswith("xl/") for name in names) else ""


def kind_of(arrived: Input) -> str:
    """Return the kind of *arrived*, a key of `wordings.yaml` behind `kind-`; "" where its reader knows best."""
    data = arrived.ends
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_archive(arrived, data)
    if kind_of_binary(data):
        return ""
    text = _text(data[:LOOKED_AT], whole=len(data) <= LOOKED_AT)
    if not text.strip():
        return ""
    return next(_kinds(text), "text" if _SENTENCE.search(text) else "")


def _text(head: bytes, whole: bool) -> str:
    """Return *head* as text to be looked at, without its last line where it is cut off there."""
    head = head.removeprefix(UTF8_MARK)
    text = (
        head[2:].decode(encoding, "replace")
        if (encoding := UTF16_MARKS.get(head[:2]))
        else head.decode("utf-8", "replace")
    )
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if whole or "\n" not in lines else lines[: lines.rindex("\n") + 1]


def _kinds(text: str) -> Iterator[str]:
    """Yield what *text* is by each sign that it shows, the surest first."""
    begin = text.lstrip()
    if begin.startswith(r"{\rtf"):
        yield "rtf"
    if begin.upper().startswith(("BEGIN:VCARD", "BEGIN:VCALENDAR")):
        yield "vcard" if begin.upper().startswith("BEGIN:VCARD") else "calendar"
    if begin.startswith("<"):
        yield from _markup(begin)
    if MAIL_SEPARATOR.match(begin[:2000].encode("utf-8", "replace")):
        yield "mbox"
    if is_mail(begin):
        yield "mail"
    if _is_chat(text):
        yield "chat"
    if looks_like_json(begin):
        yield kind_of_json(begin)
    if _AGREEMENT.search(text):
        yield "agreement"
    if all(sign.search(text) for sign in _MAPPING):
        yield "mapping"
    keys = {found[1].lower() for found in _KEY_OF_BULLETIN.finditer(text)}
    if len(keys) >= 3 and keys & {"counting", "publisher"}:
        yield "bulletin"
    if table := kind_of_table(text):
        yield table


def _markup(begin: str) -> Iterator[str]:
    found = _ROOT.match(begin)
    if found is None:
        return
    prefix, _, last = found[1].lower().rpartition(":")
    name = prefix if prefix == "rdf" else last
    if _TELEGRAM_PAGE.search(begin):
        yield "telegram-page"
    if name in _ROOTS:
        yield _ROOTS[name]
    if begin.startswith("<?xml") and "http://www.w3.org/1999/xhtml" not in begin[:2000]:
        yield "xml"


def is_mail(begin: str) -> bool:
    """Say whether *begin* starts with the header of a mail (https://www.rfc-editor.org/rfc/rfc5322#section-2.2).

    Two of a mail's own fields, an empty line, and what only a program writes: an address, a date in its form, a path.
    """
    fields: dict[str, str] = {}
    for line in begin.split("\n"):
        if not line.strip():
            break
        found = _HEADER.fullmatch(line)
        if found is None and not (fields and line[0] in " \t"):
            return False
        if found:
            fields.setdefault(found[1].lower(), found[2])
    if not fields.keys() & _OF_MAIL or len(fields) < 2:
        return False
    if fields.keys() & _OF_TRANSPORT:
        return True
    return "@" in fields.get("from", "") or ("from" in fields and _is_date(fields.get("date", "")))


def _is_date(words: str) -> bool:
    with suppress(ValueError, TypeError, IndexError, OverflowError):
        return bool(parsedate_to_datetime(words)) and ":" in words
    return False


def _is_chat(text: str) -> bool:
    """Say whether *text* is a chat as WhatsApp, Signal and Telegram write it: its first line, and a third of all."""
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines or not _OF_CHAT.match(lines[0]):
        return False
    return 3 * sum(bool(_OF_CHAT.match(line)) for line in lines) >= len(lines)


def foreign(kind: str, channel: str) -> bool:
    """Say whether a file of *kind* is refused on *channel* before anything of it is read."""
    return bool(kind) and kind not in (*_channels()[channel]["for"], *_channels()[channel].get("shown", ()))


def at_home(kind: str, channel: str) -> bool:
    """Say whether *channel* is for files of *kind*."""
    return not kind or kind in _channels()[channel]["for"]


def of_another_kind(arrived: Input, kind: str, channel: str) -> Problem:
    """Return what is said of a file of *kind* that was given on *channel*."""
    params = {"kind": kind, "channel": channel}
    return Problem(file=arrived.name, code="of-another-kind", params=params, kept="other-channel")


@cache
def _channels() -> Mapping[str, Mapping[str, Sequence[str]]]:
    read: Mapping[str, Mapping[str, Sequence[str]]] = packaged("parley.intake", "kinds.yaml")
    return read
