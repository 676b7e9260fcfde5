"""Measure the terms language: many accounts, one incident against all packaged agreements, and what is asked on demand.

    .venv/bin/python bench/terms.py [--part all|speed|one|demand|sql] [--runs 3] [--million]

*speed*: 10,000 incidents, of three accounts each and of one, against the 40 clauses below and against each packaged
agreement; aim 100,000 answers a second without reasons. An answer is one of a clause for an account, or for all
accounts together; of an incident with one account these are the same and count once. *one*: one incident of three
accounts against all packaged agreements, aim 20 ms; with every reason and crux too. *demand*: reasons of one answer,
the cruxes of one clause. *sql*: the 40 clauses beside their yes/no part written by hand as SQL in DuckDB, with a
bounding box, and shapely for what lies in the box (in degrees, as SQL would have it).

All accounts are distinct and come from seeded generators. Every run is a process of its own on one core, ours and the
peer's in turn; the first call counts, so that nothing is remembered of an earlier one. Figures are medians with the
least and the most, by the wall and by the processor. Python's search for cycles is off, as in the main job (see
`parley.job.without_collecting`), unless it is said to be on.
"""

import argparse
import contextlib
import gc
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from parley.model import Account, Amount, Assessment, Claim, ClauseAssessment, Disc, Incident, Interval, OneOf
from parley.model import vocabulary as words_of
from parley.terms import Terms, assess, assess_all, library_names, library_text, load

BENCH = "bench"
ACTS = ("shelling", "gunfire", "air-attack", "advance", "deny-access", "presence", "withdrawal", "clash")
MEANS = ("mortar", "artillery", "grad", "fixed-wing", "drone", "tank", "small-arms", "smerch")
SIDES = ("North", "South", "Ridge", "Lanterns", "Visitors", "Strangers")
DAY = 86_400
BATCH = 5_000
"""So many incidents are assessed, counted and dropped at a time where there are more."""


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
    lines += [f"  - {{id: z{zone}, name: zone {zone}, polygon: {json.dumps(corners(zone))}}}" for zone in range(5)]
    lines.append("clauses:")
    for zone in range(5):
        start, until = days(zone)
        for nth, (act, means) in enumerate(zip(ACTS, MEANS, strict=True)):
            lines.append(
                f"  - {{id: c{zone}-{nth}, article: '{zone}.{nth}', says: no {act} in zone {zone}, zone: z{zone}, "
                f"acts: [{act}], means: [{means}], from: {start}, until: {until}}}"
            )
    return "\n".join(lines) + "\n"


def corners(zone: int) -> list[list[float]]:
    west, south = 36 + zone * 0.5, 34 + zone * 0.4
    return [[west, south], [west + 0.9, south + 0.1], [west + 1.0, south + 0.8], [west + 0.2, south + 0.9]]


def days(zone: int) -> tuple[str, str]:
    return f"2016-0{1 + zone}-01", f"2016-1{zone % 3}-01"


def terms_of(name: str) -> Terms:
    return load(agreement() if name == BENCH else library_text(name), f"{name}.yaml")


# Made-up accounts


@dataclass(frozen=True)
class World:
    """What accounts may say where an agreement is in force: names by attribute, a box (south, north, west, east)."""

    names: dict[str, tuple[str, ...]]
    sources: tuple[str, ...]
    box: tuple[float, float, float, float]
    first: float
    days: int


SPOKEN = {"act": 0.9, "means": 0.6, "actor": 0.9, "affected": 0.7, "object": 0.5, "exemption": 0.1, "done": 0.15}
FACT_SPOKEN = 0.1
"""How often an account speaks of an attribute, or of a single fact; of time and place every one does."""
AMOUNTS = {"calibre": (82, 100, 120, 122, 152, 220), "altitude": (300, 1000, 2000, 6000), "quantity": (1, 5, 20, 100)}


