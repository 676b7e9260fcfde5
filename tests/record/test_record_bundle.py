"""Evidence bundles and the one-file verifier: what holds is told, what does not is refused, whatever the bytes are."""

import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import combinations, pairwise

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from hangs import no_hang
from parley.record import Record
from parley.record.errors import RecordError
from parley.record.formats.checkpoint import Checkpoint, sign_checkpoint
from parley.record.formats.cosignature import CosignerKey
from parley.record.formats.note import decode_note
from parley.record.formats.policy import Group, Policy, decode_policy, encode_policy
from parley.record.formats.proofs import prove_inclusion
from parley.record.handed import verify_bundle
from parley.record.handed.bundle import FOREIGN_VERIFIER, check_bundle, make_bundle
from parley.record.handed.verify_bundle import Unusable
from parley.record.keys import DESK, LOG, load_signer, load_verifier, new_signer
from parley.record.outside.witness import Request, Witness, encode_request
from parley.record.rotation import declare_lost, retire, rotate
from parley.record.statements.statement import decode_envelope

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
ORIGIN = "example.org/centre"
SEEN, THEN = 1_933_000_000, 1_933_003_600  # when witnesses cosigned before the statement, and after it
PHOTO = b"\x89PNG " + bytes(range(256)) * 3
BODY = {
    "claim": {
        "text": "قُصفت السوق عند الظهر في حلب",
        "where": {"point": [36.2021, 37.1343], "radius_m": 1e-7, "altitude_m": 379.5},
        "counts": [3, 0, -12, 0.1, 5e-324, 1.7976931348623157e308, 1e21, None, True],
        "photo": f"sha256:{sha256(PHOTO).hexdigest()}",
    },
    "source": "بائع خضار اسمه سليم",
    "tags": [],
    "phone": "+963 21 555 0199",
    "\u20ac": "euro sorts before the face in UTF-16: \U0001f600, line\u2028break, \x7f, \x01",
}
LOG_ENTRIES = 6


def cosign(record, witnesses, at, old=0):
    """The newest checkpoint's note with the lines of *witnesses*, each an (Ed25519 line, ML-DSA-44 line)."""
    note, size = record.log.signed_note(), record.size
    lines = []
    for moment, witness in zip(at, witnesses, strict=True):
        request = Request(old, record.consistency_proof(old, size), note)
        answer = witness.add_checkpoint(encode_request(request), moment)
        assert answer.status == 200, answer
        lines.append([f"{line}\n".encode() for line in answer.body.decode().splitlines()])
    return note, lines


def charter(record):
    """The charter of a log for tests: it names the desk."""
    return "charter", {"desk": str(load_verifier(record.log.folder, DESK)), "title": "T"}


def make_witnesses(folder, log, count):
    witnesses = [Witness.create(folder / f"w{n}", f"witness.example/w{n}") for n in range(count)]
    for witness in witnesses:
        witness.follow(log)
    return witnesses


def quorum_of(log, witnesses, least, kind=0):
    names = {f"w{n}": (witness.keys[kind], None) for n, witness in enumerate(witnesses)}
    return Policy("neutral", ((log, None),), names, {"neutral": Group(least, tuple(names))})


@dataclass
class Case:
    """A bundle, and what was known of its log from elsewhere."""

    record: Record
    witnesses: list
    policy: Policy
    note: bytes
    lines: list
    index: int
    key: str
    bundle: bytes
    folder: object

    def verdict(self, bundle=None, key="", policy=None, sender=None):
        return verdict(self.folder, self.bundle if bundle is None else bundle, key or self.key, policy, sender)


def verdict(folder, bundle, key=None, policy=None, sender=None):
    path = folder / "bundle.zip"
    path.write_bytes(bundle)
    found = verify_bundle.verify_bundle(path, key, policy, sender)
    assert all(line.isprintable() for line in found.lines())
    assert (found.word == "changed") is (found.wrong is not None)
    return found


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """Entry 4 of a log of six, cosigned by exactly the three of four witnesses that the policy asks for."""
    folder = tmp_path_factory.mktemp("case")
    (folder / "record").mkdir()
    with Record.create(folder / "record", ORIGIN) as record:
        witnesses = make_witnesses(folder, record.log.key, 4)
        policy = quorum_of(record.log.key, witnesses, 3)
        record.append([charter(record), *(("report", {"number": n}) for n in (1, 2))], AT)
        signed, lines = cosign(record, witnesses, [SEEN, SEEN + 1, SEEN + 2, SEEN + 3])
        with record.log.store.writing():
            record.log.store.set_checkpoint("cosigned", signed + b"".join(line[0] for line in lines))
        record.append([("report", {"number": 3}), ("report", BODY), ("report", {"number": 5})], AT)
        signed, lines = cosign(record, witnesses, [THEN, THEN + 1, THEN + 2, THEN + 3], old=3)
        note = signed + b"".join(line[0] for line in lines[:3])
        bundle = make_bundle(record, 4, [""], {sha256(PHOTO).hexdigest(): PHOTO}, note, policy)
        yield Case(record, witnesses, policy, note, lines, 4, record.verifier_key(), bundle, folder)
        for witness in witnesses:
            witness.close()


def unzip(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files, method=zipfile.ZIP_STORED):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content, method)
    return data.getvalue()


def changed(bundle, **files):
    """The bundle with other files; names have `__` for the slash and `_` for the full stop."""
    content = unzip(bundle)
    for name, data in files.items():
        full = name.replace("__", "/").replace("tlog_proof", "tlog-proof").replace("_", ".")
        if data is None:
            del content[full]
        else:
            content[full] = data
    return zipped(content)


# What holds


def test_an_honest_bundle_verifies_and_says_what_it_proves(case):
    sender = unzip(case.bundle)["keys/sender.vkey"].decode()
    found = case.verdict(policy=encode_policy(case.policy), sender=sender)
    assert (found.word, found.notes, found.wrong) == ("proved", [], None)
    assert found.sentence == "Proved against the log's key, the policy and the sender's key that you gave."
    text = "\n".join(found.holds)
    assert f"signed by {ORIGIN}/desk" in text
    assert f"entry 4 of {ORIGIN}, in a checkpoint of 6 entries" in text
    assert "received 2031-04-02T06:10:00.000000Z by the centre's clock" in text
    assert "in the role desk of centre, by the log's key events that the bundle shows" in text
    assert "recorded: cosigned by w0, w1, w2" in text
    assert 'it says /claim/text: "قُصفت السوق عند الظهر في حلب"' in text
    assert "it says /claim/counts/7: null" in text
    assert f"attachment {sha256(PHOTO).hexdigest()}: {len(PHOTO)} bytes, as committed" in text


def test_what_the_bundle_says_of_itself_is_marked_as_such(case):
    found = verdict(case.folder, case.bundle)
    assert (found.word, found.wrong) == ("consistent", None)
    assert [sum(word in line for line in found.notes) for word in ("--key", "--policy", "--sender")] == [1, 1, 1]
    assert not [line for line in found.holds if "cosigned" in line or "made not" in line]
    assert found.holds[0].startswith(f"signed by a key named {ORIGIN}/desk ")
    assert [line.split(" ")[5] for line in found.notes if line.startswith("by the bundle's own policy: ")] == [
        "recorded:", "made", "made",
    ]  # fmt: skip


def test_a_verdict_names_what_was_given(case):
    sender, policy = unzip(case.bundle)["keys/sender.vkey"].decode(), encode_policy(case.policy)
    listed = "the policy (it lists the log's key)"
    no_logs = policy[policy.index(b"witness ") :]
    itself = "Consistent with itself only. Give the centre's key to check whose it is."
    for key, asked, by, sentence in (
        (None, None, None, itself),
        (None, None, sender, itself),
        (None, no_logs, sender, itself),
        (case.key, None, None, "Proved against the log's key that you gave."),
        (case.key, no_logs, None, "Proved against the log's key and the policy that you gave."),
        (case.key, None, sender, "Proved against the log's key and the sender's key that you gave."),
        (None, policy, None, f"Proved against {listed} that you gave."),
        (
            None,
            policy,
            sender,
            f"Proved against {listed} and the sender's key that you gave.",
        ),
    ):
        found = verdict(case.folder, case.bundle, key, asked, by)
        assert found.sentence == sentence
        assert found.word == ("consistent" if sentence == itself else "proved")
        asks = ["--key" in line or "--policy" in line or "--sender" in line for line in found.notes]
        assert sum(asks) == (sentence == itself) + (asked is None) + (by is None)


