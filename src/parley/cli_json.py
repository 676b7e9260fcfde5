"""What `--json` prints: one value, indented, its letters as they are."""

import json
from typing import Any

import click


def print_json(data: Any) -> None:
    """Print *data* on standard output as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
