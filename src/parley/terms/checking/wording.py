"""What pydantic says of a file's parts, in plain words: one fault for each slip, with what could stand there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from parley.model import FAMILIES, nearest, vocabulary
from parley.terms.checking.source import Source, holds
from parley.terms.checking.times import time_meant
from parley.terms.language.faults import Fault, Path, closest

Schema = Mapping[str, Any]
"""The JSON Schema of a whole file."""

EXAMPLES: Mapping[str, str] = {
    "accounts": "accounts: [{actor: Westbank}, {actor: {not: Westbank}}]",
    "acts": "acts: [attack]",
    "acts_of": "acts_of: [east]",
    "after": "after: [{time: 2031-05-09T12:00}]",
    "agreement": "agreement: river-truce",
    "answer": "answer: no breach",
    "article": "article: Article 1",
    "asks": "asks: Was it announced?",
    "base": "base: {time: 2031-05-10T12:00, act: shelling, actor: Westbank}",
    "binds": "binds: [west]",
    "by": "by: 2031-05-10T12:00",
    "case": "case: Shelling in the truce",
    "cases": "cases: [{case: Shelling in the truce, clause: attacks, answer: breach}]",
    "clause": "clause: attacks",
    "clauses": "clauses: [{id: attacks, article: Article 1, says: Nobody attacks., acts: [attack]}]",
    "date": "date: 2031-04-28",
    "does": "does: [withdrawal]",
    "facts": "facts: {act: shelling}",
    "for_party": "for_party: {west: road}",
    "format": "format: parley-terms/1",
    "from": "from: 2031-05-02T06:00",
    "given": "given: 2031-05-20T12:00",
    "ground": "ground: self-defence",
    "id": "id: attacks",
    "is": "is: power-plant",
    "judged_by": "judged_by: the joint commission",
    "known_until": "known_until: 2032-05-02T06:00",
    "language": "language: ar",
    "means": "means: [mortar]",
    "months": "months: 6",
    "name": "name: Westbank",
    "not_before": "not_before: 2031-06-01T00:00",
    "parties": "parties: [{id: west, name: Westbank, role: party, adheres: [{from: 2031-05-01}]}]",
    "points": "points: [[36.1, 34.2], [36.4, 34.3]]",
    "question": "question: exemption",
    "role": "role: party",
    "ruling": "ruling: against-spirit",
    "says": "says: it in our own words",
    "source": "source: {name: Text signed by both sides}",
    "subject": "subject: attacks",
    "timezone": "timezone: Asia/Damascus",
    "title": "title: The river truce",
    "until": "until: 2031-06-02T06:00",
    "wording": "wording: {ar: …}",
    "why": "why: each side names another day",
    "zone": "zone: road",
}
"""A key with a value as it may stand in a file."""

_OF_A_PART = {
    ("Agreement", "id"): "id: river-truce",
    ("Designation", "by"): "by: UN Security Council list",
    ("Event", "id"): "id: d-day",
    ("Fact", "id"): "id: announced",
    ("Interpreter", "name"): "name: The joint commission",
    ("Line", "id"): "id: river",
    ("Line", "name"): "name: The river",
    ("Notice", "by"): "by: west",
    ("Party", "id"): "id: west",
    ("Source", "name"): "name: Text signed by both sides",
    ("Zone", "id"): "id: road",
    ("Zone", "name"): "name: The road",
}
"""What is otherwise in one kind of part."""

POSITION = "[longitude, latitude] in degrees, such as [36.1, 34.2]"
TIME = "a time such as 2031-05-02T06:00"
WHEN = f"{TIME}, or counted from an event such as d-day + 14 days"


def plain_faults(errors: Sequence[Any], source: Source, schema: Schema) -> list[Fault]:
    """Return the *errors* of pydantic as faults of *source*, without those that only follow from another."""
    placed = [(_path(error, source), error) for error in errors]
    wrong_format = [one for one in placed if one[0] == ("format",) and one[1]["type"] == "literal_error"]
    told = dict(reversed(wrong_format or list(_causes(placed))))  # of one place the first
    meant = {
        (*path[:-1], _meant(path, error, source, schema)) for path, error in told.items() if error["type"] in _NO_KEY
    }
    return [_fault(path, error, source, schema) for path, error in told.items() if path not in meant]


_NO_KEY = ("extra_forbidden", "invalid_key")


def _path(error: Any, source: Source) -> Path:
    """Return the path of *error* in the file: without the steps of pydantic's own, such as a union's member."""
    path: list[str | int] = []
    node = source.data
    for step in error["loc"]:
        if holds(node, step):
            path.append(step)
            node = node[step]
    if error["type"] == "missing" or (error["type"] in _NO_KEY and path[-1:] != list(error["loc"][-1:])):
        path.append(error["loc"][-1])
    for nth, step in enumerate(path):
        if step in ("polygon", "points") or (step == "line" and len(path) > nth + 1):
            return tuple(path[: nth + 2])  # one fault for each corner is enough
    return tuple(path)


def _causes(placed: list[tuple[Path, Any]]) -> Iterator[tuple[Path, Any]]:
    """Yield those that do not follow from another: of short lists with faulty members, of a shape's corners."""
    shapes: set[Path] = set()
    for path, error in placed:
        below = any(len(other) > len(path) and other[: len(path)] == path for other, _ in placed)
        if error["type"] == "too_short" and below:
            continue
        if path[-2:-1] in (("polygon",), ("points",), ("line",)):
            if path[:-1] in shapes:
                continue
            shapes.add(path[:-1])
        yield path, error


