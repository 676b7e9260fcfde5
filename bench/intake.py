"""Streaming intake: rows a second and peak memory of `parley add --later`, beside the csv module into plain SQLite.

    python bench/intake.py [--rows 100000 1000000] [--channels ucdp-ged acled gdelt table] [--runs 1]

Each run is a fresh process. The peer reads the same file with `csv.reader` and keeps each row as it is in one table
with a primary key, in transactions of a thousand rows with `synchronous = FULL`: no checks, no values, no signatures,
no log.
"""

import argparse
import csv
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

GED = """
id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name
dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id side_b
number_of_sources source_article source_office source_date source_headline source_original where_prec
where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid country country_id
region event_clarity date_prec date_start date_end deaths_a deaths_b deaths_civilians deaths_unknown best high
low gwnoa gwnob
"""
ACLED = """
event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1
inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3
location latitude longitude geo_precision source source_scale notes fatalities tags timestamp
"""
MAPPING = """
source: {column: source}
reference: {column: id}
claims:
  time: {start: {column: date_start}, end: {column: date_end}}
  place: {name: {column: where_coordinates}, lat: {column: latitude}, lon: {column: longitude}}
  actor: {column: side_a}
  affected: {column: side_b}
  deaths: {low: {column: low}, best: {column: best}, high: {column: high}}
"""

Row = dict[str, object]


def common(number: int, chance: random.Random) -> Row:
    """Return what all lists say of one invented event."""
    lat, lon = round(33 + chance.random() * 4, 6), round(36 + chance.random() * 5, 6)
    day = f"20{chance.randrange(10, 25)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
    best = chance.randrange(9)
    return {
        "id": number, "source": "An office", "year": day[:4], "date_start": day, "date_end": day, "latitude": lat,
        "longitude": lon, "side_a": "Northern forces", "side_b": f"Group {chance.randrange(40)}", "low": best,
        "best": best, "high": best + 1, "where_coordinates": f"Town {chance.randrange(3000)}",
    }  # fmt: skip


def ged(row: Row) -> Row:
    headline = f'"The Courier,{row["date_start"]},Shots heard again near town {row["id"]}"'
    return row | {
        "code_status": "Clear", "type_of_violence": 1, "where_prec": 1, "date_prec": 1, "event_clarity": 1,
        "adm_1": "Upper Reach", "source_article": headline, "deaths_unknown": row["best"], "deaths_a": 0, "deaths_b": 0,
        "deaths_civilians": 0, "date_start": f"{row['date_start']} 00:00:00.000", "country": "Northland",
    }  # fmt: skip


def acled(row: Row) -> Row:
    return {
        "event_id_cnty": f"NOR{row['id']}", "event_date": row["date_start"], "year": row["year"], "time_precision": 1,
        "event_type": "Explosions/Remote violence", "sub_event_type": "Shelling/artillery/missile attack",
        "actor1": row["side_a"], "inter1": "State forces", "actor2": row["side_b"], "inter2": "Rebel group",
        "location": row["where_coordinates"], "latitude": row["latitude"], "longitude": row["longitude"],
        "geo_precision": 1, "source": "The Courier", "notes": f"Three rounds fell near town {row['id']}.",
        "fatalities": row["best"], "timestamp": 1700000000,
    }  # fmt: skip


def gdelt(row: Row) -> Row:
    return {
        "GLOBALEVENTID": row["id"], "SQLDATE": str(row["date_start"]).replace("-", ""), "Actor1Name": row["side_a"],
        "Actor2Name": row["side_b"], "EventCode": "194", "EventBaseCode": "194", "EventRootCode": "19",
        "ActionGeo_Type": 4, "ActionGeo_FullName": row["where_coordinates"], "ActionGeo_Lat": row["latitude"],
        "ActionGeo_Long": row["longitude"], "DATEADDED": "20250101000000",
        "SOURCEURL": f"https://courier.example/{row['id']}",
    }  # fmt: skip


