"""`parley match` and `parley judge`, as a user types them."""

import csv
import gzip
import json
import re
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from parley.cli.csv import unguarded
from parley.cli.main import main

LEFT = """id,day,lat,lon,place,dead
a1,2031-05-02,47.100,9.500,Upper Mill,3
a2,2031-05-04,47.300,9.900,Old Bridge,0
a3,2031-05-09,47.301,9.901,Old Bridge,12
a4,2031-05-11,4710,9.5,Ford,1
a5,soon,47.1,9.5,Ford,1
"""
RIGHT = """id,day,lat,lon,place,dead
b1,2031-05-02,47.110,9.505,Upper Mill village,3
b2,2031-05-09,47.300,9.900,Old Bridge,11
b3,2031-06-20,47.300,9.900,Chapel Hill,
b4,2031-05-11,,,Ford,1
"""
MAPPING = """
reference: {column: id}
claims:
  time: {start: {column: day}}
  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}, radius_km: {is: 2}}
  deaths: {best: {column: dead}}
"""
TWO = f"""
left: &side{MAPPING.replace(chr(10), chr(10) + "  ")}
right: *side
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


@pytest.fixture
def lists(tmp_path: Path) -> tuple[str, ...]:
    for name, text in (("left.csv", LEFT), ("right.csv", RIGHT), ("mapping.yaml", MAPPING)):
        (tmp_path / name).write_text(text)
    return str(tmp_path / "left.csv"), str(tmp_path / "right.csv"), "--mapping", str(tmp_path / "mapping.yaml")


def test_pairs_come_with_their_weights_and_reasons_and_bad_rows_are_told(lists: tuple[str, ...]) -> None:
    done = run("match", *lists, "--json")
    found = json.loads(done.stdout)
    assert [(row["left"], row["right"]) for row in found] == [("a1", "b1"), ("a3", "b2"), ("a4", "b4")]
    assert all(row["bits"] > 0 and 0 < row["chance"] <= 1 for row in found)
    assert {one["field"] for one in found[0]["reasons"]} == {"start", "place", "time", "name", "deaths"}
    assert (
        "left.csv:5:15: field 'lat' of row 4: \"4710\" does not fit. "
        "Expected: degrees from -90 to 90 with a decimal point. "
        "Recorded without this field." in done.stderr
    )
    assert "left.csv:6:4: field 'day' of row 5: \"soon\" does not fit." in done.stderr
    assert "Expected: a day such as 2016-09-13 or a time" in done.stderr
    assert "This row was not recorded." in done.stderr
    assert done.exit_code == 1


def test_pairs_are_written_as_a_table_and_labels_that_name_no_row_are_told(
    lists: tuple[str, ...], tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("left,right\na1,b1\na9,b1\n")
    done = run("match", *lists, "--labels", str(labels), "-o", str(tmp_path / "pairs.csv"))
    assert "labels.csv:3: ['a9', 'b1'] are not ids of both lists. The other pairs were used." in done.stderr
    assert "the weights stay as they are without the 1 confirmed pair" in done.stderr
    rows = (tmp_path / "pairs.csv").read_text().splitlines()
    assert rows[0] == "left,right,kind,bits,chance,least,most,rivals,reasons"
    assert rows[1].startswith("a1,b1,")


def test_where_several_rows_fit_as_well_the_best_is_unclear_and_its_rivals_are_named(
    lists: tuple[str, ...], tmp_path: Path
) -> None:
    same = "".join(f"c{number},2031-05-02,47.110,9.505,Upper Mill village,3\n" for number in range(4))
    (tmp_path / "right.csv").write_text(RIGHT.replace("b1,", "c9,") + same)
    (tmp_path / "mapping.yaml").write_text(TWO.replace("right: *side", "right: {<<: *side, cardinality: aggregate}"))
    found = {row["left"]: row for row in json.loads(run("match", *lists, "--json").stdout)}
    assert found["a1"]["kind"] == "unclear"
    assert len({found["a1"]["right"], *found["a1"]["rivals"]} & {"c0", "c1", "c2", "c3", "c9"}) == 5
    assert (found["a3"]["kind"], found["a3"]["rivals"]) == ("link", [])


def test_a_second_opinion_is_learned_from_labels_and_too_few_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    files = write_many(tmp_path, rows=160)
    done = run("match", *files, "--labels", str(tmp_path / "labels.csv"), "--second-opinion", "--json")
    assert done.exit_code == 0, done.stderr
    found = {(row["left"], row["right"]): row["second"] for row in json.loads(done.stdout)}
    right = [found[f"a{number}", f"b{number}"] for number in range(160) if (f"a{number}", f"b{number}") in found]
    assert len(right) > 100
    assert sum(right) / len(right) > 0.7
    (tmp_path / "labels.csv").write_text("left,right\na1,b1\na2,\n")
    few = run("match", *files, "--labels", str(tmp_path / "labels.csv"), "--second-opinion")
    assert few.exit_code == 2
    assert "50 or more rows that were looked at, some with a partner" in few.stderr


def write_many(folder: Path, rows: int) -> tuple[str, ...]:
    """Write two lists of the same *rows* happenings, labels for the first half, and the mapping."""
    dice, lines = Random(7), {"left": [], "right": []}
    for number in range(rows):
        day = date(2031, 1, 1) + timedelta(days=dice.randrange(300))
        lat, dead = 47 + dice.random() / 2, dice.randrange(9)
        for name, letter in (("left", "a"), ("right", "b")):
            lines[name].append(f"{letter}{number},{day},{lat + dice.gauss(0, 0.003):.4f},9.5,,{dead}")
    for name, text in lines.items():
        (folder / f"{name}.csv").write_text("id,day,lat,lon,place,dead\n" + "\n".join(text) + "\n")
    (folder / "mapping.yaml").write_text(MAPPING)
    (folder / "labels.csv").write_text("".join(f"a{number},b{number}\n" for number in range(rows // 2)))
    return str(folder / "left.csv"), str(folder / "right.csv"), "--mapping", str(folder / "mapping.yaml")


def clear_pairs(count: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return two lists of the same *count* happenings, 200 m apart, each of a day, place and toll of its own."""
    dice, header = Random(3), ["id", "day", "lat", "lon", "place", "dead"]
    lists = [header], [header]
    for number in range(count):
        day, lat, lon = date(2031, 1, 1) + timedelta(days=number), 45 + 3 * dice.random(), 8 + 3 * dice.random()
        dead = f"{dice.randrange(9)}"
        for rows, north in zip(lists, (0, 0.0018), strict=True):
            rows.append([f"{number}", f"{day}", f"{lat + north:.4f}", f"{lon:.4f}", f"P{number}", dead])
    return lists