def _fault(path: Path, error: Any, source: Source, schema: Schema) -> Fault:
    kind, key, given = error["type"], str(path[-1]) if path else "", error["input"]
    title, _ = part_at(schema, error["loc"][:-1])
    if kind == "missing":
        return Fault(path, f"the key {key!r}{_such_as(title, key)}")
    if kind in _NO_KEY:
        return _no_such_key(path, key, error, source, schema)
    if path[-2:-1] in (("polygon",), ("points",), ("line",)):
        return _corner(path, source)
    value = source.value(path)
    found = "" if value is None or isinstance(value, Mapping | list) else str(given)
    if kind == "union_tag_invalid":
        found, options = str(error["ctx"]["tag"]), re.findall(r"'([^']*)'", error["ctx"]["expected_tags"])
        return Fault((*path, "kind"), *_one_of(found, options), found)
    if kind == "literal_error":
        options = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return Fault(path, *_one_of(found, options), found)
    if value is None and kind != "value_error":
        return Fault(path, f"a value{_such_as(title, key)}", "", "nothing", at_key=True)
    if kind == "value_error":
        return _value(path, key, str(error["ctx"].get("error", "")), found)
    if kind in ("tuple_type", "list_type"):
        return Fault(path, "a list, even of one", _as_list(schema, error["loc"], key, value), found)
    if kind in ("model_type", "dict_type", "model_attributes_type"):
        return Fault(path, f"keys with values, such as {_keyed(schema, error['loc']) or '{name: …}'}", "", found)
    if kind.startswith(("datetime_", "timezone_")):
        return Fault(path, TIME if title in ("Adherence", "Designation") else WHEN, time_meant(found), found)
    if kind.startswith("date_"):
        return Fault(path, "a day such as 2031-04-28", time_meant(found, day=True), found)
    return Fault(path, *_simple(kind, error, key, found), found)


def _such_as(title: str, key: str) -> str:
    """Return an example for *key* of a part, as the end of a sentence; "" where there is none."""
    example = _OF_A_PART.get((title, key)) or EXAMPLES.get(key)
    return f", such as {example}" if example else ""


