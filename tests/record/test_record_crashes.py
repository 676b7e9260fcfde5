"""Crashes: whatever moment a process dies at, and whatever call of the system fails, nothing acknowledged is lost.

Children are forked from a process that has imported the record once, so that each costs milliseconds. A child appends
groups of statements and writes a line to a pipe for each that was acknowledged.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from parley.record import Record, RecordError, check_consistency, verify
from parley.record import log as log_module

AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
ORIGIN = "example.org/centre"
STRACE = shutil.which("strace")

NURSERY = r"""
import codecs, ctypes, os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from parley.record import Record, log, store
for name in (
    "size", "entries", "entries_of_kind", "entries_at", "bodies", "last_of", "add_entry", "add_body", "add_tile_hash",
    "checkpoint", "set_checkpoint", "leaf_hashes", "tile_hashes", "leaves", "envelopes",
):
    store.sql(name)  # read once: a child needs no files but the record's
codecs.lookup("ascii")
AT = datetime(2031, 4, 2, 6, 10, tzinfo=UTC)
TRIES = 3

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())

def refused(what, error):
    say("refused", what, type(error).__name__, isinstance(error, log.RecordError), *str(error).split())

def live(folder, wait, publish, first, groups):
    os.environ["PARLEY_STATE"] = folder + "/machine"
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    ctypes.CDLL(None).prctl(0x59616D61, -1, 0, 0, 0)  # PR_SET_PTRACER: strace may attach also where that is restricted
    log.SECONDS = float(publish)
    say("pid", os.getpid())
    if wait == "1":
        signal.sigwait({signal.SIGUSR1})
    record = None
    for _ in range(TRIES):
        try:
            record = Record.open(Path(folder))
            break
        except Exception as error:
            refused("open", error)
    number = int(first)
    for size in map(int, groups) if record else ():
        said = [("report", {"number": n, "size": size, "first": number}) for n in range(number, number + size)]
        number += size
        try:
            done = record.append(said, at=AT)
        except Exception as error:
            refused(f"append:{said[0][1]['first']}", error)
            continue
        for one, (_, body) in zip(done, said):
            say("ack", one.index, body["number"])
    try:
        if record:
            record.close()
            say("closed")
    except Exception as error:
        refused("close", error)

for line in sys.stdin:
    child = os.fork()
    if not child:
        try:
            live(*line.split()[:4], line.split()[4:])
        except BaseException as error:
            refused("all", error)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    say("end", child, status)
"""


class Life(NamedTuple):
    """What a child said: (index, number) of what was acknowledged, what was refused and why, and how it ended."""

    acknowledged: list[tuple[int, int]]
    refused: list[list[str]]
    closed: bool
    status: int


class Nursery:
    """Forks children and listens to them, one at a time."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._rest = b""

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def start(self, folder, first, groups, wait=False, publish=1.0):
        words = (folder, int(wait), publish, first, *groups)
        self._process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        word, pid = self._line()
        assert word == "pid"
        return int(pid)

    def listen(self):
        """Everything up to the child's end."""
        acknowledged, refused, closed = [], [], False
        while True:
            word, *rest = self._line()
            if word == "ack":
                acknowledged.append((int(rest[0]), int(rest[1])))
            elif word == "refused":
                refused.append(rest)
            elif word == "closed":
                closed = True
            elif word == "end":
                return Life(acknowledged, refused, closed, int(rest[1]))

    def _line(self):
        while b"\n" not in self._rest:
            data = self._process.stdout.read(1 << 16)
            assert data, "the nursery is gone"
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode().split(" ")


@pytest.fixture(scope="module")
def nursery():
    nursery = Nursery()
    yield nursery
    nursery.close()


@contextmanager
def scratch():
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None, prefix="parley-crashes-") as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setenv("PARLEY_STATE", "as it was before")  # what `its_machine` sets is undone


def its_machine(folder):
    """Let the heads that were signed travel with a record: each copy lives a life of its own."""
    os.environ["PARLEY_STATE"] = str(folder / "machine")


