"""Bundles in which every signature and hash is right, made by somebody who means harm with keys of his own."""

import io
import json
import zipfile
from contextlib import nullcontext
from hashlib import sha256, sha512

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from parley.record.errors import Damaged, NotIncluded
from parley.record.formats.cosignature import Cosigner
from parley.record.formats.note import NoteSignature, Signer, encode_signature, sign_note
from parley.record.handed import verify_bundle
from parley.record.statements.fields import DEPTH, Disclosed, check_disclosed, commit, disclose
from parley.record.statements.statement import sign

ORIGIN = "example.org/centre"
SEED = bytes(31) + b"\1"
LOG = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(SEED))
SENDER = Signer(f"{ORIGIN}/desk", Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\2"))
SALT = bytes(range(32))
AT, RECEIVED = "2031-04-02T06:10:00Z", "2031-04-02T06:10:00.000000Z"
ID = LOG.verifier.digest.hex()
SAID = {"at": AT, "body_root": "", "kind": "report", "log": ID, "prev": "", "saw": "", "seq": 1, "v": 3}
BODY = {"report": {"source": "Post 3", "about": {"place": "حلب", "counts": [3, 0.1]}}, "~/": None}
SECRET = bytes(32)


RAWS = (b'["/x",1]', b'["/y",2]')
NOTHING = ...


def base64(data):
    return verify_bundle.base64.b64encode(data).decode()


def root_and_proofs(leaves):
    """The root over *leaves*, as many as a power of two, and the proof of each."""
    rows = [leaves]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([verify_bundle.node_hash(*below[at : at + 2]) for at in range(0, len(below), 2)])
    proofs = [[row[(at >> height) ^ 1] for height, row in enumerate(rows[:-1])] for at in range(len(leaves))]
    return rows[-1][0], proofs


CHARTER = {"desk": str(SENDER.verifier), "title": "T"}


def leaf_of(content, envelope, sender, received=RECEIVED):
    """The leaf entry of a statement."""
    return rfc8785.dumps(
        {name: content.get(name) for name in ("body_root", "kind", "log", "prev", "saw", "v")}
        | {"envelope": sha256(envelope).hexdigest(), "received": received, "sender": sender}
        | {"sender_seq": content.get("seq")}
    )


def founding():
    """(envelope, leaf entry, leaf hash) of entry 0: the charter that names the sender as the desk."""
    said = SAID | {"body_root": commit(CHARTER, SECRET).hex(), "kind": "charter", "seq": 0}
    envelope = sign(rfc8785.dumps(said), SENDER)
    leaf = leaf_of(said, envelope, SENDER.verifier.digest.hex())
    return envelope, leaf, verify_bundle.leaf_hash(leaf)


def forged(
    raws=RAWS, payload_type=verify_bundle.PAYLOAD_TYPE, outer=None, text=None, lines=(), files=(), received=RECEIVED,
    **said,
):  # fmt: skip
    """The files of a bundle of entry 1 of a log of two, the charter before it: its body commits to the bytes *raws*,
    all of which are shown.

    Args:
        payload_type: the envelope's payload type, signed as such.
        outer: makes another envelope of the one that is right.
        text: makes another checkpoint of the root, which the log then signs.
        lines: makes further signature lines under the checkpoint's text.
        files: other files, which are not signed.
        received: when the centre received it, as its leaf entry says.
        said: what the statement says.
    """
    leaves = [verify_bundle.leaf_hash(SALT + raw) for raw in raws]
    root, proofs = root_and_proofs(leaves)
    fields = [
        {"field": raw.decode(), "index": at, "proof": [base64(one) for one in proofs[at]], "salt": base64(SALT)}
        for at, raw in enumerate(raws)
    ]
    payload = rfc8785.dumps({name: value for name, value in (SAID | {"body_root": root.hex()} | said).items()
                             if value is not NOTHING})  # fmt: skip
    signature = SENDER.sign(b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload))
    sender = SENDER.verifier.digest.hex()
    signatures = [{"keyid": sender, "sig": base64(signature)}]
    envelope = {"payload": base64(payload), "payloadType": payload_type, "signatures": signatures}
    envelope = rfc8785.dumps(outer(envelope) if outer else envelope)
    content = json.loads(payload)
    leaf = leaf_of(content, envelope, sender, received)
    charter, charter_leaf, charter_hash = founding()
    head = base64(verify_bundle.node_hash(charter_hash, verify_bundle.leaf_hash(leaf)))
    checkpoint = text(head) if text else f"{ORIGIN}\n2\n{head}\n"
    event = {
        "body": CHARTER, "envelope": charter.decode(), "index": 0, "leaf": charter_leaf.decode(),
        "proof": [base64(verify_bundle.leaf_hash(leaf))], "secret": base64(SECRET),
    }  # fmt: skip
    note = sign_note(checkpoint, LOG) + "".join(line for one in lines for line in one(checkpoint)).encode()
    return {
        "statement.json": envelope,
        "leaf.json": leaf,
        "proof.tlog-proof": f"c2sp.org/tlog-proof@v1\nindex 1\n{base64(charter_hash)}\n\n".encode() + note,
        "policy": f"log {LOG.verifier}\nquorum none\n".encode(),
        "keys/log.vkey": f"{LOG.verifier}\n".encode(),
        "keys/sender.vkey": f"{SENDER.verifier}\n".encode(),
        "keys/events.json": rfc8785.dumps([event]),
        "fields.json": rfc8785.dumps(fields),
    } | dict(files)


