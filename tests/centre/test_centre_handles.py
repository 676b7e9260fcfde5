"""Handles: one source has one, however its name is spelled, and nobody without the centre's secret finds the name."""

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.centre.backup import back_up
from parley.centre.folder import Centre
from parley.centre.handles import Handles, create_secret, handle, load_secret, secret_of
from parley.centre.statements import Delivery
from parley.demo import load_scenario
from parley.job import assess_files, handles, main_job, party_names, reads, take_in
from parley.model import (
    Arrived,
    Charter,
    FolderError,
    Input,
    RecordedReport,
    RecordedWithdrawal,
    TermsVersion,
    fold,
    is_handle,
)
from parley.terms import load
from truce import TRUCE

AT = datetime(2031, 5, 2, 9, tzinfo=UTC)
SECRET = bytes(range(32))


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre.create(tmp_path / "centre", Charter(title="Exercise", timezone="UTC"), at=AT) as made:
        yield made


def field(source: str, account: str = "The bridge is closed.", **more: object) -> bytes:
    return json.dumps({"source": source, "observed": "2031-05-02T08:00", "account": account, **more}).encode()


def add(centre: Centre, data: bytes, source: str | None = None, channel: str = "field") -> int:
    return take_in(centre, Delivery(Input("a.json", data), channel, source), AT).entry


def called(centre: Centre) -> dict[str, tuple[str, str]]:
    return {
        one.says.report.source: (one.says.side, one.says.handle)
        for one in centre.stated()
        if isinstance(one.says, RecordedReport)
    }


def test_a_handle_is_the_first_eighty_bits_of_the_keyed_digest_of_the_folded_name() -> None:
    of_side = hmac.new(SECRET, b"parley/handles/v1\nindependent", hashlib.sha256).digest()
    digest = hmac.new(of_side, fold("Post 4").encode(), hashlib.sha256).digest()
    letters = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz")
    expected = base64.b32encode(digest[:10]).decode().translate(letters)
    assert secret_of(SECRET, "independent") == of_side
    assert handle(secret_of(SECRET, "independent"), "Post 4") == expected == "wwm71gjva0b28w82"


@given(st.text(), st.text())
def test_one_name_however_it_is_spelled_has_one_handle_and_another_name_another(name: str, other: str) -> None:
    known = Handles(SECRET, {})
    assert known.of(name) == known.of(f"  {name.upper()} ") or fold(name) != fold(name.upper())
    assert (known.of(name) == known.of(other)) == (fold(name) == fold(other))
    assert is_handle(known.of(name).handle, "independent")


def test_another_centre_and_another_side_call_the_same_source_otherwise() -> None:
    known = handle(secret_of(SECRET, "independent"), "Post 4")
    assert known not in (
        handle(secret_of(bytes(32), "independent"), "Post 4"),
        handle(secret_of(SECRET, "west"), "Post 4"),
    )


def test_a_party_is_called_by_its_id_under_each_of_its_names(centre: Centre) -> None:
    centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
    known = handles(centre)
    for name in ("Westland", "west", "ARMY  of the West"):
        assert known.of(name) == ("west", "west")
    assert known.of("East Post").side == "independent"


def test_whose_a_source_is_follows_the_agreements_at_the_time_of_writing(centre: Centre) -> None:
    add(centre, field("Westland"))
    before = called(centre)["Westland"]
    centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
    add(centre, field("Army of the West"))
    assert called(centre) == {"Westland": before, "Army of the West": ("west", "west")}
    assert before[0] == "independent"
    centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE.replace("Army of the West", "Western Army"))], at=AT)
    assert handles(centre).of("Army of the West").side == "west", "the names of all versions count"
    assert handles(centre).of("Western Army").side == "west"
    centre.record.append([("terms-version", {"name": "bad.yaml", "text": "id: ["})], at=AT)
    assert handles(centre).of("Western Army").side == "west", "an agreement that cannot be applied names nobody"


def test_of_two_agreements_that_share_a_name_the_first_decides(centre: Centre) -> None:
    other = TRUCE.replace("id: truce", "id: accord").replace("id: west", "id: occident")
    other = other.replace("Army of the", "Guard of").replace("name: Eastland", "name: Hills, also: [Eastland]")
    other = other.replace("id: east", "id: hills")
    centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE), TermsVersion(name="accord.yaml", text=other)], at=AT)
    assert {handles(centre).of(name) for name in ("Westland", "Guard of West", "Army of the West")} == {
        ("west", "west")
    }
    assert [handles(centre).of(name).side for name in ("Eastland", "Hills")] == ["east", "hills"]


