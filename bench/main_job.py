"""Measure the main job: synthetic events from CSV to record, incidents, assessments, views and daily reports.

    .venv/bin/python bench/main_job.py [--events 16000] [--runs 3]

Aims: 16,000 events in under 20 s and 500 MB on 2 cores; `parley --help` in under 0.3 s. "whole" ends with the views,
as the aim has it; the daily reports of every day come after it. Two lists of half the events each are read as two
sources, so that incidents with two accounts arise. The peer of the job does the least that any system must: the same
CSV into one plain SQLite table, no record, no matching, no terms; the peer of `--help` is an
interpreter that does nothing. Every run is a process of its own, ours and the peer's in turn; medians and spread.
"""

import argparse
import csv
import io
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
AGREEMENTS = ("syria-2016-02-22-cessation", "syria-2016-09-09-arrangement")


def job(count: int, folder: Path) -> dict[str, float]:
    """Run the main job; return seconds by step, and the peak memory before and after daily reports, in MB."""
    from events import events
    from parley import publish
    from parley.centre.folder import Centre
    from parley.centre.statements import Delivery
    from parley.job import derive, now, publish_days, show, silent, take_in
    from parley.model import Charter, Input, TermsVersion
    from parley.terms import library_text

    halves = [events(count // 2, seed) for seed in (1, 2)]
    started = time.perf_counter()
    with Centre.create(folder, Charter(title="bench", timezone="Asia/Damascus")) as centre:
        centre.take_up([TermsVersion(name=name, text=library_text(name)) for name in AGREEMENTS])
        for number, data in enumerate(halves):
            take_in(centre, Delivery(Input(f"list-{number}.csv", data), "ucdp-ged", f"list {number}"), now())
        taken_in = time.perf_counter()
        findings = derive(centre.stated(), centre.timezone)
        derived = time.perf_counter()
        show(centre, findings)
        shown, peak = time.perf_counter(), peak_memory()
        days = publish.days(findings, centre.timezone)
        publish_days(centre, findings, days, now(), silent)
    ended = time.perf_counter()
    accounts = sum(len(incident.accounts) for incident in findings.incidents)
    assert accounts == len(findings.reports) == count, (accounts, len(findings.reports))
    return {
        "intake and record": taken_in - started,
        "incidents and assessments": derived - taken_in,
        "views": shown - derived,
        "whole": shown - started,
        "daily reports": ended - shown,
        "with daily reports": ended - started,
        "peak MB": peak,
        "peak MB with daily reports": peak_memory(),
        "days": len(days),
        "published MB": sum(file.stat().st_size for file in (folder / "reports").iterdir()) / 1e6,
        "incidents": len(findings.incidents),
        "assessments": len(findings.assessments),
    }


def peer(count: int, folder: Path) -> dict[str, float]:
    """Read the same CSV with the standard library into one SQLite table, durably; return seconds."""
    from events import COLUMNS, events

    halves = [events(count // 2, seed) for seed in (1, 2)]
    started = time.perf_counter()
    folder.mkdir()
    table = sqlite3.connect(folder / "plain.db")
    table.execute("PRAGMA synchronous=FULL")
    table.execute(f"CREATE TABLE event ({', '.join(COLUMNS)})")
    for data in halves:
        rows = csv.reader(io.StringIO(data.decode()))
        next(rows)
        table.executemany(f"INSERT INTO event VALUES ({', '.join('?' * len(COLUMNS))})", rows)
    table.commit()
    assert table.execute("SELECT count(*) FROM event").fetchone() == (count,)
    return {"whole": time.perf_counter() - started, "peak MB": peak_memory()}


def peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_fresh_process(what: str, count: int) -> dict[str, float]:
    """Run `job` or `peer` in a process of its own; return its figures with its peak memory in MB."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, __file__, "--only", what, "--events", str(count), "--folder", f"{place}/folder"]
        printed = subprocess.run(command, check=True, capture_output=True, text=True, cwd=HERE).stdout
    return json.loads(printed)


def seconds_of(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def spread(values: list[float], unit: str) -> str:
    return f"{statistics.median(values):.2f} {unit} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    options = argparse.ArgumentParser(description="Measure the main job.")
    options.add_argument("--events", type=int, default=16_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--only", choices=["job", "peer"], help=argparse.SUPPRESS)
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.only:
        print(json.dumps({"job": job, "peer": peer}[given.only](given.events, given.folder)))
        return
    print(f"{platform.python_implementation()} {platform.python_version()}, {len(os.sched_getaffinity(0))} cores")
    ours, theirs = [], []
    for _ in range(given.runs):
        ours.append(in_fresh_process("job", given.events))
        theirs.append(in_fresh_process("peer", given.events))
    print(f"{given.events} events, {given.runs} runs each, median (least to most)")
    for step in (
        "intake and record",
        "incidents and assessments",
        "views",
        "whole",
        "daily reports",
        "with daily reports",
    ):
        print(f"  parley, {step}: {spread([run[step] for run in ours], 's')}")
    print(f"  parley, events per second: {spread([given.events / run['whole'] for run in ours], '/s')}")
    for step in ("peak MB", "peak MB with daily reports"):
        print(f"  parley, {step}: {spread([run[step] for run in ours], 'MB')}")
    print(f"  parley published {ours[0]['days']:.0f} days, {ours[0]['published MB']:.0f} MB")
    print(f"  parley found {ours[0]['incidents']:.0f} incidents and made {ours[0]['assessments']:.0f} assessments")
    print(f"  peer, plain table: {spread([run['whole'] for run in theirs], 's')}")
    print(f"  peer, peak memory: {spread([run['peak MB'] for run in theirs], 'MB')}")
    ratios = [mine["whole"] / plain["whole"] for mine, plain in zip(ours, theirs, strict=True)]
    print(f"  ratio parley : plain table, run by run: {spread(ratios, 'times')}")
    parley = str(Path(sys.executable).with_name("parley"))
    helps = [seconds_of([parley, "--help"]) for _ in range(7)]
    nothing = [seconds_of([sys.executable, "-c", "pass"]) for _ in range(7)]
    print(f"  parley --help: {spread(helps, 's')}; peer, an interpreter that does nothing: {spread(nothing, 's')}")


if __name__ == "__main__":
    main()
