"""Files that come inside a report: kept unopened, by digest. What a ZIP archive says of itself is read, never unpacked.

The format of the archive's directory: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 and 4.3.16.
"""

import base64
import binascii
import hashlib
import io
import zipfile
from dataclasses import dataclass
from typing import Any

from parley.intake.faults import Unreadable
from parley.model import Flag

MOST_BYTES = 25_000_000
MOST_UNPACKED = 100_000_000
MOST_EXPANSION = 100

MOST_FILES = 1000
"""Attachments of one report."""

_FIELDS = {"name", "media_type", "base64"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept unopened: its SHA-256 in hex, its bytes, and what a reader should know before opening it."""

    digest: str
    data: bytes
    flag: Flag | None


def attachment(raw: Any) -> Attachment:
    """Return the attachment that *raw*, a JSON object, describes.

    Raises:
        Unreadable: fields are missing or unknown, no valid base64, or more than `MOST_BYTES`.
    """
    if not isinstance(raw, dict) or not set(raw) <= _FIELDS or not isinstance(raw.get("base64"), str):
        found = ", ".join(raw) if isinstance(raw, dict) else str(raw)[:60]
        raise Unreadable("not-an-attachment", found)
    encoded, name = raw["base64"], str(raw.get("name", ""))[:200]
    if len(encoded) > MOST_BYTES * 3 // 2:
        raise Unreadable("attachment-seems-too-large", most=MOST_BYTES, name=name, bytes=len(encoded) * 3 // 4)
    try:
        data = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("not-base64", encoded[:40], name=name, detail=str(error)) from None
    if len(data) > MOST_BYTES:
        raise Unreadable("attachment-too-large", most=MOST_BYTES, name=name, bytes=len(data))
    return Attachment(hashlib.sha256(data).hexdigest(), data, _warning(name, data))


def _warning(name: str, data: bytes) -> Flag | None:
    """Return a flag for an archive that says that it unpacks to too much; it is not opened to find out."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            declared = sum(entry.file_size for entry in archive.infolist())
    except Exception as error:  # whatever a broken archive makes the library raise, its bytes are kept
        return Flag(code="archive-unreadable", params={"name": name, "detail": str(error)[:100]})
    if declared > MOST_UNPACKED or declared > MOST_EXPANSION * len(data):
        return Flag(code="archive-bomb", params={"name": name, "bytes": len(data), "unpacked": declared})
    return None
