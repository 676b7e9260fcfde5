"""Wherever the disk is full: a sentence, nothing half done, and the same command again does what it would have done.

By each verb that writes, at a write that is drawn (at every write in `make test-full`).
"""

import errno
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from full_disk import FullDisk, on
from parley.cli.main import main
from parley.record import Record
from truce import TRUCE

REPORT = """{"id": "R%d", "source": "Post %d", "observed": {"start": "2031-05-03T10:00:00Z"}, "act": "shelling",
 "place": {"name": "Ford", "lat": 0.2, "lon": 0.5, "radius_m": 300}, "actor": "Westland"}"""
KEY = "example.org/log+53f903c3+ATvQp5cqI7DeKqnLPkGHLD+1ePYjZmYVqA1qtKTxj5WJ"

VERBS: dict[str, str] = {
    "init": "init new --terms truce.yaml",
    "add": "add centre 2.json --as field --from A",
    "add an attachment": "add centre attached.json --as field",
    "add later": "add centre 2.json 3.json --as field --later",
    "judge": "judge centre same 3 6 --by A --reason b",
    "withdraw": "withdraw centre 3 --by A --reason b",
    "note": "note centre 3 seen --by A",
    "report": "report centre --date 2031-05-03",
    "report to a file": "report centre --date 2031-05-03 -o out.html",
    "rebuild": "rebuild centre",
    "backup": "backup centre copy",
    "restore": "restore kept new --newest",
    "copy": "copy centre read --for-readers",
    "bundle": "bundle centre 3 --show /report/source -o entry.zip",
    "shred": "shred centre 2 --reason asked",
    "witness init": "witness init new --name w.example/1",
    "mapping": "mapping list.csv -o m.yaml",
}
DECISIONS = ("judge", "withdraw", "note")
"""What people decide counts once it is recorded: it is then not made again, but shown."""


def parley(*words: Any) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre with two reports of one happening and a published day, its backup, and files to come."""
    place = tmp_path_factory.mktemp("state")
    (place / "truce.yaml").write_text(TRUCE)
    for number in range(4):
        (place / f"{number}.json").write_text(REPORT % (number, number))
    attached = json.loads(REPORT % (9, 9)) | {"attachments": [{"name": "a.txt", "base64": "aGVsbG8="}]}
    (place / "attached.json").write_text(json.dumps(attached))
    (place / "list.csv").write_text("when,town\n2031-05-03,Ford\n2031-05-04,Mill\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("PARLEY_STATE", str(place / "machine"))
        for words in (
            "init centre --terms truce.yaml",
            "add centre 0.json --as field",
            "add centre 1.json --as field",
            "report centre --date 2031-05-03",
            "backup centre kept",
        ):
            done = parley(*words.split())
            assert done.exit_code == 0, (words, done.output)
    return place


@pytest.fixture
def place(state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Path]]:
    """Give the state anew each time, and go there."""

    def again() -> Path:
        here = tmp_path / "here"
        monkeypatch.chdir(tmp_path)
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(state, here)
        monkeypatch.setenv("PARLEY_STATE", str(here / "machine"))
        monkeypatch.chdir(here)
        return here

    return again


def seen(here: Path) -> dict[str, Any]:
    """What a command left: files by name, the record's statements by kind, and what people are shown."""
    names = (file.relative_to(here) for file in here.rglob("*") if file.is_file())
    kept = (name for name in names if not {"log", "machine"} & set(name.parts) and "-" not in name.suffix)
    found: dict[str, Any] = {"files": sorted(map(str, kept))}
    for folder in sorted(path.parent.name for path in here.glob("*/record.db")):
        with Record.open(here / folder, reading=True) as record:
            found[folder] = [entry.kind for entry in record.entries()]
        if (here / folder / "centre.db").exists():
            found[f"{folder} shows"] = parley("findings", folder, "--json").output
    return found


def in_order(here: Path) -> None:
    for folder in here.glob("*/record.db"):
        done = parley("verify", folder.parent)
        assert done.exit_code in (3, 4) and "CHANGED" not in done.output, done.output
        if done.exit_code == 3:  # else what is recorded and not signed yet is told as unfinished
            assert not [file for file in folder.parent.rglob("*.part*") if "log" not in file.parts]
    assert not list(here.glob("*.part"))


def fails_well(here: Path, words: list[str], n: int, number: int = errno.ENOSPC) -> str | None:
    """Give the command with a disk that is full from write *n* on; return what it said, None where it went through."""
    with on(FullDisk(here, number)) as disk:
        disk.full_from = n
        done = parley(*words)
    assert done.exception is None or isinstance(done.exception, SystemExit), (n, done.output, done.exc_info)
    if done.exit_code == 0:
        return None  # what was refused can be made again and was let go: a static file, the kept head
    assert done.exit_code == 2, (n, done.output)
    assert "parley: " in done.output and "hen give the same command again" in done.output, (n, done.output)
    in_order(here)
    return done.output


