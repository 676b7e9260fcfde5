"""Statements, their DSSE envelopes, and the leaf entries that commit to them in the tree.

- **Statement**: canonical JSON of kind, time and body, and of the sender's own count and the digest of its previous
  envelope (`seq`, `prev`), so that the sender's signature covers the order and a dropped statement is a visible gap.
- **Envelope**: DSSE, https://github.com/secure-systems-lab/dsse, with one Ed25519 signature, as canonical JSON.
- **Leaf entry**: what the tree holds: kind, sender, its count, and digests; never the payload.

Digests and key IDs are SHA-256 in lower-case hex. Envelopes and leaf entries have one spelling each, so they are
written and read as fixed forms; a test holds them equal to canonical JSON.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from parley.record.canonical import (
    decode_base64,
    decode_json,
    decode_time,
    encode_base64,
    encode_json,
    encode_time,
)
from parley.record.errors import Damaged, Unfit
from parley.record.note import Signer, VerifierKey

PAYLOAD_TYPE = b"application/vnd.parley.statement+json"

_KIND = re.compile(r"[a-z][a-z0-9-]{0,63}", re.ASCII)
_MEMBERS = {"at", "body", "kind", "prev", "seq"}
_ENVELOPE = re.compile(
    rb'\{"payload":"([A-Za-z0-9+/]*={0,2})","payloadType":"'
    + re.escape(PAYLOAD_TYPE)
    + rb'","signatures":\[\{"keyid":"([0-9a-f]{64})","sig":"([A-Za-z0-9+/]{86}==)"\}\]\}'
)
_LEAF = re.compile(
    rb'\{"envelope":"([0-9a-f]{64})","kind":"([a-z][a-z0-9-]{0,63})","prev":"((?:[0-9a-f]{64})?)",'
    rb'"sender":"([0-9a-f]{64})","sender_seq":(0|[1-9][0-9]{0,15}),"v":1\}'
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sender says: *body* at time *at*, as its statement number *seq* (from 0) after the envelope *prev*."""

    kind: str
    at: datetime
    body: dict[str, Any]
    seq: int
    prev: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed payload; *sender* is the key ID in full, *signature* its 64 bytes."""

    payload: bytes
    sender: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the tree commits to: *envelope* is the digest of the sender's envelope number *sender_seq*, after *prev*."""

    kind: str
    sender: str
    sender_seq: int
    prev: str
    envelope: str


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def encode_statement(kind: str, at: datetime, body: Mapping[str, Any], seq: int, prev: str) -> bytes:
    """The payload to sign.

    Raises:
        Unfit: when *kind* is not a plain word, *at* has no zone or *body* is not JSON.
    """
    if not _KIND.fullmatch(kind):
        raise Unfit(f"a kind is of small letters, digits and hyphens, not {kind!r}")
    try:
        return encode_json({"at": encode_time(at), "body": dict(body), "kind": kind, "prev": prev, "seq": seq})
    except (ValueError, TypeError, OverflowError) as error:
        raise Unfit(f"a {kind} that cannot be recorded: {error}") from error


def decode_statement(payload: bytes) -> Statement:
    """The inverse of `encode_statement`; raises Damaged."""
    match decode_json(payload):
        case {"at": str(at), "body": dict(body), "kind": str(kind), "prev": str(prev), "seq": int(seq), **rest}:
            if not rest and seq is not True and seq is not False:
                return Statement(kind, decode_time(at), body, seq, prev)
    raise Damaged(f"a statement has {', '.join(sorted(_MEMBERS))} and nothing else")


def authenticated(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of payload type and payload."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE, len(payload), payload)


def seal(payload: bytes, signer: Signer) -> bytes:
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
    """The leaf entry, canonical JSON of less than 400 bytes; the inverse of `decode_leaf`."""
    return (
        f'{{"envelope":"{leaf.envelope}","kind":"{leaf.kind}","prev":"{leaf.prev}",'
        f'"sender":"{leaf.sender}","sender_seq":{leaf.sender_seq},"v":1}}'
    ).encode()


def decode_leaf(data: bytes) -> Leaf:
    """The inverse of `encode_leaf`; raises Damaged."""
    match = _LEAF.fullmatch(data)
    if match is None:
        raise Damaged("not a leaf entry of version 1")
    envelope, kind, prev, sender, seq = match.groups()
    return Leaf(kind.decode(), sender.decode(), int(seq), prev.decode(), envelope.decode())