def weights(
    folder: Path, left: list[list[str]], right: list[list[str]], text: str = MAPPING
) -> dict[str, dict[str, Any]]:
    for name, rows in (("left", left), ("right", right)):
        (folder / f"{name}.csv").write_text("".join(f"{','.join(row)}\n" for row in rows))
    (folder / "mapping.yaml").write_text(text)
    files = [str(folder / "left.csv"), str(folder / "right.csv"), "--mapping", str(folder / "mapping.yaml")]
    return {row["left"]: row for row in json.loads(run("match", *files, "--json").stdout)}


def test_pairs_that_all_speaks_for_are_near_certain_whatever_another_row_lost(tmp_path: Path) -> None:
    left, right = clear_pairs(40)
    whole = weights(tmp_path, left, right)
    spoilt = weights(tmp_path, [left[0], [*left[1][:2], "", "", *left[1][4:]], *left[2:]], right)
    assert len(whole) == 40
    for id_, row in whole.items():
        assert row["right"] == id_ and row["chance"] > 0.99
        assert sum(one["bits"] for one in row["reasons"]) == pytest.approx(row["bits"], abs=0.001)
        if id_ != "0":
            assert abs(spoilt[id_]["bits"] - row["bits"]) < 1


def test_lists_may_be_anything_that_a_table_may_be(lists: tuple[str, ...], tmp_path: Path) -> None:
    plain = run("match", *lists, "--json")
    rows = [line.split(",") for line in RIGHT.splitlines()]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "right.xlsx")
    for name, data in {
        "right.tsv": RIGHT.replace(",", "\t").encode("utf-16"),
        "right.csv.gz": gzip.compress(RIGHT.replace(",", ";").encode(), mtime=0),
        "right.json": json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]).encode(),
    }.items():
        (tmp_path / name).write_bytes(data)
    for name in ("right.tsv", "right.csv.gz", "right.json", "right.xlsx"):
        assert run("match", lists[0], str(tmp_path / name), *lists[2:], "--json").stdout == plain.stdout, name


