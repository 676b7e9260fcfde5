"""Statements, their DSSE envelopes, and the leaf entries that commit to them in the tree.

- **Body**: a JSON object, what is said. It stands in no envelope and no leaf: both hold its `body_root` (`fields`), so
  that they can be handed to anybody and stay when the body is destroyed.
- **Statement**: canonical JSON of kind, time and body root; of the log that it is made for, by the digest of that log's
  first key (`log`: it cannot be replayed into another); of the sender's own count there and the digest of its previous
  envelope (`seq`, `prev`: a dropped statement is a visible gap); and of the newest cosigned checkpoint that the author
  had (`saw`: the statement is younger than its cosignatures). Its time (`at`) is the sender's claim.
- **Envelope**: DSSE, https://github.com/secure-systems-lab/dsse, with one Ed25519 signature, as canonical JSON.
- **Leaf entry**: what the tree holds: the same without the sender's time and signature, the digest of the envelope, and
  when the centre received it by its own clock (`received`), which never runs backwards.

Digests and key IDs are SHA-256 in lower-case hex. Envelopes and leaf entries have one spelling each, so they are
written and read as fixed forms; a test holds them equal to canonical JSON.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from parley.record.errors import Damaged, Unfit
from parley.record.formats.canonical import (
    decode_base64,
    decode_json,
    decode_time,
    encode_base64,
    encode_json,
    encode_time,
)
from parley.record.formats.note import Signer, VerifierKey

PAYLOAD_TYPE = b"application/vnd.parley.statement+json"

_KIND = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
VERSION = 3
_MEMBERS = {"at", "body_root", "kind", "log", "prev", "saw", "seq", "v"}
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KIND_IN_PAYLOAD = re.compile(rb'"kind":"([a-z][a-z0-9-]{0,63})","log"')
_ENVELOPE = re.compile(
    rb'\{"payload":"([A-Za-z0-9+/]*={0,2})","payloadType":"'
    + re.escape(PAYLOAD_TYPE)
    + rb'","signatures":\[\{"keyid":"([0-9a-f]{64})","sig":"([A-Za-z0-9+/]{86}==)"\}\]\}'
)
_LEAF = re.compile(
    rb'\{"body_root":"([0-9a-f]{64})","envelope":"([0-9a-f]{64})","kind":"([a-z][a-z0-9-]{0,63})",'
    rb'"log":"([0-9a-f]{64})","prev":"((?:[0-9a-f]{64})?)",'
    rb'"received":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)","saw":"((?:[0-9a-f]{64})?)",'
    rb'"sender":"([0-9a-f]{64})","sender_seq":(0|[1-9][0-9]{0,15}),"v":3\}'
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sender signs: that it said the body under *body_root* at time *at*, as its statement number *seq*.

    Args:
        log: the digest of the first key of the log that it is made for.
        seq, prev: the sender's count in that log, from 0, and the digest of its previous envelope, "" for the first.
        saw: the digest of the newest cosigned checkpoint note that the author had, "" for none.
    """

    kind: str
    at: datetime
    body_root: str
    log: str
    seq: int
    prev: str
    saw: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed payload; *sender* is the key ID in full, *signature* its 64 bytes."""

    payload: bytes
    sender: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the tree commits to: *envelope* is the digest of the sender's envelope number *sender_seq*, after *prev*.

    *received* is when the centre received it, by its clock, as `encode_received` writes it.
    """

    kind: str
    log: str
    sender: str
    sender_seq: int
    prev: str
    envelope: str
    body_root: str
    received: str
    saw: str = ""


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def encode_statement(statement: Statement) -> bytes:
    """The payload to sign.

    Raises:
        Unfit: when the kind is not a plain word or the time has no zone.
    """
    if not _KIND.fullmatch(statement.kind):
        raise Unfit(f"a kind is of small letters, digits and hyphens, not {statement.kind!r}")
    try:
        at = encode_time(statement.at)
    except (ValueError, OverflowError) as error:
        raise Unfit(f"a {statement.kind} that cannot be recorded: {error}") from error
    return encode_json(
        {
            "at": at,
            "body_root": statement.body_root,
            "kind": statement.kind,
            "log": statement.log,
            "prev": statement.prev,
            "saw": statement.saw,
            "seq": statement.seq,
            "v": VERSION,
        }
    )


