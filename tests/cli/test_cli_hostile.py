"""Nothing that comes from outside steers the terminal: one folder in which every name is hostile, and every verb."""

import ast
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import parley as package
from parley.cli.main import main
from truce import TRUCE

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
FORGED = "FORGED: all is well"
EVIL = (
    "\x1b]0;pwn\x07x",
    "\x1b[2Jx",
    f"x\r\n{FORGED}",
    f"x\n{FORGED}",
    "\u202ex\u2066",
    "[/]",
    "[/bold] [red]x",
    "[link=file:///]x",
    "\x9b31mx",
    "x\u200f",
    ":bomb: \x7f",
    "x\u2028" + FORGED,
    "\U000e0041x",
)


def parley(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def written(folder: Path, evil: str, tame: bool = False) -> list[list[Any]]:
    """Write inputs of several channels into *folder*, each word in them *evil* ("x" where *tame*); return the adds."""
    said = "x" if tame else evil
    name = lambda words: f"{words} {said}"  # noqa: E731
    folder.mkdir()
    truce = "".join(f"\\U{ord(sign):08x}" for sign in name("Truce"))  # as YAML escapes
    (folder / "truce.yaml").write_text(TRUCE.replace("title: Truce", f'title: "{truce}"'))
    field = {
        "source": name("Post 1"),
        "observed": "2031-05-02T06:10:00Z",
        "place": {"name": name("Ford"), "lat": 0.3, "lon": 0.4, "radius_m": 200},
        "act": "shelling",
        "actor": "Westland",
        "affected": name("Village"),
        "account": name("seen"),
    }
    bad = field | {"id": name("2"), "observed": name("noon"), "act": name("act"), name("key"): name("value")}
    away = field | {"id": "3", "source": name("Post 2"), "observed": name("noon")}
    (folder / "field.json").write_text("\n".join(json.dumps(one) for one in (field | {"id": name("1")}, bad, away)))
    cell = '"' + name("Post 3").replace('"', "") + '"'
    (folder / "rows.csv").write_text(
        f"who,when,lat,lon,place,act,by\n{cell},2031-05-02 07:00,0.3,0.4,{cell},shelling,{cell}\n"
        f"{cell},{cell},{cell},0.4,{cell},{cell},{cell}\n{cell}\n",
        newline="",
    )
    (folder / "mapping.yaml").write_text(
        "source: {column: who}\nclaims:\n  time: {start: {column: when}}\n"
        "  place: {name: {column: place}, lat: {column: lat}, lon: {column: lon}}\n"
        "  act: {column: act}\n  actor: {column: by}\n"
    )
    line = re.sub("[\r\n\u2028]", "_", said)
    for side in ("west", "east"):
        (folder / f"{side}.txt").write_text(
            f"Publisher: {side} office {line}\nSide: {side}land {line}\nDay: 2031-05-02\nCounting: one {line}\n\n"
            f"Upper {line}: 2 shelling by who {line}\nNowhere {line}: {line}\nLower: not observed\n"
        )
    (folder / "paper.txt").write_text(
        f"Aleppo, 6 August 2016 - {line} The streets were quiet.\n\n"
        f"On 4 August 2016 Russia accused Turkey of shelling Aleppo {line}.\n"
    )
    return [
        [folder / "field.json", "--as", "field"],
        [folder / "rows.csv", "--as", "table", "--mapping", folder / "mapping.yaml"],
        [folder / "west.txt", "--as", "bulletin"],
        [folder / "east.txt", "--as", "bulletin"],
        [folder / "paper.txt", "--as", "article", "--from", f"Paper {said}"],
    ]


def verbs(inputs: Path, centre: Path, adds: Sequence[Sequence[Any]], said: str) -> list[tuple[Any, ...]]:
    shown = [("show", centre, entry) for entry in range(8)]
    lists = [
        (verb, centre, *more) for verb in ("incidents", "findings", "tally", "review") for more in ((), ("--json",))
    ]
    left = inputs / "rows.csv"
    return [
        ("init", centre, "--terms", inputs / "truce.yaml", "--title", f"Centre {said}"),
        *(("add", centre, *add) for add in adds),
        ("add", centre, *adds[0], "--json"),
        *lists,
        *shown,
        ("review", centre, "--all"),
        ("judge", centre),
        ("charter", centre),
        ("verify", centre),
        ("report", centre, "--date", "2031-05-02", "-o", "-"),
        ("report", centre, "--date", "2031-05-02", "--format", "json", "-o", "-"),
        ("assess", inputs / "truce.yaml", inputs / "field.json"),
        ("assess", inputs / "truce.yaml", inputs / "field.json", "--json"),
        ("mapping", inputs / "rows.csv"),
        ("mapping", inputs / "rows.csv", "--mapping", inputs / "mapping.yaml", "--preview"),
        ("match", left, left, "--mapping", inputs / "mapping.yaml"),
        ("terms", "check", inputs / "truce.yaml"),
        ("terms", "show", inputs / "truce.yaml"),
        ("terms", "explain", inputs / "truce.yaml", inputs / "field.json"),
        ("rebuild", centre),
        ("incidents", centre, "--date", f"2031-{said}"),
        ("findings", inputs / f"no-such {said}".replace("/", "").replace("\0", "")),
        (f"no-such-verb {said}",),
        ("add", centre, f"no such file {said}", "--as", f"no-channel {said}"),
    ]


@pytest.mark.parametrize("evil", EVIL, ids=ascii)
def test_no_verb_prints_what_steers_a_terminal_or_forges_a_line(tmp_path: Path, evil: str) -> None:
    codes = []
    for tame in (False, True):
        inputs = tmp_path / f"inputs-{tame}"
        adds = written(inputs, evil, tame)
        said = "x" if tame else evil
        results = [(verb, parley(*verb)) for verb in verbs(inputs, tmp_path / f"centre-{tame}", adds, said)]
        codes.append([done.exit_code for _, done in results])
        for verb, done in results:
            assert done.exception is None or isinstance(done.exception, SystemExit), (verb, done.exception)
            for printed in (done.stdout, done.stderr):
                steers = STEERING.search(printed)
                assert not steers, (verb[0], printed[max(0, steers.start() - 80) : steers.end() + 20])
                if verb[0] not in ("report", "mapping", "match", "terms"):  # of which a value may fill several lines
                    assert not re.search(rf"^{FORGED}", printed, re.MULTILINE), (verb, printed)
    assert codes[0] == codes[1]


def test_only_the_door_prints() -> None:
    """No module but `screen`, and the program that readers run without Parley, prints or opens a terminal itself."""
    root = Path(package.__file__).parent
    for file in root.rglob("*.py"):
        if file.name in ("screen.py", "verify_bundle.py"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            assert called not in ("print", "click.echo", "click.secho", "Console", "sys.stdout.write"), (file, called)