def new_record(folder, count=0):
    folder.mkdir()
    its_machine(folder)
    with Record.create(folder, ORIGIN) as record:
        if count:
            said = [("report", {"number": n, "size": count, "first": 0}) for n in range(count)]
            record.append(said, at=AT)
    return folder


def numbers(record, start=0):
    """The number that each entry says, by index from *start* on; each group whole, and in its order."""
    found = {}
    for entry in record.entries(start):
        assert entry.body is not None
        found[entry.index] = entry.body["number"]
        place = entry.body["number"] - entry.body["first"]
        assert 0 <= place < entry.body["size"]
        if entry.index - place >= start:
            assert found[entry.index - place] == entry.body["first"], f"entry {entry.index} stands without its group"
    if found:
        last = entry.body
        assert last["number"] == last["first"] + last["size"] - 1, "the last group is there in part"
    assert len(set(found.values())) == len(found), "something stands there twice"
    return found


# (a) kill -9, at any moment


@pytest.mark.parametrize("kills", [12, pytest.param(1000, marks=pytest.mark.slow)])
def test_kill_9_at_any_moment_loses_nothing_that_was_acknowledged(nursery, kills, record_property):
    rng, tally, folder = Random("kills"), Counter(), None
    with scratch() as base:
        for turn in range(kills):
            if folder is None:
                folder, acknowledged, first, old = new_record(base / str(turn)), {}, 0, None
            groups = [rng.choice([1, 1, 1, 2, 5, 40]) for _ in range(400)]
            pid = nursery.start(folder, first, groups, publish=rng.choice([0, 0.01, 1]))
            time.sleep(rng.choice([0.01, 0.03, 0.08, 0.15]) * rng.random())
            os.kill(pid, signal.SIGKILL)
            life = nursery.listen()
            assert os.WIFSIGNALED(life.status), f"kill {turn}: it had done all its work"
            first += sum(groups)
            acknowledged.update(life.acknowledged)
            tally.update(kills=1, acknowledged=len(life.acknowledged), before_the_first=not life.acknowledged)
            left = verify(folder)
            assert left.faults == (), (
                f"kill {turn} of {kills}: what it leaves is unfinished, no fault: {left.faults[:3]}"
            )
            tally.update(left_unsigned=any("are not signed yet" in one for one in left.unfinished))
            with Record.open(folder) as record:
                found = numbers(record)
                if old is not None:
                    check_consistency(*old, record.size, record.root(), record.consistency_proof(old[0]))
                old = record.size, record.root()
            lost = {index: number for index, number in acknowledged.items() if found.get(index) != number}
            assert not lost, f"kill {turn} of {kills}: lost {lost}"
            tally.update(unacknowledged_but_there=len(found) - len(acknowledged))
            acknowledged.update(found)
            faults = verify(folder).faults
            assert faults == (), f"kill {turn} of {kills}: {faults[:3]}"
            if len(found) > 500:
                shutil.rmtree(folder)
                folder = None
    print(f"kill -9: {dict(tally)}, 0 lost")
    record_property("kills", tally["kills"])
    assert tally["kills"] == kills and tally["acknowledged"]


# (b) every call of the system in turn: the process dies there, or the call fails

FIRST = 10_000  # what children say is numbered from here on
GROUPS = (2, 1, 3)
SCENES = ("few entries", "a full tile", "left unsigned")
# Where SQLite's own unlocking fails, or its opening for writing, nothing is appended until the record is opened anew.
UNTIL_REOPENED = ("locking protocol", "readonly database")
WRITES = {"write", "pwrite64", "ftruncate", "fallocate", "openat", "mkdir", "rename", "fdatasync", "fsync"}


def scene(name, folder):
    """A record in which the next append does more than usual."""
    if name == "few entries":
        return new_record(folder, 5)
    if name == "a full tile":
        return new_record(folder, 255)
    new_record(folder.with_name("source"), 3)
    record = Record.open(folder.with_name("source"))
    sign, log_module.sign_checkpoint = log_module.sign_checkpoint, None
    try:
        with pytest.raises(TypeError):
            record.append([("report", {"number": n, "size": 2, "first": 3}) for n in (3, 4)], at=AT)
    finally:
        log_module.sign_checkpoint = sign
    shutil.copytree(folder.with_name("source"), folder)  # with its write-ahead log, as a crash leaves it
    record.close()
    assert verify(folder).ok and "entries 3 to 4 are not signed yet" in verify(folder).unfinished[0]
    return folder


