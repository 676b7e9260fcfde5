"""A ZIP archive (APPNOTE 6.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT) or a gzip file (RFC 1952)
around one file → that file, as if it had come without its wrapping.

The whole is unpacked once, to nowhere, before anything of it is read: an archive that is damaged, or that unpacks to
too much, gives nothing. Then it is read as it is wanted, a chunk at a time; what is unpacked lies nowhere.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from typing import IO, Any

from parley.intake.faults import unusable
from parley.intake.text.funnel import GZIP, ZIP, is_workbook, kind_of_binary
from parley.model import Input, listed
from parley.model.input import CHUNK, END

MOST_UNPACKED = 2_000_000_000
"""Bytes."""
MOST_TIMES = 200
"""How many times its own size an archive may unpack to; lists of events have some 5 to 40."""
ALWAYS_TAKEN = 16_000_000
"""Bytes that an archive may unpack to whatever its own size is."""

_OFFICE = ("[Content_Types].xml", "content.xml", "mimetype")
_OFFICE_FOLDERS = ("xl/", "word/", "ppt/")
_ASIDE_FOLDER, _ASIDE = (
    "__MACOSX/",
    (".DS_Store", "Thumbs.db"),
)  # what file managers put beside the files that they pack
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

Opened = Callable[[], BufferedIOBase]


class Unpacked(Input):
    """The one file in an archive. It has the name and the digest of the archive: that is what arrived."""

    def __init__(self, archive: Input, opened: Opened, size: int, ends: bytes) -> None:
        super().__init__(archive.name, b"")
        self.archive = archive
        self._opened, self._size = opened, size
        self.ends = ends

    def open(self) -> BufferedIOBase:
        return self._opened()

    @property
    def data(self) -> bytes:
        with self.open() as file:
            return file.read()

    @property
    def size(self) -> int:
        return self._size

    @property
    def digest(self) -> str:
        return self.archive.digest

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from *start* on; who follows how far the archive is read is told of a like share of it."""
        read = start
        for chunk in super().chunks(start):
            read += len(chunk)
            self.archive.tell(self.archive.size * read // max(1, self._size))
            yield chunk


class _Held(BufferedIOBase):
    """A file inside others, which are closed with it."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile, *around: Any) -> None:
        self._file, self._around = file, around

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def close(self) -> None:
        for one in (self._file, *self._around):
            one.close()
        super().close()


def unpacked(arrived: Input) -> Input:
    """Return the one file that *arrived* is wrapped around; *arrived* itself where it is no archive.

    Raises:
        InputError: several files or none, damaged, locked, another archive inside, or unpacked too large.
    """
    if isinstance(arrived, Unpacked):
        return arrived
    if arrived.ends.startswith(ZIP):
        found = _of_zip(arrived)
    elif arrived.ends.startswith(GZIP):
        found = _checked(arrived, lambda: _in_gzip(arrived))
    else:
        return arrived
    if isinstance(found, Unpacked) and (found.ends.startswith(GZIP) or _is_zip_of_files(found)):
        raise unusable(arrived.name, "archive-inside")
    return found


def _of_zip(arrived: Input) -> Input:
    try:
        with arrived.open() as file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except _BROKEN as error:
        if is_workbook(arrived.ends):
            return arrived  # its reader says what is wrong with it
        raise unusable(
            arrived.name, "damaged-archive", kind=kind_of_binary(arrived.ends) or "zip", detail=str(error)[:150]
        ) from None
    if _is_document(entries):
        return arrived
    files = [one for one in entries if not (one.is_dir() or _is_aside(one.filename))]
    if not files:
        raise unusable(arrived.name, "no-file-inside")
    if len(files) > 1:
        names = listed(one.filename for one in files)
        raise unusable(arrived.name, "several-files-inside", files=len(files), names=names)
    if files[0].flag_bits & 1:
        raise unusable(arrived.name, "locked-archive", within="archive")
    return _checked(arrived, lambda: _in_zip(arrived, files[0]))


def _is_document(entries: list[zipfile.ZipInfo]) -> bool:
    """Say whether an archive is a workbook or a document of an office program, which is no wrapping."""
    return any(entry.filename in _OFFICE or entry.filename.startswith(_OFFICE_FOLDERS) for entry in entries)


def _is_aside(name: str) -> bool:
    return name.startswith(_ASIDE_FOLDER) or name.rpartition("/")[2] in _ASIDE


def _in_zip(arrived: Input, entry: zipfile.ZipInfo) -> BufferedIOBase:
    outer = arrived.open()
    archive = zipfile.ZipFile(outer)
    return _Held(archive.open(entry), archive, outer)


def _in_gzip(arrived: Input) -> BufferedIOBase:
    outer = arrived.open()
    return _Held(gzip.GzipFile(fileobj=outer), outer)


def _checked(arrived: Input, opened: Opened) -> Unpacked:
    """Return the file that *opened* opens, once all of it has been unpacked to nowhere."""
    most = min(MOST_UNPACKED, max(ALWAYS_TAKEN, MOST_TIMES * arrived.size))
    size, head, tail = 0, b"", b""
    try:
        with opened() as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > most:
                    raise unusable(arrived.name, "unpacks-to-too-much", most=most)
                head = head if len(head) > 2 * END else head + chunk[: 2 * END + 1]
                tail = (tail + chunk)[-END:]
    except _BROKEN as error:
        raise unusable(
            arrived.name, "damaged-archive", kind=kind_of_binary(arrived.ends) or "zip", detail=str(error)[:150]
        ) from None
    return Unpacked(arrived, opened, size, head if size <= 2 * END else head[:END] + tail)


def _is_zip_of_files(found: Input) -> bool:
    if not found.ends.startswith(ZIP):
        return False
    try:
        with found.open() as file, zipfile.ZipFile(file) as archive:
            return not _is_document(archive.infolist())
    except _BROKEN:
        return not is_workbook(found.ends)