def test_a_log_of_the_same_name_with_keys_of_its_own_is_consistent_with_itself_only(case, alone):
    """Anybody can make it: whose it is, only a key tells that the reader knows from elsewhere."""
    (alone / "forged").mkdir()
    with Record.create(alone / "forged", ORIGIN) as record:
        witnesses = make_witnesses(alone, record.log.key, 4)
        record.append([charter(record), ("report", {"report": {"source": "Post 3", "claim": "never said"}})], AT)
        note, lines = cosign(record, witnesses, [THEN] * 4)
        policy = quorum_of(record.log.key, witnesses, 3)
        bundle = make_bundle(record, 1, [""], {}, note + b"".join(line[0] for line in lines), policy)
        sender = unzip(bundle)["keys/sender.vkey"].decode()
        key = record.verifier_key()
    (alone / "forged.zip").write_bytes(bundle)
    found = verdict(alone, bundle, sender=sender)
    assert (found.word, found.wrong) == ("consistent", None)
    assert verdict(alone, bundle, key).word == "proved", "to who believes that key"
    code, out = run(alone, "forged.zip")
    assert code == 3
    assert out.splitlines()[-1] == "Consistent with itself only. Give the centre's key to check whose it is."
    for options in ((case.key, None), (None, encode_policy(case.policy)), (case.key, encode_policy(case.policy))):
        found = verdict(alone, bundle, *options)
        assert found.word == "changed"
        assert found.sentence.startswith("NOT PROVED  ")


def test_every_entry_verifies_with_and_without_its_fields(case):
    for index in range(LOG_ENTRIES):
        for pointers in ([], [""]):
            bundle = make_bundle(case.record, index, pointers, {}, case.note, case.policy)
            assert case.verdict(bundle).wrong is None
        assert case.verdict(make_bundle(case.record, index, [], {})).wrong is None  # a policy without witnesses


def test_only_the_chosen_fields_are_in_the_bytes(case):
    bundle = make_bundle(case.record, 4, ["/claim/where"], {}, case.note, case.policy)
    found = case.verdict(bundle)
    said = [line for line in found.holds if line.startswith("it says")]
    assert found.word == "proved"
    assert [line.split(":")[0] for line in said] == [
        f"it says /claim/where/{name}" for name in ("altitude_m", "point", "radius_m")
    ]
    content = b"".join(data for name, data in unzip(bundle).items() if name != "verify.py") + bundle
    hidden = ["قُصفت", "سليم", "+963 21", sha256(PHOTO).hexdigest(), "/claim/text", "source", "phone", "\u20ac"]
    assert [text for text in hidden if text.encode() in content or json.dumps(text)[1:-1].encode() in content] == []


def test_a_proof_reaches_from_the_far_end_of_a_large_tree(tmp_path):
    """A verifier's answer on proofs is that of the record's own, for every place in trees of 1 to 40 entries."""
    leaves = [verify_bundle.leaf_hash(bytes([n])) for n in range(40)]

    def root_at(height, index, size):
        if height == 0:
            return leaves[index]
        return verify_bundle.node_hash(root_at(height - 1, 2 * index, size), root_at(height - 1, 2 * index + 1, size))

    def root(start, end):
        if end - start == 1:
            return leaves[start]
        split = 1 << (end - start - 1).bit_length() - 1
        return verify_bundle.node_hash(root(start, start + split), root(start + split, end))

    for size in range(1, 41):
        for index in range(size):
            proof = prove_inclusion(index, size, lambda height, at, size=size: root_at(height, at, size))
            top = root(0, size)
            assert verify_bundle.included(leaves[index], index, size, proof, top)
            assert not verify_bundle.included(leaves[index], index, size, [*proof, top], top)
            assert not verify_bundle.included(leaves[index], size, size, proof, top)
            if proof:
                assert not verify_bundle.included(leaves[index], index, size, proof[:-1], top)


# The file on its own

RUNNER = """
import runpy, sys
sys.modules["parley"] = None  # importing it raises
def hook(event, args):
    writes = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
    if writes or event in ("os.mkdir", "os.rename", "os.remove", "os.link", "os.symlink", "socket.connect"):
        sys.stderr.write(f"FORBIDDEN {event} {args}")
sys.addaudithook(hook)
script, sys.argv = sys.argv[1], sys.argv[1:]
try:
    runpy.run_path(script, run_name="__main__")
finally:
    left = [name for name in sys.modules if name.startswith("parley.")]
    if left:
        sys.stderr.write(f"IMPORTED {left}")
"""


