"""Signed notes and their Ed25519 keys: https://c2sp.org/signed-note

Key strings are those of Go's golang.org/x/mod/sumdb/note: `<name>+<key ID in hex>+<base64 of type || public key>`, and
`PRIVATE+KEY+` before the same with the private seed. Type 0x01 is a key of this module, the others are cosigners'
(`cosignature`).
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parley.record.errors import BadSignature, Damaged
from parley.record.formats.canonical import decode_base64, encode_base64
from parley.record.formats.ed25519 import KEY_SIZE, is_signature, is_sound_key

_ED25519 = 0x01
PRIVATE = "PRIVATE+KEY+"
_MAX_NOTE = 1_000_000
_MAX_SIGNATURES = 100


def is_key_name(name: str) -> bool:
    """Whether *name* may name a key: not empty, without spaces, control characters, surrogates and plus."""
    return name != "" and not any(
        char.isspace() or char < " " or char == "+" or "\ud800" <= char <= "\udfff" for char in name
    )


@dataclass(frozen=True)
class VerifierKey:
    """A named Ed25519 public key; *public* is its 32 bytes."""

    name: str
    public: bytes

    @cached_property
    def digest(self) -> bytes:
        """SHA-256(name || 0x0A || 0x01 || public key); the key's ID in full."""
        return key_digest(self.name, _ED25519, self.public)

    @property
    def key_id(self) -> bytes:
        """The key ID of signed notes: the first four bytes of the digest."""
        return self.digest[:4]

    def verify(self, signature: bytes, message: bytes) -> None:
        """Raise BadSignature unless *signature* is this key's over *message*."""
        if not is_signature(self.public, signature, message):
            raise BadSignature(f"the signature by {self.name} does not verify")

    def __str__(self) -> str:
        return encode_vkey(self.name, _ED25519, self.public)


class Signer:
    """A named Ed25519 private key."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        if not is_key_name(name):
            raise ValueError(f"not a key name: {name!r}")
        self._key = key
        self.verifier = VerifierKey(name, key.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature over *message*, 64 bytes."""
        return self._key.sign(message)

    def private_key(self) -> str:
        """The key string, `PRIVATE+KEY+...`; the inverse of `decode_private_key`."""
        seed = encode_base64(bytes([_ED25519]) + self._key.private_bytes_raw()).decode()
        return f"{PRIVATE}{self.verifier.name}+{self.verifier.key_id.hex()}+{seed}"


def key_digest(name: str, algorithm: int, public: bytes) -> bytes:
    """SHA-256(name || 0x0A || signature type || public key), whose first four bytes are the key's ID in notes."""
    return sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()


def encode_vkey(name: str, algorithm: int, public: bytes) -> str:
    """The key string of a public key; the inverse of `decode_vkey`."""
    data = encode_base64(bytes([algorithm]) + public).decode()
    return f"{name}+{key_digest(name, algorithm, public)[:4].hex()}+{data}"


def decode_vkey(text: str) -> tuple[str, int, bytes]:
    """(name, signature type, public key) of a key string; raises Damaged, also when the ID is not that of the key."""
    name, algorithm, public = split_key(text)
    if encode_vkey(name, algorithm, public) != text:
        raise Damaged("a verifier key whose ID is not that of its name and key")
    return name, algorithm, public


def decode_verifier_key(text: str) -> VerifierKey:
    """The inverse of `str(VerifierKey)`; raises Damaged, also for a key that is no point of prime order."""
    name, algorithm, public = decode_vkey(text)
    if algorithm != _ED25519 or not is_sound_key(public):
        raise Damaged("not an Ed25519 key")
    return VerifierKey(name, public)


def decode_private_key(text: str) -> Signer:
    """The inverse of `Signer.private_key`; raises Damaged without quoting the key."""
    name, algorithm, seed = split_key(text.removeprefix(PRIVATE))
    if algorithm != _ED25519 or len(seed) != KEY_SIZE:
        raise Damaged("not an Ed25519 key")
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(seed))
    if signer.private_key() != text:
        raise Damaged("a private key whose ID is not that of its name and key")
    return signer


def split_key(text: str) -> tuple[str, int, bytes]:
    """(name, signature type, key) of a key string, its ID unchecked; raises Damaged."""
    # Base64 may hold plus signs, the name and the ID may not.
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]) or not (parts[2].isascii() and text.isprintable()):
        raise Damaged("not a key of the form name+id+base64")
    data = decode_base64(parts[2].encode())
    if not data:
        raise Damaged("a key without a type")
    return parts[0], data[0], data[1:]


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: the key's name, its ID (4 bytes) and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]


def encode_note(note: Note) -> bytes:
    """The note's bytes; the inverse of `decode_note`."""
    return f"{note.text}\n{''.join(map(encode_signature, note.signatures))}".encode()


def encode_signature(line: NoteSignature) -> str:
    """One signature line, with its newline; the inverse of `decode_signature`."""
    return f"\N{EM DASH} {line.name} {encode_base64(line.key_id + line.signature).decode()}\n"


def decode_note(data: bytes) -> Note:
    """Split a note; **no signature is verified here**, see `open_note`.

    Raises:
        Damaged: when the bytes are not a signed note.
    """
    if len(data) > _MAX_NOTE:
        raise Damaged("a note above a million bytes")
    try:
        content = data.decode()
    except UnicodeDecodeError as error:
        raise Damaged("a note that is not UTF-8") from error
    if any(char < " " and char != "\n" for char in content):
        raise Damaged("a note with control characters")
    text, blank, lines = content.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Damaged("a note without signatures")
    signatures = tuple(decode_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > _MAX_SIGNATURES:
        raise Damaged(f"a note with more than {_MAX_SIGNATURES} signatures")
    return Note(text + "\n", signatures)


def decode_signature(line: str) -> NoteSignature:
    """One signature line, without its newline; raises Damaged."""
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "\N{EM DASH}" or not is_key_name(parts[1]) or not parts[2].isascii():
        raise Damaged("a note with a malformed signature line")
    data = decode_base64(parts[2].encode())
    if len(data) < 5:
        raise Damaged("a note with a signature that is too short")
    return NoteSignature(parts[1], data[:4], data[4:])


def sign_note(text: str, *signers: Signer) -> bytes:
    """The note of *text*, which must end in a newline, signed by each of *signers*, at least one."""
    if not text.endswith("\n") or not signers:
        raise ValueError("the text of a note ends in a newline, and somebody signs it")
    return encode_note(Note(text, tuple(_line(text, signer) for signer in signers)))


def _line(text: str, signer: Signer) -> NoteSignature:
    key = signer.verifier
    return NoteSignature(key.name, key.key_id, signer.sign(text.encode()))


def open_note(data: bytes, key: VerifierKey) -> str:
    """The text of a note that *key* has signed; signatures by other keys are ignored.

    Raises:
        Damaged: when the bytes are not a signed note.
        BadSignature: when *key* has not signed it, or one of its signatures does not verify.
    """
    note = decode_note(data)
    own = [line for line in note.signatures if line.name == key.name and line.key_id == key.key_id]
    if not own:
        raise BadSignature(f"the note carries no signature by {key.name}+{key.key_id.hex()}")
    for line in own:
        key.verify(line.signature, note.text.encode())
    return note.text
