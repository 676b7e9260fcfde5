"""What is imported is declared, what is declared is imported, and the lowest versions are those of lowest.txt."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
UNIMPORTED = {
    "tzdata": "zoneinfo reads it where the machine has no zones of its own",
    "lxml-html-clean": "jusText, which trafilatura imports, asks for it by an extra that older pip does not find",
    "defusedxml": "openpyxl uses it where it is there",
}
"""Declared, and imported by others only: why."""
NAMES = {"duckdb": "duckdb", "pyspark": "pyspark", "sklearn": "scikit-learn"}
"""The distributions of extras, which need not be installed where the tests run."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> dict[str, str]:
    """Return the declared distributions, each with its lower bound."""
    found = {}
    for requirement in requirements:
        bound = re.fullmatch(r"([\w.-]+)>=([\d.]+)(?:,<[\d.]+)?", requirement)
        assert bound, f"{requirement}: expected NAME>=LOWEST or NAME>=LOWEST,<NEXT"
        found[normal(bound[1])] = bound[2]
    return found


def imported() -> Iterator[tuple[str, str]]:
    """Yield the file and the top module of every absolute import in the program."""
    for file in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.name, name.name.split(".")[0]) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield file.name, node.module.split(".")[0]


def distributions() -> dict[str, set[str]]:
    """Return the distributions that the program imports, each with the files that do."""
    known = packages_distributions()
    found: dict[str, set[str]] = {}
    for file, module in imported():
        if module in sys.stdlib_module_names or module == "parley":
            continue
        names = {NAMES[module]} if module in NAMES else set(known.get(module, [f"no distribution has {module}"]))
        for name in names:
            found.setdefault(normal(name), set()).add(file)
    return found


def test_every_module_that_is_imported_is_of_a_declared_distribution() -> None:
    all_ = declared([*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)])
    assert {name: files for name, files in distributions().items() if name not in all_} == {}


def test_every_declared_distribution_is_imported_or_says_why_not() -> None:
    all_ = declared([*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)])
    assert set(all_) - set(distributions()) == set(map(normal, UNIMPORTED)) - set(distributions())
    assert set(map(normal, UNIMPORTED)) <= set(all_)


def test_the_lowest_versions_that_are_tried_are_the_lowest_that_are_declared() -> None:
    lines = (ROOT / "lowest.txt").read_text("utf-8").splitlines()
    tried = dict(re.fullmatch(r"([\w.-]+)==(\S+)(?: ; .*)?", line).groups() for line in lines if line[:1] != "#")
    all_ = declared([*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)])

    def padded(version: str) -> list[int]:
        numbers = [int(part) for part in re.findall(r"\d+", version)]
        return numbers + [0] * (4 - len(numbers))

    wrong = {name: (bound, tried.get(name)) for name, bound in all_.items() if padded(tried[name]) != padded(bound)}
    assert wrong == {}, "`.ci/lowest` makes lowest.txt again"


def test_the_lock_of_what_runs_needs_nothing_that_only_tests_need() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9][\w.-]*)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))

    run, develop = versions("requirements.lock"), versions("requirements-dev.lock")
    assert run.items() <= develop.items(), "what is tested is what runs"
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & set(run)
    assert set(declared(PROJECT["dependencies"])) <= set(run)
