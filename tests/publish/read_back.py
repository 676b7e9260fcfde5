"""Reading a daily report back from its JSON, which has all that the page is made from, reasons and cruxes too."""

import json
from typing import Any

from pydantic import TypeAdapter

from parley.model import (
    Assessment,
    Branch,
    ClauseAnswer,
    ClauseAssessment,
    Crux,
    Deferred,
    Position,
    ReadingAssessment,
    Reason,
)
from parley.publish import DailyReport

Told = dict[str, Any]
_REASON, _CRUX, _BRANCH = TypeAdapter(Reason), TypeAdapter(Crux), TypeAdapter(Branch)


def read_back(data: bytes) -> DailyReport:
    """Return the report that *data* was made from."""
    told = _coded(json.loads(data))
    for entry in told["incidents"]:
        entry["assessments"] = tuple(map(_assessment, entry["assessments"]))
    return DailyReport.model_validate(told)


def _coded(told: Any) -> Any:
    """Return *told* without the words of problems and flags, which stand beside the codes for readers."""
    if isinstance(told, list):
        return list(map(_coded, told))
    if not isinstance(told, dict):
        return told
    told = {name: _coded(value) for name, value in told.items()}
    if "kept_code" in told:
        return {name: value for name, value in told.items() if name not in ("expected", "found", "kept_code")} | {
            "kept": told["kept_code"]
        }
    if told.keys() in ({"code", "params", "line", "column", "text"}, {"code", "params", "text"}):
        del told["text"]
    return told


def _assessment(told: Told) -> Assessment:
    return Assessment(told["incident"], told["agreement"], tuple(map(_clause, told["clauses"])))


def _clause(told: Told) -> ClauseAssessment:
    return ClauseAssessment(
        **_accounts(told),
        clause=told["clause"],
        comparison=told["comparison"],
        support=told["support"],
        readings=tuple(
            ReadingAssessment(
                **_accounts(one),
                reading=one["reading"],
                says=one["says"],
                held_by=tuple(one["held_by"]),
                cruxes=_cruxes(one["cruxes"]),
            )
            for one in told["readings"]
        ),
        positions=tuple(
            Position(**_accounts(one), holder=one["holder"], readings=tuple(one["readings"]))
            for one in told["positions"]
        ),
        rests_on=tuple(told["rests_on"]),
        branches=tuple(map(_BRANCH.validate_python, told["branches"])),
        cruxes=Deferred(lambda: _cruxes(told["cruxes"])),
        missing=Deferred(lambda: tuple(told["missing"])),
        silent=Deferred(lambda: tuple(told["silent"])),
    )


def _accounts(told: Told) -> Told:
    return {"accounts": tuple(map(_answer, told["accounts"])), "agreed": _answer(told["agreed"])}


def _answer(told: Told) -> ClauseAnswer:
    reasons = Deferred(lambda: _REASON.validate_python(told["reasons"]))
    possible, by = tuple(told["possible"]), tuple(told["by"])
    return ClauseAnswer(told["clause"], possible, reasons, by, told["code"], told["state"])


def _cruxes(told: list[Told]) -> tuple[Crux, ...]:
    return tuple(map(_CRUX.validate_python, told))
