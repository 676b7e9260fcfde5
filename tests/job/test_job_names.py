"""One name however it is spelled, on several channels and as far as the published page."""

import json
import unicodedata
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from parley.cli.main import main
from parley.model import fold
from truce import TRUCE

UNSEEN = "\u200b\u200e\u200f\u2060\u00ad\ufeff\u061c\U000e0041"
MAPPING = """\
source: {column: who}
reference: {column: id}
claims:
  time: {start: {column: when}}
  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}}
  act: {column: act, values: {Shelling by guns: shelling}}
  actor: {column: by}
"""
BULLETIN = """\
Publisher: {name} office
Side: {name}
Day: 2031-05-02
Counting: ceasefire violations
Respondents: {other}
Covers: Upper Reach

Upper Reach: 2 shelling by {other}
"""


def respelled(name: str, random: Random) -> str:
    """Return *name* as another keyboard, form or page would give it."""
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(name) + 1)
        name = name[:at] + random.choice(UNSEEN) + name[at:]
    name = random.choice((str.upper, str.lower, str))(name)
    return unicodedata.normalize(random.choice(("NFC", "NFD", "NFKC")), name).replace(
        " ", random.choice(" \u00a0\u2003")
    )


def field(source: str, actor: str, id_: str, **more: object) -> dict[str, object]:
    place = {"name": "Ford", "lat": 0.3, "lon": 0.4, "radius_m": 200}
    report = {"id": id_, "source": source, "observed": "2031-05-02T06:10:00Z", "place": place, "act": "shelling"}
    return report | {"actor": actor} | more


def rows(source: str, actor: str, act: str, header: str) -> str:
    return f"{header}\nB1,{source},2031-05-02 06:10,Ford,0.3,0.4,{act},{actor}\n"


