"""A small input of each channel, with cells that a test fills: what the rules that hold for all channels are tried on.

A row is a dict from roles to the texts of its cells; roles that it does not name have a good value.
"""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from csv import writer
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from intake_samples import mapping
from openpyxl import Workbook

from parley.intake import CHANNELS, reader
from parley.intake.pieces import joined
from parley.model import EventReport, Input, Problem, Reading

Row = Mapping[str, str]

ROLES: Mapping[str, str] = {
    "id": "7",
    "source": "Post 1",
    "time": "2031-05-02T06:30",
    "name": "Milltown",
    "lat": "12.5",
    "lon": "40.25",
    "at": "",
    "actor": "South",
    "count": "2",
    "code": "1",
    "account": "Three rounds fell.",
}
"""What a cell may be, with a good value. `code` is a number of a list's codebook, `at` both coordinates in one cell."""

WITHOUT_CELLS = {"article": "prose: no cells"}


@dataclass(frozen=True)
class Channel:
    """How an input of a channel is built of rows, and which roles have a cell of their own in it.

    `without` says of each other role why it has none; `columns` calls roles as the input does.
    """

    name: str
    build: Callable[[Sequence[Row]], bytes]
    columns: Mapping[str, str]
    without: Mapping[str, str]
    days: str = ""
    """Why midnights are no question here; "": they are."""
    good: Mapping[str, str] = field(default_factory=dict)
    """Good values for this channel where those of `ROLES` are none."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What problems call roles, where that is not the column."""
    mapped: str | None = None

    def read(self, *rows: Row, after: int = 0) -> Reading:
        data = self.build([{**ROLES, **self.good, **row} for row in rows])
        options: dict[str, Any] = {"mapping": mapping(self.mapped)} if self.mapped else {}
        read = reader(self.name, timezone=ZoneInfo("Asia/Damascus"), **options)
        return joined(read(Input("file", data), after))


def told(reading: Reading, code: str) -> list[Problem]:
    return [problem for problem in reading.problems if problem.code == code]


def content(reading: Reading) -> list[Any]:
    """Return what was read, without the digest of the bytes."""
    every = (*reading.reports, *reading.withdrawals)
    return [one.model_dump(mode="json", exclude={"origin": {"digest"}}) for one in every]


def values(reading: Reading, attribute: str) -> list[Any]:
    reports = [report for report in reading.reports if isinstance(report, EventReport)]
    return [claim.value for report in reports for claim in report.claims if claim.attribute == attribute]


def csv(rows: Sequence[Sequence[str]], separator: str = ",") -> bytes:
    out = io.StringIO()
    writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def named(columns: Mapping[str, str], constant: Mapping[str, str]) -> Callable[[Sequence[Row]], bytes]:
    """Return what builds a CSV with a column for each role and one for each constant."""
    return lambda rows: csv(
        [[*columns.values(), *constant], *([*(row[role] for role in columns), *constant.values()] for row in rows)]
    )


