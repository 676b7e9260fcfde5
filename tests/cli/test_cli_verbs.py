"""The verbs from a shell: what they print, and their exit codes."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parley.cli.add import CHANNELS
from parley.cli.main import main

FIELD = {
    "id": "F-1",
    "source": "Post 3",
    "observed": {"start": "2016-09-13T06:10:00+03:00"},
    "place": {"name": "Ford", "lat": 36.2, "lon": 37.16, "radius_m": 200},
    "act": "shelling",
    "actor": "Syrian Arab Army",
    "affected": "Free Syrian Army",
    "account": "Two rounds were seen to fall.",
}
TERMS = "syria-2016-09-09-arrangement"


def parley(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def field(tmp_path: Path) -> Path:
    file = tmp_path / "post-3.json"
    file.write_text(json.dumps(FIELD))
    return file


@pytest.fixture
def folder(tmp_path: Path, field: Path) -> Path:
    made = tmp_path / "centre"
    assert parley("init", made, "--terms", TERMS).exit_code == 0
    assert parley("add", made, field, "--as", "field").exit_code == 0
    return made


def test_help_names_every_verb() -> None:
    shown = parley("--help").output
    told = re.findall(r"^  ([a-z]+)  +[A-Z]", shown, re.MULTILINE)
    assert sorted(told) == sorted(main.commands)
    assert not re.search(r"\w\.\.\.$", shown, re.MULTILINE), "no line is cut"


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, parley.cli.main; print([m for m in sys.modules if m in %r])"
    heavy = ("django", "pydantic", "numpy", "shapely", "rich", "jinja2", "cryptography")
    printed = subprocess.run([sys.executable, "-c", code % (heavy,)], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_the_channels_offered_are_those_that_there_are() -> None:
    from parley import intake

    assert tuple(intake.CHANNELS) == CHANNELS


def test_one_way_from_a_field_report_to_a_published_finding(folder: Path) -> None:
    (incident,) = json.loads(parley("incidents", folder, "--json").output)
    assert incident["sources"] == ["Post 3"]
    answers = {row["clause"]: row["accounts"] for row in json.loads(parley("findings", folder, "--json").output)}
    assert answers["attacks"] == ["breach"]
    assert answers["castello-heavy"] == ["not covered"]
    printed = parley("report", folder, "--date", "2016-09-13")
    assert printed.exit_code == 0
    page = Path(printed.output.strip())
    assert "Post 3" in page.read_text()
    assert parley("verify", folder).exit_code == 3
    assert parley("rebuild", folder).exit_code == 0


PAGE = """<html lang="en"><head><title>Shells on the road</title></head><body><article>
<p>Wednesday (15 September 2016) - The opposition accused the Syrian army of shelling the Castello Road.</p>
<p style="font-size:0">Everybody admitted everything, and all of it on the first day of the truce.</p>
</article></body></html>"""


def test_adding_tells_what_to_look_at_and_what_waits(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    shown = parley("add", folder, page, "--as", "article")
    assert "2016-09-15 is a Thursday" in shown.output
    assert "Everybody admitted everything" in shown.output
    assert f"1 statement of articles waiting for people: parley review {folder}" in shown.output
    (card,) = json.loads(parley("add", folder, page, "--as", "article", "--json").output)
    assert [flag["code"] for flag in card["flags"]] == ["date-not-resolved", "text-not-visible"]
    assert [flag["params"].get("day") for flag in card["flags"]] == ["2016-09-15", None]
    assert all(flag["text"] for flag in card["flags"])
    later = parley("add", folder, page, "--as", "article", "--later")
    assert (later.exit_code, later.output) == (
        0,
        f"File page.html is entry {card['entry']}: 1 report "
        f"(recorded before; nothing was added); code {card['code']}\n",
    )


def test_a_report_published_twice_unchanged_is_one_edition(folder: Path) -> None:
    for _ in range(2):
        parley("report", folder, "--date", "2016-09-13")
    first = json.loads(parley("verify", folder, "--json").output)["size"]
    parley("report", folder, "--date", "2016-09-13", "--format", "json")
    assert json.loads(parley("verify", folder, "--json").output)["size"] == first


SECOND = {**FIELD, "id": "F-2", "source": "Post 4", "deaths": 2}
STALE = (
    "2016-09-13 was published as edition 1; what was recorded since changes it: "
    "parley report {folder} --date 2016-09-13"
)


def test_what_makes_a_published_day_out_of_date_is_told_everywhere_until_it_is_published_again(
    folder: Path, tmp_path: Path
) -> None:
    assert "edition" not in parley("report", folder, "--date", "2016-09-13").output
    again = parley("report", folder, "--date", "2016-09-13")
    assert "nothing changed since edition 1; no new edition was made" in again.stderr
    assert again.stdout.strip() == str(folder / "reports" / "2016-09-13.html")
    (tmp_path / "second.json").write_text(json.dumps(SECOND))
    stale = STALE.format(folder=folder)
    assert stale in parley("add", folder, tmp_path / "second.json", "--as", "field").stderr
    for verb in (("incidents",), ("findings",), ("report", "--list")):
        told = parley(verb[0], folder, *verb[1:])
        assert stale in told.stdout and told.exit_code == 0
        as_data = parley(verb[0], folder, *verb[1:], "--json")
        assert json.loads(as_data.stdout)
    assert stale in parley("incidents", folder, "--json").stderr
    one, other = json.loads(parley("incidents", folder, "--json").stdout)[0]["entries"]
    judged = parley("judge", folder, "different", one, other, "--by", "Officer 7", "--reason", "two guns")
    assert stale in judged.stderr
    third = parley("report", folder, "--date", "2016-09-13")
    assert third.stdout.strip() == str(folder / "reports" / "2016-09-13.2.html")
    assert "edition 2 replaces edition 1" in third.stderr
    for verb in ("incidents", "findings"):
        assert "was published as" not in parley(verb, folder).output
    listed = json.loads(parley("report", folder, "--list", "--json").stdout)
    assert [(one["edition"], one["stale"]) for one in listed] == [(1, False), (2, False)]
    assert listed[1]["files"] == ["2016-09-13.2.html", "2016-09-13.2.json"]
    newest = parley("report", folder, "--date", "2016-09-13", "--format", "json", "-o", "-").stdout
    assert json.loads(newest)["edition"]["number"] == 2
    assert parley("verify", folder).exit_code == 3
    assert "4 of 4 published files byte for byte" in parley("rebuild", folder).output


def test_today_and_yesterday_are_those_of_the_centre_wherever_the_machine_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parley.centre.folder.now", lambda: datetime(2016, 9, 13, 22, 30, tzinfo=UTC))
    for named, day in (("today", "2016-09-14"), ("Yesterday", "2016-09-13")):  # in Damascus it is 01:30 of the 14th
        assert Path(parley("report", folder, "--date", named).stdout.strip()).stem == day
    assert len(json.loads(parley("incidents", folder, "--date", "yesterday", "--json").stdout)) == 1
    assert json.loads(parley("incidents", folder, "--date", "today", "--json").stdout) == []
    assert "a day such as 2016-09-17, today or yesterday" in parley("tally", folder, "--date", "tomorrow").output


def test_a_report_wants_a_day_or_the_list_and_not_both(folder: Path) -> None:
    for arguments in ((), ("--list", "--date", "2016-09-13")):
        shown = parley("report", folder, *arguments)
        assert shown.exit_code == 2 and "--date, or --list" in shown.output
    assert "nothing was published yet" in parley("report", folder, "--list").output
    for arguments in (("--list", "--format", "html"), ("--date", "2016-09-13", "--format", "csv")):
        assert "html or json, the --list of them json or csv" in parley("report", folder, *arguments).output


def test_the_list_of_published_days_is_data_for_a_sheet_too(folder: Path, tmp_path: Path) -> None:
    parley("report", folder, "--date", "2016-09-13")
    assert parley("report", folder, "--list", "-o", tmp_path / "days.csv").exit_code == 0
    (row,) = csv.DictReader(StringIO((tmp_path / "days.csv").read_text("utf-8-sig"), newline=""))
    (one,) = json.loads(parley("report", folder, "--list", "--json").stdout)
    assert (row["day"], row["edition"], row["stale"]) == ("2016-09-13", "1", "no")
    assert row["files"] == "|".join(one["files"]) and row["published_at"] == one["published_at"]


def test_late_reports_are_marked_where_incidents_are_listed(field: Path, tmp_path: Path) -> None:
    charter = tmp_path / "charter.yaml"
    charter.write_text("title: Centre\ntimezone: Asia/Damascus\ncutoff: 19:30\n")
    made = tmp_path / "centre"
    assert parley("init", made, "--terms", TERMS, "--charter", charter).exit_code == 0
    parley("add", made, field, "--as", "field")
    assert "LATE: entry 3, received 20" in parley("incidents", made).output
    (incident,) = json.loads(parley("incidents", made, "--json").stdout)
    assert [one["entry"] for one in incident["late"]] == [3]
    for wrong in ("7 pm", "24:00", "19:30:00", "1930"):
        charter.write_text(f"title: Centre\ntimezone: Asia/Damascus\ncutoff: '{wrong}'\n")
        refused = parley("init", tmp_path / "other", "--terms", TERMS, "--charter", charter)
        assert refused.exit_code == 2 and "a local time of day such as 19:30" in refused.output


def test_a_report_can_be_copied_elsewhere_or_printed(folder: Path, tmp_path: Path) -> None:
    arguments = ("report", folder, "--date", "2016-09-13", "--format", "json", "-o")
    assert parley(*arguments, tmp_path / "copy.json").exit_code == 0
    assert json.loads((tmp_path / "copy.json").read_text()) == json.loads(parley(*arguments, "-").stdout)


def test_assess_keeps_nothing_and_gives_the_reasons(field: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    shown = parley("assess", TERMS, field)
    assert shown.exit_code == 0
    assert "breach" in shown.output
    (told,) = json.loads(parley("assess", TERMS, field, "--json").output)["incidents"]
    clause = told["assessments"][0]["clauses"][0]
    assert clause["accounts"][0]["reasons"]["parts"]
    assert sorted(tmp_path.rglob("*")) == before


def test_assess_warns_of_slips_and_names_what_was_lost_in_reading_as_add_does(tmp_path: Path) -> None:
    slip = {"id": "R-1", "source": "Post 4", "observed": "2099-05-02T02:45", "act": "shelling",
            "place": {"name": "Mill", "lat": 36.0, "lon": 37.0}}  # fmt: skip
    (tmp_path / "slip.json").write_text(json.dumps([slip, slip | {"id": "R-2", "act": "flyover"}]))
    said, told = (parley("assess", TERMS, tmp_path / "slip.json", *more) for more in ((), ("--json",)))
    warned, held = json.loads(told.stdout)["reports"]
    assert "R-1 of Post 4, entry 1:" in said.output and f"Warning: {warned['warnings'][0]['text']}" in said.output
    assert warned["warnings"][0]["code"] == "in-the-future" and held["fate"] == "waits"
    shown = " ".join(said.output.split())
    assert "entry 2: no incident: it waits for a person; what it says of its act could not be read" in shown
    parley("init", tmp_path / "centre", "--terms", TERMS)
    added = json.loads(parley("add", tmp_path / "centre", tmp_path / "slip.json", "--as", "field", "--json").stdout)
    assert [one["warnings"] for one in added[0]["reports_became"]] == [warned["warnings"], held["warnings"]]


def test_the_hour_at_which_reporting_closes_is_said_as_a_centre_is_made(field: Path, tmp_path: Path) -> None:
    made, other = tmp_path / "centre", tmp_path / "other"
    assert parley("init", made, "--terms", TERMS, "--cutoff", "19:30").exit_code == 0
    parley("add", made, field, "--as", "field")
    assert "LATE: entry 3, received 20" in parley("incidents", made).output
    for wrong in ("7 pm", "24:00", "19:30:00", "1930"):
        refused = parley("init", other, "--terms", TERMS, "--cutoff", wrong)
        assert refused.exit_code == 2 and "is no time of day such as 19:30" in refused.output
    (tmp_path / "charter.yaml").write_text("title: Centre\ntimezone: Asia/Damascus\n")
    twice = parley("init", other, "--terms", TERMS, "--cutoff", "19:30", "--charter", tmp_path / "charter.yaml")
    assert twice.exit_code == 2 and "`cutoff` in that file" in twice.output and not other.exists()


def test_verify_names_the_statement_whose_byte_was_changed(folder: Path) -> None:
    (kept,) = (file for file in (folder / "files").rglob("*") if file.is_file())
    data = bytearray(kept.read_bytes())
    data[10] ^= 1
    kept.write_bytes(bytes(data))
    shown = parley("verify", folder)
    assert shown.exit_code == 1
    assert "entry 2" in shown.output
    assert "post-3.json" in shown.output


def test_rebuild_names_a_published_file_that_cannot_come_out_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parley("report", folder, "--date", "2016-09-13")
    monkeypatch.setattr("parley.publish.as_html", lambda report: b"something else")
    shown = parley("rebuild", folder)
    assert shown.exit_code == 1
    assert "2016-09-13.html" in shown.output


WRONG: dict[str, tuple[Sequence[object], str]] = {
    "no such channel": (("add", "{folder}", "{field}", "--as", "rumour"), "'rumour' is not one of"),
    "no such file": (("add", "{folder}", "nothing.json", "--as", "field"), "does not exist"),
    "no centre there": (("add", "{empty}", "{field}", "--as", "field"), "parley init"),
    "a table without its mapping": (("add", "{folder}", "{field}", "--as", "table"), "--mapping"),
    "no such agreement": (("init", "{empty}/new", "--terms", "peace"), "one of the packaged agreements"),
    "no such time zone": (("init", "{empty}/new", "--terms", TERMS, "--timezone", "Mars"), "no time zone"),
    "a folder with something in it": (("init", "{folder}", "--terms", TERMS), "new or empty folder"),
    "a day that does not exist": (("report", "{folder}", "--date", "2016-02-30"), "is not a day"),
    "nothing to verify": (("verify", "{empty}/nothing"), "no folder"),
    "nothing to list": (("incidents", "{empty}"), "parley init"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_use_is_told_in_a_sentence_and_ends_with_2(name: str, folder: Path, field: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments, told = WRONG[name]
    shown = parley(*(str(one).format(folder=folder, field=field, empty=empty) for one in arguments))
    assert shown.exit_code == 2, shown.output
    assert told in shown.output
    assert "Traceback" not in shown.output


def test_an_input_of_which_nothing_can_be_used_is_recorded_told_and_ends_with_2(folder: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(b"\xff\xfe\x00 not json")
    shown = parley("add", folder, bad, "--as", "field")
    assert shown.exit_code == 2
    assert "bad.json" in shown.output
    assert "Expected: " in shown.output
    assert parley("verify", folder).exit_code == 3


def test_a_files_name_cannot_steer_the_terminal(folder: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "a\nentry 1: all is well\x1b[2J.json"
    hostile.write_text("{")
    done = parley("add", folder, hostile, "--as", "field")
    assert done.exit_code == 2
    assert "a⟨U+000A⟩entry 1: all is well⟨U+001B⟩[2J.json" in done.output
    assert "\x1b" not in done.output


def test_a_file_whose_name_is_no_text_is_taken_in_with_the_others(folder: Path, field: Path, tmp_path: Path) -> None:
    (tmp_path / "\udcff.json").write_text(json.dumps(FIELD | {"id": "F-2"}))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(FIELD | {"id": "F-3"}))
    done = parley("add", folder, tmp_path / "\udcff.json", other, "--as", "field")
    assert done.exit_code == 0
    assert "\\udcff.json is entry" in done.output and "other.json is entry" in done.output
    assert parley("verify", folder).exit_code == 3


def test_a_mapping_may_be_in_utf_16_as_some_editors_write_it(folder: Path, tmp_path: Path) -> None:
    table, mapping = tmp_path / "list.csv", tmp_path / "m.yaml"
    table.write_text("said\nThey shelled us.\n")
    mapping.write_bytes("source: {is: North}\nclaims: {account: {column: said}}\n".encode("utf-16"))
    for said in ("1 report", "recorded before"):
        done = parley("add", folder, table, "--as", "table", "--mapping", mapping)
        assert done.exit_code == 0 and said in done.output


def test_a_table_of_thousands_of_bad_rows_leaves_the_files_beside_it_alone(folder: Path, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text(json.dumps([{"source": "Post 3", "deaths": "many"}] * 12_000))
    good.write_text(json.dumps(FIELD | {"id": "F-4"}))
    done = parley("add", folder, bad, good, "--as", "field")
    assert "12000 problems" in done.output and "good.json is entry" in done.output
    assert parley("verify", folder).exit_code == 3


def test_an_input_whose_rows_are_all_passed_over_says_that_nothing_came_out(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    header = "event_id_cnty,event_date,event_type,sub_event_type,actor1,latitude,longitude"
    table.write_text(f"{header}\nNOR7,2031-05-02,Protests,Peaceful protest,Crowd,1,2\n")
    done = parley("add", folder, table, "--as", "acled")
    assert done.exit_code == 2 and "no report was read from it: 1 row passed over" in done.output


def test_a_second_writer_is_kept_out(folder: Path, field: Path) -> None:
    from parley.centre.folder import Centre

    with Centre.open(folder, writing=True):
        shown = parley("add", folder, field, "--as", "field")
    assert shown.exit_code == 2
    assert "another command is writing" in shown.output


def test_a_damaged_record_ends_a_command_with_a_sentence(folder: Path) -> None:
    (folder / "record.db").write_bytes(b"not a database at all" * 300)
    assert parley("verify", folder).exit_code == 1
    shown = parley("add", folder, folder / "record.db", "--as", "field")
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


def test_a_tally_cuts_no_word_in_two_at_eighty_columns(tmp_path: Path) -> None:
    assert parley("demo", "--exercise", tmp_path / "exercise").exit_code == 0
    shown = parley("tally", tmp_path / "exercise").stdout
    assert "6 = 6, but just 1 is the same" in shown
    words = set(re.findall(r"\w+", shown))
    assert "(4 to 4" not in shown
    assert {"Ardelmark", "Bellowmar", "Reach", "shelling", "gunfire", "recorded", "itemised", "possible"} <= words


def test_a_day_ends_before_the_next_midnight_of_the_centre(folder: Path, tmp_path: Path) -> None:
    midnights = {"2016-09-14": "2016-09-13T21:00:00Z", "2016-09-15": "2016-09-14T21:00:00Z"}  # in Damascus
    for number, start in enumerate(midnights.values()):
        place = {"name": "Ford", "lat": 34.2 - number, "lon": 38.17, "radius_m": 200}
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps(FIELD | {"id": f"M-{number}", "observed": {"start": start}, "place": place}))
        assert parley("add", folder, file, "--as", "field").exit_code == 0
    for verb in ("incidents", "findings"):
        for day in midnights:
            rows = json.loads(parley(verb, folder, "--date", day, "--json").output)
            assert {row["start"][:16] for row in rows} == {f"{day}T00:00"}, "the midnight that it begins with alone"
        assert json.loads(parley(verb, folder, "--date", "2016-09-16", "--json").output) == []


def test_bulletins_of_several_days_are_tallied_under_each_of_them_and_divided_among_none(tmp_path: Path) -> None:
    made = tmp_path / "centre"
    parley("init", made, "--terms", TERMS)
    for side, hill in (("West", 399), ("East", 44)):
        file = tmp_path / f"{side}.txt"
        header = f"Publisher: {side} Office\nSide: {side}\nCounting: ceasefire violations\n"
        file.write_text(f"{header}Period: 2031-05-01T19:30 to 2031-05-03T19:30\nTotal: {hill}\n\nHill: {hill}\n")
        assert parley("add", made, file, "--as", "bulletin").exit_code == 0
    for day in ("2031-05-01", "2031-05-02", "2031-05-03"):
        (found,) = json.loads(parley("tally", made, "--date", day, "--json").stdout)
        assert (found["first_day"], found["day"], found["left_total"]) == ("2031-05-01", "2031-05-03", 399)
        shown = parley("tally", made, "--date", day).stdout
        assert "2031-05-01 to 2031-05-03, counts of the whole period" in " ".join(shown.split())
        page = Path(parley("report", made, "--date", day).stdout.strip()).read_text()
        assert page.count("Covers a period:") == 3, "each bulletin, and the tally"
    for day in ("2031-04-30", "2031-05-04"):
        assert json.loads(parley("tally", made, "--date", day, "--json").stdout) == []
