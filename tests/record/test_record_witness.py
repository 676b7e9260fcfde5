"""Witnesses and mirrors without a network: quorums, old copies, forks, and proofs of them that others can check."""

import shutil
from contextlib import ExitStack
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from parley.record import Record, RecordError, verify
from parley.record.errors import Forked, NotCosigned, NotIncluded, Stale
from parley.record.formats.checkpoint import Checkpoint, sign_checkpoint
from parley.record.formats.cosignature import ML_DSA_44, cosigned_at
from parley.record.formats.note import decode_note, decode_signature
from parley.record.formats.policy import NEUTRAL, SHARED, Group, Policy, decode_policy, encode_policy, neutral_quorum
from parley.record.keys import LOG, load_signer, load_verifier
from parley.record.outside.fork import check_fork_proof, decode_fork_proof, encode_fork_proof
from parley.record.outside.mirror import ForkFound, Mirror, folder_source
from parley.record.outside.witness import Answer, Request, Witness, encode_request
from parley.record.outside.witnessing import Witnessing

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
NOW = 1_932_000_000
ORIGIN = "example.org/centre"


def statements(count, start=0):
    return [("report", {"number": n, "place": "حلب"}) for n in range(start, start + count)]


class Network:
    """Witnesses in this process, each under a URL of its own; those in `down` do not answer."""

    def __init__(self, folder, names):
        self.witnesses = {name: Witness.create(folder / name, f"witness.example/{name}") for name in names}
        self.down = set()
        self.asked = 0

    def __call__(self, url, body=None):
        self.asked += 1
        name, _, path = url.removeprefix("https://").partition("/")
        if name in self.down:
            raise OSError(f"{url}: nobody answers")
        if body is None:
            return self.witnesses[name].checkpoint(path.removesuffix("/checkpoint"))
        return self.witnesses[name].add_checkpoint(body, NOW)

    def policy(self, log, least=None, shared=()):
        names = [name for name in self.witnesses if name not in shared]
        keys = {name: (witness.keys[0], f"https://{name}/") for name, witness in self.witnesses.items()}
        groups = {NEUTRAL: Group(least or neutral_quorum(len(names)), tuple(names))}
        if shared:
            groups[SHARED] = Group(1 + len(shared), (NEUTRAL, *shared))
        return Policy(NEUTRAL, ((log, None),), keys, groups)


@pytest.fixture
def record(tmp_path):
    folder = tmp_path / "centre"
    folder.mkdir()
    with Record.create(folder, ORIGIN) as record:
        yield record