def layout(channel: str) -> tuple[list[str], str, bool, Callable[[Row], Row]]:
    """Return columns, separator, whether there is a header, and what makes a row."""
    from parley.intake.channels.gdelt import _codebook

    return {
        "ucdp-ged": (GED.split(), ",", True, ged),
        "acled": (ACLED.split(), ",", True, acled),
        "gdelt": (list(_codebook().columns), "\t", False, gdelt),
        "table": (list(common(0, random.Random(0))), ",", True, lambda row: row),
    }[channel]


def write(path: Path, channel: str, rows: int) -> None:
    """Write an invented list; the same for the same number of rows."""
    columns, separator, header, made = layout(channel)
    chance = random.Random(7)
    with path.open("w", newline="") as file:
        out = csv.DictWriter(file, columns, restval="", extrasaction="ignore", delimiter=separator)
        if header:
            out.writeheader()
        out.writerows(made(common(number, chance)) for number in range(1, rows + 1))


def peer(path: Path, database: Path, separator: str) -> None:
    """Read *path* with the csv module into a plain table."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    with path.open(newline="") as file:
        rows: Iterator[list[str]] = csv.reader(file, delimiter=separator)
        first = next(rows)
        cells = ", ".join(f"c{number}" for number in range(len(first)))
        connection.execute(f"CREATE TABLE rows (number INTEGER PRIMARY KEY, {cells})")
        insert = f"INSERT INTO rows ({cells}) VALUES ({', '.join('?' * len(first))})"
        while some := list(islice(rows, 1000)):
            connection.execute("BEGIN")
            connection.executemany(insert, some)
            connection.execute("COMMIT")
    connection.close()


def timed(command: list[str]) -> tuple[float, float]:
    """Return seconds and peak MB of *command* in a fresh process, started by another one that does nothing else."""
    code = (
        "import resource, subprocess, sys; code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode; "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024); sys.exit(code)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *command], stdout=subprocess.PIPE, text=True, check=True)
    return time.perf_counter() - start, float(done.stdout)


def measure(channel: str, rows: int, runs: int) -> None:
    from datetime import UTC, datetime

    from parley.centre.folder import Centre
    from parley.model import Charter

    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write(folder / "list", channel, rows)
        (folder / "mapping.yaml").write_text(MAPPING)
        for run in range(runs):
            with Centre.create(folder / f"c{run}", Charter(title="Bench", timezone="UTC"), at=datetime.now(UTC)):
                pass
            verb = "import sys; from parley.cli.main import main; sys.argv[0] = 'parley'; main()"
            command = [sys.executable, "-c", verb, "add", str(folder / f"c{run}"), str(folder / "list")]
            mapping = ["--mapping", str(folder / "mapping.yaml")] if channel == "table" else []
            ours.append(timed([*command, "--as", channel, "--later", *mapping]))
            theirs.append(timed([sys.executable, __file__, "--peer", str(folder / "list"), str(folder / f"p{run}.db")]))
        size = (folder / "list").stat().st_size / 1e6
    for name, figures in (("parley", ours), ("csv → SQLite", theirs)):
        seconds = statistics.median(second for second, _ in figures)
        peak = max(mb for _, mb in figures)
        print(f"{channel:9} {rows:>9,} rows {size:6.0f} MB  {name:12} {seconds:8.1f} s {rows / seconds:>9,.0f} rows/s "
              f"peak {peak:5.0f} MB", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--channels", nargs="+", default=["ucdp-ged", "acled", "gdelt", "table"])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--peer", type=Path, nargs=2, metavar=("FILE", "DATABASE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peer:
        file, database = given.peer
        with file.open() as opened:
            first = opened.readline()
        peer(file, database, "\t" if first.count("\t") > first.count(",") else ",")
        return
    for channel in given.channels:
        for rows in given.rows:
            measure(channel, rows, given.runs)


if __name__ == "__main__":
    main()
