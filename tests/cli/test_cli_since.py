"""`parley since`: what became known since a moment or one's own last look, and the text that a shift hands over."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

from test_cli_act import OFFICER, add, folder, run  # noqa: F401 - a fixture among them


def data(folder: Path, *words: object, env: dict[str, str] = OFFICER) -> Any:  # noqa: F811
    return json.loads(run("since", folder, *words, "--json", env=env))


def new(folder: Path, *words: object, **more: Any) -> list[tuple[int, str, str, str]]:  # noqa: F811
    return [(one["entry"], one["kind"], one["who"], one["incident"]) for one in data(folder, *words, **more)["new"]]


def test_a_second_look_shows_nothing_and_a_third_what_came_between(folder: Path) -> None:  # noqa: F811
    add(folder)
    assert (3, "report", "Post 4", "I-00003") in new(folder, "last")
    again = run("since", folder, "last")
    assert again.startswith("Nothing since ") and "R-7" not in again and data(folder, "last")["new"] == []
    add(folder, deaths=3)
    run("note", folder, 6, "heard again", "--role", "duty officer")
    run("withdraw", folder, 6, "--reason", "not ours")
    run("report", folder, "--date", "2031-05-28")
    assert new(folder, "last") == [
        (5, "input", "centre", ""),
        (6, "correction", "Post 4", ""),
        (8, "note", "Nino (duty officer)", ""),
        (9, "withdrawal", "Nino", ""),
        (10, "publication", "centre", ""),
    ]


def test_each_person_has_a_look_of_its_own_that_is_not_in_the_folder(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    add(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "centre.db"}
    run("since", folder)
    assert new(folder, "last", "--by", "Levan") and not new(folder, "last", "--by", " NINO\u200b ")
    assert {path: path.read_bytes() for path in before} == before
    other = tmp_path / "other"
    folder.rename(other)
    assert new(other, "last"), "the folder that was looked at is another one"
    assert "say who looks" in run("since", other, "last", code=2, env={"PARLEY_OFFICER": ""})


def test_a_look_back_moves_the_last_look_only_where_nothing_between_stays_unseen(folder: Path) -> None:  # noqa: F811
    add(folder)
    assert new(folder, "2h") and new(folder, "last") == [], "2h showed everything"
    add(folder, id="R-8", source="Post 5")
    assert new(folder, "0m") == []
    assert new(folder, "last"), "what a shorter look back did not show is new still"


def test_moments_are_those_of_the_centre_and_others_are_refused_in_words(folder: Path) -> None:  # noqa: F811
    add(folder)
    for everything in ("2h", "1d", "yesterday", "2020-01-01", "2020-01-01T06:00", "2020-01-01T06:00+04:00"):
        assert (3, "report", "Post 4", "I-00003") in new(folder, everything, "--by", everything)
    assert new(folder, "2099-01-01") == new(folder, "now") == []
    for wrong in ("soon", "2h ago", "25:00", "2031-02-30", "999999d", ""):
        assert "a time such as" in run("since", folder, wrong, code=2)


def test_what_waits_is_stale_or_cannot_be_read_is_handed_over(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    add(folder)
    run("report", folder, "--date", "2031-05-28")
    add(folder, deaths=3)
    add(folder, code=1, id="R-9", observed="at dawn")
    add(folder, id="R-10", source="Post 6")
    add(folder, id="R-11", source="Post 6")
    said = run("since", folder)
    assert "Waits for people:" in said and "Published days that are out of date:" in said
    found = data(folder, "1d")
    assert ("held", "Post 4") in {(one["kind"], one["who"]) for one in found["open"]}
    assert ("doubles", "Post 6") in {(one["kind"], one["who"]) for one in found["open"]}
    assert [one["text"] for one in found["stale"]] == [
        f"2031-05-28, edition 1: parley report {folder} --date 2031-05-28"
    ]
    run("since", folder, "1d", "-o", tmp_path / "handover.txt")
    text = (tmp_path / "handover.txt").read_text()
    assert (
        text.index("\nNew\n")
        < text.index("\nWaits for people\n")
        < text.index("\nPublished days that are out of date\n")
    )
    assert "\nCannot be read, and moves nothing\n  nothing\n" in text and "R-9" in text


def test_news_are_a_table_and_a_map_as_well(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    add(folder)
    run("since", folder, "1d", "-o", tmp_path / "new.csv")
    rows = list(csv.DictReader(StringIO((tmp_path / "new.csv").read_bytes().decode("utf-8-sig"))))
    (report,) = (row for row in rows if row["kind"] == "report")
    assert (report["section"], report["entry"], report["lat"], report["lon"]) == ("new", "3", "42.03", "44.12")
    run("since", folder, "1d", "-o", tmp_path / "new.geojson")
    points = [one["geometry"] for one in json.loads((tmp_path / "new.geojson").read_text())["features"]]
    assert {"type": "Point", "coordinates": [44.12, 42.03]} in points and None in points


def test_of_a_file_with_many_reports_only_what_is_out_of_the_ordinary_is_listed(folder: Path) -> None:  # noqa: F811
    rows = [f"R-{n},Post 4,2031-05-{n % 27 + 1:02}T04:10,42.03,44.12,shelling,Eastland" for n in range(30)]
    table = folder.parent / "many.csv"
    table.write_text("id,source,observed,lat,lon,act,actor\n" + "\n".join(rows) + "\n")
    run("mapping", table, "-o", folder.parent / "m.yaml", code=0)
    run("add", folder, table, "--as", "table", "--mapping", folder.parent / "m.yaml")
    said = run("since", folder)
    assert "many.csv (table): 30 reports" in said and "R-17" not in said
    assert len([one for one in data(folder, "1d")["new"] if one["kind"] == "report"]) == 30


def test_a_fresh_centre_says_what_to_do_next(folder: Path) -> None:  # noqa: F811
    for verb in ("since", "incidents", "findings", "tally"):
        assert run(verb, folder).startswith("No reports yet. Next: parley add ")
    assert data(folder, "last")["new"][0]["kind"] == "charter"


def test_a_look_that_cannot_be_kept_is_said_and_shown_again(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    add(folder)
    (tmp_path / "full").write_text("")
    env = OFFICER | {"PARLEY_STATE": str(tmp_path / "full")}
    assert "could not be kept" in run("since", folder, "last", env=env)
    assert "R-7" in run("since", folder, "last", env=env)


def test_names_in_news_can_forge_no_line(folder: Path, tmp_path: Path) -> None:  # noqa: F811
    add(folder, source="Post 4\nWaits for people:\x1b[2J\u202e")
    said = run("since", folder)
    assert "\x1b" not in said and "\u202e" not in said and "\nWaits for people:" not in said
    run("since", folder, "1d", "-o", tmp_path / "h.txt")
    text = (tmp_path / "h.txt").read_text()
    assert "\x1b" not in text and text.count("\nWaits for people") == 1


def test_every_kind_of_statement_is_told_in_a_line(tmp_path: Path) -> None:
    centre, by = tmp_path / "x", ("--by", "Nino")
    run("demo", centre, "--exercise")
    run("since", centre, *by)
    run("review", centre, "53:1", "--confirm", *by, "--reason", "reads so")
    run("judge", centre, "merge", "I-3", "I-6", *by, "--reason", "one shelling")
    run("establish", centre, "I-3", "actor=Bellowmar", "--reason", "joint look")
    run("judge", centre, "withdraw", 126, *by, "--reason", "they are two")
    run("shred", centre, 5, "--reason", "asked")
    run("keys", "rotate", centre)
    told = {one["kind"]: one["text"] for one in data(centre, "last", *by)["new"]}
    assert told["review"] == "53:1 confirmed: reads so"
    assert told["settled"] == "I-00003 actor = Bellowmar: joint look"
    assert told["judgement"] == "withdraws the judgement of entry 126: they are two"
    assert {"shred-notice", "key-event", "publication"} <= set(told)
    for entry in range(125, 139):
        assert f"entry {entry}, code " in run("show", centre, entry)
