"""Every verb that tells something tells it to machines too: with --json, one JSON value and nothing else on stdout."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from test_cli_docs import verbs

from parley.cli.main import main

TERMS = "libya-2020-10-23-ceasefire"
FIELD = '{"id": "F-1", "source": "Post 3", "observed": "2031-05-02T06:10:00-08:00", "act": "shelling"}'
NOT_FOR_MACHINES = {"serve", "witness serve", "terms schema"}  # two that go on until they are stopped; JSON already


def told(*words: object, code: int = 0) -> Any:
    done = CliRunner().invoke(main, [*map(str, words), "--json"])
    assert done.exit_code == code, done.output
    data = json.loads(done.stdout)
    assert list(without_words(data)) == []
    return data


def without_words(data: Any) -> Iterator[Any]:
    """Yield what is coded in *data* and says nothing in words beside; a recorded body is shown as it is."""
    if isinstance(data, dict):
        if {"code", "params"} <= data.keys() and not {"text", "expected"} & data.keys():
            yield data
        data = [inner for name, inner in data.items() if name != "body"]
    for inner in data if isinstance(data, list) else ():
        yield from without_words(inner)


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("json") / "exercise"
    assert told("demo", folder, "--exercise")["folder"] == str(folder)
    return folder


@pytest.fixture
def centre(exercise: Path, tmp_path: Path) -> Path:
    return shutil.copytree(exercise, tmp_path / "centre")


def test_every_verb_takes_json() -> None:
    for verb in verbs(main, ""):
        command: click.Command = main
        for name in verb.split():
            assert isinstance(command, click.Group)
            command = command.commands[name]
        options = {option for one in command.params for option in one.opts}
        assert ("--json" in options) is (verb.strip() not in NOT_FOR_MACHINES), verb


def test_agreements_are_told_as_data(centre: Path, tmp_path: Path) -> None:
    assert TERMS in [one["name"] for one in told("terms", "list")]
    (checked,) = told("terms", "check", TERMS)
    assert (checked["cases"], checked["failed"]) == (23, [])
    (broken := tmp_path / "broken.yaml").write_text("format: parley-terms/1\n")
    (faulty,) = told("terms", "check", broken, code=2)
    assert faulty["problems"][0]["file"] == "broken.yaml"
    assert told("terms", "show", TERMS)["agreement"]["id"] == TERMS
    (report := tmp_path / "a.json").write_text(FIELD.replace('"act"', '"place": {"lat": 32.9, "lon": 13.2}, "act"'))
    (explained,) = told("terms", "explain", TERMS, report, "--clause", "ceasefire")
    assert [one["clause"] for one in explained["assessments"][0]["clauses"]] == ["ceasefire"]
    differs = told("terms", "diff", TERMS, "aceh-2002-12-09-cessation", "--in", centre, code=1)
    assert differs["changes"] and differs["answers"]


def test_a_clause_that_there_is_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(FIELD)
    done = CliRunner().invoke(main, ["terms", "explain", TERMS, str(tmp_path / "a.json"), "--clause", "nowhere"])
    assert done.exit_code == 2
    assert "Its clauses: ceasefire, " in done.stderr


def test_problems_are_told_as_codes_and_in_words(centre: Path, tmp_path: Path) -> None:
    (report := tmp_path / "bad.json").write_text(FIELD.replace("shelling", "mischief"))
    (card,) = told("add", centre, report, "--as", "field", code=1)  # it waits for a person
    params = {"family": "act", "found": "mischief", "part": "report", "number": 1}
    in_words = {"kept": "Recorded without this field.", "kept_code": "rest-of-part", "found": "mischief"}
    assert card["problems"][0].items() >= ({"code": "not-a-term", "params": params} | in_words).items()
    assert card["problems"][0]["expected"].startswith("a term for act: ")
    (assessed,) = told("assess", TERMS, report)["problems"]
    assert assessed == card["problems"][0]
    written = told("report", centre, "--date", "2031-05-02")["written"]
    (published,) = (Path(name) for name in written if name.endswith(".json"))
    day = json.loads(published.read_text("utf-8"))
    assert assessed in [one for listed in day["problems"] for one in listed["problems"]]


def test_a_centre_from_beginning_to_end_is_told_as_data(centre: Path, tmp_path: Path) -> None:
    made = told("init", tmp_path / "new", "--terms", TERMS)
    assert (made["terms"], made["timezone"]) == ([TERMS], "Africa/Tripoli")
    published = told("report", centre, "--date", "2031-05-02")
    assert all(Path(name).is_file() for name in published["written"])
    assert told("rebuild", centre)["different"] == []
    assert told("policy", centre) is None
    assert told("backup", centre, tmp_path / "copy")["size"] > 100
    assert told("restore", tmp_path / "copy", tmp_path / "again", "--newest")["restored"]
    assert told("bundle", centre, 6, "-o", tmp_path / "b.zip")["entry"] == 6
    assert told("receive", "--key", tmp_path / "own.key")["recipient"].startswith("parley-recipient ")
    assert told("keys", "rotate", centre)["key"].startswith("parley.invalid/")
    assert told("keys", "retire", centre) == {"exercise": True, "retired": True}
    assert told("shred", centre, 5, "--reason", "asked")["inputs"] == [5]
    assert told("verify", centre, code=3)["verdict"] == "consistent"


def test_a_mirror_and_a_witness_are_told_as_data(centre: Path, tmp_path: Path) -> None:
    key = (centre / "keys" / "log.vkey").read_text().strip()
    mirrored = told("mirror", centre, tmp_path / "mirror", "--key", key, "--name", "east.example/mirror")
    assert (mirrored["in_order"], mirrored["alarms"], mirrored["lacking"]) == (True, [], [])
    assert told("witness", "init", tmp_path / "w1", "--name", "witness.example/w1")["keys"]
    assert told("witness", "follow", tmp_path / "w1", key) == {"follows": key.split("+")[0]}
