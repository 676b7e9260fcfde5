"""Workbooks (XLSX, ECMA-376 part 1: https://ecma-international.org/publications-and-standards/standards/ecma-376/).

A workbook is a ZIP archive of XML parts. Its directory is read first: nothing is unpacked that says it is too large, is
encrypted or is of another format, and only the parts that a table needs are read at all: no macros, links or pictures.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime, is_timedelta_format

from parley.intake.faults import Unreadable, unusable, unusable_for
from parley.intake.text.funnel import OLD_OFFICE
from parley.model import Input

MOST_IN_SHEET = 512_000_000
"""Bytes of a sheet's XML; a million rows of ten columns have about 400 million."""
MOST_IN_PART = 128_000_000
"""Bytes of any other part."""
MOST_IN_CELL = 100_000
"""Characters; the format itself allows 32,767."""
MOST_ENTRIES = 10_000
_MOST_DEPTH = 64
_CHUNK = 1 << 16

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_YES = ("1", "true")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's name, whether the program shows it, and its part of the archive."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class Workbook:
    """What all sheets share.

    Args:
        strings: the texts that cells point to by number.
        kinds: for each cell style "date", "time", "datetime" or "" (no time at all).
        from_1904: whether days count from 1904 instead of 1900.
    """

    file: str
    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    strings: tuple[str, ...]
    kinds: tuple[str, ...]
    from_1904: bool


class Handler:
    """Told of what stands in an XML part, in order, by names of elements without their namespaces."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def opened(arrived: Input) -> Workbook:
    """Return the workbook in *arrived*, its sheets still unread.

    Raises:
        InputError: it is old, encrypted, of another format, broken, or would unpack to too much.
    """
    if arrived.data.startswith(OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in arrived.data:
            raise unusable(arrived.name, "encrypted-workbook", within="workbook")
        raise unusable(arrived.name, "old-workbook", within="workbook")
    try:
        archive = zipfile.ZipFile(io.BytesIO(arrived.data))
        _check(arrived.name, archive)
        return _opened(arrived.name, archive)
    except Unreadable as fault:
        raise unusable_for(arrived.name, fault.within("workbook")) from None
    except _BROKEN as error:
        raise unusable(arrived.name, "broken-workbook", detail=str(error)[:150]) from None


_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, KeyError, ValueError)
"""What `zipfile` raises, whatever is wrong with an archive."""


def _check(file: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES:
        raise unusable(file, "too-many-parts", most=MOST_ENTRIES, parts=len(entries))
    names = {entry.filename for entry in entries}
    if len(names) < len(entries):
        raise unusable(file, "part-twice")
    if "xl/workbook.bin" in names:
        raise unusable(file, "binary-workbook", within="workbook")
    if "content.xml" in names:
        raise unusable(file, "open-document", within="workbook")
    if "[Content_Types].xml" not in names or not any("workbook.xml" in name for name in names):
        raise unusable(file, "untold-workbook", within="workbook")
    if any(entry.flag_bits & 1 for entry in entries):
        raise unusable(file, "locked-archive", within="workbook")


def _opened(file: str, archive: zipfile.ZipFile) -> Workbook:
    part = next((path for kind, path in _targets(archive, "").values() if kind == "officeDocument"), "xl/workbook.xml")
    targets = _targets(archive, part)
    of_kind = dict(targets.values())
    sheets: list[Sheet] = []
    from_1904 = False
    for name, attributes in _elements(archive, part):
        if name == "sheet":
            link = next((value for key, value in attributes.items() if key.rpartition(":")[1:] == (":", "id")), "")
            kind, path = targets.get(link, ("", ""))
            if kind == "worksheet":  # a chart on a sheet of its own holds no cells
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(Sheet(attributes.get("name", ""), hidden, path))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904") in _YES
    if not sheets:
        raise unusable(file, "no-sheet")
    return Workbook(
        file=file,
        archive=archive,
        sheets=tuple(sheets),
        strings=tuple(_strings(archive, of_kind["sharedStrings"])) if "sharedStrings" in of_kind else (),
        kinds=tuple(_kinds(archive, of_kind["styles"])) if "styles" in of_kind else (),
        from_1904=from_1904,
    )


def _targets(archive: zipfile.ZipFile, part: str) -> Mapping[str, tuple[str, str]]:
    """Return the parts that *part* ("": the archive) points to, by id: the last word of the kind, and the path."""
    folder, name = posixpath.split(part)
    where = posixpath.join(folder, "_rels", f"{name}.rels")
    if where not in archive.namelist():
        return {}
    found = {}
    for name, attributes in _elements(archive, where):
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)
    return found


def _strings(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yield the shared texts; how a text is pronounced (`rPh`) is no part of it."""
    texts = _Texts()
    for _ in xml_events(archive, part, MOST_IN_PART, texts):
        yield from texts.take()


class _Texts(Handler):
    """Gathers the text of each `si`."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._text: list[str] = []
        self._open = False
        self._spoken = 0

    def take(self) -> list[str]:
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._text = []
        self._spoken += name == "rPh"
        self._open = name == "t" and not self._spoken

    def end(self, name: str) -> None:
        self._open = False
        self._spoken -= name == "rPh"
        if name == "si":
            self._done.append(unescaped("".join(self._text))[: MOST_IN_CELL + 1])

    def text(self, data: str) -> None:
        if self._open:
            self._text.append(data)


def _kinds(archive: zipfile.ZipFile, part: str) -> Iterator[str]:
    """Yield for each style of cells what kind of time its format of numbers shows."""
    formats = dict(BUILTIN_FORMATS)
    inside = False
    for name, attributes in _elements(archive, part):
        if name == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            written = formats.get(int(number), "") if number.isdecimal() else ""
            yield "" if not written or is_timedelta_format(written) else is_datetime(written) or ""


def unescaped(text: str) -> str:
    """Return *text* with its characters that XML cannot hold, `_x000D_`, as they are (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return found[0] if number == 0 or 0xD800 <= number <= 0xDFFF else chr(number)


class _Starts(Handler):
    def __init__(self) -> None:
        self.seen: list[tuple[str, Mapping[str, str]]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.seen.append((name, attributes))


def _elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    starts = _Starts()
    for _ in xml_events(archive, part, MOST_IN_PART, starts):
        yield from starts.seen
        starts.seen = []


def xml_events(archive: zipfile.ZipFile, part: str, most: int, handler: Handler) -> Iterator[None]:
    """Tell *handler* of the XML in *part*, stopping after every stretch, so that memory stays small.

    A document type is refused before anything in it is read, and with it every entity.

    Raises:
        Unreadable: no such part, too large, no XML, a document type, or nested too deep.
    """
    try:
        entry = archive.getinfo(part)
    except KeyError:
        raise Unreadable("no-such-part", where=part) from None
    if entry.file_size > most:
        raise Unreadable("part-too-large", most=most, where=part, bytes=entry.file_size)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _MOST_DEPTH:
            raise Unreadable("xml-too-deep", part)
        handler.start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name.rpartition(":")[2] if ":" in name else name)

    def refuse(*_: object) -> None:
        raise Unreadable("document-type", where=part)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, handler.text
    parser.StartDoctypeDeclHandler = refuse
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise Unreadable("not-xml", where=part, error=error.code, at=error.lineno) from None
    except _BROKEN as error:
        raise Unreadable("broken-archive", where=part, detail=str(error)[:100]) from None