def test_days_numbers_and_digits_of_a_list_are_those_of_its_mapping(lists: tuple[str, ...], tmp_path: Path) -> None:
    plain = run("match", *lists, "--json")
    lines = [line.split(",") for line in RIGHT.splitlines()]
    for row in lines[1:]:
        row[1] = "/".join(reversed(row[1].split("-")))
        row[2:4] = [cell.replace(".", ",").translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")) for cell in row[2:4]]
    (tmp_path / "right.csv").write_text("\n".join(map(";".join, lines)) + "\n")
    right = "right: {<<: *side, decimal: ',', dates: [DD/MM/YYYY]}"
    (tmp_path / "mapping.yaml").write_text(TWO.replace("right: *side", right))
    assert run("match", *lists, "--json").stdout == plain.stdout


@pytest.mark.parametrize("id_", ["=1+1", "+1", "-1", "@a", "'a", "'=1", '"=1"', "a=1", "1"])
def test_no_id_becomes_a_formula_and_labels_take_ids_as_they_are_written(
    lists: tuple[str, ...], tmp_path: Path, id_: str
) -> None:
    quoted = '"' + id_.replace('"', '""') + '"'
    (tmp_path / "left.csv").write_text(LEFT.replace("a1,", f"{quoted},"))
    (tmp_path / "right.csv").write_text(RIGHT.replace("b1,", f"{quoted},"))
    run("match", *lists, "-o", str(tmp_path / "pairs.csv"))
    rows = list(csv.reader((tmp_path / "pairs.csv").read_text().splitlines()))
    for cell in rows[1][:2]:
        assert not cell.startswith(("=", "+", "-", "@")) and unguarded(cell) == id_
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerow(rows[1][:2])
    done = run("match", *lists, "--labels", str(tmp_path / "labels.csv"))
    assert "the 1 confirmed pair" in done.stderr and "labels.csv" not in done.stderr


@pytest.mark.parametrize(("radius", "times"), [("radius_km: 5\n", "0.05"), ("", "0.05"), ("radius_km: 0.01\n", "0.4")])
def test_a_place_without_a_radius_is_good_to_five_kilometres_or_what_the_mapping_says(
    tmp_path: Path, radius: str, times: str
) -> None:
    left, right = clear_pairs(10)
    found = weights(tmp_path, left, right, MAPPING.replace(", radius_km: {is: 2}", "") + radius)
    for row in found.values():
        assert row["reasons"][1]["level"] == f"within {times} times the stated doubt"


def test_a_list_whose_last_line_may_be_cut_off_says_so(lists: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "right.csv").write_text(RIGHT.rstrip("\n"))
    done = run("match", *lists)
    assert (
        "right.csv:5:22: field 'dead'" in done.stderr
        and "an end of the last line, as all others have one" in done.stderr
    )
    assert "The row was recorded as written." in done.stderr


def test_labels_that_are_no_text_are_refused_with_a_sentence(lists: tuple[str, ...], tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_bytes(b"a1,b1\xff\n")
    done = run("match", *lists, "--labels", str(labels))
    assert done.exit_code == 2
    assert "is not a CSV table in UTF-8" in " ".join(done.stderr.split())


def test_a_mapping_for_both_lists_and_one_for_each_give_the_same(lists: tuple[str, ...], tmp_path: Path) -> None:
    once = run("match", *lists, "--json")
    (tmp_path / "mapping.yaml").write_text(TWO)
    assert run("match", *lists, "--json").stdout == once.stdout


def test_numbers_and_words_that_are_no_claim_are_compared_too(lists: tuple[str, ...], tmp_path: Path) -> None:
    compare = "compare: {ranges: {age: {best: {column: dead}}}, terms: {spot: {column: place}}}\n"
    (tmp_path / "mapping.yaml").write_text(MAPPING + compare)
    found = json.loads(run("match", *lists, "--json").stdout)
    assert {one["field"] for one in found[0]["reasons"]} >= {"deaths", "age", "spot"}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ("left: [", "as YAML in UTF-8"),
        ("columns", "in the mapping"),
        (MAPPING + "compare: {terms: {place: {column: place}}}", "each range and term; 'place' is used twice"),
        (MAPPING + "compare: {terms: {a: {column: id}}, ranges: {a: {best: {column: id}}}}", "'a' is used twice"),
        ("left: {}", "in left.claims: Field required"),
        (MAPPING.replace("column: lat", "column: height"), "missing: height"),
        (MAPPING.replace("reference", "published"), "a mapping with a reference, and with time and place"),
        (MAPPING + "associated: [actor]", "names of terms under `compare`, not 'actor'"),
        (MAPPING + "near_km: 0", "in near_km: Input should be greater than 0"),
        (MAPPING + "id: id", "in id: one of delimiter, sheet"),
        (
            TWO.replace("right: *side", "right: {<<: *side, compare: {terms: {a: {column: place}}}}"),
            "the same names under `compare` for both lists",
        ),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_with_a_sentence(
    lists: tuple[str, ...], tmp_path: Path, mapping: str, said: str
) -> None:
    (tmp_path / "mapping.yaml").write_text(mapping)
    done = run("match", *lists)
    assert done.exit_code == 2
    assert said in done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("judged") / "exercise"
    assert run("demo", "--exercise", str(path)).exit_code == 0
    return str(path)


def incidents(folder: str) -> dict[str, list[int]]:
    return {one["id"]: one["entries"] for one in json.loads(run("incidents", folder, "--json").stdout)}


def test_judgements_are_obeyed_keep_ids_and_contradictions_are_refused(folder: str) -> None:
    before = incidents(folder)
    (older, newer), some = sorted(before)[:2], ("--by", "A. Officer", "--reason", "the photographs")
    merged = run("judge", folder, "merge", newer, older, *some)
    assert merged.exit_code == 0
    assert incidents(folder)[older] == sorted(before[older] + before[newer])
    assert newer not in incidents(folder)
    (entry,) = re.findall(r"^entry (\d+):", merged.stdout, re.MULTILINE)
    refused = run("judge", folder, "different", str(before[older][0]), str(before[newer][0]), *some)
    assert refused.exit_code == 2
    assert f"judgement {entry} (merge, by A. Officer: the photographs) says otherwise" in refused.stderr
    assert run("judge", folder, "withdraw", entry, *some).exit_code == 0
    assert incidents(folder) == before
    assert run("verify", folder).exit_code == 3
    assert "8 of 8 published files byte for byte" in run("rebuild", folder).stdout


def test_each_part_of_a_split_has_the_id_of_its_first_report_and_any_reports_id_names_an_incident(folder: str) -> None:
    before = incidents(folder)
    id_ = next(name for name in sorted(before) if len(before[name]) > 2)
    first, second, *rest = before[id_]
    said = ("--by", "B. Officer", "--reason", "another place")
    by_another = f"I-{rest[-1]:05d}"
    assert by_another not in before
    assert run("judge", folder, "split", by_another, "--part", str(first), *said).exit_code == 0
    after = incidents(folder)
    assert after[id_] == [first] and after[f"I-{second:05d}"] == [second, *rest]
    (judgement,) = json.loads(run("judge", folder, "--json").stdout)[-1:]
    assert "incidents" not in judgement["judgement"]


def test_a_judgement_tells_where_the_other_reports_went(tmp_path: Path) -> None:
    centre = str(tmp_path / "exercise")
    assert run("demo", "--exercise", centre).exit_code == 0
    before = incidents(centre)
    done = run("judge", centre, "same", "6", "9", "--by", "A. Officer", "--reason", "one lorry")
    changed = {name: entries for name, entries in incidents(centre).items() if before.get(name) != entries}
    assert len(changed) == 3  # 6 and 9 leave two incidents behind
    for name, entries in changed.items():
        assert f"{name}: entries {', '.join(map(str, entries))}\n" in done.stdout


def test_incidents_show_the_entries_that_judge_wants(folder: str) -> None:
    told = run("incidents", folder).stdout
    for entries in incidents(folder).values():
        assert f"reports: entries {', '.join(map(str, entries))}\n" in "".join(
            f"{line.strip()}\n" for line in told.splitlines()
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("same", "3"), "too few reports"),
        (("same", "0", "1"), "entry 0 is no report of an event"),
        (("merge", "I-77777", "I-00003"), "there is no incident I-77777"),
        (("split", "I-00003", "--part", "9999"), "entry 9999 is no report of I-00003"),
        (("split", "I-00003"), "at least one --part"),
        (("same", "3", "3"), "entry 3 is named twice"),
        (("part-of", "3"), "part-of, and it alone, takes --whole"),
        (("part-of", "3", "--whole", "3"), "part-of, and it alone, takes --whole"),
        (("same", "3", "6", "--whole", "9"), "part-of, and it alone, takes --whole"),
        (("merge", "I-00003"), "merge takes two incidents or more, found I-00003"),
        (("withdraw", "9999"), "entry 9999 is no judgement that holds"),
        (("same", "three", "four"), "'three' is not an entry"),
    ],
)
def test_a_judgement_that_cannot_be_made_is_refused_with_a_sentence(
    folder: str, words: tuple[str, ...], said: str
) -> None:
    done = run("judge", folder, *words, "--by", "A. Officer", "--reason", "a reason")
    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())