def run(folder, bundle, *options, python=sys.executable, runner=RUNNER):
    """Run the `verify.py` of the bundle in *case* as a stranger would: (exit code, what it printed)."""
    done = subprocess.run(
        [python, "-I", "-B", "-c", runner, str(folder / "verify.py"), str(bundle), *options],
        cwd=folder, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, done.stdout.decode()


@pytest.fixture
def alone(case, tmp_path):
    (tmp_path / "verify.py").write_bytes(unzip(case.bundle)["verify.py"])
    (tmp_path / "good.zip").write_bytes(case.bundle)
    return tmp_path


def test_the_verifier_in_a_bundle_runs_where_parley_is_not(case, alone):
    (alone / "policy").write_bytes(encode_policy(case.policy))
    (alone / "bad.zip").write_bytes(changed(case.bundle, leaf_json=b"{}"))
    before = {path: path.stat().st_mtime_ns for path in alone.iterdir()}
    code, out = run(alone, "good.zip", "--key", case.key, "--policy", "policy")
    assert (code, out.splitlines()[-1]) == (0, "Proved against the log's key and the policy that you gave.")
    assert "قُصفت" in out
    code, out = run(alone, "bad.zip")
    said = "CHANGED  leaf.json: the leaf entry does not commit to the statement"
    assert (code, out.splitlines()[-1]) == (1, said)
    for options in (
        ["policy"], ["missing.zip"], ["."], ["/dev/null"], ["good.zip", "--key", "none"], ["good.zip", "--key", ""],
        ["good.zip", "--policy", "missing"], ["good.zip", "--policy", "."], ["good.zip", "--policy", "good.zip"],
        ["good.zip", "--sender", case.key + "x"], ["a\udcffb.zip"],
    ):  # fmt: skip
        code, out = run(alone, *options)
        assert (code, out[:10]) == (2, "unusable: "), options
    assert before == {path: path.stat().st_mtime_ns for path in alone.iterdir()}


def test_a_fault_of_the_verifier_accuses_nobody(case, alone, monkeypatch, capsys):
    """Python would end with exit code 1, which says that something was changed."""

    def fails(*_):
        raise RecursionError

    monkeypatch.setattr(verify_bundle, "judge", fails)
    monkeypatch.setattr(sys, "argv", ["verify.py", str(alone / "good.zip")])
    assert verify_bundle.main() == 2
    assert capsys.readouterr().out.startswith("unusable: this program failed on it")


def test_a_terminal_without_arabic_still_gets_an_answer(case, alone):
    done = subprocess.run(
        [sys.executable, "-B", "verify.py", "good.zip"],
        cwd=alone, capture_output=True, timeout=60, check=False,
        env={"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "C"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (3, b"")
    assert b"\\u0642" in done.stdout


def test_a_sender_writes_no_line_of_the_answer(tmp_path):
    with Record.create(tmp_path, ORIGIN) as record:
        hostile = {"a\nProved\n": "\x1b[2JProved\u202e\u2028ok     signed"}
        record.append([charter(record), ("report", hostile)], AT)
        found = verdict(tmp_path, make_bundle(record, 1, [""], {}))
    assert found.word == "consistent"
    assert len("\n".join(found.lines()).splitlines()) == len(found.lines())
    assert verify_bundle.printable("ا" * 600) == "ا" * 500 + "… (600 characters in all)"
    assert not any(char in "".join(found.lines()) for char in "\n\x1b\u202e\u2028")


def test_a_verifier_that_was_exchanged_is_told_of_after_all_else_was_checked(case, alone):
    """Nothing in a bundle commits to its verifier, and one that is run says what it likes."""
    files, path, sentence = unzip(case.bundle), alone / "exchanged.zip", FOREIGN_VERIFIER

    def checked(**change):
        path.write_bytes(zipped({name: data for name, data in (files | change).items() if data is not None}))
        return check_bundle(path, case.key)

    good = checked()
    assert (good.word, good) == ("proved", verdict(alone, case.bundle, case.key))
    assert checked(**{"verify.py": None}) == good, "it need not be there"
    for spoilt in (b"", files["verify.py"] + b"\n", b"print('Proved against all that you have.')\n"):
        found = checked(**{"verify.py": spoilt})
        assert (found.word, found.wrong, found.sentence) == ("changed", sentence, f"CHANGED  {sentence}")
        assert (found.holds, found.notes) == (good.holds, good.notes)
        assert verdict(alone, path.read_bytes(), case.key).word == "proved", "verify.py does not judge itself"
        both = checked(**{"verify.py": spoilt, "leaf.json": b"{}"})
        assert (both.word, both.notes[-1]) == ("changed", sentence)
        assert both.wrong.startswith("leaf.json: ")
    path.write_bytes(zipped(files | {"verify.py": b""}))
    assert check_bundle(path).wrong == sentence, "nor is it consistent"


# Where the library cannot check ML-DSA-44

ML_DSA = "cryptography.hazmat.primitives.asymmetric.mldsa"
WITHOUT_ML_DSA = f"import sys\nsys.modules[{ML_DSA!r}] = None\n{RUNNER}"
DEBIAN = os.environ.get("PARLEY_DEBIAN12_PYTHON")  # such as Debian 12's /usr/bin/python3


@pytest.fixture(
    params=["blocked", pytest.param("debian", marks=pytest.mark.skipif(not DEBIAN, reason="PARLEY_DEBIAN12_PYTHON"))]
)
def old(request, alone):
    """Run the verifier alone, where `cryptography` is too old for ML-DSA-44 or is made to look so."""
    if request.param == "blocked":
        return lambda *options: run(alone, *options, runner=WITHOUT_ML_DSA)
    said = subprocess.run(
        [DEBIAN, "-c", "import cryptography, sys; print(cryptography.__version__.split('.')[0], sys.version_info[:2])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == "38 (3, 11)\n"
    return lambda *options: run(alone, *options, python=DEBIAN)


def mixed(case, least, kinds):
    """A policy of *least* of as many witnesses as *kinds*: 0 for the Ed25519 key of each, 1 for its ML-DSA-44 key."""
    names = {f"w{n}": (case.witnesses[n].keys[kind], None) for n, kind in enumerate(kinds)}
    return Policy("neutral", ((case.record.log.key, None),), names, {"neutral": Group(least, tuple(names))})


def test_an_old_library_checks_all_but_ml_dsa(case, alone, old):
    (alone / "policy").write_bytes(encode_policy(case.policy))
    (alone / "bad.zip").write_bytes(changed(case.bundle, leaf_json=b"{}"))
    new = run(alone, "good.zip", "--key", case.key, "--policy", "policy")
    assert old("good.zip", "--key", case.key, "--policy", "policy") == new
    assert new[0] == 0
    assert old("bad.zip") == run(alone, "bad.zip")
    assert old("policy")[0] == 2
    lines = b"".join(line for pair in case.lines for line in pair)
    (alone / "both.zip").write_bytes(with_note(case, case.record.log.signed_note() + lines))
    code, out = old("both.zip", "--key", case.key, "--policy", "policy")
    assert (code, "not checked" in out) == (0, False), "no witness of the policy has an ML-DSA-44 key"
    assert "recorded: cosigned by w0, w1, w2, w3" in out


def test_what_an_old_library_cannot_check_is_named_and_counts_for_nothing(case, alone, old):
    """The last two of four witnesses cosign with ML-DSA-44, later than the others."""
    (alone / "two").write_bytes(encode_policy(mixed(case, 2, (0, 0, 1, 1))))
    (alone / "three").write_bytes(encode_policy(mixed(case, 3, (0, 0, 1, 1))))
    both = b"".join(line for pair in case.lines for line in pair)
    (alone / "both.zip").write_bytes(with_note(case, case.record.log.signed_note() + both))
    code, out = old("both.zip", "--key", case.key, "--policy", "two")
    assert code == 0
    assert "not checked: the ML-DSA-44 cosignatures of w2, w3 under the checkpoint count for nothing here" in out
    assert "recorded: cosigned by w0, w1, as" in out
    code, out = old("both.zip", "--key", case.key, "--policy", "three")
    assert code == 2
    assert "cosigned by w0, w1: not what the policy asks for" in out and "cryptography` 47" in out
    assert run(alone, "both.zip", "--key", case.key, "--policy", "three")[0] == 0
    (alone / "one.zip").write_bytes(with_note(case, case.record.log.signed_note() + case.lines[0][0]))
    code, out = old("one.zip", "--key", case.key, "--policy", "three")
    assert (code, "not what the policy asks for" in out) == (1, True), "nothing is left unchecked that could tell"
    own = changed((alone / "both.zip").read_bytes(), policy=(alone / "three").read_bytes())
    (alone / "own.zip").write_bytes(own)
    code, out = old("own.zip", "--key", case.key)
    assert code == 0, "nobody asked for witnesses"
    assert "NOTE   by the bundle's own policy: cosigned by w0, w1: not what the policy asks for" in out
    assert "recorded" not in out and "made not after" not in out


@pytest.fixture
def without_ml_dsa(monkeypatch):
    monkeypatch.setitem(sys.modules, ML_DSA, None)


def test_no_time_is_bound_by_what_is_not_checked(tmp_path, monkeypatch):
    """Either of two witnesses is enough; the one with the ML-DSA-44 key says more of the time."""
    (tmp_path / "record").mkdir()
    with Record.create(tmp_path / "record", ORIGIN) as record:
        witnesses = make_witnesses(tmp_path, record.log.key, 2)
        record.append([charter(record)], AT)
        signed, lines = cosign(record, witnesses, [SEEN + 5, SEEN])
        with record.log.store.writing():
            record.log.store.set_checkpoint("cosigned", signed + lines[0][1] + lines[1][0])
        record.append([("report", {"number": 1})], AT)
        signed, lines = cosign(record, witnesses, [THEN, THEN + 5], old=1)
        names = {f"w{n}": (witnesses[n].keys[kind], None) for n, kind in enumerate((1, 0))}
        policy = Policy("neutral", ((record.log.key, None),), names, {"neutral": Group(1, tuple(names))})
        bundle = make_bundle(record, 1, [], {}, signed + lines[0][1] + lines[1][0], policy)
    for late, early, named in ((SEEN + 5, THEN, 0), (SEEN, THEN + 5, 2)):
        found = verdict(tmp_path, bundle, policy=encode_policy(policy))
        assert found.word == "proved"
        assert line_of(found.holds, "made not before ") == verify_bundle.moment(late)
        assert line_of(found.holds, "made not after ") == verify_bundle.moment(early)
        assert sum("not checked" in line and " w0 " in line for line in found.notes) == named
        monkeypatch.setitem(sys.modules, ML_DSA, None)


def test_shared_is_not_denied_where_it_is_not_known(case, without_ml_dsa):
    policy = mixed(case, 2, (0, 0, 1, 1))
    groups = {"neutral": Group(2, ("w0", "w1")), "shared": Group(3, ("neutral", "w2", "w3"))}
    policy = encode_policy(Policy("neutral", policy.logs, policy.witnesses, groups))
    both = with_note(case, case.record.log.signed_note() + b"".join(line for pair in case.lines for line in pair))
    found = case.verdict(both, policy=policy)
    assert found.word == "proved"
    assert any("whether it is shared by both parties is not known" in line for line in found.notes)
    assert not any("not yet shared" in line or line.startswith("shared") for line in found.notes + found.holds)
    assert "not yet shared by both parties" in case.verdict(policy=policy).notes, "the parties' lines are not there"


def test_a_library_without_the_algorithm_is_as_one_without_the_module(case, monkeypatch):
    module = sys.modules[ML_DSA]

    class Unsupported:
        @staticmethod
        def from_public_bytes(data):
            raise verify_bundle.UnsupportedAlgorithm("not in this OpenSSL")

    monkeypatch.setattr(module, "MLDSA44PublicKey", Unsupported)
    policy = encode_policy(quorum_of(case.record.log.key, case.witnesses, 1, kind=1))
    with pytest.raises(Unusable, match="cryptography` 47"):
        case.verdict(with_note(case, case.note + case.lines[0][1]), policy=policy)


# What does not


def flips(data, count, seed):
    """*count* copies of *data*, each with one byte changed at random."""
    rng = random.Random(seed)
    for _ in range(count):
        at = rng.randrange(len(data))
        yield data[:at] + bytes([data[at] ^ rng.randrange(1, 256)]) + data[at + 1 :]


def test_any_byte_changed_in_any_file_is_refused(case):
    """The bundle's own policy is the one file that may be changed into another sound one: it is then said that it is
    the bundle's own, and it is not asked where the reader has one."""
    files, refused, other = unzip(case.bundle), {}, 0
    for number, (name, data) in enumerate(files.items()):
        if name == "verify.py":
            continue
        for spoilt in flips(data, 60, number):
            bundle = zipped(files | {name: spoilt})
            wrong = case.verdict(bundle).wrong
            if wrong is None and name == "policy":
                policy = decode_policy(spoilt)
                assert policy.is_met(policy.witnessed(decode_note(case.note)))
                known = encode_policy(case.policy)
                notes = case.verdict(bundle, policy=known).notes
                assert any("bundle's own policy is another" in line for line in notes)
                other += 1
            else:
                assert wrong is not None, (name, spoilt)
                assert wrong.partition(": ")[0] in files, f"{wrong!r} names no file of the bundle"
                refused[name] = refused.get(name, 0) + 1
    assert refused.pop("policy") + other == 60
    assert other < 10
    assert len(refused) == 9, refused
    assert set(refused.values()) == {60}, refused
    print(
        f"changed bytes refused: {sum(refused.values())} of {sum(refused.values())}, and {60 - other} of 60 in policy"
    )


def test_any_file_missing_emptied_cut_or_doubled_is_refused(case):
    files = unzip(case.bundle)
    for name, data in files.items():
        if name == "verify.py":
            continue
        rest = {other: content for other, content in files.items() if other != name}
        for spoilt in ({}, {name: b""}, {name: data[:-1]}, {name: data + data}, {name: data + b"\n"}, {name: b"\xff"}):
            try:
                wrong = case.verdict(zipped(rest | spoilt)).wrong
            except Unusable as error:
                wrong = str(error)
            # What is not shown is not checked, and a policy may have empty lines.
            shorter = not spoilt and (name == "seen.note" or name.startswith("attachments/"))
            assert (wrong is None) is (shorter or spoilt == {"policy": data + b"\n"}), (name, spoilt)


def fields_changed(case, change):
    fields = json.loads(unzip(case.bundle)["fields.json"])
    change(fields)
    return changed(case.bundle, fields_json=rfc8785.dumps(fields))


def set_in(number, name, value):
    return lambda fields: fields[number].__setitem__(name, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields[0].update(field=fields[1]["field"]),
        lambda fields: fields[0].update(salt=fields[1]["salt"]),
        lambda fields: fields[0].update(index=fields[1]["index"]),
        lambda fields: fields[0].update(proof=fields[1]["proof"]),
        lambda fields: fields[0].update(field=fields[0]["field"] + " "),
        lambda fields: fields[0].update(field=json.loads(fields[0]["field"])),
        lambda fields: fields[0].update(proof=fields[0]["proof"] * 5),
        lambda fields: fields[0].update(proof=dict.fromkeys(fields[0]["proof"], 1)),
        lambda fields: fields[0].update(more=1),
        lambda fields: fields[0].update(pointer="/x", value=1),
        lambda fields: fields[0].pop("salt"),
        lambda fields: fields[0].pop("field"),
        lambda fields: fields.append(fields[0]),
        lambda fields: fields.append(None),
        lambda fields: fields.append([]),
        lambda fields: fields.append("index"),
        lambda fields: fields.append(sorted(fields[0])),
        lambda fields: fields.append(1.5),
        set_in(0, "index", True),
        set_in(0, "index", 0.5),
        set_in(0, "index", -1),
        set_in(0, "index", 2**53 - 1),
        set_in(0, "salt", None),
        set_in(0, "salt", "AAAA"),
        set_in(0, "salt", "ا"),
        set_in(0, "proof", "abc"),
        set_in(0, "proof", [None]),
        set_in(0, "field", None),
        set_in(0, "field", ""),
        set_in(0, "field", ["/x"]),
        set_in(0, "field", {"/x": 1}),
    ],
)
def test_a_field_that_is_changed_is_refused(case, change):
    assert case.verdict(fields_changed(case, change)).wrong is not None


@pytest.mark.parametrize(
    "fields",
    [b"", b"{}", b"null", b"0", b'"x"', b"[NaN]", b"[Infinity]", b"[1e999]", b"[-0]", b"[9007199254740992]", b"[1.0]",
     b"[" + b"9" * 5000 + b"]", b"[1." + b"0" * 10**6 + b"1]", b"[1e" + b"9" * 10**5 + b"]", b'["\\ud800"]',
     b'["\xed\xa0\x80"]', b'[{"a":1,"a":1}]', b"[" * 10**6, b"[" * 5000 + b"]" * 5000, b'{"a":' * 10**5, b"[ ]",
     b"\xef\xbb\xbf[]", b"[]\n", b"\xff", b"[1" + b",0" * 10**6 + b"]", b"PK\3\4", zipped({"policy": b"x"})],
)  # fmt: skip
def test_json_that_is_none_is_refused(case, fields):
    with no_hang():
        assert case.verdict(changed(case.bundle, fields_json=fields)).wrong is not None
        assert case.verdict(changed(case.bundle, statement_json=fields)).wrong is not None


def test_another_statement_another_place_and_other_keys_are_refused(case, tmp_path):
    other = unzip(make_bundle(case.record, 3, [""], {}, case.note, case.policy))
    (tmp_path / "other").mkdir()
    with Record.create(tmp_path / "other", ORIGIN) as stranger:
        stranger.append([charter(stranger), *[("report", BODY)] * (LOG_ENTRIES - 1)], AT)
        foreign = unzip(make_bundle(stranger, 4, [""], {}))
    for files in (other, foreign):
        for name in ("statement.json", "leaf.json", "proof.tlog-proof", "fields.json"):
            assert case.verdict(zipped(unzip(case.bundle) | {name: files[name]})).wrong is not None, name
    for name in ("keys/log.vkey", "keys/sender.vkey", "policy"):
        assert case.verdict(zipped(unzip(case.bundle) | {name: foreign[name]})).wrong is not None, name
    assert "not the log whose key you gave" in case.verdict(case.bundle, key=stranger.verifier_key()).wrong
    assert "the policy knows" in case.verdict(policy=foreign["policy"]).wrong
    assert "not by the sender whose key you gave" in case.verdict(sender=case.key).wrong


def test_a_statement_signed_by_nobody_that_it_names_is_refused(case):
    """A thief who makes everything anew around his own key cannot make the log's signature."""
    thief = new_signer(f"{ORIGIN}/desk")
    files = unzip(case.bundle)
    files["keys/sender.vkey"] = f"{thief.verifier}\n".encode()
    assert "names" in case.verdict(zipped(files)).wrong
    envelope = json.loads(files["statement.json"])
    envelope["signatures"][0]["keyid"] = thief.verifier.digest.hex()
    files["statement.json"] = rfc8785.dumps(envelope)
    assert "signature does not verify" in case.verdict(zipped(files)).wrong
    assert decode_envelope(files["statement.json"]).sender == thief.verifier.digest.hex()


SMALL_ORDER = [
    bytes([1]) + bytes(31),
    bytes(32),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]


@pytest.mark.parametrize("point", SMALL_ORDER)
def test_keys_and_signatures_of_small_order_are_refused(point):
    assert not verify_bundle.prime_order(point)
    assert not verify_bundle.signed(point, point + bytes(32), b"anything")


# Hostile proofs, notes, policies and histories

HASH = "A" * 43 + "="


def proof_lines(case):
    head, _, note = unzip(case.bundle)["proof.tlog-proof"].partition(b"\n\n")
    return head.decode().split("\n"), note


@pytest.mark.parametrize(
    "head",
    [
        ["c2sp.org/tlog-proof@v1"],
        ["c2sp.org/tlog-proof@v2", "index 4", HASH],
        ["c2sp.org/tlog-proof@v1", "index " + "9" * 19],
        ["c2sp.org/tlog-proof@v1", "index " + "9" * 5000],
        ["c2sp.org/tlog-proof@v1", "index 04"],
        ["c2sp.org/tlog-proof@v1", "index ٤"],
        ["c2sp.org/tlog-proof@v1", "index -1"],
        ["c2sp.org/tlog-proof@v1", "index 4", *[HASH] * 64],
        ["c2sp.org/tlog-proof@v1", "index 4", *[HASH] * 63],
        ["c2sp.org/tlog-proof@v1", "index 4", *[HASH] * 100_000],
        ["c2sp.org/tlog-proof@v1", "index 4", "AAAA"],
        ["c2sp.org/tlog-proof@v1", "index 4", "\udcff"],
    ],
)
def test_a_proof_that_is_none_is_refused(case, head):
    proof = "\n".join(head).encode("utf-8", "surrogateescape") + b"\n\n" + case.note
    assert case.verdict(changed(case.bundle, proof_tlog_proof=proof)).wrong is not None


def test_extra_data_stands_on_its_one_line_only(case):
    head, note = proof_lines(case)
    for lines, holds in (
        ([head[0], "extra AAAA", *head[1:]], True),
        ([head[0], "extra AAAA", "extra AAAA", *head[1:]], False),
        ([*head, "extra AAAA"], False),
        ([head[0], "extra ?", *head[1:]], False),
    ):
        proof = "\n".join(lines).encode() + b"\n\n" + note
        assert (case.verdict(changed(case.bundle, proof_tlog_proof=proof)).wrong is None) is holds


def with_note(case, note):
    head, _ = proof_lines(case)
    return changed(case.bundle, proof_tlog_proof="\n".join(head).encode() + b"\n\n" + note)


def test_signatures_of_strangers_are_ignored_up_to_a_hundred(case):
    line = "— stranger.example/x AAAAAAAA\n".encode()
    assert case.verdict(with_note(case, case.note + line * 96)).wrong is None
    for many in (97, 100_000):
        with no_hang():
            assert case.verdict(with_note(case, case.note + line * many)).wrong is not None


@pytest.mark.parametrize(
    "line",
    ["", "— x", "— x AAAA\n", "- x AAAAAAAA\n", "— x  AAAAAAAA\n", "— x+y AAAAAAAA\n", "— x\u2003y AAAAAAAA\n",
     "— x AAAAAAA\n", "— x\x00 AAAAAAAA\n", "—  AAAAAAAA\n", "\n", "— x \u0661AAAAAAA\n"],
)  # fmt: skip
def test_a_malformed_signature_line_is_refused(case, line):
    note = case.note + line.encode() if line else case.note[:-1]
    assert case.verdict(with_note(case, note)).wrong is not None


def test_a_known_witness_whose_line_does_not_verify_spoils_the_note(case):
    lines = [line[0] for line in case.lines]
    spoilt = lines[3].replace(b" ", b" ", 1)
    name, ident = case.witnesses[3].keys[0].name, case.witnesses[3].keys[0].key_id
    for value in (bytes(72), bytes(8) + b"x" * 64, b"x" * 9, b"\xff" * 72):
        spoilt = f"— {name} {verify_bundle.base64.b64encode(ident + value).decode()}\n".encode()
        assert "does not verify" in case.verdict(with_note(case, case.note + spoilt)).wrong
    assert case.verdict(with_note(case, case.note + lines[3])).wrong is None


@pytest.mark.parametrize(
    "policy",
    [
        b"",
        b"quorum none",
        b"quorum none\nquorum none\n",
        b"quorum w\n",
        b"quorum\n",
        b"group g 1 g\nquorum g\n",
        b"group g 1 none\nquorum g\n",
        b"group none 1 w0\nquorum none\n",
        b"group g 0 w0\nquorum g\n",
        b"group g 2 w0\nquorum g\n",
        b"group g 01 w0\nquorum g\n",
        b"group g +1 w0\nquorum g\n",
        "group g ١ w0\nquorum g\n".encode(),
        b"group g " + b"9" * 5000 + b" w0\nquorum g\n",
        b"group g 1 w0 w0\nquorum g\n",
        b"group g 1 w0\ngroup h 1 w0\nquorum h\n",
        b"group w0 1 w1\nquorum w0\n",
        b"group g 1 w0\x0bw1\nquorum g\n",
        "group g 1 w0\u2003w1\nquorum g\n".encode(),
        b"group g 1 w0\x00\nquorum g\n",
        b"log x+y+z\nquorum none\n",
        b"log \xff+00000000+AQ==\nquorum none\n",
        b"witness a b\nquorum none\n",
        b"#\n" * 1001 + b"quorum none\n",
        b"what is this\nquorum none\n",
    ],
)
def test_a_policy_that_is_none_is_refused_here_and_by_the_record(case, policy):
    known = encode_policy(case.policy).partition(b"group ")[0]
    for data in (policy, known + policy):
        if data == known + b"quorum none\nquorum none\n" or b"quorum" in data:
            with pytest.raises(verify_bundle.Wrong):
                verify_bundle.read_policy(data)
            with pytest.raises(RecordError):
                decode_policy(data)
    with pytest.raises(Unusable):
        case.verdict(policy=policy)
    assert case.verdict(changed(case.bundle, policy=policy)).wrong is not None


def test_policies_may_have_tabs_comments_and_names_in_any_bytes(case):
    data = (
        encode_policy(case.policy).replace(b" w0", b" w\xff0").replace(b" ", b" \t ").replace(b"\n", b" \n\t# \xfe\n")
    )
    assert case.verdict(policy=data).wrong is None
    assert any("w\\udcff0" in line for line in case.verdict(policy=data).holds)


def test_groups_in_groups_neither_recurse_nor_fan_out(case):
    known = encode_policy(case.policy).partition(b"group ")[0]
    chain = b"group g0 3 w0 w1 w2 w3\n" + b"".join(b"group g%d all g%d\n" % (n, n - 1) for n in range(1, 980))
    with no_hang():
        assert case.verdict(policy=known + chain + b"quorum g979\n").wrong is None
    fan = b"group g0 all w0 w1\n" + b"".join(b"group g%d all g%d g%d\n" % (n, n - 1, n - 1) for n in range(1, 99))
    with no_hang(), pytest.raises(Unusable):
        case.verdict(policy=known + fan + b"quorum g98\n")


def test_the_history_of_keys_is_bounded_and_wholly_checked(case):
    old, new = new_signer(ORIGIN), new_signer(ORIGIN)
    for history in (
        b"\n", b"x", b"change a b c d\n", b"lost a 1 b c d\n", b"change\n" * 10**5,
        f"change {old.verifier} {new.verifier} AAAA AAAA\n".encode(),
        f"lost {old.verifier} {'9' * 5000} {HASH} {new.verifier} AAAA\n".encode(), b"\xff\n",
    ):  # fmt: skip
        assert case.verdict(changed(case.bundle, keys__log_history=history)).wrong is not None, history[:40]
    chain = [new_signer(ORIGIN) for _ in range(300)]
    lines = [change_line(old, new) for old, new in pairwise(chain)]
    with no_hang():
        assert case.verdict(changed(case.bundle, keys__log_history="".join(lines).encode())).wrong is None


def change_line(old, new):
    message = f"parley/key-change/v1\n{old.verifier}\n{new.verifier}\n".encode()
    by = [verify_bundle.base64.b64encode(one.sign(message)).decode() for one in (old, new)]
    return f"change {old.verifier} {new.verifier} {by[0]} {by[1]}\n"


# Hostile zips


def refused(case, data):
    """What is said of bytes that are no bundle."""
    with no_hang():
        try:
            wrong = case.verdict(data).wrong
        except Unusable as error:
            wrong = str(error)
    assert wrong is not None
    return wrong


@pytest.mark.parametrize(
    "name",
    ["../policy", "/policy", "C:\\policy", "keys\\..\\policy", "./policy", "keys/../policy", "attachments/x",
     "attachments/../policy", "attachments/" + "A" * 64, "index.html", "keys/", "policy/", "é", "", "a" * 60_000,
     "attachments/" + "0" * 64 + "/x", "..", "CON", "policy\n"],
)  # fmt: skip
def test_names_that_no_bundle_has_are_refused(case, name):
    data = io.BytesIO(case.bundle)
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    refused(case, data.getvalue())


def test_links_doubles_and_other_compressions_are_refused(case):
    for change in (
        lambda info: setattr(info, "external_attr", 0o120777 << 16),
        lambda info: setattr(info, "compress_type", zipfile.ZIP_BZIP2),
        lambda info: setattr(info, "compress_type", zipfile.ZIP_LZMA),
        lambda info: setattr(info, "filename", "policy"),
    ):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            for name, content in unzip(case.bundle).items():
                info = zipfile.ZipInfo(name)
                if name == "keys/log.vkey":
                    change(info)
                with pytest.warns(UserWarning) if info.filename == "policy" != name else _nothing():
                    archive.writestr(info, content, info.compress_type)
        refused(case, data.getvalue())
    enciphered = bytearray(case.bundle)
    at = enciphered.index(b"PK\1\2")
    enciphered[at + 8] |= 1
    assert "enciphered" in refused(case, bytes(enciphered))


def _nothing():
    return zipfile.ZipFile(io.BytesIO(), "w")  # a context that does nothing


def laid_out(files, header=None, listed=None, before=b"", between=b"", behind=b"", pack=None):
    """A zip made by hand. What *header* and *listed* say otherwise is said of `policy`, before it and in the list."""
    data, listing = before, b""
    for name, content in files.items():
        own = name == "policy"
        data += between if own else b""
        packed, method = pack(content) if pack and own else (content, zipfile.ZIP_STORED)
        true = {"flags": 0, "method": method, "crc": zlib.crc32(content), "packed": len(packed), "size": len(content),
                "name": name.encode(), "extra": b"", "comment": b"", "mode": 0, "at": len(data)}  # fmt: skip
        one, other = (true | (change or {}) if own else true for change in (header, listed))
        data += struct.pack("<4s5H3L2H", b"PK\3\4", 20, one["flags"], one["method"], 0, 33, one["crc"], one["packed"],
                            one["size"], len(one["name"]), len(one["extra"]))  # fmt: skip
        data += one["name"] + one["extra"] + packed
        listing += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, other["flags"], other["method"], 0, 33, other["crc"],
                               other["packed"], other["size"], len(other["name"]), len(other["extra"]),
                               len(other["comment"]), 0, 0, other["mode"] << 16, other["at"])  # fmt: skip
        listing += other["name"] + other["extra"] + other["comment"]
    data += behind
    return data + listing + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(files), len(files), len(listing), len(data), 0)


def deflated(content):
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(content) + deflate.flush()


def test_a_zip_in_which_another_program_may_find_other_files_is_refused(case):
    """Some programs go by the list at the end, some by the header before each file, some by what lies between."""
    files = unzip(case.bundle)
    policy, whole = files["policy"], laid_out(files)
    assert case.verdict(whole).word == "proved"
    assert case.verdict(laid_out(files, pack=lambda data: (deflated(data), 8))).word == "proved"
    attachments = {f"attachments/{'0' * 64}": b"seen by who reads from the front"}
    first = laid_out(attachments)[: laid_out(attachments).index(b"PK\1\2")]
    name = b"attachments/" + b"0" * 64
    # The name that Info-ZIP takes instead:
    hidden = struct.pack("<2HBL", 0x7075, 5 + len(name), 1, zlib.crc32(b"policy")) + name
    for change in (
        {"before": first}, {"before": b"#!/bin/sh\n"}, {"before": whole}, {"between": first}, {"between": b"\0"},
        {"behind": first}, {"behind": b"\0"},
        {"header": {"name": b"seen.not"}}, {"header": {"name": b"POLICY"}}, {"header": {"name": b"policy/"}},
        {"header": {"extra": hidden}}, {"listed": {"extra": hidden}}, {"header": {"extra": b"UT\1\0x"}},
        {"listed": {"comment": b"quorum none"}},
        {"header": {"flags": 8}}, {"header": {"flags": 8}, "listed": {"flags": 8}},
        {"header": {"method": 8}}, {"header": {"crc": 1}}, {"header": {"size": 1}}, {"header": {"packed": 1}},
        {"listed": {"crc": 1}}, {"listed": {"size": 1}}, {"listed": {"packed": 1}}, {"listed": {"method": 8}},
        {"listed": {"name": b"policy\0.txt"}}, {"header": {"name": b"policy\0"}, "listed": {"name": b"policy\0"}},
        {"listed": {"mode": 0o010644}}, {"listed": {"mode": 0o040755}}, {"listed": {"mode": 0o120777}},
        {"listed": {"mode": 0o020666}}, {"listed": {"mode": 0o060666}}, {"listed": {"mode": 0o140777}},
    ):  # fmt: skip
        with pytest.raises(Unusable):
            case.verdict(laid_out(files, **change))
    short = {"crc": zlib.crc32(policy[:-1]), "size": len(policy) - 1}
    for pack, said in (
        (lambda data: (deflated(data) + b"more", 8), {}),
        (lambda data: (deflated(data) + deflated(b"more"), 8), {}),
        (lambda data: (deflated(data)[:-1], 8), {}),
        (lambda data: (deflated(data), 8), short),
        (lambda data: (data, 0), short),
        (lambda data: (deflated(data), 8), {"size": len(policy) - 1}),
        (lambda data: (deflated(data), 8), {"size": len(policy) + 1}),
    ):
        with pytest.raises(Unusable):
            case.verdict(laid_out(files, said, said, pack=pack))


def test_a_file_that_lies_in_another_ones_content_is_refused(case):
    """The list says that the policy stands within an attachment; who reads from the front finds the other one."""
    files = unzip(case.bundle)
    plain = laid_out(files)
    inner = plain[plain.index(b"PK\3\4", plain.index(b"policy") - 30) :]
    inner = inner[: inner.index(b"PK\3\4", 4)]
    assert inner[30:36] == b"policy"
    around = {f"attachments/{'0' * 64}": b"<" + inner + b">"} | files
    inside = laid_out(around).index(inner)
    assert case.verdict(laid_out(around)).wrong.startswith("attachments/000"), "it can be read"
    with pytest.raises(Unusable, match="something lies before policy"):
        case.verdict(laid_out(around, listed={"at": inside}))


def test_bombs_are_let_off_in_bounded_memory(case, alone):
    files = unzip(case.bundle)
    bombs = {
        "text": zipped(files | {"policy": bytes(64 << 20)}, zipfile.ZIP_DEFLATED),
        "attachment": zipped(files | {f"attachments/{'0' * 64}": bytes(300 << 20)}, zipfile.ZIP_DEFLATED),
        "many": zipped(files | {f"attachments/{n:064x}": bytes(4 << 20) for n in range(80)}, zipfile.ZIP_DEFLATED),
        "values": zipped(files | {"fields.json": b"[1" + b",1" * ((4 << 20) - 2) + b"]"}, zipfile.ZIP_DEFLATED),
        "depth": zipped(files | {"fields.json": b"[" * (8 << 20)}, zipfile.ZIP_DEFLATED),
    }
    many = [json.loads(files["keys/events.json"])[0] | {"body": {"x": [1] * ((4 << 20) - 4000)}}]
    for name, events in (("events", b"[1" + b",1" * ((4 << 20) - 2) + b"]"), ("body", rfc8785.dumps(many))):
        bombs[name] = zipped(files | {"keys/events.json": events}, zipfile.ZIP_DEFLATED)
    short = bytearray(bombs["text"])  # a header that says that there are ten bytes
    for mark, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        at = -1
        while (at := short.find(mark, at + 1)) >= 0:
            if struct.unpack_from("<I", short, at + offset)[0] == 64 << 20:
                struct.pack_into("<I", short, at + offset, 10)
    bombs["lying"] = bytes(short)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = deflate.compress(bytes(16 << 20)) + deflate.flush(zlib.Z_FULL_FLUSH)  # which can be had again and again
    bombs["again"] = laid_out(files, pack=lambda _: (block * 200 + deflated(b""), 8))
    limited = RUNNER.replace("import runpy, sys", "import resource, runpy, sys\n"
                             "resource.setrlimit(resource.RLIMIT_AS, (1200 << 20, 1200 << 20))")  # fmt: skip
    hole = {"packed": 3 << 30, "size": 3 << 30}  # bytes of policy, of which the disk holds none
    last = {name: files[name] for name in sorted(files, key="policy".__eq__)}
    bombs["huge"] = laid_out(last, hole, hole, pack=lambda _: (b"", 0))
    for name, data in bombs.items():
        (alone / "bomb.zip").write_bytes(data)
        if name == "huge":
            end = data.index(b"PK\1\2")
            with (alone / "bomb.zip").open("r+b") as file:
                file.seek(end + (3 << 30))
                file.write(data[end:-6] + struct.pack("<L", end + (3 << 30)) + data[-2:])
        done = subprocess.run(
            [sys.executable, "-I", "-B", "-c", limited, "verify.py", "bomb.zip"],
            cwd=alone, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        code, said = (2, b"holds more than")
        if name in ("values", "depth", "events", "body"):
            code, said = 1, b"keys/events.json: " if name in ("events", "body") else b"fields.json: "
        assert (done.stderr, done.returncode, said in done.stdout) == (b"", code, True), (name, done)


def test_lists_of_files_without_end_are_not_read(case):
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0) + b"policy"
    many = entry * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(many), 0, 0)
    assert "more than 200 files" in refused(case, many + end)
    few = entry * 1000
    assert "cut short" in refused(case, few + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(few), 0, 0))
    wide = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, 10**6, 10**6, len(many), 0)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(many), 1)
    assert "64-bit" in refused(case, many + wide + locator + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, 0, 0, 0))


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"x" * 22, b"PK\5\6" + bytes(18), b"PK\5\6" + b"\xff" * 18, b"PK\5\6" + b"\xff" * 16 + b"\0\0"]
)
def test_what_is_no_zip_is_unusable(case, data):
    with pytest.raises(Unusable):
        case.verdict(data)
    with pytest.raises(Unusable):
        verify_bundle.verify_bundle(case.folder)
    with pytest.raises(Unusable):
        verify_bundle.verify_bundle("/dev/zero")
    with pytest.raises(Unusable):
        verify_bundle.verify_bundle("a\0b")
    with pytest.raises(Unusable):
        case.verdict(case.bundle + data + b"trailing")


