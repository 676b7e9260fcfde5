"""`--preview` shows what would be recorded and writes nothing; the register of places and sources; who is new."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

import parley.cli.register as registering
from parley.centre.folder import Centre
from parley.centre.handles import handle, load_secret, secret_of
from parley.cli.main import main
from parley.job import derive, handles
from parley.model import RecordedReport
from truce import TRUCE

OFFICER = {"PARLEY_OFFICER": "Nino"}
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT04:10")
SEEN: dict[str, Any] = {
    "id": "R-7", "source": "Post 4", "observed": YESTERDAY, "act": "shelling", "actor": "Eastland", "means": "mortar",
    "place": {"name": "Mill bridge", "lat": 42.01, "lon": 44.21, "radius_m": 200}, "deaths": 12,
}  # fmt: skip
MAPPING = """
delimiter: ","
source: {column: holder}
reference: {column: id}
claims:
  time: {start: {column: from}}
  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}}
  act: {column: act}
"""
BULLETIN = "Publisher: West\nSide: Westland\nDay: 2025-05-02\nCounting: violations\nTotal: 3\n\nMill: 3 shelling\n"
OTHERS = {
    "bulletin": (BULLETIN, "violations, 2025-05-02"),
    "article": ("Published: 3 May 2025\n\nWestland accused Eastland of shelling the mill.\n", "Westland accuses"),
    "acled-deleted": ("event_id_cnty,deleted_timestamp\nNOR7,\n", "Nothing to withdraw"),
    "hxl": (
        "#org+reporting,#date,#geo+lat,#geo+lon,#event+type\nPost 1,2025-05-02,12.5,40.2,Shelling\n",
        "act: shelling",
    ),
}


def run(*arguments: object, code: int = 0) -> str:
    """Run a verb that ends with *code*, and return what it prints."""
    said = CliRunner().invoke(main, [str(argument) for argument in arguments], env=OFFICER)
    assert said.exit_code == code, (said.exit_code, said.output, said.exception)
    return said.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "truce.yaml").write_text(TRUCE.replace("2031-", "2025-"))
    run("init", tmp_path / "c", "--terms", tmp_path / "truce.yaml")
    return tmp_path / "c"


def written(folder: Path, *reports: dict[str, Any], **other: object) -> Path:
    file = folder.parent / "seen.json"
    file.write_text(json.dumps(list(reports) or [{**SEEN, **other}]))
    return file


def every_byte(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "folder"
        for file in folder.rglob("*")
    }


def test_it_shows_each_claim_as_recorded_and_as_written_and_writes_nothing(folder: Path) -> None:
    before = every_byte(folder)
    said = run("add", folder, written(folder), "--as", "field", "--preview")
    assert "Preview: nothing is recorded." in said and "R-7 of Post 4 is entry 3, incident I-00003" in said
    for told in ("place: Mill bridge (42.01", "act: shelling", "means: mortar", "actor: Eastland", "deaths: 12"):
        assert told in said
    assert f"(written: {YESTERDAY})" in said
    data = json.loads(run("add", folder, written(folder), "--as", "field", "--preview", "--json"))
    (shown,) = data[0]["reports_shown"]
    claims = {one["attribute"]: one for one in shown["claims"]}
    assert claims["time"]["said"] == YESTERDAY and claims["deaths"]["value"]["best"] == 12
    assert (shown["fate"], shown["entry"], shown["incident"]) == ("recorded", 3, "I-00003")
    assert every_byte(folder) == before


@pytest.mark.parametrize("channel", OTHERS)
def test_it_is_there_on_channels_of_every_kind(folder: Path, channel: str) -> None:
    text, told = OTHERS[channel]
    file = folder.parent / "file"
    file.write_text(text)
    source = ("--from", "The Courier") if channel == "article" else ()
    before = every_byte(folder)
    code = 1 if channel == "acled-deleted" else 0
    assert told in run("add", folder, file, "--as", channel, *source, "--preview", code=code)
    assert every_byte(folder) == before


def test_what_it_shows_is_what_is_then_recorded(folder: Path) -> None:
    run("add", folder, written(folder), "--as", "field")
    moved = {"place": {**SEEN["place"], "lat": 44.9}}
    for other, code in (({"deaths": 2}, 0), (moved, 1), ({"id": "R-8", "observed": "02:55"}, 1), ({}, 0)):
        file = written(folder, **other)
        (shown,) = json.loads(_json(folder, file, code))[0]["reports_shown"]
        size = _size(folder)
        told = run("add", folder, file, "--as", "field", code=code)
        recorded = _size(folder) != size
        assert (f"entry {shown['entry']}" in told) or not recorded
        assert {"recorded": "Recorded:", "corrects": "Corrected:", "waits": "Held:", "repeats": "Recorded:"}[
            shown["fate"]
        ] in told or not recorded


def _json(folder: Path, file: Path, code: int) -> str:
    said = CliRunner().invoke(main, ["add", str(folder), str(file), "--as", "field", "--preview", "--json"])
    assert said.exit_code == code
    return said.stdout


def _size(folder: Path) -> int:
    with Centre.open(folder) as centre:
        return centre.record.size


def test_of_many_reports_the_first_are_shown_and_what_needs_eyes_comes_before_them(folder: Path) -> None:
    rows = [{**SEEN, "id": f"R-{number}"} for number in range(60)]
    rows[40] = {**rows[40], "observed": "at dawn"}
    rows[50] = {**rows[50], "actor": "Eastlnad"}
    (data,) = json.loads(_json(folder, written(folder, *rows), 1))
    shown = [one["reference"] for one in data["reports_shown"]]
    assert shown[:3] == ["R-40", "R-50", "R-0"] and len(shown) == 20 and sum(data["more"].values()) == 40
    said = run("add", folder, written(folder, *rows), "--as", "field", "--preview", code=1)
    assert "and 40 more: recorded" in said


def test_a_file_that_gives_nothing_and_one_that_is_recorded_already(folder: Path) -> None:
    file = folder.parent / "bad.json"
    file.write_text("{")
    run("add", folder, file, "--as", "field", "--preview", code=2)
    run("add", folder, written(folder), "--as", "field")
    assert "recorded before" in run("add", folder, written(folder), "--as", "field", "--preview")


def test_held_reports_are_listed_everywhere_with_the_next_command(folder: Path) -> None:
    held = run("add", folder, written(folder, act="flyover"), "--as", "field", code=1)
    lost = "what it says of its act could not be read"
    assert "Held: R-7 of Post 4" in held and lost in held and "act=…" in held and "time=…" not in held
    for said in (run("incidents", folder), run("incidents", folder, "--held")):
        assert "Held: 1 report waits for a person." in said and lost in said and "parley correct" in said
    assert lost in run("since", folder, "2000-01-01") and lost in run("show", folder, "3")
    (row,) = json.loads(run("incidents", folder, "--held", "--json"))
    assert (row["entry"], row["source"]) == (3, "Post 4")
    assert row["why"] == {"code": "not-read", "params": {"attributes": "act"}, "text": lost}
    run("report", folder, "--date", YESTERDAY[:10])
    page = (folder / "reports" / f"{YESTERDAY[:10]}.html").read_text()
    assert "Held: 1 report waits for a person" in page and lost in page and "1 report waits for a person</a>" in page
    day = json.loads((folder / "reports" / f"{YESTERDAY[:10]}.json").read_text())
    assert day["held"] == [{"entry": 3, "source": "Post 4", "reference": "R-7", "why": row["why"], "beside": None}]
    run("correct", folder, "3", "act=overflight", "--reason", "asked")
    assert "Held" not in run("incidents", folder)
    assert "No report waits for a person." in run("incidents", folder, "--held")


def test_a_skipped_row_never_ends_with_zero(folder: Path) -> None:
    good, bad = {**SEEN}, {"id": "R-9", "observed": YESTERDAY, "act": "shelling"}
    run("add", folder, written(folder, good, bad), "--as", "field", code=1)


def test_a_place_is_registered_warns_and_fills_in_nothing(folder: Path) -> None:
    far = {"place": {**SEEN["place"], "lat": 42.9}}
    nameless = {**SEEN, "id": "R-8", "place": {"name": "Mill bridge"}}
    run("add", folder, written(folder, {**SEEN, **far}, nameless), "--as", "field")
    assert "warning" not in run("incidents", folder)
    said = run("place", "add", folder, "MILL bridge", "--lat", 42.01, "--lon", 44.21, "--radius-m", 300)
    assert "Registered as entry" in said and "1 report has warnings now" in said
    entry = int(said.split("entry ")[1].split(":")[0])
    assert "km from Mill bridge" in " ".join(run("incidents", folder).split())
    assert [one["entries"] for one in json.loads(run("incidents", folder, "--json"))] == [[3]], "no position filled in"
    run("report", folder, "--date", YESTERDAY[:10])
    assert "Warning." in (folder / "reports" / f"{YESTERDAY[:10]}.html").read_text()
    for by in ((), ("--by", "Officer 9")):
        same = ("MILL bridge", "--lat", 42.01, "--lon", 44.21, "--radius-m", 300, *by)
        assert "registered so already" in run("place", "add", folder, *same), "whoever says so"
    run("place", "add", folder, "mill  bridge", "--lat", 42.9, "--lon", 44.21, "--radius-m", 300, "--also", "Bridge")
    (row,) = json.loads(run("place", "list", folder, "--json"))
    assert row["lat"] == 42.9 and row["also"] == ["Bridge"] and "warning" not in run("incidents", folder)
    run("withdraw", folder, row["entry"], "--reason", "mistyped")
    assert [one["entry"] for one in json.loads(run("place", "list", folder, "--json"))] == [entry]
    assert "warning" in run("incidents", folder)
    assert "byte for byte" in run("rebuild", folder)
    assert "Consistent with itself" in run("verify", folder, code=3)


@pytest.mark.parametrize("wrong", [("--lat", "91"), ("--lon", "181"), ("--radius-m", "-1")])
def test_a_place_that_is_none_is_refused(folder: Path, wrong: tuple[str, str]) -> None:
    given = {"--lat": "42", "--lon": "44", "--radius-m": "10"} | dict([wrong])
    before = every_byte(folder)
    run("place", "add", folder, "X", *(part for pair in given.items() for part in pair), code=2)
    run("place", "add", folder, "\u200b", "--lat", "42", "--lon", "44", "--radius-m", "10", code=2)
    assert every_byte(folder) == before


def test_a_registered_source_is_of_its_side_from_then_on_as_on_that_sides_node(folder: Path) -> None:
    run("add", folder, written(folder), "--as", "field")
    said = run("source", "add", folder, "Post 4", "--side", "Westland", "--also", "P4")
    entry = int(said.split("entry ")[1].split(":")[0])
    run("add", folder, written(folder, id="R-8", source="POST 4"), "--as", "field")
    with Centre.open(folder) as centre:
        reports = [one.says for one in centre.stated() if isinstance(one.says, RecordedReport)]
        expected = handle(secret_of(load_secret(folder), "west"), "Post 4")
        assert [one.side for one in reports] == ["independent", "west"] and reports[1].handle == expected
        assert handles(centre).of("p4") == ("west", expected)
        assert derive(centre.stated(), centre.timezone).reports[1].report.source == "POST 4 (west)"
    assert "Post 4, also P4: west" in run("source", "list", folder)
    alias = run("add", folder, written(folder, id="R-9"), "--as", "field", "--from", "p4", "--preview")
    assert "New source" not in alias, "by any of its names"
    assert "Hill 9: independent" in run("source", "add", folder, "Hill 9", "--side", "Independent") + run(
        "source", "list", folder
    )
    run("withdraw", folder, entry, "--reason", "of East")
    with Centre.open(folder) as centre:
        assert handles(centre).of("Post 4").side == "independent"


@pytest.mark.parametrize(("name", "side"), [("Post 4", "north"), ("Post 4", "centre"), ("Westland", "east")])
def test_a_side_that_is_none_and_a_party_as_a_source_are_refused(folder: Path, name: str, side: str) -> None:
    before = every_byte(folder)
    refused = run("source", "add", folder, name, "--side", side, code=2)
    assert "nothing was recorded" in refused
    assert name == "Westland" or f"'{side}' is no side here: one of independent, west, east" in refused
    also = ("--also", "Army of the West")
    assert "is a name of the party west" in run("source", "add", folder, "Hill", "--side", "east", *also, code=2)
    assert every_byte(folder) == before


def test_a_new_source_is_told_without_a_terminal_and_asked_for_with_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = ("--as", "field", "--from", "Radio Hill")
    assert "New source: Radio Hill, taken as independent." in run("add", folder, written(folder), *new, "--preview")
    assert "New source: Radio Hill" in run("add", folder, written(folder), *new)
    assert "New source" not in run("add", folder, written(folder, id="R-8"), *new), "it has spoken before"
    spelled = ("--as", "field", "--from", " radio  HILL")
    assert "New source" not in run("add", folder, written(folder, id="R-8b"), *spelled), "however it is spelled"
    gone = folder.parent / "gone.csv"
    gone.write_text("event_id_cnty,deleted_timestamp\nNOR7,\n")
    assert "New source" in run("add", folder, gone, "--as", "acled-deleted", "--from", "A list", code=1)
    again = run("add", folder, written(folder, id="R-13"), "--as", "field", "--from", "a list")
    assert "New source" not in again, "it gave no report, and spoke"
    run("add", folder, written(folder, id="R-14", source="Post 9"), "--as", "field")
    for known in ("Westland", "west", "post 9"):
        assert "New source" not in run("add", folder, written(folder, id="R-9"), "--as", "field", "--from", known)

    asked: list[str] = []

    def prompt(text: str, **options: Any) -> str:
        asked.append(text)
        assert options["err"] and options["default"] == "independent"
        return "east"

    monkeypatch.setattr(registering, "_terminal", lambda: True)
    monkeypatch.setattr(click, "prompt", prompt)
    other = ("--as", "field", "--from", "Hill 7")
    assert "Hill 7, east" in run("add", folder, written(folder, id="R-10"), *other)
    run("add", folder, written(folder, id="R-11"), *other)
    run("add", folder, written(folder, id="R-12"), *other, "--preview")
    assert len(asked) == 1
    with Centre.open(folder) as centre:
        assert handles(centre).of("HILL 7").side == "east"
