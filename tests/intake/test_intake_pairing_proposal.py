"""A mapping for two lists is proposed, and `parley match` takes it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parley.cli.main import main

LEFT = """rid,date,lat,lon,location,age,kind,ratio,description,killed_low
L1,2031-03-01,49.8500,36.6500,Ford,31,boat,1.5,The silo burnt,1
L2,2031-03-05,49.9500,36.7500,Mill,,cart,2.5,A lorry overturned,2
"""
RIGHT = """entry,date,lat,lon,town,age,kind,ratio,text,link
P1,2031-03-01,49.8500,36.6500,Ford,31,boat,1.5,Silo in flames,https://post.example/1
P2,2031-03-05,49.9500,36.7500,Mill,44.0,cart,3.5,Lorry on its side,https://post.example/2
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def lists(tmp_path: Path) -> tuple[str, str]:
    (tmp_path / "left.csv").write_text(LEFT)
    (tmp_path / "right.csv").write_text(RIGHT)
    return str(tmp_path / "left.csv"), str(tmp_path / "right.csv")


def test_a_mapping_of_two_lists_is_proposed_and_match_takes_it(lists: tuple[str, str], tmp_path: Path) -> None:
    mapping = str(tmp_path / "lists.yaml")
    done = run("mapping", *lists, "-o", mapping)
    assert done.exit_code == 0 and f"match {lists[0]} {lists[1]} --mapping {mapping}" in done.stdout
    matched = run("match", *lists, "--mapping", mapping, "--json")
    assert matched.exit_code == 0, matched.stderr
    found = {
        (row["left"], row["right"]): {one["field"] for one in row["reasons"]} for row in json.loads(matched.stdout)
    }
    assert found.keys() == {("L1", "P1"), ("L2", "P2")}
    assert found["L1", "P1"] == {"start", "place", "time", "name", "words", "age", "kind"}


def test_what_both_lists_have_is_compared_and_ids_stand_where_every_row_has_another(lists: tuple[str, str]) -> None:
    proposed = json.loads(run("mapping", *lists, "--json").stdout)
    left, right = proposed["mapping"]["left"], proposed["mapping"]["right"]
    assert (left["reference"], right["reference"]) == ({"column": "rid"}, {"column": "entry"})
    assert left["compare"] == right["compare"]
    both = {"ranges": {"age": {"best": {"column": "age"}}}, "terms": {"kind": {"column": "kind"}}}
    assert left["compare"] == both
    assert right["citation"]["address"] == {"column": "link"}
    assert proposed["mapping"]["days"] == 2
    assert "right: ids are read from 'entry': no two rows have one" in proposed["notes"]
    assert any(note.startswith("right: if several rows may tell of one event") for note in proposed["notes"])


def test_what_is_missing_is_told_by_side(lists: tuple[str, str]) -> None:
    Path(lists[1]).write_text("town,text\nFord,The silo burnt\nFord,A lorry\nFord,The silo burnt\n")
    notes = json.loads(run("mapping", *lists, "--json").stdout)["notes"]
    assert [note for note in notes if note.startswith("right: no column")] == [
        "right: no column of ids was recognised: a row without one is left out",
        "right: no column of a day was recognised: `parley match` wants one",
        "right: no column of latitude and longitude was recognised: `parley match` wants one",
    ]


@pytest.mark.parametrize("more", [("--preview",), ("--mapping", "M"), ("--as-start", "M")])
def test_two_lists_are_not_previewed(lists: tuple[str, str], tmp_path: Path, more: tuple[str, ...]) -> None:
    (tmp_path / "m.yaml").write_text("claims: {}\n")
    done = run("mapping", *lists, *(str(tmp_path / "m.yaml") if word == "M" else word for word in more))
    assert done.exit_code == 2 and "it is checked by `parley match`" in " ".join(done.stderr.split())
