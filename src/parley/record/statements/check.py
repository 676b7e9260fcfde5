"""Check entries one after another, as anybody can who has the log's key and the bodies of its public statements."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from parley.record.errors import BadSignature, Damaged
from parley.record.formats.hashing import Frontier, leaf_hash
from parley.record.statements.authority import Authority
from parley.record.statements.kinds import PUBLIC
from parley.record.statements.statement import Leaf, check_envelope, decode_envelope, decode_leaf, leaf_of
from parley.record.store import Row


class Place(NamedTuple):
    """Where a sender stands in a log: the number of its next statement, and the digest of its last envelope."""

    seq: int = 0
    prev: str = ""


Body = Callable[[Row], Mapping[str, Any] | None]
"""Gives the body of a public statement, None where it is not there."""


class Checker:
    """Checks each entry against those before it, grows the tree over what the entries really hold, and follows who may
    say what.

    A statement that its sender may not make is no fault of the entry: `authority.refusal` says that it moves nothing.
    """

    def __init__(self, authority: Authority, body: Body, look: Callable[[int], Leaf | None]) -> None:
        """*look* gives the leaf of an entry before the present one."""
        self.frontier = Frontier()
        self.authority = authority
        self.places: dict[str, Place | None] = {}
        self.received = ""
        self._lost = False
        self._body = body
        self._look = look

    def skip(self) -> None:
        """Go past an entry that cannot be read: the next of each sender has nothing to be held against."""
        self.places = {}
        self._lost = True

    def check(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield each fault of the next entry as (part, text); the tree grows by the caller's `frontier.append`."""
        if leaf_hash(row.leaf) != row.leaf_hash:
            yield "leaf_hash", "the leaf entry does not have the stored leaf hash"
        yield from self.check_leaf(row)
        try:
            leaf = leaf_of(row.envelope, self.received)
        except Damaged as error:
            yield "envelope", str(error)
            return
        if (leaf.kind, leaf.sender, leaf.sender_seq) != (row.kind, row.sender, row.seq):
            yield "row", "the row's kind, sender and seq are not those of the envelope"
        yield from self._check_envelope(row)

    def check_leaf(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield each fault of the next leaf entry itself: its form, its log, its time, its place behind its sender's
        last one; follow what it says of keys."""
        try:
            leaf = decode_leaf(row.leaf)
        except Damaged as error:
            yield "leaf", str(error)
            self.skip()
            return
        if leaf.log != self.authority.log:
            yield "log", "the statement was made for another log"
        if leaf.received < self.received:
            yield "received", f"received {leaf.received}, before the entry before it ({self.received})"
        self.received = max(self.received, leaf.received)
        place = self.places.get(leaf.sender, None if self._lost else Place())
        if place is not None and (leaf.sender_seq, leaf.prev) != place:
            yield "chain", f"not the sender's statement {place.seq} after its envelope {place.prev or '(none)'}"
        self.places[leaf.sender] = Place(leaf.sender_seq + 1, leaf.envelope)
        public = row.number == 0 or leaf.kind in PUBLIC
        self.authority.take(row.number, leaf, self._body(row) if public else None, self._look)
        if row.number == 0 and not self.authority.holders:
            yield "sender", "the public key of whoever founded the record is not known"

    def _check_envelope(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield each fault of an entry's envelope against its leaf, and of its signature."""
        opened = decode_envelope(row.envelope)
        try:
            if decode_leaf(row.leaf) != leaf_of(row.envelope, decode_leaf(row.leaf).received):
                yield "leaf", "the leaf entry does not commit to this envelope"
        except Damaged:
            pass  # told by `check_leaf`
        key = self.authority.key(opened.sender)
        if key is None:
            return  # the statement moves nothing
        try:
            check_envelope(opened, key)
        except BadSignature as error:
            yield "envelope", str(error)
