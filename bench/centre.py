"""What one more statement costs in a centre, beside deriving everything: processor time and wall, medians and spread.

    bench/centre.py [--reports 1000 10000] [--a-day 44] [--more 60] [--agreement syria-2016-02-22-cessation]

For each size: a folder as `make_folder` makes it; its views made from everything; then so many field reports more, each
taken in and followed by itself in an open centre, and some judgements; then lists, a daily report and `parley add` as
whole processes. An agreement with a history (syria-2016-09-09-arrangement) has later incidents asked again besides.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from make_folder import BEGIN, make
from parley import current
from parley.centre.folder import Centre
from parley.centre.statements import Delivery
from parley.job import handles, take_in
from parley.judging import judge
from parley.model import Input, Judgement

AGREEMENT = "syria-2016-02-22-cessation"
JUDGED = 10


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--reports", type=int, nargs="+", default=[1000, 10_000])
    words.add_argument("--a-day", type=int, default=44)
    words.add_argument("--more", type=int, default=60)
    words.add_argument("--agreement", default=AGREEMENT)
    given = words.parse_args()
    print(f"| {given.a_day} a day, {given.agreement} | processor | wall |\n|---|---|---|")
    for reports in given.reports:
        with tempfile.TemporaryDirectory() as place:
            measure(Path(place) / "centre", reports, given.a_day, given.more, given.agreement)


def measure(folder: Path, reports: int, a_day: int, more: int, agreement: str) -> None:
    """Print a table's rows for a centre of so many *reports*."""
    make(folder, reports, a_day, agreement=agreement)
    last = BEGIN + timedelta(days=max(1, round(reports / a_day)))
    with Centre.open(folder, writing=True) as centre:
        whole = [timed(lambda: current.make(centre))]
        called = handles(centre)
        single = [
            timed(lambda one=one: (take_in(centre, one, datetime.now(UTC), called=called), current.follow(centre)))
            for one in deliveries(more, last, Random(7))
        ]
        entries = [entry for row in current.IncidentView.objects.all()[: 2 * JUDGED] for entry in row.entries[:1]]
        pairs = zip(entries[::2], entries[1::2], strict=False)
        judged = [timed(lambda both=both: judge(centre, different(both), lambda: datetime.now(UTC))) for both in pairs]
    row(f"{reports:,}: everything", whole)
    row(f"{reports:,}: one report more", single)
    row(f"{reports:,}: one judgement", judged)
    day = (last - timedelta(days=2)).isoformat()
    file = folder.parent / "one.json"
    for name, verb in (
        ("incidents", ["incidents", folder, "--date", day]),
        ("findings", ["findings", folder, "--date", day]),
        ("report", ["report", folder, "--date", day]),
        ("add", ["add", folder, file, "--as", "field"]),
    ):
        runs = []
        for number in range(3):
            file.write_bytes(next(deliveries(1, last, Random(100 + number))).input.data or b"")
            runs.append(command([str(one) for one in verb]))
        row(f"{reports:,}: parley {name}", runs)


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


def timed(step: Callable[[], object]) -> tuple[float, float]:
    """Return processor and wall seconds of *step*."""
    processor, wall = time.process_time(), time.perf_counter()
    step()
    return time.process_time() - processor, time.perf_counter() - wall


def command(words: list[str]) -> tuple[float, float]:
    """Return processor and wall seconds of `parley` with *words*, its start and exit included."""
    wall = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([sys.executable, "-m", "parley", *words], stdout=said, stderr=said)
        _, status, spent = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            said.seek(0)
            raise SystemExit(said.read().decode())
    return spent.ru_utime + spent.ru_stime, time.perf_counter() - wall


def row(name: str, found: list[tuple[float, float]]) -> None:
    shown = " | ".join(spread(sorted(column)) for column in zip(*found, strict=True))
    print(f"| {name} | {shown} |", flush=True)


def spread(values: list[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.2f} s"
    return f"{median(values):.3f} s ({values[0]:.3f}–{values[-1]:.3f})"


if __name__ == "__main__":
    main()
