"""Ed25519 as RFC 8032 has it, with one answer on every machine: keys and R are canonical points of prime order.

The RFC leaves open what a verifier does with points of small or mixed order and with other spellings of a point, and
libraries differ there (Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs, 2020): two readers could disagree on
one signature. Here such keys and signatures are refused before the library is asked. S below the group's order is
checked by the library itself.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_core_ed25519_is_valid_point

KEY_SIZE = 32
SIGNATURE_SIZE = 64


def is_sound_key(public: bytes) -> bool:
    """Whether *public* is the one spelling of a point of prime order."""
    return len(public) == KEY_SIZE and crypto_core_ed25519_is_valid_point(public)


def is_signature(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether *signature* (64 bytes) is that of *public* (32 bytes) over *message*, strictly."""
    key = _loaded(public)
    if key is None or len(signature) != SIGNATURE_SIZE or not is_sound_key(signature[:KEY_SIZE]):
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=1024)
def _loaded(public: bytes) -> Ed25519PublicKey | None:
    return Ed25519PublicKey.from_public_bytes(public) if is_sound_key(public) else None
