"""What is said to who carries on is so: every room is named, every path that is named is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "parley"
PATH = re.compile(r"\b((?:src|tests|docs|bench|\.ci)/[\w./-]*\w)")


def test_the_page_of_the_house_names_every_room() -> None:
    page = (ROOT / "docs" / "design.md").read_text("utf-8")
    rooms = [one.name for one in HOUSE.iterdir() if one.is_dir() and (one / "__init__.py").exists()]
    modules = [one.name for one in HOUSE.glob("*.py") if not one.name.startswith("__")]
    for name in (*(f"{room}/" for room in rooms), *modules):
        assert re.search(rf"(?<![\w/]){re.escape(name)}|`{name.removesuffix('.py')}`", page), name
    below = [one for room in ("intake", "record") for one in (HOUSE / room).iterdir() if (one / "__init__.py").exists()]
    for one in below:
        assert f"{one.name}/" in page, one.name


PAGES = ["CONTRIBUTING.md", "README.md", *(f"docs/{one.name}" for one in sorted((ROOT / "docs").glob("*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_is_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    for named in sorted(set(PATH.findall(text))):
        assert (ROOT / named).exists(), named


def test_every_target_that_is_named_is_one() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in ("CONTRIBUTING.md", "README.md"):
        named = set(re.findall(r"^(?:.*`)?make ([a-z-]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE))
        assert named and named <= targets, (page, named - targets)
