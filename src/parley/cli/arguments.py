"""What is typed or pasted after a verb, without signs that nobody sees; names of files are taken as they are.

Who copies an id, an entry or a name from a message or a chat copies marks of direction with it, which no id has.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import click

from parley.invisible import bare


def without_unseen(command: click.Command) -> None:
    """Have *command*, and all below it, read its arguments without unseen signs."""
    for param in command.params:
        if not isinstance(param.type, click.Path | click.File | click.types.FuncParamType):
            param.type = _bare(param.type)
    for below in command.commands.values() if isinstance(command, click.Group) else ():
        without_unseen(below)


def _bare(of: click.ParamType[Any]) -> click.ParamType[Any]:
    """Return *of* for values without unseen signs: one of its own kind, so that help and checks stay."""

    def convert(self: object, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and not (isinstance(of, click.types.StringParamType) and _is_file(value)):
            value = bare(value)
        return of.convert(value, param, ctx)

    made = copy.copy(of)
    made.__class__ = type(type(of).__name__, (type(of),), {"convert": convert})
    return made


def _is_file(value: str) -> bool:
    """Say whether *value*, which may be a name or a file, is a file whose name has unseen signs."""
    try:
        return bare(value) != value and Path(value).exists()
    except (OSError, ValueError):
        return False