def _simple(kind: str, error: Any, key: str, found: str) -> tuple[str, str]:
    """Return what is expected of a single value, and words of the file to go on with."""
    number = re.search(r"-?\d+(?:[.,]\d+)?", found)
    meant = f"; perhaps {number[0].replace(',', '.')}" if number else ""
    context = error.get("ctx") or {}
    if kind == "string_pattern_mismatch":
        slug = re.sub(r"[^a-z0-9.]+", "-", found.lower()).strip("-.")
        words = f"; perhaps {slug!r}" if slug else ""
        return "an id of small letters, digits, dots and hyphens, such as river-truce", words
    if kind.startswith("string_too_"):
        return ("text" if kind == "string_too_short" else f"at most {context.get('max_length')} letters"), ""
    if kind == "string_type":
        if key in ("zone", "outside", "area", "line", "of", "ruling", "clause"):
            return "one id, such as road", ""
        return "text, in quotes where it looks like a number or a day", ""
    if kind in ("float_parsing", "float_type"):
        return "a number without a unit, such as 100", meant
    if kind.startswith("int_"):
        return "a whole number without a unit, such as 14", meant
    if kind.startswith("bool_"):
        return "true or false", ""
    if kind == "too_short":
        return f"a list of {context['min_length']} or more", ""
    if kind == "too_long":
        return f"a list of at most {context['max_length']}", ""
    for name, words in (
        ("ge", "of {:g} or more"),
        ("gt", "above {:g}"),
        ("le", "of {:g} or less"),
        ("lt", "below {:g}"),
    ):
        if name in context:
            return f"a number {words.format(context[name])}", ""
    if kind == "finite_number":
        return "a number", ""
    if kind == "recursion_loop":
        return "a value that does not hold itself", ""
    return "another value", f": {str(error['msg']).removeprefix('Input should be ')}"


def _meant(path: Path, error: Any, source: Source, schema: Schema) -> str | None:
    """Return the key that a key which the part has not may be meant for; None where that is not clear."""
    own, key = list(part_at(schema, error["loc"][:-1])[1].get("properties", {})), str(path[-1])
    if key.partition(":")[0] in own:
        return key.partition(":")[0]
    given = source.value(path[:-1])
    return closest(key, [name for name in own if not holds(given, name)])


def _no_such_key(path: Path, key: str, error: Any, source: Source, schema: Schema) -> Fault:
    """Say which key may be meant, or to which part it belongs, or which could stand there."""
    meant = _meant(path, error, source, schema)
    if meant and key.startswith(f"{meant}:"):
        return Fault(path, "a blank after the colon", f"; perhaps '{meant}: {key[len(meant) + 1 :]}'", key, at_key=True)
    if meant:
        return Fault(path, "another key here", f"; perhaps {meant!r}", at_key=True)
    if isinstance(path[-1], int | float):
        expected = "a number without a comma in it: between brackets, a comma begins the next entry"
        return Fault(path, expected, "", key, at_key=True)
    elsewhere = [title.lower() for title, one in schema.get("$defs", {}).items() if key in one.get("properties", {})]
    if key in schema.get("properties", {}):
        elsewhere.insert(0, "the file as a whole")
    own = list(part_at(schema, error["loc"][:-1])[1].get("properties", {}))
    there = f"; it is a key of {', '.join(elsewhere[:4])}"
    here = f"; one of {', '.join(own)}" if own else ""
    return Fault(path, "another key here", there if elsewhere else here, key, at_key=True)


def _corner(path: Path, source: Source) -> Fault:
    """Say what is wrong with one corner of a shape, or one point of a line."""
    value = source.value(path)
    if isinstance(value, list) and len(value) == 2:
        try:
            lon, lat = (float(one) for one in value)
        except (TypeError, ValueError, OverflowError):
            return Fault(path, POSITION, "", ", ".join(map(str, value)))
        swapped = abs(lat) > 90 and abs(lon) <= 90 and abs(lat) <= 180
        words = f"; latitude and longitude seem exchanged: perhaps [{lat:g}, {lon:g}]" if swapped else ""
        return Fault(
            path, f"{POSITION}; longitude from -180 to 180, latitude from -90 to 90", words, f"{lon:g}, {lat:g}"
        )
    if isinstance(value, list) and value and isinstance(value[0], list):
        return Fault(path, f"{POSITION}: one list of corners, not a list of rings")
    return Fault(path, POSITION, "", "" if isinstance(value, Mapping) else str(value))


def _value(path: Path, key: str, message: str, found: str) -> Fault:
    """Return the fault of one of the language's own checks."""
    term = re.search(r"is not a term of '(\w+)'", message)
    if term:
        return term_fault(path, term[1], found)
    if key == "timezone":
        return Fault(path, "a time zone of the tz database, such as Asia/Damascus", _zone(found), found)
    if "a time that exists" in message or "a time counted" in message or message.startswith("a time in"):
        expected = WHEN if "a time that exists" in message else message.partition(", not ")[0]
        return Fault(path, expected, time_meant(found), found)
    return Fault(path, "another value", f": {message}", found)  # what the message quotes is not known here