class Centre:
    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder / "centre", 0
        self.files = folder
        (folder / "truce.yaml").write_text(TRUCE)
        (folder / "mapping.yaml").write_text(MAPPING)
        self.run("init", self.folder, "--terms", folder / "truce.yaml")

    def run(self, *words: object) -> str:
        done = CliRunner().invoke(main, list(map(str, words)))
        assert done.exit_code == 0, done.output
        return done.stdout

    def add(self, text: str, ending: str, *more: object) -> None:
        self.number += 1
        file = self.files / f"{self.number}{ending}"
        file.write_text(text, "utf-8")
        self.run("add", self.folder, file, *more)

    def findings(self) -> list[dict[str, object]]:
        return json.loads(self.run("findings", self.folder, "--json"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", range(4))
def test_an_accused_is_the_party_of_that_name_however_it_is_spelled_on_every_channel(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    centre = Centre(tmp_path)
    actor = respelled("Army of the West", random)
    centre.add(json.dumps(field("Post 1", actor, "1")), ".json", "--as", "field")
    header = "id,who,when,place,lat,lon,act,by"
    header = ",".join(respelled(name, random) for name in header.split(","))
    table = rows("Post 2", actor, respelled("Shelling by guns", random), header)
    centre.add(table, ".csv", "--as", "table", "--mapping", tmp_path / "mapping.yaml")
    cells = {"id": "1", "who": "Post 3", "when": "2031-05-02 06:10", "place": "Ford", "act": "shelling", "by": actor}
    properties = {respelled(name, random): cell for name, cell in cells.items()}
    geometry = {"type": "Point", "coordinates": [0.4, 0.3]}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    mapping = MAPPING.replace("column: lat}", "column: geometry.lat}").replace("column: lon}", "column: geometry.lon}")
    (tmp_path / "geo.yaml").write_text(mapping)
    centre.add(json.dumps(feature), ".geojson", "--as", "geojson", "--mapping", tmp_path / "geo.yaml")
    (row,) = centre.findings()
    assert row["accounts"] == ["breach", "breach", "breach"]
    assert row["by"] == [["west"], ["west"], ["west"]]


@pytest.mark.parametrize("seed", range(4))
def test_one_source_however_it_is_spelled_is_one_account_and_no_two_that_agree(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    centre = Centre(tmp_path)
    for number in range(3):
        source = respelled("Post 7", random) if number else "Post 7"
        report = field(source, "Westland", str(number), account=f"seen {number}")
        centre.add(json.dumps(report), ".json", "--as", "field")
    (row,) = centre.findings()
    assert len(row["sources"]) == 1  # type: ignore[arg-type]
    assert fold(row["sources"][0]) == "post 7"  # type: ignore[index]


def test_a_correction_reaches_its_report_however_source_and_id_are_spelled(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    mapping = (tmp_path / "lasting.yaml").write_text(MAPPING + "reference_lasts: true\n") and tmp_path / "lasting.yaml"
    header = "id,who,when,place,lat,lon,act,by"
    first = rows("Post 2", "Westland", "shelling", header)
    again = first.replace("B1,Post 2", "\u2066B1\u2069,\u200fPOST 2").replace("Westland", "Eastland")
    for text in (first, again):
        centre.add(text, ".csv", "--as", "table", "--mapping", mapping)
    (row,) = centre.findings()
    assert row["by"] == [["east"]]
    assert len(row["sources"]) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_bulletins_tally_their_sides_and_areas_however_these_are_spelled(tmp_path: Path, seed: int) -> None:
    def tally(folder: Path, *spelled: str) -> object:
        folder.mkdir()
        centre = Centre(folder)
        west, east, area = spelled
        for name, other in ((west, "Eastland"), (east, "Westland")):
            text = BULLETIN.format(name=name, other=other).replace("Upper Reach:", f"{area}:")
            centre.add(text, ".txt", "--as", "bulletin")
        (found,) = json.loads(centre.run("tally", centre.folder, "--json"))
        return found["both_low"], found["left_summed"], found["right_summed"], [len(found["rows"]), len(found["areas"])]

    random = Random(seed)
    plain = ("Westland", "Eastland", "Upper Reach")
    assert tally(tmp_path / "b", *(respelled(one, random) for one in plain)) == tally(tmp_path / "a", *plain)


def test_ids_copied_from_a_page_with_marks_of_direction_are_the_ids(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    centre.add(json.dumps(field("Post 1", "Westland", "1")), ".json", "--as", "field")
    marked = "\u20663\u2069"
    assert centre.run("show", centre.folder, marked) == centre.run("show", centre.folder, "3")
    day = "\u20662031-05-02\u2069"
    assert centre.run("incidents", centre.folder, "--date", day) == centre.run("incidents", centre.folder)
    marked_terms = f"\u200e{'syria-2016-09-09-arrangement'}\u200f"
    assert centre.run("terms", "show", marked_terms) == centre.run("terms", "show", "syria-2016-09-09-arrangement")


def test_a_file_whose_name_has_unseen_signs_is_that_file(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    file = tmp_path / "گزارش\u200cها\u200f.json"
    file.write_text(json.dumps(field("Post 1", "Westland", "1")))
    assert "1 report" in centre.run("add", centre.folder, file, "--as", "field")
    terms = tmp_path / "\u2066other\u2069.yaml"
    terms.write_text(TRUCE)
    assert "Truce" in centre.run("terms", "show", terms)


def test_what_is_published_shows_unseen_signs_and_holds_none_to_copy(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    report = field("\u200fPost\u200b 1", "\u2066Westland\u2069", "\u20661\u2069", account="a\u202eb مى\u200cخواهم")
    centre.add(json.dumps(report), ".json", "--as", "field")
    centre.run("report", centre.folder, "--date", "2031-05-02")
    page = (centre.folder / "reports" / "2031-05-02.html").read_text("utf-8")
    assert not [sign for sign in page if sign in UNSEEN or "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"]
    for shown in (
        "<bdi>⟨U+200F⟩Post⟨U+200B⟩ 1</bdi>",
        '<bdi dir="ltr">I-00003</bdi>',
        '<bdi dir="ltr">0.3° N, 0.4° E</bdi>',
    ):
        assert shown in page
    assert "مى\u200cخواهم" in page, "a joiner that spelling needs stays"
    assert "⟨U+200F⟩Post⟨U+200B⟩ 1" in centre.run("incidents", centre.folder)
    data = json.loads((centre.folder / "reports" / "2031-05-02.json").read_text("utf-8"))
    assert data["incidents"][0]["incident"]["accounts"][0]["source"] == "\u200fPost\u200b 1", "as it came"
