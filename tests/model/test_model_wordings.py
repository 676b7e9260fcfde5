"""What is recorded of problems and flags is codes and parameters; every code that the source uses has its words."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML

import parley
from parley import model
from parley.model import Cause, Flag, InputCard, Problem, TermsProblem, Waiting, in_words, listed, wordings
from parley.model.wordings import MOST_SIGNS, asked, bounded, problem_words, words
from parley.publish import DailyReport

SOURCE = Path(parley.__file__).parent
CATALOGUE: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load(
    resources.files("parley.model").joinpath("wordings.yaml").read_text("utf-8")
)

BESIDE = ("Problem", "Flag", "Change", "ReportWarning", "Cause", "Refused")
# Which argument of a call is a code, and of which section.
CALLS = {
    "Unreadable": (0, "problems"),
    "_OpenQuote": (0, "problems"),
    "_Unreadable": (0, "problems"),
    "_Wrong": (0, "problems"),
    "_Over": (0, "problems"),
    "_error": (1, "problems"),
    "unusable": (1, "problems"),
    "_unusable": (1, "problems"),
    "Part": (2, "problems"),
    "Problem": ("code", "problems"),
    "Flag": ("code", "flags"),
    "Change": ("code", "changes"),
    "ReportWarning": ("code", "warnings"),
    "Cause": ("code", "causes"),
    "Refused": ("code", "refused"),
    "_basis": (1, "causes"),
    "_from": (0, "causes"),
    "_Fault": (0, "refused"),
    "Unusable": (0, "refused"),
    "within": (0, "within"),
    "utf8": (1, "within"),
    "lines_of": (1, "within"),
    "top_of": (1, "within"),
    "settle": (3, "within"),
    "_problem": (3, "kept"),
    "_note": (4, "kept"),
}
NOT_CODED = {("confined.py", "_error"), ("draft.py", "_unusable")}
"""Functions of the same names that are given a fault."""
SECTIONS = ("problems", "within", "kept", "flags", "changes", "warnings", "causes", "refused")
WORDS = re.compile(r"[a-z]{2,} [a-z]{2,}")


OF_MODEL = {name: value for name, value in vars(model).items() if name.isupper() and isinstance(value, str)}


@dataclass(frozen=True)
class Use:
    """A code in the source, where, with the names of the parameters that are given with it (None: not to be told)."""

    section: str
    code: str
    where: str
    given: frozenset[str] | None


def literals(node: ast.expr, constants: dict[str, str]) -> list[str] | None:
    """Return the strings that *node* may be; None where the source does not tell."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Name):
        return [constants[node.id]] if node.id in constants else None
    if isinstance(node, ast.IfExp):
        both = [literals(one, constants) for one in (node.body, node.orelse)]
        return None if None in both else [word for one in both for word in one or ()]
    return None


def handed_on(node: ast.expr, function: ast.AST) -> bool:
    """Say whether *node* is a code that *function* was given, itself or in a fault: looked at where that was made."""
    if isinstance(node, ast.Attribute):
        return node.attr in ("code", "fault", "kept")
    given = function.args if isinstance(function, ast.FunctionDef) else None
    return isinstance(node, ast.Name) and given is not None and node.id in {one.arg for one in given.args}


def keys(node: ast.expr | None, function: ast.AST) -> frozenset[str] | None:
    """Return the names in the dict that *node* is, or is a name of in *function*."""
    if node is None:
        return frozenset()
    if isinstance(node, ast.Name):
        assigned = [
            one.value
            for one in ast.walk(function)
            if isinstance(one, ast.Assign) and any(isinstance(to, ast.Name) and to.id == node.id for to in one.targets)
        ]
        each = [keys(one, function) for one in assigned]
        return None if not each or None in each else frozenset(name for one in each for name in one or ())
    if isinstance(node, ast.BinOp):
        return keys(node.left, function)
    if isinstance(node, ast.Dict):
        if None in node.keys:
            return None
        return frozenset(key.value for key in node.keys if isinstance(key, ast.Constant))
    return None


