"""A full audit of a log's static files: that the entries which they hold are all that the signed checkpoint covers.

Every entry is hashed again. Nothing but the files and the log's public key is needed, so anybody who copied them can
make it. What the entries say, and who signed them, is checked by `mirror`.
"""

from hashlib import sha256
from pathlib import Path

from parley.record.errors import Damaged, RecordError
from parley.record.formats.checkpoint import Checkpoint
from parley.record.formats.hashing import TILE_WIDTH, Frontier
from parley.record.formats.note import VerifierKey
from parley.record.formats.tile import Tile, decode_entries, encode_path
from parley.record.rotation import KeyHistory
from parley.record.tile_files import CHECKPOINT


def audit(folder: Path, key: VerifierKey, history: KeyHistory | None = None) -> Checkpoint:
    """Audit the static files in *folder*; return the checkpoint that they bear out.

    Raises:
        BadSignature: when the log has not signed the checkpoint.
        Damaged: when a file is missing or not well formed, or the entries are not those that were signed.
    """
    try:
        checkpoint = (history or KeyHistory()).open_checkpoint((folder / CHECKPOINT).read_bytes(), key)
        frontier = Frontier()
        for index in range(-(-checkpoint.size // TILE_WIDTH)):
            width = min(TILE_WIDTH, checkpoint.size - index * TILE_WIDTH)
            frontier.extend(_leaves(folder, Tile(None, index, width)))
    except OSError as error:
        raise Damaged(f"{error.filename}: {error.strerror}") from error
    if frontier.root() != checkpoint.root:
        raise Damaged(f"the {checkpoint.size} entries are not those that the log signed")
    return checkpoint


def _leaves(folder: Path, tile: Tile) -> list[bytes]:
    path = encode_path(tile)
    try:
        entries = decode_entries((folder / path).read_bytes())
    except RecordError as error:
        raise Damaged(f"{path}: {error}") from error
    if len(entries) != tile.width:
        raise Damaged(f"{path}: {len(entries)} entries, {tile.width} were signed")
    return [sha256(b"\x00" + entry).digest() for entry in entries]
