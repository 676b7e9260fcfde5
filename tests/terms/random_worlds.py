"""Small random agreements and accounts of which all completions can be written down: what the laws are tried on.

Time is a grid of days of May 2031, so that "every moment that the file knows, and between any two" is a short list.
An agreement is data as a file gives it. A *completion* decides all that an agreement or an account leaves open.
"""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from itertools import product
from math import prod
from typing import Any

from parley.model import (
    Account,
    Amount,
    Assessment,
    Claim,
    Disc,
    Established,
    Incident,
    Interval,
    OneOf,
    Value,
    vocabulary,
)
from parley.model.vocabulary import narrower
from parley.terms import Terms, assess_all
from parley.terms.language import Agreement, faults

Story = dict[str, Value]
Data = dict[str, Any]

NAMES = {
    "west": ("West", "Army of the West"),
    "east": ("East", "Army of the East"),
    "north": ("North",),
    "band": ("Band",),
    "ridge": ("Ridge",),
    "guests": ("Guests",),
    "both": ("Both sides",),
}
ALONE = ("west", "east", "north", "band", "ridge", "guests")
NOBODY = OneOf(none_of=tuple(NAMES[one][0] for one in ALONE))
"""Somebody whom no file names."""
DAYS = range(1, 13)
ACTS = ("armed-force", "attack", "air-attack", "ground-attack", "shelling", "gunfire", "mine-laying", "advance")
MORE_ACTS = (*ACTS, "abuse", "displacement", "deny-access", "obstruct-aid", "presence", "entry", "overflight")
MEANS = ("aircraft", "indirect-fire", "artillery", "mortar", "rocket", "grad", "small-arms", "direct-fire")
OBJECTS = ("civilian", "school", "energy", "refinery", "power-plant", "military", "checkpoint", "aid-convoy")
PLACES = {"inner": (1.0, 1.0), "outer": (1.0, 2.5), "side": (1.0, 4.5), "both": (1.0, 3.5), "far": (9.0, 9.0)}


def moment(half: float) -> datetime:
    """Return a moment of the grid: 1.5 is noon of 1 May."""
    return datetime(2031, 5, 1, tzinfo=UTC) + timedelta(days=half - 1)


def when(half: float) -> str:
    """Return a moment as a file gives it."""
    return f"{moment(half):%Y-%m-%dT%H:%M}"


def time(first: float, last: float | None = None) -> Interval:
    """Return an instant, or a span of the grid."""
    return Interval(start=moment(first), end=moment(first if last is None else last))


def span(dice: random.Random, least: int = 1) -> tuple[int, int]:
    first = dice.randint(least, 9)
    return first, dice.randint(first + 1, 12)


def period(dice: random.Random, certain: float = 1.0) -> Data:
    """Return an adherence or a suspension."""
    first, last = span(dice)
    found: Data = {"from": when(first)}
    if dice.random() < 0.6:
        found["until"] = when(last)
    if dice.random() > certain:
        found["certain"] = False
    return found


def some(dice: random.Random, among: Sequence[str], most: int = 2) -> list[str]:
    return dice.sample(list(among), dice.randint(1, most))


