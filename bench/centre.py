"""What one more statement costs in a centre, beside deriving everything: processor time and wall, medians and spread.

    bench/centre.py [--reports 1000 10000] [--a-day 44] [--more 60] [--agreement NAME] [--folder FOLDER]

For each size: a folder as `make_folder` makes it; its views made from everything; then so many field reports more, each
taken in and followed by itself in an open centre, for the centre alone and for five readers, and some judgements; then
lists, a daily report and `parley add` as whole processes, with their memory. The five readers read all that the centre
does: nobody reads more. An agreement with a history (syria-2016-09-09-arrangement) has later incidents asked again
besides. *FOLDER*, where it is given, is such a folder of the size that is named, made before; reports are added to it.
"""

import argparse
import json
import math
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from make_folder import BEGIN, make
from parley import current
from parley.centre.folder import Centre
from parley.centre.models import AsOf
from parley.centre.readers import rows_of
from parley.centre.statements import Delivery
from parley.decisions.judging import judge
from parley.job import handles, take_in
from parley.model import CENTRE, Input, Judgement

AGREEMENT = "syria-2016-02-22-cessation"
JUDGED = 10
Spent = tuple[float, float, float]
"""Seconds of the processor, seconds on the wall, and MB at most."""
READERS = tuple(f"side-{number}" for number in range(5))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--reports", type=int, nargs="+", default=[1000, 10_000])
    words.add_argument("--a-day", type=int, default=44)
    words.add_argument("--more", type=int, default=60)
    words.add_argument("--agreement", default=AGREEMENT)
    words.add_argument("--folder", type=Path)
    given = words.parse_args()
    print(f"| {given.a_day} a day, {given.agreement} | processor | wall | MB |\n|---|---|---|---|")
    for reports in given.reports:
        with tempfile.TemporaryDirectory() as place:
            folder = given.folder or Path(place) / "centre"
            if given.folder is None:
                make(folder, reports, given.a_day, agreement=given.agreement)
            last = BEGIN + timedelta(days=max(1, round(reports / given.a_day)))
            measure(folder, f"{reports:,}", last, given.more, Path(place) / "one.json")


def measure(folder: Path, size: str, last: date, more: int, file: Path) -> None:
    """Print a table's rows for a centre of some *size* whose reports go up to the day *last*.

    Args:
        more: how many reports are added one by one.
        file: where those stand that whole processes add.
    """
    dice = Random()
    with Centre.open(folder, writing=True) as centre:
        whole = [timed(lambda: current.make(centre))]
        called = handles(centre)

        def one_more(delivery: Delivery, *readers: str) -> None:
            take_in(centre, delivery, datetime.now(UTC), called=called)
            for centre.reader in readers:
                current.follow(centre)

        single = [timed(lambda one=one: one_more(one, CENTRE)) for one in deliveries(more, last, dice)]
        entries = [entry for row in current.IncidentView.objects.all()[: 2 * JUDGED] for entry in row.entries[:1]]
        pairs = zip(entries[::2], entries[1::2], strict=False)
        judged = [timed(lambda both=both: judge(centre, different(both), lambda: datetime.now(UTC))) for both in pairs]
        for reader in READERS:
            shutil.copy2(rows_of(folder), rows_of(folder, reader))
            with closing(sqlite3.connect(rows_of(folder, reader))) as rows, rows:
                rows.execute(f"UPDATE {AsOf._meta.db_table} SET reader = ?", (reader,))
        several = [timed(lambda one=one: one_more(one, *READERS)) for one in deliveries(more // 4, last, dice)]
        centre.reader = CENTRE
        current.follow(centre)
        for reader in READERS:
            rows_of(folder, reader).unlink()
    row(f"{size}: everything", whole)
    row(f"{size}: one report more", single)
    row(f"{size}: one report more, for five readers", several)
    row(f"{size}: one judgement", judged)
    day = (last - timedelta(days=2)).isoformat()
    for name, verb in (
        ("incidents, the newest", ["incidents", folder]),
        ("findings", ["findings", folder, "--date", day]),
        ("report", ["report", folder, "--date", day]),
        ("add", ["add", folder, file, "--as", "field"]),
    ):
        runs = []
        for _ in range(5):
            file.write_bytes(next(deliveries(1, last, dice)).input.data)
            runs.append(command([str(one) for one in verb]))
        row(f"{size}: parley {name}", runs)


def deliveries(count: int, last: date, dice: Random) -> Iterator[Delivery]:
    """Yield field reports of the last days, near the towns of `make_folder`, most of a happening of their own."""
    for number in range(count):
        at = datetime(last.year, last.month, last.day, tzinfo=UTC) - timedelta(minutes=dice.randrange(3 * 1440))
        said = {
            "id": f"more-{dice.random()}",
            "source": "Post North",
            "observed": {"start": at.isoformat(), "end": (at + timedelta(minutes=30)).isoformat()},
            "place": {"name": "", "lat": dice.uniform(34.5, 36.5), "lon": dice.uniform(36.2, 38.6), "radius_m": 1000},
            "act": "shelling",
            "actor": "Syrian Arab Army",
            "deaths": number % 3,
        }
        yield Delivery(Input(f"more-{number}.json", json.dumps([said]).encode()), "field")


def different(both: tuple[int, int]) -> Judgement:
    return Judgement(
        kind="different", groups=tuple((one,) for one in sorted(both)), by="Officer 7", reason="two craters"
    )


def timed(step: Callable[[], object]) -> Spent:
    """Return what *step* takes, and what this process took at most until then."""
    processor, wall = time.process_time(), time.perf_counter()
    step()
    spent = time.process_time() - processor, time.perf_counter() - wall
    return *spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def command(words: list[str]) -> Spent:
    """Return what `parley` with *words* takes, its start and exit included."""
    with tempfile.TemporaryFile() as said:
        run = [sys.executable, "-c", _SPENT, sys.executable, "-m", "parley", *words]
        found = subprocess.run(run, stdout=subprocess.PIPE, stderr=said)
        if found.returncode not in (0, 1):
            said.seek(0)
            raise SystemExit(said.read().decode())
    processor, wall, memory = map(float, found.stdout.split())
    return processor, wall, memory


_SPENT = """
import resource, subprocess, sys, time
wall = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
wall, spent = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
print(spent.ru_utime + spent.ru_stime, wall, spent.ru_maxrss / 1024)
sys.exit(code)
"""
"""Is run by an interpreter of its own, since a process that is forked counts the memory of who forked it as its own."""


def row(name: str, found: list[Spent]) -> None:
    processor, wall, memory = (sorted(column) for column in zip(*found, strict=True))
    print(f"| {name} | {spread(processor)} | {spread(wall)} | {memory[-1]:.0f} |", flush=True)


def spread(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f} s"
    most = values[math.ceil(0.99 * len(values)) - 1]
    return f"{median(values):.3f} s ({values[0]:.3f}–{most:.3f})"


if __name__ == "__main__":
    main()
