"""Makes a centre's folder of any size, real enough for benchmarks; nothing in it happened.

    bench/make_folder.py FOLDER [--reports 10000] [--a-day 44] [--readers 2] [--seed 1] [--agreement NAME]

Happenings stand near the towns of one theatre. Each is told by one to three of six sources: the two sides' commands in
lists a day each, which accuse each other, and four posts of monitors in field reports. One in forty is corrected
by its source later, one in a hundred withdrawn. Each day has a bulletin of either side; every third an article, which
another outlet prints again. A desk judges one pair in two hundred to be the same, or not. The agreement is the packaged
one of Syria, September 2016, or another, with as many *readers* as parties that adhere.
"""

import argparse
import io
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from parley.centre.folder import Centre
from parley.centre.statements import Delivery, state
from parley.job import handles, take_in
from parley.model import (
    Charter,
    Input,
    Judgement,
    TermsVersion,
)
from parley.terms import library_text

ZONE = ZoneInfo("Asia/Damascus")
BEGIN = date(2016, 9, 12)
AGREEMENT = "syria-2016-09-09-arrangement"
TOWNS = 300
SIDES = {
    "Ministry of Defence of the Russian Federation": "armed opposition groups",
    "opposition groups in Aleppo": "Syrian Arab Army",
}
POSTS = ("Post North", "Post South", "Post East", "Post West")
ACTS = ("shelling", "air-attack", "attack", "gunfire")
CORRECTED, WITHDRAWN, JUDGED = 40, 100, 200
"""One in so many."""


@dataclass(frozen=True)
class Told:
    """A report as one source tells it, on the day on which it does."""

    day: date
    source: str
    said: dict[str, Any]


def make(
    folder: Path, reports: int, a_day: int = 44, readers: int = 2, seed: int = 1, agreement: str = AGREEMENT
) -> None:
    """Make a centre in *folder* with about so many event reports, *a_day* of them."""
    dice = random.Random(seed)
    days: dict[date, list[Told]] = {}
    for one in _reports(reports, a_day, dice):
        days.setdefault(one.day, []).append(one)
    with Centre.create(folder, Charter(title="bench", timezone=str(ZONE))) as centre:
        centre.take_up([TermsVersion(name=agreement, text=_agreement(agreement, readers))])
        called = handles(centre)
        entries: list[int] = []
        for day in sorted(days):
            at = datetime.combine(day, time(20), ZONE).astimezone(UTC)
            for delivery in _deliveries(day, days[day], dice):
                card = take_in(centre, delivery, at, called=called)
                entries += range(card.entry + 1, card.entry + 1 + card.reports)
            _judge(centre, entries, len(days[day]), at, dice)


def _reports(count: int, a_day: int, dice: random.Random) -> Iterator[Told]:
    """Yield reports, and what their sources say of them later."""
    towns = [(f"Town {n}", dice.uniform(34.5, 36.5), dice.uniform(36.2, 38.6)) for n in range(TOWNS)]
    days, made, number = max(1, round(count / a_day)), 0, 0
    while made < count:
        number += 1
        name, lat, lon = towns[min(int(dice.paretovariate(0.7)) - 1, TOWNS - 1)]
        at = datetime.combine(BEGIN, time(), ZONE) + timedelta(minutes=dice.randrange(days * 1440))
        act, dead = dice.choice(ACTS), min(dice.randrange(9), dice.randrange(9))
        lat, lon = lat + dice.gauss(0, 0.02), lon + dice.gauss(0, 0.02)
        for source in dice.sample([*SIDES, *POSTS], dice.choice((1, 1, 2, 2, 3))):
            made += 1
            start = at + timedelta(minutes=dice.randrange(-20, 20))
            said = {
                "id": f"{number}",
                "source": source,
                "observed": {"start": start.isoformat(), "end": (start + timedelta(minutes=30)).isoformat()},
                "place": {
                    "name": name,
                    "lat": round(lat, 4),
                    "lon": round(lon, 4),
                    "radius_m": dice.choice((200, 1000, 3000)),
                },
                "act": act,
                "actor": SIDES.get(source, dice.choice(list(SIDES.values()))),
                "deaths": max(0, dead + dice.choice((0, 0, 0, 1))),
                "account": f"{act} near {name}, number {number}",
            }
            yield Told(at.date(), source, said)
            later = at.date() + timedelta(days=1)
            if not dice.randrange(CORRECTED):
                again = {**said, "id": f"{number}-b", "deaths": dead + 2}
                yield Told(later, source, again | {"corrects": said["id"]})
            elif not dice.randrange(WITHDRAWN):
                yield Told(later, source, {"id": said["id"], "source": source, "withdrawn": True})


