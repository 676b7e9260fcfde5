"""One small good input for each channel, and what reads it. All names are invented."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from parley.intake import TableMapping, load_mapping, read
from parley.model import Claim, EventReport, Input, Problem, Reading, Value

DAMASCUS = ZoneInfo("Asia/Damascus")

GED_HEADER = (
    "id,type_of_violence,side_a,side_b,source_article,where_prec,where_coordinates,adm_1,latitude,longitude,"
    "event_clarity,date_prec,date_start,date_end,deaths_civilians,deaths_unknown,low,best,high"
)
GED_ROW = (
    "7,1,North,South,"
    '"""The Courier,2031-05-03,Shots, again"";""The Herald,2031-05-04,Two dead""",'
    "1,Milltown,Upper Reach,12.5,40.25,1,1,2031-05-02,2031-05-02,1,0,2,2,2"
)

GED_GOOD = "7,1,North,South,,1,Milltown,Upper Reach,12.5,40.25,1,1,2031-05-02,2031-05-02,0,0,2,2,2"

TABLE_HEADER = "id,holder,from,to,place,lat,lon,act,actor,denied,deaths,account"
TABLE_ROW = "C-1,North Office,2031-05-02T06:30,,Milltown,12.5,40.25,shelling,South,,3,They shelled us."
MAPPING = """
delimiter: ","
source: {column: holder}
reference: {column: id}
claims:
  time: {start: {column: from}, end: {column: to}}
  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}}
  act: {column: act, separator: "|", values: {mortar fire: shelling}}
  actor: {column: actor, separator: "|", none_of: {column: denied}}
  deaths: {best: {column: deaths}}
  account: {column: account}
"""

BULLETIN_HEADER = """\
Publisher: North Record Office
Side: North
Day: 2031-05-02
Counting: ceasefire violations
"""
BULLETIN = BULLETIN_HEADER + "Total: 6\n\nUpper Reach: 3 shelling by South; 2 gunfire\nLower Reach (1)\n"
BULLETIN_TABLE = """\
Publisher,North Record Office
Side,North
Day,2031-05-02
Counting,ceasefire violations
Total,6

area,kind,by,count
Upper Reach,shelling,South,3
Upper Reach,gunfire,,2
Lower Reach,,,1
"""

FIELD: dict[str, Any] = {
    "id": "F-1",
    "source": "Post 1",
    "observed": {"start": "2031-05-02T06:30:00+03:00", "end": "2031-05-02T06:40:00+03:00"},
    "place": {"name": "Milltown", "lat": 12.5, "lon": 40.25, "radius_m": 100},
    "first_hand": True,
    "act": "shelling",
    "actor": "unknown",
    "deaths": {"low": 0, "best": 1, "high": 2},
    "account": "Three rounds fell.",
}

ACLED_HEADER = (
    "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,location,latitude,longitude,"
    "geo_precision,notes,fatalities,timestamp"
)
ACLED_ROW = 'NOR7,2031-05-02,1,Battles,Armed clash,North,South,Milltown,12.5,40.25,1,"They fought, again.",2,1935743400'
GDELT = (
    "7\t20310502\t203105\t2031\t2031.3" + "\tNTH\tNORTH" + "\t" * 8 + "\tSTH\tSOUTH" + "\t" * 8
    + "\t1\t193\t193\t19\t4\t-10\t1\t1\t1\t0" + "\t" * 16
    + "\t4\tMilltown\tNR\t\t\t12.5\t40.25\t\t20310503101500\thttps://courier.example/1\n"
)  # fmt: skip

SAMPLES = {
    "acled": f"{ACLED_HEADER}\n{ACLED_ROW}\n",
    "gdelt": GDELT,
    "ucdp-ged": f"{GED_HEADER}\n{GED_ROW}\n",
    "table": f"{TABLE_HEADER}\n{TABLE_ROW}\n",
    "bulletin": BULLETIN,
    "bulletin-table": BULLETIN_TABLE,
    "field": json.dumps(FIELD, indent=1),
}
CHANNELS = tuple(SAMPLES)


def mapping(text: str = MAPPING) -> TableMapping:
    return load_mapping(Input("mapping.yaml", text.encode()))


def read_as(channel: str, data: str | bytes, **options: Any) -> Reading:
    """Read *data* as a file called `file` through *channel*, local times in Damascus."""
    if channel == "table":
        options = {"mapping": mapping()} | options
    raw = data.encode() if isinstance(data, str) else data
    return read(Input("file", raw), channel, **({"timezone": DAMASCUS} | options))


def table(*rows: str, header: str = TABLE_HEADER) -> Reading:
    return read_as("table", "\n".join((header, *rows)) + "\n")


def row(**cells: str) -> str:
    """Return the sample row of the table with some cells replaced."""
    named = dict(zip(TABLE_HEADER.split(","), TABLE_ROW.split(","), strict=True)) | cells
    return ",".join(named.values())


def ged(**cells: str) -> Reading:
    """Read a GED list of two rows: one with some cells replaced, and one that is good."""
    names = GED_HEADER.split(",")
    good = dict(zip(names, GED_GOOD.split(","), strict=True))
    rows = [good | cells, good | {"id": "8"}]
    return read_as("ucdp-ged", "\n".join([GED_HEADER, *(",".join(one.values()) for one in rows)]))


def claim(reading: Reading, attribute: str, index: int = 0) -> Claim | None:
    report = reading.reports[index]
    assert isinstance(report, EventReport)
    return next((one for one in report.claims if one.attribute == attribute), None)


def value(reading: Reading, attribute: str, index: int = 0) -> Value | None:
    found = claim(reading, attribute, index)
    return found.value if found else None


def of_part(problem: Problem) -> str:
    """Return which part of its input *problem* is about, and what of it was recorded."""
    return f"{problem.params['part']} {problem.params['number']}: {problem.kept_text}"
