"""What a worked case tells, read as claims: each value that is none, each name that nobody bears, with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from parley.model import (
    ATTRIBUTES,
    FACT,
    FAMILIES,
    QUANTITY,
    Amount,
    Attribute,
    Cause,
    Count,
    Disc,
    Interval,
    OneOf,
    Unknown,
    Value,
    Words,
    fold,
    vocabulary,
)
from parley.terms.checking.cautions import exchanged
from parley.terms.checking.times import clocks, time_meant
from parley.terms.checking.wording import TIME, term_fault
from parley.terms.language import Duty
from parley.terms.language.faults import Fault, Path, closest, perhaps
from parley.terms.terms import Terms

Story = Mapping[str, Any]
"""What is told of one happening: values by attribute, and under `known` the answers to single facts."""

_AMOUNTS = ("calibre", "altitude", "quantity")
_COUNTS = ("deaths", "deaths-civilian", "injured")
_PLACE = "{at: [latitude, longitude], within_m: 500, name: Ford}"
_MOST = 1e300  # also of what is no number, and of what no float holds
_YES_NO = {True: "yes", False: "no", "yes": "yes", "no": "no"}


class Slip(ValueError):  # noqa: N818
    """Raised where a value of a story is none; `fault` is told with the path below the story."""

    def __init__(
        self, path: Path, expected: str, words: str = "", found: Any = "", at_key: bool = False, family: str = ""
    ) -> None:
        told = "" if found is None or isinstance(found, Mapping | list | tuple) else str(found)
        self.fault = Fault(path, expected, words, told, at_key, family=family)
        super().__init__(f"{expected}{words}" + (f", found {told!r}" if told else ""))


@dataclass
class Telling:
    """Reads the stories of one file of cases; collects what is wrong with them, and what may not be meant.

    `shown` are the terms as the reader of the messages may see them: no other names are offered.
    """

    terms: Terms
    shown: Terms
    faults: list[Fault] = field(default_factory=list)
    cautions: list[Fault] = field(default_factory=list)

    def story(self, given: Iterable[tuple[Path, Story]]) -> dict[Attribute, Value]:
        """Return the claims of what is told at several places of a file, of which the last that speaks counts."""
        values: dict[Attribute, Value] = {}
        last = {name: (path, said[name]) for path, said in given for name in said}
        for name, (path, said) in last.items():
            try:
                values |= claims(name, said, self.terms)
            except Slip as slip:
                self.faults.append(slip.fault._replace(path=(*path, *slip.fault.path)))
                continue
            self.cautions += (one._replace(path=(*path, *one.path)) for one in _doubts(name, said, values, self))
        return values


def claims(name: str, said: Any, terms: Terms) -> dict[Attribute, Value]:
    """Return what is claimed where a story says *said* under *name*; nothing of what it leaves open.

    Raises:
        Slip: *name* is no attribute, or *said* is no value of it.
    """
    if name == "known":
        return dict(_known(said, terms))
    path: Path = (name,)
    if name.startswith(FACT):
        return dict(_fact(name.removeprefix(FACT), said, terms, path))
    if name.startswith(QUANTITY):
        _has_quantity(name, terms)
    elif name not in ATTRIBUTES:
        words = perhaps(name, (*ATTRIBUTES, "known")) or f": one of {', '.join(ATTRIBUTES)}, known"
        raise Slip(path, "an attribute of an account", words, name, at_key=True)
    if said is None:
        return {}
    return {name: _value(name, said, terms, path)}


def _known(said: Any, terms: Terms) -> Iterator[tuple[Attribute, Value]]:
    if said is None:
        return
    if not isinstance(said, Mapping):
        raise Slip(("known",), "facts with yes or no, such as {announced: yes}", "", said)
    for fact, answer in said.items():
        yield from _fact(str(fact), answer, terms, ("known", fact))


def _fact(fact: str, said: Any, terms: Terms, path: Path) -> Iterator[tuple[Attribute, Value]]:
    if fact not in terms.facts:
        raise Slip(path, "the id of a fact of the agreement", perhaps(fact, terms.facts), fact, at_key=True)
    if isinstance(said, Mapping):
        yield FACT + fact, _unknown(said, path)
    elif said is not None:
        if not isinstance(said, str | bool) or said not in _YES_NO:
            raise Slip(path, "yes or no", "", said)
        yield FACT + fact, OneOf(any_of=(_YES_NO[said],))


def _has_quantity(name: str, terms: Terms) -> None:
    duties = [clause for clause in terms.agreement.clauses if isinstance(clause, Duty)]
    known = {one.attribute for duty in duties for one in duty.all_quantities}
    if name not in known:
        raise Slip((name,), "a quantity that a duty of the agreement names", perhaps(name, known), name, at_key=True)


def _value(name: str, said: Any, terms: Terms, path: Path) -> Value:
    if isinstance(said, Mapping) and "unknown" in said:
        return _unknown(said, path)
    if name == "time":
        return _time(said, terms, path)
    if name == "place":
        return _place(said, path)
    if name in _AMOUNTS or name.startswith(QUANTITY):
        low, high = _span(said, path, "100 or [100, 120]")
        return Amount(low=low, high=high)
    if name in _COUNTS:
        return _count(said, path)
    if name == "account":
        return Words(text=str(said))
    return _one_of(name, said, path)


def _unknown(said: Mapping[Any, Any], path: Path) -> Unknown:
    if set(said) != {"unknown"}:
        raise Slip(path, "yes, no, or {unknown: the reason}")
    if not said["unknown"]:
        return Unknown(why=Cause(code="no-reason"))
    return Unknown(why=Cause(code="as-said", params={"said": str(said["unknown"])}))


def _time(said: Any, terms: Terms, path: Path) -> Interval:
    ends = said if isinstance(said, list) else [said]
    if not 1 <= len(ends) <= 2:
        raise Slip(path, "one time, or a start and an end, such as [2031-05-10T12:00, 2031-05-10T14:00]")
    moments = [
        terms.moment(local(one, (*path, nth) if isinstance(said, list) else path)) for nth, one in enumerate(ends)
    ]
    if moments[-1] < moments[0]:
        raise Slip(path, "an end that is not before the start", "", " to ".join(map(str, ends)))
    return Interval(start=moments[0], end=moments[-1])


def local(said: Any, path: Path) -> datetime:
    """Return the time that *said* is, with an offset only if it has one; raise Slip where it is none."""
    found = said
    if isinstance(said, str):
        try:
            found = datetime.fromisoformat(said)
        except ValueError:
            raise Slip(path, TIME, time_meant(said), said) from None
    elif isinstance(said, date) and not isinstance(said, datetime):
        found = datetime(said.year, said.month, said.day)  # noqa: DTZ001  the agreement's own zone is added
    if not isinstance(found, datetime) or not 1900 <= found.year < 2200:
        raise Slip(path, TIME, "", said)
    clock = found.hour, found.minute, found.second, found.microsecond
    return datetime(found.year, found.month, found.day, *clock, found.tzinfo)  # noqa: DTZ001  YAML has its own class


def _place(said: Any, path: Path) -> Disc:
    at = said.get("at") if isinstance(said, Mapping) else None
    if not isinstance(at, list) or len(at) != 2:
        raise Slip(path, f"a place such as {_PLACE}", "", said)
    for key in said:
        if key not in ("at", "within_m", "name"):
            words = f"; perhaps {close!r}" if (close := closest(str(key), ("at", "within_m", "name"))) else ""
            raise Slip((*path, key), f"a place such as {_PLACE}", words, key, at_key=True)
    lat, lon = (_number(one, (*path, "at"), "degrees, such as [36.2, 37.16]") for one in at)
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        swapped = abs(lon) <= 90 and abs(lat) <= 180
        words = f"; they seem exchanged: perhaps [{lon:g}, {lat:g}]" if swapped else ""
        raise Slip(
            (*path, "at"), "[latitude, longitude] from -90 to 90 and from -180 to 180", words, f"{lat:g}, {lon:g}"
        )
    within = _number(said.get("within_m", 0), (*path, "within_m"), "metres, such as 500")
    if not 0 <= within <= 20_000_000:
        raise Slip((*path, "within_m"), "metres from 0 to 20,000,000", "", f"{within:g}")
    return Disc(lat=lat, lon=lon, radius_m=round(within), name=str(said.get("name") or ""))


def _number(said: Any, path: Path, example: str) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float) or not abs(said) < _MOST:
        raise Slip(path, f"a number without a unit: {example}", "", said)
    return float(said)


def _span(said: Any, path: Path, example: str) -> tuple[float, float | None]:
    """Return the two numbers of *said*: the same twice, or a least and a most, which may be open."""
    ends = said if isinstance(said, list) and len(said) == 2 else [said, said]
    low = _number(ends[0], path, example)
    high = None if isinstance(said, list) and ends[1] is None else _number(ends[1], path, example)
    if low < 0 or (high is not None and high < low):
        raise Slip(path, f"numbers from 0, the smaller one first: {example}", "", said)
    return low, high


def _count(said: Any, path: Path) -> Count:
    example = "3, [2, 5], or {low: 2, best: 3, high: 5}"
    if isinstance(said, Mapping):
        low, best, high = (said.get(key) for key in ("low", "best", "high"))
        ends: list[Any] = [low, high]
    else:
        best = None
        low, high = _span(said, path, example)
        ends = [low, high]
        if low == high:
            best = low
    try:
        return Count(low=ends[0] if ends[0] is not None else 0, best=best, high=ends[1])
    except ValueError:
        raise Slip(path, f"whole numbers in their order: {example}", "", said) from None


def _one_of(name: str, said: Any, path: Path) -> OneOf:
    if not isinstance(said, Mapping):
        return OneOf(any_of=_names(name, said, path))
    for key in said:
        if key not in ("any", "not"):
            words = f"; perhaps {close!r}" if (close := closest(str(key), ("any", "not"))) else ""
            raise Slip((*path, key), "names, or {any: […], not: […]}", words, key, at_key=True)
    any_of, none_of = (
        _names(name, said[key], (*path, key)) if said.get(key) is not None else () for key in ("any", "not")
    )
    if not any_of and not none_of:
        raise Slip(path, "names, or {any: […], not: […]} with one name or more")
    return OneOf(any_of=any_of, none_of=none_of)


def _names(name: str, said: Any, path: Path) -> tuple[str, ...]:
    words = [said] if isinstance(said, str | bool) else said
    if not isinstance(words, list | tuple) or not words:
        raise Slip(path, "a name, or a list of names", "", said)
    found = []
    for nth, word in enumerate(words):
        where = (*path, nth) if words is said else path
        if name == "done" and isinstance(word, bool):
            word = _YES_NO[word]
        if not isinstance(word, str):
            raise Slip(where, "a name; in quotes where it looks like a number", "", word)
        if name in FAMILIES and word not in vocabulary(name) and (name, word) != ("exemption", "none"):
            fault = term_fault(where, name, word)
            raise Slip(where, fault.expected, fault.words, word, family=name)
        found.append(word)
    return tuple(found)


def _doubts(name: str, said: Any, values: Mapping[Attribute, Value], telling: Telling) -> Iterator[Fault]:
    """Yield what may not be meant in one value that is right in itself."""
    terms, agreement = telling.terms, telling.terms.agreement
    if name == "time":
        for nth, one in enumerate(said if isinstance(said, list) else [said]):
            when = None if one is None or isinstance(one, Mapping) else local(one, ())
            if when is not None and when.tzinfo is None and (told := clocks(when, agreement.zone_info)):
                path: Path = ("time", nth) if isinstance(said, list) else ("time",)
                yield Fault(path, "a time that the clocks show once", f"; {told}")
        return
    value = values.get(name)
    if isinstance(value, Disc):
        drawn = [zone.polygon or zone.line for zone in terms.zones.values()]
        corners = [corner for corners in drawn if isinstance(corners, tuple) for corner in corners]
        if exchanged([(value.lon, value.lat)], corners):
            yield Fault(("place", "at"), "[latitude, longitude]; they seem exchanged, since that brings it to a zone")
    if isinstance(value, OneOf) and name in ("actor", "affected", "area", "site"):
        borne = set(map(fold, borne_names(name, terms)))
        for path, word in _words(said, (name,)):
            if fold(word) not in borne and (close := closest(word, borne_names(name, telling.shown))):
                yield Fault(path, "a name that the agreement has", f"; perhaps {close!r}", word)


def borne_names(attribute: str, terms: Terms) -> list[str]:
    """Return the names that the agreement has for what *attribute* names."""
    agreement = terms.agreement
    if attribute == "area":
        return [name for zone in agreement.zones for name in (zone.id, zone.name, *zone.names)]
    parts = agreement.sites if attribute == "site" else agreement.parties
    return [name for part in parts for name in (part.id, part.name, *part.also)]


def _words(said: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(said, str):
        yield path, said
    elif isinstance(said, Mapping):
        for key, below in said.items():
            yield from _words(below, (*path, key))
    elif isinstance(said, list):
        for nth, below in enumerate(said):
            yield from _words(below, (*path, nth))