def uses() -> Iterator[Use]:
    """Yield every code that the source uses."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        constants = OF_MODEL | {
            one.targets[0].id: one.value.value
            for one in tree.body
            if isinstance(one, ast.Assign)
            and isinstance(one.targets[0], ast.Name)
            and isinstance(one.value, ast.Constant)
            and isinstance(one.value.value, str)
        }
        functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)] or [tree]
        inside = {call: function for function in functions for call in ast.walk(function)}
        intake = file.relative_to(SOURCE).parts[0] == "intake"
        for call in (one for one in ast.walk(tree) if isinstance(one, ast.Call)):
            if intake or called(call) in (*BESIDE, "utf8"):
                yield from of_call(call, inside.get(call, tree), file.name, constants)


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def of_call(call: ast.Call, function: ast.AST, file: str, constants: dict[str, str]) -> Iterator[Use]:
    name = called(call)
    where = f"{file}:{call.lineno}"
    named = {one.arg: one.value for one in call.keywords if one.arg}
    for word in ("kept", "within"):
        if word in named and name != "Reading":
            for code in literals(named[word], constants) or ():
                yield Use(word, code, where, frozenset(named) if word == "within" else None)
    if name not in CALLS or (file, name) in NOT_CODED or (name == "Part" and file != "json_text.py"):
        return
    place, section = CALLS[name]
    code_node = named.get(place) if isinstance(place, str) else call.args[place] if place < len(call.args) else None
    if code_node is None:
        return
    codes = literals(code_node, constants)
    if codes is None:
        assert handed_on(code_node, function), f"{where}: a code that the source does not tell"
        return
    if section == "problems" and name not in ("Part", "Problem"):
        for argument in call.args:
            parts = [one.value for one in ast.walk(argument) if isinstance(one, ast.Constant)]
            text = "".join(part for part in parts if isinstance(part, str))
            assert not WORDS.search(text), f"{where}: words of our own instead of a parameter"
    spread = any(one.arg is None for one in call.keywords)
    given = keys(named.get("params"), function) if "params" in named else frozenset() if spread else None
    if name in BESIDE and "params" not in named:
        given = frozenset()
    elif name not in BESIDE:
        given = None if spread else frozenset(named) - {"params"}
    for code in codes:
        yield Use(section, code, where, given)


def templates(section: str, code: str) -> list[str]:
    entry = CATALOGUE[section][code]
    return [entry] if isinstance(entry, str) else list(entry.values())


USES = list(uses())


def test_every_code_of_the_source_has_words() -> None:
    assert len([one for one in USES if one.section == "problems"]) > 200
    assert [one for one in USES if one.code not in CATALOGUE[one.section]] == []


def test_every_code_is_given_all_parameters_that_its_words_ask_for() -> None:
    lacking = []
    for one in USES:
        if one.section == "kept" or one.given is None:
            continue
        needed = frozenset().union(*(asked(text, optional=False) for text in templates(one.section, one.code)))
        if one.section == "within":
            needed -= {"expected"}
        if missing := needed - one.given - {"found"}:
            lacking.append((one.where, one.code, sorted(missing)))
    assert lacking == []


def test_no_words_stand_for_a_code_that_nothing_uses() -> None:
    for section in SECTIONS:
        used = {one.code for one in USES if one.section == section} | {Problem.model_fields["kept"].default}
        used |= set(get_args(Waiting.__annotations__["code"]))
        assert set(CATALOGUE[section]) <= used


def test_every_part_of_a_daily_report_has_a_word_for_the_list_of_what_changed() -> None:
    parts = {f"section-{name}" for name in DailyReport.model_fields} - {
        *("section-edition", "section-undated", "section-unread", "section-more_unread"),
    }
    assert {word for word in CATALOGUE["words"] if word.startswith("section-")} == parts


def test_all_words_can_be_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(wordings, "_plain")  # what is called where they cannot
    for section in SECTIONS:
        for code in CATALOGUE[section]:
            params: dict[str, Any] = {name: 3 for text in templates(section, code) for name in asked(text)}
            params |= {"family": "act"} if "family" in params else {}
            params |= {"fault": "no-rows"} if "fault" in params else {}
            told = problem_words(code, params) if section == "problems" else (words(section, code, params),)
            assert not any("{" in text.replace("{name, lat", "") or "[[" in text for text in told), told


def test_what_was_kept_and_what_was_wrong_ask_for_parameters_of_different_names() -> None:
    kept = {name for code in ("skipped", "rest-of-part") for name in asked(CATALOGUE["kept"][code])}
    wrong = {code: names for code in CATALOGUE["problems"] for text in templates("problems", code)
             if (names := asked(text) & kept)}  # fmt: skip
    assert set(wrong) == {"no-parts"}, "which stands for a whole input"


def test_kinds_of_files_hints_and_reasons_have_words() -> None:
    from parley.intake.text import funnel

    kinds = {name for _, name in (*funnel._MAGIC, *funnel._OFFICE)} | {"zip", "binary", "utf-32", "utf-16-unmarked"}
    dates = (SOURCE / "intake/articles/dates.py").read_text("utf-8")
    reasons = set(re.findall(r'"why": "([a-z-]+)"', dates)) | {"year", "order"}
    hints = {"latitude-first", "metres"}
    wanted = kinds | {f"undated-{why}" for why in reasons - {"hijri"}} | {f"position-{hint}" for hint in hints}
    assert wanted <= set(CATALOGUE["words"]) and len(reasons) > 6


def test_a_problem_is_told_in_sentences() -> None:
    problem = Problem(file="a.csv", line=2, column=5, field="lat", code="not-degrees",
                      params={"most": 90, "found": "95", "part": "row", "number": 1, "others": 1},
                      kept="skipped")  # fmt: skip
    assert str(problem) == (
        "a.csv:2:5: field 'lat' of row 1: \"95\" does not fit. Expected: degrees from -90 to 90 with a decimal point. "
        "This row was not recorded. Other rows recorded: 1."
    )


@pytest.mark.parametrize(
    ("family", "found", "told"),
    [
        (
            "act",
            "flyover",
            '"flyover" is not a known act. Did you mean *overflight*? `parley terms words acts` lists all.',
        ),
        (
            "act",
            "Shooting",
            '"Shooting" is not a known act. Did you mean *gunfire*? `parley terms words acts` lists all.',
        ),
        ("object", "xyzzy", '"xyzzy" is not a known object. `parley terms words objects` lists all.'),
        (
            "means",
            "mortr",
            '"mortr" is not a known means. Did you mean *mortar*? `parley terms words means` lists all.',
        ),
    ],
)
def test_a_word_that_is_no_term_is_answered_with_the_nearest_and_a_command(family: str, found: str, told: str) -> None:
    problem = Problem(file="a", code="not-a-term", params={"family": family, "found": found})
    assert str(problem) == f"a: {told} Nothing was recorded."
    slip = TermsProblem(file="a", expected="a term; perhaps 'x'", found=found, family=family)
    assert str(slip) == f"a: {told} Nothing was recorded."
    assert "family" not in slip.model_dump()


@pytest.mark.parametrize(
    ("code", "params", "text"),
    [
        ("partly-unknown", {"start": "02:55", "end": "unknown"}, "not all of it is known: from 02:55 to unknown"),
        (
            "figures-contradict",
            {"low": 9, "best": 5, "high": 1},
            "the figures contradict each other: low 9, best 5, high 1",
        ),
        ("days-before", {"days": 1, "day": "Monday", "said": "eve"}, "1 day before Monday ('eve')"),
        ("days-after", {"days": 2, "day": "Monday", "said": "later"}, "2 days after Monday ('later')"),
        ("rank", {"place": 1, "of": 3}, "1 of 3 that bear it"),
        ("not-usable", {"attribute": "place"}, "the place is given in a form that cannot be used"),
    ],
)
def test_a_cause_names_each_parameter_in_its_place(code: str, params: dict[str, Any], text: str) -> None:
    assert Cause(code=code, params=params).text == text


def test_a_record_of_causes_holds_no_words_and_equal_causes_are_one() -> None:
    cause = Cause(code="corrected", params={"by": 7})
    assert cause.model_dump() == {"code": "corrected", "params": {"by": 7}}
    assert in_words(cause)["text"] == "it was corrected: entry 7"
    assert {cause, Cause(code="corrected", params={"by": 7}), Cause(code="corrected", params={"by": 8})} == {
        Cause(code="corrected", params={"by": by}) for by in (8, 7)
    }


def test_numbers_choose_the_form_of_their_words_and_what_is_not_given_leaves_no_trace() -> None:
    params: dict[str, Any] = {"part": "row", "number": 1}
    assert words("kept", "skipped", params) == "This row was not recorded."
    assert words("kept", "skipped", params | {"others": 2}) == "This row was not recorded. Other rows recorded: 2."
    assert problem_words("other-cells", {"within": "gdelt-file", "columns": 61, "cells": 1, "like": ""}) == (
        "a GDELT 2 event file: 61 cells parted by tabs",
        "1 cell",
    )


@pytest.mark.parametrize("params", [{}, {"most": "many"}, {"within": "a-later-place"}, {"within": 7}])
@pytest.mark.parametrize("code", ["a-later-code", "too-many-names", "not-a-term", "{x}"])
def test_a_record_of_a_later_version_is_shown_as_it_stands(code: str, params: dict[str, Any]) -> None:
    problem = Problem(file="a", code=code, params={"found": "what stood", **params}, kept="a-later-thing")
    assert problem.expected.startswith(code) and problem.found == "what stood"
    assert all(f"{name}={value}" in problem.expected for name, value in params.items())
    assert problem.kept_text.startswith("a-later-thing") and problem.kept_text in str(problem)
    flag = Flag(code=code, params=params)
    assert flag.text.startswith(code)
    assert all(f"{name}={value}" in flag.text for name, value in params.items())


def test_values_are_never_templates() -> None:
    problem = Problem(file="a", code="not-one-of", params={"choices": "{found} [[x]] {0}", "found": "{choices}"})
    assert (problem.expected, problem.found) == ("one of {found} [[x]] {0}", "{choices}")


def test_parameters_are_short_and_fit_for_the_record() -> None:
    assert len(str(bounded("x" * 5000))) == MOST_SIGNS and str(bounded("x" * 5000)).endswith("…")
    assert bounded("x" * MOST_SIGNS) == "x" * MOST_SIGNS
    assert bounded("a\ud800b") == "a\\ud800b"
    assert [bounded(one) for one in (2**53 - 1, 2**64, float("inf"), 2.5)] == [2**53 - 1, str(2**64), "inf", 2.5]
    huge = Problem(file="a", code="part-too-large", params={"most": 5, "where": "x", "bytes": 2**64})
    assert huge.found == f"x, which says that it unpacks to {2**64}"


def test_a_list_is_cut_between_its_members() -> None:
    text = listed(f"column{number}" for number in range(100))
    assert len(text) <= MOST_SIGNS and text.endswith("column20 …")
    assert listed(["a", "b"]) == "a, b" and listed([]) == ""
    assert listed(["x" * 500]) == "x" * (MOST_SIGNS - 1) + "…"


def test_a_record_holds_no_words_and_readers_outside_get_both() -> None:
    problem = Problem(file="a", code="too-many-names", params={"most": 5, "names": 7}, kept="other-columns")
    card = InputCard(entry=1, name="a", channel="field", digest="", reports=0, problems=(problem,))
    assert card.model_dump(mode="json")["problems"] == [
        {"file": "a", "line": None, "column": None, "field": None, "code": "too-many-names",
         "params": {"most": 5, "names": 7}, "kept": "other-columns"}
    ]  # fmt: skip
    assert in_words(card)["problems"][0] == {
        "file": "a", "line": None, "column": None, "field": None, "code": "too-many-names",
        "params": {"most": 5, "names": 7}, "kept": "The other columns were used.", "kept_code": "other-columns",
        "expected": "at most 5 names", "found": "7 names",
    }  # fmt: skip
    flag = Flag(code="not-covered", params={"area": "Hill"})
    assert flag.model_dump() == {"code": "not-covered", "params": {"area": "Hill"}, "line": None, "column": None}
    assert in_words(flag)["text"] == "Hill has a count, but `Covers` lacks it"


@pytest.mark.parametrize("extra", [{"expected": "a number"}, {"found": "x"}])
def test_words_cannot_enter_a_problem_or_a_flag(extra: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Problem.model_validate({"file": "a", "code": "not-a-number", **extra})
    with pytest.raises(ValidationError):
        Flag.model_validate({"code": "not-covered", "text": "a sentence"})


def test_problems_and_flags_come_back_from_json_and_are_compared_by_value() -> None:
    problem = Problem(file="a", code="too-many-names", params={"most": 5, "names": 7})
    flag = Flag(code="item-twice", params={"area": "Hill", "first": 3}, line=9)
    for noun in (problem, flag):
        adapter: TypeAdapter[Any] = TypeAdapter(type(noun))
        assert adapter.validate_json(adapter.dump_json(noun)) == noun
        assert len({noun, adapter.validate_json(adapter.dump_json(noun))}) == 1


def test_a_catalogue_without_a_code_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(file="a", code="not-a-number", params={"found": "x"})
    monkeypatch.setattr(wordings, "_catalogue", lambda: {name: {} for name in CATALOGUE})
    assert str(problem) == 'a: "x" does not fit. Expected: not-a-number. nothing'


def test_where_nothing_stood_the_words_say_so() -> None:
    assert problem_words("no-mark", {"mark": ":"}) == ("JSON (':' expected)", "the end")
    assert problem_words("no-mark", {"mark": ":", "found": "x"}) == ("JSON (':' expected)", "x")