def term_fault(path: Path, family: str, found: str) -> Fault:
    """Return the fault of a word that is no term of *family*, with the terms that could stand there."""
    terms = list(vocabulary(family)) if family in FAMILIES else []
    close = nearest(family, found) if terms else None
    words = f"; perhaps {close!r}" if close else f", one of {', '.join(terms)}"
    return Fault(path, f"a term of {family!r}", words, found, family=family)


def _zone(found: str) -> str:
    """Return which time zone may be meant, by its name, that of its city, or hours from UTC."""
    if hours := re.fullmatch(r"(?:UTC|GMT|Z)?\s*([+-])0?(\d{1,2})(?::?00)?", found, re.IGNORECASE):
        name = f"Etc/GMT{'-' if hours[1] == '+' else '+'}{hours[2]}"  # whose sign is the other way round
        return f"; perhaps {name!r}" if name in available_timezones() else ""
    names = sorted(available_timezones(), reverse=True)
    cities = {name.rpartition("/")[2]: name for name in names}
    close = closest(found, names) or cities.get(closest(found, cities) or "")
    return f"; perhaps {close!r}" if close else ""


def _one_of(found: str, options: Sequence[str]) -> tuple[str, str]:
    """Return what is expected where one of *options* is, and which of them *found* may mean."""
    close = closest(found, options) if len(options) > 1 else None
    return f"{'one of ' * (len(options) > 1)}{', '.join(options)}", f"; perhaps {close!r}" if close else ""


def _as_list(schema: Schema, loc: Sequence[str | int], key: str, value: Any) -> str:
    """Return the list that may be meant by *value*, or an example of one."""
    keyed = _keyed(schema, (*loc, 0))
    if keyed:
        return f", such as [{keyed}]"
    if isinstance(value, str) and re.fullmatch(r"[\w .-]{1,40}", value):
        return f", such as [{value}]"
    example = EXAMPLES.get(key, "").partition(": ")[2]
    return f", such as {example}" if example.startswith("[") else ""


def _keyed(schema: Schema, loc: Sequence[str | int]) -> str:
    """Return an example of the part to which *loc* leads; "" where it is none."""
    title, part = part_at(schema, loc)
    if not part.get("properties"):
        example = EXAMPLES.get(str(loc[-1]), "").partition(": ")[2]
        return example if example.startswith("{") else ""
    keys = part.get("required") or list(part["properties"])[:1]
    return f"{{{', '.join(_OF_A_PART.get((title, key)) or EXAMPLES.get(key, f'{key}: …') for key in keys)}}}"


def part_at(schema: Schema, loc: Sequence[str | int]) -> tuple[str, Schema]:
    """Return the part of *schema* to which pydantic's path *loc* leads, and its name."""
    title, found = str(schema.get("title", "")), schema
    for step in loc:
        options = list(_options(schema, found))
        chosen: Schema | None = None
        for option in options:
            if isinstance(step, int) and ("items" in option or "prefixItems" in option):
                chosen = option.get("items") or option["prefixItems"][min(step, len(option["prefixItems"]) - 1)]
            elif step in option.get("properties", {}):
                title, chosen = str(option.get("title", title)), option["properties"][step]
            elif isinstance(step, str) and option.get("title", "").lower() == step.lower():
                title, chosen = str(option["title"]), option
            elif isinstance(option.get("additionalProperties"), Mapping):
                chosen = option["additionalProperties"]
            if chosen is not None:
                break
        found = found if chosen is None else chosen
    for option in _options(schema, found):
        if "properties" in option and option.get("title") != "Relative":
            return str(option.get("title", title)), option
    return title, {}


def _options(schema: Schema, node: Schema) -> Iterator[Schema]:
    """Yield *node*, or what may stand in its place."""
    if "$ref" in node:
        yield from _options(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    elif "anyOf" in node or "oneOf" in node:
        for option in (*node.get("anyOf", ()), *node.get("oneOf", ())):
            yield from _options(schema, option)
    else:
        yield node
