"""Measure the record: durable appends, proofs, audit, cosignatures, sizes; with static files where any are written.

    .venv/bin/python bench/record.py [--runs 3] [--quick] [--raw]

The aims, for 4 cores, are printed beside what they are of: see `AIMS`.

The peer of every append is a plain SQLite table that takes the same leaves just as durably, one commit for one caller
and one for each group of callers. The peer of proofs and audit is Go's golang.org/x/mod/sumdb/tlog over the same files,
where `go` and its sources are there (`tests/interop/requirements.txt` says which; it is said where they are not).
Tessera's POSIX log cannot be had without a Go module proxy: its figures in the design were measured elsewhere.

Every run is a process of its own, ours and the peer's in turn. No figure is asserted, only that the work was done:
the static files of every append are audited after the clock has stopped.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import secrets
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BUILD = HERE.parent / "build"  # on the disk of the repository, and ignored by git
CALLERS = {1: 2_000, 16: 30_000, 256: 200_000}
LEAVES = 300_000
ORIGIN = "bench.invalid/log"
NOW = datetime(2031, 4, 2, tzinfo=UTC)
GO_SOURCES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")

AIMS = {
    ("1 callers", "p50 ms"): "at most 1",
    ("16 callers", "p50 ms"): "at most 1",
    ("256 callers", "per s"): "at least 70,000",
    ("bulk of 100,000", "per s"): "at least 150,000",
    ("bulk of 300,000", "per s"): "at least 150,000",
    ("proofs", "cold per s"): "at least 10,000",
    ("proofs", "warm per s"): "at least 40,000",
    ("proofs", "audit s"): "at most 0.5",
    ("submitted", "per s"): "at least 8,000",
    ("over http", "per s"): "at least 1,000",
    ("cosigned", "p50 ms"): "at most 12",
    ("cosigned", "p99 ms"): "at most 30",
    ("sizes", "without verify.py bytes"): "at most 2,048",
}

Figures = dict[str, float]


def entries(count: int, start: int = 0) -> list[Any]:
    """Entries as they go into the log: leaves of 256 bytes, each of its own."""
    from parley.record.log import Pending

    secret, sender = secrets.token_bytes(32), "a" * 64
    return [Pending("report", sender, n, b"%08d" % n * 32, b"", b"", secret) for n in range(start, start + count)]


def quantiles(seconds: list[float]) -> Figures:
    seconds.sort()
    return {"p50 ms": seconds[len(seconds) // 2] * 1e3, "p99 ms": seconds[int(len(seconds) * 0.99)] * 1e3}


def new_table(folder: Path) -> sqlite3.Connection:
    table = sqlite3.connect(folder / "plain.db", isolation_level=None)
    table.execute("PRAGMA journal_mode=WAL")
    table.execute("PRAGMA synchronous=FULL")
    table.execute("CREATE TABLE e (i INTEGER PRIMARY KEY, b BLOB)")
    return table


def insert(table: sqlite3.Connection, rows: list[tuple[int, bytes]]) -> None:
    table.execute("BEGIN IMMEDIATE")
    table.executemany("INSERT INTO e VALUES (?, ?)", rows)
    table.execute("COMMIT")


def check_files(folder: Path, count: int) -> None:
    """That the static files hold all of *count* entries: a publisher that failed would look fast."""
    from parley.record.audit import audit
    from parley.record.keys import LOG, load_verifier

    found = audit(folder / "log", load_verifier(folder, LOG)).size
    assert found == count, (found, count)


def by_callers(count: int, folder: Path, scale: int) -> Figures:
    """*count* callers at once through the sequencer; ends when the static files are complete."""
    from parley.record.log import Log
    from parley.record.sequencer import Sequencer

    given = entries(CALLERS[count] // scale)
    taken: list[float] = []

    async def run() -> float:
        waiting = iter(given)
        with Log.create(folder, ORIGIN) as log:
            started = time.perf_counter()
            sequencer = Sequencer(log)

            async def caller() -> None:
                for entry in waiting:
                    asked = time.perf_counter()
                    await sequencer.add(entry)
                    taken.append(time.perf_counter() - asked)

            await asyncio.gather(*(caller() for _ in range(count)))
        return time.perf_counter() - started

    seconds = asyncio.run(run())
    check_files(folder, len(given))
    return {"per s": len(given) / seconds, **quantiles(taken)}


def plain_table(count: int, folder: Path, scale: int) -> Figures:
    """The peer: the same bytes into a plain table, one durable commit for every *count* of them."""
    given = [(entry.seq, entry.leaf) for entry in entries(CALLERS[count] // scale)]
    table = new_table(folder)
    taken = []
    started = time.perf_counter()
    for start in range(0, len(given), count):
        asked = time.perf_counter()
        insert(table, given[start : start + count])
        taken.append(time.perf_counter() - asked)
    table.close()  # folds the write-ahead log into the file, as closing ours does
    return {"per s": len(given) / (time.perf_counter() - started), **quantiles(taken)}


def bulk(entries_in_all: int, folder: Path, scale: int) -> Figures:
    """Groups of 10,000 preformed entries; ends when the static files are complete."""
    from parley.record.log import Log

    groups = [entries(10_000, start) for start in range(0, entries_in_all // scale, 10_000)]
    count = sum(map(len, groups))
    log = Log.create(folder, ORIGIN)
    log.publish_beside()
    started = time.perf_counter()
    for group in groups:
        log.append(lambda _, group=group: group)
    rows = time.perf_counter() - started
    log.publish()
    whole = time.perf_counter() - started
    log.close()
    check_files(folder, count)
    return {"per s": count / whole, "rows alone per s": count / rows}


def bulk_into_plain_table(entries_in_all: int, folder: Path, scale: int) -> Figures:
    """The peer: the same groups into a plain table."""
    starts = range(0, entries_in_all // scale, 10_000)
    groups = [[(one.seq, one.leaf) for one in entries(10_000, start)] for start in starts]
    table = new_table(folder)
    started = time.perf_counter()
    for group in groups:
        insert(table, group)
    return {"per s": sum(map(len, groups)) / (time.perf_counter() - started)}


def statements(folder: Path, scale: int) -> Figures:
    """Whole statements, committed to field by field, signed and sealed; then the whole record verified."""
    from parley.record import Record
    from parley.record.verify import verify

    count = 20_000 // scale
    claims = [{"attribute": "deaths", "said": "3 or 4", "value": {"low": n, "high": n + 1}} for n in range(12)]
    body = {"number": 1, "report": {"source": "Post 3", "claims": claims}}
    said = [("report", {**body, "number": n}) for n in range(count)]
    with Record.create(folder, ORIGIN) as record:
        appended = timed(lambda: record.append(said, at=NOW))
    check_files(folder, count)
    started = time.perf_counter()
    verification = verify(folder)
    verified = time.perf_counter() - started
    assert verification.ok and verification.size == count, verification.faults[:3]
    return {"appended per s": count / appended, "verify s": verified, "verified per s": count / verified}


def proofs(folder: Path, scale: int) -> Figures:
    """Inclusion proofs of random entries from a log just opened and from a warm one; an audit; the same by Go."""
    from parley.record.audit import audit
    from parley.record.log import Log

    leaves = LEAVES // scale
    with Log.create(folder, ORIGIN) as log:
        log.append(lambda _: entries(leaves))
        key = log.key
    chance = random.Random(1)
    wanted = [chance.randrange(leaves) for _ in range(20_000)]
    tiles = [min(start + chance.randrange(256), leaves - 1) for start in range(0, leaves, 256)]
    chance.shuffle(tiles)
    started = time.perf_counter()
    with Log.open(folder) as log:
        opened = time.perf_counter() - started
        cold = timed(lambda: [log.inclusion_proof(index, leaves) for index in wanted[:2_000]])
    with Log.open(folder) as log:
        coldest = timed(lambda: [log.inclusion_proof(index, leaves) for index in tiles])
        warm = timed(lambda: [log.inclusion_proof(index, leaves) for index in wanted])
    audited = timed(lambda: audit(folder / "log", key))
    return {
        "opening ms": opened * 1e3,
        "cold per s": 2_000 / cold,  # the first 2,000: many find their tile read by one before
        "each in a tile not yet read, per s": len(tiles) / coldest,
        "warm per s": len(wanted) / warm,
        "audit s": audited,
        **by_go(folder / "log"),
    }


def by_go(log: Path) -> Figures:
    """The peer of proofs and audit, where it can be built; where not, say so and why."""
    go = next((found for found in (os.environ.get("PARLEY_GO"), shutil.which("go")) if found), None)
    if go is None or not GO_SOURCES.is_dir():
        lacking = "no `go`, on the path or in PARLEY_GO" if go is None else f"no {GO_SOURCES}"
        print(f"The peer of proofs and audit cannot run: {lacking}", file=sys.stderr)
        return {}
    settings = {"GOPATH": "/usr/share/gocode", "GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOPROXY": "off"}
    settings["GOFLAGS"] = ""
    program = log.parent / "peer"
    built = subprocess.run(
        [go, "build", "-o", program, HERE / "record_peer.go"],
        env={**os.environ, **settings, "GOCACHE": str(log.parent / "gocache")},
        capture_output=True,
        check=False,
        text=True,
    )
    if built.returncode:
        print(f"The peer of proofs and audit cannot run, it does not build: {built.stderr}", file=sys.stderr)
        return {}
    ran = subprocess.run([program, log], check=True, stdout=subprocess.PIPE, text=True)
    figures: Figures = json.loads(ran.stdout)
    return figures


def cosigned(folder: Path, scale: int) -> Figures:
    """From one statement to its checkpoint being cosigned by 3 of 4 witnesses on loopback, one caller and 16."""
    from parley.record.formats.policy import NEUTRAL, Group, Policy
    from parley.record.keys import DESK, load_signer
    from parley.record.log import Log, Pending, Tail
    from parley.record.outside.http import Asker
    from parley.record.outside.witnessing import Witnessing
    from parley.record.sequencer import Sequencer
    from parley.record.statements.author import Author
    from parley.record.statements.sealed import seal
    from parley.record.statements.statement import encode_leaf, leaf_of

    (folder / "centre").mkdir()
    log = Log.create(folder / "centre", ORIGIN)
    signer = load_signer(log.folder, DESK)
    sender = signer.verifier.digest.hex()
    taken: list[float] = []

    def statement(tail: Tail) -> Pending:
        author = Author(signer, log.id, log.place(tail, sender))
        said = author.say("report", {"number": author.place.seq, "source": "Post 3"}, NOW)
        tail.places[sender] = author.place
        leaf, sealed = leaf_of(said.envelope, tail.receive(NOW)), seal(said.body, said.secret)
        return Pending(leaf.kind, sender, leaf.sender_seq, encode_leaf(leaf), said.envelope, sealed, said.secret)

    async def run(callers: int, count: int, policy: Policy) -> Figures:
        taken.clear()
        left = iter(range(count))
        with Witnessing(log.folder, policy, Asker()) as witnessing:
            sequencer = Sequencer(log, witnessing.cosign)

            async def caller() -> None:
                for _ in left:
                    asked = time.perf_counter()
                    await sequencer.add(statement)
                    taken.append(time.perf_counter() - asked)

            await asyncio.gather(*(caller() for _ in range(callers)))
        return quantiles(taken)

    with ExitStack() as stack, log:
        witnesses = {name: stack.enter_context(Served(folder / name, log.key)) for name in ("w1", "w2", "w3", "w4")}
        named = {name: (served.key, served.url) for name, served in witnesses.items()}
        policy = Policy(NEUTRAL, ((log.key, None),), named, {NEUTRAL: Group(3, tuple(named))})
        one = asyncio.run(run(1, 400 // scale, policy))
        many = asyncio.run(run(16, 3_200 // scale, policy))
    return {**one, **{f"16 callers {name}": value for name, value in many.items()}}


def party_log(folder: Path, count: int) -> tuple[Any, list[Any]]:
    """A log in *folder*, closed, that takes the statements of a party, and *count* of them, signed."""
    from parley.record import Record
    from parley.record.keys import new_signer
    from parley.record.statements.author import Author

    signer = new_signer("east.invalid/desk")
    claims = {name: {"value": {"any_of": ["x"]}, "said": "y"} for name in ("act", "actor", "place", "time")}
    with Record.create(folder, ORIGIN) as record:
        record.append([("charter", {"title": "Bench"})], NOW)
        record.register(signer.verifier, NOW, "east")
        author = Author(signer, record.log.id)
        body = {"side": "east", "report": {"source": "Post 3", "claims": claims}}
        said = [author.say("report", body, NOW) for _ in range(count)]
        return record.log.key, said


def submitted(folder: Path, scale: int) -> Figures:
    """Statements that a party signed, checked and recorded in groups of 256; the peer: the same envelopes as rows."""
    from parley.record import Record

    _, said = party_log(folder, 20_000 // scale)
    with Record.open(folder) as record:
        started, spent = time.perf_counter(), time.process_time()
        for at in range(0, len(said), 256):
            record.submit(said[at : at + 256], NOW)
        seconds, spent = time.perf_counter() - started, time.process_time() - spent
    table = new_table(folder)
    started = time.perf_counter()
    for at in range(0, len(said), 256):
        insert(table, [(at + place, one.envelope + one.body) for place, one in enumerate(said[at : at + 256])])
    peer = time.perf_counter() - started
    table.close()
    return {"per s": len(said) / seconds, "per s of one core": len(said) / spent, "peer per s": len(said) / peer,
            "times the peer's time": seconds / peer}  # fmt: skip


def over_http(folder: Path, scale: int) -> Figures:
    """The same over HTTP, one statement a request with its proof, 16 connections; the server in a process of its own.

    The client, in this process, takes its share of the same cores; it is told beside.
    """
    from concurrent.futures import ThreadPoolExecutor

    from parley.record import Record
    from parley.record.keys import new_signer
    from parley.record.outside.http import Asker
    from parley.record.outside.serving import encode_submission
    from parley.record.statements.author import Author

    signers = [new_signer(f"p{number}.invalid/desk") for number in range(16)]
    with Record.create(folder, ORIGIN) as record:
        record.append([("charter", {"title": "Bench"})], NOW)
        for number, signer in enumerate(signers):
            record.register(signer.verifier, NOW, f"p{number}")
        authors = [Author(signer, record.log.id) for signer in signers]
    each = 1_000 // scale
    requests = [
        [
            encode_submission([author.say("report", {"side": f"p{number}", "report": {"n": turn}}, NOW)])
            for turn in range(each)
        ]
        for number, author in enumerate(authors)
    ]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = (
        "import sys; from pathlib import Path; from parley.record.outside.serving import LogServer, Rates; "
        "from parley.record.outside.http import serve; "
        "serve(LogServer(Path(sys.argv[1]), rates=Rates(1e9, 1e9)).app, '127.0.0.1', int(sys.argv[2]))"
    )
    server = subprocess.Popen([sys.executable, "-c", run, folder, str(port)], stderr=subprocess.DEVNULL)
    taken: list[float] = []

    def connection(mine: list[bytes]) -> None:
        ask = Asker()
        for body in mine:
            asked = time.perf_counter()
            assert ask(f"http://127.0.0.1:{port}/add-statement", body).status == 200
            taken.append(time.perf_counter() - asked)

    try:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        started, spent = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(connection, requests))
        seconds, spent = time.perf_counter() - started, time.process_time() - spent
    finally:
        server.terminate()
        server.wait()
    return {"per s": 16 * each / seconds, "client's share of a core": spent / seconds, **quantiles(taken)}


class Served:
    """A witness in a process of its own, on a free port of this machine."""

    def __init__(self, folder: Path, log: Any) -> None:
        from parley.record.outside.witness import Witness

        with Witness.create(folder, f"witness.invalid/{folder.name}") as witness:
            witness.follow(log)
            self.key = witness.keys[0]
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder

    def __enter__(self) -> "Served":
        parley = Path(sys.executable).with_name("parley")
        command = [parley, "witness", "serve", self._folder, "--port", str(self._port)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return self
            time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def sizes(folder: Path, scale: int) -> Figures:
    """Bytes that prove one statement among 10^6 leaves, cosigned by 3 of 4 witnesses, beside the fields shown."""
    import zipfile
    from io import BytesIO

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from parley.record import Record
    from parley.record.formats.cosignature import Cosigner
    from parley.record.formats.note import Note, decode_note, encode_note
    from parley.record.formats.policy import NEUTRAL, Group, Policy
    from parley.record.handed.bundle import make_bundle
    from parley.record.keys import DESK, load_verifier

    with Record.create(folder, ORIGIN) as record:
        charter = {"desk": str(load_verifier(folder, DESK))}
        record.append([("charter", charter), ("report", {"source": "Post 3"})], at=NOW)
        record.log.append(lambda _: entries(1_000_000 // scale - 2, 2))
        witnesses = [Cosigner(f"witness.invalid/w{n}", Ed25519PrivateKey.generate()) for n in range(4)]
        note = decode_note(record.checkpoint())
        lines = tuple(one.cosign(note.text, 1_932_000_000) for one in witnesses[:3])
        named = {f"w{n}": (one.verifier, None) for n, one in enumerate(witnesses)}
        policy = Policy(NEUTRAL, ((record.log.key, None),), named, {NEUTRAL: Group(3, tuple(named))})
        data = make_bundle(record, 1, [], {}, encode_note(Note(note.text, (*note.signatures, *lines))), policy)
        row = record.log.row(1)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        packed = {one.filename: one.compress_size for one in archive.infolist()}
        proof = archive.getinfo("proof.tlog-proof").file_size
    return {
        "bundle bytes": len(data),
        "without verify.py bytes": len(data) - packed["verify.py"],
        "proof bytes": proof,
        "leaf and envelope bytes": len(row.leaf) + len(row.envelope),
    }


def machine(folder: Path, scale: int) -> Figures:
    """What this machine's disk takes for what every append needs."""
    descriptor = os.open(folder / "synced", os.O_CREAT | os.O_WRONLY)

    def sync() -> None:
        os.write(descriptor, bytes(4096))
        os.fdatasync(descriptor)

    synced = timed(lambda: [sync() for _ in range(300)]) / 300

    def create(number: int) -> None:
        part = folder / f"{number}.part"
        part.write_bytes(bytes(8192))
        part.replace(folder / str(number))

    created = timed(lambda: [create(number) for number in range(300)]) / 300
    return {"fdatasync ms": synced * 1e3, "new file ms": created * 1e3}