def sheet(rows: Sequence[Row]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    page = book.active
    assert page is not None
    page.append(list(ROLES))
    for row in rows:
        page.append([row[role] or None for role in ROLES])
    book.save(out)
    return out.getvalue()


MAPPED = """
source: {column: source}
reference: {column: id}
claims:
  time: {start: {column: time}}
  place: {name: {column: name}, lat: {column: lat}, lon: {column: lon}, at: {column: at}}
  actor: {column: actor, separator: ";"}
  deaths: {best: {column: count}}
  account: {column: account}
"""
NO_CODEBOOK = {"code": "no codebook of numbers"}
MINE = {role: role for role in ROLES if role != "code"}


def features(rows: Sequence[Row]) -> bytes:
    return json.dumps([{"type": "Feature", "geometry": None, "properties": dict(row)} for row in rows]).encode()


def field_reports(rows: Sequence[Row]) -> bytes:
    def report(row: Row) -> dict[str, Any]:
        place = {role: row[role] or None for role in ("name", "at")}
        if not row["at"]:
            place |= {role: _number(row[role]) for role in ("lat", "lon")}
        plain = {role: row[role] or None for role in ("source", "actor", "account")}
        return (
            plain
            | {"id": _number(row["id"])}
            | {"observed": row["time"] or None, "place": place, "deaths": _number(row["count"])}
        )

    return json.dumps([report(row) for row in rows]).encode()


def _number(text: str) -> Any:
    try:
        return float(text) if "." in text and text != "1.000" else int(text)
    except ValueError:
        return text or None


ACLED = {
    "id": "event_id_cnty", "time": "event_date", "name": "location", "lat": "latitude", "lon": "longitude",
    "actor": "actor1", "count": "fatalities", "code": "time_precision", "account": "notes",
}  # fmt: skip
GED = {
    "id": "id", "time": "date_start", "name": "where_coordinates", "lat": "latitude", "lon": "longitude",
    "actor": "side_a", "count": "best", "code": "where_prec", "account": "source_article",
}  # fmt: skip
GED_CONSTANTS = {
    "type_of_violence": "1", "side_b": "North", "date_prec": "1", "date_end": "2031-05-02", "low": "0", "high": "9",
}  # fmt: skip
GDELT = {
    "id": 0, "day": 1, "actor": 6, "root": 28, "code": 51, "name": 52, "lat": 56, "lon": 57, "added": 59,
}  # fmt: skip
HXL = {
    "id": "#event+id", "source": "#org+reporting", "time": "#date+occurred", "name": "#loc+name", "lat": "#geo+lat",
    "lon": "#geo+lon", "actor": "#actor+perpetrator", "count": "#affected+killed", "account": "#description",
}  # fmt: skip
USHAHIDI = {
    "id": "Post ID", "time": "Incident date", "lat": "Place.lat", "lon": "Place.lon", "actor": "Perpetrator",
    "count": "Killed", "account": "Title",
}  # fmt: skip
ARCHIVED = {
    "source": "author", "time": "upload timestamp", "name": "location", "lat": "latitude", "lon": "longitude",
    "account": "text content",
}  # fmt: skip
LISTED = {"source": "the list speaks", "at": "two columns by its codebook"}


def gdelt(rows: Sequence[Row]) -> bytes:
    def line(row: Row) -> list[str]:
        cells = [""] * 61
        cells[GDELT["day"]], cells[GDELT["added"]], cells[60] = (
            "20310502",
            "20310503101500",
            "https://courier.example/1",
        )
        cells[26:29] = ["193", "193", "19"]
        for role in ("id", "actor", "code", "name", "lat", "lon"):
            cells[GDELT[role]] = row[role]
        return cells

    return "".join("\t".join(line(row)) + "\n" for row in rows).encode()


def bulletin(rows: Sequence[Row]) -> bytes:
    row = rows[0]
    return (
        f"Publisher: {row['source']}\nSide: North\nDay: 2031-05-02\nCounting: violations\n"
        f"\nUpper Reach: {row['count']} shelling by {row['actor']}\n"
    ).encode()


def bulletin_table(rows: Sequence[Row]) -> bytes:
    head = [
        ["Publisher", rows[0]["source"]],
        ["Side", "North"],
        ["Day", rows[0]["time"][:10]],
        ["Counting", "violations"],
    ]
    items = [[f"Reach {number}", "shelling", row["actor"], row["count"]] for number, row in enumerate(rows)]
    return csv([*head, ["area", "kind", "by", "count"], *items])


COUNTED = dict.fromkeys(("name", "lat", "lon", "at", "code", "account"), "a bulletin counts by area")

EVERY: tuple[Channel, ...] = (
    Channel("table", named(MINE, {}), MINE, NO_CODEBOOK, mapped=MAPPED),
    Channel("table", sheet, MINE, NO_CODEBOOK, mapped=MAPPED),
    Channel("geojson", features, MINE, NO_CODEBOOK, mapped=MAPPED),
    Channel(
        "field", field_reports, {**MINE, "time": "observed", "lat": "place", "lon": "place", "at": "place",
                                 "name": "place", "count": "deaths"},
        NO_CODEBOOK, days="an officer says a time or a day",
    ),
    Channel("hxl", named(HXL, {}), HXL, {**NO_CODEBOOK, "at": "see test_intake_hxl"}),
    Channel(
        "ushahidi", named(USHAHIDI, {"Post Status": "published", "Created (UTC)": "2031-05-03 10:00:00"}),
        USHAHIDI, {**NO_CODEBOOK, "source": "the deployment speaks", "at": "two columns by its format",
                   "name": "its places have no name"},
    ),
    Channel(
        "auto-archiver", named(ARCHIVED, {"link": "https://example.org/1", "archive status": "success"}), ARCHIVED,
        fields={"time": "posted", "name": "place", "lat": "lat", "lon": "lon", "account": "text"},
        without={**NO_CODEBOOK, "id": "the link is the id", "at": "two columns", "actor": "a post", "count": "a post"},
    ),
    Channel(
        "acled", named(ACLED, {"event_type": "Battles", "sub_event_type": "Armed clash"}), ACLED, LISTED,
        days="days by its codebook",
    ),
    Channel(
        "ucdp-ged", named(GED, GED_CONSTANTS), GED, LISTED, days="days by its codebook", good={"time": "2031-05-02"},
    ),
    Channel(
        "gdelt", gdelt, {"id": "GLOBALEVENTID", "actor": "Actor1Name", "code": "ActionGeo_Type",
                         "name": "ActionGeo_FullName", "lat": "ActionGeo_Lat", "lon": "ActionGeo_Long"},
        {**LISTED, "time": "digits alone", "count": "not counted", "account": "an address"},
        days="days by its codebook",
    ),
    Channel(
        "acled-deleted", named({"id": "event_id_cnty"}, {}), {"id": "event_id_cnty"},
        {role: "ids alone" for role in ROLES if role != "id"}, days="ids alone",
    ),
    Channel("bulletin", bulletin, {"actor": "by", "source": "publisher", "count": "count"},
            {**COUNTED, "id": "a number with its year", "time": "its own format"}, days="its own format"),
    Channel("bulletin-table", bulletin_table, {"actor": "by", "source": "publisher", "count": "count"},
            {**COUNTED, "id": "a number with its year", "time": "its own format"}, days="its own format"),
)  # fmt: skip

assert {one.name for one in EVERY} | WITHOUT_CELLS.keys() == CHANNELS.keys(), "each channel has its entry here"
