"""Commitments to a statement's body, field by field, so that any of them can be shown later and the others not.

A body is a JSON object. Its fields are its members, opened down to `DEPTH` levels and named by JSON Pointer (RFC 6901):
`/report/claims/actor` is one field, with all that is below it. Each field becomes a leaf, SHA-256(0x00 || salt || raw),
where *raw* is the canonical JSON text of [pointer, value] and the salt has 32 bytes of its own. Decoys fill the leaves
up to a power of two, `LEAST` or more, and the leaves are sorted, so that neither their number nor their place tells
what a body holds. The root over them (RFC 6962, section 2.1) is the statement's `body_root`.

A field is shown as the bytes that were hashed. Whoever checks it hashes what was handed over and reads it afterwards:
no two programs that write JSON differently come to two answers.

Salts come from the statement's one secret of 32 bytes, as the output of SHAKE-256: who has some of them has no other.
Without salts a field of few possible values would be found by trying them all.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import shake_256
from typing import Any

from parley.record.errors import Damaged, NotIncluded, Unfit
from parley.record.formats.canonical import decode_json, encoder_for
from parley.record.formats.hashing import leaf_hash, level_above
from parley.record.formats.proofs import check_inclusion, prove_inclusion

SALT_SIZE = 32
SECRET_SIZE = 32
DEPTH = 3
LEAST = 16
MOST = 1 << 16
_DOMAIN = b"parley/salts/v1\n"
_POINTER = re.compile(f"(?:/(?:[^/~]|~[01])*+){{1,{DEPTH}}}")  # RFC 6901


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One field shown: the bytes that were hashed, their *salt*, and the *proof* from leaf *index* to the body's root.

    **Nothing is checked here**, see `check_disclosed`; *pointer* and *value* raise Damaged where *raw* is no field.
    """

    raw: bytes
    salt: bytes
    index: int
    proof: tuple[bytes, ...]

    @property
    def pointer(self) -> str:
        """The field's name, a JSON Pointer."""
        return decode_field(self.raw)[0]

    @property
    def value(self) -> Any:
        """What the field says."""
        return decode_field(self.raw)[1]


def decode_field(raw: bytes) -> tuple[str, Any]:
    """(pointer, value) of the bytes of one field; raises Damaged for what no statement's field is written as."""
    match decode_json(raw):
        case [str(pointer), value] if _POINTER.fullmatch(pointer):
            return pointer, value
    raise Damaged("a field is a pointer and a value")


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
    return _nodes(sorted(leaf for leaf, _, _, _ in _leaves(body, secret, encode or encoder_for(body))))[-1][0]


def disclose(body: Mapping[str, Any], secret: bytes, pointers: Iterable[str]) -> list[Disclosed]:
    """The fields of *body* that *pointers* name, with what others need to check them; a pointer takes all below it,
    "" everything.

    Raises:
        NotIncluded: when a pointer names no field.
    """
    wanted = set(pointers)
    leaves = _leaves(body, secret, encoder_for(body))
    order = sorted(leaf for leaf, _, _, _ in leaves)
    place = {leaf: index for index, leaf in enumerate(order)}
    nodes = _nodes(order)
    shown = []
    found = set()
    for leaf, salt, raw, pointer in leaves:
        named = wanted & _above(pointer) if pointer is not None else set()
        if named:
            found |= named
            proof = prove_inclusion(place[leaf], len(order), lambda height, at: nodes[height][at])
            shown.append(Disclosed(raw, salt, place[leaf], proof))
    if found != wanted:
        raise NotIncluded(f"the statement has no field {', '.join(sorted(wanted - found))}")
    return shown


def check_disclosed(root: bytes, shown: Disclosed) -> None:
    """Check that *root* commits to a field that is shown.

    Raises:
        NotIncluded: when it does not.
        Damaged: when it commits to these bytes, and they are no field.
    """
    if len(shown.salt) != SALT_SIZE or not 0 <= len(shown.proof) < MOST.bit_length():
        raise NotIncluded("the field is not shown with its salt and proof")
    check_inclusion(leaf_hash(shown.salt + shown.raw), shown.index, 1 << len(shown.proof), shown.proof, root)
    decode_field(shown.raw)


def _above(pointer: str) -> set[str]:
    """*pointer* and every pointer that it lies below, "" included."""
    parts = pointer.split("/")
    return {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}


Leaf = tuple[bytes, bytes, bytes, str | None]


def _leaves(body: Mapping[str, Any], secret: bytes, encode: Encode) -> list[Leaf]:
    """(leaf hash, salt, raw, pointer) of every field; decoys have no bytes and no pointer."""
    given = list(fields(body))
    count = max(LEAST, 1 << (len(given) - 1).bit_length())
    if count > MOST:
        raise Unfit(f"a body of {len(given)} fields; {MOST} is the most")
    salts = shake_256(_DOMAIN + secret).digest(SALT_SIZE * count)
    leaves: list[Leaf] = []
    for number in range(count):
        salt = salts[number * SALT_SIZE : (number + 1) * SALT_SIZE]
        pointer, raw = None, b""
        if number < len(given):
            pointer, value = given[number]
            raw = encode([pointer, value])
        leaves.append((leaf_hash(salt + raw), salt, raw, pointer))
    return leaves


def _nodes(leaves: list[bytes]) -> list[list[bytes]]:
    """All levels of the tree over *leaves*, of which there are 2**n: its root is the last level."""
    rows = [leaves]
    while len(rows[-1]) > 1:
        rows.append(level_above(rows[-1]))
    return rows
