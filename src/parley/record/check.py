"""Check entries one after another, as anybody can who has the senders' public keys."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from parley.record.errors import BadSignature, Damaged
from parley.record.hashing import Frontier, leaf_hash
from parley.record.note import VerifierKey
from parley.record.statement import check_envelope, decode_envelope, decode_leaf, decode_statement, digest
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
        leaf = None
        try:
            leaf = decode_leaf(row.leaf)
        except Damaged as error:
            yield "leaf", str(error)
            self.skip()
        if leaf is not None:
            place = self.places.get(leaf.sender, Place())
            if place is not None and (leaf.sender_seq, leaf.prev) != place:
                yield "chain", f"not the sender's statement {place.seq} after its envelope {place.prev or '(none)'}"
            self.places[leaf.sender] = Place(leaf.sender_seq + 1, leaf.envelope)
            if leaf.kind != row.kind:
                yield "kind", f"the row says {row.kind!r}, the leaf entry {leaf.kind!r}"
            if leaf.envelope != digest(row.envelope):
                yield "envelope", "the envelope does not have the digest in the leaf entry"
        try:
            envelope = decode_envelope(row.envelope)
            statement = decode_statement(envelope.payload)
        except Damaged as error:
            yield "envelope", str(error)
            return
        if leaf is not None and (leaf.sender, leaf.kind, leaf.sender_seq, leaf.prev) != (
            envelope.sender,
            statement.kind,
            statement.seq,
            statement.prev,
        ):
            yield "leaf", "the leaf entry and the signed statement differ in sender, kind, seq or prev"
        key = self._senders.get(envelope.sender)
        if key is None:
            yield "sender", f"the public key {envelope.sender[:8]}… of the sender is not known"
            return
        try:
            check_envelope(envelope, key)
        except BadSignature as error:
            yield "envelope", str(error)