def zipped(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content)
    return data.getvalue()


def verdict(folder, files, policy=None):
    path = folder / "bundle.zip"
    path.write_bytes(zipped(files))
    return verify_bundle.verify_bundle(path, str(LOG.verifier), policy)


def test_what_the_forger_makes_is_sound_where_he_changes_nothing(tmp_path):
    found = verdict(tmp_path, forged())
    assert found.word == "proved"
    assert {"it says /x: 1", "it says /y: 2"} <= set(found.holds)


# The bytes of a field


@pytest.mark.parametrize(
    "raw",
    ['["/x", 1]', '[ "/x",1]', '["/x",1]\n', '["/x",1.0]', '["/x",1e2]', '["/x",-0]', '["\\u002fx",1]', '["/x","\\/"]',
     '["/x",{"b":1,"a":2}]', '["/x",{"a":1,"a":1}]', '["/x",NaN]', '["/x",9007199254740992]', '["/x","\\ud800"]',
     '\ufeff["/x",1]', '["/x",' + "[" * 100_000 + "]" * 100_000 + "]", "", "[", '["/x"]', '["/x",1,2]', "[]", "{}",
     '{"/x":1}', '"/x"', "null", "[1,2]", '[null,"/x"]', '[["/x"],1]', '["",1]', '["x",1]', '["/x~",1]', '["/x~2",1]',
     "[" + '"/x' + "/" * 10**6 + '~",1]'],
    ids=lambda raw: raw[:16],
)  # fmt: skip
def test_bytes_that_are_hashed_right_and_are_no_field_in_its_one_spelling_are_refused(tmp_path, raw):
    files = forged((raw.encode(), b'["/y",2]'))
    wrong = verdict(tmp_path, files).wrong
    assert wrong is not None and "not commit" not in wrong, "the bytes are hashed as they are, and then read"
    root = bytes.fromhex(json.loads(files["leaf.json"])["body_root"])
    sibling = verify_bundle.leaf_hash(SALT + b'["/y",2]')
    with pytest.raises(Damaged):
        check_disclosed(root, Disclosed(raw.encode(), SALT, 0, (sibling,)))
    with pytest.raises(NotIncluded):
        check_disclosed(root, Disclosed(raw.encode() + b" ", SALT, 0, (sibling,)))


