"""The verbs from a shell: what they print, and their exit codes."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from parley.cli import CHANNELS, main

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
    code = "import sys, parley.cli; print([m for m in sys.modules if m in %r])"
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
    assert "2016-09-15 is a Thursday (date-not-resolved)" in shown.output
    assert "Everybody admitted everything" in shown.output
    assert f"1 statement(s) of articles wait for people: parley review {folder}" in shown.output
    (card,) = json.loads(parley("add", folder, page, "--as", "article", "--json").output)
    assert [flag["code"] for flag in card["flags"]] == ["date-not-resolved", "text-not-visible"]
    assert [flag["params"].get("day") for flag in card["flags"]] == ["2016-09-15", None]
    assert all(flag["text"] for flag in card["flags"])
    later = parley("add", folder, page, "--as", "article", "--later")
    assert (later.exit_code, later.output) == (
        0,
        f"entry {card['entry']}: page.html: 1 report(s) (recorded before; nothing was added); code {card['code']}\n",
    )


def test_a_report_published_twice_unchanged_is_one_edition(folder: Path) -> None:
    for _ in range(2):
        parley("report", folder, "--date", "2016-09-13")
    first = json.loads(parley("verify", folder, "--json").output)["size"]
    parley("report", folder, "--date", "2016-09-13", "--format", "json")
    assert json.loads(parley("verify", folder, "--json").output)["size"] == first


def test_a_report_can_be_copied_elsewhere_or_printed(folder: Path, tmp_path: Path) -> None:
    arguments = ("report", folder, "--date", "2016-09-13", "--format", "json", "-o")
    assert parley(*arguments, tmp_path / "copy.json").exit_code == 0
    assert json.loads((tmp_path / "copy.json").read_text()) == json.loads(parley(*arguments, "-").output)


def test_assess_keeps_nothing_and_gives_the_reasons(field: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    shown = parley("assess", TERMS, field)
    assert shown.exit_code == 0
    assert "breach" in shown.output
    (told,) = json.loads(parley("assess", TERMS, field, "--json").output)["incidents"]
    clause = told["assessments"][0]["clauses"][0]
    assert clause["accounts"][0]["reasons"]["parts"]
    assert sorted(tmp_path.rglob("*")) == before


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
    "a day that does not exist": (("report", "{folder}", "--date", "2016-02-30"), "expected a day"),
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
    assert "expected" in shown.output
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
    assert "\\udcff.json: 1 report(s)" in done.output and "other.json: 1 report(s)" in done.output
    assert parley("verify", folder).exit_code == 3


def test_a_mapping_may_be_in_utf_16_as_some_editors_write_it(folder: Path, tmp_path: Path) -> None:
    table, mapping = tmp_path / "list.csv", tmp_path / "m.yaml"
    table.write_text("said\nThey shelled us.\n")
    mapping.write_bytes("source: {is: North}\nclaims: {account: {column: said}}\n".encode("utf-16"))
    for said in ("1 report(s)", "recorded before"):
        done = parley("add", folder, table, "--as", "table", "--mapping", mapping)
        assert done.exit_code == 0 and said in done.output


def test_a_table_of_thousands_of_bad_rows_leaves_the_files_beside_it_alone(folder: Path, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.json"
    bad.write_text(json.dumps([{"source": "Post 3", "deaths": "many"}] * 12_000))
    good.write_text(json.dumps(FIELD | {"id": "F-4"}))
    done = parley("add", folder, bad, good, "--as", "field")
    assert "12000 problem(s)" in done.output and "good.json: 1 report(s)" in done.output
    assert parley("verify", folder).exit_code == 3


def test_an_input_whose_rows_are_all_passed_over_says_that_nothing_came_out(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    header = "event_id_cnty,event_date,event_type,sub_event_type,actor1,latitude,longitude"
    table.write_text(f"{header}\nNOR7,2031-05-02,Protests,Peaceful protest,Crowd,1,2\n")
    done = parley("add", folder, table, "--as", "acled")
    assert done.exit_code == 2 and "nothing came out of it: all 1 row(s)" in done.output


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
