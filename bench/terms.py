"""Measure the terms language: many accounts against a 40-clause agreement, beside the same questions as SQL.

    .venv/bin/python bench/terms.py [--incidents 100000] [--runs 3]

Each incident has three accounts. Ours gives the four answers of every clause, with reasons on demand; the peer gives
only yes or no: the same clauses written by hand as SQL in DuckDB, with a bounding box, and shapely for what lies in
the box (in degrees, as SQL would have it). One core each, fresh processes, in turn. Aim: within three times the peer,
under 1 GB, linear from 10^4 to 10^6 incidents.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ACTS = ("shelling", "gunfire", "air-attack", "advance", "deny-access", "presence", "withdrawal", "clash")
MEANS = ("mortar", "artillery", "grad", "fixed-wing", "drone", "tank", "small-arms", "smerch")
ACTORS = ("North", "South", "Ridge", "Lanterns", "Visitors", "Strangers")
START, DAY = 1_450_000_000, 86_400


def agreement() -> str:
    """Return an invented agreement of 40 clauses: 8 kinds of clause over 5 zones."""
    lines = [
        "format: parley-terms/1", "id: bench", "title: Bench", "date: 2015-12-01", "timezone: Etc/UTC",
        "source: {name: invented}", "from: 2015-12-20", "parties:",
        "  - {id: north, name: North, role: party, adheres: [{from: 2015-12-15}]}",
        "  - {id: south, name: South, role: party, adheres: [{from: 2015-12-15, until: 2016-06-01}]}",
        "  - {id: ridge, name: Ridge, role: group}",
        "  - {id: lanterns, name: Lanterns, role: group, designated: [{by: the list, from: 2015-01-01}]}",
        "  - {id: visitors, name: Visitors, role: third-party}",
        "zones:",
    ]  # fmt: skip
    for zone in range(5):
        west, south = 36 + zone * 0.5, 34 + zone * 0.4
        corners = [[west, south], [west + 0.9, south + 0.1], [west + 1.0, south + 0.8], [west + 0.2, south + 0.9]]
        lines.append(f"  - {{id: z{zone}, name: zone {zone}, polygon: {json.dumps(corners)}}}")
    lines.append("clauses:")
    for zone in range(5):
        for nth, (act, means) in enumerate(zip(ACTS, MEANS, strict=True)):
            lines.append(
                f"  - {{id: c{zone}-{nth}, article: '{zone}.{nth}', says: no {act} in zone {zone}, zone: z{zone}, "
                f"acts: [{act}], means: [{means}], from: 2016-0{1 + zone}-01, until: 2016-1{zone % 3}-01}}"
            )
    return "\n".join(lines) + "\n"


def rows(incidents: int) -> dict[str, Any]:
    """Return three accounts of each incident as columns of numbers, from one seed."""
    dice = np.random.default_rng(2016)
    n = incidents * 3
    start = np.repeat(START + dice.integers(0, 400 * DAY, incidents), 3).astype(float) + dice.integers(0, 7200, n)
    return {
        "start": start,
        "end": start + dice.choice([0.0, 3600.0, 86_400.0], n),
        "lat": np.repeat(dice.uniform(33.5, 37, incidents), 3) + dice.normal(0, 0.01, n),
        "lon": np.repeat(dice.uniform(35.5, 40, incidents), 3) + dice.normal(0, 0.01, n),
        "radius_m": dice.choice([0.0, 100.0, 1000.0], n),
        "act": dice.integers(-1, len(ACTS), n).astype(np.int32),
        "means": dice.integers(-1, len(MEANS), n).astype(np.int32),
        "actor": dice.integers(-1, len(ACTORS), n).astype(np.int32),
        "affected": dice.integers(-1, len(ACTORS), n).astype(np.int32),
    }


def ours(incidents: int) -> dict[str, float]:
    from parley.terms.columns import ANSWERS, Columns, assess_columns

    from parley.model import one
    from parley.terms import load

    terms = load(agreement(), "bench.yaml")
    told = rows(incidents)
    names = {"act": ACTS, "means": MEANS, "actor": ACTORS, "affected": ACTORS}
    columns = Columns(
        *(told[name] for name in ("start", "end", "lat", "lon", "radius_m")),
        codes={name: told[name] for name in names},
        values={name: [one(value) for value in values] for name, values in names.items()},
    )
    started = time.perf_counter()
    assessed = assess_columns(terms, columns)
    ended = time.perf_counter()
    some = range(0, len(columns), max(1, len(columns) // 1000))
    for row in some:
        assert assessed.why("c0-0", row).answer == ANSWERS[assessed.answers["c0-0"][row]]
    breaches = sum(int((answers == ANSWERS.index("breach")).sum()) for answers in assessed.answers.values())
    return {"seconds": ended - started, "breaches": breaches, "reasons": (time.perf_counter() - ended) / len(some)}


def peer(incidents: int) -> dict[str, float]:
    import duckdb
    import shapely

    told = rows(incidents)
    database = duckdb.connect()
    database.execute("SET threads = 1")
    table = dict(told)
    table["row"] = np.arange(len(told["start"]))
    started = time.perf_counter()
    database.register("given", table)
    database.execute("CREATE TABLE account AS SELECT * FROM given")
    breaches = 0
    for zone in range(5):
        west, south = 36 + zone * 0.5, 34 + zone * 0.4
        ring = shapely.Polygon(
            [(west, south), (west + 0.9, south + 0.1), (west + 1.0, south + 0.8), (west + 0.2, south + 0.9)]
        )
        shapely.prepare(ring)
        box = database.execute(
            "SELECT row, lat, lon FROM account WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?",
            [south, south + 0.9, west, west + 1.0],
        ).fetchnumpy()
        inside = box["row"][shapely.contains_xy(ring, box["lon"], box["lat"])]
        database.register("inside", {"row": inside})
        for nth in range(8):
            start, until = (np.datetime64(day).astype("datetime64[s]").astype(float) for day in _days(zone))
            (found,) = database.execute(
                """
                SELECT count(*) FROM account JOIN inside USING (row)
                WHERE act = ? AND means = ? AND start >= ? AND "end" <= ? AND affected IN (0, 1, 2, 4)
                AND (actor = 0 OR (actor = 1 AND "end" <= 1464739200))
                """,
                [nth, nth, start, until],
            ).fetchone() or (0,)
            breaches += found
    return {"seconds": time.perf_counter() - started, "breaches": breaches}


def _days(zone: int) -> tuple[str, str]:
    return f"2016-0{1 + zone}-01", f"2016-1{zone % 3}-01"


def in_fresh_process(what: str, incidents: int) -> dict[str, float]:
    """Run this file for *what* in a process of its own, on one core; return its figures with the peak memory."""
    command = [sys.executable, __file__, "--only", what, "--incidents", str(incidents)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--incidents", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", choices=("ours", "peer"))
    given = parser.parse_args()
    if given.only:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        found = (ours if given.only == "ours" else peer)(given.incidents)
        found["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found))
        return
    print(f"CPython {platform.python_version()}, one core; 40 clauses, 3 accounts an incident")
    for incidents in sorted({10_000, given.incidents, 1_000_000}):
        pairs = [
            (in_fresh_process("ours", incidents), in_fresh_process("peer", incidents))
            for _ in range(given.runs if incidents < 1_000_000 else 1)
        ]
        for name, side in (("parley", 0), ("DuckDB", 1)):
            seconds = [pair[side]["seconds"] for pair in pairs]
            print(
                f"{incidents:>9} incidents, {name}: {statistics.median(seconds):.2f} s "
                f"({min(seconds):.2f} to {max(seconds):.2f}), {max(pair[side]['MB'] for pair in pairs):.0f} MB, "
                f"{pairs[0][side]['breaches']:.0f} breaches"
            )
        ratios = [pair[0]["seconds"] / pair[1]["seconds"] for pair in pairs]
        reasons = statistics.median(pair[0]["reasons"] for pair in pairs) * 1e6
        print(
            f"{incidents:>9} incidents, ratio: {statistics.median(ratios):.2f} times "
            f"({min(ratios):.2f} to {max(ratios):.2f}); reasons of one answer on demand: {reasons:.0f} µs"
        )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
