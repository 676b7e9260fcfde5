"""Appending, reading and proving: what a record promises to those who write and read it."""

import base64
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from trees import root_of

from parley.record import (
    BadSignature,
    Damaged,
    Forked,
    NotIncluded,
    Record,
    RecordError,
    Stale,
    Unfit,
    check_consistency,
    check_receipt,
    decode_verifier_key,
    open_checkpoint,
    verify,
)
from parley.record import log as log_module
from parley.record.formats.hashing import leaf_hash
from parley.record.formats.tile import decode_entries, decode_hashes
from parley.record.keys import new_signer
from parley.record.store import Store

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
ORIGIN = "example.org/centre"


def statements(count, start=0):
    return [("report" if n % 3 else "input", {"number": n, "place": "حلب"}) for n in range(start, start + count)]


@pytest.fixture
def record(tmp_path):
    with Record.create(tmp_path, origin=ORIGIN) as record:
        yield record


def head(record):
    return open_checkpoint(record.checkpoint(), decode_verifier_key(record.verifier_key()))


def test_a_new_record_is_empty_signed_and_sound(tmp_path, record):
    assert (record.size, list(record.entries()), head(record).origin) == (0, [], ORIGIN)
    assert verify(tmp_path).ok


def test_what_was_appended_is_read_back_in_order_after_reopening(tmp_path, record):
    record.append(statements(3), at=AT)
    record.close()
    with Record.open(tmp_path) as record:
        record.append(statements(2, start=3), at=AT)
        entries = list(record.entries())
    assert [(entry.index, entry.kind, entry.body) for entry in entries] == [
        (n, kind, body) for n, (kind, body) in enumerate(statements(5))
    ]
    assert {entry.at for entry in entries} == {AT}
    assert verify(tmp_path).ok


def test_the_root_of_every_earlier_size_can_be_told(record):
    record.append(statements(70), at=AT)
    leaves = [leaf_hash(leaf) for leaf in decode_entries(record.tile("tile/entries/000.p/70"))]
    assert [record.root(size) for size in range(71)] == [root_of(leaves[:size]) for size in range(71)]
    assert record.root() == head(record).root
    with pytest.raises(NotIncluded):
        record.root(71)


def test_entries_are_read_from_a_start_and_by_kind(record):
    record.append(statements(1100), at=AT)
    assert [entry.index for entry in record.entries(start=1098)] == [1098, 1099]
    assert [entry.index for entry in record.entries(kinds=["input"])] == list(range(0, 1100, 3))
    assert list(record.entries(start=1100)) == list(record.entries(kinds=[])) == []


def test_one_statement_that_is_unfit_keeps_its_whole_group_out(tmp_path, record):
    record.append(statements(2), at=AT)
    with pytest.raises(Unfit):
        record.append([*statements(2), ("report", {"bad": float("nan")})], at=AT)
    assert record.size == 2
    record.append(statements(1), at=AT)
    assert record.size == 3
    assert verify(tmp_path).ok


def test_an_empty_group_changes_nothing(record):
    before = record.checkpoint()
    assert record.append([], at=AT) == []
    assert record.checkpoint() == before


def test_a_receipt_is_checked_with_the_public_key_alone(record):
    appended = record.append(statements(300), at=AT)
    key = record.verifier_key()
    for light in appended[::37]:
        receipt = record.receipt(light.index)
        assert receipt.leaf_hash == light.leaf_hash
        assert check_receipt(receipt, key, record.envelope(light.index)).size == 300


def test_a_receipt_proves_nothing_else(tmp_path, record):
    record.append(statements(5), at=AT)
    receipt, key = record.receipt(2), record.verifier_key()
    (tmp_path / "other").mkdir()
    with Record.create(tmp_path / "other", origin=ORIGIN) as other:
        foreign_key = other.verifier_key()
    with pytest.raises(BadSignature):
        check_receipt(receipt, foreign_key)
    for spoilt in (
        replace(receipt, index=3),
        replace(receipt, leaf=record.receipt(3).leaf),
        replace(receipt, proof=receipt.proof[1:]),
    ):
        with pytest.raises(NotIncluded):
            check_receipt(spoilt, key)
    with pytest.raises(NotIncluded):
        check_receipt(receipt, key, record.envelope(3))


