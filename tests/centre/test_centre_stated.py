"""What a centre reads of its record is what the whole record says there, and nothing else of it is read."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parley import job
from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.model import (
    Charter,
    Input,
    Receipt,
    RecordedReport,
    Stated,
    TermsVersion,
    Unread,
)
from parley.record import record as reading
from parley.record import store as storing
from parley.record.keys import new_signer
from truce import TRUCE
from unchecked import author, put

AT = datetime(2031, 5, 2, 9, tzinfo=UTC)
EAST = new_signer("east.example/desk")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with everything that is not simply read: a party's own input, a receipt, what is refused, what is
    shredded, and what the record says of itself."""
    folder = tmp_path_factory.mktemp("stated") / "centre"
    with Centre.create(folder, Charter(title="Exercise", timezone="UTC"), at=AT) as centre:
        centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
        first, second, _ = (_add(centre, f"R-{number}") for number in range(3))
        centre.record.register(EAST.verifier, AT, "east")
        (sent,) = centre.record.entries(kinds=["report"], end=first + 2)
        assert sent.body is not None
        brought = {**sent.body, "side": "east", "handle": "east", "input": 0}
        brought["report"] = {**brought["report"], "source": "Eastland"}
        arrived = centre.record.entry(first).body
        assert arrived is not None
        for kind, body in (
            ("input", {**arrived, "source": None, "side": None, "handle": None}),
            ("report", brought),
            ("receipt", {"entry": second, "leaf": "00" * 32}),
        ):
            centre.record.submit([author(centre.record, EAST).say(kind, body, AT)], AT)
        put(centre.record, [("report", brought | {"side": "west"}), ("weighing", {})], AT, EAST)
        job.shred(centre, [second], "asked", AT)
        _add(centre, "R-4")
    return folder


def _add(centre: Centre, name: str) -> int:
    said = {"id": name, "source": "Westland", "observed": "2031-05-02T02:45", "act": "shelling", "actor": "Eastland"}
    return job.take_in(centre, Delivery(Input(f"{name}.json", json.dumps(said).encode()), "field"), AT).entry


@pytest.fixture(params=[1, 2, 5, 512])
def centre(folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """The centre, whose record is fetched so many rows at a time."""
    for module in (reading, storing):
        monkeypatch.setattr(module, "_BATCH", request.param)
    with Centre.open(folder) as centre:
        yield centre


@pytest.fixture
def whole(folder: Path) -> list[Stated]:
    with Centre.open(folder) as centre:
        stated = list(centre.stated())
    says = [one.says for one in stated]
    assert sum(isinstance(one, Unread) for one in says) == 2
    assert sum(isinstance(one, Receipt) for one in says) == 1
    (of_party,) = (one for one in says if isinstance(one, RecordedReport) and one.side == "east")
    assert of_party.input == of_party.entry - 1, "by the entry, not by the party's own count"
    return stated


def test_what_stands_at_some_entries_is_what_the_whole_record_says_there(centre: Centre, whole: list[Stated]) -> None:
    size = centre.record.size
    draw = random.Random(17)
    several = [draw.choices(range(size + 3), k=draw.randrange(size)) for _ in range(40)]
    for entries in ([], range(size), *([one] for one in range(size)), *several):
        assert list(centre.stated_at(entries)) == [one for one in whole if one.entry in set(entries)]


def test_from_one_entry_until_another_is_that_part_of_the_whole(centre: Centre, whole: list[Stated]) -> None:
    size = centre.record.size
    for since in range(size + 2):
        assert list(centre.stated(since=since)) == [one for one in whole if one.entry >= since]
        for until in range(size + 2):
            part = [one for one in whole if since <= one.entry < until]
            assert list(centre.stated(until=until, since=since)) == part


def test_what_some_kinds_say_is_that_part_of_the_whole(centre: Centre, whole: list[Stated]) -> None:
    kind = {one.index: one.kind for one in centre.record.entries()}
    for kinds in (["report"], ["input-part", "input"], ["report", "input", "receipt", "report"], ["weighing"], []):
        said = [one for one in whole if kind[one.entry] in kinds and not isinstance(one.says, Unread | Receipt)]
        assert list(centre.said(kinds)) == said


def test_nothing_else_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[int] = []
    row = storing.to_row

    def noted(values: tuple[int, ...]) -> storing.Row:
        fetched.append(values[0])
        return row(values)

    with Centre.open(folder) as centre:
        centre.record.log.authority()  # which follows the public statements, once
        monkeypatch.setattr(storing, "to_row", noted)
        list(centre.stated_at([7, 4, 5]))
        assert fetched == [4, 5, 7]
        fetched.clear()
        list(centre.stated(until=9, since=6))
        assert fetched == [6, 7, 8]


def test_an_entry_that_is_not_signed_yet_says_nothing(folder: Path) -> None:
    with Centre.open(folder) as centre:
        size = centre.record.size
        signed = centre.record.log.signed()
        centre.record.log.signed = lambda: signed.__class__(signed.origin, size - 2, signed.root)  # type: ignore[method-assign]
        assert max(one.entry for one in centre.stated_at(range(size))) == size - 3
        assert max(one.entry for one in centre.stated(until=size)) == size - 3
