"""Tiles, the static files of a log: https://c2sp.org/tlog-tiles

A hash tile holds 256 hashes of one level (levels 8 apart), an entry bundle 256 entries; the rightmost may be partial.
Parley adds bundles of the same form with the signed envelopes that the entries commit to, under `tile/envelopes/`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parley.record.errors import Damaged
from parley.record.formats.hashing import HASH_SIZE, TILE_WIDTH

MAX_ENTRY = 0xFFFF
"""The longest entry that a bundle can hold, in bytes."""

_PATH = re.compile(
    r"tile/(entries|envelopes|0|[1-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: *level* 0 to 63, or None for the bundle of entries; *index* in its level; *width* 1 to 256.

    With *envelopes*, the bundle of the envelopes of these entries.
    """

    level: int | None
    index: int
    width: int = TILE_WIDTH
    envelopes: bool = False


def encode_path(tile: Tile) -> str:
    """`tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; the inverse of `decode_path`."""
    digits = f"{tile.index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *upper, last = (digits[start : start + 3] for start in range(0, len(digits), 3))
    index = "".join(f"x{part}/" for part in upper) + last
    partial = "" if tile.width == TILE_WIDTH else f".p/{tile.width}"
    bundle = "envelopes" if tile.envelopes else "entries"
    return f"tile/{bundle if tile.level is None else tile.level}/{index}{partial}"


def decode_path(path: str) -> Tile:
    """The inverse of `encode_path`; raises Damaged for any other spelling."""
    match = _PATH.fullmatch(path)
    if match is None or len(path) > 100:
        raise Damaged("not the path of a tile")
    level, index, width = match.groups()
    tile = Tile(
        None if level in ("entries", "envelopes") else int(level),
        int(index.replace("x", "").replace("/", "")),
        TILE_WIDTH if width is None else int(width),
        level == "envelopes",
    )
    if encode_path(tile) != path:
        raise Damaged("not the path of a tile: leading zeros")
    return tile


def encode_hashes(hashes: Sequence[bytes]) -> bytes:
    """The bytes of a hash tile; the inverse of `decode_hashes`."""
    return b"".join(hashes)


def decode_hashes(data: bytes) -> tuple[bytes, ...]:
    """The 1 to 256 hashes of a tile, 32 bytes each; raises Damaged for another length."""
    count, rest = divmod(len(data), HASH_SIZE)
    if rest or not 1 <= count <= TILE_WIDTH:
        raise Damaged(f"a hash tile of {len(data)} bytes")
    return tuple(data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE))


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """The bytes of an entry bundle: each entry behind its length, big-endian uint16; the inverse of `decode_entries`.

    Raises:
        ValueError: for an entry above 65,535 bytes.
    """
    try:
        return b"".join([len(entry).to_bytes(2, "big") + entry for entry in entries])
    except OverflowError as error:
        raise ValueError(f"an entry above {MAX_ENTRY} bytes") from error


def decode_entries(data: bytes) -> tuple[bytes, ...]:
    """The 1 to 256 entries of a bundle; raises Damaged when it ends early or holds none or more."""
    entries = []
    start = 0
    while start < len(data):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if start + 2 > len(data) or end > len(data):
            raise Damaged("an entry bundle that ends within an entry")
        entries.append(data[start + 2 : end])
        start = end
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise Damaged(f"an entry bundle of {len(entries)} entries")
    return tuple(entries)