def test_every_later_checkpoint_extends_every_earlier_one(record):
    heads = [head(record)]
    for count in (1, 2, 255, 3, 300):
        record.append(statements(count), at=AT)
        heads.append(head(record))
    for new in heads:
        for old in heads[: heads.index(new) + 1]:
            check_consistency(old.size, old.root, new.size, new.root, record.consistency_proof(old.size, new.size))


def test_nothing_is_proved_beyond_the_end(record):
    record.append(statements(2), at=AT)
    for ask in (
        lambda: record.entry(2),
        lambda: record.entry(-1),
        lambda: record.envelope(2),
        lambda: record.receipt(2),
        lambda: record.inclusion_proof(0, 3),
        lambda: record.inclusion_proof(1, 1),
        lambda: record.consistency_proof(1, 3),
        lambda: record.tile("tile/0/000.p/3"),
        lambda: record.tile("tile/0/000"),
        lambda: record.tile("tile/63/000.p/1"),
    ):
        with pytest.raises(NotIncluded):
            ask()


def test_the_tiles_hold_the_whole_tree(record):
    record.append(statements(700), at=AT)
    paths = [("000", 256), ("001", 256), ("002.p/188", 188)]
    entries = [entry for path, _ in paths for entry in decode_entries(record.tile(f"tile/entries/{path}"))]
    leaves = [leaf for path, _ in paths for leaf in decode_hashes(record.tile(f"tile/0/{path}"))]
    assert list(map(leaf_hash, entries)) == leaves
    assert root_of(leaves) == head(record).root
    assert decode_hashes(record.tile("tile/1/000.p/2")) == (root_of(leaves[:256]), root_of(leaves[256:512]))
    assert record.tile("tile/0/001.p/7") == record.tile("tile/0/001")[: 7 * 32]
    assert record.tile("checkpoint") == record.checkpoint()
    with pytest.raises(Damaged):
        record.tile("tile/0/../../keys/log.key")


def test_the_checkpoint_has_the_lines_of_the_specification(record):
    record.append(statements(3), at=AT)
    text, _, line = record.checkpoint().decode().partition("\n\n")
    origin, size, root = text.split("\n")
    assert (origin, size, len(base64.b64decode(root))) == (ORIGIN, "3", 32)
    assert line.startswith(f"— {ORIGIN} ")
    assert line.endswith("\n")


def test_private_keys_are_for_their_owner_only_and_public_ones_readable(tmp_path, record):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert {name: mode & 0o077 for name, mode in modes.items() if name.endswith(".key")} == {
        "log.key": 0,
        "desk.key": 0,
    }
    assert (tmp_path / "keys" / "log.vkey").read_text() == record.verifier_key() + "\n"


def test_a_record_is_never_made_over_another(tmp_path, record):
    with pytest.raises(RecordError):
        Record.create(tmp_path, origin=ORIGIN)
    record.close()
    (tmp_path / "record.db").unlink()
    with pytest.raises(RecordError, match="keys"):
        Record.create(tmp_path, origin=ORIGIN)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb", "a\x00b", "\ud800"])
def test_an_origin_that_cannot_name_a_key_is_refused(tmp_path, origin):
    with pytest.raises(RecordError):
        Record.create(tmp_path, origin=origin)
    assert list(tmp_path.iterdir()) == []


def test_where_no_record_stands_none_is_opened(tmp_path):
    with pytest.raises(RecordError):
        Record.open(tmp_path)
    with pytest.raises(RecordError):
        Record.create(tmp_path / "missing", origin=ORIGIN)
    assert list(tmp_path.iterdir()) == []


def test_a_copy_without_private_keys_is_read_and_verified_but_not_written(tmp_path, record):
    record.append(statements(2), at=AT)
    for path in (tmp_path / "keys").glob("*.key"):
        path.unlink()
    with Record.open(tmp_path) as copy:
        assert copy.entry(1).body == {"number": 1, "place": "حلب"}
        with pytest.raises(RecordError, match=r"desk\.key"):
            copy.append(statements(1), at=AT)
    assert verify(tmp_path).ok


