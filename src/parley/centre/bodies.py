"""The form of bodies in the record: what can be withheld by itself is a member of its own, called by what it is.

A body's fields are committed one by one, down to three levels (`parley.record.statements.fields`). So claims stand
under their attributes and judged reports under their entries, never in lists, where a gap would move the rest. Each of
the pairs here turns what a noun writes (`model_dump`) into the form in the record and back.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import orjson
from pydantic import ValidationError

from parley.model import printable

Body = dict[str, Any]

_ENTRY = re.compile("0|[1-9][0-9]{0,15}")
_MOST_SAID = 200


class BodyError(ValueError):
    """A body that is not one of its kind; the text says where and how."""


# An object as a noun writes it ↔ with its claims under their attributes: `claims_keyed`, `claims_listed`


def claims_keyed(data: Body) -> Body:
    """Return *data* with its list of claims as an object: attribute → the rest of the claim."""
    return {
        **data,
        "claims": {
            claim["attribute"]: {name: value for name, value in claim.items() if name != "attribute"}
            for claim in data["claims"]
        },
    }


def claims_listed(body: Body) -> Body:
    """Return *body* with its object of claims as a list; the inverse of `claims_keyed`."""
    if "claims" not in body:
        return body
    claims = _object(body["claims"], "/claims")
    return {
        **body,
        "claims": [{**_object(claim, f"/claims/{name}"), "attribute": name} for name, claim in claims.items()],
    }


# A report with what goes with it ↔ the same with its claims, where it has any, under their attributes


def charter_written(data: Body) -> Body:
    """Return a charter's body: what it does not settle is not in it."""
    unsaid = ("cutoff", "desk", "parties", "k", "shredding", "succeeds", "from", "by")
    return {name: value for name, value in _adopted(data).items() if value or name not in unsaid}


def version_written(data: Body) -> Body:
    """Return the body of an agreement's version; one for ever says of its adoption what it has to say, if anything."""
    unsaid = ("from", "retroactive", "by")
    return {name: value for name, value in _adopted(data).items() if value or name not in unsaid}


def _adopted(data: Body) -> Body:
    return {"from" if name == "start" else name: value for name, value in data.items()}


def adopted_read(body: Body) -> Body:
    """Return the data of what was adopted from an instant on; the inverse of how both are written."""
    if "start" in body:
        raise BodyError("/start is not known")
    return {"start" if name == "from" else name: value for name, value in body.items()}


def report_written(data: Body) -> Body:
    """Return the body of a report."""
    report = data["report"]
    return {**data, "report": claims_keyed(report) if "claims" in report else report}


def act_written(data: Body) -> Body:
    """Return the body of an act."""
    return {**data, "act": claims_keyed(data["act"])}


def act_read(body: Body) -> Body:
    """Return the data of the act in *body*; the inverse of `act_written`."""
    act = body.get("act")
    if not isinstance(act, dict):
        return body
    try:
        return {**body, "act": claims_listed(act)}
    except BodyError as error:
        raise BodyError(f"/act{error}") from None


def report_read(body: Body) -> Body:
    """Return the data of the report in *body*; the inverse of `report_written`."""
    report = body.get("report")
    if not isinstance(report, dict) or report.get("kind") != "event":
        return body
    try:
        return {**body, "report": claims_listed(report)}
    except BodyError as error:
        raise BodyError(f"/report{error}") from None


# A judgement: groups of entries ↔ entries, each with the number of its group


def judgement_written(data: Body) -> Body:
    """Return the body of a judgement: every entry that it names is a member of its own."""
    whole = data["whole"]
    return {
        **data,
        "groups": {str(entry): number for number, group in enumerate(data["groups"]) for entry in group},
        "whole": {} if whole is None else {str(whole): True},
        "supersedes": {str(entry): True for entry in data["supersedes"]},
    }