def traced(nursery, folder, log, *options, publish=0.0):
    """The life of a child in *folder* under strace, from the moment on when it opens the record."""
    pid = nursery.start(folder, FIRST, GROUPS, wait=True, publish=publish)
    command = [STRACE, "-f", "-p", str(pid), "-o", str(log), *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        told = strace.stderr.readline()
        os.kill(pid, signal.SIGUSR1)
        life = nursery.listen()
        told += strace.stderr.read()
    if "attached" not in told:
        pytest.fail(told) if os.environ.get("PARLEY_STRACE") == "1" else pytest.skip(f"strace: {told.strip()}")
    return life


def calls(log):
    """How often each call on files stands in a trace."""
    return Counter(re.findall(r"^\d+ +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE))


def check(folder, life, what):
    """Open the record after an accident, and hold it against what the child was told."""
    its_machine(folder)
    with Record.open(folder) as record:
        found = numbers(record)
        record.append([("report", {"number": FIRST - 1, "size": 1, "first": FIRST - 1})], at=AT)
    lost = [(index, number) for index, number in life.acknowledged if found.get(index) != number]
    assert not lost, f"{what}: lost {lost}; refused {life.refused}"
    faults = verify(folder).faults
    assert faults == (), f"{what}: {faults[:3]}; refused {life.refused}"
    return found


@pytest.fixture
def strace():
    if STRACE is None:
        why = "strace is not installed (Debian: apt-get install strace)"
        pytest.fail(why) if os.environ.get("PARLEY_STRACE") == "1" else pytest.skip(why)


@pytest.mark.parametrize("count", [25, pytest.param(None, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", SCENES)
def test_whichever_call_fails_or_is_the_last_nothing_is_lost(strace, nursery, name, count, record_property):
    tally, wrong, kinds = Counter(), [], Counter()
    with scratch() as base:
        template = scene(name, base / "template")
        shutil.copytree(template, base / "honest")
        life = traced(nursery, base / "honest", base / "trace", "-e", "trace=%file,%desc")
        assert life.closed and len(life.acknowledged) == sum(GROUPS), life
        seen = calls(base / "trace")
        accidents = [
            (call, accident, place)
            for call, times in sorted(seen.items())
            for accident in ("signal=KILL", "error=EIO", *(["error=ENOSPC"] if call in WRITES else []))
            for place in range(1, times + 1)
        ]
        if count is not None:
            accidents = Random(f"calls {name}").sample(accidents, -(-count // len(SCENES)))
        for call, accident, place in accidents:
            what = f"{name}: {call}:{accident}:when={place}"
            folder = base / "now"
            shutil.copytree(template, folder)
            life = traced(
                nursery, folder, base / "trace", "-e", f"trace={call}", "-e", f"inject={call}:{accident}:when={place}"
            )
            hit = os.WIFSIGNALED(life.status) or "(INJECTED)" in (base / "trace").read_text(errors="replace")
            kinds.update((one[0].split(":")[0], one[1], one[2]) for one in life.refused)
            tally.update({"accidents": 1, "hit": hit, accident: 1, "refused": bool(life.refused)})
            try:
                check(folder, life, what)
                refused = [" ".join(one) for one in life.refused if one[0].startswith("append")]
                until_reopened = any(told in one for one in refused for told in UNTIL_REOPENED)
                tally.update(refused_until_reopened=until_reopened)
                assert len(refused) <= 1 or until_reopened, f"{what}: one failing call stands in the way of {refused}"
            except Exception as error:
                wrong.append(f"{what}: {error!r}"[:400])
            shutil.rmtree(folder)
    print(f"{name}: {sum(seen.values())} calls of {len(seen)} kinds, {dict(tally)}, {len(wrong)} wrong")
    print(f"  told by the child: {dict(kinds)}")
    record_property("accidents", tally["accidents"])
    assert not wrong, f"{len(wrong)} of {tally['accidents']}: " + "\n".join(wrong[:8])
    assert tally["hit"] >= 0.95 * tally["accidents"], tally


@pytest.mark.parametrize("name", ["hold", "keys/log.history", "keys/founder.vkey", "keys/desk.key"])
def test_files_that_cannot_be_read_refuse_an_append_as_all_else_does(name):
    with scratch() as base:
        folder = new_record(base / "record", 1)
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()  # reading it fails, whoever reads
        with pytest.raises(RecordError), Record.open(folder) as record:
            record.append([("report", {})], at=AT)


def test_a_crash_while_static_files_are_written_leaves_those_of_the_old_checkpoint(monkeypatch):
    with scratch() as base:
        folder = new_record(base / "record", 255)
        with Record.open(folder) as record, monkeypatch.context() as patched:
            patched.setattr(log_module, "SECONDS", float("inf"))
            record.append([("report", {"number": n, "size": 3, "first": 255}) for n in range(255, 258)], at=AT)
            patched.setattr("parley.record.tile_files.TileFiles.write_checkpoint", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                record.log.publish()  # it dies here
        assert verify(folder).faults == ()


# (c) loss of power: of the write-ahead log only what was synced is left

WRITE = re.compile(r"^\d+ +pwrite64\(\d+<[^>]*/record\.db-wal>.*, (\d+), (\d+)\) += (\d+)", re.MULTILINE)
SYNC = re.compile(r"^\d+ +fdatasync\(\d+<[^>]*/record\.db-wal>\) += 0", re.MULTILINE)


def synced(trace, before):
    """How long the write-ahead log was at its last sync, *before* bytes being there from earlier on."""
    length = certain = before
    events = sorted([*WRITE.finditer(trace), *SYNC.finditer(trace)], key=lambda one: one.start())
    for event in events:
        if event.re is WRITE:
            length = max(length, int(event[2]) + int(event[3]))
        else:
            certain = length
    return certain


@pytest.mark.parametrize("name", SCENES)
def test_a_loss_of_power_takes_nothing_that_was_acknowledged(strace, nursery, name, record_property):
    """The process dies at each of its acknowledgements; what it wrote after the last sync never reached the disk."""
    cut = []
    with scratch() as base:
        template = scene(name, base / "template")
        before = (template / "record.db-wal").stat().st_size if (template / "record.db-wal").exists() else 0
        shutil.copytree(template, base / "honest")
        late = {"publish": float("inf")}  # its static files are written at the end, after the last acknowledgement
        traced(nursery, base / "honest", base / "trace", "-e", "trace=write", **late)
        said = [n for n, line in enumerate(re.findall(r"write\(.*", (base / "trace").read_text()), 1) if '"ack' in line]
        assert len(said) == sum(GROUPS)
        for place in [one + 1 for one in said]:  # the write after an acknowledgement
            folder = base / "now"
            shutil.copytree(template, folder)
            life = traced(
                nursery, folder, base / "trace", "-y", "-e", "trace=pwrite64,fdatasync,write",
                "-e", f"inject=write:signal=KILL:when={place}", **late,
            )  # fmt: skip
            assert os.WIFSIGNALED(life.status) and life.acknowledged
            log = folder / "record.db-wal"
            certain = synced((base / "trace").read_text(errors="replace"), before)
            with Record.open(base / "honest", reading=True) as honest:
                expected = honest.size
            cut.append(log.stat().st_size - certain)
            os.truncate(log, certain)
            log.with_name("record.db-shm").unlink()
            shutil.rmtree(folder / "log")  # static files are not synced: they may be gone, and are made again
            assert len(check(folder, life, f"{name}: no power at write {place}")) <= expected
            shutil.rmtree(folder)
    print(f"{name}: {len(cut)} losses of power, up to {max(cut)} bytes of the write-ahead log gone, 0 statements lost")
    record_property("losses of power", len(cut))
    assert max(cut) > 0, "the checkpoint that is not synced at once"
