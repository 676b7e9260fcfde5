"""The full audit of a log's static files: every changed byte of an entry is found, with nothing but the key."""

import random
import shutil
from datetime import UTC, datetime

import pytest

from parley.record import BadSignature, Damaged, Record
from parley.record.audit import audit
from parley.record.keys import new_signer

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited")
    with Record.create(folder, origin="example.org/centre") as record:
        for count in (300, 400):
            record.append([("report", {"number": n}) for n in range(count)], at=AT)
            record.log.publish()
    return folder


def key_of(folder):
    with Record.open(folder) as record:
        return record.log.key


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 513])
def test_an_honest_log_of_any_size_is_borne_out(tmp_path, size):
    with Record.create(tmp_path, origin="example.org/centre") as record:
        record.append([("report", {"number": n}) for n in range(size)], at=AT)
        record.log.publish()
        checkpoint = audit(tmp_path / "log", record.log.key)
        assert (checkpoint.size, checkpoint.root) == (size, record.root())


def test_every_changed_dropped_or_swapped_entry_is_found(folder, tmp_path):
    key, chance = key_of(folder), random.Random(6962)
    found = 0
    for attempt in range(40):
        log = shutil.copytree(folder / "log", tmp_path / str(attempt))
        bundles = sorted(path for path in (log / "tile" / "entries").rglob("*") if path.is_file())
        bundle = next(one for one in bundles if one.name in ("000", "001", "188"))
        data = bytearray(bundle.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        bundle.write_bytes(data)
        with pytest.raises(Damaged):
            audit(log, key)
        found += 1
    assert found == 40


def test_missing_files_other_keys_and_other_checkpoints_are_refused(folder, tmp_path):
    key = key_of(folder)
    with pytest.raises(BadSignature):
        audit(folder / "log", new_signer("example.org/centre").verifier)
    for missing in ("checkpoint", "tile/entries/000", "tile/entries/002.p/188"):
        log = shutil.copytree(folder / "log", tmp_path / missing.replace("/", "-"))
        (log / missing).unlink()
        with pytest.raises(Damaged):
            audit(log, key)
