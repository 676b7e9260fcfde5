"""Inputs of any size: recorded a part at a time, nothing twice and nothing lost wherever the process is killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.centre.verify import verify
from parley.cli.main import main
from parley.intake import pieces
from parley.intake.channels import ucdp_ged
from parley.job import derive, reads, rebuild, show, shred, take_in
from parley.model import (
    Arrived,
    Charter,
    EventReport,
    Input,
    InputCard,
    InputPart,
    RecordedReport,
)
from parley.record import Record

AT = datetime(2031, 6, 1, tzinfo=UTC)
HEADER = (
    "id,type_of_violence,side_a,side_b,where_prec,where_coordinates,latitude,longitude,date_prec,date_start,date_end,"
    "best,high,low"
)


def ged(rows: int, *, bad: int = 0, first: int = 1) -> bytes:
    """Return a GED list of *rows* rows, numbered from *first*; every *bad*-th has a latitude that is none."""
    lines = [HEADER]
    for number in range(first, first + rows):
        lat = "north" if bad and number % bad == 0 else f"{33 + number % 400 / 100:.2f}"
        lines.append(f"{number},1,North,South,1,Town {number},{lat},36.5,1,2031-05-02,2031-05-02,2,2,2")
    return "\n".join(lines).encode()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as made:
        yield made


def add(centre: Centre, data: bytes | Path, name: str = "list.csv", channel: str = "ucdp-ged") -> InputCard:
    return take_in(centre, Delivery(Input(name, data), channel), AT)


def references(centre: Centre) -> list[str]:
    return [
        one.says.report.reference
        for one in centre.stated()
        if isinstance(one.says, RecordedReport) and isinstance(one.says.report, EventReport)
    ]


def kinds(centre: Centre) -> list[str]:
    return [entry.kind for entry in centre.record.entries()][1:]


def test_a_small_input_is_one_group_that_ends_with_what_it_gave(centre: Centre) -> None:
    card = add(centre, ged(2))
    assert kinds(centre) == ["input", "report", "report", "input-part"]
    assert (card.reports, card.rows, card.whole) == (2, 2, True)


def test_a_large_input_is_recorded_in_parts_and_read_only_once(centre: Centre) -> None:
    card = add(centre, ged(2500))
    parts = [one.says for one in centre.stated() if isinstance(one.says, InputPart)]
    assert [(part.rows, part.reports, part.last) for part in parts] == [
        (1000, 1000, False),
        (2000, 1000, False),
        (2500, 500, True),
    ]
    assert (card.reports, card.whole) == (2500, True)
    size = centre.record.size
    assert add(centre, ged(2500)) == card and centre.record.size == size


def test_an_input_is_read_from_the_copy_that_is_kept(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(ged(3))
    card = add(centre, file)
    assert centre.kept(card.digest).read_bytes() == ged(3)
    assert not list((centre.folder / "files").glob("*.part"))


@pytest.mark.parametrize("parts", range(4))
def test_what_was_cut_short_between_parts_goes_on_behind_the_last_one(
    centre: Centre, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, done = centre.record.append, 0

    def failing(*given: object, **named: object) -> object:
        nonlocal done
        if done == parts:
            raise KeyboardInterrupt
        done += 1
        return append(*given, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(centre.record, "append", failing)
        with pytest.raises(KeyboardInterrupt):
            add(centre, ged(3500, bad=7))
    with Centre(centre.folder, Record.open(centre.folder), None) as again:  # the lock is this process's already
        card = add(again, ged(3500, bad=7))
        assert references(again) == [str(number) for number in range(1, 3501) if number % 7]
        assert (card.reports, card.problem_count, card.whole) == (3000, 500, True)
        assert sum(isinstance(one.says, Arrived) for one in again.stated()) == 1


def test_an_id_that_stands_on_both_sides_of_the_cut_is_found(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    data = ged(1500) + b"\n" + ged(1).split(b"\n")[1]
    with monkeypatch.context() as patched:
        patched.setattr(centre, "_record", once(centre._record))
        with pytest.raises(KeyboardInterrupt):
            add(centre, data)
    card = add(centre, data)
    assert (card.reports, [problem.found for problem in card.problems]) == (1501, ["1"])


def once(call):  # type: ignore[no-untyped-def]
    """Return *call*, which raises KeyboardInterrupt from the second time on."""
    calls: list[int] = []

    def limited(*given):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return call(*given)

    return limited


def test_findings_of_an_input_cut_short_hold_what_is_there(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(centre, "_record", once(centre._record))
        with pytest.raises(KeyboardInterrupt):
            add(centre, ged(2500))
    findings = derive(centre.stated(), centre.timezone)
    assert [(card.reports, card.whole) for card in findings.inputs] == [(1000, False)]
    assert len(findings.reports) == 1000


def size(folder: Path) -> int:
    with Centre.open(folder) as centre:
        return centre.record.size


def test_killed_anywhere_the_same_command_goes_on(tmp_path: Path) -> None:
    folder, file = tmp_path / "centre", tmp_path / "list.csv"
    with Centre.create(folder, Charter(title="Exercise", timezone="UTC"), at=AT):
        pass
    file.write_bytes(ged(12_000, bad=1000))
    verb = "from parley.cli.main import main; main()"
    command = [sys.executable, "-c", verb, "add", folder, file, "--as", "ucdp-ged", "--later"]
    dice = random.Random(12)
    for _ in range(5):
        before = size(folder)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while size(folder) == before and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.1 * dice.random())
        assert process.poll() is None, "it ended before it could be killed"
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 1, "some of its rows are skipped"
    with Centre.open(folder) as centre:
        assert references(centre) == [str(number) for number in range(1, 12_001) if number % 1000]
    assert verify(folder).faults == ()


def test_a_list_of_bad_rows_alone_is_bounded_and_all_of_it_is_in_the_record(centre: Centre) -> None:
    card = add(centre, ged(3000, bad=1))
    assert (card.reports, len(card.problems), card.problem_count) == (0, 4, 3000)
    parts = [one.says for one in centre.stated() if isinstance(one.says, InputPart)]
    assert sum(problem.times for part in parts for problem in part.problems) == 3000


def test_memory_holds_a_part_and_not_the_input(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    alive = 0
    most = 0
    reading = reads(Delivery(Input("list.csv", b""), "ucdp-ged"), centre.timezone)
    for piece in reading(Input("list.csv", ged(5000)), 0):
        alive = len(piece.reports)
        most = max(most, alive)
    assert most == pieces.ROWS_A_PIECE


def test_very_long_rows_end_a_part_early(centre: Centre) -> None:
    long = "x" * 900_000
    rows = [f"{n},1,North,South,1,{long},33,36,1,2031-05-02,2031-05-02,2,2,2" for n in range(12)]
    card = add(centre, "\n".join([HEADER, *rows]).encode())
    assert card.reports == 12
    assert [one.says.reports for one in centre.stated() if isinstance(one.says, InputPart)] == [5, 5, 2]


def test_a_large_input_is_shredded_with_all_its_parts_and_rebuilt_without_it(centre: Centre) -> None:
    kept, gone = add(centre, ged(3)), add(centre, ged(2100, first=100, bad=50), "other.csv")
    show(centre, derive(centre.stated(), centre.timezone))
    shred(centre, [gone.entry], "asked", AT)
    assert references(centre) == ["1", "2", "3"]
    assert not centre.kept(gone.digest).exists() and centre.kept(kept.digest).exists()
    assert b"north" not in (centre.folder / "record.db").read_bytes()
    assert rebuild(centre) == [] and verify(centre.folder).faults == ()
    again = add(centre, ged(2100, first=100, bad=50), "other.csv")
    assert again.entry > gone.entry and again.reports == gone.reports


def test_progress_tells_the_bytes_that_were_read(centre: Centre) -> None:
    told: list[tuple[str, int, int]] = []
    data = ged(30_000)
    take_in(centre, Delivery(Input("list.csv", data), "ucdp-ged"), AT, lambda *one: told.append(one))
    assert {whole for _, _, whole in told} == {len(data)} and told[-1][1] == len(data)
    assert len(told) >= len(data) // (1 << 20)


def test_rows_that_were_taken_are_not_read_again(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    claims = ucdp_ged._claims
    monkeypatch.setattr(ucdp_ged, "_claims", lambda *of: made.append(of) or claims(*of))
    reading = reads(Delivery(Input("list.csv", b""), "ucdp-ged"), centre.timezone)
    data = Input("list.csv", ged(20_000))
    assert sum(len(piece.reports) for piece in reading(data, 0)) == 20_000
    assert len(made) == 20_000
    assert sum(len(piece.reports) for piece in reading(data, 19_999)) == 1
    assert len(made) == 20_001


def test_add_later_only_records_and_rebuild_derives(tmp_path: Path) -> None:
    folder, file = tmp_path / "centre", tmp_path / "list.csv"
    with Centre.create(folder, Charter(title="Exercise", timezone="UTC"), at=AT):
        pass
    file.write_bytes(ged(120, bad=1) + b"\n" + ged(2, first=500).split(b"\n", 1)[1])
    said = CliRunner().invoke(main, ["add", str(folder), str(file), "--as", "ucdp-ged", "--later"])
    assert said.exit_code == 1 and "File list.csv is entry 1: 2 reports, 120 problems" in said.output
    assert "The same fault came 117 more times" in said.output
    assert not (folder / "centre.db").exists()
    assert CliRunner().invoke(main, ["rebuild", str(folder)]).exit_code == 0
    assert (folder / "centre.db").exists()