def test_a_bundle_whose_zip_is_damaged_is_the_same_or_refused(case):
    """Whatever byte of the zip is changed: the same files come out, or nothing does."""
    files, same, gone = {name: data for name, data in unzip(case.bundle).items() if name != "verify.py"}, 0, 0
    bundle = zipped(files, zipfile.ZIP_DEFLATED)
    path = case.folder / "damaged.zip"
    for spoilt in flips(bundle, 1500, 7):
        path.write_bytes(spoilt)
        try:
            assert verify_bundle.read_bundle(path) == files
            same += 1
        except Unusable:
            gone += 1
    for cut in range(0, len(bundle), 97):
        path.write_bytes(bundle[:cut])
        with pytest.raises(Unusable):
            verify_bundle.read_bundle(path)
    assert gone > same, (gone, same)
    print(f"zips with a changed byte: {gone} refused, {same} with the same files")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["statement.json", "leaf.json", "proof.tlog-proof", "policy",
       "keys/log.vkey", "keys/sender.vkey", "keys/log.history", "seen.note", "fields.json"]))  # fmt: skip
def test_files_of_any_bytes_are_refused(case, data, name):
    wrong = case.verdict(zipped(unzip(case.bundle) | {name: data})).wrong
    assert wrong is not None or (name == "keys/log.history" and data == b"")


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(values, st.sampled_from(["statement.json", "fields.json", "payload"]))
def test_json_of_any_shape_is_refused(case, value, name):
    data = json.dumps(value).encode()
    if name == "payload":
        name, envelope = "statement.json", json.loads(unzip(case.bundle)["statement.json"])
        data = rfc8785.dumps(envelope | {"payload": verify_bundle.base64.b64encode(data).decode()})
    files = unzip(case.bundle)
    wrong = case.verdict(zipped(files | {name: data})).wrong
    assert wrong is not None


