"""An input that comes again is found without reading the record, and nothing but the record is believed."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley import job
from parley.centre import arrivals
from parley.centre.folder import Centre
from parley.centre.statements import Delivery, Statement, state
from parley.model import (
    Arrived,
    Charter,
    Input,
    InputCard,
    InputPart,
    TermsVersion,
)
from parley.model.arrived import card
from parley.record import record
from parley.record.keys import new_signer
from truce import TRUCE
from unchecked import author

AT = datetime(2031, 5, 2, 9, tzinfo=UTC)
EAST = new_signer("east.example/desk")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "centre"
    with Centre.create(folder, Charter(title="Exercise", timezone="UTC"), at=AT) as centre:
        centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        for number in range(4):
            _add(centre, f"R-{number}")
    return folder


def _delivery(name: str, source: str | None = None) -> Delivery:
    said = {"id": name, "source": "Westland", "observed": "2031-05-02T02:45", "act": "shelling", "actor": "Eastland"}
    return Delivery(Input(f"{name}.json", json.dumps(said).encode()), "field", source)


def _add(centre: Centre, name: str, source: str | None = None) -> InputCard:
    return job.take_in(centre, _delivery(name, source), AT)


def _taken(centre: Centre, name: str, source: str | None = None) -> InputCard | None:
    return centre.taken(_delivery(name, source).arrived(job.handles(centre)))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Which entries are opened."""
    opened: list[int] = []
    real = record.open_row
    monkeypatch.setattr(record, "open_row", lambda row, *more: (opened.append(row.number), real(row, *more))[1])
    yield opened


@pytest.mark.parametrize("writing", [False, True])
def test_only_what_is_told_of_the_input_is_read(folder: Path, read: list[int], writing: bool) -> None:
    with Centre.open(folder, writing=True) as centre:
        found = _add(centre, "R-2")
    with Centre.open(folder, writing=writing) as centre:
        called = job.handles(centre)
        read.clear()
        assert centre.taken(_delivery("R-2").arrived(called)) == found
        assert (found.whole, found.reports) == (True, 1)
        assert read == [found.entry, found.entry + 2], "the input, and how far it was read"
        read.clear()
        assert centre.taken(_delivery("R-9").arrived(called)) is None
        assert read == []


def test_what_was_recorded_since_is_followed(folder: Path, read: list[int]) -> None:
    with Centre.open(folder, writing=True) as centre:
        assert _taken(centre, "R-3") is not None
        size = centre.record.size
        centre.record.append([state("charter", centre.charter)], at=AT)
        found = _add(centre, "R-4")
        read.clear()
        assert _taken(centre, "R-4") == found
        assert min(entry for entry in read if entry > 2) > size, "what was followed before is not read again"
    with Centre.open(folder) as centre:
        assert _taken(centre, "R-4") == found


def test_bytes_read_otherwise_are_another_input(folder: Path) -> None:
    with Centre.open(folder, writing=True) as centre:
        mapped = Delivery(_delivery("R-1").input, "table", None, Input("m.yaml", b"a: b"))
        for other in (_delivery("R-1", "Post 7"), Delivery(_delivery("R-1").input, "geojson"), mapped):
            assert centre.taken(other.arrived(job.handles(centre))) is None
        first, again = _taken(centre, "R-1"), _add(centre, "R-1", "Post 7")
        assert first is not None and again.entry > first.entry
        assert _taken(centre, "R-1") == first and _taken(centre, "R-1", "Post 7") == again


def _nothing(folder: Path) -> None:
    (folder / arrivals.FILE).unlink()


def _no_database(folder: Path) -> None:
    (folder / arrivals.FILE).write_bytes(b"no database at all" * 1000)


def _empty(folder: Path) -> None:
    (folder / arrivals.FILE).write_bytes(b"")


def _pages_of_zeros(folder: Path) -> None:
    path = folder / arrivals.FILE
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + bytes(size - 4096))


def _of_another(folder: Path) -> None:
    """One of another record, which goes as far as this: nothing of it is true here."""
    other = folder.parent / "other"
    with Centre.create(other, Charter(title="Other", timezone="UTC"), at=AT) as centre:
        centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        for number in range(4):
            _add(centre, f"O-{number}")
        _taken(centre, "O-3")
    shutil.copy(other / arrivals.FILE, folder / arrivals.FILE)


