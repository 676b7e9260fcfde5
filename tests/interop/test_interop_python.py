"""Python clients of others read what we sign: securesystemslib our envelopes, sigstore our checkpoints and proofs."""

import base64
import importlib
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from interop_tools import AT, ORIGIN, missing, statements

from parley.record import Record

SIZE = 300


def client(name: str) -> ModuleType:
    """A module of somebody else's package."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        missing(f"{name.partition('.')[0]} is not installed as it is needed here ({error})")


def open_key(text: str) -> tuple[str, bytes, bytes]:
    """(name, ID in full, public key) of a key string, by the specification's text and not by our own code."""
    name, short, data = text.strip().split("+", 2)
    typed = base64.b64decode(data)
    key_id = sha256(name.encode() + b"\n" + typed).digest()
    assert typed[0] == 1 and key_id[:4].hex() == short
    return name, key_id, typed[1:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("record")


@pytest.fixture(scope="module")
def record(folder: Path) -> Iterator[Record]:
    with Record.create(folder, origin=ORIGIN) as record:
        record.append(statements(SIZE), at=AT)
        yield record


# securesystemslib: DSSE envelopes


@pytest.fixture
def dsse() -> ModuleType:
    return client("securesystemslib.dsse")


@pytest.fixture
def desk(folder, record):
    """The desk's key as securesystemslib has keys."""
    _, key_id, public = open_key((folder / "keys" / "desk.vkey").read_text("utf-8"))
    signer = client("securesystemslib.signer")
    return signer.SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(public), keyid=key_id.hex())


def test_securesystemslib_verifies_every_envelope(dsse, desk, record):
    for number in range(SIZE):
        said = json.loads(record.envelope(number))
        envelope = dsse.Envelope.from_dict(json.loads(record.envelope(number)))
        assert envelope.verify([desk], 1) == {desk.keyid: desk}
        assert envelope.payload_type == "application/vnd.parley.statement+json"
        assert json.loads(envelope.payload)["kind"] == statements(SIZE)[number][0]
        assert envelope.to_dict() == said, "what they would write is what we wrote"


def payload(said):
    said["payload"] = base64.b64encode(base64.b64decode(said["payload"]).replace(b'"seq":7', b'"seq":8')).decode()


def payload_of_another(said):
    said["payload"] = said["other"]["payload"]


def payload_type(said):
    said["payloadType"] = "application/vnd.in-toto+json"


def signature(said):
    data = bytearray(base64.b64decode(said["signatures"][0]["sig"]))
    data[17] ^= 4
    said["signatures"][0]["sig"] = base64.b64encode(data).decode()


def signature_of_another(said):
    said["signatures"] = said["other"]["signatures"]


def no_signature(said):
    said["signatures"] = []


@pytest.mark.parametrize(
    "change", [payload, payload_of_another, payload_type, signature, signature_of_another, no_signature]
)
def test_securesystemslib_refuses_an_envelope_when_anything_is_changed(dsse, desk, record, change):
    said = json.loads(record.envelope(7))
    said["other"] = json.loads(record.envelope(8))
    before = json.dumps(said)
    change(said)
    assert json.dumps(said) != before
    with pytest.raises(client("securesystemslib.exceptions").VerificationError):
        dsse.Envelope.from_dict(said).verify([desk], 1)


def test_securesystemslib_refuses_the_key_of_the_log_for_an_envelope(dsse, desk, record):
    _, _, public = open_key(record.verifier_key())
    log = type(desk).from_crypto(Ed25519PublicKey.from_public_bytes(public), keyid=desk.keyid)
    with pytest.raises(client("securesystemslib.exceptions").VerificationError):
        dsse.Envelope.from_dict(json.loads(record.envelope(0))).verify([log], 1)


# sigstore: checkpoints and inclusion proofs


@pytest.fixture
def rekor() -> ModuleType:
    return client("sigstore._internal.rekor.checkpoint")


@pytest.fixture
def keyring(record):
    """The log's key as sigstore has keys of Rekor."""
    common, trust = client("sigstore_models.common.v1"), client("sigstore._internal.trust")
    _, _, public = open_key(record.verifier_key())
    der = Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    details = common.PublicKeyDetails.PKIX_ED25519
    return trust.Keyring([common.PublicKey(raw_bytes=base64.b64encode(der), key_details=details)])


def refused_by_sigstore():
    return pytest.raises(client("sigstore.errors").VerificationError)


def test_sigstore_reads_origin_size_and_root_of_our_checkpoint(rekor, record):
    text = record.checkpoint().decode()
    signed = rekor.SignedCheckpoint.from_text(text)
    found = signed.checkpoint
    assert (found.origin, found.log_size, found.log_hash) == (ORIGIN, SIZE, record.root().hex())
    assert found.other_content == []
    assert [line.name for line in signed.signed_note.signatures] == [ORIGIN]
    assert signed.signed_note.note == text.partition("\n\n")[0] + "\n"


def test_sigstore_verifies_the_signature_of_our_checkpoint(rekor, keyring, record):
    _, key_id, _ = open_key(record.verifier_key())
    rekor.SignedNote.from_text(record.checkpoint().decode()).verify(keyring, key_id)


@pytest.mark.parametrize(("old", "new"), [(f"\n{SIZE}\n", f"\n{SIZE - 1}\n"), (ORIGIN, "example.org/centra")])
def test_sigstore_refuses_our_checkpoint_when_its_text_is_changed(rekor, keyring, record, old, new):
    _, key_id, _ = open_key(record.verifier_key())
    note = rekor.SignedNote.from_text(record.checkpoint().decode().replace(old, new, 1))
    with refused_by_sigstore():
        note.verify(keyring, key_id)


def entry_of(record: Record, number: int, size: int, root: bytes) -> SimpleNamespace:
    """An entry of ours in the shape that sigstore's check of inclusion reads; the leaf is the bundle's."""
    width = min(256, SIZE - number // 256 * 256)
    bundle = record.tile(f"tile/entries/{number // 256:03d}{'' if width == 256 else f'.p/{width}'}")
    for _ in range(number % 256):
        bundle = bundle[2 + int.from_bytes(bundle[:2], "big") :]
    proof = SimpleNamespace(
        log_index=number, tree_size=size, hashes=list(record.inclusion_proof(number, size)), root_hash=root
    )
    leaf = bundle[2 : 2 + int.from_bytes(bundle[:2], "big")]
    return SimpleNamespace(_inner=SimpleNamespace(canonicalized_body=leaf, inclusion_proof=proof))


def test_sigstore_accepts_our_inclusion_proofs_and_refuses_them_changed(rekor, record):
    merkle = client("sigstore._internal.merkle")
    root = bytes.fromhex(rekor.SignedCheckpoint.from_text(record.checkpoint().decode()).checkpoint.log_hash)
    for number in range(SIZE):
        entry = entry_of(record, number, SIZE, root)
        merkle.verify_merkle_inclusion(entry)
        proof = entry._inner.inclusion_proof
        proof.hashes[number % len(proof.hashes)] = bytes(32)
        with refused_by_sigstore():
            merkle.verify_merkle_inclusion(entry)
        proof.hashes.pop()
        with refused_by_sigstore():
            merkle.verify_merkle_inclusion(entry)