def world_of(terms: Terms) -> World:
    """Return the world of *terms*: its own acts, means, objects, names and places, and some that it does not know."""
    own = terms.agreement
    dice = random.Random(own.id)
    acts = {name for clause in own.clauses for name in getattr(clause, "acts", ()) or getattr(clause, "does", ())}
    means = {one.kind for clause in own.clauses for one in _means(clause) if one.kind is not None}
    objects = {name for clause in own.clauses for name in getattr(clause, "objects", ())}
    armed = tuple(name for one in own.parties if one.role != "population" for name in (one.name, *one.also[:2]))
    if own.id == BENCH:
        names = {"act": ACTS, "means": MEANS, "actor": SIDES, "affected": SIDES}
        box = (33.5, 37.0, 35.5, 40.0)
    else:
        names = {
            family: (*sorted(named), *dice.sample(sorted(set(words_of(family)) - named), 6))
            for family, named in (("act", acts), ("means", means))
        }
        names |= {"actor": (*armed, "Strangers"), "affected": (*(one.name for one in own.parties), "Strangers")}
        box = _box(terms)
    names["object"] = (*sorted(objects), *dice.sample(sorted(set(words_of("object")) - objects), 5))
    names |= {"exemption": tuple(words_of("exemption")), "done": tuple(words_of("done"))}
    names |= {f"fact:{one.id}": ("yes", "no") for one in own.facts}
    start = datetime(own.date.year, own.date.month, own.date.day, tzinfo=UTC).timestamp()
    sources = (*(one.name for one in own.parties if one.role == "party"), "Observers", "Press")[:3]
    return World(names, sources, box, start - 10 * DAY, 400 if own.id == BENCH else 240)


def _means(clause: Any) -> tuple[Any, ...]:
    """Return the means that *clause* names, in its grades too."""
    return (*getattr(clause, "means", ()), *(one for grade in getattr(clause, "grades", ()) for one in grade.means))


def _box(terms: Terms) -> tuple[float, float, float, float]:
    """Return the box of all zones, somewhat widened."""
    zones = terms.agreement.zones
    points = [point for zone in zones for point in zone.polygon or (zone.line if isinstance(zone.line, tuple) else ())]
    if not points:
        return (45.0, 50.0, 30.0, 40.0)
    (west, south), (east, north) = (map(limit, zip(*points, strict=True)) for limit in (min, max))
    return (south - 0.3, north + 0.3, west - 0.3, east + 0.3)


Columns = dict[str, np.ndarray]


def draw(world: World, incidents: int, accounts: int, seed: int) -> Columns:
    """Return the accounts of *incidents* as columns; names as bits, those that are possible and those that are denied.

    Each account keeps what is common to its incident in seven of ten attributes and has its own value in the others;
    in six of ten the means stand in the list where the act does. Of ten names seven are exact, two are one of two, one
    says only what it was not.
    """
    dice, n = np.random.default_rng(seed), incidents * accounts
    south, north, west, east = world.box
    start = np.repeat(world.first + dice.integers(0, world.days * DAY, incidents), accounts) + dice.integers(0, 7200, n)
    found: Columns = {
        "start": start.astype(float),
        "end": start + dice.choice([0.0, 3600.0, float(DAY)], n, p=[0.5, 0.25, 0.25]),
        "lat": np.repeat(dice.uniform(south, north, incidents), accounts) + dice.normal(0, 0.01, n),
        "lon": np.repeat(dice.uniform(west, east, incidents), accounts) + dice.normal(0, 0.01, n),
        "radius_m": dice.choice([0, 100, 1000], n),
    }
    commons: dict[str, np.ndarray] = {}
    for name, words in world.names.items():
        many, kind = len(words), dice.random(n)
        common = commons[name] = dice.integers(0, many, incidents)
        if name == "means":
            common = np.where(dice.random(incidents) < 0.6, commons["act"] % many, common)
        first = np.where(dice.random(n) < 0.7, np.repeat(common, accounts), dice.integers(0, many, n))
        bit, other = (np.int64(1) << at for at in (first, dice.integers(0, many, n)))
        speaks = dice.random(n) < SPOKEN.get(name, FACT_SPOKEN)
        found[name] = np.where(speaks & (kind < 0.9), np.where(kind < 0.7, bit, bit | other), 0)
        found[f"not {name}"] = np.where(speaks & (kind >= 0.9), bit, 0)
    for name, amounts in AMOUNTS.items():
        found[name] = np.where(dice.random(n) < 0.1, dice.choice(amounts, n), 0)
    return found