def test_a_field_carries_the_bytes_that_were_hashed():
    root, shown = commit(BODY, SECRET), disclose(BODY, SECRET, [""])
    for field in shown:
        assert field.raw == rfc8785.dumps([field.pointer, field.value])
        leaf = verify_bundle.leaf_hash(field.salt + field.raw)
        assert verify_bundle.included(leaf, field.index, 1 << len(field.proof), field.proof, root)
        check_disclosed(root, field)
    assert DEPTH == 3
    assert {field.pointer: field.value for field in shown} == {
        "/report/source": "Post 3", "/report/about/place": "حلب", "/report/about/counts": [3, 0.1], "/~0~1": None,
    }  # fmt: skip


def test_a_field_of_another_statement_or_under_another_salt_is_not_committed_to():
    root, (field,) = commit(BODY, SECRET), disclose(BODY, SECRET, ["/report/source"])
    for wrong in (
        Disclosed(b'["/report/source","Post 4"]', field.salt, field.index, field.proof),
        Disclosed(field.raw, bytes(32), field.index, field.proof),
        Disclosed(field.raw, field.salt[:-1], field.index, field.proof),
        Disclosed(field.salt[-1:] + field.raw, field.salt[:-1], field.index, field.proof),
        Disclosed(field.raw, field.salt, field.index ^ 1, field.proof),
        Disclosed(field.raw, field.salt, field.index, field.proof[:-1]),
        Disclosed(field.raw, field.salt, field.index, field.proof * 5),
    ):
        with pytest.raises(NotIncluded):
            check_disclosed(root, wrong)


def test_a_value_is_shown_once_and_at_one_place_only(tmp_path):
    """Else who shows a bundle could let a reader choose between two values that the sender signed."""
    for raws in (
        (b'["/a",1]', b'["/a",2]'),
        (b'["/a",{"b":1}]', b'["/a/b",2]'),
        (b'["/a/b/c",2]', b'["/a",{"b":{"c":1}}]'),
        (b'["/a/b/",2]', b'["/a/b",{"":2}]'),
        (b'["/",1]', b'["//",2]'),
    ):
        assert verdict(tmp_path, forged(raws)).word == "changed", raws
    for raws in ((b'["/a",1]', b'["/ab",2]'), (b'["/a/b",1]', b'["/a/bc",2]'), (b'["/",1]', b'["/a/",2]')):
        assert verdict(tmp_path, forged(raws)).word == "proved", raws
    assert verify_bundle.DEPTH == DEPTH
    deep = "/a" * 10**6
    assert verdict(tmp_path, forged((f'["{deep}",1]'.encode(), b'["/y",2]'))).word == "changed"
    assert verdict(tmp_path, forged((b'["/a/b/c",1]', b'["/y",2]'))).word == "proved"
    assert verdict(tmp_path, forged((b'["/a/b/c/d",1]', b'["/y",2]'))).word == "changed"


def test_a_name_is_never_taken_for_a_value(tmp_path):
    raws = (b'["/claim: \\"shelling\\"",1]', b'["/a b",2]', b'["/a:b",3]', '["/\u0627",4]'.encode())
    assert {line for line in verdict(tmp_path, forged(raws)).holds if line.startswith("it says")} == {
        'it says "/claim: \\"shelling\\"": 1', 'it says "/a b": 2', 'it says "/a:b": 3', "it says /\u0627: 4",
    }  # fmt: skip


# Statements and envelopes


