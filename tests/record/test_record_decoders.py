"""Every decoder of the record gives back exactly what it took, or says Damaged, for noise and for spoilt good input.

No other error, in bounded time and memory, whatever the sizes, counts and depths that the input claims.
"""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hangs import no_hang
from parley.record import RecordError
from parley.record.formats.canonical import (
    decode_base64,
    decode_json,
    decode_time,
    encode_base64,
    encode_json,
    encode_time,
)
from parley.record.formats.checkpoint import Checkpoint, decode_checkpoint, encode_checkpoint
from parley.record.formats.code import decode_code, encode_code
from parley.record.formats.cosignature import Cosigner, cosigned_at, decode_cosigner, decode_cosigner_key
from parley.record.formats.ed25519 import is_signature, is_sound_key
from parley.record.formats.hashing import EMPTY_ROOT
from parley.record.formats.note import (
    decode_note,
    decode_private_key,
    decode_signature,
    decode_verifier_key,
    decode_vkey,
    encode_note,
    encode_signature,
    encode_vkey,
    sign_note,
)
from parley.record.formats.policy import decode_policy, encode_policy
from parley.record.formats.tile import (
    decode_entries,
    decode_hashes,
    decode_path,
    encode_entries,
    encode_hashes,
    encode_path,
)
from parley.record.formats.tlog_proof import TlogProof, decode_tlog_proof, encode_tlog_proof
from parley.record.keys import new_signer
from parley.record.outside.fork import ForkProof, check_fork_proof, decode_fork_proof, encode_fork_proof
from parley.record.outside.http import witness_app
from parley.record.outside.serving import LogServer, decode_submission, encode_submission
from parley.record.outside.witness import Request, Witness, decode_request, encode_request
from parley.record.record import Record
from parley.record.rotation import decode_history, rotate
from parley.record.statements.author import Said
from parley.record.statements.fields import Disclosed, check_disclosed
from parley.record.statements.sealed import decode_recipient, encode_recipient, receive, release, seal, unseal
from parley.record.statements.statement import (
    Statement,
    decode_envelope,
    decode_leaf,
    decode_statement,
    digest,
    encode_envelope,
    encode_leaf,
    encode_received,
    encode_statement,
    leaf_of,
    sign,
)
from parley.record.tile_files import decode_public

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
LOG = new_signer("example.org/centre")
ED, PQ = (Cosigner("w.example", key) for key in (Ed25519PrivateKey.generate(), MLDSA44PrivateKey.generate()))
TEXT = encode_checkpoint(Checkpoint("example.org/centre", 3, bytes(range(32))))
NOTE = sign_note(TEXT, LOG)
SAID = Statement("report", AT, "d" * 64, "f" * 64, 7, "b" * 64, "e" * 64)
ENVELOPE = sign(encode_statement(SAID), LOG)
RECEIVED = encode_received(AT)
POLICY = (
    f"# who\nlog {LOG.verifier} https://x\nwitness w1 {ED.verifier}\nwitness w2 {PQ.verifier} https://w\n"
    "group g 2 w1 w2\nquorum g\n"
).encode()
RECIPIENT = X25519PrivateKey.generate()


def text_decoder(decode):
    """A decoder of str, given bytes: those that are no text are not for it."""
    return lambda data: decode(data.decode("utf-8", "surrogateescape"))