def test_the_source_that_an_input_names_has_a_side_and_a_handle_too(centre: Centre) -> None:
    centre.take_up([TermsVersion(name="truce.yaml", text=TRUCE)], at=AT)
    entries = [
        add(centre, field("Post 4")),
        add(centre, field("Post 4"), "Eastland"),
        add(centre, field("x"), "Post 4"),
    ]
    arrived = {one.entry: one.says for one in centre.stated() if isinstance(one.says, Arrived)}
    known = handles(centre).of("Post 4")
    assert [(arrived[entry].side, arrived[entry].handle) for entry in entries] == [
        (None, None),
        ("east", "east"),
        known,
    ]


def test_a_withdrawal_is_of_the_source_that_takes_back(centre: Centre) -> None:
    data = b"event_id_cnty,deleted_timestamp\nNOR7,\n"
    card = take_in(centre, Delivery(Input("d.csv", data), "acled-deleted"), AT)
    assert card.withdrawals == 1
    (gone,) = (one.says for one in centre.stated() if isinstance(one.says, RecordedWithdrawal))
    assert (gone.side, gone.handle) == handles(centre).of(gone.withdrawal.source)


def test_the_secret_is_made_once_for_its_owner_alone_and_goes_into_backups(centre: Centre, tmp_path: Path) -> None:
    path = centre.folder / "keys" / "handles.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == f"{load_secret(centre.folder).hex()}\n" and len(load_secret(centre.folder)) == 32
    with pytest.raises(FileExistsError):
        create_secret(centre.folder)
    with Centre.create(tmp_path / "other", Charter(title="Exercise", timezone="UTC"), at=AT) as other:
        assert load_secret(other.folder) != load_secret(centre.folder)
    back_up(centre, tmp_path / "backup")
    assert (tmp_path / "backup/keys/handles.key").read_text() == path.read_text()
    assert str(SECRET) not in repr(Handles(SECRET, {}))


@pytest.mark.parametrize("text", [None, "", "00" * 31 + "\n", "0A" * 32 + "\n", "00" * 32 + "\n\n", "x" * 64 + "\n"])
def test_without_its_secret_a_centre_records_no_source(centre: Centre, text: str | None) -> None:
    path = centre.folder / "keys" / "handles.key"
    path.unlink()
    if text is not None:
        path.write_text(text)
    size = centre.record.size
    with pytest.raises(FolderError, match=r"handles\.key: .*copy it from a backup"):
        add(centre, field("Post 4"))
    assert centre.record.size == size and path.exists() == (text is not None)


def test_the_secret_stands_in_no_file_but_its_own_and_no_name_in_a_handle(tmp_path: Path) -> None:
    scenario = load_scenario("exercise")
    with Centre.create(tmp_path / "centre", scenario.charter, at=AT) as centre:
        main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
        secret, found = load_secret(centre.folder), called(centre)
    sides = {side for side, _ in found.values()}
    assert "independent" in sides and len(sides) > 2, "the parties of the exercise report too"
    for source, (side, handle_) in found.items():
        assert is_handle(handle_, side)
        assert side != "independent" or source.casefold() not in handle_
    names = {fold(name) if side == "independent" else side for name, (side, _) in found.items()}
    assert len(set(found.values())) == len(names)
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.name != "handles.key":
            assert secret not in file.read_bytes() and secret.hex().encode() not in file.read_bytes()


def test_what_is_read_what_is_recorded_and_what_is_assessed_without_a_folder_are_the_same_reports(
    tmp_path: Path,
) -> None:
    scenario = load_scenario("exercise")
    with Centre.create(tmp_path / "centre", scenario.charter, at=AT) as centre:
        main_job(centre, scenario.terms, scenario.deliveries, clock=lambda: AT)
        recorded = [one.says.report for one in centre.stated() if isinstance(one.says, RecordedReport)]
        parties = party_names(centre)
        read = [
            report
            for delivery in scenario.deliveries
            for reading in reads(delivery, centre.timezone, parties)(delivery.input, 0)
            for report in reading.reports
        ]
    assert recorded == read
    loaded = load(scenario.terms[0].text, scenario.terms[0].name)
    assert loaded.agreement.timezone == scenario.charter.timezone
    findings = assess_files(loaded, scenario.deliveries)
    assert [one.report for one in findings.reports] == read
    assert {one.side for one in findings.reports} > {"independent"}


def test_a_folder_copied_without_its_secret_can_be_read(centre: Centre, tmp_path: Path) -> None:
    add(centre, field("Post 4"))
    copy = shutil.copytree(centre.folder, tmp_path / "copy")
    (copy / "keys/handles.key").unlink()
    with Centre.open(copy) as read:
        assert called(read) == called(centre)