def decode_statement(payload: bytes) -> Statement:
    """The inverse of `encode_statement`; raises Damaged."""
    given = decode_json(payload)
    if not isinstance(given, dict) or set(given) != _MEMBERS:
        raise Damaged(f"a statement has {', '.join(sorted(_MEMBERS))} and nothing else")
    kind, at, root, log = (given[name] for name in ("kind", "at", "body_root", "log"))
    seq, prev, saw = (given[name] for name in ("seq", "prev", "saw"))
    if given["v"] != VERSION or given["v"] is True or not isinstance(at, str):
        raise Damaged(f"not a statement of version {VERSION}")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind) or type(seq) is not int or not 0 <= seq < 10**16:
        raise Damaged("a statement whose kind or seq is none")
    if not (_is_digest(root) and _is_digest(log) and all(one == "" or _is_digest(one) for one in (prev, saw))):
        raise Damaged("a statement whose digests are none")
    return Statement(kind, decode_time(at), root, log, seq, prev, saw)


def _is_digest(value: object) -> bool:
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def authenticated(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of payload type and payload."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload), payload)


def sign(payload: bytes, signer: Signer) -> bytes:
    """The canonical envelope of *payload*, signed."""
    return encode_envelope(
        Envelope(payload, signer.verifier.digest.hex(), signer.sign(authenticated(payload))),
    )


def check_envelope(envelope: Envelope, key: VerifierKey) -> None:
    """Raise BadSignature unless *key* has signed *envelope*."""
    key.verify(envelope.signature, authenticated(envelope.payload))


def encode_envelope(envelope: Envelope) -> bytes:
    """The canonical JSON of the DSSE envelope; the inverse of `decode_envelope`."""
    return b'{"payload":"%s","payloadType":"%s","signatures":[{"keyid":"%s","sig":"%s"}]}' % (
        encode_base64(envelope.payload),
        PAYLOAD_TYPE,
        envelope.sender.encode(),
        encode_base64(envelope.signature),
    )


def decode_envelope(data: bytes) -> Envelope:
    """The inverse of `encode_envelope`; **no signature is verified here**. Raises Damaged."""
    match = _ENVELOPE.fullmatch(data)
    if match is None:
        raise Damaged("not an envelope of a statement")
    payload, sender, signature = match.groups()
    return Envelope(decode_base64(payload), sender.decode(), decode_base64(signature))


def encode_leaf(leaf: Leaf) -> bytes:
    """The leaf entry, canonical JSON of less than 700 bytes; the inverse of `decode_leaf`."""
    return (
        f'{{"body_root":"{leaf.body_root}","envelope":"{leaf.envelope}","kind":"{leaf.kind}","log":"{leaf.log}",'
        f'"prev":"{leaf.prev}","received":"{leaf.received}","saw":"{leaf.saw}","sender":"{leaf.sender}",'
        f'"sender_seq":{leaf.sender_seq},"v":{VERSION}}}'
    ).encode()


def decode_leaf(data: bytes) -> Leaf:
    """The inverse of `encode_leaf`; raises Damaged."""
    match = _LEAF.fullmatch(data)
    if match is None:
        raise Damaged(f"not a leaf entry of version {VERSION}")
    body_root, envelope, kind, log, prev, received, saw, sender, seq = (part.decode() for part in match.groups())
    decode_received(received)
    return Leaf(kind, log, sender, int(seq), prev, envelope, body_root, received, saw)


def leaf_of(envelope: bytes, received: str) -> Leaf:
    """The leaf entry that commits to *envelope*, received then. Raises Damaged. **No signature is verified here.**"""
    opened = decode_envelope(envelope)
    said = decode_statement(opened.payload)
    return Leaf(
        said.kind, said.log, opened.sender, said.seq, said.prev, digest(envelope), said.body_root, received, said.saw
    )


def kind_of(envelope: bytes) -> str:
    """The kind that an envelope says, of which nothing else is looked at; raises Damaged where it says none."""
    said = _KIND_IN_PAYLOAD.search(decode_envelope(envelope).payload)
    if said is None:
        raise Damaged("not a statement: it has no kind")
    return said[1].decode()


def encode_received(moment: datetime) -> str:
    """UTC to the microsecond, always of 27 characters, so that the order of texts is that of times."""
    if moment.utcoffset() is None:
        raise Unfit("a time that cannot be recorded: the time has no zone")
    try:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    except (ValueError, OverflowError) as error:
        raise Unfit(f"a time that no clock shows: {error}") from error


def decode_received(text: str) -> datetime:
    """The inverse of `encode_received`; raises Damaged."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.utcoffset() is not None and encode_received(moment) == text:
            return moment
    except (ValueError, Unfit) as error:
        raise Damaged(f"not a time: {error}") from error
    raise Damaged("not a time in UTC to the microsecond")