@pytest.mark.parametrize(
    "said",
    [{"at": at} for at in (
        "2031-13-01T00:00:00Z", "2031-02-29T00:00:00Z", "2031-04-02T24:00:00Z", "2031-04-02T23:59:60Z",
        "0000-01-01T00:00:00Z", "2031-04-02T06:10:00.000000Z", "2031-04-02T06:10:00.1Z", "2031-04-02T06:10:00+00:00",
        "2031-04-02 06:10:00Z", "2031-04-02T06:10Z", "٢031-04-02T06:10:00Z", "2031-04-02T06:10:00Z\n", "", 0, None,
    )]
    + [{"kind": kind} for kind in ("", "Report", "a" * 65, "a b", "report\n", "1", None, ["report"])]
    + [{"seq": seq} for seq in (-1, 10**15 + 0.5, True, "0", 0.5, None)]
    + [{"v": v} for v in (1, 2, 4, "3", 3.5, True, None)]
    + [{name: text} for name in ("log", "prev", "saw", "body_root") for text in ("a", "A" * 64, "a" * 65, "g" * 64, 0,
                                                                                 None)]
    + [{"body_root": ""}, {"log": ""}, {"more": 1}, {"": ""}, *({name: NOTHING} for name in SAID)],
    ids=repr,
)  # fmt: skip
def test_a_statement_that_is_malformed_is_refused_though_it_is_signed(tmp_path, said):
    found = verdict(tmp_path, forged(**said))
    assert found.wrong is not None and found.wrong.startswith("statement.json: "), found


def test_statements_at_the_edge_of_what_is_allowed_are_sound(tmp_path):
    for said in ({"at": "0001-01-01T00:00:00Z"}, {"at": "9999-12-31T23:59:59.999999Z"}, {"at": "2032-02-29T00:00:00Z"},
                 {"seq": 2**53 - 1}, {"prev": "a" * 64}, {"saw": "0" * 64}, {"received": "9999-12-31T23:59:59.999999Z"},
                 {"received": "0001-01-01T00:00:00.000000Z"}):  # fmt: skip
        assert verdict(tmp_path, forged(**said)).word == "proved", said


def test_a_kind_that_is_in_no_table_is_refused_though_it_is_well_formed(tmp_path):
    for kind in ("a" * 64, "a", "reading", "report-", "reports"):
        found = verdict(tmp_path, forged(kind=kind))
        assert found.wrong == f"statement.json: the key of a desk may not make a {kind}"
        assert any(line.startswith("entry 1 of ") for line in found.holds), "all before was in order"


@pytest.mark.parametrize(
    "received",
    ["2031-04-02T06:10:00Z", "2031-04-02T06:10:00.00000Z", "2031-04-02T06:10:00.0000000Z", "", None, 0, True, [],
     "2031-04-02T06:10:00.000000+00:00", "2031-04-02 06:10:00.000000Z", "2031-02-29T00:00:00.000000Z",
     "2031-04-02T24:00:00.000000Z", "2031-04-02T23:59:60.000000Z", "0000-01-01T00:00:00.000000Z",
     "\u0662031-04-02T06:10:00.000000Z", "2031-04-02T06:10:00.000000Z\n"],
    ids=repr,
)  # fmt: skip
def test_a_leaf_entry_that_was_received_at_no_time_is_refused_though_it_is_in_the_log(tmp_path, received):
    found = verdict(tmp_path, forged(received=received))
    assert found.wrong is not None and found.wrong.startswith("leaf.json: "), found


def test_when_the_centre_received_it_is_told_as_its_own_word(tmp_path):
    holds = verdict(tmp_path, forged(received="2031-04-03T00:00:00.000001Z")).holds
    assert "received 2031-04-03T00:00:00.000001Z by the centre's clock" in holds


def test_a_statement_that_was_made_for_another_log_is_refused(tmp_path):
    """A centre cannot take what a sender said elsewhere for said here."""
    assert verdict(tmp_path, forged(log="a" * 64)).wrong == "statement.json: it was made for another log"


@pytest.mark.parametrize(
    "outer",
    [
        lambda envelope: envelope | {"signatures": envelope["signatures"] * 2},
        lambda envelope: envelope | {"signatures": []},
        lambda envelope: envelope | {"more": 1},
        lambda envelope: envelope | {"signatures": [envelope["signatures"][0] | {"more": 1}]},
        lambda envelope: envelope | {"signatures": envelope["signatures"][0]},
        lambda envelope: envelope | {"signatures": [envelope["signatures"][0] | {"keyid": ""}]},
        lambda envelope: envelope | {"signatures": [envelope["signatures"][0] | {"keyid": None}]},
        lambda envelope: envelope | {"signatures": [envelope["signatures"][0] | {"sig": ""}]},
        lambda envelope: envelope | {"payload": envelope["payload"] + "\n"},
        lambda envelope: envelope | {"payloadType": "application/json"},
        lambda envelope: [envelope],
    ],
)
def test_an_envelope_of_another_form_is_refused_though_it_is_in_the_log(tmp_path, outer):
    assert verdict(tmp_path, forged(outer=outer)).wrong is not None


