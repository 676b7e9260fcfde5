"""The folder `keys/` of a record: the log's key, which signs checkpoints, and the desk's, which signs statements.

`<role>.vkey` is public and readable, `<role>.key` is private, mode 0600; both hold one key string of `note` and a
newline.
"""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parley.record.errors import Damaged, RecordError
from parley.record.note import Signer, VerifierKey, decode_private_key, decode_verifier_key

LOG = "log"
DESK = "desk"


def create_keys(folder: Path, origin: str) -> None:
    """Make both key pairs in *folder*/keys, which must not hold any; the desk's name is `<origin>/desk`.

    Raises:
        RecordError: when a key stands there already.
    """
    keys = folder / "keys"
    try:
        keys.mkdir(mode=0o700, exist_ok=True)
        for role, name in ((LOG, origin), (DESK, f"{origin}/desk")):
            signer = Signer(name, Ed25519PrivateKey.generate())
            _write_new(keys / f"{role}.key", signer.private_key(), 0o600)
            _write_new(keys / f"{role}.vkey", str(signer.verifier), 0o644)
        _sync_folder(keys)
    except OSError as error:
        raise RecordError(f"the keys cannot be made: {error}") from error


def load_signer(folder: Path, role: str) -> Signer:
    """The private key of *role*; raises RecordError where it is missing, Damaged where it is none."""
    return decode_private_key(_read(folder / "keys" / f"{role}.key"))


def load_verifier(folder: Path, role: str) -> VerifierKey:
    """The public key of *role*; raises RecordError where it is missing, Damaged where it is none."""
    return decode_verifier_key(_read(folder / "keys" / f"{role}.vkey"))


def _read(path: Path) -> str:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RecordError(f"keys/{path.name} cannot be read: {error.strerror}") from error
    try:
        return text.decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise Damaged(f"keys/{path.name} is not UTF-8") from error


def _write_new(path: Path, text: str, mode: int) -> None:
    # Never over an existing key, and never readable by others, not even for a moment.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{text}\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