# Numbers and JSON


@settings(max_examples=3000, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_spelt_as_rfc_8785_has_it(value):
    assert verify_bundle.number(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (-5e-324, "-5e-324"),
     (1.7976931348623157e308, "1.7976931348623157e+308"),
     (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"),
     (9.999999999999997e22, "9.999999999999997e+22"), (1e23, "1e+23"), (1e21, "1e+21"),
     (999999999999999900000.0, "999999999999999900000"),
     (0.000001, "0.000001"), (9.999999999999997e-7, "9.999999999999997e-7"), (333333333.3333332, "333333333.3333332"),
     (1.15292150460684698e18, "1152921504606847000"), (-1e-7, "-1e-7"), (100.0, "100"), (1e-5, "0.00001")],
)  # fmt: skip
def test_the_numbers_of_the_specification(value, text):
    assert verify_bundle.number(value) == text


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=500, deadline=None)
@given(plain)
def test_json_is_written_and_read_as_rfc_8785_has_it(value):
    data = rfc8785.dumps(value)
    assert verify_bundle.canonical(value).encode() == data
    try:
        assert verify_bundle.read_json(data) == value
    except verify_bundle.Wrong as error:
        assert "2^53" in str(error)  # a float that JSON writes as a whole number


# Witnesses, policies, times


