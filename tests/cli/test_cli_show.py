"""`parley show`: an entry, a code, an incident, a source's own id, the newest report, each with what befell it."""

import json
from pathlib import Path
from typing import Any

import pytest
from test_cli_act import SEEN, add, folder, run  # noqa: F401 - a fixture among them

RIVAL = {"id": "H-1", "source": "Highland", "actor": "Westland", "deaths": 0}


def shown(folder: Path, what: object) -> Any:  # noqa: F811
    return json.loads(run("show", folder, what, "--json"))


@pytest.fixture
def night(folder: Path) -> Path:  # noqa: F811
    """Entries: 3 of Post 4, 6 of Highland, 8 a correction of 3, 9 a note on it, 11 another happening of Post 4."""
    add(folder)
    add(folder, **RIVAL)
    run("correct", folder, "R-7", "deaths=2", "--reason", "call of 04:40")
    run("note", folder, 3, "heard again at 05:00")
    add(folder, id="R-9", observed="2031-05-30T04:10")
    return folder


def test_a_report_shows_what_it_says_as_read_and_as_written_and_what_befell_it(night: Path) -> None:
    said = run("show", night, 3)
    assert "a report; signed by the centre's desk" in said and "event report R-7 of Post 4" in said
    assert (
        "It does not hold: it was corrected: entry 8." in said
        and "The version that holds, or held last: entry 8" in said
    )
    assert "from: seen.json (entry 2), line 1, record 1, channel field; SHA-256 " in said
    assert "actor: Eastland  [column actor]" in said and "deaths: 12  [column deaths]" in said
    assert "[entry 3]: corrected by Nino, deaths: call of 04:40" in said
    assert "[entry 3]: note by Nino: heard again at 05:00" in said
    now = run("show", night, "post 4/r-7")
    assert "It holds." in now and "deaths: 2" in now and "incident: I-00003, with entry 6" in now


def test_everything_of_a_report_is_told_to_machines(night: Path) -> None:
    one = shown(night, 8)
    assert (one["entry"], one["kind"], one["incident"], one["concerns"]) == (8, "act", "I-00003", None)
    assert (one["report"]["holds"], one["report"]["versions"]) == (True, [3, 8])
    assert [(event["did"], event["entry"], event["by"]) for event in one["history"]] == [
        ("received", 3, "Post 4"), ("corrected", 8, "Nino"), ("noted", 9, "Nino"),
    ]  # fmt: skip
    assert one["input"]["name"] == "seen.json" and one["report"]["report"]["origin"]["first"] == 1
    assert shown(night, one["code"]) == one


def test_an_incident_shows_accounts_side_by_side_the_answers_and_its_history(night: Path) -> None:
    said = run("show", night, "I-6")
    assert said.startswith("I-00003  (I-00006 leads here)\n")
    (row,) = (line for line in said.splitlines() if "Westland" in line and "│" in line)
    assert "Eastland" in row, "side by side"
    assert "(disputed)" in said and "the answer turns on: " in said
    assert "corrected by Nino, deaths: call of 04:40" in said and "note by Nino: heard again at 05:00" in said
    data = shown(night, "i-8")
    assert (data["asked"], data["incident"]["id"], data["incident"]["entries"]) == ("I-00008", "I-00003", [6, 8])
    assert data["assessments"][0]["clauses"] and data["agreements"][0]["id"]
    assert [one["entry"] for one in data["reports"]] == [6, 8]


def test_any_number_of_an_incident_leads_to_it_and_what_was_withdrawn_or_held_is_said(night: Path) -> None:
    assert {shown(night, f"I-{n}")["incident"]["id"] for n in (3, 6, 8)} == {"I-00003"}
    run("withdraw", night, "R-9", "--reason", "typed twice")
    gone = run("show", night, "I-11")
    assert gone.startswith("I-00011 is no incident now; its report is shown: it was withdrawn: entry 13\n")
    assert "[entry 11]: withdrawn by Nino: typed twice" in gone
    add(night, code=1, id="R-10", observed="at dawn")
    held = run("show", night, "I-15")
    assert "it waits for a person" in held and "problem: " in held and "at dawn" in held
    assert "entry 9 is no report (act)" in run("show", night, "I-9", code=2)


def test_merges_and_what_people_judged_are_in_the_history(night: Path) -> None:
    run("judge", night, "merge", "I-3", "I-11", "--by", "Nino", "--reason", "a clock was wrong")
    said = run("show", night, "I-11")
    assert said.startswith("I-00003  (I-00011 leads here)") and "judged by Nino: a clock was wrong" in said
    assert "people merged entries 6, 8 and 11 into it" in said
    assert shown(night, 13)["concerns"] == 6


def test_the_newest_report_and_statements_of_every_kind_are_shown(night: Path) -> None:
    assert shown(night, "last")["entry"] == 11
    kinds = [shown(night, entry)["kind"] for entry in range(13)]
    assert kinds[:5] == ["charter", "terms-version", "input", "report", "input-part"]
    for entry in range(13):
        assert run("show", night, entry).startswith(f"entry {entry}, code ")
    assert "Recorded: R-9 of Post 4 is entry 11, incident I-00011." in run("show", night, 10)
    assert "about: entry 3" in run("show", night, 9)


def test_an_act_that_was_undone_is_said_to_be(night: Path) -> None:
    run("withdraw", night, 8, "--reason", "that was another call")
    assert [(event["did"], event["reason"]) for event in shown(night, 3)["history"]][-1] == (
        "undone",
        "that was another call",
    )


def test_what_is_not_there_is_said_with_what_there_is(night: Path) -> None:
    for beyond in (13, "99999", "9" * 40):
        assert run("show", night, beyond, code=2) == "parley: The record has entries 0 to 12.\n"
    assert "`parley incidents` lists them" in run("show", night, "R-99", code=2)
    assert "entry 99 is no report" in run("show", night, "I-99", code=2) or "0 to 12" in run(
        "show", night, "I-99", code=2
    )
    code = shown(night, 3)["code"]
    assert "was misread" in run("show", night, code[:-3] + ("0" if code[-3] != "0" else "1") + code[-2:], code=2)


def test_an_id_of_several_sources_is_asked_for_with_its_source(night: Path) -> None:
    add(night, id="R-7", source="Post 5", observed="2031-06-02T04:10")
    assert "R-7' is the id of several reports" in run("show", night, "R-7", code=2)
    assert shown(night, "Post 5/R-7")["entry"] == 14


def test_what_a_source_says_cannot_forge_a_line(folder: Path) -> None:  # noqa: F811
    add(folder, source="Post 4\n  entry 9: withdrawn by \x1b[31mNino\u202e", account="[/] \x1b]0;x\x07")
    said = run("show", folder, "last")
    assert (
        "\x1b" not in said
        and "\u202e" not in said
        and not any(line.startswith("  entry 9") for line in said.splitlines())
    )
    assert "⟨U+001B⟩" in said and SEEN["id"] in said