def _deliveries(day: date, told: list[Told], dice: random.Random) -> Iterator[Delivery]:
    """Yield the inputs of a day."""
    for source in dict.fromkeys(one.source for one in told):
        mine = [one.said for one in told if one.source == source]
        for number, some in enumerate([mine] if source in SIDES else [[one] for one in mine]):
            yield Delivery(Input(f"{day}-{source}-{number}.json", json.dumps(some).encode()), "field")
    for source, accused in SIDES.items():
        count = sum(one.source == source for one in told)
        yield Delivery(Input(f"{day}-{source}.txt", _bulletin(day, source, accused, count)), "bulletin")
    if day.toordinal() % 3 == 0:
        text = _article(day, dice)
        for outlet in ("The Courier", "The Herald"):
            page = f"{outlet}, {day}\n{text}".encode()
            yield Delivery(Input(f"{day}-{outlet}.txt", page), "article", outlet)


def _bulletin(day: date, source: str, accused: str, count: int) -> bytes:
    text = io.StringIO()
    head = {
        "Publisher": source,
        "Issued": day,
        "Day": day,
        "Time zone": ZONE,
        "Counting": "cases of ceasefire violation",
    }
    print(*(f"{name}: {value}" for name, value in head.items()), f"Total: {count}", "", sep="\n", file=text)
    print(f"Aleppo Governorate: {count} by {accused}", file=text)
    return text.getvalue().encode()


def _article(day: date, dice: random.Random) -> str:
    dead = dice.randrange(1, 9)
    return (
        f"The Ministry of Defence of the Russian Federation said that armed opposition groups shelled Aleppo on {day}, "
        f"killing {dead} civilians.\nThe opposition denied that its fighters had fired.\n"
        "Both sides said that they would keep to the ceasefire in the days to come.\n"
    )


def _judge(centre: Centre, entries: list[int], new: int, at: datetime, dice: random.Random) -> None:
    """Record what a desk decides on pairs of a day's reports: most that they are two happenings."""
    pairs = [dice.sample(entries[-new:], 2) for _ in range(new // JUDGED + (dice.randrange(JUDGED) < new % JUDGED))]
    said = [
        Judgement(
            kind="different", groups=tuple((entry,) for entry in sorted(pair)), by="Officer 7", reason="two craters"
        )
        for pair in pairs
        if len(set(pair)) == 2
    ]
    if said:
        centre.record.append([state("judgement", one) for one in said], at=at)


def _agreement(name: str, readers: int) -> str:
    """Return the agreement with *readers* parties more than its own, but for two."""
    text = library_text(name)
    more = "".join(
        f"  - {{id: observer-{n}, name: Observer {n}, role: party, adheres: [{{from: 2016-09-12}}]}}\n"
        for n in range(readers - 2)
    )
    return text.replace("\nparties:\n", f"\nparties:\n{more}", 1)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("folder", type=Path)
    words.add_argument("--reports", type=int, default=10_000)
    words.add_argument("--a-day", type=int, default=44)
    words.add_argument("--readers", type=int, default=2)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--agreement", default=AGREEMENT)
    given = words.parse_args()
    make(given.folder, given.reports, given.a_day, given.readers, given.seed, given.agreement)


if __name__ == "__main__":
    main()
