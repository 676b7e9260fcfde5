"""The parties are treated alike: exchanging their names in an input exchanges them in its reports and nothing else."""

import json
from collections.abc import Callable

import pytest
from intake_samples import read_as
from test_intake_auto_archiver import SHEET, SHEET_ROW
from test_intake_geojson import collection, feature
from test_intake_hxl import ROW as HXL_ROW
from test_intake_hxl import TAGS
from test_intake_ushahidi import HEADER as USHAHIDI
from test_intake_ushahidi import row as ushahidi_row
from workbook_samples import HEADER, book, cells, read_book

from parley.intake.mappings.proposal import propose
from parley.intake.tables.head import head_of
from parley.model import Input, Reading

Sides = tuple[str, str]


def geojson(sides: Sides) -> Reading:
    told = [feature(event_id=side, perpetrator=side, side_a=side, notes=f"{side} fired") for side in sides]
    return read_as("geojson", collection(*told), source=f"{sides[0]} Office")


def hxl(sides: Sides) -> Reading:
    rows = [f"{HXL_ROW.replace('Post 1', side)},{side},{other}" for side, other in (sides, sides[::-1])]
    return read_as("hxl", "\n".join([f"{TAGS},#actor+perpetrator,#group+name+second", *rows]))


def ushahidi(sides: Sides) -> Reading:
    rows = [ushahidi_row(**{"Post ID": str(n), "Perpetrator": side}) for n, side in enumerate(sides)]
    return read_as("ushahidi", "\n".join([USHAHIDI, *rows]), source=sides[1])


def archived(sides: Sides) -> Reading:
    rows = [f"{SHEET_ROW.replace('Near the mill', f'{side} fired')},{side}" for side in sides]
    return read_as("auto-archiver", "\n".join([f"{SHEET},Author", *rows]))


def workbook(sides: Sides) -> Reading:
    rows = [cells(id=str(n), holder=side, actor=other) for n, (side, other) in enumerate((sides, sides[::-1]))]
    return read_book(book(HEADER, *rows))


@pytest.mark.parametrize("channel", [geojson, hxl, ushahidi, archived, workbook])
def test_exchanged_names_come_out_exchanged(channel: Callable[[Sides], Reading]) -> None:
    there, back = said(channel(("North", "South"))), said(channel(("South", "North")))
    assert there == back.replace("North", "\0").replace("South", "North").replace("\0", "South")


def said(reading: Reading) -> str:
    """Return all that was read, without the digest of the bytes."""
    reports = [report.model_dump(mode="json", exclude={"origin": {"digest"}}) for report in reading.reports]
    return json.dumps([reports, [problem.model_dump(mode="json") for problem in reading.problems]])


def test_a_proposed_mapping_does_not_depend_on_who_is_named() -> None:
    def text(sides: Sides) -> str:
        table = f"date,lat,lon,perpetrator,type\n2031-05-02,1,2,{sides[0]},shelling\n2031-05-03,1,2,{sides[1]},clash\n"
        return propose(head_of(Input("table", table.encode()))).text()

    assert text(("North", "South")) == text(("South", "North"))