@pytest.fixture
def network(tmp_path, record):
    network = Network(tmp_path / "net", ["w1", "w2", "w3", "w4"])
    for witness in network.witnesses.values():
        witness.follow(record.log.key)
    with ExitStack() as stack:
        for witness in network.witnesses.values():
            stack.enter_context(witness)
        yield network


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Witnesses of these tests hold their database in this thread: ask them here, one after the other."""
    from concurrent.futures import Future

    class Here:
        def __init__(self, *_, **__):
            pass

        def submit(self, call, *given):
            future = Future()
            try:
                future.set_result(call(*given))
            except Exception as error:
                future.set_exception(error)
            return future

        def shutdown(self):
            pass

    monkeypatch.setattr("parley.record.outside.witnessing.ThreadPoolExecutor", Here)


def test_three_of_four_witnesses_make_an_entry_recorded(record, network):
    policy = network.policy(record.log.key)
    assert policy.groups[NEUTRAL].least == 3
    with Witnessing(record.log.folder, policy, network) as witnessing:
        record.append(statements(5), at=AT)
        network.down = {"w2"}
        cosigned = witnessing.cosign()
        assert set(policy.witnessed(decode_note(cosigned.note))) == {"w1", "w3", "w4"}
        assert record.checkpoint() == cosigned.note
        network.down = {"w1", "w2"}
        record.append(statements(300, start=5), at=AT)
        with pytest.raises(NotCosigned, match=r"w2: .*nobody answers"):
            witnessing.cosign()
        assert record.size == 305, "what was recorded stands"
        network.down = set()
        assert len(policy.witnessed(decode_note(witnessing.cosign().note))) >= 3
        assert witnessing.check_newest() == {}
    assert verify(record.log.folder).faults == ()


def test_a_statement_names_the_newest_cosigned_checkpoint_that_its_author_had(record, network):
    with Witnessing(record.log.folder, network.policy(record.log.key), network) as witnessing:
        record.append(statements(1), at=AT)
        note = witnessing.cosign().note
        record.append(statements(1, start=1), at=AT)
    from parley.record.statements.statement import decode_leaf

    assert decode_leaf(record.log.row(0).leaf).saw == ""
    saw = decode_leaf(record.log.row(1).leaf).saw
    assert saw == sha256(note).hexdigest() and record.log.store.seen(bytes.fromhex(saw)) == note
    assert verify(record.log.folder).ok


def test_a_restored_old_copy_is_told_so_by_any_witness(tmp_path, record, network, on_another_machine):
    policy = network.policy(record.log.key)
    record.append(statements(3), at=AT)
    shutil.copytree(record.log.folder, tmp_path / "old")
    with Witnessing(record.log.folder, policy, network) as witnessing:
        record.append(statements(3, start=3), at=AT)
        witnessing.cosign()
    on_another_machine()
    network.down = {"w1", "w2", "w3"}
    with Witnessing(tmp_path / "old", policy, network) as witnessing, pytest.raises(Stale, match="old copy"):
        witnessing.check_newest()
    with Record.open(tmp_path / "old") as old, Witnessing(tmp_path / "old", policy, network) as witnessing:
        old.append(statements(3, start=50), at=AT)
        with pytest.raises(Forked):
            witnessing.check_newest()
        network.down = set()
        with pytest.raises(Forked):
            witnessing.cosign()


def twins(tmp_path, record, on_another_machine, common, one, other):
    """Two folders of one log (the same keys) that share *common* entries and then differ."""
    record.append(statements(common), at=AT)
    record.close()
    shutil.copytree(record.log.folder, tmp_path / "twin")
    for folder, count, start in ((record.log.folder, one, 1000), (tmp_path / "twin", other, 5000)):
        with Record.open(folder) as held:
            held.append(statements(count, start=start), at=AT)
        on_another_machine()
    return record.log.folder, tmp_path / "twin"


@pytest.mark.parametrize(("one", "other"), [(3, 3), (3, 300), (300, 3)])
def test_a_mirror_proves_a_split_view_to_anybody(tmp_path, record, on_another_machine, one, other):
    here, there = twins(tmp_path, record, on_another_machine, 280, one, other)
    key = load_verifier(here, LOG)
    with Mirror.create(tmp_path / "mirror", key) as mirror:
        assert mirror.sync(folder_source(here)).size == 280 + one
        assert mirror.alarms.open() == []
        with pytest.raises(ForkFound) as found:
            mirror.sync(folder_source(there))
        fork = decode_fork_proof(encode_fork_proof(found.value.fork))
        smaller, larger = check_fork_proof(fork, key)
        assert (smaller.size, larger.size) == tuple(sorted((280 + one, 280 + other)))
        assert mirror.sync(folder_source(here)).size == 280 + one, "what it holds is not touched"
        assert [alarm.part for alarm in mirror.alarms.open()] == ["fork"]


def test_checkpoints_of_one_history_prove_no_fork(tmp_path, record):
    record.append(statements(300), at=AT)
    early = record.checkpoint()
    record.append(statements(10, start=300), at=AT)
    record.log.publish()
    with Mirror.create(tmp_path / "mirror", record.log.key) as mirror:
        assert mirror.sync(folder_source(record.log.folder)).size == 310
        assert mirror.compare(early) and mirror.compare(record.checkpoint())
        record.append(statements(1, start=310), at=AT)
        assert not mirror.compare(record.checkpoint()), "beyond what it holds"
        from parley.record.outside.fork import ForkProof

        with pytest.raises(NotIncluded):
            check_fork_proof(
                ForkProof(early, mirror.newest, record.root(300), record.consistency_proof(300, 310)), record.log.key
            )


def test_a_mirror_is_never_made_of_a_record(tmp_path, record):
    with pytest.raises(RecordError, match="of its own"):
        Mirror.open(record.log.folder)
    with pytest.raises(RecordError, match="stands in"):
        Mirror.create(record.log.folder, record.log.key)


def test_a_log_that_shows_less_than_it_signed_is_stale(tmp_path, record):
    record.append(statements(4), at=AT)
    record.log.publish()
    shutil.copytree(record.log.folder, tmp_path / "old")
    record.append(statements(4, start=4), at=AT)
    record.log.publish()
    with Mirror.create(tmp_path / "mirror", record.log.key) as mirror:
        mirror.sync(folder_source(record.log.folder))
        with pytest.raises(Stale):
            mirror.sync(folder_source(tmp_path / "old"))


def test_a_mirrors_cosignature_makes_an_entry_shared(tmp_path, record, network):
    party = Witness.create(tmp_path / "party", "east.example/mirror")
    network.witnesses["east"] = party
    policy = network.policy(record.log.key, shared=("east",))
    policy.witnesses["east"] = party.keys[0], None
    assert decode_policy(encode_policy(policy)) == policy
    record.append(statements(4), at=AT)
    with Witnessing(record.log.folder, policy, network) as witnessing:
        witnessing.cosign()
        assert record.log.store.checkpoint(SHARED) is None, "it cannot be called: nobody else waits for it"
        with Mirror.create(tmp_path / "mirror", record.log.key) as mirror:
            record.log.publish()
            mirror.sync(folder_source(record.log.folder))
            note = mirror.cosign(party._cosigners[0], NOW)
        assert witnessing.take(note) == 1
        assert record.log.store.checkpoint(SHARED) == record.checkpoint()
    assert verify(record.log.folder).faults == ()
    party.close()


def request(record, old, witness=None):
    note = record.log.signed_note()
    return encode_request(Request(old, record.consistency_proof(old) if old else (), note))


def test_a_witness_answers_as_the_specification_says(record, network):
    witness = network.witnesses["w1"]
    record.append(statements(3), at=AT)
    first = witness.add_checkpoint(request(record, 0), NOW)
    assert first.status == 200
    note = decode_note(record.checkpoint())
    lines = [decode_signature(line) for line in first.body.decode().removesuffix("\n").split("\n")]
    for key in witness.keys:
        assert cosigned_at(type(note)(note.text, tuple(lines)), key) == NOW
    assert {key.algorithm for key in witness.keys} == {4, ML_DSA_44}
    assert witness.add_checkpoint(request(record, 3), NOW).status == 200, "the same again"
    assert witness.add_checkpoint(request(record, 0), NOW) == Answer(409, b"3\n", "text/x.tlog.size")
    record.append(statements(3, start=3), at=AT)
    proof = record.consistency_proof(3)
    note = record.log.signed_note()
    assert witness.add_checkpoint(encode_request(Request(3, proof[1:], note)), NOW).status == 422
    assert witness.add_checkpoint(encode_request(Request(7, proof, note)), NOW).status == 400
    assert (
        witness.add_checkpoint(encode_request(Request(3, proof, note.replace(b"\n6\n", b"\n7\n"))), NOW).status == 403
    )
    other = sign_checkpoint(Checkpoint("example.org/other", 6, record.root()), renamed(record))
    assert witness.add_checkpoint(encode_request(Request(3, proof, other)), NOW).status == 404
    forked = sign_checkpoint(Checkpoint(ORIGIN, 3, bytes(32)), load_signer(record.log.folder, LOG))
    assert witness.add_checkpoint(encode_request(Request(3, (), forked)), NOW).status == 422
    assert witness.add_checkpoint(b"old 3\n", NOW).status == 400
    assert witness.add_checkpoint(encode_request(Request(3, proof, note)), NOW).status == 200
    assert witness.checkpoint(sha256(ORIGIN.encode()).hexdigest()).body.startswith(f"{ORIGIN}\n6\n".encode())
    assert witness.checkpoint("0" * 64).status == 404


def renamed(record):
    from parley.record.formats.note import Signer

    signer = load_signer(record.log.folder, LOG)
    return Signer("example.org/other", signer._key)
