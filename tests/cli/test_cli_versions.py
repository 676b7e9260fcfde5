"""A running centre takes up an amended agreement and a new charter; an exercise says so wherever it is seen."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from parley.cli.exercise import LINE
from parley.cli.main import main
from parley.record.keys import new_signer

RIDGE = """\
format: parley-terms/1
id: ridge-truce
title: The ridge truce
date: 2031-04-28
timezone: Asia/Tbilisi
source: {name: invented}
from: 2031-05-01T06:00
parties:
  - {id: high, name: Highland, role: party, adheres: [{from: 2031-04-28}]}
  - {id: lake, name: Lakeside, role: party, adheres: [{from: 2031-04-28}]}
zones:
  - {id: strip, name: The strip, line: [[44.0, 42.0], [44.5, 42.0]], within_m: 5000}
clauses:
  - {id: attacks, article: Article 1, says: No attack., acts: [attack]}
  - {id: heavy, article: Article 2, says: No mortar within 5 km., acts: [attack], zone: strip, means: [mortar]}
"""
WIDER = RIDGE.replace("5000", "10000").replace("within 5 km", "within 10 km").replace("2031-04-28\n", "2031-05-09\n", 1)


def parley(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def done(*arguments: object) -> str:
    result = parley(*arguments)
    assert result.exit_code in (0, 3), f"{arguments}: {result.output}"
    return result.output


def told(*arguments: object) -> Any:
    result = parley(*arguments, "--json")
    assert result.exit_code in (0, 3), f"{arguments}: {result.output}"
    return json.loads(result.stdout)


def report(place: Path, name: str, lon: float, start: str, end: str | None = None) -> Path:
    """Write a report of mortars 8 km from the line; each longitude is a happening of its own."""
    observed = {"start": start} | ({"end": end} if end else {})
    said = {
        "id": name, "source": "Post 4", "observed": observed, "act": "shelling", "means": "mortar",
        "place": {"name": f"Well {name}", "lat": 42.072, "lon": lon, "radius_m": 50},
        "actor": "Lakeside", "affected": "Highland", "account": "Two rounds.",
    }  # fmt: skip
    file = place / f"{name}.json"
    file.write_text(json.dumps(said))
    return file


def heavy(folder: Path) -> dict[str, tuple[str, list[int]]]:
    rows = [row for row in told("findings", folder) if row["clause"] == "heavy"]
    return {row["place"]: (row["accounts"][0], row["versions"][0]) for row in rows}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "v1.yaml").write_text(RIDGE)
    (tmp_path / "v2.yaml").write_text(WIDER)
    return tmp_path


@pytest.fixture
def folder(files: Path) -> Path:
    folder = files / "centre"
    done("init", folder, "--terms", files / "v1.yaml")
    done("add", folder, report(files, "before", 44.1, "2031-05-09T12:00"), "--as", "field")
    return folder


def test_a_running_centre_takes_up_an_amended_agreement(files: Path, folder: Path) -> None:
    done("report", folder, "--date", "2031-05-09")
    page = (folder / "reports/2031-05-09.html").read_bytes()
    shown = done("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-05-10T06:00", "--by", "Officer 7")
    assert "zones strip: changed" in shown and "within_m: 5000.0 -> 10000.0" in shown
    assert "adopted: The ridge truce from 2031-05-10 06:00 Asia/Tbilisi: entry 7" in shown

    for name, lon, start, end in (
        ("after", 44.2, "2031-05-10T06:00", None),
        ("late", 44.3, "2031-05-09T15:00", None),  # of before, told after: the time of the act counts
        ("straddles", 44.4, "2031-05-10T05:30", "2031-05-10T06:30"),
    ):
        done("add", folder, report(files, name, lon, start, end), "--as", "field")
    assert heavy(folder) == {
        "Well before": ("not covered", [1]),
        "Well late": ("not covered", [1]),
        "Well after": ("breach", [7]),
        "Well straddles": ("unknown", [1, 7]),
    }
    printed = " ".join(done("findings", folder).split())
    assert "the answer turns on: when it happened" in printed
    assert (
        "ridge-truce: the text of 2031-04-28 (entry 1) and the text of 2031-05-09 (entry 7, adopted by Officer 7)"
        in printed
    )

    done("report", folder, "--date", "2031-05-10")
    read = (folder / "reports/2031-05-10.html").read_text()
    assert "the time decides which text applies; before 2031-05-10 06:00 Asia/Tbilisi" in read
    assert "the text of 2031-05-09 (entry 7, adopted by Officer 7)" in read and "No mortar within 10 km." in read
    card = json.loads((folder / "reports/2031-05-10.json").read_text())["agreements"][0]
    assert [(one["entry"], one["start"], one["until"]) for one in card["versions"]] == [
        (1, None, "2031-05-10T02:00:00Z"),
        (7, "2031-05-10T02:00:00Z", None),
    ]
    assert (folder / "reports/2031-05-09.html").read_bytes() == page, "what was published before stays as it was"
    assert parley("rebuild", folder).exit_code == 0
    assert (folder / "reports/2031-05-09.html").read_bytes() == page
    assert parley("verify", folder).exit_code == 3
    listed = done("terms", "list", folder)
    assert "for acts before 2031-05-10 06:00 Asia/Tbilisi: the text of 2031-04-28 (entry 1)" in listed
    assert "for acts from 2031-05-10 06:00 Asia/Tbilisi on: the text of 2031-05-09 (entry 7" in listed


def test_whoever_has_a_copy_finds_the_same(files: Path, folder: Path) -> None:
    done("add", folder, report(files, "after", 44.2, "2031-05-10T06:00"), "--as", "field")
    done("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-05-10", "--retroactive")
    done("copy", folder, files / "copy", "--for-readers")
    assert parley("rebuild", files / "copy").exit_code == 0
    assert told("findings", files / "copy") == told("findings", folder)


def test_acts_that_were_reported_already_need_retroactive_and_findings_say_so(files: Path, folder: Path) -> None:
    done("add", folder, report(files, "after", 44.2, "2031-05-10T06:00"), "--as", "field")
    adopt = ("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-05-10T06:00")
    size = told("verify", folder)["size"]
    refused = parley(*adopt)
    assert refused.exit_code == 2 and told("verify", folder)["size"] == size
    assert "1 report of acts from 2031-05-10 06:00 Asia/Tbilisi on stand in the record (entries 6)" in refused.output
    assert "change 1 answer in 1 incident" in refused.output and "not covered -> breach" in refused.output
    found = told(*adopt, "--retroactive")
    assert [(one["incident"], one["was"], one["now"]) for one in found["answers"]] == [
        ("I-00006", "not covered", "breach")
    ]
    assert heavy(folder)["Well after"] == ("breach", [found["adopted"]])
    assert told("show", folder, found["adopted"])["body"]["retroactive"] is True
    assert "adopted retroactively" in done("findings", folder)


def test_a_minute_after_the_last_act_needs_nothing_and_with_it_does(files: Path, folder: Path) -> None:
    for minute, code in (("12:01", 0), ("12:00", 2)):
        again = files / minute.replace(":", "")
        shutil.copytree(folder, again)
        assert parley("terms", "adopt", again, files / "v2.yaml", "--from", f"2031-05-09T{minute}").exit_code == code


def test_a_clause_that_a_version_drops_is_told_among_the_answers_that_change(files: Path, folder: Path) -> None:
    (files / "less.yaml").write_text("".join(line for line in RIDGE.splitlines(True) if "id: attacks" not in line))
    found = told("terms", "adopt", folder, files / "less.yaml", "--from", "2031-05-02", "--retroactive")
    assert [(one["clause"], one["was"], one["now"]) for one in found["answers"]] == [("attacks", "breach", None)]


def test_what_changes_is_told_against_the_text_that_applies_then_and_what_is_gone_in_the_order_of_time(
    files: Path, folder: Path
) -> None:
    first = told("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-06-10")["adopted"]
    (files / "v3.yaml").write_text(RIDGE.replace("5000", "7000"))
    later = told("terms", "adopt", folder, files / "v3.yaml", "--from", "2031-06-20")
    assert any("10000.0" in str(one) and "7000.0" in str(one) for one in later["changes"])
    (files / "v4.yaml").write_text(RIDGE.replace("5000", "6000"))
    found = told("terms", "adopt", folder, files / "v4.yaml", "--from", "2031-06-01")
    assert found["supersedes"] == [first, later["adopted"]]


def test_what_does_not_hold_any_more_needs_no_retroactive(files: Path, folder: Path) -> None:
    done("add", folder, report(files, "after", 44.2, "2031-05-10T06:00"), "--as", "field")
    done("withdraw", folder, "after", "--by", "Officer 7", "--reason", "a drill")
    assert parley("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-05-10T06:00").exit_code == 0


def test_a_version_that_applies_already_changes_nothing(files: Path, folder: Path) -> None:
    size = told("verify", folder)["size"]
    (files / "same.yaml").write_text("# copied out\n" + RIDGE)
    for name in ("v1.yaml", "same.yaml"):
        assert "nothing changed" in done("terms", "adopt", folder, files / name, "--from", "2031-05-01")
    assert told("verify", folder)["size"] == size
    done("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-06-10")
    (files / "v3.yaml").write_text(RIDGE.replace("5000", "7000"))
    other = done("terms", "adopt", folder, files / "v3.yaml", "--from", "2031-06-10")
    assert "nothing changed" not in other, "another text from the same moment on"


def test_a_file_with_faults_is_refused_and_one_that_takes_a_later_version_s_place_says_so(
    files: Path, folder: Path
) -> None:
    (files / "bad.yaml").write_text(RIDGE.replace("acts: [attack]", "acts: [atack]"))
    refused = parley("terms", "adopt", folder, files / "bad.yaml", "--from", "2031-06-01")
    assert refused.exit_code == 2 and "atack" in refused.output
    done("terms", "adopt", folder, files / "v2.yaml", "--from", "2031-06-10")
    (files / "v3.yaml").write_text(RIDGE.replace("5000", "7000"))
    shown = done("terms", "adopt", folder, files / "v3.yaml", "--from", "2031-06-01")
    assert "The version of entry 5 does not apply any more." in shown
    assert [one["entry"] for one in told("terms", "list", folder)[0]["versions"]] == [1, 6]


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("2031-03-30T02:30", "2031-03-30T03:30+02:00 or 2031-03-30T01:30+01:00"),
        ("2031-10-26T02:30", "2031-10-26T02:30+02:00 or 2031-10-26T02:30+01:00"),
        ("soon", "give a time such as 2026-11-28T06:00, a day such as 2026-11-28, or now"),
    ],
)
def test_a_time_that_the_clocks_do_not_show_or_show_twice_is_asked_about(
    files: Path, folder: Path, since: str, said: str
) -> None:
    (files / "v2.yaml").write_text(WIDER.replace("Asia/Tbilisi", "Europe/Berlin"))
    refused = parley("terms", "adopt", folder, files / "v2.yaml", "--from", since)
    assert refused.exit_code == 2 and said in " ".join(refused.output.split())


def test_a_further_agreement_is_taken_up_and_covers_nothing_before(files: Path, folder: Path) -> None:
    (files / "second.yaml").write_text(RIDGE.replace("ridge-truce", "second-truce"))
    done("add", folder, report(files, "after", 44.2, "2031-05-10T06:00"), "--as", "field")
    shown = done("terms", "adopt", folder, files / "second.yaml", "--from", "2031-05-10", "--retroactive")
    assert "second-truce is a new agreement here" in shown and "this centre has: ridge-truce" in shown
    rows = [
        row for row in told("findings", folder) if row["agreement"] == "second-truce" and row["clause"] == "attacks"
    ]
    assert {row["place"]: row["accounts"] for row in rows} == {"Well before": ["not covered"], "Well after": ["breach"]}


def test_what_a_further_agreement_answers_is_told_of_it_alone(files: Path, folder: Path) -> None:
    (files / "second.yaml").write_text(RIDGE.replace("ridge-truce", "second-truce"))
    adopt = ("terms", "adopt", folder, files / "second.yaml", "--from", "2031-05-01")
    assert "change 2 answers in 1 incident" in " ".join(parley(*adopt).output.split())
    found = told(*adopt, "--retroactive")
    assert [(one["clause"], one["was"], one["now"]) for one in found["answers"]] == [
        ("attacks", None, "breach"),
        ("heavy", None, "not covered"),
    ]


# The charter

CHARTER = "title: {}\ntimezone: Asia/Tbilisi\n"


def test_a_day_has_the_charter_that_holds_as_it_begins(files: Path, folder: Path) -> None:
    done("add", folder, report(files, "after", 44.2, "2031-05-10T13:00"), "--as", "field")
    (files / "charter.yaml").write_text(CHARTER.format("Pass House"))
    shown = done("charter", "adopt", folder, files / "charter.yaml", "--from", "2031-05-10", "--by", "Officer 7")
    assert "title: Information centre -> Pass House" in shown
    assert "nothing changed" in done("charter", "adopt", folder, files / "charter.yaml", "--from", "2031-05-11")
    for day, title in (("2031-05-09", "Information centre"), ("2031-05-10", "Pass House")):
        done("report", folder, "--date", day)
        assert json.loads((folder / f"reports/{day}.json").read_text())["masthead"]["title"] == title
    assert parley("rebuild", folder).exit_code == 0
    assert (
        told("charter", folder)["charter"]["title"]
        == told("charter", "show", folder)["charter"]["title"]
        == "Pass House"
    )


def test_a_charter_that_weakens_waits_and_says_for_whom(files: Path) -> None:
    made = {side: str(new_signer(f"{side}.example/desk").verifier) for side in ("high", "lake")}
    parties = "parties:\n" + "".join(f"  {side}: {{names: [{side}], keys: [{key}]}}\n" for side, key in made.items())
    (files / "first.yaml").write_text(CHARTER.format("Pass House") + parties + "k: 2\n")
    folder = files / "centre"
    done("init", folder, "--terms", files / "v1.yaml", "--charter", files / "first.yaml")
    (files / "second.yaml").write_text(CHARTER.format("Other House") + parties + "k: 1\n")
    shown = done("charter", "adopt", folder, files / "second.yaml", "--from", "2031-05-01")
    assert "waits: a charter with other k: holds once 2 of high, lake endorse it; so far nobody" in shown
    assert told("charter", folder)["charter"]["title"] == "Pass House"
    done("report", folder, "--date", "2031-05-10")
    assert json.loads((folder / "reports/2031-05-10.json").read_text())["masthead"]["title"] == "Pass House"


def test_whether_a_centre_is_an_exercise_never_changes(files: Path, folder: Path) -> None:
    size = told("verify", folder)["size"]
    (files / "charter.yaml").write_text(CHARTER.format("Pass House") + "exercise: true\n")
    refused = parley("charter", "adopt", folder, files / "charter.yaml", "--from", "2031-05-10")
    assert refused.exit_code == 2 and "make a new centre" in refused.output
    assert told("verify", folder)["size"] == size


def test_nor_does_it_for_whoever_signs_past_the_verb(folder: Path) -> None:
    from parley.centre.folder import Centre, now
    from parley.centre.statements import state
    from parley.record.errors import NotAllowed

    with Centre.open(folder, writing=True) as centre:
        other = centre.charter.model_copy(update={"exercise": True, "desk": ""})
        with pytest.raises(NotAllowed, match="make a new centre"):
            centre.record.append([state("charter", other)], at=now())


# An exercise


@pytest.fixture
def exercise(files: Path) -> Path:
    folder = files / "exercise"
    assert LINE in done("init", folder, "--terms", files / "v1.yaml", "--exercise")
    return folder


def texts(folder: Path, place: Path) -> dict[str, tuple[object, ...]]:
    """Return how each verb that looks at a centre, or writes something to hand out, is called."""
    charter = place / "next.yaml"
    charter.write_text("title: Next\ntimezone: Asia/Tbilisi\nexercise: true\n")
    return {
        "add": (folder, report(place, "after", 44.2, "2031-05-10T06:00"), "--as", "field"),
        "incidents": (folder,), "findings": (folder,), "tally": (folder,), "show": (folder, 1), "verify": (folder,),
        "charter show": (folder,), "charter adopt": (folder, charter, "--from", "2031-06-01"),
        "terms list": (folder,), "terms adopt": (folder, place / "v2.yaml", "--from", "2031-06-01"),
        "report": (folder, "--date", "2031-05-10"), "rebuild": (folder,), "backup": (folder, place / "backup"),
        "copy": (folder, place / "copy", "--for-readers"), "bundle": (folder, 1, "-o", place / "one.zip"),
        "restore": (place / "backup", place / "restored", "--newest"), "succeed": (place / "copy", place / "next"),
        "review": (folder,), "standing": (folder, 1), "policy": (folder,), "shred": (folder, 2, "--reason", "x"),
    }  # fmt: skip


def test_exercise_stands_on_everything_that_is_printed_and_written(files: Path, exercise: Path) -> None:
    done("add", exercise, report(files, "before", 44.1, "2031-05-09T12:00"), "--as", "field")
    for verb, arguments in texts(exercise, files).items():
        printed = parley(*verb.split(), *arguments).stdout
        assert printed.splitlines()[0] == LINE, f"{verb}: {printed}"
    for file in (exercise / "reports").glob("*.html"):
        assert "EXERCISE" in file.read_text()
    for file in (exercise / "reports").glob("*.json"):
        assert json.loads(file.read_text())["masthead"]["exercise"] is True
    assert "EXERCISE: by its charter, everything in this centre is invented" in done("verify", files / "one.zip")
    with zipfile.ZipFile(files / "one.zip") as archive:
        assert '"exercise":true' in archive.read("keys/events.json").decode()


def test_exercise_stands_in_whatever_is_printed_for_machines(files: Path, exercise: Path) -> None:
    done("add", exercise, report(files, "before", 44.1, "2031-05-09T12:00"), "--as", "field")
    for verb, arguments in texts(exercise, files).items():
        found = json.loads(parley(*verb.split(), *arguments, "--json").stdout)
        for one in found if isinstance(found, list) else [found]:
            assert verb == "policy" or one["exercise"] is True, verb  # there is no policy: null
    assert done("report", exercise, "--date", "2031-05-09", "-o", "-").startswith("<!doctype html>")


def test_nothing_else_is_marked(folder: Path) -> None:
    for verb in ("incidents", "findings", "charter", "verify"):
        assert "EXERCISE" not in parley(verb, folder).output and "exercise" not in str(
            told(verb, folder)[:1] if verb in ("incidents", "findings") else told(verb, folder).keys()
        )


def test_every_verb_about_a_centre_is_marked() -> None:
    """A new verb is too: whoever adds it need not think of it."""

    def below(group: click.Group) -> list[click.Command]:
        return [
            one
            for command in group.commands.values()
            for one in (below(command) if isinstance(command, click.Group) else [command])
        ]

    assert all(hasattr(one.callback, "__wrapped__") for one in below(main))