# name: (decoder, encoder of what it gives or None, a good input)
DECODERS = {
    "json": (decode_json, encode_json, encode_json({"a": [1, 2.5, None, "حلب"]})),
    "base64": (decode_base64, encode_base64, b"AAECAw=="),
    "time": (text_decoder(decode_time), lambda value: encode_time(value).encode(), b"2031-04-02T06:10:00Z"),
    "note": (decode_note, encode_note, NOTE),
    "signature line": (
        text_decoder(decode_signature),
        lambda value: encode_signature(value).encode().removesuffix(b"\n"),
        NOTE.split(b"\n")[-2],
    ),
    "vkey": (text_decoder(decode_vkey), lambda value: encode_vkey(*value).encode(), str(LOG.verifier).encode()),
    "verifier key": (text_decoder(decode_verifier_key), lambda value: str(value).encode(), str(LOG.verifier).encode()),
    "private key": (
        text_decoder(decode_private_key), lambda value: value.private_key().encode(), LOG.private_key().encode()
    ),
    "cosigner's key": (text_decoder(decode_cosigner_key), lambda value: str(value).encode(), str(PQ.verifier).encode()),
    "cosigner": (text_decoder(decode_cosigner), lambda value: value.private_key().encode(), ED.private_key().encode()),
    "checkpoint": (text_decoder(decode_checkpoint), lambda value: encode_checkpoint(value).encode(), TEXT.encode()),
    "policy": (decode_policy, None, POLICY),
    "tlog-proof": (decode_tlog_proof, encode_tlog_proof, encode_tlog_proof(TlogProof(2, (bytes(32),), NOTE, b"x"))),
    "tile path": (text_decoder(decode_path), lambda value: encode_path(value).encode(), b"tile/entries/x001/234.p/17"),
    "hash tile": (decode_hashes, encode_hashes, bytes(range(64))),
    "entry bundle": (decode_entries, encode_entries, encode_entries([b"", b"ab", bytes(300)])),
    "statement": (decode_statement, encode_statement, encode_statement(replace(SAID, prev="", saw=""))),
    "envelope": (decode_envelope, encode_envelope, ENVELOPE),
    "leaf": (decode_leaf, encode_leaf, encode_leaf(leaf_of(ENVELOPE, RECEIVED))),
    "leaf of an envelope": (lambda data: leaf_of(data, RECEIVED), None, ENVELOPE),
    "submission": (
        lambda data: decode_submission(data)[0],
        None,
        encode_submission([Said(ENVELOPE, b'{"number":1}', bytes(32))]),
    ),
    "public statement": (
        decode_public,
        lambda value: encode_json({"body": value[0], "secret": encode_base64(value[1]).decode()}),
        encode_json({"body": {"number": 1}, "secret": encode_base64(bytes(32)).decode()}),
    ),
    "code": (text_decoder(decode_code), None, encode_code("d" * 64).encode()),
    "fork proof": (decode_fork_proof, encode_fork_proof, encode_fork_proof(ForkProof(NOTE, NOTE, bytes(32), (), b""))),
    "add-checkpoint": (decode_request, encode_request, encode_request(Request(2, (bytes(32),), NOTE))),
    "recipient": (
        text_decoder(decode_recipient),
        lambda value: encode_recipient(value).encode(),
        encode_recipient(RECIPIENT.public_key()).encode(),
    ),
    "key history": (decode_history, None, b""),
    "sealed body": (lambda data: unseal(data, bytes(32)), None, seal(b'{"a":1}', bytes(32))),
    "released": (lambda data: receive(data, RECIPIENT), None, release(b"secret", RECIPIENT.public_key())),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def a_history_with_a_change(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rotated")
    Record.create(folder, "example.org/centre").close()
    rotate(folder)
    decode, encode, _ = DECODERS["key history"]
    DECODERS["key history"] = decode, encode, (folder / "keys" / "log.history").read_bytes()


def holds(name, data):
    """Whether the decoder took *data*; it must give it back, or say Damaged."""
    decode, encode, _ = DECODERS[name]
    try:
        with no_hang():
            value = decode(data)
    except RecordError:
        taken = False
    else:
        taken = True
        assert encode is None or encode(value) == data
    return taken


@pytest.mark.parametrize("name", DECODERS)
def test_good_input_is_taken_and_given_back(name):
    assert holds(name, DECODERS[name][2])


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_noise_and_spoilt_input_are_given_back_or_damaged(name, data):
    good = DECODERS[name][2]
    holds(
        name, data.draw(st.binary(max_size=200) | st.text(max_size=60).map(lambda text: text.encode(errors="ignore")))
    )
    place = data.draw(st.integers(0, len(good)))
    put = data.draw(st.binary(max_size=4))
    holds(name, good[:place] + put + good[place + data.draw(st.sampled_from([0, len(put), 1, 40])) :])


@pytest.mark.parametrize("name", DECODERS)
def test_one_changed_byte_anywhere_is_given_back_or_damaged(name):
    good, chance = DECODERS[name][2], random.Random(name)
    for _ in range(200):
        spoilt = bytearray(good)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        lines = bytes(spoilt).split(b"\n")
        holds(name, bytes(spoilt))
        chance.shuffle(lines)
        holds(name, b"\n".join(lines))
        holds(name, good[: chance.randrange(len(good))])


HUGE = [
    b"9" * 5000, b"[" * 100_000, b'{"a":' * 50_000, b"\n" * 200_000, b"\x00" * 300_000, b"A" * 1_500_000,
    b"\xff" * 1000,
    ("\u2014 a AAAAAAAA\n" * 100_000).encode(), b"old " + b"9" * 4500 + b"\n\n", b"quorum none\n" * 5000,
    b"index " + b"9" * 5000 + b"\n\n", "\ud800".encode("utf-8", "surrogatepass"), b"change a b c d\n" * 2000,
    b"c2sp.org/tlog-proof@v1\nindex 1\n" + b"A" * 44 + b"\n\n", b"tile/" + b"x000/" * 10_000 + b"000",
    b"x\n9999999999999999999\nAAAA\n", b"x\n" + b"9" * 5000 + b"\n" + b"A" * 43 + b"=\n",
]  # fmt: skip


@pytest.mark.parametrize("name", DECODERS)
def test_huge_counts_depths_and_lengths_are_refused_quickly(name):
    taken = [holds(name, data) and len(data) > 5000 for data in HUGE]
    assert not any(taken) or name in ("base64", "json")


def test_deeply_nested_policies_are_read_and_answered_without_end():
    lines = [
        f"witness w0 {ED.verifier}",
        "group g0 1 w0",
        *(f"group g{n} 1 g{n - 1}" for n in range(1, 900)),
        "quorum g899",
    ]
    policy = decode_policy("".join(f"{line}\n" for line in lines).encode())
    assert policy.is_met(["w0"]) and not policy.is_met([])
    assert policy.members("g899") == ("w0",) and policy.bears("g899") == 0
    assert decode_policy(encode_policy(policy)) == policy


def test_a_policy_keeps_its_meaning_when_it_is_written_again():
    policy = decode_policy(POLICY)
    assert decode_policy(encode_policy(policy)) == policy
    for line in (
        b"quorum g\n", b"group h 0 w1\n", b"group h 3 w1\n", b"group h 1 w1\n", b"group none 1 g\n", b"witness w1 x\n",
        b"group h 1 nobody\n", b"log x\n", b"what is this\n", b"group h all\n", b"group h \xd9\xa1 g\n", b"log\x0b\n",
        POLICY.split(b"\n")[1] + b"\n", POLICY.split(b"\n")[2].replace(b"w1", b"w9") + b"\n",
    ):  # fmt: skip
        with pytest.raises(RecordError, match="line"):
            decode_policy(POLICY + line)


# Ed25519: https://www.rfc-editor.org/rfc/rfc8032#section-7.1, and what the strict rule adds

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
SMALL = [  # the points of order 1, 2, 4 and 8, and other spellings of them
    (1).to_bytes(32, "little"), (P - 1).to_bytes(32, "little"), bytes(32), bytes(31) + b"\x80",
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    (P).to_bytes(32, "little"), (P + 1).to_bytes(32, "little"), (1 + 2**255).to_bytes(32, "little"),
    (P - 1 + 2**255).to_bytes(32, "little"), (P + 2**255).to_bytes(32, "little"), b"\xff" * 32,
]  # fmt: skip


def test_signatures_of_the_rfc_are_taken():
    for public, message, signature in (
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ):  # fmt: skip
        assert is_signature(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))
        assert not is_signature(bytes.fromhex(public), bytes.fromhex(signature), b"another")


def test_keys_and_signatures_that_libraries_disagree_on_are_refused():
    key = Ed25519PrivateKey.generate()
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"x")
    high = signature[:32] + (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    assert not is_signature(public, high, b"x"), "S is not below the order"
    for point in SMALL:
        assert not is_sound_key(point)
        assert not is_signature(point, signature, b"x") and not is_signature(public, point + signature[32:], b"x")
        assert not is_signature(point, point + bytes(32), b"x"), "small A and R would let anything pass"
    for wrong in (b"", signature[:63], signature + b"\0", public):
        assert not is_signature(public, wrong, b"x")
    for wrong in (b"", public[:31], public + b"\0"):
        assert not is_signature(wrong, signature, b"x")


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 1 << 70), st.lists(st.binary(max_size=40), max_size=20), st.binary(max_size=40))
def test_a_field_that_is_not_committed_to_is_never_taken(index, proof, salt):
    with pytest.raises(RecordError):
        check_disclosed(bytes(32), Disclosed(b'["/a",{"b":[1.5]}]', salt, index, tuple(proof)))