def agreement(dice: random.Random, stateful: bool = False) -> Data:
    """Return a random agreement of two to six clauses."""
    people: list[Data] = [
        {"id": "west", "role": "party", "adheres": _adherence(dice)},
        {"id": "east", "role": "party", "adheres": _adherence(dice)},
        {"id": "north", "role": dice.choice(["party", "guarantor"]), "adheres": _adherence(dice)},
        {"id": "band", "role": "associated", "of": dice.choice(["west", "east"])},
        {"id": "ridge", "role": "group"},
        {"id": "guests", "role": "third-party"},
        {"id": "both", "role": "collective", "members": ["west", "east"]},
    ]
    for one in people:
        one |= {"name": NAMES[one["id"]][0], "also": list(NAMES[one["id"]][1:])}
    if dice.random() < 0.5:
        people[dice.choice([1, 4])]["designated"] = [
            {"by": "the list", **{k: v for k, v in period(dice).items() if k != "certain"}}
        ]
    square = lambda west, east, **more: {"polygon": [[west, 0], [east, 0], [east, 2], [west, 2]], **more}  # noqa: E731
    found: Data = {
        "format": "parley-terms/1",
        "id": "random",
        "title": "random",
        "date": "2031-04-28",
        "timezone": "UTC",
        "source": {"name": "nobody"},
        "from": when(dice.randint(1, 4)),
        "parties": people,
        "events": [{"id": "sure", "at": when(dice.randint(1, 8))}],
        "facts": [{"id": "asked", "asks": "was it asked for"}, {"id": "ruled", "asks": "was it ruled so"}],
        "zones": [
            {"id": "outer", "name": "Outer", **square(0, 4, names=["Outerland"])},
            {"id": "inner", "name": "Inner", **square(0, 2)},
            {"id": "side", "name": "Side", **square(3, 5)},
            {"id": "due", "name": "Due", "undefined": "its map is due"},
            {"id": "own", "name": "Own", "for_party": {"west": "inner", "east": "side"}},
        ],
        "sites": [{"id": "works", "name": "The works", "is": "refinery"}],
        "clauses": [],
    }
    if dice.random() < 0.5:
        first, last = span(dice)
        found["events"].append({"id": "d-day", "at": when(first), "until": when(last), "why": "disputed"})
    if dice.random() < 0.4:
        found["until"] = _end(dice)
        if dice.random() < 0.3 and isinstance(found["until"], str):
            found["extensions"] = [{"until": when(12), "certain": dice.random() < 0.5}]
    if dice.random() < 0.2:
        found["notices"] = [{"by": "West", "given": when(dice.randint(1, 9)), "days": dice.randint(0, 3)}]
    if dice.random() < 0.2:
        found["area"] = "outer"
    for number in range(dice.randint(2, 5)):
        found["clauses"].append(_clause(dice, number, found, stateful))
    if dice.random() < 0.4:
        found["readings"] = _readings(dice, found["clauses"])
    assert not list(faults(Agreement.model_validate(found)))
    return found


def _adherence(dice: random.Random) -> list[Data]:
    if dice.random() < 0.5:
        return [{"from": when(1)}]
    if dice.random() < 0.5:  # two that meet, leave a gap, or overlap
        last = dice.randint(3, 6)
        first: Data = {"from": when(1), "until": when(last)}
        return [first, {"from": when(last + dice.randint(-1, 1)), "certain": dice.random() < 0.7}]
    return [period(dice, certain=0.7)]


def _start(dice: random.Random, found: Data) -> str:
    event = dice.choice([one["id"] for one in found["events"]])
    return dice.choice([event, f"{event} + {dice.randint(1, 3)} days", when(dice.randint(1, 6))])


def _end(dice: random.Random) -> Any:
    first, last = span(dice, 4)
    return dice.choice([when(last), {"not_before": when(first), "not_after": when(last), "why": "disputed"}])


def _clause(dice: random.Random, number: int, found: Data, stateful: bool) -> Data:
    earlier = [one["id"] for one in found["clauses"]]
    kind = dice.choice(["prohibition"] * 4 + ["permission", "duty", "prevention", "standard"])
    one: Data = {"id": f"c{number}", "article": str(number), "says": "so", "kind": kind}
    if dice.random() < 0.3:
        one["from"] = _start(dice, found)
    if dice.random() < 0.25:
        one["until"] = _end(dice)
    if dice.random() < 0.25:
        one["suspended"] = [period(dice, 0.7) for _ in range(dice.randint(1, 2))]
    if dice.random() < 0.3:
        one["zone"] = dice.choice(["outer", "inner", "side", "due", "own"])
    elif dice.random() < 0.2:
        one["outside"] = dice.choice(["inner", "side", "own"])
    if dice.random() < 0.25:
        one["binds"] = some(dice, ["west", "east", "north", "both", "ridge"])
    if dice.random() < 0.3:
        one["excluded_groups"] = False
    before = [other for other in found["clauses"] if other["kind"] != "standard"]
    if before and dice.random() < 0.35:
        one["yields_to"] = [dice.choice(before)["id"]]
    if stateful and earlier and dice.random() < 0.6:
        one["released_by_breach_of"] = [dice.choice([*earlier, one["id"]])]
    if kind == "duty":
        return one | _duty(dice)
    if kind == "standard":
        return one | {"ruling": "ruled", "judged_by": "somebody"}
    if kind == "prevention":
        one |= {"binds": some(dice, ["west", "east", "both"], 1), "acts_of": some(dice, ["ridge", "west", "band"])}
        if dice.random() < 0.5:
            one["unless"] = ["asked"]
    one["acts"] = some(dice, MORE_ACTS if dice.random() < 0.3 else ACTS, 3)
    if dice.random() < 0.3:
        one["means"] = [_means(dice) for _ in range(dice.randint(1, 2))]
    if dice.random() < 0.25:
        one["objects"] = some(dice, OBJECTS)
        if kind == "prohibition" and dice.random() < 0.4:
            one["registered"] = True
    if kind == "permission":
        if dice.random() < 0.4:
            one["requires"] = ["asked"]
        over = [other["id"] for other in found["clauses"] if other["kind"] not in ("duty", "permission")]
        if over and dice.random() < 0.5:
            one["over"] = [dice.choice(over)]
    if kind == "prohibition" and dice.random() < 0.4:
        one["exempt"] = [{"ground": "self-defence", "says": "x"}]
        if dice.random() < 0.5:
            one["exempt"].append({"ground": "return-fire", "says": "y", "requires": ["asked"]})
    return one


