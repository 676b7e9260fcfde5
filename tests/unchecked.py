"""Putting statements into a record past every check, as whoever holds the log's key can."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from parley.record import Record
from parley.record.formats.note import Signer
from parley.record.keys import DESK, load_signer
from parley.record.log import Pending
from parley.record.statements.author import Author
from parley.record.statements.check import Place
from parley.record.statements.sealed import seal
from parley.record.statements.statement import encode_leaf, leaf_of


def author(record: Record, signer: Signer) -> Author:
    """The hand of *signer* in *record*, for its next statement."""
    last = record.log.store.last_of(signer.verifier.digest.hex())
    if last is None:
        return Author(signer, record.log.id)
    leaf = leaf_of(record.log.store.row(last).envelope, "")
    return Author(signer, record.log.id, Place(leaf.sender_seq + 1, leaf.envelope))


def put(
    record: Record, statements: Iterable[tuple[str, Mapping[str, Any]]], at: datetime, signer: Signer | None = None
) -> list[int]:
    """Sign (kind, body) statements, with the desk's key unless another is given, and write them; return the entries."""
    hand = author(record, signer or load_signer(record.log.folder, DESK))

    def make(tail: Any) -> list[Pending]:
        tail.places.clear()  # told by the rows from now on
        made = []
        for kind, body in statements:
            said = hand.say(kind, body, at)
            leaf = leaf_of(said.envelope, tail.receive(at))
            data, sealed = encode_leaf(leaf), seal(said.body, said.secret)
            made.append(Pending(leaf.kind, leaf.sender, leaf.sender_seq, data, said.envelope, sealed, said.secret))
        return made

    return record.log.append(make)
