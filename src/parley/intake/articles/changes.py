"""A reviewer's changes to a proposal, as YAML: what the words of an article say instead, and what happened by them.

holder: John Kerry           who says it, as the article has it; each of these only where it differs
statement: accuse            what he does with his words
accused: [Russia]
addressee, polarity, tellers
happening:                   what he claims to have happened: the fields of a field report (`intake.field`)
  observed: 2016-08-02
  place: 2                   one of the candidates, counted from 1, or {name, lat, lon, radius_m}
  act: air-attack
  actor: Russia
  deaths: {low: 10, high: 12}
"""

import json
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from parley.intake.channels.field import read_field
from parley.intake.faults import Unreadable, unusable
from parley.intake.text.funnel import utf8
from parley.model import EventReport, Input, InputError, Problem, Proposal, ReadAs, as_proposed, listed

_WANTED = "changes"
_MOST_BYTES = 100_000
_STATEMENT = ("holder", "statement", "accused", "addressee", "polarity", "tellers")
_HAPPENING = (
    "observed", "place", "area", "act", "means", "actor", "not_actor", "affected", "object", "site", "quantity",
    "deaths", "injured", "account",
)  # fmt: skip


class _Texts(RoundTripConstructor):
    """Leaves days and times as they are written, so that one that there is not is a fault of its field."""


_Texts.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


def read_changes(arrived: Input, proposal: Proposal, timezone: ZoneInfo) -> ReadAs:
    """Return what *arrived* takes *proposal* to say; local times stand in *timezone*.

    Raises:
        InputError: what is not valid, by line, column and field.
    """
    raw = _load(arrived)
    for name in raw:
        if name not in (*_STATEMENT, "happening"):
            fault = Unreadable("not-one-of", str(name), choices=listed((*_STATEMENT, "happening")))
            raise _fault(arrived, raw, (str(name),), fault)
    if not raw:
        raise unusable(arrived.name, "no-change", within=_WANTED)
    given: dict[str, Any] = {name: raw[name] for name in _STATEMENT if name in raw}
    given = {"act" if name == "statement" else name: _plain(value) for name, value in given.items()}
    for name in ("accused", "tellers"):
        if isinstance(given.get(name), list):
            given[name] = tuple(given[name])
    before = as_proposed(proposal).model_dump()
    if given.get("act", before["act"]) != "accuse":
        before["accused"] = ()
    changed = {**before, **given, "claims": _claims(arrived, raw, proposal, timezone)}
    changed.setdefault("accused", ())
    if "accused" in given and "addressee" not in given and isinstance(given["accused"], tuple) and given["accused"]:
        changed["addressee"] = given["accused"][0]
    try:
        return ReadAs.model_validate(changed)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = tuple("statement" if part == "act" else str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        found = "" if isinstance(first["input"], dict) else str(first["input"])
        # A reviewer's changes are told of at once, and never recorded with their problems: so in whole sentences.
        fault = Unreadable("refused", found, type=first["type"], detail=message)
        raise _fault(arrived, raw, where or ("happening",), fault) from None


def _load(arrived: Input) -> Mapping[str, Any]:
    if len(arrived.data) > _MOST_BYTES:
        raise unusable(arrived.name, "changes-too-large", within=_WANTED, most=_MOST_BYTES, bytes=len(arrived.data))
    text = utf8(arrived, _WANTED).decode("utf-8", "replace")
    reader = YAML(typ="rt")
    reader.Constructor = _Texts
    try:
        if any(isinstance(event, AliasEvent) for event in YAML(typ="rt").parse(text)):
            raise unusable(arrived.name, "yaml-reference", within=_WANTED)
        raw = reader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (None, None)
        detail = str(error.problem or error.context)
        raise unusable(arrived.name, "not-yaml", "", *where, within=_WANTED, detail=detail) from None
    except RecursionError:
        raise unusable(arrived.name, "yaml-too-deep", within=_WANTED) from None
    except (YAMLError, ValueError) as error:
        detail = next(iter(str(error).splitlines()), "")
        raise unusable(arrived.name, "not-yaml", within=_WANTED, detail=detail) from None
    if not isinstance(raw, Mapping):
        raise unusable(arrived.name, "not-fields", type(raw).__name__, within=_WANTED)
    return raw


def _claims(arrived: Input, raw: Mapping[str, Any], proposal: Proposal, timezone: ZoneInfo) -> tuple[Any, ...]:
    """Return the claims of the section `happening`, read as a field report's."""
    given = raw.get("happening")
    if given is None:
        return ()
    if not isinstance(given, Mapping) or not given:
        fault = Unreadable("no-happening", str(given or ""), fields=listed(_HAPPENING))
        raise _fault(arrived, raw, ("happening",), fault)
    for name in given:
        if name not in _HAPPENING:
            fault = Unreadable("not-one-of", str(name), choices=listed(_HAPPENING))
            raise _fault(arrived, raw, ("happening", str(name)), fault)
    happening = _plain(given)
    chosen = happening.get("place")
    if isinstance(chosen, int) and not isinstance(chosen, bool):
        if not 1 <= chosen <= len(proposal.places):
            fault = Unreadable("no-candidates", str(chosen))
            if proposal.places:
                fault = Unreadable("no-such-candidate", str(chosen), most=len(proposal.places))
            raise _fault(arrived, raw, ("happening", "place"), fault)
        one = proposal.places[chosen - 1]
        happening["place"] = {"name": one.name, "lat": one.lat, "lon": one.lon, "radius_m": one.radius_m}
    reading = read_field(Input(arrived.name, json.dumps(happening).encode()), "reviewer", timezone)
    if reading.problems:
        problem = reading.problems[0]
        where = ("happening", *(problem.field or "").split("."))
        fault = Unreadable(problem.code)
        fault.params |= problem.params
        raise _fault(arrived, raw, where, fault)
    (report,) = reading.reports
    assert isinstance(report, EventReport)
    return report.claims


def _plain(raw: Any) -> Any:
    """Return what YAML gave as JSON would."""
    if isinstance(raw, Mapping):
        return {str(name): _plain(value) for name, value in raw.items()}
    if isinstance(raw, list):
        return [_plain(value) for value in raw]
    if isinstance(raw, bool) or raw is None:
        return raw
    return int(raw) if isinstance(raw, int) else float(raw) if isinstance(raw, float) else str(raw)


def _fault(arrived: Input, raw: Mapping[str, Any], where: tuple[str, ...], fault: Unreadable) -> InputError:
    line, column = 1, 1
    inner: Any = raw
    for part in where:
        if not isinstance(inner, Mapping) or part not in inner or not hasattr(inner, "lc"):
            break
        line, column = (place + 1 for place in inner.lc.key(part))
        inner = inner[part]
    return InputError(
        Problem(
            file=arrived.name,
            line=line,
            column=column,
            field=".".join(part for part in where if part),
            code=fault.code,
            params=fault.params,
            kept="proposal",
        )
    )
