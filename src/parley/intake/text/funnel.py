"""Bytes → lines of text. Nothing is guessed and nothing replaced: what is not text is named with its line and column.

Text is UTF-8, with or without a byte order mark, or UTF-16 with one. A line ends with LF, CR LF or CR. Lines that are
not text do not harm the others; memory stays bounded by the input's size, since an overlong line is never decoded.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.model import Input, InputError

MOST_IN_LINE = 1_000_000
"""Bytes; a longer line of a table or bulletin is refused."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
GZIP = b"\x1f\x8b"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # [MS-CFB], the container of .xls and of encrypted workbooks
_MAGIC = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (GZIP, "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (OLD_OFFICE, "old-office"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"RIFF", "riff"),
    (b"OggS", "ogg"),
    (b"ID3", "mp3"),
    (b"\x7fELF", "program"),
)
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\r\n\f")
_OFFICE = ((b"xl/", "xlsx"), (b"word/", "docx"), (b"ppt/", "pptx"))
UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF32_MARKS = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_LINE = re.compile(rb"([^\r\n]*+)(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; where it is not text, `text` is empty and `fault` says why. `ended`: it has an end."""

    number: int
    text: str
    fault: Unreadable | None = None
    ended: bool = True

    @property
    def fault_column(self) -> int | None:
        """Where in the line its fault is, from 1; None where it is the whole line's."""
        return None if self.fault is None or self.fault.offset is None else self.fault.offset + 1


def utf8(arrived: Input, wanted: str) -> bytes:
    """Return the bytes of *arrived* as UTF-8 without a byte order mark; single lines may still not be text.

    Raises:
        InputError: the input is empty, white space only, plainly binary, or of another encoding; *wanted* says what
            should have come instead, as a code of the section `within` of `wordings.yaml`.
    """
    data = arrived.data
    if not data.strip():
        raise unusable_for(arrived.name, blank(data).within(wanted))
    if looks_like := kind_of_binary(data):
        raise unusable(arrived.name, "looks-binary", line=1, column=1, within=wanted, kind=looks_like)
    if data.startswith(UTF8_MARK):
        data = data[len(UTF8_MARK) :]
    elif encoding := UTF16_MARKS.get(data[:2]):
        data = _from_utf16(arrived, encoding, wanted)
    if not data.strip():
        raise unusable(arrived.name, "only-a-mark", within=wanted)
    return data


def blank(data: bytes) -> Unreadable:
    """Return what is wrong with an input of which all *data* is white space, or with one that is empty."""
    return Unreadable("white-space-only") if data else Unreadable("empty-file")


def kind_of_binary(data: bytes) -> str | None:
    """Return what *data* looks like by its first bytes, as a word of `wordings.yaml`; None where it may be text."""
    if data.startswith(ZIP):
        return next((name for mark, name in _OFFICE if mark in data[:65536] or mark in data[-65536:]), "zip")
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if data.startswith(_UTF32_MARKS):
        return "utf-32"
    if data[:2] in UTF16_MARKS:
        return None
    head = data[:4096]
    for position in (0, 1):
        if len(head) >= 8 and head[position::2].count(0) > 0.4 * len(head[position::2]):
            return "utf-16-unmarked"
    control = len(head) - len(head.translate(None, _CONTROL))
    return "binary" if control > 0.1 * len(head) else None


def is_workbook(data: bytes) -> bool:
    """Say whether *data* looks like a workbook of any age or maker, encrypted or not, rather than like text."""
    if not data.startswith(ZIP):
        return data.startswith(OLD_OFFICE)
    return any(mark in part for part in (data[:65536], data[-65536:]) for mark in (b"xl/", b"opendocument.spreadsheet"))


def lines(data: bytes) -> Iterator[Line]:
    """Yield the lines of UTF-8 *data*, numbered from 1; a line that is not text comes as one with a fault."""
    for number, found in enumerate(_LINE.finditer(data), start=1):
        start, end = found.span(1)
        if start == len(data):
            return
        yield _line(number, data, start, end)


def _line(number: int, data: bytes, start: int, end: int) -> Line:
    if end - start > MOST_IN_LINE:
        return Line(number, "", Unreadable("line-too-long", most=MOST_IN_LINE, bytes=end - start))
    try:
        text = data[start:end].decode()
    except UnicodeDecodeError as error:
        place = start + error.start
        before = len(data[start:place].decode())
        return Line(number, "", Unreadable("not-utf-8", offset=before, byte=f"{data[place]:#04x}"))
    if "\0" in text:
        return Line(number, "", Unreadable("nul-byte", offset=text.index("\0")))
    return Line(number, without_mark(text))


def without_mark(text: str) -> str:
    """Return a line without the byte order marks before it: they stand where files were put one behind the other."""
    return text.lstrip("\ufeff") if text.startswith("\ufeff") else text


class LinesOf:
    """Finds lines and columns, both counted from 1, in a text of many lines."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def of(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at *offset*."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def _from_utf16(arrived: Input, encoding: str, wanted: str) -> bytes:
    try:
        return arrived.data[2:].decode(encoding).encode()
    except UnicodeDecodeError as error:
        raise _not_utf16(arrived, error, encoding, wanted) from None


def _not_utf16(arrived: Input, error: UnicodeDecodeError, encoding: str, wanted: str) -> InputError:
    good = arrived.data[2 : 2 + error.start].decode(encoding)
    line, column = LinesOf(good).of(len(good))
    byte = f"{arrived.data[2 + error.start]:#04x}"
    return unusable(
        arrived.name, "not-utf-16", line=line, column=column, within=wanted, byte=byte, encoding=encoding.upper()
    )