def told(world: World, columns: Columns, accounts: int, first: int = 0) -> list[Incident]:
    """Return the accounts in *columns* as incidents, numbered from *first*."""
    rows = zip(*(columns[name].tolist() for name in columns), strict=True)
    each = [_account(world, number, dict(zip(columns, row, strict=True)), accounts) for number, row in enumerate(rows)]
    found = []
    for at in range(0, len(each), accounts):
        own = tuple(each[at : at + accounts])
        times = [claim.value for account in own for claim in account.claims if isinstance(claim.value, Interval)]
        place = next(claim.value for claim in own[0].claims if isinstance(claim.value, Disc))
        when = Interval(start=min(one.start for one in times), end=max(one.end for one in times))
        entries = tuple(entry for account in own for entry in account.entries)
        found.append(Incident(f"I-{first + at // accounts}", when, place, entries, (), own, ()))
    return found


def _account(world: World, number: int, row: dict[str, Any], accounts: int) -> Account:
    start, end = (datetime.fromtimestamp(row[name], UTC) for name in ("start", "end"))
    claims = [
        Claim(attribute="time", value=Interval(start=start, end=end)),
        Claim(attribute="place", value=Disc(lat=row["lat"], lon=row["lon"], radius_m=row["radius_m"])),
    ]
    for name in world.names:
        any_of, none_of = (
            tuple(word for at, word in enumerate(world.names[name]) if bits >> at & 1)
            for bits in (row[name], row[f"not {name}"])
        )
        if any_of or none_of:
            claims.append(Claim(attribute=name, value=OneOf(any_of=any_of, none_of=none_of)))
    claims += [Claim(attribute=name, value=Amount(low=row[name], high=row[name])) for name in AMOUNTS if row[name]]
    return Account(world.sources[number % accounts], (number,), tuple(claims))


def made(terms: Terms, incidents: int, accounts: int, seed: int = 2016, first: int = 0) -> list[Incident]:
    world = world_of(terms)
    return told(world, draw(world, incidents, accounts, seed), accounts, first)


# What is measured, each in a process of its own


class Clock:
    """Seconds by the wall and by the processor."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


@contextlib.contextmanager
def searching(for_cycles: bool) -> Iterator[None]:
    """Switch Python's search for cycles on or off."""
    gc.collect()
    (gc.enable if for_cycles else gc.disable)()
    yield
    gc.enable()


def clauses_of(assessments: Sequence[Assessment]) -> Iterator[ClauseAssessment]:
    return (clause for assessment in assessments for clause in assessment.clauses)


def answers_in(assessments: Sequence[Assessment]) -> int:
    """Count an answer for each account, and the one for all together where there are several."""
    return sum(len(one.accounts) + (len(one.accounts) > 1) for one in clauses_of(assessments))


def speed(name: str, incidents: int, accounts: int, collecting: bool) -> dict[str, float]:
    """Assess all incidents in one call."""
    terms = terms_of(name)
    given = made(terms, incidents, accounts)
    before = resident()
    with searching(collecting):
        clock = Clock()
        found = assess_all(terms, given)
        wall, cpu = clock.read()
    failed = sum(clause.agreed.code == "failed" for clause in clauses_of(found))
    assert not failed, f"{name}: {failed} clauses could not be evaluated"
    clauses = len(terms.agreement.clauses)
    definite = sum(clause.agreed.answer != "unknown" for clause in clauses_of(found)) / (incidents * clauses)
    return {
        "wall": wall,
        "cpu": cpu,
        "answers": answers_in(found),
        "bytes": (resident() - before) / answers_in(found),
        "clauses": clauses,
        "definite": definite,
    }


