"""Cosignatures: what witnesses and mirrors sign under a log's checkpoint: https://c2sp.org/tlog-cosignature

A cosigner says that, at a time, the checkpoint was the newest of the one history that it has seen of that log. It does
not say that anything in the log is true. Two kinds of key: Ed25519 (signature type 0x04) and ML-DSA-44 (0x06), which
also holds against quantum computers and signs the cosigner's name.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from parley.record.errors import BadSignature, Damaged
from parley.record.formats.canonical import encode_base64
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint
from parley.record.formats.ed25519 import is_signature, is_sound_key
from parley.record.formats.note import (
    PRIVATE,
    Note,
    NoteSignature,
    decode_vkey,
    encode_vkey,
    is_key_name,
    key_digest,
    split_key,
)

ED25519 = 0x04
ML_DSA_44 = 0x06
_PUBLIC_SIZE = {ED25519: 32, ML_DSA_44: 1312}
_SEED_SIZE = 32
_TIME_SIZE = 8
_LAST = 253_402_300_800  # the year 10000: the specification allows more, no clock that means it does


@dataclass(frozen=True)
class CosignerKey:
    """A cosigner's public key: its name, the signature type (`ED25519` or `ML_DSA_44`) and the key's bytes."""

    name: str
    algorithm: int
    public: bytes

    @cached_property
    def key_id(self) -> bytes:
        """The key ID of signed notes, four bytes."""
        return key_digest(self.name, self.algorithm, self.public)[:4]

    def __str__(self) -> str:
        return encode_vkey(self.name, self.algorithm, self.public)


class Cosigner:
    """A cosigner's private key."""

    def __init__(self, name: str, key: Ed25519PrivateKey | MLDSA44PrivateKey) -> None:
        if not is_key_name(name) or len(name.encode()) > 255:
            raise ValueError(f"not a key name: {name!r}")
        algorithm = ED25519 if isinstance(key, Ed25519PrivateKey) else ML_DSA_44
        self._key = key
        self.verifier = CosignerKey(name, algorithm, key.public_key().public_bytes_raw())

    def cosign(self, text: str, time: int) -> NoteSignature:
        """The signature line under the checkpoint note *text*, saying that it was seen at *time* (POSIX seconds)."""
        signature = self._key.sign(cosigned_message(self.verifier, text, time))
        return NoteSignature(self.verifier.name, self.verifier.key_id, time.to_bytes(_TIME_SIZE, "big") + signature)

    def private_key(self) -> str:
        """The key string, `PRIVATE+KEY+...`; the inverse of `decode_cosigner`."""
        key = self.verifier
        seed = encode_base64(bytes([key.algorithm]) + self._key.private_bytes_raw()).decode()
        return f"{PRIVATE}{key.name}+{key.key_id.hex()}+{seed}"


def decode_cosigner_key(text: str) -> CosignerKey:
    """The inverse of `str(CosignerKey)`; raises Damaged for any other key string."""
    name, algorithm, public = decode_vkey(text)
    if _PUBLIC_SIZE.get(algorithm) != len(public) or (algorithm == ED25519 and not is_sound_key(public)):
        raise Damaged("not a cosigner's key: of type 4 (Ed25519) or 6 (ML-DSA-44)")
    return CosignerKey(name, algorithm, public)


def decode_cosigner(text: str) -> Cosigner:
    """The inverse of `Cosigner.private_key`; raises Damaged without quoting the key."""
    name, algorithm, seed = split_key(text.removeprefix(PRIVATE))
    if algorithm not in _PUBLIC_SIZE or len(seed) != _SEED_SIZE:
        raise Damaged("not a cosigner's private key")
    load = Ed25519PrivateKey.from_private_bytes if algorithm == ED25519 else MLDSA44PrivateKey.from_seed_bytes
    cosigner = Cosigner(name, load(seed))
    if cosigner.private_key() != text:
        raise Damaged("a private key whose ID is not that of its name and key")
    return cosigner


def cosigned_message(key: CosignerKey, text: str, time: int) -> bytes:
    """What *key* signs under the checkpoint note *text* at *time*."""
    if key.algorithm == ED25519:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    checkpoint = decode_checkpoint(text)
    return b"".join(
        (
            b"subtree/v1\n\0",
            _short(key.name),
            time.to_bytes(8, "big"),
            _short(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def cosigned_at(note: Note, key: CosignerKey) -> int | None:
    """When *key* cosigned the checkpoint *note* (POSIX seconds), None where it has not.

    Raises:
        BadSignature: when a line of *key* does not verify: the whole note is then not to be believed.
    """
    times = [_verified(note.text, line, key) for line in note.signatures if is_of(line, key)]
    return min(times, default=None)


def is_of(line: NoteSignature, key: CosignerKey) -> bool:
    """Whether a signature line claims to be of *key*."""
    return line.name == key.name and line.key_id == key.key_id


def _verified(text: str, line: NoteSignature, key: CosignerKey) -> int:
    time = int.from_bytes(line.signature[:_TIME_SIZE], "big")
    signature = line.signature[_TIME_SIZE:]
    refused = BadSignature(f"the cosignature by {key.name} does not verify")
    if not 0 < time < _LAST:
        raise refused
    try:
        message = cosigned_message(key, text, time)
        if key.algorithm == ML_DSA_44:
            _ml_dsa(key.public).verify(signature, message)
        elif not is_signature(key.public, signature, message):
            raise refused
    except (InvalidSignature, ValueError, Damaged) as error:
        raise refused from error
    return time


@lru_cache(maxsize=256)
def _ml_dsa(public: bytes) -> MLDSA44PublicKey:
    return MLDSA44PublicKey.from_public_bytes(public)


def _short(text: str) -> bytes:
    data = text.encode()
    if not 1 <= len(data) <= 255:
        raise Damaged("a name of more than 255 bytes cannot stand in a cosigned message")
    return bytes([len(data)]) + data


def checkpoint_of(note: Note) -> Checkpoint:
    """The checkpoint that a note spells, whoever signed it; raises Damaged."""
    return decode_checkpoint(note.text)