def test_a_key_file_cannot_be_exchanged_for_another(tmp_path, record):
    record.append(statements(2), at=AT)
    (tmp_path / "other").mkdir()
    with Record.create(tmp_path / "other", origin=ORIGIN):
        pass
    record.close()
    for name in ("log.vkey", "founder.vkey", "desk.key"):
        own = (tmp_path / "keys" / name).read_bytes()
        (tmp_path / "keys" / name).write_bytes((tmp_path / "other" / "keys" / name).read_bytes())
        with pytest.raises(RecordError), Record.open(tmp_path) as record:
            record.append(statements(1), at=AT)
        (tmp_path / "keys" / name).write_bytes(own)
    with Record.open(tmp_path) as record:
        assert record.size == 2


def crash_before_signing(monkeypatch, record, group):
    with monkeypatch.context() as patched:
        patched.setattr(log_module, "sign_checkpoint", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            record.append(group, at=AT)


def test_rows_left_unsigned_by_a_crash_are_signed_by_the_next_append(tmp_path, record, monkeypatch):
    record.append(statements(2), at=AT)
    crash_before_signing(monkeypatch, record, statements(3, start=2))
    assert record.size == 2
    verification = verify(tmp_path)
    assert verification.ok and "entries 2 to 4" in verification.unfinished[0], "no fault, but told"
    record.append(statements(1, start=5), at=AT)
    assert [entry.body["number"] for entry in record.entries()] == list(range(6))
    assert verify(tmp_path).ok and not verify(tmp_path).unfinished


def test_rows_left_unsigned_by_a_crash_are_signed_on_opening(tmp_path, record, monkeypatch):
    record.append(statements(250), at=AT)
    crash_before_signing(monkeypatch, record, statements(10, start=250))
    record.close()
    with Record.open(tmp_path) as record:
        assert record.size == 260
    assert verify(tmp_path).ok


def test_public_rows_left_unsigned_by_two_writers_are_signed_by_whoever_goes_on(tmp_path, record, monkeypatch):
    record.append(statements(1), at=AT)
    with Record.open(tmp_path) as other:
        for writer, name in ((record, "anna"), (other, "boris")):
            certified = str(new_signer(f"{name}.example/key").verifier)
            event = {"event": "certify", "vkey": certified, "name": name}
            crash_before_signing(monkeypatch, writer, [("key-event", event)])
        record.append(statements(1, start=1), at=AT)
        assert record.size == other.size == 4
        assert record.log.authority().holders == other.log.authority().holders
        assert len(record.log.authority().holders) == 3
    assert verify(tmp_path).ok and not verify(tmp_path).unfinished


def test_a_crash_within_the_rows_leaves_none_of_the_group(tmp_path, record):
    def broken():
        yield from statements(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record.append(broken(), at=AT)
    assert record.size == 0
    record.append(statements(1), at=AT)
    assert verify(tmp_path).ok


def test_unsigned_rows_that_somebody_else_put_in_are_not_signed(tmp_path, record):
    record.append(statements(4), at=AT)
    store = record.log.store
    with store.writing():
        for row in list(store.rows(2, 4)):
            store.add_entries([row._replace(number=row.number + 2, seq=row.seq + 2)])
    with pytest.raises(Damaged, match="entry 4"):
        record.append(statements(1), at=AT)
    record.close()
    with pytest.raises(Damaged, match="entry 4"):
        Record.open(tmp_path)


def test_an_older_checkpoint_put_back_is_refused_by_who_knows_the_newer(tmp_path, record):
    record.append(statements(2), at=AT)
    first = record.checkpoint()
    record.append(statements(2, start=2), at=AT)
    with record.log.store.writing():
        record.log.store.set_checkpoint("signed", first)
    with pytest.raises(Stale):
        record.append(statements(1, start=4), at=AT)
    record.close()
    with Record.open(tmp_path) as record:  # nothing was lost: the rows are the desk's, in order, as after a crash
        assert record.size == 4


def test_an_older_copy_put_back_is_refused_on_the_machine_that_signed_more(tmp_path, record, on_another_machine):
    record.append(statements(2), at=AT)
    record.close()
    shutil.copytree(tmp_path, tmp_path / "old")
    with Record.open(tmp_path) as record:
        record.append(statements(2, start=2), at=AT)
    with pytest.raises(Stale, match="this machine has signed 4 entries"):
        Record.open(tmp_path / "old")
    on_another_machine()
    with Record.open(tmp_path / "old") as old:
        assert old.size == 2, "there, nobody knows better"
        old.append(statements(3, start=7), at=AT)
    with pytest.raises(Stale, match="this machine has signed 5 entries"):
        Record.open(tmp_path)


def test_a_database_put_back_beside_newer_static_files_is_refused_on_any_machine(tmp_path, record, on_another_machine):
    record.append(statements(2), at=AT)
    record.close()
    old = (tmp_path / "record.db").read_bytes()
    with Record.open(tmp_path) as record:
        record.append(statements(2, start=2), at=AT)
    (tmp_path / "record.db").write_bytes(old)
    on_another_machine()
    with pytest.raises(Stale, match="4 signed entries, 2 are here"):
        Record.open(tmp_path)


def test_a_checkpoint_of_another_history_is_not_signed_over(tmp_path, record, on_another_machine):
    record.close()
    shutil.copytree(tmp_path, tmp_path / "twin")
    checkpoints = []
    for folder, start in ((tmp_path, 0), (tmp_path / "twin", 1)):
        with Record.open(folder) as one:
            one.append(statements(3, start=start), at=AT)
            checkpoints.append(one.checkpoint())
        on_another_machine()
    with Record.open(tmp_path) as one:
        with one.log.store.writing():
            one.log.store.set_checkpoint("signed", checkpoints[1])
        with pytest.raises(Forked):
            one.append(statements(1), at=AT)
    with pytest.raises(Forked):
        Record.open(tmp_path)


def test_two_holders_of_one_record_take_turns(tmp_path, record):
    with Record.open(tmp_path) as other:
        for n in range(6):
            (record if n % 2 else other).append(statements(1, start=n), at=AT)
        assert record.size == other.size == 6
        assert [entry.body["number"] for entry in record.entries()] == list(range(6))
    assert verify(tmp_path).ok


def test_who_opens_a_record_beside_a_writer_is_not_told_that_it_is_an_old_copy(tmp_path, record, monkeypatch):
    record.append(statements(2), at=AT)
    size = Store.size

    def while_another_writes(store):
        rows = size(store)
        if store is not record.log.store:
            record.append(statements(2, start=2), at=AT)
            record.log.publish()
        return rows

    monkeypatch.setattr(Store, "size", while_another_writes)
    with Record.open(tmp_path) as other:
        assert other.size == 4


def test_four_writers_at_once_lose_nothing(tmp_path, record):
    def write(worker):
        with Record.open(tmp_path) as own:
            return [own.append(statements(2, start=100 * worker + n), at=AT) for n in range(10)]

    with ThreadPoolExecutor(4) as pool:
        groups = [group for groups in pool.map(write, range(4)) for group in groups]
    assert sorted(light.index for group in groups for light in group) == list(range(80))
    for light in (light for group in groups for light in group):
        assert record.receipt(light.index).leaf_hash == light.leaf_hash
    assert verify(tmp_path).ok


def test_what_was_recorded_here_is_held_against_its_leaf_as_soon_as_another_byte_stands_there(record):
    first, second = record.append([("report", {"a": 1}), ("report", {"a": 2})], at=AT)
    assert [record.entry(one.index).body for one in (first, second)] == [{"a": 1}, {"a": 2}]
    store = record.log.store
    other = store.bodies([second.index])[second.index]  # a body and a secret that open each other
    store.shred([first.index])
    store.add_bodies([(first.index, *other)])
    with pytest.raises(Damaged, match="not the one that the statement commits to"):
        record.entry(first.index)
