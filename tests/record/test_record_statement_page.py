"""docs/statement.md: its example is what the code makes, and its check runs with openssl and curl alone."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from serving import served

from parley.record import Record
from parley.record.formats.canonical import encode_base64
from parley.record.formats.note import Signer
from parley.record.statements import author
from parley.record.statements.author import Author
from parley.record.statements.statement import encode_leaf, encode_received, leaf_of

PAGE = (Path(__file__).parents[2] / "docs" / "statement.md").read_text("utf-8")
AT = datetime(2026, 3, 1, 5, 12, tzinfo=UTC)
TOOLS = ("openssl", "curl", "xxd", "base64", "sha256sum")


def test_the_example_of_the_page_is_what_an_author_makes(monkeypatch):
    east = Signer("east.example/desk", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    log = Signer("centre.example/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))).verifier
    monkeypatch.setattr(author.secrets, "token_bytes", lambda count: bytes(range(64, 64 + count)))
    said = Author(east, log.digest.hex()).say("receipt", {"entry": 12, "leaf": "00" * 32}, AT)
    leaf = encode_leaf(leaf_of(said.envelope, encode_received(AT)))
    for part in (said.body, encode_base64(said.secret), said.envelope, leaf):
        assert f"\n    {part.decode()}\n" in PAGE
    for key in (log, east.verifier):
        assert f"`{key}`" in PAGE


@pytest.fixture
def url(tmp_path):
    centre = tmp_path / "centre"
    centre.mkdir()
    with Record.create(centre, "centre.example/log") as record:
        for number in range(21):
            record.append([("report", {"number": number})], at=AT)
        (tmp_path / "envelope.json").write_bytes(record.envelope(10))
        (tmp_path / "log.pub").write_bytes(encode_base64(record.log.key.public))
    with served(centre) as url:
        yield url


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}")
@pytest.mark.parametrize("broken", ["", "envelope", "key"])
def test_the_check_of_the_page_holds_and_notices_what_is_wrong(tmp_path, url, broken):
    (script,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    if broken == "envelope":
        (tmp_path / "envelope.json").write_bytes((tmp_path / "envelope.json").read_bytes() + b" ")
    if broken == "key":
        other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        (tmp_path / "log.pub").write_bytes(encode_base64(other))
    ran = subprocess.run(
        ["sh", "-e", "-c", script], cwd=tmp_path, env={"URL": url, "PATH": "/usr/bin:/bin"}, check=False
    )
    assert (ran.returncode == 0) == (not broken)