def in_batches(incidents: int) -> dict[str, float]:
    """Assess the 40 clauses, `BATCH` incidents at a time; what was counted is dropped. Making accounts is not timed."""
    terms = terms_of(BENCH)
    world = world_of(terms)
    columns = draw(world, incidents, 3, 2016)
    wall = cpu = 0.0
    breaches = answers = 0
    with searching(for_cycles=False):
        for first in range(0, incidents, BATCH):
            part = {name: column[first * 3 : (first + BATCH) * 3] for name, column in columns.items()}
            given = told(world, part, 3, first)
            clock = Clock()
            found = assess_all(terms, given)
            spent = clock.read()
            wall, cpu = wall + spent[0], cpu + spent[1]
            answers += answers_in(found)
            breaches += sum(one.answer == "breach" for clause in clauses_of(found) for one in clause.accounts)
            del found, given
    return {"wall": wall, "cpu": cpu, "answers": answers, "breaches": breaches}


def peer(incidents: int) -> dict[str, float]:
    """Ask the yes/no part of the 40 clauses of the same accounts as SQL."""
    import duckdb
    import shapely

    world = world_of(terms_of(BENCH))
    columns = draw(world, incidents, 3, 2016)
    kept = ("start", "end", "lat", "lon", "act", "means", "actor", "affected", "object")
    table = {name: columns[name] for name in kept}
    table |= {"denied": columns["not affected"], "row": np.arange(incidents * 3)}
    civilian = {name for name, term in words_of("object").items() if "civilian" in {name, *term.wider}}
    others = sum(1 << at for at, name in enumerate(world.names["object"]) if name not in civilian)
    database = duckdb.connect()
    database.execute("SET threads = 1")
    clock = Clock()
    database.register("given", table)
    database.execute("CREATE TABLE account AS SELECT * FROM given")
    breaches = 0
    for zone in range(5):
        ring = shapely.Polygon(corners(zone))
        shapely.prepare(ring)
        west, south, east, north = ring.bounds
        box = database.execute(
            "SELECT row, lat, lon FROM account WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?",
            [south, north, west, east],
        ).fetchnumpy()
        inside = box["row"][shapely.contains_xy(ring, box["lon"], box["lat"])]
        database.register("inside", {"row": inside})
        for nth in range(len(ACTS)):
            start, until = (np.datetime64(day).astype("datetime64[s]").astype(float) for day in days(zone))
            # exactly that act and means; by North (1), or South (2) while it adhered; against neither Lanterns nor
            # Strangers, or against nobody named but civilian objects
            (found,) = database.execute(
                """
                SELECT count(*) FROM account JOIN inside USING (row)
                WHERE act = ? AND means = ? AND start >= ? AND "end" <= ?
                AND (affected <> 0 AND affected & 40 = 0 OR affected + denied = 0 AND object <> 0 AND object & ? = 0)
                AND (actor = 1 OR (actor IN (2, 3) AND "end" <= 1464739200))
                """,
                [1 << nth, 1 << nth, start, until, others],
            ).fetchone() or (0,)
            breaches += found
    wall, cpu = clock.read()
    return {"wall": wall, "cpu": cpu, "breaches": breaches}


def everything(one: Assessment) -> None:
    """Ask for all that is made on demand."""
    for clause in one.clauses:
        for answer in (*clause.accounts, clause.agreed):
            _ = answer.reasons
        _ = clause.cruxes, clause.missing, clause.silent, clause.readings, clause.positions


def one_warm(whole: bool, collecting: bool, rounds: int = 20) -> dict[str, list[float]]:
    """Assess single incidents against all packaged agreements, in milliseconds; *whole*: with all that is on demand.

    Once the same incident, of the world of one agreement, is put to all; once to each agreement one of its own world.
    """
    loaded = [terms_of(name) for name in library_names()]
    told_of = [made(terms, 2 * rounds, 3, seed=7) for terms in loaded]
    found: dict[str, list[float]] = {}

    def measure(kind: str, each: Sequence[Incident]) -> None:
        clock = Clock()
        for terms, incident in zip(loaded, each, strict=True):
            one = assess(terms, incident)
            if whole:
                everything(one)
        for name, seconds in zip(("wall", "processor"), clock.read(), strict=True):
            found.setdefault(f"{kind}, {name}", []).append(seconds * 1e3)

    with searching(collecting):
        for number in range(2 * rounds):
            if number == rounds:
                found.clear()  # so far it was to be warm
            own = [incidents[number] for incidents in told_of]
            for incident in own:
                measure("the same incident to all", [incident] * len(loaded))
            measure("to each one of its own world", own)
    return found


