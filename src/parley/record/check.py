"""Check entries one after another, as anybody can who has the senders' public keys; no body is needed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from parley.record.errors import BadSignature, Damaged
from parley.record.hashing import Frontier, leaf_hash
from parley.record.note import VerifierKey
from parley.record.statement import check_envelope, decode_envelope, decode_leaf, leaf_of
from parley.record.store import Row


class Place(NamedTuple):
    """Where a sender stands: the number of its next statement, and the digest of its last envelope."""

    seq: int = 0
    prev: str = ""


class Checker:
    """Checks each entry against those before it, and grows the tree over what the entries really hold."""

    def __init__(self, senders: Iterable[VerifierKey]) -> None:
        self.frontier = Frontier()
        self.places: dict[str, Place | None] = {}
        self._senders = {key.digest.hex(): key for key in senders}

    def skip(self) -> None:
        """Go past an entry that cannot be read: the next of each sender has nothing to be held against."""
        self.places = dict.fromkeys(self._senders)

    def check(self, row: Row) -> Iterator[tuple[str, str]]:
        """Yield each fault of the next entry as (part, text); the tree grows by the caller's `frontier.append`."""
        if leaf_hash(row.leaf) != row.leaf_hash:
            yield "leaf_hash", "the leaf entry does not have the stored leaf hash"
        yield from self.check_leaf(row.leaf)
        try:
            leaf = leaf_of(row.envelope)
        except Damaged as error:
            yield "envelope", str(error)
            return
        if (leaf.kind, leaf.sender, leaf.sender_seq) != (row.kind, row.sender, row.seq):
            yield "row", "the row's kind, sender and seq are not those of the envelope"
        yield from self.check_envelope(row.leaf, row.envelope)

    def check_leaf(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield each fault of the next leaf entry itself: its form, and its place among those of its sender."""
        try:
            leaf = decode_leaf(data)
        except Damaged as error:
            yield "leaf", str(error)
            self.skip()
            return
        place = self.places.get(leaf.sender, Place())
        if place is not None and (leaf.sender_seq, leaf.prev) != place:
            yield "chain", f"not the sender's statement {place.seq} after its envelope {place.prev or '(none)'}"
        self.places[leaf.sender] = Place(leaf.sender_seq + 1, leaf.envelope)

    def check_envelope(self, data: bytes, envelope: bytes) -> Iterator[tuple[str, str]]:
        """Yield each fault of an envelope against the leaf entry *data*, and of its signature."""
        try:
            leaf, opened = leaf_of(envelope), decode_envelope(envelope)
        except Damaged as error:
            yield "envelope", str(error)
            return
        try:
            if decode_leaf(data) != leaf:
                yield "leaf", "the leaf entry does not commit to this envelope"
        except Damaged:
            pass  # told by `check_leaf`
        key = self._senders.get(opened.sender)
        if key is None:
            yield "sender", f"the public key {opened.sender[:8]}… of the sender is not known"
            return
        try:
            check_envelope(opened, key)
        except BadSignature as error:
            yield "envelope", str(error)
