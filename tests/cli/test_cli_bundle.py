"""`parley bundle` says what it holds and what it withholds, by the names that its options take."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from test_cli_act import add, folder, run  # noqa: F401 - a fixture among them


@pytest.fixture
def seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: F811
    add(folder)
    monkeypatch.chdir(folder.parent)
    return folder


def told(folder: Path, *words: object) -> Any:  # noqa: F811
    return json.loads(run("bundle", folder, *words, "--json"))


def fields_in(path: str) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        return dict(json.loads(one["field"]) for one in json.loads(archive.read("fields.json")))


def test_without_options_nothing_of_the_statement_is_shown_and_all_names_are(seen: Path) -> None:
    said = run("bundle", seen, 3)
    assert "entry 3: a report; signed by a key of centre, received " in said
    assert "shown: no field; it proves that the statement is there, and not what it says" in said
    assert "\n  /report/claims/actor\n" in said and "\n  /report/source\n" in said
    assert "cosigned by nobody" in said and "statement.json (" in said and "check it with `parley verify" in said
    assert "fields.json" not in zipfile.ZipFile("entry-3.zip").namelist()


def test_fields_that_are_shown_are_said_in_words_and_the_others_by_name(seen: Path) -> None:
    said = run("bundle", seen, 3, "--show", "/report/claims/place", "--show", "/report/source")
    assert "  /report/claims/place  place: Upper well (42.03° N, 44.12° E, within 200 m)\n" in said
    assert "  /report/source  source: Post 4\n" in said and "Eastland" not in said
    one = told(seen, 3, "--show", "/report/source")
    assert one["fields"] == {"/report/source": "Post 4"} and "/report/claims/actor" in one["withheld"]
    assert one["shown"] == ["/report/source"] and one["proof"]["signed_by"]


def test_every_name_that_is_said_to_be_withheld_can_be_shown_and_the_other_way_round(seen: Path) -> None:
    for entry in (0, 1, 2, 3):
        whole = told(seen, entry, "--show", "")
        assert whole["withheld"] == [] and whole["fields"] == fields_in(f"entry-{entry}.zip")
        for name in whole["fields"]:
            rest = told(seen, entry, "--withhold", name)
            assert rest["withheld"] == [name] and name not in fields_in(f"entry-{entry}.zip")
        names = [word for name in whole["fields"] for word in ("--show", name)]
        assert told(seen, entry, *names)["fields"] == whole["fields"]


def test_what_is_withheld_takes_all_below_it_along(seen: Path) -> None:
    one = told(seen, 3, "--withhold", "/report/claims", "--withhold", "/side")
    assert one["withheld"] and all(name == "/side" or name.startswith("/report/claims/") for name in one["withheld"])
    assert "Eastland" not in json.dumps(fields_in("entry-3.zip")) and "/report/source" in one["fields"]
    assert "has no field /nothing" in run("bundle", seen, 3, "--withhold", "/nothing", code=2)
    assert "give one of the two" in run("bundle", seen, 3, "--withhold", "/side", "--show", "/side", code=2)


def test_the_file_of_an_input_is_said_to_be_in_it_or_not(seen: Path) -> None:
    size = (seen.parent / "seen.json").stat().st_size
    assert f"file seen.json, {size} bytes: withheld (--attach puts it in)" in run("bundle", seen, 2)
    assert f"file seen.json, {size} bytes: attached" in run("bundle", seen, 2, "--attach")
    one = told(seen, 2, "--attach")
    assert one["file"]["attached"] and one["files"][f"attachments/{one['file']['digest']}"] == size
    assert "has no file" in run("bundle", seen, 3, "--attach", code=2)


def test_a_preview_writes_nothing_neither_here_nor_in_the_record(seen: Path) -> None:
    line = run("receive", "--key", "own.key").strip()
    said = run("bundle", seen, 3, "--show", "/report/source", "--to", line, "--preview")
    assert "  /report/source  source: Post 4\n" in said and "not written" in said
    assert not list(Path().glob("entry-*")) and json.loads(run("show", seen, "last", "--json"))["entry"] == 3
    assert "The record has entries 0 to 4." in run("show", seen, 5, code=2)