def one_cold() -> dict[str, float]:
    """Load all packaged agreements and assess a first incident, then a second, in milliseconds."""
    incidents = made(terms_of(BENCH), 1, 3)  # so that what makes accounts is loaded; of no packaged agreement's world
    texts = {name: library_text(name) for name in library_names()}
    clock = Clock()
    loaded = [load(text, name) for name, text in texts.items()]
    loading = clock.read()
    clock = Clock()
    for terms in loaded:
        assess(terms, incidents[0])
    first = clock.read()
    return {
        "loading, wall": loading[0] * 1e3,
        "loading, processor": loading[1] * 1e3,
        "first, wall": first[0] * 1e3,
        "first, processor": first[1] * 1e3,
    }


def demand() -> dict[str, list[float]]:
    """Ask for the reasons of single answers (microseconds) and the cruxes of single clauses (milliseconds)."""
    found: dict[str, list[float]] = {"reasons": [], "reasons, bench": [], "crux": [], "crux, bench": [], "none": []}
    dice = random.Random(2016)
    for name in (BENCH, *library_names()):
        terms = terms_of(name)
        clauses = list(clauses_of(assess_all(terms, made(terms, 1000, 3, seed=11))))
        dice.shuffle(clauses)
        key = ", bench" if name == BENCH else ""
        raised = [one for one in clauses if one.raised]
        for clause in raised[:300]:
            answer = dice.choice((*clause.accounts, clause.agreed))
            started = time.perf_counter_ns()
            _ = answer.reasons
            found[f"reasons{key}"].append((time.perf_counter_ns() - started) / 1e3)
        disputed = [one for one in raised if one.comparison in ("differ", "equal")]
        for clause in disputed[:100]:
            started = time.perf_counter_ns()
            cruxes = clause.cruxes
            spent = (time.perf_counter_ns() - started) / 1e6
            found[f"crux{key}"].append(spent)
            if not cruxes:
                found["none"].append(spent)
    return found