def test_a_cosignature_with_any_byte_changed_does_not_count():
    note = decode_note(NOTE)
    for cosigner in (ED, PQ):
        line = cosigner.cosign(note.text, 1_932_000_000)
        assert cosigned_at(type(note)(note.text, (line,)), cosigner.verifier) == 1_932_000_000
        for place in (0, 7, 8, 40, len(line.signature) - 1):
            spoilt = bytearray(line.signature)
            spoilt[place] ^= 1
            with pytest.raises(RecordError):
                cosigned_at(
                    type(note)(note.text, (type(line)(line.name, line.key_id, bytes(spoilt)),)), cosigner.verifier
                )


def test_a_fork_proof_that_proves_nothing_is_refused():
    def made(size, root):
        return sign_note(encode_checkpoint(Checkpoint("example.org/centre", size, root)), LOG)

    one, other = made(3, bytes(32)), made(3, b"\1" * 32)
    smaller, larger = check_fork_proof(ForkProof(one, other, b"\1" * 32, ()), LOG.verifier)
    assert smaller.root != larger.root
    for wrong in (
        ForkProof(one, one, bytes(32), ()), ForkProof(one, other, bytes(32), ()),
        ForkProof(other, made(2, bytes(32)), bytes(32), ()),
        ForkProof(one, other, b"\1" * 32, (bytes(32),)), ForkProof(one, made(0, EMPTY_ROOT), bytes(32), ()),
    ):  # fmt: skip
        with pytest.raises(RecordError):
            check_fork_proof(wrong, LOG.verifier)


