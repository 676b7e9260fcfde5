"""What a shift hands over, as text: what is new, what is open, what is out of date, what cannot be read."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from parley.model import printable

MOST_OF_INPUT = 20
"""Reports of one input that are listed one by one; of more, only what is out of the ordinary, and the input."""

COLUMNS = ("section", "entry", "received", "kind", "who", "incident", "text", "lat", "lon")

_ORDINARY = ("report", "said again")


class Told(Protocol):
    """A line of news: see `parley.looking.news.Line`."""

    @property
    def entry(self) -> int | None: ...
    @property
    def received(self) -> datetime | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def who(self) -> str: ...
    @property
    def incident(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def input(self) -> int | None: ...


def new_lines(lines: Sequence[Told], timezone: ZoneInfo) -> Iterator[str]:
    """Yield what is new, a line each; of an input that brought many reports, what is out of the ordinary."""
    ordinary = Counter(one.input for one in lines if one.input is not None and one.kind in _ORDINARY)
    many = {entry for entry, number in ordinary.items() if number > MOST_OF_INPUT}
    shown = [one for one in lines if not (one.input in many and one.kind in _ORDINARY) and not _is_plain(one, many)]
    yield from told(shown, timezone)


def _is_plain(one: Told, many: Collection[int | None]) -> bool:
    """Whether a line only says that an input came, whose reports are listed."""
    return one.kind == "input" and one.entry not in many and "problem" not in one.text and "cut short" not in one.text


def told(lines: Iterable[Told], timezone: ZoneInfo) -> Iterator[str]:
    """Yield a line for each of *lines*: entry, time received, what it is, who, incident, and what it says."""
    for one in lines:
        entry = "" if one.entry is None else f"entry {one.entry}"
        when = "" if one.received is None else f"{one.received.astimezone(timezone):%Y-%m-%d %H:%M}"
        yield printable("  ".join(filter(None, (entry, when, one.kind, one.who, one.incident, one.text))))
