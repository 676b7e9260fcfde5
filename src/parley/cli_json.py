"""What verbs print: text for people, or with `--json` one value, indented, its letters as they are."""

import json
from typing import Any

import click


def print_json(data: Any) -> None:
    """Print *data* on standard output as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def print_either(data: Any, text: str, json_: bool) -> None:
    """Print *data* for machines where *json_*, else *text*."""
    print_json(data) if json_ else click.echo(text)
