"""Statements over HTTP: taken once, in order, all or none, with a proof; refused in words; nobody waits for others."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlparse

import pytest
import urllib3
from serving import served

from parley.record import Record, check_inclusion, open_checkpoint, verify
from parley.record.formats.hashing import leaf_hash
from parley.record.formats.policy import NEUTRAL, Group, Policy, encode_policy
from parley.record.formats.tlog_proof import decode_tlog_proofs
from parley.record.keys import new_signer
from parley.record.outside.http import Asker
from parley.record.outside.serving import MOST_SUBMITTED, Rates, encode_submission
from parley.record.outside.witness import Witness
from parley.record.statements.author import Author
from parley.record.statements.check import Place
from parley.record.statements.statement import decode_leaf, leaf_of

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
EAST, STRANGER = new_signer("east.example/desk"), new_signer("stranger.example/desk")
asked = Asker()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "centre"
    folder.mkdir()
    with Record.create(folder, "example.org/centre") as record:
        record.append([("charter", {"title": "T"})], at=AT)
        record.register(EAST.verifier, AT, "east")
    return folder


@pytest.fixture
def log(folder):
    with Record.open(folder, reading=True) as record:
        return record.log.id


@pytest.fixture
def east(log):
    return Author(EAST, log)


@pytest.fixture
def url(folder):
    with served(folder) as url:
        yield url


def body(number, side="east"):
    return {"side": side, "report": {"number": number, "place": "حلب"}}


def post(url, statements, files=None, tier="logged"):
    return asked(f"{url}/add-statement?tier={tier}", encode_submission(statements, files))


def size(folder):
    with Record.open(folder, reading=True) as record:
        return record.size


def test_statements_come_back_with_proofs_that_the_log_signed(folder, url, east):
    said = [east.say("report", body(number), AT) for number in range(3)]
    answer = post(url, said)
    assert answer.status == 200
    with Record.open(folder, reading=True) as record:
        key = record.log.key
    for number, (one, proof) in enumerate(zip(said, decode_tlog_proofs(answer.body), strict=True)):
        leaf = decode_leaf(proof.extra)
        assert leaf == leaf_of(one.envelope, leaf.received)
        head = open_checkpoint(proof.checkpoint, key)
        check_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.proof, head.root)
        assert proof.index == 2 + number
    again = asked(f"{url}/statement/{said[1].digest}/proof")
    assert decode_tlog_proofs(again.body)[0].index == 3
    assert verify(folder).faults == ()


def test_the_same_again_is_recorded_once(folder, url, east):
    said = [east.say("report", body(number), AT) for number in range(3)]
    first = post(url, said[:2])
    again = post(url, said)  # two that it has, and one more
    assert (first.status, again.status) == (200, 200)
    assert [proof.index for proof in decode_tlog_proofs(again.body)] == [2, 3, 4]
    assert size(folder) == 5


def test_all_or_none(folder, url, east):
    said = [east.say("report", body(0), AT), east.say("report", body(1, side="west"), AT)]
    answer = post(url, said)
    assert (answer.status, size(folder)) == (403, 2)
    assert b"east alone" in answer.body


def signed_by_another(said, log):
    """The envelope of *said* with the signature of a stranger."""
    other = Author(STRANGER, log).say("report", body(0), AT).envelope
    return said.envelope.partition(b'"sig"')[0] + b'"sig"' + other.partition(b'"sig"')[2]


def refused(log):
    east = Author(EAST, log)
    good = east.say("report", body(0), AT)
    return {
        "a stranger": (Author(STRANGER, log).say("report", body(0), AT), 403),
        "another log": (Author(EAST, "0" * 64).say("report", body(0), AT), 403),
        "another side": (Author(EAST, log).say("report", body(0, "west"), AT), 403),
        "a kind of the desk": (Author(EAST, log).say("terms-version", {"name": "t", "text": ""}, AT), 403),
        "a notice": (Author(EAST, log).say("shred-notice", {"entries": [0], "reason": "no"}, AT), 403),
        "another body": (good._replace(body=good.body.replace(b"0", b"1")), 400),
        "another secret": (good._replace(secret=bytes(32)), 400),
        "unsigned": (good._replace(envelope=signed_by_another(good, log)), 403),
        "a gap": (Author(EAST, log, Place(1, good.digest)).say("report", body(0), AT), 409),
        "a body that is no object": (good._replace(body=b"[1]"), 400),
    }  # fmt: skip


@pytest.mark.parametrize("what", list(refused("0" * 64)))
def test_what_may_not_be_is_refused_in_words_and_nothing_is_recorded(folder, url, log, what):
    said, status = refused(log)[what]
    answer = post(url, [said])
    assert answer.status == status, answer
    assert answer.body.strip()
    assert size(folder) == 2
    if status == 409:
        assert json.loads(answer.body) | {"why": ""} == {"seq": 0, "prev": "", "why": ""}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"{}", b'{"statements":[]}', b'{"statements":{}}', b'{"statements":[1]}',
        b'{"statements":[{}]}', b'{"statements":[{"body":{},"envelope":{},"secret":""}]}',
        b'{"statements":[{"body":{},"envelope":[],"secret":1}]}',
        b'{"statements":[{"body":1e400,"envelope":{},"secret":""}]}', b"\xff\xfe", b"[" * 100_000, b'{"x":1}',
        b'{"files":{"00":"AA=="},"statements":[{"body":{},"envelope":{},"secret":""}]}',
    ],
)  # fmt: skip
def test_what_is_no_submission_is_said_to_be_none(folder, url, data):
    answer = asked(f"{url}/add-statement", data)
    assert answer.status == 400
    assert size(folder) == 2


def test_too_long_is_refused_before_it_is_read(url):
    host = urlparse(url)
    with socket.create_connection((host.hostname, host.port), timeout=10) as line:
        line.sendall(
            f"POST /add-statement HTTP/1.1\r\nhost: x\r\ncontent-length: {MOST_SUBMITTED * 100}\r\n\r\n".encode()
        )
        try:
            for _ in range(10):
                line.sendall(bytes(1 << 20))
        except OSError:
            pass  # it has answered and closed
        assert b" 413 " in line.recv(100)


def test_a_key_that_asks_too_often_waits(folder, east):
    now = [0.0]
    with served(folder, rates=Rates(per_second=1, burst=3, clock=lambda: now[0])) as url:
        assert post(url, [east.say("report", body(n), AT) for n in range(3)]).status == 200
        more = [east.say("report", body(3), AT)]
        answer = post(url, more)
        assert (answer.status, dict(answer.headers)["retry-after"]) == (429, "2")
        now[0] = 1.5
        assert post(url, more).status == 200


def test_files_are_kept_before_the_statement_that_speaks_of_them(folder, log):
    kept = {}
    data = b"a photograph"
    digest = sha256(data).hexdigest()
    east = Author(EAST, log)
    with served(folder, keep=kept.__setitem__) as url:
        stranger = Author(STRANGER, log).say("input", {"side": "east", "digest": digest}, AT)
        assert post(url, [stranger], {digest: data}).status == 403
        forged = east.say("input", {"side": "east", "digest": digest}, AT)
        unsigned = forged._replace(envelope=signed_by_another(forged, log))
        assert post(url, [unsigned], {digest: data}).status == 403
        assert kept == {}, "nobody fills the disk under another's name"
        assert post(url, [forged], {digest: data}).status == 200
    assert kept == {digest: data}
    with served(folder) as url:
        assert post(url, [east.say("report", body(1), AT)], {digest: data}).status == 400, "nothing speaks of the file"
        assert post(url, [east.say("report", body(1), AT)], {"0" * 64: data}).status == 400, "another file"


def test_a_tier_that_is_not_reached_is_said_and_comes_later(tmp_path, folder, log, east):
    with ExitStack() as stack:
        names = ("w1", "w2", "w3")
        witnesses = {name: stack.enter_context(Witness.create(tmp_path / name, f"{name}.example/w")) for name in names}
        with Record.open(folder) as record:
            for witness in witnesses.values():
                witness.follow(record.log.key)
            keys = {name: (witness.keys[0], f"https://{name}/") for name, witness in witnesses.items()}
            policy = Policy(NEUTRAL, ((record.log.key, None),), keys, {NEUTRAL: Group(3, names)})
            record.append([("policy", {"text": encode_policy(policy).decode()})], at=AT)
        down = {"w3"}

        def send(url, data=None):
            name = url.removeprefix("https://").partition("/")[0]
            if name in down:
                raise OSError("nobody answers")
            with Witness.open(tmp_path / name) as one:  # in whatever thread asks
                return one.add_checkpoint(data, int(time.time()))

        url = stack.enter_context(served(folder, ask=send))
        said = east.say("report", body(0), AT)
        waits = post(url, [said], tier="recorded")
        assert (waits.status, dict(waits.headers)["retry-after"]) == (202, "2")
        assert asked(f"{url}/statement/{said.digest}/proof?tier=logged").status == 200
        assert asked(f"{url}/statement/{said.digest}/proof?tier=recorded").status == 202
        down.clear()
        answer = post(url, [east.say("report", body(1), AT)], tier="recorded")
        assert answer.status == 200
        (proof,) = decode_tlog_proofs(asked(f"{url}/statement/{said.digest}/proof?tier=recorded").body)
        assert proof.checkpoint.count("—".encode()) == 4
        assert asked(f"{url}/statement/{said.digest}/proof?tier=best").status == 400


def test_readers_get_files_with_their_lives_heads_and_404s(url):
    pools = urllib3.PoolManager()
    checkpoint = pools.request("GET", f"{url}/checkpoint")
    assert checkpoint.headers["cache-control"] == "no-cache"
    tile = pools.request("GET", f"{url}/tile/entries/000.p/2")
    assert tile.headers["cache-control"] == "max-age=604800, immutable"
    head = pools.request("HEAD", f"{url}/tile/entries/000.p/2")
    assert (head.status, head.data, head.headers["content-length"]) == (200, b"", str(len(tile.data)))
    for path in (
        "/",
        "/tile/0/001",
        "/tile/9/9",
        "/nothing",
        "/statement/00",
        f"/statement/{'0' * 64}/proof",
        "/keys/log.key",
    ):
        assert pools.request("GET", url + path).status == 404, path
    assert pools.request("PUT", f"{url}/checkpoint").status == 405
    assert pools.request("POST", f"{url}/checkpoint").status == 405


def test_a_stranger_who_is_slow_holds_up_nobody(url):
    host = urlparse(url)
    with ExitStack() as stack:
        for _ in range(20):
            line = stack.enter_context(socket.create_connection((host.hostname, host.port)))
            line.sendall(b"POST /add-statement HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n{")
        for _ in range(20):  # the slow ones never end: who waits for them waits for ever
            assert asked(f"{url}/checkpoint").status == 200


def test_many_at_once_are_each_taken_once(folder, log):
    signers = [new_signer(f"p{n}.example/desk") for n in range(8)]
    with Record.open(folder) as record:
        for number, signer in enumerate(signers):
            record.register(signer.verifier, AT, f"p{number}")

    def run(number):
        author, ask = Author(signers[number], log), Asker()
        answers = []
        for turn in range(10):
            said = author.say("report", body(turn, f"p{number}"), AT)
            answers.append(ask(f"{url}/add-statement", encode_submission([said])).status)
        return answers

    with served(folder) as url, ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(8))) == [[200] * 10] * 8
    assert size(folder) == 2 + 8 + 80
    assert verify(folder).faults == ()