def writes_of(here: Path, words: list[str]) -> tuple[int, dict[str, Any]]:
    with on(FullDisk(here)) as disk:
        done = parley(*words)
    assert done.exit_code == 0, done.output
    return disk.writes, seen(here)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_full_disk_is_said_and_the_same_command_again_does_all(
    place: Callable[[], Path], verb: str, every: bool
) -> None:
    words = VERBS[verb].split()
    writes, wanted = writes_of(place(), words)
    assert writes > 0
    drawn = range(1, writes + 1) if every else random.Random(verb).sample(range(1, writes + 1), min(3, writes))
    noticed = 0
    for n in drawn:
        here = place()
        said = fails_well(here, words, n)
        noticed += said is not None
        if said is not None:
            decided = verb in DECISIONS and "were recorded, and stay" in said
            again = parley("rebuild", "centre") if decided else parley(*words)
            assert again.exit_code == 0, (n, again.output)
        in_order(here)
        assert seen(here) == wanted, n
    assert noticed or not every


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENOMEM, errno.EFBIG, errno.EIO])
def test_every_refusal_of_the_machine_is_a_sentence(place: Callable[[], Path], number: int) -> None:
    here = place()
    assert fails_well(here, VERBS["add"].split(), 1, number) is not None
    assert not [file for file in (here / "centre/files").rglob("*") if "incoming" in file.name]


def test_an_input_that_was_kept_and_is_not_recorded_goes_again(place: Callable[[], Path]) -> None:
    here = place()
    before = seen(here)
    with on(FullDisk(here)) as disk:
        parley(*VERBS["add"].split())
        wrote = disk.writes
    gone = 0
    for n in range(1, wrote + 1):
        here = place()
        with on(FullDisk(here)) as disk:
            disk.full_from = n
            done = parley(*VERBS["add"].split())
        if "nothing was recorded." in done.output:
            gone += 1
            assert seen(here) == before, n
    assert gone >= 3


def test_out_of_memory_is_a_sentence(place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from parley import terms

    def no_room(*of: Any) -> Any:
        raise MemoryError

    here = place()
    monkeypatch.setattr(terms, "assess_all", no_room)
    done = parley(*VERBS["add"].split())
    assert (done.exit_code, "There is not enough memory." in done.output) == (2, True), done.output
    assert "entries 10 to 12 were recorded, and stay" in done.output
    monkeypatch.undo()
    monkeypatch.chdir(here)
    in_order(here)
    assert parley(*VERBS["add"].split()).exit_code == 0


def test_a_digest_that_openssl_cannot_make_is_want_of_memory(
    place: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> bytes:
        raise ValueError("[digital envelope routines] not able to copy ctx")

    here = place()
    monkeypatch.chdir(here)
    monkeypatch.setattr("parley.centre.handles.hmac.digest", no_room)
    done = parley(*VERBS["add"].split())
    assert (done.exit_code, "There is not enough memory." in done.output) == (2, True), done.output
    monkeypatch.undo()
    in_order(here)


def test_a_process_that_may_have_no_more_memory_leaves_the_record_in_order(place: Callable[[], Path]) -> None:
    here = place()
    rows = "".join(f"{n},1,North,South,1,Town {n},33.1,36.5,1,2031-05-02,2031-05-02,2,2,2\n" for n in range(12_000))
    head = "id,type_of_violence,side_a,side_b,where_prec,where_coordinates,latitude,longitude,date_prec,date_start,"
    (here / "big.csv").write_text(f"{head}date_end,best,high,low\n{rows}")
    limited = (
        "import resource, sys; import parley.job, parley.cli.terminal, parley.centre.views;"
        "from parley.cli.main import main;"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize();"
        "resource.setrlimit(resource.RLIMIT_AS, (used + (24 << 20),) * 2); main()"
    )
    words = ["add", "centre", "big.csv", "--as", "ucdp-ged"]
    with subprocess.Popen([sys.executable, "-c", limited, *words], stderr=subprocess.PIPE, text=True) as add:
        try:
            _, told = add.communicate(timeout=30)
        except subprocess.TimeoutExpired:  # a library that is not written in Python may hang at it: somebody ends it
            add.kill()
            _, told = add.communicate()
    if add.returncode >= 0:  # or die of it, as of a signal
        assert (add.returncode, "There is not enough memory." in told) == (2, True), told[-3000:]
        assert "Traceback" not in told, told[-3000:]
    in_order(here)


def test_a_folder_that_cannot_be_written_is_named(place: Callable[[], Path]) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    here = place()
    (here / "centre").chmod(0o500)
    done = parley(*VERBS["add"].split())
    (here / "centre").chmod(0o700)
    assert done.exit_code == 2 and "centre" in done.output
