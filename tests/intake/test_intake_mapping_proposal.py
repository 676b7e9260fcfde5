"""A first mapping is proposed from a table's top, never decided; its preview shows what the rows would become."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from intake_samples import MAPPING, TABLE_HEADER, TABLE_ROW, mapping, read_as
from workbook_samples import HEADER, ROW, book, rewritten

from parley import intake
from parley.cli.add import CHANNELS
from parley.cli.main import main
from parley.intake.mappings.proposal import propose
from parley.intake.tables.head import Head, head_of
from parley.model import Disc, Input, InputError, Interval, one


def proposal(text: str | bytes, start: str | None = None):  # type: ignore[no-untyped-def]
    data = text.encode() if isinstance(text, str) else text
    return propose(head_of(Input("table", data)), mapping(start) if start else None)


TABLES = {
    "en": "Incident ID,Reported by,Date,Place,Latitude,Longitude,Incident type,Perpetrator,Killed,Wounded",
    "fr": "Identifiant;Rapporteur;Date de l'incident;Lieu;Latitude;Longitude;Type d'incident;Auteur;Tués;Blessés",
    "ru": "Номер;Кто сообщил;Дата события;Город;Широта;Долгота;Вид нарушения;Виновная сторона;Погибшие;Раненые",
    "ar": "رقم الحادث,الجهة المبلغة,تاريخ الحادث,المكان,خط العرض,خط الطول,نوع الحادث,الفاعل,عدد القتلى,عدد الجرحى",
    "id": "Nomor\tPelapor\tTanggal kejadian\tLokasi\tLintang\tBujur\tJenis kejadian\tPelaku\tKorban tewas\tKorban luka",
}
SHELLING = {"en": "Shelling", "fr": "Bombardement", "ru": "Обстрел", "ar": "قصف", "id": "Penembakan artileri"}


@pytest.mark.parametrize("language", TABLES)
def test_columns_are_recognised_in_five_languages(language: str) -> None:
    header = TABLES[language]
    separator = next(sign for sign in ";\t," if sign in header)
    row = separator.join(
        ["7", "Post 1", "2031-05-02", "Milltown", "12.5", "40.25", SHELLING[language], "South", "3", "1"]
    )
    data = f"{header}\n{row}\n"
    found = proposal(data)
    reading = read_as("table", data, mapping=found.mapping)
    assert not reading.problems
    (report,) = reading.reports
    assert (report.source, report.reference) == ("Post 1", "7")  # type: ignore[union-attr]
    values = {claim.attribute: claim.value for claim in report.claims}  # type: ignore[union-attr]
    assert list(values) == ["time", "place", "act", "actor", "deaths", "injured"]
    assert values["act"] == one("shelling") and values["actor"] == one("South")


def test_the_text_of_a_proposal_is_a_mapping_that_reads_the_same() -> None:
    found = proposal(f"{TABLE_HEADER}\n{TABLE_ROW}\n")
    assert mapping(found.text()) == found.mapping


def test_days_that_can_be_read_two_ways_are_left_to_a_person() -> None:
    found = proposal("date,lat,lon\n03/04/2031,1.0,2.0\n05/06/2031,1.0,2.0\n")
    assert not found.mapping.dates
    assert any("DD/MM/YYYY or as" in note or "say which" in note for note in found.notes)
    assert proposal("date,lat,lon\n03/04/2031,1,2\n25/06/2031,1,2\n").mapping.dates == ("DD/MM/YYYY",)
    assert proposal("date,lat,lon\n03/04/2031,1,2\n05/26/2031,1,2\n").mapping.dates == ("MM/DD/YYYY",)
    assert proposal("date,lat,lon\n05/05/2031,1,2\n").mapping.dates  # both readings are the same day


def test_two_sides_without_a_word_on_who_acted_accuse_nobody() -> None:
    found = proposal("date,lat,lon,side_a,side_b,actor1,actor2\n2031-05-02,1,2,North,South,North,South\n")
    assert found.mapping.claims.actor is None and found.mapping.claims.affected is None


def test_what_is_not_used_or_not_there_is_noted() -> None:
    notes = "\n".join(proposal("weather,mood\nrain,bad\n").notes)
    for said in ("latitude", "a day", "who reports", "not used: weather, mood"):
        assert said in notes


def test_a_mapping_to_start_from_keeps_what_it_says() -> None:
    start = "source: {is: The Desk}\nclaims: {actor: {column: who}}\n"
    found = proposal("who,date,lat,lon,source\nSouth,2031-05-02,1,2,x\n", start).mapping
    assert found.source is not None and found.source.is_ == "The Desk"
    assert found.claims.actor is not None and found.claims.actor.column == "who"
    assert found.claims.time is not None


def test_a_workbook_with_a_title_has_its_header_found_and_its_sheet_named() -> None:
    found = proposal(book(["Events of May"], [], HEADER, ROW))
    assert found.mapping.sheet == "Events"
    assert found.mapping.claims.place is not None and found.mapping.claims.place.lat.column == "lat"


@given(st.lists(st.text(max_size=12), max_size=6), st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=4))
def test_any_head_gives_a_valid_mapping(names: list[str], rows: list[list[str]]) -> None:
    columns = tuple(dict.fromkeys(name for name in names if name))
    found = propose(Head(columns, tuple(dict(zip(columns, row, strict=False)) for row in rows)))
    assert mapping(found.text()) == found.mapping


@given(st.binary(max_size=200))
def test_any_bytes_have_a_head_or_are_refused(data: bytes) -> None:
    try:
        propose(head_of(Input("table", data)))
    except InputError as error:
        assert error.problem.expected


# On the command line


def run(*words: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["mapping", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    rows = [TABLE_ROW, TABLE_ROW.replace("12.5", "99"), *[TABLE_ROW.replace("C-1", f"C-{n}") for n in range(5, 40)]]
    (tmp_path / "list.csv").write_text("\n".join([TABLE_HEADER, *rows]) + "\n")
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    return tmp_path / "list.csv", tmp_path / "mapping.yaml"


def test_the_preview_shows_the_first_rows_and_their_problems_alone(files: tuple[Path, Path]) -> None:
    table, mapped = files
    code, out, err = run(table, "--mapping", mapped, "--preview", 3)
    assert code == 1
    assert "row 1, line 2: North Office C-1" in out and "row 3" in out and "row 4" not in out
    assert "list.csv:3:" in err and "'lat'" in err
    code, out, _ = run(table, "--mapping", mapped, "--preview", 3, "--json")
    assert len(json.loads(out)["reports"]) == 3 and len(json.loads(out)["problems"]) == 2


@pytest.mark.parametrize(("rows", "whole"), [(15, True), (16, True), (17, False)])
def test_the_preview_says_where_it_looked_at_the_top_alone(
    files: tuple[Path, Path], tmp_path: Path, rows: int, whole: bool
) -> None:
    table, header = tmp_path / "long.csv", files[0].read_text().splitlines()[0]
    table.write_text("".join(f"{line}\n" for line in (header, *[TABLE_ROW] * (rows - 1))))
    _, out, _ = run(table, "--mapping", files[1], "--preview", 2)
    assert ("Only the top of the file was looked at" in out) is not whole
    assert json.loads(run(table, "--mapping", files[1], "--preview", 2, "--json")[1])["whole"] is whole


def test_a_proposal_is_written_previewed_and_used(files: tuple[Path, Path], tmp_path: Path) -> None:
    table, _ = files
    written = tmp_path / "new.yaml"
    assert run(table, "-o", written)[0] == 0
    code, out, _ = run(table, "--mapping", written, "--preview", 1)
    assert code == 0 and "Milltown 12.5, 40.25" in out


def test_wrong_use_ends_with_a_sentence(files: tuple[Path, Path], tmp_path: Path) -> None:
    table, mapped = files
    assert run(table, "--mapping", mapped, "-o", tmp_path / "x")[0] == 2
    assert "time zone" in run(table, "--timezone", "Mars/Olympus")[2]
    (tmp_path / "empty.csv").write_text("")
    code, _, err = run(tmp_path / "empty.csv")
    assert code == 2 and "an empty file" in err
    code, _, err = run(tmp_path / "empty.csv", "--mapping", mapped, "--preview")
    assert code == 1 and "an empty file" in err


def test_a_proposed_pattern_reads_the_days() -> None:
    found = proposal("date;lat;lon;who\n16 May 2031 06:30;12,5;40,25;x\n17 May 2031 07:30;12,5;40,2;x\n")
    assert found.mapping.dates == ("D MMM YYYY HH:mm",) and found.mapping.decimal == ","
    reading = read_as("table", "date;lat;lon\n16 May 2031 06:30;12,5;40,25\n", mapping=found.mapping, source="x")
    assert isinstance(reading.reports[0].claims[0].value, Interval)  # type: ignore[union-attr]


def test_a_workbook_that_cannot_be_read_has_no_proposal_and_says_why() -> None:
    broken = rewritten(book(HEADER, ROW), "xl/worksheets/sheet1.xml", lambda _: b"<!DOCTYPE x><worksheet/>")
    with pytest.raises(InputError, match="document type"):
        proposal(broken)


def test_properties_of_geojson_are_proposed_and_previewed_too(tmp_path: Path) -> None:
    shape = {"type": "Point", "coordinates": [40.25, 12.5]}
    feature = {"type": "Feature", "geometry": shape, "properties": {"date": "2031-05-02", "source": "Post 1"}}
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature] * 20}))
    assert run(tmp_path / "a.geojson", "-o", tmp_path / "m.yaml")[0] == 0
    code, out, _ = run(tmp_path / "a.geojson", "--mapping", tmp_path / "m.yaml", "--preview", 2)
    assert code == 0 and "row 2, line 1: Post 1" in out and "12.5, 40.25" in out and "row 3" not in out


def test_the_command_line_offers_every_channel() -> None:
    assert set(CHANNELS) == set(intake.CHANNELS)


def test_no_mapping_is_proposed_by_the_rows_below_a_header_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"caf\xe9,lat\n1,2\n")
    code, out, err = run(tmp_path / "list.csv")
    assert (code, out) == (2, "") and "list.csv:1:4: Found byte 0xe9. Expected: a header: text in UTF-8" in err


def test_a_header_over_several_lines_is_proposed_as_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text('sep=;\ndate;lat;lon;"Event\ntype"\n2031-05-02;1;2;shelling\n')
    assert run(tmp_path / "list.csv", "-o", tmp_path / "m.yaml")[0] == 0
    assert "Event type" in (tmp_path / "m.yaml").read_text()
    code, out, _ = run(tmp_path / "list.csv", "--mapping", tmp_path / "m.yaml", "--preview", "--from", "Desk")
    assert code == 0 and "shelling" in out


# Forms

ODK = (
    "SubmissionDate,start,end,today,deviceid,incident_date,incident_time,where-Latitude,where-Longitude,where-Altitude,"
    "where-Accuracy,where,type,perpetrator,killed,narrative,meta-instanceID,KEY,SubmitterName,ReviewState"
)
ODK_ROW = (
    "2031-05-02T11:15:32.120Z,2031-05-02T06:20:00.000+03:00,2031-05-02T06:30:00.000+03:00,2031-05-02,d1,2031-05-02,"
    "06:10:00.000+03:00,12.5,40.25,12.0,4.8,POINT (40.25 12.5 12.0),shelling,South,2,Two rounds,uuid:1,uuid:1,Post 3,"
)
KOBO = (
    "start,end,incident_date,where,_where_latitude,_where_longitude,_where_altitude,_where_precision,type,perpetrator,"
    "_id,_uuid,_submission_time,_notes,_validation_status"
)
KOBO_ROW = (
    "2031-05-02T06:20:00,2031-05-02T06:30:00,2031-05-02,12.5 40.25 12 4.8,12.5,40.25,12,4.8,shelling,South,"
    "77,aa-bb,2031-05-02T11:15:32,checked,approved"
)


def test_a_form_of_odk_is_recognised() -> None:
    found = proposal(f"{ODK}\n{ODK_ROW}\n").mapping
    assert found.reference is not None and found.reference.column == "meta-instanceID"
    assert found.published is not None and found.published.column == "SubmissionDate"
    reading = read_as("table", f"{ODK}\n{ODK_ROW}\n", mapping=found, source="Post 3")
    assert not reading.problems
    values = {claim.attribute: claim.value for claim in reading.reports[0].claims}  # type: ignore[union-attr]
    at = values["time"]
    assert isinstance(at, Interval) and at.start == at.end and at.start.isoformat() == "2031-05-02T06:10:00+03:00"
    assert values["place"] == Disc(lat=12.5, lon=40.25, radius_m=5)


def test_a_form_of_kobo_is_recognised_and_when_it_was_filled_in_is_no_time() -> None:
    found = proposal(f"{KOBO}\n{KOBO_ROW}\n").mapping
    assert found.reference is not None and found.reference.column == "_uuid"
    assert found.published is not None and found.published.column == "_submission_time"
    place, time = found.claims.place, found.claims.time
    assert place is not None and place.lat is not None and place.lat.column == "_where_latitude"
    assert place.radius_m is not None and place.radius_m.column == "_where_precision"
    assert time is not None and time.start.column == "incident_date" and time.end is None
    assert found.claims.account is None


def test_two_places_in_a_form_are_left_to_a_person() -> None:
    found = proposal("date,home-Latitude,home-Longitude,site-Latitude,site-Longitude\n2031-05-02,1,2,3,4\n")
    assert found.mapping.claims.place is None and any("several places" in note for note in found.notes)


def test_a_column_of_both_coordinates_is_the_place() -> None:
    found = proposal('date,location,type\n2031-05-02,"12.5, 40.25",shelling\n2031-05-03,37PFP3582782164,shelling\n')
    place = found.mapping.claims.place
    assert place is not None and place.at is not None and place.at.column == "location" and place.name is None


def test_a_time_of_day_is_joined_to_a_day_alone() -> None:
    def clock_of(text: str) -> object:
        time = proposal(text).mapping.claims.time
        return time and time.start.time and time.start.time.column

    assert clock_of("date,time,lat,lon\n2031-05-02,0610,1,2\n") == "time"
    assert clock_of("date,time,lat,lon\n2031-05-02T05:00,0610,1,2\n") is None
    assert clock_of("date,time,lat,lon\n2031-05-02,morning,1,2\n") is None


def test_who_is_said_not_to_have_acted_is_proposed_where_names_stand_there() -> None:
    actor = proposal("date,actor,denied\n2031-05-02,South,North\n").mapping.claims.actor
    assert actor is not None and actor.none_of is not None and actor.none_of.column == "denied"
    actor = proposal("date,actor,denied\n2031-05-02,South,yes\n").mapping.claims.actor
    assert actor is not None and actor.none_of is None


def test_days_as_excel_saves_them_and_words_for_nothing_are_no_riddle() -> None:
    found = proposal("date,lat,lon,type\n2-May-31,1.0,2.0,nan\n14-May-31,1.0,2.0,N/A\nNULL,1.0,2.0,shelling\n")
    assert found.mapping.dates == ("D-MMM-YY",)
    assert not any("nan" in note or "NULL" in note for note in found.notes)
    assert "M/D/YYYY h:mm A" in proposal("date,lat,lon\n5/16/2031 6:05 PM,1.0,2.0\n").mapping.dates
    assert any("thousands" in note for note in proposal("date,killed\n2031-05-02,1.000\n").notes)
