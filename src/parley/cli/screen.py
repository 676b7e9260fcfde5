"""The one door through which text reaches the terminal: nothing that comes from outside can steer it or hide in it.

A name, a file's name or a sentence of a report may hold terminal codes, line ends that forge a line of ours, or signs
that turn the text around them. `say` prints one line and `say_text` several; both write such signs out: ⟨U+001B⟩. What
is printed as JSON keeps them as escapes of JSON. Tables and styles go through `parley.cli.terminal.Screen`, which
does the same; no other module prints.
"""

import json
from typing import Any

import click

from parley.commands import as_typed
from parley.invisible import escaped, printable, visible


def say(line: object = "", *, err: bool = False) -> None:
    """Print *line* as one line on standard output, or standard error."""
    click.echo(printable(as_typed(str(line))), err=err)


def say_text(text: str, *, err: bool = False) -> None:
    """Print *text*, which may have several lines and ends as it ends."""
    click.echo(visible(as_typed(text).replace("\r\n", "\n")), nl=False, err=err)


def say_json(data: str) -> None:
    """Print *data*, one value of JSON."""
    click.echo(escaped(data))


def print_json(data: Any) -> None:
    """Print *data* on standard output as JSON, its letters as they are; what is of an exercise says so."""
    say_json(_json(data))


def as_json(data: Any) -> bytes:
    """Return *data* as the bytes of a file: what `print_json` prints."""
    return f"{escaped(_json(data))}\n".encode()


def _json(data: Any) -> str:
    return json.dumps(marked(data), ensure_ascii=False, indent=2)


def print_either(data: Any, text: str, json_: bool) -> None:
    """Print *data* for machines where *json_*, else the lines of *text*."""
    print_json(data) if json_ else say_text(f"{text}\n")


def print_bytes(data: bytes) -> None:
    """Write a file of ours to standard output, byte for byte: pages and exports write such signs out themselves."""
    click.echo(data, nl=False)


EXERCISE = "parley.exercise"
"""Set in a command's context where it is about an exercise."""


def marked(data: Any) -> Any:
    """Return *data* with the mark where the command is about an exercise: in itself, or in each of its rows."""
    context = click.get_current_context(silent=True)
    if context is None or not context.meta.get(EXERCISE):
        return data
    if isinstance(data, dict):
        return {"exercise": True, **data}
    if isinstance(data, list):
        return [{"exercise": True, **one} if isinstance(one, dict) else one for one in data]
    return data
