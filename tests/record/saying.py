"""Signing statements as their senders do, and putting them into a log past all that would refuse them."""

from datetime import UTC, datetime

from parley.record.log import Pending
from parley.record.statements.author import Author
from parley.record.statements.check import Place
from parley.record.statements.sealed import seal
from parley.record.statements.statement import decode_leaf, encode_leaf, encode_received, leaf_of

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)


def place(log, signer):
    """Where *signer* stands at the end of the rows of *log*."""
    last = log.store.last_of(signer.verifier.digest.hex())
    if last is None:
        return Place()
    leaf = decode_leaf(log.store.row(last).leaf)
    return Place(leaf.sender_seq + 1, leaf.envelope)


def author(log, signer, saw=""):
    """The hand of *signer* in *log*, for its next statements."""
    return Author(signer, log.id, place(log, signer), saw)


def say(log, signer, kind, body, at=AT):
    """The next statement of *signer* in *log*, signed."""
    return author(log, signer).say(kind, body, at)


def submit(record, signer, kind, body, at=AT):
    """Send *record* the next statement of *signer*; return its number."""
    return record.submit([say(record.log, signer, kind, body, at)], at)[0].index


def entry(said, received=AT):
    """A signed statement as it goes into the log, received then."""
    leaf = leaf_of(said.envelope, encode_received(received))
    sealed = seal(said.body, said.secret)
    return Pending(leaf.kind, leaf.sender, leaf.sender_seq, encode_leaf(leaf), said.envelope, sealed, said.secret)


def put(log, said, received=AT):
    """Write *said* past all checks, as the keeper of the log's key can; return its number."""

    def make(tail):
        tail.places.clear()  # told by the rows from now on
        tail.received = max(tail.received, encode_received(received))
        return [entry(said, received)]

    return log.append(make)[0]


def register(signer, side, role="party"):
    """The body of the event by which a key is taken from now on."""
    return {"event": "register", "vkey": str(signer.verifier), "role": role, "side": side}


def certify(signer):
    """The body of the event by which a side certifies a person's key."""
    return {"event": "certify", "vkey": str(signer.verifier), "name": signer.verifier.name}


def revoke(signer, event="revoke", **more):
    """The body of the event by which a key is taken no more; *more* are the keys that follow."""
    following = {name: str(key.verifier) for name, key in more.items()}
    return {"event": event, "key": signer.verifier.digest.hex(), "reason": "it got wet", **following}
