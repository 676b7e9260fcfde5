"""A list of incidents and posts about them, made of UCDP's events of Syria in 2016 and the articles that they cite.

An event stands in the list with the headline of its first article as its description; each further article becomes a
post, whose text is its headline. A post's day is the event's in 80 %, one day later in 15 %, two or three in 5 % (of
posts of the same war 95 % are of the first day and a half). Its place is the event's, as people who locate posts give
it: the very point in half of them, within 100 m in a fifth, some 800 m off in a fifth, no point in a tenth. A tenth of
the events are left out of the list, so that posts about them have no partner; headlines of more than five events are
left out, since they are digests. The dice are seeded.

    bench/posts.py FOLDER        writes incidents.csv, posts.csv, gold.csv
"""

import argparse
import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[2] / "shared/data"
SOURCES = DATA / "ucdp-ged-syria-2016.csv", DATA / "syria-2016-headlines-gold.jsonl"
GENERIC = (" village", " town", " city", " neighbourhood", " district", " area")
MOST_EVENTS = 5

Row = dict[str, object]


def write_lists(folder: Path, seed: int = 2016) -> tuple[Path, Path, Path]:
    """Write the list, the posts and the pairs to *folder*; return their paths."""
    dice = np.random.default_rng(seed)
    events = {row["id"]: row for row in csv.DictReader(SOURCES[0].open(encoding="utf-8")) if row["where_prec"] in "12"}
    articles = _articles(events)
    incidents: list[Row] = []
    posts: list[Row] = []
    pairs: list[Row] = []
    for id_, event in events.items():
        listed = dice.random() >= 0.1
        first, *others = articles.get(id_) or [{"headline": ""}]
        if listed:
            incidents.append(_incident(event, first["headline"]))
        for article in others:
            posts.append(_post(len(posts), event, article, dice))
            if listed:
                pairs.append({"a": id_, "b": posts[-1]["entry"]})
    paths = folder / "incidents.csv", folder / "posts.csv", folder / "gold.csv"
    for path, rows in zip(paths, (incidents, posts, pairs), strict=True):
        _write(path, rows)
    return paths


def _articles(events: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Return the articles of each event, each headline once, digests left out."""
    lines = [json.loads(line) for line in SOURCES[1].open(encoding="utf-8")]
    told = defaultdict(set)
    for line in lines:
        told[line["headline"]].add(line["incident_id"])
    found: dict[str, dict[str, dict[str, str]]] = {id_: {} for id_ in events}
    for line in lines:
        if line["incident_id"] in found and len(told[line["headline"]]) <= MOST_EVENTS:
            found[line["incident_id"]].setdefault(line["headline"], line)
    return {id_: list(one.values()) for id_, one in found.items()}


def _incident(event: dict[str, str], headline: str) -> Row:
    return {
        "rid": event["id"],
        "date": event["date_start"][:10],
        "date_end": event["date_end"][:10],
        "lat": event["latitude"],
        "lon": event["longitude"],
        "location": event["where_coordinates"],
        "deaths_low": event["low"],
        "deaths_high": event["high"],
        "description": headline,
    }


def _post(number: int, event: dict[str, str], article: dict[str, str], dice: np.random.Generator) -> Row:
    later = dice.choice(4, p=[0.8, 0.15, 0.03, 0.02])
    off_km = dice.choice([0, 0.05, 0.8, np.nan], p=[0.5, 0.2, 0.2, 0.1])
    north, east = dice.normal(0, 1, 2) * off_km / 111.195
    lat, lon = float(event["latitude"]) + north, float(event["longitude"]) + east / 0.81
    town = event["where_coordinates"]
    for word in GENERIC:
        town = town.removesuffix(word)
    return {
        "entry": f"P{number}",
        "date": date.fromisoformat(event["date_start"][:10]) + timedelta(days=int(later)),
        "lat": "" if np.isnan(off_km) else f"{lat:.5f}",
        "lon": "" if np.isnan(off_km) else f"{lon:.5f}",
        "town": town,
        "text": article["headline"],
    }


def _write(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path)
    print(*write_lists(words.parse_args().folder), sep="\n")
