"""What a recorded body may hold of problems and flags."""

from typing import Any

from parley.model.wordings import MOST_SIGNS

PROBLEM = {"file", "line", "column", "field", "code", "params", "kept"}
FLAG = {"code", "params", "line", "column"}


def held_to_codes(body: dict[str, Any]) -> None:
    """Fail where a statement's *body* holds of problems and flags anything else than codes and short parameters."""
    for problem in body.get("problems", ()):
        assert problem.keys() == PROBLEM
        assert " " not in problem["code"] + problem["kept"]
        _short(problem["params"])
    for flag in body.get("report", {}).get("flags", ()):
        assert flag.keys() == FLAG
        _short(flag["params"])


def _short(params: dict[str, Any]) -> None:
    assert all(isinstance(value, str | int | float) and len(str(value)) <= MOST_SIGNS for value in params.values())
