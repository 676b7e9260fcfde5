"""Verification: one thing changed anywhere is named, with its entry; nothing damaged makes it raise."""

import random
import shutil
import sqlite3
from base64 import b64decode
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parley.record import Checkpoint, Damaged, Forked, Record, RecordError, verify
from parley.record.formats.checkpoint import sign_checkpoint
from parley.record.formats.hashing import Frontier, leaf_hash
from parley.record.formats.note import Signer
from parley.record.keys import LOG, load_signer, new_signer
from parley.record.statements.statement import decode_envelope, decode_leaf, digest, encode_envelope, encode_leaf, sign
from parley.record.store import schema

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
SIZE = 520  # two full tiles and a part of a third


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("original")
    with Record.create(folder, origin="example.org/centre") as record:
        record.append([("report" if n % 2 else "input", {"number": n}) for n in range(SIZE)], at=AT)
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    with Record.create(folder, origin="example.org/centre") as record:
        record.append([("report" if n % 2 else "input", {"number": n}) for n in range(12)], at=AT)
    return folder


def copy_of(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "copy")


class Intruder:
    """Somebody who can write the file but has no key."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *changes):
        """Carry out SQL statements, each (sql, *values), past the triggers, which are put back."""
        with closing(sqlite3.connect(self.folder / "record.db")) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA ignore_check_constraints = ON")
            triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            for sql, *values in changes:
                connection.execute(sql, values)
            for _, sql in triggers:
                connection.execute(sql)
            connection.commit()

    def rows(self):
        with closing(sqlite3.connect(self.folder / "record.db")) as connection:
            return connection.execute(
                "SELECT idx, kind, leaf, leaf_hash, envelope, sender, seq FROM entry ORDER BY idx"
            ).fetchall()


def named(folder):
    return {fault.entry for fault in verify(folder).faults}


def test_a_sound_record_has_no_fault_and_no_trace_is_left(original):
    before = sorted(path.name for path in original.iterdir())
    verification = verify(original)
    assert (verification.ok, verification.size, verification.faults) == (True, SIZE, ())
    assert verify(original, (original / "keys" / "log.vkey").read_text().strip()).ok
    assert sorted(path.name for path in original.iterdir()) == before


@pytest.mark.parametrize("column", ["kind", "sender", "leaf", "leaf_hash", "envelope"])
def test_any_byte_changed_in_any_column_is_named_with_its_entry(small, tmp_path, column):
    folder = copy_of(small, tmp_path)
    intrude = Intruder(folder)
    chance = random.Random(column)
    with closing(sqlite3.connect(folder / "record.db")) as connection:
        values = [row[0] for row in connection.execute(f"SELECT {column} FROM entry ORDER BY idx")]
    for _ in range(60):
        entry = chance.randrange(12)
        value = values[entry]
        data = bytearray(value.encode() if isinstance(value, str) else value)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(7)
        spoilt = data.decode() if isinstance(value, str) else bytes(data)
        intrude((f"UPDATE entry SET {column} = ? WHERE idx = ?", spoilt, entry))
        assert entry in named(folder)
        intrude((f"UPDATE entry SET {column} = ? WHERE idx = ?", value, entry))
    assert verify(folder).ok


def test_a_value_of_another_type_or_length_is_named_with_its_entry(small, tmp_path):
    for place, (column, value) in enumerate([("leaf", b""), ("envelope", b""), ("kind", ""), ("leaf_hash", b"short")]):
        folder = copy_of(small, tmp_path / str(place))
        Intruder(folder)((f"UPDATE entry SET {column} = ? WHERE idx = 5", value))
        assert 5 in named(folder)


def test_text_that_is_no_text_is_named_with_its_entry(small, tmp_path):
    folder = copy_of(small, tmp_path)
    Intruder(folder)(("UPDATE entry SET kind = CAST(x'ff' AS TEXT) WHERE idx = 5",))
    assert 5 in named(folder)


def test_an_entry_with_another_number_is_named(small, tmp_path):
    for number in (12, 100, 2**62):
        folder = copy_of(small, tmp_path / str(number))
        Intruder(folder)(("UPDATE entry SET idx = ? WHERE idx = 11", number))
        assert {11, number} <= named(folder)


def test_swapped_entries_are_both_named(small, tmp_path):
    folder = copy_of(small, tmp_path)
    Intruder(folder)(
        ("UPDATE entry SET idx = 99 WHERE idx = 3",),
        ("UPDATE entry SET idx = 3 WHERE idx = 8",),
        ("UPDATE entry SET idx = 8 WHERE idx = 99",),
    )
    assert {3, 8} <= named(folder)


def test_a_deleted_entry_is_named(small, tmp_path):
    for entry in (0, 5, 11):
        folder = copy_of(small, tmp_path / str(entry))
        Intruder(folder)(("DELETE FROM entry WHERE idx = ?", entry))
        assert entry in named(folder)


def test_entries_deleted_at_the_end_are_named_and_nothing_is_signed_on_top(small, tmp_path):
    folder = copy_of(small, tmp_path)
    Intruder(folder)(("DELETE FROM entry WHERE idx >= 9",))
    faults = verify(folder).faults
    assert any(fault.entry == 9 and "up to entry 11" in fault.text for fault in faults)
    with pytest.raises(Forked):
        Record.open(folder)


def test_an_entry_put_in_without_the_key_is_named(small, tmp_path):
    folder = copy_of(small, tmp_path)
    _, kind, leaf, hash_, envelope, sender, _ = Intruder(folder).rows()[4]
    columns = (kind, sender, 12, leaf, hash_, envelope)
    Intruder(folder)(("INSERT INTO entry VALUES (12, ?, ?, ?, ?, ?, ?)", *columns))
    assert 12 in named(folder)


def test_a_changed_hash_of_a_tile_is_named_with_the_first_entry_under_it(original, tmp_path):
    for place, change in enumerate(
        ["UPDATE tile_hash SET hash = zeroblob(32) WHERE idx = 1", "DELETE FROM tile_hash WHERE idx = 1"]
    ):
        folder = copy_of(original, tmp_path / str(place))
        Intruder(folder)((change,))
        assert named(folder) == {256}
    Intruder(folder)(("INSERT INTO tile_hash VALUES (9, 9, zeroblob(32))",))
    assert named(folder) == {256, None}


def test_any_byte_changed_in_the_checkpoint_is_named(small, tmp_path):
    folder = copy_of(small, tmp_path)
    with closing(sqlite3.connect(folder / "record.db")) as connection:
        (note,) = connection.execute("SELECT note FROM checkpoint").fetchone()
    for place in range(0, len(note), 3):
        spoilt = bytearray(note)
        spoilt[place] ^= 1
        Intruder(folder)(("UPDATE checkpoint SET note = ?", bytes(spoilt)))
        assert "checkpoint" in {fault.part for fault in verify(folder).faults}
        with pytest.raises(RecordError):
            Record.open(folder)
    Intruder(folder)(("DELETE FROM checkpoint",))
    assert "checkpoint" in {fault.part for fault in verify(folder).faults}


def test_a_changed_table_index_or_trigger_is_named(small, tmp_path):
    for place, change in enumerate(
        [
            "CREATE TABLE more (a)",
            "DROP INDEX entry_by_kind",
            "CREATE TRIGGER sly AFTER INSERT ON entry BEGIN SELECT 1; END",
            "DROP TABLE tile_hash",
            "ALTER TABLE entry ADD COLUMN more TEXT",
        ]
    ):
        folder = copy_of(small, tmp_path / str(place))
        Intruder(folder)((change,)) if "tile_hash" not in change else drop_tile_hash(folder)
        assert "record.db" in {fault.part for fault in verify(folder).faults}


def drop_tile_hash(folder):
    with closing(sqlite3.connect(folder / "record.db")) as connection:
        connection.execute("DROP TABLE tile_hash")


def rewritten(folder, entry, signer=None):
    """Rewrite *entry* and all that follows from it, the checkpoint aside; return the frontier over the new leaves.

    Without a signer the old signature is kept on the changed payload.
    """
    changes, frontier, prev = [], Frontier(), {}
    for number, _, leaf, _, envelope, *_ in Intruder(folder).rows():
        content, old = decode_envelope(envelope), decode_leaf(leaf)
        if number == entry:
            payload = content.payload.replace(old.body_root.encode(), b"0" * 64)
            assert payload != content.payload
            if signer is None:
                envelope = encode_envelope(type(content)(payload, content.sender, content.signature))
            else:
                envelope = sign(payload, signer)
        sender = decode_envelope(envelope).sender
        before = prev.get(sender, old.prev)
        root = "0" * 64 if number == entry else old.body_root
        leaf = encode_leaf(replace(old, sender=sender, prev=before, envelope=digest(envelope), body_root=root))
        prev[sender] = digest(envelope)
        frontier.append(leaf_hash(leaf))
        changes.append(
            (
                "UPDATE entry SET leaf = ?, leaf_hash = ?, envelope = ? WHERE idx = ?",
                leaf,
                leaf_hash(leaf),
                envelope,
                number,
            )
        )
    Intruder(folder)(*changes)
    return frontier


def test_an_entry_rewritten_and_hashed_anew_without_a_key_is_caught_by_its_signature(small, tmp_path):
    folder = copy_of(small, tmp_path)
    rewritten(folder, 7)
    faults = verify(folder).faults
    assert any(fault.entry == 7 and "signature" in fault.text for fault in faults)
    assert any(fault.part == "root" for fault in faults)


def test_the_keeper_of_the_log_key_alone_cannot_rewrite_an_entry(small, tmp_path):
    folder = copy_of(small, tmp_path)
    log = load_signer(folder, LOG)
    frontier = rewritten(folder, 7)
    note = sign_checkpoint(Checkpoint(log.verifier.name, frontier.size, frontier.root()), log)
    Intruder(folder)(("UPDATE checkpoint SET note = ?", note))
    assert {fault.entry for fault in verify(folder).faults} >= {7}


def test_an_entry_signed_with_another_key_is_named_and_moves_nothing(small, tmp_path):
    folder = copy_of(small, tmp_path)
    rewritten(folder, 7, Signer("example.org/centre/desk", Ed25519PrivateKey.generate()))
    verification = verify(folder)
    assert any(fault.entry == 7 and fault.part == "row" for fault in verification.faults)
    assert verification.notes == (
        (7, "this report moves nothing: its sender's key is registered by no statement before it"),
    )


def test_a_genuine_envelope_of_another_place_is_named_even_with_a_fitting_leaf(small, tmp_path):
    folder = copy_of(small, tmp_path)
    rows = Intruder(folder).rows()
    old, envelope = decode_leaf(rows[6][2]), rows[4][4]
    leaf = encode_leaf(replace(old, envelope=digest(envelope)))
    Intruder(folder)(
        ("UPDATE entry SET leaf = ?, leaf_hash = ?, envelope = ? WHERE idx = 6", leaf, leaf_hash(leaf), envelope)
    )
    assert any(fault.entry == 6 and fault.part == "leaf" for fault in verify(folder).faults)


def test_a_whole_record_made_anew_is_caught_by_the_key_known_from_elsewhere(small, tmp_path):
    key = (small / "keys" / "log.vkey").read_text().strip()
    with Record.create(tmp_path, origin="example.org/centre") as record:
        record.append([("report", {"number": 1})], at=AT)
    assert verify(tmp_path).ok
    assert {fault.part for fault in verify(tmp_path, key).faults} == {"keys/log.vkey", "checkpoint", "log"}


def test_missing_and_empty_files_are_faults(small, tmp_path):
    for part, path in (("record.db", "record.db"), ("keys/log.vkey", "keys/log.vkey"), ("keys", "keys/founder.vkey")):
        for content in (None, b"", b"\xff", b"no key\n"):
            folder = copy_of(small, tmp_path / part.replace("/", "-") / str(content))
            if content is None:
                (folder / path).unlink()
            else:
                (folder / path).write_bytes(content)
            named = "sender" if (part, content) == ("keys", None) else part  # it says nothing of whose record it is
            assert named in {fault.part for fault in verify(folder).faults}
    assert not verify(tmp_path / "no folder at all").ok


def test_a_key_put_in_as_a_file_counts_for_nothing_and_is_named(small, tmp_path):
    folder = copy_of(small, tmp_path)
    (folder / "keys" / "senders").mkdir()
    assert verify(folder).ok
    (folder / "keys" / "senders" / "east.vkey").write_text(f"{new_signer('east.example/desk').verifier}\n")
    assert [(fault.part, "senders/east.vkey" in fault.text) for fault in verify(folder).faults] == [("keys", True)]
    with pytest.raises(RecordError, match=r"senders/east\.vkey"):
        Record.open(folder)


def test_a_file_cut_short_at_any_length_is_named(small, tmp_path):
    folder = copy_of(small, tmp_path)
    content = (folder / "record.db").read_bytes()
    for length in (*range(1, 200, 33), *range(512, len(content), 1024), len(content) - 1):
        (folder / "record.db").write_bytes(content[:length])
        assert not verify(folder).ok


def logical_content(folder):
    """All that the file says, by SQLite's own reading of it."""
    with closing(sqlite3.connect(f"{(folder / 'record.db').as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        return [
            connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("entry", "body", "tile_hash", "seen", "checkpoint", "sqlite_schema")
        ]


def test_any_flipped_byte_of_the_file_is_named_or_changes_nothing_that_it_says(small, tmp_path):
    folder = copy_of(small, tmp_path)
    content = (folder / "record.db").read_bytes()
    said = logical_content(folder)
    chance = random.Random(6962)
    named_count = 0
    for place in [*range(100), *sorted(chance.sample(range(100, len(content)), 400))]:
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << chance.randrange(8)
        (folder / "record.db").write_bytes(spoilt)
        if verify(folder).ok:
            assert logical_content(folder) == said
        else:
            named_count += 1
        for left in folder.glob("record.db-*"):
            left.unlink()
    assert named_count > 100


def test_a_flipped_byte_within_an_entry_is_named_with_the_entry_wherever_the_row_can_still_be_told(small, tmp_path):
    folder = copy_of(small, tmp_path)
    content = (folder / "record.db").read_bytes()
    for number, _, leaf, hash_, envelope, *_ in Intruder(small).rows():
        for value in (leaf, hash_, envelope):
            place = content.find(value)
            if place < 0:  # a value that is spread over pages
                continue
            spoilt = bytearray(content)
            spoilt[place + len(value) // 2] ^= 1
            (folder / "record.db").write_bytes(spoilt)
            assert number in named(folder)


def test_a_page_that_is_lost_names_its_entries_and_spares_the_others(original, tmp_path):
    folder = copy_of(original, tmp_path)
    content = bytearray((folder / "record.db").read_bytes())
    victim = Intruder(original).rows()[300][4]
    page = content.find(victim) // 4096
    content[page * 4096 : (page + 1) * 4096] = random.Random(1).randbytes(4096)
    (folder / "record.db").write_bytes(content)
    verification = verify(folder)
    lost = [fault for fault in verification.faults if fault.part == "entry"]
    assert any("up to entry" in fault.text and fault.entry <= 300 for fault in lost)
    assert SIZE - 12 < verification.size < SIZE


def test_noise_in_place_of_the_file_is_a_fault(small, tmp_path):
    folder = copy_of(small, tmp_path)
    for seed in range(5):
        (folder / "record.db").write_bytes(random.Random(seed).randbytes(20_000))
        assert not verify(folder).ok
        with pytest.raises(RecordError):
            Record.open(folder)


def test_a_record_on_a_medium_that_cannot_be_written_is_verified(small, tmp_path):
    folder = copy_of(small, tmp_path)
    (folder / "record.db").chmod(0o444)
    folder.chmod(0o555)
    try:
        assert verify(folder).ok
    finally:
        folder.chmod(0o755)


def test_a_record_is_verified_while_it_is_open(tmp_path):
    with Record.create(tmp_path, origin="example.org/centre") as record:
        record.append([("report", {"number": 1})], at=AT)
        assert verify(tmp_path).ok
        record.append([("report", {"number": 2})], at=AT)
        assert verify(tmp_path).size == 2


def test_the_tables_of_a_new_record_are_those_of_the_schema(small):
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(schema())
        expected = fresh.execute("SELECT name, sql FROM sqlite_schema").fetchall()
    with closing(sqlite3.connect(small / "record.db")) as connection:
        assert connection.execute("SELECT name, sql FROM sqlite_schema").fetchall() == expected
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nothing_of_a_private_key_is_in_the_record(small):
    content = (small / "record.db").read_bytes()
    for path in (small / "keys").glob("*.key"):
        seed = b64decode(path.read_text().split("+", 4)[4])[1:]
        assert seed not in content
        assert path.read_bytes().strip() not in content


def test_a_record_of_an_older_format_is_named_with_the_program_that_reads_it(tmp_path):
    says = r"format 2; this program reads format 3; the commit [0-9a-f]{7} of Parley"
    with Record.create(tmp_path, "example.org/centre") as record:
        record.append([("report", {"number": 1})], at=AT)
    with closing(sqlite3.connect(tmp_path / "record.db")) as rows:
        rows.execute("PRAGMA user_version = 2")
        assert verify(tmp_path).size == 1, "a changed number alone hides nothing"
        rows.execute("DROP TRIGGER entry_never_changes")
        rows.execute("UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), '\"v\":3}', '\"v\":2}') AS BLOB)")
        rows.commit()
    for reads in (verify, Record.open, partial(Record.open, reading=True)):
        with pytest.raises(Damaged, match=says):
            reads(tmp_path)
