"""What is printed as a next command can be run as it stands, however Parley was called; stdin is an input."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from parley import commands
from parley.cli.main import main
from truce import TRUCE

ALONE = {"PATH": "", "LANG": "C.UTF-8", "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
PARLEY = Path(sys.executable).with_name("parley")
REPORT = """{"id": "R1", "source": "Post 3", "observed": {"start": "2031-05-03T10:00:00Z"}, "act": "shelling",
 "place": {"name": "Ford", "lat": 0.2, "lon": 0.5, "radius_m": 300}, "actor": "Westland"}"""


def run(place: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in *place*, with nothing on the PATH."""
    return subprocess.run(
        words, cwd=place, env=ALONE | {"HOME": str(place)},
        input=given, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def test_every_command_that_is_printed_can_be_run_without_a_path(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    called = ".venv/parley"
    (tmp_path / called).symlink_to(PARLEY)
    (tmp_path / "truce.yaml").write_text(TRUCE)
    (tmp_path / "r 1.json").write_text(REPORT)
    made = run(tmp_path, called, "init", "my truce", "--terms", "truce.yaml")
    (begin,) = re.findall(r"^next: (.*)$", made.stdout, re.MULTILINE)
    assert begin.startswith(f"{called} add 'my truce' FILE… --as ")
    fresh = run(tmp_path, called, "findings", "my truce")
    assert (fresh.returncode, begin in fresh.stdout) == (0, True), fresh
    added = begin.replace("FILE…", "'r 1.json'").partition(" --as ")[0]
    assert run(tmp_path, *shlex.split(added), "--as", "field").returncode == 0
    saved = run(tmp_path, called, "backup", "my truce", "a copy")
    (check,) = re.findall(r"`(.*)` checks it", saved.stdout)
    assert run(tmp_path, *shlex.split(check)).returncode == 3


@pytest.mark.slow
def test_what_the_demo_prints_to_look_further_can_be_run_as_it_stands(tmp_path: Path) -> None:
    for called in ([str(PARLEY)], [sys.executable, "-m", "parley"]):
        place = tmp_path / str(len(called))
        place.mkdir()
        shown = run(place, *called, "demo", "--exercise")
        hints = [line.partition("  # ")[0].strip() for line in shown.stdout.partition("Look further:")[2].splitlines()]
        page, *commands = [hint for hint in hints if hint]
        assert (place / page).is_file(), "there is no program here that opens it: the file is named"
        assert len(commands) == 4
        for hint in commands:
            done = run(place, *shlex.split(hint))
            assert done.returncode in (0, 3), (hint, done.stderr)


def test_inside_another_program_it_is_called_by_its_name() -> None:
    assert commands.command("add", "a b") == "parley add 'a b'"
    assert commands.as_typed("give `parley rebuild` again") == "give `parley rebuild` again"


def test_an_error_names_commands_as_they_are_typed(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    said = run(tmp_path, str(PARLEY), "findings", "x").stderr
    assert f"`{PARLEY} init` makes one" in said


def test_stdin_is_an_input_like_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "truce.yaml").write_text(TRUCE)
    (tmp_path / "post.json").write_text(REPORT)
    cards = []
    for folder, words in (("a", ["-", "--name", "post.json"]), ("b", ["post.json"]), ("c", ["-"])):
        assert CliRunner().invoke(main, ["init", folder, "--terms", "truce.yaml"]).exit_code == 0
        done = CliRunner().invoke(main, ["add", folder, *words, "--as", "field", "--json"], input=REPORT)
        assert done.exit_code == 0, done.output
        (card,) = json.loads(done.stdout)
        cards.append({name: card[name] for name in ("name", "digest", "size", "reports", "entry") if name in card})
    assert cards[0] == cards[1] == cards[2] | {"name": "post.json"}
    assert cards[2]["name"] == "stdin"


def test_stdin_that_gives_nothing_or_too_much_records_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from parley.cli import add as cli_add

    monkeypatch.chdir(tmp_path)
    (tmp_path / "truce.yaml").write_text(TRUCE)
    CliRunner().invoke(main, ["init", "a", "--terms", "truce.yaml"])
    monkeypatch.setattr(cli_add, "MOST_FROM_STDIN", 100)
    for given, said in (("", "nothing came in"), (REPORT, "gives more than")):
        done = CliRunner().invoke(main, ["add", "a", "-", "--as", "field"], input=given)
        assert done.exit_code == 2 and said in done.output and "nothing was recorded" in done.output
        assert json.loads(CliRunner().invoke(main, ["incidents", "a", "--json"]).stdout) == []


@pytest.mark.parametrize("verb", ["incidents", "findings", "tally"])
def test_a_fresh_centre_has_no_reports_yet_which_is_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "truce.yaml").write_text(TRUCE)
    CliRunner().invoke(main, ["init", "a", "--terms", "truce.yaml"])
    done = CliRunner().invoke(main, [verb, "a"])
    assert (done.exit_code, done.output.startswith("No reports yet. Next: parley add a FILE…")) == (0, True)
    assert json.loads(CliRunner().invoke(main, [verb, "a", "--json"]).stdout) == []
