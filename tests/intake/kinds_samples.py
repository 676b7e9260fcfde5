"""One small file of each kind that people hand in, typed here; all names are invented."""

import io
import json
import zipfile

from intake_samples import BULLETIN, BULLETIN_TABLE, FIELD, SAMPLES
from test_intake_auto_archiver import SHEET, SHEET_ROW
from test_intake_geojson import collection, feature
from test_intake_hxl import ROW as HXL_ROW
from test_intake_hxl import TAGS
from test_intake_ushahidi import HEADER as USHAHIDI
from test_intake_ushahidi import row as ushahidi_row
from workbook_samples import HEADER, ROW, book

NEWS = "On 2 May 2031 the North accused the South of shelling Milltown. The South denied this on the same day.\n"
MAIL = f"From: Desk <desk@courier.example>\nTo: centre@office.example\nSubject: Shots\n\n{NEWS}"
MAP = "<Placemark><name>Mill</name><Point><coordinates>40,12</coordinates></Point></Placemark>"


def zipped(name: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, text)
    return buffer.getvalue()


def chat(*lines: str) -> str:
    return "\n".join(lines)


SAID = "The North accused the South of shelling Milltown."
MESSAGES = [
    {
        "id": 1,
        "type": "message",
        "date": "2031-05-02T18:10:05",
        "date_unixtime": "1935500000",
        "from": "A",
        "text": SAID,
    },
    {
        "id": 2,
        "type": "message",
        "date": "2031-05-02T18:12:05",
        "text": ["The South ", {"type": "bold", "text": "denied"}],
    },
]

OF_KIND: dict[str, list[str | bytes]] = {
    "text": [NEWS, f"Milltown, 3 May 2031\n\n{NEWS}\nSource: https://courier.example/1\n"],
    "page": [f"<!doctype html><html><body><p>{NEWS}</p></body></html>", f"<div><p>{NEWS}</p></div>"],
    "mail": [
        MAIL,
        MAIL.replace("\n", "\r\n"),
        f"Return-Path: <x@y.example>\nReceived: from a\n by b; Fri, 2 May 2031 18:10:00 +0300\nSubject: x\n\n{NEWS}",
        f"From: Desk\nDate: Fri, 2 May 2031 18:10:00 +0300\n\n{NEWS}",
    ],
    "mbox": [f"From desk@courier.example Fri May  2 18:10:00 2031\n{MAIL}\nFrom - Fri May 02 19:10:00 2031\n{MAIL}"],
    "rtf": [r"{\rtf1\ansi\deff0 {\fonttbl {\f0 Times;}} " + SAID + "}"],
    "vcard": ["BEGIN:VCARD\nVERSION:4.0\nFN:Anna\nEND:VCARD\n"],
    "calendar": ["BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nSUMMARY:Talks\nEND:VEVENT\nEND:VCALENDAR\n"],
    "kml": [
        f'<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{MAP}</Document></kml>',
        f'<!-- mine --><kml:kml xmlns:kml="http://www.opengis.net/kml/2.2">{MAP}</kml:kml>',
    ],
    "kmz": [zipped("doc.kml", f"<kml>{MAP}</kml>")],
    "gpx": [f'<?xml version="1.0"?><gpx version="1.1"><wpt lat="12.5" lon="40.25"><desc>{SAID}</desc></wpt></gpx>'],
    "feed": [
        f"<?xml version='1.0'?><rss version='2.0'><channel><item><title>{SAID}</title></item></channel></rss>",
        f"<feed xmlns='http://www.w3.org/2005/Atom'><entry><summary>{SAID}</summary></entry></feed>",
    ],
    "xml": [f"<?xml version='1.0'?><osm><node lat='12' lon='40'><tag k='note' v='{SAID}'/></node></osm>"],
    "chat": [
        chat("02/05/2031, 18:10 - Messages are end-to-end encrypted.", f"02/05/2031, 18:12 - Anna: {SAID}"),
        chat(f"\u200e[02/05/2031, 18:10:05] Anna: {SAID}", "and more of it", "[02/05/2031, 18:12:09] Bert: No."),
        chat(f"5/2/31, 6:10\u202fPM - Anna: {SAID}", "5/2/31, 6:12\u202fPM - Bert: No."),
        chat(f"[2031-05-02, 18:10] Anna: {SAID}", "[2031-05-02, 18:11] Me: When?"),
        chat("Anna, [02.05.2031 18:10]", SAID, "Bert, [02.05.2031 18:12]", "No."),
    ],
    "telegram": [
        json.dumps({"name": "Channel", "type": "public_channel", "id": 1, "messages": MESSAGES}, indent=1),
        json.dumps({"about": "x", "chats": {"about": "y", "list": [{"name": "A", "messages": MESSAGES}]}}),
    ],
    "telegram-page": [f'<!DOCTYPE html><html><body><div class="message default clearfix" id="m1">{SAID}</div></body>'],
    "signal": [json.dumps({"envelope": {"source": "+1", "timestamp": 1, "dataMessage": {"message": SAID}}})],
    "geojson": [
        collection(feature()), json.dumps(feature()), json.dumps([feature()]), json.dumps(feature()["geometry"]),
    ],
    "field": [SAMPLES["field"], json.dumps([FIELD, FIELD]), json.dumps(FIELD)],
    "json": [
        json.dumps({"status": 200, "data": [{"note": SAID}]}),
        json.dumps([{"_id": 1, "start": "2031-05-02", "q1": SAID, "q2": "x", "actor": "South"}]),
    ],
    "agreement": [f"# ours\nformat: parley-terms/1\nid: river\ntitle: {NEWS}"],
    "mapping": ["source: {is: X}\nclaims:\n  time: {start: {column: when}}\n"],
    "bulletin": [BULLETIN],
    "bulletin-table": [BULLETIN_TABLE],
    "workbook": [book(HEADER, ROW)],
    "table": [
        "when,where,what\n2031-05-02,Mill,shelling\n2031-05-03,Ford,gunfire\n",
        f"when;where;what;told\n2031-05-02;Mill;shelling;{SAID}\n2031-05-03;Ford;gunfire;{SAID}\n",
        "when\twhere\twhat\n2031-05-02\tMill\tshelling\n",
        f'id,told\n1,"{SAID}\nIt was denied, they say."\n2,"{SAID}"\n3,x\n',
        "sep=;\nwhen;where\n2031-05-02;Mill\n",
        "date, lat, lon, what\n2031-05-02, 12.5, 40.25, shelling\n2031-05-03, 12.5, 40.25, gunfire\n",
        "id,date,lat,lon,act\n",
        SAMPLES["table"],
    ],
    "acled": [SAMPLES["acled"], "event_id_cnty,deleted_timestamp\nNOR7,1935957600\n"],
    "ucdp-ged": [SAMPLES["ucdp-ged"]],
    "gdelt": [SAMPLES["gdelt"]],
    "hxl": [f"{TAGS}\n{HXL_ROW}\n"],
    "ushahidi": [f"{USHAHIDI}\n{ushahidi_row()}\n"],
    "auto-archiver": [f"{SHEET}\n{SHEET_ROW}\n"],
}  # fmt: skip
