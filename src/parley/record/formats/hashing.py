"""The Merkle tree hash of RFC 6962, section 2.1: https://www.rfc-editor.org/rfc/rfc6962#section-2.1"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

# tlog-tiles (https://c2sp.org/tlog-tiles) keeps the hashes of every eighth level.
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


def leaf_hash(entry: bytes) -> bytes:
    """MTH({d(0)}) = SHA-256(0x00 || d(0))."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """MTH(D[n]) = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n]))."""
    return sha256(b"\x01" + left + right).digest()


def level_above(level: Sequence[bytes]) -> list[bytes]:
    """The hashes of the level above *level*; the last one of an odd number has no parent there."""
    pairs = iter(level)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


class Frontier:
    """The growing edge of a tree: all that appending and the root need, one hash for each bit set in the size."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """*peaks* are the roots of the complete subtrees that *size* leaves fall into, the largest first."""
        self.size = size
        self._peaks = list(peaks)
        assert len(self._peaks) == size.bit_count()

    def append(self, leaf: bytes, height: int = 0) -> list[tuple[int, int, bytes]]:
        """Add one leaf hash; return the full tiles that it completes, as (level of the hash, index there, hash).

        Levels are those of tlog-tiles: a hash at level l spans 256**l leaves. With *height*, the root over 2**height
        leaves is added at once; the size must be a multiple of that.
        """
        index, top = self.size >> height, leaf
        full = [(height // TILE_HEIGHT, index, top)] if height and height % TILE_HEIGHT == 0 else []
        self.size += 1 << height
        while index & 1:
            top = node_hash(self._peaks.pop(), top)
            index >>= 1
            height += 1
            if height % TILE_HEIGHT == 0:
                full.append((height // TILE_HEIGHT, index, top))
        self._peaks.append(top)
        return full

    def extend(self, leaves: Sequence[bytes]) -> list[tuple[int, int, bytes]]:
        """Add leaf hashes, whole tiles at once; return as `append` does."""
        full = []
        start = 0
        while start < len(leaves):
            if self.size % TILE_WIDTH == 0 and len(leaves) - start >= TILE_WIDTH:
                level: Sequence[bytes] = leaves[start : start + TILE_WIDTH]
                while len(level) > 1:
                    level = level_above(level)
                full += self.append(level[0], TILE_HEIGHT)
                start += TILE_WIDTH
            else:
                full += self.append(leaves[start])
                start += 1
        return full

    def peaks(self) -> list[bytes]:
        """The roots of the complete subtrees that the leaves fall into, the largest first."""
        return list(self._peaks)

    def root(self) -> bytes:
        """The tree's root at the present size."""
        if not self._peaks:
            return EMPTY_ROOT
        *left, root = self._peaks
        for peak in reversed(left):
            root = node_hash(peak, root)
        return root