def test_what_was_signed_as_something_else_is_no_statement(tmp_path):
    found = verdict(tmp_path, forged(payload_type="application/vnd.in-toto+json"))
    assert found.wrong == "statement.json: the envelope is not of a statement"


# Checkpoints, signatures and times


@pytest.mark.parametrize(
    ("text", "sound"),
    [
        (lambda head: f"{ORIGIN}\n2\n{head}\n", True),
        (lambda head: f"{ORIGIN}\n2\n{head}\nan extension\nanother\n", True),
        (lambda head: f"{ORIGIN}\n02\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n+2\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n0\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n1\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n3\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n{2**63}\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n2\n{head[:-1]}\n", False),
        (lambda head: f"{ORIGIN}\n2\n{base64(bytes(33))}\n", False),
        (lambda head: f"{ORIGIN}/\n2\n{head}\n", False),
        (lambda head: f"{ORIGIN} \n2\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n2\n{head}\n\nbehind\n", False),
        (lambda head: f"{ORIGIN}\n\n2\n{head}\n", False),
        (lambda head: f"{ORIGIN}\n2\n", False),
    ],
)
def test_a_checkpoint_of_another_form_is_refused_though_the_log_signed_it(tmp_path, text, sound):
    assert (verdict(tmp_path, forged(text=text)).wrong is None) is sound


def test_every_signature_that_claims_to_be_the_logs_must_verify(tmp_path):
    def signature(text):
        return encode_signature(NoteSignature(ORIGIN, LOG.verifier.key_id, LOG.sign(text.encode())))

    def again(text):
        yield signature(text)

    def wrong(text):
        yield signature(text + "x")

    assert verdict(tmp_path, forged(lines=[again])).word == "proved"
    assert "not signed by the log's key" in verdict(tmp_path, forged(lines=[wrong])).wrong
    assert "not signed by the log's key" in verdict(tmp_path, forged(lines=[again, wrong])).wrong


KINDS = [Ed25519PrivateKey, MLDSA44PrivateKey]


@pytest.mark.parametrize("kind", KINDS)
def test_a_witness_that_cosigned_often_bounds_by_its_first_and_its_last_time(tmp_path, kind):
    witness = Cosigner("witness.example/w", kind.generate())
    policy = f"witness w {witness.verifier}\nquorum w\n".encode()

    def at(*times):
        return lambda text: (encode_signature(witness.cosign(text, time)) for time in times)

    seen = sign_note(f"elsewhere.example/log\n7\n{base64(bytes(32))}\n", LOG)
    seen += "".join(at(20, 30, 10)(seen.decode().partition("\n\n")[0] + "\n")).encode()
    saw = {"saw": sha256(seen).hexdigest(), "files": {"seen.note": seen}}
    found = verdict(tmp_path, forged(lines=[at(200, 100, 300)], **saw), policy)
    assert found.word == "proved"
    assert any(line.startswith("made not after 1970-01-01T00:01:40Z") for line in found.holds)
    assert any(line.startswith("made not before 1970-01-01T00:00:30Z") for line in found.holds)
    for time in (0, 2**63):
        assert "does not verify" in verdict(tmp_path, forged(lines=[at(100, time)]), policy).wrong
    assert verdict(tmp_path, forged(lines=[at(2**63 - 1)]), policy).word == "proved"


