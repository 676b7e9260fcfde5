"""What fits two incidents equally is listed wherever somebody looks, and a judgement ends it."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from parley import current
from parley.centre.folder import Centre
from parley.cli.main import main
from parley.model import (
    Findings,
    Stated,
)
from parley.publish.lists import BETWEEN


def parley(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code in (0, 3), f"{arguments}: {result.output}"
    return result.output


def table(place: Path, name: str, *actors: str) -> Path:
    head = "id,source,when,lat,lon,km,place,act,actor,account\n"
    rows = (
        f"{name}-{at},{name},2031-05-09T12:00,42.0,44.0,0.1,Mill,shelling,{actor},{actor} fired.\n"
        for at, actor in enumerate(actors)
    )
    file = place / f"{name}.csv"
    file.write_text(head + "".join(rows))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "centre"
    parley("init", folder, "--terms", "ukraine-2020-07-22-ceasefire-measures", "--timezone", "Asia/Tbilisi")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "timezone: Asia/Tbilisi\nsource: {column: source}\nreference: {column: id}\nclaims:\n"
        "  time: {start: {column: when}}\n"
        "  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}, radius_km: {column: km}}\n"
        "  act: {column: act}\n  actor: {column: actor}\n  account: {column: account}\n"
    )
    for name, actors in (("West post", ("Highland", "Lakeside")), ("East post", ("bandits",))):
        parley("add", folder, table(tmp_path, name, *actors), "--as", "table", "--mapping", mapping)
    return folder


def test_it_is_seen_everywhere_and_a_judgement_ends_it(folder: Path) -> None:
    (one,) = json.loads(parley("doubtful", folder, "--json"))
    assert one["source"] == "East post" and one["hanging"] == 1
    assert len(one["incidents"]) == len(one["fits"]) == 2 and one["incident"] not in one["incidents"]
    decide = f"parley judge {folder} same {one['entry']} {one['fits'][0]}"
    said = f"Report {one['entry']} of East post fits {' and '.join(one['incidents'])} equally"
    for listed in (
        parley("doubtful", folder),
        parley("doubtful", folder, "--date", "2031-05-09"),
        parley("incidents", folder),
        parley("since", folder, "1h"),
    ):
        assert said in " ".join(listed.split()) and decide in " ".join(listed.split())
    assert "No report fits two incidents equally." in parley("doubtful", folder, "--date", "2031-05-10")
    row = parley("doubtful", folder, "--format", "csv").splitlines()[1]
    assert row.startswith(f",{one['entry']},East post,")
    assert all(BETWEEN.join(map(str, one[name])) in row for name in ("fits", "incidents")), "each of both"
    parley("report", folder, "--date", "2031-05-09")
    page = re.sub("<[^>]+>", "", (folder / "reports/2031-05-09.html").read_text())
    assert "fits I-" in page and "1 report fits two incidents equally: people decide" in page
    assert page.count(f"It may be the same event as {one['incident']}: people decide") == 2
    assert f"It may be the same event as {' or '.join(one['incidents'])}: people decide" in page
    (told,) = json.loads((folder / "reports/2031-05-09.json").read_text())["doubts"]
    assert told == one
    parley("rebuild", folder)
    assert json.loads(parley("doubtful", folder, "--json")) == [one]

    printed = parley(*decide.split()[1:], "--by", "Officer 7", "--reason", "the same crater")
    assert f"entries {one['fits'][0]}, {one['entry']}" in printed
    assert "No report fits two incidents equally." in parley("doubtful", folder)


def entries(folder: Path) -> int:
    with Centre.open(folder) as centre:
        return centre.record.size


@pytest.mark.parametrize("verb", ["incidents", "findings", "tally", "open", "doubtful"])
def test_every_list_says_up_to_where_it_goes_and_what_waits(folder: Path, tmp_path: Path, verb: str) -> None:
    size = entries(folder)
    assert f"As of {size} entries." in parley(verb, folder)
    file = tmp_path / "more.json"
    file.write_text(json.dumps({"id": "m", "source": "Post 9", "observed": {"start": "2031-05-09T15:00"}}))
    parley("add", folder, file, "--as", "field", "--later")
    more = entries(folder) - size
    said = f"As of {size} entries: {more} statements recorded since are not in it. Next: parley rebuild {folder}"
    assert said in parley(verb, folder)
    done = CliRunner().invoke(main, [verb, str(folder), "--json"])
    assert said in done.stderr and said not in done.stdout
    parley("rebuild", folder)
    assert f"As of {entries(folder)} entries." in parley(verb, folder)
    assert "As of" not in CliRunner().invoke(main, [verb, str(folder), "--json"]).stderr
    parley("keys", "rotate", folder)
    assert "recorded since" not in parley(verb, folder), "from a key nothing follows that a list shows"


def test_what_a_centre_holds_is_worked_out_once_for_each_state_of_the_record(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    derive = current.derive

    def counted(stated: Iterable[Stated], *more: Any) -> Findings:
        findings = derive(stated, *more)
        sizes.append(findings.size)
        return findings

    monkeypatch.setattr(current, "derive", counted)
    parley("judge", folder, "same", "3", "7", "--by", "Officer 7", "--reason", "the same crater")
    assert not sizes, "a judgement asks for what is near it alone"
    with Centre.open(folder) as centre:
        first = current.everything(centre)
        assert current.everything(centre) is first and [first.size] == sizes
