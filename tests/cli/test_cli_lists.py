"""Lists: what of them is asked for, and the same as text, JSON, CSV and GeoJSON."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from test_cli_act import SEEN, add, folder, run  # noqa: F401 - a fixture among them

from parley.cli.main import main
from parley.publish.lists import as_csv

WELL, FORD = SEEN["place"], {"name": "Lower ford", "lat": 42.5, "lon": 44.9, "radius_m": 100}


@pytest.fixture
def valley(folder: Path) -> Path:  # noqa: F811
    """I-3: Post 4 and Highland at the well on 28 May, rivals; I-9: Post 5 at the ford on 30 May, an air attack."""
    add(folder)
    add(folder, id="H-1", source="Highland", actor="Westland", deaths=0)
    add(
        folder,
        id="R-8",
        source="Post 5",
        actor="Westland",
        act="air-attack",
        observed="2031-05-30T23:30",
        place=FORD,
        area="North",
    )
    return folder


def ids(folder: Path, *words: object, **more: Any) -> list[str]:  # noqa: F811
    return [row["id"] for row in json.loads(run("incidents", folder, *words, "--json", **more))]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", "I-00003 I-00009"),
        ("--source HIGHLAND", "I-00003"),
        ("--source Post5\u200b --source highland", None),
        ("--source|post 5|--source|highland", "I-00003 I-00009"),
        ("--accused|westland", "I-00003 I-00009"),
        ("--accused|EASTLAND", "I-00003"),
        ("--accused|army of the west", "I-00003 I-00009"),
        ("--place|lower ford", "I-00009"),
        ("--place|north", "I-00009"),
        ("--place|42.03,44.12,5", "I-00003"),
        ("--place|42.04,44.12,1", "I-00003"),
        ("--place|42.06,44.12,1", ""),
        ("--kind|attack", "I-00003 I-00009"),
        ("--kind|shelling", "I-00003"),
        ("--kind|Air attack", "I-00009"),
        ("--since|2031-05-29", "I-00009"),
        ("--until|2031-05-28", "I-00003"),
        ("--until|2031-05-30T23:30", "I-00003"),
        ("--since|2031-05-28T04:10|--until|2031-05-30", "I-00003 I-00009"),
        ("--since|2h", "I-00003 I-00009"),
        ("--kind|attack|--accused|eastland|--date|2031-05-28", "I-00003"),
        ("--kind|shelling|--source|post 5", ""),
    ],
)
def test_incidents_are_asked_for_by_folded_names(valley: Path, asked: str, found: str | None) -> None:
    words = asked.split("|") if "|" in asked else asked.split()
    if found is None:
        assert "Did you mean Post 5?" in run("incidents", valley, *words, code=2)
    else:
        assert ids(valley, *words) == found.split()


def test_a_name_that_is_not_known_is_refused_with_those_that_are(valley: Path) -> None:
    said = run("incidents", valley, "--source", "Highlnad", code=2)
    assert (
        "'Highlnad' is no source of this centre. Did you mean Highland? Known here: Highland, Post 4, Post 5." in said
    )
    assert "Lower ford, North, Upper well" in run("findings", valley, "--place", "nowhere", code=2)
    assert "Did you mean shelling?" in run("incidents", valley, "--kind", "sheling", code=2)
    assert "Known here: " in run("findings", valley, "--clause", "flyover", code=2)
    assert "Eastland" in run("incidents", valley, "--accused", "nobody", code=2)
    assert "expected a name, or lat,lon,km" in run("incidents", valley, "--place", "95,44,1", code=2)
    assert "'soon' is no time: give a time such as" in run("incidents", valley, "--since", "soon", code=2)


def test_findings_are_asked_for_by_clause_and_incidents_by_what_a_clause_covers(valley: Path) -> None:
    add(valley, id="R-0", source="Post 6", observed="2001-05-28T04:10")  # long before the truce
    rows = json.loads(run("findings", valley, "--json"))
    assert any(set(row["accounts"]) == {"not covered"} for row in rows)
    covered = {
        clause: {
            row["incident"]
            for row in rows
            if row["clause"] == clause and any(one != "not covered" for one in row["accounts"]) and row["raised"]
        }
        for clause in {row["clause"] for row in rows}
    }
    for clause, incidents in covered.items():
        found = json.loads(run("findings", valley, "--clause", clause.upper(), "--json"))
        assert {row["clause"] for row in found} <= {clause}
        assert set(ids(valley, "--clause", clause)) == incidents
    assert any(covered.values())


def test_findings_for_machines_carry_reasons_and_what_they_rest_on(valley: Path) -> None:
    rows = json.loads(run("findings", valley, "--json", "--source", "Highland"))
    assert {row["incident"] for row in rows} == {"I-00003"}
    for row in rows:
        assert row["rests_on"] == {"reports": [[3], [6]], "texts": [[1], [1]], "incidents": []}
        assert len(row["reasons"]) == 2 and all(one["says"] and one["because"] for one in row["reasons"])
        assert row["agreed_reasons"]["because"]
    run("correct", valley, "R-7", "actor=Westland", "--reason", "call")
    rows = json.loads(run("findings", valley, "--json", "--source", "Highland"))
    assert all(sorted(row["rests_on"]["reports"]) == [[6], [11]] for row in rows)


def written(folder: Path, verb: str, ending: str, *words: object) -> bytes:  # noqa: F811
    file = folder.parent / f"list.{ending}"
    assert str(file) in run(verb, folder, *words, "-o", file).splitlines()
    return file.read_bytes()


def table(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_table_has_a_row_for_each_incident_and_says_what_each_account_says(valley: Path) -> None:
    first, second = table(written(valley, "incidents", "csv"))
    assert (first["id"], first["actor"], first["source"]) == ("I-00003", "Eastland|Westland", "Post 4|Highland")
    assert (first["deaths_low"], first["deaths_high"], first["disputed"]) == ("0", "12", "actor|deaths")
    assert (second["lat"], second["lon"], second["area"], second["exercise"]) == ("42.5", "44.9", "North", "")
    assert run("incidents", valley, "--format", "csv", "--source", "Post 5").count("\n") == 2


def test_where_an_account_gives_no_most_of_the_dead_there_is_none(folder: Path) -> None:  # noqa: F811
    add(folder, deaths={"low": 3})
    add(folder, id="H-1", source="Highland", deaths=2)
    (row,) = table(written(folder, "incidents", "csv"))
    assert (row["deaths_low"], row["deaths_high"]) == ("2", "")


def test_a_cell_of_blanks_and_a_formula_is_no_formula_either() -> None:
    data = as_csv(("a", "b"), [{"a": " =1+1", "b": -1.5}], exercise=False)
    assert data.decode("utf-8-sig") == "exercise,a,b\r\n,' =1+1,-1.5\r\n"


def test_findings_are_a_row_for_each_account(valley: Path) -> None:
    rows = table(written(valley, "findings", "csv", "--source", "Highland"))
    answers = {(row["clause"], row["source"]): row["answer"] for row in rows}
    told = json.loads(run("findings", valley, "--source", "Highland", "--json"))
    assert answers == {
        (row["clause"], source): answer if row["raised"] else "not raised"
        for row in told
        for source, answer in zip(row["sources"], row["accounts"], strict=True)
    }


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula_and_no_sign_is_unseen(folder: Path, evil: str) -> None:  # noqa: F811
    add(folder, source=f"{evil}\u202ex\x1b[31m", place={**WELL, "name": evil, "lon": -44.12})
    for verb in ("incidents", "findings", "since"):
        data = run(verb, folder, "--format", "csv")
        for row in csv.reader(StringIO(data.removeprefix("\ufeff"), newline="")):
            assert not any(cell.lstrip()[:1] in tuple("=+@＝") for cell in row if cell), row
            assert not any(cell.startswith("-") and cell != "-44.12" for cell in row)
            assert not any(sign in "".join(row) for sign in "\u202e\x1b\t\r")
        for one in json.loads(run(verb, folder, "--format", "geojson"))["features"]:
            assert not any(
                sign in json.dumps(one, ensure_ascii=False) for sign in ("\\u202e", "\u202e", "\\u001b", "\\t")
            )


def test_the_map_is_read_back_by_our_own_channel(valley: Path) -> None:
    data = json.loads(written(valley, "incidents", "geojson"))
    assert data["features"][1]["geometry"] == {"type": "Point", "coordinates": [44.9, 42.5]}
    assert data["features"][1]["properties"]["radius_m"] == 100
    preview = run("add", valley, valley.parent / "list.geojson", "--as", "geojson", "--from", "Archive")
    assert "expected" not in preview
    rows = [row for row in json.loads(run("incidents", valley, "--json")) if "Post 5" in row["sources"]]
    assert [len(row["sources"]) for row in rows] == [2], (
        "the same time, place and act: matched with what it was made from"
    )


def test_what_is_invented_says_so_in_every_list(tmp_path: Path) -> None:
    run("demo", tmp_path / "x", "--exercise")
    for verb in ("incidents", "findings", "tally", "since"):
        words = ("--by", "Nino") if verb == "since" else ()
        assert run(verb, tmp_path / "x", *words).startswith("EXERCISE: everything in this centre is invented.\n")
        rows = table(written(tmp_path / "x", verb, "csv", *words, *(("2h",) if verb == "since" else ())))
        assert rows and {row["exercise"] for row in rows} == {"EXERCISE"}
        features = json.loads(written(tmp_path / "x", verb, "geojson", *words, *(("2h",) if verb == "since" else ())))
        assert features["exercise"] == "EXERCISE" == features["features"][0]["properties"]["exercise"]
        told = json.loads(run(verb, tmp_path / "x", *words, "--json"))
        assert told["exercise"] if isinstance(told, dict) else all(row["exercise"] for row in told)
    tallies = table(written(tmp_path / "x", "tally", "csv"))
    (left,) = {row["left"] for row in tallies}
    assert len(table(written(tmp_path / "x", "tally", "csv", "--source", left.upper()))) == len(tallies)
    assert len(table(written(tmp_path / "x", "tally", "csv", "--until", "2031-05-03"))) < len(tallies)


def test_a_file_that_says_not_what_it_is_to_be_is_refused(valley: Path, tmp_path: Path) -> None:
    assert ".json, .csv, .geojson" in run("incidents", valley, "-o", tmp_path / "list.xlsx", code=2)
    assert "text goes to the terminal" in run("incidents", valley, "--format", "text", "-o", tmp_path / "a.csv", code=2)
    assert "--json is --format json" in run("incidents", valley, "--json", "--format", "csv", code=2)
    assert not list(tmp_path.glob("a.*")) and not list(tmp_path.glob("list.*"))
    run("incidents", valley, "--format", "csv", "-o", tmp_path / "list.dat")
    assert table((tmp_path / "list.dat").read_bytes())


def test_a_list_of_nothing_is_a_list(folder: Path) -> None:  # noqa: F811
    for verb in ("incidents", "findings", "tally"):
        assert json.loads(run(verb, folder, "--json")) == []
        assert run(verb, folder, "--format", "csv").startswith("\ufeffexercise,")
        assert json.loads(run(verb, folder, "--format", "geojson"))["features"] == []


def test_the_same_options_are_offered_by_both_lists() -> None:
    offered = [
        {option for one in main.commands[verb].params for option in one.opts} for verb in ("incidents", "findings")
    ]
    assert offered[0] - {"--held"} == offered[1]


def test_of_a_long_list_the_newest_are_shown_and_how_many_are_not(
    valley: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.cli.lists.MOST_INCIDENTS", 1)
    said = run("incidents", valley)
    assert "1 earlier incident not shown" in said
    assert ("I-00003 " in said, "I-00009 " in said) == (False, True)
    assert run("incidents", valley, "--kind", "attack").splitlines()[1:3] == said.splitlines()[1:3]
    monkeypatch.setattr("parley.cli.lists.MOST_INCIDENTS", 2)
    assert run("incidents", valley).index("I-00003 ") < run("incidents", valley).index("I-00009 ")
    monkeypatch.setattr("parley.cli.lists.MOST_INCIDENTS", 1)
    every = run("incidents", valley, "--all")
    assert ("I-00003 " in every, "I-00009 " in every, "not shown" in every) == (True, True, False)
    assert "not shown" not in run("incidents", valley, "--date", "2031-05-28")
    assert ids(valley) == ["I-00003", "I-00009"]
    for words, shown in (((), (False, True)), (("--kind", "attack"), (False, True)), (("--all",), (True, True))):
        found = run("findings", valley, *words)
        assert ("I-00003 " in found, "I-00009 " in found) == shown, found
        assert ("1 earlier incident not shown" in found) == (words != ("--all",))