def asked(application, method, path, body=b""):
    """The status of one request to an ASGI application."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(application({"type": "http", "method": method, "path": path, "headers": []}, receive, send))
    return sent[0]["status"]


def test_servers_answer_anything_with_a_status(tmp_path):
    with Record.create(tmp_path, "example.org/centre") as record:
        record.append([("charter", {}), *(("report", {"number": n}) for n in range(299))], at=AT)
        public, private = record.envelope(0), record.envelope(1)
    with Witness.create(tmp_path / "w", "w.example") as witness:
        witness.follow(LOG.verifier)
        chance = random.Random(1)
        good = encode_request(Request(0, (), NOTE))
        assert asked(witness_app(witness), "POST", "/add-checkpoint", good) == 200
        for _ in range(150):
            spoilt = bytearray(good)
            spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
            assert asked(witness_app(witness), "POST", "/add-checkpoint", bytes(spoilt)) in (400, 403, 404, 409, 422)
        assert asked(witness_app(witness), "POST", "/add-checkpoint", bytes(2 << 20)) == 413
        assert asked(witness_app(witness), "GET", f"/{sha256(b'example.org/centre').hexdigest()}/checkpoint") == 200
    server = LogServer(tmp_path)
    for path, status in {
        "/checkpoint": 200, "/tile/0/000": 200, "/tile/entries/001.p/44": 200, "/tile/envelopes/000": 200,
        "/tile/1/000.p/1": 200,
        "/keys/founder.vkey": 200, "/keys/log.history": 200, "/tile/0/001": 404, "/tile/63/000": 404,
        "/tile/64/000": 404, "/keys/log.key": 404, "/keys/desk.key": 404, "/../keys/log.key": 404, "/record.db": 404,
        "/": 404, "": 404, "/tile/0/x999/x999/x999/x999/x999/999": 404, "/\ud800": 404, "/tile/0/000.p/0": 404,
        "/tile/-1/000": 404, f"/statement/{digest(public)}": 200, f"/statement/{digest(private)}": 404,
        "/statement/": 404, "/statement/../keys/log.key": 404, f"/statement/{digest(private)}/proof": 200,
        "/statement//proof": 404,
    }.items():  # fmt: skip
        assert asked(server.app, "GET", path) == status, path
    assert asked(server.app, "POST", "/checkpoint") == 405
    assert asked(server.app, "POST", "/add-cosignature", b"nothing") == 404, "this log has no policy"
    server.close()
