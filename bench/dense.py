"""What a crowd costs: two sources, each with many field reports of one place and minute.

    bench/dense.py [--count 3000] [KIND …]      kinds: equal, words, deaths, sources; all by default

Prints seconds of the processor and the peak of memory of `parley add` and of the daily report, each in its own process.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TERMS = "syria-2016-09-09-arrangement"
DAY = "2016-09-13"
KINDS = ("equal", "words", "deaths", "sources")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("kinds", nargs="*", default=KINDS, metavar="KIND")
    words.add_argument("--count", type=int, default=3000)
    given = words.parse_args()
    for kind in given.kinds:
        with tempfile.TemporaryDirectory() as place:
            measure(kind, given.count, Path(place))


def measure(kind: str, count: int, place: Path) -> None:
    files = [place / f"{side}.json" for side in ("West", "East")]
    for file in files:
        file.write_text(json.dumps([report(kind, file.stem, number) for number in range(count)]))
    folder = place / "centre"
    parley("init", folder, "--terms", TERMS)
    added = parley("add", folder, *files, "--as", "field")
    published = parley("report", folder, "--date", DAY)
    page = (folder / "reports" / f"{DAY}.html").stat().st_size / 1e6
    print(f"{kind}: add {told(added)}; report {told(published)}, page {page:.1f} MB", flush=True)


def report(kind: str, side: str, number: int) -> dict[str, Any]:
    found = {
        "id": str(number),
        "source": f"{side} {number}" if kind == "sources" else side,
        "observed": {"start": f"{DAY}T06:10:00+03:00"},
        "place": {"name": "Ford", "lat": 36.2, "lon": 37.16, "radius_m": 200},
        "act": "shelling",
        "actor": "Syrian Arab Army",
    }
    more = {"words": {"account": f"Round {number}, seen by {side}."}, "deaths": {"deaths": number}}
    return found | more.get(kind, {})


def parley(*arguments: object) -> tuple[float, float]:
    """Run a command; return its seconds of the processor and its peak of memory in MB."""
    command: Sequence[str] = (sys.executable, "-c", "from parley.cli.main import main; main()", *map(str, arguments))
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        sys.exit(f"{' '.join(command)}: exit code {running.returncode}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def told(used: tuple[float, float]) -> str:
    return f"{used[0]:.1f} s, {used[1]:.0f} MB"


if __name__ == "__main__":
    main()