def _means(dice: random.Random) -> Any:
    if dice.random() < 0.6:
        return dice.choice(MEANS)
    return {"kind": dice.choice(["artillery", "rocket"]), dice.choice(["calibre_from_mm", "calibre_below_mm"]): 122}


def _duty(dice: random.Random) -> Data:
    by = dice.randint(3, 10)
    found: Data = {"does": some(dice, ["withdrawal", "aid-delivery", "report"], 1), "by": when(by)}
    if dice.random() < 0.3:
        found["begin_by"] = when(by - 1)
    if dice.random() < 0.3:
        found["quantity"] = 10
    elif dice.random() < 0.3:
        found["quantities"] = [{"of": "trucks", "at_least": 5, "at_most": 10}]
    if dice.random() < 0.3:
        found["put_off"] = [{"until": when(dice.randint(by, 12)), "certain": dice.random() < 0.5}]
    return found


def _readings(dice: random.Random, clauses: Sequence[Data]) -> list[Data]:
    found: list[Data] = []
    for number in range(dice.randint(1, 3)):
        one = dice.choice(clauses)
        if one["kind"] in ("duty", "standard"):
            continue
        change = dice.choice([{"acts": some(dice, ACTS)}, {"zone": "side"}, {"binds": ["east"]}, {"zone": "inner"}])
        held = [dice.choice(["west", "east"])]
        found.append({"id": f"r{number}", "held_by": held, "says": "x", "clauses": [one["id"]], **change})
    return found


def account(dice: random.Random, agreement_: Data, vague: float = 0.5) -> Story:
    """Return a random account; *vague* is how often a value leaves something open."""
    duties = [one for one in agreement_["clauses"] if one["kind"] == "duty"]
    doing = dice.choice(duties)["does"][0] if duties and dice.random() < 0.6 else None
    people = list(NAMES)[:6]

    def names(among: Sequence[str]) -> OneOf:
        said = [dice.choice(NAMES[one]) for one in some(dice, among, 3 if dice.random() < vague else 1)]
        if dice.random() < vague / 4:
            return OneOf(none_of=tuple(said))
        return OneOf(any_of=("Both sides",) if dice.random() < vague / 5 else tuple(said))

    def terms(among: Sequence[str]) -> OneOf:
        said = tuple(some(dice, among, 2 if dice.random() < vague else 1))
        if dice.random() < vague / 3:
            return OneOf(any_of=said, none_of=(dice.choice(among),))
        return OneOf(any_of=said)

    half = dice.randint(2, 24) / 2
    found: Story = {
        "time": time(half, half + dice.randint(1, 6) / 2) if dice.random() < vague else time(half),
        "place": Disc(**dict(zip(("lat", "lon"), PLACES[dice.choice(list(PLACES))], strict=True)), radius_m=0),
        "act": OneOf(any_of=(doing,)) if doing else terms(MORE_ACTS if dice.random() < 0.3 else ACTS),
        "actor": names(people),
        "affected": names(people),
    }
    if dice.random() < 0.6:
        found["means"] = terms(MEANS)
    if dice.random() < 0.3:
        found["calibre"] = Amount(low=100, high=130 if dice.random() < vague else 100)
    if dice.random() < 0.4:
        found["object"] = terms(OBJECTS)
    elif dice.random() < 0.2:
        found["site"] = OneOf(any_of=("The works",))
    if dice.random() < 0.4:
        found["exemption"] = terms(("self-defence", "return-fire", "mistaken-identity"))
    for fact in ("asked", "ruled"):
        if dice.random() < 0.5:
            found[f"fact:{fact}"] = OneOf(any_of=(dice.choice(["yes", "no"]),))
    if doing:
        found["done"] = terms(("yes", "begun", "no"))
        for name in ("quantity", "quantity:trucks"):
            if dice.random() < 0.7:
                low = dice.randint(0, 14)
                found[name] = Amount(low=low, high=low + (dice.randint(1, 8) if dice.random() < vague else 0))
    return found


