"""Lists for other programs: CSV for sheets (RFC 4180) and GeoJSON for maps (RFC 7946), of the same flat rows.

Text from outside has its unseen signs written out; in CSV a text that a sheet would take for a formula begins with an
apostrophe. What is invented says so in every row: EXERCISE.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any, Literal

from parley.model import Tally, printable

Cell = str | int | float | None
Row = Mapping[str, Cell]
"""A cell by the name of its column; those of one list have the same columns, in the same order."""

Format = Literal["text", "json", "csv", "geojson"]

EXERCISE = "EXERCISE"
BETWEEN = "|"
"""Stands between the members of a cell that has several, as in what GeoJSON and tables are read from."""

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_PLACE = ("lat", "lon")

INCIDENTS = (
    "id", "start", "end", "place", "lat", "lon", "radius_m", "area", "act", "actor", "deaths_low", "deaths_high",
    "source", "disputed", "entries", "late",
)  # fmt: skip
FINDINGS = (
    "incident", "start", "place", "lat", "lon", "radius_m", "agreement", "clause", "source", "answer", "breach_by",
    "state", "comparison", "on_undisputed_facts", "support", "turns_on",
)  # fmt: skip
DOUBTS = ("entry", "source", "incident", "fits", "incidents", "hanging")
QUESTIONS = ("agreement", "incident", "asks", "settled_by", "answers", "alone", "incidents")
TALLIES = (
    "first_day", "day", "area", "act", "means", "accused", "left", "left_count", "right", "right_count", "both_low",
    "both_high", "why", "verdict",
)  # fmt: skip

EDITIONS = ("day", "edition", "published_at", "as_of", "files", "stale", "destroyed")
REVIEWS = (
    "id", "state", "needed", "agreed", "article", "source", "headline", "published", "language", "holder", "act",
    "accused", "addressee", "polarity", "tellers", "made_by", "sentence", "report",
)  # fmt: skip


def as_csv(columns: Sequence[str], rows: Iterable[Row], exercise: bool) -> bytes:
    """Return *rows* as CSV in UTF-8 with the mark that sheets look for; the first column is the mark of an exercise."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("exercise", *columns))
    mark = EXERCISE if exercise else ""
    writer.writerows((mark, *(_cell(row[name]) for name in columns)) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def as_geojson(columns: Sequence[str], rows: Iterable[Row], exercise: bool) -> bytes:
    """Return *rows* as a FeatureCollection: a point where a row has `lat` and `lon`, else no geometry.

    Empty cells are left out.
    """
    mark = {"exercise": EXERCISE} if exercise else {}
    features = [_feature(columns, row, mark) for row in rows]
    return json.dumps({"type": "FeatureCollection", **mark, "features": features}, ensure_ascii=False).encode() + b"\n"


def _feature(columns: Sequence[str], row: Row, mark: Mapping[str, str]) -> dict[str, Any]:
    lat, lon = (row.get(name) for name in _PLACE)
    point = None if lat is None or lon is None else {"type": "Point", "coordinates": [lon, lat]}
    said = {name: row[name] for name in columns if name not in _PLACE and row[name] not in (None, "")}
    plain = {name: printable(value) if isinstance(value, str) else value for name, value in said.items()}
    return {"type": "Feature", "geometry": point, "properties": {**mark, **plain}}


def incident_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield incidents, as `queries.incidents` gives them, a row each; what accounts say stands in one cell."""
    for row in rows:
        claimed = row["claimed"]
        low, high = claimed["deaths"] or (None, None)
        yield {
            **{name: row[name] for name in ("id", "start", "end", "place", "lat", "lon", "radius_m")},
            **{name: _several(claimed[name]) for name in ("area", "act", "actor")},
            "deaths_low": low,
            "deaths_high": high,
            "source": _several(row["sources"]),
            "disputed": _several(row["disputed"]),
            "entries": _several(map(str, row["entries"])),
            "late": _several(str(one["entry"]) for one in row["late"]),
        }


def finding_rows(rows: Iterable[Mapping[str, Any]], places: Mapping[str, Mapping[str, Any]]) -> Iterator[Row]:
    """Yield findings, as `queries.findings` gives them, a row for each account; *places* are incidents by their ids."""
    for row in rows:
        where = places[row["incident"]]
        for source, answer, by, state in zip(row["sources"], row["shown"], row["by"], row["states"], strict=True):
            yield {
                **{name: row[name] for name in ("incident", "start", "place", "agreement", "clause", "comparison")},
                **{name: where[name] for name in ("lat", "lon", "radius_m")},
                "source": source,
                "answer": answer,
                "breach_by": _several(row["parties"].get(one, one) for one in by) if answer == "breach" else "",
                "state": state,
                "on_undisputed_facts": row["agreed_shown"],
                "support": row["support"],
                "turns_on": _several("; ".join(asks) for asks in row["asks"]),
            }


def doubt_rows(doubts: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the rows of reports in doubt: what each fits, and in which incidents that stands."""
    for one in doubts:
        yield {**one, **{name: BETWEEN.join(map(str, one[name])) for name in ("fits", "incidents")}}


def tally_rows(tallies: Iterable[Tally]) -> Iterator[Row]:
    """Yield the rows of tallies: what each side counts of an item, and how many can be in both."""
    for tally in tallies:
        for row in tally.rows:
            yield {
                "first_day": str(tally.first_day),
                "day": str(tally.day),
                "area": row.area,
                "act": row.act,
                "means": row.means,
                "accused": row.respondent,
                "left": tally.left,
                "left_count": row.left,
                "right": tally.right,
                "right_count": row.right,
                "both_low": row.both_low,
                "both_high": row.both_high,
                "why": row.why,
                "verdict": tally.verdict,
            }


def edition_rows(editions: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the rows of published editions."""
    for one in editions:
        yield {**one, "files": _several(one["files"]), "stale": "yes" if one["stale"] else "no"}


def review_rows(statements: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield the rows of statements of articles, as they were proposed; *statements* are those of `parley review`."""
    for one in statements:
        said = one["proposal"]
        yield {
            **{name: one[name] for name in ("id", "state", "needed", "agreed", "article", "made_by", "report")},
            **{name: one["of"][name] for name in ("source", "headline", "published", "language")},
            **{name: said[name] for name in ("holder", "act", "addressee", "polarity")},
            "accused": _several(said["accused"]),
            "tellers": _several(said["tellers"]),
            "sentence": one["sentence"],
        }


def _several(names: Iterable[str]) -> str:
    return BETWEEN.join(names)
