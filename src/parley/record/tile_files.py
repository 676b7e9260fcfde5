"""The static files of a log, for any web server: `checkpoint`, the tiles, and `statement/<digest>`.

The last are the bodies of public statements, by the digests of their envelopes, each with the secret that salts its
fields: so that everybody can check who may say what.

They follow from the rows and may be dropped and made again. Each is written beside its place and moved there, so that
readers find whole files. Partial tiles go when their full tile is there.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parley.record.errors import Damaged
from parley.record.formats.canonical import decode_base64, decode_json, encode_base64, encode_json
from parley.record.formats.hashing import TILE_HEIGHT, TILE_WIDTH
from parley.record.formats.tile import Tile, encode_entries, encode_hashes, encode_path
from parley.record.statements.kinds import PUBLIC
from parley.record.statements.sealed import unseal
from parley.record.statements.statement import digest
from parley.record.store import Row, Store
from parley.record.whole import write_whole

CHECKPOINT = "checkpoint"


def tiles(size: int, known: int = 0) -> Iterator[Tile]:
    """The tiles of a tree of *size* entries that one of *known* entries does not have."""
    level = 0
    while width := size >> TILE_HEIGHT * level:
        before = known >> TILE_HEIGHT * level
        for index in range(before // TILE_WIDTH, -(-width // TILE_WIDTH) if width > before else 0):
            tile = Tile(level, index, min(TILE_WIDTH, width - index * TILE_WIDTH))
            yield tile
            if level == 0:
                yield Tile(None, index, tile.width)
                yield Tile(None, index, tile.width, envelopes=True)
        level += 1


def content(store: Store, tile: Tile) -> bytes:
    """The bytes of a tile; raises Damaged where a row that it needs is missing."""
    start = tile.index * TILE_WIDTH
    end = start + tile.width
    if tile.level is None:
        return encode_entries(store.envelopes(start, end) if tile.envelopes else store.leaves(start, end))
    return encode_hashes(store.hashes(tile.level, start, end))


def statement_path(envelope: str) -> str:
    """The path of the public statement whose envelope has this digest."""
    return f"statement/{envelope}"


def public_statement(store: Store, row: Row) -> bytes | None:
    """The file of a public statement, canonical JSON of its body and secret; None where the body is not there."""
    sealed, secret = store.bodies([row.number]).get(row.number, (None, None))
    if sealed is None or secret is None:
        return None
    return encode_json({"body": unseal(sealed, secret), "secret": encode_base64(secret).decode()})


def decode_public(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The body and secret in a public statement's file; **not held against any commitment here**. Raises Damaged."""
    given = decode_json(data)
    if not isinstance(given, dict) or set(given) != {"body", "secret"} or not isinstance(given["body"], dict):
        raise Damaged("not the file of a public statement")
    if not isinstance(given["secret"], str):
        raise Damaged("not the file of a public statement")
    return given["body"], decode_base64(given["secret"].encode())


class TileFiles:
    """The files in *folder*; one writer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._done: int | None = None  # how many entries the files hold
        self._made: set[Path] = set()

    def advance(self, store: Store, size: int, note: bytes) -> None:
        """Write the tiles that a tree of *size* entries adds to what was written before, then the checkpoint *note*."""
        known = _written(self.folder) if self._done is None else self._done
        self._done = None  # until all is written
        partial: list[Path] = []
        for tile in tiles(size, min(known, size)):
            data = content(store, tile)
            if tile.envelopes and not any(data):
                continue  # a log of entries without envelopes
            path = self.folder / encode_path(tile)
            self._write(path, data)
            if tile.width == TILE_WIDTH:
                partial.append(path.with_name(f"{path.name}.p"))
        for row in store.rows(min(known, size), size, PUBLIC):
            said = public_statement(store, row)
            if said is not None:
                self._write(self.folder / statement_path(digest(row.envelope)), said)
        self.write_checkpoint(note)
        for folder in partial:  # now that no checkpoint asks for them
            shutil.rmtree(folder, ignore_errors=True)
        self._done = size

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the checkpoint file."""
        self._write(self.folder / CHECKPOINT, note)

    def drop(self) -> None:
        """Remove all files."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._done = None
        self._made.clear()

    def _write(self, path: Path, data: bytes) -> None:
        if path.parent not in self._made:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(path.parent)
        write_whole(path, data, durable=False)


def faults(folder: Path, store: Store, size: int) -> Iterator[tuple[str, str, bool]]:
    """Yield (file, what is wrong, whether it is only behind or gone) for the files that are not as the rows have them.

    They may be behind the tree of *size* entries, as after a crash, or before it beside a writer.
    """
    written = _written(folder)
    if written > size:
        yield f"log/{CHECKPOINT}", f"the file is of {written} entries, {size} are in the record", True
        return
    for tile in tiles(written):
        name = encode_path(tile)
        try:
            found = (folder / name).read_bytes()
        except OSError:
            yield f"log/{name}", "the file is missing; `parley rebuild` makes it again", True
            continue
        if found != content(store, tile):
            yield f"log/{name}", "the file is not that of the entries; `parley rebuild` makes it again", False
    for row in store.rows(0, written, PUBLIC):
        name = statement_path(digest(row.envelope))
        wanted = public_statement(store, row)
        try:
            found = (folder / name).read_bytes()
        except OSError:
            yield f"log/{name}", "the file is missing; `parley rebuild` makes it again", True
            continue
        if found != wanted:
            yield f"log/{name}", "the file is not that of the statement; `parley rebuild` makes it again", False


def _written(folder: Path) -> int:
    """How many entries the files in *folder* hold by their own checkpoint; 0 where there is none that can be read."""
    try:
        return int((folder / CHECKPOINT).read_bytes().split(b"\n")[1])
    except (OSError, IndexError, ValueError):
        return 0