def resident() -> float:
    """Return the bytes that this process holds in memory."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * float(resource.getpagesize())


MEASURES: dict[str, Callable[..., dict[str, Any]]] = {
    one.__name__: one for one in (speed, in_batches, peer, one_warm, one_cold, demand)
}


def fresh(what: str, *given: object) -> dict[str, Any]:
    """Run a measure in a process of its own, on one core; return its figures with the peak memory."""
    command = [sys.executable, __file__, "--only", json.dumps([what, *given])]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    return dict(json.loads(done.stdout))


# What is shown


def spread(each: Sequence[float], form: str = ".2f") -> str:
    return f"{statistics.median(each):{form}} ({min(each):{form}} to {max(each):{form}})"


def high(each: Sequence[float], form: str = ".2f") -> str:
    """Say the median, the 95th hundredth and the most."""
    return f"p50 {statistics.median(each):{form}}, p95 {np.quantile(each, 0.95):{form}}, most {max(each):{form}}"


def show_speed(runs: int, incidents: int) -> None:
    """Show answers a second for every agreement, and for all packaged ones together."""
    print(f"\n{incidents:,} incidents; thousands of answers a second, by the wall and by the processor")
    heads = ("3 accounts", "3 accounts, processor", "cycles searched for, processor", "1 account, processor")
    print(f"| agreement | clauses | {' | '.join(heads)} | decided | bytes an answer | MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    spent: dict[str, list[tuple[float, float, float]]] = {}
    for name in (BENCH, *library_names()):
        rates: dict[str, list[float]] = {}
        for _ in range(runs):
            for kind, accounts, collecting in (("one", 1, False), ("searched", 3, True), ("three", 3, False)):
                one = fresh("speed", name, incidents, accounts, collecting)
                for clock in ("wall", "cpu"):
                    rates.setdefault(f"{kind} {clock}", []).append(one["answers"] / one[clock] / 1e3)
                if name != BENCH:
                    spent.setdefault(kind, []).append((one["answers"], one["wall"], one["cpu"]))
        cells = [spread(rates[kind], ".0f") for kind in ("three wall", "three cpu", "searched cpu", "one cpu")]
        last = f"{one['definite']:.0%} | {one['bytes']:.0f} | {one['MB']:.0f}"
        print(f"| {name} | {one['clauses']} | {' | '.join(cells)} | {last} |", flush=True)
    for kind, each in spent.items():
        answers, wall, cpu = (sum(column) for column in zip(*each, strict=True))
        print(
            f"all packaged, {kind}: {answers / wall / 1e3:.1f} by the wall, {answers / cpu / 1e3:.1f} by the processor"
        )


def show_one(runs: int) -> None:
    print("\none incident of 3 accounts against all packaged agreements, ms")
    for whole, collecting in ((False, False), (False, True), (True, False)):
        warm = [fresh("one_warm", whole, collecting) for _ in range(runs)]
        more = f"{', with all reasons and cruxes' if whole else ''}{', cycles searched for' if collecting else ''}"
        for kind in (kind for kind in warm[0] if kind != "MB"):
            print(f"{kind}{more}: {high([one for run in warm for one in run[kind]], '.1f')}", flush=True)
    cold = [fresh("one_cold") for _ in range(runs)]
    for kind in (kind for kind in cold[0] if kind != "MB"):
        print(f"cold, {kind}: {spread([run[kind] for run in cold], '.0f')}")


def show_demand(runs: int) -> None:
    print("\non demand: reasons of one answer in µs, cruxes of one clause in ms")
    each = [fresh("demand") for _ in range(runs)]
    for kind in (kind for kind in each[0] if kind not in ("MB", "none")):
        print(f"{kind}: {high([one for run in each for one in run[kind]], '.2f')}")
    asked = sum(len(run[kind]) for run in each for kind in ("crux", "crux, bench"))
    print(f"no crux: {sum(len(run['none']) for run in each)} of {asked}")


def show_sql(runs: int, sizes: Sequence[int]) -> None:
    print(f"\n40 clauses, 3 accounts, {BATCH:,} incidents at a time, beside DuckDB's yes/no")
    for incidents in sizes:
        pairs = [
            (fresh("in_batches", incidents), fresh("peer", incidents)) for _ in range(runs if incidents < 10**6 else 1)
        ]
        for name, side in (("parley", 0), ("DuckDB", 1)):
            wall, cpu, memory = ([pair[side][key] for pair in pairs] for key in ("wall", "cpu", "MB"))
            print(
                f"{incidents:>9} incidents, {name}: {spread(wall)} s, processor {spread(cpu)} s, "
                f"{max(memory):.0f} MB, {pairs[0][side]['breaches']:.0f} breaches"
            )
        rates = [pair[0]["answers"] / pair[0]["cpu"] for pair in pairs]
        for clock in ("wall", "cpu"):
            print(
                f"{incidents:>9} incidents, ratio ({clock}): {spread([a[clock] / b[clock] for a, b in pairs], '.0f')}"
            )
        print(f"{incidents:>9} incidents, answers a second (processor): {spread(rates, ',.0f')}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("all", "speed", "one", "demand", "sql"), default="all")
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--million", action="store_true", help="10^6 incidents beside DuckDB too, once")
    parser.add_argument("--only", help="one measure with what it is given, as JSON: for processes of this script")
    given = parser.parse_args()
    if given.only:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        what, *rest = json.loads(given.only)
        found = MEASURES[what](*rest)
        found["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found))
        return
    print(f"CPython {platform.python_version()}, one core of {os.cpu_count()}; load {os.getloadavg()[0]:.1f}")
    if given.part in ("all", "speed"):
        show_speed(given.runs, given.incidents)
    if given.part in ("all", "one"):
        show_one(given.runs)
    if given.part in ("all", "demand"):
        show_demand(given.runs)
    if given.part in ("all", "sql"):
        show_sql(given.runs, (10_000, 100_000, 1_000_000) if given.million else (10_000, 100_000))
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