def judgement_read(body: Body) -> Body:
    """Return the data of the judgement in *body*; the inverse of `judgement_written`."""
    groups: dict[int, list[int]] = {}
    for entry, number in _entries(body, "groups").items():
        if type(number) is not int:
            raise BodyError(f"/groups/{entry} is not the number of a group")
        groups.setdefault(number, []).append(entry)
    whole, supersedes = (list(_entries(body, name)) for name in ("whole", "supersedes"))
    if len(whole) > 1:
        raise BodyError("/whole names more than one report")
    return {
        **body,
        "groups": [sorted(group) for _, group in sorted(groups.items())],
        "whole": whole[0] if whole else None,
        "supersedes": sorted(supersedes),
    }


def _entries(body: Body, name: str) -> dict[int, Any]:
    members = _object(body.get(name), f"/{name}")
    for entry in members:
        if not _ENTRY.fullmatch(entry):
            raise BodyError(f"/{name}/{shown(entry)} is no entry of the record")
    return {int(entry): value for entry, value in members.items()}


# A review with the side and handle of the holder that its changes name ↔ all of that in one object


def review_written(data: Body) -> Body:
    """Return the body of a review."""
    review = data["review"]
    if review["changes"] is not None:
        review = {**review, "changes": claims_keyed(review["changes"])}
    return {**review, "side": data["side"], "handle": data["handle"]}


def review_read(body: Body) -> Body:
    """Return the data of the review in *body*; the inverse of `review_written`."""
    apart: Body = {name: body[name] for name in ("side", "handle") if name in body}
    review = {name: value for name, value in body.items() if name not in apart}
    if isinstance(review.get("changes"), dict):
        try:
            review["changes"] = claims_listed(review["changes"])
        except BodyError as error:
            raise BodyError(f"/changes{error}") from None
    return {**apart, "review": review}


# What is wrong with a body, in words that are the same whatever library reads it


def difference(body: Any, written: Any) -> str | None:
    """Return the pointer of the first place at which *body* is not what was *written*; None where they are one value.

    1 and 1.0 are one number in JSON, 1 and true are not one value.
    """
    return None if _same_json(body, written) else _difference(body, written)


def _same_json(body: Any, written: Any) -> bool:
    """Whether both are the same JSON byte for byte, which is quickly seen; what orjson cannot write is looked at."""
    with suppress(TypeError):  # orjson.JSONEncodeError is one
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS) == orjson.dumps(written, option=orjson.OPT_SORT_KEYS)
    return False


def _difference(body: Any, written: Any) -> str | None:
    kind = type(written)
    if kind is dict:
        if not isinstance(body, Mapping):
            return ""
        for name, value in written.items():
            if name not in body:
                return f"/{name}"
            if (found := _difference(body[name], value)) is not None:
                return f"/{name}{found}"
        return f"/{next(name for name in body if name not in written)}" if len(body) > len(written) else None
    if kind is list:
        if not isinstance(body, list | tuple) or len(body) != len(written):
            return ""
        for number, value in enumerate(written):
            if (found := _difference(body[number], value)) is not None:
                return f"/{number}{found}"
        return None
    return None if body == written and (type(body) is bool) == (kind is bool) else ""


def why(error: ValidationError, data: Any) -> str:
    """Return in a few words what the first of an error's faults is, and where in *data* it lies."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place = _pointer(fault["loc"], data)
    match fault["type"]:
        case "missing":
            return f"{place} is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            return f"{place} is not known"
        case "value_error":
            said = str(fault["ctx"]["error"])
            return shown(f"{place}: {said}" if place else said)
        case _:
            return f"{place or 'the body'} is not what is expected there"


def _pointer(location: tuple[int | str, ...], data: Any) -> str:
    """Return where in *data* an error lies; a claim by its attribute, and without the names of alternatives."""
    found = ""
    for number, part in enumerate(location):
        if isinstance(data, Mapping) and part in data:
            data, name = data[part], part
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
            name = data.get("attribute", part) if isinstance(data, Mapping) else part
        elif number == len(location) - 1:
            name = part
        else:
            continue
        found += f"/{shown(str(name))}"
    return found


def _object(given: Any, at: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise BodyError(f"{at} is not an object")
    return given


def shown(text: str) -> str:
    """Return *text*, which may be anybody's, on one line and in short."""
    return printable(text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}…")