# Completions


def completed(story: Story) -> Iterator[Story]:
    """Yield every way in which all that *story* speaks of may have been."""
    each = [[(name, one) for one in _values(name, value)] for name, value in story.items()]
    yield from map(dict, product(*each))


def many(story: Story) -> int:
    """Return how many completions *story* has at the most."""
    return prod(len(list(_values(name, value))) for name, value in story.items())


def consistent(story: Story) -> bool:
    """Say whether act and means can both be so: what the act always has, and never has, is no other than claimed."""
    act, means = story.get("act"), story.get("means")
    if not isinstance(act, OneOf) or not isinstance(means, OneOf) or len(act.any_of) != 1 or len(means.any_of) != 1:
        return True
    said, wide = means.any_of[0], vocabulary("act")[act.any_of[0]].wider | {act.any_of[0]}
    flies = said == "aircraft" or "aircraft" in vocabulary("means")[said].wider
    if wide & {"air-attack", "overflight"}:
        return flies
    return not (flies and "ground-attack" in wide) and "mine-laying" not in wide


def _values(name: str, value: Value) -> Iterator[Value]:
    if isinstance(value, Interval):
        grid = [at / 4 for at in range(4, 100) if _in_span(moment(at / 4), value)]
        # every moment that a file may know, and of what lies between two of them the first that there is
        yield from (time(at) for nth, at in enumerate(grid) if at % 1 == 0 or nth == 0 or grid[nth - 1] % 1 == 0)
    elif isinstance(value, Amount):
        assert value.high is not None
        marks = {value.low, value.high, *(one for one in (5, 10, 122) for one in (one - 1, one, one + 1))}
        yield from (Amount(low=one, high=one) for one in sorted(marks) if value.low <= one <= value.high)
    elif isinstance(value, OneOf) and name in ("actor", "affected"):
        yield from _people(value)
    elif isinstance(value, OneOf) and name in ("act", "means", "object"):
        yield from _terms(name, value)
    elif isinstance(value, OneOf) and name in ("done", "exemption"):
        left = [one for one in value.any_of if one not in value.none_of]
        yield from (OneOf(any_of=(one,)) for one in left or value.any_of)
    else:
        yield value


def _in_span(one: datetime, value: Interval) -> bool:
    return one == value.start if value.start == value.end else value.start <= one < value.end


def _people(value: OneOf) -> Iterator[OneOf]:
    denied = {one for one in ALONE for name in value.none_of if name in NAMES[one]}
    if "west" in denied or "east" in denied:
        denied |= {"band"}  # whoever denies a party denies its associated force; leaving it out is no completion less
    if not value.any_of:
        yield from (OneOf(any_of=(NAMES[one][0],)) for one in ALONE if one not in denied)
        yield NOBODY
    for name in value.any_of:
        if name in NAMES["both"]:
            yield from (OneOf(any_of=(NAMES[one][0],)) for one in ("west", "east"))
        else:
            yield OneOf(any_of=(name,))


@cache
def _besides(family: str, name: str, denied: tuple[str, ...]) -> tuple[str, ...]:
    """Return what it was not where it was *name* and nothing narrower."""
    below = narrower(family, name) - {name}
    return tuple(sorted(below | {one for one in denied if name not in narrower(family, one)}))


def _terms(family: str, value: OneOf) -> Iterator[OneOf]:
    denied = {low for name in value.none_of for low in narrower(family, name)}
    left = [name for name in value.any_of if not (vocabulary(family)[name].wider | {name}) & denied]
    if not left:
        left, denied = list(value.any_of), set()
    below = {low for name in left for low in narrower(family, name)} - denied
    yield from (OneOf(any_of=(low,), none_of=_besides(family, low, value.none_of)) for low in sorted(below))


