"""The folder `keys/` of a record.

    log.key   log.vkey      signs checkpoints
    before.key              the log's former key: it signs beside the new one until `retire` (see `rotation`)
    log.history             how the log's keys followed each other
    desk.key  desk.vkey     signs the centre's own statements
    founder.vkey            the desk's first key, which signed entry 0

`.vkey` is public and readable, `.key` is private, mode 0600; each holds one key string of `note` and a newline.
"""

import os
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parley.record.errors import Damaged, RecordError
from parley.record.formats.note import Signer, VerifierKey, decode_private_key, decode_verifier_key

LOG = "log"
BEFORE = "before"
DESK = "desk"
FOUNDER = "founder"


def create_keys(folder: Path, origin: str) -> None:
    """Make both key pairs in *folder*/keys, which must not hold any; the desk's name is `<origin>/desk`.

    Raises:
        RecordError: when a key stands there already.
    """
    keys = folder / "keys"
    try:
        keys.mkdir(mode=0o700, exist_ok=True)
        for role, name in ((LOG, origin), (DESK, f"{origin}/desk")):
            signer = new_signer(name)
            write_new(keys / f"{role}.key", signer.private_key(), private=True)
            write_new(keys / f"{role}.vkey", str(signer.verifier))
        write_new(keys / f"{FOUNDER}.vkey", str(signer.verifier))
        sync_folder(keys)
    except OSError as error:
        raise RecordError(f"the keys cannot be made: {error}") from error


def new_signer(name: str) -> Signer:
    """A new key called *name*."""
    return Signer(name, Ed25519PrivateKey.generate())


def load_signer(folder: Path, role: str) -> Signer:
    """The private key of *role*; raises RecordError where it is missing, Damaged where it is none."""
    return decode_private_key(read_key(folder / "keys" / f"{role}.key"))


def load_signers(folder: Path) -> tuple[Signer, ...]:
    """The log's private keys: the present one, and the former one while both sign."""
    former = (folder / "keys" / f"{BEFORE}.key").exists()
    return (load_signer(folder, LOG), *((load_signer(folder, BEFORE),) if former else ()))


def key_state(folder: Path) -> object:
    """Something that changes whenever the log's private keys do."""
    state: list[tuple[int, int] | None] = []
    for role in (LOG, BEFORE):
        try:
            found = (folder / "keys" / f"{role}.key").stat()
            state.append((found.st_ino, found.st_mtime_ns))
        except FileNotFoundError:
            state.append(None)
        except OSError as error:
            raise RecordError(f"keys/{role}.key cannot be read: {error.strerror}") from error
    return state


def load_verifier(folder: Path, role: str) -> VerifierKey:
    """The public key of *role*; raises RecordError where it is missing, Damaged where it is none."""
    return decode_verifier_key(read_key(folder / "keys" / f"{role}.vkey"))


def load_founder(folder: Path) -> VerifierKey | None:
    """The key that signed entry 0, None where the folder does not tell."""
    path = folder / "keys" / f"{FOUNDER}.vkey"
    try:
        stands = path.exists()
    except OSError as error:
        raise RecordError(f"keys/{FOUNDER}.vkey cannot be read: {error.strerror}") from error
    return decode_verifier_key(read_key(path)) if stands else None


def check_no_others(folder: Path) -> None:
    """Raise RecordError where keys lie in `keys/senders`: key events in the record alone say whose statements count."""
    found = sorted(path.name for path in (folder / "keys" / "senders").glob("*"))
    if found:
        raise RecordError(f"keys/senders/{found[0]}: no key event registers a key by a file; remove it")


def read_key(path: Path) -> str:
    """The key string in a file; raises RecordError where it cannot be read, Damaged where it is no text."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise RecordError(f"{path.parent.name}/{path.name} cannot be read: {error.strerror}") from error
    try:
        return text.decode().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise Damaged(f"{path.parent.name}/{path.name} is not UTF-8") from error


def write_new(path: Path, text: str, private: bool = False) -> None:
    """Write a key durably, never over an existing one; a private one is never readable by others, not for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
    except BaseException:  # half a key would keep the whole one out
        with suppress(OSError):
            path.unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
