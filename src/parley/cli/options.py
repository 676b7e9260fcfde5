"""What several verbs take alike: folders, files, and data for machines instead of text."""

from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, file_okay=False)
THERE = click.Path(path_type=Path, exists=True, file_okay=False)
"""A folder that is there."""
FILE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True)
FILE_OR_STDIN = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True, allow_dash=True)
OUTPUT = click.Path(path_type=Path, dir_okay=False)

as_json = click.option("--json", "json_", is_flag=True, help="Print data for machines instead of text.")
