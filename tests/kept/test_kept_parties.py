"""Whose name is whose changes nothing: exchanging the two parties exchanges them in the rows that are kept."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from kept_growing import HILL, MILL, Growing, begun, bulletin, claims, event, hours, withdrawal
from kept_rows import OF_VIEWS, kept

from parley import current

NAMES = ("Westland", "Eastland"), ("west", "east"), ("Army of the West", "Army of the East")
_ANY = re.compile("|".join(rf"\b{name}\b" for pair in NAMES for name in sorted(pair, key=len, reverse=True)))
_OTHER = {one: other for pair in NAMES for one, other in (pair, pair[::-1])}


def exchanged(text: str) -> str:
    """Return *text* with each party's names in the place of the other's."""
    return _ANY.sub(lambda found: _OTHER[found[0]], text)


def grow(growing: Growing, called: Callable[[str], str]) -> None:
    """Let both parties, and others, say things of both, a few at a time."""
    west, east = called("Westland"), called("Eastland")
    centre = growing.centre
    current.make(centre)
    first = growing.bring(event(west, actor=east), event("Post 1", actor=west, deaths=2))
    growing.bring(event(east, hour=12.25, actor=west))
    current.follow(centre)
    growing.bring(bulletin(west, 0, 3, other=east), bulletin(east, 0, 2, other=west), bulletin(east, 1, 2, other=west))
    growing.bring(event(west, HILL, 30.0, actor=east, act="advance", reference="R-1", lasts=True))
    current.follow(centre)
    growing.by_a_side(called("east"), event("Post 7", MILL, 50.0, actor=west))
    growing.act("correct", first.entries[1], claims=claims(time=hours(12.25), actor=east))
    settled = growing.settle(report=first.entries[1], question="actor", value=west, receipts=True)
    current.follow(centre)
    growing.receipt(called("west"), settled)
    growing.receipt(called("east"), settled)
    growing.bring(withdrawals=[withdrawal(west, "R-1")])
    current.follow(centre)


def ordered(value: Any) -> Any:
    """Return *value*, of JSON, without the order of its lists: what has none is in that of the names."""
    if isinstance(value, dict):
        return {key: ordered(one) for key, one in value.items() if key != "digest"}
    return sorted(map(ordered, value), key=repr) if isinstance(value, list) else value


def read(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.dumps(ordered(json.loads(value)), sort_keys=True)
    return value


def test_exchanging_the_parties_exchanges_the_kept_rows(tmp_path: Path) -> None:
    found = []
    for number, called in enumerate((str, exchanged)):
        growing = begun(tmp_path / str(number), called)
        with closing(growing.centre.record):
            grow(growing, called)
        rows = {name: some for name, some in kept(growing.centre).items() if name in OF_VIEWS}
        back = {
            name: sorted(tuple(read(called(one) if isinstance(one, str) else one) for one in row) for row in some)
            for name, some in ((name, list(some)) for name, some in rows.items())
        }
        found.append(back)
    for name in found[0]:
        assert found[0][name] == found[1][name], name
    assert sum(map(len, found[0].values())) > 80