def timed(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


BENCHES: dict[str, Callable[[Path, int], Figures]] = {"machine": machine}
for _count in CALLERS:
    BENCHES[f"{_count} callers"] = partial(by_callers, _count)
    BENCHES[f"{_count} callers, plain table"] = partial(plain_table, _count)
for _count in (100_000, 300_000):
    BENCHES[f"bulk of {_count:,}"] = partial(bulk, _count)
    BENCHES[f"bulk of {_count:,}, plain table"] = partial(bulk_into_plain_table, _count)
BENCHES |= {"statements": statements, "submitted": submitted, "over http": over_http}
BENCHES |= {"proofs": proofs, "cosigned": cosigned, "sizes": sizes}


def in_fresh_process(name: str, scale: int) -> Figures:
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as place:
        command = [sys.executable, __file__, "--only", name, "--scale", str(scale), "--folder", place]
        own = {**os.environ, "PARLEY_STATE": f"{place}/machine"}
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=own)
        figures: Figures = json.loads(ran.stdout)
    with suppress(OSError):
        BUILD.rmdir()
    return figures


def met(aim: str, value: float) -> str:
    """The *aim*, and whether the median *value* meets it; `--quick` runs are too short to tell."""
    bound = float(aim.split()[-1].replace(",", ""))
    reached = value <= bound if aim.startswith("at most") else value >= bound
    return f"   [aim: {aim}: {'met' if reached else 'MISSED'}]"