@pytest.mark.parametrize("kind", KINDS)
def test_a_cosignature_of_another_checkpoint_or_under_another_name_does_not_count(tmp_path, kind):
    key = kind.generate()
    witness, other = Cosigner("witness.example/w", key), Cosigner("witness.example/v", key)
    policy = f"witness w {witness.verifier}\nquorum w\n".encode()

    def line(signer, change):
        def make(text):
            signature = signer.cosign(change(text), 100)
            yield encode_signature(type(signature)(witness.verifier.name, witness.verifier.key_id, signature.signature))

        return make

    assert verdict(tmp_path, forged(lines=[line(witness, str)]), policy).word == "proved"
    for change in (
        lambda text: text.replace(ORIGIN, "example.org/other"),
        lambda text: text.replace("\n2\n", "\n3\n"),
        lambda text: f"{ORIGIN}\n2\n{base64(bytes(32))}\n",
    ):
        assert "does not verify" in verdict(tmp_path, forged(lines=[line(witness, change)]), policy).wrong
    # Ed25519 cosignatures do not name the cosigner; ML-DSA-44 ones do.
    assert (verdict(tmp_path, forged(lines=[line(other, str)]), policy).word == "proved") is (kind is KINDS[0])


def test_what_the_statement_saw_is_checked_where_it_is_shown(tmp_path):
    policy = f"witness w {Cosigner('w.example/w', KINDS[0].generate()).verifier}\nquorum none\n".encode()
    for seen in (b"", b"\xff", b"noise\n", b"x\n\n", b"a\nb\nc\n"):
        files = forged(saw=sha256(seen).hexdigest(), files={"seen.note": seen})
        assert verdict(tmp_path, files, policy).wrong.startswith("seen.note: "), seen
        assert verdict(tmp_path, forged(saw="", files={"seen.note": seen})).wrong.startswith("seen.note: "), seen
        assert verdict(tmp_path, forged(saw=sha256(seen).hexdigest()), policy).word == "proved", "it is not shown"


def test_a_history_of_keys_that_runs_in_a_ring_or_branches_comes_to_an_end(tmp_path):
    keys = [LOG, *(Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (7, 8, 9))]

    def change(old, new):
        message = f"parley/key-change/v1\n{old.verifier}\n{new.verifier}\n".encode()
        return f"change {old.verifier} {new.verifier} {base64(old.sign(message))} {base64(new.sign(message))}\n"

    ring = [change(old, new) for old, new in zip(keys, [*keys[1:], keys[0]], strict=True)]
    for lines in (ring, ring * 3, ring[::-1], [change(LOG, keys[1]), change(LOG, keys[2])], [change(LOG, LOG)]):
        found = verdict(tmp_path, forged(files={"keys/log.history": "".join(lines).encode()}))
        assert found.word == "proved"
    first, second, third = (verify_bundle.read_key(str(key.verifier), 1) for key in keys[:3])
    back = verify_bundle.History([(first, second), (second, first), (first, third)], [])
    assert back.following(first) == [first, second], "a key that was given up is not the present one again"
    stranger = Signer("example.org/other", Ed25519PrivateKey.generate())
    found = verdict(tmp_path, forged(files={"keys/log.history": change(LOG, stranger).encode()}))
    assert "not signed by both of one name" in found.wrong


# Ed25519


def test_each_key_and_signature_has_one_spelling_and_is_of_prime_order():
    public, message = LOG.verifier.public, b"anything"
    signature = LOG.sign(message)
    assert verify_bundle.signed(public, signature, message)
    high = int.from_bytes(signature[32:], "little") + verify_bundle.ORDER
    assert not verify_bundle.signed(public, signature[:32] + high.to_bytes(32, "little"), message)
    assert not verify_bundle.signed(public, signature + b"\0", message)
    for point in (public, signature[:32]):
        x, y = verify_bundle.on_curve(point)
        mixed = ((verify_bundle.P - y) | (1 - (x & 1)) << 255).to_bytes(32, "little")  # and the point of order 2
        assert verify_bundle.on_curve(mixed) == (verify_bundle.P - x, verify_bundle.P - y)
        assert verify_bundle.prime_order(point) and not verify_bundle.prime_order(mixed)
    on_curve = [y for y in range(19) if verify_bundle.on_curve(y.to_bytes(32, "little"))]
    assert 1 in on_curve and len(on_curve) > 5
    for y in on_curve:
        assert verify_bundle.on_curve((y + verify_bundle.P).to_bytes(32, "little")) is None, "not canonical"
    assert verify_bundle.on_curve((1 | 1 << 255).to_bytes(32, "little")) is None, "0 has no sign"