def test_as_many_witnesses_as_the_policy_asks_for(case):
    signed, lines = case.record.log.signed_note(), [line[0] for line in case.lines]
    tried = 0
    for least in range(1, 5):
        policy = encode_policy(quorum_of(case.record.log.key, case.witnesses, least))
        for count in range(5):
            for some in combinations(lines, count):
                wrong = case.verdict(with_note(case, signed + b"".join(some)), policy=policy).wrong
                assert (wrong is None) is (count >= least), (least, count, wrong)
                tried += 1
    assert tried == 64


def test_ml_dsa_cosignatures_count(case):
    signed = case.record.log.signed_note()
    policy = encode_policy(quorum_of(case.record.log.key, case.witnesses, 3, kind=1))
    lines = [line[1] for line in case.lines]
    assert case.verdict(with_note(case, signed + b"".join(lines[:3])), policy=policy).wrong is None
    two = case.verdict(with_note(case, signed + b"".join(lines[:2])), policy=policy)
    assert two.sentence == "NOT PROVED  proof.tlog-proof: cosigned by w0, w1: not what the policy asks for (neutral)"
    for seed in range(4):
        start = lines[2].rindex(b" ") + 10
        spoilt = lines[2][:start] + next(flips(lines[2][start:-4], 1, seed)) + lines[2][-4:]
        assert case.verdict(with_note(case, signed + b"".join((*lines[:2], spoilt))), policy=policy).wrong is not None
    both = b"".join(line for pair in case.lines for line in pair)
    assert case.verdict(with_note(case, signed + both), policy=policy).wrong is None