def decided(agreement_: Data) -> Iterator[Data]:
    """Yield every way in which all that *agreement_* itself leaves open may have been, readings aside."""
    ways: list[tuple[tuple[str | int, ...], list[Any]]] = []
    for at, event in enumerate(agreement_["events"]):
        if "until" in event:
            halves = [half / 2 for half in range(2, 30) if event["at"] <= when(half / 2) <= event["until"]]
            ways.append((("events", at), [{"id": event["id"], "at": when(half)} for half in halves]))
    for at, party in enumerate(agreement_["parties"]):
        open_ = [nth for nth, one in enumerate(party.get("adheres", ())) if one.get("certain") is False]
        if open_:
            kept = [one for nth, one in enumerate(party["adheres"]) if nth not in open_]
            sure = [{k: v for k, v in one.items() if k != "certain"} for one in party["adheres"]]
            ways.append((("parties", at, "adheres"), [kept or [{"from": "1900-01-01", "until": "1900-01-02"}], sure]))
        elif party["role"] == "group":
            ways.append(
                (("parties", at), [{**party, "adheres": [{"from": "1900-01-01"}]}, {**party, "role": "third-party"}])
            )
    for path in [("until",), *(("clauses", at, "until") for at in range(len(agreement_["clauses"])))]:
        end = _at(agreement_, path)
        if isinstance(end, Mapping):
            halves = [h / 2 for h in range(2, 30) if end["not_before"] <= when(h / 2) <= end["not_after"]]
            ways.append((path, [when(half) for half in halves]))
    lists: list[tuple[str | int, ...]] = [("extensions",)]
    lists += [("clauses", at, key) for at in range(len(agreement_["clauses"])) for key in ("suspended", "put_off")]
    for path in lists:
        each = _at(agreement_, path) or []
        if any(one.get("certain") is False for one in each):
            options = [[[one]] if one.get("certain", True) else [[], [{**one, "certain": True}]] for one in each]
            combos = [[one for part in parts for one in part] for parts in product(*options)]
            ways.append((path, combos))
    for chosen in product(*(options for _, options in ways)):
        found = json.loads(json.dumps(agreement_))
        for (path, _), value in zip(ways, chosen, strict=True):
            _put(found, path, value)
        yield found


def openness(agreement_: Data) -> int:
    """Return in how many ways an agreement may be decided, up to a thousand."""
    number = 0
    for number, _ in enumerate(decided(agreement_), start=1):
        if number >= 1000:
            break
    return number


def _at(data: Any, path: Sequence[str | int]) -> Any:
    for key in path:
        data = data[key] if isinstance(key, int) else data.get(key)
        if data is None:
            return None
    return data


def _put(data: Any, path: Sequence[str | int], value: Any) -> None:
    *above, last = path
    for key in above:
        data = data[key]
    data[last] = value


# Asking


@lru_cache(maxsize=256)
def _loaded(text: str) -> Terms:
    return Terms(Agreement.model_validate(json.loads(text)))


def terms_of(agreement_: Data) -> Terms:
    """Return an agreement ready to be asked."""
    return _loaded(json.dumps(agreement_))


def happening(*stories: Mapping[str, Value], number: int = 1, sources: Sequence[str] = ()) -> Incident:
    """Return an incident of which each of *stories* is what one source tells."""
    times = [span for one in stories if isinstance(span := one.get("time"), Interval)]
    everywhere = Disc(lat=0, lon=0, radius_m=20_000_000)
    accounts = [
        Account(
            sources[nth] if sources else f"source {nth}",
            (number * 100 + nth,),
            tuple(Claim(attribute=name, value=value) for name, value in one.items()),
        )
        for nth, one in enumerate(stories)
    ]
    hull = Interval(
        start=min((one.start for one in times), default=moment(1)),
        end=max((one.end for one in times), default=moment(12)),
    )
    return Incident(f"I-{number:05}", hull, everywhere, tuple(range(len(stories))), (), tuple(accounts), ())


def ask(agreement_: Data, *incidents: Incident, established: Sequence[Established] = ()) -> tuple[Assessment, ...]:
    """Return what an agreement makes of incidents; a clause that could not be evaluated is a fault."""
    found = assess_all(terms_of(agreement_), incidents, established)
    for one in found:
        for clause in one.clauses:
            for answer in (*clause.accounts, clause.agreed):
                assert answer.code != "failed", answer.reasons.in_a_line
    return found


def possible(agreement_: Data, stories: Sequence[Story]) -> list[dict[str, frozenset[str]]]:
    """Return by clause which answers each story, told alone, leaves possible."""
    told = [happening(story, number=number) for number, story in enumerate(stories, start=1)]
    return [
        {clause.clause: frozenset(clause.accounts[0].possible) for clause in one.clauses}
        for one in ask(agreement_, *told)
    ]
