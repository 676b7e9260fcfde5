"""What the pages of docs/ show works as it stands there, and nothing that users can type is left out of them."""

import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from parley.cli.add import CHANNELS
from parley.cli.main import main
from parley.cli.record import ShownByDefault

ROOT = Path(__file__).parents[2]
INTAKE = (ROOT / "docs/intake.md").read_text(encoding="utf-8")
PAGES = {page: page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))}


def fences(page: str) -> Iterator[tuple[str, str]]:
    """Yield the info string and the text of each fenced block."""
    yield from re.findall(r"^```(\S.*)\n((?:.*\n)*?)```$", page, re.MULTILINE)


def exchanges(page: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a page, and the lines that are shown below it."""
    for info, block in fences(page):
        if info == "console":
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *shown = part.splitlines()
                yield command, shown


def verbs(command: click.Command, said: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from verbs(inner, f"{said} {name}")
    else:
        yield said


def test_the_examples_of_intake_work_as_they_stand_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for info, block in fences(INTAKE):
        if " " in info:
            Path(info.split(" ", 1)[1]).write_text(block, encoding="utf-8")
    for command, shown in exchanges(INTAKE):
        parley, *words = shlex.split(command)
        assert parley == "parley"
        done = CliRunner().invoke(main, words)
        output = "\n".join(line.rstrip() for line in done.output.splitlines())
        expected = re.sub(r"([\[?*])", r"[\1]", "\n".join(shown)).replace("\n…\n", "\n*\n")
        expected = expected.replace("; code …", "; code ????-????-?")
        expected = re.sub(r"^…\n|\n…$", lambda found: found[0].replace("…", "*"), expected)
        assert fnmatchcase(output, expected), f"{command}\n{output}"
        assert done.exit_code == (2 if shown[0].startswith("parley: ") else 0), command


def test_every_channel_has_a_row_a_section_and_an_example_in_intake() -> None:
    added = [command for command, _ in exchanges(INTAKE) if command.startswith("parley add ")]
    for channel in CHANNELS:
        assert f"\n| [`{channel}`](#{channel}) | " in INTAKE
        assert f"\n## {channel}\n" in INTAKE
        assert any(f"--as {channel}" in command.split(" --from")[0] for command in added), channel


def test_the_channels_of_intake_are_those_that_there_are() -> None:
    assert set(re.findall(r"--as ([\w-]+)", "\n".join(PAGES.values()))) <= {*CHANNELS, "CHANNEL"}


@pytest.mark.parametrize("verb", sorted(verbs(main, "parley")))
def test_every_verb_stands_in_the_readme_or_in_docs(verb: str) -> None:
    *group, name = verb.split()
    told = re.compile(rf"{' '.join(group)} (?:[\w-]+\|)*{name}\b")
    assert any(told.search(page) for page in PAGES.values())


def commands(text: str) -> Iterator[str]:
    """Yield what stands behind `parley` in code of a page, to the end of the code or to a comment."""
    blocks = re.findall(r"^```.*\n((?:.*\n)*?)```$", text, re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*\n(?:.*\n)*?```$", "", text, flags=re.MULTILINE))
    for line in lines:
        for part in re.split(r" [·#] | +# ", line):
            if found := re.match(r"(?:\s*\$ )?\s*parley (.+)", part):
                yield found[1]


@pytest.mark.parametrize("page", sorted(path.name for path in PAGES))
def test_every_command_of_a_page_is_one_with_options_that_it_takes(page: str) -> None:
    for said in commands(next(text for path, text in PAGES.items() if path.name == page)):
        command: click.Command = main
        for word in said.split():
            if not isinstance(command, click.Group) or word.startswith("-"):
                break
            names = word.split("|")
            if isinstance(command, ShownByDefault) and names[-1] not in command.commands:
                command = command.commands["show"]
                break
            assert all(name in command.commands for name in names), f"parley {said}"
            command = command.commands[names[-1]]
        known = {option for one in command.params for option in one.opts} | {"--help", "--version"}
        assert set(re.findall(r"(?<!\S)(--?[a-z][\w-]*)", said)) <= known, f"parley {said}"


@pytest.mark.parametrize("page", sorted(path.name for path in (ROOT / "docs").iterdir() if path.is_file()))
def test_every_page_of_docs_is_linked_from_another(page: str) -> None:
    links = [link for path, text in PAGES.items() if path.name != page for link in re.findall(r"\]\(([^)#\s]+)", text)]
    commands = [name for text in PAGES.values() for name in re.findall(r"docs/([\w.-]+)", text)]
    assert page in [*(Path(link).name for link in links), *commands]


def test_every_link_of_a_page_leads_somewhere() -> None:
    for path, text in PAGES.items():
        for link, anchor in re.findall(r"\]\(([^)#\s]*)(#[^)\s]+)?\)", text):
            if link.startswith("http"):
                continue
            there = (path.parent / link).resolve() if link else path
            assert there.exists(), f"{path.name}: {link}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
                slugs = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
                assert anchor[1:] in slugs, f"{path.name}: {link}{anchor}"