@st.composite
def policies(draw):
    """A policy as (witnesses, [(group, least, members)]): every name in one group at most."""
    names = [f"w{n}" for n in range(draw(st.integers(1, 6)))]
    free, groups = list(names), []
    while len(free) > 1 and len(groups) < 4:
        taken = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        groups.append((f"g{len(groups)}", draw(st.integers(1, len(taken))), taken))
        free = [name for name in free if name not in taken] + [f"g{len(groups) - 1}"]
    return names, groups, draw(st.sampled_from(names + [group for group, _, _ in groups]))


@settings(max_examples=200, deadline=None)
@given(policies())
def test_quorums_are_met_and_bear_what_they_say(given_policy):
    names, groups, quorum = given_policy
    keys = {name: verify_bundle.Key(name, 4, name.encode()) for name in names}
    ours = verify_bundle.Policy([], keys, {name: (least, members) for name, least, members in groups}, quorum)
    theirs = Policy(
        quorum, (), {name: (CosignerKey(name, 4, b""), None) for name in names},
        {name: Group(least, tuple(members)) for name, least, members in groups},
    )  # fmt: skip
    sets = [set(some) for count in range(len(names) + 1) for some in combinations(names, count)]
    enough = [some for some in sets if theirs.is_met(some)]
    assert [some for some in sets if verify_bundle.met(ours, quorum, some)] == enough
    assert sorted(verify_bundle.under(ours, quorum)) == sorted(theirs.members(quorum))
    members = set(theirs.members(quorum))
    shared = min(len(one & other & members) for one in enough for other in enough)
    assert verify_bundle.borne(ours) == max(0, shared - 1)
    assert all(len(some & members) > verify_bundle.borne(ours) for some in enough)


def line_of(holds, start):
    return next((line.removeprefix(start).split(" ")[0] for line in holds if line.startswith(start)), None)


def test_the_time_is_bound_by_more_witnesses_than_may_lie(case):
    """Of four witnesses one may lie: the second earliest bounds from above, the second latest from below."""
    policy, moment = encode_policy(case.policy), verify_bundle.moment
    holds = case.verdict(policy=policy).holds
    assert line_of(holds, "made not after ") == moment(THEN + 1)
    assert line_of(holds, "made not before ") == moment(SEEN + 2)
    assert line_of(case.verdict(changed(case.bundle, seen_note=None), policy=policy).holds, "made not before ") is None


def test_one_witness_that_saw_bounds_nothing_where_one_may_lie(tmp_path):
    (tmp_path / "record").mkdir()
    with Record.create(tmp_path / "record", ORIGIN) as record:
        witnesses = make_witnesses(tmp_path, record.log.key, 4)
        policy = quorum_of(record.log.key, witnesses, 3)
        record.append([charter(record)], AT)
        signed, lines = cosign(record, witnesses, [SEEN, SEEN, SEEN, 2**63 - 1])
        with record.log.store.writing():
            record.log.store.set_checkpoint("cosigned", signed + lines[3][0])
        record.append([("report", {"number": 1})], AT)
        signed, lines = cosign(record, witnesses, [1, THEN, THEN + 1, 2**63 - 1], old=1)
        note = signed + b"".join(line[0] for line in lines)
        found = verdict(tmp_path, make_bundle(record, 1, [], {}, note, policy), policy=encode_policy(policy))
    assert found.word == "proved"
    assert line_of(found.holds, "made not after ") == verify_bundle.moment(THEN)
    assert line_of(found.holds, "made not before ") is None
    assert verify_bundle.moment(2**63 - 1) == f"{2**63 - 1} seconds after 1970"


def test_shared_is_said_of_the_group_of_that_name(case):
    policy = quorum_of(case.record.log.key, case.witnesses[:2], 2)
    parties = {f"p{n}": (witness.keys[0], None) for n, witness in enumerate(case.witnesses[2:])}
    policy = Policy(
        "neutral", policy.logs, policy.witnesses | parties,
        policy.groups | {"shared": Group(3, ("neutral", "p0", "p1"))},
    )  # fmt: skip
    assert "not yet shared by both parties" in case.verdict(policy=encode_policy(policy)).notes
    full = with_note(case, case.note + case.lines[3][0])
    assert "shared: cosigned by both parties too" in case.verdict(full, policy=encode_policy(policy)).holds


def test_a_witness_alone_may_be_the_quorum(case):
    data = encode_policy(case.policy).replace(b"quorum neutral", b"quorum w1")
    found = case.verdict(policy=data)
    assert (found.word, line_of(found.holds, "made not after ")) == ("proved", verify_bundle.moment(THEN + 1))
    assert case.verdict(policy=data.replace(b"quorum w1\n", b"quorum w3\n")).wrong is not None


# Keys that follow each other


