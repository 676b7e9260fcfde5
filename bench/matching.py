"""How well and how fast reports are matched, beside peers in the same run.

    bench/matching.py                        the lists of ../shared, where they are; synthetic ones of growing size
                                             and posts, made by posts.py
    bench/matching.py --left A.csv --right B.csv --gold PAIRS.csv --mapping M.yaml      any other pair of lists
    bench/matching.py --sizes 10000 100000   other sizes; none: --sizes
    bench/matching.py --densities 100 1000   other numbers of reports a day in one theatre; none: --densities

Precision counts links that touch a row of a gold pair, since not every true pair is linked by hand; recall all gold
pairs. Peers: the nearest row in a window, and Splink 5 where it is installed (`pip install splink` in an environment
that has Parley too). meltt is no Python package: its figures were measured elsewhere (0.39; 1,553 s for 50,000).
"""

import argparse
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

import held_out
import posts
from lists import synthetic, theatre
from measures import Pair, calibration, gold_pairs, pick, rates, stated, told, touching
from parley.cli.match import lists_to_match
from parley.incidents.linkage.blocking import Pairs
from parley.incidents.linkage.clusters import cluster, gains, weigh
from parley.incidents.linkage.columns import Columns
from parley.incidents.linkage.kept import Links
from parley.incidents.linkage.weights import shipped
from parley.incidents.lists import Lists, Spec
from parley.incidents.pairs import Scored, link, score, sure
from parley.incidents.rerank import features, learn_order

