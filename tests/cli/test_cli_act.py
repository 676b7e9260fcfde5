"""Correct, withdraw, note, establish from a shell: a night of a duty officer, and the same on a party's own node."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_cli_party import REPORT, centre, key_of, node  # noqa: F401 - a fixture among them
from test_cli_record import served

from parley.cli.main import main
from truce import TRUCE

OFFICER = {"PARLEY_OFFICER": "Nino"}
SEEN = {
    "id": "R-7", "source": "Post 4", "observed": {"start": "2031-05-28T04:10"}, "act": "shelling", "actor": "Eastland",
    "place": {"name": "Upper well", "lat": 42.03, "lon": 44.12, "radius_m": 200}, "deaths": 12,
}  # fmt: skip


def run(*arguments: object, code: int = 0, env: dict[str, str] = OFFICER) -> str:
    """Run a verb that ends with *code*, and return all that it prints."""
    said = CliRunner().invoke(main, [str(argument) for argument in arguments], env=env)
    assert said.exit_code == code, (said.exit_code, said.output, said.exception)
    return said.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "truce.yaml").write_text(TRUCE)
    run("init", tmp_path / "c", "--terms", tmp_path / "truce.yaml")
    return tmp_path / "c"


def add(folder: Path, code: int = 0, **other: object) -> str:
    file = folder.parent / "seen.json"
    file.write_text(json.dumps({name: value for name, value in (SEEN | other).items() if value is not None}))
    return run("add", folder, file, "--as", "field", code=code)


def incidents(folder: Path) -> list[tuple[str, list[int]]]:
    return [(one["id"], one["entries"]) for one in json.loads(run("incidents", folder, "--json"))]


def test_a_night(folder: Path) -> None:
    assert "Recorded: R-7 of Post 4 is entry 3 (file seen.json, entry 2), incident I-00003." in add(folder)
    moved = {"place": {**SEEN["place"], "lon": 44.92}, "observed": "2031-05-26T04:10"}  # type: ignore[dict-item]
    held = add(folder, code=1, deaths=2, **moved)
    assert "Held: R-7 of Post 4 is entry 6 and waits for a person" in held and "--accept" in held and "--apart" in held
    assert incidents(folder) == [("I-00003", [3])], "never a second incident with 12 dead beside 2"
    said = run("correct", folder, 5, "--accept", "--reason", "position was mistyped")
    assert "I-00003: now reports 6" in said and "by Nino: position was mistyped" in said
    said = run("correct", folder, "R-7", "deaths=3", "lat=42.031", "--reason", "call of 04:40")
    assert "deaths: 3 (before: 2)" in said
    run("note", folder, "I-3", "heard again at 05:00")
    gone = run("withdraw", folder, "last", "--reason", "the post withdraws it by telephone")
    assert "I-00003: holds no report any more" in gone and incidents(folder) == []
    (entry,) = [one for one in range(9, 13) if f"entry {one}:" in gone]
    assert "I-00003" in run("withdraw", folder, entry, "--reason", "of another report") and incidents(folder)
    run("establish", folder, "i-3", "actor=Eastland", "--reason", "joint look")
    for day in ("2031-05-26", "2031-05-28"):
        run("report", folder, "--date", day)
    assert "byte for byte" in run("rebuild", folder)
    assert "Consistent with itself" in run("verify", folder, code=3)


def test_a_withdrawal_in_a_file_takes_back_what_is_there_and_says_where_nothing_is(folder: Path) -> None:
    add(folder)
    file = folder.parent / "back.json"
    file.write_text(json.dumps({"id": "R-7", "source": "Post 4", "withdrawn": True, "reason": "not ours"}))
    assert "Withdrawn: R-7 of Post 4 (entry 3)" in run("add", folder, file, "--as", "field")
    assert incidents(folder) == []
    file.write_text(json.dumps({"id": "H-1", "source": "Highland", "withdrawn": True}))
    assert "Nothing to withdraw: no report of Highland has the id H-1." in run(
        "add", folder, file, "--as", "field", code=1
    )


def test_a_report_that_lost_its_time_is_held_and_listed(folder: Path) -> None:
    held = add(folder, code=1, observed="at dawn")
    assert "Held: R-7 of Post 4 is entry 3" in held and "could not be read" in held and incidents(folder) == []
    again = CliRunner().invoke(main, ["add", str(folder), str(folder.parent / "seen.json"), "--as", "field", "--json"])
    (row,) = json.loads(again.stdout)
    assert row["reports_became"][0]["why"]["params"] == {"attributes": "time"}
    run("correct", folder, "R-7", "time=2031-05-28T04:10", "--reason", "asked the post")
    assert incidents(folder)[0][0] == "I-00003"


def test_wrong_use_records_nothing(folder: Path) -> None:
    add(folder)
    before = run("verify", folder, code=3)
    for wrong in (
        ("correct", folder, 3), ("correct", folder, 3, "deaths"), ("correct", folder, 3, "deaths=1", "deaths=2"),
        ("correct", folder, 3, "deaths=1", "--apart"), ("correct", folder, 99, "deaths=1"),
        ("correct", folder, 3, "=1"), ("correct", folder, 3, "deaths=minus"), ("withdraw", folder, "R-8"),
        ("withdraw", folder, 4), ("correct", folder, 3, "--accept"), ("correct", folder, 3, "--with", 3),
    ):  # fmt: skip
        run(*wrong, "--reason", "x", code=2)
    run("note", folder, 99, "x", code=2)
    run("withdraw", folder, 3, "--reason", "x", code=2, env={"PARLEY_OFFICER": ""})
    run("withdraw", folder, 3, "--reason", " ", code=2)
    assert run("verify", folder, code=3) == before


def test_a_party_corrects_withdraws_and_notes_its_own_words_alone(tmp_path: Path, centre: Path) -> None:  # noqa: F811
    def say(side: Path, **other: object) -> None:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        file.write_text(json.dumps(REPORT | other))
        run("say", side, file, "--as", "field", "--yes")

    def actors() -> list[str]:
        run("rebuild", centre)
        shown = json.loads(run("findings", centre, "--json"))
        return sorted({f"{row['incident']} {answer}" for row in shown for answer in row["accounts"]})

    with served("serve", centre) as url:
        west = node(tmp_path, centre, "west", "Westland", url)
        east = node(tmp_path, centre, "east", "Eastland", url)
        say(west)
        (entry,) = [one["entry"] for one in json.loads(run("receipts", west, "--json")) if one["kind"] == "report"]
        assert actors() == [f"I-{entry:05} breach"]
        assert "act: entry" in run("correct", west, "R-1", "actor=Westland", "--reason", "we were wrong")
        run("note", west, "last", "heard by two posts")
        assert "no such report" in run("withdraw", east, entry, "--reason", "not true", code=2)
        before = actors()
        run("withdraw", west, "last", "--reason", "we were wrong again")
        assert before and actors() == []
        acts = [one["entry"] for one in json.loads(run("receipts", west, "--json")) if one["kind"] == "act"]
        run("withdraw", west, acts[-1], "--reason", "right after all")
        assert actors() == before
        say(west, withdrawn=True, observed=None, act=None, actor=None, place=None)
        assert actors() == []
    waits = run("note", west, entry, "the line is down", code=4)
    assert "Waiting in the outbox" in waits
    assert "Proved" in run("verify", centre, "--key", key_of(centre))