def test_a_signature_that_hides_no_random_number_is_none():
    """With R as the neutral point and S = h·a the equation holds, and libraries take it."""
    secret = int.from_bytes(sha512(SEED).digest()[:32], "little")
    secret = secret & ((1 << 254) - 8) | 1 << 254
    neutral, public = (1).to_bytes(32, "little"), LOG.verifier.public
    challenge = int.from_bytes(sha512(neutral + public + b"anything").digest(), "little")
    signature = neutral + (challenge * secret % verify_bundle.ORDER).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(public).verify(signature, b"anything")
    assert not verify_bundle.signed(public, signature, b"anything")


# Proofs


def test_a_proof_is_as_long_as_the_largest_body_or_log_needs(tmp_path):
    """Sixteen hashes for the fields of a statement, sixty-three for a log."""
    for length, sound in ((16, True), (17, False)):
        proof, root = [bytes([n]) * 32 for n in range(length)], verify_bundle.leaf_hash(SALT + RAWS[0])
        for one in proof:
            root = verify_bundle.node_hash(root, one)
        field = {"field": RAWS[0].decode(), "index": 0, "proof": [base64(one) for one in proof], "salt": base64(SALT)}
        files = forged(body_root=root.hex(), files={"fields.json": rfc8785.dumps([field])})
        assert (verdict(tmp_path, files).word == "proved") is sound
        shown = Disclosed(RAWS[0], SALT, 0, tuple(proof))
        with nullcontext() if sound else pytest.raises(NotIncluded):
            check_disclosed(root, shown)
    head, _, note = forged()["proof.tlog-proof"].partition(b"\n\n")
    assert head.count(b"\n") == 2, "one hash is there"
    for count, wrong in ((62, "does not lead"), (63, "more than 63 hashes")):
        proof = head + f"\n{base64(bytes(32))}".encode() * count + b"\n\n" + note
        assert wrong in verdict(tmp_path, forged(files={"proof.tlog-proof": proof})).wrong


# Attachments


def test_an_attachment_is_one_that_a_shown_field_names_as_a_whole(tmp_path):
    data = b"photo"
    digest = sha256(data).hexdigest()
    files = {f"attachments/{digest}": data}
    for value, sound in (
        (digest, True), (f"sha256:{digest}", True), ([{"photo": digest}], True),
        (f"0{digest}", False), (f"{digest}0", False), (digest.upper(), False), (digest[:-1], False), ("", False),
    ):  # fmt: skip
        raws = (rfc8785.dumps(["/x", value]), b'["/y",2]')
        assert (verdict(tmp_path, forged(raws, files=files)).word == "proved") is sound, value
    names = [f"attachments/{sha256(one).hexdigest()}" for one in (data, b"other")]
    raws = (rfc8785.dumps(["/x", [name.partition("/")[2] for name in names]]), b'["/y",2]')
    for contents, sound in (((data, b"other"), True), ((b"other", data), False), ((data, data), False)):
        files = dict(zip(names, contents, strict=True))
        assert (verdict(tmp_path, forged(raws, files=files)).word == "proved") is sound, "each under its own name"
    files = {f"attachments/{digest}": data}
    hidden = forged((rfc8785.dumps(["/x", digest]), b'["/y",2]'), files=files)
    hidden["fields.json"] = rfc8785.dumps(json.loads(hidden["fields.json"])[1:])
    assert "no field that is shown" in verdict(tmp_path, hidden).wrong
    wrong = forged((rfc8785.dumps(["/x", "0" * 64]), b'["/y",2]'), files={f"attachments/{'0' * 64}": data})
    assert "no field that is shown" in verdict(tmp_path, wrong).wrong
