"""Bodies sealed at rest, and released to recipients.

Each statement has one random secret of 32 bytes. The body is AES-256-GCM under a key made from it; the salts of the
body's fields are made from it too (`fields`). Who has the secret has the body and can check it against the statement;
where the secret is destroyed, neither can be had from what is left. A secret is released to a recipient by HPKE
(RFC 9180: X25519, HKDF-SHA256, AES-256-GCM).
"""

from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from parley.record.errors import Damaged
from parley.record.formats.canonical import decode_base64, decode_json, encode_base64

RECIPIENT = "parley-recipient "
_DOMAIN = b"parley/body/v1\n"
_NONCE = bytes(12)  # each key seals one body only
_RELEASE = b"parley/release/v1"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(body: bytes, secret: bytes) -> bytes:
    """The bytes of a body (canonical JSON) sealed under the statement's secret."""
    return AESGCM(sha256(_DOMAIN + secret).digest()).encrypt(_NONCE, body, None)


def unseal(sealed: bytes, secret: bytes) -> dict[str, Any]:
    """The body; raises Damaged where it was not sealed under *secret*, or is no JSON object."""
    try:
        body = decode_json(AESGCM(sha256(_DOMAIN + secret).digest()).decrypt(_NONCE, sealed, None))
    except (InvalidTag, ValueError) as error:
        raise Damaged("the sealed body does not open with its secret") from error
    if not isinstance(body, dict):
        raise Damaged("a body is a JSON object")
    return body


def release(data: bytes, recipient: X25519PublicKey) -> bytes:
    """*data* for the holder of *recipient*'s private key alone."""
    return _SUITE.encrypt(data, recipient, _RELEASE)


def receive(released: bytes, key: X25519PrivateKey) -> bytes:
    """The inverse of `release`; raises Damaged where it was not released to *key*."""
    try:
        return _SUITE.decrypt(released, key, _RELEASE)
    except (InvalidTag, ValueError) as error:
        raise Damaged("not released to this key") from error


def encode_recipient(key: X25519PublicKey) -> str:
    """The line that a recipient hands out; the inverse of `decode_recipient`."""
    return RECIPIENT + encode_base64(key.public_bytes_raw()).decode()


def decode_recipient(text: str) -> X25519PublicKey:
    """The public key in a recipient's line; raises Damaged."""
    data = decode_base64(text.removeprefix(RECIPIENT).encode()) if text.isascii() else b""
    if not text.startswith(RECIPIENT) or len(data) != 32:
        raise Damaged(f"not a recipient: a line that begins with {RECIPIENT.strip()!r}")
    return X25519PublicKey.from_public_bytes(data)