@pytest.fixture
def rotated(tmp_path):
    """A log whose key was changed twice: (folder, its private keys in order, the heads when each was retired)."""
    folder = tmp_path / "record"
    folder.mkdir()
    with Record.create(folder, ORIGIN) as record:
        record.append([charter(record), ("report", {"number": 1})], AT)
    keys, heads = [load_signer(folder, LOG)], []
    for number in range(2):
        rotate(folder)
        keys.append(load_signer(folder, LOG))
        with Record.open(folder) as record:
            record.append([("report", {"number": 2 + number})], AT)
            heads.append(record.log.signed())
        retire(folder)
    with Record.open(folder) as record:
        record.append([("report", {"number": 9})], AT)
    return folder, keys, heads


def bundle_of(folder, note=None):
    with Record.open(folder) as record:
        bundle = make_bundle(record, 0, [""], {}, policy=Policy("none"))
        if note is not None:
            head, proof = record.log.signed(), record.inclusion_proof(0, verify_bundle.read_checkpoint(
                verify_bundle.read_note(note).text).size)  # fmt: skip
            assert head.origin == ORIGIN
            proof = [verify_bundle.base64.b64encode(one).decode() for one in proof]
            lines = ["c2sp.org/tlog-proof@v1", "index 0", *proof]
            (event,) = json.loads(unzip(bundle)["keys/events.json"])  # the charter, entry 0 as well
            events = rfc8785.dumps([event | {"proof": proof}])
            tlog_proof = "\n".join(lines).encode() + b"\n\n" + note
            bundle = changed(bundle, proof_tlog_proof=tlog_proof, keys__events_json=events)
        return bundle


def test_a_log_whose_key_was_changed_is_followed_from_any_key_that_was_kept(tmp_path, rotated):
    folder, keys, _ = rotated
    bundle = bundle_of(folder)
    assert len({str(key.verifier) for key in keys}) == 3
    for key in keys:
        assert verdict(tmp_path, bundle, str(key.verifier)).wrong is None
    assert verdict(tmp_path, bundle, str(new_signer(ORIGIN).verifier)).wrong is not None
    history = unzip(bundle)["keys/log.history"]
    lines = history.splitlines(keepends=True)
    assert len(lines) == 2
    assert verdict(tmp_path, bundle, str(keys[1].verifier)).wrong is None
    for spoilt in (None, lines[0], lines[1], lines[1] + lines[0]):
        assert verdict(tmp_path, changed(bundle, keys__log_history=spoilt), str(keys[0].verifier)).wrong is not None
    refusals = [verdict(tmp_path, changed(bundle, keys__log_history=one)).wrong for one in flips(history, 100, 3)]
    assert None not in refusals
    policy = encode_policy(Policy("none", ((keys[0].verifier, None),)))
    assert verdict(tmp_path, bundle, policy=policy).word == "proved", "a policy that pins the first key"


def test_a_checkpoint_of_before_a_change_still_counts(tmp_path, rotated):
    """The bundle's own policy may list the present key only; a reader who lists only that is told no."""
    folder, keys, heads = rotated
    note = sign_checkpoint(heads[0], keys[0])
    present = encode_policy(Policy("none", ((keys[2].verifier, None),)))
    bundle = changed(bundle_of(folder, note), policy=present)
    assert verdict(tmp_path, bundle, str(keys[0].verifier)).wrong is None
    assert "the policy knows" in verdict(tmp_path, bundle, str(keys[0].verifier), present).wrong
    stranger = encode_policy(Policy("none", ((new_signer(ORIGIN).verifier, None),)))
    assert "the policy knows" in verdict(tmp_path, changed(bundle, policy=stranger), str(keys[0].verifier)).wrong


def test_a_lost_key_vouches_for_nothing_later_alone(tmp_path, rotated, monkeypatch):
    folder, keys, heads = rotated
    first = str(keys[0].verifier)
    with Record.open(folder) as record:
        size = record.size
        full, before = Checkpoint(ORIGIN, size, record.root()), Checkpoint(ORIGIN, 2, record.root(2))
    by_thief, at_loss, early = (
        bundle_of(folder, sign_checkpoint(head, keys[0])) for head in (full, heads[0], before)
    )  # fmt: skip
    assert [verdict(tmp_path, one, first).wrong for one in (by_thief, at_loss, early)] == [None] * 3
    declare_lost(folder, keys[0].verifier, heads[0])
    lost = unzip(bundle_of(folder))["keys/log.history"]
    by_thief, at_loss, early = (changed(one, keys__log_history=lost) for one in (by_thief, at_loss, early))
    assert "lost" in verdict(tmp_path, by_thief, first).wrong
    assert verdict(tmp_path, at_loss, first).wrong is None  # the next key confirms this one
    assert "lost" in verdict(tmp_path, early, first).wrong  # smaller, but nobody can tell from when
    assert verdict(tmp_path, bundle_of(folder), first).wrong is None
    both = bundle_of(folder, sign_checkpoint(full, keys[0], keys[2]))
    assert verdict(tmp_path, both, first).wrong is None
    after = encode_policy(Policy("none", ((keys[1].verifier, None),)))
    assert verdict(tmp_path, both, first, after).word == "proved"
    assert "lead to" in verdict(tmp_path, both, str(new_signer(ORIGIN).verifier), after).wrong
    with make_witnesses(tmp_path, keys[0].verifier, 1)[0] as witness:
        note = sign_checkpoint(before, keys[0])
        answer = witness.add_checkpoint(encode_request(Request(0, (), note)), THEN)
        policy = encode_policy(quorum_of(keys[0].verifier, [witness], 1))
        cosigned = bundle_of(folder, note + answer.body)
        assert verdict(tmp_path, cosigned, first, policy).wrong is None  # what was cosigned before stands
        post_quantum = encode_policy(quorum_of(keys[0].verifier, [witness], 1, kind=1))
        assert verdict(tmp_path, cosigned, first, post_quantum).wrong is None
        with monkeypatch.context() as without:
            without.setitem(sys.modules, ML_DSA, None)
            with pytest.raises(Unusable, match="only a key that was lost"):
                verdict(tmp_path, cosigned, first, post_quantum)
        note = sign_checkpoint(full, keys[0])
        with Record.open(folder) as record:
            request = Request(2, record.consistency_proof(2, size), note)
        cosigned = bundle_of(folder, note + witness.add_checkpoint(encode_request(request), THEN + 1).body)
        assert "lost" in verdict(tmp_path, cosigned, first, policy).wrong
        monkeypatch.setitem(sys.modules, ML_DSA, None)
        assert "lost" in verdict(tmp_path, cosigned, first, post_quantum).wrong, "no cosignature would mend it"


def test_only_keys_that_the_reader_lists_vouch_for_the_log(tmp_path, rotated):
    """The second key was lost; a signature of the first one, which the reader does not list, does not mend that."""
    folder, keys, heads = rotated
    with Record.open(folder) as record:
        full = Checkpoint(ORIGIN, record.size, record.root())
    declare_lost(folder, keys[1].verifier, heads[1])
    bundle = bundle_of(folder, sign_checkpoint(full, keys[0], keys[1]))
    listed = [encode_policy(Policy("none", ((key.verifier, None),))) for key in keys[:2]]
    assert verdict(tmp_path, bundle, policy=listed[0]).word == "proved"
    assert "lost" in verdict(tmp_path, bundle, policy=listed[1]).wrong


def test_only_a_later_key_declares_a_loss(tmp_path, rotated):
    """Who stole the first key cannot void what the present one signs."""
    folder, keys, heads = rotated
    head = verify_bundle.base64.b64encode(heads[0].root).decode()
    message = f"parley/key-lost/v1\n{keys[2].verifier}\n1\n{head}\n"
    signature = verify_bundle.base64.b64encode(keys[0].sign(message.encode())).decode()
    bundle = bundle_of(folder)
    line = f"lost {keys[2].verifier} 1 {head} {keys[0].verifier} {signature}\n".encode()
    spoilt = changed(bundle, keys__log_history=unzip(bundle)["keys/log.history"] + line)
    assert verdict(tmp_path, spoilt, str(keys[0].verifier)).wrong is None


# Size


def test_a_bundle_is_small(case):
    """Without fields and verifier, at a log of a million entries: a proof of twenty hashes."""
    files = unzip(make_bundle(case.record, 4, [], {}, case.note, case.policy))
    head, note = proof_lines(case)
    rng = random.Random(1)  # hashes do not compress
    head += [verify_bundle.base64.b64encode(rng.randbytes(32)).decode() for _ in range(20 - (len(head) - 2))]
    files["proof.tlog-proof"] = "\n".join(head).encode() + b"\n\n" + note
    del files["verify.py"]
    size = len(zipped(files, zipfile.ZIP_DEFLATED))
    print(f"a bundle without fields and verifier: {size} bytes; zlib {zlib.ZLIB_RUNTIME_VERSION}")
    assert size < 6000
