"""Proofs of inclusion and of consistency.

Made as in RFC 6962, 2.1.1 and 2.1.2: https://www.rfc-editor.org/rfc/rfc6962#section-2.1.1
Checked as in RFC 9162, 2.1.3.2 and 2.1.4.2: https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
"""

from collections.abc import Callable, Sequence

from parley.record.errors import Forked, NotIncluded, Stale
from parley.record.formats.hashing import EMPTY_ROOT, node_hash

Node = Callable[[int, int], bytes]
"""A source of hashes: (height, index) -> root of the complete subtree over leaves [index * 2**height, + 2**height)."""


def peaks(size: int, node: Node) -> list[bytes]:
    """The roots of the complete subtrees that *size* leaves fall into, the largest first."""
    return [node(height, (size >> height) - 1) for height in reversed(range(size.bit_length())) if size >> height & 1]


def prove_inclusion(index: int, size: int, node: Node, edge: dict[int, bytes] | None = None) -> tuple[bytes, ...]:
    """PATH(m, D[n]): the hashes that lead from leaf *index* to the root of the first *size* leaves.

    Args:
        edge: kept between proofs of one tree of one size: the hashes at its right edge, by where they start.

    Raises:
        NotIncluded: when there is no such leaf.
    """
    if not 0 <= index < size:
        raise NotIncluded.beyond(size)
    edge = {} if edge is None else edge
    path = []
    height, first, last = 0, index, size - 1
    while last:
        if first & 1:
            path.append(node(height, first - 1))
        elif first < last:
            if (first + 2) << height <= size:
                path.append(node(height, first + 1))
            else:
                start = (first + 1) << height
                if start not in edge:
                    edge[start] = _range_hash(start, size, node)
                path.append(edge[start])
        height, first, last = height + 1, first >> 1, last >> 1
    return tuple(path)


def prove_consistency(old: int, new: int, node: Node) -> tuple[bytes, ...]:
    """PROOF(m, D[n]): that the tree of *new* leaves begins with the tree of *old* ones; empty where *old* is 0.

    Raises:
        NotIncluded: when *old* is negative or above *new*.
    """
    if not 0 <= old <= new:
        raise NotIncluded(f"a tree of {new} entries does not contain one of {old}")
    if old == 0:
        return ()
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    if start:  # otherwise the last subtree is the old tree itself, whose root the reader has
        path.append(_range_hash(start, end, node))
    return tuple(reversed(path))


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash *leaf* stands at *index* in the tree of *size* leaves under *root*.

    Raises:
        NotIncluded: when the proof does not show it.
    """
    if not 0 <= index < size:
        raise NotIncluded.beyond(size)
    first, last = index, size - 1
    found = leaf
    for sibling in proof:
        if last == 0:
            raise NotIncluded(f"the proof for entry {index} is too long")
        if first & 1 or first == last:
            found = node_hash(sibling, found)
            while first and not first & 1:
                first >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        first >>= 1
        last >>= 1
    if last != 0 or found != root:
        raise NotIncluded(f"the proof does not lead from entry {index} to the root of {size} entries")


def check_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of *new* leaves under *new_root* begins with the tree of *old* leaves under *old_root*.

    Raises:
        Stale: when *new* is below *old*.
        Forked: when the proof does not show it.
    """
    if new < old:
        raise Stale(f"{new} entries are shown where {old} were known")
    forked = Forked(f"the history of {new} entries is not shown to extend the one of {old}")
    if old == new or old == 0:
        if proof or (old == new and old_root != new_root) or (old == 0 and old_root != EMPTY_ROOT):
            raise forked
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise forked
    first, last = old - 1, new - 1
    while first & 1:
        first >>= 1
        last >>= 1
    found_old = found_new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise forked
        if first & 1 or first == last:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
            while first and not first & 1:
                first >>= 1
                last >>= 1
        else:
            found_new = node_hash(found_new, sibling)
        first >>= 1
        last >>= 1
    if last != 0 or found_old != old_root or found_new != new_root:
        raise forked


def _split(count: int) -> int:
    """The largest power of two below *count*."""
    return 1 << (count - 1).bit_length() - 1


def _range_hash(start: int, end: int, node: Node) -> bytes:
    """MTH(D[start:end]), where *start* is a multiple of the power of two at or above the length, as in all proofs."""
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, node), _range_hash(middle, end, node))
