"""What tests may rest on: no clock of the machine, no path of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLOCKS = {"perf_counter", "monotonic", "process_time", "perf_counter_ns", "monotonic_ns", "process_time_ns"}
KEPT = ("src", "tests", "bench", "docs", ".ci")
"""The folders whose files are of the project."""
PLACES = re.compile(r"(?<![\w.<])/(?:work|tmp|home|root|Users|mnt|srv)/[\w.-]+")


def files() -> Iterator[Path]:
    return (file for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__))


def test_no_test_looks_at_a_stopwatch() -> None:
    """A test that may hang is guarded by `no_hang` or a timeout; how long something takes is for bench/ to say."""
    read = []
    for file in files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            if name in CLOCKS:
                read.append(f"{file.name}:{getattr(node, 'lineno', 0)}")
    assert read == []


def test_no_test_compares_the_time_of_the_machine_with_an_earlier_one() -> None:
    compared = []
    for file in files():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Assert):
                said = ast.unparse(node)
                if re.search(r"(?:time\.time\(\)|now\((?:UTC)?\)) - ", said):
                    compared.append(f"{file.name}:{node.lineno}")
    assert compared == []


def test_no_file_has_a_path_of_a_machine() -> None:
    found = []
    top = [file for file in ROOT.iterdir() if file.is_file() and file.suffix in (".md", ".toml", ".lock", ".txt", "")]
    for file in (*top, *(file for folder in KEPT for file in (ROOT / folder).rglob("*") if file.is_file())):
        if file.suffix in (".pyc", ".png", ".zip", ".xlsx") or file == Path(__file__):
            continue
        text = file.read_bytes().decode("utf-8", "replace")
        found += [f"{file.relative_to(ROOT)}: {place}" for place in PLACES.findall(text)]
    assert found == []