def test_a_judgement_says_who_made_it_and_why(folder: str) -> None:
    assert "who made it (--by) and why (--reason)" in " ".join(run("judge", folder, "same", "3", "5").stderr.split())


def test_weights_are_not_learned_from_too_little(folder: str) -> None:
    done = run("weigh", folder, "--by", "A. Officer", "--reason", "a year of reports")
    assert done.exit_code == 2
    assert "The packaged weights stay in use" in done.stderr


def events(source: str, seed: int) -> str:
    """Return 400 events of a year near 20 places, as UCDP GED has them; half of them happen in every list."""
    rows = [
        "id,type_of_violence,side_a,side_b,where_prec,where_coordinates,latitude,longitude,date_start,date_end,best,low,high"
    ]
    for number in range(400):
        dice = Random(number if number < 200 else f"{seed} {number}")
        spot, day, dead = dice.randrange(20), date(2031, 1, 1) + timedelta(days=dice.randrange(365)), dice.randrange(9)
        rows.append(
            f"{number},1,East,West,1,Farm {spot},{47 + spot / 10},{9 + spot / 10},{day},{day},{dead},{dead},{dead}"
        )
    return "\n".join(rows)


def test_learned_weights_stand_in_the_record_and_are_used(tmp_path: Path) -> None:
    centre = str(tmp_path / "centre")
    assert run("init", centre, "--terms", "syria-2016-02-22-cessation").exit_code == 0
    for seed, source in enumerate("AB"):
        (tmp_path / f"{source}.csv").write_text(events(source, seed))
        assert run("add", centre, str(tmp_path / f"{source}.csv"), "--as", "ucdp-ged", "--from", source).exit_code == 0
    done = run("weigh", centre, "--by", "A. Officer", "--reason", "a year of reports")
    assert done.exit_code == 0
    assert "learned from 800 reports and 0 confirmed pairs" in done.stdout
    both = [entries for entries in incidents(centre).values() if len(entries) == 2]
    assert len([pair for pair in both if pair[1] - pair[0] == 402]) > 180
    assert run("verify", centre).exit_code == 3
