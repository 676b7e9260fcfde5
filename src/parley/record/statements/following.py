"""Following who may say what over stored rows: the public statements of a log, by their leaves and bodies."""

from typing import Any

from parley.record.errors import Damaged, RecordError
from parley.record.statements.authority import Authority
from parley.record.statements.kinds import PUBLIC
from parley.record.statements.sealed import unseal
from parley.record.statements.statement import Leaf, decode_leaf
from parley.record.store import Row, Store


def follow(authority: Authority, store: Store, size: int) -> Authority:
    """Bring *authority* up to the first *size* entries; what cannot be read changes nothing, and `verify` says so."""
    if authority.size >= size:
        return authority
    if authority.size == 0:
        _take(authority, store, store.row(0))
    for row in store.rows(authority.size, size, PUBLIC):
        _take(authority, store, row)
    authority.size = size
    return authority


def _take(authority: Authority, store: Store, row: Row) -> None:
    leaf = leaf_at(store, row.number)
    if leaf is not None:
        authority.take(row.number, leaf, body_of(store, row), lambda index: leaf_at(store, index))


def body_of(store: Store, row: Row) -> dict[str, Any] | None:
    """The body of a statement as it is stored, None where it is not there or does not open."""
    try:
        sealed, secret = store.bodies([row.number]).get(row.number, (None, None))
        return None if sealed is None or secret is None else unseal(sealed, secret)
    except RecordError:
        return None


def leaf_at(store: Store, index: int) -> Leaf | None:
    """The leaf of entry *index*, None where it cannot be read."""
    try:
        return decode_leaf(store.row(index).leaf)
    except (RecordError, Damaged):
        return None
