"""What goes wrong from a shell ends with a sentence that helps, and a code that says what it was; never a traceback."""

import ctypes
import json
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parley.cli.main import main

FIELD = {"id": "F-1", "source": "Post 3", "observed": "2031-05-02T06:10:00-08:00", "act": "shelling",
         "place": {"name": "Ford", "lat": -48.31, "lon": -123.4, "radius_m": 200}}  # fmt: skip
TERMS = "syria-2016-09-09-arrangement"


def parley(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wrong") / "exercise"
    assert parley("demo", "--exercise", folder).exit_code == 0
    return folder


@pytest.fixture
def field(tmp_path: Path) -> Path:
    file = tmp_path / "post-3.json"
    file.write_text(json.dumps(FIELD))
    return file


@contextmanager
def unwritable(folder: Path) -> Iterator[Path]:
    """A copy of *folder* that this process cannot write, whoever it runs as."""
    place = Path(tempfile.mkdtemp())
    copy = shutil.copytree(folder, place / "copy")
    paths = [copy, *copy.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with as_others():
            with pytest.raises(PermissionError):
                (copy / "record.db").open("ab")
            yield copy
    finally:
        for path in paths:
            path.chmod(stat.S_IRWXU)
        shutil.rmtree(place)


@contextmanager
def as_others() -> Iterator[None]:
    """Heed the modes of files, as root too: without the capabilities that override them (capabilities(7))."""
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)  # version 3, this thread
    before = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the same for capabilities above 31
    assert libc.capget(head, before) == 0
    less = (ctypes.c_uint32 * 6)(*before)
    less[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(head, less) == 0
    try:
        yield
    finally:
        assert libc.capset(head, before) == 0


def test_a_copy_that_cannot_be_written_can_be_read_and_is_found_intact(exercise: Path) -> None:
    with unwritable(exercise) as copy:
        told = {verb: parley(verb, copy) for verb in ("verify", "incidents", "findings", "tally", "judge", "review")}
    assert {verb: done.exit_code for verb, done in told.items()} == dict.fromkeys(told, 0) | {"verify": 3}
    assert told["verify"].stdout.splitlines()[1].startswith("Consistent with itself: ")
    assert "Oskerry Bridge" in told["incidents"].stdout


def test_who_may_not_write_is_told_so(exercise: Path, field: Path) -> None:
    with unwritable(exercise) as copy:
        done = parley("report", copy, "--date", "2031-05-02")
    assert done.exit_code == 2
    assert "You may not do this here: " in done.stderr and ": nothing was recorded. Ask whose it is" in done.stderr


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1899-12-31"])
@pytest.mark.parametrize("verb", ["report", "incidents", "findings", "tally"])
def test_a_day_at_the_ends_of_the_calendar_is_refused(exercise: Path, verb: str, day: str) -> None:
    done = parley(verb, exercise, "--date", day)
    assert done.exit_code == 2
    assert "Give a day from 1900-01-01 to 2999-12-31" in " ".join(done.stderr.split())


def test_a_reader_who_goes_away_is_not_told_of_it(exercise: Path) -> None:
    command = f"'{Path(sys.executable).with_name('parley')}' findings '{exercise}' --json | head -c 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("[", "")


def test_ctrl_c_ends_with_130_and_says_that_it_can_go_on(
    exercise: Path, field: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("parley.job.take_in", interrupted)
    done = parley("add", exercise, field, "--as", "field")
    assert done.exit_code == 130
    assert "what was recorded so far stands" in done.stderr


def test_a_path_that_cannot_be_used_is_named_without_numbers(exercise: Path, tmp_path: Path) -> None:
    done = parley("report", exercise, "--date", "2031-05-02", "-o", tmp_path / "nowhere" / "a.html")
    assert done.exit_code == 2
    assert done.stderr.endswith(f"parley: {tmp_path}/nowhere/a.html: No such file or directory\n")


def test_a_folder_that_is_none_is_told_how_to_make_one() -> None:
    assert "`parley init` makes one" in parley("incidents", "nowhere").stderr


def test_commands_to_go_on_with_can_be_typed_where_a_folder_has_spaces(tmp_path: Path) -> None:
    shown = parley("init", tmp_path / "مركز one", "--terms", TERMS).stdout
    assert f"next: parley add '{tmp_path}/مركز one' FILE… " in shown
    assert f"parley tally '{tmp_path}/demo 1'  #" in parley("demo", "--exercise", tmp_path / "demo 1").stdout


def test_notes_are_those_of_this_reading_of_the_file(tmp_path: Path) -> None:
    file, folder = tmp_path / "a.txt", tmp_path / "centre"
    file.write_text("Ford, 3 May 2031 - The road was \u202eclosed.\n")
    parley("init", folder, "--terms", TERMS)
    assert "note on entry" in parley("add", folder, file, "--as", "article").stdout
    wrong = parley("add", folder, file, "--as", "field")
    assert wrong.exit_code == 2
    assert "note on entry" not in wrong.stdout