def _of_a_longer_one(folder: Path) -> None:
    _of_another(folder)
    other = folder.parent / "other"
    with Centre.open(other, writing=True) as centre:
        _add(centre, "O-4")
        _taken(centre, "O-4")
    shutil.copy(other / arrivals.FILE, folder / arrivals.FILE)


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize("spoil", [_nothing, _no_database, _empty, _pages_of_zeros, _of_another, _of_a_longer_one])
def test_what_is_lost_or_spoiled_is_learned_again(folder: Path, spoil: Callable[[Path], None], writing: bool) -> None:
    with Centre.open(folder, writing=True) as centre:
        cards = [_taken(centre, f"R-{number}") for number in range(4)]
    assert None not in cards
    spoil(folder)
    left = _bytes(folder)
    for _ in range(2):
        with Centre.open(folder, writing=writing) as centre:
            assert [_taken(centre, f"R-{number}") for number in range(4)] == cards
            assert _taken(centre, "O-1") is None and _taken(centre, "R-9") is None
        assert writing or _bytes(folder) == left, "whoever reads changes nothing"


def _bytes(folder: Path) -> bytes | None:
    path = folder / arrivals.FILE
    return path.read_bytes() if path.exists() else None


def test_what_the_file_says_is_believed_only_where_the_record_says_it_too(folder: Path) -> None:
    with Centre.open(folder, writing=True) as centre:
        cards = [_taken(centre, f"R-{number}") for number in range(4)]
    with closing(sqlite3.connect(folder / arrivals.FILE)) as base, base:
        base.execute("UPDATE arrival SET same = (SELECT same FROM arrival ORDER BY entry LIMIT 1)")
    with Centre.open(folder, writing=True) as centre:
        assert [_taken(centre, f"R-{number}") for number in range(4)] == [cards[0], None, None, None]


def test_what_is_spoiled_is_replaced_by_the_next_commands(folder: Path, read: list[int]) -> None:
    for spoil in (_no_database, _pages_of_zeros):
        spoil(folder)
        for _ in range(3):
            with Centre.open(folder, writing=True) as centre:
                called = job.handles(centre)
                read.clear()
                assert centre.taken(_delivery("R-2").arrived(called)) is not None
        assert len(read) == 2


def test_a_card_has_all_parts_of_its_own_input_and_of_no_other(folder: Path) -> None:
    with Centre.open(folder, writing=True) as centre:
        arrived = _delivery("R-7").arrived(job.handles(centre))
        entries = []
        for reports in (2, 3):  # as two commands leave it that do not know of each other
            entries.append(centre.record.size)
            centre.record.append([state("input", arrived), _part(entries[-1], 4, reports)], at=AT)
            assert centre.taken(arrived) == _card(arrived, entries[-1], 4, reports)
        centre.record.append([_part(entries[0], 5, 50), _part(entries[1], 9, 4, last=True)], at=AT)
        assert centre.taken(arrived) == _card(arrived, entries[1], 9, 7, whole=True)
    with Centre.open(folder) as centre:
        assert centre.taken(arrived) == _card(arrived, entries[1], 9, 7, whole=True)


def _part(entry: int, rows: int, reports: int, last: bool = False) -> Statement:
    return state(
        "input-part",
        InputPart(
            input=entry, rows=rows, reports=reports, withdrawals=0, problems=(), passed={}, attachments=(), last=last
        ),
    )


def _card(arrived: Arrived, entry: int, rows: int, reports: int, whole: bool = False) -> InputCard:
    return card(entry, arrived).model_copy(update={"rows": rows, "reports": reports, "whole": whole})


def test_a_partys_input_is_not_the_centres_own(folder: Path) -> None:
    """Else a party that sends the digest of a file which the centre is about to read keeps it from being read."""
    with Centre.open(folder, writing=True) as centre:
        centre.record.register(EAST.verifier, AT, "east")
        arrived = _delivery("R-8").arrived(job.handles(centre))
        for kind, body in (state("input", arrived), _part(0, 0, 0, last=True)):
            centre.record.submit([author(centre.record, EAST).say(kind, body, AT)], AT)
        assert centre.taken(arrived) is None
        found = _add(centre, "R-8")
        assert found.reports == 1 and _taken(centre, "R-8") == found


def test_of_what_was_shredded_nothing_is_found_and_nothing_is_left(folder: Path) -> None:
    with Centre.open(folder, writing=True) as centre:
        found = _taken(centre, "R-1")
        assert found is not None
        same = arrivals.same(_delivery("R-1").arrived(job.handles(centre)).key)
    assert same in (folder / arrivals.FILE).read_bytes()
    with Centre.open(folder, writing=True) as centre:
        assert _taken(centre, "R-1") == found
        job.shred(centre, [found.entry], "asked", AT)
        assert not (folder / arrivals.FILE).exists()
        assert _taken(centre, "R-1") is None
    assert same not in (folder / arrivals.FILE).read_bytes()
    with Centre.open(folder, writing=True) as centre:
        assert _add(centre, "R-1").entry > found.entry
