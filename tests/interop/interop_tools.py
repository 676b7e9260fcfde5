"""What both tests of independent clients use: a record to hand to them, and what to do where a client is missing."""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
ORIGIN = "example.org/centre"


def missing(reason: str) -> NoReturn:
    """Skip the test, or fail it where PARLEY_INTEROP=1 says that every client is to be there."""
    if os.environ.get("PARLEY_INTEROP") == "1":
        pytest.fail(f"PARLEY_INTEROP=1, and {reason}", pytrace=False)
    pytest.skip(f"{reason}; see tests/interop/requirements.txt")


def statements(count: int, start: int = 0, place: str = "حلب") -> list[tuple[str, dict[str, object]]]:
    """*count* statements, each unlike the others."""
    return [("report" if n % 3 else "input", {"number": n, "place": place}) for n in range(start, start + count)]


def sign_note(folder: Path, text: str) -> bytes:
    """*text* as a note signed with the log's own key: what a lying centre can make."""
    key = (folder / "keys" / "log.key").read_text("utf-8").strip()
    name, key_id, seed = key.removeprefix("PRIVATE+KEY+").split("+", 2)
    signature = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)[1:]).sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(bytes.fromhex(key_id) + signature).decode()}\n".encode()
