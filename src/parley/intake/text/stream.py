"""Bytes → lines of text, a chunk at a time: an input may be larger than memory.

The rules are those of `funnel`: UTF-8, with or without a byte order mark, or UTF-16 with one; a line ends with LF, CR
LF or CR; a line that is not text, or is too long, comes with its fault and harms no other.
"""

import codecs
from collections.abc import Iterable, Iterator

from parley.intake.faults import Unreadable, unusable_for
from parley.intake.text.funnel import MOST_IN_LINE, UTF8_MARK, UTF16_MARKS, Line, blank, kind_of_binary, without_mark
from parley.model import Input
from parley.model.wordings import Parameter

_HALF = "\ud800".encode("utf-8", "surrogatepass")
"""Stands for what is cut off in the middle of a character of UTF-16: no text in any encoding."""


def lines_of(arrived: Input, wanted: str, **params: Parameter) -> Iterator[Line]:
    """Return the lines of *arrived*, numbered from 1.

    Raises:
        InputError: at once, where the input is empty, white space only, plainly binary, or of another encoding;
            *wanted* says what should have come instead, as a code of the section `within` of `wordings.yaml`, with
            the *params* that it names.
    """
    ends = arrived.ends
    encoding = UTF16_MARKS.get(ends[:2])
    if looks_like := kind_of_binary(ends):
        fault = Unreadable("looks-binary", kind=looks_like).within(wanted, **params)
        raise unusable_for(arrived.name, fault, line=1, column=1)
    if not any(chunk.strip() for chunk in _utf8_chunks(arrived, encoding)):
        marked = encoding or ends.startswith(UTF8_MARK)
        nothing = Unreadable("only-a-mark") if marked else blank(ends)
        raise unusable_for(arrived.name, nothing.within(wanted, **params))
    parts = enumerate(_parted(_utf8_chunks(arrived, encoding)), start=1)
    return (_line(number, line, size, encoding, ended) for number, (line, size, ended) in parts)


def _utf8_chunks(arrived: Input, encoding: str | None) -> Iterator[bytes]:
    """Yield the bytes of *arrived* without a mark, those of UTF-16 as UTF-8 in which half characters stay wrong."""
    if encoding is None:
        yield from arrived.chunks(len(UTF8_MARK) if arrived.ends.startswith(UTF8_MARK) else 0)
        return
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for chunk in arrived.chunks(2):
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    cut_off, _ = decoder.getstate()
    if cut_off:
        yield _HALF


def _parted(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, int, bool]]:
    """Yield each line without its end, its size, and whether it has an end.

    Of one that is too long only the last bytes are there.
    """
    rest, dropped = b"", 0
    for chunk in chunks:
        parts = (rest + chunk).splitlines(keepends=True)
        rest = b""
        if parts and not parts[-1].endswith(b"\n"):  # a CR at the end may be the half of a CR LF
            rest = parts.pop()
        for part in parts:
            line = part.rstrip(b"\r\n")
            yield line, len(line) + dropped, True
            dropped = 0
        if len(rest) > MOST_IN_LINE + 1:
            dropped += len(rest) - 1
            rest = rest[-1:]
    if rest:
        line = rest.rstrip(b"\r\n")
        yield line, len(line) + dropped, len(line) < len(rest)


def _line(number: int, line: bytes, size: int, encoding: str | None, ended: bool) -> Line:
    if size > MOST_IN_LINE:
        return Line(number, "", Unreadable("line-too-long", most=MOST_IN_LINE, bytes=size))
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        before = len(line[: error.start].decode())
        if encoding:
            return Line(number, "", Unreadable("half-a-character", offset=before, encoding=encoding.upper()))
        return Line(number, "", Unreadable("not-utf-8", offset=before, byte=f"{line[error.start]:#04x}"))
    if "\0" in text:
        return Line(number, "", Unreadable("nul-byte", offset=text.index("\0")))
    return Line(number, without_mark(text), None, ended)
