"""Commitments to a statement's body, field by field, so that any of them can be shown later and the others not.

A body is a JSON object. Its fields are its members, opened down to `DEPTH` levels and named by JSON Pointer (RFC 6901):
`/report/claims/3` is one field, with all that is below it. Each field becomes a leaf, SHA-256(0x00 || salt || JSON of
[pointer, value]), with 32 bytes of salt of its own; decoys fill the leaves up to a power of two, `LEAST` or more, and
the leaves are sorted, so that neither their number nor their place tells what a body holds. The root over them
(RFC 6962, section 2.1) is the statement's `body_root`.

Salts come from the statement's one secret of 32 bytes, as the output of SHAKE-256: who has some of them has no other.
Without salts a field of few possible values would be found by trying them all.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import shake_256
from typing import Any

from parley.record.canonical import encoder_for
from parley.record.errors import NotIncluded, Unfit
from parley.record.hashing import leaf_hash, node_hash, root_of
from parley.record.proofs import check_inclusion, prove_inclusion

SALT_SIZE = 32
SECRET_SIZE = 32
DEPTH = 3
LEAST = 16
MOST = 1 << 16
_DOMAIN = b"parley/salts/v1\n"


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One field shown: its *pointer*, *value* and *salt*, and the *proof* from leaf *index* to the body's root."""

    pointer: str
    value: Any
    salt: bytes
    index: int
    proof: tuple[bytes, ...]


def fields(body: Mapping[str, Any], depth: int = DEPTH) -> Iterator[tuple[str, Any]]:
    """The fields of *body* as (pointer, value), by name; empty objects and lists are fields themselves."""
    for pointer, value in _members(body):
        if depth > 1 and value and isinstance(value, dict | list | tuple):
            yield from ((f"{pointer}{below}", item) for below, item in fields(value, depth - 1))  # type: ignore[arg-type]
        else:
            yield pointer, value


def _members(value: Mapping[str, Any] | Sequence[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in sorted(value.items()):
            yield f"/{name.replace('~', '~0').replace('/', '~1')}", item
    else:
        for index, item in enumerate(value):
            yield f"/{index}", item


Encode = Callable[[Any], bytes]


def commit(body: Mapping[str, Any], secret: bytes, encode: Encode | None = None) -> bytes:
    """The root that commits to every field of *body*; the same *secret* gives the same root.

    Args:
        encode: `encoder_for(body)`, where the caller has it already.

    Raises:
        Unfit: when the body has more than `MOST` fields.
    """
    return root_of(sorted(leaf for leaf, _, _ in _leaves(body, secret, encode or encoder_for(body))))


def disclose(body: Mapping[str, Any], secret: bytes, pointers: Iterable[str]) -> list[Disclosed]:
    """The fields of *body* that *pointers* name, with what others need to check them; a pointer takes all below it,
    "" everything.

    Raises:
        NotIncluded: when a pointer names no field.
    """
    wanted = set(pointers)
    leaves = _leaves(body, secret, encoder_for(body))
    order = sorted(leaf for leaf, _, _ in leaves)
    place = {leaf: index for index, leaf in enumerate(order)}
    nodes = _nodes(order)
    shown = []
    found = set()
    for leaf, salt, field in leaves:
        named = wanted & _above(field[0]) if field else set()
        if field and named:
            found |= named
            proof = prove_inclusion(place[leaf], len(order), lambda height, at: nodes[height][at])
            shown.append(Disclosed(field[0], field[1], salt, place[leaf], proof))
    if found != wanted:
        raise NotIncluded(f"the statement has no field {', '.join(sorted(wanted - found))}")
    return shown


def check_disclosed(root: bytes, shown: Disclosed) -> None:
    """Check that *root* commits to a field that is shown; raises NotIncluded."""
    if len(shown.salt) != SALT_SIZE or not 0 <= len(shown.proof) <= MOST.bit_length():
        raise NotIncluded(f"the field {shown.pointer} is not shown with its salt and proof")
    leaf = _field_leaf(encoder_for([shown.pointer, shown.value]), shown.salt, shown.pointer, shown.value)
    check_inclusion(leaf, shown.index, 1 << len(shown.proof), shown.proof, root)


def _above(pointer: str) -> set[str]:
    """*pointer* and every pointer that it lies below, "" included."""
    parts = pointer.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}


Leaf = tuple[bytes, bytes, tuple[str, Any] | None]


def _leaves(body: Mapping[str, Any], secret: bytes, encode: Encode) -> list[Leaf]:
    """(leaf hash, salt, field) of every field; None for decoys."""
    given = list(fields(body))
    count = max(LEAST, 1 << (len(given) - 1).bit_length())
    if count > MOST:
        raise Unfit(f"a body of {len(given)} fields; {MOST} is the most")
    salts = shake_256(_DOMAIN + secret).digest(SALT_SIZE * count)
    leaves: list[Leaf] = []
    for number in range(count):
        salt = salts[number * SALT_SIZE : (number + 1) * SALT_SIZE]
        if number < len(given):
            field = given[number]
            leaves.append((_field_leaf(encode, salt, *field), salt, field))
        else:
            leaves.append((leaf_hash(salt), salt, None))
    return leaves


def _field_leaf(encode: Encode, salt: bytes, pointer: str, value: Any) -> bytes:
    return leaf_hash(salt + encode([pointer, value]))


def _nodes(leaves: list[bytes]) -> list[list[bytes]]:
    rows = [leaves]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below), 2)])
    return rows