DATA = Path(__file__).parents[2] / "shared/data/matching"
HERE = Path(__file__).parent
SYRIA = tuple(f"syria-2017-01-to-09-{part}" for part in ("incident-list", "event-data", "gold-pairs"))
US = tuple(f"us-2015-to-2018-{part}" for part in ("list-a", "list-b", "gold-pairs"))
SETS = (("Syria 2017", SYRIA, "syria"), ("US, without age", US, "us"), ("US, with age", US, "us-with-age"))
FOLDS, WEEKS = 5, 3
BOUNDS = (0.05, 0.08, 0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.25, 0.3, 0.35, 0.4, 0.5)
"""Chances from which the second opinion may be taken as a link; which is chosen on the folds that it learned from."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("left", "right", "gold", "mapping"):
        words.add_argument(f"--{name}", type=Path)
    words.add_argument("--sizes", type=int, nargs="*", default=[10_000, 50_000, 100_000, 1_000_000])
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--densities", type=int, nargs="*", default=[26, 100, 500, 1000])
    words.add_argument("--stored", type=int, default=100_000, help="how many are stored before one more is measured")
    words.add_argument("--one-size", type=int, help=argparse.SUPPRESS)
    words.add_argument("--one-density", type=int, nargs=3, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.one_size:
        one_size(given.one_size)
        return
    if given.one_density:
        one_density(*given.one_density)
        return
    if given.left:
        quality(given.left.name, given.left, given.right, given.gold, given.mapping)
    else:
        for name, stems, mapping in SETS:
            paths = [DATA / f"{stem}.csv" for stem in stems]
            if all(path.is_file() for path in paths):
                quality(name, *paths, HERE / f"mappings/{mapping}.yaml")
            else:
                print(f"{name}: left out, no {paths[0]}")
        about_posts()
        sizes(given.sizes, given.runs)
        if given.sizes:
            incremental("Syria", synthetic(max(given.sizes)))
        densities(given.densities, given.runs)
        for a_day in given.densities:
            incremental(f"{a_day} a day", theatre(given.stored + 1000, a_day))


def about_posts() -> None:
    """Print how well posts are matched, on the list and posts that `posts` makes."""
    if not all(path.is_file() for path in posts.SOURCES):
        print(f"Posts: left out, no {posts.SOURCES[0]}")
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        quality("Posts about Syria 2016", *posts.write_lists(Path(folder)), HERE / "mappings/posts.yaml")


def quality(name: str, left: Path, right: Path, gold_file: Path, mapping: Path) -> None:
    """Print how well *left* and *right* are matched, without labels and learning from them."""
    began = time.perf_counter()
    lists, spec, problems = lists_to_match(left, right, mapping)
    read = time.perf_counter() - began
    gold, unknown = gold_pairs(lists, gold_file)
    began = time.perf_counter()
    scored = score(lists, spec)
    links, unclear = sure(scored, link(lists, scored.compared.pairs, scored.weight))
    took = time.perf_counter() - began
    pairs = scored.compared.pairs
    there = set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    other = len(lists.ids) - lists.left
    print(f"\n## {name}: {lists.left} and {other} rows, {len(gold)} gold pairs ({unknown} name no row)")
    print(f"{len(problems)} problems; read in {read:.2f} s")
    print(f"blocking: {len(pairs):,} pairs, completeness {len(gold & there) / len(gold):.4f}")
    print(f"no labels: {told(pick(pairs, links), gold)}  in {took:.2f} s; {len(unclear)} more are unclear")
    truth = np.array([pair in gold for pair in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)])
    error = calibration(scored.chance, truth, stated(pairs, links, gold))
    print(f"  expected calibration error of stated chances {error:.3f}")
    held_out.alone(lists, spec, gold)
    held_out.few_labels(lists, spec, scored, gold)
    folds = fold_of(lists, pairs)
    crossed(lists, spec, scored, gold, folds)
    trees(lists, scored, truth, gold, folds)
    for peer, found in nearest(lists):
        print(f"peer, nearest in a window, {peer}: {told(found, gold)}")
    splink(lists, gold)


def crossed(lists: Lists, spec: Spec, scored: Scored, gold: set[Pair], folds: np.ndarray) -> None:
    """Print the additive weights learned from the gold pairs of the other folds."""
    pairs = scored.compared.pairs
    found: set[Pair] = set()
    for fold in range(FOLDS):
        inside = set(pairs.left[folds == fold].tolist())
        again = score(lists, spec, {pair for pair in gold if pair[0] not in inside})
        links, _ = sure(again, link(lists, pairs, again.weight))
        found |= {pair for pair in pick(pairs, links) if pair[0] in inside}
    print(f"labels of other weeks, weights alone: {told(found, gold)}")


def trees(lists: Lists, scored: Scored, truth: np.ndarray, gold: set[Pair], folds: np.ndarray) -> None:
    """Print the second opinion learned from other folds; its threshold is chosen on those too, by folds within them."""
    pairs = scored.compared.pairs
    table = features(lists, scored)
    true = np.flatnonzero(truth)
    chance = np.zeros(len(pairs))
    found: set[Pair] = set()
    for fold in range(FOLDS):
        train = np.flatnonzero(folds != fold)
        inner = np.zeros(len(pairs))
        for other in set(range(FOLDS)) - {fold}:
            there = (folds != fold) & (folds != other)
            inner[folds == other] = learn_order(table, pairs, true, np.flatnonzero(there))[folds == other]
        bound = best_bound(lists, pairs, inner, train, gold)
        chance[folds == fold] = learn_order(table, pairs, true, train)[folds == fold]
        here = np.where(folds == fold, chance, 0.0)
        found |= pick(pairs, link(lists, pairs, as_weight(here, bound)))
    touched = touching(pairs, gold)
    print(f"labels of other weeks, with trees: {told(found, gold)}")
    print(f"  expected calibration error {calibration(chance, truth, touched):.3f}")
    print(f"  {to_review(lists, pairs, chance, gold, found)}")


def best_bound(lists: Lists, pairs: Pairs, chance: np.ndarray, train: np.ndarray, gold: set[Pair]) -> float:
    inside = set(pairs.left[train].tolist())
    known = {pair for pair in gold if pair[0] in inside}
    here = np.zeros(len(pairs))
    here[train] = chance[train]
    found = [rates(pick(pairs, link(lists, pairs, as_weight(here, bound))), known)[2] for bound in BOUNDS]
    # The middle of all that do about as well: the best one alone is largely luck.
    good = [bound for bound, one in zip(BOUNDS, found, strict=True) if one > max(found) - 0.01]
    return good[len(good) // 2]


def to_review(lists: Lists, pairs: Pairs, chance: np.ndarray, gold: set[Pair], links: set[Pair]) -> str:
    """Return how many of the rows of the left list a person must look at, the least sure first, for F1 .95."""
    best = np.zeros(lists.left)
    np.maximum.at(best, pairs.left, chance)
    rows = sorted({pair[0] for pair in gold | links}, key=lambda row: abs(best[row] - 0.5))
    settled = set(links)
    for number, row in enumerate(rows):
        if number % 10 == 0 and rates(settled, gold)[2] >= 0.95:
            return f"F1 .95 after a person looked at {number} rows ({number / lists.left:.0%} of the list)"
        settled = {pair for pair in settled if pair[0] != row} | {pair for pair in gold if pair[0] == row}
    return "F1 .95 only after every row was looked at"


def as_weight(chance: np.ndarray, bound: float) -> np.ndarray:
    odds = np.log2((chance + 1e-9) / (1 - chance + 1e-9)) - np.log2(bound / (1 - bound))
    return np.rint(1000 * odds).astype(np.int64)


def fold_of(lists: Lists, pairs: Pairs) -> np.ndarray:
    """Return the fold of each pair: blocks of weeks of its left row, dealt out so that folds are of one size."""
    block = lists.columns.start[pairs.left] // 1440 // (7 * WEEKS)
    blocks, count = np.unique(block, return_counts=True)
    fold, size = {}, [0] * FOLDS
    for one in np.argsort(-count, kind="stable"):
        least = size.index(min(size))
        fold[int(blocks[one])] = least
        size[least] += int(count[one])
    return np.array([fold[one] for one in block.tolist()])


def nearest(lists: Lists, km: float = 5) -> Iterable[tuple[str, set[Pair]]]:
    """Yield what the nearest row within *km* on the same day gives, each row once, and each left row for itself."""
    reports = lists.columns
    by_day: dict[int, list[int]] = {}
    for row in range(lists.left, len(reports)):
        by_day.setdefault(int(reports.start[row]) // 1440, []).append(row)
    near = []
    for row in range(lists.left):
        for other in by_day.get(int(reports.start[row]) // 1440, ()):
            high = reports.lat[row] - reports.lat[other]
            wide = (reports.lon[row] - reports.lon[other]) * reports.width[row] / 1e6
            apart = float(np.hypot(high, wide)) * 0.111195e-3
            if reports.lat[row] < 10**9 and reports.lat[other] < 10**9 and apart <= km:
                near.append((apart, row, other))
    many: dict[int, int] = {}
    once: dict[int, int] = {}
    taken: set[int] = set()
    for _, row, other in sorted(near):
        many.setdefault(row, other)
        if row not in once and other not in taken:
            once[row] = other
            taken.add(other)
    yield f"{km:g} km on the day, one to one", set(once.items())
    yield f"{km:g} km on the day, many to one", set(many.items())


def splink(lists: Lists, gold: set[Pair]) -> None:
    try:
        import pandas as pd
        import splink.comparison_library as cl
        from splink import Linker, SettingsCreator, block_on
        from splink.backends.duckdb import DuckDBAPI
    except ImportError:
        print("peer, Splink: left out, not installed here")
        return
    reports = lists.columns
    names = reports.names.max(axis=1)
    frame = pd.DataFrame(
        {
            "unique_id": np.arange(len(reports)),
            "day": reports.start // 1440,
            "lat": np.where(reports.lat < 10**9, reports.lat / 1e6, np.nan),
            "lon": np.where(reports.lon < 10**9, reports.lon / 1e6, np.nan),
            "name": np.where(names > 0, names.astype(str), None),
            "cell": np.where(reports.lat < 10**9, (reports.lat // 500_000).astype(str), None),
        }
    )
    for name, number in reports.ranges.items():
        frame[name] = np.where(number.low >= 0, number.low.astype(str), None)
    for name, term in reports.terms.items():
        frame[name] = np.where(term >= 0, term.astype(str), None)
    comparisons = [
        cl.DistanceInKMAtThresholds("lat", "lon", [1, 5, 15, 40]),
        cl.ExactMatch("day"),
        cl.ExactMatch("name"),
    ]
    comparisons += [cl.ExactMatch(name) for name in (*reports.ranges, *reports.terms) if name != "actor"]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on("day", "cell"), block_on("day", "name")],
    )
    began = time.perf_counter()
    engine = DuckDBAPI()
    sides = [engine.register(side) for side in (frame[: lists.left], frame[lists.left :])]
    linker = Linker(sides, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("day", "name"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("day", "cell"))
    found = linker.inference.predict(threshold_match_weight=-20).as_pandas_dataframe()
    took = time.perf_counter() - began
    rows = [(min(a, b), max(a, b)) for a, b in zip(found.unique_id_l, found.unique_id_r, strict=True)]
    weight = np.rint(found.match_weight.to_numpy() * 1000).astype(np.int64)
    above = {row for row, one in zip(rows, weight, strict=True) if one > 0}
    print(f"peer, Splink, pairs above 0: {told(above, gold)}  in {took:.1f} s")
    pairs = Pairs(*np.array(rows, dtype=np.int64).T)
    best = max(
        (told_rates(lists, pairs, weight, bound, gold) for bound in range(-15_000, 10_001, 1000)),
        key=lambda one: one[2],
    )
    print(f"peer, Splink with our assignment, at its best threshold: P {best[0]:.3f} R {best[1]:.3f} F1 {best[2]:.4f}")


def told_rates(
    lists: Lists, pairs: Pairs, weight: np.ndarray, bound: int, gold: set[Pair]
) -> tuple[float, float, float]:
    return rates(pick(pairs, link(lists, pairs, weight - bound)), gold)


def sizes(counts: Sequence[int], runs: int) -> None:
    """Print time and memory for synthetic lists, each run in a process of its own."""
    if not counts:
        return
    print("\n## Synthetic lists at the density of Syria: blocking, weights, assignment")
    medians = {}
    for count in counts:
        found = []
        for _ in range(runs):
            line = subprocess.run(
                [sys.executable, __file__, "--one-size", str(count)], capture_output=True, text=True, check=True
            )
            found.append([float(word) for word in line.stdout.split()])
        seconds = [one[0] for one in found]
        medians[count] = statistics.median(seconds)
        spread, peak = f"{min(seconds):.2f} to {max(seconds):.2f}", max(one[1] for one in found)
        _, _, pairs, precision, recall = found[0]
        print(f"{count:>9,}: {medians[count]:.2f} s ({spread}), {peak:.0f} MB, {pairs:,.0f} pairs")
        print(f"           P {precision:.3f} R {recall:.3f}")
    if len(counts) > 1:
        few, many = min(counts), max(counts)
        growth = np.log(medians[many] / medians[few]) / np.log(many / few)
        print(f"time grows with the power {growth:.2f} of the number of reports from {few:,} to {many:,}")


def one_size(count: int) -> None:
    reports = synthetic(count)
    began = time.perf_counter()
    weighed = weigh(reports, shipped())
    found = cluster(reports, weighed)
    took = time.perf_counter() - began
    both = [rows for rows in found.members if len(rows) == 2]
    happening = reports.entry // 2
    right = sum(int(happening[rows[0]] == happening[rows[1]]) for rows in both)
    true = len(reports) - len(np.unique(happening))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(took, peak, len(weighed.pairs), right / max(1, len(both)), right / max(1, true))


def densities(each: Sequence[int], runs: int) -> None:
    """Print quality, time and memory for lists of one theatre, by how many reports a day; each run a process."""
    if each:
        print("\n## One theatre of 120 km: quality by pairs of one happening; seconds of the processor")
    for a_day in each:
        for count, lists in ((16_000, 2), (16_000, 3), (50_000, 2)):
            words = [sys.executable, __file__, "--one-density", *map(str, (count, a_day, lists))]
            found = [subprocess.run(words, capture_output=True, text=True, check=True).stdout for _ in range(runs)]
            rows = [[float(word) for word in text.splitlines()[0].split()] for text in found]
            cpu, wall = (sorted(row[at] for row in rows) for at in (0, 1))
            middle = len(rows) // 2
            print(
                f"{a_day:>5,} a day, {count:,} of {lists} lists: {cpu[middle]:.2f} s ({cpu[0]:.2f} to {cpu[-1]:.2f}), "
                f"wall {wall[middle]:.2f} s, {max(row[2] for row in rows):.0f} MB"
            )
            print("\n".join(f"            {line}" for line in found[0].splitlines()[1:]))


def one_density(count: int, a_day: int, lists: int) -> None:
    reports = theatre(count, a_day, lists)
    began, began_cpu = time.perf_counter(), time.process_time()
    weighed = weigh(reports, shipped())
    found = cluster(reports, weighed)
    took = time.process_time() - began_cpu, time.perf_counter() - began
    print(*took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    alone = np.arange(len(reports)) + len(reports)
    print(of_pairs(reports, np.where(found.incident >= 0, found.incident, alone)))
    crowded = sum(one.left_out for one in weighed.crowds)
    print(f"left out: {weighed.left_out:,} pairs that gain, {crowded:,} that were not compared in a crowd")
    if lists == 2 and count < 20_000:
        left = int((reports.source == 0).sum())
        (once, _) = (pairs for _, pairs in nearest(Lists(reports, (), left)))
        label = np.arange(len(reports))
        for row, other in once:
            label[other] = label[row]
        print(f"peer, nearest in 5 km on the day, one to one: {of_pairs(reports, label)}")


def of_pairs(reports: Columns, label: np.ndarray) -> str:
    """Return how many pairs of one *label* are of one happening, and how many of one happening have one."""
    happening = reports.entry // 8
    together, true, both = (
        sum(one * (one - 1) // 2 for one in np.unique(key, return_counts=True)[1].tolist())
        for key in (label, happening, happening * (2 * len(label)) + label)
    )
    precision, recall = both / max(1, together), both / max(1, true)
    return f"P {precision:.3f} R {recall:.3f} F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def incremental(name: str, reports: Columns) -> None:
    """Print how long one report takes that is matched and durably kept beside all others but 1,000."""
    rows = np.random.default_rng(1).permutation(len(reports))
    stored, new = reports.take(np.sort(rows[:-1000])), rows[-1000:]
    gaining, weight, _ = gains(stored, shipped())
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as place:
        path = Path(place) / "links.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as base:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")
            links = Links(base)
            began = time.perf_counter()
            with transaction(base):
                links.fill(stored, gaining, weight)
            filled = time.perf_counter() - began
            taken_s, asked_s, touched = [], [], []
            for row in new:
                one = reports.take(np.array([row]))
                began = time.perf_counter()
                with transaction(base):
                    changed, _ = links.replace((), one, one.entry.tolist())
                taken_s.append(time.perf_counter() - began)
                began = time.perf_counter()
                part = links.component(changed)
                entries = sorted(part.members | part.wider)
                links.weighed(links.reports(entries), entries)
                asked_s.append(time.perf_counter() - began)
                touched.append(len(entries))
        size = path.stat().st_size / 1e6
    print(f"\n## Kept links, {name}: {len(stored):,} kept in {filled:.1f} s ({size:.0f} MB)")
    for what, taken in (("matched and durably kept", taken_s), ("what it touches asked for with its weights", asked_s)):
        p50, p99 = 1000 * np.quantile(taken, [0.5, 0.99])
        print(f"one report more, {what}: p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    print(f"it touches {np.median(touched):.0f} reports, at 99 % {np.quantile(touched, 0.99):.0f}")


@contextmanager
def transaction(base: sqlite3.Connection) -> Iterator[None]:
    base.execute("BEGIN IMMEDIATE")
    yield
    base.execute("COMMIT")


if __name__ == "__main__":
    main()
