"""What is no file, has no end, or changes while it is read: refused with a sentence, and nothing of it recorded."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from parley.centre.folder import Centre
from parley.cli.main import main
from parley.model import (
    Charter,
    Input,
    InputError,
)
from parley.model import (
    input as of_input,
)

NEWS = "On 2 May 2031 the North accused the South of shelling Milltown. The South denied this.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC")):
        pass
    return tmp_path / "centre"


def size(folder: Path) -> int:
    with Centre.open(folder) as centre:
        assert not (folder / "files" / "incoming.part").exists()
        return centre.record.size


@pytest.fixture(params=["pipe", "device", "socket"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    path = tmp_path / "given"
    if request.param == "pipe":
        os.mkfifo(path)
    elif request.param == "device":
        path = Path("/dev/zero")
    if request.param != "socket":
        yield path, request.param
        return
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(tmp_path)  # the path of a socket has 108 bytes
        one.bind(path.name)
        os.chdir(here)
        yield path, request.param


def test_what_is_no_file_is_refused_at_once_and_the_files_beside_it_are_taken(
    folder: Path, no_file: tuple[Path, str], tmp_path: Path
) -> None:
    path, kind = no_file
    before = size(folder)
    said = CliRunner().invoke(main, ["add", str(folder), str(path), "--as", "field", "--later"])
    assert said.exit_code == 2 and f"Found a {kind}" in said.output and "Nothing was recorded" in said.output
    assert size(folder) == before
    (tmp_path / "a.txt").write_text(NEWS)
    said = CliRunner().invoke(
        main, ["add", str(folder), str(path), str(tmp_path / "a.txt"), "--as", "article", "--later"]
    )
    assert said.exit_code == 2 and "a.txt is entry 1: 1 report;" in said.output and f"Found a {kind}" in said.output


def test_no_other_way_waits_for_a_pipe_either(no_file: tuple[Path, str]) -> None:
    path, _ = no_file
    arrived = Input("given", path)
    for read in (lambda: arrived.data, lambda: arrived.digest, lambda: arrived.ends, lambda: list(arrived.chunks())):
        with pytest.raises(InputError, match="a file of a disk"):
            read()
    said = CliRunner().invoke(main, ["mapping", str(path)])
    assert said.exit_code != 0 and "a file of a disk" in said.output


def test_a_folder_is_no_file(folder: Path) -> None:
    said = CliRunner().invoke(main, ["add", str(folder), str(folder), "--as", "field"])
    assert said.exit_code == 2 and "directory" in said.output
    with pytest.raises(InputError, match="a folder"):
        list(Input("given", folder).as_it_is())


def test_a_file_over_the_limit_is_refused_with_the_limit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_input, "MOST_BYTES", 1000)
    before = size(folder)
    (tmp_path / "a.txt").write_text(NEWS * 20)
    said = CliRunner().invoke(main, ["add", str(folder), str(tmp_path / "a.txt"), "--as", "article"])
    assert said.exit_code == 2 and "a file of at most 1,000 bytes" in said.output
    assert size(folder) == before
    with pytest.raises(InputError, match="at most 1,000 bytes"):
        list(Input("a", NEWS.encode() * 20).as_it_is())


@pytest.mark.parametrize("change", ["grows", "shrinks", "is written over"])
def test_a_file_that_changes_while_it_is_copied_is_found_out(
    change: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of_input, "CHUNK", 4096)
    path = tmp_path / "list.txt"
    path.write_text(NEWS * 500)
    os.utime(path, ns=(1, 1))
    with Centre.open(folder, writing=True) as centre:
        before = centre.record.size
        seen = taken = 0

        def changed() -> Iterator[bytes]:
            nonlocal seen, taken
            for chunk in Input("list.txt", path).as_it_is():
                seen += 1
                taken += len(chunk)
                if change == "grows":
                    with path.open("a") as file:
                        file.write(NEWS * 100)
                elif seen == 2 and change == "shrinks":
                    os.truncate(path, 5000)
                elif seen == 2:
                    with path.open("r+") as file:
                        file.write("x")
                yield chunk

        with pytest.raises(InputError, match="changed while it was read"):
            list(changed())
        assert taken <= len(NEWS) * 500, "a file that grows for ever is not read for ever"
        assert centre.record.size == before


def test_what_is_recorded_is_what_was_kept(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = size(folder)
    path = tmp_path / "a.txt"
    path.write_text(NEWS)
    read = Input.as_it_is

    def growing(arrived: Input) -> Iterator[bytes]:
        for chunk in read(arrived):
            with path.open("a") as file:
                file.write(NEWS)
            yield chunk

    monkeypatch.setattr(Input, "as_it_is", growing)
    said = CliRunner().invoke(main, ["add", str(folder), str(path), "--as", "article", "--later"])
    assert said.exit_code == 2 and "changed while it was read" in said.output
    assert size(folder) == before
    monkeypatch.undo()
    assert CliRunner().invoke(main, ["add", str(folder), str(path), "--as", "article", "--later"]).exit_code == 0
    with Centre.open(folder) as centre:
        assert Input("a", path).digest in {one.name for one in (centre.folder / "files").glob("*/*")}
