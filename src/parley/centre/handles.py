"""Handles: what a source is called where its name is not shown, the same for as long as the centre lives.

A party is never hidden: its handle is its id. Any other source's is the first 80 bits, in lower-case Crockford base32
(https://www.crockford.com/base32.html), of HMAC-SHA256(secret of its side, folded name): however a name is spelled it
has one handle, and without the secret nobody finds the name by trying all that there are. The secret of a side is
HMAC-SHA256(the centre's, "parley/handles/v1\\n" + side), so that it can be given to that side and tells nothing of
another's. The centre's stands in `keys/handles.key`: 32 random bytes in hex and a newline, mode 0600.
"""

import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from parley.model import INDEPENDENT, FolderError, RegisteredSource, fold
from parley.record.formats.canonical import encode_base64
from parley.record.keys import read_key, sync_folder, write_new
from parley.record.statements.sealed import decode_recipient, release

SECRET_SIZE = 32
_FILE = "handles.key"
_DOMAIN = "parley/handles/v1\n"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_BYTES = 10  # 80 bits, 16 signs of 5


class Called(NamedTuple):
    """Whose a source is, and its handle."""

    side: str
    handle: str


@dataclass(frozen=True)
class Handles:
    """Who is called what: *parties* maps the folded names of parties to their ids, as of the time of writing.

    Args:
        secret: that of *side*; None where it is not known here.
        side: whose sources all others are.
        sources: the folded names of registered sources, each with whose it is and its handle.
    """

    secret: bytes | None = field(repr=False)
    parties: Mapping[str, str]
    side: str = INDEPENDENT
    sources: Mapping[str, Called] = field(default_factory=dict)

    def of(self, source: str) -> Called:
        """Return what *source* is called: a party by its id, all others by a pseudonym.

        Raises:
            FolderError: when the secret that makes pseudonyms is not known here.
        """
        party = self.parties.get(fold(source))
        if party:
            return Called(party, party)
        if registered := self.sources.get(fold(source)):
            return registered
        if self.secret is None:
            raise FolderError(
                f"{source!r} is not {self.side} itself, and what makes its handle is not known here yet: "
                "`parley mirror URL NODE` fetches it, once the centre has registered your key with its recipient line"
            )
        return Called(self.side, handle(self.secret, source))


def handle(secret: bytes, source: str) -> str:
    """Return the pseudonym of *source*, which is no party itself; *secret* is that of its side."""
    digest = hmac.digest(secret, fold(source).encode("utf-8", "surrogatepass"), "sha256")
    number = int.from_bytes(digest[:_BYTES])
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(8 * _BYTES - 5, -1, -5))


def of_register(sources: Iterable[RegisteredSource], secret: bytes) -> dict[str, Called]:
    """Return what registered *sources* are called, by each of their folded names; *secret* is the centre's.

    The handle is that which the side's own node gives to the same name.
    """
    return {
        fold(name): Called(one.side, handle(secret_of(secret, one.side), one.name))
        for one in sources
        for name in reversed(one.names)
    }


def sealed_secret(folder: Path, side: str, recipient: str) -> str:
    """Return the secret of *side* in the centre at *folder*, sealed for whoever handed out *recipient*, in base64."""
    sealed = release(secret_of(load_secret(folder), side), decode_recipient(recipient.strip()))
    return encode_base64(sealed).decode()


def secret_of(secret: bytes, side: str) -> bytes:
    """Return the secret of *side*, made from the centre's."""
    return hmac.digest(secret, f"{_DOMAIN}{side}".encode(), "sha256")


def create_secret(folder: Path) -> None:
    """Make the centre's secret in *folder*, whose `keys/` is there, and never in place of another."""
    write_new(folder / "keys" / _FILE, secrets.token_hex(SECRET_SIZE), private=True)
    sync_folder(folder / "keys")


def load_secret(folder: Path) -> bytes:
    """Return the centre's secret.

    Raises:
        FolderError: it is not there, or it is none. A new one would give every source another handle.
    """
    path = folder / "keys" / _FILE
    if not path.exists():
        raise FolderError(f"{path}: this file is missing; copy it from a backup. Nothing was recorded")
    text = read_key(path)
    if not re.fullmatch(rf"[0-9a-f]{{{2 * SECRET_SIZE}}}", text):
        raise FolderError(f"{path}: this is not the secret that makes handles; copy it from a backup")
    return bytes.fromhex(text)