def main() -> None:
    options = argparse.ArgumentParser(description="Measure the record.")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--quick", action="store_true", help="a tenth of everything, once")
    options.add_argument("--raw", action="store_true", help="print every run too")
    options.add_argument("--only", choices=list(BENCHES), help=argparse.SUPPRESS)
    options.add_argument("--scale", type=int, default=1, help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.folder:
        print(json.dumps(BENCHES[given.only](given.folder, given.scale)))
        return
    runs, scale = (1, 10) if given.quick else (given.runs, 1)
    measured: dict[str, list[Figures]] = {name: [] for name in ((given.only,) if given.only else BENCHES)}
    for _ in range(runs):
        for name, done in measured.items():
            done.append(in_fresh_process(name, scale))
            if given.raw:
                print(name, json.dumps(done[-1]), flush=True)
    versions = f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    print(f"{versions}, {len(os.sched_getaffinity(0))} cores, {runs} runs each, median (least to most)")
    if given.quick:
        print("Quick: a tenth of everything; neither aims nor sizes mean much")
    for name, done in measured.items():
        print(name)
        for figure in done[0]:
            values = [run[figure] for run in done]
            middle = statistics.median(values)
            aim = met(AIMS[name, figure], middle) if (name, figure) in AIMS else ""
            print(f"  {figure}: {middle:,.2f} ({min(values):,.2f} to {max(values):,.2f}){aim}")


if __name__ == "__main__":
    main()
