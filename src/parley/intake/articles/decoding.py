"""Bytes → text. Nothing is guessed and nothing replaced: bytes that are not text are a `Problem` that says where.

Tried in this order: a byte order mark, UTF-8, the character set that an HTML page declares (WHATWG's reading of the
name: https://encoding.spec.whatwg.org/#names-and-labels).
"""

import re

from parley.intake.text.funnel import kind_of_binary
from parley.model import Input, InputError, Problem

MOST_BYTES = 2_000_000

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
KNOWN = {
    "windows-1251": "cp1251",
    "cp1251": "cp1251",
    "koi8-r": "koi8-r",
    "iso-8859-5": "iso8859-5",
    "ibm866": "cp866",
    "windows-1256": "cp1256",
    "iso-8859-6": "iso8859-6",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-15": "iso8859-15",
    "windows-1250": "cp1250",
    "windows-1254": "cp1254",
}


def decode(arrived: Input) -> str:
    """Return the text of *arrived*; raise InputError where the bytes are empty, binary, too many or not text."""
    data = arrived.data
    if not data.strip():
        raise _error(arrived, "empty-file" if not data else "white-space-only", within="article")
    if len(data) > MOST_BYTES:
        raise _error(arrived, "article-too-large", most=MOST_BYTES, bytes=len(data))
    if looks_like := kind_of_binary(data):
        raise _error(arrived, "looks-binary", within="article", kind=looks_like)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return text_in(arrived, data[len(mark) :], encoding)
    try:
        return text_in(arrived, data, "utf-8")
    except InputError:
        declared = _DECLARED.search(data[:4096])
        known = KNOWN.get(declared[1].decode("ascii", "replace").lower()) if declared else None
        if known is None:
            raise
        return text_in(arrived, data, known)


def text_in(arrived: Input, data: bytes, encoding: str) -> str:
    """Return *data*, a part of *arrived*, as text; raise InputError where it is none in *encoding*."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        good = data[: error.start].decode(encoding, "ignore")
        byte = f"{data[error.start]:#04x}"
        raise _error(arrived, "not-in-encoding", good, encoding=encoding.upper(), byte=byte, at=error.start) from None
    before, nul, _ = text.partition("\0")
    if nul:
        raise _error(arrived, "nul-bytes", before)
    if not text.strip():
        raise _error(arrived, "white-space-only", within="article")
    return text


def _error(arrived: Input, code: str, good: str | None = None, **params: str | int) -> InputError:
    """Return the error; *good* is the text before the first bad character, where there is one."""
    line = column = None
    if good is not None:
        line, column = good.count("\n") + 1, len(good) - (good.rfind("\n") + 1) + 1
    problem = Problem(file=arrived.name, line=line, column=column, code=code, params=params, kept="bytes-as-arrived")
    return InputError(problem)
